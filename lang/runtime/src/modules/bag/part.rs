//! Partitions as nodes of the graph of lazy calls.

use std::sync::Arc;

use rdk_graph::Token;
use smallvec::SmallVec;

use super::steps;
use crate::context::Context;
use crate::delayed::operation::{CallFunction, Callee};
use crate::delayed::template::{Part, take};
use crate::delayed::{Delayed, Input, Inputs, KeyForm, Node, Work, token_of, token_of_call};
use crate::error::Result;
use crate::value::{Name, Value};

/// A partition.
pub type Partition = Arc<Node>;

/// The lazy value of a partition.
pub fn lazy(part: &Partition) -> Value {
    Value::lazy(Delayed(part.clone()))
}

/// A partition that is a list at hand.
pub fn at_hand(name: &str, items: Vec<Value>) -> Partition {
    let value = Value::list(items);
    let (token, form) = match token_of(&value) {
        Some(token) => (token, KeyForm::Pure),
        None => (Token::fresh(), KeyForm::Unique),
    };
    let work = Work::Leaf { value, pure: None };
    Arc::new(Node { name: Name::from(name), token, form, work, inputs: SmallVec::new(), place: None, n_out: None })
}

/// A call of a step. Lazy values among the arguments are its inputs: a partition is the list that it makes.
pub fn call(context: &Context, name: &str, step: &str, args: &[Value]) -> Result<Partition> {
    let mut inputs = Inputs::default();
    let parts = args.iter().map(|value| take(context, value, &mut inputs)).collect::<Result<SmallVec<[Part; 2]>>>()?;
    Ok(node(context, name, Callee::Value(steps::step(step)), parts, inputs))
}

fn node(context: &Context, name: &str, callee: Callee, args: SmallVec<[Part; 2]>, inputs: Inputs) -> Partition {
    let name = Name::from(name);
    let (token, form) = match token_of_call(&callee, &args, &[], &inputs.0) {
        Some(token) => (token, KeyForm::Pure),
        None => (Token::fresh(), KeyForm::Unique),
    };
    let place = context.place();
    let call = CallFunction {
        name: name.clone(),
        callee,
        args,
        keywords: Vec::new(),
        place: place.clone(),
        home: Arc::downgrade(&context.shared),
    };
    Arc::new(Node { name, token, form, work: Work::Call(Arc::new(call)), inputs: inputs.0, place, n_out: None })
}

/// The partition that a lazy value is, if it is a lazy call.
pub fn of_lazy(value: &Value) -> Option<Partition> {
    let Value::Lazy(lazy) = value else { return None };
    match Input::of(lazy) {
        Input::Node(node) => Some(node),
        Input::Other(_) => None,
    }
}

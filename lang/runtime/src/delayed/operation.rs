//! A call as an operation of the graph: the function with what it took along, and the arguments.

use std::fmt;
use std::sync::{Arc, Weak};

use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_syntax::Place;
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};
use smallvec::SmallVec;

use super::capture::Captured;
use super::template::Part;
use crate::builtin::Args;
use crate::context::{Context, Shared};
use crate::error::{Error, Frame, Result};
use crate::evaluate;
use crate::payload::Plain;
use crate::value::{Name, Value};
use crate::{error, operators};

/// What is done with the arguments.
#[derive(Clone)]
pub enum Callee {
    /// A function written in rdk is called.
    Function(Arc<Captured>),
    /// Anything else is called.
    Value(Value),
    /// The first argument is called with the others.
    First,
    /// `a + b`
    Binary(BinaryOp),
    /// `-a`
    Unary(UnaryOp),
    /// `a < b`
    Compare(CompareOp),
    /// `a.name`
    Attribute(Name),
    /// `a.name(…)`
    Method(Name),
    /// `a[b]`
    Item,
    /// The argument itself, with its lazy values put in.
    Same,
}

/// A call that can run anywhere.
pub struct CallFunction {
    /// What events and reports call it.
    pub name: Name,
    /// What is done.
    pub callee: Callee,
    /// With what.
    pub args: SmallVec<[Part; 2]>,
    /// With what, by name.
    pub keywords: Vec<(Name, Part)>,
    /// Where the lazy call was made.
    pub place: Option<Place>,
    /// Where it runs if it does not leave this process: the session's output and modules. Does not travel.
    pub home: Weak<Shared>,
}

impl fmt::Debug for CallFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallFunction({})", self.name)
    }
}

impl Operation for CallFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let results: Vec<Value> = call.inputs.iter().map(value_of).collect::<Result<_>>().map_err(failure)?;
        let Some(shared) = self.home.upgrade() else { return Err(Failure::Cancelled) };
        let globals = match &self.callee {
            Callee::Function(captured) => captured.function().globals.clone(),
            _ => crate::context::Globals::new(),
        };
        let context = Context::task(shared, globals, call.cancel.clone());
        match self.answer(&context, &results) {
            Ok(value) => Ok(Payload::new(Plain(value))),
            Err(error) if error.0.kind == crate::Kind::KeyboardInterrupt && call.cancel.requested() => {
                Err(Failure::Cancelled)
            }
            Err(error) => Err(failure(self.located(error))),
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        // What cannot travel is refused by `travel`, which names it; here the bytes say so to the one who reads them.
        ("delayed.call", crate::travel::pack_call(self).unwrap_or_default())
    }
}

fn failure(error: Error) -> Failure {
    Failure::Error(Box::new(error))
}

/// The value of a payload.
pub fn value_of(payload: &Payload) -> Result<Value> {
    match payload.get::<Plain>() {
        Some(plain) => Ok(plain.0.clone()),
        None => Err(error!(RuntimeError: "internal error: a task got data that is not a plain value")),
    }
}

impl CallFunction {
    fn answer(&self, context: &Context, results: &[Value]) -> Result<Value> {
        let mut args = Args::default();
        for part in &self.args {
            args.positional.push(part.fill(results)?);
        }
        for (name, part) in &self.keywords {
            args.keywords.push((name.clone(), part.fill(results)?));
        }
        let at = |n: usize| args.positional.get(n).cloned().unwrap_or_default();
        match &self.callee {
            Callee::Function(captured) => {
                let function = captured.function();
                evaluate::call_function(context, function, args)
            }
            Callee::Value(value) => context.call(value, args),
            Callee::First => {
                let function = at(0);
                args.positional.remove(0);
                context.call(&function, args)
            }
            Callee::Binary(op) => operators::binary(context, *op, &at(0), &at(1)),
            Callee::Unary(op) => operators::unary(context, *op, &at(0)),
            Callee::Compare(op) => operators::compare(context, *op, &at(0), &at(1)),
            Callee::Attribute(name) => operators::attribute(context, &at(0), name),
            Callee::Method(name) => {
                let receiver = at(0);
                args.positional.remove(0);
                let method = operators::attribute(context, &receiver, name)?;
                context.call(&method, args)
            }
            Callee::Item => operators::item(context, &at(0), &at(1)),
            Callee::Same => Ok(at(0)),
        }
    }

    /// The error with the place where the lazy call was made.
    fn located(&self, mut error: Error) -> Error {
        let pending = std::mem::take(&mut error.0.pending);
        let Some(place) = &self.place else { return error };
        for function in pending {
            error.0.trace.insert(0, Frame { function, place: place.clone() });
        }
        error.at_place(place.clone())
    }
}

//! How a lazy call answers to operators, attributes and the rest: lazily, or with an error that says what to do.

use std::any::Any;
use std::sync::Arc;

use rdk_graph::{Operation, Payload, TaskId};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};
use smallvec::SmallVec;

use super::node::{KeyForm, Node, Work};
use super::{Delayed, delayed_class, lower};
use crate::builtin::Args;
use crate::class::ClassRef;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::object::{Lazy, Lowering, Object};
use crate::value::Value;
use crate::{bail, error};

const COMPUTE: &str = "`.compute()` gives the value that it stands for";

impl Object for Delayed {
    fn class(&self) -> ClassRef {
        delayed_class().clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("Delayed('{}')", self.0.key_text())
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        if spec.is_empty() {
            return Some(Ok(self.repr()));
        }
        Some(Err(error!(TypeError: "unsupported format string passed to Delayed.__format__"; hint: "{COMPUTE}")))
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        if name.starts_with('_') {
            return Some(Err(error!(AttributeError: "Attribute {name} not found")));
        }
        Some(Ok(self.attribute_lazily(context, name)))
    }

    fn set_attribute(&self, _: &Context, _: &str, _: Value) -> Option<Result<()>> {
        Some(Err(immutable()))
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some(self.call_lazily(context, args))
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        Some(Ok(self.unary_lazily(context, op)))
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        Some(self.binary_lazily(context, op, other, reflected))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        Some(self.compare_lazily(context, op, other))
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.item_lazily(context, index))
    }

    fn set_item(&self, _: &Context, _: &Value, _: Value) -> Option<Result<()>> {
        Some(Err(immutable()))
    }

    fn delete_item(&self, _: &Context, _: &Value) -> Option<Result<()>> {
        Some(Err(immutable()))
    }

    fn contains(&self, _: &Context, _: &Value) -> Option<Result<bool>> {
        Some(Err(self.no_iteration()))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(match self.0.n_out {
            Some(n) => Ok(n),
            None => Err(
                error!(TypeError: "Delayed objects of unspecified length have no len()"; hint: "{COMPUTE}; `delayed(len)(…)` asks later"),
            ),
        })
    }

    fn truth(&self, _: &Context) -> Option<Result<bool>> {
        Some(Err(
            error!(TypeError: "Truth of Delayed objects is not supported"; hint: "{COMPUTE}; or put the whole decision into one delayed function"),
        ))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        let Some(n) = self.0.n_out else { return Some(Err(self.no_iteration())) };
        let items = (0..n).map(|at| self.item_lazily(context, &Value::Int(at as i64))).collect::<Result<Vec<Value>>>();
        Some(items.map(Value::list))
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        bail!(TypeError: "a lazy value cannot be sent to another process by itself"; hint: "{COMPUTE}")
    }
}

fn immutable() -> Error {
    error!(TypeError: "Delayed objects are immutable"; hint: "change the value inside a delayed function, and give it back from there")
}

impl Delayed {
    fn no_iteration(&self) -> Error {
        error!(TypeError: "Delayed objects of unspecified length are not iterable"; hint: "`delayed(f, nout=2)` says how many results there are; {COMPUTE}")
    }
}

impl Lazy for Delayed {
    fn announce(&self, lowering: &mut Lowering) -> Result<()> {
        lower::announce(&self.0, lowering)
    }

    fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
        Ok(vec![lower::lower(&self.0, lowering)?])
    }

    fn gather(&self) -> Arc<dyn Operation> {
        Arc::new(lower::PassOn)
    }

    fn persisted(&self, results: Vec<Payload>) -> Result<Value> {
        let Some(payload) = results.into_iter().next() else {
            bail!(RuntimeError: "internal error: a delayed call has no result")
        };
        let node = &self.0;
        let form = match &node.form {
            KeyForm::Pure => KeyForm::Pure,
            KeyForm::Unique => KeyForm::Unique,
            KeyForm::Given(key) => KeyForm::Given(key.clone()),
        };
        Ok(Value::Lazy(Arc::new(Delayed(Arc::new(Node {
            name: node.name.clone(),
            token: node.token,
            form,
            work: Work::Ready(payload),
            inputs: SmallVec::new(),
            place: node.place.clone(),
            n_out: node.n_out,
        })))))
    }

    fn takes_later(&self, n_results: usize) -> bool {
        n_results == 1
    }

    fn key(&self) -> String {
        self.0.key_text()
    }
}

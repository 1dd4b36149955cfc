//! Lazy arrays of which some length has to be counted first: what masks give.
//!
//! They are of the same class as others, and in another Rust type: who asks a value for an [`Array`] gets one whose lengths are known,
//! or none. Functions of elements and reductions take these as they are ([`super::operand::Operand::loosely`]).

use std::any::Any;
use std::sync::Arc;

use rdk_graph::{Operation, Payload, TaskId};
use rdk_runtime::object::Lowering;
use rdk_runtime::{ClassRef, Context, Lazy, Object, Result, Value};
use rdk_summary::Summary;
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::lazy_object;
use crate::array::Array;
use crate::place;

/// A lazy array that has to be counted first.
pub struct Unsized(pub Array);

impl Unsized {
    /// With its lengths, if they have been counted before: showing must not count.
    fn known(&self) -> Option<Array> {
        self.0.is_counted().then(|| self.0.sized().ok()).flatten()
    }

    /// With its lengths, counted now if need be.
    fn counted(&self, context: &Context) -> Result<Array> {
        place::note(context);
        self.0.sized()
    }
}

impl Object for Unsized {
    fn class(&self) -> ClassRef {
        lazy_object::class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.known().unwrap_or_else(|| self.0.clone()).to_string()
    }

    fn summary(&self) -> Summary {
        self.known().unwrap_or_else(|| self.0.clone()).summary()
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        Object::unary(&self.0, context, op)
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        Object::binary(&self.0, context, op, other, reflected)
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        Object::compare(&self.0, context, op, other)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        Object::item(&self.0, context, index)
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        Object::set_item(&self.0, context, index, value)
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        match self.counted(context) {
            Ok(array) => Object::len(&array, context),
            Err(error) => Some(Err(error)),
        }
    }

    fn truth(&self, context: &Context) -> Option<Result<bool>> {
        match self.counted(context) {
            Ok(array) => Object::truth(&array, context),
            Err(error) => Some(Err(error)),
        }
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        match self.counted(context) {
            Ok(array) => Object::iter(&array, context),
            Err(error) => Some(Err(error)),
        }
    }

    fn settle(&self, context: &Context) -> Option<Result<Value>> {
        match self.counted(context) {
            Ok(array) => Object::settle(&array, context),
            Err(error) => Some(Err(error)),
        }
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        Object::format(&self.0, spec)
    }

    fn n_bytes(&self) -> usize {
        256
    }
}

impl Lazy for Unsized {
    fn announce(&self, lowering: &mut Lowering) -> Result<()> {
        self.0.announce(lowering)
    }

    fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
        self.0.lower(lowering)
    }

    fn gather(&self) -> Arc<dyn Operation> {
        self.0.gather()
    }

    /// The chunks that there are tell how large they are.
    fn persisted(&self, results: Vec<Payload>) -> Result<Value> {
        Ok(Value::lazy(self.0.with_results(results)?))
    }

    fn key(&self) -> String {
        self.0.name()
    }
}

//! How a lazy array behaves in the language. Nothing here computes, but for the truth of a single element.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Class, ClassRef, Context, Error, Object, Result, Value, error};
use rdk_summary::Summary;
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::operand::Operand;
use super::{methods, operators};
use crate::array::Array;
use crate::index::IndexItem;
use crate::place;
use crate::scalar::Scalar;
use crate::show::card;

static ARRAY: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Array", "dask.array", "Numbers of one type in chunks, computed when asked for.");
    ClassRef::new(class.methods(methods::lazy()).properties(methods::lazy_properties()))
});

/// Along an axis.
const MAX_BOXES: usize = 100_000;

/// The class `da.Array`.
pub fn class() -> ClassRef {
    ARRAY.clone()
}

impl Array {
    fn facts(&self) -> card::Facts<'_> {
        let axes = &self.chunks().0;
        let known = |lengths: &[usize]| {
            axes.iter().zip(lengths).map(|(axis, &length)| axis.is_known().then_some(length as u64)).collect()
        };
        // A picture of more boxes than there are points shows nothing, and takes long.
        let few = self.chunks().0.iter().all(|axis| axis.count() <= MAX_BOXES);
        let axis = |axis: usize| axes[axis].sizes().map(|size| axes[axis].is_known().then_some(size as u64)).collect();
        card::Facts {
            operation: self.layer(),
            shape: known(self.shape()),
            chunk_shape: known(&self.chunksize()),
            n_chunks: self.npartitions(),
            boxes: few.then(|| (0..self.ndim()).map(axis).collect()),
            dtype: self.dtype().name(),
            item_size: self.dtype().size(),
            n_tasks: Some(self.n_tasks()),
        }
    }
}

impl Object for Array {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.to_string()
    }

    fn summary(&self) -> Summary {
        Summary::Card(card::card(&self.facts()))
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        place::note(context);
        operators::unary_operator(context, op, Operand::Lazy(self.clone()))
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        place::note(context);
        operators::operator_of(context, op, Operand::Lazy(self.clone()), other, reflected)
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        place::note(context);
        operators::comparison_of(context, op, Operand::Lazy(self.clone()), other)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        place::note(context);
        Some(super::indexing::items::lazy_item(context, self, index))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        place::note(context);
        let assigned = super::indexing::assign::assigned(context, self, index, &value);
        Some(assigned.map(|array| self.become_other(&array)))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(self.shape().first().copied().ok_or_else(|| error!(TypeError: "len() of unsized object")))
    }

    fn truth(&self, context: &Context) -> Option<Result<bool>> {
        if self.size() == 1 {
            // As Dask does: a single value is computed to be looked at.
            let chunk = self.compute_now(context);
            return Some(chunk.map(|chunk| chunk.scalars().next().is_some_and(|scalar| scalar.get::<bool>())));
        }
        Some(Err(error!(
            "The truth value of a dask.array<{}> is ambiguous. Use a.any() or a.all()", self.layer();
            hint: "and `.compute()`, to have the answer"
        )))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        if self.ndim() == 0 {
            return Some(Err(error!(TypeError: "iteration over a 0-d array")));
        }
        let this = self.clone();
        let mut at = 0;
        Some(Ok(Value::iter("iterator", move |_| {
            let item = (at < this.shape()[0]).then(|| this.slice(&[IndexItem::Int(at as i64)]).map(Value::lazy));
            at += 1;
            item
        })))
    }

    fn settle(&self, context: &Context) -> Option<Result<Value>> {
        place::note(context);
        if self.size() != 1 {
            return Some(Err(error!(TypeError: "Only length-1 arrays can be converted to Python scalars")));
        }
        let chunk = self.compute_now(context);
        Some(chunk.map(|chunk| chunk.scalars().next().map_or(Value::None, Scalar::to_value)))
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        let refuse = || -> Error {
            error!(
                TypeError: "unsupported format string passed to dask.array<{}>", self.layer();
                hint: "it has not been computed yet: `x.compute()`"
            )
        };
        (!spec.is_empty()).then(|| Err(refuse()))
    }

    fn n_bytes(&self) -> usize {
        256
    }
}

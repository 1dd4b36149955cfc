//! Functions whose answer shows the memory of the array that they are given, as NumPy's do: `transpose`, `split`, `flip`, `squeeze` …
//!
//! They are written once, on [`Array`]. For an array in memory the function is done with a sketch, an array of which only shape and
//! type are known, and the way from the sketch to the result is then gone with the memory. Nothing is computed.

use std::sync::OnceLock;

use rdk_graph::Payload;
use rdk_runtime::{Context, FromValue, Result, Value};
use smallvec::SmallVec;

use super::operand::{Operand, answer};
use crate::DType;
use crate::array::{Array, Draft, Plan};
use crate::chunks::Chunks;
use crate::eager::{NdArray, select};

/// An array whose memory the answer shows, if it has one.
pub struct Seen {
    /// It as an operand: of an array in memory made only where it is wanted, because its elements may have to be copied for that.
    operand: OnceLock<Operand>,
    array: Option<NdArray>,
}

impl FromValue for Seen {
    fn expected() -> &'static str {
        Operand::expected()
    }

    fn from_value(value: &Value) -> Option<Seen> {
        Seen::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Seen> {
        match value.get::<NdArray>() {
            Some(array) => Ok(Seen { operand: OnceLock::new(), array: Some(array.clone()) }),
            None => Ok(Seen { operand: Operand::try_from_value(value)?.into(), array: None }),
        }
    }
}

impl std::ops::Deref for Seen {
    type Target = Operand;

    fn deref(&self) -> &Operand {
        self.operand.get_or_init(|| {
            let array = self.array.as_ref().expect("what is no array in memory is an operand from the beginning");
            Operand::Eager(array.chunk())
        })
    }
}

impl Seen {
    /// The array in memory.
    pub fn in_memory(&self) -> Option<&NdArray> {
        self.array.as_ref()
    }

    /// Does it stand for work not done?
    pub fn is_lazy(&self) -> bool {
        self.array.is_none() && Operand::is_lazy(self)
    }

    /// What the function makes of it: in the same memory where steps lead there.
    pub fn show(&self, context: &Context, make: impl Fn(Array) -> Result<Array>) -> Result<Value> {
        self.show_with(context, make, |view| view)
    }

    /// The same, to be read only; also of what becomes an array only here.
    pub fn show_only(&self, context: &Context, make: impl Fn(Array) -> Result<Array>) -> Result<Value> {
        if self.array.is_none() && !self.is_lazy() {
            let array = Some(NdArray::new(self.array()?.compute_now(context)?));
            return Seen { operand: OnceLock::new(), array }.show_only(context, make);
        }
        self.show_with(context, make, NdArray::only_read)
    }

    fn show_with(
        &self,
        context: &Context,
        make: impl Fn(Array) -> Result<Array>,
        then: impl Fn(NdArray) -> NdArray,
    ) -> Result<Value> {
        if let Some(array) = &self.array
            && let Some(view) = retraced(&make(sketch(array.shape(), array.dtype()))?, array)
        {
            return Ok(Value::object(then(view)));
        }
        answer(context, make(self.array()?)?, self.is_lazy())
    }
}

/// An array that is never computed.
pub fn sketch(shape: &[usize], dtype: DType) -> Array {
    let nothing: [Payload; 0] = [];
    Array::make(Draft {
        plan: Plan::Persisted(nothing.into()),
        inputs: SmallVec::new(),
        name: "sketch".into(),
        chunks: Chunks::single(shape),
        dtype,
        own_tasks: 0,
    })
}

/// The way from a sketch to what was made of it, gone from this array; `None` if it goes through anything but looks.
fn retraced(made: &Array, from: &NdArray) -> Option<NdArray> {
    let node = made.node();
    let before = || retraced(node.inputs.first()?, from);
    match &node.plan {
        Plan::Persisted(_) => Some(from.same()),
        Plan::Slice(index) => Some(before()?.slice(index.iter().map(select::slice_item).collect())),
        Plan::Transpose(order) => Some(before()?.transpose(&order.iter().map(|&axis| axis.into()).collect::<Vec<_>>())),
        Plan::BroadcastTo => Some(before()?.broadcast_to(made.shape())),
        Plan::Rechunk => before(),
        Plan::Reshape => Some(before()?.reshape(made.shape())),
        Plan::Source(_)
        | Plan::Given(_)
        | Plan::Delayed(_)
        | Plan::Elementwise(_)
        | Plan::Cast
        | Plan::Look(_)
        | Plan::Reduce(_)
        | Plan::Concatenate(_)
        | Plan::Contract(_)
        | Plan::Step(_) => None,
    }
}

//! How a lazy masked array behaves in the language: it is a `dask.array.Array` of which some elements take no part.

use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;
use rdk_graph::{Call, Failure, Operation, Payload, TaskId};
use rdk_runtime::object::Lowering;
use rdk_runtime::payload::Plain;
use rdk_runtime::{Class, ClassRef, Context, Lazy, Object, Result, Value, error, operators};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};
use serde::{Deserialize, Serialize};

use super::object::Masked;
use super::pair::{Given, Pair, any};
use super::{arithmetic, members, object};
use crate::array::Array;
use crate::face::indexing::assign::assigned;
use crate::face::lazy_object;
use crate::face::operand::lazy_value;
use crate::lower::{Assemble, build, encoded};
use crate::place;
use crate::scalar::Scalar;

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Array", "dask.array", "Numbers in chunks, of which some are masked: they take no part.");
    let class = class.base(lazy_object::class());
    ClassRef::new(class.methods(members::lazy_methods()).properties(members::lazy_properties()))
});

/// A lazy masked array. Its elements, its mask and its fill value may be assigned to: then it is another pair of plans.
pub struct LazyMasked {
    pair: Mutex<Pair>,
    /// How many tasks make its elements, as it was lowered last; those of the mask come behind.
    n_data: AtomicUsize,
}

impl LazyMasked {
    /// Of these plans.
    pub fn new(pair: Pair) -> LazyMasked {
        LazyMasked { pair: Mutex::new(pair), n_data: AtomicUsize::new(0) }
    }

    /// The two plans, as they are by now.
    pub fn pair(&self) -> Pair {
        self.pair.lock().clone()
    }

    fn data(&self) -> Array {
        self.pair.lock().data.clone()
    }

    /// `x[index] = value`: where it is written it is masked as the value is.
    fn assign(&self, context: &Context, index: &Value, value: &Value) -> Result<()> {
        let (index, mut pair) = (object::plain_index(index), self.pair());
        let flag = |mask: &Array, flag: &Value| assigned(context, mask, &index, flag);
        if value.get::<Masked>().is_some_and(Masked::is_constant) {
            pair.mask = Some(flag(&pair.mask_array()?, &Value::Bool(true))?);
        } else {
            let (data, mask, _) = members::parts(value)?;
            pair.mask = match (&pair.mask, mask) {
                (None, None) => None,
                (_, mask) => Some(flag(&pair.mask_array()?, &mask.unwrap_or(Value::Bool(false)))?),
            };
            pair.data = assigned(context, &pair.data, &index, &data)?;
        }
        *self.pair.lock() = pair;
        Ok(())
    }

    fn given(&self) -> Given {
        Given::lazy(&self.pair())
    }
}

impl Object for LazyMasked {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.data().to_string().replace("numpy.ndarray>", "numpy.MaskedArray>")
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        place::note(context);
        arithmetic::unary_operator(context, op, &self.given())
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        place::note(context);
        arithmetic::operator(context, op, &self.given(), other, reflected)
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        place::note(context);
        arithmetic::comparison(context, op, &self.given(), other)
    }

    fn array_function(&self, context: &Context, name: &str, args: &[Value]) -> Option<Result<Value>> {
        arithmetic::function(context, name, args)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        place::note(context);
        Some((|| {
            let index = object::plain_index(index);
            let (pair, part) =
                (self.pair(), |array: &Array| operators::item(context, &lazy_value(array.clone()), &index));
            members::joined(part(&pair.data)?, pair.mask.as_ref().map(part).transpose()?, pair.fill)
        })())
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        place::note(context);
        Some(self.assign(context, index, &value))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(self.data().shape().first().copied().ok_or_else(|| error!(TypeError: "len() of unsized object")))
    }

    fn truth(&self, context: &Context) -> Option<Result<bool>> {
        let pair = self.pair();
        if pair.data.size() != 1 {
            return Object::truth(&pair.data, context);
        }
        let filled = pair.filled(Scalar::Bool(false)).and_then(|array| array.compute_now(context));
        Some(filled.map(|chunk| chunk.scalars().next().is_some_and(|scalar| scalar.get::<bool>())))
    }

    fn settle(&self, context: &Context) -> Option<Result<Value>> {
        place::note(context);
        Object::settle(&self.data(), context)
    }

    fn n_bytes(&self) -> usize {
        512
    }
}

impl Lazy for LazyMasked {
    fn announce(&self, lowering: &mut Lowering) -> Result<()> {
        let pair = self.pair();
        pair.data.announce(lowering)?;
        pair.mask.iter().try_for_each(|mask| mask.announce(lowering))
    }

    fn lower(&self, lowering: &mut Lowering) -> Result<Vec<TaskId>> {
        // What is masked is no fault: nothing is said of it.
        let pair = self.pair();
        let mut tasks = build::lower(&pair.data, lowering)?;
        self.n_data.store(tasks.len(), Ordering::Release);
        if let Some(mask) = &pair.mask {
            tasks.extend(build::lower(mask, lowering)?);
        }
        Ok(tasks)
    }

    fn gather(&self) -> Arc<dyn Operation> {
        let pair = self.pair();
        let data = Assemble { grid: pair.data.chunks().clone(), dtype: pair.data.dtype() };
        let mask = pair.mask.as_ref().map(|mask| Assemble { grid: mask.chunks().clone(), dtype: mask.dtype() });
        // Masks of several chunks are put together, and then one without anything masked is none, as in NumPy's `concatenate`.
        let shrinks = pair.shrinks || pair.data.npartitions() > 1;
        let n_data = self.n_data.load(Ordering::Acquire);
        Arc::new(AssembleMasked { data, mask, n_data, fill: pair.fill.map(in_bytes), shrinks })
    }

    fn persisted(&self, results: Vec<Payload>) -> Result<Value> {
        let n_data = self.n_data.load(Ordering::Acquire).min(results.len());
        let (data, mask) = results.split_at(n_data);
        let pair = self.pair();
        let data = pair.data.with_results(data.to_vec())?;
        let mask = pair.mask.as_ref().map(|array| array.with_results(mask.to_vec())).transpose()?;
        Ok(super::pair::lazy_value(Pair { data, mask, ..pair }))
    }

    fn key(&self) -> String {
        let pair = self.pair();
        match &pair.mask {
            Some(mask) => format!("{}-{}", pair.data.name(), mask.token()),
            None => format!("{}-masked", pair.data.name()),
        }
    }
}

/// From now on this is written where it is masked, for everybody who has this value.
pub fn set_fill_value(value: &Value, fill: &Value) -> Result<()> {
    if let Some(lazy) = value.get::<LazyMasked>() {
        let fill = super::pair::fill_of(fill, lazy.data().dtype())?;
        lazy.pair.lock().fill = Some(fill);
    }
    Ok(())
}

fn in_bytes(scalar: Scalar) -> Vec<u8> {
    crate::eager::travel::write(&crate::Chunk::from_scalar(scalar)).unwrap_or_default()
}

/// Puts chunks of elements and of masks together to one masked array.
#[derive(Debug, Serialize, Deserialize)]
pub struct AssembleMasked {
    data: Assemble,
    mask: Option<Assemble>,
    n_data: usize,
    fill: Option<Vec<u8>>,
    shrinks: bool,
}

impl Operation for AssembleMasked {
    fn name(&self) -> &str {
        "masked_array"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let (data, mask) = call.inputs.split_at_mut(self.n_data.min(call.inputs.len()));
        let data = self.data.assemble(data, call.crew)?;
        let mask = self.mask.as_ref().map(|own| own.assemble(mask, call.crew)).transpose()?;
        let mask = mask.filter(|mask| !self.shrinks || any(mask));
        let fill = self.fill.as_ref().and_then(|bytes| crate::eager::travel::read(bytes).ok()?.get(&[]));
        Ok(Payload::new(Plain(object::value(data, mask, fill))))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.assemble_masked", encoded(self))
    }
}

//! `out=` and `where=`: a result that is written into an array that is there, or only in some places of it.

use rdk_runtime::{Context, FromValue, Result, Value, bail};

use super::applied::Applied;
use super::masked::object::Masked;
use super::operand::{Operand, answer, eager_array};
use super::unsized_object::Unsized;
use crate::array::Array;
use crate::dtype::{Casting, DType};
use crate::eager::{DTypeArg, NdArray, nested};
use crate::scalar::Scalar;
use crate::{place, shape};

/// Where the result goes: an array in memory, which is written to, or a lazy one, which becomes the result.
/// With it the rule for casts of what is written there.
#[derive(Default)]
pub struct Out(Option<Value>, Casting);

impl FromValue for Out {
    const DEFAULT: Option<&'static str> = Some("None");

    fn expected() -> &'static str {
        "an array"
    }

    fn from_value(value: &Value) -> Option<Out> {
        Out::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Out> {
        let value = match value {
            Value::Tuple(items) if items.len() == 1 => &items[0],
            other => other,
        };
        let is_array = in_memory(value).is_some() || value.get::<Array>().is_some();
        if !is_array && !value.is_none() {
            bail!(
                TypeError: "return arrays must be of ArrayType, got {}", rdk_runtime::convert::describe(value);
                hint: "`out` is an array of the result's shape: `out=np.empty(…)`"
            );
        }
        Ok(Out((!value.is_none()).then(|| value.clone()), Casting::SameKind))
    }

    fn missing() -> Option<Out> {
        Some(Out::default())
    }
}

impl Out {
    /// With another rule for casts.
    pub fn casting(self, casting: Casting) -> Out {
        Out(self.0, casting)
    }

    /// The result, written to where it is to go.
    pub fn take(&self, name: &str, result: Value) -> Result<Value> {
        let Some(out) = &self.0 else { return Ok(result) };
        if let Some(array) = out.get::<Array>() {
            let Operand::Lazy(result) = Operand::loosely(&result)? else {
                bail!(TypeError: "`out` of {name}() is a lazy array, but the result is none"; hint: "`da.asarray(x)` makes an operand lazy");
            };
            if array.shape() != result.shape() {
                bail!(
                    "Mismatched shapes between result and out parameter. out={}, result={}",
                    shape::show(array.shape()),
                    shape::show(result.shape())
                );
            }
            array.become_other(&result);
            return Ok(out.clone());
        }
        let Some(array) = in_memory(out) else { return Ok(result) };
        if let Value::Lazy(_) = result {
            bail!(
                NotImplementedError: "The `out` parameter is not fully supported. Received type ndarray, expected Dask Array";
                hint: "the result is lazy: `out[...] = (…).compute()`, or make `out` lazy"
            );
        }
        let chunk = nested::chunk(&result, None)?;
        self.check(name, chunk.dtype())?;
        if !shape::stretches_to(chunk.shape(), array.shape()) {
            bail!(
                "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
                shape::show(array.shape()),
                shape::show(chunk.shape())
            );
        }
        if !array.is_writeable() {
            bail!("output array is read-only"; hint: "`out` is what the result is written to");
        }
        array.assign(&chunk);
        if let Some(masked) = out.get::<Masked>() {
            masked.take_mask(result.get::<Masked>().and_then(Masked::mask).as_ref());
        }
        Ok(out.clone())
    }

    /// The result of a reduction, which has exactly the shape of where it is to go.
    pub fn take_whole(&self, name: &str, result: Value) -> Result<Value> {
        if let Some(out) = self.0.as_ref().and_then(|out| out.get::<NdArray>())
            && !matches!(result, Value::Lazy(_))
        {
            let found = nested::chunk(&result, None)?;
            let (own, wanted) = (out.shape(), found.shape());
            if own.len() != wanted.len() {
                bail!(
                    "output parameter for reduction operation {name} has the wrong number of dimensions: Found {} but expected {}",
                    own.len(),
                    wanted.len()
                );
            }
            if own != wanted {
                bail!(
                    "output parameter for reduction operation {name} has a non-reduction dimension not equal to the input one: \
                     found {}, expected {}",
                    shape::show(own),
                    shape::show(wanted)
                );
            }
        }
        self.take(name, result)
    }

    /// The shape of where the result goes, if that is an array in memory.
    pub fn shape(&self) -> Option<shape::Shape> {
        self.0.as_ref().and_then(|out| out.get::<NdArray>()).map(|array| array.shape().into())
    }

    /// Is the result left where it comes about?
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// The type to add up or multiply in: the one that was asked for, or that of where the result goes.
    pub fn dtype_or(&self, given: Option<DTypeArg>) -> Option<DTypeArg> {
        let own = self.0.as_ref().and_then(in_memory).map(|array| DTypeArg(array.dtype()));
        given.or(own)
    }

    /// Elements of this type may be written there.
    fn check(&self, name: &str, from: DType) -> Result<()> {
        if let Some(to) = self.0.as_ref().and_then(in_memory).map(NdArray::dtype)
            && !from.can_cast(to, self.1)
        {
            bail!(
                TypeError: "Cannot cast ufunc '{name}' output from dtype('{from}') to dtype('{to}') with casting rule '{}'",
                self.1.name();
                hint: "`out` has to be an array of `{from}`, or of a wider type"
            );
        }
        Ok(())
    }

    /// What is there now.
    fn before(&self) -> Result<Option<Array>> {
        let Some(out) = &self.0 else { return Ok(None) };
        match in_memory(out) {
            Some(array) => eager_array(&array.chunk()).map(Some),
            None => Ok(out.get::<Array>().cloned()),
        }
    }
}

/// The memory that is written to: that of an array, or of the elements of a masked one.
fn in_memory(out: &Value) -> Option<&NdArray> {
    out.get::<NdArray>().or_else(|| out.get::<Masked>().map(|masked| &masked.data))
}

/// A condition: in which places a function of elements is computed.
pub fn condition(name: &str, value: &Value) -> Result<Option<Operand>> {
    if matches!(value, Value::Bool(true)) {
        return Ok(None);
    }
    if value.get::<Unsized>().is_some() {
        bail!(NotImplementedError: "`where` of {name}() has to be of a known length"; hint: "`condition.compute_chunk_sizes()` counts it");
    }
    let condition = Operand::try_from_value(value)?;
    if condition.dtype() != DType::Bool {
        bail!(
            TypeError: "Cannot cast array data from dtype('{}') to dtype('bool') according to the rule 'safe'", condition.dtype();
            hint: "`where` of {name}() is an array of truth values, such as `x != 0`"
        );
    }
    Ok(Some(condition))
}

/// The result of a function of elements: computed where the condition holds, and written to where it is to go.
pub fn finish(
    context: &Context,
    name: &str,
    made: Applied<'_>,
    operands: &[&Operand],
    condition: Option<&Operand>,
    out: &Out,
) -> Result<Value> {
    if let Some(dtype) = made.dtype() {
        out.check(name, dtype)?;
    }
    let Some(condition) = condition else {
        let lazy = operands.iter().any(|operand| operand.is_lazy());
        let result = made.answer(context, lazy)?;
        if !lazy {
            super::faults::of_arrays(context, name, operands, None, &result)?;
        }
        return out.take(name, result);
    };
    place::note(context);
    let array = made.array()?;
    let lazy = condition.is_lazy() || operands.iter().any(|operand| operand.is_lazy());
    let flags = condition.array()?;
    let before = out.before()?;
    let dtype = before.as_ref().map_or(array.dtype(), Array::dtype);
    let before = before.unwrap_or_else(|| Array::scalar(Scalar::zero(dtype)));
    let to = shape::broadcast(&[array.shape(), flags.shape(), before.shape()])?;
    let stretched = |array: &Array| array.broadcast_to(&to);
    let chosen = stretched(&flags)?.select(&stretched(&array.cast(dtype))?, &stretched(&before)?)?.named(name);
    let result = answer(context, chosen, lazy)?;
    if !lazy {
        super::faults::of_arrays(context, name, operands, Some(condition), &result)?;
    }
    out.take(name, result)
}

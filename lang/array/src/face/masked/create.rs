//! Masked arrays from plain ones: a mask that is given, or elements that meet a condition.

use rdk_runtime::{Builtin, Context, FromValue, Result, Value, bail, builtins};

use super::members::fill_argument;
use super::object::{self, Masked, fitted, is_nomask};
use super::pair::{Given, Pair, answer_whole, either, fill_of};
use crate::array::Array;
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray, Order, nested};
use crate::face::operand::{Operand, together};
use crate::face::operators;
use crate::kernel::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;

/// What calling the class `MaskedArray` does.
pub fn constructor() -> Builtin {
    masked_array::builtins().pop().expect("one is declared")
}

/// How a masked array in memory is made of something.
struct Making {
    /// Does what was masked stay so?
    keep_mask: bool,
    /// Can masked elements not be assigned to?
    hard_mask: bool,
    /// In memory of its own in any case?
    copy: bool,
    /// How its axes lie there.
    order: Option<Order>,
}

/// As it lies, in the memory that it has.
const AS_IT_IS: Making = Making { keep_mask: true, hard_mask: false, copy: false, order: None };

/// A masked array in memory: `np.ma.array(…)`.
fn made(
    data: &Value,
    mask: Option<&Value>,
    dtype: Option<DType>,
    fill_value: Option<&Value>,
    how: &Making,
) -> Result<Value> {
    if data.get::<Masked>().is_some_and(Masked::is_constant) && mask.is_none() && dtype.is_none() {
        return Ok(data.clone());
    }
    // Masks within lists: each item may be masked.
    let (chunk, own) = match (Given::of(data), data.items()) {
        (Some(Given { data: Operand::Lazy(_), .. }), _) => return lazy_refused(),
        (Some(_), _) => {
            let masked = data.get::<Masked>();
            let chunk = masked.map(|masked| masked.data.chunk());
            (chunk, masked.and_then(Masked::mask).map(|mask| mask.chunk()))
        }
        (None, Some(items)) if items.iter().any(holds_mask) => {
            let (chunk, mask) = nested_parts(data)?;
            (Some(nested::chunk(&chunk, None)?), Some(nested::chunk(&mask, Some(DType::Bool))?))
        }
        _ => (None, None),
    };
    let chunk = match chunk {
        Some(chunk) => dtype.map_or(chunk.clone(), |dtype| chunk.cast(dtype)),
        None if matches!(data, Value::Lazy(_)) => return lazy_refused(),
        None => nested::chunk(data, dtype)?,
    };
    let fill = match fill_value {
        Some(fill) => fill_argument(Some(fill), chunk.dtype())?,
        None => data.get::<Masked>().and_then(Masked::fill).map(|fill| fill.cast(chunk.dtype())),
    };
    let given = match mask {
        Some(mask) if !is_nomask(mask) && !mask.is_none() => {
            let flags = nested::chunk(&object::plain_index(mask), Some(DType::Bool))?;
            Some(fitted(&flags, chunk.shape())?)
        }
        _ => None,
    };
    let mask = match (own, given) {
        (Some(own), Some(given)) if how.keep_mask => {
            let flags = own.to_vec::<bool>().into_iter().zip(given.to_vec::<bool>()).map(|(a, b)| a | b).collect();
            Some(crate::Chunk::from_vec(chunk.shape(), flags))
        }
        (own, None) => own,
        (_, given) => given,
    };
    let held = data.get::<NdArray>().or_else(|| data.get::<Masked>().map(|masked| &masked.data));
    let order = how.order.unwrap_or(Order::K);
    let stays = |held: &&NdArray| !how.copy && held.dtype() == chunk.dtype() && order.is_of(held);
    let elements = match held.filter(stays) {
        Some(held) => held.same(),
        None => NdArray::laid(chunk.copy(), &order.axes(held, chunk.ndim())),
    };
    let masked = Masked::new(elements, mask.map(|mask| NdArray::new(mask.copy())), fill);
    masked.harden(how.hard_mask);
    Ok(Value::object(masked))
}

/// A masked array of something; itself if it is one that has the type and lies so.
fn masked_of(a: &Value, dtype: Option<DTypeArg>, order: Option<Order>) -> Result<Value> {
    let lies = |masked: &Masked| order.is_none_or(|order| order.is_of(&masked.data));
    match (a.get::<Masked>(), dtype) {
        (Some(masked), None) if lies(masked) => Ok(a.clone()),
        (_, dtype) => made(a, None, dtype.map(|dtype| dtype.0), None, &Making { order, ..AS_IT_IS }),
    }
}

fn lazy_refused() -> Result<Value> {
    bail!(TypeError: "np.ma.array() takes arrays in memory, got a lazy one"; hint: "`da.ma.masked_array(…)` stays lazy")
}

fn holds_mask(value: &Value) -> bool {
    value.get::<Masked>().is_some() || value.items().is_some_and(|items| items.iter().any(holds_mask))
}

/// Nested lists as those of the elements and those of the mask.
fn nested_parts(value: &Value) -> Result<(Value, Value)> {
    if value.get::<Masked>().is_some_and(Masked::is_constant) {
        return Ok((Value::Float(f64::NAN), Value::Bool(true)));
    }
    if let Some(masked) = value.get::<Masked>() {
        let mask = masked.mask().map_or_else(|| Value::Bool(false), |mask| mask.to_list());
        let mask = match (&mask, masked.data.shape()) {
            (Value::Bool(flag), shape) if !shape.is_empty() => {
                Value::object(NdArray::new(crate::Chunk::full(shape, Scalar::Bool(*flag))))
            }
            _ => mask,
        };
        return Ok((masked.data.to_list(), mask));
    }
    match value.items() {
        Some(items) => {
            let parts = items.iter().map(nested_parts).collect::<Result<Vec<_>>>()?;
            let (data, masks): (Vec<Value>, Vec<Value>) = parts.into_iter().unzip();
            Ok((Value::list(data), Value::list(masks)))
        }
        None => {
            let shape = value.get::<NdArray>().map(|array| array.shape().to_vec()).unwrap_or_default();
            let mask = match shape[..] {
                [] => Value::Bool(false),
                _ => Value::object(NdArray::new(crate::Chunk::full(&shape, Scalar::Bool(false)))),
            };
            Ok((value.clone(), mask))
        }
    }
}

/// `a`, masked where the condition holds as well.
fn also_where(context: &Context, condition: &Operand, a: &Given, name: &str) -> Result<Value> {
    let flags = condition.array()?.cast(DType::Bool);
    let pair = a.pair()?;
    if flags.ndim() > 0 && flags.shape() != pair.data.shape() {
        bail!(
            IndexError: "Inconsistent shape between the condition and the input (got {} and {})",
            shape::show(flags.shape()), shape::show(pair.data.shape())
        );
    }
    let lazy = a.is_lazy() || condition.is_lazy();
    answer_whole(context, also(&pair, &flags, pair.fill, name)?, lazy)
}

/// Masked where these flags are true as well.
fn also(pair: &Pair, flags: &Array, fill: Option<Scalar>, name: &str) -> Result<Pair> {
    let flags = flags.broadcast_to(pair.data.shape())?;
    let mask = either(pair.mask.as_ref(), Some(&flags))?;
    Ok(Pair { data: pair.data.named(name), mask, fill, shrinks: true })
}

/// `x`, masked where it compares so with a value.
fn compared(context: &Context, func: CompareFunc, x: &Given, value: &Given, name: &str) -> Result<Value> {
    let pair = x.pair()?;
    if func == CompareFunc::Equal && x.is_lazy() && value.data.ndim() > 0 {
        bail!("da.ma.masked_equal doesn't support array `value`s"; hint: "`da.ma.masked_where(x == value, x)` does");
    }
    let flags = operators::compare(func, &x.data, &value.data)?.array()?;
    if flags.shape() != pair.data.shape() {
        bail!(
            IndexError: "Inconsistent shape between the condition and the input (got {} and {})",
            shape::show(flags.shape()), shape::show(pair.data.shape())
        );
    }
    let fill = match (func, &value.data) {
        (CompareFunc::Equal, Operand::Number(number)) => Some(fill_of(number, pair.data.dtype())?),
        (CompareFunc::Equal, Operand::Eager(chunk)) if chunk.len() == 1 => {
            chunk.scalars().next().map(|scalar| scalar.cast(pair.data.dtype()))
        }
        _ => pair.fill,
    };
    answer_whole(context, also(&pair, &flags, fill, name)?, x.is_lazy() || value.is_lazy())
}

/// `x`, masked between two values, or beyond them.
fn between(context: &Context, x: &Given, v1: &Operand, v2: &Operand, inside: bool) -> Result<Value> {
    let low = operators::binary(BinaryFunc::Minimum, v1, v2)?.array()?;
    let high = operators::binary(BinaryFunc::Maximum, v1, v2)?.array()?;
    let (low, high) = (Operand::Lazy(low), Operand::Lazy(high));
    let flags = if inside {
        let above = operators::compare(CompareFunc::GreaterEqual, &x.data, &low)?.array()?;
        above.binary(BinaryFunc::LogicalAnd, &operators::compare(CompareFunc::LessEqual, &x.data, &high)?.array()?)?
    } else {
        let below = operators::compare(CompareFunc::Less, &x.data, &low)?.array()?;
        below.binary(BinaryFunc::LogicalOr, &operators::compare(CompareFunc::Greater, &x.data, &high)?.array()?)?
    };
    let pair = x.pair()?;
    let name = if inside { "masked_inside" } else { "masked_outside" };
    answer_whole(context, also(&pair, &flags, pair.fill, name)?, x.is_lazy())
}

/// Where elements are NaN or infinite.
fn invalid(array: &Array) -> Result<Array> {
    array.unary(UnaryFunc::IsFinite)?.unary(UnaryFunc::LogicalNot)
}

fn values(context: &Context, x: &Given, value: &Operand, rtol: f64, atol: f64, shrink: bool) -> Result<Value> {
    let pair = x.pair()?;
    if value.ndim() > 0 {
        bail!("masked_values doesn't support array `value`s");
    }
    let fill = match value {
        Operand::Number(number) => fill_of(number, pair.data.dtype())?,
        Operand::Eager(chunk) => {
            chunk.scalars().next().map_or(Scalar::zero(DType::F64), |scalar| scalar.cast(pair.data.dtype()))
        }
        Operand::Lazy(_) => bail!(TypeError: "`value` of masked_values is a number, got a lazy array"),
    };
    let data = pair.filled(fill)?;
    let flags = if data.dtype().is_float() {
        crate::face::layout::close(&Operand::Lazy(data.clone()), value, rtol, atol, false)?
    } else {
        operators::compare(CompareFunc::Equal, &Operand::Lazy(data.clone()), value)?.array()?
    };
    let flags = flags.broadcast_to(data.shape())?;
    let pair = Pair { data: data.named("masked_values"), mask: Some(flags), fill: Some(fill), shrinks: shrink };
    answer_whole(context, pair, x.is_lazy())
}

/// Masked where it is no finite number; there stands the fill value.
fn fixed(context: &Context, a: &Given, mask: Option<&Given>, fill_value: Option<&Value>) -> Result<Value> {
    let pair = a.pair()?;
    let given = mask.map(|mask| mask.data.array()).transpose()?;
    let mask = either(pair.mask.as_ref(), given.as_ref())?;
    let inexact = pair.data.dtype().is_float() || pair.data.dtype().is_complex();
    if !inexact {
        return answer_whole(context, Pair::under(pair.data, mask, pair.fill)?, a.is_lazy());
    }
    let fill = fill_argument(fill_value, pair.data.dtype())?;
    let flags = invalid(&pair.data)?;
    let put = fill.unwrap_or_else(|| pair.fill_value()).cast(pair.data.dtype());
    let data = flags.select(&Array::scalar(put), &pair.data)?.named("fix_invalid");
    let shrinks = mask.is_none();
    let pair = Pair { shrinks, ..Pair::under(data, either(mask.as_ref(), Some(&flags))?, pair.fill)? };
    answer_whole(context, pair, a.is_lazy())
}

mod masked_array {
    use super::*;

    builtins! {
        /// An array of which some elements are masked.
        ///
        /// ```rdk
        /// x = np.ma.array([1, 2, 3], mask=[0, 1, 0])
        /// x
        /// #> masked_array(data=[1, --, 3],
        /// #>              mask=[False,  True, False],
        /// #>        fill_value=999999)
        /// x.sum()
        /// #> 4
        /// ```
        fn masked_array(
            /// The elements.
            data: Value,
            /// True where an element is masked; nothing is if left out.
            mask: Option<Value>,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Are the elements copied? If not, they are in the memory of an array that is given.
            copy: bool = false,
            /// Has no effect.
            subok: bool = true,
            /// How many axes there are at least.
            ndmin: usize = 0,
            /// What is written where an element is masked.
            fill_value: Option<Value>,
            /// Does what was masked stay so?
            keep_mask: bool = true,
            /// Can masked elements not be assigned to?
            hard_mask: bool = false,
            /// Has no effect.
            shrink: bool = true,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Option<Order>,
        ) -> Result<Value> {
            let _ = (subok, shrink);
            let how = Making { keep_mask, hard_mask, copy, order };
            super::deepened(made(&data, mask.as_ref(), dtype.map(|dtype| dtype.0), fill_value.as_ref(), &how)?, ndmin)
        }
    }
}

/// With axes of length 1 in front, to have so many.
fn deepened(value: Value, ndmin: usize) -> Result<Value> {
    let Some(masked) = value.get::<Masked>().filter(|masked| masked.data.shape().len() < ndmin) else {
        return Ok(value);
    };
    let mut shape = vec![1; ndmin - masked.data.shape().len()];
    shape.extend_from_slice(masked.data.shape());
    let mask = masked.mask().map(|mask| mask.reshape(&shape));
    Ok(Value::object(Masked::new(masked.data.reshape(&shape), mask, masked.fill())))
}

builtins! {
    /// Masked where a value is equal.
    ///
    /// ```rdk
    /// da.ma.masked_equal(da.arange(4, chunks=2), 1).compute()
    /// #> masked_array(data=[0, --, 2, 3],
    /// #>              mask=[False,  True, False, False],
    /// #>        fill_value=1)
    /// ```
    fn masked_equal[context](/** The array. */ x: Given, /** The value. */ value: Given, /** Has no effect. */ copy: bool = true) -> Result<Value> { let _ = copy; compared(context, CompareFunc::Equal, &x, &value, "masked_equal") }

    /// Masked where a value is not equal.
    fn masked_not_equal[context](/** The array. */ x: Given, /** The value. */ value: Given, /** Has no effect. */ copy: bool = true) -> Result<Value> { let _ = copy; compared(context, CompareFunc::NotEqual, &x, &value, "masked_not_equal") }

    /// Masked where it is greater than a value.
    ///
    /// ```rdk
    /// np.ma.masked_greater([1, 5, 3], 3).sum()
    /// #> 4
    /// ```
    fn masked_greater[context](/** The array. */ x: Given, /** The value. */ value: Given, /** Has no effect. */ copy: bool = true) -> Result<Value> { let _ = copy; compared(context, CompareFunc::Greater, &x, &value, "masked_greater") }

    /// Masked where it is at least a value.
    fn masked_greater_equal[context](/** The array. */ x: Given, /** The value. */ value: Given, /** Has no effect. */ copy: bool = true) -> Result<Value> { let _ = copy; compared(context, CompareFunc::GreaterEqual, &x, &value, "masked_greater_equal") }

    /// Masked where it is less than a value.
    fn masked_less[context](/** The array. */ x: Given, /** The value. */ value: Given, /** Has no effect. */ copy: bool = true) -> Result<Value> { let _ = copy; compared(context, CompareFunc::Less, &x, &value, "masked_less") }

    /// Masked where it is at most a value.
    fn masked_less_equal[context](/** The array. */ x: Given, /** The value. */ value: Given, /** Has no effect. */ copy: bool = true) -> Result<Value> { let _ = copy; compared(context, CompareFunc::LessEqual, &x, &value, "masked_less_equal") }

    /// Masked between two values, both included.
    fn masked_inside[context](/** The array. */ x: Given, /** One end. */ v1: Operand, /** The other. */ v2: Operand, /** Has no effect. */ copy: bool = true) -> Result<Value> { let _ = copy; between(context, &x, &v1, &v2, true) }

    /// Masked beyond two values.
    fn masked_outside[context](/** The array. */ x: Given, /** One end. */ v1: Operand, /** The other. */ v2: Operand, /** Has no effect. */ copy: bool = true) -> Result<Value> { let _ = copy; between(context, &x, &v1, &v2, false) }

    /// Masked where it is NaN or infinite.
    ///
    /// ```rdk
    /// np.ma.masked_invalid([1.0, np.nan, 3.0]).mean()
    /// #> 2.0
    /// ```
    fn masked_invalid[context](/** The array. */ a: Given, /** Has no effect. */ copy: bool = true) -> Result<Value> {
        let _ = copy;
        let pair = a.pair()?;
        let invalid = Pair { shrinks: false, ..also(&pair, &invalid(&pair.data)?, pair.fill, "masked_invalid")? };
        answer_whole(context, invalid, a.is_lazy())
    }

    /// Masked where a value is equal, or nearly.
    fn masked_values[context](
        /// The array.
        x: Given,
        /// The value.
        value: Operand,
        /// How much of the value they may differ.
        rtol: f64 = 1e-05,
        /// How much they may differ in any case.
        atol: f64 = 1e-08,
        /// Has no effect.
        copy: bool = true,
        /// No mask at all if nothing is masked?
        shrink: bool = true,
    ) -> Result<Value> { let _ = copy; values(context, &x, &value, rtol, atol, shrink) }
}

pub mod numpy {
    use super::*;

    builtins! {
        /// An array of which some elements are masked.
        ///
        /// ```rdk
        /// np.ma.array([1, 2, 3], mask=[0, 1, 0]).mean()
        /// #> 2.0
        /// ```
        fn array(
            /// The elements.
            data: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// Are the elements copied? If not, they are in the memory of an array that is given.
            copy: bool = false,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Option<Order>,
            /// True where an element is masked; nothing is if left out.
            mask: Option<Value>,
            /// What is written where an element is masked.
            fill_value: Option<Value>,
            /// Does what was masked stay so?
            keep_mask: bool = true,
            /// Can masked elements not be assigned to?
            hard_mask: bool = false,
            /// Has no effect.
            shrink: bool = true,
            /// Has no effect.
            subok: bool = true,
            /// How many axes there are at least.
            ndmin: usize = 0,
        ) -> Result<Value> {
            let _ = (shrink, subok);
            let how = Making { keep_mask, hard_mask, copy, order };
            super::deepened(made(&data, mask.as_ref(), dtype.map(|dtype| dtype.0), fill_value.as_ref(), &how)?, ndmin)
        }

        /// A masked array of something; itself if it is one.
        fn asarray(
            /// The array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Option<Order>,
        ) -> Result<Value> {
            // Unlike `asanyarray` it puts the elements in C order.
            let own = Some(Order::C).filter(|_| a.get::<NdArray>().is_some());
            masked_of(&a, dtype, order.or(own))
        }

        /// A masked array of something; itself if it is one.
        fn asanyarray(
            /// The array.
            a: Value,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Option<Order>,
        ) -> Result<Value> { masked_of(&a, dtype, order) }

        /// Masked where a condition holds.
        ///
        /// ```rdk
        /// x = np.arange(4)
        /// np.ma.masked_where(x > 1, x)
        /// #> masked_array(data=[0, 1, --, --],
        /// #>              mask=[False, False,  True,  True],
        /// #>        fill_value=999999)
        /// ```
        fn masked_where[context](/** The condition. */ condition: Value, /** The array. */ a: Given, /** Has no effect. */ copy: bool = true) -> Result<Value> {
            let _ = copy;
            let condition = Operand::try_from_value(&object::plain_index(&condition))?;
            also_where(context, &condition, &a, "masked_where")
        }

        /// Masked where it is NaN or infinite; there stands the fill value.
        fn fix_invalid[context](
            /// The array.
            a: Given,
            /// What else is masked.
            mask: Option<Given>,
            /// Has no effect.
            copy: bool = true,
            /// What is put in place of those.
            fill_value: Option<Value>,
        ) -> Result<Value> { let _ = copy; fixed(context, &a, mask.as_ref(), fill_value.as_ref()) }

        /// Elements of a shape, all masked.
        fn masked_all(/** The shape. */ shape: crate::face::parameters::ShapeArg, /** The type of the elements. */ dtype: Option<DTypeArg>) -> Value {
            let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
            let full = |scalar: Scalar| crate::Chunk::full(&shape.0, scalar);
            object::whole(full(Scalar::zero(dtype)), Some(full(Scalar::Bool(true))), None)
        }

        /// A mask: truth values of something.
        fn make_mask(/** The mask. */ m: Value, /** Has no effect. */ copy: bool = false, /** No mask at all if nothing is masked? */ shrink: bool = true) -> Result<Value> {
            let _ = copy;
            let flags = nested::chunk(&object::plain_index(&m), Some(DType::Bool))?;
            Ok(if shrink && !super::super::pair::any(&flags) { crate::eager::number(Scalar::Bool(false)) } else { crate::eager::value(flags) })
        }

        /// A mask of a shape, nothing masked.
        fn make_mask_none(/** The shape. */ newshape: crate::face::parameters::ShapeArg) -> Value {
            Value::object(NdArray::new(crate::Chunk::full(&newshape.0, Scalar::Bool(false))))
        }

        /// Masked where one or the other mask is.
        fn mask_or[context](/** One mask. */ m1: Value, /** The other. */ m2: Value) -> Result<Value> {
            let pair = |value: &Value| Operand::try_from_value(&object::plain_index(value));
            let (m1, m2) = (pair(&m1)?, pair(&m2)?);
            let both = together(&[&m1, &m2])?;
            let flags = both[0].binary(BinaryFunc::LogicalOr, &both[1])?.compute_now(context)?;
            Ok(if super::super::pair::any(&flags) { crate::eager::value(flags) } else { crate::eager::number(Scalar::Bool(false)) })
        }
    }
}

pub mod dask {
    use super::*;

    builtins! {
        /// A lazy array of which some elements are masked.
        ///
        /// ```rdk
        /// x = da.ma.masked_array(da.arange(4, chunks=2), mask=[0, 1, 0, 0])
        /// x.sum().compute()
        /// #> 5
        /// ```
        fn masked_array[context](
            /// The elements.
            data: Given,
            /// True where an element is masked; nothing is if left out.
            mask: Option<Value>,
            /// What is written where an element is masked.
            fill_value: Option<Value>,
            /// The type of the elements.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let pair = data.pair()?;
            let array = dtype.map_or(pair.data.clone(), |dtype| pair.data.cast(dtype.0));
            let given = match &mask {
                Some(mask) if !is_nomask(mask) && !mask.is_none() => {
                    let flags = Operand::try_from_value(mask)?.array()?.cast(DType::Bool);
                    if flags.size() != 1 && flags.shape() != array.shape() {
                        bail!(
                            MaskError: "Mask and data not compatible: data shape is {}, and mask shape is {}.",
                            shape::show(array.shape()), shape::show(flags.shape())
                        );
                    }
                    let flags = if flags.size() == 1 { flags.reshape(&vec![1; array.ndim()])? } else { flags };
                    Some(flags.broadcast_to(array.shape())?)
                }
                _ => None,
            };
            let fill = match &fill_value {
                Some(fill) => fill_argument(Some(fill), array.dtype())?,
                None => pair.fill,
            };
            let pair = Pair { mask: either(pair.mask.as_ref(), given.as_ref())?, data: array.named("masked_array"), fill, shrinks: false };
            answer_whole(context, pair, true)
        }

        /// Masked where a condition holds.
        fn masked_where[context](/** The condition. */ condition: Value, /** The array. */ a: Given) -> Result<Value> {
            let condition = Operand::try_from_value(&object::plain_index(&condition))?;
            let lazy = Operand::Lazy(condition.array()?);
            also_where(context, &lazy, &a, "masked_where")
        }

        /// Masked where it is NaN or infinite; there stands the fill value.
        fn fix_invalid[context](/** The array. */ a: Given, /** What is put in place of those. */ fill_value: Option<Value>) -> Result<Value> { fixed(context, &a, None, fill_value.as_ref()) }
    }
}

//! Methods of arrays. Those that are functions as well are declared with the functions.

use rdk_runtime::{Builtin, FromValue, Rest, Result, Value, bail, builtins};

use super::operand::{Operand, answer};
use super::parameters::{Axes, Lengths};
use super::{eager_only, layout, ordering, reductions, scans};
use crate::chunks::ChunksSpec;
use crate::eager::{DTypeArg, NdArray, select};
use crate::{place, shape};

/// Methods of lazy arrays.
pub fn lazy() -> Vec<Builtin> {
    let mut methods = both();
    methods.extend(of_lazy::builtins());
    methods.extend(super::blocks::methods::builtins());
    methods.extend(super::explain::builtins());
    methods.extend(super::overlap::methods::builtins());
    methods.extend(ordering::dask::builtins());
    methods.extend(super::more::methods("dask.array"));
    let mut methods = place::noted(methods);
    methods.extend(rdk_runtime::delayed::members().0);
    methods
}

/// Methods of eager arrays.
pub fn eager() -> Vec<Builtin> {
    let mut methods = both();
    methods.extend(of_eager::builtins());
    methods.extend(super::more::methods("numpy"));
    place::noted(methods)
}

/// Methods of single numbers.
pub fn scalar() -> Vec<Builtin> {
    let mut methods = both();
    methods.extend(of_scalar::builtins());
    place::noted(methods)
}

fn both() -> Vec<Builtin> {
    let functions = ["dot", "round", "swapaxes", "squeeze", "ravel", "clip"];
    let lent = layout::builtins().into_iter().filter(|builtin| functions.contains(&builtin.name));
    let traced = super::products::builtins().into_iter().filter(|builtin| builtin.name == "trace");
    let mut methods = reductions::builtins();
    methods.extend(lent);
    methods.extend(traced);
    methods.extend(scans::builtins());
    methods.extend(ordering::builtins());
    methods.extend(shared::builtins());
    methods
}

/// The lengths of `x.reshape(2, 3)` or `x.reshape((2, 3))`.
fn spread(items: Rest) -> Result<Vec<i64>> {
    match &items.0[..] {
        [] => bail!(TypeError: "expected a length or a tuple of lengths"),
        [one] => Ok(Lengths::try_from_value(one)?.0),
        many => Ok(Lengths::try_from_value(&Value::tuple(many.to_vec()))?.0),
    }
}

/// The axes of `x.transpose(1, 0)` or `x.transpose((1, 0))`; none at all is all of them.
fn spread_axes(items: Rest) -> Result<Option<Vec<i64>>> {
    match &items.0[..] {
        [] | [Value::None] => Ok(None),
        [one] => Ok(Some(Axes::try_from_value(one)?.0)),
        many => Ok(Some(Axes::try_from_value(&Value::tuple(many.to_vec()))?.0)),
    }
}

/// An eager array as the receiver of a method that changes it, or shows the same memory.
struct This(Value);

impl FromValue for This {
    fn expected() -> &'static str {
        "an array in memory"
    }

    fn from_value(value: &Value) -> Option<This> {
        value.get::<NdArray>().map(|_| This(value.clone()))
    }
}

impl std::ops::Deref for This {
    type Target = NdArray;

    fn deref(&self) -> &NdArray {
        self.0.get::<NdArray>().expect("it was one when the method was called")
    }
}

mod shared {
    use super::*;

    builtins! {
        /// The elements as another type.
        fn astype[context](
            /// The array.
            this: Operand,
            /// The type.
            dtype: DTypeArg,
            /// Has no effect.
            copy: Option<bool>,
            /// Has no effect.
            casting: Option<String>,
        ) -> Result<Value> {
            let _ = (copy, casting);
            answer(context, this.array()?.cast(dtype.0), this.is_lazy())
        }

        /// Each element with its imaginary part negated.
        fn conj[context](/** The array. */ this: Operand) -> Result<Value> {
            answer(context, this.array()?.unary(crate::kernel::UnaryFunc::Conjugate)?, this.is_lazy())
        }

        /// The sizes of the elements; what `abs(x)` gives.
        fn __abs__[context](/** The array. */ this: Operand) -> Result<Value> {
            answer(context, this.array()?.unary(crate::kernel::UnaryFunc::Absolute)?.named("abs"), this.is_lazy())
        }

        /// Rounded; what `round(x, n)` gives.
        fn __round__[context](/** The array. */ this: Operand, /** Digits after the point. */ ndigits: Option<i64>) -> Result<Value> {
            answer(context, layout::rounded(this.array()?, ndigits.unwrap_or(0))?, this.is_lazy())
        }
    }
}

mod of_lazy {
    use super::*;

    builtins! {
        /// The same elements in another shape; one length may be -1: what is left.
        fn reshape(
            /// The array.
            this: Operand,
            /// The lengths, one by one or as a tuple.
            shape: Rest,
            /// Has no effect.
            merge_chunks: Option<bool>,
            /// Has no effect.
            limit: Option<Value>,
        ) -> Result<Value> {
            let _ = (merge_chunks, limit);
            Ok(Value::lazy(this.array()?.reshape(&spread(shape)?)?))
        }

        /// All elements in one row.
        fn flatten(/** The array. */ this: Operand) -> Result<Value> { Ok(Value::lazy(this.array()?.reshape(&[-1])?)) }

        /// With its axes in reverse, or in the order given.
        fn transpose(/** The array. */ this: Operand, /** The axes in their new order. */ axes: Rest) -> Result<Value> {
            Ok(Value::lazy(this.array()?.transpose(spread_axes(axes)?.as_deref())?))
        }

        /// The same elements in other chunks.
        fn rechunk(
            /// The array.
            this: Operand,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB", a dict by axis.
            chunks: ChunksSpec = "auto",
            /// Has no effect.
            threshold: Option<Value>,
            /// The largest size in bytes, for "auto".
            block_size_limit: Option<u64>,
            /// Even out the sizes?
            balance: bool = false,
            /// Has no effect.
            method: Option<String>,
        ) -> Result<Value> {
            let _ = (threshold, method);
            Ok(Value::lazy(this.array()?.rechunk_within(&chunks, block_size_limit, balance)?))
        }

        /// The array itself: plans do not change.
        fn copy(/** The array. */ this: Value) -> Value { this }
    }
}

mod of_eager {
    use super::*;

    builtins! {
        /// The same elements in another shape, in the same memory; one length may be -1: what is left.
        fn reshape(
            /// The array.
            this: This,
            /// The lengths, one by one or as a tuple.
            shape: Rest,
            /// Only "C" is supported.
            order: Option<String>,
        ) -> Result<Value> {
            if order.is_some_and(|order| order != "C" && order != "A") {
                bail!(NotImplementedError: "arrays are in C order; no other is supported");
            }
            Ok(Value::object(this.reshape(&shape::reshaped(this.shape(), &spread(shape)?)?)))
        }

        /// All elements in one row, in the same memory.
        fn ravel(/** The array. */ this: This) -> Value { Value::object(this.reshape(&[this.size()])) }

        /// A copy with all elements in one row.
        fn flatten(/** The array. */ this: This) -> Value { Value::object(NdArray::new(this.chunk().copy().reshape(&[this.size()]))) }

        /// With its axes in reverse, or in the order given; in the same memory.
        fn transpose(/** The array. */ this: This, /** The axes in their new order. */ axes: Rest) -> Result<Value> {
            let n = this.shape().len();
            let order: Vec<usize> = match spread_axes(axes)? {
                None => (0..n).rev().collect(),
                Some(axes) if axes.len() != n => bail!("axes don't match array: got {} of them for {n} dimensions", axes.len()),
                Some(axes) => {
                    shape::axes(Some(&axes), n)?;
                    axes.iter().map(|&axis| shape::axis(axis, n)).collect::<Result<_>>()?
                }
            };
            Ok(Value::object(this.transpose(&order)))
        }

        /// A copy with memory of its own.
        fn copy(/** The array. */ this: This) -> Value { Value::object(NdArray::new(this.chunk().copy())) }

        /// Nested lists of plain numbers.
        fn tolist(/** The array. */ this: This) -> Value { this.to_list() }

        /// A plain number: the only one, or that at a place.
        fn item(/** The array. */ this: This, /** Which one: counted in rows, or one number for each axis. */ args: Rest) -> Result<Value> {
            let chunk = this.chunk();
            let place = match &args.0[..] {
                [] if this.size() == 1 => 0,
                [] => bail!("can only convert an array of size 1 to a Python scalar"),
                [one] if i64::from_value(one).is_some() => {
                    let (n, at) = (this.size() as i64, i64::from_value(one).unwrap_or(0));
                    if !(-n..n).contains(&at) {
                        bail!(IndexError: "index {at} is out of bounds for size {n}");
                    }
                    if at < 0 { (at + n) as usize } else { at as usize }
                }
                many => {
                    let index = if let [one] = many { one.clone() } else { Value::tuple(many.to_vec()) };
                    let value = this.get_item(&index)?;
                    return Ok(value.plain_number().unwrap_or(value));
                }
            };
            Ok(chunk.scalars().nth(place).map_or(Value::None, |scalar| scalar.to_value()))
        }

        /// Writes one number everywhere.
        fn fill(/** The array. */ this: This, /** The number. */ value: Value) -> Result<()> { select::assign(&this, &Value::Ellipsis, &value) }

        /// Brings the elements in ascending order, in place.
        fn sort[context](
            /// The array.
            this: This,
            /// Along which axis.
            axis: i64 = -1,
            /// Has no effect: equal elements always stay as they were.
            kind: Option<String>,
            /// Has no effect.
            order: Option<Value>,
        ) -> Result<()> {
            let _ = order;
            let array = super::super::operand::eager_array(&this.chunk())?;
            this.assign(&ordering::sorted(&array, Some(axis), kind.as_deref())?.compute_now(context)?);
            Ok(())
        }

        /// Parts the elements in place: the one at `kth` is the one in order, smaller ones before it.
        fn partition[context](
            /// The array.
            this: This,
            /// Which place, or several.
            kth: Axes,
            /// Along which axis.
            axis: i64 = -1,
        ) -> Result<()> {
            let array = super::super::operand::eager_array(&this.chunk())?;
            this.assign(&array.partition(&kth.0, axis, false)?.compute_now(context)?);
            Ok(())
        }

        /// For each axis the positions of the elements that are not zero.
        fn nonzero[context](/** The array. */ this: Operand) -> Result<Value> { eager_only::nonzero(context, &this) }

        /// Itself: it has been computed.
        fn compute(/** The array. */ this: Value, /** Has no effect. */ options: rdk_runtime::Keywords) -> Value { let _ = options; this }

        /// Itself: it has been computed.
        fn persist(/** The array. */ this: Value, /** Has no effect. */ options: rdk_runtime::Keywords) -> Value { let _ = options; this }
    }
}

mod of_scalar {
    use super::*;

    builtins! {
        /// The plain number.
        fn item(/** The number. */ this: Value) -> Value { this.plain_number().unwrap_or(this) }

        /// The plain number.
        fn tolist(/** The number. */ this: Value) -> Value { this.plain_number().unwrap_or(this) }
    }
}

/// Attributes of lazy arrays.
pub fn lazy_properties() -> Vec<Builtin> {
    let mut properties = super::properties::shared::builtins();
    properties.extend(super::properties::of_lazy::builtins());
    let mut properties = place::noted(properties);
    properties.extend(rdk_runtime::delayed::members().1.into_iter().filter(|property| property.name == "dask"));
    properties
}

/// Attributes of eager arrays.
pub fn eager_properties() -> Vec<Builtin> {
    let mut properties = super::properties::shared::builtins();
    properties.extend(super::properties::of_eager::builtins());
    properties
}

/// Attributes of single numbers.
pub fn scalar_properties() -> Vec<Builtin> {
    let mut properties = super::properties::shared::builtins();
    properties.extend(super::properties::of_scalar::builtins());
    properties
}

//! Methods of arrays. Those that are functions as well are declared with the functions.

use rdk_runtime::{Builtin, Context, FromValue, Rest, Result, Value, bail, builtins};

use super::operand::{Loose, Operand, answer, lazy_value};
use super::parameters::{Axes, Lengths};
use super::{arrange, choose, faults, layout, operand, ordering, reductions, scans};
use crate::chunks::ChunksSpec;
use crate::dtype::Casting;
use crate::eager::{self, DTypeArg, NdArray, Order, select};
use crate::{place, shape};

/// Methods of lazy arrays.
pub fn lazy() -> Vec<Builtin> {
    let mut methods = both();
    methods.extend(of_lazy::builtins());
    methods.extend(super::store::methods::builtins());
    methods.extend(super::blocks::methods::builtins().into_iter().map(|builtin| builtin.lent(operand::counted)));
    methods.extend(super::explain::builtins());
    methods.extend(super::overlap::methods::builtins());
    methods.extend(ordering::dask::builtins());
    methods.extend(super::moment::builtins());
    methods.extend(super::regroup::builtins());
    methods.extend(super::regroup::methods::builtins());
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
    let diagonals = super::products::builtins();
    let diagonals = diagonals.into_iter().filter(|builtin| matches!(builtin.name, "trace" | "diagonal"));
    let mut methods = reductions::builtins();
    methods.extend(lent);
    methods.extend(diagonals);
    methods.extend(scans::builtins());
    methods.extend(ordering::builtins());
    let functions = ["take", "choose", "nonzero", "repeat"];
    let moved = arrange::builtins().into_iter().chain(choose::builtins());
    methods.extend(moved.filter(|builtin| functions.contains(&builtin.name)));
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

/// Each element with its imaginary part negated; an array in memory of real ones is itself.
fn conjugated(context: &Context, this: Value) -> Result<Value> {
    if this.get::<NdArray>().is_some_and(|array| !array.dtype().is_complex()) {
        return Ok(this);
    }
    let this = Operand::loosely(&this)?;
    answer(context, this.array()?.unary(crate::kernel::UnaryFunc::Conjugate)?, this.is_lazy())
}

/// The elements as another type, for the method and the function.
pub(super) fn cast_to(
    context: &Context,
    this: Value,
    dtype: crate::DType,
    copy: Option<bool>,
    casting: Option<&str>,
    order: Order,
) -> Result<Value> {
    if copy == Some(false) && this.get::<NdArray>().is_some_and(|array| array.dtype() == dtype) {
        return Ok(this);
    }
    let lies = this.get::<NdArray>().cloned();
    let this = Operand::loosely(&this)?;
    let (from, rule) = (this.dtype(), casting.unwrap_or("unsafe"));
    let allowed = match rule {
        "unsafe" => true,
        "no" | "equiv" => from == dtype,
        "safe" => from.can_cast(dtype, Casting::Safe),
        "same_kind" => from.can_cast(dtype, Casting::SameKind),
        _ => {
            bail!("casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe', or 'same_value' (got '{rule}')")
        }
    };
    if !allowed {
        bail!(
            TypeError: "Cannot cast array data from dtype('{from}') to dtype('{}') according to the rule '{rule}'", dtype
        );
    }
    let at_once = match &this {
        Operand::Eager(chunk) if chunk.ndim() > 0 => crate::lower::cast(context, chunk, dtype),
        Operand::Eager(_) | Operand::Number(_) | Operand::Lazy(_) => None,
    };
    let result = match at_once {
        Some(made) => eager::value(made?),
        None => answer(context, this.array()?.cast(dtype), this.is_lazy())?,
    };
    faults::of_cast(context, &this, dtype, &result)?;
    if let (Some(cast), true) = (result.get::<NdArray>(), lies.is_some()) {
        let axes = order.axes(lies.as_ref(), cast.shape().len());
        let lies_so = cast.is_run().0 && axes.is_sorted();
        return Ok(if lies_so { result } else { Value::object(NdArray::laid(cast.chunk(), &axes)) });
    }
    Ok(result)
}

mod shared {
    use super::*;

    builtins! {
        /// The elements as another type.
        fn astype[context](
            /// The array.
            this: Value,
            /// The type.
            dtype: DTypeArg,
            /// With False an array in memory that has the type already is itself.
            copy: Option<bool>,
            /// Which casts are allowed: "no", "equiv", "safe", "same_kind" or "unsafe".
            casting: Option<String>,
            /// How its axes lie in memory: "C", "F", "A" or "K". Chunks of lazy arrays lie as they are needed.
            order: Order = "K",
            /// Has no effect.
            subok: Option<bool>,
        ) -> Result<Value> {
            let _ = subok;
            cast_to(context, this, dtype.0, copy, casting.as_deref(), order)
        }

        /// Each element with its imaginary part negated.
        fn conjugate[context](/** The array. */ this: Value) -> Result<Value> { conjugated(context, this) }

        /// Each element with its imaginary part negated.
        fn conj[context](/** The array. */ this: Value) -> Result<Value> { conjugated(context, this) }

        /// The sizes of the elements; what `abs(x)` gives.
        fn __abs__[context](/** The array. */ this: Loose) -> Result<Value> {
            answer(context, this.array()?.unary(crate::kernel::UnaryFunc::Absolute)?.named("abs"), this.is_lazy())
        }

        /// Rounded; what `round(x, n)` gives.
        fn __round__[context](/** The array. */ this: Loose, /** Digits after the point. */ ndigits: Option<i64>) -> Result<Value> {
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

        /// The same array as a value of its own: what is written to one is not seen in the other.
        fn copy(/** The array. */ this: Loose) -> Result<Value> { Ok(lazy_value(this.array()?)) }

        /// Counts the lengths that are not known yet, now.
        ///
        /// ```rdk
        /// x = da.arange(6, chunks=3)
        /// y = x[x > 1]
        /// y.compute_chunk_sizes().chunks
        /// #> ((1, 3),)
        /// ```
        fn compute_chunk_sizes(/** The array. */ this: Value) -> Result<Value> {
            if let Operand::Lazy(array) = Operand::loosely(&this)? {
                array.sized()?;
            }
            Ok(this)
        }
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
            /// "C": the last axis is walked first; "F": the first; "A": as the array lies.
            order: Order = "C",
            /// Is it a copy in any case? With False it never is.
            copy: Option<bool>,
        ) -> Result<Value> {
            let shape = shape::reshaped(this.shape(), &spread(shape)?)?;
            super::super::memory::own_or_shown(this.reshape_in(&shape, order)?, &this, copy)
        }

        /// All elements in one row, in the same memory.
        fn ravel(
            /// The array.
            this: This,
            /// "C": the last axis is walked first; "F": the first; "A" and "K": as the array lies.
            order: Order = "C",
        ) -> Value { Value::object(this.row(order)) }

        /// A copy with all elements in one row.
        fn flatten(
            /// The array.
            this: This,
            /// "C": the last axis is walked first; "F": the first; "A" and "K": as the array lies.
            order: Order = "C",
        ) -> Value { Value::object(NdArray::new(this.row(order).chunk().copy())) }

        /// Changes the array itself: to another shape, of any length. What is new is 0.
        ///
        /// ```rdk
        /// x = np.arange(3)
        /// x.resize((2, 2))
        /// x
        /// #> array([[0, 1],
        /// #>        [2, 0]])
        /// ```
        fn resize(
            /// The array.
            this: This,
            /// The lengths, one by one or as a tuple.
            new_shape: Rest,
            /// Is an array refused whose memory others show? If not, they stay as they are.
            refcheck: bool = true,
        ) -> Result<()> {
            let lengths = spread(new_shape)?;
            if lengths.iter().any(|&length| length < 0) {
                bail!("negative dimensions not allowed");
            }
            let shape = shape::from_lengths(&lengths)?;
            super::super::create::room_for_elements(&shape, this.dtype())?;
            this.resize(&shape, refcheck)
        }

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
        fn copy(
            /// The array.
            this: This,
            /// How its axes lie in memory: "C", "F", "A" or "K".
            order: Order = "C",
        ) -> Result<Value> { super::super::memory::copied(&this, order) }

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

        /// Allows or forbids writing.
        ///
        /// ```rdk
        /// x = np.arange(3)
        /// x.setflags(write=False)
        /// x.flags.writeable
        /// #> False
        /// ```
        fn setflags(
            /// The array.
            this: This,
            /// May it be written to?
            write: Option<bool>,
            /// Has no effect: elements lie where they can be read at once.
            align: Option<bool>,
            /// Has no effect.
            uic: Option<bool>,
        ) -> Result<()> {
            let _ = (align, uic);
            write.map_or(Ok(()), |write| this.set_writeable(write))
        }

        /// The elements as bytes.
        fn tobytes(
            /// The array.
            this: This,
            /// "C": the last axis is walked first; "F": the first; "A" and "K": as the array lies.
            order: Order = "C",
        ) -> Result<Value> {
            Ok(Value::Bytes(crate::bytes::of_chunk(&this.row(order).chunk()).into_owned().into()))
        }

        /// The same bytes as elements of another type, or the same memory.
        ///
        /// With another type it is a copy that is only to be read; without one it shows the memory of the array.
        fn view(/** The array. */ this: This, /** The type. */ dtype: Option<DTypeArg>) -> Result<Value> {
            let Some(dtype) = dtype.map(|dtype| dtype.0).filter(|dtype| *dtype != this.dtype()) else {
                return Ok(Value::object(this.same()));
            };
            let chunk = this.chunk();
            let mut shape = this.shape().to_vec();
            let (old, new) = (this.dtype().size(), dtype.size());
            if old != new {
                let Some(last) = shape.last_mut() else {
                    bail!("Changing the dtype of a 0d array is only supported if the itemsize is unchanged");
                };
                if *last * old % new != 0 {
                    bail!("When changing to a larger dtype, its size must be a divisor of the total size in bytes of the last axis of the array.");
                }
                *last = *last * old / new;
            }
            let chunk = crate::bytes::chunk(dtype, &shape, &crate::bytes::of_chunk(&chunk));
            // It is not in the memory of the array: what were written to it would be lost there.
            Ok(Value::object(NdArray::new(chunk).only_read()))
        }

        /// What stands along an axis where a condition holds.
        fn compress[context](
            /// The array.
            this: Value,
            /// The condition: a row of truth values.
            condition: Value,
            /// Along which axis; all elements in one row if left out.
            axis: Option<i64>,
        ) -> Result<Value> { of_module(context, "compress", &[condition, this, axis.into()]) }

        /// Writes to elements that are counted in C order.
        fn put[context](
            /// The array.
            this: Value,
            /// The numbers of the elements.
            indices: Value,
            /// What is written; over and over again if it is shorter.
            values: Value,
            /// What to do about numbers that do not exist: "raise", "wrap" or "clip".
            mode: String = "raise",
        ) -> Result<Value> { of_module(context, "put", &[this, indices, values, Value::str(mode)]) }

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
            /// Has no effect: equal elements always stay as they were.
            stable: Option<bool>,
        ) -> Result<()> {
            let _ = (order, stable);
            this.check_writeable_as("sort array")?;
            let array = Operand::Eager(this.chunk()).rows(Some(axis))?;
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
            /// Has no effect.
            kind: Option<String>,
            /// Has no effect.
            order: Option<Value>,
        ) -> Result<()> {
            let _ = (kind, order);
            this.check_writeable_as("partition array")?;
            let array = super::super::operand::eager_array(&this.chunk())?;
            this.assign(&array.partition(&kth.0, axis, false)?.compute_now(context)?);
            Ok(())
        }

        /// Itself: it has been computed.
        fn compute(/** The array. */ this: Value, /** Has no effect. */ options: rdk_runtime::Keywords) -> Value { let _ = options; this }

        /// Itself: it has been computed.
        fn persist(/** The array. */ this: Value, /** Has no effect. */ options: rdk_runtime::Keywords) -> Value { let _ = options; this }
    }
}

/// A function of `numpy`, as a method.
fn of_module(context: &Context, name: &str, args: &[Value]) -> Result<Value> {
    let Some(function) = context.shared.library.import("numpy")?.get(name) else {
        bail!(RuntimeError: "numpy.{name} is not at hand here");
    };
    context.call(&function, rdk_runtime::Args::of(args.iter().cloned()))
}

mod of_scalar {
    use super::*;

    builtins! {
        /// The plain number.
        fn item(/** The number. */ this: Value) -> Value { this.plain_number().unwrap_or(this) }

        /// The plain number.
        fn tolist(/** The number. */ this: Value) -> Value { this.plain_number().unwrap_or(this) }

        /// The number itself: nothing writes to it.
        fn copy(/** The number. */ this: Value) -> Value { this }

        /// An array of the number alone.
        fn flatten[context](/** The number. */ this: Operand) -> Result<Value> { Ok(Value::object(NdArray::new(this.array()?.reshape(&[1])?.compute_now(context)?))) }

        /// An array of the number alone, of so many axes.
        fn reshape[context](
            /// The number.
            this: Operand,
            /// The lengths, one by one or as a tuple: 1 or -1.
            shape: Rest,
        ) -> Result<Value> { Ok(Value::object(NdArray::new(this.array()?.reshape(&spread(shape)?)?.compute_now(context)?))) }

        /// The number itself: it has no axes.
        fn transpose(/** The number. */ this: Value) -> Value { this }

        /// How many bits of a whole number are set.
        fn bit_count[context](/** The number. */ this: Operand) -> Result<Value> {
            answer(context, this.array()?.unary(crate::kernel::UnaryFunc::BitCount)?, false)
        }
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

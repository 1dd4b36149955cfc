//! Methods and attributes of masked arrays, in memory and lazy.

use rdk_runtime::builtin::Args;
use rdk_runtime::{Builtin, Context, FromValue, Keywords, Rest, Result, Value, bail, builtins};

use super::object::{self, Masked};
use super::pair::{Given, Pair, answer, answer_whole, fill_of, lazy_value};
use super::{functions, reduce};
use crate::dtype::DType;
use crate::eager::{self, DTypeArg, NdArray, nested};
use crate::face::operand::{self, Operand};
use crate::face::{lazy_object, reductions, scans};
use crate::kernel::UnaryFunc;
use crate::place;
use crate::scalar::Scalar;

/// Methods of masked arrays in memory.
pub fn eager_methods() -> Vec<Builtin> {
    let mut methods = both_methods();
    methods.extend(of_eager::builtins());
    methods.extend(refused::builtins());
    place::noted(methods)
}

/// Methods of lazy ones.
pub fn lazy_methods() -> Vec<Builtin> {
    let mut methods = both_methods();
    methods.extend(of_lazy::builtins());
    place::noted(methods)
}

fn both_methods() -> Vec<Builtin> {
    let mut methods = reductions::builtins();
    // It has a name of before, too.
    let same = reductions::builtins().into_iter().find(|builtin| builtin.name == "prod");
    methods.extend(same.map(|builtin| Builtin { name: "product", ..builtin }));
    methods.extend(scans::builtins());
    let functions = functions::builtins().into_iter().chain(functions::numpy::builtins());
    methods.extend(functions.filter(|builtin| matches!(builtin.name, "filled" | "count" | "dot" | "anom")));
    methods.extend(both::builtins());
    methods
}

/// Attributes of masked arrays in memory.
pub fn eager_properties() -> Vec<Builtin> {
    let mut properties = of_both::builtins();
    properties.extend(eager_attributes::builtins());
    properties
}

/// Attributes of lazy ones.
pub fn lazy_properties() -> Vec<Builtin> {
    let mut properties = of_both::builtins();
    properties.extend(lazy_attributes::builtins());
    place::noted(properties)
}

/// A masked array of elements and a mask that something was done with alike.
pub fn joined(data: Value, mask: Option<Value>, fill: Option<Scalar>) -> Result<Value> {
    if let Operand::Lazy(array) = Operand::loosely(&data)? {
        let mask = mask.map(|mask| Operand::loosely(&mask)?.array()).transpose()?;
        return Ok(lazy_value(Pair { data: array, mask, fill, shrinks: false }));
    }
    let array = |value: &Value| match value.get::<NdArray>() {
        Some(array) => Ok(array.clone()),
        None => nested::chunk(value, None).map(NdArray::new),
    };
    if data.get::<NdArray>().is_none() {
        let mask = mask.map(|mask| nested::chunk(&mask, Some(DType::Bool))).transpose()?;
        return Ok(object::value(nested::chunk(&data, None)?, mask, fill));
    }
    Ok(Value::object(Masked::new(array(&data)?, mask.as_ref().map(array).transpose()?, fill)))
}

/// The elements and the mask as plain arrays, in their own memory.
pub fn parts(value: &Value) -> Result<(Value, Option<Value>, Option<Scalar>)> {
    if let Some(masked) = value.get::<Masked>() {
        return Ok((Value::object(masked.data.clone()), masked.mask().map(Value::object), masked.fill()));
    }
    let given = Given::try_from_value(value)?;
    Ok(match given.data {
        Operand::Lazy(array) => (operand::lazy_value(array), given.mask.map(operand::lazy_value), given.fill),
        _ => (value.clone(), None, None),
    })
}

/// A method of plain arrays, done with the elements and with the mask alike.
fn alike(context: &Context, this: &Value, name: &str, args: Rest, options: Keywords) -> Result<Value> {
    let (data, mask, fill) = parts(this)?;
    let class = if matches!(data, Value::Lazy(_)) { lazy_object::class() } else { eager::object::class() };
    let Some(method) = class.method(name) else {
        bail!(AttributeError: "`{}` object has no attribute `{name}`", class.name);
    };
    let done = |value: Value| {
        let positional = std::iter::once(value).chain(args.0.iter().cloned());
        let args = Args { keywords: options.0.clone(), ..Args::of(positional) };
        method.call(context, args)
    };
    let mask = mask.map(done).transpose()?;
    joined(done(data)?, mask, fill)
}

/// An attribute of the elements.
fn of_data(context: &Context, this: &Value, name: &str) -> Result<Value> {
    let (data, ..) = parts(this)?;
    let class = if matches!(data, Value::Lazy(_)) { lazy_object::class() } else { eager::object::class() };
    match class.property(name) {
        Some(property) => property.call(context, Args::one(data)),
        None => bail!(AttributeError: "`{}` object has no attribute `{name}`", class.name),
    }
}

/// A function of `numpy` by its name.
pub fn of_numpy(context: &Context, name: &str, args: impl IntoIterator<Item = Value>) -> Result<Value> {
    let Some(function) = context.shared.library.import("numpy")?.get(name) else {
        bail!(RuntimeError: "numpy.{name} is not at hand here");
    };
    context.call(&function, Args::of(args))
}

/// A masked array in memory, as the receiver of a method.
pub struct This(Value);

impl FromValue for This {
    fn expected() -> &'static str {
        "a masked array in memory"
    }

    fn from_value(value: &Value) -> Option<This> {
        value.get::<Masked>().map(|_| This(value.clone()))
    }
}

impl std::ops::Deref for This {
    type Target = Masked;

    fn deref(&self) -> &Masked {
        self.0.get::<Masked>().expect("it was one when the method was called")
    }
}

fn of_elements(context: &Context, this: &Given, func: UnaryFunc) -> Result<Value> {
    let pair = this.pair()?;
    answer(context, Pair { data: pair.data.unary(func)?, ..pair }, this.is_lazy())
}

mod both {
    use super::*;

    builtins! {
        /// The elements as another type.
        fn astype[context](/** The array. */ this: Given, /** The type. */ dtype: DTypeArg) -> Result<Value> {
            let pair = this.pair()?;
            let fill = pair.fill.map(|fill| fill.cast(dtype.0));
            answer_whole(context, Pair { data: pair.data.cast(dtype.0), fill, ..pair }, this.is_lazy())
        }

        /// The same elements and mask in another shape.
        fn reshape[context](/** The array. */ this: Value, /** The lengths, one by one or as a tuple. */ shape: Rest, /** `order`. */ options: Keywords) -> Result<Value> { alike(context, &this, "reshape", shape, options) }

        /// All elements in one row.
        fn ravel[context](/** The array. */ this: Value, /** The order. */ order: Rest, /** `order`. */ options: Keywords) -> Result<Value> { alike(context, &this, "ravel", order, options) }

        /// All elements in one row, as a copy.
        fn flatten[context](/** The array. */ this: Value, /** The order. */ order: Rest, /** `order`. */ options: Keywords) -> Result<Value> { alike(context, &this, "flatten", order, options) }

        /// With its axes in reverse, or in the order given.
        fn transpose[context](/** The array. */ this: Value, /** The axes in their new order. */ axes: Rest, /** None are known. */ options: Keywords) -> Result<Value> { alike(context, &this, "transpose", axes, options) }

        /// With two axes in each other's place.
        fn swapaxes[context](/** The array. */ this: Value, /** The two axes. */ axes: Rest, /** `axis1`, `axis2`. */ options: Keywords) -> Result<Value> { alike(context, &this, "swapaxes", axes, options) }

        /// Without axes of length 1.
        fn squeeze[context](/** The array. */ this: Value, /** Which axes. */ axis: Rest, /** `axis`. */ options: Keywords) -> Result<Value> { alike(context, &this, "squeeze", axis, options) }

        /// Each element several times.
        fn repeat[context](/** The array. */ this: Value, /** How often, and along which axis. */ repeats: Rest, /** `axis`. */ options: Keywords) -> Result<Value> { alike(context, &this, "repeat", repeats, options) }

        /// The elements on a diagonal.
        fn diagonal[context](/** The array. */ this: Value, /** Which diagonal, of which axes. */ offset: Rest, /** `axis1`, `axis2`. */ options: Keywords) -> Result<Value> { alike(context, &this, "diagonal", offset, options) }

        /// A copy with memory of its own.
        fn copy[context](/** The array. */ this: Value, /** The order. */ order: Rest, /** `order`. */ options: Keywords) -> Result<Value> {
            match this.get::<Masked>().is_some_and(Masked::is_constant) {
                true => Ok(this),
                false => alike(context, &this, "copy", order, options),
            }
        }

        /// Rounded to so many digits after the point.
        fn round[context](/** The array. */ this: Given, /** Digits after the point. */ decimals: i64 = 0) -> Result<Value> {
            let pair = this.pair()?;
            answer(context, Pair { data: crate::face::layout::rounded(pair.data.clone(), decimals)?, ..pair }, this.is_lazy())
        }

        /// No less than `min` and no more than `max`.
        fn clip[context](
            /// The array.
            this: Given,
            /// The least.
            min: Option<Operand>,
            /// The most.
            max: Option<Operand>,
        ) -> Result<Value> {
            functions::clipped(context, &this, min.as_ref(), max.as_ref())
        }

        /// Each element with its imaginary part negated.
        fn conjugate[context](/** The array. */ this: Given) -> Result<Value> { of_elements(context, &this, UnaryFunc::Conjugate) }

        /// Each element with its imaginary part negated.
        fn conj[context](/** The array. */ this: Given) -> Result<Value> { of_elements(context, &this, UnaryFunc::Conjugate) }

        /// The sizes of the elements; what `abs(x)` gives.
        fn __abs__[context](/** The array. */ this: Given) -> Result<Value> { of_elements(context, &this, UnaryFunc::Absolute) }
    }
}

mod of_eager {
    use super::*;

    builtins! {
        /// The elements that are not masked, in one row.
        fn compressed(/** The array. */ this: This) -> Value { Value::object(NdArray::new(this.compressed())) }

        /// Nested lists of plain numbers, `None` where something is masked.
        fn tolist(/** The array. */ this: This) -> Result<Value> {
            let numbers = this.data.to_list();
            Ok(match this.mask() {
                Some(mask) => hidden(&numbers, &mask.to_list()),
                None => numbers,
            })
        }

        /// The plain number, which is the only one or that at a place.
        fn item[context](/** The array. */ this: This, /** Which one. */ args: Rest) -> Result<Value> {
            let index: Vec<Value> = args.0.clone();
            let flat = |value: Value| -> Result<Value> {
                let Some(method) = eager::object::class().method("item").cloned() else { return Ok(value) };
                method.call(context, Args::of(std::iter::once(value).chain(index.clone())))
            };
            let is_masked = match this.mask() {
                Some(mask) => bool::from_value(&flat(Value::object(mask))?).unwrap_or(false),
                None => false,
            };
            if is_masked { Ok(object::constant()) } else { flat(Value::object(this.data.clone())) }
        }

        /// Brings the elements in ascending order, in place; what is masked last.
        fn sort[context](
            /// The array.
            this: This,
            /// Along which axis.
            axis: i64 = -1,
            /// Has no effect: equal elements always stay as they were.
            kind: Option<String>,
            /// Has no effect.
            order: Option<Value>,
            /// Is what is masked last, or first?
            endwith: bool = true,
        ) -> Result<()> {
            let _ = (kind, order);
            this.data.check_writeable_as("sort array")?;
            let sorted = reduce::sorted(&this.given().pair()?, Some(axis), endwith)?;
            this.data.assign(&sorted.data.compute_now(context)?);
            if let (Some(own), Some(mask)) = (this.mask(), &sorted.mask) {
                own.assign(&mask.compute_now(context)?);
            }
            Ok(())
        }

        /// The positions that would bring the elements in ascending order; what is masked last.
        fn argsort[context](
            /// The array.
            this: This,
            /// Along which axis; `None`: all elements in one row.
            axis: Option<i64> = -1,
            /// Has no effect: equal elements always stay as they were.
            kind: Option<String>,
            /// Has no effect.
            order: Option<Value>,
            /// Is what is masked last, or first?
            endwith: bool = true,
        ) -> Result<Value> {
            let _ = (kind, order);
            operand::answer(context, reduce::order(&this.given().pair()?, axis, endwith)?, false)
        }

        /// Elements at these positions.
        fn take[context](/** The array. */ this: Value, /** The positions, and along which axis. */ indices: Rest, /** `axis`, `mode`. */ options: Keywords) -> Result<Value> { alike(context, &this, "take", indices, options) }

        /// The positions of elements that are neither masked nor zero.
        fn nonzero[context](/** The array. */ this: This) -> Result<Value> {
            of_numpy(context, "nonzero", [eager::value(this.filled(Scalar::zero(this.data.dtype())))])
        }

        /// The sum of the elements on a diagonal.
        fn trace[context](/** The array. */ this: This, /** Which diagonal. */ offset: i64 = 0) -> Result<Value> {
            let filled = eager::value(this.filled(Scalar::zero(this.data.dtype())).cast(DType::F64));
            of_numpy(context, "trace", [filled, Value::Int(offset)])
        }

        /// Writes one number everywhere, and masks nothing.
        fn fill[context](/** The array. */ this: This, /** The number. */ value: Value) -> Result<()> {
            rdk_runtime::operators::set_item(context, &this.0, &Value::Ellipsis, value)
        }

        /// From now on masked elements cannot be assigned to.
        fn harden_mask(/** The array. */ this: This) -> Value { this.harden(true); this.0 }

        /// From now on an assignment unmasks.
        fn soften_mask(/** The array. */ this: This) -> Value { this.harden(false); this.0 }

        /// No mask at all if nothing is masked.
        fn shrink_mask(/** The array. */ this: This) -> Value { this.shrink(); this.0 }

        /// Has no effect: masks are shared by views only.
        fn unshare_mask(/** The array. */ this: This) -> Value { this.0 }

        /// Says what is written where something is masked.
        fn set_fill_value(/** The array. */ this: This, /** The number; the type's own if left out. */ value: Option<Value>) -> Result<()> { this.set_fill_value(&value.unwrap_or(Value::None)) }

        /// What is written where something is masked.
        fn get_fill_value(/** The array. */ this: This) -> Value { eager::number(this.fill_value()) }

        /// Itself: it has been computed.
        fn compute(/** The array. */ this: Value, /** Has no effect. */ options: Keywords) -> Value { let _ = options; this }

        /// Itself: it has been computed.
        fn persist(/** The array. */ this: Value, /** Has no effect. */ options: Keywords) -> Value { let _ = options; this }
    }
}

/// `None` in place of what is masked.
fn hidden(numbers: &Value, mask: &Value) -> Value {
    match (numbers.items(), mask.items()) {
        (Some(numbers), Some(mask)) => {
            Value::list(numbers.iter().zip(&mask).map(|(number, flag)| hidden(number, flag)).collect::<Vec<_>>())
        }
        _ if matches!(mask, Value::Bool(true)) => Value::None,
        _ => numbers.clone(),
    }
}

fn no_mask(name: &str) -> Result<Value> {
    bail!(
        NotImplementedError: "{name}() of a masked array is not supported";
        hint: "`x.filled(…)` or `x.data` is a plain array, which has it"
    )
}

mod refused {
    use super::*;

    builtins! {
        /// Not supported: `x.filled(…)` is a plain array, which has it.
        fn argpartition(/** The array. */ this: Value, /** Arguments. */ args: Rest, /** Options. */ options: Keywords) -> Result<Value> { let _ = (this, args, options); no_mask("argpartition") }

        /// Not supported: `x.filled(…)` is a plain array, which has it.
        fn partition(/** The array. */ this: Value, /** Arguments. */ args: Rest, /** Options. */ options: Keywords) -> Result<Value> { let _ = (this, args, options); no_mask("partition") }

        /// Not supported: `x.filled(…)` is a plain array, which has it.
        fn searchsorted(/** The array. */ this: Value, /** Arguments. */ args: Rest, /** Options. */ options: Keywords) -> Result<Value> { let _ = (this, args, options); no_mask("searchsorted") }

        /// Not supported: `x.filled(…)` is a plain array, which has it.
        fn choose(/** The array. */ this: Value, /** Arguments. */ args: Rest, /** Options. */ options: Keywords) -> Result<Value> { let _ = (this, args, options); no_mask("choose") }

        /// The elements where a condition holds, masked or not.
        fn compress[context](/** The array. */ this: Value, /** The condition. */ condition: Value, /** Along which axis; all elements in one row if left out. */ axis: Option<i64>) -> Result<Value> {
            let (data, mask, fill) = parts(&this)?;
            let taken = |part: Value| of_numpy(context, "compress", [condition.clone(), part, axis.into()]);
            joined(taken(data)?, mask.map(taken).transpose()?, fill)
        }

        /// Not supported: `x[…] = …` writes to a masked array.
        fn put(/** The array. */ this: Value, /** Arguments. */ args: Rest, /** Options. */ options: Keywords) -> Result<Value> { let _ = (this, args, options); no_mask("put") }

        /// Not supported: `x.data.view(…)` is one of the plain elements.
        fn view(/** The array. */ this: Value, /** Arguments. */ args: Rest, /** Options. */ options: Keywords) -> Result<Value> { let _ = (this, args, options); no_mask("view") }

        /// Not supported: `x.filled(…).tobytes()` says what is masked.
        fn tobytes(/** The array. */ this: Value, /** Arguments. */ args: Rest, /** Options. */ options: Keywords) -> Result<Value> { let _ = (this, args, options); no_mask("tobytes") }
    }
}

mod of_lazy {
    use super::*;

    builtins! {
        /// The same elements and mask in other chunks.
        fn rechunk[context](/** The array. */ this: Value, /** How long chunks are. */ chunks: Rest, /** `balance`, `block_size_limit`. */ options: Keywords) -> Result<Value> { alike(context, &this, "rechunk", chunks, options) }
    }
}

mod of_both {
    use super::*;

    builtins! {
        /// Length along each axis.
        fn shape[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "shape") }

        /// The type of the elements.
        fn dtype[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "dtype") }

        /// How many axes.
        fn ndim[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "ndim") }

        /// How many elements, masked or not.
        fn size[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "size") }

        /// Bytes of all elements.
        fn nbytes[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "nbytes") }

        /// Bytes of one element.
        fn itemsize[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "itemsize") }

        /// The real parts.
        fn real[context](/** The array. */ this: Given) -> Result<Value> { of_elements(context, &this, UnaryFunc::Real) }

        /// The imaginary parts.
        fn imag[context](/** The array. */ this: Given) -> Result<Value> { of_elements(context, &this, UnaryFunc::Imag) }

        /// With its axes in reverse.
        fn T[context](/** The array. */ this: Value) -> Result<Value> { alike(context, &this, "transpose", Rest(Vec::new()), Keywords(Vec::new())) }

        /// With its last two axes in reverse.
        fn mT[context](/** The array. */ this: Value) -> Result<Value> { super::super::functions::of_one(context, "matrix_transpose", &this, &[]) }
    }
}

mod eager_attributes {
    use super::*;

    builtins! {
        /// The elements, also those under the mask, in the same memory.
        fn data(/** The array. */ this: This) -> Value { Value::object(this.data.clone()) }

        /// True where an element is masked; `False` if there is no mask.
        fn mask(/** The array. */ this: This) -> Value {
            this.mask().map_or_else(|| eager::number(Scalar::Bool(false)), NdArray::or_number)
        }

        /// What is written where an element is masked.
        fn fill_value(/** The array. */ this: This) -> Value { eager::number(this.fill_value()) }

        /// Can masked elements not be assigned to?
        fn hardmask(/** The array. */ this: This) -> bool { this.is_hard() }
    }
}

mod lazy_attributes {
    use super::*;

    builtins! {
        /// The sizes of the chunks along each axis.
        fn chunks[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "chunks") }

        /// The sizes of the largest chunk.
        fn chunksize[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "chunksize") }

        /// How many chunks there are along each axis.
        fn numblocks[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "numblocks") }

        /// How many chunks there are.
        fn npartitions[context](/** The array. */ this: Value) -> Result<Value> { of_data(context, &this, "npartitions") }
    }
}

/// A fill value as a parameter.
pub fn fill_argument(value: Option<&Value>, dtype: DType) -> Result<Option<Scalar>> {
    value.filter(|value| !value.is_none()).map(|value| fill_of(value, dtype)).transpose()
}

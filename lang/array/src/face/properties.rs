//! Attributes of arrays.

use std::sync::LazyLock;

use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, error};

use super::indexing::blocks::{Blocks, PointsOf};
use super::masked::object::Masked;
use super::operand::{Loose, Operand, answer, lazy_value};
use crate::array::Array;
use crate::eager::{DTypeObject, NdArray, Part};
use crate::kernel::UnaryFunc;

/// A tuple of lengths.
pub fn lengths(shape: &[usize]) -> Value {
    Value::tuple(shape.iter().map(|&length| Value::from(length)))
}

/// A count that may be larger than 64 bits.
fn count(count: u128) -> Value {
    Value::big(count.into())
}

/// The real or the imaginary parts; of an array in memory in the same memory.
pub fn part(context: &Context, this: &Value, part: Part) -> Result<Value> {
    match this.get::<NdArray>() {
        Some(array) if part == Part::Real && !array.dtype().is_complex() => Ok(this.clone()),
        Some(array) => Ok(Value::object(array.part(part))),
        None => {
            let operand = Operand::loosely(this)?;
            let func = if part == Part::Real { UnaryFunc::Real } else { UnaryFunc::Imag };
            answer(context, operand.array()?.unary(func)?, operand.is_lazy())
        }
    }
}

/// Lengths, `nan` for those that have to be counted first.
fn shape_value(this: &Operand) -> Value {
    match this {
        Operand::Lazy(array) => {
            let counted =
                if array.is_counted() { array.sized().unwrap_or_else(|_| array.clone()) } else { array.clone() };
            Value::tuple(counted.chunks().0.iter().map(|axis| match axis.is_known() {
                true => Value::from(axis.length()),
                false => Value::Float(f64::NAN),
            }))
        }
        Operand::Eager(chunk) => lengths(chunk.shape()),
        Operand::Number(_) => lengths(&[]),
    }
}

/// So many for each element.
fn times(this: &Operand, each: usize) -> Value {
    let size = match this {
        Operand::Lazy(array) if array.is_sized() => array.size(),
        Operand::Lazy(array) if !array.is_counted() => return Value::Float(f64::NAN),
        Operand::Lazy(array) => array.sized().map_or(0, |array| array.size()),
        Operand::Eager(chunk) => chunk.len() as u128,
        Operand::Number(_) => 1,
    };
    count(size.saturating_mul(each as u128))
}

pub mod shared {
    use super::*;

    builtins! {
        /// Length along each axis.
        fn shape(/** The array. */ this: Loose) -> Result<Value> { Ok(shape_value(&this)) }

        /// The type of the elements.
        fn dtype(/** The array. */ this: Loose) -> Value { Value::object(DTypeObject(this.dtype())) }

        /// How many axes.
        fn ndim(/** The array. */ this: Loose) -> usize { this.ndim() }

        /// How many elements.
        fn size(/** The array. */ this: Loose) -> Result<Value> { Ok(times(&this, 1)) }

        /// Bytes of all elements.
        fn nbytes(/** The array. */ this: Loose) -> Result<Value> {
            Ok(times(&this, this.dtype().size()))
        }

        /// Bytes of one element.
        fn itemsize(/** The array. */ this: Loose) -> usize { this.dtype().size() }

        /// The real parts.
        fn real[context](/** The array. */ this: Value) -> Result<Value> { part(context, &this, Part::Real) }

        /// The imaginary parts.
        fn imag[context](/** The array. */ this: Value) -> Result<Value> { part(context, &this, Part::Imaginary) }
    }
}

/// A lazy array as the receiver.
pub struct Lazy(pub Array);

impl FromValue for Lazy {
    fn expected() -> &'static str {
        "a lazy array"
    }

    fn from_value(value: &Value) -> Option<Lazy> {
        Lazy::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Lazy> {
        match Operand::loosely(value)? {
            Operand::Lazy(array) => Ok(Lazy(array)),
            Operand::Eager(_) | Operand::Number(_) => bail!(TypeError: "expected {}", Lazy::expected()),
        }
    }
}

pub mod of_lazy {
    use super::*;

    builtins! {
        /// With its axes in reverse.
        fn T(/** The array. */ this: Lazy) -> Result<Value> { Ok(lazy_value(this.0.transpose(None)?)) }

        /// For each axis the lengths of the chunks.
        fn chunks(/** The array. */ this: Lazy) -> Value {
            let counted = if this.0.is_counted() { this.0.sized().unwrap_or(this.0) } else { this.0 };
            Value::tuple(counted.chunks().0.iter().map(|axis| match axis.is_known() {
                true => Value::tuple(axis.sizes().map(Value::from)),
                false => Value::tuple(axis.sizes().map(|_| Value::Float(f64::NAN))),
            }))
        }

        /// The lengths of the largest chunk.
        fn chunksize(/** The array. */ this: Lazy) -> Value {
            Value::tuple(this.0.chunks().0.iter().map(|axis| match axis.is_known() {
                true => Value::from(axis.largest()),
                false => Value::Float(f64::NAN),
            }))
        }

        /// How many chunks there are along each axis.
        fn numblocks(/** The array. */ this: Lazy) -> Value { lengths(&this.0.numblocks()) }

        /// How many chunks there are.
        fn npartitions(/** The array. */ this: Lazy) -> Value { count(this.0.npartitions()) }

        /// The chunks, to be indexed by their place in the grid.
        fn blocks(/** The array. */ this: Lazy) -> Value { Value::object(Blocks(this.0)) }

        /// The chunks, to be indexed by their place in the grid.
        fn partitions(/** The array. */ this: Lazy) -> Value { Value::object(Blocks(this.0)) }

        /// To be indexed at points: positions along several axes go along together.
        fn vindex(/** The array. */ this: Lazy) -> Value { Value::object(PointsOf(this.0)) }

        /// The array itself: what `x.A` is of a matrix.
        fn A(/** The array. */ this: Lazy) -> Value { lazy_value(this.0) }

        /// What the work is called; equal for equal work.
        fn name(/** The array. */ this: Lazy) -> Value { Value::str(this.0.title()) }
    }
}

/// `x.flags`: of an array, or of a number.
struct Flags(Value);

impl Flags {
    /// The array, or the elements of a masked one.
    fn array(&self) -> Option<&NdArray> {
        self.0.get::<NdArray>().or_else(|| self.0.get::<Masked>().map(|masked| &masked.data))
    }

    fn get(&self, name: &str) -> Option<bool> {
        let array = self.array();
        let (rows, columns) = array.map_or((true, true), NdArray::is_run);
        Some(match name {
            "c_contiguous" | "contiguous" | "C_CONTIGUOUS" | "C" => rows,
            "f_contiguous" | "F_CONTIGUOUS" | "F" => columns,
            "forc" => rows || columns,
            "fnc" => columns && !rows,
            "owndata" | "OWNDATA" | "O" => array.is_none_or(|array| array.base().is_none()),
            "writeable" | "WRITEABLE" | "W" => array.is_some_and(NdArray::is_writeable),
            "aligned" | "ALIGNED" | "A" => true,
            "writebackifcopy" | "WRITEBACKIFCOPY" | "X" => false,
            _ => return None,
        })
    }

    /// Writing may be allowed and forbidden; all else is as it is.
    fn set(&self, name: &str, value: &Value) -> Option<Result<()>> {
        if !matches!(name, "writeable" | "WRITEABLE" | "W") {
            self.get(name)?;
            return Some(
                (|| bail!(AttributeError: "the flag `{name}` of an array cannot be set"; hint: "only `writeable` can"))(
                ),
            );
        }
        let wanted = bool::try_from_value(value);
        Some(wanted.and_then(|wanted| match self.array() {
            Some(array) => array.set_writeable(wanted),
            None => bail!("cannot set flags on array scalars."),
        }))
    }
}

static FLAGS: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("flagsobj", "numpy", "How an array lies in memory.")));

impl Object for Flags {
    fn class(&self) -> ClassRef {
        FLAGS.clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let names = ["C_CONTIGUOUS", "F_CONTIGUOUS", "OWNDATA", "WRITEABLE", "ALIGNED", "WRITEBACKIFCOPY"];
        let line =
            |name: &&str| format!("  {name} : {}\n", if self.get(name) == Some(true) { "True" } else { "False" });
        names.iter().map(line).collect()
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            .then(|| self.get(name))?
            .map(|flag| Ok(Value::Bool(flag)))
    }

    fn attribute_names(&self) -> Vec<String> {
        ["aligned", "c_contiguous", "f_contiguous", "fnc", "forc", "owndata", "writeable"].map(String::from).to_vec()
    }

    fn set_attribute(&self, _: &Context, name: &str, value: Value) -> Option<Result<()>> {
        self.set(name, &value)
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        let flag = index.as_str().and_then(|name| self.get(name));
        Some(flag.map(Value::Bool).ok_or_else(|| error!(KeyError: "Unknown flag")))
    }

    fn set_item(&self, _: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        let done = index.as_str().and_then(|name| self.set(name, &value));
        Some(done.unwrap_or_else(|| Err(error!(KeyError: "Unknown flag"))))
    }
}

pub mod of_eager {
    use super::*;

    builtins! {
        /// With its axes in reverse, showing the same memory.
        fn T(/** The array. */ this: Value) -> Value {
            match this.get::<NdArray>() {
                Some(array) => Value::object(array.transpose(&(0..array.shape().len()).rev().collect::<Vec<_>>())),
                None => this,
            }
        }

        /// With its last two axes in reverse, showing the same memory.
        fn mT(/** The array. */ this: Value) -> Result<Value> {
            match this.get::<NdArray>() {
                Some(array) if array.shape().len() >= 2 => {
                    let mut order: Vec<usize> = (0..array.shape().len()).collect();
                    order.swap(array.shape().len() - 1, array.shape().len() - 2);
                    Ok(Value::object(array.transpose(&order)))
                }
                _ => bail!("matrix transpose with ndim < 2 is undefined"),
            }
        }

        /// The array in whose memory it lies; `None` if that is its own.
        ///
        /// ```rdk
        /// x = np.arange(3)
        /// x[1:].base, x.base is None
        /// #> (array([0, 1, 2]), True)
        /// ```
        fn base(/** The array. */ this: Value) -> Value {
            this.get::<NdArray>().and_then(NdArray::base).map_or(Value::None, Value::object)
        }

        /// Where it is kept.
        fn device(/** The array. */ this: Value) -> &'static str {
            let _ = this;
            "cpu"
        }

        /// How it lies in memory: `x.flags.c_contiguous`.
        fn flags(/** The array. */ this: Value) -> Value { Value::object(Flags(this)) }

        /// Steps in memory along each axis, in bytes.
        fn strides(/** The array. */ this: Value) -> Value {
            Value::tuple(this.get::<NdArray>().map(NdArray::strides).unwrap_or_default().into_iter().map(Value::Int))
        }

        /// All elements in one row, to be walked.
        fn flat(/** The array. */ this: Value) -> Value {
            match this.get::<NdArray>() {
                // What is not in the memory of the array is not to be written to: it would be lost.
                Some(array) => {
                    let row = array.reshape(&[array.size()]);
                    Value::object(if row.is_of_same_memory(array) { row } else { row.only_read() })
                }
                None => this,
            }
        }
    }
}

pub mod of_scalar {
    use super::*;

    builtins! {
        /// The number itself: it has no axes.
        fn T(/** The number. */ this: Value) -> Value { this }
    }
}

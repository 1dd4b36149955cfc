//! Attributes of arrays.

use std::sync::LazyLock;

use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins};

use super::indexing::blocks::{Blocks, PointsOf};
use super::operand::{Loose, Operand, answer, lazy_value};
use crate::array::Array;
use crate::eager::{DTypeObject, NdArray};
use crate::kernel::UnaryFunc;

/// A tuple of lengths.
pub fn lengths(shape: &[usize]) -> Value {
    Value::tuple(shape.iter().map(|&length| Value::from(length)))
}

/// A count that may be larger than 64 bits.
fn count(count: u128) -> Value {
    Value::big(count.into())
}

fn part(context: &Context, this: &Operand, func: UnaryFunc) -> Result<Value> {
    answer(context, this.array()?.unary(func)?, this.is_lazy())
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
        fn real[context](/** The array. */ this: Loose) -> Result<Value> { part(context, &this, UnaryFunc::Real) }

        /// The imaginary parts.
        fn imag[context](/** The array. */ this: Loose) -> Result<Value> { part(context, &this, UnaryFunc::Imag) }
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
        fn name(/** The array. */ this: Lazy) -> Value { Value::str(this.0.name()) }
    }
}

/// `x.flags`
struct Flags {
    rows: bool,
    columns: bool,
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
        let text = |flag| if flag { "True" } else { "False" };
        format!("  C_CONTIGUOUS : {}\n  F_CONTIGUOUS : {}\n  WRITEABLE : True", text(self.rows), text(self.columns))
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        Some(Ok(Value::Bool(match name {
            "c_contiguous" | "contiguous" => self.rows,
            "f_contiguous" => self.columns,
            "writeable" | "aligned" => true,
            _ => return None,
        })))
    }

    fn attribute_names(&self) -> Vec<String> {
        ["c_contiguous", "f_contiguous", "writeable"].map(String::from).to_vec()
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
        fn flags(/** The array. */ this: Value) -> Value {
            match this.get::<NdArray>() {
                Some(array) => {
                    let chunk = array.chunk();
                    let backwards: Vec<usize> = (0..chunk.ndim()).rev().collect();
                    Value::object(Flags { rows: chunk.is_contiguous(), columns: chunk.transpose(&backwards).is_contiguous() })
                }
                None => Value::object(Flags { rows: true, columns: true }),
            }
        }

        /// Steps in memory along each axis, in bytes.
        fn strides(/** The array. */ this: Value) -> Value {
            match this.get::<NdArray>() {
                Some(array) => {
                    let size = array.dtype().size() as i64;
                    Value::tuple(array.chunk().strides().iter().map(|&step| Value::Int(step as i64 * size)))
                }
                None => Value::tuple([]),
            }
        }

        /// All elements in one row, to be walked.
        fn flat(/** The array. */ this: Value) -> Value {
            match this.get::<NdArray>() {
                Some(array) => Value::object(array.reshape(&[array.size()])),
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

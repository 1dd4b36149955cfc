//! Numbers that are spaced evenly, on a straight or a logarithmic scale; arrays from bytes, text and what can be walked.

use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::arrange::answer_array;
use super::operand::{Operand, together};
use crate::ChunksSpec;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray, nested};
use crate::element::with_dtype;
use crate::kernel::{BinaryFunc, UnaryFunc};
use crate::scalar::Scalar;

/// How many numbers between two ends.
pub struct Spaced<'a> {
    /// The first ones.
    pub start: &'a Operand,
    /// The last ones.
    pub stop: &'a Operand,
    /// How many.
    pub num: i64,
    /// Is the end one of them?
    pub endpoint: bool,
    /// Where the new axis is.
    pub axis: i64,
}

impl Spaced<'_> {
    /// The numbers, and how far apart they are.
    pub fn linear(&self) -> Result<(Array, Array)> {
        let Ok(count) = usize::try_from(self.num) else {
            bail!("Number of samples, {}, must be non-negative.", self.num)
        };
        let arrays = together(&[self.start, self.stop])?;
        let dtype = arrays[0].dtype().promote(arrays[1].dtype()).promote(DType::F64);
        let (start, stop) = (arrays[0].cast(dtype), arrays[1].cast(dtype));
        let gaps = if self.endpoint { count as f64 - 1.0 } else { count as f64 };
        let distance = stop.binary(BinaryFunc::Subtract, &start)?;
        let step = distance
            .binary(BinaryFunc::Divide, &Array::scalar(Scalar::F64(if gaps > 0.0 { gaps } else { f64::NAN })))?;
        let mut lengths = vec![1i64; distance.ndim() + 1];
        lengths[0] = count as i64;
        let numbers = Array::arange(Scalar::F64(0.0), Scalar::F64(1.0), count, &ChunksSpec::AUTO)?.reshape(&lengths)?;
        let along = if gaps > 0.0 {
            numbers.binary(BinaryFunc::Multiply, &step)?
        } else {
            numbers.binary(BinaryFunc::Multiply, &distance)?
        };
        let mut all = along.binary(BinaryFunc::Add, &start)?;
        if self.endpoint && count > 1 {
            let parts = [
                super::arrange::part(&all, 0, None, Some(-1), None)?,
                stop.broadcast_to(distance.shape())?.expand_dims(&[0])?,
            ];
            all = Array::concatenate(&parts, 0)?;
        }
        let axis = crate::shape::axis(self.axis, all.ndim())?;
        Ok((super::indexing::items::moved_to(&all, 0, 1, axis)?, step))
    }

    fn logarithmic(&self, base: f64) -> Result<Array> {
        let exponents = self.linear()?.0;
        Array::scalar(Scalar::F64(base).cast(exponents.dtype())).binary(BinaryFunc::Power, &exponents)
    }

    fn geometric(&self, context: &Context) -> Result<Array> {
        let ends = together(&[self.start, self.stop])?;
        let dtype = ends[0].dtype().promote(ends[1].dtype()).promote(DType::F64);
        if dtype.is_complex() {
            bail!(NotImplementedError: "geomspace() takes real numbers");
        }
        let (start, stop) = (ends[0].cast(dtype), ends[1].cast(dtype));
        let numbers = |array: &Array| -> Result<Vec<f64>> { Ok(array.compute_now(context)?.to_vec()) };
        if numbers(&start)?.contains(&0.0) || numbers(&stop)?.contains(&0.0) {
            bail!("Geometric sequence cannot include zero");
        }
        // The first is 1 times the first, the others are powers of ten times it.
        let ratio = stop.binary(BinaryFunc::Divide, &start)?.unary(UnaryFunc::Log10)?;
        let zero = Operand::Number(Value::Float(0.0));
        let powers =
            Spaced { start: &zero, stop: &Operand::Lazy(ratio), axis: 0, num: self.num, endpoint: self.endpoint };
        let mut all = powers.logarithmic(10.0)?.binary(BinaryFunc::Multiply, &start)?;
        // The ends are what they were said to be, whatever lies between them.
        let end = |end: &Array| end.broadcast_to(&all.shape()[1..])?.expand_dims(&[0]);
        if self.num > 0 {
            let last = if self.endpoint && self.num > 1 { Some(end(&stop)?) } else { None };
            let to = last.is_some().then_some(-1);
            let between = super::arrange::part(&all, 0, Some(1), to, None)?;
            all = Array::concatenate(&[end(&start)?, between].into_iter().chain(last).collect::<Vec<_>>(), 0)?;
        }
        let axis = crate::shape::axis(self.axis, all.ndim())?;
        super::indexing::items::moved_to(&all, 0, 1, axis)
    }
}

/// As this type; whole numbers are rounded down.
pub fn as_type(array: Array, dtype: Option<DTypeArg>) -> Result<Array> {
    match dtype {
        None => Ok(array),
        Some(dtype) if dtype.0.is_integer() => Ok(array.unary(UnaryFunc::Floor)?.cast(dtype.0)),
        Some(dtype) => Ok(array.cast(dtype.0)),
    }
}

/// Numbers of a type out of bytes.
fn from_bytes(bytes: &[u8], dtype: DType, count: i64, offset: usize) -> Result<Chunk> {
    if offset > bytes.len() || (offset == bytes.len() && !bytes.is_empty()) {
        bail!("offset must be non-negative and no greater than buffer length ({})", bytes.len());
    }
    let bytes = &bytes[offset..];
    let size = dtype.size();
    let n = match usize::try_from(count) {
        Ok(count) if count.saturating_mul(size) > bytes.len() => bail!("buffer is smaller than requested size"),
        Ok(count) => count,
        Err(_) if !bytes.len().is_multiple_of(size) => bail!("buffer size must be a multiple of element size"),
        Err(_) => bytes.len() / size,
    };
    Ok(crate::bytes::chunk(dtype, &[n], &bytes[..n * size]))
}

builtins! {
    /// Numbers on a logarithmic scale: powers of `base` whose exponents are spaced evenly.
    ///
    /// ```rdk
    /// np.logspace(0, 2, 3)
    /// #> array([  1.,  10., 100.])
    /// ```
    fn logspace[context](
        /// The exponent of the first.
        start: Operand,
        /// The exponent of the last.
        stop: Operand,
        /// How many.
        num: i64 = 50,
        /// Is `base ** stop` the last one?
        endpoint: bool = true,
        /// The base.
        base: f64 = 10.0,
        /// The type of the elements.
        dtype: Option<DTypeArg>,
        /// Where the new axis is, if the ends are arrays.
        axis: i64 = 0,
    ) -> Result<Value> {
        let spaced = Spaced { start: &start, stop: &stop, num, endpoint, axis };
        let array = spaced.logarithmic(base)?;
        let made = answer_array(context, dtype.map_or(array.clone(), |dtype| array.cast(dtype.0)), false)?;
        let exponents = Operand::Eager(spaced.linear()?.0.compute_now(context)?);
        super::faults::of_sums(context, &exponents, "power", &made)?;
        Ok(made)
    }

    /// Numbers on a logarithmic scale, from one end to the other.
    ///
    /// ```rdk
    /// np.geomspace(1, 1000, 4)
    /// #> array([   1.,   10.,  100., 1000.])
    /// ```
    fn geomspace[context](
        /// The first.
        start: Operand,
        /// The last.
        stop: Operand,
        /// How many.
        num: i64 = 50,
        /// Is `stop` the last one?
        endpoint: bool = true,
        /// The type of the elements.
        dtype: Option<DTypeArg>,
        /// Where the new axis is, if the ends are arrays.
        axis: i64 = 0,
    ) -> Result<Value> {
        let spaced = Spaced { start: &start, stop: &stop, num, endpoint, axis };
        let array = spaced.geometric(context)?;
        answer_array(context, dtype.map_or(array.clone(), |dtype| array.cast(dtype.0)), false)
    }

    /// Numbers out of bytes.
    ///
    /// ```rdk
    /// np.frombuffer(b"\x01\x02", dtype="uint8")
    /// #> array([1, 2], dtype=uint8)
    /// ```
    fn frombuffer(
        /// The bytes.
        buffer: Value,
        /// The type of the elements; float64 if left out.
        dtype: Option<DTypeArg>,
        /// How many; -1 for all.
        count: i64 = -1,
        /// How many bytes come before.
        offset: usize = 0,
    ) -> Result<Value> {
        let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
        let Value::Bytes(bytes) = &buffer else { bail!(TypeError: "a bytes-like object is required, got {}", rdk_runtime::convert::describe(&buffer)) };
        Ok(Value::object(NdArray::new(from_bytes(bytes, dtype, count, offset)?)))
    }

    /// Numbers out of text.
    ///
    /// ```rdk
    /// np.fromstring("1 2 3", dtype=int, sep=" ")
    /// #> array([1, 2, 3])
    /// ```
    fn fromstring(
        /// The text.
        string: String,
        /// The type of the elements; float64 if left out.
        dtype: Option<DTypeArg>,
        /// How many; -1 for all.
        count: i64 = -1,
        /// What stands between the numbers.
        sep: String = "",
    ) -> Result<Value> {
        let dtype = dtype.map_or(DType::F64, |dtype| dtype.0);
        if sep.is_empty() {
            bail!("The binary mode of fromstring is removed, use frombuffer instead");
        }
        let parts: Vec<&str> = match sep.trim() {
            "" => string.split_whitespace().collect(),
            sep => string.split(sep).map(str::trim).filter(|part| !part.is_empty()).collect(),
        };
        let wanted = usize::try_from(count).unwrap_or(usize::MAX);
        let number = |part: &&str| {
            let parsed = match dtype.is_integer() {
                true => part.parse::<i64>().map(Scalar::I64).or_else(|_| part.parse::<u64>().map(Scalar::U64)).ok(),
                false => part.parse::<f64>().map(Scalar::F64).ok(),
            };
            let Some(number) = parsed else {
                bail!("string or file could not be read to its end due to unmatched data"; hint: "`{part}` is no number of type {dtype}")
            };
            Ok(number)
        };
        let numbers = parts.iter().take(wanted).map(number).collect::<Result<Vec<Scalar>>>()?;
        if count >= 0 && numbers.len() < wanted {
            bail!("string is smaller than requested size");
        }
        let numbers = with_dtype!(dtype, T => {
            Chunk::from_vec(&[numbers.len()], numbers.into_iter().map(|number| number.get::<T>()).collect())
        });
        Ok(Value::object(NdArray::new(numbers)))
    }

    /// An array in memory from what can be walked.
    ///
    /// ```rdk
    /// np.fromiter((x * x for x in range(3)), dtype=int)
    /// #> array([0, 1, 4])
    /// ```
    fn fromiter[context](
        /// What is walked.
        iter: Value,
        /// The type of the elements.
        dtype: DTypeArg,
        /// How many; -1 for all.
        count: i64 = -1,
    ) -> Result<Value> {
        let wanted = usize::try_from(count).unwrap_or(usize::MAX);
        let mut walk = rdk_runtime::iterate(context, &iter)?;
        let mut items = Vec::new();
        while items.len() < wanted {
            match walk.next(context)? {
                Some(item) => items.push(item),
                None => break,
            }
        }
        if count >= 0 && items.len() < wanted {
            bail!("iterator too short: Expected {count} but iterator had only {} items.", items.len());
        }
        Ok(Value::object(NdArray::new(nested::chunk(&Value::list(items), Some(dtype.0))?)))
    }
}

//! Functions of elements that are made of others: `sinc`, `nan_to_num`, `modf`, `divmod`, `isreal`.

use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::layout::with;
use super::operand::{Loose, Operand, answer, together};
use super::out::Out;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{NdArray, nested};
use crate::kernel::{BinaryFunc, CompareFunc, Stop, UnaryFunc};
use crate::plan::{Step, StepCall};
use crate::scalar::Scalar;

fn number(number: f64, beside: &Array) -> Array {
    Array::scalar(Scalar::F64(number).cast(beside.dtype()))
}

/// As floats, or as what they are if that is not a whole number.
fn floats(array: Array) -> Array {
    match array.dtype() {
        dtype if dtype.is_float() || dtype.is_complex() => array,
        DType::Bool | DType::I8 | DType::U8 | DType::I16 | DType::U16 => array.cast(DType::F32),
        _ => array.cast(DType::F64),
    }
}

fn sinc(array: Array) -> Result<Array> {
    let array = if array.dtype().is_float() || array.dtype().is_complex() { array } else { array.cast(DType::F64) };
    let zero = array.compare(CompareFunc::Equal, &number(0.0, &array))?;
    let small = zero.select(&number(1e-20, &array), &array)?;
    let y = small.binary(BinaryFunc::Multiply, &number(std::f64::consts::PI, &array))?;
    Ok(y.unary(UnaryFunc::Sin)?.binary(BinaryFunc::Divide, &y)?.named("sinc"))
}

fn without_nan(array: Array, nan: f64, high: Option<f64>, low: Option<f64>) -> Result<Array> {
    if array.dtype().is_complex() {
        let real = without_nan(array.unary(UnaryFunc::Real)?, nan, high, low)?;
        let imag = without_nan(array.unary(UnaryFunc::Imag)?, nan, high, low)?;
        let unit = Array::scalar(Scalar::C128(num_complex::Complex64::new(0.0, 1.0)).cast(array.dtype()));
        return real
            .cast(array.dtype())
            .binary(BinaryFunc::Add, &imag.cast(array.dtype()).binary(BinaryFunc::Multiply, &unit)?);
    }
    if !array.dtype().is_float() {
        return Ok(array);
    }
    let most = if array.dtype() == DType::F32 { f64::from(f32::MAX) } else { f64::MAX };
    let is_nan = array.unary(UnaryFunc::IsNan)?;
    let finite = is_nan.select(&number(nan, &array), &array)?;
    let is_high = array.compare(CompareFunc::Equal, &number(f64::INFINITY, &array))?;
    let finite = is_high.select(&number(high.unwrap_or(most), &array), &finite)?;
    let is_low = array.compare(CompareFunc::Equal, &number(f64::NEG_INFINITY, &array))?;
    Ok(is_low.select(&number(low.unwrap_or(-most), &array), &finite)?.named("nan_to_num"))
}

/// What is before the point, and what behind, both with the sign of the whole.
fn parted(array: Array) -> Result<(Array, Array)> {
    if array.dtype().is_complex() {
        bail!(TypeError: "ufunc 'modf' not supported for the input types"; hint: "it takes real numbers");
    }
    let array = floats(array);
    let whole = array.unary(UnaryFunc::Trunc)?;
    let rest = array.binary(BinaryFunc::Subtract, &whole)?;
    let infinite = array.unary(UnaryFunc::IsInf)?;
    let rest = infinite.select(&number(0.0, &array), &rest)?.binary(BinaryFunc::Copysign, &array)?;
    Ok((rest.named("modf"), whole.named("modf")))
}

/// Half to one, and the power of two.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Frexp {
    exponent: bool,
}

fn frexp(number: f64) -> (f64, i32) {
    if number == 0.0 || !number.is_finite() {
        return (number, 0);
    }
    let bits = number.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    if exponent == 0 {
        // Subnormal numbers are brought up first.
        let (mantissa, exponent) = frexp(number * (1u64 << 54) as f64);
        return (mantissa, exponent - 54);
    }
    (f64::from_bits(bits & !(0x7ff << 52) | (1022 << 52)), exponent - 1022)
}

impl Step for Frexp {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.frexp", vec![u8::from(self.exponent)])
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = &call.inputs[0];
        let numbers = chunk.to_vec::<f64>();
        Ok(match self.exponent {
            true => {
                Chunk::from_vec(chunk.shape(), numbers.into_iter().map(|number| frexp(number).1).collect::<Vec<i32>>())
            }
            false => {
                let mantissas: Vec<f64> = numbers.into_iter().map(|number| frexp(number).0).collect();
                Chunk::from_vec(chunk.shape(), mantissas).cast(chunk.dtype())
            }
        })
    }
}

/// Bessel's function of order 0, modified: Chebyshev's series that everybody uses.
#[derive(Debug)]
struct Bessel;

impl Step for Bessel {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.i0", Vec::new())
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = &call.inputs[0];
        Ok(Chunk::from_vec(chunk.shape(), chunk.to_vec::<f64>().into_iter().map(bessel).collect::<Vec<f64>>()))
    }
}

/// The sum of (x²/4)ⁿ / n!², which has only positive terms; for large numbers the asymptotic series.
pub(super) fn bessel(x: f64) -> f64 {
    let x = x.abs();
    if x < 30.0 {
        let quarter = x * x / 4.0;
        let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
        while term > sum * 1e-18 {
            term *= quarter / (n * n);
            sum += term;
            n += 1.0;
        }
        return sum;
    }
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..30 {
        let odd = f64::from(2 * n - 1);
        term *= odd * odd / (f64::from(n) * 8.0 * x);
        sum += term;
    }
    x.exp() / (2.0 * std::f64::consts::PI * x).sqrt() * sum
}

fn is_infinite(array: Array, negative: bool) -> Result<Array> {
    if array.dtype().is_complex() {
        bail!(TypeError: "This operation is not supported for {} values because it would be ambiguous.", array.dtype());
    }
    let sign = array.unary(UnaryFunc::Signbit)?;
    let sign = if negative { sign } else { sign.unary(UnaryFunc::LogicalNot)? };
    array.unary(UnaryFunc::IsInf)?.binary(BinaryFunc::LogicalAnd, &sign)
}

/// Real where nothing imaginary is left to speak of.
fn real_if_close(context: &Context, a: &Operand, tol: f64) -> Result<Value> {
    let array = a.array()?;
    if !array.dtype().is_complex() {
        return answer(context, array, a.is_lazy());
    }
    let epsilon = if array.dtype() == DType::C64 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let tolerance = if tol > 1.0 { tol * epsilon } else { tol };
    let imag = array.unary(UnaryFunc::Imag)?;
    let small = imag.unary(UnaryFunc::Absolute)?.compare(CompareFunc::Less, &number(tolerance, &imag))?;
    let all = small.reduce(crate::kernel::Reduction::All, None, false, None, None)?.compute_now(context)?;
    let close = all.scalars().next().is_none_or(|scalar| scalar.get::<bool>());
    answer(context, if close { array.unary(UnaryFunc::Real)? } else { array }, a.is_lazy())
}

builtins! {
    /// The sine of pi times each element over pi times it; 1 for 0.
    fn sinc[context](/** An array, a list or a number. */ x: Loose) -> Result<Value> { with(context, &x, sinc) }

    /// With numbers in place of NaN and infinities.
    ///
    /// ```rdk
    /// np.nan_to_num([1.0, np.nan], nan=-1)
    /// #> array([ 1., -1.])
    /// ```
    fn nan_to_num[context](
        /// An array, a list or a number.
        x: Value,
        /// Is it a new array? If not, the one that is given is changed.
        copy: bool = true,
        /// In place of NaN.
        nan: f64 = 0.0,
        /// In place of infinity; the largest number if left out.
        posinf: Option<f64>,
        /// In place of minus infinity; the least number if left out.
        neginf: Option<f64>,
    ) -> Result<Value> {
        let operand = Operand::loosely(&x)?;
        let made = with(context, &operand, |array| without_nan(array, nan, posinf, neginf))?;
        match x.get::<NdArray>() {
            Some(array) if !copy => {
                array.check_writeable()?;
                array.assign(&nested::chunk(&made, None)?);
                Ok(x)
            }
            _ => Ok(made),
        }
    }

    /// What is behind the point of each element, and what is before it.
    fn modf[context](/** An array, a list or a number. */ x: Loose) -> Result<Value> {
        let (rest, whole) = parted(x.array()?)?;
        Ok(Value::tuple([answer(context, rest, x.is_lazy())?, answer(context, whole, x.is_lazy())?]))
    }

    /// Each element as a number from a half to one, and a power of two.
    fn frexp[context](/** An array, a list or a number. */ x: Loose) -> Result<Value> {
        let array = floats(x.array()?);
        if array.dtype().is_complex() {
            bail!(TypeError: "ufunc 'frexp' not supported for the input types"; hint: "it takes real numbers");
        }
        let chunks = array.chunks().clone();
        let mantissa = Array::step("frexp", Frexp { exponent: false }, [array.clone()], chunks.clone(), array.dtype());
        let exponent = Array::step("frexp", Frexp { exponent: true }, [array], chunks, DType::I32);
        Ok(Value::tuple([answer(context, mantissa, x.is_lazy())?, answer(context, exponent, x.is_lazy())?]))
    }

    /// The first times two to the power of the second.
    fn ldexp[context](
        /// An array, a list or a number.
        x1: Loose,
        /// Powers: whole numbers.
        x2: Loose,
    ) -> Result<Value> {
        let (array, power) = (floats(x1.array()?), x2.array()?);
        if array.dtype().is_complex() {
            bail!(TypeError: "ufunc 'ldexp' not supported for the input types"; hint: "`x1` is complex: there is no such function of complex numbers");
        }
        if !power.dtype().is_integer() && power.dtype() != DType::Bool {
            bail!(TypeError: "ufunc 'ldexp' not supported for the input types"; hint: "powers are whole numbers");
        }
        // In two steps, so that neither is out of range where the result is not.
        let half = power.cast(DType::I64).binary(BinaryFunc::FloorDivide, &Array::scalar(Scalar::I64(2)))?;
        let rest = power.cast(DType::I64).binary(BinaryFunc::Subtract, &half)?;
        let two = |power: Array| power.cast(DType::F64).unary(UnaryFunc::Exp2);
        let wide = array.cast(DType::F64).binary(BinaryFunc::Multiply, &two(half)?)?.binary(BinaryFunc::Multiply, &two(rest)?)?;
        answer(context, wide.cast(array.dtype()).named("ldexp"), x1.is_lazy() || x2.is_lazy())
    }

    /// Quotients rounded down, and what is left.
    fn divmod[context](
        /// An array, a list or a number.
        x1: Loose,
        /// Another.
        x2: Loose,
    ) -> Result<Value> {
        let arrays = together(&[&x1, &x2])?;
        let lazy = x1.is_lazy() || x2.is_lazy();
        let quotient = arrays[0].binary(BinaryFunc::FloorDivide, &arrays[1])?;
        let rest = arrays[0].binary(BinaryFunc::Remainder, &arrays[1])?;
        let (quotient, rest) = (answer(context, quotient, lazy)?, answer(context, rest, lazy)?);
        if !lazy {
            super::faults::of_arrays(context, "divmod", &[&x1, &x2], None, &quotient)?;
        }
        Ok(Value::tuple([quotient, rest]))
    }

    /// Is each element minus infinity?
    fn isneginf[context](/** An array, a list or a number. */ x: Loose, /** Where the result goes. */ out: Out) -> Result<Value> { out.take("isneginf", with(context, &x, |array| is_infinite(array, true))?) }

    /// Is each element infinity?
    fn isposinf[context](/** An array, a list or a number. */ x: Loose, /** Where the result goes. */ out: Out) -> Result<Value> { out.take("isposinf", with(context, &x, |array| is_infinite(array, false))?) }

    /// Has each element an imaginary part?
    fn iscomplex[context](/** An array, a list or a number. */ x: Loose) -> Result<Value> {
        with(context, &x, |array| {
            let imag = array.unary(UnaryFunc::Imag)?;
            imag.compare(CompareFunc::NotEqual, &number(0.0, &imag))
        })
    }

    /// Is each element without an imaginary part?
    fn isreal[context](/** An array, a list or a number. */ x: Loose) -> Result<Value> {
        with(context, &x, |array| {
            let imag = array.unary(UnaryFunc::Imag)?;
            imag.compare(CompareFunc::Equal, &number(0.0, &imag))
        })
    }

    /// Are the elements of a complex type?
    fn iscomplexobj(/** An array, a list or a number. */ x: Loose) -> bool { x.dtype().is_complex() }

    /// Are the elements of a type that is not complex?
    fn isrealobj(/** An array, a list or a number. */ x: Loose) -> bool { !x.dtype().is_complex() }

    /// As real numbers, if all imaginary parts are next to nothing.
    fn real_if_close[context](
        /// An array, a list or a number.
        a: Operand,
        /// How many times the precision an imaginary part may be, or below 1 how much.
        tol: f64 = 100.0,
    ) -> Result<Value> { real_if_close(context, &a, tol) }

    /// Bessel's function of the first kind and order 0, modified.
    fn i0[context](/** An array, a list or a number. */ x: Loose) -> Result<Value> {
        with(context, &x, |array| {
            if array.dtype().is_complex() {
                bail!(TypeError: "i0 not supported for complex values");
            }
            let dtype = if array.dtype() == DType::F32 { DType::F32 } else { DType::F64 };
            let array = array.cast(DType::F64);
            let chunks = array.chunks().clone();
            Ok(Array::step("i0", Bessel, [array], chunks, DType::F64).cast(dtype))
        })
    }
}

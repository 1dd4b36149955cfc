//! Filters for Fourier transforms: each number has a factor for each axis.

use rdk_array::kernel::BinaryFunc;
use std::f64::consts::PI;

use super::*;

/// Every element multiplied by the factors of its places; `factor` is given an axis, a frequency and the length of the axis.
fn multiplied(
    context: &Context,
    input: &Operand,
    n: i64,
    axis: i64,
    dtype: DType,
    factor: impl Fn(usize, f64, f64) -> num_complex::Complex64,
) -> Result<Value> {
    let array = input.array()?;
    let real = if n >= 0 { Some(shape::axis(axis, array.ndim())?) } else { None };
    let mut out = array.cast(dtype);
    for at in 0..array.ndim() {
        let length = array.shape()[at];
        // Of real numbers only half of the frequencies stand there.
        let whole = if real == Some(at) { n as usize } else { length };
        let frequency = |place: usize| match real == Some(at) || place < length.div_ceil(2) {
            true => place as f64,
            false => place as f64 - length as f64,
        };
        let factors: Vec<_> = (0..length).map(|place| factor(at, frequency(place), whole as f64)).collect();
        let lengths: Vec<usize> = (0..array.ndim()).map(|other| if other == at { length } else { 1 }).collect();
        let factors = Array::from_chunk(Chunk::from_vec(&lengths, factors), &rdk_array::ChunksSpec::WHOLE)?.cast(dtype);
        out = out.binary(BinaryFunc::Multiply, &factors)?;
    }
    done(context, input, out)
}

fn dtype_of(input: &Operand) -> DType {
    match input.dtype() {
        dtype if dtype.is_complex() => dtype,
        DType::F32 => DType::F32,
        _ => DType::F64,
    }
}

builtins! {
    /// A transform as it would be after a gaussian filter.
    fn fourier_gaussian[context](
        /// The transform.
        input: Operand,
        /// How wide: the standard deviation.
        sigma: PerAxis<f64>,
        /// The length along `axis` before a transform of real numbers; -1 for complex ones.
        n: i64 = -1,
        /// The axis of a transform of real numbers.
        axis: i64 = -1,
    ) -> Result<Value> {
        let sigma = sigma.spread("sigma", input.ndim())?;
        multiplied(context, &input, n, axis, dtype_of(&input), |at, frequency, length| {
            let reach = sigma[at] * PI / length;
            (-2.0 * reach * reach * frequency * frequency).exp().into()
        })
    }

    /// A transform as it would be after means over a box.
    fn fourier_uniform[context](
        /// The transform.
        input: Operand,
        /// How long the box is.
        size: PerAxis<f64>,
        /// The length along `axis` before a transform of real numbers; -1 for complex ones.
        n: i64 = -1,
        /// The axis of a transform of real numbers.
        axis: i64 = -1,
    ) -> Result<Value> {
        let size = size.spread("size", input.ndim())?;
        multiplied(context, &input, n, axis, dtype_of(&input), |at, frequency, length| {
            let turn = PI * size[at] * frequency / length;
            if frequency == 0.0 { 1.0.into() } else { (turn.sin() / turn).into() }
        })
    }

    /// A transform as it would be after a shift.
    fn fourier_shift[context](
        /// The transform.
        input: Operand,
        /// By how much, along each axis.
        shift: PerAxis<f64>,
        /// The length along `axis` before a transform of real numbers; -1 for complex ones.
        n: i64 = -1,
        /// The axis of a transform of real numbers.
        axis: i64 = -1,
    ) -> Result<Value> {
        let shift = shift.spread("shift", input.ndim())?;
        let dtype = if input.dtype() == DType::C64 { DType::C64 } else { DType::C128 };
        multiplied(context, &input, n, axis, dtype, |at, frequency, length| {
            num_complex::Complex64::from_polar(1.0, -2.0 * PI * shift[at] * frequency / length)
        })
    }
}

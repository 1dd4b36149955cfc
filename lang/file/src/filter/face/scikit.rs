//! Filters as scikit-image has them: `skimage.filters`.

use rdk_array::kernel::BinaryFunc;

use super::*;

/// Whole numbers as shares of the largest of their type, as scikit-image has it.
pub(super) fn shares(array: &Array) -> Result<Array> {
    let most = match array.dtype() {
        DType::F32 | DType::F64 => return Ok(array.clone()),
        DType::Bool => return Ok(array.cast(DType::F64)),
        DType::C64 | DType::C128 => bail!(TypeError: "Complex type not supported"),
        other => other.integer_range().map_or(1.0, |(_, high)| high as f64),
    };
    let number = |number: f64| Array::scalar(rdk_array::Scalar::F64(number));
    let share = array.cast(DType::F64).binary(BinaryFunc::Multiply, &number(1.0 / most))?;
    match array.dtype().letter() {
        // The least of them is one step further from 0 than the largest.
        'i' => share.binary(BinaryFunc::Maximum, &number(-1.0)),
        _ => Ok(share),
    }
}

builtins! {
    /// Smoothed with a gaussian; whole numbers become shares of 1 first.
    fn gaussian[context](
        /// The image.
        image: Operand,
        /// How wide: the standard deviation.
        sigma: PerAxis<f64> = 1.0,
        /// What lies beyond the ends.
        mode: Border = "nearest",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// Are whole numbers to be taken as they are?
        preserve_range: bool = false,
        /// How many standard deviations the weights reach.
        truncate: f64 = 4.0,
        /// The axis of colours, which is left alone.
        channel_axis: Option<i64>,
    ) -> Result<Value> {
        let array = image.array()?;
        let n = array.ndim();
        let array = if preserve_range { if array.dtype().is_float() { array } else { array.cast(DType::F64) } } else { shares(&array)? };
        let sigma = match channel_axis {
            Some(axis) => {
                let axis = shape::axis(axis, n)?;
                let mut sigma = if sigma.0.len() == n { sigma.0 } else { sigma.spread("sigma", n - 1)?.into_iter().collect() };
                if sigma.len() < n { sigma.insert(axis, 0.0); }
                sigma[axis] = 0.0;
                sigma
            }
            None => sigma.spread("sigma", n)?,
        };
        let wanted = Gaussian { sigma, order: vec![0; n], truncate, radius: None };
        let dtype = array.dtype();
        done(context, &image, named::gaussian(&array, &wanted, (mode, cval), dtype)?)
    }

    /// The median of a neighbourhood.
    fn median[context](
        /// The image.
        image: Operand,
        /// Which neighbours count; 3 along each axis if left out.
        footprint: Option<Value>,
        /// What lies beyond the ends.
        mode: Border = "nearest",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
    ) -> Result<Value> {
        let array = image.array()?;
        let size = footprint.is_none().then(|| PerAxis(vec![3usize]));
        let window = window(&array, size, footprint, &PerAxis(vec![0]))?;
        let middle = (window.count() / 2) as i64;
        done(context, &image, window.rank(&array, middle, (mode, cval))?)
    }

    /// How strong edges are, by Sobel.
    fn sobel[context](
        /// The image.
        image: Operand,
        /// Along which axis; along all if left out.
        axis: Option<i64>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
    ) -> Result<Value> { edges(context, &image, axis, [0.25, 0.5, 0.25], (mode, cval)) }

    /// How strong edges are, by Prewitt.
    fn prewitt[context](
        /// The image.
        image: Operand,
        /// Along which axis; along all if left out.
        axis: Option<i64>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
    ) -> Result<Value> { edges(context, &image, axis, [1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0], (mode, cval)) }

    /// The sum of second differences.
    fn laplace[context](
        /// The image.
        image: Operand,
    ) -> Result<Value> {
        let array = shares(&image.array()?)?;
        let laplace = named::laplace(&array, (Border::Reflect, 0.0))?;
        done(context, &image, laplace.unary(rdk_array::kernel::UnaryFunc::Negative)?)
    }

    /// The number that parts an image best in dark and bright, by Otsu.
    fn threshold_otsu[context](
        /// The image.
        image: Value,
        /// How many bins of a histogram floats are counted in.
        nbins: usize = 256,
    ) -> Result<Value> { otsu::threshold(&now(context, &image)?, nbins) }
}

fn edges(
    context: &Context,
    image: &Operand,
    axis: Option<i64>,
    smooth: [f64; 3],
    beyond: named::Beyond,
) -> Result<Value> {
    use rdk_array::kernel::{BinaryFunc, UnaryFunc};
    let array = shares(&image.array()?)?;
    let n = array.ndim();
    let negative = |axis: i64| -> Result<Array> { named::edges(&array, axis, smooth, beyond) };
    if let Some(axis) = axis {
        return done(context, image, negative(axis)?);
    }
    if n == 1 {
        return done(context, image, negative(0)?);
    }
    let mut sum: Option<Array> = None;
    for axis in 0..n {
        let part = negative(axis as i64)?;
        let squared = part.binary(BinaryFunc::Multiply, &part)?;
        sum = Some(match sum {
            Some(sum) => sum.binary(BinaryFunc::Add, &squared)?,
            None => squared,
        });
    }
    let Some(sum) = sum else { return done(context, image, array) };
    let by = Array::scalar(rdk_array::Scalar::F64((n as f64).sqrt()).cast(array.dtype()));
    done(context, image, sum.unary(UnaryFunc::Sqrt)?.binary(BinaryFunc::Divide, &by)?)
}

/// `threshold_local`, which `dask_image.ndfilters` has, too.
pub(super) mod local {
    use super::*;

    builtins! {
        /// What parts dark and bright at each place: a mean of its neighbours.
        fn threshold_local[context](
            /// The image.
            image: Operand,
            /// How many neighbours along each axis; odd.
            block_size: PerAxis<usize>,
            /// `gaussian`, `mean` or `median`.
            method: String = "gaussian",
            /// What is taken away from it.
            offset: f64 = 0.0,
            /// What lies beyond the ends.
            mode: Border = "reflect",
            /// How wide the gaussian is.
            param: Option<f64>,
            /// The constant beyond the ends.
            cval: f64 = 0.0,
        ) -> Result<Value> {
            let array = image.array()?;
            let array = if array.dtype().is_float() { array } else { array.cast(DType::F64) };
            let (n, dtype, beyond) = (array.ndim(), array.dtype(), (mode, cval));
            let sizes = block_size.spread("block_size", n)?;
            if let Some(size) = sizes.iter().find(|size| **size % 2 == 0) {
                bail!("block_size must be odd! Given block_size {size} is even.");
            }
            let around = match method.as_str() {
                "gaussian" => {
                    let sigma = sizes.iter().map(|&size| param.unwrap_or((size as f64 - 1.0) / 6.0)).collect();
                    named::gaussian(&array, &Gaussian { sigma, order: vec![0; n], truncate: 4.0, radius: None }, beyond, dtype)?
                }
                "mean" => named::uniform(&array, &sizes, &vec![0; n], beyond)?,
                "median" => {
                    let window = window(&array, Some(PerAxis(sizes)), None, &PerAxis(vec![0]))?;
                    let middle = (window.count() / 2) as i64;
                    window.rank(&array, middle, beyond)?
                }
                other => bail!("Invalid method specified. Please use `generic`, `gaussian`, `mean`, or `median`, got {}", Value::str(other).repr()),
            };
            let offset = Array::scalar(rdk_array::Scalar::F64(offset).cast(dtype));
            done(context, &image, around.binary(rdk_array::kernel::BinaryFunc::Subtract, &offset)?)
        }
    }
}

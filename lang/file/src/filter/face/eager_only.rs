//! Filters that are there for arrays in memory alone: `scipy.ndimage`.

use super::*;

/// The array, and which axis it is to be filtered along.
fn along(input: &Operand, axis: i64) -> Result<(Array, usize)> {
    let array = input.array()?;
    let axis = shape::axis(axis, array.ndim())?;
    Ok((array, axis))
}

builtins! {
    /// Weighted sums along an axis, as they stand.
    fn correlate1d[context](
        /// The array.
        input: Operand,
        /// The weights.
        weights: Vec<f64>,
        /// Along which axis.
        axis: i64 = -1,
        /// The type of the result.
        output: Option<DTypeArg>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle of the weights is moved.
        origin: i64 = 0,
    ) -> Result<Value> {
        let (array, axis) = along(&input, axis)?;
        done(context, &input, named::correlate1d(&array, weights, axis, origin, (mode, cval), result_type(&array, output))?)
    }

    /// Weighted sums along an axis, with the weights turned round.
    fn convolve1d[context](
        /// The array.
        input: Operand,
        /// The weights.
        weights: Vec<f64>,
        /// Along which axis.
        axis: i64 = -1,
        /// The type of the result.
        output: Option<DTypeArg>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle of the weights is moved.
        origin: i64 = 0,
    ) -> Result<Value> {
        let (array, axis) = along(&input, axis)?;
        let origin = -origin - i64::from(weights.len().is_multiple_of(2));
        let weights = weights.into_iter().rev().collect();
        done(context, &input, named::correlate1d(&array, weights, axis, origin, (mode, cval), result_type(&array, output))?)
    }

    /// Smoothed along an axis with a gaussian.
    fn gaussian_filter1d[context](
        /// The array.
        input: Operand,
        /// How wide: the standard deviation.
        sigma: f64,
        /// Along which axis.
        axis: i64 = -1,
        /// Which derivative; 0 for none.
        order: usize = 0,
        /// The type of the result.
        output: Option<DTypeArg>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// How many standard deviations the weights reach.
        truncate: f64 = 4.0,
    ) -> Result<Value> {
        let (array, axis) = along(&input, axis)?;
        if !(sigma > 0.0 && sigma < 1e7) {
            bail!("a gaussian along an axis needs a sigma above 0, got {sigma}");
        }
        let weights = named::gaussian_weights(sigma, order, (truncate * sigma + 0.5).clamp(0.0, 1e7) as usize);
        done(context, &input, named::correlate1d(&array, weights, axis, 0, (mode, cval), result_type(&array, output))?)
    }

    /// Means along an axis.
    fn uniform_filter1d[context](
        /// The array.
        input: Operand,
        /// Of how many elements.
        size: usize,
        /// Along which axis.
        axis: i64 = -1,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle is moved.
        origin: i64 = 0,
    ) -> Result<Value> {
        let (array, axis) = along(&input, axis)?;
        let sizes: Vec<usize> = (0..array.ndim()).map(|other| if other == axis { size } else { 1 }).collect();
        let origins: Vec<i64> = (0..array.ndim()).map(|other| if other == axis { origin } else { 0 }).collect();
        done(context, &input, named::uniform(&array, &sizes, &origins, (mode, cval))?)
    }

    /// What a function makes of the elements in a box, one place after the other.
    fn generic_filter[context](
        /// The array.
        input: Operand,
        /// A function of a row of numbers.
        function: Value,
        /// How long the box is, for all axes or for each.
        size: Option<PerAxis<usize>>,
        /// Which places count.
        footprint: Option<Value>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle of the box is moved.
        origin: PerAxis<i64> = 0i64,
    ) -> Result<Value> { generic(context, &input, &function, size, footprint, (mode, cval), &origin) }
}

fn generic(
    context: &Context,
    input: &Operand,
    function: &Value,
    size: Option<PerAxis<usize>>,
    footprint: Option<Value>,
    (border, cval): named::Beyond,
    origin: &PerAxis<i64>,
) -> Result<Value> {
    let array = input.array()?;
    let window = window(&array, size, footprint, origin)?;
    if window.shape.len() != array.ndim() {
        bail!(RuntimeError: "footprint array has incorrect shape.");
    }
    let chunk = array.compute_now(context)?.cast(DType::F64);
    let (lengths, n) = (chunk.shape().to_vec(), chunk.len());
    let (strides, window_strides) = (shape::strides(&lengths), shape::strides(&window.shape));
    let mut out = Vec::with_capacity(n);
    for at in 0..n {
        context.check()?;
        let mut shown = Vec::with_capacity(window.count());
        for place in (0..window.counts.len()).filter(|&place| window.counts[place]) {
            let source = |axis: usize| {
                let here = (at / strides[axis] % lengths[axis]) as i64;
                let within = (place / window_strides[axis] % window.shape[axis]) as i64;
                border.source(here + within - (window.shape[axis] / 2) as i64 - window.origins[axis], lengths[axis])
            };
            let index: Option<Vec<usize>> = (0..lengths.len()).map(source).collect();
            let number = index.and_then(|index| chunk.get(&index)).map_or(cval, |scalar| scalar.get::<f64>());
            shown.push(number);
        }
        let row = eager::value(Chunk::from_vec(&[shown.len()], shown));
        let answer = context.call(function, Args::one(row))?;
        match answer.as_f64() {
            Some(number) => out.push(number),
            None => bail!(TypeError: "the function gives {}, expected a number", describe(&answer)),
        }
    }
    Ok(eager::value(Chunk::from_vec(&lengths, out).cast(array.dtype())))
}

//! The modules of filters: `scipy.ndimage`, `dask_image.ndfilters`, `dask_image.ndmeasure`, `skimage.filters`.

use std::sync::Arc;

use rdk_array::array::Array;
use rdk_array::eager::{self, DTypeArg, nested};
use rdk_array::face::operand::{Operand, answer};
use rdk_array::{Chunk, DType, place, shape};
use rdk_runtime::class::entries;
use rdk_runtime::convert::describe;
use rdk_runtime::{Args, Builtin, Context, FromValue, Module, Result, Value, bail, builtins};

use super::border::Border;
use super::measure::{self, Measure, Wanted, now};
use super::named::{self, Gaussian, Window};
use super::otsu;

/// The modules of this folder.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("scipy", "Scientific functions.", || vec![("ndimage", Value::Module(ndimage()))]),
        ndimage(),
        Module::new("dask_image.ndfilters", "Filters for chunked images.", || placed(lazily(builtins()))),
        Module::new("dask_image.ndmeasure", "What labels mark in images.", || placed(measures::builtins())),
        Module::new("skimage.filters", "Filters for images.", || placed(skimage::builtins())),
    ]
}

fn ndimage() -> Arc<Module> {
    Module::new("scipy.ndimage", "Filters for images, and what labels mark in them.", || {
        let mut names = builtins();
        names.extend(eager_only::builtins());
        names.extend(measures::builtins());
        placed(names)
    })
}

fn placed(builtins: Vec<Builtin>) -> Vec<(&'static str, Value)> {
    entries(place::noted(builtins))
}

/// The same functions with a first argument that is made lazy.
fn lazily(builtins: Vec<Builtin>) -> Vec<Builtin> {
    builtins.into_iter().map(|builtin| builtin.lent(rdk_array::face::operand::make_lazy)).collect()
}

/// One number for all axes, or one for each.
#[derive(Clone)]
pub struct PerAxis<T>(Vec<T>);

impl<T: FromValue + Clone> FromValue for PerAxis<T> {
    fn expected() -> &'static str {
        "a number, or one for each axis"
    }

    fn from_value(value: &Value) -> Option<PerAxis<T>> {
        match T::from_value(value) {
            Some(one) => Some(PerAxis(vec![one])),
            None => {
                let items = match value.get::<eager::NdArray>() {
                    Some(array) => array.to_list().items(),
                    None => value.items(),
                };
                items?
                    .iter()
                    .map(T::from_value)
                    .collect::<Option<Vec<T>>>()
                    .filter(|items| !items.is_empty())
                    .map(PerAxis)
            }
        }
    }
}

impl<T: Clone> PerAxis<T> {
    fn spread(&self, name: &str, n: usize) -> Result<Vec<T>> {
        match self.0.as_slice() {
            [one] => Ok(vec![one.clone(); n]),
            several if several.len() == n => Ok(several.to_vec()),
            several => {
                bail!(RuntimeError: "sequence argument must have length equal to input rank"; hint: "`{name}` has {} numbers, the array {n} axes", several.len())
            }
        }
    }
}

/// Some filters are asked for another type of result.
fn result_type(array: &Array, output: Option<DTypeArg>) -> DType {
    output.map_or(array.dtype(), |output| output.0)
}

fn done(context: &Context, input: &Operand, array: Array) -> Result<Value> {
    answer(context, array, input.is_lazy())
}

/// The window that a size or a footprint stands for.
fn window(
    array: &Array,
    size: Option<PerAxis<usize>>,
    footprint: Option<Value>,
    origin: &PerAxis<i64>,
) -> Result<Window> {
    let n = array.ndim();
    let (shape, counts) = match (footprint, size) {
        (Some(footprint), _) => {
            let chunk = nested::chunk(&footprint, Some(DType::Bool))?;
            (chunk.shape().to_vec(), chunk.to_vec::<bool>())
        }
        (None, Some(size)) => {
            let size = size.spread("size", n)?;
            let count = size
                .iter()
                .try_fold(1usize, |product, &length| product.checked_mul(length))
                .filter(|&count| count < 1 << 24);
            let Some(count) = count else { bail!("the window is too large") };
            (size, vec![true; count])
        }
        (None, None) => bail!(RuntimeError: "no footprint or filter size provided"),
    };
    Ok(Window { shape, counts, origins: origin.spread("origin", n)? })
}

fn weights(weights: &Value) -> Result<Chunk> {
    let chunk = nested::chunk(weights, None)?;
    if chunk.dtype().is_complex() {
        bail!(TypeError: "Complex weights not supported");
    }
    Ok(chunk.cast(DType::F64))
}

builtins! {
    /// Smoothed with a gaussian.
    ///
    /// ```rdk
    /// from scipy import ndimage
    /// ndimage.gaussian_filter([0.0, 0.0, 8.0, 0.0, 0.0], 1).round(3)
    /// #> array([0.467, 1.937, 3.192, 1.937, 0.467])
    /// ```
    fn gaussian_filter[context](
        /// The array.
        input: Operand,
        /// How wide: the standard deviation, one for all axes or one for each; 0 leaves an axis as it is.
        sigma: PerAxis<f64>,
        /// Which derivative of the gaussian; 0 for none.
        order: PerAxis<usize> = 0usize,
        /// The type of the result.
        output: Option<DTypeArg>,
        /// What lies beyond the ends: `reflect`, `mirror`, `nearest`, `wrap`, `constant`.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// How many standard deviations the weights reach.
        truncate: f64 = 4.0,
        /// How far they reach, in place of that.
        radius: Option<usize>,
    ) -> Result<Value> {
        let array = input.array()?;
        let n = array.ndim();
        let wanted = Gaussian { sigma: sigma.spread("sigma", n)?, order: order.spread("order", n)?, truncate, radius };
        done(context, &input, named::gaussian(&array, &wanted, (mode, cval), result_type(&array, output))?)
    }

    /// Means over a box.
    fn uniform_filter[context](
        /// The array.
        input: Operand,
        /// How long the box is, for all axes or for each.
        size: PerAxis<usize> = 3usize,
        /// The type of the result.
        output: Option<DTypeArg>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle of the box is moved.
        origin: PerAxis<i64> = 0i64,
    ) -> Result<Value> {
        let array = input.array()?;
        let array = array.cast(result_type(&array, output));
        let n = array.ndim();
        done(context, &input, named::uniform(&array, &size.spread("size", n)?, &origin.spread("origin", n)?, (mode, cval))?)
    }

    /// The smallest of a box, or of the places of a footprint.
    fn minimum_filter[context](
        /// The array.
        input: Operand,
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
    ) -> Result<Value> { extreme(context, &input, size, footprint, (mode, cval), &origin, false) }

    /// The largest of a box, or of the places of a footprint.
    fn maximum_filter[context](
        /// The array.
        input: Operand,
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
    ) -> Result<Value> { extreme(context, &input, size, footprint, (mode, cval), &origin, true) }

    /// The median of a box, or of the places of a footprint.
    fn median_filter[context](
        /// The array.
        input: Operand,
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
    ) -> Result<Value> {
        let array = input.array()?;
        let window = window(&array, size, footprint, &origin)?;
        let middle = (window.count() / 2) as i64;
        done(context, &input, window.rank(&array, middle, (mode, cval))?)
    }

    /// The one at a place when those in a box are sorted.
    fn rank_filter[context](
        /// The array.
        input: Operand,
        /// The place; a negative one counts from the end.
        rank: i64,
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
    ) -> Result<Value> {
        let array = input.array()?;
        done(context, &input, window(&array, size, footprint, &origin)?.rank(&array, rank, (mode, cval))?)
    }

    /// The one that so many percent of those in a box are below.
    fn percentile_filter[context](
        /// The array.
        input: Operand,
        /// How many percent.
        percentile: f64,
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
    ) -> Result<Value> {
        let array = input.array()?;
        done(context, &input, window(&array, size, footprint, &origin)?.percentile(&array, percentile, (mode, cval))?)
    }

    /// Weighted sums over a window, as they stand.
    fn correlate[context](
        /// The array.
        input: Operand,
        /// The weights; as many axes as the array.
        weights: Value,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle of the window is moved.
        origin: PerAxis<i64> = 0i64,
    ) -> Result<Value> { correlated(context, &input, &weights, (mode, cval), &origin, false) }

    /// Weighted sums over a window that is turned round.
    fn convolve[context](
        /// The array.
        input: Operand,
        /// The weights; as many axes as the array.
        weights: Value,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// By how much the middle of the window is moved.
        origin: PerAxis<i64> = 0i64,
    ) -> Result<Value> { correlated(context, &input, &weights, (mode, cval), &origin, true) }

    /// What goes up and down along an axis, by Sobel.
    fn sobel[context](
        /// The array.
        input: Operand,
        /// Along which axis.
        axis: i64 = -1,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
    ) -> Result<Value> { done(context, &input, named::edges(&input.array()?, axis, [1.0, 2.0, 1.0], (mode, cval))?) }

    /// What goes up and down along an axis, by Prewitt.
    fn prewitt[context](
        /// The array.
        input: Operand,
        /// Along which axis.
        axis: i64 = -1,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
    ) -> Result<Value> { done(context, &input, named::edges(&input.array()?, axis, [1.0, 1.0, 1.0], (mode, cval))?) }

    /// The sum of second differences along all axes.
    fn laplace[context](
        /// The array.
        input: Operand,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
    ) -> Result<Value> { done(context, &input, named::laplace(&input.array()?, (mode, cval))?) }

    /// The sum of second derivatives of a gaussian along all axes.
    fn gaussian_laplace[context](
        /// The array.
        input: Operand,
        /// How wide: the standard deviation.
        sigma: PerAxis<f64>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// How many standard deviations the weights reach.
        truncate: f64 = 4.0,
    ) -> Result<Value> {
        let array = input.array()?;
        done(context, &input, named::gaussian_laplace(&array, &sigma.spread("sigma", array.ndim())?, truncate, (mode, cval))?)
    }

    /// How steep it is, by derivatives of a gaussian.
    fn gaussian_gradient_magnitude[context](
        /// The array.
        input: Operand,
        /// How wide: the standard deviation.
        sigma: PerAxis<f64>,
        /// What lies beyond the ends.
        mode: Border = "reflect",
        /// The constant beyond the ends.
        cval: f64 = 0.0,
        /// How many standard deviations the weights reach.
        truncate: f64 = 4.0,
    ) -> Result<Value> {
        let array = input.array()?;
        done(context, &input, named::gradient_magnitude(&array, &sigma.spread("sigma", array.ndim())?, truncate, (mode, cval))?)
    }
}

fn extreme(
    context: &Context,
    input: &Operand,
    size: Option<PerAxis<usize>>,
    footprint: Option<Value>,
    beyond: named::Beyond,
    origin: &PerAxis<i64>,
    largest: bool,
) -> Result<Value> {
    let array = input.array()?;
    let n = array.ndim();
    match (&footprint, &size) {
        (None, Some(size)) => {
            let filtered =
                named::extreme(&array, &size.spread("size", n)?, &origin.spread("origin", n)?, beyond, largest)?;
            done(context, input, filtered)
        }
        _ => {
            let window = window(&array, size, footprint, origin)?;
            done(context, input, window.rank(&array, if largest { -1 } else { 0 }, beyond)?)
        }
    }
}

fn correlated(
    context: &Context,
    input: &Operand,
    value: &Value,
    beyond: named::Beyond,
    origin: &PerAxis<i64>,
    turned: bool,
) -> Result<Value> {
    let array = input.array()?;
    let weights = weights(value)?;
    if weights.ndim() != array.ndim() {
        bail!(RuntimeError: "filter weights array has incorrect shape."; hint: "it has {} axes, the array has {}", weights.ndim(), array.ndim());
    }
    let origins = origin.spread("origin", array.ndim())?;
    done(context, input, named::correlate(&array, &weights.to_vec::<f64>(), weights.shape(), &origins, beyond, turned)?)
}

mod eager_only {
    use super::*;

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
            let array = input.array()?;
            let axis = shape::axis(axis, array.ndim())?;
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
            let array = input.array()?;
            let axis = shape::axis(axis, array.ndim())?;
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
            let array = input.array()?;
            let axis = shape::axis(axis, array.ndim())?;
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
            let array = input.array()?;
            let axis = shape::axis(axis, array.ndim())?;
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

mod measures {
    use super::*;

    builtins! {
        /// Numbers the parts of an image that hang together; gives the numbers and how many parts there are.
        ///
        /// ```rdk
        /// from scipy import ndimage
        /// ndimage.label([1, 1, 0, 1])
        /// #> (array([1, 1, 0, 2], dtype=int32), 2)
        /// ```
        fn label[context](
            /// The image: what is not 0 belongs to a part.
            input: Value,
            /// Which neighbours hang together: an array of 3 along each axis.
            structure: Option<Value>,
        ) -> Result<Value> {
            let structure = structure.map(|structure| nested::chunk(&structure, Some(DType::Bool))).transpose()?;
            let (labels, n) = measure::label(&now(context, &input)?, structure.as_ref())?;
            Ok(Value::tuple([eager::value(labels), Value::from(n)]))
        }

        /// Sums of what the labels mark.
        fn sum[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Sum) }

        /// Sums of what the labels mark.
        fn sum_labels[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Sum) }

        /// Means of what the labels mark.
        fn mean[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Mean) }

        /// Variances of what the labels mark.
        fn variance[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Variance) }

        /// Standard deviations of what the labels mark.
        fn standard_deviation[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Deviation) }

        /// The smallest of what the labels mark.
        fn minimum[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Min) }

        /// The largest of what the labels mark.
        fn maximum[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Max) }

        /// Medians of what the labels mark.
        fn median[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Median) }

        /// Where the smallest is of what the labels mark.
        fn minimum_position[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::MinPosition) }

        /// Where the largest is of what the labels mark.
        fn maximum_position[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::MaxPosition) }

        /// Centres of mass of what the labels mark.
        fn center_of_mass[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &input, labels, index, Measure::Center) }

        /// How many elements the labels mark.
        fn area[context](/** The image. */ image: Value, /** The labels. */ label_image: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Area) }
    }
}

fn of(context: &Context, input: &Value, labels: Option<Value>, index: Option<Value>, what: Measure) -> Result<Value> {
    let labels = labels.map(|labels| now(context, &labels)).transpose()?;
    let wanted = match index {
        None => Wanted::All,
        Some(index) => match i64::from_value(&index) {
            Some(label) => Wanted::One(label),
            None => {
                let chunk = now(context, &index)?;
                Wanted::Several(chunk.to_vec(), chunk.shape().to_vec())
            }
        },
    };
    measure::measure(&now(context, input)?, labels.as_ref(), &wanted, what)
}

/// Whole numbers as shares of the largest of their type, as scikit-image has it.
fn shares(array: &Array) -> Result<Array> {
    let most = match array.dtype() {
        DType::F32 | DType::F64 => return Ok(array.clone()),
        DType::Bool => return Ok(array.cast(DType::F64)),
        DType::C64 | DType::C128 => bail!(TypeError: "Complex type not supported"),
        other => other.integer_range().map_or(1.0, |(_, high)| high as f64),
    };
    let most = Array::scalar(rdk_array::Scalar::F64(most));
    array.cast(DType::F64).binary(rdk_array::kernel::BinaryFunc::Divide, &most)
}

mod skimage {
    use super::*;

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

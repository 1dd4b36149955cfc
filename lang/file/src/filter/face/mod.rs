//! The modules of filters: `scipy.ndimage`, `dask_image`, `skimage`.

mod chunked;
mod colors;
mod eager_only;
mod fourier;
mod measures;
mod morphology;
mod scikit;
mod scikit_regions;

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
use super::{otsu, regions};

/// The modules of this folder.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("scipy", "Scientific functions.", || vec![("ndimage", Value::Module(ndimage()))]),
        ndimage(),
        Module::new("dask_image.ndfilters", "Filters for chunked images.", || {
            let mut names = builtins();
            names.extend(scikit::local::builtins());
            names.extend(chunked::filters::builtins());
            // It has a name of before, too.
            let same = builtins().into_iter().find(|builtin| builtin.name == "gaussian_filter");
            names.extend(same.map(|builtin| Builtin { name: "gaussian", ..builtin }));
            placed(lazily(names))
        }),
        Module::new("dask_image.ndmeasure", "What labels mark in chunked images.", || {
            placed(lazily(chunked::builtins()))
        }),
        Module::new("dask_image.ndmorph", "Shapes in chunked images, grown and shrunk.", || {
            placed(lazily(morphology::binary::builtins()))
        }),
        Module::new("dask_image.ndfourier", "Filters for Fourier transforms of chunked images.", || {
            placed(lazily(fourier::builtins()))
        }),
        Module::new("skimage.filters", "Filters for images.", || {
            let mut names = scikit::builtins();
            names.extend(scikit::local::builtins());
            placed(names)
        }),
        Module::new("skimage.measure", "Regions of images.", || placed(scikit_regions::measuring::builtins())),
        Module::new("skimage.morphology", "Shapes in images, grown and shrunk.", || {
            placed(scikit_regions::shapes::builtins())
        }),
        Module::new("skimage.color", "Colours of images.", || placed(colors::builtins())),
        Module::new("skimage.util", "Types of images.", || placed(colors::kinds::builtins())),
    ]
}

/// What `skimage` itself has of this folder.
pub fn of_skimage() -> Vec<(&'static str, Value)> {
    placed(colors::kinds::builtins())
}

fn ndimage() -> Arc<Module> {
    Module::new("scipy.ndimage", "Filters for images, and what labels mark in them.", || {
        let mut names = builtins();
        names.extend(eager_only::builtins());
        names.extend(measures::builtins());
        names.extend(morphology::binary::builtins());
        names.extend(morphology::builtins());
        names.extend(fourier::builtins());
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

//! What labels mark in chunked images, lazily: `dask_image.ndmeasure`.
//!
//! What can be put together of parts is worked out chunk by chunk ([`tally`]); what needs all elements of a label at once (medians,
//! functions of the user's) is one delayed call of SciPy's function.

use super::*;
use crate::filter::tally::{self, Marked};

/// Which labels are wanted, and the shape of the answer.
fn wanted(context: &Context, index: Option<&Value>) -> Result<(Marked, Vec<usize>)> {
    let Some(index) = index else { return Ok((Marked::All, Vec::new())) };
    let chunk = now(context, index)?;
    Ok((Marked::Labels(chunk.to_vec()), chunk.shape().to_vec()))
}

fn of(
    context: &Context,
    image: &Operand,
    labels: Option<Operand>,
    index: Option<Value>,
    what: Measure,
) -> Result<Value> {
    let (marked, lengths) = wanted(context, index.as_ref())?;
    let image = image.array()?;
    let labels = labels.map(|labels| labels.array()).transpose()?;
    if let Some(labels) = &labels
        && labels.shape() != image.shape()
    {
        bail!("The `image` and `label_image` arguments must be the same shape."; hint: "got {} and {}", shape::show(image.shape()), shape::show(labels.shape()));
    }
    if what == Measure::Area && labels.is_none() {
        bail!("`label_image` is needed: an area is counted in labels");
    }
    Ok(Value::lazy(tally::tally(&image, labels.as_ref(), &marked, lengths.is_empty(), what)?))
}

/// A function of SciPy's, called when its answer is needed.
fn later(context: &Context, function: &str, args: Args, lengths: &[usize], dtype: DType) -> Result<Value> {
    let library = &context.shared.library;
    let name = |module: &str, name: &str| library.import(module).map(|module| module.get(name).unwrap_or_default());
    let delayed = context.call(&name("dask", "delayed")?, Args::one(name("scipy.ndimage", function)?))?;
    match context.call(&delayed, args)? {
        Value::Lazy(value) => Ok(Value::lazy(Array::from_delayed(value, lengths, dtype))),
        other => Ok(other),
    }
}

fn given(value: Option<Value>) -> Value {
    value.unwrap_or_default()
}

builtins! {
    /// Numbers the parts of an image that hang together; gives the numbers and how many parts there are.
    fn label(
        /// The image: what is not 0 belongs to a part.
        image: Operand,
        /// Which neighbours hang together: an array of 3 along each axis.
        structure: Option<Value>,
        /// Wrapping round is not supported.
        wrap_axes: rdk_array::face::parameters::Unsupported,
    ) -> Result<Value> {
        let _ = wrap_axes;
        let structure = structure.map(|structure| nested::chunk(&structure, Some(DType::Bool))).transpose()?;
        let (labels, n) = tally::label(&image.array()?, structure.as_ref())?;
        Ok(Value::tuple([Value::lazy(labels), Value::lazy(n)]))
    }

    /// Sums of what the labels mark.
    fn sum[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Sum) }

    /// Sums of what the labels mark.
    fn sum_labels[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Sum) }

    /// Means of what the labels mark.
    fn mean[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Mean) }

    /// Variances of what the labels mark.
    fn variance[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Variance) }

    /// Standard deviations of what the labels mark.
    fn standard_deviation[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Deviation) }

    /// The smallest of what the labels mark.
    fn minimum[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Min) }

    /// The largest of what the labels mark.
    fn maximum[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Max) }

    /// Where the smallest is of what the labels mark.
    fn minimum_position[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::MinPosition) }

    /// Where the largest is of what the labels mark.
    fn maximum_position[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::MaxPosition) }

    /// Centres of mass of what the labels mark.
    fn center_of_mass[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Center) }

    /// How many elements the labels mark.
    fn area[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> { of(context, &image, label_image, index, Measure::Area) }

    /// Medians of what the labels mark.
    fn median[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> {
        let (_, lengths) = wanted(context, index.as_ref())?;
        let args = Args::of([Value::lazy(image.array()?), given(label_image), given(index)]);
        later(context, "median", args, &lengths, DType::F64)
    }

    /// The smallest, the largest, and where they are, of what the labels mark.
    fn extrema[context](/** The image. */ image: Operand, /** The labels. */ label_image: Option<Operand>, /** Which labels. */ index: Option<Value>) -> Result<Value> {
        let one = |what| of(context, &image, label_image.clone(), index.clone(), what);
        Ok(Value::tuple([one(Measure::Min)?, one(Measure::Max)?, one(Measure::MinPosition)?, one(Measure::MaxPosition)?]))
    }

    /// How many elements of what the labels mark fall into each of equal parts; a row for each label.
    fn histogram[context](
        /// The image.
        image: Operand,
        /// Where the first part begins.
        min: Value,
        /// Where the last part ends.
        max: Value,
        /// How many parts.
        bins: usize,
        /// The labels.
        label_image: Option<Value>,
        /// Which labels.
        index: Option<Value>,
    ) -> Result<Value> {
        let (_, mut lengths) = wanted(context, index.as_ref())?;
        lengths.push(bins);
        let args = Args::of([Value::lazy(image.array()?), min, max, Value::from(bins), given(label_image), given(index)]);
        later(context, "histogram", args, &lengths, DType::I64)
    }

    /// What a function makes of what each label marks.
    fn labeled_comprehension[context](
        /// The image.
        image: Operand,
        /// The labels.
        label_image: Value,
        /// Which labels.
        index: Option<Value>,
        /// The function: of a row of elements, and of their positions if `pass_positions`.
        func: Value,
        /// The type of its answers.
        out_dtype: DTypeArg,
        /// The answer for labels that mark nothing.
        default: Value,
        /// Is the function also given where they are, counted through the whole image?
        pass_positions: bool = false,
    ) -> Result<Value> {
        let (_, lengths) = wanted(context, index.as_ref())?;
        let dtype = Value::str(out_dtype.0.name());
        let args = Args::of([Value::lazy(image.array()?), label_image, given(index), func, dtype, default, Value::Bool(pass_positions)]);
        later(context, "labeled_comprehension", args, &lengths, out_dtype.0)
    }

    /// The smallest boxes that hold what each label marks, as indexes: they are looked for at once.
    fn find_objects[context](
        /// The labels.
        label_image: Value,
    ) -> Result<Value> {
        let found = regions::regions(&now(context, &label_image)?, None)?;
        Ok(Value::list(found.iter().map(regions::Region::slices)))
    }
}

/// Filters that call a function of the user's.
pub(super) mod filters {
    use super::*;

    builtins! {
        /// What a function makes of the elements in a box, one place after the other.
        fn generic_filter[context](
            /// The array.
            image: Operand,
            /// A function of a row of numbers.
            function: Value,
            /// How long the box is, for all axes or for each.
            size: Option<Value>,
            /// Which places count.
            footprint: Option<Value>,
            /// What lies beyond the ends.
            mode: String = "reflect",
            /// The constant beyond the ends.
            cval: f64 = 0.0,
            /// By how much the middle of the box is moved.
            origin: Option<Value>,
        ) -> Result<Value> {
            let array = image.array()?;
            let (lengths, dtype, grid) = (array.shape().to_vec(), array.dtype(), rdk_array::ChunksSpec::from(array.chunks()));
            let args = Args::of([
                Value::lazy(array), function, given(size), given(footprint), Value::from(mode), Value::Float(cval), origin.unwrap_or(Value::Int(0)),
            ]);
            match later(context, "generic_filter", args, &lengths, dtype)?.get::<Array>() {
                Some(array) => Ok(Value::lazy(array.rechunk(&grid)?)),
                None => bail!(RuntimeError: "a delayed call has an answer already"),
            }
        }
    }
}

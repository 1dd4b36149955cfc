//! What labels mark in images: `dask_image.ndmeasure`, `scipy.ndimage`.

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
        let (labels, n) = measure::label(&now(context, &input)?, structure.as_ref(), false)?;
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

    /// The smallest, the largest, and where they are, of what the labels mark.
    fn extrema[context](/** The image. */ input: Value, /** The labels. */ labels: Option<Value>, /** Which labels. */ index: Option<Value>) -> Result<Value> {
        let one = |what| of(context, &input, labels.clone(), index.clone(), what);
        Ok(Value::tuple([one(Measure::Min)?, one(Measure::Max)?, one(Measure::MinPosition)?, one(Measure::MaxPosition)?]))
    }

    /// How many elements of what the labels mark fall into each of equal parts; a row for each label.
    fn histogram[context](
        /// The image.
        input: Value,
        /// Where the first part begins.
        min: f64,
        /// Where the last part ends.
        max: f64,
        /// How many parts.
        bins: usize,
        /// The labels.
        labels: Option<Value>,
        /// Which labels.
        index: Option<Value>,
    ) -> Result<Value> { histogram(context, &input, (min, max, bins), labels, index) }

    /// What a function makes of what each label marks.
    ///
    /// ```rdk
    /// from scipy import ndimage
    /// ndimage.labeled_comprehension([1, 2, 3, 4], [1, 1, 2, 2], [1, 2, 3], lambda part: part.sum(), float, -1)
    /// #> array([ 3.,  7., -1.])
    /// ```
    fn labeled_comprehension[context](
        /// The image.
        input: Value,
        /// The labels.
        labels: Option<Value>,
        /// Which labels.
        index: Option<Value>,
        /// The function: of a row of elements, and of their positions if `pass_positions`.
        func: Value,
        /// The type of its answers.
        out_dtype: Option<DTypeArg>,
        /// The answer for labels that mark nothing.
        default: Option<Value>,
        /// Is the function also given where they are, counted through the whole image?
        pass_positions: bool = false,
    ) -> Result<Value> {
        let parts = Parts::new(context, &input, labels, index)?;
        parts.comprehension(context, &func, out_dtype.map_or(DType::F64, |dtype| dtype.0), default, pass_positions)
    }

    /// The smallest boxes that hold what each label marks, as indexes; `None` for labels that mark nothing.
    fn find_objects[context](
        /// The labels.
        input: Value,
        /// The largest label that is looked for; 0 for all.
        max_label: usize = 0,
    ) -> Result<Value> {
        let found = regions::regions(&now(context, &input)?, None)?;
        let most = if max_label > 0 { max_label } else { found.last().map_or(0, |region| region.label as usize) };
        let mut boxes = vec![Value::None; most];
        for region in &found {
            if let Some(place) = boxes.get_mut(region.label as usize - 1) { *place = region.slices(); }
        }
        Ok(Value::list(boxes))
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

/// What each label marks: positions in the whole image.
struct Parts {
    image: Chunk,
    places: Vec<Vec<usize>>,
    /// The shape of the labels that are wanted; none for one answer.
    shape: Vec<usize>,
}

impl Parts {
    fn new(context: &Context, input: &Value, labels: Option<Value>, index: Option<Value>) -> Result<Parts> {
        let image = now(context, input)?;
        let labels = match labels {
            Some(labels) => {
                let labels = now(context, &labels)?;
                let Some(labels) = labels.broadcast(image.shape()) else {
                    bail!("input and labels must have the same shape"; hint: "got {} and {}", shape::show(image.shape()), shape::show(labels.shape()));
                };
                Some(labels.to_vec::<i64>())
            }
            None => None,
        };
        let label = |at: usize| labels.as_ref().map_or(1, |labels| labels[at]);
        let n = image.len();
        let (places, shape) = match index {
            None => (vec![(0..n).filter(|&at| label(at) > 0).collect()], Vec::new()),
            Some(index) => {
                let wanted = now(context, &index)?;
                let mut rows: rustc_hash::FxHashMap<i64, Vec<usize>> = rustc_hash::FxHashMap::default();
                let wanted_labels = wanted.to_vec::<i64>();
                rows.extend(wanted_labels.iter().map(|&label| (label, Vec::new())));
                for at in 0..n {
                    if let Some(row) = rows.get_mut(&label(at)) {
                        row.push(at);
                    }
                }
                (wanted_labels.iter().map(|label| rows[label].clone()).collect(), wanted.shape().to_vec())
            }
        };
        Ok(Parts { image, places, shape })
    }

    fn comprehension(
        &self,
        context: &Context,
        function: &Value,
        dtype: DType,
        default: Option<Value>,
        with_places: bool,
    ) -> Result<Value> {
        let row = |numbers: Chunk| Value::object(eager::NdArray::new(numbers));
        let flat = self.image.reshape(&[self.image.len()]);
        let mut answers = Vec::with_capacity(self.places.len());
        for places in &self.places {
            context.check()?;
            if places.is_empty() {
                answers.push(default.clone().unwrap_or(Value::Int(0)));
                continue;
            }
            let numbers = rdk_array::with_dtype!(self.image.dtype(), T => {
                let all = flat.array::<T>().expect("it is of this type");
                Chunk::from_vec(&[places.len()], places.iter().map(|&at| all[[at]]).collect::<Vec<T>>())
            });
            let positions = Chunk::from_vec(&[places.len()], places.iter().map(|&at| at as i64).collect());
            let args = if with_places { Args::of([row(numbers), row(positions)]) } else { Args::one(row(numbers)) };
            answers.push(context.call(function, args)?);
        }
        let answers = nested::chunk(&Value::list(answers), None)?;
        if answers.len() != self.places.len() {
            bail!("the function gives arrays, and one number is expected for each label");
        }
        Ok(eager::value(answers.cast(dtype).reshape(&self.shape)))
    }
}

fn histogram(
    context: &Context,
    input: &Value,
    (low, high, bins): (f64, f64, usize),
    labels: Option<Value>,
    index: Option<Value>,
) -> Result<Value> {
    if bins == 0 || bins > 1 << 24 || low.is_nan() || high.is_nan() || low > high {
        bail!("`bins` must be 1 or more and `min` not above `max`, got {bins}, {low} and {high}");
    }
    let parts = Parts::new(context, input, labels, index)?;
    let numbers = parts.image.to_vec::<f64>();
    let width = (high - low) / bins as f64;
    let edge = |bin: usize| if bin == bins { high } else { low + width * bin as f64 };
    let mut counts = Vec::with_capacity(parts.places.len() * bins);
    for places in &parts.places {
        let mut row = vec![0i64; bins];
        for number in places.iter().map(|&at| numbers[at]).filter(|number| (low..=high).contains(number)) {
            let mut bin = (((number - low) / width) as usize).min(bins - 1);
            // The edges decide, not the quotient.
            if bin > 0 && number < edge(bin) {
                bin -= 1;
            } else if bin + 1 < bins && number >= edge(bin + 1) {
                bin += 1;
            }
            row[bin] += 1;
        }
        counts.extend(row);
    }
    let lengths = [parts.shape, vec![bins]].concat();
    Ok(eager::value(Chunk::from_vec(&lengths, counts)))
}

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

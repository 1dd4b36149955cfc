//! Quantiles of frames, and several at once.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::reductions::transposed;
use super::{describe, wholes};
use crate::frame::Frame;
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Shape, View};

/// `q=`: a part, or a list of parts.
fn parts_of(q: &Value) -> Result<(Vec<f64>, bool)> {
    let (parts, several) = match (q.as_f64(), Vec::<f64>::from_value(q)) {
        (Some(part), _) => (vec![part], false),
        (None, Some(parts)) => (parts, true),
        (None, None) => match crate::cell::column_of(q, "of parts")? {
            Some(column) => (super::statistics::floats(&column)?.iter().flatten().collect(), true),
            None => bail!(TypeError: "`q` is a part from 0 to 1 or a list of them, got {}", crate::frame::what(q)),
        },
    };
    if parts.iter().any(|part| !(0.0..=1.0).contains(part)) {
        bail!("percentiles should all be in the interval [0, 1]"; hint: "0.5 is the median");
    }
    Ok((parts, several))
}

/// `series.quantile(q)`, `df.quantile(q)`
pub fn quantile(context: &Context, view: &View, q: &Value, numeric_only: bool) -> Result<Value> {
    let (parts, several) = parts_of(q)?;
    let mut columns = Vec::new();
    for named in &view.columns {
        let of = view.type_of(&named.expr)?;
        match crate::dtype::is_number(&of) {
            true => columns.push(named.clone()),
            false if numeric_only && view.shape == Shape::Frame => {}
            false => bail!(
                TypeError: "dtype '{}' does not support operation 'quantile'", crate::dtype::name(&of, true);
                hint: "`numeric_only=True` leaves such columns out"
            ),
        }
    }
    let view = View { columns, ..view.clone() };
    if !several {
        if view.shape != Shape::Frame {
            return describe::quantile(context, &view, parts[0]);
        }
        let row = describe::quantiles(context, &view, parts.clone())?;
        let row = View { shape: Shape::Scalar, index: Vec::new(), ..row };
        let mut series = transposed(context, &row, view.labels(), "quantile")?;
        series.columns[0].label = Some(Label::text(Value::Float(parts[0]).text()));
        return Frame::answer(context, series);
    }
    if !view.eager {
        return wholes::in_one(context, &view, "quantile", vec![q.clone()], vec![]);
    }
    let made = describe::quantiles(context, &View { shape: Shape::Frame, ..view.clone() }, parts.clone())?;
    let batch = lower::in_memory(&lower::compute_now(context, &made)?)?;
    let skip = batch.num_columns() - view.columns.len();
    let n = parts.len();
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(Float64Array::from(parts))];
    arrays.extend(batch.columns()[skip..].iter().cloned());
    let columns = view.columns.iter().map(|named| named.label.clone()).collect();
    let gather = Gather { index: vec![None], columns, shape: view.shape, counted: false, across: Vec::new() };
    Ok(Frame::eager(gather.of_batch(&super::groups::beside(arrays, n)?)?))
}

builtins! {
    /// The values below which this part of all values lies; of several parts a row for each.
    ///
    /// ```rdk
    /// pd.DataFrame({"x": [1, 2, 4]}).quantile(0.5).tolist()
    /// #> [2.0]
    /// ```
    fn quantile[context](/** The frame or series. */ this: View, /** The part: 0.5 is the median; or a list. */ q: Value = 0.5, /** Only 0 is supported: of each column. */ axis: Option<Value>, /** Only columns of numbers? */ numeric_only: bool = false, /** Has no effect. */ interpolation: Option<String>, /** Has no effect. */ method: Option<String>) -> Result<Value> { let _ = (axis, interpolation, method); quantile(context, &this, &q, numeric_only) }
}

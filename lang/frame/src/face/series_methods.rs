//! Methods of series alone.

use rdk_runtime::{Context, Keywords, Result, Value, bail, builtins};

use super::distinct::distinct;
use super::frame_methods::{largest_of, reset_index, sort_index};
use super::sorted_rows::{ordered, ordered_apart};
use super::{items, operators};
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Named, Shape, View};
use crate::steps::Key;

builtins! {
    /// How often each value occurs, the most frequent first.
    ///
    /// ```rdk
    /// pd.Series(["a", "b", "a"]).value_counts().tolist()
    /// #> [2, 1]
    /// ```
    fn value_counts[context](
        /// The series.
        this: View,
        /// As parts of all, and not as numbers?
        normalize: bool = false,
        /// The most frequent first? Otherwise as they first appear.
        sort: bool = true,
        /// The least frequent first?
        ascending: bool = false,
        /// Is what is missing left out?
        dropna: bool = true,
    ) -> Result<Value> { value_counts(context, &this, normalize, sort, ascending, dropna) }

    /// The different values, as they first appear: an array, or a lazy series.
    fn unique[context](/** The series. */ this: View) -> Result<Value> {
        let columns = vec![this.index.len()];
        let values = distinct(context, &this, columns, "first")?;
        match values.get::<Frame>() {
            Some(frame) if this.eager => super::arrays::values(context, &frame.view()),
            _ => Ok(values),
        }
    }

    /// Without values that are there already.
    fn drop_duplicates[context](/** The series. */ this: View, /** Which one stays: "first", "last", or False: none. */ keep: Value = "first", /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> { let _ = inplace; super::distinct::distinct_or_none(context, &this, vec![this.index.len()], &keep) }

    /// The largest values.
    fn nlargest[context](/** The series. */ this: View, /** How many. */ n: usize = 5) -> Result<Value> {
        let keys = vec![Key { column: this.index.len(), descending: true, missing_first: false }];
        largest_of(context, &this, n, keys, "nlargest")
    }

    /// The smallest values.
    fn nsmallest[context](/** The series. */ this: View, /** How many. */ n: usize = 5) -> Result<Value> {
        let keys = vec![Key { column: this.index.len(), descending: false, missing_first: false }];
        largest_of(context, &this, n, keys, "nsmallest")
    }

    /// The values in order.
    fn sort_values[context](/** The series. */ this: View, /** Smallest first? */ ascending: bool = true, /** Where what is missing goes: "last" or "first". */ na_position: String = "last", /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        let keys = vec![Key { column: this.index.len(), descending: !ascending, missing_first: na_position == "first" }];
        Frame::answer(context, ordered_apart(context, &this, keys, "sort-values")?)
    }

    /// The values in the order of the index.
    fn sort_index[context](/** The series. */ this: View, /** Smallest first? */ ascending: bool = true, /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> { let _ = inplace; sort_index(context, &this, ascending) }

    /// A frame with the index as a column, and rows counted anew.
    fn reset_index[context](/** The series. */ this: View, /** Is the index forgotten, and not made a column? */ drop: bool = false, /** What the column of values is called. */ name: Option<Value>, /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        let mut this = this;
        if let Some(label) = name.as_ref().and_then(Label::of) {
            this.columns[0].label = Some(label);
        }
        reset_index(context, &this, drop)
    }

    /// Without some rows.
    ///
    /// ```rdk
    /// pd.Series([1, 2, 3]).drop([0, 2]).tolist()
    /// #> [2]
    /// ```
    fn drop[context](/** The series. */ this: View, /** The labels to leave out. */ labels: Option<Value>, /** Rows: 0 or "index". */ axis: Option<Value>, /** The same as `labels`. */ index: Option<Value>, /** "ignore": labels that are not there are no error. */ errors: String = "raise", /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        if super::axis_labels::of_columns(&axis)? {
            bail!("No axis named {} for object type Series", axis.unwrap_or_default().text());
        }
        match labels.or(index) {
            Some(labels) => super::frame_methods::drop_rows(context, &this, &labels, &errors),
            None => bail!("Need to specify at least one of 'labels', 'index' or 'columns'"),
        }
    }

    /// Without what is missing.
    fn dropna[context](/** The series. */ this: View, /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        let rows = this.rows.filtered(this.expr().clone().is_not_null())?;
        Frame::answer(context, View { name: "dropna".into(), ..this.over(&rows) })
    }

    /// Under another name.
    fn rename(/** The series. */ this: View, /** The name. */ index: Option<Value>, /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        let label = match &index {
            None => None,
            Some(name) => match Label::of(name) {
                Some(label) => Some(label),
                None => bail!(TypeError: "expected a name, got {}", what(name)),
            },
        };
        let expr = this.expr().clone();
        Ok(items::as_value(this.series(label, expr, "rename")))
    }

    /// A frame with this column only.
    fn to_frame(/** The series. */ this: View, /** What the column is called. */ name: Option<Value>) -> Result<Value> {
        let label = name.as_ref().and_then(Label::of).or_else(|| this.label().clone()).unwrap_or(Label::Number(0));
        let expr = this.expr().clone();
        Ok(items::as_value(this.with_columns(vec![Named { label: Some(label), expr }], Shape::Frame, "to-frame")))
    }

    /// `True` where the values lie between two bounds.
    fn between[context](/** The series. */ this: View, /** The lower bound. */ left: Value, /** The upper bound. */ right: Value, /** Which bounds belong to it: "both", "left", "right" or "neither". */ inclusive: String = "both") -> Result<Value> {
        use rdk_syntax::tree::CompareOp;
        let (low, high) = match inclusive.as_str() {
            "both" => (CompareOp::GreaterEq, CompareOp::LessEq),
            "left" => (CompareOp::GreaterEq, CompareOp::Less),
            "right" => (CompareOp::Greater, CompareOp::LessEq),
            "neither" => (CompareOp::Greater, CompareOp::Less),
            other => bail!("`inclusive` is \"both\", \"left\", \"right\" or \"neither\", got {other:?}"),
        };
        let bounds = crate::cell::literal(&left).zip(crate::cell::literal(&right));
        let Some((left, right)) = bounds else { bail!(TypeError: "the bounds are plain values") };
        operators::answer_of(context, &this, |expr| {
            let above = operators::comparison(low, expr.clone(), operators::fitted(left.clone(), expr, &this)?, &this)?;
            let below = operators::comparison(high, expr.clone(), operators::fitted(right.clone(), expr, &this)?, &this)?;
            Ok(above.and(below))
        }, "between")
    }

    /// The values where a condition holds, and something else where it does not.
    fn r#where[context](/** The series. */ this: View, /** True and False: a frame, a series, a list, or a function that gives them. */ cond: Value, /** What stands where it is false: a value, a frame, a series, or a function. */ other: Option<Value>, /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> { let _ = inplace; super::conditional::choose(context, &this, &cond, other, false) }

    /// The values where a condition does not hold, and something else where it does.
    fn mask[context](/** The series. */ this: View, /** True and False: a frame, a series, a list, or a function that gives them. */ cond: Value, /** What stands where it is true: a value, a frame, a series, or a function. */ other: Option<Value>, /** Is the series itself changed? */ inplace: bool = false) -> Result<Value> { let _ = inplace; super::conditional::choose(context, &this, &cond, other, true) }

    /// Calls a function with each value, or looks each up in a dict.
    ///
    /// ```rdk
    /// pd.Series([1, 2]).map(lambda x: x * 10).tolist()
    /// #> [10, 20]
    /// ```
    fn map[context](/** The series. */ this: View, /** The function, or a dict. */ arg: Value, /** "ignore": what is missing stays so. */ na_action: Option<String>, /** What it gives, for lazy series: `(name, dtype)`. */ meta: Option<Value>) -> Result<Value> { super::calls::map(context, &this, &arg, super::calls::skips(na_action)?, meta) }

    /// Calls a function with each value.
fn apply[context](/** The series. */ this: View, /** The function, the name of a method, or a list of these. */ func: Value, /** Has no effect. */ convert_dtype: Option<bool>, /** What else it is called with. */ args: Option<Value>, /** What it gives, for lazy series: `(name, dtype)`. */ meta: Option<Value>, /** What else it is called with, by name. */ options: Keywords) -> Result<Value> { let _ = convert_dtype; super::calls::apply_series(context, &this, &func, super::calls::More::of(args, options.0), meta) }

    /// A function of the series that gives one as long, or of each value; or its name.
    ///
    /// ```rdk
    /// pd.Series([1, -2]).transform("abs").tolist()
    /// #> [1, 2]
    /// ```
    fn transform[context](/** The series. */ this: View, /** The function, the name of a method, or a list of these. */ func: Value, /** Has no effect. */ axis: Option<Value>, /** What else it is called with, by name. */ options: Keywords) -> Result<Value> { let _ = axis; super::calls::transform(context, &this, &func, super::calls::More::of(None, options.0)) }

    /// What a function of two values gives for each pair, under the labels of both series.
    ///
    /// ```rdk
    /// pd.Series([1, 5]).combine(pd.Series([3, 4]), max).tolist()
    /// #> [3, 5]
    /// ```
    fn combine[context](/** The series. */ this: View, /** The other one, or one value. */ other: Value, /** The function. */ func: Value, /** What stands for a label that one of them does not have. */ fill_value: Option<Value>) -> Result<Value> { super::combined::combine(context, &this, &other, &func, fill_value) }

    /// Takes the values of another series that are there, under their labels.
    fn update[context](/** The series. */ this: Value, /** The other one, a list or a dict. */ other: Value) -> Result<Value> { super::combined::update(context, &this, &other) }

    /// Count, mean, spread and quartiles.
    fn describe[context](/** The series. */ this: View, /** Which parts: [0.25, 0.5, 0.75]. */ percentiles: Option<Vec<f64>>, /** "all", or types of columns. */ include: Option<Value>, /** Types of columns to leave out. */ exclude: Option<Value>) -> Result<Value> { super::describe::describe_with(context, &this, percentiles, include, exclude) }

    /// Writes a CSV file, or one for each partition.
    fn to_csv[context](/** The series. */ this: View, /** Where: with a `*` for the number of the partition. */ filename: Option<Value>, /** More: `index`, `sep`, `header`. */ options: Keywords) -> Result<Value> { super::write::to_csv(context, &this, filename, options.0) }

    /// Writes an HDF5 file; of a lazy one with a `*` in its name one for each partition.
    fn to_hdf[context](/** The series. */ this: View, /** Where. */ path_or_buf: Value, /** The group that it becomes. */ key: String, /** More: `mode`: "a" adds to the file, "w" begins it anew. */ options: Keywords) -> Result<Value> { super::hdf::to_hdf(context, &this, &path_or_buf, &key, options.0) }

    /// A list of the values.
    fn tolist[context](/** The series. */ this: View) -> Result<Value> { Ok(Value::list(items::values(context, &this)?)) }

    /// A list of the values.
    fn to_list[context](/** The series. */ this: View) -> Result<Value> { Ok(Value::list(items::values(context, &this)?)) }

    /// A dict from label to value.
    fn to_dict[context](/** The series. */ this: View) -> Result<Value> { super::arrays::series_dict(context, &this) }

    /// The only value.
    fn item[context](/** The series. */ this: View) -> Result<Value> {
        let mut values = items::values(context, &this)?;
        match (values.pop(), values.is_empty()) {
            (Some(value), true) => Ok(value),
            _ => bail!("can only convert an array of size 1 to a Python scalar"),
        }
    }

    /// Walks the series: labels with values.
    fn items[context](/** The series. */ this: View) -> Result<Value> { super::arrays::series_items(context, &this) }
}

fn value_counts(
    context: &Context,
    this: &View,
    normalize: bool,
    sort: bool,
    ascending: bool,
    dropna: bool,
) -> Result<Value> {
    let has_categories = crate::category::categories(&this.type_of(this.expr())?).is_some();
    let mut counts = match has_categories {
        true => super::category::counted(context, this, sort, ascending, dropna)?,
        false => super::sorted_rows::counts(this, dropna)?,
    };
    counts.name = "value-counts".into();
    if sort && !has_categories {
        let keys = vec![Key { column: 1, descending: !ascending, missing_first: false }];
        counts = ordered(context, &counts, keys, None, "value-counts")?;
    }
    if !normalize {
        return Frame::answer(context, counts);
    }
    let total = super::reductions::reduced(
        &counts,
        vec![(None, counts.expr().clone(), super::aggregate::Reduction::Sum)],
        "sum",
    )?;
    let parts = match counts.eager {
        true => {
            let computed = Frame::answer(context, counts)?;
            let total = Frame::answer(context, total)?;
            rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Div, &computed, &total)?
        }
        false => rdk_runtime::operators::binary(
            context,
            rdk_syntax::tree::BinaryOp::Div,
            &Frame::lazy(counts),
            &Frame::lazy(total),
        )?,
    };
    if let Some(frame) = parts.get::<Frame>() {
        let mut view = frame.view();
        view.columns[0].label = Some(Label::text("proportion"));
        frame.replace(view);
    }
    Ok(parts)
}

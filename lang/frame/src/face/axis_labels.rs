//! Labels of rows and columns: other names for them, other orders, some of them: `rename_axis`, `set_axis`, `reindex`, `filter`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, UInt64Array};
use arrow::compute::{cast, take};
use rdk_runtime::{Args, Context, Result, Value, bail, builtins};
use rustc_hash::FxHashMap;

use super::{items, wholes};
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Named, Shape, View};

/// Are columns meant?
pub fn of_columns(axis: &Option<Value>) -> Result<bool> {
    match axis {
        None | Some(Value::Int(0)) => Ok(false),
        Some(Value::Int(1)) => Ok(true),
        Some(Value::Str(text)) if matches!(&**text, "index" | "rows") => Ok(false),
        Some(Value::Str(text)) if &**text == "columns" => Ok(true),
        Some(other) => {
            bail!("No axis named {} for object type DataFrame", other.text(); hint: "0 or \"index\": rows; 1 or \"columns\": columns")
        }
    }
}

/// The label that a dict or a function gives for another one.
pub fn relabelled(context: &Context, how: &Value, label: &Label) -> Result<Label> {
    let new = match how {
        Value::Dict(dict) => {
            let key = rdk_runtime::HashKey::new(label.to_value())?;
            dict.0.lock().get(&key).cloned()
        }
        function => Some(context.call(function, Args::one(label.to_value()))?),
    };
    match new {
        None => Ok(label.clone()),
        Some(new) => match Label::of(&new) {
            Some(label) => Ok(label),
            None => bail!(TypeError: "expected a label, got {}", what(&new)),
        },
    }
}

/// The labels of rows by a dict or a function.
pub fn with_rows_relabelled(context: &Context, view: &View, how: &Value) -> Result<View> {
    if !view.eager {
        bail!(NotImplementedError: "labels of rows of a lazy frame are not renamed"; hint: "`df.map_partitions(lambda t: t.rename(index=…))` renames them in each partition");
    }
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view.clone() };
    let mut labels = Vec::new();
    for value in items::values(context, &index)? {
        labels.push(match how {
            Value::Dict(dict) => {
                let key = rdk_runtime::HashKey::new(value.clone())?;
                let found = dict.0.lock().get(&key).cloned();
                found.unwrap_or(value)
            }
            function => context.call(function, Args::one(value))?,
        });
    }
    with_index(context, view, &Value::list(labels), view.index[0].label.clone())
}

/// `rename(errors="raise")`: an error for old labels that are not there.
pub fn check_named(context: &Context, view: &View, index: Option<&Value>, columns: Option<&Value>) -> Result<()> {
    let keys = |how: Option<&Value>| -> Vec<Value> {
        match how {
            Some(Value::Dict(dict)) => dict.0.lock().iter().map(|(key, _)| key.value().clone()).collect(),
            _ => Vec::new(),
        }
    };
    let mut missing = Vec::new();
    for key in keys(columns) {
        if Label::of(&key).is_none_or(|label| view.find(&label).is_none()) {
            missing.push(key.repr());
        }
    }
    for key in keys(index) {
        if view.eager && !items::has_row(context, view, &key)? {
            missing.push(key.repr());
        }
    }
    if !missing.is_empty() {
        bail!(KeyError: "[{}] not found in axis", missing.join(", "));
    }
    Ok(())
}

/// The same rows under other labels.
fn with_index(context: &Context, view: &View, labels: &Value, name: Option<Label>) -> Result<View> {
    items::labelled(context, view, labels, name)
}

fn set_axis(context: &Context, view: &View, labels: &Value, axis: &Option<Value>) -> Result<Value> {
    if view.shape == Shape::Frame && of_columns(axis)? {
        let frame = items::as_value(view.clone());
        if let Some(frame) = frame.get::<Frame>() {
            items::set_columns(context, frame, labels)?;
        }
        return Ok(frame);
    }
    Ok(items::as_value(with_index(context, view, labels, None)?))
}

/// The rows of these labels in their order; what is not there is missing.
pub fn reindex_rows(context: &Context, view: &View, labels: &Value, fill: Option<&Value>) -> Result<View> {
    if !view.eager {
        bail!(NotImplementedError: "`reindex` of a lazy frame"; hint: "`df.loc[[…]]` takes rows of a lazy frame by label");
    }
    let levels = super::nested::levels(Some(labels))?;
    let labels = levels.as_ref().unwrap_or(labels);
    let Some(wanted) = (match labels.get::<Frame>() {
        Some(frame) => Some(items::values(context, &frame.view())?),
        None => rdk_runtime::iterate(context, labels).ok().map(|mut labels| labels.rest(context)).transpose()?,
    }) else {
        bail!(TypeError: "expected labels, got {}", what(labels))
    };
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n_index = view.index.len();
    let mut places: FxHashMap<rdk_runtime::HashKey, u64> = FxHashMap::default();
    for row in 0..batch.num_rows() {
        let key = rdk_runtime::HashKey::new(items::index_value(&batch, n_index, row))?;
        if places.insert(key, row as u64).is_some() {
            bail!("cannot reindex on an axis with duplicate labels");
        }
    }
    let n = wanted.len();
    let found = wanted.iter().map(|label| Ok(places.get(&rdk_runtime::HashKey::new(label.clone())?).copied()));
    let found = UInt64Array::from(found.collect::<Result<Vec<_>>>()?);
    let mut arrays = vec![match levels {
        Some(_) => Arc::new(Int64Array::from_iter_values(0..n as i64)),
        None => cell::column(&wanted, "of labels")?,
    }];
    for column in &batch.columns()[n_index..] {
        arrays.push(match fill {
            Some(fill) if found.null_count() > 0 => filled(column, &found, fill)?,
            _ => take(column, &found, None).map_err(arrow_error)?,
        });
    }
    let gather = Gather { index: vec![view.index[0].label.clone()], counted: false, ..Gather::of(view) };
    let made = gather.of_batch(&super::groups::beside(arrays, n)?)?;
    match &levels {
        Some(levels) => items::labelled(context, &made, levels, None),
        None => Ok(made),
    }
}

/// The rows at these places, and another value where there is no place.
pub fn filled(column: &ArrayRef, places: &UInt64Array, fill: &Value) -> Result<ArrayRef> {
    if fill.is_none() || matches!(fill, Value::Float(x) if x.is_nan()) {
        return take(column, places, None).map_err(arrow_error);
    }
    let of = column.data_type();
    if cell::is_text(of) && fill.as_str().is_none() {
        bail!(
            TypeError: "Invalid value '{}' for dtype 'str'. Value should be a string or missing value, got '{}' instead.", fill.text(), fill.class().name;
            hint: "a column of texts is filled with a text"
        );
    }
    let mut one = cell::column(std::slice::from_ref(fill), "of the value")?;
    if of.is_integer() && one.data_type().is_integer() || of.is_floating() && one.data_type().is_numeric() {
        // A number that the type of the column has leaves that as it is.
        one = Some(cast(&one, of).map_err(arrow_error)?).filter(|cast| cast.null_count() == 0).unwrap_or(one);
    }
    let behind = column.len() as u64;
    let places: UInt64Array = places.iter().map(|place| Some(place.unwrap_or(behind))).collect();
    take(&super::group_values::joined(vec![column.clone(), one])?, &places, None).map_err(arrow_error)
}

fn reindex_columns(view: &View, labels: &[Label], fill: Option<&Value>) -> Result<View> {
    let missing = match fill.map(cell::literal) {
        None | Some(Some(datafusion::common::ScalarValue::Null)) => datafusion::common::ScalarValue::Float64(None),
        Some(Some(literal)) => literal,
        Some(None) => bail!(TypeError: "expected a plain value for `fill_value`"),
    };
    let column = |label: &Label| Named {
        label: Some(label.clone()),
        expr: view.find(label).map_or(datafusion::logical_expr::lit(missing.clone()), |named| named.expr.clone()),
    };
    Ok(view.with_columns(labels.iter().map(column).collect(), Shape::Frame, "reindex"))
}

fn chosen_labels(
    view: &View,
    items: Option<Labels>,
    like: Option<String>,
    regex: Option<String>,
) -> Result<Vec<Named>> {
    let keep: Box<dyn Fn(&Label) -> bool> = match (items, like, regex) {
        (Some(items), None, None) => {
            return Ok(items.labels.iter().filter_map(|label| view.find(label).cloned()).collect());
        }
        (None, Some(part), None) => Box::new(move |label| label.to_string().contains(&part)),
        (None, None, Some(pattern)) => {
            let flags =
                super::patterns::matches(&view.labels().iter().map(Label::to_string).collect::<Vec<_>>(), &pattern)?;
            let kept: Vec<Label> =
                view.labels().into_iter().zip(flags).filter(|(_, keep)| *keep).map(|(label, _)| label).collect();
            Box::new(move |label| kept.contains(label))
        }
        _ => {
            bail!(TypeError: "Keyword arguments `items`, `like`, or `regex` are mutually exclusive"; hint: "give one of them")
        }
    };
    let keeps = |named: &&Named| named.label.as_ref().is_some_and(&keep);
    Ok(view.columns.iter().filter(keeps).cloned().collect())
}

/// The rows whose labels are among these, contain a text, or fit a pattern.
fn filter_rows(
    context: &Context,
    view: &View,
    items: Option<Labels>,
    like: Option<String>,
    regex: Option<String>,
) -> Result<Value> {
    if !view.eager {
        let mut options = vec![(rdk_runtime::Name::from("axis"), Value::Int(0))];
        options
            .extend(items.map(|items| {
                (rdk_runtime::Name::from("items"), Value::list(items.labels.iter().map(Label::to_value)))
            }));
        options.extend(like.map(|like| (rdk_runtime::Name::from("like"), Value::str(like))));
        options.extend(regex.map(|regex| (rdk_runtime::Name::from("regex"), Value::str(regex))));
        return super::wholes::in_each(context, view, "filter", vec![], options);
    }
    let batch = lower::in_memory(&lower::compute_now(context, view)?)?;
    let n_index = view.index.len();
    let labels: Vec<Value> = (0..batch.num_rows()).map(|row| super::items::index_value(&batch, n_index, row)).collect();
    let rows: Vec<u64> = match (items, like, regex) {
        (Some(items), None, None) => {
            let places = items.labels.iter().flat_map(|wanted| {
                let same = |(_, label): &(usize, &Value)| Label::of(label).as_ref() == Some(wanted);
                labels.iter().enumerate().filter(same).map(|(row, _)| row as u64).collect::<Vec<_>>()
            });
            places.collect()
        }
        (None, Some(part), None) => {
            (0..labels.len()).filter(|&row| labels[row].text().contains(&part)).map(|row| row as u64).collect()
        }
        (None, None, Some(pattern)) => {
            let flags = super::patterns::matches(&labels.iter().map(Value::text).collect::<Vec<_>>(), &pattern)?;
            flags.iter().enumerate().filter(|(_, keep)| **keep).map(|(row, _)| row as u64).collect()
        }
        _ => {
            bail!(TypeError: "Keyword arguments `items`, `like`, or `regex` are mutually exclusive"; hint: "give one of them")
        }
    };
    super::items::rows_at(context, view, crate::steps::Take::Rows(rows))
}

/// Do two frames hold the same values under the same labels?
fn equals(context: &Context, a: &View, b: &View) -> Result<bool> {
    if a.shape != b.shape || a.labels() != b.labels() && a.shape == Shape::Frame || a.types()? != b.types()? {
        return Ok(false);
    }
    let rows = |view: &View| lower::in_memory(&lower::compute_now(context, view)?);
    let (a, b) = (rows(a)?, rows(b)?);
    Ok(a.num_rows() == b.num_rows() && a.columns() == b.columns())
}

builtins! {
    /// With another name for the index.
    fn rename_axis(/** The frame or series. */ this: View, /** The name, or a list of names for levels. */ mapper: Option<Value>, /** The same. */ index: Option<Value>, /** Names of the labels of columns. */ columns: Option<Value>, /** 1: `mapper` names the labels of columns. */ axis: Option<Value>) -> Result<Value> {
        let mut view = this;
        let names_of = |name: &Value| match name {
            Value::List(list) => list.snapshot(),
            one => vec![one.clone()],
        };
        let (mapper, columns) = if of_columns(&axis)? { (None, columns.or(mapper)) } else { (mapper, columns) };
        if let Some(columns) = &columns {
            view.across = names_of(columns).iter().map(Label::of).collect();
            if mapper.is_none() && index.is_none() {
                return Ok(items::as_value(view));
            }
        }
        let name = mapper.or(index).unwrap_or_default();
        let names = names_of(&name);
        if names.len() != view.index.len() {
            bail!("Length of names must match number of levels in MultiIndex: {} names for {} levels", names.len(), view.index.len());
        }
        for (named, name) in view.index.iter_mut().zip(&names) {
            named.label = match (name, Label::of(name)) {
                (Value::None, _) => None,
                (_, Some(label)) => Some(label),
                (other, None) => bail!(TypeError: "expected a name, got {}", what(other)),
            };
        }
        Ok(items::as_value(view))
    }

    /// With other labels for all rows, or for all columns.
    fn set_axis[context](/** The frame or series. */ this: View, /** The labels. */ labels: Value, /** 0: of rows; 1: of columns. */ axis: Option<Value>, /** Has no effect. */ copy: Option<bool>) -> Result<Value> { let _ = copy; set_axis(context, &this, &labels, &axis) }

    /// The rows of these labels in their order; what is not there is missing.
    ///
    /// ```rdk
    /// pd.Series([1, 2], index=["a", "b"]).reindex(["b", "z"], fill_value=0).tolist()
    /// #> [2, 0]
    /// ```
    fn reindex[context](/** The frame or series. */ this: View, /** Labels of rows; with `axis=1` of columns. */ labels: Option<Value>, /** Labels of rows. */ index: Option<Value>, /** Labels of columns. */ columns: Option<Labels>, /** What `labels` are of. */ axis: Option<Value>, /** What stands where there is nothing. */ fill_value: Option<Value>) -> Result<Value> {
        let (index, columns) = match (labels, of_columns(&axis)?) {
            (Some(labels), true) => (index, <Labels as rdk_runtime::FromValue>::from_value(&labels).or(columns)),
            (labels, _) => (labels.or(index), columns),
        };
        let mut view = this;
        if let Some(columns) = columns {
            view = reindex_columns(&view, &columns.labels, fill_value.as_ref())?;
        }
        match index {
            Some(index) => Ok(Frame::eager(reindex_rows(context, &view, &index, fill_value.as_ref())?)),
            None => Frame::answer(context, view),
        }
    }

    /// Without one level of the labels: of rows, or with `axis=1` of columns.
    ///
    /// ```rdk
    /// df = pd.DataFrame({"k": ["a", "a"], "x": [1, 2]}).groupby("k").agg({"x": ["sum", "max"]})
    /// df.droplevel(0, axis=1).columns.tolist()
    /// #> ['sum', 'max']
    /// ```
    fn droplevel(/** The frame or series. */ this: View, /** The number of the level, or its name. */ level: Value, /** 0: of rows; 1: of columns. */ axis: Option<Value>) -> Result<Value> {
        let columns = this.shape == Shape::Frame && of_columns(&axis)?;
        Ok(items::as_value(if columns { super::levels::without_column_level(&this, &level)? } else { super::levels::without_row_level(&this, &level)? }))
    }

    /// Do both hold the same values under the same labels? What is missing in both is equal.
    fn equals[context](/** The frame or series. */ this: View, /** The other one. */ other: Value) -> Result<bool> {
        match other.get::<Frame>() {
            Some(other) => equals(context, &this, &other.view()),
            None => Ok(false),
        }
    }

    /// A column of a single one as a series, a value of a single one as itself.
    fn squeeze[context](/** The frame or series. */ this: View, /** Has no effect. */ axis: Option<Value>) -> Result<Value> {
        let _ = axis;
        let mut view = this;
        if view.shape == Shape::Frame && view.columns.len() == 1 {
            view.shape = Shape::Series;
        }
        if view.eager && super::object::n_rows(context, &view)? == 1 {
            return super::iloc::row_at(context, &view, 0);
        }
        Ok(items::as_value(view))
    }
}

/// Methods of frames alone.
pub mod of_frame {
    use super::*;

    builtins! {
        /// The columns whose labels are among these, contain a text, or fit a pattern.
        fn filter[context](/** The frame. */ this: View, /** The labels. */ items: Option<Labels>, /** A part of the label. */ like: Option<String>, /** A pattern. */ regex: Option<String>, /** 0: labels of rows; 1, as without it: of columns. */ axis: Option<Value>) -> Result<Value> {
            if axis.is_some() && !of_columns(&axis)? {
                return filter_rows(context, &this, items, like, regex);
            }
            let columns = chosen_labels(&this, items, like, regex)?;
            Ok(super::items::as_value(this.with_columns(columns, Shape::Frame, "filter")))
        }

        /// How many times each row occurs, the most frequent first.
        ///
        /// ```rdk
        /// pd.DataFrame({"x": [1, 2, 1]}).value_counts().tolist()
        /// #> [2, 1]
        /// ```
        fn value_counts[context](/** The frame. */ this: View, /** Only these columns are looked at. */ subset: Option<Labels>, /** As parts of all, and not as numbers? */ normalize: bool = false, /** The most frequent first? */ sort: bool = true, /** The least frequent first? */ ascending: bool = false, /** Are rows left out in which something is missing? */ dropna: bool = true) -> Result<Value> {
            let keys: Vec<Value> = match &subset {
                Some(subset) => subset.labels.iter().map(Label::to_value).collect(),
                None => this.labels().iter().map(Label::to_value).collect(),
            };
            let call = |on: &Value, method: &str, args: Vec<Value>, options: Vec<(&str, Value)>| {
                let method = rdk_runtime::operators::attribute(context, on, method)?;
                let mut all = Args::of(args);
                all.keywords = options.into_iter().map(|(name, value)| (rdk_runtime::Name::from(name), value)).collect();
                context.call(&method, all)
            };
            let frame = super::items::as_value(this);
            let grouped = call(&frame, "groupby", vec![Value::list(keys)], vec![("dropna", Value::Bool(dropna)), ("sort", Value::Bool(false))])?;
            let counts = call(&grouped, "size", vec![], vec![])?;
            let mut counts = if sort { call(&counts, "sort_values", vec![Value::Bool(ascending)], vec![])? } else { counts };
            if normalize {
                let total = call(&counts, "sum", vec![], vec![])?;
                counts = rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Div, &counts, &total)?;
            }
            call(&counts, "rename", vec![Value::str(if normalize { "proportion" } else { "count" })], vec![])
        }
    }
}

/// Attributes of frames and series.
pub mod attributes {
    use super::*;

    builtins! {
        /// One value by its labels: `df.at[row, "column"]`.
        fn at(/** The frame or series. */ this: Value) -> Value { super::super::loc::Locator::of(this, false) }

        /// One value by its positions: `df.iat[0, 1]`.
        fn iat(/** The frame or series. */ this: Value) -> Value { super::super::loc::Locator::of(this, true) }

        /// The labels of the rows, and of a frame those of the columns.
        fn axes(/** The frame or series. */ this: View) -> Result<Value> {
            let index = items::as_value(this.with_columns(vec![this.index[0].clone()], Shape::Index, "index"));
            if this.shape != Shape::Frame {
                return Ok(Value::list([index]));
            }
            let labels: Vec<Value> = this.labels().iter().map(Label::to_value).collect();
            Ok(Value::list([index, super::super::dtypes::label_index(&labels, &this.across)?]))
        }
    }
}

/// Methods of series alone.
pub mod of_series {
    use super::*;

    builtins! {
        /// The value of a label, or something else if there is none.
        fn get[context](/** The series. */ this: View, /** The label. */ key: Value, /** What else. */ default: Option<Value>) -> Result<Value> {
            match super::super::loc::of_series(context, &this, &key) {
                Ok(found) => Ok(found),
                Err(error) if error.0.kind == rdk_runtime::Kind::KeyError => Ok(default.unwrap_or_default()),
                Err(error) => Err(error),
            }
        }

        /// The values with those of another series where something is missing, under the labels of both.
        fn combine_first[context](/** The series. */ this: View, /** The other one. */ other: View) -> Result<Value> {
            super::super::combined::first_of_series(context, &this, &other)
        }
    }
}

/// The values of a series one time or several times each.
pub fn repeated(context: &Context, view: &View, times: usize) -> Result<Value> {
    if !view.eager {
        return wholes::in_each(context, view, "repeat", vec![Value::Int(times as i64)], vec![]);
    }
    let n = super::object::n_rows(context, view)? as u64;
    let rows = (0..n).flat_map(|row| std::iter::repeat_n(row, times)).collect();
    items::rows_at(context, view, crate::steps::Take::Rows(rows))
}

/// Methods of single values that are not computed.
pub mod of_scalar {
    use super::*;

    builtins! {
        /// The value rounded.
        fn round[context](/** The value. */ this: View, /** Digits after the point. */ decimals: i64 = 0) -> Result<Value> {
            super::super::operators::answer_of(context, &this, |expr| super::super::shared::rounded(&this, expr, decimals), "round")
        }
    }
}

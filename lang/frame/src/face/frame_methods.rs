//! Methods of frames alone.

use std::sync::Arc;

use datafusion::logical_expr::Expr;
use rdk_runtime::{Args, Context, Keywords, Result, Value, bail, builtins};

use super::distinct::distinct_or_none;
use super::items;
use super::over::{over_step, step_schema};
use super::shared::labels_of;
use super::sorted_rows::ordered_apart;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Key, Order, Whole};

builtins! {
    /// The frame with more columns.
    ///
    /// ```rdk
    /// df = pd.DataFrame({"x": [1, 2]})
    /// df.assign(y=df.x * 2).y.tolist()
    /// #> [2, 4]
    /// ```
    fn assign[context](
        /// The frame.
        this: View,
        /// The columns by name: a series, a value, or a function of the frame.
        columns: Keywords,
    ) -> Result<Value> {
        let mut view = this;
        for (name, value) in columns.0 {
            let value = match &value {
                Value::Function(_) | Value::Builtin(_) => context.call(&value, Args::one(items::as_value(view.clone())))?,
                _ => value,
            };
            view = items::with_column(context, &view, &Label::text(&*name), &value)?;
        }
        Ok(items::as_value(view))
    }

    /// Without some columns, or without some rows.
    fn drop[context](
        /// The frame.
        this: View,
        /// Labels to leave out: of rows, or with `axis=1` of columns.
        labels: Option<Value>,
        /// 0: rows; 1: columns.
        axis: Option<Value>,
        /// Labels of rows.
        index: Option<Value>,
        /// Labels of columns.
        columns: Option<Value>,
        /// "ignore": labels that are not there are no error.
        errors: String = "raise",
        /// Is the frame itself changed?
        inplace: bool = false,
    ) -> Result<Value> { let _ = inplace; drop(context, this, labels, axis, index, columns, &errors) }

    /// With other labels for columns, or for rows.
    ///
    /// ```rdk
    /// pd.DataFrame({"x": [1]}).rename(columns=str.upper).columns.tolist()
    /// #> ['X']
    /// ```
    fn rename[context](
        /// The frame.
        this: View,
        /// A dict from old label to new, or a function: of rows, or with `axis=1` of columns.
        mapper: Option<Value>,
        /// The same of rows.
        index: Option<Value>,
        /// The same of columns.
        columns: Option<Value>,
        /// What `mapper` is of.
        axis: Option<Value>,
        /// "raise": labels that are not there are an error.
        errors: Option<Value>,
        /// Is the frame itself changed?
        inplace: bool = false,
    ) -> Result<Value> {
        let _ = inplace;
        let raises = match errors.as_ref().map(|errors| errors.as_str()) {
            None | Some(Some("ignore")) => false,
            Some(Some("raise")) => true,
            Some(_) => bail!("`errors` is \"raise\" or \"ignore\""),
        };
        let (index, columns) = match (mapper, super::axis_labels::of_columns(&axis)?) {
            (None, _) => (index, columns),
            (mapper, true) => (index, mapper),
            (mapper, false) => (mapper, columns),
        };
        let mut view = this;
        if raises {
            super::axis_labels::check_named(context, &view, index.as_ref(), columns.as_ref())?;
        }
        if let Some(index) = index {
            view = super::axis_labels::with_rows_relabelled(context, &view, &index)?;
        }
        let Some(columns) = columns else { return Ok(items::as_value(view)) };
        if !matches!(columns, Value::Dict(_) | Value::Function(_) | Value::Builtin(_) | Value::Class(_) | Value::Method(_)) {
            bail!(TypeError: "`columns` is a dict from old label to new, or a function, got {}", what(&columns));
        }
        for named in &mut view.columns {
            if let Some(label) = &named.label {
                named.label = Some(super::axis_labels::relabelled(context, &columns, label)?);
            }
        }
        view.name = "rename".into();
        Ok(items::as_value(view))
    }

    /// Without the rows in which something is missing.
    fn dropna[context](
        /// The frame.
        this: View,
        /// "any": where something is missing; "all": where everything is.
        how: String = "any",
        /// Only these columns are looked at.
        subset: Option<Value>,
        /// At least so many values have to be there, instead of `how`.
        thresh: Option<i64>,
        /// Only 0 is supported: rows are left out.
        axis: Option<Value>,
        /// Is the frame itself changed?
        inplace: bool = false,
    ) -> Result<Value> {
        let _ = inplace;
        if super::axis_labels::of_columns(&axis)? {
            bail!(NotImplementedError: "`dropna` leaves out rows"; hint: "`df.drop(columns=[…])` leaves out columns");
        }
        let columns: Vec<Named> = match &subset {
            None => this.columns.clone(),
            Some(subset) => labels_of(subset)?.iter().map(|label| this.column(label).cloned()).collect::<Result<_>>()?,
        };
        let there = columns.into_iter().map(|named| named.expr.is_not_null());
        let condition = match how.as_str() {
            _ if thresh.is_some() => {
                let counts = there.map(|there| datafusion::logical_expr::cast(there, arrow::datatypes::DataType::Int64));
                counts.reduce(|a, b| a + b).map(|count| count.gt_eq(datafusion::logical_expr::lit(thresh.unwrap_or(0))))
            }
            "any" => there.reduce(Expr::and),
            "all" => there.reduce(Expr::or),
            other => bail!("invalid how option: {other}"; hint: "`any` or `all`"),
        };
        let Some(condition) = condition else { return Ok(items::as_value(this)) };
        let rows = this.rows.filtered(condition)?;
        Frame::answer(context, View { name: "dropna".into(), ..this.over(&rows) })
    }

    /// The rows in the order of one column or several.
    fn sort_values[context](
        /// The frame.
        this: View,
        /// The label of a column, or a list of them.
        by: Labels,
        /// Smallest first? One answer, or one for each column.
        ascending: Option<Value>,
        /// Where rows go in which it is missing: "last" or "first".
        na_position: String = "last",
        /// Are rows counted anew?
        ignore_index: bool = false,
        /// Has no effect: rows that are equal stay in their order.
        kind: Option<String>,
        /// Of a lazy frame: in how many partitions.
        npartitions: Option<Value>,
        /// A function of each column, whose result is compared in its place.
        key: Option<Value>,
        /// Is the frame itself changed?
        inplace: bool = false,
    ) -> Result<Value> {
        let _ = (&kind, inplace);
        if let Some(key) = key {
            return sorted_by(context, &this, &by, &key, (ascending, na_position, ignore_index));
        }
        if by.labels.is_empty() {
            return Ok(items::as_value(this));
        }
        let ascending = flags(ascending, by.labels.len())?;
        let mut keys = Vec::new();
        for (label, ascending) in by.labels.iter().zip(ascending) {
            let at = match this.columns.iter().position(|named| named.label.as_ref() == Some(label)) {
                Some(at) => this.index.len() + at,
                None => match this.index.iter().position(|named| named.label.as_ref() == Some(label)) {
                    Some(at) => at,
                    None => return Err(this.no_column(label)),
                },
            };
            keys.push(Key { column: at, descending: !ascending, missing_first: na_position == "first" });
        }
        let mut view = ordered_apart(context, &this, keys, "sort-values")?;
        if let Some(Value::Int(wanted)) = npartitions.filter(|_| !this.eager) {
            let wanted = usize::try_from(wanted).ok().filter(|&wanted| wanted > 0);
            let Some(wanted) = wanted else { bail!("`npartitions` is 1 or more") };
            let parted = super::repartition::repartition(context, &view, None, Some(wanted), None, false)?;
            view = parted.get::<Frame>().map_or(view, Frame::view);
        }
        if ignore_index { reset_index(context, &view, true) } else { Frame::answer(context, view) }
    }

    /// The rows with the largest values.
    fn nlargest[context](/** The frame. */ this: View, /** How many rows. */ n: usize, /** Of which column, or columns. */ columns: Labels) -> Result<Value> { top(context, &this, n, &columns, true) }

    /// The rows with the smallest values.
    fn nsmallest[context](/** The frame. */ this: View, /** How many rows. */ n: usize, /** Of which column, or columns. */ columns: Labels) -> Result<Value> { top(context, &this, n, &columns, false) }

    /// The rows in the order of the index.
    fn sort_index[context](/** The frame. */ this: View, /** Smallest first? */ ascending: bool = true, /** 1: columns by their labels. */ axis: Option<Value>, /** Is the frame itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        if !super::axis_labels::of_columns(&axis)? {
            return sort_index(context, &this, ascending);
        }
        let mut view = this;
        view.columns.sort_by(|a, b| if ascending { a.label.cmp(&b.label) } else { b.label.cmp(&a.label) });
        Ok(items::as_value(view))
    }

    /// With the index as a column, and rows counted anew.
    fn reset_index[context](/** The frame. */ this: View, /** Is the index forgotten, and not made a column? */ drop: bool = false, /** What the column is called, or a list for levels. */ names: Option<Labels>, /** Is the frame itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        let mut view = this;
        for (named, label) in view.index.iter_mut().zip(names.into_iter().flat_map(|names| names.labels)) {
            named.label = Some(label);
        }
        reset_index(context, &view, drop)
    }

    /// With a column as the index. A lazy frame is brought in its order.
    fn set_index[context](
        /// The frame.
        this: View,
        /// The label of the column, or labels for the rows: a series, an index or an array; or a list of these.
        keys: Value,
        /// Is the column left out of the columns?
        drop: bool = true,
        /// The rows are in this order already.
        sorted: bool = false,
        /// How many partitions.
        npartitions: Option<Value>,
        /// Where partitions begin, and where the last one ends; by default found in samples of the column.
        divisions: Option<Value>,
        /// Is the frame itself changed?
        inplace: bool = false,
    ) -> Result<Value> { let _ = inplace; super::set_index::set_index(context, &this, &keys, drop, sorted, npartitions, divisions) }

    /// Without rows that are there already.
    fn drop_duplicates[context](/** The frame. */ this: View, /** Only these columns are looked at. */ subset: Option<Labels>, /** Which one stays: "first", "last", or False: none. */ keep: Value = "first", /** Are rows counted anew? */ ignore_index: bool = false, /** Is the frame itself changed? */ inplace: bool = false) -> Result<Value> {
        let _ = inplace;
        let columns = match &subset {
            None => (0..this.columns.len()).map(|at| this.index.len() + at).collect(),
            Some(subset) if subset.labels.is_empty() => bail!("not enough values to unpack: `subset` names no column"),
            Some(subset) => places(&this, &subset.labels)?,
        };
        let made = distinct_or_none(context, &this, columns, &keep)?;
        match made.get::<Frame>() {
            Some(frame) if ignore_index => reset_index(context, &frame.view(), true),
            _ => Ok(made),
        }
    }

    /// Calls a function with each row, or with each column.
    fn apply[context](
        /// The frame.
        this: View,
        /// The function.
        func: Value,
        /// 1: with each row.
        axis: Option<Value>,
        /// Is the function given arrays, and not series?
        raw: bool = false,
        /// What is made of lists that it gives: "expand": columns; "broadcast": columns under the old labels; "reduce": cells.
        result_type: Option<String>,
        /// What else it is called with.
        args: Option<Value>,
        /// What it gives: has no effect but for lazy frames: `(name, dtype)`.
        meta: Option<Value>,
        /// What else it is called with, by name.
        options: Keywords,
    ) -> Result<Value> {
        let how = super::calls::Apply { axis, raw, result_type, meta };
        super::calls::apply_frame(context, &this, &func, how, super::calls::More::of(args, options.0))
    }

    /// Rows of two frames whose keys are equal, beside each other.
    fn merge[context](
        /// The left frame.
        this: View,
        /// The right frame.
        right: View,
        /// Which rows: "inner", "left", "right", "outer", "cross", "left_anti", "right_anti".
        how: String = "inner",
        /// Labels of columns that both frames have.
        on: Option<Labels>,
        /// Those of the left frame.
        left_on: Option<Labels>,
        /// Those of the right frame.
        right_on: Option<Labels>,
        /// Are the keys the index of the left frame?
        left_index: bool = false,
        /// Are the keys the index of the right frame?
        right_index: bool = false,
        /// Are rows in the order of their keys? Of frames in memory.
        sort: bool = false,
        /// What is put behind labels that both have.
        suffixes: Option<Value>,
        /// Has no effect.
        copy: Option<bool>,
        /// A column that says where each row comes from: `True`, or its name.
        indicator: Option<Value>,
        /// Which keys have to be unique: "1:1", "1:m", "m:1". Of frames in memory.
        validate: Option<String>,
        /// Have no effect: `npartitions`, `shuffle_method`, `broadcast`.
        options: Keywords,
    ) -> Result<Value> {
        let _ = copy;
        super::merge::check_options(&options.0)?;
        let also = super::merge::Also { suffixes, indicator, validate, sort };
        super::merge::merge(context, &this, &right, &how, super::merge::On { on, left_on, right_on, left_index, right_index }, also)
    }

    /// With the rows of another frame beside those of the same label.
    fn join[context](
        /// The left frame.
        this: View,
        /// The right frame, a series, or a list of them.
        other: Value,
        /// Columns of the left frame that stand for its labels.
        on: Option<Labels>,
        /// Which rows: "left", "inner", "right", "outer", "cross".
        how: String = "left",
        /// What is put behind labels of the left frame that both have.
        lsuffix: String = "",
        /// And behind those of the right frame.
        rsuffix: String = "",
        /// Are rows in the order of their keys? Of frames in memory.
        sort: bool = false,
        /// Which keys have to be unique: "1:1", "1:m", "m:1". Of frames in memory.
        validate: Option<String>,
        /// Have no effect: `npartitions`, `shuffle_method`.
        options: Keywords,
    ) -> Result<Value> {
        super::merge::check_options(&options.0)?;
        let suffixes = Some(Value::tuple([Value::str(lsuffix), Value::str(rsuffix)]));
        super::merge::join(context, &this, &other, &how, on, super::merge::Also { suffixes, validate, sort, indicator: None })
    }

    /// Count, mean, spread and quartiles of each column of numbers.
    fn describe[context](/** The frame. */ this: View, /** Which parts: [0.25, 0.5, 0.75]. */ percentiles: Option<Vec<f64>>, /** "all", or types of columns. */ include: Option<Value>, /** Types of columns to leave out. */ exclude: Option<Value>) -> Result<Value> { super::describe::describe_with(context, &this, percentiles, include, exclude) }

    /// Writes CSV files: one, or one for each partition.
    fn to_csv[context](/** The frame. */ this: View, /** Where: with a `*` for the number of the partition. */ filename: Option<Value>, /** More: `index`, `sep`, `header`, `na_rep`, `single_file`. */ options: Keywords) -> Result<Value> { super::write::to_csv(context, &this, filename, options.0) }

    /// Writes Parquet files: one for each partition.
    fn to_parquet[context](/** The frame. */ this: View, /** The folder; of a frame in memory the file. */ path: Value, /** More: `index`, `compression`. */ options: Keywords) -> Result<Value> { super::write::to_parquet(context, &this, &path, options.0) }

    /// Writes an HDF5 file; of a lazy one with a `*` in its name one for each partition.
    ///
    /// ```rdk
    /// from os import remove
    /// pd.DataFrame({'day': ['Mon', 'Tue'], 'price': [1.5, 2.5]}).to_hdf('/tmp/rdk-to-hdf.h5', key='stock')
    /// pd.read_hdf('/tmp/rdk-to-hdf.h5', 'stock').price.sum()
    /// #> 4.0
    /// remove('/tmp/rdk-to-hdf.h5')
    /// ```
    fn to_hdf[context](/** The frame. */ this: View, /** Where. */ path_or_buf: Value, /** The group that it becomes. */ key: String, /** More: `mode`: "a" adds to the file, "w" begins it anew. */ options: Keywords) -> Result<Value> { super::hdf::to_hdf(context, &this, &path_or_buf, &key, options.0) }

    /// A dict from column to its values.
    fn to_dict[context](/** The frame. */ this: View, /** "dict", "list" or "records". */ orient: String = "dict") -> Result<Value> { super::arrays::to_dict(context, &this, &orient) }

    /// Walks the columns: their labels with the series.
    fn items(/** The frame. */ this: View) -> Result<Value> {
        let pairs = this.labels().into_iter().map(|label| Ok(Value::tuple([label.to_value(), items::column(&this, &label)?])));
        let mut pairs = pairs.collect::<Result<Vec<_>>>()?.into_iter();
        Ok(Value::iter("generator", move |_| pairs.next().map(Ok)))
    }

    /// Walks the rows: their labels with a series for each.
    fn iterrows[context](/** The frame. */ this: View) -> Result<Value> { super::arrays::iterrows(context, &this) }

    /// Walks the rows as tuples.
    fn itertuples[context](/** The frame. */ this: View, /** Does the label come first? */ index: bool = true, /** What the tuples are called; `None`: plain tuples. */ name: Value = "Pandas") -> Result<Value> { super::arrays::itertuples(context, &this, index, name.as_str().map(str::to_string)) }
}

/// `sort_values(…, key=f)`: by what a function makes of each column.
fn sorted_by(
    context: &Context,
    view: &View,
    by: &Labels,
    key: &Value,
    (ascending, na_position, ignore_index): (Option<Value>, String, bool),
) -> Result<Value> {
    let hidden = |at: usize| Label::text(format!("__key_{at}"));
    let mut wide = view.clone();
    for (at, label) in by.labels.iter().enumerate() {
        let column = items::column(view, label)?;
        let made = context.call(key, Args::one(column))?;
        wide = items::with_column(context, &wide, &hidden(at), &made)?;
    }
    let sort = rdk_runtime::operators::attribute(context, &items::as_value(wide), "sort_values")?;
    let mut call = Args::one(Value::list((0..by.labels.len()).map(|at| hidden(at).to_value())));
    call.keywords.extend(ascending.map(|ascending| ("ascending".into(), ascending)));
    call.keywords.push(("na_position".into(), Value::str(na_position)));
    call.keywords.push(("ignore_index".into(), Value::Bool(ignore_index)));
    let made = context.call(&sort, call)?;
    let Some(frame) = made.get::<Frame>() else { return Ok(made) };
    let mut sorted = frame.view();
    sorted.columns.truncate(view.columns.len());
    Ok(items::as_value(sorted))
}

/// `ascending=`: for each key.
fn flags(ascending: Option<Value>, n: usize) -> Result<Vec<bool>> {
    match ascending {
        None => Ok(vec![true; n]),
        Some(Value::Bool(flag)) => Ok(vec![flag; n]),
        Some(other) => match <Vec<bool> as rdk_runtime::FromValue>::from_value(&other) {
            Some(flags) if flags.len() == n => Ok(flags),
            _ => bail!("Length of ascending ({}) != length of by ({n})", other.items().map_or(1, |items| items.len())),
        },
    }
}

/// The places of these columns in partitions.
pub fn places(view: &View, labels: &[Label]) -> Result<Vec<usize>> {
    let place = |label: &Label| match view.columns.iter().position(|named| named.label.as_ref() == Some(label)) {
        Some(at) => Ok(view.index.len() + at),
        None => Err(view.no_column(label)),
    };
    labels.iter().map(place).collect()
}

fn top(context: &Context, view: &View, n: usize, columns: &Labels, largest: bool) -> Result<Value> {
    if columns.labels.is_empty() {
        return items::rows_at(context, view, crate::steps::Take::Head(0));
    }
    let keys: Vec<Key> = places(view, &columns.labels)?
        .into_iter()
        .map(|column| Key { column, descending: largest, missing_first: false })
        .collect();
    largest_of(context, view, n, keys, if largest { "nlargest" } else { "nsmallest" })
}

/// The first rows in an order: of each partition, then of all together.
pub fn largest_of(context: &Context, view: &View, n: usize, keys: Vec<Key>, name: &str) -> Result<Value> {
    let work = |keys| Order { name: name.to_string(), keys, limit: Some(n), drop_missing: view.shape == Shape::Series };
    let schema = step_schema(view)?;
    let place = context.place();
    let parts = Whole::at(work(keys.clone()), place.clone());
    let partitions = view.rows.n_partitions;
    let rows =
        Rows::step(&format!("{name}-part"), parts, vec![view.clone()], Wiring::Each, partitions, schema.clone())?;
    let part = over_step(view, &rows);
    let rows = Rows::step(name, Whole::at(work(keys), place), vec![part], Wiring::All, 1, schema)?;
    Frame::answer(context, over_step(view, &rows))
}

/// The rows in the order of their labels.
pub fn sort_index(context: &Context, view: &View, ascending: bool) -> Result<Value> {
    let keys = (0..view.index.len()).map(|column| Key { column, descending: !ascending, missing_first: false });
    Frame::answer(context, ordered_apart(context, view, keys.collect(), "sort-index")?)
}

/// With the index as columns, and rows counted anew.
pub fn reset_index(context: &Context, view: &View, forget: bool) -> Result<Value> {
    Frame::answer(context, recounted(context, view, forget)?)
}

/// The same as a view.
pub fn recounted(context: &Context, view: &View, forget: bool) -> Result<View> {
    let mut columns = Vec::new();
    if !forget {
        let single = view.index.len() == 1;
        for (at, named) in view.index.iter().enumerate() {
            let label = match &named.label {
                Some(label) => label.clone(),
                None if single && view.find(&Label::text("index")).is_none() => Label::text("index"),
                None => Label::text(format!("level_{at}")),
            };
            let label = match super::levels::depth(view) {
                1 => label,
                n => Label::Levels(std::iter::once(label).chain(vec![Label::text(""); n - 1]).collect()),
            };
            if view.find(&label).is_some() {
                bail!("cannot insert {label}, already exists");
            }
            columns.push(Named { label: Some(label), expr: named.expr.clone() });
        }
    }
    let mut values = view.columns.clone();
    if view.shape == Shape::Series && !forget {
        values[0].label.get_or_insert(Label::Number(0));
    }
    columns.extend(values);
    let shape = if view.shape == Shape::Series && forget { Shape::Series } else { Shape::Frame };
    let wide = view.with_columns(columns, shape, "reset-index");
    let work = crate::steps::Recount { n_index: view.index.len() };
    let narrow = View { index: vec![Named { label: None, expr: datafusion::logical_expr::lit(0i64) }], ..wide };
    let schema = step_schema(&narrow)?;
    let n = narrow.rows.n_partitions;
    let rows =
        Rows::step("reset-index", Whole::at(work, context.place()), vec![narrow.clone()], Wiring::Each, n, schema)?;
    let rows = Arc::new(Rows { counted: true, ..(*rows).clone() });
    Ok(over_step(&narrow, &rows))
}

fn drop(
    context: &Context,
    this: View,
    labels: Option<Value>,
    axis: Option<Value>,
    index: Option<Value>,
    columns: Option<Value>,
    errors: &str,
) -> Result<Value> {
    let (columns, index) = match (labels, super::axis_labels::of_columns(&axis)?) {
        (Some(labels), true) => (Some(labels), index),
        (Some(labels), false) => (columns, Some(labels)),
        (None, _) => (columns, index),
    };
    let mut view = this;
    if let Some(columns) = columns {
        let labels = match <Labels as rdk_runtime::FromValue>::from_value(&columns) {
            Some(labels) => labels.labels,
            None => labels_of(&columns)?,
        };
        let missing: Vec<&Label> = labels.iter().filter(|label| view.find(label).is_none()).collect();
        if errors != "ignore"
            && let [first, ..] = missing[..]
        {
            let hints = view.no_column(first).0.hints.join("; ");
            let missing: Vec<String> = missing.iter().map(|label| label.quoted()).collect();
            return Err(rdk_runtime::error!(KeyError: "[{}] not found in axis", missing.join(", ")).hint(hints));
        }
        view.columns.retain(|named| named.label.as_ref().is_none_or(|label| !labels.contains(label)));
        view.name = "drop".into();
    }
    let Some(index) = index else { return Ok(items::as_value(view)) };
    drop_rows(context, &view, &index, errors)
}

/// Without the rows of these labels.
pub fn drop_rows(context: &Context, view: &View, index: &Value, errors: &str) -> Result<Value> {
    let index = super::selection::settled(context, &items::as_value(view.clone()), index)?;
    let is_key = view.index.len() > 1 && matches!(index, Value::Tuple(_));
    let list = index.items().filter(|_| !is_key).unwrap_or_else(|| vec![index.clone()]);
    if view.eager {
        let found = super::selection::found_labels(context, &super::loc::with_plain_labels(view)?, &list)?;
        let missing: Vec<String> =
            list.iter().zip(&found).filter(|(_, rows)| rows.is_empty()).map(|(label, _)| label.repr()).collect();
        if errors != "ignore" && !missing.is_empty() {
            bail!(KeyError: "[{}] not found in axis", missing.join(", "); hint: "`errors=\"ignore\"` leaves out what is there");
        }
        let dropped: rustc_hash::FxHashSet<u64> = found.into_iter().flatten().collect();
        let n = super::object::n_rows(context, view)? as u64;
        let rows = (0..n).filter(|row| !dropped.contains(row)).collect();
        return items::rows_at(context, view, crate::steps::Take::Rows(rows));
    }
    let labels = view.index[0].expr.clone();
    let labels = crate::category::values_of(labels, &view.type_of(&view.index[0].expr)?);
    let mut wanted = Vec::new();
    for item in &list {
        let Some(literal) = crate::cell::literal(item) else {
            bail!(TypeError: "expected a label, got {}", what(item))
        };
        wanted.push(super::operators::fitted(literal, &labels, view)?);
    }
    let condition = labels.in_list(wanted, true);
    let rows = view.rows.filtered(condition)?;
    Frame::answer(context, View { name: "drop".into(), ..view.over(&rows) })
}

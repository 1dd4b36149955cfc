//! Frames turned into other forms: `explode`, `melt`, `pivot_table`, `unstack`, `get_dummies`, `T`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringViewArray, UInt64Array};
use arrow::compute::{cast, take};
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, SortField};
use rdk_runtime::{Context, FromValue, Name, Result, Value, bail, builtins};
use rustc_hash::FxHashMap;

use super::frame_methods::places;
use super::group_values::joined;
use super::groups::beside;
use super::known_names::call;
use super::pivot::{Pivot, pivot, pivot_table};
use super::{create, items, wholes};
use crate::batches::{arrow_error, as_key};
use crate::cell;
use crate::frame::{Frame, FrameArg, Labels, what};
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Named, Shape, View};

/// The rows in memory.
pub fn rows_of(context: &Context, view: &View) -> Result<arrow::array::RecordBatch> {
    lower::in_memory(&lower::compute_now(context, view)?)
}

/// A row for each element of a list, beside the other columns.
fn explode(context: &Context, view: &View, place: usize) -> Result<Value> {
    let batch = rows_of(context, view)?;
    let column = batch.column(place);
    let DataType::List(_) = column.data_type() else { return Ok(items::as_value(view.clone())) };
    let lists = column.as_list::<i32>();
    let offsets = lists.value_offsets();
    let (mut rows, mut elements) = (Vec::new(), Vec::new());
    for row in 0..batch.num_rows() {
        let (start, end) = (offsets[row] as u64, offsets[row + 1] as u64);
        if lists.is_null(row) || start == end {
            rows.push(row as u64);
            elements.push(None);
            continue;
        }
        for element in start..end {
            rows.push(row as u64);
            elements.push(Some(element));
        }
    }
    let n = rows.len();
    let (rows, elements) = (UInt64Array::from(rows), UInt64Array::from(elements));
    let mut arrays = Vec::new();
    for (at, column) in batch.columns().iter().enumerate() {
        arrays.push(match at == place {
            true => take(lists.values(), &elements, None).map_err(arrow_error)?,
            false => take(column, &rows, None).map_err(arrow_error)?,
        });
    }
    let gather = Gather { counted: false, ..Gather::of(view) };
    Ok(Frame::eager(gather.of_batch(&beside(arrays, n)?)?))
}

/// Rows and columns change places.
fn transposed(context: &Context, view: &View) -> Result<Value> {
    let batch = rows_of(context, view)?;
    let n = view.index.len();
    let labels: Vec<Value> = view.labels().iter().map(Label::to_value).collect();
    let mut columns = Vec::new();
    for row in 0..batch.num_rows() {
        let value = items::index_value(&batch, n, row);
        let label = Label::of(&value).unwrap_or_else(|| Label::text(value.text()));
        let cells = batch.columns()[n..].iter().map(|column| column.slice(row, 1)).collect();
        columns.push((label, joined(cells)?));
    }
    let index = cell::column(&labels, "of labels")?;
    let name = view.across.first().cloned().flatten();
    let made = create::frame_of(columns, Some((name, index)), labels.len())?;
    let across: Vec<Option<Label>> = view.index.iter().map(|named| named.label.clone()).collect();
    Ok(Frame::eager(View { across: if across.iter().any(Option::is_some) { across } else { Vec::new() }, ..made }))
}

/// Columns below each other: their labels in one column, their values in another.
fn melt(
    context: &Context,
    view: &View,
    ids: &[Label],
    values: Option<&[Label]>,
    [var_name, value_name]: [String; 2],
    ignore_index: bool,
) -> Result<Value> {
    let ids = places(view, ids)?;
    let n_index = view.index.len();
    let values = match values {
        Some(values) => places(view, values)?,
        None => (n_index..n_index + view.columns.len()).filter(|at| !ids.contains(at)).collect(),
    };
    let batch = rows_of(context, view)?;
    let (n, times) = (batch.num_rows(), values.len());
    let repeated: UInt64Array = (0..times).flat_map(|_| 0..n as u64).collect();
    let labels = view.labels();
    let mut columns = Vec::new();
    for at in ids {
        let column = take(batch.column(at), &repeated, None).map_err(arrow_error)?;
        columns.push((labels[at - n_index].clone(), column));
    }
    let names = values.iter().flat_map(|at| std::iter::repeat_n(labels[at - n_index].to_string(), n));
    columns.push((Label::text(var_name), Arc::new(names.map(Some).collect::<StringViewArray>())));
    columns.push((Label::text(value_name), joined(values.iter().map(|&at| batch.column(at).clone()).collect())?));
    let mut made = create::frame_of(columns, None, n * times)?;
    if !ignore_index {
        let mut index = Vec::new();
        for (named, column) in view.index.iter().zip(batch.columns()) {
            let column = take(column, &repeated, None).map_err(arrow_error)?;
            let (over, expr) = super::align::beside(context, &made, column)?;
            made = over;
            index.push(Named { label: named.label.clone(), expr });
        }
        made = View { rows: made.rows.uncounted(), index, ..made };
    }
    Ok(Frame::eager(made))
}

/// How the keys of a table follow each other.
#[derive(Clone, Copy, PartialEq)]
pub enum Order {
    /// As they first appear.
    Found,
    /// By what they are, what is missing before the rest: `unstack`, `pivot`.
    MissingFirst,
    /// By what they are, what is missing behind the rest: `pivot_table`, `crosstab`.
    MissingLast,
}

/// How the keys of a table are laid out.
#[derive(Clone, Copy)]
pub struct Laid {
    /// How they follow each other.
    pub order: Order,
    /// All combinations of the keys of several levels, or those that are there?
    pub all: bool,
}

/// The label of a column that a key becomes, as pandas shows what is missing among labels of several levels, or of one.
pub fn label_of(key: &ArrayRef, row: usize, several: bool) -> Label {
    if key.is_null(row) {
        return Label::text(if several { "nan" } else { "NaN" });
    }
    let key = cell::value(key, row);
    Label::of(&key).unwrap_or_else(|| Label::text(key.text()))
}

/// How many cells a table has at most.
const MOST: usize = 1 << 28;

/// For each row its place among the keys, and the keys.
fn placed(columns: &[ArrayRef], laid: Laid) -> Result<(Vec<usize>, Vec<ArrayRef>)> {
    let keys_at = |column: &ArrayRef, rows: Vec<u64>| take(column, &UInt64Array::from(rows), None).map_err(arrow_error);
    if !laid.all || columns.len() < 2 {
        let (places, firsts) = codes(columns, laid.order)?;
        let keys = columns.iter().map(|column| keys_at(column, firsts.clone()));
        return Ok((places, keys.collect::<Result<_>>()?));
    }
    let mut levels = Vec::new();
    let mut n: usize = 1;
    for column in columns {
        let (codes, firsts) = codes(std::slice::from_ref(column), laid.order)?;
        n = n.saturating_mul(firsts.len());
        levels.push((codes, firsts));
    }
    if n > MOST {
        bail!(MemoryError: "all combinations of {} keys are more than {MOST} rows or columns", columns.len(); hint: "`dropna=True` takes those that are there");
    }
    let mut places = vec![0; columns[0].len()];
    let mut keys = Vec::new();
    // How many combinations of the levels that follow there are.
    let mut below = n;
    for (column, (codes, firsts)) in columns.iter().zip(levels) {
        below /= firsts.len().max(1);
        places.iter_mut().zip(codes).for_each(|(place, code)| *place += code * below);
        keys.push(keys_at(column, (0..n).map(|place| firsts[place / below % firsts.len()]).collect())?);
    }
    Ok((places, keys))
}

/// The same rows, and with nothing in them those of all other combinations of the labels of several levels.
pub fn all_rows(context: &Context, view: &View, order: Order, fill: Option<&Value>) -> Result<View> {
    let n = view.index.len();
    if n < 2 {
        return Ok(view.clone());
    }
    let batch = rows_of(context, view)?;
    let (codes, mut arrays) = placed(&batch.columns()[..n], Laid { order, all: true })?;
    let length = arrays[0].len();
    let mut places: Vec<Option<u64>> = vec![None; length];
    codes.iter().enumerate().for_each(|(row, &place)| places[place] = Some(row as u64));
    let places = UInt64Array::from(places);
    for column in &batch.columns()[n..] {
        let made = filled(take(column, &places, None).map_err(arrow_error)?, fill)?;
        arrays.push(crate::lower::floats_where_missing(&made)?);
    }
    let labels = |named: &[Named]| named.iter().map(|named| named.label.clone()).collect::<Vec<_>>();
    let (index, columns) = (labels(&view.index), labels(&view.columns));
    Gather { index, columns, across: view.across.clone(), shape: view.shape, counted: false }
        .of_batch(&beside(arrays, length)?)
}

/// The column with another value where something is missing.
fn filled(column: ArrayRef, fill: Option<&Value>) -> Result<ArrayRef> {
    let Some(fill) = fill else { return Ok(column) };
    let value = |row: usize| if column.is_null(row) { fill.clone() } else { cell::value(&column, row) };
    cell::column(&(0..column.len()).map(value).collect::<Vec<_>>(), "of values")
}

/// For each row its place among the different ones, and where each of those first stands.
fn codes(columns: &[ArrayRef], order_of: Order) -> Result<(Vec<usize>, Vec<u64>)> {
    let nulls_first = order_of == Order::MissingFirst;
    let options = arrow::compute::SortOptions { descending: false, nulls_first };
    let field = |column: &ArrayRef| SortField::new_with_options(column.data_type().clone(), options);
    let fields = columns.iter().map(field).collect();
    let converter = RowConverter::new(fields).map_err(arrow_error)?;
    let encoded = converter.convert_columns(&columns.iter().map(as_key).collect::<Vec<_>>()).map_err(arrow_error)?;
    let mut found: FxHashMap<&[u8], usize> = FxHashMap::default();
    let mut firsts: Vec<u64> = Vec::new();
    let mut codes = Vec::with_capacity(encoded.num_rows());
    for row in 0..encoded.num_rows() {
        codes.push(*found.entry(encoded.row(row).data()).or_insert_with(|| {
            firsts.push(row as u64);
            firsts.len() - 1
        }));
    }
    let mut order: Vec<usize> = (0..firsts.len()).collect();
    if order_of != Order::Found {
        order.sort_by(|&a, &b| encoded.row(firsts[a] as usize).cmp(&encoded.row(firsts[b] as usize)));
    }
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(at, &old)| place[old] = at);
    Ok((codes.into_iter().map(|code| place[code]).collect(), order.iter().map(|&old| firsts[old]).collect()))
}

/// A row for each row key, and for each value a column for each column key.
pub fn spread(
    rows: &[Named],
    row_keys: &[ArrayRef],
    across: &[Named],
    column_keys: &[ArrayRef],
    values: Vec<(Option<Label>, ArrayRef)>,
    fill: Option<&Value>,
    laid: Laid,
) -> Result<View> {
    let (row_codes, mut arrays) = placed(row_keys, laid)?;
    let (column_codes, column_keys) = placed(column_keys, laid)?;
    let length = |keys: &[ArrayRef]| keys.first().map_or(1, |key| key.len());
    let (n, width) = (length(&arrays), length(&column_keys));
    let Some(size) = n.checked_mul(width).filter(|&size| size <= MOST) else {
        bail!(MemoryError: "a table of {n} rows and {width} columns has more than {MOST} cells"; hint: "`groupby` gives a row for each pair of keys that is there");
    };
    let mut cells: Vec<Option<u64>> = vec![None; size];
    for (row, (&down, &across)) in row_codes.iter().zip(&column_codes).enumerate() {
        let cell = &mut cells[across * n + down];
        if cell.is_some() {
            bail!("Index contains duplicate entries, cannot reshape"; hint: "`pivot_table(…, aggfunc=\"mean\")` makes one value of several");
        }
        *cell = Some(row as u64);
    }
    let mut labels = Vec::new();
    let mut names: Vec<Option<Label>> = across.iter().map(|named| named.label.clone()).collect();
    let depth = |label: &Option<Label>| match label {
        Some(Label::Levels(levels)) => levels.len(),
        label => usize::from(label.is_some()),
    };
    let deep = values.iter().map(|(label, _)| depth(label)).max().unwrap_or(0);
    names.splice(0..0, std::iter::repeat_n(None, deep));
    let several = deep + column_keys.len() > 1;
    // Where a cell is missing anywhere, whole numbers become floats everywhere.
    let widen = cells.iter().any(Option::is_none) && fill.is_none();
    for (label, column) in values {
        let column = match widen && column.data_type().is_integer() {
            true => cast(&column, &DataType::Float64).map_err(arrow_error)?,
            false => column,
        };
        for across in 0..width {
            let places = UInt64Array::from(cells[across * n..(across + 1) * n].to_vec());
            arrays.push(filled(take(&column, &places, None).map_err(arrow_error)?, fill)?);
            let keys = column_keys.iter().map(|key| label_of(key, across, several));
            let above = match &label {
                Some(Label::Levels(levels)) => levels.clone(),
                label => label.iter().cloned().collect(),
            };
            let mut levels: Vec<Label> = above.into_iter().chain(keys).collect();
            labels.push(match levels.len() {
                1 => levels.pop(),
                _ => Some(Label::Levels(levels)),
            });
        }
    }
    let index = rows.iter().map(|named| named.label.clone()).collect();
    Gather { index, columns: labels, across: names, shape: Shape::Frame, counted: false }.of_batch(&beside(arrays, n)?)
}

/// The last level of the index becomes columns.
fn unstack(context: &Context, view: &View, level: &Value, fill: Option<Value>) -> Result<Value> {
    if !view.eager {
        bail!(NotImplementedError: "`unstack` of a lazy frame"; hint: "`.compute()` first");
    }
    let n = view.index.len();
    if n < 2 {
        bail!("index must be a MultiIndex to unstack, it has one level"; hint: "`groupby([\"a\", \"b\"])` gives two");
    }
    let names: Vec<_> = view.index.iter().map(|named| named.label.clone()).collect();
    let at = super::levels::place(level, &names)?;
    if at + 1 < n {
        // Another level than the last one: it becomes the last one, and rows come into the order of the others.
        let mut moved = view.clone();
        let named = moved.index.remove(at);
        moved.index.push(named);
        let sorted = super::frame_methods::sort_index(context, &moved, true)?;
        let sorted = sorted.get::<Frame>().map_or(moved, Frame::view);
        return unstack(context, &sorted, &Value::Int(-1), fill);
    }
    let batch = rows_of(context, view)?;
    let label = |named: &Named| if view.shape == Shape::Frame { named.label.clone() } else { None };
    let values = view.columns.iter().enumerate().map(|(at, named)| (label(named), batch.column(n + at).clone()));
    let made = spread(
        &view.index[..n - 1],
        &batch.columns()[..n - 1],
        &view.index[n - 1..],
        &batch.columns()[n - 1..n],
        values.collect(),
        fill.as_ref(),
        Laid { order: Order::MissingFirst, all: false },
    )?;
    Ok(Frame::eager(made))
}

/// The columns become the last level of the index.
fn stack(context: &Context, view: &View) -> Result<Value> {
    let batch = rows_of(context, view)?;
    let (n_index, width, n) = (view.index.len(), view.columns.len(), batch.num_rows());
    let repeated: UInt64Array = (0..n as u64).flat_map(|row| std::iter::repeat_n(row, width)).collect();
    let mut arrays = Vec::new();
    for column in &batch.columns()[..n_index] {
        arrays.push(take(column, &repeated, None).map_err(arrow_error)?);
    }
    let labels: Vec<Value> = view.labels().iter().map(Label::to_value).collect();
    let labels: Vec<Value> = (0..n).flat_map(|_| labels.clone()).collect();
    arrays.push(cell::column(&labels, "of labels")?);
    let all = joined(batch.columns()[n_index..].to_vec())?;
    let places: UInt64Array = (0..n).flat_map(|row| (0..width).map(move |at| (at * n + row) as u64)).collect();
    arrays.push(take(&all, &places, None).map_err(arrow_error)?);
    let mut index: Vec<Option<Label>> = view.index.iter().map(|named| named.label.clone()).collect();
    index.push(view.across.last().cloned().flatten());
    let gather = Gather { index, columns: vec![None], across: Vec::new(), shape: Shape::Series, counted: false };
    Ok(Frame::eager(gather.of_batch(&beside(arrays, n * width)?)?))
}

/// A column of True and False for each different value.
fn dummies(
    context: &Context,
    view: &View,
    columns: Option<Labels>,
    prefix: Option<String>,
    separator: &str,
    [drop_first, dummy_na]: [bool; 2],
    of: Option<Value>,
) -> Result<Value> {
    use super::category::dummies;
    if dummies::takes(view)? {
        let of = of.as_ref().map(crate::dtype::read).transpose()?.unwrap_or(DataType::Boolean);
        let asked = dummies::Asked { columns, prefix, separator: separator.into(), drop_first, dummy_na, of };
        return dummies::dummies(context, view, &asked);
    }
    let batch = rows_of(context, view)?;
    let n_index = view.index.len();
    let chosen = match &columns {
        Some(columns) => places(view, &columns.labels)?,
        None if view.shape == Shape::Frame => {
            (n_index..batch.num_columns()).filter(|&at| cell::is_text(batch.column(at).data_type())).collect()
        }
        None => vec![n_index],
    };
    let wanted = of.as_ref().map(crate::dtype::read).transpose()?.unwrap_or(DataType::Boolean);
    let labels = view.labels();
    let mut arrays: Vec<ArrayRef> = batch.columns()[..n_index].to_vec();
    let mut made: Vec<Option<Label>> = Vec::new();
    for at in n_index..batch.num_columns() {
        if !chosen.contains(&at) {
            made.push(Some(labels[at - n_index].clone()));
            arrays.push(batch.column(at).clone());
        }
    }
    for at in chosen {
        let column = batch.column(at);
        let (codes, firsts) = codes(std::slice::from_ref(column), Order::MissingFirst)?;
        let start = usize::from(drop_first);
        let present: Vec<usize> = (0..firsts.len()).filter(|&code| !column.is_null(firsts[code] as usize)).collect();
        for &code in &present[start.min(present.len())..] {
            let value = cell::value(column, firsts[code] as usize);
            let before = match (&prefix, view.shape) {
                (Some(prefix), _) => Some(prefix.clone()),
                (None, Shape::Frame) => Some(labels[at - n_index].to_string()),
                (None, _) => None,
            };
            made.push(match before {
                Some(before) => Some(Label::text(format!("{before}{separator}{}", value.text()))),
                None => Label::of(&value).or_else(|| Some(Label::text(value.text()))),
            });
            let flags: BooleanArray = codes.iter().map(|&other| Some(other == code)).collect();
            arrays.push(cast(&flags, &wanted).map_err(arrow_error)?);
        }
        if dummy_na {
            made.push(Some(match (&prefix, view.shape) {
                (Some(prefix), _) => Label::text(format!("{prefix}{separator}nan")),
                (None, Shape::Frame) => Label::text(format!("{}{separator}nan", labels[at - n_index])),
                (None, _) => Label::of(&Value::Float(f64::NAN)).unwrap_or_else(|| Label::text("NaN")),
            }));
            let flags: BooleanArray = (0..column.len()).map(|row| Some(column.is_null(row))).collect();
            arrays.push(cast(&flags, &wanted).map_err(arrow_error)?);
        }
    }
    let gather = Gather { columns: made, shape: Shape::Frame, ..Gather::of(view) };
    Ok(Frame::eager(gather.of_batch(&beside(arrays, batch.num_rows())?)?))
}

/// Methods of frames alone.
pub mod of_frame {
    use super::*;

    builtins! {
        /// A row for each element of the lists in a column.
        fn explode[context](/** The frame. */ this: View, /** The column. */ column: Labels, /** Are rows counted anew? */ ignore_index: bool = false) -> Result<Value> {
            let Some(first) = column.labels.first() else { bail!("column must be nonempty"; hint: "`explode(\"x\")` names the column of lists") };
            let place = places(&this, std::slice::from_ref(first))?[0];
            if !this.eager {
                return wholes::in_each(context, &this, "explode", vec![column.labels[0].to_value()], vec![(Name::from("meta"), meta_of(&this, place)?)]);
            }
            let made = explode(context, &this, place)?;
            if ignore_index { call(context, &made, "reset_index", vec![Value::Bool(true)], vec![]) } else { Ok(made) }
        }

        /// Columns below each other: their labels in one column, their values in another.
        fn melt[context](/** The frame. */ this: View, /** Columns that stay. */ id_vars: Option<Labels>, /** Columns that go below each other; all others if it is left out. */ value_vars: Option<Labels>, /** What the column of labels is called. */ var_name: String = "variable", /** What the column of values is called. */ value_name: String = "value", /** Are rows counted anew? */ ignore_index: bool = true) -> Result<Value> { melted(context, &this, id_vars, value_vars, var_name, value_name, ignore_index) }

        /// A table of reductions: a row and a column for each key.
        fn pivot_table[context](/** The frame. */ this: View, /** The columns to be reduced. */ values: Option<Labels>, /** The columns whose values make rows. */ index: Option<Labels>, /** The columns whose values make columns. */ columns: Option<Labels>, /** The reduction, or a list of them. */ aggfunc: Value = "mean", /** What stands where there is nothing. */ fill_value: Option<Value>, /** Are there totals of each row and column? */ margins: bool = false, /** Are groups left out of which nothing is there? */ dropna: bool = true, /** What totals are called. */ margins_name: String = "All", /** Only groups of categories that are there, or all? */ observed: bool = true, /** Are keys in order, and not as they first appear? */ sort: bool = true) -> Result<Value> {
            pivot_table(context, &this, &Pivot { values, index, columns, how: aggfunc, fill: fill_value, dropna, sort, margins: margins.then_some(margins_name), unobserved: !observed })
        }

        /// A row and a column for each key; there is one value for each pair.
        fn pivot[context](/** The frame. */ this: View, /** The columns whose values make columns. */ columns: Labels, /** The columns whose values make rows. */ index: Option<Labels>, /** The columns of values. */ values: Option<Labels>) -> Result<Value> { pivot(context, &this, &columns, index, values) }

        /// Rows and columns change places.
        fn transpose[context](/** The frame. */ this: View) -> Result<Value> { turned(context, &this) }

        /// The columns become the last level of the index.
        fn stack[context](/** The frame. */ this: View, /** Has no effect. */ future_stack: Option<bool>) -> Result<Value> { let _ = future_stack; stack(context, &this) }

        /// The last level of the index becomes columns.
        fn unstack[context](/** The frame. */ this: View, /** The number of the level, or its name. */ level: Value = -1, /** What stands where there is nothing. */ fill_value: Option<Value>) -> Result<Value> { unstack(context, &this, &level, fill_value) }
    }

    /// The attribute `T`.
    pub mod attributes {
        use super::*;

        builtins! {
            /// Rows and columns change places.
            fn T[context](/** The frame. */ this: View) -> Result<Value> { turned(context, &this) }
        }
    }
}

fn turned(context: &Context, view: &View) -> Result<Value> {
    if !view.eager {
        bail!(NotImplementedError: "a lazy frame has no rows that could become columns"; hint: "`.compute().T`");
    }
    transposed(context, view)
}

fn melted(
    context: &Context,
    view: &View,
    ids: Option<Labels>,
    values: Option<Labels>,
    var_name: String,
    value_name: String,
    ignore_index: bool,
) -> Result<Value> {
    if !view.eager {
        if !ignore_index {
            bail!(TypeError: "melt() of a lazy frame got an unexpected keyword argument 'ignore_index'");
        }
        let list = |labels: &Option<Labels>| {
            labels.as_ref().map_or(Value::None, |labels| Value::list(labels.labels.iter().map(Label::to_value)))
        };
        let args = vec![list(&ids), list(&values), Value::str(var_name), Value::str(value_name)];
        return wholes::in_each(context, view, "melt", args, vec![]);
    }
    let ids = ids.map(|labels| labels.labels).unwrap_or_default();
    melt(context, view, &ids, values.as_ref().map(|labels| &labels.labels[..]), [var_name, value_name], ignore_index)
}

/// An empty frame like what `explode` gives.
fn meta_of(view: &View, place: usize) -> Result<Value> {
    let schema = view.schema()?;
    let arrays = schema.fields().iter().enumerate().map(|(at, field)| {
        arrow::array::new_empty_array(match field.data_type() {
            DataType::List(inside) if at == place => inside.data_type(),
            of => of,
        })
    });
    let gather = Gather { counted: false, ..Gather::of(view) };
    Ok(Frame::eager(gather.of_batch(&beside(arrays.collect(), 0)?)?))
}

/// Methods of series alone.
pub mod of_series {
    use super::*;

    builtins! {
        /// A row for each element of the lists.
        ///
        /// ```rdk
        /// pd.Series([["a", "b"], ["c"]]).explode().tolist()
        /// #> ['a', 'b', 'c']
        /// ```
        fn explode[context](/** The series. */ this: View, /** Are rows counted anew? */ ignore_index: bool = false) -> Result<Value> {
            let place = this.index.len();
            if !this.eager {
                return wholes::in_each(context, &this, "explode", vec![], vec![(Name::from("meta"), meta_of(&this, place)?)]);
            }
            let made = explode(context, &this, place)?;
            if ignore_index { call(context, &made, "reset_index", vec![Value::Bool(true)], vec![]) } else { Ok(made) }
        }

        /// The last level of the index becomes columns.
        fn unstack[context](/** The series. */ this: View, /** The number of the level, or its name. */ level: Value = -1, /** What stands where there is nothing. */ fill_value: Option<Value>) -> Result<Value> { unstack(context, &this, &level, fill_value) }
    }
}

/// Functions of the modules.
pub mod functions {
    use super::*;

    builtins! {
        /// A column of True and False for each different value.
        fn get_dummies[context](/** A frame or series. */ data: View, /** What stands before the values in the labels. */ prefix: Option<String>, /** What stands between both. */ prefix_sep: String = "_", /** Is there a column for what is missing? */ dummy_na: bool = false, /** Only these columns; those of texts if it is left out. */ columns: Option<Labels>, /** Is the first value of each left out? */ drop_first: bool = false, /** Another type than bool. */ dtype: Option<Value>) -> Result<Value> { dummies(context, &data, columns, prefix, &prefix_sep, [drop_first, dummy_na], dtype) }

        /// Columns below each other: their labels in one column, their values in another.
        fn melt[context](/** The frame. */ frame: FrameArg, /** Columns that stay. */ id_vars: Option<Labels>, /** Columns that go below each other; all others if it is left out. */ value_vars: Option<Labels>, /** What the column of labels is called. */ var_name: String = "variable", /** What the column of values is called. */ value_name: String = "value", /** Are rows counted anew? */ ignore_index: bool = true) -> Result<Value> { melted(context, &frame.0, id_vars, value_vars, var_name, value_name, ignore_index) }

        /// A table of reductions: a row and a column for each key.
        fn pivot_table[context](/** The frame. */ data: FrameArg, /** The columns to be reduced. */ values: Option<Labels>, /** The columns whose values make rows. */ index: Option<Labels>, /** The columns whose values make columns. */ columns: Option<Labels>, /** The reduction, or a list of them. */ aggfunc: Value = "mean", /** What stands where there is nothing. */ fill_value: Option<Value>, /** Are there totals of each row and column? */ margins: bool = false, /** Are groups left out of which nothing is there? */ dropna: bool = true, /** What totals are called. */ margins_name: String = "All", /** Only groups of categories that are there, or all? */ observed: bool = true, /** Are keys in order, and not as they first appear? */ sort: bool = true) -> Result<Value> {
            pivot_table(context, &data.0, &Pivot { values, index, columns, how: aggfunc, fill: fill_value, dropna, sort, margins: margins.then_some(margins_name), unobserved: !observed })
        }
    }

    /// Functions of pandas alone.
    pub mod of_pandas {
        use super::*;

        builtins! {
            /// The different values, as they first appear.
            fn unique[context](/** A series, list or array. */ values: Value) -> Result<Value> {
                let series = match View::from_value(&values) {
                    Some(view) => Frame::eager(view),
                    None => match cell::column_of(&values, "of values")? {
                        Some(column) => Frame::eager(create::series_of(None, column, None)?),
                        None => bail!(TypeError: "unique requires a Series, Index, list or array, got {}", what(&values)),
                    },
                };
                call(context, &series, "unique", vec![], vec![])
            }
        }
    }
}

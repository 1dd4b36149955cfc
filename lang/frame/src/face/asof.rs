//! `merge_asof`: rows beside the nearest row of another frame; `merge_ordered`: all rows in the order of their keys.

use arrow::array::{Array, ArrayRef, UInt64Array};
use arrow::compute::take;
use rdk_runtime::{Args, Context, HashKey, Name, Result, Value, bail, builtins};
use rustc_hash::FxHashMap;

use super::{align, items, statistics};
use crate::batches::arrow_error;
use crate::cell;
use crate::frame::{FrameArg, Labels};
use crate::label::Label;
use crate::lower;
use crate::plan::{Named, View};

/// Which rows are near enough.
struct Near {
    backward: bool,
    forward: bool,
    exact: bool,
    tolerance: Option<f64>,
}

/// Numbers that are in the order of the values.
fn numbers(column: &ArrayRef, role: &str) -> Result<Vec<f64>> {
    let floats = match column.data_type() {
        arrow::datatypes::DataType::Timestamp(..) => {
            super::dates::micros(column)?.iter().map(|micros| micros.map(|micros| micros as f64)).collect()
        }
        of if crate::dtype::is_number(of) => statistics::floats(column)?,
        of => bail!(
            "Incompatible merge dtype, {}: keys of `merge_asof` are numbers or times",
            crate::dtype::name(of, true)
        ),
    };
    if floats.null_count() > 0 {
        bail!("Merge keys contain null values on {role} side");
    }
    let floats = floats.values().to_vec();
    if floats.windows(2).any(|pair| pair[0] > pair[1]) {
        bail!("{role} keys must be sorted"; hint: "`sort_values` brings them in order");
    }
    Ok(floats)
}

fn keys(view: &View, on: &Option<Labels>, by_index: bool, role: &str) -> Result<Named> {
    match on {
        _ if by_index => Ok(view.index[0].clone()),
        Some(on) if on.labels.len() == 1 => view.column(&on.labels[0]).cloned(),
        Some(_) => bail!(MergeError: "can only asof on a key for {role}"),
        None => bail!(MergeError: "Must pass \"{role}_on\" OR \"{role}_index\"."),
    }
}

fn column(context: &Context, view: &View, named: &Named) -> Result<ArrayRef> {
    let series = view.series(None, named.expr.clone(), "key");
    let batch = lower::in_memory(&lower::compute_now(context, &series)?)?;
    Ok(batch.column(view.index.len()).clone())
}

/// What the rows of each group are known by.
fn groups(context: &Context, view: &View, by: &[Label]) -> Result<Vec<Vec<HashKey>>> {
    let columns = by.iter().map(|label| column(context, view, view.column(label)?)).collect::<Result<Vec<_>>>()?;
    let n = super::object::n_rows(context, view)?;
    (0..n).map(|row| columns.iter().map(|column| HashKey::new(cell::value(column, row))).collect()).collect()
}

/// The row of the right side that is nearest to a value.
fn nearest(rows: &[u64], right: &[f64], value: f64, near: &Near) -> Option<u64> {
    let before = rows
        .partition_point(|&row| if near.exact { right[row as usize] <= value } else { right[row as usize] < value });
    let after = rows
        .partition_point(|&row| if near.exact { right[row as usize] < value } else { right[row as usize] <= value });
    let back = (near.backward && before > 0).then(|| rows[before - 1]);
    let next = (near.forward && after < rows.len()).then(|| rows[after]);
    let distance = |row: u64| (right[row as usize] - value).abs();
    let found = match (back, next) {
        (Some(back), Some(next)) if distance(next) < distance(back) => Some(next),
        (Some(back), _) => Some(back),
        (None, next) => next,
    };
    found.filter(|&row| near.tolerance.is_none_or(|most| distance(row) <= most))
}

builtins! {
    /// Each row of the left frame beside the last row of the right one whose key is no greater.
    ///
    /// ```rdk
    /// trades, quotes = pd.DataFrame({"t": [2, 5]}), pd.DataFrame({"t": [1, 4, 6], "bid": [10, 20, 30]})
    /// pd.merge_asof(trades, quotes, on="t").bid.tolist()
    /// #> [10, 20]
    /// ```
    fn merge_asof[context](
        /// The left frame, in the order of its key.
        left: FrameArg,
        /// The right frame, in the order of its key.
        right: FrameArg,
        /// The column of both: numbers or times.
        on: Option<Labels>,
        /// That of the left frame.
        left_on: Option<Labels>,
        /// That of the right frame.
        right_on: Option<Labels>,
        /// Is it the index of the left frame?
        left_index: bool = false,
        /// Is it the index of the right frame?
        right_index: bool = false,
        /// Columns of both that have to be equal.
        by: Option<Labels>,
        /// Those of the left frame.
        left_by: Option<Labels>,
        /// Those of the right frame.
        right_by: Option<Labels>,
        /// What is put behind labels that both have.
        suffixes: Option<Vec<String>>,
        /// How far a row may be off: a number or a span of time.
        tolerance: Option<Value>,
        /// Does an equal key count?
        allow_exact_matches: bool = true,
        /// "backward": the last row before; "forward": the next one; "nearest": the nearer of both.
        direction: String = "backward",
    ) -> Result<Value> {
        let (left, right) = (left.0, right.0);
        if !(left.eager && right.eager) {
            bail!(NotImplementedError: "`merge_asof` of lazy frames"; hint: "`.compute()` first");
        }
        let copy = |labels: &Option<Labels>| labels.as_ref().map(|labels| Labels { labels: labels.labels.clone(), several: labels.several });
        let (a, b) = (keys(&left, &copy(&on).or(left_on), left_index, "left")?, keys(&right, &copy(&on).or(right_on), right_index, "right")?);
        let tolerance = match &tolerance {
            None => None,
            Some(value) => match crate::timedelta::micros_of(value).map(|micros| micros as f64).or_else(|| value.as_f64()) {
                Some(most) => Some(most),
                None => bail!(MergeError: "incompatible tolerance {}, must be compat with type of the key", value.text()),
            },
        };
        let near = match direction.as_str() {
            "backward" => Near { backward: true, forward: false, exact: allow_exact_matches, tolerance },
            "forward" => Near { backward: false, forward: true, exact: allow_exact_matches, tolerance },
            "nearest" => Near { backward: true, forward: true, exact: allow_exact_matches, tolerance },
            other => bail!(MergeError: "direction invalid: {other}"),
        };
        let wanted = numbers(&column(context, &left, &a)?, "left")?;
        let offered = numbers(&column(context, &right, &b)?, "right")?;
        let of = |labels: Option<Labels>| labels.map(|labels| labels.labels).unwrap_or_default();
        let (left_by, right_by) = match by {
            Some(by) => (by.labels.clone(), by.labels),
            None => (of(left_by), of(right_by)),
        };
        if left_by.len() != right_by.len() {
            bail!(MergeError: "left_by and right_by must be the same length");
        }
        let mut rows: FxHashMap<Vec<HashKey>, Vec<u64>> = FxHashMap::default();
        for (row, group) in groups(context, &right, &right_by)?.into_iter().enumerate() {
            rows.entry(group).or_default().push(row as u64);
        }
        let found = groups(context, &left, &left_by)?.into_iter().zip(&wanted);
        let found: UInt64Array = found.map(|(group, &value)| rows.get(&group).and_then(|rows| nearest(rows, &offered, value, &near))).collect();
        let same_key = !left_index && !right_index && a.label == b.label;
        let suffixes = suffixes.unwrap_or_else(|| vec!["_x".into(), "_y".into()]);
        let [first, second] = &suffixes[..] else { bail!("`suffixes` is a pair of texts") };
        let is_key = |named: &Named| same_key && named.label == b.label || named.label.as_ref().is_some_and(|label| right_by.contains(label) && left_by.contains(label));
        let added: Vec<Named> = right.columns.iter().filter(|named| !is_key(named)).cloned().collect();
        let clash = |label: &Label| left.find(label).is_some() && added.iter().any(|named| named.label.as_ref() == Some(label));
        let mut whole = left.clone();
        for named in &mut whole.columns {
            if let Some(label) = named.label.clone().filter(|label| clash(label)) {
                named.label = Some(Label::text(format!("{label}{first}")));
            }
        }
        for named in &added {
            let made = take(&column(context, &right, named)?, &found, None).map_err(arrow_error)?;
            let (over, expr) = align::beside(context, &whole, made)?;
            whole = over;
            let label = match &named.label {
                Some(label) if clash(label) => Some(Label::text(format!("{label}{second}"))),
                label => label.clone(),
            };
            whole.columns.push(Named { label, expr });
        }
        if left_index {
            return Ok(items::as_value(whole));
        }
        super::frame_methods::reset_index(context, &whole, true)
    }

    /// All rows of both frames in the order of their keys.
    fn merge_ordered[context](
        /// The left frame.
        left: Value,
        /// The right frame.
        right: Value,
        /// Labels of columns that both have.
        on: Option<Value>,
        /// Those of the left frame.
        left_on: Option<Value>,
        /// Those of the right frame.
        right_on: Option<Value>,
        /// "ffill": what is missing is as it was before.
        fill_method: Option<String>,
        /// What is put behind labels that both have.
        suffixes: Option<Value>,
        /// Which rows: "outer", "left", "right", "inner".
        how: String = "outer",
    ) -> Result<Value> {
        let method = rdk_runtime::operators::attribute(context, &left, "merge")?;
        let mut call = Args::one(right);
        let given = [("on", on), ("left_on", left_on), ("right_on", right_on), ("suffixes", suffixes)];
        call.keywords.extend(given.into_iter().filter_map(|(name, value)| value.map(|value| (Name::from(name), value))));
        call.keywords.push((Name::from("how"), Value::str(how)));
        call.keywords.push((Name::from("sort"), Value::Bool(true)));
        let made = context.call(&method, call)?;
        match fill_method.as_deref() {
            None => Ok(made),
            Some("ffill") => context.call(&rdk_runtime::operators::attribute(context, &made, "ffill")?, Args::none()),
            Some(_) => bail!("fill_method must be 'ffill' or None"),
        }
    }
}

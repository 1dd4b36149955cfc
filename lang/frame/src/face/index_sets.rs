//! More methods of indexes: sets of labels, places of labels, and what series do, too.

use rdk_array::Chunk;
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, FromValue, HashKey, Result, Slice, Value, bail, builtins};
use rustc_hash::FxHashSet;

use super::index_methods::through;
use super::{create, items};
use crate::cell;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Named, Shape, View};

fn labels(context: &Context, view: &View) -> Result<Vec<Value>> {
    if !view.eager {
        bail!(NotImplementedError: "labels of a lazy index"; hint: "`.compute()` gives them");
    }
    items::values(context, view)
}

/// The labels of something that has them in a row.
pub fn others(context: &Context, other: &Value) -> Result<Vec<Value>> {
    if let Some(view) = View::from_value(other).filter(|view| view.shape != Shape::Frame) {
        return items::values(context, &view);
    }
    match other.items().or_else(|| other.get::<NdArray>().and_then(|array| array.to_list().items())) {
        Some(items) => Ok(items),
        None => Ok(rdk_runtime::iterate(context, other)?.rest(context)?),
    }
}

fn index_of(label: Option<Label>, labels: &[Value]) -> Result<Value> {
    Ok(Frame::eager(create::index_view(label, cell::column(labels, "of labels")?)?))
}

/// In order, if they can be ordered.
fn sorted(context: &Context, mut labels: Vec<Value>) -> Vec<Value> {
    let mut failed = false;
    let mut ordered = labels.clone();
    ordered.sort_by(|a, b| {
        match (rdk_runtime::operators::less(context, a, b), rdk_runtime::operators::less(context, b, a)) {
            (Ok(true), _) => std::cmp::Ordering::Less,
            (_, Ok(true)) => std::cmp::Ordering::Greater,
            (Ok(false), Ok(false)) => std::cmp::Ordering::Equal,
            _ => {
                failed = true;
                std::cmp::Ordering::Equal
            }
        }
    });
    if !failed {
        labels = ordered;
    }
    labels
}

fn keys(labels: &[Value]) -> Result<FxHashSet<HashKey>> {
    labels.iter().map(|label| HashKey::new(label.clone())).collect()
}

/// Each once, as they first appear.
fn once(labels: Vec<Value>) -> Result<Vec<Value>> {
    let mut seen = FxHashSet::default();
    let mut made = Vec::new();
    for label in labels {
        if seen.insert(HashKey::new(label.clone())?) {
            made.push(label);
        }
    }
    Ok(made)
}

/// Labels of one or both sides.
fn set(
    context: &Context,
    this: &View,
    other: &Value,
    sort: &Value,
    keep: impl Fn(bool, bool) -> bool,
) -> Result<Value> {
    let (a, b) = (labels(context, this)?, others(context, other)?);
    let (in_a, in_b) = (keys(&a)?, keys(&b)?);
    let same = a.len() == b.len() && in_a == in_b && in_a.len() == a.len();
    let all = once(a.iter().chain(&b).cloned().collect())?;
    let mut made = Vec::new();
    for label in all {
        let key = HashKey::new(label.clone())?;
        if keep(in_a.contains(&key), in_b.contains(&key)) {
            made.push(label);
        }
    }
    let made = if matches!(sort, Value::Bool(false)) || same { made } else { sorted(context, made) };
    let name = match View::from_value(other) {
        Some(other) if other.label() == this.label() => this.label().clone(),
        Some(_) => None,
        None => this.label().clone(),
    };
    if made.is_empty() {
        let empty = arrow::array::new_empty_array(&this.type_of(&this.index[0].expr)?);
        return Ok(Frame::eager(create::index_view(name, empty)?));
    }
    index_of(name, &made)
}

fn numbers(values: Vec<i64>) -> Value {
    let shape = [values.len()];
    Value::object(NdArray::new(Chunk::from_vec(&shape, values)))
}

builtins! {
    /// The labels of both, each once, in order.
    ///
    /// ```rdk
    /// pd.Index([1, 3]).union(pd.Index([2, 3])).tolist()
    /// #> [1, 2, 3]
    /// ```
    fn union[context](/** The index. */ this: View, /** The other one, or a list. */ other: Value, /** `False`: as they appear. */ sort: Option<Value>) -> Result<Value> { set(context, &this, &other, &sort.unwrap_or_default(), |_, _| true) }

    /// The labels that both have.
    fn intersection[context](/** The index. */ this: View, /** The other one, or a list. */ other: Value, /** `True`: in order; else as they appear. */ sort: bool = false) -> Result<Value> { set(context, &this, &other, &Value::Bool(sort), |a, b| a && b) }

    /// The labels that the other one has not.
    fn difference[context](/** The index. */ this: View, /** The other one, or a list. */ other: Value, /** `False`: as they appear. */ sort: Option<Value>) -> Result<Value> { set(context, &this, &other, &sort.unwrap_or_default(), |a, b| a && !b) }

    /// The labels that one of both has.
    fn symmetric_difference[context](/** The index. */ this: View, /** The other one, or a list. */ other: Value, /** Has no effect. */ result_name: Option<Value>, /** `False`: as they appear. */ sort: Option<Value>) -> Result<Value> { let _ = result_name; set(context, &this, &other, &sort.unwrap_or_default(), |a, b| a != b) }

    /// The labels with those of another index behind them.
    fn append[context](/** The index. */ this: View, /** The other one, or a list of them. */ other: Value) -> Result<Value> {
        let parts = match &other {
            Value::List(list) => list.snapshot(),
            one => vec![one.clone()],
        };
        let mut all = labels(context, &this)?;
        for part in &parts {
            all.extend(others(context, part)?);
        }
        index_of(this.label().clone(), &all)
    }

    /// With a label more, before the one of this position.
    fn insert[context](/** The index. */ this: View, /** The position. */ loc: i64, /** The label. */ item: Value) -> Result<Value> {
        let mut all = labels(context, &this)?;
        let n = all.len() as i64;
        let at = if loc < 0 { loc + n } else { loc };
        if !(0..=n).contains(&at) {
            bail!(IndexError: "index {loc} is out of bounds for axis 0 with size {n}");
        }
        all.insert(at as usize, item);
        index_of(this.label().clone(), &all)
    }

    /// Without the labels of these positions.
    fn delete[context](/** The index. */ this: View, /** A position, or a list of them. */ loc: Value) -> Result<Value> {
        let all = labels(context, &this)?;
        let places = loc.items().unwrap_or_else(|| vec![loc.clone()]);
        let gone = places.iter().map(|place| rdk_runtime::operators::position(place, all.len(), "index")).collect::<Result<Vec<_>>>()?;
        let rest: Vec<Value> = all.into_iter().enumerate().filter(|(at, _)| !gone.contains(at)).map(|(_, label)| label).collect();
        index_of(this.label().clone(), &rest)
    }

    /// Without these labels.
    fn drop[context](/** The index. */ this: View, /** A label, or a list of them. */ labels: Value, /** "ignore": labels that are not there are no error. */ errors: String = "raise") -> Result<Value> {
        let gone = match View::from_value(&labels) {
            Some(_) => others(context, &labels)?,
            None => labels.items().unwrap_or_else(|| vec![labels.clone()]),
        };
        let all = super::index_sets::labels(context, &this)?;
        let (known, dropped) = (keys(&all)?, keys(&gone)?);
        let missing: Vec<String> = gone.iter().filter(|label| HashKey::new((*label).clone()).is_ok_and(|key| !known.contains(&key))).map(Value::repr).collect();
        if errors != "ignore" && !missing.is_empty() {
            bail!(KeyError: "[{}] not found in axis", missing.join(", "));
        }
        let mut rest = Vec::new();
        for label in all {
            if !dropped.contains(&HashKey::new(label.clone())?) {
                rest.push(label);
            }
        }
        index_of(this.label().clone(), &rest)
    }

    /// The position of a label; a slice or a mask if it is there several times.
    ///
    /// ```rdk
    /// pd.Index(["a", "b"]).get_loc("b")
    /// #> 1
    /// ```
    fn get_loc[context](/** The index. */ this: View, /** The label. */ key: Value) -> Result<Value> {
        let found = super::selection::found_labels(context, &this, std::slice::from_ref(&key))?.remove(0);
        match found[..] {
            [] => bail!(KeyError: "{}", key.repr()),
            [one] => Ok(Value::Int(one as i64)),
            _ if found.windows(2).all(|pair| pair[1] == pair[0] + 1) => Ok(Value::Slice(std::sync::Arc::new(Slice {
                start: Value::Int(found[0] as i64),
                stop: Value::Int(found[found.len() - 1] as i64 + 1),
                step: Value::None,
            }))),
            _ => {
                let n = super::object::n_rows(context, &this)?;
                let flags: Vec<bool> = (0..n as u64).map(|row| found.contains(&row)).collect();
                Ok(Value::object(NdArray::new(Chunk::from_vec(&[n], flags))))
            }
        }
    }

    /// The positions of labels, -1 for those that are not there.
    fn get_indexer[context](/** The index. */ this: View, /** The labels. */ target: Value) -> Result<Value> {
        let wanted = others(context, &target)?;
        let found = super::selection::found_labels(context, &this, &wanted)?;
        Ok(numbers(found.iter().map(|rows| rows.first().map_or(-1, |&row| row as i64)).collect()))
    }

    /// The labels of these positions.
    fn take[context](/** The index. */ this: View, /** The positions. */ indices: Value) -> Result<Value> {
        let all = labels(context, &this)?;
        let places = others(context, &indices)?;
        let chosen = places.iter().map(|place| Ok(all[rdk_runtime::operators::position(place, all.len(), "index")?].clone()));
        index_of(this.label().clone(), &chosen.collect::<Result<Vec<_>>>()?)
    }

    /// Do both have the same labels in the same order?
    fn equals[context](/** The index. */ this: View, /** The other one. */ other: Value) -> Result<bool> {
        same_labels(context, &this, &other)
    }

    /// The same: do both have the same labels, and the same name?
    fn identical[context](/** The index. */ this: View, /** The other one. */ other: Value) -> Result<bool> {
        let same_name = View::from_value(&other).is_some_and(|other| other.label() == this.label());
        Ok(same_name && same_labels(context, &this, &other)?)
    }

    /// A frame with the labels as a column.
    fn to_frame[context](/** The index. */ this: View, /** Are they the labels of the rows, too? */ index: bool = true, /** What the column is called. */ name: Option<Value>) -> Result<Value> {
        let mut series = View { columns: this.index.clone(), shape: Shape::Frame, ..this };
        for (at, named) in series.columns.iter_mut().enumerate() {
            let label = if at == 0 { name.as_ref().and_then(Label::of) } else { None };
            named.label = label.or_else(|| named.label.clone()).or(Some(Label::Number(at as i64)));
        }
        if index { Ok(items::as_value(series)) } else { super::frame_methods::reset_index(context, &series, true) }
    }

    /// Under another name.
    fn rename(/** The index. */ this: View, /** The name. */ name: Option<Value>) -> Value { named(this, &name.into_iter().collect::<Vec<_>>()) }

    /// With other names of its levels.
    fn set_names(/** The index. */ this: View, /** A name, or a list of them. */ names: Value) -> Value {
        let list = names.items().unwrap_or_else(|| vec![names.clone()]);
        named(this, &list)
    }

    /// A copy.
    fn copy(/** The index. */ this: View, /** Has no effect. */ deep: Option<bool>) -> Value { let _ = deep; items::as_value(this) }

    /// `True` where a label is missing.
    fn isna[context](/** The index. */ this: View) -> Result<Value> { flags(context, &this, "isna") }

    /// `True` where a label is missing; another name of `isna`.
    fn isnull[context](/** The index. */ this: View) -> Result<Value> { flags(context, &this, "isna") }

    /// `True` where a label is there.
    fn notna[context](/** The index. */ this: View) -> Result<Value> { flags(context, &this, "notna") }

    /// `True` where a label is there; another name of `notna`.
    fn notnull[context](/** The index. */ this: View) -> Result<Value> { flags(context, &this, "notna") }

    /// Without missing labels.
    fn dropna[context](/** The index. */ this: View) -> Result<Value> { through(context, &this, "dropna", vec![], true) }

    /// With something else where a label is missing.
    fn fillna[context](/** The index. */ this: View, /** What. */ value: Value) -> Result<Value> { through(context, &this, "fillna", vec![value], true) }

    /// The labels in order.
    fn sort_values[context](/** The index. */ this: View, /** Smallest first? */ ascending: bool = true) -> Result<Value> { through(context, &this, "sort_values", vec![Value::Bool(ascending)], true) }

    /// Each label once.
    fn drop_duplicates[context](/** The index. */ this: View) -> Result<Value> { through(context, &this, "drop_duplicates", vec![], true) }

    /// The labels rounded.
    fn round[context](/** The index. */ this: View, /** Digits after the point. */ decimals: i64 = 0) -> Result<Value> { through(context, &this, "round", vec![Value::Int(decimals)], true) }

    /// Each label several times.
    fn repeat[context](/** The index. */ this: View, /** How many times. */ repeats: i64) -> Result<Value> { through(context, &this, "repeat", vec![Value::Int(repeats)], true) }

    /// How often each label occurs.
    fn value_counts[context](/** The index. */ this: View, /** As parts of all? */ normalize: bool = false) -> Result<Value> { through(context, &this, "value_counts", vec![Value::Bool(normalize)], false) }

    /// Are all labels true?
    fn all[context](/** The index. */ this: View) -> Result<Value> { through(context, &this, "all", vec![], false) }

    /// Is some label true?
    fn any[context](/** The index. */ this: View) -> Result<Value> { through(context, &this, "any", vec![], false) }

    /// The position of the largest label.
    fn argmax[context](/** The index. */ this: View) -> Result<Value> { through(context, &this, "argmax", vec![], false) }

    /// The position of the smallest label.
    fn argmin[context](/** The index. */ this: View) -> Result<Value> { through(context, &this, "argmin", vec![], false) }

    /// The positions of the labels in their order.
    fn argsort[context](/** The index. */ this: View) -> Result<Value> {
        let made = through(context, &this, "argsort", vec![], false)?;
        rdk_runtime::operators::attribute(context, &made, "values")
    }

    /// Where labels would go so that the order stays.
    fn searchsorted[context](/** The index. */ this: View, /** A label, or a list. */ value: Value, /** "left" or "right" of equal ones. */ side: String = "left") -> Result<Value> { through(context, &this, "searchsorted", vec![value, Value::str(side)], false) }

    /// The place of each label among the different ones, and these.
    fn factorize[context](/** The index. */ this: View) -> Result<Value> { through(context, &this, "factorize", vec![], false) }

    /// How many bytes the labels take.
    fn memory_usage[context](/** The index. */ this: View, /** Has no effect. */ deep: bool = false) -> Result<Value> { let _ = deep; through(context, &this, "memory_usage", vec![Value::Bool(false)], false) }

    /// The only label.
    fn item[context](/** The index. */ this: View) -> Result<Value> { through(context, &this, "item", vec![], false) }

    /// Times as spans of the calendar: rdk has none.
    fn to_period(/** The index. */ this: View, /** Has no effect. */ freq: Option<String>) -> Result<Value> {
        let _ = (this, freq);
        Err(super::known_names::no_periods())
    }
}

fn same_labels(context: &Context, this: &View, other: &Value) -> Result<bool> {
    let Some(other) = View::from_value(other).filter(|other| other.shape == Shape::Index) else { return Ok(false) };
    let (a, b) = (labels(context, this)?, labels(context, &other)?);
    let same = |(a, b): (&Value, &Value)| rdk_runtime::operators::equal(context, a, b).unwrap_or(false);
    Ok(a.len() == b.len() && a.iter().zip(&b).all(same))
}

fn flags(context: &Context, view: &View, method: &str) -> Result<Value> {
    let made = through(context, view, method, vec![], false)?;
    match view.eager {
        true => rdk_runtime::operators::attribute(context, &made, "values"),
        false => Ok(made),
    }
}

fn named(mut view: View, names: &[Value]) -> Value {
    for (at, named) in view.index.iter_mut().enumerate() {
        named.label = names.get(at).and_then(Label::of).filter(|_| !names.get(at).is_some_and(Value::is_none));
    }
    if let (Some(column), Some(level)) = (view.columns.first_mut(), view.index.first()) {
        column.label = level.label.clone();
    }
    view.rows = view.rows.uncounted();
    items::as_value(view)
}

/// Attributes of indexes.
pub mod attributes {
    use super::*;

    builtins! {
        /// How many labels, as a tuple.
        fn shape[context](/** The index. */ this: View) -> Result<Value> { Ok(Value::tuple([Value::from(super::super::object::n_rows(context, &this)?)])) }

        /// How many axes: 1.
        fn ndim(/** The index. */ this: View) -> i64 { let _ = this; 1 }

        /// The index itself: it has one axis.
        fn T(/** The index. */ this: View) -> Value { super::items::as_value(this) }

        /// Are there no labels?
        fn empty[context](/** The index. */ this: View) -> Result<bool> { Ok(super::super::object::n_rows(context, &this)? == 0) }

        /// Is some label there several times?
        fn has_duplicates[context](/** The index. */ this: View) -> Result<bool> {
            let all = super::labels(context, &this)?;
            Ok(keys(&all)?.len() < all.len())
        }
    }
}

/// Indexes of several levels: `pd.MultiIndex`.
pub mod several {
    use rdk_runtime::{Class, ClassRef};

    use super::*;

    /// The class.
    pub fn class() -> ClassRef {
        static CLASS: std::sync::LazyLock<ClassRef> = std::sync::LazyLock::new(|| {
            ClassRef::new(Class::new("MultiIndex", "pandas", "Labels of several levels.").methods(builtins()))
        });
        CLASS.clone()
    }

    /// An index of tuples, a level for each of their parts.
    pub fn of_tuples(rows: &[Value], names: Option<Value>) -> Result<Value> {
        let width = rows.first().and_then(Value::items).map_or(0, |first| first.len());
        let mut levels = vec![Vec::new(); width];
        for row in rows {
            let Some(parts) = row.items().filter(|parts| parts.len() == width) else {
                bail!(TypeError: "expected tuples of {width} labels, got {}", what(row));
            };
            levels.iter_mut().zip(parts).for_each(|(level, part)| level.push(part));
        }
        of_levels(levels, names)
    }

    /// An index of these levels.
    pub fn of_levels(levels: Vec<Vec<Value>>, names: Option<Value>) -> Result<Value> {
        let names = names.map(|names| names.items().unwrap_or_else(|| vec![names.clone()])).unwrap_or_default();
        let n = levels.first().map_or(0, Vec::len);
        if levels.iter().any(|level| level.len() != n) {
            bail!("all arrays must be same length");
        }
        let columns = levels.iter().map(|level| cell::column(level, "of labels")).collect::<Result<Vec<_>>>()?;
        let index: Vec<Option<Label>> =
            (0..columns.len()).map(|at| names.get(at).filter(|name| !name.is_none()).and_then(Label::of)).collect();
        let gather = crate::lower::Gather {
            index,
            columns: Vec::new(),
            across: Vec::new(),
            shape: Shape::Frame,
            counted: false,
        };
        let made = gather.of_batch(&super::super::groups::beside(columns, n)?)?;
        let first: Vec<Named> = made.index.first().cloned().into_iter().collect();
        Ok(Frame::eager(View { columns: first, shape: Shape::Index, ..made }))
    }

    builtins! {
        /// An index of tuples, a level for each of their parts.
        fn from_tuples[context](/** The tuples. */ tuples: Value, /** What the levels are called. */ names: Option<Value>) -> Result<Value> {
            of_tuples(&others(context, &tuples)?, names)
        }

        /// An index of several levels, each given by itself.
        fn from_arrays[context](/** A list of levels. */ arrays: Value, /** What they are called. */ names: Option<Value>) -> Result<Value> {
            let levels = others(context, &arrays)?.iter().map(|level| others(context, level)).collect::<Result<Vec<_>>>()?;
            of_levels(levels, names)
        }

        /// An index of all combinations of labels.
        ///
        /// ```rdk
        /// pd.MultiIndex.from_product([["a", "b"], [1, 2]]).tolist()
        /// #> [('a', 1), ('a', 2), ('b', 1), ('b', 2)]
        /// ```
        fn from_product[context](/** A list of levels. */ iterables: Value, /** What they are called. */ names: Option<Value>) -> Result<Value> {
            let parts = others(context, &iterables)?.iter().map(|level| others(context, level)).collect::<Result<Vec<_>>>()?;
            let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
            for part in &parts {
                rows = rows.iter().flat_map(|row| part.iter().map(move |label| row.iter().cloned().chain([label.clone()]).collect())).collect();
            }
            let levels = (0..parts.len()).map(|at| rows.iter().map(|row| row[at].clone()).collect()).collect();
            of_levels(levels, names)
        }

        /// An index of the columns of a frame.
        fn from_frame[context](/** The frame. */ df: View, /** What the levels are called. */ names: Option<Value>) -> Result<Value> {
            let values = |named: &Named| items::values(context, &df.series(None, named.expr.clone(), "level"));
            let levels = df.columns.iter().map(values).collect::<Result<Vec<_>>>()?;
            let labels = Value::list(df.labels().iter().map(Label::to_value));
            of_levels(levels, Some(names.unwrap_or(labels)))
        }
    }
}

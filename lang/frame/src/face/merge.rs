//! `merge` and `join`: rows of several frames beside each other, by their keys.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::{Context, Keywords, Name, Result, Value, bail, builtins};

use crate::batches::{Batches, arrow_error};
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower::in_memory;
use crate::plan::{COUNTED, Named, Rows, Shape, View, Wiring, hidden_name};
use crate::steps::{FromPiles, Merge, MergedIndex, SplitByHash, Whole, Work};

/// What rows are matched by.
pub struct On {
    /// Columns that both have.
    pub on: Option<Labels>,
    /// Columns of the left frame.
    pub left_on: Option<Labels>,
    /// Columns of the right frame.
    pub right_on: Option<Labels>,
    /// The index of the left frame.
    pub left_index: bool,
    /// The index of the right frame.
    pub right_index: bool,
}

/// What else a merge is told.
#[derive(Default)]
pub struct Also {
    /// What is put behind labels that both have.
    pub suffixes: Option<Value>,
    /// The name of a column that says where a row comes from, or `True`.
    pub indicator: Option<Value>,
    /// Which keys have to be unique: "1:1", "1:m", "m:1", "m:m".
    pub validate: Option<String>,
    /// Are rows in the order of their keys?
    pub sort: bool,
}

/// A side of a merge: its keys first, then what else is needed.
struct Side {
    view: View,
    keys: Vec<Named>,
}

fn side(view: &View, labels: &Option<Labels>, by_index: bool) -> Result<Side> {
    let keys = match labels {
        Some(labels) if !by_index => {
            let key = |label: &Label| match view.find(label) {
                Some(named) => Ok(named.clone()),
                None => match view.index.iter().find(|named| named.label.as_ref() == Some(label)) {
                    Some(named) => Ok(named.clone()),
                    None => Err(view.no_column(label)),
                },
            };
            labels.labels.iter().map(key).collect::<Result<Vec<_>>>()?
        }
        _ => view.index.clone(),
    };
    Ok(Side { view: view.clone(), keys })
}

/// `left.merge(right, …)`
pub fn merge(context: &Context, left: &View, right: &View, how: &str, on: On, also: Also) -> Result<Value> {
    let to_frame = |view: &View| View { shape: Shape::Frame, ..view.clone() };
    let (left, right) = (to_frame(left), to_frame(right));
    let cross = how == "cross";
    let how = match how {
        "inner" | "cross" => 0u8,
        "left" => 1,
        "right" => 2,
        "outer" => 3,
        "left_anti" => 4,
        "right_anti" => 5,
        other => {
            bail!("'{other}' is not a valid Merge type: left, right, inner, outer, left_anti, right_anti, cross, asof")
        }
    };
    check_keys(&on, cross)?;
    if let Some(Value::Str(_) | Value::Set(_) | Value::Dict(_)) = &also.suffixes {
        let class = also.suffixes.as_ref().map_or("", |suffixes| suffixes.class().name);
        bail!(
            TypeError: "Passing 'suffixes' as a <class '{class}'>, is not supported. Provide 'suffixes' as a tuple instead.";
            hint: "`suffixes=(\"_left\", \"_right\")`"
        );
    }
    let (left_suffix, right_suffix) = match also.suffixes.as_ref().and_then(Value::items).as_deref() {
        None => ("_x".to_string(), "_y".to_string()),
        Some([a, b]) => {
            (if a.is_none() { String::new() } else { a.text() }, if b.is_none() { String::new() } else { b.text() })
        }
        Some(_) => bail!("`suffixes` is a pair of texts"),
    };
    let shared = |view: &View, other: &View| Labels {
        labels: view.labels().into_iter().filter(|label| other.find(label).is_some()).collect(),
        several: true,
    };
    if on.on.as_ref().is_some_and(|labels| labels.labels.is_empty()) {
        bail!(IndexError: "list index out of range: `on` names no column");
    }
    let anything = |view: &View| Side {
        view: view.clone(),
        keys: vec![Named { label: None, expr: datafusion::logical_expr::lit(0i64) }],
    };
    let (mut a, mut b) = match (&on.on, &on.left_on, &on.right_on, on.left_index || on.right_index) {
        _ if cross => (anything(&left), anything(&right)),
        (Some(_), _, _, _) => (side(&left, &on.on, false)?, side(&right, &on.on, false)?),
        (None, None, None, false) => {
            let labels = Some(shared(&left, &right));
            if labels.as_ref().is_some_and(|labels| labels.labels.is_empty()) {
                bail!(MergeError: "No common columns to perform merge on. Merge options: left_on=None, right_on=None, left_index=False, right_index=False"; hint: "`left_on=` and `right_on=` name the columns");
            }
            (side(&left, &labels, false)?, side(&right, &labels, false)?)
        }
        _ => (side(&left, &on.left_on, on.left_index)?, side(&right, &on.right_on, on.right_index)?),
    };
    if a.keys.len() != b.keys.len() {
        bail!("len(right_on) must equal len(left_on): {} and {}", b.keys.len(), a.keys.len());
    }
    // Categories that are not the same on both sides are values like others.
    for (x, y) in a.keys.iter_mut().zip(&mut b.keys) {
        let (of, other) = (left.type_of(&x.expr)?, right.type_of(&y.expr)?);
        if of != other {
            x.expr = crate::category::values_of(x.expr.clone(), &of);
            y.expr = crate::category::values_of(y.expr.clone(), &other);
        }
    }
    for (x, y) in a.keys.iter().zip(&b.keys) {
        let (x, y) = (left.type_of(&x.expr)?, right.type_of(&y.expr)?);
        if crate::cell::is_text(&x) != crate::cell::is_text(&y) {
            bail!("You are trying to merge on {} and {} columns", crate::dtype::name(&x, true), crate::dtype::name(&y, true); hint: "`astype` gives both the same type");
        }
    }
    // Levels of the index on both sides stay levels; of one side they meet columns, and the other side's labels stay.
    let levels = |side: &Side, labels: &Option<Labels>| {
        let level = |label: &Label| {
            side.view.find(label).is_none() && side.view.index.iter().any(|named| named.label.as_ref() == Some(label))
        };
        labels.as_ref().is_some_and(|labels| labels.labels.iter().all(level))
    };
    let both_levels = on.on.is_some() && levels(&a, &on.on) && levels(&b, &on.on);
    let index = match (on.left_index, on.right_index) {
        _ if both_levels => MergedIndex::Keys,
        (true, true) => MergedIndex::Keys,
        (false, true) if on.left_on.is_some() => MergedIndex::Left,
        (true, false) if on.right_on.is_some() => MergedIndex::Right,
        (true, false) | (false, true) => MergedIndex::Keys,
        (false, false) => MergedIndex::Counted,
    };
    let by_index = index != MergedIndex::Counted;
    let n_keys = a.keys.len();
    // A key that both call the same is one column of the result.
    let joined: Vec<bool> =
        a.keys.iter().zip(&b.keys).map(|(x, y)| x.label.is_some() && x.label == y.label && !by_index).collect();
    let is_joined =
        |label: &Option<Label>| a.keys.iter().zip(&joined).any(|(key, joined)| *joined && key.label == *label);
    let mut columns: Vec<(Label, crate::steps::From)> = Vec::new();
    if index == MergedIndex::Counted {
        // A level of the left index that is a key becomes a column.
        for (at, key) in a.keys.iter().enumerate().filter(|(at, _)| joined[*at]) {
            if let Some(label) = key.label.as_ref().filter(|label| left.find(label).is_none()) {
                columns.push((label.clone(), crate::steps::From::Key(at)));
            }
        }
    }
    // The keys of a side that is matched by its columns are filled from the labels of the other one.
    let own_key = |keys: &[Named], named: &Named, side: MergedIndex| match index == side {
        true => keys.iter().position(|key| key.label == named.label && named.label.is_some()),
        false => None,
    };
    let clash =
        |label: &Label| left.find(label).is_some() && right.find(label).is_some() && !is_joined(&Some(label.clone()));
    for (at, named) in left.columns.iter().enumerate() {
        let label = named.label.clone().unwrap_or(Label::Number(0));
        if is_joined(&named.label) {
            let key = a.keys.iter().position(|key| key.label == named.label).unwrap_or(0);
            columns.push((label, crate::steps::From::Key(key)));
            continue;
        }
        let label = if clash(&label) { Label::text(format!("{label}{left_suffix}")) } else { label };
        columns.push((
            label,
            match own_key(&a.keys, named, MergedIndex::Left) {
                Some(key) => crate::steps::From::Key(key),
                None => crate::steps::From::Left(at),
            },
        ));
    }
    for (at, named) in right.columns.iter().enumerate() {
        let label = named.label.clone().unwrap_or(Label::Number(0));
        if is_joined(&named.label) {
            continue;
        }
        let label = if clash(&label) { Label::text(format!("{label}{right_suffix}")) } else { label };
        columns.push((
            label,
            match own_key(&b.keys, named, MergedIndex::Right) {
                Some(key) => crate::steps::From::Key(key),
                None => crate::steps::From::Right(at),
            },
        ));
    }
    let indicator = match &also.indicator {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(Label::text("_merge")),
        Some(Value::Str(name)) => Some(Label::text(&**name)),
        Some(other) => bail!("indicator option can only accept boolean or string arguments, got {}", what(other)),
    };
    if let Some(label) = &indicator {
        if columns.iter().any(|(other, _)| other == label) {
            bail!("Cannot use name of an existing column for indicator column"; hint: "`indicator=\"source\"` names it otherwise");
        }
        columns.push((label.clone(), crate::steps::From::Side));
    }
    for (at, (label, _)) in columns.iter().enumerate() {
        if columns[..at].iter().any(|(other, _)| other == label) {
            bail!("columns overlap but no suffix specified: Index([{}])", label.quoted(); hint: "`suffixes=(\"_left\", \"_right\")` keeps them apart");
        }
    }
    // Rows that are put beside themselves by their labels: each finds one at least.
    let of_index = |view: &View| -> Vec<_> { view.index.iter().map(|named| named.expr.clone()).collect() };
    let same_rows = on.left_index
        && on.right_index
        && (left.rows.same_rows(&right.rows) && right.rows.same_rows(&left.rows))
        && of_index(&left) == of_index(&right);
    // Whole numbers that may be missing afterwards are floats.
    let weak = |from: &crate::steps::From| {
        !same_rows
            && match from {
                crate::steps::From::Left(_) => matches!(how, 2 | 3 | 5),
                crate::steps::From::Right(_) => matches!(how, 1 | 3 | 4),
                crate::steps::From::Key(_) | crate::steps::From::Side => false,
            }
    };
    let type_of = |from: &crate::steps::From| -> Result<DataType> {
        Ok(match from {
            crate::steps::From::Left(at) => left.type_of(&left.columns[*at].expr)?,
            crate::steps::From::Right(at) => right.type_of(&right.columns[*at].expr)?,
            crate::steps::From::Key(at) => {
                let (x, y) = (left.type_of(&a.keys[*at].expr)?, right.type_of(&b.keys[*at].expr)?);
                if x.is_floating() || y.is_floating() { DataType::Float64 } else { x }
            }
            crate::steps::From::Side => DataType::Int8,
        })
    };
    let mut names = Vec::new();
    let mut fields = Vec::new();
    let mut levels = Vec::new();
    let labels: Vec<(Option<Label>, DataType)> = match index {
        MergedIndex::Counted => Vec::new(),
        MergedIndex::Keys => {
            let key = |at: usize| Ok((a.keys[at].label.clone(), type_of(&crate::steps::From::Key(at))?));
            (0..n_keys).map(key).collect::<Result<_>>()?
        }
        MergedIndex::Left => labels_with_types(&left)?,
        MergedIndex::Right => labels_with_types(&right)?,
    };
    if by_index {
        for (at, (label, of)) in labels.into_iter().enumerate() {
            let name = if at == 0 { COUNTED.to_string() } else { format!("{COUNTED}{at}") };
            fields.push(Field::new(&name, of, true));
            levels.push(Named { label, expr: Rows::column(&name) });
            names.push(name);
        }
    } else {
        fields.push(Field::new(COUNTED, DataType::Int64, true));
        levels.push(Named { label: None, expr: Rows::column(COUNTED) });
        names.push(COUNTED.to_string());
    }
    let mut named = Vec::new();
    let mut froms = Vec::new();
    for (label, from) in columns {
        let of = type_of(&from)?;
        let eager = left.eager && right.eager;
        // What is computed is a float only where something is missing indeed: the step sees to that.
        let of = if of.is_integer() && weak(&from) && !eager { DataType::Float64 } else { of };
        let name = hidden_name(&label, &names);
        fields.push(Field::new(&name, of, true));
        let expr = match from {
            crate::steps::From::Side => crate::category::of_codes(Rows::column(&name), &sides()?),
            _ => Rows::column(&name),
        };
        named.push(Named { label: Some(label), expr });
        names.push(name);
        froms.push(from);
    }
    // Keys first, then the columns, and the labels of the rows where they are wanted.
    let narrow = |side: &Side, labels: bool| {
        let mut view = View { index: side.keys.clone(), ..side.view.clone() };
        if labels {
            view.columns.extend(side.view.index.iter().cloned());
        }
        view
    };
    let eager = left.eager && right.eager;
    let (n_left, n_right) = (left.columns.len(), right.columns.len());
    let widen = !eager && !same_rows;
    if let Some(validate) = &also.validate {
        check_unique(validate, &inputs_of(&a, &b), eager)?;
    }
    if also.sort && !eager {
        bail!(TypeError: "merge() of lazy frames got an unexpected keyword argument 'sort'"; hint: "`.sort_values(…)` brings rows in order");
    }
    let sort = also.sort;
    let work = || Merge { n_keys, n_left, n_right, how, index, columns: froms.clone(), widen, sort };
    let (l, r) = (left.rows.n_partitions, right.rows.n_partitions);
    let inputs = vec![narrow(&a, index == MergedIndex::Left), narrow(&b, index == MergedIndex::Right)];
    let schema = Arc::new(Schema::new(fields));
    let place = context.place();
    // Partitions that are known to hold the same labels need not be shuffled, and their rows stay in order.
    let divisions = left
        .rows
        .divisions
        .clone()
        .filter(|known| on.left_index && on.right_index && Some(known) == right.rows.divisions.as_ref());
    let single = divisions.is_some()
        || (r == 1 && matches!(how, 0 | 1 | 4))
        || (l == 1 && matches!(how, 0 | 2 | 5))
        || (l == 1 && r == 1);
    let rows = if eager {
        // Whether whole numbers become floats shows only in the rows, so these are made here and now.
        let [left, right] = [&inputs[0], &inputs[1]].map(in_memory);
        let merged = settled(&work().work(&[&Batches::one(left?), &Batches::one(right?)])?, levels.len())?;
        Rows::given(renamed(&merged, &names)?, false)?
    } else if single {
        Rows::step("merge", Whole::at(work(), place), inputs, Wiring::Each, l.max(r), schema)?
    } else {
        let n = l.max(r);
        let split = |n_keys| Arc::new(SplitByHash { skip: 0, n_keys, n }) as Arc<dyn rdk_graph::Operation>;
        let merge = Arc::new(FromPiles { then: Whole::at(MergePiles(work(), l), place) });
        Rows::step("merge", merge, inputs, Wiring::Shuffle(vec![split(n_keys), split(n_keys)]), n, schema)?
    };
    let rows = Arc::new(Rows { counted: !by_index, ..(*rows).clone() });
    let rows = if divisions.is_some() { rows.divided(divisions) } else { rows };
    let view = View {
        rows,
        index: levels,
        columns: named,
        across: Vec::new(),
        shape: Shape::Frame,
        eager,
        name: "merge".into(),
    };
    Frame::answer(context, view)
}

/// An error if keys are given in more than one way, or for one side only.
fn check_keys(on: &On, cross: bool) -> Result<()> {
    let sides = on.left_on.is_some() || on.right_on.is_some();
    if cross && (on.on.is_some() || sides || on.left_index || on.right_index) {
        bail!(
            MergeError: "Can not pass on, right_on, left_on or set right_index=True or left_index=True";
            hint: "`how=\"cross\"` puts each row beside all of the other frame"
        );
    }
    if on.on.is_some() && sides {
        bail!(MergeError: "Can only pass argument \"on\" OR \"left_on\" and \"right_on\", not a combination of both.");
    }
    if on.on.is_some() && (on.left_index || on.right_index) {
        bail!(MergeError: "Can only pass argument \"on\" OR \"left_index\" and \"right_index\", not a combination of both.");
    }
    for (labels, index, side) in [(&on.left_on, on.left_index, "left"), (&on.right_on, on.right_index, "right")] {
        if labels.is_some() && index {
            bail!(MergeError: "Can only pass argument \"{side}_on\" OR \"{side}_index\" not both.");
        }
    }
    let (left, right) = (on.left_on.is_some() || on.left_index, on.right_on.is_some() || on.right_index);
    if left != right {
        let side = if left { "right" } else { "left" };
        bail!(MergeError: "Must pass \"{side}_on\" OR \"{side}_index\".");
    }
    Ok(())
}

/// The keys of both sides as views.
fn inputs_of(a: &Side, b: &Side) -> [View; 2] {
    [a, b].map(|side| View { columns: side.keys.clone(), shape: Shape::Frame, ..side.view.clone() })
}

/// An error unless the keys are unique where they have to be.
fn check_unique(validate: &str, keys: &[View; 2], eager: bool) -> Result<()> {
    let (left, right, name) = match validate {
        "one_to_one" | "1:1" => (true, true, "one-to-one"),
        "one_to_many" | "1:m" => (true, false, "one-to-many"),
        "many_to_one" | "m:1" => (false, true, "many-to-one"),
        "many_to_many" | "m:m" => (false, false, "many-to-many"),
        other => bail!(
            "\"{other}\" is not a valid argument. Valid arguments are:\n- \"1:1\"\n- \"1:m\"\n- \"m:1\"\n- \"m:m\"\n- \"one_to_one\"\n- \"one_to_many\"\n- \"many_to_one\"\n- \"many_to_many\""
        ),
    };
    if !eager {
        bail!(TypeError: "merge() of lazy frames got an unexpected keyword argument 'validate'"; hint: "`df.x.is_unique` of computed keys says it");
    }
    for (wanted, view, side) in [(left, &keys[0], "left"), (right, &keys[1], "right")] {
        if !wanted {
            continue;
        }
        let batch = in_memory(view)?;
        let rows = crate::steps::comparable(&batch.columns()[view.index.len()..])?;
        let mut seen = rustc_hash::FxHashSet::default();
        if !rows.iter().all(|row| seen.insert(row.data().to_vec())) {
            bail!(MergeError: "Merge keys are not unique in {side} dataset; not a {name} merge"; hint: "`drop_duplicates` leaves one row of each key");
        }
    }
    Ok(())
}

/// The type of a column that says where rows come from.
fn sides() -> Result<DataType> {
    let names: ArrayRef =
        Arc::new(arrow::array::StringViewArray::from_iter_values(["left_only", "right_only", "both"]));
    crate::category::known(&names, false)
}

fn labels_with_types(view: &View) -> Result<Vec<(Option<Label>, DataType)>> {
    view.index.iter().map(|named| Ok((named.label.clone(), view.type_of(&named.expr)?))).collect()
}

/// The same columns, where whole numbers of which some are missing are floats.
fn settled(batch: &RecordBatch, n_index: usize) -> Result<RecordBatch> {
    let columns = batch.columns().iter().enumerate();
    let columns = columns.map(|(at, column)| match at < n_index {
        true => Ok(column.clone()),
        false => crate::lower::floats_where_missing(column),
    });
    super::groups::beside(columns.collect::<Result<_>>()?, batch.num_rows())
}

/// The same columns under these names.
fn renamed(batch: &RecordBatch, names: &[String]) -> Result<RecordBatch> {
    let field = |(name, column): (&String, &ArrayRef)| Field::new(name, column.data_type().clone(), true);
    let fields: Vec<Field> = names.iter().zip(batch.columns()).map(field).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), batch.columns().to_vec(), &options)
        .map_err(arrow_error)
}

/// A merge of piles: so many of the left side come first.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct MergePiles(Merge, usize);

impl crate::steps::Work for MergePiles {
    const KIND: &'static str = "frame.merge_piles";

    fn name(&self) -> &str {
        "merge"
    }

    fn work(&self, inputs: &[&crate::batches::Batches]) -> Result<arrow::array::RecordBatch> {
        let (left, right) = inputs.split_at(self.1.min(inputs.len()));
        let whole = |side: &[&crate::batches::Batches]| crate::batches::Batches::together(side.iter().copied());
        let (left, right) = (crate::batches::Batches::one(whole(left)?), crate::batches::Batches::one(whole(right)?));
        self.0.work(&[&left, &right])
    }
}

/// An error for keywords that a merge does not have.
pub fn check_options(options: &[(Name, Value)]) -> Result<()> {
    match options.iter().find(|(name, _)| !matches!(&**name, "npartitions" | "shuffle_method" | "broadcast")) {
        Some((name, _)) => bail!(TypeError: "merge() got an unexpected keyword argument '{name}'"),
        None => Ok(()),
    }
}

/// `left.join(other, …)`: by the labels of the rows, or by columns of the left side with those of the right.
pub fn join(context: &Context, left: &View, other: &Value, how: &str, on: Option<Labels>, also: Also) -> Result<Value> {
    if let Some(others) = other.items() {
        if on.is_some() {
            bail!("Joining multiple DataFrames only supported for joining on index"; hint: "`merge` takes one frame after the other");
        }
        let given = also.suffixes.as_ref().and_then(Value::items).unwrap_or_default();
        if given.iter().any(|suffix| suffix.as_str() != Some("")) {
            bail!("Suffixes not supported when joining multiple DataFrames"; hint: "`rename(columns=…)` gives columns other labels before");
        }
        let mut made = left.clone();
        for other in &others {
            let (suffixes, validate) = (also.suffixes.clone(), also.validate.clone());
            let also = Also { suffixes, validate, sort: also.sort, indicator: None };
            let joined = join(context, &made, other, how, None, also)?;
            made = <View as rdk_runtime::FromValue>::from_value(&joined).unwrap_or(made);
        }
        return Frame::answer(context, made);
    }
    let Some(right) = <View as rdk_runtime::FromValue>::from_value(other) else {
        bail!(TypeError: "expected a frame, a series or a list of them, got {}", what(other));
    };
    if right.shape == Shape::Series && right.label().is_none() {
        bail!("Other Series must have a name"; hint: "`series.rename(\"x\")` gives it one");
    }
    let on = match (how, on) {
        ("cross", _) => On { on: None, left_on: None, right_on: None, left_index: false, right_index: false },
        (_, Some(on)) => On { on: None, left_on: Some(on), right_on: None, left_index: false, right_index: true },
        (_, None) => On { on: None, left_on: None, right_on: None, left_index: true, right_index: true },
    };
    merge(context, left, &right, how, on, also)
}

builtins! {
    /// Rows of two frames whose keys are equal, beside each other.
    fn merge[context](
        /// The left frame.
        left: View,
        /// The right frame.
        right: View,
        /// Which rows: "inner", "left", "right", "outer".
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
        check_options(&options.0)?;
        super::merge::merge(context, &left, &right, &how, On { on, left_on, right_on, left_index, right_index }, Also { suffixes, indicator, validate, sort })
    }
}

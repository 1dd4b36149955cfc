//! `merge`, `join` and `concat`: rows of several frames beside or below each other.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::align;
use super::over::step_names;
use crate::batches::{Batches, arrow_error};
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::lower::in_memory;
use crate::plan::{COUNTED, Named, Rows, Shape, View, Wiring, hidden_name};
use crate::steps::{FromPiles, Join, Merge, MergedIndex, SplitByHash, Stack, Whole, Work};

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
pub fn merge(
    context: &Context,
    left: &View,
    right: &View,
    how: &str,
    on: On,
    suffixes: Option<Value>,
) -> Result<Value> {
    let to_frame = |view: &View| View { shape: Shape::Frame, ..view.clone() };
    let (left, right) = (to_frame(left), to_frame(right));
    let how = match how {
        "inner" => 0u8,
        "left" => 1,
        "right" => 2,
        "outer" => 3,
        other => bail!("'{other}' is not a valid Merge type: left, right, inner, outer"),
    };
    let (left_suffix, right_suffix) = match suffixes.as_ref().and_then(Value::items).as_deref() {
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
    let (mut a, mut b) = match (&on.on, &on.left_on, &on.right_on, on.left_index || on.right_index) {
        (Some(_), _, _, _) => (side(&left, &on.on, false)?, side(&right, &on.on, false)?),
        (None, None, None, false) => {
            let labels = Some(shared(&left, &right));
            if labels.as_ref().is_some_and(|labels| labels.labels.is_empty()) {
                bail!("No common columns to perform merge on. Merge options: left_on=None, right_on=None, left_index=False, right_index=False"; hint: "`left_on=` and `right_on=` name the columns");
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
                crate::steps::From::Left(_) => how >= 2,
                crate::steps::From::Right(_) => how == 1 || how == 3,
                crate::steps::From::Key(_) => false,
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
        named.push(Named { label: Some(label), expr: Rows::column(&name) });
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
    let work = || Merge { n_keys, n_left, n_right, how, index, columns: froms.clone(), widen };
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
    let single =
        divisions.is_some() || (r == 1 && how <= 1) || (l == 1 && (how == 0 || how == 2)) || (l == 1 && r == 1);
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
        /// What is put behind labels that both have.
        suffixes: Option<Value>,
    ) -> Result<Value> { super::merge::merge(context, &left, &right, &how, On { on, left_on, right_on, left_index, right_index }, suffixes) }

    /// Frames below each other, or beside each other.
    ///
    /// ```rdk
    /// a = pd.DataFrame({"x": [1, 2]})
    /// pd.concat([a, a]).x.tolist()
    /// #> [1, 2, 1, 2]
    /// ```
    fn concat[context](
        /// A list of frames or series.
        objs: Value,
        /// 0: below each other; 1: beside each other.
        axis: Option<Value>,
        /// Which columns: "outer", all of them; "inner", those that all have.
        join: String = "outer",
        /// Are rows counted anew?
        ignore_index: bool = false,
        /// Labels for the frames; not supported.
        keys: Option<Value>,
        /// Has no effect.
        interleave_partitions: Option<bool>,
    ) -> Result<Value> { let _ = interleave_partitions; concat(context, &objs, axis, &join, ignore_index, keys) }
}

/// A column in the type that all frames have for it.
fn fitted(view: &View, expr: &datafusion::logical_expr::Expr, wanted: &DataType) -> datafusion::logical_expr::Expr {
    match view.type_of(expr) {
        Ok(of) if of == *wanted => expr.clone(),
        Ok(of) if !crate::category::is(wanted) => {
            crate::functions::as_type(crate::category::values_of(expr.clone(), &of), wanted)
        }
        Ok(_) | Err(_) => crate::functions::as_type(expr.clone(), wanted),
    }
}

fn concat(
    context: &Context,
    objs: &Value,
    axis: Option<Value>,
    join: &str,
    ignore_index: bool,
    keys: Option<Value>,
) -> Result<Value> {
    if keys.is_some() {
        bail!(NotImplementedError: "`keys` is not supported"; hint: "`df.assign(key=…)` marks the rows of each frame");
    }
    let parts = rdk_runtime::iterate(context, objs)?.rest(context)?;
    let mut views = Vec::new();
    for part in &parts {
        match part.get::<Frame>() {
            Some(frame) => views.push(frame.view()),
            None if part.is_none() => {}
            None => {
                bail!(TypeError: "cannot concatenate object of type '{}'; only Series and DataFrame objs are valid", what(part))
            }
        }
    }
    let Some(first) = views.first().cloned() else { bail!("No objects to concatenate") };
    let beside = match &axis {
        Some(Value::Int(1)) => true,
        Some(Value::Str(text)) => &**text == "columns",
        _ => false,
    };
    let join_by = match join {
        "outer" => Join::Outer,
        "inner" => Join::Inner,
        _ => bail!(
            "Only can inner (intersect) or outer (union) join the other axis";
            hint: "`join=\"inner\"` takes what all have, \"outer\" what any has"
        ),
    };
    if beside {
        let mut whole = View { shape: Shape::Frame, ..first };
        for (at, named) in whole.columns.iter_mut().enumerate() {
            named.label.get_or_insert(Label::Number(at as i64));
        }
        for (at, view) in views.iter().enumerate().skip(1) {
            let (left, right) = match whole.rows.same_rows(&view.rows) || view.rows.same_rows(&whole.rows) {
                true => align::together(context, &whole, view)?,
                false => align::aligned(context, &whole, view, join_by)?,
            };
            whole = left;
            for named in right.columns {
                let label = named.label.unwrap_or(Label::Number(at as i64));
                whole.columns.push(Named { label: Some(label), expr: named.expr });
            }
        }
        if ignore_index {
            for (at, named) in whole.columns.iter_mut().enumerate() {
                named.label = Some(Label::Number(at as i64));
            }
        }
        return Frame::answer(context, View { shape: Shape::Frame, name: "concat".into(), ..whole });
    }
    let all_series = views.iter().all(|view| view.shape == Shape::Series);
    let mut labels: Vec<Option<Label>> = Vec::new();
    if all_series {
        let same = views.iter().all(|view| view.label() == first.label());
        labels.push(if same { first.label().clone() } else { None });
    } else {
        for view in &views {
            for named in &view.columns {
                if !labels.contains(&named.label) {
                    labels.push(named.label.clone());
                }
            }
        }
        if join == "inner" {
            labels.retain(|label| views.iter().all(|view| view.columns.iter().any(|named| named.label == *label)));
        }
    }
    let mut types: Vec<DataType> = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        let mut found: Vec<DataType> = Vec::new();
        let mut missing = false;
        for view in &views {
            let named =
                if all_series { view.columns.get(at) } else { view.columns.iter().find(|named| named.label == *label) };
            match named {
                Some(named) => found.push(view.type_of(&named.expr)?),
                None => missing = true,
            }
        }
        let of = match first.eager {
            true => crate::steps::common(&found),
            false => crate::category::common(&found)?,
        };
        types.push(if missing && of.is_integer() { DataType::Float64 } else { of });
    }
    let n_levels = first.index.len();
    if views.iter().any(|view| view.index.len() != n_levels) {
        bail!(NotImplementedError: "indexes of different numbers of levels are not put below each other"; hint: "`reset_index()` makes columns of them");
    }
    let mut levels: Vec<DataType> = Vec::new();
    for at in 0..n_levels {
        let all = views.iter().map(|view| view.type_of(&view.index[at].expr)).collect::<Result<Vec<_>>>()?;
        levels.push(crate::steps::common(&all));
    }
    // Each frame with the same columns of the same types.
    let aligned = views.iter().map(|view| {
        let column = |(at, label): (usize, &Option<Label>)| {
            let named =
                if all_series { view.columns.get(at) } else { view.columns.iter().find(|named| named.label == *label) };
            let expr = match named {
                Some(named) => fitted(view, &named.expr, &types[at]),
                None => datafusion::logical_expr::cast(
                    datafusion::logical_expr::lit(datafusion::common::ScalarValue::Null),
                    types[at].clone(),
                ),
            };
            Named { label: label.clone(), expr }
        };
        let index = view
            .index
            .iter()
            .zip(&levels)
            .map(|(named, of)| Named { label: named.label.clone(), expr: fitted(view, &named.expr, of) });
        View {
            index: index.collect(),
            columns: labels.iter().enumerate().map(column).collect(),
            shape: if all_series { Shape::Series } else { Shape::Frame },
            ..view.clone()
        }
    });
    let aligned: Vec<View> = aligned.collect();
    let eager = views.iter().all(|view| view.eager);
    let picks: Vec<Vec<(usize, usize)>> = match eager {
        true => vec![(0..aligned.len()).map(|at| (at, 0)).collect()],
        false => {
            let of = |at: usize| (0..aligned[at].rows.n_partitions).map(move |partition| vec![(at, partition)]);
            (0..aligned.len()).flat_map(of).collect()
        }
    };
    let n = picks.len();
    let names = step_names(&aligned[0]);
    let fields = names.iter().zip(levels.iter().chain(&types)).map(|(name, of)| Field::new(name, of.clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let rows =
        Rows::step("concat", Whole::at(Stack, context.place()), aligned.clone(), Wiring::Pick(picks), n, schema)?;
    let mut view = super::over::over_step(&aligned[0], &rows);
    if views.iter().any(|view| view.index[0].label != first.index[0].label) {
        view.index[0].label = None;
    }
    view.eager = eager;
    view.name = "concat".into();
    if ignore_index {
        return super::frame_methods::reset_index(context, &view, true);
    }
    Frame::answer(context, view)
}

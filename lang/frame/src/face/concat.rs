//! `concat`: frames below each other, or beside each other.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::align;
use super::over::step_names;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Join, Stack, Whole};

builtins! {
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
        /// A label for each frame: a level of the index, or of the labels of columns. Of frames in memory.
        keys: Option<Value>,
        /// What the levels of the index are called.
        names: Option<Value>,
        /// Is it an error if a label is there twice? Of frames in memory.
        verify_integrity: bool = false,
        /// Are columns in the order of their labels, where frames have others?
        sort: bool = false,
        /// Has no effect.
        copy: Option<bool>,
        /// Has no effect.
        interleave_partitions: Option<bool>,
    ) -> Result<Value> {
        let _ = (copy, interleave_partitions);
        let made = keyed(context, &objs, axis, &join, ignore_index, keys, names, sort)?;
        if verify_integrity {
            check_once(context, &made)?;
        }
        Ok(made)
    }
}

/// Lazy frames of the same columns below each other.
pub fn below(context: &Context, frames: &[Value]) -> Result<Value> {
    concat(context, &Value::list(frames.iter().cloned()), None, "outer", false)
}

/// `concat` with a label for each frame.
#[allow(clippy::too_many_arguments, reason = "they are the user's")]
fn keyed(
    context: &Context,
    objs: &Value,
    axis: Option<Value>,
    join: &str,
    ignore_index: bool,
    keys: Option<Value>,
    names: Option<Value>,
    sort: bool,
) -> Result<Value> {
    if ignore_index && keys.is_some() {
        bail!("Cannot set ignore_index=True and specify keys. Either should be used.");
    }
    if objs.get::<Frame>().is_some() {
        let class = objs.class().name;
        bail!(
            TypeError: "first argument must be an iterable of pandas objects, you passed an object of type \"{class}\"";
            hint: "`pd.concat([a, b])`"
        );
    }
    let (objs, keys) = match (objs, keys) {
        (Value::Dict(dict), None) => {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let (keys, parts): (Vec<Value>, Vec<Value>) = pairs.into_iter().unzip();
            (Value::list(parts), Some(keys))
        }
        (Value::Dict(dict), Some(keys)) => {
            let keys = keys.items().unwrap_or_default();
            let find = |key: &Value| -> Result<Value> {
                let found = dict.0.lock().get(&rdk_runtime::HashKey::new(key.clone())?).cloned();
                found.ok_or_else(|| rdk_runtime::error!(KeyError: "{}", key.repr()))
            };
            (Value::list(keys.iter().map(find).collect::<Result<Vec<_>>>()?), Some(keys))
        }
        (objs, keys) => {
            let keys = keys.map(|keys| match keys.items() {
                Some(keys) => Ok(keys),
                None => bail!(TypeError: "expected a list of keys, got {}", what(&keys)),
            });
            (objs.clone(), keys.transpose()?)
        }
    };
    let names = names.map(|names| names.items().unwrap_or_else(|| vec![names.clone()])).unwrap_or_default();
    let beside = super::axis_labels::of_columns(&axis)?;
    let parts = rdk_runtime::iterate(context, &objs)?.rest(context)?;
    let Some(keys) = keys else {
        let made = concat(context, &Value::list(parts.iter().cloned()), axis, join, ignore_index)?;
        return if sort && !beside { sorted_columns(&made, &parts) } else { Ok(made) };
    };
    if keys.len() != parts.len() {
        bail!(
            "The length of the keys ({}) must match the length of the objects to concatenate ({})",
            keys.len(),
            parts.len()
        );
    }
    let mut marked = Vec::new();
    for (key, part) in keys.iter().zip(&parts) {
        let Some(mut view) = part.get::<Frame>().map(Frame::view) else {
            return Err(no_frame(part));
        };
        let Some(label) = Label::of(key) else { bail!(TypeError: "expected a label as a key, got {}", what(key)) };
        if beside {
            let is_frame = view.shape == Shape::Frame;
            for named in &mut view.columns {
                named.label = Some(match (&named.label, is_frame) {
                    (Some(Label::Levels(below)), true) => {
                        Label::Levels(std::iter::once(label.clone()).chain(below.iter().cloned()).collect())
                    }
                    (Some(below), true) => Label::Levels(vec![label.clone(), below.clone()]),
                    _ => label.clone(),
                });
            }
            view.across = Vec::new();
        } else {
            if !view.eager {
                bail!(TypeError: "concat() of lazy frames got an unexpected keyword argument 'keys'"; hint: "`df.assign(key=…)` marks the rows of each frame");
            }
            let Some(literal) = crate::cell::literal(key) else {
                bail!(TypeError: "expected a plain value as a key, got {}", what(key))
            };
            let label = names.first().and_then(Label::of);
            view.index.insert(0, Named { label, expr: datafusion::logical_expr::lit(literal) });
            view.rows = view.rows.uncounted();
        }
        marked.push(super::items::as_value(view));
    }
    let made = concat(context, &Value::list(marked), axis, join, ignore_index)?;
    let Some(frame) = made.get::<Frame>().filter(|_| !names.is_empty()) else { return Ok(made) };
    let mut view = frame.view();
    if beside {
        view.across = names.iter().map(Label::of).collect();
    } else {
        for (named, name) in view.index.iter_mut().zip(&names) {
            named.label = Label::of(name);
        }
    }
    frame.replace(view);
    Ok(made)
}

/// Columns in the order of their labels, unless all frames have the same ones.
fn sorted_columns(made: &Value, parts: &[Value]) -> Result<Value> {
    let labels: Vec<Vec<Label>> =
        parts.iter().filter_map(|part| part.get::<Frame>()).map(|frame| frame.view().labels()).collect();
    let Some(frame) = made.get::<Frame>() else { return Ok(made.clone()) };
    let mut view = frame.view();
    if view.shape == Shape::Frame && labels.windows(2).any(|pair| pair[0] != pair[1]) {
        view.columns.sort_by(|a, b| a.label.cmp(&b.label));
        frame.replace(view);
    }
    Ok(made.clone())
}

/// An error if a label of the rows is there twice.
fn check_once(context: &Context, made: &Value) -> Result<()> {
    let Some(view) = made.get::<Frame>().map(Frame::view) else { return Ok(()) };
    if !view.eager {
        bail!(TypeError: "concat() of lazy frames got an unexpected keyword argument 'verify_integrity'");
    }
    let index = View { columns: vec![view.index[0].clone()], shape: Shape::Index, ..view };
    let labels = super::items::values(context, &index)?;
    let mut twice: Vec<Value> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for label in labels {
        if !seen.insert(rdk_runtime::HashKey::new(label.clone())?) {
            twice.push(label);
        }
    }
    if !twice.is_empty() {
        let shown: Vec<String> = twice.iter().map(Value::repr).collect();
        let of = crate::dtype::name(crate::cell::column(&twice, "of labels")?.data_type(), true).to_string();
        bail!("Indexes have overlapping values: Index([{}], dtype='{of}')", shown.join(", "));
    }
    Ok(())
}

fn no_frame(part: &Value) -> rdk_runtime::Error {
    let class = part.class().name;
    rdk_runtime::error!(TypeError: "cannot concatenate object of type '<class '{class}'>'; only Series and DataFrame objs are valid")
}

/// A column in the type that all frames have for it.
pub fn fitted(view: &View, expr: &datafusion::logical_expr::Expr, wanted: &DataType) -> datafusion::logical_expr::Expr {
    match view.type_of(expr) {
        Ok(of) if of == *wanted => expr.clone(),
        Ok(of) if !crate::category::is(wanted) => {
            crate::functions::as_type(crate::category::values_of(expr.clone(), &of), wanted)
        }
        Ok(_) | Err(_) => crate::functions::as_type(expr.clone(), wanted),
    }
}

fn concat(context: &Context, objs: &Value, axis: Option<Value>, join: &str, ignore_index: bool) -> Result<Value> {
    let parts = rdk_runtime::iterate(context, objs)?.rest(context)?;
    let mut views = Vec::new();
    for part in &parts {
        match part.get::<Frame>() {
            Some(frame) => views.push(frame.view()),
            None if part.is_none() => {}
            None => return Err(no_frame(part)),
        }
    }
    let Some(first) = views.first().cloned() else {
        bail!("{}", if parts.is_empty() { "No objects to concatenate" } else { "All objects passed were None" })
    };
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

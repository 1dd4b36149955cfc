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
        /// Labels for the frames; not supported.
        keys: Option<Value>,
        /// Has no effect.
        interleave_partitions: Option<bool>,
    ) -> Result<Value> { let _ = interleave_partitions; concat(context, &objs, axis, &join, ignore_index, keys) }
}

/// Lazy frames of the same columns below each other.
pub fn below(context: &Context, frames: &[Value]) -> Result<Value> {
    concat(context, &Value::list(frames.iter().cloned()), None, "outer", false, None)
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

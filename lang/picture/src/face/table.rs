//! Plots of tables, for rooms that have tables: `df.plot()`, `series.plot(kind="bar")`.

use rdk_runtime::{Args, Context, Result, Value, bail, operators};

use super::handles::AxesObject;
use super::state;

/// A column to be plotted.
pub struct Column {
    /// What the list says about it.
    pub name: Option<String>,
    /// Its numbers, or names.
    pub values: Value,
}

/// How a table is plotted.
#[derive(Default)]
pub struct TablePlot {
    /// `line`, `bar`, `barh`, `hist`, `scatter`, `area`, `pie`, `box`; by default `line`.
    pub kind: Option<String>,
    /// What stands along x; by default 0, 1, 2, …
    pub x: Option<Value>,
    /// The axes to draw in; by default those of a new figure.
    pub ax: Option<Value>,
    /// Inches across and down.
    pub size: Option<(f64, f64)>,
    /// Above the axes.
    pub title: Option<String>,
    /// What x measures.
    pub x_label: Option<String>,
    /// What y measures.
    pub y_label: Option<String>,
    /// Is there a list of what is what? By default if there are several columns.
    pub legend: Option<bool>,
    /// A colour for each column, if it is not the next one of the axes.
    pub colors: Vec<Option<Value>>,
    /// Keywords for all columns: `alpha`, `bins`, …
    pub more: Vec<(rdk_runtime::value::Name, Value)>,
}

/// Plots columns in axes, and gives the axes, as pandas does.
pub fn plot(context: &Context, columns: Vec<Column>, how: TablePlot) -> Result<Value> {
    let axes = match how.ax {
        Some(axes) => axes,
        None => {
            let figure = state::of(context).0.lock().add(None);
            let mut drawn = figure.0.lock();
            drawn.size = how.size.map(super::figure_methods::sized).transpose()?.unwrap_or(drawn.size);
            let at = drawn.current();
            drop(drawn);
            Value::object(AxesObject { figure, at })
        }
    };
    let call = |name: &str, positional: Vec<Value>, keywords: Vec<(rdk_runtime::value::Name, Value)>| {
        let method = operators::attribute(context, &axes, name)?;
        context.call(&method, Args { keywords, ..Args::of(positional) })
    };
    let kind = how.kind.as_deref().unwrap_or("line");
    let n = columns.len();
    for (at, column) in columns.into_iter().enumerate() {
        let mut keywords = how.more.clone();
        if let Some(color) = how.colors.get(at).cloned().flatten() {
            keywords.push(("color".into(), color));
        }
        let labelled = !matches!(kind, "pie" | "box");
        if let Some(name) = column.name.filter(|_| labelled) {
            keywords.push(("label".into(), Value::from(name)));
        }
        let places = |n: usize| Value::list((0..n).map(|at| Value::Float(at as f64)));
        let length = || {
            super::values::concrete(context, std::slice::from_ref(&column.values))
                .and_then(|done| super::values::row(&done[0], "y"))
                .map(|row| row.count())
        };
        let x = match &how.x {
            Some(x) => x.clone(),
            None => places(length()?),
        };
        match kind {
            "line" => call("plot", vec![x, column.values], keywords)?,
            "scatter" => call("scatter", vec![x, column.values], keywords)?,
            "hist" => call("hist", vec![column.values], keywords)?,
            "pie" => {
                if let Some(x) = &how.x {
                    keywords.push(("labels".into(), x.clone()));
                }
                call("pie", vec![column.values], keywords)?
            }
            "box" => call("boxplot", vec![column.values], keywords)?,
            "area" => call("fill_between", vec![x, column.values], keywords)?,
            "bar" | "barh" => {
                // Bars of several columns stand side by side around their place.
                let count = length()?;
                let width = 0.5 / n as f64;
                let shift = (at as f64 - (n as f64 - 1.0) / 2.0) * width;
                let at = Value::list((0..count).map(|row| Value::Float(row as f64 + shift)));
                let size = if kind == "bar" { "width" } else { "height" };
                keywords.push((size.into(), Value::Float(width)));
                call(kind, vec![at, column.values], keywords)?;
                let ticks = if kind == "bar" { "set_xticks" } else { "set_yticks" };
                let turned = if kind == "bar" { vec![("rotation".into(), Value::Int(90))] } else { Vec::new() };
                call(ticks, vec![places(count), x], turned)?
            }
            other => {
                bail!("{other} is not a valid plot kind"; hint: "line, bar, barh, hist, box, area, pie and scatter are")
            }
        };
    }
    let say = |name: &str, text: Option<String>| {
        text.map_or(Ok(Value::None), |text| call(name, vec![Value::from(text)], Vec::new()))
    };
    say("set_title", how.title)?;
    say("set_xlabel", how.x_label)?;
    say("set_ylabel", how.y_label)?;
    if how.legend.unwrap_or(n > 1) {
        call("legend", Vec::new(), Vec::new())?;
    }
    Ok(axes)
}

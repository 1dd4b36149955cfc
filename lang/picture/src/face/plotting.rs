//! `pandas.plotting`: what `df.plot(…)` and `series.hist(…)` ask for.
//!
//! Rooms with tables stand beside this one and do not know it. As in pandas they find it by the name of its module, and hand over
//! their columns with the keywords of the user.

use rdk_runtime::{Args, Context, FromValue, Keywords, Result, Value, bail, builtins, operators};

use super::figure_methods;
use super::handles::{AxesObject, FigureObject};
use super::state;
use super::table::{Column, TablePlot, plot as plot_table};
use super::values::{self, Pair};

builtins! {
    /// Draws columns of a table; gives the axes.
    ///
    /// `df.plot(…)` and `series.plot(…)` call it.
    fn plot[context](
        /// Pairs of a name and values, one for each column.
        data: Value,
        /// `line`, `bar`, `barh`, `hist`, `box`, `area`, `pie` or `scatter`.
        kind: String = "line",
        /// Does it go into the current axes, if there are any?
        reuse_plot: bool = false,
        /// `x`, `ax`, `figsize`, `title`, `xlabel`, `ylabel`, `legend`, `xlim`, `grid`, … and keywords of the way of drawing.
        kwargs: Keywords,
    ) -> Result<Value> { draw(context, columns(&data)?, &kind, reuse_plot, kwargs) }

    /// Draws how often numbers of each column fall into ranges, in axes of its own; gives the axes.
    ///
    /// `df.hist(…)` calls it.
    fn hist_frame[context](
        /// Pairs of a name and values, one for each column.
        data: Value,
        /// How many ranges.
        bins: Value = 10i64,
        /// Lines behind the bars?
        grid: bool = true,
        /// Inches across and down.
        figsize: Option<Pair>,
        /// Keywords of `plt.hist`.
        kwargs: Keywords,
    ) -> Result<Value> { tables(context, columns(&data)?, bins, grid, figsize, kwargs) }
}

fn columns(data: &Value) -> Result<Vec<Column>> {
    let pairs = data.items().unwrap_or_default();
    let pair = |pair: &Value| match pair.items().as_deref() {
        Some([name, values]) => Ok(Column { name: (!name.is_none()).then(|| name.text()), values: values.clone() }),
        _ => bail!(TypeError: "expected pairs of a name and values"),
    };
    pairs.iter().map(pair).collect()
}

/// What a user says besides, taken apart.
struct Said(Vec<(rdk_runtime::value::Name, Value)>);

impl Said {
    /// Takes a keyword out; `None` counts as not said.
    fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| &**known == name)?;
        Some(self.0.remove(at).1).filter(|value| !value.is_none())
    }

    fn typed<T: FromValue>(&mut self, name: &str) -> Result<Option<T>> {
        self.take(name).map(|value| T::try_from_value(&value)).transpose()
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.take(name).map(|value| value.text())
    }

    fn is(&mut self, name: &str) -> Result<bool> {
        Ok(self.typed::<bool>(name)?.unwrap_or(false))
    }
}

fn draw(context: &Context, columns: Vec<Column>, kind: &str, reuse: bool, kwargs: Keywords) -> Result<Value> {
    let mut said = Said(kwargs.0);
    let n = columns.len();
    let ax = said.take("ax").or_else(|| {
        let open = state::of(context).0.lock().current.is_some();
        (reuse && open).then(|| Value::object(state::axes(context)))
    });
    let size = said.typed::<Pair>("figsize")?.map(|Pair(width, height)| (width, height));
    if let (Some(axes), Some(size)) = (ax.as_ref().and_then(AxesObject::from_value), size) {
        axes.figure.0.lock().size = figure_methods::sized(size)?;
    }
    let (log_x, log_y, log_both) = (said.is("logx")?, said.is("logy")?, said.is("loglog")?);
    let settings = [
        ("set_xscale", (log_x || log_both).then(|| Value::str("log"))),
        ("set_yscale", (log_y || log_both).then(|| Value::str("log"))),
        ("set_xlim", said.take("xlim")),
        ("set_ylim", said.take("ylim")),
        ("set_xticks", said.take("xticks")),
        ("set_yticks", said.take("yticks")),
        ("grid", said.take("grid")),
    ];
    let ticks = said.take("ticks");
    let turn = said.take("rot");
    let letters = said.take("fontsize");
    // Of no effect here: what they ask for is so anyway, or belongs to a whole table of axes.
    for name in ["sharex", "sharey", "layout", "use_index", "table", "sort_columns", "backend", "cmap", "colormap"] {
        said.take(name);
    }
    let several = said.is("subplots")?;
    let title = said.text("title");
    let (x, x_label, y_label) = (said.take("x"), said.text("xlabel"), said.text("ylabel"));
    let legend = said.typed::<bool>("legend")?;
    let colors = said.take("color");
    let mut more = said.0;
    if kind == "hist" && n > 1 && !more.iter().any(|(name, _)| &**name == "range") {
        more.extend(range_of(context, &columns)?.map(|range| ("range".into(), range)));
    }
    let color_of = |at: usize| match colors.as_ref().and_then(|colors| colors.items()) {
        Some(several) if !several.is_empty() && matches!(several[0], Value::Str(_)) => {
            Some(several[at % several.len()].clone())
        }
        _ => colors.clone(),
    };
    let part = |columns: Vec<Column>, ax: Option<Value>, title: Option<String>| -> Result<Value> {
        let colors = (0..columns.len()).map(color_of).collect();
        let how = TablePlot {
            kind: Some(kind.to_string()),
            x: x.clone(),
            ax,
            size,
            title,
            x_label: x_label.clone(),
            y_label: y_label
                .clone()
                .or_else(|| match kind {
                    "hist" => Some("Frequency".to_string()),
                    "pie" => columns.first().and_then(|column| column.name.clone()),
                    _ => None,
                })
                .filter(|text| !text.is_empty()),
            legend: legend.map(|wanted| wanted && !matches!(kind, "pie" | "box" | "scatter")),
            colors,
            more: more.clone(),
        };
        let axes = plot_table(context, columns, how)?;
        if let Some([places, labels]) = ticks.as_ref().and_then(Value::items).as_deref() {
            call(context, &axes, "set_xticks", vec![places.clone(), labels.clone()], Vec::new())?;
        }
        for (name, value) in &settings {
            if let Some(value) = value {
                call(context, &axes, name, vec![value.clone()], Vec::new())?;
            }
        }
        if turn.is_some() || letters.is_some() {
            let rotation = turn.clone().map(|turn| ("labelrotation".into(), turn));
            let size = letters.clone().map(|size| ("labelsize".into(), size));
            let axis = Value::str(if kind == "barh" { "y" } else { "x" });
            call(context, &axes, "tick_params", vec![axis], rotation.into_iter().chain(size).collect())?;
        }
        Ok(axes)
    };
    if !several || n < 2 {
        return part(columns, ax, title);
    }
    let figure = state::of(context).0.lock().add(None);
    if let Some(size) = size {
        figure.0.lock().size = figure_methods::sized(size)?;
    }
    let table = figure_methods::table(&figure, n, 1, None, None, true)?;
    let places = values::concrete(context, std::slice::from_ref(&table))?;
    let places = places[0].items().unwrap_or_default();
    for (column, axes) in columns.into_iter().zip(places) {
        part(vec![column], Some(axes), None)?;
    }
    if let Some(title) = title {
        let figure = Value::object(FigureObject(figure));
        call(context, &figure, "suptitle", vec![Value::from(title)], Vec::new())?;
    }
    Ok(table)
}

fn call(
    context: &Context,
    receiver: &Value,
    name: &str,
    positional: Vec<Value>,
    keywords: Vec<(rdk_runtime::value::Name, Value)>,
) -> Result<Value> {
    let method = operators::attribute(context, receiver, name)?;
    context.call(&method, Args { keywords, ..Args::of(positional) })
}

/// From the smallest to the largest of all columns.
fn range_of(context: &Context, columns: &[Column]) -> Result<Option<Value>> {
    let all: Vec<Value> = columns.iter().map(|column| column.values.clone()).collect();
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values::concrete(context, &all)? {
        for number in values::numbers(&value, "x")? {
            (low, high) = (low.min(number), high.max(number));
        }
    }
    Ok((low < high).then(|| Value::tuple([Value::Float(low), Value::Float(high)])))
}

/// A histogram of each column, as near to a square of axes as it gets.
fn tables(
    context: &Context,
    columns: Vec<Column>,
    bins: Value,
    grid: bool,
    size: Option<Pair>,
    kwargs: Keywords,
) -> Result<Value> {
    let mut said = Said(kwargs.0);
    for name in ["ax", "sharex", "sharey", "layout", "xrot", "yrot", "xlabelsize", "ylabelsize", "legend", "backend"] {
        said.take(name);
    }
    let n = columns.len();
    let across = (1..).find(|across| across * across >= n).unwrap_or(1);
    let down = n.div_ceil(across);
    let figure = state::of(context).0.lock().add(None);
    if let Some(Pair(width, height)) = size {
        figure.0.lock().size = figure_methods::sized((width, height))?;
    }
    let table = figure_methods::table(&figure, down, across, None, None, false)?;
    let rows = values::concrete(context, std::slice::from_ref(&table))?[0].items().unwrap_or_default();
    let mut places = Vec::new();
    for row in rows {
        places.extend(rdk_runtime::evaluate::collect(context, &row)?);
    }
    for (at, axes) in places.iter().enumerate() {
        let Some(column) = columns.get(at) else {
            call(context, axes, "set_axis_off", Vec::new(), Vec::new())?;
            continue;
        };
        let mut keywords = said.0.clone();
        keywords.push(("bins".into(), bins.clone()));
        call(context, axes, "hist", vec![column.values.clone()], keywords)?;
        call(context, axes, "set_title", vec![Value::from(column.name.clone().unwrap_or_default())], Vec::new())?;
        call(context, axes, "grid", vec![Value::Bool(grid)], Vec::new())?;
    }
    Ok(table)
}

//! Lines and what consists of lines: `plot`, `step`, `errorbar`, `axhline`, …

use std::sync::Arc;

use rdk_runtime::{Context, Keywords, Rest, Result, Value, bail, builtins};

use super::handles::AxesObject;
use super::style::{self, Style};
use super::values::{self, Row, concrete, same_length};
use crate::color::Color;
use crate::figure::{Artist, Line, Rule, Scale, Settings, Shape};

builtins! {
    /// Draws lines through points, or marks on them.
    ///
    /// `plot(y)`, `plot(x, y)`, `plot(x, y, "r--")`; a table of two dimensions is a line a column. A lazy value is computed.
    fn plot[context](
        /// The axes.
        this: AxesObject,
        /// `x`, `y` and a format such as `"ko"`, once or more often; a single row is `y`.
        args: Rest,
        /// `color`, `linewidth`, `linestyle`, `marker`, `markersize`, `alpha`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { plot_all(context, &this, args, kwargs, "plot") }

    /// As `plot`, with an axis of x by powers of ten.
    fn semilogx[context](
        /// The axes.
        this: AxesObject,
        /// As for `plot`.
        args: Rest,
        /// As for `plot`.
        kwargs: Keywords,
    ) -> Result<Value> {
        this.with(|axes, _| axes.x.scale = Scale::Log);
        plot_all(context, &this, args, kwargs, "semilogx")
    }

    /// As `plot`, with an axis of y by powers of ten.
    fn semilogy[context](
        /// The axes.
        this: AxesObject,
        /// As for `plot`.
        args: Rest,
        /// As for `plot`.
        kwargs: Keywords,
    ) -> Result<Value> {
        this.with(|axes, _| axes.y.scale = Scale::Log);
        plot_all(context, &this, args, kwargs, "semilogy")
    }

    /// As `plot`, with both axes by powers of ten.
    fn loglog[context](
        /// The axes.
        this: AxesObject,
        /// As for `plot`.
        args: Rest,
        /// As for `plot`.
        kwargs: Keywords,
    ) -> Result<Value> {
        this.with(|axes, _| (axes.x.scale, axes.y.scale) = (Scale::Log, Scale::Log));
        plot_all(context, &this, args, kwargs, "loglog")
    }

    /// Draws steps from point to point.
    fn step[context](
        /// The axes.
        this: AxesObject,
        /// Where steps are.
        x: Value,
        /// How high.
        y: Value,
        /// A format such as `"r--"`.
        fmt: Option<String>,
        /// Where the height changes: `pre`, `post` or `mid`.
        r#where: String = "pre",
        /// As for `plot`.
        kwargs: Keywords,
    ) -> Result<Value> {
        let mut kwargs = kwargs;
        kwargs.0.push(("drawstyle".into(), Value::from(format!("steps-{}", r#where))));
        let args = [Some(x), Some(y), fmt.map(Value::from)].into_iter().flatten().collect();
        plot_all(context, &this, Rest(args), kwargs, "step")
    }

    /// A line from the left edge to the right one.
    fn axhline(
        /// The axes.
        this: AxesObject,
        /// At which height.
        y: f64 = 0.0,
        /// Where it begins, 0 left to 1 right.
        xmin: f64 = 0.0,
        /// Where it ends.
        xmax: f64 = 1.0,
        /// `color`, `linewidth`, `linestyle`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { rule(&this, true, y, (xmin, xmax), kwargs) }

    /// A line from the lower edge to the upper one.
    fn axvline(
        /// The axes.
        this: AxesObject,
        /// Where along x.
        x: f64 = 0.0,
        /// Where it begins, 0 below to 1 above.
        ymin: f64 = 0.0,
        /// Where it ends.
        ymax: f64 = 1.0,
        /// `color`, `linewidth`, `linestyle`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { rule(&this, false, x, (ymin, ymax), kwargs) }

    /// A stripe from the left edge to the right one.
    fn axhspan(
        /// The axes.
        this: AxesObject,
        /// Where it begins along y.
        ymin: f64,
        /// Where it ends.
        ymax: f64,
        /// `color`, `alpha`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { stripe(&this, true, (ymin, ymax), kwargs) }

    /// A stripe from the lower edge to the upper one.
    fn axvspan(
        /// The axes.
        this: AxesObject,
        /// Where it begins along x.
        xmin: f64,
        /// Where it ends.
        xmax: f64,
        /// `color`, `alpha`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { stripe(&this, false, (xmin, xmax), kwargs) }

    /// Level lines.
    fn hlines[context](
        /// The axes.
        this: AxesObject,
        /// At which heights.
        y: Value,
        /// Where they begin.
        xmin: Value,
        /// Where they end.
        xmax: Value,
        /// Their colour.
        colors: Option<Value>,
        /// Their dashes.
        linestyles: Option<Value>,
        /// What the list says about them.
        label: Option<Value>,
        /// `linewidth`, `alpha`, …
        kwargs: Keywords,
    ) -> Result<Value> { level_lines(context, &this, [y, xmin, xmax], true, with(kwargs, [("color", colors), ("linestyle", linestyles), ("label", label)])) }

    /// Upright lines.
    fn vlines[context](
        /// The axes.
        this: AxesObject,
        /// Where along x.
        x: Value,
        /// Where they begin.
        ymin: Value,
        /// Where they end.
        ymax: Value,
        /// Their colour.
        colors: Option<Value>,
        /// Their dashes.
        linestyles: Option<Value>,
        /// What the list says about them.
        label: Option<Value>,
        /// `linewidth`, `alpha`, …
        kwargs: Keywords,
    ) -> Result<Value> { level_lines(context, &this, [x, ymin, ymax], false, with(kwargs, [("color", colors), ("linestyle", linestyles), ("label", label)])) }

    /// A line with bars that say how sure its points are.
    fn errorbar[context](
        /// The axes.
        this: AxesObject,
        /// Where points are.
        x: Value,
        /// Where points are.
        y: Value,
        /// How far up and down: a number, one each, or two rows for down and up.
        yerr: Option<Value>,
        /// How far left and right.
        xerr: Option<Value>,
        /// A format such as `"o"`; `"none"` draws the bars alone.
        fmt: String = "",
        /// The colour of the bars.
        ecolor: Option<Value>,
        /// How thick the bars are.
        elinewidth: Option<f64>,
        /// How wide their ends are.
        capsize: f64 = 0.0,
        /// As for `plot`.
        kwargs: Keywords,
    ) -> Result<Value> { error_bars(context, &this, [x, y], [xerr, yerr], &fmt, ecolor, elinewidth, capsize, kwargs) }

    /// Marks on stalks.
    fn stem[context](
        /// The axes.
        this: AxesObject,
        /// `x` and `y`, or `y` alone.
        args: Rest,
        /// The format of the stalks.
        linefmt: Option<String>,
        /// The format of the marks.
        markerfmt: Option<String>,
        /// The format of the line on which they stand.
        basefmt: Option<String>,
        /// Where they stand.
        bottom: f64 = 0.0,
        /// What the list says about them.
        label: Option<Value>,
    ) -> Result<Value> {
        let (x, y) = two_rows(context, &this, args.0)?;
        let text = |format: Option<String>, usual: &str| style::format(&format.unwrap_or_else(|| usual.to_string()));
        let stalks = text(linefmt, "C0-")?;
        let marks = text(markerfmt, "C0o")?;
        let base = text(basefmt, "C3-")?;
        let from = this.with(|axes, settings| {
            let from = axes.artists.len();
            let ends = x.iter().zip(&y).map(|(&x, &y)| [x, bottom, x, y]).collect();
            let color = stalks.color.unwrap_or(settings_color(settings));
            axes.add(Artist::new(Shape::Segments { ends, color, width: 1.5, dashes: Vec::new() }, 2.0));
            let ends = (x.iter().copied().fold(f64::INFINITY, f64::min), x.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            line(axes, settings, vec![ends.0, ends.1], vec![bottom; 2], base);
            let marks = Style { label: label.map(|label| values::label(&label)), ..marks };
            line(axes, settings, x, y, marks);
            from
        });
        Ok(this.artist_saying(from..from + 3, "StemContainer", "<StemContainer object of 3 artists>".into()))
    }
}

fn settings_color(settings: &Settings) -> Color {
    settings.cycle.first().copied().unwrap_or(crate::color::CYCLE[0])
}

/// Keywords with those that have a parameter of their own.
pub fn with<const N: usize>(mut keywords: Keywords, more: [(&str, Option<Value>); N]) -> Keywords {
    keywords.0.extend(more.into_iter().filter_map(|(name, value)| Some((name.into(), value?))));
    keywords
}

/// `(x, y)` or `y` alone, as numbers.
fn two_rows(context: &Context, this: &AxesObject, args: Vec<Value>) -> Result<(Vec<f64>, Vec<f64>)> {
    let args = concrete(context, &args)?;
    let rows = args.iter().map(|value| values::row(value, "y")).collect::<Result<Vec<Row>>>()?;
    this.with(|axes, _| match <[Row; 2]>::try_from(rows) {
        Ok([x, y]) => {
            same_length(x.count(), y.count())?;
            Ok((x.along(&mut axes.x), y.along(&mut axes.y)))
        }
        Err(rows) => match <[Row; 1]>::try_from(rows) {
            Ok([y]) => {
                let y = y.along(&mut axes.y);
                Ok(((0..y.len()).map(|at| at as f64).collect(), y))
            }
            Err(_) => bail!(TypeError: "expected `x` and `y`, or `y` alone"),
        },
    })
}

/// The calls of `plot` within one: `x, y, format` again and again.
fn plot_all(context: &Context, this: &AxesObject, args: Rest, kwargs: Keywords, name: &str) -> Result<Value> {
    if args.0.is_empty() {
        return Ok(Value::list([]));
    }
    let given = Style::from_keywords(kwargs, "Line2D")?;
    let args = concrete(context, &args.0)?;
    let mut groups: Vec<(Option<Value>, Value, Style)> = Vec::new();
    let mut rest = &args[..];
    while let Some(first) = rest.first() {
        if let Value::Str(text) = first
            && !groups.is_empty()
        {
            bail!("{name}() got the format '{text}' where numbers are expected"; hint: "`x, y, \"format\"`, and again if there are several lines");
        }
        let format_at = |at: usize| {
            rest.get(at).and_then(Value::as_str).filter(|text| rest.len() > 1 && (at > 0 || !text.is_empty()))
        };
        // A text in third place is a format; one in second place is one unless it is what y is.
        let (x, y, format, used) = match (rest.get(1), format_at(1), format_at(2)) {
            (None, _, _) => (None, first.clone(), None, 1),
            (Some(_), Some(format), _) => (None, first.clone(), Some(format), 2),
            (Some(second), None, Some(format)) => (Some(first.clone()), second.clone(), Some(format), 3),
            (Some(second), None, None) => (Some(first.clone()), second.clone(), None, 2),
        };
        groups.push((x, y, format.map(style::format).transpose()?.unwrap_or_default()));
        rest = &rest[used..];
    }
    let mut lines: Vec<(Row, Row, Style)> = Vec::new();
    for (x, y, format) in groups {
        let style = given.clone().or(&format);
        for (x, y) in columns(x.as_ref(), &y)? {
            lines.push((x, y, style.clone()));
        }
    }
    let range = this.with(|axes, settings| {
        let from = axes.artists.len();
        for (x, y, style) in lines {
            let (x, y) = (x.along(&mut axes.x), y.along(&mut axes.y));
            line(axes, settings, x, y, style);
        }
        from..axes.artists.len()
    });
    Ok(this.lines(range))
}

/// The rows of `x` and `y`: several if either has columns.
fn columns(x: Option<&Value>, y: &Value) -> Result<Vec<(Row, Row)>> {
    let ys = column_rows(y, "y")?;
    let xs = match x {
        Some(x) => column_rows(x, "x")?,
        None => vec![Row::Numbers((0..ys.first().map_or(0, Row::count)).map(|at| at as f64).collect())],
    };
    let (x_length, y_length) = (xs.first().map_or(0, Row::count), ys.first().map_or(0, Row::count));
    if x_length != y_length {
        let shape = |rows: &[Row], length: usize| match rows.len() {
            1 => format!("({length},)"),
            n => format!("({length}, {n})"),
        };
        bail!(
            "x and y must have same first dimension, but have shapes {} and {}", shape(&xs, x_length), shape(&ys, y_length);
            hint: "every point needs both an x and a y"
        );
    }
    match (xs.len(), ys.len()) {
        (1, _) => Ok(ys.into_iter().map(|y| (xs[0].clone(), y)).collect()),
        (_, 1) => Ok(xs.into_iter().map(|x| (x, ys[0].clone())).collect()),
        (n, m) if n == m => Ok(xs.into_iter().zip(ys).collect()),
        (n, m) => bail!("x has {n} columns but y has {m} columns"),
    }
}

/// A row, or the columns of a table.
fn column_rows(value: &Value, name: &str) -> Result<Vec<Row>> {
    let is_text = matches!(value, Value::Str(_))
        || value.items().is_some_and(|items| items.first().is_some_and(|item| matches!(item, Value::Str(_))));
    if is_text || value.as_f64().is_some() {
        return Ok(vec![values::row(value, name)?]);
    }
    let chunk = match values::array(value) {
        Ok(chunk) => chunk,
        Err(_) => return Ok(vec![values::row(value, name)?]),
    };
    match *chunk.shape() {
        [] | [_] => Ok(vec![Row::Numbers(chunk.to_vec())]),
        [_, n] => Ok((0..n).map(|column| Row::Numbers(chunk.index_axis(1, column).to_vec())).collect()),
        _ => {
            bail!("x and y can be no greater than 2D, but {name} has the shape {}", values::shape_text(chunk.shape()); hint: "one row or table of it: `{name}[0]`")
        }
    }
}

/// Adds a line.
pub fn line(axes: &mut crate::figure::Axes, settings: &Settings, x: Vec<f64>, y: Vec<f64>, style: Style) -> usize {
    let color = style.color.unwrap_or_else(|| axes.next_line_color(settings));
    let (drawn, dashes) = style.line.clone().unwrap_or((true, Vec::new()));
    let (x, y) = match style.steps.as_deref() {
        Some(steps) => stepped(&x, &y, steps),
        None => (x, y),
    };
    let shape = Shape::Line(Line {
        x: Arc::new(x),
        y: Arc::new(y),
        color: color.with_alpha(style.alpha),
        width: style.width.unwrap_or(settings.line_width),
        drawn,
        dashes,
        marker: style.marker(color, settings),
    });
    axes.add(Artist::new(shape, style.height.unwrap_or(2.0)).labelled(style.label))
}

/// The corners of steps.
fn stepped(x: &[f64], y: &[f64], steps: &str) -> (Vec<f64>, Vec<f64>) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for at in 0..x.len() {
        if at > 0 {
            let (before, after) = (x[at - 1], x[at]);
            match steps {
                "steps-post" => {
                    xs.push(after);
                    ys.push(y[at - 1]);
                }
                "steps-mid" => {
                    let middle = (before + after) / 2.0;
                    xs.extend([middle, middle]);
                    ys.extend([y[at - 1], y[at]]);
                }
                "steps-pre" | "steps" => {
                    xs.push(before);
                    ys.push(y[at]);
                }
                _ => {}
            }
        }
        xs.push(x[at]);
        ys.push(y[at]);
    }
    (xs, ys)
}

fn rule(this: &AxesObject, level: bool, at: f64, span: (f64, f64), kwargs: Keywords) -> Result<Value> {
    let style = Style::from_keywords(kwargs, "Line2D")?;
    let at = this.with(|axes, settings| {
        // A line of this kind takes the first colour, and leaves the others to come as they were.
        let color = style.color.unwrap_or(settings_color(settings)).with_alpha(style.alpha);
        let width = style.width.unwrap_or(settings.line_width);
        let dashes = style.line.clone().map(|line| line.1).unwrap_or_default();
        let shape = Shape::Rule(Rule { level, at, to: None, span, color, width, dashes });
        axes.add(Artist::new(shape, style.height.unwrap_or(2.0)).labelled(style.label))
    });
    Ok(this.artist(at..at + 1, "Line2D"))
}

fn stripe(this: &AxesObject, level: bool, (from, to): (f64, f64), kwargs: Keywords) -> Result<Value> {
    let style = Style::from_keywords(kwargs, "Rectangle")?;
    let at = this.with(|axes, settings| {
        let color = style.face.or(style.color).unwrap_or(settings_color(settings)).with_alpha(style.alpha);
        let shape = Shape::Rule(Rule {
            level,
            at: from,
            to: Some(to),
            span: (0.0, 1.0),
            color,
            width: 0.0,
            dashes: Vec::new(),
        });
        axes.add(Artist::new(shape, style.height.unwrap_or(1.0)).labelled(style.label))
    });
    Ok(this.artist(at..at + 1, "Rectangle"))
}

fn level_lines(
    context: &Context,
    this: &AxesObject,
    places: [Value; 3],
    level: bool,
    kwargs: Keywords,
) -> Result<Value> {
    let style = Style::from_keywords(kwargs, "LineCollection")?;
    let places = concrete(context, &places)?;
    let at = values::numbers(&places[0], if level { "y" } else { "x" })?;
    let from = values::repeated(&places[1], at.len(), if level { "xmin" } else { "ymin" })?;
    let to = values::repeated(&places[2], at.len(), if level { "xmax" } else { "ymax" })?;
    let end = |across: f64, along: f64| if level { [along, across] } else { [across, along] };
    let ends = (0..at.len())
        .map(|i| {
            let ([x0, y0], [x1, y1]) = (end(at[i], from[i]), end(at[i], to[i]));
            [x0, y0, x1, y1]
        })
        .collect();
    let at = this.with(|axes, settings| {
        let color = style.color.unwrap_or(settings_color(settings)).with_alpha(style.alpha);
        let width = style.width.unwrap_or(settings.line_width);
        let dashes = style.line.clone().map(|line| line.1).unwrap_or_default();
        let shape = Shape::Segments { ends, color, width, dashes };
        axes.add(Artist::new(shape, style.height.unwrap_or(2.0)).labelled(style.label))
    });
    Ok(this.artist(at..at + 1, "LineCollection"))
}

#[allow(clippy::too_many_arguments)]
fn error_bars(
    context: &Context,
    this: &AxesObject,
    places: [Value; 2],
    errors: [Option<Value>; 2],
    format: &str,
    color: Option<Value>,
    width: Option<f64>,
    cap: f64,
    kwargs: Keywords,
) -> Result<Value> {
    let alone = format.eq_ignore_ascii_case("none");
    let style = Style::from_keywords(kwargs, "Line2D")?;
    let style = if alone { style } else { style.or(&style::format(format)?) };
    let (x, y) = two_rows(context, this, places.to_vec())?;
    let reach = |error: Option<Value>, name: &str| -> Result<Option<(Vec<f64>, Vec<f64>)>> {
        let Some(error) = error else { return Ok(None) };
        let error = values::first(concrete(context, &[error])?);
        let chunk = values::array(&error)?;
        Ok(Some(match *chunk.shape() {
            [2, n] if n == x.len() => (chunk.index_axis(0, 0).to_vec(), chunk.index_axis(0, 1).to_vec()),
            _ => {
                let both = values::repeated(&error, x.len(), name)?;
                (both.clone(), both)
            }
        }))
    };
    let [x_error, y_error] = errors;
    let (x_error, y_error) = (reach(x_error, "xerr")?, reach(y_error, "yerr")?);
    let color = color.map(|color| values::colors(&color)).transpose()?.and_then(|colors| colors.first().copied());
    let range = this.with(|axes, settings| {
        let from = axes.artists.len();
        let own = style.color.unwrap_or_else(|| axes.next_line_color(settings));
        let bar_color = color.unwrap_or(own).with_alpha(style.alpha);
        let width = width.unwrap_or(style.width.unwrap_or(settings.line_width));
        let style = Style { color: Some(own), ..style };
        if !alone {
            line(axes, settings, x.clone(), y.clone(), style);
        }
        let mut bars = |ends: Vec<[f64; 4]>, sign: char, tips: Vec<(f64, f64)>| {
            axes.add(Artist::new(Shape::Segments { ends, color: bar_color, width, dashes: Vec::new() }, 2.0));
            if cap > 0.0 {
                let marks = Style {
                    color: Some(bar_color),
                    line: Some((false, Vec::new())),
                    sign: Some(Some(sign)),
                    sign_size: Some(2.0 * cap),
                    ..Style::default()
                };
                line(
                    axes,
                    settings,
                    tips.iter().map(|tip| tip.0).collect(),
                    tips.iter().map(|tip| tip.1).collect(),
                    marks,
                );
            }
        };
        if let Some((left, right)) = x_error {
            let ends = (0..x.len()).map(|at| [x[at] - left[at], y[at], x[at] + right[at], y[at]]).collect();
            let tips = (0..x.len()).flat_map(|at| [(x[at] - left[at], y[at]), (x[at] + right[at], y[at])]).collect();
            bars(ends, '|', tips);
        }
        if let Some((down, up)) = y_error {
            let ends = (0..x.len()).map(|at| [x[at], y[at] - down[at], x[at], y[at] + up[at]]).collect();
            let tips = (0..x.len()).flat_map(|at| [(x[at], y[at] - down[at]), (x[at], y[at] + up[at])]).collect();
            bars(ends, '_', tips);
        }
        from..axes.artists.len()
    });
    Ok(this.artist_saying(range, "ErrorbarContainer", "<ErrorbarContainer object of 3 artists>".into()))
}

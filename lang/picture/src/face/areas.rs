//! Filled shapes: `fill_between`, `fill`, `stackplot`.

use rdk_runtime::{Context, Keywords, Result, Value, bail};

use super::handles::AxesObject;
use super::style::{self, Style};
use super::values::{self, concrete, same_length};
use crate::figure::{Artist, Shape};

/// The area between two lines, where `only` has it.
pub fn between(
    context: &Context,
    this: &AxesObject,
    given: [Value; 3],
    only: Option<Value>,
    turned: bool,
    kwargs: Keywords,
) -> Result<Value> {
    let style = Style::from_keywords(kwargs, "FillBetweenPolyCollection")?;
    let [x, low, high] = given;
    let done = concrete(context, &[x, low, high, only.unwrap_or(Value::Bool(true))])?;
    let x = values::row(&done[0], "x")?;
    let n = x.count();
    let same = |value: &Value, name: &str| {
        let found = values::numbers(value, name)?;
        if found.len() != 1 {
            same_length(n, found.len())?;
        }
        values::repeated(value, n, name)
    };
    let (low, high, only) = (same(&done[1], "y1")?, same(&done[2], "y2")?, same(&done[3], "where")?);
    let range = this.with(|axes, settings| {
        let x = x.along(if turned { &mut axes.y } else { &mut axes.x });
        let color =
            style.face.or(style.color).unwrap_or_else(|| axes.next_area_color(settings)).with_alpha(style.alpha);
        let edge = style.edge.map(|edge| (edge, style.width.unwrap_or(1.0)));
        let first = axes.artists.len();
        let mut at = 0;
        let shown = |at: usize| only[at] != 0.0 && !(x[at].is_nan() || low[at].is_nan() || high[at].is_nan());
        while at < n {
            if !shown(at) {
                at += 1;
                continue;
            }
            let end = (at..n).find(|&at| !shown(at)).unwrap_or(n);
            let there = (at..end).map(|at| (x[at], low[at]));
            let back = (at..end).rev().map(|at| (x[at], high[at]));
            let turn = |(x, y): (f64, f64)| if turned { (y, x) } else { (x, y) };
            let points = there.chain(back).map(turn).collect();
            let label = if axes.artists.len() == first { style.label.clone() } else { None };
            let shape = Shape::Area { points, fill: Some(color), edge };
            axes.add(Artist::new(shape, style.height.unwrap_or(1.0)).labelled(label));
            at = end;
        }
        first..axes.artists.len()
    });
    Ok(this.artist(range, "FillBetweenPolyCollection"))
}

/// An area with these corners.
pub fn polygon(context: &Context, this: &AxesObject, args: Vec<Value>, kwargs: Keywords) -> Result<Value> {
    let done = concrete(context, &args)?;
    let (x, y, format) = match done.as_slice() {
        [x, y] => (x, y, None),
        [x, y, Value::Str(format)] => (x, y, Some(format)),
        _ => bail!(TypeError: "fill() takes `x`, `y` and perhaps a colour"),
    };
    let style = Style::from_keywords(kwargs, "Polygon")?;
    let style = match format {
        Some(format) => style.or(&style::format(format)?),
        None => style,
    };
    let (x, y) = (values::numbers(x, "x")?, values::numbers(y, "y")?);
    same_length(x.len(), y.len())?;
    let at = this.with(|axes, settings| {
        let color =
            style.face.or(style.color).unwrap_or_else(|| axes.next_area_color(settings)).with_alpha(style.alpha);
        let points = x.into_iter().zip(y).collect();
        let edge = Some((style.edge.unwrap_or(color), style.width.unwrap_or(1.0)));
        let shape = Shape::Area { points, fill: (!style.empty).then_some(color), edge };
        axes.add(Artist::new(shape, 1.0).labelled(style.label))
    });
    Ok(Value::list([this.artist(at..at + 1, "Polygon")]))
}

/// Areas one on the other.
pub fn stacked_areas(
    context: &Context,
    this: &AxesObject,
    x: Value,
    rows: Vec<Value>,
    labels: Vec<String>,
    colors: Option<Value>,
    alpha: Option<f64>,
) -> Result<Value> {
    let mut all = vec![x];
    all.extend(rows);
    let done = concrete(context, &all)?;
    let mut rows = Vec::new();
    for value in &done[1..] {
        let chunk = values::array(value)?;
        match *chunk.shape() {
            [n, _] => rows.extend((0..n).map(|row| chunk.index_axis(0, row).to_vec::<f64>())),
            _ => rows.push(values::numbers(value, "y")?),
        }
    }
    let x = values::row(&done[0], "x")?;
    for row in &rows {
        same_length(x.count(), row.len())?;
    }
    let colors = colors.map(|colors| values::colors(&colors)).transpose()?.unwrap_or_default();
    let range = this.with(|axes, settings| {
        let first = axes.artists.len();
        let x = x.along(&mut axes.x);
        let mut base = vec![0.0; x.len()];
        for (at, row) in rows.iter().enumerate() {
            let top: Vec<f64> = base.iter().zip(row).map(|(base, height)| base + height).collect();
            let there = x.iter().copied().zip(base.iter().copied());
            let back = x.iter().copied().zip(top.iter().copied()).rev();
            let own = (!colors.is_empty()).then(|| colors[at % colors.len()]);
            let color = own.unwrap_or_else(|| axes.next_line_color(settings)).with_alpha(alpha);
            let shape = Shape::Area { points: there.chain(back).collect(), fill: Some(color), edge: None };
            axes.add(Artist::new(shape, 1.0).labelled(labels.get(at).cloned()));
            base = top;
        }
        first..axes.artists.len()
    });
    Ok(Value::list(range.map(|at| this.artist(at..at + 1, "FillBetweenPolyCollection"))))
}

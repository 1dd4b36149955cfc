//! What an axis is told: its label, limits, scale, ticks and grid.

use rdk_runtime::{Context, Keywords, Result, Value, bail};

use super::handles::AxesObject;
use super::images::{self, text_label};
use super::style;
use super::values::{self, Pair, concrete};
use crate::draw::view;
use crate::figure::{Axes, Axis, Grid, Label, Scale};

pub(super) fn axis_of(axes: &mut Axes, x: bool) -> &mut Axis {
    if x { &mut axes.x } else { &mut axes.y }
}

pub(super) fn turn(axis: &mut Axis) {
    axis.inverted = !axis.inverted;
    (axis.low, axis.high) = (axis.high, axis.low);
}

pub(super) fn axis_label(this: &AxesObject, text: &Value, x: bool, kwargs: Keywords) -> Result<Value> {
    let label = text_label(Label::new(values::label(text)), kwargs)?;
    let at = if x { "0.5, 0" } else { "0, 0.5" };
    let said = format!("Text({at}, {})", Value::str(&label.text).repr());
    this.with(|axes, _| axis_of(axes, x).label = Some(label));
    Ok(this.artist_saying(0..0, "Text", said))
}

pub(super) fn current_limits(this: &AxesObject, x: bool) -> Value {
    let seen = this.with_figure(|figure| view(&figure.axes, this.at));
    let (low, high) = if x { seen.x } else { seen.y };
    Pair(low, high).into()
}

pub(super) fn limits(
    this: &AxesObject,
    x: bool,
    low: Option<Value>,
    high: Option<f64>,
    other: [Option<f64>; 2],
) -> Result<Value> {
    use rdk_runtime::FromValue;
    let name = if x { "x" } else { "y" };
    let (low, high) = match low.as_ref().map(Pair::from_value) {
        Some(Some(pair)) if high.is_none() => (Some(pair.0), Some(pair.1)),
        _ => {
            let low = match &low {
                None => None,
                Some(value) => match value.as_f64() {
                    Some(number) => Some(number),
                    None if value.items().is_some() => {
                        let ends = value.items().unwrap_or_default();
                        let [low, high] = ends.as_slice() else {
                            bail!("limits are two numbers, got {}", value.repr())
                        };
                        return limits(
                            this,
                            x,
                            Some(low.clone()).filter(|low| !low.is_none()),
                            high.as_f64(),
                            [None, None],
                        );
                    }
                    None => bail!(TypeError: "limits are numbers, got {}", value.repr()),
                },
            };
            (low.or(other[0]), high.or(other[1]))
        }
    };
    if [low, high].into_iter().flatten().any(|end| !end.is_finite()) {
        bail!("Axis limits cannot be NaN or Inf");
    }
    this.with_figure(|figure| {
        let leader = axis_of(&mut figure.axes[this.at], x).shared;
        for at in [Some(this.at), leader].into_iter().flatten() {
            let axis = axis_of(&mut figure.axes[at], x);
            if axis.scale == Scale::Log && [low, high].into_iter().flatten().any(|end| end <= 0.0) {
                bail!("attempt to set non-positive {name}lim on a log-scaled axis");
            }
            axis.set_limits(low, high);
        }
        Ok(())
    })?;
    Ok(current_limits(this, x))
}

pub(super) fn scale(this: &AxesObject, x: bool, name: &str) -> Result<()> {
    let scale = match name {
        "linear" => Scale::Linear,
        "log" => Scale::Log,
        "symlog" | "logit" | "asinh" => bail!("the scale '{name}' is not there yet"; hint: "`linear` and `log` are"),
        _ => bail!("'{name}' is not a valid value for scale; supported values are 'linear', 'log'"),
    };
    this.with(|axes, _| axis_of(axes, x).scale = scale);
    Ok(())
}

/// Sets ticks and what stands there.
pub fn ticks_along(
    context: &Context,
    this: &AxesObject,
    x: bool,
    ticks: Option<Value>,
    labels: Option<Value>,
    kwargs: Keywords,
) -> Result<Value> {
    let places = match ticks {
        Some(ticks) => match values::row(&values::first(concrete(context, &[ticks])?), "ticks")? {
            values::Row::Numbers(numbers) => Some(numbers),
            row => Some(this.with(|axes, _| row.along(axis_of(axes, x)))),
        },
        None => None,
    };
    let labels = match labels {
        Some(labels) => {
            let done = values::first(concrete(context, &[labels])?);
            let items = rdk_runtime::evaluate::collect(context, &done)?;
            Some(items.iter().map(values::label).collect::<Vec<String>>())
        }
        None => None,
    };
    if let (Some(places), Some(labels)) = (&places, &labels)
        && places.len() != labels.len()
    {
        bail!(
            "The number of FixedLocator locations ({}), usually from a call to set_ticks, does not match the number of labels ({}).",
            places.len(),
            labels.len()
        );
    }
    let look = text_label(Label::new(""), kwargs)?;
    this.with(|axes, _| {
        let axis = axis_of(axes, x);
        axis.ticks = places.clone().or(axis.ticks.take());
        axis.tick_labels = labels.or(if places.is_some() { None } else { axis.tick_labels.take() });
        if look.angle != 0.0 {
            axis.angle = look.angle;
        }
        axis.size = look.size.or(axis.size);
    });
    let shown = this.with(|axes, _| axis_of(axes, x).ticks.clone().unwrap_or_default());
    Ok(Value::list(shown.into_iter().map(Value::Float)))
}

/// Changes an axis; is it that of x?
type Setting = Box<dyn Fn(&mut Axis, bool)>;

pub(super) fn tick_look(this: &AxesObject, which: &str, kwargs: Keywords) -> Result<()> {
    if !["x", "y", "both"].contains(&which) {
        bail!("'{which}' is not a valid value for axis; supported values are 'x', 'y', 'both'");
    }
    for (name, value) in kwargs.0 {
        let off = matches!(value, Value::Bool(false));
        let set: Setting = match &*name {
            "rotation" | "labelrotation" => {
                let angle = images::angle(&value)?;
                Box::new(move |axis, _| axis.angle = angle)
            }
            "labelsize" => {
                let size = images::size(&value)?;
                Box::new(move |axis, _| axis.size = Some(size))
            }
            "labelbottom" => Box::new(move |axis, x| axis.unlabelled = if x { off } else { axis.unlabelled }),
            "labelleft" => Box::new(move |axis, x| axis.unlabelled = if x { axis.unlabelled } else { off }),
            "bottom" => Box::new(move |axis, x| axis.bare = if x { off && axis.unlabelled } else { axis.bare }),
            "left" => Box::new(move |axis, x| axis.bare = if x { axis.bare } else { off && axis.unlabelled }),
            _ => continue,
        };
        this.with(|axes, _| {
            if which != "y" {
                set(&mut axes.x, true);
            }
            if which != "x" {
                set(&mut axes.y, false);
            }
        });
    }
    Ok(())
}

pub(super) fn grid_lines(
    this: &AxesObject,
    visible: Option<bool>,
    which: &str,
    axis: &str,
    kwargs: Keywords,
) -> Result<()> {
    let look = style::Style::from_keywords(kwargs, "Line2D")?;
    if !["x", "y", "both"].contains(&axis) {
        bail!("'{axis}' is not a valid value for axis; supported values are 'x', 'y', 'both'");
    }
    this.with(|axes, settings| {
        let styled = look != style::Style::default();
        let show = visible.unwrap_or(styled || axes.grid.is_none());
        let mut grid = axes.grid.clone().unwrap_or(Grid { shown: (false, false), ..Grid::of(settings) });
        if axis != "y" {
            grid.shown.0 = show;
        }
        if axis != "x" {
            grid.shown.1 = show;
        }
        grid.minor = which != "major";
        grid.color = look.color.unwrap_or(grid.color).with_alpha(look.alpha);
        grid.width = look.width.unwrap_or(grid.width);
        if let Some((_, dashes)) = look.line {
            grid.dashes = dashes;
        }
        axes.grid = (grid.shown.0 || grid.shown.1).then_some(grid);
    });
    Ok(())
}

//! The ways of drawing shapes: `scatter`, `bar`, `hist`, `fill_between`, `pie`; points and bars themselves.

use std::sync::Arc;

use rdk_runtime::{Context, Keywords, Rest, Result, Value, bail, builtins};

use super::areas::{between, polygon, stacked_areas};
use super::box_plot::box_plot;
use super::handles::AxesObject;
use super::histograms::{Histogram, histogram};
use super::pie::cake;
use super::style::{self, Style};
use super::values::{self, Pair, Row, concrete};
use crate::color::Color;
use crate::colormap::{ColorMap, Mapping};
use crate::figure::{Artist, Boxes, Points, Settings, Shape, Stands};

builtins! {
    /// Marks on points, each with a size and a colour.
    fn scatter[context](
        /// The axes.
        this: AxesObject,
        /// Where they are.
        x: Value,
        /// Where they are.
        y: Value,
        /// Their areas in square points: one for all, or one each.
        s: Option<Value>,
        /// Their colours: one, one each, or numbers for `cmap`.
        c: Option<Value>,
        /// The sign: `o`, `s`, `^`, …
        marker: Option<Value>,
        /// The colours of numbers.
        cmap: Option<String>,
        /// The number with the first colour.
        vmin: Option<f64>,
        /// The number with the last colour.
        vmax: Option<f64>,
        /// As much of them seen as this.
        alpha: Option<f64>,
        /// `label`, `edgecolors`, `linewidths`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let style = Style::from_keywords(kwargs.without_lists("color"), "PathCollection")?;
        scatter_points(context, &this, [Some(x), Some(y), s, c], marker, Range { map: cmap, low: vmin, high: vmax }, alpha, style)
    }

    /// Upright bars.
    fn bar[context](
        /// The axes.
        this: AxesObject,
        /// Where they stand: numbers or names.
        x: Value,
        /// How high they are.
        height: Value,
        /// How wide they are.
        width: Value = 0.8,
        /// On what they stand.
        bottom: Option<Value>,
        /// Is `x` their `center` or their left `edge`?
        align: String = "center",
        /// Bars that say how sure they are.
        yerr: Option<Value>,
        /// What stands below them.
        tick_label: Option<Value>,
        /// `color`, `edgecolor`, `alpha`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { bars(context, &this, Stands::Below, [x, height, width], bottom, &align, yerr, tick_label, kwargs) }

    /// Level bars.
    fn barh[context](
        /// The axes.
        this: AxesObject,
        /// Where they stand: numbers or names.
        y: Value,
        /// How long they are.
        width: Value,
        /// How thick they are.
        height: Value = 0.8,
        /// Where they begin.
        left: Option<Value>,
        /// Is `y` their `center` or their lower `edge`?
        align: String = "center",
        /// Bars that say how sure they are.
        xerr: Option<Value>,
        /// What stands beside them.
        tick_label: Option<Value>,
        /// `color`, `edgecolor`, `alpha`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { bars(context, &this, Stands::Left, [y, width, height], left, &align, xerr, tick_label, kwargs) }

    /// How often numbers fall into each of several ranges, as bars; gives counts, edges and bars.
    fn hist[context](
        /// The axes.
        this: AxesObject,
        /// The numbers; a list of several rows is several histograms.
        x: Value,
        /// How many ranges, or their edges.
        bins: Option<Value>,
        /// From where to where; by default all numbers.
        range: Option<Pair>,
        /// Shares of the whole for each unit of x, in place of counts?
        density: bool = false,
        /// How much each number counts.
        weights: Option<Value>,
        /// Counts of all up to there?
        cumulative: bool = false,
        /// `bar`, `step`, `stepfilled` or `barstacked`.
        histtype: String = "bar",
        /// `vertical` or `horizontal`.
        orientation: String = "vertical",
        /// How wide bars are, as a share of their range.
        rwidth: Option<f64>,
        /// An axis of counts by powers of ten?
        log: bool = false,
        /// One on the other?
        stacked: bool = false,
        /// `color`, `alpha`, `label`, `edgecolor`, …
        kwargs: Keywords,
    ) -> Result<Value> {
        let look = Histogram { range: range.map(|Pair(low, high)| (low, high)), density, cumulative, kind: histtype, level: orientation == "horizontal", width: rwidth, log, stacked };
        histogram(context, &this, x, bins, weights, look, kwargs)
    }

    /// The area between two lines.
    fn fill_between[context](
        /// The axes.
        this: AxesObject,
        /// Where points are.
        x: Value,
        /// One line.
        y1: Value,
        /// The other line.
        y2: Value = 0.0,
        /// Where there is an area at all.
        r#where: Option<Value>,
        /// `color`, `alpha`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { between(context, &this, [x, y1, y2], r#where, false, kwargs) }

    /// The area between two upright lines.
    fn fill_betweenx[context](
        /// The axes.
        this: AxesObject,
        /// Where points are.
        y: Value,
        /// One line.
        x1: Value,
        /// The other line.
        x2: Value = 0.0,
        /// Where there is an area at all.
        r#where: Option<Value>,
        /// `color`, `alpha`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { between(context, &this, [y, x1, x2], r#where, true, kwargs) }

    /// Areas with these corners.
    fn fill[context](
        /// The axes.
        this: AxesObject,
        /// `x`, `y` and perhaps a colour.
        args: Rest,
        /// `color`, `alpha`, `label`, …
        kwargs: Keywords,
    ) -> Result<Value> { polygon(context, &this, args.0, kwargs) }

    /// Areas one on the other.
    fn stackplot[context](
        /// The axes.
        this: AxesObject,
        /// Where points are.
        x: Value,
        /// One row of heights each.
        args: Rest,
        /// What the list says about each.
        labels: Option<Vec<String>>,
        /// Their colours.
        colors: Option<Value>,
        /// As much of them seen as this.
        alpha: Option<f64>,
    ) -> Result<Value> { stacked_areas(context, &this, x, args.0, labels.unwrap_or_default(), colors, alpha) }

    /// A cake, cut in proportion.
    fn pie[context](
        /// The axes.
        this: AxesObject,
        /// How much each piece is.
        x: Value,
        /// How far pieces are moved out.
        explode: Option<Value>,
        /// What is written beside each.
        labels: Option<Vec<Value>>,
        /// Their colours.
        colors: Option<Value>,
        /// How shares are written: `"%1.1f%%"`.
        autopct: Option<Value>,
        /// Where the first one begins, in degrees from the right.
        startangle: f64 = 0.0,
        /// The other way round?
        counterclock: bool = true,
        /// `shadow`, `radius` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        cake(context, &this, x, explode, labels.unwrap_or_default(), colors, autopct, startangle, counterclock)
    }

    /// A box around the middle half of numbers, a line at their median, and what lies far out.
    fn boxplot[context](
        /// The axes.
        this: AxesObject,
        /// Numbers, a list of several rows, or a table of columns.
        x: Value,
        /// What stands below each.
        tick_labels: Option<Vec<Value>>,
        /// The former name of `tick_labels`.
        labels: Option<Vec<Value>>,
        /// Upright?
        vert: bool = true,
        /// `notch`, `showfliers` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        let names = tick_labels.or(labels).unwrap_or_default();
        box_plot(context, &this, x, names.iter().map(values::label).collect(), vert)
    }
}

/// A map and its ends, as far as they have been said.
pub struct Range {
    /// Its name.
    pub map: Option<String>,
    /// What has the first colour.
    pub low: Option<f64>,
    /// What has the last colour.
    pub high: Option<f64>,
}

impl Range {
    /// For these numbers.
    pub fn mapping(&self, numbers: &[f64], settings: &Settings) -> Result<Mapping> {
        let finite = || numbers.iter().copied().filter(|number| number.is_finite());
        let low = self.low.unwrap_or_else(|| finite().fold(f64::INFINITY, f64::min));
        let high = self.high.unwrap_or_else(|| finite().fold(f64::NEG_INFINITY, f64::max));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let map = ColorMap::named(self.map.as_deref().unwrap_or(&settings.map))?;
        Ok(Mapping { map, low, high, log: false })
    }
}

/// Keywords whose lists are taken apart elsewhere.
pub trait WithoutLists {
    /// Without the keyword of this name if it is a list of colours.
    fn without_lists(self, name: &str) -> Keywords;
}

impl WithoutLists for Keywords {
    fn without_lists(mut self, name: &str) -> Keywords {
        use rdk_runtime::FromValue;
        self.0.retain(|(key, value)| {
            &**key != name || values::ColorArg::from_value(value).is_some() || value.items().is_none()
        });
        self
    }
}

fn scatter_points(
    context: &Context,
    this: &AxesObject,
    given: [Option<Value>; 4],
    marker: Option<Value>,
    range: Range,
    alpha: Option<f64>,
    style: Style,
) -> Result<Value> {
    let sign = marker.map(|marker| style::sign(&marker)).transpose()?.flatten().unwrap_or('o');
    let done = concrete(context, &given.map(Option::unwrap_or_default))?;
    let (x, y) = (values::row(&done[0], "x")?, values::row(&done[1], "y")?);
    if x.count() != y.count() {
        bail!("x and y must be the same size"; hint: "x has {} values, y has {}", x.count(), y.count());
    }
    let n = x.count();
    let settings = this.with(|_, settings| settings.clone());
    let sizes = match done[2].is_none() {
        true => vec![settings.marker_size],
        false => {
            let areas = values::numbers(&done[2], "s")?;
            if areas.len() != 1 && areas.len() != n {
                bail!("s must be a scalar, or float array-like with the same size as x and y"; hint: "`s` has {} values, there are {n} points", areas.len());
            }
            areas.into_iter().map(|area| area.max(0.0).sqrt()).collect()
        }
    };
    let mut mapping = None;
    let colors = if done[3].is_none() {
        Vec::new()
    } else if let Some(numbers) = color_numbers(&done[3], n) {
        let map = range.mapping(&numbers, &settings)?;
        let colors = numbers.iter().map(|&number| {
            let [red, green, blue, alpha] = map.bytes(number);
            if alpha == 0 { Color::NONE } else { Color::bytes([red, green, blue]) }
        });
        let colors = colors.collect();
        mapping = Some(map);
        colors
    } else {
        let colors = values::colors(&done[3])?;
        if colors.len() != 1 && colors.len() != n {
            bail!("'c' argument has {} elements, which is inconsistent with 'x' and 'y' with size {n}.", colors.len());
        }
        colors
    };
    let at = this.with(|axes, settings| {
        let (x, y) = (x.along(&mut axes.x), y.along(&mut axes.y));
        let colors: Vec<Color> = match colors.is_empty() {
            true => vec![style.color.or(style.face).unwrap_or_else(|| axes.next_area_color(settings))],
            false => colors,
        };
        let alpha = alpha.or(style.alpha);
        let colors = colors.into_iter().map(|color| color.with_alpha(alpha)).collect();
        let width = style.width.unwrap_or(if crate::draw::SIGNS.contains(sign) { 1.0 } else { 1.5 });
        let edge = style.edge.map(|edge| (width, Some(edge.with_alpha(alpha))));
        let points = Points { x: Arc::new(x), y: Arc::new(y), sizes, colors, sign, edge, mapping };
        axes.add(Artist::new(Shape::Points(points), style.height.unwrap_or(1.0)).labelled(style.label))
    });
    Ok(this.artist(at..at + 1, "PathCollection"))
}

/// Numbers in place of colours: one a point.
fn color_numbers(value: &Value, n: usize) -> Option<Vec<f64>> {
    if matches!(value, Value::Str(_)) {
        return None;
    }
    let numbers = match values::row(value, "c") {
        Ok(Row::Numbers(numbers)) => numbers,
        _ => return None,
    };
    let is_color = matches!(numbers.len(), 3 | 4) && numbers.len() != n;
    (numbers.len() == n && !is_color).then_some(numbers)
}

#[allow(clippy::too_many_arguments)]
fn bars(
    context: &Context,
    this: &AxesObject,
    stands: Stands,
    given: [Value; 3],
    base: Option<Value>,
    align: &str,
    error: Option<Value>,
    names: Option<Value>,
    kwargs: Keywords,
) -> Result<Value> {
    let color_list = kwargs.0.iter().find(|(name, _)| &**name == "color").map(|(_, value)| value.clone());
    let style = Style::from_keywords(kwargs.without_lists("color"), "Rectangle")?;
    let base = base.unwrap_or(Value::Float(0.0));
    let [at, length, width] = given;
    let done = concrete(context, &[at, length, width, base])?;
    let at = values::row(&done[0], "x")?;
    let n = match (at.count(), values::row(&done[1], "height")?.count()) {
        (1, n) | (n, 1) => n,
        (n, m) if n == m => n,
        (n, m) => {
            bail!("shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape ({n},) and arg 1 with shape ({m},)."; hint: "every bar needs a place and a height")
        }
    };
    let length = values::repeated(&done[1], n, "height")?;
    let width = values::repeated(&done[2], n, "width")?;
    let base = values::repeated(&done[3], n, "bottom")?;
    let error = error
        .map(|error| concrete(context, &[error]).and_then(|done| values::repeated(&done[0], n, "yerr")))
        .transpose()?;
    let colors = match color_list {
        Some(list) if style.color.is_none() => values::colors(&list)?,
        _ => Vec::new(),
    };
    if !["center", "edge"].contains(&align) {
        bail!("'{align}' is not a valid value for align; supported values are 'center', 'edge'");
    }
    let below = stands == Stands::Below;
    let artists = this.with(|axes, settings| {
        let at = at.along(if below { &mut axes.x } else { &mut axes.y });
        let at = if at.len() == 1 { vec![at[0]; n] } else { at };
        let sides = (0..n)
            .map(|i| {
                let from = if align == "edge" { at[i] } else { at[i] - width[i] / 2.0 };
                let (to, low, high) = (from + width[i], base[i], base[i] + length[i]);
                if below { [from, low, to, high] } else { [low, from, high, to] }
            })
            .collect();
        let colors: Vec<Option<Color>> = match colors.is_empty() {
            true => vec![style.color.or(style.face).unwrap_or_else(|| axes.next_area_color(settings))],
            false => colors,
        }
        .into_iter()
        .map(|color| (!style.empty).then(|| color.with_alpha(style.alpha)))
        .collect();
        let edge = style.edge.or(if style.empty { style.color.or(Some(Color::BLACK)) } else { None });
        let edge = edge.map(|edge| (edge.with_alpha(style.alpha), style.width.unwrap_or(1.0)));
        let boxes = Boxes { sides, colors, edge, stands };
        let first =
            axes.add(Artist::new(Shape::Boxes(boxes), style.height.unwrap_or(1.0)).labelled(style.label.clone()));
        if let Some(error) = error {
            let ends = (0..n)
                .map(|i| {
                    let (middle, end) =
                        (if align == "edge" { at[i] + width[i] / 2.0 } else { at[i] }, base[i] + length[i]);
                    match below {
                        true => [middle, end - error[i], middle, end + error[i]],
                        false => [end - error[i], middle, end + error[i], middle],
                    }
                })
                .collect();
            axes.add(Artist::new(Shape::Segments { ends, color: Color::BLACK, width: 1.5, dashes: Vec::new() }, 2.0));
        }
        if let Some(names) = names {
            let names = names.items().unwrap_or_default().iter().map(values::label).collect();
            let axis = if below { &mut axes.x } else { &mut axes.y };
            (axis.ticks, axis.tick_labels) = (Some(at), Some(names));
        }
        first..axes.artists.len()
    });
    Ok(this.artist_saying(artists, "BarContainer", format!("<BarContainer object of {n} artists>")))
}

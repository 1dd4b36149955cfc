//! Points, bars, areas: `scatter`, `bar`, `hist`, `fill_between`, `pie`.

use std::sync::Arc;

use rdk_array::Chunk;
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, Keywords, Rest, Result, Value, bail, builtins};

use super::handles::AxesObject;
use super::plot::line;
use super::style::{self, Style};
use super::values::{self, Pair, Row, concrete, same_length};
use crate::color::Color;
use crate::colormap::{ColorMap, Mapping};
use crate::figure::{Artist, Axes, Boxes, Label, Points, Settings, Shape, Stands, Wedge};
use crate::scene::Anchor;

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

struct Histogram {
    range: Option<(f64, f64)>,
    density: bool,
    cumulative: bool,
    kind: String,
    level: bool,
    width: Option<f64>,
    log: bool,
    stacked: bool,
}

fn histogram(
    context: &Context,
    this: &AxesObject,
    x: Value,
    bins: Option<Value>,
    weights: Option<Value>,
    look: Histogram,
    kwargs: Keywords,
) -> Result<Value> {
    let labels = kwargs.0.iter().find(|(name, _)| &**name == "label").and_then(|(_, value)| value.items());
    let color_list = kwargs.0.iter().find(|(name, _)| &**name == "color").map(|(_, value)| value.clone());
    let mut style = Style::from_keywords(kwargs.without_lists("color"), "Rectangle")?;
    let done = concrete(context, &[x, bins.unwrap_or(Value::Int(10)), weights.unwrap_or_default()])?;
    let rows = rows_of(context, &done[0])?;
    if !["bar", "barstacked", "step", "stepfilled"].contains(&look.kind.as_str()) {
        bail!(
            "'{}' is not a valid value for histtype; supported values are 'bar', 'barstacked', 'step', 'stepfilled'",
            look.kind
        );
    }
    let edges = edges(&done[1], rows.iter().flatten().copied(), look.range)?;
    let weights = if done[2].is_none() { None } else { Some(values::numbers(&done[2], "weights")?) };
    let mut counts: Vec<Vec<f64>> = Vec::new();
    for row in &rows {
        if let Some(weights) = &weights
            && weights.len() != row.len()
        {
            bail!("weights should have the same shape as x"; hint: "there are {} weights and {} numbers", weights.len(), row.len());
        }
        counts.push(counted(row, weights.as_deref(), &edges, look.density, look.cumulative));
    }
    let several = rows.len() > 1;
    let stacked = look.stacked || look.kind == "barstacked";
    let colors = match color_list {
        Some(list) if style.color.is_none() => values::colors(&list)?,
        _ => Vec::new(),
    };
    if labels.is_some() {
        style.label = None;
    }
    let n = edges.len() - 1;
    let range = this.with(|axes, settings| {
        let first = axes.artists.len();
        if look.log {
            let axis = if look.level { &mut axes.x } else { &mut axes.y };
            axis.scale = crate::figure::Scale::Log;
        }
        let mut base = vec![0.0; n];
        for (at, counts) in counts.iter().enumerate() {
            let own = colors.get(at).copied().or(style.color).or(style.face);
            let color = own.unwrap_or_else(|| axes.next_line_color(settings));
            let label = labels.as_ref().and_then(|labels| labels.get(at)).map(values::label).or(style.label.clone());
            let share = match several && !stacked {
                true => (at, rows.len(), 0.8),
                false => (0, 1, look.width.unwrap_or(1.0)),
            };
            let drawn = Drawn { edges: &edges, counts, base: &base, color, label, share, level: look.level };
            drawn.add(axes, &look.kind, &style);
            if stacked {
                base.iter_mut().zip(counts).for_each(|(base, count)| *base += count);
            }
        }
        first..axes.artists.len()
    });
    let array = |numbers: Vec<f64>| Value::object(NdArray::new(Chunk::from_vec(&[numbers.len()], numbers)));
    let bars = this.artist_saying(range, "BarContainer", format!("<BarContainer object of {n} artists>"));
    let heights = match several {
        true => {
            let flat = counts.iter().flatten().copied().collect();
            Value::object(NdArray::new(Chunk::from_vec(&[counts.len(), n], flat)))
        }
        false => array(counts.into_iter().next().unwrap_or_default()),
    };
    Ok(Value::tuple([heights, array(edges), bars]))
}

/// The rows of several histograms: one, or those of a list of lists, or the columns of a table.
fn rows_of(context: &Context, value: &Value) -> Result<Vec<Vec<f64>>> {
    if let Some(items) = value.items()
        && items
            .iter()
            .any(|item| item.items().is_some() || item.get::<NdArray>().is_some_and(|array| !array.shape().is_empty()))
    {
        let items = concrete(context, &items)?;
        return items.iter().map(|item| values::numbers(item, "x")).collect();
    }
    let chunk = values::array(value)?;
    match *chunk.shape() {
        [] | [_] => Ok(vec![chunk.to_vec()]),
        [_, n] => Ok((0..n).map(|column| chunk.index_axis(1, column).to_vec()).collect()),
        _ => bail!("x must be 1D or 2D"; hint: "`.ravel()` puts all numbers in a row"),
    }
}

/// NumPy's edges: so many equal ranges, or those given.
fn edges(bins: &Value, numbers: impl Iterator<Item = f64>, range: Option<(f64, f64)>) -> Result<Vec<f64>> {
    let count = match bins {
        Value::Int(count) => *count,
        Value::Str(_) => {
            // The rules for looking at the data agree on this for a bell of numbers; Sturges'.
            let (n, low, high) = numbers.fold((0usize, f64::INFINITY, f64::NEG_INFINITY), |(n, low, high), number| {
                (n + 1, low.min(number), high.max(number))
            });
            let count = (n.max(1) as f64).log2().ceil() as i64 + 1;
            return Ok(equal(count, range.unwrap_or((low, high))));
        }
        other => match other.plain_number() {
            Some(Value::Int(count)) => count,
            _ => {
                let edges = values::numbers(bins, "bins")?;
                if edges.len() < 2
                    || edges.windows(2).any(|pair| pair[0] > pair[1] || pair[0].is_nan() || pair[1].is_nan())
                {
                    bail!("`bins` must increase monotonically, when an array"; hint: "at least two edges, from low to high");
                }
                return Ok(edges);
            }
        },
    };
    if count < 1 {
        bail!("`bins` must be positive, when an integer");
    }
    if count > 10_000_000 {
        bail!("{count} ranges are too many");
    }
    let (low, high) = match range {
        Some((low, high)) if low.is_finite() && high.is_finite() && low <= high => (low, high),
        Some((low, high)) => bail!("range of [{low}, {high}] is not finite, or the wrong way round"),
        None => numbers
            .filter(|number| !number.is_nan())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number))),
    };
    if low > high {
        return Ok(equal(count, (0.0, 1.0)));
    }
    if !(low.is_finite() && high.is_finite()) {
        bail!("autodetected range of [{low}, {high}] is not finite"; hint: "`range=(low, high)` says which numbers count");
    }
    Ok(equal(count, (low, high)))
}

fn equal(count: i64, (low, high): (f64, f64)) -> Vec<f64> {
    let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
    let step = (high - low) / count as f64;
    (0..=count).map(|at| if at == count { high } else { low + at as f64 * step }).collect()
}

fn counted(numbers: &[f64], weights: Option<&[f64]>, edges: &[f64], density: bool, cumulative: bool) -> Vec<f64> {
    let n = edges.len() - 1;
    let mut counts = vec![0.0; n];
    for (at, &number) in numbers.iter().enumerate() {
        if number >= edges[0] && number <= edges[n] {
            // The last range has its upper edge too.
            let place = edges.partition_point(|edge| *edge <= number).saturating_sub(1).min(n - 1);
            counts[place] += weights.map_or(1.0, |weights| weights[at]);
        }
    }
    if density {
        let total: f64 = counts.iter().sum();
        for (at, count) in counts.iter_mut().enumerate() {
            *count /= total * (edges[at + 1] - edges[at]);
        }
    }
    if cumulative {
        let mut sum = 0.0;
        for (at, count) in counts.iter_mut().enumerate() {
            sum += if density { *count * (edges[at + 1] - edges[at]) } else { *count };
            *count = sum;
        }
    }
    counts
}

/// One histogram to be drawn.
struct Drawn<'a> {
    edges: &'a [f64],
    counts: &'a [f64],
    base: &'a [f64],
    color: Color,
    label: Option<String>,
    /// Which of how many stand beside each other, and how much of a range they take.
    share: (usize, usize, f64),
    level: bool,
}

impl Drawn<'_> {
    fn add(self, axes: &mut Axes, kind: &str, style: &Style) {
        let color = self.color.with_alpha(style.alpha);
        let stands = if self.level { Stands::Left } else { Stands::Below };
        if kind.starts_with("step") {
            let mut points = Vec::new();
            for (at, count) in self.counts.iter().enumerate() {
                points.push((self.edges[at], self.base[at] + count));
                points.push((self.edges[at + 1], self.base[at] + count));
            }
            points.insert(0, (self.edges[0], self.base[0]));
            points.push((self.edges[self.counts.len()], *self.base.last().unwrap_or(&0.0)));
            let turn = |(x, y): (f64, f64)| if self.level { (y, x) } else { (x, y) };
            let points = points.into_iter().map(turn).collect();
            let filled = kind == "stepfilled";
            let edge = match filled {
                true => style.edge.map(|edge| (edge, style.width.unwrap_or(1.0))),
                false => Some((style.edge.unwrap_or(color), style.width.unwrap_or(1.0))),
            };
            let shape = Shape::Area { points, fill: filled.then_some(color), edge };
            axes.add(Artist::new(shape, 1.0).labelled(self.label));
            // An area has no place to stand on; one without size says where limits end.
            let sides = vec![[self.edges[0], 0.0, self.edges[0], 0.0]];
            axes.add(Artist::new(Shape::Boxes(Boxes { sides, colors: vec![None], edge: None, stands }), 1.0));
            return;
        }
        let (which, of, part) = self.share;
        let side = |at: usize| {
            let range = self.edges[at + 1] - self.edges[at];
            let width = range * part / of as f64;
            let from = self.edges[at] + range * (1.0 - part) / 2.0 + which as f64 * width;
            let (low, high) = (self.base[at], self.base[at] + self.counts[at]);
            if self.level { [low, from, high, from + width] } else { [from, low, from + width, high] }
        };
        let sides = (0..self.counts.len()).map(side).collect();
        let edge = style.edge.map(|edge| (edge, style.width.unwrap_or(1.0)));
        let boxes = Boxes { sides, colors: vec![Some(color)], edge, stands };
        axes.add(Artist::new(Shape::Boxes(boxes), style.height.unwrap_or(1.0)).labelled(self.label));
    }
}

fn between(
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

fn polygon(context: &Context, this: &AxesObject, args: Vec<Value>, kwargs: Keywords) -> Result<Value> {
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

fn stacked_areas(
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

#[allow(clippy::too_many_arguments)]
fn cake(
    context: &Context,
    this: &AxesObject,
    x: Value,
    explode: Option<Value>,
    labels: Vec<Value>,
    colors: Option<Value>,
    percent: Option<Value>,
    start: f64,
    counter: bool,
) -> Result<Value> {
    let done = concrete(context, &[x, explode.unwrap_or(Value::Float(0.0))])?;
    let sizes = values::numbers(&done[0], "x")?;
    let out = values::repeated(&done[1], sizes.len(), "explode")?;
    if sizes.iter().any(|size| *size < 0.0 || size.is_nan()) {
        bail!("Wedge sizes 'x' must be non negative values");
    }
    if !labels.is_empty() && labels.len() != sizes.len() {
        bail!("'labels' must be of length 'x', not {}", labels.len());
    }
    let total: f64 = sizes.iter().sum();
    let colors = colors.map(|colors| values::colors(&colors)).transpose()?.unwrap_or_default();
    let shares: Vec<f64> = sizes.iter().map(|size| if total == 0.0 { 0.0 } else { size / total }).collect();
    let texts = shares
        .iter()
        .map(|share| match &percent {
            Some(Value::Str(format)) => rdk_runtime::operators::binary(
                context,
                rdk_syntax::tree::BinaryOp::Mod,
                &Value::Str(format.clone()),
                &Value::Float(share * 100.0),
            )
            .map(|text| Some(text.text())),
            Some(function) => context
                .call(function, rdk_runtime::Args::one(Value::Float(share * 100.0)))
                .map(|text| Some(text.text())),
            None => Ok(None),
        })
        .collect::<Result<Vec<_>>>()?;
    let range = this.with(|axes, settings| {
        let first = axes.artists.len();
        let mut angle = start;
        for (at, share) in shares.iter().enumerate() {
            let turn = share * 360.0 * if counter { 1.0 } else { -1.0 };
            let own = (!colors.is_empty()).then(|| colors[at % colors.len()]);
            let color = own.unwrap_or_else(|| axes.next_line_color(settings));
            let label = labels.get(at).map(values::label);
            let wedge = Wedge { from: angle, to: angle + turn, out: out[at], color };
            axes.add(Artist::new(Shape::Wedges(vec![wedge]), 1.0).labelled(label.clone()));
            let (sin, cos) = (angle + turn / 2.0).to_radians().sin_cos();
            let mut write = |text: String, far: f64, across: Anchor| {
                let place = ((far + out[at]) * cos, (far + out[at]) * sin);
                let label = Label { at: place, across, down: Anchor::Middle, ..Label::new(text) };
                axes.add(Artist::new(Shape::Label(label), 3.0));
            };
            if let Some(label) = label {
                write(label, 1.1, if cos >= 0.0 { Anchor::Start } else { Anchor::End });
            }
            if let Some(text) = &texts[at] {
                write(text.clone(), 0.6, Anchor::Middle);
            }
            angle += turn;
        }
        axes.hidden = true;
        axes.aspect = crate::figure::Aspect::Fixed(1.0);
        first..axes.artists.len()
    });
    let wedges = Value::list(range.clone().map(|at| this.artist(at..at + 1, "Wedge")));
    Ok(Value::tuple([wedges, Value::list([])]))
}

/// The median and quarters of sorted numbers, as NumPy has them.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() as f64 - 1.0);
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64)
}

fn box_plot(context: &Context, this: &AxesObject, x: Value, names: Vec<String>, upright: bool) -> Result<Value> {
    let rows = rows_of(context, &values::first(concrete(context, &[x])?))?;
    this.with(|axes, settings| {
        let turn = |across: f64, along: f64| if upright { (across, along) } else { (along, across) };
        let mut draw = |points: &[(f64, f64)], style: Style| {
            let points: Vec<(f64, f64)> = points.iter().map(|&(across, along)| turn(across, along)).collect();
            let (x, y) = points.into_iter().unzip();
            line(axes, settings, x, y, Style { width: Some(1.0), ..style });
        };
        let black = || Style { color: Some(Color::BLACK), ..Style::default() };
        let width = (0.15 * rows.len() as f64).clamp(0.15, 0.5);
        for (at, row) in rows.iter().enumerate() {
            let mut sorted: Vec<f64> = row.iter().copied().filter(|number| !number.is_nan()).collect();
            sorted.sort_by(f64::total_cmp);
            if sorted.is_empty() {
                continue;
            }
            let middle = at as f64 + 1.0;
            let (low, median, high) = (quantile(&sorted, 0.25), quantile(&sorted, 0.5), quantile(&sorted, 0.75));
            let reach = 1.5 * (high - low);
            let least = sorted.iter().copied().find(|number| *number >= low - reach).unwrap_or(low).min(low);
            let most = sorted.iter().rev().copied().find(|number| *number <= high + reach).unwrap_or(high).max(high);
            let (left, right) = (middle - width / 2.0, middle + width / 2.0);
            draw(&[(left, low), (right, low), (right, high), (left, high), (left, low)], black());
            for (from, to) in [(low, least), (high, most)] {
                draw(&[(middle, from), (middle, to)], black());
                draw(&[(middle - width / 4.0, to), (middle + width / 4.0, to)], black());
            }
            draw(&[(left, median), (right, median)], Style { color: Some(crate::color::CYCLE[1]), ..Style::default() });
            let far: Vec<(f64, f64)> = sorted
                .iter()
                .filter(|number| **number < least || **number > most)
                .map(|&number| (middle, number))
                .collect();
            let marks =
                Style { line: Some((false, Vec::new())), sign: Some(Some('o')), face: Some(Color::NONE), ..black() };
            draw(&far, marks);
        }
        let axis = if upright { &mut axes.x } else { &mut axes.y };
        axis.ticks = Some((1..=rows.len()).map(|at| at as f64).collect());
        axis.tick_labels =
            Some((0..rows.len()).map(|at| names.get(at).cloned().unwrap_or((at + 1).to_string())).collect());
        axis.set_limits(Some(0.5), Some(rows.len() as f64 + 0.5));
    });
    Ok(Value::dict::<&str>([]))
}

//! `hist`: how often numbers fall into each of several ranges.

use rdk_array::Chunk;
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, Keywords, Result, Value, bail};

use super::handles::AxesObject;
use super::shapes::WithoutLists;
use super::style::Style;
use super::values::{self, concrete};
use crate::color::Color;
use crate::figure::{Artist, Axes, Boxes, Shape, Stands};

/// What a histogram looks like.
pub struct Histogram {
    /// From where to where.
    pub range: Option<(f64, f64)>,
    /// Shares for each unit.
    pub density: bool,
    /// Counts of all up to there.
    pub cumulative: bool,
    /// `bar`, `step`, `stepfilled` or `barstacked`.
    pub kind: String,
    /// Do bars lie.
    pub level: bool,
    /// The share of its range that a bar takes.
    pub width: Option<f64>,
    /// An axis by powers of ten.
    pub log: bool,
    /// One on the other.
    pub stacked: bool,
}

/// Draws it; gives counts, edges and bars.
pub fn histogram(
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
pub fn rows_of(context: &Context, value: &Value) -> Result<Vec<Vec<f64>>> {
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

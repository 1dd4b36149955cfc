//! From where to where axes go, when nobody has said so: around all that lies in them, with a little space.

use crate::figure::{Artist, Axes, Axis, Scale, Shape, Stands};
use crate::ticks;

/// The numbers at the left and right edge, and at the lower and upper one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct View {
    pub x: (f64, f64),
    pub y: (f64, f64),
}

/// What lies along one axis.
#[derive(Clone, Copy, Debug)]
struct Span {
    low: f64,
    high: f64,
    /// The lowest number above 0.
    positive: f64,
    /// Limits end here without space, if they end here.
    edges: [f64; 2],
}

impl Span {
    const NOTHING: Span =
        Span { low: f64::INFINITY, high: f64::NEG_INFINITY, positive: f64::INFINITY, edges: [f64::NAN; 2] };

    fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.low = self.low.min(value);
            self.high = self.high.max(value);
            if value > 0.0 {
                self.positive = self.positive.min(value);
            }
        }
    }

    fn all(&mut self, values: &[f64]) {
        values.iter().for_each(|&value| self.add(value));
    }

    /// Nothing stands beyond these.
    fn edge(&mut self, low: f64, high: f64) {
        let least = |a: f64, b: f64| if a.is_nan() || b < a { b } else { a };
        let most = |a: f64, b: f64| if a.is_nan() || b > a { b } else { a };
        self.edges = [least(self.edges[0], low), most(self.edges[1], high)];
    }

    fn join(&mut self, other: &Span) {
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
        self.positive = self.positive.min(other.positive);
        if !other.edges[0].is_nan() {
            self.edge(other.edges[0], other.edges[1]);
        }
    }
}

/// The view of axes.
pub fn view(all: &[Axes], at: usize) -> View {
    let axes = &all[at];
    if let Some((mapping, _)) = &axes.bar {
        return View { x: (0.0, 1.0), y: (mapping.low, mapping.high) };
    }
    View { x: along(all, at, true), y: along(all, at, false) }
}

fn along(all: &[Axes], at: usize, x: bool) -> (f64, f64) {
    let axis_of = |axes: &Axes| if x { axes.x.clone() } else { axes.y.clone() };
    let leader = axis_of(&all[at]).shared.unwrap_or(at);
    let mut axis = axis_of(&all[leader]);
    let mut span = Span::NOTHING;
    for (position, axes) in all.iter().enumerate() {
        let other = axis_of(axes);
        if position == at || other.shared.unwrap_or(position) == leader {
            span.join(&span_of(axes, x));
            // Whoever has set limits has set them for all.
            axis.inverted |= other.inverted && other.low.is_some();
            axis.low = axis.low.or(other.low);
            axis.high = axis.high.or(other.high);
        }
    }
    let margin = if x { all[at].margins.0 } else { all[at].margins.1 };
    let (low, high) = around(&axis, span, margin);
    let low = axis.low.filter(|&low| axis.scale.shows(low)).unwrap_or(low);
    let high = axis.high.filter(|&high| axis.scale.shows(high)).unwrap_or(high);
    let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
    match axis.inverted {
        true => (low.max(high), low.min(high)),
        false => (low.min(high), low.max(high)),
    }
}

/// Limits around what there is, with space where it is wanted.
fn around(axis: &Axis, span: Span, margin: f64) -> (f64, f64) {
    let scale = axis.scale;
    let (low, high) = match scale {
        Scale::Linear => (span.low, span.high),
        Scale::Log => (span.positive, span.high),
    };
    let nothing = !(low.is_finite() && high.is_finite() && low <= high && scale.shows(low));
    if nothing {
        return if scale == Scale::Log { (1.0, 10.0) } else { (0.0, 1.0) };
    }
    let (low, high) = match (scale, high - low <= low.abs().max(high.abs()) * 1e-15) {
        (Scale::Linear, true) if low == 0.0 => (-0.05, 0.05),
        (Scale::Linear, true) => (low - 0.05 * low.abs(), high + 0.05 * high.abs()),
        (Scale::Log, true) => (10f64.powf(low.log10().ceil() - 1.0), 10f64.powf(high.log10().floor() + 1.0)),
        (_, false) => (low, high),
    };
    let (from, to) = (scale.forward(low), scale.forward(high));
    let space = (to - from) * margin;
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (high - low).abs();
    (
        if close(low, span.edges[0]) { low } else { scale.back(from - space) },
        if close(high, span.edges[1]) { high } else { scale.back(to + space) },
    )
}

fn span_of(axes: &Axes, x: bool) -> Span {
    let mut span = Span::NOTHING;
    for artist in axes.artists.iter().filter(|artist| artist.counts && !artist.hidden) {
        add(&mut span, artist, x);
    }
    span
}

fn add(span: &mut Span, artist: &Artist, x: bool) {
    match &artist.shape {
        Shape::Line(line) => span.all(if x { &line.x } else { &line.y }),
        Shape::Points(points) => span.all(if x { &points.x } else { &points.y }),
        Shape::Boxes(boxes) => {
            for &[left, bottom, right, top] in &boxes.sides {
                let (low, high) = if x { (left, right) } else { (bottom, top) };
                span.add(low);
                span.add(high);
                // Bars that hang have their upper edge at the place where others stand.
                match (boxes.stands, x) {
                    (Stands::Below, false) | (Stands::Left, true) => span.edge(low, low),
                    _ => {}
                }
            }
        }
        Shape::Area { points, .. } => points.iter().for_each(|point| span.add(if x { point.0 } else { point.1 })),
        Shape::Segments { ends, .. } => {
            for [x0, y0, x1, y1] in ends {
                let (from, to) = if x { (x0, x1) } else { (y0, y1) };
                span.add(*from);
                span.add(*to);
            }
        }
        Shape::Rule(rule) => {
            if rule.level != x {
                span.add(rule.at);
                rule.to.iter().for_each(|&to| span.add(to));
            }
        }
        Shape::Image(image) => {
            let [left, right, bottom, top] = image.extent;
            let (from, to) = if x { (left, right) } else { (bottom, top) };
            span.add(from);
            span.add(to);
            span.edge(from.min(to), from.max(to));
        }
        Shape::Label(_) => {}
        Shape::Wedges(_) => {
            span.add(-1.25);
            span.add(1.25);
            span.edge(-1.25, 1.25);
        }
    }
}

/// Ticks along an axis of this length, in points.
pub fn ticks_of(axis: &Axis, limits: (f64, f64), length: f64, size: f64, x: bool) -> ticks::Ticks {
    let (low, high) = (limits.0.min(limits.1), limits.0.max(limits.1));
    let n_parts = (length / (size * if x { 3.0 } else { 2.0 })).max(1.0) as usize;
    let inside = |at: f64| at >= low - (high - low) * 1e-9 && at <= high + (high - low) * 1e-9;
    if let Some(set) = &axis.ticks {
        let (own, offset) = ticks::labels(set, low, high);
        let names = axis.tick_labels.as_ref().or((!axis.names.is_empty()).then_some(&axis.names));
        let label = |at: usize| match names {
            Some(names) => names.get(at).cloned().unwrap_or_default(),
            None => own.get(at).cloned().unwrap_or_default(),
        };
        let kept: Vec<usize> = (0..set.len()).filter(|&at| inside(set[at])).collect();
        return ticks::Ticks {
            at: kept.iter().map(|&at| set[at]).collect(),
            labels: kept.iter().map(|&at| label(at)).collect(),
            minor: Vec::new(),
            offset: if names.is_some() { String::new() } else { offset },
        };
    }
    if !axis.names.is_empty() {
        let kept: Vec<usize> = (0..axis.names.len()).filter(|&at| inside(at as f64)).collect();
        return ticks::Ticks {
            at: kept.iter().map(|&at| at as f64).collect(),
            labels: kept.iter().map(|&at| axis.names[at].clone()).collect(),
            ..ticks::Ticks::default()
        };
    }
    let mut found = match axis.scale {
        Scale::Linear => ticks::linear(low, high, n_parts),
        Scale::Log => ticks::logarithmic(low, high, n_parts),
    };
    if let Some(labels) = &axis.tick_labels {
        found.labels = (0..found.at.len()).map(|at| labels.get(at).cloned().unwrap_or_default()).collect();
        found.offset = String::new();
    }
    found
}

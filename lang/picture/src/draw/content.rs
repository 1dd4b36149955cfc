//! What lies in axes, from below to above.

use std::sync::Arc;

use super::limits::View;
use super::{Projection, marks, thin};
use crate::color::Color;
use crate::colormap::Mapping;
use crate::figure::{
    Artist, Axes, Boxes, FigureState, ImageData, Label, Line, Marker, Place, Points, Rule, Shape, Wedge,
};
use crate::scene::{Item, Mark, Pixels, Rect, Scene, Step, Stroke, rect_steps};

/// Draws all that lies in axes.
pub fn draw(scene: &mut Scene, figure: &FigureState, axes: &Axes, rect: Rect, view: View) {
    if let (Some((mapping, alpha)), Place::Bar { level, .. }) = (&axes.bar, &axes.place) {
        bar(scene, mapping, *alpha, *level, rect);
        return;
    }
    let mut order: Vec<&Artist> = axes.artists.iter().filter(|artist| !artist.hidden).collect();
    order.sort_by(|a, b| a.height.total_cmp(&b.height));
    let content = Content { place: Projection::new(axes, rect, view), rect, figure };
    for artist in order {
        content.draw(scene, &artist.shape);
    }
}

/// The colours of a map from below to above, or from left to right.
fn bar(scene: &mut Scene, mapping: &Mapping, alpha: f64, level: bool, rect: Rect) {
    let colors = &mapping.map.colors;
    let flat = |color: &[u8; 3]| [color[0], color[1], color[2], 255];
    let bytes: Vec<u8> = match level {
        true => colors.iter().flat_map(flat).collect(),
        false => colors.iter().rev().flat_map(flat).collect(),
    };
    let (width, height) = if level { (colors.len(), 1) } else { (1, colors.len()) };
    let pixels = Arc::new(Pixels { width, height, bytes });
    scene.add(Item::Image { pixels, to: rect, smooth: false, alpha, clip: Some(rect) });
}

struct Content<'a> {
    place: Projection,
    rect: Rect,
    figure: &'a FigureState,
}

impl Content<'_> {
    fn draw(&self, scene: &mut Scene, shape: &Shape) {
        match shape {
            Shape::Line(line) => self.line(scene, line),
            Shape::Points(points) => self.points(scene, points),
            Shape::Boxes(boxes) => self.boxes(scene, boxes),
            Shape::Area { points, fill, edge } => {
                let mut steps = connected(points.iter().map(|&(x, y)| self.place.corner(x, y)));
                steps.push(Step::Close);
                let stroke = edge.map(|(color, width)| Stroke::solid(color, width));
                scene.add(Item::Shape { steps, fill: *fill, stroke, clip: Some(self.rect), snap: false });
            }
            Shape::Segments { ends, color, width, dashes } => {
                let ends = ends.iter().filter(|ends| ends.iter().all(|end| end.is_finite()));
                let steps: Vec<Step> = ends
                    .flat_map(|&[x0, y0, x1, y1]| {
                        let (from, to) = (self.place.corner(x0, y0), self.place.corner(x1, y1));
                        [Step::Move(from.0, from.1), Step::Line(to.0, to.1)]
                    })
                    .collect();
                let stroke = dashed(*color, *width, dashes);
                scene.add(Item::Shape { steps, fill: None, stroke: Some(stroke), clip: Some(self.rect), snap: true });
            }
            Shape::Rule(rule) => self.rule(scene, rule),
            Shape::Image(image) => self.image(scene, image),
            Shape::Label(label) => self.label(scene, label),
            Shape::Wedges(wedges) => wedges.iter().for_each(|wedge| self.wedge(scene, wedge)),
        }
    }

    fn line(&self, scene: &mut Scene, line: &Line) {
        let points = || line.x.iter().zip(line.y.iter()).map(|(&x, &y)| self.place.at(x, y));
        if line.drawn {
            let steps = connected(thin::line(points()).into_iter());
            let stroke = Stroke { square_ends: true, ..dashed(line.color, line.width, &line.dashes) };
            scene.add(Item::Shape { steps, fill: None, stroke: Some(stroke), clip: Some(self.rect), snap: false });
        }
        if let Some(marker) = &line.marker {
            let seen = self.rect.grown(marker.size);
            let mut last = (i64::MIN, i64::MIN);
            let marks: Vec<Mark> = points()
                .filter(|&(x, y)| seen.contains(x, y))
                // Marks in a row on the same spot hide each other.
                .filter(|&(x, y)| {
                    let spot = ((x * 10.0) as i64, (y * 10.0) as i64);
                    std::mem::replace(&mut last, spot) != spot || marker.face.alpha < 1.0
                })
                .map(|(x, y)| Mark { x, y, scale: marker.size, color: marker.face })
                .collect();
            marked(scene, marker, marks, Some(self.rect));
        }
    }

    fn points(&self, scene: &mut Scene, points: &Points) {
        let (steps, filled) = marks::outline(points.sign);
        let one = |all: &[f64], at: usize| all.get(at).or(all.first()).copied().unwrap_or(6.0);
        let seen = self.rect.grown(points.sizes.iter().copied().fold(0.0, f64::max));
        let marks: Vec<Mark> = (0..points.x.len().min(points.y.len()))
            .filter_map(|at| {
                let (x, y) = self.place.at(points.x[at], points.y[at]);
                let color = points.colors.get(at).or(points.colors.first()).copied().unwrap_or(Color::BLACK);
                let scale = one(&points.sizes, at);
                (seen.contains(x, y) && scale > 0.0).then_some(Mark { x, y, scale, color })
            })
            .collect();
        let edge = match (points.edge, filled) {
            (Some(edge), _) => Some(edge),
            (None, false) => Some((1.5, None)),
            (None, true) => None,
        };
        let round = marks::is_round(points.sign);
        scene.add(Item::Marks { steps, round, marks, filled, edge, clip: Some(self.rect) });
    }

    fn boxes(&self, scene: &mut Scene, boxes: &Boxes) {
        for (at, &[left, bottom, right, top]) in boxes.sides.iter().enumerate() {
            if [left, bottom, right, top].iter().any(|side| side.is_nan()) {
                continue;
            }
            let ((x0, y0), (x1, y1)) = (self.place.corner(left, bottom), self.place.corner(right, top));
            let rect = Rect { left: x0.min(x1), right: x0.max(x1), top: y0.min(y1), bottom: y0.max(y1) };
            let fill = boxes.colors.get(at).or(boxes.colors.first()).copied().flatten();
            let stroke = boxes.edge.map(|(color, width)| Stroke::solid(color, width));
            scene.add(Item::Shape { steps: rect_steps(rect), fill, stroke, clip: Some(self.rect), snap: true });
        }
    }

    fn rule(&self, scene: &mut Scene, rule: &Rule) {
        let Rect { left, right, top, bottom } = self.rect;
        let across = |share: f64| left + share * (right - left);
        let up = |share: f64| bottom - share * (bottom - top);
        let corner = |at: f64, share: f64| match rule.level {
            true => (across(share), self.place.y(at)),
            false => (self.place.x(at), up(share)),
        };
        let (from, to) = (corner(rule.at, rule.span.0), corner(rule.to.unwrap_or(rule.at), rule.span.1));
        if ![from.0, from.1, to.0, to.1].iter().all(|place| place.is_finite()) {
            return;
        }
        let clip = Some(self.rect);
        if rule.to.is_some() {
            let stripe = Rect {
                left: from.0.min(to.0),
                right: from.0.max(to.0),
                top: from.1.min(to.1),
                bottom: from.1.max(to.1),
            };
            let steps = rect_steps(stripe);
            scene.add(Item::Shape { steps, fill: Some(rule.color), stroke: None, clip, snap: true });
        } else {
            let steps = vec![Step::Move(from.0, from.1), Step::Line(to.0, to.1)];
            let stroke = Some(dashed(rule.color, rule.width, &rule.dashes));
            scene.add(Item::Shape { steps, fill: None, stroke, clip, snap: true });
        }
    }

    fn image(&self, scene: &mut Scene, image: &ImageData) {
        let [left, right, bottom, top] = image.extent;
        let ((x0, y0), (x1, y1)) = (self.place.at(left, bottom), self.place.at(right, top));
        let to = Rect { left: x0.min(x1), right: x0.max(x1), top: y0.min(y1), bottom: y0.max(y1) };
        // The first row lies at `top` if the image hangs from it; mirrored when the axes run the other way.
        let (mirrored, turned) = (x1 < x0, (y1 > y0) == image.upper);
        if let Some(pixels) = pixels(image, mirrored, turned) {
            let (smooth, alpha) = (image.smooth, image.alpha);
            scene.add(Item::Image { pixels: Arc::new(pixels), to, smooth, alpha, clip: Some(self.rect) });
        }
    }

    fn label(&self, scene: &mut Scene, label: &Label) {
        let (x, y) = match label.in_shares {
            true => {
                (self.rect.left + label.at.0 * self.rect.width(), self.rect.bottom - label.at.1 * self.rect.height())
            }
            false => self.place.at(label.at.0, label.at.1),
        };
        let (x, y) = (x + label.shift.0, y - label.shift.1);
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        let item = super::axes::text(label, x, y, self.figure.settings.letters);
        let bounds = item.bounds().unwrap_or_default();
        if let Some(((to_x, to_y), color)) = label.arrow {
            arrow(scene, bounds, self.place.at(to_x, to_y), color);
        }
        if let Some((fill, edge)) = label.frame {
            let stroke = Stroke::solid(edge, 1.0);
            scene.add(Item::rect(bounds.grown(3.0), Some(fill), Some(stroke)));
        }
        scene.add(item);
    }

    fn wedge(&self, scene: &mut Scene, wedge: &Wedge) {
        let middle = ((wedge.from + wedge.to) / 2.0).to_radians();
        let (cx, cy) = (wedge.out * middle.cos(), wedge.out * middle.sin());
        let n = ((wedge.to - wedge.from).abs() / 3.0).ceil().max(1.0) as usize;
        let around = (0..=n).map(|step| {
            let angle = (wedge.from + (wedge.to - wedge.from) * step as f64 / n as f64).to_radians();
            self.place.at(cx + angle.cos(), cy + angle.sin())
        });
        let mut steps = connected(std::iter::once(self.place.at(cx, cy)).chain(around));
        steps.push(Step::Close);
        scene.add(Item::Shape { steps, fill: Some(wedge.color), stroke: None, clip: None, snap: false });
    }
}

/// An arrow from the nearest edge of a text.
fn arrow(scene: &mut Scene, from: Rect, to: (f64, f64), color: Color) {
    let middle = ((from.left + from.right) / 2.0, (from.top + from.bottom) / 2.0);
    let (dx, dy) = (to.0 - middle.0, to.1 - middle.1);
    let length = dx.hypot(dy);
    if length < 1e-9 || !length.is_finite() {
        return;
    }
    let reach = |half: f64, along: f64| if along.abs() < 1e-9 { f64::INFINITY } else { half / along.abs() };
    let out = reach(from.width() / 2.0 + 2.0, dx).min(reach(from.height() / 2.0 + 2.0, dy)).min(1.0);
    let start = (middle.0 + dx * out, middle.1 + dy * out);
    let (ux, uy) = (dx / length, dy / length);
    let end = (to.0 - ux * 2.0, to.1 - uy * 2.0);
    let wing = |side: f64| (end.0 - ux * 6.0 + uy * side, end.1 - uy * 6.0 - ux * side);
    let line = |points: &[(f64, f64)]| Item::Shape {
        steps: connected(points.iter().copied()),
        fill: None,
        stroke: Some(Stroke::solid(color, 1.0)),
        clip: None,
        snap: false,
    };
    scene.add(line(&[start, end]));
    scene.add(line(&[wing(3.0), end, wing(-3.0)]));
}

/// Draws the marks of a line.
pub fn marked(scene: &mut Scene, marker: &Marker, marks: Vec<Mark>, clip: Option<Rect>) {
    let (steps, filled) = marks::outline(marker.sign);
    let color = if filled { marker.face } else { marker.edge };
    let marks: Vec<Mark> = marks.into_iter().map(|mark| Mark { color, ..mark }).collect();
    let edge = (marker.edge_width > 0.0 && !marker.edge.is_none()).then_some((marker.edge_width, Some(marker.edge)));
    let round = marks::is_round(marker.sign);
    if marks.len() > MANY && filled && marker.edge == marker.face && marker.edge_width > 0.0 {
        // A line around of the same colour is seen as a larger mark, which takes half the time.
        let marks =
            marks.into_iter().map(|mark: Mark| Mark { scale: mark.scale + marker.edge_width, ..mark }).collect();
        scene.add(Item::Marks { steps, round, marks, filled, edge: None, clip });
        return;
    }
    scene.add(Item::Marks { steps, round, marks, filled, edge, clip });
}

/// More marks than this are not looked at one by one.
const MANY: usize = 5000;

/// A line whose dashes are lengthened with its width.
pub fn dashed(color: Color, width: f64, dashes: &[f64]) -> Stroke {
    Stroke { dashes: dashes.iter().map(|length| length * width).collect(), ..Stroke::solid(color, width) }
}

/// From point to point; a NaN is a gap.
pub fn connected(points: impl Iterator<Item = (f64, f64)>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut begun = false;
    for (x, y) in points {
        if !(x.is_finite() && y.is_finite()) {
            begun = false;
        } else if std::mem::replace(&mut begun, true) {
            steps.push(Step::Line(x, y));
        } else {
            steps.push(Step::Move(x, y));
        }
    }
    steps
}

/// An image's numbers as colours, its first row above unless turned.
pub fn pixels(image: &ImageData, mirrored: bool, turned: bool) -> Option<Pixels> {
    let (&height, &width) = (image.values.shape().first()?, image.values.shape().get(1)?);
    if width == 0 || height == 0 {
        return None;
    }
    let depth = image.values.shape().get(2).copied().unwrap_or(1);
    let numbers: Vec<f64> = image.values.to_vec();
    let whole = image.values.dtype().is_integer();
    let byte = |value: f64| if whole { value.clamp(0.0, 255.0) as u8 } else { (value.clamp(0.0, 1.0) * 255.0) as u8 };
    let mut bytes = Vec::with_capacity(width * height * 4);
    for row in 0..height {
        let row = if turned { height - 1 - row } else { row };
        for column in 0..width {
            let column = if mirrored { width - 1 - column } else { column };
            let at = (row * width + column) * depth;
            bytes.extend(match (&image.mapping, depth) {
                (Some(mapping), _) => mapping.bytes(numbers[at]),
                (None, 1) => [byte(numbers[at]), byte(numbers[at]), byte(numbers[at]), 255],
                (None, _) => {
                    let alpha = if depth > 3 { byte(numbers[at + 3]) } else { 255 };
                    [byte(numbers[at]), byte(numbers[at + 1]), byte(numbers[at + 2]), alpha]
                }
            });
        }
    }
    Some(Pixels { width, height, bytes })
}

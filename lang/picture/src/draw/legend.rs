//! The list of what is what.

use super::limits::View;
use super::{Projection, content, marks};
use crate::color::Color;
use crate::figure::{Artist, Axes, Label, Legend, Shape};
use crate::font;
use crate::scene::{Anchor, Item, Mark, Rect, Scene, Step, Stroke, rect_steps, round_rect_steps};

/// Where lists can be, in the order in which room is looked for.
pub const PLACES: [&str; 10] = [
    "upper right",
    "upper left",
    "lower left",
    "lower right",
    "right",
    "center left",
    "center right",
    "lower center",
    "upper center",
    "center",
];

/// Draws the list of axes.
pub fn draw(scene: &mut Scene, axes: &Axes, list: &Legend, rect: Rect, view: View) {
    let rows = rows(axes, list);
    if rows.is_empty() {
        return;
    }
    let size = list.size;
    // Lengths as shares of the size, as matplotlib has them.
    let (pad, gap, handle, handle_gap, line) = (0.4 * size, 0.5 * size, 2.0 * size, 0.8 * size, size);
    let n_columns = list.n_columns.clamp(1, rows.len());
    let n_rows = rows.len().div_ceil(n_columns);
    let widest = |column: usize| {
        let texts = rows.iter().skip(column * n_rows).take(n_rows);
        texts.map(|(_, text)| font::width(text, size)).fold(0.0, f64::max)
    };
    let widths: Vec<f64> = (0..n_columns).map(|column| handle + handle_gap + widest(column)).collect();
    let title = list.title.as_ref().map_or(0.0, |_| size * 1.3);
    let mut width = widths.iter().sum::<f64>() + 2.0 * size * (n_columns as f64 - 1.0) + 2.0 * pad;
    if let Some(title) = &list.title {
        width = width.max(font::width(title, size) + 2.0 * pad);
    }
    let height = n_rows as f64 * line + (n_rows as f64 - 1.0) * gap + 2.0 * pad + title + size * 0.1;
    let corner = place(axes, list, rect, view, (width, height), gap);
    let frame = Rect { left: corner.0, top: corner.1, right: corner.0 + width, bottom: corner.1 + height };
    if list.frame {
        let stroke = Stroke::solid(Color::grey(0.8).with_alpha(Some(0.8)), 1.0);
        let fill = Some(axes.background.with_alpha(Some(0.8)));
        let steps = round_rect_steps(frame, 0.2 * size);
        scene.add(Item::Shape { steps, fill, stroke: Some(stroke), clip: None, snap: false });
    }
    if let Some(title) = &list.title {
        let label = Label { across: Anchor::Middle, down: Anchor::Start, ..Label::new(title.clone()) };
        scene.add(super::axes::text(&label, (frame.left + frame.right) / 2.0, frame.top + pad, size));
    }
    let mut left = frame.left + pad;
    for (column, width) in widths.iter().enumerate() {
        for (row, (artist, label)) in rows.iter().skip(column * n_rows).take(n_rows).enumerate() {
            let top = frame.top + pad + title + row as f64 * (line + gap);
            sample(scene, artist, Rect { left, right: left + handle, top, bottom: top + line });
            let label = Label { down: Anchor::Baseline, ..Label::new(label.clone()) };
            scene.add(super::axes::text(&label, left + handle + handle_gap, top + line * 0.86, size));
        }
        left += width + 2.0 * size;
    }
}

/// The artists of the list with what is said about each.
fn rows<'a>(axes: &'a Axes, list: &Legend) -> Vec<(&'a Artist, String)> {
    let chosen: Vec<&Artist> = match &list.handles {
        Some(handles) => handles.iter().filter_map(|&at| axes.artists.get(at)).collect(),
        None => axes.artists.iter().collect(),
    };
    match &list.labels {
        Some(labels) => chosen.into_iter().filter(|artist| sampled(artist)).zip(labels.iter().cloned()).collect(),
        None => {
            let said = |artist: &&'a Artist| artist.label.clone().filter(|label| !label.starts_with('_'));
            chosen.into_iter().filter_map(|artist| said(&artist).map(|label| (artist, label))).collect()
        }
    }
}

fn sampled(artist: &Artist) -> bool {
    !matches!(artist.shape, Shape::Label(_) | Shape::Image(_) | Shape::Wedges(_))
}

/// The upper left corner of a list of this size.
fn place(axes: &Axes, list: &Legend, rect: Rect, view: View, size: (f64, f64), space: f64) -> (f64, f64) {
    let at = |name: &str| {
        let (within, space) = match list.anchor {
            Some((x, y)) => {
                let (x, y) = (rect.left + x * rect.width(), rect.bottom - y * rect.height());
                (Rect { left: x, right: x, top: y, bottom: y }, space)
            }
            None => (rect, space),
        };
        let x = if name.contains("left") {
            within.left + space
        } else if name.contains("right") {
            within.right - size.0 - space
        } else {
            (within.left + within.right - size.0) / 2.0
        };
        let y = if name.contains("upper") {
            within.top + space
        } else if name.contains("lower") {
            within.bottom - size.1 - space
        } else {
            (within.top + within.bottom - size.1) / 2.0
        };
        (x, y)
    };
    if list.place != "best" {
        return at(&list.place);
    }
    if list.anchor.is_some() {
        return at("upper left");
    }
    let points = covered(axes, rect, view);
    let hidden = |name: &&str| {
        let (left, top) = at(name);
        let frame = Rect { left, top, right: left + size.0, bottom: top + size.1 };
        points.iter().filter(|&&(x, y)| frame.contains(x, y)).count()
    };
    at(PLACES.iter().min_by_key(|name| hidden(name)).unwrap_or(&PLACES[0]))
}

/// Points of what lies in axes: lines from corner to corner, corners of boxes.
fn covered(axes: &Axes, rect: Rect, view: View) -> Vec<(f64, f64)> {
    let place = Projection::new(axes, rect, view);
    let mut points = Vec::new();
    for artist in axes.artists.iter().filter(|artist| !artist.hidden) {
        match &artist.shape {
            Shape::Line(line) => {
                let all: Vec<(f64, f64)> = line.x.iter().zip(line.y.iter()).map(|(&x, &y)| place.at(x, y)).collect();
                let stride = all.len() / 2000 + 1;
                let few: Vec<(f64, f64)> = all.into_iter().step_by(stride).collect();
                for pair in few.windows(2) {
                    let n = ((pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1) / 8.0).clamp(1.0, 60.0) as usize;
                    let between = |step: usize| {
                        let share = step as f64 / n as f64;
                        (pair[0].0 + (pair[1].0 - pair[0].0) * share, pair[0].1 + (pair[1].1 - pair[0].1) * share)
                    };
                    points.extend((0..n).map(between));
                }
                points.extend(few.last());
            }
            Shape::Points(marks) => {
                let stride = marks.x.len() / 2000 + 1;
                points.extend(marks.x.iter().zip(marks.y.iter()).step_by(stride).map(|(&x, &y)| place.at(x, y)));
            }
            Shape::Boxes(boxes) => {
                for &[left, bottom, right, top] in &boxes.sides {
                    let (x, y) = ((left + right) / 2.0, top);
                    for share in 0..5 {
                        points.push(place.corner(x, bottom + (y - bottom) * f64::from(share) / 4.0));
                    }
                    points.extend([place.corner(left, top), place.corner(right, top)]);
                }
            }
            Shape::Area { points: corners, .. } => {
                points.extend(corners.iter().map(|&(x, y)| place.corner(x, y)));
            }
            Shape::Segments { ends, .. } => {
                points.extend(ends.iter().flat_map(|&[a, b, c, d]| [place.corner(a, b), place.corner(c, d)]));
            }
            Shape::Rule(_) | Shape::Image(_) | Shape::Label(_) | Shape::Wedges(_) => {}
        }
    }
    points
}

/// A sample of an artist.
fn sample(scene: &mut Scene, artist: &Artist, area: Rect) {
    let middle = ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
    let line = |scene: &mut Scene, stroke: Stroke| {
        scene.add(Item::line((area.left, middle.1), (area.right, middle.1), stroke));
    };
    let patch = |scene: &mut Scene, fill: Option<Color>, edge: Option<(Color, f64)>| {
        let rect = Rect { top: middle.1 - area.height() * 0.35, bottom: middle.1 + area.height() * 0.35, ..area };
        let stroke = edge.map(|(color, width)| Stroke::solid(color, width));
        scene.add(Item::Shape { steps: rect_steps(rect), fill, stroke, clip: None, snap: true });
    };
    match &artist.shape {
        Shape::Line(shape) => {
            if shape.drawn {
                line(scene, content::dashed(shape.color, shape.width, &shape.dashes));
            }
            if let Some(marker) = &shape.marker {
                let mark = Mark { x: middle.0, y: middle.1, scale: marker.size, color: marker.face };
                content::marked(scene, marker, vec![mark], None);
            }
        }
        Shape::Points(points) => {
            let (steps, filled): (Vec<Step>, bool) = marks::outline(points.sign);
            let scale = points.sizes.first().copied().unwrap_or(6.0).min(12.0);
            let color = points.colors.first().copied().unwrap_or(Color::BLACK);
            let marks = vec![Mark { x: middle.0, y: middle.1, scale, color }];
            let (edge, round) = (points.edge, marks::is_round(points.sign));
            scene.add(Item::Marks { steps, round, marks, filled, edge, clip: None });
        }
        Shape::Boxes(boxes) => patch(scene, boxes.colors.first().copied().flatten(), boxes.edge),
        Shape::Area { fill, edge, .. } => patch(scene, *fill, *edge),
        Shape::Segments { color, width, dashes, .. } => line(scene, content::dashed(*color, *width, dashes)),
        Shape::Rule(rule) if rule.to.is_some() => patch(scene, Some(rule.color), None),
        Shape::Rule(rule) => line(scene, content::dashed(rule.color, rule.width, &rule.dashes)),
        Shape::Wedges(wedges) => patch(scene, wedges.first().map(|wedge| wedge.color), None),
        Shape::Image(_) | Shape::Label(_) => {}
    }
}

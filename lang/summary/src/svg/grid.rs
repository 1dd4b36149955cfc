//! The boxes of a chunked array.

use std::fmt::Write;

use super::letters::text_width;
use super::{document, number};
use crate::Picture;
use crate::scale::{drawn_length, edges, groups, label, proportions};

/// How long the longest dimension is drawn.
const SIZE: f64 = 150.0;
const FONT_SIZE: f64 = 13.0;
const MARGIN: f64 = 6.0;
/// Between two boxes of an array with more than three dimensions.
const GAP: f64 = 22.0;
/// Edges of chunks are at least so far apart, else some are left out.
const STEP: usize = 5;
/// How much shorter the slope of the depth is than an upright line.
const SLOPE: f64 = 0.45;

/// In a notebook's page the notebook's colours are followed; a drawing by itself follows what its reader prefers.
const STYLE: &str = "\
.rdk-grid{font:13px Helvetica,Arial,'Liberation Sans',sans-serif;color:var(--jp-content-font-color2,#57606a)}\
.rdk-grid text{fill:currentColor;text-anchor:middle}\
.rdk-grid .face{fill:#f6b26b;fill-opacity:.55}.rdk-grid .side{fill:#d98a36;fill-opacity:.6}\
.rdk-grid .many{fill:#b8651b;fill-opacity:.65}\
.rdk-grid path{fill:none;stroke:var(--jp-content-font-color1,#3d2a14);stroke-width:.8}\
.rdk-grid .rim{stroke-width:1.8;stroke-linejoin:round}\
@media(prefers-color-scheme:dark){.rdk-grid{color:var(--jp-content-font-color2,#a8b0ba)}\
.rdk-grid path{stroke:var(--jp-content-font-color1,#ffe3c2)}}";

type Dimension = Vec<Option<u64>>;
type Point = (f64, f64);

/// The boxes of a chunked array as an SVG document.
pub fn grid_svg(picture: &Picture) -> String {
    let Picture::Grid(dimensions) = picture;
    let all = groups(dimensions);
    let lengths: Vec<f64> = all.iter().flatten().map(|chunks| drawn_length(chunks)).collect();
    let proportions = proportions(&lengths);
    let mut rest = &proportions[..];
    let mut drawing = Drawing { left: MARGIN, ..Drawing::default() };
    if all.is_empty() {
        drawing.parallel((0.0, 0.0), ((1.0, 0.0), &[0, 28]), ((0.0, 1.0), &[0, 28]), "face");
    }
    for (index, group) in all.iter().enumerate() {
        if index > 0 {
            drawing.left = drawing.right + GAP;
        }
        let (mine, others) = rest.split_at(group.len());
        rest = others;
        match (&group[..], mine) {
            ([columns], _) => drawing.strip(columns),
            ([rows, columns], &[high, wide]) => drawing.grid(rows, columns, high, wide),
            ([depth, rows, columns], &[deep, high, wide]) => drawing.solid(depth, rows, columns, [deep, high, wide]),
            _ => {}
        }
    }
    let names: Vec<String> = dimensions.iter().map(|chunks| label(chunks)).collect();
    let title = match &names[..] {
        [] => "one value".to_string(),
        names => format!("chunks of an array of {}", names.join(" × ")),
    };
    document("rdk-grid", drawing.right + MARGIN, drawing.bottom + MARGIN, &title, STYLE, &drawing.body)
}

/// What has been drawn so far, and how far it reaches.
#[derive(Default)]
struct Drawing {
    body: String,
    left: f64,
    right: f64,
    bottom: f64,
}

fn end(edges: &[usize]) -> f64 {
    edges.last().copied().unwrap_or(0) as f64
}

fn places(chunks: &Dimension, proportion: f64) -> Vec<usize> {
    edges(chunks, ((SIZE * proportion).round() as usize).max(24), STEP)
}

/// A face with more chunks than it has lines is darker.
fn face<'a>(dimensions: &[(&Dimension, &[usize])], usual: &'a str) -> &'a str {
    let crowded = dimensions.iter().any(|(chunks, edges)| {
        chunks.iter().filter(|size| **size != Some(0)).count() > edges.len().saturating_sub(1).max(1)
    });
    if crowded { "many" } else { usual }
}

impl Drawing {
    fn strip(&mut self, columns: &Dimension) {
        let across = places(columns, 1.0);
        let class = face(&[(columns, &across)], "face");
        self.parallel((0.0, 0.0), ((1.0, 0.0), &across), ((0.0, 1.0), &[0, 30]), class);
        self.text((end(&across) / 2.0, 30.0 + FONT_SIZE + 3.0), &label(columns), Turn::Level);
    }

    fn grid(&mut self, rows: &Dimension, columns: &Dimension, high: f64, wide: f64) {
        let (down, across) = (places(rows, high), places(columns, wide));
        let class = face(&[(rows, &down), (columns, &across)], "face");
        self.parallel((0.0, 0.0), ((1.0, 0.0), &across), ((0.0, 1.0), &down), class);
        self.lengths((0.0, 0.0), &across, &down, columns, rows);
    }

    /// Seen from the upper left: the first dimension comes towards the viewer, down to the right.
    fn solid(&mut self, depth: &Dimension, rows: &Dimension, columns: &Dimension, [deep, high, wide]: [f64; 3]) {
        let inward = edges(depth, ((SIZE * deep * SLOPE * 1.4).round() as usize).max(16), STEP);
        let (down, across) = (places(rows, high), places(columns, wide));
        let slope = (0.7, 0.7);
        let near = (end(&inward) * slope.0, end(&inward) * slope.1);
        let name = label(depth);
        let room = (text_width(&name, FONT_SIZE) * 0.7 - near.0 / 2.0 + 10.0).max(0.0);
        self.left += room;
        let side = face(&[(depth, &inward), (columns, &across)], "side");
        self.parallel((0.0, 0.0), ((1.0, 0.0), &across), (slope, &inward), side);
        let side = face(&[(depth, &inward), (rows, &down)], "side");
        self.parallel((0.0, 0.0), (slope, &inward), ((0.0, 1.0), &down), side);
        let front = face(&[(rows, &down), (columns, &across)], "face");
        self.parallel(near, ((1.0, 0.0), &across), ((0.0, 1.0), &down), front);
        self.lengths(near, &across, &down, columns, rows);
        let (x, y) = (near.0 / 2.0 - FONT_SIZE * 0.7, near.1 / 2.0 + end(&down) + FONT_SIZE);
        self.text((x, y), &name, Turn::Slope);
    }

    /// Labels below and on the right.
    fn lengths(&mut self, corner: Point, across: &[usize], down: &[usize], columns: &Dimension, rows: &Dimension) {
        let (right, bottom) = (corner.0 + end(across), corner.1 + end(down));
        self.text((corner.0 + end(across) / 2.0, bottom + FONT_SIZE + 3.0), &label(columns), Turn::Level);
        let name = label(rows);
        let width = text_width(&name, FONT_SIZE);
        let middle = corner.1 + end(down) / 2.0;
        if width <= 24.0 || width > end(down) {
            self.text((right + 7.0 + width / 2.0, middle + FONT_SIZE * 0.36), &name, Turn::Level);
        } else {
            self.text((right + FONT_SIZE + 4.0, middle), &name, Turn::Upright);
        }
    }

    /// A grid whose two directions need not be at right angles: its face, its lines, and its rim.
    fn parallel(&mut self, corner: Point, one: (Point, &[usize]), other: (Point, &[usize]), class: &str) {
        let origin = (corner.0 + self.left, corner.1 + MARGIN);
        let at = |first: f64, second: f64| {
            (origin.0 + one.0.0 * first + other.0.0 * second, origin.1 + one.0.1 * first + other.0.1 * second)
        };
        let (first, second) = (end(one.1), end(other.1));
        let corners = [at(0.0, 0.0), at(first, 0.0), at(first, second), at(0.0, second)];
        for (x, y) in corners {
            self.right = self.right.max(x);
            self.bottom = self.bottom.max(y);
        }
        let texts = corners.map(|(x, y)| format!("{},{}", number(x), number(y)));
        let _ = writeln!(self.body, r#"<polygon class="{class}" points="{}"/>"#, texts.join(" "));
        let mut lines = String::new();
        let mut line = |from: Point, to: Point| {
            let _ = write!(lines, "M{} {}L{} {}", number(from.0), number(from.1), number(to.0), number(to.1));
        };
        for &place in inner(one.1) {
            line(at(place as f64, 0.0), at(place as f64, second));
        }
        for &place in inner(other.1) {
            line(at(0.0, place as f64), at(first, place as f64));
        }
        if !lines.is_empty() {
            let _ = writeln!(self.body, r#"<path d="{lines}"/>"#);
        }
        let texts = texts.map(|text| text.replace(',', " "));
        let _ = writeln!(self.body, r#"<path class="rim" d="M{}Z"/>"#, texts.join("L"));
    }

    fn text(&mut self, (x, y): Point, text: &str, turn: Turn) {
        let (x, y) = (x + self.left, y + MARGIN);
        let half = text_width(text, FONT_SIZE) / 2.0;
        let (angle, reach) = match turn {
            Turn::Level => (0, (half, 4.0)),
            Turn::Upright => (-90, (4.0, half)),
            Turn::Slope => (45, (half * 0.7, half * 0.7 + 4.0)),
        };
        self.right = self.right.max(x + reach.0);
        self.bottom = self.bottom.max(y + reach.1);
        let (x, y) = (number(x), number(y));
        let turned = if angle == 0 { String::new() } else { format!(r#" transform="rotate({angle},{x},{y})""#) };
        let _ = writeln!(self.body, r#"<text x="{x}" y="{y}"{turned}>{}</text>"#, super::escaped(text));
    }
}

/// Which way a text runs.
enum Turn {
    Level,
    Upright,
    Slope,
}

fn inner(edges: &[usize]) -> &[usize] {
    edges.get(1..edges.len().saturating_sub(1)).unwrap_or(&[])
}

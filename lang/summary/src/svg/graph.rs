//! Task graphs: work in circles and ellipses, data in boxes, arrows along the flow.

use std::fmt::Write;

use super::letters::{at_most, text_width};
use super::{document, escaped, number};
use crate::canvas::one_line;
use crate::layout::{Layout, Way};
use crate::{Diagram, Direction, NodeShape};

const FONT_SIZE: f64 = 14.0;
/// A label longer than that is cut; the whole of it is shown when the pointer rests on the node.
const LABEL_LETTERS: usize = 40;
/// The height of a node, and the least width.
const NODE_HEIGHT: f64 = 38.0;
/// Between neighbours of a layer.
const GAP: i64 = 22;
/// Between layers; more where many lines lead far across.
const BETWEEN: f64 = 44.0;
const MARGIN: f64 = 12.0;

/// In a notebook's page the notebook's colours are followed; a drawing by itself follows what its reader prefers.
const STYLE: &str = "\
.rdk-graph{font:14px Helvetica,Arial,'Liberation Sans',sans-serif;color:var(--jp-content-font-color1,#24292f)}\
.rdk-graph text{fill:currentColor;text-anchor:middle}\
.rdk-graph .task,.rdk-graph .data{stroke:var(--jp-content-font-color2,#6e7781);stroke-width:1.2}\
.rdk-graph .task{fill:var(--jp-layout-color2,#fff4e5)}.rdk-graph .data{fill:var(--jp-layout-color1,#eef2f6)}\
.rdk-graph .way{fill:none;stroke:var(--jp-content-font-color2,#6e7781);stroke-width:1.2}\
.rdk-graph .head{fill:var(--jp-content-font-color2,#6e7781)}\
@media(prefers-color-scheme:dark){\
.rdk-graph{color:var(--jp-content-font-color1,#e6edf3)}\
.rdk-graph .task,.rdk-graph .data,.rdk-graph .way{stroke:var(--jp-content-font-color2,#9198a1)}\
.rdk-graph .task{fill:var(--jp-layout-color2,#4a3721)}.rdk-graph .data{fill:var(--jp-layout-color1,#2a313c)}\
.rdk-graph .head{fill:var(--jp-content-font-color2,#9198a1)}}";

/// A node as it is drawn.
struct Figure {
    label: String,
    whole: String,
    shape: NodeShape,
    width: f64,
    height: f64,
}

type Point = (f64, f64);

/// A task graph as an SVG document.
pub fn diagram_svg(diagram: &Diagram) -> String {
    let figures: Vec<Figure> = diagram.nodes.iter().map(figure).collect();
    let layout = Layout::new(figures.len(), &diagram.edges);
    let upright = matches!(diagram.direction, Direction::TopToBottom | Direction::BottomToTop);
    let breadth: Vec<i64> = (0..layout.items.len())
        .map(|item| match figures.get(item) {
            Some(figure) => (if upright { figure.width } else { figure.height }).ceil() as i64,
            None => 4,
        })
        .collect();
    let places = layout.places(&breadth, GAP);
    let (layers, length) = along(&layout, &figures, &places, upright);
    let across = (0..layout.items.len()).map(|item| places[item] + (breadth[item] + 1) / 2).max().unwrap_or(0) as f64;
    let at = |item: usize| {
        let (across, along) = (places[item] as f64 + MARGIN, layers[layout.items[item].layer] + MARGIN);
        let back = length + 2.0 * MARGIN - along;
        match diagram.direction {
            Direction::TopToBottom => (across, along),
            Direction::BottomToTop => (across, back),
            Direction::LeftToRight => (along, across),
            Direction::RightToLeft => (back, across),
        }
    };

    let mut body = String::new();
    for way in &layout.ways {
        draw_way(&mut body, way, &figures, &at, upright);
    }
    for (node, figure) in figures.iter().enumerate() {
        draw_figure(&mut body, figure, at(node));
    }
    let (width, height) = if upright { (across, length) } else { (length, across) };
    let count = figures.len();
    let title = format!("task graph of {count} node{}", if count == 1 { "" } else { "s" });
    document("rdk-graph", width + 2.0 * MARGIN, height + 2.0 * MARGIN, &title, STYLE, &body)
}

fn figure(node: &crate::Node) -> Figure {
    let whole = one_line(&node.label);
    let whole = if node.count == 1 { whole } else { format!("{} × {whole}", node.count) };
    let label = at_most(&whole, LABEL_LETTERS);
    let text = text_width(&label, FONT_SIZE);
    let width = match node.shape {
        // The text has to fit where the ellipse is as high as a letter.
        NodeShape::Task => (text * 1.16 + 14.0).max(NODE_HEIGHT),
        NodeShape::Data => (text + 18.0).max(NODE_HEIGHT),
    };
    let height = match node.shape {
        NodeShape::Task => NODE_HEIGHT,
        NodeShape::Data => NODE_HEIGHT - 8.0,
    };
    Figure { label, whole, shape: node.shape, width, height }
}

/// The middle of each layer along the flow, and where the last one ends.
fn along(layout: &Layout, figures: &[Figure], places: &[i64], upright: bool) -> (Vec<f64>, f64) {
    let mut middles = Vec::with_capacity(layout.layers.len());
    let mut end = 0.0;
    for (index, layer) in layout.layers.iter().enumerate() {
        let depths = layer.iter().filter_map(|&item| figures.get(item));
        let depth = depths.map(|figure| if upright { figure.height } else { figure.width }).fold(0.0, f64::max);
        if index > 0 {
            // Lines that lead far across need some height, or they would run along the nodes.
            let reach = layer.iter().flat_map(|&item| layout.items[item].before.iter().map(move |&from| (from, item)));
            let reach = reach.map(|(from, to)| places[from].abs_diff(places[to])).max().unwrap_or(0);
            end += BETWEEN + (reach as f64 / 7.0).min(90.0);
        }
        middles.push(end + depth / 2.0);
        end += depth;
    }
    (middles, end)
}

/// A smooth line through the joints of a way, with a head where data arrives.
fn draw_way(body: &mut String, way: &Way, figures: &[Figure], at: &dyn Fn(usize) -> Point, upright: bool) {
    let mut points: Vec<Point> = way.items.iter().map(|&item| at(item)).collect();
    if way.backwards {
        points.reverse();
    }
    let (first, last) = match way.backwards {
        false => (way.items.first(), way.items.last()),
        true => (way.items.last(), way.items.first()),
    };
    let (Some(&first), Some(&last)) = (first, last) else { return };
    let n_points = points.len();
    // Ends move from the middles of the nodes to their rims.
    points[0] = rim(&figures[first], points[0], points[1]);
    let (tip, before) = (points[n_points - 1], points[n_points - 2]);
    let tip = rim(&figures[last], tip, before);
    points[n_points - 1] = tip;

    let Some((&start, rest)) = points.split_first() else { return };
    let _ = write!(body, r#"<path class="way" d="M{} {}"#, number(start.0), number(start.1));
    let mut from = start;
    let mut control = start;
    for (index, &to) in rest.iter().enumerate() {
        let is_last = index + 1 == rest.len();
        // The line ends at the back of the head.
        let end = if is_last { toward(to, from, 7.0) } else { to };
        if rest.len() == 1 {
            control = from;
            let _ = write!(body, "L{} {}", number(end.0), number(end.1));
        } else {
            let half = if upright { (0.0, (to.1 - from.1) / 2.0) } else { ((to.0 - from.0) / 2.0, 0.0) };
            let one = if index == 0 {
                toward(from, to, distance(from, to) / 3.0)
            } else {
                (from.0 + half.0, from.1 + half.1)
            };
            let two = if is_last { toward(to, from, distance(from, to) / 3.0) } else { (to.0 - half.0, to.1 - half.1) };
            control = two;
            let numbers = [one.0, one.1, two.0, two.1, end.0, end.1].map(number);
            let _ = write!(body, "C{}", numbers.join(" "));
        }
        from = to;
    }
    body.push_str("\"/>\n");
    draw_head(body, tip, control);
}

fn draw_head(body: &mut String, tip: Point, from: Point) {
    let base = toward(tip, from, 9.0);
    let (along, across) = ((tip.0 - base.0) / 9.0, (tip.1 - base.1) / 9.0);
    let side = 3.8;
    let points =
        [tip, (base.0 - across * side, base.1 + along * side), (base.0 + across * side, base.1 - along * side)];
    let texts = points.map(|(x, y)| format!("{},{}", number(x), number(y)));
    let _ = writeln!(body, r#"<polygon class="head" points="{}"/>"#, texts.join(" "));
}

fn draw_figure(body: &mut String, figure: &Figure, (x, y): Point) {
    let (half_width, half_height) = (figure.width / 2.0, figure.height / 2.0);
    body.push_str("<g>");
    if figure.label != figure.whole {
        let _ = write!(body, "<title>{}</title>", escaped(&at_most(&figure.whole, 400)));
    }
    let _ = match figure.shape {
        NodeShape::Task => write!(
            body,
            r#"<ellipse class="task" cx="{}" cy="{}" rx="{}" ry="{}"/>"#,
            number(x),
            number(y),
            number(half_width),
            number(half_height)
        ),
        NodeShape::Data => write!(
            body,
            r#"<rect class="data" x="{}" y="{}" width="{}" height="{}" rx="2"/>"#,
            number(x - half_width),
            number(y - half_height),
            number(figure.width),
            number(figure.height)
        ),
    };
    let _ = writeln!(
        body,
        r#"<text x="{}" y="{}">{}</text></g>"#,
        number(x),
        number(y + FONT_SIZE * 0.34),
        escaped(&figure.label)
    );
}

/// Where a line from the middle of a figure towards a point leaves it.
fn rim(figure: &Figure, middle: Point, other: Point) -> Point {
    let (x, y) = (other.0 - middle.0, other.1 - middle.1);
    let (half_width, half_height) = (figure.width / 2.0, figure.height / 2.0);
    let reach = match figure.shape {
        NodeShape::Task => (x / half_width).hypot(y / half_height),
        NodeShape::Data => (x / half_width).abs().max((y / half_height).abs()),
    };
    if reach < 1e-9 { middle } else { (middle.0 + x / reach, middle.1 + y / reach) }
}

fn distance(one: Point, other: Point) -> f64 {
    (one.0 - other.0).hypot(one.1 - other.1)
}

/// The point so far from `from` in the direction of `to`.
fn toward(from: Point, to: Point, length: f64) -> Point {
    let whole = distance(from, to);
    if whole < 1e-9 {
        return from;
    }
    (from.0 + (to.0 - from.0) * length / whole, from.1 + (to.1 - from.1) * length / whole)
}

//! A task graph, drawn for a terminal: boxes and lines if there is room, else the layers in words.
//!
//! ```text
//! ╭─────╮  ╭─────╮
//! │ inc │  │ inc │
//! ╰──┬──╯  ╰──┬──╯        2 × inc → 1 × add
//!    └───┬────┘
//!     ╭──▼──╮
//!     │ add │
//!     ╰─────╯
//! ```

use crate::canvas::{Canvas, Ink, one_line, shortened, width_of};
use crate::layout::Layout;
use crate::route::{self, Net, Sides};
use crate::text::TextOptions;
use crate::{Diagram, Direction, NodeShape, listing};

/// More nodes than that are told in words.
const MOST_NODES: usize = 60;

/// More rows than that, and nodes are drawn without a frame.
const MOST_ROWS: usize = 32;

/// A label longer than that is cut.
const LABEL_WIDTH: usize = 32;

/// A graph as text.
pub(crate) fn draw(diagram: &Diagram, options: &TextOptions) -> String {
    if (1..=MOST_NODES).contains(&diagram.nodes.len()) {
        let across = match diagram.direction {
            Direction::LeftToRight | Direction::RightToLeft => Some(Direction::TopToBottom),
            Direction::BottomToTop | Direction::TopToBottom => None,
        };
        for direction in std::iter::once(diagram.direction).chain(across) {
            for (frames, rows) in [(true, MOST_ROWS), (false, usize::MAX)] {
                let sheet = Sheet::new(diagram, direction, frames).map(Sheet::drawn);
                if let Some(canvas) = sheet.filter(|canvas| canvas.width() <= options.width && canvas.height() <= rows)
                {
                    return canvas.read(options);
                }
            }
        }
    }
    listing::draw(diagram, options)
}

/// A graph whose places are known, in two coordinates: along the flow of data, and across it.
struct Sheet<'a> {
    diagram: &'a Diagram,
    direction: Direction,
    frames: bool,
    layout: Layout,
    labels: Vec<String>,
    /// How much room each item takes across, and where its middle is.
    breadth: Vec<i64>,
    middle: Vec<i64>,
    nets: Vec<Vec<Net>>,
    /// Where each layer begins and ends along the flow, and how far the last one reaches.
    spans: Vec<(i64, i64)>,
    length: i64,
}

impl<'a> Sheet<'a> {
    /// `None` if lines could not be told apart, or data flows in a circle.
    fn new(diagram: &'a Diagram, direction: Direction, frames: bool) -> Option<Sheet<'a>> {
        let layout = Layout::new(diagram.nodes.len(), &diagram.edges);
        let steps =
            |way: &[usize]| way.windows(2).all(|two| layout.items[two[0]].layer + 1 == layout.items[two[1]].layer);
        if layout.items.len() > 1000 || layout.ways.iter().any(|way| way.backwards || !steps(&way.items)) {
            return None;
        }
        let upright = matches!(direction, Direction::TopToBottom | Direction::BottomToTop);
        let labels: Vec<String> = diagram.nodes.iter().map(label).collect();
        let mut nets = route::nets(&layout);
        let mut leaving = vec![1; layout.items.len()];
        for (item, count) in leaving.iter_mut().enumerate() {
            let own = nets[layout.items[item].layer].iter().filter(|net| net.sources.contains(&item)).count();
            *count = own.max(1) as i64;
        }
        let border = if frames { 1 } else { 0 };
        let inner = |item: usize| width_of(&labels[item]) as i64 + 2;
        let breadth: Vec<i64> = (0..layout.items.len())
            .map(|item| match (item < layout.n_nodes, upright) {
                (false, _) => 1,
                (true, true) => inner(item).max(2 * leaving[item] - 1) + 2 * border,
                (true, false) => leaving[item] + 2 * border,
            })
            .collect();
        let middle = layout.places(&breadth, if upright { 2 } else { 1 - border });
        let room = |item: usize| {
            let left = middle[item] - breadth[item] / 2;
            let border = if item < layout.n_nodes { border } else { 0 };
            (left + border, left + breadth[item] - 1 - border)
        };
        let sides = Sides { room: &room, middle: &|item| middle[item], apart: if upright { 2 } else { 1 } };
        let mut spans = Vec::new();
        let mut along = 0;
        for (layer, items) in layout.layers.iter().enumerate() {
            let depth = match upright {
                true => 1 + 2 * border,
                false => {
                    items.iter().filter(|item| **item < layout.n_nodes).map(|&item| inner(item)).max()? + 2 * border
                }
            };
            let rails = route::lay(&mut nets[layer], &sides)? as i64;
            let last = layer + 1 == layout.layers.len();
            let between = match (last, upright) {
                (true, _) => 0,
                (false, true) => rails + 1 - border,
                (false, false) => 2 * rails + 2 - border,
            };
            spans.push((along, along + depth - 1));
            along += depth + if last { 0 } else { between.max(1) };
        }
        Some(Sheet { diagram, direction, frames, layout, labels, breadth, middle, nets, spans, length: along })
    }

    fn drawn(self) -> Canvas {
        let mut canvas = Canvas::default();
        for (item, middle) in self.middle.iter().enumerate().skip(self.layout.n_nodes) {
            let (start, end) = self.spans[self.layout.items[item].layer];
            self.along(&mut canvas, *middle, start, end);
        }
        for (layer, nets) in self.nets.iter().enumerate() {
            self.lines(&mut canvas, layer, nets);
        }
        for node in 0..self.layout.n_nodes {
            self.node(&mut canvas, node);
        }
        for (layer, nets) in self.nets.iter().enumerate() {
            self.heads(&mut canvas, layer, nets);
        }
        canvas
    }

    /// The place on the sheet of a place in the graph.
    fn at(&self, across: i64, along: i64) -> (usize, usize) {
        let across = usize::try_from(across).unwrap_or(0);
        let along = usize::try_from(along).unwrap_or(0);
        let back = (self.length.max(1) as usize - 1).saturating_sub(along);
        match self.direction {
            Direction::TopToBottom => (across, along),
            Direction::BottomToTop => (across, back),
            Direction::LeftToRight => (along, across),
            Direction::RightToLeft => (back, across),
        }
    }

    fn upright(&self) -> bool {
        matches!(self.direction, Direction::TopToBottom | Direction::BottomToTop)
    }

    fn along(&self, canvas: &mut Canvas, across: i64, from: i64, to: i64) {
        let (start, end) = (self.at(across, from), self.at(across, to));
        if self.upright() {
            canvas.vertical(start.0, start.1, end.1)
        } else {
            canvas.horizontal(start.1, start.0, end.0)
        }
    }

    fn across(&self, canvas: &mut Canvas, along: i64, from: i64, to: i64) {
        let (start, end) = (self.at(from, along), self.at(to, along));
        if self.upright() {
            canvas.horizontal(start.1, start.0, end.0)
        } else {
            canvas.vertical(start.0, start.1, end.1)
        }
    }

    /// Where along the flow a rail lies.
    fn rail(&self, layer: usize, rail: usize) -> i64 {
        let step = if self.upright() { 1 } else { 2 };
        self.spans[layer].1 + step * (rail as i64) + step
    }

    fn lines(&self, canvas: &mut Canvas, layer: usize, nets: &[Net]) {
        // Across, from, to, and whose it is.
        let mut straight: Vec<(i64, i64, i64, usize)> = Vec::new();
        for (index, net) in nets.iter().enumerate() {
            let Some((next, _)) = self.spans.get(layer + 1).copied() else { continue };
            let end = self.spans[layer].1;
            match net.rail {
                None => straight.extend(net.leaves.first().map(|&port| (port, end, next, index))),
                Some(rail) => {
                    let rail = self.rail(layer, rail);
                    let (from, to) = net.reach();
                    self.across(canvas, rail, from, to);
                    straight.extend(net.leaves.iter().map(|&port| (port, end, rail, index)));
                    straight.extend(net.arrives.iter().map(|&port| (port, rail, next, index)));
                }
            }
        }
        for &(port, from, to, _) in &straight {
            self.along(canvas, port, from, to);
        }
        for &(port, from, to, owner) in &straight {
            for (_, net) in nets.iter().enumerate().filter(|(index, _)| *index != owner) {
                let Some(rail) = net.rail.map(|rail| self.rail(layer, rail)) else { continue };
                let (start, end) = net.reach();
                if (start..=end).contains(&port) && from < rail && rail < to {
                    let (column, row) = self.at(port, rail);
                    if self.upright() { canvas.only_vertical(column, row) } else { canvas.only_horizontal(column, row) }
                }
            }
        }
    }

    /// Heads of arrows, where lines reach a node.
    fn heads(&self, canvas: &mut Canvas, layer: usize, nets: &[Net]) {
        let head = match self.direction {
            Direction::TopToBottom => '▼',
            Direction::BottomToTop => '▲',
            Direction::LeftToRight => '▶',
            Direction::RightToLeft => '◀',
        };
        let Some((next, _)) = self.spans.get(layer + 1).copied() else { return };
        let along = if self.frames { next } else { next - 1 };
        for net in nets {
            let arrivals = net.targets.iter().zip(&net.arrives);
            for (_, &port) in arrivals.filter(|(target, _)| **target < self.layout.n_nodes) {
                let (column, row) = self.at(port, along);
                canvas.glyph(column, row, head);
            }
        }
    }

    fn node(&self, canvas: &mut Canvas, node: usize) {
        let (start, end) = self.spans[self.layout.items[node].layer];
        let left = self.middle[node] - self.breadth[node] / 2;
        let (one, other) = (self.at(left, start), self.at(left + self.breadth[node] - 1, end));
        let (left, right) = (one.0.min(other.0), one.0.max(other.0));
        let (top, bottom) = (one.1.min(other.1), one.1.max(other.1));
        let shape = self.diagram.nodes[node].shape;
        let label = &self.labels[node];
        let row = (top + bottom) / 2;
        if self.frames {
            canvas.frame(left, top, right, bottom, shape == NodeShape::Task);
            let indent = (right - left + 1).saturating_sub(width_of(label)) / 2;
            canvas.text(left + indent, row, label, Ink::Strong);
        } else {
            let (open, close) = match shape {
                NodeShape::Task => ('(', ')'),
                NodeShape::Data => ('[', ']'),
            };
            let room = (right - left + 1).saturating_sub(2);
            let indent = room.saturating_sub(width_of(label)) / 2;
            let text = format!("{:indent$}{label}", "");
            let fill = room.saturating_sub(width_of(&text));
            canvas.text(left, row, &format!("{open}{text}{:fill$}{close}", ""), Ink::Plain);
        }
    }
}

fn label(node: &crate::Node) -> String {
    let label = one_line(&node.label);
    shortened(&if node.count == 1 { label } else { format!("{} × {label}", node.count) }, LABEL_WIDTH)
}

//! Axes: their edges, ticks, numbers, labels and title; what lies in them is drawn by `content`.

use super::limits::{View, ticks_of};
use super::{Projection, content, legend};
use crate::color::Color;
use crate::figure::{Axes, Axis, FigureState, Label, Place, Role};
use crate::font;
use crate::scene::{Anchor, Item, Rect, Scene, Stroke, Text};
use crate::ticks::Ticks;

/// Lengths in points, as matplotlib has them.
const TICK: f64 = 3.5;
const TICK_WIDTH: f64 = 0.8;
const MINOR_TICK: f64 = 2.0;
const MINOR_WIDTH: f64 = 0.6;
const NUMBER_GAP: f64 = 3.5;
const LABEL_GAP: f64 = 4.0;
const TITLE_GAP: f64 = 6.0;

/// Draws axes with all that lies in them.
pub fn draw(scene: &mut Scene, figure: &FigureState, at: usize, rect: Rect, view: View) {
    let axes = &figure.axes[at];
    let over = matches!(axes.place, Place::Over { .. });
    if !axes.hidden && !over && !axes.background.is_none() {
        scene.add(Item::rect(rect, Some(axes.background), None));
    }
    if !axes.hidden {
        grid(scene, figure, axes, rect, view);
    }
    content::draw(scene, figure, axes, rect, view);
    surroundings(scene, figure, at, rect, view);
    if let Some(list) = &axes.legend {
        legend::draw(scene, axes, list, rect, view);
    }
}

fn ticks(figure: &FigureState, axes: &Axes, rect: Rect, view: View) -> (Ticks, Ticks) {
    let size = figure.settings.size(Role::Tick);
    (
        ticks_of(&axes.x, view.x, rect.width(), axes.x.size.unwrap_or(size), true),
        ticks_of(&axes.y, view.y, rect.height(), axes.y.size.unwrap_or(size), false),
    )
}

fn grid(scene: &mut Scene, figure: &FigureState, axes: &Axes, rect: Rect, view: View) {
    let Some(grid) = &axes.grid else { return };
    let (along_x, along_y) = ticks(figure, axes, rect, view);
    let place = Projection::new(axes, rect, view);
    let dashes = grid.dashes.iter().map(|length| length * grid.width).collect();
    let stroke = Stroke { dashes, ..Stroke::solid(grid.color, grid.width) };
    let all = |ticks: &Ticks| {
        let minor = if grid.minor { ticks.minor.clone() } else { Vec::new() };
        ticks.at.iter().copied().chain(minor).collect::<Vec<f64>>()
    };
    if grid.shown.0 {
        for x in all(&along_x).into_iter().map(|at| place.x(at)) {
            scene.add(Item::line((x, rect.bottom), (x, rect.top), stroke.clone()));
        }
    }
    if grid.shown.1 {
        for y in all(&along_y).into_iter().map(|at| place.y(at)) {
            scene.add(Item::line((rect.left, y), (rect.right, y), stroke.clone()));
        }
    }
}

/// Edges, ticks, numbers, labels and title.
pub fn surroundings(scene: &mut Scene, figure: &FigureState, at: usize, rect: Rect, view: View) {
    let axes = &figure.axes[at];
    let mut top = rect.top;
    if !axes.hidden {
        let (along_x, along_y) = ticks(figure, axes, rect, view);
        let (own_x, own_y) = match axes.place {
            Place::Over { y, .. } => (!y, y),
            Place::Bar { level, .. } => (level, !level),
            Place::Grid { .. } | Place::At(_) => (true, true),
        };
        let mut side = Side { scene, figure, axes, rect, view };
        if own_x {
            let edge = side.x(&along_x);
            if axes.x.opposite {
                top = edge;
            }
        }
        if own_y {
            side.y(&along_y);
        }
        if !matches!(axes.place, Place::Over { .. }) {
            edges(scene, axes, rect);
        }
    }
    if let Some(title) = &axes.title {
        let x = match title.across {
            Anchor::Start | Anchor::Baseline => rect.left,
            Anchor::Middle => (rect.left + rect.right) / 2.0,
            Anchor::End => rect.right,
        };
        let size = title.size.unwrap_or(figure.settings.size(Role::Title));
        let place = Label { across: title.across, down: Anchor::Baseline, ..title.clone() };
        scene.add(text(&place, x, top - TITLE_GAP, size));
    }
}

fn edges(scene: &mut Scene, axes: &Axes, rect: Rect) {
    let Rect { left, top, right, bottom } = rect;
    let ends = [
        ((left, bottom), (left, top)),
        ((left, bottom), (right, bottom)),
        ((right, bottom), (right, top)),
        ((left, top), (right, top)),
    ];
    for (shown, (from, to)) in axes.spines.iter().zip(ends) {
        if *shown {
            let stroke = Stroke { square_ends: true, ..Stroke::solid(Color::BLACK, TICK_WIDTH) };
            scene.add(Item::line(from, to, stroke));
        }
    }
}

/// A label as text at a place.
pub fn text(label: &Label, x: f64, y: f64, size: f64) -> Item {
    Item::Text(Text {
        text: label.text.clone(),
        x,
        y,
        size: label.size.unwrap_or(size),
        color: label.color,
        across: label.across,
        down: label.down,
        angle: label.angle,
        bold: label.bold,
    })
}

struct Side<'a> {
    scene: &'a mut Scene,
    figure: &'a FigureState,
    axes: &'a Axes,
    rect: Rect,
    view: View,
}

impl Side<'_> {
    fn number(&mut self, axis: &Axis, text: &str, at: (f64, f64), across: Anchor, down: Anchor) -> Rect {
        let size = axis.size.unwrap_or(self.figure.settings.size(Role::Tick));
        let label = Label { across, down, angle: axis.angle, size: Some(size), ..Label::new(text) };
        let item = centred(text_of(&label, at, size), across, down);
        let bounds = item.bounds();
        self.scene.add(Item::Text(item));
        bounds
    }

    /// Draws what stands along x; gives where it ends, away from the axes.
    fn x(&mut self, ticks: &Ticks) -> f64 {
        let axis = &self.axes.x;
        let up = axis.opposite;
        let place = Projection::new(self.axes, self.rect, self.view);
        let (edge, out) = if up { (self.rect.top, -1.0) } else { (self.rect.bottom, 1.0) };
        let mut end = edge;
        if !axis.bare {
            for (places, length, width) in [(&ticks.at, TICK, TICK_WIDTH), (&ticks.minor, MINOR_TICK, MINOR_WIDTH)] {
                for x in places.iter().map(|&at| place.x(at)) {
                    self.scene.add(Item::line((x, edge), (x, edge + out * length), Stroke::solid(Color::BLACK, width)));
                }
            }
            end += out * TICK;
            if !axis.unlabelled {
                let from = edge + out * (TICK + NUMBER_GAP);
                let down = if up { Anchor::End } else { Anchor::Start };
                for (&at, label) in ticks.at.iter().zip(&ticks.labels).filter(|(_, label)| !label.is_empty()) {
                    let bounds = self.number(axis, label, (place.x(at), from), Anchor::Middle, down);
                    end = if up { end.min(bounds.top) } else { end.max(bounds.bottom) };
                }
                if !ticks.offset.is_empty() {
                    let size = axis.size.unwrap_or(self.figure.settings.size(Role::Tick));
                    let y = end + out * 3.0;
                    let label = Label { across: Anchor::End, down, ..Label::new(ticks.offset.clone()) };
                    self.scene.add(Item::Text(text_of(&label, (self.rect.right, y), size)));
                }
            }
        }
        if let Some(label) = &axis.label {
            let size = self.figure.settings.size(Role::Label);
            let down = if up { Anchor::End } else { Anchor::Start };
            let placed = Label { across: Anchor::Middle, down, ..label.clone() };
            let middle = (self.rect.left + self.rect.right) / 2.0;
            let item = text(&placed, middle, end + out * LABEL_GAP, size);
            if let Some(bounds) = item.bounds() {
                end = if up { bounds.top } else { bounds.bottom };
            }
            self.scene.add(item);
        }
        end
    }

    /// Draws what stands along y.
    fn y(&mut self, ticks: &Ticks) {
        let axis = &self.axes.y;
        let right = axis.opposite;
        let place = Projection::new(self.axes, self.rect, self.view);
        let (edge, out) = if right { (self.rect.right, 1.0) } else { (self.rect.left, -1.0) };
        let mut end = edge;
        if !axis.bare {
            for (places, length, width) in [(&ticks.at, TICK, TICK_WIDTH), (&ticks.minor, MINOR_TICK, MINOR_WIDTH)] {
                for y in places.iter().map(|&at| place.y(at)) {
                    self.scene.add(Item::line((edge, y), (edge + out * length, y), Stroke::solid(Color::BLACK, width)));
                }
            }
            end += out * TICK;
            if !axis.unlabelled {
                let from = edge + out * (TICK + NUMBER_GAP);
                let across = if right { Anchor::Start } else { Anchor::End };
                for (&at, label) in ticks.at.iter().zip(&ticks.labels).filter(|(_, label)| !label.is_empty()) {
                    let bounds = self.number(axis, label, (from, place.y(at)), across, Anchor::Middle);
                    end = if right { end.max(bounds.right) } else { end.min(bounds.left) };
                }
                if !ticks.offset.is_empty() {
                    let size = axis.size.unwrap_or(self.figure.settings.size(Role::Tick));
                    let across = if right { Anchor::End } else { Anchor::Start };
                    let label = Label { across, down: Anchor::Baseline, ..Label::new(ticks.offset.clone()) };
                    self.scene.add(Item::Text(text_of(&label, (edge, self.rect.top - 3.0), size)));
                }
            }
        }
        if let Some(label) = &axis.label {
            let size = label.size.unwrap_or(self.figure.settings.size(Role::Label));
            let middle = (self.rect.top + self.rect.bottom) / 2.0;
            // Turned text: its lower edge, that towards the axes, is where `down` says.
            let angle = if label.angle == 0.0 { 90.0 } else { label.angle };
            let down = if right { Anchor::Start } else { Anchor::End };
            let placed = Label { across: Anchor::Middle, down, angle, ..label.clone() };
            self.scene.add(text(&placed, end + out * LABEL_GAP, middle, size));
        }
    }
}

fn text_of(label: &Label, (x, y): (f64, f64), size: f64) -> Text {
    Text {
        text: label.text.clone(),
        x,
        y,
        size: label.size.unwrap_or(size),
        color: label.color,
        across: label.across,
        down: label.down,
        angle: label.angle,
        bold: label.bold,
    }
}

/// Numbers stand in the middle of their digits, which have nothing below the line; turned ones by the box around them.
fn centred(mut text: Text, across: Anchor, down: Anchor) -> Text {
    if text.angle != 0.0 {
        let (x, y) = (text.x, text.y);
        (text.across, text.down) = (Anchor::Middle, Anchor::Middle);
        let bounds = text.bounds();
        let (width, height) = (bounds.width(), bounds.height());
        text.x = match across {
            Anchor::Start | Anchor::Baseline => x + width / 2.0,
            Anchor::Middle => x,
            Anchor::End => x - width / 2.0,
        };
        text.y = match down {
            Anchor::Start | Anchor::Baseline => y + height / 2.0,
            Anchor::Middle => y,
            Anchor::End => y - height / 2.0,
        };
        return text;
    }
    if down == Anchor::Middle {
        text.down = Anchor::Baseline;
        let n_lines = text.text.lines().count().max(1) as f64;
        text.y += text.size * 0.365 + (n_lines - 1.0) * text.size * font::LINE / 2.0;
    }
    text
}

//! What a picture consists of: shapes, marks, text and images at their places, before it becomes SVG or pixels.
//!
//! Lengths are in points, 72 to an inch; y goes down from the upper edge.

use std::sync::Arc;

use crate::color::Color;
use crate::font;

/// A picture.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// How wide, in points.
    pub width: f64,
    /// How high, in points.
    pub height: f64,
    /// What lies behind everything.
    pub background: Option<Color>,
    /// What is drawn, one over the other.
    pub items: Vec<Item>,
}

/// A rectangle by its edges; `left < right`, `top < bottom`.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
#[allow(missing_docs)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    /// How wide.
    pub fn width(self) -> f64 {
        self.right - self.left
    }

    /// How high.
    pub fn height(self) -> f64 {
        self.bottom - self.top
    }

    /// The smallest one around both.
    pub fn union(self, other: Rect) -> Rect {
        Rect {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// What both have; perhaps nothing, then its edges are in the wrong order.
    pub fn within(self, other: Rect) -> Rect {
        Rect {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// Wider by this at every edge.
    pub fn grown(self, by: f64) -> Rect {
        Rect { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// Is the point in it?
    pub fn contains(self, x: f64, y: f64) -> bool {
        x >= self.left && x <= self.right && y >= self.top && y <= self.bottom
    }
}

/// A step of an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Begins somewhere.
    Move(f64, f64),
    /// Straight on.
    Line(f64, f64),
    /// Bent, by two points that pull.
    Curve([f64; 6]),
    /// Back to where it began.
    Close,
}

/// How a line is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub color: Color,
    /// How thick.
    pub width: f64,
    /// Lengths of dashes and gaps; none: without gaps.
    pub dashes: Vec<f64>,
    /// Do its ends stick out by half its width?
    pub square_ends: bool,
}

impl Stroke {
    /// A line without gaps.
    pub fn solid(color: Color, width: f64) -> Stroke {
        Stroke { color, width, dashes: Vec::new(), square_ends: false }
    }
}

/// Where along a text its place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Anchor {
    /// At its left, or its top.
    Start,
    /// In the middle.
    #[default]
    Middle,
    /// At its right, or its bottom.
    End,
    /// On the line that the letters stand on; along the text the same as `Start`.
    Baseline,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says; may have several lines.
    pub text: String,
    /// Where.
    pub x: f64,
    /// Where.
    pub y: f64,
    /// How large.
    pub size: f64,
    /// In which colour.
    pub color: Color,
    /// Where along it `x` is.
    pub across: Anchor,
    /// Where along it `y` is.
    pub down: Anchor,
    /// Turned by how many degrees, counter-clockwise.
    pub angle: f64,
    /// Thick letters?
    pub bold: bool,
}

impl Text {
    /// A line of it from its own corner, before it is turned: `(text, x, y)` of where it begins.
    pub fn lines(&self) -> Vec<(&str, f64, f64)> {
        let (width, height) = (font::widest(&self.text, self.size), font::height(&self.text, self.size));
        let left = match self.across {
            Anchor::Start | Anchor::Baseline => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        };
        let top = match self.down {
            Anchor::Start => 0.0,
            Anchor::Middle => -height / 2.0,
            Anchor::End => -height,
            Anchor::Baseline => self.size * (1.0 - font::ASCENT) - height,
        };
        let down = |at: usize| top + (font::ASCENT + at as f64 * font::LINE) * self.size;
        self.text
            .lines()
            .enumerate()
            .map(|(at, line)| {
                let slack = width - font::width(line, self.size);
                let shift = match self.across {
                    Anchor::Start | Anchor::Baseline => 0.0,
                    Anchor::Middle => slack / 2.0,
                    Anchor::End => slack,
                };
                (line, left + shift, down(at))
            })
            .collect()
    }

    /// The rectangle around it.
    pub fn bounds(&self) -> Rect {
        let (sin, cos) = (-self.angle.to_radians()).sin_cos();
        let mut bounds: Option<Rect> = None;
        for (line, left, base) in self.lines() {
            let right = left + font::width(line, self.size);
            let (top, bottom) = (base - font::ASCENT * self.size, base + font::DESCENT * self.size);
            for (x, y) in [(left, top), (right, top), (left, bottom), (right, bottom)] {
                let (x, y) = (self.x + x * cos - y * sin, self.y + x * sin + y * cos);
                let point = Rect { left: x, top: y, right: x, bottom: y };
                bounds = Some(bounds.map_or(point, |bounds| bounds.union(point)));
            }
        }
        bounds.unwrap_or(Rect { left: self.x, top: self.y, right: self.x, bottom: self.y })
    }
}

/// Something on the picture many times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub x: f64,
    /// Where.
    pub y: f64,
    /// How large, as a multiple of its outline.
    pub scale: f64,
    /// In which colour.
    pub color: Color,
}

/// An image of pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Pixels {
    /// How many in a row.
    pub width: usize,
    /// How many rows.
    pub height: usize,
    /// Red, green, blue, alpha of each.
    pub bytes: Vec<u8>,
}

/// Something that is drawn.
#[derive(Clone, Debug)]
pub enum Item {
    /// A line or an area.
    Shape {
        /// Its outline.
        steps: Vec<Step>,
        /// The colour within.
        fill: Option<Color>,
        /// The line around.
        stroke: Option<Stroke>,
        /// Only what is in here is seen.
        clip: Option<Rect>,
        /// Do its lines, all level or upright, stand on whole pixels?
        snap: bool,
    },
    /// The same outline in many places.
    Marks {
        /// The outline around (0, 0), one point large.
        steps: Vec<Step>,
        /// Is it a circle of diameter 1?
        round: bool,
        /// Where, how large and in which colours.
        marks: Vec<Mark>,
        /// Is it filled with the colour? Else only its line has it.
        filled: bool,
        /// The line around: its width, and its colour if it is not that of the mark.
        edge: Option<(f64, Option<Color>)>,
        /// Only what is in here is seen.
        clip: Option<Rect>,
    },
    /// Text.
    Text(Text),
    /// Pixels.
    Image {
        /// The pixels.
        pixels: Arc<Pixels>,
        /// Where they go.
        to: Rect,
        /// Does one go over into the other?
        smooth: bool,
        /// As much of it seen as this.
        alpha: f64,
        /// Only what is in here is seen.
        clip: Option<Rect>,
    },
}

impl Item {
    /// A straight line.
    pub fn line(from: (f64, f64), to: (f64, f64), stroke: Stroke) -> Item {
        let steps = vec![Step::Move(from.0, from.1), Step::Line(to.0, to.1)];
        Item::Shape { steps, fill: None, stroke: Some(stroke), clip: None, snap: true }
    }

    /// A rectangle.
    pub fn rect(rect: Rect, fill: Option<Color>, stroke: Option<Stroke>) -> Item {
        Item::Shape { steps: rect_steps(rect), fill, stroke, clip: None, snap: true }
    }

    /// The rectangle around what is seen of it.
    pub fn bounds(&self) -> Option<Rect> {
        let (bounds, clip) = match self {
            Item::Shape { steps, stroke, clip, .. } => {
                let reach = stroke.as_ref().map_or(0.0, |stroke| stroke.width / 2.0);
                (bounds_of(steps)?.grown(reach), clip)
            }
            Item::Marks { marks, clip, .. } => {
                let each = marks.iter().map(|mark| {
                    Rect { left: mark.x, top: mark.y, right: mark.x, bottom: mark.y }.grown(mark.scale / 2.0)
                });
                (each.reduce(Rect::union)?, clip)
            }
            Item::Text(text) => (text.bounds(), &None),
            Item::Image { to, clip, .. } => (*to, clip),
        };
        let seen = clip.map_or(bounds, |clip| bounds.within(clip));
        (seen.left <= seen.right && seen.top <= seen.bottom).then_some(seen)
    }

    /// How many places it has: what its SVG grows with.
    pub fn weight(&self) -> usize {
        match self {
            Item::Shape { steps, .. } => steps.len(),
            Item::Marks { marks, .. } => marks.len() * 3,
            Item::Text(_) => 10,
            Item::Image { .. } => 1,
        }
    }
}

/// The outline of a rectangle.
pub fn rect_steps(rect: Rect) -> Vec<Step> {
    vec![
        Step::Move(rect.left, rect.bottom),
        Step::Line(rect.right, rect.bottom),
        Step::Line(rect.right, rect.top),
        Step::Line(rect.left, rect.top),
        Step::Close,
    ]
}

/// A rectangle with round corners.
pub fn round_rect_steps(rect: Rect, radius: f64) -> Vec<Step> {
    let Rect { left, top, right, bottom } = rect;
    // How far the pulling points of a quarter circle are from its ends.
    let (r, k) = (radius, radius * 0.4477);
    vec![
        Step::Move(left + r, bottom),
        Step::Line(right - r, bottom),
        Step::Curve([right - k, bottom, right, bottom - k, right, bottom - r]),
        Step::Line(right, top + r),
        Step::Curve([right, top + k, right - k, top, right - r, top]),
        Step::Line(left + r, top),
        Step::Curve([left + k, top, left, top + k, left, top + r]),
        Step::Line(left, bottom - r),
        Step::Curve([left, bottom - k, left + k, bottom, left + r, bottom]),
        Step::Close,
    ]
}

fn bounds_of(steps: &[Step]) -> Option<Rect> {
    let mut bounds: Option<Rect> = None;
    let mut add = |x: f64, y: f64| {
        let point = Rect { left: x, top: y, right: x, bottom: y };
        bounds = Some(bounds.map_or(point, |bounds| bounds.union(point)));
    };
    for step in steps {
        match step {
            Step::Move(x, y) | Step::Line(x, y) => add(*x, *y),
            Step::Curve([a, b, c, d, x, y]) => {
                add(*a, *b);
                add(*c, *d);
                add(*x, *y);
            }
            Step::Close => {}
        }
    }
    bounds
}

impl Scene {
    /// Draws one thing more.
    pub fn add(&mut self, item: Item) {
        self.items.push(item);
    }

    /// The rectangle around everything that is seen.
    pub fn bounds(&self) -> Option<Rect> {
        self.items.iter().filter_map(Item::bounds).reduce(Rect::union)
    }

    /// The same picture cut to what is seen, with this much space around it; things beyond its edges come in.
    pub fn cut(mut self, space: f64) -> Scene {
        let Some(bounds) = self.bounds() else { return self };
        let bounds = bounds.grown(space);
        let (dx, dy) = (-bounds.left, -bounds.top);
        for item in &mut self.items {
            item.shift(dx, dy);
        }
        (self.width, self.height) = (bounds.width(), bounds.height());
        self
    }

    /// How many places it has altogether.
    pub fn weight(&self) -> usize {
        self.items.iter().map(Item::weight).sum()
    }
}

impl Item {
    fn shift(&mut self, dx: f64, dy: f64) {
        let shift_rect = |rect: &mut Rect| {
            rect.left += dx;
            rect.right += dx;
            rect.top += dy;
            rect.bottom += dy;
        };
        match self {
            Item::Shape { steps, clip, .. } => {
                for step in steps {
                    match step {
                        Step::Move(x, y) | Step::Line(x, y) => {
                            *x += dx;
                            *y += dy;
                        }
                        Step::Curve(points) => {
                            for (at, value) in points.iter_mut().enumerate() {
                                *value += if at % 2 == 0 { dx } else { dy };
                            }
                        }
                        Step::Close => {}
                    }
                }
                clip.iter_mut().for_each(shift_rect);
            }
            Item::Marks { marks, clip, .. } => {
                for mark in marks {
                    mark.x += dx;
                    mark.y += dy;
                }
                clip.iter_mut().for_each(shift_rect);
            }
            Item::Text(text) => {
                text.x += dx;
                text.y += dy;
            }
            Item::Image { to, clip, .. } => {
                shift_rect(to);
                clip.iter_mut().for_each(shift_rect);
            }
        }
    }
}

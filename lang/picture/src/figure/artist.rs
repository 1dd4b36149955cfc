//! What lies in axes: lines, points, boxes, images, text.

use std::sync::Arc;

use rdk_array::Chunk;

use crate::color::Color;
use crate::colormap::Mapping;
use crate::scene::Anchor;

/// Something that lies in axes.
#[derive(Clone, Debug)]
pub struct Artist {
    /// What it is.
    pub shape: Shape,
    /// What the list says about it.
    pub label: Option<String>,
    /// Those with more lie above those with less.
    pub height: f64,
    /// Does it count when limits are looked for?
    pub counts: bool,
    /// Is it not shown, or taken away?
    pub hidden: bool,
}

/// What lies in axes.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Shape {
    /// A line through points, marks on them, or both.
    Line(Line),
    /// Marks, each with a size and a colour.
    Points(Points),
    /// Rectangles: bars.
    Boxes(Boxes),
    /// An area.
    Area { points: Vec<(f64, f64)>, fill: Option<Color>, edge: Option<(Color, f64)> },
    /// Many straight lines: `(x, y)` to `(x, y)`.
    Segments { ends: Vec<[f64; 4]>, color: Color, width: f64, dashes: Vec<f64> },
    /// A line from edge to edge, or a stripe.
    Rule(Rule),
    /// An image.
    Image(ImageData),
    /// Text.
    Label(Label),
    /// Pieces of a cake.
    Wedges(Vec<Wedge>),
}

/// A line through points.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where its points are.
    pub x: Arc<Vec<f64>>,
    /// Where its points are.
    pub y: Arc<Vec<f64>>,
    /// Its colour.
    pub color: Color,
    /// How thick.
    pub width: f64,
    /// Is the line itself drawn?
    pub drawn: bool,
    /// Lengths of dashes and gaps, in widths.
    pub dashes: Vec<f64>,
    /// Its marks.
    pub marker: Option<Marker>,
}

/// A mark on a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// `o`, `s`, `^`, …
    pub sign: char,
    /// How large, in points.
    pub size: f64,
    /// Within.
    pub face: Color,
    /// Around.
    pub edge: Color,
    /// How thick around.
    pub edge_width: f64,
}

/// Marks, each with a size and a colour.
#[derive(Clone, Debug)]
pub struct Points {
    /// Where.
    pub x: Arc<Vec<f64>>,
    /// Where.
    pub y: Arc<Vec<f64>>,
    /// Diameters in points: one for all, or one each.
    pub sizes: Vec<f64>,
    /// Colours: one for all, or one each.
    pub colors: Vec<Color>,
    /// `o`, `s`, `^`, …
    pub sign: char,
    /// The line around; without a colour that of the mark.
    pub edge: Option<(f64, Option<Color>)>,
    /// What the colours stand for.
    pub mapping: Option<Mapping>,
}

/// Rectangles.
#[derive(Clone, Debug)]
pub struct Boxes {
    /// Left, bottom, right, top of each.
    pub sides: Vec<[f64; 4]>,
    /// Colours: one for all, or one each.
    pub colors: Vec<Option<Color>>,
    /// The line around.
    pub edge: Option<(Color, f64)>,
    /// Do they stand on their lower edge (bars), or their left one? There limits end without a margin.
    pub stands: Stands,
}

/// Where boxes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Stands {
    Below,
    Left,
    Nowhere,
}

/// A line from edge to edge, or with two places a stripe.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Lies it, along x?
    pub level: bool,
    /// Where.
    pub at: f64,
    /// For a stripe where it ends.
    pub to: Option<f64>,
    /// From where to where along the axes, as shares.
    pub span: (f64, f64),
    /// Its colour.
    pub color: Color,
    /// How thick.
    pub width: f64,
    /// Lengths of dashes and gaps, in widths.
    pub dashes: Vec<f64>,
}

/// An image in axes.
#[derive(Clone, Debug)]
pub struct ImageData {
    /// Rows and columns of numbers, or with a third axis of colours.
    pub values: Chunk,
    /// How numbers become colours; none where there are colours.
    pub mapping: Option<Mapping>,
    /// Left, right, bottom, top.
    pub extent: [f64; 4],
    /// Is the first row the upper one?
    pub upper: bool,
    /// Does one pixel go over into the other?
    pub smooth: bool,
    /// As much of it seen as this.
    pub alpha: f64,
}

/// Text.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// What it says.
    pub text: String,
    /// Where.
    pub at: (f64, f64),
    /// Is `at` given in shares of the axes?
    pub in_shares: bool,
    /// How large; by default what is usual there.
    pub size: Option<f64>,
    /// Its colour.
    pub color: Color,
    /// Where along it `at` is.
    pub across: Anchor,
    /// Where along it `at` is.
    pub down: Anchor,
    /// Turned by how many degrees.
    pub angle: f64,
    /// Thick letters?
    pub bold: bool,
    /// Points from `at` to the text.
    pub shift: (f64, f64),
    /// A line from the text to here.
    pub arrow: Option<((f64, f64), Color)>,
    /// The colour behind it, and of the line around that.
    pub frame: Option<(Color, Color)>,
}

impl Label {
    /// Black text of the usual size.
    pub fn new(text: impl Into<String>) -> Label {
        Label {
            text: text.into(),
            at: (0.0, 0.0),
            in_shares: false,
            size: None,
            color: Color::BLACK,
            across: Anchor::Start,
            down: Anchor::Baseline,
            angle: 0.0,
            bold: false,
            shift: (0.0, 0.0),
            arrow: None,
            frame: None,
        }
    }
}

/// A piece of a cake.
#[derive(Clone, Debug, PartialEq)]
pub struct Wedge {
    /// Where it begins, in degrees counter-clockwise from the right.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How far it is moved out.
    pub out: f64,
    /// Its colour.
    pub color: Color,
}

impl Artist {
    /// One that is shown.
    pub fn new(shape: Shape, height: f64) -> Artist {
        Artist { shape, label: None, height, counts: true, hidden: false }
    }

    /// With what the list says about it.
    pub fn labelled(mut self, label: Option<String>) -> Artist {
        self.label = label;
        self
    }
}

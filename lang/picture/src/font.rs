//! The letters of pictures that are made of pixels, and how wide they are.
//!
//! A part of DejaVu Sans comes along (`data/DejaVuSans-part.ttf`, its licence beside it), so that a picture looks the same on a machine
//! without any fonts.

use std::sync::OnceLock;

use ttf_parser::{Face, OutlineBuilder};

static BYTES: &[u8] = include_bytes!("../data/DejaVuSans-part.ttf");

/// What a page is to show text in: the same letters, or those of the same widths, or any without serifs.
pub const FAMILY: &str = "DejaVu Sans, Bitstream Vera Sans, Verdana, Geneva, sans-serif";

/// How much of the size stands above the line, and how much hangs below.
pub const ASCENT: f64 = 0.76;
/// See [`ASCENT`].
pub const DESCENT: f64 = 0.24;

fn face() -> &'static Face<'static> {
    static FACE: OnceLock<Face<'static>> = OnceLock::new();
    FACE.get_or_init(|| Face::parse(BYTES, 0).expect("the font that comes along can be read"))
}

/// How wide a line of text is at a size.
pub fn width(text: &str, size: f64) -> f64 {
    let face = face();
    let units = text.chars().map(|letter| {
        let glyph = face.glyph_index(letter).or_else(|| face.glyph_index('\u{fffd}'));
        f64::from(glyph.and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(1000))
    });
    units.sum::<f64>() * size / f64::from(face.units_per_em())
}

/// The widest of several lines.
pub fn widest(text: &str, size: f64) -> f64 {
    text.lines().map(|line| width(line, size)).fold(0.0, f64::max)
}

/// How high several lines are.
pub fn height(text: &str, size: f64) -> f64 {
    let n_lines = text.lines().count().max(1) as f64;
    size * (1.0 + (n_lines - 1.0) * LINE)
}

/// From one line to the next, in sizes.
pub const LINE: f64 = 1.2;

/// Draws a line of text that begins at (0, 0) and stands on y = 0; y goes down.
pub fn outline(text: &str, size: f64, to: &mut impl OutlineBuilder) {
    let face = face();
    let scale = (size / f64::from(face.units_per_em())) as f32;
    let mut x = 0.0;
    for letter in text.chars() {
        if let Some(glyph) = face.glyph_index(letter).or_else(|| face.glyph_index('\u{fffd}')) {
            face.outline_glyph(glyph, &mut Placed { to, x, scale });
            x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(1000)) * scale;
        }
    }
}

/// Puts a letter where it belongs, the right way up.
struct Placed<'a, T> {
    to: &'a mut T,
    x: f32,
    scale: f32,
}

impl<T> Placed<'_, T> {
    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, -y * self.scale)
    }
}

impl<T: OutlineBuilder> OutlineBuilder for Placed<'_, T> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.point(x, y);
        self.to.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.point(x, y);
        self.to.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.point(x1, y1), self.point(x, y));
        self.to.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.point(x1, y1), self.point(x2, y2), self.point(x, y));
        self.to.curve_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.to.close();
    }
}

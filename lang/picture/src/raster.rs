//! A scene as pixels, and pixels as PNG: the only file that names the rasteriser.

use std::io::Cursor;

use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use rdk_runtime::{Result, error};
use tiny_skia::{
    FillRule, FilterQuality, IntSize, LineCap, LineJoin, Mask, Paint, PathBuilder, Pixmap, PixmapPaint, StrokeDash,
    Transform,
};
use ttf_parser::OutlineBuilder;

use crate::color::Color;
use crate::font;
use crate::scene::{Item, Pixels, Rect, Scene, Step, Stroke, Text};

/// The most pixels along an edge.
const MAX_EDGE: f64 = 20_000.0;

/// The scene as pixels, so many to an inch.
pub fn render(scene: &Scene, dpi: f64) -> Result<Pixels> {
    let scale = dpi / 72.0;
    let (width, height) = ((scene.width * scale).round().max(1.0), (scene.height * scale).round().max(1.0));
    let too_large = || error!("a picture of {width} x {height} pixels is too large"; hint: "`figsize` times `dpi` is its size; {MAX_EDGE} pixels an edge are allowed");
    if !(width <= MAX_EDGE && height <= MAX_EDGE) {
        return Err(too_large());
    }
    let mut pixmap = Pixmap::new(width as u32, height as u32).ok_or_else(too_large)?;
    if let Some(background) = scene.background {
        pixmap.fill(paint_color(background));
    }
    let mut canvas = Canvas { pixmap, scale, mask: None };
    for item in &scene.items {
        canvas.draw(item);
    }
    Ok(plain_pixels(canvas.pixmap))
}

/// Pixels whose colours are not multiplied by their alpha.
fn plain_pixels(pixmap: Pixmap) -> Pixels {
    let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
    let each = pixmap.pixels().iter().flat_map(|pixel| {
        let color = pixel.demultiply();
        [color.red(), color.green(), color.blue(), color.alpha()]
    });
    Pixels { width, height, bytes: each.collect() }
}

/// Pixels as a PNG; without alpha where nothing shows through.
pub fn png(pixels: &Pixels) -> Result<Vec<u8>> {
    encoded(pixels, ImageFormat::Png)
}

/// Pixels as JPEG, white where nothing is.
pub fn jpeg(pixels: &Pixels) -> Result<Vec<u8>> {
    encoded(pixels, ImageFormat::Jpeg)
}

fn encoded(pixels: &Pixels, format: ImageFormat) -> Result<Vec<u8>> {
    let opaque = format == ImageFormat::Jpeg || pixels.bytes.chunks_exact(4).all(|pixel| pixel[3] == 255);
    let (bytes, kind) = match opaque {
        true => (pixels.bytes.chunks_exact(4).flat_map(on_white).collect(), ExtendedColorType::Rgb8),
        false => (pixels.bytes.clone(), ExtendedColorType::Rgba8),
    };
    let mut out = Vec::new();
    let (width, height) = (pixels.width as u32, pixels.height as u32);
    let failed = |what: image::ImageError| error!(RuntimeError: "the picture cannot be written: {what}");
    match format {
        ImageFormat::Png => {
            let (compression, filter) =
                (image::codecs::png::CompressionType::Default, image::codecs::png::FilterType::Adaptive);
            let encoder = image::codecs::png::PngEncoder::new_with_quality(&mut out, compression, filter);
            encoder.write_image(&bytes, width, height, kind).map_err(failed)?;
        }
        other => {
            let mut to = Cursor::new(&mut out);
            image::write_buffer_with_format(&mut to, &bytes, width, height, kind, other).map_err(failed)?;
        }
    }
    Ok(out)
}

fn on_white(pixel: &[u8]) -> [u8; 3] {
    let alpha = u32::from(pixel[3]);
    let mixed = |part: u8| ((u32::from(part) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
    [mixed(pixel[0]), mixed(pixel[1]), mixed(pixel[2])]
}

struct Canvas {
    pixmap: Pixmap,
    scale: f64,
    /// The last clip, as a mask: many things in a row have the same.
    mask: Option<(Rect, Mask)>,
}

impl Canvas {
    fn draw(&mut self, item: &Item) {
        match item {
            Item::Shape { steps, fill, stroke, clip, snap } => {
                self.clip(*clip);
                let path = match snap {
                    true => self.path(&self.snapped(steps, stroke.as_ref())),
                    false => self.path(steps),
                };
                let Some(path) = path else { return };
                let mask = self.mask.as_ref().map(|(_, mask)| mask);
                if let Some(color) = fill.filter(|color| !color.is_none()) {
                    let mut paint = paint(color);
                    paint.anti_alias = !snap;
                    self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), mask);
                }
                if let Some(stroke) = stroke.as_ref().filter(|stroke| !stroke.color.is_none() && stroke.width > 0.0) {
                    let line = self.stroke(stroke, *snap);
                    self.pixmap.stroke_path(&path, &paint(stroke.color), &line, Transform::identity(), mask);
                }
            }
            Item::Marks { steps, round: _, marks, filled, edge, clip } => {
                self.clip(*clip);
                for mark in marks {
                    let at = |(x, y): (f64, f64)| (mark.x + x * mark.scale, mark.y + y * mark.scale);
                    let placed: Vec<Step> = steps.iter().map(|step| moved(step, &at)).collect();
                    let Some(path) = self.path(&placed) else { continue };
                    let mask = self.mask.as_ref().map(|(_, mask)| mask);
                    if *filled && !mark.color.is_none() {
                        let paint = paint(mark.color);
                        self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), mask);
                    }
                    if let Some((width, color)) = edge {
                        let stroke = Stroke::solid(color.unwrap_or(mark.color), *width);
                        if !stroke.color.is_none() && stroke.width > 0.0 {
                            let line = self.stroke(&stroke, false);
                            self.pixmap.stroke_path(&path, &paint(stroke.color), &line, Transform::identity(), mask);
                        }
                    }
                }
            }
            Item::Text(text) => self.text(text),
            Item::Image { pixels, to, smooth, alpha, clip } => {
                self.clip(*clip);
                self.image(pixels, *to, *smooth, *alpha);
            }
        }
    }

    fn clip(&mut self, clip: Option<Rect>) {
        let Some(rect) = clip else {
            self.mask = None;
            return;
        };
        if self.mask.as_ref().is_some_and(|(last, _)| *last == rect) {
            return;
        }
        let mut mask = Mask::new(self.pixmap.width(), self.pixmap.height());
        let snapped = |value: f64| (value * self.scale).round() as f32;
        let area = tiny_skia::Rect::from_ltrb(
            snapped(rect.left),
            snapped(rect.top),
            snapped(rect.right),
            snapped(rect.bottom),
        );
        if let (Some(mask), Some(area)) = (&mut mask, area) {
            mask.fill_path(&PathBuilder::from_rect(area), FillRule::Winding, false, Transform::identity());
        }
        self.mask = mask.map(|mask| (rect, mask));
    }

    fn path(&self, steps: &[Step]) -> Option<tiny_skia::Path> {
        let mut path = PathBuilder::new();
        let scaled = |value: f64| (value * self.scale).clamp(-1e6, 1e6) as f32;
        for step in steps {
            match *step {
                Step::Move(x, y) => path.move_to(scaled(x), scaled(y)),
                Step::Line(x, y) => path.line_to(scaled(x), scaled(y)),
                Step::Curve([a, b, c, d, x, y]) => {
                    path.cubic_to(scaled(a), scaled(b), scaled(c), scaled(d), scaled(x), scaled(y))
                }
                Step::Close => path.close(),
            }
        }
        path.finish()
    }

    /// Level and upright lines on whole pixels: in their middle for a line of odd width, else between two.
    fn snapped(&self, steps: &[Step], stroke: Option<&Stroke>) -> Vec<Step> {
        let width = stroke.map_or(0.0, |stroke| (stroke.width * self.scale).round().max(1.0));
        let half = if width % 2.0 == 1.0 { 0.5 } else { 0.0 };
        let snap = |value: f64| ((value * self.scale - half).round() + half) / self.scale;
        steps.iter().map(|step| moved(step, &|(x, y)| (snap(x), snap(y)))).collect()
    }

    fn stroke(&self, stroke: &Stroke, snap: bool) -> tiny_skia::Stroke {
        let width = stroke.width * self.scale;
        let width = if snap { width.round().max(1.0) } else { width };
        let mut dashes: Vec<f32> = stroke.dashes.iter().map(|length| (length * self.scale) as f32).collect();
        if dashes.len() % 2 == 1 {
            dashes.extend_from_within(..);
        }
        tiny_skia::Stroke {
            width: width as f32,
            line_cap: if stroke.square_ends && dashes.is_empty() { LineCap::Square } else { LineCap::Butt },
            line_join: if snap { LineJoin::Miter } else { LineJoin::Round },
            dash: StrokeDash::new(dashes, 0.0),
            ..tiny_skia::Stroke::default()
        }
    }

    fn text(&mut self, text: &Text) {
        for (line, left, base) in text.lines() {
            let mut outline = Outline(PathBuilder::new());
            let size = text.size * self.scale;
            font::outline(line, size, &mut outline);
            let Some(path) = outline.0.finish() else { continue };
            let mut place = ((left * self.scale) as f32, (base * self.scale) as f32);
            let mut origin = ((text.x * self.scale) as f32, (text.y * self.scale) as f32);
            if text.angle == 0.0 {
                // Letters stand on whole pixels: sharper to read.
                let base = (origin.1 + place.1).round();
                origin.1 = base - place.1;
            }
            let turn = Transform::from_rotate(-text.angle as f32);
            place = (place.0 * turn.sx + place.1 * turn.kx, place.0 * turn.ky + place.1 * turn.sy);
            let at = turn.post_translate(origin.0 + place.0, origin.1 + place.1);
            let paint = paint(text.color);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, at, None);
            if text.bold {
                let line = tiny_skia::Stroke { width: (size * 0.045) as f32, ..tiny_skia::Stroke::default() };
                self.pixmap.stroke_path(&path, &paint, &line, at, None);
            }
        }
    }

    fn image(&mut self, pixels: &Pixels, to: Rect, smooth: bool, alpha: f64) {
        let edge = |value: f64| (value * self.scale).round();
        let (left, top, right, bottom) = (edge(to.left), edge(to.top), edge(to.right), edge(to.bottom));
        let (across, down) = ((right - left) / pixels.width as f64, (bottom - top) / pixels.height as f64);
        // Many pixels to one of the picture: their mean, or a fine pattern becomes a coarse one.
        let small =
            (across < 1.0 || down < 1.0).then(|| reduced(pixels, (right - left) as usize, (bottom - top) as usize));
        let pixels = small.as_ref().unwrap_or(pixels);
        let (across, down) = ((right - left) / pixels.width as f64, (bottom - top) / pixels.height as f64);
        let multiplied = pixels.bytes.chunks_exact(4).flat_map(|pixel| {
            let color = tiny_skia::ColorU8::from_rgba(pixel[0], pixel[1], pixel[2], pixel[3]).premultiply();
            [color.red(), color.green(), color.blue(), color.alpha()]
        });
        let size = IntSize::from_wh(pixels.width as u32, pixels.height as u32);
        let Some(source) = size.and_then(|size| Pixmap::from_vec(multiplied.collect(), size)) else { return };
        let quality = match smooth && (across > 1.0 || down > 1.0) {
            true => FilterQuality::Bilinear,
            false => FilterQuality::Nearest,
        };
        let paint = PixmapPaint { opacity: alpha as f32, quality, ..PixmapPaint::default() };
        let place = Transform::from_row(across as f32, 0.0, 0.0, down as f32, left as f32, top as f32);
        self.pixmap.draw_pixmap(0, 0, source.as_ref(), &paint, place, self.mask.as_ref().map(|(_, mask)| mask));
    }
}

/// An image with at most this many pixels along its edges: each the mean of those that it stands for.
pub fn reduced(pixels: &Pixels, width: usize, height: usize) -> Pixels {
    let (width, height) = (width.clamp(1, pixels.width), height.clamp(1, pixels.height));
    let mut bytes = Vec::with_capacity(width * height * 4);
    for row in 0..height {
        let (top, bottom) = (row * pixels.height / height, ((row + 1) * pixels.height).div_ceil(height));
        for column in 0..width {
            let (left, right) = (column * pixels.width / width, ((column + 1) * pixels.width).div_ceil(width));
            let mut sums = [0u64; 4];
            for y in top..bottom {
                for pixel in pixels.bytes[(y * pixels.width + left) * 4..(y * pixels.width + right) * 4].chunks_exact(4)
                {
                    let alpha = u64::from(pixel[3]);
                    for part in 0..3 {
                        sums[part] += u64::from(pixel[part]) * alpha;
                    }
                    sums[3] += alpha;
                }
            }
            let n = ((bottom - top) * (right - left)) as u64;
            let mean = |sum: u64| (sum + sums[3] / 2).checked_div(sums[3]).unwrap_or(0) as u8;
            bytes.extend([mean(sums[0]), mean(sums[1]), mean(sums[2]), ((sums[3] + n / 2) / n) as u8]);
        }
    }
    Pixels { width, height, bytes }
}

/// A step with its points elsewhere.
pub fn moved(step: &Step, to: &dyn Fn((f64, f64)) -> (f64, f64)) -> Step {
    match *step {
        Step::Move(x, y) => {
            let (x, y) = to((x, y));
            Step::Move(x, y)
        }
        Step::Line(x, y) => {
            let (x, y) = to((x, y));
            Step::Line(x, y)
        }
        Step::Curve([a, b, c, d, x, y]) => {
            let ((a, b), (c, d), (x, y)) = (to((a, b)), to((c, d)), to((x, y)));
            Step::Curve([a, b, c, d, x, y])
        }
        Step::Close => Step::Close,
    }
}

fn paint_color(color: Color) -> tiny_skia::Color {
    let [red, green, blue, alpha] = color.to_bytes();
    tiny_skia::Color::from_rgba8(red, green, blue, alpha)
}

fn paint(color: Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(paint_color(color));
    paint
}

/// Letters as a path.
struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_image_fills_its_place_with_its_exact_colours() {
        let bytes = [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [7, 8, 9, 255]].concat();
        let pixels = Arc::new(Pixels { width: 2, height: 2, bytes });
        let to = Rect { left: 0.0, top: 0.0, right: 72.0, bottom: 72.0 };
        let image = Item::Image { pixels, to, smooth: false, alpha: 1.0, clip: Some(to) };
        let scene = Scene { width: 72.0, height: 72.0, background: Some(Color::WHITE), items: vec![image] };
        let drawn = render(&scene, 100.0).unwrap();
        assert_eq!((drawn.width, drawn.height), (100, 100));
        let at = |x: usize, y: usize| &drawn.bytes[(y * 100 + x) * 4..][..4];
        for (x, y, color) in [
            (0, 0, [255, 0, 0, 255]),
            (49, 49, [255, 0, 0, 255]),
            (50, 49, [0, 255, 0, 255]),
            (0, 99, [0, 0, 255, 255]),
            (99, 50, [7, 8, 9, 255]),
        ] {
            assert_eq!(at(x, y), color, "{x} {y}");
        }
        let png = png(&drawn).unwrap();
        let back = image::load_from_memory(&png).unwrap();
        assert_eq!(back.into_rgba8().into_raw(), drawn.bytes);
    }

    #[test]
    fn many_pixels_to_one_are_their_mean() {
        let bytes = [[0, 0, 0, 255], [100, 0, 0, 255], [100, 0, 0, 255], [200, 0, 0, 255]].concat();
        let small = reduced(&Pixels { width: 2, height: 2, bytes }, 1, 1);
        assert_eq!(small.bytes, [100, 0, 0, 255]);
    }

    #[test]
    fn a_picture_has_an_end() {
        let scene = Scene { width: 1e9, height: 10.0, ..Scene::default() };
        assert!(render(&scene, 100.0).is_err());
    }
}

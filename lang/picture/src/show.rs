//! What a figure or an image shows of itself: text for a terminal, SVG or PNG for a page.

use rdk_runtime::Result;
use rdk_summary::{Media, MediaData, Summary};

use crate::figure::{Figure, Shape};
use crate::scene::Pixels;
use crate::{draw, raster, svg, terminal};

/// A drawing with more places than this goes to a page as PNG: its SVG would be larger.
const SVG_WEIGHT: usize = 4000;

/// A drawing with more pixels in its width goes to a page as PNG: some front ends show an SVG in its own size, and cut off what has no
/// room, but all shrink a PNG.
const SVG_WIDTH: f64 = 700.0;

/// Space around a figure on a page, in points: as notebooks show it, cut to what is seen.
const SPACE: f64 = 7.2;

/// A figure as a notebook and a terminal show it.
pub fn summary(figure: &Figure) -> Summary {
    let text = terminal::draw(figure);
    if figure.is_empty() {
        return Summary::Text(text);
    }
    let forms = match form(figure) {
        Ok(form) => vec![form],
        // A size that no picture can have: its text says what there is to see.
        Err(_) => Vec::new(),
    };
    Summary::Media(Media { text, forms })
}

fn form(figure: &Figure) -> Result<(String, MediaData)> {
    let (scene, dpi, has_image) = {
        let figure = figure.0.lock();
        let mut shapes = figure.axes.iter().flat_map(|axes| &axes.artists);
        let has_image = shapes.any(|artist| matches!(artist.shape, Shape::Image(_)) && !artist.hidden);
        (draw::scene(&figure).cut(SPACE), figure.dpi, has_image)
    };
    let is_wide = scene.width * dpi / 72.0 > SVG_WIDTH;
    if has_image || is_wide || scene.weight() > SVG_WEIGHT {
        let bytes = raster::png(&raster::render(&scene, dpi)?)?;
        return Ok(("image/png".to_string(), MediaData::Bytes(bytes)));
    }
    // A page has 96 pixels to an inch, and shows a PNG's pixels one to one: the same size in both forms.
    Ok(("image/svg+xml".to_string(), MediaData::Text(svg::write(&scene, dpi)?)))
}

/// An image as a notebook shows it, with the text for a terminal.
pub fn image_summary(text: String, pixels: &Pixels) -> Summary {
    let png = raster::png(pixels);
    let forms = png.map(|bytes| vec![("image/png".to_string(), MediaData::Bytes(bytes))]).unwrap_or_default();
    Summary::Media(Media { text, forms })
}

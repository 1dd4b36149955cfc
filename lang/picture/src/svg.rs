//! A scene as SVG.

use std::fmt::Write;

use rdk_runtime::Result;

use crate::color::Color;
use crate::font;
use crate::raster;
use crate::scene::{Item, Pixels, Rect, Scene, Step, Stroke, Text};

/// A thing with more places than this goes into the SVG as pixels: it looks the same and is a hundred times smaller.
const MAX_WEIGHT: usize = 60_000;

/// Pixels to an inch of such a thing.
const FINE: f64 = 200.0;

/// The scene as an SVG document; `dpi` says how many of a page's pixels an inch is.
pub fn write(scene: &Scene, dpi: f64) -> Result<String> {
    let mut out = String::new();
    let (width, height) = (number(scene.width), number(scene.height));
    let (page_width, page_height) = (number(scene.width * dpi / 72.0), number(scene.height * dpi / 72.0));
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{page_width}" height="{page_height}" viewBox="0 0 {width} {height}" style="max-width: 100%; height: auto" font-family="{}">"#,
        font::FAMILY
    );
    if let Some(background) = scene.background {
        let _ = writeln!(out, r#"<rect width="{width}" height="{height}"{}/>"#, filled(Some(background)));
    }
    for item in &scene.items {
        if item.weight() > MAX_WEIGHT {
            image_of(&mut out, scene, item)?;
        } else {
            draw(&mut out, item)?;
        }
    }
    out.push_str("</svg>\n");
    Ok(out)
}

/// One thing of a scene as pixels, within the SVG.
fn image_of(out: &mut String, scene: &Scene, item: &Item) -> Result<()> {
    let alone = Scene { background: None, items: vec![item.clone()], ..*scene };
    let pixels = raster::render(&alone, FINE)?;
    let to = Rect { left: 0.0, top: 0.0, right: scene.width, bottom: scene.height };
    image(out, &pixels, to, true, 1.0, None)
}

fn draw(out: &mut String, item: &Item) -> Result<()> {
    match item {
        Item::Shape { steps, fill, stroke, clip, snap: _ } => {
            if fill.is_none_or(Color::is_none) && stroke.as_ref().is_none_or(|stroke| stroke.color.is_none()) {
                return Ok(());
            }
            open_clip(out, *clip);
            let _ = write!(out, r#"<path d="{}"{}"#, path(steps), filled(*fill));
            stroked(out, stroke.as_ref());
            out.push_str("/>\n");
            close_clip(out, *clip);
        }
        Item::Marks { steps, round, marks, filled, edge, clip } => {
            open_clip(out, *clip);
            for mark in marks {
                let fill = filled.then_some(mark.color);
                if *round {
                    let (x, y, r) = (number(mark.x), number(mark.y), number(mark.scale / 2.0));
                    let _ = write!(out, r#"<circle cx="{x}" cy="{y}" r="{r}"{}"#, self::filled(fill));
                } else {
                    let at = |(x, y): (f64, f64)| (mark.x + x * mark.scale, mark.y + y * mark.scale);
                    let placed: Vec<Step> = steps.iter().map(|step| raster::moved(step, &at)).collect();
                    let _ = write!(out, r#"<path d="{}"{}"#, path(&placed), self::filled(fill));
                }
                let line = edge.map(|(width, color)| Stroke::solid(color.unwrap_or(mark.color), width));
                stroked(out, line.as_ref());
                out.push_str("/>\n");
            }
            close_clip(out, *clip);
        }
        Item::Text(text) => draw_text(out, text),
        Item::Image { pixels, to, smooth, alpha, clip } => {
            // More pixels than a fine screen shows are of no use to anybody.
            let most = |length: f64, n: usize| if n as f64 > length * 3.0 { (length * 3.0) as usize } else { n };
            let (width, height) = (most(to.width(), pixels.width), most(to.height(), pixels.height));
            if (width, height) == (pixels.width, pixels.height) {
                image(out, pixels, *to, *smooth, *alpha, *clip)?;
            } else {
                image(out, &raster::reduced(pixels, width, height), *to, *smooth, *alpha, *clip)?;
            }
        }
    }
    Ok(())
}

/// Clips need no name that other pictures of the page could have too: a nested document clips what is beyond its edges.
fn open_clip(out: &mut String, clip: Option<Rect>) {
    if let Some(rect) = clip {
        let (x, y) = (number(rect.left), number(rect.top));
        let (width, height) = (number(rect.width().max(0.0)), number(rect.height().max(0.0)));
        let _ = writeln!(
            out,
            r#"<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{x} {y} {width} {height}" preserveAspectRatio="none">"#
        );
    }
}

fn close_clip(out: &mut String, clip: Option<Rect>) {
    if clip.is_some() {
        out.push_str("</svg>\n");
    }
}

fn draw_text(out: &mut String, text: &Text) {
    for (line, left, base) in text.lines() {
        if line.is_empty() {
            continue;
        }
        let (anchor, shift) = match text.across {
            crate::scene::Anchor::Middle => ("middle", font::width(line, text.size) / 2.0),
            crate::scene::Anchor::End => ("end", font::width(line, text.size)),
            crate::scene::Anchor::Start | crate::scene::Anchor::Baseline => ("start", 0.0),
        };
        let place = if text.angle == 0.0 {
            format!(r#"x="{}" y="{}""#, number(text.x + left + shift), number(text.y + base))
        } else {
            let (x, y, angle) = (number(text.x), number(text.y), number(-text.angle));
            let (left, base) = (number(left + shift), number(base));
            format!(r#"transform="translate({x} {y}) rotate({angle})" x="{left}" y="{base}""#)
        };
        let bold = if text.bold { r#" font-weight="bold""# } else { "" };
        let size = number(text.size);
        let _ = writeln!(
            out,
            r#"<text {place} font-size="{size}" text-anchor="{anchor}"{bold}{}>{}</text>"#,
            filled(Some(text.color)),
            escaped(line)
        );
    }
}

fn image(out: &mut String, pixels: &Pixels, to: Rect, smooth: bool, alpha: f64, clip: Option<Rect>) -> Result<()> {
    open_clip(out, clip);
    let (x, y, width, height) = (number(to.left), number(to.top), number(to.width()), number(to.height()));
    let style = if smooth { "" } else { r#" style="image-rendering:pixelated""# };
    let seen = if alpha < 1.0 { format!(r#" opacity="{alpha}""#) } else { String::new() };
    let data = base64(&raster::png(pixels)?);
    let _ = writeln!(
        out,
        r#"<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="none"{style}{seen} href="data:image/png;base64,{data}"/>"#
    );
    close_clip(out, clip);
    Ok(())
}

fn path(steps: &[Step]) -> String {
    let mut text = String::with_capacity(steps.len() * 12);
    let mut last = ' ';
    for step in steps {
        let letter = match step {
            Step::Move(..) => 'M',
            Step::Line(..) => 'L',
            Step::Curve(_) => 'C',
            Step::Close => 'Z',
        };
        // A letter holds until another one comes; after a move, lines follow.
        let same = letter == last && letter != 'M' || (letter, last) == ('L', 'M');
        text.push(if same { ' ' } else { letter });
        last = letter;
        let _ = match *step {
            Step::Move(x, y) | Step::Line(x, y) => write!(text, "{} {}", number(x), number(y)),
            Step::Curve(points) => write!(text, "{}", points.map(number).join(" ")),
            Step::Close => Ok(()),
        };
    }
    text
}

fn filled(color: Option<Color>) -> String {
    match color {
        Some(color) if !color.is_none() => painted("fill", color),
        _ => r#" fill="none""#.to_string(),
    }
}

fn painted(what: &str, color: Color) -> String {
    match color.alpha < 1.0 {
        true => format!(r#" {what}="{}" {what}-opacity="{}""#, color.digits(), number(f64::from(color.alpha))),
        false => format!(r#" {what}="{}""#, color.digits()),
    }
}

fn stroked(out: &mut String, stroke: Option<&Stroke>) {
    let Some(stroke) = stroke.filter(|stroke| !stroke.color.is_none() && stroke.width > 0.0) else { return };
    let _ = write!(out, r#"{} stroke-width="{}""#, painted("stroke", stroke.color), number(stroke.width));
    if !stroke.dashes.is_empty() {
        let dashes: Vec<String> = stroke.dashes.iter().map(|&length| number(length)).collect();
        let _ = write!(out, r#" stroke-dasharray="{}""#, dashes.join(" "));
    } else if stroke.square_ends {
        out.push_str(r#" stroke-linecap="square""#);
    }
    out.push_str(r#" stroke-linejoin="round""#);
}

/// A length with two digits behind the point at most.
fn number(value: f64) -> String {
    let rounded = (value.clamp(-1e7, 1e7) * 100.0).round() / 100.0;
    if rounded == 0.0 || rounded.is_nan() { "0".to_string() } else { format!("{rounded}") }
}

/// Text as it may stand between tags. Characters that XML does not have are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\t' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}

/// Bytes as text.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::draw;
    use crate::figure::{Artist, Figure, Label, Line, Marker, Settings, Shape};

    /// Every tag is closed, in its order; nothing but tags and text between them.
    fn check_tags(text: &str) {
        let mut open: Vec<&str> = Vec::new();
        for part in text.split('<').skip(1) {
            let (tag, after) = part.split_once('>').expect("a tag ends");
            assert!(!after.contains('>'), "{part}");
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or("");
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert_eq!(open, Vec::<&str>::new());
    }

    fn figure(n: usize) -> Figure {
        let figure = Figure::new(1, Settings::default());
        let mut state = figure.0.lock();
        let at = state.current();
        let marker = Marker { sign: 'o', size: 6.0, face: Color::BLACK, edge: Color::BLACK, edge_width: 1.0 };
        let line = Line {
            x: Arc::new((0..n).map(|at| at as f64).collect()),
            y: Arc::new((0..n).map(|at| (at as f64 * 0.7).sin()).collect()),
            color: Color::BLACK,
            width: 1.5,
            drawn: true,
            dashes: Vec::new(),
            marker: Some(marker),
        };
        state.axes[at].add(Artist::new(Shape::Line(line), 2.0).labelled(Some("a <b> & \"c\"".into())));
        state.axes[at].title = Some(Label::new("x < y & \u{1}z"));
        drop(state);
        figure
    }

    #[test]
    fn the_document_is_well_formed_whatever_labels_say() {
        let text = write(&draw::scene(&figure(20).0.lock()), 96.0).unwrap();
        assert!(text.contains("x &lt; y &amp; z"));
        check_tags(&text);
    }

    #[test]
    fn many_points_do_not_make_it_large() {
        let text = write(&draw::scene(&figure(200_000).0.lock()), 96.0).unwrap();
        assert!(text.len() < 1_000_000, "{}", text.len());
        check_tags(&text);
    }

    #[test]
    fn base64_is_that_of_everybody() {
        assert_eq!(base64(b"Man"), "TWFu");
        assert_eq!(base64(b"Ma"), "TWE=");
        assert_eq!(base64(b"M"), "TQ==");
    }
}

//! The boxes of a chunked array, drawn in characters.
//!
//! Rows are twice as high as columns are wide, so a square takes twice as many columns as rows. Lengths stand where they are
//! measured: of the rows on the right, of the columns below, of the depth at its slope.

use crate::canvas::{Canvas, Ink, width_of};
use crate::scale::{drawn_length, edges, groups, label, proportions};

/// The chunks of one dimension.
type Dimension = Vec<Option<u64>>;

/// How many columns there are between two boxes.
const GAP: usize = 2;

/// Draws the chunks of an array, outermost dimension first, on about 12 rows and at most `width` columns where that is possible.
pub(crate) fn draw(dimensions: &[Dimension], width: usize) -> Canvas {
    if dimensions.is_empty() {
        return point();
    }
    let most = dimensions.iter().map(Vec::len).filter(|count| *count <= 10).max().unwrap_or(0);
    let mut size = if most > 8 || dimensions.len() > 2 { 10.0 } else { 8.0 };
    loop {
        let canvas = draw_sized(dimensions, size);
        if canvas.width() <= width || size <= 3.0 {
            return canvas;
        }
        size -= 1.0;
    }
}

fn draw_sized(dimensions: &[Dimension], size: f64) -> Canvas {
    let all = groups(dimensions);
    let lengths: Vec<f64> = all.iter().flatten().map(|chunks| drawn_length(chunks)).collect();
    let proportions = proportions(&lengths);
    let mut rest = &proportions[..];
    let mut sheet = Canvas::default();
    for group in &all {
        let (mine, others) = rest.split_at(group.len());
        rest = others;
        let canvas = match (&group[..], mine) {
            ([columns], _) => strip(columns, size),
            ([rows, columns], &[high, wide]) => grid(rows, columns, size * high, size * wide),
            ([depth, rows, columns], &[deep, high, wide]) => solid(depth, rows, columns, size, [deep, high, wide]),
            _ => Canvas::default(),
        };
        let column = if sheet.width() == 0 { 0 } else { sheet.width() + GAP };
        sheet.paste(column, 0, &canvas);
    }
    sheet
}

/// An array without dimensions: one value.
fn point() -> Canvas {
    let mut canvas = Canvas::default();
    frame(&mut canvas, 0, 0, &[0, 3], &[0, 1]);
    canvas
}

fn strip(columns: &Dimension, size: f64) -> Canvas {
    let across = edges(columns, (2.5 * size) as usize, 2);
    let mut canvas = Canvas::default();
    frame(&mut canvas, 0, 0, &across, &[0, 2]);
    below(&mut canvas, 0, end(&across), 3, &label(columns));
    canvas
}

fn grid(rows: &Dimension, columns: &Dimension, high: f64, wide: f64) -> Canvas {
    let down = edges(rows, (high.round() as usize).max(rows.len().min(5)).max(2), 1);
    let across = edges(columns, ((2.0 * wide).round() as usize).max(2 * columns.len().min(5)), 2);
    let mut canvas = Canvas::default();
    frame(&mut canvas, 0, 0, &across, &down);
    canvas.text(end(&across) + 2, end(&down) / 2, &label(rows), Ink::Plain);
    below(&mut canvas, 0, end(&across), end(&down) + 1, &label(columns));
    canvas
}

/// A box seen from its upper left: the first dimension runs towards the viewer, down to the right.
fn solid(depth: &Dimension, rows: &Dimension, columns: &Dimension, size: f64, [deep, high, wide]: [f64; 3]) -> Canvas {
    let unit = size / (high + deep / 1.7).max(1.0);
    let inward = edges(depth, ((unit * deep / 1.7).round() as usize).max(2), 1);
    let down = edges(rows, ((unit * high).round() as usize).max(2), 1);
    let across = edges(columns, ((2.0 * unit * wide).round() as usize).max(2), 2);
    let (near, bottom, right) = (end(&inward), end(&down), end(&across));
    let depth_label = label(depth);
    // The label of the depth stands left of its slope, below the far edge.
    let label_row = bottom + near / 2 + 1;
    let label_end = (near / 2).saturating_sub(1);
    let left = (width_of(&depth_label) + 1).saturating_sub(label_end);

    let mut canvas = Canvas::default();
    for step in 0..near {
        if inward.contains(&step) {
            // The edges of the sheet of chunks that begins here; it hides nothing of those before it.
            let (corner, bottom) = ((left + step, step), step + bottom);
            canvas.horizontal(corner.1, corner.0, corner.0 + right);
            canvas.vertical(corner.0, corner.1, bottom);
            across[1..].iter().for_each(|column| canvas.turn_down(corner.0 + column, corner.1));
            down[1..].iter().for_each(|row| canvas.turn_right(corner.0, corner.1 + row));
        } else {
            across[1..].iter().for_each(|column| canvas.glyph(left + step + column, step, '╲'));
            down[1..].iter().for_each(|row| canvas.glyph(left + step, step + row, '╲'));
        }
    }
    frame(&mut canvas, left + near, near, &across, &down);
    canvas.text(left + label_end - 1 - width_of(&depth_label), label_row, &depth_label, Ink::Plain);
    canvas.text(left + near + right + 2, near + bottom / 2, &label(rows), Ink::Plain);
    below(&mut canvas, left + near, right, near + bottom + 1, &label(columns));
    canvas
}

/// The lines of a grid, from its upper left corner.
fn frame(canvas: &mut Canvas, left: usize, top: usize, across: &[usize], down: &[usize]) {
    for row in down {
        canvas.horizontal(top + row, left, left + end(across));
    }
    for column in across {
        canvas.vertical(left + column, top, top + end(down));
    }
}

/// A label in the middle below a line.
fn below(canvas: &mut Canvas, left: usize, length: usize, row: usize, label: &str) {
    let indent = (length + 1).saturating_sub(width_of(label)) / 2;
    canvas.text(left + indent, row, label, Ink::Plain);
}

fn end(edges: &[usize]) -> usize {
    edges.last().copied().unwrap_or(0)
}

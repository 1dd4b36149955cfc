//! Where on a figure its axes are.

use crate::figure::{Aspect, FigureState, Margins, Place, Scale};
use crate::scene::{Rect, Scene};

use super::axes;
use super::limits::{View, view};

/// The rectangle of each axes, in points, and what they show.
pub fn places(figure: &FigureState) -> Vec<(Rect, View)> {
    let margins = if figure.tight { tight(figure) } else { figure.margins };
    placed(figure, margins)
}

fn placed(figure: &FigureState, margins: Margins) -> Vec<(Rect, View)> {
    let size = (figure.size.0 * 72.0, figure.size.1 * 72.0);
    let mut rects: Vec<Rect> = figure.axes.iter().map(|axes| own(&axes.place, margins, size)).collect();
    for (at, axes) in figure.axes.iter().enumerate() {
        if let Place::Bar { of, level } = axes.place {
            let (rest, bar) = split(rects[of], level);
            if !axes.removed {
                rects[of] = rest;
            }
            rects[at] = bar;
        }
    }
    let views: Vec<View> = (0..rects.len()).map(|at| view(&figure.axes, at)).collect();
    for at in 0..rects.len() {
        if let Aspect::Fixed(aspect) = figure.axes[at].aspect {
            let beside =
                figure.axes.iter().any(|axes| matches!(axes.place, Place::Bar { of, level: false } if of == at));
            let linear = figure.axes[at].x.scale == Scale::Linear && figure.axes[at].y.scale == Scale::Linear;
            if linear {
                rects[at] = fitted(rects[at], views[at], aspect, if beside { 1.0 } else { 0.5 });
            }
        }
    }
    for (at, axes) in figure.axes.iter().enumerate() {
        if let Place::Over { of, .. } = axes.place {
            rects[at] = rects[of];
        }
    }
    rects.into_iter().zip(views).collect()
}

/// The place of axes on their own.
fn own(place: &Place, margins: Margins, (width, height): (f64, f64)) -> Rect {
    match place {
        Place::Grid { rows, columns, row, column } => {
            // As long as all cells and the gaps between them together.
            let cell = |n: usize, from: f64, to: f64, gap: f64| (to - from) / (n as f64 + gap * (n as f64 - 1.0));
            let across = cell(*columns, margins.left, margins.right, margins.across);
            let down = cell(*rows, margins.bottom, margins.top, margins.down);
            let left = margins.left + column.0 as f64 * across * (1.0 + margins.across);
            let right = margins.left + (column.1 as f64 - 1.0) * across * (1.0 + margins.across) + across;
            let top = margins.top - row.0 as f64 * down * (1.0 + margins.down);
            let bottom = margins.top - (row.1 as f64 - 1.0) * down * (1.0 + margins.down) - down;
            Rect {
                left: left * width,
                right: right * width,
                top: (1.0 - top) * height,
                bottom: (1.0 - bottom) * height,
            }
        }
        Place::At([left, bottom, across, up]) => Rect {
            left: left * width,
            right: (left + across) * width,
            top: (1.0 - bottom - up) * height,
            bottom: (1.0 - bottom) * height,
        },
        Place::Bar { .. } | Place::Over { .. } => Rect::default(),
    }
}

/// What is left of a rectangle with a colour bar beside it, and the bar.
fn split(rect: Rect, level: bool) -> (Rect, Rect) {
    let (width, height) = (rect.width(), rect.height());
    if level {
        let rest = Rect { bottom: rect.bottom - height * 0.3, ..rect };
        let thick = (height * 0.15).min(width / 20.0);
        let top = rect.bottom - height * 0.15;
        return (rest, Rect { top, bottom: top + thick, ..rect });
    }
    let rest = Rect { right: rect.left + width * 0.8, ..rect };
    let left = rect.left + width * 0.85;
    let thick = (width * 0.15).min(height / 20.0);
    (rest, Rect { left, right: left + thick, ..rect })
}

/// The largest rectangle within in which lengths go together as they should.
fn fitted(rect: Rect, view: View, aspect: f64, anchor: f64) -> Rect {
    let (across, up) = ((view.x.1 - view.x.0).abs(), (view.y.1 - view.y.0).abs() * aspect);
    if !(across > 0.0 && up > 0.0) {
        return rect;
    }
    let scale = (rect.width() / across).min(rect.height() / up);
    let (width, height) = (across * scale, up * scale);
    let left = rect.left + (rect.width() - width) * anchor;
    let top = rect.top + (rect.height() - height) / 2.0;
    Rect { left, top, right: left + width, bottom: top + height }
}

/// The first of several cells in a row, and the one behind the last.
type Cells = (usize, usize);

/// Margins and gaps with room for just what stands around the axes.
fn tight(figure: &FigureState) -> Margins {
    let (width, height) = (figure.size.0 * 72.0, figure.size.1 * 72.0);
    let pad = 1.08 * figure.settings.letters;
    let places = placed(figure, figure.margins);
    // What stands out of a cell, at its left, right, bottom and top; and the widest of that for each line between cells.
    let (mut n_rows, mut n_columns) = (1, 1);
    let mut out: Vec<(Cells, Cells, [f64; 4])> = Vec::new();
    for (at, axes) in figure.axes.iter().enumerate() {
        let Place::Grid { rows, columns, row, column } = axes.place else { continue };
        (n_rows, n_columns) = (n_rows.max(rows), n_columns.max(columns));
        let cell = own(&axes.place, figure.margins, (width, height));
        let mut scene = Scene::default();
        for (other, beside) in figure.axes.iter().enumerate() {
            let belongs =
                other == at || matches!(beside.place, Place::Bar { of, .. } | Place::Over { of, .. } if of == at);
            if belongs && !beside.removed {
                let (rect, view) = places[other];
                axes::surroundings(&mut scene, figure, other, rect, view);
            }
        }
        let bounds = scene.bounds().map_or(cell, |bounds| bounds.union(cell));
        let over =
            [cell.left - bounds.left, bounds.right - cell.right, bounds.bottom - cell.bottom, cell.top - bounds.top];
        out.push((row, column, over));
    }
    let most = |side: usize, fits: &dyn Fn((usize, usize), (usize, usize)) -> bool| {
        let fitting = out.iter().filter(|(row, column, _)| fits(*row, *column));
        fitting.map(|(_, _, over)| over[side]).fold(0.0, f64::max)
    };
    let left = most(0, &|_, column| column.0 == 0) + pad;
    let right = most(1, &|_, column| column.1 == n_columns) + pad;
    let bottom = most(2, &|row, _| row.1 == n_rows) + pad;
    let mut top = most(3, &|row, _| row.0 == 0) + pad;
    if let Some(title) = &figure.title {
        top += title.size.unwrap_or(figure.settings.letters * 1.2) * 1.4 + pad / 2.0;
    }
    let gap = |n: usize, before: usize, after: usize, rows: bool| {
        let between = (1..n).map(|line| {
            let ends = most(before, &|row, column| if rows { row.1 == line } else { column.1 == line });
            let begins = most(after, &|row, column| if rows { row.0 == line } else { column.0 == line });
            ends + begins + pad
        });
        between.fold(0.0, f64::max)
    };
    let (across, down) = (gap(n_columns, 1, 0, false), gap(n_rows, 2, 3, true));
    let cell = |n: usize, all: f64, gap: f64| ((all - gap * (n as f64 - 1.0)) / n as f64).max(1.0);
    let cell_width = cell(n_columns, width - left - right, across);
    let cell_height = cell(n_rows, height - top - bottom, down);
    if width - left - right < 10.0 || height - top - bottom < 10.0 {
        return figure.margins;
    }
    Margins {
        left: left / width,
        right: 1.0 - right / width,
        bottom: bottom / height,
        top: 1.0 - top / height,
        across: across / cell_width,
        down: down / cell_height,
    }
}

//! A figure as text: dots of Braille in a box, with numbers along its edges.
//!
//! ```text
//!                  squares
//!      ┌──────────────────────────────┐
//!   16 ┤                             ⡠│
//!      │                          ⢀⠔⠁ │
//!    8 ┤                      ⣀⠤⠊⠁    │
//!      │          ⣀⣀⠤⠤⠒⠊⠉            │
//!    0 ┤⣀⣀⠤⠤⠒⠒⠉⠉                     │
//!      └┬──────┬──────┬──────┬──────┬─┘
//!       0      1      2      3      4
//! ```

use crate::draw::{View, ticks_of, view};
use crate::figure::{Axes, Axis, Figure, Place, Scale, Shape};

/// Columns and rows of all axes of a figure together.
const WIDTH: usize = 76;
const HEIGHT: usize = 18;

/// Shades from dark to light, as on a dark terminal.
const SHADES: [char; 10] = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

/// A figure as text.
pub fn draw(of: &Figure) -> String {
    if of.is_empty() {
        return of.text();
    }
    let figure = of.0.lock();
    let mut lines: Vec<String> = figure.title.iter().flat_map(|title| centred(&title.text, WIDTH)).collect();
    let shown: Vec<usize> = (0..figure.axes.len()).filter(|&at| stands_alone(&figure.axes[at])).collect();
    // Rows of axes from above to below, each from left to right.
    let mut order: Vec<((usize, usize), usize)> = shown
        .iter()
        .map(|&at| match figure.axes[at].place {
            Place::Grid { row, column, .. } => ((row.0, column.0), at),
            _ => ((usize::MAX, at), at),
        })
        .collect();
    order.sort();
    let mut start = 0;
    while start < order.len() {
        let row = order[start].0.0;
        let end = start + order[start..].iter().take_while(|((other, _), _)| *other == row).count();
        let n = end - start;
        let side_by_side = n <= 4 && row != usize::MAX;
        let width = if side_by_side { (WIDTH - 2 * (n - 1)) / n } else { WIDTH };
        let height = if n > 2 && side_by_side {
            10
        } else if order.len() > 2 {
            12
        } else {
            HEIGHT
        };
        let blocks: Vec<Vec<String>> = order[start..end]
            .iter()
            .map(|&(_, at)| {
                let over = figure
                    .axes
                    .iter()
                    .position(|axes| matches!(axes.place, Place::Over { of, .. } if of == at) && !axes.removed);
                block(&figure.axes, at, over, width, height)
            })
            .collect();
        if side_by_side {
            lines.extend(beside(&blocks, width));
        } else {
            lines.extend(blocks.into_iter().flatten());
        }
        start = end;
    }
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    lines.join("\n")
}

fn stands_alone(axes: &Axes) -> bool {
    !axes.removed && matches!(axes.place, Place::Grid { .. } | Place::At(_))
}

fn centred(text: &str, width: usize) -> Vec<String> {
    let line = |line: &str| {
        let line: String = line.chars().take(width).collect();
        format!("{}{line}", " ".repeat((width - line.chars().count()) / 2))
    };
    text.lines().map(line).collect()
}

fn beside(blocks: &[Vec<String>], width: usize) -> Vec<String> {
    let n_lines = blocks.iter().map(Vec::len).max().unwrap_or(0);
    let line = |at: usize| {
        let parts: Vec<String> = blocks
            .iter()
            .map(|block| {
                let text = block.get(at).map_or("", String::as_str);
                format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())))
            })
            .collect();
        parts.join("  ")
    };
    (0..n_lines).map(line).collect()
}

/// Characters, each with eight dots.
struct Sheet {
    columns: usize,
    rows: usize,
    dots: Vec<u8>,
    letters: Vec<Option<char>>,
}

impl Sheet {
    fn new(columns: usize, rows: usize) -> Sheet {
        Sheet { columns, rows, dots: vec![0; columns * rows], letters: vec![None; columns * rows] }
    }

    /// Sets a dot; two to a column, four to a row.
    fn dot(&mut self, x: i64, y: i64) {
        let (width, height) = (self.columns as i64 * 2, self.rows as i64 * 4);
        if (0..width).contains(&x) && (0..height).contains(&y) {
            const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
            let at = (y / 4) as usize * self.columns + (x / 2) as usize;
            self.dots[at] |= BITS[(x % 2) as usize][(y % 4) as usize];
        }
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let far = |value: f64| !value.is_finite() || value.abs() > 1e6;
        if [from.0, from.1, to.0, to.1].into_iter().any(far) {
            return;
        }
        let n = (to.0 - from.0).abs().max((to.1 - from.1).abs()).ceil().clamp(1.0, 4000.0);
        for step in 0..=n as usize {
            let share = step as f64 / n;
            let (x, y) = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            self.dot(x.round() as i64, y.round() as i64);
        }
    }

    fn area(&mut self, left: f64, right: f64, top: f64, bottom: f64) {
        let (width, height) = (self.columns as f64 * 2.0, self.rows as f64 * 4.0);
        let (left, right) = (left.min(right).clamp(-1.0, width), left.max(right).clamp(-1.0, width));
        let (top, bottom) = (top.min(bottom).clamp(-1.0, height), top.max(bottom).clamp(-1.0, height));
        for x in left.round() as i64..=(right.round() as i64 - 1).max(left.round() as i64) {
            for y in top.round() as i64..=bottom.round() as i64 {
                self.dot(x, y);
            }
        }
    }

    fn text(&mut self, column: i64, row: i64, text: &str) {
        for (offset, letter) in text.chars().enumerate() {
            let column = column + offset as i64;
            if (0..self.columns as i64).contains(&column) && (0..self.rows as i64).contains(&row) {
                self.letters[row as usize * self.columns + column as usize] = Some(letter);
            }
        }
    }

    fn row(&self, row: usize) -> String {
        let cells = row * self.columns..(row + 1) * self.columns;
        cells
            .map(|at| match (self.letters[at], self.dots[at]) {
                (Some(letter), _) => letter,
                (None, 0) => ' ',
                (None, dots) => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
            })
            .collect()
    }
}

/// Axes as lines of text of this width.
fn block(all: &[Axes], at: usize, over: Option<usize>, width: usize, height: usize) -> Vec<String> {
    let axes = &all[at];
    let shown = view(all, at);
    let room = |axis: &Axis, limits: (f64, f64), x: bool, length: usize| {
        // A number needs three rows, or a dozen columns.
        let (size, length) = if x { (4.0, length as f64) } else { (1.5, length as f64) };
        ticks_of(axis, limits, length, size, x)
    };
    let image = axes.artists.iter().any(|artist| matches!(artist.shape, Shape::Image(_)) && !artist.hidden);
    let mut rows = height;
    let y_ticks = room(&axes.y, shown.y, false, rows);
    let names = !axes.hidden && !axes.y.bare && !axes.y.unlabelled;
    let label_width = match names {
        true => y_ticks.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).min(width / 3),
        false => 0,
    };
    let mut columns = width.saturating_sub(label_width + 4).max(8);
    if image && axes.aspect != crate::figure::Aspect::Free {
        // A character is twice as high as wide.
        let ratio = ((shown.x.1 - shown.x.0) / (shown.y.1 - shown.y.0)).abs() * 2.0;
        let most = if rows < HEIGHT { rows } else { 24 };
        rows = ((columns as f64 / ratio).round() as usize).clamp(1, most);
        columns = ((rows as f64 * ratio).round() as usize).clamp(2, columns);
    }
    let y_ticks = room(&axes.y, shown.y, false, rows);
    let mut sheet = Sheet::new(columns, rows);
    contents(&mut sheet, axes, shown);
    if let Some(over) = over {
        contents(&mut sheet, &all[over], view(all, over));
    }
    if let Some(lists) = axes.legend.as_ref() {
        legend(&mut sheet, axes, lists.labels.as_deref());
    }
    let pad = " ".repeat(label_width);
    let mut lines = Vec::new();
    if let Some(title) = &axes.title {
        let indent = label_width + 2;
        lines.extend(centred(&title.text, columns).into_iter().map(|line| format!("{}{line}", " ".repeat(indent))));
    }
    let mut above: Vec<String> = axes.y.label.iter().map(|label| label.text.replace('\n', " ")).collect();
    above.extend((!y_ticks.offset.is_empty()).then(|| y_ticks.offset.clone()));
    if !above.is_empty() && !axes.hidden {
        lines.push(format!("{pad} {}", above.join("  ").chars().take(columns + 2).collect::<String>()));
    }
    let frame = !axes.hidden;
    if frame {
        lines.push(format!("{pad} ┌{}┐", "─".repeat(columns)));
    }
    let place = Dots::new(axes, shown, columns, rows);
    let mut labels: Vec<Option<&str>> = vec![None; rows];
    if names {
        for (&tick, label) in y_ticks.at.iter().zip(&y_ticks.labels) {
            let row = (place.y(tick) / 4.0).floor().clamp(0.0, rows as f64 - 1.0) as usize;
            labels[row].get_or_insert(label);
        }
    }
    for (row, label) in labels.iter().enumerate() {
        let inside = sheet.row(row);
        lines.push(match (frame, label) {
            (false, _) => format!("{pad}  {inside}"),
            (true, Some(label)) => {
                let label: String = label.chars().take(label_width).collect();
                format!("{}{label} ┤{inside}│", " ".repeat(label_width - label.chars().count()))
            }
            (true, None) => format!("{pad} │{inside}│"),
        });
    }
    if frame {
        lines.extend(below(axes, shown, &place, columns, &pad));
    }
    lines
}

/// The lower edge with its numbers and what they measure.
fn below(axes: &Axes, shown: View, place: &Dots, columns: usize, pad: &str) -> Vec<String> {
    let ticks = ticks_of(&axes.x, shown.x, columns as f64, 4.0, true);
    let mut edge: Vec<char> = vec!['─'; columns];
    let mut numbers: Vec<char> = vec![' '; columns + pad.len() + 12];
    let mut free = 0;
    if !axes.x.bare {
        for (&tick, label) in ticks.at.iter().zip(&ticks.labels) {
            let column = (place.x(tick) / 2.0).floor().clamp(0.0, columns as f64 - 1.0) as usize;
            let length = label.chars().count();
            let start = (column + pad.len() + 2).saturating_sub(length / 2);
            if start >= free && start + length <= numbers.len() {
                edge[column] = '┬';
                if !axes.x.unlabelled {
                    for (offset, letter) in label.chars().enumerate() {
                        numbers[start + offset] = letter;
                    }
                    free = start + length + 1;
                }
            }
        }
    }
    let mut lines = vec![format!("{pad} └{}┘", edge.into_iter().collect::<String>())];
    let mut numbers: String = numbers.into_iter().collect::<String>().trim_end().to_string();
    if !ticks.offset.is_empty() {
        numbers.push_str(&format!("  {}", ticks.offset));
    }
    if !numbers.is_empty() {
        lines.push(numbers);
    }
    if let Some(label) = &axes.x.label {
        let inset = " ".repeat(pad.len() + 2);
        lines.extend(centred(&label.text, columns).into_iter().map(|line| format!("{inset}{line}")));
    }
    lines
}

/// From numbers to dots.
struct Dots {
    x: (f64, f64),
    y: (f64, f64),
    scale: (Scale, Scale),
    size: (f64, f64),
}

impl Dots {
    fn new(axes: &Axes, view: View, columns: usize, rows: usize) -> Dots {
        let scale = (axes.x.scale, axes.y.scale);
        Dots {
            x: (scale.0.forward(view.x.0), scale.0.forward(view.x.1)),
            y: (scale.1.forward(view.y.0), scale.1.forward(view.y.1)),
            scale,
            size: (columns as f64 * 2.0 - 1.0, rows as f64 * 4.0 - 1.0),
        }
    }

    fn x(&self, value: f64) -> f64 {
        (self.scale.0.forward(value) - self.x.0) / (self.x.1 - self.x.0) * self.size.0
    }

    fn y(&self, value: f64) -> f64 {
        let end = if value <= 0.0 && self.scale.1 == Scale::Log { self.y.0 } else { self.scale.1.forward(value) };
        self.size.1 - (end - self.y.0) / (self.y.1 - self.y.0) * self.size.1
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x(x), self.y(y))
    }
}

fn contents(sheet: &mut Sheet, axes: &Axes, view: View) {
    let place = Dots::new(axes, view, sheet.columns, sheet.rows);
    let mut order: Vec<_> = axes.artists.iter().filter(|artist| !artist.hidden).collect();
    order.sort_by(|a, b| a.height.total_cmp(&b.height));
    for artist in order {
        match &artist.shape {
            Shape::Line(line) => {
                let points: Vec<(f64, f64)> = line.x.iter().zip(line.y.iter()).map(|(&x, &y)| place.at(x, y)).collect();
                if line.drawn {
                    points.windows(2).for_each(|pair| sheet.line(pair[0], pair[1]));
                }
                if line.marker.is_some() || points.len() == 1 {
                    let few = points.len() <= 30 && line.marker.is_some();
                    points.iter().for_each(|&point| mark(sheet, point, few));
                }
            }
            Shape::Points(points) => {
                let few = points.x.len() <= 30;
                points.x.iter().zip(points.y.iter()).for_each(|(&x, &y)| mark(sheet, place.at(x, y), few));
            }
            Shape::Boxes(boxes) => {
                for &[left, bottom, right, top] in &boxes.sides {
                    let ((x0, y0), (x1, y1)) = (place.at(left, bottom), place.at(right, top));
                    if bottom != top && left != right && [x0, y0, x1, y1].iter().all(|side| side.is_finite()) {
                        sheet.area(x0, x1, y0, y1);
                    }
                }
            }
            Shape::Area { points, .. } => area(sheet, &place, points),
            Shape::Segments { ends, .. } => {
                ends.iter().for_each(|&[a, b, c, d]| sheet.line(place.at(a, b), place.at(c, d)));
            }
            Shape::Rule(rule) => {
                let (width, height) = place.size;
                for at in [Some(rule.at), rule.to].into_iter().flatten() {
                    match rule.level {
                        true => sheet.line((rule.span.0 * width, place.y(at)), (rule.span.1 * width, place.y(at))),
                        false => sheet.line(
                            (place.x(at), height * (1.0 - rule.span.0)),
                            (place.x(at), height * (1.0 - rule.span.1)),
                        ),
                    }
                }
            }
            Shape::Image(image) => shades(sheet, &place, image),
            Shape::Label(label) => {
                let (x, y) = match label.in_shares {
                    true => (label.at.0 * place.size.0, (1.0 - label.at.1) * place.size.1),
                    false => place.at(label.at.0, label.at.1),
                };
                if x.is_finite() && y.is_finite() {
                    sheet.text((x / 2.0) as i64, (y / 4.0) as i64, &label.text);
                }
            }
            Shape::Wedges(wedges) => {
                for wedge in wedges {
                    let angle = wedge.from.to_radians();
                    sheet.line(place.at(0.0, 0.0), place.at(angle.cos(), angle.sin()));
                    let n = ((wedge.to - wedge.from).abs() / 3.0).ceil().max(1.0) as usize;
                    let round = |step: usize| {
                        let angle = (wedge.from + (wedge.to - wedge.from) * step as f64 / n as f64).to_radians();
                        place.at(angle.cos(), angle.sin())
                    };
                    (0..n).for_each(|step| sheet.line(round(step), round(step + 1)));
                }
            }
        }
    }
}

/// A point: a dot, or where there are few of them a thick one.
fn mark(sheet: &mut Sheet, (x, y): (f64, f64), thick: bool) {
    if !(x.is_finite() && y.is_finite()) || x.abs() > 1e6 || y.abs() > 1e6 {
        return;
    }
    let (x, y) = (x.round() as i64, y.round() as i64);
    sheet.dot(x, y);
    if thick {
        sheet.dot(x + 1, y);
        sheet.dot(x, y + 1);
        sheet.dot(x + 1, y + 1);
    }
}

/// Every second dot of an area.
fn area(sheet: &mut Sheet, place: &Dots, points: &[(f64, f64)]) {
    let corners: Vec<(f64, f64)> = points.iter().map(|&(x, y)| place.at(x, y)).collect();
    let around = || corners.iter().zip(corners.iter().cycle().skip(1));
    for y in 0..sheet.rows as i64 * 4 {
        let level = y as f64;
        let mut crossings: Vec<f64> = around()
            .filter(|(a, b)| (a.1 <= level) != (b.1 <= level))
            .map(|(a, b)| a.0 + (level - a.1) / (b.1 - a.1) * (b.0 - a.0))
            .filter(|x| x.is_finite())
            .collect();
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let (from, to) = (pair[0].clamp(-1.0, 1e4).ceil() as i64, pair[1].clamp(-1.0, 1e4).floor() as i64);
            (from..=to).filter(|x| (x + y) % 2 == 0).for_each(|x| sheet.dot(x, y));
        }
    }
}

/// An image as letters: the lighter, the more ink.
fn shades(sheet: &mut Sheet, place: &Dots, image: &crate::figure::ImageData) {
    let (&[height, width, ..], true) = (image.values.shape(), image.values.ndim() >= 2) else { return };
    if width == 0 || height == 0 {
        return;
    }
    let depth = image.values.shape().get(2).copied().unwrap_or(1);
    let numbers: Vec<f64> = image.values.to_vec();
    let whole = image.values.dtype().is_integer();
    let light = |at: usize| match &image.mapping {
        Some(mapping) => mapping.share(numbers[at]),
        None => {
            let part = |part: usize| numbers[at + part.min(depth - 1)] / if whole { 255.0 } else { 1.0 };
            0.299 * part(0) + 0.587 * part(1) + 0.114 * part(2)
        }
    };
    let [left, right, bottom, top] = image.extent;
    let ((x0, y0), (x1, y1)) = (place.at(left, bottom), place.at(right, top));
    for row in 0..sheet.rows {
        for column in 0..sheet.columns {
            // The pixels under this letter.
            let across = |dots: f64| (dots - x0) / (x1 - x0) * width as f64;
            let down = |dots: f64| {
                let share = (dots - y0) / (y1 - y0);
                (if image.upper { 1.0 - share } else { share }) * height as f64
            };
            let (a, b) = (across(column as f64 * 2.0), across(column as f64 * 2.0 + 2.0));
            let (c, d) = (down(row as f64 * 4.0), down(row as f64 * 4.0 + 4.0));
            // Those whose middles lie under it; where pixels are larger than letters, the one under its middle.
            let range = |a: f64, b: f64, n: usize| {
                let (low, high) = (a.min(b), a.max(b));
                let (first, last) =
                    ((low - 0.5).ceil().max(0.0) as usize, ((high - 0.5).ceil().max(0.0) as usize).min(n));
                let middle = (low + high) / 2.0;
                match first < last {
                    true => first..last,
                    false if middle >= 0.0 && middle < n as f64 => middle as usize..middle as usize + 1,
                    false => 0..0,
                }
            };
            let (mut sum, mut n) = (0.0, 0usize);
            for y in range(c, d, height) {
                for x in range(a, b, width) {
                    let value = light((y * width + x) * depth);
                    if !value.is_nan() {
                        sum += value.clamp(0.0, 1.0);
                        n += 1;
                    }
                }
            }
            if n > 0 {
                let level = (sum / n as f64 * SHADES.len() as f64).min(SHADES.len() as f64 - 1.0);
                sheet.letters[row * sheet.columns + column] = Some(SHADES[level as usize]);
            }
        }
    }
}

/// The list of what is what: dots have no colours, so it names the artists in their order.
fn legend(sheet: &mut Sheet, axes: &Axes, labels: Option<&[String]>) {
    let own = axes.artists.iter().filter_map(|artist| artist.label.clone()).filter(|label| !label.starts_with('_'));
    let names: Vec<String> = labels.map_or_else(|| own.collect(), <[String]>::to_vec);
    let most = sheet.columns / 2;
    let width = names.iter().map(|name| name.chars().count().min(most)).max().unwrap_or(0);
    for (row, name) in names.iter().enumerate() {
        let name: String = name.chars().take(most).collect();
        sheet.text(sheet.columns as i64 - width as i64 - 3, row as i64, &format!("─ {name}"));
    }
}

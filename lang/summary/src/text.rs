//! A summary, drawn for a terminal.
//!
//! ```text
//!         Array            Chunk           ┌───┬───┬───┐
//! Bytes   1.68 GiB         190.73 MiB      ├───┼───┼───┤ 15000
//! Shape   (15000, 15000)   (5000, 5000)    ├───┼───┼───┤
//!                                          └───┴───┴───┘
//!                                              15000
//! ```

use comfy_table::{CellAlignment, ContentArrangement, Row, Table, presets};

use crate::canvas::{Canvas, Ink, one_line, shortened};
use crate::table_text::Wide;
use crate::{Card, Picture, Summary, boxes, canvas, diagram_text, table_text};

/// What the place where a summary is shown can do.
#[derive(Clone, Debug, PartialEq)]
pub struct TextOptions {
    /// How many columns there are.
    pub width: usize,
    /// Whether escape codes give colour.
    pub color: bool,
    /// Whether anything but ASCII can be shown.
    pub unicode: bool,
}

impl Default for TextOptions {
    /// 80 columns, plain, with box-drawing characters.
    fn default() -> TextOptions {
        TextOptions { width: 80, color: false, unicode: true }
    }
}

/// The widest and narrowest that a picture beside facts is drawn.
const PICTURE_WIDTH: usize = 36;
const NARROW_PICTURE: usize = 20;

/// A longer fact is cut.
const FACT_WIDTH: usize = 1000;

/// How many columns there are between the facts and the picture, and between the columns of the facts.
const GAP: usize = 4;
const COLUMN_GAP: u16 = 3;

/// How many columns of a terminal a text takes.
pub fn width_of(text: &str) -> usize {
    canvas::width_of(text)
}

/// A summary as text, without a line end behind it. Of a table that is too wide, columns are left out.
pub fn draw(summary: &Summary, options: &TextOptions) -> String {
    draw_with(summary, options, Wide::Cut)
}

/// A summary as text for a page that also shows more: a table that is too wide goes on below.
pub fn draw_folded(summary: &Summary, options: &TextOptions) -> String {
    draw_with(summary, options, Wide::Fold)
}

fn draw_with(summary: &Summary, options: &TextOptions, wide: Wide) -> String {
    match summary {
        Summary::Text(text) => text.clone(),
        Summary::Card(card) => draw_card(card, options),
        Summary::Graph(diagram) => diagram_text::draw(diagram, options),
        Summary::Table(table) => table_text::draw(table, options, wide),
        Summary::Media(media) => media.text.clone(),
    }
}

fn draw_card(card: &Card, options: &TextOptions) -> String {
    let mut sheet = facts(card, options.width);
    if card.columns.is_empty() && !card.title.is_empty() && sheet.height() > 0 {
        let below = std::mem::take(&mut sheet);
        sheet.text(0, 0, &fact(&card.title), Ink::Strong);
        sheet.paste(0, 1, &below);
    }
    match &card.picture {
        Some(Picture::Grid(dimensions)) => {
            let beside = options.width.saturating_sub(sheet.width() + GAP);
            let picture = boxes::draw(dimensions, beside.clamp(NARROW_PICTURE, PICTURE_WIDTH));
            if picture.width() <= beside {
                let column = if sheet.width() == 0 { 0 } else { sheet.width() + GAP };
                sheet.paste(column, 0, &picture);
            } else {
                let row = sheet.height() + 1;
                let picture = boxes::draw(dimensions, options.width.min(PICTURE_WIDTH));
                sheet.paste(2, row, &picture);
            }
        }
        None => {}
    }
    if sheet.height() == 0 {
        sheet.text(0, 0, &one_line(&card.title), Ink::Plain);
    }
    if let Some(footer) = &card.footer {
        let row = sheet.height();
        sheet.text(0, row, &one_line(footer), Ink::Faint);
    }
    sheet.read(options)
}

/// The facts in columns; one below the other where they would be too wide.
fn facts(card: &Card, width: usize) -> Canvas {
    let wide = columns(card);
    if wide.width() <= width { wide } else { stacked(card, width) }
}

fn columns(card: &Card) -> Canvas {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    if !card.columns.is_empty() {
        table.set_header(std::iter::once(String::new()).chain(card.columns.iter().map(|head| fact(head))));
    }
    for (label, cells) in &card.rows {
        let label = if cells.is_empty() { "" } else { label };
        let own = if stretches(card, cells) { &cells[..cells.len() - 1] } else { &cells[..] };
        table.add_row(Row::from(std::iter::once(fact(label)).chain(own.iter().map(|cell| fact(cell)))));
    }
    let label_width = pad(&mut table);
    let starts: Vec<usize> = table
        .column_max_content_widths()
        .iter()
        .scan(0, |start, width| {
            let this = *start;
            *start += usize::from(*width) + usize::from(COLUMN_GAP);
            Some(this)
        })
        .collect();

    let mut sheet = Canvas::default();
    let heads = usize::from(!card.columns.is_empty());
    for (row, line) in table.lines().enumerate() {
        let ink = if row < heads { Ink::Strong } else { Ink::Plain };
        put(&mut sheet, row, line.trim_end(), label_width, ink);
    }
    // The table knows no cell over several columns, so these are written where they begin: behind them there is nothing.
    for (row, (_, cells)) in card.rows.iter().enumerate().filter(|(_, (_, cells))| stretches(card, cells)) {
        let start = starts.get(cells.len()).copied().unwrap_or(label_width + usize::from(COLUMN_GAP));
        if let Some(cell) = cells.last() {
            sheet.text(start, heads + row, &fact(cell), Ink::Plain);
        }
    }
    section_heads(card, &mut sheet, heads);
    sheet
}

/// A row without cells is the head of those that follow.
fn section_heads(card: &Card, sheet: &mut Canvas, first_row: usize) {
    for (row, (label, _)) in card.rows.iter().enumerate().filter(|(_, (_, cells))| cells.is_empty()) {
        sheet.text(0, first_row + row, &fact(label), Ink::Strong);
    }
}

/// The last cell of a row stretches if there are fewer cells than columns.
fn stretches(card: &Card, cells: &[String]) -> bool {
    !cells.is_empty() && cells.len() < card.columns.len()
}

/// One fact a line, each with the head of its column, wrapped to the width.
fn stacked(card: &Card, width: usize) -> Canvas {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width.max(20)).unwrap_or(u16::MAX));
    for (label, cells) in &card.rows {
        let lines: Vec<String> = match stretches(card, cells) {
            true => cells.iter().map(|cell| fact(cell)).collect(),
            false => cells
                .iter()
                .enumerate()
                .map(|(index, cell)| match card.columns.get(index) {
                    Some(head) => format!("{}  {}", fact(head), fact(cell)),
                    None => fact(cell),
                })
                .collect(),
        };
        table.add_row([fact(label), lines.join("\n")]);
    }
    let label_width = pad(&mut table);
    let mut sheet = Canvas::default();
    for (row, line) in table.lines().enumerate() {
        put(&mut sheet, row, line.trim_end(), label_width, Ink::Plain);
    }
    sheet
}

/// Labels end where the facts begin. Answers how wide the labels are.
fn pad(table: &mut Table) -> usize {
    for column in table.column_iter_mut() {
        column.set_padding((0, COLUMN_GAP));
    }
    if let Some(labels) = table.column_mut(0) {
        labels.set_cell_alignment(CellAlignment::Right);
    }
    table.column_max_content_widths().first().copied().map_or(0, usize::from)
}

/// A line of a table, its label fainter than its facts.
fn put(sheet: &mut Canvas, row: usize, line: &str, label_width: usize, ink: Ink) {
    let mut split = line.len();
    let mut seen = 0;
    for (place, letter) in line.char_indices() {
        if seen >= label_width {
            split = place;
            break;
        }
        seen += width_of(letter.encode_utf8(&mut [0; 4]));
    }
    let (label, facts) = line.split_at(split);
    sheet.text(0, row, label, Ink::Faint);
    sheet.text(seen, row, facts, ink);
}

/// A fact on one line, and not without end.
fn fact(text: &str) -> String {
    shortened(&one_line(text), FACT_WIDTH)
}

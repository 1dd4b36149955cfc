//! A sheet of characters that can be drawn on: lines that join where they meet, slopes, and text.
//!
//! What is drawn knows nothing of terminals. Whether lines are box-drawing characters or `+-|`, and whether there is colour, is
//! decided once, when the sheet is read off.

use unicode_width::UnicodeWidthChar;

use crate::text::TextOptions;

/// What a character is there for; decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Ink {
    /// Said in the voice of everything else.
    #[default]
    Plain,
    /// Heads of columns, names of nodes.
    Strong,
    /// Labels and notes, there for whoever looks for them.
    Faint,
    /// Lines of a picture.
    Line,
}

impl Ink {
    fn escape(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Strong => "\x1b[1m",
            Ink::Faint => "\x1b[2m",
            Ink::Line => "\x1b[33m",
        }
    }
}

/// The four directions in which a line can leave a cell, as bits.
const UP: u8 = 1;
const RIGHT: u8 = 2;
const DOWN: u8 = 4;
const LEFT: u8 = 8;

/// Box-drawing characters by the directions that meet there.
const JOINTS: [char; 16] = [' ', '╵', '╶', '└', '╷', '│', '┌', '├', '╴', '┘', '─', '┴', '┐', '┤', '┬', '┼'];

#[derive(Clone, Copy, Debug, PartialEq, Default)]
enum Mark {
    #[default]
    Empty,
    Joint(u8),
    Glyph(char),
    /// The right half of a wide character.
    Covered,
}

/// A sheet that grows as it is drawn on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Canvas {
    rows: Vec<Vec<(Mark, Ink)>>,
}

impl Canvas {
    /// How many rows have been drawn on.
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// How many columns have been drawn on.
    pub fn width(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    fn at(&mut self, column: usize, row: usize) -> &mut (Mark, Ink) {
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = &mut self.rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, Default::default());
        }
        &mut cells[column]
    }

    fn join(&mut self, column: usize, row: usize, directions: u8) {
        let cell = self.at(column, row);
        *cell = match cell.0 {
            Mark::Joint(before) => (Mark::Joint(before | directions), cell.1),
            _ => (Mark::Joint(directions), Ink::Line),
        };
    }

    /// A line along a row, both ends included.
    pub fn horizontal(&mut self, row: usize, from: usize, to: usize) {
        let (from, to) = (from.min(to), from.max(to));
        for column in from..=to {
            let left = if column > from { LEFT } else { 0 };
            let right = if column < to { RIGHT } else { 0 };
            self.join(column, row, left | right);
        }
    }

    /// A line along a column, both ends included.
    pub fn vertical(&mut self, column: usize, from: usize, to: usize) {
        let (from, to) = (from.min(to), from.max(to));
        for row in from..=to {
            let up = if row > from { UP } else { 0 };
            let down = if row < to { DOWN } else { 0 };
            self.join(column, row, up | down);
        }
    }

    /// Lets a line go on downwards from here.
    pub fn turn_down(&mut self, column: usize, row: usize) {
        self.join(column, row, DOWN);
    }

    /// Lets a line go on to the right from here.
    pub fn turn_right(&mut self, column: usize, row: usize) {
        self.join(column, row, RIGHT);
    }

    /// Only a line downwards is left here: it passes over what is across.
    pub fn only_vertical(&mut self, column: usize, row: usize) {
        *self.at(column, row) = (Mark::Joint(UP | DOWN), Ink::Line);
    }

    /// Only a line to the right is left here.
    pub fn only_horizontal(&mut self, column: usize, row: usize) {
        *self.at(column, row) = (Mark::Joint(LEFT | RIGHT), Ink::Line);
    }

    /// A frame round these places; lines that end on it join it.
    pub fn frame(&mut self, left: usize, top: usize, right: usize, bottom: usize, round: bool) {
        for row in [top, bottom] {
            self.horizontal(row, left, right);
        }
        for column in [left, right] {
            self.vertical(column, top, bottom);
        }
        for (column, row, corner) in [(left, top, '╭'), (right, top, '╮'), (left, bottom, '╰'), (right, bottom, '╯')]
        {
            if round {
                self.glyph(column, row, corner);
            }
        }
    }

    /// One character that is part of a picture: a slope, the head of an arrow.
    pub fn glyph(&mut self, column: usize, row: usize, glyph: char) {
        *self.at(column, row) = (Mark::Glyph(glyph), Ink::Line);
    }

    /// A line of text. What has no width of its own, or steers a terminal, is left out.
    pub fn text(&mut self, column: usize, row: usize, text: &str, ink: Ink) {
        let mut column = column;
        for letter in text.chars() {
            match letter.width().unwrap_or(0) {
                0 => continue,
                1 => *self.at(column, row) = (Mark::Glyph(letter), ink),
                _ => {
                    *self.at(column, row) = (Mark::Glyph(letter), ink);
                    *self.at(column + 1, row) = (Mark::Covered, ink);
                    column += 1;
                }
            }
            column += 1;
        }
    }

    /// Puts another sheet on this one; where that one is empty, this one shows through.
    pub fn paste(&mut self, column: usize, row: usize, other: &Canvas) {
        for (down, cells) in other.rows.iter().enumerate() {
            for (along, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.0 != Mark::Empty) {
                *self.at(column + along, row + down) = *cell;
            }
        }
    }

    /// The sheet as lines of text, without blanks at their ends.
    pub fn read(&self, options: &TextOptions) -> String {
        let mut lines: Vec<String> = self.rows.iter().map(|cells| read_row(cells, options)).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.join("\n")
    }
}

fn read_row(cells: &[(Mark, Ink)], options: &TextOptions) -> String {
    let length = cells.iter().rposition(|cell| !is_blank(cell.0)).map_or(0, |last| last + 1);
    let mut line = String::with_capacity(length);
    let mut now = Ink::Plain;
    for &(mark, ink) in &cells[..length] {
        let glyph = match mark {
            Mark::Empty => ' ',
            Mark::Joint(directions) => JOINTS[usize::from(directions & 15)],
            Mark::Glyph(glyph) => glyph,
            Mark::Covered if options.unicode => continue,
            Mark::Covered => '?',
        };
        if options.color && ink != now && glyph != ' ' {
            if now != Ink::Plain {
                line.push_str("\x1b[0m");
            }
            line.push_str(ink.escape());
            now = ink;
        }
        line.push(if options.unicode { glyph } else { plain(glyph) });
    }
    if now != Ink::Plain {
        line.push_str("\x1b[0m");
    }
    line
}

fn is_blank(mark: Mark) -> bool {
    matches!(mark, Mark::Empty | Mark::Joint(0) | Mark::Glyph(' '))
}

/// The nearest character of ASCII.
fn plain(glyph: char) -> char {
    match glyph {
        ' '..='~' => glyph,
        '─' | '╴' | '╶' | '–' | '—' => '-',
        '│' | '╵' | '╷' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '╭' | '╮' | '╯' | '╰' => '+',
        '╲' => '\\',
        '╱' => '/',
        '▲' => '^',
        '▼' => 'v',
        '▶' | '→' => '>',
        '◀' | '←' => '<',
        '×' => 'x',
        '·' => '.',
        '…' => '~',
        _ => '?',
    }
}

/// Several lines of text with nothing but ASCII, each as wide as before.
pub(crate) fn plain_text(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter.width() {
            _ if letter == '\n' => result.push(letter),
            Some(0) | None => {}
            Some(1) => result.push(plain(letter)),
            Some(_) => result.push_str("??"),
        }
    }
    result
}

/// How many columns a text takes on a [`Canvas`].
pub(crate) fn width_of(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

/// The text, cut to at most so many columns, with `…` where something is missing.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    if width_of(text) <= width {
        return text.to_string();
    }
    let mut left = width.saturating_sub(1);
    let kept = text.chars().take_while(|letter| {
        let needed = letter.width().unwrap_or(0);
        let fits = needed <= left;
        left = left.saturating_sub(needed);
        fits
    });
    kept.chain((width > 0).then_some('…')).collect()
}

/// The text on one line: line ends and tabs are blanks, what steers a terminal is gone.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if matches!(letter, '\n' | '\t' | '\r') { ' ' } else { letter })
        .filter(|letter| !letter.is_control())
        .collect()
}

//! The lines of a block with their fields, piece by piece.
//!
//! A piece is what fits into the second-level cache. Its fields are found, its whole lines are handed out, and the line that did not end
//! moves to the front of the next piece. Nothing else of the block is ever in memory, unless a line is longer than a piece.

use rdk_runtime::{Result, bail};

use super::input::{Block, Input};
use super::number::PADDING;
use super::options::{BadLines, Options, Separator};
use super::scan::{LINE, Marks, Scan, scan};
use super::tokens::{Tokens, tokens};

/// So many bytes are looked at together: few enough to stay in the cache of a core.
pub const PIECE: usize = 256 << 10;

/// Reads a block line by line.
pub struct Lines<'a> {
    block: &'a Block,
    options: &'a Options,
    input: Input,
    /// How many fields a line has.
    n_fields: usize,
    buffer: Vec<u8>,
    /// So many bytes of the buffer count.
    filled: usize,
    /// So many have been handed out.
    used: usize,
    /// The buffer begins so far into the block.
    offset: u64,
    size: usize,
    ended: bool,
    starts: Vec<u32>,
    ends: Vec<u32>,
    raw: Tokens,
    /// What was left out, for the user to know.
    pub warnings: Vec<String>,
}

impl<'a> Lines<'a> {
    /// Opens a block whose lines have so many fields.
    pub fn open(block: &'a Block, options: &'a Options, n_fields: usize, size: usize) -> Result<Lines<'a>> {
        Ok(Lines {
            block,
            options,
            input: Input::open(block)?,
            n_fields,
            buffer: Vec::new(),
            filled: 0,
            used: 0,
            offset: 0,
            size,
            ended: false,
            starts: Vec::new(),
            ends: Vec::new(),
            raw: Tokens::default(),
            warnings: Vec::new(),
        })
    }

    /// Goes to the next lines; false if there are none.
    pub fn advance(&mut self) -> Result<bool> {
        while !(self.ended && self.used == self.filled) {
            self.fill()?;
            self.find()?;
            if self.used == 0 {
                // Not one line ended: look at twice as many bytes.
                self.size *= 2;
                continue;
            }
            self.arrange()?;
            if !self.starts.is_empty() {
                return Ok(true);
            }
        }
        self.starts.clear();
        Ok(false)
    }

    /// How many lines there are now.
    pub fn n_lines(&self) -> usize {
        self.starts.len()
    }

    /// Forgets all of them but the first ones.
    pub fn truncate(&mut self, n_lines: usize) {
        self.starts.truncate(n_lines);
    }

    /// The text that the places of [`Lines::field`] refer to.
    #[inline(always)]
    pub fn text(&self) -> &[u8] {
        &self.buffer
    }

    /// Where a field begins and ends; it begins behind its end if the line was too short to have it.
    #[inline(always)]
    pub fn field(&self, line: usize, column: usize) -> (usize, usize) {
        let at = line * self.n_fields + column;
        let end = self.ends[at] as usize;
        let start = if column == 0 { self.starts[line] as usize } else { self.ends[at - 1] as usize + 1 };
        (start, end)
    }

    /// The number of this line in the file, from 1.
    pub fn number(&self, line: usize) -> Result<u64> {
        self.block.line(self.offset + self.starts[line] as u64)
    }

    /// How far into the block the first line begins that begins at `least` or behind it; where the block ends if none does.
    pub fn line_start(&mut self, least: u64) -> Result<u64> {
        let mut total = 0;
        while !(self.ended && self.used == self.filled) {
            let lacked = self.filled - self.used;
            self.fill()?;
            total += (self.filled - lacked) as u64;
            self.find()?;
            let places =
                self.raw.ends.iter().filter(|end| *end & LINE != 0).map(|end| self.offset + (end & !LINE) as u64 + 1);
            if let Some(place) = places.into_iter().find(|place| *place >= least) {
                return Ok(place);
            }
            if self.used == 0 {
                self.size *= 2;
            }
        }
        Ok(total)
    }

    fn fill(&mut self) -> Result<()> {
        self.buffer.copy_within(self.used..self.filled, 0);
        self.offset += self.used as u64;
        self.filled -= self.used;
        self.used = 0;
        if self.ended {
            return Ok(());
        }
        if self.size > (1 << 30) {
            bail!(ParserError: "a line of '{}' is longer than 1 GiB", self.block.path;
                hint: "a quote that is never closed looks like this; `quotechar` says which one counts");
        }
        // One byte more for the line end that a last line may lack.
        self.buffer.resize(self.size + 1 + PADDING, 0);
        let n_bytes = self.input.read(&mut self.buffer[self.filled..self.size])?;
        self.filled += n_bytes;
        self.ended = self.filled < self.size;
        if self.ended && self.filled > 0 && !matches!(self.buffer[self.filled - 1], b'\n' | b'\r') {
            self.buffer[self.filled] = b'\n';
            self.filled += 1;
        }
        Ok(())
    }

    /// Finds the ends of fields, and with them where the last whole line ends.
    fn find(&mut self) -> Result<()> {
        // Whether a line feed follows a last carriage return is not known yet.
        let mut length = self.filled;
        if !self.ended && length > 0 && self.buffer[length - 1] == b'\r' {
            length -= 1;
        }
        self.raw.starts.clear();
        self.raw.ends.clear();
        let mut within = false;
        let mut plain = !needs_tokens(self.options);
        if let (true, Separator::Byte(separator)) = (plain, self.options.separator) {
            let marks = Marks { separator, quote: self.options.quote };
            match scan(&self.buffer, length, marks, &mut self.raw.ends) {
                Scan::Stray => plain = false,
                Scan::Plain { within: open, .. } => {
                    within = open;
                    let whole = self.raw.ends.iter().rposition(|end| end & LINE != 0).map_or(0, |last| last + 1);
                    self.raw.ends.truncate(whole);
                    self.raw.rest = self.raw.ends.last().map_or(0, |end| (end & !LINE) as usize + 1);
                }
            }
        }
        if !plain {
            self.raw = tokens(&self.buffer[..length], self.options, false);
            within = self.raw.within;
        }
        self.used = self.raw.rest;
        if self.ended && self.used < self.filled {
            if within {
                let line = self.block.line(self.offset + self.used as u64)?;
                bail!(ParserError: "Error tokenizing data. EOF inside string starting at line {line} of '{}'", self.block.path;
                    hint: "a quote there is never closed; `quoting=3` takes quotes as letters, `blocksize=None` reads the file in one piece");
            }
            self.used = self.filled;
        }
        Ok(())
    }

    /// Makes every line have the same number of fields.
    fn arrange(&mut self) -> Result<()> {
        let n_fields = self.n_fields;
        self.starts.clear();
        self.ends.clear();
        std::mem::swap(&mut self.ends, &mut self.raw.ends);
        let explicit = !self.raw.starts.is_empty();
        let (mut read, mut write, mut next, mut line) = (0, 0, 0, 0);
        while read < self.ends.len() {
            let start = if explicit { self.raw.starts[line] } else { next };
            line += 1;
            let fields = &self.ends[read..];
            let regular = fields.len() >= n_fields
                && fields[n_fields - 1] & LINE != 0
                && fields[..n_fields - 1].iter().fold(0, |bits, end| bits | end) & LINE == 0;
            let count = if regular {
                n_fields
            } else {
                fields.iter().position(|end| end & LINE != 0).expect("lines without an end were cut off") + 1
            };
            let end = self.ends[read + count - 1] & !LINE;
            next = end + 1;
            let mut trimmed = end;
            if end > start && self.buffer[end as usize] == b'\n' && self.buffer[end as usize - 1] == b'\r' {
                trimmed -= 1;
            }
            if count == 1 && self.options.skip_blank_lines && self.is_blank(start, trimmed) {
                read += 1;
                continue;
            }
            if count > n_fields && self.options.usecols.is_none() {
                self.too_many(start, count)?;
                read += count;
                continue;
            }
            let taken = count.min(n_fields);
            // Lines with too few fields are rare; the ends of later lines have to make room for what they lack.
            if write + n_fields > read + count {
                let room = write + n_fields - (read + count);
                let more = room.max(self.ends.len() - read);
                self.ends.splice(read..read, std::iter::repeat_n(0, more));
                read += more;
            }
            if write != read {
                self.ends.copy_within(read..read + taken, write);
            }
            if count <= n_fields {
                self.ends[write + count - 1] = trimmed;
                self.ends[write + count..write + n_fields].fill(trimmed);
            }
            self.starts.push(start);
            write += n_fields;
            read += count;
        }
        self.ends.truncate(write);
        Ok(())
    }

    fn is_blank(&self, start: u32, end: u32) -> bool {
        let separator = match self.options.separator {
            Separator::Byte(byte) => Some(byte),
            Separator::Whitespace => None,
        };
        self.buffer[start as usize..end as usize]
            .iter()
            .all(|byte| matches!(byte, b' ' | b'\t') && Some(*byte) != separator)
    }

    fn too_many(&mut self, start: u32, saw: usize) -> Result<()> {
        let expected = self.n_fields;
        match self.options.on_bad_lines {
            BadLines::Skip => (),
            BadLines::Warn => {
                let line = self.block.line(self.offset + start as u64)?;
                self.warnings.push(format!("Skipping line {line}: expected {expected} fields, saw {saw}"));
            }
            BadLines::Error => {
                let line = self.block.line(self.offset + start as u64)?;
                bail!(ParserError: "Error tokenizing data. Expected {expected} fields in line {line}, saw {saw} ('{}')", self.block.path;
                    hint: "`on_bad_lines=\"skip\"` leaves such lines out; `names=[…]` gives more columns than the header has");
            }
        }
        Ok(())
    }
}

/// Is this dialect beyond the quick scan?
fn needs_tokens(options: &Options) -> bool {
    options.separator == Separator::Whitespace
        || options.comment.is_some()
        || options.escape.is_some()
        || (options.quote.is_some() && !options.doublequote)
}

//! Where a file is cut into blocks.
//!
//! The cuts are those of Dask: as many blocks of equal size as whole ones fit into the file. A line belongs to the block in which it begins,
//! so each cut moves on to the next line. A line feed between quotes ends no line, and whether a cut falls between quotes cannot be seen from
//! it. So both are tried on the text behind the cut: taken as outside and as within quotes, which of the two gives lines of the right
//! number of fields, with quotes only where fields begin and end? In text that is far from obvious:
//!
//! ```text
//! …rter,"say ""a,b""⏎3,4",x⏎12,"c"⏎…
//!         ▲ cut       outside: 5 fields, stray quotes    within: 2, 3, …
//! ```
//!
//! If exactly one does, it is right; if both or none do, the file is read from the last cut on, which is exact. So it is wherever the last cut
//! is near. Text that is made to deceive can still do so in a large file (many lines of a table within one quoted field); then the block
//! that ends between quotes is an error, not a wrong answer, and `blocksize=None` reads the file whole.

use rdk_runtime::Result;

use super::input::{Block, Input};
use super::options::{Options, Separator};
use super::scan::LINE;
use super::tokens::tokens;

/// So much behind a cut is looked at, at first.
const WINDOW: usize = 32 << 10;
/// From a last cut that is as near as this, reading costs less than thinking.
const NEAR: u64 = 1 << 20;
/// And so much at most, before the file is read from the last cut.
const WIDEST: usize = 4 << 20;

/// Dask's automatic size of blocks: a tenth of the memory for each core, at most 64 MB.
pub fn automatic_blocksize(memory: u64, cores: usize) -> u64 {
    (memory / cores.max(1) as u64 / 10).clamp(1, 64_000_000)
}

/// Where Dask begins its blocks in a file of so many bytes.
pub fn offsets(size: u64, blocksize: Option<u64>) -> Vec<u64> {
    let mut offsets = vec![0];
    let Some(blocksize) = blocksize.filter(|blocksize| *blocksize > 0) else { return offsets };
    let step = if !size.is_multiple_of(blocksize) && size > blocksize {
        size as f64 / (size / blocksize) as f64
    } else {
        blocksize as f64
    };
    let mut place = 0.0;
    while size as f64 - place > step * 2.0 - 1.0 {
        place += step;
        offsets.push(place as u64);
    }
    offsets
}

/// Moves a cut to where the next line begins; `last` is a place before it where a line begins for certain.
pub fn line_start(block: &Block, cut: u64, last: u64, n_fields: usize, options: &Options) -> Result<u64> {
    if cut <= last {
        return Ok(last);
    }
    if cut - last <= NEAR {
        return exact(block, cut, last, options);
    }
    match guess(block, cut, n_fields, options)? {
        Some(start) => Ok(start),
        None => exact(block, cut, last, options),
    }
}

/// Where the next line begins, if the text behind the cut leaves no doubt.
fn guess(block: &Block, cut: u64, n_fields: usize, options: &Options) -> Result<Option<u64>> {
    let mut size = WINDOW;
    while size <= WIDEST {
        // One byte before the cut is looked at too: a line may begin right at the cut.
        let (text, ended) = read(block, cut - 1, size)?;
        if options.quote.is_none() {
            match text.iter().position(|byte| *byte == b'\n') {
                Some(at) => return Ok(Some(cut + at as u64)),
                None if ended => return Ok(Some(cut - 1 + text.len() as u64)),
                None => (),
            }
        } else {
            let outside = try_cut(&text, false, ended, n_fields, options);
            let within = try_cut(&text, true, ended, n_fields, options);
            match (outside, within) {
                (Some(found), None) | (None, Some(found)) => return Ok(Some(cut - 1 + found as u64)),
                (Some(found), Some(other)) if found == other => return Ok(Some(cut - 1 + found as u64)),
                // Without a single quote there is nothing that speaks for a cut within quotes.
                (Some(found), Some(_)) if options.quote.is_none_or(|quote| !text.contains(&quote)) => {
                    return Ok(Some(cut - 1 + found as u64));
                }
                _ => (),
            }
        }
        if ended {
            break;
        }
        size *= 4;
    }
    Ok(None)
}

fn read(block: &Block, start: u64, size: usize) -> Result<(Vec<u8>, bool)> {
    let part = Block { start, end: block.end, skip: Vec::new(), ..block.clone() };
    let mut text = vec![0; size];
    let n_bytes = Input::open(&part)?.read(&mut text)?;
    text.truncate(n_bytes);
    Ok((text, n_bytes < size))
}

/// Where the first line begins that the text shows whole, if all its lines look right under this assumption.
fn try_cut(text: &[u8], within: bool, ended: bool, n_fields: usize, options: &Options) -> Option<usize> {
    let mut text = std::borrow::Cow::Borrowed(text);
    if ended && !text.ends_with(b"\n") {
        text.to_mut().push(b'\n');
    }
    let found = tokens(&text, options, within);
    if ended && found.within {
        return None;
    }
    let mut lines = 0;
    let mut fields = 0;
    let mut right = 0;
    let mut start = None;
    let mut begin = 0;
    for end in &found.ends {
        let place = (end & !LINE) as usize;
        let field = &text[begin.min(place)..place];
        // Of the first field only the rest is there; within quotes its quote lies before the cut.
        let whole = match options.quote {
            Some(quote) if within && begin == 0 => [&[quote], field].concat(),
            _ => field.to_vec(),
        };
        if !tidy(&whole, options) {
            return None;
        }
        begin = place + 1;
        fields += 1;
        if end & LINE == 0 {
            continue;
        }
        if fields > n_fields {
            return None;
        }
        if lines == 0 {
            start = Some(begin);
        } else {
            right += (fields == n_fields) as usize;
        }
        lines += 1;
        fields = 0;
    }
    if lines == 0 {
        // Nothing of a line was seen whole: at the end of the file that is an answer.
        return (ended && !found.within).then_some(text.len());
    }
    // Most lines have all their fields.
    let counted = lines - 1;
    (right * 2 >= counted && (counted >= 2 || ended)).then_some(start?)
}

/// Does a field have its quotes at both ends, and within only pairs?
fn tidy(field: &[u8], options: &Options) -> bool {
    let Some(quote) = options.quote else { return true };
    let field = if field.last() == Some(&b'\r') { &field[..field.len() - 1] } else { field };
    let field =
        if options.skipinitialspace || options.separator == Separator::Whitespace { field.trim_ascii() } else { field };
    if options.escape.is_some() || !field.contains(&quote) {
        return true;
    }
    if field.len() < 2 || field[0] != quote || field[field.len() - 1] != quote {
        return false;
    }
    let mut inner = field[1..field.len() - 1].iter();
    while let Some(byte) = inner.next() {
        if *byte == quote && options.doublequote && inner.next() != Some(&quote) {
            return false;
        }
    }
    true
}

/// Reads from `last` on until a line begins at `cut` or behind it.
fn exact(block: &Block, cut: u64, last: u64, options: &Options) -> Result<u64> {
    let part = Block { start: last, end: block.end, skip: Vec::new(), ..block.clone() };
    let mut lines = super::lines::Lines::open(&part, options, 1, super::lines::PIECE)?;
    Ok((last + lines.line_start(cut - last)?).min(block.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_as_many_as_dask_makes() {
        let check = |size, blocksize, expected: &[u64]| {
            assert_eq!(offsets(size, Some(blocksize)), expected, "{size} {blocksize}")
        };
        check(10, 20, &[0]);
        check(100, 50, &[0, 50]);
        check(100, 30, &[0, 33, 66]);
        check(100, 99, &[0]);
        check(7, 2, &[0, 2, 4]);
        assert_eq!(offsets(100, None), [0]);
        assert_eq!(automatic_blocksize(24 << 30, 2), 64_000_000);
    }

    #[test]
    fn a_cut_between_quotes_is_seen() {
        let mut text = String::new();
        let mut starts = vec![];
        for row in 0..3000 {
            starts.push(text.len() as u64);
            text += &match row % 4 {
                0 => format!("{row},\"one, \"\"two\"\"\nthree, {row}\",x\n"),
                1 => format!("{row},\"a\n\n,b,\",y\n"),
                2 => format!("{row},\"\",\"[1, 2, {row}]\"\n"),
                _ => format!("{row},plain,z\n"),
            };
        }
        let path = std::env::temp_dir().join(format!("rdk-cut-{}.csv", std::process::id()));
        std::fs::write(&path, &text).expect("the temporary directory can be written to");
        let name = path.to_string_lossy().into_owned();
        let block = Block { path: name, start: 0, end: text.len() as u64, skip: Vec::new(), packed: false };
        for cut in (1..text.len() as u64 - 2000).step_by(37) {
            let expected = starts.iter().copied().find(|start| *start >= cut);
            let found = guess(&block, cut, 3, &Options::default()).expect("the file is there");
            assert_eq!(found, expected, "cut at {cut}");
            assert_eq!(exact(&block, cut, 0, &Options::default()).ok(), expected, "cut at {cut}");
        }
        let _ = std::fs::remove_file(path);
    }
}

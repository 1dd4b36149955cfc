//! The cells of a script: parted by lines that begin with `# %%`, as editors and jupytext write them.
//!
//! ```text
//! #!/usr/bin/env rdk
//! import dask.array as da          a cell
//! # %% a title
//! x = da.ones(3)                   a cell
//! # %% [markdown]
//! # Some *text*.                   skipped
//! ```
//!
//! A script is UTF-8. Whoever reads the file tells the user when it is not, with the byte that is wrong
//! (`std::str::from_utf8` knows it).

use crate::scan::{Kind, scan};

/// A cell of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptCell {
    /// Its first byte, behind the line that parts it from the cell above.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// How many lines of the script stand above it: what [`crate::Source::part`] wants to know.
    pub lines_before: u32,
    /// What the line above it says behind `# %%`.
    pub title: String,
}

/// The cells of a script that hold more than blanks. A mark inside a string or a bracket is only text.
pub fn cells(text: &str) -> Vec<ScriptCell> {
    let mut cells = Vec::new();
    let mut start = if text.starts_with("#!") { text.find('\n').map_or(text.len(), |at| at + 1) } else { 0 };
    let mut title = String::new();
    let mut add = |start: usize, end: usize, title: &str| {
        let is_prose = title.contains("[markdown]") || title.contains("[md]") || title.contains("[raw]");
        if start < end && !is_prose && !text[start..end].trim().is_empty() {
            let lines_before = text[..start].matches('\n').count() as u32;
            cells.push(ScriptCell { start, end, lines_before, title: title.to_owned() });
        }
    };
    // A broken string would hide the marks behind it, so that the line of a mark counts wherever the scan is broken.
    let scan = scan(text);
    let marks: Vec<(usize, usize)> = if scan.broken {
        let mut at = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            at += line.len();
            (at - line.len(), at - line.len() + line.trim_end().len())
        });
        lines.filter(|&(start, end)| mark(&text[start..end]).is_some()).collect()
    } else {
        let comments = scan.tokens.iter().filter(|token| token.kind == Kind::Comment);
        let at_line_start = |start: usize| start == 0 || text.as_bytes()[start - 1] == b'\n';
        comments
            .map(|token| (token.start as usize, token.end as usize))
            .filter(|&(start, end)| at_line_start(start) && mark(&text[start..end]).is_some())
            .collect()
    };
    for (mark_start, mark_end) in marks {
        add(start, mark_start.max(start), &title);
        title = mark(&text[mark_start..mark_end]).unwrap_or("").to_owned();
        start = text[mark_end..].find('\n').map_or(text.len(), |at| mark_end + at + 1);
    }
    add(start, text.len(), &title);
    cells
}

/// What stands behind `# %%`; `# %%time` is a magic that was commented out, no mark.
fn mark(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('#')?.trim_start_matches(' ').strip_prefix("%%")?;
    (rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || c == '[')).then(|| rest.trim())
}

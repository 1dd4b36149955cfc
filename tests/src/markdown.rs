//! Examples in documents: fenced blocks marked `rdk` (cases) and `console` (a session as it looks).

/// A fenced block.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it is marked with.
    pub language: String,
    /// Line of the document (from 1) on which its text begins.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// The fenced blocks of a document.
pub fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in document.lines().enumerate() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (None, Some(language)) => {
                open = Some(Block { language: language.trim().to_string(), line: number + 2, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// What was typed at each prompt of a session as it looks, and what it showed.
pub fn transcript(text: &str) -> Vec<(String, Vec<String>)> {
    let mut cells: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        let typed = line.strip_prefix("In [").and_then(|rest| rest.split_once("]:"));
        match (typed, line.trim_start().strip_prefix("...:"), cells.last_mut()) {
            (Some((_, code)), _, _) => cells.push((code.strip_prefix(' ').unwrap_or(code).to_string(), Vec::new())),
            (None, Some(code), Some((cell, shown))) if shown.is_empty() => {
                cell.push('\n');
                cell.push_str(code.strip_prefix(' ').unwrap_or(code));
            }
            (None, _, Some((_, shown))) => shown.push(line.trim_end().to_string()),
            (None, _, None) => {}
        }
    }
    for (_, shown) in &mut cells {
        while shown.last().is_some_and(String::is_empty) {
            shown.pop();
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_know_their_line() {
        let found = blocks("a\n```rdk\n1\n```\n```text\nx\n```\n");
        assert_eq!(found[0], Block { language: "rdk".into(), line: 3, text: "1\n".into() });
        assert_eq!(found[1].line, 6);
    }

    #[test]
    fn a_transcript_is_cells_with_what_they_show() {
        let cells = transcript("In [1]: def f(x):\n   ...:     return x\n\nIn [2]: f(3)\nOut[2]: 3\n\n");
        assert_eq!(cells[0], ("def f(x):\n    return x".to_string(), vec![]));
        assert_eq!(cells[1], ("f(3)".to_string(), vec!["Out[2]: 3".to_string()]));
    }
}

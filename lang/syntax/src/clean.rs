//! Text as it was pasted, made into text that parses: prompts of a transcript and a common indentation are taken off.
//!
//! Every place in the clean text can be found again in the source, so that an error points at what the user sees.
//!
//! ```text
//! >>> x = 1            x = 1
//! >>> for i in xs:     for i in xs:
//! ...     f(i)             f(i)
//! 3                                     (a line without prompt is output)
//! ```

use crate::{Source, Span};

/// A part of a source without prompts and common indentation.
pub(crate) struct Clean {
    /// What is left.
    pub text: String,
    /// Where each kept line starts: in `text`, and in the source.
    lines: Vec<(u32, u32)>,
}

impl Clean {
    /// Cleans the part of the source that a span holds. Whether it is a transcript is decided by the whole source.
    pub fn new(source: &Source, part: Span) -> Clean {
        let mut clean = Clean { text: String::new(), lines: Vec::new() };
        let (first, last) = (part.start as usize, (part.end as usize).min(source.text.len()));
        let Some(text) = source.text.get(first..last) else { return clean };
        let prompts = Prompts::of(&source.text);
        let indent = match prompts {
            Prompts::None => common_indent(text),
            Prompts::Python | Prompts::Numbered => "",
        };
        if prompts == Prompts::None && indent.is_empty() {
            clean.text.push_str(text);
            clean.lines.push((0, part.start));
            return clean;
        }
        let mut at = first;
        let mut section = Section::new(prompts, &source.text);
        for line in text.split_inclusive('\n') {
            let rest = &text[at - first..];
            let cut = match prompts.prompt(line) {
                Some(length) => {
                    section.begin(&line[length..], &rest[line.len()..]);
                    Some(length)
                }
                None if prompts == Prompts::None => Some(if line.starts_with(indent) { indent.len() } else { 0 }),
                // A part may begin in the middle of a line, behind its prompt.
                None if at == first && !source.text[..first].is_empty() && !source.text[..first].ends_with('\n') => {
                    section.begin(line, &rest[line.len()..]);
                    Some(0)
                }
                None => {
                    if at == first {
                        section.begin("", rest);
                    }
                    section.cut(line)
                }
            };
            if let Some(cut) = cut {
                clean.lines.push((clean.text.len() as u32, (at + cut) as u32));
                clean.text.push_str(&line[cut..]);
            }
            at += line.len();
        }
        clean
    }

    /// The place in the source of a byte of the clean text.
    pub fn place(&self, byte: u32) -> u32 {
        let line = self.lines.partition_point(|&(start, _)| start <= byte).saturating_sub(1);
        self.lines.get(line).map_or(byte, |&(start, original)| original + (byte - start))
    }

    /// The span in the source of a range of the clean text.
    pub fn span(&self, start: u32, end: u32) -> Span {
        let from = self.place(start);
        // The end of a line belongs to that line, not to the prompt of the next one.
        let to = if end > start { self.place(end - 1) + 1 } else { from };
        Span::new(from, to.max(from))
    }
}

/// The indentation of the first line that says something.
fn common_indent(text: &str) -> &str {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let line = if line.trim_start().starts_with('#') {
        // A comment may stand anywhere; the first statement decides.
        text.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).unwrap_or("")
    } else {
        line
    };
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// What becomes of lines without a prompt in a transcript.
///
/// Where continued lines have prompts of their own, the others are output. Where only first lines have one, as in a text
/// that was copied from a page, they are the rest of the input until an `Out[3]:`.
struct Section<'a> {
    prompts: Prompts,
    /// They are output.
    outputs: bool,
    /// They are output until the next prompt.
    in_output: bool,
    /// What they have in common as indentation, which a page adds to align them with the first line.
    indent: &'a str,
    /// The line above goes on for sure.
    open: bool,
}

impl<'a> Section<'a> {
    fn new(prompts: Prompts, text: &str) -> Section<'a> {
        let prompted = text.lines().filter(|line| prompts.prompt(line).is_some()).count();
        let outputs = match prompts {
            Prompts::None => false,
            Prompts::Python => prompted > 1,
            Prompts::Numbered => text.lines().any(|line| continued_prompt(line).is_some()),
        };
        Section { prompts, outputs, in_output: false, indent: "", open: false }
    }

    /// Behind a prompt; `rest` is the text below.
    fn begin(&mut self, line: &str, rest: &'a str) {
        self.in_output = false;
        self.open = opens(line);
        self.indent = "";
        if !self.open && !self.outputs {
            let below =
                rest.split_inclusive('\n').take_while(|line| self.prompts.prompt(line).is_none() && !is_output(line));
            self.indent = common_indent(&rest[..below.map(str::len).sum()]);
        }
    }

    /// How many bytes a line without prompt loses; `None` if it is output.
    fn cut(&mut self, line: &str) -> Option<usize> {
        self.in_output |= is_output(line);
        if self.in_output || (self.outputs && !(self.open && line.starts_with([' ', '\t']))) {
            return None;
        }
        self.open = opens(line);
        Some(if line.starts_with(self.indent) { self.indent.len() } else { 0 })
    }
}

/// More of the statement must follow.
fn opens(line: &str) -> bool {
    line.trim_end().ends_with([':', ',', '(', '[', '{', '\\'])
}

/// `Out[3]: `, or what `%%time` prints.
fn is_output(line: &str) -> bool {
    let line = line.trim_start_matches(' ');
    line.strip_prefix("Out[").is_some_and(|rest| rest.contains("]:"))
        || (line.starts_with("CPU times: ") && line.contains("total: "))
        || line.starts_with("Wall time: ")
}

/// The prompts of a transcript.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Prompts {
    /// It is none.
    None,
    /// `>>> ` and `... `
    Python,
    /// `In [3]: ` and `   ...: `
    Numbered,
}

impl Prompts {
    /// By the first line that says something, or the one after it when the first prompt was not copied.
    fn of(text: &str) -> Prompts {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let first = lines.next().unwrap_or("");
        let second = lines.next().unwrap_or("");
        if python_prompt(first, ">>>").is_some() {
            Prompts::Python
        } else if numbered_prompt(first).is_some() {
            Prompts::Numbered
        } else if first.trim_end().ends_with([':', '\\']) && python_prompt(second, "...").is_some() {
            Prompts::Python
        } else if continued_prompt(second).is_some() {
            Prompts::Numbered
        } else {
            Prompts::None
        }
    }

    /// How many bytes of a line are its prompt.
    fn prompt(self, line: &str) -> Option<usize> {
        match self {
            Prompts::None => None,
            Prompts::Python => python_prompt(line, ">>>").or_else(|| python_prompt(line, "...")),
            Prompts::Numbered => numbered_prompt(line).or_else(|| continued_prompt(line)),
        }
    }
}

/// `>>> ` or `... `, perhaps indented.
fn python_prompt(line: &str, mark: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    // An indented `...` is a statement of Python; an indented `>>>` is none.
    if indent > 0 && mark == "..." {
        let rest = line[indent..].strip_prefix("... ")?;
        return (!rest.trim().is_empty()).then_some(indent + 4);
    }
    let rest = line[indent..].strip_prefix(mark)?;
    match rest.chars().next() {
        None | Some('\n' | '\r') => Some(indent + mark.len()),
        Some(' ') => Some(indent + mark.len() + 1),
        Some(_) => None,
    }
}

/// `In [3]: `
fn numbered_prompt(line: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = line[indent..].strip_prefix("In [")?;
    let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '*' || c == ' ').len();
    let rest = rest[number..].strip_prefix("]:")?;
    Some(indent + 4 + number + 2 + usize::from(rest.starts_with(' ')))
}

/// `   ...: `
fn continued_prompt(line: &str) -> Option<usize> {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let dots = line[indent..].len() - line[indent..].trim_start_matches('.').len();
    if dots < 3 {
        return None;
    }
    let rest = line[indent + dots..].strip_prefix(':')?;
    Some(indent + dots + 1 + usize::from(rest.starts_with(' ')))
}

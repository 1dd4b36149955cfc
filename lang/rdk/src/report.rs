//! How an error looks. The only place that draws one.
//!
//! ```text
//! ValueError: cannot count up to -1
//!  --> In [3]:1:11
//!   |
//! 1 | da.arange(-1)
//!   |           ^^
//!   |
//!   = help: `stop` is 0 or more
//! ```

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use rdk_runtime::Kind;
use rdk_runtime::error::{Error, Frame};
use rdk_syntax::{Place, Source};

/// How a report is to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// With escape codes for colours.
    pub color: bool,
    /// How many characters fit on a line.
    pub width: usize,
}

/// How many calls on the way to an error are shown before the middle ones are left out.
const CALLS_SHOWN: usize = 6;

/// The report of an error.
pub fn draw(error: &Error, look: Look) -> String {
    let mut groups = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        groups.push(group(error, groups.is_empty()));
        next = error.0.cause.as_ref();
        if groups.len() == 5 {
            break;
        }
    }
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(look.width.max(40)).render(&groups)
}

/// One line: class and message, for places that have room for no more.
pub fn headline(error: &Error) -> String {
    match error.0.message.is_empty() {
        true => error.class_name().to_string(),
        false => format!("{}: {}", error.class_name(), error.0.message),
    }
}

fn group(error: &Error, first: bool) -> Group<'_> {
    let data = &error.0;
    let mut title = match data.message.is_empty() {
        true => Level::ERROR.no_name().primary_title(error.class_name()),
        false => Level::ERROR.with_name(error.class_name()).primary_title(data.message.as_str()),
    };
    if !first {
        title = Level::NOTE.with_name("caused by").primary_title(headline(error));
    }
    let mut group = Group::with_title(title);
    let calls = shown_calls(&data.trace);
    if let Some(place) = &data.place {
        // Calls in the same text are marked in the same excerpt.
        let beside: Vec<&Call> = calls.iter().filter(|call| call.is_in(&place.source)).collect();
        let mut excerpt = snippet(&place.source).annotation(AnnotationKind::Primary.span(range(place)));
        for call in beside {
            if let Call::At(frame) = call
                && !overlaps(&frame.place, place)
            {
                let label = format!("`{}` was called here", frame.function);
                excerpt = excerpt.annotation(AnnotationKind::Context.span(range(&frame.place)).label(label));
            }
        }
        group = group.element(excerpt);
        for call in calls.iter().rev().filter(|call| !call.is_in(&place.source)) {
            group = match call {
                Call::At(frame) => {
                    let label = format!("`{}` was called here", frame.function);
                    group.element(
                        snippet(&frame.place.source)
                            .annotation(AnnotationKind::Context.span(range(&frame.place)).label(label)),
                    )
                }
                Call::LeftOut(count) => group.element(Level::NOTE.message(format!("{count} more calls in between"))),
            };
        }
    }
    if let Some(task) = &data.task {
        let chunk: Vec<String> = task.chunk.iter().map(u32::to_string).collect();
        let text = match chunk.is_empty() {
            true => format!("while task `{}` ran", task.operation),
            false if task.part == "chunk" => {
                format!("while chunk ({}) of `{}` was computed", chunk.join(", "), task.operation)
            }
            false => format!("while {} {} of `{}` was computed", task.part, chunk.join(", "), task.operation),
        };
        group = group.element(Level::NOTE.message(text));
    }
    for hint in &data.hints {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    group
}

enum Call<'a> {
    At(&'a Frame),
    LeftOut(usize),
}

impl Call<'_> {
    fn is_in(&self, source: &std::sync::Arc<Source>) -> bool {
        matches!(self, Call::At(frame) if std::sync::Arc::ptr_eq(&frame.place.source, source))
    }
}

/// The first and last calls; a deep recursion is not printed in full.
fn shown_calls(trace: &[Frame]) -> Vec<Call<'_>> {
    if trace.len() <= CALLS_SHOWN {
        return trace.iter().map(Call::At).collect();
    }
    let half = CALLS_SHOWN / 2;
    let mut calls: Vec<Call> = trace[..half].iter().map(Call::At).collect();
    calls.push(Call::LeftOut(trace.len() - 2 * half));
    calls.extend(trace[trace.len() - half..].iter().map(Call::At));
    calls
}

fn snippet<'a, T: Clone>(source: &'a Source) -> Snippet<'a, T> {
    Snippet::source(source.text.as_str()).line_start(source.lines_before as usize + 1).path(source.name.as_str())
}

/// The bytes of a place, kept within its text and on character borders: a report must not fail.
fn range(place: &Place) -> std::ops::Range<usize> {
    let text = &place.source.text;
    let border = |byte: u32| {
        let mut byte = (byte as usize).min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    };
    let (start, mut end) = (border(place.span.start), border(place.span.end.max(place.span.start)));
    // A long construct is marked by its first line.
    if let Some(line) = text[start..end].find('\n') {
        end = start + line;
    }
    start..end
}

fn overlaps(a: &Place, b: &Place) -> bool {
    a.span.start <= b.span.start && b.span.end <= a.span.end
}

/// A mistake in a text as an error with its place.
pub fn syntax_error(mistake: rdk_syntax::SyntaxError, source: &std::sync::Arc<Source>) -> Error {
    let kind = match mistake.kind {
        rdk_syntax::SyntaxKind::Syntax => Kind::SyntaxError,
        rdk_syntax::SyntaxKind::Indentation => Kind::IndentationError,
        rdk_syntax::SyntaxKind::Tab => Kind::TabError,
    };
    let mut error = Error::new(kind, mistake.message).at_place(Place { source: source.clone(), span: mistake.span });
    error.0.hints = mistake.hints;
    error
}

//! Runs cases in a fresh session each.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk::report::Look;
use rdk::summary::{Summary, text};
use rdk::syntax::Source;
use rdk::{Error, Options, Output, Session, Showing, Stream};

use crate::case::{Case, Outcome};

/// Keeps what is printed and shown.
#[derive(Default)]
pub struct Recorder(Mutex<String>);

impl Recorder {
    /// What came since the last time.
    pub fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock())
    }
}

/// Drawn as at a prompt without colours.
pub fn draw(summary: &Summary) -> String {
    text::draw(summary, &text::TextOptions { width: 80, color: false, unicode: true })
}

impl Output for Recorder {
    fn write(&self, _: Stream, text: &str) {
        self.0.lock().push_str(text);
    }

    fn display(&self, summary: &Summary) {
        self.write(Stream::Out, &format!("{}\n", draw(summary).trim_end_matches('\n')));
    }
}

/// A session whose output is kept.
pub fn session() -> (Session, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    (Session::new(recorder.clone(), &Options { threads: Some(2), ..Options::default() }), recorder)
}

/// What each step of a case does.
pub fn outcomes(case: &Case) -> Vec<Outcome> {
    let (session, recorder) = session();
    let step = |step: &crate::case::Step| {
        let source = Source::part("case", step.code.clone(), step.lines_before as u32);
        let error = session.run(source, Showing::Every).err();
        outcome(&recorder.take(), error.as_ref())
    };
    case.steps.iter().map(step).collect()
}

fn outcome(shown: &str, error: Option<&Error>) -> Outcome {
    let shown = shown.lines().map(|line| line.trim_end().to_string()).collect();
    Outcome { shown, error: error.map(headline), hints: error.map(|error| error.0.hints.clone()).unwrap_or_default() }
}

/// `line:column Kind: message`
fn headline(error: &Error) -> String {
    let place = match &error.0.place {
        Some(place) => {
            let (line, column) = place.source.line_column(place.span.start);
            format!("{line}:{column}")
        }
        None => "?:?".to_string(),
    };
    format!("{place} {}", rdk::report::headline(error).replace('\n', " "))
}

/// Runs a case; says how it differs from what was expected.
pub fn check(case: &Case) -> Result<(), String> {
    for (step, happened) in case.steps.iter().zip(outcomes(case)) {
        if !step.outcome.fits(&happened) {
            let line = case.line + step.lines_before;
            return Err(format!(
                "after the code on line {line}:\n{}\nexpected:\n{}\ngot:\n{}",
                step.code.trim_end(),
                step.outcome.notation(),
                happened.notation()
            ));
        }
    }
    Ok(())
}

/// Runs a session as it looks in a document; says where it looks different.
pub fn check_transcript(cells: &[(String, Vec<String>)]) -> Result<(), String> {
    let (mut session, recorder) = session();
    for (code, expected) in cells {
        let reply = session.execute(code);
        let mut shown = recorder.take();
        if let Some(error) = &reply.error {
            shown.push_str(&rdk::report::draw(error, Look { color: false, width: 80 }));
        }
        if let Some(summary) = &reply.value {
            let drawn = draw(summary);
            let separator = if drawn.trim_end().contains('\n') { "\n" } else { "" };
            shown.push_str(&format!("Out[{}]: {separator}{drawn}", reply.number));
        }
        for picture in &reply.pictures {
            shown.push_str(&format!("\n{}", draw(picture)));
        }
        let happened = Outcome { shown: shown.trim_end().lines().map(lasting).collect(), ..Outcome::default() };
        let wanted = Outcome { shown: expected.iter().map(|line| lasting(line)).collect(), ..Outcome::default() };
        if !wanted.fits(&happened) {
            return Err(format!(
                "In [{}]: {code}\nexpected:\n{}\ngot:\n{}",
                reply.number,
                wanted.notation(),
                happened.notation()
            ));
        }
    }
    Ok(())
}

/// A line without what differs from run to run: times, and the tokens of delayed calls.
fn lasting(line: &str) -> String {
    let line = line.trim_end();
    for label in ["CPU times:", "Wall time:"] {
        if line.starts_with(label) {
            return label.to_string();
        }
    }
    match line.find("Delayed('").and_then(|start| Some((start, start + line[start..].find('-')?))) {
        Some((_, dash)) => format!("{}…", &line[..dash]),
        None => line.to_string(),
    }
}

/// The text of a file of cases with the answers that they give now.
pub fn updated(text: &str) -> String {
    let mut out = String::new();
    let head = text.split("#:").next().unwrap_or("");
    let titled = text.contains("#:");
    if titled && crate::case::cases(head).is_empty() {
        out.push_str(head);
    }
    for case in crate::case::cases(text) {
        if !case.title.is_empty() {
            out.push_str(&format!("#: {}\n", case.title));
        }
        for (step, happened) in case.steps.iter().zip(outcomes(&case)) {
            out.push_str(&step.code);
            // What fits already stays as it is written: its `…` are kept.
            let kept = step.outcome.fits(&happened);
            out.push_str(&if kept { step.outcome.notation() } else { happened.notation() });
        }
    }
    out
}

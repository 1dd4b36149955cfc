//! The notation of cases: code with what it shows in comments.
//!
//! ```text
//! #: sum of everything
//! da.ones((4, 6), chunks=(2, 3)).sum().compute()
//! #> 24.0
//! #: an axis that is not there
//! da.ones((4, 6)).sum(axis=2)
//! #! 1:17 AxisError: axis 2 is out of bounds for an array of 2 dimensions
//! #? axes are 0 and 1, or -2 and -1 from the end
//! ```
//!
//! `#>` is what has been printed and shown since the last expectation, `#!` an error with its line and column in the case,
//! `#?` one of its hints. `…` stands for anything within a line, and alone on a line for any lines.

/// A case: some code, and what is expected along the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it shows; from its `#:` line.
    pub title: String,
    /// Line of the file (from 1) on which its code begins.
    pub line: usize,
    /// Its parts, in order.
    pub steps: Vec<Step>,
}

/// Some code and what follows from it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// How many lines of the case stand before the code.
    pub lines_before: usize,
    /// The code.
    pub code: String,
    /// What is expected then.
    pub outcome: Outcome,
}

/// What some code shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// Lines printed and shown.
    pub shown: Vec<String>,
    /// `line:column Kind: message`
    pub error: Option<String>,
    /// The hints of the error.
    pub hints: Vec<String>,
}

/// Splits a text into its cases. Text before the first `#:` belongs to a case without a title.
pub fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut title = String::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut first_line = 1;
    let mut finish = |title: &str, lines: &mut Vec<&str>, first_line: usize| {
        let steps = steps(lines);
        if !steps.is_empty() {
            cases.push(Case { title: title.to_string(), line: first_line, steps });
        }
        lines.clear();
    };
    for (number, line) in text.lines().enumerate() {
        if let Some(next) = line.strip_prefix("#:") {
            finish(&title, &mut lines, first_line);
            title = next.trim().to_string();
            first_line = number + 2;
        } else {
            lines.push(line);
        }
    }
    finish(&title, &mut lines, first_line);
    cases
}

fn steps(lines: &[&str]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut step = Step::default();
    let mut expecting = false;
    for (number, line) in lines.iter().enumerate() {
        let expectation = ["#>", "#!", "#?"].iter().find(|mark| line.starts_with(**mark));
        match expectation {
            Some(mark) => {
                expecting = true;
                let text = line[2..].strip_prefix(' ').unwrap_or(&line[2..]).trim_end().to_string();
                match *mark {
                    "#>" => step.outcome.shown.push(text),
                    "#!" => step.outcome.error = Some(text),
                    _ => step.outcome.hints.push(text),
                }
            }
            None => {
                if expecting {
                    steps.push(std::mem::replace(&mut step, Step { lines_before: number, ..Step::default() }));
                    expecting = false;
                }
                step.code.push_str(line);
                step.code.push('\n');
            }
        }
    }
    if expecting || !step.code.trim().is_empty() {
        steps.push(step);
    }
    steps
}

impl Outcome {
    /// Does what happened fit what was expected? Hints that are not expected are let pass; missing ones are not.
    pub fn fits(&self, happened: &Outcome) -> bool {
        let errors_fit = match (&self.error, &happened.error) {
            (None, None) => true,
            (Some(expected), Some(error)) => line_fits(expected, error),
            _ => false,
        };
        errors_fit
            && lines_fit(&self.shown, &happened.shown)
            && self.hints.iter().all(|hint| happened.hints.iter().any(|other| line_fits(hint, other)))
    }

    /// As it stands in a case.
    pub fn notation(&self) -> String {
        let mut text = String::new();
        for line in &self.shown {
            text.push_str(format!("#> {line}").trim_end());
            text.push('\n');
        }
        if let Some(error) = &self.error {
            text.push_str(&format!("#! {error}\n"));
        }
        for hint in &self.hints {
            text.push_str(&format!("#? {hint}\n"));
        }
        text
    }
}

fn lines_fit(expected: &[String], lines: &[String]) -> bool {
    match expected.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "…" => (0..=lines.len()).any(|skip| lines_fit(rest, &lines[skip..])),
        Some((first, rest)) => {
            lines.split_first().is_some_and(|(line, others)| line_fits(first, line) && lines_fit(rest, others))
        }
    }
}

fn line_fits(expected: &str, line: &str) -> bool {
    let mut parts = expected.split('…');
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_code_and_what_follows_from_it() {
        let text = "#: one\na = 1\na\n#> 1\nb\n#! 3:1 NameError: name `b` is not defined\n#? try\n#: two\n\n";
        let cases = cases(text);
        assert_eq!(cases.len(), 1);
        assert_eq!((cases[0].title.as_str(), cases[0].line, cases[0].steps.len()), ("one", 2, 2));
        assert_eq!(cases[0].steps[0].code, "a = 1\na\n");
        assert_eq!(cases[0].steps[0].outcome.shown, ["1"]);
        assert_eq!(cases[0].steps[1].lines_before, 3);
        assert_eq!(cases[0].steps[1].outcome.hints, ["try"]);
    }

    #[test]
    fn dots_stand_for_anything() {
        assert!(line_fits("Delayed('add-…')", "Delayed('add-901f')"));
        assert!(!line_fits("Delayed('add-…')", "Delayed('inc-901f')"));
        assert!(line_fits("a…b…c", "a1b2c"));
        assert!(!line_fits("ab", "abc"));
        let lines = |text: &str| text.lines().map(String::from).collect::<Vec<_>>();
        assert!(lines_fit(&lines("a\n…\nd"), &lines("a\nb\nc\nd")));
        assert!(!lines_fit(&lines("a\n…\nd"), &lines("a\nb")));
    }
}

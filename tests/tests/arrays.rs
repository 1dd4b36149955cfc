//! Arrays against NumPy and Dask: every expression in `tests/oracle/arrays/*.json` comes to what it came to there: the same dtype, shape
//! and elements.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use rdk::Showing;
use rdk::syntax::Source;
use rdk_tests::run;
use serde_json::Value;

/// Differences that two ways to add up the same numbers leave.
const RTOL: f64 = 1e-12;
/// The same for numbers of 32 bits.
const RTOL_SINGLE: f64 = 2e-6;

/// The lines that `tests/oracle/arrays/ask.py` showed its answers with.
const SHOW: &str = "\
def _show(r):
    if isinstance(r, (tuple, list)):
        return [_show(x) for x in r]
    a = np.asarray(r)
    return (str(a.dtype), a.shape, a.ravel().tolist())
";

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in the project");
    std::env::set_current_dir(root).expect("the project's folder can be entered");
    let files = fs::read_dir("tests/oracle/arrays").expect("the oracle's data are in the project");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let trials = paths.into_iter().map(|path| {
        let topic = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        Trial::test(format!("arrays: {topic}"), move || check(&path))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

/// All sets of one topic, each in a session of its own.
fn check(path: &Path) -> Result<(), Failed> {
    let sets: Vec<Value> = serde_json::from_str(&fs::read_to_string(path)?)?;
    let (mut differences, mut n_entries) = (Vec::new(), 0);
    for set in &sets {
        let (session, recorder) = run::session();
        let run = |code: String| {
            let error = session.run(Source::part("entry", code, 0), Showing::Every).err();
            let shown = without_warnings(&recorder.take());
            error.map_or(Ok(shown), |error| Err(rdk::report::headline(&error)))
        };
        run(format!("{SHOW}\n{}", text(set, "setup")))?;
        let rtol = set["rtol"].as_f64();
        for entry in set["entries"].as_array().expect("a set has entries") {
            n_entries += 1;
            let code = text(entry, "code");
            let got = run(format!("r, = dask.compute({code})\nprint(_show(r))"));
            let (expected, agrees) = match (entry["shows"].as_str(), &got) {
                (Some(shows), Ok(shown)) => (shows, agree(shown.trim(), shows, rtol)),
                (Some(shows), Err(_)) => (shows, false),
                (None, got) => {
                    let raises = text(entry, "raises");
                    (raises, got.as_ref().is_err_and(|error| error.starts_with(raises)))
                }
            };
            if !agrees {
                let got = got.unwrap_or_else(|error| error);
                differences.push(format!("{code}\nexpected: {expected}\ngot:      {}\n", got.trim()));
            }
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(Failed::from(format!("{} of {n_entries} entries differ\n\n{}", differences.len(), differences.join("\n"))))
}

/// Warnings come before, with the line that they are about; NumPy's were not kept.
fn without_warnings(shown: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut is_about = false;
    for line in shown.lines() {
        let is_warning = line.contains("RuntimeWarning: ");
        if !(is_warning || is_about && line.starts_with("  ")) {
            lines.push(line);
        }
        is_about = is_warning;
    }
    lines.join("\n")
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().expect("a set has a setup, an entry a code and what it shows or raises")
}

/// Word for word, numbers to a few last digits.
fn agree(got: &str, expected: &str, rtol: Option<f64>) -> bool {
    let single = expected.contains("float32") || expected.contains("complex64");
    // Where digits may differ, the sign of what is nearly nothing may, too.
    let split = if rtol.is_some() { signed } else { plain };
    let rtol = rtol.unwrap_or(if single { RTOL_SINGLE } else { RTOL });
    let (got, expected) = (split(words(got)), split(words(expected)));
    // What is nothing beside the largest number of the whole may be any small remainder.
    let largest =
        expected.iter().filter_map(|word| number(word)).filter(|n| n.is_finite()).fold(0.0, |a: f64, b| a.max(b.abs()));
    got.len() == expected.len()
        && got.iter().zip(&expected).all(|(got, expected)| {
            got == expected
                || match (number(got), number(expected)) {
                    // Whole numbers are exact.
                    (Some(a), Some(b)) if expected.contains(['.', 'e', 'n', 'j']) => {
                        (a - b).abs() <= rtol * b.abs().max(1e-3 * largest.min(1.0))
                    }
                    _ => false,
                }
        })
}

fn plain(words: Vec<&str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// Signs as parts of the numbers behind them.
fn signed(words: Vec<&str>) -> Vec<String> {
    let mut signed: Vec<String> = Vec::new();
    for word in words {
        match signed.last_mut() {
            Some(last) if matches!(last.as_str(), "+" | "-") && number(word).is_some() => last.push_str(word),
            _ => signed.push(word.to_owned()),
        }
    }
    signed
}

fn number(word: &str) -> Option<f64> {
    word.trim_end_matches('j').parse().ok()
}

/// Numbers and everything between them.
fn words(text: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '.' || c == '_';
    let mut words = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        let before = text[start..at].chars().next_back();
        let exponent = matches!(c, '+' | '-') && before == Some('e') && bytes[start].is_ascii_digit();
        let after_exponent =
            bytes[start].is_ascii_digit() && (text[start..at].ends_with("e-") || text[start..at].ends_with("e+"));
        let joins = at > start && (exponent || after_exponent || before.is_some_and(is_word) && is_word(c));
        if !joins && at > start {
            words.push(text[start..at].trim());
            start = at;
        }
    }
    words.push(text[start..].trim());
    words.retain(|word| !word.is_empty());
    words
}

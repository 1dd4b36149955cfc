//! Frames against pandas and Dask: every entry of `tests/oracle/frames.json` and `frame_categories.json` prints here what it
//! printed there.
//!
//! `OPEN=FILE cargo test -p rdk-tests --test frames` writes the entries that differ, in the notation of `frames_open.txt`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use parking_lot::Mutex;
use rdk::Showing;
use rdk::syntax::Source;
use rdk_tests::run;
use serde_json::Value;

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in the project");
    std::env::set_current_dir(root).expect("the project's folder can be entered");
    let sets = ["frames", "frame_categories"].into_iter().flat_map(|name| {
        let text =
            fs::read_to_string(format!("tests/oracle/{name}.json")).expect("the oracle's data are in the project");
        serde_json::from_str::<Vec<Value>>(&text).expect("the oracle's data are JSON")
    });
    let open = Arc::new(Mutex::new(Vec::new()));
    let trials = sets.map(|set| {
        let open = open.clone();
        Trial::test(format!("frames: {}", text_of(&set, "name")), move || check(&set, &open))
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if let Some(path) = std::env::var_os("OPEN") {
        fs::write(path, open.lock().join("\n") + "\n").expect("the list can be written");
    }
    conclusion.exit();
}

fn text_of<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().expect("every set has a name and a setup, every entry a code and what it prints")
}

/// All entries of one set in one session.
fn check(set: &Value, open: &Mutex<Vec<String>>) -> Result<(), Failed> {
    let (session, recorder) = run::session();
    let run = |code: &str| {
        let error = session.run(Source::part("entry", code.to_string(), 0), Showing::Every).err();
        let shown = recorder.take();
        match error {
            Some(error) => Err(rdk::report::headline(&error)),
            None => Ok(shown.trim_end_matches('\n').to_string()),
        }
    };
    run(text_of(set, "setup"))?;
    let mut differences = Vec::new();
    let entries = set["entries"].as_array().expect("a set has entries");
    for entry in entries {
        let (code, expected) = (text_of(entry, "code"), lines(text_of(entry, "prints")));
        let got = run(code).map(|shown| lines(&shown));
        if got.as_ref() != Ok(&expected) {
            let got = got.unwrap_or_else(|error| error);
            differences.push(format!("{code}\nexpected:\n{expected}\ngot:\n{got}\n"));
            open.lock().push(serde_json::to_string(&[text_of(set, "name"), code]).expect("texts are JSON"));
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    let (wrong, of) = (differences.len(), entries.len());
    Err(Failed::from(format!("{wrong} of {of} entries differ\n\n{}", differences.join("\n"))))
}

/// Without the blanks at the ends of lines.
fn lines(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

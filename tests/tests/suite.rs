//! Every case of `tests/suite`, every example of the documentation and of `examples/`, as one test each.
//!
//! `UPDATE=1 cargo test -p rdk-tests --test suite` writes the answers into the files of cases; read the diff.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use rdk_tests::case::cases;
use rdk_tests::{markdown, run};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in the project");
    std::env::set_current_dir(root).expect("the project's folder can be entered");
    let mut trials = Vec::new();
    for path in files(&root.join("tests/suite"), "rdk") {
        suite(&mut trials, root, &path);
    }
    for path in ["README.md", "ARCHITECTURE.md", "benches/README.md"].map(|name| root.join(name)) {
        document(&mut trials, root, &path);
    }
    for path in files(&root.join("examples"), "rdk") {
        example(&mut trials, root, &path);
    }
    library(&mut trials);
    libtest_mimic::run(&arguments, trials).exit();
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

fn suite(trials: &mut Vec<Trial>, root: &Path, path: &Path) {
    let text = read(path);
    if std::env::var_os("UPDATE").is_some() {
        let updated = run::updated(&text);
        if updated != text {
            fs::write(path, updated).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        return;
    }
    for case in cases(&text) {
        let title = format!("{}:{} {}", name(root, path), case.line, case.title);
        trials.push(Trial::test(title, move || run::check(&case).map_err(Failed::from)));
    }
}

fn document(trials: &mut Vec<Trial>, root: &Path, path: &Path) {
    if !path.exists() {
        return;
    }
    for block in markdown::blocks(&read(path)) {
        let title = format!("{}:{}", name(root, path), block.line);
        match block.language.as_str() {
            "rdk" => {
                for case in cases(&block.text) {
                    trials.push(Trial::test(title.clone(), move || run::check(&case).map_err(Failed::from)));
                }
            }
            "console" if block.text.starts_with("In [") => {
                let cells = markdown::transcript(&block.text);
                trials.push(Trial::test(title, move || run::check_transcript(&cells).map_err(Failed::from)));
            }
            _ => {}
        }
    }
}

/// An example runs as a whole; what it says about its output in comments holds.
fn example(trials: &mut Vec<Trial>, root: &Path, path: &Path) {
    let text = read(path);
    let title = name(root, path);
    trials.push(Trial::test(title, move || {
        let (session, recorder) = run::session();
        for cell in rdk::session::script_cells("example", &text) {
            let expected = cases(&cell.text).into_iter().flat_map(|case| case.steps).map(|step| step.outcome);
            let expected: Vec<_> = expected.filter(|outcome| !outcome.shown.is_empty()).collect();
            session
                .run(cell.clone(), rdk::Showing::Every)
                .map_err(|error| rdk::report::draw(&error, rdk::report::Look { color: false, width: 100 }))?;
            let shown = recorder.take();
            for outcome in expected {
                for line in outcome.shown {
                    let fits = shown.lines().any(|other| {
                        let wanted = rdk_tests::case::Outcome { shown: vec![line.clone()], ..Default::default() };
                        let got = rdk_tests::case::Outcome {
                            shown: vec![other.trim_end().to_string()],
                            ..Default::default()
                        };
                        wanted.fits(&got)
                    });
                    if !fits {
                        return Err(Failed::from(format!("nothing like `{line}` among\n{shown}")));
                    }
                }
            }
        }
        Ok(())
    }));
}

/// Everything that can be imported: names are unique, parameters are described, examples run.
fn library(trials: &mut Vec<Trial>) {
    for entry in rdk::help::entries() {
        trials.push(Trial::test(format!("help: {}", entry.name), move || {
            if entry.doc.trim().is_empty() {
                return Err(Failed::from("it has no documentation"));
            }
            let head = entry.doc.lines().next().unwrap_or("").trim();
            if head.chars().count() > 100 {
                return Err(Failed::from(format!("its first line is too long for completion: {head}")));
            }
            if let Some(param) = entry.undescribed.first() {
                return Err(Failed::from(format!("parameter `{param}` is not described")));
            }
            for block in markdown::blocks(&entry.doc).into_iter().filter(|block| block.language == "rdk") {
                for case in cases(&block.text) {
                    run::check(&case)?;
                }
            }
            Ok(())
        }));
    }
}

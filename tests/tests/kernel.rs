//! The kernel as Jupyter's own client and front ends meet it. The conversations are in `tests/jupyter`.

use std::path::Path;
use std::process::Command;

use rdk_tests::jupyter::{folder, root, script};
use rdk_tests::terminal::binary;

#[test]
fn all_of_jupyter_kernel_test_passes() {
    script("conform.py", &[]);
}

#[test]
fn interrupts_questions_updates_and_bad_company() {
    script("probes.py", &[]);
}

#[test]
fn widgets_are_moved_and_pressed() {
    script("widgets.py", &[]);
}

#[test]
fn notebooks_show_what_is_stored_in_them() {
    script("notebooks.py", &[]);
}

#[test]
fn a_notebook_runs_in_jupyterlab() {
    script("lab.py", &[&root().join("examples/introduction.ipynb"), &folder().join("pictures")]);
}

#[test]
fn the_lesson_on_frames_runs_in_jupyterlab() {
    script("lab.py", &[&root().join("examples/frames.ipynb"), &folder().join("pictures-frames")]);
}

#[test]
fn the_lesson_on_fields_runs_in_jupyterlab() {
    script("lab.py", &[&root().join("examples/fields.ipynb"), &folder().join("pictures-fields")]);
}

/// Runs the program; gives what it says, and whether it says that all went well.
fn rdk(arguments: &[&str]) -> (String, bool) {
    let output = Command::new(binary()).args(arguments).output().expect("rdk starts");
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8_lossy(&said).into_owned(), output.status.success())
}

#[test]
fn the_kernel_is_put_on_the_list_and_taken_off() {
    let prefix = std::env::temp_dir().join(format!("rdk-prefix-{}", std::process::id()));
    let at = prefix.to_str().expect("a temporary path is plain text");
    let entry = ["--prefix", at, "--name", "rdk-test"];
    let with = |action: &str, more: &[&str]| rdk(&[&["kernel", action], &entry[..], more].concat());
    let (said, done) = with("install", &["--display-name", "Test"]);
    assert!(done, "{said}");
    let kernel = prefix.join("share/jupyter/kernels/rdk-test");
    let spec = std::fs::read_to_string(kernel.join("kernel.json")).expect("it was installed");
    for part in ["\"Test\"", "\"kernel\"", "\"{connection_file}\"", "\"message\"", "\"rdk\""] {
        assert!(spec.contains(part), "{part} in {spec}");
    }
    assert!(Path::new(&kernel).join("logo-svg.svg").exists());
    assert_eq!(with("path", &[]).0.trim(), kernel.to_str().expect("plain text"));
    assert!(with("uninstall", &[]).1);
    assert!(!kernel.exists());
    let (said, done) = with("uninstall", &[]);
    assert!(!done && said.contains("no kernel is installed"), "{said}");
    // There may be nothing left to remove.
    let _ = std::fs::remove_dir_all(prefix);
}

#[test]
fn what_is_wrong_with_a_connection_file_is_said() {
    let (said, done) = rdk(&["kernel", "run", "-f", "/nowhere/connection.json"]);
    assert!(!done && said.contains("cannot be read"), "{said}");
    let cargo = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let (said, done) = rdk(&["kernel", "run", "-f", cargo.to_str().expect("plain text")]);
    assert!(!done && said.contains("not a connection file"), "{said}");
}

//! Jupyter with rdk's kernel on its list, for tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::terminal::binary;

/// Where the project is.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in the project")
}

/// A folder for what the tests of the kernel make.
pub fn folder() -> PathBuf {
    let profile = binary().parent().expect("the program stands in a folder");
    profile.parent().expect("which stands in the target folder").join("jupyter")
}

/// A Python that has Jupyter: `RDK_TEST_PYTHON`, that of the project's `.venv`, or else one that is made here.
pub fn python() -> &'static PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        if let Some(python) = std::env::var_os("RDK_TEST_PYTHON") {
            return PathBuf::from(python);
        }
        let own = root().join(".venv/bin/python");
        if own.exists() && has_jupyter(&own) {
            return own;
        }
        let made = folder().with_file_name("jupyter-venv");
        let python = made.join("bin/python");
        if !python.exists() || !has_jupyter(&python) {
            run(Command::new("python3").args(["-m", "venv"]).arg(&made), "a Python environment");
            let requirements = root().join("tests/jupyter/requirements.txt");
            run(Command::new(&python).args(["-m", "pip", "install", "-q", "-r"]).arg(requirements), "Jupyter");
        }
        python
    })
}

fn has_jupyter(python: &Path) -> bool {
    let modules = "import jupyter_kernel_test, nbclient, jupyterlab, jupyterlab_widgets, selenium";
    Command::new(python).args(["-c", modules]).output().is_ok_and(|output| output.status.success())
}

fn run(command: &mut Command, what: &str) {
    let done = command.status();
    assert!(done.is_ok_and(|status| status.success()), "{what} could not be made: {command:?}");
}

/// Runs a script of `tests/jupyter`; it finds the kernel under the name `rdk`. What it says is shown when it fails.
pub fn script(name: &str, arguments: &[&Path]) {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    // One after the other: each keeps all cores busy. One that failed does not concern the next.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    INSTALLED.get_or_init(|| {
        let mut install = Command::new(binary());
        run(install.args(["kernel", "install", "--prefix"]).arg(folder()), "the kernel's entry");
    });
    let output = Command::new(python())
        .arg(root().join("tests/jupyter").join(name))
        .args(arguments)
        .env("JUPYTER_PATH", folder().join("share/jupyter"))
        .env("JUPYTER_RUNTIME_DIR", folder().join("runtime"))
        .env("JUPYTER_PLATFORM_DIRS", "1")
        // What is typed here is not for the history of the user.
        .env("RDK_HISTORY", "")
        .output()
        .expect("Python runs");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    eprintln!("{}{}", said(&output.stdout), said(&output.stderr));
    assert!(output.status.success(), "{name} failed");
}

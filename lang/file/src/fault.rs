//! What can be wrong with a file, in the words of those that read it in Python.

use std::io;
use std::path::Path;

use rdk_array::shape;
use rdk_runtime::builtins::path::{os_error, shown};
use rdk_runtime::{Error, error};

/// A path as the user is likely to have given it: without the current folder.
pub fn named(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    shown(here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path))
}

/// A file that is there and cannot be understood: `what` says why.
pub fn damaged(path: &Path, what: impl std::fmt::Display) -> Error {
    error!(OSError: "{what}: '{}'", named(path))
}

/// A part of an array that cannot be read from a file.
pub fn part(path: &Path, array: &str, start: &[usize], of: &[usize], what: impl std::fmt::Display) -> Error {
    let from = shape::show(start);
    let error = match array {
        "" => error!(OSError: "{what}: '{}'", named(path)),
        array => error!(OSError: "{what}: {array} in '{}'", named(path)),
    };
    error.hint(format!(
        "the part of shape {} that begins at {from} cannot be read; the file may be cut off or damaged",
        shape::show(of)
    ))
}

/// What the system says about a file.
pub fn system(error: &io::Error, path: &Path) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged(path, "the file is shorter than it says"),
        _ => os_error(error, Path::new(&named(path))),
    }
}

//! Paths as arguments, and errors of the file system in Python's words.

use std::io;
use std::path::{Path, PathBuf};

use crate::builtin::nearest;
use crate::convert::FromValue;
use crate::error::Error;
use crate::types::{os_kind, raised};
use crate::value::Value;

/// A path: text, or a `pathlib.Path`.
pub struct PathArg(pub PathBuf);

impl FromValue for PathArg {
    fn expected() -> &'static str {
        "a path: a str or a Path"
    }

    fn from_value(value: &Value) -> Option<PathArg> {
        match value {
            Value::Str(text) => Some(PathArg(PathBuf::from(&**text))),
            Value::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(|text| PathArg(PathBuf::from(text))),
            other => crate::modules::path_of(other).map(PathArg),
        }
    }
}

/// A path as the language shows it.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// An error of the file system: number, words, path, and the nearest thing that is there.
pub fn os_error(error: &io::Error, path: &Path) -> Error {
    let number = error.raw_os_error().unwrap_or(match error.kind() {
        io::ErrorKind::NotFound => libc::ENOENT,
        io::ErrorKind::AlreadyExists => libc::EEXIST,
        io::ErrorKind::PermissionDenied => libc::EACCES,
        _ => 0,
    });
    let words = error.to_string();
    let words = words.split(" (os error").next().unwrap_or(&words);
    let args = vec![Value::from(i64::from(number)), Value::str(words), Value::from(shown(path))];
    let raised = raised(os_kind(number), args);
    if number != libc::ENOENT {
        return raised;
    }
    match missing(path) {
        Some(hint) => raised.hint(hint),
        None => raised,
    }
}

/// What to say about a path that is not there.
fn missing(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = match std::fs::read_dir(folder.unwrap_or(Path::new("."))) {
        Ok(entries) => entries,
        Err(_) => {
            // The first part that is missing.
            let absent = path.ancestors().filter(|part| !part.as_os_str().is_empty() && !part.exists()).last()?;
            return Some(format!("there is no folder `{}`", shown(absent)));
        }
    };
    let names: Vec<String> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).take(10_000).collect();
    match nearest(&name, names.iter().map(String::as_str)) {
        Some(near) => {
            let near = folder.map_or_else(|| PathBuf::from(near), |folder| folder.join(near));
            Some(format!("did you mean `{}`?", shown(&near)))
        }
        None if folder.is_none() => {
            let here = std::env::current_dir().ok()?;
            Some(format!("the current folder is `{}`", shown(&here)))
        }
        None => None,
    }
}

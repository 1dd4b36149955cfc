//! Files that are whole or not there: each is made under another name first.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rdk_runtime::{Error, Result, Value};

use crate::fault;

/// Makes a file under another name and gives it its own when it is whole.
pub fn replace(path: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    // A link stays one: what it leads to is replaced.
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let before = std::fs::metadata(path).ok();
    // A device or a pipe takes what it is given, and is not to be replaced by a file.
    if before.as_ref().is_some_and(|facts| !facts.is_file()) {
        return make(path);
    }
    // Renaming would replace a file that may not be written to.
    if before.is_some() {
        OpenOptions::new().append(true).open(path).map_err(|error| fault::system(&error, path))?;
    }
    let part = beside(path);
    File::create(&part).map_err(|error| fault::system(&error, path))?;
    let made = make(&part).map_err(|error| renamed(error, &part, path)).and_then(|()| {
        if let Some(facts) = before {
            let _ = std::fs::set_permissions(&part, facts.permissions());
        }
        std::fs::rename(&part, path).map_err(|error| fault::system(&error, path))
    });
    if made.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    made
}

/// What the user hears of is the file that was asked for, not the one that is being made.
pub fn renamed(mut error: Error, part: &Path, path: &Path) -> Error {
    let (part, path) = (fault::named(part), fault::named(path));
    error.0.message = error.0.message.replace(&part, &path);
    for arg in error.0.args.iter_mut().flatten() {
        if let Some(text) = arg.as_str().filter(|text| text.contains(&part)) {
            *arg = Value::str(text.replace(&part, &path));
        }
    }
    error
}

/// A path beside this one that nobody else uses.
pub fn beside(path: &Path) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".{name}.{}-{number}.part", std::process::id()))
}

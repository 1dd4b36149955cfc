//! Where a text goes: into the file of a name, by way of another name first, or into a file that is open.

use rdk_runtime::{Args, Context, Result, Value, bail, error};

use crate::frame::what;

/// What `df.to_json(…)` and `df.to_csv(…)` are given.
pub enum Target {
    /// The name of a file.
    Path(String),
    /// The method that writes into an open one.
    Open(Value),
}

impl Target {
    /// A text or a path of `pathlib` is a name, anything else has to write.
    pub fn of(context: &Context, given: &Value) -> Result<Target> {
        match given {
            Value::Str(path) => Ok(Target::Path(path.to_string())),
            Value::Object(_) if given.class().module.starts_with("pathlib") => Ok(Target::Path(given.text())),
            other => match rdk_runtime::operators::find(context, other, "write")? {
                Some(write) => Ok(Target::Open(write)),
                None => bail!(
                    "Invalid file path or buffer object type: {}", what(other);
                    hint: "the name of a file, or an open one: `open(\"out\", \"w\")`"
                ),
            },
        }
    }

    /// Writes a text: `to_path` knows how files of a name are packed and encoded.
    pub fn write(
        &self,
        context: &Context,
        text: Vec<u8>,
        to_path: impl FnOnce(&str, Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        match self {
            Target::Path(path) => to_path(path, text),
            Target::Open(write) => {
                context.call(write, Args::one(Value::str(String::from_utf8_lossy(&text)))).map(|_| ())
            }
        }
    }
}

/// An error as pandas has it if the folder of a file is not there.
pub fn check_folder(path: &str) -> Result<()> {
    let folder = std::path::Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        bail!(OSError: "Cannot save file into a non-existent directory: '{}'", folder.display(); hint: "`os.makedirs(…)` makes folders");
    }
    Ok(())
}

/// To another name first, so that nobody sees half a file.
pub fn put(path: &str, bytes: &[u8]) -> Result<()> {
    let failed = |error: std::io::Error| error!(OSError: "'{path}' could not be written: {error}");
    let part = format!("{path}.part-{}", std::process::id());
    std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path)).map_err(failed)
}

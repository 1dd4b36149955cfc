//! `%cd`, `%pwd`, `%env`, `%%writefile`.

use std::env;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use rdk_runtime::{Result, Value, bail, error};

use super::Run;

/// `%pwd`
pub(super) fn pwd(_: &Run) -> Result<Option<Value>> {
    Ok(Some(Value::str(here()?.display().to_string())))
}

/// `%cd folder`
pub(super) fn cd(run: &Run) -> Result<Option<Value>> {
    let argument = run.argument().trim_matches(['"', '\'']);
    let before = here()?;
    let home = || env::var_os("HOME").map(PathBuf::from).ok_or_else(|| error!(OSError: "there is no home folder"));
    let to = match argument {
        "" | "~" => home()?,
        "-" => run
            .session
            .last_folder
            .lock()
            .clone()
            .ok_or_else(|| error!(UsageError: "there was no folder before this one"))?,
        path => match path.strip_prefix("~/") {
            Some(rest) => home()?.join(rest),
            None => PathBuf::from(path),
        },
    };
    if let Err(error) = env::set_current_dir(&to) {
        bail!(FileNotFoundError: "cannot go to `{}`: {error}", to.display());
    }
    *run.session.last_folder.lock() = Some(before);
    run.print(&format!("{}\n", here()?.display()));
    Ok(None)
}

fn here() -> Result<PathBuf> {
    env::current_dir().map_err(|error| error!(OSError: "the current folder cannot be read: {error}"))
}

/// `%env`, `%env NAME`, `%env NAME=value`
pub(super) fn env(run: &Run) -> Result<Option<Value>> {
    let argument = run.argument();
    if argument.is_empty() {
        let all = env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), Value::str(value.to_string_lossy())));
        return Ok(Some(Value::dict(all)));
    }
    match argument.split_once('=').or_else(|| argument.split_once(' ')) {
        Some((name, value)) if !name.trim().is_empty() => {
            // The same door as `os.environ[name] = value`.
            let environ = run.context.shared.library.import("os")?.get("environ").unwrap_or_default();
            rdk_runtime::operators::set_item(
                run.context,
                &environ,
                &Value::str(name.trim()),
                Value::str(value.trim()),
            )?;
            run.print(&format!("env: {}={}\n", name.trim(), value.trim()));
            Ok(None)
        }
        Some(_) => bail!(UsageError: "`%env` needs a name before `=`"),
        None => match env::var(argument) {
            Ok(value) => Ok(Some(Value::str(value))),
            Err(_) => bail!(UsageError: "there is no environment variable `{argument}`"),
        },
    }
}

/// `%%writefile [-a] path`
pub(super) fn write(run: &Run) -> Result<Option<Value>> {
    let argument = run.argument();
    let (append, path) = match argument.strip_prefix("-a ") {
        Some(path) => (true, path.trim()),
        None => (false, argument),
    };
    if path.is_empty() {
        bail!(UsageError: "`%%{}` needs the path of a file", run.magic.name);
    }
    let existed = std::path::Path::new(path).exists();
    let body = run.magic.body.as_ref().map_or("", |(text, _)| text);
    let written = fs::OpenOptions::new()
        .create(true)
        .write(true)
        .append(append)
        .truncate(!append)
        .open(path)
        .and_then(|mut file| file.write_all(body.as_bytes()));
    if let Err(error) = written {
        bail!(OSError: "`{path}` could not be written: {error}");
    }
    run.print(&match (append && existed, existed) {
        (true, _) => format!("Appending to {path}\n"),
        (false, true) => format!("Overwriting {path}\n"),
        (false, false) => format!("Writing {path}\n"),
    });
    Ok(None)
}

//! `os`: files, folders, the environment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use super::named_tuple::NamedTuple;
use crate::builtins::path::{PathArg, os_error, shown};
use crate::class::{self, Module};
use crate::error::Result;
use crate::value::{Dict, HashKey, Value};
use crate::{bail, builtins};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(builtins());
    let texts = [
        ("sep", "/"),
        ("linesep", "\n"),
        ("pathsep", ":"),
        ("curdir", "."),
        ("pardir", ".."),
        ("name", "posix"),
        ("devnull", "/dev/null"),
    ];
    entries.extend(texts.map(|(name, text)| (name, Value::str(text))));
    entries.push(("environ", Value::Dict(ENVIRONMENT.clone())));
    entries.push(("path", Value::Module(PATH.clone())));
    entries
}

/// `os.path`
pub static PATH: LazyLock<Arc<Module>> =
    LazyLock::new(|| Module::new("os.path", "Paths as text.", super::path::entries));

/// The variables of the environment as the session has them; what it starts gets these.
static ENVIRONMENT: LazyLock<Arc<Dict>> = LazyLock::new(|| {
    let all = std::env::vars_os().map(|(name, value)| {
        (HashKey::text(&name.to_string_lossy()), Value::from(value.to_string_lossy().into_owned()))
    });
    Arc::new(Dict(parking_lot::Mutex::new(all.collect())))
});

/// All variables of the environment, for programs that are started.
pub fn environment() -> Vec<(String, String)> {
    ENVIRONMENT.0.lock().iter().map(|(name, value)| (name.value().text(), value.text())).collect()
}

/// A variable of the environment.
pub fn variable(name: &str) -> Option<String> {
    ENVIRONMENT.0.lock().get(&HashKey::text(name)).map(Value::text)
}

builtins! {
    /// Changes the current folder.
    fn chdir(
        /// Where to.
        path: PathArg,
    ) -> Result<()> { at(&path.0, std::env::set_current_dir(&path.0)) }

    /// How many processors rdk may use.
    fn cpu_count() -> usize { std::thread::available_parallelism().map_or(1, usize::from) }

    /// A variable of the environment.
    ///
    /// ```rdk
    /// import os
    /// os.getenv("NO_SUCH_VARIABLE", "nothing")
    /// #> 'nothing'
    /// ```
    fn getenv(
        /// Its name.
        key: String,
        /// What to give if it is not set.
        default: Option<Value>,
    ) -> Value { variable(&key).map(Value::from).or(default).unwrap_or_default() }

    /// The current folder.
    fn getcwd() -> Result<String> { Ok(shown(&std::env::current_dir().map_err(|error| os_error(&error, Path::new(".")))?)) }

    /// The number of this process.
    fn getpid() -> u32 { std::process::id() }

    /// The number of the process that started this one.
    fn getppid() -> u32 { std::os::unix::process::parent_id() }

    /// The names in a folder, in order.
    fn listdir(
        /// The folder.
        path: PathArg = ".",
    ) -> Result<Vec<String>> { names(&path.0) }

    /// Makes a folder and those above it.
    fn makedirs(
        /// The folder.
        name: PathArg,
        /// Its permissions.
        mode: i64 = 0o777,
        /// No error if it is there already.
        exist_ok: bool = false,
    ) -> Result<()> { let _ = mode; make_all(&name.0, exist_ok) }

    /// Makes a folder.
    fn mkdir(
        /// The folder.
        path: PathArg,
        /// Its permissions.
        mode: i64 = 0o777,
    ) -> Result<()> { let _ = mode; at(&path.0, fs::create_dir(&path.0)) }

    /// Removes a file.
    fn remove(
        /// The file.
        path: PathArg,
    ) -> Result<()> { remove(&path.0) }

    /// Gives a file another name.
    fn rename(
        /// Its name.
        src: PathArg,
        /// Its new name.
        dst: PathArg,
    ) -> Result<()> { at(&src.0, fs::rename(&src.0, &dst.0)) }

    /// Gives a file another name; what had that name is gone.
    fn replace(
        /// Its name.
        src: PathArg,
        /// Its new name.
        dst: PathArg,
    ) -> Result<()> { at(&src.0, fs::rename(&src.0, &dst.0)) }

    /// Removes an empty folder.
    fn rmdir(
        /// The folder.
        path: PathArg,
    ) -> Result<()> { at(&path.0, fs::remove_dir(&path.0)) }

    /// Size, times and so on of a file.
    ///
    /// ```rdk
    /// import os
    /// os.stat("/dev/null").st_size
    /// #> 0
    /// ```
    fn stat(
        /// The file.
        path: PathArg,
    ) -> Result<Value> { stat(&path.0) }

    /// Removes a file.
    fn unlink(
        /// The file.
        path: PathArg,
    ) -> Result<()> { remove(&path.0) }

    /// So many random bytes.
    fn urandom(
        /// How many.
        size: usize,
    ) -> Result<Value> { random_bytes(size) }

    /// Walks over a folder and those in it: path, folders, files of each.
    fn walk(
        /// Where to begin.
        top: PathArg,
        /// A folder before what is in it.
        topdown: bool = true,
    ) -> Value { walk(top.0, topdown) }

    /// The path that a `str` or a `Path` is.
    fn fspath(
        /// A path.
        path: PathArg,
    ) -> String { shown(&path.0) }
}

/// A result of the file system with the path in its error.
pub fn at<T>(path: &Path, result: io::Result<T>) -> Result<T> {
    result.map_err(|error| os_error(&error, path))
}

/// The names in a folder, in order.
pub fn names(path: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in at(path, fs::read_dir(path))? {
        names.push(at(path, entry)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Makes a folder and those above it.
pub fn make_all(path: &Path, exist_ok: bool) -> Result<()> {
    if path.exists() && !(exist_ok && path.is_dir()) {
        return Err(os_error(&io::Error::from_raw_os_error(libc::EEXIST), path));
    }
    at(path, fs::create_dir_all(path))
}

fn remove(path: &Path) -> Result<()> {
    if path.is_dir() && !path.is_symlink() {
        return Err(os_error(&io::Error::from_raw_os_error(libc::EISDIR), path)
            .hint("`os.rmdir` or `shutil.rmtree` removes a folder"));
    }
    at(path, fs::remove_file(path))
}

/// `os.stat`
pub fn stat(path: &Path) -> Result<Value> {
    use std::os::unix::fs::MetadataExt;
    let about = at(path, fs::metadata(path))?;
    let seconds = |whole: i64, nano: i64| Value::Float(whole as f64 + nano as f64 * 1e-9);
    let items = vec![
        Value::from(about.mode()),
        Value::from(about.ino()),
        Value::from(about.dev()),
        Value::from(about.nlink()),
        Value::from(about.uid()),
        Value::from(about.gid()),
        Value::from(about.len()),
        seconds(about.atime(), about.atime_nsec()),
        seconds(about.mtime(), about.mtime_nsec()),
        seconds(about.ctime(), about.ctime_nsec()),
    ];
    let names =
        ["st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime"];
    Ok(NamedTuple::new("os.stat_result", &names, items))
}

fn random_bytes(size: usize) -> Result<Value> {
    if size > i32::MAX as usize {
        bail!(MemoryError: "{size} bytes are too many");
    }
    let mut bytes = vec![0; size];
    let path = Path::new("/dev/urandom");
    let mut file = at(path, fs::File::open(path))?;
    at(path, io::Read::read_exact(&mut file, &mut bytes))?;
    Ok(Value::Bytes(bytes.into()))
}

fn walk(top: PathBuf, topdown: bool) -> Value {
    // Folders still to be looked into; with `true` one whose contents have been given, and that is to be given itself.
    let mut open: Vec<(PathBuf, Option<Value>)> = vec![(top, None)];
    Value::iter("generator", move |context| {
        loop {
            if let Err(error) = context.check() {
                return Some(Err(error));
            }
            let (folder, ready) = open.pop()?;
            if let Some(ready) = ready {
                return Some(Ok(ready));
            }
            let Ok(entries) = names(&folder) else { continue };
            let (folders, files): (Vec<String>, Vec<String>) =
                entries.into_iter().partition(|name| folder.join(name).is_dir());
            let inner: Vec<PathBuf> =
                folders.iter().map(|name| folder.join(name)).filter(|path| !path.is_symlink()).collect();
            let entry = Value::tuple([shown(&folder).into(), folders.into(), files.into()]);
            if !topdown {
                open.push((folder, Some(entry)));
                open.extend(inner.into_iter().rev().map(|path| (path, None)));
                continue;
            }
            open.extend(inner.into_iter().rev().map(|path| (path, None)));
            return Some(Ok(entry));
        }
    })
}

//! `os.path`: paths as text.

use std::path::{Path, PathBuf};

use crate::builtin::Rest;
use crate::builtins::path::{PathArg, os_error, shown};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::Result;
use crate::evaluate::collect;
use crate::value::Value;
use crate::{bail, builtins, class};

/// The entries of the module.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries = class::entries(builtins());
    entries.extend(
        [("sep", "/"), ("pardir", ".."), ("curdir", "."), ("extsep", ".")].map(|(name, text)| (name, Value::str(text))),
    );
    entries
}

builtins! {
    /// The path from the root.
    fn abspath(
        /// A path.
        path: PathArg,
    ) -> String { shown(&absolute(&path.0)) }

    /// The last part of a path.
    ///
    /// ```rdk
    /// import os
    /// os.path.basename("data/2020/a.csv")
    /// #> 'a.csv'
    /// ```
    fn basename(
        /// A path.
        path: PathArg,
    ) -> String { split(&shown(&path.0)).1 }

    /// The longest path that all of these begin with.
    ///
    /// ```rdk
    /// import os
    /// os.path.commonpath(["/a/b/c", "/a/b/d"])
    /// #> '/a/b'
    /// ```
    fn commonpath[context](
        /// The paths.
        paths: Value,
    ) -> Result<String> { common(context, &paths) }

    /// All but the last part of a path.
    ///
    /// ```rdk
    /// import os
    /// os.path.dirname("data/2020/a.csv")
    /// #> 'data/2020'
    /// ```
    fn dirname(
        /// A path.
        path: PathArg,
    ) -> String { split(&shown(&path.0)).0 }

    /// Is there such a file or folder?
    ///
    /// ```rdk
    /// import os
    /// os.path.exists("/"), os.path.exists("/no/such/file")
    /// #> (True, False)
    /// ```
    fn exists(
        /// A path.
        path: PathArg,
    ) -> bool { path.0.exists() }

    /// The path with `~` replaced by the home folder.
    fn expanduser(
        /// A path.
        path: PathArg,
    ) -> String { expand_user(&shown(&path.0)) }

    /// The path with `$NAME` replaced by variables of the environment.
    fn expandvars(
        /// A path.
        path: PathArg,
    ) -> String { expand_variables(&shown(&path.0)) }

    /// When a file was changed last, in seconds since 1970.
    fn getmtime(
        /// A path.
        filename: PathArg,
    ) -> Result<f64> {
        use std::os::unix::fs::MetadataExt;
        let about = std::fs::metadata(&filename.0).map_err(|error| os_error(&error, &filename.0))?;
        Ok(about.mtime() as f64 + about.mtime_nsec() as f64 * 1e-9)
    }

    /// How many bytes a file has.
    fn getsize(
        /// A path.
        filename: PathArg,
    ) -> Result<u64> { Ok(std::fs::metadata(&filename.0).map_err(|error| os_error(&error, &filename.0))?.len()) }

    /// Does it begin at the root?
    fn isabs(
        /// A path.
        s: PathArg,
    ) -> bool { s.0.is_absolute() }

    /// Is it a folder?
    ///
    /// ```rdk
    /// import os
    /// os.path.isdir("/")
    /// #> True
    /// ```
    fn isdir(
        /// A path.
        s: PathArg,
    ) -> bool { s.0.is_dir() }

    /// Is it a file?
    fn isfile(
        /// A path.
        path: PathArg,
    ) -> bool { path.0.is_file() }

    /// Is it a link to something else?
    fn islink(
        /// A path.
        path: PathArg,
    ) -> bool { path.0.is_symlink() }

    /// Parts put together to a path.
    ///
    /// ```rdk
    /// import os
    /// os.path.join("data", "2020", "*.csv"), os.path.join("a", "/b")
    /// #> ('data/2020/*.csv', '/b')
    /// ```
    fn join(
        /// The first part.
        path: PathArg,
        /// More parts; one that begins at the root begins anew.
        paths: Rest,
    ) -> Result<String> { join(shown(&path.0), &paths.0) }

    /// The path without `.`, `..` and double slashes.
    ///
    /// ```rdk
    /// import os
    /// os.path.normpath("a/./b//../c")
    /// #> 'a/c'
    /// ```
    fn normpath(
        /// A path.
        path: PathArg,
    ) -> String { normal(&shown(&path.0)) }

    /// The path from the root, with links followed.
    fn realpath(
        /// A path.
        filename: PathArg,
    ) -> String { shown(&filename.0.canonicalize().unwrap_or_else(|_| absolute(&filename.0))) }

    /// The way from one folder to a path.
    ///
    /// ```rdk
    /// import os
    /// os.path.relpath("/a/b/c", "/a/d")
    /// #> '../b/c'
    /// ```
    fn relpath(
        /// A path.
        path: PathArg,
        /// Where to begin; the current folder if not given.
        start: Option<PathArg>,
    ) -> String { relative(&path.0, &start.map_or_else(|| PathBuf::from("."), |start| start.0)) }

    /// All but the last part, and the last part.
    ///
    /// ```rdk
    /// import os
    /// os.path.split("data/a.csv")
    /// #> ('data', 'a.csv')
    /// ```
    fn split(
        /// A path.
        p: PathArg,
    ) -> (String, String) { split(&shown(&p.0)) }

    /// All but the ending, and the ending.
    ///
    /// ```rdk
    /// import os
    /// os.path.splitext("data/a.tar.gz"), os.path.splitext(".bashrc")
    /// #> (('data/a.tar', '.gz'), ('.bashrc', ''))
    /// ```
    fn splitext(
        /// A path.
        p: PathArg,
    ) -> (String, String) { split_ending(&shown(&p.0)) }
}

/// The path from the root, tidied.
pub fn absolute(path: &Path) -> PathBuf {
    let whole = std::env::current_dir().unwrap_or_default().join(path);
    PathBuf::from(normal(&shown(&whole)))
}

fn join(first: String, parts: &[Value]) -> Result<String> {
    let mut path = first;
    for part in parts {
        let Some(PathArg(part)) = PathArg::from_value(part) else {
            bail!(TypeError: "join() argument must be str or a Path, not {}", describe(part))
        };
        let part = shown(&part);
        if part.starts_with('/') {
            path = part;
        } else if path.is_empty() || path.ends_with('/') {
            path.push_str(&part);
        } else {
            path.push('/');
            path.push_str(&part);
        }
    }
    Ok(path)
}

/// All but the last part, and the last part.
pub fn split(path: &str) -> (String, String) {
    let at = path.rfind('/').map_or(0, |at| at + 1);
    let (head, tail) = path.split_at(at);
    let trimmed = head.trim_end_matches('/');
    let head = if trimmed.is_empty() { head } else { trimmed };
    (head.to_string(), tail.to_string())
}

/// All but the ending, and the ending.
pub fn split_ending(path: &str) -> (String, String) {
    let start = path.rfind('/').map_or(0, |at| at + 1);
    let name = &path[start..];
    let leading = name.len() - name.trim_start_matches('.').len();
    match name.rfind('.') {
        Some(dot) if dot >= leading && dot > 0 => (path[..start + dot].to_string(), name[dot..].to_string()),
        _ => (path.to_string(), String::new()),
    }
}

/// Without `.`, `..` and double slashes.
pub fn normal(path: &str) -> String {
    let rooted = path.starts_with('/');
    // Exactly two slashes in front may mean something of their own.
    let root = if path.starts_with("//") && !path.starts_with("///") { "//" } else { "/" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("{root}{joined}"),
        (false, true) => ".".into(),
        (false, false) => joined,
    }
}

fn relative(path: &Path, start: &Path) -> String {
    let (path, start) = (shown(&absolute(path)), shown(&absolute(start)));
    let parts = |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_string).collect::<Vec<_>>();
    let (path, start) = (parts(&path), parts(&start));
    let shared = path.iter().zip(&start).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_string(), start.len() - shared);
    let way: Vec<String> = up.chain(path[shared..].iter().cloned()).collect();
    if way.is_empty() { ".".into() } else { way.join("/") }
}

fn common(context: &Context, paths: &Value) -> Result<String> {
    let mut all: Vec<String> = Vec::new();
    for path in collect(context, paths)? {
        match PathArg::from_value(&path) {
            Some(path) => all.push(shown(&path.0)),
            None => bail!(TypeError: "expected paths, got {}", describe(&path)),
        }
    }
    let Some(first) = all.first() else { bail!("commonpath() arg is an empty sequence") };
    let rooted = first.starts_with('/');
    if all.iter().any(|path| path.starts_with('/') != rooted) {
        bail!("can't mix absolute and relative paths");
    }
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_string).collect()
    };
    let mut shared = parts(first);
    for path in &all[1..] {
        let others = parts(path);
        let n = shared.iter().zip(&others).take_while(|(a, b)| a == b).count();
        shared.truncate(n);
    }
    Ok(format!("{}{}", if rooted { "/" } else { "" }, shared.join("/")))
}

/// `~` and `~/…`; other people's homes stay as they are.
pub fn expand_user(path: &str) -> String {
    match (path.strip_prefix('~'), super::os::variable("HOME")) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            format!("{}{rest}", home.trim_end_matches('/'))
        }
        _ => path.to_string(),
    }
}

fn expand_variables(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, end) =
            match after.strip_prefix('{').and_then(|inner| inner.find('}').map(|end| (&inner[..end], end + 2))) {
                Some(found) => found,
                None => {
                    let n = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                    (&after[..n], n)
                }
            };
        match super::os::variable(name) {
            Some(value) if !name.is_empty() => out.push_str(&value),
            _ => {
                out.push('$');
                out.push_str(&after[..end]);
            }
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    out
}

//! `glob` and `fnmatch`: names that fit a pattern.

use std::path::{Path, PathBuf};

use super::os::names;
use crate::builtins::path::{PathArg, shown};
use crate::builtins::walk::of_items;
use crate::value::Value;
use crate::{builtins, class};

/// The entries of `glob`.
pub fn entries() -> Vec<(&'static str, Value)> {
    class::entries(builtins())
}

builtins! {
    /// The paths that fit a pattern, in order.
    ///
    /// ```rdk
    /// from glob import glob
    /// glob("/dev/nul?")
    /// #> ['/dev/null']
    /// ```
    fn glob(
        /// `*` any letters, `?` one, `[abc]` one of these, `**` any folders.
        pathname: PathArg,
        /// Where relative patterns begin.
        root_dir: Option<PathArg>,
        /// May `**` stand for several folders?
        recursive: bool = false,
    ) -> Vec<String> { find(&shown(&pathname.0), root_dir, recursive) }

    /// The paths that fit a pattern, one after the other.
    fn iglob(
        /// `*` any letters, `?` one, `[abc]` one of these, `**` any folders.
        pathname: PathArg,
        /// Where relative patterns begin.
        root_dir: Option<PathArg>,
        /// May `**` stand for several folders?
        recursive: bool = false,
    ) -> Value { of_items("generator", find(&shown(&pathname.0), root_dir, recursive).into_iter().map(Value::from).collect()) }

    /// The text with the signs of patterns in brackets: they stand for themselves.
    ///
    /// ```rdk
    /// import glob
    /// glob.escape("a*.csv")
    /// #> 'a[*].csv'
    /// ```
    fn escape(
        /// A path.
        pathname: PathArg,
    ) -> String {
        let path = shown(&pathname.0);
        path.chars().map(|c| if matches!(c, '*' | '?' | '[') { format!("[{c}]") } else { c.to_string() }).collect()
    }
}

/// `fnmatch`
pub mod names_only {
    use super::*;
    use crate::context::Context;
    use crate::error::Result;
    use crate::evaluate::collect;

    /// The entries of `fnmatch`.
    pub fn entries() -> Vec<(&'static str, Value)> {
        class::entries(builtins())
    }

    builtins! {
        /// Does a name fit a pattern?
        ///
        /// ```rdk
        /// from fnmatch import fnmatch
        /// fnmatch("data.csv", "*.csv")
        /// #> True
        /// ```
        fn fnmatch(
            /// The name.
            name: String,
            /// The pattern.
            pat: String,
        ) -> bool { fits(&name, &pat) }

        /// The names that fit a pattern.
        fn filter[context](
            /// The names.
            names: Value,
            /// The pattern.
            pat: String,
        ) -> Result<Vec<Value>> { filter(context, &names, &pat) }
    }

    fn filter(context: &Context, names: &Value, pattern: &str) -> Result<Vec<Value>> {
        Ok(collect(context, names)?.into_iter().filter(|name| fits(&name.text(), pattern)).collect())
    }
}

fn find(pattern: &str, root: Option<PathArg>, recursive: bool) -> Vec<String> {
    matches(pattern, root.as_ref().map(|root| root.0.as_path()), recursive)
}

/// The paths that fit, written as the pattern is.
pub fn matches(pattern: &str, root: Option<&Path>, recursive: bool) -> Vec<String> {
    let mut found = vec![if pattern.starts_with('/') { "/".to_string() } else { String::new() }];
    let parts: Vec<&str> = pattern.split('/').collect();
    for (at, part) in parts.iter().enumerate() {
        let last = at + 1 == parts.len();
        if part.is_empty() {
            // A slash at the end asks for folders.
            if last && at > 0 {
                found.retain(|path| place(root, path).is_dir());
                found.iter_mut().filter(|path| !path.ends_with('/')).for_each(|path| path.push('/'));
            }
            continue;
        }
        let mut next = Vec::new();
        for path in &found {
            if *part == "**" && recursive {
                descend(root, path, last, &mut next);
            } else if part.contains(['*', '?', '[']) {
                let entries = names(&place(root, path)).unwrap_or_default();
                let hidden = part.starts_with('.');
                let fitting = entries.into_iter().filter(|name| (hidden || !name.starts_with('.')) && fits(name, part));
                next.extend(fitting.map(|name| join(path, &name)));
            } else {
                let joined = join(path, part);
                let here = place(root, &joined);
                if here.exists() || here.is_symlink() {
                    next.push(joined);
                }
            }
        }
        found = next;
    }
    found.retain(|path| !path.is_empty());
    found
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() || path.ends_with('/') { format!("{path}{name}") } else { format!("{path}/{name}") }
}

fn place(root: Option<&Path>, path: &str) -> PathBuf {
    match (root, path) {
        (Some(root), path) => root.join(path),
        (None, "") => PathBuf::from("."),
        (None, path) => PathBuf::from(path),
    }
}

/// The folder and all in it; with files too if nothing follows in the pattern.
fn descend(root: Option<&Path>, path: &str, files: bool, to: &mut Vec<String>) {
    to.push(if files && !path.is_empty() && !path.ends_with('/') { format!("{path}/") } else { path.to_string() });
    let mut open = vec![path.to_string()];
    while let Some(folder) = open.pop() {
        let mut inner = Vec::new();
        for name in names(&place(root, &folder)).unwrap_or_default() {
            if name.starts_with('.') {
                continue;
            }
            let joined = join(&folder, &name);
            let here = place(root, &joined);
            let is_folder = here.is_dir();
            if files || is_folder {
                to.push(joined.clone());
            }
            if is_folder && !here.is_symlink() {
                inner.push(joined);
            }
        }
        open.extend(inner.into_iter().rev());
    }
}

/// Does the whole name fit the pattern?
pub fn fits(name: &str, pattern: &str) -> bool {
    let (name, pattern): (Vec<char>, Vec<char>) = (name.chars().collect(), pattern.chars().collect());
    let (mut at, mut p) = (0, 0);
    // Where the last star stands, and how far it reaches: to be tried further if the rest does not fit.
    let mut star: Option<(usize, usize)> = None;
    loop {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, at));
            p += 1;
            continue;
        }
        if at == name.len() && p == pattern.len() {
            return true;
        }
        let step = if at < name.len() && p < pattern.len() { one(name[at], &pattern[p..]) } else { None };
        match (step, star) {
            (Some(n), _) => {
                at += 1;
                p += n;
            }
            (None, Some((star_p, reach))) if reach < name.len() => {
                star = Some((star_p, reach + 1));
                at = reach + 1;
                p = star_p + 1;
            }
            _ => return false,
        }
    }
}

/// Does the first sign of the pattern fit this character? How long it is.
fn one(c: char, pattern: &[char]) -> Option<usize> {
    match pattern[0] {
        '?' => Some(1),
        '[' => {
            let negated = matches!(pattern.get(1), Some('!' | '^'));
            let start = if negated { 2 } else { 1 };
            // A bracket that comes first stands for itself.
            let Some(end) = (start + 1..pattern.len()).find(|&at| pattern[at] == ']') else {
                return (c == '[').then_some(1);
            };
            let set = &pattern[start..end];
            let mut found = false;
            let mut at = 0;
            while at < set.len() {
                if at + 2 < set.len() && set[at + 1] == '-' {
                    found |= (set[at]..=set[at + 2]).contains(&c);
                    at += 3;
                } else {
                    found |= set[at] == c;
                    at += 1;
                }
            }
            (found != negated).then_some(end + 1)
        }
        other => (other == c).then_some(1),
    }
}

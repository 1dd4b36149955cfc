//! `pathlib`: paths as values.

use std::any::Any;
use std::fs;
use std::path::{Component, PathBuf};
use std::sync::{Arc, LazyLock};

use rdk_syntax::tree::{BinaryOp, CompareOp};

use crate::builtins::file;
use crate::builtins::path::{PathArg, os_error, shown};
use crate::class::{Class, ClassRef, Module};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::Result;
use crate::object::Object;
use crate::operators::{self, accepts};
use crate::types::types;
use crate::value::Value;
use crate::{Args, Rest, bail, builtins, error};

/// A path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(pub PathBuf);

/// The module `pathlib`.
pub fn module() -> Arc<Module> {
    Module::new("pathlib", "Paths as values.", || {
        ["Path", "PosixPath", "PurePath", "PurePosixPath"].map(|name| (name, Value::Class(CLASS.clone()))).into()
    })
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("PosixPath", "pathlib", "A path.").base(types().object.clone());
    let construct = construct::builtins().pop().expect("one is declared");
    let class = class.construct(construct).methods(statics::builtins());
    Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

mod construct {
    use super::*;

    builtins! {
        /// A path from its parts; the current folder without any.
        ///
        /// ```rdk
        /// from pathlib import Path
        /// Path("data") / "2024" / "a.csv"
        /// #> PosixPath('data/2024/a.csv')
        /// ```
        fn Path(
            /// Texts or paths.
            parts: Rest,
        ) -> Result<Value> { Ok(joined(PathBuf::new(), &parts)?.into()) }
    }
}

/// Functions of the class.
mod statics {
    use super::*;

    builtins! {
        /// The current folder.
        fn cwd() -> Result<Path> { Ok(Path(std::env::current_dir().map_err(|error| os_error(&error, ".".as_ref()))?)) }

        /// The folder of the person.
        fn home() -> Result<Path> {
            match std::env::var_os("HOME") {
                Some(home) if !home.is_empty() => Ok(Path(home.into())),
                _ => bail!(RuntimeError: "Could not determine home directory."),
            }
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// Is there something?
        fn exists(this: Path) -> bool { this.0.exists() }

        /// Is it a file?
        fn is_file(this: Path) -> bool { this.0.is_file() }

        /// Is it a folder?
        fn is_dir(this: Path) -> bool { this.0.is_dir() }

        /// Does it begin at the root?
        ///
        /// ```rdk
        /// from pathlib import Path
        /// Path("/tmp").is_absolute(), Path("tmp").is_absolute()
        /// #> (True, False)
        /// ```
        fn is_absolute(this: Path) -> bool { this.0.is_absolute() }

        /// What is in the folder.
        fn iterdir(this: Path) -> Result<Value> {
            let entries = fs::read_dir(&this.0).map_err(|error| os_error(&error, &this.0))?;
            let paths = entries.filter_map(|entry| Some(Path(this.0.join(entry.ok()?.file_name())).into()));
            Ok(walked(paths.collect()))
        }

        /// What is in the folder and fits a pattern such as `*.csv` or `**/*.csv`.
        ///
        /// ```rdk
        /// from pathlib import Path
        /// sorted(Path("/dev").glob("nul?"))
        /// #> [PosixPath('/dev/null')]
        /// ```
        fn glob(
            this: Path,
            /// The pattern.
            pattern: String,
        ) -> Result<Value> { glob_in(&this, &pattern) }

        /// The same in all folders below too.
        fn rglob(
            this: Path,
            /// The pattern.
            pattern: String,
        ) -> Result<Value> { glob_in(&this, &format!("**/{pattern}")) }

        /// The file as text.
        fn read_text[context](
            this: Path,
            /// How it is encoded.
            encoding: Option<String>,
            /// What to do with what cannot be decoded: `strict`, `ignore`, `replace`.
            errors: Option<String>,
        ) -> Result<Value> {
            let open = file::open(&this.0, "r", encoding.as_deref(), errors.as_deref(), None)?;
            method(context, &open, "read", [])
        }

        /// The file as bytes.
        fn read_bytes(this: Path) -> Result<Value> {
            Ok(Value::Bytes(fs::read(&this.0).map_err(|error| os_error(&error, &this.0))?.into()))
        }

        /// Writes a file anew; gives how many characters.
        fn write_text[context](
            this: Path,
            /// The text.
            data: Value,
            /// How it is encoded.
            encoding: Option<String>,
            /// What to do with what cannot be encoded: `strict`, `ignore`, `replace`.
            errors: Option<String>,
        ) -> Result<Value> {
            if !matches!(data, Value::Str(_)) {
                bail!(TypeError: "data must be str, not {}", data.class().name; hint: "`str(x)` makes text");
            }
            let open = file::open(&this.0, "w", encoding.as_deref(), errors.as_deref(), None)?;
            let n = method(context, &open, "write", [data])?;
            method(context, &open, "close", []).map(|_| n)
        }

        /// Writes a file anew; gives how many bytes.
        fn write_bytes(
            this: Path,
            /// The bytes.
            data: Arc<[u8]>,
        ) -> Result<usize> {
            fs::write(&this.0, &data).map_err(|error| os_error(&error, &this.0))?;
            Ok(data.len())
        }

        /// Opens the file.
        fn open(
            this: Path,
            /// `r` read, `w` write anew, `a` append, `x` only if it is not there; `b` for bytes.
            mode: String = "r",
            /// How large pieces are; chosen well without it.
            buffering: i64 = -1,
            /// How it is encoded.
            encoding: Option<String>,
            /// What to do with what cannot be encoded or decoded.
            errors: Option<String>,
            /// How lines end.
            newline: Option<String>,
        ) -> Result<Value> {
            let _ = buffering;
            file::open(&this.0, &mode, encoding.as_deref(), errors.as_deref(), newline.as_deref())
        }

        /// Makes the folder.
        fn mkdir(
            this: Path,
            /// What others may do with it; accepted, not used.
            mode: i64 = 511,
            /// Whether the folders above are made too.
            parents: bool = false,
            /// Whether it may be there already.
            exist_ok: bool = false,
        ) -> Result<()> {
            let _ = mode;
            if exist_ok && this.0.is_dir() {
                return Ok(());
            }
            if parents && let Some(above) = this.0.parent() {
                fs::create_dir_all(above).map_err(|error| os_error(&error, above))?;
            }
            fs::create_dir(&this.0).map_err(|error| os_error(&error, &this.0))
        }

        /// Removes the file.
        fn unlink(
            this: Path,
            /// Whether it need not be there.
            missing_ok: bool = false,
        ) -> Result<()> {
            match fs::remove_file(&this.0) {
                Err(error) if missing_ok && error.kind() == std::io::ErrorKind::NotFound => Ok(()),
                other => other.map_err(|error| os_error(&error, &this.0)),
            }
        }

        /// Removes the empty folder.
        fn rmdir(this: Path) -> Result<()> { fs::remove_dir(&this.0).map_err(|error| os_error(&error, &this.0)) }

        /// Makes an empty file, if it is not there.
        fn touch(this: Path) -> Result<()> {
            let made = fs::OpenOptions::new().append(true).create(true).open(&this.0);
            made.map(drop).map_err(|error| os_error(&error, &this.0))
        }

        /// Gives it another name.
        fn rename(
            this: Path,
            /// The new path.
            target: PathArg,
        ) -> Result<Path> {
            fs::rename(&this.0, &target.0).map_err(|error| os_error(&error, &this.0))?;
            Ok(Path(target.0))
        }

        /// The same with further parts.
        fn joinpath(
            this: Path,
            /// Texts or paths.
            parts: Rest,
        ) -> Result<Path> { joined(this.0, &parts) }

        /// The same with another ending.
        ///
        /// ```rdk
        /// from pathlib import Path
        /// Path("a/b.tar.gz").with_suffix(".zip"), Path("a/b.csv").with_name("c.csv")
        /// #> (PosixPath('a/b.tar.zip'), PosixPath('a/c.csv'))
        /// ```
        fn with_suffix(
            this: Path,
            /// The ending with its dot; empty takes it away.
            suffix: String,
        ) -> Result<Path> {
            if !(suffix.is_empty() || suffix.starts_with('.') && suffix.len() > 1 && !suffix.contains('/')) {
                bail!("Invalid suffix {}", Value::from(suffix).repr(); hint: "it begins with a dot");
            }
            renamed(&this, &format!("{}{suffix}", stem_and_suffix(&this).0))
        }

        /// The same with another last part.
        fn with_name(
            this: Path,
            /// The name.
            name: String,
        ) -> Result<Path> { renamed(&this, &name) }

        /// The same with another last part before the ending.
        fn with_stem(
            this: Path,
            /// The name without ending.
            stem: String,
        ) -> Result<Path> { renamed(&this, &format!("{stem}{}", stem_and_suffix(&this).1)) }

        /// From the root, without `..` and links.
        fn resolve(this: Path) -> Path { Path(fs::canonicalize(&this.0).unwrap_or_else(|_| plain(&this.0))) }

        /// From the root.
        fn absolute(this: Path) -> Path { Path(std::path::absolute(&this.0).unwrap_or(this.0)) }

        /// With the person's folder instead of `~`.
        fn expanduser(this: Path) -> Path {
            match (this.0.strip_prefix("~"), std::env::var_os("HOME")) {
                (Ok(rest), Some(home)) => Path(PathBuf::from(home).join(rest)),
                _ => this,
            }
        }

        /// What is left after the beginning that is another path.
        ///
        /// ```rdk
        /// from pathlib import Path
        /// Path("/a/b/c").relative_to("/a")
        /// #> PosixPath('b/c')
        /// ```
        fn relative_to(
            this: Path,
            /// The beginning.
            other: PathArg,
        ) -> Result<Path> {
            match this.0.strip_prefix(&other.0) {
                Ok(rest) => Ok(Path(rest.to_path_buf())),
                Err(_) => bail!("'{}' is not in the subpath of '{}'", shown(&this.0), shown(&other.0)),
            }
        }

        /// With slashes, as text.
        fn as_posix(this: Path) -> String { text(&this.0) }

        /// Size in bytes and the like.
        fn stat[context](this: Path) -> Result<Value> {
            let os = context.shared.library.import("os")?;
            let stat = os.get("stat").ok_or_else(|| error!(AttributeError: "module 'os' has no attribute 'stat'"))?;
            context.call(&stat, Args::one(this.into()))
        }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The last part.
        ///
        /// ```rdk
        /// from pathlib import Path
        /// p = Path("/data/a.tar.gz")
        /// p.name, p.stem, p.suffix, p.suffixes, p.parent, p.parts
        /// #> ('a.tar.gz',
        /// #>  'a.tar',
        /// #>  '.gz',
        /// #>  ['.tar', '.gz'],
        /// #>  PosixPath('/data'),
        /// #>  ('/', 'data', 'a.tar.gz'))
        /// ```
        fn name(this: Path) -> String { name(&this) }

        /// The last part without its ending.
        fn stem(this: Path) -> String { stem_and_suffix(&this).0 }

        /// The ending with its dot.
        fn suffix(this: Path) -> String { stem_and_suffix(&this).1 }

        /// All endings.
        fn suffixes(this: Path) -> Vec<String> {
            let name = name(&this);
            if name.ends_with('.') {
                return Vec::new();
            }
            name.trim_start_matches('.').split('.').skip(1).map(|part| format!(".{part}")).collect()
        }

        /// The folder that it is in.
        fn parent(this: Path) -> Path { this.above() }

        /// All folders that it is in, innermost first.
        fn parents(this: Path) -> Value {
            let mut all = Vec::new();
            let mut path = this;
            while path.above() != path {
                path = path.above();
                all.push(Value::from(path.clone()));
            }
            Value::tuple(all)
        }

        /// The parts as texts.
        fn parts(this: Path) -> Value { Value::tuple(this.0.components().map(|part| Value::from(part.as_os_str().to_string_lossy().into_owned()))) }

        /// The root, if it begins there.
        fn root(this: Path) -> &'static str { if this.0.is_absolute() { "/" } else { "" } }

        /// The root, if it begins there.
        fn anchor(this: Path) -> &'static str { if this.0.is_absolute() { "/" } else { "" } }
    }
}

impl Path {
    /// The folder that it is in; the path itself at the root.
    fn above(&self) -> Path {
        Path(self.0.parent().map_or_else(|| self.0.clone(), PathBuf::from))
    }
}

/// Without empty parts and single dots; `.` if nothing is left.
fn text(path: &std::path::Path) -> String {
    let clean: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if clean.as_os_str().is_empty() { ".".into() } else { shown(&clean) }
}

/// Without `..`, where nothing says what it would lead to.
fn plain(path: &std::path::Path) -> PathBuf {
    let mut out = std::env::current_dir().unwrap_or_default();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}

fn name(path: &Path) -> String {
    path.0.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn stem_and_suffix(path: &Path) -> (String, String) {
    let name = name(path);
    match name.rfind('.') {
        Some(at) if at > 0 && at + 1 < name.len() => (name[..at].to_string(), name[at..].to_string()),
        _ => (name, String::new()),
    }
}

fn renamed(path: &Path, new: &str) -> Result<Path> {
    if name(path).is_empty() {
        bail!("{} has an empty name", path.repr());
    }
    if new.is_empty() || new.contains('/') || new == "." {
        bail!("Invalid name {}", Value::str(new).repr());
    }
    Ok(Path(path.0.with_file_name(new)))
}

fn joined(mut path: PathBuf, parts: &Rest) -> Result<Path> {
    for part in &parts.0 {
        let Some(part) = PathArg::from_value(part) else {
            bail!(TypeError: "expected str, bytes or os.PathLike object, not {}", part.class().name);
        };
        path.push(part.0);
    }
    Ok(Path(path.components().filter(|part| *part != Component::CurDir).collect()))
}

fn walked(mut paths: Vec<Value>) -> Value {
    paths.reverse();
    Value::iter("generator", move |_| paths.pop().map(Ok))
}

fn glob_in(folder: &Path, pattern: &str) -> Result<Value> {
    if pattern.is_empty() {
        bail!("Unacceptable pattern: ''");
    }
    if pattern.starts_with('/') {
        bail!(NotImplementedError: "Non-relative patterns are unsupported"; hint: "`Path(\"/…\").glob(…)`");
    }
    let folder_text = glob::Pattern::escape(&shown(&folder.0));
    let whole = if folder_text.is_empty() {
        pattern.to_string()
    } else {
        format!("{}/{pattern}", folder_text.trim_end_matches('/'))
    };
    let options = glob::MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: false,
    };
    let found = glob::glob_with(&whole, options).map_err(|problem| error!("Unacceptable pattern: {problem}"))?;
    Ok(walked(found.filter_map(|path| Some(Path(path.ok()?).into())).collect()))
}

/// Calls a method of an open file.
fn method<const N: usize>(context: &Context, value: &Value, name: &str, args: [Value; N]) -> Result<Value> {
    let method = operators::attribute(context, value, name)?;
    context.call(&method, Args::of(args))
}

impl From<Path> for Value {
    fn from(path: Path) -> Value {
        Value::object(path)
    }
}

impl FromValue for Path {
    fn expected() -> &'static str {
        "a Path"
    }

    fn from_value(value: &Value) -> Option<Path> {
        value.get::<Path>().cloned()
    }
}

impl Object for Path {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("PosixPath({})", Value::from(text(&self.0)).repr())
    }

    fn str(&self) -> String {
        text(&self.0)
    }

    fn binary(&self, _context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        let other = PathArg::from_value(other).filter(|_| op == BinaryOp::Div)?.0;
        let (left, right) = if reflected { (other, self.0.clone()) } else { (self.0.clone(), other) };
        Some(joined(left, &Rest(vec![Value::from(Path(right))])).map(Into::into))
    }

    fn compare(&self, _context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = other.get::<Path>()?;
        Some(Ok(Value::Bool(accepts(op, self.cmp(other)))))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("pathlib.Path"), Value::from(text(&self.0))]))
    }
}

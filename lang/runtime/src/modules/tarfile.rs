//! `tarfile`: archives of files, read only.

use std::any::Any;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, LazyLock};

use flate2::read::MultiGzDecoder;
use parking_lot::Mutex;
use tar::{Archive, Entry};

use crate::builtins::path::{PathArg, os_error, shown};
use crate::class::{Class, ClassRef, Module, entries};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::{Error, Kind, Result};
use crate::object::Object;
use crate::types::{exception, types};
use crate::value::Value;
use crate::{bail, builtins, error};

/// The module `tarfile`.
pub fn module() -> Arc<Module> {
    Module::new("tarfile", "Archives of files, read only.", || {
        let mut names = entries(builtins());
        names.push(("TarFile", Value::Class(ARCHIVE.clone())));
        names.push(("ReadError", Value::Class(exception(Kind::OSError).clone())));
        names
    })
}

builtins! {
    /// Opens an archive.
    ///
    /// ```rdk
    /// import tarfile
    /// try:
    ///     tarfile.open("/dev/null/none.tar.gz", mode="r:gz")
    /// except OSError as error:
    ///     print(type(error).__name__)
    /// #> NotADirectoryError
    /// ```
    fn open(
        /// Its path.
        name: PathArg,
        /// `r`, `r:gz` or `r:`; without `:` the file says itself whether it is compressed.
        mode: Arc<str> = "r",
    ) -> Result<Value> {
        if !matches!(&*mode, "r" | "r:*" | "r:" | "r:gz" | "r|" | "r|*" | "r|gz") {
            bail!("mode '{mode}' is not there yet"; hint: "archives can be read: `r`, `r:gz`");
        }
        let archive = TarFile { path: name.0, closed: Mutex::new(false) };
        archive.each(|_| Ok(false))?;
        Ok(Value::object(Shared(Arc::new(archive))))
    }
}

/// An open archive. Each question reads the file from its beginning; nothing of it stays in memory.
struct TarFile {
    path: PathBuf,
    closed: Mutex<bool>,
}

#[derive(Clone)]
struct Shared(Arc<TarFile>);

/// What is known of a file in an archive.
#[derive(Clone)]
struct Member {
    name: String,
    size: u64,
    kind: tar::EntryType,
}

static ARCHIVE: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("TarFile", "tarfile", "An open archive.").base(types().object.clone());
    Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

static MEMBER: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("TarInfo", "tarfile", "A file in an archive.").base(types().object.clone());
    Arc::new(class.methods(member::methods::builtins()).properties(member::properties::builtins()))
});

mod methods {
    use super::*;

    builtins! {
        /// The names of all files and folders.
        fn getnames(this: Shared) -> Result<Vec<String>> { Ok(this.0.members()?.into_iter().map(|member| member.name).collect()) }

        /// All files and folders.
        fn getmembers(this: Shared) -> Result<Vec<Value>> { Ok(this.0.members()?.into_iter().map(Value::object).collect()) }

        /// Writes all files into a folder. Those that would land outside of it are refused.
        fn extractall[context](
            this: Shared,
            /// The folder.
            path: Option<PathArg>,
            /// Which ones; all if not given.
            members: Option<Vec<Value>>,
            /// Accepted, not used: files never land outside of the folder.
            filter: Option<Value>,
        ) -> Result<()> {
            let _ = filter;
            let wanted = members.map(|members| members.iter().map(name_of).collect::<Result<Vec<_>>>()).transpose()?;
            let folder = path.map_or_else(|| PathBuf::from("."), |path| path.0);
            this.0.extract(context, &folder, |name| wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|other| other == name))).map(drop)
        }

        /// Writes one file into a folder.
        fn extract[context](
            this: Shared,
            /// Its name, or what `getmembers` gives.
            member: Value,
            /// The folder.
            path: Option<PathArg>,
            /// Accepted, not used: files never land outside of the folder.
            filter: Option<Value>,
        ) -> Result<()> {
            let _ = filter;
            let wanted = name_of(&member)?;
            let folder = path.map_or_else(|| PathBuf::from("."), |path| path.0);
            match this.0.extract(context, &folder, |name| name == wanted)? {
                0 => bail!(KeyError: "filename '{wanted}' not found"),
                _ => Ok(()),
            }
        }

        /// Closes the archive.
        fn close(this: Shared) -> () { *this.0.closed.lock() = true; }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// The path of the archive.
        fn name(this: Shared) -> String { shown(&this.0.path) }
    }
}

mod member {
    use super::*;

    pub mod methods {
        use super::*;

        builtins! {
            /// Is it a file?
            fn isfile(this: Member) -> bool { this.kind.is_file() }

            /// Is it a folder?
            fn isdir(this: Member) -> bool { this.kind.is_dir() }
        }
    }

    pub mod properties {
        use super::*;

        builtins! {
            /// Its path in the archive.
            fn name(this: Member) -> String { this.name }

            /// How many bytes it has.
            fn size(this: Member) -> u64 { this.size }
        }
    }
}

fn name_of(member: &Value) -> Result<String> {
    match (member.as_str(), member.get::<Member>()) {
        (Some(name), _) => Ok(name.to_string()),
        (_, Some(member)) => Ok(member.name.clone()),
        _ => bail!(TypeError: "expected the name of a file in the archive, got {}", describe(member)),
    }
}

impl TarFile {
    /// Every entry in turn, until told to stop.
    fn each(&self, mut take: impl FnMut(&mut Entry<'_, Box<dyn Read>>) -> Result<bool>) -> Result<()> {
        if *self.closed.lock() {
            bail!(OSError: "TarFile is closed");
        }
        let failed = |error: std::io::Error| match error.raw_os_error() {
            Some(_) => os_error(&error, &self.path),
            None => error!(OSError: "cannot read the archive `{}`: {error}", shown(&self.path)),
        };
        let mut file = BufReader::with_capacity(1 << 16, File::open(&self.path).map_err(failed)?);
        let packed = std::io::BufRead::fill_buf(&mut file).map_err(failed)?.starts_with(&[0x1f, 0x8b]);
        let reader: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let mut archive = Archive::new(reader);
        for entry in archive.entries().map_err(failed)? {
            if !take(&mut entry.map_err(failed)?)? {
                break;
            }
        }
        Ok(())
    }

    fn members(&self) -> Result<Vec<Member>> {
        let mut all = Vec::new();
        self.each(|entry| {
            let name = entry_name(entry);
            all.push(Member { name, size: entry.size(), kind: entry.header().entry_type() });
            Ok(true)
        })?;
        Ok(all)
    }

    /// Writes those that are wanted; gives how many there were.
    fn extract(&self, context: &Context, folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<usize> {
        std::fs::create_dir_all(folder).map_err(|error| os_error(&error, folder))?;
        let mut n = 0;
        self.each(|entry| {
            context.check()?;
            let name = entry_name(entry);
            if !wanted(&name) {
                return Ok(true);
            }
            let leaves =
                Path::new(&name).components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
            // `unpack_in` looks at links too, and does nothing where it would leave the folder.
            let written = !leaves && entry.unpack_in(folder).map_err(|error| os_error(&error, &folder.join(&name)))?;
            if !written {
                bail!(OSError: "'{name}' would be extracted outside the folder `{}`", shown(folder));
            }
            n += 1;
            Ok(true)
        })?;
        Ok(n)
    }
}

fn entry_name(entry: &Entry<'_, Box<dyn Read>>) -> String {
    String::from_utf8_lossy(&entry.path_bytes()).trim_end_matches('/').to_string()
}

impl FromValue for Shared {
    fn expected() -> &'static str {
        "an archive"
    }

    fn from_value(value: &Value) -> Option<Shared> {
        value.get::<Shared>().cloned()
    }
}

impl FromValue for Member {
    fn expected() -> &'static str {
        "a file of an archive"
    }

    fn from_value(value: &Value) -> Option<Member> {
        value.get::<Member>().cloned()
    }
}

impl Object for Shared {
    fn class(&self) -> ClassRef {
        ARCHIVE.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<tarfile.TarFile {}>", Value::from(shown(&self.0.path)).repr())
    }

    fn iter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(self.0.members().map(|members| Value::list(members.into_iter().map(Value::object))))
    }

    fn enter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, _context: &Context, _error: Option<&Error>) -> Result<bool> {
        *self.0.closed.lock() = true;
        Ok(false)
    }
}

impl Object for Member {
    fn class(&self) -> ClassRef {
        MEMBER.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<TarInfo {}>", Value::str(&self.name).repr())
    }
}

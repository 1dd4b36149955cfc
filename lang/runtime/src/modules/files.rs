//! `shutil` and `tempfile`: whole files and folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::named_tuple::NamedTuple;
use super::os::{at, environment};
use crate::builtins::path::{PathArg, shown};
use crate::class::{self, ClassRef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins};

/// The entries of `shutil`.
pub fn entries() -> Vec<(&'static str, Value)> {
    class::entries(builtins())
}

builtins! {
    /// Copies a file; into a folder under its own name.
    fn copy(
        /// The file.
        src: PathArg,
        /// Where to.
        dst: PathArg,
    ) -> Result<String> { copy(&src.0, &dst.0) }

    /// Copies a file; into a folder under its own name.
    fn copy2(
        /// The file.
        src: PathArg,
        /// Where to.
        dst: PathArg,
    ) -> Result<String> { copy(&src.0, &dst.0) }

    /// Copies a file.
    fn copyfile(
        /// The file.
        src: PathArg,
        /// Where to.
        dst: PathArg,
    ) -> Result<String> { at(&src.0, fs::copy(&src.0, &dst.0))?; Ok(shown(&dst.0)) }

    /// Copies a folder with all that is in it.
    fn copytree[context](
        /// The folder.
        src: PathArg,
        /// Where to.
        dst: PathArg,
        /// No error if it is there already?
        dirs_exist_ok: bool = false,
    ) -> Result<String> {
        super::os::make_all(&dst.0, dirs_exist_ok)?;
        copy_all(context, &src.0, &dst.0)?;
        Ok(shown(&dst.0))
    }

    /// How much room a disk has, in bytes.
    fn disk_usage(
        /// A path on the disk.
        path: PathArg,
    ) -> Result<Value> { disk_usage(&path.0) }

    /// Moves a file or folder.
    fn r#move[context](
        /// What to move.
        src: PathArg,
        /// Where to.
        dst: PathArg,
    ) -> Result<String> {
        let to = inside(&src.0, &dst.0);
        if fs::rename(&src.0, &to).is_err() {
            // From one disk to another.
            if src.0.is_dir() {
                at(&to, fs::create_dir_all(&to))?;
                copy_all(context, &src.0, &to)?;
                at(&src.0, fs::remove_dir_all(&src.0))?;
            } else {
                at(&src.0, fs::copy(&src.0, &to))?;
                at(&src.0, fs::remove_file(&src.0))?;
            }
        }
        Ok(shown(&to))
    }

    /// Removes a folder with all that is in it.
    fn rmtree(
        /// The folder.
        path: PathArg,
        /// No error whatever happens?
        ignore_errors: bool = false,
    ) -> Result<()> {
        match at(&path.0, fs::remove_dir_all(&path.0)) {
            Err(error) if !ignore_errors => Err(error),
            _ => Ok(()),
        }
    }

    /// Where a program is found.
    fn which(
        /// Its name.
        cmd: String,
    ) -> Option<String> { which(&cmd) }
}

fn inside(src: &Path, dst: &Path) -> PathBuf {
    match (dst.is_dir(), src.file_name()) {
        (true, Some(name)) => dst.join(name),
        _ => dst.to_path_buf(),
    }
}

fn copy(src: &Path, dst: &Path) -> Result<String> {
    let to = inside(src, dst);
    at(src, fs::copy(src, &to))?;
    Ok(shown(&to))
}

fn copy_all(context: &Context, src: &Path, dst: &Path) -> Result<()> {
    let mut open = vec![(src.to_path_buf(), dst.to_path_buf())];
    while let Some((from, to)) = open.pop() {
        at(&to, fs::create_dir_all(&to))?;
        for entry in at(&from, fs::read_dir(&from))? {
            context.check()?;
            let entry = at(&from, entry)?;
            let (path, target) = (entry.path(), to.join(entry.file_name()));
            if path.is_dir() && !path.is_symlink() {
                open.push((path, target));
            } else {
                at(&path, fs::copy(&path, &target))?;
            }
        }
    }
    Ok(())
}

fn disk_usage(path: &Path) -> Result<Value> {
    use std::os::unix::ffi::OsStrExt;
    let Ok(text) = std::ffi::CString::new(path.as_os_str().as_bytes()) else { bail!("embedded null byte") };
    // SAFETY: the path ends in zero and the struct is ours; on failure it is not looked at.
    let (failed, about) = unsafe {
        let mut about: libc::statvfs = std::mem::zeroed();
        (libc::statvfs(text.as_ptr(), &mut about) != 0, about)
    };
    if failed {
        return Err(crate::builtins::path::os_error(&std::io::Error::last_os_error(), path));
    }
    #[allow(clippy::unnecessary_cast)]
    let (unit, all, left, usable) =
        (about.f_frsize as u64, about.f_blocks as u64, about.f_bfree as u64, about.f_bavail as u64);
    let numbers = vec![(all * unit).into(), ((all - left) * unit).into(), (usable * unit).into()];
    Ok(NamedTuple::new("usage", &["total", "used", "free"], numbers))
}

fn which(name: &str) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let runs =
        |path: &Path| path.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0);
    if name.contains('/') {
        return runs(Path::new(name)).then(|| name.to_string());
    }
    let path = environment().into_iter().find(|(variable, _)| variable == "PATH")?.1;
    path.split(':').map(|folder| Path::new(folder).join(name)).find(|path| runs(path)).map(|path| shown(&path))
}

/// `tempfile`
pub mod temporary {
    use super::*;

    /// The entries of `tempfile`.
    pub fn entries() -> Vec<(&'static str, Value)> {
        class::entries(builtins())
    }

    builtins! {
        /// A new folder that is removed at the end of its `with` block.
        ///
        /// ```rdk
        /// import os, tempfile
        /// with tempfile.TemporaryDirectory() as folder:
        ///     print(os.path.isdir(folder))
        /// os.path.exists(folder)
        /// #> True
        /// #> False
        /// ```
        fn TemporaryDirectory(
            /// The end of its name.
            suffix: String = "",
            /// The beginning of its name.
            prefix: String = "tmp",
            /// The folder to make it in.
            dir: Option<PathArg>,
        ) -> Result<Value> { Ok(Value::object(Folder(make(&suffix, &prefix, dir)?))) }

        /// Where temporary files go.
        fn gettempdir() -> String { shown(&std::env::temp_dir()) }

        /// A new folder, to be removed by whoever makes it.
        fn mkdtemp(
            /// The end of its name.
            suffix: String = "",
            /// The beginning of its name.
            prefix: String = "tmp",
            /// The folder to make it in.
            dir: Option<PathArg>,
        ) -> Result<String> { Ok(shown(&make(&suffix, &prefix, dir)?)) }
    }

    fn make(suffix: &str, prefix: &str, dir: Option<PathArg>) -> Result<PathBuf> {
        let folder = dir.map_or_else(std::env::temp_dir, |dir| dir.0);
        let mut tries = 0;
        loop {
            let token = rdk_graph::Token::fresh().0[0] & 0xffff_ffff;
            let path = folder.join(format!("{prefix}{token:08x}{suffix}"));
            tries += 1;
            match fs::create_dir(&path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && tries < 100 => {}
                Err(error) => return at(&path, Err(error)),
            }
        }
    }

    /// A folder that goes away.
    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    impl Object for Folder {
        fn class(&self) -> ClassRef {
            types().object.clone()
        }

        fn as_any(&self) -> &dyn std::any::Any {
            self
        }

        fn repr(&self) -> String {
            format!("<TemporaryDirectory {}>", Value::from(shown(&self.0)).repr())
        }

        fn attribute(&self, _context: &Context, name: &str) -> Option<Result<Value>> {
            (name == "name").then(|| Ok(Value::from(shown(&self.0))))
        }

        fn enter(&self, _context: &Context) -> Option<Result<Value>> {
            Some(Ok(Value::from(shown(&self.0))))
        }

        fn exit(&self, _context: &Context, _error: Option<&Error>) -> Result<bool> {
            at(&self.0, fs::remove_dir_all(&self.0))?;
            Ok(false)
        }
    }
}

//! Data put aside on disk: a folder of this process, bounded, removed when it ends. Another place may be asked for at any time:
//! what lies in the old one stays there, and the old folder goes with the last file in it.
//!
//! A folder whose process died without removing it is removed by the next one that spills. A lock on a file inside tells
//! the living from the dead; process numbers would not, where several containers share one temporary folder.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::Payload;

const PREFIX: &str = "rdk-spill-";
const LOCK: &str = "lock";

/// Where data goes that finds no room in memory.
#[derive(Debug)]
pub struct Spill {
    /// Bytes that may lie there at most; `None`: nine tenths of what is free at first use.
    limit: Option<u64>,
    place: Mutex<Place>,
    used: AtomicU64,
    count: AtomicU64,
}

/// Where new files go.
#[derive(Debug)]
struct Place {
    /// The folder that ours is made in.
    parent: PathBuf,
    folder: Option<Arc<Folder>>,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    limit: u64,
    /// Held as long as the folder is in use.
    _lock: File,
}

/// Where a piece of data lies and how to read it.
#[derive(Debug)]
pub(crate) struct Entry {
    path: PathBuf,
    bytes: u64,
    reader: fn(&mut dyn io::Read) -> io::Result<Payload>,
    /// Where it lies; stays as long as anything does.
    _folder: Arc<Folder>,
}

impl Entry {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Spill {
    /// Makes a folder inside this one when it is first needed.
    pub fn new(parent: Option<PathBuf>, limit: Option<u64>) -> Spill {
        let parent = parent.unwrap_or_else(std::env::temp_dir);
        Spill {
            limit,
            place: Mutex::new(Place { parent, folder: None }),
            used: AtomicU64::new(0),
            count: AtomicU64::new(0),
        }
    }

    /// From now on in this folder, or in that of the system; it is made when it is needed.
    pub fn move_to(&self, parent: Option<&Path>) {
        let mut place = self.place.lock();
        let system = parent.is_none().then(std::env::temp_dir);
        let Some(parent) = parent.or(system.as_deref()).filter(|parent| **parent != place.parent) else { return };
        place.parent = parent.to_path_buf();
        place.folder = None;
    }

    /// Bytes that lie on disk.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Writes it to a file.
    pub(crate) fn put(&self, payload: &Payload) -> io::Result<Entry> {
        self.put_as(payload.0.reader(), |to| {
            let mut buffered = BufWriter::with_capacity(1 << 20, to);
            let result = payload.0.write(&mut buffered).and_then(|()| buffered.flush());
            // What is still in the buffer after a failure must not be tried again.
            let _ = buffered.into_parts();
            result
        })
    }

    /// Whatever this writes, in a file that is not read back as a whole.
    pub(crate) fn put_with(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Entry> {
        self.put_as(|_| Err(io::ErrorKind::Unsupported.into()), write)
    }

    fn put_as(
        &self,
        reader: fn(&mut dyn io::Read) -> io::Result<Payload>,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Entry> {
        let folder = self.folder()?;
        let named = |problem: io::Error| match problem.kind() {
            // Nobody is told of these.
            io::ErrorKind::Unsupported | io::ErrorKind::Interrupted => problem,
            kind => io::Error::new(kind, format!("{problem} (in `{}`)", parent_of(&folder.path))),
        };
        let path = folder.path.join(format!("{}.data", self.count.fetch_add(1, Ordering::Relaxed)));
        let mut file = Counted {
            file: File::create_new(&path).map_err(named)?,
            written: 0,
            used: &self.used,
            limit: folder.limit,
        };
        match write(&mut file) {
            Ok(()) => Ok(Entry { path, bytes: file.written, reader, _folder: folder }),
            Err(problem) => {
                self.used.fetch_sub(file.written, Ordering::Relaxed);
                let _ = fs::remove_file(&path);
                Err(named(problem))
            }
        }
    }

    /// Reads it back.
    pub(crate) fn get(&self, entry: &Entry) -> io::Result<Payload> {
        (entry.reader)(&mut BufReader::with_capacity(1 << 20, File::open(&entry.path)?))
    }

    /// Removes the file.
    pub(crate) fn remove(&self, entry: Entry) {
        self.used.fetch_sub(entry.bytes, Ordering::Relaxed);
        let _ = fs::remove_file(&entry.path);
    }

    fn folder(&self) -> io::Result<Arc<Folder>> {
        let mut place = self.place.lock();
        if let Some(folder) = &place.folder {
            return Ok(folder.clone());
        }
        remove_stale(&place.parent);
        let (path, lock) = new_folder(&place.parent).map_err(|problem| {
            io::Error::new(problem.kind(), format!("no folder can be made in `{}`: {problem}", place.parent.display()))
        })?;
        let free = || Some((free_space(&path)? / 10 * 9).saturating_add(self.used()));
        let limit = self.limit.or_else(free).unwrap_or(u64::MAX);
        at_exit::remove(&path);
        let folder = Arc::new(Folder { path, limit, _lock: lock });
        place.folder = Some(folder.clone());
        Ok(folder)
    }
}

/// The folder that the user knows, for a message.
fn parent_of(folder: &Path) -> String {
    folder.parent().unwrap_or(folder).display().to_string()
}

impl Drop for Folder {
    fn drop(&mut self) {
        at_exit::forget(&self.path);
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Counts bytes before they are written, and stops at the limit as a full disk does.
struct Counted<'a> {
    file: File,
    written: u64,
    used: &'a AtomicU64,
    limit: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.used.load(Ordering::Relaxed).saturating_add(bytes.len() as u64) > self.limit {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "the space allowed for it is used up"));
        }
        let written = self.file.write(bytes)?;
        self.written += written as u64;
        self.used.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn new_folder(parent: &Path) -> io::Result<(PathBuf, File)> {
    fs::create_dir_all(parent)?;
    let name = format!("{PREFIX}{}-{}", std::process::id(), crate::Token::fresh());
    let path = parent.join(name);
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&path)?;
    let lock = File::create_new(path.join(LOCK))?;
    // Some network folders know no locks; there nobody can tell that we are dead, and nothing is removed.
    let _ = lock.try_lock();
    Ok((path, lock))
}

/// Removes the folders of processes that are gone.
fn remove_stale(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        // Without a lock file it is being made just now.
        if let Ok(lock) = File::open(entry.path().join(LOCK))
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(unix)]
fn free_space(path: &Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::ffi::CString::new(path.as_os_str().as_bytes()).ok()?;
    let mut facts = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: the path ends with a zero byte, and `facts` is as large as the call expects.
    let facts = unsafe { (libc::statvfs(path.as_ptr(), facts.as_mut_ptr()) == 0).then(|| facts.assume_init()) }?;
    #[allow(clippy::unnecessary_cast)] // Narrower on other systems.
    Some((facts.f_bavail as u64).saturating_mul(facts.f_frsize as u64))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

/// `exit` runs no destructors of what other threads and statics hold; this removes their folders all the same.
mod at_exit {
    use std::path::{Path, PathBuf};
    use std::sync::Once;

    use parking_lot::Mutex;

    static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

    pub fn remove(path: &Path) {
        static REGISTERED: Once = Once::new();
        REGISTERED.call_once(|| {
            // SAFETY: the function takes nothing, gives nothing and does not unwind.
            unsafe { libc::atexit(remove_all) };
        });
        FOLDERS.lock().push(path.to_path_buf());
    }

    pub fn forget(path: &Path) {
        FOLDERS.lock().retain(|known| known != path);
    }

    extern "C" fn remove_all() {
        if let Some(folders) = FOLDERS.try_lock() {
            for folder in folders.iter() {
                let _ = std::fs::remove_dir_all(folder);
            }
        }
    }
}

//! `open`, and the files that it gives.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

use super::path::{PathArg, os_error, shown};
use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::evaluate::iterate;
use crate::methods::codec::{Codec, OnError};
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{bail, builtins, error};

builtins! {
    /// Opens a file.
    ///
    /// ```rdk
    /// with open("/dev/null", "w") as f:
    ///     n = f.write("hello")
    /// n, f.closed
    /// #> (5, True)
    /// ```
    fn open(
        /// Its path.
        file: PathArg,
        /// `r` read, `w` write anew, `a` append, `x` only if it is not there; `b` for bytes, `+` for both ways.
        mode: Arc<str> = "r",
        /// How large pieces are; chosen well without it.
        buffering: i64 = -1,
        /// `utf-8`, `latin-1`, `ascii`, `utf-16`.
        encoding: Option<Arc<str>>,
        /// What to do with what cannot be encoded or decoded: `strict`, `ignore`, `replace`.
        errors: Option<Arc<str>>,
        /// How lines end; every way is understood if not given.
        newline: Option<Arc<str>>,
    ) -> Result<Value> {
        let _ = buffering;
        open(&file.0, &mode, encoding.as_deref(), errors.as_deref(), newline.as_deref())
    }
}

/// Methods of files.
pub mod methods {
    use super::*;

    builtins! {
        /// All that is left, or so many characters or bytes.
        fn read(
            this: OpenFile,
            /// How many at most; all if not given.
            size: Option<i64>,
        ) -> Result<Value> { this.read(size) }

        /// The next line with its end; empty at the end of the file.
        fn readline(this: OpenFile) -> Result<Value> { Ok(this.line()?.unwrap_or_else(|| this.empty())) }

        /// All lines that are left.
        fn readlines(this: OpenFile) -> Result<Vec<Value>> { std::iter::from_fn(|| this.line().transpose()).collect() }

        /// Writes text or bytes; gives how many.
        fn write(
            this: OpenFile,
            /// What to write.
            text: Value,
        ) -> Result<usize> { this.write(&text) }

        /// Writes several texts, one after the other.
        fn writelines[context](
            this: OpenFile,
            /// The texts.
            lines: Value,
        ) -> Result<()> {
            let mut walk = iterate(context, &lines)?;
            while let Some(line) = walk.next(context)? {
                this.write(&line)?;
            }
            Ok(())
        }

        /// Writes to disk what has been held back.
        fn flush(this: OpenFile) -> Result<()> { this.flush() }

        /// Closes the file.
        fn close(this: OpenFile) -> Result<()> { this.close() }

        /// Goes to a position.
        fn seek(
            this: OpenFile,
            /// The position.
            offset: i64,
            /// Counted from the beginning (0), from here (1) or from the end (2).
            whence: i64 = 0,
        ) -> Result<u64> { this.seek(offset, whence) }

        /// The position.
        fn tell(this: OpenFile) -> Result<u64> { this.tell() }

        /// Cuts the file off at a size; here if none is given.
        fn truncate(
            this: OpenFile,
            /// The size in bytes.
            size: Option<u64>,
        ) -> Result<u64> { this.truncate(size) }

        /// Can it be read?
        fn readable(this: OpenFile) -> bool { this.0.mode.reads }

        /// Can it be written?
        fn writable(this: OpenFile) -> bool { this.0.mode.writes }
    }
}

/// Attributes of files.
pub mod properties {
    use super::*;

    builtins! {
        /// The path that it was opened by.
        fn name(this: OpenFile) -> String { shown(&this.0.path) }

        /// How it was opened.
        fn mode(this: OpenFile) -> String { this.0.mode.text.clone() }

        /// Has it been closed?
        fn closed(this: OpenFile) -> bool { matches!(this.0.state.lock().handle, Handle::Closed) }

        /// How its text is encoded.
        fn encoding(this: OpenFile) -> Option<&'static str> { (!this.0.mode.binary).then_some("UTF-8") }
    }
}

/// How a file was opened.
struct Mode {
    text: String,
    reads: bool,
    writes: bool,
    binary: bool,
    codec: Codec,
    on_error: OnError,
    /// Line ends of any kind become `\n`.
    translate: bool,
    /// What `\n` is written as.
    line_end: String,
    /// What ends a line that is read; any of the three ways if not given.
    read_end: Option<&'static str>,
}

enum Handle {
    Reader(BufReader<File>),
    Writer(BufWriter<File>),
    /// Both ways, or text that cannot be read in pieces: without a buffer.
    Closed,
}

struct State {
    handle: Handle,
    /// Text that has been decoded but not handed out.
    pending: String,
}

/// A file that was opened.
struct FileObject {
    path: PathBuf,
    mode: Mode,
    state: Mutex<State>,
}

/// A shared file.
#[derive(Clone)]
pub struct OpenFile(Arc<FileObject>);

static CLASSES: LazyLock<[ClassRef; 2]> = LazyLock::new(|| {
    let class = |name, doc| {
        let class = Class::new(name, "_io", doc).base(types().object.clone());
        Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
    };
    [class("TextIOWrapper", "An open file of text."), class("BufferedRandom", "An open file of bytes.")]
});

impl crate::FromValue for OpenFile {
    fn expected() -> &'static str {
        "an open file"
    }

    fn from_value(value: &Value) -> Option<OpenFile> {
        value.get::<OpenFile>().cloned()
    }
}

impl Object for OpenFile {
    fn class(&self) -> ClassRef {
        CLASSES[usize::from(self.0.mode.binary)].clone()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn repr(&self) -> String {
        let (name, mode) = (Value::from(shown(&self.0.path)).repr(), &self.0.mode.text);
        if self.0.mode.binary {
            format!("<_io.{} name={name}>", if self.0.mode.writes { "BufferedWriter" } else { "BufferedReader" })
        } else {
            format!("<_io.TextIOWrapper name={name} mode='{mode}' encoding='{}'>", "UTF-8")
        }
    }

    fn iter(&self, _context: &Context) -> Option<Result<Value>> {
        let file = self.clone();
        Some(Ok(Value::iter("file", move |_| file.line().transpose())))
    }

    fn enter(&self, _context: &Context) -> Option<Result<Value>> {
        Some(self.open_state().map(|_| Value::object(self.clone())))
    }

    fn exit(&self, _context: &Context, _error: Option<&Error>) -> Result<bool> {
        self.close()?;
        Ok(false)
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        bail!(TypeError: "an open file cannot be sent to another process"; hint: "open it inside the function")
    }
}

/// Opens a file as `open` does.
pub fn open(
    path: &Path,
    mode: &str,
    encoding: Option<&str>,
    errors: Option<&str>,
    newline: Option<&str>,
) -> Result<Value> {
    let has = |c| mode.contains(c);
    let ways = mode.chars().filter(|c| "rwax".contains(*c)).count();
    if ways != 1 || mode.chars().any(|c| !"rwaxbt+".contains(c)) || (has('b') && has('t')) {
        bail!("invalid mode: '{mode}'"; hint: "'r', 'w', 'a' or 'x', perhaps with 'b' for bytes or '+' for both ways");
    }
    if has('b') && (encoding.is_some() || newline.is_some()) {
        bail!("binary mode doesn't take an encoding or newline argument");
    }
    if !matches!(newline, None | Some("" | "\n" | "\r" | "\r\n")) {
        bail!("illegal newline value: {}", Value::str(newline.unwrap_or("")).repr());
    }
    let mode = Mode {
        text: mode.to_string(),
        reads: has('r') || has('+'),
        writes: !has('r') || has('+'),
        binary: has('b'),
        codec: Codec::named(encoding.unwrap_or("utf-8"))?,
        on_error: OnError::named(errors.unwrap_or("strict"))?,
        translate: newline.is_none(),
        read_end: match newline {
            Some("") => None,
            Some("\r") => Some("\r"),
            Some("\r\n") => Some("\r\n"),
            _ => Some("\n"),
        },
        line_end: newline.filter(|newline| !newline.is_empty()).unwrap_or("\n").to_string(),
    };
    let mut options = OpenOptions::new();
    options.read(mode.reads).write(mode.writes && !has('a')).append(has('a'));
    options.truncate(has('w')).create(has('w') || has('a')).create_new(has('x'));
    let file = options.open(path).map_err(|error| os_error(&error, path))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(os_error(&io::Error::from_raw_os_error(libc::EISDIR), path));
    }
    let handle = if has('r') {
        Handle::Reader(BufReader::with_capacity(1 << 16, file))
    } else {
        Handle::Writer(BufWriter::with_capacity(1 << 16, file))
    };
    let state = Mutex::new(State { handle, pending: String::new() });
    Ok(Value::object(OpenFile(Arc::new(FileObject { path: path.to_path_buf(), mode, state }))))
}

impl OpenFile {
    fn failed(&self, error: io::Error) -> Error {
        os_error(&error, &self.0.path)
    }

    fn open_state(&self) -> Result<parking_lot::MutexGuard<'_, State>> {
        let state = self.0.state.lock();
        if matches!(state.handle, Handle::Closed) {
            bail!("I/O operation on closed file"; hint: "after `with open(…)` the file is closed");
        }
        Ok(state)
    }

    fn empty(&self) -> Value {
        if self.0.mode.binary { Value::Bytes(Arc::from([])) } else { Value::str("") }
    }

    /// The state, in the way that is needed: a file opened both ways turns round.
    fn reading(&self) -> Result<parking_lot::MutexGuard<'_, State>> {
        if !self.0.mode.reads {
            bail!(ValueError: "not readable: the file was opened with mode '{}'", self.0.mode.text);
        }
        let mut state = self.open_state()?;
        if let Handle::Writer(_) = state.handle {
            let Handle::Writer(writer) = std::mem::replace(&mut state.handle, Handle::Closed) else {
                return Ok(state);
            };
            let file = writer.into_inner().map_err(|error| self.failed(error.into_error()))?;
            state.handle = Handle::Reader(BufReader::with_capacity(1 << 16, file));
        }
        Ok(state)
    }

    fn writing(&self) -> Result<parking_lot::MutexGuard<'_, State>> {
        if !self.0.mode.writes {
            bail!(ValueError: "not writable: the file was opened with mode '{}'", self.0.mode.text; hint: "`open(path, \"w\")`");
        }
        let mut state = self.open_state()?;
        if let Handle::Reader(reader) = &mut state.handle {
            // What has been read ahead is behind the position at which we write.
            reader
                .seek_relative(0)
                .and_then(|()| reader.stream_position())
                .and_then(|at| reader.get_mut().seek(SeekFrom::Start(at)))
                .map_err(|error| self.failed(error))?;
            if let Handle::Reader(reader) = std::mem::replace(&mut state.handle, Handle::Closed) {
                state.handle = Handle::Writer(BufWriter::with_capacity(1 << 16, reader.into_inner()));
            }
        }
        Ok(state)
    }

    fn read(&self, size: Option<i64>) -> Result<Value> {
        let size = size.and_then(|size| usize::try_from(size).ok());
        let mut state = self.reading()?;
        let State { handle: Handle::Reader(reader), pending } = &mut *state else { return Ok(self.empty()) };
        if self.0.mode.binary {
            let mut bytes = Vec::new();
            match size {
                Some(size) => reader.take(size as u64).read_to_end(&mut bytes),
                None => reader.read_to_end(&mut bytes),
            }
            .map_err(|error| self.failed(error))?;
            return Ok(Value::Bytes(bytes.into()));
        }
        let Some(size) = size else {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).map_err(|error| self.failed(error))?;
            let text = std::mem::take(pending) + &self.decode(&bytes)?;
            return Ok(text.into());
        };
        let mut n = pending.chars().count();
        while n < size {
            match self.decoded_line(reader)? {
                Some(more) => {
                    n += more.chars().count();
                    pending.push_str(&more);
                }
                None => break,
            }
        }
        let end = pending.char_indices().nth(size).map_or(pending.len(), |(at, _)| at);
        let rest = pending.split_off(end);
        Ok(std::mem::replace(pending, rest).into())
    }

    /// The next line with its end; `None` at the end of the file.
    fn line(&self) -> Result<Option<Value>> {
        let mut state = self.reading()?;
        let State { handle: Handle::Reader(reader), pending } = &mut *state else { return Ok(None) };
        if self.0.mode.binary {
            let mut bytes = Vec::new();
            reader.read_until(b'\n', &mut bytes).map_err(|error| self.failed(error))?;
            return Ok((!bytes.is_empty()).then(|| Value::Bytes(bytes.into())));
        }
        while self.end_of_line(pending).is_none() {
            match self.decoded_line(reader)? {
                Some(more) => pending.push_str(&more),
                None => break,
            }
        }
        if pending.is_empty() {
            return Ok(None);
        }
        let end = self.end_of_line(pending).unwrap_or(pending.len());
        let rest = pending.split_off(end);
        Ok(Some(std::mem::replace(pending, rest).into()))
    }

    /// Where the first line of this text ends.
    fn end_of_line(&self, text: &str) -> Option<usize> {
        match self.0.mode.read_end {
            Some(end) => text.find(end).map(|at| at + end.len()),
            None => text.find(['\r', '\n']).map(|at| at + if text[at..].starts_with("\r\n") { 2 } else { 1 }),
        }
    }

    /// The next piece of text that ends a line; all of it where lines cannot be told from bytes.
    fn decoded_line(&self, reader: &mut BufReader<File>) -> Result<Option<String>> {
        let mut bytes = Vec::new();
        let read = match self.0.mode.codec {
            Codec::Utf16 { .. } => reader.read_to_end(&mut bytes),
            _ => reader.read_until(b'\n', &mut bytes),
        };
        read.map_err(|error| self.failed(error))?;
        if bytes.is_empty() { Ok(None) } else { self.decode(&bytes).map(Some) }
    }

    fn decode(&self, bytes: &[u8]) -> Result<String> {
        let text = self.0.mode.codec.decode(bytes, self.0.mode.on_error)?;
        if self.0.mode.translate && text.contains('\r') {
            return Ok(text.replace("\r\n", "\n").replace('\r', "\n"));
        }
        Ok(text)
    }

    fn write(&self, what: &Value) -> Result<usize> {
        let (bytes, n) = match (what, self.0.mode.binary) {
            (Value::Bytes(bytes), true) => (bytes.to_vec(), bytes.len()),
            (Value::Str(text), false) => {
                let n = text.chars().count();
                let ends = &self.0.mode.line_end;
                let text: Arc<str> = if ends == "\n" { text.clone() } else { text.replace('\n', ends).into() };
                (self.0.mode.codec.encode(&text, self.0.mode.on_error)?, n)
            }
            (other, true) => {
                bail!(TypeError: "a bytes-like object is required, not '{}'", other.class().name; hint: "the file was opened for bytes (`b`)")
            }
            (other, false) => {
                bail!(TypeError: "write() argument must be str, not {}", other.class().name; hint: "`str(x)` makes text")
            }
        };
        let mut state = self.writing()?;
        if let Handle::Writer(writer) = &mut state.handle {
            writer.write_all(&bytes).map_err(|error| self.failed(error))?;
        }
        Ok(n)
    }

    fn flush(&self) -> Result<()> {
        let mut state = self.open_state()?;
        match &mut state.handle {
            Handle::Writer(writer) => writer.flush().map_err(|error| self.failed(error)),
            Handle::Reader(_) | Handle::Closed => Ok(()),
        }
    }

    fn close(&self) -> Result<()> {
        let handle = std::mem::replace(&mut self.0.state.lock().handle, Handle::Closed);
        match handle {
            Handle::Writer(mut writer) => writer.flush().map_err(|error| self.failed(error)),
            Handle::Reader(_) | Handle::Closed => Ok(()),
        }
    }

    fn seek(&self, offset: i64, whence: i64) -> Result<u64> {
        let to = match whence {
            0 if offset < 0 => bail!("negative seek position {offset}"),
            0 => SeekFrom::Start(offset as u64),
            1 if !self.0.mode.binary && offset != 0 => bail!("can't do nonzero cur-relative seeks in text files"),
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => bail!("invalid whence ({whence}, should be 0, 1 or 2)"),
        };
        let mut state = self.open_state()?;
        state.pending.clear();
        let moved = match &mut state.handle {
            Handle::Reader(reader) => reader.seek(to),
            Handle::Writer(writer) => writer.seek(to),
            Handle::Closed => return Err(error!("I/O operation on closed file")),
        };
        moved.map_err(|error| self.failed(error))
    }

    fn tell(&self) -> Result<u64> {
        let mut state = self.open_state()?;
        let held_back = state.pending.len() as u64;
        let at = match &mut state.handle {
            Handle::Reader(reader) => reader.stream_position(),
            Handle::Writer(writer) => writer.stream_position(),
            Handle::Closed => return Err(error!("I/O operation on closed file")),
        };
        Ok(at.map_err(|error| self.failed(error))?.saturating_sub(held_back))
    }

    fn truncate(&self, size: Option<u64>) -> Result<u64> {
        let size = match size {
            Some(size) => size,
            None => self.tell()?,
        };
        let mut state = self.writing()?;
        if let Handle::Writer(writer) = &mut state.handle {
            writer.flush().and_then(|()| writer.get_ref().set_len(size)).map_err(|error| self.failed(error))?;
        }
        Ok(size)
    }
}

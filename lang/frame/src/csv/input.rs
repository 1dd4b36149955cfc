//! Bytes of a block, one after the other, packed or not.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;
use rdk_runtime::{Error, Kind, Result, bail};
use serde::{Deserialize, Serialize};

use super::options::{Compression, Options};

/// Whole lines of one file: the work of one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The file.
    pub path: String,
    /// Where the first line begins, in unpacked bytes.
    pub start: u64,
    /// Where the last line ends; `u64::MAX` stands for the end of a packed file.
    pub end: u64,
    /// Parts between them that are left out (`skiprows=[…]`), in order.
    pub skip: Vec<(u64, u64)>,
    /// Is the file packed by gzip?
    pub packed: bool,
}

impl Block {
    /// About how many bytes are read.
    pub fn n_bytes(&self) -> u64 {
        if self.end == u64::MAX {
            return std::fs::metadata(&self.path).map_or(0, |facts| facts.len().saturating_mul(4));
        }
        self.end.saturating_sub(self.start)
    }

    /// Where in the file the byte stands that comes after so many bytes of the block.
    pub fn place(&self, offset: u64) -> u64 {
        self.skip
            .iter()
            .fold(self.start + offset, |place, (from, to)| if *from <= place { place + (to - from) } else { place })
    }

    /// The number of the line, from 1, that begins after so many bytes of the block. It reads the file up to there.
    pub fn line(&self, offset: u64) -> Result<u64> {
        let before = Block { start: 0, end: self.place(offset), skip: Vec::new(), ..self.clone() };
        let mut input = Input::open(&before)?;
        let mut buffer = vec![0; 1 << 16];
        let (mut line, mut last) = (1, 0);
        loop {
            let n_bytes = input.read(&mut buffer)?;
            if n_bytes == 0 {
                return Ok(line);
            }
            for &byte in &buffer[..n_bytes] {
                line += (byte == b'\n' && last != b'\r' || byte == b'\r') as u64;
                last = byte;
            }
        }
    }
}

/// Is this file packed? Packings that rdk does not know are refused.
pub fn packed(path: &str, options: &Options) -> Result<bool> {
    match options.compression {
        Compression::None => return Ok(false),
        Compression::Gzip => return Ok(true),
        Compression::Infer => (),
    }
    let end = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    if matches!(end.as_str(), "bz2" | "xz" | "zip" | "zst" | "lzma") && path.contains('.') {
        bail!(NotImplementedError: "compression format {end} is not there: {path}";
            hint: "unpack the file, or pack it with gzip: rdk reads .csv and .csv.gz");
    }
    Ok(end == "gz" && path.contains('.'))
}

/// What went wrong with a file.
pub fn file_error(path: &str, error: &std::io::Error) -> Error {
    let number = error.raw_os_error().map_or(String::new(), |code| format!("[Errno {code}] "));
    match error.kind() {
        ErrorKind::NotFound => {
            Error::new(Kind::FileNotFoundError, format!("{number}No such file or directory: '{path}'"))
        }
        ErrorKind::PermissionDenied => {
            Error::new(Kind::PermissionError, format!("{number}Permission denied: '{path}'"))
        }
        ErrorKind::IsADirectory => Error::new(Kind::IsADirectoryError, format!("{number}Is a directory: '{path}'")),
        _ => Error::new(Kind::OSError, format!("cannot read '{path}': {error}")),
    }
}

/// An open block.
pub struct Input {
    path: String,
    reader: Reader,
    /// What is still to be read, last part first.
    parts: Vec<(u64, u64)>,
    position: u64,
}

enum Reader {
    Plain(File),
    Gzip(Box<MultiGzDecoder<BufReader<File>>>),
}

impl Input {
    /// Opens it.
    pub fn open(block: &Block) -> Result<Input> {
        let file = File::open(&block.path).map_err(|error| file_error(&block.path, &error))?;
        let reader = if block.packed {
            Reader::Gzip(Box::new(MultiGzDecoder::new(BufReader::new(file))))
        } else {
            Reader::Plain(file)
        };
        let mut parts = Vec::new();
        let mut start = block.start;
        for &(from, to) in &block.skip {
            if from < block.end && to > start {
                parts.push((start, from.max(start)));
                start = to;
            }
        }
        parts.push((start, block.end.max(start)));
        parts.reverse();
        Ok(Input { path: block.path.clone(), reader, parts, position: 0 })
    }

    /// Reads until the buffer is full or nothing is left: so many bytes.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let Some(&(start, end)) = self.parts.last() else { break };
            if start >= end {
                self.parts.pop();
                continue;
            }
            let wanted = (buffer.len() - filled).min(usize::try_from(end - start).unwrap_or(usize::MAX));
            let n_bytes = self.read_at(start, &mut buffer[filled..filled + wanted])?;
            if n_bytes == 0 {
                self.parts.clear();
                break;
            }
            filled += n_bytes;
            if let Some(part) = self.parts.last_mut() {
                part.0 += n_bytes as u64;
            }
        }
        Ok(filled)
    }

    fn read_at(&mut self, start: u64, buffer: &mut [u8]) -> Result<usize> {
        let path = &self.path;
        let n_bytes = match &mut self.reader {
            Reader::Plain(file) => {
                if self.position != start {
                    file.seek(SeekFrom::Start(start)).map_err(|error| file_error(path, &error))?;
                }
                retry(file, buffer).map_err(|error| file_error(path, &error))?
            }
            Reader::Gzip(packed) => {
                let broken = |error: std::io::Error| {
                    Error::new(Kind::OSError, format!("cannot unpack '{path}': {error}"))
                        .hint("is it a whole gzip file? `compression=None` reads it as it stands")
                };
                if self.position < start {
                    std::io::copy(&mut packed.by_ref().take(start - self.position), &mut std::io::sink())
                        .map_err(broken)?;
                }
                retry(packed, buffer).map_err(broken)?
            }
        };
        self.position = start + n_bytes as u64;
        Ok(n_bytes)
    }
}

fn retry(reader: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            answer => return answer,
        }
    }
}

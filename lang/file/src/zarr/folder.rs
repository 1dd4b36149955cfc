//! A store in a folder: a file for each key. A value is written under another name and given its own when it is whole, so that a chunk is
//! the old one or the new one whatever happens. Nothing waits for the disk: a store is as safe as the files of other programs.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use zarrs::storage::byte_range::{ByteRange, ByteRangeIterator, InvalidByteRangeError};
use zarrs::storage::{
    Bytes, MaybeBytes, MaybeBytesIterator, OffsetBytesIterator, ReadableStorageTraits, StorageError, StoreKey,
    StorePrefix, WritableStorageTraits, store_set_partial_many,
};

/// The folder.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    fn file(&self, key: &StoreKey) -> PathBuf {
        self.0.join(key.as_str().trim_start_matches('/'))
    }
}

/// `None`: it is not there.
fn there<T>(found: io::Result<T>) -> Result<Option<T>, StorageError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A part of a file of so many bytes.
fn part(file: &mut File, size: u64, range: ByteRange) -> Result<Bytes, StorageError> {
    let (start, length) = match range {
        ByteRange::FromStart(start, None) => (start, size.checked_sub(start)),
        ByteRange::FromStart(start, Some(length)) => (start, Some(length)),
        ByteRange::Suffix(length) => (size.saturating_sub(length), Some(length)),
    };
    // What a damaged index asks for is not laid out before it is known to be there.
    let Some(length) = length.filter(|length| start.checked_add(*length).is_some_and(|end| end <= size)) else {
        return Err(InvalidByteRangeError::new(range, size).into());
    };
    let mut bytes = Vec::with_capacity(length as usize);
    file.seek(SeekFrom::Start(start))?;
    file.take(length).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(io::Error::from(ErrorKind::UnexpectedEof).into());
    }
    Ok(bytes.into())
}

/// Writes a file that is whole or not there.
fn write(path: &Path, value: &[u8]) -> io::Result<()> {
    let beside = crate::whole::beside(path);
    let mut written = fs::write(&beside, value);
    if let (Err(error), Some(folder)) = (&written, path.parent())
        && error.kind() == ErrorKind::NotFound
    {
        fs::create_dir_all(folder)?;
        written = fs::write(&beside, value);
    }
    let named = written.and_then(|()| fs::rename(&beside, path));
    if named.is_err() {
        let _ = fs::remove_file(&beside);
    }
    named
}

impl ReadableStorageTraits for Folder {
    fn get(&self, key: &StoreKey) -> Result<MaybeBytes, StorageError> {
        Ok(there(fs::read(self.file(key)))?.map(Bytes::from))
    }

    fn get_partial_many<'a>(
        &'a self,
        key: &StoreKey,
        byte_ranges: ByteRangeIterator<'a>,
    ) -> Result<MaybeBytesIterator<'a>, StorageError> {
        let Some(mut file) = there(File::open(self.file(key)))? else { return Ok(None) };
        let size = file.metadata()?.len();
        Ok(Some(Box::new(byte_ranges.map(move |range| part(&mut file, size, range)))))
    }

    fn size_key(&self, key: &StoreKey) -> Result<Option<u64>, StorageError> {
        Ok(there(fs::metadata(self.file(key)))?.map(|facts| facts.len()))
    }

    fn supports_get_partial(&self) -> bool {
        true
    }
}

impl WritableStorageTraits for Folder {
    fn set(&self, key: &StoreKey, value: Bytes) -> Result<(), StorageError> {
        Ok(write(&self.file(key), &value)?)
    }

    fn set_partial_many(&self, key: &StoreKey, offset_values: OffsetBytesIterator<'_>) -> Result<(), StorageError> {
        store_set_partial_many(self, key, offset_values)
    }

    fn erase(&self, key: &StoreKey) -> Result<(), StorageError> {
        there(fs::remove_file(self.file(key))).map(drop)
    }

    fn erase_prefix(&self, prefix: &StorePrefix) -> Result<(), StorageError> {
        there(fs::remove_dir_all(self.0.join(prefix.as_str()))).map(drop)
    }

    fn supports_set_partial(&self) -> bool {
        false
    }
}

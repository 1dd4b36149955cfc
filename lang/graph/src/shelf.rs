//! Data that lies on disk in pieces, each of which can be read by itself.
//!
//! Where every result is made of a little of every input, the inputs cannot be in memory together. Then each of them is cut up and
//! put on a shelf: a file, of which a result reads its own piece. The files lie where other data goes that finds no room, and go
//! with who holds them.

use std::any::Any;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use crate::spill::{Entry, Spill};
use crate::{Data, Payload};

/// The folder of this process, made when it is first needed.
static FOLDER: LazyLock<Spill> = LazyLock::new(|| Spill::new(None, None));

/// Bytes that lie on shelves now.
pub fn shelved() -> u64 {
    FOLDER.used()
}

/// From now on shelves lie in this folder, or in that of the system.
pub(crate) fn move_to(parent: Option<&Path>) {
    FOLDER.move_to(parent);
}

/// Pieces of data in one file. It is opened for each piece that is read: there may be more shelves than a process may have open files.
/// Where its pieces end stands in the file as well, behind them: ten thousand shelves of ten thousand pieces are no rarity.
pub struct Shelf {
    entry: Option<Entry>,
    n_pieces: usize,
    /// Where in the file the ends of the pieces stand.
    table: u64,
}

impl Shelf {
    /// What one takes in memory, whatever lies on it.
    pub const BYTES: usize = 256;

    /// Writes so many pieces, one after the other.
    ///
    /// # Errors
    /// What the disk says, or the piece itself.
    pub fn write(n_pieces: usize, mut piece: impl FnMut(usize, &mut dyn Write) -> io::Result<()>) -> io::Result<Shelf> {
        let mut table = 0;
        let entry = FOLDER.put_with(|to| {
            let mut counted = Counting { to: BufWriter::with_capacity(128 << 10, to), count: 0 };
            let mut ends: Vec<u8> = Vec::with_capacity(n_pieces * size_of::<u64>());
            for at in 0..n_pieces {
                piece(at, &mut counted)?;
                ends.extend(counted.count.to_le_bytes());
            }
            table = counted.count;
            counted.write_all(&ends)?;
            counted.to.flush()
        })?;
        Ok(Shelf { entry: Some(entry), n_pieces, table })
    }

    /// One piece, to be read bit by bit.
    ///
    /// # Errors
    /// What the disk says.
    pub fn open(&self, piece: usize) -> io::Result<impl Read> {
        let (file, length) = self.at(piece..piece + 1)?;
        Ok(BufReader::with_capacity(128 << 10, file.take(length)))
    }

    /// How many pieces there are.
    pub fn n_pieces(&self) -> usize {
        self.n_pieces
    }

    /// The bytes of one piece.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read(&self, piece: usize) -> io::Result<Vec<u8>> {
        self.read_several(piece..piece + 1)
    }

    /// The bytes of pieces that lie one behind the other.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read_several(&self, pieces: Range<usize>) -> io::Result<Vec<u8>> {
        if pieces.is_empty() {
            return Ok(Vec::new());
        }
        let (mut file, length) = self.at(pieces)?;
        let mut bytes = vec![0; length as usize];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The file where these pieces begin, and how long they are.
    fn at(&self, pieces: Range<usize>) -> io::Result<(File, u64)> {
        let entry = self.entry.as_ref().expect("it is there until the shelf goes");
        let mut file = File::open(entry.path())?;
        // Where the piece before them ends, if there is one, and where all of them do.
        let (from, to) = (pieces.start.saturating_sub(1), pieces.end);
        let mut ends = vec![0; (to - from) * size_of::<u64>()];
        file.seek(io::SeekFrom::Start(self.table + (from * size_of::<u64>()) as u64))?;
        file.read_exact(&mut ends)?;
        let (ends, _) = ends.as_chunks();
        let end = |at: usize| ends.get(at).map_or(0, |end| u64::from_le_bytes(*end));
        let (start, end) = (if pieces.start == 0 { 0 } else { end(0) }, end(to - from - 1));
        file.seek(io::SeekFrom::Start(start))?;
        Ok((file, end.saturating_sub(start)))
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            FOLDER.remove(entry);
        }
    }
}

impl Data for Shelf {
    fn n_bytes(&self) -> usize {
        Shelf::BYTES
    }

    fn write(&self, _: &mut dyn Write) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "it lies on disk already"))
    }

    fn reader(&self) -> fn(&mut dyn Read) -> io::Result<Payload> {
        |_| Err(io::Error::new(io::ErrorKind::Unsupported, "pieces on disk are read where they lie"))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct Counting<W> {
    to: W,
    count: u64,
}

impl<W: Write> Write for Counting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read_by_themselves_and_the_file_goes() {
        let shelf = Shelf::write(3, |at, to| to.write_all(&vec![at as u8; at * 10])).unwrap();
        assert_eq!(shelf.read(2).unwrap(), vec![2; 20]);
        assert_eq!(shelf.read(0).unwrap(), Vec::<u8>::new());
        assert_eq!(shelf.read(1).unwrap(), vec![1; 10]);
        assert_eq!(shelf.read_several(0..3).unwrap().len(), 30);
        assert_eq!(shelf.read_several(2..2).unwrap().len(), 0);
        let path = shelf.entry.as_ref().unwrap().path().to_path_buf();
        assert!(path.exists());
        drop(shelf);
        assert!(!path.exists());
        assert!(Shelf::write(1, |_, _| Err(io::Error::other("no"))).is_err());
    }
}

//! Places for large datasets, behind everything else in a file.
//!
//! The crate wants all bytes of a dataset when it makes the file. A large one is declared without elements, which takes none, and gets
//! its shape and its place when the file is there:
//!
//! ```text
//! header of a dataset: [shape: no elements → its own] [layout: no place ──► behind the end]     …     end of file │ room
//! ```
//!
//! Nobody has written to that room yet, so it takes no space on disk, and reads as zeros.

use std::fs::{File, OpenOptions};
use std::path::Path;

use rdk_runtime::Result;

use super::extra::{ends_at, sealed};
use super::walk::{Place, Walker};
use crate::fault;
use crate::stored::write_at;

/// A dataset that is to get room.
pub struct Room {
    /// Its path in the file.
    pub dataset: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Bytes of all its elements.
    pub n_bytes: u128,
}

/// Makes room for datasets of a file that has just been made without their elements.
pub fn make(path: &Path, rooms: &[Room]) -> Result<()> {
    if rooms.is_empty() {
        return Ok(());
    }
    let walker = Walker::open(path)?;
    let wrong = |error: std::io::Error| fault::system(&error, path);
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(wrong)?;
    let mut end = file.metadata().map_err(wrong)?.len();
    for room in rooms {
        let place = end.next_multiple_of(8);
        // As long as a file can be.
        let length = u64::try_from(room.n_bytes).ok().filter(|length| place.saturating_add(*length) <= i64::MAX as u64);
        let Some(length) = length else { return Err(wrong(std::io::Error::from_raw_os_error(27))) };
        let placed = patch(&walker, &file, room, (place, length))?.map_err(wrong)?;
        if placed.is_none() {
            return Err(fault::damaged(path, format!("Unable to write the file (no room for '{}')", room.dataset)));
        }
        end = place + length;
    }
    ends_at(&walker, &file, end).map_err(wrong)
}

/// Puts its shape and its place into a dataset's header; `None` if that is not as the crate writes it.
fn patch(
    walker: &Walker,
    file: &File,
    room: &Room,
    (place, n_bytes): (u64, u64),
) -> Result<std::io::Result<Option<()>>> {
    let Some(Place::Here(_, address, _)) = walker.find(&room.dataset)? else { return Ok(Ok(None)) };
    let (messages, blocks) = walker.header(address)?;
    let message = |kind: u16| messages.iter().find(|message| message.kind == kind);
    let (Some(space), Some(layout)) = (message(1), message(8)) else { return Ok(Ok(None)) };
    let lengths: Vec<u8> = room.shape.iter().flat_map(|&length| (length as u64).to_le_bytes()).collect();
    let before = match space.data.first() {
        Some(1) => 8,
        _ => 4,
    };
    // As many lengths, and how far each may grow, if that is said.
    let n_lists = 1 + usize::from(space.data.get(2).is_some_and(|flags| flags & 1 != 0));
    let fits = space.data.len() >= before + n_lists * lengths.len() && layout.data.len() >= 18;
    if !fits || !matches!(layout.data[..2], [3 | 4, 1]) || walker.widths != (8, 8) {
        return Ok(Ok(None));
    }
    let write = || -> std::io::Result<Option<()>> {
        write_at(file, &lengths.repeat(n_lists), space.at + before as u64)?;
        let there = [place.to_le_bytes(), n_bytes.to_le_bytes()].concat();
        write_at(file, &there, layout.at + 2)?;
        for at in [space.at, layout.at] {
            let Some(block) = blocks.iter().find(|block| (block.at..block.at + block.length).contains(&at)) else {
                return Ok(None);
            };
            sealed(file, block.at, block.length as usize)?;
        }
        Ok(Some(()))
    };
    Ok(write())
}

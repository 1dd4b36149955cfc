//! What the crate cannot write: attributes of any shape, links to other paths and files, and several hard links to one object.
//!
//! Each object that has some gets an attribute of the crate's as a place holder. When the file is made, a block with what is missing
//! is put behind its end, and the place holder becomes the message that the header goes on there:
//!
//! ```text
//! header of a group: [members] [place holder]      …      end of file
//!                                    └── goes on at ──►  texts │ block: [attributes] [links]
//! ```

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::Path;

use rdk_runtime::{Result, bail};

use super::attribute::{Attribute, Heap};
use super::walk::{Place, Walker};
use crate::fault;
use crate::stored::{read_at, write_at};

/// The name of the place holder, which no user gives.
pub const HOLDER: &str = "\u{1}rdk";

/// A link that is to be made.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// To an object that the file has, by its path.
    Hard(String),
    /// To another path.
    Soft(String),
    /// To a path in another file.
    External(String, String),
}

/// What an object is to get.
#[derive(Default)]
pub struct Extra<'a> {
    /// Attributes by name.
    pub attributes: Vec<(&'a str, &'a Attribute)>,
    /// Links by name; groups have them.
    pub links: Vec<(&'a str, &'a Target)>,
    /// How many links lead to it, if not one.
    pub known_by: u32,
}

impl Extra<'_> {
    /// Is there nothing to be written?
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.links.is_empty() && self.known_by < 2
    }
}

/// Jenkins' checksum of a structure.
fn checksum(bytes: &[u8]) -> u32 {
    let mut state = [0xdead_beef_u32.wrapping_add(bytes.len() as u32); 3];
    let word = |bytes: &[u8], at: usize| {
        bytes.iter().skip(4 * at).take(4).enumerate().fold(0u32, |word, (at, &byte)| word | u32::from(byte) << (8 * at))
    };
    let mut rest = bytes;
    while rest.len() > 12 {
        (0..3).for_each(|at| state[at] = state[at].wrapping_add(word(rest, at)));
        for (at, turn) in [4, 6, 8, 16, 19, 4].into_iter().enumerate() {
            // a −= c, a ^= c turned, c += b; then the same one further.
            let (a, b, c) = (at % 3, (at + 1) % 3, (at + 2) % 3);
            state[a] = state[a].wrapping_sub(state[c]) ^ state[c].rotate_left(turn);
            state[c] = state[c].wrapping_add(state[b]);
        }
        rest = &rest[12..];
    }
    if rest.is_empty() {
        return state[2];
    }
    (0..3).for_each(|at| state[at] = state[at].wrapping_add(word(rest, at)));
    for (at, turn) in [14, 11, 25, 16, 4, 14, 24].into_iter().enumerate() {
        // c ^= b, c −= b turned; then the same with a and c, b and a, …
        let (to, from) = ((at + 2) % 3, (at + 1) % 3);
        state[to] = (state[to] ^ state[from]).wrapping_sub(state[from].rotate_left(turn));
    }
    state[2]
}

fn link(name: &str, target: &Target, walker: &Walker) -> Result<Vec<u8>> {
    let kind = match target {
        Target::Hard(_) => 0,
        Target::Soft(_) => 1,
        Target::External(..) => 64,
    };
    // With a kind, a character set (UTF-8), and two bytes for the length of the name.
    let mut message = vec![1, 0x19, kind, 1];
    message.extend((name.len() as u16).to_le_bytes());
    message.extend(name.as_bytes());
    match target {
        Target::Hard(path) => match walker.find(path)? {
            Some(Place::Here(_, address, _)) => message.extend(address.to_le_bytes()),
            _ => bail!(RuntimeError: "'{path}' is not in the file that is written"),
        },
        Target::Soft(path) => {
            message.extend((path.len() as u16).to_le_bytes());
            message.extend(path.as_bytes());
        }
        Target::External(file, path) => {
            message.extend((file.len() as u16 + path.len() as u16 + 3).to_le_bytes());
            message.push(0);
            message.extend(file.as_bytes());
            message.push(0);
            message.extend(path.as_bytes());
            message.push(0);
        }
    }
    Ok(message)
}

/// Adds to the objects of a file that has just been made what they are to get.
pub fn write(path: &Path, extras: &BTreeMap<String, Extra<'_>>) -> Result<()> {
    if extras.values().all(Extra::is_empty) {
        return Ok(());
    }
    let walker = Walker::open(path)?;
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| fault::system(&error, path))?;
    let wrong = |error: std::io::Error| fault::system(&error, path);
    let odd = |what: &str| fault::damaged(path, format!("Unable to write the file ({what})"));
    let end = file.metadata().map_err(wrong)?.len().next_multiple_of(8);
    let mut heap = Heap::new(end);
    let mut blocks = Vec::new();
    for (object, extra) in extras.iter().filter(|(_, extra)| !extra.is_empty()) {
        let mut block = b"OCHK".to_vec();
        let mut add = |kind: u8, message: Vec<u8>| {
            block.push(kind);
            block.extend((message.len() as u16).to_le_bytes());
            block.push(0);
            block.extend(message);
        };
        for (name, attribute) in &extra.attributes {
            add(0x0c, attribute.message(name, &mut heap)?);
        }
        for (name, target) in &extra.links {
            add(0x06, link(name, target, &walker)?);
        }
        if extra.known_by > 1 {
            let mut count = vec![0];
            count.extend(extra.known_by.to_le_bytes());
            add(0x16, count);
        }
        block.extend(checksum(&block).to_le_bytes());
        blocks.push((object, block));
    }
    let texts = heap.finish();
    write_at(&file, &texts, end).map_err(wrong)?;
    let mut next = end + texts.len() as u64;
    for (object, block) in blocks {
        write_at(&file, &block, next).map_err(wrong)?;
        let Some(Place::Here(_, address, _)) = walker.find(object)? else { return Err(odd("an object is missing")) };
        let (messages, parts) = walker.header(address)?;
        let holder = messages.iter().find(|message| {
            message.kind == 0x0c && message.data.windows(HOLDER.len()).any(|part| part == HOLDER.as_bytes())
        });
        let Some(holder) = holder.filter(|holder| holder.data.len() >= 20) else { return Err(odd("no place holder")) };
        let mut message = vec![0x10, 16, 0, 0];
        message.extend(next.to_le_bytes());
        message.extend((block.len() as u64).to_le_bytes());
        // What is left of the place holder is nothing.
        message.push(0);
        message.extend(((holder.data.len() - 20) as u16).to_le_bytes());
        message.resize(4 + holder.data.len(), 0);
        write_at(&file, &message, holder.at - 4).map_err(wrong)?;
        let part = parts.iter().find(|part| (part.at..part.at + part.length).contains(&holder.at));
        let Some(part) = part else { return Err(odd("a header without a checksum")) };
        sealed(&file, part.at, part.length as usize).map_err(wrong)?;
        next = (next + block.len() as u64).next_multiple_of(8);
    }
    ends_at(&walker, &file, next).map_err(wrong)
}

/// Lets the file end there; its superblock knows where that is.
pub fn ends_at(walker: &Walker, file: &std::fs::File, end: u64) -> std::io::Result<()> {
    file.set_len(end)?;
    let (at, wide) = (walker.superblock, walker.widths.0);
    let mut version = [0];
    read_at(file, &mut version, at + 8)?;
    let place = if version[0] < 2 { 24 } else { 12 } + 2 * wide as u64;
    write_at(file, &end.to_le_bytes()[..wide], at + place)?;
    if version[0] >= 2 {
        sealed(file, at, 12 + 4 * wide + 4)?;
    }
    Ok(())
}

/// Writes the checksum at the end of a structure.
pub fn sealed(file: &std::fs::File, at: u64, length: usize) -> std::io::Result<()> {
    let mut bytes = vec![0; length - 4];
    read_at(file, &mut bytes, at)?;
    write_at(file, &checksum(&bytes).to_le_bytes(), at + length as u64 - 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_format() {
        assert_eq!(checksum(b""), 0xdead_beef);
        assert_eq!(checksum(b"Four score and seven years ago"), 0x1777_0551);
    }
}

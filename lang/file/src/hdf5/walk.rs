//! What the crate does not tell of a file: links of all kinds, and attributes with their shapes.
//!
//! ```text
//! superblock ──► header of the root ──► messages ──┬─ links, or a table of them (`heap` reads the dense ones)
//!                                                  └─ attributes: name, datatype, shape, bytes
//! ```

use std::fs::File;
use std::path::{Path, PathBuf};

use rdk_runtime::{Error, Result, error};

use super::heap::Dense;
use super::tree::join;
use crate::fault;
use crate::stored::read_at;

/// What is read at once, at most: a header or a table is never larger.
const MOST: u64 = 1 << 26;
/// So many links are followed from one to the next.
const DEEP: usize = 40;

/// What a name in a group leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// The header of an object at this address.
    Hard(u64),
    /// Another path in the same file.
    Soft(String),
    /// A path in another file.
    External(String, String),
}

/// What an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// A group.
    Group,
    /// A dataset.
    Dataset,
    /// A type with a name, or something unknown.
    Other,
}

/// An attribute as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct RawAttribute {
    /// Its name.
    pub name: String,
    /// What describes its elements; empty if that stands elsewhere.
    pub datatype: Vec<u8>,
    /// Its shape; `None` for one that has no value.
    pub shape: Option<Vec<usize>>,
    /// Its elements.
    pub data: Vec<u8>,
}

/// Where a path ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// In this file: by hard links alone, at this address.
    Here(String, u64, What),
    /// In another file, by this path.
    Elsewhere(PathBuf, String),
    /// The name is there, and leads to nothing.
    Nowhere,
}

/// A file whose structure is looked at.
pub struct Walker {
    file: File,
    path: PathBuf,
    base: u64,
    /// Bytes of an address and of a length.
    pub widths: (usize, usize),
    /// Where the superblock is.
    pub superblock: u64,
    root: u64,
}

/// A piece of an object's header.
pub struct Message {
    /// What it is about.
    pub kind: u16,
    /// Where its bytes begin in the file.
    pub at: u64,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// A block of messages in the file.
pub struct Block {
    /// Where it begins, with its signature.
    pub at: u64,
    /// How long it is, with its checksum.
    pub length: u64,
}

/// Numbers and names out of bytes.
pub struct Bytes<'a>(pub &'a [u8]);

type Read<T> = std::result::Result<T, String>;

impl<'a> Bytes<'a> {
    /// The next bytes.
    pub fn take(&mut self, n: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or("a structure is shorter than it says")?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next number, of so many bytes.
    pub fn number(&mut self, width: usize) -> Read<u64> {
        let bytes = self.take(width)?;
        Ok(bytes.iter().rev().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// The next text, up to a zero.
    pub fn text(&mut self) -> Read<String> {
        let n = self.0.iter().position(|&byte| byte == 0).ok_or("a name without an end")?;
        let text = String::from_utf8_lossy(self.take(n)?).into_owned();
        self.take(1)?;
        Ok(text)
    }
}

/// Is it the address of nothing?
pub fn undefined(address: u64, width: usize) -> bool {
    address == if width >= 8 { u64::MAX } else { (1 << (8 * width)) - 1 }
}

impl Walker {
    /// Looks at a file.
    pub fn open(path: &Path) -> Result<Walker> {
        let file = File::open(path).map_err(|error| fault::system(&error, path))?;
        let mut walker = Walker { file, path: path.to_path_buf(), base: 0, widths: (8, 8), superblock: 0, root: 0 };
        walker.read_superblock().map_err(|what| walker.wrong(&what))?;
        Ok(walker)
    }

    fn wrong(&self, what: &str) -> Error {
        error!(OSError: "the structure of '{}' cannot be read: {what}", fault::named(&self.path))
    }

    fn read_superblock(&mut self) -> Read<()> {
        let mut at = 0;
        while self.bytes(at, 8)? != *b"\x89HDF\r\n\x1a\n" {
            at = if at == 0 { 512 } else { at * 2 };
        }
        self.superblock = at;
        let head =
            self.bytes(at, 96.min(self.file.metadata().map_or(0, |facts| facts.len()).saturating_sub(at) as usize))?;
        let mut head = Bytes(&head);
        head.take(8)?;
        let version = head.number(1)?;
        if version < 2 {
            head.take(4)?;
            self.widths = (head.number(1)? as usize, head.number(1)? as usize);
            head.take(1 + 2 + 2 + 4 + if version == 1 { 4 } else { 0 })?;
            let (address, _) = self.widths;
            self.base = head.number(address)?;
            head.take(3 * address + address)?;
            self.root = head.number(address)?;
        } else {
            self.widths = (head.number(1)? as usize, head.number(1)? as usize);
            head.take(1)?;
            self.base = head.number(self.widths.0)?;
            head.take(2 * self.widths.0)?;
            self.root = head.number(self.widths.0)?;
        }
        if !(1..=8).contains(&self.widths.0) || !(1..=8).contains(&self.widths.1) {
            return Err("addresses of an unusual size".to_string());
        }
        Ok(())
    }

    /// Bytes at an address.
    pub fn bytes(&self, address: u64, n: usize) -> Read<Vec<u8>> {
        if n as u64 > MOST {
            return Err("a structure is too large".to_string());
        }
        let mut bytes = vec![0; n];
        let at = address.checked_add(self.base).ok_or("an address beyond the end of the file")?;
        read_at(&self.file, &mut bytes, at).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "an address beyond the end of the file".to_string(),
            _ => error.to_string(),
        })?;
        Ok(bytes)
    }

    /// The messages of an object's header, and the blocks that they lie in, if they have checksums.
    pub fn header(&self, address: u64) -> Result<(Vec<Message>, Vec<Block>)> {
        self.messages(address).map_err(|what| self.wrong(&what))
    }

    fn messages(&self, address: u64) -> Read<(Vec<Message>, Vec<Block>)> {
        let (mut messages, mut blocks) = (Vec::new(), Vec::new());
        let start = self.bytes(address, 12)?;
        let modern = start.starts_with(b"OHDR");
        let mut ordered = false;
        // Where the messages of each block begin, and how many bytes they have.
        let mut open = Vec::new();
        if modern {
            let flags = start[5];
            ordered = flags & 4 != 0;
            let before = 6 + if flags & 0x20 != 0 { 16 } else { 0 } + if flags & 0x10 != 0 { 4 } else { 0 };
            let width = 1 << (flags & 3);
            let size = Bytes(&self.bytes(address + before, width)?).number(width)?;
            let begin = address + before + width as u64;
            blocks.push(Block { at: address, length: begin + size + 4 - address });
            open.push((begin, size));
        } else if start[0] == 1 {
            open.push((address + 16, Bytes(&start[8..]).number(4)?));
        } else {
            return Err("an object without a header".to_string());
        }
        while let Some((begin, size)) = open.pop() {
            if blocks.len() + messages.len() > 1 << 20 {
                return Err("a header without an end".to_string());
            }
            let block = self.bytes(begin, size.min(MOST + 1) as usize)?;
            let mut rest = Bytes(&block);
            let head = if modern { 4 + if ordered { 2 } else { 0 } } else { 8 };
            while rest.0.len() >= head {
                let (kind, length, shared) = if modern {
                    let (kind, length, flags) = (rest.number(1)?, rest.number(2)?, rest.number(1)?);
                    rest.take(head - 4)?;
                    (kind, length, flags & 2 != 0)
                } else {
                    let (kind, length, flags) = (rest.number(2)?, rest.number(2)?, rest.number(1)?);
                    rest.take(3)?;
                    (kind, length, flags & 2 != 0)
                };
                let at = begin + (block.len() - rest.0.len()) as u64;
                let data = rest.take(length as usize)?.to_vec();
                if kind == 0x10 {
                    let mut next = Bytes(&data);
                    let (to, length) = (next.number(self.widths.0)?, next.number(self.widths.1)?);
                    match modern {
                        true => {
                            blocks.push(Block { at: to, length });
                            open.push((to + 4, length.saturating_sub(8)));
                        }
                        false => open.push((to, length)),
                    }
                }
                messages.push(Message {
                    kind: if shared && kind != 0x0c { 0x100 + kind as u16 } else { kind as u16 },
                    at,
                    data,
                });
            }
        }
        Ok((messages, blocks))
    }

    /// What an object is.
    pub fn what(&self, address: u64) -> Result<What> {
        let (messages, _) = self.header(address)?;
        let has = |kinds: &[u16]| messages.iter().any(|message| kinds.contains(&(message.kind & 0xff)));
        Ok(match () {
            () if has(&[8]) => What::Dataset,
            () if has(&[3]) => What::Other,
            () => What::Group,
        })
    }

    /// The names in a group, in order.
    pub fn links(&self, address: u64) -> Result<Vec<(String, Link)>> {
        let mut links = self.links_as_made(address)?;
        links.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(links)
    }

    /// The same in the order in which they were made, where the file knows it.
    pub fn links_as_made(&self, address: u64) -> Result<Vec<(String, Link)>> {
        let (messages, _) = self.header(address)?;
        let mut links = Vec::new();
        let read = |links: &mut Vec<(u64, String, Link)>| -> Read<()> {
            for message in &messages {
                let mut data = Bytes(&message.data);
                match message.kind {
                    0x06 => links.push(self.link(&message.data)?),
                    0x11 => {
                        let (tree, heap) = (data.number(self.widths.0)?, data.number(self.widths.0)?);
                        let heap = self.local_heap(heap)?;
                        self.table(tree, &heap, links, 0)?;
                    }
                    0x02 => {
                        data.take(1)?;
                        let flags = data.number(1)?;
                        data.take(if flags & 1 != 0 { 8 } else { 0 })?;
                        let (heap, tree) = (data.number(self.widths.0)?, data.number(self.widths.0)?);
                        if !undefined(heap, self.widths.0) {
                            for object in Dense::open(self, heap)?.objects(tree)? {
                                links.push(self.link(&object)?);
                            }
                        }
                    }
                    _ => {}
                }
            }
            Ok(())
        };
        read(&mut links).map_err(|what| self.wrong(&what))?;
        links.sort_by_key(|(order, ..)| *order);
        Ok(links.into_iter().map(|(_, name, link)| (name, link)).collect())
    }

    fn link(&self, bytes: &[u8]) -> Read<(u64, String, Link)> {
        let mut data = Bytes(bytes);
        data.take(1)?;
        let flags = data.number(1)?;
        let kind = if flags & 8 != 0 { data.number(1)? } else { 0 };
        let order = if flags & 4 != 0 { data.number(8)? } else { 0 };
        data.take(if flags & 0x10 != 0 { 1 } else { 0 })?;
        let n = data.number(1 << (flags & 3))? as usize;
        let name = String::from_utf8_lossy(data.take(n)?).into_owned();
        let link = match kind {
            0 => Link::Hard(data.number(self.widths.0)?),
            1 => {
                let n = data.number(2)? as usize;
                Link::Soft(String::from_utf8_lossy(data.take(n)?).into_owned())
            }
            64 => {
                data.take(3)?;
                Link::External(data.text()?, data.text()?)
            }
            _ => return Err(format!("a link of an unknown kind: {name}")),
        };
        Ok((order, name, link))
    }

    fn local_heap(&self, address: u64) -> Read<Vec<u8>> {
        let (wide, long) = self.widths;
        let head = self.bytes(address, 8 + 2 * long + wide)?;
        if !head.starts_with(b"HEAP") {
            return Err("a table of names is missing".to_string());
        }
        let mut rest = Bytes(&head[8..]);
        let size = rest.number(long)?;
        rest.take(long)?;
        let at = rest.number(wide)?;
        self.bytes(at, size.min(MOST + 1) as usize)
    }

    fn table(&self, address: u64, heap: &[u8], links: &mut Vec<(u64, String, Link)>, depth: usize) -> Read<()> {
        let (wide, long) = self.widths;
        let head = self.bytes(address, 8)?;
        if head.starts_with(b"SNOD") {
            let n = usize::from(u16::from_le_bytes([head[6], head[7]]));
            let size = 2 * wide + 24;
            for entry in self.bytes(address + 8, n * size)?.chunks_exact(size) {
                let mut entry = Bytes(entry);
                let (name, to, kind) = (entry.number(wide)?, entry.number(wide)?, entry.number(4)?);
                entry.take(4)?;
                let text = |at: u64| Bytes(heap.get(at as usize..).unwrap_or_default()).text();
                let link = if kind == 2 { Link::Soft(text(entry.number(4)?)?) } else { Link::Hard(to) };
                links.push((0, text(name)?, link));
            }
            return Ok(());
        }
        if !head.starts_with(b"TREE") || depth > 32 {
            return Err("a table of members is missing".to_string());
        }
        let n = usize::from(u16::from_le_bytes([head[6], head[7]]));
        let body = self.bytes(address + 8 + 2 * wide as u64, n * (long + wide))?;
        let mut body = Bytes(&body);
        for _ in 0..n {
            body.take(long)?;
            self.table(body.number(wide)?, heap, links, depth + 1)?;
        }
        Ok(())
    }

    /// The attributes of an object, in the order in which they stand there.
    pub fn attributes(&self, address: u64) -> Result<Vec<RawAttribute>> {
        let (messages, _) = self.header(address)?;
        let read = || -> Read<Vec<RawAttribute>> {
            let mut all = Vec::new();
            for message in &messages {
                match message.kind {
                    0x0c => all.push(self.attribute(&message.data)?),
                    0x15 => {
                        let mut data = Bytes(&message.data);
                        data.take(1)?;
                        let flags = data.number(1)?;
                        data.take(if flags & 1 != 0 { 2 } else { 0 })?;
                        let (heap, tree) = (data.number(self.widths.0)?, data.number(self.widths.0)?);
                        if !undefined(heap, self.widths.0) {
                            for object in Dense::open(self, heap)?.objects(tree)? {
                                all.push(self.attribute(&object)?);
                            }
                        }
                    }
                    _ => {}
                }
            }
            Ok(all)
        };
        read().map_err(|what| self.wrong(&what))
    }

    fn attribute(&self, bytes: &[u8]) -> Read<RawAttribute> {
        let mut data = Bytes(bytes);
        let (version, flags) = (data.number(1)?, data.number(1)?);
        let sizes = [data.number(2)?, data.number(2)?, data.number(2)?].map(|size| size as usize);
        data.take(usize::from(version == 3))?;
        let padded = |size: usize| if version == 1 { size.next_multiple_of(8) } else { size };
        let name = data.take(padded(sizes[0]))?;
        let name = Bytes(&name[..sizes[0].min(name.len())]).text()?;
        let datatype = data.take(padded(sizes[1]))?[..sizes[1]].to_vec();
        let space = data.take(padded(sizes[2]))?;
        // Types and shapes that several share stand elsewhere.
        let datatype = if version > 1 && flags & 1 != 0 { Vec::new() } else { datatype };
        let mut space = Bytes(space);
        let (version, rank, flags) = (space.number(1)?, space.number(1)? as usize, space.number(1)?);
        let kind = space.number(1)?;
        space.take(if version == 1 { 4 } else { 0 })?;
        let _ = flags;
        let shape = match version == 2 && kind == 2 {
            true => None,
            false => Some(
                (0..rank).map(|_| space.number(self.widths.1).map(|length| length as usize)).collect::<Read<_>>()?,
            ),
        };
        Ok(RawAttribute { name, datatype, shape, data: data.0.to_vec() })
    }

    /// Where a path ends, whatever links it leads over; `None` where a name is not there.
    pub fn find(&self, path: &str) -> Result<Option<Place>> {
        let mut open: Vec<String> = path.split('/').rev().filter(|part| !part.is_empty()).map(str::to_string).collect();
        let (mut at, mut address, mut followed) = ("/".to_string(), self.root, 0);
        while let Some(name) = open.pop() {
            if name == "." {
                continue;
            }
            if self.what(address)? != What::Group {
                return Ok(None);
            }
            let Some((_, link)) = self.links(address)?.into_iter().find(|(other, _)| *other == name) else {
                return Ok(if followed > 0 { Some(Place::Nowhere) } else { None });
            };
            match link {
                Link::Hard(next) => (at, address) = (join(&at, &name), next),
                Link::Soft(target) => {
                    followed += 1;
                    if followed > DEEP {
                        return Ok(Some(Place::Nowhere));
                    }
                    if target.starts_with('/') {
                        (at, address) = ("/".to_string(), self.root);
                    }
                    open.extend(target.split('/').rev().filter(|part| !part.is_empty()).map(str::to_string));
                }
                Link::External(file, target) => {
                    open.reverse();
                    let rest = format!("{target}/{}", open.join("/"));
                    return Ok(Some(Place::Elsewhere(beside(&self.path, &file), join("/", &rest))));
                }
            }
        }
        Ok(Some(Place::Here(at, address, self.what(address)?)))
    }
}

/// The file that an external link names: beside the one that it is in.
pub fn beside(path: &Path, file: &str) -> PathBuf {
    match path.parent() {
        Some(folder) => folder.join(file),
        None => PathBuf::from(file),
    }
}

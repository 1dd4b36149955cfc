//! Many links or attributes of one object: a heap of them, and a tree that says where each is.

use super::walk::{Bytes, Walker, undefined};

type Read<T> = std::result::Result<T, String>;

/// A heap of objects of different sizes, in blocks that grow row by row.
pub struct Dense<'a> {
    walker: &'a Walker,
    /// How many blocks a row has.
    width: usize,
    /// The size of the blocks of the first row.
    start: u64,
    /// The largest size of a block that holds objects itself.
    largest: u64,
    /// Bytes of a place in the heap, and of an object's length.
    place: usize,
    length: usize,
    root: u64,
    /// How many rows the root has; 0 if it is a block itself.
    rows: usize,
}

/// How many bytes hold this number.
fn bytes_for(number: u64) -> usize {
    (64 - number.leading_zeros() as usize).div_ceil(8).max(1)
}

impl<'a> Dense<'a> {
    /// The heap at an address.
    pub fn open(walker: &'a Walker, address: u64) -> Read<Dense<'a>> {
        let (wide, long) = walker.widths;
        let head = walker.bytes(address, 26 + 3 * wide + 12 * long)?;
        if !head.starts_with(b"FRHP") {
            return Err("a heap is missing".to_string());
        }
        let mut rest = Bytes(&head[5..]);
        rest.take(2)?;
        let filters = rest.number(2)?;
        rest.take(1)?;
        let most = rest.number(4)?;
        if filters != 0 {
            return Err("a heap that is compressed".to_string());
        }
        rest.take(long + wide + long + wide + 8 * long)?;
        let width = rest.number(2)? as usize;
        let (start, largest) = (rest.number(long)?, rest.number(long)?);
        let bits = rest.number(2)? as usize;
        rest.take(2)?;
        let (root, rows) = (rest.number(wide)?, rest.number(2)? as usize);
        if width == 0 || !start.is_power_of_two() || !largest.is_power_of_two() || largest < start || rows > 64 {
            return Err("a heap of an impossible shape".to_string());
        }
        let length = bytes_for(largest.min(most));
        Ok(Dense { walker, width, start, largest, place: bits.div_ceil(8), length, root, rows })
    }

    /// All objects that a tree names.
    pub fn objects(&self, tree: u64) -> Read<Vec<Vec<u8>>> {
        let (wide, long) = self.walker.widths;
        let head = self.walker.bytes(tree, 16 + wide + 2 + long)?;
        if !head.starts_with(b"BTHD") {
            return Err("a tree of names is missing".to_string());
        }
        let kind = head[5];
        let mut rest = Bytes(&head[6..]);
        let (node, record, depth) = (rest.number(4)? as usize, rest.number(2)? as usize, rest.number(2)? as usize);
        rest.take(2)?;
        let (root, n) = (rest.number(wide)?, rest.number(2)? as usize);
        // Where in a record the name of its object in the heap stands.
        let skip = match kind {
            5 => 4,
            8 => 0,
            _ => return Err("a tree of an unknown kind".to_string()),
        };
        if record <= skip || node <= 10 + record || depth > 16 {
            return Err("a tree of an impossible shape".to_string());
        }
        if undefined(root, wide) || n == 0 {
            return Ok(Vec::new());
        }
        // For each depth: how many records a node has at most, how many are below it, and how its children are written.
        let mut most = vec![(node - 10) / record];
        let mut below = vec![most[0] as u64];
        let mut pointers = vec![(0, 0)];
        for level in 1..=depth {
            let count = bytes_for(most[level - 1] as u64);
            let total = if level > 1 { bytes_for(below[level - 1]) } else { 0 };
            let pointer = wide + count + total;
            let n = (node - 10).saturating_sub(pointer) / (record + pointer);
            pointers.push((count, total));
            below.push((n as u64 + 1).saturating_mul(below[level - 1]).saturating_add(n as u64));
            most.push(n);
        }
        let mut found = Vec::new();
        let mut open = vec![(root, n, depth)];
        while let Some((address, n, level)) = open.pop() {
            if n > most[level] || found.len() > 1 << 22 {
                return Err("a tree with too many names".to_string());
            }
            let bytes = self.walker.bytes(address, node)?;
            let mut rest = Bytes(bytes.get(6..).unwrap_or_default());
            for _ in 0..n {
                found.push(self.object(&rest.take(record)?[skip..])?);
            }
            if level > 0 {
                let (count, total) = pointers[level];
                for _ in 0..=n {
                    let (child, n) = (rest.number(wide)?, rest.number(count)? as usize);
                    rest.take(total)?;
                    open.push((child, n, level - 1));
                }
            }
        }
        Ok(found)
    }

    /// The object that is named so.
    fn object(&self, id: &[u8]) -> Read<Vec<u8>> {
        let mut rest = Bytes(id);
        let flags = rest.number(1)?;
        match flags >> 4 & 3 {
            0 => {
                let (place, length) = (rest.number(self.place)?, rest.number(self.length)?);
                let (block, begin) = match self.rows {
                    0 => (self.root, 0),
                    rows => self.block(self.root, rows, 0, place, 0)?,
                };
                self.walker.bytes(block + place - begin, length as usize)
            }
            2 => Ok(rest.take((flags & 15) as usize + 1)?.to_vec()),
            _ => Err("an object that is too large for its heap".to_string()),
        }
    }

    /// The size of the blocks of a row.
    fn size(&self, row: usize) -> u64 {
        if row < 2 { self.start } else { self.start << (row - 1).min(62) }
    }

    /// The block that a place lies in, and where in the heap it begins.
    fn block(&self, table: u64, rows: usize, begin: u64, place: u64, depth: usize) -> Read<(u64, u64)> {
        if depth > 16 {
            return Err("a heap without an end".to_string());
        }
        let (wide, _) = self.walker.widths;
        let direct = (self.largest.trailing_zeros() - self.start.trailing_zeros()) as usize + 2;
        let mut at = begin;
        for row in 0..rows {
            let size = self.size(row);
            let whole = size.saturating_mul(self.width as u64);
            if place >= at.saturating_add(whole) {
                at = at.saturating_add(whole);
                continue;
            }
            let column = (place - at) / size;
            let entry = (row * self.width) as u64 + column;
            let head = (5 + wide + self.place) as u64;
            let address = Bytes(&self.walker.bytes(table + head + entry * wide as u64, wide)?).number(wide)?;
            let begin = at + column * size;
            if undefined(address, wide) {
                return Err("an object in a block that is missing".to_string());
            }
            if row < direct {
                return Ok((address, begin));
            }
            let rows = (size / self.start / self.width as u64).max(1).trailing_zeros() as usize + 1;
            return self.block(address, rows, begin, place, depth + 1);
        }
        Err("an object beyond the end of its heap".to_string())
    }
}

//! The filters that chunks of a dataset have gone through, undone: gzip, LZF, shuffling, checksums.

use std::io::Read;

/// What is done to the bytes of a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Filter {
    /// Zlib.
    Deflate,
    /// The first bytes of all numbers, then the second ones, …
    Shuffle,
    /// Four bytes at the end that tell whether the others are right.
    Fletcher32,
    /// h5py's quick one.
    Lzf,
}

impl Filter {
    /// By its number in the format.
    pub fn from_id(id: u16) -> Option<Filter> {
        Some(match id {
            1 => Filter::Deflate,
            2 => Filter::Shuffle,
            3 => Filter::Fletcher32,
            32000 => Filter::Lzf,
            _ => return None,
        })
    }
}

/// The bytes that a chunk of `size` bytes was made of. `skipped` has a bit for each filter that this chunk did without.
pub fn decode(
    mut bytes: Vec<u8>,
    filters: &[Filter],
    skipped: u32,
    size: usize,
    item: usize,
) -> Result<Vec<u8>, String> {
    for (at, filter) in filters.iter().enumerate().rev() {
        if at < 32 && skipped & (1 << at) != 0 {
            continue;
        }
        bytes = match filter {
            Filter::Deflate => inflate(&bytes, size)?,
            Filter::Lzf => lzf(&bytes, size)?,
            Filter::Shuffle => unshuffle(&bytes, item),
            Filter::Fletcher32 => checked(bytes)?,
        };
    }
    if bytes.len() != size {
        return Err(format!("a chunk has {} bytes, expected {size}", bytes.len()));
    }
    Ok(bytes)
}

fn inflate(bytes: &[u8], size: usize) -> Result<Vec<u8>, String> {
    // A checksum may still stand at the end.
    let mut out = Vec::with_capacity(size + 4);
    let mut decoder = flate2::read::ZlibDecoder::new(bytes).take(size as u64 + 5);
    decoder.read_to_end(&mut out).map_err(|error| format!("a compressed chunk cannot be read ({error})"))?;
    Ok(out)
}

fn unshuffle(bytes: &[u8], item: usize) -> Vec<u8> {
    let n = bytes.len().checked_div(item).unwrap_or(0);
    if item < 2 || n < 2 {
        return bytes.to_vec();
    }
    let mut out = bytes.to_vec();
    for (at, plane) in bytes[..n * item].chunks_exact(n).enumerate() {
        for (to, &byte) in out[at..].iter_mut().step_by(item).zip(plane) {
            *to = byte;
        }
    }
    out
}

fn checked(mut bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let Some(end) = bytes.len().checked_sub(4) else { return Err("a chunk is too short for its checksum".to_string()) };
    let stored = u32::from_le_bytes(bytes[end..].try_into().expect("four bytes"));
    bytes.truncate(end);
    // Some old files have the bytes of each half the other way round.
    let sum = fletcher32(&bytes);
    if sum != stored && sum.swap_bytes().rotate_left(16) != stored {
        return Err("a chunk's checksum is wrong".to_string());
    }
    Ok(bytes)
}

fn fletcher32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (0u64, 0u64);
    for block in bytes.chunks(720) {
        for pair in block.chunks(2) {
            // An odd byte at the end is the upper half of a word.
            low += u64::from(u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
            high += low;
        }
        (low, high) = (fold(low), fold(high));
    }
    (high as u32) << 16 | low as u32
}

fn fold(sum: u64) -> u64 {
    let mut sum = sum;
    while sum >> 16 != 0 {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum
}

/// Undoes LZF: pieces that stand as they are, and pieces that were there before.
fn lzf(bytes: &[u8], size: usize) -> Result<Vec<u8>, String> {
    let broken = || "a compressed chunk cannot be read".to_string();
    let mut out: Vec<u8> = Vec::with_capacity(size);
    let mut rest = bytes.iter().copied();
    while let Some(control) = rest.next() {
        let control = usize::from(control);
        if control < 32 {
            for _ in 0..=control {
                out.push(rest.next().ok_or_else(broken)?);
            }
        } else {
            let mut length = control >> 5;
            if length == 7 {
                length += usize::from(rest.next().ok_or_else(broken)?);
            }
            let back = ((control & 31) << 8) + usize::from(rest.next().ok_or_else(broken)?) + 1;
            let start = out.len().checked_sub(back).ok_or_else(broken)?;
            for at in start..start + length + 2 {
                out.push(out[at]);
            }
        }
        if out.len() > size + 4 {
            return Err(broken());
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_put_back_in_their_places() {
        assert_eq!(unshuffle(&[1, 3, 5, 2, 4, 6], 2), [1, 2, 3, 4, 5, 6]);
        assert_eq!(unshuffle(&[1, 2, 3], 1), [1, 2, 3]);
    }

    #[test]
    fn what_was_there_before_is_repeated() {
        // `a`, then six times what stands one back.
        assert_eq!(lzf(&[0, b'a', 4 << 5, 0], 7), Ok(b"aaaaaaa".to_vec()));
        assert!(lzf(&[32, 5], 7).is_err());
        assert!(lzf(&[3, 1], 7).is_err());
    }

    #[test]
    fn checksums_are_looked_at() {
        let mut bytes = b"abcde".to_vec();
        let sum = fletcher32(&bytes);
        bytes.extend(sum.to_le_bytes());
        assert_eq!(checked(bytes.clone()), Ok(b"abcde".to_vec()));
        bytes[1] ^= 1;
        assert!(checked(bytes).is_err());
    }
}

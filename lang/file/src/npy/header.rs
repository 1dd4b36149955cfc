//! The header of `.npy` files: a version, and a dict in Python's notation.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use rdk_array::array::Array;
use rdk_array::{Chunk, DType};
use rdk_runtime::{Context, Error, Result, error};

use crate::fault;
use crate::number::Number;
use crate::store::{Target, run, writing};
use crate::stored::{How, Stored, stamp_of};

/// What a header says.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Where the numbers begin.
    pub offset: u64,
    /// What a number looks like.
    pub number: Number,
    /// Does the first axis run fastest?
    pub fortran: bool,
    /// How long it is along each axis.
    pub shape: Vec<usize>,
}

/// The array in a `.npy` file, which stays there.
pub fn read_header(path: &Path) -> Result<Stored> {
    let file = File::open(path).map_err(|error| fault::system(&error, path))?;
    let facts = file.metadata().map_err(|error| fault::system(&error, path))?;
    if facts.is_dir() {
        return Err(fault::system(&std::io::Error::from_raw_os_error(21), path));
    }
    let header = parse(&mut BufReader::new(file), path)?;
    let Header { offset, number, fortran, shape } = header;
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    Ok(Stored { path, stamp: stamp_of(&facts), shape, dtype: number.dtype, how: How::Raw { offset, number, fortran } })
}

/// Reads a header; what follows it are the numbers.
pub fn parse(from: &mut dyn Read, path: &Path) -> Result<Header> {
    let wrong = |what: &str| -> Error { error!("{what}: '{}'", fault::named(path)) };
    let short = || wrong("EOF: reading array header, the file is too short");
    let mut start = [0; 8];
    from.read_exact(&mut start).map_err(|_| wrong("No data left in file"))?;
    if &start[..6] != b"\x93NUMPY" {
        return Err(wrong("the magic string is not correct; this is not a .npy file"));
    }
    let (length, before) = match start[6] {
        1 => {
            let mut length = [0; 2];
            from.read_exact(&mut length).map_err(|_| short())?;
            (usize::from(u16::from_le_bytes(length)), 10)
        }
        2 | 3 => {
            let mut length = [0; 4];
            from.read_exact(&mut length).map_err(|_| short())?;
            (u32::from_le_bytes(length) as usize, 12)
        }
        other => {
            return Err(wrong(&format!(
                "we only support format version (1,0), (2,0), and (3,0), not ({other}, {})",
                start[7]
            )));
        }
    };
    let mut bytes = Vec::new();
    from.take(length as u64).read_to_end(&mut bytes).map_err(|_| short())?;
    if bytes.len() < length {
        return Err(short());
    }
    let text = String::from_utf8_lossy(&bytes);
    let field = |name: &str| {
        let at = text.find(&format!("'{name}'"))? + name.len() + 2;
        Some(text[at..].trim_start_matches([' ', ':']))
    };
    let cannot = || wrong("Cannot parse header");
    let descr = field("descr").ok_or_else(cannot)?;
    let Some(code) = descr.strip_prefix('\'').and_then(|rest| rest.split('\'').next()) else {
        return Err(wrong("it holds records, and an array holds numbers"));
    };
    let number =
        Number::from_code(code).ok_or_else(|| match code.trim_start_matches(['|', '<', '>']).chars().next() {
            Some('O') => wrong("Object arrays cannot be loaded when allow_pickle=False"),
            _ => wrong(&format!("its elements are of type '{code}', and an array holds numbers")),
        })?;
    let fortran = field("fortran_order").ok_or_else(cannot)?.starts_with("True");
    let shape = field("shape").and_then(|rest| rest.strip_prefix('(')?.split(')').next()).ok_or_else(cannot)?;
    let lengths = shape.split(',').map(str::trim).filter(|length| !length.is_empty());
    let shape = lengths
        .map(|length| length.trim_end_matches('L').parse::<usize>())
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(|_| cannot())?;
    // Also where one axis is 0 long the others have to be lengths.
    let lengths: Vec<usize> = shape.iter().map(|&length| length.max(1)).collect();
    if crate::region::count(&lengths).is_none_or(|n| n > isize::MAX as usize / 16) || shape.len() > 32 {
        return Err(cannot());
    }
    Ok(Header { offset: before + length as u64, number, fortran, shape })
}

/// The header of an array in C order.
pub fn header(dtype: DType, shape: &[usize]) -> Vec<u8> {
    let text = format!(
        "{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}",
        dtype.code(),
        rdk_array::shape::show(shape)
    );
    let unpadded = 10 + text.len() + 1;
    let padding = unpadded.next_multiple_of(64) - unpadded;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(((text.len() + padding + 1) as u16).to_le_bytes());
    bytes.extend(text.bytes());
    bytes.resize(bytes.len() + padding, b' ');
    bytes.push(b'\n');
    bytes
}

/// Writes an array.
pub fn write(to: &mut dyn Write, chunk: &Chunk) -> std::io::Result<()> {
    to.write_all(&header(chunk.dtype(), chunk.shape()))?;
    Number::plain(chunk.dtype()).write(chunk, to)
}

/// Writes a file.
pub fn save(path: &Path, chunk: &Chunk) -> Result<()> {
    crate::whole::replace(path, |part| {
        let written = File::create(part).and_then(|file| {
            let mut file = BufWriter::new(file);
            write(&mut file, chunk)?;
            file.flush()
        });
        written.map_err(|error| fault::system(&error, path))
    })
}

/// Writes the file of a lazy array, chunk by chunk.
pub fn save_lazy(context: &Context, path: &Path, array: &Array) -> Result<()> {
    crate::whole::replace(path, |part| {
        let header = header(array.dtype(), array.shape());
        let length = header.len() as u64 + array.nbytes() as u64;
        let made = File::create(part).and_then(|mut file| {
            file.write_all(&header)?;
            file.set_len(length)
        });
        made.map_err(|error| fault::system(&error, path))?;
        let target = Target::Raw {
            path: std::path::absolute(part).unwrap_or_else(|_| part.to_path_buf()),
            offset: header.len() as u64,
            number: Number::plain(array.dtype()),
        };
        run(context, &[writing(array, target, array.shape(), &vec![0; array.ndim()])])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_understood() {
        for shape in [vec![], vec![5], vec![2, 3]] {
            let bytes = header(DType::I32, &shape);
            assert_eq!(bytes.len() % 64, 0);
            let read = parse(&mut &bytes[..], Path::new("x")).expect("it is whole");
            assert_eq!(
                read,
                Header { offset: bytes.len() as u64, number: Number::plain(DType::I32), fortran: false, shape }
            );
        }
        assert!(parse(&mut &header(DType::I32, &[1])[..20], Path::new("x")).is_err());
        let wide = header(DType::I32, &[usize::MAX, 0]);
        assert!(parse(&mut &wide[..], Path::new("x")).is_err());
        assert!(parse(&mut &b"\x93NUMPX\x01\x00"[..], Path::new("x")).is_err());
    }
}

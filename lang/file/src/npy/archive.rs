//! `.npz`: a zip file of `.npy` files.

use std::any::Any;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use rdk_array::Chunk;
use rdk_array::eager::NdArray;
use rdk_runtime::builtins::path::shown;
use rdk_runtime::types::{raised, types};
use rdk_runtime::{Class, ClassRef, Context, Error, FromValue, Kind, Object, Result, Value, builtins, error};

use super::header;
use crate::fault;

/// An `.npz` file that has been opened.
#[derive(Clone)]
pub struct Archive(Arc<Inner>);

struct Inner {
    path: PathBuf,
    bytes: Vec<u8>,
    members: Vec<Member>,
}

struct Member {
    name: String,
    method: u16,
    /// Where its header is.
    at: usize,
    packed: usize,
    size: usize,
    checksum: u32,
}

impl Member {
    /// Its name without the ending of its file.
    fn bare(&self) -> &str {
        self.name.strip_suffix(".npy").unwrap_or(&self.name)
    }
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("NpzFile", "numpy.lib.npyio", "Several arrays in one file, by name.");
    ClassRef::new(class.base(types().object.clone()).methods(methods::builtins()).properties(properties::builtins()))
});

impl FromValue for Archive {
    fn expected() -> &'static str {
        "an .npz file"
    }

    fn from_value(value: &Value) -> Option<Archive> {
        value.get::<Archive>().cloned()
    }
}

mod methods {
    use super::*;

    builtins! {
        /// The names of its arrays.
        fn keys(/** The file. */ this: Archive) -> Vec<String> { this.names() }

        /// Its arrays.
        fn values(/** The file. */ this: Archive) -> Result<Vec<Value>> { this.names().iter().map(|name| this.array(name)).collect() }

        /// Names and arrays.
        fn items(/** The file. */ this: Archive) -> Result<Vec<Value>> {
            this.names().iter().map(|name| Ok(Value::tuple([Value::str(name), this.array(name)?]))).collect()
        }

        /// The array of this name, or something else if there is none.
        fn get(
            /// The file.
            this: Archive,
            /// The name.
            key: String,
            /// What to give if there is none.
            default: Option<Value>,
        ) -> Result<Value> {
            if this.names().contains(&key) { this.array(&key) } else { Ok(default.unwrap_or_default()) }
        }

        /// Closes it: accepted.
        fn close(/** The file. */ this: Archive) { let _ = this; }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// Its arrays as attributes: `z.f.name`.
        fn f(/** The file. */ this: Archive) -> Value { Value::object(Attributes(this)) }

        /// The names of its arrays.
        fn files(/** The file. */ this: Archive) -> Vec<String> { this.names() }
    }
}

/// The arrays of a file as attributes.
struct Attributes(Archive);

impl Object for Attributes {
    fn class(&self) -> ClassRef {
        types().object.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<BagObj>".to_string()
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        self.0.names().iter().any(|other| other == name).then(|| self.0.array(name))
    }

    fn attribute_names(&self) -> Vec<String> {
        self.0.names()
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..)?.get(..2)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(bytes.get(at..)?.get(..4)?.try_into().ok()?) as usize)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u64::from_le_bytes(bytes.get(at..)?.get(..8)?.try_into().ok()?) as usize)
}

impl Archive {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Archive> {
        let bytes = std::fs::read(path).map_err(|error| fault::system(&error, path))?;
        let members = directory(&bytes)
            .ok_or_else(|| error!(OSError: "File is not a zip file, or it is cut off: '{}'", fault::named(path)))?;
        Ok(Archive(Arc::new(Inner { path: path.to_path_buf(), bytes, members })))
    }

    fn names(&self) -> Vec<String> {
        self.0.members.iter().map(|member| member.bare().to_string()).collect()
    }

    fn array(&self, name: &str) -> Result<Value> {
        let member = self.0.members.iter().find(|member| member.bare() == name || member.name == name);
        let Some(member) = member else {
            let text = format!("{name} is not a file in the archive");
            return Err(
                raised(Kind::KeyError, vec![Value::from(text)]).hint(format!("there is: {}", self.names().join(", ")))
            );
        };
        let broken = |what: &str| fault::damaged(&self.0.path, format!("member '{name}' {what}"));
        let bytes =
            self.unpacked(member).ok_or_else(|| broken("cannot be read, the file may be cut off or damaged"))?;
        let mut crc = Crc::new();
        crc.update(&bytes);
        if crc.sum() != member.checksum {
            return Err(broken("has a wrong checksum"));
        }
        let header = header::parse(&mut &bytes[..], &self.0.path)?;
        let body = &bytes[(header.offset as usize).min(bytes.len())..];
        let n = crate::region::count(&header.shape).unwrap_or(0);
        let Some(body) = body.get(..n * header.number.size()) else {
            return Err(broken("is shorter than its header says"));
        };
        let chunk = match header.fortran {
            true => {
                let shape: Vec<usize> = header.shape.iter().rev().copied().collect();
                let axes: Vec<usize> = (0..shape.len()).rev().collect();
                header.number.decode(body, &shape).transpose(&axes)
            }
            false => header.number.decode(body, &header.shape),
        };
        Ok(Value::object(NdArray::new(chunk)))
    }

    fn unpacked(&self, member: &Member) -> Option<Vec<u8>> {
        let bytes = &self.0.bytes;
        if u32_at(bytes, member.at)? != 0x0403_4b50 {
            return None;
        }
        let start = member.at + 30 + u16_at(bytes, member.at + 26)? + u16_at(bytes, member.at + 28)?;
        let packed = bytes.get(start..start.checked_add(member.packed)?)?;
        match member.method {
            0 => Some(packed.to_vec()),
            8 => {
                let mut out = Vec::new();
                DeflateDecoder::new(packed).take((member.size as u64).saturating_add(1)).read_to_end(&mut out).ok()?;
                (out.len() == member.size).then_some(out)
            }
            _ => None,
        }
    }
}

/// The members of a zip file, from the directory at its end.
fn directory(bytes: &[u8]) -> Option<Vec<Member>> {
    let last = bytes.len().checked_sub(22)?;
    let end = (last.saturating_sub(65_536)..=last).rev().find(|&at| bytes[at..].starts_with(b"PK\x05\x06"))?;
    // What a hostile file says about places may be any number: `u32_at` first finds out whether a place lies in the file.
    let (mut n, mut at) = (u16_at(bytes, end + 10)?, u32_at(bytes, end + 16)?);
    if at == u32::MAX as usize || n == usize::from(u16::MAX) {
        let wide = u64_at(bytes, end.checked_sub(20)? + 8)?;
        (n, at) = (u64_at(bytes, wide.checked_add(32)?)?, u64_at(bytes, wide.checked_add(48)?)?);
    }
    let mut members = Vec::new();
    for _ in 0..n {
        if u32_at(bytes, at)? != 0x0201_4b50 {
            return None;
        }
        let (name_length, extra, comment) = (u16_at(bytes, at + 28)?, u16_at(bytes, at + 30)?, u16_at(bytes, at + 32)?);
        let mut sizes = [u32_at(bytes, at + 24)?, u32_at(bytes, at + 20)?, u32_at(bytes, at + 42)?];
        let name = String::from_utf8_lossy(bytes.get(at + 46..at + 46 + name_length)?).into_owned();
        // Sizes that do not fit stand in a field of their own.
        let mut field = at + 46 + name_length;
        let fields_end = field + extra;
        while field + 4 <= fields_end {
            if u16_at(bytes, field)? == 1 {
                let mut wide = field + 4;
                for size in sizes.iter_mut().filter(|size| **size == u32::MAX as usize) {
                    *size = u64_at(bytes, wide)?;
                    wide += 8;
                }
            }
            field += 4 + u16_at(bytes, field + 2)?;
        }
        let [size, packed, header] = sizes;
        let checksum = u32_at(bytes, at + 16)? as u32;
        members.push(Member { name, method: u16_at(bytes, at + 10)? as u16, at: header, packed, size, checksum });
        at += 46 + name_length + extra + comment;
    }
    Some(members)
}

/// Writes arrays under their names.
pub fn save(path: &Path, arrays: &[(String, Chunk)], compressed: bool) -> Result<()> {
    crate::whole::replace(path, |part| write(part, arrays, compressed).map_err(|error| fault::system(&error, path)))
}

fn write(part: &Path, arrays: &[(String, Chunk)], compressed: bool) -> std::io::Result<()> {
    let mut to = std::io::BufWriter::new(std::fs::File::create(part)?);
    let (mut at, mut list) = (0u64, Vec::new());
    for (name, chunk) in arrays {
        let name = format!("{name}.npy");
        let mut bytes = Vec::new();
        header::write(&mut bytes, chunk)?;
        let mut crc = Crc::new();
        crc.update(&bytes);
        let size = bytes.len() as u64;
        if compressed {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
            encoder.write_all(&bytes)?;
            bytes = encoder.finish()?;
        }
        let packed = bytes.len() as u64;
        let method = if compressed { 8u16 } else { 0 };
        let wide = size > 0xffff_fff0 || packed > 0xffff_fff0 || at > 0xffff_fff0;
        let narrow = |number: u64| if wide { u32::MAX } else { number as u32 };
        let mut common = Vec::new();
        common.extend((if wide { 45u16 } else { 20 }).to_le_bytes());
        // Names are UTF-8.
        common.extend(0x0800u16.to_le_bytes());
        common.extend(method.to_le_bytes());
        common.extend([0, 0, 0x21, 0]);
        common.extend(crc.sum().to_le_bytes());
        common.extend(narrow(packed).to_le_bytes());
        common.extend(narrow(size).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        let mut local = b"PK\x03\x04".to_vec();
        local.extend(&common);
        local.extend((if wide { 20u16 } else { 0 }).to_le_bytes());
        local.extend(name.bytes());
        let sizes = |more: bool| {
            let mut field = Vec::new();
            if wide {
                field.extend(1u16.to_le_bytes());
                field.extend((if more { 24u16 } else { 16 }).to_le_bytes());
                field.extend(size.to_le_bytes());
                field.extend(packed.to_le_bytes());
                if more {
                    field.extend(at.to_le_bytes());
                }
            }
            field
        };
        local.extend(sizes(false));
        to.write_all(&local)?;
        to.write_all(&bytes)?;
        let extra = sizes(true);
        list.extend(b"PK\x01\x02");
        list.extend((if wide { 45u16 } else { 20 }).to_le_bytes());
        list.extend(&common);
        list.extend((extra.len() as u16).to_le_bytes());
        list.extend([0; 6]);
        list.extend(0u32.to_le_bytes());
        list.extend(narrow(at).to_le_bytes());
        list.extend(name.bytes());
        list.extend(extra);
        at += local.len() as u64 + packed;
    }
    to.write_all(&list)?;
    let n = arrays.len() as u64;
    let (size, wide) = (list.len() as u64, at > 0xffff_fff0);
    if wide {
        to.write_all(b"PK\x06\x06")?;
        to.write_all(&44u64.to_le_bytes())?;
        to.write_all(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0])?;
        for number in [n, n, size, at] {
            to.write_all(&number.to_le_bytes())?;
        }
        to.write_all(b"PK\x06\x07")?;
        to.write_all(&0u32.to_le_bytes())?;
        to.write_all(&(at + size).to_le_bytes())?;
        to.write_all(&1u32.to_le_bytes())?;
    }
    to.write_all(b"PK\x05\x06\0\0\0\0")?;
    to.write_all(&(n as u16).to_le_bytes())?;
    to.write_all(&(n as u16).to_le_bytes())?;
    to.write_all(&(size as u32).to_le_bytes())?;
    to.write_all(&(if wide { u32::MAX } else { at as u32 }).to_le_bytes())?;
    to.write_all(&0u16.to_le_bytes())?;
    to.flush()
}

impl Object for Archive {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let names = self.names();
        let more = if names.len() > 5 { "..." } else { "" };
        format!(
            "NpzFile {} with keys: {}{more}",
            Value::from(shown(&self.0.path)).repr(),
            names[..names.len().min(5)].join(", ")
        )
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(String::try_from_value(index).and_then(|name| self.array(&name)))
    }

    fn contains(&self, _: &Context, item: &Value) -> Option<Result<bool>> {
        Some(Ok(item.as_str().is_some_and(|name| self.names().iter().any(|other| other == name))))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.0.members.len()))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let mut names = self.names().into_iter().map(Value::from);
        Some(Ok(Value::iter("iterator", move |_| names.next().map(Ok))))
    }

    fn enter(&self, _: &Context) -> Option<Result<Value>> {
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, _: &Context, _: Option<&Error>) -> Result<bool> {
        Ok(false)
    }

    fn n_bytes(&self) -> usize {
        self.0.bytes.len()
    }
}

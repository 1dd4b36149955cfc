//! Attributes: small values with names at groups and datasets. What is known of one, and how it is written.

use hdf5_pure::{AttrValue, Datatype, StringPadding};
use rdk_array::eager::{self, NumpyScalar, nested};
use rdk_array::{Chunk, DType};
use rdk_runtime::convert::describe;
use rdk_runtime::{Result, Value, bail};

use super::kind::Kind;
use super::links::Empty;
use super::texts;
use super::walk::{RawAttribute, Walker};
use crate::number::Number;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// Numbers of any shape.
    Numbers(Chunk),
    /// Texts of any shape; `bytes`: each has room for so many of them.
    Texts {
        /// Their shape.
        shape: Vec<usize>,
        /// The texts, in order.
        texts: Vec<String>,
        /// Bytes that each has room for; `None` for texts of any length.
        bytes: Option<usize>,
    },
    /// Bytes of any shape that are no text.
    Bytes(Vec<usize>, Vec<Vec<u8>>),
    /// Something else that is complete in itself: it can be written again as it stands.
    Kept(RawAttribute),
    /// What stands in a file, and what it means; it is written again as it stands.
    Stored(RawAttribute, Box<Attribute>),
    /// Something that refers to other places of the file.
    Lost,
}

/// Does a value of this type stand in one place?
pub fn is_complete(datatype: &Datatype) -> bool {
    match datatype {
        Datatype::VariableLength { .. } | Datatype::Reference { .. } => false,
        Datatype::Compound { members, .. } => members.iter().all(|member| is_complete(&member.datatype)),
        Datatype::Array { base_type, .. } | Datatype::Enumeration { base_type, .. } => is_complete(base_type),
        _ => true,
    }
}

impl Attribute {
    /// Of what stands in a file, and of what the crate knows of it.
    pub fn of_file(
        raw: RawAttribute,
        datatype: Option<&Datatype>,
        value: Option<&AttrValue>,
        walker: &Walker,
    ) -> Attribute {
        let Some(datatype) = datatype else { return Attribute::Lost };
        let kept = |raw: RawAttribute| match is_complete(datatype) && !raw.datatype.is_empty() {
            true => Attribute::Kept(raw),
            false => Attribute::Lost,
        };
        let stored = |meaning: Attribute, raw: RawAttribute| match is_complete(datatype) && !raw.datatype.is_empty() {
            true => Attribute::Stored(raw, Box::new(meaning)),
            false => meaning,
        };
        // Some texts do have the character that stands for bytes that are not UTF-8.
        let odd = |value: &AttrValue| {
            let texts =
                value.as_strings().map(<[String]>::to_vec).or(value.as_str().map(|text| vec![text.to_string()]));
            texts.is_some_and(|all| {
                all.iter().any(|text| text.contains(texts::REPLACED))
                    && !texts::referred(walker, &raw.data)
                        .is_ok_and(|own| own.iter().eq(all.iter().map(String::as_bytes)))
            })
        };
        let Some(shape) = raw.shape.clone() else { return kept(raw) };
        let n = crate::region::count(&shape).unwrap_or(0);
        match Kind::of(datatype) {
            Kind::Number(number) if raw.data.len() >= n.saturating_mul(number.size()) => {
                stored(Attribute::Numbers(number.decode(&raw.data[..n * number.size()], &shape)), raw)
            }
            Kind::Text(Some(size))
                if size > 0
                    && raw.data.len() >= n.saturating_mul(size)
                    && raw.data.chunks_exact(size).take(n).any(|text| std::str::from_utf8(text).is_err()) =>
            {
                let padding = match datatype {
                    Datatype::String { padding, .. } => padding,
                    _ => &StringPadding::NullPad,
                };
                stored(Attribute::Bytes(shape, texts::cut(&raw.data[..n * size], size, padding)), raw)
            }
            // What is read of texts that are not UTF-8 is something else.
            Kind::Text(None) if value.is_some_and(odd) => Attribute::Lost,
            Kind::Text(size) => {
                let texts = value.and_then(|value| match (value.as_strings(), value.as_str()) {
                    (Some(texts), _) => Some(texts.to_vec()),
                    (None, Some(text)) => Some(vec![text.to_string()]),
                    (None, None) => None,
                });
                match texts.filter(|texts| texts.len() == n) {
                    Some(texts) => stored(Attribute::Texts { shape, texts, bytes: size }, raw),
                    None => kept(raw),
                }
            }
            Kind::Number(_) | Kind::Record { .. } | Kind::Other(_) => kept(raw),
        }
    }

    /// What it means, without how it stands in a file.
    pub fn meaning(&self) -> &Attribute {
        match self {
            Attribute::Stored(_, meaning) => meaning,
            other => other,
        }
    }

    /// As a value of the language: numbers and arrays of NumPy's, str, bytes, lists of those; `None` for what has none.
    pub fn to_value(&self) -> Option<Value> {
        Some(match self.meaning() {
            Attribute::Numbers(chunk) => eager::value(chunk.clone()),
            Attribute::Texts { shape, texts, bytes } => {
                let mut texts = texts.iter().map(|text| match bytes {
                    Some(_) => Value::Bytes(text.as_bytes().into()),
                    None => Value::str(text),
                });
                lists(shape, &mut texts)
            }
            Attribute::Kept(raw) if raw.shape.is_none() => Value::object(Empty::of(&raw.datatype)),
            Attribute::Bytes(shape, all) => lists(shape, &mut all.iter().map(|bytes| Value::Bytes(bytes[..].into()))),
            Attribute::Kept(_) | Attribute::Stored(..) | Attribute::Lost => return None,
        })
    }

    /// From a value of the language.
    pub fn from_value(name: &str, value: &Value) -> Result<Attribute> {
        if let Some(empty) = value.get::<Empty>() {
            let (datatype, name) = (number_type(empty.0), name.to_string());
            return Ok(Attribute::Kept(RawAttribute { name, datatype, shape: None, data: Vec::new() }));
        }
        if let Value::Bytes(bytes) = value {
            return Ok(match String::from_utf8(bytes.to_vec()) {
                Ok(text) => Attribute::Texts { shape: Vec::new(), bytes: Some(text.len().max(1)), texts: vec![text] },
                Err(_) => Attribute::Bytes(Vec::new(), vec![bytes.to_vec()]),
            });
        }
        let (mut shape, mut texts) = (Vec::new(), Vec::new());
        if texts_of(value, 0, &mut shape, &mut texts) && !texts.is_empty() {
            return Ok(Attribute::Texts { shape, texts, bytes: None });
        }
        if let Some(scalar) = value.get::<NumpyScalar>() {
            return Ok(Attribute::Numbers(Chunk::from_scalar(scalar.0)));
        }
        match nested::chunk(value, None) {
            Ok(chunk) => Ok(Attribute::Numbers(chunk.contiguous())),
            Err(_) => {
                bail!(TypeError: "Object dtype has no native HDF5 equivalent: `{name}` is {}", describe(value); hint: "an attribute is a number, text, or an array of those")
            }
        }
    }

    /// Its shape; `None` if it has no value.
    pub fn shape(&self) -> Option<&[usize]> {
        match self {
            Attribute::Numbers(chunk) => Some(chunk.shape()),
            Attribute::Texts { shape, .. } | Attribute::Bytes(shape, _) => Some(shape),
            Attribute::Kept(raw) | Attribute::Stored(raw, _) => raw.shape.as_deref(),
            Attribute::Lost => None,
        }
    }

    /// The text that it is, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self.meaning() {
            Attribute::Texts { texts, shape, .. } if shape.iter().product::<usize>() == 1 => {
                texts.first().map(String::as_str)
            }
            _ => None,
        }
    }

    /// Its numbers as whole ones.
    pub fn to_i64s(&self) -> Option<Vec<i64>> {
        match self.meaning() {
            Attribute::Numbers(chunk) => Some(chunk.to_vec()),
            _ => None,
        }
    }
}

/// Lists within lists, of this shape.
fn lists(shape: &[usize], items: &mut dyn Iterator<Item = Value>) -> Value {
    match shape {
        [] => items.next().unwrap_or_default(),
        [length, rest @ ..] => Value::list((0..*length).map(|_| lists(rest, items)).collect::<Vec<_>>()),
    }
}

/// Collects the texts of a str or of lists of them; are there only texts, and lists of equal length?
fn texts_of(value: &Value, depth: usize, shape: &mut Vec<usize>, texts: &mut Vec<String>) -> bool {
    if let Some(text) = value.as_str() {
        texts.push(text.to_string());
        return depth == shape.len();
    }
    let items = match value {
        Value::List(_) | Value::Tuple(_) => value.items().unwrap_or_default(),
        _ => return false,
    };
    if depth == shape.len() && texts.is_empty() {
        shape.push(items.len());
    }
    shape.get(depth) == Some(&items.len()) && items.iter().all(|item| texts_of(item, depth + 1, shape, texts))
}

/// Texts that stand outside of their attributes: collections of them, and the place that the next one gets.
pub struct Heap {
    /// Where in the file the first byte comes to stand.
    pub begin: u64,
    bytes: Vec<u8>,
    /// The texts of the collection that is being filled.
    open: Vec<Vec<u8>>,
}

/// A collection numbers its objects with 16 bits.
const TOGETHER: usize = 60_000;

impl Heap {
    /// An empty one, at a place of a file.
    pub fn new(begin: u64) -> Heap {
        Heap { begin, bytes: Vec::new(), open: Vec::new() }
    }

    /// Adds a text; gives the 16 bytes that stand for it.
    fn add(&mut self, text: &str) -> Vec<u8> {
        if self.open.len() == TOGETHER {
            self.close();
        }
        self.open.push(text.as_bytes().to_vec());
        let mut reference = (text.len() as u32).to_le_bytes().to_vec();
        reference.extend((self.begin + self.bytes.len() as u64).to_le_bytes());
        reference.extend((self.open.len() as u32).to_le_bytes());
        reference
    }

    fn close(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let mut body = Vec::new();
        for (number, text) in self.open.drain(..).enumerate() {
            body.extend((number as u16 + 1).to_le_bytes());
            body.extend([1, 0, 0, 0, 0, 0]);
            body.extend((text.len() as u64).to_le_bytes());
            body.extend(&text);
            body.resize(body.len().next_multiple_of(8), 0);
        }
        // What is left over is an object of its own, with the number 0.
        let size = (16 + body.len() + 16).max(4096);
        self.bytes.extend(b"GCOL\x01\0\0\0");
        self.bytes.extend((size as u64).to_le_bytes());
        let left = size - 16 - body.len();
        self.bytes.extend(body);
        self.bytes.extend([0; 8]);
        self.bytes.extend((left as u64).to_le_bytes());
        self.bytes.resize(self.bytes.len() + left - 16, 0);
    }

    /// All of it.
    pub fn finish(mut self) -> Vec<u8> {
        self.close();
        self.bytes
    }
}

/// The bytes that describe numbers.
pub fn number_type(dtype: DType) -> Vec<u8> {
    let head = |class: u8, bits: [u8; 3], size: usize| {
        let mut bytes = vec![0x10 | class, bits[0], bits[1], bits[2]];
        bytes.extend((size as u32).to_le_bytes());
        bytes
    };
    let whole = |signed: bool, size: usize| {
        let mut bytes = head(0, [if signed { 8 } else { 0 }, 0, 0], size);
        bytes.extend([0, 0, 8 * size as u8, 0]);
        bytes
    };
    match dtype {
        DType::F32 | DType::F64 => {
            let (size, at, width, bias) = if dtype == DType::F32 { (4, 23, 8, 127u32) } else { (8, 52, 11, 1023) };
            let mut bytes = head(1, [0x20, 8 * size as u8 - 1, 0], size);
            bytes.extend([0, 0, 8 * size as u8, 0, at, width, 0, at]);
            bytes.extend(bias.to_le_bytes());
            bytes
        }
        DType::C64 | DType::C128 => {
            let (part, size) = if dtype == DType::C64 { (DType::F32, 8u8) } else { (DType::F64, 16) };
            let mut bytes = vec![0x36, 2, 0, 0, size, 0, 0, 0];
            for (name, at) in [(b'r', 0), (b'i', size / 2)] {
                bytes.extend([name, 0, at]);
                bytes.extend(number_type(part));
            }
            bytes
        }
        DType::Bool => {
            let mut bytes = vec![0x38, 2, 0, 0, 1, 0, 0, 0];
            bytes.extend(whole(true, 1));
            bytes.extend(b"FALSE\0TRUE\0\0\x01");
            bytes
        }
        DType::I8 | DType::I16 | DType::I32 | DType::I64 => whole(true, dtype.size()),
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => whole(false, dtype.size()),
    }
}

impl Attribute {
    /// The message that it is in an object's header.
    pub fn message(&self, name: &str, heap: &mut Heap) -> Result<Vec<u8>> {
        let (datatype, shape, data) = match self {
            Attribute::Numbers(chunk) => {
                let bytes = Number::plain(chunk.dtype()).encode(chunk).into_owned();
                (number_type(chunk.dtype()), Some(chunk.shape().to_vec()), bytes)
            }
            Attribute::Texts { shape, texts, bytes: None } => {
                // Text of any length, in UTF-8, that ends with a zero; made of bytes.
                let mut datatype = vec![0x19, 1, 1, 0, 16, 0, 0, 0];
                datatype.extend(number_type(DType::U8));
                (datatype, Some(shape.clone()), texts.iter().flat_map(|text| heap.add(text)).collect())
            }
            Attribute::Texts { shape, texts, bytes: Some(size) } => {
                let mut datatype = vec![0x13, 1, 0, 0];
                datatype.extend((*size as u32).to_le_bytes());
                let padded = texts.iter().flat_map(|text| {
                    let mut bytes = text.as_bytes().to_vec();
                    bytes.resize(*size, 0);
                    bytes
                });
                (datatype, Some(shape.clone()), padded.collect())
            }
            Attribute::Bytes(shape, all) => {
                let size = all.iter().map(Vec::len).max().unwrap_or(0).max(1);
                let mut datatype = vec![0x13, 1, 0, 0];
                datatype.extend((size as u32).to_le_bytes());
                let padded = all.iter().flat_map(|bytes| {
                    let mut bytes = bytes.clone();
                    bytes.resize(size, 0);
                    bytes
                });
                (datatype, Some(shape.clone()), padded.collect())
            }
            Attribute::Kept(raw) | Attribute::Stored(raw, _) => {
                (raw.datatype.clone(), raw.shape.clone(), raw.data.clone())
            }
            Attribute::Lost => {
                bail!(OSError: "attribute '{name}' is of a kind that cannot be written again"; hint: "copy without it: `without_attrs=True`")
            }
        };
        let mut space = vec![2, 0, 0, 2];
        if let Some(shape) = &shape {
            (space[1], space[3]) = (shape.len() as u8, u8::from(!shape.is_empty()));
            shape.iter().for_each(|&length| space.extend((length as u64).to_le_bytes()));
        }
        let mut message = vec![3, 0];
        for size in [name.len() + 1, datatype.len(), space.len()] {
            message.extend((size as u16).to_le_bytes());
        }
        if name.len() >= 1 << 16 || shape.as_ref().is_some_and(|shape| shape.len() > 32) {
            bail!(OSError: "Unable to synchronously create attribute (a name or a shape is too long)");
        }
        message.push(1);
        message.extend(name.as_bytes());
        message.push(0);
        message.extend(datatype);
        message.extend(space);
        message.extend(data);
        if message.len() >= 1 << 16 {
            bail!(OSError: "Unable to synchronously create attribute (object header message is too large): '{name}'"; hint: "an attribute has room for 64 KiB; a dataset holds more");
        }
        Ok(message)
    }
}

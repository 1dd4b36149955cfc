//! The texts of a dataset as the bytes that stand in the file: nobody promises that they are UTF-8.

use std::any::Any;
use std::collections::BTreeMap;

use hdf5_pure::{Datatype, StringPadding};
use rdk_runtime::methods::codec::{Codec, OnError};
use rdk_runtime::types::types;
use rdk_runtime::{ClassRef, Context, Object, Result, Value, bail, error};

use super::dataset::Dataset;
use super::kind::Kind;
use super::read::{self, Located};
use super::walk::{Bytes, Walker};

/// What stands for bytes that are not UTF-8, where they are read as text.
pub const REPLACED: char = '\u{fffd}';

/// The texts of a dataset in a file, in C order.
pub fn bytes_of(located: &Located) -> Result<Vec<Vec<u8>>> {
    match located.kind {
        Kind::Text(Some(size)) => {
            let whole = located.raw(&vec![0; located.shape.len()], &located.shape)?;
            let Datatype::String { padding, .. } = &located.datatype else { return Ok(Vec::new()) };
            Ok(cut(&whole, size, padding))
        }
        _ => {
            let texts = strings(located)?;
            match texts.iter().any(|text| text.contains(REPLACED)) {
                true => of_any_length(located),
                false => Ok(texts.into_iter().map(String::into_bytes).collect()),
            }
        }
    }
}

/// The texts as the crate reads them: what is not UTF-8 is something else then.
pub fn strings(located: &Located) -> Result<Vec<String>> {
    let file = read::open(&located.path)?;
    let read = file.dataset(&located.name).and_then(|dataset| dataset.read_string());
    read.map_err(|error| read::fault(&located.path, &located.name, error))
}

/// What is said of texts of any length that are something else.
pub const NOT_TEXT: &str = "its texts are not all UTF-8";

/// Bytes that the texts of any length of a dataset take in memory; `None` if they are not what is read of them: what is not UTF-8 is
/// read as something else.
pub fn n_bytes_if_text(located: &Located) -> Result<Option<u128>> {
    let file = read::open(&located.path)?;
    let Ok(dataset) = file.dataset(&located.name) else { return Ok(None) };
    let (mut n_bytes, mut n, mut odd) = (0u64, 0u64, false);
    let visited = dataset.visit_vlen_strings(Default::default(), |text| {
        n_bytes += text.len() as u64;
        n += 1;
        odd |= text.contains(REPLACED);
    });
    let whole = visited.is_ok() && dataset.vlen_string_payload_size().is_ok_and(|size| size == n_bytes);
    // Some texts do have this character.
    let is_text = whole && (!odd || of_any_length(located)?.iter().all(|text| std::str::from_utf8(text).is_ok()));
    Ok(is_text.then(|| u128::from(n_bytes) + u128::from(n) * size_of::<String>() as u128))
}

/// The texts of any length of a dataset that is to be written again.
pub fn checked(located: &Located) -> Result<Vec<String>> {
    if n_bytes_if_text(located)?.is_none() {
        bail!(OSError: "dataset '{}' cannot be written again as it is: {NOT_TEXT}", located.name; hint: "copy what is needed of it: its elements");
    }
    strings(located)
}

/// Texts of so many bytes each.
pub fn cut(whole: &[u8], size: usize, padding: &StringPadding) -> Vec<Vec<u8>> {
    whole.chunks_exact(size.max(1)).map(|text| bare(text, padding).to_vec()).collect()
}

/// Without what it is filled up with.
fn bare<'a>(text: &'a [u8], padding: &StringPadding) -> &'a [u8] {
    let without = |filler: u8| text.iter().rposition(|&byte| byte != filler).map_or(0, |at| at + 1);
    let end = match padding {
        StringPadding::NullTerminate => text.iter().position(|&byte| byte == 0).unwrap_or(text.len()),
        StringPadding::NullPad => without(0),
        StringPadding::SpacePad => without(b' '),
    };
    &text[..end]
}

/// Texts of any length lie in collections, each under a number.
fn of_any_length(located: &Located) -> Result<Vec<Vec<u8>>> {
    let walker = Walker::open(&located.path)?;
    let file = read::open(&located.path)?;
    let raw = file.dataset(&located.name).and_then(|dataset| dataset.read_raw());
    let raw = raw.map_err(|error| read::fault(&located.path, &located.name, error))?;
    referred(&walker, &raw).map_err(|what| error!(OSError: "dataset '{}' cannot be read: {what}", located.name))
}

/// The texts that are referred to by these bytes, by their lengths, collections and numbers.
pub fn referred(walker: &Walker, raw: &[u8]) -> std::result::Result<Vec<Vec<u8>>, String> {
    let mut collections = BTreeMap::new();
    let mut texts = Vec::new();
    for place in raw.chunks_exact(8 + walker.widths.0) {
        let mut place = Bytes(place);
        let mut next = |width: usize| place.number(width);
        let (length, address, number) = (next(4)? as usize, next(walker.widths.0)?, next(4)?);
        if length == 0 {
            texts.push(Vec::new());
            continue;
        }
        if let std::collections::btree_map::Entry::Vacant(entry) = collections.entry(address) {
            entry.insert(collection(walker, address)?);
        }
        match collections[&address].get(&number).and_then(|text: &Vec<u8>| text.get(..length)) {
            Some(text) => texts.push(text.to_vec()),
            None => return Err("a text is missing".to_string()),
        }
    }
    Ok(texts)
}

/// The objects of a collection, by number.
fn collection(walker: &Walker, address: u64) -> std::result::Result<BTreeMap<u64, Vec<u8>>, String> {
    let head = walker.bytes(address, 8 + walker.widths.1)?;
    if !head.starts_with(b"GCOL") {
        return Err("a collection of texts is missing".to_string());
    }
    let size = Bytes(&head[8..]).number(walker.widths.1)? as usize;
    let whole = walker.bytes(address, size)?;
    let mut rest = Bytes(whole.get(head.len()..).ok_or("a collection is shorter than it says")?);
    let mut objects = BTreeMap::new();
    // What is left over has the number 0.
    while rest.0.len() >= 8 + walker.widths.1 {
        let number = rest.number(2)?;
        rest.take(6)?;
        let length = rest.number(walker.widths.1)? as usize;
        if number == 0 {
            break;
        }
        objects.insert(number, rest.take(length)?.to_vec());
        rest.take(length.next_multiple_of(8) - length)?;
    }
    Ok(objects)
}

/// `d.asstr()`
pub struct Texts {
    /// The dataset.
    pub dataset: Dataset,
    /// How its texts are encoded.
    pub codec: Codec,
    /// What becomes of bytes that are no text.
    pub on_error: OnError,
}

impl Texts {
    fn at(&self, index: &Value) -> Result<Value> {
        self.dataset.texts_at(index, &|text| self.codec.decode(text, self.on_error).map(Value::str))
    }
}

impl Object for Texts {
    fn class(&self) -> ClassRef {
        types().object.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<{} as str>", self.dataset.repr())
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.at(index))
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        Object::len(&self.dataset, context)
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let all = match self.at(&Value::Ellipsis) {
            Ok(all) => all.items().unwrap_or_default(),
            Err(error) => return Some(Err(error)),
        };
        let mut all = all.into_iter();
        Some(Ok(Value::iter("iterator", move |_| all.next().map(Ok))))
    }
}

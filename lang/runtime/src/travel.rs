//! Values as bytes: for a spill file, for another process.
//!
//! A function travels as its text and what it reads; what comes with rdk by its name; things of other rooms by their own
//! bytes. What is shared stays shared, what contains itself does so again. What cannot travel is refused with its name.

mod known;
mod pack;
mod packed;
mod unpack;

use std::sync::LazyLock;

use parking_lot::RwLock;
use rustc_hash::FxHashMap;

pub(crate) use known::remember;
pub(crate) use pack::pack_call;

use crate::bail;
use crate::error::Result;
use crate::value::Value;

/// Reads what an object of some kind has written with `Object::travel`.
pub type Reader = fn(&[u8]) -> Result<Value>;

static READERS: LazyLock<RwLock<FxHashMap<&'static str, Reader>>> = LazyLock::new(RwLock::default);

/// Says how objects of a kind are read; each room does so for its own when its modules are made.
pub fn register(kind: &'static str, reader: Reader) {
    READERS.write().insert(kind, reader);
}

/// The value as bytes.
pub fn pack(value: &Value) -> Result<Vec<u8>> {
    pack::pack(value)
}

/// The value of these bytes.
pub fn unpack(bytes: &[u8]) -> Result<Value> {
    unpack::unpack(bytes)
}

fn read_object(kind: &str, bytes: &[u8]) -> Result<Value> {
    let reader = READERS.read().get(kind).copied();
    match reader {
        Some(reader) => reader(bytes),
        None => bail!(TypeError: "nothing here reads values of the kind `{kind}`"),
    }
}

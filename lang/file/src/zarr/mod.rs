//! Zarr stores, versions 2 and 3: `zarr`, `da.from_zarr`, `da.to_zarr`. Only this file and `folder.rs` name the crate.

mod codecs;
mod face;
mod folder;
mod metadata;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use rdk_array::{Chunk, DType};
use rdk_runtime::{Error, Result, error};
use rustc_hash::FxHashMap;
use zarrs::array::{Array, ArrayBytes, ArraySubset, CodecOptions};

pub use face::{ZarrArray, aligned, methods, modules, names};
pub use metadata::{Facts, create, facts};

use self::folder::Folder;
use crate::fault;
use crate::number::Number;

type Open = Arc<Array<Folder>>;
type Known = FxHashMap<(PathBuf, String), ((u64, u128), Open)>;

/// So many arrays are kept open.
const REMEMBERED: usize = 64;
static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

fn open(path: &Path, array: &str) -> Result<Open> {
    let stamp = metadata::stamp(path, array)?;
    let key = (path.to_path_buf(), array.to_string());
    if let Some((then, open)) = KNOWN.lock().get_or_insert_default().get(&key)
        && *then == stamp
    {
        return Ok(open.clone());
    }
    let wrong =
        |what: &dyn std::fmt::Display| fault::damaged(path, format!("Zarr array '{array}' cannot be opened ({what})"));
    let name = format!("/{}", array.trim_matches('/'));
    let open = Arc::new(Array::open(Arc::new(Folder(path.to_path_buf())), &name).map_err(|what| wrong(&what))?);
    let mut known = KNOWN.lock();
    let known = known.get_or_insert_default();
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(key, (stamp, open.clone()));
    Ok(open)
}

/// What is known of arrays is not known any more: one of them has another description.
fn forget() {
    KNOWN.lock().get_or_insert_default().clear();
}

fn subset(start: &[usize], shape: &[usize]) -> ArraySubset {
    let ranges: Vec<_> =
        start.iter().zip(shape).map(|(&start, &length)| start as u64..(start + length) as u64).collect();
    ArraySubset::new_with_ranges(&ranges)
}

/// One thread: the engine has the others.
fn options() -> CodecOptions {
    CodecOptions::default().with_concurrent_target(1)
}

/// The numbers of a box.
pub fn read(path: &Path, array: &str, start: &[usize], shape: &[usize]) -> Result<Chunk> {
    let dtype = facts(path, array)?.dtype;
    let open = open(path, array)?;
    let name = if array.is_empty() { "/" } else { array };
    let wrong = |what: &dyn std::fmt::Display| {
        fault::part(path, &format!("Zarr array '{name}', chunk {}", first_chunk(&open, start)), start, shape, what)
    };
    let whole = open.retrieve_array_subset_opt::<ArrayBytes>(&subset(start, shape), &options());
    let bytes = whole.map_err(|what| failing(path, name, &open, start, shape).unwrap_or_else(|| wrong(&what)))?;
    let bytes = bytes.into_fixed().map_err(|what| wrong(&what))?;
    Ok(number(&open, dtype).decode(&bytes, shape))
}

/// What a number looks like to the crate: in this machine's order, floats of 16 bits as such.
fn number(open: &Open, dtype: DType) -> Number {
    let half = open.data_type().fixed_size() == Some(2) && dtype == DType::F32;
    Number { half, ..Number::plain(dtype) }
}

/// The error of the first chunk in a box that cannot be read, by its own name.
fn failing(path: &Path, name: &str, open: &Open, start: &[usize], shape: &[usize]) -> Option<Error> {
    let sizes: Vec<usize> = facts(path, name.trim_matches('/')).ok()?.chunks;
    let first: Vec<usize> = start.iter().zip(&sizes).map(|(start, size)| start / size).collect();
    let end: Vec<usize> =
        start.iter().zip(shape).zip(&sizes).map(|((start, length), size)| (start + length).div_ceil(*size)).collect();
    let mut at = first.clone();
    loop {
        let low: Vec<usize> =
            at.iter().zip(&sizes).zip(start).map(|((at, size), start)| (at * size).max(*start)).collect();
        let lengths: Vec<usize> = (0..at.len())
            .map(|axis| ((at[axis] + 1) * sizes[axis]).min(start[axis] + shape[axis]) - low[axis])
            .collect();
        if let Err(what) = open.retrieve_array_subset_opt::<ArrayBytes>(&subset(&low, &lengths), &options()) {
            return Some(fault::part(path, &format!("Zarr array '{name}', chunk {at:?}"), &low, &lengths, what));
        }
        let axis = (0..at.len()).rev().find(|&axis| at[axis] + 1 < end[axis])?;
        at[axis] += 1;
        at[axis + 1..].copy_from_slice(&first[axis + 1..]);
    }
}

/// Gives an array another shape; chunks that lie outside of it go.
pub fn resize(path: &Path, array: &str, new: &[usize]) -> Result<()> {
    let old = facts(path, array)?;
    if old.shape.len() != new.len() {
        return Err(error!(
            "the new shape must have the same number of dimensions, {}, got {}",
            old.shape.len(),
            new.len()
        ));
    }
    let store = open(path, array)?;
    let counts: Vec<usize> = old.shape.iter().zip(&old.chunks).map(|(length, size)| length.div_ceil(*size)).collect();
    let kept: Vec<usize> = new.iter().zip(&old.chunks).map(|(length, size)| length.div_ceil(*size)).collect();
    let strides = rdk_array::shape::strides(&counts);
    for number in 0..counts.iter().product::<usize>() {
        let at: Vec<usize> = counts.iter().zip(&strides).map(|(count, stride)| number / stride % count).collect();
        if at.iter().zip(&kept).any(|(at, kept)| at >= kept) {
            let at: Vec<u64> = at.into_iter().map(|at| at as u64).collect();
            store.erase_chunk(&at).map_err(
                |what| error!(OSError: "Zarr array '{array}' of '{}' cannot be written: {what}", fault::named(path)),
            )?;
        }
    }
    metadata::set_shape(path, array, new)
}

fn first_chunk(open: &Open, start: &[usize]) -> String {
    let start: Vec<u64> = start.iter().map(|&at| at as u64).collect();
    match open.chunk_grid().chunk_indices(&start) {
        Ok(Some(index)) => format!("{index:?}"),
        _ => "?".to_string(),
    }
}

/// Writes a box.
pub fn write(path: &Path, array: &str, start: &[usize], chunk: &Chunk) -> Result<()> {
    /// A chunk of which a part is written is read, changed and written back: two tasks must not do so with one chunk at once.
    static TURN: Mutex<()> = Mutex::new(());
    let open = open(path, array)?;
    let facts = facts(path, array)?;
    let bytes = number(&open, facts.dtype).encode(chunk);
    let whole = start.iter().zip(chunk.shape()).enumerate().all(|(axis, (&start, &length))| {
        let (size, end) = (facts.chunks[axis], start + length);
        start.is_multiple_of(size) && (end.is_multiple_of(size) || end == facts.shape[axis])
    });
    let _turn = (!whole).then(|| TURN.lock());
    let stored = open.store_array_subset_opt(&subset(start, chunk.shape()), ArrayBytes::new_flen(bytes), &options());
    stored.map_err(|what| -> Error {
        error!(OSError: "Zarr array '{array}' of '{}' cannot be written: {what}", fault::named(path))
    })
}

//! `da.to_hdf5`: datasets that are written chunk by chunk, larger than memory if they have to be.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use rdk_array::array::Array;
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, Keywords, Result, bail, error};

use super::content::{Content, Data, Packing};
use super::read;
use super::tree::{Item, Tree, join};
use crate::number::Number;
use crate::store::{Target, run, writing};
use crate::whole::replace;

/// Adds arrays to a file, or makes it.
pub fn create(context: &Context, path: &Path, arrays: &[(String, Array)], packing: Option<Keywords>) -> Result<()> {
    let mut tree = match path.exists() {
        true => Tree::of_file(path, &read::open(path)?)?,
        false => Tree::empty(),
    };
    tree.check_writable()?;
    let mut known: HashMap<String, Option<Packing>> = HashMap::new();
    for (name, array) in arrays {
        let full = join("/", name);
        // A dataset that is there already is written over if it fits.
        if let Some(Item { content: Some(content), .. }) = tree.item(&full) {
            if content.shape()[..] != array.shape()[..] {
                bail!(TypeError: "Shapes do not match (existing {} vs new {})", rdk_array::shape::show(&content.shape()), rdk_array::shape::show(array.shape()));
            }
            tree.remove(&full);
        }
        let packed = packing
            .as_ref()
            .map(|keywords| super::create::packing(Keywords(keywords.0.clone()), array.shape(), array.dtype().size()))
            .transpose()?;
        let packed = packed.map(|(packing, _)| packing);
        let data = match (&packed, array.size()) {
            // Compressed chunks have no places before they are made; they are made in memory.
            (Some(_), _) => {
                check_room(context, &full, array.nbytes())?;
                Data::Numbers(Arc::new(NdArray::new(array.compute_now(context)?)))
            }
            (None, _) => Data::Reserved(array.shape().to_vec(), array.dtype()),
        };
        let content = Content { packing: packed.clone().unwrap_or_default(), data };
        tree.add(&full, Item::dataset(content))?;
        known.insert(full, packed);
    }
    replace(path, |part| {
        tree.write(part)?;
        let mut writers = Vec::new();
        for (name, array) in arrays {
            let full = join("/", name);
            if known[&full].is_some() || array.size() == 0 {
                continue;
            }
            writers.push(writer(part, &full, array)?);
        }
        run(context, &writers)
    })
}

/// Refuses what would be held in chunks beside its numbers, and those beside what is written of them, where the budget has no room for it.
pub fn check_room(context: &Context, dataset: &str, n_bytes: u128) -> Result<()> {
    let (needed, memory) = (n_bytes.saturating_mul(3), context.shared.engine.memory());
    if needed > memory.into() {
        let text = |bytes: u128| rdk_graph::budget::bytes_text(bytes.min(u64::MAX.into()) as u64);
        bail!(
            MemoryError: "dataset '{dataset}' is packed in chunks, for which it is held in memory: that takes {}, the budget is {}", text(needed), text(memory.into());
            hint: "without `chunks` and `compression` chunks go straight to the file; `x.to_zarr(path)` packs one after the other"
        );
    }
    Ok(())
}

/// What writes an array into a dataset that has a place in the file.
pub fn writer(path: &Path, dataset: &str, array: &Array) -> Result<Array> {
    let Some(offset) = read::located(path, dataset)?.address() else {
        return Err(error!(RuntimeError: "dataset '{dataset}' has no place in the file"));
    };
    let path = std::path::absolute(path).unwrap_or(path.to_path_buf());
    let target = Target::Raw { path, offset, number: Number::plain(array.dtype()) };
    Ok(writing(array, target, array.shape(), &vec![0; array.ndim()]))
}

/// A file in which stretches of zeros take no room.
pub struct Sparse(pub File);

impl Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        const BLOCK: usize = 1 << 16;
        let part = &bytes[..bytes.len().min(BLOCK)];
        if part.len() == BLOCK && part.iter().all(|&byte| byte == 0) {
            self.0.seek(SeekFrom::Current(part.len() as i64))?;
            return Ok(part.len());
        }
        self.0.write(part)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        // Zeros at the end have to be there, too.
        let end = self.0.stream_position()?;
        if self.0.metadata()?.len() < end {
            self.0.set_len(end)?;
        }
        self.0.flush()
    }
}

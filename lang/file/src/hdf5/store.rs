//! `da.to_hdf5`: datasets that are written chunk by chunk, larger than memory if they have to be.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use rdk_array::array::Array;
use rdk_array::eager::NdArray;
use rdk_array::{Casting, DType};
use rdk_runtime::{Context, Keywords, Result, bail, error};

use super::content::{Content, Data, Packing};
use super::kind::Kind;
use super::tree::{End, Item, Tree, join};
use super::{open, read};
use crate::number::Number;
use crate::store::{Target, run, writing};
use crate::whole::replace;

/// An array on its way to a dataset.
struct Going {
    /// The dataset as it was given.
    name: String,
    array: Array,
    packing: Packing,
    /// Is the dataset there already?
    there: bool,
}

/// Adds arrays to a file, or makes it.
pub fn create(context: &Context, path: &Path, arrays: &[(String, Array)], packing: Option<Keywords>) -> Result<()> {
    // A file that is open is written first, and looked at again at the end.
    let (real, memory) = (open::real(path), context.shared.engine.memory());
    let shared = open::written(&real);
    let mut revision = 0;
    if let Some(shared) = &shared {
        let mut shared = shared.lock();
        open::flush(&real, &mut shared)?;
        revision = shared.revision;
    }
    let mut tree = match path.exists() {
        true => Tree::of_file(&real, &read::open(path)?)?,
        false => Tree::empty(),
    };
    tree.room = memory;
    tree.check_writable()?;
    let going = arrays.iter().map(|(name, array)| Going::of(&tree, name, array, packing.as_ref()));
    let going = going.collect::<Result<Vec<_>>>()?;
    // Compressed chunks have no places before they are made; they are made in memory, all of them before the file is written.
    let packed = going.iter().filter(|one| one.packing.chunks.is_some());
    let names = packed.clone().map(|one| format!("'{}'", one.name)).collect::<Vec<_>>().join(" with ");
    let n_bytes: u128 = packed.map(|one| one.array.nbytes()).sum();
    let hint = "without `chunks`, `maxshape` and `compression` chunks go straight to the file; `x.to_zarr(path)` packs one after the other";
    check_room(&format!("dataset {names} is"), n_bytes + tree.held, memory, hint)?;
    let (mut places, mut made) = (Vec::new(), Vec::new());
    for one in going {
        made.push((one.name.clone(), one.packing.clone()));
        let (shape, dtype) = (one.array.shape().to_vec(), one.array.dtype());
        let data = match one.packing.chunks {
            Some(_) => Data::Numbers(Arc::new(NdArray::new(one.array.compute_now(context)?))),
            None => Data::Reserved(shape, dtype),
        };
        let content = Content { packing: one.packing, data };
        if one.there {
            if let Some(item) = tree.item_mut(&one.name) {
                item.content = Some(content.clone());
            }
        } else {
            tree.add(&one.name, Item::dataset(content.clone()))?;
        }
        if matches!(content.data, Data::Reserved(..)) && one.array.size() > 0 {
            let Some(End::Here(place)) = tree.find(&one.name) else { return Err(read::missing(&one.name)) };
            places.push((place, content.number(), one.array));
        }
    }
    replace(path, |part| {
        tree.write(part)?;
        let writers = places.iter().map(|(place, number, array)| writer(part, place, array, *number));
        run(context, &writers.collect::<Result<Vec<_>>>()?)
    })?;
    match open::written(&real) {
        Some(shared) => merge(&mut shared.lock(), &real, &made, revision),
        None => Ok(()),
    }
}

/// A file that is open finds in its tree what has been made of it, and keeps what has been changed in it since `revision`.
fn merge(tree: &mut Tree, path: &Path, made: &[(String, Packing)], revision: u64) -> Result<()> {
    let file = Tree::of_file(path, &read::open(path)?)?;
    if !tree.changed && tree.revision == revision {
        *tree = Tree { room: tree.room, revision, ..file };
        return Ok(());
    }
    open::settle_as(path, tree, &HashMap::new())?;
    for (name, packing) in made {
        let content = Content { packing: packing.clone(), data: Data::Kept(read::located(path, name)?) };
        match tree.item_mut(name).filter(|item| item.content.is_some()) {
            Some(item) => item.content = Some(content),
            None => tree.add(name, Item::dataset(content))?,
        }
    }
    (tree.held, tree.lost) = (file.held, file.lost.or(tree.lost.take()));
    tree.texts.extend(file.texts);
    tree.touch();
    Ok(())
}

impl Going {
    /// A dataset that is there already is written over where it is, as `require_dataset` has it: if it has the shape, and its type
    /// holds all numbers of the array's.
    fn of(tree: &Tree, name: &str, array: &Array, keywords: Option<&Keywords>) -> Result<Going> {
        let name = join("/", name);
        let Some(item) = tree.item(&name) else {
            let mut packing = Packing::default();
            if let Some(keywords) = keywords {
                let (n_bytes, keywords) = (array.dtype().size(), Keywords(keywords.0.clone()));
                let (wanted, fill) = super::create::packing(keywords, array.shape(), n_bytes)?;
                packing = wanted;
                packing.fill = fill.map(|fill| super::create::fill_value(&fill, array.dtype())).transpose()?;
                packing.check()?;
            }
            return Ok(Going { name, array: array.clone(), packing, there: false });
        };
        let Some(content) = &item.content else {
            bail!(TypeError: "Incompatible object (Group) already exists"; hint: "`{name}` is a group");
        };
        if content.shape()[..] != array.shape()[..] {
            bail!(TypeError: "Shapes do not match (existing {} vs new {})", rdk_array::shape::show(&content.shape()), rdk_array::shape::show(array.shape()));
        }
        let (from, kind) = (array.dtype(), content.kind());
        let (safe, existing) = match &kind {
            Kind::Number(number) if number.half => (
                matches!(from, DType::Bool | DType::I8 | DType::U8),
                if number.big { ">f2" } else { "float16" }.to_string(),
            ),
            Kind::Number(number) => {
                let shown = if number.big { number.code() } else { number.dtype.name().to_string() };
                (from.can_cast(number.dtype, Casting::Safe), shown)
            }
            other => (false, other.code()),
        };
        if !safe {
            bail!(TypeError: "Datatypes cannot be safely cast (existing {existing} vs new {})", from.name(); hint: "cast it: `x.astype(\"{existing}\")`, or take the dataset away first: `del f[\"{name}\"]`");
        }
        let array = array.cast(content.number().dtype);
        Ok(Going { name, array, packing: content.packing.clone(), there: true })
    }
}

/// Refuses what would be held in chunks beside its numbers, and those beside what is written of them, where the budget has no room for it.
pub fn check_room(what: &str, n_bytes: u128, memory: u64, hint: &str) -> Result<()> {
    let needed = n_bytes.saturating_mul(3);
    if needed > memory.into() {
        let text = |bytes: u128| rdk_graph::budget::bytes_text(bytes.min(u64::MAX.into()) as u64);
        bail!(
            MemoryError: "{what} packed in chunks, for which it is held in memory: that takes {}, the budget is {}", text(needed), text(memory.into());
            hint: "{hint}"
        );
    }
    Ok(())
}

/// What writes an array into a dataset that has a place in the file, as numbers that look like this.
pub fn writer(path: &Path, dataset: &str, array: &Array, number: Number) -> Result<Array> {
    let Some(offset) = read::located(path, dataset)?.address() else {
        return Err(error!(RuntimeError: "dataset '{dataset}' has no place in the file"));
    };
    let path = std::path::absolute(path).unwrap_or(path.to_path_buf());
    let target = Target::Raw { path, offset, number };
    Ok(writing(array, target, array.shape(), &vec![0; array.ndim()]))
}

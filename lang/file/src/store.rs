//! Writing chunked arrays: every chunk goes to its place as soon as it is made, on whichever thread made it.

use std::any::Any;
use std::fs::OpenOptions;
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use parking_lot::{Mutex, MutexGuard};
use rdk_array::array::Array;
use rdk_array::chunks::{AxisChunks, Chunks};
use rdk_array::eager::{self, NdArray, select};
use rdk_array::index::IndexItem;
use rdk_array::kernel::Stop;
use rdk_array::plan::{Step, StepCall};
use rdk_array::{Chunk, DType, SliceInfoElem, place};
use rdk_graph::Token;
use rdk_runtime::builtins::path::PathArg;
use rdk_runtime::class::entries;
use rdk_runtime::convert::describe;
use rdk_runtime::value::Slice;
use rdk_runtime::{
    Args, Class, ClassRef, Context, FromValue, Keywords, Object, Rest, Result, Value, bail, builtins, compute,
};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::fault;
use crate::hdf5::dataset::Dataset;
use crate::npy::MemMap;
use crate::number::Number;
use crate::stored::How;
use crate::zarr;

/// Where chunks go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Target {
    /// To their places in a file of plain numbers.
    Raw {
        /// The file.
        path: PathBuf,
        /// Where its numbers begin.
        offset: u64,
        /// What they look like.
        number: Number,
    },
    /// To the chunks of a Zarr array.
    Zarr {
        /// The store.
        path: PathBuf,
        /// The array in it.
        array: String,
    },
}

/// Writes a chunk.
#[derive(Debug, Serialize, Deserialize)]
struct WriteStep {
    target: Target,
    /// The shape of what is written to.
    whole: Vec<usize>,
    /// Where in it the array begins.
    origin: Vec<usize>,
    grid: Chunks,
    /// Two stores are never the same work: what was written may have been taken away.
    turn: Token,
}

/// Whose turn it is to write to a file. The system lets one write at a time, and others would spend their time on waiting for each row: a
/// third of the processors' time when two stored columns of chunks.
fn turn(path: &Path) -> MutexGuard<'static, ()> {
    static TURNS: [Mutex<()>; 16] = [const { Mutex::new(()) }; 16];
    TURNS[FxBuildHasher.hash_one(path) as usize % TURNS.len()].lock()
}

impl Step for WriteStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("file.write", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = &call.inputs[0];
        let inside = self.grid.chunk_start(call.index);
        let start: Vec<usize> = inside.iter().zip(&self.origin).map(|(start, origin)| start + origin).collect();
        if !chunk.is_empty() {
            match &self.target {
                Target::Raw { path, offset, number } => {
                    let file =
                        OpenOptions::new().write(true).open(path).map_err(|error| fault::system(&error, path))?;
                    let _turn = turn(path);
                    crate::npy::write_box(&file, *offset, *number, &self.whole, &start, chunk)
                        .map_err(|error| fault::system(&error, path))?;
                }
                Target::Zarr { path, array } => zarr::write(path, array, &start, chunk)?,
            }
        }
        Ok(Chunk::from_vec(&vec![1; call.index.len()], vec![true]))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let n: usize = self.grid.chunk_shape(index).iter().product();
        2 * n as u64 * inputs[0].dtype().size() as u64
    }
}

/// The array that writes when it is computed; its elements are all true.
pub fn writing(array: &Array, target: Target, whole: &[usize], origin: &[usize]) -> Array {
    let grid = Chunks(array.numblocks().iter().map(|&n| AxisChunks::even(n, 1)).collect());
    let step = WriteStep {
        target,
        whole: whole.to_vec(),
        origin: origin.to_vec(),
        grid: array.chunks().clone(),
        turn: Token::fresh(),
    };
    Array::step("store", step, [array.clone()], grid, DType::Bool)
}

/// Computes these, whatever they come to.
pub fn run(context: &Context, arrays: &[Array]) -> Result<()> {
    let values: Vec<Value> = arrays.iter().map(|array| Value::lazy(array.clone())).collect();
    compute(context, &values).map(|_| ())
}

/// Names of `dask.array`.
pub fn names() -> Vec<(&'static str, Value)> {
    entries(place::noted(builtins()))
}

builtins! {
    /// Writes arrays into datasets, Zarr arrays, memory-mapped files or arrays in memory.
    fn store[context](
        /// An array or several.
        sources: Value,
        /// Where they go; as many.
        targets: Value,
        /// Has no effect.
        lock: Option<Value>,
        /// Which parts of the targets; all if left out.
        regions: Option<Value>,
        /// Write now?
        compute: bool = true,
        /// Give the arrays as they are stored?
        return_stored: bool = false,
        /// Accepted, not used.
        options: Keywords,
    ) -> Result<Value> {
        let _ = (lock, options);
        store(context, &sources, &targets, regions, compute, return_stored)
    }

    /// Writes arrays as datasets of an HDF5 file.
    ///
    /// ```rdk
    /// import h5py
    /// da.to_hdf5("/dev/shm/rdk-doc-2.h5", "/x", da.arange(6, chunks=3))
    /// h5py.File("/dev/shm/rdk-doc-2.h5")["x"][2:4]
    /// #> array([2, 3])
    /// ```
    fn to_hdf5[context](
        /// The file's path.
        filename: PathArg,
        /// A name and an array, or a dict of them.
        args: Rest,
        /// The lengths of the dataset's chunks, or `True`; without them and without compression it lies in one piece.
        chunks: Option<Value>,
        /// `compression`, `shuffle` and so on.
        kwargs: Keywords,
    ) -> Result<()> {
        let mut kwargs = kwargs;
        kwargs.0.extend(chunks.map(|chunks| ("chunks".into(), chunks)));
        datasets(context, &filename.0, &named(&args)?, kwargs)
    }
}

/// Names and arrays of `to_hdf5(path, "/x", x)` or `to_hdf5(path, {"/x": x})`.
fn named(args: &Rest) -> Result<Vec<(String, Array)>> {
    let array = |value: &Value| rdk_array::face::operand::Operand::try_from_value(value)?.array();
    match args.0.as_slice() {
        [Value::Dict(dict)] => {
            let pairs: Vec<_> = dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            pairs.iter().map(|(name, value)| Ok((String::try_from_value(name)?, array(value)?))).collect()
        }
        [name, value] => Ok(vec![(String::try_from_value(name)?, array(value)?)]),
        _ => bail!("Please provide {{'/data/path': array}} dictionary"),
    }
}

/// Arrays as datasets of a file, packed as the keywords have it.
pub fn datasets(context: &Context, path: &Path, named: &[(String, Array)], keywords: Keywords) -> Result<()> {
    let packed = keywords.0.iter().any(|(_, value)| !value.is_none());
    crate::hdf5::store::create(context, path, named, if packed { Some(keywords) } else { None })
}

fn several(value: &Value) -> Vec<Value> {
    value.items().unwrap_or_else(|| vec![value.clone()])
}

fn store(
    context: &Context,
    sources: &Value,
    targets: &Value,
    regions: Option<Value>,
    compute_now: bool,
    return_stored: bool,
) -> Result<Value> {
    let (sources, targets) = (several(sources), several(targets));
    if sources.len() != targets.len() {
        bail!("Different number of sources [{}] and targets [{}]", sources.len(), targets.len());
    }
    let regions = match regions {
        None => vec![Value::Ellipsis; targets.len()],
        Some(Value::List(regions)) => regions.snapshot(),
        Some(one) => vec![one; targets.len()],
    };
    let mut arrays = Vec::new();
    for source in &sources {
        match source.get::<Array>() {
            Some(array) => arrays.push(array.clone()),
            None => {
                bail!("All sources must be dask array objects"; hint: "got {}; `da.from_array(x)` makes an array in memory lazy", describe(source))
            }
        }
    }
    // What goes to a file goes chunk by chunk; what goes to memory is there at the end anyway.
    let (mut writers, mut assigned) = (Vec::new(), Vec::new());
    for ((array, target), region) in arrays.iter().zip(&targets).zip(&regions) {
        match to_file(array, target, region)? {
            Some(writer) => writers.push(writer),
            None => assigned.push((array, target, region)),
        }
    }
    if !compute_now {
        if !assigned.is_empty() {
            let later =
                Later { sources: Value::list(sources), targets: Value::list(targets), regions: Value::list(regions) };
            return put_off(context, later);
        }
        return Ok(match writers.as_slice() {
            [one] => Value::lazy(one.clone()),
            several => Value::list(several.iter().map(|writer| Value::lazy(writer.clone()))),
        });
    }
    // What is small is computed with the rest; what is not, some chunks at a time.
    let room = context.shared.engine.memory() / 4;
    let (small, large): (Vec<_>, Vec<_>) = assigned.into_iter().partition(|(array, target, _)| {
        array.is_sized() && array.nbytes() <= u128::from(room) && target.get::<Dataset>().is_none()
    });
    // A file is written once for all its datasets that take their chunks as they come.
    let (mut taken, mut pieces, mut packed, mut names) = (Vec::new(), Vec::new(), 0, Vec::new());
    for (array, target, region) in large {
        match target.get::<Dataset>() {
            Some(dataset) => match dataset.takes(region, array)? {
                Some(array) => taken.push((dataset.clone(), array)),
                None => {
                    packed += dataset.packed(region, array)?;
                    names.push(format!("'{}'", dataset.0.path));
                    pieces.push(Pieces { array, target, region });
                }
            },
            None => pieces.push(Pieces { array, target, region }),
        }
    }
    let hint = "a dataset that is made without `chunks`, `maxshape` and `compression` takes them straight to the file; `x.to_zarr(path)` packs one after the other";
    crate::hdf5::store::check_room(
        &format!("dataset {} is", names.join(" with ")),
        packed,
        context.shared.engine.memory(),
        hint,
    )?;
    // All in one run: what several of them need is made once.
    let mut results = Vec::new();
    Dataset::take_all(taken, writers, &mut |writers| {
        let whole = small.iter().map(|(array, ..)| *array);
        let all: Vec<Value> = writers.iter().chain(whole).map(|array| Value::lazy(array.clone())).collect();
        results = compute(context, &all)?.split_off(writers.len());
        Ok(())
    })?;
    for ((array, target, region), result) in small.into_iter().zip(&results) {
        let pieces = Pieces { array, target, region };
        match result.get::<NdArray>() {
            Some(whole) if target.get::<NdArray>().is_none() => pieces.each(|at, index| {
                let part = at.iter().map(|(start, length)| select_range(*start, *length)).collect::<Vec<_>>();
                assign(context, target, &index, &Value::object(NdArray::new(whole.chunk().slice(&part))))
            })?,
            _ => assign(context, target, region, result)?,
        }
    }
    pieces.iter().try_for_each(|pieces| pieces.stored(context, room))?;
    if return_stored {
        let stored = targets.iter().zip(&arrays).map(|(target, array)| {
            let chunks = rdk_array::ChunksSpec::from(array.chunks());
            match rdk_array::face::more::source(target, &chunks) {
                Some(lazy) => lazy.map(Value::lazy),
                None => Array::from_chunk(eager::nested::chunk(target, None)?, &chunks).map(Value::lazy),
            }
        });
        let mut stored = stored.collect::<Result<Vec<_>>>()?;
        // One alone comes without a tuple round it.
        return Ok(if stored.len() == 1 { stored.remove(0) } else { Value::tuple(stored) });
    }
    Ok(Value::None)
}

/// What `store(…, compute=False)` gives for targets that are no files: a call that stores when it is computed.
struct Later {
    sources: Value,
    targets: Value,
    regions: Value,
}

static LATER: LazyLock<ClassRef> =
    LazyLock::new(|| ClassRef::new(Class::new("store", "dask.array.core", "Stores arrays when it is called.")));

fn put_off(context: &Context, later: Later) -> Result<Value> {
    let Some(delayed) = context.shared.library.import("dask")?.get("delayed") else {
        bail!(RuntimeError: "delayed calls are not at hand here");
    };
    let call = context.call(&delayed, Args::one(Value::object(later)))?;
    context.call(&call, Args::default())
}

impl Object for Later {
    fn class(&self) -> ClassRef {
        LATER.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<store>".to_owned()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, _: Args) -> Option<Result<Value>> {
        Some(store(context, &self.sources, &self.targets, Some(self.regions.clone()), true, false))
    }
}

/// An array that goes chunk by chunk to something that is assigned to.
struct Pieces<'a> {
    array: &'a Array,
    target: &'a Value,
    region: &'a Value,
}

fn select_range(start: usize, length: usize) -> SliceInfoElem {
    SliceInfoElem::Slice { start: start as isize, end: Some((start + length) as isize), step: 1 }
}

impl Pieces<'_> {
    /// Where the region begins along each axis, if it is everything or made of plain slices.
    fn origin(&self) -> Option<Vec<usize>> {
        let items = match self.region {
            Value::Ellipsis => return Some(vec![0; self.array.ndim()]),
            Value::Tuple(items) => items.to_vec(),
            other => vec![other.clone()],
        };
        let start = |item: &Value| match item {
            Value::Slice(slice) if slice.step.is_none() => match &slice.start {
                Value::None => Some(0),
                start => start.as_f64().filter(|start| *start >= 0.0).map(|start| start as usize),
            },
            _ => None,
        };
        let origin: Option<Vec<usize>> = items.iter().map(start).collect();
        origin.filter(|origin| origin.len() == self.array.ndim())
    }

    /// Each chunk: where it begins and how long it is along each axis, and the index of its place in the target.
    fn each(&self, mut done: impl FnMut(&[(usize, usize)], Value) -> Result<()>) -> Result<()> {
        let Some(origin) = self.origin().filter(|_| self.array.is_sized() && self.array.ndim() > 0) else {
            let whole: Vec<_> = self.array.shape().iter().map(|&length| (0, length)).collect();
            return done(&whole, self.region.clone());
        };
        let grid = self.array.chunks();
        let blocks = self.array.numblocks();
        let mut index = vec![0u32; blocks.len()];
        if blocks.contains(&0) {
            return Ok(());
        }
        loop {
            let at: Vec<_> = grid.chunk_start(&index).into_iter().zip(grid.chunk_shape(&index)).collect();
            let place = at.iter().zip(&origin).map(|((start, length), origin)| {
                let from = start + origin;
                Value::Slice(Arc::new(Slice { start: from.into(), stop: (from + length).into(), step: Value::None }))
            });
            done(&at, Value::tuple(place))?;
            let Some(axis) = (0..index.len()).rev().find(|&axis| (index[axis] as usize) + 1 < blocks[axis]) else {
                return Ok(());
            };
            index[axis] += 1;
            index[axis + 1..].fill(0);
        }
    }

    /// Computes and assigns as many chunks at a time as there is room for.
    fn stored(&self, context: &Context, room: u64) -> Result<()> {
        let mut waiting: Vec<(Array, Value)> = Vec::new();
        let mut held = 0;
        let finish = |waiting: &mut Vec<(Array, Value)>| {
            let (parts, places): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
            let parts: Vec<Value> = parts.into_iter().map(Value::lazy).collect();
            let results = compute(context, &parts)?;
            places.iter().zip(&results).try_for_each(|(place, result)| assign(context, self.target, place, result))
        };
        self.each(|at, place| {
            let item = |&(start, length): &(usize, usize)| IndexItem::Slice {
                start: Some(start as i64),
                stop: Some((start + length) as i64),
                step: None,
            };
            let part = self.array.slice(&at.iter().map(item).collect::<Vec<_>>())?;
            let bytes = part.nbytes() as u64;
            if held + bytes > room && !waiting.is_empty() {
                finish(&mut waiting)?;
                held = 0;
            }
            held += bytes;
            waiting.push((part, place));
            Ok(())
        })?;
        finish(&mut waiting)
    }
}

/// What writes an array to its place in a file, if the target is one.
pub fn to_file(array: &Array, target: &Value, region: &Value) -> Result<Option<Array>> {
    let held;
    let (stored, target) = if let Some(map) = target.get::<MemMap>() {
        let How::Raw { offset, number, fortran: false } = map.stored.how else { return Ok(None) };
        if map.mode == "r" {
            bail!("assignment destination is read-only"; hint: "open it with `mode=\"r+\"`");
        }
        (&map.stored, Target::Raw { path: map.stored.path.clone(), offset, number })
    } else if let Some(zarr) = target.get::<zarr::ZarrArray>() {
        held = zarr.stored();
        let How::Zarr { array } = &held.how else { return Ok(None) };
        (&held, Target::Zarr { path: held.path.clone(), array: array.clone() })
    } else {
        return Ok(None);
    };
    let part = crate::boxes::part(region, &stored.shape)?;
    let plain = part.within.as_ref().is_some_and(|within| {
        within.iter().all(|item| matches!(item, rdk_array::SliceInfoElem::Slice { step: 1, .. }))
    });
    if !plain {
        bail!(NotImplementedError: "a region of a file is made of slices without steps");
    }
    if part.lengths[..] != array.shape()[..] {
        bail!(
            "could not broadcast input array from shape {} into shape {}",
            rdk_array::shape::show(array.shape()),
            rdk_array::shape::show(&part.lengths)
        );
    }
    // On the store's own grid each task has chunks of its own; beside it they write one after the other.
    let array = match &target {
        Target::Zarr { path, array: name } => {
            let chunks = zarr::facts(path, name)?.chunks;
            match part.start.iter().zip(&chunks).all(|(start, size)| start.is_multiple_of(*size)) {
                true => array.rechunk(&zarr::aligned(array, &chunks))?,
                false => array.clone(),
            }
        }
        Target::Raw { .. } => array.clone(),
    };
    Ok(Some(writing(&array, target, &stored.shape, &part.start)))
}

fn assign(context: &Context, target: &Value, region: &Value, value: &Value) -> Result<()> {
    if let Some(array) = target.get::<NdArray>() {
        return select::assign(array, region, value);
    }
    if let Some(dataset) = target.get::<Dataset>() {
        return dataset.set(context, region, value);
    }
    match target {
        Value::Object(object) => match object.set_item(context, region, value.clone()) {
            Some(done) => done,
            None => bail!(TypeError: "{} cannot be stored to", describe(target)),
        },
        _ => bail!(TypeError: "expected something like an array to store to, got {}", describe(target)),
    }
}

//! Reading boxes of datasets: only what is needed of the file, on any thread.
//!
//! Where a dataset lies is found out once for each file and remembered; then contiguous numbers are read from their place, and chunks
//! are fetched and unpacked here. Whatever lies in another way is read by the crate, whole rows at a time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hdf5_pure::{Dataset, Datatype, Error as Fault, FormatError, Layout};
use parking_lot::Mutex;
use rdk_array::Chunk;
use rdk_runtime::types::raised;
use rdk_runtime::{Error, Kind as Class, Result, Value, bail, error};
use rustc_hash::FxHashMap;

use super::carry::fill_bytes;
use super::decode::{Filter, decode};
use super::kind::Kind;
use super::walk::{self, Walker};
use crate::fault;
use crate::number::Number;
use crate::region::{Copy, count, possible, zeroed};
use crate::stored::{read_at, read_box, stamp};

/// Smaller files are read into memory as a whole.
const SMALL: u64 = 1 << 16;
/// So many datasets are remembered.
const REMEMBERED: usize = 256;

/// Where a dataset lies.
pub struct Located {
    /// The file.
    pub path: PathBuf,
    /// Its path there, by hard links alone.
    pub name: String,
    /// How long it is along each axis.
    pub shape: Vec<usize>,
    /// What its elements are.
    pub kind: Kind,
    /// The same as the file has it.
    pub datatype: Datatype,
    /// The lengths of its chunks.
    pub chunks: Option<Vec<usize>>,
    /// The filters' numbers and parameters.
    pub filters: Vec<(u16, Vec<u32>)>,
    /// The axes that may grow: `None` without an end.
    pub maxshape: Vec<Option<usize>>,
    /// What elements are that nobody has written, if it is not 0.
    fill: Option<Vec<u8>>,
    place: Place,
}

enum Place {
    /// All bytes from here on.
    Contiguous(u64),
    /// Pieces with their places, sizes and skipped filters, by their position in the grid.
    Chunked { filters: Vec<Filter>, pieces: FxHashMap<Vec<u64>, (u64, u64, u32)> },
    /// In memory: what has been read of another file.
    Memory(Vec<u8>),
    /// Left to the crate.
    Elsewhere,
}

/// Opens a file for reading.
pub fn open(path: &Path) -> Result<hdf5_pure::File> {
    let size = std::fs::metadata(path).map_err(|error| fault::system(&error, path))?.len();
    if path.is_dir() {
        return Err(fault::system(&std::io::Error::from_raw_os_error(21), path));
    }
    let opened = if size <= SMALL { hdf5_pure::File::open(path) } else { hdf5_pure::File::open_streaming(path) };
    let file = opened.map_err(|error| match error {
        Fault::Io(error) => fault::system(&error, path),
        Fault::Format(FormatError::SignatureNotFound) => {
            fault::damaged(path, "Unable to synchronously open file (file signature not found)")
                .hint("it is not an HDF5 file")
        }
        other => fault::damaged(path, format!("Unable to synchronously open file ({other})")),
    })?;
    let end = file.superblock().eof_address;
    if size < end {
        return Err(fault::damaged(
            path,
            format!("Unable to synchronously open file (truncated file: eof = {size}, stored_eof = {end})"),
        ));
    }
    Ok(file)
}

/// `KeyError` for a name that is not there.
pub fn missing(name: &str) -> Error {
    raised(
        Class::KeyError,
        vec![Value::from(format!("Unable to synchronously open object (object '{name}' doesn't exist)"))],
    )
}

/// `KeyError` for a name that is there and leads to nothing.
pub fn unable(why: &str) -> Error {
    raised(Class::KeyError, vec![Value::from(format!("Unable to synchronously open object ({why})"))])
}

/// What the crate says about a dataset.
pub fn fault(path: &Path, dataset: &str, error: Fault) -> Error {
    match error {
        Fault::Io(error) => fault::system(&error, path),
        Fault::Format(FormatError::PathNotFound(_)) => missing(dataset),
        other => error!(OSError: "dataset '{dataset}' of '{}' cannot be read: {other}", fault::named(path)),
    }
}

type Known = FxHashMap<(PathBuf, String), ((u64, u128), Arc<Located>)>;
static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// Where a dataset lies; remembered for as long as the file stays as it is.
pub fn located(path: &Path, dataset: &str) -> Result<Arc<Located>> {
    let (key, now) = ((path.to_path_buf(), dataset.to_string()), stamp(path)?);
    if let Some((then, located)) = KNOWN.lock().get_or_insert_default().get(&key)
        && *then == now
    {
        return Ok(located.clone());
    }
    let file = open(path)?;
    let found = file.dataset(dataset).map_err(|error| fault(path, dataset, error))?;
    let located = Arc::new(locate(path, dataset, &found)?);
    let mut known = KNOWN.lock();
    let known = known.get_or_insert_default();
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(key, (now, located.clone()));
    Ok(located)
}

/// Finds out where it lies.
pub fn locate(path: &Path, name: &str, dataset: &Dataset) -> Result<Located> {
    let mut located = looked_up(path, name, dataset).map_err(|error| fault(path, name, error))?;
    if matches!(located.place, Place::Chunked { .. }) {
        let walker = Walker::open(path)?;
        if let Some(walk::Place::Here(_, address, _)) = walker.find(name)? {
            located.fill = fill_bytes(&walker.header(address)?.0);
        }
    }
    if !possible(&located.shape) || !located.chunks.as_deref().is_none_or(possible) {
        return Err(fault::damaged(path, format!("dataset '{name}' has a shape that no array can have")));
    }
    Ok(located)
}

fn looked_up(path: &Path, name: &str, dataset: &Dataset) -> std::result::Result<Located, Fault> {
    let shape: Vec<usize> = dataset.shape()?.into_iter().map(|length| length as usize).collect();
    let datatype = dataset.datatype()?;
    let kind = Kind::of(&datatype);
    let pipeline = dataset.filter_pipeline();
    let layout = dataset.layout()?;
    let chunks = match &layout {
        Layout::Chunked { chunk_shape, .. } => Some(chunk_shape.iter().map(|&size| size as usize).collect::<Vec<_>>()),
        _ => None,
    };
    let place = match (&kind, layout) {
        (
            Kind::Number(_) | Kind::Record { .. } | Kind::Text(Some(_)),
            Layout::Contiguous { address: Some(address), .. },
        ) => Place::Contiguous(address),
        (Kind::Number(_) | Kind::Record { .. } | Kind::Text(Some(_)), Layout::Chunked { chunk_shape, .. })
            if chunk_shape.len() == shape.len() && !chunk_shape.contains(&0) =>
        {
            match pipeline.iter().map(|filter| Filter::from_id(filter.id)).collect::<Option<Vec<_>>>() {
                Some(filters) => {
                    let sizes = chunks.as_deref().unwrap_or_default();
                    let pieces = dataset.chunks()?.into_iter().map(|piece| {
                        let at = piece.offset.iter().zip(sizes).map(|(&at, &size)| at / size.max(1) as u64).collect();
                        (at, (piece.address, piece.storage_size, piece.filter_mask))
                    });
                    Place::Chunked { filters, pieces: pieces.collect() }
                }
                None => Place::Elsewhere,
            }
        }
        _ => Place::Elsewhere,
    };
    let maxshape = match dataset.maxshape()? {
        Some(extents) => extents
            .into_iter()
            .map(|extent| match extent {
                hdf5_pure::MaxExtent::Fixed(length) => Some(length as usize),
                hdf5_pure::MaxExtent::Unlimited => None,
            })
            .collect(),
        None => shape.iter().map(|&length| Some(length)).collect(),
    };
    let filters = pipeline.into_iter().map(|filter| (filter.id, filter.client_data)).collect();
    let (path, name) = (path.to_path_buf(), name.to_string());
    Ok(Located { path, name, shape, kind, datatype, chunks, filters, maxshape, fill: None, place })
}

/// The numbers of a box of a dataset; `name` may name a field of its records: `/table[x]`.
pub fn read(path: &Path, name: &str, start: &[usize], shape: &[usize]) -> Result<Chunk> {
    let (dataset, field) = match name.strip_suffix(']').and_then(|name| name.rsplit_once('[')) {
        Some((dataset, field)) => (dataset, Some(field)),
        None => (name, None),
    };
    located(path, dataset)?.part(path, field, start, shape)
}

impl Located {
    fn part(&self, path: &Path, field: Option<&str>, start: &[usize], shape: &[usize]) -> Result<Chunk> {
        let (located, dataset) = (self, &self.name);
        if start.len() != located.shape.len()
            || start
                .iter()
                .zip(shape)
                .zip(&located.shape)
                .any(|((start, length), whole)| start.checked_add(*length).is_none_or(|end| end > *whole))
        {
            return Err(fault::damaged(path, format!("dataset '{dataset}' has another shape than before")));
        }
        let (item, at, number) = match (&located.kind, field) {
            (Kind::Number(number), None) => (number.size(), 0, *number),
            (Kind::Record { size, fields }, Some(field)) => match fields.iter().find(|(name, ..)| name == field) {
                Some((_, at, number)) => (*size, *at, *number),
                None => {
                    return Err(raised(
                        Class::ValueError,
                        vec![Value::from(format!("Field names only allowed for compound types: no field {field}"))],
                    ));
                }
            },
            (Kind::Record { fields, .. }, None) => {
                let names: Vec<_> = fields.iter().map(|(name, ..)| format!("d[\"{name}\"]")).collect();
                bail!(TypeError: "dataset '{dataset}' of '{}' holds records, and an array holds numbers", fault::named(path); hint: "each field is an array: {}", names.join(", "))
            }
            (Kind::Text(_), _) => {
                bail!(TypeError: "dataset '{dataset}' of '{}' holds text, and an array holds numbers", fault::named(path); hint: "`d.asstr()[:]` is a list of str")
            }
            (Kind::Other(what), _) => {
                bail!(TypeError: "dataset '{dataset}' of '{}' holds {what}, which rdk does not read", fault::named(path))
            }
            (Kind::Number(_), Some(_)) => bail!("Field names only allowed for compound types"),
        };
        if item == number.size() {
            return number.filled(shape, |to| located.fill(to, path, dataset, item, start, shape));
        }
        let bytes = located.bytes(path, dataset, item, start, shape)?;
        let mut of_field = Vec::with_capacity(bytes.len() / item * number.size());
        bytes.chunks_exact(item).for_each(|record| of_field.extend(&record[at..at + number.size()]));
        Ok(number.decode(&of_field, shape))
    }

    /// The numbers of a box of it.
    pub fn read(&self, start: &[usize], shape: &[usize]) -> Result<Chunk> {
        match self.in_memory() {
            true => self.part(&self.path, None, start, shape),
            false => read(&self.path, &self.name, start, shape),
        }
    }

    /// One field of all its records.
    pub fn field(&self, field: &str) -> Result<Chunk> {
        let zero = vec![0; self.shape.len()];
        match self.in_memory() {
            true => self.part(&self.path, Some(field), &zero, &self.shape),
            false => read(&self.path, &format!("{}[{field}]", self.name), &zero, &self.shape),
        }
    }

    /// Does it not stand in a file any more?
    pub fn in_memory(&self) -> bool {
        matches!(self.place, Place::Memory(_))
    }

    /// The same with all its bytes in memory.
    pub fn loaded(&self) -> Result<Located> {
        let bytes = self.raw(&vec![0; self.shape.len()], &self.shape)?;
        Ok(Located {
            path: self.path.clone(),
            name: self.name.clone(),
            shape: self.shape.clone(),
            kind: self.kind.clone(),
            datatype: self.datatype.clone(),
            chunks: self.chunks.clone(),
            filters: self.filters.clone(),
            maxshape: self.maxshape.clone(),
            fill: self.fill.clone(),
            place: Place::Memory(bytes),
        })
    }

    /// The bytes of a box of it as they stand in the file, with those of the whole where an element has no size that is known.
    pub fn raw(&self, start: &[usize], shape: &[usize]) -> Result<Vec<u8>> {
        match self.item() {
            Some(item) => self.bytes(&self.path, &self.name, item, start, shape),
            None => {
                if let Place::Memory(bytes) = &self.place {
                    return Ok(bytes.clone());
                }
                let file = open(&self.path)?;
                let read = file.dataset(&self.name).and_then(|dataset| dataset.read_raw());
                read.map_err(|error| fault(&self.path, &self.name, error))
            }
        }
    }

    /// Bytes of an element, where it is known.
    pub fn item(&self) -> Option<usize> {
        match &self.kind {
            Kind::Number(number) => Some(number.size()),
            Kind::Record { size, .. } => Some(*size),
            Kind::Text(size) => *size,
            Kind::Other(_) => None,
        }
    }

    /// The number that each element is, if it is one.
    pub fn number(&self) -> Option<Number> {
        match &self.kind {
            Kind::Number(number) => Some(*number),
            Kind::Text(_) | Kind::Record { .. } | Kind::Other(_) => None,
        }
    }

    /// The place of the first of its bytes, if they lie one after the other.
    pub fn address(&self) -> Option<u64> {
        match self.place {
            Place::Contiguous(address) => Some(address),
            Place::Chunked { .. } | Place::Memory(_) | Place::Elsewhere => None,
        }
    }

    fn bytes(&self, path: &Path, name: &str, item: usize, start: &[usize], shape: &[usize]) -> Result<Vec<u8>> {
        let wrong = |what: &dyn std::fmt::Display| fault::part(path, &format!("dataset '{name}'"), start, shape, what);
        let size = count(shape).and_then(|n| n.checked_mul(item)).ok_or_else(|| wrong(&"the part is too large"))?;
        let mut bytes = zeroed(size)?;
        self.fill(&mut bytes, path, name, item, start, shape)?;
        Ok(bytes)
    }

    /// Fills zeros with the bytes of a box.
    fn fill(
        &self,
        to: &mut [u8],
        path: &Path,
        name: &str,
        item: usize,
        start: &[usize],
        shape: &[usize],
    ) -> Result<()> {
        let wrong = |what: &dyn std::fmt::Display| fault::part(path, &format!("dataset '{name}'"), start, shape, what);
        match &self.place {
            Place::Contiguous(address) => {
                let file = File::open(path).map_err(|error| fault::system(&error, path))?;
                read_box(&file, to, *address, item, &self.shape, start, shape).map_err(|error| wrong(&error))
            }
            Place::Chunked { filters, pieces } => {
                let sizes = self.chunks.as_deref().unwrap_or_default();
                self.chunked(to, path, item, (filters, pieces, sizes), start, shape).map_err(|what| wrong(&what))
            }
            Place::Memory(whole) => {
                let zero = vec![0; shape.len()];
                let (from_shape, to_start) = (&self.shape[..], &zero[..]);
                let copy = Copy { item, shape, from_shape, from_start: start, to_shape: shape, to_start };
                match copy.run(whole, to) {
                    true => Ok(()),
                    false => Err(wrong(&"the dataset is shorter than it says")),
                }
            }
            Place::Elsewhere => self.rows(to, path, name, item, start, shape),
        }
    }

    #[allow(clippy::type_complexity)]
    fn chunked(
        &self,
        bytes: &mut [u8],
        path: &Path,
        item: usize,
        (filters, pieces, sizes): (&[Filter], &FxHashMap<Vec<u64>, (u64, u64, u32)>, &[usize]),
        start: &[usize],
        shape: &[usize],
    ) -> std::result::Result<(), String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let piece_size = count(sizes).and_then(|n| n.checked_mul(item)).ok_or("a chunk is too large")?;
        let file_size = file.metadata().map_err(|error| error.to_string())?.len();
        if !rdk_graph::budget::is_usable(piece_size as u128) {
            return Err("a chunk is too large".to_string());
        }
        let first: Vec<usize> = start.iter().zip(sizes).map(|(start, size)| start / size).collect();
        let end: Vec<usize> = start
            .iter()
            .zip(shape)
            .zip(sizes)
            .map(|((start, length), size)| (start + length).div_ceil(*size))
            .collect();
        if shape.contains(&0) {
            return Ok(());
        }
        // What a chunk is that was never written.
        let fill = self.fill.as_deref().filter(|fill| fill.len() == item && fill.iter().any(|&byte| byte != 0));
        let mut unwritten: Option<Vec<u8>> = None;
        let mut at = first.clone();
        loop {
            let key: Vec<u64> = at.iter().map(|&at| at as u64).collect();
            let fetched;
            let piece = match (pieces.get(&key), fill) {
                (Some(&(address, stored, skipped)), _) => {
                    if address.checked_add(stored).is_none_or(|end| end > file_size) {
                        return Err(format!("chunk {key:?} lies beyond the end of the file"));
                    }
                    let mut packed = vec![0; stored as usize];
                    read_at(&file, &mut packed, address).map_err(|error| error.to_string())?;
                    fetched = decode(packed, filters, skipped, piece_size, item)
                        .map_err(|what| format!("{what}, chunk {key:?}"))?;
                    Some(&fetched)
                }
                (None, Some(fill)) => Some(&*unwritten.get_or_insert_with(|| fill.repeat(piece_size / item.max(1)))),
                (None, None) => None,
            };
            let begin: Vec<usize> =
                at.iter().zip(sizes).zip(start).map(|((at, size), start)| (at * size).max(*start)).collect();
            let stop = |axis: usize| ((at[axis] + 1) * sizes[axis]).min(start[axis] + shape[axis]);
            let lengths: Vec<usize> = (0..at.len()).map(|axis| stop(axis) - begin[axis]).collect();
            let from: Vec<usize> =
                begin.iter().zip(&at).zip(sizes).map(|((begin, at), size)| begin - at * size).collect();
            let to: Vec<usize> = begin.iter().zip(start).map(|(begin, start)| begin - start).collect();
            let copy =
                Copy { item, shape: &lengths, from_shape: sizes, from_start: &from, to_shape: shape, to_start: &to };
            if piece.is_some_and(|piece| !copy.run(piece, bytes)) {
                return Err(format!("chunk {key:?} is too short"));
            }
            let mut axis = at.len();
            loop {
                if axis == 0 {
                    return Ok(());
                }
                axis -= 1;
                at[axis] += 1;
                if at[axis] < end[axis] {
                    break;
                }
                at[axis] = first[axis];
            }
        }
    }

    /// Whole rows by the crate, of which a box is cut out.
    fn rows(
        &self,
        to: &mut [u8],
        path: &Path,
        name: &str,
        item: usize,
        start: &[usize],
        shape: &[usize],
    ) -> Result<()> {
        let file = open(path)?;
        let dataset = file.dataset(name).map_err(|error| fault(path, name, error))?;
        if shape.is_empty() {
            let bytes = dataset.read_raw().map_err(|error| fault(path, name, error))?;
            if bytes.len() != to.len() {
                bail!(NotImplementedError: "dataset '{name}' of '{}' is empty: it has a type and no value", fault::named(path));
            }
            to.copy_from_slice(&bytes);
            return Ok(());
        }
        let rows = dataset.read_raw_rows(start[0] as u64, shape[0] as u64).map_err(|error| fault(path, name, error))?;
        let mut from_shape = self.shape.clone();
        from_shape[0] = shape[0];
        let mut from_start = start.to_vec();
        from_start[0] = 0;
        let to_start = vec![0; shape.len()];
        let copy = Copy {
            item,
            shape,
            from_shape: &from_shape,
            from_start: &from_start,
            to_shape: shape,
            to_start: &to_start,
        };
        if !copy.run(&rows, to) {
            return Err(fault::part(
                path,
                &format!("dataset '{name}'"),
                start,
                shape,
                "the dataset is shorter than it says",
            ));
        }
        Ok(())
    }
}

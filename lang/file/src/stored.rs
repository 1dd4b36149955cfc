//! Arrays in files, as plain data: where they are and how they lie there. Any box of one can be read, on any thread, in any process.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rdk_array::array::Array;
use rdk_array::chunks::Normalize;
use rdk_array::index::{AxisIndex, whole};
use rdk_array::kernel::Stop;
use rdk_array::plan::{Step, StepCall};
use rdk_array::{Chunk, Chunks, ChunksSpec, DType, SliceInfoElem};
use rdk_runtime::Result;
use serde::{Deserialize, Serialize};

use crate::number::Number;
use crate::region::count;
use crate::{fault, hdf5, image, npy, zarr};

/// An array in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// The file, or the folder.
    pub path: PathBuf,
    /// Its size and when it was written: another file under the same name is other work.
    pub stamp: (u64, u128),
    /// How long it is along each axis.
    pub shape: Vec<usize>,
    /// The type of its elements.
    pub dtype: DType,
    /// How it lies there.
    pub how: How,
}

/// How an array lies in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum How {
    /// Number after number from an offset on: `.npy`, `np.memmap`.
    Raw {
        /// Where the first number is.
        offset: u64,
        /// What a number looks like.
        number: Number,
        /// Does the first axis run fastest?
        fortran: bool,
    },
    /// A dataset of an HDF5 file.
    Hdf5 {
        /// Its name: `/group/values`.
        dataset: String,
    },
    /// An array of a Zarr store.
    Zarr {
        /// Its path in the store: `/group/values`.
        array: String,
    },
    /// The pages of image files, one behind the other along the first axis.
    Pages(image::Pages),
    /// One `.npy` file for each stretch of an axis.
    Stack(npy::Stack),
}

/// The size of a file, and when it was written; which file it is, too: clocks of file systems stand still for milliseconds.
pub fn stamp(path: &Path) -> Result<(u64, u128)> {
    Ok(stamp_of(&std::fs::metadata(path).map_err(|error| fault::system(&error, path))?))
}

/// The same of one that is open.
pub fn stamp_of(facts: &Metadata) -> (u64, u128) {
    let written = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    #[cfg(unix)]
    let file = std::os::unix::fs::MetadataExt::ino(facts);
    #[cfg(not(unix))]
    let file = 0u64;
    (facts.len(), written.map_or(0, |time| time.as_nanos()) ^ u128::from(file) << 64)
}

impl Stored {
    /// The elements of a box.
    pub fn read(&self, start: &[usize], shape: &[usize]) -> Result<Chunk> {
        if shape.contains(&0) {
            return Ok(rdk_array::with_dtype!(self.dtype, T => Chunk::from_vec(shape, Vec::<T>::new())));
        }
        match &self.how {
            How::Raw { offset, number, fortran } => self.read_raw(*offset, *number, *fortran, start, shape),
            How::Hdf5 { dataset } => hdf5::read(&self.path, dataset, start, shape),
            How::Zarr { array } => zarr::read(&self.path, array, start, shape),
            How::Pages(pages) => pages.read(start, shape),
            How::Stack(stack) => stack.read(start, shape),
        }
    }

    /// All of it.
    pub fn read_all(&self) -> Result<Chunk> {
        self.read(&vec![0; self.shape.len()], &self.shape)
    }

    fn read_raw(&self, offset: u64, number: Number, fortran: bool, start: &[usize], shape: &[usize]) -> Result<Chunk> {
        if fortran {
            let turned = |lengths: &[usize]| lengths.iter().rev().copied().collect::<Vec<_>>();
            let c =
                Stored { shape: turned(&self.shape), how: How::Raw { offset, number, fortran: false }, ..self.clone() };
            let axes: Vec<usize> = (0..shape.len()).rev().collect();
            return Ok(c.read_raw(offset, number, false, &turned(start), &turned(shape))?.transpose(&axes));
        }
        let item = number.size();
        let short = || fault::part(&self.path, "", start, shape, "the file is shorter than its header says");
        let file = File::open(&self.path).map_err(|error| fault::system(&error, &self.path))?;
        let size = count(shape).and_then(|n| n.checked_mul(item)).ok_or_else(short)?;
        let whole = count(&self.shape).and_then(|n| n.checked_mul(item)).ok_or_else(short)?;
        let length = file.metadata().map_err(|error| fault::system(&error, &self.path))?.len();
        // A part that is there can be read, though others may be missing.
        if length < offset || (size == whole && length - offset < whole as u64) {
            return Err(short());
        }
        number.filled(shape, |bytes| match read_box(&file, bytes, offset, item, &self.shape, start, shape) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(short()),
            Err(error) => Err(fault::system(&error, &self.path)),
        })
    }

    /// The lazy array whose chunks are read when they are needed. `stored_chunks` are those of the file, which automatic chunks are multiples of.
    pub fn lazy(self, name: &str, chunks: &ChunksSpec, stored_chunks: Option<&[usize]>) -> Result<Array> {
        let previous = stored_chunks.map(|sizes| {
            ChunksSpec::Axes(sizes.iter().map(|&size| rdk_array::chunks::AxisSpec::Size(size.max(1))).collect())
        });
        let previous = previous.map(|spec| spec.grid(&self.shape, self.dtype.size())).transpose()?;
        let request =
            Normalize { shape: &self.shape, item_size: self.dtype.size(), previous: previous.as_ref(), limit: None };
        let grid = chunks.normalize(&request)?;
        Ok(self.on(name, grid))
    }

    /// The same on a grid that is known.
    pub fn on(self, name: &str, grid: Chunks) -> Array {
        let dtype = self.dtype;
        let part = self.shape.iter().map(|&length| whole(length)).collect();
        Array::step(name, ReadStep { part, stored: self, grid: grid.clone() }, [], grid, dtype)
    }
}

/// Fills the bytes with a box of items, of an array that lies in C order from this place in a file on.
pub fn read_box(
    file: &File,
    bytes: &mut [u8],
    offset: u64,
    item: usize,
    whole: &[usize],
    start: &[usize],
    shape: &[usize],
) -> std::io::Result<()> {
    let zero = vec![0; shape.len()];
    let mut fault = None;
    crate::region::runs(item, shape, whole, start, shape, &zero, |at, to, length| {
        fault = read_at(file, &mut bytes[to..to + length], offset + at as u64).err();
        fault.is_none()
    });
    fault.map_or(Ok(()), Err)
}

/// Fills the bytes from this place in a file.
pub fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
    }
    #[cfg(not(unix))]
    {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = file.try_clone()?;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }
}

/// Writes bytes at this place in a file.
pub fn write_at(file: &File, bytes: &[u8], offset: u64) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
    }
    #[cfg(not(unix))]
    {
        use std::io::{Seek, SeekFrom, Write};
        let mut file = file.try_clone()?;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }
}

/// Reads a chunk of an array in a file, or of a part of it.
#[derive(Debug)]
struct ReadStep {
    stored: Stored,
    /// What is taken along each axis of what is stored, and where new axes are.
    part: Vec<AxisIndex>,
    /// The grid of the part.
    grid: Chunks,
}

impl ReadStep {
    /// The box of what is stored that a chunk lies in, and what is taken of the box.
    fn place(&self, index: &[u32]) -> (Vec<usize>, Vec<usize>, Vec<SliceInfoElem>) {
        let (begin, lengths) = (self.grid.chunk_start(index), self.grid.chunk_shape(index));
        let (mut start, mut shape, mut within) = (Vec::new(), Vec::new(), Vec::new());
        let mut axis = 0;
        for item in &self.part {
            match *item {
                AxisIndex::At(at) => {
                    start.push(at);
                    shape.push(1);
                    within.push(SliceInfoElem::Index(0));
                }
                AxisIndex::Range { start: first, step, .. } => {
                    let (begin, length) = (begin[axis] as i64, lengths[axis] as i64);
                    let one = first as i64 + begin * step;
                    let other = one + (length - 1).max(0) * step;
                    start.push(one.min(other) as usize);
                    shape.push(if length == 0 { 0 } else { (one - other).unsigned_abs() as usize + 1 });
                    within.push(SliceInfoElem::Slice { start: 0, end: None, step: step as isize });
                    axis += 1;
                }
                AxisIndex::New => {
                    within.push(SliceInfoElem::NewAxis);
                    axis += 1;
                }
            }
        }
        (start, shape, within)
    }
}

impl Step for ReadStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("file.read", postcard::to_stdvec(&(&self.stored, &self.part, &self.grid)).expect("plain data can be written"))
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let (start, shape, within) = self.place(call.index);
        let chunk = self.stored.read(&start, &shape)?;
        if chunk.dtype() != self.stored.dtype || chunk.shape() != &shape[..] {
            return Err(fault::damaged(&self.stored.path, "the file has changed since it was looked at").into());
        }
        let plain = within.iter().all(|item| matches!(item, SliceInfoElem::Slice { step: 1, .. }));
        Ok(if plain { chunk } else { chunk.slice(&within).copy() })
    }

    fn again(&self) -> Option<f32> {
        // As measured from the page cache: a copy, inflating, a picture's decoder.
        Some(match &self.stored.how {
            How::Raw { .. } | How::Stack(_) => 1.0,
            How::Hdf5 { .. } | How::Zarr { .. } => 5.0,
            How::Pages(_) => 10.0,
        })
    }

    fn sliced(&self, index: &[AxisIndex], chunks: &Chunks) -> Option<Arc<dyn Step>> {
        let mut given = index.iter();
        let mut part = Vec::with_capacity(self.part.len());
        // New axes stay where they are asked for; what is taken is taken of what was taken.
        let mut next = |part: &mut Vec<AxisIndex>| loop {
            match given.next() {
                Some(AxisIndex::New) => part.push(AxisIndex::New),
                other => return other.copied(),
            }
        };
        for item in &self.part {
            match *item {
                AxisIndex::At(at) => part.push(AxisIndex::At(at)),
                AxisIndex::New => match next(&mut part)? {
                    AxisIndex::At(_) => {}
                    AxisIndex::Range { length: 1, .. } => part.push(AxisIndex::New),
                    AxisIndex::Range { .. } | AxisIndex::New => return None,
                },
                AxisIndex::Range { start, step, .. } => {
                    let at = |position: usize| start as i64 + position as i64 * step;
                    let taken = match next(&mut part)? {
                        AxisIndex::At(position) => AxisIndex::At(usize::try_from(at(position)).ok()?),
                        AxisIndex::Range { start: first, step: by, length } => {
                            AxisIndex::Range { start: usize::try_from(at(first)).ok()?, step: step * by, length }
                        }
                        AxisIndex::New => return None,
                    };
                    part.push(taken);
                }
            }
        }
        part.extend(given.filter(|item| **item == AxisIndex::New));
        Some(Arc::new(ReadStep { stored: self.stored.clone(), part, grid: chunks.clone() }))
    }

    fn working(&self, index: &[u32], _: &[Array]) -> u64 {
        let (_, shape, _) = self.place(index);
        shape.iter().product::<usize>() as u64 * self.stored.dtype.size() as u64
    }
}

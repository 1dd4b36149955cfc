//! A folder of `.npy` files, one for each chunk along an axis: `da.to_npy_stack`, `da.from_npy_stack`.

use std::path::{Path, PathBuf};

use rdk_array::array::Array;
use rdk_array::chunks::AxisChunks;
use rdk_array::kernel::Stop;
use rdk_array::plan::{Step, StepCall};
use rdk_array::{Chunk, Chunks, DType, SliceInfoElem, with_dtype};
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

use super::header::{read_header, save};
use crate::fault;
use crate::stored::{How, Stored};

/// The files of a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// The folder.
    pub folder: PathBuf,
    /// Along which axis they lie one behind the other.
    pub axis: usize,
    /// The sizes along that axis, file by file.
    pub sizes: Vec<usize>,
}

impl Stack {
    /// The array of a folder, on the grid of its files.
    pub fn open(folder: &Path) -> Result<Array> {
        let mut numbers: Vec<usize> = std::fs::read_dir(folder)
            .map_err(|error| fault::system(&error, folder))?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".npy")?.parse().ok())
            .collect();
        numbers.sort_unstable();
        if numbers.is_empty() || numbers.iter().enumerate().any(|(at, &number)| at != number) {
            return Err(fault::damaged(folder, "the folder does not hold 0.npy, 1.npy, …"));
        }
        let axis = axis(folder)?;
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let files =
            numbers.iter().map(|n| read_header(&folder.join(format!("{n}.npy")))).collect::<Result<Vec<_>>>()?;
        let first = &files[0];
        if axis >= first.shape.len() {
            bail!("the files of '{}' have {} axes, and lie along axis {axis}", folder.display(), first.shape.len());
        }
        let sizes: Vec<usize> = files.iter().map(|file| file.shape.get(axis).copied().unwrap_or(0)).collect();
        let mut shape = first.shape.clone();
        shape[axis] = sizes.iter().sum();
        let mut grid = Chunks::single(&shape);
        grid.0[axis] = AxisChunks::listed(sizes.iter().copied());
        let stamp = files.iter().fold((0, 0), |(size, written), file| (size + file.stamp.0, file.stamp.1.max(written)));
        let how = How::Stack(Stack { folder: folder.clone(), axis, sizes });
        Ok(Stored { path: folder, stamp, shape, dtype: first.dtype, how }.on("from-npy-stack", grid))
    }

    /// A box of it.
    pub fn read(&self, start: &[usize], shape: &[usize]) -> Result<Chunk> {
        let (mut begin, mut pieces) = (0, Vec::new());
        let (from, to) = (start[self.axis], start[self.axis] + shape[self.axis]);
        for (number, &size) in self.sizes.iter().enumerate() {
            let (low, high) = (from.max(begin), to.min(begin + size));
            if low < high {
                let (mut start, mut shape) = (start.to_vec(), shape.to_vec());
                (start[self.axis], shape[self.axis]) = (low - begin, high - low);
                let path = self.folder.join(format!("{number}.npy"));
                let file = read_header(&path)?;
                if file.shape.len() != shape.len()
                    || (0..shape.len()).any(|axis| start[axis] + shape[axis] > file.shape[axis])
                {
                    return Err(fault::damaged(&path, "the file has another shape than expected"));
                }
                pieces.push((low - from, file.read(&start, &shape)?));
            }
            begin += size;
        }
        if let [(_, piece)] = pieces.as_slice() {
            return Ok(piece.clone());
        }
        let dtype = pieces.first().map_or(DType::F64, |(_, piece)| piece.dtype());
        with_dtype!(dtype, T => {
            let whole = rdk_array::eager::NdArray::new(Chunk::from_vec(shape, vec![T::default(); shape.iter().product()]));
            for (at, piece) in pieces {
                let mut items: Vec<_> = shape.iter().map(|&length| SliceInfoElem::Slice { start: 0, end: Some(length as isize), step: 1 }).collect();
                items[self.axis] = SliceInfoElem::Slice { start: at as isize, end: Some((at + piece.shape()[self.axis]) as isize), step: 1 };
                whole.slice(items).assign(&piece);
            }
            Ok(whole.chunk())
        })
    }
}

/// The axis stands in the folder's description. Without one it is 0.
fn axis(folder: &Path) -> Result<usize> {
    let info = folder.join("info");
    match std::fs::read(&info) {
        Ok(bytes) => match super::pickle::axis(&bytes) {
            Some(axis) => Ok(axis),
            None => Err(fault::damaged(&info, "the description of a stack is not understood")),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(fault::system(&error, &info)),
    }
}

/// Writes a chunk to its file.
#[derive(Debug, Serialize, Deserialize)]
pub struct StackWriter {
    /// The folder.
    pub folder: PathBuf,
    /// Along which axis the files lie.
    pub axis: usize,
    /// Two stores are never the same work.
    pub turn: rdk_graph::Token,
}

impl Step for StackWriter {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("file.npy-stack", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let path = self.folder.join(format!("{}.npy", call.index[self.axis]));
        save(&path, &call.inputs[0])?;
        Ok(Chunk::from_vec(&vec![1; call.index.len()], vec![true]))
    }
}

//! What labels mark in chunked images: every chunk is looked through once, and what was found in all of them is put together.
//!
//! ```text
//! chunk of image, chunk of labels ──► a row for each label: how many, their sum, spread, ends, places ──┐
//! …                                                                                                    ├─► one number for each label
//! chunk of image, chunk of labels ──► a row for each label ────────────────────────────────────────────┘
//! ```

use rdk_array::array::Array;
use rdk_array::chunks::AxisChunks;
use rdk_array::kernel::Stop;
use rdk_array::plan::{Step, StepCall};
use rdk_array::{Chunk, Chunks, ChunksSpec, DType, shape};
use rdk_graph::Index;
use rdk_runtime::Result;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::measure::{self, Measure};

/// Which elements are looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Marked {
    /// Those that have a label, or all if there are no labels.
    All,
    /// Those of each of these labels.
    Labels(Vec<i64>),
}

impl Marked {
    fn count(&self) -> usize {
        match self {
            Marked::All => 1,
            Marked::Labels(labels) => labels.len(),
        }
    }
}

/// Columns of a row, before the sums that are weighted with positions.
const COUNT: usize = 0;
const SUM: usize = 1;
const MEAN: usize = 2;
/// The sum of squared distances from the mean.
const SPREAD: usize = 3;
const LEAST: usize = 4;
const LEAST_AT: usize = 5;
const MOST: usize = 6;
const MOST_AT: usize = 7;
const WEIGHTED: usize = 8;

/// One number for each label that is wanted, or a position.
pub fn tally(image: &Array, labels: Option<&Array>, marked: &Marked, one: bool, what: Measure) -> Result<Array> {
    let n = image.ndim();
    let mut inputs = vec![image.clone()];
    if let Some(labels) = labels {
        inputs.push(labels.rechunk(&ChunksSpec::from(image.chunks()))?);
    }
    let blocks: usize = image.numblocks().iter().product();
    let columns = WEIGHTED + n;
    let grid = Chunks(
        [AxisChunks::even(blocks, 1), AxisChunks::single(marked.count()), AxisChunks::single(columns)]
            .into_iter()
            .collect(),
    );
    let step = RowStep { marked: marked.clone(), grid: image.chunks().clone(), columns };
    let rows = Array::step("labels", step, inputs, grid, DType::F64);
    let fold = FoldStep { what, lengths: image.shape().to_vec(), blocks, one };
    let (lengths, dtype) = (fold.shape(marked.count()), what.dtype(image.dtype()));
    Ok(Array::step("measure", fold, [rows], Chunks::single(&lengths), DType::F64).cast(dtype))
}

/// Looks through a chunk.
#[derive(Debug, Serialize, Deserialize)]
struct RowStep {
    marked: Marked,
    grid: Chunks,
    columns: usize,
}

impl RowStep {
    fn block(&self, number: usize) -> Index {
        let counts = self.grid.counts();
        let strides = shape::strides(&counts);
        counts.iter().zip(&strides).map(|(&count, &stride)| (number / stride % count) as u32).collect()
    }
}

impl Step for RowStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("filter.rows", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let block = self.block(index[0] as usize);
        (0..inputs.len()).map(|input| (input, block.clone())).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let block = self.block(call.index[0] as usize);
        let (start, lengths) = (self.grid.chunk_start(&block), self.grid.chunk_shape(&block));
        let numbers = call.inputs[0].to_vec::<f64>();
        let labels = call.inputs.get(1).map(|labels| labels.to_vec::<i64>());
        let rows: FxHashMap<i64, Vec<usize>> = match &self.marked {
            Marked::All => FxHashMap::default(),
            Marked::Labels(labels) => {
                let mut rows: FxHashMap<i64, Vec<usize>> = FxHashMap::default();
                labels.iter().enumerate().for_each(|(row, &label)| rows.entry(label).or_default().push(row));
                rows
            }
        };
        let first = [0];
        let whole = self.grid.shape();
        let (strides, whole_strides) = (shape::strides(&lengths), shape::strides(&whole));
        let mut table = vec![0.0; self.marked.count() * self.columns];
        for (at, &number) in numbers.iter().enumerate() {
            if at % (1 << 16) == 0 && call.cancel.requested() {
                return Err(Stop::Cancelled);
            }
            let label = labels.as_ref().map_or(1, |labels| labels[at]);
            let chosen: &[usize] = match &self.marked {
                Marked::All if label > 0 => &first,
                Marked::All => continue,
                Marked::Labels(_) => match rows.get(&label) {
                    Some(chosen) => chosen,
                    None => continue,
                },
            };
            for &row in chosen {
                let row = &mut table[row * self.columns..][..self.columns];
                let mut place = 0;
                for (axis, &stride) in strides.iter().enumerate() {
                    let position = at / stride % lengths[axis] + start[axis];
                    place += position * whole_strides[axis];
                    row[WEIGHTED + axis] += number * position as f64;
                }
                let empty = row[COUNT] == 0.0;
                if empty || number < row[LEAST] {
                    (row[LEAST], row[LEAST_AT]) = (number, place as f64);
                }
                if empty || number > row[MOST] {
                    (row[MOST], row[MOST_AT]) = (number, place as f64);
                }
                row[COUNT] += 1.0;
                row[SUM] += number;
                let away = number - row[MEAN];
                row[MEAN] += away / row[COUNT];
                row[SPREAD] += away * (number - row[MEAN]);
            }
        }
        Ok(Chunk::from_vec(&[1, self.marked.count(), self.columns], table))
    }

    fn working(&self, index: &[u32], _: &[Array]) -> u64 {
        let block = self.block(index[0] as usize);
        16 * self.grid.chunk_shape(&block).iter().product::<usize>() as u64
    }
}

/// Puts the rows of all chunks together.
#[derive(Debug, Serialize, Deserialize)]
struct FoldStep {
    what: Measure,
    lengths: Vec<usize>,
    blocks: usize,
    /// Is one number asked for, and not a row of them?
    one: bool,
}

impl FoldStep {
    fn shape(&self, n: usize) -> Vec<usize> {
        let rows = if self.one { Vec::new() } else { vec![n] };
        if self.what.is_place() { [rows, vec![self.lengths.len()]].concat() } else { rows }
    }
}

/// Two rows of one label, the first of chunks that lie before those of the second.
fn join(row: &mut [f64], other: &[f64]) {
    if other[COUNT] == 0.0 {
        return;
    }
    if row[COUNT] == 0.0 {
        return row.copy_from_slice(other);
    }
    // Of equal ones it is the first place that counts, and chunks do not come in the order of places.
    if (other[LEAST], other[LEAST_AT]) < (row[LEAST], row[LEAST_AT]) {
        (row[LEAST], row[LEAST_AT]) = (other[LEAST], other[LEAST_AT]);
    }
    if other[MOST] > row[MOST] || (other[MOST] == row[MOST] && other[MOST_AT] < row[MOST_AT]) {
        (row[MOST], row[MOST_AT]) = (other[MOST], other[MOST_AT]);
    }
    let (n, m) = (row[COUNT], other[COUNT]);
    let away = other[MEAN] - row[MEAN];
    row[SPREAD] += other[SPREAD] + away * away * n * m / (n + m);
    row[MEAN] += away * m / (n + m);
    row[COUNT] += m;
    row[SUM] += other[SUM];
    row[WEIGHTED..].iter_mut().zip(&other[WEIGHTED..]).for_each(|(sum, more)| *sum += more);
}

impl Step for FoldStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("filter.fold", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn needs(&self, _: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        (0..self.blocks as u32).map(|block| (0, [block, 0, 0].into_iter().collect())).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let columns = WEIGHTED + self.lengths.len();
        let mut tables = call.inputs.drain(..).map(|chunk| chunk.to_vec::<f64>());
        let mut table = tables.next().unwrap_or_default();
        for other in tables {
            table.chunks_exact_mut(columns).zip(other.chunks_exact(columns)).for_each(|(row, other)| join(row, other));
        }
        let strides = shape::strides(&self.lengths);
        let place = |at: f64| -> Vec<f64> {
            let along = self.lengths.iter().zip(&strides);
            along.map(|(&length, &stride)| (at as usize / stride % length) as f64).collect()
        };
        let n = table.len() / columns;
        let numbers = table.chunks_exact(columns).flat_map(|row| match self.what {
            Measure::Sum => vec![row[SUM]],
            Measure::Mean => vec![if row[COUNT] == 0.0 { f64::NAN } else { row[SUM] / row[COUNT] }],
            Measure::Variance => vec![row[SPREAD] / row[COUNT]],
            Measure::Deviation => vec![(row[SPREAD] / row[COUNT]).sqrt()],
            Measure::Min => vec![row[LEAST]],
            Measure::Max => vec![row[MOST]],
            Measure::MinPosition => place(row[LEAST_AT]),
            Measure::MaxPosition => place(row[MOST_AT]),
            Measure::Center => row[WEIGHTED..].iter().map(|sum| sum / row[SUM]).collect(),
            // Those are not put together of parts.
            Measure::Median | Measure::Area => vec![row[COUNT]],
        });
        Ok(Chunk::from_vec(&self.shape(n), numbers.collect()))
    }
}

/// Numbers the parts of an image that hang together, and says how many there are.
pub fn label(image: &Array, structure: Option<&Chunk>) -> Result<(Array, Array)> {
    let lengths = image.shape().to_vec();
    let structure = structure.map(|chunk| (chunk.shape().to_vec(), chunk.to_vec::<bool>()));
    let whole = image.rechunk(&ChunksSpec::WHOLE)?;
    let step = LabelStep { structure };
    let labels = Array::step("label", step, [whole], Chunks::single(&lengths), DType::I32);
    let count = Array::step("label-count", CountStep, [labels.clone()], Chunks::single(&[]), DType::I32);
    Ok((labels.rechunk(&ChunksSpec::from(image.chunks()))?, count))
}

/// Labels an image that is one chunk: what hangs together may lie anywhere.
#[derive(Debug, Serialize, Deserialize)]
struct LabelStep {
    structure: Option<(Vec<usize>, Vec<bool>)>,
}

impl Step for LabelStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("filter.label", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        vec![(0, index.into())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let structure = self.structure.as_ref().map(|(lengths, flags)| Chunk::from_vec(lengths, flags.clone()));
        Ok(measure::label(&call.inputs[0], structure.as_ref(), false)?.0)
    }

    fn working(&self, _: &[u32], inputs: &[Array]) -> u64 {
        9 * inputs[0].size() as u64
    }
}

/// The largest label.
#[derive(Debug)]
struct CountStep;

impl Step for CountStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("filter.label-count", Vec::new())
    }

    fn needs(&self, _: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        vec![(0, vec![0; inputs[0].ndim()].into_iter().collect())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let most = call.inputs[0].to_vec::<i32>().into_iter().max().unwrap_or(0);
        Ok(Chunk::from_vec(&[], vec![most]))
    }
}

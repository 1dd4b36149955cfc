//! Filters that look through a window of several axes: weighted sums of any shape, medians, ranks.

use rdk_array::array::Array;
use rdk_array::kernel::Stop;
use rdk_array::plan::{Step, StepCall};
use rdk_array::{Chunk, Chunks, DType, Element, with_dtype};
use rdk_graph::Index;
use serde::{Deserialize, Serialize};

use super::border::{Border, Run, Stretch};
use super::line::cut;

/// What becomes of what the window shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kernel {
    /// The sum, each with its weight.
    Weights(Vec<f64>),
    /// The one at this place when they are sorted.
    Rank(usize),
}

/// A window, and what is done with what it shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WindowStep {
    /// What becomes of it.
    pub kernel: Kernel,
    /// The shape of the window.
    pub window: Vec<usize>,
    /// Which of its places count, as positions in it.
    pub places: Vec<Vec<usize>>,
    /// How many elements before an element its window begins, for each axis.
    pub before: Vec<usize>,
    /// What lies beyond the ends.
    pub border: Border,
    /// The constant beyond the ends.
    pub cval: f64,
    /// The grid of the array.
    pub grid: Chunks,
    /// The type of the result.
    pub dtype: DType,
}

/// So many numbers are looked at in one go.
const BAND: usize = 1 << 20;

impl WindowStep {
    /// The lazy array.
    pub fn of(self, array: &Array) -> Array {
        let (grid, dtype) = (self.grid.clone(), self.dtype);
        Array::step("filter", self, [array.clone()], grid, dtype)
    }

    fn stretches(&self, index: &[u32]) -> Vec<Stretch> {
        let stretch = |axis: usize| {
            let after = (self.window[axis] - 1).saturating_sub(self.before[axis]);
            Stretch::new(&self.grid.0[axis], index[axis] as usize, self.before[axis], after, self.border)
        };
        (0..index.len()).map(stretch).collect()
    }
}

/// All combinations of one number of each list, the last running fastest.
fn combinations(lists: &[Vec<usize>]) -> Vec<Vec<usize>> {
    lists.iter().fold(vec![Vec::new()], |all, list| {
        let with = |one: &Vec<usize>| list.iter().map(|&item| [&one[..], &[item]].concat()).collect::<Vec<_>>();
        all.iter().flat_map(with).collect()
    })
}

impl Step for WindowStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("filter.window", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        if self.grid.chunk_shape(index).contains(&0) {
            return vec![(0, index.into())];
        }
        let lists: Vec<Vec<usize>> = self.stretches(index).into_iter().map(|stretch| stretch.chunks).collect();
        combinations(&lists).into_iter().map(|at| (0, at.into_iter().map(|at| at as u32).collect())).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> Result<Chunk, Stop> {
        let shape = self.grid.chunk_shape(call.index);
        if shape.contains(&0) {
            return Ok(with_dtype!(self.dtype, T => Chunk::from_vec(&shape, Vec::<T>::new())));
        }
        let inputs: Vec<Chunk> = call.inputs.drain(..).map(|chunk| chunk.contiguous()).collect();
        let stretches = self.stretches(call.index);
        let input_dtype = inputs[0].dtype();
        with_dtype!(input_dtype, In => {
            let slices: Vec<(&[In], &[usize])> = inputs
                .iter()
                .map(|chunk| {
                    let slice = chunk.array::<In>().and_then(|array| array.as_slice());
                    (slice.expect("contiguous, of one type"), chunk.shape())
                })
                .collect();
            with_dtype!(self.dtype, Out => self.all::<In, Out>(&slices, &stretches, &shape, call))
        })
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let n: usize = self.grid.chunk_shape(index).iter().product();
        (32 << 20) + n as u64 * inputs[0].dtype().size() as u64
    }
}

impl WindowStep {
    fn all<In: Element, Out: Element>(
        &self,
        inputs: &[(&[In], &[usize])],
        stretches: &[Stretch],
        shape: &[usize],
        call: &StepCall<'_>,
    ) -> Result<Chunk, Stop> {
        let mut out: Vec<Out> = Vec::with_capacity(shape.iter().product());
        let padded: Vec<usize> = stretches.iter().map(|stretch| stretch.length).collect();
        let row: usize = padded[1..].iter().product();
        let band = (BAND / row.max(1)).max(1).min(shape[0]);
        for begin in (0..shape[0]).step_by(band) {
            let n_rows = band.min(shape[0] - begin);
            let rows = begin..begin + n_rows + self.window[0] - 1;
            let block = self.gather(inputs, stretches, rows);
            let mut block_shape = padded.clone();
            block_shape[0] = n_rows + self.window[0] - 1;
            self.band(&block, &block_shape, n_rows, shape, &mut out, call)?;
        }
        Ok(Chunk::from_vec(shape, out))
    }

    /// Some rows of what the window passes over, with what lies beyond the ends.
    fn gather<In: Element>(
        &self,
        inputs: &[(&[In], &[usize])],
        stretches: &[Stretch],
        rows: std::ops::Range<usize>,
    ) -> Vec<f64> {
        let n = stretches.len();
        let last = &stretches[n - 1];
        let places_of: Vec<_> = stretches[..n - 1].iter().map(Stretch::places).collect();
        let counts: Vec<usize> = stretches.iter().map(|stretch| stretch.chunks.len()).collect();
        let mut lists: Vec<Vec<usize>> =
            stretches[..n - 1].iter().map(|stretch| (0..stretch.length).collect()).collect();
        let mut block = Vec::new();
        let mut line = |places: &[usize], range: Option<std::ops::Range<usize>>| {
            let held: Option<Vec<(usize, usize)>> =
                places.iter().zip(&places_of).map(|(&at, places_of)| places_of[at]).collect();
            let begin = block.len();
            block.resize(begin + last.length, self.cval);
            if let Some(held) = held {
                for &Run { at, place, length } in &last.runs {
                    let Some((chunk, first)) = place else { continue };
                    let mut number = 0;
                    for (axis, &(chunk, _)) in held.iter().enumerate() {
                        number = number * counts[axis] + chunk;
                    }
                    let (input, shape) = inputs[number * counts[n - 1] + chunk];
                    let mut from = 0;
                    for (axis, &(_, local)) in held.iter().enumerate() {
                        from = from * shape[axis] + local;
                    }
                    let from = from * shape[n - 1] + first;
                    let to = &mut block[begin + at..begin + at + length];
                    to.iter_mut().zip(&input[from..from + length]).for_each(|(to, &from)| *to = from.cast());
                }
            }
            if let Some(range) = range {
                block.truncate(range.end);
                block.drain(..range.start);
            }
        };
        if n == 1 {
            line(&[], Some(rows));
        } else {
            lists[0] = rows.collect();
            combinations(&lists).iter().for_each(|places| line(places, None));
        }
        block
    }

    fn band<Out: Element>(
        &self,
        block: &[f64],
        block_shape: &[usize],
        n_rows: usize,
        shape: &[usize],
        out: &mut Vec<Out>,
        call: &StepCall<'_>,
    ) -> Result<(), Stop> {
        let n = shape.len();
        let mut strides = vec![1; n];
        for axis in (1..n).rev() {
            strides[axis - 1] = strides[axis] * block_shape[axis];
        }
        let offset = |place: &[usize]| place.iter().zip(&strides).map(|(at, stride)| at * stride).sum::<usize>();
        let offsets: Vec<usize> = self.places.iter().map(|place| offset(place)).collect();
        let width = if n == 1 { n_rows } else { shape[n - 1] };
        let mut lists: Vec<Vec<usize>> = shape[..n - 1].iter().map(|&length| (0..length).collect()).collect();
        if n > 1 {
            lists[0] = (0..n_rows).collect();
        }
        let mut sums = vec![0.0; width];
        let mut shown = vec![0.0; offsets.len()];
        for line in combinations(&lists) {
            if call.cancel.requested() {
                return Err(Stop::Cancelled);
            }
            let base = offset(&line);
            match &self.kernel {
                Kernel::Weights(weights) => {
                    sums.fill(0.0);
                    for (&offset, &weight) in offsets.iter().zip(weights) {
                        let from = &block[base + offset..][..width];
                        sums.iter_mut().zip(from).for_each(|(sum, x)| *sum += x * weight);
                    }
                    if Out::DTYPE == DType::Bool {
                        cut(&mut sums);
                    }
                    out.extend(sums.iter().map(|sum| sum.cast::<Out>()));
                }
                Kernel::Rank(rank) => {
                    for at in 0..width {
                        shown.iter_mut().zip(&offsets).for_each(|(shown, offset)| *shown = block[base + offset + at]);
                        let (_, chosen, _) = shown.select_nth_unstable_by(*rank, f64::total_cmp);
                        out.push(chosen.cast());
                    }
                }
            }
        }
        Ok(())
    }
}

//! Filters along one axis: weighted sums, means, the smallest and the largest of a stretch.

use rdk_array::array::Array;
use rdk_array::kernel::Stop;
use rdk_array::kernel::simd::{self, Forms, Level, Loop};
use rdk_array::plan::{Step, StepCall};
use rdk_array::{Chunk, Chunks, DType, Element, with_dtype};
use rdk_graph::Index;
use serde::{Deserialize, Serialize};

use super::border::{Border, Run, Stretch};

/// So many elements take long enough to be shared out.
const WORTH: usize = 1 << 16;

/// What becomes of a stretch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kernel {
    /// The sum of its elements, each with its weight.
    Weights(Vec<f64>),
    /// Their mean.
    Mean(usize),
    /// The smallest.
    Min(usize),
    /// The largest.
    Max(usize),
}

impl Kernel {
    /// How many elements it looks at.
    pub fn size(&self) -> usize {
        match self {
            Kernel::Weights(weights) => weights.len(),
            Kernel::Mean(size) | Kernel::Min(size) | Kernel::Max(size) => *size,
        }
    }
}

/// A filter along an axis.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LineStep {
    /// Along which axis.
    pub axis: usize,
    /// What becomes of a stretch.
    pub kernel: Kernel,
    /// How many elements before an element its stretch begins.
    pub before: usize,
    /// What lies beyond the ends.
    pub border: Border,
    /// The constant beyond the ends.
    pub cval: f64,
    /// The grid of the array.
    pub grid: Chunks,
    /// The type of the result.
    pub dtype: DType,
}

/// Filters along an axis, with a kernel whose middle is moved by `origin`.
pub fn filter(
    array: &Array,
    axis: usize,
    kernel: Kernel,
    origin: i64,
    (border, cval): (Border, f64),
    dtype: DType,
) -> Array {
    let before = ((kernel.size() / 2) as i64 + origin).max(0) as usize;
    let grid = array.chunks().clone();
    let step = LineStep { axis, kernel, before, border, cval, grid: grid.clone(), dtype };
    Array::step("filter", step, [array.clone()], grid, dtype)
}

impl LineStep {
    fn stretch(&self, index: &[u32]) -> Stretch {
        let after = (self.kernel.size() - 1).saturating_sub(self.before);
        Stretch::new(&self.grid.0[self.axis], index[self.axis] as usize, self.before, after, self.border)
    }
}

impl Step for LineStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("filter.line", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        if self.grid.chunk_shape(index).contains(&0) {
            return vec![(0, index.into())];
        }
        let needed = |chunk: &usize| {
            let mut at: Index = index.into();
            at[self.axis] = *chunk as u32;
            (0, at)
        };
        self.stretch(index).chunks.iter().map(needed).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> Result<Chunk, Stop> {
        let shape = self.grid.chunk_shape(call.index);
        if shape.contains(&0) {
            return Ok(with_dtype!(self.dtype, T => Chunk::from_vec(&shape, Vec::<T>::new())));
        }
        let inputs: Vec<Chunk> = call.inputs.drain(..).map(|chunk| chunk.contiguous()).collect();
        let stretch = self.stretch(call.index);
        let outer: usize = shape[..self.axis].iter().product();
        let inner: usize = shape[self.axis + 1..].iter().product();
        let run = Lines { step: self, stretch: &stretch, length: shape[self.axis], outer, inner };
        let input_dtype = inputs[0].dtype();
        with_dtype!(input_dtype, In => {
            let slices: Vec<&[In]> = inputs
                .iter()
                .map(|chunk| chunk.array::<In>().and_then(|array| array.as_slice()).expect("contiguous, of one type"))
                .collect();
            with_dtype!(self.dtype, Out => run.all::<In, Out>(&slices, &shape, call))
        })
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // Neighbours are inputs; here a few lines as floats, and copies of what is not contiguous.
        let n: usize = self.grid.chunk_shape(index).iter().product();
        (4 << 20) + n as u64 * inputs[0].dtype().size() as u64
    }
}

struct Lines<'a> {
    step: &'a LineStep,
    stretch: &'a Stretch,
    length: usize,
    outer: usize,
    inner: usize,
}

impl Lines<'_> {
    fn all<In: Element, Out: Element>(
        &self,
        inputs: &[&[In]],
        shape: &[usize],
        call: &StepCall<'_>,
    ) -> Result<Chunk, Stop> {
        let n = self.outer * self.length * self.inner;
        let mut out = vec![Out::default(); n];
        let size = self.length * self.inner;
        // Rows are short slabs: several of them are worth being handed to somebody.
        let together = (WORTH / size).max(1);
        let parts = out.chunks_mut(size * together).enumerate().collect();
        call.crew.share(parts, |(part, out): (usize, &mut [Out])| {
            let slabs = out.chunks_mut(size).enumerate();
            slabs.for_each(|(at, out)| self.slab(inputs, part * together + at, out));
        })?;
        Ok(Chunk::from_vec(shape, out))
    }

    /// One slab of lines that lie side by side, as many at a time as the cache holds.
    fn slab<In: Element, Out: Element>(&self, inputs: &[&[In]], outer: usize, out: &mut [Out]) {
        let padded = self.stretch.length;
        let width = (65_536 / padded).clamp(32, 4096).min(self.inner);
        let mut lines = vec![0.0; padded * width];
        let mut sums = vec![0.0; self.length * width];
        for begin in (0..self.inner).step_by(width) {
            let width = width.min(self.inner - begin);
            let lines = &mut lines[..padded * width];
            for &Run { at, place, length } in &self.stretch.runs {
                let to = &mut lines[at * width..(at + length) * width];
                match place {
                    None => to.fill(self.step.cval),
                    Some((chunk, first)) => {
                        let input = inputs[chunk];
                        let along = input.len() / (self.outer * self.inner);
                        let from = (outer * along + first) * self.inner + begin;
                        if width == self.inner {
                            convert(&input[from..from + length * width], to);
                        } else {
                            for (row, to) in to.chunks_exact_mut(width).enumerate() {
                                let from = from + row * self.inner;
                                convert(&input[from..from + width], to);
                            }
                        }
                    }
                }
            }
            let sums = &mut sums[..self.length * width];
            simd::run(Filtered { kernel: &self.step.kernel, lines, out: sums, width });
            if Out::DTYPE == DType::Bool {
                cut(sums);
            }
            for (row, sums) in sums.chunks_exact(width).enumerate() {
                let to = &mut out[row * self.inner + begin..][..width];
                to.iter_mut().zip(sums).for_each(|(to, &sum)| *to = sum.cast());
            }
        }
    }
}

/// SciPy cuts off what is behind the point before it asks whether a number is 0.
pub fn cut(sums: &mut [f64]) {
    sums.iter_mut().for_each(|sum| *sum = sum.trunc());
}

fn convert<In: Element>(from: &[In], to: &mut [f64]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = from.cast());
}

/// What a kernel makes of lines of which `width` lie side by side.
struct Filtered<'a> {
    kernel: &'a Kernel,
    lines: &'a [f64],
    out: &'a mut [f64],
    width: usize,
}

impl Loop for Filtered<'_> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        let Filtered { kernel, lines, out, width } = self;
        match kernel {
            Kernel::Weights(weights) => weighted(weights, lines, out, width),
            Kernel::Mean(size) => mean(*size, lines, out, width),
            Kernel::Min(size) => folded(*size, lines, out, width, |a, b| if b < a { b } else { a }),
            Kernel::Max(size) => folded(*size, lines, out, width, |a, b| if b > a { b } else { a }),
        }
    }
}

/// Sums in SciPy's order, so that a sum which is just short of a whole number is so here, too.
#[inline(always)]
fn weighted(weights: &[f64], lines: &[f64], out: &mut [f64], width: usize) {
    const BLOCK: usize = 1024;
    let n = weights.len();
    let half = n / 2;
    let same = |sign: f64| (1..=half).all(|k| (weights[half + k] - sign * weights[half - k]).abs() <= f64::EPSILON);
    let paired = if n.is_multiple_of(2) {
        None
    } else if same(1.0) {
        Some(1.0)
    } else {
        same(-1.0).then_some(-1.0)
    };
    for (number, out) in out.chunks_mut(BLOCK).enumerate() {
        let at = |k: usize| &lines[number * BLOCK + k * width..][..out.len()];
        match paired {
            Some(sign) => {
                let middle = weights[half];
                let line = at(half);
                let mut sums = [0.0; BLOCK];
                let sums = &mut sums[..line.len()];
                sums.iter_mut().zip(line).for_each(|(sum, x)| *sum = x * middle);
                for (k, &weight) in weights[..half].iter().enumerate() {
                    let (left, right) = (at(k), at(n - 1 - k));
                    if sign > 0.0 {
                        sums.iter_mut().zip(left.iter().zip(right)).for_each(|(sum, (a, b))| *sum += (a + b) * weight);
                    } else {
                        sums.iter_mut().zip(left.iter().zip(right)).for_each(|(sum, (a, b))| *sum += (a - b) * weight);
                    }
                }
                out.copy_from_slice(sums);
            }
            None => {
                let last = weights[n - 1];
                let line = at(n - 1);
                let mut sums = [0.0; BLOCK];
                let sums = &mut sums[..line.len()];
                sums.iter_mut().zip(line).for_each(|(sum, x)| *sum = x * last);
                for (k, &weight) in weights[..n - 1].iter().enumerate() {
                    sums.iter_mut().zip(at(k)).for_each(|(sum, x)| *sum += x * weight);
                }
                out.copy_from_slice(sums);
            }
        }
    }
}

#[inline(always)]
fn mean(size: usize, lines: &[f64], out: &mut [f64], width: usize) {
    let mut sums = lines[..width].to_vec();
    for line in lines[width..size * width].chunks_exact(width) {
        sums.iter_mut().zip(line).for_each(|(sum, x)| *sum += x);
    }
    let n = size as f64;
    for (row, out) in out.chunks_exact_mut(width).enumerate() {
        if row > 0 {
            let (old, new) = (&lines[(row - 1) * width..][..width], &lines[(row + size - 1) * width..][..width]);
            sums.iter_mut().zip(old.iter().zip(new)).for_each(|(sum, (old, new))| *sum += new - old);
        }
        out.iter_mut().zip(&sums).for_each(|(out, sum)| *out = sum / n);
    }
}

#[inline(always)]
fn folded(size: usize, lines: &[f64], out: &mut [f64], width: usize, better: impl Fn(f64, f64) -> f64) {
    out.copy_from_slice(&lines[..out.len()]);
    for k in 1..size {
        let line = &lines[k * width..][..out.len()];
        out.iter_mut().zip(line).for_each(|(best, &x)| *best = better(*best, x));
    }
}

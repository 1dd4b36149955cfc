//! Discrete Fourier transforms along an axis, which becomes one chunk.

use num_complex::Complex64;
use rdk_runtime::{Result, bail};
use serde::Serialize;

use super::step::{Step, StepCall};
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::kernel::Stop;
use crate::plan::linear::floating;
use crate::{Chunk, DType, shape};

/// Which transform.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Transform {
    /// Of complex numbers.
    Forward,
    /// Back.
    Inverse,
    /// Of real numbers: the second half would be the first one's mirror image, and is left out.
    Real,
    /// Back to real numbers.
    RealInverse,
}

/// How results are scaled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Norm {
    /// On the way back, by the length.
    Backward,
    /// Both ways, by the root of the length.
    Ortho,
    /// On the way there, by the length.
    Forward,
}

impl Norm {
    /// The other way round.
    pub fn swapped(self) -> Norm {
        match self {
            Norm::Backward => Norm::Forward,
            Norm::Ortho => Norm::Ortho,
            Norm::Forward => Norm::Backward,
        }
    }

    fn scale(self, transform: Transform, n: usize) -> f64 {
        let back = matches!(transform, Transform::Inverse | Transform::RealInverse);
        match self {
            Norm::Ortho => 1.0 / (n as f64).sqrt(),
            Norm::Backward if back => 1.0 / n as f64,
            Norm::Forward if !back => 1.0 / n as f64,
            Norm::Backward | Norm::Forward => 1.0,
        }
    }
}

impl Array {
    /// Transformed along an axis, cut or filled up with zeros to `n` numbers; to as many as there are, if left out.
    ///
    /// # Errors
    /// No such axis; no numbers at all; complex numbers where only real ones will do.
    pub fn fourier(&self, name: &str, transform: Transform, n: Option<i64>, axis: i64, norm: Norm) -> Result<Array> {
        if self.ndim() == 0 {
            bail!(IndexError: "{name}: expected an array of at least 1 dimension, got a number");
        }
        let axis = shape::axis(axis, self.ndim())?;
        let length = self.shape()[axis];
        let n = n.unwrap_or(match transform {
            Transform::RealInverse => 2 * (length as i64 - 1),
            Transform::Forward | Transform::Inverse | Transform::Real => length as i64,
        });
        if n < 1 {
            bail!("Invalid number of FFT data points ({n}) specified.");
        }
        if transform == Transform::Real && self.dtype().is_complex() {
            bail!(TypeError: "{name} works on real numbers, the array is {}", self.dtype(); hint: "`{}` takes complex ones", name.replace('r', ""));
        }
        let n = n as usize;
        let long = match transform {
            Transform::Real => n / 2 + 1,
            Transform::Forward | Transform::Inverse | Transform::RealInverse => n,
        };
        let single = floating(self.dtype()).real() == DType::F32;
        let dtype = match (transform, single) {
            (Transform::RealInverse, true) => DType::F32,
            (Transform::RealInverse, false) => DType::F64,
            (_, true) => DType::C64,
            (_, false) => DType::C128,
        };
        let mut grid = self.chunks().clone();
        grid.0[axis] = AxisChunks::single(length);
        let input = self.regridded(grid.clone());
        grid.0[axis] = AxisChunks::single(long);
        let step = FourierStep { transform, axis, n, long, scale: norm.scale(transform, n), dtype };
        Ok(Array::step(name, step, [input], grid, dtype))
    }
}

/// Lines of a chunk, transformed.
#[derive(Debug, Serialize)]
struct FourierStep {
    transform: Transform,
    axis: usize,
    n: usize,
    /// How long the result is.
    long: usize,
    scale: f64,
    dtype: DType,
}

impl Step for FourierStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.fourier", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = call.inputs.remove(0);
        let last = chunk.ndim() - 1;
        let mut order: Vec<usize> = (0..=last).collect();
        order.remove(self.axis);
        order.push(self.axis);
        let mut back: Vec<usize> = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, &axis)| back[axis] = at);
        let turned = chunk.transpose(&order);
        let length = chunk.shape()[self.axis];
        let from = turned.to_vec::<Complex64>();
        let n_lines: usize = turned.shape()[..last].iter().product();
        let mut to: Vec<Complex64> = Vec::with_capacity(n_lines * self.long);
        // Some lines at a time stay in the cache.
        let mut lines: Vec<Complex64> = Vec::new();
        let together = (1 << 14) / self.n.max(1) + 1;
        for first in (0..n_lines).step_by(together) {
            if call.cancel.requested() {
                return Err(Stop::Cancelled);
            }
            lines.clear();
            for line in first..(first + together).min(n_lines) {
                self.fill(&from[line * length..(line + 1) * length], &mut lines);
            }
            let inverse = matches!(self.transform, Transform::Inverse | Transform::RealInverse);
            rdk_linear::fourier(&mut lines, self.n, inverse);
            for line in lines.chunks(self.n) {
                to.extend(line[..self.long].iter().map(|number| number * self.scale));
            }
        }
        let mut shape = turned.shape()[..last].to_vec();
        shape.push(self.long);
        Ok(Chunk::from_vec(&shape, to).cast(self.dtype).transpose(&back).contiguous())
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let _ = index;
        let size = shape::size(&inputs[0].chunksize()).saturating_mul(32);
        size.min(u64::MAX.into()) as u64
    }
}

impl FourierStep {
    /// One line as long as is to be transformed, behind the others.
    fn fill(&self, from: &[Complex64], lines: &mut Vec<Complex64>) {
        let n = self.n;
        let start = lines.len();
        match self.transform {
            Transform::Forward | Transform::Inverse | Transform::Real => {
                lines.extend_from_slice(&from[..n.min(from.len())]);
            }
            Transform::RealInverse => {
                let half = n / 2 + 1;
                let get = |at: usize| from.get(at).copied().unwrap_or_default();
                lines.extend((0..n).map(|at| if at < half { get(at) } else { get(n - at).conj() }));
                // What has no partner has no imaginary part.
                lines[start].im = 0.0;
                if n.is_multiple_of(2) {
                    lines[start + n / 2].im = 0.0;
                }
            }
        }
        lines.resize(start + n, Complex64::default());
    }
}

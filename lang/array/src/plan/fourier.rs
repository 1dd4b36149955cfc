//! Discrete Fourier transforms along an axis, which becomes one chunk.

use num_complex::Complex64;
use rdk_runtime::{Result, bail};
use serde::Serialize;

use super::step::{Step, StepCall};
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::kernel::Stop;
use crate::plan::linear::floating;
use crate::{Chunk, DType, Element, shape};

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

/// So many numbers are transformed before others may take their turn.
const TOGETHER: usize = 1 << 16;

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
        // Real numbers are widened to complex ones a line at a time.
        let turned = chunk.transpose(&order);
        let wide = if turned.dtype().is_complex() { DType::C128 } else { DType::F64 };
        let from = turned.cast(wide).contiguous();
        let mut shape = turned.shape()[..last].to_vec();
        shape.push(self.long);
        let result = match (from.array::<f64>(), from.array::<Complex64>()) {
            (Some(from), _) => self.lines(from.as_slice().expect("it is contiguous"), &shape, call)?,
            (_, Some(from)) => self.lines(from.as_slice().expect("it is contiguous"), &shape, call)?,
            _ => unreachable!("it has been cast to one of these"),
        };
        Ok(result.cast(self.dtype).transpose(&back).contiguous())
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let _ = index;
        let size = shape::size(&inputs[0].chunksize()).saturating_mul(32);
        size.min(u64::MAX.into()) as u64
    }
}

/// Numbers that lines are made of.
trait Part: Element {
    fn complex(self) -> Complex64;
}

impl Part for f64 {
    fn complex(self) -> Complex64 {
        Complex64::new(self, 0.0)
    }
}

impl Part for Complex64 {
    fn complex(self) -> Complex64 {
        self
    }
}

impl FourierStep {
    /// The transforms of all lines, which lie one after the other.
    fn lines<P: Part>(&self, from: &[P], shape: &[usize], call: &StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        match self.transform {
            Transform::Forward | Transform::Inverse => {
                let inverse = self.transform == Transform::Inverse;
                self.shared(from, shape, call, |from, to: &mut [Complex64]| {
                    to.iter_mut().zip(from).for_each(|(to, from)| *to = from.complex());
                    rdk_linear::fourier(to, self.n, inverse);
                    to.iter_mut().for_each(|number| *number *= self.scale);
                })
            }
            Transform::Real => self.shared(from, shape, call, |from, to: &mut [Complex64]| {
                let mut line = vec![0.0; self.n];
                line.iter_mut().zip(from).for_each(|(to, from)| *to = from.complex().re);
                rdk_linear::real_fourier(&mut line, self.n, to);
                // Zeros below zero become plain ones.
                to.iter_mut().for_each(|number| *number = *number * self.scale + Complex64::default());
            }),
            Transform::RealInverse => self.shared(from, shape, call, |from, to: &mut [f64]| {
                let mut line = vec![Complex64::default(); self.n / 2 + 1];
                line.iter_mut().zip(from).for_each(|(to, from)| *to = from.complex());
                rdk_linear::real_inverse(&mut line, self.n, to);
                to.iter_mut().for_each(|number| *number *= self.scale);
            }),
        }
    }

    /// Has idle workers take some of the lines. `one` gets what there is of a line, and zeros for its result.
    fn shared<P: Part, R: Element>(
        &self,
        from: &[P],
        shape: &[usize],
        call: &StepCall<'_>,
        one: impl Fn(&[P], &mut [R]) + Sync,
    ) -> std::result::Result<Chunk, Stop> {
        let n_lines: usize = shape[..shape.len() - 1].iter().product();
        let mut to = crate::memory::zeroed::<R>(shape)?;
        let length = from.len() / n_lines.max(1);
        let together = (TOGETHER / self.n.max(1)).max(1);
        let groups = to.chunks_mut((together * self.long).max(1)).enumerate().collect();
        call.crew.share(groups, |(group, to): (usize, &mut [R])| {
            for (line, to) in to.chunks_exact_mut(self.long).enumerate() {
                let at = (group * together + line) * length;
                one(&from[at..at + length.min(self.n)], to);
            }
        })?;
        Ok(Chunk::from_vec(shape, to))
    }
}

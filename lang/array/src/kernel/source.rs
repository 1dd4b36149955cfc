//! Elements that are made, not read: each from its place in the whole array, so that neither slicing nor chunking changes them.

use num_complex::Complex64;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::dtype::{DType, NumberKind};
use crate::element::{Element, with_dtype};
use crate::kernel::layout;
use crate::kernel::random::{Distribution, Generator};
use crate::kernel::simd::{self, Forms, Level, Loop};
use crate::kernel::tile::Tile;
use crate::scalar::Scalar;

/// What makes elements.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Source {
    /// One value everywhere.
    Full(Scalar),
    /// `start`, `start + step`, …; both have the type of the elements.
    Arange {
        /// The first element.
        start: Scalar,
        /// From one to the next.
        step: Scalar,
    },
    /// `count` numbers from `start` to `stop`, evenly spaced.
    Linspace {
        /// The first element.
        start: f64,
        /// The last one, or the one after it.
        stop: f64,
        /// How many.
        count: u64,
        /// Is `stop` the last one?
        endpoint: bool,
        /// What they are cast to.
        dtype: DType,
    },
    /// 1 where column minus row is `k`, else 0; of two dimensions.
    Eye {
        /// Which diagonal.
        k: i64,
        /// The type of the elements.
        dtype: DType,
    },
    /// 1 where column minus row is at most `k`, else 0; of two dimensions.
    Tri {
        /// The last diagonal that is filled.
        k: i64,
        /// The type of the elements.
        dtype: DType,
    },
    /// The position along this axis.
    Position {
        /// Which axis.
        axis: u8,
        /// The type of the elements.
        dtype: DType,
    },
    /// Random numbers.
    Random {
        /// Which stream.
        seed: u64,
        /// How they are spread.
        distribution: Distribution,
    },
}

impl Source {
    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        match self {
            Source::Full(value) | Source::Arange { start: value, .. } => value.dtype(),
            Source::Linspace { dtype, .. }
            | Source::Eye { dtype, .. }
            | Source::Tri { dtype, .. }
            | Source::Position { dtype, .. } => *dtype,
            Source::Random { distribution, .. } => distribution.dtype(),
        }
    }
}

impl Source {
    /// What a step along each axis of the whole array adds to the position that `make` looks at: usually the element number
    /// in C order.
    pub(crate) fn weights(&self, base_shape: &[u64]) -> SmallVec<[i64; 4]> {
        let n_axes = base_shape.len();
        match self {
            Source::Full(_) => SmallVec::from_elem(0, n_axes),
            // The diagonal that an element is on.
            Source::Eye { .. } | Source::Tri { .. } => {
                let mut weights = SmallVec::from_elem(0, n_axes);
                if n_axes >= 2 {
                    weights[n_axes - 2] = -1;
                    weights[n_axes - 1] = 1;
                }
                weights
            }
            Source::Position { axis, .. } => (0..n_axes).map(|at| i64::from(at == usize::from(*axis))).collect(),
            Source::Arange { .. } | Source::Linspace { .. } | Source::Random { .. } => {
                let mut weights: SmallVec<[i64; 4]> = SmallVec::from_elem(1, n_axes);
                for axis in (1..n_axes).rev() {
                    weights[axis - 1] = weights[axis].wrapping_mul(base_shape[axis] as i64);
                }
                weights
            }
        }
    }

    /// Makes the elements at `first`, moved by these strides, in a tile of this source's type.
    pub(crate) fn make(&self, first: i64, lengths: &[usize], strides: &[i64], tile: &mut Tile) {
        let length = lengths[lengths.len() - 1];
        let stride = strides[strides.len() - 1];
        let Source::Random { seed, distribution } = self else {
            return with_dtype!(self.dtype(), T => {
                let out = tile.elements_mut::<T>();
                layout::runs(lengths, &[strides], |at, offsets| {
                    self.line(first.wrapping_add(offsets[0]), stride, &mut out[at..at + length]);
                });
            });
        };
        let generator = Generator::new(*seed);
        match *distribution {
            Distribution::Integers { low, last, dtype } => {
                let mut integers = if dtype == DType::I64 { None } else { Some(Tile::take::<i64>()) };
                let out = integers.as_mut().unwrap_or(&mut *tile).elements_mut::<i64>();
                layout::runs(lengths, &[strides], |at, offsets| {
                    generator.integers(low, last, first.wrapping_add(offsets[0]), stride, &mut out[at..at + length]);
                });
                if let Some(integers) = integers {
                    with_dtype!(dtype, T => {
                        for (out, &integer) in tile.elements_mut::<T>().iter_mut().zip(integers.elements::<i64>()) {
                            *out = T::from_i64(integer);
                        }
                    });
                    integers.give_back();
                }
            }
            Distribution::Order { n } => {
                let out = tile.elements_mut::<i64>();
                layout::runs(lengths, &[strides], |at, offsets| {
                    generator.order(n, first.wrapping_add(offsets[0]), stride, &mut out[at..at + length]);
                });
            }
            Distribution::Lawful { law, parameters } if law.dtype() == DType::I64 => {
                let out = tile.elements_mut::<i64>();
                layout::runs(lengths, &[strides], |at, offsets| {
                    let first = first.wrapping_add(offsets[0]);
                    generator.lawful(law, parameters, first, stride, &mut out[at..at + length]);
                });
            }
            Distribution::Uniform { .. }
            | Distribution::Normal { .. }
            | Distribution::Exponential { .. }
            | Distribution::Lawful { .. } => {
                let out = tile.elements_mut::<f64>();
                layout::runs(lengths, &[strides], |at, offsets| {
                    generator.reals(distribution, first.wrapping_add(offsets[0]), stride, &mut out[at..at + length]);
                });
            }
        }
    }

    fn line<T: Element>(&self, first: i64, stride: i64, out: &mut [T]) {
        match self {
            Source::Full(value) => out.fill(value.get()),
            Source::Arange { start, step } => match T::DTYPE.kind() {
                NumberKind::Bool | NumberKind::Unsigned | NumberKind::Signed => {
                    let (start, step) = (start.get::<i64>(), step.get::<i64>());
                    places(first, stride, out, |place| T::from_i64(start.wrapping_add(place.wrapping_mul(step))));
                }
                NumberKind::Float if T::DTYPE == DType::F32 => {
                    let (start, step) = (start.get::<f32>(), step.get::<f32>());
                    let step = (start + step) - start;
                    places(first, stride, out, |place| T::from_f32(start + place as f32 * step));
                }
                NumberKind::Float => {
                    // NumPy steps by the difference of the first two elements, not by the step that was asked for.
                    let (start, step) = (start.get::<f64>(), step.get::<f64>());
                    let step = (start + step) - start;
                    places(first, stride, out, |place| T::from_f64(start + place as f64 * step));
                }
                NumberKind::Complex => {
                    let (start, step) = (start.get::<Complex64>(), step.get::<Complex64>());
                    let step = (start + step) - start;
                    places(first, stride, out, |place| T::from_c128(start + step * place as f64));
                }
            },
            &Source::Linspace { start, stop, count, endpoint, dtype } => {
                let parts = if endpoint { count.saturating_sub(1) } else { count } as f64;
                let step = (stop - start) / parts;
                let last = if endpoint && count > 1 { count as i64 - 1 } else { -1 };
                let whole = dtype.is_integer();
                places(first, stride, out, |place| {
                    let value = if place == last {
                        stop
                    } else if parts == 0.0 {
                        start
                    } else if step == 0.0 {
                        // The step is too small for a float: divide last.
                        place as f64 / parts * (stop - start) + start
                    } else {
                        place as f64 * step + start
                    };
                    // NumPy rounds down, also below zero.
                    T::from_f64(if whole { value.floor() } else { value })
                });
            }
            &Source::Eye { k, .. } => places(first, stride, out, |diagonal| T::from_bool(diagonal == k)),
            &Source::Tri { k, .. } => places(first, stride, out, |diagonal| T::from_bool(diagonal <= k)),
            Source::Position { .. } => places(first, stride, out, T::from_i64),
            Source::Random { .. } => {}
        }
    }
}

struct Places<'a, T, F> {
    first: i64,
    stride: i64,
    out: &'a mut [T],
    function: F,
}

impl<T: Element, F: Fn(i64) -> T> Loop for Places<'_, T, F> {
    type Answer = ();
    const FORMS: Forms = Forms::Two;

    #[inline(always)]
    fn run<L: Level>(self) {
        for (number, out) in self.out.iter_mut().enumerate() {
            *out = (self.function)(self.first.wrapping_add((number as i64).wrapping_mul(self.stride)));
        }
    }
}

fn places<T: Element>(first: i64, stride: i64, out: &mut [T], function: impl Fn(i64) -> T) {
    simd::run(Places { first, stride, out, function });
}

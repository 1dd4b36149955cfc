//! How a loop over one array sees another: for each axis of the other, where it stands at the loop's first element and along which
//! dimension of the loop it moves.
//!
//! Slices, transpositions and stretching are steps from a view of the result to a view of the input. They cost nothing: what is
//! left of a chain of them is one view at each leaf.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::chunks::{AxisChunks, Chunks};
use crate::index::AxisIndex;
use crate::kernel::Walk;
use crate::shape;

/// How a loop sees an array.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct View(pub SmallVec<[Along; 4]>);

/// How it moves along one axis of that array.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Along {
    /// Where it is at the loop's very first element.
    pub start: i64,
    /// With which dimension of the loop it moves, and how far each time.
    pub step: Option<(u8, i64)>,
}

impl Along {
    /// Always here.
    fn fixed(start: i64) -> Along {
        Along { start, step: None }
    }
}

impl View {
    /// A loop over the array itself.
    pub fn identity(shape: &[usize]) -> View {
        let along = |(axis, &length): (usize, &usize)| match length {
            // Equal views look equal: where there is but one place, nothing moves.
            1 => Along::fixed(0),
            _ => Along { start: 0, step: Some((axis as u8, 1)) },
        };
        View(shape.iter().enumerate().map(along).collect())
    }

    /// Of the array that was sliced.
    pub fn through_slice(&self, index: &[AxisIndex]) -> View {
        let mut axes = self.0.iter();
        let mut view = View(SmallVec::new());
        for item in index {
            match *item {
                AxisIndex::At(position) => view.0.push(Along::fixed(position as i64)),
                AxisIndex::New => {
                    axes.next();
                }
                AxisIndex::Range { start, step, length } => {
                    let along = axes.next().copied().unwrap_or(Along::fixed(0));
                    view.0.push(match along.step {
                        Some((dimension, by)) if length > 1 => {
                            Along { start: start as i64 + step * along.start, step: Some((dimension, by * step)) }
                        }
                        _ if length > 0 => Along::fixed(start as i64 + step * along.start),
                        // Nothing is ever read.
                        _ => Along { start: 0, step: along.step },
                    });
                }
            }
        }
        view
    }

    /// Of the array whose axes were put in this order.
    pub fn through_transpose(&self, order: &[u8]) -> View {
        let mut view = View(SmallVec::from_elem(Along::fixed(0), order.len()));
        for (along, &axis) in self.0.iter().zip(order) {
            view.0[usize::from(axis)] = *along;
        }
        view
    }

    /// Of an array of this shape that was stretched.
    pub fn through_broadcast(&self, from: &[usize]) -> View {
        let new = self.0.len() - from.len();
        let along = |(axis, &length): (usize, &usize)| if length == 1 { Along::fixed(0) } else { self.0[new + axis] };
        View(from.iter().enumerate().map(along).collect())
    }

    /// The walk of the loop over one chunk: it begins `start` into the whole loop, and the leaf at `origin` of the array.
    pub fn walk(&self, start: &[usize], origin: &[usize]) -> Walk {
        let mut walk = Walk { start: SmallVec::new(), axes: SmallVec::from_elem(None, start.len()) };
        for (axis, along) in self.0.iter().enumerate() {
            let moved = along.step.map_or(0, |(dimension, by)| by * start[usize::from(dimension)] as i64);
            walk.start.push(along.start + moved - origin.get(axis).copied().unwrap_or(0) as i64);
            if let Some((dimension, by)) = along.step {
                walk.axes[usize::from(dimension)] = Some((axis as u8, by));
            }
        }
        walk
    }

    /// Is it the array itself, in a loop of the same dimensions?
    pub fn is_identity(&self, shape: &[usize]) -> bool {
        *self == View::identity(shape)
    }

    /// Which chunk of the grid the loop's chunk falls into; it falls into one.
    pub fn block(&self, loops: &Chunks, index: &[u32], grid: &Chunks) -> SmallVec<[u32; 4]> {
        let block = |(along, chunks): (&Along, &AxisChunks)| {
            let moved = along.step.map_or(0, |(dimension, by)| {
                let (dimension, axis) = (usize::from(dimension), &loops.0[usize::from(dimension)]);
                by.saturating_mul(axis.start(index[dimension] as usize) as i64)
            });
            chunks.find((along.start + moved).max(0) as usize) as u32
        };
        self.0.iter().zip(&grid.0).map(block).collect()
    }

    /// Does every chunk of the loop fall into one chunk of the grid?
    pub fn fits(&self, loops: &Chunks, grid: &Chunks) -> bool {
        self.0.iter().zip(&grid.0).all(|(along, chunks)| match along.step {
            None => true,
            Some(_) if chunks.is_single() => true,
            Some((dimension, by)) => {
                let axis = &loops.0[usize::from(dimension)];
                if (along.start, by) == (0, 1) && chunks.length() == axis.length() {
                    return chunks.is_refined_by(axis);
                }
                (0..axis.count()).all(|chunk| {
                    let (start, size) = (axis.start(chunk), axis.size(chunk));
                    let place = |at: usize| chunks.find((along.start + by * at as i64).max(0) as usize);
                    size == 0 || place(start) == place(start + size - 1)
                })
            }
        })
    }

    /// The view in a loop that has only the dimensions in which this one moves, and which those are.
    pub fn compact(&self) -> (View, SmallVec<[u8; 4]>) {
        let mut dimensions: SmallVec<[u8; 4]> = self.0.iter().filter_map(|along| Some(along.step?.0)).collect();
        dimensions.sort_unstable();
        let renumbered = |along: &Along| Along {
            start: along.start,
            step: along.step.map(|(dimension, by)| {
                let at = dimensions.iter().position(|&other| other == dimension).expect("it was collected above");
                (at as u8, by)
            }),
        };
        (View(self.0.iter().map(renumbered).collect()), dimensions)
    }
}

/// The index of the `n`-th chunk in C order.
pub fn nth(counts: &[usize], mut n: usize) -> SmallVec<[u32; 4]> {
    let mut index: SmallVec<[u32; 4]> = SmallVec::from_elem(0, counts.len());
    for axis in (0..counts.len()).rev() {
        index[axis] = (n % counts[axis]) as u32;
        n /= counts[axis];
    }
    index
}

/// The number of a chunk in C order.
pub fn number(counts: &[usize], index: &[u32]) -> usize {
    let strides = shape::strides(counts);
    index.iter().zip(&strides).map(|(&at, &stride)| at as usize * stride).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{IndexItem, expand};

    /// Where the loop's element at `at` is in the array that `items` were taken of.
    fn check(shape: &[usize], items: &[IndexItem], order: &[u8], at: &[usize], expected: &[i64]) {
        let index = expand(items, shape).unwrap();
        let taken = crate::index::shape_of(&index);
        let turned: Vec<usize> = order.iter().map(|&axis| taken[usize::from(axis)]).collect();
        let view = View::identity(&turned).through_transpose(order).through_slice(&index);
        let origin = vec![0; shape.len()];
        assert_eq!(&view.walk(at, &origin).start[..], expected);
    }

    #[test]
    fn steps_add_up() {
        use IndexItem::*;
        let backwards = Slice { start: None, stop: None, step: Some(-2) };
        check(&[5, 4], &[backwards.clone(), IndexItem::ALL], &[1, 0], &[3, 1], &[2, 3]);
        check(&[5, 4], &[Int(-1), backwards.clone()], &[0], &[1], &[4, 1]);
        check(&[5], &[NewAxis, backwards], &[1, 0], &[2, 0], &[0]);
    }
}

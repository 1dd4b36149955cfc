//! How a loop over one array sees another: for each axis of the other, where it stands at the loop's first element and along which
//! dimension of the loop it moves.
//!
//! Slices, transpositions, stretching and windows are steps from a view of the result to a view of the input. They cost nothing: what is
//! left of a chain of them is one view at each leaf.
//!
//! ```text
//! x[8:2:-2]              8 - 2 i
//! windows of three       i + j           which window, and what in it
//! every other of them    2 i + j
//! ```

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::chunks::{AxisChunks, Chunks};
use crate::index::AxisIndex;
use crate::kernel::Walk;
use crate::shape::{self, Shape};

/// How a loop sees an array.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct View(pub SmallVec<[Along; 4]>);

/// How it moves along one axis of that array.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Along {
    /// Where it is at the loop's very first element.
    pub start: i64,
    /// With which dimensions of the loop it moves, in their order, and how far each time. Where windows slide there are several: which
    /// window it is, and what in it.
    pub steps: SmallVec<[(u8, i64); 1]>,
}

impl Along {
    /// Always here.
    pub fn fixed(start: i64) -> Along {
        Along { start, steps: SmallVec::new() }
    }

    /// From here on with one dimension of the loop.
    pub fn moving(start: i64, dimension: u8, by: i64) -> Along {
        Along { start, steps: SmallVec::from_buf([(dimension, by)]) }
    }

    /// Its only step.
    pub fn step(&self) -> Option<(u8, i64)> {
        match self.steps[..] {
            [step] => Some(step),
            _ => None,
        }
    }

    /// Where it is at this element of the loop.
    fn at(&self, start: &[usize]) -> i64 {
        self.start + self.steps.iter().map(|&(dimension, by)| by * start[usize::from(dimension)] as i64).sum::<i64>()
    }

    /// Where it is at the first element of a chunk of the loop.
    pub fn begin(&self, loops: &Chunks, index: &[u32]) -> usize {
        let moved = self.steps.iter().map(|&(dimension, by)| {
            let dimension = usize::from(dimension);
            by.saturating_mul(loops.0[dimension].start(index[dimension] as usize) as i64)
        });
        moved.fold(self.start, i64::saturating_add).max(0) as usize
    }

    /// The lowest and the highest place where it is in a chunk of the loop; `None` if there are no elements.
    pub fn reach(&self, loops: &Chunks, index: &[u32]) -> Option<(usize, usize)> {
        let (mut low, mut high) = (self.start, self.start);
        for &(dimension, by) in &self.steps {
            let (axis, chunk) = (&loops.0[usize::from(dimension)], index[usize::from(dimension)] as usize);
            let first = by.saturating_mul(axis.start(chunk) as i64);
            let way = by.saturating_mul(axis.size(chunk).checked_sub(1)? as i64);
            low = low.saturating_add(first).saturating_add(way.min(0));
            high = high.saturating_add(first).saturating_add(way.max(0));
        }
        Some((low.max(0) as usize, high.max(0) as usize))
    }

    /// How many places a chunk of the loop of this shape reaches over.
    pub fn places(&self, shape: &[usize]) -> usize {
        let way = |&(dimension, by): &(u8, i64)| {
            (shape[usize::from(dimension)].saturating_sub(1)).saturating_mul(by.unsigned_abs() as usize)
        };
        self.steps.iter().map(way).fold(1, usize::saturating_add)
    }

    /// Does every chunk of the loop fall into one of these chunks?
    pub fn fits(&self, loops: &Chunks, chunks: &AxisChunks) -> bool {
        if self.steps.is_empty() || chunks.is_single() {
            return true;
        }
        if let (0, Some((dimension, 1))) = (self.start, self.step())
            && chunks.length() == loops.0[usize::from(dimension)].length()
        {
            return chunks.is_refined_by(&loops.0[usize::from(dimension)]);
        }
        self.each_chunk(loops).all(|index| match self.reach(loops, &index) {
            Some((low, high)) => chunks.find(low) == chunks.find(high),
            None => true,
        })
    }

    /// One chunk of the loop for each that can differ in where it is along this axis.
    pub fn each_chunk(&self, loops: &Chunks) -> impl Iterator<Item = SmallVec<[u32; 4]>> {
        let own = |dimension: usize| self.steps.iter().any(|&(other, _)| usize::from(other) == dimension);
        let counts: Shape =
            loops.0.iter().enumerate().map(|(dimension, axis)| if own(dimension) { axis.count() } else { 1 }).collect();
        (0..counts.iter().product()).map(move |n| nth(&counts, n))
    }
}

impl View {
    /// A loop over the array itself.
    pub fn identity(shape: &[usize]) -> View {
        let along = |(axis, &length): (usize, &usize)| match length {
            // Equal views look equal: where there is but one place, nothing moves.
            1 => Along::fixed(0),
            _ => Along::moving(0, axis as u8, 1),
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
                    let along = axes.next().cloned().unwrap_or_else(|| Along::fixed(0));
                    view.0.push(match length {
                        // Nothing is ever read.
                        0 => Along { start: 0, ..along },
                        1 => Along::fixed(start as i64 + step * along.start),
                        _ => Along {
                            start: start as i64 + step * along.start,
                            steps: along.steps.iter().map(|&(dimension, by)| (dimension, by * step)).collect(),
                        },
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
            view.0[usize::from(axis)] = along.clone();
        }
        view
    }

    /// Of an array of this shape that was stretched.
    pub fn through_broadcast(&self, from: &[usize]) -> View {
        let new = self.0.len() - from.len();
        let along = |(axis, &length): (usize, &usize)| match length {
            1 => Along::fixed(0),
            _ => self.0[new + axis].clone(),
        };
        View(from.iter().enumerate().map(along).collect())
    }

    /// Of the array that was looked at like this.
    pub fn through_look(&self, look: &View) -> View {
        let along = |look: &Along| {
            let mut along = Along::fixed(look.start);
            for &(axis, by) in &look.steps {
                let own = &self.0[usize::from(axis)];
                along.start += by * own.start;
                for &(dimension, step) in &own.steps {
                    match along.steps.iter_mut().find(|(other, _)| *other == dimension) {
                        Some((_, whole)) => *whole += by * step,
                        None => along.steps.push((dimension, by * step)),
                    }
                }
            }
            along.steps.retain(|(_, by)| *by != 0);
            along.steps.sort_unstable();
            along
        };
        View(look.0.iter().map(along).collect())
    }

    /// The walk of the loop over one chunk: it begins `start` into the whole loop, and the leaf at `origin` of the array.
    pub fn walk(&self, start: &[usize], origin: &[usize]) -> Walk {
        let mut walk = Walk { start: SmallVec::new(), axes: SmallVec::from_elem(None, start.len()) };
        for (axis, along) in self.0.iter().enumerate() {
            walk.start.push(along.at(start) - origin.get(axis).copied().unwrap_or(0) as i64);
            for &(dimension, by) in &along.steps {
                walk.axes[usize::from(dimension)] = Some((axis as u8, by));
            }
        }
        walk
    }

    /// Is it the array itself, in a loop of the same dimensions?
    pub fn is_identity(&self, shape: &[usize]) -> bool {
        *self == View::identity(shape)
    }

    /// Does it move with several dimensions along one axis, so that elements are met more than once?
    pub fn slides(&self) -> bool {
        self.0.iter().any(|along| along.steps.len() > 1)
    }

    /// How often elements are met by a loop of this shape, on average.
    pub fn meets(&self, shape: &[usize]) -> f32 {
        let along = |along: &Along| -> f32 {
            let steps: f32 = along.steps.iter().map(|&(dimension, _)| shape[usize::from(dimension)] as f32).product();
            (steps / along.places(shape) as f32).max(1.0)
        };
        self.0.iter().filter(|along| along.steps.len() > 1).map(along).product()
    }

    /// Which chunk of the grid the loop's chunk falls into; it falls into one.
    pub fn block(&self, loops: &Chunks, index: &[u32], grid: &Chunks) -> SmallVec<[u32; 4]> {
        let block = |(along, chunks): (&Along, &AxisChunks)| chunks.find(along.begin(loops, index)) as u32;
        self.0.iter().zip(&grid.0).map(block).collect()
    }

    /// Does every chunk of the loop fall into one chunk of the grid?
    pub fn fits(&self, loops: &Chunks, grid: &Chunks) -> bool {
        self.0.iter().zip(&grid.0).all(|(along, chunks)| along.fits(loops, chunks))
    }

    /// The view in a loop that has only the dimensions in which this one moves, and which those are.
    pub fn compact(&self) -> (View, SmallVec<[u8; 4]>) {
        let steps = self.0.iter().flat_map(|along| &along.steps);
        let mut dimensions: SmallVec<[u8; 4]> = steps.map(|&(dimension, _)| dimension).collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        let renumbered = |&(dimension, by): &(u8, i64)| {
            let at = dimensions.iter().position(|&other| other == dimension).expect("it was collected above");
            (at as u8, by)
        };
        let along = |along: &Along| Along { start: along.start, steps: along.steps.iter().map(renumbered).collect() };
        (View(self.0.iter().map(along).collect()), dimensions)
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

    #[test]
    fn windows_add_up() {
        // Windows of three along 10 elements, in two chunks; those of every other of them, backwards; windows of two of those.
        let windows = |steps: &[(u8, i64)]| View(SmallVec::from_elem(Along { start: 0, steps: steps.into() }, 1));
        let look = windows(&[(0, 1), (1, 1)]);
        let view = View::identity(&[8, 3]).through_look(&look);
        assert_eq!(view.walk(&[4, 0], &[0]).start[..], [4]);
        assert!(view.slides() && (2.3..2.5).contains(&view.meets(&[8, 3])));
        let halves: Chunks = [AxisChunks::even(8, 4), AxisChunks::single(3)].into_iter().collect();
        assert_eq!(view.0[0].reach(&halves, &[1, 0]), Some((4, 9)));
        assert!(!view.fits(&halves, &[AxisChunks::even(10, 5)].into_iter().collect()));
        assert!(view.fits(&halves, &[AxisChunks::single(10)].into_iter().collect()));
        let items = [IndexItem::Slice { start: None, stop: None, step: Some(-2) }, IndexItem::ALL];
        let sliced = View::identity(&[4, 3]).through_slice(&expand(&items, &[8, 3]).unwrap()).through_look(&look);
        assert_eq!(sliced.0[0], Along { start: 7, steps: [(0, -2), (1, 1)].into_iter().collect() });
        let again = View([windows(&[(0, 1), (2, 1)]).0[0].clone(), Along::moving(0, 1, 1)].into_iter().collect());
        let twice = View::identity(&[7, 3, 2]).through_look(&again);
        assert_eq!(twice.through_look(&look).0[0].steps[..], [(0, 1), (1, 1), (2, 1)]);
        assert_eq!(view.compact(), (view.clone(), [0u8, 1].into_iter().collect()));
    }
}

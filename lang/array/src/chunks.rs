//! How an array is cut into chunks: a grid, given by the sizes along each axis.
//!
//! Even cuts are kept as "so long, in steps of so much", so that a grid of a million chunks is as small as one of four.

mod auto;
mod bytes;
mod normalize;
pub(crate) mod settings;
mod spec;
mod unify;

use std::fmt;
use std::sync::Arc;

use rdk_graph::Token;
use smallvec::SmallVec;

use crate::shape::{self, Shape};

pub use bytes::parse_bytes;
pub use normalize::{MAX_CHUNKS, Normalize, balanced};
pub use spec::{AxisSpec, ChunksSpec};
pub use unify::{common, unify};

/// The chunks along one axis.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct AxisChunks {
    cut: Cut,
    /// Are these sizes not the true ones, which have to be counted? Then this names what counts them ([`crate::counts`]).
    counted_by: Option<Token>,
}

#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
enum Cut {
    /// All chunks are of this size, but the last may be smaller. `size` is at least 1, and at most `length` unless that is 0.
    Even { length: usize, size: usize },
    /// Where each chunk begins, and the end of the last: only for grids that are not even.
    Uneven(Arc<[usize]>),
}

impl AxisChunks {
    /// Chunks of this size; the last one takes what is left.
    pub fn even(length: usize, size: usize) -> AxisChunks {
        AxisChunks { cut: Cut::Even { length, size: size.clamp(1, length.max(1)) }, counted_by: None }
    }

    /// One chunk.
    pub fn single(length: usize) -> AxisChunks {
        AxisChunks::even(length, length)
    }

    /// Chunks of these sizes. None at all stands for one of size 0.
    pub fn listed(sizes: impl IntoIterator<Item = usize>) -> AxisChunks {
        let mut starts = vec![0usize];
        let mut end = 0usize;
        for size in sizes {
            end = end.saturating_add(size);
            starts.push(end);
        }
        AxisChunks::at(starts)
    }

    /// From where each chunk begins, and the end of the last.
    fn at(mut starts: Vec<usize>) -> AxisChunks {
        if starts.len() < 2 {
            starts = vec![0, 0];
        }
        let (n, size) = (starts.len() - 1, starts[1]);
        let end = starts[n];
        let even = match n {
            1 => true,
            _ => {
                size > 0
                    && (0..n).all(|i| size.checked_mul(i) == Some(starts[i]))
                    && end - starts[n - 1] <= size
                    && end > starts[n - 1]
            }
        };
        if even {
            AxisChunks::even(end, size)
        } else {
            AxisChunks { cut: Cut::Uneven(starts.into()), counted_by: None }
        }
    }

    /// As many chunks, whose sizes are known when this has counted. Until then these sizes stand for them: memory is asked for by them,
    /// and nothing else may depend on them. They are the largest that there may be where anything is known of that, else a guess.
    pub fn uncounted(&self, counted_by: Token) -> AxisChunks {
        AxisChunks { cut: self.cut.clone(), counted_by: Some(counted_by) }
    }

    /// What counts the true sizes, where these only stand for them.
    pub fn counted_by(&self) -> Option<Token> {
        self.counted_by
    }

    /// Are the sizes the true ones?
    pub fn is_known(&self) -> bool {
        self.counted_by.is_none()
    }

    /// How long the axis is.
    pub fn length(&self) -> usize {
        match &self.cut {
            Cut::Even { length, .. } => *length,
            Cut::Uneven(starts) => starts[starts.len() - 1],
        }
    }

    /// How many chunks there are; at least 1.
    pub fn count(&self) -> usize {
        match &self.cut {
            Cut::Even { length, size } => length.div_ceil(*size).max(1),
            Cut::Uneven(starts) => starts.len() - 1,
        }
    }

    /// Where a chunk begins; for the number of chunks, the end of the last one.
    pub fn start(&self, chunk: usize) -> usize {
        match &self.cut {
            Cut::Even { length, size } => size.saturating_mul(chunk).min(*length),
            Cut::Uneven(starts) => starts[chunk],
        }
    }

    /// How long a chunk is.
    pub fn size(&self, chunk: usize) -> usize {
        self.start(chunk + 1) - self.start(chunk)
    }

    /// The sizes of all chunks.
    pub fn sizes(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        (0..self.count()).map(|chunk| self.size(chunk))
    }

    /// How long the longest chunk is.
    pub fn largest(&self) -> usize {
        match &self.cut {
            Cut::Even { length, size } => (*size).min(*length),
            Cut::Uneven(_) => self.sizes().max().unwrap_or(0),
        }
    }

    /// The chunk that holds this position; the last one for positions behind the end.
    pub fn find(&self, position: usize) -> usize {
        match &self.cut {
            Cut::Even { size, .. } => (position / size).min(self.count() - 1),
            Cut::Uneven(starts) => starts[1..starts.len() - 1].partition_point(|&start| start <= position),
        }
    }

    /// Is it one chunk?
    pub fn is_single(&self) -> bool {
        self.count() == 1
    }

    /// The chunks of what a slice takes: those that lie in different chunks here lie in different chunks there.
    pub fn sliced(&self, start: usize, step: i64, length: usize) -> AxisChunks {
        if (start, step, length) == (0, 1, self.length()) {
            return self.clone();
        }
        let mut starts = vec![0usize];
        let mut taken = 0usize;
        while taken < length {
            let position = (start as i64 + step * taken as i64) as usize;
            let chunk = self.find(position);
            let room = if step > 0 { self.start(chunk + 1) - 1 - position } else { position - self.start(chunk) };
            taken = taken.saturating_add(room / step.unsigned_abs() as usize + 1).min(length);
            starts.push(taken);
        }
        AxisChunks::at(starts)
    }

    /// Does no chunk of the other reach over a border of this one?
    pub fn is_refined_by(&self, other: &AxisChunks) -> bool {
        if self.is_single() || self == other {
            return true;
        }
        if let (Cut::Even { size, .. }, Cut::Even { size: fine, .. }) = (&self.cut, &other.cut) {
            return size % fine == 0;
        }
        (1..self.count()).all(|chunk| {
            let border = self.start(chunk);
            let at = other.find(border);
            other.start(at) == border || border >= other.length()
        })
    }
}

impl fmt::Display for AxisChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_known() {
            true => f.write_str(&shape::tuple(self.sizes())),
            false => f.write_str(&shape::tuple(self.sizes().map(|_| "nan"))),
        }
    }
}

impl fmt::Debug for AxisChunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cut {
            Cut::Even { length, size } => write!(f, "{length} by {size}"),
            Cut::Uneven(_) => write!(f, "{self}"),
        }
    }
}

/// The grid of an array: the chunks along each of its axes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Chunks(pub SmallVec<[AxisChunks; 4]>);

impl Chunks {
    /// One chunk.
    pub fn single(shape: &[usize]) -> Chunks {
        shape.iter().map(|&length| AxisChunks::single(length)).collect()
    }

    /// The shape of the whole.
    pub fn shape(&self) -> Shape {
        self.0.iter().map(AxisChunks::length).collect()
    }

    /// How many chunks there are along each axis: `numblocks`.
    pub fn counts(&self) -> Shape {
        self.0.iter().map(AxisChunks::count).collect()
    }

    /// How many chunks there are: `npartitions`; capped rather than wrapped.
    pub fn count(&self) -> u128 {
        shape::size(&self.counts())
    }

    /// The sizes of the largest chunk: `chunksize`.
    pub fn largest(&self) -> Shape {
        self.0.iter().map(AxisChunks::largest).collect()
    }

    /// Are all sizes the true ones?
    pub fn is_known(&self) -> bool {
        self.0.iter().all(AxisChunks::is_known)
    }

    /// The shape of one chunk.
    pub fn chunk_shape(&self, index: &[u32]) -> Shape {
        self.0.iter().zip(index).map(|(axis, &at)| axis.size(at as usize)).collect()
    }

    /// Where one chunk begins.
    pub fn chunk_start(&self, index: &[u32]) -> Shape {
        self.0.iter().zip(index).map(|(axis, &at)| axis.start(at as usize)).collect()
    }

    /// Does every chunk of the other lie in one of these?
    pub fn is_refined_by(&self, other: &Chunks) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a.is_refined_by(b))
    }
}

impl FromIterator<AxisChunks> for Chunks {
    fn from_iter<I: IntoIterator<Item = AxisChunks>>(axes: I) -> Chunks {
        Chunks(axes.into_iter().collect())
    }
}

impl fmt::Display for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shape::tuple(self.0.iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_lists_are_recognised() {
        let check = |sizes: &[usize], expected: &str| {
            let axis = AxisChunks::listed(sizes.iter().copied());
            assert_eq!(format!("{axis:?}"), expected);
            if !sizes.is_empty() {
                assert_eq!(axis.sizes().collect::<Vec<_>>(), sizes);
            }
        };
        check(&[], "0 by 1");
        check(&[0], "0 by 1");
        check(&[3, 3, 1], "7 by 3");
        check(&[3, 3], "6 by 3");
        check(&[5], "5 by 5");
        check(&[3, 1, 3], "(3, 1, 3)");
        check(&[0, 2], "(0, 2)");
        check(&[2, 0], "(2, 0)");
        check(&[2, 0, 2], "(2, 0, 2)");
    }

    #[test]
    fn positions_are_found() {
        let check = |sizes: &[usize], expected: &[usize]| {
            let axis = AxisChunks::listed(sizes.iter().copied());
            assert_eq!((0..=axis.length()).map(|at| axis.find(at)).collect::<Vec<_>>(), expected);
        };
        check(&[2, 2, 1], &[0, 0, 1, 1, 2, 2]);
        check(&[1, 3], &[0, 1, 1, 1, 1]);
        check(&[0, 2, 0, 1], &[1, 1, 3, 3]);
    }

    #[test]
    fn slices_keep_the_borders() {
        let check = |sizes: &[usize], (start, step, length): (usize, i64, usize), expected: &str| {
            assert_eq!(AxisChunks::listed(sizes.iter().copied()).sliced(start, step, length).to_string(), expected);
        };
        check(&[5, 5], (0, 1, 10), "(5, 5)");
        check(&[5, 5], (5, 1, 5), "(5,)");
        check(&[5, 5], (3, 1, 4), "(2, 2)");
        check(&[5, 4], (8, -1, 9), "(4, 5)");
        check(&[5, 5, 2], (0, 3, 4), "(2, 2)");
        check(&[5, 5], (0, 1, 0), "(0,)");
        check(&[5, 5], (9, -9, 2), "(1, 1)");
    }
}

//! How an eager array looks at its memory: where its first element stands, and how far apart neighbours are along each axis.
//!
//! ```text
//! memory       0 1 2 3 4 5      x = arange(6).reshape(2, 3)      start 0  steps 3 1
//! x[:, ::-1]   2 1 0 / 5 4 3                                    start 2  steps 3 -1
//! x.T          0 3 / 1 4 / 2 5                                  start 0  steps 1 3
//! ```
//!
//! Slices, transpositions and most reshapes of a look are looks. All of memory is one run in C order, and elements are reached
//! by their number in it.

use ndarray::{ArrayBase, IxDyn, RawData, SliceInfoElem};
use smallvec::SmallVec;

use crate::shape::{self, Shape};

/// How far apart neighbours are along each axis.
pub type Steps = SmallVec<[isize; 4]>;

/// Where the elements of an array are in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    start: usize,
    shape: Shape,
    /// In elements. That of an axis of length 1 says nothing.
    steps: Steps,
}

impl Look {
    /// At all of a memory of this shape.
    pub fn whole(shape: &[usize]) -> Look {
        Look { start: 0, shape: shape.into(), steps: in_order(shape) }
    }

    /// Where the first element stands.
    pub fn start(&self) -> usize {
        self.start
    }

    /// How long it is along each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How far apart neighbours are, in elements.
    pub fn steps(&self) -> &[isize] {
        &self.steps
    }

    /// How many elements.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// One run of memory in C order?
    pub fn is_run(&self) -> bool {
        let mut step = 1;
        self.size() == 0
            || self.shape.iter().zip(&self.steps).rev().all(|(&length, &own)| {
                let fits = length == 1 || own == step;
                step *= length as isize;
                fits
            })
    }

    /// At a part. The items fit the axes.
    pub fn slice(&self, items: &[SliceInfoElem]) -> Look {
        let mut look = Look { start: self.start, shape: Shape::new(), steps: Steps::new() };
        let mut axis = 0;
        let mut first = self.start as isize;
        for item in items {
            match *item {
                SliceInfoElem::NewAxis => {
                    look.shape.push(1);
                    look.steps.push(0);
                    continue;
                }
                SliceInfoElem::Index(at) => first += from_end(at, self.shape[axis]) * self.steps[axis],
                SliceInfoElem::Slice { start, end, step } => {
                    let length = self.shape[axis];
                    let start = from_end(start, length);
                    let end = end.map_or(length as isize, |end| from_end(end, length)).max(start);
                    let count = ((end - start) as usize).div_ceil(step.unsigned_abs());
                    // Going backwards begins at the end.
                    if count > 0 {
                        first += if step > 0 { start } else { end - 1 } * self.steps[axis];
                    }
                    look.shape.push(count);
                    // The step of at most one position says nothing, and may be anything.
                    look.steps.push(if count > 1 { step * self.steps[axis] } else { self.steps[axis] });
                }
            }
            axis += 1;
        }
        look.start = if look.size() == 0 { 0 } else { first as usize };
        look
    }

    /// With its axes in this order.
    pub fn transpose(&self, axes: &[usize]) -> Look {
        Look {
            start: self.start,
            shape: axes.iter().map(|&axis| self.shape[axis]).collect(),
            steps: axes.iter().map(|&axis| self.steps[axis]).collect(),
        }
    }

    /// In another shape of as many elements; `None` if no steps lead there.
    pub fn reshape(&self, to: &[usize]) -> Option<Look> {
        if self.is_run() {
            return Some(Look { start: self.start, shape: to.into(), steps: in_order(to) });
        }
        // Axes of the two shapes are matched in groups of as many elements. Those of a group have to lie as one run would.
        let old: SmallVec<[(usize, isize); 4]> =
            self.shape.iter().copied().zip(self.steps.iter().copied()).filter(|&(length, _)| length != 1).collect();
        let mut steps: Steps = SmallVec::from_elem(1, to.len());
        let (mut i, mut j) = (0, 0);
        while i < old.len() && j < to.len() {
            let (i0, j0) = (i, j);
            let (mut a, mut b) = (old[i].0, to[j]);
            (i, j) = (i + 1, j + 1);
            while a != b {
                if a < b {
                    a *= old[i].0;
                    i += 1;
                } else {
                    b *= to[j];
                    j += 1;
                }
            }
            if old[i0..i].windows(2).any(|pair| pair[0].1 != pair[1].0 as isize * pair[1].1) {
                return None;
            }
            let mut step = old[i - 1].1;
            for axis in (j0..j).rev() {
                steps[axis] = step;
                step *= to[axis] as isize;
            }
        }
        Some(Look { start: self.start, shape: to.into(), steps })
    }

    /// Stretched along axes of length 1, and along new ones in front. The shape stretches to that one.
    pub fn broadcast_to(&self, to: &[usize]) -> Look {
        let new = to.len() - self.shape.len();
        let step = |(axis, &length): (usize, &usize)| match axis.checked_sub(new) {
            Some(axis) if self.shape[axis] == length => self.steps[axis],
            _ => 0,
        };
        Look { start: self.start, shape: to.into(), steps: to.iter().enumerate().map(step).collect() }
    }

    /// At a diagonal of two axes, which becomes the last one.
    pub fn diagonal(&self, offset: i64, first: usize, second: usize) -> Look {
        let far = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
        let (row, column) = if offset < 0 { (far, 0) } else { (0, far) };
        let length = self.shape[first].saturating_sub(row).min(self.shape[second].saturating_sub(column));
        let rest = |axis: &usize| *axis != first && *axis != second;
        let axes: SmallVec<[usize; 4]> = (0..self.shape.len()).filter(rest).collect();
        let mut look = self.transpose(&axes);
        look.shape.push(length);
        look.steps.push(self.steps[first] + self.steps[second]);
        if length > 0 {
            let way = row as isize * self.steps[first] + column as isize * self.steps[second];
            look.start = (self.start as isize + way) as usize;
        }
        look
    }

    /// At windows of this length that slide along an axis; what is in them lies along a new last axis. They fit.
    pub fn windows(&self, axis: usize, length: usize) -> Look {
        let mut look = self.clone();
        look.shape[axis] = look.shape[axis] + 1 - length;
        look.shape.push(length);
        look.steps.push(self.steps[axis]);
        look
    }

    /// From the same start with other steps; `None` if they lead out of a memory of `n` elements.
    pub fn strided(&self, shape: &[usize], steps: Steps, n: usize) -> Option<Look> {
        let look = Look { start: self.start, shape: shape.into(), steps };
        if shape.contains(&0) {
            return Some(Look { start: 0, ..look });
        }
        let (mut low, mut high) = (self.start as i128, self.start as i128);
        for (&length, &step) in shape.iter().zip(&look.steps) {
            let way = (length as i128 - 1) * step as i128;
            low += way.min(0);
            high += way.max(0);
        }
        (low >= 0 && high < n as i128).then_some(look)
    }

    /// Where an element is in memory, by its number in C order.
    pub fn position(&self, mut number: usize) -> usize {
        let mut at = self.start as isize;
        for (&length, &step) in self.shape.iter().zip(&self.steps).rev() {
            at += (number % length) as isize * step;
            number /= length;
        }
        at as usize
    }

    /// Where all elements are in memory, in C order.
    pub fn positions(&self) -> Vec<usize> {
        let mut positions = Vec::with_capacity(self.size());
        self.rows(|start, step, length| positions.extend((0..length as isize).map(|at| (start + at * step) as usize)));
        positions
    }

    /// All elements, in C order.
    pub fn gather<T: Copy>(&self, memory: &[T]) -> Vec<T> {
        let mut taken = Vec::with_capacity(self.size());
        crate::memory::in_large_pages(&mut taken);
        self.rows(|start, step, length| match step {
            1 => taken.extend_from_slice(&memory[start as usize..start as usize + length]),
            _ => taken.extend((0..length as isize).map(|at| memory[(start + at * step) as usize])),
        });
        taken
    }

    /// Where each row along the last axis begins, how far apart its elements are, and how many there are.
    fn rows(&self, mut see: impl FnMut(isize, isize, usize)) {
        if self.size() == 0 {
            return;
        }
        let outer = self.shape.len().saturating_sub(1);
        let (length, step) = (self.shape.last().copied().unwrap_or(1), self.steps.last().copied().unwrap_or(0));
        let mut index: Shape = SmallVec::from_elem(0, outer);
        let mut start = self.start as isize;
        loop {
            see(start, step, length);
            // On to the next row: as a clock goes, the last axis first.
            let mut axis = outer;
            loop {
                let Some(next) = axis.checked_sub(1) else { return };
                axis = next;
                index[axis] += 1;
                start += self.steps[axis];
                if index[axis] < self.shape[axis] {
                    break;
                }
                start -= self.steps[axis] * self.shape[axis] as isize;
                index[axis] = 0;
            }
        }
    }

    /// The way to it from a memory of `n` elements by what an array library can do: cut, fold, slice, turn. `None` if there is none.
    pub fn path(&self, n: usize) -> Option<Path> {
        if self.is_run() {
            let end = self.start + self.size();
            let part = (self.start..end) != (0..n);
            return Some(Path {
                part: part.then_some((self.start, end)),
                fold: self.shape.clone(),
                slice: None,
                turn: None,
            });
        }
        // From the longest step to the shortest: folded in that order, memory has axes of which these are slices.
        let mut axes: SmallVec<[usize; 4]> = (0..self.shape.len()).filter(|&axis| self.shape[axis] != 1).collect();
        axes.sort_by_key(|&axis| std::cmp::Reverse(self.steps[axis].unsigned_abs()));
        let mut low = self.start as isize;
        for &axis in &axes {
            low += self.steps[axis].min(0) * (self.shape[axis] as isize - 1);
        }
        let (mut fold, mut slice) = (Shape::new(), SmallVec::<[SliceInfoElem; 4]>::new());
        let (mut outer, mut low) = (n, low as usize);
        for &axis in &axes {
            let step = self.steps[axis].unsigned_abs();
            let inner = divisor(step, outer);
            if inner == 0 {
                return None;
            }
            let (length, by) = (outer / inner, step / inner);
            let (first, last) = (low / inner, low / inner + by * (self.shape[axis] - 1));
            if last >= length {
                return None;
            }
            low %= inner;
            fold.push(length);
            let by = by as isize * self.steps[axis].signum();
            slice.push(SliceInfoElem::Slice { start: first as isize, end: Some(last as isize + 1), step: by });
            outer = inner;
        }
        if outer > 1 {
            fold.push(outer);
            slice.push(SliceInfoElem::Index(low as isize));
        }
        // Axes of length 1 are put in again behind the others, then all go where they belong.
        let ones = (0..self.shape.len()).filter(|&axis| self.shape[axis] == 1);
        let sorted: SmallVec<[usize; 4]> = axes.iter().copied().chain(ones).collect();
        slice.extend((axes.len()..sorted.len()).map(|_| SliceInfoElem::NewAxis));
        let mut turn: Shape = SmallVec::from_elem(0, sorted.len());
        sorted.iter().enumerate().for_each(|(place, &axis)| turn[axis] = place);
        let straight = turn.iter().enumerate().all(|(axis, &place)| axis == place);
        Some(Path { part: None, fold, slice: Some(slice), turn: (!straight).then_some(turn) })
    }
}

/// What has to be done with a run of memory, in turn.
#[derive(Debug)]
pub struct Path {
    part: Option<(usize, usize)>,
    fold: Shape,
    slice: Option<SmallVec<[SliceInfoElem; 4]>>,
    turn: Option<Shape>,
}

impl Path {
    /// From an array that is one run to what the look shows of it; nothing is copied.
    pub fn walk<S: RawData>(&self, memory: ArrayBase<S, IxDyn>) -> ArrayBase<S, IxDyn> {
        const RUN: &str = "memory is one run, and as long as the look was told";
        let n = memory.len();
        let mut array = memory;
        if let Some((start, end)) = self.part {
            let part = SliceInfoElem::Slice { start: start as isize, end: Some(end as isize), step: 1 };
            array = array.into_shape_with_order(IxDyn(&[n])).expect(RUN).slice_move(&[part][..]);
        }
        if array.shape() != &self.fold[..] {
            array = array.into_shape_with_order(IxDyn(&self.fold)).expect(RUN);
        }
        if let Some(slice) = &self.slice {
            array = array.slice_move(&slice[..]);
        }
        if let Some(turn) = &self.turn {
            array = array.permuted_axes(IxDyn(turn));
        }
        array
    }
}

/// The steps of a run in C order.
fn in_order(shape: &[usize]) -> Steps {
    shape::strides(shape).iter().map(|&step| step as isize).collect()
}

/// A place along an axis; negative ones count from the end.
fn from_end(at: isize, length: usize) -> isize {
    if at < 0 { at + length as isize } else { at }
}

/// The greatest common divisor; 0 if either is 0.
fn divisor(a: usize, b: usize) -> usize {
    let (mut a, mut b) = (a, b);
    if a == 0 {
        return 0;
    }
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use ndarray::Array;

    use super::*;

    /// Every way to reach the elements tells the same.
    fn check(look: &Look, n: usize, has_path: bool) {
        let positions = look.positions();
        let one_by_one: Vec<usize> = (0..look.size()).map(|number| look.position(number)).collect();
        assert_eq!(positions, one_by_one, "{look:?}");
        assert_eq!(look.gather(&(0..n).collect::<Vec<_>>()), positions, "{look:?}");
        let path = look.path(n);
        assert_eq!(path.is_some(), has_path, "{look:?}");
        if let Some(path) = path {
            let seen = path.walk(Array::from_iter(0..n).into_dyn());
            assert_eq!(seen.shape(), look.shape(), "{look:?}");
            assert_eq!(seen.into_iter().collect::<Vec<_>>(), positions, "{look:?}");
        }
    }

    fn range(start: isize, end: isize, step: isize) -> SliceInfoElem {
        SliceInfoElem::Slice { start, end: Some(end), step }
    }

    #[test]
    fn looks_of_looks_are_reached() {
        let whole = Look::whole(&[4, 5, 6]);
        check(&whole, 120, true);
        let part = whole.slice(&[range(1, 4, 2), range(0, 5, -2), range(2, 5, 1)]);
        check(&part, 120, true);
        check(&part.transpose(&[2, 0, 1]), 120, true);
        check(
            &part.transpose(&[2, 0, 1]).slice(&[
                SliceInfoElem::Index(1),
                SliceInfoElem::NewAxis,
                range(0, 2, -1),
                range(1, 3, 1),
            ]),
            120,
            true,
        );
        check(&whole.slice(&[range(1, 3, 1), range(0, 5, 1), range(0, 6, 1)]), 120, true);
        check(&whole.slice(&[range(2, 2, 1), range(0, 5, 1), range(0, 6, 1)]), 120, true);
        check(&whole.diagonal(1, 1, 2), 120, true);
        check(&Look::whole(&[4, 4]).diagonal(0, 0, 1), 16, true);
        check(&whole.windows(2, 3), 120, false);
        check(&whole.slice(&[range(0, 1, 1), range(0, 5, 1), range(0, 6, 1)]).broadcast_to(&[2, 3, 5, 6]), 120, false);
        check(&Look::whole(&[]), 1, true);
    }

    #[test]
    fn reshapes_are_looks_where_steps_lead_there() {
        let whole = Look::whole(&[2, 6]);
        let columns = whole.slice(&[range(0, 2, 1), range(0, 6, 2)]);
        check(&columns.reshape(&[2, 1, 3, 1]).unwrap(), 12, true);
        check(&columns.reshape(&[6]).unwrap(), 12, true);
        check(&whole.transpose(&[1, 0]).reshape(&[3, 2, 2]).unwrap(), 12, true);
        assert_eq!(whole.transpose(&[1, 0]).reshape(&[12]), None);
        assert_eq!(whole.slice(&[range(0, 2, 1), range(1, 6, 1)]).reshape(&[10]), None);
    }
}

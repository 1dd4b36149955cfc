//! Mean and sum of squared distances from it, kept together so that nothing cancels; and the place of the extreme element.

use std::marker::PhantomData;

use num_complex::Complex64;

use crate::chunk::{Chunk, Parts};
use crate::element::Element;
use crate::kernel::fold::{Fold, Simple, is_nan};
use crate::kernel::monoid::{Extreme, Ordered, Sum, Total};
use crate::kernel::simd::{self, Forms, Level, Loop};

/// A number that has a distance from another.
#[allow(missing_docs)]
pub trait Centered: Total {
    fn minus(self, other: Self) -> Self;
    fn scaled(self, by: f64) -> Self;
    /// The product of the distances, as a number.
    fn product(self, other: Self) -> f64;
}

impl Centered for f64 {
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self - other
    }

    #[inline(always)]
    fn scaled(self, by: f64) -> Self {
        self * by
    }

    #[inline(always)]
    fn product(self, other: Self) -> f64 {
        self * other
    }
}

impl Centered for Complex64 {
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self - other
    }

    #[inline(always)]
    fn scaled(self, by: f64) -> Self {
        self * by
    }

    #[inline(always)]
    fn product(self, other: Self) -> f64 {
        self.re * other.re + self.im * other.im
    }
}

/// Count, mean, and sum of squared distances; with `SKIP` NaN is left out.
pub struct Moments<S, const SKIP: bool> {
    counts: Vec<i64>,
    means: Vec<S>,
    squares: Vec<f64>,
}

impl<S: Centered, const SKIP: bool> Moments<S, SKIP> {
    /// As many cells.
    pub fn new(n_cells: usize) -> Self {
        Moments { counts: vec![0; n_cells], means: vec![S::default(); n_cells], squares: vec![0.0; n_cells] }
    }

    /// Adds another count, mean and sum of squared distances to a cell.
    pub fn join(&mut self, cell: usize, count: i64, mean: S, square: f64) {
        if count == 0 {
            return;
        }
        let before = self.counts[cell];
        if before == 0 {
            (self.counts[cell], self.means[cell], self.squares[cell]) = (count, mean, square);
            return;
        }
        let total = before + count;
        let distance = mean.minus(self.means[cell]);
        let share = count as f64 / total as f64;
        self.means[cell] = self.means[cell].plus(distance.scaled(share));
        self.squares[cell] += square + distance.product(distance) * (before as f64 * share);
        self.counts[cell] = total;
    }
}

impl<T: Element, S: Centered, const SKIP: bool> Fold<T> for Moments<S, SKIP> {
    fn run(&mut self, cell: usize, elements: &[T], _: i64, _: i64) {
        let mut sum = Simple::<T, Sum<S, SKIP>>::new(1);
        sum.run(0, elements, 0, 1);
        let count = if SKIP { elements.iter().filter(|&&x| !is_nan(x)).count() } else { elements.len() };
        if count == 0 {
            return;
        }
        let mean = sum.total(0).scaled(1.0 / count as f64);
        let square = simd::run(Squares::<T, S, SKIP> { elements, mean });
        self.join(cell, count as i64, mean, square);
    }

    fn row(&mut self, cell: usize, elements: &[T], _: i64, _: i64) {
        let end = cell + elements.len();
        let (counts, means, squares) =
            (&mut self.counts[cell..end], &mut self.means[cell..end], &mut self.squares[cell..end]);
        simd::run(MomentRow::<T, S, SKIP> { counts, means, squares, elements });
    }

    fn parts(self: Box<Self>, shape: &[usize]) -> Parts {
        Parts(vec![
            Chunk::from_vec(shape, self.counts),
            Chunk::from_vec(shape, self.means),
            Chunk::from_vec(shape, self.squares),
        ])
    }
}

struct Squares<'a, T, S, const SKIP: bool> {
    elements: &'a [T],
    mean: S,
}

impl<T: Element, S: Centered, const SKIP: bool> Loop for Squares<'_, T, S, SKIP> {
    type Answer = f64;
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) -> f64 {
        const LANES: usize = 16;
        let square = |x: T| {
            if SKIP && is_nan(x) {
                return 0.0;
            }
            let distance = x.cast::<S>().minus(self.mean);
            distance.product(distance)
        };
        let mut lanes = [0.0; LANES];
        let (blocks, rest) = self.elements.as_chunks::<LANES>();
        for block in blocks {
            for (lane, &x) in lanes.iter_mut().zip(block) {
                *lane += square(x);
            }
        }
        for (lane, &x) in lanes.iter_mut().zip(rest) {
            *lane += square(x);
        }
        let mut width = LANES / 2;
        while width > 0 {
            for lane in 0..width {
                lanes[lane] += lanes[lane + width];
            }
            width /= 2;
        }
        lanes[0]
    }
}

struct MomentRow<'a, T, S, const SKIP: bool> {
    counts: &'a mut [i64],
    means: &'a mut [S],
    squares: &'a mut [f64],
    elements: &'a [T],
}

impl<T: Element, S: Centered, const SKIP: bool> Loop for MomentRow<'_, T, S, SKIP> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        // Without NaN left out, all cells of a row have seen as many elements.
        let together = 1.0 / (self.counts[0] + 1) as f64;
        let cells = self.counts.iter_mut().zip(self.means).zip(self.squares);
        for (((count, mean), square), &x) in cells.zip(self.elements) {
            if SKIP && is_nan(x) {
                continue;
            }
            *count += 1;
            let share = if SKIP { 1.0 / *count as f64 } else { together };
            let x: S = x.cast();
            let distance = x.minus(*mean);
            *mean = mean.plus(distance.scaled(share));
            *square += distance.product(x.minus(*mean));
        }
    }
}

/// The largest (`MAX`) or smallest element and its number; the first one of several. With `SKIP` NaN is left out; a cell that
/// has seen nothing has the number -1.
pub struct Where<T, const MAX: bool, const SKIP: bool> {
    values: Vec<T>,
    places: Vec<i64>,
    kind: PhantomData<T>,
}

impl<T: Ordered, const MAX: bool, const SKIP: bool> Where<T, MAX, SKIP> {
    /// As many cells.
    pub fn new(n_cells: usize) -> Self {
        Where { values: vec![T::default(); n_cells], places: vec![-1; n_cells], kind: PhantomData }
    }

    /// Shows this element to a cell.
    #[inline(always)]
    pub fn join(&mut self, cell: usize, value: T, place: i64) {
        if place < 0 || (SKIP && is_nan(value)) {
            return;
        }
        let (old, old_place) = (self.values[cell], self.places[cell]);
        let same = value == old || (is_nan(value) && is_nan(old));
        if old_place < 0 || Extreme::<MAX, SKIP>::beats(value, old) || (same && place < old_place) {
            self.values[cell] = value;
            self.places[cell] = place;
        }
    }
}

impl<T: Ordered, const MAX: bool, const SKIP: bool> Fold<T> for Where<T, MAX, SKIP> {
    fn run(&mut self, cell: usize, elements: &[T], place: i64, step: i64) {
        let mut best = Simple::<T, Extreme<MAX, SKIP>>::new(1);
        best.run(0, elements, 0, 1);
        let best = best.total(0);
        if SKIP && is_nan(best) {
            return;
        }
        // Most runs have nothing that is better than what is known: where it stands need not be looked for.
        let (old, old_place) = (self.values[cell], self.places[cell]);
        let lowest = if step >= 0 { place } else { place + (elements.len() as i64 - 1) * step };
        let same = || best == old || (is_nan(best) && is_nan(old));
        if old_place >= 0 && !Extreme::<MAX, SKIP>::beats(best, old) && (lowest > old_place || !same()) {
            return;
        }
        let is_best = |&x: &T| x == best || (is_nan(x) && is_nan(best));
        let at = if step >= 0 { elements.iter().position(is_best) } else { elements.iter().rposition(is_best) };
        if let Some(at) = at {
            self.join(cell, best, place + at as i64 * step);
        }
    }

    fn row(&mut self, cell: usize, elements: &[T], place: i64, step: i64) {
        for (at, &value) in elements.iter().enumerate() {
            self.join(cell + at, value, place + at as i64 * step);
        }
    }

    fn parts(self: Box<Self>, shape: &[usize]) -> Parts {
        Parts(vec![Chunk::from_vec(shape, self.values), Chunk::from_vec(shape, self.places)])
    }
}

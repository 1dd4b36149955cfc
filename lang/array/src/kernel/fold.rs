//! Accumulators of reductions: one cell for each element of the result, fed with runs of elements.

use std::marker::PhantomData;

use crate::chunk::{Chunk, Parts};
use crate::element::Element;
use crate::kernel::simd::{self, Forms, Level, Loop};

/// Accumulators of one reduction for elements `T`.
pub trait Fold<T> {
    /// Takes a run of elements into one cell. The elements are numbered from `place` in steps of `step`.
    fn run(&mut self, cell: usize, elements: &[T], place: i64, step: i64);

    /// Takes each element into a cell of its own. The elements are numbered from `place` in steps of `step`.
    fn row(&mut self, cell: usize, elements: &[T], place: i64, step: i64);

    /// Takes runs of so many elements into every `cell_step`th cell, as `run` does with each. The first elements of
    /// neighbouring runs are `next` apart in their numbers.
    #[allow(clippy::too_many_arguments)]
    fn short_runs(
        &mut self,
        cell: usize,
        cell_step: usize,
        elements: &[T],
        length: usize,
        place: i64,
        step: i64,
        next: i64,
    ) {
        for (number, elements) in elements.chunks_exact(length).enumerate() {
            self.run(cell + number * cell_step, elements, place + number as i64 * next, step);
        }
    }

    /// Takes rows of so many elements into the same cells, as `row` does with each.
    fn short_rows(&mut self, cell: usize, elements: &[T], length: usize, place: i64, step: i64, next: i64) {
        for (number, elements) in elements.chunks_exact(length).enumerate() {
            self.row(cell, elements, place + number as i64 * next, step);
        }
    }

    /// The partial results, in this shape.
    fn parts(self: Box<Self>, shape: &[usize]) -> Parts;
}

/// A reduction whose order does not matter: a way to add an element, and a way to add two results.
#[allow(missing_docs)]
pub trait Monoid<T> {
    type State: Element;

    /// The result of nothing.
    fn start() -> Self::State;
    fn add(state: Self::State, element: T) -> Self::State;
    fn join(state: Self::State, other: Self::State) -> Self::State;

    /// What `join` lost to rounding.
    #[inline(always)]
    fn lost(_state: Self::State, _other: Self::State, _joined: Self::State) -> Self::State {
        Self::State::default()
    }
    /// Is anything lost to rounding?
    const LOSES: bool = false;
}

/// Cells of a [`Monoid`].
pub struct Simple<T, M: Monoid<T>> {
    cells: Vec<M::State>,
    /// What was lost to rounding so far, added at the end.
    lost: Vec<M::State>,
    kind: PhantomData<(T, M)>,
}

impl<T, M: Monoid<T>> Simple<T, M> {
    /// As many cells.
    pub fn new(n_cells: usize) -> Simple<T, M> {
        let lost = if M::LOSES { vec![M::State::default(); n_cells] } else { Vec::new() };
        Simple { cells: vec![M::start(); n_cells], lost, kind: PhantomData }
    }

    /// Adds the result of another run to a cell.
    pub fn join(&mut self, cell: usize, other: M::State) {
        let joined = M::join(self.cells[cell], other);
        if M::LOSES {
            self.lost[cell] = M::join(self.lost[cell], M::lost(self.cells[cell], other, joined));
        }
        self.cells[cell] = joined;
    }

    /// The result in this cell, but for what was lost.
    pub fn total(&self, cell: usize) -> M::State {
        self.cells[cell]
    }

    /// The results.
    pub fn finish(mut self, shape: &[usize]) -> Chunk {
        for (cell, lost) in self.cells.iter_mut().zip(&self.lost) {
            // Beside an infinity what was lost is NaN.
            if !is_nan(*lost) {
                *cell = M::join(*cell, *lost);
            }
        }
        Chunk::from_vec(shape, self.cells)
    }
}

impl<T: Element, M: Monoid<T>> Fold<T> for Simple<T, M> {
    fn run(&mut self, cell: usize, elements: &[T], _: i64, _: i64) {
        let result = simd::run(Run::<T, M> { elements, kind: PhantomData });
        self.join(cell, result);
    }

    fn row(&mut self, cell: usize, elements: &[T], _: i64, _: i64) {
        let cells = &mut self.cells[cell..cell + elements.len()];
        simd::run(Row::<T, M> { cells, elements });
    }

    fn short_runs(&mut self, cell: usize, cell_step: usize, elements: &[T], length: usize, _: i64, _: i64, _: i64) {
        let cells = self.cells[cell..].iter_mut().step_by(cell_step);
        for (cell, elements) in cells.zip(elements.chunks_exact(length)) {
            *cell = elements.iter().fold(*cell, |state, &element| M::add(state, element));
        }
    }

    fn short_rows(&mut self, cell: usize, elements: &[T], length: usize, _: i64, _: i64, _: i64) {
        // The rows of a tile as one row of several copies of the cells, which are then added up.
        let copies = (ROW / length).max(1);
        let whole = copies * length;
        let mut sums = [M::start(); ROW];
        for elements in elements.chunks(whole) {
            simd::run(Row::<T, M> { cells: &mut sums[..elements.len()], elements });
        }
        for copy in sums[..whole].chunks_exact(length) {
            for (at, &sum) in copy.iter().enumerate() {
                self.join(cell + at, sum);
            }
        }
    }

    fn parts(self: Box<Self>, shape: &[usize]) -> Parts {
        Parts(vec![self.finish(shape)])
    }
}

/// How long a row short ones are put together to.
const ROW: usize = 128;

/// NaN in any part: nothing else differs from itself.
#[inline(always)]
#[allow(clippy::eq_op)]
pub fn is_nan<T: PartialEq>(x: T) -> bool {
    x != x
}

struct Run<'a, T, M> {
    elements: &'a [T],
    kind: PhantomData<M>,
}

impl<T: Element, M: Monoid<T>> Loop for Run<'_, T, M> {
    type Answer = M::State;
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) -> M::State {
        const LANES: usize = 32;
        let (blocks, rest) = self.elements.as_chunks::<LANES>();
        let mut last = M::start();
        for &element in rest {
            last = M::add(last, element);
        }
        if blocks.is_empty() {
            return last;
        }
        let mut lanes = [M::start(); LANES];
        for block in blocks {
            for (lane, &element) in lanes.iter_mut().zip(block) {
                *lane = M::add(*lane, element);
            }
        }
        let mut width = LANES / 2;
        while width > 0 {
            for lane in 0..width {
                lanes[lane] = M::join(lanes[lane], lanes[lane + width]);
            }
            width /= 2;
        }
        M::join(lanes[0], last)
    }
}

struct Row<'a, T, M: Monoid<T>> {
    cells: &'a mut [M::State],
    elements: &'a [T],
}

impl<T: Element, M: Monoid<T>> Loop for Row<'_, T, M> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        for (cell, &element) in self.cells.iter_mut().zip(self.elements) {
            *cell = M::add(*cell, element);
        }
    }
}

/// Two reductions at once.
pub struct Both<A, B>(pub A, pub B);

impl<T, A: Fold<T>, B: Fold<T>> Fold<T> for Both<A, B> {
    fn run(&mut self, cell: usize, elements: &[T], place: i64, step: i64) {
        self.0.run(cell, elements, place, step);
        self.1.run(cell, elements, place, step);
    }

    fn row(&mut self, cell: usize, elements: &[T], place: i64, step: i64) {
        self.0.row(cell, elements, place, step);
        self.1.row(cell, elements, place, step);
    }

    fn parts(self: Box<Self>, shape: &[usize]) -> Parts {
        let Both(a, b) = *self;
        let (mut a, b) = (Box::new(a).parts(shape), Box::new(b).parts(shape));
        a.0.extend(b.0);
        a
    }
}

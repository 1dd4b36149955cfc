//! Accumulators of reductions: one cell for each element of the result, fed with lines of elements.

use std::marker::PhantomData;

use smallvec::SmallVec;

use crate::chunk::{Chunk, Parts};
use crate::element::Element;
use crate::kernel::lines::{Lines, Numbers};
use crate::kernel::simd::{self, Forms, Level, Loop};
use crate::kernel::tile::TILE;

/// Accumulators of one reduction for elements `T`.
pub trait Fold<T> {
    /// Takes a run of elements into one cell. The elements are numbered from `place` in steps of `step`.
    fn run(&mut self, cell: usize, elements: &[T], place: i64, step: i64);

    /// Takes each element into a cell of its own. The elements are numbered from `place` in steps of `step`.
    fn row(&mut self, cell: usize, elements: &[T], place: i64, step: i64);

    /// Takes each line into one cell, the next line into the one `cell_step` further on: 0 takes all into the same.
    fn runs(&mut self, cell: usize, cell_step: usize, lines: Lines<'_, T>, numbers: Numbers) {
        for number in 0..lines.n {
            let mut place = numbers.first + number as i64 * numbers.next;
            for elements in lines.line(number).chunks(TILE) {
                self.run(cell + number * cell_step, elements, place, numbers.step);
                place += elements.len() as i64 * numbers.step;
            }
        }
    }

    /// Takes the elements of every line into the same cells, those from `cell` on.
    fn rows(&mut self, cell: usize, lines: Lines<'_, T>, numbers: Numbers) {
        // So many columns at once that their cells stay in the nearest cache.
        for start in (0..lines.length).step_by(TILE) {
            let end = (start + TILE).min(lines.length);
            for number in 0..lines.n {
                let place = numbers.first + number as i64 * numbers.next + start as i64 * numbers.step;
                self.row(cell + start, &lines.line(number)[start..end], place, numbers.step);
            }
        }
    }

    /// Is there a single cell, which nothing changes any more?
    fn is_done(&self) -> bool {
        false
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

    /// The result of a block of at most [`LONG`] elements by a shorter way, where there is one that holds for these.
    #[inline(always)]
    fn quickly(_elements: &[T]) -> Option<Self::State> {
        None
    }

    /// Does nothing change it any more?
    #[inline(always)]
    fn is_final(_state: Self::State) -> bool {
        false
    }
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
        join::<T, M>(&mut self.cells, &mut self.lost, cell, other);
    }

    /// Adds results of other runs, one to each cell.
    pub fn join_all(&mut self, others: &[M::State])
    where
        T: Element,
    {
        simd::run(Joined::<T, M> { cells: &mut self.cells, lost: &mut self.lost, others, kind: PhantomData });
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

    /// Short rows that follow each other, as rows of several copies of the cells, which are added up then. Says how many rows it took.
    fn short_rows(&mut self, cell: usize, lines: Lines<'_, T>) -> usize
    where
        T: Element,
    {
        let copies = WIDE / lines.length;
        let (width, n) = (copies * lines.length, lines.n / copies);
        let (mut cells, mut lost) = ([M::start(); WIDE], [M::State::default(); WIDE]);
        let wide = Lines { n, length: width, pitch: width as i64, ..lines };
        simd::run(Rows::<T, M> { cells: &mut cells[..width], lost: &mut lost[..width], lines: wide });
        for (at, (&sum, &lost)) in cells[..width].iter().zip(&lost).enumerate() {
            let cell = cell + at % lines.length;
            self.join(cell, sum);
            if M::LOSES && !is_nan(lost) {
                self.join(cell, lost);
            }
        }
        n * copies
    }
}

#[inline(always)]
fn join<T, M: Monoid<T>>(cells: &mut [M::State], lost: &mut [M::State], cell: usize, other: M::State) {
    let joined = M::join(cells[cell], other);
    if M::LOSES {
        lost[cell] = M::join(lost[cell], M::lost(cells[cell], other, joined));
    }
    cells[cell] = joined;
}

impl<T: Element, M: Monoid<T>> Fold<T> for Simple<T, M> {
    fn run(&mut self, cell: usize, elements: &[T], _: i64, _: i64) {
        self.runs(cell, 0, Lines::one(elements), Numbers::default());
    }

    fn row(&mut self, cell: usize, elements: &[T], _: i64, _: i64) {
        self.rows(cell, Lines::one(elements), Numbers::default());
    }

    fn runs(&mut self, cell: usize, cell_step: usize, lines: Lines<'_, T>, _: Numbers) {
        simd::run(Runs::<T, M> { cells: &mut self.cells[cell..], lost: &mut self.lost, cell, cell_step, lines });
    }

    fn rows(&mut self, cell: usize, lines: Lines<'_, T>, _: Numbers) {
        let Lines { n, length, pitch, .. } = lines;
        let is_short = length <= SHORT && pitch == length as i64 && n * length >= 2 * WIDE;
        let done = if is_short { self.short_rows(cell, lines) } else { 0 };
        let end = cell + length;
        let lost = &mut self.lost[if M::LOSES { cell..end } else { 0..0 }];
        simd::run(Rows::<T, M> { cells: &mut self.cells[cell..end], lost, lines: lines.after(done) });
    }

    fn is_done(&self) -> bool {
        matches!(self.cells[..], [cell] if M::is_final(cell))
    }

    fn parts(self: Box<Self>, shape: &[usize]) -> Parts {
        Parts(vec![self.finish(shape)])
    }
}

/// Lines up to this long are not worth a vector loop of their own.
const SHORT: usize = 32;
/// How long a row short ones are put together to.
const WIDE: usize = 128;
/// Elements that go into one partial result before it is joined to the others: where nothing is lost to rounding it may be more of them.
pub const LONG: usize = 4 * TILE;
/// Elements that are worked at side by side.
const LANES: usize = 32;
/// Columns whose sums are at hand at the same time.
const COLUMNS: usize = 4 * TILE;
/// Rows whose sums are joined to the others together, and fewer than are worth it.
const BAND: usize = 128;
const FEW: usize = 8;

/// NaN in any part: nothing else differs from itself.
#[inline(always)]
#[allow(clippy::eq_op)]
pub fn is_nan<T: PartialEq>(x: T) -> bool {
    x != x
}

/// Every line into a cell.
struct Runs<'a, T, M: Monoid<T>> {
    /// From that of the first line on.
    cells: &'a mut [M::State],
    lost: &'a mut [M::State],
    cell: usize,
    cell_step: usize,
    lines: Lines<'a, T>,
}

impl<T: Element, M: Monoid<T>> Loop for Runs<'_, T, M> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        let Runs { cells, lost, cell, cell_step, lines } = self;
        let lost = &mut lost[if M::LOSES { cell } else { 0 }..];
        for number in 0..lines.n {
            let (line, cell) = (lines.line(number), number * cell_step);
            if lines.length <= SHORT {
                cells[cell] = line.iter().fold(cells[cell], |state, &element| M::add(state, element));
                continue;
            }
            for elements in line.chunks(if M::LOSES { TILE } else { LONG }) {
                join::<T, M>(cells, lost, cell, of_block::<T, M>(elements));
                if M::is_final(cells[cell]) {
                    break;
                }
            }
        }
    }
}

#[inline(always)]
fn of_block<T: Element, M: Monoid<T>>(elements: &[T]) -> M::State {
    if let Some(result) = M::quickly(elements) {
        return result;
    }
    let (blocks, rest) = elements.as_chunks::<LANES>();
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
    M::join(halved(lanes, M::join), last)
}

/// All lanes made one.
#[inline(always)]
pub fn halved<S: Copy>(mut lanes: [S; 32], join: impl Fn(S, S) -> S) -> S {
    let mut width = lanes.len() / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] = join(lanes[lane], lanes[lane + width]);
        }
        width /= 2;
    }
    lanes[0]
}

/// The elements of every line into the same cells.
struct Rows<'a, T, M: Monoid<T>> {
    cells: &'a mut [M::State],
    lost: &'a mut [M::State],
    lines: Lines<'a, T>,
}

impl<T: Element, M: Monoid<T>> Loop for Rows<'_, T, M> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        let Rows { cells, lost, lines } = self;
        if lines.n < FEW {
            for number in 0..lines.n {
                add_row::<T, M>(cells, lines.line(number));
            }
            return;
        }
        let mut sums: SmallVec<[M::State; WIDE]> = SmallVec::from_elem(M::start(), lines.length.min(COLUMNS));
        for start in (0..lines.length).step_by(COLUMNS) {
            let end = (start + COLUMNS).min(lines.length);
            for first in (0..lines.n).step_by(BAND) {
                let last = (first + BAND).min(lines.n);
                let sums = &mut sums[..end - start];
                sums.fill(M::start());
                let mut number = first;
                while number + 4 <= last {
                    let row = |more: usize| &lines.line(number + more)[start..end];
                    add_rows::<T, M>(sums, [row(0), row(1), row(2), row(3)]);
                    number += 4;
                }
                for number in number..last {
                    add_row::<T, M>(sums, &lines.line(number)[start..end]);
                }
                let lost = &mut lost[if M::LOSES { start..end } else { 0..0 }];
                join_row::<T, M>(&mut cells[start..end], lost, sums);
            }
        }
    }
}

#[inline(always)]
fn add_row<T: Element, M: Monoid<T>>(cells: &mut [M::State], row: &[T]) {
    for (cell, &element) in cells.iter_mut().zip(row) {
        *cell = M::add(*cell, element);
    }
}

/// One row after the other, but each cell is taken up and put down once.
#[inline(always)]
fn add_rows<T: Element, M: Monoid<T>>(cells: &mut [M::State], rows: [&[T]; 4]) {
    let n = cells.len();
    let [a, b, c, d] = rows.map(|row| &row[..n]);
    for at in 0..n {
        cells[at] = M::add(M::add(M::add(M::add(cells[at], a[at]), b[at]), c[at]), d[at]);
    }
}

#[inline(always)]
fn join_row<T, M: Monoid<T>>(cells: &mut [M::State], lost: &mut [M::State], sums: &[M::State]) {
    let n = sums.len();
    let cells = &mut cells[..n];
    if !M::LOSES {
        for at in 0..n {
            cells[at] = M::join(cells[at], sums[at]);
        }
        return;
    }
    let lost = &mut lost[..n];
    for at in 0..n {
        let joined = M::join(cells[at], sums[at]);
        lost[at] = M::join(lost[at], M::lost(cells[at], sums[at], joined));
        cells[at] = joined;
    }
}

/// A result more for every cell.
struct Joined<'a, T, M: Monoid<T>> {
    cells: &'a mut [M::State],
    lost: &'a mut [M::State],
    others: &'a [M::State],
    kind: PhantomData<T>,
}

impl<T: Element, M: Monoid<T>> Loop for Joined<'_, T, M> {
    type Answer = ();
    const FORMS: Forms = Forms::Two;

    #[inline(always)]
    fn run<L: Level>(self) {
        join_row::<T, M>(self.cells, self.lost, self.others);
    }
}

/// Two reductions at once.
pub struct Both<A, B>(pub A, pub B);

impl<T: Copy, A: Fold<T>, B: Fold<T>> Fold<T> for Both<A, B> {
    fn run(&mut self, cell: usize, elements: &[T], place: i64, step: i64) {
        self.0.run(cell, elements, place, step);
        self.1.run(cell, elements, place, step);
    }

    fn row(&mut self, cell: usize, elements: &[T], place: i64, step: i64) {
        self.0.row(cell, elements, place, step);
        self.1.row(cell, elements, place, step);
    }

    fn runs(&mut self, cell: usize, cell_step: usize, lines: Lines<'_, T>, numbers: Numbers) {
        self.0.runs(cell, cell_step, lines, numbers);
        self.1.runs(cell, cell_step, lines, numbers);
    }

    fn rows(&mut self, cell: usize, lines: Lines<'_, T>, numbers: Numbers) {
        self.0.rows(cell, lines, numbers);
        self.1.rows(cell, lines, numbers);
    }

    fn parts(self: Box<Self>, shape: &[usize]) -> Parts {
        let Both(a, b) = *self;
        let (mut a, b) = (Box::new(a).parts(shape), Box::new(b).parts(shape));
        a.0.extend(b.0);
        a
    }
}

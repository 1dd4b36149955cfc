//! Reductions of arrays in memory, computed at once: no plan and no graph. What is large is cut where it lies, and idle workers take some
//! of the pieces.
//!
//! ```text
//! (1000, 1000) over the last axis      pieces of rows      each writes its results to their place
//!              over the first          pieces of rows      what they come to is put together
//! (50, 1000000) over the first         pieces of columns   each writes its results to their place
//! ```

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{Slice, SliceInfoElem};
use parking_lot::Mutex;
use rdk_graph::{Cancel, Crew};
use smallvec::SmallVec;

use crate::array::Fold;
use crate::element::{Element, with_dtype};
use crate::kernel::faults::{all_finite, note_finite};
use crate::kernel::{
    Leaf, Program, Reduction, Register, Step, StepOp, Stop, Walk, Whole, combine, finish, reduce_in_place, run_reduce,
};
use crate::space::{Cursor, Room};
use crate::{Chunk, DType, Parts, Shape, memory};

/// Fewer bytes than this are read by one.
const SMALL: usize = 1 << 20;
/// And a piece has no fewer than this.
const PIECE: usize = 1 << 18;
/// So many pieces for each of the crew.
const PIECES_EACH: usize = 4;
/// Rows are not cut into pieces shorter than this: memory is read quickly only along its rows.
const ROW: usize = 2048;
/// What is put together by one is so many times less than what is read.
const FEWER: usize = 64;

/// What is reduced, how, and over which axes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folded<'a> {
    /// The array; it has elements, and axes.
    pub chunk: &'a Chunk,
    /// What it is reduced to.
    pub reduction: Reduction,
    /// Over which axes; sorted, and not none.
    pub axes: &'a [usize],
    /// Do they stay, with length 1?
    pub keepdims: bool,
    /// The type that elements have to be cast to first.
    pub dtype: Option<DType>,
}

impl<'a> Folded<'a> {
    /// What a plan says of an array in memory.
    pub fn of(fold: &'a Fold, chunk: &'a Chunk) -> Folded<'a> {
        Folded { chunk, reduction: fold.reduction, axes: &fold.axes, keepdims: fold.keepdims, dtype: None }
    }

    /// Can it be done so? What is empty, or over no axis, goes by rules of its own, and so do quotients in types of whole numbers.
    pub fn is_usual(&self) -> bool {
        let whole = self.dtype.is_some_and(|dtype| !(dtype.is_float() || dtype.is_complex()));
        let quotient = self.reduction.has_moments() || matches!(self.reduction, Reduction::Mean | Reduction::NanMean);
        !(self.chunk.is_empty() || self.axes.is_empty() || whole && quotient)
    }

    /// Is it done by one?
    pub fn is_small(&self) -> bool {
        self.chunk.n_bytes() < SMALL
    }

    /// The type that is reduced.
    fn own(&self) -> DType {
        self.dtype.unwrap_or(self.chunk.dtype())
    }

    /// How many results there are.
    pub fn n_results(&self) -> usize {
        let kept = self.chunk.shape().iter().enumerate().filter(|(axis, _)| !self.axes.contains(axis));
        kept.map(|(_, &length)| length).product()
    }

    /// Bytes of all that is kept until the results are there, at most: what is made for each is no more than a count, a mean, a sum of
    /// squares and a result.
    pub fn bytes(&self) -> u128 {
        self.n_results() as u128 * 48
    }

    /// The results.
    pub fn done(&self, crew: Crew<'_>, cancel: &Cancel) -> Result<Chunk, Stop> {
        let strides = self.chunk.strides();
        // Axes as they lie in memory, the last one as neighbours; the results lie so, too. Places are counted in C order, and lie so.
        let mut order: SmallVec<[usize; 4]> = (0..strides.len()).collect();
        if !self.reduction.is_where() {
            order.sort_by_key(|&axis| Reverse(strides[axis].unsigned_abs()));
        }
        let is_sorted = order.is_sorted();
        let turned;
        let chunk = if is_sorted {
            self.chunk
        } else {
            turned = self.chunk.transpose(&order);
            &turned
        };
        let axes: SmallVec<[usize; 4]> = (0..order.len()).filter(|&place| self.axes.contains(&order[place])).collect();
        let laid = Laid { chunk, axes, folded: self };
        let made = laid.done(crew, cancel)?;
        let shape: Shape = (0..order.len())
            .filter_map(|place| match laid.is_reduced(place) {
                false => Some(chunk.shape()[place]),
                true => self.keepdims.then_some(1),
            })
            .collect();
        let made = made.into_shape(&shape);
        let made = match (self.dtype, self.reduction) {
            (Some(dtype), Reduction::Sum | Reduction::Prod | Reduction::NanSum | Reduction::NanProd) => {
                made.cast(dtype)
            }
            _ => made,
        };
        if is_sorted {
            return Ok(made);
        }
        let left: SmallVec<[usize; 4]> =
            order.iter().copied().filter(|axis| self.keepdims || !self.axes.contains(axis)).collect();
        let mut back: SmallVec<[usize; 4]> = (0..left.len()).collect();
        back.sort_by_key(|&place| left[place]);
        Ok(made.transpose(&back))
    }
}

/// The same, with axes in the order of memory.
struct Laid<'a> {
    chunk: &'a Chunk,
    axes: SmallVec<[usize; 4]>,
    folded: &'a Folded<'a>,
}

impl Laid<'_> {
    fn is_reduced(&self, axis: usize) -> bool {
        self.axes.contains(&axis)
    }

    /// The results in one row.
    fn done(&self, crew: Crew<'_>, cancel: &Cancel) -> Result<Chunk, Stop> {
        let cut = match self.folded.is_small() {
            true => None,
            false => self.cut((crew.size() * PIECES_EACH).min(self.chunk.n_bytes() / PIECE)),
        };
        let Some((axis, pieces)) = cut else {
            return self.finished(self.parts(self.chunk, None, cancel)?);
        };
        if self.is_reduced(axis) {
            let work = |range: Range<usize>| self.parts(&self.piece(axis, &range), Some((axis, range.start)), cancel);
            let parts = crew.map(pieces, work)?.into_iter().collect::<Result<Vec<Parts>, Stop>>()?;
            return self.finished(combine(self.folded.reduction, &parts.iter().collect::<Vec<_>>()));
        }
        let dtype = self.folded.reduction.result(self.folded.own());
        with_dtype!(dtype, T => self.rowwise::<T>(axis, pieces, crew, cancel))
    }

    /// Pieces along an axis whose results follow each other, each written to its place.
    fn rowwise<T: Element>(
        &self,
        axis: usize,
        pieces: Vec<Range<usize>>,
        crew: Crew<'_>,
        cancel: &Cancel,
    ) -> Result<Chunk, Stop> {
        let n_results = self.folded.n_results();
        let each = n_results / self.chunk.shape()[axis];
        let mut whole = memory::unwritten::<T>(&[n_results])?;
        let ends: Vec<usize> = pieces.iter().map(|range| range.end * each).collect();
        let rooms = Room::rows(&mut whole, 0, &ends);
        let stopped: Mutex<Option<Stop>> = Mutex::new(None);
        let finite = AtomicBool::new(true);
        crew.share(pieces.into_iter().zip(rooms).collect(), |(range, room)| {
            if stopped.lock().is_some() {
                return;
            }
            let parts = self.parts(&self.piece(axis, &range), Some((axis, range.start)), cancel);
            match parts.and_then(|parts| self.finished(parts)) {
                Ok(made) => {
                    let made = made.array::<T>().and_then(|made| made.as_slice()).expect("results in one row");
                    if !all_finite(made) {
                        finite.store(false, Ordering::Relaxed);
                    }
                    Cursor::at(&room).extend(made);
                }
                Err(stop) => {
                    stopped.lock().get_or_insert(stop);
                }
            }
        })?;
        if let Some(stop) = stopped.into_inner() {
            return Err(stop);
        }
        if finite.into_inner() {
            note_finite::<T>(whole.as_ptr().cast());
        }
        // SAFETY: the pieces cover the axis, and each has as many results as its room takes, or somebody has stopped. Copied together
        // afterwards by one, sums of 10 million short rows would take half as long again.
        let whole = unsafe { whole.assume_init() };
        Ok(T::chunk(whole.into_shared()))
    }

    /// Where to cut it into at most so many pieces: the outermost axis that is long enough, and of which the pieces' results follow each
    /// other, or are few beside what they are made of.
    fn cut(&self, most: usize) -> Option<(usize, Vec<Range<usize>>)> {
        let (shape, n_results) = (self.chunk.shape(), self.folded.n_results());
        let last = shape.len() - 1;
        let fits = |axis: usize, n: usize| match self.is_reduced(axis) {
            true => shape[axis] >= n && n_results.saturating_mul(n * FEWER) <= self.chunk.len(),
            false => {
                let is_first = (0..axis).all(|before| shape[before] == 1 || self.is_reduced(before));
                is_first && shape[axis] >= if axis == last { n * ROW } else { n }
            }
        };
        let ways = std::iter::successors(Some(most), |n| Some(n / 2)).take_while(|&n| n > 1);
        let (axis, n) =
            ways.flat_map(|n| (0..shape.len()).map(move |axis| (axis, n))).find(|&(axis, n)| fits(axis, n))?;
        let at = |piece: usize| (shape[axis] as u128 * piece as u128 / n as u128) as usize;
        Some((axis, (0..n).map(|piece| at(piece)..at(piece + 1)).collect()))
    }

    fn piece(&self, axis: usize, range: &Range<usize>) -> Chunk {
        let all = SliceInfoElem::from(Slice::from(..));
        let mut items: SmallVec<[SliceInfoElem; 4]> = SmallVec::from_elem(all, self.chunk.ndim());
        items[axis] = SliceInfoElem::from(Slice::from(range.clone()));
        self.chunk.slice(&items)
    }

    /// What a piece that begins there along an axis comes to.
    fn parts(&self, piece: &Chunk, start: Option<(usize, usize)>, cancel: &Cancel) -> Result<Parts, Stop> {
        let &Folded { reduction, dtype, .. } = self.folded;
        let mut origin: SmallVec<[u64; 4]> = SmallVec::from_elem(0, piece.ndim());
        if let Some((axis, start)) = start {
            origin[axis] = start as u64;
        }
        let shape: SmallVec<[u64; 4]> = self.chunk.shape().iter().map(|&length| length as u64).collect();
        let whole = Whole { origin: &origin, shape: &shape };
        let own = piece.dtype();
        let cast = dtype.filter(|&dtype| dtype != own);
        if cast.is_none()
            && let Some(parts) = reduce_in_place(piece, reduction, &self.axes, whole, cancel)
        {
            return parts;
        }
        let mut program = Program { leaves: vec![Leaf::Chunk(own)], steps: Vec::new(), result: Register::Leaf(0) };
        if let Some(dtype) = cast {
            program.steps.push(Step { op: StepOp::Cast(program.result), dtype });
            program.result = Register::Step(0);
        }
        let walk = Walk::straight(piece.ndim());
        Ok(run_reduce(&program, piece.shape(), &[piece], &[walk], reduction, &self.axes, whole, cancel)?.0)
    }

    /// The results of what all of it comes to.
    fn finished(&self, parts: Parts) -> Result<Chunk, Stop> {
        let Folded { chunk, reduction, axes, .. } = self.folded;
        let count = axes.iter().map(|&axis| chunk.shape()[axis] as u64).product();
        finish(*reduction, parts, self.folded.own(), count)
    }
}

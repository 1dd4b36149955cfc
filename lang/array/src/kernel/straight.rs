//! Arrays in memory, walked as they lie there: accumulators read them in place, line after line, without tiles between.
//!
//! ```text
//! (50, 1000, 1000) over the first axis      50 rows of 1 000 000 elements, into as many cells
//!                  over the second          50 times 1000 rows of 1000, into 1000 cells
//!                  over the last            50 000 runs of 1000, each into one cell
//!                  over all                 one run of 50 000 000
//! ```

use std::cmp::Reverse;

use rdk_graph::Cancel;
use smallvec::SmallVec;

use crate::chunk::Chunk;
use crate::element::Element;
use crate::kernel::fold::Fold;
use crate::kernel::gather::memory;
use crate::kernel::lines::{Lines, Numbers};
use crate::kernel::run::Stop;

/// What a step along one axis of a box means.
#[derive(Clone, Copy, Debug)]
pub struct Along {
    /// How many steps there are, and one more.
    pub length: usize,
    /// By how much it moves in memory, in elements.
    pub stride: i64,
    /// By how much it moves among the cells; 0 along an axis that is reduced.
    pub cell: usize,
    /// By how much it moves among the numbers of elements.
    pub number: i64,
    /// Do elements along it go into the same cell?
    pub reduced: bool,
}

/// A box of a chunk, in the order in which it lies in memory.
pub struct Straight {
    /// Of the first element, counted from that of the chunk.
    first: i64,
    number: i64,
    /// The last one has neighbours in memory.
    axes: SmallVec<[Along; 4]>,
}

impl Straight {
    /// A box that is not empty. `None` where no elements that go into one cell, or into neighbouring cells, lie side by side.
    pub fn new(mut first: i64, mut number: i64, axes: impl Iterator<Item = Along>) -> Option<Straight> {
        let mut axes: SmallVec<[Along; 4]> = axes.filter(|along| along.length > 1).collect();
        for along in axes.iter_mut().filter(|along| along.reduced && along.stride < 0) {
            // What goes into one cell may come from the other end.
            let steps = along.length as i64 - 1;
            (first, number) = (first + steps * along.stride, number + steps * along.number);
            (along.stride, along.number) = (-along.stride, -along.number);
        }
        axes.sort_by_key(|along| Reverse(along.stride.unsigned_abs()));
        axes.dedup_by(|inner, outer| {
            let n = inner.length as i64;
            let even = inner.reduced == outer.reduced
                && outer.stride == inner.stride * n
                && outer.cell == inner.cell * inner.length
                && outer.number == inner.number * n;
            if even {
                *outer = Along { length: outer.length * inner.length, ..*inner };
            }
            even
        });
        let is_straight = axes.last().is_none_or(|last| last.stride == 1 && (last.reduced || last.cell == 1));
        is_straight.then_some(Straight { first, number, axes })
    }

    /// Feeds the cells with all of it.
    pub fn feed<T: Element>(&self, chunk: &Chunk, cells: &mut dyn Fold<T>, cancel: &Cancel) -> Result<(), Stop> {
        let (memory, base) = memory(chunk.array::<T>().expect("the caller knows its type"));
        let mut outer = self.axes.clone();
        let single = Along { length: 1, stride: 0, cell: 0, number: 0, reduced: true };
        let inner = outer.pop().unwrap_or(single);
        // Which of the axes leads from line to line?
        let next = match inner.reduced {
            true => outer.len().checked_sub(1),
            false => outer.iter().rposition(|along| along.reduced),
        };
        let next = next.map_or(single, |axis| outer.remove(axis));
        let lines =
            Lines { memory, first: base + self.first, pitch: next.stride, n: next.length, length: inner.length };
        let numbers = Numbers { first: self.number, step: inner.number, next: next.number };
        let mut index: SmallVec<[usize; 4]> = SmallVec::from_elem(0, outer.len());
        let (mut first, mut cell, mut number) = (lines.first, 0, numbers.first);
        loop {
            if cancel.requested() {
                return Err(Stop::Cancelled);
            }
            let (lines, numbers) = (Lines { first, ..lines }, Numbers { first: number, ..numbers });
            match inner.reduced {
                true => cells.runs(cell, next.cell, lines, numbers),
                false => cells.rows(cell, lines, numbers),
            }
            if cells.is_done() {
                return Ok(());
            }
            let Some(axis) = (0..outer.len()).rev().find(|&axis| index[axis] + 1 < outer[axis].length) else {
                return Ok(());
            };
            for over in axis + 1..outer.len() {
                let along = &outer[over];
                first -= along.stride * index[over] as i64;
                cell -= along.cell * index[over];
                number -= along.number * index[over] as i64;
                index[over] = 0;
            }
            index[axis] += 1;
            first += outer[axis].stride;
            cell += outer[axis].cell;
            number += outer[axis].number;
        }
    }
}

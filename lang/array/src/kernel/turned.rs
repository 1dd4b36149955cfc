//! The order of axes in which a reduction goes through its box, where results do not depend on it.
//!
//! Runs along the last axis are what goes fast, if they are long and lie in memory as they are. Where another axis has better runs it
//! becomes the last one. Where the same memory, or the same results, are met again and again on the way, that axis is cut in blocks
//! which stay in the nearest cache meanwhile:
//!
//! ```text
//! means of 5000 windows of 50         (5000, 50), and both axes go on by one element
//! is gone through as                  (4, 50, 1024) and (1, 50, 904): one addition of 1024 elements to 1024 sums after the other
//! ```

use rdk_graph::Cancel;
use smallvec::SmallVec;

use crate::chunk::{Chunk, Parts};
use crate::element::{Element, with_dtype};
use crate::kernel::faults::Flags;
use crate::kernel::layout::{Layout, Line, Place, Strides};
use crate::kernel::machine::{self, Machine};
use crate::kernel::program::{Program, Walk};
use crate::kernel::reduce::{cell_numbers, cells, feed, loop_dtype, result_shape};
use crate::kernel::reduction::Reduction;
use crate::kernel::run::{Stop, check};
use crate::kernel::tile::TILE;

/// Runs a program over a box and reduces what comes out, with another axis as the last one; `None` if that is no better. A chunk that is only
/// read, and places of elements, are found more quickly in other ways.
pub fn run_turned(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    reduction: Reduction,
    axes: &[usize],
    cancel: &Cancel,
) -> Option<Result<(Parts, Flags), Stop>> {
    if program.steps.is_empty() || reduction.is_where() || shape.contains(&0) {
        return None;
    }
    let reduced: SmallVec<[bool; 4]> = (0..shape.len()).map(|axis| axes.contains(&axis)).collect();
    let result_shape = result_shape(shape, &reduced);
    let mut lines = machine::lines(program, chunks, walks, shape.len()).ok()?;
    let cell_line = lines.len();
    better(shape, &reduced, &lines)?;
    lines.push(cell_numbers(&result_shape, &reduced));
    // Nobody asks for the places of elements.
    lines.push(Line { start: 0, strides: Strides::from_elem(0, shape.len()) });
    let dtype = loop_dtype(reduction, program.result_dtype());
    let program = &*program.in_type(dtype);
    if let Err(stop) = check(program, shape, chunks, walks) {
        return Some(Err(stop));
    }
    let mut flags = Flags::default();
    with_dtype!(dtype, T => {
        let mut cells = cells::<T>(reduction, result_shape.iter().product())?;
        let done = turned(shape, &reduced, lines, cell_line).into_iter().try_for_each(|part| {
            gone_through::<T>(program, chunks, part, cancel, &mut flags, |elements, layout, place| {
                feed(&mut *cells, elements, layout, cell_line, place);
            })
        });
        Some(done.map(|()| (cells.parts(&result_shape), flags)))
    })
}

/// Runs the program over all tiles of a part.
fn gone_through<T: Element>(
    program: &Program,
    chunks: &[&Chunk],
    part: Turned,
    cancel: &Cancel,
    flags: &mut Flags,
    mut take: impl FnMut(&[T], &Layout, &Place<'_>),
) -> Result<(), Stop> {
    let layout = Layout::new(&part.shape, &part.reduced, part.lines);
    let mut machine = Machine::new(program, chunks, &layout)?;
    let mut filled: Vec<T> = Vec::new();
    layout.tiles(|place| {
        if cancel.requested() {
            return Err(Stop::Cancelled);
        }
        machine.run(&layout, place)?;
        let result = machine.result::<T>();
        match result.value() {
            None => take(result.elements(), &layout, place),
            Some(value) => {
                filled.clear();
                filled.resize(place.n, value);
                take(&filled, &layout, place);
            }
        }
        Ok(())
    })?;
    flags.join(&machine.flags);
    Ok(())
}

/// A box, or a part of one.
struct Turned {
    /// Its length along each axis.
    shape: SmallVec<[usize; 4]>,
    /// Which axes are reduced.
    reduced: SmallVec<[bool; 4]>,
    /// What moves along with it.
    lines: Vec<Line>,
}

/// A box as it is gone through. The first lines are those of what is read.
fn turned(shape: &[usize], reduced: &[bool], lines: Vec<Line>, n_read: usize) -> SmallVec<[Turned; 2]> {
    let Some((best, block)) = better(shape, reduced, &lines[..n_read]) else {
        return SmallVec::from_iter([Turned { shape: shape.into(), reduced: reduced.into(), lines }]);
    };
    let (n_blocks, rest) = (shape[best] / block, shape[best] % block);
    // The blocks stand where the axis stood, and what is in one comes last.
    let part = |n_blocks: usize, block: usize, from: usize| {
        let mut part = Turned { shape: shape.into(), reduced: reduced.into(), lines: Vec::with_capacity(lines.len()) };
        part.shape[best] = n_blocks;
        part.shape.push(block);
        part.reduced.push(reduced[best]);
        for line in &lines {
            let (mut strides, own) = (line.strides.clone(), line.strides[best]);
            strides[best] = own.wrapping_mul(block as i64);
            strides.push(own);
            let start = line.start.wrapping_add(own.wrapping_mul(from as i64));
            part.lines.push(Line { start, strides });
        }
        part
    };
    let mut parts = SmallVec::from_iter([part(n_blocks, block, 0)]);
    if rest > 0 {
        parts.push(part(1, rest, n_blocks * block));
    }
    parts
}

/// The axis that had better be the last one, and how long blocks of it are; `None` if the last one is as good.
fn better(shape: &[usize], reduced: &[bool], read: &[Line]) -> Option<(usize, usize)> {
    let last = shape.iter().rposition(|&length| length > 1)?;
    let moves = |line: &&Line| line.strides.iter().zip(shape).any(|(&stride, &length)| stride != 0 && length > 1);
    let moving: SmallVec<[&Line; 4]> = read.iter().filter(moves).collect();
    // Results of which as many are taken at once as a run has elements have to be neighbours.
    let results = (0..=last).rev().find(|&axis| shape[axis] > 1 && !reduced[axis]);
    // How good runs along an axis are.
    let score = |axis: usize| {
        if !reduced[axis] && results != Some(axis) {
            return 0;
        }
        let straight = moving.iter().all(|line| matches!(line.strides[axis], 0 | 1))
            && moving.iter().any(|line| line.strides[axis] == 1);
        if straight { shape[axis].min(TILE) } else { 0 }
    };
    let best = (0..last).max_by_key(|&axis| (score(axis), !reduced[axis]))?;
    if score(best) <= 2 * score(last) {
        return None;
    }
    let length = shape[best];
    let again = (best + 1..=last)
        .any(|axis| shape[axis] > 1 && moving.iter().any(|line| line.strides[axis].unsigned_abs() < length as u64));
    Some((best, if again || !reduced[best] { length.min(TILE) } else { length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes of this shape, read with these strides, are gone through as boxes of those, and every element is met once.
    fn check(shape: &[usize], reduced: &[bool], strides: &[i64], expected: &[&[usize]]) {
        let line = |strides: &[i64]| Line { start: 3, strides: Strides::from_slice(strides) };
        let numbers: Vec<i64> = crate::shape::strides(shape).iter().map(|&stride| stride as i64).collect();
        let parts = turned(shape, reduced, vec![line(strides), line(&numbers)], 1);
        let shapes: Vec<&[usize]> = parts.iter().map(|part| &part.shape[..]).collect();
        assert_eq!(shapes, expected);
        let mut seen = Vec::new();
        for part in &parts {
            for n in 0..part.shape.iter().product() {
                let index = crate::lower::view::nth(&part.shape, n);
                let place = |line: &Line| {
                    index.iter().zip(&line.strides).fold(line.start, |sum, (&at, stride)| sum + i64::from(at) * stride)
                };
                let number = (place(&part.lines[1]) - 3) as usize;
                let old = crate::lower::view::nth(shape, number);
                let there = old.iter().zip(strides).fold(3, |sum, (&at, stride)| sum + i64::from(at) * stride);
                assert_eq!(place(&part.lines[0]), there);
                seen.push(number);
            }
        }
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..shape.iter().product()), "{shape:?}");
    }

    #[test]
    fn long_runs_come_last() {
        // Windows: each by itself, and all windows at each place in them.
        check(&[5000, 50], &[false, true], &[1, 1], &[&[4, 50, 1024], &[1, 50, 904]]);
        check(&[5000, 50], &[true, false], &[1, 1], &[&[4, 50, 1024], &[1, 50, 904]]);
        check(&[7, 300, 3, 3], &[false, false, true, true], &[302, 1, 302, 1], &[&[7, 1, 3, 3, 300]]);
        check(&[60, 30, 5], &[false, false, true], &[30, 1, 30], &[&[60, 1, 5, 30]]);
        check(&[30, 60, 5], &[false, false, true], &[1, 90, 30], &[&[30, 60, 5]]);
        // A transposed array; all of it is one run.
        check(&[40, 70], &[false, true], &[1, 40], &[&[1, 70, 40]]);
        check(&[2000, 3], &[true, true], &[1, 2000], &[&[1, 3, 2000]]);
        // As they are: in order, long runs, nothing better, no elements that move.
        check(&[100, 50], &[false, true], &[50, 1], &[&[100, 50]]);
        check(&[2000, 600], &[false, true], &[1, 1], &[&[2000, 600]]);
        check(&[20, 30], &[false, true], &[2, 90], &[&[20, 30]]);
        check(&[20, 30], &[false, true], &[0, 0], &[&[20, 30]]);
        check(&[1, 1], &[false, true], &[1, 1], &[&[1, 1]]);
    }
}

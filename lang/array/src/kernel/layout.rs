//! How a box of elements is cut into tiles, and where in every leaf each tile lies.
//!
//! Axes of length 1 vanish, and neighbouring axes become one where every leaf steps through them evenly. A tile is then a run
//! over the last axes, as many of them as fit, so that short last axes do not make short tiles:
//!
//! ```text
//! (5000, 3)   one leaf transposed     tiles of 341 rows of 3
//! (5000, 3)   all leaves in order     (15000,)   tiles of 1024
//! ```

use smallvec::SmallVec;

use crate::kernel::tile::{BLOCK, TILE};

/// One number for each dimension.
pub type Strides = SmallVec<[i64; 4]>;

/// Positions that change evenly along every axis of the box: a place in memory, an element number, a cell of the result.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Where the first element of the box is.
    pub start: i64,
    /// By how much it moves along each axis.
    pub strides: Strides,
}

/// A box cut into tiles.
pub struct Layout {
    lengths: SmallVec<[usize; 4]>,
    lines: Vec<Line>,
    /// The first axis along which a tile reaches, perhaps not over all of it.
    first_axis: usize,
    /// Steps along it in one tile.
    steps: usize,
}

/// One tile.
pub struct Place<'a> {
    /// How many elements.
    pub n: usize,
    /// Its length along each of its axes.
    pub lengths: &'a [usize],
    /// For each line the position of the tile's first element.
    pub positions: &'a [i64],
}

impl Layout {
    /// For a box of this shape, which is not empty. Axes are only merged with others of the same class.
    pub fn new(shape: &[usize], classes: &[bool], lines: Vec<Line>) -> Layout {
        let mut lengths: SmallVec<[usize; 4]> = SmallVec::new();
        let mut kept_classes: SmallVec<[bool; 4]> = SmallVec::new();
        let mut merged: Vec<Line> =
            lines.iter().map(|line| Line { start: line.start, strides: Strides::new() }).collect();
        for (axis, &length) in shape.iter().enumerate() {
            if length == 1 {
                continue;
            }
            let even = kept_classes.last() == Some(&classes[axis])
                && lines.iter().zip(&merged).all(|(line, merged)| {
                    merged.strides.last() == line.strides[axis].checked_mul(length as i64).as_ref()
                });
            if even {
                *lengths.last_mut().expect("there is an axis before") *= length;
                for (line, merged) in lines.iter().zip(&mut merged) {
                    *merged.strides.last_mut().expect("there is an axis before") = line.strides[axis];
                }
            } else {
                lengths.push(length);
                kept_classes.push(classes[axis]);
                for (line, merged) in lines.iter().zip(&mut merged) {
                    merged.strides.push(line.strides[axis]);
                }
            }
        }
        if lengths.is_empty() {
            lengths.push(1);
            merged.iter_mut().for_each(|line| line.strides.push(0));
        }
        let mut first_axis = lengths.len() - 1;
        let mut row = 1;
        // Of an axis that a tile has but one step of it needs to know nothing.
        while first_axis > 0 && 2 * row * lengths[first_axis] <= TILE {
            row *= lengths[first_axis];
            first_axis -= 1;
        }
        // As few tiles as can be along the first axis, of about the same length, and of whole blocks where it is the only one.
        let n_tiles = lengths[first_axis].div_ceil(TILE / row);
        let even = lengths[first_axis].div_ceil(n_tiles);
        let steps = if row == 1 { even.next_multiple_of(BLOCK).min(TILE) } else { even };
        Layout { steps, lengths, lines: merged, first_axis }
    }

    /// How a line moves along the axes of a tile.
    pub fn tile_strides(&self, line: usize) -> &[i64] {
        &self.lines[line].strides[self.first_axis..]
    }

    /// Do a tile's elements follow each other along this line?
    pub fn is_direct(&self, line: usize) -> bool {
        let mut expected = 1;
        for axis in (self.first_axis..self.lengths.len()).rev() {
            if self.lengths[axis] > 1 && self.lines[line].strides[axis] != expected {
                return false;
            }
            expected *= self.lengths[axis] as i64;
        }
        true
    }

    /// Does the line stand still within a tile?
    pub fn is_still(&self, line: usize) -> bool {
        self.tile_strides(line).iter().all(|&stride| stride == 0)
    }

    /// Visits all tiles in order.
    pub fn tiles<E>(&self, mut visit: impl FnMut(&Place<'_>) -> Result<(), E>) -> Result<(), E> {
        let first = self.first_axis;
        let mut tile_lengths: SmallVec<[usize; 4]> = self.lengths[first..].into();
        let row: usize = tile_lengths[1..].iter().product();
        let mut positions: SmallVec<[i64; 8]> = self.lines.iter().map(|line| line.start).collect();
        let mut index: SmallVec<[usize; 4]> = SmallVec::from_elem(0, first);
        loop {
            let mut done = 0;
            while done < self.lengths[first] {
                let steps = self.steps.min(self.lengths[first] - done);
                tile_lengths[0] = steps;
                visit(&Place { n: steps * row, lengths: &tile_lengths, positions: &positions })?;
                self.advance(&mut positions, first, steps as i64);
                done += steps;
            }
            self.advance(&mut positions, first, -(done as i64));
            let Some(axis) = (0..first).rev().find(|&axis| index[axis] + 1 < self.lengths[axis]) else {
                return Ok(());
            };
            for over in axis + 1..first {
                self.advance(&mut positions, over, -(index[over] as i64));
                index[over] = 0;
            }
            index[axis] += 1;
            self.advance(&mut positions, axis, 1);
        }
    }

    fn advance(&self, positions: &mut [i64], axis: usize, steps: i64) {
        for (position, line) in positions.iter_mut().zip(&self.lines) {
            *position = position.wrapping_add(line.strides[axis].wrapping_mul(steps));
        }
    }
}

/// Visits the runs of a tile along its last axes: as long as `even` allows, each with the offsets of the lines from the tile's
/// first element.
pub fn runs(lengths: &[usize], strides: &[&[i64]], mut visit: impl FnMut(usize, &[i64])) {
    let last = lengths.len() - 1;
    let mut offsets: SmallVec<[i64; 4]> = SmallVec::from_elem(0, strides.len());
    let mut index: SmallVec<[usize; 4]> = SmallVec::from_elem(0, last);
    let mut first = 0;
    loop {
        visit(first, &offsets);
        first += lengths[last];
        let Some(axis) = (0..last).rev().find(|&axis| index[axis] + 1 < lengths[axis]) else {
            return;
        };
        for over in axis + 1..last {
            for (offset, strides) in offsets.iter_mut().zip(strides) {
                *offset = offset.wrapping_sub(strides[over].wrapping_mul(index[over] as i64));
            }
            index[over] = 0;
        }
        index[axis] += 1;
        for (offset, strides) in offsets.iter_mut().zip(strides) {
            *offset = offset.wrapping_add(strides[axis]);
        }
    }
}

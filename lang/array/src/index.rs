//! What stands between the brackets of `x[…]`: numbers, slices, `None`, `...`.
//!
//! A user's index becomes one [`AxisIndex`] for every axis of the array, and one for every new axis.

use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use crate::shape::Shape;

/// One item of an index, as a user wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexItem {
    /// A position; negative from the end. The axis goes.
    Int(i64),
    /// `start:stop:step`
    Slice {
        /// Where to begin.
        start: Option<i64>,
        /// Where to end, not included.
        stop: Option<i64>,
        /// How far to go each time.
        step: Option<i64>,
    },
    /// `None` or `np.newaxis`: an axis of length 1.
    NewAxis,
    /// `...`: all axes that are not named.
    Ellipsis,
}

impl IndexItem {
    /// `:`
    pub const ALL: IndexItem = IndexItem::Slice { start: None, stop: None, step: None };
}

/// What is taken along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum AxisIndex {
    /// One position; the axis goes.
    At(usize),
    /// `length` positions from `start`, `step` apart.
    Range {
        /// The first position; 0 if there is none.
        start: usize,
        /// How far apart; not 0.
        step: i64,
        /// How many.
        length: usize,
    },
    /// A new axis of length 1.
    New,
}

/// An index that names every axis.
pub type FullIndex = SmallVec<[AxisIndex; 4]>;

/// Puts an index in its full form.
pub fn expand(items: &[IndexItem], shape: &[usize]) -> Result<FullIndex> {
    let named = items.iter().filter(|item| matches!(item, IndexItem::Int(_) | IndexItem::Slice { .. })).count();
    if named > shape.len() {
        let n = shape.len();
        bail!(IndexError: "too many indices for array: array is {n}-dimensional, but {named} were indexed");
    }
    if items.iter().filter(|item| **item == IndexItem::Ellipsis).count() > 1 {
        bail!(IndexError: "an index can only have a single ellipsis ('...')");
    }
    let mut full = FullIndex::new();
    let mut axis = 0;
    for item in items {
        match *item {
            IndexItem::Int(position) => {
                full.push(AxisIndex::At(at(position, axis, shape[axis])?));
                axis += 1;
            }
            IndexItem::Slice { start, stop, step } => {
                full.push(range(start, stop, step, shape[axis])?);
                axis += 1;
            }
            IndexItem::NewAxis => full.push(AxisIndex::New),
            IndexItem::Ellipsis => {
                for &length in &shape[axis..axis + shape.len() - named] {
                    full.push(whole(length));
                }
                axis += shape.len() - named;
            }
        }
    }
    full.extend(shape[axis..].iter().map(|&length| whole(length)));
    Ok(full)
}

/// The shape of what is taken.
pub fn shape_of(index: &[AxisIndex]) -> Shape {
    let length = |item: &AxisIndex| match *item {
        AxisIndex::At(_) => None,
        AxisIndex::Range { length, .. } => Some(length),
        AxisIndex::New => Some(1),
    };
    index.iter().filter_map(length).collect()
}

/// All of an axis.
pub fn whole(length: usize) -> AxisIndex {
    AxisIndex::Range { start: 0, step: 1, length }
}

fn at(position: i64, axis: usize, length: usize) -> Result<usize> {
    let n = length as i64;
    if !(-n..n).contains(&position) {
        bail!(IndexError: "index {position} is out of bounds for axis {axis} with size {length}");
    }
    Ok(if position < 0 { (position + n) as usize } else { position as usize })
}

/// A slice of an axis of this length, by Python's rules.
pub fn range(start: Option<i64>, stop: Option<i64>, step: Option<i64>, length: usize) -> Result<AxisIndex> {
    let n = length as i64;
    let step = step.unwrap_or(1);
    if step == 0 {
        bail!("slice step cannot be zero");
    }
    // Going backwards the ends are one to the left: before the first, and the last.
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clip = |end: i64| if end < 0 { end.saturating_add(n).max(low) } else { end.min(high) };
    let (start, stop) = match step > 0 {
        true => (start.map_or(low, clip), stop.map_or(high, clip)),
        false => (start.map_or(high, clip), stop.map_or(low, clip)),
    };
    let distance = if step > 0 { stop - start } else { start - stop };
    let count = if distance > 0 { (distance as u64).div_ceil(step.unsigned_abs()) as usize } else { 0 };
    Ok(match count {
        0 => AxisIndex::Range { start: 0, step: 1, length: 0 },
        // The step of a single position says nothing: equal slices look equal.
        1 => AxisIndex::Range { start: start as usize, step: 1, length: 1 },
        _ => AxisIndex::Range { start: start as usize, step, length: count },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_follow_python() {
        let check = |start, stop, step, length: usize, expected: &[usize]| {
            let AxisIndex::Range { start: first, step: apart, length: count } =
                range(start, stop, step, length).unwrap()
            else {
                panic!("a slice is a range")
            };
            let taken: Vec<usize> = (0..count).map(|i| (first as i64 + apart * i as i64) as usize).collect();
            assert_eq!(taken, expected);
        };
        check(None, None, None, 3, &[0, 1, 2]);
        check(None, None, Some(-1), 3, &[2, 1, 0]);
        check(Some(-2), None, None, 3, &[1, 2]);
        check(Some(-20), Some(20), Some(2), 5, &[0, 2, 4]);
        check(Some(20), Some(-20), Some(-2), 5, &[4, 2, 0]);
        check(Some(3), Some(1), None, 5, &[]);
        check(None, None, Some(i64::MIN), 5, &[4]);
        check(None, None, Some(i64::MAX), 5, &[0]);
        check(Some(i64::MIN), Some(i64::MAX), None, 2, &[0, 1]);
        check(None, None, Some(-1), 0, &[]);
    }

    #[test]
    fn an_ellipsis_stands_for_the_rest() {
        let check = |items: &[IndexItem], shape: &[usize], expected: &str| {
            let shown = match expand(items, shape) {
                Ok(index) => crate::shape::show(&shape_of(&index)),
                Err(error) => error.0.message,
            };
            assert_eq!(shown, expected);
        };
        use IndexItem::*;
        check(&[], &[2, 3], "(2, 3)");
        check(&[Int(0), Ellipsis], &[2, 3, 4], "(3, 4)");
        check(&[Ellipsis, Int(-1)], &[2, 3, 4], "(2, 3)");
        check(&[Ellipsis, NewAxis], &[2], "(2, 1)");
        check(&[NewAxis, Int(1)], &[2], "(1,)");
        check(&[Ellipsis], &[], "()");
        check(&[Int(0), Int(0)], &[2], "too many indices for array: array is 1-dimensional, but 2 were indexed");
        check(&[Int(2)], &[2], "index 2 is out of bounds for axis 0 with size 2");
        check(&[Ellipsis, Ellipsis], &[2], "an index can only have a single ellipsis ('...')");
    }
}

//! The largest or smallest few of a long row: what cannot be among them is passed over at the speed of memory.

use std::cmp::Reverse;

use crate::kernel::simd::{self, Forms, Level, Loop};

/// So many elements are compared at once.
const BLOCK: usize = 1024;

/// Keeps so many of the largest, or of the smallest, from the outermost on.
pub(super) fn keep_top<K: Ord + Copy>(row: &mut Vec<K>, count: usize, largest: bool) {
    narrow(row, count, largest);
    match largest {
        true => row.sort_unstable_by_key(|key| Reverse(*key)),
        false => row.sort_unstable(),
    }
}

/// The same in no order.
fn narrow<K: Ord + Copy>(row: &mut Vec<K>, count: usize, largest: bool) {
    if 0 < count && count < row.len() {
        match largest {
            true => row.select_nth_unstable_by(count - 1, |a, b| b.cmp(a)),
            false => row.select_nth_unstable(count - 1),
        };
    }
    row.truncate(count);
}

/// The outermost elements of a row by their keys, with their places, in order. Of equal ones the first counts as the outermost; what a place
/// is kept as goes up or down with it as `largest` has it.
pub(super) fn outermost<T: Copy, K: Ord + Copy>(
    row: &[T],
    count: usize,
    largest: bool,
    key: impl Fn(T) -> K + Copy,
) -> Vec<(K, u32)> {
    let kept_as = |place: u32| if largest { !place } else { place };
    let pair = |(element, place): (&T, u32)| (key(*element), kept_as(place));
    // As many again are taken in before they are sifted.
    let (first, rest) = row.split_at(row.len().min(2 * count + BLOCK));
    let mut found: Vec<(K, u32)> = first.iter().zip(0u32..).map(pair).collect();
    let mut start = first.len() as u32;
    let mut limit = None;
    for block in rest.chunks(BLOCK) {
        if limit.is_none() || found.len() >= 2 * count + BLOCK {
            narrow(&mut found, count, largest);
            // The innermost of those that are kept: what is no farther out cannot be one of them.
            limit = match largest {
                true => found.iter().map(|found| found.0).min(),
                false => found.iter().map(|found| found.0).max(),
            };
        }
        if let Some(limit) = limit
            && simd::run(Any { block, largest, limit, key })
        {
            let beyond = block.iter().zip(start..).map(pair);
            found.extend(beyond.filter(|found| if largest { found.0 > limit } else { found.0 < limit }));
        }
        start += block.len() as u32;
    }
    keep_top(&mut found, count, largest);
    found
}

/// Is any element of a block beyond a limit?
struct Any<'a, T, K, F> {
    block: &'a [T],
    largest: bool,
    limit: K,
    key: F,
}

impl<T: Copy, K: Ord + Copy, F: Fn(T) -> K> Loop for Any<'_, T, K, F> {
    type Answer = bool;
    const FORMS: Forms = Forms::Two;

    #[inline(always)]
    fn run<L: Level>(self) -> bool {
        let Any { block, largest, limit, key } = self;
        match largest {
            true => block.iter().fold(false, |any, &element| any | (key(element) > limit)),
            false => block.iter().fold(false, |any, &element| any | (key(element) < limit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_are_those_of_the_sorted_row() {
        let mut at = 1u64;
        for n in [0, 1, 5, 1500, 40_000] {
            for values in [3, 1000, u64::MAX] {
                let row: Vec<i64> = (0..n)
                    .map(|_| {
                        at = at.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(99);
                        ((at >> 20) % values) as i64
                    })
                    .collect();
                for count in [1, 2, 7, 600, 50_000] {
                    for largest in [true, false] {
                        let found = outermost(&row, count, largest, |element| element);
                        let places: Vec<u32> =
                            found.iter().map(|&(_, place)| if largest { !place } else { place }).collect();
                        let mut expected: Vec<u32> = (0..n as u32).collect();
                        match largest {
                            true => expected.sort_by_key(|&place| Reverse(row[place as usize])),
                            false => expected.sort_by_key(|&place| row[place as usize]),
                        }
                        expected.truncate(count);
                        assert_eq!(places, expected, "{count} of {n}");
                    }
                }
            }
        }
    }
}

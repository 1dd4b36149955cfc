//! What lies beyond the ends of an array, and which chunks a stretch that reaches beyond them needs.

use rdk_array::chunks::AxisChunks;
use rdk_runtime::{FromValue, Result, Value, bail};
use serde::{Deserialize, Serialize};

/// How an array goes on beyond its ends; SciPy's modes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Border {
    /// `d c b a | a b c d | d c b a`
    Reflect,
    /// `d c b | a b c d | c b a`
    Mirror,
    /// `a a a a | a b c d | d d d d`
    Nearest,
    /// `a b c d | a b c d | a b c d`
    Wrap,
    /// `k k k k | a b c d | k k k k`
    Constant,
}

impl FromValue for Border {
    fn expected() -> &'static str {
        "one of 'reflect', 'mirror', 'nearest', 'wrap', 'constant'"
    }

    fn from_value(value: &Value) -> Option<Border> {
        Border::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Border> {
        Ok(match value.as_str() {
            Some("reflect" | "grid-mirror") => Border::Reflect,
            Some("mirror") => Border::Mirror,
            Some("nearest") => Border::Nearest,
            Some("wrap" | "grid-wrap") => Border::Wrap,
            Some("constant" | "grid-constant") => Border::Constant,
            _ => {
                bail!(RuntimeError: "boundary mode not supported, got {}", value.repr(); hint: "one of reflect, mirror, nearest, wrap, constant")
            }
        })
    }
}

impl Border {
    /// The element that stands at a position; `None` for the constant. The array has elements.
    pub fn source(self, position: i64, length: usize) -> Option<usize> {
        let n = length as i64;
        if (0..n).contains(&position) {
            return Some(position as usize);
        }
        Some(match self {
            Border::Reflect => {
                let at = position.rem_euclid(2 * n);
                (if at < n { at } else { 2 * n - 1 - at }) as usize
            }
            Border::Mirror if n == 1 => 0,
            Border::Mirror => {
                let at = position.rem_euclid(2 * n - 2);
                (if at < n { at } else { 2 * n - 2 - at }) as usize
            }
            Border::Nearest => position.clamp(0, n - 1) as usize,
            Border::Wrap => position.rem_euclid(n) as usize,
            Border::Constant => return None,
        })
    }
}

/// Positions that lie beside each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// The first of them in the stretch.
    pub at: usize,
    /// The number of the chunk that they lie in among those that are needed, and where there; `None` for the constant.
    pub place: Option<(usize, usize)>,
    /// How many they are.
    pub length: usize,
}

/// A stretch along an axis, and where its elements are.
pub struct Stretch {
    /// The chunks that are needed, in order.
    pub chunks: Vec<usize>,
    /// Its positions, run by run.
    pub runs: Vec<Run>,
    /// How long it is.
    pub length: usize,
}

impl Stretch {
    /// The stretch that a chunk needs, `before` positions longer at its beginning and `after` at its end.
    pub fn new(axis: &AxisChunks, chunk: usize, before: usize, after: usize, border: Border) -> Stretch {
        let (start, size, length) = (axis.start(chunk) as i64, axis.size(chunk), axis.length());
        let source = |at: i64| border.source(at, length).map(|source| (axis.find(source), source));
        let left = (start - before as i64..start).map(source);
        let end = start + size as i64;
        let right = (end..end + after as i64).map(source);
        // Its own elements are one run, however many they are.
        let own = Run { at: before, place: Some((chunk, 0)), length: size };
        let outside = |(at, found): (usize, Option<(usize, usize)>)| {
            let place = found.map(|(chunk, source)| (chunk, source - axis.start(chunk)));
            Run { at, place, length: 1 }
        };
        let mut runs: Vec<Run> = Vec::new();
        let all = left.enumerate().map(outside).chain([own]);
        for run in all.chain(right.enumerate().map(|(at, found)| outside((before + size + at, found)))) {
            match runs.last_mut() {
                Some(last) if last.goes_on(&run) => last.length += run.length,
                _ => runs.push(run),
            }
        }
        let mut chunks: Vec<usize> = runs.iter().filter_map(|run| run.place.map(|(chunk, _)| chunk)).collect();
        chunks.sort_unstable();
        chunks.dedup();
        for run in &mut runs {
            if let Some((chunk, _)) = &mut run.place {
                *chunk = chunks.binary_search(chunk).expect("it is among those needed");
            }
        }
        Stretch { chunks, runs, length: before + size + after }
    }

    /// The place of each of its positions.
    pub fn places(&self) -> Vec<Option<(usize, usize)>> {
        let places = |run: &Run| {
            let place = run.place;
            (0..run.length).map(move |step| place.map(|(chunk, first)| (chunk, first + step)))
        };
        self.runs.iter().flat_map(places).collect()
    }
}

impl Run {
    fn goes_on(&self, next: &Run) -> bool {
        match (self.place, next.place) {
            (Some((chunk, first)), Some((other, here))) => chunk == other && first + self.length == here,
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_go_on_as_scipy_has_it() {
        let shown = |border: Border| -> String {
            (-5..9).map(|at| border.source(at, 4).map_or('k', |at| char::from(b'a' + at as u8))).collect()
        };
        assert_eq!(shown(Border::Reflect), "ddcbaabcddcbaa");
        assert_eq!(shown(Border::Mirror), "bcdcbabcdcbabc");
        assert_eq!(shown(Border::Nearest), "aaaaaabcdddddd");
        assert_eq!(shown(Border::Wrap), "dabcdabcdabcda");
        assert_eq!(shown(Border::Constant), "kkkkkabcdkkkkk");
    }

    #[test]
    fn a_stretch_runs_through_chunks() {
        let axis = AxisChunks::even(6, 2);
        let stretch = Stretch::new(&axis, 1, 1, 2, Border::Reflect);
        assert_eq!(stretch.chunks, [0, 1, 2]);
        let runs: Vec<_> = stretch.runs.iter().map(|run| (run.at, run.place, run.length)).collect();
        assert_eq!(runs, [(0, Some((0, 1)), 1), (1, Some((1, 0)), 2), (3, Some((2, 0)), 2)]);
    }
}

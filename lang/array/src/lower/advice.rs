//! What to say of a chunk that is too large for the memory.

use crate::chunks::Chunks;
use crate::shape::{self, Shape};

/// Chunks like this one that would fit.
pub fn advice(grid: &Chunks, index: &[u32], needed: u64, allowed: u64) -> Option<String> {
    if index.len() != grid.0.len() {
        return None;
    }
    let fitting = fitting(&grid.chunk_shape(index), needed, allowed)?;
    let text = shape::show(&fitting);
    Some(format!("chunks of {text} would fit: `x.rechunk({text})`"))
}

/// A chunk of this shape takes so many bytes; one that takes no more than `allowed`. The longest axes are cut first.
pub fn fitting(shape: &[usize], needed: u64, allowed: u64) -> Option<Shape> {
    let mut shape: Shape = shape.into();
    let elements = shape::size(&shape);
    // A little less, for what does not grow with the elements.
    let most = (elements as f64 * (allowed as f64 / needed.max(1) as f64) * 0.9) as u128;
    if most == 0 {
        return None;
    }
    while shape::size(&shape) > most {
        let axis = (0..shape.len()).max_by_key(|&axis| shape[axis])?;
        let others = shape::size(&shape) / shape[axis] as u128;
        // Half of it, or as much as is left to take; a round number where there is one.
        let fits = (most / others.max(1)) as usize;
        let cut = fits.max(shape[axis] / 2).min(shape[axis] - 1).max(1);
        shape[axis] = if cut <= fits { rounded(cut) } else { cut };
    }
    Some(shape)
}

/// Two digits, then zeros; never more.
fn rounded(length: usize) -> usize {
    let unit = 10usize.pow(length.max(1).ilog10().saturating_sub(1));
    (length / unit * unit).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_axes_are_cut_first() {
        let check = |shape: &[usize], needed, allowed, expected: &str| {
            let text = fitting(shape, needed, allowed).map_or("nothing".to_string(), |fitting| shape::show(&fitting));
            assert_eq!(text, expected);
        };
        check(&[1000, 1000], 16_000_000, 8_000_000, "(900, 500)");
        check(&[20_000, 100], 32_000_000, 3_200_000, "(1800, 100)");
        check(&[1_000_000], 8_000_000, 80_000, "(9000,)");
        check(&[4, 4, 4], 640, 64, "(2, 2, 1)");
        check(&[10], 80, 1, "nothing");
    }
}

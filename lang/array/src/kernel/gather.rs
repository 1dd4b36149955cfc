//! Bringing a leaf's elements into a tile, when they do not lie one after the other already.

use ndarray::{ArcArray, IxDyn};

use crate::element::Element;
use crate::kernel::layout;

/// The memory that an array reaches, and where in it its first element is.
pub fn memory<T: Element>(array: &ArcArray<T, IxDyn>) -> (&[T], i64) {
    if array.is_empty() {
        return (&[], 0);
    }
    let reach = |sign: i64| -> i64 {
        let ends = array.shape().iter().zip(array.strides());
        ends.map(|(&length, &stride)| stride as i64 * (length as i64 - 1)).filter(|end| end * sign > 0).sum()
    };
    let (low, high) = (reach(-1), reach(1));
    // SAFETY: `low` and `high` are the offsets of the array's lowest and highest element from its first. Both lie in the one
    // allocation that the array keeps alive, every element between them was initialised when that allocation was made, and
    // shared arrays are copied before they are written to. Measured: walking rows through dynamic views costs 20 to 40 ns a row.
    let elements =
        unsafe { std::slice::from_raw_parts(array.as_ptr().offset(low as isize), (high - low + 1) as usize) };
    (elements, -low)
}

/// Copies the elements at `first`, moved by these strides, into a tile.
pub fn gather<T: Element>(memory: &[T], first: i64, lengths: &[usize], strides: &[i64], out: &mut [T]) {
    let last = lengths.len() - 1;
    let (length, stride) = (lengths[last], strides[last]);
    layout::runs(lengths, &[strides], |at, offsets| {
        line(memory, first + offsets[0], stride, &mut out[at..at + length]);
    });
}

#[inline]
fn line<T: Element>(memory: &[T], first: i64, stride: i64, out: &mut [T]) {
    let first = first as usize;
    match stride {
        1 => out.copy_from_slice(&memory[first..first + out.len()]),
        0 => out.fill(memory[first]),
        -1 => {
            for (out, &element) in out.iter_mut().zip(memory[..=first].iter().rev()) {
                *out = element;
            }
        }
        stride if stride > 0 => {
            for (out, &element) in out.iter_mut().zip(memory[first..].iter().step_by(stride as usize)) {
                *out = element;
            }
        }
        stride => {
            for (out, &element) in out.iter_mut().zip(memory[..=first].iter().rev().step_by(-stride as usize)) {
                *out = element;
            }
        }
    }
}

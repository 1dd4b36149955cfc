//! Shapes: sizes, broadcasting, axes, and the errors that name them as NumPy does.

use rdk_runtime::{Result, bail, error};
use smallvec::SmallVec;

/// How long an array is along each of its axes.
pub type Shape = SmallVec<[usize; 4]>;

/// No axis is longer than this: positions are signed 64-bit numbers.
pub const MAX_LENGTH: usize = i64::MAX as usize;

/// As many dimensions as NumPy allows.
pub const MAX_DIMENSIONS: usize = 64;

/// How many elements there are; capped rather than wrapped when there are more than fit.
pub fn size(shape: &[usize]) -> u128 {
    if shape.contains(&0) {
        return 0;
    }
    shape.iter().fold(1u128, |product, &length| product.saturating_mul(length as u128))
}

/// Refuses an array of no elements whose other lengths no memory has room for, as NumPy does; one that has elements is refused by their
/// number.
pub fn check_empty(shape: &[usize], item_size: usize) -> Result<()> {
    let mut lengths = shape.iter().filter(|&&length| length > 0);
    let bytes = lengths.try_fold(item_size as i64, |product, &length| product.checked_mul(i64::try_from(length).ok()?));
    if bytes.is_none() && shape.contains(&0) {
        bail!(
            "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.";
            hint: "its shape is {}: though there are no elements, the other lengths have to be possible ones", show(shape)
        );
    }
    Ok(())
}

/// A shape from lengths that a user gave.
pub fn from_lengths(lengths: &[i64]) -> Result<Shape> {
    if lengths.len() > MAX_DIMENSIONS {
        bail!("an array has at most {MAX_DIMENSIONS} dimensions, got {}", lengths.len());
    }
    if lengths.iter().any(|&length| length < 0) {
        bail!("negative dimensions are not allowed"; hint: "the shape is {}", show_lengths(lengths));
    }
    Ok(lengths.iter().map(|&length| length as usize).collect())
}

/// A shape as Python shows the tuple: `(3,)`, `(2, 3)`, `()`.
pub fn show(shape: &[usize]) -> String {
    tuple(shape.iter())
}

/// The same for lengths that may be negative.
pub fn show_lengths(lengths: &[i64]) -> String {
    tuple(lengths.iter())
}

/// Python's tuple of these.
pub fn tuple<T: std::fmt::Display>(items: impl Iterator<Item = T>) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    match &items[..] {
        [one] => format!("({one},)"),
        _ => format!("({})", items.join(", ")),
    }
}

/// The shape that all of these stretch to.
pub fn broadcast(shapes: &[&[usize]]) -> Result<Shape> {
    let n_axes = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut result: Shape = SmallVec::from_elem(1, n_axes);
    for shape in shapes {
        let skipped = n_axes - shape.len();
        for (axis, &length) in shape.iter().enumerate() {
            let together = &mut result[skipped + axis];
            match (*together, length) {
                (a, b) if a == b || b == 1 => {}
                (1, b) => *together = b,
                _ => {
                    let all: Vec<String> = shapes.iter().map(|shape| show(shape)).collect();
                    let hint = "lengths are compared from the last axis; they must be equal, or one of them 1";
                    return Err(error!("operands could not be broadcast together with shapes {}", all.join(" "))
                        .hint(misfit(shapes, n_axes - skipped - axis))
                        .hint(hint.to_string()));
                }
            }
        }
    }
    Ok(result)
}

/// Which operands differ along an axis, counted from the end, and how.
fn misfit(shapes: &[&[usize]], from_end: usize) -> String {
    let long: Vec<(usize, usize, usize)> = shapes
        .iter()
        .enumerate()
        .filter_map(|(at, shape)| shape.len().checked_sub(from_end).map(|axis| (at, axis, shape[axis])))
        .filter(|&(_, _, length)| length != 1)
        .collect();
    let name = |at: usize| ["first", "second", "third"].get(at).copied().unwrap_or("next");
    let said = |&(at, axis, length): &(usize, usize, usize)| {
        format!("the {} operand has {length} along its axis {axis}", name(at))
    };
    let other = long.iter().find(|(_, _, length)| *length != long[0].2);
    long.first().into_iter().chain(other).map(said).collect::<Vec<_>>().join(", ")
}

/// May an array of this shape be stretched to that one?
pub fn stretches_to(shape: &[usize], to: &[usize]) -> bool {
    shape.len() <= to.len() && shape.iter().rev().zip(to.iter().rev()).all(|(&from, &to)| from == to || from == 1)
}

/// The axis that a number stands for: negative ones count from the end.
pub fn axis(axis: i64, n_axes: usize) -> Result<usize> {
    let n = n_axes as i64;
    if (-n..n).contains(&axis) {
        return Ok(if axis < 0 { (axis + n) as usize } else { axis as usize });
    }
    let s = if n == 1 { "" } else { "s" };
    let error = error!(AxisError: "axis {axis} is out of bounds for an array of {n} dimension{s}");
    Err(match n {
        0 => error.hint("it has no axes: it is a single number"),
        1 => error.hint("its only axis is 0, or -1 from the end"),
        2 => error.hint("axes are 0 and 1, or -2 and -1 from the end"),
        _ => error.hint(format!("axes are 0 to {}, or -{n} to -1 from the end", n - 1)),
    })
}

/// Several axes; in order, each at most once. `None` is all of them.
pub fn axes(given: Option<&[i64]>, n_axes: usize) -> Result<SmallVec<[usize; 4]>> {
    let Some(given) = given else { return Ok((0..n_axes).collect()) };
    let mut result = SmallVec::new();
    for &number in given {
        let number = axis(number, n_axes)?;
        if result.contains(&number) {
            bail!("duplicate value in `axis`"; hint: "axis {number} is given twice");
        }
        result.push(number);
    }
    result.sort_unstable();
    Ok(result)
}

/// The shape that `lengths` asks for, in which one may be -1: "what is left".
pub fn reshaped(from: &[usize], lengths: &[i64]) -> Result<Shape> {
    let total = size(from);
    let cannot = || error!("cannot reshape array of size {total} into shape {}", show_lengths(lengths));
    if lengths.len() > MAX_DIMENSIONS {
        bail!("an array has at most {MAX_DIMENSIONS} dimensions, got {}", lengths.len());
    }
    let mut unknown = None;
    let mut known = 1u128;
    for (axis, &length) in lengths.iter().enumerate() {
        match length {
            -1 if unknown.is_some() => {
                bail!("can only specify one unknown dimension"; hint: "only one length can be -1")
            }
            -1 => unknown = Some(axis),
            ..0 => bail!("negative dimensions are not allowed"; hint: "only -1 has a meaning: what is left"),
            _ => known = known.saturating_mul(length as u128),
        }
    }
    let mut shape: Shape = lengths.iter().map(|&length| length.max(0) as usize).collect();
    match unknown {
        Some(axis) if known > 0 && total.is_multiple_of(known) && total / known <= MAX_LENGTH as u128 => {
            shape[axis] = (total / known) as usize;
        }
        Some(_) => return Err(cannot()),
        None if known == total => {}
        None => return Err(cannot()),
    }
    check_empty(&shape, size_of::<f64>())?;
    Ok(shape)
}

/// How far apart neighbours along each axis are in C order.
pub fn strides(shape: &[usize]) -> SmallVec<[usize; 4]> {
    let mut strides: SmallVec<[usize; 4]> = SmallVec::from_elem(1, shape.len());
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis].wrapping_mul(shape[axis].max(1));
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shapes: &[&[usize]], expected: &str) {
        let shown = match broadcast(shapes) {
            Ok(shape) => show(&shape),
            Err(error) => error.0.message,
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn shapes_stretch() {
        check(&[], "()");
        check(&[&[]], "()");
        check(&[&[3], &[]], "(3,)");
        check(&[&[2, 1], &[3]], "(2, 3)");
        check(&[&[0], &[1]], "(0,)");
        check(&[&[3], &[4]], "operands could not be broadcast together with shapes (3,) (4,)");
        check(&[&[0], &[2]], "operands could not be broadcast together with shapes (0,) (2,)");
    }

    #[test]
    fn one_length_may_be_left_out() {
        let check = |from: &[usize], to: &[i64], expected: &str| {
            let shown = match reshaped(from, to) {
                Ok(shape) => show(&shape),
                Err(error) => error.0.message,
            };
            assert_eq!(shown, expected);
        };
        check(&[2, 3], &[-1], "(6,)");
        check(&[2, 3], &[3, -1], "(3, 2)");
        check(&[0, 3], &[3, -1], "(3, 0)");
        check(&[1], &[], "()");
        check(&[2, 3], &[4, -1], "cannot reshape array of size 6 into shape (4, -1)");
        check(&[0], &[0, -1], "cannot reshape array of size 0 into shape (0, -1)");
        check(&[6], &[-1, -1], "can only specify one unknown dimension");
    }
}

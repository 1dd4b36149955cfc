//! Boxes cut out of rows of bytes, and put into them.

use rdk_runtime::{Result, bail};

/// How many of something a shape holds; `None` when it is too many.
pub fn count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |product, &length| product.checked_mul(length))
}

/// Can an array be as long as this along each axis? A damaged file says anything.
pub fn possible(shape: &[usize]) -> bool {
    shape.iter().all(|&length| length <= isize::MAX as usize)
}

/// So many zeros; an error where the machine has no room for them.
pub fn zeroed(size: usize) -> Result<Vec<u8>> {
    room(size)?;
    Ok(vec![0; size])
}

/// An error where the machine has no room for so many bytes.
pub fn room(size: usize) -> Result<()> {
    if !rdk_graph::budget::is_usable(size as u128) {
        bail!(
            MemoryError: "Unable to allocate {}", rdk_array::show::format_bytes(size as u128);
            hint: "read a part, or make a lazy array of it: `da.from_array(…)`"
        );
    }
    Ok(())
}

/// Copies a box of items from one array of bytes in C order to another. All of these have one number for each axis, and the box lies in both.
pub struct Copy<'a> {
    /// Bytes of an item.
    pub item: usize,
    /// The shape of the box.
    pub shape: &'a [usize],
    /// The shape of the array that it is cut from.
    pub from_shape: &'a [usize],
    /// Where in it the box begins.
    pub from_start: &'a [usize],
    /// The shape of the array that it is put into.
    pub to_shape: &'a [usize],
    /// Where in it the box begins.
    pub to_start: &'a [usize],
}

impl Copy<'_> {
    /// Copies; false if one of the arrays has fewer bytes than it should.
    #[must_use]
    pub fn run(&self, from: &[u8], to: &mut [u8]) -> bool {
        runs(
            self.item,
            self.shape,
            self.from_shape,
            self.from_start,
            self.to_shape,
            self.to_start,
            |at, to_at, length| match (from.get(at..at + length), to.get_mut(to_at..to_at + length)) {
                (Some(from), Some(to)) => {
                    to.copy_from_slice(from);
                    true
                }
                _ => false,
            },
        )
    }
}

/// The stretches of bytes that a box consists of: where each begins in the one and in the other array, and how long it is. Stops at the
/// first `false`.
pub fn runs(
    item: usize,
    shape: &[usize],
    from_shape: &[usize],
    from_start: &[usize],
    to_shape: &[usize],
    to_start: &[usize],
    mut run: impl FnMut(usize, usize, usize) -> bool,
) -> bool {
    if shape.contains(&0) {
        return true;
    }
    // Axes at the end that are whole in both are one stretch.
    let mut axis = shape.len();
    let mut length = item;
    while axis > 0 {
        axis -= 1;
        length *= shape[axis];
        if shape[axis] != from_shape[axis] || shape[axis] != to_shape[axis] {
            break;
        }
    }
    let strides = |of: &[usize]| {
        let mut strides = vec![item; of.len()];
        for axis in (1..of.len()).rev() {
            strides[axis - 1] = strides[axis] * of[axis];
        }
        strides
    };
    let (from_strides, to_strides) = (strides(from_shape), strides(to_shape));
    let offset =
        |start: &[usize], strides: &[usize]| start.iter().zip(strides).map(|(at, stride)| at * stride).sum::<usize>();
    let (from_base, to_base) = (offset(from_start, &from_strides), offset(to_start, &to_strides));
    let mut index = vec![0; axis];
    loop {
        let at = from_base + offset(&index, &from_strides);
        let to_at = to_base + offset(&index, &to_strides);
        if !run(at, to_at, length) {
            return false;
        }
        let mut axis = axis;
        loop {
            if axis == 0 {
                return true;
            }
            axis -= 1;
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_cut_out_and_put_in() {
        let from: Vec<u8> = (0..24).collect();
        let mut to = [0; 8];
        let copy = Copy {
            item: 1,
            shape: &[2, 1, 3],
            from_shape: &[2, 3, 4],
            from_start: &[0, 1, 1],
            to_shape: &[2, 1, 4],
            to_start: &[0, 0, 1],
        };
        assert!(copy.run(&from, &mut to));
        assert_eq!(to, [0, 5, 6, 7, 0, 17, 18, 19]);
        assert!(!copy.run(&from[..10], &mut to));
    }

    #[test]
    fn whole_arrays_are_one_stretch() {
        let mut n = 0;
        assert!(runs(8, &[3, 4], &[3, 4], &[0, 0], &[3, 4], &[0, 0], |_, _, length| {
            n += 1;
            length == 96
        }));
        assert_eq!(n, 1);
    }
}

//! Shapes grown and shrunk: what a structure that is laid over every place covers.

use rdk_array::array::Array;
use rdk_array::{Chunk, DType, shape};
use rdk_runtime::{Result, bail};

use super::border::Border;
use super::measure;
use super::named::{Beyond, Window};

/// The places that are at most so many steps along axes away from the middle of a cube of 3.
pub fn structure(n: usize, connectivity: usize) -> Chunk {
    let count = 3usize.pow(n as u32);
    let steps = |at: usize| (0..n).filter(|&axis| at / 3usize.pow(axis as u32) % 3 != 1).count();
    let flags = (0..count).map(|at| steps(at) <= connectivity.max(1)).collect();
    Chunk::from_vec(&vec![3; n], flags)
}

/// A structure grown by itself: what it covers in so many steps.
pub fn iterated(structure: &Chunk, iterations: usize) -> Result<Chunk> {
    if iterations < 2 || structure.is_empty() {
        return Ok(structure.clone());
    }
    let more = iterations - 1;
    let old = structure.shape().to_vec();
    let lengths: Vec<usize> = old.iter().map(|&length| length + more * (length - 1)).collect();
    if lengths.iter().product::<usize>() > 1 << 24 {
        bail!("the structure is too large");
    }
    let (strides, old_strides) = (shape::strides(&lengths), shape::strides(&old));
    // A position in the old box, moved by so much along every axis, as one in the new.
    let place = |at: usize| {
        let along = (0..old.len()).map(|axis| at / old_strides[axis] % old[axis] * strides[axis]);
        along.sum::<usize>()
    };
    let flags = structure.to_vec::<bool>();
    let steps: Vec<usize> = flags.iter().enumerate().filter(|(_, flag)| **flag).map(|(at, _)| place(at)).collect();
    let mut grown = vec![false; lengths.iter().product()];
    steps.iter().for_each(|&step| grown[step] = true);
    for _ in 0..more {
        let mut next = vec![false; grown.len()];
        for (at, _) in grown.iter().enumerate().filter(|(_, flag)| **flag) {
            steps.iter().for_each(|&step| next[at + step] = true);
        }
        grown = next;
    }
    Ok(Chunk::from_vec(&lengths, grown))
}

/// The largest of what a window covers that is turned round, as SciPy has it.
pub fn dilated(array: &Array, window: &Window, beyond: Beyond) -> Result<Array> {
    let mut counts = window.counts.clone();
    counts.reverse();
    let origins = window.origins.iter().zip(&window.shape);
    let origins = origins.map(|(origin, size)| -origin - i64::from(size % 2 == 0)).collect();
    Window { shape: window.shape.clone(), counts, origins }.rank(array, -1, beyond)
}

/// The smallest of what a window covers.
pub fn eroded(array: &Array, window: &Window, beyond: Beyond) -> Result<Array> {
    window.rank(array, 0, beyond)
}

/// One round of growing or shrinking flags; only where the mask is set anything changes.
pub fn round(array: &Array, window: &Window, outside: bool, mask: Option<&Array>, grow: bool) -> Result<Array> {
    let beyond = (Border::Constant, f64::from(u8::from(outside)));
    let next = if grow { dilated(array, window, beyond)? } else { eroded(array, window, beyond)? };
    match mask {
        Some(mask) => mask.select(&next, array),
        None => Ok(next),
    }
}

/// What is not set and cannot be reached from outside becomes set.
pub fn filled(image: &Chunk, structure: Option<&Chunk>) -> Result<Chunk> {
    let (lengths, strides) = (image.shape().to_vec(), shape::strides(image.shape()));
    let flags = image.cast(DType::Bool).to_vec::<bool>();
    let holes = Chunk::from_vec(&lengths, flags.into_iter().map(|flag| !flag).collect());
    let (labels, n) = measure::label(&holes, structure, false)?;
    let labels = labels.to_vec::<i32>();
    let mut open = vec![false; n + 1];
    for (at, &label) in labels.iter().enumerate() {
        let edge = lengths.iter().zip(&strides).any(|(&length, &stride)| {
            let position = at / stride % length;
            position == 0 || position + 1 == length
        });
        open[label as usize] |= edge && label > 0;
    }
    Ok(Chunk::from_vec(&lengths, labels.into_iter().map(|label| label == 0 || !open[label as usize]).collect()))
}

/// The parts of a mask in which something is set.
pub fn reached(image: &Chunk, mask: &Chunk, structure: Option<&Chunk>) -> Result<Chunk> {
    let (labels, n) = measure::label(mask, structure, false)?;
    let (labels, flags) = (labels.to_vec::<i32>(), image.cast(DType::Bool).to_vec::<bool>());
    if labels.len() != flags.len() {
        bail!(RuntimeError: "mask and input must have equal sizes");
    }
    let mut found = vec![false; n + 1];
    labels.iter().zip(&flags).for_each(|(&label, &flag)| found[label as usize] |= flag && label > 0);
    let set = labels.iter().zip(&flags).map(|(&label, &flag)| flag || found[label as usize]);
    Ok(Chunk::from_vec(image.shape(), set.collect()))
}

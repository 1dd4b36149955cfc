//! Chunk sizes for `"auto"`: near a number of bytes, near square or near what there was.
//!
//! The steps and their roundings are Dask's, so that a notebook shows the same chunks here and there.

use std::collections::BTreeMap;

use rdk_runtime::{Result, bail};

use super::normalize::{Draft, Normalize};
use super::{AxisChunks, Chunks, settings};

/// Gives every axis that is left to us its chunks.
pub(super) fn fill(drafts: &mut [Draft], request: &Normalize, limit: u64) -> Result<()> {
    if drafts
        .iter()
        .enumerate()
        .any(|(axis, draft)| matches!(draft, Draft::Sizes(sizes) if sizes.length() != request.shape[axis]))
    {
        // The grid will be refused; there is nothing to fit in with.
        return Ok(());
    }
    let limit = limit as f64 / request.item_size.max(1) as f64;
    match request.previous {
        Some(previous) => from_previous(drafts, request.shape, previous, limit),
        None => square(drafts, request.shape, limit),
    }
}

/// The product of the largest chunks along the axes that are settled.
fn settled(drafts: &[Draft]) -> f64 {
    let largest = |draft: &Draft| match draft {
        Draft::Auto => 1.0,
        Draft::Size(size) => *size as f64,
        Draft::Sizes(sizes) => sizes.largest() as f64,
    };
    drafts.iter().map(largest).product()
}

/// As long along every axis; axes that are shorter than that are not cut, and the others get what they leave.
fn square(drafts: &mut [Draft], shape: &[usize], limit: f64) -> Result<()> {
    loop {
        let autos: Vec<usize> = (0..drafts.len()).filter(|&axis| matches!(drafts[axis], Draft::Auto)).collect();
        if autos.is_empty() {
            return Ok(());
        }
        let size = (limit / settled(drafts)).powf(1.0 / autos.len() as f64);
        let small: Vec<usize> = autos.iter().copied().filter(|&axis| (shape[axis] as f64) < size).collect();
        for &axis in &small {
            drafts[axis] = Draft::Sizes(AxisChunks::single(shape[axis]));
        }
        if small.is_empty() {
            for axis in autos {
                drafts[axis] = Draft::Size(rounded(size, shape[axis] as f64) as usize);
            }
        }
    }
}

/// Near a multiple of `of`, or just a whole number when smaller.
fn rounded(size: f64, of: f64) -> f64 {
    if size <= of { size.trunc().max(1.0) } else { (size / of).floor() * of }
}

/// What an axis has come to.
enum Found {
    Size(f64),
    Sizes(Vec<usize>),
}

impl Found {
    fn largest(&self) -> f64 {
        match self {
            Found::Size(size) => *size,
            Found::Sizes(sizes) => sizes.iter().copied().max().unwrap_or(0) as f64,
        }
    }
}

/// In the proportions that there were, and where chunks grow, in whole numbers of the old ones.
fn from_previous(drafts: &mut [Draft], shape: &[usize], previous: &Chunks, limit: f64) -> Result<()> {
    if previous.0.len() != shape.len() {
        bail!("the grid that there was has {} axes, the array has {}", previous.0.len(), shape.len());
    }
    let mut autos: Vec<usize> = (0..drafts.len()).filter(|&axis| matches!(drafts[axis], Draft::Auto)).collect();
    let mut largest_block = settled(drafts);
    let sorted = |axis: usize| {
        let mut sizes: Vec<usize> = previous.0[axis].sizes().collect();
        sizes.sort_unstable();
        sizes
    };
    let mut medians: BTreeMap<usize, Found> =
        autos.iter().map(|&axis| (axis, Found::Size(median(&sorted(axis))))).collect();
    let factor = |largest_block: f64, medians: &BTreeMap<usize, Found>| {
        let product: f64 = medians.values().map(Found::largest).filter(|&size| size != 0.0).product();
        limit / largest_block / product
    };
    let mut multiplier = factor(largest_block, &medians);
    let tolerance = settings::tolerance()?;
    let reducing = multiplier < 1.0;
    let ideal: Vec<f64> = (0..shape.len()).map(|axis| ideal(&previous.0[axis])).collect();
    // While chunks shrink, what is found takes the place of the medians at once; otherwise it is kept apart.
    let mut results: BTreeMap<usize, Found> = BTreeMap::new();
    // The steps settle after a few turns; the bound is for numbers at the edge of what floats can tell apart.
    for _ in 0..64 {
        let mut more = false;
        let n_autos = autos.len().max(1) as f64;
        let share = multiplier.powf(1.0 / n_autos);
        for axis in autos.clone() {
            let Some(median) = medians.get(&axis) else { continue };
            let proposed = median.largest() * share;
            let found = if proposed > shape[axis] as f64 {
                autos.retain(|&other| other != axis);
                medians.remove(&axis);
                largest_block *= shape[axis] as f64;
                more = true;
                Found::Sizes(vec![shape[axis]])
            } else if reducing || previous.0[axis].largest() as f64 > proposed * tolerance.powf(1.0 / n_autos) {
                if proposed < 1.0 {
                    more = true;
                    autos.retain(|&other| other != axis);
                }
                Found::Size(rounded(proposed, ideal[axis]))
            } else {
                Found::Sizes(merged(&previous.0[axis], proposed))
            };
            let kept = if reducing { &mut medians } else { &mut results };
            kept.insert(axis, found);
        }
        if more || reducing {
            let last = multiplier;
            multiplier = factor(largest_block, &medians);
            more = more || multiplier != last;
        }
        if !more {
            break;
        }
    }
    for (axis, found) in if reducing { medians } else { results } {
        drafts[axis] = match found {
            Found::Size(size) => Draft::Size((size as usize).max(1)),
            Found::Sizes(sizes) => Draft::Sizes(AxisChunks::listed(sizes)),
        };
    }
    Ok(())
}

/// The size that most of the old chunks have, or the whole axis if there is none such.
fn ideal(previous: &AxisChunks) -> f64 {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    let mut places: rustc_hash::FxHashMap<usize, usize> = Default::default();
    for size in previous.sizes() {
        let place = *places.entry(size).or_insert_with(|| {
            counts.push((size, 0));
            counts.len() - 1
        });
        counts[place].1 += 1;
    }
    let mut best = (0, 0);
    for &(size, count) in &counts {
        if count > best.1 {
            best = (size, count);
        }
    }
    if best.0 > 1 && 2 * best.1 >= previous.count() { best.0 as f64 } else { previous.length() as f64 }
}

/// Old chunks put together as long as they stay within the size.
fn merged(previous: &AxisChunks, size: f64) -> Vec<usize> {
    let (mut sizes, mut open) = (Vec::new(), 0usize);
    for old in previous.sizes() {
        if (old + open) as f64 <= size {
            open += old;
        } else {
            if open > 0 {
                sizes.push(open);
            }
            open = old;
        }
    }
    if open > 0 {
        sizes.push(open);
    }
    sizes
}

/// The middle of these, which are sorted.
pub(super) fn median(sorted: &[usize]) -> f64 {
    let n = sorted.len();
    match n % 2 {
        _ if n == 0 => 0.0,
        1 => sorted[n / 2] as f64,
        _ => (sorted[n / 2 - 1] as f64 + sorted[n / 2] as f64) / 2.0,
    }
}

//! The threshold between the dark and the bright part of an image, by Otsu.

use rdk_array::{Chunk, DType, Scalar, eager};
use rdk_runtime::{Result, Value, bail};

/// The number that parts the elements best in two.
pub fn threshold(chunk: &Chunk, n_bins: usize) -> Result<Value> {
    if chunk.is_empty() || n_bins == 0 {
        bail!("an image without elements has no threshold");
    }
    let dtype = chunk.dtype();
    let numbers = chunk.to_vec::<f64>();
    if numbers.iter().any(|number| !number.is_finite()) {
        bail!("a threshold needs finite numbers");
    }
    let (low, high) =
        numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
    if low == high {
        return Ok(eager::number(Scalar::F64(low).cast(dtype)));
    }
    // Whole numbers have a bin each, as scikit-image counts them.
    let whole = dtype.is_integer();
    let n = if whole { ((high - low) as usize).saturating_add(1) } else { n_bins };
    // For each bin a count, and twice a weight and a mean.
    if n as u64 > rdk_graph::budget::usable() / 40 {
        bail!(MemoryError: "a histogram of {n} bins does not fit into memory"; hint: "`image.astype(float)` is counted in `nbins` bins");
    }
    let width = if whole { 1.0 } else { (high - low) / n as f64 };
    let center = |bin: usize| if whole { low + bin as f64 } else { low + width * (bin as f64 + 0.5) };
    let edge = |bin: usize| if bin == n { high } else { low + width * bin as f64 };
    let mut counts = vec![0.0f64; n];
    for x in numbers {
        let mut bin = (((x - low) / width) as usize).min(n - 1);
        if !whole {
            // The edges decide, not the quotient.
            if x < edge(bin) {
                bin -= 1;
            } else if bin + 1 < n && x >= edge(bin + 1) {
                bin += 1;
            }
        }
        counts[bin] += 1.0;
    }
    let sums = |counts: &mut dyn Iterator<Item = (usize, f64)>| {
        let (mut weight, mut sum) = (0.0, 0.0);
        counts
            .map(|(bin, count)| {
                weight += count;
                sum += count * center(bin);
                (weight, sum / weight)
            })
            .collect::<Vec<(f64, f64)>>()
    };
    let before = sums(&mut counts.iter().copied().enumerate());
    let mut after = sums(&mut counts.iter().copied().enumerate().rev());
    after.reverse();
    let between = |at: usize| {
        let ((one, left), (other, right)) = (before[at], after[at + 1]);
        one * other * (left - right) * (left - right)
    };
    let (mut best, mut most) = (0, f64::NEG_INFINITY);
    for at in 0..n - 1 {
        let spread = between(at);
        if spread > most {
            (best, most) = (at, spread);
        }
    }
    let scalar = Scalar::F64(center(best));
    Ok(eager::number(match dtype {
        DType::F32 => scalar.cast(DType::F32),
        _ if whole => scalar.cast(DType::I64),
        _ => scalar,
    }))
}

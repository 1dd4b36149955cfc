//! How long things are drawn: sizes that differ by millions, on a sheet of a few columns.

/// How long each dimension is drawn, between 0 and 1 of the longest.
///
/// Up to e the proportion is true. Beyond it grows with the logarithm, and from a hundredfold on it stays: a strip of 10⁹ × 3
/// still shows that it has two sides.
pub(crate) fn proportions(lengths: &[f64]) -> Vec<f64> {
    let longest = lengths.iter().copied().fold(0.1, f64::max);
    lengths.iter().map(|length| 1.0 / softened(longest / length.max(0.1))).collect()
}

/// True and softened proportions meet at e, so that growing an array never makes its drawing jump.
fn softened(ratio: f64) -> f64 {
    let e = std::f64::consts::E;
    if ratio <= e { ratio } else { e + ((ratio.min(100.0) - e) / (2.0 * e)).ln_1p() }
}

/// The sum of the chunks of a dimension; `None` if one of them is not known.
pub(crate) fn length(chunks: &[Option<u64>]) -> Option<u128> {
    chunks.iter().map(|chunk| chunk.map(u128::from)).sum()
}

/// The sizes that chunks are drawn with: those not known are as long as the others on average.
fn drawn_sizes(chunks: &[Option<u64>]) -> Vec<f64> {
    let known: Vec<f64> = chunks.iter().flatten().map(|&size| size as f64).collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let mean = if mean > 0.0 { mean } else { 1.0 };
    chunks.iter().map(|chunk| chunk.map_or(mean, |size| size as f64)).collect()
}

/// The length that a dimension is drawn with, also where it is not known.
pub(crate) fn drawn_length(chunks: &[Option<u64>]) -> f64 {
    drawn_sizes(chunks).iter().sum()
}

/// Where the edges of the chunks lie on a line of at most `units`, from 0 to the end; two edges are at least `step` apart.
///
/// Chunks of one size stay of one size, even if the line becomes a little shorter. If there are more chunks than have room,
/// some edges are left out.
pub(crate) fn edges(chunks: &[Option<u64>], units: usize, step: usize) -> Vec<usize> {
    let step = step.max(1);
    let units = units.max(step);
    let room = units / step;
    let sizes: Vec<f64> = drawn_sizes(chunks).into_iter().filter(|size| *size > 0.0).collect();
    let Some((&last, before)) = sizes.split_last() else { return vec![0, units] };
    let count = sizes.len();
    let first = sizes[0];
    if count <= room && last <= first && before.iter().all(|size| *size == first) {
        let unit = units / count;
        let end = ((unit as f64 * last / first).round() as usize).clamp(step, unit.max(step));
        return (0..count).map(|index| index * unit).chain([(count - 1) * unit + end]).collect();
    }
    let total: f64 = sizes.iter().sum();
    let mut edges = vec![0];
    let mut sum = 0.0;
    for (index, size) in sizes.iter().enumerate() {
        sum += size;
        let place = sum / total * units as f64;
        let previous = edges[edges.len() - 1];
        if count <= room {
            let behind = (count - 1 - index) * step;
            edges.push((place.round() as usize).clamp(previous + step, (units - behind).max(previous + step)));
        } else {
            let place = ((place / step as f64).round() as usize).min(room) * step;
            if place > previous {
                edges.push(place);
            }
        }
    }
    edges
}

/// A length as it is written beside a picture: `10000`, `?`, and `1.8e19` where the digits would be wider than the picture.
pub(crate) fn label(chunks: &[Option<u64>]) -> String {
    match length(chunks) {
        None => "?".to_string(),
        Some(length) if length < 1_000_000_000_000 => length.to_string(),
        Some(length) => format!("{:.1e}", length as f64),
    }
}

/// The dimensions that are drawn as one box each: two or three of them together, as many as are left over first.
///
/// A dimension that would stand alone gets one of length 1 beside it, so that it is a strip.
pub(crate) fn groups(chunks: &[Vec<Option<u64>>]) -> Vec<Vec<Vec<Option<u64>>>> {
    let mut all = chunks.to_vec();
    if all.len() > 3 && all.len() % 3 == 1 {
        all.insert(0, vec![Some(1)]);
    }
    let (head, tail) = all.split_at(all.len() % 3);
    let head = (!head.is_empty()).then(|| head.to_vec());
    head.into_iter().chain(tail.chunks(3).map(<[_]>::to_vec)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(chunks: &[u64], units: usize, step: usize, expected: &[usize]) {
        let chunks: Vec<Option<u64>> = chunks.iter().copied().map(Some).collect();
        assert_eq!(edges(&chunks, units, step), expected, "{chunks:?} on {units} by {step}");
    }

    #[test]
    fn chunks_of_one_size_are_drawn_of_one_size() {
        check(&[5, 5, 5, 5], 10, 1, &[0, 2, 4, 6, 8]);
        check(&[5, 5, 5], 20, 2, &[0, 6, 12, 18]);
        check(&[4, 4, 2], 12, 1, &[0, 4, 8, 10]);
    }

    #[test]
    fn chunks_of_other_sizes_keep_their_proportions_and_a_little_room() {
        check(&[1, 3], 8, 1, &[0, 2, 8]);
        check(&[1, 1_000_000], 8, 2, &[0, 2, 8]);
        check(&[1_000_000, 1, 1], 8, 2, &[0, 4, 6, 8]);
        check(&[0, 3, 0], 6, 1, &[0, 6]);
        check(&[], 6, 1, &[0, 6]);
        check(&[0], 6, 1, &[0, 6]);
    }

    #[test]
    fn too_many_chunks_leave_some_edges_out() {
        check(&[1; 100], 8, 2, &[0, 2, 4, 6, 8]);
    }

    #[test]
    fn dimensions_are_drawn_two_or_three_at_a_time() {
        let sizes = |n: usize| {
            groups(&vec![vec![Some(1)]; n]).iter().map(|group| group.len().to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!((1..=8).map(sizes).collect::<Vec<_>>(), ["1", "2", "3", "2 3", "2 3", "3 3", "2 3 3", "2 3 3"]);
    }
}

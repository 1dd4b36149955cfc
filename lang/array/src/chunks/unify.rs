//! One grid for several arrays that are walked together.

use super::{AxisChunks, Chunks};

/// The chunks along an axis for arrays that have these: the only ones that cut it at all, or every cut of any of them.
pub fn common<'a>(axes: impl IntoIterator<Item = &'a AxisChunks>) -> Option<AxisChunks> {
    let mut distinct: Vec<&AxisChunks> = Vec::new();
    for axis in axes {
        if !distinct.contains(&axis) {
            distinct.push(axis);
        }
    }
    // An axis of length 1 is stretched, unless all are.
    if distinct.iter().any(|axis| axis.length() != 1) {
        distinct.retain(|axis| axis.length() != 1);
    }
    let cut: Vec<&AxisChunks> = distinct.iter().copied().filter(|axis| !axis.is_single()).collect();
    Some(match cut[..] {
        [] => (*distinct.first()?).clone(),
        [one] => one.clone(),
        [first, ref rest @ ..] => match rest.iter().find(|axis| cut.iter().all(|other| other.is_refined_by(axis))) {
            _ if rest.iter().all(|other| other.is_refined_by(first)) => first.clone(),
            Some(finest) => (*finest).clone(),
            None => refined(&cut),
        },
    })
}

/// Cut wherever one of them is.
fn refined(axes: &[&AxisChunks]) -> AxisChunks {
    let mut borders: Vec<usize> = Vec::new();
    for axis in axes {
        borders.extend((1..=axis.count()).map(|chunk| axis.start(chunk)));
    }
    borders.sort_unstable();
    borders.dedup();
    let mut last = 0;
    AxisChunks::listed(
        borders.into_iter().map(|border| border - std::mem::replace(&mut last, border)).filter(|&s| s > 0),
    )
}

/// The grid for arrays of these grids that are broadcast together; the last axes are aligned.
pub fn unify(grids: &[&Chunks]) -> Chunks {
    let n_axes = grids.iter().map(|grid| grid.0.len()).max().unwrap_or(0);
    let axis_of = |axis: usize| {
        let along = grids.iter().filter_map(|grid| (axis + grid.0.len()).checked_sub(n_axes).map(|at| &grid.0[at]));
        common(along).expect("an axis of the result is one of some input")
    };
    (0..n_axes).map(axis_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_of_any() {
        let check = |axes: &[&[usize]], expected: &str| {
            let axes: Vec<AxisChunks> = axes.iter().map(|sizes| AxisChunks::listed(sizes.iter().copied())).collect();
            assert_eq!(common(&axes).unwrap().to_string(), expected);
        };
        check(&[&[3], &[2, 1]], "(2, 1)");
        check(&[&[1, 2], &[2, 1]], "(1, 1, 1)");
        check(&[&[5, 2, 3], &[2, 3, 5]], "(2, 3, 2, 3)");
        check(&[&[1], &[2, 2]], "(2, 2)");
        check(&[&[4], &[1]], "(4,)");
        check(&[&[1], &[0]], "(0,)");
        check(&[&[0, 1], &[0]], "(0,)");
        check(&[&[4, 4], &[2, 2, 2, 2]], "(2, 2, 2, 2)");
    }
}

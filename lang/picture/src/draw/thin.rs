//! Fewer points where more cannot be seen.

/// How wide a column is within which only the first, lowest, highest and last point of a line are kept, in points.
const COLUMN: f64 = 0.36;

/// A line's points, in points of the picture, without those that change nothing that could be seen. NaN is a gap.
pub fn line(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    // Those of the column: first, lowest, highest, last.
    let mut column: Option<(f64, [(f64, f64); 4])> = None;
    let flush = |kept: &mut Vec<(f64, f64)>, column: Option<(f64, [(f64, f64); 4])>| {
        let Some((_, [first, low, high, last])) = column else { return };
        // The order of the two in the middle does not show.
        for point in [first, low, high, last] {
            if kept.last() != Some(&point) {
                kept.push(point);
            }
        }
    };
    for (x, y) in points {
        if !(x.is_finite() && y.is_finite()) {
            flush(&mut kept, column.take());
            if kept.last().is_some_and(|(x, _)| !x.is_nan()) {
                kept.push((f64::NAN, f64::NAN));
            }
            continue;
        }
        let at = (x / COLUMN).floor();
        match &mut column {
            Some((place, [_, low, high, last])) if *place == at => {
                if y < low.1 {
                    *low = (x, y);
                }
                if y > high.1 {
                    *high = (x, y);
                }
                *last = (x, y);
            }
            _ => {
                flush(&mut kept, column.take());
                column = Some((at, [(x, y); 4]));
            }
        }
    }
    flush(&mut kept, column.take());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_extremes_and_its_gaps() {
        let wave = (0..200_000).map(|at| (f64::from(at) / 500.0, (f64::from(at) * 0.37).sin()));
        let kept = line(wave.clone());
        assert!(kept.len() < 4 * 1200, "{}", kept.len());
        let high = |points: &[(f64, f64)]| points.iter().map(|point| point.1).fold(f64::MIN, f64::max);
        assert_eq!(high(&kept), high(&wave.collect::<Vec<_>>()));
        let gap = line([(0.0, 1.0), (f64::NAN, 2.0), (2.0, f64::NAN), (3.0, 4.0)].into_iter());
        assert_eq!(gap.len(), 3);
        assert!(gap[1].0.is_nan());
        // Few points stay as they are.
        assert_eq!(line([(0.0, 1.0), (5.0, 2.0), (9.0, 0.0)].into_iter()).len(), 3);
    }
}

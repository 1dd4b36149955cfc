//! Discrete Fourier transforms of lines of complex numbers, of any length.

use std::cell::RefCell;

use num_complex::Complex64;
use rustfft::{FftDirection, FftPlanner};

/// A planner remembers what it has planned; after so many lines of different lengths it starts anew.
const REMEMBERED: usize = 256;

thread_local! {
    static PLANNER: RefCell<(FftPlanner<f64>, usize)> = RefCell::new((FftPlanner::new(), 0));
}

/// Transforms lines of this length, one after the other, in place; not scaled. There is a whole number of lines.
pub fn fourier(lines: &mut [Complex64], length: usize, inverse: bool) {
    if length == 0 || lines.is_empty() {
        return;
    }
    let direction = if inverse { FftDirection::Inverse } else { FftDirection::Forward };
    let plan = PLANNER.with_borrow_mut(|(planner, count)| {
        *count += 1;
        if *count > REMEMBERED {
            (*planner, *count) = (FftPlanner::new(), 0);
        }
        planner.plan_fft(length, direction)
    });
    plan.process(lines);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_is_the_same_for_every_length() {
        for length in 1..40 {
            let line: Vec<Complex64> =
                (0..2 * length).map(|n| Complex64::new((n * n % 7) as f64, (n % 5) as f64)).collect();
            let mut turned = line.clone();
            fourier(&mut turned, length, false);
            let sum: Complex64 = line[..length].iter().sum();
            assert!((turned[0] - sum).norm() < 1e-12 * length as f64);
            fourier(&mut turned, length, true);
            for (a, b) in turned.iter().zip(&line) {
                assert!((a / length as f64 - b).norm() < 1e-12 * length as f64);
            }
        }
    }
}

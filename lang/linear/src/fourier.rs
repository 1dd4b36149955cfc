//! Discrete Fourier transforms of lines of numbers, of any length.

use std::cell::RefCell;

use num_complex::Complex64;
use realfft::RealFftPlanner;
use rustfft::{FftDirection, FftPlanner};

/// A planner remembers what it has planned; after so many lines of different lengths it starts anew.
const REMEMBERED: usize = 256;

/// What one thread has planned, and room to work in.
struct Bench {
    complex: FftPlanner<f64>,
    real: RealFftPlanner<f64>,
    planned: usize,
    scratch: Vec<Complex64>,
}

impl Bench {
    fn new() -> Bench {
        Bench { complex: FftPlanner::new(), real: RealFftPlanner::new(), planned: 0, scratch: Vec::new() }
    }

    /// It, and so much room.
    fn at_hand(&mut self) -> &mut Bench {
        self.planned += 1;
        if self.planned > REMEMBERED {
            *self = Bench { scratch: std::mem::take(&mut self.scratch), ..Bench::new() };
        }
        self
    }
}

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::new(Bench::new());
}

/// So much of the room, whatever is in it.
fn room(scratch: &mut Vec<Complex64>, length: usize) -> &mut [Complex64] {
    if scratch.len() < length {
        scratch.resize(length, Complex64::default());
    }
    &mut scratch[..length]
}

/// Transforms lines of this length, one after the other, in place; not scaled. There is a whole number of lines.
pub fn fourier(lines: &mut [Complex64], length: usize, inverse: bool) {
    if length == 0 || lines.is_empty() {
        return;
    }
    let direction = if inverse { FftDirection::Inverse } else { FftDirection::Forward };
    BENCH.with_borrow_mut(|bench| {
        let bench = bench.at_hand();
        let plan = bench.complex.plan_fft(length, direction);
        plan.process_with_scratch(lines, room(&mut bench.scratch, plan.get_inplace_scratch_len()));
    });
}

/// Transforms lines of `length` real numbers, which are written over, to the first halves of their results, `length / 2 + 1` numbers a line;
/// not scaled. The other halves would be their mirror images.
pub fn real_fourier(lines: &mut [f64], length: usize, to: &mut [Complex64]) {
    if length == 0 || lines.is_empty() {
        return;
    }
    BENCH.with_borrow_mut(|bench| {
        let bench = bench.at_hand();
        let plan = bench.real.plan_fft_forward(length);
        let scratch = room(&mut bench.scratch, plan.get_scratch_len());
        for (line, to) in lines.chunks_exact_mut(length).zip(to.chunks_exact_mut(length / 2 + 1)) {
            plan.process_with_scratch(line, to, scratch).expect("the lengths fit");
        }
    });
}

/// And back: from lines of `length / 2 + 1` numbers, which are written over, to lines of `length` real ones; not scaled.
pub fn real_inverse(lines: &mut [Complex64], length: usize, to: &mut [f64]) {
    if length == 0 || lines.is_empty() {
        return;
    }
    BENCH.with_borrow_mut(|bench| {
        let bench = bench.at_hand();
        let plan = bench.real.plan_fft_inverse(length);
        let scratch = room(&mut bench.scratch, plan.get_scratch_len());
        for (line, to) in lines.chunks_exact_mut(length / 2 + 1).zip(to.chunks_exact_mut(length)) {
            // What has no partner has no imaginary part.
            line[0].im = 0.0;
            if length.is_multiple_of(2) {
                line[length / 2].im = 0.0;
            }
            plan.process_with_scratch(line, to, scratch).expect("the lengths fit");
        }
    });
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

    #[test]
    fn real_lines_are_transformed_as_complex_ones_are() {
        for length in 1..40 {
            let line: Vec<f64> = (0..2 * length).map(|n| (n * n % 7) as f64).collect();
            let mut whole: Vec<Complex64> = line.iter().map(|&re| Complex64::new(re, 0.0)).collect();
            fourier(&mut whole, length, false);
            let half = length / 2 + 1;
            let mut to = vec![Complex64::default(); 2 * half];
            real_fourier(&mut line.clone(), length, &mut to);
            for (to, whole) in to.chunks(half).zip(whole.chunks(length)) {
                for (a, b) in to.iter().zip(whole) {
                    assert!((a - b).norm() < 1e-12 * length as f64);
                }
            }
            let mut back = vec![0.0; 2 * length];
            real_inverse(&mut to, length, &mut back);
            for (a, b) in back.iter().zip(&line) {
                assert!((a / length as f64 - b).abs() < 1e-12 * length as f64);
            }
        }
    }
}

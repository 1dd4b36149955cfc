//! Random numbers: how they are spread, and that neither chunks nor slices nor order change them.

use proptest::prelude::*;
use rdk_array::DType;
use rdk_array::kernel::{Distribution, Leaf, Program, Register, Source, Walk, run_store};
use rdk_graph::Cancel;
use smallvec::SmallVec;

fn draw(seed: u64, distribution: Distribution, base: &[u64], shape: &[usize], walk: Walk) -> Vec<f64> {
    let leaf = Leaf::Source { source: Source::Random { seed, distribution }, base_shape: base.into() };
    let program = Program { leaves: vec![leaf], steps: vec![], result: Register::Leaf(0) };
    run_store(&program, shape, &[], &[walk], &Cancel::new()).unwrap().0.to_vec()
}

fn straight(seed: u64, distribution: Distribution, n: usize) -> Vec<f64> {
    draw(seed, distribution, &[n as u64], &[n], Walk::straight(1))
}

const UNIFORM: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };
const NORMAL: Distribution = Distribution::Normal { mean: 0.0, deviation: 1.0 };

fn moments(numbers: &[f64]) -> [f64; 4] {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let moment = |power: i32| numbers.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n;
    let variance = moment(2);
    [mean, variance, moment(3) / variance.powf(1.5), moment(4) / (variance * variance)]
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let ([mean_a, variance_a, ..], [mean_b, variance_b, ..]) = (moments(a), moments(b));
    let together: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    together / a.len() as f64 / (variance_a * variance_b).sqrt()
}

/// Within five standard errors.
fn close(got: f64, expected: f64, error: f64) {
    assert!((got - expected).abs() < 5.0 * error, "{got} is not {expected} by {}", (got - expected).abs() / error);
}

const N: usize = 400_000;

#[test]
fn uniform_numbers_are_evenly_spread() {
    for seed in [0, 1, 2, u64::MAX] {
        let numbers = straight(seed, UNIFORM, N);
        assert!(numbers.iter().all(|x| (0.0..1.0).contains(x)));
        let root = (N as f64).sqrt();
        let [mean, variance, skew, kurtosis] = moments(&numbers);
        close(mean, 0.5, (1.0f64 / 12.0).sqrt() / root);
        close(variance, 1.0 / 12.0, 0.075 / root);
        close(skew, 0.0, 2.0 / root);
        close(kurtosis, 1.8, 2.0 / root);
        check_bins(numbers.iter().map(|x| (x * 1000.0) as usize), 1000);
        for lag in [1, 2, 63, 64, 128] {
            close(correlation(&numbers[lag..], &numbers[..N - lag]), 0.0, 1.0 / root);
        }
    }
}

/// Chi squared over bins that should be equally full.
fn check_bins(bins: impl Iterator<Item = usize>, n_bins: usize) {
    if n_bins < 2 {
        return;
    }
    let mut counts = vec![0u64; n_bins];
    let mut n = 0;
    for bin in bins {
        counts[bin] += 1;
        n += 1;
    }
    let expected = n as f64 / n_bins as f64;
    let chi: f64 = counts.iter().map(|&count| (count as f64 - expected).powi(2) / expected).sum();
    let freedom = (n_bins - 1) as f64;
    close(chi, freedom, (2.0 * freedom).sqrt());
}

#[test]
fn neighbouring_seeds_have_nothing_in_common() {
    let root = (N as f64).sqrt();
    for seed in 0..6 {
        let (a, b) = (straight(seed, UNIFORM, N), straight(seed + 1, UNIFORM, N));
        close(correlation(&a, &b), 0.0, 1.0 / root);
        close(correlation(&a[1..], &b[..N - 1]), 0.0, 1.0 / root);
    }
    // The first numbers of many seeds are spread as those of one seed are.
    let firsts: Vec<f64> = (0..20_000).map(|seed| straight(seed, UNIFORM, 1)[0]).collect();
    close(moments(&firsts)[0], 0.5, (1.0f64 / 12.0).sqrt() / 20_000f64.sqrt());
    check_bins(firsts.iter().map(|x| (x * 100.0) as usize), 100);
}

#[test]
fn normal_numbers_are_normal() {
    let numbers = straight(3, NORMAL, N);
    let root = (N as f64).sqrt();
    let [mean, variance, skew, kurtosis] = moments(&numbers);
    close(mean, 0.0, 1.0 / root);
    close(variance, 1.0, 2f64.sqrt() / root);
    close(skew, 0.0, 6f64.sqrt() / root);
    close(kurtosis, 3.0, 24f64.sqrt() / root);
    for (bound, share) in [(0.5, 0.6914624612740131), (1.0, 0.8413447460685429), (2.0, 0.9772498680518208)] {
        let below = numbers.iter().filter(|&&x| x < bound).count() as f64 / N as f64;
        close(below, share, (share * (1.0 - share)).sqrt() / root);
    }
    // Both halves of a pair stand far apart, but in one block.
    for lag in [1, 64, 128] {
        close(correlation(&numbers[lag..], &numbers[..N - lag]), 0.0, 1.0 / root);
    }
    let moved = straight(3, Distribution::Normal { mean: 9.0, deviation: 2.0 }, 1000);
    assert!(moved.iter().zip(&numbers).all(|(moved, plain)| (moved - (9.0 + 2.0 * plain)).abs() < 1e-12));
}

#[test]
fn exponential_numbers_wait_as_long() {
    let numbers = straight(5, Distribution::Exponential { scale: 2.0 }, N);
    let root = (N as f64).sqrt();
    let [mean, variance, ..] = moments(&numbers);
    close(mean, 2.0, 2.0 / root);
    close(variance, 4.0, 4.0 * 8f64.sqrt() / root);
    assert!(numbers.iter().all(|&x| x >= 0.0));
}

#[test]
fn integers_are_evenly_spread() {
    for (low, count) in [(0i64, 100i64), (-5, 2), (7, 1), (-1000, 65536), (3, 100_000), (0, 3_000_000_000)] {
        let distribution = Distribution::Integers { low, last: low + count - 1, dtype: DType::I64 };
        let numbers = straight(11, distribution, N);
        assert!(numbers.iter().all(|&x| x >= low as f64 && x < (low + count) as f64));
        let bins = count.min(100);
        check_bins(numbers.iter().map(|x| ((x - low as f64) * bins as f64 / count as f64) as usize), bins as usize);
    }
}

#[test]
fn integers_reach_the_ends_of_their_types() {
    let all = Distribution::Integers { low: i64::MIN, last: i64::MAX, dtype: DType::I64 };
    let numbers = straight(1, all, 10_000);
    assert!(numbers.iter().any(|&x| x < -9e18) && numbers.iter().any(|&x| x > 9e18));
    let bytes = Distribution::Integers { low: 0, last: 255, dtype: DType::U8 };
    let numbers = straight(1, bytes, 10_000);
    assert!(numbers.contains(&0.0) && numbers.contains(&255.0));
    let flags = Distribution::Integers { low: 0, last: 1, dtype: DType::Bool };
    let share = straight(1, flags, N).iter().sum::<f64>() / N as f64;
    close(share, 0.5, 0.5 / (N as f64).sqrt());
}

fn distributions() -> impl Strategy<Value = Distribution> {
    prop::sample::select(vec![
        UNIFORM,
        NORMAL,
        Distribution::Exponential { scale: 3.0 },
        Distribution::Integers { low: -3, last: 50, dtype: DType::I64 },
        Distribution::Integers { low: 0, last: 1 << 40, dtype: DType::I64 },
        Distribution::Integers { low: 0, last: 200, dtype: DType::U8 },
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_slice_holds_the_same_numbers(
        seed: u64,
        distribution in distributions(),
        rows in 1usize..40,
        columns in 1usize..400,
        cut in (0.0f64..1.0, 0.0f64..1.0, 0.0f64..1.0, 0.0f64..1.0),
        steps in (prop::sample::select(vec![-3i64, -1, 1, 2]), prop::sample::select(vec![-2i64, -1, 1, 5])),
        transposed: bool,
    ) {
        let base = [rows as u64, columns as u64];
        let all = draw(seed, distribution, &base, &[rows, columns], Walk::straight(2));
        let axis = |length: usize, from: f64, to: f64, step: i64| {
            let (a, b) = ((from * length as f64) as i64, (to * length as f64) as i64);
            let n = ((a - b).abs() / step.abs() + 1) as usize;
            (if step > 0 { a.min(b) } else { a.max(b) }, n)
        };
        let (row, n_rows) = axis(rows, cut.0, cut.1, steps.0);
        let (column, n_columns) = axis(columns, cut.2, cut.3, steps.1);
        let mut walk = Walk {
            start: SmallVec::from_slice(&[row, column]),
            axes: SmallVec::from_slice(&[Some((0, steps.0)), Some((1, steps.1))]),
        };
        let mut shape = [n_rows, n_columns];
        if transposed {
            walk.axes.reverse();
            shape.reverse();
        }
        let part = draw(seed, distribution, &base, &shape, walk);
        for (at, &got) in part.iter().enumerate() {
            let (mut i, mut j) = (at / shape[1], at % shape[1]);
            if transposed {
                (i, j) = (j, i);
            }
            let (i, j) = (row + i as i64 * steps.0, column + j as i64 * steps.1);
            prop_assert_eq!(got.to_bits(), all[i as usize * columns + j as usize].to_bits());
        }
    }
}

//! Moments and shares of drawn numbers against the theory.

use super::draws::log_gamma;
use super::{Draws, Law};
use crate::kernel::random::Generator;

/// Means and variances of many numbers against the theory, at five standard errors.
#[test]
fn moments_are_those_of_the_theory() {
    const N: u64 = 40_000;
    let euler = 0.577_215_664_901_532_9;
    let pi2 = std::f64::consts::PI.powi(2);
    let weibull = |k: f64| ((log_gamma(1.0 + 1.0 / k)).exp(), (log_gamma(1.0 + 2.0 / k)).exp());
    let (w1, w2) = weibull(1.5);
    for (law, p, mean, variance) in [
        (Law::Beta, [2.0, 3.0, 0.0], 0.4, 0.04),
        (Law::Beta, [0.1, 0.2, 0.0], 1.0 / 3.0, (0.1 * 0.2) / (0.09 * 1.3)),
        (Law::Binomial, [10.0, 0.3, 0.0], 3.0, 2.1),
        (Law::Binomial, [1000.0, 0.7, 0.0], 700.0, 210.0),
        (Law::Binomial, [80.0, 0.5, 0.0], 40.0, 20.0),
        (Law::ChiSquare, [3.0, 0.0, 0.0], 3.0, 6.0),
        (Law::Exponential, [2.0, 0.0, 0.0], 2.0, 4.0),
        (Law::F, [5.0, 20.0, 0.0], 20.0 / 18.0, 2.0 * 400.0 * 23.0 / (5.0 * 324.0 * 16.0)),
        (Law::Gamma, [0.3, 2.0, 0.0], 0.6, 1.2),
        (Law::Gamma, [7.5, 0.5, 0.0], 3.75, 1.875),
        (Law::Geometric, [0.25, 0.0, 0.0], 4.0, 12.0),
        (Law::Gumbel, [1.0, 2.0, 0.0], 1.0 + 2.0 * euler, pi2 / 6.0 * 4.0),
        (Law::Hypergeometric, [20.0, 30.0, 10.0], 4.0, 10.0 * 0.4 * 0.6 * 40.0 / 49.0),
        (Law::Hypergeometric, [5000.0, 3000.0, 900.0], 562.5, 900.0 * 0.625 * 0.375 * 7100.0 / 7999.0),
        (Law::Laplace, [1.0, 2.0, 0.0], 1.0, 8.0),
        (Law::Logistic, [1.0, 2.0, 0.0], 1.0, pi2 / 3.0 * 4.0),
        (Law::Lognormal, [0.1, 0.5, 0.0], (0.1f64 + 0.125).exp(), (0.25f64.exp() - 1.0) * (0.2f64 + 0.25).exp()),
        (Law::Logseries, [0.6, 0.0, 0.0], 1.637_035_001_905_937, 1.412_703_907_303_5),
        (Law::NegativeBinomial, [4.0, 0.4, 0.0], 6.0, 15.0),
        (Law::NoncentralChiSquare, [3.0, 2.0, 0.0], 5.0, 14.0),
        (Law::NoncentralChiSquare, [0.5, 2.0, 0.0], 2.5, 9.0),
        (
            Law::NoncentralF,
            [4.0, 30.0, 2.0],
            30.0 * 6.0 / (4.0 * 28.0),
            2.0 * (900.0 / 16.0) * (36.0 + 8.0 * 28.0) / (784.0 * 26.0),
        ),
        (Law::Normal, [3.0, 0.5, 0.0], 3.0, 0.25),
        (Law::Pareto, [5.0, 0.0, 0.0], 0.25, 5.0 / (16.0 * 3.0)),
        (Law::Poisson, [3.5, 0.0, 0.0], 3.5, 3.5),
        (Law::Poisson, [250.0, 0.0, 0.0], 250.0, 250.0),
        (Law::Power, [3.0, 0.0, 0.0], 0.75, 3.0 / (16.0 * 5.0)),
        (
            Law::Rayleigh,
            [2.0, 0.0, 0.0],
            2.0 * (std::f64::consts::PI / 2.0).sqrt(),
            (2.0 - std::f64::consts::FRAC_PI_2) * 4.0,
        ),
        (Law::StandardT, [9.0, 0.0, 0.0], 0.0, 9.0 / 7.0),
        (Law::Triangular, [1.0, 2.0, 6.0], 3.0, (1.0 + 4.0 + 36.0 - 2.0 - 12.0 - 6.0) / 18.0),
        (Law::Uniform, [2.0, 5.0, 0.0], 3.5, 0.75),
        (Law::Wald, [2.0, 3.0, 0.0], 2.0, 8.0 / 3.0),
        (Law::Weibull, [1.5, 0.0, 0.0], w1, w2 - w1 * w1),
        (Law::Zipf, [6.0, 0.0, 0.0], 1.036_927_755_143_37 / 1.017_343_061_984_449, 0.025_2),
    ] {
        let generator = Generator::new(42);
        let numbers: Vec<f64> = (0..N).map(|number| law.draw(&mut Draws::new(generator, number), p)).collect();
        let n = N as f64;
        let found = numbers.iter().sum::<f64>() / n;
        let spread = numbers.iter().map(|x| (x - found).powi(2)).sum::<f64>() / n;
        let error = 5.0 * (variance / n).sqrt();
        assert!((found - mean).abs() < error, "{law:?}{p:?}: mean {found}, not {mean}");
        // Heavy tails leave a variance uncertain.
        assert!((spread / variance - 1.0).abs() < 0.25, "{law:?}{p:?}: variance {spread}, not {variance}");
    }
}

#[test]
fn distributions_are_those_of_the_theory() {
    // The largest distance between the share of numbers below a limit and the theory, for laws with a simple one.
    const N: u64 = 20_000;
    let check = |law: Law, p: [f64; 3], below: &dyn Fn(f64) -> f64| {
        let generator = Generator::new(7);
        let mut numbers: Vec<f64> = (0..N).map(|number| law.draw(&mut Draws::new(generator, number), p)).collect();
        numbers.sort_by(f64::total_cmp);
        let far = numbers.iter().enumerate().map(|(at, &x)| (below(x) - (at as f64 + 0.5) / N as f64).abs());
        let far = far.fold(0.0, f64::max);
        assert!(far < 1.8 / (N as f64).sqrt(), "{law:?}{p:?}: {far}");
    };
    check(Law::StandardCauchy, [0.0; 3], &|x| 0.5 + x.atan() / std::f64::consts::PI);
    check(Law::Laplace, [0.0, 1.0, 0.0], &|x| if x < 0.0 { 0.5 * x.exp() } else { 1.0 - 0.5 * (-x).exp() });
    check(Law::Logistic, [0.0, 1.0, 0.0], &|x| 1.0 / (1.0 + (-x).exp()));
    check(Law::Gumbel, [0.0, 1.0, 0.0], &|x| (-(-x).exp()).exp());
    check(Law::Weibull, [2.0, 0.0, 0.0], &|x| 1.0 - (-x * x).exp());
    check(Law::Pareto, [3.0, 0.0, 0.0], &|x| 1.0 - (1.0 + x).powi(-3));
    check(Law::Power, [2.0, 0.0, 0.0], &|x| x * x);
    check(Law::Gamma, [2.0, 1.0, 0.0], &|x| 1.0 - (1.0 + x) * (-x).exp());
    check(Law::Beta, [2.0, 1.0, 0.0], &|x| x * x);
    check(Law::StandardT, [1.0, 0.0, 0.0], &|x| 0.5 + x.atan() / std::f64::consts::PI);
    check(Law::Triangular, [0.0, 1.0, 2.0], &|x| if x < 1.0 { x * x / 2.0 } else { 1.0 - (2.0 - x).powi(2) / 2.0 });
    check(Law::Vonmises, [0.0, 1e-9, 0.0], &|x| 0.5 + x / std::f64::consts::TAU);
}

#[test]
fn the_bell_curve_has_its_shape_and_its_tails() {
    const N: u64 = 400_000;
    let numbers: Vec<f64> = (0..N).map(|number| Draws::new(Generator::new(3), number).normal()).collect();
    for (limit, expected) in [
        (0.1, 0.079_655_674_554),
        (1.0, 0.682_689_492_137),
        (2.0, 0.954_499_736_104),
        (3.0, 0.997_300_203_937),
        (3.654_152_885_361_009, 0.999_741_966_247),
    ] {
        let share = numbers.iter().filter(|x| x.abs() < limit).count() as f64 / N as f64;
        let error = 5.0 * (expected * (1.0 - expected) / N as f64).sqrt();
        assert!((share - expected).abs() < error, "within {limit}: {share}, not {expected}");
    }
    let right = numbers.iter().filter(|&&x| x > 0.0).count() as f64 / N as f64;
    assert!((right - 0.5).abs() < 2.5 / (N as f64).sqrt(), "{right}");
    assert!(numbers.iter().any(|x| x.abs() > 4.0) && numbers.iter().all(|x| x.abs() < 7.0));
}

#[test]
fn numbers_out_of_a_table_are_as_likely_as_they_should_be() {
    const N: usize = 200_000;
    let binomial = |n: f64, p: f64, k: f64| {
        let choose = log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0);
        (choose + k * p.ln() + (n - k) * (-p).ln_1p()).exp()
    };
    for (law, p) in [
        (Law::Poisson, [3.5, 0.0, 0.0]),
        (Law::Poisson, [0.01, 0.0, 0.0]),
        (Law::Binomial, [10.0, 0.3, 0.0]),
        (Law::Binomial, [1.0, 0.5, 0.0]),
        (Law::Binomial, [12.0, 0.9, 0.0]),
        (Law::Binomial, [1e6, 1e-6, 0.0]),
    ] {
        let mut numbers = vec![0i64; N];
        Generator::new(5).lawful(law, p, 0, 1, &mut numbers);
        for k in 0..13 {
            let expected = match law {
                Law::Poisson => (k as f64 * p[0].ln() - p[0] - log_gamma(k as f64 + 1.0)).exp(),
                _ if k as f64 > p[0] => 0.0,
                _ => binomial(p[0], p[1], k as f64),
            };
            let share = numbers.iter().filter(|&&number| number == k).count() as f64 / N as f64;
            let error = 5.0 * (expected / N as f64).sqrt() + 1e-5;
            assert!((share - expected).abs() < error, "{law:?}{p:?}, {k}: {share}, not {expected}");
        }
    }
}

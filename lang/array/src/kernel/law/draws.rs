//! The stream of random bits of one element, and numbers of many laws made of it.

use super::bell;
use crate::kernel::random::Generator;

/// The random bits of one element.
pub struct Draws {
    generator: Generator,
    at: u64,
}

impl Draws {
    /// Those of the element with this number.
    pub fn new(generator: Generator, number: u64) -> Draws {
        Draws { generator, at: generator.bits(number) }
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.at = self.at.wrapping_add(0xd134_2543_de82_ef95);
        self.generator.bits(self.at)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// In (0, 1).
    pub(super) fn open(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
    }

    pub(super) fn above_zero(&self, u: f64) -> f64 {
        u.max(1.0 / 9_007_199_254_740_992.0)
    }

    /// A waiting time of mean 1.
    pub fn exponential(&mut self) -> f64 {
        -self.open().ln()
    }

    /// The bell curve of width 1.
    pub fn normal(&mut self) -> f64 {
        bell::draw(self)
    }

    /// By Marsaglia and Tsang.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        if shape == 0.0 {
            return 0.0;
        }
        if shape == f64::INFINITY {
            return shape;
        }
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.open().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v <= 0.0 {
                continue;
            }
            let (u, x2) = (self.open(), x * x);
            // Nearly always true, and cheaper than two logarithms.
            if u < 1.0 - 0.0331 * x2 * x2 || u.ln() < 0.5 * x2 + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// The logarithm of a gamma number: small shapes give numbers too small for a float.
    pub(super) fn log_gamma_variate(&mut self, shape: f64) -> f64 {
        if shape < 1.0 { self.gamma(shape + 1.0).ln() + self.open().ln() / shape } else { self.gamma(shape).ln() }
    }

    pub(super) fn noncentral(&mut self, df: f64, nonc: f64) -> f64 {
        if df > 1.0 {
            let near = self.normal() + nonc.sqrt();
            return 2.0 * self.gamma((df - 1.0) / 2.0) + near * near;
        }
        let more = self.poisson(nonc / 2.0);
        2.0 * self.gamma(df / 2.0 + more)
    }

    /// Small rates by multiplication, others by Hörmann's transformed rejection.
    pub(super) fn poisson(&mut self, rate: f64) -> f64 {
        if rate < 10.0 {
            let limit = (-rate).exp();
            let (mut count, mut product) = (0.0, self.unit());
            while product > limit {
                count += 1.0;
                product *= self.unit();
            }
            return count;
        }
        let (root, log) = (rate.sqrt(), rate.ln());
        let b = 0.931 + 2.53 * root;
        let a = -0.059 + 0.02483 * b;
        let inverse = 1.1239 + 1.1328 / (b - 3.4);
        let v_r = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let (u, v) = (self.unit() - 0.5, self.open());
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + rate + 0.43).floor();
            if us >= 0.07 && v <= v_r {
                return k;
            }
            if k < 0.0 || us < 0.013 && v > us {
                continue;
            }
            if (v * inverse / (a / (us * us) + b)).ln() <= k * log - rate - log_gamma(k + 1.0) {
                return k;
            }
        }
    }

    /// Few by inversion, others by Hörmann's transformed rejection.
    pub fn binomial(&mut self, n: f64, p: f64) -> f64 {
        if p > 0.5 {
            return n - self.binomial(n, 1.0 - p);
        }
        if n == 0.0 || p == 0.0 {
            return 0.0;
        }
        let q = 1.0 - p;
        if n * p < 10.0 {
            let first = (n * (-p).ln_1p()).exp();
            // What lies beyond is rarer than rounding: without an end the walk would go on to `n`.
            let end = n.min(n * p + 20.0 * (n * p * q + 1.0).sqrt());
            loop {
                let (mut k, mut chance, mut u) = (0.0, first, self.unit());
                while u > chance {
                    u -= chance;
                    k += 1.0;
                    if k > end {
                        break;
                    }
                    chance *= (n - k + 1.0) * p / (k * q);
                }
                if k <= end {
                    return k;
                }
            }
        }
        let spread = (n * p * q).sqrt();
        let b = 1.15 + 2.53 * spread;
        let a = -0.0873 + 0.0248 * b + 0.01 * p;
        let c = n * p + 0.5;
        let v_r = 0.92 - 4.2 / b;
        let alpha = (2.83 + 5.1 / b) * spread;
        let (odds, mode) = ((p / q).ln(), ((n + 1.0) * p).floor());
        let h = log_gamma(mode + 1.0) + log_gamma(n - mode + 1.0);
        loop {
            let (u, v) = (self.unit() - 0.5, self.open());
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + c).floor();
            if k < 0.0 || k > n {
                continue;
            }
            if us >= 0.07 && v <= v_r {
                return k;
            }
            let v = (v * alpha / (a / (us * us) + b)).ln();
            if v <= h - log_gamma(k + 1.0) - log_gamma(n - k + 1.0) + (k - mode) * odds {
                return k;
            }
        }
    }

    pub(super) fn geometric(&mut self, p: f64) -> f64 {
        if p == 1.0 {
            return 1.0;
        }
        // The largest that an integer holds.
        (self.open().ln() / (-p).ln_1p()).ceil().clamp(1.0, 9.223_372_036_854_775e18)
    }

    /// From the most probable number outwards.
    pub(super) fn hypergeometric(&mut self, good: f64, bad: f64, sample: f64) -> f64 {
        let total = good + bad;
        let (low, high) = ((sample - bad).max(0.0), sample.min(good));
        if low >= high {
            return low;
        }
        let choose = |n: f64, k: f64| log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0);
        let mode = ((sample + 1.0) * (good + 1.0) / (total + 2.0)).floor().clamp(low, high);
        let peak = (choose(good, mode) + choose(bad, sample - mode) - choose(total, sample)).exp();
        loop {
            let mut u = self.unit() - peak;
            if u < 0.0 {
                return mode;
            }
            let (mut up, mut down, mut p_up, mut p_down) = (mode, mode, peak, peak);
            while up < high || down > low {
                if up < high {
                    p_up *= (good - up) * (sample - up) / ((up + 1.0) * (bad - sample + up + 1.0));
                    up += 1.0;
                    u -= p_up;
                    if u < 0.0 {
                        return up;
                    }
                }
                if down > low {
                    p_down *= down * (bad - sample + down) / ((good - down + 1.0) * (sample - down + 1.0));
                    down -= 1.0;
                    u -= p_down;
                    if u < 0.0 {
                        return down;
                    }
                }
                if p_up + p_down < 1e-300 {
                    break;
                }
            }
        }
    }

    /// By Kemp.
    pub(super) fn logseries(&mut self, p: f64) -> f64 {
        let r = (-p).ln_1p();
        loop {
            let v = self.open();
            if v >= p {
                return 1.0;
            }
            let q = -(r * self.open()).exp_m1();
            if v <= q * q {
                let number = (1.0 + v.ln() / q.ln()).floor();
                if (1.0..9.2e18).contains(&number) {
                    return number;
                }
                continue;
            }
            return if v >= q { 1.0 } else { 2.0 };
        }
    }

    /// By Best and Fisher.
    pub(super) fn vonmises(&mut self, mu: f64, kappa: f64) -> f64 {
        use std::f64::consts::PI;
        if kappa < 1e-8 {
            return PI * (2.0 * self.unit() - 1.0);
        }
        let s = if kappa < 1e-5 {
            1.0 / kappa + kappa
        } else if kappa > 1e6 {
            // The bell curve, wrapped.
            let angle = mu + self.normal() / kappa.sqrt();
            return wrapped(angle);
        } else {
            let r = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
            let rho = (r - (2.0 * r).sqrt()) / (2.0 * kappa);
            (1.0 + rho * rho) / (2.0 * rho)
        };
        let w = loop {
            let z = (PI * self.unit()).cos();
            let w = (1.0 + s * z) / (s + z);
            let y = kappa * (s - w);
            let v = self.open();
            if y * (2.0 - y) - v >= 0.0 || (y / v).ln() + 1.0 - y >= 0.0 {
                break w;
            }
        };
        let angle = w.clamp(-1.0, 1.0).acos();
        let angle = if self.unit() < 0.5 { mu - angle } else { mu + angle };
        wrapped(angle)
    }

    /// By Devroye.
    pub(super) fn zipf(&mut self, a: f64) -> f64 {
        if a >= 1025.0 {
            return 1.0;
        }
        let less = a - 1.0;
        let b = 2f64.powf(less);
        // Below this numbers would not fit in an integer.
        let least = 9.2e18f64.powf(-less);
        loop {
            let (u, v) = (self.open(), self.unit());
            let x = (least + u * (1.0 - least)).powf(-1.0 / less).floor();
            if !(1.0..9.2e18).contains(&x) {
                continue;
            }
            let t = less * (1.0 / x).ln_1p();
            if v * x * t.exp_m1() / (less * std::f64::consts::LN_2).exp_m1() <= t.exp() / b {
                return x;
            }
        }
    }
}

/// An angle between -π and π.
fn wrapped(angle: f64) -> f64 {
    use std::f64::consts::{PI, TAU};
    if (-PI..=PI).contains(&angle) { angle } else { (angle + PI).rem_euclid(TAU) - PI }
}

/// The logarithm of the gamma function of a number of at least 1, by Stirling's series.
pub(super) fn log_gamma(x: f64) -> f64 {
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    // The series is for large numbers: small ones are multiplied up.
    let (mut shift, mut y) = (0.0, x);
    if y < 12.0 {
        let mut product = 1.0;
        while y < 12.0 {
            product *= y;
            y += 1.0;
        }
        shift = f64::ln(product);
    }
    let z = 1.0 / (y * y);
    let series = 1.0 / 12.0 - z * (1.0 / 360.0 - z * (1.0 / 1260.0 - z * (1.0 / 1680.0 - z / 1188.0)));
    (y - 0.5) * y.ln() - y + 0.918_938_533_204_672_8 + series / y - shift
}

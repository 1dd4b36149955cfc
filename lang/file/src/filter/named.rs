//! The filters by their names: what weights they have and in which order they go along the axes.

use rdk_array::array::Array;
use rdk_array::kernel::{BinaryFunc, UnaryFunc};
use rdk_array::{Chunk, DType, shape};
use rdk_runtime::{Result, bail};

use super::border::Border;
use super::line::{self, Kernel};
use super::window::{self, WindowStep};

/// What lies beyond the ends, with its constant.
pub type Beyond = (Border, f64);

fn check(array: &Array) -> Result<()> {
    if array.dtype().is_complex() {
        bail!(TypeError: "Complex type not supported"; hint: "filter its real and its imaginary part: `x.real`, `x.imag`");
    }
    Ok(())
}

/// Weighted sums along an axis.
pub fn correlate1d(
    array: &Array,
    weights: Vec<f64>,
    axis: usize,
    origin: i64,
    beyond: Beyond,
    dtype: DType,
) -> Result<Array> {
    check(array)?;
    if weights.is_empty() {
        bail!(RuntimeError: "no filter weights given");
    }
    check_origin(origin, weights.len())?;
    if array.size() == 0 {
        return Ok(array.cast(dtype));
    }
    Ok(line::filter(array, axis, Kernel::Weights(weights), origin, beyond, dtype))
}

fn check_origin(origin: i64, size: usize) -> Result<()> {
    let at = size as i64 / 2 + origin;
    if at < 0 || at >= size as i64 {
        bail!("invalid origin; origin must satisfy -(weights.shape[k] // 2) <= origin[k] <= (weights.shape[k]-1) // 2");
    }
    Ok(())
}

/// The weights of a gaussian, or of one of its derivatives, for sums.
pub fn gaussian_weights(sigma: f64, order: usize, radius: usize) -> Vec<f64> {
    let variance = sigma * sigma;
    let positions: Vec<f64> = (-(radius as i64)..=radius as i64).map(|at| at as f64).collect();
    let phi: Vec<f64> = positions.iter().map(|x| (-0.5 / variance * (x * x)).exp()).collect();
    let total = pairwise(&phi);
    let mut weights: Vec<f64> = phi.iter().map(|phi| phi / total).collect();
    if order > 0 {
        // The polynomial by which the function is multiplied, derivation by derivation.
        let mut polynomial = vec![0.0; order + 1];
        polynomial[0] = 1.0;
        for _ in 0..order {
            let mut next = vec![0.0; order + 1];
            for (power, &factor) in polynomial.iter().enumerate() {
                if power > 0 {
                    next[power - 1] += power as f64 * factor;
                }
                if power < order {
                    next[power + 1] -= factor / variance;
                }
            }
            polynomial = next;
        }
        for (weight, x) in weights.iter_mut().zip(&positions) {
            *weight *= polynomial.iter().enumerate().map(|(power, factor)| x.powi(power as i32) * factor).sum::<f64>();
        }
    }
    weights.reverse();
    weights
}

/// The sum in the order in which NumPy adds: a last digit decides where whole numbers are cut off.
fn pairwise(numbers: &[f64]) -> f64 {
    match numbers.len() {
        0..8 => numbers.iter().sum(),
        8..=128 => {
            let mut lanes: [f64; 8] = numbers[..8].try_into().expect("eight numbers");
            let mut rows = numbers[8..].chunks_exact(8);
            for row in &mut rows {
                lanes.iter_mut().zip(row).for_each(|(lane, number)| *lane += number);
            }
            let [a, b, c, d, e, f, g, h] = lanes;
            rows.remainder().iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, number| sum + number)
        }
        n => {
            let half = n / 2 - n / 2 % 8;
            pairwise(&numbers[..half]) + pairwise(&numbers[half..])
        }
    }
}

/// What a gaussian filter is asked for; one number for each axis.
pub struct Gaussian {
    /// How wide.
    pub sigma: Vec<f64>,
    /// Which derivative.
    pub order: Vec<usize>,
    /// How many sigmas the weights reach.
    pub truncate: f64,
    /// How far they reach, in place of that.
    pub radius: Option<usize>,
}

/// Smoothed along every axis.
pub fn gaussian(array: &Array, wanted: &Gaussian, beyond: Beyond, dtype: DType) -> Result<Array> {
    check(array)?;
    let mut out = array.clone();
    for (axis, (&sigma, &order)) in wanted.sigma.iter().zip(&wanted.order).enumerate() {
        if sigma < 0.0 || sigma.is_nan() {
            bail!("Sigma values less than zero are not valid"; hint: "sigma is {sigma} along axis {axis}");
        }
        if sigma > 1e-15 {
            let reach = wanted.truncate * sigma + 0.5;
            if !(0.0..1e7).contains(&reach) {
                bail!("a gaussian of sigma {sigma} reaches too far");
            }
            let radius = wanted.radius.unwrap_or(reach as usize);
            out = correlate1d(&out, gaussian_weights(sigma, order, radius), axis, 0, beyond, dtype)?;
        }
    }
    Ok(out.cast(dtype))
}

/// Means over a box.
pub fn uniform(array: &Array, sizes: &[usize], origins: &[i64], beyond: Beyond) -> Result<Array> {
    along_axes(array, sizes, origins, beyond, Kernel::Mean)
}

/// The smallest or largest of a box.
pub fn extreme(array: &Array, sizes: &[usize], origins: &[i64], beyond: Beyond, largest: bool) -> Result<Array> {
    along_axes(array, sizes, origins, beyond, if largest { Kernel::Max } else { Kernel::Min })
}

fn along_axes(
    array: &Array,
    sizes: &[usize],
    origins: &[i64],
    beyond: Beyond,
    kernel: fn(usize) -> Kernel,
) -> Result<Array> {
    check(array)?;
    let mut out = array.clone();
    for (axis, (&size, &origin)) in sizes.iter().zip(origins).enumerate() {
        if size == 0 || size > 1 << 26 {
            bail!(RuntimeError: "incorrect filter size");
        }
        check_origin(origin, size)?;
        if size > 1 && array.size() > 0 {
            out = line::filter(&out, axis, kernel(size), origin, beyond, array.dtype());
        }
    }
    Ok(out)
}

/// What goes up or down along an axis, smoothed along the others.
pub fn edges(array: &Array, axis: i64, smooth: [f64; 3], beyond: Beyond) -> Result<Array> {
    let axis = shape::axis(axis, array.ndim())?;
    let dtype = array.dtype();
    let mut out = correlate1d(array, vec![-1.0, 0.0, 1.0], axis, 0, beyond, dtype)?;
    for other in (0..array.ndim()).filter(|&other| other != axis) {
        out = correlate1d(&out, smooth.to_vec(), other, 0, beyond, dtype)?;
    }
    Ok(out)
}

/// The sum of second derivatives.
pub fn laplace(array: &Array, beyond: Beyond) -> Result<Array> {
    let second = |axis: usize| correlate1d(array, vec![1.0, -2.0, 1.0], axis, 0, beyond, array.dtype());
    summed(array, second)
}

fn summed(array: &Array, part: impl Fn(usize) -> Result<Array>) -> Result<Array> {
    if array.ndim() == 0 {
        return Ok(array.clone());
    }
    let mut sum = part(0)?;
    for axis in 1..array.ndim() {
        sum = sum.binary(BinaryFunc::Add, &part(axis)?)?;
    }
    Ok(sum)
}

fn derived(array: &Array, sigma: &[f64], axis: usize, order: usize, truncate: f64, beyond: Beyond) -> Result<Array> {
    let order = (0..array.ndim()).map(|other| if other == axis { order } else { 0 }).collect();
    gaussian(array, &Gaussian { sigma: sigma.to_vec(), order, truncate, radius: None }, beyond, array.dtype())
}

/// The sum of second derivatives of a gaussian.
pub fn gaussian_laplace(array: &Array, sigma: &[f64], truncate: f64, beyond: Beyond) -> Result<Array> {
    summed(array, |axis| derived(array, sigma, axis, 2, truncate, beyond))
}

/// How steep it is, by derivatives of a gaussian.
pub fn gradient_magnitude(array: &Array, sigma: &[f64], truncate: f64, beyond: Beyond) -> Result<Array> {
    let squared = |axis| {
        let part = derived(array, sigma, axis, 1, truncate, beyond)?;
        part.binary(BinaryFunc::Multiply, &part)
    };
    let sum = summed(array, squared)?;
    Ok(sum.unary(UnaryFunc::Sqrt)?.cast(array.dtype()))
}

/// A window's places that count, and where it lies.
pub struct Window {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Which of its places count, in C order.
    pub counts: Vec<bool>,
    /// By how much its middle is moved, for each axis.
    pub origins: Vec<i64>,
}

impl Window {
    fn step(&self, array: &Array, kernel: window::Kernel, beyond: Beyond) -> Result<Array> {
        check(array)?;
        if self.shape.len() != array.ndim() {
            bail!(RuntimeError: "footprint array has incorrect shape."; hint: "it has {} axes, the array has {}", self.shape.len(), array.ndim());
        }
        if self.shape.contains(&0) || !self.counts.contains(&true) {
            bail!("All-zero footprint is not supported.");
        }
        for (&origin, &size) in self.origins.iter().zip(&self.shape) {
            check_origin(origin, size)?;
        }
        if array.size() == 0 || array.ndim() == 0 {
            return Ok(array.clone());
        }
        let strides = shape::strides(&self.shape);
        let place =
            |at: usize| self.shape.iter().zip(&strides).map(|(&length, &stride)| at / stride % length).collect();
        let places = self.counts.iter().enumerate().filter(|(_, counts)| **counts).map(|(at, _)| place(at)).collect();
        let before = self.shape.iter().zip(&self.origins).map(|(&size, &origin)| (size as i64 / 2 + origin) as usize);
        let step = WindowStep {
            kernel,
            window: self.shape.clone(),
            places,
            before: before.collect(),
            border: beyond.0,
            cval: beyond.1,
            grid: array.chunks().clone(),
            dtype: array.dtype(),
        };
        Ok(step.of(array))
    }

    /// Of an array of flags.
    pub fn of(structure: &Chunk, origins: Vec<i64>) -> Window {
        Window { shape: structure.shape().to_vec(), counts: structure.to_vec(), origins }
    }

    /// How many places count.
    pub fn count(&self) -> usize {
        self.counts.iter().filter(|&&counts| counts).count()
    }

    /// The one at a place when they are sorted; a negative one counts from the end.
    pub fn rank(&self, array: &Array, rank: i64, beyond: Beyond) -> Result<Array> {
        let n = self.count() as i64;
        let at = if rank < 0 { rank + n } else { rank };
        if !(0..n).contains(&at) {
            bail!(RuntimeError: "rank not within filter footprint size"; hint: "the footprint has {n} places");
        }
        self.step(array, window::Kernel::Rank(at as usize), beyond)
    }

    /// The one that so many percent are below.
    pub fn percentile(&self, array: &Array, percentile: f64, beyond: Beyond) -> Result<Array> {
        let percentile = if percentile < 0.0 { percentile + 100.0 } else { percentile };
        if !(0.0..=100.0).contains(&percentile) {
            bail!(RuntimeError: "invalid percentile");
        }
        let n = self.count();
        let rank = if percentile == 100.0 { n.saturating_sub(1) } else { (n as f64 * percentile / 100.0) as usize };
        self.rank(array, rank as i64, beyond)
    }
}

/// Weighted sums over a window; turned round it is a convolution.
pub fn correlate(
    array: &Array,
    weights: &[f64],
    window: &[usize],
    origins: &[i64],
    beyond: Beyond,
    turned: bool,
) -> Result<Array> {
    let mut weights = weights.to_vec();
    let mut origins = origins.to_vec();
    if turned {
        weights.reverse();
        for (origin, size) in origins.iter_mut().zip(window) {
            *origin = -*origin - i64::from(size % 2 == 0);
        }
    }
    if let ([_], [origin]) = (window, origins.as_slice()) {
        return correlate1d(array, weights, 0, *origin, beyond, array.dtype());
    }
    let counts: Vec<bool> = weights.iter().map(|weight| weight.abs() > f64::EPSILON).collect();
    if !counts.contains(&true) && !weights.is_empty() && window.len() == array.ndim() {
        return array.binary(BinaryFunc::Subtract, array).map(|zeros| zeros.cast(array.dtype()));
    }
    let kept = weights.iter().zip(&counts).filter(|(_, counts)| **counts).map(|(weight, _)| *weight).collect();
    Window { shape: window.to_vec(), counts, origins }.step(array, window::Kernel::Weights(kept), beyond)
}

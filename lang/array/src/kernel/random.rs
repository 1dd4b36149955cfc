//! Random numbers, each a function of seed and element number.
//!
//! The bits are SplitMix64's with a second key between its two rounds: a counter in steps of the golden ratio, mixed. Any
//! element can be made without those before it, so that chunks, slices and threads do not change the numbers.

use serde::{Deserialize, Serialize};

use crate::dtype::DType;
use crate::element::Element;
use crate::kernel::simd::{self, Forms, Level, Loop};

/// How random numbers are spread.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub enum Distribution {
    /// float64, evenly in `[low, high)`.
    Uniform {
        /// The smallest.
        low: f64,
        /// Above the largest.
        high: f64,
    },
    /// float64, the bell curve.
    Normal {
        /// Where its middle is.
        mean: f64,
        /// How wide it is.
        deviation: f64,
    },
    /// Integers, evenly from `low` up to and with `last`.
    Integers {
        /// The smallest.
        low: i64,
        /// The largest, as wide as `uint64` needs; read as `uint64` if that is the type.
        last: i64,
        /// An integer type or `bool`.
        dtype: DType,
    },
    /// float64, waiting times of this mean.
    Exponential {
        /// Their mean.
        scale: f64,
    },
}

impl Distribution {
    /// The type of its numbers.
    pub fn dtype(&self) -> DType {
        match self {
            Distribution::Uniform { .. } | Distribution::Normal { .. } | Distribution::Exponential { .. } => DType::F64,
            Distribution::Integers { dtype, .. } => *dtype,
        }
    }
}

/// Numbers that follow each other are made in blocks of so many, in two halves.
const BLOCK: usize = 128;
const HALF: usize = BLOCK / 2;

/// Ranges of integers up to this long take 32 random bits an element; the bias is then below one in 65 536.
const NARROW: u64 = 1 << 16;

/// Element number to random bits, for one seed.
#[derive(Clone, Copy)]
pub struct Generator {
    start: u64,
    key: u64,
}

/// The step of the counter: 2^64 over the golden ratio, as in SplitMix64.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline(always)]
fn mix(counter: u64, key: u64) -> u64 {
    let z = (counter ^ (counter >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ key;
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 53 bits as a number in [0, 1).
#[inline(always)]
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / 9007199254740992.0)
}

/// 53 bits as a number in (0, 1].
#[inline(always)]
fn unit_above_zero(bits: u64) -> f64 {
    ((bits >> 11) + 1) as f64 * (1.0 / 9007199254740992.0)
}

impl Generator {
    /// Seeds are scattered first: neighbouring ones give streams that have nothing in common.
    pub fn new(seed: u64) -> Generator {
        let start = mix(seed.wrapping_add(STEP), 0);
        let key = mix(start.wrapping_add(STEP) ^ seed.rotate_left(32), STEP);
        Generator { start, key }
    }

    /// 64 random bits for this number.
    #[inline(always)]
    pub fn bits(self, number: u64) -> u64 {
        mix(self.start.wrapping_add(number.wrapping_add(1).wrapping_mul(STEP)), self.key)
    }

    /// The elements with the numbers `first`, `first + stride`, … of an array of this distribution.
    pub fn fill<T: Element>(self, distribution: &Distribution, first: i64, stride: i64, out: &mut [T]) {
        match *distribution {
            Distribution::Uniform { low, high } => {
                let width = high - low;
                self.one_each(first, stride, out, move |bits| T::from_f64(low + unit(bits) * width));
            }
            Distribution::Exponential { scale } => {
                self.one_each(first, stride, out, move |bits| T::from_f64(-unit_above_zero(bits).ln() * scale));
            }
            Distribution::Normal { mean, deviation } => self.normal(mean, deviation, first, stride, out),
            Distribution::Integers { low, last, .. } => self.integers(low, last, first, stride, out),
        }
    }

    fn one_each<T: Element>(self, first: i64, stride: i64, out: &mut [T], function: impl Fn(u64) -> T) {
        simd::run(OneEach { generator: self, first, stride, out, function });
    }

    fn integers<T: Element>(self, low: i64, last: i64, first: i64, stride: i64, out: &mut [T]) {
        let span = (last as u64).wrapping_sub(low as u64);
        if span < NARROW {
            let count = span + 1;
            let narrow = move |bits: u64| T::from_i64(low.wrapping_add(((bits * count) >> 32) as i64));
            self.halves(first, stride, out, narrow);
        } else {
            // All of 64 bits has no count that fits in 64.
            let wide = move |bits: u64| match span.checked_add(1) {
                Some(count) => ((u128::from(bits) * u128::from(count)) >> 64) as u64,
                None => bits,
            };
            self.one_each(first, stride, out, move |bits| T::from_i64(low.wrapping_add(wide(bits) as i64)));
        }
    }

    /// The low half of a block's elements take the low halves of its random bits, the high half the high ones.
    fn halves<T: Element>(self, first: i64, stride: i64, out: &mut [T], function: impl Fn(u64) -> T) {
        for (at, out) in out.iter_mut().enumerate() {
            let number = (first + at as i64 * stride) as u64;
            let (block, lane) = (number / BLOCK as u64, number % BLOCK as u64);
            let bits = self.bits(block * HALF as u64 + lane % HALF as u64);
            *out = function(if lane < HALF as u64 { bits & 0xffff_ffff } else { bits >> 32 });
        }
    }

    /// By Box and Muller: the two halves of a block are the cosine and the sine of the same pairs.
    fn normal<T: Element>(self, mean: f64, deviation: f64, first: i64, stride: i64, out: &mut [T]) {
        for (at, out) in out.iter_mut().enumerate() {
            let number = (first + at as i64 * stride) as u64;
            let (block, lane) = (number / BLOCK as u64, number % BLOCK as u64);
            let pair = block * BLOCK as u64 + lane % HALF as u64;
            let radius = (-2.0 * unit_above_zero(self.bits(pair)).ln()).sqrt();
            let angle = unit(self.bits(pair + HALF as u64)) * std::f64::consts::TAU;
            let direction = if lane < HALF as u64 { angle.cos() } else { angle.sin() };
            *out = T::from_f64(mean + radius * direction * deviation);
        }
    }
}

struct OneEach<'a, T, F> {
    generator: Generator,
    first: i64,
    stride: i64,
    out: &'a mut [T],
    function: F,
}

impl<T: Element, F: Fn(u64) -> T> Loop for OneEach<'_, T, F> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        for (at, out) in self.out.iter_mut().enumerate() {
            let number = self.first + at as i64 * self.stride;
            *out = (self.function)(self.generator.bits(number as u64));
        }
    }
}

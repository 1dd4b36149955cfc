//! Random numbers, each a function of seed and element number.
//!
//! The bits are SplitMix64's with a second key between its two rounds: a counter in steps of the golden ratio, mixed. Any
//! element can be made without those before it, so that chunks, slices and threads do not change the numbers.

use serde::{Deserialize, Serialize};

use crate::dtype::DType;
use crate::element::Element;
use crate::kernel::law::{Draws, Law, Table};
use crate::kernel::math;
use crate::kernel::shuffle::Shuffle;
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
    /// The numbers below `n` in random order, as int64: different elements are different numbers.
    Order {
        /// How many numbers; there are no more elements.
        n: i64,
    },
    /// float64, waiting times of this mean.
    Exponential {
        /// Their mean.
        scale: f64,
    },
    /// Numbers that take more than one step to make.
    Lawful {
        /// How they are spread.
        law: Law,
        /// Its parameters, in NumPy's order.
        parameters: [f64; 3],
    },
}

impl Distribution {
    /// The type of its numbers.
    pub fn dtype(&self) -> DType {
        match self {
            Distribution::Uniform { .. } | Distribution::Normal { .. } | Distribution::Exponential { .. } => DType::F64,
            Distribution::Integers { dtype, .. } => *dtype,
            Distribution::Order { .. } => DType::I64,
            Distribution::Lawful { law, .. } => law.dtype(),
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

    #[inline(always)]
    fn counter(self, number: u64) -> u64 {
        self.start.wrapping_add(number.wrapping_add(1).wrapping_mul(STEP))
    }

    /// 64 random bits for this number.
    #[inline(always)]
    pub fn bits(self, number: u64) -> u64 {
        mix(self.counter(number), self.key)
    }

    /// The elements with the numbers `first`, `first + stride`, … of an array of a distribution of float64.
    pub fn reals(self, distribution: &Distribution, first: i64, stride: i64, out: &mut [f64]) {
        match *distribution {
            Distribution::Uniform { low, high } => self.singles(first, stride, out, Uniform { low, width: high - low }),
            Distribution::Exponential { scale } => self.singles(first, stride, out, Exponential { scale }),
            Distribution::Normal { mean, deviation } => self.pairs(first, stride, out, Normal { mean, deviation }),
            Distribution::Integers { .. } | Distribution::Order { .. } => out.fill(f64::NAN),
            Distribution::Lawful { law, parameters } => self.lawful(law, parameters, first, stride, out),
        }
    }

    /// The same of a law; whole numbers if `T` is an integer.
    pub fn lawful<T: Element>(self, law: Law, parameters: [f64; 3], first: i64, stride: i64, out: &mut [T]) {
        let table = Table::of(law, parameters);
        for (at, out) in out.iter_mut().enumerate() {
            let number = first.wrapping_add((at as i64).wrapping_mul(stride));
            let mut draws = Draws::new(self, number as u64);
            *out = T::from_f64(match &table {
                Some(table) => table.look_up(draws.unit()),
                None => law.draw(&mut draws, parameters),
            });
        }
    }

    /// The same of integers from `low` up to and with `last`; as `uint64` if `last` is below `low`.
    pub fn integers(self, low: i64, last: i64, first: i64, stride: i64, out: &mut [i64]) {
        let span = (last as u64).wrapping_sub(low as u64);
        if span < NARROW {
            self.pairs(first, stride, out, Narrow { low, count: span + 1 });
        } else if span < 1 << 32 {
            self.singles(first, stride, out, Middle { low, count: span + 1 });
        } else {
            self.singles(first, stride, out, Broad { low, span });
        }
    }

    /// The numbers below `n` in random order, from these places.
    pub fn order(self, n: i64, first: i64, stride: i64, out: &mut [i64]) {
        let shuffle = Shuffle::new(n as u64, |at| self.bits(at));
        for (at, out) in out.iter_mut().enumerate() {
            *out = shuffle.at(first.wrapping_add((at as i64).wrapping_mul(stride)) as u64) as i64;
        }
    }

    fn singles<T: Element>(self, first: i64, stride: i64, out: &mut [T], draw: impl Single<T>) {
        simd::run(Singles { generator: self, first, stride, out, draw });
    }

    fn pairs<T: Element>(self, first: i64, stride: i64, out: &mut [T], draw: impl Pair<T>) {
        if stride != 1 {
            return simd::run(Scattered { generator: self, first, stride, out, draw });
        }
        let mut at = 0;
        while at < out.len() {
            let number = first as u64 + at as u64;
            let (block, lane) = (number / BLOCK as u64, (number % BLOCK as u64) as usize);
            let n = (BLOCK - lane).min(out.len() - at);
            match out[at..at + n].as_mut_array::<BLOCK>() {
                Some(out) => simd::run(WholeBlock { generator: self, block, out, draw }),
                None => {
                    let mut whole = [T::default(); BLOCK];
                    simd::run(WholeBlock { generator: self, block, out: &mut whole, draw });
                    out[at..at + n].copy_from_slice(&whole[lane..lane + n]);
                }
            }
            at += n;
        }
    }
}

/// How 64 random bits become an element.
trait Single<T>: Copy {
    fn draw(self, bits: u64) -> T;
}

/// How random bits become two elements: the first half of a block takes the first ones, the second half the others.
trait Pair<T>: Copy {
    /// Does a pair take two times 64 bits?
    const TWICE: bool;
    fn draw(self, bits: u64, more: u64) -> (T, T);
}

#[derive(Clone, Copy)]
struct Uniform {
    low: f64,
    width: f64,
}

impl Single<f64> for Uniform {
    #[inline(always)]
    fn draw(self, bits: u64) -> f64 {
        unit(bits).mul_add(self.width, self.low)
    }
}

#[derive(Clone, Copy)]
struct Exponential {
    scale: f64,
}

impl Single<f64> for Exponential {
    #[inline(always)]
    fn draw(self, bits: u64) -> f64 {
        -math::log(unit_above_zero(bits)) * self.scale
    }
}

/// By Box and Muller: a distance from the middle, and a direction.
#[derive(Clone, Copy)]
struct Normal {
    mean: f64,
    deviation: f64,
}

impl Pair<f64> for Normal {
    const TWICE: bool = true;

    #[inline(always)]
    fn draw(self, bits: u64, more: u64) -> (f64, f64) {
        let distance = (-2.0 * math::log(unit_above_zero(bits))).sqrt() * self.deviation;
        let (x, y) = math::turn(unit(more));
        (distance.mul_add(x, self.mean), distance.mul_add(y, self.mean))
    }
}

/// 32 bits an element.
#[derive(Clone, Copy)]
struct Narrow {
    low: i64,
    count: u64,
}

impl Pair<i64> for Narrow {
    const TWICE: bool = false;

    #[inline(always)]
    fn draw(self, bits: u64, _: u64) -> (i64, i64) {
        // A count of 32 bits: a vector multiplies those three times as fast as 64.
        let count = self.count & 0xffff_ffff;
        let one = ((bits & 0xffff_ffff) * count) >> 32;
        let two = ((bits >> 32) * count) >> 32;
        (self.low.wrapping_add(one as i64), self.low.wrapping_add(two as i64))
    }
}

/// Up to 2^32 different ones. The highest bits of a product with 64 bits, in two that a vector can do.
#[derive(Clone, Copy)]
struct Middle {
    low: i64,
    count: u64,
}

impl Single<i64> for Middle {
    #[inline(always)]
    fn draw(self, bits: u64) -> i64 {
        // A count of 2^32 needs one bit more than such a product takes: its share is added apart.
        let (count, full) = (self.count & 0xffff_ffff, self.count >> 32);
        let (high, low) = (bits >> 32, bits & 0xffff_ffff);
        let product = (high * count + ((low * count) >> 32)) >> 32;
        self.low.wrapping_add((product + full * high) as i64)
    }
}

#[derive(Clone, Copy)]
struct Broad {
    low: i64,
    span: u64,
}

impl Single<i64> for Broad {
    #[inline(always)]
    fn draw(self, bits: u64) -> i64 {
        // All of 64 bits has no count that fits in 64.
        let product = match self.span.checked_add(1) {
            Some(count) => ((u128::from(bits) * u128::from(count)) >> 64) as u64,
            None => bits,
        };
        self.low.wrapping_add(product as i64)
    }
}

/// The random bits of a pair. Blocks that take twice as many keep theirs apart.
#[inline(always)]
fn pair_bits(generator: Generator, block: u64, lane: u64, twice: bool) -> (u64, u64) {
    if twice {
        let number = block.wrapping_mul(BLOCK as u64).wrapping_add(lane);
        (generator.bits(number), generator.bits(number.wrapping_add(HALF as u64)))
    } else {
        (generator.bits(block.wrapping_mul(HALF as u64).wrapping_add(lane)), 0)
    }
}

struct Singles<'a, T, D> {
    generator: Generator,
    first: i64,
    stride: i64,
    out: &'a mut [T],
    draw: D,
}

impl<T: Element, D: Single<T>> Loop for Singles<'_, T, D> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        // Counters of evenly spaced numbers are evenly spaced: an addition instead of a product for each.
        let mut counter = self.generator.counter(self.first as u64);
        let step = STEP.wrapping_mul(self.stride as u64);
        for out in self.out {
            *out = self.draw.draw(mix(counter, self.generator.key));
            counter = counter.wrapping_add(step);
        }
    }
}

struct WholeBlock<'a, T, D> {
    generator: Generator,
    block: u64,
    out: &'a mut [T; BLOCK],
    draw: D,
}

impl<T: Element, D: Pair<T>> Loop for WholeBlock<'_, T, D> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        let first = self.block.wrapping_mul(if D::TWICE { BLOCK } else { HALF } as u64);
        let mut counter = self.generator.counter(first);
        let ahead = STEP.wrapping_mul(HALF as u64);
        let (one, two) = self.out.split_at_mut(HALF);
        for (one, two) in one.iter_mut().zip(two) {
            let bits = mix(counter, self.generator.key);
            let more = if D::TWICE { mix(counter.wrapping_add(ahead), self.generator.key) } else { 0 };
            (*one, *two) = self.draw.draw(bits, more);
            counter = counter.wrapping_add(STEP);
        }
    }
}

struct Scattered<'a, T, D> {
    generator: Generator,
    first: i64,
    stride: i64,
    out: &'a mut [T],
    draw: D,
}

impl<T: Element, D: Pair<T>> Loop for Scattered<'_, T, D> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        for (at, out) in self.out.iter_mut().enumerate() {
            let number = self.first.wrapping_add((at as i64).wrapping_mul(self.stride)) as u64;
            let (block, lane) = (number / BLOCK as u64, number % BLOCK as u64);
            let (bits, more) = pair_bits(self.generator, block, lane % HALF as u64, D::TWICE);
            let (one, two) = self.draw.draw(bits, more);
            *out = if lane < HALF as u64 { one } else { two };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_second_key_it_is_splitmix64() {
        let generator = Generator { start: 1234567, key: 0 };
        let bits: Vec<u64> = (0..5).map(|number| generator.bits(number)).collect();
        let known =
            [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        assert_eq!(bits, known);
    }

    #[test]
    fn high_bits_of_products_are_right() {
        for span in [1u64 << 20, (1 << 32) - 1, (1 << 32) - 2, 3_000_000_000] {
            let count = span.checked_add(1).unwrap();
            for bits in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef, 1 << 63, 0xffff_ffff_0000_0000] {
                let expected = ((u128::from(bits) * u128::from(count)) >> 64) as i64;
                assert_eq!(Middle { low: 0, count }.draw(bits), expected);
                assert_eq!(Broad { low: 0, span }.draw(bits), expected);
            }
        }
    }
}

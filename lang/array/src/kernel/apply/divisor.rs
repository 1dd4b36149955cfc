//! Whole numbers divided by one number for all, as floats, without a division.
//!
//! Of `x / d` with whole numbers the part behind the point is 0, 1 or up to `d - 1` parts of `d`; half a part more, it is at least half a part
//! away from a whole number. That is more than the reciprocal and the product are rounded by as long as `x` is below 2^51: so
//! `floor((x + 0.5) * (1 / d))` is the quotient rounded down. Measured on numbers in the cache this takes half the time of a division.

use super::integer::Integer;
use crate::kernel::loops::MapBy;
use crate::kernel::simd::{Forms, Level};

/// Below this size numbers are exact as floats, with one bit more behind the point and another to spare.
const LIMIT: f64 = 1_125_899_906_842_624.0;
/// A float of this size is rounded to whole numbers, and its last bits are that number: 1.5 * 2^52.
const SHIFT: f64 = 6_755_399_441_055_744.0;

/// A number to divide by, not 0.
#[derive(Clone, Copy)]
pub struct Divisor<T> {
    own: T,
    /// Of a negative one everything is turned round.
    sign: f64,
    size: f64,
    reciprocal: f64,
}

impl<T: Integer> Divisor<T> {
    /// `None` for 0, and for what is no exact float.
    pub fn of(own: T) -> Option<Divisor<T>> {
        let size = own.cast::<f64>().abs();
        let sign = if own < T::ZERO { -1.0 } else { 1.0 };
        (size > 0.0 && size < LIMIT).then(|| Divisor { own, sign, size, reciprocal: 1.0 / size })
    }

    /// The number to be divided and the quotient, both with the sign of the divisor taken off.
    #[inline(always)]
    fn divide(self, x: T) -> (f64, f64) {
        let x = x.cast::<f64>() * self.sign;
        (x, ((x + 0.5) * self.reciprocal).floor())
    }

    #[inline(always)]
    fn is_rare(self, x: T) -> bool {
        size_of::<T>() == 8 && x.cast::<f64>().abs() >= LIMIT
    }
}

/// A whole float of this type, if it is below the limit.
#[inline(always)]
fn whole<T: Integer>(number: f64) -> T {
    T::from_i64((number + SHIFT).to_bits().wrapping_sub(SHIFT.to_bits()) as i64)
}

/// Quotients rounded down.
#[derive(Clone, Copy)]
pub struct QuotientBy<T>(pub Divisor<T>);

impl<T: Integer> MapBy<T> for QuotientBy<T> {
    const FORMS: Forms = if size_of::<T>() == 8 { Forms::Three } else { Forms::Two };

    #[inline(always)]
    fn apply<L: Level>(self, x: T) -> T {
        whole(self.0.divide(x).1)
    }

    #[inline(always)]
    fn is_rare(self, x: T) -> bool {
        self.0.is_rare(x)
    }

    #[inline(always)]
    fn rare(self, x: T) -> T {
        x.floor_over(self.0.own)
    }
}

/// What is left over, with the sign of the divisor.
#[derive(Clone, Copy)]
pub struct RestBy<T>(pub Divisor<T>);

impl<T: Integer> MapBy<T> for RestBy<T> {
    const FORMS: Forms = QuotientBy::<T>::FORMS;

    #[inline(always)]
    fn apply<L: Level>(self, x: T) -> T {
        let (x, quotient) = self.0.divide(x);
        whole((x - quotient * self.0.size) * self.0.sign)
    }

    #[inline(always)]
    fn is_rare(self, x: T) -> bool {
        self.0.is_rare(x)
    }

    #[inline(always)]
    fn rare(self, x: T) -> T {
        x.modulo(self.0.own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::simd::Plain;

    fn check<T: Integer>(numbers: &[T], divisors: &[T]) {
        for &by in divisors.iter().filter(|by| **by != T::ZERO) {
            let Some(divisor) = Divisor::of(by) else { continue };
            for &x in numbers {
                let quotient = QuotientBy(divisor);
                let made = if quotient.is_rare(x) { quotient.rare(x) } else { quotient.apply::<Plain>(x) };
                assert_eq!(made, x.floor_over(by), "{x:?} // {by:?}");
                let rest = RestBy(divisor);
                let made = if rest.is_rare(x) { rest.rare(x) } else { rest.apply::<Plain>(x) };
                assert_eq!(made, x.modulo(by), "{x:?} % {by:?}");
            }
        }
    }

    #[test]
    fn quotients_are_exact_beside_every_border() {
        let mut wide = vec![i64::MIN, i64::MIN + 1, i64::MAX, 0];
        for power in 0..63 {
            let two = 1i64 << power;
            for near in [two - 2, two - 1, two, two + 1, two / 3, two / 7 * 5, two / 10 * 10] {
                wide.extend([near, -near]);
            }
        }
        check(&wide, &wide);
        let multiples: Vec<i64> = wide.iter().flat_map(|one| [one / 7 * 7, one / 7 * 7 - 1, one / 999 * 999]).collect();
        check(&multiples, &[7, -7, 999, 3, -1000, 1 << 40, (1 << 50) - 1]);
        let unsigned: Vec<u64> = wide.iter().map(|one| *one as u64).collect();
        check(&unsigned, &unsigned);
        let narrow: Vec<i32> = wide.iter().map(|one| *one as i32).chain([i32::MIN, i32::MAX]).collect();
        check(&narrow, &narrow);
        let bytes: Vec<i8> = (i8::MIN..=i8::MAX).collect();
        check(&bytes, &bytes);
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        check(&bytes, &bytes);
    }
}

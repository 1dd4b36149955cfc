//! The order of elements: every element has a key, and keys are compared as whole numbers are. NaN comes last, as in NumPy.

use num_complex::{Complex32, Complex64};

use super::word::{Double, Single, Word};
use crate::element::Element;

/// An element that has a place in an order.
pub trait Ordered: Element {
    /// What stands for it in comparisons.
    type Key: Ord + Copy + Send + Sync;

    /// Its key; another for -0.0 than for 0.0, the same for all NaN.
    fn key(self) -> Self::Key;

    /// The element of a key.
    fn of_key(key: Self::Key) -> Self;

    /// Its key, where -0.0 and 0.0 are equal.
    fn level(self) -> Self::Key;

    /// The same as a number of 64 bits; complex numbers have none.
    fn code(self) -> i64;

    /// The element of such a number.
    fn of_code(code: i64) -> Self;

    /// The same for complex numbers, too: two of them.
    fn codes(self) -> [i64; 2] {
        [self.code(), 0]
    }

    /// The element of those.
    fn of_codes(codes: [i64; 2]) -> Self {
        Self::of_code(codes[0])
    }

    /// The whole number that stands for it when it is sorted: its key from 0 up. Complex numbers have none.
    type Word: Word;

    /// Do its words stand for it?
    const WORDS: bool = true;

    /// Its word.
    fn word(self) -> Self::Word;

    /// The element of a word.
    fn of_word(word: Self::Word) -> Self;

    /// Its own bits, as a word has them.
    fn bits(self) -> Self::Word;

    /// Its word, where -0.0 and 0.0 are equal.
    fn level_word(self) -> Self::Word {
        self.word()
    }

    /// Is it not a number?
    fn is_nothing(self) -> bool {
        false
    }
}

macro_rules! ordered_integers {
    ($($T:ty, $Word:ty: $value:ident => $code:expr, $back:expr, $word:expr, $of_word:expr, $bits:expr;)*) => {$(
        impl Ordered for $T {
            type Key = $T;

            #[inline(always)]
            fn key(self) -> $T {
                self
            }

            #[inline(always)]
            fn of_key(key: $T) -> $T {
                key
            }

            #[inline(always)]
            fn level(self) -> $T {
                self
            }

            #[inline(always)]
            fn code(self) -> i64 {
                let $value = self;
                $code
            }

            #[inline(always)]
            fn of_code($value: i64) -> $T {
                $back
            }

            type Word = $Word;

            #[inline(always)]
            fn word(self) -> $Word {
                let $value = self;
                $word
            }

            #[inline(always)]
            fn of_word($value: $Word) -> $T {
                $of_word
            }

            #[inline(always)]
            fn bits(self) -> $Word {
                let $value = self;
                $bits
            }
        }
    )*};
}

ordered_integers! {
    bool, u8: value => i64::from(value), value != 0, u8::from(value), value != 0, u8::from(value);
    i8, u8: value => i64::from(value), value as i8, (value ^ i8::MIN) as u8, value as i8 ^ i8::MIN, value as u8;
    i16, u16: value => i64::from(value), value as i16, (value ^ i16::MIN) as u16, value as i16 ^ i16::MIN, value as u16;
    i32, u32: value => i64::from(value), value as i32, (value ^ i32::MIN) as u32, value as i32 ^ i32::MIN, value as u32;
    i64, u64: value => value, value, (value ^ i64::MIN) as u64, value as i64 ^ i64::MIN, value as u64;
    u8, u8: value => i64::from(value), value as u8, value, value, value;
    u16, u16: value => i64::from(value), value as u16, value, value, value;
    u32, u32: value => i64::from(value), value as u32, value, value, value;
    u64, u64: value => (value ^ (1 << 63)) as i64, value as u64 ^ (1 << 63), value, value, value;
}

macro_rules! ordered_floats {
    ($($T:ty, $bits:ty, $unsigned:ty, $Word:ident;)*) => {$(
        impl Ordered for $T {
            type Key = $bits;

            // Bits of negative numbers grow the other way.
            #[inline(always)]
            fn key(self) -> $bits {
                let bits = self.to_bits() as $bits;
                let key = bits ^ (((bits >> (<$bits>::BITS - 1)) as $unsigned) >> 1) as $bits;
                if self.is_nan() { <$bits>::MAX } else { key }
            }

            #[inline(always)]
            fn of_key(key: $bits) -> $T {
                let bits = key ^ (((key >> (<$bits>::BITS - 1)) as $unsigned) >> 1) as $bits;
                // The last key is that of NaN; its bits are those of one.
                <$T>::from_bits(bits as $unsigned)
            }

            #[inline(always)]
            fn level(self) -> $bits {
                (self + 0.0).key()
            }

            #[inline(always)]
            fn code(self) -> i64 {
                i64::from(self.level())
            }

            #[inline(always)]
            fn of_code(code: i64) -> $T {
                <$T>::of_key(code as $bits)
            }

            type Word = $Word;

            #[inline(always)]
            fn word(self) -> $Word {
                $Word((self.key() ^ <$bits>::MIN) as $unsigned)
            }

            #[inline(always)]
            fn of_word(word: $Word) -> $T {
                <$T>::of_key(word.0 as $bits ^ <$bits>::MIN)
            }

            #[inline(always)]
            fn bits(self) -> $Word {
                $Word(self.to_bits())
            }

            #[inline(always)]
            fn level_word(self) -> $Word {
                (self + 0.0).word()
            }

            #[inline(always)]
            fn is_nothing(self) -> bool {
                self.is_nan()
            }
        }
    )*};
}

ordered_floats! {
    f32, i32, u32, Single;
    f64, i64, u64, Double;
}

macro_rules! ordered_complex {
    ($($T:ty, $part:ty, $bits:ty;)*) => {$(
        impl Ordered for $T {
            /// How much of it is NaN, then the real part, then the imaginary part.
            type Key = (u8, $bits, $bits);

            #[inline(always)]
            fn key(self) -> Self::Key {
                (u8::from(self.re.is_nan()) * 2 + u8::from(self.im.is_nan()), self.re.key(), self.im.key())
            }

            #[inline(always)]
            fn of_key(key: Self::Key) -> $T {
                <$T>::new(<$part>::of_key(key.1), <$part>::of_key(key.2))
            }

            #[inline(always)]
            fn level(self) -> Self::Key {
                <$T>::new(self.re + 0.0, self.im + 0.0).key()
            }

            fn code(self) -> i64 {
                unreachable!("complex numbers are not sorted by codes")
            }

            fn of_code(_: i64) -> $T {
                unreachable!("complex numbers are not sorted by codes")
            }

            type Word = u64;
            const WORDS: bool = false;

            fn word(self) -> u64 {
                unreachable!("complex numbers have no words")
            }

            fn of_word(_: u64) -> $T {
                unreachable!("complex numbers have no words")
            }

            fn bits(self) -> u64 {
                unreachable!("complex numbers have no words")
            }

            fn codes(self) -> [i64; 2] {
                [self.re.code(), self.im.code()]
            }

            fn of_codes(codes: [i64; 2]) -> $T {
                <$T>::new(<$part>::of_code(codes[0]), <$part>::of_code(codes[1]))
            }

            #[inline(always)]
            fn is_nothing(self) -> bool {
                self.re.is_nan() || self.im.is_nan()
            }
        }
    )*};
}

ordered_complex! {
    Complex32, f32, i32;
    Complex64, f64, i64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_numbers() {
        let numbers = [f64::NEG_INFINITY, -1.5, -f64::MIN_POSITIVE, -0.0, 0.0, 5e-324, 2.0, f64::INFINITY];
        assert!(numbers.windows(2).all(|pair| pair[0].key() < pair[1].key()));
        assert!(numbers.iter().all(|&number| f64::of_key(number.key()).to_bits() == number.to_bits()));
        assert!((-f64::NAN).key() > f64::INFINITY.key() && f64::of_key(f64::NAN.key()).is_nan());
        assert_eq!((-0.0f64).level(), 0.0f64.level());
        assert!(numbers.windows(2).all(|pair| pair[0].word() < pair[1].word()));
        assert!(numbers.iter().all(|&number| f64::of_word(number.word()).to_bits() == number.to_bits()));
        assert!(numbers.iter().all(|&number| number.word().value() == number) && f64::NAN.word().value().is_nan());
        assert!(
            (-f32::NAN).word() > f32::INFINITY.word()
                && (-1i8).word() < 0i8.word()
                && i64::of_word((-5i64).word()) == -5
        );
        assert!(u64::MAX.code() > 0u64.code() && u64::of_code(7u64.code()) == 7);
    }
}

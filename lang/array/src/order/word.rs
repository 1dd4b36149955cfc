//! What elements are sorted by: whole numbers in the order of the elements.

/// A whole number that stands for an element.
pub trait Word: Copy + Ord + Default + Send + Sync + 'static {
    /// The first of all.
    const MIN: Self;
    /// The last of all.
    const MAX: Self;
    /// Do its bits stand for a float?
    const FLOAT: bool;

    /// As a number of 64 bits in the same order.
    fn wide(self) -> u64;

    /// The float that it stands for; NaN for the last ones.
    fn value(self) -> f64;
}

macro_rules! whole_words {
    ($($W:ty)*) => {$(
        impl Word for $W {
            const MIN: $W = <$W>::MIN;
            const MAX: $W = <$W>::MAX;
            const FLOAT: bool = false;

            #[inline(always)]
            fn wide(self) -> u64 {
                u64::from(self)
            }

            #[inline(always)]
            fn value(self) -> f64 {
                self as f64
            }
        }
    )*};
}

whole_words! { u8 u16 u32 u64 }

macro_rules! float_words {
    ($($(#[$doc:meta])* $W:ident, $bits:ty, $signed:ty, $T:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
        #[repr(transparent)]
        pub struct $W(pub $bits);

        impl Word for $W {
            const MIN: $W = $W(0);
            const MAX: $W = $W(<$bits>::MAX);
            const FLOAT: bool = true;

            #[inline(always)]
            fn wide(self) -> u64 {
                u64::from(self.0)
            }

            #[inline(always)]
            fn value(self) -> f64 {
                // Bits of negative numbers grow the other way.
                let bits = self.0 ^ (1 << (<$bits>::BITS - 1));
                let below = (bits as $signed >> (<$bits>::BITS - 1)) as $bits >> 1;
                f64::from(<$T>::from_bits(bits ^ below))
            }
        }
    )*};
}

float_words! {
    /// The bits of a number in single precision, in the order of the numbers.
    Single, u32, i32, f32;
    /// The bits of a number in double precision, in the order of the numbers.
    Double, u64, i64, f64;
}

/// What is moved about when sorting: a number, or one with what belongs to it.
pub trait Item: Copy + Default + Send + Sync {
    /// By what it is sorted.
    type Word: Word;

    /// That.
    fn word(&self) -> Self::Word;

    /// Sorts a good many where equal ones are the same; false if they are not.
    fn sort_some(items: &mut [Self]) -> bool {
        let _ = items;
        false
    }
}

impl<W: Word> Item for W {
    type Word = W;

    #[inline(always)]
    fn word(&self) -> W {
        *self
    }

    fn sort_some(items: &mut [W]) -> bool {
        items.sort_unstable();
        true
    }
}

/// A number, and where it stood.
#[derive(Clone, Copy, Default, Debug)]
pub struct Placed<W, P> {
    /// By what is sorted.
    pub word: W,
    /// Where it stood.
    pub place: P,
}

impl<W: Word, P: Copy + Default + Send + Sync> Item for Placed<W, P> {
    type Word = W;

    #[inline(always)]
    fn word(&self) -> W {
        self.word
    }
}

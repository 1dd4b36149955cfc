//! The simple reductions: how each takes an element.

use std::marker::PhantomData;

use num_complex::{Complex32, Complex64};

use crate::element::Element;
use crate::kernel::apply::Integer;
use crate::kernel::fold::{Monoid, is_nan};

/// A number in which sums and products are kept.
#[allow(missing_docs)]
pub trait Total: Element {
    const ONE: Self;
    const LOSES: bool;
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// What a sum lost to rounding.
    fn lost(self, other: Self, sum: Self) -> Self;
}

macro_rules! whole_total {
    ($($T:ident)*) => {
        $(
            impl Total for $T {
                const ONE: Self = 1;
                const LOSES: bool = false;

                #[inline(always)]
                fn plus(self, other: Self) -> Self {
                    self.wrapping_add(other)
                }

                #[inline(always)]
                fn times(self, other: Self) -> Self {
                    self.wrapping_mul(other)
                }

                #[inline(always)]
                fn lost(self, _: Self, _: Self) -> Self {
                    0
                }
            }
        )*
    };
}

whole_total!(i64 u64);

impl Total for f64 {
    const ONE: Self = 1.0;
    const LOSES: bool = true;

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self * other
    }

    #[inline(always)]
    fn lost(self, other: Self, sum: Self) -> Self {
        let back = sum - self;
        (self - (sum - back)) + (other - back)
    }
}

impl Total for Complex64 {
    const ONE: Self = Complex64::new(1.0, 0.0);
    const LOSES: bool = true;

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn times(self, other: Self) -> Self {
        self * other
    }

    #[inline(always)]
    fn lost(self, other: Self, sum: Self) -> Self {
        Complex64::new(self.re.lost(other.re, sum.re), self.im.lost(other.im, sum.im))
    }
}

/// Sum kept in `S`; with `SKIP` NaN counts as 0.
pub struct Sum<S, const SKIP: bool>(PhantomData<S>);

impl<T: Element, S: Total, const SKIP: bool> Monoid<T> for Sum<S, SKIP> {
    type State = S;
    const LOSES: bool = S::LOSES;

    #[inline(always)]
    fn start() -> S {
        S::default()
    }

    #[inline(always)]
    fn add(state: S, element: T) -> S {
        state.plus(if SKIP && is_nan(element) { S::default() } else { element.cast() })
    }

    #[inline(always)]
    fn join(state: S, other: S) -> S {
        state.plus(other)
    }

    #[inline(always)]
    fn lost(state: S, other: S, joined: S) -> S {
        state.lost(other, joined)
    }
}

/// Product kept in `S`; with `SKIP` NaN counts as 1.
pub struct Product<S, const SKIP: bool>(PhantomData<S>);

impl<T: Element, S: Total, const SKIP: bool> Monoid<T> for Product<S, SKIP> {
    type State = S;

    #[inline(always)]
    fn start() -> S {
        S::ONE
    }

    #[inline(always)]
    fn add(state: S, element: T) -> S {
        state.times(if SKIP && is_nan(element) { S::ONE } else { element.cast() })
    }

    #[inline(always)]
    fn join(state: S, other: S) -> S {
        state.times(other)
    }
}

/// How many are not 0; with `SKIP` how many are not NaN instead.
pub struct Count<const SKIP: bool>;

impl<T: Element, const SKIP: bool> Monoid<T> for Count<SKIP> {
    type State = i64;

    #[inline(always)]
    fn start() -> i64 {
        0
    }

    #[inline(always)]
    fn add(state: i64, element: T) -> i64 {
        state.wrapping_add(i64::from(if SKIP { !is_nan(element) } else { element.cast::<bool>() }))
    }

    #[inline(always)]
    fn join(state: i64, other: i64) -> i64 {
        state.wrapping_add(other)
    }
}

/// Is any (`ALL`: every) element not 0?
pub struct Truth<const ALL: bool>;

impl<T: Element, const ALL: bool> Monoid<T> for Truth<ALL> {
    type State = bool;

    #[inline(always)]
    fn start() -> bool {
        ALL
    }

    #[inline(always)]
    fn add(state: bool, element: T) -> bool {
        <Self as Monoid<bool>>::join(state, element.cast())
    }

    #[inline(always)]
    fn join(state: bool, other: bool) -> bool {
        if ALL { state & other } else { state | other }
    }
}

/// Elements of which one can be the largest.
#[allow(missing_docs)]
pub trait Ordered: Element {
    /// Nothing is below it.
    const LOWEST: Self;
    /// Nothing is above it.
    const HIGHEST: Self;
    /// What the least of no numbers at all is: NaN where there is one.
    const NOTHING: Option<Self>;
    fn above(self, other: Self) -> bool;
}

macro_rules! ordered {
    ($($T:ident: $lowest:expr, $highest:expr, $nothing:expr;)*) => {
        $(
            impl Ordered for $T {
                const LOWEST: Self = $lowest;
                const HIGHEST: Self = $highest;
                const NOTHING: Option<Self> = $nothing;

                #[inline(always)]
                fn above(self, other: Self) -> bool {
                    self > other
                }
            }
        )*
    };
}

ordered! {
    bool: false, true, None;
    i8: i8::SMALLEST, i8::LARGEST, None;
    i16: i16::SMALLEST, i16::LARGEST, None;
    i32: i32::SMALLEST, i32::LARGEST, None;
    i64: i64::SMALLEST, i64::LARGEST, None;
    u8: u8::SMALLEST, u8::LARGEST, None;
    u16: u16::SMALLEST, u16::LARGEST, None;
    u32: u32::SMALLEST, u32::LARGEST, None;
    u64: u64::SMALLEST, u64::LARGEST, None;
    f32: f32::NEG_INFINITY, f32::INFINITY, Some(f32::NAN);
    f64: f64::NEG_INFINITY, f64::INFINITY, Some(f64::NAN);
}

macro_rules! ordered_complex {
    ($($T:ident: $part:ident;)*) => {
        $(
            impl Ordered for $T {
                const LOWEST: Self = $T::new($part::NEG_INFINITY, $part::NEG_INFINITY);
                const HIGHEST: Self = $T::new($part::INFINITY, $part::INFINITY);
                const NOTHING: Option<Self> = Some($T::new($part::NAN, $part::NAN));

                #[inline(always)]
                fn above(self, other: Self) -> bool {
                    self.re > other.re || (self.re == other.re && self.im > other.im)
                }
            }
        )*
    };
}

ordered_complex! {
    Complex32: f32;
    Complex64: f64;
}

/// The largest (`MAX`) or smallest element. NaN wins, or with `SKIP` loses.
pub struct Extreme<const MAX: bool, const SKIP: bool>;

impl<const MAX: bool, const SKIP: bool> Extreme<MAX, SKIP> {
    /// Is the new one to be taken instead?
    #[inline(always)]
    pub fn beats<T: Ordered>(new: T, old: T) -> bool {
        let better = if MAX { new.above(old) } else { old.above(new) };
        if SKIP { better || is_nan(old) } else { better || (is_nan(new) && !is_nan(old)) }
    }
}

impl<T: Ordered, const MAX: bool, const SKIP: bool> Monoid<T> for Extreme<MAX, SKIP> {
    type State = T;

    #[inline(always)]
    fn start() -> T {
        match T::NOTHING {
            Some(nan) if SKIP => nan,
            _ if MAX => T::LOWEST,
            _ => T::HIGHEST,
        }
    }

    #[inline(always)]
    fn add(state: T, element: T) -> T {
        if Self::beats(element, state) { element } else { state }
    }

    #[inline(always)]
    fn join(state: T, other: T) -> T {
        <Self as Monoid<T>>::add(state, other)
    }
}

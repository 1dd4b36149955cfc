//! The simple reductions: how each takes an element.

use std::marker::PhantomData;
use std::ops::Add;

use num_complex::{Complex32, Complex64};

use crate::dtype::DType;
use crate::element::Element;
use crate::kernel::apply::Integer;
use crate::kernel::fold::{LONG, Monoid, halved, is_nan};

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

    /// Truth values are counted in single bytes, which a block does not fill.
    #[inline(always)]
    fn quickly(elements: &[T]) -> Option<i64> {
        const { assert!(LONG / LANES < 255) };
        if SKIP || T::DTYPE != DType::Bool || elements.len() > LONG {
            return None;
        }
        let mut lanes = [0u8; LANES];
        let (blocks, rest) = elements.as_chunks::<LANES>();
        for block in blocks {
            for (lane, &element) in lanes.iter_mut().zip(block) {
                *lane += u8::from(element.cast::<bool>());
            }
        }
        let rest = rest.iter().filter(|element| element.cast::<bool>()).count();
        Some(rest as i64 + lanes.iter().map(|&lane| i64::from(lane)).sum::<i64>())
    }
}

/// Elements that the shorter ways work at side by side.
const LANES: usize = 32;

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

    #[inline(always)]
    fn is_final(state: bool) -> bool {
        state != ALL
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
    /// NaN if one of the two is; what else it is says nothing.
    fn watched(self, other: Self) -> Self;
}

/// Whole numbers have no NaN to watch for.
#[inline(always)]
fn first<T>(one: T, _: T) -> T {
    one
}

macro_rules! ordered {
    ($($T:ident: $lowest:expr, $highest:expr, $nothing:expr, $watched:path;)*) => {
        $(
            impl Ordered for $T {
                const LOWEST: Self = $lowest;
                const HIGHEST: Self = $highest;
                const NOTHING: Option<Self> = $nothing;

                #[inline(always)]
                fn above(self, other: Self) -> bool {
                    self > other
                }

                #[inline(always)]
                fn watched(self, other: Self) -> Self {
                    $watched(self, other)
                }
            }
        )*
    };
}

ordered! {
    bool: false, true, None, first;
    i8: i8::SMALLEST, i8::LARGEST, None, first;
    i16: i16::SMALLEST, i16::LARGEST, None, first;
    i32: i32::SMALLEST, i32::LARGEST, None, first;
    i64: i64::SMALLEST, i64::LARGEST, None, first;
    u8: u8::SMALLEST, u8::LARGEST, None, first;
    u16: u16::SMALLEST, u16::LARGEST, None, first;
    u32: u32::SMALLEST, u32::LARGEST, None, first;
    u64: u64::SMALLEST, u64::LARGEST, None, first;
    f32: f32::NEG_INFINITY, f32::INFINITY, Some(f32::NAN), f32::add;
    f64: f64::NEG_INFINITY, f64::INFINITY, Some(f64::NAN), f64::add;
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

                #[inline(always)]
                fn watched(self, other: Self) -> Self {
                    self + other
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
        if SKIP || !T::DTYPE.is_float() {
            return if Self::beats(element, state) { element } else { state };
        }
        // The same in two instructions less: one NaN is as good as another.
        let better = if MAX { element.above(state) } else { state.above(element) };
        let best = if better { element } else { state };
        if is_nan(element) { element } else { best }
    }

    #[inline(always)]
    fn join(state: T, other: T) -> T {
        <Self as Monoid<T>>::add(state, other)
    }

    /// As if there were no NaN, which is one instruction; a sum beside it says whether there was one. It may also say so of infinities.
    #[inline(always)]
    fn quickly(elements: &[T]) -> Option<T> {
        if !T::DTYPE.is_float() {
            return None;
        }
        let start = if MAX { T::LOWEST } else { T::HIGHEST };
        let better = |new: T, old: T| {
            let is_better = if MAX { new.above(old) } else { old.above(new) };
            if is_better { new } else { old }
        };
        let (blocks, rest) = elements.as_chunks::<LANES>();
        let (mut last, mut last_seen) = (start, T::default());
        for &element in rest {
            last = better(element, last);
            if !SKIP {
                last_seen = last_seen.watched(element);
            }
        }
        // Walked together, lanes stay in registers; by their numbers they would not, at five times the time.
        let (mut best, mut seen) = ([start; LANES], [T::default(); LANES]);
        for block in blocks {
            for ((best, seen), &element) in best.iter_mut().zip(&mut seen).zip(block) {
                *best = better(element, *best);
                if !SKIP {
                    *seen = seen.watched(element);
                }
            }
        }
        let best = better(last, halved(best, better));
        match SKIP {
            true => (best != start).then_some(best),
            false => (!is_nan(halved(seen, T::watched).watched(last_seen))).then_some(best),
        }
    }
}

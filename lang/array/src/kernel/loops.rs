//! Loops over tiles: a function of one, two or three elements, applied to blocks that the compiler turns into vectors.

use std::marker::PhantomData;

use crate::element::Element;
use crate::kernel::simd::{self, Forms, Level, Loop};
use crate::kernel::tile::{BLOCK, Operand, Tile};

/// A function of one element.
pub trait Map1<T, R> {
    /// In which forms it is compiled.
    const FORMS: Forms;
    /// Are there arguments that `apply` gets wrong?
    const RARE: bool = false;

    /// The function; free of branches where it can be.
    fn apply<L: Level>(x: T) -> R;

    /// Does `apply` get this argument wrong?
    #[inline(always)]
    fn is_rare(_: T) -> bool {
        false
    }

    /// The function for those.
    #[inline(always)]
    fn rare(x: T) -> R {
        Self::apply::<simd::Plain>(x)
    }
}

/// A function of two elements.
pub trait Map2<T, R> {
    /// In which forms it is compiled.
    const FORMS: Forms;
    /// Are there arguments that `apply` gets wrong?
    const RARE: bool = false;

    /// The function; free of branches where it can be.
    fn apply<L: Level>(x: T, y: T) -> R;

    /// Does `apply` get these arguments wrong?
    #[inline(always)]
    fn is_rare(_: T, _: T) -> bool {
        false
    }

    /// The function for those.
    #[inline(always)]
    fn rare(x: T, y: T) -> R {
        Self::apply::<simd::Plain>(x, y)
    }
}

struct Loop1<'a, T, R, F> {
    x: Operand<'a, T>,
    n: usize,
    out: &'a mut [R],
    function: PhantomData<F>,
}

/// Writes the function of the first `n` elements; `out` has room for whole blocks.
pub fn apply1<T: Element, R: Element, F: Map1<T, R>>(x: Operand<'_, T>, n: usize, out: &mut [R]) {
    simd::run(Loop1 { x, n, out, function: PhantomData::<F> });
}

impl<T: Element, R: Element, F: Map1<T, R>> Loop for Loop1<'_, T, R, F> {
    type Answer = ();
    const FORMS: Forms = F::FORMS;

    #[inline(always)]
    fn run<L: Level>(self) {
        let (blocks, _) = self.out.as_chunks_mut::<BLOCK>();
        let whole = self.n / BLOCK;
        let rest = self.n % BLOCK;
        // A short last block goes through the same body, so that it is compiled once.
        let mut last;
        for (number, block) in blocks[..self.n.div_ceil(BLOCK)].iter_mut().enumerate() {
            let x = if number < whole {
                self.x.block(number)
            } else {
                last = self.x.last_block(number, rest);
                &last
            };
            let mut rare = false;
            for (&x, out) in x.iter().zip(block.iter_mut()) {
                *out = F::apply::<L>(x);
                if F::RARE {
                    rare |= F::is_rare(x);
                }
            }
            if F::RARE && rare {
                patch1::<T, R, F>(x, block);
            }
        }
    }
}

#[cold]
fn patch1<T: Element, R: Element, F: Map1<T, R>>(x: &[T; BLOCK], block: &mut [R; BLOCK]) {
    for (&x, out) in x.iter().zip(block) {
        if F::is_rare(x) {
            *out = F::rare(x);
        }
    }
}

/// A function of one element that knows something more: the number that all are divided by.
pub trait MapBy<T>: Copy {
    /// In which forms it is compiled.
    const FORMS: Forms;

    /// The function; free of branches.
    fn apply<L: Level>(self, x: T) -> T;

    /// Does `apply` get this argument wrong?
    fn is_rare(self, x: T) -> bool;

    /// The function for those.
    fn rare(self, x: T) -> T;
}

struct LoopBy<'a, T, F> {
    x: Operand<'a, T>,
    by: F,
    n: usize,
    out: &'a mut [T],
}

/// Writes the function of the first `n` elements; `out` has room for whole blocks.
pub fn apply_by<T: Element, F: MapBy<T>>(x: Operand<'_, T>, by: F, n: usize, out: &mut [T]) {
    simd::run(LoopBy { x, by, n, out });
}

impl<T: Element, F: MapBy<T>> Loop for LoopBy<'_, T, F> {
    type Answer = ();
    const FORMS: Forms = F::FORMS;

    #[inline(always)]
    fn run<L: Level>(self) {
        let (blocks, _) = self.out.as_chunks_mut::<BLOCK>();
        let whole = self.n / BLOCK;
        let mut last;
        for (number, block) in blocks[..self.n.div_ceil(BLOCK)].iter_mut().enumerate() {
            let x = if number < whole {
                self.x.block(number)
            } else {
                last = self.x.last_block(number, self.n % BLOCK);
                &last
            };
            let mut rare = false;
            for (&x, out) in x.iter().zip(block.iter_mut()) {
                *out = self.by.apply::<L>(x);
                rare |= self.by.is_rare(x);
            }
            if rare {
                patch_by(self.by, x, block);
            }
        }
    }
}

#[cold]
fn patch_by<T: Element, F: MapBy<T>>(by: F, x: &[T; BLOCK], block: &mut [T; BLOCK]) {
    for (&x, out) in x.iter().zip(block) {
        if by.is_rare(x) {
            *out = by.rare(x);
        }
    }
}

struct Loop2<'a, T, R, F> {
    x: Operand<'a, T>,
    y: Operand<'a, T>,
    n: usize,
    out: &'a mut [R],
    function: PhantomData<F>,
}

/// Writes the function of the first `n` pairs; `out` has room for whole blocks.
pub fn apply2<T: Element, R: Element, F: Map2<T, R>>(x: Operand<'_, T>, y: Operand<'_, T>, n: usize, out: &mut [R]) {
    simd::run(Loop2 { x, y, n, out, function: PhantomData::<F> });
}

impl<T: Element, R: Element, F: Map2<T, R>> Loop for Loop2<'_, T, R, F> {
    type Answer = ();
    const FORMS: Forms = F::FORMS;

    #[inline(always)]
    fn run<L: Level>(self) {
        let (blocks, _) = self.out.as_chunks_mut::<BLOCK>();
        let whole = self.n / BLOCK;
        let rest = self.n % BLOCK;
        let (mut last_x, mut last_y);
        for (number, block) in blocks[..self.n.div_ceil(BLOCK)].iter_mut().enumerate() {
            let (x, y) = if number < whole {
                (self.x.block(number), self.y.block(number))
            } else {
                last_x = self.x.last_block(number, rest);
                last_y = self.y.last_block(number, rest);
                (&last_x, &last_y)
            };
            let mut rare = false;
            for ((&x, &y), out) in x.iter().zip(y).zip(block.iter_mut()) {
                *out = F::apply::<L>(x, y);
                if F::RARE {
                    rare |= F::is_rare(x, y);
                }
            }
            if F::RARE && rare {
                patch2::<T, R, F>(x, y, block);
            }
        }
    }
}

#[cold]
fn patch2<T: Element, R: Element, F: Map2<T, R>>(x: &[T; BLOCK], y: &[T; BLOCK], block: &mut [R; BLOCK]) {
    for ((&x, &y), out) in x.iter().zip(y).zip(block) {
        if F::is_rare(x, y) {
            *out = F::rare(x, y);
        }
    }
}

struct Select<'a, T> {
    condition: Operand<'a, bool>,
    yes: Operand<'a, T>,
    no: Operand<'a, T>,
    n: usize,
    out: &'a mut [T],
}

/// `where(condition, yes, no)`.
pub fn select<T: Element>(
    condition: Operand<'_, bool>,
    yes: Operand<'_, T>,
    no: Operand<'_, T>,
    n: usize,
    out: &mut [T],
) {
    simd::run(Select { condition, yes, no, n, out });
}

impl<T: Element> Loop for Select<'_, T> {
    type Answer = ();
    const FORMS: Forms = Forms::Two;

    #[inline(always)]
    fn run<L: Level>(self) {
        let (blocks, _) = self.out.as_chunks_mut::<BLOCK>();
        let whole = self.n / BLOCK;
        let rest = self.n % BLOCK;
        let (mut last_condition, mut last_yes, mut last_no);
        for (number, block) in blocks[..self.n.div_ceil(BLOCK)].iter_mut().enumerate() {
            let (condition, yes, no) = if number < whole {
                (self.condition.block(number), self.yes.block(number), self.no.block(number))
            } else {
                last_condition = self.condition.last_block(number, rest);
                last_yes = self.yes.last_block(number, rest);
                last_no = self.no.last_block(number, rest);
                (&last_condition, &last_yes, &last_no)
            };
            for (((&condition, &yes), &no), out) in condition.iter().zip(yes).zip(no).zip(block.iter_mut()) {
                *out = if condition { yes } else { no };
            }
        }
    }
}

/// What a function is applied to, and where the answer goes: see `map1!` and `map2!`.
pub trait Arguments {
    /// Applies a function of one element.
    fn map1<T: Element, R: Element, F: Map1<T, R>>(&self) -> Tile;
    /// Applies a function of two elements.
    fn map2<T: Element, R: Element, F: Map2<T, R>>(&self) -> Tile;
    /// The second operand, if it is one element for all.
    fn second<T: Element>(&self) -> Option<T>;
    /// Applies a function of the first element.
    fn by<T: Element, F: MapBy<T>>(&self, by: F) -> Tile;
    /// Applies a function of one float64 to elements of any type, and makes that type of the answers.
    fn through1<T: Element, F: Map1<f64, f64>>(&self) -> Tile;
    /// The same for a function of two.
    fn through2<T: Element, F: Map2<f64, f64>>(&self) -> Tile;
}

/// A [`Map1`] written like a closure, for all types `T` of a trait: `map1!(arguments, T: Real, |x| -> bool { x.is_nan() })`.
/// With `once` before the closure it is compiled in one form only.
macro_rules! map1 {
    ($args:expr, $T:ident: $Trait:ident, once |$x:ident| -> $R:ty $body:block) => {
        $crate::kernel::loops::map1!($args, $T: $Trait, $crate::kernel::simd::Forms::One, |$x| -> $R $body)
    };
    ($args:expr, $T:ident: $Trait:ident, |$x:ident| -> $R:ty $body:block) => {
        $crate::kernel::loops::map1!($args, $T: $Trait, <$T as $Trait>::FORMS, |$x| -> $R $body)
    };
    ($args:expr, $T:ident: $Trait:ident, $forms:expr, |$x:ident| -> $R:ty $body:block) => {{
        struct F;
        impl<$T: $Trait> $crate::kernel::loops::Map1<$T, $R> for F {
            const FORMS: $crate::kernel::simd::Forms = $forms;
            #[inline(always)]
            fn apply<L: $crate::kernel::simd::Level>($x: $T) -> $R $body
        }
        Some($args.map1::<$T, $R, F>())
    }};
}
pub(crate) use map1;

/// The same for two elements.
macro_rules! map2 {
    ($args:expr, $T:ident: $Trait:ident, once |$x:ident, $y:ident| -> $R:ty $body:block) => {
        $crate::kernel::loops::map2!($args, $T: $Trait, $crate::kernel::simd::Forms::One, |$x, $y| -> $R $body)
    };
    ($args:expr, $T:ident: $Trait:ident, |$x:ident, $y:ident| -> $R:ty $body:block) => {
        $crate::kernel::loops::map2!($args, $T: $Trait, <$T as $Trait>::FORMS, |$x, $y| -> $R $body)
    };
    ($args:expr, $T:ident: $Trait:ident, $forms:expr, |$x:ident, $y:ident| -> $R:ty $body:block) => {{
        struct F;
        impl<$T: $Trait> $crate::kernel::loops::Map2<$T, $R> for F {
            const FORMS: $crate::kernel::simd::Forms = $forms;
            #[inline(always)]
            fn apply<L: $crate::kernel::simd::Level>($x: $T, $y: $T) -> $R $body
        }
        Some($args.map2::<$T, $R, F>())
    }};
}
pub(crate) use map2;

//! What NumPy warns of: divisions by zero, overflow, results that are not a number. Noticed where kernels run.
//!
//! Only steps that make something infinite or nothing of plain numbers easily are looked at: quotients, powers, roots, logarithms and their
//! like. A sum or a product takes less time than the look would; what overflows in it shows in the result.

use std::cell::Cell;

use smallvec::SmallVec;

use crate::element::Element;
use crate::kernel::function::{BinaryFunc, UnaryFunc};
use crate::kernel::simd::{self, Forms, Level, Loop};
use crate::kernel::tile::Operand;

/// What has happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A division by zero, or what comes to the same.
    Divide = 0,
    /// Finite numbers made an infinite one.
    Over = 1,
    /// Numbers made none.
    Invalid = 3,
}

/// What was noticed in a run: by which step of the program, and what that does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Flags(pub SmallVec<[(usize, Fault, &'static str); 2]>);

impl Flags {
    /// Has anything been noticed in this step? Then it is not looked at again.
    pub fn has(&self, step: usize) -> bool {
        self.0.iter().any(|(other, ..)| *other == step)
    }

    /// Notes what has happened in a step.
    pub fn add(&mut self, step: usize, fault: Fault, function: &'static str) {
        if !self.0.contains(&(step, fault, function)) {
            self.0.push((step, fault, function));
        }
    }

    /// Notes what was noticed in another run.
    pub fn join(&mut self, other: &Flags) {
        other.0.iter().for_each(|&(step, fault, function)| self.add(step, fault, function));
    }

    /// Looks at what a step has made of numbers.
    pub fn look<T: Element>(
        &mut self,
        step: usize,
        function: &'static str,
        operands: &[Operand<'_, T>],
        result: &[T],
        is_finite: impl Fn(&T) -> bool,
    ) {
        if all_finite(result) {
            return;
        }
        let divides = divides(function);
        let mut numbers: SmallVec<[f64; 2]> = SmallVec::new();
        for (at, number) in result.iter().enumerate().filter(|(_, number)| !is_finite(number)) {
            numbers.clear();
            numbers.extend(operands.iter().map(|operand| match operand.value() {
                Some(value) => value.cast::<f64>(),
                None => operand.elements()[at].cast::<f64>(),
            }));
            if let Some(fault) = fault(&numbers, number.cast::<f64>(), divides) {
                self.add(step, fault, function);
            }
        }
    }
}

/// Are all of these finite, or whole numbers?
pub fn all_finite<T: Element>(elements: &[T]) -> bool {
    !T::DTYPE.is_float() || simd::run(AllFinite(elements))
}

struct AllFinite<'a, T>(&'a [T]);

impl<T: Element> Loop for AllFinite<'_, T> {
    type Answer = bool;

    const FORMS: Forms = Forms::Three;

    /// One answer for many elements is what processors are quick at; between blocks it may end early.
    #[inline(always)]
    fn run<L: Level>(self) -> bool {
        self.0.chunks(1024).all(|block| block.iter().fold(true, |finite, one| finite & one.cast::<f64>().is_finite()))
    }
}

thread_local! {
    static FINITE: Cell<usize> = const { Cell::new(0) };
}

/// Elements that lie here have been found finite when they were made: whoever is about to look at them need not. To be called last of all by
/// what makes an array; the note is gone with the first question, and with the next array that is made.
///
/// Another array may come to lie in the same place. So this is asked only of what the asking call itself has had made: making forgets what
/// was noted before, and whoever makes without noting forgets what was noted meanwhile.
pub fn note_finite<T: Element>(elements: *const T) {
    // Nobody asks about whole numbers.
    FINITE.set(if T::DTYPE.is_float() { elements.addr() } else { 0 });
}

/// Nothing is noted any more: what is made now may come to lie in the same place.
pub fn forget_finite() {
    FINITE.set(0);
}

/// Was it these of which that was noted last? It holds for one question only.
pub fn were_finite<T>(elements: *const T) -> bool {
    FINITE.replace(0) == elements.addr() && !elements.is_null()
}

/// Is a function of one element looked at?
pub fn watches_unary(function: UnaryFunc) -> bool {
    use UnaryFunc::*;
    matches!(
        function,
        Reciprocal
            | Sqrt
            | Exp
            | Exp2
            | Expm1
            | Log
            | Log2
            | Log10
            | Log1p
            | Arcsin
            | Arccos
            | Arccosh
            | Arctanh
            | Sinh
            | Cosh
            | Sin
            | Cos
            | Tan
    )
}

/// Is a function of two elements looked at?
pub fn watches_binary(function: BinaryFunc) -> bool {
    use BinaryFunc::*;
    matches!(function, Divide | FloorDivide | Remainder | Fmod | Power | FloatPower)
}

/// When an infinite result comes of a division by zero, if the function is one that can do so.
pub fn divides(function: &str) -> fn(&[f64]) -> bool {
    match function {
        "divide" | "true_divide" | "floor_divide" | "divmod" | "remainder" | "mod" | "fmod" => {
            |operands| operands[1] == 0.0
        }
        "power" | "pow" | "float_power" | "reciprocal" | "log" | "log2" | "log10" => |operands| operands[0] == 0.0,
        "log1p" => |operands| operands[0] == -1.0,
        "arctanh" | "atanh" => |operands| operands[0].abs() == 1.0,
        _ => |_| false,
    }
}

/// What has happened to make this of these, if anything has.
pub fn fault(operands: &[f64], result: f64, divides: fn(&[f64]) -> bool) -> Option<Fault> {
    if result.is_nan() && !operands.iter().any(|operand| operand.is_nan()) {
        return Some(Fault::Invalid);
    }
    if result.is_infinite() && operands.iter().all(|operand| operand.is_finite()) {
        return Some(if divides(operands) { Fault::Divide } else { Fault::Over });
    }
    None
}

//! What a fused kernel does, as plain data: where its elements come from, and the steps that are taken with them.
//!
//! Operands of a step have the type that the step's function works in; whoever makes the program inserts casts.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::dtype::DType;
use crate::kernel::function::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::kernel::source::Source;
use crate::scalar::Scalar;

/// A short straight program that is run for every element of a box.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Program {
    /// Where elements come from.
    pub leaves: Vec<Leaf>,
    /// What is done, in order; a step uses leaves and earlier steps.
    pub steps: Vec<Step>,
    /// What comes out.
    pub result: Register,
}

/// A leaf or the result of a step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Register {
    Leaf(u16),
    Step(u16),
}

/// Where elements come from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Leaf {
    /// The next input chunk, in order.
    Chunk(DType),
    /// One value everywhere; its walk is not looked at.
    Constant(Scalar),
    /// Made from the element's place in an array of this shape.
    Source {
        /// What makes them.
        source: Source,
        /// The shape of the whole array that it makes.
        base_shape: SmallVec<[u64; 4]>,
    },
}

/// One operation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// What is done with what.
    pub op: StepOp,
    /// The type of its result.
    pub dtype: DType,
}

/// What a step does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum StepOp {
    /// A function of one operand, which has the function's loop type.
    Unary(UnaryFunc, Register),
    /// A function of two operands of the same type, the function's loop type.
    Binary(BinaryFunc, Register, Register),
    /// A comparison of two operands of the same type.
    Compare(CompareFunc, Register, Register),
    /// Another type, cast NumPy's way.
    Cast(Register),
    /// `where(condition, yes, no)`: the condition is `bool`, the others have the step's type.
    Select(Register, Register, Register),
}

/// How the loop walks over a leaf.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Walk {
    /// Where in the leaf the loop's first element is, one number for each axis of the leaf.
    pub start: SmallVec<[i64; 4]>,
    /// For each dimension of the loop the leaf's axis along which it moves, and by how much; `None`: it stands still.
    pub axes: SmallVec<[Option<(u8, i64)>; 4]>,
}

impl Program {
    /// The type of what a register holds.
    pub fn dtype(&self, register: Register) -> DType {
        match register {
            Register::Leaf(leaf) => self.leaves[usize::from(leaf)].dtype(),
            Register::Step(step) => self.steps[usize::from(step)].dtype,
        }
    }

    /// With one step more, whose result comes out.
    pub fn then(mut self, op: StepOp, dtype: DType) -> Program {
        self.steps.push(Step { op, dtype });
        self.result = Register::Step(self.steps.len() as u16 - 1);
        self
    }

    /// The same with what comes out cast to a type, where it has another one.
    pub fn in_type(&self, dtype: DType) -> Cow<'_, Program> {
        match dtype == self.result_dtype() {
            true => Cow::Borrowed(self),
            false => Cow::Owned(self.clone().then(StepOp::Cast(self.result), dtype)),
        }
    }

    /// The type of what comes out.
    pub fn result_dtype(&self) -> DType {
        self.dtype(self.result)
    }
}

impl Leaf {
    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        match self {
            Leaf::Chunk(dtype) => *dtype,
            Leaf::Constant(value) => value.dtype(),
            Leaf::Source { source, .. } => source.dtype(),
        }
    }
}

impl StepOp {
    /// What it works on, in order.
    pub fn operands(&self) -> SmallVec<[Register; 3]> {
        match *self {
            StepOp::Unary(_, a) | StepOp::Cast(a) => SmallVec::from_slice(&[a]),
            StepOp::Binary(_, a, b) | StepOp::Compare(_, a, b) => SmallVec::from_slice(&[a, b]),
            StepOp::Select(a, b, c) => SmallVec::from_slice(&[a, b, c]),
        }
    }
}

impl Walk {
    /// Straight through a leaf of the loop's own shape.
    pub fn straight(n_axes: usize) -> Walk {
        Walk { start: SmallVec::from_elem(0, n_axes), axes: (0..n_axes).map(|axis| Some((axis as u8, 1))).collect() }
    }
}

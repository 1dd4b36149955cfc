//! Fused kernels: a [`Program`](program::Program) run over a box of elements in tiles that stay in the nearest cache.

pub mod function;
pub mod program;
pub mod random;
pub mod reduction;
pub mod run;
pub mod source;

pub use function::{BinaryFunc, CompareFunc, UnaryFunc};
pub use program::{Leaf, Program, Register, Step, StepOp, Walk};
pub use random::Distribution;
pub use reduction::Reduction;
pub use run::{Flags, Stop, Whole, combine, finish, matmul, run_reduce, run_store};
pub use source::Source;

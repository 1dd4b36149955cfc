//! Fused kernels: a [`Program`] run over a box of elements in tiles that stay in the nearest cache.

mod apply;
mod doubling;
pub mod faults;
mod fold;
pub mod function;
mod gather;
pub mod law;
mod layout;
mod loops;
mod machine;
mod math;
mod matmul;
mod moments;
mod monoid;
mod plane;
pub mod program;
pub mod random;
mod reduce;
pub mod reduction;
mod run;
mod shuffle;
pub mod simd;
pub mod source;
mod tile;
mod turned;

pub use faults::{Fault, Flags};
pub use function::{BinaryFunc, CompareFunc, UnaryFunc};
pub use law::Law;
pub use matmul::{Product, less, less_product, matmul};
pub use program::{Leaf, Program, Register, Step, StepOp, Walk};
pub use random::Distribution;
pub use reduce::{Whole, combine, finish, run_reduce};
pub use reduction::Reduction;
pub use run::{Stop, run_into, run_store};
pub use source::Source;

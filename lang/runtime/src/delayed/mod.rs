//! Delayed calls: `delayed(f)(x)` makes a small node and runs nothing; `compute` lowers all nodes into one graph.

mod build;
pub mod capture;
mod door;
mod face;
mod lower;
mod node;
pub mod operation;
pub mod picture;
mod scheduled;
pub mod template;
mod token;

use std::sync::Arc;

pub(crate) use build::lazily;
pub use build::{Options, delay};
pub(crate) use build::{function_name, given};
pub use face::{delayed_class, functions, members, modules};
pub use lower::{KeyOf, add_gathered};
pub use node::{Input, Inputs, KeyForm, Node, Work};
pub use token::token_of;
pub(crate) use token::token_of_call;

/// A lazy call, or a value or function made lazy. A copy is the same node.
#[derive(Clone)]
pub struct Delayed(pub Arc<Node>);

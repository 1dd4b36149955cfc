//! Values, types, errors, operators, builtins, the evaluator; delayed calls and the door for everything lazy.
//!
//! There is no global lock: all values are `Send + Sync`, and functions written in rdk run on all cores at once.
//! Mutable values (`list`, `dict`, `set`, eager arrays) have a lock each, held for a single step and never while
//! anything else of the language runs.

pub mod builtin;
pub mod builtins;
pub mod class;
pub mod compute;
pub mod context;
pub mod convert;
pub mod delayed;
pub mod error;
pub mod evaluate;
pub mod function;
pub mod hash;
pub mod methods;
pub mod modules;
pub mod object;
pub mod operators;
pub mod payload;
mod release;
pub mod show;
pub mod travel;
pub mod types;
pub mod user;
pub mod value;

pub use builtin::{Args, Builtin, Keywords, ParamInfo, Rest};
pub use class::{Class, ClassRef, Library, Module};
pub use compute::compute;
pub use context::{Context, Globals, Output, Shared, Stream, home};
pub use convert::{Answer, FromValue};
pub use error::{Error, Kind, Result, Trail};
pub use evaluate::{Walk, iterate};
pub use modules::modules;
pub use object::{Lazy, Object};
pub use value::{Dict, HashKey, Iter, List, Name, Range, Set, Slice, Value};

// What `builtins!` and `bail!` need of other crates, so that their users need not name them.
#[doc(hidden)]
pub use rdk_graph as graph;

//! Tasks and how they run: keys, culling, order, the schedule, memory grants, workers, events, cancellation.
//!
//! This room knows neither values nor arrays. Work enters as an [`Operation`], data as a [`Payload`].

pub mod cancel;
pub mod engine;
pub mod key;
pub mod operation;
pub mod task;

pub use cancel::Cancel;
pub use engine::{Engine, RunError, blocking};
pub use key::{Index, Key, Token, Tokenizer};
pub use operation::{Call, Data, Failure, Operation, Payload};
pub use task::{Cost, Graph, Task, TaskId};

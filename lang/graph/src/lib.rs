//! Tasks and how they run: keys, culling, order, the schedule, memory grants, workers, events, cancellation.
//!
//! This room knows neither values nor arrays. Work enters as an [`Operation`], data as a [`Payload`].

pub mod budget;
pub mod cancel;
pub mod collect;
pub mod crew;
pub mod cull;
#[cfg(test)]
mod drawing;
pub mod engine;
pub mod errand;
pub mod executor;
pub mod key;
pub mod later;
pub mod operation;
pub mod order;
pub mod progress;
pub mod project;
mod remembered;
mod run;
pub mod schedule;
pub mod shelf;
pub mod spill;
mod state;
pub mod task;
mod worker;

pub use cancel::Cancel;
pub use collect::Collect;
pub use crew::{Crew, Stopped};
pub use engine::{Engine, Hands, Kept, Options, RunError, Submitted};
pub use errand::{Errand, Single, Urgency};
pub use executor::{Executor, Listener, Resources, RunId};
pub use key::{Index, Key, Token, Tokenizer};
pub use later::Later;
pub use operation::{Call, Data, Failure, Operation, Payload};
pub use progress::{Event, Listening, OperationProgress, Progress, What};
pub use project::{Projection, project};
pub use shelf::Shelf;
pub use task::{Cost, Graph, Task, TaskId};
pub use worker::{blocking, waiting, with_crew};

//! From frames to tasks.
//!
//! A view's plan goes through DataFusion's optimiser, which pushes columns and filters down into our leaves, and becomes a
//! physical plan. That is cut at its exchanges into stages; a stage and a partition is a task of the one graph:
//!
//! ```text
//! births.groupby("year").weight.mean()                    tasks, for three blocks of the file
//!
//! Aggregate final  year, avg(weight)    ─┐ stage 2        mean ───────────────── (0)
//!   CoalescePartitions                  ─┘ cut here         ▲        ▲        ▲
//!     Aggregate partial  year, avg(weight) ─┐ stage 1     mean-part  mean-part  mean-part
//!       Leaf read-csv [year, weight]       ─┘              (0)        (1)        (2)
//! ```
//!
//! A task of stage 1 reads its block (only the two columns), and gives a row for each group. Stage 2 takes the rows of all
//! tasks of stage 1 in order, so groups stand in the order in which they first appear; `groupby` then orders them by key.
//! What no operator of DataFusion's does as pandas does (stable order, alignment, shuffles by our own hash) is a [`Step`]:
//! an operation of ours on whole partitions, which looks like a table to the plan above it.
//!
//! Each task is an [`Operation`](rdk_graph::Operation) with a plan that can be written out, and a partition number. It runs on the worker that the
//! graph's engine gives it: nothing here has threads of its own.
//!
//! Order is kept everywhere: there is no round-robin repartitioning, and gathers take partitions by number.
//!
//! [`Step`]: crate::plan::Step

mod build;
mod codec;
mod cut;
mod decode;
mod estimate;
mod gather;
mod groups;
mod lazy;
mod leaf;
mod now;
mod session;
mod stage;
mod tree;

pub use build::{announce, lower};
pub use decode::{decode, read, travelled, whole};
pub use estimate::{Estimate, Operations, estimate};
pub use gather::value;
pub use gather::{Gather, floats_where_missing, together};
pub use leaf::{InputExec, LeafExec, Scan, Takes};
pub use now::{compute_now, here, in_memory, run};
pub use session::{optimised, physical};
pub use stage::Stage;

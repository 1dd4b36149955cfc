//! The Jupyter kernel: messages in, bundles out.
//!
//! ```text
//! shell ───► requests ───► the thread of the language ───► replies ───► shell
//! control ─► interrupt, shutdown      │
//! stdin ───► answers                  ▼
//!                            one queue (`iopub`) ───► everybody who watches
//! ```
//!
//! One plain thread runs the language and answers shell requests one after the other. Whatever it shows goes through one queue, so
//! that what was said first arrives first; before a reply the queue is emptied. Sockets live on tokio's threads. Heartbeats have a
//! thread of their own, so that a kernel that is busy still has a pulse.
//!
//! Nothing here knows the language: it sees [`rdk`] only.

mod ask;
mod bundle;
mod comms;
mod control;
mod execute;
mod heartbeat;
mod history;
mod info;
mod iopub;
mod output;
mod parent;
mod progress;
mod run;
mod serve;
pub mod spec;
mod stdin;
mod wire;

pub use run::{Failed, Kernel};

//! `dask.distributed`: futures, on the engine of this process.
//!
//! ```text
//!     client.submit(f, x, future)     submit.rs       a call as a task: arguments, key
//!            │
//!          Board                      board.rs        tasks by key, clients, names
//!            │
//!          Work                       work.rs         waits for its inputs, is told, tells others
//!            │ queued
//!          Engine                     graph/errand.rs a queue; workers take from it when no graph wants them
//! ```

mod arrivals;
mod as_completed;
mod board;
mod client;
mod cluster;
mod collections;
mod datasets;
mod elsewhere;
mod facts;
mod future;
mod progress;
mod promised;
mod refused;
mod report;
mod shared;
mod submit;
mod wait;
mod work;

use std::sync::Arc;

pub use future::{Promised, future_of};

use crate::class::{Module, entries};
use crate::error::Kind;
use crate::types::exception;
use crate::value::Value;

/// `dask.distributed` and its other names.
pub fn modules() -> Vec<Arc<Module>> {
    const NAMES: [&str; 8] = [
        "dask.distributed",
        "distributed",
        "distributed.client",
        "distributed.deploy",
        "distributed.deploy.local",
        "distributed.diagnostics",
        "distributed.diagnostics.progressbar",
        "distributed.worker",
    ];
    let doc = "Calls that run while you go on, and their futures.";
    let mut all: Vec<Arc<Module>> = NAMES.map(|name| Module::new(name, doc, names)).into();
    all.push(elsewhere::module());
    all.push(Module::new("distributed.utils", "Sizes and times as text, and back.", || {
        entries(super::dask::utils::builtins())
    }));
    all
}

fn names() -> Vec<(&'static str, Value)> {
    let class = |class: &crate::ClassRef| Value::Class(class.clone());
    let mut all = vec![
        ("Client", class(client::client_class())),
        ("LocalCluster", class(cluster::cluster_class())),
        ("Future", class(future::future_class())),
        ("as_completed", class(&as_completed::CLASS)),
        ("performance_report", class(&report::CLASS)),
    ];
    all.extend(entries(wait::builtins()));
    all.extend(entries(progress::builtins()));
    all.extend(shared::classes());
    all.extend(
        [
            ("CancelledError", Kind::CancelledError),
            ("FutureCancelledError", Kind::FutureCancelledError),
            ("ClosedClientError", Kind::ClosedClientError),
            ("TimeoutError", Kind::TimeoutError),
        ]
        .map(|(name, kind)| (name, class(exception(kind)))),
    );
    all.extend(entries(elsewhere::builtins()));
    all.extend(entries(refused::builtins()));
    all
}

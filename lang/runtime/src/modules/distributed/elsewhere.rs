//! Clusters of other machines: by SSH, by the queue of a computing centre (`dask_jobqueue`). The work is done here, with a warning.
//!
//! Nothing reaches a cluster yet, and a refusal would end a lesson at its first cell; see `Client("tcp://…")`.

use std::sync::Arc;

use super::board::Board;
use super::cluster::{Cluster, LocalCluster, Wishes};
use crate::class::{Module, entries};
use crate::context::Context;
use crate::error::{Kind, Result};
use crate::modules::warnings::warn;
use crate::value::Value;
use crate::{Keywords, Rest, builtins};

/// `dask_jobqueue`
pub fn module() -> Arc<Module> {
    Module::new(
        "dask_jobqueue",
        "Clusters by the queue of a computing centre; the work is done on this machine.",
        || entries(queues::builtins()),
    )
}

/// All cores of this machine, whatever was asked for: how many cores and how much memory a job has is said of other machines.
fn here(context: &Context, name: &str, instead: &str) -> Result<Value> {
    let text = format!("rdk does not reach clusters yet: {name}() {instead}, the work is done on this machine");
    warn(context, Kind::UserWarning, &text)?;
    Ok(Value::object(LocalCluster(Cluster::new(&Board::of(context), Wishes::default())?)))
}

builtins! {
    /// A cluster of machines reached by SSH: not yet, the work is done on this machine.
    fn SSHCluster[context](
        /// The machines.
        args: Rest,
        /// How they are reached.
        kwargs: Keywords,
    ) -> Result<Value> { let _ = (args, kwargs); here(context, "SSHCluster", "connects to no machine") }
}

mod queues {
    use super::*;

    macro_rules! queues {
        ($($name:ident)*) => {
            builtins! {$(
                /// A cluster by the queue of a computing centre: not yet, the work is done on this machine.
                fn $name[context](
                    /// Not used.
                    args: Rest,
                    /// What a job has: `cores`, `memory`, `walltime`.
                    kwargs: Keywords,
                ) -> Result<Value> { let _ = (args, kwargs); here(context, stringify!($name), "submits no jobs") }
            )*}
        };
    }

    queues! { SLURMCluster PBSCluster SGECluster LSFCluster OARCluster MoabCluster HTCondorCluster }
}

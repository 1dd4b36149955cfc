//! What of `dask.distributed` is not here, each with what to do instead.

use crate::error::{Error, Result};
use crate::{Keywords, Rest, builtins, error};

fn other_machines(name: &str) -> Error {
    error!(NotImplementedError: "rdk has no `{name}` yet: work runs on all cores of this machine"; hint: "`cluster = LocalCluster()` goes on from here, or `client = Client()`")
}

fn built_in(name: &str) -> Error {
    error!(NotImplementedError: "rdk has no `{name}`: the engine is part of this process"; hint: "`client = Client()` is all that is needed")
}

macro_rules! refused {
    ($($doc:literal $name:ident $why:ident;)*) => {
        builtins! {$(
            #[doc = $doc]
            fn $name(
                /// Not used.
                args: Rest,
                /// Not used.
                kwargs: Keywords,
            ) -> Result<()> { let _ = (args, kwargs); Err($why(stringify!($name))) }
        )*}
    };
}

refused! {
    " Not there yet: a cluster made of parts." SpecCluster other_machines;
    " Not there: the engine is part of this process." Scheduler built_in;
    " Not there: workers are threads of this process." Worker built_in;
    " Not there: workers are threads of this process." Nanny built_in;
    " Not there: messages between tasks; a `Queue` passes values on." Pub built_in;
    " Not there: messages between tasks; a `Queue` passes values on." Sub built_in;
    " Not there: several locks at once." MultiLock built_in;
    " Not there: nothing is sent over a network." Security built_in;
    " Not there: there is nothing to plug into." WorkerPlugin built_in;
    " Not there: there is nothing to plug into." SchedulerPlugin built_in;
    " Not there: what ran when." get_task_stream built_in;
    " Not there: where the time goes by line." profile built_in;
}

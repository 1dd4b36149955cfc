//! What a client knows of the engine and of its futures.

use std::sync::Arc;

use super::client::{Client, Open};
use super::cluster::{ADDRESS, info};
use super::submit::{all_works, call};
use super::work::Work;
use crate::context::Context;
use crate::error::Result;
use crate::value::Value;
use crate::{Keywords, Rest, bail, builtins, error};

builtins! {
    /// What is known of the engine and its workers.
    fn scheduler_info(
        this: Open,
        /// How many workers; accepted, not used.
        n_workers: Option<i64>,
    ) -> Value { let _ = n_workers; info(&this.0.cluster) }

    /// The threads of each worker.
    ///
    /// ```rdk
    /// from dask.distributed import Client
    /// client = Client(n_workers=1, threads_per_worker=2)
    /// client.nthreads()
    /// #> {'inproc://rdk': 2}
    /// client.close()
    /// ```
    fn nthreads(
        this: Open,
        /// Which workers; accepted, not used.
        workers: Option<Value>,
    ) -> Value { let _ = workers; threads(&this) }

    /// The threads of each worker.
    fn ncores(
        this: Open,
        /// Which workers; accepted, not used.
        workers: Option<Value>,
    ) -> Value { let _ = workers; threads(&this) }

    /// Where the results of futures are.
    fn who_has[context](
        this: Open,
        /// A future, or lists and dicts of them; all if not given.
        futures: Option<Value>,
    ) -> Result<Value> {
        let works = works(context, &this, futures)?;
        Ok(Value::dict(works.iter().map(|work| {
            let place = if work.status() == "finished" { vec![Value::str(ADDRESS)] } else { Vec::new() };
            (work.text.clone(), Value::list(place))
        })))
    }

    /// The keys of the results that each worker holds.
    fn has_what(
        this: Open,
        /// Which workers; accepted, not used.
        workers: Option<Value>,
    ) -> Value {
        let _ = workers;
        let mut keys: Vec<Value> = this.0.board.works().iter()
            .filter(|work| work.status() == "finished")
            .map(|work| Value::Str(work.text.clone()))
            .collect();
        keys.sort_by_key(Value::text);
        Value::dict([(ADDRESS, Value::list(keys))])
    }

    /// How many bytes results hold, by key.
    fn nbytes(
        this: Open,
        /// Accepted, not used.
        keys: Option<Value>,
        /// Whether all results of a function are added up.
        summary: bool = true,
    ) -> Value {
        let _ = keys;
        let mut sizes: indexmap::IndexMap<String, u64> = indexmap::IndexMap::new();
        for work in this.0.board.works() {
            if let super::work::Stage::Finished(_, bytes) = work.stage() {
                let name = if summary { work.name.to_string() } else { work.text.to_string() };
                *sizes.entry(name).or_default() += bytes;
            }
        }
        sizes.sort_keys();
        Value::dict(sizes.into_iter().map(|(name, bytes)| (name, Value::from(bytes))))
    }

    /// The tasks that run or wait, by worker.
    fn processing(
        this: Open,
        /// Which workers; accepted, not used.
        workers: Option<Value>,
    ) -> Value {
        let _ = workers;
        let pending = this.0.board.works().into_iter().filter(|work| !work.is_over());
        Value::dict([(ADDRESS, Value::tuple(pending.map(|work| Value::Str(work.text.clone()))))])
    }

    /// Calls a function on every worker: here, once, and gives what it gave by worker.
    ///
    /// ```rdk
    /// from dask.distributed import Client
    /// client = Client(n_workers=1)
    /// client.run(abs, -3)
    /// #> {'inproc://rdk': 3}
    /// client.close()
    /// ```
    fn run[context](
        this: Open,
        /// The function.
        function: Value,
        /// Its arguments.
        args: Rest,
        /// Accepted, not used.
        workers: Option<Value>,
        /// Accepted, not used.
        wait: Option<bool>,
        /// Accepted, not used.
        nanny: Option<bool>,
        /// Accepted, not used.
        on_error: Option<Value>,
        /// Arguments by name.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = (workers, wait, nanny, on_error);
        let answer = call(context, &function, args.0, kwargs)?;
        Ok(Value::dict(this.0.cluster.addresses().into_iter().map(|address| (address, answer.clone()))))
    }

    /// Calls a function where the engine is: here.
    fn run_on_scheduler[context](
        this: Open,
        /// The function.
        function: Value,
        /// Its arguments.
        args: Rest,
        /// Arguments by name.
        kwargs: Keywords,
    ) -> Result<Value> { let _ = this; call(context, &function, args.0, kwargs) }

    /// Calls a function and gives what it gives: there is no `await` to be done for it.
    fn sync[context](
        this: Open,
        /// The function.
        func: Value,
        /// Its arguments.
        args: Rest,
        /// Arguments by name.
        kwargs: Keywords,
    ) -> Result<Value> { let _ = this; call(context, &func, args.0, kwargs) }

    /// Raises the error of a future here, as `result` does.
    fn recreate_error_locally[context](
        this: Open,
        /// The future that failed.
        future: super::future::Held,
    ) -> Result<Value> {
        let _ = this;
        super::future::result_of(context, &future.0, &super::future::Patience(None))
    }

    /// What runs here, and which version it is.
    fn get_versions(
        this: Open,
        /// Whether versions must be equal; they are.
        check: bool = false,
        /// Accepted, not used.
        packages: Option<Value>,
    ) -> Value {
        let _ = check;
        let versions = Value::dict([("rdk", Value::str(env!("CARGO_PKG_VERSION")))]);
        let one = Value::dict([("packages", versions)]);
        let workers = Value::dict(this.0.cluster.addresses().into_iter().map(|address| (address, one.clone())));
        let _ = packages;
        Value::dict([("scheduler", one.clone()), ("workers", workers), ("client", one)])
    }

    /// Packages to install on workers: rdk has none.
    fn upload_file(
        this: Open,
        /// A file.
        filename: Value,
        /// Accepted, not used.
        load: Option<bool>,
    ) -> Result<()> {
        let _ = (this, load);
        bail!(NotImplementedError: "there is nowhere to send {} to", filename.text(); hint: "tasks run in this process and see what you see: functions of this session can be submitted as they are")
    }

    /// Spreads results over workers: there is one place, nothing moves.
    fn rebalance(
        this: Open,
        /// Accepted, not used.
        futures: Option<Value>,
    ) -> () { let _ = (this, futures); }

    /// Copies results to other workers: there is one place, nothing moves.
    fn replicate(
        this: Open,
        /// Futures.
        futures: Value,
        /// Accepted, not used.
        n: Option<i64>,
    ) -> () { let _ = (this, futures, n); }

    /// Not there: where time goes, by line.
    fn profile(this: Client, /// Not used.
        kwargs: Keywords) -> Result<()> { let _ = (this, kwargs); Err(no_profile("profile")) }

    /// Not there: what ran when.
    fn get_task_stream(this: Client, /// Not used.
        kwargs: Keywords) -> Result<()> { let _ = (this, kwargs); Err(no_profile("get_task_stream")) }

    /// What workers have logged: nothing, what tasks print is shown at once.
    fn get_worker_logs(this: Client, /// Not used.
        kwargs: Keywords) -> Value { let _ = (this, kwargs); Value::dict::<&str>([]) }

    /// What the engine has logged: nothing.
    fn get_scheduler_logs(this: Client, /// Not used.
        kwargs: Keywords) -> Value { let _ = (this, kwargs); Value::tuple([]) }
}

fn no_profile(name: &str) -> crate::Error {
    error!(NotImplementedError: "rdk has no `{name}`"; hint: "`with performance_report(\"report.html\"):` writes how long each operation took")
}

fn threads(client: &Open) -> Value {
    let threads = client.0.cluster.threads_per_worker();
    Value::dict(client.0.cluster.addresses().into_iter().map(|address| (address, Value::from(threads))))
}

fn works(context: &Context, client: &Open, futures: Option<Value>) -> Result<Vec<Arc<Work>>> {
    match futures {
        Some(futures) => all_works(context, &futures),
        None => Ok(client.0.board.works()),
    }
}

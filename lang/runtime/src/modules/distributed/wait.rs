//! Functions of futures: `wait`, `futures_of`, `fire_and_forget`, and those that a task calls.

use std::sync::Arc;

use parking_lot::Mutex;

use super::arrivals::{Arrivals, Next};
use super::board::Board;
use super::future::{Future, Patience};
use super::submit::all_works;
use super::work::Work;
use crate::context::Context;
use crate::error::Result;
use crate::modules::named_tuple::NamedTuple;
use crate::value::{HashKey, Set, Value};
use crate::{bail, builtins, error};

builtins! {
    /// Waits until futures are done; gives those that are, and those that are not.
    ///
    /// ```rdk
    /// from dask.distributed import Client, wait
    /// client = Client()
    /// done, not_done = wait(client.map(abs, [-1, -2]))
    /// len(done), len(not_done)
    /// #> (2, 0)
    /// ```
    fn wait[context](
        /// Futures.
        fs: Value,
        /// After how many seconds a `TimeoutError` is raised.
        timeout: Patience,
        /// `ALL_COMPLETED` or `FIRST_COMPLETED`
        return_when: String = "ALL_COMPLETED",
    ) -> Result<Value> { wait(context, &fs, &timeout, &return_when) }

    /// The futures in lists and dicts.
    fn futures_of[context](
        /// Lists, tuples, sets, dicts with futures inside.
        o: Value,
        /// Accepted, not used.
        client: Option<Value>,
    ) -> Result<Value> {
        let _ = client;
        Ok(Value::list(all_works(context, &o)?.into_iter().map(Future::value)))
    }

    /// Has a future done though nobody holds it.
    ///
    /// ```rdk
    /// from dask.distributed import Client, fire_and_forget
    /// client = Client()
    /// fire_and_forget(client.submit(abs, -3))
    /// ```
    fn fire_and_forget[context](
        /// A future, or lists and dicts of them.
        obj: Value,
    ) -> Result<()> {
        let board = Board::of(context);
        all_works(context, &obj)?.iter().for_each(|work| board.keep(work));
        Ok(())
    }

    /// The client of this session: also for tasks, which may submit others.
    ///
    /// ```rdk
    /// from dask.distributed import Client, get_client
    /// client = Client()
    /// def fib(n):
    ///     if n < 2:
    ///         return n
    ///     client = get_client()
    ///     a, b = client.map(fib, [n - 1, n - 2])
    ///     return a.result() + b.result()
    /// client.submit(fib, 8).result()
    /// #> 21
    /// ```
    fn get_client[context](
        /// Accepted, not used.
        address: Option<Value>,
        /// Accepted, not used.
        timeout: Option<Value>,
        /// Accepted, not used.
        resolve_address: Option<bool>,
    ) -> Result<Value> {
        let _ = (address, timeout, resolve_address);
        match super::client::open_client(&Board::of(context)) {
            Value::None => bail!("No global client found and no address provided"; hint: "`client = Client()` makes one"),
            client => Ok(client),
        }
    }

    /// The client that was made last.
    fn default_client[context](
        /// Another one, which is given back.
        c: Option<Value>,
    ) -> Result<Value> {
        match c.unwrap_or_else(|| super::client::open_client(&Board::of(context))) {
            Value::None => bail!("No clients found"; hint: "`client = Client()` makes one"),
            client => Ok(client),
        }
    }

    /// The worker that runs a task: workers are threads here, and have nothing of their own.
    fn get_worker() -> Result<()> {
        Err(error!(NotImplementedError: "workers are threads of this process and have nothing of their own"; hint: "`get_client()` submits from inside a task; values that tasks share go into a `Variable` or a `Queue`"))
    }

    /// Leaves the worker to others while this task waits: not needed, waiting does so by itself.
    fn secede(
        /// Accepted, not used.
        adjust: Option<bool>,
    ) -> () { let _ = adjust; }

    /// Comes back to the worker: not needed, see `secede`.
    fn rejoin() -> () {}
}

fn wait(context: &Context, futures: &Value, patience: &Patience, return_when: &str) -> Result<Value> {
    let works = all_works(context, futures)?;
    let until = patience.until();
    let _watching = super::progress::watch(context, &works);
    // Persisted lazy values have no futures to be told apart.
    let laters = super::collections::awaited(context, futures)?;
    if !super::collections::wait_for(context, &laters, until)? {
        bail!(TimeoutError: "not all results are there yet"; hint: "they go on: ask again, or wait longer");
    }
    match return_when {
        "ALL_COMPLETED" => {
            for work in &works {
                if !work.wait(context, until)? {
                    return Err(late(&works));
                }
            }
        }
        "FIRST_COMPLETED" => {
            let arrivals = Arc::<Arrivals>::default();
            works.iter().for_each(|work| arrivals.expect(work));
            if matches!(arrivals.next(context, until)?, Next::Late) {
                return Err(late(&works));
            }
        }
        other => {
            bail!(NotImplementedError: "Only return_when='ALL_COMPLETED' and 'FIRST_COMPLETED' are supported, got '{other}'")
        }
    }
    if let Some(work) = works.iter().find(|work| work.is_cancelled()) {
        return Err(work.cancelled_error());
    }
    let set = |works: Vec<&Arc<Work>>| -> Result<Value> {
        let members = works.into_iter().map(|work| HashKey::new(Future::value(work.clone()))).collect::<Result<_>>()?;
        Ok(Value::Set(Arc::new(Set { items: Mutex::new(members), frozen: false })))
    };
    let (done, not_done) = works.iter().partition(|work| work.is_over());
    Ok(NamedTuple::new("DoneAndNotDoneFutures", &["done", "not_done"], vec![set(done)?, set(not_done)?]))
}

fn late(works: &[Arc<Work>]) -> crate::Error {
    let left = works.iter().filter(|work| !work.is_over()).count();
    error!(TimeoutError: "{left} of {} futures are not done yet", works.len(); hint: "they go on: ask again, or wait longer")
}

//! `progress`: how far futures have come. Front ends draw it like that of any run; at the end there is a line.

use std::sync::Arc;
use std::time::Instant;

use indexmap::IndexMap;
use rdk_graph::progress::{OperationProgress, Progress, Watching};

use super::board::Board;
use super::submit::all_works;
use super::work::{Stage, Work};
use crate::context::{Context, Stream};
use crate::error::Result;
use crate::modules::dask::utils::format_time;
use crate::value::{Name, Value};
use crate::{Rest, builtins};

/// How many characters the bar has, as Dask's.
const WIDTH: usize = 40;

builtins! {
    /// Shows how far futures have come, until they are done.
    ///
    /// ```rdk
    /// from dask.distributed import Client, progress
    /// client = Client()
    /// futures = client.map(abs, range(10))
    /// progress(futures)
    /// #> [########################################] | 100% Completed | …
    /// ```
    fn progress[context](
        /// Futures, in lists or by themselves. Lazy values that are persisted are done already.
        futures: Rest,
        /// Accepted, not used.
        notebook: Option<bool>,
        /// Accepted, not used.
        multi: Option<bool>,
        /// Accepted, not used.
        complete: Option<bool>,
        /// `group_by` and the like: accepted, not used.
        kwargs: crate::Keywords,
    ) -> Result<()> {
        let _ = (notebook, multi, complete, kwargs);
        progress(context, &Value::tuple(futures.0))
    }
}

fn progress(context: &Context, futures: &Value) -> Result<()> {
    let works = all_works(context, futures)?;
    let started = Instant::now();
    let _watching = watch(context, &works, started);
    for work in &works {
        work.wait(context, None)?;
    }
    let done = works.iter().filter(|work| matches!(work.stage(), Stage::Finished(..))).count();
    let part = if works.is_empty() { 1.0 } else { done as f64 / works.len() as f64 };
    let bar = "#".repeat((WIDTH as f64 * part) as usize);
    let time = format_time(started.elapsed().as_secs_f64());
    let line = format!("[{bar:<WIDTH$}] | {}% Completed | {time}\n", (100.0 * part) as u32);
    context.shared.output.write(Stream::Out, &line);
    Ok(())
}

/// As long as what is given back lives, front ends show how far these have come.
pub fn watch(context: &Context, works: &[Arc<Work>], started: Instant) -> Option<Watching> {
    let board = Board::of(context);
    if works.len() < 2 || board.engine.is_worker() {
        return None;
    }
    let works = works.to_vec();
    let memory = board.engine.memory();
    // Numbers from the other end: no run of the engine has them.
    let run = u64::MAX - board.number();
    Some(board.engine.watch(move || Some(come(&works, run, started, memory))))
}

/// How far these have come.
fn come(works: &[Arc<Work>], run: u64, started: Instant, budget: u64) -> Progress {
    let mut counts: IndexMap<Name, (usize, usize)> = IndexMap::new();
    let (mut running, mut bytes_held) = (0, 0);
    for work in works {
        let (done, total) = counts.entry(work.name.clone()).or_default();
        *total += 1;
        match work.stage() {
            Stage::Waiting(_) | Stage::Queued => {}
            Stage::Running => running += 1,
            Stage::Finished(_, bytes) => {
                bytes_held += bytes;
                *done += 1;
            }
            Stage::Failed(_) | Stage::Cancelled => *done += 1,
        }
    }
    // Nobody has measured them one by one: each counts as much as any other.
    let operations =
        counts.into_iter().map(|(name, (done, total))| OperationProgress::new(name, done, total, done as f64));
    Progress { run, operations: operations.collect(), running, bytes_held, bytes_spilled: 0, budget, started }
}

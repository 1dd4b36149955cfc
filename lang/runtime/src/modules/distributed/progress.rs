//! `progress`: how far futures have come. A notebook's display goes on while other cells run; elsewhere it is waited for, front
//! ends draw a bar as for any run, and at the end there is a line.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use rdk_graph::progress::{OperationProgress, Progress, Watching};
use rdk_graph::{Later, Token};
use rdk_summary::bars::{Bar, Bars, line};
use rdk_summary::{Media, Summary};

use super::board::Board;
use super::collections::{awaited, wait_for};
use super::submit::all_works;
use super::work::{Stage, Work};
use crate::context::{Context, Output, Stream};
use crate::error::Result;
use crate::modules::dask::utils::format_time;
use crate::value::{Name, Value};
use crate::{Keywords, Rest, builtins};

/// How many characters the bar has, as Dask's.
const WIDTH: usize = 40;
/// How often the display of a notebook is drawn.
const TICK: Duration = Duration::from_millis(200);

builtins! {
    /// Shows how far futures, or persisted lazy values, have come.
    ///
    /// ```rdk
    /// from dask.distributed import Client, progress
    /// client = Client()
    /// futures = client.map(abs, range(10))
    /// progress(futures)
    /// #> [########################################] | 100% Completed | …
    /// ```
    fn progress[context](
        /// Futures and persisted lazy values, in lists or by themselves.
        futures: Rest,
        /// Accepted, not used.
        notebook: Option<bool>,
        /// Accepted, not used.
        multi: Option<bool>,
        /// Accepted, not used.
        complete: Option<bool>,
        /// `group_by` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<()> {
        let _ = (notebook, multi, complete, kwargs);
        progress(context, &Value::tuple(futures.0))
    }
}

fn progress(context: &Context, futures: &Value) -> Result<()> {
    let works = all_works(context, futures)?;
    let laters = awaited(context, futures)?;
    let started = Instant::now();
    let is_over = || works.iter().all(|work| work.is_over()) && laters.iter().all(Later::is_over);
    if context.shared.output.updates() && !is_over() {
        show_live(context.shared.output.clone(), &works, laters, started);
        return Ok(());
    }
    let watching = watch(context, &works);
    for work in &works {
        work.wait(context, None)?;
    }
    drop(watching);
    wait_for(context, &laters, None)?;
    let done = works.iter().filter(|work| matches!(work.stage(), Stage::Finished(..))).count();
    let done = done + laters.iter().filter(|later| later.result().is_some()).count();
    let total = works.len() + laters.len();
    let part = if total == 0 { 1.0 } else { done as f64 / total as f64 };
    let bar = "#".repeat((WIDTH as f64 * part) as usize);
    let time = format_time(started.elapsed().as_secs_f64());
    let line = format!("[{bar:<WIDTH$}] | {}% Completed | {time}\n", (100.0 * part) as u32);
    context.shared.output.write(Stream::Out, &line);
    Ok(())
}

/// As long as what is given back lives, front ends show how far these have come.
pub fn watch(context: &Context, works: &[Arc<Work>]) -> Option<Watching> {
    let board = Board::of(context);
    if works.len() < 2 || board.engine.is_worker() || works.iter().all(|work| work.is_over()) {
        return None;
    }
    let (works, started, budget) = (works.to_vec(), Instant::now(), board.engine.memory());
    // Numbers from the other end: no run of the engine has them.
    let run = u64::MAX - board.number();
    let come = move || {
        let mut counts = Counts::default();
        works.iter().for_each(|work| counts.add(work));
        // Nobody has measured them one by one: each counts as much as any other.
        let operations = counts
            .names
            .into_iter()
            .map(|(name, (done, total))| OperationProgress::new(name, done, total, done as f64))
            .collect();
        let (running, bytes_held) = (counts.running, counts.bytes);
        Some(Progress { run, operations, running, bytes_held, bytes_spilled: 0, budget, started })
    };
    Some(board.engine.watch(come))
}

/// How many are done, and of how many, by name.
#[derive(Default)]
struct Counts {
    names: IndexMap<Name, (usize, usize)>,
    running: usize,
    bytes: u64,
}

impl Counts {
    fn add(&mut self, work: &Work) {
        let (done, total) = self.names.entry(work.name.clone()).or_default();
        *total += 1;
        match work.stage() {
            Stage::Waiting(_) | Stage::Queued => {}
            Stage::Running => self.running += 1,
            Stage::Finished(_, bytes) => {
                self.bytes += bytes;
                *done += 1;
            }
            Stage::Failed(_) | Stage::Cancelled => *done += 1,
        }
    }

    fn count(&mut self, name: &Name, is_done: bool) {
        let (done, total) = self.names.entry(name.clone()).or_default();
        *total += 1;
        *done += usize::from(is_done);
    }
}

/// A display that goes on until all are done. It does not hold the futures: those that are dropped count as done.
fn show_live(output: Arc<dyn Output>, works: &[Arc<Work>], laters: Vec<Later>, started: Instant) {
    let works: Vec<(Name, Weak<Work>)> = works.iter().map(|work| (work.name.clone(), Arc::downgrade(work))).collect();
    // A notebook keeps displays beyond the session: the name is used only once.
    let id = format!("progress-{}", Token::fresh());
    let bars = move || {
        let mut counts = Counts::default();
        for (name, work) in &works {
            match work.upgrade() {
                Some(work) => counts.add(&work),
                None => counts.count(name, true),
            }
        }
        laters.iter().for_each(|later| counts.count(&Name::from("results"), later.is_over()));
        let bars: Vec<Bar> = counts
            .names
            .iter()
            .map(|(name, &(done, total))| Bar { name: name.to_string(), done: done as u64, total: total as u64 })
            .collect();
        bars
    };
    let (first, over) = drawn(bars(), started);
    output.display_as(&Summary::Media(first), &id);
    if over {
        return;
    }
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(TICK);
            let (media, over) = drawn(bars(), started);
            output.update(&Summary::Media(media), &id);
            if over {
                return;
            }
        }
    });
}

/// The bars, or a line when all is done; is it?
fn drawn(bars: Vec<Bar>, started: Instant) -> (Media, bool) {
    let (done, total) = bars.iter().fold((0, 0), |sum, bar| (sum.0 + bar.done, sum.1 + bar.total));
    let time = format_time(started.elapsed().as_secs_f64());
    if done == total {
        return (line(&format!("{total} tasks in {time}")), true);
    }
    (Bars { bars, facts: vec![format!("{done} of {total} tasks"), format!("{time} so far")] }.media(), false)
}

//! `performance_report`: a page with what ran within a `with`, how often and how long.

use std::any::Any;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};
use std::thread::ThreadId;
use std::time::Instant;

use indexmap::IndexMap;
use parking_lot::Mutex;
use rdk_graph::progress::{Event, Listening, What};
use rustc_hash::FxHashMap;

use crate::class::{Class, ClassRef};
use crate::context::Context;
use crate::convert::FromValue;
use crate::error::{Error, Result};
use crate::modules::dask::utils::{format_bytes, format_time};
use crate::object::Object;
use crate::types::types;
use crate::value::{Name, Value};
use crate::{Keywords, bail, builtins};

/// More bars than that are not drawn.
const MOST_BARS: usize = 5000;
const WIDTH: f64 = 1000.0;
const LANE: usize = 18;
const COLORS: [&str; 10] =
    ["#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1", "#76b7b2", "#edc948", "#ff9da7", "#9c755f", "#86bcb6"];

/// The class of what `performance_report` gives.
pub static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("performance_report", "distributed.client", "A page with what ran, how often and how long.");
    let construct = construct::builtins().pop().expect("one is declared");
    Arc::new(class.base(types().object.clone()).construct(construct))
});

mod construct {
    use super::*;

    builtins! {
        /// Writes a page with what ran within the `with`: each operation with its times, and who did what when.
        ///
        /// ```rdk
        /// import os, tempfile
        /// from dask.distributed import Client, performance_report
        /// client = Client()
        /// name = os.path.join(tempfile.mkdtemp(), "report.html")
        /// with performance_report(filename=name):
        ///     results = client.gather(client.map(abs, [-1, -2]))
        /// os.path.exists(name)
        /// #> True
        /// ```
        fn performance_report(
            /// Where it is written.
            filename: Value = "dask-report.html",
            /// `stacklevel`, `mode`, `storage_options`: accepted, not used.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = kwargs;
            let path = match crate::modules::path_of(&filename) {
                Some(path) => path,
                None => String::try_from_value(&filename)?.into(),
            };
            Ok(Value::object(Report { path, heard: Arc::default(), listening: Mutex::new(None), started: Mutex::new(None) }))
        }
    }
}

struct Report {
    path: std::path::PathBuf,
    heard: Arc<Mutex<Heard>>,
    listening: Mutex<Option<Listening>>,
    started: Mutex<Option<(Instant, usize)>>,
}

/// What ran.
#[derive(Default)]
struct Heard {
    operations: IndexMap<Name, Sums>,
    bars: Vec<Bar>,
    threads: FxHashMap<ThreadId, usize>,
}

#[derive(Default)]
struct Sums {
    count: usize,
    failed: usize,
    seconds: f64,
    longest: f64,
    bytes: u64,
}

/// A task on its thread.
struct Bar {
    operation: usize,
    lane: usize,
    end: Instant,
    seconds: f64,
}

impl Heard {
    fn on(&mut self, event: &Event) {
        let (seconds, bytes, failed) = match event.what {
            What::Finished { seconds, bytes } => (seconds, bytes, false),
            What::Failed => (0.0, 0, true),
            What::Queued | What::Started => return,
        };
        let entry = self.operations.entry(event.key.name.clone());
        let operation = entry.index();
        let sums = entry.or_default();
        sums.count += 1;
        sums.failed += usize::from(failed);
        sums.seconds += seconds;
        sums.longest = sums.longest.max(seconds);
        sums.bytes += bytes;
        // Events are told on the thread that has done the work.
        let lanes = self.threads.len();
        let lane = *self.threads.entry(std::thread::current().id()).or_insert(lanes);
        if self.bars.len() < MOST_BARS {
            self.bars.push(Bar { operation, lane, end: event.at, seconds });
        }
    }

    fn page(&self, started: Instant, threads: usize) -> String {
        let elapsed = started.elapsed().as_secs_f64();
        let worked: f64 = self.operations.values().map(|sums| sums.seconds).sum();
        let tasks: usize = self.operations.values().map(|sums| sums.count).sum();
        let mut page = String::from(HEAD);
        let _ = write!(
            page,
            "<h1>rdk performance report</h1>\n<dl><dt>Duration</dt><dd>{}</dd><dt>Tasks</dt><dd>{tasks}</dd>\
             <dt>Work</dt><dd>{}</dd><dt>Threads</dt><dd>{threads}</dd></dl>\n",
            format_time(elapsed),
            format_time(worked)
        );
        page.push_str("<h2>Operations</h2>\n<table><tr><th></th><th>operation</th><th>tasks</th><th>failed</th><th>total</th><th>mean</th><th>longest</th><th>bytes made</th></tr>\n");
        let mut rows: Vec<(usize, &Name, &Sums)> =
            self.operations.iter().enumerate().map(|(at, (name, sums))| (at, name, sums)).collect();
        rows.sort_by(|a, b| b.2.seconds.total_cmp(&a.2.seconds));
        for (at, name, sums) in rows {
            let bytes = format_bytes(&Value::from(sums.bytes)).unwrap_or_default();
            let mean = format_time(sums.seconds / sums.count.max(1) as f64);
            let _ = writeln!(
                page,
                "<tr><td style=\"background:{}\"></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{mean}</td><td>{}</td><td>{bytes}</td></tr>",
                COLORS[at % COLORS.len()],
                escaped(name),
                sums.count,
                sums.failed,
                format_time(sums.seconds),
                format_time(sums.longest)
            );
        }
        page.push_str("</table>\n<h2>Tasks by thread</h2>\n");
        let height = self.threads.len().max(1) * LANE;
        let _ = writeln!(
            page,
            "<svg viewBox=\"0 0 {WIDTH} {height}\" width=\"100%\" xmlns=\"http://www.w3.org/2000/svg\">"
        );
        let names: Vec<&Name> = self.operations.keys().collect();
        for bar in &self.bars {
            let end = bar.end.saturating_duration_since(started).as_secs_f64();
            let scale = WIDTH / elapsed.max(1e-9);
            let left = ((end - bar.seconds) * scale).max(0.0);
            let _ = writeln!(
                page,
                "<rect x=\"{left:.2}\" y=\"{}\" width=\"{:.2}\" height=\"{}\" fill=\"{}\"><title>{}: {}</title></rect>",
                bar.lane * LANE + 1,
                (bar.seconds * scale).max(0.5),
                LANE - 2,
                COLORS[bar.operation % COLORS.len()],
                escaped(names[bar.operation]),
                format_time(bar.seconds)
            );
        }
        page.push_str("</svg>\n");
        if self.bars.len() == MOST_BARS {
            let _ = writeln!(page, "<p>The first {MOST_BARS} tasks are drawn.</p>");
        }
        page + "</body></html>\n"
    }
}

const HEAD: &str = "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>rdk performance report</title><style>\
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:64em;padding:0 1em}\
table{border-collapse:collapse}th,td{padding:.2em .8em;text-align:right}td:nth-child(2),th:nth-child(2){text-align:left}\
tr+tr{border-top:1px solid #8884}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em}dt{opacity:.7}dd{margin:0}\
</style></head><body>\n";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Object for Report {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<performance_report: {}>", self.path.display())
    }

    fn enter(&self, context: &Context) -> Option<Result<Value>> {
        *self.heard.lock() = Heard::default();
        *self.started.lock() = Some((Instant::now(), context.shared.engine.threads()));
        let heard = self.heard.clone();
        let listening = context.shared.engine.listen(move |events| {
            let mut heard = heard.lock();
            events.iter().for_each(|event| heard.on(event));
        });
        *self.listening.lock() = Some(listening);
        Some(Ok(Value::None))
    }

    fn exit(&self, _: &Context, _: Option<&Error>) -> Result<bool> {
        let listening = self.listening.lock().take();
        drop(listening);
        let Some((started, threads)) = self.started.lock().take() else { return Ok(false) };
        let page = self.heard.lock().page(started, threads);
        match std::fs::write(&self.path, page) {
            Ok(()) => Ok(false),
            Err(problem) => bail!(OSError: "cannot write {}: {problem}", self.path.display()),
        }
    }
}

//! `dask.diagnostics`: a line for each computation that has run.

use std::any::Any;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use parking_lot::Mutex;
use rdk_graph::progress::{Event, Listening, What};

use super::utils::format_time;
use crate::class::{Class, ClassRef, Module};
use crate::context::{Context, Output, Stream};
use crate::convert::FromValue;
use crate::error::{Error, Result};
use crate::object::Object;
use crate::types::types;
use crate::value::Value;
use crate::{Keywords, bail, builtins};

const NAME: &str = "dask.diagnostics";
/// The bars that stay on, kept by the module.
const REGISTERED: &str = "_registered";

/// The module `dask.diagnostics`.
pub fn module() -> Arc<Module> {
    Module::new(NAME, "A line for each computation that has run.", || {
        let mut names = crate::class::entries(later::builtins());
        names.push(("ProgressBar", Value::Class(CLASS.clone())));
        names.push((REGISTERED, Value::list([])));
        names
    })
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("ProgressBar", NAME, "A line for each computation that has run.");
    let construct = construct::builtins().pop().expect("one is declared");
    let class = class.base(types().object.clone()).construct(construct);
    Arc::new(class.methods(methods::builtins()).properties(properties::builtins()))
});

mod construct {
    use super::*;

    builtins! {
        /// A line for each computation that has run, with the time that it took.
        ///
        /// ```rdk
        /// from dask import delayed
        /// from dask.diagnostics import ProgressBar
        /// with ProgressBar():
        ///     x = delayed(sum)([1, 2]).compute()
        /// #> [########################################] | 100% Completed | …
        /// ```
        fn ProgressBar(
            /// Computations that take fewer seconds go without a line.
            minimum: f64 = 0.0,
            /// How many characters the bar has.
            width: usize = 40usize,
            /// How often it is drawn, in seconds; accepted, not used.
            dt: f64 = 0.1,
            /// Where it is written; accepted, not used.
            out: Option<Value>,
        ) -> Value {
            let _ = (dt, out);
            let state = State { minimum, width: width.min(1000), run: None, last: 0.0 };
            Value::object(ProgressBar { state: Arc::new(Mutex::new(state)), listening: Arc::default() })
        }
    }
}

mod methods {
    use super::*;

    builtins! {
        /// From now on every computation has its line.
        fn register[context](this: ProgressBar) -> Result<()> {
            this.listen(context);
            if let Some(Value::List(kept)) = context.shared.library.module(NAME).and_then(|module| module.get(REGISTERED)) {
                kept.0.lock().push(Value::object(this.clone()));
            }
            Ok(())
        }

        /// No more lines.
        fn unregister[context](this: ProgressBar) -> Result<()> {
            this.listening.lock().take();
            if let Some(Value::List(kept)) = context.shared.library.module(NAME).and_then(|module| module.get(REGISTERED)) {
                kept.0.lock().retain(|bar| !bar.get::<ProgressBar>().is_some_and(|bar| Arc::ptr_eq(&bar.state, &this.state)));
            }
            Ok(())
        }
    }
}

mod properties {
    use super::*;

    builtins! {
        /// How many seconds the last computation took.
        fn last_duration(this: ProgressBar) -> f64 { this.state.lock().last }
    }
}

/// What is known by name only.
mod later {
    use super::*;

    builtins! {
        /// Not there yet: what each task did.
        fn Profiler(
            /// Not used.
            kwargs: Keywords,
        ) -> Result<()> { not_yet("Profiler", kwargs) }

        /// Not there yet: memory and cores over time.
        fn ResourceProfiler(
            /// Not used.
            kwargs: Keywords,
        ) -> Result<()> { not_yet("ResourceProfiler", kwargs) }

        /// Not there yet: what results were kept when.
        fn CacheProfiler(
            /// Not used.
            kwargs: Keywords,
        ) -> Result<()> { not_yet("CacheProfiler", kwargs) }
    }
}

fn not_yet(name: &str, _kwargs: Keywords) -> Result<()> {
    bail!(NotImplementedError: "rdk has no `{name}` yet"; hint: "`ProgressBar` and `%time` say how long a computation takes")
}

/// A bar that is shared by those who draw it and those who ask it.
#[derive(Clone)]
struct ProgressBar {
    state: Arc<Mutex<State>>,
    listening: Arc<Mutex<Option<Listening>>>,
}

struct State {
    minimum: f64,
    width: usize,
    run: Option<Run>,
    last: f64,
}

/// The computation under way.
struct Run {
    number: u64,
    total: usize,
    done: usize,
    started: Instant,
}

impl ProgressBar {
    fn listen(&self, context: &Context) {
        let (state, output) = (self.state.clone(), context.shared.output.clone());
        let listening = context.shared.engine.listen(move |events| heard(&state, &output, events));
        *self.listening.lock() = Some(listening);
    }
}

fn heard(state: &Mutex<State>, output: &Arc<dyn Output>, events: &[Event]) {
    let line = {
        let mut state = state.lock();
        events.iter().find_map(|event| state.on(event))
    };
    if let Some(line) = line {
        output.write(Stream::Out, &line);
    }
}

impl State {
    /// Takes note of an event; the line when the computation ends with it.
    fn on(&mut self, event: &Event) -> Option<String> {
        let Some(run) = &mut self.run else {
            if event.what == What::Queued && event.run != 0 {
                self.run = Some(Run { number: event.run, total: 1, done: 0, started: event.at });
            }
            return None;
        };
        // What a task computes on its own belongs to the task.
        if event.run != run.number {
            return None;
        }
        match event.what {
            What::Queued => run.total += 1,
            What::Started => {}
            What::Finished { .. } => run.done += 1,
            What::Failed => {}
        }
        let failed = event.what == What::Failed;
        if !failed && run.done < run.total {
            return None;
        }
        let seconds = event.at.saturating_duration_since(run.started).as_secs_f64();
        let part = run.done as f64 / run.total as f64;
        self.last = seconds;
        self.run = None;
        let bar = "#".repeat((self.width as f64 * part) as usize);
        let percent = (100.0 * part) as u32;
        let width = self.width;
        (seconds >= self.minimum)
            .then(|| format!("[{bar:<width$}] | {percent}% Completed | {}\n", format_time(seconds)))
    }
}

impl FromValue for ProgressBar {
    fn expected() -> &'static str {
        "a ProgressBar"
    }

    fn from_value(value: &Value) -> Option<ProgressBar> {
        value.get::<ProgressBar>().cloned()
    }
}

impl Object for ProgressBar {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<dask.diagnostics.ProgressBar object>".into()
    }

    fn enter(&self, context: &Context) -> Option<Result<Value>> {
        self.listen(context);
        Some(Ok(Value::object(self.clone())))
    }

    fn exit(&self, _context: &Context, _error: Option<&Error>) -> Result<bool> {
        self.listening.lock().take();
        self.state.lock().run = None;
        Ok(false)
    }
}

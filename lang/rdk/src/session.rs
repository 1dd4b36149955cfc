//! A session: variables, numbered cells, and what they showed.

use std::path::PathBuf;
use std::sync::Arc;

use rdk_graph::{Cancel, Engine};
use rdk_runtime::modules::widgets::page as widgets;
use rdk_runtime::value::{Name, Value};
use rdk_runtime::{Context, Error, Globals, Output, Shared, error};
use rdk_summary::Summary;
use rdk_summary::bars::{Bar, Bars};
use rdk_syntax::Source;

use crate::library;
use crate::magics::{Door, SessionMagics};

/// How a session is set up.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How many tasks run at once; by default one a core.
    pub threads: Option<usize>,
    /// How many bytes tasks may hold together; by default 60 % of what the machine or its container has.
    pub memory: Option<u64>,
    /// Where data goes that finds no room in memory; by default the system's folder for temporary files.
    pub temporary_directory: Option<PathBuf>,
}

/// Which values a piece of text shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Showing {
    /// That of the last expression, as `Out[n]`: a prompt, a notebook.
    Last,
    /// That of every bare expression at top level: a script.
    Every,
}

/// What came of a cell.
pub struct Reply {
    /// The number of the cell.
    pub number: usize,
    /// What its value shows of itself.
    pub value: Option<Summary>,
    /// What is shown below the value: the figures that the cell has drawn.
    pub pictures: Vec<Summary>,
    /// The exception that ended it.
    pub error: Option<Error>,
}

impl Reply {
    fn of(number: usize, result: Result<Option<Value>, Error>, pictures: Vec<Summary>) -> Reply {
        match result {
            Ok(value) => {
                let value = value.map(|value| rdk_runtime::show::display::summary(&value));
                Reply { number, value, pictures, error: None }
            }
            Err(error) => Reply { number, value: None, pictures, error: Some(error) },
        }
    }
}

/// The error of a panic.
fn mistake(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    error!(SystemError: "a mistake in rdk itself: {text}"; hint: "the variables are still there")
}

/// A session: variables, numbered cells, and what they showed.
pub struct Session {
    context: Context,
    magics: Arc<SessionMagics>,
    number: usize,
}

impl Session {
    /// A session that prints to `output`.
    pub fn new(output: Arc<dyn Output>, options: &Options) -> Session {
        let engine = Arc::new(Engine::with(rdk_graph::engine::Options {
            threads: options.threads.unwrap_or(0),
            memory: options.memory,
            ..Default::default()
        }));
        let magics = Arc::new(SessionMagics::default());
        let mut shared = Shared::new(library::library(), output, engine);
        shared.magics = Box::new(Door(magics.clone()));
        let session = Session { context: Context::new(Arc::new(shared), Globals::new()), magics, number: 1 };
        session.greet();
        if let Some(folder) = &options.temporary_directory {
            let set = session.context.shared.set("temporary-directory", Value::str(&*folder.to_string_lossy()));
            set.expect("it stands among the settings");
        }
        session
    }

    /// Binds what is there at the first prompt.
    fn greet(&self) {
        let library = &self.context.shared.library;
        for &(name, module) in library::AT_HAND {
            if let Some(module) = library.module(module) {
                self.set(name, Value::Module(module.clone()));
            }
        }
        if let Some(dask) = library.module("dask") {
            for &name in library::DASK_AT_HAND {
                if let Some(value) = dask.get(name) {
                    self.set(name, value);
                }
            }
        }
        self.set("__name__", Value::str("__main__"));
        self.set("In", Value::list([Value::str("")]));
        self.set("Out", Value::dict::<&str>([]));
    }

    fn set(&self, name: &str, value: Value) {
        self.context.globals.set(&Name::from(name), value);
    }

    /// The number of the next cell.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Stops what runs: for Ctrl-C, from any thread.
    pub fn cancel(&self) -> Cancel {
        self.context.shared.cancel.clone()
    }

    /// What runs at the moment, for a progress bar, from any thread.
    pub fn engine(&self) -> Arc<Engine> {
        self.context.shared.engine.clone()
    }

    /// The context that cells run in: for completion and help.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Runs a cell of a prompt or a notebook.
    pub fn execute(&mut self, text: &str) -> Reply {
        let number = self.number;
        self.number += 1;
        self.remember_input(text);
        let reply = self.execute_aside_as(number, text);
        if let Ok(Some(value)) = &reply {
            self.remember_output(number, value);
        }
        Reply::of(number, reply, self.pictures(Showing::Last))
    }

    /// Runs a cell of which nothing is kept but the variables: it is not counted, and no `Out[n]` holds its value.
    pub fn execute_aside(&self, text: &str) -> Reply {
        let reply = self.execute_aside_as(self.number, text);
        Reply::of(self.number, reply, self.pictures(Showing::Last))
    }

    fn execute_aside_as(&self, number: usize, text: &str) -> Result<Option<Value>, Error> {
        let source = Source::new(format!("In [{number}]"), text);
        Ok(self.run(source, Showing::Last)?.filter(|value| !value.is_none()))
    }

    /// What an expression shows: for questions of the front end's own.
    pub fn look_at(&self, expression: &str) -> Result<Summary, Error> {
        let source = Source::new("expression", expression);
        self.run(source, Showing::Last).map(|value| rdk_runtime::show::display::summary(&value.unwrap_or(Value::None)))
    }

    /// Runs a text, with the values that it shows going to the session's output; gives what is left to show.
    ///
    /// A mistake of rdk's own that makes it panic is an error like any other: the session goes on.
    pub fn run(&self, source: Arc<Source>, showing: Showing) -> Result<Option<Value>, Error> {
        self.context.shared.cancel.clear();
        self.context.recover();
        let work = || self.magics.run_source(&self.context, source, showing);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        if showing == Showing::Every {
            for picture in self.pictures(showing) {
                self.context.shared.output.display(&picture);
            }
        }
        result.unwrap_or_else(|panic| Err(mistake(&*panic)))
    }

    /// All widgets, with what a page has to know of each.
    pub fn widgets(&self) -> Vec<(String, serde_json::Value)> {
        widgets::all(&self.context)
    }

    /// The page says that a widget was moved, typed into or pressed; who observes it is told.
    ///
    /// # Errors
    /// What those functions raise.
    pub fn hear_widget(&self, id: &str, data: &serde_json::Value) -> Result<(), Error> {
        self.context.shared.cancel.clear();
        self.context.recover();
        let work = || widgets::hear(&self.context, id, data);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        for picture in self.pictures(Showing::Last) {
            self.context.shared.output.display(&picture);
        }
        result.unwrap_or_else(|panic| Err(mistake(&*panic)))
    }

    /// The page has taken a widget away.
    pub fn forget_widget(&self, id: &str) {
        widgets::forget(&self.context, id);
    }

    /// The figures that a cell has drawn.
    fn pictures(&self, showing: Showing) -> Vec<Summary> {
        let draw = || match showing {
            Showing::Last => rdk_picture::end_of_cell(&self.context),
            Showing::Every => rdk_picture::end_of_script_cell(&self.context),
        };
        let drawn = std::panic::catch_unwind(std::panic::AssertUnwindSafe(draw));
        drawn.unwrap_or_else(|panic| vec![Summary::Text(mistake(&*panic).to_string())])
    }

    fn remember_input(&self, text: &str) {
        if let Some(Value::List(inputs)) = self.context.globals.get("In") {
            inputs.0.lock().push(Value::str(text));
        }
        self.magics.remember(text);
    }

    /// `Out[n]`, `_n`, `_`, `__`, `___`.
    fn remember_output(&self, number: usize, value: &Value) {
        if let Some(Value::Dict(outputs)) = self.context.globals.get("Out")
            && let Ok(key) = rdk_runtime::HashKey::new(Value::from(number))
        {
            outputs.0.lock().insert(key, value.clone());
        }
        for (newer, older) in [("__", "___"), ("_", "__")] {
            if let Some(previous) = self.context.globals.get(newer) {
                self.set(older, previous);
            }
        }
        self.set("_", value.clone());
        self.set(&format!("_{number}"), value.clone());
    }

    /// Is it the name of a builtin function or class?
    pub fn is_builtin(&self, name: &str) -> bool {
        self.context.shared.library.module("builtins").is_some_and(|module| module.get(name).is_some())
    }

    /// What `%load` wants to stand at the next prompt; once.
    pub fn take_next_input(&self) -> Option<String> {
        self.magics.take_next_input()
    }

    /// What a script finds in `sys.argv`.
    pub fn set_arguments(&self, name: &str, arguments: &[String]) {
        if let Some(sys) = self.context.shared.library.module("sys") {
            let all = std::iter::once(name).chain(arguments.iter().map(String::as_str));
            sys.set("argv", Value::list(all.map(Value::str)));
        }
    }
}

/// The cells of a script, by its `# %%` lines; each knows on which line of the script it begins.
pub fn script_cells(name: &str, text: &str) -> Vec<Arc<Source>> {
    let cell = |cell: &rdk_syntax::ScriptCell| Source::part(name, &text[cell.start..cell.end], cell.lines_before);
    rdk_syntax::cells(text).iter().map(cell).collect()
}

/// What `sys.exit("text")` leaves to be read, with a line end.
pub fn last_words(error: &Error) -> String {
    let words = match error.0.args.as_deref() {
        Some([Value::None | Value::Int(_) | Value::Bool(_)] | []) => return String::new(),
        Some([value]) => rdk_runtime::show::text(value),
        _ => error.0.message.clone(),
    };
    if words.is_empty() { words } else { words + "\n" }
}

/// What a progress bar says beside itself: `320 of 800 tasks · mean · 1.2 GiB held · 3 s left`.
pub fn progress_line(progress: &rdk_graph::progress::Progress) -> String {
    let mut parts = vec![format!("{} of {} tasks", progress.done(), progress.total())];
    parts.extend(
        progress
            .operations
            .iter()
            .find(|operation| operation.done < operation.total)
            .map(|operation| operation.name.to_string()),
    );
    if progress.bytes_held > 0 {
        parts.push(format!("{} held", rdk_graph::budget::bytes_text(progress.bytes_held)));
    }
    if progress.bytes_spilled > 0 {
        parts.push(format!("{} on disk", rdk_graph::budget::bytes_text(progress.bytes_spilled)));
    }
    parts.extend(
        progress
            .remaining()
            .map(|left| format!("{} left", crate::timing::format_time(left.as_secs_f64().round().max(1.0)))),
    );
    parts.join(" · ")
}

/// How far a run has come, a bar for each operation.
pub fn progress_bars(progress: &rdk_graph::progress::Progress) -> Bars {
    let bars = progress.operations.iter().map(|operation| Bar {
        name: operation.name.to_string(),
        done: operation.done as u64,
        total: operation.total as u64,
    });
    let seconds = progress.elapsed().as_secs_f64();
    let mut facts = vec![format!("{} of {} tasks", progress.done(), progress.total())];
    if seconds > 0.0 && progress.done() > 0 {
        facts.push(format!("{} tasks/s", crate::timing::three_digits(progress.done() as f64 / seconds)));
    }
    facts.push(format!("{} held", rdk_graph::budget::bytes_text(progress.bytes_held)));
    if progress.bytes_spilled > 0 {
        facts.push(format!("{} on disk", rdk_graph::budget::bytes_text(progress.bytes_spilled)));
    }
    let time = |seconds: f64| crate::timing::format_time(seconds.round().max(1.0));
    facts.push(format!("{} so far", time(seconds)));
    facts.extend(progress.remaining().map(|left| format!("{} left", time(left.as_secs_f64()))));
    Bars { bars: bars.collect(), facts }
}

/// The exit code that a `SystemExit` asks for.
pub fn exit_code(error: &Error) -> u8 {
    match error.0.args.as_deref() {
        None | Some([]) if error.0.message.is_empty() => 0,
        Some([Value::None]) => 0,
        Some([Value::Int(code)]) => (*code & 0xff) as u8,
        Some([Value::Bool(code)]) => u8::from(*code),
        _ => 1,
    }
}

//! What a running piece of the language has at hand: variables, output, the engine, the way to stop.

use std::cell::Cell;
use std::sync::Arc;

use parking_lot::RwLock;
use rdk_graph::{Cancel, Engine};
use rdk_summary::Summary;
use rustc_hash::FxHashMap;

use crate::class::Library;
use crate::value::{Name, Value};

/// Where printed text goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// What the program prints.
    Out,
    /// Warnings and other remarks.
    Err,
}

/// Takes what a cell shows, in order. Front ends implement it.
pub trait Output: Send + Sync {
    /// Printed text, as it comes.
    fn write(&self, stream: Stream, text: &str);

    /// A value shown by `display(…)` or the like; not the value of the cell.
    fn display(&self, summary: &Summary);

    /// A line from the person, for `input(prompt)`; `None` at the end of input.
    fn read_line(&self, prompt: &str) -> Option<String> {
        let _ = prompt;
        None
    }

    /// How many characters fit on a line.
    fn width(&self) -> usize {
        80
    }
}

/// Variables by name. A session's variables are one of these; so is what a task's function has taken along.
#[derive(Default)]
pub struct Globals {
    names: RwLock<FxHashMap<Name, Value>>,
}

impl Globals {
    /// No variables.
    pub fn new() -> Arc<Globals> {
        Arc::new(Globals::default())
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.names.read().get(name).cloned()
    }

    /// Binds a name.
    pub fn set(&self, name: &Name, value: Value) {
        // The old value goes after the lock does: dropping it may take long, or come back here.
        let old = self.names.write().insert(name.clone(), value);
        drop(old);
    }

    /// Unbinds a name; was it bound?
    pub fn remove(&self, name: &str) -> bool {
        let old = self.names.write().remove(name);
        old.is_some()
    }

    /// All names, sorted.
    pub fn names(&self) -> Vec<Name> {
        let mut names: Vec<Name> = self.names.read().keys().cloned().collect();
        names.sort();
        names
    }
}

/// What all threads that work for one session share.
pub struct Shared {
    /// The modules that can be imported, the builtin functions among them (`builtins`).
    pub library: Library,
    /// Where printed text goes.
    pub output: Arc<dyn Output>,
    /// Set when the person wants it to stop.
    pub cancel: Cancel,
    /// What runs graphs.
    pub engine: Arc<Engine>,
}

/// What a running piece of the language has at hand. One for each thread that runs some; never shared between threads.
pub struct Context {
    /// What the threads of a session share.
    pub shared: Arc<Shared>,
    /// The session's variables.
    pub globals: Arc<Globals>,
    /// How deep calls are nested.
    pub depth: Cell<usize>,
}

impl Context {
    /// A context on this thread.
    pub fn new(shared: Arc<Shared>, globals: Arc<Globals>) -> Context {
        Context { shared, globals, depth: Cell::new(0) }
    }

    /// One for another thread.
    pub fn fork(&self) -> Context {
        Context::new(self.shared.clone(), self.globals.clone())
    }
}

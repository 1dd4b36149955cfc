//! What a function takes along when a lazy call of it is made.
//!
//! The call runs later, on another thread, perhaps in another process; by then the session's variables may have changed.
//! So the function takes along by value what it reads: its outer variables and, through all functions that it calls, the
//! global ones. What it took is kept with the function for as long as nothing of it has changed, so that a lazy call in
//! a loop takes it only once. A name that does not stand for anything yet is looked up when the function runs.

use std::sync::Arc;
use std::sync::OnceLock;

use parking_lot::Mutex;
use rdk_graph::Token;
use rustc_hash::FxHashMap;

use crate::context::{Global, Globals};
use crate::function::{CellRef, Function};
use crate::operators::same;
use crate::value::Value;

/// A function with what it has taken along.
pub struct Captured {
    function: Option<Arc<Function>>,
    globals: Arc<Globals>,
    /// How many functions among the globals look their own names up there, which keeps both alive.
    inner: usize,
    /// Global variables that were read, and what version they had.
    seen: Vec<(Arc<Global>, u64)>,
    /// Outer variables that were read, and what they stood for.
    cells: Vec<(CellRef, Option<Value>)>,
    pub(super) token: OnceLock<Option<Token>>,
}

impl Captured {
    /// The function with what it reads, as it is now.
    pub fn of(function: &Arc<Function>) -> Arc<Captured> {
        let mut kept = function.captured.lock();
        if let Some(captured) = &*kept
            && captured.is_current()
        {
            return captured.clone();
        }
        let captured = Arc::new(capture(function));
        // What was kept before goes after the lock does.
        let old = kept.replace(captured.clone());
        drop(kept);
        drop(old);
        captured
    }

    /// The function to be called.
    pub fn function(&self) -> &Arc<Function> {
        self.function.as_ref().expect("there until it is dropped")
    }

    fn is_current(&self) -> bool {
        self.seen.iter().all(|(global, version)| global.version() == *version)
            && self.cells.iter().all(|(cell, value)| match (&*cell.lock(), value) {
                (Some(now), Some(then)) => same(now, then),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            })
    }
}

impl Drop for Captured {
    /// Functions that call each other hold each other through the globals. If nobody else does, they are let go.
    fn drop(&mut self) {
        drop(self.function.take());
        if self.inner > 0 && Arc::strong_count(&self.globals) <= self.inner + 1 {
            self.globals.clear();
        }
    }
}

/// A walk through all that a function reads.
struct Walk {
    globals: Arc<Globals>,
    taken: FxHashMap<usize, Arc<Function>>,
    seen: Vec<(Arc<Global>, u64)>,
    cells: Vec<(CellRef, Option<Value>)>,
}

fn capture(function: &Arc<Function>) -> Captured {
    let globals = Globals::taken_from(&function.globals);
    let mut walk = Walk { globals, taken: FxHashMap::default(), seen: Vec::new(), cells: Vec::new() };
    let taken = walk.function(function);
    // The memory of what was taken goes first: what is left of references is then between the globals.
    let inner = walk.taken.len();
    walk.taken.clear();
    Captured {
        function: Some(taken),
        globals: walk.globals,
        inner,
        seen: walk.seen,
        cells: walk.cells,
        token: OnceLock::new(),
    }
}

impl Walk {
    fn function(&mut self, function: &Arc<Function>) -> Arc<Function> {
        let address = Arc::as_ptr(function) as usize;
        if let Some(taken) = self.taken.get(&address) {
            return taken.clone();
        }
        // The cells come first and are filled later: a function may be among its own outer variables.
        let captures: Vec<CellRef> = function.captures.iter().map(|_| CellRef::default()).collect();
        let taken =
            Function::new(function.def.clone(), function.defaults.clone(), captures.clone(), self.globals.clone());
        let taken = Arc::new(taken.attributes_of(function));
        self.taken.insert(address, taken.clone());
        for (cell, fresh) in function.captures.iter().zip(&captures) {
            let value = cell.lock().clone();
            self.cells.push((cell.clone(), value.clone()));
            if let Some(value) = value {
                *fresh.lock() = Some(self.value(value));
            }
        }
        for name in &function.def.globals {
            let global = function.globals.global(name);
            self.seen.push((global.clone(), global.version()));
            if let Some(value) = global.get() {
                let own = self.globals.global(name);
                if own.version() == 0 {
                    // Marked as taken before what it stands for is looked into: it may lead back here.
                    own.replace(Some(value.clone()));
                    let value = self.value(value);
                    own.replace(Some(value));
                }
            }
        }
        taken
    }

    fn value(&mut self, value: Value) -> Value {
        match value {
            Value::Function(function) => Value::Function(self.function(&function)),
            other => other,
        }
    }
}

/// Where a function keeps what it has taken along.
pub type Kept = Mutex<Option<Arc<Captured>>>;

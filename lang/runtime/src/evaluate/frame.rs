//! A running function, cell or generator: its variables, and where it stands.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_syntax::tree::{Cell, Name};
use rdk_syntax::{Place, Source, Span};

use super::quick::{Quick, discard};
use crate::context::{Context, Globals};
use crate::error::{Error, Result};
use crate::function::{CellRef, Function};
use crate::value::Value;

/// What a statement leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The next statement.
    Next,
    /// Out of the loop.
    Break,
    /// The loop's next turn.
    Continue,
    /// Out of the function; the value is in `returned`, or parked.
    Return,
    /// The error is parked.
    Failed,
}

/// What statements lead to, for those that hold it while others run.
pub(super) enum Flow {
    /// The next statement.
    Next,
    /// Out of the loop.
    Break,
    /// The loop's next turn.
    Continue,
    /// Out of the function.
    Return(Value),
}

/// A running piece of the language.
pub(super) struct Frame<'a> {
    pub context: &'a Context,
    /// Local variables; `None` is unbound.
    pub slots: Vec<Option<Value>>,
    /// Variables that inner functions share, by the number of their slot; empty if there are none.
    pub cells: Vec<Option<CellRef>>,
    pub captures: &'a [CellRef],
    /// What the captured variables are called.
    pub capture_names: &'a [rdk_syntax::tree::Variable],
    pub slot_names: &'a [Name],
    pub globals: &'a Arc<Globals>,
    pub source: &'a Arc<Source>,
    /// What an evaluation has left for its caller to take: a value that is not small, or an error.
    pub parked: Result<Value>,
    /// What `return` gives; `Quick::Other`: it is parked.
    pub returned: Quick,
    /// The top level of a cell: its slots are those of comprehensions.
    pub in_cell: bool,
    /// The body of a class: what it has not bound is looked up outside.
    pub in_class: bool,
}

impl<'a> Frame<'a> {
    /// The top level of a cell.
    pub fn of_cell(context: &'a Context, cell: &'a Cell) -> Frame<'a> {
        let mut slots = context.take_slots();
        slots.resize(cell.slot_names.len(), None);
        Frame {
            context,
            slots,
            cells: fresh_cells(cell.slot_names.len(), &cell.cell_slots),
            captures: &[],
            capture_names: &[],
            slot_names: &cell.slot_names,
            globals: &context.globals,
            source: &cell.source,
            parked: Ok(Value::None),
            returned: Quick::Other,
            in_cell: true,
            in_class: false,
        }
    }

    /// A function whose parameters stand in the first slots.
    #[inline]
    pub fn of_function(context: &'a Context, function: &'a Function, mut slots: Vec<Option<Value>>) -> Frame<'a> {
        let def = &*function.def;
        slots.resize(def.n_slots, None);
        let mut cells = Vec::new();
        if !def.cell_slots.is_empty() {
            cells = fresh_cells(def.n_slots, &def.cell_slots);
            for &slot in &def.cell_slots {
                if let (Some(cell), Some(value)) = (cells[slot].as_ref(), slots[slot].take()) {
                    *cell.lock() = Some(value);
                }
            }
        }
        Frame {
            context,
            slots,
            cells,
            captures: &function.captures,
            capture_names: &def.captures,
            slot_names: &def.slot_names,
            globals: &function.globals,
            source: &def.source,
            parked: Ok(Value::None),
            returned: Quick::Other,
            in_cell: false,
            in_class: false,
        }
    }

    /// The variables of the running function on top of the session's. Those of an inner comprehension stand behind, so that they hide
    /// others of their name.
    pub fn visible(&self) -> Arc<Globals> {
        let all = Globals::taken_from(self.globals);
        for (captured, cell) in self.capture_names.iter().zip(self.captures) {
            if let Some(value) = cell.lock().clone() {
                all.set(&captured.name, value);
            }
        }
        for (slot, name) in self.slot_names.iter().enumerate() {
            let shared = self.cells.get(slot).and_then(|cell| cell.as_ref()?.lock().clone());
            if let Some(value) = shared.or_else(|| self.slots.get(slot).cloned().flatten()) {
                all.set(name, value);
            }
        }
        all
    }

    /// What a step leads to, with the value or error that it has left.
    pub fn flow(&mut self, step: Step) -> Result<Flow> {
        Ok(match step {
            Step::Next => Flow::Next,
            Step::Break => Flow::Break,
            Step::Continue => Flow::Continue,
            Step::Return => Flow::Return(self.returned()?),
            Step::Failed => return Err(self.parked_error()),
        })
    }

    /// The step that leads there, with the value or error left behind.
    pub fn step(&mut self, flow: Result<Flow>) -> Step {
        match flow {
            Ok(Flow::Next) => Step::Next,
            Ok(Flow::Break) => Step::Break,
            Ok(Flow::Continue) => Step::Continue,
            Ok(Flow::Return(value)) => {
                self.returned = self.quick_of(Ok(value));
                Step::Return
            }
            Err(error) => {
                self.park(Err(error));
                Step::Failed
            }
        }
    }

    /// The value of `return`.
    pub fn returned(&mut self) -> Result<Value> {
        self.value_of(self.returned)
    }

    /// The error that was parked.
    pub fn parked_error(&mut self) -> Error {
        match self.take() {
            Err(error) => error,
            Ok(_) => crate::error!(RuntimeError: "internal error: a failure without its error"),
        }
    }

    /// Gives the slots back.
    #[inline]
    pub fn done(self) {
        self.context.give_slots(self.slots);
    }

    /// A place in the running text.
    pub fn place(&self, span: Span) -> Place {
        Place { source: self.source.clone(), span }
    }

    /// The error with the place where it happened, unless one further in is known.
    #[cold]
    #[inline(never)]
    pub fn failed(&self, mut error: Error, span: Span) -> Error {
        if !error.0.pending.is_empty() {
            for function in std::mem::take(&mut error.0.pending) {
                error.0.trace.insert(0, crate::error::Frame { function, place: self.place(span) });
            }
        }
        if error.0.place.is_some() { error } else { error.at_place(self.place(span)) }
    }
}

/// Cells for these slots.
fn fresh_cells(n_slots: usize, cell_slots: &[usize]) -> Vec<Option<CellRef>> {
    if cell_slots.is_empty() {
        return Vec::new();
    }
    let mut cells = vec![None; n_slots];
    for &slot in cell_slots {
        cells[slot] = Some(Arc::new(Mutex::new(None)));
    }
    cells
}

impl Context {
    /// An empty vector for slots, with room if one was given back.
    #[inline]
    pub(super) fn take_slots(&self) -> Vec<Option<Value>> {
        self.pool.borrow_mut().pop().unwrap_or_default()
    }

    /// Takes slots back for later frames.
    #[inline]
    pub(super) fn give_slots(&self, mut slots: Vec<Option<Value>>) {
        // Dropping may run for long (a big list goes), but never back into the language: no destructor is written in it.
        while let Some(slot) = slots.pop() {
            discard(slot);
        }
        let mut pool = self.pool.borrow_mut();
        if pool.len() < 64 {
            pool.push(slots);
        }
    }
}

//! Reading, binding and unbinding names.

use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use parking_lot::Mutex;
use rdk_syntax::Span;
use rdk_syntax::tree::{Name, Scope, Variable};

use super::frame::Frame;
use super::quick::discard;
use crate::builtin::nearest;
use crate::context::{Context, Global, Globals};
use crate::error;
use crate::error::{Error, Result};
use crate::value::Value;

/// How many lookups are remembered.
const RECENT: usize = 256;

/// A lookup that was done lately. The name in the tree is kept alive, so that its address stands for it.
pub struct Recent {
    name: Name,
    globals: Arc<Globals>,
    global: Arc<Global>,
    version: u64,
    /// Only functions, classes and modules: other values would be kept from going away.
    value: Option<Rc<Value>>,
}

// SAFETY: the counter of the `Rc` is touched by one thread at a time. Its copies are in this entry and in the frames that
// run on its context ([`Found`] borrows it); a context that moves to another thread has none of those. Counting with
// atomic operations takes a sixth of the time of a call of a small function.
unsafe impl Send for Recent {}

/// What a global name stands for; shared with the memory of lookups where that is cheaper than a copy.
pub(super) enum Found<'a> {
    Own(Value),
    Shared(Rc<Value>, PhantomData<&'a Context>),
}

impl Found<'_> {
    #[inline]
    pub fn value(&self) -> &Value {
        match self {
            Found::Own(value) => value,
            Found::Shared(value, _) => value,
        }
    }

    fn into_value(self) -> Value {
        match self {
            Found::Own(value) => value,
            Found::Shared(value, _) => (*value).clone(),
        }
    }
}

fn place_of(name: &Name) -> usize {
    (name.as_ptr() as usize >> 4) % RECENT
}

impl<'a> Frame<'a> {
    /// The value of a name.
    #[inline]
    pub fn load(&mut self, variable: &Variable, span: Span) -> Result<Value> {
        match variable.scope {
            Scope::Local(slot) => match self.slots.get(slot) {
                Some(Some(value)) => Ok(value.clone()),
                _ => self.unbound_here(variable, span),
            },
            Scope::Global => match self.global(&variable.name) {
                Some(found) => Ok(found.into_value()),
                None => Err(self.unknown(&variable.name, span)),
            },
            Scope::Cell(slot) => {
                let value = self.cells.get(slot).and_then(|cell| cell.as_ref()).and_then(|cell| cell.lock().clone());
                value.ok_or_else(|| self.unbound(variable, span))
            }
            Scope::Free(at) => {
                let value = self.captures.get(at).and_then(|cell| cell.lock().clone());
                value.ok_or_else(|| self.unbound(variable, span))
            }
        }
    }

    /// What a global name stands for: a variable of the session, else a builtin.
    #[inline]
    pub fn global(&self, name: &Name) -> Option<Found<'a>> {
        let at = place_of(name);
        {
            let recent = self.context.recent.borrow();
            if let Some(Some(entry)) = recent.get(at)
                && Arc::ptr_eq(&entry.name, name)
                && Arc::ptr_eq(&entry.globals, self.globals)
            {
                if entry.global.version() == entry.version
                    && let Some(value) = &entry.value
                {
                    return Some(Found::Shared(value.clone(), PhantomData));
                }
                if let Some(value) = entry.global.get()
                    && !lasting(&value)
                {
                    return Some(Found::Own(value));
                }
            }
        }
        self.global_anew(name, at)
    }

    #[inline(never)]
    fn global_anew(&self, name: &Name, at: usize) -> Option<Found<'a>> {
        let global = self.globals.global(name);
        let version = global.version();
        let bound = global.get();
        let value = match bound {
            Some(value) => value,
            None => match self.globals.later(name) {
                // It may change without this `global` knowing: not to be remembered.
                Some(value) => return Some(Found::Own(value)),
                None => builtin(self.context, name)?,
            },
        };
        let shared = lasting(&value).then(|| Rc::new(value.clone()));
        let entry = Recent { name: name.clone(), globals: self.globals.clone(), global, version, value: shared };
        let mut recent = self.context.recent.borrow_mut();
        if recent.is_empty() {
            recent.resize_with(RECENT, || None);
        }
        let old = recent[at].replace(entry);
        drop(recent);
        drop(old);
        Some(Found::Own(value))
    }

    /// Binds a name.
    #[inline]
    pub fn store(&mut self, variable: &Variable, value: Value) {
        match variable.scope {
            Scope::Local(slot) => {
                if let Some(place) = self.slots.get_mut(slot) {
                    discard(place.replace(value));
                }
            }
            Scope::Global => self.store_global(&variable.name, value),
            Scope::Cell(slot) => {
                if let Some(Some(cell)) = self.cells.get(slot) {
                    let old = cell.lock().replace(value);
                    drop(old);
                }
            }
            Scope::Free(at) => {
                if let Some(cell) = self.captures.get(at) {
                    let old = cell.lock().replace(value);
                    drop(old);
                }
            }
        }
    }

    fn store_global(&self, name: &Name, value: Value) {
        let at = place_of(name);
        let recent = self.context.recent.borrow();
        if let Some(Some(entry)) = recent.get(at)
            && Arc::ptr_eq(&entry.name, name)
            && Arc::ptr_eq(&entry.globals, self.globals)
        {
            let old = entry.global.replace(Some(value));
            drop(recent);
            discard(old);
            return;
        }
        drop(recent);
        let global = self.globals.global(name);
        discard(global.replace(Some(value)));
        let version = global.version();
        let entry = Recent { name: name.clone(), globals: self.globals.clone(), global, version, value: None };
        let mut recent = self.context.recent.borrow_mut();
        if recent.is_empty() {
            recent.resize_with(RECENT, || None);
        }
        let old = recent[at].replace(entry);
        drop(recent);
        drop(old);
    }

    /// Unbinds a name.
    pub fn unbind(&mut self, variable: &Variable, span: Span) -> Result<()> {
        let old = match variable.scope {
            Scope::Local(slot) => self.slots.get_mut(slot).and_then(Option::take),
            Scope::Global => {
                if self.globals.remove(&variable.name) {
                    return Ok(());
                }
                return Err(self.unknown(&variable.name, span));
            }
            Scope::Cell(slot) => {
                self.cells.get(slot).and_then(|cell| cell.as_ref()).and_then(|cell| cell.lock().take())
            }
            Scope::Free(at) => self.captures.get(at).and_then(|cell| cell.lock().take()),
        };
        match old {
            Some(_) => Ok(()),
            None => Err(self.unbound(variable, span)),
        }
    }

    /// The cells that an inner function takes along.
    pub fn captured(&self, variables: &[Variable]) -> Vec<crate::function::CellRef> {
        let cell = |variable: &Variable| match variable.scope {
            Scope::Cell(slot) => self.cells.get(slot).cloned().flatten(),
            Scope::Free(at) => self.captures.get(at).cloned(),
            // Not shared by anybody else: a cell of its own with what is there now.
            Scope::Local(slot) => Some(Arc::new(Mutex::new(self.slots.get(slot).cloned().flatten()))),
            Scope::Global => Some(Arc::new(Mutex::new(self.globals.get(&variable.name)))),
        };
        variables.iter().map(|variable| cell(variable).unwrap_or_default()).collect()
    }

    /// A local name that is not bound: in the body of a class it may mean the outer one.
    #[cold]
    #[inline(never)]
    pub fn unbound_here(&mut self, variable: &Variable, span: Span) -> Result<Value> {
        if self.in_class {
            return match self.global(&variable.name) {
                Some(found) => Ok(found.into_value()),
                None => Err(self.unknown(&variable.name, span)),
            };
        }
        Err(self.unbound(variable, span))
    }

    #[cold]
    #[inline(never)]
    pub fn unbound(&self, variable: &Variable, span: Span) -> Error {
        let name = &variable.name;
        let error = match variable.scope {
            Scope::Free(_) => {
                error!(NameError: "cannot access free variable '{name}' where it is not associated with a value in enclosing scope")
            }
            // The top level of a cell has slots for comprehensions only.
            Scope::Local(_) | Scope::Cell(_) if self.in_cell => {
                error!(NameError: "name '{name}' is not defined")
            }
            Scope::Local(_) | Scope::Cell(_) | Scope::Global => {
                let error = error!(UnboundLocalError: "cannot access local variable '{name}' where it is not associated with a value");
                match self.globals.get(name) {
                    Some(_) => error.hint(format!("the function assigns to `{name}`, so it is local to it: `global {name}` would mean the outer one")),
                    None => error,
                }
            }
        };
        self.failed(error, span)
    }

    #[cold]
    #[inline(never)]
    pub fn unknown(&self, name: &Name, span: Span) -> Error {
        let error = error!(NameError: "name '{name}' is not defined");
        let mut names: Vec<Name> = self.slot_names.to_vec();
        names.extend(self.capture_names.iter().map(|variable| variable.name.clone()));
        names.extend(self.globals.names());
        if let Some(builtins) = self.context.shared.library.module("builtins") {
            names.extend(builtins.names());
        }
        let shown = names.iter().filter(|other| name.starts_with('_') || !other.starts_with('_'));
        let error = match nearest(name, shown.map(|name| &**name)) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None if self.context.shared.library.module(name).is_some() => {
                error.hint(format!("`import {name}` brings it in"))
            }
            None => error,
        };
        self.failed(error, span)
    }
}

/// Values that are looked up often and hold little.
fn lasting(value: &Value) -> bool {
    matches!(value, Value::Function(_) | Value::Builtin(_) | Value::Class(_) | Value::Module(_))
}

/// What a name stands for that nobody has bound.
pub(super) fn builtin(context: &Context, name: &str) -> Option<Value> {
    context.shared.library.module("builtins")?.get(name)
}

//! Functions written in rdk.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_syntax::tree::{FunctionBody, FunctionDef, ParamKind};

use crate::context::Globals;
use crate::value::{Name, Value};

/// A variable that several functions share.
pub type CellRef = Arc<Mutex<Option<Value>>>;

/// A function written in rdk.
pub struct Function {
    /// Its tree.
    pub def: Arc<FunctionDef>,
    /// Defaults of the parameters that have one, in order of the parameters.
    pub defaults: Vec<Option<Value>>,
    /// The outer variables that it shares.
    pub captures: Vec<CellRef>,
    /// Where its global names are looked up.
    pub globals: Arc<Globals>,
    /// What was attached to it: `f.calls = 0`, and `__name__` and `__doc__` where they were changed.
    pub(crate) attributes: Mutex<Vec<(Name, Value)>>,
    /// How many arguments by position fill it without further ado; `None` if it is not that simple.
    pub(crate) simple: Option<usize>,
    /// What it took along for the last lazy call.
    pub(crate) captured: crate::delayed::capture::Kept,
}

impl Function {
    /// A function with what it takes along.
    pub fn new(
        def: Arc<FunctionDef>,
        defaults: Vec<Option<Value>>,
        captures: Vec<CellRef>,
        globals: Arc<Globals>,
    ) -> Function {
        let plain =
            def.params.iter().enumerate().all(|(at, param)| {
                param.slot == at && matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly)
            });
        let generator = matches!(def.body, FunctionBody::Generator { .. });
        let simple = (plain && !generator && def.cell_slots.is_empty()).then_some(def.params.len());
        let attributes = Mutex::default();
        Function { def, defaults, captures, globals, attributes, simple, captured: Mutex::new(None) }
    }
    /// With what is attached to another one.
    pub(crate) fn attributes_of(self, other: &Function) -> Function {
        let attributes = other.attributes.lock().clone();
        Function { attributes: Mutex::new(attributes), ..self }
    }

    /// What is attached under this name.
    pub(crate) fn attribute(&self, name: &str) -> Option<Value> {
        self.attributes.lock().iter().find(|(known, _)| **known == *name).map(|(_, value)| value.clone())
    }

    /// Attaches a value; `None` takes it away. Was there one before?
    pub(crate) fn attach(&self, name: &str, value: Option<Value>) -> bool {
        let mut attributes = self.attributes.lock();
        let at = attributes.iter().position(|(known, _)| **known == *name);
        let old = match (at, value) {
            (Some(at), Some(value)) => Some(std::mem::replace(&mut attributes[at].1, value)),
            (Some(at), None) => Some(attributes.remove(at).1),
            (None, Some(value)) => {
                attributes.push((Name::from(name), value));
                None
            }
            (None, None) => None,
        };
        drop(attributes);
        old.is_some()
    }

    /// What it is called: as it was defined, unless that was changed.
    pub fn name(&self) -> Name {
        match self.attribute("__name__") {
            Some(Value::Str(name)) => name,
            _ => self.def.name.clone(),
        }
    }

    /// Its documentation.
    pub fn doc(&self) -> Option<Name> {
        match self.attribute("__doc__") {
            Some(Value::Str(doc)) => Some(doc),
            Some(_) => None,
            None => self.def.doc.as_deref().map(Name::from),
        }
    }
}

//! Functions written in rdk.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_syntax::tree::{FunctionBody, FunctionDef, ParamKind};

use crate::context::Globals;
use crate::value::Value;

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
        Function { def, defaults, captures, globals, simple, captured: Mutex::new(None) }
    }
}

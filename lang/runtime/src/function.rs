//! Functions written in rdk.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_syntax::tree::FunctionDef;

use crate::context::Globals;
use crate::value::Value;

/// A function written in rdk.
pub struct Function {
    /// Its tree.
    pub def: Arc<FunctionDef>,
    /// Defaults of the parameters that have one, in order of the parameters.
    pub defaults: Vec<Option<Value>>,
    /// The outer variables that it shares.
    pub captures: Vec<Arc<Mutex<Option<Value>>>>,
    /// Where its global names are looked up.
    pub globals: Arc<Globals>,
}

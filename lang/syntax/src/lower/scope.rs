//! Which name means which variable.
//!
//! A first walk over the whole cell notes what each scope binds and uses; then every use is followed outwards to its
//! binding, which shows what inner functions capture; then slots are given out. Lowering asks [`Scopes::find`].
//!
//! ```text
//! def f(x):               f: x in slot 0 (a cell, `g` captures it), ys in 1, g in 2, y in 3
//!     ys = [y for y in x]     the comprehension is a scope, but its variables are slots of f
//!     def g():            g: captures x
//!         return x
//! ```

mod collect;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use self::collect::Collector;
use crate::tree::{Name, Scope};

/// The scopes of a cell, the cell itself first.
pub(crate) struct Scopes {
    scopes: Vec<ScopeInfo>,
    /// Which node opens which scope.
    by_range: FxHashMap<TextRange, usize>,
}

/// What lowering needs to know about a scope with a frame.
pub(crate) struct Frame {
    pub n_slots: usize,
    pub slot_names: Vec<Name>,
    pub cell_slots: Vec<usize>,
    /// Names of captured variables, in order.
    pub captures: Vec<Name>,
}

/// A declaration that cannot be.
pub(crate) struct Wrong {
    pub message: String,
    pub range: TextRange,
    pub hint: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Cell,
    Function,
    /// A function too, but a walrus binds outside of it.
    Generator,
    /// The body of a class: functions inside do not see what it binds, except for `__class__`.
    Class,
    Comprehension,
}

impl Kind {
    fn has_frame(self) -> bool {
        self != Kind::Comprehension
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Binding {
    Here { slot: usize, captured: bool },
    Global,
    Nonlocal,
}

struct ScopeInfo {
    kind: Kind,
    parent: usize,
    /// The scope whose frame holds the variables: itself, unless it is a comprehension.
    host: usize,
    bindings: FxHashMap<Name, Binding>,
    /// Names bound here, first come first.
    order: Vec<Name>,
    uses: FxHashMap<Name, TextRange>,
    captures: Vec<Name>,
    slot_names: Vec<Name>,
    /// Of this frame, comprehensions included.
    cell_slots: Vec<usize>,
}

/// Walks the statements of a cell.
pub(crate) fn analyse(body: &[Stmt]) -> Result<Scopes, Wrong> {
    let mut collector = Collector { scopes: Vec::new(), by_range: FxHashMap::default(), current: 0, wrong: None };
    collector.open(Kind::Cell, None);
    collector.visit_body(body);
    collector.finish()
}

/// The same for an expression on its own.
pub(crate) fn analyse_expr(body: &Expr) -> Result<Scopes, Wrong> {
    let mut collector = Collector { scopes: Vec::new(), by_range: FxHashMap::default(), current: 0, wrong: None };
    collector.open(Kind::Cell, None);
    collector.visit_expr(body);
    collector.finish()
}

impl Scopes {
    /// The scope that a node opens; the cell's own for a node that opens none.
    pub fn of(&self, range: TextRange) -> usize {
        self.by_range.get(&range).copied().unwrap_or(0)
    }

    /// Where a name lives, seen from a scope.
    pub fn find(&self, from: usize, name: &str) -> Scope {
        match self.trace(from, name) {
            None => Scope::Global,
            Some(found) => match found.inner {
                None if found.captured => Scope::Cell(found.slot),
                None => Scope::Local(found.slot),
                Some(inner) => match self.scopes[inner].captures.iter().position(|captured| &**captured == name) {
                    Some(index) => Scope::Free(index),
                    None => Scope::Global,
                },
            },
        }
    }

    /// The frame of a scope that has one.
    pub fn frame(&self, scope: usize) -> Frame {
        let info = &self.scopes[scope];
        Frame {
            n_slots: info.slot_names.len(),
            slot_names: info.slot_names.clone(),
            cell_slots: info.cell_slots.clone(),
            captures: info.captures.clone(),
        }
    }

    /// The names that the body of a class binds, with their slots.
    pub fn members(&self, scope: usize) -> Vec<(Name, usize)> {
        let info = &self.scopes[scope];
        let bound = info.order.iter().filter(|name| &***name != "__class__");
        bound
            .filter_map(|name| match info.bindings.get(name) {
                Some(Binding::Here { slot, .. }) => Some((name.clone(), *slot)),
                Some(Binding::Global | Binding::Nonlocal) | None => None,
            })
            .collect()
    }

    /// What `super()` takes of the method that it stands in: the name of its first parameter.
    pub fn method_self(&self, from: usize) -> Option<Name> {
        method_self(&self.scopes, from)
    }

    /// The scope around a function.
    pub fn parent(&self, scope: usize) -> usize {
        self.scopes[scope].parent
    }

    /// Slots of a comprehension's own variables that inner functions capture.
    pub fn own_cells(&self, scope: usize) -> Vec<usize> {
        let mut cells: Vec<usize> = self.scopes[scope].cells().collect();
        cells.sort_unstable();
        cells
    }

    /// Follows a name outwards. `None`: it is global.
    fn trace(&self, from: usize, name: &str) -> Option<Found> {
        let mut at = from;
        let mut inner = None;
        loop {
            let info = &self.scopes[at];
            let hidden = info.kind == Kind::Class && inner.is_some() && name != "__class__";
            match info.bindings.get(name).filter(|_| !hidden) {
                Some(Binding::Global) => return None,
                Some(Binding::Here { .. }) if info.kind == Kind::Cell => return None,
                Some(&Binding::Here { slot, captured }) => return Some(Found { scope: at, inner, slot, captured }),
                Some(Binding::Nonlocal) | None => {}
            }
            if info.kind == Kind::Cell {
                return None;
            }
            if info.kind.has_frame() && inner.is_none() {
                inner = Some(at);
            }
            at = info.parent;
        }
    }
}

/// The first parameter of the method around a scope: of the outermost function that sees `__class__` beside it.
fn method_self(scopes: &[ScopeInfo], from: usize) -> Option<Name> {
    let mut at = from;
    let mut method = None;
    loop {
        let info = &scopes[at];
        if info.kind == Kind::Cell {
            return None;
        }
        if info.bindings.contains_key("__class__") {
            return method;
        }
        if info.kind == Kind::Function {
            method = info.slot_names.first().cloned();
        }
        at = info.parent;
    }
}

struct Found {
    scope: usize,
    /// The innermost function, when the binding is outside of it.
    inner: Option<usize>,
    slot: usize,
    captured: bool,
}

impl ScopeInfo {
    fn cells(&self) -> impl Iterator<Item = usize> {
        let is_cell = self.kind == Kind::Cell;
        self.bindings.values().filter_map(move |binding| match binding {
            Binding::Here { slot, captured: true } if !is_cell => Some(*slot),
            Binding::Here { .. } | Binding::Global | Binding::Nonlocal => None,
        })
    }
}

/// Parameters as they are written.
pub(crate) fn parameters_in_order(parameters: &ast::Parameters) -> impl Iterator<Item = &ast::Parameter> {
    let plain = parameters.posonlyargs.iter().chain(parameters.args.iter()).map(|p| &p.parameter);
    let rest = parameters.vararg.as_deref();
    let keyword_only = parameters.kwonlyargs.iter().map(|p| &p.parameter);
    let keyword_rest = parameters.kwarg.as_deref();
    plain.chain(rest).chain(keyword_only).chain(keyword_rest)
}

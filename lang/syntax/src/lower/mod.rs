//! The foreign tree made into ours.
//!
//! Statements are in `stmt`, expressions in `expr`, functions and comprehensions in `function`, and `scope` settles where
//! each name lives. What rdk does not have is refused here, at the place where it stands.

mod class;
mod describe;
mod expr;
mod function;
mod literal;
pub(crate) mod message;
mod scope;
mod stmt;

use std::sync::Arc;

use ruff_python_ast::{self as ast};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::clean::Clean;
use crate::error::Result;
use crate::tree::{Cell, Expr, Name, Scope, Stmt, StmtKind, Variable};
use crate::{Source, Span, SyntaxError};

use scope::{Scopes, Wrong};

/// Lowers the statements of a cell.
pub(crate) fn cell(source: &Arc<Source>, clean: &Clean, module: &ast::ModModule) -> Result<Cell> {
    let scopes = scope::analyse(&module.body).map_err(|wrong| wrong.at(clean))?;
    let mut lower = Lower::new(source, clean, scopes);
    let body = lower.body(&module.body)?;
    Ok(lower.finish(body))
}

/// Lowers an expression on its own.
pub(crate) fn expression(source: &Arc<Source>, clean: &Clean, module: &ast::ModExpression) -> Result<Cell> {
    let scopes = scope::analyse_expr(&module.body).map_err(|wrong| wrong.at(clean))?;
    let mut lower = Lower::new(source, clean, scopes);
    let expr = lower.expr(&module.body)?;
    let stmt = Stmt { span: expr.span, kind: StmtKind::Expr(expr) };
    Ok(lower.finish(vec![stmt]))
}

impl Wrong {
    fn at(self, clean: &Clean) -> SyntaxError {
        let error = SyntaxError::new(self.message, clean.span(self.range.start().to_u32(), self.range.end().to_u32()));
        match self.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

struct Lower<'a> {
    source: &'a Arc<Source>,
    clean: &'a Clean,
    scopes: Scopes,
    /// The scope we are in, functions and comprehensions alike.
    scope: usize,
    /// How many functions and loops are around us.
    functions: Vec<Globals>,
    loops: usize,
    names: FxHashMap<Box<str>, Name>,
}

/// Global names that a function reads, first come first.
#[derive(Default)]
struct Globals {
    names: Vec<Name>,
    seen: FxHashSet<Name>,
    /// Loops around the definition do not count inside of it.
    outer_loops: usize,
}

impl Globals {
    fn add(&mut self, name: &Name) {
        if self.seen.insert(name.clone()) {
            self.names.push(name.clone());
        }
    }
}

impl<'a> Lower<'a> {
    fn new(source: &'a Arc<Source>, clean: &'a Clean, scopes: Scopes) -> Lower<'a> {
        Lower { source, clean, scopes, scope: 0, functions: Vec::new(), loops: 0, names: FxHashMap::default() }
    }

    fn finish(self, body: Vec<Stmt>) -> Cell {
        let frame = self.scopes.frame(0);
        let (slot_names, cell_slots) = (frame.slot_names, frame.cell_slots);
        Cell { source: self.source.clone(), body, slot_names, cell_slots, hushed: false }
    }

    fn span(&self, node: &impl Ranged) -> Span {
        self.range(node.range())
    }

    fn range(&self, range: TextRange) -> Span {
        self.clean.span(range.start().to_u32(), range.end().to_u32())
    }

    fn text(&self, range: TextRange) -> &'a str {
        &self.clean.text[range.start().to_usize()..range.end().to_usize()]
    }

    fn error(&self, message: impl Into<String>, node: &impl Ranged) -> SyntaxError {
        SyntaxError::new(message, self.span(node))
    }

    /// What rdk does not have.
    fn refuse<T>(&self, what: &str, node: &impl Ranged, hint: &str) -> Result<T> {
        Err(self.error(format!("{what} not supported in rdk"), node).hint(hint))
    }

    fn name(&mut self, text: &str) -> Name {
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        let name = Name::from(text);
        self.names.insert(text.into(), name.clone());
        name
    }

    /// A variable that is bound or deleted here.
    fn variable(&mut self, text: &str) -> Variable {
        Variable { name: self.name(text), scope: self.scopes.find(self.scope, text) }
    }

    /// A variable that is read here.
    fn read(&mut self, text: &str) -> Variable {
        let variable = self.variable(text);
        if variable.scope == Scope::Global
            && let Some(function) = self.functions.last_mut()
        {
            function.add(&variable.name);
        }
        variable
    }

    fn boxed(&mut self, expr: &ast::Expr) -> Result<Box<Expr>> {
        self.expr(expr).map(Box::new)
    }
}

//! Generator expressions: they give an item when asked for one.

use std::sync::Arc;

use rdk_syntax::tree::{Clause, Expr, FunctionBody, FunctionDef};

use super::frame::Frame;
use super::iterate::{Walk, iterate};
use crate::context::Context;
use crate::error::{Result, Trail};
use crate::function::{CellRef, Function};
use crate::value::Value;

/// A generator between two of its items.
struct Generator {
    function: Arc<Function>,
    slots: Vec<Option<Value>>,
    cells: Vec<Option<CellRef>>,
    /// One for each clause that has begun, outermost first.
    walks: Vec<Walk>,
}

impl<'a> Frame<'a> {
    /// `(x for x in xs)`: the first iterable is evaluated at once, the rest when an item is asked for.
    pub fn generator(&mut self, def: &Arc<FunctionDef>, iter: &Expr) -> Result<Value> {
        let iterable = self.eval(iter)?;
        let first = iterate(self.context, &iterable).at(|| self.place(iter.span))?;
        let captures = self.captured(&def.captures);
        let function = Function::new(def.clone(), Vec::new(), captures, self.globals.clone());
        Ok(begin(Arc::new(function), first))
    }
}

/// The generator over a walk that has begun.
pub(super) fn begin(function: Arc<Function>, first: Walk) -> Value {
    let mut state = Some(Generator { function, slots: Vec::new(), cells: Vec::new(), walks: vec![first] });
    Value::iter("generator", move |context| {
        let generator = state.as_mut()?;
        let answer = context.nested(|| generator.advance(context)).transpose();
        if !matches!(answer, Some(Ok(_))) {
            // At its end, or after an error, there is nothing more.
            state = None;
        }
        answer
    })
}

impl Generator {
    fn advance(&mut self, context: &Context) -> Result<Option<Value>> {
        let Generator { function, slots, cells, walks } = self;
        let FunctionBody::Generator { element, clauses } = &function.def.body else { return Ok(None) };
        let mut frame = Frame::of_function(context, function, std::mem::take(slots));
        if !cells.is_empty() {
            frame.cells = std::mem::take(cells);
        }
        let answer = frame.advance(element, clauses, walks);
        (*slots, *cells) = (frame.slots, frame.cells);
        answer
    }
}

impl<'a> Frame<'a> {
    /// The next item of a generator whose walks stand where they stood after the last one.
    fn advance(&mut self, element: &Expr, clauses: &[Clause], walks: &mut Vec<Walk>) -> Result<Option<Value>> {
        loop {
            let depth = walks.len();
            let Some(walk) = walks.last_mut() else { return Ok(None) };
            let clause = &clauses[depth - 1];
            let here = clause.iter.span;
            self.context.check().at(|| self.place(here))?;
            match walk.next(self.context) {
                Ok(Some(item)) => self.assign(&clause.target, item)?,
                Ok(None) => {
                    walks.pop();
                    continue;
                }
                Err(error) => return Err(self.failed(error, here)),
            }
            if !self.passes(&clause.tests)? {
                continue;
            }
            match clauses.get(depth) {
                None => return self.eval(element).map(Some),
                Some(inner) => {
                    let iterable = self.eval(&inner.iter)?;
                    walks.push(iterate(self.context, &iterable).at(|| self.place(inner.iter.span))?);
                }
            }
        }
    }
}

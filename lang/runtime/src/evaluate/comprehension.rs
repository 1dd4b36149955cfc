//! List, set and dict comprehensions: they run in the frame that they stand in.

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_syntax::tree::{Clause, Expr, Scope, Target, TargetKind, Variable};

use super::frame::Frame;
use super::iterate::iterate;
use super::quick::discard;
use crate::error::{Result, Trail};
use crate::value::{Dict, HashKey, Set, Value};

impl<'a> Frame<'a> {
    pub fn list_of(&mut self, element: &Expr, clauses: &[Clause], cells: &[usize]) -> Result<Value> {
        let mut items = Vec::new();
        self.within(clauses, cells, &mut |frame| {
            items.push(frame.eval(element)?);
            Ok(())
        })?;
        Ok(Value::list(items))
    }

    pub fn set_of(&mut self, element: &Expr, clauses: &[Clause], cells: &[usize]) -> Result<Value> {
        let mut items = indexmap::IndexSet::default();
        self.within(clauses, cells, &mut |frame| {
            let member = frame.eval(element)?;
            items.insert(HashKey::new(member).at(|| frame.place(element.span))?);
            Ok(())
        })?;
        Ok(Value::Set(Arc::new(Set { items: Mutex::new(items), frozen: false })))
    }

    pub fn dict_of(&mut self, key: &Expr, value: &Expr, clauses: &[Clause], cells: &[usize]) -> Result<Value> {
        let mut items = indexmap::IndexMap::default();
        self.within(clauses, cells, &mut |frame| {
            let name = frame.eval(key)?;
            let value = frame.eval(value)?;
            items.insert(HashKey::new(name).at(|| frame.place(key.span))?, value);
            Ok(())
        })?;
        Ok(Value::Dict(Arc::new(Dict(Mutex::new(items)))))
    }

    /// The same as `each`, after which the variables of the comprehension are no more.
    fn within(
        &mut self,
        clauses: &[Clause],
        cells: &[usize],
        emit: &mut dyn FnMut(&mut Frame<'a>) -> Result<()>,
    ) -> Result<()> {
        let done = self.each(clauses, cells, emit);
        clauses.iter().for_each(|clause| self.forget(&clause.target));
        done
    }

    fn forget(&mut self, target: &Target) {
        match &target.kind {
            TargetKind::Name(Variable { scope: Scope::Local(slot), .. }) => {
                discard(self.slots.get_mut(*slot).and_then(Option::take));
            }
            // Functions made inside keep theirs.
            TargetKind::Name(Variable { scope: Scope::Cell(slot), .. }) => {
                drop(self.cells.get_mut(*slot).and_then(Option::take));
            }
            TargetKind::Unpack { targets, .. } => targets.iter().for_each(|target| self.forget(target)),
            TargetKind::Name(_) | TargetKind::Attribute { .. } | TargetKind::Item { .. } => {}
        }
    }

    /// Calls `emit` for each combination that the clauses let through.
    fn each(
        &mut self,
        clauses: &[Clause],
        cells: &[usize],
        emit: &mut dyn FnMut(&mut Frame<'a>) -> Result<()>,
    ) -> Result<()> {
        let [clause, inner @ ..] = clauses else { return emit(self) };
        let iterable = self.eval(&clause.iter)?;
        let mut walk = iterate(self.context, &iterable).at(|| self.place(clause.iter.span))?;
        // The cells are fresh for each run of the comprehension, and shared by its turns, as in Python.
        for &slot in cells {
            if let Some(cell) = self.cells.get_mut(slot) {
                *cell = Some(Arc::new(Mutex::new(None)));
            }
        }
        loop {
            self.context.check().at(|| self.place(clause.iter.span))?;
            let item = match walk.next(self.context) {
                Ok(Some(item)) => item,
                Ok(None) => return Ok(()),
                Err(error) => return Err(self.failed(error, clause.iter.span)),
            };
            self.assign(&clause.target, item)?;
            if self.passes(&clause.tests)? {
                self.each(inner, &[], emit)?;
            }
        }
    }

    /// Do all conditions of a clause hold?
    pub fn passes(&mut self, tests: &[Expr]) -> Result<bool> {
        for test in tests {
            if !self.holds(test)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

//! Statements.

use rdk_syntax::tree::{Expr, Scope, Stmt, StmtKind, Target, TargetKind};

use super::frame::{Flow, Frame};
use super::iterate::{Walk, iterate};
use crate::builtin::Args;
use crate::error::{Error, Result, Trail};
use crate::value::Value;

impl<'a> Frame<'a> {
    /// Statements in order, until one leads elsewhere.
    #[inline]
    pub fn block(&mut self, body: &[Stmt]) -> Result<Flow> {
        for statement in body {
            match self.statement(statement)? {
                Flow::Next => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    /// One statement.
    pub fn statement(&mut self, statement: &Stmt) -> Result<Flow> {
        match &statement.kind {
            StmtKind::Expr(expr) => {
                self.eval(expr)?;
            }
            StmtKind::Assign { targets, value } => {
                let value = self.eval(value)?;
                match targets.as_slice() {
                    [target] => self.assign(target, value)?,
                    targets => {
                        for target in targets {
                            self.assign(target, value.clone())?;
                        }
                    }
                }
            }
            StmtKind::AugAssign { target, op, value } => self.augment(target, *op, value, statement.span)?,
            StmtKind::Return(value) => {
                return Ok(Flow::Return(match value {
                    Some(value) => self.eval(value)?,
                    None => Value::None,
                }));
            }
            StmtKind::If { test, body, orelse } => {
                return if self.test(test)? { self.block(body) } else { self.block(orelse) };
            }
            StmtKind::While { test, body, orelse } => return self.while_loop(test, body, orelse, statement),
            StmtKind::For { target, iter, body, orelse } => return self.for_loop(target, iter, body, orelse),
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Pass => {}
            StmtKind::Def { target, function, decorators } => {
                let mut made = Vec::with_capacity(decorators.len());
                for decorator in decorators {
                    made.push((self.eval(decorator)?, decorator.span));
                }
                let mut value = self.function(function)?;
                for (decorator, span) in made.into_iter().rev() {
                    let result = self.context.call(&decorator, Args::one(value));
                    value = result.map_err(|error| self.failed(error, span))?;
                }
                self.store(target, value);
            }
            StmtKind::With { items, body } => return self.with(items, body),
            StmtKind::Try { body, handlers, orelse, finally } => {
                return self.attempt(body, handlers, orelse, finally);
            }
            StmtKind::Raise { error, cause } => return self.raise(error.as_ref(), cause.as_ref(), statement.span),
            StmtKind::Assert { test, message } => return self.assert(test, message.as_ref(), statement.span),
            StmtKind::Del(targets) => {
                for target in targets {
                    self.delete(target)?;
                }
            }
            StmtKind::Import(names) => self.import(names)?,
            StmtKind::FromImport { module, import_star: true, .. } => self.import_star(module, statement.span)?,
            StmtKind::FromImport { module, names, .. } => self.import_names(module, names, statement.span)?,
            StmtKind::Magic(magic) => {
                if let Some(value) = self.magic(magic, statement.span)? {
                    let summary = crate::show::display::summary(&value);
                    self.context.shared.output.display(&summary);
                }
            }
            StmtKind::Help { object, detail } => {
                let place = self.place(statement.span);
                self.context.shared.magics.help(self.context, object, *detail, &place).at(|| place.clone())?;
            }
        }
        Ok(Flow::Next)
    }

    fn while_loop(&mut self, test: &Expr, body: &[Stmt], orelse: &[Stmt], statement: &Stmt) -> Result<Flow> {
        loop {
            if self.context.cancel.requested() {
                return Err(self.failed(crate::context::interrupted(), statement.span));
            }
            if !self.test(test)? {
                return self.block(orelse);
            }
            match self.block(body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
        }
    }

    fn for_loop(&mut self, target: &Target, iter: &Expr, body: &[Stmt], orelse: &[Stmt]) -> Result<Flow> {
        let iterable = self.eval(iter)?;
        let mut walk = iterate(self.context, &iterable).at(|| self.place(iter.span))?;
        drop(iterable);
        loop {
            if self.context.cancel.requested() {
                return Err(self.failed(crate::context::interrupted(), iter.span));
            }
            match self.turn(&mut walk, target, iter) {
                Ok(true) => {}
                Ok(false) => return self.block(orelse),
                Err(error) => return Err(error),
            }
            match self.block(body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                flow @ Flow::Return(_) => return Ok(flow),
            }
        }
    }

    /// Binds the next item of a loop; false at the end.
    #[inline(always)]
    fn turn(&mut self, walk: &mut Walk, target: &Target, iter: &Expr) -> std::result::Result<bool, Error> {
        if let (Walk::Range { next, step, left }, TargetKind::Name(variable)) = (&mut *walk, &target.kind)
            && let Scope::Local(slot) = variable.scope
        {
            if *left == 0 {
                return Ok(false);
            }
            *left -= 1;
            let number = *next;
            *next = number.wrapping_add(*step);
            if let Some(place) = self.slots.get_mut(slot) {
                *place = Some(Value::Int(number));
            }
            return Ok(true);
        }
        match walk.next(self.context) {
            Ok(Some(item)) => self.assign(target, item).map(|()| true),
            Ok(None) => Ok(false),
            Err(error) => Err(self.failed(error, iter.span)),
        }
    }
}

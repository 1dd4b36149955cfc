//! Statements.

use rdk_syntax::Span;
use rdk_syntax::tree::{BinaryOp, Expr, ExprKind, Scope, Stmt, StmtKind, Target, TargetKind};

use smallvec::SmallVec;

use super::frame::{Flow, Frame, Step};
use super::iterate::{Walk, iterate};
use super::quick::{Quick, Truth, discard, float, small};
use crate::builtin::Args;
use crate::error::{Result, Trail};
use crate::value::Value;

impl<'a> Frame<'a> {
    /// Statements in order, until one leads elsewhere.
    #[inline]
    pub fn block(&mut self, body: &[Stmt]) -> Step {
        for statement in body {
            let step = self.statement(statement);
            if step != Step::Next {
                return step;
            }
        }
        Step::Next
    }

    /// One statement.
    pub fn statement(&mut self, statement: &Stmt) -> Step {
        match &statement.kind {
            StmtKind::Expr(expr) => match self.quick(expr) {
                Quick::Other => match self.take() {
                    Ok(value) => {
                        discard(Some(value));
                        Step::Next
                    }
                    Err(error) => self.failure(error),
                },
                Quick::Int(_) | Quick::Float(_) | Quick::Bool(_) => Step::Next,
            },
            StmtKind::Assign { targets, value } => {
                if let [Target { kind: TargetKind::Name(variable), .. }] = targets.as_slice()
                    && let Scope::Local(slot) = variable.scope
                {
                    let quick = self.quick(value);
                    return self.put(slot, quick);
                }
                let result = self.assign_all(targets, value);
                self.ended(result)
            }
            StmtKind::AugAssign { target, op, value } => {
                if let TargetKind::Name(variable) = &target.kind
                    && let Scope::Local(slot) = variable.scope
                {
                    return self.augment_local(slot, target, *op, value, statement.span);
                }
                let result = self.augment(target, *op, value, statement.span);
                self.ended(result)
            }
            StmtKind::Return(value) => {
                match value {
                    Some(value) => {
                        self.returned = self.quick(value);
                        // An error is parked where the value would be.
                        if matches!(self.returned, Quick::Other) && self.parked.is_err() {
                            return Step::Failed;
                        }
                    }
                    None => self.returned = Quick::Other,
                }
                Step::Return
            }
            StmtKind::If { test, body, orelse } => match self.test(test) {
                Truth::True => self.block(body),
                Truth::False => self.block(orelse),
                Truth::Failed => Step::Failed,
            },
            StmtKind::While { test, body, orelse } => self.while_loop(test, body, orelse, statement),
            StmtKind::For { target, iter, body, orelse } => self.for_loop(target, iter, body, orelse),
            StmtKind::Break => Step::Break,
            StmtKind::Continue => Step::Continue,
            StmtKind::Pass => Step::Next,
            _ => self.statement_rest(statement),
        }
    }

    /// A statement that is none of the most frequent kinds.
    #[inline(never)]
    fn statement_rest(&mut self, statement: &Stmt) -> Step {
        let span = statement.span;
        let flow = match &statement.kind {
            StmtKind::With { items, body } => self.with(items, body),
            StmtKind::Try { body, handlers, orelse, finally } => self.attempt(body, handlers, orelse, finally),
            StmtKind::Raise { error, cause } => self.raise(error.as_ref(), cause.as_ref(), span),
            StmtKind::Assert { test, message } => self.assert(test, message.as_ref(), span),
            _ => self.simple(statement).map(|()| Flow::Next),
        };
        self.step(flow)
    }

    /// A statement that leads nowhere else.
    fn simple(&mut self, statement: &Stmt) -> Result<()> {
        match &statement.kind {
            StmtKind::Def { target, function, decorators } => {
                let made = self.decorators(decorators)?;
                let value = self.function(function)?;
                let value = self.decorated(value, made)?;
                self.store(target, value);
            }
            StmtKind::Class { target, class, bases, decorators } => {
                let value = self.class(class, bases, decorators, statement.span)?;
                self.store(target, value);
            }
            StmtKind::Del(targets) => targets.iter().try_for_each(|target| self.delete(target))?,
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
            // All others have their own ways.
            _ => {}
        }
        Ok(())
    }

    /// The values of decorators, outermost first.
    pub fn decorators(&mut self, decorators: &[Expr]) -> Result<Vec<(Value, Span)>> {
        decorators.iter().map(|decorator| Ok((self.eval(decorator)?, decorator.span))).collect()
    }

    /// What decorators make of a function or class.
    pub fn decorated(&mut self, mut value: Value, decorators: Vec<(Value, Span)>) -> Result<Value> {
        for (decorator, span) in decorators.into_iter().rev() {
            self.context.mark(self.source, span);
            let result = self.context.call(&decorator, Args::one(value));
            value = result.map_err(|error| self.failed(error, span))?;
        }
        Ok(value)
    }

    #[cold]
    #[inline(never)]
    fn failure(&mut self, error: crate::Error) -> Step {
        self.park(Err(error));
        Step::Failed
    }

    #[inline]
    fn ended(&mut self, result: Result<()>) -> Step {
        match result {
            Ok(()) => Step::Next,
            Err(error) => self.failure(error),
        }
    }

    /// Binds a local variable.
    #[inline(always)]
    fn put(&mut self, slot: usize, quick: Quick) -> Step {
        let value = match quick {
            Quick::Other => match self.take() {
                Ok(value) => value,
                Err(error) => return self.failure(error),
            },
            small => match self.value_of(small) {
                Ok(value) => value,
                Err(error) => return self.failure(error),
            },
        };
        if let Some(place) = self.slots.get_mut(slot) {
            discard(place.replace(value));
        }
        Step::Next
    }

    fn assign_all(&mut self, targets: &[Target], value: &Expr) -> Result<()> {
        // `a, b = b, a`: no tuple in between.
        if let ([Target { kind: TargetKind::Unpack { targets: parts, star: None }, .. }], ExprKind::Tuple(elements)) =
            (targets, &value.kind)
            && parts.len() == elements.len()
            && elements.iter().all(|element| !element.star)
        {
            let mut values: SmallVec<[Value; 4]> = SmallVec::with_capacity(elements.len());
            for element in elements {
                values.push(self.operand(&element.value)?);
            }
            return parts.iter().zip(values).try_for_each(|(part, value)| self.assign(part, value));
        }
        let value = self.operand(value)?;
        match targets {
            [target] => self.assign(target, value),
            targets => targets.iter().try_for_each(|target| self.assign(target, value.clone())),
        }
    }

    /// `x += …` of a local variable.
    #[inline]
    fn augment_local(&mut self, slot: usize, target: &Target, op: BinaryOp, value: &Expr, span: Span) -> Step {
        match self.slots.get(slot) {
            Some(Some(Value::Int(_) | Value::Float(_))) => {
                let right = self.quick(value);
                let left = match self.slots.get(slot) {
                    Some(Some(Value::Int(n))) => Quick::Int(*n),
                    Some(Some(Value::Float(n))) => Quick::Float(n.to_bits() as i64),
                    _ => Quick::Other,
                };
                let number = |bits: i64| f64::from_bits(bits as u64);
                let quick = match (left, right) {
                    (Quick::Int(a), Quick::Int(b)) => small(op, a, b).map(Quick::Int),
                    (Quick::Float(a), Quick::Float(b)) => float(op, number(a), number(b)).map(from_float),
                    (Quick::Float(a), Quick::Int(b)) => float(op, number(a), b as f64).map(from_float),
                    (Quick::Int(a), Quick::Float(b)) => float(op, a as f64, number(b)).map(from_float),
                    _ => None,
                };
                match quick {
                    Some(quick) => self.put(slot, quick),
                    None => self.augment_slowly(slot, op, right, span),
                }
            }
            _ => {
                let result = self.augment(target, op, value, span);
                self.ended(result)
            }
        }
    }

    #[inline(never)]
    fn augment_slowly(&mut self, slot: usize, op: BinaryOp, right: Quick, span: Span) -> Step {
        let result = match self.value_of(right) {
            Ok(right) => {
                let left = self.slots.get(slot).cloned().flatten().unwrap_or_default();
                self.augmented(op, &left, &right, span)
            }
            Err(error) => Err(error),
        };
        let quick = self.quick_of(result);
        self.put(slot, quick)
    }

    fn while_loop(&mut self, test: &Expr, body: &[Stmt], orelse: &[Stmt], statement: &Stmt) -> Step {
        loop {
            if self.context.cancel.requested() {
                let error = self.failed(crate::context::interrupted(), statement.span);
                return self.failure(error);
            }
            match self.test(test) {
                Truth::True => {}
                Truth::False => return self.block(orelse),
                Truth::Failed => return Step::Failed,
            }
            match self.block(body) {
                Step::Next | Step::Continue => {}
                Step::Break => return Step::Next,
                step @ (Step::Return | Step::Failed) => return step,
            }
        }
    }

    fn for_loop(&mut self, target: &Target, iter: &Expr, body: &[Stmt], orelse: &[Stmt]) -> Step {
        let begun = self.eval(iter).and_then(|iterable| iterate(self.context, &iterable).at(|| self.place(iter.span)));
        let mut walk = match begun {
            Ok(walk) => walk,
            Err(error) => return self.failure(error),
        };
        loop {
            if self.context.cancel.requested() {
                let error = self.failed(crate::context::interrupted(), iter.span);
                return self.failure(error);
            }
            match self.turn(&mut walk, target, iter) {
                Step::Next => {}
                Step::Break => return self.block(orelse),
                step => return step,
            }
            match self.block(body) {
                Step::Next | Step::Continue => {}
                Step::Break => return Step::Next,
                step @ (Step::Return | Step::Failed) => return step,
            }
        }
    }

    /// Binds the next item of a loop; `Break` at the end.
    #[inline(always)]
    fn turn(&mut self, walk: &mut Walk, target: &Target, iter: &Expr) -> Step {
        if let (Walk::Range { next, step, left }, TargetKind::Name(variable)) = (&mut *walk, &target.kind)
            && let Scope::Local(slot) = variable.scope
        {
            if *left == 0 {
                return Step::Break;
            }
            *left -= 1;
            let number = *next;
            *next = number.wrapping_add(*step);
            return self.put(slot, Quick::Int(number));
        }
        match walk.next(self.context) {
            Ok(Some(item)) => {
                let result = self.assign(target, item);
                self.ended(result)
            }
            Ok(None) => Step::Break,
            Err(error) => {
                let error = self.failed(error, iter.span);
                self.failure(error)
            }
        }
    }
}

fn from_float(number: f64) -> Quick {
    Quick::Float(number.to_bits() as i64)
}

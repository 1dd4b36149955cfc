//! `raise`, `try`, `with`, `assert`: errors on their way.

use std::sync::Arc;

use rdk_syntax::Span;
use rdk_syntax::tree::{Expr, Handler, Stmt, Target};

use super::call::call;
use super::frame::{Flow, Frame};
use crate::builtin::Args;
use crate::error;
use crate::error::{Error, Kind, Link, Result, Trail};
use crate::operators::door;
use crate::types::raised;
use crate::user::{Instance, error_of};
use crate::value::Value;

impl<'a> Frame<'a> {
    /// `raise error from cause`
    pub fn raise(&mut self, error: Option<&Expr>, cause: Option<&Expr>, span: Span) -> Result<Flow> {
        let Some(expr) = error else {
            let handled = self.context.handling.borrow().last().cloned();
            return Err(match handled {
                Some(error) => error,
                None => self.failed(error!(RuntimeError: "No active exception to reraise"), span),
            });
        };
        let value = self.eval(expr)?;
        let mut error = self.as_error(&value, "exceptions must derive from BaseException", expr.span)?;
        if let Some(expr) = cause {
            let cause = self.eval(expr)?;
            if cause.is_none() {
                error.0.cause = None;
                error.0.link = Link::Hidden;
            } else {
                let cause = self.as_error(&cause, "exception causes must derive from BaseException", expr.span)?;
                error.0.cause = Some(cause);
                error.0.link = Link::From;
            }
        }
        Err(self.failed(error, span))
    }

    fn as_error(&mut self, value: &Value, otherwise: &str, span: Span) -> Result<Error> {
        match value {
            Value::Exception(error) => Ok((**error).clone()),
            Value::Object(_) if value.class().exception.is_some() => {
                Ok(value.get::<Instance>().map_or_else(|| raised(Kind::Exception, Vec::new()), error_of))
            }
            Value::Class(class) if class.exception.is_some() => {
                let made = call(self.context, value, Args::none()).at(|| self.place(span))?;
                match made {
                    Value::Exception(error) => Ok((*error).clone()),
                    _ => Ok(raised(class.exception.unwrap_or(Kind::Exception), Vec::new())),
                }
            }
            Value::Str(_) => {
                let error =
                    error!(TypeError: "{otherwise}"; hint: "text alone cannot be raised: `raise ValueError(\"…\")`");
                Err(self.failed(error, span))
            }
            _ => Err(self.failed(error!(TypeError: "{otherwise}"), span)),
        }
    }

    /// `assert test, message`
    pub fn assert(&mut self, test: &Expr, message: Option<&Expr>, span: Span) -> Result<Flow> {
        if self.holds(test)? {
            return Ok(Flow::Next);
        }
        let args = match message {
            Some(message) => vec![self.eval(message)?],
            None => Vec::new(),
        };
        let error = raised(Kind::AssertionError, args);
        let error = match message {
            Some(_) => error,
            None => error.hint(format!("`{}` is not true", self.source.slice(test.span))),
        };
        Err(self.failed(error, span))
    }

    /// Statements in order, with what they lead to.
    fn run_block(&mut self, body: &[Stmt]) -> Result<Flow> {
        let step = self.block(body);
        self.flow(step)
    }

    /// `try`
    pub fn attempt(&mut self, body: &[Stmt], handlers: &[Handler], orelse: &[Stmt], finally: &[Stmt]) -> Result<Flow> {
        let mut result = match self.run_block(body) {
            Ok(Flow::Next) => self.run_block(orelse),
            Ok(flow) => Ok(flow),
            Err(error) => self.handle(error, handlers),
        };
        if finally.is_empty() {
            return result;
        }
        if let Err(error) = &result {
            self.context.obeyed(error);
            self.context.handling.borrow_mut().push(error.clone());
        }
        let last = self.run_block(finally);
        if result.is_err() {
            self.context.handling.borrow_mut().pop();
        }
        match last {
            Ok(Flow::Next) => {}
            // A `return` or `break` here takes the place of whatever was under way.
            Ok(flow) => result = Ok(flow),
            Err(error) => {
                result = Err(match result {
                    Err(first) => after(error, first),
                    Ok(_) => error,
                })
            }
        }
        result
    }

    fn handle(&mut self, error: Error, handlers: &[Handler]) -> Result<Flow> {
        for handler in handlers {
            let takes = match &handler.classes {
                None => true,
                Some(classes) => {
                    let value = self.eval(classes)?;
                    self.takes(&value, &error, classes.span).map_err(|wrong| after(wrong, error.clone()))?
                }
            };
            if !takes {
                continue;
            }
            self.context.obeyed(&error);
            if let Some(name) = &handler.name {
                self.store(name, Value::Exception(Arc::new(error.clone())));
            }
            self.context.handling.borrow_mut().push(error.clone());
            let result = self.run_block(&handler.body);
            self.context.handling.borrow_mut().pop();
            if let Some(name) = &handler.name {
                // Python unbinds it too, and so lets go of what the error holds.
                let _ = self.unbind(name, handler.span);
            }
            return result.map_err(|next| after(next, error));
        }
        Err(error)
    }

    /// Does `except classes` take this error?
    fn takes(&self, classes: &Value, error: &Error, span: Span) -> Result<bool> {
        match classes {
            Value::Class(class) => match class.exception {
                Some(_) if class.own.is_some() => Ok(error.class().is(class)),
                Some(kind) => Ok(error.0.kind.is(kind)),
                None => Err(self.not_a_class(span)),
            },
            Value::Tuple(classes) => {
                for class in classes.iter() {
                    if self.takes(class, error, span)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Err(self.not_a_class(span)),
        }
    }

    #[cold]
    fn not_a_class(&self, span: Span) -> Error {
        let error = error!(TypeError: "catching classes that do not inherit from BaseException is not allowed");
        self.failed(error, span)
    }

    /// `with a as b, c:`
    pub fn with(&mut self, items: &[(Expr, Option<Target>)], body: &[Stmt]) -> Result<Flow> {
        let [(expr, target), rest @ ..] = items else { return self.run_block(body) };
        let manager = self.eval(expr)?;
        let entered = match door(&manager).and_then(|object| object.enter(self.context)) {
            Some(entered) => entered.at(|| self.place(expr.span))?,
            None => {
                let class = manager.class().name;
                let error = error!(TypeError: "'{class}' object does not support the context manager protocol");
                return Err(self.failed(error, expr.span));
            }
        };
        let result = match target {
            Some(target) => self.assign(target, entered).and_then(|()| self.with(rest, body)),
            None => self.with(rest, body),
        };
        let Some(object) = door(&manager) else { return result };
        match result {
            Ok(flow) => {
                object.exit(self.context, None).at(|| self.place(expr.span))?;
                Ok(flow)
            }
            Err(error) => {
                self.context.obeyed(&error);
                match object.exit(self.context, Some(&error)) {
                    Ok(true) => Ok(Flow::Next),
                    Ok(false) => Err(error),
                    Err(next) => Err(after(next, error).at_place(self.place(expr.span))),
                }
            }
        }
    }
}

/// An error that came up while another one was being handled.
fn after(mut next: Error, handled: Error) -> Error {
    if is_same(&next, &handled) {
        return next;
    }
    // The place is at the far end of the chain, unless the chain is already about this error.
    let mut end = &mut next;
    loop {
        if end.0.link != Link::Handling {
            return next;
        }
        match end.0.cause {
            Some(ref cause) if is_same(cause, &handled) => return next,
            Some(ref mut cause) => end = cause,
            None => break,
        }
    }
    end.0.cause = Some(handled);
    next
}

/// The same error on its way, perhaps with more on its trace.
fn is_same(a: &Error, b: &Error) -> bool {
    let place = |error: &Error| error.0.place.as_ref().map(|place| (Arc::as_ptr(&place.source), place.span));
    a.0.kind == b.0.kind && a.0.message == b.0.message && place(a) == place(b)
}

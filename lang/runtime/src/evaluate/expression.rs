//! Expressions.

use std::sync::Arc;

use num_complex::Complex64;
use rdk_syntax::Span;
use rdk_syntax::tree::{CompareOp, Element, Expr, ExprKind, FunctionDef, MagicForm, Scope};

use super::frame::Frame;
use super::iterate::iterate;
use super::quick;
use crate::context::Context;
use crate::error::{Result, Trail};
use crate::function::Function;
use crate::operators;
use crate::value::{HashKey, Slice, Value};

impl<'a> Frame<'a> {
    /// The value of an expression.
    pub fn eval(&mut self, expr: &Expr) -> Result<Value> {
        match &expr.kind {
            ExprKind::Name(variable) => match variable.scope {
                Scope::Local(slot) => match self.slots.get(slot) {
                    Some(Some(value)) => Ok(value.clone()),
                    _ => self.unbound_here(variable, expr.span),
                },
                Scope::Cell(_) | Scope::Free(_) | Scope::Global => self.load(variable, expr.span),
            },
            ExprKind::Int(n) => Ok(Value::Int(*n)),
            ExprKind::Str(text) => Ok(Value::Str(text.clone())),
            ExprKind::Binary { .. } | ExprKind::Compare { .. } | ExprKind::Call { .. } | ExprKind::If { .. } => {
                let quick = self.quick(expr);
                self.value_of(quick)
            }
            _ => self.eval_rest(expr),
        }
    }

    /// The value of an expression that is none of the most frequent kinds.
    #[inline(never)]
    pub fn eval_rest(&mut self, expr: &Expr) -> Result<Value> {
        if self.context.is_low() {
            return self.context.on_more_stack(|| self.eval_rest(expr));
        }
        Ok(match &expr.kind {
            ExprKind::Name(variable) => return self.load(variable, expr.span),
            ExprKind::Binary { .. } | ExprKind::Call { .. } | ExprKind::If { .. } => {
                let quick = self.quick(expr);
                return self.value_of(quick);
            }
            ExprKind::Compare { first, rest } => return self.compare(first, rest, expr.span),
            ExprKind::Int(n) => Value::Int(*n),
            ExprKind::Attribute { object, name } => return self.attribute(object, name, expr.span),
            ExprKind::Item { object, index } => return self.item(object, index, expr.span),
            ExprKind::Unary { op, value } => {
                let value = self.operand(value)?;
                self.context.mark(self.source, expr.span);
                return match operators::unary(self.context, *op, &value) {
                    Ok(value) => Ok(value),
                    Err(error) => Err(self.failed(error, expr.span)),
                };
            }
            ExprKind::And(parts) => return self.either(parts, false),
            ExprKind::Or(parts) => return self.either(parts, true),
            ExprKind::None => Value::None,
            ExprKind::Bool(flag) => Value::Bool(*flag),
            ExprKind::Ellipsis => Value::Ellipsis,
            ExprKind::Float(n) => Value::Float(*n),
            ExprKind::Imaginary(n) => Value::Complex(Complex64::new(0.0, *n)),
            ExprKind::Str(text) => Value::Str(text.clone()),
            ExprKind::BigInt(n) => Value::big(n.clone()),
            ExprKind::Bytes(bytes) => Value::Bytes(bytes.clone()),
            ExprKind::Format(parts) => Value::Str(self.format(parts)?.into()),
            ExprKind::List(elements) => Value::list(self.elements(elements)?),
            ExprKind::Tuple(elements) => Value::Tuple(self.elements(elements)?.into()),
            ExprKind::Set(elements) => self.set(elements, expr.span)?,
            ExprKind::Dict(entries) => self.dict(entries)?,
            ExprKind::Slice { start, stop, step } => {
                let mut part = |part: &Option<Box<Expr>>| match part {
                    Some(part) => self.eval(part),
                    None => Ok(Value::None),
                };
                Value::Slice(Arc::new(Slice { start: part(start)?, stop: part(stop)?, step: part(step)? }))
            }
            ExprKind::Lambda(def) => self.function(def)?,
            ExprKind::Generator { function, iter } => self.generator(function, iter)?,
            ExprKind::ListComp { element, clauses, cells } => self.list_of(element, clauses, cells)?,
            ExprKind::SetComp { element, clauses, cells } => self.set_of(element, clauses, cells)?,
            ExprKind::DictComp { key, value, clauses, cells } => self.dict_of(key, value, clauses, cells)?,
            ExprKind::Walrus { target, value } => {
                let value = self.eval(value)?;
                self.store(target, value.clone());
                value
            }
            ExprKind::Magic(magic) => self.magic(magic, expr.span)?.unwrap_or(Value::None),
        })
    }

    /// `and` (stops at the first false value) and `or` (at the first true one).
    fn either(&mut self, parts: &[Expr], stop: bool) -> Result<Value> {
        let mut value = Value::None;
        for (at, part) in parts.iter().enumerate() {
            value = self.eval(part)?;
            if at + 1 < parts.len() && self.truth(&value, part.span)? == stop {
                break;
            }
        }
        Ok(value)
    }

    fn compare(&mut self, first: &Expr, rest: &[(CompareOp, Expr)], span: Span) -> Result<Value> {
        let mut left = self.operand(first)?;
        for (at, (op, second)) in rest.iter().enumerate() {
            let right = self.operand(second)?;
            let answer = match (&left, &right) {
                (Value::Int(a), Value::Int(b)) => quick::ordered(*op, a, b).map(Value::Bool),
                (Value::Float(a), Value::Float(b)) => quick::ordered(*op, a, b).map(Value::Bool),
                _ => None,
            };
            let answer = match answer {
                Some(answer) => answer,
                None => {
                    self.context.mark(self.source, span);
                    operators::compare(self.context, *op, &left, &right).map_err(|error| self.failed(error, span))?
                }
            };
            if at + 1 == rest.len() || !self.truth(&answer, span)? {
                return Ok(answer);
            }
            left = right;
        }
        Ok(left)
    }

    fn attribute(&mut self, object: &Expr, name: &rdk_syntax::tree::Name, span: Span) -> Result<Value> {
        let value = self.eval(object)?;
        self.context.mark(self.source, span);
        match operators::attribute(self.context, &value, name) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.failed(error, after_dot(self, object, span))),
        }
    }

    fn item(&mut self, object: &Expr, index: &Expr, span: Span) -> Result<Value> {
        let value = self.eval(object)?;
        let index = self.operand(index)?;
        // The common case without a detour: an item of a list.
        if let (Value::List(list), Value::Int(at)) = (&value, &index)
            && let Some(found) = usize::try_from(*at).ok().and_then(|at| list.0.lock().get(at).cloned())
        {
            return Ok(found);
        }
        self.context.mark(self.source, span);
        match operators::item(self.context, &value, &index) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.failed(error, span)),
        }
    }

    /// The values of elements, with starred ones laid out.
    pub fn elements(&mut self, elements: &[Element]) -> Result<Vec<Value>> {
        let mut values = Vec::with_capacity(elements.len());
        for element in elements {
            let value = self.eval(&element.value)?;
            if element.star {
                self.spread(&value, element.value.span, &mut values)?;
            } else {
                values.push(value);
            }
        }
        Ok(values)
    }

    /// All items of a value.
    pub fn spread(&mut self, value: &Value, span: Span, to: &mut Vec<Value>) -> Result<()> {
        let items = iterate(self.context, value).and_then(|mut walk| walk.rest(self.context));
        match items {
            Ok(items) => {
                to.extend(items);
                Ok(())
            }
            Err(error) => Err(self.failed(error, span)),
        }
    }

    fn set(&mut self, elements: &[Element], span: Span) -> Result<Value> {
        let values = self.elements(elements)?;
        let members = values.into_iter().map(HashKey::new).collect::<Result<indexmap::IndexSet<_, _>>>();
        let members = members.at(|| self.place(span))?;
        let items = parking_lot::Mutex::new(members);
        Ok(Value::Set(Arc::new(crate::value::Set { items, frozen: false })))
    }

    fn dict(&mut self, entries: &[(Option<Expr>, Expr)]) -> Result<Value> {
        let mut items = indexmap::IndexMap::with_capacity_and_hasher(entries.len(), Default::default());
        for (key, value) in entries {
            match key {
                Some(key_expr) => {
                    let key = self.eval(key_expr)?;
                    let value = self.eval(value)?;
                    let key = HashKey::new(key).at(|| self.place(key_expr.span))?;
                    items.insert(key, value);
                }
                None => {
                    let more = self.eval(value)?;
                    let Value::Dict(more) = &more else {
                        let got = more.class().name;
                        return Err(
                            self.failed(crate::error!(TypeError: "'{got}' object is not a mapping"), value.span)
                        );
                    };
                    let more = more.0.lock().clone();
                    items.extend(more);
                }
            }
        }
        Ok(Value::Dict(Arc::new(crate::value::Dict(parking_lot::Mutex::new(items)))))
    }

    /// A function as it is where it is defined.
    pub fn function(&mut self, def: &Arc<FunctionDef>) -> Result<Value> {
        let mut defaults = Vec::new();
        if def.params.iter().any(|param| param.default.is_some()) {
            for param in &def.params {
                defaults.push(match &param.default {
                    Some(default) => Some(self.eval(default)?),
                    None => None,
                });
            }
        }
        let captures = self.captured(&def.captures);
        Ok(Value::Function(Arc::new(Function::new(def.clone(), defaults, captures, self.globals.clone()))))
    }

    /// A magic command as a statement or on the right of `=`.
    pub fn magic(&mut self, magic: &rdk_syntax::tree::Magic, span: Span) -> Result<Option<Value>> {
        let place = self.place(span);
        let magics = &self.context.shared.magics;
        let shell = matches!(magic.form, MagicForm::Shell | MagicForm::ShellCapture);
        if !shell || self.in_cell || !magic.argument.contains(['{', '$']) {
            return magics.run(self.context, magic, &place).at(|| place.clone());
        }
        // `{name}` in a command means the function's own variable first.
        let inside = Context::task(self.context.shared.clone(), self.visible(), self.context.cancel.clone());
        let done = magics.run(&inside, magic, &place).at(|| place.clone());
        if let Some(code) = inside.globals.get("_exit_code") {
            self.context.globals.set(&"_exit_code".into(), code);
        }
        done
    }
}

/// Where the name after a dot stands: it is what is wrong, not what stands before the dot.
pub(super) fn after_dot(frame: &Frame, object: &Expr, whole: Span) -> Span {
    let rest = Span::new(object.span.end.min(whole.end), whole.end);
    match frame.source.slice(rest).find('.') {
        Some(dot) => {
            let after = &frame.source.slice(rest)[dot + 1..];
            let blanks = after.len() - after.trim_start().len();
            Span::new(rest.start + (dot + 1 + blanks) as u32, whole.end)
        }
        None => whole,
    }
}

//! Assignment in all its forms, and `del`.

use rdk_syntax::Span;
use rdk_syntax::tree::{BinaryOp, Expr, Scope, Target, TargetKind};

use super::frame::Frame;
use super::iterate::{Walk, iterate};
use super::quick::{Quick, discard, small};
use crate::error;
use crate::error::{Result, Trail};
use crate::operators;
use crate::value::Value;

impl<'a> Frame<'a> {
    /// `target = value`
    #[inline]
    pub fn assign(&mut self, target: &Target, value: Value) -> Result<()> {
        match &target.kind {
            TargetKind::Name(variable) => {
                self.store(variable, value);
                Ok(())
            }
            _ => self.assign_part(target, value),
        }
    }

    fn assign_part(&mut self, target: &Target, value: Value) -> Result<()> {
        match &target.kind {
            TargetKind::Name(variable) => {
                self.store(variable, value);
                Ok(())
            }
            TargetKind::Attribute { object, name } => {
                let object = self.eval(object)?;
                operators::set_attribute(self.context, &object, name, value).at(|| self.place(target.span))
            }
            TargetKind::Item { object, index } => {
                if let (Some(list), Quick::Int(at)) = (self.local_list(object), self.leaf(index))
                    && let Ok(at) = usize::try_from(at)
                {
                    let mut items = list.0.lock();
                    if let Some(place) = items.get_mut(at) {
                        let old = std::mem::replace(place, value);
                        drop(items);
                        discard(Some(old));
                        return Ok(());
                    }
                }
                let object = self.eval(object)?;
                let index = self.operand(index)?;
                if let (Value::List(list), Value::Int(at)) = (&object, &index)
                    && let Ok(at) = usize::try_from(*at)
                {
                    let mut items = list.0.lock();
                    if let Some(place) = items.get_mut(at) {
                        let old = std::mem::replace(place, value);
                        drop(items);
                        drop(old);
                        return Ok(());
                    }
                }
                match operators::set_item(self.context, &object, &index, value) {
                    Ok(()) => Ok(()),
                    Err(error) => Err(self.failed(error, target.span)),
                }
            }
            TargetKind::Unpack { targets, star } => self.unpack(targets, *star, &value, target.span),
        }
    }

    /// `a, *b, c = value`
    fn unpack(&mut self, targets: &[Target], star: Option<usize>, value: &Value, span: Span) -> Result<()> {
        // Two names and two items, as in `for key, value in …`: no vector in between.
        if let (Value::Tuple(items), None) = (value, star)
            && items.len() == targets.len()
        {
            for (target, item) in targets.iter().zip(items.iter()) {
                self.assign(target, item.clone())?;
            }
            return Ok(());
        }
        let mut walk = iterate(self.context, value).map_err(|error| self.not_unpackable(error, value, span))?;
        let before = star.unwrap_or(targets.len());
        let mut items = Vec::with_capacity(targets.len());
        while items.len() < before {
            match walk.next(self.context).at(|| self.place(span))? {
                Some(item) => items.push(item),
                None => return Err(self.too_few(targets.len(), star, items.len(), span)),
            }
        }
        let Some(star) = star else {
            if walk.next(self.context).at(|| self.place(span))?.is_some() {
                let got = match &walk {
                    Walk::Iter(_) => None,
                    walk => Some(items.len() + 1 + walk.likely()),
                };
                return Err(self.too_many(targets.len(), got, value, span));
            }
            for (target, item) in targets.iter().zip(items) {
                self.assign(target, item)?;
            }
            return Ok(());
        };
        let mut rest = walk.rest(self.context).at(|| self.place(span))?;
        let after = targets.len() - star - 1;
        if rest.len() < after {
            return Err(self.too_few(targets.len(), Some(star), items.len() + rest.len(), span));
        }
        let last = rest.split_off(rest.len() - after);
        items.push(Value::list(rest));
        items.extend(last);
        for (target, item) in targets.iter().zip(items) {
            self.assign(target, item)?;
        }
        Ok(())
    }

    #[cold]
    fn not_unpackable(&self, error: crate::Error, value: &Value, span: Span) -> crate::Error {
        // Lazy values say more themselves.
        let error = match operators::door(value) {
            Some(_) => error,
            None => {
                let own = error!(TypeError: "cannot unpack non-iterable {} object", value.class().name);
                match value {
                    // What helps in a `for` does not help here.
                    Value::Int(_) | Value::Float(_) => own.hint("it is one number, not several values"),
                    _ => error.0.hints.into_iter().fold(own, crate::Error::hint),
                }
            }
        };
        self.failed(error, span)
    }

    #[cold]
    fn too_few(&self, wanted: usize, star: Option<usize>, got: usize, span: Span) -> crate::Error {
        self.failed(
            match star {
                Some(_) => error!("not enough values to unpack (expected at least {}, got {got})", wanted - 1),
                None => error!("not enough values to unpack (expected {wanted}, got {got})"),
            },
            span,
        )
    }

    #[cold]
    fn too_many(&self, wanted: usize, got: Option<usize>, value: &Value, span: Span) -> crate::Error {
        let error = match got {
            Some(got) if matches!(value, Value::List(_) | Value::Tuple(_) | Value::Dict(_)) => {
                error!("too many values to unpack (expected {wanted}, got {got})")
            }
            _ => error!("too many values to unpack (expected {wanted})"),
        };
        self.failed(error.hint("`first, *rest = …` takes what is left over"), span)
    }

    /// `target op= value`
    pub fn augment(&mut self, target: &Target, op: BinaryOp, value: &Expr, span: Span) -> Result<()> {
        match &target.kind {
            TargetKind::Name(variable) => {
                if let Scope::Local(slot) = variable.scope {
                    if matches!(self.slots.get(slot), Some(None) | None) {
                        return Err(self.unbound(variable, target.span));
                    }
                    let right = self.operand(value)?;
                    let left = self.load(variable, target.span)?;
                    let value = self.augmented(op, &left, &right, span)?;
                    self.slots[slot] = Some(value);
                    return Ok(());
                }
                let left = self.load(variable, target.span)?;
                let right = self.quick(value);
                if let (Value::Int(a), Quick::Int(b)) = (&left, right)
                    && let Some(n) = small(op, *a, b)
                {
                    self.store(variable, Value::Int(n));
                    return Ok(());
                }
                let right = self.value_of(right)?;
                let value = self.augmented(op, &left, &right, span)?;
                drop(left);
                self.store(variable, value);
                Ok(())
            }
            TargetKind::Attribute { object, name } => {
                let object = self.eval(object)?;
                let left = operators::attribute(self.context, &object, name).at(|| self.place(target.span))?;
                let right = self.eval(value)?;
                let value = self.augmented(op, &left, &right, span)?;
                operators::set_attribute(self.context, &object, name, value).at(|| self.place(target.span))
            }
            TargetKind::Item { object, index } => {
                let object = self.eval(object)?;
                let index = self.eval(index)?;
                let left = operators::item(self.context, &object, &index).at(|| self.place(target.span))?;
                let right = self.eval(value)?;
                let value = self.augmented(op, &left, &right, span)?;
                operators::set_item(self.context, &object, &index, value).at(|| self.place(target.span))
            }
            TargetKind::Unpack { .. } => Err(self.failed(
                error!(SyntaxError: "several targets cannot be changed at once by `{}=`", op.symbol()),
                target.span,
            )),
        }
    }

    pub fn augmented(&mut self, op: BinaryOp, left: &Value, right: &Value, span: Span) -> Result<Value> {
        self.context.mark(self.source, span);
        match operators::augment(self.context, op, left, right) {
            Ok(value) => Ok(value),
            Err(mut error) => {
                let plain = format!("unsupported operand type(s) for {}: ", op.symbol());
                if let Some(types) = error.0.message.strip_prefix(&plain) {
                    error.0.message = format!("unsupported operand type(s) for {}=: {types}", op.symbol());
                }
                Err(self.failed(error, span))
            }
        }
    }

    /// `del target`
    pub fn delete(&mut self, target: &Target) -> Result<()> {
        match &target.kind {
            TargetKind::Name(variable) => self.unbind(variable, target.span),
            TargetKind::Attribute { object, name } => {
                let object = self.eval(object)?;
                operators::delete_attribute(&object, name).at(|| self.place(target.span))
            }
            TargetKind::Item { object, index } => {
                let object = self.eval(object)?;
                let index = self.eval(index)?;
                operators::delete_item(self.context, &object, &index).at(|| self.place(target.span))
            }
            TargetKind::Unpack { targets, .. } => targets.iter().try_for_each(|target| self.delete(target)),
        }
    }
}

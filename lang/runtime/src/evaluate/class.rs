//! `class`: running its body, and making a class of what that has bound.

use std::sync::Arc;

use rdk_syntax::Span;
use rdk_syntax::tree::{Arg, ClassDef, Expr, FunctionBody};

use super::frame::{Frame, Step};
use crate::class::ClassRef;
use crate::error;
use crate::error::Result;
use crate::function::{CellRef, Function};
use crate::user::{self, Members};
use crate::value::Value;

impl Frame<'_> {
    /// A class as it is after its decorators.
    pub fn class(&mut self, class: &ClassDef, bases: &[Arg], decorators: &[Expr], span: Span) -> Result<Value> {
        let decorators = self.decorators(decorators)?;
        let bases = self.bases(bases, span)?;
        let captures = self.captured(&class.body.captures);
        let body = Function::new(class.body.clone(), Vec::new(), captures, self.globals.clone());
        let (members, cell) = self.members(&body, class)?;
        let doc = class.body.doc.as_deref();
        let shared = Some(&self.context.shared);
        let made = user::make(shared, &class.body.name, doc, bases, members, class.annotations.clone());
        let made = Value::Class(made.map_err(|error| self.failed(error, span))?);
        if let Some(cell) = cell {
            *cell.lock() = Some(made.clone());
        }
        self.decorated(made, decorators)
    }

    fn bases(&mut self, bases: &[Arg], span: Span) -> Result<Vec<ClassRef>> {
        let given = self.args(bases, None)?;
        // A metaclass other than the usual ones would do something; those that are left (`ABCMeta`) do not need to.
        if let Some((name, _)) = given.keywords.iter().find(|(name, _)| &**name != "metaclass") {
            let error = error!(TypeError: "a class takes no keyword argument `{name}`");
            return Err(self.failed(error, span));
        }
        let mut classes: Vec<ClassRef> = Vec::with_capacity(given.positional.len());
        for base in given.positional {
            match base {
                Value::Class(class) => {
                    // `ABC` is `object` here, and may stand beside other bases.
                    if !classes.iter().any(|known| Arc::ptr_eq(known, &class)) {
                        classes.push(class);
                    }
                }
                other => {
                    let error =
                        error!(TypeError: "a class is derived from classes, got {}", crate::convert::describe(&other));
                    return Err(self.failed(error, span));
                }
            }
        }
        let object = &crate::types::types().object;
        if classes.len() > 1 {
            classes.retain(|class| !Arc::ptr_eq(class, object));
        }
        Ok(classes)
    }

    /// What the body binds, and the cell in which methods look for their class.
    fn members(&mut self, body: &Function, class: &ClassDef) -> Result<(Members, Option<CellRef>)> {
        let FunctionBody::Block(statements) = &class.body.body else { return Ok((Members::default(), None)) };
        let context = self.context;
        context.nested(|| {
            let mut frame = Frame::of_function(context, body, context.take_slots());
            frame.in_class = true;
            let result = match frame.block(statements) {
                Step::Failed => Err(frame.parked_error()),
                Step::Next | Step::Break | Step::Continue | Step::Return => {
                    let bound = class.members.iter().filter_map(|(name, slot)| {
                        let shared = frame.cells.get(*slot).and_then(|cell| cell.as_ref()?.lock().clone());
                        let value = shared.or_else(|| frame.slots.get(*slot).cloned().flatten())?;
                        Some((name.clone(), value))
                    });
                    Ok((bound.collect(), frame.cells.first().cloned().flatten()))
                }
            };
            frame.done();
            result
        })
    }
}

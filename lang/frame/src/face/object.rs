//! How frames behave in the language.

use std::any::Any;

use rdk_runtime::{ClassRef, Context, Object, Result, Value, bail, error};
use rdk_summary::Summary;
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::{classes, items, operators, showing};
use crate::frame::Frame;
use crate::label::Label;
use crate::lower;
use crate::place;
use crate::plan::{Shape, View};

impl Object for Frame {
    fn class(&self) -> ClassRef {
        classes::class_of(&self.view())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        showing::text(&self.view())
    }

    fn summary(&self) -> Summary {
        showing::summary(&self.view())
    }

    fn attribute(&self, context: &Context, name: &str) -> Option<Result<Value>> {
        let view = self.view();
        match view.shape {
            Shape::Frame => {
                let label = Label::text(name);
                let is_there = view.find(&label).is_some() || super::levels::below(&view, &label).is_some();
                is_there.then(|| items::column(&view, &label))
            }
            // `series.amount` is the row of that label.
            Shape::Series if view.eager => items::row_named(context, &view, name),
            Shape::Series | Shape::Index | Shape::Scalar => None,
        }
    }

    fn attribute_names(&self) -> Vec<String> {
        let view = self.view();
        match view.shape {
            Shape::Frame => view.labels().iter().map(Label::to_string).collect(),
            Shape::Series | Shape::Index | Shape::Scalar => Vec::new(),
        }
    }

    fn set_attribute(&self, context: &Context, name: &str, value: Value) -> Option<Result<()>> {
        let view = self.view();
        match (view.shape, name) {
            (Shape::Frame, "columns") => Some(items::set_columns(context, self, &value)),
            (Shape::Frame | Shape::Series, "index") => Some(items::set_index(context, self, &value)),
            (Shape::Series, "name") => Some(items::set_name(self, &value)),
            (Shape::Frame, _) if view.find(&Label::text(name)).is_some() => {
                Some(items::assign(context, self, &Value::str(name), &value))
            }
            _ => None,
        }
    }

    fn unary(&self, context: &Context, op: UnaryOp) -> Option<Result<Value>> {
        place::note(context);
        Some(operators::unary(context, op, &self.view()))
    }

    fn binary(&self, context: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        place::note(context);
        operators::binary(context, op, &self.view(), other, reflected)
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        place::note(context);
        operators::compare(context, op, &self.view(), other)
    }

    fn item(&self, context: &Context, index: &Value) -> Option<Result<Value>> {
        place::note(context);
        Some(items::item(context, &self.view(), index))
    }

    fn set_item(&self, context: &Context, index: &Value, value: Value) -> Option<Result<()>> {
        place::note(context);
        Some(items::assign(context, self, index, &value))
    }

    fn delete_item(&self, _: &Context, index: &Value) -> Option<Result<()>> {
        Some(items::delete(self, index))
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        let view = self.view();
        match view.shape {
            Shape::Frame => Some(Ok(Label::of(item)
                .is_some_and(|label| view.find(&label).is_some() || super::levels::below(&view, &label).is_some()))),
            Shape::Series | Shape::Index => Some(items::has_row(context, &view, item)),
            Shape::Scalar => None,
        }
    }

    fn len(&self, context: &Context) -> Option<Result<usize>> {
        let view = self.view();
        if view.shape == Shape::Scalar {
            return Some(Err(error!(TypeError: "object of type 'Scalar' has no len()")));
        }
        Some(n_rows(context, &view))
    }

    fn truth(&self, context: &Context) -> Option<Result<bool>> {
        let view = self.view();
        if view.shape == Shape::Scalar {
            return Some(scalar(context, &view).and_then(|value| rdk_runtime::operators::truth(context, &value)));
        }
        let name = classes::class_of(&view).name;
        Some(Err(error!(
            "The truth value of a {name} is ambiguous. Use a.empty, a.bool(), a.item(), a.any() or a.all().";
            hint: "`&`, `|` and `~` combine conditions row by row, each in parentheses"
        )))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        Some(items::iter(context, &self.view()))
    }

    fn format(&self, spec: &str) -> Option<Result<String>> {
        let view = self.view();
        (!spec.is_empty()).then(|| {
            bail!(
                TypeError: "unsupported format string passed to {}.__format__", classes::class_of(&view).name;
                hint: "`.compute()` gives the value"
            )
        })
    }

    fn array(&self) -> Option<Result<Value>> {
        super::arrays::held(&self.view())
    }

    fn comes_first(&self) -> bool {
        true
    }

    fn array_function(&self, context: &Context, name: &str, args: &[Value]) -> Option<Result<Value>> {
        super::ufuncs::call(context, &self.view(), name, args)
    }

    fn travel(&self) -> Result<(&'static str, Vec<u8>)> {
        super::travel::pack(&self.view())
    }

    fn n_bytes(&self) -> usize {
        let view = self.view();
        match (&view.rows.leaf, view.eager) {
            (Some(leaf), true) => match &leaf.source {
                crate::plan::Source::Given(batches) => {
                    batches.iter().map(arrow::array::RecordBatch::get_array_memory_size).sum::<usize>() + 256
                }
                _ => 256,
            },
            _ => 256,
        }
    }
}

/// How many rows; counted if it is not known.
pub fn n_rows(context: &Context, view: &View) -> Result<usize> {
    let mut rows = &view.rows;
    loop {
        match (rows.n_rows, &rows.parent) {
            (Some(n), _) => return Ok(n),
            (None, Some(parent)) if rows.all_of_parent => rows = parent,
            (None, _) => break,
        }
    }
    let counted = super::reductions::count_rows(view)?;
    let batch = lower::in_memory(&lower::compute_now(context, &counted)?)?;
    let number = (batch.num_rows() > 0).then(|| crate::cell::value(batch.column(0), 0));
    match number {
        Some(Value::Int(n)) => Ok(n as usize),
        _ => bail!(RuntimeError: "internal error: rows could not be counted"),
    }
}

/// The value that a lazy scalar stands for.
pub fn scalar(context: &Context, view: &View) -> Result<Value> {
    lower::value(lower::compute_now(context, view)?)
}

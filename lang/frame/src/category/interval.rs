//! Intervals: what `pd.cut` has for categories. `(0, 10]` holds its right end, `[0, 10)` its left one.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, AsArray, StructArray};
use arrow::datatypes::{DataType, Field, Fields};
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, operators};
use rdk_syntax::tree::{BinaryOp, CompareOp};

use crate::batches::arrow_error;
use crate::cell;

const CLOSED: &str = "closed";

/// An interval between two values.
#[derive(Clone)]
pub struct Interval {
    /// Where it begins.
    pub left: Value,
    /// Where it ends.
    pub right: Value,
    /// Does its right end belong to it, and not its left one?
    pub closed_right: bool,
}

/// The type of a column of intervals between values of this type.
pub fn interval_type(of: &DataType, closed_right: bool) -> DataType {
    let closed = if closed_right { "right" } else { "left" };
    let metadata = HashMap::from([(CLOSED.to_string(), closed.to_string())]);
    let left = Field::new("left", of.clone(), true).with_metadata(metadata);
    DataType::Struct(Fields::from(vec![left, Field::new("right", of.clone(), true)]))
}

/// Is it a column of intervals: between values of which type, and is their right end the closed one?
pub fn is_interval(of: &DataType) -> Option<(&DataType, bool)> {
    let DataType::Struct(fields) = of else { return None };
    match &fields[..] {
        [left, _] => left.metadata().get(CLOSED).map(|closed| (left.data_type(), closed == "right")),
        _ => None,
    }
}

/// The interval of a row.
pub fn at(column: &dyn Array, row: usize) -> Option<Interval> {
    let (_, closed_right) = is_interval(column.data_type())?;
    let ends = column.as_struct();
    let end = |at: usize| cell::value(ends.column(at), row);
    (!column.is_null(row)).then(|| Interval { left: end(0), right: end(1), closed_right })
}

/// Intervals as pandas prints them: between whole numbers they are floats if some are missing. Any other column as it is.
pub fn as_shown(column: &ArrayRef) -> ArrayRef {
    match is_interval(column.data_type()) {
        Some((of, closed_right)) if of.is_integer() && column.null_count() > 0 => {
            let ends = column.as_struct();
            let floats = |at: usize| arrow::compute::cast(ends.column(at), &DataType::Float64).ok();
            let made = floats(0).zip(floats(1)).and_then(|(left, right)| {
                let DataType::Struct(fields) = interval_type(&DataType::Float64, closed_right) else { return None };
                StructArray::try_new(fields, vec![left, right], column.nulls().cloned()).ok()
            });
            made.map_or_else(|| column.clone(), |made| Arc::new(made) as ArrayRef)
        }
        _ => column.clone(),
    }
}

/// How the interval of a row is written.
pub fn text(column: &dyn Array, row: usize) -> Option<String> {
    at(column, row).map(|interval| interval.text())
}

/// A column of intervals between neighbours of these ends.
pub fn between(ends: &ArrayRef, closed_right: bool) -> Result<ArrayRef> {
    let n = ends.len().saturating_sub(1);
    of_ends(ends.slice(0, n), ends.slice(ends.len() - n, n), closed_right)
}

fn of_ends(left: ArrayRef, right: ArrayRef, closed_right: bool) -> Result<ArrayRef> {
    let DataType::Struct(fields) = interval_type(left.data_type(), closed_right) else {
        bail!(RuntimeError: "internal error: intervals are structs")
    };
    let nulls = left.nulls().cloned();
    Ok(Arc::new(StructArray::try_new(fields, vec![left, right], nulls).map_err(arrow_error)?))
}

/// Values as a column of intervals, if all of them are that, or missing.
pub fn column(values: &[Value]) -> Option<Result<ArrayRef>> {
    let first = values.iter().find_map(|value| value.get::<Interval>())?;
    let ends = |of: fn(&Interval) -> Value| -> Vec<Value> {
        values.iter().map(|value| value.get::<Interval>().map_or(Value::None, of)).collect()
    };
    let made = || {
        let left = cell::column(&ends(|interval| interval.left.clone()), "of intervals")?;
        let right = cell::column(&ends(|interval| interval.right.clone()), "of intervals")?;
        of_ends(left, right, first.closed_right)
    };
    Some(made())
}

impl Interval {
    fn text(&self) -> String {
        let (left, right) = (self.left.text(), self.right.text());
        if self.closed_right { format!("({left}, {right}]") } else { format!("[{left}, {right})") }
    }

    fn closed(&self) -> &'static str {
        if self.closed_right { "right" } else { "left" }
    }

    fn holds(&self, context: &Context, value: &Value) -> Result<bool> {
        let (above, below) = match self.closed_right {
            true => (CompareOp::Less, CompareOp::LessEq),
            false => (CompareOp::LessEq, CompareOp::Less),
        };
        let compare = |op, a: &Value, b: &Value| operators::truth(context, &operators::compare(context, op, a, b)?);
        Ok(compare(above, &self.left, value)? && compare(below, value, &self.right)?)
    }
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("Interval", "pandas", "What lies between two values.");
    ClassRef::new(class.construct(construct::builtins().remove(0)).properties(builtins()))
});

/// The class of intervals.
pub fn class() -> ClassRef {
    CLASS.clone()
}

impl Object for Interval {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("Interval({}, {}, closed='{}')", self.left.repr(), self.right.repr(), self.closed())
    }

    fn str(&self) -> String {
        self.text()
    }

    fn contains(&self, context: &Context, item: &Value) -> Option<Result<bool>> {
        Some(self.holds(context, item))
    }

    fn compare(&self, context: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let other = other.get::<Interval>()?;
        let pair = |interval: &Interval| Value::tuple([interval.left.clone(), interval.right.clone()]);
        Some(operators::compare(context, op, &pair(self), &pair(other)))
    }

    fn hash_key(&self) -> Option<Value> {
        Some(Value::tuple([Value::str("Interval"), self.left.clone(), self.right.clone(), Value::str(self.closed())]))
    }
}

impl FromValue for Interval {
    fn expected() -> &'static str {
        "an interval"
    }

    fn from_value(value: &Value) -> Option<Interval> {
        value.get::<Interval>().cloned()
    }
}

builtins! {
    /// Where it begins.
    fn left(/** The interval. */ this: Interval) -> Value { this.left }

    /// Where it ends.
    fn right(/** The interval. */ this: Interval) -> Value { this.right }

    /// Which end belongs to it: "right" or "left".
    fn closed(/** The interval. */ this: Interval) -> Value { Value::str(this.closed()) }

    /// How long it is.
    fn length[context](/** The interval. */ this: Interval) -> Result<Value> { operators::binary(context, BinaryOp::Sub, &this.right, &this.left) }

    /// The value in its middle.
    fn mid[context](/** The interval. */ this: Interval) -> Result<Value> {
        let length = operators::binary(context, BinaryOp::Sub, &this.right, &this.left)?;
        let half = operators::binary(context, BinaryOp::Div, &length, &Value::Int(2))?;
        operators::binary(context, BinaryOp::Add, &this.left, &half)
    }
}

mod construct {
    use super::*;

    builtins! {
        /// What lies between two values.
        ///
        /// ```rdk
        /// 5 in pd.Interval(0, 10)
        /// #> True
        /// ```
        fn Interval(/** Where it begins. */ left: Value, /** Where it ends. */ right: Value, /** Which end belongs to it: "right" or "left". */ closed: String = "right") -> Result<Value> {
            let closed_right = match closed.as_str() {
                "right" => true,
                "left" => false,
                other => bail!("invalid option for 'closed': {other}"; hint: "\"right\" and \"left\" are known"),
            };
            Ok(Value::object(super::Interval { left, right, closed_right }))
        }
    }
}

//! Values by a condition: `where`, `mask`, `df[condition] = value`.

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, cast, lit};
use rdk_array::eager::NdArray;
use rdk_runtime::{Context, FromValue, Result, Value, bail};

use super::assigned::either;
use super::selection::called;
use super::{align, items, operators};
use crate::cell;
use crate::errors::fusion;
use crate::frame::{Frame, what};
use crate::plan::{Named, Shape, View};
use crate::steps::Join;

/// Something else where a condition is `at`, in each column: `where` replaces where it is false, `mask` where it is true.
pub fn choose(context: &Context, this: &View, cond: &Value, other: Option<Value>, at: bool) -> Result<Value> {
    let me = items::as_value(this.clone());
    let cond = called(context, &me, cond)?;
    let other = called(context, &me, &other.unwrap_or_default())?;
    let chosen = chosen(context, this, &cond, &other, at)?;
    Frame::answer(context, View { name: "where".into(), ..chosen })
}

/// The same as a view, of a condition and a value that are no functions.
pub fn chosen(context: &Context, this: &View, cond: &Value, other: &Value, at: bool) -> Result<View> {
    let mut wide = Wide { view: View { shape: Shape::Frame, ..this.clone() }, n: this.columns.len() };
    let conditions = wide.beside(context, this, cond, "a condition")?;
    let others = match cell::literal(other) {
        Some(literal) => Beside::Literal(literal),
        None => wide.beside(context, this, other, "`other`")?,
    };
    let view = &wide.view;
    let mut columns = Vec::new();
    for (place, named) in view.columns[..wide.n].iter().enumerate() {
        let expr = named.expr.clone();
        let of = view.type_of(&expr)?;
        let nothing = || Ok(lit(ScalarValue::try_from(&of).map_err(fusion)?));
        let new = match &others {
            Beside::Literal(ScalarValue::Null | ScalarValue::Float64(None)) => nothing()?,
            Beside::Literal(literal) => operators::fitted(literal.clone(), &expr, view)?,
            Beside::Columns(places) => match places[place] {
                Some(at) => view.columns[at].expr.clone(),
                None => nothing()?,
            },
        };
        let condition = match &conditions {
            // A value that is missing is not true.
            Beside::Literal(literal) => lit(matches!(literal, ScalarValue::Boolean(Some(true)))),
            Beside::Columns(places) => match places[place] {
                Some(at) => Expr::IsTrue(Box::new(view.columns[at].expr.clone())),
                None => lit(false),
            },
        };
        let replaced = if at { condition } else { Expr::Not(Box::new(condition)) };
        let mut made = match crate::category::is(&of) {
            true => super::category::compare::chosen(view, expr, replaced, new, false)?,
            false => either(replaced, new, expr, view)?,
        };
        let may_miss = view.eager && of.is_integer() && view.type_of(&made)?.is_integer();
        if may_miss && super::shared::is_something_missing(context, view, &made)? {
            made = cast(made, DataType::Float64);
        }
        columns.push(Named { label: named.label.clone(), expr: made });
    }
    Ok(View { columns, shape: this.shape, across: this.across.clone(), ..wide.view })
}

/// A frame with what is put beside its columns.
struct Wide {
    view: View,
    n: usize,
}

/// What belongs to each of its columns.
enum Beside {
    Literal(ScalarValue),
    Columns(Vec<Option<usize>>),
}

impl Wide {
    fn beside(&mut self, context: &Context, this: &View, value: &Value, role: &str) -> Result<Beside> {
        if let Some(literal) = cell::literal(value) {
            return Ok(Beside::Literal(literal));
        }
        if let Some(other) = View::from_value(value) {
            let places = self.put(context, &other)?;
            let place = |named: &Named| match (this.shape, other.shape) {
                (Shape::Frame, Shape::Frame) => {
                    other.columns.iter().position(|column| column.label == named.label).map(|at| places + at)
                }
                _ => Some(places),
            };
            if this.shape != Shape::Frame && other.shape == Shape::Frame {
                bail!("Array conditional must be same shape as self"; hint: "a series takes a series or a list");
            }
            return Ok(Beside::Columns(this.columns.iter().map(place).collect()));
        }
        let columns = columns_of(value, this, role)?;
        let mut places = Vec::new();
        for column in columns {
            let (view, expr) = align::beside(context, &self.view, column)?;
            self.view = view;
            places.push(Some(self.view.columns.len()));
            self.view.columns.push(Named { label: None, expr });
        }
        Ok(Beside::Columns(places))
    }

    /// The columns of another frame behind those that are there; where they begin.
    fn put(&mut self, context: &Context, other: &View) -> Result<usize> {
        let begin = self.view.columns.len();
        let columns = if self.view.rows.comes_from(&other.rows) {
            other.columns.clone()
        } else if other.rows.same_rows(&self.view.rows) {
            self.view = self.view.over(&other.rows);
            other.columns.clone()
        } else {
            let (view, other) = match other.shape {
                Shape::Scalar => align::together(context, &self.view, other)?,
                Shape::Frame | Shape::Series | Shape::Index => align::aligned(context, &self.view, other, Join::Left)?,
            };
            self.view = view;
            other.columns
        };
        self.view.columns.extend(columns);
        Ok(begin)
    }
}

/// Lists and arrays as a column for each of a frame.
fn columns_of(value: &Value, this: &View, role: &str) -> Result<Vec<ArrayRef>> {
    let flat = match value.get::<NdArray>() {
        Some(array) if array.shape().len() == 2 => array.to_list(),
        _ => value.clone(),
    };
    let Some(items) = flat.items().or_else(|| flat.get::<NdArray>().and_then(|array| array.to_list().items())) else {
        bail!(TypeError: "expected a frame, a series, a list or a function as {role}, got {}", what(value));
    };
    let rows: Option<Vec<Vec<Value>>> = items.iter().map(Value::items).collect();
    match rows.filter(|rows| !rows.is_empty()) {
        Some(rows) if this.shape == Shape::Frame && rows.iter().all(|row| row.len() == this.columns.len()) => {
            let column = |at: usize| {
                let cells: Vec<Value> = rows.iter().map(|row| row[at].clone()).collect();
                cell::column(&cells, "of values")
            };
            (0..this.columns.len()).map(column).collect()
        }
        None if this.shape != Shape::Frame => Ok(vec![cell::column(&items, "of values")?]),
        _ => {
            bail!("Array conditional must be same shape as self"; hint: "the frame has {} columns", this.columns.len())
        }
    }
}

/// `df[condition] = value`, of a frame of True and False: in each column.
pub fn assign(context: &Context, view: &View, cond: &View, value: &Value) -> Result<View> {
    if !value.is_none() && cell::literal(value).is_none() && View::from_value(value).is_none() {
        bail!(TypeError: "expected a value or a frame, got {}", what(value));
    }
    let mut mask = cond.clone();
    for named in &mut mask.columns {
        if mask.rows.schema().fields().is_empty() {
            break;
        }
        named.expr = Expr::IsTrue(Box::new(named.expr.clone()));
    }
    chosen(context, view, &items::as_value(mask), value, true)
}

//! Columns put in, taken out and renamed; values by a condition on frames.

use datafusion::logical_expr::Expr;
use rdk_runtime::{Context, Result, Value, bail, builtins, error};

use super::{align, items, operators};
use crate::cell;
use crate::errors::fusion;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::plan::{Named, Shape, View};

/// Something else where a condition is `at`.
fn choose(context: &Context, view: &View, condition: &View, other: Option<Value>, at: bool) -> Result<Value> {
    let other = other.unwrap_or_default();
    let Some(literal) = cell::literal(&other) else {
        bail!(NotImplementedError: "a frame takes a plain value for `other`, got {}", what(&other); hint: "`series.where(condition, series)` takes a series");
    };
    let (view, conditions) = match condition.shape {
        Shape::Frame => {
            let (view, condition) = align::together(context, view, condition)?;
            let of = |named: &Named| {
                let label = named.label.as_ref();
                label.and_then(|label| condition.find(label)).map(|found| found.expr.clone())
            };
            let conditions: Vec<Option<Expr>> = view.columns.iter().map(of).collect();
            (view, conditions)
        }
        Shape::Series | Shape::Index | Shape::Scalar => {
            let (view, expr) = items::over_rows_of(context, view, condition)?;
            let conditions = vec![Some(expr); view.columns.len()];
            (view, conditions)
        }
    };
    let mut made = view.clone();
    for (named, condition) in made.columns.iter_mut().zip(conditions) {
        let of = view.type_of(&named.expr)?;
        let missing =
            matches!(literal, datafusion::common::ScalarValue::Null | datafusion::common::ScalarValue::Float64(None));
        let expr = named.expr.clone();
        let other = match missing {
            true => datafusion::logical_expr::lit(datafusion::common::ScalarValue::try_from(&of).map_err(fusion)?),
            false => operators::fitted(literal.clone(), &named.expr, &view)?,
        };
        let Some(condition) = condition else {
            named.expr = if at { expr } else { other };
            continue;
        };
        let condition = Expr::IsTrue(Box::new(condition));
        let replaced = if at { condition } else { Expr::Not(Box::new(condition)) };
        named.expr = super::loc::either(replaced, other, expr, &view)?;
        if view.eager && missing && of.is_integer() && super::shared::is_something_missing(context, &view, &named.expr)?
        {
            named.expr = datafusion::logical_expr::cast(named.expr.clone(), arrow::datatypes::DataType::Float64);
        }
    }
    made.name = "where".into();
    Frame::answer(context, made)
}

fn frame(value: &Value) -> Result<&Frame> {
    value.get::<Frame>().ok_or_else(|| error!(TypeError: "expected a frame, got {}", what(value)))
}

/// Each column on its own, put together again.
fn each_column(context: &Context, view: &View, one: impl Fn(&View) -> Result<Value>) -> Result<Value> {
    let mut made = view.clone();
    for named in &view.columns {
        let label = named.label.clone().unwrap_or(Label::Number(0));
        let series = one(&view.series(named.label.clone(), named.expr.clone(), "column"))?;
        made = items::with_column(context, &made, &label, &series)?;
    }
    Ok(items::as_value(made))
}

fn renamed(mut view: View, one: impl Fn(&Label) -> Label) -> Value {
    for named in &mut view.columns {
        named.label = named.label.as_ref().map(&one);
    }
    items::as_value(view)
}

builtins! {
    /// The values where a condition holds, and something else where it does not.
    fn r#where[context](/** The frame. */ this: View, /** A frame or series of True and False. */ cond: View, /** What stands where it is false. */ other: Option<Value>) -> Result<Value> { choose(context, &this, &cond, other, false) }

    /// The values where a condition does not hold, and something else where it does.
    fn mask[context](/** The frame. */ this: View, /** A frame or series of True and False. */ cond: View, /** What stands where it is true. */ other: Option<Value>) -> Result<Value> { choose(context, &this, &cond, other, true) }

    /// Puts a column at a place.
    fn insert[context](/** The frame. */ this: Value, /** Where: 0 is the first place. */ loc: usize, /** Its label. */ column: Value, /** Its values. */ value: Value) -> Result<()> {
        let frame = frame(&this)?;
        let view = frame.view();
        let Some(label) = Label::of(&column) else { bail!(TypeError: "expected a label, got {}", what(&column)) };
        if view.find(&label).is_some() {
            bail!("cannot insert {label}, already exists");
        }
        if loc > view.columns.len() {
            bail!(IndexError: "index {loc} is out of bounds for {} columns", view.columns.len());
        }
        let mut view = items::with_column(context, &view, &label, &value)?;
        if let Some(named) = view.columns.pop() {
            view.columns.insert(loc, named);
        }
        frame.replace(view);
        Ok(())
    }

    /// Takes a column out, and gives it.
    fn pop(/** The frame. */ this: Value, /** Its label. */ item: Value) -> Result<Value> {
        let frame = frame(&this)?;
        let Some(label) = Label::of(&item) else { bail!(TypeError: "expected a label, got {}", what(&item)) };
        let series = items::column(&frame.view(), &label)?;
        items::delete(frame, &item)?;
        Ok(series)
    }

    /// A column, or something else if there is none.
    fn get(/** The frame. */ this: View, /** Its label, or a list of labels. */ key: Labels, /** What is given if it is not there. */ default: Option<Value>) -> Result<Value> {
        if key.labels.iter().any(|label| this.find(label).is_none()) {
            return Ok(default.unwrap_or_default());
        }
        if key.several { Ok(items::as_value(items::columns(&this, &key.labels)?)) } else { items::column(&this, &key.labels[0]) }
    }

    /// Calls a function with each value.
    ///
    /// ```rdk
    /// pd.DataFrame({"x": [1, 2]}).map(lambda x: x * 10).x.tolist()
    /// #> [10, 20]
    /// ```
    fn map[context](/** The frame. */ this: View, /** The function. */ func: Value, /** "ignore": what is missing stays so. */ na_action: Option<String>) -> Result<Value> {
        each_column(context, &this, |series| super::calls::map(context, series, &func, na_action.as_deref() == Some("ignore"), None))
    }

    /// Calls a function with each column; it gives a column as long.
    fn transform[context](/** The frame. */ this: View, /** The function, or the name of a method. */ func: Value) -> Result<Value> {
        each_column(context, &this, |series| {
            let series = items::as_value(series.clone());
            match &func {
                Value::Str(name) => context.call(&rdk_runtime::operators::attribute(context, &series, name)?, rdk_runtime::Args::none()),
                func => context.call(func, rdk_runtime::Args::one(series)),
            }
        })
    }

    /// With a text before each label of a column.
    fn add_prefix(/** The frame. */ this: View, /** The text. */ prefix: String) -> Value { renamed(this, |label| Label::text(format!("{prefix}{label}"))) }

    /// With a text after each label of a column.
    fn add_suffix(/** The frame. */ this: View, /** The text. */ suffix: String) -> Value { renamed(this, |label| Label::text(format!("{label}{suffix}"))) }

    /// The labels of the columns.
    fn keys(/** The frame. */ this: View) -> Result<Value> { super::dtypes::label_index(&this.labels().iter().map(Label::to_value).collect::<Vec<_>>(), &this.across) }
}

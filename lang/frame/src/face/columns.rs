//! Columns put in, taken out and renamed; values by a condition on frames.

use rdk_runtime::{Context, Result, Value, bail, builtins, error};

use super::items;
use crate::frame::{Frame, Labels, what};
use crate::label::Label;
use crate::plan::View;

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
    fn r#where[context](/** The frame. */ this: View, /** True and False: a frame, a series, a list, or a function that gives them. */ cond: Value, /** What stands where it is false: a value, a frame, a series, or a function. */ other: Option<Value>, /** Is the frame itself changed? */ inplace: bool = false) -> Result<Value> { let _ = inplace; super::conditional::choose(context, &this, &cond, other, false) }

    /// The values where a condition does not hold, and something else where it does.
    fn mask[context](/** The frame. */ this: View, /** True and False: a frame, a series, a list, or a function that gives them. */ cond: Value, /** What stands where it is true: a value, a frame, a series, or a function. */ other: Option<Value>, /** Is the frame itself changed? */ inplace: bool = false) -> Result<Value> { let _ = inplace; super::conditional::choose(context, &this, &cond, other, true) }

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
        let skip_missing = super::calls::skips(na_action)?;
        each_column(context, &this, |series| super::calls::map(context, series, &func, skip_missing, None))
    }

    /// Calls a function with each column; it gives a column as long.
    fn transform[context](/** The frame. */ this: View, /** The function, the name of a method, or a list of these. */ func: Value, /** Has no effect. */ axis: Option<Value>, /** What else it is called with, by name. */ options: rdk_runtime::Keywords) -> Result<Value> {
        let _ = axis;
        super::combined::transform(context, &this, &func, options.0)
    }

    /// The values with those of another frame where something is missing, under the labels of both.
    ///
    /// ```rdk
    /// df = pd.DataFrame({"x": [1.0, None]})
    /// df.combine_first(pd.DataFrame({"x": [7.0, 8.0]})).x.tolist()
    /// #> [1.0, 8.0]
    /// ```
    fn combine_first[context](/** The frame. */ this: View, /** The other one. */ other: View) -> Result<Value> { super::combined::first_of(context, &this, &other) }

    /// Takes the values of another frame that are there, under their labels.
    fn update[context](/** The frame. */ this: Value, /** The other one. */ other: Value) -> Result<Value> { super::combined::update(context, &this, &other) }

    /// With a text before each label of a column.
    fn add_prefix(/** The frame. */ this: View, /** The text. */ prefix: String) -> Value { renamed(this, |label| Label::text(format!("{prefix}{label}"))) }

    /// With a text after each label of a column.
    fn add_suffix(/** The frame. */ this: View, /** The text. */ suffix: String) -> Value { renamed(this, |label| Label::text(format!("{label}{suffix}"))) }

    /// The labels of the columns.
    fn keys(/** The frame. */ this: View) -> Result<Value> { super::dtypes::label_index(&this.labels().iter().map(Label::to_value).collect::<Vec<_>>(), &this.across) }
}

//! Methods of indexes.

use rdk_runtime::{Result, Value, builtins};

use super::reductions::reduced;
use super::{aggregate::Reduction, items};
use crate::frame::Frame;
use crate::plan::View;

builtins! {
    /// A list of the labels.
    fn tolist[context](/** The index. */ this: View) -> Result<Value> { Ok(Value::list(items::values(context, &this)?)) }

    /// A list of the labels.
    fn to_list[context](/** The index. */ this: View) -> Result<Value> { Ok(Value::list(items::values(context, &this)?)) }

    /// The smallest label.
    fn min[context](/** The index. */ this: View) -> Result<Value> { Frame::answer(context, reduced(&this, vec![(None, this.index[0].expr.clone(), Reduction::Min)], "min")?) }

    /// The largest label.
    fn max[context](/** The index. */ this: View) -> Result<Value> { Frame::answer(context, reduced(&this, vec![(None, this.index[0].expr.clone(), Reduction::Max)], "max")?) }

    /// The different labels.
    fn unique[context](/** The index. */ this: View) -> Result<Value> {
        let mut seen: Vec<Value> = Vec::new();
        for value in items::values(context, &this)? {
            let mut known = false;
            for other in &seen {
                known |= rdk_runtime::operators::equal(context, other, &value)?;
            }
            if !known {
                seen.push(value);
            }
        }
        let column = crate::cell::column(&seen, "of labels")?;
        Ok(Frame::eager(super::create::index_view(this.label().clone(), column)?))
    }

    /// The labels as a series under themselves.
    fn to_series(/** The index. */ this: View) -> Value { items::as_value(as_series(&this)) }

    /// How many different labels.
    fn nunique[context](/** The index. */ this: View) -> Result<Value> { Frame::answer(context, reduced(&this, vec![(None, this.index[0].expr.clone(), Reduction::Unique)], "nunique")?) }

    /// The first labels; of a lazy index those of its first partition.
    fn head[context](/** The index. */ this: View, /** How many. */ n: i64 = 5) -> Result<Value> { through(context, &this, "head", vec![Value::Int(n)], true) }

    /// The labels as another type.
    fn astype[context](/** The index. */ this: View, /** The type. */ dtype: Value) -> Result<Value> { through(context, &this, "astype", vec![dtype], true) }

    /// What a function gives for each label, or a dict.
    fn map[context](/** The index. */ this: View, /** The function, or a dict. */ mapper: Value) -> Result<Value> {
        if this.index.len() > 1 { super::levels::mapped(context, &this, &mapper) } else { through(context, &this, "map", vec![mapper], true) }
    }

    /// Without one level.
    fn droplevel(/** The index. */ this: View, /** The number of the level, or its name. */ level: Value = 0) -> Result<Value> { Ok(items::as_value(super::levels::without_row_level(&this, &level)?)) }

    /// The labels, each a tuple of its levels.
    fn to_flat_index(/** The index. */ this: View) -> Value { items::as_value(this) }

    /// `True` where a label is one of these.
    fn isin[context](/** The index. */ this: View, /** A list of labels. */ values: Value) -> Result<Value> {
        let made = through(context, &this, "isin", vec![values], false)?;
        let values = rdk_runtime::operators::attribute(context, &made, "values")?;
        Ok(values)
    }

    /// `True` for labels that are there already.
    fn duplicated[context](/** The index. */ this: View, /** Which one is not marked: "first", "last" or False. */ keep: Value = "first") -> Result<Value> {
        let made = through(context, &this, "duplicated", vec![keep], false)?;
        rdk_runtime::operators::attribute(context, &made, "values")
    }

    /// The labels of one level.
    fn get_level_values(/** The index. */ this: View, /** Its number or name. */ level: Value) -> Result<Value> {
        let place = match crate::label::Label::of(&level) {
            Some(crate::label::Label::Number(number)) => usize::try_from(number).ok(),
            label => this.index.iter().position(|named| named.label == label),
        };
        let Some(named) = place.and_then(|place| this.index.get(place)) else {
            rdk_runtime::bail!(KeyError: "Level {} not found", level.text(); hint: "the index has {} levels", this.index.len());
        };
        let named = named.clone();
        Ok(items::as_value(View { rows: this.rows.uncounted(), index: vec![named.clone()], columns: vec![named], ..this }))
    }
}

/// The labels as a series under themselves.
fn as_series(view: &View) -> View {
    View { columns: vec![view.index[0].clone()], shape: crate::plan::Shape::Series, ..view.clone() }
}

/// A method of series on the labels; its result may become an index again.
pub fn through(
    context: &rdk_runtime::Context,
    view: &View,
    method: &str,
    args: Vec<Value>,
    as_index: bool,
) -> Result<Value> {
    let method = rdk_runtime::operators::attribute(context, &items::as_value(as_series(view)), method)?;
    let made = context.call(&method, rdk_runtime::Args::of(args))?;
    match made.get::<Frame>().map(Frame::view) {
        Some(view) if as_index => {
            let rows = view.rows.uncounted();
            Ok(items::as_value(View { rows, index: view.columns.clone(), shape: crate::plan::Shape::Index, ..view }))
        }
        _ => Ok(made),
    }
}

//! Other categories for a series: more, fewer, renamed, in another order.

use arrow::array::{Array, ArrayRef, UInt64Array};
use arrow::compute::{concat, take};
use datafusion::logical_expr::Expr;
use rdk_runtime::{Args, Context, HashKey, Result, Value, bail};

use super::super::accessor::Accessor;
use super::dtype::values_of;
use super::known;
use crate::batches::arrow_error;
use crate::category;
use crate::cell;
use crate::frame::Frame;

/// The same series with another expression.
fn answer(context: &Context, this: &Accessor, expr: Expr, name: &str) -> Result<Value> {
    let label = this.view.label().clone();
    Frame::answer_now(context, this.view.series(label, expr, name))
}

/// The values under other categories: what is none of them is missing.
fn refitted(context: &Context, this: &Accessor, values: &ArrayRef, ordered: bool, name: &str) -> Result<Value> {
    let wanted = category::known(values, ordered)?;
    answer(context, this, category::to(this.expr(), &wanted), name)
}

/// Other categories, one for each of the old ones.
fn renamed(context: &Context, this: &Accessor, values: &ArrayRef, ordered: bool, name: &str) -> Result<Value> {
    let wanted = category::known(values, ordered)?;
    answer(context, this, category::of_codes(category::codes_of(this.expr()), &wanted), name)
}

/// One category or a list of them, as a column.
fn some(context: &Context, given: &Value) -> Result<ArrayRef> {
    match given.items().is_none()
        && given.get::<Frame>().is_none()
        && cell::column_of(given, "of categories")?.is_none()
    {
        true => cell::column(std::slice::from_ref(given), "of categories"),
        false => values_of(context, given),
    }
}

/// Values as Python writes a set of them.
fn set_text(values: &ArrayRef, places: &[u64]) -> String {
    let texts: Vec<String> = places.iter().map(|&at| cell::value(values, at as usize).repr()).collect();
    format!("{{{}}}", texts.join(", "))
}

fn is_ordered(this: &Accessor) -> Result<bool> {
    Ok(category::is_ordered(&this.view.type_of(this.view.expr())?))
}

/// `as_ordered`, `as_unordered`
pub fn ordered(context: &Context, this: &Accessor, ordered: bool) -> Result<Value> {
    let of = this.view.type_of(this.view.expr())?;
    match category::categories(&of) {
        Some(known) => renamed(context, this, &known.values, ordered, "as-ordered"),
        None => {
            let wanted = category::unknown(&category::value_type(&of), ordered);
            answer(context, this, category::to(this.expr(), &wanted), "as-ordered")
        }
    }
}

/// `add_categories`
pub fn add(context: &Context, this: &Accessor, new: &Value) -> Result<Value> {
    let old = this.categories("add_categories")?;
    let new = some(context, new)?;
    let places = category::lookup(&new, &old.values)?;
    let known: Vec<u64> = (0..new.len() as u64).filter(|&at| !places.is_null(at as usize)).collect();
    if !known.is_empty() {
        bail!("new categories must not include old categories: {}", set_text(&new, &known));
    }
    let wanted = crate::steps::common(&[old.values.data_type().clone(), new.data_type().clone()]);
    let (old_values, new) = (crate::objects::convert(&old.values, &wanted)?, crate::objects::convert(&new, &wanted)?);
    let all = concat(&[&old_values, &new]).map_err(arrow_error)?;
    renamed(context, this, &all, old.ordered, "add-categories")
}

/// `remove_categories`
pub fn remove(context: &Context, this: &Accessor, removals: &Value) -> Result<Value> {
    let old = this.categories("remove_categories")?;
    let removals = some(context, removals)?;
    let places = category::lookup(&removals, &old.values)?;
    let strange: Vec<u64> = (0..removals.len() as u64).filter(|&at| places.is_null(at as usize)).collect();
    if !strange.is_empty() {
        bail!("removals must all be in old categories: {}", set_text(&removals, &strange));
    }
    let kept: UInt64Array =
        (0..old.values.len() as u64).filter(|&at| !places.iter().flatten().any(|code| code as u64 == at)).collect();
    let kept = take(&old.values, &kept, None).map_err(arrow_error)?;
    // Where the order means nothing, pandas sorts what is left.
    let kept = if old.ordered { kept } else { category::sorted_values(&kept)? };
    refitted(context, this, &kept, old.ordered, "remove-categories")
}

/// `remove_unused_categories`
pub fn remove_unused(context: &Context, this: &Accessor) -> Result<Value> {
    let old = this.categories("remove_unused_categories")?;
    let used = known::different(context, &this.view)?;
    let codes = category::lookup(&category::plain(&used)?, &old.values)?;
    let mut places: Vec<u64> = codes.iter().flatten().map(|code| code as u64).collect();
    places.sort_unstable();
    let kept = take(&old.values, &UInt64Array::from(places), None).map_err(arrow_error)?;
    refitted(context, this, &kept, old.ordered, "remove-unused-categories")
}

/// `rename_categories`
pub fn rename(context: &Context, this: &Accessor, new: &Value) -> Result<Value> {
    let old = this.categories("rename_categories")?;
    let n = old.values.len();
    let olds = (0..n).map(|at| cell::value(&old.values, at));
    let values = match new {
        Value::Dict(dict) => {
            let name = |old: Value| -> Result<Value> {
                let found = dict.0.lock().get(&HashKey::new(old.clone())?).cloned();
                Ok(found.unwrap_or(old))
            };
            cell::column(&olds.map(name).collect::<Result<Vec<_>>>()?, "of categories")?
        }
        Value::Function(_) | Value::Builtin(_) | Value::Class(_) | Value::Method(_) => {
            let names = olds.map(|old| context.call(new, Args::one(old)));
            cell::column(&names.collect::<Result<Vec<_>>>()?, "of categories")?
        }
        list => values_of(context, list)?,
    };
    if values.len() != n {
        bail!("new categories need to have the same number of items as the old categories!");
    }
    if category::sorted_values(&values)?.len() < n {
        bail!("Categorical categories must be unique");
    }
    renamed(context, this, &values, old.ordered, "rename-categories")
}

/// `reorder_categories`
pub fn reorder(context: &Context, this: &Accessor, new: &Value, ordered: Option<bool>) -> Result<Value> {
    let old = this.categories("reorder_categories")?;
    let new = values_of(context, new)?;
    let places = category::lookup(&new, &old.values)?;
    if new.len() != old.values.len() || places.null_count() > 0 {
        bail!("items in new_categories are not the same as in old categories"; hint: "`set_categories` may leave some out, `add_categories` adds some");
    }
    refitted(context, this, &new, ordered.unwrap_or(old.ordered), "reorder-categories")
}

/// `set_categories`
pub fn set(context: &Context, this: &Accessor, new: &Value, ordered: Option<bool>, rename: bool) -> Result<Value> {
    let ordered = ordered.unwrap_or(is_ordered(this)?);
    let new = values_of(context, new)?;
    match rename {
        true => {
            let old = this.categories("set_categories")?;
            if new.len() < old.values.len() {
                // Values of the old ones that are left over are missing.
                let kept = old.values.slice(0, new.len());
                let narrow = category::to(this.expr(), &category::known(&kept, old.ordered)?);
                let wanted = category::known(&new, ordered)?;
                return answer(
                    context,
                    this,
                    category::of_codes(category::codes_of(narrow), &wanted),
                    "set-categories",
                );
            }
            renamed(context, this, &new, ordered, "set-categories")
        }
        false => refitted(context, this, &new, ordered, "set-categories"),
    }
}

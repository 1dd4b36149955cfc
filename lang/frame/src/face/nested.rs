//! What `pd.DataFrame` and `pd.Series` take besides plain columns and labels: dicts within dicts, and labels of
//! several levels.

use rdk_runtime::{Args, Context, FromValue, HashKey, Result, Value, bail};

use super::arrays::dict_of;
use super::{classes, index_sets, items};
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{Shape, View};

/// The same dict with lists where it has dicts from label to value, all over the same rows: those of `index`, or all
/// that any of them has, as they come; these are given too. Beside series they become series. `None`: there are no dicts.
pub fn columns(
    context: &Context,
    data: &Value,
    index: Option<&Value>,
    wanted: Option<&Value>,
) -> Result<Option<(Value, Option<Value>)>> {
    let Value::Dict(dict) = data else { return Ok(None) };
    let mut pairs: Vec<(Value, Value)> =
        dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
    if let Some(wanted) = wanted.and_then(Value::items) {
        let wanted: Vec<Option<Label>> = wanted.iter().map(Label::of).collect();
        pairs.retain(|(key, _)| wanted.contains(&Label::of(key)));
    }
    let is_dict = |value: &Value| matches!(value, Value::Dict(_));
    if !pairs.iter().any(|(_, value)| is_dict(value)) {
        return Ok(None);
    }
    if pairs.iter().any(|(_, value)| value.get::<Frame>().is_some()) {
        let class = Value::Class(classes::class(Shape::Series, true));
        for (_, value) in pairs.iter_mut().filter(|(_, value)| is_dict(value)) {
            *value = context.call(&class, Args::one(value.clone()))?;
        }
        return Ok(Some((dict_of(pairs.into_iter())?, None)));
    }
    let labels = match index {
        Some(index) => index_sets::others(context, index)?,
        None => all_labels(&pairs)?,
    };
    for (_, value) in &mut pairs {
        let Value::Dict(dict) = &*value else { continue };
        let dict = dict.clone();
        let of = |label: &Value| Ok(dict.0.lock().get(&HashKey::new(label.clone())?).cloned().unwrap_or_default());
        *value = Value::list(labels.iter().map(of).collect::<Result<Vec<_>>>()?);
    }
    Ok(Some((dict_of(pairs.into_iter())?, index.is_none().then(|| Value::list(labels)))))
}

/// The labels of all dicts, in the order in which they come.
fn all_labels(pairs: &[(Value, Value)]) -> Result<Vec<Value>> {
    let mut labels = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for (_, value) in pairs {
        match value {
            Value::Dict(dict) => {
                let dict = dict.0.lock();
                let new = dict.iter().map(|(key, _)| key).filter(|key| seen.insert((*key).clone()));
                labels.extend(new.map(|key| key.value().clone()));
            }
            other if other.items().is_some() => bail!(
                "Mixing dicts with non-Series may lead to ambiguous ordering.";
                hint: "`pd.Series(…)` of the dicts takes their values by label"
            ),
            _ => {}
        }
    }
    Ok(labels)
}

/// The index of several levels that `index=` means: it is one, or a list of tuples, or of lists.
pub fn levels(index: Option<&Value>) -> Result<Option<Value>> {
    let Some(index) = index else { return Ok(None) };
    if let Some(view) = View::from_value(index) {
        return Ok((view.shape == Shape::Index && view.index.len() > 1).then(|| index.clone()));
    }
    let items = match index {
        Value::List(list) => list.snapshot(),
        _ => return Ok(None),
    };
    if items.is_empty() {
        return Ok(None);
    }
    if items.iter().all(|item| matches!(item, Value::Tuple(parts) if parts.len() > 1)) {
        return index_sets::several::of_tuples(&items, None).map(Some);
    }
    if items.len() > 1 && items.iter().all(|item| matches!(item, Value::List(_))) {
        let levels = items.iter().map(|level| level.items().unwrap_or_default()).collect();
        return index_sets::several::of_levels(levels, None).map(Some);
    }
    Ok(None)
}

/// Has it labels of its own: is it a frame, a series, a dict?
pub fn has_labels(value: &Value) -> bool {
    matches!(value, Value::Dict(_)) || value.get::<Frame>().is_some_and(|frame| frame.view().shape != Shape::Index)
}

/// A frame or series in the order of an index of several levels.
pub fn reordered(context: &Context, whole: &Value, levels: &Value) -> Result<View> {
    match View::from_value(whole) {
        Some(whole) => super::axis_labels::reindex_rows(context, &View { eager: true, ..whole }, levels, None),
        None => bail!(TypeError: "expected a frame or a series, got {}", what(whole)),
    }
}

/// The same dict with plain values where it has series and dicts: in the order of an index of several levels.
pub fn plain_columns(context: &Context, data: Option<Value>, levels: &Value) -> Result<Option<Value>> {
    let Some(Value::Dict(dict)) = &data else { return Ok(data) };
    let mut pairs: Vec<(Value, Value)> =
        dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
    let class = Value::Class(classes::class(Shape::Series, true));
    for (_, value) in pairs.iter_mut().filter(|(_, value)| has_labels(value)) {
        let series = context.call(&class, Args::one(value.clone()))?;
        // Labels of an index are taken one after the other.
        *value = Frame::eager(View { shape: Shape::Index, ..reordered(context, &series, levels)? });
    }
    dict_of(pairs.into_iter()).map(Some)
}

/// Plain labels for as many rows.
pub fn counted(context: &Context, levels: &Value) -> Result<Value> {
    let Some(view) = View::from_value(levels) else { bail!(TypeError: "expected labels, got {}", what(levels)) };
    let n = super::object::n_rows(context, &view)? as i64;
    Ok(Value::list((0..n).map(Value::Int)))
}

/// The same rows under labels of several levels.
pub fn under(context: &Context, made: Value, levels: &Value) -> Result<Value> {
    if let Some(frame) = made.get::<Frame>() {
        items::set_index(context, frame, levels)?;
    }
    Ok(made)
}

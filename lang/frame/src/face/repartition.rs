//! The same rows of a lazy frame in other partitions.

use super::over::{over_step, step_schema};
use super::partitions::regrouped;
use crate::batches::Batches;
use crate::cell;
use crate::frame::{Frame, what};
use crate::lower;
use crate::plan::{Named, Rows, Shape, View, Wiring};
use crate::steps::{Weigh, Whole};
use arrow::array::Array;
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::ScalarValue;
use rdk_runtime::{Context, Result, Value, bail};
use std::sync::Arc;

/// The same rows in another number of partitions.
pub fn repartition(
    context: &Context,
    view: &View,
    divisions: Option<Value>,
    npartitions: Option<usize>,
    size: Option<Value>,
    force: bool,
) -> Result<Value> {
    let said = [divisions.is_some(), npartitions.is_some(), size.is_some()].into_iter().filter(|said| *said).count();
    if said != 1 {
        bail!(
            "Please provide exactly one of ``npartitions=``, ``freq=``, ``divisions=``, ``partition_size=`` keyword arguments"
        );
    }
    if let Some(divisions) = divisions {
        return Ok(Frame::lazy(redivided(context, view, &divisions, force)?));
    }
    if let Some(size) = size {
        return Ok(Frame::lazy(resized(context, view, &size)?));
    }
    let n = view.rows.n_partitions;
    match npartitions {
        None => bail!("Please provide exactly one of ``npartitions=``, ``divisions=``, ``partition_size=``"),
        Some(0) => bail!("`npartitions` is 1 or more"),
        Some(wanted) if wanted == n => Ok(Frame::lazy(view.clone())),
        Some(wanted) if wanted < n => {
            let first = |at: usize| at * n / wanted;
            let picks = (0..wanted).map(|at| (first(at)..first(at + 1)).map(|partition| (0, partition)).collect());
            let known = view.rows.divisions.as_ref();
            let known =
                known.map(|all| (0..=wanted).map(|at| all[if at == wanted { n } else { first(at) }].clone()).collect());
            Ok(Frame::lazy(regrouped(context, view, "repartition", Wiring::Pick(picks.collect()), wanted, known)?))
        }
        Some(wanted) => {
            // Each partition is cut into pieces.
            let pieces: Vec<usize> = (0..n).map(|at| (at + 1) * wanted / n - at * wanted / n).collect();
            let mut parts = Vec::new();
            let schema = step_schema(view)?;
            for (at, &count) in pieces.iter().enumerate() {
                for piece in 0..count {
                    parts.push((at, piece, count));
                }
            }
            let wiring = Wiring::Pick(parts.iter().map(|&(at, _, _)| vec![(0, at)]).collect());
            let pieces = parts.iter().map(|&(_, piece, count)| (piece as u32, count as u32)).collect();
            let work = std::sync::Arc::new(crate::steps::Pieces { pieces });
            let rows = Rows::step("repartition", work, vec![view.clone()], wiring, wanted, schema)?;
            Ok(Frame::lazy(over_step(view, &rows)))
        }
    }
}

/// The same rows in partitions that begin at the beginnings of spans of the calendar.
pub fn by_frequency(context: &Context, view: &View, freq: &str) -> Result<Value> {
    use crate::timestamp::Timestamp;
    let of = view.type_of(&view.index[0].expr)?;
    let Some(known) = view.rows.divisions.as_ref().filter(|_| matches!(of, DataType::Timestamp(..))) else {
        bail!(
            TypeError: "Can only repartition on frequency for timeseries";
            hint: "an index of times with known divisions: `df.set_index(\"when\")`"
        );
    };
    let labels = ScalarValue::iter_to_array(known.iter().cloned()).map_err(crate::errors::fusion)?;
    let times = super::dates::micros(&labels)?;
    let (first, last) = (times.value(0), times.value(times.len() - 1));
    let freq = super::frequency::Frequency::read(freq)?;
    let mut at = match freq.fixed() {
        Some(length) => (first + length - 1).div_euclid(length) * length,
        None => freq.first(first),
    };
    let mut new = vec![first];
    while at <= last {
        if at != first {
            new.push(at);
        }
        at = freq.next(at);
    }
    new.push(last);
    let divisions = Value::list(new.into_iter().map(|micros| Value::object(Timestamp(micros))));
    Ok(Frame::lazy(redivided(context, view, &divisions, false)?))
}

/// Labels that a user gives as divisions, in the type of the index.
pub fn divisions_of(view: &View, divisions: &Value) -> Result<Vec<ScalarValue>> {
    let of = view.type_of(&view.index[0].expr)?;
    let labels = divisions.items().unwrap_or_default();
    if labels.len() < 2 {
        bail!("`divisions` are labels, one more than there are partitions");
    }
    let column = cell::column(&labels, "of divisions")?;
    let column = arrow::compute::cast(&column, &of).map_err(crate::batches::arrow_error)?;
    if column.null_count() > 0 {
        bail!(
            TypeError: "`divisions` are labels of the index, which are {}, got {}",
            crate::dtype::name(&of, view.eager), divisions.repr()
        );
    }
    let scalar = |at| ScalarValue::try_from_array(&column, at).map_err(crate::errors::fusion);
    let known = (0..column.len()).map(scalar).collect::<Result<Vec<_>>>()?;
    // The last partition may hold one label only.
    let n = known.len();
    let rising = known.windows(2).enumerate().all(|(at, pair)| pair[0] < pair[1] || at + 2 == n && pair[0] == pair[1]);
    if !rising {
        bail!("New division must be sorted"; hint: "labels from the smallest to the largest, each once");
    }
    Ok(known)
}

/// The same rows cut at other labels.
pub fn redivided(context: &Context, view: &View, divisions: &Value, force: bool) -> Result<View> {
    let Some(old) = &view.rows.divisions else {
        bail!(
            "Not all divisions are known, can't align partitions. Please use `set_index` to set the index.";
            hint: "`repartition(npartitions=…)` works without divisions"
        );
    };
    let new = divisions_of(view, divisions)?;
    let (first, last) = (&old[0], &old[old.len() - 1]);
    let (low, high) = (&new[0], &new[new.len() - 1]);
    if !force && low != first {
        bail!("left side of the new division must be equal to the left side of the old one: {first} != {low}"; hint: "`force=True` takes in more");
    }
    if !force && high != last {
        bail!("right side of the new division must be equal to the right side of the old one: {last} != {high}"; hint: "`force=True` takes in more");
    }
    if low > first || high < last {
        bail!("the new divisions leave out rows of the old ones, from {first} to {last}");
    }
    let _ = context;
    cut_at(view, old, new)
}

/// The same rows, which are cut at `old` labels, cut at others that leave none out.
pub fn cut_at(view: &View, old: &[ScalarValue], new: Vec<ScalarValue>) -> Result<View> {
    if old == new {
        return Ok(view.clone());
    }
    let n = new.len() - 1;
    let overlap = |at: usize, partition: usize| {
        let (start, end) = (&old[partition], &old[partition + 1]);
        let begins = *start < new[at + 1] || at + 1 == n && *start <= new[at + 1];
        begins && *end >= new[at]
    };
    let inputs = |at: usize| {
        let mut all: Vec<(usize, usize)> =
            (0..old.len() - 1).filter(|&partition| overlap(at, partition)).map(|partition| (0, partition)).collect();
        if all.is_empty() {
            // No rows, but columns.
            all.push((0, 0));
        }
        all
    };
    let wiring = Wiring::Pick((0..n).map(inputs).collect());
    let labels = ScalarValue::iter_to_array(new.iter().cloned()).map_err(crate::errors::fusion)?;
    let work = Arc::new(crate::steps::Between { divisions: labels });
    let rows = Rows::step("repartition", work, vec![view.clone()], wiring, n, step_schema(view)?)?;
    Ok(View { name: "repartition".into(), ..over_step(view, &rows.divided(Some(new))) })
}

/// How large each partition is, counted now.
pub fn measured(context: &Context, view: &View, measure: Weigh) -> Result<Vec<u64>> {
    let schema = Arc::new(Schema::new(vec![Field::new("measure", DataType::Int64, true)]));
    let weigh = Whole::at(measure, context.place());
    let rows = Rows::step("weigh", weigh, vec![view.clone()], Wiring::Each, view.rows.n_partitions, schema)?;
    let measures = View {
        rows,
        index: Vec::new(),
        columns: vec![Named { label: None, expr: Rows::column("measure") }],
        shape: Shape::Scalar,
        ..view.clone()
    };
    let of = |part: &rdk_graph::Payload| match cell::value(Batches::of(part)?.whole()?.column(0), 0) {
        Value::Int(measure) => Ok(measure.max(0) as u64),
        _ => Ok(0),
    };
    lower::run(context, &measures)?.iter().map(of).collect()
}

/// The same rows in partitions of about so many bytes, which are counted now.
pub fn resized(context: &Context, view: &View, size: &Value) -> Result<View> {
    let wanted = match size {
        Value::Str(text) => rdk_array::chunks::parse_bytes(text)?,
        other => other.as_f64().filter(|bytes| *bytes >= 1.0).map_or(0, |bytes| bytes as u64),
    };
    if wanted == 0 {
        bail!("`partition_size` is a number of bytes such as 100e6 or \"100MB\", got {}", what(size));
    }
    let mut pieces: Vec<(usize, u32, u32, u64)> = Vec::new();
    for (at, bytes) in measured(context, view, Weigh::Bytes)?.into_iter().enumerate() {
        let count = bytes.div_ceil(wanted).max(1);
        pieces.extend((0..count).map(|piece| (at, piece as u32, count as u32, bytes / count)));
    }
    let wiring = Wiring::Pick(pieces.iter().map(|&(at, ..)| vec![(0, at)]).collect());
    let cuts = pieces.iter().map(|&(_, piece, of, _)| (piece, of)).collect();
    let work = Arc::new(crate::steps::Pieces { pieces: cuts });
    let rows = Rows::step("repartition", work, vec![view.clone()], wiring, pieces.len(), step_schema(view)?)?;
    let cut = over_step(view, &rows);
    // Small neighbours become one again.
    let mut groups: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut held = 0;
    for (at, &(.., bytes)) in pieces.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if held + bytes <= wanted => {
                group.push((0, at));
                held += bytes;
            }
            _ => {
                groups.push(vec![(0, at)]);
                held = bytes;
            }
        }
    }
    let n = groups.len();
    regrouped(context, &cut, "repartition", Wiring::Pick(groups), n, None)
}

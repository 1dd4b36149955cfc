//! `dask.datasets`: made-up data to try things on.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use rdk_runtime::{Result, Value, bail, builtins};

use super::conversions::time;
use super::frequency::Frequency;
use crate::frame::{Frame, what};
use crate::label::Label;
use crate::plan::{COUNTED, Named, Rows, Shape, View, Wiring};
use crate::steps::{Filled, TimeSeries};

fn timeseries(
    start: &Value,
    end: &Value,
    freq: &str,
    partition_freq: &str,
    dtypes: Option<Value>,
    seed: Option<Value>,
) -> Result<Value> {
    let (start, end) = (time(start)?, time(end)?);
    let Some(step) = Frequency::read(freq)?.fixed() else {
        bail!("`freq` is a span that is always as long, got {freq:?}"; hint: "such as \"1s\", \"10min\" or \"1D\"");
    };
    let spans = Frequency::read(partition_freq)?;
    let mut bounds = vec![start];
    let mut bound = spans.next(spans.bin(start, start).max(start));
    while bound <= end {
        bounds.push(bound);
        bound = spans.next(bound);
        if bounds.len() > 1_000_000 {
            bail!("more than 1000000 partitions from start to end"; hint: "a longer `partition_freq`");
        }
    }
    if bounds.len() < 2 {
        bounds.push(end.max(start));
    }
    let columns: Vec<(String, Filled)> = match &dtypes {
        None => [("name", Filled::Names), ("id", Filled::Numbers), ("x", Filled::Floats), ("y", Filled::Floats)]
            .map(|(name, filled)| (name.to_string(), filled))
            .to_vec(),
        Some(Value::Dict(dict)) => {
            let pairs: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let column = |(key, value): (Value, Value)| {
                let of = crate::dtype::read(&value)?;
                let filled = match of {
                    of if of.is_floating() => Filled::Floats,
                    of if of.is_integer() => Filled::Numbers,
                    of if crate::cell::is_text(&of) => Filled::Names,
                    _ => bail!("columns are of int, float or str, got {}", what(&value)),
                };
                Ok((key.text(), filled))
            };
            pairs.into_iter().map(column).collect::<Result<_>>()?
        }
        Some(other) => bail!(TypeError: "`dtypes` is a dict from column to type, got {}", what(other)),
    };
    let n = bounds.len() - 1;
    let divisions = bounds.iter().map(|bound| ScalarValue::TimestampMicrosecond(Some(*bound), None)).collect();
    let seed = super::chance::seed(&seed) as u64;
    let labels: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let work = TimeSeries { bounds, step, columns, seed };
    let schema = work.schema();
    let rows = Rows::step("timeseries", Arc::new(work), vec![], Wiring::Pick(vec![vec![]; n]), n, schema)?;
    let rows = rows.divided(Some(divisions));
    let column = |name: &String| Named { label: Some(Label::text(name)), expr: Rows::column(name) };
    Ok(Frame::lazy(View {
        rows,
        index: vec![Named { label: Some(Label::text("timestamp")), expr: Rows::column(COUNTED) }],
        columns: labels.iter().map(column).collect(),
        across: Vec::new(),
        shape: Shape::Frame,
        eager: false,
        name: "timeseries".into(),
    }))
}

builtins! {
    /// A lazy frame of made-up rows over time: names, ids, and two random numbers.
    ///
    /// ```rdk
    /// from dask.datasets import timeseries
    /// df = timeseries(end="2000-01-03", freq="1h")
    /// df.npartitions, len(df), df.columns.tolist()
    /// #> (2, 48, ['name', 'id', 'x', 'y'])
    /// ```
    fn timeseries(
        /// When it begins.
        start: Value = "2000-01-01",
        /// When it ends.
        end: Value = "2000-01-31",
        /// How far apart the rows are.
        freq: String = "1s",
        /// How long a partition is.
        partition_freq: String = "1D",
        /// A dict from column to type; names, ids, x and y if it is left out.
        dtypes: Option<Value>,
        /// Where random numbers begin; the same gives the same rows.
        seed: Option<Value>,
    ) -> Result<Value> { timeseries(&start, &end, &freq, &partition_freq, dtypes, seed) }
}

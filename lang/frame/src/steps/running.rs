//! What each row takes from the rows before it: running sums, shifts, differences, moving windows.
//!
//! A partition needs little of those before it: their totals, or their last rows. So there are two steps: each partition gives
//! that little ([`Before`]), and [`Running`] goes over what all earlier partitions gave, then over its own rows.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::compute::{cast, concat, kernels::window::shift};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, TimeUnit};
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error};

/// What is done along the rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Along {
    /// The sum so far.
    Sum,
    /// The product so far.
    Product,
    /// The largest so far.
    Max,
    /// The smallest so far.
    Min,
    /// One of these so far, and nothing from the first row on in which something is missing.
    Strict(SoFar),
    /// The last one that is there.
    Fill,
    /// The value so many rows before; after, with a negative number.
    Shift(i64),
    /// The difference to the value so many rows before.
    Diff(i64),
    /// Over a window of rows that ends with each row.
    Rolling {
        /// How many rows.
        window: usize,
        /// How many values there have to be.
        least: usize,
        /// What of them.
        how: Moving,
        /// Does the window lie around its row?
        center: bool,
    },
}

/// What is gathered from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum SoFar {
    Sum,
    Product,
    Max,
    Min,
}

impl SoFar {
    /// The same with what is missing left out.
    pub fn lenient(self) -> Along {
        match self {
            SoFar::Sum => Along::Sum,
            SoFar::Product => Along::Product,
            SoFar::Max => Along::Max,
            SoFar::Min => Along::Min,
        }
    }
}

/// What is taken of a moving window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Moving {
    Sum,
    Mean,
    Count,
    Min,
    Max,
    Std,
    Var,
    Median,
}

impl Along {
    /// Its name in pandas.
    pub fn name(self) -> &'static str {
        match self {
            Along::Sum => "cumsum",
            Along::Product => "cumprod",
            Along::Max => "cummax",
            Along::Min => "cummin",
            Along::Strict(total) => total.lenient().name(),
            Along::Fill => "ffill",
            Along::Shift(_) => "shift",
            Along::Diff(_) => "diff",
            Along::Rolling { .. } => "rolling",
        }
    }

    /// How many rows of the neighbours are needed, and whether of those before; `None`: one row of totals.
    pub fn reach(self) -> Option<i64> {
        match self {
            Along::Sum | Along::Product | Along::Max | Along::Min | Along::Strict(_) | Along::Fill => None,
            Along::Shift(n) | Along::Diff(n) => Some(n),
            Along::Rolling { window, .. } => Some(window.saturating_sub(1) as i64),
        }
    }

    /// The type of the result for columns of this type; `None`: it makes no sense of them.
    pub fn gives(self, of: &DataType) -> Option<DataType> {
        let number = crate::dtype::is_number(of);
        match self {
            Along::Strict(total) => total.lenient().gives(of),
            Along::Shift(_) if of.is_integer() => Some(DataType::Float64),
            Along::Shift(_) | Along::Fill => Some(of.clone()),
            Along::Sum | Along::Product if number => Some(if of.is_floating() { of.clone() } else { DataType::Int64 }),
            Along::Max | Along::Min if number || matches!(of, DataType::Timestamp(..)) => Some(of.clone()),
            Along::Diff(_) if number => Some(DataType::Float64),
            Along::Diff(_) if matches!(of, DataType::Timestamp(..) | DataType::Duration(_)) => {
                Some(DataType::Duration(TimeUnit::Microsecond))
            }
            Along::Rolling { .. } if number => Some(DataType::Float64),
            _ => None,
        }
    }

    /// The column with it done.
    pub fn apply(self, column: &ArrayRef) -> Result<ArrayRef> {
        let of = column.data_type().clone();
        let Some(gives) = self.gives(&of) else {
            bail!(
                TypeError: "'{}' is not supported for columns of {}", self.name(), crate::dtype::name(&of, true);
                hint: "choose the columns of numbers first: `df[[\"x\", \"y\"]]`"
            );
        };
        match self {
            Along::Strict(total) => {
                let made = total.lenient().apply(column)?;
                let first = (0..column.len()).find(|&row| column.is_null(row)).unwrap_or(column.len());
                let after: arrow::array::BooleanArray = (0..column.len()).map(|row| Some(row >= first)).collect();
                arrow::compute::nullif(&made, &after).map_err(arrow_error)
            }
            Along::Shift(n) => {
                let column = cast(column, &gives).map_err(arrow_error)?;
                shift(&column, n).map_err(arrow_error)
            }
            Along::Fill => {
                let mut last = None;
                let places = (0..column.len()).map(|row| {
                    if !column.is_null(row) {
                        last = Some(row as u64);
                    }
                    last
                });
                let places: arrow::array::UInt64Array = places.collect();
                arrow::compute::take(column, &places, None).map_err(arrow_error)
            }
            Along::Diff(n) if matches!(gives, DataType::Duration(_)) => {
                let unit = match of {
                    DataType::Timestamp(..) => DataType::Timestamp(TimeUnit::Microsecond, None),
                    _ => gives,
                };
                let micros = cast(column, &unit).map_err(arrow_error)?;
                let before = shift(&micros, n).map_err(arrow_error)?;
                arrow::compute::kernels::numeric::sub(&micros, &before).map_err(arrow_error)
            }
            Along::Diff(n) => {
                let floats = floats(column)?;
                let before = shift(&floats, n).map_err(arrow_error)?;
                let (a, b) = (floats.as_primitive::<Float64Type>(), before.as_primitive::<Float64Type>());
                Ok(Arc::new(a.iter().zip(b).map(|(a, b)| Some(a? - b?)).collect::<Float64Array>()))
            }
            Along::Rolling { window, least, how, center } => rolling(&floats(column)?, window, least, how, center),
            Along::Sum | Along::Product | Along::Max | Along::Min if gives.is_floating() => {
                let floats = floats(column)?;
                let mut so_far: Option<f64> = None;
                let step = |value: Option<f64>| {
                    let value = value?;
                    so_far = Some(match (so_far, self) {
                        (None, _) => value,
                        (Some(old), Along::Sum) => old + value,
                        (Some(old), Along::Product) => old * value,
                        (Some(old), Along::Max) => old.max(value),
                        (Some(old), _) => old.min(value),
                    });
                    so_far
                };
                let made: ArrayRef =
                    Arc::new(floats.as_primitive::<Float64Type>().iter().map(step).collect::<Float64Array>());
                cast(&made, &gives).map_err(arrow_error)
            }
            Along::Sum | Along::Product | Along::Max | Along::Min => {
                let whole = cast(column, &DataType::Int64).map_err(arrow_error)?;
                let mut so_far: Option<i64> = None;
                let step = |value: Option<i64>| {
                    let value = value?;
                    so_far = Some(match (so_far, self) {
                        (None, _) => value,
                        (Some(old), Along::Sum) => old.wrapping_add(value),
                        (Some(old), Along::Product) => old.wrapping_mul(value),
                        (Some(old), Along::Max) => old.max(value),
                        (Some(old), _) => old.min(value),
                    });
                    so_far
                };
                let made: ArrayRef =
                    Arc::new(whole.as_primitive::<Int64Type>().iter().map(step).collect::<Int64Array>());
                cast(&made, &gives).map_err(arrow_error)
            }
        }
    }
}

fn floats(column: &ArrayRef) -> Result<ArrayRef> {
    cast(column, &DataType::Float64).map_err(arrow_error)
}

/// A reduction of the values of a moving window.
fn rolling(column: &ArrayRef, window: usize, least: usize, how: Moving, center: bool) -> Result<ArrayRef> {
    let column = column.as_primitive::<Float64Type>();
    let n = column.len();
    let ahead = if center { (window.saturating_sub(1)) / 2 } else { 0 };
    let mut values: Vec<f64> = Vec::with_capacity(window.min(n));
    let one = |row: usize| {
        let end = (row + 1 + ahead).min(n);
        let start = (row + 1 + ahead).saturating_sub(window);
        values.clear();
        // What is infinite is missing, as pandas has it; but it counts.
        let there = |at: &usize| !column.is_null(*at) && (how == Moving::Count || column.value(*at).is_finite());
        values.extend((start..end).filter(there).map(|at| column.value(at)));
        // A count asks for rows, the others for values.
        let there = if how == Moving::Count { end - start } else { values.len() };
        (there >= least).then(|| how.of(&mut values)).flatten()
    };
    Ok(Arc::new((0..n).map(one).collect::<Float64Array>()))
}

/// A sum that keeps what single additions round off, as pandas' windows do.
fn exact_sum(values: &[f64]) -> f64 {
    let (mut sum, mut lost) = (0.0, 0.0);
    for value in values {
        let next = value - lost;
        let total: f64 = sum + next;
        lost = if total.is_finite() { (total - sum) - next } else { 0.0 };
        sum = total;
    }
    sum
}

impl Moving {
    /// The reduction of these values; `None`: there is none.
    pub fn of(self, values: &mut [f64]) -> Option<f64> {
        let n = values.len() as f64;
        let mean = || values.iter().sum::<f64>() / n;
        if values.is_empty() && self != Moving::Count && self != Moving::Sum {
            return None;
        }
        match self {
            Moving::Count => Some(n),
            Moving::Sum => Some(exact_sum(values)),
            Moving::Mean => Some(mean()),
            Moving::Min => values.iter().copied().reduce(f64::min),
            Moving::Max => values.iter().copied().reduce(f64::max),
            Moving::Std | Moving::Var => {
                if values.len() < 2 {
                    return None;
                }
                let mean = mean();
                let var = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
                Some(if self == Moving::Std { var.sqrt() } else { var })
            }
            Moving::Median => {
                values.sort_by(f64::total_cmp);
                let half = values.len() / 2;
                Some(if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 })
            }
        }
    }
}

/// The rows with all columns but those of the index replaced.
fn replaced(batch: &RecordBatch, n_index: usize, one: impl Fn(&ArrayRef) -> Result<ArrayRef>) -> Result<RecordBatch> {
    let mut columns: Vec<ArrayRef> = batch.columns()[..n_index].to_vec();
    for column in &batch.columns()[n_index..] {
        columns.push(one(column)?);
    }
    let schema = batch.schema();
    let fields = schema.fields().iter().zip(&columns);
    let fields: Vec<Field> =
        fields.map(|(field, column)| Field::new(field.name(), column.data_type().clone(), true)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(arrow_error)
}

/// What later partitions need of one: its totals, or its last rows; its first rows if they look ahead.
#[derive(Debug, Serialize, Deserialize)]
pub struct Before {
    /// What is going to be done.
    pub along: Along,
    /// How many columns are the index.
    pub n_index: usize,
}

impl Work for Before {
    const KIND: &'static str = "frame.before";

    fn name(&self) -> &str {
        self.along.name()
    }

    fn gives(&self) -> Option<u64> {
        Some(256 * self.along.reach().unwrap_or(1).unsigned_abs().max(1))
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let batch = Batches::together(inputs.iter().copied())?;
        let n = batch.num_rows();
        match self.along.reach() {
            None => {
                // The last total may stand before rows in which something is missing.
                let totals = replaced(&batch, self.n_index, |column| match self.along {
                    Along::Strict(_) => self.along.apply(column),
                    _ => Along::Fill.apply(&self.along.apply(column)?),
                })?;
                Ok(totals.slice(n.saturating_sub(1), n.min(1)))
            }
            Some(reach) => {
                let count = n.min(reach.unsigned_abs() as usize);
                Ok(if reach >= 0 { batch.slice(n - count, count) } else { batch.slice(0, count) })
            }
        }
    }
}

/// The rows of a partition, which comes after what the partitions before it gave; the first one, if they look ahead.
#[derive(Debug, Serialize, Deserialize)]
pub struct Running {
    /// What is done.
    pub along: Along,
    /// How many columns are the index.
    pub n_index: usize,
}

impl Work for Running {
    const KIND: &'static str = "frame.running";

    fn name(&self) -> &str {
        self.along.name()
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let parts = inputs.iter().map(|input| input.whole()).collect::<Result<Vec<_>>>()?;
        let ahead = self.along.reach().is_some_and(|reach| reach < 0);
        let own = if ahead { parts.first() } else { parts.last() };
        let Some(own) = own else { bail!(RuntimeError: "internal error: no rows") };
        let total: usize = parts.iter().map(RecordBatch::num_rows).sum();
        let start = if ahead { 0 } else { total - own.num_rows() };
        let places = std::cell::Cell::new(self.n_index);
        replaced(own, self.n_index, |column| {
            let at = places.get();
            places.set(at + 1);
            let whole = match parts.len() {
                1 => column.clone(),
                _ => {
                    let wanted = match self.along.reach() {
                        None => self.along.gives(column.data_type()).unwrap_or(column.data_type().clone()),
                        Some(_) => column.data_type().clone(),
                    };
                    let pieces = parts.iter().map(|part| cast(part.column(at), &wanted).map_err(arrow_error));
                    let pieces = pieces.collect::<Result<Vec<_>>>()?;
                    let pieces: Vec<&dyn Array> = pieces.iter().map(|piece| &**piece).collect();
                    concat(&pieces).map_err(arrow_error)?
                }
            };
            Ok(self.along.apply(&whole)?.slice(start, own.num_rows()))
        })
    }
}

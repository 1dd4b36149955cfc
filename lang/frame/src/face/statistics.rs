//! Numbers about columns in memory: the place of the largest, ranks, quantiles, correlation.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::row::{RowConverter, SortField};
use rdk_runtime::{Result, bail};

use crate::batches::arrow_error;

/// A column as floats.
pub fn floats(column: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(column, &DataType::Float64).map_err(arrow_error)?.as_primitive::<Float64Type>().clone())
}

/// A column as whole numbers.
pub fn ints(column: &ArrayRef) -> Result<Int64Array> {
    Ok(cast(column, &DataType::Int64).map_err(arrow_error)?.as_primitive::<Int64Type>().clone())
}

/// Which of these rows has the largest or smallest value; the first one of several.
pub fn place(column: &ArrayRef, rows: impl Iterator<Item = u64>, largest: bool) -> Option<u64> {
    let converter = RowConverter::new(vec![SortField::new(column.data_type().clone())]).ok()?;
    let encoded = converter.convert_columns(&[crate::batches::as_key(column)]).ok()?;
    let mut best: Option<u64> = None;
    for row in rows.filter(|&row| !column.is_null(row as usize)) {
        let better = best.is_none_or(|best| {
            let (new, old) = (encoded.row(row as usize), encoded.row(best as usize));
            if largest { new > old } else { new < old }
        });
        if better {
            best = Some(row);
        }
    }
    best
}

/// The value below which a part of the values lies, between two of them if need be.
pub fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let place = q * (values.len() - 1) as f64;
    let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
    Some(low + (high - low) * place.fract())
}

/// What stands for a quantile that lies between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Between {
    Linear,
    Lower,
    Higher,
    Nearest,
    Midpoint,
}

impl Between {
    /// By its name.
    pub fn of(name: Option<&str>) -> Result<Between> {
        Ok(match name {
            None | Some("linear") => Between::Linear,
            Some("lower") => Between::Lower,
            Some("higher") => Between::Higher,
            Some("nearest") => Between::Nearest,
            Some("midpoint") => Between::Midpoint,
            Some(other) => {
                bail!("'{other}' is not a valid method"; hint: "\"linear\", \"lower\", \"higher\", \"nearest\" or \"midpoint\"")
            }
        })
    }

    /// Is it one of the values, of their type?
    pub fn is_a_value(self) -> bool {
        matches!(self, Between::Lower | Between::Higher | Between::Nearest)
    }

    /// The places of the two values, and how far it lies from the first to the second.
    pub fn places(self, place: f64) -> (usize, usize, f64) {
        let (low, high) = (place.floor() as usize, place.ceil() as usize);
        match self {
            Between::Linear => (low, high, place.fract()),
            Between::Lower => (low, low, 0.0),
            Between::Higher => (high, high, 0.0),
            Between::Nearest => (place.round_ties_even() as usize, place.round_ties_even() as usize, 0.0),
            Between::Midpoint => (low, high, if low == high { 0.0 } else { 0.5 }),
        }
    }
}

/// A quantile, between two values as it is said.
pub fn quantile_by(values: &mut [f64], q: f64, between: Between) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let (low, high, part) = between.places(q * (values.len() - 1) as f64);
    Some(values[low] + (values[high] - values[low]) * part)
}

/// How lopsided values lie around their mean.
pub fn skew(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if n < 3.0 {
        return None;
    }
    let (second, third) = second_and_third(values);
    (second != 0.0).then(|| n * (n - 1.0).sqrt() / (n - 2.0) * third / second.powf(1.5))
}

/// The same, not fitted to few values.
pub fn plain_skew(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let (second, third) = second_and_third(values);
    (second != 0.0).then(|| third / n / (second / n).powf(1.5))
}

/// Sums of the second and third powers of the distances from the mean.
fn second_and_third(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let moment = |power: i32| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>();
    (moment(2), moment(3))
}

/// The correlation of two series: of distances from the mean in units of the largest one, so that no square is out of range.
pub fn correlation(a: &Float64Array, b: &Float64Array) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = a.iter().zip(b).filter_map(|(a, b)| a.zip(b)).collect();
    let scaled = |side: fn(&(f64, f64)) -> f64| -> Option<Vec<f64>> {
        let mean = pairs.iter().map(side).sum::<f64>() / pairs.len() as f64;
        let distances: Vec<f64> = pairs.iter().map(|pair| side(pair) - mean).collect();
        let largest = distances.iter().fold(0f64, |most, distance| most.max(distance.abs()));
        (largest > 0.0).then(|| distances.into_iter().map(|distance| distance / largest).collect())
    };
    let degrees = pairs.len().checked_sub(1).filter(|degrees| *degrees > 0)? as f64;
    let (a, b) = (scaled(|pair| pair.0)?, scaled(|pair| pair.1)?);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / degrees;
    Some((dot(&a, &b) / dot(&a, &a).sqrt() / dot(&b, &b).sqrt()).clamp(-1.0, 1.0))
}

/// The places of the values in their order, from 1.
pub fn rank(column: &ArrayRef, how: &str, descending: bool) -> Result<ArrayRef> {
    let converter = RowConverter::new(vec![SortField::new(column.data_type().clone())]).map_err(arrow_error)?;
    let encoded = converter.convert_columns(&[crate::batches::as_key(column)]).map_err(arrow_error)?;
    let mut places: Vec<usize> = (0..column.len()).filter(|&row| !column.is_null(row)).collect();
    places.sort_by(|&a, &b| {
        let order = encoded.row(a).cmp(&encoded.row(b));
        if descending { order.reverse() } else { order }
    });
    let mut ranks: Vec<Option<f64>> = vec![None; column.len()];
    let (mut start, mut dense) = (0, 0.0);
    while start < places.len() {
        let mut end = start + 1;
        while end < places.len() && encoded.row(places[end]) == encoded.row(places[start]) {
            end += 1;
        }
        dense += 1.0;
        for (at, &row) in places[start..end].iter().enumerate() {
            ranks[row] = Some(match how {
                "average" => (start + 1 + end) as f64 / 2.0,
                "min" => start as f64 + 1.0,
                "max" => end as f64,
                "first" => (start + at) as f64 + 1.0,
                "dense" => dense,
                other => {
                    bail!("rank method {other:?} is not known"; hint: "\"average\", \"min\", \"max\", \"first\" or \"dense\"")
                }
            });
        }
        start = end;
    }
    Ok(Arc::new(Float64Array::from(ranks)))
}

/// How two columns vary together: their covariance, or correlation.
pub fn together(a: &Float64Array, b: &Float64Array, correlation: bool) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = a.iter().zip(b).filter_map(|(a, b)| Some((a?, b?))).collect();
    let n = pairs.len() as f64;
    if n < 2.0 {
        return None;
    }
    let mean = |side: fn(&(f64, f64)) -> f64| pairs.iter().map(side).sum::<f64>() / n;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |one: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(one).sum::<f64>();
    let both = sum(&|pair| (pair.0 - x) * (pair.1 - y));
    if !correlation {
        return Some(both / (n - 1.0));
    }
    let (first, second) = (sum(&|pair| (pair.0 - x).powi(2)), sum(&|pair| (pair.1 - y).powi(2)));
    let scale = (first * second).sqrt();
    (scale > 0.0).then(|| both / scale)
}

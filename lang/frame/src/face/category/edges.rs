//! Where bins begin and end, and what they are called: pandas' rules for `cut` and `qcut`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use rdk_runtime::{Result, bail};

use crate::batches::arrow_error;
use crate::category::interval;

/// The ends of bins, in order.
#[derive(Clone, Debug)]
pub enum Edges {
    /// Whole numbers.
    Whole(Vec<i64>),
    /// Numbers.
    Floats(Vec<f64>),
    /// Times, in microseconds.
    Times(Vec<i64>),
}

/// The type of times.
pub const TIME: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

impl Edges {
    /// The ends that a column holds.
    pub fn of(column: &ArrayRef) -> Result<Edges> {
        if column.null_count() > 0 {
            bail!("missing values cannot be bin edges");
        }
        let whole = |of: &DataType| -> Result<Vec<i64>> {
            let column = cast(column, of).and_then(|column| cast(&column, &DataType::Int64)).map_err(arrow_error)?;
            Ok(column.as_primitive::<Int64Type>().values().to_vec())
        };
        Ok(match column.data_type() {
            of if of.is_integer() => Edges::Whole(whole(&DataType::Int64)?),
            of if of.is_numeric() => {
                let floats = cast(column, &DataType::Float64).map_err(arrow_error)?;
                Edges::Floats(floats.as_primitive::<Float64Type>().values().to_vec())
            }
            DataType::Timestamp(..) => Edges::Times(whole(&TIME)?),
            of => bail!(TypeError: "bin edges are numbers or times, got {}", crate::dtype::name(of, true)),
        })
    }

    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Edges::Whole(edges) | Edges::Times(edges) => edges.len(),
            Edges::Floats(edges) => edges.len(),
        }
    }

    /// As a column.
    pub fn column(&self) -> Result<ArrayRef> {
        match self {
            Edges::Whole(edges) => Ok(Arc::new(Int64Array::from(edges.clone()))),
            Edges::Floats(edges) => Ok(Arc::new(Float64Array::from(edges.clone()))),
            Edges::Times(edges) => {
                let edges: ArrayRef = Arc::new(Int64Array::from(edges.clone()));
                cast(&edges, &TIME).map_err(arrow_error)
            }
        }
    }

    /// As numbers.
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Edges::Whole(edges) | Edges::Times(edges) => edges.iter().map(|&edge| edge as f64).collect(),
            Edges::Floats(edges) => edges.clone(),
        }
    }

    /// In order, and each once, as pandas wants them; with `drop` without those that are there already.
    pub fn checked(self, drop: bool) -> Result<Edges> {
        let numbers = self.numbers();
        if numbers.windows(2).any(|pair| pair[1] < pair[0]) {
            bail!("bins must increase monotonically.");
        }
        let repeated = numbers.windows(2).any(|pair| pair[1] == pair[0]);
        if !repeated || numbers.len() == 2 {
            return Ok(self);
        }
        if !drop {
            let texts: Vec<String> = numbers.iter().map(|edge| rdk_runtime::Value::Float(*edge).text()).collect();
            bail!("Bin edges must be unique: Index([{}], dtype='float64')", texts.join(", "); hint: "`duplicates=\"drop\"`");
        }
        Ok(match self {
            Edges::Whole(mut edges) => {
                edges.dedup();
                Edges::Whole(edges)
            }
            Edges::Times(mut edges) => {
                edges.dedup();
                Edges::Times(edges)
            }
            Edges::Floats(mut edges) => {
                edges.dedup();
                Edges::Floats(edges)
            }
        })
    }

    /// The bins as intervals, with ends of so many digits, or more if two would be alike.
    pub fn intervals(&self, right: bool, include_lowest: bool, precision: i32) -> Result<ArrayRef> {
        let lowest = right && include_lowest;
        let breaks = match self {
            Edges::Times(edges) => {
                let mut edges = edges.clone();
                if let (true, Some(first)) = (lowest, edges.first_mut()) {
                    *first -= 1;
                }
                Edges::Times(edges)
            }
            Edges::Whole(edges) if !lowest => Edges::Whole(edges.clone()),
            Edges::Whole(_) | Edges::Floats(_) => {
                let edges = self.numbers();
                let precision = inferred(precision, &edges);
                let mut breaks: Vec<f64> = edges.iter().map(|&edge| rounded(edge, precision)).collect();
                if let (true, Some(first)) = (lowest, breaks.first_mut()) {
                    *first -= 10f64.powi(-precision);
                }
                Edges::Floats(breaks)
            }
        };
        interval::between(&breaks.column()?, right)
    }
}

/// With so many digits behind the point, or behind the zeros after it.
fn rounded(number: f64, precision: i32) -> f64 {
    if !number.is_finite() || number == 0.0 {
        return number;
    }
    let digits = match number.trunc() == 0.0 {
        true => -(number.fract().abs().log10().floor() as i32) - 1 + precision,
        false => precision,
    };
    let scale = 10f64.powi(digits);
    (number * scale).round_ties_even() / scale
}

/// So many digits that no two are alike.
fn inferred(least: i32, edges: &[f64]) -> i32 {
    let apart = |precision: &i32| {
        let mut levels: Vec<f64> = edges.iter().map(|&edge| rounded(edge, *precision)).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        levels.len() == edges.len()
    };
    (least..20).find(apart).unwrap_or(least)
}

/// So many numbers at equal distances, ends included.
pub fn spaced(start: f64, stop: f64, n: usize) -> Vec<f64> {
    let step = (stop - start) / (n.max(2) - 1) as f64;
    let mut all: Vec<f64> = (0..n).map(|at| at as f64 * step + start).collect();
    if let Some(last) = all.last_mut() {
        *last = stop;
    }
    all
}

/// The ends of so many bins of equal width around numbers between these.
pub fn around(low: f64, high: f64, n: usize, right: bool) -> Vec<f64> {
    if low == high {
        let margin = |end: f64| if end != 0.0 { 0.001 * end.abs() } else { 0.001 };
        return spaced(low - margin(low), high + margin(high), n + 1);
    }
    let mut edges = spaced(low, high, n + 1);
    let margin = (high - low) * 0.001;
    match right {
        true => edges[0] -= margin,
        false => edges[n] += margin,
    }
    edges
}

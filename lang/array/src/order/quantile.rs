//! Quantiles: the values below which parts of the elements lie, by each of NumPy's methods.

use rdk_graph::Cancel;
use rdk_runtime::{Result, bail};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::key::Ordered;
use super::passes;
use super::rows::{RowWork, stopped};
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::kernel::Stop;
use crate::{Chunk, DType, shape};

/// Which value it is where a part ends between two elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Method {
    InvertedCdf,
    AveragedInvertedCdf,
    ClosestObservation,
    InterpolatedInvertedCdf,
    Hazen,
    Weibull,
    Linear,
    MedianUnbiased,
    NormalUnbiased,
    Lower,
    Higher,
    Midpoint,
    Nearest,
}

impl Method {
    const NAMES: [(&'static str, Method); 13] = [
        ("inverted_cdf", Method::InvertedCdf),
        ("averaged_inverted_cdf", Method::AveragedInvertedCdf),
        ("closest_observation", Method::ClosestObservation),
        ("interpolated_inverted_cdf", Method::InterpolatedInvertedCdf),
        ("hazen", Method::Hazen),
        ("weibull", Method::Weibull),
        ("linear", Method::Linear),
        ("median_unbiased", Method::MedianUnbiased),
        ("normal_unbiased", Method::NormalUnbiased),
        ("lower", Method::Lower),
        ("higher", Method::Higher),
        ("midpoint", Method::Midpoint),
        ("nearest", Method::Nearest),
    ];

    /// The method of this name.
    pub fn named(name: &str) -> Result<Method> {
        match Method::NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, method)) => Ok(*method),
            None => {
                let names: Vec<&str> = Method::NAMES.iter().map(|(name, _)| *name).collect();
                bail!("'{name}' is not a valid method"; hint: "methods are {}", names.join(", "))
            }
        }
    }

    /// Is the value always one of the elements?
    pub(super) fn keeps_element(self) -> bool {
        matches!(
            self,
            Method::InvertedCdf | Method::ClosestObservation | Method::Lower | Method::Higher | Method::Nearest
        )
    }

    /// Between which two of `n` elements in order the value lies, and how far from the first to the second.
    pub(super) fn place(self, n: usize, part: f64) -> (usize, usize, f64) {
        let count = n as f64;
        let plain = (count - 1.0) * part;
        let by = |alpha: f64, beta: f64| count * part + (alpha + part * (1.0 - alpha - beta)) - 1.0;
        let stepped = |index: f64, at_border: &dyn Fn(f64) -> bool| {
            let previous = index.floor();
            if index == previous && at_border(previous) { previous } else { previous + 1.0 }
        };
        let exact = |index: f64| {
            let at = (index.max(0.0) as usize).min(n - 1);
            (at, at, 0.0)
        };
        let index = match self {
            Method::Lower => return exact(plain.floor()),
            Method::Higher => return exact(plain.ceil()),
            Method::Nearest => return exact(plain.round_ties_even()),
            Method::InvertedCdf => return exact(stepped(count * part - 1.0, &|_| true)),
            Method::ClosestObservation => {
                return exact(stepped(count * part - 1.5, &|previous| previous.rem_euclid(2.0) == 1.0));
            }
            Method::AveragedInvertedCdf => count * part - 1.0,
            Method::InterpolatedInvertedCdf => by(0.0, 1.0),
            Method::Hazen => by(0.5, 0.5),
            Method::Weibull => by(0.0, 0.0),
            Method::Linear => plain,
            Method::MedianUnbiased => by(1.0 / 3.0, 1.0 / 3.0),
            Method::NormalUnbiased => by(3.0 / 8.0, 3.0 / 8.0),
            Method::Midpoint => 0.5 * (plain.floor() + plain.ceil()),
        };
        let previous = index.floor();
        let between = index - previous;
        let between = match self {
            Method::AveragedInvertedCdf if between == 0.0 => 0.5,
            Method::AveragedInvertedCdf => 1.0,
            Method::Midpoint if between != 0.0 => 0.5,
            _ => between,
        };
        if index >= count - 1.0 {
            return (n - 1, n - 1, between);
        }
        if index < 0.0 {
            return (0, 0, between);
        }
        (previous as usize, previous as usize + 1, between)
    }
}

impl Array {
    /// The values below which these parts of the elements lie, over some axes or all: the first axis of the result goes along the parts.
    /// `wide` keeps the type of single-precision elements from being that of the result.
    pub fn quantiles(
        &self,
        parts: &[f64],
        axes: Option<&[i64]>,
        method: Method,
        skip_nan: bool,
        keepdims: bool,
        wide: bool,
    ) -> Result<Array> {
        let name = if skip_nan { "nanquantile" } else { "quantile" };
        if self.dtype().is_complex() {
            bail!(TypeError: "a must be an array of real numbers");
        }
        if parts.iter().any(|part| !(0.0..=1.0).contains(part)) {
            bail!("Quantiles must be in the range [0, 1]"; hint: "percentiles are in the range [0, 100]");
        }
        let axes = shape::axes(axes, self.ndim())?;
        let kept: SmallVec<[usize; 4]> = (0..self.ndim()).filter(|axis| !axes.contains(axis)).collect();
        // The axes that go become one, the last.
        let order: Vec<i64> = kept.iter().chain(&axes).map(|&axis| axis as i64).collect();
        let mut lengths: Vec<i64> = kept.iter().map(|&axis| self.shape()[axis] as i64).collect();
        let length: usize = axes.iter().map(|&axis| self.shape()[axis]).product();
        let dtype = match (method.keeps_element(), self.dtype()) {
            (true, dtype) => dtype,
            (false, DType::F32) if !wide => DType::F32,
            (false, _) => DType::F64,
        };
        let made = if method.keeps_element() { dtype } else { DType::F64 };
        // A long row is not put together.
        let large = length as u128 * self.dtype().size() as u128 > passes::LARGE;
        if kept.is_empty() && large && self.is_sized() && parts.len() <= passes::MOST {
            let found = self.quantiles_in_passes(name, parts, method, skip_nan, made)?.cast(dtype);
            return if keepdims { found.expand_dims(&(1..=self.ndim() as i64).collect::<Vec<_>>()) } else { Ok(found) };
        }
        lengths.push(length as i64);
        let rows = self.transpose(Some(&order))?.reshape(&lengths)?;
        let work = RowWork::Quantiles { parts: parts.to_vec(), method, skip_nan };
        let n = rows.ndim() - 1;
        let along = AxisChunks::single(parts.len());
        let found = rows.rows(n)?.each_row(name, work, along, made).cast(dtype);
        let order: Vec<i64> = [n].into_iter().chain(0..n).map(|axis| axis as i64).collect();
        let found = found.transpose(Some(&order))?;
        if !keepdims {
            return Ok(found);
        }
        found.expand_dims(&axes.iter().map(|&axis| axis as i64 + 1).collect::<Vec<_>>())
    }
}

/// What lies between two values, so far from the first; from the nearer end, as NumPy does.
pub(super) fn between(a: f64, b: f64, apart: f64) -> f64 {
    if a == b {
        a
    } else if apart < 0.5 {
        a + (b - a) * apart
    } else {
        b - (b - a) * (1.0 - apart)
    }
}

/// The quantiles of each row.
pub(super) fn of_rows<T: Ordered>(
    chunk: &Chunk,
    shape: &[usize],
    n: usize,
    parts: &[f64],
    method: Method,
    skip_nan: bool,
    cancel: &Cancel,
) -> std::result::Result<Chunk, Stop> {
    let n_rows: usize = shape[..shape.len() - 1].iter().product();
    let contiguous = chunk.contiguous();
    let all = T::array(&contiguous).and_then(|array| array.as_slice()).unwrap_or(&[]);
    let mut values: Vec<f64> = Vec::with_capacity(n_rows * parts.len());
    let mut kept: Vec<T> = Vec::with_capacity(n_rows * parts.len());
    let mut row: Vec<T::Key> = Vec::with_capacity(n);
    for at in 0..n_rows {
        stopped(cancel)?;
        row.clear();
        let elements = all.get(at * n..(at + 1) * n).unwrap_or(&[]);
        row.extend(elements.iter().filter(|element| !(skip_nan && element.is_nothing())).map(|element| element.key()));
        let spoiled = !skip_nan && elements.iter().any(|element| element.is_nothing());
        if row.is_empty() || spoiled {
            values.extend(parts.iter().map(|_| f64::NAN));
            kept.extend(parts.iter().map(|_| T::from_f64(f64::NAN)));
            continue;
        }
        let few = parts.len() <= 8;
        if !few {
            row.sort_unstable();
        }
        for &part in parts {
            let (low, high, between) = method.place(row.len(), part);
            let element = |row: &mut Vec<T::Key>, at: usize| match few {
                true => T::of_key(*row.select_nth_unstable(at).1),
                false => T::of_key(row[at]),
            };
            let first = element(&mut row, low);
            kept.push(first);
            let second = if high == low { first } else { element(&mut row, high) };
            let (a, b): (f64, f64) = (first.cast(), second.cast());
            values.push(self::between(a, b, between));
        }
    }
    if method.keeps_element() {
        return Ok(Chunk::from_vec(shape, kept));
    }
    Ok(Chunk::from_vec(shape, values))
}

//! The edges of bins: given, so many of them over a range, or as many as a rule of thumb finds right.

use rdk_runtime::{Context, Result, bail};

use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::dtype::{DType, NumberKind};
use crate::kernel::{BinaryFunc, CompareFunc, Reduction};
use crate::order::Method;
use crate::scalar::Scalar;

/// How many bins, or where they end.
pub enum Bins {
    /// So many of one width.
    Count(usize),
    /// Between these edges.
    Edges(Array),
    /// As many as a rule says.
    ByRule(Rule),
}

/// NumPy's rules for how many bins are right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Rule {
    Auto,
    Doane,
    Fd,
    Rice,
    Scott,
    Sqrt,
    Sturges,
}

impl Rule {
    /// The rule of this name.
    pub fn named(name: &str) -> Result<Rule> {
        Ok(match name {
            "auto" => Rule::Auto,
            "doane" => Rule::Doane,
            "fd" => Rule::Fd,
            "rice" => Rule::Rice,
            "scott" => Rule::Scott,
            "sqrt" => Rule::Sqrt,
            "sturges" => Rule::Sturges,
            _ => bail!(
                "'{name}' is not a valid estimator for `bins`";
                hint: "rules are auto, doane, fd, rice, scott, sqrt, sturges"
            ),
        })
    }

    /// How many bins it finds right for these elements.
    pub fn count(self, context: &Context, x: &Array, ends: (f64, f64)) -> Result<usize> {
        let flat = x.row()?;
        let n = flat.size() as f64;
        if n == 0.0 {
            return Ok(1);
        }
        let number = |array: Array| -> Result<f64> {
            Ok(array.compute_now(context)?.to_vec::<f64>().first().copied().unwrap_or(f64::NAN))
        };
        let end = |reduction| number(flat.reduce(reduction, None, false, None, None)?);
        let spread = || Ok::<f64, rdk_runtime::Error>(end(Reduction::Max)? - end(Reduction::Min)?);
        let deviation = || end(Reduction::Std { ddof: 0 });
        let between = || -> Result<f64> {
            let quarters = flat.quantiles(&[0.75, 0.25], None, Method::Linear, false, false, true)?;
            let quarters = quarters.compute_now(context)?.to_vec::<f64>();
            Ok(2.0 * (quarters[0] - quarters[1]) / n.cbrt())
        };
        let sturges = || Ok::<f64, rdk_runtime::Error>(spread()? / (n.log2() + 1.0));
        let width = match self {
            Rule::Sqrt => spread()? / n.sqrt(),
            Rule::Sturges => sturges()?,
            Rule::Rice => spread()? / (2.0 * n.cbrt()),
            Rule::Scott => (24.0 * std::f64::consts::PI.sqrt() / n).cbrt() * deviation()?,
            Rule::Fd => between()?,
            Rule::Auto => between()?.max(spread()? / n.sqrt() / 2.0).min(sturges()?),
            Rule::Doane if n <= 2.0 => 0.0,
            Rule::Doane => {
                let error = (6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0))).sqrt();
                let deviation = deviation()?;
                if deviation > 0.0 {
                    let wide = flat.cast(DType::F64);
                    let mean = wide.reduce(Reduction::Mean, None, false, None, None)?;
                    let score = wide.binary(BinaryFunc::Subtract, &mean)?;
                    let score = score.binary(BinaryFunc::Divide, &Array::scalar(Scalar::F64(deviation)))?;
                    let cube = score.binary(BinaryFunc::Power, &Array::scalar(Scalar::F64(3.0)))?;
                    let skew = number(cube.reduce(Reduction::Mean, None, false, None, None)?)?;
                    spread()? / (1.0 + n.log2() + (1.0 + skew.abs() / error).log2())
                } else {
                    0.0
                }
            }
        };
        let width = if x.dtype().is_integer() { if width > 0.0 { width.max(1.0) } else { width } } else { width };
        let count = ((ends.1 - ends.0) / width).ceil();
        Ok(if width > 0.0 && count.is_finite() { (count as usize).max(1) } else { 1 })
    }
}

/// The smallest and the largest element, as the ends of a range; 0 and 1 if there are none.
pub fn ends(x: &Array) -> Result<(Array, Array)> {
    if x.is_sized() && x.size() == 0 {
        return Ok((Array::scalar(Scalar::F64(0.0)), Array::scalar(Scalar::F64(1.0))));
    }
    if x.is_sized() {
        let end = |reduction| x.reduce(reduction, None, false, None, None);
        return Ok((end(Reduction::Min)?, end(Reduction::Max)?));
    }
    // How many there are is not counted: without any, the ends are the wrong way round.
    let number = |number: f64| Array::scalar(Scalar::F64(number));
    let end = |largest: bool| match x.uncompressed() {
        Some((array, mask)) => {
            let other = number(if largest { f64::NEG_INFINITY } else { f64::INFINITY });
            mask.select(&array.cast(DType::F64), &other)?.extreme(largest)
        }
        None => x.cast(DType::F64).extreme(largest),
    };
    let (low, high) = (end(false)?, end(true)?);
    let none = high.compare(CompareFunc::Less, &low)?;
    Ok((none.select(&number(0.0), &low)?, none.select(&number(1.0), &high)?))
}

/// The edges of so many bins from one end to the other; an empty range is made one wide.
pub fn spaced(low: &Array, high: &Array, count: usize, dtype: DType) -> Result<Array> {
    let dtype = match dtype.kind() {
        NumberKind::Float | NumberKind::Complex => dtype,
        NumberKind::Bool | NumberKind::Signed | NumberKind::Unsigned => DType::F64,
    };
    let (low, high) = (low.cast(DType::F64), high.cast(DType::F64));
    let number = |number: f64| Array::scalar(Scalar::F64(number));
    let same = low.compare(CompareFunc::Equal, &high)?;
    let start = same.select(&low.binary(BinaryFunc::Subtract, &number(0.5))?, &low)?;
    let stop = same.select(&high.binary(BinaryFunc::Add, &number(0.5))?, &high)?;
    let step = stop.binary(BinaryFunc::Subtract, &start)?.binary(BinaryFunc::Divide, &number(count as f64))?;
    let at = Array::arange(Scalar::I64(0), Scalar::I64(1), count + 1, &ChunksSpec::WHOLE)?;
    let edges = at.cast(DType::F64).binary(BinaryFunc::Multiply, &step)?.binary(BinaryFunc::Add, &start)?;
    let is_last = at.compare(CompareFunc::Equal, &Array::scalar(Scalar::I64(count as i64)))?;
    Ok(is_last.select(&stop, &edges)?.cast(dtype).named("linspace"))
}

//! Statistics beyond plain reductions: `median`, `percentile`, `quantile`, `average`, `cov`, `corrcoef`.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins, error};

use super::operand::{Operand, answer};
use super::parameters::{Axes, Unsupported};
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::DTypeArg;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, Reduction, UnaryFunc};
use crate::order::Method;
use crate::scalar::Scalar;
use crate::shape;

/// One quantile or several, as a user asked for them.
struct Asked {
    parts: Vec<f64>,
    shape: Vec<i64>,
    /// Does the type of the array stand, whatever that of the parts?
    plain: bool,
}

impl Asked {
    fn new(context: &Context, q: &Value, scale: f64) -> Result<Asked> {
        let operand = Operand::try_from_value(q)?;
        let plain = matches!(operand, Operand::Number(_));
        let chunk = operand.array()?.compute_now(context)?;
        let parts: Vec<f64> = chunk.to_vec::<f64>().into_iter().map(|part| part / scale).collect();
        if parts.iter().any(|part| !(0.0..=1.0).contains(part)) {
            let (what, end) = if scale == 1.0 { ("Quantiles", 1) } else { ("Percentiles", 100) };
            bail!("{what} must be in the range [0, {end}]");
        }
        Ok(Asked { parts, shape: chunk.shape().iter().map(|&n| n as i64).collect(), plain })
    }
}

/// How to find quantiles, apart from which.
struct Finding<'a> {
    axis: &'a Option<Axes>,
    method: &'a str,
    keepdims: bool,
    skip_nan: bool,
}

fn quantiles(context: &Context, a: &Operand, asked: &Asked, how: &Finding<'_>) -> Result<Value> {
    let array = a.array()?;
    let method = Method::named(how.method)?;
    let wide = !asked.plain;
    let axes = Axes::list(how.axis);
    let found = array.quantiles(&asked.parts, axes, method, how.skip_nan, how.keepdims, wide)?;
    let mut shape = asked.shape.clone();
    shape.extend(found.shape()[1..].iter().map(|&length| length as i64));
    let result = answer(context, found.reshape(&shape)?, a.is_lazy())?;
    if let (Operand::Eager(chunk), true) = (a, how.skip_nan)
        && !chunk.is_empty()
    {
        super::faults::of_nan_quantiles(context, &result)?;
    }
    Ok(result)
}

/// The same, where elements may count differently.
fn finding(
    context: &Context,
    a: &Operand,
    asked: &Asked,
    how: &Finding<'_>,
    weights: Option<&Operand>,
) -> Result<Value> {
    let Some(weights) = weights else { return quantiles(context, a, asked, how) };
    if how.method != "inverted_cdf" {
        bail!("Only method 'inverted_cdf' supports weights. Got: {}.", how.method; hint: "`method=\"inverted_cdf\"`");
    }
    let lazy = a.is_lazy() || weights.is_lazy();
    let found =
        super::weighed::quantiles(&a.array()?, &weights.array()?, &asked.parts, how.axis, how.keepdims, how.skip_nan)?;
    let mut shape = asked.shape.clone();
    shape.extend(found.shape()[1..].iter().map(|&length| length as i64));
    answer(context, found.reshape(&shape)?, lazy)
}

fn median(context: &Context, a: &Operand, axis: &Option<Axes>, keepdims: bool, skip_nan: bool) -> Result<Value> {
    let asked = Asked { parts: vec![0.5], shape: Vec::new(), plain: true };
    let result = quantiles(context, a, &asked, &Finding { axis, method: "linear", keepdims, skip_nan })?;
    if let Operand::Eager(chunk) = a {
        // Of nothing it is a mean of nothing.
        super::faults::of_reduction(context, Reduction::Mean, chunk.len() as u128, &result)?;
    }
    Ok(result)
}

fn at(array: &Array, index: i64) -> Result<Array> {
    array.slice(&[IndexItem::Int(index)])
}

/// The mean with weights, and the sum of the weights.
fn weighed(array: &Array, axis: Option<&[i64]>, weights: Option<&Array>, keepdims: bool) -> Result<(Array, Array)> {
    let sum = |array: &Array| array.reduce(Reduction::Sum, axis, keepdims, None, None);
    let Some(weights) = weights else {
        let mean = array.reduce(Reduction::Mean, axis, keepdims, None, None)?;
        let count = array.size() as f64 / (mean.size().max(1)) as f64;
        let count = Array::scalar(Scalar::F64(count)).cast(mean.dtype()).broadcast_to(mean.shape())?;
        return Ok((mean, count));
    };
    let mut dtype = array.dtype().promote(weights.dtype());
    if array.dtype().is_integer() || array.dtype() == DType::Bool {
        dtype = dtype.promote(DType::F64);
    }
    let weights = match weights.shape() == array.shape() {
        true => weights.clone(),
        false => {
            let Some(axes) = axis else {
                bail!(TypeError: "Axis must be specified when shapes of a and weights differ.");
            };
            let axes = axes.iter().map(|&axis| shape::axis(axis, array.ndim())).collect::<Result<Vec<_>>>()?;
            let wanted: Vec<usize> = axes.iter().map(|&axis| array.shape()[axis]).collect();
            if wanted != weights.shape() {
                bail!("Shape of weights must be consistent with shape of a along specified axis.");
            }
            // The weights' axes in the order of the array's.
            let mut order: Vec<usize> = (0..axes.len()).collect();
            order.sort_by_key(|&place| axes[place]);
            let order: Vec<i64> = order.into_iter().map(|place| place as i64).collect();
            let mut lengths = vec![1i64; array.ndim()];
            axes.iter().for_each(|&axis| lengths[axis] = array.shape()[axis] as i64);
            weights.transpose(Some(&order))?.reshape(&lengths)?.broadcast_to(array.shape())?
        }
    };
    let (array, weights) = (array.cast(dtype), weights.cast(dtype));
    let total = sum(&weights)?;
    let mean = sum(&array.binary(BinaryFunc::Multiply, &weights)?)?.binary(BinaryFunc::Divide, &total)?;
    Ok((mean, total))
}

fn average(
    context: &Context,
    a: &Operand,
    axis: &Option<Axes>,
    weights: Option<&Operand>,
    returned: bool,
    keepdims: bool,
) -> Result<Value> {
    let lazy = a.is_lazy() || weights.is_some_and(Operand::is_lazy);
    let given = weights.map(Operand::array).transpose()?;
    let (mean, total) = weighed(&a.array()?, Axes::list(axis), given.as_ref(), keepdims)?;
    if given.is_some() && !lazy {
        let totals = total.compute_now(context)?;
        if totals.scalars().any(|total| total == Scalar::zero(total.dtype())) {
            return Err(error!(ZeroDivisionError: "Weights sum to zero, can't be normalized"));
        }
    }
    let mean = answer(context, mean.named("average"), lazy)?;
    Ok(if returned { Value::tuple([mean, answer(context, total, lazy)?]) } else { mean })
}

/// How to estimate a covariance.
struct Estimate {
    y: Option<Operand>,
    rowvar: bool,
    bias: bool,
    ddof: Option<i64>,
    fweights: Option<Operand>,
    aweights: Option<Operand>,
    dtype: Option<DType>,
}

/// Covariances, and what is said of them when they are made.
fn covariance(context: &Context, m: &Operand, how: &Estimate) -> Result<(Value, bool)> {
    let (products, lazy, n) = products(context, m, how)?;
    let covariances = answer(context, products.squeeze(None)?.named("cov"), lazy)?;
    if let Some(n) = n {
        super::faults::of_covariance(context, n, how.less(), lazy, &covariances)?;
    }
    Ok((covariances, lazy))
}

impl Estimate {
    /// What is taken from the count.
    fn less(&self) -> f64 {
        self.ddof.unwrap_or(if self.bias { 0 } else { 1 }) as f64
    }
}

/// Sums of products divided by the count, and the count if all observations count alike.
fn products(context: &Context, m: &Operand, how: &Estimate) -> Result<(Array, bool, Option<f64>)> {
    let mut lazy = m.is_lazy();
    let read = |operand: &Operand| -> Result<Array> {
        let array = operand.array()?;
        if array.ndim() > 2 {
            bail!("m has more than 2 dimensions");
        }
        let dtype = how.dtype.unwrap_or_else(|| array.dtype().promote(DType::F64));
        let array = array.cast(dtype);
        Ok(match array.ndim() {
            0 => array.reshape(&[1, 1])?,
            1 => array.expand_dims(&[0])?,
            _ if !how.rowvar => array.transpose(None)?,
            _ => array,
        })
    };
    let mut x = read(m)?;
    if let Some(y) = &how.y {
        lazy |= y.is_lazy();
        let y = read(y)?;
        let dtype = x.dtype().promote(y.dtype());
        x = Array::concatenate(&[x.cast(dtype), y.cast(dtype)], 0)?;
    }
    let ddof = how.less();
    let mut weights: Option<Array> = None;
    let mut reliable = None;
    for (weight, by_reliability) in [(&how.fweights, false), (&how.aweights, true)] {
        let Some(operand) = weight else { continue };
        lazy |= operand.is_lazy();
        let weight = operand.array()?;
        if !by_reliability && !weight.dtype().is_integer() {
            bail!(TypeError: "fweights must be integer");
        }
        let weight = weight.cast(DType::F64);
        let name = if by_reliability { "aweights" } else { "fweights" };
        if weight.ndim() > 1 {
            bail!(RuntimeError: "cannot handle multidimensional {name}");
        }
        if weight.shape() != &x.shape()[1..] {
            bail!(RuntimeError: "incompatible numbers of samples and {name}");
        }
        if !operand.is_lazy() && weight.compute_now(context)?.to_vec::<f64>().iter().any(|&weight| weight < 0.0) {
            bail!("{name} cannot be negative");
        }
        if by_reliability {
            reliable = Some(weight.clone());
        }
        weights = Some(match weights {
            None => weight,
            Some(other) => other.binary(BinaryFunc::Multiply, &weight)?,
        });
    }
    let n = x.shape()[1] as f64;
    let (mean, total) = weighed(&x, Some(&[1]), weights.as_ref(), false)?;
    let number = |value: f64| Array::scalar(Scalar::F64(value));
    let factor = match (&weights, &reliable) {
        (None, _) => number((n - ddof).max(0.0)),
        (Some(_), None) => at(&total, 0)?.binary(BinaryFunc::Subtract, &number(ddof))?,
        (Some(weights), Some(reliable)) => {
            let squares = weights.binary(BinaryFunc::Multiply, reliable)?;
            let squares = squares.reduce(Reduction::Sum, None, false, None, None)?;
            let total = at(&total, 0)?;
            let less = number(ddof).binary(BinaryFunc::Multiply, &squares)?.binary(BinaryFunc::Divide, &total)?;
            total.binary(BinaryFunc::Subtract, &less)?
        }
    };
    let centred = x.binary(BinaryFunc::Subtract, &mean.expand_dims(&[1])?)?;
    let other = match &weights {
        None => centred.clone(),
        Some(weights) => centred.binary(BinaryFunc::Multiply, weights)?,
    };
    let other = other.transpose(None)?;
    let other = if other.dtype().is_complex() { other.unary(UnaryFunc::Conjugate)? } else { other };
    let products = centred.dot(&other)?;
    Ok((products.binary(BinaryFunc::Divide, &factor)?.named("cov"), lazy, weights.is_none().then_some(n)))
}

/// Covariances, each divided by both deviations.
fn correlation(covariance: &Array) -> Result<Array> {
    if covariance.ndim() == 0 {
        return covariance.binary(BinaryFunc::Divide, covariance);
    }
    let n = covariance.shape()[0];
    let diagonal = Array::eye(n, n, 0, DType::Bool, &ChunksSpec::AUTO)?;
    let zero = Array::scalar(Scalar::zero(covariance.dtype()));
    let own = diagonal.select(covariance, &zero)?.reduce(Reduction::Sum, Some(&[1]), false, None, None)?;
    let own = if own.dtype().is_complex() { own.unary(UnaryFunc::Real)? } else { own };
    let deviations = own.unary(UnaryFunc::Sqrt)?;
    let part = covariance.binary(BinaryFunc::Divide, &deviations.expand_dims(&[1])?)?;
    let whole = part.binary(BinaryFunc::Divide, &deviations.expand_dims(&[0])?)?;
    if whole.dtype().is_complex() {
        return Ok(whole);
    }
    let one = |value: f64| Array::scalar(Scalar::F64(value)).cast(whole.dtype());
    whole.binary(BinaryFunc::Maximum, &one(-1.0))?.binary(BinaryFunc::Minimum, &one(1.0))
}

builtins! {
    /// The middle of the elements in order, over all axes or some.
    ///
    /// ```rdk
    /// np.median([[10, 7, 4], [3, 2, 1]], axis=0)
    /// #> array([6.5, 4.5, 2.5])
    /// ```
    fn median[context](
        /// The array.
        a: Operand,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Not supported.
        out: Unsupported,
        /// Has no effect.
        overwrite_input: bool = false,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
    ) -> Result<Value> { let _ = (out, overwrite_input); median(context, &a, &axis, keepdims, false) }

    /// The middle of the elements that are not NaN.
    fn nanmedian[context](
        /// The array.
        a: Operand,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Not supported.
        out: Unsupported,
        /// Has no effect.
        overwrite_input: bool = false,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
    ) -> Result<Value> { let _ = (out, overwrite_input); median(context, &a, &axis, keepdims, true) }

    /// The values below which a part of the elements lies.
    ///
    /// ```rdk
    /// np.quantile([1, 2, 3, 4], [0.25, 0.5])
    /// #> array([1.75, 2.5 ])
    /// ```
    fn quantile[context](
        /// The array.
        a: Operand,
        /// Which part, from 0 to 1: a number or several.
        q: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Not supported.
        out: Unsupported,
        /// Has no effect.
        overwrite_input: bool = false,
        /// Which value it is between two elements.
        method: String = "linear",
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
        /// What each element counts; for `method="inverted_cdf"` only.
        weights: Option<Operand>,
        /// What `method` was called before.
        interpolation: Option<String>,
    ) -> Result<Value> {
        let _ = (out, overwrite_input);
        let method = interpolation.unwrap_or(method);
        let how = Finding { axis: &axis, method: &method, keepdims, skip_nan: false };
        finding(context, &a, &Asked::new(context, &q, 1.0)?, &how, weights.as_ref())
    }

    /// The same of the elements that are not NaN.
    fn nanquantile[context](
        /// The array.
        a: Operand,
        /// Which part, from 0 to 1: a number or several.
        q: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Not supported.
        out: Unsupported,
        /// Has no effect.
        overwrite_input: bool = false,
        /// Which value it is between two elements.
        method: String = "linear",
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
        /// What each element counts; for `method="inverted_cdf"` only.
        weights: Option<Operand>,
        /// What `method` was called before.
        interpolation: Option<String>,
    ) -> Result<Value> {
        let _ = (out, overwrite_input);
        let method = interpolation.unwrap_or(method);
        let how = Finding { axis: &axis, method: &method, keepdims, skip_nan: true };
        finding(context, &a, &Asked::new(context, &q, 1.0)?, &how, weights.as_ref())
    }

    /// The values below which so many of a hundred elements lie, NaN left out.
    fn nanpercentile[context](
        /// The array.
        a: Operand,
        /// How many of a hundred: a number or several.
        q: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Not supported.
        out: Unsupported,
        /// Has no effect.
        overwrite_input: bool = false,
        /// Which value it is between two elements.
        method: String = "linear",
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
        /// What each element counts; for `method="inverted_cdf"` only.
        weights: Option<Operand>,
        /// What `method` was called before.
        interpolation: Option<String>,
    ) -> Result<Value> {
        let _ = (out, overwrite_input);
        let method = interpolation.unwrap_or(method);
        let how = Finding { axis: &axis, method: &method, keepdims, skip_nan: true };
        finding(context, &a, &Asked::new(context, &q, 100.0)?, &how, weights.as_ref())
    }

    /// The mean with weights, over all axes or some.
    ///
    /// ```rdk
    /// np.average([1, 2, 6], weights=[1, 1, 2])
    /// #> 3.75
    /// ```
    fn average[context](
        /// The array.
        a: Operand,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// What each element counts; the same for all if left out.
        weights: Option<Operand>,
        /// Also the sum of the weights?
        returned: bool = false,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
    ) -> Result<Value> { average(context, &a, &axis, weights.as_ref(), returned, keepdims) }

    /// Covariances of variables, which are the rows.
    fn cov[context](
        /// The variables; one if it has one dimension.
        m: Operand,
        /// More variables.
        y: Option<Operand>,
        /// Are the rows the variables, not the columns?
        rowvar: bool = true,
        /// Divide by the count, not by one less?
        bias: bool = false,
        /// What is taken from the count, whatever `bias` says.
        ddof: Option<i64>,
        /// How often each observation was made.
        fweights: Option<Operand>,
        /// How much each observation counts.
        aweights: Option<Operand>,
        /// In which type to compute.
        dtype: Option<DTypeArg>,
    ) -> Result<Value> {
        let how = Estimate { y, rowvar, bias, ddof, fweights, aweights, dtype: dtype.map(|dtype| dtype.0) };
        covariance(context, &m, &how).map(|(covariances, _)| covariances)
    }

    /// Correlations of variables, which are the rows.
    fn corrcoef[context](
        /// The variables; one if it has one dimension.
        x: Operand,
        /// More variables.
        y: Option<Operand>,
        /// Are the rows the variables, not the columns?
        rowvar: bool = true,
        /// In which type to compute.
        dtype: Option<DTypeArg>,
    ) -> Result<Value> {
        let dtype = dtype.map(|dtype| dtype.0);
        let how = Estimate { y, rowvar, bias: false, ddof: None, fweights: None, aweights: None, dtype };
        let (covariances, lazy) = covariance(context, &x, &how)?;
        let covariances = Operand::try_from_value(&covariances)?;
        let correlations = answer(context, correlation(&covariances.array()?)?.named("corrcoef"), lazy)?;
        super::faults::of_sums(context, &covariances, "divide", &correlations)?;
        Ok(correlations)
    }
}

/// `percentile`, which Dask calls otherwise than NumPy.
pub mod numpy {
    use super::*;

    builtins! {
        /// The values below which so many of a hundred elements lie.
        ///
        /// ```rdk
        /// np.percentile([1, 2, 3, 4], 50)
        /// #> 2.5
        /// ```
        fn percentile[context](
            /// The array.
            a: Operand,
            /// How many of a hundred: a number or several.
            q: Value,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Not supported.
            out: Unsupported,
            /// Has no effect.
            overwrite_input: bool = false,
            /// Which value it is between two elements.
            method: String = "linear",
            /// Do the axes stay, with length 1?
            keepdims: bool = false,
            /// What each element counts; for `method="inverted_cdf"` only.
            weights: Option<Operand>,
            /// What `method` was called before.
            interpolation: Option<String>,
        ) -> Result<Value> {
            let _ = (out, overwrite_input);
            let method = interpolation.unwrap_or(method);
            let how = Finding { axis: &axis, method: &method, keepdims, skip_nan: false };
            finding(context, &a, &Asked::new(context, &q, 100.0)?, &how, weights.as_ref())
        }
    }
}

/// `da.percentile`
pub mod dask {
    use super::*;

    builtins! {
        /// The values below which so many of a hundred elements lie; exact.
        ///
        /// ```rdk
        /// da.percentile(da.arange(5, chunks=2), [50, 75]).compute()
        /// #> array([2., 3.])
        /// ```
        fn percentile[context](
            /// The array.
            a: Operand,
            /// How many of a hundred: a number or several.
            q: Value,
            /// Which value it is between two elements.
            method: String = "linear",
            /// Has no effect: the result is exact.
            internal_method: Option<String>,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: bool = false,
            /// What `method` was called before.
            interpolation: Option<String>,
        ) -> Result<Value> {
            let _ = internal_method;
            let method = interpolation.unwrap_or(method);
            let asked = Asked::new(context, &q, 100.0)?;
            quantiles(context, &a, &asked, &Finding { axis: &axis, method: &method, keepdims, skip_nan: false })
        }
    }
}

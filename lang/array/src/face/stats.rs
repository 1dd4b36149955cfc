//! `da.stats`: moments, and tests of what samples have in common.

use rdk_runtime::{Args, Context, FromValue, Keywords, Result, Value, bail, builtins};

use super::operand::Operand;
use crate::array::Array;
use crate::dtype::DType;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;
use crate::statistics::Tail;

/// Arithmetic of lazy arrays and numbers.
pub(super) fn number(value: f64) -> Array {
    Array::scalar(Scalar::F64(value))
}

pub(super) fn add(a: &Array, b: &Array) -> Result<Array> {
    a.binary(BinaryFunc::Add, b)
}

pub(super) fn less(a: &Array, b: &Array) -> Result<Array> {
    a.binary(BinaryFunc::Subtract, b)
}

pub(super) fn times(a: &Array, b: &Array) -> Result<Array> {
    a.binary(BinaryFunc::Multiply, b)
}

pub(super) fn over(a: &Array, b: &Array) -> Result<Array> {
    a.binary(BinaryFunc::Divide, b)
}

pub(super) fn power(a: &Array, exponent: f64) -> Result<Array> {
    match exponent {
        2.0 => times(a, a),
        _ => a.binary(BinaryFunc::Power, &number(exponent)),
    }
}

pub(super) fn check_policy(policy: &str) -> Result<()> {
    if policy != "propagate" {
        bail!(NotImplementedError: "`nan_policy` other than 'propagate' have not been implemented.");
    }
    Ok(())
}

/// A sample: its array in double precision, the axis, and how many there are along it.
pub(super) fn sample(a: &Operand, axis: Option<i64>) -> Result<(Array, usize)> {
    let array = a.array()?;
    let array = match axis {
        None => array.reshape(&[-1])?,
        Some(_) => array,
    };
    let axis = shape::axis(axis.unwrap_or(0), array.ndim())?;
    Ok((array, axis))
}

pub(super) fn mean(array: &Array, axis: usize, keepdims: bool) -> Result<Array> {
    array.reduce(Reduction::Mean, Some(&[axis as i64]), keepdims, None, None)
}

fn variance(array: &Array, axis: usize) -> Result<Array> {
    array.reduce(Reduction::Var { ddof: 1 }, Some(&[axis as i64]), false, None, None)
}

/// The mean of a power of the distances from the mean.
fn moment(array: &Array, order: i64, axis: usize) -> Result<Array> {
    let centred = less(array, &mean(array, axis, true)?)?;
    mean(&power(&centred, order as f64)?, axis, false)
}

/// A moment about the mean, in standard deviations; 0 where all values are the same.
pub(super) fn standardised(array: &Array, axis: usize, order: i64) -> Result<Array> {
    let (second, other) = (moment(array, 2, axis)?, moment(array, order, axis)?);
    let is_zero = second.compare(CompareFunc::Equal, &number(0.0))?;
    is_zero.select(&number(0.0), &over(&other, &power(&second, order as f64 / 2.0)?)?)
}

/// What a test comes to, under the name and with the fields that SciPy gives it; a delayed value.
pub(super) fn result(
    context: &Context,
    name: &str,
    fields: [&str; 2],
    statistic: Array,
    p_value: Array,
) -> Result<Value> {
    let library = &context.shared.library;
    let tuple = library.import("collections")?.get("namedtuple");
    let delayed = library.import("dask")?.get("delayed");
    let (Some(tuple), Some(delayed)) = (tuple, delayed) else {
        bail!(RuntimeError: "delayed calls are not at hand here");
    };
    let fields = Value::list(fields.map(Value::str));
    let class = context.call(&tuple, Args::of([Value::str(name), fields]))?;
    let mut args = Args::one(class);
    args.keywords.push(("nout".into(), Value::Int(2)));
    let function = context.call(&delayed, args)?;
    context.call(&function, Args::of([Value::lazy(statistic), Value::lazy(p_value)]))
}

/// Which entries are there, and none of the others.
fn refuse_others(function: &str, keywords: &Keywords) -> Result<()> {
    match keywords.0.first() {
        Some((name, _)) => bail!(TypeError: "{function}() got an unexpected keyword argument `{name}`"),
        None => Ok(()),
    }
}

fn divergence(
    context: &Context,
    observed: &Operand,
    expected: Option<&Operand>,
    ddof: i64,
    axis: Option<i64>,
    exponent: f64,
) -> Result<Value> {
    let (observed, axis) = sample(observed, axis)?;
    let expected = match expected {
        Some(expected) => expected.array()?,
        None => mean(&observed, axis, true)?,
    };
    let ratio = over(&observed, &expected)?;
    // Nothing times the logarithm of anything is nothing.
    let weighted = |a: &Array, ratio: &Array| -> Result<Array> {
        let is_zero = a.compare(CompareFunc::Equal, &number(0.0))?;
        is_zero.select(&number(0.0), &times(a, &ratio.unary(UnaryFunc::Log)?)?)
    };
    let terms = if exponent == 1.0 {
        over(&power(&less(&observed, &expected)?, 2.0)?, &expected)?
    } else if exponent == 0.0 {
        times(&number(2.0), &weighted(&observed, &ratio)?)?
    } else if exponent == -1.0 {
        times(&number(2.0), &weighted(&expected.cast(DType::F64), &over(&expected, &observed)?)?)?
    } else {
        let terms = times(&observed, &less(&power(&ratio, exponent)?, &number(1.0))?)?;
        over(&terms, &number(0.5 * exponent * (exponent + 1.0)))?
    };
    let n = terms.shape()[axis] as f64;
    let statistic = terms.reduce(Reduction::Sum, Some(&[axis as i64]), false, None, None)?;
    let p_value = Tail::ChiSquared.beyond(&statistic, &number(n - 1.0 - ddof as f64))?;
    result(context, "Power_divergenceResult", ["statistic", "pvalue"], statistic, p_value)
}

builtins! {
    /// The mean of a power of the distances from the mean.
    ///
    /// ```rdk
    /// da.stats.moment(da.arange(5, chunks=2), 2).compute()
    /// #> 2.0
    /// ```
    fn moment(
        /// The sample.
        a: Operand,
        /// Which power.
        moment: i64 = 1,
        /// Along which axis.
        axis: i64 = 0,
        /// What to do with NaN: only "propagate".
        nan_policy: String = "propagate",
    ) -> Result<Value> {
        check_policy(&nan_policy)?;
        let (array, axis) = sample(&a, Some(axis))?;
        Ok(Value::lazy(self::moment(&array, moment, axis)?))
    }

    /// How far a sample leans to one side.
    ///
    /// ```rdk
    /// da.stats.skew(da.from_array([1.0, 2.0, 9.0], chunks=2)).compute().round(4)
    /// #> 0.6655
    /// ```
    fn skew(
        /// The sample.
        a: Operand,
        /// Along which axis.
        axis: i64 = 0,
        /// Only True: the value for a whole population.
        bias: bool = true,
        /// What to do with NaN: only "propagate".
        nan_policy: String = "propagate",
    ) -> Result<Value> {
        check_policy(&nan_policy)?;
        if !bias {
            bail!(NotImplementedError: "bias=False is not implemented.");
        }
        let (array, axis) = sample(&a, Some(axis))?;
        Ok(Value::lazy(standardised(&array, axis, 3)?))
    }

    /// How heavy the ends of a sample's distribution are.
    ///
    /// ```rdk
    /// da.stats.kurtosis(da.arange(5, chunks=2)).compute().round(4)
    /// #> -1.3
    /// ```
    fn kurtosis(
        /// The sample.
        a: Operand,
        /// Along which axis.
        axis: i64 = 0,
        /// Less 3, so that it is 0 for a normal distribution?
        fisher: bool = true,
        /// Only True: the value for a whole population.
        bias: bool = true,
        /// What to do with NaN: only "propagate".
        nan_policy: String = "propagate",
    ) -> Result<Value> {
        check_policy(&nan_policy)?;
        if !bias {
            bail!(NotImplementedError: "bias=False is not implemented.");
        }
        let (array, axis) = sample(&a, Some(axis))?;
        let value = standardised(&array, axis, 4)?;
        Ok(Value::lazy(if fisher { less(&value, &number(3.0))? } else { value }))
    }

    /// Do two independent samples have the same mean?
    ///
    /// ```rdk
    /// t, p = da.stats.ttest_ind(da.arange(5, chunks=2), da.arange(1, 6, chunks=2))
    /// t.compute()
    /// #> -1.0
    /// ```
    fn ttest_ind[context](
        /// The one.
        a: Operand,
        /// The other.
        b: Operand,
        /// Along which axis.
        axis: i64 = 0,
        /// Do both have the same variance?
        equal_var: bool = true,
    ) -> Result<Value> {
        let ((a, at), (b, bt)) = (sample(&a, Some(axis))?, sample(&b, Some(axis))?);
        let (v1, v2) = (variance(&a, at)?, variance(&b, bt)?);
        let (n1, n2) = (a.shape()[at] as f64, b.shape()[bt] as f64);
        let (freedom, below) = if equal_var {
            let freedom = n1 + n2 - 2.0;
            let pooled = add(&times(&number(n1 - 1.0), &v1)?, &times(&number(n2 - 1.0), &v2)?)?;
            let pooled = over(&pooled, &number(freedom))?;
            (number(freedom), times(&pooled, &number(1.0 / n1 + 1.0 / n2))?.unary(UnaryFunc::Sqrt)?)
        } else {
            let (one, two) = (over(&v1, &number(n1))?, over(&v2, &number(n2))?);
            let both = add(&one, &two)?;
            let shares = add(&over(&power(&one, 2.0)?, &number(n1 - 1.0))?, &over(&power(&two, 2.0)?, &number(n2 - 1.0))?)?;
            let freedom = over(&power(&both, 2.0)?, &shares)?;
            let is_nothing = freedom.unary(UnaryFunc::IsNan)?;
            (is_nothing.select(&number(1.0), &freedom)?, both.unary(UnaryFunc::Sqrt)?)
        };
        let statistic = over(&less(&mean(&a, at, false)?, &mean(&b, bt, false)?)?, &below)?;
        let p_value = Tail::Student.beyond(&statistic, &freedom)?;
        result(context, "Ttest_indResult", ["statistic", "pvalue"], statistic, p_value)
    }

    /// Does a sample have this mean?
    fn ttest_1samp[context](
        /// The sample.
        a: Operand,
        /// The mean.
        popmean: Operand,
        /// Along which axis.
        axis: i64 = 0,
        /// What to do with NaN: only "propagate".
        nan_policy: String = "propagate",
    ) -> Result<Value> {
        check_policy(&nan_policy)?;
        let (a, at) = sample(&a, Some(axis))?;
        let n = a.shape()[at] as f64;
        let below = over(&variance(&a, at)?, &number(n))?.unary(UnaryFunc::Sqrt)?;
        let statistic = over(&less(&mean(&a, at, false)?, &popmean.array()?)?, &below)?;
        let p_value = Tail::Student.beyond(&statistic, &number(n - 1.0))?;
        result(context, "Ttest_1sampResult", ["statistic", "pvalue"], statistic, p_value)
    }

    /// Do two samples of pairs have the same mean?
    fn ttest_rel[context](
        /// The one.
        a: Operand,
        /// The other.
        b: Operand,
        /// Along which axis.
        axis: i64 = 0,
        /// What to do with NaN: only "propagate".
        nan_policy: String = "propagate",
    ) -> Result<Value> {
        check_policy(&nan_policy)?;
        let (a, at) = sample(&a, Some(axis))?;
        let n = a.shape()[at] as f64;
        let away = less(&a, &b.array()?)?.cast(DType::F64);
        let below = over(&variance(&away, at)?, &number(n))?.unary(UnaryFunc::Sqrt)?;
        let statistic = over(&mean(&away, at, false)?, &below)?;
        let p_value = Tail::Student.beyond(&statistic, &number(n - 1.0))?;
        result(context, "Ttest_relResult", ["statistic", "pvalue"], statistic, p_value)
    }

    /// Are these the frequencies that were expected?
    ///
    /// ```rdk
    /// s, p = da.stats.chisquare(da.from_array([16, 18, 16, 14, 12, 12], chunks=3))
    /// s.compute()
    /// #> 2.0
    /// ```
    fn chisquare[context](
        /// The frequencies.
        f_obs: Operand,
        /// What was expected; the same for all if left out.
        f_exp: Option<Operand>,
        /// What is taken from the degrees of freedom.
        ddof: i64 = 0,
        /// Along which axis; all in one row if None.
        axis: Option<i64> = 0,
    ) -> Result<Value> { divergence(context, &f_obs, f_exp.as_ref(), ddof, axis, 1.0) }

    /// The same by another measure of how far frequencies are apart.
    fn power_divergence[context](
        /// The frequencies.
        f_obs: Operand,
        /// What was expected; the same for all if left out.
        f_exp: Option<Operand>,
        /// What is taken from the degrees of freedom.
        ddof: i64 = 0,
        /// Along which axis; all in one row if None.
        axis: Option<i64> = 0,
        /// The exponent, or its name.
        lambda_: Option<Value>,
        /// None others.
        kwargs: Keywords,
    ) -> Result<Value> {
        refuse_others("power_divergence", &kwargs)?;
        let exponent = match &lambda_ {
            None => 1.0,
            Some(Value::Str(name)) => match &**name {
                "pearson" => 1.0,
                "log-likelihood" => 0.0,
                "freeman-tukey" => -0.5,
                "mod-log-likelihood" => -1.0,
                "neyman" => -2.0,
                "cressie-read" => 2.0 / 3.0,
                _ => bail!("invalid string for lambda_: '{name}'"),
            },
            Some(number) => f64::try_from_value(number)?,
        };
        divergence(context, &f_obs, f_exp.as_ref(), ddof, axis, exponent)
    }
}

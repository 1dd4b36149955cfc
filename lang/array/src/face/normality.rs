//! `da.stats`: is a sample normal, do several have the same mean?

use rdk_runtime::{Context, Rest, Result, Value, bail, builtins};

use super::operand::Operand;
use super::stats::{add, check_policy, less, mean, number, over, power, result, sample, standardised, times};
use crate::array::Array;
use crate::kernel::{CompareFunc, Reduction, UnaryFunc};
use crate::statistics::Tail;

fn root(a: &Array) -> Result<Array> {
    a.unary(UnaryFunc::Sqrt)
}

/// How far the skewness is from that of a normal distribution, in standard deviations: D'Agostino (1970), as SciPy has it.
fn skewness(array: &Array, axis: usize) -> Result<Array> {
    let n = array.shape()[axis] as f64;
    if n < 8.0 {
        bail!("skewtest is not valid with less than 8 samples; {n} samples were given.");
    }
    let y = times(&standardised(array, axis, 3)?, &number(((n + 1.0) * (n + 3.0) / (6.0 * (n - 2.0))).sqrt()))?;
    let beta =
        3.0 * (n * n + 27.0 * n - 70.0) * (n + 1.0) * (n + 3.0) / ((n - 2.0) * (n + 5.0) * (n + 7.0) * (n + 9.0));
    let square = -1.0 + (2.0 * (beta - 1.0)).sqrt();
    let delta = 1.0 / (0.5 * square.ln()).sqrt();
    let alpha = (2.0 / (square - 1.0)).sqrt();
    let y = y.compare(CompareFunc::Equal, &number(0.0))?.select(&number(1.0), &y)?;
    let share = over(&y, &number(alpha))?;
    let inner = add(&share, &root(&add(&power(&share, 2.0)?, &number(1.0))?)?)?;
    times(&number(delta), &inner.unary(UnaryFunc::Log)?)
}

/// The same of the kurtosis: Anscombe and Glynn (1983), as SciPy has it.
fn tailedness(array: &Array, axis: usize) -> Result<Array> {
    let n = array.shape()[axis] as f64;
    if n < 5.0 {
        bail!("kurtosistest requires at least 5 observations; {n} observations were given.");
    }
    let expected = 3.0 * (n - 1.0) / (n + 1.0);
    let variance = 24.0 * n * (n - 2.0) * (n - 3.0) / ((n + 1.0) * (n + 1.0) * (n + 3.0) * (n + 5.0));
    let x = over(&less(&standardised(array, axis, 4)?, &number(expected))?, &number(variance.sqrt()))?;
    let beta = 6.0 * (n * n - 5.0 * n + 2.0) / ((n + 7.0) * (n + 9.0))
        * (6.0 * (n + 3.0) * (n + 5.0) / (n * (n - 2.0) * (n - 3.0))).sqrt();
    let a = 6.0 + 8.0 / beta * (2.0 / beta + (1.0 + 4.0 / (beta * beta)).sqrt());
    let below = add(&times(&x, &number((2.0 / (a - 4.0)).sqrt()))?, &number(1.0))?;
    // A cube root that keeps the sign.
    let ratio = over(&number(1.0 - 2.0 / a), &below.unary(UnaryFunc::Absolute)?)?;
    let term = times(&below.unary(UnaryFunc::Sign)?, &power(&ratio, 1.0 / 3.0)?)?;
    let first = number(1.0 - 2.0 / (9.0 * a));
    let z = over(&less(&first, &term)?, &number((2.0 / (9.0 * a)).sqrt()))?;
    below.compare(CompareFunc::Equal, &number(0.0))?.select(&number(f64::NAN), &z)
}

/// The sample of a test, and the axis that it lies along.
fn tested(a: &Operand, axis: i64, nan_policy: &str) -> Result<(Array, usize)> {
    check_policy(nan_policy)?;
    sample(a, Some(axis))
}

fn by_normal(context: &Context, name: &str, z: Array) -> Result<Value> {
    let p_value = Tail::Normal.beyond(&z, &number(0.0))?;
    result(context, name, ["statistic", "pvalue"], z, p_value)
}

fn total(array: &Array) -> Result<Array> {
    array.reduce(Reduction::Sum, Some(&[0]), false, None, None)
}

builtins! {
    /// Does a sample lean to one side more than a normal one would?
    ///
    /// ```rdk
    /// z, p = da.stats.skewtest(da.from_array([1.0, 2, 3, 4, 5, 6, 7, 8], chunks=3))
    /// z.compute().round(3), p.compute().round(3)
    /// #> (1.011, 0.312)
    /// ```
    fn skewtest[context](
        /// The sample; 8 values at least.
        a: Operand,
        /// Along which axis.
        axis: i64 = 0,
        /// What to do with NaN: only "propagate".
        nan_policy: String = "propagate",
    ) -> Result<Value> {
        let (array, axis) = tested(&a, axis, &nan_policy)?;
        by_normal(context, "SkewtestResult", skewness(&array, axis)?)
    }

    /// Are the ends of a sample's distribution as heavy as those of a normal one?
    fn kurtosistest[context](
        /// The sample; 5 values at least.
        a: Operand,
        /// Along which axis.
        axis: i64 = 0,
        /// What to do with NaN: only "propagate".
        nan_policy: String = "propagate",
    ) -> Result<Value> {
        let (array, axis) = tested(&a, axis, &nan_policy)?;
        by_normal(context, "KurtosistestResult", tailedness(&array, axis)?)
    }

    /// Is a sample normal, by its skewness and kurtosis together?
    fn normaltest[context](
        /// The sample; 8 values at least.
        a: Operand,
        /// Along which axis.
        axis: i64 = 0,
        /// What to do with NaN: only "propagate".
        nan_policy: String = "propagate",
    ) -> Result<Value> {
        let (array, axis) = tested(&a, axis, &nan_policy)?;
        let statistic = add(&power(&skewness(&array, axis)?, 2.0)?, &power(&tailedness(&array, axis)?, 2.0)?)?;
        let p_value = Tail::ChiSquared.beyond(&statistic, &number(2.0))?;
        result(context, "NormaltestResult", ["statistic", "pvalue"], statistic, p_value)
    }

    /// Do several samples have the same mean?
    ///
    /// ```rdk
    /// f, p = da.stats.f_oneway(da.arange(5, chunks=2), da.arange(2, 7, chunks=2))
    /// f.compute(), p.compute().round(4)
    /// #> (4.0, 0.0805)
    /// ```
    fn f_oneway[context](
        /// The samples.
        args: Rest,
    ) -> Result<Value> {
        let samples = args.0.iter().map(|value| sample(&<Operand as rdk_runtime::FromValue>::try_from_value(value)?, Some(0)));
        let samples = samples.collect::<Result<Vec<_>>>()?;
        if samples.len() < 2 {
            bail!(TypeError: "at least two inputs are required; got {}", samples.len());
        }
        let arrays: Vec<Array> = samples.into_iter().map(|(array, _)| array).collect();
        let n: usize = arrays.iter().map(|array| array.shape()[0]).sum();
        let all = Array::concatenate(&arrays, 0)?;
        let middle = mean(&all, 0, true)?;
        let whole = total(&power(&less(&all, &middle)?, 2.0)?)?;
        let mut between: Option<Array> = None;
        for array in &arrays {
            let away = power(&total(&less(array, &middle)?)?, 2.0)?;
            let part = over(&away, &number(array.shape()[0] as f64))?;
            between = Some(between.map_or(Ok(part.clone()), |sum| add(&sum, &part))?);
        }
        let Some(between) = between else { bail!(RuntimeError: "internal error: no samples") };
        let (above, freedom) = (arrays.len() - 1, n - arrays.len());
        let within = over(&less(&whole, &between)?, &number(freedom as f64))?;
        let statistic = over(&over(&between, &number(above as f64))?, &within)?;
        let p_value = Tail::Fisher(above as u64).beyond(&statistic, &number(freedom as f64))?;
        result(context, "F_onewayResult", ["statistic", "pvalue"], statistic, p_value)
    }
}

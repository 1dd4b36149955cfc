//! `numpy.testing`: assertions about arrays, for those who check what they computed.

mod raising;
mod verdict;

use std::sync::Arc;

use rdk_runtime::operators::{compare, truth};
use rdk_runtime::{Context, Module, Result, Value, bail, builtins, error, show};
use rdk_syntax::tree::CompareOp;

use super::modules::{Entries, placed};
use super::operand::Operand;
use crate::eager::NdArray;
use verdict::{Comparison, Relation, failure, operands};

/// `numpy.testing`
pub fn modules() -> Vec<Arc<Module>> {
    vec![Module::new("numpy.testing", "Assertions about arrays.", entries)]
}

fn entries() -> Entries {
    let mut names = placed(builtins());
    names.extend(placed(raising::builtins()));
    names
}

/// Those of `dask.array`: `assert_eq` of `dask.array.utils`.
pub fn of_dask() -> Entries {
    placed(dask::builtins())
}

/// An array, a lazy one, or one of NumPy's numbers with axes.
fn is_array(value: &Value) -> bool {
    value.get::<NdArray>().is_some() || matches!(value, Value::Lazy(_))
}

fn entries_of(value: &Value) -> Option<Vec<(Value, Value)>> {
    match value {
        Value::Dict(dict) => {
            Some(dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect())
        }
        _ => None,
    }
}

/// Fails if two things are not equal: arrays by their elements, dicts, lists and tuples by their items.
fn equal(context: &Context, actual: &Value, desired: &Value, remark: &str, verbose: bool, strict: bool) -> Result<()> {
    const HEADER: &str = "Items are not equal:";
    let unequal = |remark: &str, actual: &Value, desired: &Value| {
        Err(failure(HEADER, remark, verbose, vec![actual.repr(), desired.repr()], ["ACTUAL", "DESIRED"]))
    };
    if let (Some(own), Some(wanted)) = (entries_of(actual), entries_of(desired)) {
        if own.len() != wanted.len() {
            return unequal(remark, &Value::from(own.len()), &Value::from(wanted.len()));
        }
        for (key, wanted) in &wanted {
            let mut found = None;
            for (other, value) in &own {
                if truth(context, &compare(context, CompareOp::Eq, other, key)?)? {
                    found = Some(value);
                }
            }
            let Some(found) = found else {
                bail!(AssertionError: "{}", key.repr(); hint: "`actual` has no such key");
            };
            context
                .nested(|| equal(context, found, wanted, &format!("key={}\n{remark}", key.repr()), verbose, false))?;
        }
        return Ok(());
    }
    if let (Value::List(_) | Value::Tuple(_), Value::List(_) | Value::Tuple(_)) = (actual, desired) {
        let (own, wanted) = (actual.items().unwrap_or_default(), desired.items().unwrap_or_default());
        if own.len() != wanted.len() {
            return unequal(remark, &Value::from(own.len()), &Value::from(wanted.len()));
        }
        for (at, (own, wanted)) in own.iter().zip(&wanted).enumerate() {
            context.nested(|| equal(context, own, wanted, &format!("item={at}\n{remark}"), verbose, false))?;
        }
        return Ok(());
    }
    if is_array(actual) || is_array(desired) {
        let comparison = Comparison::new(Relation::Equal, "Arrays are not equal", remark, verbose);
        let (a, b) = operands(actual, desired)?;
        return Comparison { strict, ..comparison }.check(context, &a, &b);
    }
    if truth(context, &compare(context, CompareOp::Eq, actual, desired)?)? || both_nan(actual, desired) {
        return Ok(());
    }
    unequal(remark, actual, desired)
}

fn both_nan(a: &Value, b: &Value) -> bool {
    let nan = |value: &Value| value.as_f64().is_some_and(f64::is_nan);
    nan(a) && nan(b)
}

fn number(value: &Value) -> Option<f64> {
    value.plain_number().as_ref().unwrap_or(value).as_f64()
}

/// Fails if two arrays are further apart than so many decimals.
fn almost(context: &Context, actual: &Value, desired: &Value, decimal: i64, remark: &str, verbose: bool) -> Result<()> {
    let header = format!("Arrays are not almost equal to {decimal} decimals");
    let (a, b) = operands(actual, desired)?;
    Comparison::new(Relation::Decimals(decimal), header, remark, verbose).check(context, &a, &b)
}

builtins! {
    /// Fails where two arrays are further apart than a tolerance allows.
    ///
    /// ```rdk
    /// np.testing.assert_allclose([1.0, 2.0], [1.0, 2.0 + 1e-12])
    /// np.testing.assert_allclose(da.ones(3, chunks=2) / 3, 0.333, rtol=0.01)
    /// ```
    fn assert_allclose[context](
        /// What has been computed; lazy arrays are computed.
        actual: Value,
        /// What it should be.
        desired: Value,
        /// How much of `desired` they may differ.
        rtol: f64 = 1e-07,
        /// How much they may differ in any case.
        atol: f64 = 0.0,
        /// Is NaN the same as NaN?
        equal_nan: bool = true,
        /// What to say first.
        err_msg: String = "",
        /// Are both arrays shown?
        verbose: bool = true,
        /// Have shapes and types to be the same, too?
        strict: bool = false,
    ) -> Result<()> {
        let header = format!("Not equal to tolerance rtol={}, atol={}", short(rtol), short(atol));
        let comparison = Comparison::new(Relation::Close { rtol, atol }, header, &err_msg, verbose);
        let (a, b) = operands(&actual, &desired)?;
        Comparison { equal_nan, strict, ..comparison }.check(context, &a, &b)
    }

    /// Fails where two arrays are not equal.
    ///
    /// ```rdk
    /// np.testing.assert_array_equal(da.arange(3, chunks=2), [0, 1, 2])
    /// ```
    fn assert_array_equal[context](
        /// What has been computed; lazy arrays are computed.
        actual: Value,
        /// What it should be.
        desired: Value,
        /// What to say first.
        err_msg: String = "",
        /// Are both arrays shown?
        verbose: bool = true,
        /// Have shapes and types to be the same, too?
        strict: bool = false,
    ) -> Result<()> {
        let comparison = Comparison::new(Relation::Equal, "Arrays are not equal", &err_msg, verbose);
        let (a, b) = operands(&actual, &desired)?;
        Comparison { strict, ..comparison }.check(context, &a, &b)
    }

    /// Fails if two things are not equal: arrays, numbers, texts, and lists and dicts of them.
    ///
    /// ```rdk
    /// np.testing.assert_equal({"a": [1, np.nan]}, {"a": [1, np.nan]})
    /// ```
    fn assert_equal[context](
        /// What has been computed.
        actual: Value,
        /// What it should be.
        desired: Value,
        /// What to say first.
        err_msg: String = "",
        /// Are both shown?
        verbose: bool = true,
        /// Have shapes and types of arrays to be the same, too?
        strict: bool = false,
    ) -> Result<()> { equal(context, &actual, &desired, &err_msg, verbose, strict) }

    /// Fails if two numbers or arrays are further apart than so many decimals.
    fn assert_almost_equal[context](
        /// What has been computed.
        actual: Value,
        /// What it should be.
        desired: Value,
        /// How many decimals.
        decimal: i64 = 7,
        /// What to say first.
        err_msg: String = "",
        /// Are both shown?
        verbose: bool = true,
    ) -> Result<()> {
        let (Some(a), Some(b)) = (number(&actual), number(&desired)) else {
            return almost(context, &actual, &desired, decimal, &err_msg, verbose);
        };
        let most = 1.5 * 10f64.powi(-decimal.clamp(-400, 400) as i32);
        if a == b || a.is_nan() && b.is_nan() || (b - a).abs() < most {
            return Ok(());
        }
        let header = format!("Arrays are not almost equal to {decimal} decimals");
        Err(failure(&header, &err_msg, verbose, vec![actual.repr(), desired.repr()], ["ACTUAL", "DESIRED"]))
    }

    /// Fails where two arrays are further apart than so many decimals.
    fn assert_array_almost_equal[context](
        /// What has been computed.
        actual: Value,
        /// What it should be.
        desired: Value,
        /// How many decimals.
        decimal: i64 = 6,
        /// What to say first.
        err_msg: String = "",
        /// Are both arrays shown?
        verbose: bool = true,
    ) -> Result<()> { almost(context, &actual, &desired, decimal, &err_msg, verbose) }

    /// Fails where elements of one array are not smaller than those of another.
    fn assert_array_less[context](
        /// The smaller one.
        x: Value,
        /// The larger one.
        y: Value,
        /// What to say first.
        err_msg: String = "",
        /// Are both arrays shown?
        verbose: bool = true,
        /// Have shapes and types to be the same, too?
        strict: bool = false,
    ) -> Result<()> {
        let comparison = Comparison::new(Relation::Less, "Arrays are not strictly ordered `x < y`", &err_msg, verbose);
        let (a, b) = operands(&x, &y)?;
        Comparison { strict, names: ["x", "y"], ..comparison }.check(context, &a, &b)
    }

    /// Fails if two numbers differ in their first digits.
    fn assert_approx_equal(
        /// What has been computed.
        actual: Value,
        /// What it should be.
        desired: Value,
        /// How many digits.
        significant: i64 = 7,
        /// What to say first.
        err_msg: String = "",
        /// Are both shown?
        verbose: bool = true,
    ) -> Result<()> {
        let (Some(a), Some(b)) = (number(&actual), number(&desired)) else {
            bail!(TypeError: "expected two numbers, got {} and {}", show::text(&actual), show::text(&desired); hint: "`assert_allclose` compares arrays");
        };
        if a == b || a.is_nan() && b.is_nan() {
            return Ok(());
        }
        let scale = 10f64.powf((0.5 * (a.abs() + b.abs())).log10().floor());
        let most = 10f64.powi(-(significant.clamp(-400, 400) as i32 - 1));
        if a.is_finite() && b.is_finite() && (b / scale - a / scale).abs() < most {
            return Ok(());
        }
        let header = format!("Items are not equal to {significant} significant digits:");
        Err(failure(&header, &err_msg, verbose, vec![actual.repr(), desired.repr()], ["ACTUAL", "DESIRED"]))
    }

    /// Fails if two texts differ.
    fn assert_string_equal(/** What has been computed. */ actual: String, /** What it should be. */ desired: String) -> Result<()> {
        if actual == desired { Ok(()) } else { bail!(AssertionError: "Differences in strings:\n- {actual}\n+ {desired}") }
    }

    /// Fails if something does not hold.
    fn assert_[context](/** What should hold. */ val: Value, /** What to say. */ msg: String = "") -> Result<()> {
        if truth(context, &val)? { Ok(()) } else { Err(error!(AssertionError: "{msg}")) }
    }
}

/// A number as `%g` gives it: `1e-07`, `0.1`, `0`.
fn short(number: f64) -> String {
    let text = show::text(&Value::Float(number));
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

mod dask {
    use super::*;

    builtins! {
        /// Fails if two arrays, lazy or not, differ in shape, type or elements.
        ///
        /// ```rdk
        /// da.assert_eq(da.ones(3, chunks=2) + 1, np.full(3, 2.0))
        /// #> True
        /// ```
        fn assert_eq[context](
            /// One array.
            a: Operand,
            /// The other.
            b: Operand,
            /// Have shapes to be the same?
            check_shape: bool = true,
            /// Has no effect.
            check_graph: bool = true,
            /// Has no effect.
            check_meta: bool = true,
            /// Has no effect.
            check_chunks: bool = true,
            /// Has no effect.
            check_ndim: bool = true,
            /// Have types to be the same?
            check_type: bool = true,
            /// Have types to be the same?
            check_dtype: bool = true,
            /// Is NaN the same as NaN?
            equal_nan: bool = true,
            /// Has no effect.
            scheduler: Option<Value>,
            /// `rtol` and `atol`.
            kwargs: rdk_runtime::Keywords,
        ) -> Result<bool> {
            let _ = (check_graph, check_meta, check_chunks, check_ndim, check_type, scheduler);
            let (mut rtol, mut atol) = (1e-5, 1e-8);
            for (name, value) in kwargs.0 {
                let number = <f64 as rdk_runtime::FromValue>::try_from_value(&value);
                match &*name {
                    "rtol" => rtol = number?,
                    "atol" => atol = number?,
                    _ => bail!(TypeError: "assert_eq() got an unexpected keyword argument `{name}`"; hint: "it takes `rtol` and `atol`"),
                }
            }
            if check_dtype && a.dtype() != b.dtype() {
                bail!(AssertionError: "a and b have different dtypes: (a: {}, b: {})", a.dtype(), b.dtype(); hint: "`check_dtype=False` leaves types out");
            }
            let header = format!("Not equal to tolerance rtol={}, atol={}", short(rtol), short(atol));
            let comparison = Comparison::new(Relation::Close { rtol, atol }, header, "", true);
            Comparison { equal_nan, strict: check_shape && check_dtype, ..comparison }.check(context, &a, &b)?;
            Ok(true)
        }
    }
}

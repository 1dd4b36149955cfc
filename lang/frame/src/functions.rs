//! Functions of elements that DataFusion does not have, or has otherwise than pandas.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, new_empty_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::error::Result as FusionResult;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use parking_lot::RwLock;
use rdk_syntax::Place;
use rustc_hash::FxHashMap;

use crate::errors::carried;
use crate::place::placed;

/// Arithmetic as Python does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `a / b`, as floats; 0 / 0 is missing.
    Divide,
    /// `a // b`
    FloorDivide,
    /// `a % b`, with the sign of `b`.
    Modulo,
    /// `a ** b`
    Power,
}

impl Arithmetic {
    /// All of them.
    pub const ALL: [Arithmetic; 4] =
        [Arithmetic::Divide, Arithmetic::FloorDivide, Arithmetic::Modulo, Arithmetic::Power];

    /// Its name in plans.
    pub fn name(self) -> &'static str {
        match self {
            Arithmetic::Divide => "divide",
            Arithmetic::FloorDivide => "floor_divide",
            Arithmetic::Modulo => "modulo",
            Arithmetic::Power => "power_of",
        }
    }

    /// As an expression.
    pub fn call(self, left: Expr, right: Expr) -> Expr {
        let signature = Signature::any(2, Volatility::Immutable);
        let place = crate::place::here();
        ScalarUDF::from(ArithmeticFunction { which: self, signature, place }).call(vec![left, right])
    }

    fn floats(self, a: f64, b: f64) -> f64 {
        match self {
            Arithmetic::Divide => a / b,
            Arithmetic::FloorDivide if b == 0.0 => a / b,
            Arithmetic::FloorDivide => {
                // By the rest, so that `7.0 // 0.1` and an infinity are as in Python.
                let rest = a % b;
                let whole = (a - rest) / b - f64::from(rest != 0.0 && (rest < 0.0) != (b < 0.0));
                if whole == 0.0 { 0f64.copysign(a / b) } else { whole.round() }
            }
            Arithmetic::Modulo => {
                let rest = a % b;
                if rest == 0.0 {
                    // Nothing is left over: with the sign of `b`, as NumPy has it.
                    0f64.copysign(b)
                } else if (rest < 0.0) != (b < 0.0) {
                    rest + b
                } else {
                    rest
                }
            }
            Arithmetic::Power => a.powf(b),
        }
    }

    /// Whole numbers stay whole, but where that cannot be.
    fn ints(self, a: i64, b: i64) -> rdk_runtime::Result<Option<i64>> {
        Ok(match self {
            Arithmetic::Divide => None,
            Arithmetic::FloorDivide if b == 0 => rdk_runtime::bail!(
                ZeroDivisionError: "{a} // 0 in a column of whole numbers";
                hint: "`.astype(float)` makes floats of them first, which have an infinity"
            ),
            Arithmetic::FloorDivide => {
                Some(a.wrapping_div_euclid(b) - i64::from(b < 0 && a.wrapping_rem_euclid(b) != 0))
            }
            Arithmetic::Modulo if b == 0 => None,
            Arithmetic::Modulo => {
                let rest = a.wrapping_rem(b);
                Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
            }
            Arithmetic::Power if b < 0 => return Err(negative_power()),
            // A power that does not fit begins anew where the numbers end, however high it is.
            Arithmetic::Power => match u32::try_from(b) {
                Ok(b) => Some(a.wrapping_pow(b)),
                Err(_) => Some(match a {
                    0 | 1 => a,
                    -1 => {
                        if b % 2 == 0 {
                            1
                        } else {
                            -1
                        }
                    }
                    a if a % 2 == 0 => 0,
                    a => odd_power(a, b),
                }),
            },
        })
    }
}

fn odd_power(mut base: i64, mut exponent: i64) -> i64 {
    let mut power = 1i64;
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = power.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent /= 2;
    }
    power
}

/// NumPy's error: whole numbers have no parts.
pub fn negative_power() -> rdk_runtime::Error {
    rdk_runtime::error!("Integers to negative integer powers are not allowed.")
        .hint("`.astype(float)` makes floats of them first; or write the power as a float: `-1.0`")
}

/// [`Arithmetic`] as a function of DataFusion's.
#[derive(Debug)]
struct ArithmeticFunction {
    which: Arithmetic,
    signature: Signature,
    /// Where in the user's text it is asked for.
    place: Option<Place>,
}

impl PartialEq for ArithmeticFunction {
    fn eq(&self, other: &ArithmeticFunction) -> bool {
        self.which == other.which
    }
}

impl Eq for ArithmeticFunction {}

impl std::hash::Hash for ArithmeticFunction {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.which.hash(state);
    }
}

impl ScalarUDFImpl for ArithmeticFunction {
    fn name(&self) -> &str {
        self.which.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> FusionResult<DataType> {
        let whole = types.iter().all(DataType::is_integer) && self.which != Arithmetic::Divide;
        Ok(if whole { DataType::Int64 } else { DataType::Float64 })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> FusionResult<ColumnarValue> {
        let n = args.number_rows;
        let result: ArrayRef = if *args.return_type() == DataType::Int64 {
            let (a, b) = (numbers(&args.args[0], n, &DataType::Int64)?, numbers(&args.args[1], n, &DataType::Int64)?);
            let (a, b) = (a.as_primitive::<Int64Type>(), b.as_primitive::<Int64Type>());
            let value = |(a, b): (Option<i64>, Option<i64>)| match (a, b) {
                (Some(a), Some(b)) => self.which.ints(a, b),
                _ => Ok(None),
            };
            let values = a.iter().zip(b).map(value).collect::<rdk_runtime::Result<Int64Array>>();
            Arc::new(values.map_err(|error| carried(placed(error, &self.place)))?)
        } else {
            let (a, b) =
                (numbers(&args.args[0], n, &DataType::Float64)?, numbers(&args.args[1], n, &DataType::Float64)?);
            let (a, b) = (a.as_primitive::<Float64Type>(), b.as_primitive::<Float64Type>());
            let value = |(a, b): (Option<f64>, Option<f64>)| Some(self.which.floats(a?, b?)).filter(|x| !x.is_nan());
            Arc::new(a.iter().zip(b).map(value).collect::<Float64Array>())
        };
        Ok(ColumnarValue::Array(result))
    }
}

fn numbers(value: &ColumnarValue, n: usize, wanted: &DataType) -> FusionResult<ArrayRef> {
    Ok(cast(&value.clone().into_array(n)?, wanted)?)
}

/// A function of the elements of one column, by name.
#[derive(Clone, Debug)]
pub struct Elementwise {
    /// Which: it stands in plans with its parameters.
    pub name: String,
    /// What it gives.
    pub gives: DataType,
    /// Does it.
    pub apply: ElementFunction,
    /// What it needs to know besides.
    pub parameters: Vec<String>,
}

/// The work of an [`Elementwise`] function on a column, with its parameters.
pub type ElementFunction = fn(&ArrayRef, &[String]) -> rdk_runtime::Result<ArrayRef>;

/// Functions that have been called in this process, by their name and the number of their parameters: a plan that travels names them
/// only.
static KNOWN: LazyLock<RwLock<FxHashMap<(String, usize), ElementFunction>>> = LazyLock::new(Default::default);

/// An own function as bytes; nothing for one of DataFusion's, which goes by its name.
pub fn encoded(function: &ScalarUDF) -> Vec<u8> {
    let any: &dyn Any = &**function.inner();
    let Some(own) = any.downcast_ref::<ElementwiseFunction>() else { return Vec::new() };
    let Elementwise { name, gives, parameters, .. } = &own.function;
    let gives = new_empty_array(gives);
    let gives = crate::batches::column_written(&gives).unwrap_or_default();
    postcard::to_stdvec(&(name, gives, parameters)).unwrap_or_default()
}

/// The function that was written so.
pub fn decoded(name: &str, bytes: &[u8]) -> rdk_runtime::Result<Arc<ScalarUDF>> {
    if let Some(which) = Arithmetic::ALL.into_iter().find(|which| which.name() == name) {
        let signature = Signature::any(2, Volatility::Immutable);
        return Ok(Arc::new(ScalarUDF::from(ArithmeticFunction { which, signature, place: None })));
    }
    let (name, gives, parameters): (String, Vec<u8>, Vec<String>) = crate::lower::read(bytes)?;
    let Some(apply) = KNOWN.read().get(&(name.clone(), parameters.len())).copied() else {
        rdk_runtime::bail!("the function `{name}` is not known in this process");
    };
    let gives = crate::batches::column_read(&gives)?.data_type().clone();
    let function = Elementwise { name, gives, apply, parameters };
    Ok(Arc::new(function.into_function(None)))
}

impl Elementwise {
    /// As an expression.
    pub fn call(self, of: Expr) -> Expr {
        KNOWN.write().entry((self.name.clone(), self.parameters.len())).or_insert(self.apply);
        self.into_function(crate::place::here()).call(vec![of])
    }

    fn into_function(self, place: Option<Place>) -> ScalarUDF {
        let signature = Signature::any(1, Volatility::Immutable);
        let shown = match self.parameters.is_empty() {
            true => self.name.clone(),
            false => format!("{}[{}]", self.name, shown(&self.parameters)),
        };
        ScalarUDF::from(ElementwiseFunction { function: self, shown, signature, place })
    }
}

/// Parameters as a plan shows them: what is long or no plain text by its hash.
fn shown(parameters: &[String]) -> String {
    const LONG: usize = 200;
    let all = parameters.join(", ");
    match all.len() > LONG || all.contains(char::is_control) {
        true => rdk_graph::Tokenizer::new("parameters").data(&parameters).finish().to_string(),
        false => all,
    }
}

#[derive(Debug)]
struct ElementwiseFunction {
    function: Elementwise,
    shown: String,
    signature: Signature,
    /// Where in the user's text it is asked for.
    place: Option<Place>,
}

impl PartialEq for ElementwiseFunction {
    fn eq(&self, other: &ElementwiseFunction) -> bool {
        self.shown == other.shown && self.function.gives == other.function.gives
    }
}

impl Eq for ElementwiseFunction {}

impl std::hash::Hash for ElementwiseFunction {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.shown.hash(state);
    }
}

impl ScalarUDFImpl for ElementwiseFunction {
    fn name(&self) -> &str {
        &self.shown
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> FusionResult<DataType> {
        Ok(self.function.gives.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> FusionResult<ColumnarValue> {
        let column = args.args[0].clone().into_array(args.number_rows)?;
        let result = (self.function.apply)(&column, &self.function.parameters);
        Ok(ColumnarValue::Array(result.map_err(|error| carried(placed(error, &self.place)))?))
    }
}

/// An own function, if the expression calls one.
pub fn own(function: &ScalarUDF) -> bool {
    let any: &dyn Any = &**function.inner();
    any.is::<ArithmeticFunction>() || any.is::<ElementwiseFunction>()
}

/// Values as texts, as `str(x)` has them; times of a column that are all days as days.
pub fn texts(expr: Expr) -> Expr {
    let apply: ElementFunction = |column, _| {
        let column = &match column.data_type() {
            DataType::Timestamp(..) if only_days(column)? => {
                cast(column, &DataType::Date32).map_err(crate::batches::arrow_error)?
            }
            _ => column.clone(),
        };
        let text = |row| (!column.is_null(row)).then(|| crate::cell::value(column, row).text());
        Ok(Arc::new((0..column.len()).map(text).collect::<arrow::array::StringViewArray>()))
    };
    Elementwise { name: "str".into(), gives: DataType::Utf8View, apply, parameters: Vec::new() }.call(expr)
}

fn only_days(times: &ArrayRef) -> rdk_runtime::Result<bool> {
    const DAY: i64 = 86_400_000_000;
    let micros = DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, None);
    let micros = cast(times, &micros).and_then(|times| cast(&times, &DataType::Int64));
    let micros = micros.map_err(crate::batches::arrow_error)?;
    Ok(micros.as_primitive::<Int64Type>().iter().flatten().all(|micros| micros.rem_euclid(DAY) == 0))
}

/// Floats as rows are compared by them: both zeros are one.
pub fn as_key(expr: Expr, of: &DataType) -> Expr {
    let apply: ElementFunction = |column, _| Ok(crate::batches::as_key(column));
    Elementwise { name: "key".into(), gives: of.clone(), apply, parameters: Vec::new() }.call(expr)
}

/// A column as another type, which may be `object`.
pub fn as_type(expr: Expr, wanted: &DataType) -> Expr {
    use crate::category;
    if category::is(wanted) {
        return category::to(expr, wanted);
    }
    if !crate::objects::is(wanted) {
        return datafusion::logical_expr::cast(expr, wanted.clone());
    }
    let apply: ElementFunction = |column, _| crate::objects::convert(column, &crate::objects::TYPE);
    Elementwise { name: "object".into(), gives: crate::objects::TYPE, apply, parameters: Vec::new() }.call(expr)
}

/// `-x` and `~x` of whole numbers without a sign, which begin anew where they end.
pub fn unsigned(expr: Expr, of: &DataType, inverted: bool) -> Expr {
    use arrow::datatypes::{UInt8Type, UInt16Type, UInt32Type, UInt64Type};
    fn turned<T>(column: &ArrayRef, one: impl Fn(T::Native) -> T::Native) -> ArrayRef
    where
        T: arrow::datatypes::ArrowPrimitiveType,
    {
        Arc::new(column.as_primitive::<T>().unary::<_, T>(one))
    }
    let apply: ElementFunction = |column, parameters| {
        let inverted = parameters.first().is_some_and(|which| which == "~");
        Ok(match column.data_type() {
            DataType::UInt8 => turned::<UInt8Type>(column, |x| if inverted { !x } else { x.wrapping_neg() }),
            DataType::UInt16 => turned::<UInt16Type>(column, |x| if inverted { !x } else { x.wrapping_neg() }),
            DataType::UInt32 => turned::<UInt32Type>(column, |x| if inverted { !x } else { x.wrapping_neg() }),
            _ => turned::<UInt64Type>(column, |x| if inverted { !x } else { x.wrapping_neg() }),
        })
    };
    let parameters = vec![if inverted { "~" } else { "-" }.to_string()];
    Elementwise { name: "unsigned".into(), gives: of.clone(), apply, parameters }.call(expr)
}

/// Floats or texts as whole numbers; an error where that cannot be.
pub fn whole(expr: Expr, wanted: DataType) -> Expr {
    let apply: ElementFunction = |column, _| {
        if column.null_count() > 0 {
            rdk_runtime::bail!(
                "cannot convert float NaN to integer: {} values are missing", column.null_count();
                hint: "`fillna(0)` puts something there first"
            );
        }
        let mut numbers = Vec::with_capacity(column.len());
        for row in 0..column.len() {
            numbers.push(match crate::cell::text(column, row) {
                Some(text) => match text.trim().parse::<i64>() {
                    Ok(number) => number,
                    Err(_) => rdk_runtime::bail!("invalid literal for int() with base 10: {text:?}"),
                },
                None => crate::cell::value(column, row).as_f64().unwrap_or(0.0) as i64,
            });
        }
        Ok(Arc::new(Int64Array::from(numbers)))
    };
    let whole = Elementwise { name: "int".into(), gives: DataType::Int64, apply, parameters: Vec::new() }.call(expr);
    if wanted == DataType::Int64 { whole } else { datafusion::logical_expr::cast(whole, wanted) }
}

/// Floats with so many digits after the point; halves go to the even side.
pub fn rounded(expr: Expr, digits: i64) -> Expr {
    let apply: ElementFunction = |column, parameters| {
        let digits: i32 = parameters.first().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let scale = 10f64.powi(digits);
        let column = cast(column, &DataType::Float64).map_err(crate::batches::arrow_error)?;
        let round = |x: f64| if (x * scale).is_finite() { (x * scale).round_ties_even() / scale } else { x };
        Ok(Arc::new(column.as_primitive::<Float64Type>().unary::<_, Float64Type>(round)))
    };
    Elementwise { name: "round".into(), gives: DataType::Float64, apply, parameters: vec![digits.to_string()] }
        .call(expr)
}

/// A column as another type, where values that do not fit are an error which names the first of them.
pub fn converted(expr: Expr, wanted: DataType) -> Expr {
    let apply: ElementFunction = |column, parameters| {
        let wanted: DataType = parameters[0].parse().map_err(crate::batches::arrow_error)?;
        let strict = arrow::compute::CastOptions { safe: false, ..Default::default() };
        let lenient = || arrow::compute::cast(column, &wanted).map_err(crate::batches::arrow_error);
        arrow::compute::cast_with_options(column, &wanted, &strict).or_else(|_| {
            let made = lenient()?;
            let lost = (0..column.len()).find(|&row| made.is_null(row) && !column.is_null(row));
            let Some(row) = lost else { return Ok(made) };
            let value = crate::cell::value(column, row);
            if crate::cell::is_text(column.data_type()) && wanted.is_floating() {
                rdk_runtime::bail!(
                    "could not convert string to float: {}", value.repr();
                    hint: "`pd.to_numeric(…, errors=\"coerce\")` leaves such values out"
                )
            }
            rdk_runtime::bail!(
                "could not convert {} to {}", value.repr(), crate::dtype::name(&wanted, true);
                hint: "`pd.to_numeric` and `pd.to_datetime` with `errors=\"coerce\"` leave such values out"
            )
        })
    };
    let parameters = vec![wanted.to_string()];
    Elementwise { name: "astype".into(), gives: wanted, apply, parameters }.call(expr)
}

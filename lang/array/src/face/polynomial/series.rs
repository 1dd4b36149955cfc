//! `numpy.polynomial.Polynomial`: coefficients with the lowest power first, over a domain that is mapped to a window.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use rdk_runtime::builtin::Args;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Module, Object, Result, Value, bail, builtins};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::arithmetic::{Polynomial, add, derivative, divide, from_roots, integral, multiply, roots_of};
use super::{Coefficients, evaluated};
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{self, NdArray};
use crate::face::modules::{Entries, placed};
use crate::face::operand::{Operand, answer};
use crate::kernel::BinaryFunc;
use crate::scalar::Scalar;
use crate::show::{self, PrintOptions};

/// Where a polynomial is usually looked at.
const UNIT: [f64; 2] = [-1.0, 1.0];

/// A polynomial in the language; its coefficients are held with the highest power first, as all functions here take them.
#[derive(Clone)]
struct Series {
    polynomial: Polynomial,
    domain: [f64; 2],
    window: [f64; 2],
    symbol: String,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let construct = construct::builtins().pop().expect("one is declared");
    let class = Class::new("Polynomial", "numpy.polynomial.polynomial", construct.headline())
        .methods(builtins())
        .methods(of_class::builtins());
    ClassRef::new(class.properties(properties::builtins()).construct(construct))
});

/// `numpy.polynomial` and `numpy.polynomial.polynomial`.
pub fn modules() -> Vec<Arc<Module>> {
    const ABOUT: &str = "Polynomials, the lowest power first.";
    vec![
        Module::new("numpy.polynomial", ABOUT, || {
            let mut names = entries();
            names.push(("polynomial", Value::Module(modules()[1].clone())));
            names
        }),
        Module::new("numpy.polynomial.polynomial", ABOUT, entries),
    ]
}

fn entries() -> Entries {
    let mut names = vec![("Polynomial", Value::Class(CLASS.clone()))];
    names.extend(placed(functions::builtins()));
    names
}

/// Coefficients turned about: the lowest power first, or the highest.
fn turned(chunk: &Chunk) -> Chunk {
    let n = chunk.len();
    eager::select::take(chunk, &[n], &(0..n).rev().collect::<Vec<_>>())
}

/// Coefficients that a user gave, as floats.
fn given(value: &Value) -> Result<Polynomial> {
    let Coefficients(polynomial) = Coefficients::try_from_value(value)?;
    let chunk = polynomial.chunk();
    if chunk.is_empty() {
        bail!("Coefficient array is empty");
    }
    let whole = !chunk.dtype().is_float() && !chunk.dtype().is_complex();
    Ok(Polynomial::new(&turned(&if whole { chunk.cast(DType::F64) } else { chunk })))
}

/// A polynomial's offset and scale: the window's place of a place in the domain.
fn parameters(from: [f64; 2], to: [f64; 2]) -> (f64, f64) {
    let length = from[1] - from[0];
    ((from[1] * to[0] - from[0] * to[1]) / length, (to[1] - to[0]) / length)
}

fn ends(value: Option<Vec<f64>>, name: &str) -> Result<[f64; 2]> {
    match value.as_deref() {
        None => Ok(UNIT),
        Some(&[low, high]) => Ok([low, high]),
        Some(other) => bail!("{name} has wrong number of elements."; hint: "two numbers, got {}", other.len()),
    }
}

impl Series {
    fn plain(polynomial: Polynomial) -> Series {
        Series { polynomial, domain: UNIT, window: UNIT, symbol: "x".into() }
    }

    fn with(&self, polynomial: Polynomial) -> Value {
        Value::object(Series { polynomial, ..self.clone() })
    }

    /// The lowest power first.
    fn coef(&self) -> Chunk {
        turned(&self.polynomial.chunk())
    }

    /// Another one over the same domain, or coefficients; `None` for what is neither.
    fn beside(&self, other: &Value) -> Option<Result<Polynomial>> {
        let Some(other) = other.get::<Series>() else {
            return Operand::plain(other)
                .or_else(|| other.items().map(|_| Operand::Number(Value::None)))
                .map(|_| given(other));
        };
        Some((|| {
            if other.domain != self.domain {
                bail!(TypeError: "Domains differ"; hint: "`p.convert()` brings both to [-1, 1]");
            }
            if other.window != self.window {
                bail!(TypeError: "Windows differ");
            }
            Ok(other.polynomial.clone())
        })())
    }

    /// Its value at these places.
    fn at(&self, context: &Context, x: &Operand) -> Result<Value> {
        let (offset, scale) = parameters(self.domain, self.window);
        let number = |number: f64| crate::Array::scalar(Scalar::F64(number));
        let mapped = match (offset == 0.0, scale == 1.0) {
            (true, true) => x.array()?,
            _ => number(offset).binary(BinaryFunc::Add, &number(scale).binary(BinaryFunc::Multiply, &x.array()?)?)?,
        };
        answer(context, evaluated(&self.polynomial, &Operand::Lazy(mapped))?, x.is_lazy())
    }

    /// The sum of terms, the lowest power first.
    fn drawn(&self) -> String {
        let (offset, scale) = parameters(self.domain, self.window);
        let number = |number: f64| show::str(&[1], &|_| show::Number::F64(number), &PrintOptions::current());
        let text = |value: f64| {
            let text = number(value).trim_matches(['[', ']']).to_owned();
            if text.ends_with('.') { text + "0" } else { text }
        };
        let inner = match (offset == 0.0, scale == 1.0) {
            (true, true) => self.symbol.clone(),
            (true, false) => format!("({}{})", text(scale), self.symbol),
            (false, true) => format!("({} + {})", text(offset), self.symbol),
            (false, false) => format!("({} + {}{})", text(offset), text(scale), self.symbol),
        };
        let mut drawn = String::new();
        for (power, coefficient) in self.coef().scalars().enumerate() {
            let value = coefficient.to_value();
            let (sign, size) = match value.as_f64() {
                Some(number) => (number < 0.0, text(number.abs())),
                None => (false, value.repr()),
            };
            match (power, sign) {
                (0, true) => drawn.push('-'),
                (0, false) => {}
                (_, true) => drawn.push_str(" - "),
                (_, false) => drawn.push_str(" + "),
            }
            drawn.push_str(&size);
            if power > 0 {
                drawn.push('·');
                drawn.push_str(&inner);
                drawn.push_str(&raised(power));
            }
        }
        drawn
    }
}

/// A power as small digits above the line; none for 1.
fn raised(power: usize) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    if power == 1 {
        return String::new();
    }
    power.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
}

fn row(chunk: Chunk) -> String {
    let text = NdArray::new(chunk).repr();
    text.trim_start_matches("array(").trim_end_matches(')').to_owned()
}

fn pair(numbers: [f64; 2]) -> Chunk {
    Chunk::from_vec(&[2], numbers.to_vec())
}

impl Object for Series {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (coef, domain, window) = (row(self.coef()), row(pair(self.domain)), row(pair(self.window)));
        format!("Polynomial({coef}, domain={domain}, window={window}, symbol='{}')", self.symbol)
    }

    fn str(&self) -> String {
        self.drawn()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, args: Args) -> Option<Result<Value>> {
        Some((|| {
            let [x] = &args.positional[..] else {
                bail!(TypeError: "a Polynomial takes 1 argument, got {}", args.positional.len())
            };
            self.at(context, &Operand::try_from_value(x)?)
        })())
    }

    fn unary(&self, _: &Context, op: UnaryOp) -> Option<Result<Value>> {
        match op {
            UnaryOp::Neg => Some(Ok(self.with(self.polynomial.scaled(-1.0)))),
            UnaryOp::Pos => Some(Ok(self.with(self.polynomial.clone()))),
            _ => None,
        }
    }

    fn binary(&self, _: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        if op == BinaryOp::Pow && !reflected {
            let power = i64::from_value(other)?;
            return Some((|| {
                if !(0..=1000).contains(&power) {
                    bail!("Power must be a non-negative integer."; hint: "at most 1000, got {power}");
                }
                let one = Polynomial::new(&Chunk::from_vec(&[1], vec![1.0]));
                Ok(self.with((0..power).fold(one, |product, _| multiply(&product, &self.polynomial))))
            })());
        }
        let number = other.as_f64();
        let other = match self.beside(other)? {
            Ok(other) => other,
            Err(error) => return Some(Err(error)),
        };
        let (a, b) = if reflected { (&other, &self.polynomial) } else { (&self.polynomial, &other) };
        match (op, number) {
            (BinaryOp::Add, _) => Some(Ok(self.with(add(a, b, false).trimmed()))),
            (BinaryOp::Sub, _) => Some(Ok(self.with(add(a, b, true).trimmed()))),
            (BinaryOp::Mul, _) => Some(Ok(self.with(multiply(a, b).trimmed()))),
            (BinaryOp::Div, Some(_)) if !reflected => {
                Some(divide(a, b).map(|(quotient, _)| self.with(quotient.trimmed())))
            }
            (BinaryOp::FloorDiv, _) => Some(divide(a, &b.trimmed()).map(|(quotient, _)| self.with(quotient.trimmed()))),
            (BinaryOp::Mod, _) => Some(divide(a, &b.trimmed()).map(|(_, rest)| self.with(rest.trimmed()))),
            _ => None,
        }
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let equal = other.get::<Series>().is_some_and(|other| {
            self.polynomial == other.polynomial && self.domain == other.domain && self.window == other.window
        });
        match op {
            CompareOp::Eq => Some(Ok(Value::Bool(equal))),
            CompareOp::NotEq => Some(Ok(Value::Bool(!equal))),
            _ => None,
        }
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.polynomial.order() + 1))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        NdArray::new(self.coef()).iter(context)
    }
}

/// One as the receiver of a method.
struct This(Series);

impl FromValue for This {
    fn expected() -> &'static str {
        "a Polynomial"
    }

    fn from_value(value: &Value) -> Option<This> {
        value.get::<Series>().map(|series| This(series.clone()))
    }
}

builtins! {
    /// The highest power.
    fn degree(/** The polynomial. */ this: This) -> i64 { this.0.polynomial.order() as i64 }

    /// Where it is zero.
    ///
    /// ```rdk
    /// np.polynomial.Polynomial([6, -5, 1]).roots()
    /// #> array([2., 3.])
    /// ```
    fn roots(/** The polynomial. */ this: This) -> Result<Value> {
        let found = roots_of(&this.0.polynomial)?;
        let (offset, scale) = parameters(this.0.window, this.0.domain);
        let mut numbers = found.to_vec::<num_complex::Complex64>();
        numbers.sort_by(|a, b| a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im)));
        let mapped = numbers.into_iter().map(|number| offset + scale * number).collect::<Vec<_>>();
        Ok(eager::value(Chunk::from_vec(&[mapped.len()], mapped).cast(found.dtype())))
    }

    /// The derivative, so many times.
    fn deriv(/** The polynomial. */ this: This, /** How many times. */ m: usize = 1) -> Value {
        let (_, scale) = parameters(this.0.domain, this.0.window);
        let derived = derivative(&this.0.polynomial, m.min(this.0.polynomial.order()));
        let zero = m > this.0.polynomial.order();
        this.0.with(derived.scaled(if zero { 0.0 } else { scale.powi(m as i32) }))
    }

    /// The integral, so many times.
    fn integ(
        /// The polynomial.
        this: This,
        /// How many times.
        m: usize = 1,
        /// The constants, one for each time.
        k: Option<Operand>,
    ) -> Result<Value> {
        super::check_times(m)?;
        let (_, scale) = parameters(this.0.domain, this.0.window);
        let mut constants = match k {
            None => Vec::new(),
            Some(Operand::Eager(chunk)) => chunk.to_vec::<f64>(),
            Some(Operand::Number(number)) => vec![number.as_f64().unwrap_or(0.0)],
            Some(Operand::Lazy(_)) => bail!(NotImplementedError: "constants have to be in memory"),
        };
        if constants.len() > m {
            bail!("Too many integration constants");
        }
        constants.resize(m, 0.0);
        let integrated = constants.iter().fold(this.0.polynomial.clone(), |polynomial, &constant| {
            integral(&polynomial.scaled(1.0 / scale), &[constant])
        });
        Ok(this.0.with(integrated))
    }

    /// The same polynomial over [-1, 1]: its coefficients are those of powers of x.
    fn convert(/** The polynomial. */ this: This) -> Value {
        let (offset, scale) = parameters(this.0.domain, this.0.window);
        let inner = Polynomial::new(&Chunk::from_vec(&[2], vec![scale, offset]));
        let zero = Polynomial::new(&Chunk::from_vec(&[1], vec![0.0]));
        let composed = this.0.polynomial.chunk().scalars().fold(zero, |sum, coefficient| {
            add(&multiply(&sum, &inner), &Polynomial::new(&Chunk::full(&[1], coefficient)), false)
        });
        Value::object(Series { symbol: this.0.symbol.clone(), ..Series::plain(composed.trimmed()) })
    }

    /// A copy.
    fn copy(/** The polynomial. */ this: This) -> Value { Value::object(this.0) }

    /// Without powers whose coefficients are small.
    fn trim(/** The polynomial. */ this: This, /** As small as this. */ tol: f64 = 0.0) -> Value {
        let chunk = this.0.coef();
        let keep = chunk.to_vec::<num_complex::Complex64>().iter().rposition(|number| number.norm() > tol).map_or(1, |at| at + 1);
        let kept = eager::select::take(&chunk, &[keep], &(0..keep).collect::<Vec<_>>());
        this.0.with(Polynomial::new(&turned(&kept)))
    }
}

mod properties {
    use super::*;

    builtins! {
        /// Its coefficients, the lowest power first.
        fn coef(/** The polynomial. */ this: This) -> Value { eager::value(this.0.coef()) }

        /// Where it is looked at.
        fn domain(/** The polynomial. */ this: This) -> Value { eager::value(pair(this.0.domain)) }

        /// What the domain is mapped to.
        fn window(/** The polynomial. */ this: This) -> Value { eager::value(pair(this.0.window)) }

        /// The name of the variable.
        fn symbol(/** The polynomial. */ this: This) -> Value { Value::str(this.0.symbol) }
    }
}

/// Called on the class: `Polynomial.fit(x, y, 1)`.
mod of_class {
    use super::*;

    builtins! {
        /// The polynomial that comes nearest to points.
        fn fit[context](
            /// Where the points are.
            x: Operand,
            /// Their values.
            y: Value,
            /// The highest power.
            deg: i64,
            /// Where the polynomial is looked at; where the points are if left out.
            domain: Option<Vec<f64>>,
            /// Singular values that are smaller, beside the largest, count as zero.
            rcond: Option<f64>,
            /// Only False: what else there is to know.
            full: bool = false,
            /// How much each point counts.
            w: Option<Value>,
            /// What the domain is mapped to.
            window: Option<Vec<f64>>,
            /// The name of the variable.
            symbol: String = "x",
        ) -> Result<Value> {
            if full {
                bail!(NotImplementedError: "fit() gives the polynomial alone"; hint: "`np.polyfit(x, y, deg, full=True)` gives the rest");
            }
            let chunk = x.array()?.compute_now(context)?;
            let places = chunk.to_vec::<f64>();
            let domain = match domain {
                Some(domain) if !domain.is_empty() => ends(Some(domain), "Domain")?,
                Some(_) => UNIT,
                None => {
                    let (low, high) = places.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
                    if low < high { [low, high] } else { [low - 1.0, high + 1.0] }
                }
            };
            let window = ends(window, "Window")?;
            let (offset, scale) = parameters(domain, window);
            let mapped: Vec<f64> = places.iter().map(|x| offset + scale * x).collect();
            let mapped = Value::object(NdArray::new(Chunk::from_vec(&[mapped.len()], mapped)));
            let arguments = [mapped, y, Value::Int(deg), rcond.into(), Value::Bool(false), w.unwrap_or(Value::None)];
            let polyfit = super::super::fit::builtins().into_iter().find(|builtin| builtin.name == "polyfit");
            let coefficients = polyfit.expect("declared there").call(context, Args::of(arguments))?;
            let Coefficients(polynomial) = Coefficients::try_from_value(&coefficients)?;
            Ok(Value::object(Series { polynomial, domain, window, symbol }))
        }

        /// A power of x.
        fn basis(/** Which power. */ deg: usize) -> Result<Value> {
            super::super::check_times(deg)?;
            let mut numbers = vec![0.0; deg + 1];
            numbers[0] = 1.0;
            Ok(Value::object(Series::plain(Polynomial::new(&Chunk::from_vec(&[deg + 1], numbers)))))
        }

        /// The polynomial x.
        fn identity() -> Value { Value::object(Series::plain(Polynomial::new(&Chunk::from_vec(&[2], vec![1.0, 0.0])))) }

        /// The polynomial that is zero at these places.
        fn fromroots[context](/** The places. */ roots: Operand) -> Result<Value> {
            let zeros = roots.array()?.compute_now(context)?;
            let whole = !zeros.dtype().is_float() && !zeros.dtype().is_complex();
            let zeros = if whole { zeros.cast(DType::F64) } else { zeros };
            Ok(Value::object(Series::plain(Polynomial::new(&from_roots(&zeros)))))
        }
    }
}

mod functions {
    use super::*;

    builtins! {
        /// The value of a polynomial at some places; its coefficients have the lowest power first.
        ///
        /// ```rdk
        /// np.polynomial.polynomial.polyval(2, [1, 0, 3])
        /// #> 13.0
        /// ```
        fn polyval[context](/** Where. */ x: Operand, /** The coefficients. */ c: Value) -> Result<Value> { Series::plain(given(&c)?).at(context, &x) }

        /// Where a polynomial is zero; its coefficients have the lowest power first.
        fn polyroots[context](/** The coefficients. */ c: Value) -> Result<Value> {
            let roots = super::builtins().into_iter().find(|builtin| builtin.name == "roots");
            roots.expect("declared above").call(context, Args::one(Value::object(Series::plain(given(&c)?))))
        }
    }
}

mod construct {
    use super::*;

    builtins! {
        /// A polynomial by its coefficients, the lowest power first.
        ///
        /// ```rdk
        /// p = np.polynomial.Polynomial([1, 2, 3])
        /// p(2)
        /// #> 17.0
        /// p.deriv()
        /// #> Polynomial([2., 6.], domain=[-1.,  1.], window=[-1.,  1.], symbol='x')
        /// print(p)
        /// #> 1.0 + 2.0·x + 3.0·x²
        /// ```
        fn Polynomial(
            /// The coefficients, the lowest power first.
            coef: Value,
            /// Where it is looked at.
            domain: Option<Vec<f64>>,
            /// What the domain is mapped to.
            window: Option<Vec<f64>>,
            /// The name of the variable.
            symbol: String = "x",
        ) -> Result<Value> {
            Ok(Value::object(Series { polynomial: given(&coef)?, domain: ends(domain, "Domain")?, window: ends(window, "Window")?, symbol }))
        }
    }
}

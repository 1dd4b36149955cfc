//! `np.poly1d`: a polynomial as a thing that can be called, added and multiplied.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::builtin::Args;
use rdk_runtime::{Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, error};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::arithmetic::{Polynomial, add, derivative, divide, from_roots, integral, multiply, roots_of};
use super::{Coefficients, evaluated, signed};
use crate::chunk::Chunk;
use crate::eager::{self, NdArray};
use crate::face::operand::{Operand, answer};

/// A polynomial in the language.
struct Poly1d {
    polynomial: Polynomial,
    variable: String,
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let construct = construct::builtins().pop().expect("one is declared");
    let class = Class::new("poly1d", "numpy", construct.headline()).methods(builtins());
    ClassRef::new(class.properties(properties::builtins()).construct(construct))
});

/// The class `np.poly1d`.
pub fn class() -> ClassRef {
    CLASS.clone()
}

/// A polynomial as a value.
pub fn value(polynomial: Polynomial) -> Value {
    Value::object(Poly1d { polynomial: polynomial.trimmed(), variable: "x".into() })
}

/// The polynomial in a value, if it is one.
pub fn held(value: &Value) -> Option<Polynomial> {
    value.get::<Poly1d>().map(|poly| poly.polynomial.clone())
}

/// One as the receiver of a method.
struct This(Polynomial);

impl FromValue for This {
    fn expected() -> &'static str {
        "a poly1d"
    }

    fn from_value(value: &Value) -> Option<This> {
        held(value).map(This)
    }
}

fn array_text(chunk: Chunk) -> String {
    NdArray::new(chunk).repr()
}

impl Poly1d {
    fn with(&self, polynomial: Polynomial) -> Value {
        Value::object(Poly1d { polynomial: polynomial.trimmed(), variable: self.variable.clone() })
    }

    /// The sum of terms, with the powers in a line above.
    fn drawn(&self) -> String {
        let chunk = self.polynomial.chunk();
        let order = self.polynomial.order();
        let (mut powers, mut terms) = (String::new(), String::new());
        for (at, scalar) in chunk.scalars().enumerate() {
            let power = order - at;
            let number = scalar.to_value();
            let negative = number.as_f64().is_some_and(|number| number < 0.0);
            let size = match number.as_f64() {
                Some(number) => general(number.abs()),
                None => format!("({})", number.repr().trim_matches(['(', ')'])),
            };
            if size == "0" && order > 0 {
                continue;
            }
            let name = if power == 0 { String::new() } else { format!(" {}", self.variable) };
            match (terms.is_empty(), negative) {
                (true, true) => terms.push('-'),
                (true, false) => {}
                (false, true) => terms.push_str(" - "),
                (false, false) => terms.push_str(" + "),
            }
            terms.push_str(&size);
            terms.push_str(&name);
            if power > 1 {
                let exponent = power.to_string();
                while powers.chars().count() < terms.chars().count() {
                    powers.push(' ');
                }
                powers.push_str(&exponent);
                terms.push_str(&" ".repeat(exponent.len() - 1));
            }
        }
        if powers.is_empty() {
            powers.push(' ');
        }
        format!("{powers}\n{}", if terms.is_empty() { "0" } else { &terms })
    }
}

/// As `%.4g` has it.
fn general(number: f64) -> String {
    if number == 0.0 {
        return "0".into();
    }
    if !number.is_finite() {
        return number.to_string().to_lowercase();
    }
    let digits = format!("{number:.3e}");
    let exponent: i32 = digits.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if (-4..4).contains(&exponent) {
        let text = format!("{number:.*}", (3 - exponent).max(0) as usize);
        return if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text };
    }
    let mantissa = digits.split('e').next().unwrap_or("").trim_end_matches('0').trim_end_matches('.').to_owned();
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

impl Object for Poly1d {
    fn class(&self) -> ClassRef {
        class()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let text = array_text(self.polynomial.chunk());
        let inner = text.strip_prefix("array").unwrap_or(&text).trim_start_matches('(').trim_end_matches(')');
        format!("poly1d({inner})")
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
                bail!(TypeError: "poly1d takes 1 argument, got {}", args.positional.len())
            };
            if held(x).is_some() {
                let function = super::builtins().into_iter().find(|builtin| builtin.name == "polyval");
                let function = function.expect("declared there");
                return function.call(context, Args::of([self.with(self.polynomial.clone()), x.clone()]));
            }
            let x = Operand::try_from_value(x)?;
            answer(context, evaluated(&self.polynomial, &x)?, x.is_lazy())
        })())
    }

    fn unary(&self, _: &Context, op: UnaryOp) -> Option<Result<Value>> {
        signed(op, |sign| self.with(self.polynomial.scaled(sign)))
    }

    fn binary(&self, _: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        if op == BinaryOp::Pow && !reflected {
            let power = i64::from_value(other)?;
            return Some((|| {
                if power < 0 {
                    bail!("Power to non-negative integers only.");
                }
                let one = Polynomial::new(&Chunk::from_vec(&[1], vec![1i64]));
                Ok(self.with((0..power).fold(one, |product, _| multiply(&product, &self.polynomial))))
            })());
        }
        let other = Coefficients::from_value(other)?.0;
        let (a, b) = if reflected { (&other, &self.polynomial) } else { (&self.polynomial, &other) };
        match op {
            BinaryOp::Add => Some(Ok(self.with(add(a, b, false)))),
            BinaryOp::Sub => Some(Ok(self.with(add(a, b, true)))),
            BinaryOp::Mul => Some(Ok(self.with(multiply(a, b)))),
            BinaryOp::Div => Some(divide(a, &b.trimmed()).map(|(quotient, rest)| {
                // By a number there is no rest to speak of.
                if b.order() == 0 { self.with(quotient) } else { Value::tuple([self.with(quotient), self.with(rest)]) }
            })),
            _ => None,
        }
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let equal = held(other).is_some_and(|other| {
            let rest = add(&self.polynomial, &other, true).trimmed();
            rest.order() == 0 && !rest.coefficient(0).get::<bool>() && other.order() == self.polynomial.order()
        });
        match op {
            CompareOp::Eq => Some(Ok(Value::Bool(equal))),
            CompareOp::NotEq => Some(Ok(Value::Bool(!equal))),
            _ => None,
        }
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        let power = i64::from_value(index).ok_or_else(|| error!(TypeError: "a power of a poly1d is an integer"));
        Some(power.map(|power| eager::number(self.polynomial.coefficient(power))))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.polynomial.order()))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        NdArray::new(self.polynomial.chunk()).iter(context)
    }

    fn attribute(&self, _: &Context, name: &str) -> Option<Result<Value>> {
        (name == "variable").then(|| Ok(Value::str(self.variable.clone())))
    }
}

builtins! {
    /// The derivative.
    fn deriv(/** The polynomial. */ this: This, /** How many times. */ m: usize = 1) -> Value { value(derivative(&this.0, m)) }

    /// The integral.
    fn integ(
        /// The polynomial.
        this: This,
        /// How many times.
        m: usize = 1,
        /// The constant.
        k: f64 = 0.0,
    ) -> Result<Value> {
        super::check_times(m)?;
        Ok(value(integral(&this.0, &vec![k; m])))
    }
}

mod properties {
    use super::*;

    builtins! {
        /// Its coefficients, the highest power first.
        fn coeffs(/** The polynomial. */ this: This) -> Value { eager::value(this.0.chunk()) }

        /// Its coefficients, the highest power first.
        fn coef(/** The polynomial. */ this: This) -> Value { eager::value(this.0.chunk()) }

        /// Its coefficients, the highest power first.
        fn coefficients(/** The polynomial. */ this: This) -> Value { eager::value(this.0.chunk()) }

        /// Its coefficients, the highest power first.
        fn c(/** The polynomial. */ this: This) -> Value { eager::value(this.0.chunk()) }

        /// The highest power.
        fn order(/** The polynomial. */ this: This) -> i64 { this.0.order() as i64 }

        /// The highest power.
        fn o(/** The polynomial. */ this: This) -> i64 { this.0.order() as i64 }

        /// Where it is zero.
        fn roots(/** The polynomial. */ this: This) -> Result<Value> { Ok(eager::value(roots_of(&this.0)?)) }

        /// Where it is zero.
        fn r(/** The polynomial. */ this: This) -> Result<Value> { Ok(eager::value(roots_of(&this.0)?)) }
    }
}

mod construct {
    use super::*;

    builtins! {
        /// A polynomial, by its coefficients or by its zeros.
        ///
        /// ```rdk
        /// p = np.poly1d([1, 0, -2])
        /// p(3)
        /// #> 7
        /// print(p)
        /// #>    2
        /// #> 1 x - 2
        /// ```
        fn poly1d[context](
            /// The coefficients, the highest power first; or the zeros.
            c_or_r: Value,
            /// Are they zeros?
            r: bool = false,
            /// The name of the variable.
            variable: Option<String>,
        ) -> Result<Value> {
            let polynomial = if r {
                let zeros = Operand::try_from_value(&c_or_r)?.array()?.compute_now(context)?;
                Polynomial::new(&from_roots(&zeros))
            } else {
                Coefficients::try_from_value(&c_or_r)?.0
            };
            Ok(Value::object(Poly1d { polynomial: polynomial.trimmed(), variable: variable.unwrap_or_else(|| "x".into()) }))
        }
    }
}

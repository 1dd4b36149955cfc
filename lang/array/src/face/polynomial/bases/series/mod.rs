//! `Polynomial`, `Chebyshev`, `Legendre` and the like: terms over a domain that is mapped to a window.

mod made;
mod methods;

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::builtin::Args;
use rdk_runtime::{Builtin, Class, ClassRef, Context, FromValue, Object, Result, Value, bail};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::algebra::add;
use super::functions::receiver;
use super::{Basis, Terms};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::eager::NdArray;
use crate::face::modules::Entries;
use crate::face::operand::{Operand, answer};
use crate::face::polynomial::signed;
use crate::kernel::BinaryFunc;
use crate::scalar::Scalar;
use crate::show::{self, PrintOptions};

/// A polynomial in the language.
#[derive(Clone)]
pub struct Series {
    basis: Basis,
    pub(super) terms: Terms,
    domain: [f64; 2],
    window: [f64; 2],
    symbol: String,
}

static CLASSES: LazyLock<Vec<ClassRef>> = LazyLock::new(|| Basis::ALL.iter().map(|&basis| made(basis)).collect());

fn made(basis: Basis) -> ClassRef {
    let lent = |builtin: Builtin| {
        let name = builtin.name;
        builtin.of_current(name, receiver(basis))
    };
    let construct = made::construct::builtins().pop().expect("one is declared");
    let doc = match basis {
        Basis::Power => "A polynomial by its coefficients, the lowest power first.",
        Basis::Chebyshev => "A sum of Chebyshev's polynomials, the lowest degree first.",
        Basis::Legendre => "A sum of Legendre's polynomials, the lowest degree first.",
        Basis::Hermite => "A sum of Hermite's polynomials of physics, the lowest degree first.",
        Basis::HermiteE => "A sum of Hermite's polynomials of probability, the lowest degree first.",
        Basis::Laguerre => "A sum of Laguerre's polynomials, the lowest degree first.",
    };
    let module = match basis {
        Basis::Power => "numpy.polynomial.polynomial",
        Basis::Chebyshev => "numpy.polynomial.chebyshev",
        Basis::Legendre => "numpy.polynomial.legendre",
        Basis::Hermite => "numpy.polynomial.hermite",
        Basis::HermiteE => "numpy.polynomial.hermite_e",
        Basis::Laguerre => "numpy.polynomial.laguerre",
    };
    let of_class = made::of_class::builtins()
        .into_iter()
        .filter(|builtin| builtin.name != "interpolate" || basis == Basis::Chebyshev);
    let class = Class::new(basis.class_name(), module, doc)
        .methods(methods::builtins())
        .methods(of_class.map(lent).collect())
        .properties(methods::properties::builtins());
    ClassRef::new(class.construct(construct.of_current(basis.class_name(), receiver(basis))))
}

/// The classes, by name.
pub(super) fn classes() -> Entries {
    CLASSES.iter().map(|class| (class.name, Value::Class(class.clone()))).collect()
}

/// A polynomial's offset and scale: the window's place of a place in the domain.
fn parameters(from: [f64; 2], to: [f64; 2]) -> (f64, f64) {
    let length = from[1] - from[0];
    ((from[1] * to[0] - from[0] * to[1]) / length, (to[1] - to[0]) / length)
}

fn ends(basis: Basis, value: Option<Vec<f64>>, name: &str) -> Result<[f64; 2]> {
    match value.as_deref() {
        None => Ok(basis.domain()),
        Some(&[low, high]) => Ok([low, high]),
        Some(other) => bail!("{name} has wrong number of elements."; hint: "two numbers, got {}", other.len()),
    }
}

impl Series {
    fn plain(basis: Basis, terms: Terms) -> Series {
        Series { basis, terms, domain: basis.domain(), window: basis.domain(), symbol: "x".into() }
    }

    /// One over a domain, in a variable of this name; what is left out is what is usual for the basis.
    fn over(
        basis: Basis,
        [domain, window]: [Option<Vec<f64>>; 2],
        symbol: String,
        terms: impl FnOnce([f64; 2], [f64; 2]) -> Result<Terms>,
    ) -> Result<Value> {
        let (domain, window) = (ends(basis, domain, "Domain")?, ends(basis, window, "Window")?);
        Ok(Value::object(Series { basis, terms: terms(domain, window)?, domain, window, symbol }))
    }

    fn with(&self, terms: Terms) -> Value {
        Value::object(Series { terms, ..self.clone() })
    }

    /// Another one over the same domain, or coefficients; `None` for what is neither.
    fn beside(&self, other: &Value) -> Option<Result<Terms>> {
        let Some(other) = other.get::<Series>() else {
            return Operand::plain(other)
                .or_else(|| other.items().map(|_| Operand::Number(Value::None)))
                .map(|_| Terms::given(other));
        };
        Some((|| {
            if other.basis != self.basis {
                bail!(TypeError: "Polynomial types differ"; hint: "`p.convert(kind=…)` brings one to the basis of the other");
            }
            if other.domain != self.domain {
                bail!(TypeError: "Domains differ"; hint: "`p.convert()` brings both to the same");
            }
            if other.window != self.window {
                bail!(TypeError: "Windows differ");
            }
            if other.symbol != self.symbol && self.terms.degree() > 0 && other.terms.degree() > 0 {
                bail!("Polynomial symbols differ"; hint: "they are `{}` and `{}`", self.symbol, other.symbol);
            }
            Ok(other.terms.clone())
        })())
    }

    /// Its value at these places.
    fn at(&self, context: &Context, x: &Operand) -> Result<Value> {
        let (offset, scale) = parameters(self.domain, self.window);
        let number = |number: f64| Array::scalar(Scalar::F64(number));
        let mapped = match (offset == 0.0, scale == 1.0) {
            (true, true) => x.array()?,
            _ => number(offset).binary(BinaryFunc::Add, &number(scale).binary(BinaryFunc::Multiply, &x.array()?)?)?,
        };
        answer(context, self.basis.value(&self.terms, &mapped)?, x.is_lazy())
    }

    /// The same polynomial in another basis, over another domain.
    fn converted(&self, to: Basis, domain: [f64; 2], window: [f64; 2]) -> Series {
        // A place of the new window is one of the new domain, which is one of the old window.
        let (back, stretch) = parameters(window, domain);
        let (offset, scale) = parameters(self.domain, self.window);
        let terms = self.basis.converted(&self.terms, to, offset + scale * back, scale * stretch);
        Series { basis: to, terms, domain, window, symbol: self.symbol.clone() }
    }

    /// The sum of terms, the lowest degree first.
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
        for (degree, coefficient) in self.terms.chunk().scalars().enumerate() {
            let value = coefficient.to_value();
            let (sign, size) = match value.as_f64() {
                Some(number) => (number < 0.0, text(number.abs())),
                None => (false, value.repr()),
            };
            match (degree, sign) {
                (0, true) => drawn.push('-'),
                (0, false) => {}
                (_, true) => drawn.push_str(" - "),
                (_, false) => drawn.push_str(" + "),
            }
            drawn.push_str(&size);
            if degree > 0 {
                drawn.push('·');
                match self.basis {
                    Basis::Power => drawn.push_str(&format!("{inner}{}", raised(degree))),
                    basis => drawn.push_str(&format!("{}{}({inner})", basis.letter(), lowered(degree))),
                }
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

/// A degree as small digits below the line.
fn lowered(degree: usize) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    degree.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect()
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
        let at = Basis::ALL.iter().position(|&basis| basis == self.basis).expect("all are in the list");
        CLASSES[at].clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        let (coef, domain, window) = (row(self.terms.chunk()), row(pair(self.domain)), row(pair(self.window)));
        let name = self.basis.class_name();
        format!("{name}({coef}, domain={domain}, window={window}, symbol='{}')", self.symbol)
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
                bail!(TypeError: "a {} takes 1 argument, got {}", self.basis.class_name(), args.positional.len())
            };
            self.at(context, &Operand::try_from_value(x)?)
        })())
    }

    fn unary(&self, _: &Context, op: UnaryOp) -> Option<Result<Value>> {
        signed(op, |sign| self.with(self.terms.scaled(sign)))
    }

    fn binary(&self, _: &Context, op: BinaryOp, other: &Value, reflected: bool) -> Option<Result<Value>> {
        if op == BinaryOp::Pow && !reflected {
            let power = i64::from_value(other)?;
            return Some((|| {
                if !(0..=1000).contains(&power) {
                    bail!("Power must be a non-negative integer."; hint: "at most 1000, got {power}");
                }
                let one = Terms { dtype: self.terms.dtype, ..Terms::real(vec![1.0]) };
                Ok(self.with((0..power).fold(one, |product, _| self.basis.product(&product, &self.terms))))
            })());
        }
        let number = other.as_f64();
        let other = match self.beside(other)? {
            Ok(other) => other,
            Err(error) => return Some(Err(error)),
        };
        let (a, b) = if reflected { (&other, &self.terms) } else { (&self.terms, &other) };
        let quotient = || self.basis.quotient(a, b);
        match (op, number) {
            (BinaryOp::Add, _) => Some(Ok(self.with(add(a, b, false).trimmed()))),
            (BinaryOp::Sub, _) => Some(Ok(self.with(add(a, b, true).trimmed()))),
            (BinaryOp::Mul, _) => Some(Ok(self.with(self.basis.product(a, b)))),
            (BinaryOp::Div, Some(_)) if !reflected => {
                Some(quotient().map(|(quotient, _)| self.with(quotient.trimmed())))
            }
            (BinaryOp::FloorDiv, _) => Some(quotient().map(|(quotient, _)| self.with(quotient.trimmed()))),
            (BinaryOp::Mod, _) => Some(quotient().map(|(_, rest)| self.with(rest))),
            _ => None,
        }
    }

    fn compare(&self, _: &Context, op: CompareOp, other: &Value) -> Option<Result<Value>> {
        let equal = other.get::<Series>().is_some_and(|other| {
            self.basis == other.basis
                && self.terms.numbers == other.terms.numbers
                && self.domain == other.domain
                && self.window == other.window
                && self.symbol == other.symbol
        });
        match op {
            CompareOp::Eq => Some(Ok(Value::Bool(equal))),
            CompareOp::NotEq => Some(Ok(Value::Bool(!equal))),
            _ => None,
        }
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(Ok(self.terms.numbers.len()))
    }

    fn iter(&self, context: &Context) -> Option<Result<Value>> {
        NdArray::new(self.terms.chunk()).iter(context)
    }
}

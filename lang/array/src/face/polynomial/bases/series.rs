//! `Polynomial`, `Chebyshev`, `Legendre` and the like: terms over a domain that is mapped to a window.

use std::any::Any;
use std::sync::LazyLock;

use num_complex::Complex64;
use rdk_runtime::builtin::Args;
use rdk_runtime::{Builtin, Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins};
use rdk_syntax::tree::{BinaryOp, CompareOp, UnaryOp};

use super::algebra::add;
use super::functions::{Of, constants, count, degrees, interpolated, receiver};
use super::{Basis, Terms};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{self, NdArray};
use crate::face::modules::Entries;
use crate::face::operand::{Operand, answer};
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
    let construct = construct::builtins().pop().expect("one is declared");
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
    let of_class =
        of_class::builtins().into_iter().filter(|builtin| builtin.name != "interpolate" || basis == Basis::Chebyshev);
    let class = Class::new(basis.class_name(), module, doc)
        .methods(builtins())
        .methods(of_class.map(lent).collect())
        .properties(properties::builtins());
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
        match op {
            UnaryOp::Neg => Some(Ok(self.with(self.terms.scaled(-1.0)))),
            UnaryOp::Pos => Some(Ok(self.with(self.terms.clone()))),
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

/// One of the classes, as `kind=`.
struct Kind(Basis);

impl FromValue for Kind {
    fn expected() -> &'static str {
        "a class such as `np.polynomial.Chebyshev`"
    }

    fn from_value(value: &Value) -> Option<Kind> {
        let Value::Class(class) = value else { return None };
        Basis::ALL.into_iter().find(|basis| basis.class_name() == class.name).map(Kind)
    }
}

builtins! {
    /// The highest degree.
    fn degree(/** The polynomial. */ this: This) -> i64 { this.0.terms.degree() as i64 }

    /// Where it is zero.
    ///
    /// ```rdk
    /// np.polynomial.Polynomial([6, -5, 1]).roots()
    /// #> array([2., 3.])
    /// ```
    fn roots(/** The polynomial. */ this: This) -> Result<Value> {
        let (offset, scale) = parameters(this.0.window, this.0.domain);
        let mapped: Vec<Complex64> = this.0.basis.roots(&this.0.terms)?.into_iter().map(|root| offset + scale * root).collect();
        let real = mapped.iter().all(|root| root.im == 0.0);
        Ok(eager::value(Chunk::from_vec(&[mapped.len()], mapped).cast(if real { DType::F64 } else { DType::C128 })))
    }

    /// The derivative, so many times.
    ///
    /// ```rdk
    /// np.polynomial.Chebyshev([0, 0, 1]).deriv()
    /// #> Chebyshev([0., 4.], domain=[-1.,  1.], window=[-1.,  1.], symbol='x')
    /// ```
    fn deriv(/** The polynomial. */ this: This, /** How many times. */ m: i64 = 1) -> Result<Value> {
        let (_, scale) = parameters(this.0.domain, this.0.window);
        let times = count(m, "The order of derivation")?.min(this.0.terms.numbers.len());
        let derived = (0..times).fold(this.0.terms.clone(), |terms, _| this.0.basis.derivative(&terms).scaled(scale));
        Ok(this.0.with(derived))
    }

    /// The integral, so many times.
    fn integ(
        /// The polynomial.
        this: This,
        /// How many times.
        m: i64 = 1,
        /// The values of the integrals at `lbnd`: one for each time.
        k: Option<Operand>,
        /// Where they have those values; where x is 0 if left out.
        lbnd: Option<f64>,
    ) -> Result<Value> {
        let (offset, scale) = parameters(this.0.domain, this.0.window);
        let constants = constants(k.as_ref(), count(m, "The order of integration")?)?;
        let place = lbnd.map_or(0.0, |lbnd| offset + scale * lbnd);
        let integrated = constants.into_iter().fold(this.0.terms.clone(), |terms, value| {
            this.0.basis.integral(&terms.scaled(1.0 / scale), value, place)
        });
        Ok(this.0.with(integrated))
    }

    /// The same polynomial over another domain, or as a sum in another basis.
    ///
    /// ```rdk
    /// np.polynomial.Polynomial([0, 0, 1]).convert(kind=np.polynomial.Chebyshev)
    /// #> Chebyshev([0.5, 0. , 0.5], domain=[-1.,  1.], window=[-1.,  1.], symbol='x')
    /// ```
    fn convert(
        /// The polynomial.
        this: This,
        /// Where it is looked at; what is usual for the basis if left out.
        domain: Option<Vec<f64>>,
        /// The class of the result; its own if left out.
        kind: Option<Kind>,
        /// What the domain is mapped to; what is usual for the basis if left out.
        window: Option<Vec<f64>>,
    ) -> Result<Value> {
        let basis = kind.map_or(this.0.basis, |kind| kind.0);
        Ok(Value::object(this.0.converted(basis, ends(basis, domain, "Domain")?, ends(basis, window, "Window")?)))
    }

    /// A copy.
    fn copy(/** The polynomial. */ this: This) -> Value { Value::object(this.0) }

    /// Without terms at the end whose coefficients are small.
    fn trim(/** The polynomial. */ this: This, /** As small as this. */ tol: f64 = 0.0) -> Value { this.0.with(this.0.terms.trimmed_to(tol)) }

    /// The terms up to a degree.
    fn cutdeg(/** The polynomial. */ this: This, /** The highest degree that stays. */ deg: usize) -> Value { cut(&this.0, deg.saturating_add(1)) }

    /// So many of the first terms.
    fn truncate(/** The polynomial. */ this: This, /** How many: 1 or more. */ size: usize) -> Result<Value> {
        if size < 1 {
            bail!("size must be an integer >= 1");
        }
        Ok(cut(&this.0, size))
    }

    /// Offset and scale of the map from the domain to the window.
    fn mapparms(/** The polynomial. */ this: This) -> Value {
        let (offset, scale) = parameters(this.0.domain, this.0.window);
        Value::tuple([Value::Float(offset), Value::Float(scale)])
    }

    /// Places all over the domain, and the values there: to be plotted.
    fn linspace[context](
        /// The polynomial.
        this: This,
        /// How many places.
        n: i64 = 100,
        /// Where; all over its own domain if left out.
        domain: Option<Vec<f64>>,
    ) -> Result<Value> {
        let [low, high] = match domain {
            Some(_) => ends(this.0.basis, domain, "Domain")?,
            None => this.0.domain,
        };
        let n = count(n, "n")?;
        let x = Operand::Eager(Array::linspace(low, high, n, true, DType::F64, &crate::ChunksSpec::AUTO)?.compute_now(context)?);
        let y = this.0.at(context, &x)?;
        Ok(Value::tuple([answer(context, x.array()?, false)?, y]))
    }

    /// Has another the same coefficients?
    fn has_samecoef(/** The polynomial. */ this: This, /** The other. */ other: This) -> bool { this.0.terms.numbers == other.0.terms.numbers }

    /// Is another looked at in the same place?
    fn has_samedomain(/** The polynomial. */ this: This, /** The other. */ other: This) -> bool { this.0.domain == other.0.domain }

    /// Is another mapped to the same?
    fn has_samewindow(/** The polynomial. */ this: This, /** The other. */ other: This) -> bool { this.0.window == other.0.window }

    /// Is another a sum in the same basis?
    fn has_sametype(/** The polynomial. */ this: This, /** The other. */ other: Value) -> bool {
        other.get::<Series>().is_some_and(|other| other.basis == this.0.basis)
    }
}

fn cut(series: &Series, length: usize) -> Value {
    let kept = length.min(series.terms.numbers.len());
    series.with(Terms { numbers: series.terms.numbers[..kept].to_vec(), dtype: series.terms.dtype })
}

mod properties {
    use super::*;

    builtins! {
        /// Its coefficients, those of the lowest degree first.
        fn coef(/** The polynomial. */ this: This) -> Value { eager::value(this.0.terms.chunk()) }

        /// Where it is looked at.
        fn domain(/** The polynomial. */ this: This) -> Value { eager::value(pair(this.0.domain)) }

        /// What the domain is mapped to.
        fn window(/** The polynomial. */ this: This) -> Value { eager::value(pair(this.0.window)) }

        /// The name of the variable.
        fn symbol(/** The polynomial. */ this: This) -> Value { Value::str(this.0.symbol) }

        /// The letter of the basis; nothing for powers.
        fn basis_name(/** The polynomial. */ this: This) -> Value {
            if this.0.basis == Basis::Power { Value::None } else { Value::str(this.0.basis.letter()) }
        }
    }
}

/// Called on the class: `Polynomial.fit(x, y, 1)`.
mod of_class {
    use super::*;

    builtins! {
        /// The polynomial that comes nearest to points.
        ///
        /// ```rdk
        /// p = np.polynomial.Polynomial.fit([0, 1, 2], [1, 3, 5], 1)
        /// p(10).round(6)
        /// #> 21.0
        /// ```
        fn fit[context](
            /// The basis.
            basis: Of,
            /// Where the points are.
            x: Operand,
            /// Their values.
            y: Operand,
            /// The highest degree, or a list of those that there are to be.
            deg: Value,
            /// Where the polynomial is looked at; where the points are if left out.
            domain: Option<Vec<f64>>,
            /// Singular values that are smaller, beside the largest, count as zero.
            rcond: Option<f64>,
            /// Also what is left over, the rank, the singular values and `rcond`?
            full: bool = false,
            /// How much each point counts.
            w: Option<Operand>,
            /// What the domain is mapped to.
            window: Option<Vec<f64>>,
            /// The name of the variable.
            symbol: String = "x",
        ) -> Result<Value> {
            let basis = basis.0;
            let (x, y) = (x.array()?.compute_now(context)?, y.array()?.compute_now(context)?);
            let w = w.map(|w| w.array()?.compute_now(context)).transpose()?;
            if y.ndim() != 1 {
                bail!(TypeError: "expected 1D vector for y"; hint: "`polyfit` fits several rows of values at once");
            }
            let places = x.to_vec::<f64>();
            let domain = match domain {
                Some(domain) if domain.is_empty() => basis.domain(),
                Some(_) => ends(basis, domain, "Domain")?,
                None => {
                    let (low, high) = places.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| (low.min(x), high.max(x)));
                    if low < high { [low, high] } else { [low - 1.0, high + 1.0] }
                }
            };
            let window = ends(basis, window, "Window")?;
            let (offset, scale) = parameters(domain, window);
            let mapped: Vec<f64> = places.iter().map(|x| offset + scale * x).collect();
            let mapped = Chunk::from_vec(x.shape(), mapped);
            let (mut terms, fit) = basis.fitted(&mapped, &y, &degrees(&deg)?, rcond, w.as_ref())?;
            let series = Value::object(Series { basis, terms: terms.remove(0), domain, window, symbol });
            if !full {
                return Ok(series);
            }
            let row = |numbers: Vec<f64>| eager::value(Chunk::from_vec(&[numbers.len()], numbers));
            let rank = eager::number(Scalar::I32(fit.rank as i32));
            let facts = [row(fit.residuals), rank, row(fit.singular), Value::Float(fit.rcond)];
            Ok(Value::tuple([series, Value::list(facts)]))
        }

        /// A member of the basis.
        fn basis(
            /// The basis.
            basis: Of,
            /// Of which degree.
            deg: i64,
            /// Where it is looked at.
            domain: Option<Vec<f64>>,
            /// What the domain is mapped to.
            window: Option<Vec<f64>>,
            /// The name of the variable.
            symbol: String = "x",
        ) -> Result<Value> {
            let mut numbers = vec![0.0; count(deg, "deg")? + 1];
            numbers.iter_mut().next_back().into_iter().for_each(|number| *number = 1.0);
            let (domain, window) = (ends(basis.0, domain, "Domain")?, ends(basis.0, window, "Window")?);
            Ok(Value::object(Series { basis: basis.0, terms: Terms::real(numbers), domain, window, symbol }))
        }

        /// The polynomial x.
        fn identity(
            /// The basis.
            basis: Of,
            /// Where it is looked at.
            domain: Option<Vec<f64>>,
            /// What the domain is mapped to.
            window: Option<Vec<f64>>,
            /// The name of the variable.
            symbol: String = "x",
        ) -> Result<Value> {
            let (domain, window) = (ends(basis.0, domain, "Domain")?, ends(basis.0, window, "Window")?);
            let (offset, scale) = parameters(window, domain);
            let terms = Terms::real(basis.0.line(offset, scale));
            Ok(Value::object(Series { basis: basis.0, terms, domain, window, symbol }))
        }

        /// The polynomial that is zero at these places.
        fn fromroots[context](
            /// The basis.
            basis: Of,
            /// The places.
            roots: Operand,
            /// Where it is looked at; where the places are if it is empty.
            domain: Option<Vec<f64>>,
            /// What the domain is mapped to.
            window: Option<Vec<f64>>,
            /// The name of the variable.
            symbol: String = "x",
        ) -> Result<Value> {
            let chunk = roots.array()?.compute_now(context)?;
            let (domain, window) = (ends(basis.0, domain, "Domain")?, ends(basis.0, window, "Window")?);
            let (offset, scale) = parameters(domain, window);
            let mapped: Vec<Complex64> = chunk.to_vec::<Complex64>().into_iter().map(|root| offset + scale * root).collect();
            let dtype = if chunk.dtype().is_complex() { DType::C128 } else { DType::F64 };
            let terms = basis.0.with_roots(&mapped, dtype).scaled(scale.powi(-(mapped.len() as i32)));
            Ok(Value::object(Series { basis: basis.0, terms, domain, window, symbol }))
        }

        /// The same polynomial as a sum in this basis.
        fn cast(
            /// The basis.
            basis: Of,
            /// A polynomial of any class.
            series: This,
            /// Where it is looked at.
            domain: Option<Vec<f64>>,
            /// What the domain is mapped to.
            window: Option<Vec<f64>>,
        ) -> Result<Value> {
            let (domain, window) = (ends(basis.0, domain, "Domain")?, ends(basis.0, window, "Window")?);
            Ok(Value::object(series.0.converted(basis.0, domain, window)))
        }

        /// The polynomial that agrees with a function at Chebyshev's points.
        fn interpolate[context](
            /// The basis.
            basis: Of,
            /// Takes places and gives values.
            func: Value,
            /// The degree.
            deg: i64,
            /// Where.
            domain: Option<Vec<f64>>,
            /// What else the function takes.
            args: Option<Vec<Value>>,
        ) -> Result<Value> {
            let domain = ends(basis.0, domain, "Domain")?;
            let terms = interpolated(context, basis.0, &func, count(deg, "deg")?, domain, args.unwrap_or_default())?;
            Ok(Value::object(Series { domain, ..Series::plain(basis.0, terms) }))
        }
    }
}

mod construct {
    use super::*;

    builtins! {
        /// A polynomial by its coefficients, those of the lowest degree first.
        ///
        /// ```rdk
        /// p = np.polynomial.Polynomial([1, 2, 3])
        /// p(2)
        /// #> 17.0
        /// p.deriv()
        /// #> Polynomial([2., 6.], domain=[-1.,  1.], window=[-1.,  1.], symbol='x')
        /// print(p)
        /// #> 1.0 + 2.0·x + 3.0·x²
        /// print(np.polynomial.Chebyshev([1, 2, 3]))
        /// #> 1.0 + 2.0·T₁(x) + 3.0·T₂(x)
        /// ```
        fn new(
            /// The basis.
            basis: Of,
            /// The coefficients, those of the lowest degree first.
            coef: Value,
            /// Where it is looked at.
            domain: Option<Vec<f64>>,
            /// What the domain is mapped to.
            window: Option<Vec<f64>>,
            /// The name of the variable.
            symbol: String = "x",
        ) -> Result<Value> {
            let (domain, window) = (ends(basis.0, domain, "Domain")?, ends(basis.0, window, "Window")?);
            Ok(Value::object(Series { basis: basis.0, terms: Terms::whole(&coef)?, domain, window, symbol }))
        }
    }
}

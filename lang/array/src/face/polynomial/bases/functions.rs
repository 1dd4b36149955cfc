//! The functions of the modules: `chebval`, `legfit`, `hermgauss`, …
//!
//! Each is declared once and lent to the modules of all bases by the name that it has there; the basis goes first, unseen.

use num_complex::Complex64;
use rdk_runtime::{Args, Builtin, Context, FromValue, Rest, Result, Value, bail, builtins};

use super::algebra::add;
use super::{Basis, Terms, series};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{self, NdArray};
use crate::face::modules::{Entries, placed};
use crate::face::operand::{Operand, answer};
use crate::kernel::{BinaryFunc, UnaryFunc};
use crate::scalar::Scalar;

/// A basis as the first, unseen argument: its number.
pub(super) struct Of(pub Basis);

impl FromValue for Of {
    fn expected() -> &'static str {
        "a basis"
    }

    fn from_value(value: &Value) -> Option<Of> {
        usize::from_value(value).and_then(|at| Basis::ALL.get(at).copied()).map(Of)
    }
}

/// What stands for the basis before a function is called.
pub(super) fn receiver(basis: Basis) -> fn(&Context) -> Result<Value> {
    match basis {
        Basis::Power => |_| Ok(Value::Int(0)),
        Basis::Chebyshev => |_| Ok(Value::Int(1)),
        Basis::Legendre => |_| Ok(Value::Int(2)),
        Basis::Hermite => |_| Ok(Value::Int(3)),
        Basis::HermiteE => |_| Ok(Value::Int(4)),
        Basis::Laguerre => |_| Ok(Value::Int(5)),
    }
}

/// What a function is called in the modules, in the order of [`Basis::ALL`]; empty where it is not.
const NAMES: &[(&str, [&str; 6])] = &[
    ("val", ["polyval", "chebval", "legval", "hermval", "hermeval", "lagval"]),
    ("add", ["polyadd", "chebadd", "legadd", "hermadd", "hermeadd", "lagadd"]),
    ("sub", ["polysub", "chebsub", "legsub", "hermsub", "hermesub", "lagsub"]),
    ("mul", ["polymul", "chebmul", "legmul", "hermmul", "hermemul", "lagmul"]),
    ("mulx", ["polymulx", "chebmulx", "legmulx", "hermmulx", "hermemulx", "lagmulx"]),
    ("div", ["polydiv", "chebdiv", "legdiv", "hermdiv", "hermediv", "lagdiv"]),
    ("pow", ["polypow", "chebpow", "legpow", "hermpow", "hermepow", "lagpow"]),
    ("der", ["polyder", "chebder", "legder", "hermder", "hermeder", "lagder"]),
    ("int", ["polyint", "chebint", "legint", "hermint", "hermeint", "lagint"]),
    ("roots", ["polyroots", "chebroots", "legroots", "hermroots", "hermeroots", "lagroots"]),
    (
        "fromroots",
        ["polyfromroots", "chebfromroots", "legfromroots", "hermfromroots", "hermefromroots", "lagfromroots"],
    ),
    ("fit", ["polyfit", "chebfit", "legfit", "hermfit", "hermefit", "lagfit"]),
    ("vander", ["polyvander", "chebvander", "legvander", "hermvander", "hermevander", "lagvander"]),
    (
        "companion",
        ["polycompanion", "chebcompanion", "legcompanion", "hermcompanion", "hermecompanion", "lagcompanion"],
    ),
    ("line", ["polyline", "chebline", "legline", "hermline", "hermeline", "lagline"]),
    ("trim", ["polytrim", "chebtrim", "legtrim", "hermtrim", "hermetrim", "lagtrim"]),
    ("to_poly", ["", "cheb2poly", "leg2poly", "herm2poly", "herme2poly", "lag2poly"]),
    ("from_poly", ["", "poly2cheb", "poly2leg", "poly2herm", "poly2herme", "poly2lag"]),
    ("gauss", ["", "chebgauss", "leggauss", "hermgauss", "hermegauss", "laggauss"]),
    ("weight", ["", "chebweight", "legweight", "hermweight", "hermeweight", "lagweight"]),
    ("points_first", ["", "chebpts1", "", "", "", ""]),
    ("points_second", ["", "chebpts2", "", "", "", ""]),
    ("interpolate", ["", "chebinterpolate", "", "", "", ""]),
];

/// All names of a module.
pub(super) fn entries(basis: Basis) -> Entries {
    let at = Basis::ALL.iter().position(|&other| other == basis).unwrap_or(0);
    let named = |builtin: Builtin| {
        let (_, names) = NAMES.iter().find(|(own, _)| *own == builtin.name)?;
        (!names[at].is_empty()).then(|| builtin.of_current(names[at], receiver(basis)))
    };
    let mut entries = placed(builtins().into_iter().filter_map(named).collect());
    entries.extend(series::classes().into_iter().filter(|(name, _)| *name == basis.class_name()));
    // All but places are whole numbers, and Hermite's x, which is a half.
    let whole = |numbers: Vec<f64>| Terms { dtype: DType::I64, ..Terms::real(numbers) };
    let x = basis.line(0.0, 1.0);
    let x = if basis == Basis::Hermite { Terms::real(x) } else { whole(x) };
    let constants = [Terms::real(basis.domain().to_vec()), whole(vec![0.0]), whole(vec![1.0]), x];
    let names = [
        ["polydomain", "polyzero", "polyone", "polyx"],
        ["chebdomain", "chebzero", "chebone", "chebx"],
        ["legdomain", "legzero", "legone", "legx"],
        ["hermdomain", "hermzero", "hermone", "hermx"],
        ["hermedomain", "hermezero", "hermeone", "hermex"],
        ["lagdomain", "lagzero", "lagone", "lagx"],
    ];
    entries.extend(names[at].into_iter().zip(constants.map(row)));
    entries
}

fn row(terms: Terms) -> Value {
    Value::object(NdArray::new(terms.chunk()))
}

fn numbers(numbers: Vec<f64>) -> Value {
    row(Terms::real(numbers))
}

fn in_memory(context: &Context, operand: &Operand) -> Result<Chunk> {
    operand.array()?.compute_now(context)
}

/// Numbers as floats, in one row.
fn roots_row(numbers: Vec<Complex64>) -> Value {
    let real = numbers.iter().all(|number| number.im == 0.0);
    row(Terms { numbers, dtype: if real { DType::F64 } else { DType::C128 } })
}

/// So many times a polynomial is integrated or derived at most, and so high is a degree.
const MOST: i64 = 10_000;

pub(super) fn count(number: i64, what: &str) -> Result<usize> {
    match usize::try_from(number) {
        Ok(number) if number as i64 <= MOST => Ok(number),
        Ok(_) => bail!("{what} is {number}, which is too much"; hint: "at most {MOST}"),
        Err(_) => bail!("{what} must be non-negative, got {number}"),
    }
}

/// The constants of integrals: one for each time; missing ones are 0.
pub(super) fn constants(k: Option<&Operand>, times: usize) -> Result<Vec<Complex64>> {
    let mut constants = match k {
        None => Vec::new(),
        Some(Operand::Eager(chunk)) => chunk.to_vec::<Complex64>(),
        Some(Operand::Number(value)) => match Scalar::from_value(value) {
            Some(scalar) => vec![scalar?.get::<Complex64>()],
            None => Vec::new(),
        },
        Some(Operand::Lazy(_)) => bail!(NotImplementedError: "constants have to be in memory"),
    };
    if constants.len() > times {
        bail!("Too many integration constants");
    }
    constants.resize(times, Complex64::default());
    Ok(constants)
}

builtins! {
    /// The value of a polynomial at some places.
    ///
    /// ```rdk
    /// np.polynomial.chebyshev.chebval(0.5, [1, 2, 3])
    /// #> 0.5
    /// ```
    fn val[context](
        /// The basis.
        basis: Of,
        /// Where.
        x: Operand,
        /// The coefficients, the lowest degree first.
        c: Value,
        /// Has no effect.
        tensor: bool = true,
    ) -> Result<Value> {
        let _ = tensor;
        answer(context, basis.0.value(&Terms::whole(&c)?, &x.array()?)?, x.is_lazy())
    }

    /// The sum of two polynomials.
    fn add(/** The basis. */ basis: Of, /** One. */ c1: Value, /** The other. */ c2: Value) -> Result<Value> {
        let _ = basis;
        Ok(row(add(&Terms::given(&c1)?, &Terms::given(&c2)?, false).trimmed()))
    }

    /// The difference of two polynomials.
    fn sub(/** The basis. */ basis: Of, /** One. */ c1: Value, /** What is taken from it. */ c2: Value) -> Result<Value> {
        let _ = basis;
        Ok(row(add(&Terms::given(&c1)?, &Terms::given(&c2)?, true).trimmed()))
    }

    /// The product of two polynomials.
    fn mul(/** The basis. */ basis: Of, /** One. */ c1: Value, /** The other. */ c2: Value) -> Result<Value> {
        Ok(row(basis.0.product(&Terms::given(&c1)?, &Terms::given(&c2)?)))
    }

    /// A polynomial times x.
    fn mulx(/** The basis. */ basis: Of, /** The coefficients, the lowest degree first. */ c: Value) -> Result<Value> {
        let terms = Terms::given(&c)?;
        let zero = terms.numbers.len() == 1 && terms.numbers[0].norm() == 0.0;
        Ok(row(if zero { terms } else { basis.0.times_x(&terms) }))
    }

    /// The quotient of two polynomials, and what is left over.
    fn div(/** The basis. */ basis: Of, /** What is divided. */ c1: Value, /** By what. */ c2: Value) -> Result<Value> {
        let (quotient, rest) = basis.0.quotient(&Terms::given(&c1)?, &Terms::given(&c2)?)?;
        Ok(Value::tuple([row(quotient), row(rest)]))
    }

    /// A power of a polynomial.
    fn pow(
        /// The basis.
        basis: Of,
        /// The coefficients, the lowest degree first.
        c: Value,
        /// Which power: 0 or more.
        pow: i64,
        /// The highest power that is worked out.
        maxpower: Option<i64>,
    ) -> Result<Value> {
        let power = count(pow, "Power")?;
        if maxpower.is_some_and(|most| pow > most) {
            bail!("Power is too large");
        }
        let terms = Terms::given(&c)?;
        count((terms.degree() * power) as i64, "the degree")?;
        let one = Terms { dtype: terms.dtype, ..Terms::real(vec![1.0]) };
        Ok(row((0..power).fold(one, |product, _| basis.0.product(&product, &terms))))
    }

    /// The derivative of a polynomial.
    fn der(
        /// The basis.
        basis: Of,
        /// The coefficients, the lowest degree first.
        c: Value,
        /// How many times.
        m: i64 = 1,
        /// What each derivative is multiplied by.
        scl: f64 = 1.0,
    ) -> Result<Value> {
        let (terms, times) = (Terms::whole(&c)?, count(m, "The order of derivation")?);
        Ok(row((0..times.min(terms.numbers.len())).fold(terms, |terms, _| basis.0.derivative(&terms).scaled(scl))))
    }

    /// The integral of a polynomial.
    fn int(
        /// The basis.
        basis: Of,
        /// The coefficients, the lowest degree first.
        c: Value,
        /// How many times.
        m: i64 = 1,
        /// The values of the integrals at `lbnd`: one for each time.
        k: Option<Operand>,
        /// Where they have those values.
        lbnd: f64 = 0.0,
        /// What is multiplied by before each integration.
        scl: f64 = 1.0,
    ) -> Result<Value> {
        let (terms, times) = (Terms::whole(&c)?, count(m, "The order of integration")?);
        let constants = constants(k.as_ref(), times)?;
        Ok(row(constants.into_iter().fold(terms, |terms, value| basis.0.integral(&terms.scaled(scl), value, lbnd))))
    }

    /// Where a polynomial is zero.
    ///
    /// ```rdk
    /// np.polynomial.legendre.legroots([0, 0, 1]).round(4)
    /// #> array([-0.5774,  0.5774])
    /// ```
    fn roots(/** The basis. */ basis: Of, /** The coefficients, the lowest degree first. */ c: Value) -> Result<Value> {
        Ok(roots_row(basis.0.roots(&Terms::given(&c)?)?))
    }

    /// The polynomial that is zero at these places.
    fn fromroots[context](/** The basis. */ basis: Of, /** The places. */ roots: Operand) -> Result<Value> {
        let chunk = in_memory(context, &roots)?;
        let dtype = if chunk.dtype().is_complex() { DType::C128 } else { DType::F64 };
        Ok(row(basis.0.with_roots(&chunk.to_vec::<Complex64>(), dtype)))
    }

    /// The polynomial of a degree that comes nearest to points.
    ///
    /// ```rdk
    /// np.polynomial.polynomial.polyfit([0, 1, 2], [1, 3, 5], 1).round(6)
    /// #> array([1., 2.])
    /// ```
    fn fit[context](
        /// The basis.
        basis: Of,
        /// Where the points are.
        x: Operand,
        /// Their values; or a row of values for each.
        y: Operand,
        /// The highest degree, or a list of those that there are to be.
        deg: Value,
        /// Singular values that are smaller, beside the largest, count as zero.
        rcond: Option<f64>,
        /// Also what is left over, the rank, the singular values and `rcond`?
        full: bool = false,
        /// How much each point counts.
        w: Option<Operand>,
    ) -> Result<Value> {
        let (x, y) = (in_memory(context, &x)?, in_memory(context, &y)?);
        let w = w.map(|w| in_memory(context, &w)).transpose()?;
        let (terms, fit) = basis.0.fitted(&x, &y, &degrees(&deg)?, rcond, w.as_ref())?;
        let coefficients = match (y.ndim(), &terms[..]) {
            (1, [terms]) => row(terms.clone()),
            _ => {
                let rows: Vec<Array> = terms.iter().map(|terms| crate::face::operand::eager_array(&terms.chunk())).collect::<Result<_>>()?;
                answer(context, Array::stack(&rows, 1)?, false)?
            }
        };
        if !full {
            return Ok(coefficients);
        }
        let rank = eager::number(Scalar::I32(fit.rank as i32));
        let facts = [numbers(fit.residuals), rank, numbers(fit.singular), Value::Float(fit.rcond)];
        Ok(Value::tuple([coefficients, Value::list(facts)]))
    }

    /// The members of the basis up to a degree at some places, along a new last axis.
    ///
    /// ```rdk
    /// np.polynomial.chebyshev.chebvander([2], 3)
    /// #> array([[ 1.,  2.,  7., 26.]])
    /// ```
    fn vander[context](/** The basis. */ basis: Of, /** Where. */ x: Operand, /** The highest degree. */ deg: i64) -> Result<Value> {
        let n = count(deg, "deg")?;
        let x = x.array()?.compute_now(context)?;
        crate::face::create::room_for_positions(x.len() as u128 * (n as u128 + 1))?;
        let dtype = if x.dtype().is_complex() { DType::C128 } else { DType::F64 };
        let mut shape = if x.ndim() == 0 { vec![1] } else { x.shape().to_vec() };
        shape.push(n + 1);
        let members = basis.0.members(&x.to_vec::<Complex64>(), n);
        Ok(Value::object(NdArray::new(Chunk::from_vec(&shape, members.elements).cast(dtype))))
    }

    /// The matrix whose eigenvalues are the zeros of a polynomial; not the scaled one that NumPy gives.
    fn companion(/** The basis. */ basis: Of, /** The coefficients, the lowest degree first. */ c: Value) -> Result<Value> {
        let terms = Terms::given(&c)?;
        if terms.degree() < 1 {
            bail!("Series must have maximum degree of at least 1.");
        }
        let matrix = basis.0.companion(&terms);
        Ok(Value::object(NdArray::new(Chunk::from_vec(&[matrix.rows, matrix.columns], matrix.elements).cast(terms.dtype))))
    }

    /// The coefficients of `off + scl * x`.
    fn line(/** The basis. */ basis: Of, /** The value at 0. */ off: Value, /** The slope. */ scl: Value) -> Result<Value> {
        let (offset, scale) = (f64::try_from_value(&off)?, f64::try_from_value(&scl)?);
        // Whole numbers stay so, but for halves.
        let whole = matches!((&off, &scl), (Value::Int(_), Value::Int(_))) && (basis.0 != Basis::Hermite || scale == 0.0);
        let line = Terms::real(basis.0.line(offset, scale));
        Ok(row(if whole { Terms { dtype: DType::I64, ..line } } else { line }))
    }

    /// Without coefficients at the end that are small.
    fn trim(
        /// The basis.
        basis: Of,
        /// The coefficients, the lowest degree first.
        c: Value,
        /// As small as this.
        tol: f64 = 0.0,
    ) -> Result<Value> {
        let _ = basis;
        if tol < 0.0 {
            bail!("tol must be non-negative");
        }
        Ok(row(Terms::whole(&c)?.trimmed_to(tol)))
    }

    /// The same polynomial as a sum of powers.
    ///
    /// ```rdk
    /// np.polynomial.chebyshev.cheb2poly([0, 0, 1])
    /// #> array([-1.,  0.,  2.])
    /// ```
    fn to_poly(/** The basis. */ basis: Of, /** The coefficients, the lowest degree first. */ c: Value) -> Result<Value> {
        Ok(row(basis.0.converted(&Terms::given(&c)?, Basis::Power, 0.0, 1.0)))
    }

    /// A sum of powers as one of this basis.
    fn from_poly(/** The basis. */ basis: Of, /** The coefficients of the powers, the lowest first. */ pol: Value) -> Result<Value> {
        Ok(row(Basis::Power.converted(&Terms::given(&pol)?, basis.0, 0.0, 1.0)))
    }

    /// Places and weights of Gauss' rule.
    ///
    /// The sum of weighted values is the integral, exact up to degree `2 * deg - 1`.
    ///
    /// ```rdk
    /// x, w = np.polynomial.legendre.leggauss(3)
    /// (w * x ** 4).sum().round(6)
    /// #> 0.4
    /// ```
    fn gauss(/** The basis. */ basis: Of, /** How many places. */ deg: i64) -> Result<Value> {
        let (places, weights) = basis.0.gauss(deg)?;
        Ok(Value::tuple([numbers(places), numbers(weights)]))
    }

    /// What the members of the basis are weighted with so that they are orthogonal.
    fn weight[context](/** The basis. */ basis: Of, /** Where. */ x: Operand) -> Result<Value> {
        let array = x.array()?;
        let array = if array.dtype().is_float() || array.dtype().is_complex() { array } else { array.cast(DType::F64) };
        let number = |number: f64| Array::scalar(Scalar::F64(number)).cast(array.dtype());
        let (times, plus, less) = (BinaryFunc::Multiply, BinaryFunc::Add, BinaryFunc::Subtract);
        let square = || array.binary(times, &array);
        let weight = match basis.0 {
            Basis::Power | Basis::Legendre => number(1.0).broadcast_to(array.shape())?,
            Basis::Chebyshev => {
                let root = |array: Array| array.unary(UnaryFunc::Sqrt);
                let both = root(number(1.0).binary(plus, &array)?)?.binary(times, &root(number(1.0).binary(less, &array)?)?)?;
                number(1.0).binary(BinaryFunc::Divide, &both)?
            }
            Basis::Hermite => square()?.unary(UnaryFunc::Negative)?.unary(UnaryFunc::Exp)?,
            Basis::HermiteE => square()?.binary(times, &number(-0.5))?.unary(UnaryFunc::Exp)?,
            Basis::Laguerre => array.unary(UnaryFunc::Negative)?.unary(UnaryFunc::Exp)?,
        };
        answer(context, weight, x.is_lazy())
    }

    /// Chebyshev's points of the first kind: where a member of the basis is zero.
    fn points_first(/** The basis. */ basis: Of, /** How many. */ npts: i64) -> Result<Value> {
        let _ = basis;
        let n = count(npts, "npts")?;
        if n < 1 {
            bail!("npts must be >= 1");
        }
        let place = |at: usize| (0.5 * std::f64::consts::PI / n as f64 * (2.0 * at as f64 + 1.0 - n as f64)).sin();
        Ok(numbers((0..n).map(place).collect()))
    }

    /// Chebyshev's points of the second kind: where a member of the basis is largest or smallest.
    fn points_second(/** The basis. */ basis: Of, /** How many: 2 or more. */ npts: i64) -> Result<Value> {
        let _ = basis;
        let n = count(npts, "npts")?;
        if n < 2 {
            bail!("npts must be >= 2");
        }
        Ok(numbers((0..n).map(|at| (std::f64::consts::PI * (at as f64 / (n - 1) as f64 - 1.0)).cos()).collect()))
    }

    /// The polynomial that agrees with a function at Chebyshev's points of the first kind.
    ///
    /// ```rdk
    /// np.polynomial.chebyshev.chebinterpolate(lambda x: 2 * x + 1, 1).round(6)
    /// #> array([1., 2.])
    /// ```
    fn interpolate[context](
        /// The basis.
        basis: Of,
        /// Takes places and gives values.
        func: Value,
        /// The degree.
        deg: i64,
        /// What else the function takes.
        args: Rest,
    ) -> Result<Value> {
        let more = match args.0.first() {
            Some(Value::Tuple(items)) => items.to_vec(),
            _ => args.0,
        };
        Ok(row(interpolated(context, basis.0, &func, count(deg, "deg")?, [-1.0, 1.0], more)?))
    }
}

/// The polynomial that agrees with a function at Chebyshev's points, moved to a domain.
pub(super) fn interpolated(
    context: &Context,
    basis: Basis,
    function: &Value,
    degree: usize,
    domain: [f64; 2],
    more: Vec<Value>,
) -> Result<Terms> {
    let n = degree + 1;
    let place = |at: usize| (0.5 * std::f64::consts::PI / n as f64 * (2.0 * at as f64 + 1.0 - n as f64)).sin();
    let places: Vec<f64> = (0..n).map(place).collect();
    let moved = places.iter().map(|x| domain[0] + (x + 1.0) * 0.5 * (domain[1] - domain[0])).collect();
    let mut positional = vec![numbers(moved)];
    positional.extend(more);
    let values = context.call(function, Args::of(positional))?;
    crate::place::note(context);
    let values =
        Operand::try_from_value(&values)?.array()?.broadcast_to(&[n])?.compute_now(context)?.to_vec::<Complex64>();
    let complex = values.iter().any(|value| value.im != 0.0);
    let members = basis.members(&places.iter().map(|&x| Complex64::from(x)).collect::<Vec<_>>(), degree);
    let coefficient = |column: usize| {
        let sum: Complex64 = (0..n).map(|row| members.get(row, column) * values[row]).sum();
        sum * if column == 0 { 1.0 } else { 2.0 } / n as f64
    };
    Ok(Terms { numbers: (0..n).map(coefficient).collect(), dtype: if complex { DType::C128 } else { DType::F64 } })
}

/// `deg=`: all degrees up to one, or those of a list.
pub(super) fn degrees(deg: &Value) -> Result<Vec<usize>> {
    let degree = |value: &Value| count(i64::try_from_value(value)?, "deg");
    match deg.items() {
        Some(items) => {
            let mut degrees = items.iter().map(degree).collect::<Result<Vec<_>>>()?;
            degrees.sort_unstable();
            degrees.dedup();
            if degrees.is_empty() {
                bail!(TypeError: "deg must be an int or non-empty 1-D array of int");
            }
            Ok(degrees)
        }
        None => Ok((0..=degree(deg)?).collect()),
    }
}

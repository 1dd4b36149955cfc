//! Polynomials by their coefficients, the highest power first; and sums of products of two rows moved along each other.

mod arithmetic;
mod bases;
mod convolve;
mod fit;
mod poly1d;

use rdk_runtime::{FromValue, Result, Value, bail, builtins};
use rdk_syntax::tree::UnaryOp;

use super::operand::{Operand, answer};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::eager;
use crate::kernel::BinaryFunc;
use crate::{DType, Scalar};

pub use arithmetic::{Polynomial, add, derivative, divide, from_roots, integral, multiply, roots_of};
pub use bases::modules;
pub use poly1d::class;

/// So many times a polynomial is integrated at most.
const MOST_INTEGRALS: usize = 10_000;

/// All functions of polynomials.
pub fn functions() -> Vec<rdk_runtime::Builtin> {
    let mut all = builtins();
    all.extend(convolve::builtins());
    all.extend(fit::builtins());
    all
}

/// `-p` and `+p`, by what is made of a polynomial and a factor.
fn signed(op: UnaryOp, scaled: impl FnOnce(f64) -> Value) -> Option<Result<Value>> {
    match op {
        UnaryOp::Neg => Some(Ok(scaled(-1.0))),
        UnaryOp::Pos => Some(Ok(scaled(1.0))),
        _ => None,
    }
}

/// Coefficients: a list, an array, or a `poly1d`.
pub struct Coefficients(pub Polynomial);

impl FromValue for Coefficients {
    fn expected() -> &'static str {
        "coefficients: a list, an array or a poly1d"
    }

    fn from_value(value: &Value) -> Option<Coefficients> {
        Coefficients::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Coefficients> {
        if let Some(polynomial) = poly1d::held(value) {
            return Ok(Coefficients(polynomial));
        }
        match Operand::try_from_value(value)? {
            Operand::Eager(chunk) if chunk.ndim() > 1 => {
                bail!("Polynomial must be 1d only."; hint: "got an array of {} dimensions", chunk.ndim())
            }
            Operand::Eager(chunk) => Ok(Coefficients(Polynomial::new(&chunk))),
            operand @ Operand::Number(_) => {
                let scalar = Scalar::from_value(&match operand {
                    Operand::Number(value) => value,
                    Operand::Lazy(_) | Operand::Eager(_) => Value::None,
                });
                match scalar {
                    Some(scalar) => Ok(Coefficients(Polynomial::new(&Chunk::from_scalar(scalar?)))),
                    None => bail!(TypeError: "expected {}", Coefficients::expected()),
                }
            }
            Operand::Lazy(_) => {
                bail!(NotImplementedError: "coefficients have to be in memory"; hint: "compute them first: `p.compute()`")
            }
        }
    }
}

/// What functions of polynomials answer with: a `poly1d` if one went in.
fn like(polynomial: Polynomial, others: &[&Value]) -> Value {
    if others.iter().any(|value| poly1d::held(value).is_some()) {
        return poly1d::value(polynomial);
    }
    eager::value(polynomial.chunk())
}

/// The value of a polynomial at these places.
pub fn evaluated(polynomial: &Polynomial, x: &Operand) -> Result<Array> {
    let x = x.array()?;
    let chunk = polynomial.chunk();
    let mut sum = x.binary(BinaryFunc::Multiply, &Array::scalar(Scalar::zero(x.dtype())))?;
    let mut first = true;
    for coefficient in chunk.scalars() {
        let coefficient = Array::scalar(coefficient);
        // Nothing is multiplied by nothing: infinity stays out.
        sum = if first {
            let dtype = x.dtype().promote(chunk.dtype());
            coefficient.cast(dtype).broadcast_to(x.shape())?
        } else {
            sum.binary(BinaryFunc::Multiply, &x)?.binary(BinaryFunc::Add, &coefficient)?
        };
        first = false;
    }
    Ok(sum)
}

/// Refuses what would take all memory: each integral is a coefficient longer than the one before.
fn check_times(times: usize) -> Result<()> {
    if times > MOST_INTEGRALS {
        bail!("cannot integrate {times} times"; hint: "at most {MOST_INTEGRALS} times");
    }
    Ok(())
}

fn pair(a1: &Value, a2: &Value) -> Result<(Polynomial, Polynomial)> {
    Ok((Coefficients::try_from_value(a1)?.0, Coefficients::try_from_value(a2)?.0))
}

fn quotient(u: &Value, v: &Value) -> Result<Value> {
    let (a, b) = pair(u, v)?;
    let (quotient, rest) = divide(&a, &b)?;
    Ok(Value::tuple([like(quotient, &[u, v]), like(rest, &[u, v])]))
}

builtins! {
    /// The value of a polynomial at some places.
    ///
    /// ```rdk
    /// np.polyval([1, 0, -2], 3)
    /// #> 7
    /// ```
    fn polyval[context](
        /// Its coefficients, the highest power first.
        p: Coefficients,
        /// Where: a number, an array, or another polynomial.
        x: Value,
    ) -> Result<Value> {
        if let Some(inner) = poly1d::held(&x) {
            let mut sum = Polynomial::new(&Chunk::full(&[1], Scalar::zero(inner.chunk().dtype())));
            for coefficient in p.0.chunk().scalars() {
                sum = add(&multiply(&sum, &inner), &Polynomial::new(&Chunk::from_scalar(coefficient)), false);
            }
            return Ok(poly1d::value(sum));
        }
        let x = Operand::try_from_value(&x)?;
        answer(context, evaluated(&p.0, &x)?, x.is_lazy())
    }

    /// The sum of two polynomials.
    fn polyadd(/** One. */ a1: Value, /** The other. */ a2: Value) -> Result<Value> {
        let (a, b) = pair(&a1, &a2)?;
        Ok(like(add(&a, &b, false), &[&a1, &a2]))
    }

    /// The difference of two polynomials.
    fn polysub(/** One. */ a1: Value, /** What is taken from it. */ a2: Value) -> Result<Value> {
        let (a, b) = pair(&a1, &a2)?;
        Ok(like(add(&a, &b, true), &[&a1, &a2]))
    }

    /// The product of two polynomials.
    fn polymul(/** One. */ a1: Value, /** The other. */ a2: Value) -> Result<Value> {
        let (a, b) = pair(&a1, &a2)?;
        Ok(like(multiply(&a.trimmed(), &b.trimmed()), &[&a1, &a2]))
    }

    /// The quotient of two polynomials, and what is left over.
    fn polydiv(/** What is divided. */ u: Value, /** By what. */ v: Value) -> Result<Value> { quotient(&u, &v) }

    /// The derivative of a polynomial.
    fn polyder(
        /// Its coefficients.
        p: Value,
        /// How many times.
        m: i64 = 1,
    ) -> Result<Value> {
        if m < 0 {
            bail!("Order of derivative must be positive (see polyint)");
        }
        Ok(like(derivative(&Coefficients::try_from_value(&p)?.0, m as usize), &[&p]))
    }

    /// The integral of a polynomial.
    fn polyint(
        /// Its coefficients.
        p: Value,
        /// How many times.
        m: i64 = 1,
        /// The constants: one for all, or one for each time.
        k: Option<Operand>,
    ) -> Result<Value> {
        if m < 0 {
            bail!("Order of integral must be positive (see polyder)");
        }
        check_times(m as usize)?;
        let constants = match k {
            Some(k) => k.array()?.dtype().is_complex().then_some(()).map_or_else(
                || match &k {
                    Operand::Eager(chunk) => Ok(chunk.to_vec::<f64>()),
                    Operand::Number(value) => Ok(vec![value.as_f64().unwrap_or(0.0)]),
                    Operand::Lazy(_) => bail!(NotImplementedError: "constants have to be in memory"),
                },
                |()| bail!(NotImplementedError: "constants are real numbers"),
            )?,
            None => vec![0.0],
        };
        let constants = if constants.len() == 1 { vec![constants[0]; m as usize] } else { constants };
        if constants.len() < m as usize {
            bail!("k must be a scalar or a rank-1 array of length 1 or >m.");
        }
        Ok(like(integral(&Coefficients::try_from_value(&p)?.0, &constants[..m as usize]), &[&p]))
    }

    /// Where a polynomial is zero.
    ///
    /// ```rdk
    /// np.roots([1, -3, 2])
    /// #> array([2., 1.])
    /// ```
    fn roots(/** Its coefficients, the highest power first. */ p: Coefficients) -> Result<Value> {
        Ok(eager::value(roots_of(&p.0)?))
    }

    /// The polynomial that is zero at these places, or the characteristic one of a matrix.
    fn poly[context](
        /// The places, or a square matrix.
        seq_of_zeros: Operand,
    ) -> Result<Value> {
        let chunk = seq_of_zeros.array()?.compute_now(context)?;
        let zeros = match chunk.shape() {
            [m, n] if m == n && *m > 0 => arithmetic::eigenvalues(&chunk)?,
            [] | [_] => chunk,
            _ => bail!("input must be 1d or non-empty square 2d array."),
        };
        let whole = !zeros.dtype().is_float() && !zeros.dtype().is_complex();
        let zeros = if whole { zeros.cast(DType::F64) } else { zeros };
        if zeros.is_empty() {
            return Ok(Value::Float(1.0));
        }
        Ok(eager::value(from_roots(&zeros)))
    }
}

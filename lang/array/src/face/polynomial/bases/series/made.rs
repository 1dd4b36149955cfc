//! How a `Polynomial` or its like comes about: by its coefficients, or by a method of the class.

use num_complex::Complex64;
use rdk_runtime::{Result, Value, bail, builtins};

use super::methods::This;
use super::{Series, ends, parameters};
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager;
use crate::face::operand::Operand;
use crate::face::polynomial::bases::Terms;
use crate::face::polynomial::bases::functions::{Of, count, degrees, interpolated};
use crate::scalar::Scalar;

/// Called on the class: `Polynomial.fit(x, y, 1)`.
pub mod of_class {
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
            Series::over(basis.0, [domain, window], symbol, |_, _| Ok(Terms::real(numbers)))
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
            Series::over(basis.0, [domain, window], symbol, |domain, window| {
                let (offset, scale) = parameters(window, domain);
                Ok(Terms::real(basis.0.line(offset, scale)))
            })
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
            let dtype = if chunk.dtype().is_complex() { DType::C128 } else { DType::F64 };
            Series::over(basis.0, [domain, window], symbol, |domain, window| {
                let (offset, scale) = parameters(domain, window);
                let mapped = chunk.to_vec::<Complex64>().into_iter().map(|root| offset + scale * root);
                let mapped: Vec<Complex64> = mapped.collect();
                Ok(basis.0.with_roots(&mapped, dtype).scaled(scale.powi(-(mapped.len() as i32))))
            })
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

pub mod construct {
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
            Series::over(basis.0, [domain, window], symbol, |_, _| Terms::whole(&coef))
        }
    }
}

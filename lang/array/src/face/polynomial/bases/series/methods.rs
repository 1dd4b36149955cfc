//! Methods and attributes of `Polynomial` and its like.

use num_complex::Complex64;
use rdk_runtime::{FromValue, Result, Value, bail, builtins};

use super::{Series, ends, pair, parameters};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager;
use crate::face::operand::{Operand, answer};
use crate::face::polynomial::bases::functions::{constants, count};
use crate::face::polynomial::bases::{Basis, Terms};

/// One as the receiver of a method.
pub(super) struct This(pub(super) Series);

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

pub mod properties {
    use rdk_runtime::{Value, builtins};

    use super::{Basis, This, eager, pair};

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

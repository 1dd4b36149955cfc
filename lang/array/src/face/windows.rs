//! Windows: weights that fade to both ends, as signals are multiplied with.

use rdk_runtime::{Result, Value, builtins};

use super::elements::bessel;
use crate::chunk::Chunk;
use crate::eager;

/// A weight for each of `n` points; `weight` gets the place from -1 at the first to 1 at the last.
fn window(n: i64, weight: impl Fn(f64) -> f64) -> Result<Value> {
    let n = usize::try_from(n).unwrap_or(0);
    super::create::room_for_positions(n as u128)?;
    let place = |at: usize| (2.0 * at as f64 + 1.0 - n as f64) / (n as f64 - 1.0);
    let weights = match n {
        1 => vec![1.0],
        _ => (0..n).map(|at| weight(place(at))).collect(),
    };
    Ok(eager::value(Chunk::from_vec(&[n], weights)))
}

fn wave(place: f64) -> f64 {
    (std::f64::consts::PI * place).cos()
}

builtins! {
    /// A raised cosine that ends at 0.
    ///
    /// ```rdk
    /// np.hanning(5)
    /// #> array([0. , 0.5, 1. , 0.5, 0. ])
    /// ```
    fn hanning(/** How many points. */ M: i64) -> Result<Value> { window(M, |x| 0.5 + 0.5 * wave(x)) }

    /// A raised cosine that ends at 0.08.
    ///
    /// ```rdk
    /// np.hamming(3)
    /// #> array([0.08, 1.  , 0.08])
    /// ```
    fn hamming(/** How many points. */ M: i64) -> Result<Value> { window(M, |x| 0.54 + 0.46 * wave(x)) }

    /// Two cosines, so that what lies beside a peak is lower.
    fn blackman(/** How many points. */ M: i64) -> Result<Value> { window(M, |x| 0.42 + 0.5 * wave(x) + 0.08 * wave(2.0 * x)) }

    /// A triangle.
    ///
    /// ```rdk
    /// np.bartlett(5)
    /// #> array([0. , 0.5, 1. , 0.5, 0. ])
    /// ```
    fn bartlett(/** How many points. */ M: i64) -> Result<Value> { window(M, |x| if x <= 0.0 { 1.0 + x } else { 1.0 - x }) }

    /// A window of Bessel's function, as narrow as `beta` says: 0 is none at all, 5 like `hamming`.
    ///
    /// ```rdk
    /// np.kaiser(3, 0.0)
    /// #> array([1., 1., 1.])
    /// ```
    fn kaiser(/** How many points. */ M: i64, /** How narrow. */ beta: f64) -> Result<Value> {
        window(M, |x| bessel(beta * (1.0 - x * x).max(0.0).sqrt()) / bessel(beta))
    }
}

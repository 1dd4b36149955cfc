//! Methods of `complex`.

use num_complex::Complex64;

use crate::builtins;

builtins! {
    /// The same with the opposite imaginary part.
    ///
    /// ```rdk
    /// (1+2j).conjugate()
    /// #> (1-2j)
    /// ```
    fn conjugate(this: Complex64) -> Complex64 { this.conj() }
}

/// Attributes.
pub mod properties {
    use super::*;

    builtins! {
        /// The real part.
        fn real(this: Complex64) -> f64 { this.re }

        /// The imaginary part.
        fn imag(this: Complex64) -> f64 { this.im }
    }
}

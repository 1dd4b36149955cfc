//! Decompositions, eigenvalues and singular values.

// `UPLO` and `A` are NumPy's names.
#![allow(non_snake_case)]

use rdk_runtime::{FromValue, Result, Value, bail, builtins};

use super::{of_one, only, several};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::eager;
use crate::face::operand::{Operand, answer};
use crate::plan::linear::{self, Work, check_matrices, check_square};

/// Which triangle of a matrix is read.
pub struct Triangle {
    upper: bool,
}

impl FromValue for Triangle {
    fn expected() -> &'static str {
        "\"L\" or \"U\""
    }

    fn from_value(value: &Value) -> Option<Triangle> {
        Triangle::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Triangle> {
        match value.as_str() {
            Some("L" | "l") => Ok(Triangle { upper: false }),
            Some("U" | "u") => Ok(Triangle { upper: true }),
            _ => bail!("UPLO argument must be 'L' or 'U'"),
        }
    }
}

/// The first parts of `svd` of a single matrix in several chunks are made chunk by chunk.
pub(super) fn in_chunks(a: &Operand, array: &Array) -> bool {
    a.is_lazy() && array.ndim() == 2 && array.npartitions() > 1
}

/// The singular values of matrices.
pub(super) fn singular_values(array: &Array) -> Result<Array> {
    if array.ndim() == 2 && array.npartitions() > 1 {
        let [m, n] = [array.shape()[0], array.shape()[1]];
        let (_, r) = linear::qr(&if m < n { array.transpose(None)? } else { array.clone() })?;
        return Ok(linear::worked("svd", Work::SingularValues, &[r])?.part(0));
    }
    Ok(linear::worked("svd", Work::SingularValues, std::slice::from_ref(array))?.part(0))
}

/// Complex numbers that all are real become real ones, if what they were made of was real.
fn real_if_real(chunk: Chunk, values: &Chunk, real: bool) -> Chunk {
    let all = values.to_vec::<num_complex::Complex64>().iter().all(|value| value.im == 0.0);
    if real && all { chunk.cast(chunk.dtype().real()) } else { chunk }
}

builtins! {
    /// A matrix as `q · r`: perpendicular columns of length 1, and a triangle.
    ///
    /// ```rdk
    /// q, r = np.linalg.qr([[3.0, 1.0], [4.0, 2.0]])
    /// np.allclose(q @ r, [[3, 1], [4, 2]])
    /// #> True
    /// ```
    fn qr[context](
        /// A matrix, or a stack of them along the last two axes.
        a: Operand,
        /// "reduced", "complete" or "r".
        mode: String = "reduced",
    ) -> Result<Value> {
        let array = a.array()?;
        check_matrices(&array)?;
        match &*mode {
            "reduced" | "complete" | "r" => {}
            "raw" => bail!(NotImplementedError: "mode 'raw' is not supported"; hint: "\"reduced\", \"complete\" or \"r\""),
            _ => bail!("Unrecognized mode '{mode}'"; hint: "\"reduced\", \"complete\" or \"r\""),
        }
        let (q, r) = if in_chunks(&a, &array) && mode != "complete" {
            linear::qr(&array)?
        } else {
            let both = of_one(context, "qr", Work::Qr { complete: mode == "complete" }, &a)?;
            (both.part(0), both.part(1))
        };
        if mode == "r" {
            return answer(context, r, a.is_lazy());
        }
        several(context, "QRResult", &["Q", "R"], &[q, r], a.is_lazy())
    }

    /// A matrix as `u · s · vh`: its singular values, and their vectors.
    fn svd[context](
        /// A matrix, or a stack of them along the last two axes.
        a: Operand,
        /// Are `u` and `vh` square, rather than as long as there are singular values?
        full_matrices: bool = true,
        /// The vectors as well, or the singular values alone?
        compute_uv: bool = true,
        /// Is the matrix its own adjoint?
        hermitian: bool = false,
    ) -> Result<Value> {
        let array = a.array()?;
        check_matrices(&array)?;
        let _ = hermitian;
        if !compute_uv {
            return answer(context, singular_values(&array)?, a.is_lazy());
        }
        let parts = if in_chunks(&a, &array) && !full_matrices {
            let (u, s, vh) = linear::singular_value_decomposition(&array)?;
            [u, s, vh]
        } else {
            let parts = of_one(context, "svd", Work::Svd { full: full_matrices }, &a)?;
            [parts.part(0), parts.part(1), parts.part(2)]
        };
        several(context, "SVDResult", &["U", "S", "Vh"], &parts, a.is_lazy())
    }

    /// The singular values of a matrix, the largest first.
    fn svdvals[context](/** A matrix, or a stack of them along the last two axes. */ x: Operand) -> Result<Value> {
        let array = x.array()?;
        check_matrices(&array)?;
        answer(context, singular_values(&array)?, x.is_lazy())
    }

    /// The triangle whose product with its adjoint is the matrix.
    fn cholesky[context](
        /// A matrix that is positive definite, or a stack of them.
        a: Operand,
        /// The upper triangle rather than the lower?
        upper: bool = false,
    ) -> Result<Value> {
        check_square(&a.array()?)?;
        only(context, "cholesky", Work::Cholesky { upper }, &a)
    }

    /// The eigenvalues of a matrix and its eigenvectors, in columns.
    fn eig[context](/** A square matrix, or a stack of them. */ a: Operand) -> Result<Value> {
        check_square(&a.array()?)?;
        let parts = of_one(context, "eig", Work::Eigen, &a)?;
        if a.is_lazy() {
            return several(context, "EigResult", &["eigenvalues", "eigenvectors"], &[parts.part(0), parts.part(1)], true);
        }
        let (values, vectors) = (parts.part(0).compute_now(context)?, parts.part(1).compute_now(context)?);
        let real = !parts.dtype().is_complex();
        let vectors = real_if_real(vectors, &values, real);
        let values = real_if_real(values.clone(), &values, real);
        let items = vec![eager::value(values), eager::value(vectors)];
        Ok(rdk_runtime::modules::named_tuple::NamedTuple::new("EigResult", &["eigenvalues", "eigenvectors"], items))
    }

    /// The eigenvalues of a matrix.
    fn eigvals[context](/** A square matrix, or a stack of them. */ a: Operand) -> Result<Value> {
        check_square(&a.array()?)?;
        let parts = of_one(context, "eigvals", Work::Eigenvalues, &a)?;
        if a.is_lazy() {
            return answer(context, parts.part(0), true);
        }
        let values = parts.part(0).compute_now(context)?;
        Ok(eager::value(real_if_real(values.clone(), &values, !parts.dtype().is_complex())))
    }

    /// The eigenvalues of a matrix that is its own adjoint, the smallest first, and its eigenvectors.
    fn eigh[context](
        /// A square matrix, or a stack of them.
        a: Operand,
        /// Which triangle is read: "L" or "U".
        UPLO: Triangle = "L",
    ) -> Result<Value> {
        check_square(&a.array()?)?;
        let parts = of_one(context, "eigh", Work::HermitianEigen { upper: UPLO.upper }, &a)?;
        several(context, "EighResult", &["eigenvalues", "eigenvectors"], &[parts.part(0), parts.part(1)], a.is_lazy())
    }

    /// The eigenvalues of a matrix that is its own adjoint, the smallest first.
    fn eigvalsh[context](
        /// A square matrix, or a stack of them.
        a: Operand,
        /// Which triangle is read: "L" or "U".
        UPLO: Triangle = "L",
    ) -> Result<Value> {
        check_square(&a.array()?)?;
        only(context, "eigvalsh", Work::HermitianEigenvalues { upper: UPLO.upper }, &a)
    }
}

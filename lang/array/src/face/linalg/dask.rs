//! What `dask.array.linalg` has of its own, or in another form than NumPy.

use rdk_runtime::{Result, Value, bail, builtins};

use super::solve::solution;
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::face::operand::Operand;
use crate::face::random::Seed;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, CompareFunc, Distribution, Reduction, UnaryFunc};
use crate::plan::linear::{self, Work, check_square};
use crate::{DType, Scalar, shape};

fn tuple(arrays: impl IntoIterator<Item = Array>) -> Value {
    Value::tuple(arrays.into_iter().map(Value::lazy))
}

/// Vectors turned so that the sum of each row of `v` is not negative: that makes them unique.
fn flipped(u: &Array, v: &Array) -> Result<(Array, Array)> {
    let sums = v.reduce(Reduction::Sum, Some(&[1]), true, None, None)?;
    let sums = if sums.dtype().is_complex() { sums.unary(UnaryFunc::Real)? } else { sums };
    let up = sums.compare(CompareFunc::GreaterEqual, &Array::scalar(Scalar::zero(sums.dtype())))?;
    let one = |value: f64| Array::scalar(Scalar::F64(value).cast(v.dtype()));
    let signs = up.select(&one(1.0), &one(-1.0))?;
    Ok((u.binary(BinaryFunc::Multiply, &signs.transpose(None)?)?, v.binary(BinaryFunc::Multiply, &signs)?))
}

/// How many directions the random part of a matrix is seen in.
fn directions(m: usize, n: usize, q: usize, more: usize) -> usize {
    (q + more).max(20).min(m).min(n)
}

/// How a matrix is made small by chance.
struct Compression {
    q: usize,
    by_qr: bool,
    n_power_iter: usize,
    n_oversamples: usize,
    seed: Option<Seed>,
}

impl Compression {
    fn new(
        q: usize,
        iterator: &str,
        n_power_iter: usize,
        n_oversamples: usize,
        seed: Option<Seed>,
    ) -> Result<Compression> {
        let by_qr = match iterator {
            "power" => false,
            "QR" => true,
            _ => bail!("Iterator '{iterator}' not valid, must one one of ['power', 'QR']"),
        };
        Ok(Compression { q, by_qr, n_power_iter, n_oversamples, seed })
    }

    /// Rows that together see most of the columns of `a`.
    fn matrix(self, a: &Array) -> Result<Array> {
        let [m, n] = a.shape()[..] else {
            bail!("expected a matrix, got an array of {} dimensions", a.ndim());
        };
        let level = directions(m, n, self.q, self.n_oversamples);
        let normal = Distribution::Normal { mean: 0.0, deviation: 1.0 };
        let seed = self.seed.map(|seed| seed.0);
        let omega = Array::random("standard_normal", normal, seed, &[n, level], &ChunksSpec::AUTO)?;
        let grid = [a.chunks().0[1].clone(), crate::chunks::AxisChunks::single(level)].into_iter().collect();
        let omega = omega.regridded(grid).cast(if a.dtype().real() == DType::F32 { DType::F32 } else { DType::F64 });
        let turned = a.transpose(None)?;
        let mut seen = a.dot(&omega)?;
        if self.by_qr {
            seen = linear::qr(&seen)?.0;
            for _ in 0..self.n_power_iter {
                let q = linear::qr(&turned.dot(&seen)?)?.0;
                seen = linear::qr(&a.dot(&q)?)?.0;
            }
        } else {
            for _ in 0..self.n_power_iter {
                seen = a.dot(&turned.dot(&seen)?)?;
            }
            seen = linear::qr(&seen)?.0;
        }
        seen.transpose(None)
    }
}

builtins! {
    /// A matrix as `q · r`: perpendicular columns of length 1, and a triangle.
    ///
    /// Tall matrices are decomposed chunk of rows by chunk of rows, short ones by columns; one in chunks of both kinds is cut anew.
    fn qr(/** A matrix. */ a: Operand) -> Result<Value> {
        let (q, r) = linear::qr(&a.array()?)?;
        Ok(tuple([q, r]))
    }

    /// The QR decomposition of a tall matrix, chunk of rows by chunk of rows; or its singular values.
    fn tsqr(
        /// A matrix.
        data: Operand,
        /// `u`, `s` and `vh` instead of `q` and `r`?
        compute_svd: bool = false,
        /// Has no effect.
        _max_vchunk_size: Option<i64>,
    ) -> Result<Value> {
        let _ = _max_vchunk_size;
        let array = data.array()?;
        if compute_svd {
            let (u, s, v) = linear::singular_value_decomposition(&array)?;
            return Ok(tuple([u, s, v]));
        }
        let (q, r) = linear::qr(&array)?;
        Ok(tuple([q, r]))
    }

    /// The QR decomposition of a matrix with more columns than rows.
    fn sfqr(/** A matrix. */ data: Operand, /** Has no effect. */ name: Option<String>) -> Result<Value> {
        let _ = name;
        let (q, r) = linear::qr(&data.array()?)?;
        Ok(tuple([q, r]))
    }

    /// A matrix as `u · s · vh`: its singular values, and their vectors.
    fn svd(
        /// A matrix.
        a: Operand,
        /// Turn the vectors so that they are the same every time?
        coerce_signs: bool = true,
        /// Are `u` and `vh` square? One chunk, then.
        full_matrices: bool = false,
    ) -> Result<Value> {
        let array = a.array()?;
        if full_matrices {
            linear::check_matrices(&array)?;
            let parts = linear::worked("svd", Work::Svd { full: true }, &[array])?;
            return Ok(tuple([parts.part(0), parts.part(1), parts.part(2)]));
        }
        let (u, s, v) = linear::singular_value_decomposition(&array)?;
        let (u, v) = if coerce_signs { flipped(&u, &v)? } else { (u, v) };
        Ok(tuple([u, s, v]))
    }

    /// The largest singular values of a matrix and their vectors, nearly, by random samples.
    fn svd_compressed(
        /// A matrix in any chunks.
        a: Operand,
        /// How many singular values.
        k: usize,
        /// How to iterate: "power" or "QR".
        iterator: String = "power",
        /// How many times.
        n_power_iter: usize = 0,
        /// So many more are looked at than kept.
        n_oversamples: usize = 10,
        /// Where the random numbers begin.
        seed: Option<Seed>,
        /// Has no effect.
        compute: bool = false,
        /// Turn the vectors so that they are the same every time?
        coerce_signs: bool = true,
    ) -> Result<Value> {
        let _ = compute;
        let array = a.array()?;
        let rows = Compression::new(k, &iterator, n_power_iter, n_oversamples, seed)?.matrix(&array)?;
        let small = rows.dot(&array)?;
        let (v, s, ut) = linear::singular_value_decomposition(&small.transpose(None)?)?;
        let u = rows.transpose(None)?.dot(&ut.transpose(None)?)?;
        let first = IndexItem::Slice { start: None, stop: Some(k as i64), step: None };
        let u = u.slice(&[IndexItem::ALL, first.clone()])?;
        let v = v.transpose(None)?.slice(&[first.clone(), IndexItem::ALL])?;
        let (u, v) = if coerce_signs { flipped(&u, &v)? } else { (u, v) };
        Ok(tuple([u, s.slice(&[first])?, v]))
    }

    /// Rows whose product with a matrix has nearly all that is in its columns.
    fn compression_matrix(
        /// A matrix in any chunks.
        data: Operand,
        /// How many directions are wanted.
        q: usize,
        /// How to iterate: "power" or "QR".
        iterator: String = "power",
        /// How many times.
        n_power_iter: usize = 0,
        /// So many more are looked at.
        n_oversamples: usize = 10,
        /// Where the random numbers begin.
        seed: Option<Seed>,
        /// Has no effect.
        compute: bool = false,
    ) -> Result<Value> {
        let _ = compute;
        let compression = Compression::new(q, &iterator, n_power_iter, n_oversamples, seed)?;
        Ok(Value::lazy(compression.matrix(&data.array()?)?))
    }

    /// The triangle whose product with its adjoint is the matrix.
    fn cholesky(
        /// A matrix that is positive definite.
        a: Operand,
        /// The lower triangle rather than the upper?
        lower: bool = false,
    ) -> Result<Value> {
        let array = a.array()?;
        check_square(&array)?;
        Ok(Value::lazy(linear::only("cholesky", Work::Cholesky { upper: !lower }, &[array])?))
    }

    /// A matrix as `p · l · u`: an order of rows, and two triangles.
    ///
    /// Rows are exchanged over the whole length of the matrix, so that the result does not depend on its chunks.
    fn lu(/** A matrix. */ a: Operand) -> Result<Value> { Ok(tuple(linear::lu(&a.array()?)?)) }

    /// What solves `a · x = b` for a triangle.
    fn solve_triangular(
        /// A matrix of which one triangle is read.
        a: Operand,
        /// A vector, or a matrix whose columns are solved for one by one.
        b: Operand,
        /// Which triangle?
        lower: bool = false,
    ) -> Result<Value> {
        let array = a.array()?;
        check_square(&array)?;
        Ok(Value::lazy(solution("solve-triangular", Work::Triangular { lower, unit: false }, &array, &b.array()?)?))
    }

    /// What comes nearest to solving `a · x = b`: with the smallest sum of squares.
    fn lstsq(
        /// A matrix; a tall one may have many chunks of rows.
        a: Operand,
        /// A vector, or a matrix whose columns are solved for one by one.
        b: Operand,
    ) -> Result<Value> {
        let (a, b) = (a.array()?, b.array()?);
        if a.ndim() != 2 || b.ndim() == 0 || b.ndim() > 2 || a.shape()[0] != b.shape()[0] {
            bail!("lstsq: shapes {} and {} do not fit together", shape::show(a.shape()), shape::show(b.shape()));
        }
        let (q, r) = linear::qr(&a)?;
        let x = solution("solve-triangular", Work::Triangular { lower: false, unit: false }, &r, &linear::adjoint(&q)?.dot(&b)?)?;
        let rest = b.binary(BinaryFunc::Subtract, &a.dot(&x)?)?.unary(UnaryFunc::Absolute)?.unary(UnaryFunc::Square)?;
        let distances = rest.reduce(Reduction::Sum, Some(&[0]), b.ndim() == 1, None, None)?;
        let relative = a.shape()[0].max(a.shape()[1]) as f64 * super::solve::epsilon(linear::floating(a.dtype()));
        let rank = Work::Rank { absolute: None, relative, hermitian: false };
        let rank = linear::worked("lstsq-rank", rank, std::slice::from_ref(&r))?.part(0);
        let s = linear::worked("lstsq-singular", Work::SingularValues, &[r])?.part(0);
        Ok(tuple([x, distances, rank, s]))
    }
}

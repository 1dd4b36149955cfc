//! Decompositions in blocks: whatever the chunks, products of the factors are the matrix, and solutions solve.

use ndarray::{Array2, ArrayD, Axis, Ix2};
use num_complex::Complex64;
use proptest::prelude::*;
use rdk_array::array::Array;
use rdk_array::chunks::{AxisChunks, ChunksSpec};
use rdk_array::plan::linear::{self, Work};
use rdk_array::{Chunk, Chunks, Element};
use rdk_graph::{Cancel, Engine, Failure, RunError};
use rdk_runtime::Lazy;
use rdk_runtime::object::Lowering;

type Matrix = Array2<Complex64>;

/// What it comes to, put together from its chunks; or what went wrong.
fn values(array: &Array) -> Result<Matrix, String> {
    let whole = array.rechunk(&ChunksSpec::WHOLE).unwrap();
    let mut lowering = Lowering::default();
    let outputs = whole.lower(&mut lowering).unwrap();
    let failed = |error: RunError| match error.failure {
        Failure::Error(error) => {
            error.downcast::<rdk_runtime::Error>().map_or_else(|_| String::new(), |e| e.to_string())
        }
        other => format!("{other:?}"),
    };
    let results = Engine::new(2).run(&lowering.graph, &outputs, &Cancel::new()).map_err(failed)?;
    let chunk = results[0].get::<Chunk>().unwrap().cast(Complex64::DTYPE);
    let elements = ArrayD::from_shape_vec(chunk.shape(), chunk.to_vec::<Complex64>()).unwrap();
    Ok(elements.into_dimensionality::<Ix2>().unwrap())
}

fn number(seed: u64, at: usize) -> f64 {
    let mixed = (seed ^ at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed >> 33) as f64 / f64::from(1u32 << 31)) - 0.5
}

fn matrix(seed: u64, m: usize, n: usize, complex: bool) -> Matrix {
    Array2::from_shape_fn((m, n), |(row, column)| {
        let at = 2 * (row * n + column);
        Complex64::new(number(seed, at), if complex { number(seed, at + 1) } else { 0.0 })
    })
}

fn adjoint(a: &Matrix) -> Matrix {
    a.t().mapv(|value| value.conj())
}

fn lazy(a: &Matrix, complex: bool, sizes: &[usize]) -> Array {
    let shape = [a.nrows(), a.ncols()];
    let elements: Vec<Complex64> = a.iter().copied().collect();
    let chunk = Chunk::from_vec(&shape, elements);
    let chunk = if complex { chunk } else { chunk.cast(f64::DTYPE) };
    let cut = |length: usize, first: usize| {
        let mut left = length;
        let next = sizes.iter().cycle().skip(first).map(|size| {
            let size = (*size).min(left);
            left -= size;
            size
        });
        AxisChunks::listed(next.take(200).filter(|size| *size > 0).collect::<Vec<_>>())
    };
    let grid: Chunks = [cut(shape[0], 0), cut(shape[1], 1)].into_iter().collect();
    let spec = ChunksSpec::Axes(grid.0.iter().cloned().map(rdk_array::chunks::AxisSpec::Sizes).collect());
    Array::from_chunk(chunk, &ChunksSpec::WHOLE).unwrap().rechunk(&spec).unwrap()
}

fn near(a: &Matrix, b: &Matrix, what: &str) {
    assert_eq!(a.shape(), b.shape(), "{what}");
    let size = b.iter().map(|value| value.norm()).fold(1.0, f64::max);
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
    assert!(apart <= 1e-9 * size, "{what}: {apart} apart, of {size}");
}

/// Nothing above the diagonal, or nothing below.
fn triangle(a: &Matrix, lower: bool, what: &str) {
    let beyond = |row: usize, column: usize| if lower { column > row } else { column < row };
    let zero = a.indexed_iter().all(|((row, column), value)| !beyond(row, column) || value.norm() == 0.0);
    assert!(zero, "{what} is a triangle");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn factors_make_the_matrix(
        seed: u64, m in 1usize..24, n in 1usize..24, complex: bool, sizes in prop::collection::vec(1usize..9, 1..4),
    ) {
        let a = matrix(seed, m, n, complex);
        let [p, l, u] = linear::lu(&lazy(&a, complex, &sizes)).unwrap().map(|part| values(&part).unwrap());
        triangle(&l, true, "l");
        triangle(&u, false, "u");
        near(&p.dot(&l).dot(&u), &a, "p l u");
        // Rows are exchanged so that no factor is larger than 1; and they are only exchanged.
        prop_assert!(l.iter().all(|value| value.norm() <= 1.0 + 1e-12));
        near(&p.dot(&p.t()), &Array2::eye(m), "p p*");
    }

    #[test]
    fn solutions_solve(
        seed: u64, n in 1usize..24, columns in 1usize..9, complex: bool, sizes in prop::collection::vec(1usize..9, 1..4),
    ) {
        // Zeros on the diagonal and at other places: rows have to be exchanged beyond blocks.
        let mut a = matrix(seed, n, n, complex);
        a.iter_mut().enumerate().filter(|(at, _)| at % 3 == 0).for_each(|(_, value)| *value = Complex64::default());
        a.invert_axis(Axis(0));
        let shift = Array2::from_shape_fn((n, n), |(row, column)| f64::from(u8::from((row + 1) % n == column)) * 4.0);
        let a = a + shift.mapv(|value| Complex64::new(value, 0.0));
        let b = matrix(seed ^ 1, n, columns, complex);
        let (lazy_a, lazy_b) = (lazy(&a, complex, &sizes), lazy(&b, complex, &sizes));
        let found = |work, inputs: &[Array]| linear::only("work", work, inputs).unwrap();
        let x = found(Work::Solve, &[lazy_a.clone(), lazy_b.clone()]);
        prop_assert_eq!(x.chunks(), lazy_b.chunks());
        near(&a.dot(&values(&x).unwrap()), &b, "a x");
        let inverse = found(Work::Inverse, std::slice::from_ref(&lazy_a));
        prop_assert_eq!(inverse.chunks(), lazy_a.chunks());
        near(&a.dot(&values(&inverse).unwrap()), &Array2::eye(n), "a a⁻¹");

        // In one piece, and in several.
        let one = |array: &Array| -> Array { array.reshape(&[1, 1]).unwrap() };
        let whole = lazy(&a, complex, &[n]);
        let of = |array: &Array| one(&found(Work::Determinant, std::slice::from_ref(array)));
        let sign_and_log = |array: &Array| linear::sign_and_log(array).unwrap().map(|part| values(&one(&part)).unwrap());
        near(&values(&of(&lazy_a)).unwrap(), &values(&of(&whole)).unwrap(), "the determinant");
        for (found, expected) in sign_and_log(&lazy_a).iter().zip(&sign_and_log(&whole)) {
            near(found, expected, "its sign and logarithm");
        }

        let positive = a.dot(&adjoint(&a)) + Array2::<Complex64>::eye(n);
        let lazy_positive = lazy(&positive, complex, &sizes);
        for upper in [false, true] {
            let triangle_of = found(Work::Cholesky { upper }, std::slice::from_ref(&lazy_positive));
            prop_assert_eq!(triangle_of.chunks(), lazy_positive.chunks());
            let factor = values(&triangle_of).unwrap();
            triangle(&factor, !upper, "the factor");
            let made = if upper { adjoint(&factor).dot(&factor) } else { factor.dot(&adjoint(&factor)) };
            near(&made, &positive, "l l*");
            let lower = !upper;
            let x = found(Work::Triangular { lower, unit: false }, &[triangle_of, lazy_b.clone()]);
            near(&factor.dot(&values(&x).unwrap()), &b, "l x");
        }
        let x = linear::solve_positive(&lazy_positive, &lazy_b).unwrap();
        near(&positive.dot(&values(&x).unwrap()), &b, "positive");
    }
}

#[test]
fn what_cannot_be_solved_says_so() {
    let mut a = matrix(7, 9, 9, false);
    a.row_mut(8).fill(Complex64::default());
    let b = lazy(&matrix(8, 9, 1, false), false, &[4]);
    let check = |a: &Matrix, work: Work, inputs: usize, expected: &str| {
        let inputs: Vec<Array> = [lazy(a, false, &[2, 3]), b.clone()].into_iter().take(inputs).collect();
        let error = values(&linear::only("work", work, &inputs).unwrap()).unwrap_err();
        assert!(error.contains(expected), "{error}");
    };
    check(&a, Work::Inverse, 1, "Singular matrix");
    check(&a, Work::Solve, 2, "Singular matrix");
    check(&a, Work::Cholesky { upper: false }, 1, "Matrix is not positive definite");
    let mut triangle = Array2::<Complex64>::eye(9);
    triangle[(5, 5)] = Complex64::default();
    for lower in [false, true] {
        check(&triangle, Work::Triangular { lower, unit: false }, 2, "resolution failed at diagonal 5");
    }
    // Two columns that are the same: elimination goes on to the end.
    let mut twice = matrix(9, 9, 9, false);
    let column = twice.column(0).to_owned();
    twice.column_mut(4).assign(&column);
    let [p, l, u] = linear::lu(&lazy(&twice, false, &[2, 3])).unwrap().map(|part| values(&part).unwrap());
    near(&p.dot(&l).dot(&u), &twice, "p l u");
}

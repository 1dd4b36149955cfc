//! Matrix products against the definition, for all types, also of transposed factors and by several workers.

use num_complex::Complex64;
use rdk_array::kernel::matmul;
use rdk_array::{Chunk, DType, NumberKind, Scalar};
use rdk_graph::{Cancel, Crew, Engine};

fn numbers(shape: [usize; 2], dtype: DType, seed: u64) -> Chunk {
    let least = if dtype.kind() == NumberKind::Unsigned { 0.0 } else { -2.0 };
    let elements: Vec<Complex64> = (0..shape[0] * shape[1])
        .map(|at| {
            let mixed = (seed + at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            Complex64::new((mixed % 7) as f64 + least, if dtype.is_complex() { (mixed % 5) as f64 - 1.0 } else { 0.0 })
        })
        .collect();
    let elements = Chunk::from_vec(&shape, elements);
    // Small whole numbers: every type holds the products exactly, or wraps as the definition does.
    if dtype.is_integer() { elements.cast(DType::I64).cast(dtype) } else { elements.cast(dtype) }
}

fn by_definition(a: &Chunk, b: &Chunk, sum: Option<&Chunk>) -> Vec<Scalar> {
    let (m, k, n) = (a.shape()[0], a.shape()[1], b.shape()[1]);
    let dtype = a.dtype();
    let mut elements = Vec::new();
    for i in 0..m {
        for j in 0..n {
            let mut total: Complex64 = sum.map_or(Complex64::new(0.0, 0.0), |sum| sum.get(&[i, j]).unwrap().get());
            for l in 0..k {
                total += a.get(&[i, l]).unwrap().get::<Complex64>() * b.get(&[l, j]).unwrap().get::<Complex64>();
            }
            let scalar = Scalar::C128(total);
            elements.push(match dtype {
                DType::Bool => Scalar::Bool(total.re != 0.0),
                dtype if dtype.is_integer() => Scalar::I64(total.re as i64).cast(dtype),
                dtype => scalar.cast(dtype),
            });
        }
    }
    elements
}

fn check(a: &Chunk, b: &Chunk, crew: Crew<'_>) {
    let product = matmul(a, b, None, crew).unwrap();
    assert_eq!(product.dtype(), a.dtype());
    assert_eq!(product.scalars().collect::<Vec<_>>(), by_definition(a, b, None), "{} {:?}", a.dtype(), a.shape());
    let twice = matmul(a, b, Some(product.clone()), crew).unwrap();
    assert_eq!(twice.scalars().collect::<Vec<_>>(), by_definition(a, b, Some(&product)), "added, {}", a.dtype());
    assert_eq!(product.scalars().collect::<Vec<_>>(), by_definition(a, b, None), "what was added to is left alone");
}

#[test]
fn products_are_sums_of_products() {
    let cancel = Cancel::new();
    let alone = Crew::alone(&cancel);
    for dtype in DType::ALL {
        for (m, k, n) in [(3, 4, 5), (1, 7, 1), (17, 33, 9), (0, 3, 2), (2, 0, 3), (2, 3, 0)] {
            check(&numbers([m, k], dtype, 1), &numbers([k, n], dtype, 2), alone);
            check(&numbers([k, m], dtype, 1).transpose(&[1, 0]), &numbers([n, k], dtype, 2).transpose(&[1, 0]), alone);
        }
    }
}

#[test]
fn workers_share_the_rows() {
    let (engine, cancel) = (Engine::new(3), Cancel::new());
    for dtype in [DType::F64, DType::C64, DType::I32] {
        check(&numbers([150, 20], dtype, 3), &numbers([20, 30], dtype, 4), engine.crew(&cancel));
    }
}

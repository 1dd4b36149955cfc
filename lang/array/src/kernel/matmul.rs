//! Matrix products of chunks.

use gemm::{Parallelism, gemm};
use ndarray::{ArrayViewD, s};
use num_complex::{Complex32, Complex64};
use rdk_graph::{Crew, Stopped};

use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::Stop;
use crate::kernel::simd::{self, Forms, Level, Loop};
use crate::memory;

/// The matrix product of two chunks of the same type and of two dimensions, `(m, k)` and `(k, n)`, added to `accumulate` if there
/// is one. Those of the crew who are idle do rows of it.
pub fn matmul(a: &Chunk, b: &Chunk, accumulate: Option<Chunk>, crew: Crew<'_>) -> Result<Chunk, Stop> {
    match a.dtype() {
        DType::F32 => by_gemm::<f32>(a, b, accumulate, crew),
        DType::F64 => by_gemm::<f64>(a, b, accumulate, crew),
        DType::C64 => by_gemm::<Complex32>(a, b, accumulate, crew),
        DType::C128 => by_gemm::<Complex64>(a, b, accumulate, crew),
        dtype => with_dtype!(dtype, T => by_rows::<T>(a, b, accumulate)),
    }
}

/// What is left of the elements of a matrix, in rows, when the product of two others is taken away.
pub fn less_product<T: Product>(rest: &mut [T], a: &Chunk, b: &Chunk, crew: Crew<'_>) -> Result<(), Stopped> {
    let (a, b) = (a.array::<T>().expect("of this type"), b.array::<T>().expect("all of one type"));
    spread(a.view(), b.view(), Some(-T::one()), rest, crew)
}

/// The same of a chunk, in its own memory if nobody else holds it.
pub fn less<T: Product>(rest: Chunk, a: &Chunk, b: &Chunk, crew: Crew<'_>) -> Result<Chunk, Stopped> {
    let shape = [rest.shape()[0], rest.shape()[1]];
    let mut elements = owned::<T>(rest);
    less_product(&mut elements, a, b, crew)?;
    Ok(Chunk::from_vec(&shape, elements))
}

/// Types that crate `gemm` multiplies.
pub trait Product: Element + num_traits::Zero + num_traits::One + std::ops::Neg<Output = Self> {}
impl Product for f32 {}
impl Product for f64 {}
impl Product for Complex32 {}
impl Product for Complex64 {}

fn by_gemm<T: Product>(a: &Chunk, b: &Chunk, accumulate: Option<Chunk>, crew: Crew<'_>) -> Result<Chunk, Stop> {
    let (m, k, n) = (a.shape()[0], a.shape()[1], b.shape()[1]);
    assert_eq!(b.shape()[0], k, "the caller matches the inner lengths");
    let read = accumulate.is_some();
    let mut result = match accumulate {
        Some(chunk) => owned::<T>(chunk),
        None => memory::zeroed(&[m, n])?,
    };
    assert_eq!(result.len(), m * n, "the sum so far has the shape of the product");
    let (a, b) = (a.array::<T>().expect("of this type"), b.array::<T>().expect("both of one type"));
    spread(a.view(), b.view(), read.then(T::one), &mut result, crew)?;
    Ok(Chunk::from_vec(&[m, n], result))
}

/// [`multiply`] by all of the crew who are idle, each with some of the rows.
fn spread<T: Product>(
    a: ArrayViewD<'_, T>,
    b: ArrayViewD<'_, T>,
    times: Option<T>,
    result: &mut [T],
    crew: Crew<'_>,
) -> Result<(), Stopped> {
    let (m, n) = (a.shape()[0], b.shape()[1]);
    if m == 0 || n == 0 {
        return Ok(());
    }
    // Each part packs `b` anew, so there are no more than there are hands.
    let rows = m.div_ceil(crew.size()).max(64);
    if rows >= m {
        multiply(a, b, times, result);
        return Ok(());
    }
    crew.share(result.chunks_mut(rows * n).enumerate().collect(), |(part, result)| {
        let a = a.slice(s![part * rows..((part + 1) * rows).min(m), ..]);
        multiply(a.into_dyn(), b.view(), times, result);
    })
}

/// `result`, in rows, becomes the product; or so many times the product is added to it.
fn multiply<T: Product>(a: ArrayViewD<'_, T>, b: ArrayViewD<'_, T>, times: Option<T>, result: &mut [T]) {
    let (m, k, n) = (a.shape()[0], a.shape()[1], b.shape()[1]);
    assert!(b.shape()[0] == k && result.len() == m * n, "shapes that fit each other");
    // SAFETY: the pointers and strides are those of arrays with the shapes that are passed, which live until the call is over;
    // `result` has m·n elements in rows and is referred to by nothing else. `gemm` has no safe interface.
    unsafe {
        gemm(
            m,
            n,
            k,
            result.as_mut_ptr(),
            1,
            n as isize,
            times.is_some(),
            a.as_ptr(),
            a.strides()[1],
            a.strides()[0],
            b.as_ptr(),
            b.strides()[1],
            b.strides()[0],
            T::one(),
            times.unwrap_or(T::one()),
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// The elements of a chunk in C order, without copying where nobody else sees them.
fn owned<T: Element>(chunk: Chunk) -> Vec<T> {
    let array = T::array(&chunk).expect("the sum so far has the type of the factors");
    if !array.is_standard_layout() {
        return chunk.to_vec();
    }
    let shared = array.clone();
    drop(chunk);
    let n = shared.len();
    let (mut elements, offset) = shared.into_owned().into_raw_vec_and_offset();
    // It may be a part of what lies in memory.
    match offset {
        Some(0) | None => {
            elements.truncate(n);
            elements
        }
        Some(offset) => elements[offset..offset + n].to_vec(),
    }
}

struct AddRow<'a> {
    row: &'a mut [i64],
    factor: i64,
    other: &'a [i64],
    is_bool: bool,
}

impl Loop for AddRow<'_> {
    type Answer = ();
    const FORMS: Forms = Forms::Three;

    #[inline(always)]
    fn run<L: Level>(self) {
        if self.is_bool {
            for (sum, &other) in self.row.iter_mut().zip(self.other) {
                *sum |= other;
            }
        } else {
            for (sum, &other) in self.row.iter_mut().zip(self.other) {
                *sum = sum.wrapping_add(self.factor.wrapping_mul(other));
            }
        }
    }
}

/// Whole numbers and truth values: a row of the result at a time.
fn by_rows<T: Element>(a: &Chunk, b: &Chunk, accumulate: Option<Chunk>) -> Result<Chunk, Stop> {
    let (m, k, n) = (a.shape()[0], a.shape()[1], b.shape()[1]);
    assert_eq!(b.shape()[0], k, "the caller matches the inner lengths");
    let is_bool = T::DTYPE == DType::Bool;
    let (a, b) = (a.to_vec::<i64>(), b.to_vec::<i64>());
    let mut result = match accumulate {
        Some(chunk) => chunk.to_vec::<i64>(),
        None => memory::zeroed(&[m, n])?,
    };
    // Sums modulo 2^64 are right modulo any narrower width too.
    for (row, a) in result.chunks_mut(n.max(1)).zip(a.chunks(k.max(1))) {
        for (&factor, b) in a.iter().zip(b.chunks(n.max(1))) {
            if factor == 0 {
                continue;
            }
            simd::run(AddRow { row: &mut *row, factor, other: b, is_bool });
        }
    }
    Ok(Chunk::from_vec(&[m, n], result.into_iter().map(T::from_i64).collect()))
}

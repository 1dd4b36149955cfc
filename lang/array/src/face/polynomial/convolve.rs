//! `convolve` and `correlate`: sums of products of two rows, moved along each other.

use num_complex::Complex64;
use rdk_runtime::{FromValue, Result, Value, bail, builtins};

use crate::chunk::Chunk;
use crate::dtype::{DType, NumberKind};
use crate::eager;
use crate::element::Element;
use crate::face::operand::Operand;

/// Which sums are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Wherever the rows meet.
    Full,
    /// As many as the longer one has elements.
    Same,
    /// Where the shorter one lies wholly beside the longer one.
    Valid,
}

impl FromValue for Mode {
    fn expected() -> &'static str {
        "\"full\", \"same\" or \"valid\""
    }

    fn from_value(value: &Value) -> Option<Mode> {
        Mode::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Mode> {
        match value.as_str() {
            Some("full" | "f") => Ok(Mode::Full),
            Some("same" | "s") => Ok(Mode::Same),
            Some("valid" | "v") => Ok(Mode::Valid),
            _ => bail!("mode must be one of 'valid', 'same', or 'full' (got {})", value.repr()),
        }
    }
}

fn products<T: Element>(a: &[T], b: &[T], add: impl Fn(T, T, T) -> T) -> Vec<T> {
    let mut sums = vec![T::default(); a.len() + b.len() - 1];
    for (at, &x) in b.iter().enumerate() {
        for (sum, &y) in sums[at..].iter_mut().zip(a) {
            *sum = add(*sum, y, x);
        }
    }
    sums
}

/// All sums.
fn full(a: &Chunk, b: &Chunk, dtype: DType) -> Chunk {
    let chunk = |length: usize, sums: Vec<f64>| Chunk::from_vec(&[length], sums);
    let length = a.len() + b.len() - 1;
    match dtype.kind() {
        NumberKind::Float => {
            chunk(length, products(&a.to_vec(), &b.to_vec(), |sum: f64, x, y| sum + x * y)).cast(dtype)
        }
        NumberKind::Complex => {
            let sums = products(&a.to_vec(), &b.to_vec(), |sum: Complex64, x, y| sum + x * y);
            Chunk::from_vec(&[length], sums).cast(dtype)
        }
        NumberKind::Bool => {
            Chunk::from_vec(&[length], products(&a.to_vec(), &b.to_vec(), |sum: bool, x, y| sum || x && y))
        }
        NumberKind::Signed | NumberKind::Unsigned => {
            let sums = products(&a.to_vec(), &b.to_vec(), |sum: i64, x, y| sum.wrapping_add(x.wrapping_mul(y)));
            Chunk::from_vec(&[length], sums).cast(dtype)
        }
    }
}

/// The part of all sums that is wanted; `middle` says where the middle of an even number of them lies.
fn kept(sums: &Chunk, m: usize, n: usize, mode: Mode) -> Chunk {
    let (long, short) = (m.max(n), m.min(n));
    let (start, length) = match mode {
        Mode::Full => (0, m + n - 1),
        Mode::Same => ((short - 1) / 2, long),
        Mode::Valid => (short - 1, long - short + 1),
    };
    sums.slice(&[ndarray::SliceInfoElem::from(start as isize..(start + length) as isize)]).contiguous()
}

fn rows(context: &rdk_runtime::Context, a: &Operand, v: &Operand) -> Result<(Chunk, Chunk, DType)> {
    let (a, v) = (a.array()?.compute_now(context)?, v.array()?.compute_now(context)?);
    let row = |chunk: Chunk| if chunk.ndim() == 0 { chunk.reshape(&[1]) } else { chunk };
    let (a, v) = (row(a), row(v));
    if a.ndim() != 1 || v.ndim() != 1 {
        bail!("object too deep for desired array"; hint: "expected two rows, got arrays of {} and {} dimensions", a.ndim(), v.ndim());
    }
    if a.is_empty() {
        bail!("a cannot be empty");
    }
    if v.is_empty() {
        bail!("v cannot be empty");
    }
    let dtype = a.dtype().promote(v.dtype());
    Ok((a, v, dtype))
}

fn reversed(chunk: &Chunk) -> Chunk {
    chunk.slice(&[ndarray::SliceInfoElem::Slice { start: 0, end: None, step: -1 }])
}

builtins! {
    /// Sums of products of one row and the other one reversed, moved along each other.
    ///
    /// ```rdk
    /// np.convolve([1, 2, 3], [0, 1, 0.5])
    /// #> array([0. , 1. , 2.5, 4. , 1.5])
    /// ```
    fn convolve[context](
        /// One row.
        a: Operand,
        /// The other.
        v: Operand,
        /// Which sums: "full", "same" or "valid".
        mode: Mode = "full",
    ) -> Result<Value> {
        let (a, v, dtype) = rows(context, &a, &v)?;
        Ok(eager::value(kept(&full(&a, &v, dtype), a.len(), v.len(), mode)))
    }

    /// Sums of products of two rows, moved along each other; the second is conjugated.
    fn correlate[context](
        /// One row.
        a: Operand,
        /// The other.
        v: Operand,
        /// Which sums: "full", "same" or "valid".
        mode: Mode = "valid",
    ) -> Result<Value> {
        if a.ndim() == 0 || v.ndim() == 0 {
            bail!("object of too small depth for desired array"; hint: "expected two rows, got a number");
        }
        let (a, v, dtype) = rows(context, &a, &v)?;
        let conjugated = if v.dtype().is_complex() {
            let numbers = v.to_vec::<Complex64>().iter().map(Complex64::conj).collect();
            Chunk::from_vec(&[v.len()], numbers).cast(v.dtype())
        } else {
            v.clone()
        };
        let sums = full(&a, &reversed(&conjugated), dtype);
        // With the shorter row first everything is the other way round, and so is the middle.
        let (m, n) = (a.len(), v.len());
        if m < n && mode != Mode::Full {
            return Ok(eager::value(reversed(&kept(&reversed(&sums), m, n, mode)).contiguous()));
        }
        Ok(eager::value(kept(&sums, m, n, mode)))
    }
}

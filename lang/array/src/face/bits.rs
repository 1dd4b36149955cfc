//! Truth values as bits of bytes: `packbits`, `unpackbits`.

use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::operand::Operand;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::NdArray;
use crate::shape;

/// In which order bits stand in a byte.
fn is_little(order: &str) -> Result<bool> {
    match order {
        "big" => Ok(false),
        "little" => Ok(true),
        other => bail!("'order' must be either 'little' or 'big' (got '{other}')"),
    }
}

/// Which bit of a byte the `n`-th of eight is.
fn bit(n: usize, little: bool) -> usize {
    if little { n } else { 7 - n }
}

/// The elements with this axis last, as rows; without an axis all in one row. With how to bring them back.
fn rows(context: &Context, array: Array, axis: Option<i64>) -> Result<(Chunk, Vec<i64>)> {
    let Some(axis) = axis else { return Ok((array.reshape(&[-1])?.compute_now(context)?, vec![0])) };
    if array.ndim() == 0 {
        return Ok((array.reshape(&[1])?.compute_now(context)?, vec![0]));
    }
    let (n, axis) = (array.ndim() as i64, shape::axis(axis, array.ndim())? as i64);
    let order: Vec<i64> = (0..n).filter(|&other| other != axis).chain([axis]).collect();
    let back: Vec<i64> = (0..axis).chain([n - 1]).chain(axis..n - 1).collect();
    Ok((array.transpose(Some(&order))?.compute_now(context)?, back))
}

/// Rows of bytes as an array, with the last axis back at its place.
fn put_back(context: &Context, rows: &Chunk, length: usize, bytes: Vec<u8>, back: &[i64]) -> Result<Value> {
    let mut lengths = rows.shape().to_vec();
    if let Some(last) = lengths.last_mut() {
        *last = length;
    }
    let array = super::operand::eager_array(&Chunk::from_vec(&lengths, bytes))?;
    let array = if lengths.len() > 1 { array.transpose(Some(back))? } else { array };
    Ok(Value::object(NdArray::new(array.compute_now(context)?)))
}

builtins! {
    /// Truth values packed into bytes, eight in each; what is missing of the last is filled with zeros.
    ///
    /// ```rdk
    /// np.packbits([1, 0, 1, 0, 0, 0, 0, 1, 1])
    /// #> array([161, 128], dtype=uint8)
    /// ```
    fn packbits[context](
        /// Truth values, or integers that are not 0.
        a: Operand,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
        /// Which bit of a byte is the first: "big", the highest, or "little".
        bitorder: String = "big",
    ) -> Result<Value> {
        let little = is_little(&bitorder)?;
        if !(a.dtype() == DType::Bool || a.dtype().is_integer()) {
            bail!(TypeError: "Expected an input array of integer or boolean data type, got `{}`", a.dtype());
        }
        let (chunk, back) = rows(context, a.array()?, axis)?;
        let width = chunk.shape().last().copied().unwrap_or(0);
        let flags = chunk.to_vec::<bool>();
        let packed = |eight: &[bool]| {
            eight.iter().enumerate().fold(0u8, |byte, (n, &flag)| byte | u8::from(flag) << bit(n, little))
        };
        let bytes = flags.chunks(width.max(1)).flat_map(|row| row.chunks(8).map(packed)).collect();
        put_back(context, &chunk, width.div_ceil(8), bytes, &back)
    }

    /// The bits of bytes, each as a 0 or a 1.
    ///
    /// ```rdk
    /// np.unpackbits(np.array([5], dtype=np.uint8))
    /// #> array([0, 0, 0, 0, 0, 1, 0, 1], dtype=uint8)
    /// ```
    fn unpackbits[context](
        /// An array of `uint8`.
        a: Operand,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
        /// How many bits; a negative number leaves so many out at the end.
        count: Option<i64>,
        /// Which bit of a byte is the first: "big", the highest, or "little".
        bitorder: String = "big",
    ) -> Result<Value> {
        let little = is_little(&bitorder)?;
        if a.dtype() != DType::U8 {
            bail!(TypeError: "Expected an input array of unsigned byte data type, got `{}`", a.dtype(); hint: "`x.astype(np.uint8)` makes one");
        }
        let (chunk, back) = rows(context, a.array()?, axis)?;
        let width = chunk.shape().last().copied().unwrap_or(0);
        let all = width as i64 * 8;
        let wanted = match count {
            None => all,
            Some(count) if count < 0 && -count > all => bail!("-count larger than number of elements"),
            Some(count) if count < 0 => all + count,
            Some(count) => count,
        };
        super::create::room_for_positions(wanted as u128 * chunk.len() as u128)?;
        let wanted = wanted as usize;
        let bytes = chunk.to_vec::<u8>();
        let of_row = |row: &[u8]| -> Vec<u8> {
            (0..wanted).map(|n| row.get(n / 8).map_or(0, |byte| byte >> bit(n % 8, little) & 1)).collect()
        };
        let bits = bytes.chunks(width.max(1)).flat_map(of_row).collect();
        put_back(context, &chunk, wanted, bits, &back)
    }
}

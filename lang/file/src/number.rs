//! How numbers lie in files: their type, in which order their bytes come, and numbers of 16 bits, which become those of 32.

use std::borrow::Cow;
use std::io::{self, Write};

use rdk_array::{Chunk, DType, SliceInfoElem, bytes, with_dtype};
use rdk_runtime::{Error, Result, error};
use serde::{Deserialize, Serialize};

use crate::region::{count, room};

/// What one number in a file looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Number {
    /// What it becomes.
    pub dtype: DType,
    /// Does its big end come first?
    pub big: bool,
    /// Is it a float of 16 bits?
    pub half: bool,
}

impl Number {
    /// In this machine's order.
    pub fn plain(dtype: DType) -> Number {
        Number { dtype, big: false, half: false }
    }

    /// NumPy's code for it: `<f8`, `>i2`, `|b1`; `None` for what is not a number.
    pub fn from_code(code: &str) -> Option<Number> {
        let big = code.starts_with('>');
        let bare = code.trim_start_matches(['<', '>', '=', '|']);
        if bare == "f2" || bare == "e" {
            return Some(Number { dtype: DType::F32, big, half: true });
        }
        let dtype = DType::ALL.into_iter().find(|dtype| dtype.code()[1..] == *bare)?;
        Some(Number { dtype, big: big && dtype.size() > 1, half: false })
    }

    /// NumPy's code for it.
    pub fn code(self) -> String {
        match (self.half, self.big) {
            (true, big) => format!("{}f2", if big { '>' } else { '<' }),
            (false, true) => format!(">{}", &self.dtype.code()[1..]),
            (false, false) => self.dtype.code().to_string(),
        }
    }

    /// Bytes that it takes in the file.
    pub fn size(self) -> usize {
        if self.half { 2 } else { self.dtype.size() }
    }

    /// The numbers in these bytes, which are as many as the shape says.
    pub fn decode(self, bytes: &[u8], shape: &[usize]) -> Chunk {
        let filled = self.filled(shape, |to| {
            to.copy_from_slice(bytes);
            Ok(())
        });
        filled.expect("there is room for a second copy")
    }

    /// Numbers whose bytes somebody fills in, as they lie in a file: they are read to where they stay.
    ///
    /// # Errors
    /// MemoryError; what the filler says.
    pub fn filled(self, shape: &[usize], fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<Chunk> {
        let n = count(shape).unwrap_or(usize::MAX);
        room(n.saturating_mul(self.size()))?;
        if self.half {
            let mut bytes = vec![0; n * 2];
            fill(&mut bytes)?;
            let number = |pair: &[u8]| match self.big {
                true => u16::from_be_bytes([pair[0], pair[1]]),
                false => u16::from_le_bytes([pair[0], pair[1]]),
            };
            return Ok(Chunk::from_vec(shape, bytes.chunks_exact(2).map(|pair| half(number(pair))).collect()));
        }
        with_dtype!(self.dtype, T => {
            let elements = bytes::filled::<T, Fault>(n, |bytes| {
                fill(bytes).map_err(Fault)?;
                if self.big {
                    self.swap(bytes);
                }
                Ok(())
            });
            Ok(Chunk::from_vec(shape, elements.map_err(|fault| fault.0)?))
        })
    }

    /// The bytes of these numbers in C order; they are cast. They are not copied if the array has them as they are to be.
    pub fn encode(self, chunk: &Chunk) -> Cow<'_, [u8]> {
        if self.half {
            let bytes = |value: f32| match self.big {
                true => to_half(value).to_be_bytes(),
                false => to_half(value).to_le_bytes(),
            };
            return chunk.to_vec::<f32>().into_iter().flat_map(bytes).collect();
        }
        let mut bytes = match chunk.dtype() == self.dtype {
            true => bytes::of_chunk(chunk),
            false => Cow::Owned(bytes::of_chunk(&chunk.cast(self.dtype)).into_owned()),
        };
        if self.big {
            self.swap(bytes.to_mut());
        }
        bytes
    }

    /// Does an array have its bytes as they are to be?
    fn is_there(self, chunk: &Chunk) -> bool {
        !self.half && !self.big && chunk.dtype() == self.dtype && bytes::lying(chunk).is_some()
    }

    /// Writes these numbers in C order, a stretch at a time: all of them as bytes would be held beside them.
    ///
    /// # Errors
    /// What the file says.
    pub fn write(self, chunk: &Chunk, to: &mut dyn Write) -> std::io::Result<()> {
        const STRETCH: usize = 1 << 20;
        let n_bytes = chunk.len() * self.size();
        if n_bytes <= STRETCH || chunk.ndim() == 0 || self.is_there(chunk) {
            return to.write_all(&self.encode(chunk));
        }
        let n_rows = chunk.shape()[0];
        let row = n_bytes / n_rows;
        if row > STRETCH {
            return (0..n_rows).try_for_each(|at| self.write(&chunk.index_axis(0, at), to));
        }
        let rows = STRETCH / row;
        let whole = SliceInfoElem::Slice { start: 0, end: None, step: 1 };
        (0..n_rows).step_by(rows).try_for_each(|first| {
            let mut items = vec![whole; chunk.ndim()];
            let end = Some((first + rows).min(n_rows) as isize);
            items[0] = SliceInfoElem::Slice { start: first as isize, end, step: 1 };
            to.write_all(&self.encode(&chunk.slice(&items)))
        })
    }

    /// Turns the bytes of each number around.
    fn swap(self, bytes: &mut [u8]) {
        fn swap<const N: usize>(bytes: &mut [u8]) {
            bytes.as_chunks_mut::<N>().0.iter_mut().for_each(|number| number.reverse());
        }
        // The two parts of a complex number are numbers of their own.
        match if self.dtype.is_complex() { self.dtype.size() / 2 } else { self.dtype.size() } {
            2 => swap::<2>(bytes),
            4 => swap::<4>(bytes),
            8 => swap::<8>(bytes),
            _ => {}
        }
    }
}

/// What was wrong while numbers were filled in.
struct Fault(Error);

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault(error!(MemoryError: "{error}"))
    }
}

/// A float of 16 bits as one of 32.
pub fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, (bits >> 10) & 31, u32::from(bits & 1023));
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 * 2f32.powi(-24)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (u32::from(exponent) + 112) << 23 | fraction << 13),
    }
}

/// The nearest float of 16 bits; halves to even.
fn to_half(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let magnitude = bits & 0x7fff_ffff;
    if magnitude > 0x7f80_0000 {
        return sign | 0x7e00;
    }
    if magnitude >= 0x4780_0000 {
        return sign | 0x7c00;
    }
    if magnitude < 0x3880_0000 {
        return sign | (f32::from_bits(magnitude) * 2f32.powi(24)).round_ties_even() as u16;
    }
    let rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
    sign | ((rounded - 0x3800_0000) >> 13) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_survive_the_way_there_and_back() {
        for bits in (0..=u16::MAX).filter(|bits| bits & 0x7c00 != 0x7c00 || bits & 0x3ff == 0) {
            assert_eq!(to_half(half(bits)), bits);
        }
        assert_eq!(to_half(65504.0), 0x7bff);
        assert_eq!(to_half(1e6), 0x7c00);
    }

    #[test]
    fn big_ends_are_turned() {
        let number = Number::from_code(">i2").expect("a number");
        let chunk = number.decode(&[1, 0, 0, 2], &[2]);
        assert_eq!(chunk.to_vec::<i64>(), [256, 2]);
        assert_eq!(*number.encode(&chunk), [1, 0, 0, 2]);
        let half = Number::from_code(">f2").expect("a number");
        assert_eq!(*half.encode(&half.decode(&[0x3c, 0], &[1])), [0x3c, 0]);
    }
}

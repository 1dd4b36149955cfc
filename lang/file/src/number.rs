//! How numbers lie in files: their type, in which order their bytes come, and numbers of 16 bits, which become those of 32.

use std::io::Write;

use rdk_array::{Chunk, DType, Element, SliceInfoElem, with_dtype};
use serde::{Deserialize, Serialize};

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
        if self.half {
            let number = |pair: &[u8]| match self.big {
                true => u16::from_be_bytes([pair[0], pair[1]]),
                false => u16::from_le_bytes([pair[0], pair[1]]),
            };
            return Chunk::from_vec(shape, bytes.chunks_exact(2).map(|pair| half(number(pair))).collect());
        }
        let swapped: Vec<u8>;
        let bytes = if self.big {
            swapped = self.swapped(bytes);
            &swapped
        } else {
            bytes
        };
        with_dtype!(self.dtype, T => Chunk::from_vec(shape, bytes.chunks_exact(size_of::<T>()).map(<T as Element>::from_bytes).collect()))
    }

    /// The bytes of these numbers in C order; they are cast.
    pub fn encode(self, chunk: &Chunk) -> Vec<u8> {
        if self.half {
            let bytes = |value: f32| match self.big {
                true => to_half(value).to_be_bytes(),
                false => to_half(value).to_le_bytes(),
            };
            return chunk.to_vec::<f32>().into_iter().flat_map(bytes).collect();
        }
        let bytes = with_dtype!(self.dtype, T => {
            let numbers = chunk.to_vec::<T>();
            let mut bytes = Vec::with_capacity(numbers.len() * size_of::<T>());
            numbers.into_iter().for_each(|number| number.to_bytes(&mut bytes));
            bytes
        });
        if self.big { self.swapped(&bytes) } else { bytes }
    }

    /// Writes these numbers in C order, a stretch at a time: all of them as bytes would be held beside them.
    ///
    /// # Errors
    /// What the file says.
    pub fn write(self, chunk: &Chunk, to: &mut dyn Write) -> std::io::Result<()> {
        const STRETCH: usize = 1 << 20;
        let n_bytes = chunk.len() * self.size();
        if n_bytes <= STRETCH || chunk.ndim() == 0 {
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

    fn swapped(self, bytes: &[u8]) -> Vec<u8> {
        // The two parts of a complex number are numbers of their own.
        let size = if self.dtype.is_complex() { self.dtype.size() / 2 } else { self.dtype.size() };
        bytes.chunks_exact(size).flat_map(|number| number.iter().rev().copied()).collect()
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
        assert_eq!(number.encode(&chunk), [1, 0, 0, 2]);
        let half = Number::from_code(">f2").expect("a number");
        assert_eq!(half.encode(&half.decode(&[0x3c, 0], &[1])), [0x3c, 0]);
    }
}

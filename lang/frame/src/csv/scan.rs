//! Where fields end: all separators, line ends and quotes of a piece of text, 64 bytes at a time.
//!
//! ```text
//! text      12,"a,b",x⏎
//! quotes    ...1...1...
//! within    ...1111....     each bit the parity of the quotes up to it
//! ends      ..1.....1.1     (separators and line ends) and not within
//! ```
//!
//! The masks come from vector comparisons (AVX-512, AVX2, NEON; plain arithmetic elsewhere). A quote counts only where a field
//! begins; one that opens anywhere else (`5" pipe`) is *stray*, and the piece is read by the state machine of `tokens.rs`
//! instead, which is exact and some ten times slower.

use super::number::PADDING;

/// Set in an end that ends its line as well.
pub const LINE: u32 = 1 << 31;

/// The bytes that have a meaning.
#[derive(Clone, Copy)]
pub struct Marks {
    /// Between fields.
    pub separator: u8,
    /// Around fields.
    pub quote: Option<u8>,
}

/// How a scan came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scan {
    /// All ends are right.
    Plain {
        /// Does the text stop within quotes?
        within: bool,
        /// Are there carriage returns?
        returns: bool,
    },
    /// There are quotes where none should be: the ends mean nothing.
    Stray,
}

/// Adds the ends in `text[..length]` to `ends`. The text begins a line, is shorter than 2 GiB and has [`PADDING`] bytes after `length`.
pub fn scan(text: &[u8], length: usize, marks: Marks, ends: &mut Vec<u32>) -> Scan {
    assert!(text.len() >= length + PADDING && length < LINE as usize, "the text is padded and not too long");
    #[cfg(target_arch = "x86_64")]
    match level() {
        // SAFETY: the processor has what the function needs, says `level`.
        2 => return unsafe { scan_avx512(text, length, marks, ends) },
        // SAFETY: as above.
        1 => return unsafe { scan_avx2(text, length, marks, ends) },
        _ => (),
    }
    #[cfg(target_arch = "aarch64")]
    return scan_with::<Neon>(text, length, marks, ends);
    #[cfg(not(target_arch = "aarch64"))]
    scan_with::<Words>(text, length, marks, ends)
}

#[cfg(target_arch = "x86_64")]
fn level() -> u8 {
    use std::sync::OnceLock;
    static LEVEL: OnceLock<u8> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        let bits = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
        let avx2 = bits && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt");
        let avx512 = avx2 && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
        avx2 as u8 + avx512 as u8
    })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx2,bmi1,bmi2,popcnt")]
fn scan_avx512(text: &[u8], length: usize, marks: Marks, ends: &mut Vec<u32>) -> Scan {
    scan_with::<Avx512>(text, length, marks, ends)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn scan_avx2(text: &[u8], length: usize, marks: Marks, ends: &mut Vec<u32>) -> Scan {
    scan_with::<Avx2>(text, length, marks, ends)
}

/// 64 bytes of which one can ask where a byte stands.
trait Block {
    /// The 64 bytes at `at`, which the text has.
    fn load(text: &[u8], at: usize) -> Self;
    /// A bit for each byte that equals this one.
    fn equal(&self, byte: u8) -> u64;
}

/// The parity of all bits up to each.
#[inline(always)]
fn parity(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ bits << 32
}

#[inline(always)]
fn scan_with<B: Block>(text: &[u8], length: usize, marks: Marks, ends: &mut Vec<u32>) -> Scan {
    let mut within = 0_u64; // all bits: the text before stopped within quotes
    let mut before = 1_u64; // lowest bit: a quote may open at the first byte
    let mut stray = 0_u64;
    let mut returns = 0_u64;
    let mut at = 0;
    while at < length {
        let block = B::load(text, at);
        let keep = if length - at >= 64 { !0 } else { (1 << (length - at)) - 1 };
        let separators = block.equal(marks.separator) & keep;
        let mut lines = block.equal(b'\n') & keep;
        let carriage = block.equal(b'\r') & keep;
        if carriage != 0 {
            // Alone it ends a line, before a line feed it belongs to that.
            let next = (text[at + 64.min(text.len() - 1 - at)] == b'\n') as u64;
            lines |= carriage & !(lines >> 1 | next << 63);
            returns |= carriage;
        }
        let mut structure = separators | lines;
        if let Some(quote) = marks.quote {
            let quotes = block.equal(quote) & keep;
            let inside = if quotes == 0 { within } else { parity(quotes) ^ within };
            let opening = quotes & inside;
            let allowed = (structure | quotes) << 1 | before;
            stray |= opening & !allowed;
            before = (structure | quotes) >> 63;
            structure &= !inside;
            within = ((inside as i64) >> 63) as u64;
        }
        push(ends, structure, lines, at as u32);
        at += 64;
    }
    if stray != 0 { Scan::Stray } else { Scan::Plain { within: within != 0, returns: returns != 0 } }
}

/// One end for each bit.
#[inline(always)]
fn push(ends: &mut Vec<u32>, mut bits: u64, lines: u64, base: u32) {
    let count = bits.count_ones() as usize;
    ends.reserve(64);
    let old = ends.len();
    let free = ends.spare_capacity_mut();
    for slot in &mut free[..count] {
        let at = bits.trailing_zeros();
        slot.write((base + at) | (((lines >> at) as u32) << 31));
        bits &= bits.wrapping_sub(1);
    }
    // SAFETY: the first `count` of the free places have just been written; the room for them was reserved above, so that
    // no end needs a check of its own.
    unsafe { ends.set_len(old + count) };
}

/// Eight words of eight bytes, for processors without known vectors.
#[cfg_attr(target_arch = "aarch64", allow(dead_code))]
struct Words([u64; 8]);

impl Block for Words {
    #[inline(always)]
    fn load(text: &[u8], at: usize) -> Words {
        let text = &text[at..at + 64];
        Words(std::array::from_fn(|word| {
            u64::from_le_bytes(text[word * 8..word * 8 + 8].try_into().expect("eight bytes are eight bytes"))
        }))
    }

    #[inline(always)]
    fn equal(&self, byte: u8) -> u64 {
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let pattern = 0x0101_0101_0101_0101 * byte as u64;
        self.0.iter().enumerate().fold(0, |bits, (word, text)| {
            let zeros = text ^ pattern;
            let found = !(((zeros & LOW) + LOW) | zeros | LOW) >> 7;
            bits | (found.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (word * 8)
        })
    }
}

#[cfg(target_arch = "x86_64")]
struct Avx512(std::arch::x86_64::__m512i);

#[cfg(target_arch = "x86_64")]
impl Block for Avx512 {
    #[inline(always)]
    fn load(text: &[u8], at: usize) -> Avx512 {
        let text = &text[at..at + 64];
        // SAFETY: 64 bytes are there, and only `scan_avx512` uses this form.
        Avx512(unsafe { std::arch::x86_64::_mm512_loadu_si512(text.as_ptr().cast()) })
    }

    #[inline(always)]
    fn equal(&self, byte: u8) -> u64 {
        // SAFETY: only `scan_avx512` uses this form.
        unsafe { std::arch::x86_64::_mm512_cmpeq_epi8_mask(self.0, std::arch::x86_64::_mm512_set1_epi8(byte as i8)) }
    }
}

#[cfg(target_arch = "x86_64")]
struct Avx2([std::arch::x86_64::__m256i; 2]);

#[cfg(target_arch = "x86_64")]
impl Block for Avx2 {
    #[inline(always)]
    fn load(text: &[u8], at: usize) -> Avx2 {
        let text = &text[at..at + 64];
        // SAFETY: 64 bytes are there, and only `scan_avx2` uses this form.
        Avx2(unsafe {
            use std::arch::x86_64::_mm256_loadu_si256;
            [_mm256_loadu_si256(text.as_ptr().cast()), _mm256_loadu_si256(text[32..].as_ptr().cast())]
        })
    }

    #[inline(always)]
    fn equal(&self, byte: u8) -> u64 {
        // SAFETY: only `scan_avx2` uses this form.
        unsafe {
            use std::arch::x86_64::{_mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set1_epi8};
            let pattern = _mm256_set1_epi8(byte as i8);
            let [low, high] = self.0.map(|half| _mm256_movemask_epi8(_mm256_cmpeq_epi8(half, pattern)) as u32);
            low as u64 | (high as u64) << 32
        }
    }
}

#[cfg(target_arch = "aarch64")]
struct Neon([std::arch::aarch64::uint8x16_t; 4]);

#[cfg(target_arch = "aarch64")]
impl Block for Neon {
    #[inline(always)]
    fn load(text: &[u8], at: usize) -> Neon {
        let text = &text[at..at + 64];
        // SAFETY: 64 bytes are there, and every AArch64 has NEON.
        Neon(std::array::from_fn(|part| unsafe { std::arch::aarch64::vld1q_u8(text[part * 16..].as_ptr()) }))
    }

    #[inline(always)]
    fn equal(&self, byte: u8) -> u64 {
        const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
        // SAFETY: every AArch64 has NEON.
        unsafe {
            use std::arch::aarch64::{
                vandq_u8, vceqq_u8, vdupq_n_u8, vgetq_lane_u64, vld1q_u8, vpaddq_u8, vreinterpretq_u64_u8,
            };
            let (bits, pattern) = (vld1q_u8(BITS.as_ptr()), vdupq_n_u8(byte));
            let [a, b, c, d] = self.0.map(|part| vandq_u8(vceqq_u8(part, pattern), bits));
            let sums = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
            vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends_with(run: impl Fn(&[u8], usize, Marks, &mut Vec<u32>) -> Scan, text: &str) -> (Scan, Vec<u32>) {
        let mut padded = text.as_bytes().to_vec();
        padded.resize(text.len() + PADDING, b',');
        let mut ends = Vec::new();
        let scan = run(&padded, text.len(), Marks { separator: b',', quote: Some(b'"') }, &mut ends);
        (scan, ends)
    }

    fn check(text: &str, expected: Option<&[u32]>) {
        for (scan, ends) in [ends_with(scan, text), ends_with(scan_with::<Words>, text)] {
            assert_eq!(expected.is_none(), scan == Scan::Stray, "{text:?}");
            if let Some(expected) = expected {
                assert_eq!(ends, expected, "{text:?}");
            }
        }
    }

    #[test]
    fn ends_are_found_outside_quotes() {
        check("12,\"a,b\",x\n", Some(&[2, 8, 10 | LINE]));
        check("a\r\nb\rc\n", Some(&[2 | LINE, 4 | LINE, 6 | LINE]));
        check("\"\"\"\",\"\"\n", Some(&[4, 7 | LINE]));
        check("5\" pipe,2\n", None);
        check("\"a\" \"b\",2\n", None);
        let long = format!("\"{}\",b\n", ",".repeat(200));
        check(&long, Some(&[202, 204 | LINE]));
    }
}

//! The generator of random numbers that Python's `random` uses, number for number: MT19937.

use std::sync::LazyLock;

use num_bigint::BigUint;
use num_traits::{One, ToPrimitive};

const N: usize = 624;

/// A Mersenne Twister.
pub struct Twister {
    state: Box<[u32; N]>,
    next: usize,
    /// The second of two normal numbers that are made together.
    pub normal: Option<f64>,
}

impl Twister {
    /// As `random.seed(number)` does it.
    pub fn seeded(seed: &BigUint) -> Twister {
        let mut words = seed.to_u32_digits();
        if words.is_empty() {
            words.push(0);
        }
        let mut state = Box::new([0u32; N]);
        state[0] = 19_650_218;
        for at in 1..N {
            let before = state[at - 1];
            state[at] = 1_812_433_253u32.wrapping_mul(before ^ (before >> 30)).wrapping_add(at as u32);
        }
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(words.len()) {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ (before >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(words[j])
                .wrapping_add(j as u32);
            (i, j) = (i + 1, (j + 1) % words.len());
            if i == N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        for _ in 1..N {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ (before >> 30)).wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i == N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        Twister { state, next: N, normal: None }
    }

    /// From something that nobody knows.
    pub fn unpredictable() -> Twister {
        let token = rdk_graph::Token::fresh().0;
        let clock = super::time::now().as_nanos();
        Twister::seeded(&((BigUint::from(token[0]) << 192u32) + (BigUint::from(token[1]) << 128u32) + clock))
    }

    /// 32 random bits.
    pub fn word(&mut self) -> u32 {
        if self.next == N {
            for at in 0..N {
                let joined = (self.state[at] & 0x8000_0000) | (self.state[(at + 1) % N] & 0x7fff_ffff);
                let odd = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[at] = self.state[(at + 397) % N] ^ (joined >> 1) ^ odd;
            }
            self.next = 0;
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        let (high, low) = (self.word() >> 5, self.word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    /// So many random bits.
    pub fn bits(&mut self, n: u64) -> BigUint {
        let mut words = Vec::with_capacity(n.div_ceil(32) as usize);
        let mut left = n;
        while left > 0 {
            let word = self.word();
            words.push(if left < 32 { word >> (32 - left) } else { word });
            left = left.saturating_sub(32);
        }
        BigUint::new(words)
    }

    /// A number from 0 up to, not including, `n`, which is not 0.
    pub fn below(&mut self, n: &BigUint) -> BigUint {
        let bits = n.bits();
        loop {
            let drawn = self.bits(bits);
            if drawn < *n {
                return drawn;
            }
        }
    }

    /// The same for positions.
    pub fn index(&mut self, n: usize) -> usize {
        self.below(&BigUint::from(n)).to_usize().unwrap_or(0)
    }
}

/// The seed that Python makes of text: its bytes, and their SHA-512.
pub fn seed_of_bytes(bytes: &[u8]) -> BigUint {
    BigUint::from_bytes_be(&[bytes, &sha512(bytes)].concat())
}

/// The first 64 bits behind the point of a root of each of the first primes.
fn fractions(n: usize, root: fn(BigUint) -> BigUint) -> Vec<u64> {
    let primes = (2u32..).filter(|p| (2..*p).take_while(|d| d * d <= *p).all(|d| p % d != 0));
    let mask = (BigUint::one() << 64u32) - 1u32;
    primes.take(n).map(|prime| (root(BigUint::from(prime)) & &mask).to_u64().unwrap_or(0)).collect()
}

static ROUNDS: LazyLock<Vec<u64>> = LazyLock::new(|| fractions(80, |prime| (prime << 192u32).cbrt()));
static START: LazyLock<Vec<u64>> = LazyLock::new(|| fractions(8, |prime| (prime << 128u32).sqrt()));

fn sha512(bytes: &[u8]) -> [u8; 64] {
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    while padded.len() % 128 != 112 {
        padded.push(0);
    }
    padded.extend_from_slice(&(bytes.len() as u128 * 8).to_be_bytes());
    let mut hash: [u64; 8] = std::array::from_fn(|at| START[at]);
    for block in padded.chunks_exact(128) {
        let mut words = [0u64; 80];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(8)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        for at in 16..80 {
            let (a, b) = (words[at - 15], words[at - 2]);
            let first = a.rotate_right(1) ^ a.rotate_right(8) ^ (a >> 7);
            let second = b.rotate_right(19) ^ b.rotate_right(61) ^ (b >> 6);
            words[at] = words[at - 16].wrapping_add(first).wrapping_add(words[at - 7]).wrapping_add(second);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = hash;
        for at in 0..80 {
            let mixed = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
            let chosen = (e & f) ^ (!e & g);
            let first = h.wrapping_add(mixed).wrapping_add(chosen).wrapping_add(ROUNDS[at]).wrapping_add(words[at]);
            let mixed = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
            let second = mixed.wrapping_add((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
        }
        for (sum, part) in hash.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut out = [0; 64];
    for (bytes, word) in out.chunks_exact_mut(8).zip(hash) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    out
}

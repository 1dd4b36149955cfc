//! The numbers below `n` in random order, each a function of seed and place: any part of the order comes without the others.
//!
//! A place of so many bits is cut in two halves, and in each round one half is changed by what is made of the other and of a key (a
//! network of Feistel's): that can be undone, so no two places get the same number. The bits may reach beyond `n`; a place that lands
//! there goes on from where it landed until it is below, which takes two steps on average at most.

/// So many rounds: each half is changed four times.
const ROUNDS: usize = 8;

/// An order of the numbers below `n`.
pub struct Shuffle {
    n: u64,
    /// Bits of the lower half, and of the upper one.
    bits: [u32; 2],
    keys: [u64; ROUNDS],
}

impl Shuffle {
    /// Keys are whatever this gives for 0, 1, …
    pub fn new(n: u64, key: impl Fn(u64) -> u64) -> Shuffle {
        let all = (u64::BITS - n.saturating_sub(1).leading_zeros()).max(2);
        Shuffle { n, bits: [all - all / 2, all / 2], keys: std::array::from_fn(|round| key(round as u64)) }
    }

    /// The number at this place, which is below `n`.
    #[inline]
    pub fn at(&self, place: u64) -> u64 {
        let mut number = place;
        loop {
            number = self.once(number);
            if number < self.n {
                return number;
            }
        }
    }

    #[inline(always)]
    fn once(&self, number: u64) -> u64 {
        let [low, high] = self.bits;
        let (below, above) = ((1u64 << low) - 1, (1u64 << high) - 1);
        let (mut lower, mut upper) = (number & below, number >> low);
        for keys in self.keys.chunks_exact(2) {
            lower ^= scatter(upper, keys[0]) & below;
            upper ^= scatter(lower, keys[1]) & above;
        }
        (upper << low) | lower
    }
}

#[inline(always)]
fn scatter(half: u64, key: u64) -> u64 {
    let z = (half ^ key).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 32)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::random::Generator;

    #[test]
    fn every_number_has_one_place() {
        for n in [1u64, 2, 3, 5, 64, 65, 1000, 100_003] {
            let generator = Generator::new(n);
            let shuffle = Shuffle::new(n, |at| generator.bits(at));
            let mut numbers: Vec<u64> = (0..n).map(|place| shuffle.at(place)).collect();
            numbers.sort_unstable();
            assert!(numbers.into_iter().eq(0..n), "{n}");
        }
    }

    #[test]
    fn places_are_even() {
        // Where 0 stands, in steps of an eighth, over many seeds; and how often neighbours stay neighbours.
        let (n, seeds) = (1 << 12, 8000u64);
        let (mut counts, mut near) = ([0u32; 8], 0);
        for seed in 0..seeds {
            let generator = Generator::new(seed);
            let shuffle = Shuffle::new(n, |at| generator.bits(at));
            counts[(shuffle.at(0) * 8 / n) as usize] += 1;
            near += u32::from(shuffle.at(7).abs_diff(shuffle.at(8)) <= 64);
        }
        assert!(counts.iter().all(|count| count.abs_diff(1000) < 150), "{counts:?}");
        // 2 · 64 of 4096.
        assert!(near.abs_diff(248) < 80, "{near}");
    }
}

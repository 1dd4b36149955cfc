//! Seeds, and streams of them.

use rdk_runtime::convert::describe;
use rdk_runtime::{FromValue, Result, Value, bail};

use super::origin::Sequence;

/// A stream of seeds.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    pub seed: u64,
    pub count: u64,
}

impl Stream {
    /// From a seed, or from a fresh one.
    pub fn new(seed: Option<u64>) -> Stream {
        let seed = seed.unwrap_or_else(|| {
            let rdk_graph::Token([a, b]) = rdk_graph::Token::fresh();
            a ^ b.rotate_left(32)
        });
        Stream { seed: mix(seed), count: 0 }
    }

    /// The next seed.
    pub fn next(&mut self) -> u64 {
        self.count += 1;
        mix(self.seed.wrapping_add(self.count.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

/// Spreads the bits of a number: neighbours give what has nothing in common.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A seed: any integer, or a list of them.
pub struct Seed(pub u64);

impl FromValue for Seed {
    fn expected() -> &'static str {
        "an integer"
    }

    fn from_value(value: &Value) -> Option<Seed> {
        match value {
            Value::Int(seed) => u64::try_from(*seed).ok().map(Seed),
            Value::BigInt(seed) if seed.to_string().starts_with('-') => None,
            Value::BigInt(seed) => Some(Seed(rdk_graph::Token::of(seed.to_string().as_bytes()).0[0])),
            Value::List(_) | Value::Tuple(_) => {
                let seeds = value.items()?.iter().map(Seed::from_value).collect::<Option<Vec<_>>>()?;
                Some(Seed(seeds.iter().fold(0, |sum, seed| mix(sum ^ seed.0))))
            }
            Value::Object(_) if value.get::<Sequence>().is_some() => {
                value.get::<Sequence>().and_then(Sequence::seed).map(Seed)
            }
            _ => value.plain_number().and_then(|number| Seed::from_value(&number)),
        }
    }

    fn try_from_value(value: &Value) -> Result<Seed> {
        let items = value.items().unwrap_or_else(|| vec![value.clone()]);
        match Seed::from_value(value) {
            Some(seed) => Ok(seed),
            None if items.iter().any(is_negative) => {
                bail!("expected non-negative integer"; hint: "a seed is 0 or more")
            }
            None => bail!(TypeError: "expected {}, got {}", Seed::expected(), describe(value)),
        }
    }
}

/// A seed in NumPy's older manner: an integer of 32 bits, or a list of them.
pub struct StateSeed(pub u64);

impl FromValue for StateSeed {
    fn expected() -> &'static str {
        Seed::expected()
    }

    fn from_value(value: &Value) -> Option<StateSeed> {
        StateSeed::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<StateSeed> {
        let items = value.items().unwrap_or_else(|| vec![value.clone()]);
        let too_large = |item: &Value| item.as_f64().is_some_and(|number| number > f64::from(u32::MAX));
        if items.iter().any(|item| is_negative(item) || too_large(item)) {
            bail!("Seed must be between 0 and 2**32 - 1"; hint: "`default_rng(…)` takes larger ones");
        }
        Seed::try_from_value(value).map(|seed| StateSeed(seed.0))
    }
}

fn is_negative(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number < 0.0)
}

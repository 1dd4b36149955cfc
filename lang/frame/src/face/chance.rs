//! Rows chosen at random: `sample`, `random_split`.

use super::map_partitions;
use super::{items, wholes};
use crate::frame::what;
use crate::lower::{self};
use crate::plan::View;
use crate::steps::Take;
use rdk_runtime::{Context, FromValue, Name, Result, Value, bail, builtins, error};
use std::sync::Arc;

/// Random numbers of one seed: the generator SplitMix64.
pub struct Random(u64);

impl Random {
    /// Begins with a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A float from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A seed: as it is given, or one that is new each time.
pub fn seed(given: &Option<Value>) -> i64 {
    match given {
        Some(Value::Int(seed)) => *seed,
        _ => {
            let bytes = format!("{:?}", rdk_graph::Token::fresh());
            bytes.bytes().fold(7i64, |seed, byte| seed.wrapping_mul(1_000_003).wrapping_add(byte.into()))
        }
    }
}

pub fn sample(
    context: &Context,
    view: &View,
    n: Option<usize>,
    frac: Option<f64>,
    replace: bool,
    state: Option<Value>,
) -> Result<Value> {
    if !view.eager {
        let Some(frac) = frac else {
            bail!("frac must not be None"; hint: "`sample(frac=0.1)` takes a tenth of the rows of each partition");
        };
        let options = vec![
            (Name::from("frac"), Value::Float(frac)),
            (Name::from("replace"), Value::Bool(replace)),
            (Name::from("random_state"), Value::Int(seed(&state))),
        ];
        return wholes::in_each(context, view, "sample", vec![], options);
    }
    let total = super::object::n_rows(context, view)?;
    let count = match (n, frac) {
        (Some(_), Some(_)) => bail!("Please enter a value for `frac` OR `n`, not both"),
        (Some(n), None) => n,
        (None, Some(frac)) if frac >= 0.0 => (frac * total as f64).round_ties_even() as usize,
        (None, Some(_)) => bail!("A negative number of rows requested. Please provide `frac` >= 0"),
        (None, None) => 1,
    };
    if count > total && !replace {
        bail!("Cannot take a larger sample than population when 'replace=False'");
    }
    let mut random = Random::new(seed(&state) as u64);
    let rows: Vec<u64> = match replace {
        true if total == 0 => Vec::new(),
        true => (0..count).map(|_| random.next() % total as u64).collect(),
        false => {
            let mut rows: Vec<u64> = (0..total as u64).collect();
            for at in 0..count {
                let other = at + (random.next() % (total - at) as u64) as usize;
                rows.swap(at, other);
            }
            rows.truncate(count);
            rows
        }
    };
    items::rows_at(context, view, Take::Rows(rows))
}

pub fn random_split(context: &Context, view: &View, parts: &Value, state: Option<Value>) -> Result<Value> {
    let Some(fractions) = <Vec<f64> as FromValue>::from_value(parts) else {
        bail!(TypeError: "expected a list of parts such as [0.8, 0.2], got {}", what(parts));
    };
    if (fractions.iter().sum::<f64>() - 1.0).abs() > 1e-9 {
        bail!("frac should sum to 1");
    }
    let seed = seed(&state);
    let builtin = hidden::builtins().pop();
    let builtin = Value::Builtin(Arc::new(builtin.ok_or_else(|| error!(RuntimeError: "internal error: no method"))?));
    let meta = vec![(
        Name::from("meta"),
        items::as_value(lower::Gather::of(view).of_batch(&arrow::array::RecordBatch::new_empty(view.schema()?))?),
    )];
    let one = |at: usize| {
        let args = vec![parts.clone(), Value::Int(at as i64), Value::Int(seed)];
        map_partitions::map_partitions(context, view, &builtin, args, meta.clone())
    };
    Ok(Value::list((0..fractions.len()).map(one).collect::<Result<Vec<_>>>()?))
}

mod hidden {
    use super::*;

    builtins! {
        /// One of several parts of the rows, chosen at random.
        fn part[context](/** The rows. */ this: View, /** How large the parts are. */ parts: Value, /** Which one. */ at: usize, /** Where random numbers begin. */ seed: i64) -> Result<Value> {
            let bounds: Vec<f64> = parts.items().unwrap_or_default().iter().filter_map(Value::as_f64).collect();
            let (low, high) = (bounds[..at].iter().sum::<f64>(), bounds[..=at].iter().sum::<f64>());
            let mut random = Random::new(seed as u64);
            let n = super::super::object::n_rows(context, &this)?;
            let rows = (0..n as u64).filter(|_| { let number = random.unit(); number >= low && number < high });
            items::rows_at(context, &this, Take::Rows(rows.collect()))
        }
    }
}

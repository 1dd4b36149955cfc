//! The order in which the members of a set are walked and printed.
//!
//! Python leaves it open, but people know what they see: `{3, 1, 2}` prints as `{1, 2, 3}`, because small whole numbers
//! are their own hashes. A set of whole numbers is therefore walked as CPython would walk one that was filled in the same
//! order; every other set in the order in which it was filled.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::value::{HashKey, Value};

/// Larger sets are walked in the order in which they were filled.
const MOST: usize = 1 << 16;

/// How many neighbours CPython looks at before it jumps.
const NEIGHBOURS: usize = 9;

const FREE: u32 = u32::MAX;

/// The members in order.
pub(crate) fn members(items: &IndexSet<HashKey, FxBuildHasher>) -> Vec<Value> {
    match order(items) {
        Some(order) => {
            order.iter().filter_map(|&at| items.get_index(at as usize)).map(|key| key.value().clone()).collect()
        }
        None => items.iter().map(|key| key.value().clone()).collect(),
    }
}

/// Positions in the order in which they are walked; `None`: one after the other.
pub(crate) fn order(items: &IndexSet<HashKey, FxBuildHasher>) -> Option<Vec<u32>> {
    if items.len() < 2 || items.len() > MOST {
        return None;
    }
    let hashes = items.iter().map(|key| hash(key.value())).collect::<Option<Vec<usize>>>()?;
    let mut table = vec![FREE; 8];
    for at in 0..hashes.len() {
        insert(&mut table, &hashes, at as u32);
        let filled = at + 1;
        if filled * 5 >= (table.len() - 1) * 3 {
            let wanted = if filled > 50_000 { filled * 2 } else { filled * 4 };
            let old = std::mem::replace(&mut table, vec![FREE; (wanted + 1).next_power_of_two().max(8)]);
            for at in old.into_iter().filter(|&at| at != FREE) {
                insert(&mut table, &hashes, at);
            }
        }
    }
    table.retain(|&at| at != FREE);
    Some(table)
}

/// A whole number's hash in CPython.
fn hash(value: &Value) -> Option<usize> {
    const PRIME: i64 = (1 << 61) - 1;
    match value {
        Value::Bool(flag) => Some(usize::from(*flag)),
        Value::Int(number) => match number % PRIME {
            -1 => Some(-2isize as usize),
            rest => Some(rest as isize as usize),
        },
        _ => None,
    }
}

fn insert(table: &mut [u32], hashes: &[usize], at: u32) {
    let mask = table.len() - 1;
    let mut rest = hashes[at as usize];
    let mut place = rest & mask;
    loop {
        let last = if place + NEIGHBOURS <= mask { place + NEIGHBOURS } else { place };
        if let Some(free) = (place..=last).find(|&place| table[place] == FREE) {
            table[free] = at;
            return;
        }
        rest >>= 5;
        place = place.wrapping_mul(5).wrapping_add(1).wrapping_add(rest) & mask;
    }
}

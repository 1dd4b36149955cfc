//! Results kept by key: finished ones of runs that failed, so that asking again does not make them again.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::{Key, Payload};

/// Results by key, the oldest first to go.
#[derive(Default, Debug)]
pub(crate) struct Remembered {
    results: FxHashMap<Key, (Payload, u64)>,
    age: VecDeque<Key>,
    bytes: u64,
}

impl Remembered {
    pub fn len(&self) -> usize {
        self.results.len()
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    pub fn get(&self, key: &Key) -> Option<&Payload> {
        self.results.get(key).map(|(payload, _)| payload)
    }

    /// Keeps it if it is not larger than all that may be kept.
    pub fn insert(&mut self, key: Key, payload: Payload, allowed: u64) {
        let bytes = payload.0.n_bytes() as u64;
        if bytes > allowed || self.results.contains_key(&key) {
            return;
        }
        self.shrink(allowed - bytes);
        self.bytes += bytes;
        self.age.push_back(key.clone());
        self.results.insert(key, (payload, bytes));
    }

    /// Takes it out: somebody else holds it from now on.
    pub fn remove(&mut self, key: &Key) -> Option<Payload> {
        let (payload, bytes) = self.results.remove(key)?;
        self.bytes -= bytes;
        self.age.retain(|known| known != key);
        Some(payload)
    }

    /// Drops the oldest until no more than this many bytes are left.
    pub fn shrink(&mut self, allowed: u64) {
        while self.bytes > allowed
            && let Some(oldest) = self.age.pop_front()
        {
            if let Some((_, bytes)) = self.results.remove(&oldest) {
                self.bytes -= bytes;
            }
        }
    }
}

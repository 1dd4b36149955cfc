//! Walks over elements of arrays in memory: `nditer`, and `broadcast`, which says how arrays go together.

mod broadcast;
mod nditer;

use rdk_runtime::Value;

use super::modules::Entries;

/// `np.nditer`, `np.broadcast`.
pub fn classes() -> Entries {
    vec![("nditer", Value::Class(nditer::class())), ("broadcast", Value::Class(broadcast::class()))]
}

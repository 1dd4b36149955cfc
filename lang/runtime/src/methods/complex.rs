//! Methods of `complex`.

use crate::builtins;

builtins! {}

/// Attributes.
pub mod properties {
    use crate::builtins;

    builtins! {}
}

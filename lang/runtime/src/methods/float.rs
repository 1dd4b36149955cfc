//! Methods of `float`.

use crate::builtins;

builtins! {}

/// Attributes.
pub mod properties {
    use crate::builtins;

    builtins! {}
}

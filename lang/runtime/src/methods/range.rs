//! Methods of `range`.

use crate::builtins;

builtins! {}

/// Attributes.
pub mod properties {
    use crate::builtins;

    builtins! {}
}

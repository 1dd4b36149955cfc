//! Methods of `slice`.

use crate::builtins;

builtins! {}

/// Attributes.
pub mod properties {
    use crate::builtins;

    builtins! {}
}

//! Methods of `set` and `frozenset`.

use crate::builtins;

builtins! {}

/// Methods that change a set.
pub mod changing {
    use crate::builtins;

    builtins! {}
}

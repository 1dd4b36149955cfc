//! Methods of `tuple`.

use crate::builtins;

builtins! {}

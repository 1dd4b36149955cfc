//! Methods of `bytes`.

use crate::builtins;

builtins! {}

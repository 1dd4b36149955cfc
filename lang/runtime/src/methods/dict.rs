//! Methods of `dict`.

use crate::builtins;

builtins! {}

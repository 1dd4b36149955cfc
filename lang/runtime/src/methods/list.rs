//! Methods of `list`.

use crate::builtins;

builtins! {}

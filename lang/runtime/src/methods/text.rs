//! Methods of `text`.

use crate::builtins;

builtins! {}

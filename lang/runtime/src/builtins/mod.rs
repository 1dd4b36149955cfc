//! The functions that are there without an import.

pub mod construct;
pub mod containers;
pub mod file;
pub mod inspect;
pub mod number;
pub mod output;
pub mod path;
pub mod run;
pub mod sort;
pub mod walk;

use crate::bail;
use crate::class;
use crate::error::{Kind, Result};
use crate::types::{exception, types};
use crate::user;
use crate::value::Value;

/// How many values fit: an error for so many that no machine has room for them.
pub fn room(n: usize) -> Result<usize> {
    if n > 1 << 28 {
        bail!(MemoryError: "{n} values are too many");
    }
    Ok(n)
}

/// Everything that has a name without an import.
pub fn entries() -> Vec<(&'static str, Value)> {
    let mut entries: Vec<(&'static str, Value)> = Vec::new();
    for builtins in [
        output::builtins(),
        walk::builtins(),
        number::builtins(),
        inspect::builtins(),
        file::builtins(),
        run::builtins(),
        user::builtins(),
    ] {
        entries.extend(class::entries(builtins));
    }
    entries.extend(crate::modules::display::at_hand());
    entries.extend(types().named().into_iter().map(|class| (class.name, Value::Class(class))));
    let own_module = |kind: &Kind| !exception(*kind).module.is_empty();
    let exceptions = Kind::ALL.iter().filter(|kind| !own_module(kind));
    entries.extend(exceptions.map(|kind| (kind.name(), Value::Class(exception(*kind).clone()))));
    entries.push(("IOError", Value::Class(exception(Kind::OSError).clone())));
    entries.push(("NotImplemented", user::not_implemented()));
    entries.push(("Ellipsis", Value::Ellipsis));
    entries.push(("EnvironmentError", Value::Class(exception(Kind::OSError).clone())));
    entries
}

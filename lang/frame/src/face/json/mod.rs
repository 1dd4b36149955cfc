//! Frames as JSON: `read_json`, `to_json`.

mod cells;
mod converted;
mod read;
mod write;

pub use read::{builtins, lazy};
pub use write::methods;

use rdk_runtime::{Context, Name, Result, Value, bail, error};

use crate::csv::Encoding;

/// How the cells of a frame lie in the text.
#[derive(Clone, Copy, PartialEq)]
enum Orient {
    Columns,
    Records,
    Index,
    Split,
    Values,
}

impl Orient {
    fn of(name: &str) -> Result<Orient> {
        Ok(match name {
            "columns" => Orient::Columns,
            "records" => Orient::Records,
            "index" => Orient::Index,
            "split" => Orient::Split,
            "values" => Orient::Values,
            other => bail!(
                "Invalid value '{other}' for option 'orient'";
                hint: "\"columns\", \"records\", \"index\", \"split\" or \"values\""
            ),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Orient::Columns => "columns",
            Orient::Records => "records",
            Orient::Index => "index",
            Orient::Split => "split",
            Orient::Values => "values",
        }
    }
}

/// An error for keywords that pandas has and rdk has not, unless they say what is so anyway.
fn refuse(function: &str, options: &[(Name, Value)], usual: &[(&str, &str)]) -> Result<()> {
    let is_usual = |name: &Name, value: &Value| {
        value.is_none() || usual.iter().any(|(other, usual)| **name == **other && value.text() == *usual)
    };
    match options.iter().find(|(name, value)| !is_usual(name, value)) {
        Some((name, value)) => {
            let known: Vec<&str> =
                usual.iter().filter(|(other, _)| **name == **other).map(|(_, usual)| *usual).collect();
            if known.is_empty() {
                bail!(TypeError: "{function}() does not support the keyword argument '{name}'");
            }
            bail!(
                NotImplementedError: "{function}(…, {name}={}) is not supported", value.repr();
                hint: "`{name}` is {}", known.join(" or ")
            )
        }
        None => Ok(()),
    }
}

fn encoding_of(name: Option<&str>) -> Result<Encoding> {
    match Encoding::named(name.unwrap_or("utf-8")) {
        Some(encoding) => Ok(encoding),
        None => {
            bail!(LookupError: "unknown encoding: {}", name.unwrap_or_default(); hint: "\"utf-8\" and \"latin-1\" are known")
        }
    }
}

fn function(context: &Context, module: &str, name: &str) -> Result<Value> {
    let found = context.shared.library.import(module)?.get(name);
    found.ok_or_else(|| error!(RuntimeError: "`{module}.{name}` is not at hand here"))
}

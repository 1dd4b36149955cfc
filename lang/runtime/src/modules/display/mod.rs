//! `IPython.display`: shows values in the middle of a cell, changes what is shown, and things made for a page.

mod handle;
mod media;
mod pages;

use std::sync::Arc;

use rdk_summary::Summary;

use crate::class::{Module, entries};
use crate::context::Context;
use crate::error::Result;
use crate::value::Value;
use crate::{Keywords, Rest, builtins, show};

/// The modules `IPython`, `IPython.display` and `IPython.core.display`.
pub fn modules() -> Vec<Arc<Module>> {
    let display = || {
        let mut names = entries(builtins());
        names.extend(entries(media::builtins()));
        names.extend(entries(pages::builtins()));
        names.push(("DisplayHandle", Value::Class(handle::class())));
        names
    };
    vec![
        Module::new("IPython", "What a notebook's cells use of their surroundings.", || {
            vec![("version_info", Value::tuple([9, 0, 0].map(Value::Int))), ("__version__", Value::str("9.0.0"))]
        }),
        Module::new("IPython.core", "What a notebook's cells use of their surroundings.", Vec::new),
        Module::new("IPython.display", "Shows values in the middle of a cell.", display),
        Module::new("IPython.core.display", "Shows values in the middle of a cell.", display),
    ]
}

/// `display`, which is there without an import, too.
pub fn at_hand() -> Vec<(&'static str, Value)> {
    entries(builtins()).into_iter().filter(|(name, _)| *name == "display").collect()
}

builtins! {
    /// Shows values as if they stood alone at the end of the cell.
    ///
    /// ```rdk
    /// from IPython.display import display
    /// display([1, "a"], 2.5)
    /// #> [1, 'a']
    /// #> 2.5
    /// handle = display("begun", display_id="work")
    /// handle.update("done")
    /// #> 'begun'
    /// #> 'done'
    /// ```
    fn display[context](
        /// The values.
        objs: Rest,
        /// A name by which `update_display` finds it again; `True` makes one up. Then a handle is given back.
        display_id: Option<Value>,
        /// Shown in place of what has this `display_id`.
        update: bool = false,
        /// Whether to take away first what the cell has shown.
        clear: bool = false,
        /// `include`, `exclude`, `metadata` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = kwargs;
        if clear {
            context.shared.output.clear(true);
        }
        let handle = match display_id {
            None | Some(Value::Bool(false)) => None,
            Some(Value::Bool(true)) => Some(handle::Handle::new()?),
            Some(name) => Some(handle::Handle::named(&name.text())),
        };
        for value in &objs.0 {
            show(context, value, handle.as_ref(), update);
        }
        Ok(handle.map_or(Value::None, Value::object))
    }

    /// Shows a value in place of what was shown under this name; at a terminal it is shown anew.
    ///
    /// ```rdk
    /// from IPython.display import display, update_display
    /// handle = display(1, display_id="count")
    /// update_display(2, display_id="count")
    /// #> 1
    /// #> 2
    /// ```
    fn update_display[context](
        /// The value.
        obj: Value,
        /// The name.
        display_id: Value,
        /// `metadata` and the like: accepted, not used.
        kwargs: Keywords,
    ) -> () {
        let _ = kwargs;
        show(context, &obj, Some(&handle::Handle::named(&display_id.text())), true);
    }

    /// Takes away what the cell has shown; at a terminal it stays.
    fn clear_output[context](
        /// Whether it stays until something new comes.
        wait: bool = false,
    ) -> () { context.shared.output.clear(wait) }
}

fn show(context: &Context, value: &Value, handle: Option<&handle::Handle>, update: bool) {
    let summary: Summary = show::display::summary(value);
    let output = &context.shared.output;
    match handle {
        None => output.display(&summary),
        Some(handle) if update => output.update(&summary, &handle.id),
        Some(handle) => output.display_as(&summary, &handle.id),
    }
}

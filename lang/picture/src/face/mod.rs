//! What users call: `matplotlib.pyplot`, figures, axes, and what lies in them.
//!
//! Every way of drawing is written once, as a method of axes; `plt` lends it for the current ones
//! ([`Builtin::of_current`](rdk_runtime::Builtin::of_current)).

pub mod areas;
pub mod artist_methods;
pub mod axes_settings;
mod axis_settings;
pub mod box_plot;
pub mod figure_methods;
pub mod formula;
pub mod grid;
pub mod handles;
pub mod histograms;
// Names of parameters as matplotlib has them.
#[allow(non_snake_case)]
pub mod images;
pub mod pie;
pub mod plot;
pub mod plotting;
pub mod pyplot;
pub mod settings;
pub mod shapes;
pub mod state;
pub mod style;
pub mod table;
pub mod values;

use std::sync::{Arc, LazyLock};

use rdk_runtime::class::entries;
use rdk_runtime::{Builtin, Module, Value, builtins};

/// The modules of `matplotlib`.
pub fn modules() -> Vec<Arc<Module>> {
    vec![
        Module::new("matplotlib", "Plots.", || {
            let mut names = entries(matplotlib::builtins());
            names.push(("rcParams", Value::object(settings::RcParams)));
            names.push(("__version__", Value::str("3.11")));
            names
        }),
        Module::new("matplotlib.pyplot", "Plots, drawn in the current axes.", || {
            let mut names = entries(pyplot::functions());
            names.push(("rcParams", Value::object(settings::RcParams)));
            names.push(("Figure", Value::Class(handles::figure_class())));
            names.push(("style", Value::Module(style_module())));
            names.push(("cm", Value::Module(maps_module())));
            names
        }),
        style_module(),
        maps_module(),
        Module::new("pandas.plotting", "Plots of tables: what `df.plot` draws with.", || entries(plotting::builtins())),
    ]
}

fn style_module() -> Arc<Module> {
    Module::new("matplotlib.style", "Other looks for figures.", || {
        let mut names = entries(settings::style::builtins());
        names.push(("available", Value::list(settings::style::NAMES.iter().map(Value::str))));
        names
    })
}

static REVERSED: LazyLock<Vec<String>> =
    LazyLock::new(|| crate::colormap::names().map(|name| format!("{name}_r")).collect());

/// Maps by their names: `plt.cm.RdBu_r` is the name of a map, which is all that `cmap=` takes.
fn maps_module() -> Arc<Module> {
    Module::new("matplotlib.cm", "Colour maps.", || {
        let mut names: Vec<(&'static str, Value)> = Vec::new();
        for name in crate::colormap::names() {
            names.push((name, Value::str(name)));
        }
        names.extend(REVERSED.iter().map(|name| (name.as_str(), Value::str(name))));
        names
    })
}

/// All methods of axes.
pub fn axes_methods() -> Vec<Builtin> {
    let mut all = plot::builtins();
    all.extend(shapes::builtins());
    all.extend(images::builtins());
    all.extend(axes_settings::builtins());
    all
}

mod matplotlib {
    use super::*;

    builtins! {
        /// Where figures are drawn: accepted, they are shown with the cell and saved by `savefig`.
        fn r#use(
            /// `Agg` and the like.
            backend: String,
        ) { let _ = backend; }
    }
}

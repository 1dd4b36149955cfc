//! Plots and images: `matplotlib.pyplot` and `PIL`.
//!
//! ```text
//! plt.plot(…) ── face ──► figure ── draw ──► scene ── svg ────► image/svg+xml
//!                            │                  └──── raster ──► image/png
//!                            └───── terminal ──► text
//! ```
//!
//! No plotting crate is used: none gives matplotlib's looks with its subplots and limits. The axes are laid out here, pixels come from
//! `tiny-skia`, letters from `ttf-parser` and a font that comes along.

pub mod color;
pub mod colormap;
pub mod draw;
pub mod face;
pub mod figure;
pub mod font;
pub mod pil;
pub mod raster;
pub mod scene;
pub mod show;
pub mod svg;
pub mod terminal;
pub mod ticks;

pub use face::table::{Column, TablePlot, plot as plot_table};

use std::sync::Arc;

use rdk_runtime::{Context, Module};
use rdk_summary::Summary;

/// The modules of this room.
pub fn modules() -> Vec<Arc<Module>> {
    let mut all = face::modules();
    all.extend(pil::modules());
    all
}

/// The figures that a cell has left open, to be shown below its value; from then on they are closed.
pub fn end_of_cell(context: &Context) -> Vec<Summary> {
    let figures = face::state::of(context).0.lock().take();
    figures.iter().map(show::summary).collect()
}

/// The same for a script, where a figure that has been saved is not shown as well.
pub fn end_of_script_cell(context: &Context) -> Vec<Summary> {
    let figures = face::state::of(context).0.lock().take();
    figures.iter().filter(|figure| !figure.0.lock().saved).map(show::summary).collect()
}

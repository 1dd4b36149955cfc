//! How frames, series and indexes look: pandas' formatting of arrow data.
//!
//! ```text
//! FrameView  ── frame ──►  Table        what is shown is data in, text or a table out: nothing here computes, and nothing
//! SeriesView ── series ─►  text         here knows frames that are lazy. Long data is cut to its first and last rows
//! Labels     ── index ──►  text         before a cell is formatted, so that a million rows cost as much as ten.
//! ```

mod cells;
mod floats;
mod frame;
mod index;
mod info;
mod labels;
mod moments;
mod objects;
mod rows;
mod sequence;
mod series;
mod structure;
mod values;

pub use frame::table;
pub use index::{categorical_text, index_text};
pub use info::info;
pub use rows::kept_rows;
pub use series::series_text;
pub use structure::{frame_structure, series_structure};
pub use values::{Column, Data, FrameView, Labels, Level, SeriesView, Values};

//! `plt.rcParams`: what figures look like unless somebody says otherwise.

use crate::color::Color;
use crate::colormap::ColorMap;

/// What figures look like unless somebody says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Inches across and down.
    pub figure_size: (f64, f64),
    /// Pixels to an inch.
    pub dpi: f64,
    /// Pixels to an inch in files, if not the same.
    pub save_dpi: Option<f64>,
    /// Behind everything.
    pub figure_color: Color,
    /// Behind what lies in axes.
    pub axes_color: Color,
    /// The size of letters, in points.
    pub letters: f64,
    /// The sizes of titles, labels of axes, numbers, and lists: absolute, or as shares of `letters`.
    pub sizes: [Size; 5],
    /// Are there lines behind?
    pub grid: bool,
    /// In which colour.
    pub grid_color: Color,
    /// How thick lines are.
    pub line_width: f64,
    /// How large marks are.
    pub marker_size: f64,
    /// The map of images and points.
    pub map: String,
    /// Which edges of axes have a line: left, bottom, right, top.
    pub spines: [bool; 4],
    /// The colours of lines, one after the other; none: matplotlib's.
    pub cycle: Vec<Color>,
    /// Is the space around axes made to fit?
    pub tight: bool,
    /// Does the first row of an image lie below?
    pub image_below: bool,
}

/// A size of letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Size {
    /// In points.
    Points(f64),
    /// As a multiple of the usual size.
    Times(f64),
}

/// Which size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Role {
    Title,
    Label,
    Tick,
    Legend,
    FigureTitle,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            figure_size: (6.4, 4.8),
            dpi: 100.0,
            save_dpi: None,
            figure_color: Color::WHITE,
            axes_color: Color::WHITE,
            letters: 10.0,
            sizes: [Size::Times(1.2), Size::Times(1.0), Size::Times(1.0), Size::Times(1.0), Size::Times(1.2)],
            grid: false,
            grid_color: Color::rgb(0xb0b0b0),
            line_width: 1.5,
            marker_size: 6.0,
            map: "viridis".into(),
            spines: [true; 4],
            cycle: Vec::new(),
            tight: false,
            image_below: false,
        }
    }
}

impl Settings {
    /// The size of letters, in points.
    pub fn size(&self, role: Role) -> f64 {
        match self.sizes[role as usize] {
            Size::Points(points) => points,
            Size::Times(times) => times * self.letters,
        }
    }

    /// The map of images and points.
    pub fn color_map(&self) -> rdk_runtime::Result<ColorMap> {
        ColorMap::named(&self.map)
    }
}

/// `large`, `x-small`, …: as a multiple of the usual size.
pub fn relative(name: &str) -> Option<f64> {
    Some(match name {
        "xx-small" => 0.579,
        "x-small" => 0.694,
        "small" | "smaller" => 0.833,
        "medium" => 1.0,
        "large" | "larger" => 1.2,
        "x-large" => 1.44,
        "xx-large" => 1.728,
        _ => return None,
    })
}

//! What a user has drawn, before anybody looks: figures, their axes, and what lies in them.

mod artist;
mod axis;
mod settings;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

pub use artist::{Artist, Boxes, ImageData, Label, Line, Marker, Points, Rule, Shape, Stands, Wedge};
pub use axis::{Axis, Scale};
pub use settings::{Role, Settings, Size, relative};

use crate::color::{CYCLE, Color};
use crate::colormap::Mapping;

/// A figure; shared by all who hold it.
#[derive(Clone)]
pub struct Figure(pub Arc<Mutex<FigureState>>);

/// What a figure consists of.
pub struct FigureState {
    /// Tells it from others.
    pub id: u64,
    /// The number by which `plt.figure(1)` finds it.
    pub number: i64,
    /// Inches across and down.
    pub size: (f64, f64),
    /// Pixels to an inch.
    pub dpi: f64,
    /// Behind everything.
    pub background: Color,
    /// The title over all axes.
    pub title: Option<Label>,
    /// Its axes, in order.
    pub axes: Vec<Axes>,
    /// Those that `plt.plot` draws in.
    pub current: Option<usize>,
    /// Is the space around axes made to fit what stands there?
    pub tight: bool,
    /// Where the axes' cells begin and end, as shares of the figure: left, right, bottom, top, and the gaps between them.
    pub margins: Margins,
    /// Has it been saved to a file?
    pub saved: bool,
    /// Was it made because something was to be drawn, not because somebody asked for it?
    pub implied: bool,
    /// Sizes of letters and the like.
    pub settings: Settings,
}

/// Where cells of axes begin and end, as shares of the figure; gaps as shares of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Margins {
    pub left: f64,
    pub right: f64,
    pub bottom: f64,
    pub top: f64,
    pub across: f64,
    pub down: f64,
}

impl Default for Margins {
    fn default() -> Margins {
        Margins { left: 0.125, right: 0.9, bottom: 0.11, top: 0.88, across: 0.2, down: 0.2 }
    }
}

/// Where axes are.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Place {
    /// In cells of a table: how many rows and columns there are, and which of them, the last ones not included.
    Grid { rows: usize, columns: usize, row: (usize, usize), column: (usize, usize) },
    /// Left, bottom, width, height as shares of the figure.
    At([f64; 4]),
    /// Beside those whose colours it explains.
    Bar { of: usize, level: bool },
    /// Over others, with an own axis of y at the right, or of x at the top.
    Over { of: usize, y: bool },
}

/// How lengths along x and y go together.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Aspect {
    /// They do not.
    #[default]
    Free,
    /// A unit of y is so many times as long as one of x.
    Fixed(f64),
}

/// An area with two axes.
pub struct Axes {
    /// Where it is.
    pub place: Place,
    /// What lies in it.
    pub artists: Vec<Artist>,
    /// Along the lower edge.
    pub x: Axis,
    /// Along the left edge.
    pub y: Axis,
    /// Above it.
    pub title: Option<Label>,
    /// Is there a list of what is what, and where?
    pub legend: Option<Legend>,
    /// The lines behind, if there are any.
    pub grid: Option<Grid>,
    /// How lengths along x and y go together.
    pub aspect: Aspect,
    /// Is nothing but the artists shown?
    pub hidden: bool,
    /// Which edges have a line: left, bottom, right, top.
    pub spines: [bool; 4],
    /// Behind what lies in it.
    pub background: Color,
    /// How many colours have been taken: by lines, by areas.
    pub taken: [usize; 2],
    /// What the colours of a colour bar stand for.
    pub bar: Option<(Mapping, f64)>,
    /// Has it been taken away?
    pub removed: bool,
    /// Is what it shows thrown away?
    pub margins: (f64, f64),
}

/// The lines behind what lies in axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Those that stand upright, those that lie.
    pub shown: (bool, bool),
    /// Small ticks too?
    pub minor: bool,
    /// Their colour.
    pub color: Color,
    /// How thick.
    pub width: f64,
    /// Lengths of dashes and gaps, in widths.
    pub dashes: Vec<f64>,
}

/// A list of what is what.
#[derive(Clone, Debug, PartialEq)]
pub struct Legend {
    /// `upper right` and so on; `best` looks for room.
    pub place: String,
    /// Where its corner named by `place` is, in shares of the axes.
    pub anchor: Option<(f64, f64)>,
    /// Is there a box around it?
    pub frame: bool,
    /// Above its rows.
    pub title: Option<String>,
    /// How many columns.
    pub n_columns: usize,
    /// How large its letters are.
    pub size: f64,
    /// Labels in place of the artists' own.
    pub labels: Option<Vec<String>>,
    /// Which artists are in it, if not all that have a label.
    pub handles: Option<Vec<usize>>,
}

impl Figure {
    /// An empty one.
    pub fn new(number: i64, settings: Settings) -> Figure {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Figure(Arc::new(Mutex::new(FigureState {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            number,
            size: settings.figure_size,
            dpi: settings.dpi,
            background: settings.figure_color,
            title: None,
            axes: Vec::new(),
            current: None,
            tight: settings.tight,
            margins: Margins::default(),
            saved: false,
            implied: false,
            settings,
        })))
    }

    /// Has it no axes at all?
    pub fn is_empty(&self) -> bool {
        let figure = self.0.lock();
        figure.title.is_none() && figure.axes.iter().all(|axes| axes.removed)
    }

    /// `<Figure size 640x480 with 1 Axes>`
    pub fn text(&self) -> String {
        let figure = self.0.lock();
        let n = figure.axes.iter().filter(|axes| !axes.removed).count();
        let (width, height) = (figure.size.0 * figure.dpi, figure.size.1 * figure.dpi);
        format!("<Figure size {}x{} with {n} Axes>", width.round(), height.round())
    }
}

impl FigureState {
    /// Adds axes and makes them the current ones; gives their position.
    pub fn add(&mut self, place: Place) -> usize {
        self.axes.push(Axes::new(place, &self.settings));
        self.current = Some(self.axes.len() - 1);
        self.axes.len() - 1
    }

    /// Is there nothing on it that anybody wanted to see? So it is when the only thing that was to be drawn could not be.
    pub fn is_idle(&self) -> bool {
        let empty = |axes: &Axes| axes.artists.is_empty() && axes.title.is_none();
        self.implied && self.title.is_none() && self.axes.iter().all(empty)
    }

    /// The axes at this place that are there already.
    pub fn at(&self, place: &Place) -> Option<usize> {
        self.axes.iter().position(|axes| axes.place == *place && !axes.removed)
    }

    /// The axes that things go into; made if there are none.
    pub fn current(&mut self) -> usize {
        match self.current {
            Some(current) => current,
            None => self.add(Place::Grid { rows: 1, columns: 1, row: (0, 1), column: (0, 1) }),
        }
    }
}

impl Axes {
    /// Empty ones.
    pub fn new(place: Place, settings: &Settings) -> Axes {
        Axes {
            place,
            artists: Vec::new(),
            x: Axis::default(),
            y: Axis::default(),
            title: None,
            legend: None,
            grid: settings.grid.then(|| Grid::of(settings)),
            aspect: Aspect::Free,
            hidden: false,
            spines: settings.spines,
            background: settings.axes_color,
            taken: [0, 0],
            bar: None,
            removed: false,
            margins: (0.05, 0.05),
        }
    }

    /// The colour of the next line.
    pub fn next_line_color(&mut self, settings: &Settings) -> Color {
        self.taken[0] += 1;
        cycled(settings, self.taken[0] - 1)
    }

    /// The colour of the next area: bars, points.
    pub fn next_area_color(&mut self, settings: &Settings) -> Color {
        self.taken[1] += 1;
        cycled(settings, self.taken[1] - 1)
    }

    /// Adds something; gives its position.
    pub fn add(&mut self, artist: Artist) -> usize {
        self.artists.push(artist);
        self.artists.len() - 1
    }
}

fn cycled(settings: &Settings, at: usize) -> Color {
    let cycle = if settings.cycle.is_empty() { &CYCLE[..] } else { &settings.cycle };
    cycle[at % cycle.len()]
}

impl Grid {
    /// As the settings say.
    pub fn of(settings: &Settings) -> Grid {
        Grid { shown: (true, true), minor: false, color: settings.grid_color, width: 0.8, dashes: Vec::new() }
    }
}

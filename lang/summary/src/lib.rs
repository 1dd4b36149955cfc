//! What a value shows of itself, as data, and how that is drawn.
//!
//! A value makes a [`Summary`]; `text` draws it for a terminal, `svg` and (with the kernel) `html` for a page: the same facts
//! in the same order. Tags and escape codes live in the drawings only. Nothing here knows values, and nothing here computes.

mod boxes;
mod canvas;
mod diagram_text;
mod layout;
mod listing;
mod route;
mod scale;
pub mod svg;
mod table_text;
pub mod text;

/// What a value shows of itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Summary {
    /// Just text, laid out already: what `repr` gives.
    Text(String),
    /// Facts in columns beside a picture: how a chunked array shows itself.
    Card(Card),
    /// A task graph.
    Graph(Diagram),
    /// Rows under heads: how a frame shows itself.
    Table(Table),
    /// The same thing in several media types: a picture, a plot, text with tags.
    Media(Media),
}

/// Rows under heads. What did not fit has been left out already, and stands there as `...`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Table {
    /// A line above: `Dask DataFrame Structure:`.
    pub title: Option<String>,
    /// Names of the levels of the row labels, where they have any.
    pub label_names: Vec<Option<String>>,
    /// Names of the levels of the column labels, where they have any.
    pub column_names: Vec<Option<String>>,
    /// The columns from left to right.
    pub columns: Vec<TableColumn>,
    /// The rows from top to bottom.
    pub rows: Vec<TableRow>,
    /// A line below: `372864 rows × 8 columns`.
    pub footer: Option<String>,
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TableColumn {
    /// Its label, one text a level.
    pub label: Vec<String>,
}

/// A row of a [`Table`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TableRow {
    /// Its label, one text a level.
    pub label: Vec<String>,
    /// One text a column.
    pub cells: Vec<String>,
}

/// The same thing in several media types.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Media {
    /// What a terminal shows.
    pub text: String,
    /// Media type and data, richest first: `image/svg+xml`, `image/png`, `text/html`, `text/markdown`, `text/latex`.
    pub forms: Vec<(String, MediaData)>,
}

/// Data of a media type.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaData {
    /// Of one that is text.
    Text(String),
    /// Of one that is bytes.
    Bytes(Vec<u8>),
}

/// Facts in columns, and perhaps a picture beside them.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Card {
    /// What the value is called, for places that show one line: `dask.array<add, shape=(4,), …>`.
    pub title: String,
    /// Heads of the columns: `Array`, `Chunk`.
    pub columns: Vec<String>,
    /// Label and one cell a column; fewer cells than columns: the last one stretches over the rest.
    pub rows: Vec<(String, Vec<String>)>,
    /// What is drawn beside them.
    pub picture: Option<Picture>,
    /// A line below: a hint, the name of the last operation.
    pub footer: Option<String>,
}

/// A picture beside facts.
#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    /// The boxes of a chunked array: for each dimension the sizes of its chunks, outermost dimension first.
    /// A size that is not known yet is `None`.
    Grid(Vec<Vec<Option<u64>>>),
}

/// A directed graph to be drawn in layers.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Diagram {
    /// Boxes and circles.
    pub nodes: Vec<Node>,
    /// From whom, to whom, by position in `nodes`; data flows along it.
    pub edges: Vec<(usize, usize)>,
    /// Which way data flows.
    pub direction: Direction,
}

/// A node of a [`Diagram`].
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What stands in it.
    pub label: String,
    /// What it is.
    pub shape: NodeShape,
    /// How many tasks it stands for; 1 unless the graph was collapsed.
    pub count: usize,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeShape {
    /// Work: drawn round.
    Task,
    /// Data: drawn as a box.
    Data,
}

/// Which way data flows through a drawing; `rankdir` of `visualize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Direction {
    /// `BT`, Dask's default.
    #[default]
    BottomToTop,
    /// `TB`
    TopToBottom,
    /// `LR`
    LeftToRight,
    /// `RL`
    RightToLeft,
}

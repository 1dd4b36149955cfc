//! What a value shows of itself, as data, and how that is drawn.
//!
//! A value makes a [`Summary`]; `text` draws it for a terminal, `html` and `svg` for a page: the same facts in the same order.
//! Tags and escape codes live in the drawings only. Nothing here knows values, and nothing here computes.

pub mod bars;
mod boxes;
pub mod bundle;
mod canvas;
mod diagram_text;
pub mod html;
mod layout;
mod listing;
mod route;
mod scale;
mod spans;
pub mod svg;
mod table_html;
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

/// Rows under heads. What does not fit has been left out already; drawings put `...` there.
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
    /// How many of `rows` stand above those that were left out, if some were.
    pub row_gap: Option<usize>,
    /// How many of `columns` stand left of those that were left out, if some were.
    pub column_gap: Option<usize>,
    /// How many rows and columns there are altogether: said below when some are not shown. A table without it is never cut
    /// to a width.
    pub size: Option<(usize, usize)>,
    /// A line below: `Dask Name: read_csv, 2 graph layers`.
    pub footer: Option<String>,
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TableColumn {
    /// Its label, one text a level; the same label as on its left is not drawn again.
    pub label: Vec<String>,
    /// Whether its cells are numbers: these keep a place for their sign, and in text so does the label.
    pub is_numeric: bool,
}

/// A row of a [`Table`].
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TableRow {
    /// Its label, one text a level; the same label as above is not drawn again.
    pub label: Vec<String>,
    /// One text a column. A blank at its start keeps the place of a sign; it is for text alone.
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
    /// What the value is called, for places that show one line: `dask.array<add, shape=(4,), …>`. A card without heads of
    /// columns says it above its facts.
    pub title: String,
    /// Heads of the columns: `Array`, `Chunk`.
    pub columns: Vec<String>,
    /// Label and one cell a column; fewer cells than columns: the last one stretches over the rest. No cell at all: the label
    /// is the head of what follows, as in the card of a client that also tells of its cluster.
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

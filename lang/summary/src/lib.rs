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

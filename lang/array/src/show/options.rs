//! What `np.set_printoptions` sets.

use parking_lot::RwLock;
use rdk_runtime::home;

/// How many digits a float gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FloatMode {
    /// As many as it needs, at most `precision`; NumPy's default.
    MaxPrecision,
    /// The same, then all of an array as many as the longest.
    MaxPrecisionEqual,
    /// Always `precision`.
    Fixed,
    /// As many as it needs.
    Unique,
}

/// How arrays are printed.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintOptions {
    /// Digits after the point.
    pub precision: usize,
    /// Arrays with more elements are shown by their edges.
    pub threshold: usize,
    /// How many elements an edge has.
    pub edge_items: usize,
    /// How many characters a line has.
    pub line_width: usize,
    /// Small numbers may be shown as zero, rather than all of them with an exponent.
    pub suppress: bool,
    /// How `nan` is written.
    pub nan: String,
    /// How `inf` is written.
    pub inf: String,
    /// How many digits a float gets.
    pub float_mode: FloatMode,
}

impl PrintOptions {
    /// NumPy's defaults.
    pub fn new() -> PrintOptions {
        PrintOptions {
            precision: 8,
            threshold: 1000,
            edge_items: 3,
            line_width: 75,
            suppress: false,
            nan: "nan".into(),
            inf: "inf".into(),
            float_mode: FloatMode::MaxPrecision,
        }
    }

    /// Those in force in the session that this thread works for.
    pub fn current() -> PrintOptions {
        home().map(|session| session.note::<InForce>().0.read().clone()).unwrap_or_default()
    }

    /// Puts these in force in that session.
    pub fn set(self) {
        if let Some(session) = home() {
            *session.note::<InForce>().0.write() = self;
        }
    }
}

impl Default for PrintOptions {
    fn default() -> PrintOptions {
        PrintOptions::new()
    }
}

/// Those in force in a session.
#[derive(Default)]
struct InForce(RwLock<PrintOptions>);

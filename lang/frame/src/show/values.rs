//! What is to be shown, as plain data.

use arrow::array::{ArrayRef, new_empty_array};
use arrow::compute::concat;
use arrow::datatypes::DataType;

/// Values below each other, and what pandas calls their dtype: `int64`, `str`, `datetime64[us]`, `category`, `object`.
#[derive(Clone, Debug)]
pub struct Values {
    /// The name of their dtype; it decides how they look.
    pub dtype: String,
    /// The values themselves.
    pub data: Data,
    /// Of categories: whether these have an order.
    pub is_ordered: bool,
}

/// Values of one type in an array, or of a type each.
#[derive(Clone, Debug)]
pub enum Data {
    /// Of one type.
    Array(ArrayRef),
    /// Of a type each, in arrays of length 1: a row of a frame.
    Objects(Vec<ArrayRef>),
}

impl Values {
    /// Values of one type.
    pub fn new(dtype: impl Into<String>, array: ArrayRef) -> Values {
        Values { dtype: dtype.into(), data: Data::Array(array), is_ordered: false }
    }

    /// Values of a type each, every one in an array of length 1.
    pub fn objects(values: Vec<ArrayRef>) -> Values {
        Values { dtype: "object".to_string(), data: Data::Objects(values), is_ordered: false }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::Array(array) => array.len(),
            Data::Objects(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many are not missing; a float that is no number is missing.
    pub(super) fn n_present(&self) -> usize {
        match &self.data {
            Data::Array(array) if array.data_type().is_floating() => {
                super::cells::as_floats(array).iter().flatten().filter(|number| !number.is_nan()).count()
            }
            Data::Array(array) => array.len() - array.logical_null_count(),
            Data::Objects(values) => values.iter().filter(|value| value.logical_null_count() == 0).count(),
        }
    }

    /// Only the first and the last of them.
    pub(super) fn ends(&self, first: usize, last: usize) -> Values {
        let n = self.len();
        let (first, last) = (first.min(n), last.min(n.saturating_sub(first)));
        if first + last >= n {
            return self.clone();
        }
        let data = match &self.data {
            Data::Array(array) => {
                let (head, tail) = (array.slice(0, first), array.slice(n - last, last));
                let both = concat(&[&head, &tail]);
                Data::Array(both.unwrap_or_else(|_| new_empty_array(array.data_type())))
            }
            Data::Objects(values) => Data::Objects([&values[..first], &values[n - last..]].concat()),
        };
        Values { dtype: self.dtype.clone(), data, is_ordered: self.is_ordered }
    }

    /// Whether pandas counts them among the numbers.
    pub(super) fn is_numeric(&self) -> bool {
        let dtype = self.dtype.to_ascii_lowercase();
        let numeric = ["int", "uint", "float", "complex"];
        matches!(&dtype[..], "bool" | "boolean")
            || numeric.iter().any(|kind| {
                dtype.strip_prefix(kind).is_some_and(|bits| bits.chars().all(|letter| letter.is_ascii_digit()))
            })
    }

    /// Whether they are text.
    pub(super) fn is_text(&self) -> bool {
        match &self.data {
            Data::Array(array) => is_text(array.data_type()),
            Data::Objects(values) => values.iter().all(|value| is_text(value.data_type())),
        }
    }
}

pub(super) fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Labels of rows.
#[derive(Clone, Debug)]
pub enum Labels {
    /// Numbers at even distances.
    Range {
        /// The first number.
        start: i64,
        /// Where it ends, not included.
        stop: i64,
        /// The distance; not 0.
        step: i64,
        /// What the index is called.
        name: Option<String>,
    },
    /// One level or several.
    Levels {
        /// From the outermost to the innermost; at least one.
        levels: Vec<Level>,
        /// The distance of moments, where it is known: `D`.
        frequency: Option<String>,
    },
}

/// A level of labels.
#[derive(Clone, Debug)]
pub struct Level {
    /// What it is called.
    pub name: Option<String>,
    /// One value a row.
    pub values: Values,
}

impl Labels {
    /// `0, 1, 2, …` for so many rows.
    pub fn counted(n_rows: usize) -> Labels {
        Labels::Range { start: 0, stop: n_rows as i64, step: 1, name: None }
    }

    /// Labels of one level.
    pub fn single(name: Option<String>, values: Values) -> Labels {
        Labels::Levels { levels: vec![Level { name, values }], frequency: None }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Labels::Range { start, stop, step, .. } => {
                let (distance, step) = (i128::from(*stop) - i128::from(*start), i128::from(*step));
                let count = if step == 0 { 0 } else { (distance + step - step.signum()) / step };
                usize::try_from(count.max(0)).unwrap_or(usize::MAX)
            }
            Labels::Levels { levels, .. } => levels.first().map_or(0, |level| level.values.len()),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the levels are called.
    pub fn names(&self) -> Vec<Option<String>> {
        match self {
            Labels::Range { name, .. } => vec![name.clone()],
            Labels::Levels { levels, .. } => levels.iter().map(|level| level.name.clone()).collect(),
        }
    }
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its label, one text a level.
    pub label: Vec<String>,
    /// One value a row.
    pub values: Values,
}

/// A frame that is there.
///
/// Values and labels may be of all rows or, as [`kept_rows`](super::kept_rows) says, of the first and the last ones only.
#[derive(Clone, Debug)]
pub struct FrameView {
    /// From left to right.
    pub columns: Vec<Column>,
    /// Names of the levels of the columns' labels.
    pub column_names: Vec<Option<String>>,
    /// For each level of the columns' labels: are they all numbers, or all `True` and `False`? Then they stand flush left, as pandas has it.
    pub plain_labels: Vec<bool>,
    /// The labels of the rows.
    pub labels: Labels,
    /// How many rows there are altogether.
    pub n_rows: usize,
}

/// A series that is there; as with [`FrameView`] it may be cut already.
#[derive(Clone, Debug)]
pub struct SeriesView {
    /// What it is called.
    pub name: Option<String>,
    /// One value a row.
    pub values: Values,
    /// The labels of the rows.
    pub labels: Labels,
    /// How many rows there are altogether.
    pub n_rows: usize,
}

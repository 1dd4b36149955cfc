//! What a user may write for `chunks=`: `1000`, `(1000, -1)`, `((5, 5), (3, 3))`, `"auto"`, `"64 MiB"`, `{0: 10}`.

use std::fmt;

use rdk_runtime::convert::describe;
use rdk_runtime::{FromValue, Result, Value, bail};

use super::{AxisChunks, Chunks};
use crate::shape;

/// What is asked for along one axis.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisSpec {
    /// `"auto"`: as it fits best.
    Auto,
    /// `"64 MiB"`: so that a chunk has at most this many bytes.
    Bytes(u64),
    /// `-1`: one chunk.
    Whole,
    /// `None`: one chunk; what there was for a rechunk.
    Keep,
    /// Chunks of this size.
    Size(usize),
    /// Chunks of these sizes.
    Sizes(AxisChunks),
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum ChunksSpec {
    /// The same along every axis.
    Every(AxisSpec),
    /// One for each axis.
    Axes(Vec<AxisSpec>),
    /// For these axes; the others are kept as they are.
    ByAxis(Vec<(i64, AxisSpec)>),
}

impl ChunksSpec {
    /// `"auto"`
    pub const AUTO: ChunksSpec = ChunksSpec::Every(AxisSpec::Auto);
    /// One chunk.
    pub const WHOLE: ChunksSpec = ChunksSpec::Every(AxisSpec::Whole);
}

impl From<&Chunks> for ChunksSpec {
    fn from(chunks: &Chunks) -> ChunksSpec {
        ChunksSpec::Axes(chunks.0.iter().cloned().map(AxisSpec::Sizes).collect())
    }
}

impl From<usize> for ChunksSpec {
    fn from(size: usize) -> ChunksSpec {
        ChunksSpec::Every(AxisSpec::Size(size))
    }
}

impl fmt::Display for AxisSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AxisSpec::Auto => write!(f, "'auto'"),
            AxisSpec::Bytes(bytes) => write!(f, "'{bytes} B'"),
            AxisSpec::Whole => write!(f, "-1"),
            AxisSpec::Keep => write!(f, "None"),
            AxisSpec::Size(size) => write!(f, "{size}"),
            AxisSpec::Sizes(sizes) => write!(f, "{sizes}"),
        }
    }
}

impl fmt::Display for ChunksSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChunksSpec::Every(spec) => write!(f, "{spec}"),
            ChunksSpec::Axes(specs) => f.write_str(&shape::tuple(specs.iter())),
            ChunksSpec::ByAxis(specs) => {
                let specs: Vec<String> = specs.iter().map(|(axis, spec)| format!("{axis}: {spec}")).collect();
                write!(f, "{{{}}}", specs.join(", "))
            }
        }
    }
}

/// A whole number, also if it is written `1e6`.
fn whole_number(value: &Value) -> Result<Option<i64>> {
    Ok(match value {
        Value::Bool(_) => None,
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e18 => Some(*number as i64),
        Value::Float(number) => bail!("chunk sizes are integers, got {number:?}"),
        Value::BigInt(number) => bail!(OverflowError: "a chunk size of {number} is larger than any axis can be"),
        _ => i64::from_value(value),
    })
}

fn size(number: i64) -> Result<usize> {
    match number {
        1.. => Ok(number as usize),
        _ => bail!("a chunk size is 1 or more, got {number}"; hint: "-1 stands for the whole axis"),
    }
}

fn axis_spec(value: &Value) -> Result<AxisSpec> {
    if let Some(number) = whole_number(value)? {
        return Ok(match number {
            -1 => AxisSpec::Whole,
            // A size of 0 is what an axis of length 0 has.
            0 => AxisSpec::Sizes(AxisChunks::single(0)),
            _ => AxisSpec::Size(size(number)?),
        });
    }
    if let Some(items) = value.items() {
        if items.is_empty() {
            bail!("empty tuples are not allowed in chunks"; hint: "an axis of length 0 has the chunks (0,)");
        }
        let mut sizes = Vec::with_capacity(items.len());
        for item in &items {
            match whole_number(item)? {
                Some(number @ 0..) => sizes.push(number as usize),
                _ => bail!("expected chunk sizes, got {}", describe(item)),
            }
        }
        return Ok(AxisSpec::Sizes(AxisChunks::listed(sizes)));
    }
    match value {
        Value::None => Ok(AxisSpec::Keep),
        Value::Str(text) if &**text == "auto" => Ok(AxisSpec::Auto),
        Value::Str(text) => Ok(AxisSpec::Bytes(super::parse_bytes(text)?)),
        _ => bail!(TypeError: "expected a chunk size, a tuple of sizes or 'auto', got {}", describe(value)),
    }
}

impl FromValue for ChunksSpec {
    fn expected() -> &'static str {
        "chunks such as 1000, (1000, -1), ((5, 5), (3, 3)), 'auto', '64 MiB' or {0: 10}"
    }

    fn from_value(value: &Value) -> Option<ChunksSpec> {
        ChunksSpec::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<ChunksSpec> {
        if let Value::Dict(dict) = value {
            let entries: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            let mut specs = Vec::with_capacity(entries.len());
            for (axis, spec) in &entries {
                let Some(axis) = i64::from_value(axis) else {
                    bail!(TypeError: "expected axes as the keys of `chunks`, got {}", describe(axis));
                };
                specs.push((axis, axis_spec(spec)?));
            }
            return Ok(ChunksSpec::ByAxis(specs));
        }
        if let Some(items) = value.items() {
            return Ok(ChunksSpec::Axes(items.iter().map(axis_spec).collect::<Result<_>>()?));
        }
        Ok(ChunksSpec::Every(axis_spec(value)?))
    }
}

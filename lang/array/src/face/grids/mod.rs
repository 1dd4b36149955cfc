//! Arrays made of the positions of their elements, or of diagonals: `indices`, `meshgrid`, `diag`, `tri`, `vander`.

mod coarse;
#[allow(non_snake_case)] // `tri` takes `N` and `M`.
pub mod dask;
mod numbers;
#[allow(non_snake_case)]
pub mod numpy;
#[allow(non_snake_case)]
mod powers;
mod triangles;

use rdk_runtime::{Args, Builtin, Context, FromValue, Keywords, Result, Value, bail};

use super::arrange::answer_array;
use super::layout::swapped;
use super::seen::Seen;
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::kernel::Source;
use crate::scalar::Scalar;

/// Functions of both modules.
pub fn builtins() -> Vec<Builtin> {
    [triangles::builtins(), powers::builtins(), numbers::builtins()].into_iter().flatten().collect()
}

/// The position of each element along an axis.
pub fn position(axis: usize, shape: &[usize], dtype: DType, chunks: &ChunksSpec) -> Result<Array> {
    Array::source("indices", Source::Position { axis: axis as u8, dtype }, shape, chunks)
}

/// How `meshgrid` does its work.
struct Meshes<'a> {
    sparse: bool,
    indexing: &'a str,
    copy: bool,
}

/// What `meshgrid` gives: each array along its own axis, stretched unless the grid is to be sparse.
fn meshes(context: &Context, axes: &[Value], how: Meshes<'_>, lazy: bool) -> Result<Vec<Value>> {
    let Meshes { sparse, indexing, copy } = how;
    if indexing != "xy" && indexing != "ij" {
        bail!("Valid values for `indexing` are 'xy' and 'ij'.");
    }
    let operands = axes.iter().map(Seen::try_from_value).collect::<Result<Vec<_>>>()?;
    let lazy = lazy || operands.iter().any(|operand| operand.is_lazy());
    let rows = operands.iter().map(|operand| operand.array()?.reshape(&[-1])).collect::<Result<Vec<_>>>()?;
    let n = rows.len();
    let place = |at: usize| if indexing == "xy" && n >= 2 && at < 2 { 1 - at } else { at };
    let mut shape = vec![0; n];
    rows.iter().enumerate().for_each(|(at, row)| shape[place(at)] = row.shape()[0]);
    let mesh = |(at, row): (usize, &Array)| {
        let mut own = vec![1; n];
        own[place(at)] = -1;
        if let Some(array) = operands[at].in_memory().filter(|_| !copy && !lazy) {
            let own: Vec<usize> = own.iter().map(|&length| if length == 1 { 1 } else { row.shape()[0] }).collect();
            let mesh = array.reshape(&own);
            return Ok(Value::object(if sparse { mesh } else { mesh.broadcast_to(&shape) }));
        }
        let mesh = row.reshape(&own)?;
        answer_array(context, if sparse { mesh } else { mesh.broadcast_to(&shape)? }, lazy)
    };
    rows.iter().enumerate().map(mesh).collect()
}

fn tri(rows: usize, columns: Option<usize>, k: i64, dtype: DType, chunks: &ChunksSpec) -> Result<Array> {
    Array::source("tri", Source::Tri { k, dtype }, &[rows, columns.unwrap_or(rows)], chunks)
}

/// What a function makes of the coordinates of all elements.
fn from_function(context: &Context, function: &Value, axes: Vec<Value>, keywords: Keywords) -> Result<Value> {
    context.call(function, Args { positional: axes.into_iter().collect(), keywords: keywords.0 })
}

fn all_positions(shape: &[usize], dtype: DType, chunks: &ChunksSpec) -> Result<Array> {
    let axes = (0..shape.len()).map(|axis| position(axis, shape, dtype, chunks)).collect::<Result<Vec<_>>>()?;
    match axes.is_empty() {
        true => Array::full("indices", &[0], Scalar::zero(dtype), &ChunksSpec::AUTO),
        false => Array::stack(&axes, 0),
    }
}

/// With the last two axes exchanged: what `x.mT` is.
pub fn matrix_transposed(array: &Array) -> Result<Array> {
    if array.ndim() < 2 {
        bail!("matrix transpose with ndim < 2 is undefined");
    }
    swapped(array, -1, -2)
}

//! `x[mask]` and `x[mask] = …` for eager arrays, the mask alone or beside slices.
//!
//! The mask stands for as many axes as it has, from one on, of what the slices take, and is as long as they are.

use rdk_runtime::{Result, Value};

use super::select::{self, Masked};
use super::{NdArray, nested};
use crate::chunk::Chunk;
use crate::kernel::{Stop, compress};
use crate::place::with_crew;
use crate::shape::Shape;

/// What a mask takes of an array.
///
/// # Errors
/// A request to stop; no memory.
pub fn taken(array: &NdArray, Masked { part, axis, mask }: Masked) -> Result<Chunk> {
    let chunk = part.map_or_else(|| array.chunk(), |items| array.slice(items).chunk());
    with_crew(|crew| compress::compress(&chunk, &mask, axis, crew)).map_err(Stop::error)
}

/// Writes a value to what a mask takes: one element, or what stretches to its shape. `false`, and nothing is done, where the elements of the
/// array that the slices take do not lie in one run.
///
/// # Errors
/// A value of another shape, or of no numbers; a request to stop.
pub fn assign(array: &NdArray, Masked { part, axis, mask }: &Masked, value: &Value) -> Result<bool> {
    let target = part.as_ref().map_or_else(|| array.same(), |items| array.slice(items.clone()));
    if !target.is_run().0 {
        return Ok(false);
    }
    let (before, behind) = (&target.shape()[..*axis], &target.shape()[axis + mask.ndim()..]);
    let inner = behind.iter().product();
    let done = match nested::element(value, target.dtype()).transpose()? {
        Some(scalar) => target
            .change_run(|memory, range| with_crew(|crew| compress::fill(memory, range, mask, inner, scalar, crew))),
        None => {
            let n = compress::count_true(mask);
            let shape: Shape = before.iter().chain([&n]).chain(behind).copied().collect();
            let values = select::fit(nested::written(value, target.dtype())?, &shape)?.cast(target.dtype());
            let values = values.broadcast(&shape).expect("it fits");
            target
                .change_run(|memory, range| with_crew(|crew| compress::put(memory, range, mask, inner, &values, crew)))
        }
    };
    Ok(done.transpose().map_err(|stopped| Stop::from(stopped).error())?.is_some())
}

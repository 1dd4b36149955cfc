//! Arrays in memory that show elements in several places: windows, what was stretched, memory with other steps. As one run of memory they
//! would be many times as large, so that they are not copied but reduced by a plan over the memory that they show.

use super::look::Look;
use super::view::NdArray;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::ChunksSpec;
use crate::lower::view::{Along, View};

/// So few elements are copied sooner than a plan is carried out.
const FEW: usize = 1 << 14;

impl NdArray {
    /// It as a plan, and the memory that it shows; `None` where it has few elements, or each of them but once.
    pub fn overlapping(&self) -> Option<(Array, Chunk)> {
        let places = |look: &Look| {
            let way = |(&length, &step): (&usize, &isize)| (length - 1).saturating_mul(step.unsigned_abs());
            look.shape().iter().zip(look.steps()).map(way).fold(1, usize::saturating_add)
        };
        let look = self.look();
        if look.size() < FEW || look.size() <= places(look) {
            return None;
        }
        let memory = self.shown()?;
        let n = memory.len();
        let memory = memory.into_shape(&[n]);
        let chunks = ChunksSpec::AUTO.grid(look.shape(), memory.dtype().size()).ok()?;
        let given = Array::from_chunk(memory.clone(), &ChunksSpec::WHOLE).ok()?;
        Some((given.looked("overlapping", seen(look), chunks), memory))
    }
}

/// How it sees its memory as one row.
fn seen(look: &Look) -> View {
    let mut along = Along::fixed(look.start() as i64);
    for (axis, (&length, &step)) in look.shape().iter().zip(look.steps()).enumerate() {
        if length > 1 && step != 0 {
            along.steps.push((axis as u8, step as i64));
        }
    }
    View([along].into_iter().collect())
}

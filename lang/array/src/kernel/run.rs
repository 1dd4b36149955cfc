//! Carrying out programs whose result is kept.

use rdk_graph::Cancel;
use rdk_runtime::error;
use smallvec::SmallVec;

use crate::chunk::Chunk;
use crate::element::with_dtype;
use crate::kernel::faults::Flags;
use crate::kernel::layout::Layout;
use crate::kernel::machine::{self, Machine};
use crate::kernel::program::{Leaf, Program, Walk};

/// Why a run gave nothing.
#[derive(Debug)]
pub enum Stop {
    /// A stop was asked for.
    Cancelled,
    /// What the user did cannot be done.
    Error(rdk_runtime::Error),
    /// The same, and it is this step of the program that cannot.
    At(usize, rdk_runtime::Error),
}

impl From<rdk_graph::Stopped> for Stop {
    fn from(_: rdk_graph::Stopped) -> Stop {
        Stop::Cancelled
    }
}

impl From<rdk_runtime::Error> for Stop {
    fn from(error: rdk_runtime::Error) -> Stop {
        Stop::Error(error)
    }
}

/// Runs a program over a box and keeps what comes out. `chunks` are the inputs of the `Leaf::Chunk`s in order; there is a walk
/// for every leaf.
pub fn run_store(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    cancel: &Cancel,
) -> Result<(Chunk, Flags), Stop> {
    let dtype = program.result_dtype();
    let n_elements: usize = shape.iter().product();
    if n_elements == 0 {
        return Ok((with_dtype!(dtype, T => Chunk::from_vec(shape, Vec::<T>::new())), Flags::default()));
    }
    let lines = machine::lines(program, chunks, walks, shape.len())?;
    check(program, shape, chunks, walks)?;
    let layout = Layout::new(shape, &SmallVec::<[bool; 4]>::from_elem(false, shape.len()), lines);
    let mut machine = Machine::new(program, chunks, &layout)?;
    let chunk = with_dtype!(dtype, T => {
        let mut elements: Vec<T> = Vec::new();
        let bytes = n_elements.saturating_mul(dtype.size());
        elements.try_reserve_exact(n_elements).map_err(|_| {
            Stop::Error(error!(MemoryError: "unable to allocate {bytes} bytes for a chunk of type {dtype}"))
        })?;
        crate::memory::in_large_pages(&mut elements);
        layout.tiles(|place| {
            if cancel.requested() {
                return Err(Stop::Cancelled);
            }
            machine.run(&layout, place)?;
            let result = machine.result::<T>();
            match result.value() {
                Some(value) => elements.resize(elements.len() + place.n, value),
                None => elements.extend_from_slice(result.elements()),
            }
            Ok(())
        })?;
        Chunk::from_vec(shape, elements)
    });
    Ok((chunk, std::mem::take(&mut machine.flags)))
}

/// Walks must stay inside their chunks.
pub(super) fn check(program: &Program, shape: &[usize], chunks: &[&Chunk], walks: &[Walk]) -> Result<(), Stop> {
    let of_chunks = program.leaves.iter().zip(walks).filter(|(leaf, _)| matches!(leaf, Leaf::Chunk(_)));
    for (chunk, (_, walk)) in chunks.iter().zip(of_chunks) {
        if !machine::stays_inside(chunk, walk, shape) {
            return Err(Stop::Error(error!(SystemError: "a fused kernel would leave its chunk")));
        }
    }
    Ok(())
}

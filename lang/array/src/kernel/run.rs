//! Carrying out programs whose result is kept.

use rdk_graph::Cancel;
use rdk_runtime::error;
use smallvec::SmallVec;

use crate::chunk::Chunk;
use crate::element::{Element, with_dtype};
use crate::kernel::faults::{Flags, all_finite};
use crate::kernel::layout::Layout;
use crate::kernel::machine::{self, Machine};
use crate::kernel::program::{Leaf, Program, Walk};
use crate::space::{Cursor, Room};

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

impl Stop {
    /// As an error of what is done at once: nobody knows of steps there.
    pub fn error(self) -> rdk_runtime::Error {
        match self {
            Stop::Cancelled => rdk_runtime::Error::new(rdk_runtime::Kind::KeyboardInterrupt, ""),
            Stop::Error(error) | Stop::At(_, error) => error,
        }
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
    Ok(with_dtype!(dtype, T => {
        let mut elements: Vec<T> = Vec::new();
        let bytes = n_elements.saturating_mul(dtype.size());
        elements.try_reserve_exact(n_elements).map_err(|_| {
            Stop::Error(error!(MemoryError: "unable to allocate {bytes} bytes for a chunk of type {dtype}"))
        })?;
        crate::memory::in_large_pages(&mut elements);
        let flags = each_tile::<T>(program, shape, chunks, walks, cancel, |tile| match tile {
            Tile::Same(value, n) => elements.resize(elements.len() + n, value),
            Tile::Elements(more) => elements.extend_from_slice(more),
        })?;
        (Chunk::from_vec(shape, elements), flags)
    }))
}

/// The same, written to a room for elements of the result's type, as many as the box has. With `LOOK` it says also whether all of them are
/// finite.
pub fn run_into<const LOOK: bool>(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    room: &Room,
    cancel: &Cancel,
) -> Result<(Flags, bool), Stop> {
    if shape.contains(&0) {
        return Ok((Flags::default(), true));
    }
    let mut finite = true;
    with_dtype!(program.result_dtype(), T => {
        let mut cursor = Cursor::<T>::at(room);
        let flags = each_tile::<T>(program, shape, chunks, walks, cancel, |tile| match tile {
            Tile::Same(value, n) => {
                finite &= !LOOK || all_finite(&[value]);
                cursor.fill(value, n);
            }
            Tile::Elements(elements) => {
                finite = finite && (!LOOK || all_finite(elements));
                cursor.extend(elements);
            }
        })?;
        Ok((flags, finite))
    })
}

/// What a program has made of one tile.
enum Tile<'a, T> {
    /// So many times the same.
    Same(T, usize),
    Elements(&'a [T]),
}

/// Runs the program over all tiles, in C order.
fn each_tile<T: Element>(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    cancel: &Cancel,
    mut keep: impl FnMut(Tile<'_, T>),
) -> Result<Flags, Stop> {
    let lines = machine::lines(program, chunks, walks, shape.len())?;
    check(program, shape, chunks, walks)?;
    let layout = Layout::new(shape, &SmallVec::<[bool; 4]>::from_elem(false, shape.len()), lines);
    let mut machine = Machine::new(program, chunks, &layout)?;
    layout.tiles(|place| {
        if cancel.requested() {
            return Err(Stop::Cancelled);
        }
        machine.run(&layout, place)?;
        let result = machine.result::<T>();
        keep(match result.value() {
            Some(value) => Tile::Same(value, place.n),
            None => Tile::Elements(result.elements()),
        });
        Ok(())
    })?;
    Ok(std::mem::take(&mut machine.flags))
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

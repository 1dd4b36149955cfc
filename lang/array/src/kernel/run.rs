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
        let flags = each_tile::<T>(program, shape, chunks, walks, cancel, false, &mut Growing(&mut elements))?;
        (Chunk::from_vec(shape, elements), flags)
    }))
}

/// The same, written to a room for elements of the result's type, as many as the box has. It says also whether all of them are finite, if
/// that is looked at.
pub fn run_into(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    room: &Room,
    look: Watch,
    cancel: &Cancel,
) -> Result<(Flags, bool), Stop> {
    if shape.contains(&0) {
        return Ok((Flags::default(), true));
    }
    with_dtype!(program.result_dtype(), T => {
        let mut placed = Placed { cursor: Cursor::<T>::at(room), look: look == Watch::Finite, finite: true };
        let flags = each_tile::<T>(program, shape, chunks, walks, cancel, look == Watch::Faults, &mut placed)?;
        Ok((flags, placed.finite))
    })
}

/// What is looked at beside what is likely to give NumPy cause to warn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Watch {
    /// Nothing.
    Little,
    /// Whether all of the result is finite.
    Finite,
    /// What every step has made.
    Faults,
}

/// Where the elements of a result go.
trait Sink<T> {
    /// Memory for so many, where they are to lie in the end; `None`: they are copied there.
    fn there(&mut self, n: usize) -> Option<*mut u8>;

    /// So many times the same.
    fn same(&mut self, value: T, n: usize);

    /// These; do they lie there already?
    fn elements(&mut self, elements: &[T], are_there: bool);
}

/// A row that becomes longer.
struct Growing<'a, T>(&'a mut Vec<T>);

impl<T: Element> Sink<T> for Growing<'_, T> {
    fn there(&mut self, n: usize) -> Option<*mut u8> {
        (self.0.capacity() - self.0.len() >= n).then(|| self.0.spare_capacity_mut().as_mut_ptr().cast())
    }

    fn same(&mut self, value: T, n: usize) {
        self.0.resize(self.0.len() + n, value);
    }

    fn elements(&mut self, elements: &[T], are_there: bool) {
        match are_there {
            // SAFETY: they have been written behind the last one, within the capacity: `there` has looked. Copying them once more takes
            // a tenth of the time of `a + b`.
            true => unsafe { self.0.set_len(self.0.len() + elements.len()) },
            false => self.0.extend_from_slice(elements),
        }
    }
}

/// A room.
struct Placed<'a, T> {
    cursor: Cursor<'a, T>,
    look: bool,
    finite: bool,
}

impl<T: Element> Sink<T> for Placed<'_, T> {
    fn there(&mut self, n: usize) -> Option<*mut u8> {
        self.cursor.next(n).map(<*mut T>::cast)
    }

    fn same(&mut self, value: T, n: usize) {
        self.finite &= !self.look || all_finite(&[value]);
        self.cursor.fill(value, n);
    }

    fn elements(&mut self, elements: &[T], are_there: bool) {
        self.finite = self.finite && (!self.look || all_finite(elements));
        match are_there {
            true => self.cursor.pass(elements.len()),
            false => self.cursor.extend(elements),
        }
    }
}

/// Runs the program over all tiles, in C order.
fn each_tile<T: Element>(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    cancel: &Cancel,
    watches: bool,
    sink: &mut impl Sink<T>,
) -> Result<Flags, Stop> {
    let lines = machine::lines(program, chunks, walks, shape.len())?;
    check(program, shape, chunks, walks)?;
    let layout = Layout::new(shape, &SmallVec::<[bool; 4]>::from_elem(false, shape.len()), lines);
    let mut machine = Machine::new(program, chunks, &layout)?;
    machine.watches = watches;
    layout.tiles(|place| {
        if cancel.requested() {
            return Err(Stop::Cancelled);
        }
        // SAFETY: the sink has room for as many, and looks at it only when they are made; what is made next goes behind.
        unsafe { machine.run_there(&layout, place, sink.there(place.n)) }?;
        let result = machine.result::<T>();
        match result.value() {
            Some(value) => sink.same(value, place.n),
            None => sink.elements(result.elements(), machine.is_there()),
        }
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

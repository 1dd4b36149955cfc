//! Functions of the elements of arrays in memory, and arrays made of the places of their elements, computed at once: one program over the
//! whole, without a graph, written by rows to where the result lies. Idle workers take some of the rows.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{ArrayD, IxDyn};
use parking_lot::Mutex;
use rdk_graph::{Cancel, Crew, Failure};
use rdk_runtime::Context;
use smallvec::SmallVec;

use super::folded::Folded;
use super::fused::{Remark, failure};
use super::fusion::Fusion;
use super::program::{Compiled, Spot, compile, single};
use super::view::View;
use crate::array::{Array, Func, Plan};
use crate::element::{Element, with_dtype};
use crate::kernel::faults::{forget_finite, note_finite, watches_binary, watches_unary};
use crate::kernel::{Flags, Leaf, Program, Register, Step, StepOp, Stop, Walk, Watch, run_into};
use crate::place::with_crew;
use crate::space::Room;
use crate::{Chunk, DType, Scalar, Shape, memory, shape};

/// Longer chains go the usual way, which shares what occurs twice and cuts programs that are too long for the cache.
const MOST_NODES: usize = 16;
/// Work on fewer bytes than this is done by one.
pub(super) const SMALL: usize = 1 << 20;
/// And so is what is no more work than reading and writing so many bytes: waking somebody up takes as long.
const SHARED: usize = 2 << 20;
/// So many pieces for each of the crew: some rows take longer than others.
pub(super) const PIECES_EACH: usize = 4;

/// What was computed, and what was noticed on the way, each with the number of its step.
pub(super) type Watched = (Chunk, Vec<(usize, Remark)>);

impl Array {
    /// Its elements, if they can be had so.
    pub(super) fn directly(&self, crew: Crew<'_>, cancel: &Cancel) -> Option<Result<Chunk, Failure>> {
        if let Plan::Reduce(fold) = &self.node().plan
            && let Plan::Given(chunk) = &self.node().inputs[0].node().plan
        {
            let folded = Folded::of(fold, chunk);
            let made = folded.is_usual().then(|| folded.done(crew, cancel))?;
            return Some(made.map_err(|stop| failure(stop, self.node().place.as_ref())));
        }
        Some(self.directly_looking(Watch::Finite, crew, cancel)?.map(|(chunk, _)| chunk))
    }

    /// The same with what was noticed on the way, each with the number of its step.
    pub(super) fn directly_looking(
        &self,
        look: Watch,
        crew: Crew<'_>,
        cancel: &Cancel,
    ) -> Option<Result<Watched, Failure>> {
        if !self.chunks().is_known() {
            return None;
        }
        if let Plan::Concatenate(axis) = self.node().plan {
            return Some(self.joined_directly(axis, crew, cancel)?.map(|chunk| (chunk, Vec::new())));
        }
        if !matches!(self.node().plan, Plan::Elementwise(_) | Plan::Cast | Plan::Source(_)) {
            return None;
        }
        let order = self.walk();
        let is_direct = |array: &Array| match &array.node().plan {
            Plan::Given(_)
            | Plan::Source(_)
            | Plan::Elementwise(_)
            | Plan::Cast
            | Plan::BroadcastTo
            | Plan::Look(_) => true,
            Plan::Persisted(_)
            | Plan::Delayed(_)
            | Plan::Reduce(_)
            | Plan::Slice(_)
            | Plan::Transpose(_)
            | Plan::Rechunk
            | Plan::Reshape
            | Plan::Concatenate(_)
            | Plan::Contract(_)
            | Plan::Step(_) => false,
        };
        if order.len() > MOST_NODES || !order.iter().all(is_direct) {
            return None;
        }
        let compiled = compiled(self, &order);
        let work = work_on(&compiled, self.shape(), look, cancel);
        let made = with_dtype!(self.dtype(), T => work.done::<T>(crew));
        let place = |step: usize| compiled.places.get(step).and_then(Option::as_ref).or(self.node().place.as_ref());
        let made = made.map_err(|stop| {
            let step = match &stop {
                Stop::At(step, _) => *step,
                Stop::Cancelled | Stop::Error(_) => usize::MAX,
            };
            failure(stop, place(step))
        });
        Some(made.map(|chunk| {
            let mut noticed = work.noticed.into_inner().0.into_vec();
            noticed.sort_by_key(|&(step, ..)| step);
            let remark =
                |(step, fault, function)| Some((step, Remark { fault, function, place: place(step)?.clone() }));
            (chunk, noticed.into_iter().filter_map(remark).collect())
        }))
    }
}

/// The program of an array that is made of these, which are in memory or made by rules.
pub(super) fn compiled(array: &Array, order: &[Array]) -> Compiled {
    let given = order.iter().filter(|array| matches!(array.node().plan, Plan::Given(_)));
    let origin: SmallVec<[u32; 4]> = SmallVec::from_elem(0, array.ndim());
    let spot = Spot { loops: array.chunks(), index: &origin };
    compile(array, true, &Fusion::reading(given.map(Array::token)), spot)
}

/// The work that such a program is, for a result of this shape.
pub(super) fn work_on<'a>(compiled: &'a Compiled, shape: &[usize], look: Watch, cancel: &'a Cancel) -> Work<'a> {
    let mut chunks: SmallVec<[&Chunk; 4]> = SmallVec::new();
    let mut views: SmallVec<[Option<View>; 4]> = SmallVec::new();
    for (leaf, seen) in compiled.program.leaves.iter().zip(&compiled.leaves) {
        if let (Leaf::Chunk(_), Some((array, _))) = (leaf, seen)
            && let Plan::Given(chunk) = &array.node().plan
        {
            chunks.push(chunk);
        }
        views.push(seen.as_ref().map(|(_, view)| view.clone()));
    }
    Work::new(&compiled.program, chunks, views, shape, look, cancel)
}

/// What a function of elements is applied to, in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum InMemory<'a> {
    /// An array.
    Chunk(&'a Chunk),
    /// One element for all.
    Number(Scalar),
}

/// One function of elements of what lies in memory, without a plan. `None`: there is no such function, or the result may be more than there
/// is room for; the usual way says so.
pub(crate) fn elements(context: &Context, func: Func, operands: &[InMemory<'_>]) -> Option<Result<Chunk, Failure>> {
    let mut chunks: SmallVec<[&Chunk; 4]> = SmallVec::new();
    let mut leaves: SmallVec<[Leaf; 3]> = SmallVec::new();
    for operand in operands {
        leaves.push(match operand {
            InMemory::Chunk(chunk) => {
                chunks.push(chunk);
                Leaf::Chunk(chunk.dtype())
            }
            InMemory::Number(value) => Leaf::Constant(*value),
        });
    }
    let dtypes: SmallVec<[DType; 3]> = leaves.iter().map(Leaf::dtype).collect();
    let (_, dtype) = func.types(&dtypes)?;
    let program = single(func, &leaves);
    let shapes: SmallVec<[&[usize]; 4]> = chunks.iter().map(|chunk| chunk.shape()).collect();
    let shape = shape::broadcast(&shapes).ok()?;
    at_once(context, &program, &chunks, &shape, dtype)
}

/// Who is to work here.
pub(super) fn crew_of(context: &Context) -> Crew<'_> {
    let hands = context.hands_asked().unwrap_or_else(|| context.shared.hands());
    context.shared.engine.crew_of(hands, &context.cancel)
}

/// The elements of a chunk as another type; as its own, a copy. `None`: as [`elements`].
pub(crate) fn cast(context: &Context, chunk: &Chunk, dtype: DType) -> Option<Result<Chunk, Failure>> {
    let leaf = Leaf::Chunk(chunk.dtype());
    let program = Program { leaves: vec![leaf], steps: Vec::new(), result: Register::Leaf(0) };
    let program = if dtype == chunk.dtype() { program } else { program.then(StepOp::Cast(Register::Leaf(0)), dtype) };
    at_once(context, &program, &[chunk], chunk.shape(), dtype)
}

/// A copy in C order of what lies in memory.
pub(crate) fn copied(chunk: &Chunk) -> Result<Chunk, Failure> {
    let program = Program { leaves: vec![Leaf::Chunk(chunk.dtype())], steps: Vec::new(), result: Register::Leaf(0) };
    let (views, cancel) = ([Some(View::identity(chunk.shape()))].into_iter().collect(), Cancel::new());
    let work = Work::new(&program, [chunk].into_iter().collect(), views, chunk.shape(), Watch::Little, &cancel);
    let work = work.in_order();
    let made = with_crew(|crew| with_dtype!(chunk.dtype(), T => work.done::<T>(crew)));
    made.map_err(|stop| failure(stop, crate::place::here().as_ref()))
}

fn at_once(
    context: &Context,
    program: &Program,
    chunks: &[&Chunk],
    shape: &[usize],
    dtype: DType,
) -> Option<Result<Chunk, Failure>> {
    let (engine, cancel) = (&*context.shared.engine, &context.cancel);
    let bytes = shape::size(shape).saturating_mul(dtype.size() as u128);
    if bytes >= SMALL as u128 && (bytes > u128::from(engine.memory()) || !rdk_graph::budget::is_usable(bytes)) {
        return None;
    }
    forget_finite();
    let whole = View::identity(shape);
    let mut seen = chunks.iter();
    let view = |leaf: &Leaf| match leaf {
        Leaf::Chunk(_) => seen.next().map(|chunk| whole.through_broadcast(chunk.shape())),
        _ => None,
    };
    let views = program.leaves.iter().map(view).collect();
    let chunks = chunks.iter().copied().collect();
    let work = Work::new(program, chunks, views, shape, Watch::Finite, cancel);
    // Who is to work is a question to the settings, which takes longer than work on few elements.
    let few = bytes.saturating_mul(program.leaves.len() as u128) < SMALL as u128;
    let crew = if few { Crew::alone(cancel) } else { crew_of(context) };
    let made = with_dtype!(dtype, T => work.done::<T>(crew));
    Some(made.map_err(|stop| failure(stop, crate::place::here().as_ref())))
}

/// What is to be done.
pub(super) struct Work<'a> {
    program: &'a Program,
    /// What its leaves read, in their order.
    chunks: SmallVec<[&'a Chunk; 4]>,
    /// How the loop sees each leaf; constants are not looked at.
    views: SmallVec<[Option<View>; 4]>,
    /// That of the result.
    pub shape: Shape,
    /// The axes of the result as they lie in memory, the last one as neighbours.
    axes: SmallVec<[usize; 4]>,
    look: Watch,
    /// What was noticed, if that is looked at.
    noticed: Mutex<Flags>,
    cancel: &'a Cancel,
}

impl<'a> Work<'a> {
    fn new(
        program: &'a Program,
        chunks: SmallVec<[&'a Chunk; 4]>,
        views: SmallVec<[Option<View>; 4]>,
        shape: &[usize],
        look: Watch,
        cancel: &'a Cancel,
    ) -> Work<'a> {
        let (axes, noticed) = ((0..shape.len()).collect(), Mutex::default());
        let mut work = Work { program, chunks, views, shape: shape.into(), axes, look, noticed, cancel };
        work.lie();
        work
    }

    /// The same with a result that lies in C order.
    pub fn in_order(self) -> Work<'a> {
        Work { axes: (0..self.shape.len()).collect(), ..self }
    }

    /// The result lies as NumPy lays it: of two axes that comes first which is the longer way in every operand that can tell. An operand
    /// in C order decides for C order.
    fn lie(&mut self) {
        let is_made = |leaf: &Leaf| matches!(leaf, Leaf::Source { .. });
        if self.shape.len() < 2 || self.program.leaves.iter().any(is_made) {
            return;
        }
        if self.chunks.iter().all(|chunk| chunk.shape() == &self.shape[..] && chunk.is_contiguous()) {
            return;
        }
        let views = self.program.leaves.iter().zip(&self.views).filter(|(leaf, _)| matches!(leaf, Leaf::Chunk(_)));
        let ways: SmallVec<[SmallVec<[usize; 4]>; 4]> = (self.chunks.iter().zip(views))
            .map(|(chunk, (_, view))| {
                let mut ways = SmallVec::from_elem(0, self.shape.len());
                for (along, &stride) in view.iter().flat_map(|view| &view.0).zip(chunk.strides()) {
                    for &(dimension, by) in &along.steps {
                        ways[usize::from(dimension)] = stride.unsigned_abs() * by.unsigned_abs() as usize;
                    }
                }
                ways
            })
            .collect();
        // Does the axis `inner` go before `outer`? `None`: nothing can tell.
        let goes_before = |inner: usize, outer: usize| {
            let told = ways.iter().filter(|ways| ways[inner] != 0 && ways[outer] != 0);
            told.map(|ways| ways[inner] > ways[outer]).reduce(|one, other| one && other)
        };
        for at in 1..self.axes.len() {
            let axis = self.axes[at];
            let mut to = at;
            for before in (0..at).rev() {
                match goes_before(axis, self.axes[before]) {
                    Some(true) => to = before,
                    Some(false) => break,
                    None => {}
                }
            }
            self.axes[to..=at].rotate_right(1);
        }
    }

    fn done<T: Element>(&self, crew: Crew<'_>) -> Result<Chunk, Stop> {
        if let (Register::Leaf(_), [Leaf::Constant(value)]) = (self.program.result, &*self.program.leaves)
            && is_zero(value.get::<T>())
        {
            // Memory comes as zeros.
            return Ok(T::chunk(memory::zeros::<T>(&self.shape)?.into_shared()));
        }
        // From here on axes are those of memory.
        let shape: Shape = self.axes.iter().map(|&axis| self.shape[axis]).collect();
        let n_elements: usize = shape.iter().product();
        if shape.is_empty() || n_elements == 0 {
            let mut whole = ArrayD::<T>::default(IxDyn(&self.shape));
            if n_elements > 0 {
                self.piece(0, 0, &shape, &Room::whole(&mut whole))?;
            }
            return Ok(T::chunk(whole.into_shared()));
        }
        let mut whole = memory::unwritten::<T>(&shape)?;
        // Axes of length 1 in front cannot be cut.
        let axis = shape.iter().position(|&length| length > 1).unwrap_or(0);
        let rows = shape[axis];
        let n_pieces = match n_elements.saturating_mul(size_of::<T>() * self.weight()) {
            0..SHARED => 1,
            _ => (crew.size() * PIECES_EACH).min(rows),
        };
        let finite = AtomicBool::new(true);
        if n_pieces == 1 {
            finite.store(self.piece(axis, 0, &shape, &Room::unwritten(&mut whole))?, Ordering::Relaxed);
        } else {
            self.pieces(&mut whole, axis, rows.div_ceil(n_pieces), &finite, crew)?;
        }
        if finite.into_inner() && self.look == Watch::Finite && T::DTYPE.is_float() {
            note_finite::<T>(whole.as_ptr().cast());
        }
        // SAFETY: every piece has been written, or somebody has said that it was not. Zeros in its place, written first, cost a third of
        // the time of `a + b` on 8 MB.
        let whole = unsafe { whole.assume_init() };
        let mut back: SmallVec<[usize; 4]> = SmallVec::from_elem(0, shape.len());
        self.axes.iter().enumerate().for_each(|(place, &axis)| back[axis] = place);
        Ok(T::chunk(whole.into_shared().permuted_axes(IxDyn(&back))))
    }

    /// What an element takes, beside reading one.
    fn weight(&self) -> usize {
        let is_long = |step: &&Step| match step.op {
            StepOp::Unary(function, _) => watches_unary(function),
            StepOp::Binary(function, ..) => watches_binary(function),
            StepOp::Compare(..) | StepOp::Cast(_) | StepOp::Select(..) => false,
        };
        self.program.leaves.len().max(1) + 3 * self.program.steps.iter().filter(is_long).count()
    }

    /// In pieces of so many rows along this axis of memory, by the crew.
    fn pieces<T: Element>(
        &self,
        whole: &mut ArrayD<MaybeUninit<T>>,
        axis: usize,
        each: usize,
        finite: &AtomicBool,
        crew: Crew<'_>,
    ) -> Result<(), Stop> {
        let (shape, rows) = (Shape::from_slice(whole.shape()), whole.shape()[axis]);
        let ends: Vec<usize> = (0..rows).step_by(each).map(|start| (start + each).min(rows)).collect();
        let pieces: Vec<(usize, Room)> = Room::rows(whole, axis, &ends).into_iter().enumerate().collect();
        let stopped: Mutex<Option<Stop>> = Mutex::new(None);
        crew.share(pieces, |(number, room): (usize, Room)| {
            let start = number * each;
            let mut part = shape.clone();
            part[axis] = ends[number] - start;
            if stopped.lock().is_some() {
                return;
            }
            match self.piece(axis, start, &part, &room) {
                Ok(true) => {}
                Ok(false) => finite.store(false, Ordering::Relaxed),
                Err(stop) => {
                    stopped.lock().get_or_insert(stop);
                }
            }
        })?;
        match stopped.into_inner() {
            Some(stop) => Err(stop),
            None => Ok(()),
        }
    }

    /// What begins there along this axis of memory and has this shape there; are all elements finite?
    pub fn piece(&self, axis: usize, start: usize, shape: &[usize], room: &Room) -> Result<bool, Stop> {
        let mut from: Shape = SmallVec::from_elem(0, shape.len());
        if let Some(axis) = self.axes.get(axis) {
            from[*axis] = start;
        }
        let walk = |view: &Option<View>| {
            let Some(view) = view else { return Walk::default() };
            let walk = view.walk(&from, &[]);
            Walk { axes: self.axes.iter().map(|&axis| walk.axes[axis]).collect(), ..walk }
        };
        let walks: SmallVec<[Walk; 4]> = self.views.iter().map(walk).collect();
        let (flags, finite) = run_into(self.program, shape, &self.chunks, &walks, room, self.look, self.cancel)?;
        if self.look == Watch::Faults && !flags.0.is_empty() {
            let mut noticed = self.noticed.lock();
            flags.0.into_iter().for_each(|(step, fault, function)| noticed.add(step, fault, function));
        }
        Ok(finite)
    }
}

/// Is it made of nothing but zeros? A negative zero is not.
fn is_zero<T: Element>(value: T) -> bool {
    crate::bytes::of(&[value]).iter().all(|&byte| byte == 0)
}

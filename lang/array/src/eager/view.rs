//! An eager array: memory that several arrays may look at, and the way to look.
//!
//! `x[1:]`, `x.T` and `x.reshape(…)` show the same memory as `x`, so that writing to one is seen by all. A [`NdArray`] keeps
//! the memory behind a lock and a [`Look`] at it. Lazy plans and results share the memory too, but keep what they saw:
//! whoever writes copies it first when others hold it.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use ndarray::{ArrayViewMutD, IxDyn, SliceInfoElem};
use num_complex::Complex;
use parking_lot::Mutex;
use rdk_runtime::{Result, bail};

use super::look::Look;
use super::looks::Looks;
use crate::chunk::{Chunk, with_chunk};
use crate::dtype::DType;
use crate::element::Element;
use crate::kernel::faults;
use crate::scalar::Scalar;

/// `numpy.ndarray`. A clone shows the same memory.
pub struct NdArray {
    /// One run in C order.
    memory: Arc<Mutex<Chunk>>,
    look: Looks,
    /// Does it show only one half of complex numbers?
    part: Option<Part>,
    dtype: DType,
    /// Does another array have the memory for its own?
    is_view: bool,
    access: AtomicU8,
}

/// A half of a complex number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first one.
    Real,
    /// The second one.
    Imaginary,
}

/// What may be done through an array.
const WRITE: u8 = 0;
/// Reading, until somebody asks for more.
const READ: u8 = 1;
/// Reading, for good.
const ONLY_READ: u8 = 2;

impl Clone for NdArray {
    fn clone(&self) -> NdArray {
        NdArray {
            memory: self.memory.clone(),
            look: Look::clone(&self.look).into(),
            part: self.part,
            dtype: self.dtype,
            is_view: self.is_view,
            access: AtomicU8::new(self.access.load(Ordering::Relaxed)),
        }
    }
}

impl NdArray {
    /// An array of these elements.
    pub fn new(chunk: Chunk) -> NdArray {
        let chunk = if chunk.is_contiguous() { chunk } else { chunk.contiguous() };
        let (look, dtype) = (Look::whole(chunk.shape()), chunk.dtype());
        NdArray {
            memory: Arc::new(Mutex::new(chunk)),
            look: look.into(),
            part: None,
            dtype,
            is_view: false,
            access: AtomicU8::new(WRITE),
        }
    }

    /// What it holds now. Shares the memory where it can: later changes of the array are not seen in it.
    pub fn chunk(&self) -> Chunk {
        let memory = self.memory.lock().clone();
        let shown = if let Some(path) = self.look.path(memory.len()) {
            with_chunk!(memory, array => Element::chunk(path.walk(array)))
        } else {
            with_chunk!(&memory, array => {
                let elements = array.as_slice().expect(RUN);
                Chunk::from_vec(self.look.shape(), self.look.gather(elements))
            })
        };
        match (self.part, &shown) {
            (Some(part), Chunk::C64(array)) => {
                Chunk::from_vec(array.shape(), array.iter().map(|number| part.of(number)).collect())
            }
            (Some(part), Chunk::C128(array)) => {
                Chunk::from_vec(array.shape(), array.iter().map(|number| part.of(number)).collect())
            }
            _ => shown,
        }
    }

    /// Its only element, if it has no axes.
    pub fn scalar(&self) -> Option<Scalar> {
        if !self.shape().is_empty() {
            return None;
        }
        let memory = self.memory.lock();
        let number = with_chunk!(&*memory, array => array.as_slice().expect(RUN)[self.look.position(0)].scalar());
        Some(match (self.part, number) {
            (Some(part), Scalar::C64(number)) => Scalar::F32(part.of(&number)),
            (Some(part), Scalar::C128(number)) => Scalar::F64(part.of(&number)),
            _ => number,
        })
    }

    /// Have all its elements been found finite when they were made? It holds for one question only.
    pub fn were_finite(&self) -> bool {
        with_chunk!(&*self.memory.lock(), array => faults::were_finite(array.as_ptr()))
    }

    /// How long it is along each axis.
    pub fn shape(&self) -> &[usize] {
        self.look.shape()
    }

    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// How many elements.
    pub fn size(&self) -> usize {
        self.look.size()
    }

    /// Steps in memory along each axis, in bytes.
    pub fn strides(&self) -> Vec<i64> {
        let size = self.dtype.size() as i64 * if self.part.is_some() { 2 } else { 1 };
        self.look.steps().iter().map(|&step| step as i64 * size).collect()
    }

    /// Is it one run of memory, with the last axis the fastest; and with the first?
    pub fn is_run(&self) -> (bool, bool) {
        let backwards: Vec<usize> = (0..self.shape().len()).rev().collect();
        let alone = self.part.is_none() || self.size() < 2;
        (alone && self.look.is_run(), alone && self.look.transpose(&backwards).is_run())
    }

    /// The whole memory, if this is a part of it or another look at it.
    pub fn base(&self) -> Option<NdArray> {
        if !self.is_view {
            return None;
        }
        let memory = self.memory.lock();
        let (look, dtype) = (Look::whole(memory.shape()), memory.dtype());
        drop(memory);
        let access = AtomicU8::new(self.access.load(Ordering::Relaxed));
        Some(NdArray { memory: self.memory.clone(), look: look.into(), part: None, dtype, is_view: false, access })
    }

    /// Its axes from that with the longest steps in memory to that with the shortest.
    pub fn axes_as_they_lie(&self) -> Vec<usize> {
        let mut axes: Vec<usize> = (0..self.shape().len()).collect();
        if !self.is_run().0 {
            axes.sort_by_key(|&axis| std::cmp::Reverse(self.look.steps()[axis].unsigned_abs()));
        }
        axes
    }

    /// How it looks at its memory.
    pub(super) fn look(&self) -> &Look {
        &self.look
    }

    /// The whole memory as it is now, if what is shown are its elements.
    pub(super) fn shown(&self) -> Option<Chunk> {
        self.part.is_none().then(|| self.memory.lock().clone())
    }

    /// Is it the same memory as that of another, whichever parts they show?
    pub fn is_of_same_memory(&self, other: &NdArray) -> bool {
        Arc::ptr_eq(&self.memory, &other.memory)
    }

    /// Where in the memory its elements stand, in C order.
    pub fn positions(&self) -> Vec<usize> {
        self.look.positions()
    }
}

/// Other looks at the same memory.
impl NdArray {
    /// All of it.
    pub fn same(&self) -> NdArray {
        self.seen(Look::clone(&self.look))
    }

    /// A part of it. The items must fit its axes.
    pub fn slice(&self, items: Vec<SliceInfoElem>) -> NdArray {
        self.seen(self.look.slice(&items))
    }

    /// With its axes in this order.
    pub fn transpose(&self, axes: &[usize]) -> NdArray {
        self.seen(self.look.transpose(axes))
    }

    /// In another shape of as many elements; a copy where no steps lead there.
    pub fn reshape(&self, shape: &[usize]) -> NdArray {
        match self.look.reshape(shape) {
            Some(look) => self.seen(look),
            None => NdArray::new(self.chunk().reshape(shape)),
        }
    }

    /// Stretched to this shape, if it stretches to it.
    pub fn broadcast_to(&self, shape: &[usize]) -> NdArray {
        self.seen(self.look.broadcast_to(shape))
    }

    /// A diagonal of two axes, as the last axis; only to be read.
    pub fn diagonal(&self, offset: i64, first: usize, second: usize) -> NdArray {
        let seen = self.seen(self.look.diagonal(offset, first, second));
        seen.access.fetch_max(READ, Ordering::Relaxed);
        seen
    }

    /// Windows of these lengths that slide along these axes, if they fit; what is in them lies along new axes behind the others.
    pub fn windows(&self, axes: &[usize], lengths: &[usize]) -> NdArray {
        let look =
            axes.iter().zip(lengths).fold(Look::clone(&self.look), |look, (&axis, &length)| look.windows(axis, length));
        self.seen(look)
    }

    /// With other steps, in bytes: `as_strided`.
    ///
    /// # Errors
    /// Steps that lead out of the memory, or between elements.
    pub fn strided(&self, shape: &[usize], strides: &[i64]) -> Result<NdArray> {
        if shape.len() != strides.len() {
            bail!("`strides` must have the same length as `shape`: {} and {}", strides.len(), shape.len());
        }
        let size = self.dtype.size() as i64 * if self.part.is_some() { 2 } else { 1 };
        if let Some(stride) = strides.iter().find(|&stride| stride % size != 0) {
            bail!("strides are whole elements of {size} bytes, got {stride}");
        }
        let steps = strides.iter().map(|stride| (stride / size) as isize);
        let n = self.memory.lock().len();
        match self.look.strided(shape, steps.collect(), n) {
            Some(look) => Ok(self.seen(look)),
            None => bail!("strides lead out of the memory of the array"; hint: "it has {n} elements of {size} bytes"),
        }
    }

    /// The real or the imaginary parts. Those of real numbers are the numbers themselves, and zeros that are only to be read.
    pub fn part(&self, part: Part) -> NdArray {
        let dtype = match self.dtype {
            DType::C64 => DType::F32,
            DType::C128 => DType::F64,
            _ if part == Part::Real => return self.clone(),
            dtype => return NdArray::new(Chunk::full(self.shape(), Scalar::zero(dtype))).only_read(),
        };
        NdArray { part: Some(part), dtype, ..self.same() }
    }

    /// What shows memory that no other array has, as an array that has it for its own.
    pub fn owner(self) -> NdArray {
        NdArray { is_view: false, ..self }
    }

    fn seen(&self, look: Look) -> NdArray {
        let access = if self.is_writeable() { WRITE } else { ONLY_READ };
        NdArray {
            memory: self.memory.clone(),
            look: look.into(),
            part: self.part,
            dtype: self.dtype,
            is_view: true,
            access: AtomicU8::new(access),
        }
    }
}

/// Changes of the array itself, which all see that have it.
impl NdArray {
    /// In another shape of as many elements; false where no steps lead there.
    pub fn set_shape(&self, shape: &[usize]) -> bool {
        let look = self.look.reshape(shape);
        look.map(|look| self.look.exchange(look)).is_some()
    }

    /// In another shape of any length: elements at the end go, new ones are 0. `alone`: refuse what other arrays show as well.
    ///
    /// # Errors
    /// What shows memory of another array, or not one run of it, or is shown by another.
    pub fn resize(&self, shape: &[usize], alone: bool) -> Result<()> {
        let (rows, columns) = self.is_run();
        if !rows && !columns {
            bail!("resize only works on single-segment arrays"; hint: "`np.resize(…)` gives a new array");
        }
        if self.is_view {
            bail!("cannot resize this array: it does not own its data"; hint: "`np.resize(…)` gives a new array");
        }
        if alone && Arc::strong_count(&self.memory) > 1 {
            bail!(
                "cannot resize an array that references or is referenced\nby another array in this way.";
                hint: "`np.resize(…)` gives a new array; `refcheck=False` leaves the others as they are"
            );
        }
        let mut memory = self.memory.lock();
        let (old, new): (usize, usize) = (self.size(), shape.iter().product());
        if new > old {
            // Memory never becomes shorter: others may look at it.
            let longer = with_chunk!(&*memory, array => {
                let zero = Scalar::zero(self.dtype).get();
                let mut elements = array.as_slice().expect(RUN).to_vec();
                elements.iter_mut().skip(old).for_each(|element| *element = zero);
                elements.resize(elements.len().max(new), zero);
                Chunk::from_vec(&[elements.len()], elements)
            });
            *memory = longer;
        }
        // As it lay: a run in the other order stays one.
        let turned: Vec<usize> = shape.iter().rev().copied().collect();
        let backwards: Vec<usize> = (0..shape.len()).rev().collect();
        self.look.exchange(if rows { Look::whole(shape) } else { Look::whole(&turned).transpose(&backwards) });
        Ok(())
    }
}

/// Writing.
impl NdArray {
    /// The same, never to be written to.
    pub fn only_read(self) -> NdArray {
        self.access.store(ONLY_READ, Ordering::Relaxed);
        self
    }

    /// May it be written to?
    pub fn is_writeable(&self) -> bool {
        self.access.load(Ordering::Relaxed) == WRITE
    }

    /// Refuses what may not be written to.
    ///
    /// # Errors
    /// A `ValueError` in NumPy's words.
    pub fn check_writeable(&self) -> Result<()> {
        self.check_writeable_as("assignment destination")
    }

    /// Refuses what may not be written to, by what it is to be written as.
    ///
    /// # Errors
    /// A `ValueError` in NumPy's words.
    pub fn check_writeable_as(&self, what: &str) -> Result<()> {
        if !self.is_writeable() {
            bail!("{what} is read-only"; hint: "`x.copy()` is an array of its own that can be written to");
        }
        Ok(())
    }

    /// Allows writing, or forbids it.
    ///
    /// # Errors
    /// Where several elements are one in memory, writing cannot be allowed.
    pub fn set_writeable(&self, writeable: bool) -> Result<()> {
        match (writeable, self.access.load(Ordering::Relaxed)) {
            (true, ONLY_READ) => bail!(
                "cannot set WRITEABLE flag to True of this array";
                hint: "it shows memory that is not its own; `x.copy()` can be written to"
            ),
            (true, _) => self.access.store(WRITE, Ordering::Relaxed),
            (false, _) => {
                self.access.fetch_max(READ, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Changes elements, each of them given by its number in C order, to these scalars in turn.
    pub fn write(&self, numbers: impl Iterator<Item = usize>, values: impl Iterator<Item = Scalar>) {
        match self.look.is_run() {
            true => {
                let start = if self.size() == 0 { 0 } else { self.look.position(0) };
                self.put(numbers.map(|number| start + number), values);
            }
            false => self.put(numbers.map(|number| self.look.position(number)), values),
        }
    }

    /// Has its elements changed where they lie in memory; `None`, and nothing is done, where they are no run of it in C order.
    pub(super) fn change_run<T>(&self, change: impl FnOnce(&mut Chunk, Range<usize>) -> T) -> Option<T> {
        if self.part.is_some() || !self.look.is_run() {
            return None;
        }
        let start = if self.size() == 0 { 0 } else { self.look.position(0) };
        Some(change(&mut self.memory.lock(), start..start + self.size()))
    }

    /// Takes over all elements of another of the same shape, cast to its own type.
    pub fn assign(&self, from: &Chunk) {
        let from = from.cast(self.dtype);
        let n = self.memory.lock().len();
        let path = if self.part.is_some() || self.size() == 1 { None } else { self.look.path(n) };
        let Some(path) = path else {
            if let Some(from) = from.broadcast(self.shape()) {
                self.put(self.look.positions().into_iter(), from.scalars());
            }
            return;
        };
        let mut memory = self.memory.lock();
        with_chunk!(&mut *memory, array => {
            let mut view = path.walk(array.view_mut());
            if let Some(from) = same_type(&view, &from)
                && let Some(from) = from.broadcast(view.raw_dim())
            {
                view.assign(&from);
            }
        });
    }

    /// Writes at places in memory.
    fn put(&self, places: impl Iterator<Item = usize>, values: impl Iterator<Item = Scalar>) {
        let mut memory = self.memory.lock();
        match (self.part, &mut *memory) {
            (Some(part), Chunk::C64(array)) => {
                let elements = array.as_slice_mut().expect(RUN);
                places.zip(values).for_each(|(at, value)| *part.of_mut(&mut elements[at]) = value.get());
            }
            (Some(part), Chunk::C128(array)) => {
                let elements = array.as_slice_mut().expect(RUN);
                places.zip(values).for_each(|(at, value)| *part.of_mut(&mut elements[at]) = value.get());
            }
            (_, memory) => with_chunk!(memory, array => {
                let elements = array.as_slice_mut().expect(RUN);
                places.zip(values).for_each(|(at, value)| elements[at] = value.get());
            }),
        }
    }
}

const RUN: &str = "memory is one run";

impl Part {
    fn of<T: Copy>(self, number: &Complex<T>) -> T {
        match self {
            Part::Real => number.re,
            Part::Imaginary => number.im,
        }
    }

    fn of_mut<T>(self, number: &mut Complex<T>) -> &mut T {
        match self {
            Part::Real => &mut number.re,
            Part::Imaginary => &mut number.im,
        }
    }
}

/// The array in a chunk, which has the type of this view.
fn same_type<'a, T: Element>(_: &ArrayViewMutD<T>, chunk: &'a Chunk) -> Option<&'a ndarray::ArcArray<T, IxDyn>> {
    chunk.array::<T>()
}

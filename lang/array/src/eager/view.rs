//! An eager array: memory that several arrays may look at, and the way to look.
//!
//! `x[1:]`, `x.T` and `x.reshape(…)` show the same memory as `x`, so that writing to one is seen by all. A [`NdArray`] keeps
//! the memory behind a lock and remembers the steps from it to what it shows. Lazy plans and results share the memory too,
//! but keep what they saw: whoever writes copies it first when others hold it.

use std::sync::Arc;

use ndarray::{ArrayViewMutD, IxDyn, SliceInfoElem};
use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::chunk::{Chunk, with_chunk};
use crate::dtype::DType;
use crate::element::Element;
use crate::scalar::Scalar;

/// A step from memory to what is shown of it.
#[derive(Clone, Debug)]
enum Step {
    Slice(Vec<SliceInfoElem>),
    Transpose(Vec<usize>),
    /// Only of what is contiguous.
    Reshape(Vec<usize>),
}

/// Views of views are cut off here: the next one copies.
const MAX_STEPS: usize = 64;

/// `numpy.ndarray`. A clone shows the same memory.
#[derive(Clone)]
pub struct NdArray {
    memory: Arc<Mutex<Chunk>>,
    steps: Vec<Step>,
    shape: SmallVec<[usize; 4]>,
    dtype: DType,
}

impl NdArray {
    /// An array of these elements.
    pub fn new(chunk: Chunk) -> NdArray {
        let chunk = chunk.contiguous();
        let (shape, dtype) = (SmallVec::from_slice(chunk.shape()), chunk.dtype());
        NdArray { memory: Arc::new(Mutex::new(chunk)), steps: Vec::new(), shape, dtype }
    }

    /// What it holds now. Shares the memory: later changes of the array are not seen in it.
    pub fn chunk(&self) -> Chunk {
        let memory = self.memory.lock().clone();
        self.steps.iter().fold(memory, |chunk, step| match step {
            Step::Slice(items) => chunk.slice(items),
            Step::Transpose(axes) => chunk.transpose(axes),
            Step::Reshape(shape) => chunk.reshape(shape),
        })
    }

    /// How long it is along each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// How many elements.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// A part of it, showing the same memory. The items must fit its axes.
    pub fn slice(&self, items: Vec<SliceInfoElem>) -> NdArray {
        let shape = self.chunk().slice(&items).shape().into();
        self.step(Step::Slice(items), shape)
    }

    /// With its axes in this order, showing the same memory.
    pub fn transpose(&self, axes: &[usize]) -> NdArray {
        let shape = axes.iter().map(|&axis| self.shape[axis]).collect();
        self.step(Step::Transpose(axes.to_vec()), shape)
    }

    /// In another shape of as many elements; shows the same memory where it can.
    pub fn reshape(&self, shape: &[usize]) -> NdArray {
        let chunk = self.chunk();
        if chunk.is_contiguous() {
            self.step(Step::Reshape(shape.to_vec()), SmallVec::from_slice(shape))
        } else {
            NdArray::new(chunk.reshape(shape))
        }
    }

    /// The whole memory, if this is a part of it or another look at it.
    pub fn base(&self) -> Option<NdArray> {
        if self.steps.is_empty() {
            return None;
        }
        let memory = self.memory.lock();
        let (shape, dtype) = (SmallVec::from_slice(memory.shape()), memory.dtype());
        drop(memory);
        Some(NdArray { memory: self.memory.clone(), steps: Vec::new(), shape, dtype })
    }

    /// Is it the same memory as that of another, whichever parts they show?
    pub fn is_of_same_memory(&self, other: &NdArray) -> bool {
        Arc::ptr_eq(&self.memory, &other.memory)
    }

    /// Where in the memory its elements stand, in C order.
    pub fn positions(&self) -> Vec<usize> {
        let (n, shape) = {
            let memory = self.memory.lock();
            (memory.len(), memory.shape().to_vec())
        };
        let numbers = Chunk::from_vec(&shape, (0..n as i64).collect());
        let shown = NdArray { memory: Arc::new(Mutex::new(numbers)), ..self.clone() };
        shown.chunk().to_vec::<i64>().into_iter().map(|at| at as usize).collect()
    }

    /// Changes elements: `change` gets the number of an element in C order and the scalar to write there, in turn.
    pub fn write(&self, positions: impl Iterator<Item = usize>, values: impl Iterator<Item = Scalar>) {
        let mut memory = self.memory.lock();
        with_chunk!(&mut *memory, array => {
            let mut view = walk(array.view_mut(), &self.steps);
            match view.as_slice_mut() {
                Some(elements) => positions.zip(values).for_each(|(at, value)| elements[at] = value.get()),
                None => {
                    let strides = crate::shape::strides(&self.shape);
                    for (at, value) in positions.zip(values) {
                        view[IxDyn(&unravel(at, &self.shape, &strides))] = value.get();
                    }
                }
            }
        });
    }

    /// Takes over all elements of another of the same shape, cast to its own type.
    pub fn assign(&self, from: &Chunk) {
        let from = from.cast(self.dtype);
        let mut memory = self.memory.lock();
        with_chunk!(&mut *memory, array => {
            let mut view = walk(array.view_mut(), &self.steps);
            if let Some(from) = same_type(&view, &from)
                && let Some(from) = from.broadcast(view.raw_dim())
            {
                view.assign(&from);
            }
        });
    }

    fn step(&self, step: Step, shape: SmallVec<[usize; 4]>) -> NdArray {
        let mut steps = self.steps.clone();
        steps.push(step);
        let view = NdArray { memory: self.memory.clone(), steps, shape, dtype: self.dtype };
        if view.steps.len() > MAX_STEPS { NdArray::new(view.chunk()) } else { view }
    }
}

/// The array in a chunk, which has the type of this view.
fn same_type<'a, T: Element>(_: &ArrayViewMutD<T>, chunk: &'a Chunk) -> Option<&'a ndarray::ArcArray<T, IxDyn>> {
    chunk.array::<T>()
}

/// From memory to what is shown of it, for writing.
fn walk<'a, T: Element>(view: ArrayViewMutD<'a, T>, steps: &[Step]) -> ArrayViewMutD<'a, T> {
    steps.iter().fold(view, |view, step| match step {
        Step::Slice(items) => view.slice_move(&items[..]),
        Step::Transpose(axes) => view.permuted_axes(IxDyn(axes)),
        Step::Reshape(shape) => {
            view.into_shape_with_order(IxDyn(shape)).expect("a view is only reshaped when it is contiguous")
        }
    })
}

fn unravel(at: usize, shape: &[usize], strides: &[usize]) -> SmallVec<[usize; 4]> {
    shape.iter().zip(strides).map(|(&length, &stride)| at / stride.max(1) % length.max(1)).collect()
}

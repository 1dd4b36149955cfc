//! Sizes that are known only after counting: what a mask takes.
//!
//! `x[x > 0]` is lazy, and how long it is depends on the elements. Its grid says how many chunks there are, by which sizes memory is asked
//! for ([`AxisChunks::uncounted`]: what a mask takes of a chunk is no larger than the chunk; nothing says how long a `bincount` may be), and
//! names what counts the true sizes ([`AxisChunks::counted_by`]); tasks find them in the chunks that they get. Functions of elements and
//! reductions need no more. Whatever does need lengths ([`Array::sized`]) runs the counts, once, and goes on with a grid that is known.
//!
//! ```text
//! mask ─┬─ compress ── + 1 ── sum          needs no counts
//!       └─ count ──(now)──► sized ── [3:]  runs `count` when `[3:]` is asked for
//! ```

use std::sync::{Arc, LazyLock, OnceLock, Weak};

use parking_lot::Mutex;
use rdk_graph::{Index, Token};
use rdk_runtime::{Result, bail, error};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::array::{Array, Plan};
use crate::chunks::{AxisChunks, Chunks};
use crate::kernel::{BinaryFunc, Reduction, Stop, compress};
use crate::plan::{Step, StepCall};
use crate::{Chunk, DType, place};

/// The true sizes of the chunks along an axis.
pub struct Counts {
    /// A row of as many whole numbers as there are chunks.
    array: Array,
    known: OnceLock<Arc<[usize]>>,
}

/// Who masks two arrays alike counts once.
static ALIVE: LazyLock<Mutex<FxHashMap<Token, Weak<Counts>>>> = LazyLock::new(Mutex::default);

impl Counts {
    /// Those that this row of whole numbers comes to, one for each chunk.
    pub fn of(array: Array) -> Arc<Counts> {
        let mut alive = ALIVE.lock();
        if let Some(counts) = alive.get(&array.token()).and_then(Weak::upgrade) {
            return counts;
        }
        if alive.len() >= 256 {
            alive.retain(|_, counts| counts.strong_count() > 0);
        }
        let token = array.token();
        let counts = Arc::new(Counts { array, known: OnceLock::new() });
        alive.insert(token, Arc::downgrade(&counts));
        counts
    }

    /// What grids name it by.
    pub(crate) fn token(&self) -> Token {
        self.array.token()
    }

    /// The sizes, counted now if they have not been before.
    fn now(&self) -> Result<Arc<[usize]>> {
        if let Some(known) = self.known.get() {
            return Ok(known.clone());
        }
        let Some(office) = place::office() else {
            bail!(RuntimeError: "lengths cannot be counted here"; hint: "`x.compute_chunk_sizes()` counts them beforehand");
        };
        let sizes = self.array.compute_at(&office)?.to_vec::<i64>();
        let sizes: Arc<[usize]> = sizes.into_iter().map(|size| size.max(0) as usize).collect();
        Ok(self.known.get_or_init(|| sizes).clone())
    }
}

/// Those of the inputs' counts that a grid names.
pub(crate) fn inherited(grid: &Chunks, inputs: &[Array]) -> SmallVec<[Arc<Counts>; 1]> {
    let mut counts: SmallVec<[Arc<Counts>; 1]> = SmallVec::new();
    for token in grid.0.iter().filter_map(AxisChunks::counted_by) {
        let of_inputs = inputs.iter().flat_map(|input| &input.node().counts);
        if counts.iter().all(|known| known.token() != token)
            && let Some(found) = of_inputs.into_iter().find(|counts| counts.token() == token)
        {
            counts.push(found.clone());
        }
    }
    counts
}

/// Can these be walked together although some sizes are not known? They can if what is not known is the same for all of them.
pub(crate) fn go_together(arrays: &[Array]) -> bool {
    let n_axes = arrays.iter().map(Array::ndim).max().unwrap_or(0);
    (0..n_axes).all(|axis| {
        let along = || arrays.iter().filter_map(|array| array.chunks().0.iter().rev().nth(axis));
        match along().find(|chunks| !chunks.is_known()) {
            None => true,
            Some(unknown) => along().all(|chunks| chunks == unknown || chunks.is_known() && chunks.length() == 1),
        }
    })
}

/// Arrays whose elements go together: those that are not cut alike are counted now.
pub(crate) fn together(arrays: Vec<Array>) -> Result<Vec<Array>> {
    if go_together(&arrays) { Ok(arrays) } else { arrays.iter().map(Array::sized).collect() }
}

impl Array {
    /// Are all its lengths known?
    pub fn is_sized(&self) -> bool {
        self.chunks().is_known()
    }

    /// Have all its lengths been counted, so that [`Array::sized`] has nothing to do?
    pub fn is_counted(&self) -> bool {
        self.node().counts.iter().all(|counts| counts.known.get().is_some())
    }

    /// The same array with all its lengths known: those that are not are counted now.
    pub fn sized(&self) -> Result<Array> {
        if self.is_sized() {
            return Ok(self.clone());
        }
        let mut grid = Chunks::default();
        for axis in &self.chunks().0 {
            grid.0.push(match self.counts_of(axis) {
                Some(counts) => AxisChunks::listed(counts.now()?.iter().copied()),
                None => axis.clone(),
            });
        }
        Ok(Array::step(self.layer(), Sized, [self.clone()], grid, self.dtype()).counted(0))
    }

    fn counts_of(&self, axis: &AxisChunks) -> Option<&Arc<Counts>> {
        let token = axis.counted_by()?;
        self.node().counts.iter().find(|counts| counts.token() == token)
    }

    /// How long these axes are together, as an array without axes.
    pub(crate) fn length_of(&self, axes: &[usize]) -> Result<Array> {
        let mut product = Array::scalar(crate::Scalar::I64(1));
        for &axis in axes {
            let axis = &self.chunks().0[axis];
            let length = match self.counts_of(axis) {
                Some(counts) => counts.array.reduce(Reduction::Sum, None, false, None, None)?,
                None => Array::scalar(crate::Scalar::I64(axis.length() as i64)),
            };
            product = product.binary(BinaryFunc::Multiply, &length)?;
        }
        Ok(product)
    }

    /// Itself, or an error when it is computed and there was nothing along these axes.
    pub(crate) fn if_not_empty(&self, length: Array, name: &str) -> Array {
        let step = NotEmpty { name: name.to_string() };
        Array::step(self.layer(), step, [self.clone(), length], self.chunks().clone(), self.dtype()).counted(0)
    }

    /// What stands along an axis where a mask of one dimension is true.
    pub fn compress(&self, mask: &Array, axis: usize) -> Result<Array> {
        let same = self.chunks().0[axis] == mask.chunks().0[0];
        if !(same || self.is_sized() && mask.is_sized()) {
            return self.sized()?.compress(&mask.sized()?, axis);
        }
        let (length, of_mask) = (self.shape()[axis], mask.shape()[0]);
        if length != of_mask {
            bail!(
                IndexError: "boolean index did not match indexed array along axis {axis}; size of axis is {length} but size of \
                             corresponding boolean axis is {of_mask}"
            );
        }
        // Both are cut as one of them is; the mask is the smaller one to be cut anew.
        let mask = mask.regridded([self.chunks().0[axis].clone()].into_iter().collect());
        let along = &mask.chunks().0[0];
        let counts = mask.counted_true();
        let mut grid = self.chunks().clone();
        grid.0[axis] = along.uncounted(counts.token());
        let step = Compress { axis };
        let taken = Array::step("getitem", step, [self.clone(), mask.clone()], grid, self.dtype()).counted_by(counts);
        // What is at most one long would look as if it could be stretched.
        if length <= 1 { taken.sized() } else { Ok(taken) }
    }

    /// The same array, of which nobody knows how long chunks come out along these axes: whoever needs to know looks.
    pub(crate) fn of_unknown(&self, axes: &[usize]) -> Array {
        let mut grid = self.chunks().clone();
        let mut all = Vec::with_capacity(axes.len());
        for &axis in axes {
            let along = [AxisChunks::even(grid.0[axis].count(), 1)].into_iter().collect();
            let lengths = Array::step("count", CountAlong { axis }, [self.clone()], along, DType::I64);
            let counts = Counts::of(lengths);
            grid.0[axis] = grid.0[axis].uncounted(counts.token());
            all.push(counts);
        }
        let same = Array::step(self.layer(), Sized, [self.clone()], grid, self.dtype()).counted(0);
        all.into_iter().fold(same, |array, counts| array.counted_by(counts))
    }

    /// How many elements of each chunk of a mask of one axis are true.
    fn counted_true(&self) -> Arc<Counts> {
        let each = [AxisChunks::even(self.numblocks()[0], 1)].into_iter().collect();
        Counts::of(Array::step("count", CountTrue, [self.clone()], each, DType::I64))
    }

    /// As chunks of what it takes, counted now, and how long they are together.
    pub(crate) fn counts_of_true(&self) -> Result<(AxisChunks, usize)> {
        let counts = AxisChunks::listed(self.counted_true().now()?.iter().copied());
        let n = counts.length();
        Ok((counts, n))
    }

    /// Written over along an axis where a mask that is cut like it is true. The values are as long there as the counts say.
    pub(crate) fn with_true(&self, mask: &Array, counts: &AxisChunks, values: &Array, axis: usize) -> Result<Array> {
        let mut grid = self.chunks().clone();
        grid.0[axis] = counts.clone();
        let inputs = [self.clone(), mask.clone(), values.cast(self.dtype()).regridded(grid)];
        Ok(Array::step("setitem", PutTrue { axis }, inputs, self.chunks().clone(), self.dtype()))
    }

    /// What this was before it was compressed along its only axis, and the mask; if it was.
    ///
    /// A function of what was taken is taken of the function, if that says nothing about elements that it does not like. What is computed
    /// besides is none of the user's: no fault of it is spoken of.
    pub(crate) fn uncompressed(&self) -> Option<(Array, Array)> {
        crate::place::nowhere(|| self.uncompressed_within(8))
    }

    fn uncompressed_within(&self, depth: usize) -> Option<(Array, Array)> {
        let node = self.node();
        let depth = depth.checked_sub(1)?;
        match &node.plan {
            Plan::Step(step) if self.ndim() == 1 && step.encode() == (Compress { axis: 0 }).encode() => {
                Some((node.inputs[0].clone(), node.inputs[1].clone()))
            }
            Plan::Cast => {
                let (array, mask) = node.inputs[0].uncompressed_within(depth)?;
                Some((array.cast(node.dtype), mask))
            }
            Plan::Elementwise(func) if node.inputs.iter().all(|input| input.dtype().is_float()) => {
                let mut common: Option<Array> = None;
                let mut whole = Vec::with_capacity(node.inputs.len());
                for input in &node.inputs {
                    if input.ndim() == 0 {
                        whole.push(input.clone());
                        continue;
                    }
                    let (array, mask) = input.uncompressed_within(depth)?;
                    if common.get_or_insert_with(|| mask.clone()).token() != mask.token() {
                        return None;
                    }
                    whole.push(array);
                }
                Some((Array::elementwise(*func, &whole).ok()?, common?))
            }
            _ => None,
        }
    }

    /// The numbers in C order of the elements of a mask that are true.
    pub fn flat_positions(&self) -> Result<Array> {
        let mask = self.raveled_mask()?;
        let numbers = crate::kernel::Source::Arange { start: crate::Scalar::I64(0), step: crate::Scalar::I64(1) };
        Array::source_on("arange", numbers, mask.chunks().clone()).compress(&mask, 0)
    }

    /// Which elements are not zero, in one row.
    pub fn raveled_mask(&self) -> Result<Array> {
        self.sized()?.is_true()?.reshape(&[-1])
    }

    /// Which elements are not zero.
    pub fn is_true(&self) -> Result<Array> {
        match self.dtype() {
            DType::Bool => Ok(self.clone()),
            dtype => self.compare(crate::kernel::CompareFunc::NotEqual, &Array::scalar(crate::Scalar::zero(dtype))),
        }
    }
}

fn parameters(step: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(step).expect("plain data can be written to memory")
}

/// How many elements of each chunk are true.
#[derive(Debug, Serialize, Deserialize)]
struct CountTrue;

impl Step for CountTrue {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.count_true", Vec::new())
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        Ok(Chunk::from_vec(&[1], vec![compress::count_true(&call.inputs[0]) as i64]))
    }
}

/// How long each chunk is along an axis.
#[derive(Debug, Serialize, Deserialize)]
struct CountAlong {
    axis: usize,
}

impl Step for CountAlong {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.count_along", parameters(self))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let mut at: Index = inputs[0].chunks().0.iter().map(|_| 0).collect();
        at[self.axis] = index[0];
        vec![(0, at)]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let length = call.inputs[0].shape().get(self.axis).copied().unwrap_or(0);
        Ok(Chunk::from_vec(&[1], vec![length as i64]))
    }
}

/// What stands along an axis where a mask is true.
#[derive(Debug, Serialize, Deserialize)]
struct Compress {
    axis: usize,
}

impl Step for Compress {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.compress", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        vec![(0, index.into()), (1, [index[self.axis]].into_iter().collect())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        compress::compress(&call.inputs[0], &call.inputs[1], self.axis, call.crew)
    }
}

/// Values, one behind the other, where a mask is true.
#[derive(Debug, Serialize, Deserialize)]
struct PutTrue {
    axis: usize,
}

impl Step for PutTrue {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.put_true", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        vec![(0, index.into()), (1, [index[self.axis]].into_iter().collect()), (2, index.into())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let mut chunk = call.inputs.swap_remove(0);
        if !chunk.is_contiguous() {
            chunk = chunk.contiguous();
        }
        let inner = chunk.shape()[self.axis + 1..].iter().product();
        // The last input has taken the place of the first.
        let (mask, values) = (&call.inputs[1], &call.inputs[0]);
        let n = chunk.len();
        compress::put(&mut chunk, 0..n, mask, inner, values, call.crew)?;
        Ok(chunk)
    }
}

/// The same chunks in a grid whose sizes have been counted.
#[derive(Debug, Serialize, Deserialize)]
struct Sized;

impl Step for Sized {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.sized", Vec::new())
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        Ok(call.inputs.remove(0))
    }
}

/// The same chunks, if what they are made of was not empty.
#[derive(Debug, Serialize, Deserialize)]
struct NotEmpty {
    /// What cannot be done with nothing: `minimum`.
    name: String,
}

impl Step for NotEmpty {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.not_empty", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        vec![(0, index.into()), (1, Index::new())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let length = call.inputs[1].scalars().next().map_or(0, |scalar| scalar.get::<i64>());
        let result = call.inputs.remove(0);
        if length == 0 && !result.is_empty() {
            let name = &self.name;
            return Err(Stop::Error(error!("zero-size array to reduction operation {name} which has no identity")));
        }
        Ok(result)
    }
}

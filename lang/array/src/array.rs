//! The lazy array: what is to be done, at the level of whole operations, and nothing for each chunk.
//!
//! An [`Array`] is a pointer to a [`Node`]; nodes point to their inputs. Making one checks shapes and types and works out the
//! grid of chunks; everything else waits for `compute`, which lowers the nodes into tasks ([`crate::lower`]).

use std::fmt;
use std::sync::Arc;

use rdk_graph::{Data, Payload, Token, Tokenizer};
use rdk_runtime::{Lazy, Result, bail};
use rdk_syntax::Place;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::chunks::{AxisChunks, Chunks};
use crate::counts::{self, Counts};
use crate::handle::Handle;
use crate::index::FullIndex;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, Source, UnaryFunc};
use crate::lower::view::View;
use crate::plan::Step;
use crate::shape::{self, Shape};
use crate::{Chunk, DType};

/// A chunked array that is computed when asked for. Cloning gives the same array.
#[derive(Clone)]
pub struct Array(pub(crate) Handle);

/// One operation and what came of it.
pub struct Node {
    /// What is done.
    pub plan: Plan,
    /// With what.
    pub inputs: SmallVec<[Array; 2]>,
    /// What Dask calls the layer: `add`, `sum-aggregate`.
    pub name: Arc<str>,
    /// Did the user say how it is called as a whole?
    pub is_called: bool,
    /// Equal for equal work.
    pub token: Token,
    /// Length along each axis.
    pub shape: Shape,
    /// The grid.
    pub chunks: Chunks,
    /// The type of the elements.
    pub dtype: DType,
    /// How many tasks Dask would show for this operation alone.
    pub own_tasks: u64,
    /// Where in the user's text it was asked for.
    pub place: Option<Place>,
    /// What counts the sizes of those of its chunks that are not known.
    pub counts: SmallVec<[Arc<Counts>; 1]>,
}

/// What is done with the inputs of a node.
#[derive(Clone)]
pub enum Plan {
    /// Elements made from their positions.
    Source(Source),
    /// An array in memory.
    Given(Chunk),
    /// Chunks that have been computed, in C order of the grid.
    Persisted(Arc<[Payload]>),
    /// The result of a delayed call.
    Delayed(Arc<dyn Lazy>),
    /// A function of the elements at the same place, inputs being stretched.
    Elementwise(Func),
    /// Another type.
    Cast,
    /// Values over axes become one.
    Reduce(Fold),
    /// A part; also without axes of length 1, or with more of them.
    Slice(FullIndex),
    /// Elements of the input at other places, some of them at several: windows, memory with other steps.
    Look(View),
    /// Axes in another order.
    Transpose(SmallVec<[u8; 4]>),
    /// Stretched along axes of length 1, and along new ones in front.
    BroadcastTo,
    /// The same elements in another grid.
    Rechunk,
    /// Chunk for chunk in another shape, in C order; the grids fit.
    Reshape,
    /// One behind the other along this axis.
    Concatenate(usize),
    /// Sums of products.
    Contract(Contraction),
    /// Anything else that makes chunks of whole chunks.
    Step(Arc<dyn Step>),
}

/// A function of elements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
pub enum Func {
    /// Of one element.
    Unary(UnaryFunc),
    /// Of two.
    Binary(BinaryFunc),
    /// A comparison.
    Compare(CompareFunc),
    /// `where(condition, yes, no)`
    Select,
}

/// A reduction over axes.
#[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Fold {
    /// What comes out.
    pub reduction: Reduction,
    /// Over which axes; sorted.
    pub axes: SmallVec<[usize; 4]>,
    /// Do those axes stay, with length 1?
    pub keepdims: bool,
    /// For each of those axes how many partial results become one at a time.
    pub split_every: SmallVec<[usize; 4]>,
}

/// Which axes of two arrays belong together: `out[batch…, left…, right…] = Σ a[…] · b[…]` over the summed axes.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Contraction {
    /// Axes of the first and the second array that go together and stay; one of the two may have length 1.
    pub batch: SmallVec<[(usize, usize); 4]>,
    /// Axes of the first that stay.
    pub left: SmallVec<[usize; 4]>,
    /// Axes of the second that stay.
    pub right: SmallVec<[usize; 4]>,
    /// Axes of the first and the second that are summed over.
    pub summed: SmallVec<[(usize, usize); 4]>,
}

/// What [`Array::make`] needs.
pub(crate) struct Draft {
    pub plan: Plan,
    pub inputs: SmallVec<[Array; 2]>,
    pub name: Arc<str>,
    pub chunks: Chunks,
    pub dtype: DType,
    pub own_tasks: u64,
}

impl Array {
    /// A node from its parts; shape and token follow from them.
    pub(crate) fn make(draft: Draft) -> Array {
        let Draft { plan, inputs, name, chunks, dtype, own_tasks } = draft;
        let token = token(&plan, &inputs, &chunks, dtype);
        let shape = chunks.shape();
        let counts = if chunks.is_known() { SmallVec::new() } else { counts::inherited(&chunks, &inputs) };
        Array(Handle::new(Node {
            counts,
            plan,
            inputs,
            name,
            is_called: false,
            token,
            shape,
            chunks,
            dtype,
            own_tasks,
            place: crate::place::here(),
        }))
    }

    /// The node.
    pub fn node(&self) -> &Node {
        &self.0
    }

    /// Length along each axis.
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// Lengths along its axes as a tuple, `nan` for those that have to be counted first.
    pub(crate) fn shown(&self, lengths: &[usize]) -> String {
        let length = |(axis, length): (&AxisChunks, &usize)| match axis.is_known() {
            true => length.to_string(),
            false => "nan".to_string(),
        };
        shape::tuple(self.0.chunks.0.iter().zip(lengths).map(length))
    }

    /// How many axes.
    pub fn ndim(&self) -> usize {
        self.0.shape.len()
    }

    /// How many elements.
    pub fn size(&self) -> u128 {
        shape::size(&self.0.shape)
    }

    /// Bytes of all elements.
    pub fn nbytes(&self) -> u128 {
        self.size().saturating_mul(self.0.dtype.size() as u128)
    }

    /// The type of the elements.
    pub fn dtype(&self) -> DType {
        self.0.dtype
    }

    /// The grid.
    pub fn chunks(&self) -> &Chunks {
        &self.0.chunks
    }

    /// How many chunks there are along each axis.
    pub fn numblocks(&self) -> Shape {
        self.0.chunks.counts()
    }

    /// How many chunks there are.
    pub fn npartitions(&self) -> u128 {
        self.0.chunks.count()
    }

    /// The sizes of the largest chunk.
    pub fn chunksize(&self) -> Shape {
        self.0.chunks.largest()
    }

    /// What Dask calls the last layer: `add`.
    pub fn layer(&self) -> &Arc<str> {
        &self.0.name
    }

    /// The name of the whole: `add-3f…`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.0.name, self.0.token)
    }

    /// Equal for equal work.
    pub fn token(&self) -> Token {
        self.0.token
    }

    /// The same array under another name: `mul` for the operator, `multiply` for the function.
    pub fn named(&self, name: &str) -> Array {
        self.changed(|node| (node.name, node.is_called) = (Arc::from(name), false))
    }

    /// The same array, which the user has given this name as a whole; `None`: none.
    pub fn called(&self, name: Option<&str>) -> Array {
        name.map_or_else(
            || self.clone(),
            |name| self.changed(|node| (node.name, node.is_called) = (Arc::from(name), true)),
        )
    }

    /// What the user hears of its name: what he called it, or the [`Array::name`] that it has by its work.
    pub fn title(&self) -> String {
        if self.0.is_called { self.0.name.to_string() } else { self.name() }
    }

    /// The same array with another count of tasks of its own.
    pub(crate) fn counted(&self, own_tasks: u64) -> Array {
        self.changed(|node| node.own_tasks = own_tasks)
    }

    /// The same array, whose chunks along some axis these count.
    pub(crate) fn counted_by(&self, counts: Arc<Counts>) -> Array {
        self.changed(|node| node.counts.push(counts))
    }

    /// From now on this array, for everybody who has this value, is that one.
    pub(crate) fn become_other(&self, other: &Array) {
        self.0.follow(&other.0);
    }

    fn changed(&self, change: impl FnOnce(&mut Node)) -> Array {
        let node = &*self.0;
        let mut node = Node {
            plan: node.plan.clone(),
            inputs: node.inputs.clone(),
            name: node.name.clone(),
            is_called: node.is_called,
            token: node.token,
            shape: node.shape.clone(),
            chunks: node.chunks.clone(),
            dtype: node.dtype,
            own_tasks: node.own_tasks,
            place: node.place.clone(),
            counts: node.counts.clone(),
        };
        change(&mut node);
        Array(Handle::new(node))
    }

    /// How many tasks Dask would show for it.
    pub fn n_tasks(&self) -> u128 {
        self.walk().iter().map(|array| u128::from(array.0.own_tasks)).sum()
    }

    /// Its layers, inputs first, with the number of tasks that Dask would show for each.
    pub fn layers(&self) -> Vec<(String, u64)> {
        let own = self.walk().into_iter().filter(|array| array.0.own_tasks > 0);
        own.map(|array| (array.name(), array.0.own_tasks)).collect()
    }

    /// All nodes that it is made of, each once, inputs first.
    pub(crate) fn walk(&self) -> Vec<Array> {
        walk(std::slice::from_ref(self))
    }

    /// Refuses elements that could not be numbered, let alone stored.
    pub(crate) fn check_size(shape: &[usize], dtype: DType) -> Result<()> {
        if shape::size(shape).saturating_mul(dtype.size() as u128) > i64::MAX as u128 {
            bail!(
                "array is too big: a `{dtype}` array of shape {} has more bytes than can be numbered",
                shape::show(shape)
            );
        }
        Ok(())
    }
}

/// All nodes that these are made of, each once, inputs first. Nodes may be nested as deeply as memory allows.
pub(crate) fn walk(roots: &[Array]) -> Vec<Array> {
    let mut seen: FxHashSet<Token> = FxHashSet::default();
    let mut order = Vec::new();
    let mut stack: Vec<(Array, usize)> = Vec::new();
    for root in roots {
        if seen.insert(root.token()) {
            stack.push((root.clone(), 0));
        }
        while let Some((array, next)) = stack.last_mut() {
            match array.0.inputs.get(*next).cloned() {
                Some(input) => {
                    *next += 1;
                    if seen.insert(input.token()) {
                        stack.push((input, 0));
                    }
                }
                None => order.extend(stack.pop().map(|(array, _)| array)),
            }
        }
    }
    order
}

/// What decides the elements of every chunk. Names and places do not.
fn token(plan: &Plan, inputs: &[Array], chunks: &Chunks, dtype: DType) -> Token {
    let start = |name: &str| Tokenizer::new(name);
    let tokenizer = match plan {
        Plan::Source(source) => start("source").data(source),
        Plan::Given(chunk) => given(chunk),
        Plan::Persisted(_) => start("persisted").token(Token::fresh()),
        Plan::Delayed(lazy) => start("delayed").bytes(lazy.key().as_bytes()),
        Plan::Elementwise(func) => start("elementwise").data(func),
        Plan::Cast => start("cast"),
        Plan::Reduce(fold) => start("reduce").data(fold),
        Plan::Slice(index) => start("slice").data(index),
        Plan::Look(look) => start("look").data(look),
        Plan::Transpose(axes) => start("transpose").data(axes),
        Plan::BroadcastTo => start("broadcast"),
        Plan::Rechunk => start("rechunk"),
        Plan::Reshape => start("reshape"),
        Plan::Concatenate(axis) => start("concatenate").data(axis),
        Plan::Contract(contraction) => start("contract").data(contraction),
        Plan::Step(step) => {
            let (kind, parameters) = step.encode();
            start(kind).bytes(&parameters)
        }
    };
    let tokenizer = inputs.iter().fold(tokenizer, |tokenizer, input| tokenizer.token(input.token()));
    tokenizer.data(chunks).data(&dtype).finish()
}

/// Small arrays in memory are known by what is in them. Reading a large one would cost more than it ever saves.
fn given(chunk: &Chunk) -> Tokenizer {
    const SMALL: usize = 16 << 10;
    let tokenizer = Tokenizer::new("given");
    let mut bytes = Vec::new();
    if chunk.n_bytes() <= SMALL && chunk.write(&mut bytes).is_ok() {
        return tokenizer.bytes(&bytes);
    }
    tokenizer.token(Token::fresh())
}

impl Func {
    /// NumPy's name.
    pub fn name(self) -> &'static str {
        match self {
            Func::Unary(func) => func.name(),
            Func::Binary(func) => func.name(),
            Func::Compare(func) => func.name(),
            Func::Select => "where",
        }
    }
}

/// Long chains are taken apart one by one: the compiler's own way would go as deep as the chain is long.
impl Drop for Node {
    fn drop(&mut self) {
        let mut open: Vec<Array> = self.inputs.drain(..).collect();
        while let Some(mut array) = open.pop() {
            if let Some(node) = array.0.alone() {
                open.extend(node.inputs.drain(..));
            }
        }
    }
}

/// As Dask shows it: `dask.array<add, shape=(4,), dtype=float64, chunksize=(2,), chunktype=numpy.ndarray>`.
impl fmt::Display for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "dask.array<{}, shape={}, dtype={}, chunksize={}, chunktype=numpy.ndarray>",
            self.0.name,
            self.shown(self.shape()),
            self.0.dtype,
            self.shown(&self.chunksize())
        )
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// As many as fit, for counts that are only shown.
pub(crate) fn capped(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

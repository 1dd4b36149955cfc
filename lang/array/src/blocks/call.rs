//! A function of the user's called for each chunk of a result, with the chunks of arrays that belong to it.

use std::fmt;
use std::sync::{Arc, Weak};

use ndarray::Axis;
use rdk_graph::{Cancel, Index, Token};
use rdk_runtime::delayed::capture::Captured;
use rdk_runtime::{Args, Context, Error, Globals, Kind, Name, Result, Shared, Value, bail, error, evaluate, travel};
use serde::{Deserialize, Serialize};

use crate::array::Array;
use crate::chunk::Parts;
use crate::chunks::Chunks;
use crate::dtype::DType;
use crate::eager::{self, NdArray, nested};
use crate::element::{Element, with_dtype};
use crate::face::masked::holds_mask;
use crate::kernel::Stop;
use crate::lower::view::nth;
use crate::plan::{Step, StepCall};
use crate::scalar::Scalar;
use crate::{Chunk, shape};

/// Which chunks along one axis of an input belong to a chunk of the result.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Along {
    /// The one at the same place along this axis of the result.
    Same(usize),
    /// The only one, which is stretched.
    Only,
    /// All of them.
    All,
    /// So many for each place along this axis of the result.
    Group(usize, usize),
}

impl Along {
    /// May several chunks belong to one? Those that are not joined come in a list.
    fn lists(&self) -> bool {
        matches!(self, Along::All | Along::Group(..))
    }
}

/// An array whose chunks go into a call.
#[derive(Clone, Debug)]
pub struct Block {
    /// The array.
    pub array: Array,
    /// Which of its chunks, axis by axis.
    pub along: Vec<Along>,
    /// Several chunks come as one array, not as lists of arrays.
    pub joined: bool,
}

/// One argument by position.
#[derive(Clone)]
pub enum Given {
    /// Chunks of this input.
    Block(usize),
    /// Always the same.
    Value(Value),
}

/// What a function hears of the chunk that it makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Info {
    /// `block_id`: its place in the grid.
    pub id: bool,
    /// `block_info`: place, shape and grid of it and of the inputs.
    pub info: bool,
}

/// How a function of single elements or of parts is called for all of those in a chunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loops {
    /// For each block how many of its last axes go into a call.
    pub core: Vec<usize>,
}

/// A function with what it took along.
#[derive(Clone)]
pub enum Callee {
    /// One written in rdk.
    Function(Arc<Captured>),
    /// Anything else that can be called.
    Value(Value),
}

/// What chunks calls are to make.
#[derive(Clone)]
pub struct Made {
    /// How large they come out.
    pub chunks: Chunks,
    /// Their type.
    pub dtype: DType,
    /// Axes along which nobody knows how long they come out.
    pub unknown: Vec<usize>,
}

/// A call for each chunk.
#[derive(Clone)]
pub struct Calling {
    /// What is called.
    pub callee: Callee,
    /// With what, by position.
    pub given: Vec<Given>,
    /// With what, by name.
    pub keywords: Vec<(Name, Value)>,
    /// The arrays that `given` speaks of.
    pub blocks: Vec<Block>,
    /// What it hears of the chunk.
    pub info: Info,
    /// Is it called for each element or part of a chunk?
    pub loops: Option<Loops>,
    /// Of several results, which one is meant where it is tried.
    pub pick: Option<usize>,
    /// Where it runs.
    pub home: Weak<Shared>,
}

impl Callee {
    /// The function with what it reads, as it is now.
    pub fn of(function: &Value) -> Callee {
        match function {
            Value::Function(function) => Callee::Function(Captured::of(function)),
            other => Callee::Value(other.clone()),
        }
    }

    /// The function as a value.
    fn value(&self) -> Value {
        match self {
            Callee::Function(captured) => Value::Function(captured.function().clone()),
            Callee::Value(value) => value.clone(),
        }
    }

    /// Calls it, in a task.
    pub fn call(&self, context: &Context, args: Args) -> Result<Value> {
        match self {
            Callee::Function(captured) => evaluate::call_function(context, captured.function(), args),
            Callee::Value(function) => context.call(function, args),
        }
    }

    /// Does it have a parameter of this name?
    pub fn takes(&self, name: &str) -> bool {
        match self {
            Callee::Function(captured) => captured.function().def.params.iter().any(|param| *param.name == *name),
            Callee::Value(Value::Builtin(builtin)) => builtin.params.iter().any(|param| param.name == name),
            Callee::Value(_) => false,
        }
    }
}

impl Calling {
    /// The array of these chunks.
    pub fn array(self, name: &str, chunks: Chunks, dtype: DType) -> Result<Array> {
        self.array_of_unknown(name, chunks, dtype, &[])
    }

    /// The same, where nobody knows how long chunks come out along some axes.
    pub fn array_of_unknown(self, name: &str, chunks: Chunks, dtype: DType, unknown: &[usize]) -> Result<Array> {
        let inputs: Vec<Array> = self.blocks.iter().map(|block| block.array.clone()).collect();
        let made = vec![Made { chunks: chunks.clone(), dtype, unknown: unknown.to_vec() }];
        let step = CallStep::new(self, name, chunks.clone(), made, false);
        let array = Array::step(name, step, inputs, chunks, dtype);
        Ok(if unknown.is_empty() { array } else { array.of_unknown(unknown) })
    }

    /// Several arrays, of which the function gives a chunk each in one call. `grid` is that of the calls: its axes are the first ones of
    /// each array, which has one chunk along all others.
    pub fn arrays(self, name: &str, grid: Chunks, made: Vec<Made>) -> Vec<Array> {
        let inputs: Vec<Array> = self.blocks.iter().map(|block| block.array.clone()).collect();
        let step = CallStep::new(self, name, grid.clone(), made.clone(), true);
        let calls = Array::step(name, step, inputs, grid, made.first().map_or(DType::F64, |made| made.dtype));
        made.into_iter().enumerate().map(|(at, made)| made.picked(at, &calls, name)).collect()
    }

    /// What the function gives for small arrays of ones: their type is that of what it gives for large ones.
    pub fn tried(&self, context: &Context, grid: &Chunks, small: bool) -> Result<Value> {
        let index = vec![0; grid.0.len()];
        let values = self.blocks.iter().enumerate().map(|(at, block)| {
            let mut shape: Vec<usize> = match small {
                true => vec![1; block.array.ndim()],
                false => block.array.chunks().chunk_shape(&block.first(&index)).to_vec(),
            };
            let core = self.loops.as_ref().map(|loops| loops.core[at]);
            if let Some(core) = core {
                // A call gets only the last axes.
                shape = block.array.shape()[block.array.ndim() - core..].to_vec();
            }
            let chunk = Chunk::full(&shape, Scalar::one(block.array.dtype()));
            let value = if core.is_some() { eager::value(chunk) } else { eager_value(chunk) };
            let depth = block.along.iter().filter(|along| !block.joined && along.lists()).count();
            (0..depth).fold(value, |value, _| Value::list([value]))
        });
        let args = self.args(values.collect(), &index, grid, DType::F64);
        let value = context.call(&self.callee.value(), args)?;
        let Some(pick) = self.pick else { return Ok(value) };
        match value.items().and_then(|items| items.get(pick).cloned()) {
            Some(item) => Ok(item),
            None => bail!("the function was to give several results, and gave none at place {pick}"),
        }
    }

    fn args(&self, values: Vec<Value>, index: &[u32], grid: &Chunks, dtype: DType) -> Args {
        let positional = self.given.iter().map(|given| match given {
            Given::Block(at) => values[*at].clone(),
            Given::Value(value) => value.clone(),
        });
        let mut keywords = self.keywords.clone();
        let numbers = |numbers: &[u32]| Value::tuple(numbers.iter().map(|&at| Value::Int(at.into())));
        if self.info.id {
            keywords.push((Name::from("block_id"), numbers(index)));
        }
        if self.info.info {
            keywords.push((Name::from("block_info"), self.block_info(index, grid, dtype)));
        }
        Args { positional: positional.collect(), keywords }
    }

    /// A dict by position of the argument, and for the result under `None`.
    fn block_info(&self, index: &[u32], grid: &Chunks, dtype: DType) -> Value {
        let numbers = |numbers: &[usize]| Value::tuple(numbers.iter().map(|&at| Value::Int(at as i64)));
        let entry = |chunks: &Chunks, at: &[u32], dtype: Option<DType>| {
            let (start, sizes) = (chunks.chunk_start(at), chunks.chunk_shape(at));
            let span = |(&start, &size): (&usize, &usize)| {
                let (start, stop) = (start as i64, (start + size) as i64);
                Value::tuple([Value::Int(start), Value::Int(stop)])
            };
            let location = Value::list(start.iter().zip(&sizes).map(span).collect::<Vec<_>>());
            let place: Vec<usize> = at.iter().map(|&at| at as usize).collect();
            let mut entries = vec![
                ("shape", numbers(&chunks.shape())),
                ("num-chunks", numbers(&chunks.counts())),
                ("array-location", location),
                ("chunk-location", numbers(&place)),
            ];
            if let Some(dtype) = dtype {
                entries.push(("chunk-shape", numbers(&sizes)));
                let dtype = eager::DTypeObject(dtype);
                entries.push(("dtype", Value::object(dtype)));
            }
            Value::dict(entries)
        };
        let info = Value::dict(Vec::<(&str, Value)>::new());
        let mut all: Vec<(Value, Value)> = Vec::new();
        for (position, given) in self.given.iter().enumerate() {
            let Given::Block(at) = given else { continue };
            let block = &self.blocks[*at];
            let chunks = block.array.chunks();
            let place: Index = block.first(index);
            all.push((Value::Int(position as i64), entry(chunks, &place, None)));
        }
        all.push((Value::None, entry(grid, index, Some(dtype))));
        if let Value::Dict(dict) = &info {
            let mut dict = dict.0.lock();
            for (key, value) in all {
                if let Ok(key) = rdk_runtime::HashKey::new(key) {
                    dict.insert(key, value);
                }
            }
        }
        info
    }
}

impl Block {
    /// The chunks along each axis, from and how many.
    fn ranges(&self, index: &[u32]) -> Vec<(usize, usize)> {
        let counts = self.array.numblocks();
        let range = |(along, &count): (&Along, &usize)| match *along {
            Along::Same(axis) => (index[axis] as usize, 1),
            Along::Only => (0, 1),
            Along::All => (0, count),
            Along::Group(axis, width) => {
                let start = index[axis] as usize * width;
                (start, width.min(count - start))
            }
        };
        self.along.iter().zip(&counts).map(range).collect()
    }

    fn first(&self, index: &[u32]) -> Index {
        self.ranges(index).iter().map(|&(start, _)| start as u32).collect()
    }

    fn needs(&self, index: &[u32]) -> Vec<Index> {
        let ranges = self.ranges(index);
        let counts: Vec<usize> = ranges.iter().map(|&(_, count)| count).collect();
        let at = |n: usize| nth(&counts, n).iter().zip(&ranges).map(|(&at, &(start, _))| at + start as u32).collect();
        (0..counts.iter().product()).map(at).collect()
    }

    /// The chunks of a call as a value: one array, or lists of them along the axes of which there are all.
    fn value(&self, index: &[u32], chunks: &mut dyn Iterator<Item = Chunk>) -> Result<Value> {
        let ranges = self.ranges(index);
        let counts: Vec<usize> = ranges.iter().map(|&(_, count)| count).collect();
        let chunks: Vec<Chunk> = chunks.take(counts.iter().product()).collect();
        if self.joined || !self.along.iter().any(Along::lists) {
            return Ok(eager_value(joined(chunks, &counts)?));
        }
        let lists: Vec<usize> =
            self.along.iter().zip(&counts).filter(|(along, _)| along.lists()).map(|(_, &n)| n).collect();
        let mut values: Vec<Value> = chunks.into_iter().map(eager_value).collect();
        for &length in lists.iter().rev() {
            values = values.chunks(length.max(1)).map(|part| Value::list(part.to_vec())).collect();
        }
        Ok(values.into_iter().next().unwrap_or_default())
    }
}

/// An array even without dimensions: functions expect one.
fn eager_value(chunk: Chunk) -> Value {
    Value::object(NdArray::new(chunk))
}

/// Neighbouring chunks as one.
fn joined(mut chunks: Vec<Chunk>, counts: &[usize]) -> Result<Chunk> {
    for (axis, &count) in counts.iter().enumerate().rev() {
        if count == 1 {
            continue;
        }
        chunks = chunks
            .chunks(count.max(1))
            .map(|part| concatenated(part, axis).ok_or_else(|| error!("chunks do not fit together along axis {axis}")))
            .collect::<Result<_>>()?;
    }
    match chunks.into_iter().next() {
        Some(chunk) => Ok(chunk),
        None => bail!("there are no chunks"),
    }
}

impl Made {
    /// The shape of the chunk that the call at this place makes.
    fn shape(&self, index: &[u32]) -> Vec<usize> {
        let mut index: Index = index.into();
        index.resize(self.chunks.0.len(), 0);
        self.chunks.chunk_shape(&index).to_vec()
    }
}

/// The step of a [`Calling`].
struct CallStep {
    calling: Calling,
    name: Arc<str>,
    /// That of the calls.
    grid: Chunks,
    /// What each call makes …
    made: Vec<Made>,
    /// … is it a tuple of such?
    several: bool,
    /// Equal for equal functions and arguments.
    identity: Vec<u8>,
}

impl fmt::Debug for CallStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallStep({})", self.name)
    }
}

impl CallStep {
    fn new(calling: Calling, name: &str, grid: Chunks, made: Vec<Made>, several: bool) -> CallStep {
        let given = calling.given.iter().map(|given| match given {
            Given::Block(at) => Value::tuple([Value::Int(*at as i64)]),
            Given::Value(value) => value.clone(),
        });
        let values = [calling.callee.value(), Value::tuple(given), Value::dict(calling.keywords.clone())];
        let shape: Vec<(&Vec<Along>, bool)> = calling.blocks.iter().map(|block| (&block.along, block.joined)).collect();
        let unknown: Vec<&Vec<usize>> = made.iter().map(|made| &made.unknown).collect();
        let rest = postcard::to_stdvec(&(shape, calling.info, &calling.loops, several, unknown)).unwrap_or_default();
        let mut identity = match travel::pack(&Value::tuple(values)) {
            Ok(bytes) => bytes,
            // What cannot travel is like nothing else.
            Err(_) => Token::fresh().to_string().into_bytes(),
        };
        identity.extend(rest);
        if several {
            // One result is told from others by its grid and its type; of several the first stands for all.
            let rest: Vec<_> = made.iter().map(|made| (&made.chunks, made.dtype)).collect();
            identity.extend(postcard::to_stdvec(&rest).unwrap_or_default());
        }
        CallStep { calling, name: Arc::from(name), grid, made, several, identity }
    }

    fn called(&self, call: &mut StepCall<'_>) -> std::result::Result<Vec<Chunk>, Stop> {
        let Some(shared) = self.calling.home.upgrade() else { return Err(Stop::Cancelled) };
        let globals = match &self.calling.callee {
            Callee::Function(captured) => captured.function().globals.clone(),
            Callee::Value(_) => Globals::new(),
        };
        let context = Context::task(shared, globals, call.cancel.clone());
        let inputs = std::mem::take(&mut call.inputs);
        self.answer(&context, call.index, inputs).map_err(|error| stop(error, call.cancel))
    }

    /// The chunks that a call gives, one for each of what is to be made.
    fn answer(&self, context: &Context, index: &[u32], inputs: Vec<Chunk>) -> Result<Vec<Chunk>> {
        let mut inputs = inputs.into_iter();
        if let Some(loops) = &self.calling.loops {
            return self.looped(context, index, loops, inputs.collect());
        }
        let blocks = self.calling.blocks.iter();
        let values = blocks.map(|block| block.value(index, &mut inputs)).collect::<Result<Vec<_>>>()?;
        let args = self.calling.args(values, index, &self.grid, self.made[0].dtype);
        let values = self.values(context, args)?;
        self.made.iter().zip(&values).map(|(made, value)| self.fitting(made, index, value)).collect()
    }

    /// A value as a chunk of the shape that it is to have.
    fn fitting(&self, made: &Made, index: &[u32], value: &Value) -> Result<Chunk> {
        let (chunk, expected) = (self.chunk_of(value, made.dtype)?, made.shape(index));
        let fits = |(axis, (own, wanted)): (usize, (&usize, &usize))| own == wanted || made.unknown.contains(&axis);
        let together = chunk.shape().iter().zip(&expected);
        if chunk.ndim() == expected.len() && together.enumerate().all(fits) {
            return Ok(chunk);
        }
        let at = shape::tuple(index.iter());
        Err(error!(
            "chunk {at} of `{}` came out with shape {}, expected {}", self.name, shape::show(chunk.shape()), shape::show(&expected);
            hint: "`chunks=` says how large chunks come out (`np.nan`: nobody knows), `drop_axis=` and `new_axis=` which axes go and come"
        ))
    }

    /// What a call gives: at least as many values as there are to be.
    fn values(&self, context: &Context, args: Args) -> Result<Vec<Value>> {
        let value = self.calling.callee.call(context, args)?;
        if !self.several {
            return Ok(vec![value]);
        }
        match value.items() {
            Some(items) if items.len() >= self.made.len() => Ok(items),
            items => bail!(
                "`{}` was to give {} results, and gave {}", self.name, self.made.len(), items.map_or(1, |items| items.len());
                hint: "it gives a tuple of arrays, one for each result"
            ),
        }
    }

    fn chunk_of(&self, value: &Value, dtype: DType) -> Result<Chunk> {
        if holds_mask(value) {
            bail!(
                TypeError: "`{}` was to give plain arrays, and gave a masked one", self.name;
                hint: "without `dtype=` it is tried, and then known to; `np.ma.filled(x, 0)` gives a plain array"
            );
        }
        let computed = match value.get::<Array>() {
            Some(_) => bail!(
                TypeError: "`{}` was to give an array in memory, and gave a lazy one", self.name;
                hint: "inside it use `np.` in place of `da.`"
            ),
            None => nested::chunk(value, None)?,
        };
        Ok(computed.cast(dtype))
    }

    /// Calls for each element of the leading axes, which are stretched together.
    fn looped(&self, context: &Context, index: &[u32], loops: &Loops, inputs: Vec<Chunk>) -> Result<Vec<Chunk>> {
        let mut inputs = inputs.into_iter();
        let mut chunks = Vec::new();
        for block in &self.calling.blocks {
            let counts: Vec<usize> = block.ranges(index).iter().map(|&(_, count)| count).collect();
            chunks.push(joined(inputs.by_ref().take(counts.iter().product()).collect(), &counts)?);
        }
        let outer = |(chunk, core): (&Chunk, &usize)| chunk.shape()[..chunk.ndim() - core].to_vec();
        let outers: Vec<Vec<usize>> = chunks.iter().zip(&loops.core).map(outer).collect();
        let shape = shape::broadcast(&outers.iter().map(|shape| &shape[..]).collect::<Vec<_>>())?;
        let stretched = chunks.iter().zip(&loops.core).map(|(chunk, core)| {
            let mut full = shape.to_vec();
            full.extend(&chunk.shape()[chunk.ndim() - core..]);
            chunk.broadcast(&full).ok_or_else(|| error!("chunks do not fit together"))
        });
        let stretched = stretched.collect::<Result<Vec<_>>>()?;
        let n: usize = shape.iter().product();
        let expected: Vec<Vec<usize>> = self.made.iter().map(|made| made.shape(index)).collect();
        let mut parts: Vec<Vec<Chunk>> = self.made.iter().map(|_| Vec::with_capacity(n)).collect();
        for at in 0..n {
            context.check()?;
            let place = nth(&shape, at);
            let values = stretched.iter().map(|chunk| {
                let part = place.iter().fold(chunk.clone(), |chunk, &at| chunk.index_axis(0, at as usize));
                // Single elements come as numbers, as they do in NumPy.
                eager::value(part)
            });
            let args = self.calling.args(values.collect(), index, &self.grid, self.made[0].dtype);
            let values = self.values(context, args)?;
            for (at, (made, value)) in self.made.iter().zip(&values).enumerate() {
                let (part, expected) = (self.chunk_of(value, made.dtype)?, &expected[at][shape.len()..]);
                if part.shape() != expected {
                    bail!(
                        "`{}` came out with shape {}, expected {}",
                        self.name,
                        shape::show(part.shape()),
                        shape::show(expected)
                    );
                }
                parts[at].push(part);
            }
        }
        let whole = |(at, parts): (usize, Vec<Chunk>)| {
            with_dtype!(self.made[at].dtype, T => {
                Chunk::from_vec(&expected[at], parts.iter().flat_map(|part| part.to_vec::<T>()).collect())
            })
        };
        Ok(parts.into_iter().enumerate().map(whole).collect())
    }
}

impl Step for CallStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.call", self.identity.clone())
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let blocks = self.calling.blocks.iter().enumerate();
        blocks.flat_map(|(input, block)| block.needs(index).into_iter().map(move |at| (input, at))).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        Ok(self.called(call)?.swap_remove(0))
    }

    fn several(&self, call: &mut StepCall<'_>) -> Option<std::result::Result<Parts, Stop>> {
        self.several.then(|| self.called(call).map(Parts))
    }

    fn gives(&self) -> Option<u64> {
        let bytes = |made: &Made| (made.chunks.largest().iter().product::<usize>() * made.dtype.size()) as u64;
        self.several.then(|| self.made.iter().map(bytes).sum())
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // As much again as goes in: what a function does is not known.
        let bytes = |(input, at): (usize, Index)| {
            let elements: usize = inputs[input].chunks().chunk_shape(&at).iter().product();
            (elements * inputs[input].dtype().size()) as u64
        };
        self.needs(index, inputs).into_iter().map(bytes).sum()
    }
}

fn stop(error: Error, cancel: &Cancel) -> Stop {
    if error.0.kind == Kind::KeyboardInterrupt && cancel.requested() { Stop::Cancelled } else { Stop::Error(error) }
}

/// Chunks of one type, one behind the other.
fn concatenated(parts: &[Chunk], axis: usize) -> Option<Chunk> {
    with_dtype!(parts.first()?.dtype(), T => {
        let views: Vec<_> = parts.iter().filter_map(T::array).map(|array| array.view()).collect();
        ndarray::concatenate(Axis(axis), &views).ok().map(|array| T::chunk(array.into_shared()))
    })
}

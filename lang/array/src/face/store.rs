//! Arrays in chunks from and to things that are sliced: `store`, `to_delayed`, `from_array` of whatever has a shape and a dtype.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{
    Args, Class, ClassRef, Context, FromValue, Keywords, Name, Object, Result, Value, bail, builtins, error, operators,
};

use super::getter::Getter;
use super::operand::{Operand, lazy_value};
use super::parameters::ShapeArg;
use super::properties;
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray, value};
use crate::index::{IndexItem, expand};
use crate::lower::view::nth;
use crate::shape;

/// Writes what an array comes to into an array in memory, or chunk by chunk into whatever takes `target[slices] = chunk`.
pub fn store(context: &Context, array: &Array, target: &Value) -> Result<()> {
    let array = array.sized()?;
    if let Some(target) = target.get::<NdArray>() {
        if target.shape() != array.shape() {
            bail!(
                "could not broadcast input array from shape {} into shape {}",
                shape::show(array.shape()),
                shape::show(target.shape())
            );
        }
        target.check_writeable()?;
        target.assign(&array.compute_now(context)?);
        return Ok(());
    }
    for (place, block) in places(&array).into_iter().zip(blocks(&array)?) {
        let chunk = value(block.compute_now(context)?);
        operators::set_item(context, target, &place, chunk)?;
    }
    Ok(())
}

/// More chunks than this are too many for a call each.
const MOST_BLOCKS: u128 = 100_000;

/// The chunks of an array as arrays of their own, in C order.
fn blocks(array: &Array) -> Result<Vec<Array>> {
    if array.npartitions() > MOST_BLOCKS {
        bail!("{} chunks are too many for a call each", array.npartitions(); hint: "`x.rechunk(\"auto\")` makes fewer");
    }
    let counts = array.numblocks();
    let block = |n: usize| {
        let range = |(axis, &at): (usize, &u32)| {
            let (chunks, at) = (&array.chunks().0[axis], at as usize);
            IndexItem::Slice {
                start: Some(chunks.start(at) as i64),
                stop: Some(chunks.start(at + 1) as i64),
                step: None,
            }
        };
        array.slice(&nth(&counts, n).iter().enumerate().map(range).collect::<Vec<_>>())
    };
    (0..counts.iter().product()).map(block).collect()
}

/// One array of blocks in C order, so many along each axis.
fn joined(mut blocks: Vec<Array>, counts: &[usize]) -> Result<Array> {
    for (axis, &count) in counts.iter().enumerate().rev() {
        blocks = blocks.chunks(count.max(1)).map(|row| Array::concatenate(row, axis as i64)).collect::<Result<_>>()?;
    }
    match blocks.into_iter().next() {
        Some(whole) => Ok(whole),
        None => bail!("there are no chunks"),
    }
}

/// The delayed call of a function.
fn put_off(context: &Context, function: &Value, args: Args) -> Result<Value> {
    let Some(delayed) = context.shared.library.import("dask")?.get("delayed") else {
        bail!(RuntimeError: "delayed calls are not at hand here");
    };
    let function = context.call(&delayed, Args::one(function.clone()))?;
    context.call(&function, args)
}

/// What a delayed call will give, as an array of one chunk.
fn from_call(call: &Value, shape: &[usize], dtype: DType) -> Result<Array> {
    match call {
        Value::Lazy(lazy) => Ok(Array::from_delayed(lazy.clone(), shape, dtype)),
        _ => bail!(RuntimeError: "the call was not put off"),
    }
}

/// Where each chunk is, in C order: a tuple of slices.
fn places(array: &Array) -> Vec<Value> {
    let counts = array.numblocks();
    let place = |n: usize| {
        let index = nth(&counts, n);
        let slice = |(axis, &at): (usize, &u32)| {
            let chunks = &array.chunks().0[axis];
            let (start, stop) = (chunks.start(at as usize), chunks.start(at as usize + 1));
            Value::Slice(std::sync::Arc::new(rdk_runtime::value::Slice {
                start: Value::from(start),
                stop: Value::from(stop),
                step: Value::None,
            }))
        };
        Value::tuple(index.iter().enumerate().map(slice))
    };
    (0..counts.iter().product()).map(place).collect()
}

/// A lazy array over a thing that has `shape` and `dtype`, of which this gives the part at a tuple of slices.
pub fn from_sliced(context: &Context, thing: &Value, chunks: &ChunksSpec, getter: Getter) -> Result<Array> {
    let attribute = |name: &str| operators::attribute(context, thing, name);
    let lengths = ShapeArg::try_from_value(&attribute("shape")?)?.0;
    let dtype = DTypeArg::try_from_value(&attribute("dtype")?)?.0;
    let grid = chunks.grid(&lengths, dtype.size())?;
    let whole = Array::source_on("array", crate::kernel::Source::Full(crate::Scalar::zero(dtype)), grid);
    let take = Value::object(getter);
    let mut parts = Vec::new();
    for (place, block) in places(&whole).into_iter().zip(blocks(&whole)?) {
        let call = put_off(context, &take, Args::of([thing.clone(), place]))?;
        parts.push(from_call(&call, block.shape(), dtype)?);
    }
    Ok(joined(parts, &whole.numblocks())?.named("array"))
}

/// Delayed values, one for each chunk, as they stand in the grid.
struct Grid {
    items: Vec<Value>,
    shape: shape::Shape,
}

static GRID: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("ndarray", "numpy", "Delayed values, one for each chunk.");
    ClassRef::new(class.methods(grid_methods::builtins()).properties(grid_properties::builtins()))
});

/// `x.to_delayed()`
pub fn to_delayed(context: &Context, array: &Array) -> Result<Value> {
    let array = array.sized()?;
    let Some(identity) = context.shared.library.import("numpy")?.get("asarray") else {
        bail!(RuntimeError: "numpy.asarray is not at hand here");
    };
    let one = |block: Array| put_off(context, &identity, Args::of([lazy_value(block)]));
    let items = blocks(&array)?.into_iter().map(one).collect::<Result<Vec<_>>>()?;
    Ok(Value::object(Grid { items, shape: array.numblocks() }))
}

impl Grid {
    fn at(&self, index: &Value) -> Result<Value> {
        let items = match index {
            Value::Tuple(items) => items.to_vec(),
            one => vec![one.clone()],
        };
        let numbers =
            items.iter().map(|item| Ok(IndexItem::Int(i64::try_from_value(item)?))).collect::<Result<Vec<_>>>()?;
        let full = expand(&numbers, &self.shape)?;
        let (mut start, mut size) = (0, self.items.len());
        for (item, &length) in full.iter().zip(&self.shape).take(numbers.len()) {
            size /= length.max(1);
            if let crate::index::AxisIndex::At(at) = *item {
                start += at * size;
            }
        }
        let rest = shape::Shape::from_slice(&self.shape[numbers.len()..]);
        Ok(match rest.is_empty() {
            true => self.items[start].clone(),
            false => Value::object(Grid { items: self.items[start..start + size].to_vec(), shape: rest }),
        })
    }

    fn nested(&self) -> Value {
        fn level(items: &[Value], shape: &[usize]) -> Value {
            match shape.split_first() {
                None => items.first().cloned().unwrap_or(Value::None),
                Some((&length, rest)) => {
                    let size = items.len() / length.max(1);
                    Value::list(items.chunks(size.max(1)).map(|part| level(part, rest)).collect::<Vec<_>>())
                }
            }
        }
        level(&self.items, &self.shape)
    }
}

impl Object for Grid {
    fn class(&self) -> ClassRef {
        GRID.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("array of {} delayed values, shape={}", self.items.len(), shape::show(&self.shape))
    }

    fn item(&self, _: &Context, index: &Value) -> Option<Result<Value>> {
        Some(self.at(index))
    }

    fn len(&self, _: &Context) -> Option<Result<usize>> {
        Some(self.shape.first().copied().ok_or_else(|| error!(TypeError: "len() of unsized object")))
    }

    fn iter(&self, _: &Context) -> Option<Result<Value>> {
        let rows = (0..self.shape.first().copied().unwrap_or(0)).map(|at| self.at(&Value::from(at)));
        Some(rows.collect::<Result<Vec<_>>>().map(Value::list))
    }
}

/// The receiver.
struct This(Value);

impl FromValue for This {
    fn expected() -> &'static str {
        "delayed values, one for each chunk"
    }

    fn from_value(value: &Value) -> Option<This> {
        value.get::<Grid>().map(|_| This(value.clone()))
    }
}

impl std::ops::Deref for This {
    type Target = Grid;

    fn deref(&self) -> &Grid {
        self.0.get::<Grid>().expect("it was one when the method was called")
    }
}

mod grid_methods {
    use super::*;

    builtins! {
        /// All of them in one list.
        fn ravel(/** The grid. */ this: This) -> Value { Value::list(this.items.clone()) }

        /// All of them in one list.
        fn flatten(/** The grid. */ this: This) -> Value { Value::list(this.items.clone()) }

        /// As nested lists.
        fn tolist(/** The grid. */ this: This) -> Value { this.nested() }
    }
}

mod grid_properties {
    use super::*;

    builtins! {
        /// How many there are along each axis.
        fn shape(/** The grid. */ this: This) -> Value { properties::lengths(&this.shape) }

        /// How many axes.
        fn ndim(/** The grid. */ this: This) -> usize { this.shape.len() }

        /// How many there are.
        fn size(/** The grid. */ this: This) -> usize { this.items.len() }

        /// All of them in one list.
        fn flat(/** The grid. */ this: This) -> Value { Value::list(this.items.clone()) }
    }
}

/// Lazy arrays as methods' receivers.
pub mod methods {
    use super::*;

    builtins! {
        /// A grid of delayed values, one for each chunk.
        ///
        /// ```rdk
        /// [chunk.compute() for chunk in da.arange(4, chunks=2).to_delayed()]
        /// #> [array([0, 1]), array([2, 3])]
        /// ```
        fn to_delayed[context](
            /// The array.
            this: Operand,
            /// Has no effect.
            optimize_graph: bool = true,
        ) -> Result<Value> {
            let _ = optimize_graph;
            super::to_delayed(context, &this.array()?)
        }

        /// Writes what it comes to into an array in memory, or into whatever takes `target[slices] = chunk`.
        ///
        /// ```rdk
        /// target = np.zeros(3)
        /// da.ones(3).store(target)
        /// target
        /// #> array([1., 1., 1.])
        /// ```
        fn store[context](
            /// The array.
            this: Value,
            /// Where to.
            target: Value,
            /// Has no effect: chunks are written one at a time where that is needed.
            lock: Option<Value>,
            /// Which part of the target is written: a tuple of slices.
            regions: Option<Value>,
            /// At once? Else it gives something to be computed.
            compute: bool = true,
            /// Give an array of what has been written?
            return_stored: bool = false,
            /// Has no effect.
            load_stored: Option<Value>,
            /// Has no effect.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = (lock, load_stored, kwargs);
            let this = super::super::operand::counted(this)?;
            // Elsewhere chunks go one by one, and what several of them need is made once.
            let in_memory = target.get::<NdArray>().is_some();
            if in_memory && compute && !return_stored && regions.as_ref().is_none_or(Value::is_none) {
                super::store(context, &Operand::try_from_value(&this)?.array()?, &target)?;
                return Ok(Value::None);
            }
            // The rest is as with several arrays.
            let Some(function) = context.shared.library.import("dask.array")?.get("store") else {
                bail!(RuntimeError: "dask.array.store is not at hand here");
            };
            let keywords = [("compute", Value::Bool(compute)), ("return_stored", Value::Bool(return_stored))];
            let mut keywords: Vec<(Name, Value)> = keywords.map(|(name, value)| (Name::from(name), value)).into();
            keywords.extend(regions.map(|regions| (Name::from("regions"), regions)));
            let positional = [this, target].into_iter().collect();
            let stored = context.call(&function, rdk_runtime::Args { positional, keywords })?;
            Ok(match stored.items() {
                Some(items) if return_stored && items.len() == 1 => items[0].clone(),
                _ => stored,
            })
        }
    }
}

/// As functions.
pub mod functions {
    use super::*;

    builtins! {
        /// Writes what arrays come to into arrays in memory, or into whatever takes `target[slices] = chunk`.
        fn store[context](
            /// A lazy array, or a list of them.
            sources: Value,
            /// Where to: as many.
            targets: Value,
            /// Has no effect.
            lock: Option<Value>,
            /// Has no effect.
            compute: bool = true,
        ) -> Result<()> {
            let _ = (lock, compute);
            match (sources.items(), targets.items()) {
                (Some(sources), Some(targets)) if sources.len() == targets.len() => {
                    for (source, target) in sources.iter().zip(&targets) {
                        super::store(context, &Operand::try_from_value(source)?.array()?, target)?;
                    }
                    Ok(())
                }
                (None, None) => super::store(context, &Operand::try_from_value(&sources)?.array()?, &targets),
                _ => bail!("Different number of sources and targets"),
            }
        }

        /// An array in other chunks.
        fn rechunk(
            /// The array.
            x: Operand,
            /// How long chunks are: a length, a tuple, -1, "auto", "64 MiB", a dict by axis.
            chunks: ChunksSpec = "auto",
            /// Has no effect.
            threshold: Option<Value>,
            /// The largest size in bytes, for "auto".
            block_size_limit: Option<u64>,
            /// Even out the sizes?
            balance: bool = false,
            /// Has no effect.
            method: Option<String>,
        ) -> Result<Value> {
            let _ = (threshold, method);
            Ok(Value::lazy(x.array()?.rechunk_within(&chunks, block_size_limit, balance)?))
        }

        /// Which elements are missing: NaN.
        fn isnull[context](/** The array. */ values: Operand) -> Result<Value> {
            super::super::layout::with(context, &values, |array| array.unary(crate::kernel::UnaryFunc::IsNan))
        }

        /// Which elements are there: not NaN.
        fn notnull[context](/** The array. */ values: Operand) -> Result<Value> {
            super::super::layout::with(context, &values, |array| {
                array.unary(crate::kernel::UnaryFunc::IsNan)?.unary(crate::kernel::UnaryFunc::LogicalNot)
            })
        }

        /// Values now: what `x.compute()` gives.
        fn compute[context](/** Lazy arrays. */ args: rdk_runtime::Rest) -> Result<Value> {
            let Some(compute) = context.shared.library.import("dask")?.get("compute") else {
                bail!(RuntimeError: "dask.compute is not at hand here");
            };
            context.call(&compute, Args::of(args.0))
        }
    }
}

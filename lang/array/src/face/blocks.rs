//! Functions called for each chunk of a lazy array: `map_blocks`, `histogram`.

use rdk_runtime::{Args, Context, FromValue, Keywords, Rest, Result, Value, bail, builtins, operators};

use super::operand::Operand;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray, nested};
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, Reduction};
use crate::scalar::Scalar;

/// More chunks than this are too many for a call each.
const MOST_BLOCKS: u128 = 100_000;

/// The chunks of an array as arrays of their own, in C order.
fn blocks(array: &Array) -> Result<Vec<Array>> {
    if array.npartitions() > MOST_BLOCKS {
        bail!("{} chunks are too many for a call each", array.npartitions(); hint: "`x.rechunk(\"auto\")` makes fewer");
    }
    let counts = array.numblocks();
    let block = |mut n: usize| {
        let mut items = vec![IndexItem::ALL; counts.len()];
        for (axis, &count) in counts.iter().enumerate().rev() {
            let (chunks, at) = (&array.chunks().0[axis], n % count);
            n /= count;
            let (start, stop) = (chunks.start(at) as i64, chunks.start(at + 1) as i64);
            items[axis] = IndexItem::Slice { start: Some(start), stop: Some(stop), step: None };
        }
        array.slice(&items)
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

fn from_call(call: &Value, shape: &[usize], dtype: DType) -> Result<Array> {
    match call {
        Value::Lazy(lazy) => Ok(Array::from_delayed(lazy.clone(), shape, dtype)),
        _ => bail!(RuntimeError: "the call was not put off"),
    }
}

/// Calls a function for each chunk; other arrays go along chunk by chunk.
fn map_blocks(
    context: &Context,
    function: &Value,
    args: Vec<Value>,
    dtype: Option<DType>,
    chunks: Option<Vec<i64>>,
    keywords: Keywords,
) -> Result<Value> {
    let arrays: Vec<Array> = args.iter().filter_map(|arg| arg.get::<Array>().cloned()).collect();
    let Some(first) = arrays.first() else {
        bail!(TypeError: "map_blocks() needs a lazy array"; hint: "`da.from_array(x)` makes one");
    };
    for other in &arrays {
        if other.chunks() != first.chunks() {
            bail!(
                "the arrays are cut into different chunks: {} and {}", first.chunks(), other.chunks();
                hint: "`x.rechunk(y.chunks)` cuts one as the other"
            );
        }
    }
    let with = |make: &mut dyn FnMut(usize) -> Value| {
        let mut at = 0;
        let mut swap = |arg: &Value| match arg.get::<Array>() {
            Some(_) => {
                at += 1;
                make(at - 1)
            }
            None => arg.clone(),
        };
        Args { positional: args.iter().map(&mut swap).collect(), keywords: keywords.0.clone() }
    };
    let dtype = match dtype {
        Some(dtype) => dtype,
        None => {
            // As Dask does: what comes of a small piece says what comes of the large ones.
            let small = |at: usize| {
                let array: &Array = &arrays[at];
                Value::object(NdArray::new(Chunk::full(&vec![1; array.ndim()], Scalar::one(array.dtype()))))
            };
            let tried = context.call(function, with(&mut |at| small(at)))?;
            Operand::try_from_value(&tried)?.dtype()
        }
    };
    let all = arrays.iter().map(blocks).collect::<Result<Vec<_>>>()?;
    let mut made = Vec::with_capacity(all[0].len());
    for (n, block) in all[0].iter().enumerate() {
        let call = put_off(context, function, with(&mut |at| Value::lazy(all[at][n].clone())))?;
        let shape: Vec<usize> = match &chunks {
            Some(sizes) => sizes.iter().map(|&size| size.max(0) as usize).collect(),
            None => block.shape().to_vec(),
        };
        if shape.len() != first.ndim() {
            bail!(
                NotImplementedError: "the chunks of map_blocks() keep their number of axes, got {} for {}", shape.len(), first.ndim();
                hint: "keep an axis of length 1, and `.squeeze()` afterwards"
            );
        }
        made.push(from_call(&call, &shape, dtype)?);
    }
    Ok(Value::lazy(joined(made, &first.numblocks())?.named("map_blocks")))
}

/// Where the bins of a histogram end: the edges, and what is shown of them.
fn edges(bins: &Value, range: Option<(f64, f64)>) -> Result<(Vec<f64>, Value)> {
    if let Some(n) = i64::from_value(bins) {
        if n < 1 {
            bail!("`bins` must be positive, when an integer");
        }
        let (low, high) = range.unwrap_or((0.0, 1.0));
        if !(low.is_finite() && high.is_finite()) {
            bail!("supplied range of [{low}, {high}] is not finite");
        }
        if low > high {
            bail!("max must be larger than min in range parameter.");
        }
        let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
        let step = (high - low) / n as f64;
        let mut edges: Vec<f64> = (0..=n).map(|at| at as f64 * step + low).collect();
        edges[n as usize] = high;
        let shown = Value::object(NdArray::new(Chunk::from_vec(&[edges.len()], edges.clone())));
        return Ok((edges, shown));
    }
    let chunk = nested::chunk(bins, None)?;
    let edges = chunk.to_vec::<f64>();
    if chunk.ndim() != 1 || edges.len() < 2 {
        bail!("`bins` is a number of bins, or a row of at least two edges");
    }
    if edges.windows(2).any(|pair| pair[0] > pair[1]) {
        bail!("`bins` must increase monotonically, when an array");
    }
    Ok((edges, Value::object(NdArray::new(chunk))))
}

/// How many numbers lie in each bin; the last one has its right edge in it.
fn counted(numbers: &[f64], edges: &[f64]) -> Vec<i64> {
    let n = edges.len() - 1;
    let mut counts = vec![0; n];
    let (low, high) = (edges[0], edges[n]);
    let even = n as f64 / (high - low);
    for &number in numbers {
        if !(low <= number && number <= high) {
            continue;
        }
        // Mostly bins are even; a guess that is wrong by one is put right by the edges themselves.
        let guess = (((number - low) * even) as usize).min(n - 1);
        let fits = |at: usize| edges[at] <= number && (number < edges[at + 1] || at == n - 1);
        let at = match fits(guess) {
            true => guess,
            false => edges[1..n].partition_point(|&edge| edge <= number),
        };
        counts[at] += 1;
    }
    counts
}

fn histogram(context: &Context, a: &Value, bins: &Value, range: Option<Vec<f64>>, density: bool) -> Result<Value> {
    let range = match range.as_deref() {
        None => None,
        Some(&[low, high]) => Some((low, high)),
        Some(other) => bail!("`range` is the smallest and the largest, got {} numbers", other.len()),
    };
    let array = match Operand::try_from_value(a)? {
        Operand::Lazy(array) => array,
        operand => {
            let numbers = match &operand {
                Operand::Eager(chunk) => chunk.to_vec::<f64>(),
                _ => nested::chunk(a, None)?.to_vec::<f64>(),
            };
            let own = || {
                let least = numbers.iter().copied().reduce(f64::min)?;
                Some((least, numbers.iter().copied().reduce(f64::max)?))
            };
            let (edges, shown) = edges(bins, range.or_else(own))?;
            let counts = counted(&numbers, &edges);
            let chunk = match density {
                false => Chunk::from_vec(&[counts.len()], counts),
                true => {
                    let total = counts.iter().sum::<i64>() as f64;
                    let share = |(&count, pair): (&i64, &[f64])| count as f64 / (pair[1] - pair[0]) / total;
                    let shares: Vec<f64> = counts.iter().zip(edges.windows(2)).map(share).collect();
                    Chunk::from_vec(&[shares.len()], shares)
                }
            };
            return Ok(Value::tuple([Value::object(NdArray::new(chunk)), shown]));
        }
    };
    if i64::from_value(bins).is_some() && range.is_none() {
        bail!(
            "dask.array.histogram requires either specifying bins as an iterable or specifying both a range and the number of bins";
            hint: "such as `da.histogram(x, bins=100, range=[-3, 3])`"
        );
    }
    let (edges, shown) = edges(bins, range)?;
    let Some(function) = context.shared.library.import("numpy")?.get("histogram") else {
        bail!(RuntimeError: "numpy.histogram is not at hand here");
    };
    let n = edges.len() - 1;
    let mut counts = Vec::new();
    for block in blocks(&array)? {
        let call = put_off(context, &function, Args::of([Value::lazy(block), shown.clone()]))?;
        let own = operators::item(context, &call, &Value::Int(0))?;
        counts.push(from_call(&own, &[n], DType::I64)?);
    }
    let counts = Array::stack(&counts, 0)?.reduce(Reduction::Sum, Some(&[0]), false, None, None)?;
    let counts = match density {
        false => counts,
        true => {
            let widths = edges.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<f64>>();
            let widths = super::operand::eager_array(&Chunk::from_vec(&[n], widths))?;
            let total = counts.reduce(Reduction::Sum, None, false, None, None)?;
            counts.binary(BinaryFunc::Divide, &widths)?.binary(BinaryFunc::Divide, &total)?
        }
    };
    Ok(Value::tuple([Value::lazy(counts.named("histogram")), shown]))
}

builtins! {
    /// How many elements lie in each of several bins; and the edges of the bins.
    ///
    /// ```rdk
    /// np.histogram([1, 2, 1], bins=[0, 1, 2, 3])
    /// #> (array([0, 2, 1]), array([0, 1, 2, 3]))
    /// h, edges = da.histogram(da.arange(10, chunks=4), bins=5, range=[0, 10])
    /// h.compute()
    /// #> array([2, 2, 2, 2, 2])
    /// ```
    fn histogram[context](
        /// The array. A lazy one needs `range`, or edges in `bins`.
        a: Value,
        /// How many bins, or their edges.
        bins: Value = 10,
        /// The smallest and the largest number; those of the array if left out.
        range: Option<Vec<f64>>,
        /// Shares of the whole for each unit of width, in place of counts?
        density: Option<bool>,
    ) -> Result<Value> { histogram(context, &a, &bins, range, density.unwrap_or(false)) }
}

/// `da.map_blocks`
pub mod functions {
    use super::*;

    builtins! {
        /// Calls a function for each chunk; what it gives are the chunks of the result.
        ///
        /// ```rdk
        /// da.map_blocks(lambda x, y: x + 10 * y, da.arange(4, chunks=2), da.ones(4, chunks=2)).compute()
        /// #> array([10., 11., 12., 13.])
        /// ```
        fn map_blocks[context](
            /// Takes a chunk of each array as an array in memory.
            func: Value,
            /// Lazy arrays cut alike, and whatever else the function takes.
            args: Rest,
            /// The type of the result; if left out a small piece is tried.
            dtype: Option<DTypeArg>,
            /// The shape of each chunk of the result; that of the array's chunks if left out.
            chunks: Option<Vec<i64>>,
            /// Has no effect.
            name: Option<Value>,
            /// Has no effect.
            meta: Option<Value>,
            /// What the function takes by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = (name, meta);
            map_blocks(context, &func, args.0, dtype.map(|dtype| dtype.0), chunks, kwargs)
        }
    }
}

/// `x.map_blocks`
pub mod methods {
    use super::*;

    builtins! {
        /// Calls a function for each chunk; what it gives are the chunks of the result.
        ///
        /// ```rdk
        /// da.ones(4, chunks=2).map_blocks(lambda x: x * len(x)).compute()
        /// #> array([2., 2., 2., 2.])
        /// ```
        fn map_blocks[context](
            /// The array.
            this: Value,
            /// Takes a chunk as an array in memory.
            func: Value,
            /// What else the function takes.
            args: Rest,
            /// The type of the result; if left out a small piece is tried.
            dtype: Option<DTypeArg>,
            /// The shape of each chunk of the result; that of the array's chunks if left out.
            chunks: Option<Vec<i64>>,
            /// Has no effect.
            name: Option<Value>,
            /// Has no effect.
            meta: Option<Value>,
            /// What the function takes by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = (name, meta);
            let args = std::iter::once(this).chain(args.0).collect();
            map_blocks(context, &func, args, dtype.map(|dtype| dtype.0), chunks, kwargs)
        }
    }
}

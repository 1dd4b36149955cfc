//! Chunks put together anew: `shuffle`, `reshape_blockwise`, `unify_chunks`, and `view`, which reads their bytes as another type.

use std::collections::BTreeMap;

use rdk_runtime::convert::describe;
use rdk_runtime::{Args, FromValue, Keywords, Rest, Result, Value, bail, builtins, show};
use serde::{Deserialize, Serialize};

use super::operand::{Operand, lazy_value};
use super::parameters::{Lengths, ShapeArg};
use super::properties::Lazy;
use crate::array::Array;
use crate::chunk::Chunk;
use crate::chunks::settings::tolerance;
use crate::chunks::{AxisChunks, Chunks, ChunksSpec, Normalize, common};
use crate::dtype::DType;
use crate::eager::DTypeArg;
use crate::kernel::Stop;
use crate::lower::view::{nth, number};
use crate::plan::{Step, StepCall, in_range};
use crate::shape::{self, Shape};

/// Groups of positions that come to lie in one chunk.
struct Groups(Vec<Vec<i64>>);

impl FromValue for Groups {
    fn expected() -> &'static str {
        "a list of lists of positions"
    }

    fn from_value(value: &Value) -> Option<Groups> {
        Groups::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Groups> {
        let Some(groups) = value.items() else {
            bail!("indexer must be a list of lists of positional indices, got {}", describe(value));
        };
        let group = |group: &Value| match group.items() {
            Some(_) => Vec::<i64>::try_from_value(group),
            None => bail!("indexer must be a list of lists of positional indices, got {} in it", describe(group)),
        };
        groups.iter().map(group).collect::<Result<_>>().map(Groups)
    }
}

/// The elements of an axis in another order, where each group lies in one chunk.
fn shuffled(array: &Array, groups: &[Vec<i64>], axis: i64) -> Result<Array> {
    let array = array.sized()?;
    let axis = shape::axis(axis, array.ndim())?;
    let length = array.shape()[axis];
    let longest = groups.iter().map(Vec::len).max().unwrap_or(0);
    if longest == 0 {
        bail!("indexer must name at least one position"; hint: "such as `[[0, 2], [1]]`");
    }
    for &position in groups.iter().flatten() {
        if position >= length as i64 {
            bail!(IndexError: "Indexer contains out of bounds index. Dimension only has {length} elements.");
        }
        in_range(position, axis, length)?;
    }
    let tolerance = tolerance()?;
    let most = array.chunksize()[axis];
    let array = match longest as f64 <= most as f64 * tolerance {
        true => array,
        false => narrowed(&array, &[axis], longest, tolerance),
    };
    let count = array.chunks().0[axis].count();
    let limit = (length as f64 / count as f64 * tolerance) as usize;
    // Groups are put together as long as a chunk does not become too large.
    let (mut sizes, mut current) = (Vec::new(), 0);
    for group in groups.iter().map(Vec::len) {
        if current + group > limit && current > 0 {
            sizes.push(current);
            current = group;
        } else {
            current += group;
            if current as f64 > limit as f64 / tolerance {
                sizes.push(current);
                current = 0;
            }
        }
    }
    if current > 0 {
        sizes.push(current);
    }
    let positions = groups.iter().flatten().map(|&at| if at < 0 { at + length as i64 } else { at } as usize);
    let shuffled = array.take_into(positions.collect(), axis, AxisChunks::listed(sizes))?;
    Ok(shuffled.named("shuffle"))
}

/// With smaller chunks along the other axes, where chunks of so many elements along these would be larger than they are now.
pub(super) fn narrowed(array: &Array, axes: &[usize], each: usize, tolerance: f64) -> Array {
    let largest = array.chunksize();
    let most = largest.iter().product::<usize>().max(1) as f64;
    let mut grid: Vec<Vec<usize>> = array.chunks().0.iter().map(|axis| axis.sizes().collect()).collect();
    let mut open: Vec<usize> = (0..array.ndim()).filter(|other| !axes.contains(other)).collect();
    let widest = |grid: &[Vec<usize>], at: usize| grid[at].iter().copied().max().unwrap_or(1).max(1) as f64;
    while !open.is_empty() {
        let others: f64 = (0..array.ndim()).filter(|at| !axes.contains(at)).map(|at| widest(&grid, at)).product();
        let growth = others * each as f64 / most;
        if growth <= 1.0 {
            break;
        }
        let by = growth.powf(1.0 / open.len() as f64);
        for at in open.clone() {
            let limit = widest(&grid, at) / by;
            let cut = |size: usize| -> Vec<usize> {
                if size as f64 <= tolerance * limit {
                    return vec![size];
                }
                let pieces = ((size as f64 / limit).ceil() as usize).min(size).max(1);
                (0..pieces).map(|piece| size / pieces + usize::from(piece < size % pieces)).collect()
            };
            let sizes: Vec<usize> = array.chunks().0[at].sizes().flat_map(cut).collect();
            if sizes == grid[at] || sizes.iter().all(|&size| size <= 1) {
                open.retain(|&other| other != at);
            }
            grid[at] = sizes;
        }
    }
    array.regridded(grid.into_iter().map(AxisChunks::listed).collect())
}

/// Each chunk in the shape of the chunk with the same number of another grid.
#[derive(Debug, Serialize, Deserialize)]
struct ReshapeChunks {
    from: Shape,
    to: Chunks,
}

fn parameters(step: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(step).expect("plain data can be written to memory")
}

impl Step for ReshapeChunks {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.reshape_chunks", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, rdk_graph::Index)> {
        vec![(0, nth(&self.from, number(&self.to.counts(), index)).into_iter().collect())]
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        Ok(call.inputs[0].contiguous().reshape(&self.to.chunk_shape(call.index)))
    }
}

/// Every chunk reshaped by itself: elements do not come in the order in which NumPy's `reshape` gives them.
fn reshaped_by_chunks(array: &Array, lengths: &[i64], chunks: Option<&Value>) -> Result<Array> {
    let array = array.sized()?;
    let shape = shape::reshaped(array.shape(), lengths)?;
    if shape[..] == *array.shape() {
        return Ok(array);
    }
    let grid = match (shape.len() > array.ndim(), chunks) {
        (true, None) => {
            bail!(TypeError: "Need to specify chunks if expanding dimensions."; hint: "such as the `chunks` of the array before it was flattened")
        }
        (true, Some(chunks)) => sizes_given(chunks, &shape)?,
        (false, Some(_)) => bail!("Setting chunks is not allowed when reducing the number of dimensions."),
        (false, None) => merged(&array, &shape)?,
    };
    let (from, to) = (array.numblocks(), grid.counts());
    let unequal = grid.count() != array.npartitions()
        || (0..grid.count().min(1 << 20) as usize).any(|at| {
            let size = |shape: &[usize]| shape.iter().product::<usize>();
            size(&grid.chunk_shape(&nth(&to, at))) != size(&array.chunks().chunk_shape(&nth(&from, at)))
        });
    if unequal {
        bail!(
            "Chunk sizes do not match for the following chunks: {} chunks of {} become {} of {}",
            array.npartitions(),
            shape::show(array.shape()),
            grid.count(),
            shape::show(&shape)
        );
    }
    let dtype = array.dtype();
    let step = ReshapeChunks { from, to: grid.clone() };
    Ok(Array::step("reshape-blockwise", step, [array], grid, dtype))
}

/// The sizes of chunks, listed axis by axis.
fn sizes_given(chunks: &Value, shape: &[usize]) -> Result<Chunks> {
    let axes = chunks.items().unwrap_or_default();
    let sizes = axes.iter().map(Vec::<usize>::try_from_value).collect::<Result<Vec<_>>>()?;
    let lengths: Vec<usize> = sizes.iter().map(|sizes| sizes.iter().sum()).collect();
    if lengths != shape {
        bail!("chunks do not add up to the shape: {} and {}", shape::show(&lengths), shape::show(shape));
    }
    Ok(sizes.into_iter().map(AxisChunks::listed).collect())
}

/// The grid in which neighbouring axes have become one: its chunks are those of all, one after the other.
fn merged(array: &Array, shape: &[usize]) -> Result<Chunks> {
    let axes = &array.chunks().0;
    super::create::room_for_positions(array.npartitions())?;
    let mut grid = Chunks::default();
    let mut at = 0;
    for (place, &length) in shape.iter().enumerate() {
        let mut sizes = vec![1];
        let (mut size, start) = (1, at);
        // Axes of length 1 at the end join the last one.
        while at < axes.len() && (at == start || size < length || place + 1 == shape.len()) {
            size *= axes[at].length();
            sizes = sizes.iter().flat_map(|&before| axes[at].sizes().map(move |own| before * own)).collect();
            at += 1;
        }
        if size != length {
            bail!(
                NotImplementedError: "reshape_blockwise not supported for {} to {}", shape::show(array.shape()), shape::show(shape);
                hint: "neighbouring axes can become one; `reshape` makes any shape"
            );
        }
        grid.0.push(AxisChunks::listed(sizes));
    }
    Ok(grid)
}

/// The bytes of elements as elements of another type.
#[derive(Debug, Serialize, Deserialize)]
struct View {
    to: DType,
}

impl Step for View {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.view", parameters(self))
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let chunk = &call.inputs[0];
        let mut shape: Shape = chunk.shape().into();
        if let Some(last) = shape.last_mut() {
            *last = *last * chunk.dtype().size() / self.to.size();
        }
        Ok(crate::bytes::chunk(self.to, &shape, &crate::bytes::of_chunk(chunk)))
    }
}

/// The same bytes as elements of another type; the last axis becomes longer or shorter.
fn viewed(array: &Array, to: DType) -> Result<Array> {
    let (old, new) = (array.dtype().size(), to.size());
    let mut chunks = array.chunks().clone();
    if old != new {
        let array = array.sized()?;
        let Some(last) = chunks.0.last_mut() else {
            bail!("Changing the dtype of a 0d array is only supported if the itemsize is unchanged");
        };
        let fits = |size: usize| (size * old).is_multiple_of(new);
        if let Some(wrong) = last.sizes().find(|&size| !fits(size)) {
            bail!(
                "Could not coerce {} to integer: a chunk of {wrong} elements of {old} bytes is no whole number of {new} bytes", (wrong * old) as f64 / new as f64;
                hint: "rechunk the last axis first: its length in bytes is {}", array.shape()[array.ndim() - 1] * old
            );
        }
        *last = AxisChunks::listed(last.sizes().map(|size| size * old / new).collect::<Vec<_>>());
    }
    Ok(Array::step("view", View { to }, [array.clone()], chunks, to))
}

/// An array with the labels of its axes; `None` for what has none.
type Labelled = Option<(Array, Vec<Value>)>;

/// Arrays cut alike along axes of the same label.
fn unified(args: &[Value]) -> Result<Value> {
    if !args.len().is_multiple_of(2) {
        bail!("unify_chunks() takes pairs of an array and its labels"; hint: "such as `da.unify_chunks(x, \"ij\", y, \"jk\")`");
    }
    let mut pairs: Vec<(Value, Labelled)> = Vec::new();
    for pair in args.chunks(2) {
        let labels = match &pair[1] {
            Value::None => None,
            Value::Str(text) => Some(text.chars().map(|label| Value::str(label.to_string())).collect()),
            other => match other.items() {
                Some(items) => Some(items),
                None => bail!(TypeError: "expected labels of axes such as \"ij\", got {}", describe(other)),
            },
        };
        let Some(labels) = labels else {
            pairs.push((pair[0].clone(), None));
            continue;
        };
        let array = Operand::try_from_value(&pair[0])?.array()?.sized()?;
        if labels.len() != array.ndim() {
            bail!("an array of {} dimensions has {} labels", array.ndim(), labels.len());
        }
        pairs.push((pair[0].clone(), Some((array, labels))));
    }
    let mut order: Vec<(String, Value)> = Vec::new();
    let mut axes: BTreeMap<String, Vec<AxisChunks>> = BTreeMap::new();
    for (array, labels) in pairs.iter().filter_map(|(_, pair)| pair.as_ref()) {
        for (label, axis) in labels.iter().zip(&array.chunks().0) {
            let name = show::text(label);
            if !axes.contains_key(&name) {
                order.push((name.clone(), label.clone()));
            }
            axes.entry(name).or_default().push(axis.clone());
        }
    }
    let mut grids: BTreeMap<String, AxisChunks> = BTreeMap::new();
    for (name, axes) in &axes {
        let long: Vec<&AxisChunks> = axes.iter().filter(|axis| axis.length() != 1).collect();
        if let Some(pair) = long.windows(2).find(|pair| pair[0].length() != pair[1].length()) {
            bail!(
                "Chunks do not add up to same value: lengths {} and {} along `{name}`",
                pair[0].length(),
                pair[1].length()
            );
        }
        let of_all = if long.is_empty() { common(axes) } else { common(long) };
        grids.extend(of_all.map(|grid| (name.clone(), grid)));
    }
    let cut = |(given, pair): &(Value, Labelled)| {
        let Some((array, labels)) = pair else { return given.clone() };
        let own = |(label, axis): (&Value, &AxisChunks)| match grids.get(&show::text(label)) {
            Some(grid) if axis.length() == grid.length() => grid.clone(),
            _ => axis.clone(),
        };
        lazy_value(array.regridded(labels.iter().zip(&array.chunks().0).map(own).collect()))
    };
    let sizes = |axis: &AxisChunks| Value::tuple(axis.sizes().map(Value::from));
    let chunks = order.iter().filter_map(|(name, _)| Some((name.clone(), sizes(grids.get(name)?))));
    Ok(Value::tuple([Value::dict(chunks), Value::list(pairs.iter().map(cut))]))
}

builtins! {
    /// The elements along an axis in another order, by groups of positions that come to lie in one chunk.
    ///
    /// ```rdk
    /// x = da.arange(8, chunks=4)
    /// y = da.shuffle(x, [[6, 5, 2], [4, 1], [3, 0, 7]], axis=0)
    /// y.compute(), y.chunks
    /// #> (array([6, 5, 2, 4, 1, 3, 0, 7]), ((5, 3),))
    /// ```
    fn shuffle(
        /// The array.
        x: Lazy,
        /// Lists of positions; each ends up in one chunk, which may hold several of them.
        indexer: Groups,
        /// Along which axis.
        axis: i64,
        /// Only "auto": where groups are long, chunks become shorter along the other axes.
        chunks: String = "auto",
    ) -> Result<Value> {
        if chunks != "auto" {
            bail!("Only auto is supported for now, got `chunks={chunks:?}`"; hint: "`y.rechunk(…)` cuts the result as you like");
        }
        Ok(lazy_value(shuffled(&x.0, &indexer.0, axis)?))
    }
}

/// Those that are functions only.
pub mod functions {
    use super::*;

    builtins! {
        /// Every chunk in another shape by itself: fast, but not in the order of `reshape`.
        ///
        /// ```rdk
        /// x = da.arange(8, chunks=8).reshape((2, 4)).rechunk((2, 2))
        /// da.reshape_blockwise(x, (8,)).compute()
        /// #> array([0, 1, 4, 5, 2, 3, 6, 7])
        /// ```
        fn reshape_blockwise(
            /// The array.
            x: Operand,
            /// The new shape; neighbouring axes become one, or one becomes several.
            shape: Lengths,
            /// For each axis the lengths of the chunks; needed where there are more axes than before.
            chunks: Option<Value>,
        ) -> Result<Value> {
            Ok(lazy_value(reshaped_by_chunks(&x.array()?, &shape.0, chunks.as_ref().filter(|chunks| !chunks.is_none()))?))
        }

        /// Arrays cut alike along axes of the same label; with the lengths of the chunks by label.
        ///
        /// ```rdk
        /// x, y = da.ones(4, chunks=2), da.ones(4, chunks=3)
        /// chunks, (x, y) = da.unify_chunks(x, "i", y, "i")
        /// chunks, y.chunks
        /// #> ({'i': (2, 1, 1)}, ((2, 1, 1),))
        /// ```
        fn unify_chunks(/** Arrays, each with the labels of its axes. */ args: Rest, /** Has no effect. */ warn: bool = true) -> Result<Value> {
            let _ = warn;
            unified(&args.0)
        }
    }
}

/// Those of `dask.array.core` alone.
pub mod core {
    use super::super::blocks::{self, mapping};
    use super::*;

    builtins! {
        /// A function of elements, of arrays that are stretched together.
        ///
        /// ```rdk
        /// da.core.elemwise(lambda a, b: a + 2 * b, da.arange(3, chunks=2), 10).compute()
        /// #> array([20, 21, 22])
        /// ```
        fn elemwise[context](
            /// One of NumPy's functions, or one that takes chunks as arrays in memory.
            op: Value,
            /// The arrays, and whatever else the function takes.
            args: Rest,
            /// `dtype` and `name` of the result, and what the function takes by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            if let Value::Builtin(_) = &op {
                let keywords = kwargs.0.into_iter().filter(|(name, _)| &**name != "name").collect();
                return context.call(&op, Args { positional: args.0.into_iter().collect(), keywords });
            }
            Ok(blocks::map_blocks(context, &op, &args.0, mapping(kwargs)?)?.value())
        }

        /// The lengths of the chunks that a word about them comes to.
        ///
        /// ```rdk
        /// da.core.normalize_chunks(5, (10,)), da.core.normalize_chunks("auto", (20000, 20000), dtype="f8")[0][0]
        /// #> (((5, 5),), 4096)
        /// ```
        fn normalize_chunks(
            /// What `chunks=` takes.
            chunks: Value,
            /// The shape of the array; left out where all lengths are given.
            shape: Option<ShapeArg>,
            /// How many bytes a chunk may have at most, where it is "auto".
            limit: Option<u64>,
            /// The type of the elements, which "auto" depends on.
            dtype: Option<DTypeArg>,
            /// The lengths of the chunks that there were.
            previous_chunks: Option<Value>,
        ) -> Result<Value> {
            let lengths = |value: &Value| -> Result<Vec<Vec<usize>>> {
                value.items().unwrap_or_default().iter().map(Vec::<usize>::try_from_value).collect()
            };
            let shape = match shape {
                Some(shape) => shape.0.to_vec(),
                None => lengths(&chunks)?.iter().map(|axis| axis.iter().sum()).collect(),
            };
            let previous: Option<Chunks> = match previous_chunks.filter(|previous| !previous.is_none()) {
                Some(previous) => Some(lengths(&previous)?.into_iter().map(AxisChunks::listed).collect()),
                None => None,
            };
            let item_size = dtype.map_or(8, |dtype| dtype.0.size());
            let request = Normalize { shape: &shape, item_size, previous: previous.as_ref(), limit };
            let grid = ChunksSpec::try_from_value(&chunks)?.normalize(&request)?;
            Ok(Value::tuple(grid.0.iter().map(|axis| Value::tuple(axis.sizes().map(Value::from)))))
        }

        /// For each chunk the slices that cut it out of the array.
        ///
        /// ```rdk
        /// da.core.slices_from_chunks(((2, 1),))
        /// #> [(slice(0, 2, None),), (slice(2, 3, None),)]
        /// ```
        fn slices_from_chunks(/** For each axis the lengths of the chunks. */ chunks: Value) -> Result<Value> {
            let axes = chunks.items().unwrap_or_default();
            let sizes = axes.iter().map(Vec::<usize>::try_from_value).collect::<Result<Vec<_>>>()?;
            let grid: Chunks = sizes.into_iter().map(AxisChunks::listed).collect();
            super::super::create::room_for_positions(grid.count())?;
            let counts = grid.counts();
            let slice = |(start, length): (&usize, &usize)| {
                let end = |at: usize| Value::Int(at as i64);
                Value::Slice(std::sync::Arc::new(rdk_runtime::Slice { start: end(*start), stop: end(start + length), step: Value::None }))
            };
            let of = |at: usize| {
                let index = nth(&counts, at);
                Value::tuple(grid.chunk_start(&index).iter().zip(&grid.chunk_shape(&index)).map(slice))
            };
            Ok(Value::list((0..grid.count() as usize).map(of)))
        }
    }
}

/// Those that are methods only.
pub mod methods {
    use super::*;

    builtins! {
        /// The same bytes as elements of another type; the last axis becomes longer or shorter.
        ///
        /// ```rdk
        /// da.ones(2, chunks=1, dtype="i4").view("u1").compute()
        /// #> array([1, 0, 0, 0, 1, 0, 0, 0], dtype=uint8)
        /// ```
        fn view(
            /// The array.
            this: Lazy,
            /// The type; its own if left out.
            dtype: Option<DTypeArg>,
            /// "C": the last axis is the one that changes; "F": the first.
            order: String = "C",
        ) -> Result<Value> {
            let to = dtype.map_or(this.0.dtype(), |dtype| dtype.0);
            let array = match &order[..] {
                "C" => viewed(&this.0, to)?,
                "F" => viewed(&this.0.transpose(None)?, to)?.transpose(None)?,
                other => bail!("Order must be one of 'C' or 'F', got {other:?}"),
            };
            Ok(lazy_value(array))
        }

        /// The boxes of the chunks as a picture, in SVG.
        fn to_svg(
            /// The array.
            this: Lazy,
            /// Has no effect: the picture has the size that cells show it in.
            size: i64 = 500,
        ) -> Result<String> {
            let _ = size;
            if this.0.ndim() == 0 {
                bail!(NotImplementedError: "Can't generate SVG with 0-length dimensions"; hint: "an array without axes has no boxes");
            }
            let picture = match rdk_runtime::Object::summary(&this.0) {
                rdk_summary::Summary::Card(card) => card.picture,
                _ => None,
            };
            match picture {
                Some(picture) => Ok(rdk_summary::svg::grid_svg(&picture)),
                None => bail!(NotImplementedError: "the array has too many chunks to be drawn"),
            }
        }

        /// The array itself: its chunks are NumPy's.
        fn to_backend(
            /// The array.
            this: Lazy,
            /// Only "numpy".
            backend: Option<String>,
        ) -> Result<Value> {
            match backend.as_deref() {
                None | Some("numpy") => Ok(lazy_value(this.0)),
                Some(other) => bail!("No backend dispatch registered for {other}"; hint: "chunks are NumPy's arrays: \"numpy\""),
            }
        }
    }
}

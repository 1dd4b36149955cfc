//! Functions called for each chunk of lazy arrays: `map_blocks`, `blockwise`, `reduction`.

use std::sync::Arc;

use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Keywords, Name, Rest, Result, Value, bail, builtins};

use super::masked;
use super::masked::calls::{Mapped, Slot, halves, is_masked, minding};
use super::operand::{Operand, lazy_value};
use super::parameters::Axes;
use super::unsized_object::Unsized;
use crate::array::Array;
use crate::blocks::{Along, Block, Callee, Calling, Given, Info, Made};
use crate::chunks::{AxisChunks, Chunks, common, unify};
use crate::dtype::DType;
use crate::eager::DTypeArg;
use crate::{place, shape};

/// How `map_blocks` is to be done, apart from what with what.
#[derive(Default)]
pub(super) struct Mapping {
    /// What the result is called as a whole.
    pub name: Option<String>,
    /// What the layer is called.
    pub token: Option<String>,
    /// The type of the result.
    pub dtype: Option<DType>,
    /// How large its chunks are.
    pub chunks: Option<Value>,
    /// Axes of the input that the result does not have.
    pub drop_axis: Vec<i64>,
    /// Axes of the result that the input does not have.
    pub new_axis: Vec<i64>,
    /// What the function takes by name.
    pub keywords: Vec<(Name, Value)>,
}

/// The type of what a function gives, by trying it.
pub(super) fn tried_type(context: &Context, calling: &Calling, grid: &Chunks) -> Result<DType> {
    Ok(Operand::try_from_value(&tried(context, calling, grid)?)?.dtype())
}

/// What a function gives where it is tried.
fn tried(context: &Context, calling: &Calling, grid: &Chunks) -> Result<Value> {
    let value = match calling.tried(context, grid, true) {
        Ok(value) => value,
        // What is too small for the function may be right as large as chunks are.
        Err(small) => match calling.tried(context, grid, false) {
            Ok(value) => value,
            Err(_) => {
                return Err(small.hint("it was tried with an array of ones; with `dtype=` it is not tried".to_string()));
            }
        },
    };
    place::note(context);
    Ok(value)
}

/// A size that nobody knows: NaN.
fn is_unknown(size: &Value) -> bool {
    f64::from_value(size).is_some_and(f64::is_nan)
}

/// The sizes of chunks that a user gave for a result of so many chunks along each axis, and along which axes they are not known: there the
/// sizes of the input stand for them.
fn sizes(chunks: &Value, input: &Chunks, counts: &[usize]) -> Result<(Chunks, Vec<usize>)> {
    let items = match chunks.items() {
        Some(items) => items,
        None => vec![chunks.clone()],
    };
    if items.len() != counts.len() {
        bail!("Provided chunks have {} dims; expected {} dims", items.len(), counts.len());
    }
    let (mut grid, mut unknown) = (Chunks::default(), Vec::new());
    for (at, (item, &count)) in items.iter().zip(counts).enumerate() {
        let sizes = item.items();
        if let Some(sizes) = &sizes
            && sizes.len() != count
        {
            bail!("Dimension {at} has {count} blocks, chunks specified with {} blocks", sizes.len());
        }
        grid.0.push(match (i64::from_value(item), sizes) {
            (Some(size @ 0..), _) => AxisChunks::listed(vec![size as usize; count]),
            (None, None) if is_unknown(item) => {
                unknown.push(at);
                input.0[at].clone()
            }
            (None, Some(sizes)) if sizes.iter().any(is_unknown) => {
                unknown.push(at);
                input.0[at].clone()
            }
            (None, Some(sizes)) => {
                AxisChunks::listed(sizes.iter().map(usize::try_from_value).collect::<Result<Vec<_>>>()?)
            }
            _ => bail!(TypeError: "expected a chunk size or a tuple of sizes, got {}", describe(item)),
        });
    }
    Ok((grid, unknown))
}

/// Which of the two keywords a function wants to be given.
fn wanted(callee: &Callee) -> Info {
    Info { id: callee.takes("block_id"), info: callee.takes("block_info") }
}

/// The lazy array that an argument is, with its lengths.
pub(super) fn lazy_array(arg: &Value) -> Result<Option<Array>> {
    match arg.get::<Unsized>() {
        Some(array) => array.0.sized().map(Some),
        None => Ok(arg.get::<Array>().cloned()),
    }
}

/// The grid of several arrays whose chunks go along one by one although their lengths do not; `None` if not even their counts do.
fn by_counts(arrays: &[Array]) -> Option<Chunks> {
    let n_axes = arrays.iter().map(Array::ndim).max()?;
    let along = |axis: usize| {
        let own = || arrays.iter().filter_map(|array| array.chunks().0.iter().rev().nth(axis));
        let most = own().max_by_key(|chunks| (chunks.count(), chunks.length()))?;
        own().all(|chunks| chunks.count() == most.count() || chunks.count() == 1).then(|| most.clone())
    };
    let mut axes = (0..n_axes).map(along).collect::<Option<Vec<_>>>()?;
    axes.reverse();
    Some(axes.into_iter().collect())
}

/// Calls a function for each chunk; other arrays go along chunk by chunk.
pub(super) fn map_blocks(context: &Context, function: &Value, args: &[Value], how: Mapping) -> Result<Mapped> {
    // A masked array is two.
    let (mut lazy, mut slots): (Vec<Vec<Array>>, Vec<Slot>) = (Vec::new(), Vec::new());
    for arg in args {
        let (arrays, slot) = match halves(arg)? {
            Some((halves, slot)) => (halves.to_vec(), slot),
            None => (lazy_array(arg)?.into_iter().collect(), Slot::Plain),
        };
        lazy.push(arrays);
        slots.push(slot);
    }
    let masked = slots.iter().any(|slot| matches!(slot, Slot::Masked(_)));
    let arrays: Vec<Array> = lazy.iter().flatten().cloned().collect();
    if arrays.is_empty() && how.chunks.is_none() {
        bail!(TypeError: "map_blocks() needs a lazy array"; hint: "`da.from_array(x)` makes one");
    }
    let grid = match shape::broadcast(&arrays.iter().map(Array::shape).collect::<Vec<_>>()) {
        Ok(_) => unify(&arrays.iter().map(Array::chunks).collect::<Vec<_>>()),
        Err(error) => by_counts(&arrays).ok_or(error)?,
    };
    let n = grid.0.len();
    let dropped = shape::axes(Some(&how.drop_axis), n)?;
    let kept: Vec<usize> = (0..n).filter(|axis| !dropped.contains(axis)).collect();
    // Chunks of more axes than there are say that the first ones are new.
    let listed = how.chunks.as_ref().and_then(Value::items).map_or(0, |items| items.len());
    let new_axis = match how.new_axis.is_empty() && !arrays.is_empty() && listed > kept.len() {
        true => (0..(listed - kept.len()) as i64).collect(),
        false => how.new_axis,
    };
    let n_out = kept.len() + new_axis.len();
    let new = shape::axes(Some(&new_axis), n_out)?;
    // Where each kept axis stands in the result.
    let places: Vec<usize> = (0..n_out).filter(|axis| !new.contains(axis)).collect();
    let along = |axis: usize| match kept.iter().position(|&other| other == axis) {
        Some(at) => Along::Same(places[at]),
        None => Along::All,
    };
    let block = |array: &Array| {
        let skipped = n - array.ndim();
        let mut own = Chunks::default();
        let mut alongs = Vec::with_capacity(array.ndim());
        for (axis, chunks) in array.chunks().0.iter().enumerate() {
            let whole = &grid.0[skipped + axis];
            let stretched =
                chunks.length() == 1 && whole.length() != 1 || chunks.count() == 1 && chunks.length() != whole.length();
            let apart = stretched || chunks.length() != whole.length();
            own.0.push(if apart { chunks.clone() } else { whole.clone() });
            alongs.push(if stretched && whole.count() > 1 { Along::Only } else { along(skipped + axis) });
        }
        Block { array: array.regridded(own), along: alongs, joined: true }
    };
    let blocks: Vec<Block> = arrays.iter().map(block).collect();
    let mut chunks: Chunks = (0..n_out).map(|_| AxisChunks::single(1)).collect();
    kept.iter().zip(&places).for_each(|(&axis, &at)| chunks.0[at] = grid.0[axis].clone());
    let mut unknown = Vec::new();
    if let Some(given) = &how.chunks {
        let counted: Chunks = counts_given(given).into_iter().map(|count| AxisChunks::even(count, 1)).collect();
        if arrays.is_empty() {
            chunks = counted;
        } else if counted.0.len() == n_out {
            new.iter().for_each(|&axis| chunks.0[axis] = counted.0[axis].clone());
        }
        let counts = chunks.counts();
        (chunks, unknown) = sizes(given, &chunks, &counts)?;
    }
    let (mut given, mut next) = (Vec::with_capacity(args.len()), 0);
    for (arg, arrays) in args.iter().zip(&lazy) {
        match arrays.len() {
            0 => given.push(Given::Value(arg.clone())),
            n => given.extend((next..next + n).map(Given::Block)),
        }
        next += arrays.len();
    }
    let callee = Callee::of(function);
    let info = wanted(&callee);
    let callee = if masked { minding(function, slots.clone(), false) } else { callee };
    let home = Arc::downgrade(&context.shared);
    let mut calling = Calling { callee, given, keywords: how.keywords, blocks, info, loops: None, pick: None, home };
    let (dtype, fill) = match how.dtype {
        Some(dtype) if !masked => (dtype, None),
        said => match (tried(context, &calling, &chunks), said) {
            (Ok(value), said) => (said.map_or_else(|| dtype_of(&value), Ok)?, is_masked(&value)),
            // What comes of masked chunks may well be masked.
            (Err(_), Some(dtype)) => (dtype, Some(None)),
            (Err(error), None) => return Err(error),
        },
    };
    let layer = how.token.unwrap_or_else(|| name_of(function));
    let name = how.name.as_deref();
    let Some(fill) = fill else {
        let data = calling.array_of_unknown(&layer, chunks, dtype, &unknown)?.called(name);
        return Ok(Mapped { data, mask: None, fill: None });
    };
    calling.callee = minding(function, slots, true);
    let made = |dtype| Made { chunks: chunks.clone(), dtype, unknown: unknown.clone() };
    let mut both = calling.arrays(&layer, chunks.clone(), vec![made(dtype), made(DType::Bool)]);
    let mask = both.pop();
    let data = both.pop().expect("elements and a mask");
    Ok(Mapped { data: data.called(name), mask, fill })
}

fn dtype_of(value: &Value) -> Result<DType> {
    Ok(masked::pair::Given::try_from_value(value)?.data.dtype())
}

/// Along axes that no array has, sizes have to be listed one by one.
fn counts_given(chunks: &Value) -> Vec<usize> {
    let items = chunks.items().unwrap_or_default();
    items.iter().map(|item| item.items().map_or(1, |sizes| sizes.len())).collect()
}

/// What Dask calls a layer that calls a function.
fn name_of(function: &Value) -> String {
    match function {
        Value::Function(function) if *function.name() == *"<lambda>" => "lambda".to_owned(),
        Value::Function(function) => function.name().to_string(),
        Value::Builtin(builtin) => builtin.name.to_owned(),
        _ => "map_blocks".to_owned(),
    }
}

/// Labels of axes: a text or a tuple.
fn labels(value: &Value) -> Result<Vec<String>> {
    match value {
        Value::Str(text) => Ok(text.chars().map(String::from).collect()),
        other => match other.items() {
            Some(items) => Ok(items.iter().map(rdk_runtime::show::text).collect()),
            None => bail!(TypeError: "expected labels of axes such as \"ij\", got {}", describe(other)),
        },
    }
}

/// The entries of a dict by label.
fn by_label(value: Option<&Value>) -> Result<Vec<(String, Value)>> {
    match value {
        None | Some(Value::None) => Ok(Vec::new()),
        Some(Value::Dict(dict)) => {
            let entries: Vec<(Value, Value)> =
                dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
            Ok(entries.into_iter().map(|(key, value)| (rdk_runtime::show::text(&key), value)).collect())
        }
        Some(other) => bail!(TypeError: "expected a dict from labels, got {}", describe(other)),
    }
}

/// What `blockwise` is given by keyword.
struct Blockwise {
    name: Option<String>,
    token: Option<String>,
    align_arrays: bool,
    dtype: Option<DType>,
    adjust_chunks: Option<Value>,
    new_axes: Option<Value>,
    concatenate: bool,
    keywords: Vec<(Name, Value)>,
}

fn blockwise(context: &Context, function: &Value, out: &Value, args: &[Value], how: Blockwise) -> Result<Array> {
    let out = labels(out)?;
    if !args.len().is_multiple_of(2) {
        bail!("blockwise() takes pairs of an array and its labels"; hint: "such as `da.blockwise(f, \"i\", x, \"i\")`");
    }
    let mut pairs = Vec::new();
    let mut given = Vec::new();
    for pair in args.chunks(2) {
        let array = Operand::plain(&pair[0]).filter(|operand| operand.ndim() > 0 || operand.is_lazy());
        match (array, pair[1].is_none()) {
            (Some(array), false) => {
                let (array, labels) = (array.array()?.sized()?, labels(&pair[1])?);
                if array.ndim() != labels.len() {
                    bail!("an array of {} dimensions has the labels {labels:?}", array.ndim());
                }
                given.push(Given::Block(pairs.len()));
                pairs.push((array, labels));
            }
            _ => given.push(Given::Value(pair[0].clone())),
        }
    }
    let new_axes = by_label(how.new_axes.as_ref())?;
    let grid_of = |label: &str| {
        let mut axes = pairs.iter().flat_map(|(array, labels)| {
            labels.iter().zip(&array.chunks().0).filter(|(other, _)| *other == label).map(|(_, axis)| axis)
        });
        // What is not aligned goes along chunk by chunk, however long chunks are.
        if how.align_arrays { common(axes) } else { axes.next().map(|first| axes.fold(first, longest)).cloned() }
    };
    for (array, labels) in &pairs {
        for (label, axis) in labels.iter().zip(&array.chunks().0) {
            let Some(whole) = grid_of(label) else { continue };
            if how.align_arrays && axis.length() != whole.length() && axis.length() != 1 {
                bail!("chunks do not align along `{label}`: lengths {} and {}", axis.length(), whole.length());
            }
            if !how.align_arrays && axis.count() != whole.count() && axis.count() != 1 {
                bail!("chunks do not align along `{label}`: there are {} and {}", axis.count(), whole.count());
            }
        }
    }
    let mut chunks = Chunks::default();
    for label in &out {
        let new = new_axes.iter().find(|(name, _)| name == label).map(|(_, size)| size);
        chunks.0.push(match (grid_of(label), new) {
            (Some(grid), _) => grid,
            (None, Some(size)) => match size.items() {
                Some(sizes) => AxisChunks::listed(sizes.iter().map(usize::try_from_value).collect::<Result<Vec<_>>>()?),
                None => AxisChunks::single(usize::try_from_value(size)?),
            },
            (None, None) => bail!("`{label}` is in the result but in no array"; hint: "`new_axes={{\"{label}\": 5}}` makes it a new axis"),
        });
    }
    let block = |(array, labels): &(Array, Vec<String>)| {
        let mut own = Chunks::default();
        let mut alongs = Vec::new();
        for (label, axis) in labels.iter().zip(&array.chunks().0) {
            let whole = grid_of(label).unwrap_or_else(|| axis.clone());
            let stretched = match how.align_arrays {
                true => axis.length() == 1 && whole.length() != 1,
                false => axis.count() == 1 && whole.count() != 1,
            };
            own.0.push(if stretched || !how.align_arrays { axis.clone() } else { whole });
            alongs.push(match out.iter().position(|other| other == label) {
                _ if stretched => Along::Only,
                Some(at) => Along::Same(at),
                None => Along::All,
            });
        }
        Block { array: array.regridded(own), along: alongs, joined: how.concatenate }
    };
    let blocks = pairs.iter().map(block).collect();
    let mut unknown = Vec::new();
    for (label, adjust) in by_label(how.adjust_chunks.as_ref())? {
        let Some(at) = out.iter().position(|other| *other == label) else { continue };
        if is_unknown(&adjust) {
            unknown.push(at);
            continue;
        }
        let axis = &chunks.0[at];
        let sizes: Vec<usize> = match (i64::from_value(&adjust), adjust.items()) {
            (Some(size), _) => vec![size.max(0) as usize; axis.count()],
            (None, Some(sizes)) => sizes.iter().map(usize::try_from_value).collect::<Result<_>>()?,
            (None, None) => {
                let size = |size| context.call(&adjust, rdk_runtime::Args::one(Value::Int(size as i64)));
                axis.sizes().map(|old| size(old).and_then(|new| usize::try_from_value(&new))).collect::<Result<_>>()?
            }
        };
        if sizes.len() != axis.count() {
            bail!("Dimension {at} has {} blocks, adjust_chunks specified with {} blocks", axis.count(), sizes.len());
        }
        chunks.0[at] = AxisChunks::listed(sizes);
    }
    let (callee, home) = (Callee::of(function), Arc::downgrade(&context.shared));
    let info = Info::default();
    let calling = Calling { callee, given, keywords: how.keywords, blocks, info, loops: None, pick: None, home };
    let dtype = match how.dtype {
        Some(dtype) => dtype,
        None => tried_type(context, &calling, &chunks)?,
    };
    let layer = how.token.unwrap_or_else(|| name_of(function));
    Ok(calling.array_of_unknown(&layer, chunks, dtype, &unknown)?.called(how.name.as_deref()))
}

/// Of two ways to cut an axis that with more chunks.
fn longest<'a>(one: &'a AxisChunks, other: &'a AxisChunks) -> &'a AxisChunks {
    if other.count() > one.count() { other } else { one }
}

/// The keywords that `map_blocks` takes for itself, taken out of all.
pub(super) fn mapping(keywords: Keywords) -> Result<Mapping> {
    let mut how = Mapping::default();
    for (name, value) in keywords.0 {
        match &*name {
            "dtype" => how.dtype = Option::<DTypeArg>::try_from_value(&value)?.map(|dtype| dtype.0),
            "chunks" => how.chunks = Some(value).filter(|value| !value.is_none()),
            "drop_axis" => how.drop_axis = Option::<Axes>::try_from_value(&value)?.map_or(Vec::new(), |axes| axes.0),
            "new_axis" => how.new_axis = Option::<Axes>::try_from_value(&value)?.map_or(Vec::new(), |axes| axes.0),
            "name" => how.name = Option::<String>::try_from_value(&value)?,
            "token" => how.token = Option::<String>::try_from_value(&value)?,
            // What comes out is looked at in any case.
            "meta" if how.dtype.is_none() => how.dtype = Operand::from_value(&value).map(|meta| meta.dtype()),
            "meta" | "enforce_ndim" => {}
            _ => how.keywords.push((name, value)),
        }
    }
    Ok(how)
}

builtins! {
    /// Calls a function for each chunk; what it gives are the chunks of the result.
    ///
    /// The function may take `block_id`, the place of the chunk, and `block_info`, all that is known of it. Beside what it takes by
    /// name there is `dtype`, `chunks`: how large the chunks come out (`np.nan` if nobody knows), `drop_axis` and `new_axis`, `name` and `token`: how
    /// the result and its layer are called.
    ///
    /// ```rdk
    /// da.map_blocks(lambda x, y: x + 10 * y, da.arange(4, chunks=2), da.ones(4, chunks=2)).compute()
    /// #> array([10., 11., 12., 13.])
    /// ```
    fn map_blocks[context](
        /// Takes a chunk of each array as an array in memory.
        func: Value,
        /// Lazy arrays, and whatever else the function takes.
        args: Rest,
        /// What the function takes by name, and what is said of the result.
        kwargs: Keywords,
    ) -> Result<Value> { Ok(map_blocks(context, &func, &args.0, mapping(kwargs)?)?.value()) }
}

/// Those that are functions only.
pub mod functions {
    use super::*;

    builtins! {
        /// Calls a function with the chunks that belong together by the labels of their axes.
        ///
        /// ```rdk
        /// x, y = da.arange(3, chunks=2), da.arange(2, chunks=1)
        /// da.blockwise(lambda a, b: np.outer(a, b), "ij", x, "i", y, "j", dtype=int).compute()
        /// #> array([[0, 0],
        /// #>        [0, 1],
        /// #>        [0, 2]])
        /// ```
        fn blockwise[context](
            /// Takes chunks as arrays in memory; lists of them along axes that the result does not have.
            func: Value,
            /// The labels of the result's axes.
            out_ind: Value,
            /// Arrays, each with the labels of its axes; `None` as labels for anything else.
            args: Rest,
            /// What the result is called as a whole.
            name: Option<String>,
            /// What the layer is called.
            token: Option<String>,
            /// The type of the result; if left out a small piece is tried.
            dtype: Option<DTypeArg>,
            /// How large chunks come out along some labels: a number, a tuple or a function of how large they were.
            adjust_chunks: Option<Value>,
            /// How long axes are that no array has.
            new_axes: Option<Value>,
            /// Are arrays cut alike? If not, their chunks go along one by one.
            align_arrays: bool = true,
            /// One array in place of lists of chunks?
            concatenate: Option<bool>,
            /// An array whose type the result has, in place of `dtype`.
            meta: Option<Operand>,
            /// What the function takes by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let how = Blockwise {
                name,
                token,
                align_arrays,
                dtype: dtype.map(|dtype| dtype.0).or_else(|| meta.map(|meta| meta.dtype())),
                adjust_chunks,
                new_axes,
                concatenate: concatenate.unwrap_or(false),
                keywords: kwargs.0,
            };
            Ok(lazy_value(blockwise(context, &func, &out_ind, &args.0, how)?))
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
            /// What the function takes by name, and what is said of the result: `dtype`, `chunks`, `drop_axis`, `new_axis`.
            kwargs: Keywords,
        ) -> Result<Value> {
            let args: Vec<Value> = std::iter::once(this).chain(args.0).collect();
            Ok(super::map_blocks(context, &func, &args, mapping(kwargs)?)?.value())
        }
    }
}

//! Functions called for each chunk of lazy arrays: `map_blocks`, `blockwise`, `reduction`.

use std::sync::Arc;

use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Keywords, Name, Rest, Result, Value, bail, builtins};

use super::operand::{Operand, lazy_value};
use super::parameters::Axes;
use super::unsized_object::Unsized;
use crate::array::Array;
use crate::blocks::{Along, Block, Callee, Calling, Given, Info};
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
    Ok(Operand::try_from_value(&value)?.dtype())
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
pub(super) fn map_blocks(context: &Context, function: &Value, args: &[Value], how: Mapping) -> Result<Array> {
    let lazy = args.iter().map(lazy_array).collect::<Result<Vec<_>>>()?;
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
    let n_out = kept.len() + how.new_axis.len();
    let new = shape::axes(Some(&how.new_axis), n_out)?;
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
        if arrays.is_empty() {
            chunks = counts_given(given)?.into_iter().map(|count| AxisChunks::even(count, 1)).collect();
        }
        let counts = chunks.counts();
        (chunks, unknown) = sizes(given, &chunks, &counts)?;
    }
    let mut next = 0;
    let given = args.iter().zip(&lazy).map(|(arg, array)| match array {
        Some(_) => {
            next += 1;
            Given::Block(next - 1)
        }
        None => Given::Value(arg.clone()),
    });
    let given = given.collect();
    let callee = Callee::of(function);
    let info = wanted(&callee);
    let home = Arc::downgrade(&context.shared);
    let calling = Calling { callee, given, keywords: how.keywords, blocks, info, loops: None, pick: None, home };
    let dtype = match how.dtype {
        Some(dtype) => dtype,
        None => tried_type(context, &calling, &chunks)?,
    };
    let layer = how.token.unwrap_or_else(|| name_of(function));
    Ok(calling.array_of_unknown(&layer, chunks, dtype, &unknown)?.called(how.name.as_deref()))
}

/// With no array beside them, sizes have to be listed one by one.
fn counts_given(chunks: &Value) -> Result<Vec<usize>> {
    let items = chunks.items().unwrap_or_default();
    Ok(items.iter().map(|item| item.items().map_or(1, |sizes| sizes.len())).collect())
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

/// A reduction of the user's own: a function for each chunk, one for several results, one for the end.
struct Own {
    chunk: Value,
    aggregate: Value,
    combine: Option<Value>,
    axes: Option<Axes>,
    keepdims: bool,
    dtype: Option<DType>,
    split_every: usize,
    output_size: usize,
    keywords: Vec<(Name, Value)>,
}

fn reduction(context: &Context, x: &Array, own: Own) -> Result<Array> {
    let axes = shape::axes(Axes::list(&own.axes), x.ndim())?;
    let axis = Value::tuple(axes.iter().map(|&axis| Value::Int(axis as i64)));
    let call = |function: &Value, array: &Array, width: usize, keep: bool, dtype: Option<DType>| -> Result<Array> {
        let along = |at: usize| if axes.contains(&at) { Along::Group(at, width) } else { Along::Same(at) };
        let mut chunks = array.chunks().clone();
        for &at in &axes {
            chunks.0[at] = AxisChunks::listed(vec![own.output_size; array.chunks().0[at].count().div_ceil(width)]);
        }
        let mut alongs: Vec<Along> = (0..array.ndim()).map(along).collect();
        if !keep {
            // What is left has fewer axes.
            let kept: Vec<usize> = (0..array.ndim()).filter(|at| !axes.contains(at)).collect();
            chunks = kept.iter().map(|&at| chunks.0[at].clone()).collect();
            for (at, along) in alongs.iter_mut().enumerate() {
                *along = kept.iter().position(|&other| other == at).map_or(Along::All, Along::Same);
            }
        }
        let mut keywords = own.keywords.clone();
        keywords.push((Name::from("axis"), axis.clone()));
        keywords.push((Name::from("keepdims"), Value::Bool(keep)));
        let blocks = vec![Block { array: array.clone(), along: alongs, joined: true }];
        let (callee, home) = (Callee::of(function), Arc::downgrade(&context.shared));
        let (given, info) = (vec![Given::Block(0)], Info::default());
        let calling = Calling { callee, given, keywords, blocks, info, loops: None, pick: None, home };
        let dtype = match dtype {
            Some(dtype) => dtype,
            None => tried_type(context, &calling, &chunks)?,
        };
        calling.array("reduction", chunks, dtype)
    };
    let mut array = call(&own.chunk, x, 1, true, None)?;
    let combine = own.combine.as_ref().unwrap_or(&own.aggregate);
    let each = (own.split_every as f64).powf(1.0 / axes.len().max(1) as f64).floor().max(2.0) as usize;
    while axes.iter().any(|&at| array.chunks().0[at].count() > each) {
        array = call(combine, &array, each, true, None)?;
    }
    call(&own.aggregate, &array, usize::MAX / 2, own.keepdims, own.dtype)
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
    ) -> Result<Value> { Ok(lazy_value(map_blocks(context, &func, &args.0, mapping(kwargs)?)?)) }
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

        /// A reduction by functions of one's own.
        ///
        /// ```rdk
        /// x = da.arange(10, chunks=3)
        /// da.reduction(x, lambda x, axis, keepdims: x.max(axis=axis, keepdims=keepdims), lambda x, axis, keepdims: x.max(axis=axis, keepdims=keepdims), dtype=int).compute()
        /// #> 9
        /// ```
        fn reduction[context](
            /// The array.
            x: Operand,
            /// Takes a chunk, `axis` and `keepdims`.
            chunk: Value,
            /// Takes results of all chunks as one array, `axis` and `keepdims`.
            aggregate: Value,
            /// Over which axes; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: bool = false,
            /// Has no effect.
            meta: Option<Value>,
            /// The type of the result; if left out a small piece is tried.
            dtype: Option<DTypeArg>,
            /// How many results become one at a time.
            split_every: Option<usize>,
            /// Takes results of several chunks; `aggregate` if left out.
            combine: Option<Value>,
            /// What the result is called as a whole.
            name: Option<String>,
            /// Has no effect.
            out: Option<Value>,
            /// Has no effect: results always come as one array.
            concatenate: bool = true,
            /// How long the reduced axes come out.
            output_size: usize = 1,
            /// What the functions take by name.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = (meta, out, concatenate);
            let own = Own {
                chunk,
                aggregate,
                combine: combine.filter(|combine| !combine.is_none()),
                axes: axis,
                keepdims,
                dtype: dtype.map(|dtype| dtype.0),
                split_every: split_every.unwrap_or(4),
                output_size,
                keywords: kwargs.0,
            };
            Ok(Value::lazy(reduction(context, &x.array()?, own)?.called(name.as_deref())))
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
            Ok(lazy_value(super::map_blocks(context, &func, &args, mapping(kwargs)?)?))
        }
    }
}

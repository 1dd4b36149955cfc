//! Chunks that overlap their neighbours: `overlap`, `map_overlap`, `trim_internal`.

use rdk_runtime::convert::describe;
use rdk_runtime::{Context, FromValue, Keywords, Rest, Result, Value, bail, builtins};

use super::blocks::{lazy_array, map_blocks, mapping};
use super::masked::calls::Mapped;
use super::masked::lazy::LazyMasked;
use super::masked::pair::Pair;
use super::operand::Operand;
use crate::array::Array;
use crate::blocks::Edge;
use crate::chunks::{AxisChunks, Chunks, unify};
use crate::scalar::Scalar;
use crate::shape;

/// How far an array's chunks reach into their neighbours along each axis, before and behind.
type Depth = Vec<(usize, usize)>;

/// The entries of a dict by axis; negative axes count from the end.
fn by_axis(value: &Value, n_axes: usize) -> Result<Option<Vec<Option<Value>>>> {
    let Value::Dict(dict) = value else { return Ok(None) };
    let entries: Vec<(Value, Value)> =
        dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
    let mut all = vec![None; n_axes];
    for (axis, value) in entries {
        all[shape::axis(i64::try_from_value(&axis)?, n_axes)?] = Some(value);
    }
    Ok(Some(all))
}

fn depth_along(value: &Value) -> Result<(usize, usize)> {
    match (i64::from_value(value), value.items().as_deref()) {
        (Some(depth @ 0..), _) => Ok((depth as usize, depth as usize)),
        (None, Some([before, behind])) => Ok((usize::try_from_value(before)?, usize::try_from_value(behind)?)),
        _ => bail!("a depth is an integer of 0 or more, or a pair of such, got {}", describe(value)),
    }
}

/// `depth=`: a number for all axes, one for each, or a dict.
fn depth(value: &Value, n_axes: usize) -> Result<Depth> {
    if let Some(all) = by_axis(value, n_axes)? {
        return all.iter().map(|depth| depth.as_ref().map_or(Ok((0, 0)), depth_along)).collect();
    }
    match value.items() {
        None => Ok(vec![depth_along(value)?; n_axes]),
        Some(items) if items.len() == n_axes => items.iter().map(depth_along).collect(),
        Some(items) => bail!("expected a depth for each of {n_axes} axes, got {}", items.len()),
    }
}

/// Chunk sizes of which none is smaller than so much: small ones are put to those before them.
pub(super) fn no_smaller(size: usize, chunks: &[usize]) -> Result<Vec<usize>> {
    if chunks.iter().all(|&chunk| chunk >= size) {
        return Ok(chunks.to_vec());
    }
    let (mut sizes, mut new): (Vec<usize>, usize) = (Vec::new(), 0);
    for &chunk in chunks {
        if chunk < size {
            // What the chunk lacks is taken from the one before, if that has so much to give.
            if new > 2 * size - chunk {
                sizes.push(new - (size - chunk));
                new = size;
            } else {
                new += chunk;
            }
        }
        if new >= size {
            sizes.push(new);
            new = 0;
        }
        if chunk >= size {
            new += chunk;
        }
    }
    match sizes.last_mut() {
        _ if new >= size => sizes.push(new),
        Some(last) => *last += new,
        None => bail!(
            "The overlapping depth {size} is larger than your array {}.", chunks.iter().sum::<usize>();
            hint: "a depth is at most as large as the axis is long"
        ),
    }
    Ok(sizes)
}

/// Chunks of which none reaches further into its neighbours than they are long, if they may be cut anew.
fn deep_enough(chunks: &Chunks, depth: &[(usize, usize)], may_be_cut: bool) -> Result<Chunks> {
    let deep = |(along, &(before, behind)): (&AxisChunks, &(usize, usize))| {
        let (needed, sizes): (usize, Vec<usize>) = (before.max(behind), along.sizes().collect());
        if sizes.iter().all(|&size| size >= needed) {
            return Ok(along.clone());
        }
        if !may_be_cut {
            bail!(
                "Overlap depth is larger than smallest chunksize: {needed}, and the chunks are {}", shape::tuple(sizes.iter());
                hint: "with `allow_rechunk=True` they are made larger"
            );
        }
        Ok(AxisChunks::listed(no_smaller(needed, &sizes)?))
    };
    chunks.0.iter().zip(depth).map(deep).collect()
}

fn edge_along(value: &Value) -> Result<Edge> {
    Ok(match value {
        Value::None => Edge::Nothing,
        Value::Str(name) => match &**name {
            "none" => Edge::Nothing,
            "periodic" => Edge::Periodic,
            "reflect" => Edge::Reflect,
            "nearest" => Edge::Nearest,
            _ => {
                bail!("unknown boundary '{name}'"; hint: "boundaries are 'none', 'reflect', 'periodic', 'nearest' or a number")
            }
        },
        number => match Scalar::from_value(number) {
            Some(number) => Edge::Constant(number?),
            None => bail!(TypeError: "a boundary is a word or a number, got {}", describe(number)),
        },
    })
}

/// `boundary=`: one for all axes, one for each, or a dict.
fn edges(value: Option<&Value>, n_axes: usize) -> Result<Vec<Edge>> {
    let Some(value) = value else { return Ok(vec![Edge::Nothing; n_axes]) };
    if let Some(all) = by_axis(value, n_axes)? {
        return all.iter().map(|edge| edge.as_ref().map_or(Ok(Edge::Nothing), edge_along)).collect();
    }
    match value.items() {
        Some(items) if items.len() == n_axes => items.iter().map(edge_along).collect(),
        Some(items) => bail!("expected a boundary for each of {n_axes} axes, got {}", items.len()),
        None => Ok(vec![edge_along(value)?; n_axes]),
    }
}

/// One value for each array: a list of them, or the same for all.
fn for_each_array(value: &Value, n_arrays: usize) -> Result<Vec<Value>> {
    match value {
        Value::List(_) if n_arrays > 0 => {
            let items = value.items().unwrap_or_default();
            if items.len() != n_arrays {
                bail!("expected one entry for each of {n_arrays} arrays, got {}", items.len());
            }
            Ok(items)
        }
        other => Ok(vec![other.clone(); n_arrays]),
    }
}

/// What `map_overlap` is given for itself.
struct Overlapping {
    depth: Value,
    boundary: Option<Value>,
    trim: bool,
    allow_rechunk: bool,
}

fn map_overlap(
    context: &Context,
    function: &Value,
    args: &[Value],
    how: &Overlapping,
    rest: Keywords,
) -> Result<Mapped> {
    // What is masked is surrounded with its mask.
    let pair = |arg: &Value| match arg.get::<LazyMasked>() {
        Some(masked) => Ok(Some(masked.pair())),
        None => lazy_array(arg)?.map(|array| Pair::under(array, None, None)).transpose(),
    };
    let lazy = args.iter().map(pair).collect::<Result<Vec<_>>>()?;
    let arrays: Vec<Array> = lazy.iter().flatten().map(|pair| pair.data.clone()).collect();
    let Some(most) = arrays.iter().map(Array::ndim).max() else {
        bail!(TypeError: "map_overlap() needs a lazy array"; hint: "`da.from_array(x)` makes one");
    };
    let depths = for_each_array(&how.depth, arrays.len())?;
    let boundaries = for_each_array(how.boundary.as_ref().unwrap_or(&Value::None), arrays.len())?;
    shape::broadcast(&arrays.iter().map(Array::shape).collect::<Vec<_>>())?;
    let depths: Vec<Depth> =
        arrays.iter().zip(&depths).map(|(array, own)| depth(own, array.ndim())).collect::<Result<_>>()?;
    let grid = unify(&arrays.iter().map(Array::chunks).collect::<Vec<_>>());
    // Along an axis of several arrays the one that reaches furthest decides.
    let mut most_deep = vec![(0, 0); grid.0.len()];
    for (array, own) in arrays.iter().zip(&depths) {
        let skipped = grid.0.len() - array.ndim();
        for (axis, &(before, behind)) in own.iter().enumerate().filter(|(axis, _)| array.shape()[*axis] != 1) {
            let (most_before, most_behind) = &mut most_deep[skipped + axis];
            (*most_before, *most_behind) = (before.max(*most_before), behind.max(*most_behind));
        }
    }
    let grid = deep_enough(&grid, &most_deep, how.allow_rechunk)?;
    let mut overlapping = Vec::with_capacity(arrays.len());
    let mut trimming = None;
    for ((pair, own), boundary) in lazy.iter().flatten().zip(&depths).zip(&boundaries) {
        let array = &pair.data;
        let edges = edges(Some(boundary), array.ndim())?;
        let skipped = grid.0.len() - array.ndim();
        let along = |(axis, chunks): (usize, &crate::chunks::AxisChunks)| match chunks.length() {
            1 => chunks.clone(),
            _ => grid.0[skipped + axis].clone(),
        };
        let cut: Chunks = array.chunks().0.iter().enumerate().map(along).collect();
        // A number that stands beyond the edge is not masked.
        let flag = |edge: &Edge| if let Edge::Constant(_) = edge { Edge::Constant(Scalar::Bool(false)) } else { *edge };
        let flags: Vec<Edge> = edges.iter().map(flag).collect();
        let mask = pair.mask.as_ref().map(|mask| mask.regridded(cut.clone()).overlapping(own, &flags)).transpose()?;
        let data = array.regridded(cut.clone()).overlapping(own, &edges)?;
        overlapping.push(Mapped { data, mask, fill: pair.fill });
        if trimming.is_none() && array.ndim() == most {
            trimming = Some((own.clone(), edges, cut));
        }
    }
    let mut next = overlapping.into_iter();
    let args: Vec<Value> = args
        .iter()
        .zip(&lazy)
        .map(|(arg, array)| match array {
            Some(_) => next.next().map_or(Value::None, Mapped::value),
            None => arg.clone(),
        })
        .collect();
    let mut mapping = mapping(rest)?;
    mapping.token.get_or_insert_with(|| "map_overlap".to_owned());
    let name = mapping.name.take();
    let dropped = shape::axes(Some(&mapping.drop_axis), most)?;
    let new = shape::axes(Some(&mapping.new_axis), most - dropped.len() + mapping.new_axis.len())?;
    let mapped = map_blocks(context, function, &args, mapping)?;
    let Some((mut depth, mut edges, cut)) = trimming.filter(|_| how.trim) else {
        return Ok(mapped.called(name.as_deref()));
    };
    // Axes that went are not trimmed, nor are those that came.
    let mut cut: Vec<_> = cut.0.into_iter().collect();
    for &axis in dropped.iter().rev() {
        depth.remove(axis);
        edges.remove(axis);
        cut.remove(axis);
    }
    for &axis in &new {
        depth.insert(axis, (0, 0));
        edges.insert(axis, Edge::Nothing);
        cut.insert(axis, mapped.data.chunks().0[axis].clone());
    }
    let cut: Chunks = cut.into_iter().collect();
    let grid = (cut.counts() == mapped.data.chunks().counts()).then_some(&cut);
    Ok(mapped.each(|array| array.trimmed(&depth, &edges, grid)).called(name.as_deref()))
}

/// The order of arguments that Dask had before: the array, the function, then `depth`, `boundary` and `trim`.
fn turned(func: Value, args: Vec<Value>, how: Overlapping) -> Result<(Value, Vec<Value>, Overlapping)> {
    let is_old = func.get::<Array>().is_some() && args.first().is_some_and(|first| first.get::<Array>().is_none());
    if !is_old {
        return Ok((func, args, how));
    }
    let mut rest = args.into_iter();
    let function = rest.next().unwrap_or_default();
    let depth = rest.next().unwrap_or(how.depth);
    let boundary = rest.next().or(how.boundary);
    let trim = rest.next().map_or(Ok(how.trim), |trim| bool::try_from_value(&trim))?;
    Ok((function, vec![func], Overlapping { depth, boundary, trim, ..how }))
}

builtins! {
    /// Calls a function for each chunk with something of its neighbours around it.
    ///
    /// ```rdk
    /// x = da.arange(6, chunks=3)
    /// da.map_overlap(lambda a: a + np.concatenate([a[:1], a[:-1]]), x, depth=1, boundary=0).compute()
    /// #> array([0, 1, 3, 5, 7, 9])
    /// ```
    fn map_overlap[context](
        /// Takes chunks with their surroundings, gives chunks of the same shape.
        func: Value,
        /// Lazy arrays.
        args: Rest,
        /// How many elements of the neighbours: a number, one for each axis, or a dict; a list of such for several arrays.
        depth: Option<Value>,
        /// What stands beyond the edges: "none", "reflect", "periodic", "nearest" or a number; a list of such for several arrays.
        boundary: Option<Value>,
        /// Take off afterwards what was put around?
        trim: bool = true,
        /// Has no effect: arrays are always cut alike.
        align_arrays: bool = true,
        /// May chunks that are smaller than the depth be made larger?
        allow_rechunk: bool = true,
        /// What the function takes by name, and what `map_blocks` takes.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = align_arrays;
        let how = Overlapping { depth: depth.unwrap_or(Value::Int(0)), boundary, trim, allow_rechunk };
        let (func, args, how) = turned(func, args.0, how)?;
        Ok(map_overlap(context, &func, &args, &how, kwargs)?.value())
    }
}

/// Those that Dask keeps in `da.overlap`.
pub mod functions {
    use super::*;

    builtins! {
        /// Every chunk with something of its neighbours around it.
        ///
        /// ```rdk
        /// da.overlap.overlap(da.arange(4, chunks=2), depth=1, boundary="reflect").compute()
        /// #> array([0, 0, 1, 2, 1, 2, 3, 3])
        /// ```
        fn overlap(
            /// The array.
            x: Operand,
            /// How many elements of the neighbours: a number, one for each axis, or a dict.
            depth: Value,
            /// What stands beyond the edges: "none", "reflect", "periodic", "nearest" or a number.
            boundary: Option<Value>,
            /// May chunks that are smaller than the depth be made larger?
            allow_rechunk: bool = true,
        ) -> Result<Value> {
            let array = x.array()?.sized()?;
            let depth = self::depth(&depth, array.ndim())?;
            let grid = deep_enough(array.chunks(), &depth, allow_rechunk)?;
            Ok(Value::lazy(array.regridded(grid).overlapping(&depth, &edges(boundary.as_ref(), array.ndim())?)?))
        }

        /// Takes off what `overlap` has put around every chunk.
        fn trim_internal(
            /// The array.
            x: Operand,
            /// How much to take off, by axis.
            axes: Value,
            /// What stood beyond the edges.
            boundary: Option<Value>,
        ) -> Result<Value> {
            let array = x.array()?;
            let n = array.ndim();
            Ok(Value::lazy(array.trimmed(&depth(&axes, n)?, &edges(boundary.as_ref(), n)?, None)))
        }

        /// Takes off what `overlap` has put around every chunk.
        fn trim_overlap(
            /// The array.
            x: Operand,
            /// How much to take off.
            depth: Value,
            /// What stood beyond the edges.
            boundary: Option<Value>,
        ) -> Result<Value> {
            let array = x.array()?;
            let n = array.ndim();
            Ok(Value::lazy(array.trimmed(&self::depth(&depth, n)?, &edges(boundary.as_ref(), n)?, None)))
        }
    }
}

/// What is put beyond the edges by itself, and how chunks are made large enough.
pub mod borders {
    use super::*;

    /// With so many elements beyond both ends of one axis.
    fn beyond(x: &Operand, axis: i64, depth: usize, edge: Edge) -> Result<Value> {
        let array = x.array()?;
        let at = shape::axis(axis, array.ndim())?;
        let (mut depths, mut edges) = (vec![(0, 0); array.ndim()], vec![Edge::Nothing; array.ndim()]);
        (depths[at], edges[at]) = ((depth, depth), edge);
        Ok(Value::lazy(array.bordered(&depths, &edges)?))
    }

    builtins! {
        /// The array again, from its other end, beyond both ends of an axis.
        ///
        /// ```rdk
        /// da.overlap.periodic(da.arange(4, chunks=2), axis=0, depth=1).compute()
        /// #> array([3, 0, 1, 2, 3, 0])
        /// ```
        fn periodic(
            /// The array.
            x: Operand,
            /// Along which axis.
            axis: i64,
            /// How many elements.
            depth: usize,
        ) -> Result<Value> { beyond(&x, axis, depth, Edge::Periodic) }

        /// The array mirrored, beyond both ends of an axis.
        fn reflect(
            /// The array.
            x: Operand,
            /// Along which axis.
            axis: i64,
            /// How many elements.
            depth: usize,
        ) -> Result<Value> { beyond(&x, axis, depth, Edge::Reflect) }

        /// The element at the edge, beyond both ends of an axis.
        fn nearest(
            /// The array.
            x: Operand,
            /// Along which axis.
            axis: i64,
            /// How many elements.
            depth: usize,
        ) -> Result<Value> { beyond(&x, axis, depth, Edge::Nearest) }

        /// A number, beyond both ends of an axis.
        fn constant(
            /// The array.
            x: Operand,
            /// Along which axis.
            axis: i64,
            /// How many elements.
            depth: usize,
            /// The number.
            value: Value,
        ) -> Result<Value> {
            // A text would name another kind of edge.
            if value.as_str().is_some() {
                bail!(TypeError: "expected a number, got {}", describe(&value));
            }
            beyond(&x, axis, depth, edge_along(&value)?)
        }

        /// What stands beyond the edges of an array, put there.
        fn boundaries(
            /// The array.
            x: Operand,
            /// How many elements: a number, one for each axis, or a dict.
            depth: Option<Value>,
            /// What: "none", "reflect", "periodic", "nearest" or a number.
            kind: Option<Value>,
        ) -> Result<Value> {
            let array = x.array()?;
            let n = array.ndim();
            let depth = self::depth(&depth.unwrap_or(Value::Int(0)), n)?;
            Ok(Value::lazy(array.bordered(&depth, &edges(kind.as_ref(), n)?)?))
        }

        /// Chunk sizes of which none is smaller than so much: small ones are put to those before them.
        ///
        /// ```rdk
        /// da.overlap.ensure_minimum_chunksize(10, (20, 20, 1))
        /// #> (20, 11, 10)
        /// ```
        fn ensure_minimum_chunksize(
            /// The smallest size.
            size: usize,
            /// The sizes along an axis.
            chunks: Vec<usize>,
        ) -> Result<Value> {
            Ok(Value::tuple(no_smaller(size, &chunks)?.into_iter().map(|chunk| Value::Int(chunk as i64))))
        }
    }
}

/// `x.map_overlap`
pub mod methods {
    use super::*;

    builtins! {
        /// Calls a function for each chunk with something of its neighbours around it.
        ///
        /// ```rdk
        /// da.arange(6, chunks=3).map_overlap(lambda a: a * 2, depth=1).compute()
        /// #> array([ 0,  2,  4,  6,  8, 10])
        /// ```
        fn map_overlap[context](
            /// The array.
            this: Value,
            /// Takes chunks with their surroundings, gives chunks of the same shape.
            func: Value,
            /// How many elements of the neighbours: a number, one for each axis, or a dict.
            depth: Option<Value>,
            /// What stands beyond the edges: "none", "reflect", "periodic", "nearest" or a number.
            boundary: Option<Value>,
            /// Take off afterwards what was put around?
            trim: bool = true,
            /// Has no effect: there is one array only.
            align_arrays: bool = true,
            /// May chunks that are smaller than the depth be made larger?
            allow_rechunk: bool = true,
            /// What the function takes by name, and what `map_blocks` takes.
            kwargs: Keywords,
        ) -> Result<Value> {
            let _ = align_arrays;
            let how = Overlapping { depth: depth.unwrap_or(Value::Int(0)), boundary, trim, allow_rechunk };
            Ok(map_overlap(context, &func, &[this], &how, kwargs)?.value())
        }
    }
}

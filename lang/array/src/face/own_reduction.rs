//! Reductions by functions of the user's own: `da.reduction`.

use std::sync::Arc;

use rdk_runtime::{Context, Keywords, Name, Result, Value, bail, builtins};

use super::blocks::tried_type;
use super::operand::Operand;
use super::parameters::Axes;
use crate::array::Array;
use crate::blocks::{Along, Block, Callee, Calling, Given, Info};
use crate::chunks::AxisChunks;
use crate::dtype::DType;
use crate::eager::DTypeArg;
use crate::plan::SplitEvery;
use crate::shape;

/// A reduction of the user's own: a function for each chunk, one for several results, one for the end.
struct Own {
    chunk: Value,
    aggregate: Value,
    combine: Option<Value>,
    axes: Option<Axes>,
    keepdims: bool,
    dtype: Option<DType>,
    split_every: Option<SplitEvery>,
    output_size: usize,
    /// Do the functions for results get one array of several, not lists of them?
    concatenate: bool,
    weights: Option<Array>,
    keywords: Vec<(Name, Value)>,
}

/// As many chunks as there are.
const ALL: usize = usize::MAX / 2;

/// Weights in the shape and the chunks of an array.
fn stretched(weights: &Array, x: &Array) -> Result<Array> {
    if shape::broadcast(&[weights.shape(), x.shape()]).is_ok_and(|both| *both == *x.shape()) {
        return Ok(weights.broadcast_to(x.shape())?.regridded(x.chunks().clone()));
    }
    bail!(
        "Weights with shape {} are not broadcastable to x with shape {}",
        shape::show(weights.shape()),
        shape::show(x.shape())
    )
}

fn reduction(context: &Context, x: &Array, own: Own) -> Result<Array> {
    let axes = shape::axes(Axes::list(&own.axes), x.ndim())?;
    let axis = Value::tuple(axes.iter().map(|&axis| Value::Int(axis as i64)));
    let weights = own.weights.as_ref().map(|weights| stretched(weights, x)).transpose()?;
    // So many chunks along each of the axes go into a call.
    let call = |function: &Value, array: &Array, widths: &[usize], keep: bool, dtype: Option<DType>| -> Result<Array> {
        let (is_first, is_last) = (widths.iter().all(|&width| width == 1), widths.contains(&ALL));
        let weights = weights.as_ref().filter(|_| is_first);
        let along = |at: usize| match axes.iter().position(|&axis| axis == at) {
            Some(which) => Along::Group(at, widths[which]),
            None => Along::Same(at),
        };
        let mut chunks = array.chunks().clone();
        for (&at, &width) in axes.iter().zip(widths) {
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
        let mut blocks =
            vec![Block { array: array.clone(), along: alongs.clone(), joined: own.concatenate || is_first }];
        // Weights go with the chunks that they are for.
        blocks.extend(weights.map(|array| Block { array: array.clone(), along: alongs, joined: true }));
        let (callee, home) = (Callee::of(function), Arc::downgrade(&context.shared));
        let (given, info) = ((0..blocks.len()).map(Given::Block).collect(), Info::default());
        let calling = Calling { callee, given, keywords, blocks, info, loops: None, pick: None, home };
        let dtype = match dtype {
            Some(dtype) => dtype,
            None => tried_type(context, &calling, &chunks)?,
        };
        // Of few elements there may be fewer than are asked for; nobody asks how many before the end.
        match keep && own.output_size > 1 && !is_last {
            true => calling.array_of_unknown("reduction", chunks, dtype, &axes),
            false => calling.array("reduction", chunks, dtype),
        }
    };
    let mut array = call(&own.chunk, x, &vec![1; axes.len()], true, None)?;
    let combine = own.combine.as_ref().unwrap_or(&own.aggregate);
    let each = x.split(&axes, own.split_every.as_ref())?;
    while axes.iter().zip(&each).any(|(&at, &each)| array.chunks().0[at].count() > each) {
        array = call(combine, &array, &each, true, None)?;
    }
    call(&own.aggregate, &array, &vec![ALL; axes.len()], own.keepdims, own.dtype)
}

builtins! {
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
        split_every: Option<SplitEvery>,
        /// Takes results of several chunks; `aggregate` if left out.
        combine: Option<Value>,
        /// What the result is called as a whole.
        name: Option<String>,
        /// Has no effect.
        out: Option<Value>,
        /// Do results come as one array? If not, as lists of arrays along the axes that are reduced.
        concatenate: bool = true,
        /// How long the reduced axes come out.
        output_size: usize = 1,
        /// What `chunk` takes beside the chunk: an array that stretches to the shape of this one.
        weights: Option<Operand>,
        /// What the functions take by name.
        kwargs: Keywords,
    ) -> Result<Value> {
        let _ = (meta, out);
        let own = Own {
            chunk,
            aggregate,
            combine: combine.filter(|combine| !combine.is_none()),
            axes: axis,
            keepdims,
            dtype: dtype.map(|dtype| dtype.0),
            split_every,
            output_size,
            concatenate,
            weights: weights.map(|weights| weights.array()).transpose()?,
            keywords: kwargs.0,
        };
        Ok(Value::lazy(reduction(context, &x.array()?, own)?.called(name.as_deref())))
    }
}

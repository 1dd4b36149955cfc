//! Functions of parts of arrays, called for all of them: `apply_gufunc`, `apply_along_axis`, `vectorize`.

use std::sync::Arc;

use rdk_runtime::{Args, Context, FromValue, Keywords, Name, Rest, Result, Value, bail, builtins};

use super::blocks::tried_type;
use super::operand::{Operand, answer};
use super::vectorized::{Decorator, Vectorized};
use crate::array::Array;
use crate::blocks::{Along, Block, Callee, Calling, Given, Info, Loops, Made, Signature};
use crate::chunks::{AxisChunks, Chunks, unify};
use crate::dtype::DType;
use crate::eager::{DTypeArg, nested};
use crate::shape;

/// A function by its signature, and what is known of its results.
#[derive(Clone, Default)]
pub(super) struct Generalized {
    /// Call it for every part, not for all at once?
    pub vectorize: bool,
    /// The types of the results.
    pub output_dtypes: Vec<DType>,
    /// How long axes are that only come out.
    pub output_sizes: Vec<(String, usize)>,
    /// Which axis is meant where only one goes in.
    pub axis: Option<i64>,
    /// Does that axis stay, with length 1?
    pub keepdims: bool,
    /// For each argument, and then for each result, which axes are meant.
    pub axes: Option<Vec<Vec<i64>>>,
    /// What the function takes by name.
    pub keywords: Vec<(Name, Value)>,
}

/// Axes moved to the end, in this order.
fn to_the_end(array: &Array, axes: &[i64]) -> Result<Array> {
    let axes = axes.iter().map(|&axis| shape::axis(axis, array.ndim())).collect::<Result<Vec<_>>>()?;
    let kept = (0..array.ndim()).filter(|axis| !axes.contains(axis));
    let order: Vec<i64> = kept.chain(axes.iter().copied()).map(|axis| axis as i64).collect();
    array.transpose(Some(&order))
}

/// The last axes moved to these places.
fn from_the_end(array: &Array, places: &[i64]) -> Result<Array> {
    let n = array.ndim();
    let places = places.iter().map(|&axis| shape::axis(axis, n)).collect::<Result<Vec<_>>>()?;
    let mut leading = 0..n - places.len();
    let order: Vec<i64> = (0..n)
        .map(|at| match places.iter().position(|&place| place == at) {
            Some(which) => (n - places.len() + which) as i64,
            None => leading.next().unwrap_or(0) as i64,
        })
        .collect();
    array.transpose(Some(&order))
}

/// The results of a function of parts of arrays.
pub(super) fn apply(
    context: &Context,
    function: &Value,
    signature: &Signature,
    args: &[Value],
    how: &Generalized,
) -> Result<Vec<Array>> {
    if args.len() != signature.inputs.len() {
        bail!(
            "According to `signature`, `func` requires {} arguments, but {} given",
            signature.inputs.len(),
            args.len()
        );
    }
    if how.axis.is_some() && how.axes.is_some() {
        bail!("Only one of `axis` or `axes` keyword arguments should be given");
    }
    let mut arrays = args.iter().map(|arg| Operand::try_from_value(arg)?.array()).collect::<Result<Vec<_>>>()?;
    if let Some(axes) = &how.axes {
        for (array, axes) in arrays.iter_mut().zip(axes) {
            *array = to_the_end(array, axes)?;
        }
    } else if let Some(axis) = how.axis {
        for (array, core) in arrays.iter_mut().zip(&signature.inputs) {
            if !core.is_empty() {
                *array = to_the_end(array, &[axis])?;
            }
        }
    }
    let mut sizes: Vec<(String, usize)> = Vec::new();
    let mut outers = Vec::with_capacity(arrays.len());
    for (array, core) in arrays.iter_mut().zip(&signature.inputs) {
        let Some(outer) = array.ndim().checked_sub(core.len()) else {
            bail!("the signature takes {} axes of an array that has {}", core.len(), array.ndim());
        };
        let mut grid = array.chunks().clone();
        for (label, axis) in core.iter().zip(outer..) {
            let length = array.shape()[axis];
            match sizes.iter().find(|(name, _)| name == label) {
                Some((_, known)) if *known != length => {
                    bail!("Dimension `'{label}'` with different lengths in arrays: {known} and {length}");
                }
                Some(_) => {}
                None => sizes.push((label.clone(), length)),
            }
            // A call needs all of it.
            grid.0[axis] = AxisChunks::single(length);
        }
        *array = array.regridded(grid);
        outers.push(outer);
    }
    shape::broadcast(&arrays.iter().zip(&outers).map(|(array, &outer)| &array.shape()[..outer]).collect::<Vec<_>>())?;
    let leading: Vec<Chunks> =
        arrays.iter().zip(&outers).map(|(array, &outer)| array.chunks().0[..outer].iter().cloned().collect()).collect();
    let grid = unify(&leading.iter().collect::<Vec<_>>());
    let n_loops = grid.0.len();
    let block = |(array, &outer): (&Array, &usize)| {
        let skipped = n_loops - outer;
        let mut own = array.chunks().clone();
        let mut along = Vec::with_capacity(array.ndim());
        for axis in 0..array.ndim() {
            if axis >= outer {
                along.push(Along::Only);
                continue;
            }
            let whole = &grid.0[skipped + axis];
            let stretched = own.0[axis].length() == 1 && whole.length() != 1;
            along.push(if stretched { Along::Only } else { Along::Same(skipped + axis) });
            if !stretched {
                own.0[axis] = whole.clone();
            }
        }
        Block { array: array.regridded(own), along, joined: true }
    };
    let blocks: Vec<Block> = arrays.iter().zip(&outers).map(block).collect();
    let core = signature.inputs.iter().map(Vec::len).collect();
    let loops = how.vectorize.then_some(Loops { core });
    let calling = |pick: Option<usize>| Calling {
        callee: Callee::of(function),
        given: (0..blocks.len()).map(Given::Block).collect(),
        keywords: how.keywords.clone(),
        blocks: blocks.clone(),
        info: Info::default(),
        loops: loops.clone(),
        pick,
        home: Arc::downgrade(&context.shared),
    };
    let mut made = Vec::with_capacity(signature.outputs.len());
    for (at, output) in signature.outputs.iter().enumerate() {
        let mut chunks = grid.clone();
        for label in output {
            // What is said of results goes before what is known of arguments.
            match how.output_sizes.iter().chain(&sizes).find(|(name, _)| name == label) {
                Some((_, length)) => chunks.0.push(AxisChunks::single(*length)),
                None => {
                    bail!("Core dimension `{label}` of the result has no size"; hint: "`output_sizes={{\"{label}\": 5}}` gives it one")
                }
            }
        }
        let dtype = match how.output_dtypes.get(at) {
            Some(dtype) => *dtype,
            None => tried_type(context, &calling((!signature.single).then_some(at)), &chunks)?,
        };
        made.push(Made { chunks, dtype, unknown: Vec::new() });
    }
    let arrays = match made.pop() {
        Some(Made { chunks, dtype, .. }) if signature.single => {
            vec![calling(None).array("apply_gufunc", chunks, dtype)?]
        }
        last => {
            made.extend(last);
            calling(None).arrays("apply_gufunc", grid, made)
        }
    };
    let mut results = Vec::with_capacity(arrays.len());
    for (at, (mut result, output)) in arrays.into_iter().zip(&signature.outputs).enumerate() {
        if how.keepdims && output.is_empty() {
            result = result.expand_dims(&[result.ndim() as i64])?;
            result = from_the_end(&result, &[how.axis.unwrap_or(-1)])?;
        } else if let Some(axes) = how.axes.as_ref().and_then(|axes| axes.get(args.len() + at)) {
            result = from_the_end(&result, axes)?;
        } else if let (Some(axis), false) = (how.axis, output.is_empty()) {
            result = from_the_end(&result, &[axis])?;
        }
        results.push(result);
    }
    Ok(results)
}

/// What `apply_gufunc` takes for itself, taken out of all keywords.
fn generalized(keywords: Keywords) -> Result<Generalized> {
    let mut how = Generalized::default();
    for (name, value) in keywords.0 {
        match &*name {
            "vectorize" => how.vectorize = Option::<bool>::try_from_value(&value)?.unwrap_or(false),
            "output_dtypes" if value.is_none() => {}
            "output_dtypes" => {
                how.output_dtypes = match &value {
                    Value::List(_) | Value::Tuple(_) => {
                        let items = value.items().unwrap_or_default();
                        items.iter().map(|item| Ok(DTypeArg::try_from_value(item)?.0)).collect::<Result<_>>()?
                    }
                    one => vec![DTypeArg::try_from_value(one)?.0],
                }
            }
            "output_sizes" => {
                if let Value::Dict(dict) = &value {
                    let entries: Vec<(Value, Value)> =
                        dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
                    for (label, size) in entries {
                        how.output_sizes.push((String::try_from_value(&label)?, usize::try_from_value(&size)?));
                    }
                }
            }
            "axis" => how.axis = Option::<i64>::try_from_value(&value)?,
            "keepdims" => how.keepdims = Option::<bool>::try_from_value(&value)?.unwrap_or(false),
            "axes" if value.is_none() => {}
            "axes" => {
                let list = |item: &Value| match i64::from_value(item) {
                    Some(axis) => Ok(vec![axis]),
                    None => Vec::<i64>::try_from_value(item),
                };
                how.axes = Some(value.items().unwrap_or_default().iter().map(list).collect::<Result<_>>()?);
            }
            "allow_rechunk" | "meta" => {}
            _ => how.keywords.push((name, value)),
        }
    }
    Ok(how)
}

pub(super) fn as_values(arrays: Vec<Array>, single: bool) -> Value {
    let mut values: Vec<Value> = arrays.into_iter().map(Value::lazy).collect();
    if single { values.remove(0) } else { Value::tuple(values) }
}

/// `np.apply_along_axis`, lazy if the array is.
fn along_axis(
    context: &Context,
    function: &Value,
    axis: i64,
    arr: &Operand,
    args: &[Value],
    keywords: Keywords,
) -> Result<Value> {
    let array = arr.array()?;
    let axis = shape::axis(axis, array.ndim())?;
    let (mut dtype, mut shape) = (None, None);
    let mut kept = Vec::new();
    for (name, value) in keywords.0 {
        match &*name {
            "dtype" => dtype = Option::<DTypeArg>::try_from_value(&value)?.map(|dtype| dtype.0),
            "shape" => shape = Option::<super::parameters::ShapeArg>::try_from_value(&value)?.map(|shape| shape.0),
            _ => kept.push((name, value)),
        }
    }
    let rows = array.rows(axis)?;
    let n_loops = rows.ndim() - 1;
    let grid: Chunks = rows.chunks().0[..n_loops].iter().cloned().collect();
    let mut along: Vec<Along> = (0..n_loops).map(Along::Same).collect();
    along.push(Along::Only);
    let mut given = vec![Given::Block(0)];
    given.extend(args.iter().map(|arg| Given::Value(arg.clone())));
    let calling = Calling {
        callee: Callee::of(function),
        given,
        keywords: kept,
        blocks: vec![Block { array: rows, along, joined: true }],
        info: Info::default(),
        loops: Some(Loops { core: vec![1] }),
        pick: None,
        home: Arc::downgrade(&context.shared),
    };
    if dtype.is_none() || shape.is_none() {
        let tried = calling.tried(context, &grid, true)?;
        crate::place::note(context);
        let chunk = nested::chunk(&tried, None)?;
        dtype = dtype.or(Some(chunk.dtype()));
        shape = shape.or_else(|| Some(chunk.shape().into()));
    }
    let (dtype, shape) = (dtype.unwrap_or(DType::F64), shape.unwrap_or_default());
    let mut chunks = grid;
    chunks.0.extend(shape.iter().map(|&length| AxisChunks::single(length)));
    let result = calling.array("apply_along_axis", chunks, dtype)?;
    let places: Vec<i64> = (axis..axis + shape.len()).map(|axis| axis as i64).collect();
    answer(context, from_the_end(&result, &places)?, arr.is_lazy())
}

/// `otypes=`: a text of letters or a list of types.
fn types(value: Option<&Value>) -> Result<Vec<DType>> {
    match value {
        None | Some(Value::None) => Ok(Vec::new()),
        Some(Value::Str(letters)) => letters.chars().map(|letter| DType::from_name(&letter.to_string())).collect(),
        Some(other) => match other.items() {
            Some(items) => items.iter().map(|item| Ok(DTypeArg::try_from_value(item)?.0)).collect(),
            None => Ok(vec![DTypeArg::try_from_value(other)?.0]),
        },
    }
}

builtins! {
    /// Calls a function with each row along an axis.
    ///
    /// ```rdk
    /// np.apply_along_axis(lambda row: row.max() - row.min(), 1, [[1, 5], [2, 9]])
    /// #> array([4, 7])
    /// ```
    fn apply_along_axis[context](
        /// Takes a row, gives a number or an array.
        func1d: Value,
        /// Along which axis.
        axis: i64,
        /// The array.
        arr: Operand,
        /// What else the function takes.
        args: Rest,
        /// What it takes by name; and `dtype` and `shape` of what it gives, if it is not to be tried.
        kwargs: Keywords,
    ) -> Result<Value> { along_axis(context, &func1d, axis, &arr, &args.0, kwargs) }

    /// Calls a function of an array and an axis for several axes, one after the other.
    ///
    /// ```rdk
    /// np.apply_over_axes(np.sum, [[1, 2], [3, 4]], [0, 1])
    /// #> array([[10]])
    /// ```
    fn apply_over_axes[context](
        /// Takes an array and an axis.
        func: Value,
        /// The array.
        a: Operand,
        /// The axes.
        axes: super::parameters::Axes,
    ) -> Result<Value> {
        let n = a.ndim();
        let mut value = answer(context, a.array()?, a.is_lazy())?;
        for &axis in &axes.0 {
            let axis = shape::axis(axis, n)?;
            let next = context.call(&func, Args::of([value, Value::Int(axis as i64)]))?;
            crate::place::note(context);
            let operand = Operand::try_from_value(&next)?;
            let array = operand.array()?;
            let array = match array.ndim() {
                same if same == n => array,
                fewer if fewer + 1 == n => array.expand_dims(&[axis as i64])?,
                _ => bail!("function is not returning an array of the correct shape"),
            };
            value = answer(context, array, operand.is_lazy())?;
        }
        Ok(value)
    }
}

/// Those of NumPy alone.
pub mod numpy {
    use super::*;

    builtins! {
        /// Makes of a function of numbers one of arrays.
        ///
        /// ```rdk
        /// np.vectorize(lambda a, b: a if a > b else b)([1, 5, 3], 2)
        /// #> array([2, 5, 3])
        /// ```
        fn vectorize(
            /// The function.
            pyfunc: Value,
            /// The types of its results; if left out the first element is tried.
            otypes: Option<Value>,
            /// Has no effect.
            doc: Option<String>,
            /// Arguments that go into every call as they are: a set of positions and names.
            excluded: Option<Value>,
            /// Has no effect.
            cache: bool = false,
            /// Which axes go into a call, such as "(i)->()".
            signature: Option<String>,
        ) -> Result<Value> {
            let _ = (doc, cache);
            let excluded = match &excluded {
                Some(Value::Set(set)) => set.items.lock().iter().map(|key| key.value().clone()).collect(),
                other => other.as_ref().and_then(Value::items).unwrap_or_default(),
            };
            let signature = signature.as_deref().map(Signature::parse).transpose()?;
            let dtypes = types(otypes.as_ref())?;
            let n_out = (!dtypes.is_empty()).then_some(dtypes.len());
            Ok(Value::object(Vectorized { function: pyfunc, dtypes, signature, n_out, excluded, generalized: None }))
        }

        /// Makes of a function of numbers one of arrays.
        fn frompyfunc(
            /// The function.
            func: Value,
            /// How many arguments it takes.
            nin: usize,
            /// How many results it gives.
            nout: usize,
        ) -> Result<Value> {
            let _ = nin;
            Ok(Value::object(Vectorized { function: func, dtypes: Vec::new(), signature: None, n_out: Some(nout), excluded: Vec::new(), generalized: None }))
        }
    }
}

/// Those of Dask alone.
pub mod dask {
    use super::*;

    builtins! {
        /// Calls a function of parts of arrays, by a signature that says which axes those have.
        ///
        /// ```rdk
        /// x = da.ones((3, 4), chunks=(1, 4))
        /// da.apply_gufunc(lambda a: a.sum(axis=-1), "(i)->()", x).compute()
        /// #> array([4., 4., 4.])
        /// ```
        fn apply_gufunc[context](
            /// Takes chunks in which the axes of the signature are the last ones.
            func: Value,
            /// Such as "(i),(j)->(i,j)".
            signature: String,
            /// The arrays.
            args: Rest,
            /// `axis`, `axes`, `keepdims`, `output_dtypes`, `output_sizes`, `vectorize`; the rest is the function's.
            kwargs: Keywords,
        ) -> Result<Value> {
            let signature = Signature::parse(&signature)?;
            let results = apply(context, &func, &signature, &args.0, &generalized(kwargs)?)?;
            Ok(as_values(results, signature.single))
        }

        /// A function of parts of arrays.
        ///
        /// ```rdk
        /// mean = da.gufunc(lambda a: a.mean(axis=-1), signature="(i)->()", output_dtypes=float)
        /// mean(da.ones((2, 3), chunks=1)).compute()
        /// #> array([1., 1.])
        /// ```
        fn gufunc(
            /// The function.
            pyfunc: Value,
            /// Such as "(i)->()".
            signature: String,
            /// As `apply_gufunc` takes them.
            kwargs: Keywords,
        ) -> Result<Value> {
            let (signature, how) = (Some(Signature::parse(&signature)?), Some(generalized(kwargs)?));
            Ok(Value::object(Vectorized { function: pyfunc, dtypes: Vec::new(), signature, n_out: None, excluded: Vec::new(), generalized: how }))
        }

        /// Makes of a function one of parts of arrays: `@da.as_gufunc(signature="(i)->()")`.
        fn as_gufunc(
            /// Such as "(i)->()".
            signature: String,
            /// As `apply_gufunc` takes them.
            kwargs: Keywords,
        ) -> Result<Value> {
            let decorator = Decorator { signature: Signature::parse(&signature)?, how: generalized(kwargs)? };
            Ok(Value::object(decorator))
        }
    }
}

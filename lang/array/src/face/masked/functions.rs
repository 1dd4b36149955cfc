//! Functions of masked arrays: `filled`, `count`, `getdata`, and those of `numpy` that keep masks.

use rdk_runtime::{Args, Context, FromValue, Keywords, Rest, Result, Value, bail, builtins};

use super::members::{joined, of_numpy, parts};
use super::object::{self, Masked};
use super::pair::{Given, Pair, answer, either, fill_of};
use super::{chunk_of, reduce};
use crate::array::Array;
use crate::eager::{self, NdArray, nested};
use crate::face::operand::{self, Operand, together};
use crate::face::parameters::Axes;
use crate::kernel::{BinaryFunc, Reduction, UnaryFunc};
use crate::place;
use crate::scalar::Scalar;

fn filled(context: &Context, a: &Value, fill_value: Option<&Value>) -> Result<Value> {
    let Some(given) = Given::of(a) else {
        return match Operand::try_from_value(a)? {
            Operand::Lazy(_) => Ok(a.clone()),
            plain => Ok(Value::object(NdArray::new(chunk_of(&plain)?))),
        };
    };
    let pair = given.pair()?;
    let with = match fill_value.filter(|value| !value.is_none()) {
        None => Array::scalar(a.get::<Masked>().map_or_else(|| pair.fill_value(), Masked::fill_value)),
        Some(value) => match Given::try_from_value(value)?.data {
            Operand::Number(_) => Array::scalar(fill_of(value, pair.data.dtype())?),
            other => other.array()?,
        },
    };
    if given.is_lazy() {
        return Ok(operand::lazy_value(pair.filled_by(&with)?.named("filled")));
    }
    Ok(Value::object(NdArray::new(pair.filled_by(&with)?.compute_now(context)?)))
}

fn count(context: &Context, a: &Given, axis: &Option<Axes>, keepdims: bool) -> Result<Value> {
    let count = a.pair()?.count(Axes::list(axis), keepdims)?;
    operand::answer(context, count.named("count"), a.is_lazy())
}

/// A function of `numpy`, done with the elements and with the masks of a list of arrays alike.
fn of_many(context: &Context, name: &str, arrays: &Value, rest: &[Value]) -> Result<Value> {
    let Some(items) = arrays.items() else { bail!(TypeError: "{name}() takes a list of arrays") };
    let mut lists = (Vec::new(), Vec::new());
    let (mut any_mask, mut fill, mut is_first) = (false, None, true);
    for item in &items {
        let (data, mask, own) = parts(item)?;
        let is_masked = Given::of(item).is_some();
        if is_masked && is_first {
            (fill, is_first) = (own, false);
        }
        any_mask |= mask.is_some();
        let mask = match mask {
            Some(mask) => mask,
            None => {
                let given = Given::try_from_value(item)?;
                operand::answer(context, given.pair()?.mask_array()?, given.is_lazy())?
            }
        };
        lists.0.push(data);
        lists.1.push(mask);
    }
    let call =
        |list: Vec<Value>| of_numpy(context, name, std::iter::once(Value::list(list)).chain(rest.iter().cloned()));
    let data = call(lists.0)?;
    let mask = if any_mask { Some(call(lists.1)?) } else { None };
    let whole = joined(data, mask, fill)?;
    if let Some(masked) = whole.get::<Masked>() {
        masked.shrink();
    }
    Ok(whole)
}

/// A function of `numpy` of one array, done with the elements and with the mask alike.
pub(super) fn of_one(context: &Context, name: &str, a: &Value, rest: &[Value]) -> Result<Value> {
    let (data, mask, fill) = parts(a)?;
    let call = |value: Value| of_numpy(context, name, std::iter::once(value).chain(rest.iter().cloned()));
    let mask = mask.map(call).transpose()?;
    joined(call(data)?, mask, fill)
}

/// Elements of one where a condition holds, and of another where it does not.
fn chosen(context: &Context, condition: &Given, x: &Given, y: &Given) -> Result<Value> {
    let lazy = condition.is_lazy() || x.is_lazy() || y.is_lazy();
    let flags = condition.pair()?.filled(Scalar::Bool(false))?.cast(crate::DType::Bool);
    // `np.ma.masked` takes the type of what it is chosen beside.
    let beside = |given: &Given| match given.is_masked && given.data.ndim() == 0 {
        true => Operand::Number(Value::Int(0)),
        false => given.data.clone(),
    };
    let both = together(&[&beside(x), &beside(y)])?;
    let data = flags.select(&both[0], &both[1])?.named("where");
    let none = Array::scalar(Scalar::Bool(false));
    let mask = match (&x.mask, &y.mask) {
        (None, None) => None,
        (x, y) => Some(flags.select(x.as_ref().unwrap_or(&none), y.as_ref().unwrap_or(&none))?),
    };
    // What is neither true nor false is masked.
    let mask = either(mask.as_ref(), condition.mask.as_ref())?;
    answer(context, Pair { shrinks: true, ..Pair::under(data, mask, None)? }, lazy)
}

builtins! {
    /// The elements, with a fill value in place of those that are masked.
    ///
    /// ```rdk
    /// x = np.ma.array([1, 2, 3], mask=[0, 1, 0])
    /// np.ma.filled(x, 0)
    /// #> array([1, 0, 3])
    /// ```
    fn filled[context](/** The array. */ a: Value, /** The fill value; the array's own if left out. */ fill_value: Option<Value>) -> Result<Value> { filled(context, &a, fill_value.as_ref()) }

    /// How many elements are not masked, over all axes or some.
    ///
    /// ```rdk
    /// da.ma.count(da.ma.masked_less(da.arange(6, chunks=2), 2)).compute()
    /// #> 4
    /// ```
    fn count[context](
        /// The array.
        a: Given,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
        /// Has no effect.
        split_every: Option<usize>,
    ) -> Result<Value> { let _ = split_every; count(context, &a, &axis, keepdims) }

    /// The elements, also those under the mask.
    fn getdata(/** The array. */ a: Value) -> Result<Value> {
        let (data, ..) = parts(&a)?;
        match data {
            Value::Lazy(_) => Ok(data),
            _ => Ok(match data.get::<NdArray>() {
                Some(_) => data,
                None => Value::object(NdArray::new(nested::chunk(&data, None)?)),
            }),
        }
    }

    /// True where an element is masked; all false if there is no mask.
    fn getmaskarray[context](/** The array. */ arr: Given) -> Result<Value> {
        let mask = arr.pair()?.mask_array()?.named("getmaskarray");
        if arr.is_lazy() { Ok(operand::lazy_value(mask)) } else { Ok(Value::object(NdArray::new(mask.compute_now(context)?))) }
    }

    /// Says what is written where something is masked, of an array that is there.
    fn set_fill_value(/** The array. */ a: Value, /** The number. */ fill_value: Value) -> Result<()> {
        if let Some(masked) = a.get::<Masked>() {
            return masked.set_fill_value(&fill_value);
        }
        match Given::of(&a) {
            Some(_) => super::lazy::set_fill_value(&a, &fill_value),
            None => Ok(()),
        }
    }

    /// The average, where each element counts as much as its weight.
    ///
    /// ```rdk
    /// np.ma.average(np.ma.array([1., 2., 4.], mask=[0, 0, 1]), weights=[3, 1, 1])
    /// #> 1.25
    /// ```
    fn average[context](
        /// The array.
        a: Given,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// How much each counts; all the same if left out.
        weights: Option<Given>,
        /// Also the sum of the weights?
        returned: bool = false,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
    ) -> Result<Value> {
        let lazy = a.is_lazy() || weights.as_ref().is_some_and(Given::is_lazy);
        let weights = weights.map(|weights| weights.pair()).transpose()?;
        let (average, scale) = reduce::average(&a.pair()?, &axis, weights.as_ref(), keepdims)?;
        let average = answer(context, average, lazy)?;
        if returned { Ok(Value::tuple([average, answer(context, scale, lazy)?])) } else { Ok(average) }
    }

    /// The positions of elements that are neither masked nor zero.
    fn nonzero[context](/** The array. */ a: Given) -> Result<Value> {
        let pair = a.pair()?;
        let shown = pair.filled(Scalar::zero(pair.data.dtype()))?;
        of_numpy(context, "nonzero", [operand::answer(context, shown, a.is_lazy())?])
    }

    /// Elements of `x` where a condition holds, and of `y` where it does not.
    fn r#where[context](
        /// The condition.
        condition: Given,
        /// What stands where it holds.
        x: Option<Given>,
        /// What stands where it does not.
        y: Option<Given>,
    ) -> Result<Value> {
        match (&x, &y) {
            (Some(x), Some(y)) => chosen(context, &condition, x, y),
            (None, None) => {
                let shown = condition.pair()?.filled(Scalar::Bool(false))?;
                of_numpy(context, "nonzero", [operand::answer(context, shown, condition.is_lazy())?])
            }
            _ => bail!("either both or neither of x and y should be given"),
        }
    }

    /// Zeros in the shape of an array, under its mask.
    fn zeros_like[context](/** The array. */ a: Given) -> Result<Value> { super::functions::alike(context, &a, 0) }

    /// Ones in the shape of an array, under its mask.
    fn ones_like[context](/** The array. */ a: Given) -> Result<Value> { super::functions::alike(context, &a, 1) }

    /// Elements in the shape of an array, under its mask.
    fn empty_like[context](/** The array. */ a: Given) -> Result<Value> { super::functions::alike(context, &a, 0) }
}

/// One number everywhere, in the shape and under the mask of an array.
pub(super) fn alike(context: &Context, a: &Given, number: i64) -> Result<Value> {
    let pair = a.pair()?;
    let number = Scalar::I64(number).cast(pair.data.dtype());
    let data = Array::source_on("full_like", crate::kernel::Source::Full(number), pair.data.chunks().clone());
    answer(context, Pair { data, fill: None, ..pair }, a.is_lazy())
}

pub mod numpy {
    use super::*;

    builtins! {
        /// The mask of an array; `False` if there is none.
        fn getmask(/** The array. */ a: Value) -> Value {
            let mask = a.get::<Masked>().and_then(Masked::mask);
            mask.map_or_else(|| eager::number(Scalar::Bool(false)), NdArray::or_number)
        }

        /// Is anything in it masked?
        fn is_masked(/** The array. */ x: Value) -> bool {
            let mask = x.get::<Masked>().and_then(Masked::mask);
            mask.is_some_and(|mask| super::super::pair::any(&mask.chunk()))
        }

        /// Is it a masked array?
        fn isMaskedArray(/** Anything. */ x: Value) -> bool { x.get::<Masked>().is_some() }

        /// Is it a masked array?
        fn isMA(/** Anything. */ x: Value) -> bool { x.get::<Masked>().is_some() }

        /// Is it a masked array?
        fn isarray(/** Anything. */ x: Value) -> bool { x.get::<Masked>().is_some() }

        /// Is it an array of truth values?
        fn is_mask(/** Anything. */ m: Value) -> bool { m.get::<NdArray>().is_some_and(|array| array.dtype() == crate::DType::Bool) || object::is_nomask(&m) }

        /// The elements that are not masked, in one row.
        fn compressed(/** The array. */ x: Value) -> Result<Value> {
            let chunk = match x.get::<Masked>() {
                Some(masked) => masked.compressed(),
                None => { let chunk = chunk_of(&Operand::try_from_value(&x)?)?; let n = chunk.len(); chunk.reshape(&[n]) }
            };
            Ok(Value::object(NdArray::new(chunk)))
        }

        /// How many elements are masked, over all axes or one.
        fn count_masked[context](/** The array. */ arr: Given, /** Over which axis. */ axis: Option<Axes>) -> Result<Value> {
            let mask = arr.pair()?.mask_array()?.cast(crate::DType::I64);
            operand::answer(context, mask.reduce(crate::kernel::Reduction::Sum, Axes::list(&axis), false, None, None)?, arr.is_lazy())
        }

        /// The fill value that a type or an array has by itself.
        fn default_fill_value(/** An array, a number or a type. */ obj: Value) -> Result<Value> {
            let dtype = match eager::DTypeArg::from_value(&obj) {
                Some(dtype) => dtype.0,
                None => Given::try_from_value(&obj)?.data.dtype(),
            };
            Ok(eager::number(super::super::pair::default_fill(dtype)))
        }

        /// What no element of its type is greater than.
        fn minimum_fill_value(/** An array. */ obj: Given) -> Value { reduce::last(obj.data.dtype(), true, false).to_value() }

        /// What no element of its type is less than.
        fn maximum_fill_value(/** An array. */ obj: Given) -> Value { reduce::last(obj.data.dtype(), false, false).to_value() }

        /// Evenly spaced numbers, as `np.arange`; nothing is masked.
        fn arange[context](/** `start`, `stop`, `step`. */ args: Rest, /** `dtype`. */ options: Keywords) -> Result<Value> { fresh(context, "arange", args, options) }

        /// Zeros; nothing is masked.
        fn zeros[context](/** The shape. */ shape: Rest, /** `dtype`. */ options: Keywords) -> Result<Value> { fresh(context, "zeros", shape, options) }

        /// Ones; nothing is masked.
        fn ones[context](/** The shape. */ shape: Rest, /** `dtype`. */ options: Keywords) -> Result<Value> { fresh(context, "ones", shape, options) }

        /// Elements of any value; nothing is masked.
        fn empty[context](/** The shape. */ shape: Rest, /** `dtype`. */ options: Keywords) -> Result<Value> { fresh(context, "empty", shape, options) }

        /// Sums of products over the last axes; what is masked counts as 0.
        fn inner[context](/** One array. */ a: Given, /** The other. */ b: Given) -> Result<Value> {
            let shown = |given: &Given| {
                let pair = given.pair()?;
                operand::answer(context, pair.filled(Scalar::zero(pair.data.dtype()))?, given.is_lazy())
            };
            of_numpy(context, "inner", [shown(&a)?, shown(&b)?])
        }

        /// Ones on the main diagonal, zeros elsewhere; nothing is masked.
        fn identity[context](/** How many rows and columns. */ n: Rest, /** `dtype`. */ options: Keywords) -> Result<Value> { fresh(context, "identity", n, options) }

        /// For each axis the position of every element of an array; nothing is masked.
        fn indices[context](/** The shape. */ dimensions: Rest, /** `dtype`. */ options: Keywords) -> Result<Value> { fresh(context, "indices", dimensions, options) }

        /// One behind the other along an axis that they have.
        ///
        /// ```rdk
        /// np.ma.concatenate([np.ma.array([1, 2], mask=[0, 1]), [3]])
        /// #> masked_array(data=[1, --, 3],
        /// #>              mask=[False,  True, False],
        /// #>        fill_value=999999)
        /// ```
        fn concatenate[context](/** The arrays. */ arrays: Value, /** Along which axis. */ axis: Option<i64> = 0) -> Result<Value> { of_many(context, "concatenate", &arrays, &[axis.into()]) }

        /// One behind the other along a new axis.
        fn stack[context](/** The arrays. */ arrays: Value, /** Where the new axis is. */ axis: i64 = 0) -> Result<Value> { of_many(context, "stack", &arrays, &[Value::Int(axis)]) }

        /// One above the other.
        fn vstack[context](/** The arrays. */ tup: Value) -> Result<Value> { of_many(context, "vstack", &tup, &[]) }

        /// One beside the other.
        fn hstack[context](/** The arrays. */ tup: Value) -> Result<Value> { of_many(context, "hstack", &tup, &[]) }

        /// One behind the other, in depth.
        fn dstack[context](/** The arrays. */ tup: Value) -> Result<Value> { of_many(context, "dstack", &tup, &[]) }

        /// Rows as columns beside each other.
        fn column_stack[context](/** The arrays. */ tup: Value) -> Result<Value> { of_many(context, "column_stack", &tup, &[]) }

        /// An array with another behind it.
        fn append[context](/** The one. */ a: Value, /** The other. */ b: Value, /** Along which axis; in one row if left out. */ axis: Option<i64>) -> Result<Value> { of_many(context, "concatenate", &Value::list([a, b]), &[axis.into()]) }

        /// The same elements and mask in another shape.
        fn reshape[context](/** The array. */ a: Value, /** The lengths. */ new_shape: Value, /** How both are walked: "C" or "F". */ order: Option<Value>) -> Result<Value> { of_one(context, "reshape", &a, &[vec![new_shape], order.into_iter().collect()].concat()) }

        /// All elements in one row.
        fn ravel[context](/** The array. */ a: Value, /** How they are walked: "C" or "F". */ order: Option<Value>) -> Result<Value> { of_one(context, "ravel", &a, &order.into_iter().collect::<Vec<_>>()) }

        /// With its axes in reverse, or in the order given.
        fn transpose[context](/** The array. */ a: Value, /** The axes in their new order. */ axes: Rest) -> Result<Value> { of_one(context, "transpose", &a, &axes.0) }

        /// With two axes in each other's place.
        fn swapaxes[context](/** The array. */ a: Value, /** One axis. */ axis1: i64, /** The other. */ axis2: i64) -> Result<Value> { of_one(context, "swapaxes", &a, &[Value::Int(axis1), Value::Int(axis2)]) }

        /// Without axes of length 1.
        fn squeeze[context](/** The array. */ a: Value, /** Which axes. */ axis: Rest) -> Result<Value> { of_one(context, "squeeze", &a, &axis.0) }

        /// With another axis of length 1.
        fn expand_dims[context](/** The array. */ a: Value, /** Where the new axis is. */ axis: Value) -> Result<Value> { of_one(context, "expand_dims", &a, &[axis]) }

        /// A diagonal of a matrix, or a matrix with this diagonal.
        fn diag[context](/** The array. */ v: Value, /** Which diagonal. */ k: i64 = 0) -> Result<Value> { of_one(context, "diag", &v, &[Value::Int(k)]) }

        /// The elements on a diagonal.
        fn diagonal[context](/** The array. */ a: Value, /** Which diagonal. */ offset: i64 = 0) -> Result<Value> { of_one(context, "diagonal", &a, &[Value::Int(offset)]) }

        /// Each element several times.
        fn repeat[context](/** The array. */ a: Value, /** How often. */ repeats: Value, /** Along which axis; in one row if left out. */ axis: Option<i64>) -> Result<Value> { of_one(context, "repeat", &a, &[repeats, axis.into()]) }

        /// Elements at these positions.
        fn take[context](/** The array. */ a: Value, /** The positions. */ indices: Value, /** Along which axis; of all elements in one row if left out. */ axis: Option<i64>) -> Result<Value> { of_one(context, "take", &a, &[indices, axis.into()]) }

        /// A copy with memory of its own.
        fn copy[context](/** The array. */ a: Value) -> Result<Value> { of_one(context, "copy", &a, &[]) }

        /// In ascending order along an axis, what is masked last.
        ///
        /// ```rdk
        /// np.ma.sort(np.ma.array([3, 1, 2], mask=[0, 1, 0])).tolist()
        /// #> [2, 3, None]
        /// ```
        fn sort[context](
            /// The array.
            a: Given,
            /// Along which axis; `None`: all elements in one row.
            axis: Option<i64> = -1,
            /// Is what is masked last, or first?
            endwith: bool = true,
        ) -> Result<Value> { answer(context, reduce::sorted(&a.pair()?, axis, endwith)?, a.is_lazy()) }

        /// The positions that would bring the elements in ascending order; what is masked last.
        fn argsort[context](
            /// The array.
            a: Given,
            /// Along which axis; `None`: all elements in one row.
            axis: Option<i64> = -1,
            /// Is what is masked last, or first?
            endwith: bool = true,
        ) -> Result<Value> { operand::answer(context, reduce::order(&a.pair()?, axis, endwith)?, a.is_lazy()) }

        /// The matrix product; what is masked counts as 0.
        fn dot[context](/** One array. */ a: Given, /** The other. */ b: Given) -> Result<Value> { answer(context, reduce::product(&a, &b)?, a.is_lazy() || b.is_lazy()) }

        /// No less than `a_min` and no more than `a_max`.
        fn clip[context](/** The array. */ a: Given, /** The least. */ a_min: Option<Operand>, /** The most. */ a_max: Option<Operand>) -> Result<Value> {
            clipped(context, &a, a_min.as_ref(), a_max.as_ref())
        }

        /// The median of the elements that are not masked.
        fn median[context](/** The array. */ a: Value, /** Over which axis; over all if left out. */ axis: Option<i64>) -> Result<Value> { median(context, &a, axis) }

        /// Calls a function of a masked array and an axis for several axes.
        fn apply_over_axes[context](/** Takes an array and an axis. */ func: Value, /** The array. */ a: Value, /** The axes. */ axes: Axes) -> Result<Value> { over_axes(context, &func, a, &axes) }

        /// The elements less the mean.
        fn anom[context](/** The array. */ a: Value, /** Over which axis. */ axis: Option<i64>) -> Result<Value> {
            let how = crate::face::reducing::How { axis: axis.map(|axis| Axes(vec![axis])), keepdims: Some(true), ..Default::default() };
            let mean = crate::face::reducing::reduce(context, crate::kernel::Reduction::Mean, &a, how)?;
            rdk_runtime::operators::binary(context, rdk_syntax::tree::BinaryOp::Sub, &a, &mean)
        }
    }
}

/// What a function makes of an array along one axis after the other; axes that go come back with length 1.
fn over_axes(context: &Context, function: &Value, a: Value, axes: &Axes) -> Result<Value> {
    let n = Given::try_from_value(&a)?.data.ndim();
    axes.0.iter().try_fold(a, |value, &axis| {
        let axis = Value::Int(crate::shape::axis(axis, n)? as i64);
        let made = context.call(function, Args::of([value, axis.clone()]))?;
        place::note(context);
        match Given::try_from_value(&made)?.data.ndim() {
            same if same == n => Ok(made),
            fewer if fewer + 1 == n => of_one(context, "expand_dims", &made, &[axis]),
            _ => bail!("function is not returning an array of the correct shape"),
        }
    })
}

/// No less than one number and no more than another; what is masked stays so.
pub fn clipped(context: &Context, a: &Given, low: Option<&Operand>, high: Option<&Operand>) -> Result<Value> {
    let data = crate::face::layout::clipped(&a.data, low, high)?;
    answer(context, Pair::under(data, a.mask.clone(), a.fill)?, a.is_lazy())
}

/// What a function of `numpy` makes, as a masked array of which nothing is masked.
fn fresh(context: &Context, name: &str, args: Rest, options: Keywords) -> Result<Value> {
    let Some(function) = context.shared.library.import("numpy")?.get(name) else {
        bail!(RuntimeError: "numpy.{name} is not at hand here");
    };
    let made = context.call(&function, Args { keywords: options.0, ..Args::of(args.0) })?;
    Ok(match made.get::<NdArray>() {
        Some(array) => Value::object(Masked::new(array.clone(), None, None)),
        None => object::whole(nested::chunk(&made, None)?, None, None),
    })
}

/// The median: in each row that of the elements that are not masked.
fn median(context: &Context, a: &Value, axis: Option<i64>) -> Result<Value> {
    place::note(context);
    let given = Given::try_from_value(a)?;
    let chunk = given.pair()?.data.compute_now(context)?;
    let mask = given.pair()?.mask_array()?.compute_now(context)?;
    // What is masked is left out as NaN is.
    let data = NdArray::new(chunk.cast(crate::kernel::Reduction::Mean.result(chunk.dtype())));
    let flags = mask.to_vec::<bool>();
    data.write((0..flags.len()).filter(|&at| flags[at]), std::iter::repeat(Scalar::F64(f64::NAN)));
    let arguments = [Value::object(data), axis.into()];
    let name = if given.mask.is_some() { "nanmedian" } else { "median" };
    let median = of_numpy(context, name, arguments)?;
    let nothing = Pair { data: given.pair()?.data, mask: given.mask.clone(), fill: None, shrinks: false };
    let axes = axis.map(|axis| vec![axis]);
    let count = nothing.count(axes.as_deref(), false)?.compute_now(context)?;
    let none = crate::Chunk::from_vec(count.shape(), count.to_vec::<i64>().into_iter().map(|n| n == 0).collect());
    // NaN that is not masked is no number, and so is the median of it.
    let pair = given.pair()?;
    let nan = pair
        .data
        .unary(UnaryFunc::IsNan)?
        .binary(BinaryFunc::LogicalAnd, &pair.mask_array()?.unary(UnaryFunc::LogicalNot)?)?;
    let spoilt = nan.reduce(Reduction::Any, axes.as_deref(), false, None, None)?.compute_now(context)?.to_vec::<bool>();
    let median = NdArray::new(nested::chunk(&median, None)?.copy());
    median.write((0..spoilt.len()).filter(|&at| spoilt[at]), std::iter::repeat(Scalar::F64(f64::NAN)));
    Ok(object::value(median.chunk(), given.mask.is_some().then_some(none), None))
}

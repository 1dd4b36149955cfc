//! Functions that choose elements: by their positions, by conditions, among several arrays.

use rdk_runtime::{Args, Context, FromValue, Keywords, Rest, Result, Value, bail, builtins};

use super::indexing::items;
use super::layout::{sequence, with};
use super::operand::{Loose, Operand, answer, eager_array, together, together_to_choose};
use super::out::Out;
use super::picked;
use super::regroup::narrowed;
use crate::array::{Array, Func};
use crate::chunk::Chunk;
use crate::chunks::settings::tolerance;
use crate::dtype::DType;
use crate::eager;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, CompareFunc};
use crate::plan::in_range;
use crate::scalar::Scalar;
use crate::shape;

/// A number of whole numbers' type.
fn whole(number: usize) -> Array {
    Array::scalar(Scalar::I64(number as i64))
}

/// For each axis of a shape the coordinates of elements whose numbers in C order these are.
pub fn unraveled(numbers: &Array, shape: &[usize]) -> Result<Vec<Array>> {
    let strides = shape::strides(shape);
    let along = |(axis, (&length, &stride)): (usize, (&usize, &usize))| {
        let rows = if stride > 1 { numbers.binary(BinaryFunc::FloorDivide, &whole(stride))? } else { numbers.clone() };
        if axis == 0 { Ok(rows) } else { rows.binary(BinaryFunc::Remainder, &whole(length.max(1))) }
    };
    shape.iter().zip(&strides).enumerate().map(along).collect()
}

/// `np.nonzero(x)`: for each axis the positions of what is not zero.
pub fn nonzero(context: &Context, a: &Operand) -> Result<Value> {
    if a.ndim() == 0 {
        bail!(
            "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead.";
            hint: "`x.any()` tells whether a number is not zero"
        );
    }
    if let Operand::Eager(chunk) = a {
        return Ok(Value::tuple(picked::nonzero(chunk)?.into_iter().map(eager::value)));
    }
    let array = a.array()?.sized()?;
    let axes = unraveled(&array.flat_positions()?, array.shape())?;
    let axes = axes.into_iter().map(|axis| answer(context, axis.named("getitem"), a.is_lazy()));
    Ok(Value::tuple(axes.collect::<Result<Vec<_>>>()?))
}

/// `take(a, indices, axis, mode)`
fn take(context: &Context, a: &Operand, indices: &Operand, axis: Option<i64>, mode: &str) -> Result<Value> {
    let mut array = a.array()?;
    let axis = match axis {
        None => {
            array = array.reshape(&[-1])?;
            0
        }
        Some(axis) => shape::axis(axis, array.ndim())?,
    };
    let (indices_array, length) = (indices.array()?, array.shape()[axis]);
    if !indices_array.dtype().is_integer() && indices_array.dtype() != DType::Bool && indices_array.size() > 0 {
        bail!(TypeError: "Cannot cast array data from dtype('{}') to dtype('int64') according to the rule 'safe'", indices_array.dtype());
    }
    let into = shape::Shape::from_slice(indices_array.shape());
    let taken = if indices.is_lazy() {
        array.take_lazily(&indices_array.reshape(&[-1])?, axis)?
    } else {
        let positions = indices_array.compute_now(context)?.to_vec::<i64>();
        let n = length as i64;
        let place = |position: i64| match mode {
            "raise" => in_range(position, axis, length),
            "clip" if n > 0 => Ok(position.clamp(0, n - 1) as usize),
            "wrap" if n > 0 => Ok(position.rem_euclid(n) as usize),
            "clip" | "wrap" => bail!(IndexError: "cannot do a non-empty take from an empty axes."),
            _ => bail!("clipmode must be one of 'clip', 'raise', or 'wrap' (got '{mode}')"),
        };
        items::taken(&array, positions.into_iter().map(place).collect::<Result<_>>()?, axis)?
    };
    answer(context, items::unfolded(&taken, axis, &into)?, a.is_lazy() || indices.is_lazy())
}

/// `take_along_axis(arr, indices, axis)`
fn take_along(context: &Context, arr: &Operand, indices: &Operand, axis: Option<i64>) -> Result<Value> {
    let (mut array, mut positions) = (arr.array()?, indices.array()?);
    if !positions.dtype().is_integer() {
        bail!(IndexError: "`indices` must be an integer array");
    }
    let axis = match axis {
        None => {
            (array, positions) = (array.reshape(&[-1])?, positions.reshape(&[-1])?);
            0
        }
        Some(axis) => shape::axis(axis, array.ndim())?,
    };
    if array.ndim() != positions.ndim() {
        bail!("`indices` and `arr` must have the same number of dimensions");
    }
    let lazy = arr.is_lazy() || indices.is_lazy();
    let taken = match array.ndim() {
        1 if lazy => array.take_lazily(&positions, axis)?.named("take_along_axis"),
        _ if lazy => {
            // A chunk has all that stands along the axis: there is less of it along the others.
            let array = array.sized()?;
            let longest = array.shape()[axis].max(positions.shape()[axis]);
            narrowed(&array, &[axis], longest, tolerance()?).take_along(&positions, axis)?
        }
        _ => array.take_along(&positions, axis)?,
    };
    answer(context, taken, lazy)
}

/// `choose(a, choices, mode)`
fn choose(context: &Context, a: &Operand, choices: &Value, mode: &str) -> Result<Value> {
    let (arrays, lazy) = match choices {
        Value::List(_) | Value::Tuple(_) => {
            let items = choices.items().unwrap_or_default();
            let operands = items.iter().map(Operand::loosely).collect::<Result<Vec<_>>>()?;
            let all: Vec<&Operand> = operands.iter().collect();
            (together_to_choose(&all)?, operands.iter().any(Operand::is_lazy))
        }
        _ => sequence(choices)?,
    };
    let n = arrays.len();
    let mut number = a.array()?;
    if !number.dtype().is_integer() && number.dtype() != DType::Bool {
        bail!(TypeError: "Cannot cast array data from dtype('{}') to dtype('int64') according to the rule 'safe'", number.dtype());
    }
    let last = whole(n.saturating_sub(1));
    number = match mode {
        "raise" => {
            if let Operand::Eager(chunk) = a
                && chunk.to_vec::<i64>().iter().any(|&at| at < 0 || at >= n as i64)
            {
                bail!("invalid entry in choice array");
            }
            number
        }
        "wrap" => number.cast(DType::I64).binary(BinaryFunc::Remainder, &whole(n))?,
        "clip" => number.cast(DType::I64).binary(BinaryFunc::Minimum, &last)?.binary(BinaryFunc::Maximum, &whole(0))?,
        _ => bail!("clipmode must be one of 'clip', 'raise', or 'wrap' (got '{mode}')"),
    };
    let Some((rest, arrays)) = arrays.split_last() else { bail!("0-length sequence.") };
    let mut chosen = rest.clone();
    for (at, array) in arrays.iter().enumerate().rev() {
        chosen = number.compare(CompareFunc::Equal, &whole(at))?.select(array, &chosen)?;
    }
    if n == 1 {
        let shape = shape::broadcast(&[number.shape(), chosen.shape()])?;
        chosen = chosen.broadcast_to(&shape)?;
    }
    answer(context, chosen.named("choose"), lazy || a.is_lazy())
}

/// `select(condlist, choicelist, default)`
fn select(context: &Context, conditions: &Value, choices: &Value, default: &Operand) -> Result<Value> {
    let operands = |value: &Value| -> Result<Vec<Operand>> {
        value.items().unwrap_or_default().iter().map(Operand::loosely).collect()
    };
    let (conditions, choices) = (operands(conditions)?, operands(choices)?);
    if conditions.len() != choices.len() {
        bail!("list of cases must be same length as list of conditions");
    }
    if conditions.is_empty() {
        bail!("select with an empty condition list is not possible");
    }
    for (at, condition) in conditions.iter().enumerate() {
        if condition.dtype() != DType::Bool {
            bail!(TypeError: "invalid entry {at} in condlist: should be boolean ndarray");
        }
    }
    let lazy = conditions.iter().chain(&choices).any(Operand::is_lazy);
    let all: Vec<&Operand> = choices.iter().chain([default]).collect();
    let arrays = together_to_choose(&all)?;
    let mut chosen = arrays[choices.len()].clone();
    for (condition, array) in conditions.iter().zip(&arrays).rev() {
        chosen = Array::elementwise(Func::Select, &[condition.array()?, array.clone(), chosen])?;
    }
    super::arrange::answer_array(context, chosen.named("select"), lazy)
}

/// `compress(condition, a, axis)`
fn compress(context: &Context, condition: &Operand, a: &Operand, axis: Option<i64>) -> Result<Value> {
    if condition.ndim() != 1 {
        bail!("condition must be a 1-d array"; hint: "it has {} dimensions", condition.ndim());
    }
    if let (Operand::Eager(condition), Operand::Eager(chunk)) = (condition, a) {
        return match axis {
            None => picked::compressed(condition, &chunk.reshape(&[chunk.len()]), 0),
            Some(axis) => picked::compressed(condition, chunk, shape::axis(axis, chunk.ndim())?),
        };
    }
    let (condition_array, mut array) = (condition.array()?, a.array()?);
    let axis = match axis {
        None => {
            array = array.reshape(&[-1])?;
            0
        }
        Some(axis) => shape::axis(axis, array.ndim())?,
    };
    let (n, length) = (condition_array.shape()[0], array.shape()[axis]);
    if !condition.is_lazy() {
        let flags = condition_array.compute_now(context)?.to_vec::<bool>();
        let positions: Vec<usize> = (0..flags.len()).filter(|&at| flags[at]).collect();
        if let Some(at) = positions.iter().find(|&&at| at >= length) {
            bail!(IndexError: "index {at} is out of bounds for axis {axis} with size {length}");
        }
        return answer(context, items::taken(&array, positions, axis)?, a.is_lazy());
    }
    let mut part = vec![IndexItem::ALL; axis];
    part.push(IndexItem::Slice { start: None, stop: Some(n as i64), step: None });
    let mask =
        condition_array.is_true()?.slice(&[IndexItem::Slice { start: None, stop: Some(length as i64), step: None }])?;
    answer(context, array.slice(&part)?.compress(&mask, axis)?, true)
}

/// What a function makes of the elements for which a condition holds, each back in its place; `None` where there are none.
fn of_chosen(
    context: &Context,
    array: &Array,
    condition: &Array,
    call: impl FnOnce(Value) -> Result<Value>,
) -> Result<Option<Array>> {
    let flags = condition.is_true()?.broadcast_to(array.shape())?.compute_now(context)?.to_vec::<bool>();
    let chosen: Vec<usize> = (0..flags.len()).filter(|&at| flags[at]).collect();
    if chosen.is_empty() {
        return Ok(None);
    }
    let given = eager::select::take(&array.compute_now(context)?, &[chosen.len()], &chosen);
    let made = call(Value::object(eager::NdArray::new(given)))?;
    let made = Operand::try_from_value(&made)?.array()?.broadcast_to(&[chosen.len()])?.compute_now(context)?;
    let mut places = vec![0; flags.len()];
    chosen.iter().enumerate().for_each(|(rank, &at)| places[at] = rank);
    Ok(Some(eager_array(&eager::select::take(&made, array.shape(), &places))?))
}

/// `piecewise(x, condlist, funclist)`
fn piecewise(
    context: &Context,
    x: &Value,
    conditions: &Value,
    functions: &Value,
    args: &[Value],
    keywords: &Keywords,
) -> Result<Value> {
    let own = Operand::try_from_value(x)?;
    let functions = functions.items().unwrap_or_default();
    let mut conditions: Vec<Operand> = match Operand::try_from_value(conditions) {
        Ok(one) if one.ndim() <= own.ndim() && one.dtype() == DType::Bool && conditions.items().is_none() => vec![one],
        _ => match conditions.items() {
            Some(items) if items.iter().all(|item| matches!(item, Value::Bool(_))) && own.ndim() > 0 => {
                vec![Operand::try_from_value(conditions)?]
            }
            Some(items) => items.iter().map(Operand::try_from_value).collect::<Result<_>>()?,
            None => sequence(conditions)?.0.into_iter().map(Operand::Lazy).collect(),
        },
    };
    let n = conditions.len();
    if functions.len() == n + 1 {
        let mut any = conditions[0].array()?.is_true()?;
        for condition in &conditions[1..] {
            any = any.binary(BinaryFunc::LogicalOr, &condition.array()?)?;
        }
        conditions.push(Operand::Lazy(any.unary(crate::kernel::UnaryFunc::LogicalNot)?));
    } else if functions.len() != n {
        bail!("with {n} condition(s), either {n} or {} functions are expected", n + 1);
    }
    let array = own.array()?;
    let mut result = Array::scalar(Scalar::zero(array.dtype())).broadcast_to(array.shape())?;
    for (condition, function) in conditions.iter().zip(&functions) {
        let value = match Operand::plain(function) {
            Some(number) => number.array()?,
            None => {
                let call = |x: Value| {
                    let positional: Vec<Value> = [x].into_iter().chain(args.iter().cloned()).collect();
                    context.call(function, Args { positional: positional.into(), keywords: keywords.0.clone() })
                };
                match own.is_lazy() {
                    true => Operand::try_from_value(&call(x.clone())?)?.array()?,
                    false => match of_chosen(context, &array, &condition.array()?, call)? {
                        Some(value) => value,
                        None => continue,
                    },
                }
            }
        };
        result = condition.array()?.is_true()?.select(&value.cast(array.dtype()), &result)?;
    }
    answer(context, result.named("piecewise"), own.is_lazy())
}

builtins! {
    /// Elements at positions along an axis.
    ///
    /// ```rdk
    /// np.take([4, 5, 6], [2, 0])
    /// #> array([6, 4])
    /// ```
    fn take[context](
        /// The array.
        a: Operand,
        /// The positions; negative ones count from the end.
        indices: Operand,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
        /// Not supported.
        out: super::parameters::Unsupported,
        /// What to do about positions that do not exist: "raise", "clip" or "wrap".
        mode: String = "raise",
    ) -> Result<Value> { let _ = out; take(context, &a, &indices, axis, &mode) }

    /// Elements at positions along an axis that differ along the others.
    ///
    /// ```rdk
    /// x = np.array([[3, 1], [0, 2]])
    /// np.take_along_axis(x, np.argsort(x, axis=1), axis=1)
    /// #> array([[1, 3],
    /// #>        [0, 2]])
    /// ```
    fn take_along_axis[context](
        /// The array.
        arr: Operand,
        /// The positions; an array with as many axes.
        indices: Operand,
        /// Along which axis; `None`: all elements in one row.
        axis: Option<i64> = -1,
    ) -> Result<Value> { take_along(context, &arr, &indices, axis) }

    /// Of several arrays, elements of the one that a number tells.
    fn choose[context](
        /// The numbers of the arrays.
        a: Operand,
        /// The arrays.
        choices: Value,
        /// Not supported.
        out: super::parameters::Unsupported,
        /// What to do about numbers that do not exist: "raise", "clip" or "wrap".
        mode: String = "raise",
    ) -> Result<Value> { let _ = out; choose(context, &a, &choices, &mode) }

    /// Elements of the first array whose condition holds.
    fn select[context](
        /// The conditions.
        condlist: Value,
        /// An array for each of them.
        choicelist: Value,
        /// What stands where none holds.
        default: Operand = 0,
    ) -> Result<Value> { select(context, &condlist, &choicelist, &default) }

    /// What stands along an axis where a condition holds.
    fn compress[context](
        /// The condition: a row of truth values.
        condition: Operand,
        /// The array.
        a: Operand,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take("compress", compress(context, &condition, &a, axis)?) }

    /// The elements where a condition holds, in one row.
    fn extract[context](
        /// The condition.
        condition: Operand,
        /// The array.
        arr: Operand,
    ) -> Result<Value> {
        let lazy = condition.is_lazy() || arr.is_lazy();
        if let (Operand::Eager(condition), Operand::Eager(chunk)) = (&condition, &arr) {
            let row = |chunk: &Chunk| chunk.reshape(&[chunk.len()]);
            return picked::compressed(&row(condition), &row(chunk), 0);
        }
        let mask = condition.array()?.raveled_mask()?;
        let row = arr.array()?.reshape(&[-1])?;
        if mask.shape() != row.shape() {
            return compress(context, &Operand::Lazy(mask), &Operand::Lazy(row), Some(0));
        }
        answer(context, row.compress(&mask, 0)?, lazy)
    }

    /// For each axis the positions of the elements that are not zero.
    fn nonzero[context](/** The array. */ a: Operand) -> Result<Value> { nonzero(context, &a) }

    /// The positions of the elements that are not zero, counted in C order.
    fn flatnonzero[context](/** The array. */ a: Operand) -> Result<Value> {
        match &a {
            Operand::Eager(chunk) => Ok(eager::value(picked::flat_nonzero(chunk)?)),
            Operand::Lazy(_) | Operand::Number(_) => with(context, &a, |array| array.flat_positions()),
        }
    }

    /// The positions of the elements that are not zero, one row for each.
    ///
    /// ```rdk
    /// np.argwhere([[0, 3], [5, 0]])
    /// #> array([[0, 1],
    /// #>        [1, 0]])
    /// ```
    fn argwhere[context](/** The array. */ a: Operand) -> Result<Value> {
        if let (Operand::Eager(chunk), true) = (&a, a.ndim() > 0) {
            return Ok(eager::value(picked::table(chunk)?));
        }
        with(context, &a, |array| {
            let mask = array.raveled_mask()?;
            let numbers = crate::kernel::Source::Arange { start: Scalar::I64(0), step: Scalar::I64(1) };
            let numbers = Array::source_on("arange", numbers, mask.chunks().clone());
            let axes = unraveled(&numbers, array.sized()?.shape())?;
            if axes.is_empty() {
                let n = usize::from(array.compute_now(context)?.scalars().next().is_some_and(|scalar| scalar.get::<bool>()));
                return Array::full("argwhere", &[n, 0], Scalar::I64(0), &crate::ChunksSpec::WHOLE);
            }
            let table = Array::stack(&axes, 1)?;
            let mut grid = table.chunks().clone();
            grid.0[1] = crate::chunks::AxisChunks::single(axes.len());
            table.regridded(grid).compress(&mask, 0)
        })
    }

    /// Functions of the elements, each where its condition holds.
    ///
    /// ```rdk
    /// x = np.array([-2.0, 3.0])
    /// np.piecewise(x, [x < 0, x >= 0], [lambda x: -x, 10])
    /// #> array([ 2., 10.])
    /// ```
    fn piecewise[context](
        /// The array.
        x: Value,
        /// The conditions.
        condlist: Value,
        /// A number or a function of such elements for each, and one more for where none holds; of a lazy array functions get all elements.
        funclist: Value,
        /// What else the functions take.
        args: Rest,
        /// What else they take by name.
        kw: Keywords,
    ) -> Result<Value> { piecewise(context, &x, &condlist, &funclist, &args.0, &kw) }

    /// Have two arrays elements that are equal when one is stretched to the other?
    fn array_equiv[context](
        /// An array, a list or a number.
        a1: Loose,
        /// Another.
        a2: Loose,
    ) -> Result<Value> {
        let arrays = together(&[&a1, &a2])?;
        let (left, right) = (arrays[0].shape(), arrays[1].shape());
        let Ok(shape) = shape::broadcast(&[left, right]) else { return Ok(Value::Bool(false)) };
        if &shape[..] != left && &shape[..] != right {
            return Ok(Value::Bool(false));
        }
        let equal = arrays[0].compare(CompareFunc::Equal, &arrays[1])?;
        answer(context, equal.reduce(crate::kernel::Reduction::All, None, false, None, None)?, a1.is_lazy() || a2.is_lazy())
    }
}

/// Those of Dask that differ.
pub mod dask {
    use super::*;

    builtins! {
        /// Elements at positions along an axis, the first one if none is given.
        ///
        /// ```rdk
        /// da.take(da.ones((2, 3)), [0, 0]).shape
        /// #> (2, 3)
        /// ```
        fn take[context](
            /// The array.
            a: Operand,
            /// The positions; negative ones count from the end.
            indices: Operand,
            /// Along which axis.
            axis: Option<i64> = 0,
        ) -> Result<Value> { super::take(context, &a, &indices, axis, "raise") }
    }
}

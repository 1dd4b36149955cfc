//! The ways that many functions go: elements and mask alike, the mask as it is, or none.

use rdk_runtime::{Context, FromValue, Result, Value};

use super::{Asked, elements, holds_masked, is_masked};
use crate::array::Array;
use crate::eager::{NdArray, nested};
use crate::face::masked::members::{joined, of_numpy, parts};
use crate::face::masked::object::{self, Masked};
use crate::face::masked::pair::{Given, Pair, answer, either, lazy_value};
use crate::face::masked::reduce;
use crate::face::operand::{self, Operand};
use crate::face::parameters::Axes;
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;

/// What a function makes, each array of it in another way.
pub fn each(made: Value, change: &dyn Fn(Value) -> Result<Value>) -> Result<Value> {
    match &made {
        Value::List(_) | Value::Tuple(_) => {
            let items = made.items().unwrap_or_default();
            let items = items.into_iter().map(|item| each(item, change)).collect::<Result<Vec<_>>>()?;
            Ok(if matches!(made, Value::Tuple(_)) { Value::tuple(items) } else { Value::list(items) })
        }
        _ => change(made),
    }
}

/// As a masked array of which nothing is masked.
pub fn whole(made: Value) -> Result<Value> {
    each(made, &|made| match Operand::loosely(&made)? {
        Operand::Lazy(array) => Ok(lazy_value(Pair::under(array, None, None)?)),
        _ => Ok(object::whole(nested::chunk(&made, None)?, None, None)),
    })
}

/// Elements and masks of what a function makes of either, put together.
fn together(data: Value, mask: Option<Value>, fill: Option<Scalar>) -> Result<Value> {
    let (Value::List(_) | Value::Tuple(_)) = &data else { return joined(data, mask, fill) };
    let items = data.items().unwrap_or_default();
    let masks = match mask.and_then(|mask| mask.items()) {
        Some(masks) => masks.into_iter().map(Some).collect(),
        None => vec![None; items.len()],
    };
    let items = items.into_iter().zip(masks).map(|(data, mask)| together(data, mask, fill));
    let items = items.collect::<Result<Vec<_>>>()?;
    Ok(if matches!(data, Value::Tuple(_)) { Value::tuple(items) } else { Value::list(items) })
}

/// The function of the bare elements.
pub fn of_elements(asked: &Asked) -> Result<Value> {
    asked.of_elements()
}

/// Elements and mask with something around them, of which nothing is masked unless it is taken from what is.
pub fn padded(asked: &Asked) -> Result<Value> {
    const NAME: &str = "array";
    let Some(array) = asked.argument(NAME).filter(|array| is_masked(array)) else { return asked.of_elements() };
    let (data, mask, _) = parts(array)?;
    let nothing = Value::dict(Vec::<(&str, Value)>::new());
    let taken = ["edge", "wrap", "reflect", "symmetric"];
    let is_taken = asked.argument("mode").and_then(Value::as_str).is_some_and(|mode| taken.contains(&mode));
    let mask = match (mask, is_taken) {
        (Some(mask), true) => Some(asked.with(&[(NAME, mask)])?),
        (Some(mask), false) => {
            Some(asked.with(&[(NAME, mask), ("mode", Value::str("constant")), ("kwargs", nothing)])?)
        }
        (None, _) => None,
    };
    joined(asked.with(&[(NAME, data)])?, mask, None)
}

/// The first argument as floats that are NaN where it is masked.
fn holed(asked: &Asked) -> Result<(&'static str, Pair, Value)> {
    let pair = asked.first().pair()?;
    let floats = Pair { data: pair.data.cast(Reduction::Mean.result(pair.data.dtype())), ..pair };
    let holes = floats.filled(Scalar::F64(f64::NAN).cast(floats.data.dtype()))?;
    Ok((asked.builtin.params[0].name, floats, operand::lazy_value(holes)))
}

/// A function that leaves out NaN leaves out what is masked as well.
pub fn without_masked(asked: &Asked) -> Result<Value> {
    let (name, _, holes) = holed(asked)?;
    asked.with(&[(name, holes)])
}

/// The medians of what is not masked; masked where there is nothing.
pub fn median(asked: &Asked) -> Result<Value> {
    let (_, pair, holes) = holed(asked)?;
    let axes = asked.read::<Axes>("axis")?;
    let axes = Axes::list(&axes);
    let none = Array::scalar(Scalar::I64(0));
    let nothing = pair.count(axes, asked.says("keepdims"))?.compare(CompareFunc::Equal, &none)?;
    let axis = asked.argument("axis").cloned().unwrap_or_default();
    let medians = of_numpy(asked.context, "nanmedian", [holes, axis])?;
    let medians = Operand::loosely(&medians)?
        .array()?
        .reshape(&nothing.sized()?.shape().iter().map(|&length| length as i64).collect::<Vec<_>>())?;
    Ok(lazy_value(Pair { data: medians, mask: Some(nothing), fill: None, shrinks: true }))
}

/// Which argument is the array.
fn array_name(asked: &Asked) -> &'static str {
    if asked.builtin.name == "compress" { "a" } else { asked.builtin.params[0].name }
}

/// Elements and mask are moved alike.
pub fn alike(asked: &Asked) -> Result<Value> {
    let name = array_name(asked);
    let Some(array) = asked.argument(name).filter(|array| is_masked(array)) else { return asked.of_elements() };
    let (data, mask, fill) = parts(array)?;
    let data = asked.with(&[(name, data)])?;
    let mask = mask.map(|mask| asked.with(&[(name, mask)])).transpose()?;
    // Taken elements are a new array; moved ones stay what they were.
    together(data, mask, if asked.builtin.name == "take" { None } else { fill })
}

/// The same for each of several arrays.
pub fn each_alike(asked: &Asked) -> Result<Value> {
    let arrays = asked.bound[0].as_ref().and_then(Value::items).unwrap_or_default();
    let one = |array: &Value| {
        let alone =
            |value: Value| asked.builtin.run(asked.context, [Some(Value::tuple([value]))].into_iter().collect());
        match is_masked(array) {
            false => alone(array.clone()),
            true => {
                let (data, mask, fill) = parts(array)?;
                joined(alone(data)?, mask.map(alone).transpose()?, fill)
            }
        }
    };
    let mut made = arrays.iter().map(one).collect::<Result<Vec<_>>>()?;
    Ok(if made.len() == 1 { made.remove(0) } else { Value::tuple(made) })
}

/// The diagonal of a matrix; a matrix that is made of a row is a plain one.
pub fn diagonal(asked: &Asked) -> Result<Value> {
    match asked.is_lazy() || asked.first().data.ndim() > 1 {
        true => alike(asked),
        false => asked.of_elements(),
    }
}

/// Where a condition is masked it does not hold.
pub fn extract(asked: &Asked) -> Result<Value> {
    let Some(condition) = asked.argument("condition") else { return asked.of_elements() };
    let given = Given::try_from_value(condition)?;
    let condition =
        operand::answer(asked.context, given.pair()?.filled(Scalar::zero(given.data.dtype()))?, given.is_lazy())?;
    let Some(array) = asked.argument("arr").filter(|array| is_masked(array)) else {
        return asked.with(&[("condition", condition)]);
    };
    let (data, mask, fill) = parts(array)?;
    let taken = |part: Value| asked.with(&[("condition", condition.clone()), ("arr", part)]);
    together(taken(data)?, mask.map(taken).transpose()?, fill)
}

/// The zeros at the ends are those among the elements, masked or not.
pub fn trimmed(asked: &Asked) -> Result<Value> {
    let given = asked.first();
    let pair = given.pair()?;
    let Some(mask) = &pair.mask else { return whole(asked.of_elements()?) };
    // What stands where, of which the same is cut off.
    let numbers = Array::from_chunk(
        crate::Chunk::from_vec(pair.data.shape(), (1..=pair.data.size() as i64).collect()),
        &crate::ChunksSpec::AUTO,
    )?;
    let zero = pair.data.is_true()?.unary(UnaryFunc::LogicalNot)?;
    let numbers = zero.select(&Array::scalar(Scalar::I64(0)), &numbers)?;
    let kept = asked.with(&[("filt", asked.value(numbers)?)])?;
    let kept = nested::chunk(&kept, None)?;
    let first = kept.scalars().next().map_or(0, |number| number.get::<i64>() - 1);
    let item = |(axis, &length): (usize, &usize)| {
        let strides: usize = pair.data.shape()[axis + 1..].iter().product();
        let start = first / strides.max(1) as i64 % pair.data.shape()[axis].max(1) as i64;
        IndexItem::Slice { start: Some(start), stop: Some(start + length as i64), step: None }
    };
    let items: Vec<IndexItem> = kept.shape().iter().enumerate().map(item).collect();
    answer(
        asked.context,
        Pair { data: pair.data.slice(&items)?, mask: Some(mask.slice(&items)?), ..pair.clone() },
        false,
    )
}

/// A row for each axis, under its own mask.
pub fn open_mesh(asked: &Asked) -> Result<Value> {
    let arrays = asked.bound[0].as_ref().and_then(Value::items).unwrap_or_default();
    let made = asked.of_elements()?.items().unwrap_or_default();
    let rows = made.into_iter().zip(&arrays).map(|(row, array)| match array.get::<Masked>() {
        None => Ok(row),
        Some(masked) => {
            let data = nested::chunk(&row, None)?;
            let mask =
                masked.mask().filter(|mask| mask.size() == data.len()).map(|mask| mask.chunk().reshape(data.shape()));
            Ok(object::whole(data, mask, masked.fill()))
        }
    });
    Ok(Value::tuple(rows.collect::<Result<Vec<_>>>()?))
}

/// Each array of a mesh is of the class of the row that it repeats.
pub fn mesh(asked: &Asked) -> Result<Value> {
    let rows = asked.bound[0].as_ref().and_then(Value::items).unwrap_or_default();
    let made = asked.of_elements()?;
    let arrays = made.items().unwrap_or_default().into_iter().zip(&rows);
    let arrays = arrays.map(|(array, row)| if holds_masked(row) { whole(array) } else { Ok(array) });
    let arrays = arrays.collect::<Result<Vec<_>>>()?;
    Ok(if matches!(made, Value::Tuple(_)) { Value::tuple(arrays) } else { Value::list(arrays) })
}

/// A new array of the class, of which nothing is masked.
pub fn unmasked(asked: &Asked) -> Result<Value> {
    whole(asked.of_elements()?)
}

/// The mask of anything that can be an array; within lists that of each of them.
pub fn mask_of(context: &Context, value: &Value) -> Result<Value> {
    match value {
        Value::List(_) | Value::Tuple(_) => {
            let items = value.items().unwrap_or_default();
            Ok(Value::list(items.iter().map(|item| mask_of(context, item)).collect::<Result<Vec<_>>>()?))
        }
        _ => {
            let given = Given::try_from_value(value)?;
            operand::answer(context, given.pair()?.mask_array()?, given.is_lazy())
        }
    }
}

/// Masks are put together as the arrays are.
pub fn with_masks(asked: &Asked) -> Result<Value> {
    let data = asked.of_elements()?;
    let masked = asked.masked();
    let fill = masked.iter().find_map(|given| given.fill);
    if masked.iter().all(|given| given.mask.is_none()) {
        return together(data, None, fill);
    }
    let params = asked.builtin.params.iter().zip(asked.bound);
    let arrays = params.filter(|(param, _)| matches!(param.name, "arrays" | "tup" | "arr" | "values" | "seq"));
    let masks = arrays.filter_map(|(param, value)| Some((param.name, value.as_ref()?)));
    let masks = masks.map(|(name, value)| Ok((name, mask_of(asked.context, value)?))).collect::<Result<Vec<_>>>()?;
    together(data, Some(asked.with(&masks)?), fill)
}

/// Done with the elements; what is masked in any of the arrays is masked in what comes of them, if it has a shape for that.
pub fn under_the_mask(asked: &Asked) -> Result<Value> {
    let made = asked.of_elements()?;
    let masked = asked.masked();
    let mask = masked.iter().try_fold(None, |mask: Option<Array>, given| either(mask.as_ref(), given.mask.as_ref()))?;
    let fill = masked.iter().find_map(|given| given.fill);
    // Those of several results always have a mask, and those that are chosen piece by piece.
    let always = made.items().is_some() || asked.builtin.name == "i0";
    // What is made in the shape of another array has another mask if that is not its shape.
    let another = asked.builtin.name.ends_with("_like") && asked.argument("shape").is_some();
    each(made, &|made| {
        let data = Operand::loosely(&made)?.array()?;
        let mask = if another { None } else { mask.clone() };
        let fill = fill.map(|fill| fill.cast(data.dtype()));
        let mut pair = Pair::under(data, mask, fill)?;
        if always {
            pair.mask = Some(pair.mask_array()?);
        }
        answer(asked.context, pair, asked.is_lazy())
    })
}

/// At masked places the value of a polynomial is masked.
pub fn polynomial(asked: &Asked) -> Result<Value> {
    match asked.argument("x") {
        Some(x) if is_masked(x) => under_the_mask(asked),
        _ => asked.of_elements(),
    }
}

/// Where a number is put it is not masked any more.
pub fn piecewise(asked: &Asked) -> Result<Value> {
    let made = asked.of_elements()?;
    let Some(given) = asked.argument("x").and_then(Given::of) else { return Ok(made) };
    let list = |name: &str| asked.argument(name).and_then(Value::items).unwrap_or_default();
    let mut mask = given.mask.clone();
    for (condition, function) in list("condlist").iter().zip(list("funclist")) {
        if let (Some(left), Some(_)) = (&mask, Scalar::weak(&function)) {
            let elsewhere = Given::try_from_value(condition)?.data.array()?.unary(UnaryFunc::LogicalNot)?;
            mask = Some(left.binary(BinaryFunc::LogicalAnd, &elsewhere)?);
        }
    }
    answer(asked.context, Pair::under(Operand::try_from_value(&made)?.array()?, mask, given.fill)?, false)
}

/// What a masked number chooses is masked.
pub fn chosen(asked: &Asked) -> Result<Value> {
    match asked.argument("a") {
        Some(numbers) if is_masked(numbers) => {
            let made = Operand::try_from_value(&asked.with(&[])?)?.array()?;
            answer(asked.context, Pair::under(made, asked.first().mask, asked.first().fill)?, false)
        }
        _ => asked.of_elements(),
    }
}

/// The bare elements, unless arrays of other classes may stay what they are.
pub fn if_subclass(asked: &Asked) -> Result<Value> {
    if asked.says("subok") { under_the_mask(asked) } else { asked.of_elements() }
}

/// Itself, unless another type is asked for.
pub fn as_it_is(asked: &Asked) -> Result<Value> {
    match (asked.argument("dtype"), &asked.bound[0]) {
        (None, Some(array)) => Ok(array.clone()),
        _ => under_the_mask(asked),
    }
}

/// A product of the elements. If it has the shape of the masked array that it is made like, it has its mask, too.
pub fn like_the_first(asked: &Asked) -> Result<Value> {
    let made = asked.of_elements()?;
    let Some(array) = made.get::<NdArray>() else { return Ok(made) };
    let first = asked.first();
    let mask = first.mask.clone().filter(|mask| mask.shape() == array.shape());
    answer(asked.context, Pair::under(operand::eager_array(&array.chunk())?, mask, first.fill)?, false)
}

/// A matrix product in which what is masked counts as 0.
pub fn product(asked: &Asked) -> Result<Value> {
    let (Some(a), Some(b)) = (asked.read::<Given>("a")?, asked.read::<Given>("b")?) else { return asked.of_elements() };
    answer(asked.context, reduce::product(&a, &b)?, true)
}

/// The function of 0 in place of what is masked.
pub fn shown(asked: &Asked) -> Result<Value> {
    asked.itself(&mut |value| {
        let given = Given::try_from_value(value)?;
        let shown = given.pair()?.filled(Scalar::zero(given.data.dtype()))?;
        operand::answer(asked.context, shown, given.is_lazy())
    })
}

/// The sum of a diagonal, in which what is masked counts as 0; of a float, as NumPy has it, for arrays in memory.
pub fn trace(asked: &Asked) -> Result<Value> {
    let lazy = asked.is_lazy();
    asked.itself(&mut |value| {
        let given = Given::try_from_value(value)?;
        let shown = given.pair()?.filled(Scalar::zero(given.data.dtype()))?;
        let shown = if lazy { shown } else { shown.cast(shown.dtype().promote(crate::DType::F64)) };
        operand::answer(asked.context, shown, lazy)
    })
}

/// `np.add.outer` and the like: masked where one or the other is.
pub fn outer(
    context: &Context,
    builtin: &rdk_runtime::Builtin,
    bound: &rdk_runtime::builtin::Bound,
) -> Option<Result<Value>> {
    let asked = Asked { context, builtin, bound };
    if !bound.iter().flatten().any(is_masked) {
        return None;
    }
    Some((|| {
        let data = asked.of_elements()?;
        let mask = |name: &str| asked.argument(name).map(|value| mask_of(context, value)).transpose();
        let (Some(a), Some(b)) = (mask("A")?, mask("B")?) else { return Ok(data) };
        let mask = asked.with(&[("ufunc", Value::str("logical_or")), ("A", a), ("B", b)])?;
        joined(data, Some(mask), asked.first().fill)
    })())
}

/// `np.add.reduce` and `np.add.accumulate`: of the bare elements, and nothing of what comes of them is masked.
pub fn unmasked_part(
    context: &Context,
    builtin: &rdk_runtime::Builtin,
    bound: &rdk_runtime::builtin::Bound,
) -> Option<Result<Value>> {
    let asked = Asked { context, builtin, bound };
    let in_memory = bound.iter().flatten().any(|value| value.get::<Masked>().is_some());
    in_memory.then(|| unmasked(&asked))
}

/// Is it a masked array that has a mask?
pub fn holds_mask(value: &Value) -> bool {
    value.get::<Masked>().is_some_and(|masked| masked.mask().is_some())
}

/// A number, or the bare elements of an array.
pub fn bare(value: &Value) -> Result<Value> {
    if is_masked(value) { elements(value) } else { Ok(value.clone()) }
}

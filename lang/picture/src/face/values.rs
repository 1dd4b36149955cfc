//! What users give to be drawn: numbers in a row, tables, names, colours. Lazy values are computed.

use rdk_array::eager::{NdArray, nested};
use rdk_array::{Chunk, DType};
use rdk_runtime::compute::compute;
use rdk_runtime::convert::describe;
use rdk_runtime::evaluate::collect;
use rdk_runtime::{Args, Context, FromValue, Result, Value, bail, error, operators};

use crate::color::{self, Color};
use crate::figure::Axis;

/// Things in a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// Numbers; what is missing is NaN.
    Numbers(Vec<f64>),
    /// Names, which stand at 0, 1, 2, …
    Names(Vec<String>),
}

impl Row {
    /// How many.
    pub fn count(&self) -> usize {
        match self {
            Row::Numbers(numbers) => numbers.len(),
            Row::Names(names) => names.len(),
        }
    }

    /// As numbers along an axis, which learns the names.
    pub fn along(self, axis: &mut Axis) -> Vec<f64> {
        match self {
            Row::Numbers(numbers) => numbers,
            Row::Names(names) => names.iter().map(|name| axis.position(name)).collect(),
        }
    }
}

/// The values with all work done; lazy ones in one graph.
pub fn concrete(context: &Context, values: &[Value]) -> Result<Vec<Value>> {
    let done = compute(context, values)?;
    done.into_iter().map(|value| plain(context, value)).collect()
}

/// As an array, a list, a text or a number.
fn plain(context: &Context, value: Value) -> Result<Value> {
    match &value {
        Value::List(_) | Value::Tuple(_) => {
            let items = value.items().unwrap_or_default();
            if items.iter().any(|item| matches!(item, Value::Lazy(_))) {
                return Ok(Value::list(compute(context, &items)?));
            }
            Ok(value)
        }
        Value::Iter(_) | Value::Set(_) => Ok(Value::list(collect(context, &value)?)),
        Value::Object(object) => {
            if value.get::<NdArray>().is_some() || value.plain_number().is_some() {
                return Ok(value);
            }
            if let Some(array) = object.array() {
                return array;
            }
            // Frames and series have their numbers as `values`.
            match operators::find(context, &value, "values")? {
                Some(method @ Value::Method(_)) => {
                    let values = context.call(&method, Args::none())?;
                    concrete(context, &[values]).map(first)
                }
                Some(values) => concrete(context, &[values]).map(first),
                None => match collect(context, &value) {
                    Ok(items) => Ok(Value::list(items)),
                    Err(_) => Ok(value),
                },
            }
        }
        _ => Ok(value),
    }
}

/// The only one of several.
pub fn first(values: Vec<Value>) -> Value {
    values.into_iter().next().unwrap_or_default()
}

/// An array of a concrete value; `None` in lists is NaN.
pub fn array(value: &Value) -> Result<Chunk> {
    let chunk = match nested::chunk(value, None) {
        Ok(chunk) => chunk,
        Err(error) => match filled(value) {
            Some(filled) => nested::chunk(&filled, None)?,
            None => return Err(error),
        },
    };
    if chunk.dtype().is_complex() {
        bail!(TypeError: "complex numbers cannot be drawn"; hint: "`np.real(x)`, `np.abs(x)` give real ones");
    }
    Ok(chunk)
}

/// A list with NaN in place of `None`; nothing if there is none.
fn filled(value: &Value) -> Option<Value> {
    let items = value.items()?;
    let any = items.iter().any(Value::is_none);
    let fill = |item: Value| if item.is_none() { Value::Float(f64::NAN) } else { item };
    any.then(|| Value::list(items.into_iter().map(fill)))
}

/// A concrete value as things in a row.
pub fn row(value: &Value, name: &str) -> Result<Row> {
    if let Value::Str(text) = value {
        return Ok(Row::Names(vec![text.to_string()]));
    }
    if let Some(items) = value.items()
        && !items.is_empty()
        && items.iter().all(|item| matches!(item, Value::Str(_)))
    {
        return Ok(Row::Names(items.iter().filter_map(|item| item.as_str().map(str::to_string)).collect()));
    }
    if let Some(number) = value.as_f64() {
        return Ok(Row::Numbers(vec![number]));
    }
    let chunk = array(value).map_err(|error| match error.0.kind {
        rdk_runtime::Kind::TypeError if error.0.hints.is_empty() => {
            error!(TypeError: "`{name}` is to be numbers in a row, got {}", describe(value))
        }
        _ => error,
    })?;
    match chunk.ndim() {
        0 | 1 => Ok(Row::Numbers(chunk.to_vec())),
        2 if chunk.shape().contains(&1) => Ok(Row::Numbers(chunk.to_vec())),
        n => {
            bail!("`{name}` is to be numbers in a row, got an array of {n} dimensions"; hint: "`.ravel()` puts all of them in a row")
        }
    }
}

/// A concrete value as numbers in a row.
pub fn numbers(value: &Value, name: &str) -> Result<Vec<f64>> {
    match row(value, name)? {
        Row::Numbers(numbers) => Ok(numbers),
        Row::Names(_) => bail!(TypeError: "`{name}` is to be numbers, got text"),
    }
}

/// A number as often as wanted, or as many numbers.
pub fn repeated(value: &Value, n: usize, name: &str) -> Result<Vec<f64>> {
    let found = numbers(value, name)?;
    match found.len() {
        1 => Ok(vec![found[0]; n]),
        length if length == n => Ok(found),
        length => bail!("shape mismatch: `{name}` has {length} values, there are {n} places"),
    }
}

/// The lengths of an array as Python writes them.
pub fn shape_text(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        many => format!("({})", many.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Is an array of whole numbers or truths?
pub fn is_whole(dtype: DType) -> bool {
    dtype.is_integer() || dtype == DType::Bool
}

/// A colour that a user gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColorArg(pub Color);

impl FromValue for ColorArg {
    fn expected() -> &'static str {
        "a colour: a name, `#rrggbb`, or three numbers from 0 to 1"
    }

    fn from_value(value: &Value) -> Option<ColorArg> {
        if let Value::Str(text) = value {
            return Color::from_name(text).map(ColorArg);
        }
        let items = match value.get::<NdArray>() {
            Some(array) if array.shape().len() == 1 => array.chunk().scalars().map(|part| part.to_value()).collect(),
            Some(_) => return None,
            None => value.items()?,
        };
        if let [Value::Str(name), alpha] = items.as_slice() {
            return Some(ColorArg(Color::from_name(name)?.with_alpha(alpha.as_f64())));
        }
        let parts: Vec<f32> = items.iter().map(|part| part.as_f64().map(|part| part as f32)).collect::<Option<_>>()?;
        let within = parts.iter().all(|part| (0.0..=1.0).contains(part));
        match *parts.as_slice() {
            [red, green, blue] if within => Some(ColorArg(Color { red, green, blue, alpha: 1.0 })),
            [red, green, blue, alpha] if within => Some(ColorArg(Color { red, green, blue, alpha })),
            _ => None,
        }
    }

    fn try_from_value(value: &Value) -> Result<ColorArg> {
        ColorArg::from_value(value).ok_or_else(|| no_color(value))
    }
}

/// What to say about something that is no colour.
fn no_color(value: &Value) -> rdk_runtime::Error {
    let error = error!("{} is not a valid color value", value.repr());
    let near = value.as_str().and_then(|text| {
        rdk_runtime::builtin::nearest(
            text,
            color::names().map(|(name, _)| name).filter(|name| !name.starts_with("tab:")),
        )
    });
    match near {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("a name (`\"red\"`, `\"tab:blue\"`, `\"C0\"`), `\"#rrggbb\"`, or three numbers from 0 to 1"),
    }
}

/// One colour for all, or one each.
pub fn colors(value: &Value) -> Result<Vec<Color>> {
    if let Some(ColorArg(color)) = ColorArg::from_value(value) {
        return Ok(vec![color]);
    }
    if let Some(array) = value.get::<NdArray>()
        && array.shape().len() == 2
    {
        let chunk = array.chunk();
        let rows = (0..array.shape()[0]).map(|row| Value::object(NdArray::new(chunk.index_axis(0, row))));
        return rows.map(|row| Ok(ColorArg::try_from_value(&row)?.0)).collect();
    }
    match value.items() {
        Some(items) if !items.is_empty() => items.iter().map(|item| Ok(ColorArg::try_from_value(item)?.0)).collect(),
        _ => Err(no_color(value)),
    }
}

/// Text that a user gives as a label: numbers too. What stands between dollars is written as well as letters can.
pub fn label(value: &Value) -> String {
    super::formula::plain(&value.text())
}

/// As many points as this on both sides?
pub fn same_length(x: usize, y: usize) -> Result<()> {
    if x == y {
        return Ok(());
    }
    bail!(
        "x and y must have same first dimension, but have shapes ({x},) and ({y},)";
        hint: "every point needs both: `len(x)` is to be `len(y)`"
    )
}

/// Two numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair(pub f64, pub f64);

impl FromValue for Pair {
    fn expected() -> &'static str {
        "two numbers"
    }

    fn from_value(value: &Value) -> Option<Pair> {
        let items = match value.get::<NdArray>() {
            Some(array) if array.shape() == [2] => array.chunk().scalars().map(|part| part.to_value()).collect(),
            Some(_) => return None,
            None => value.items()?,
        };
        match items.as_slice() {
            [low, high] => Some(Pair(low.as_f64()?, high.as_f64()?)),
            _ => None,
        }
    }
}

impl From<Pair> for Value {
    fn from(pair: Pair) -> Value {
        Value::tuple([Value::Float(pair.0), Value::Float(pair.1)])
    }
}

//! Types of parameters: axes, shapes, and those that are only there to be refused politely.

use rdk_runtime::convert::describe;
use rdk_runtime::{FromValue, Result, Value, bail};

use crate::plan::SplitEvery;
use crate::shape::{self, Shape};

/// `axis=`: one or several.
#[derive(Clone, Debug)]
pub struct Axes(pub Vec<i64>);

impl FromValue for Axes {
    fn expected() -> &'static str {
        "an axis (an integer) or a tuple of axes"
    }

    fn from_value(value: &Value) -> Option<Axes> {
        match i64::from_value(value) {
            // A truth value is more likely a `keepdims` in the wrong place.
            Some(_) if matches!(value, Value::Bool(_)) => None,
            Some(axis) => Some(Axes(vec![axis])),
            None => Vec::<i64>::from_value(value).map(Axes),
        }
    }

    fn try_from_value(value: &Value) -> Result<Axes> {
        match (Axes::from_value(value), value) {
            (Some(axes), _) => Ok(axes),
            (None, Value::Bool(_)) => {
                bail!(TypeError: "an integer is required for the axis, got {}", describe(value); hint: "`keepdims=True` keeps the axis with length 1")
            }
            (None, Value::Float(_)) => {
                bail!(TypeError: "'float' object cannot be interpreted as an integer: expected {}, got {}", Axes::expected(), describe(value))
            }
            _ => bail!(TypeError: "expected {}, got {}", Axes::expected(), describe(value)),
        }
    }
}

impl Axes {
    /// The axes, where none at all means all.
    pub fn list(axes: &Option<Axes>) -> Option<&[i64]> {
        axes.as_ref().map(|axes| &axes.0[..])
    }
}

/// `shape=` or `size=`: one length or several.
#[derive(Clone, Debug)]
pub struct ShapeArg(pub Shape);

impl FromValue for ShapeArg {
    fn expected() -> &'static str {
        "a length or a tuple of lengths"
    }

    fn from_value(value: &Value) -> Option<ShapeArg> {
        ShapeArg::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<ShapeArg> {
        Ok(ShapeArg(shape::from_lengths(&lengths(value)?)?))
    }
}

/// One length or several; -1 may be among them.
#[derive(Clone, Debug)]
pub struct Lengths(pub Vec<i64>);

impl FromValue for Lengths {
    fn expected() -> &'static str {
        "a length or a tuple of lengths"
    }

    fn from_value(value: &Value) -> Option<Lengths> {
        lengths(value).ok().map(Lengths)
    }

    fn try_from_value(value: &Value) -> Result<Lengths> {
        lengths(value).map(Lengths)
    }
}

fn lengths(value: &Value) -> Result<Vec<i64>> {
    let items = match value.items() {
        Some(items) => items,
        None => match value.get::<crate::eager::NdArray>() {
            Some(array) if array.shape().len() == 1 => array.to_list().items().unwrap_or_default(),
            _ => vec![value.clone()],
        },
    };
    let length = |item: &Value| match (item, i64::from_value(item)) {
        (_, Some(length)) => Ok(length),
        (Value::BigInt(_), None) => bail!("Maximum allowed dimension exceeded"; hint: "a length has at most 63 bits"),
        (Value::Float(number), None) => {
            bail!(TypeError: "expected an integer for a length, got the float {number:?}"; hint: "`int(…)` makes one of it")
        }
        _ => bail!(TypeError: "expected a length or a tuple of lengths, got {}", describe(item)),
    };
    items.iter().map(length).collect()
}

/// `split_every=`: how many partial results become one at a time.
impl FromValue for SplitEvery {
    fn expected() -> &'static str {
        "an integer, or a dict from axis to integer"
    }

    fn from_value(value: &Value) -> Option<SplitEvery> {
        match value {
            Value::Dict(dict) => {
                let pairs: Vec<(Value, Value)> =
                    dict.0.lock().iter().map(|(key, value)| (key.value().clone(), value.clone())).collect();
                let pair = |(axis, n): &(Value, Value)| Some((i64::from_value(axis)?, usize::from_value(n)?));
                pairs.iter().map(pair).collect::<Option<Vec<_>>>().map(SplitEvery::ByAxis)
            }
            // `False` says that there is to be one step.
            Value::Bool(false) => Some(SplitEvery::InAll(usize::MAX)),
            _ => usize::from_value(value).map(SplitEvery::InAll),
        }
    }
}

/// A parameter of NumPy's that rdk has no use for: only `None` is taken.
pub struct Unsupported;

impl FromValue for Unsupported {
    const DEFAULT: Option<&'static str> = Some("None");

    fn expected() -> &'static str {
        "None"
    }

    fn from_value(value: &Value) -> Option<Unsupported> {
        value.is_none().then_some(Unsupported)
    }

    fn try_from_value(value: &Value) -> Result<Unsupported> {
        if !value.is_none() {
            bail!(NotImplementedError: "this argument is not supported"; hint: "assign the result instead: `y = …`");
        }
        Ok(Unsupported)
    }

    fn missing() -> Option<Unsupported> {
        Some(Unsupported)
    }
}

/// `method=` of running sums: both ways that Dask knows give the same; here chunks go one after the other.
pub struct Scan;

impl FromValue for Scan {
    const DEFAULT: Option<&'static str> = Some("\"sequential\"");

    fn expected() -> &'static str {
        "\"sequential\" or \"blelloch\""
    }

    fn from_value(value: &Value) -> Option<Scan> {
        (value.is_none() || matches!(value.as_str(), Some("sequential" | "blelloch"))).then_some(Scan)
    }

    fn try_from_value(value: &Value) -> Result<Scan> {
        match Scan::from_value(value) {
            Some(scan) => Ok(scan),
            None => bail!(
                "Invalid method for cumreduction. Expected \"sequential\" or \"blelloch\". Got {}",
                describe(value)
            ),
        }
    }

    fn missing() -> Option<Scan> {
        Some(Scan)
    }
}

/// `device=`: arrays are kept in the processor's memory, nowhere else.
pub struct Device;

impl FromValue for Device {
    const DEFAULT: Option<&'static str> = Some("None");

    fn expected() -> &'static str {
        "\"cpu\" or None"
    }

    fn from_value(value: &Value) -> Option<Device> {
        (value.is_none() || value.as_str() == Some("cpu")).then_some(Device)
    }

    fn try_from_value(value: &Value) -> Result<Device> {
        match Device::from_value(value) {
            Some(device) => Ok(device),
            None => bail!("Device not understood. Only \"cpu\" is allowed, but received: {}", describe(value)),
        }
    }

    fn missing() -> Option<Device> {
        Some(Device)
    }
}

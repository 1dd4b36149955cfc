//! Positions and slices, as sequences take them.

use crate::bail;
use crate::convert::FromValue;
use crate::error::Result;
use crate::value::{Range, Slice, Value};

impl Range {
    /// How many numbers it has.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        let (start, stop, step) = (i128::from(self.start), i128::from(self.stop), i128::from(self.step));
        let distance = if step > 0 { stop - start } else { start - stop };
        if distance <= 0 { 0 } else { ((distance - 1) / step.abs() + 1) as usize }
    }

    /// The number at a position that it has.
    pub fn at(&self, position: usize) -> i64 {
        (i128::from(self.start) + i128::from(self.step) * position as i128) as i64
    }

    /// The same numbers in the opposite order.
    pub fn reversed(&self) -> Range {
        match self.len() {
            0 => Range { start: 0, stop: 0, step: 1 },
            n => Range {
                start: self.at(n - 1),
                stop: self.start.saturating_sub(self.step),
                step: self.step.checked_neg().unwrap_or(i64::MAX),
            },
        }
    }

    /// Where a number stands in it.
    pub fn position(&self, number: i64) -> Option<usize> {
        let distance = i128::from(number) - i128::from(self.start);
        let step = i128::from(self.step);
        let position = distance / step;
        (distance % step == 0 && position >= 0 && position < self.len() as i128).then_some(position as usize)
    }
}

/// An integer for use as a position; `None` when the value is not an integer.
pub fn index(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) => Some(*n),
        Value::BigInt(n) => Some(if n.sign() == num_bigint::Sign::Minus { i64::MIN } else { i64::MAX }),
        other => i64::from_value(other),
    }
}

/// The position that an index from either end stands for; an error in Python's words if there is none.
pub fn position(value: &Value, length: usize, what: &str) -> Result<usize> {
    let Some(at) = index(value) else {
        let got = value.class().name;
        match what {
            "string" => bail!(TypeError: "string indices must be integers, not '{got}'"),
            "bytes" => bail!(TypeError: "byte indices must be integers or slices, not {got}"),
            "range object" => bail!(TypeError: "range indices must be integers or slices, not {got}"),
            _ => {
                let what = what.split(' ').next().unwrap_or(what);
                bail!(TypeError: "{what} indices must be integers or slices, not {got}")
            }
        }
    };
    let found = if at < 0 { at.checked_add(length as i64) } else { Some(at) };
    match found {
        Some(found) if found >= 0 && (found as usize) < length => Ok(found as usize),
        _ => {
            let error = crate::error!(IndexError: "{what} index out of range");
            Err(match (length, value) {
                (0, _) => error.hint("it is empty"),
                (_, Value::BigInt(_)) => error,
                _ => error.hint(format!("indices go from {} to {}, got {at}", -(length as i64), length - 1)),
            })
        }
    }
}

/// Start, stop and step of a slice of a sequence, as Python's `slice.indices`: with a negative step `stop` may be -1.
pub fn indices(slice: &Slice, length: usize) -> Result<(i64, i64, i64)> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let whole = |value: &Value| -> Result<Option<i64>> {
        if value.is_none() {
            return Ok(None);
        }
        match index(value) {
            Some(n) => Ok(Some(n)),
            None => bail!(TypeError: "slice indices must be integers or None, not {}", value.class().name),
        }
    };
    let step = whole(&slice.step)?.unwrap_or(1).max(-i64::MAX);
    if step == 0 {
        bail!("slice step cannot be zero");
    }
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let place = |at: i64| if at < 0 { at.saturating_add(length).max(low) } else { at.min(high) };
    let start = whole(&slice.start)?.map_or(if step > 0 { low } else { high }, place);
    let stop = whole(&slice.stop)?.map_or(if step > 0 { high } else { low }, place);
    Ok((start, stop, step))
}

/// The positions of a slice.
pub(crate) fn range(slice: &Slice, length: usize) -> Result<Range> {
    let (start, stop, step) = indices(slice, length)?;
    Ok(Range { start, stop, step })
}

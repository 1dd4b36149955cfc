//! Categories of several parts as those of a whole.

use arrow::array::{ArrayRef, UInt64Array};
use arrow::compute::{concat, take};
use arrow::datatypes::DataType;
use rdk_runtime::{Result, bail};

use super::{
    categories, convert, is, is_ordered, is_unknown, known, lookup, plain, sorted_values, unknown, value_type,
};
use crate::batches::arrow_error;

/// The categories of all of these: those of the first in their order, then what each next one has besides.
pub fn union(all: &[ArrayRef]) -> Result<Option<ArrayRef>> {
    let mut found: Option<ArrayRef> = None;
    for values in all {
        found = Some(match found {
            None => values.clone(),
            Some(found) => {
                let places = lookup(values, &found)?;
                let new: UInt64Array =
                    (0..values.len() as u64).filter(|&at| arrow::array::Array::is_null(&places, at as usize)).collect();
                let new = take(values, &new, None).map_err(arrow_error)?;
                let wanted = crate::steps::common(&[found.data_type().clone(), new.data_type().clone()]);
                let (a, b) = (crate::objects::convert(&found, &wanted)?, crate::objects::convert(&new, &wanted)?);
                concat(&[&a, &b]).map_err(arrow_error)?
            }
        });
    }
    Ok(found)
}

/// The type of columns of these types below each other: Dask puts all categories together, where pandas makes values of them.
pub fn common(types: &[DataType]) -> Result<DataType> {
    let same = types.windows(2).all(|pair| pair[0] == pair[1]);
    if same || !types.iter().all(is) {
        return Ok(crate::steps::common(types));
    }
    if types.iter().any(is_ordered) {
        bail!(TypeError: "Categorical.ordered must be the same"; hint: "`.cat.as_unordered()`, or the same categories in all");
    }
    let plain = crate::steps::common(&types.iter().map(value_type).collect::<Vec<_>>());
    if crate::objects::is(&plain) {
        return Ok(plain);
    }
    let values = types.iter().map(|of| categories(of).map(|known| known.values.clone())).collect::<Option<Vec<_>>>();
    match values.as_deref().map(union).transpose()?.flatten() {
        Some(values) => known(&values, false),
        None => Ok(unknown(&plain, false)),
    }
}

/// The pieces of a column, in order, with categories that are the same in all of them and known: as Dask puts partitions together.
pub fn gathered(pieces: &[ArrayRef]) -> Result<Vec<ArrayRef>> {
    let Some(first) = pieces.first().filter(|first| is_unknown(first.data_type())) else { return Ok(pieces.to_vec()) };
    let ordered = is_ordered(first.data_type());
    let each = pieces.iter().map(|piece| sorted_values(&plain(piece)?)).collect::<Result<Vec<_>>>()?;
    match union(&each)? {
        Some(values) => {
            let wanted = known(&values, ordered)?;
            pieces.iter().map(|piece| convert(piece, &wanted)).collect()
        }
        None => Ok(pieces.to_vec()),
    }
}

//! What `dask.config` says of chunks.

use rdk_runtime::convert::describe;
use rdk_runtime::{FromValue, Result, Value, bail};

use super::parse_bytes;
use crate::place;

/// How large a chunk is at most where its size is up to us, unless `array.chunk-size` says something else: 128 MiB.
pub const DEFAULT_LIMIT: u64 = 128 << 20;

/// How much larger than asked for a chunk may become before it is cut, unless `array.chunk-size-tolerance` says something else.
const DEFAULT_TOLERANCE: f64 = 1.25;

/// How large a chunk is at most where its size is up to us.
///
/// # Errors
/// A setting that is no number of bytes.
pub(crate) fn chunk_size() -> Result<u64> {
    const NAME: &str = "array.chunk-size";
    match place::setting(NAME) {
        None | Some(Value::None) => Ok(DEFAULT_LIMIT),
        Some(Value::Str(text)) => parse_bytes(&text).map_err(|error| error.hint(format!("`{NAME}` of `dask.config`"))),
        Some(number) => match f64::from_value(&number) {
            Some(bytes) if bytes >= 0.0 => Ok(bytes as u64),
            _ => bail!(TypeError: "`{NAME}` is a number of bytes such as \"64 MiB\", got {}", describe(&number)),
        },
    }
}

/// How much larger than asked for a chunk may become before it is cut.
///
/// # Errors
/// A setting that is no number, or none above 0.
pub(crate) fn tolerance() -> Result<f64> {
    const NAME: &str = "array.chunk-size-tolerance";
    match place::setting(NAME) {
        None | Some(Value::None) => Ok(DEFAULT_TOLERANCE),
        Some(value) => match f64::from_value(&value) {
            Some(tolerance) if tolerance > 0.0 => Ok(tolerance),
            _ => bail!(TypeError: "`{NAME}` is a number above 0, got {}", describe(&value)),
        },
    }
}

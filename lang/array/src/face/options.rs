//! The keyword arguments that all of NumPy's elementwise functions take.

use rdk_runtime::{FromValue, Keywords, Result, bail};

use crate::array::Array;
use crate::dtype::DType;
use crate::eager::DTypeArg;

/// What was given by keyword.
#[derive(Default)]
pub struct Options {
    /// Compute in this type.
    pub dtype: Option<DType>,
}

impl Options {
    /// Reads them; refuses those that rdk does not have.
    pub fn read(function: &str, keywords: Keywords) -> Result<Options> {
        let mut options = Options::default();
        for (name, value) in keywords.0 {
            match &*name {
                "dtype" => options.dtype = Option::<DTypeArg>::try_from_value(&value)?.map(|dtype| dtype.0),
                "out" if value.is_none() => {}
                "where" if matches!(value, rdk_runtime::Value::Bool(true)) => {}
                "casting" | "order" | "subok" | "signature" => {}
                "out" => bail!(
                    NotImplementedError: "{function}() does not take `out`";
                    hint: "assign the result instead: `y = {function}(…)`"
                ),
                "where" => bail!(
                    NotImplementedError: "{function}() does not take `where`";
                    hint: "choose afterwards: `np.where(condition, {function}(…), other)`"
                ),
                _ => {
                    bail!(TypeError: "{function}() got an unexpected keyword argument `{name}`"; hint: "it takes `dtype`")
                }
            }
        }
        Ok(options)
    }

    /// The array in the type to compute in.
    pub fn cast(&self, array: Array) -> Array {
        self.dtype.map_or(array.clone(), |dtype| array.cast(dtype))
    }
}

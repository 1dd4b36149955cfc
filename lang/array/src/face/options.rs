//! The keyword arguments that all of NumPy's elementwise functions take.

use rdk_runtime::{FromValue, Keywords, Result, bail};

use super::operand::Operand;
use super::out::{self, Out};
use crate::array::Array;
use crate::dtype::DType;
use crate::eager::DTypeArg;

/// What was given by keyword.
#[derive(Default)]
pub struct Options {
    /// Compute in this type.
    pub dtype: Option<DType>,
    /// Where the result goes.
    pub out: Out,
    /// In which places it is computed.
    pub condition: Option<Operand>,
}

impl Options {
    /// Reads them; refuses those that rdk does not have.
    pub fn read(function: &str, keywords: Keywords) -> Result<Options> {
        let mut options = Options::default();
        for (name, value) in keywords.0 {
            match &*name {
                "dtype" => options.dtype = Option::<DTypeArg>::try_from_value(&value)?.map(|dtype| dtype.0),
                "out" => options.out = Out::try_from_value(&value)?,
                "where" => options.condition = out::condition(function, &value)?,
                "casting" | "order" | "subok" | "signature" => {}
                _ => {
                    bail!(TypeError: "{function}() got an unexpected keyword argument `{name}`"; hint: "it takes `out`, `where` and `dtype`")
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

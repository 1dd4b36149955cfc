//! `ones`, `zeros` and `empty`: one declaration under three names.

use rdk_runtime::{Builtin, Context, FromValue, Result, Value};

use crate::dtype::DType;
use crate::scalar::Scalar;

/// What an array is full of.
#[derive(Clone, Copy)]
pub(super) enum Filling {
    /// `ones`
    Ones,
    /// `zeros`
    Zeros,
    /// `empty`: what it is does not matter. Memory that is made is of zeros.
    Nothing,
}

impl FromValue for Filling {
    fn expected() -> &'static str {
        "\"ones\", \"zeros\" or \"empty\""
    }

    fn from_value(value: &Value) -> Option<Filling> {
        Some(match value.as_str()? {
            "ones" => Filling::Ones,
            "zeros" => Filling::Zeros,
            "empty" => Filling::Nothing,
            _ => return None,
        })
    }
}

impl Filling {
    /// The number.
    pub fn number(self, dtype: DType) -> Scalar {
        match self {
            Filling::Ones => Scalar::one(dtype),
            Filling::Zeros | Filling::Nothing => Scalar::zero(dtype),
        }
    }

    /// What Dask calls a layer of such chunks.
    pub fn layer(self) -> &'static str {
        match self {
            Filling::Ones => "ones_like",
            Filling::Zeros => "zeros_like",
            Filling::Nothing => "empty_like",
        }
    }
}

/// Three functions of one that takes a [`Filling`] first, by their names and what is said of them; in the order ones, zeros, empty.
pub(super) fn three(declared: fn() -> Vec<Builtin>, names: [(&'static str, &'static str); 3]) -> Vec<Builtin> {
    let fillings: [fn(&Context) -> Result<Value>; 3] =
        [|_| Ok(Value::str("ones")), |_| Ok(Value::str("zeros")), |_| Ok(Value::str("empty"))];
    let function = |((name, doc), filling)| {
        let one = declared().into_iter().next();
        one.map(|one| one.fixed(name, doc, filling))
    };
    names.into_iter().zip(fillings).filter_map(function).collect()
}

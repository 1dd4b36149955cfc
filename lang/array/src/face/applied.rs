//! A function of elements and what it is applied to: a plan where something lazy went in, else done at once.

use rdk_runtime::{Context, Result, Value};
use smallvec::SmallVec;

use super::operand::{eager_array, lazy_value};
use crate::array::{Array, Func};
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager;
use crate::lower::{InMemory, elements};
use crate::scalar::Scalar;

/// An operand with its type: plain numbers have taken that of the arrays beside them.
pub enum Term<'a> {
    /// A lazy array.
    Lazy(&'a Array),
    /// An array in memory.
    Eager(&'a Chunk),
    /// One number for all elements.
    Number(Scalar),
}

impl Term<'_> {
    /// The type of its elements.
    pub fn dtype(&self) -> DType {
        match self {
            Term::Lazy(array) => array.dtype(),
            Term::Eager(chunk) => chunk.dtype(),
            Term::Number(number) => number.dtype(),
        }
    }

    /// As an array.
    pub fn array(&self) -> Result<Array> {
        match self {
            Term::Lazy(array) => Ok((*array).clone()),
            Term::Eager(chunk) => eager_array(chunk),
            Term::Number(number) => Ok(Array::scalar(*number)),
        }
    }

    /// What lies in memory; `None` if it is lazy.
    fn in_memory(&self) -> Option<InMemory<'_>> {
        match self {
            Term::Lazy(_) => None,
            Term::Eager(chunk) if chunk.ndim() > 0 => Some(InMemory::Chunk(chunk)),
            Term::Eager(chunk) => chunk.get(&[]).map(InMemory::Number),
            Term::Number(number) => Some(InMemory::Number(*number)),
        }
    }
}

/// A function of elements, applied and not yet computed.
pub struct Applied<'a> {
    func: Func,
    terms: SmallVec<[Term<'a>; 3]>,
    /// What Dask calls it.
    layer: Option<&'static str>,
}

impl<'a> Applied<'a> {
    /// The function of these.
    pub fn new(func: Func, terms: impl IntoIterator<Item = Term<'a>>) -> Applied<'a> {
        Applied { func, terms: terms.into_iter().collect(), layer: None }
    }

    /// The same under another name.
    pub fn named(self, layer: &'static str) -> Applied<'a> {
        Applied { layer: Some(layer), ..self }
    }

    /// The type of the result; `None` if the function does not work on these types.
    pub fn dtype(&self) -> Option<DType> {
        let dtypes: SmallVec<[DType; 3]> = self.terms.iter().map(Term::dtype).collect();
        Some(self.func.types(&dtypes)?.1)
    }

    /// The plan.
    pub fn array(&self) -> Result<Array> {
        let arrays = self.terms.iter().map(Term::array).collect::<Result<Vec<_>>>()?;
        let array = Array::elementwise(self.func, &arrays)?;
        Ok(match self.layer {
            Some(layer) => array.named(layer),
            None => array,
        })
    }

    /// The plan if the answer is to be lazy, else what it computes to.
    pub fn answer(&self, context: &Context, lazy: bool) -> Result<Value> {
        if lazy {
            return self.array().map(lazy_value);
        }
        let operands: Option<SmallVec<[InMemory<'_>; 3]>> = self.terms.iter().map(Term::in_memory).collect();
        if let Some(made) = operands.and_then(|operands| elements(context, self.func, &operands)) {
            return made.map(eager::value);
        }
        self.array()?.compute_now(context).map(eager::value)
    }
}

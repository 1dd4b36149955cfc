//! Functions of the elements at the same place.

use std::sync::Arc;

use rdk_runtime::{Result, bail, error};

use crate::array::{Array, Draft, Func, Plan, capped};
use crate::chunks::{Chunks, unify};
use crate::counts;
use crate::kernel::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::{DType, shape};

impl Func {
    /// The type in which it works on elements of these types, and the type of its result.
    pub fn types(self, inputs: &[DType]) -> Option<(DType, DType)> {
        match (self, inputs) {
            (Func::Unary(func), &[a]) => func.result(a),
            (Func::Binary(func), &[a, b]) => func.result(a, b),
            (Func::Compare(_), &[a, b]) => Some((a.promote(b), DType::Bool)),
            (Func::Select, &[_, a, b]) => Some((a.promote(b), a.promote(b))),
            _ => None,
        }
    }
}

impl Array {
    /// A function of the elements at the same place. Inputs are stretched to a common shape and cast to a common type.
    pub fn elementwise(func: Func, inputs: &[Array]) -> Result<Array> {
        if !inputs.iter().all(Array::is_sized) && !counts::go_together(inputs) {
            let sized = inputs.iter().map(Array::sized).collect::<Result<Vec<_>>>()?;
            return Array::elementwise(func, &sized);
        }
        let dtypes: Vec<DType> = inputs.iter().map(Array::dtype).collect();
        let Some((_, dtype)) = func.types(&dtypes) else { return Err(refused(func, &dtypes)) };
        let shapes: Vec<&[usize]> = inputs.iter().map(Array::shape).collect();
        let shape = shape::broadcast(&shapes)?;
        let grids: Vec<&Chunks> = inputs.iter().map(Array::chunks).collect();
        let chunks = unify(&grids);
        debug_assert_eq!(chunks.shape(), shape);
        let own_tasks = capped(chunks.count());
        let (plan, inputs) = (Plan::Elementwise(func), inputs.iter().cloned().collect());
        Ok(Array::make(Draft { plan, inputs, name: Arc::from(func.name()), chunks, dtype, own_tasks }))
    }

    /// A function of each element.
    pub fn unary(&self, func: UnaryFunc) -> Result<Array> {
        Array::elementwise(Func::Unary(func), std::slice::from_ref(self))
    }

    /// A function of two arrays.
    pub fn binary(&self, func: BinaryFunc, other: &Array) -> Result<Array> {
        Array::elementwise(Func::Binary(func), &[self.clone(), other.clone()])
    }

    /// A comparison.
    pub fn compare(&self, func: CompareFunc, other: &Array) -> Result<Array> {
        Array::elementwise(Func::Compare(func), &[self.clone(), other.clone()])
    }

    /// `where(self, yes, no)`
    pub fn select(&self, yes: &Array, no: &Array) -> Result<Array> {
        Array::elementwise(Func::Select, &[self.clone(), yes.clone(), no.clone()])
    }

    /// Its elements as another type.
    pub fn cast(&self, dtype: DType) -> Array {
        if dtype == self.dtype() {
            return self.clone();
        }
        let (chunks, inputs) = (self.chunks().clone(), [self.clone()].into_iter().collect());
        let own_tasks = capped(chunks.count());
        Array::make(Draft { plan: Plan::Cast, inputs, name: Arc::from("astype"), chunks, dtype, own_tasks })
    }
}

/// Why NumPy has no such function for these types.
fn refused(func: Func, dtypes: &[DType]) -> rdk_runtime::Error {
    let all_bool = dtypes.iter().all(|dtype| *dtype == DType::Bool);
    match func {
        Func::Binary(BinaryFunc::Subtract) if all_bool => {
            error!(TypeError: "numpy boolean subtract, the `-` operator, is not supported"; hint: "use the `^` operator: it is true where the two differ")
        }
        Func::Unary(UnaryFunc::Negative) if all_bool => {
            error!(TypeError: "the numpy boolean negative, the `-` operator, is not supported"; hint: "use the `~` operator")
        }
        _ => {
            let names: Vec<&str> = dtypes.iter().map(|dtype| dtype.name()).collect();
            error!(TypeError: "`{}` does not work on elements of type {}", func.name(), names.join(" and "))
        }
    }
}

/// Refuses arrays of different types where nothing says which to take.
pub(super) fn common_dtype(what: &str, arrays: &[Array]) -> Result<DType> {
    match arrays.iter().map(Array::dtype).reduce(DType::promote) {
        Some(dtype) => Ok(dtype),
        None => bail!("need at least one array to {what}"),
    }
}

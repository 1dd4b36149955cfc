//! Functions that need the whole array in memory.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::operand::Operand;
use crate::chunk::Chunk;
use crate::eager::{self, NdArray};
use crate::element::with_dtype;
use crate::shape;

/// An array that is in memory.
pub struct Eager(pub Chunk);

impl FromValue for Eager {
    fn expected() -> &'static str {
        "an array in memory, a number or a list of numbers"
    }

    fn from_value(value: &Value) -> Option<Eager> {
        Eager::try_from_value(value).ok()
    }

    fn try_from_value(value: &Value) -> Result<Eager> {
        match Operand::try_from_value(value)? {
            Operand::Eager(chunk) => Ok(Eager(chunk)),
            Operand::Number(value) => Ok(Eager(eager::nested::chunk(&value, None)?)),
            Operand::Lazy(_) => bail!(
                NotImplementedError: "this needs the whole array in memory";
                hint: "compute it first: `x.compute()`"
            ),
        }
    }
}

/// `np.nonzero(x)`: for each axis the positions of what is not zero.
pub fn nonzero(_: &Context, a: &Operand) -> Result<Value> {
    let Operand::Eager(chunk) = a else {
        bail!(NotImplementedError: "this needs the whole array in memory"; hint: "compute it first: `x.compute()`")
    };
    let flags = chunk.to_vec::<bool>();
    let places: Vec<usize> = (0..flags.len()).filter(|&at| flags[at]).collect();
    let strides = shape::strides(chunk.shape());
    let axis = |(&length, &stride): (&usize, &usize)| {
        let positions: Vec<i64> = places.iter().map(|at| (at / stride % length.max(1)) as i64).collect();
        Value::object(NdArray::new(Chunk::from_vec(&[positions.len()], positions)))
    };
    Ok(Value::tuple(chunk.shape().iter().zip(&strides).map(axis)))
}

/// Elements on one side of a diagonal; zeros on the other.
fn triangle(m: Eager, k: i64, lower: bool) -> Result<Value> {
    let chunk = m.0;
    let [.., rows, columns] = *chunk.shape() else { bail!("expected an array of at least two dimensions") };
    Ok(eager::value(with_dtype!(chunk.dtype(), T => {
        let mut elements = chunk.to_vec::<T>();
        for (at, element) in elements.iter_mut().enumerate() {
            let (row, column) = ((at / columns % rows) as i64, (at % columns) as i64);
            let below = column - row <= k.clamp(-(1 << 60), 1 << 60);
            let above = column - row >= k.clamp(-(1 << 60), 1 << 60);
            if !(if lower { below } else { above }) {
                *element = T::default();
            }
        }
        Chunk::from_vec(chunk.shape(), elements)
    })))
}

builtins! {
    /// For each axis the positions of the elements that are not zero.
    fn nonzero[context](/** The array. */ a: Operand) -> Result<Value> { super::eager_only::nonzero(context, &a) }
}

/// Those that are functions only.
pub mod functions {
    use super::*;

    builtins! {
        /// The elements on and above a diagonal; zeros below.
        fn triu(
            /// The array.
            m: Eager,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
        ) -> Result<Value> { triangle(m, k, false) }

        /// The elements on and below a diagonal; zeros above.
        fn tril(
            /// The array.
            m: Eager,
            /// Which diagonal: 0 the main one, 1 the one above.
            k: i64 = 0,
        ) -> Result<Value> { triangle(m, k, true) }

        /// Coordinates of all points of a grid, from those along each axis.
        fn meshgrid(
            /// The coordinates along the first axis, the second, …
            xi: rdk_runtime::Rest,
            /// "xy": columns go along the first; "ij": rows do.
            indexing: String = "xy",
        ) -> Result<Value> {
            let mut axes = xi.0.iter().map(Eager::try_from_value).collect::<Result<Vec<_>>>()?;
            axes.iter_mut().for_each(|axis| axis.0 = axis.0.reshape(&[axis.0.len()]));
            let crossed = indexing == "xy" && axes.len() >= 2;
            if indexing != "xy" && indexing != "ij" {
                bail!("Valid values for `indexing` are 'xy' and 'ij'.");
            }
            let place = |at: usize| if crossed && at < 2 { 1 - at } else { at };
            let mut shape: Vec<usize> = vec![0; axes.len()];
            axes.iter().enumerate().for_each(|(at, axis)| shape[place(at)] = axis.0.len());
            let grid = |(at, axis): (usize, &Eager)| {
                let mut own = vec![1; shape.len()];
                own[place(at)] = axis.0.len();
                let chunk = axis.0.reshape(&own).broadcast(&shape).unwrap_or_else(|| axis.0.clone());
                Value::object(NdArray::new(chunk.copy()))
            };
            Ok(Value::tuple(axes.iter().enumerate().map(grid)))
        }
    }
}

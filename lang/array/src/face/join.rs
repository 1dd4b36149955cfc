//! Arrays put together: `stack`, `concatenate`, `vstack`, `hstack`, `dstack`.

use rdk_runtime::{Builtin, Context, Result, Value, bail, builtins};

use super::arrange::deep;
use super::layout::{at_least, sequence};
use super::operand::answer;
use super::out::Out;
use crate::array::Array;
use crate::dtype::Casting;
use crate::eager::DTypeArg;

/// What is said of the result.
struct Wanted {
    dtype: Option<DTypeArg>,
    casting: String,
    out: Out,
}

impl Wanted {
    /// The arrays, in the type that is wanted of the result.
    fn cast(&self, arrays: Vec<Array>) -> Result<Vec<Array>> {
        let Some(dtype) = self.dtype else { return Ok(arrays) };
        let allowed = |array: &Array| match &self.casting[..] {
            "no" | "equiv" => Ok(array.dtype() == dtype.0),
            "safe" => Ok(array.dtype().can_cast(dtype.0, Casting::Safe)),
            "same_kind" => Ok(array.dtype().can_cast(dtype.0, Casting::SameKind)),
            "unsafe" => Ok(true),
            other => bail!(
                "casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe', or 'same_value' (got '{other}')"
            ),
        };
        for array in &arrays {
            if !allowed(array)? {
                bail!(
                    TypeError: "Cannot cast array data from dtype('{}') to dtype('{}') according to the rule '{}'",
                    array.dtype(),
                    dtype.0,
                    self.casting;
                    hint: "`casting=\"unsafe\"` casts in any case"
                );
            }
        }
        Ok(arrays.iter().map(|array| array.cast(dtype.0)).collect())
    }

    /// Arrays one behind the other along an axis.
    fn joined(&self, context: &Context, arrays: Vec<Array>, axis: i64, lazy: bool) -> Result<Value> {
        self.out.take("concatenate", answer(context, Array::concatenate(&self.cast(arrays)?, axis)?, lazy)?)
    }
}

/// All of them.
pub fn builtins() -> Vec<Builtin> {
    type Way = fn(&Context) -> Result<Value>;
    let ways: [(_, _, Way); 2] = [
        ("vstack", "Arrays below each other.", |_| Ok(Value::Int(2))),
        ("hstack", "Arrays beside each other.", |_| Ok(Value::Int(1))),
    ];
    let way = |(name, doc, n_axes)| stacked::builtins().pop().map(|stacked| stacked.fixed(name, doc, n_axes));
    let other = named::builtins().into_iter().find(|builtin| builtin.name == "concatenate");
    let other = other.map(|builtin| Builtin { name: "concat", ..builtin });
    named::builtins().into_iter().chain(other).chain(ways.into_iter().filter_map(way)).collect()
}

mod stacked {
    use super::*;

    builtins! {
        /// Arrays of at least so many axes: tables below each other, rows beside each other.
        fn stacked[context](
            /// How many axes at least.
            n_axes: usize,
            /// The arrays.
            tup: Value,
            /// The type of the result.
            dtype: Option<DTypeArg>,
            /// Which casts to that type are allowed.
            casting: String = "same_kind",
            /// Has no effect: lengths are counted where they are needed.
            allow_unknown_chunksizes: bool = false,
        ) -> Result<Value> {
            let _ = allow_unknown_chunksizes;
            let (arrays, lazy) = sequence(&tup)?;
            let axis = if n_axes == 2 || arrays.iter().all(|array| array.ndim() <= 1) { 0 } else { 1 };
            let arrays = arrays.into_iter().map(|array| at_least(array, n_axes)).collect::<Result<Vec<_>>>()?;
            Wanted { dtype, casting, out: Out::default() }.joined(context, arrays, axis, lazy)
        }
    }
}

mod named {
    use super::*;

    builtins! {
        /// Arrays of one shape along a new axis.
        ///
        /// ```rdk
        /// da.stack([da.zeros(2), da.ones(2)], axis=1).compute()
        /// #> array([[0., 1.],
        /// #>        [0., 1.]])
        /// ```
        fn stack[context](
            /// The arrays.
            arrays: Value,
            /// Where the new axis is.
            axis: i64 = 0,
            /// Where the result goes.
            out: Out,
            /// The type of the result.
            dtype: Option<DTypeArg>,
            /// Which casts to that type are allowed.
            casting: String = "same_kind",
            /// Has no effect: lengths are counted where they are needed.
            allow_unknown_chunksizes: bool = false,
        ) -> Result<Value> {
            let _ = allow_unknown_chunksizes;
            let (arrays, lazy) = sequence(&arrays)?;
            let wanted = Wanted { dtype, casting, out };
            wanted.out.take("stack", answer(context, Array::stack(&wanted.cast(arrays)?, axis)?, lazy)?)
        }

        /// Arrays one behind the other along an axis.
        ///
        /// ```rdk
        /// np.concatenate([[1, 2], [3]], dtype=float)
        /// #> array([1., 2., 3.])
        /// ```
        fn concatenate[context](
            /// The arrays.
            arrays: Value,
            /// Along which axis; `None`: all elements in one row.
            axis: Option<i64> = 0,
            /// Where the result goes.
            out: Out,
            /// The type of the result.
            dtype: Option<DTypeArg>,
            /// Which casts to that type are allowed.
            casting: String = "same_kind",
            /// Has no effect: lengths are counted where they are needed.
            allow_unknown_chunksizes: bool = false,
        ) -> Result<Value> {
            let _ = allow_unknown_chunksizes;
            let (arrays, lazy) = sequence(&arrays)?;
            let wanted = Wanted { dtype, casting, out };
            match axis {
                Some(axis) => wanted.joined(context, arrays, axis, lazy),
                None => {
                    let flat = arrays.iter().map(|array| array.reshape(&[-1])).collect::<Result<Vec<_>>>()?;
                    wanted.joined(context, flat, 0, lazy)
                }
            }
        }

        /// Arrays behind each other along the third axis.
        fn dstack[context](
            /// The arrays.
            tup: Value,
            /// Has no effect: lengths are counted where they are needed.
            allow_unknown_chunksizes: bool = false,
        ) -> Result<Value> {
            let _ = allow_unknown_chunksizes;
            let (arrays, lazy) = sequence(&tup)?;
            let arrays = arrays.into_iter().map(deep).collect::<Result<Vec<_>>>()?;
            answer(context, Array::concatenate(&arrays, 2)?, lazy)
        }
    }
}

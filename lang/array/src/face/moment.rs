//! `da.moment`: powers of the distances from the mean, of whole arrays and along axes.

use rdk_runtime::{Result, Value, bail, builtins};

use super::operand::Operand;
use super::out::Out;
use super::parameters::Axes;
use crate::ChunksSpec;
use crate::array::Array;
use crate::dtype::DType;
use crate::eager::DTypeArg;
use crate::kernel::{BinaryFunc, Reduction};
use crate::plan::SplitEvery;
use crate::scalar::Scalar;

builtins! {
    /// The mean of a power of the distances from the mean.
    ///
    /// ```rdk
    /// da.moment(da.arange(5, chunks=2), 2).compute(), da.arange(5, chunks=2).moment(2, ddof=1).compute()
    /// #> (2.0, 2.5)
    /// ```
    fn moment(
        /// The array.
        a: Operand,
        /// Which power: 2 is the variance.
        order: i64,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// In which type it is worked out.
        dtype: Option<DTypeArg>,
        /// Do the axes stay, with length 1?
        keepdims: bool = false,
        /// What is taken from the number of elements.
        ddof: i64 = 0,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> {
        if order < 0 {
            bail!("Order must be an integer >= 0, got {order}");
        }
        let array = a.array()?;
        let array = array.cast(dtype.map_or(array.dtype().promote(DType::F64), |dtype| dtype.0));
        let axes = axis.as_ref().map(|axes| &axes.0[..]);
        if order < 2 {
            // They are known.
            let like = array.reduce(Reduction::Mean, axes, keepdims, None, None)?;
            let known = Scalar::F64(if order == 0 { 1.0 } else { 0.0 });
            return out.take("moment", Value::lazy(Array::full("moment", like.shape(), known, &ChunksSpec::from(like.chunks()))?));
        }
        let centred = array.binary(BinaryFunc::Subtract, &array.reduce(Reduction::Mean, axes, true, None, None)?)?;
        let power = centred.binary(BinaryFunc::Power, &Array::scalar(Scalar::F64(order as f64)))?;
        let sum = power.reduce(Reduction::Sum, axes, keepdims, None, split_every.as_ref())?;
        let n = (array.size() / sum.size().max(1)) as f64;
        out.take("moment", Value::lazy(sum.binary(BinaryFunc::Divide, &Array::scalar(Scalar::F64(n - ddof as f64)))?))
    }
}

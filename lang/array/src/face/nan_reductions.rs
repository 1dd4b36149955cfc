//! Reductions that are functions only: those that leave NaN out, and `count_nonzero`.

use rdk_runtime::{Result, Value, builtins};

use super::operand::Operand;
use super::out::Out;
use super::parameters::Axes;
use super::reducing::{How, argument, freedom, reduce};
use crate::eager::DTypeArg;
use crate::kernel::Reduction;
use crate::plan::SplitEvery;

builtins! {
    /// The smallest element, over all axes or some; NaN if there is one.
    fn amin[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// What to begin with.
        initial: Option<Operand>,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("minimum", reduce(context, Reduction::Min, &a, How { axis, keepdims, split_every, initial, condition: r#where, ..How::default() })?) }

    /// The largest element, over all axes or some; NaN if there is one.
    fn amax[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// What to begin with.
        initial: Option<Operand>,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("maximum", reduce(context, Reduction::Max, &a, How { axis, keepdims, split_every, initial, condition: r#where, ..How::default() })?) }

    /// How many elements are not zero, over all axes or some.
    fn count_nonzero[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
    ) -> Result<Value> { reduce(context, Reduction::Count, &a, How { axis, keepdims, ..How::default() }) }

    /// The sum of the elements that are not NaN.
    fn nansum[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// In which type to add.
        dtype: Option<DTypeArg>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial sums become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// What to begin with.
        initial: Option<Operand>,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("add", reduce(context, Reduction::NanSum, &a, How { axis, dtype: out.dtype_or(dtype), keepdims, split_every, initial, condition: r#where })?) }

    /// The product of the elements that are not NaN.
    fn nanprod[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// In which type to multiply.
        dtype: Option<DTypeArg>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial products become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// What to begin with.
        initial: Option<Operand>,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("multiply", reduce(context, Reduction::NanProd, &a, How { axis, dtype: out.dtype_or(dtype), keepdims, split_every, initial, condition: r#where })?) }

    /// The mean of the elements that are not NaN.
    fn nanmean[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// In which type to compute.
        dtype: Option<DTypeArg>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial means become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("nanmean", reduce(context, Reduction::NanMean, &a, How { axis, dtype, keepdims, split_every, condition: r#where, ..How::default() })?) }

    /// The standard deviation of the elements that are not NaN.
    fn nanstd[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// In which type to compute.
        dtype: Option<DTypeArg>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// What is taken from the count before dividing by it.
        ddof: i64 = 0,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
        /// Another name for `ddof`.
        correction: Option<i64>,
    ) -> Result<Value> {
        let ddof = freedom(ddof, correction)?;
        let how = How { axis, dtype, keepdims, split_every, condition: r#where, ..How::default() };
        out.take_whole("nanstd", reduce(context, Reduction::NanStd { ddof }, &a, how)?)
    }

    /// The variance of the elements that are not NaN.
    fn nanvar[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// In which type to compute.
        dtype: Option<DTypeArg>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// What is taken from the count before dividing by it.
        ddof: i64 = 0,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
        /// Another name for `ddof`.
        correction: Option<i64>,
    ) -> Result<Value> {
        let ddof = freedom(ddof, correction)?;
        let how = How { axis, dtype, keepdims, split_every, condition: r#where, ..How::default() };
        out.take_whole("nanvar", reduce(context, Reduction::NanVar { ddof }, &a, how)?)
    }

    /// The smallest element that is not NaN.
    fn nanmin[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// What to begin with.
        initial: Option<Operand>,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("fmin", reduce(context, Reduction::NanMin, &a, How { axis, keepdims, split_every, initial, condition: r#where, ..How::default() })?) }

    /// The largest element that is not NaN.
    fn nanmax[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// What to begin with.
        initial: Option<Operand>,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("fmax", reduce(context, Reduction::NanMax, &a, How { axis, keepdims, split_every, initial, condition: r#where, ..How::default() })?) }

    /// Where the smallest element is that is not NaN.
    fn nanargmin[context](
        /// An array, a list or a number.
        a: Value,
        /// Along which axis; over all, counted in rows, if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take_whole("argmin", argument(context, Reduction::NanArgMin, &a, How { axis, keepdims, split_every, ..How::default() })?) }

    /// Where the largest element is that is not NaN.
    fn nanargmax[context](
        /// An array, a list or a number.
        a: Value,
        /// Along which axis; over all, counted in rows, if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take_whole("argmax", argument(context, Reduction::NanArgMax, &a, How { axis, keepdims, split_every, ..How::default() })?) }
}

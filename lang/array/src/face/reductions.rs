//! Functions that make one value of many: `sum`, `mean`, `argmax`; as functions and as methods.

use rdk_runtime::{Result, Value, builtins};

use super::operand::Operand;
use super::out::Out;
use super::parameters::Axes;
use super::reducing::{How, argument, around, freedom, reduce, spread};
use crate::eager::DTypeArg;
use crate::kernel::Reduction;
use crate::plan::SplitEvery;

builtins! {
    /// The sum of the elements, over all axes or some.
    ///
    /// ```rdk
    /// da.ones((4, 6), chunks=(2, 3)).sum().compute()
    /// #> 24.0
    /// np.sum([[1, 2], [3, 4]], axis=0)
    /// #> array([4, 6])
    /// ```
    fn sum[context](
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
    ) -> Result<Value> { out.take_whole("add", reduce(context, Reduction::Sum, &a, How { axis, dtype: out.dtype_or(dtype), keepdims, split_every, initial, condition: r#where })?) }

    /// The product of the elements, over all axes or some.
    fn prod[context](
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
    ) -> Result<Value> { out.take_whole("multiply", reduce(context, Reduction::Prod, &a, How { axis, dtype: out.dtype_or(dtype), keepdims, split_every, initial, condition: r#where })?) }

    /// The mean of the elements, over all axes or some.
    fn mean[context](
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
    ) -> Result<Value> { out.take_whole("mean", reduce(context, Reduction::Mean, &a, How { axis, dtype, keepdims, split_every, condition: r#where, ..How::default() })?) }

    /// The standard deviation of the elements, over all axes or some.
    fn std[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// In which type to compute.
        dtype: Option<DTypeArg>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// What is taken from the count before dividing by it: 1 for a sample.
        ddof: i64 = 0,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
        /// The mean, if it is known: with the axes that go, of length 1.
        mean: Option<Operand>,
        /// What is taken from the count before dividing by it, by its newer name.
        correction: Option<i64>,
    ) -> Result<Value> {
        let how = How { axis, dtype, keepdims, split_every, condition: r#where, ..How::default() };
        let ddof = freedom(ddof, correction)?;
        let result = match &mean {
            Some(mean) => around(context, &a, mean, ddof, &how, true)?,
            None => reduce(context, Reduction::Std { ddof }, &a, how)?,
        };
        out.take_whole("std", result)
    }

    /// The variance of the elements, over all axes or some.
    fn var[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// In which type to compute.
        dtype: Option<DTypeArg>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// What is taken from the count before dividing by it: 1 for a sample.
        ddof: i64 = 0,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
        /// The mean, if it is known: with the axes that go, of length 1.
        mean: Option<Operand>,
        /// What is taken from the count before dividing by it, by its newer name.
        correction: Option<i64>,
    ) -> Result<Value> {
        let how = How { axis, dtype, keepdims, split_every, condition: r#where, ..How::default() };
        let ddof = freedom(ddof, correction)?;
        let result = match &mean {
            Some(mean) => around(context, &a, mean, ddof, &how, false)?,
            None => reduce(context, Reduction::Var { ddof }, &a, how)?,
        };
        out.take_whole("var", result)
    }

    /// The smallest element, over all axes or some; NaN if there is one.
    fn min[context](
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
    fn max[context](
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

    /// Is any element true, over all axes or some?
    fn any[context](
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
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("logical_or", reduce(context, Reduction::Any, &a, How { axis, keepdims, split_every, condition: r#where, ..How::default() })?) }

    /// Are all elements true, over all axes or some?
    fn all[context](
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
        /// Which elements take part; all if left out.
        r#where: Option<Operand>,
    ) -> Result<Value> { out.take_whole("logical_and", reduce(context, Reduction::All, &a, How { axis, keepdims, split_every, condition: r#where, ..How::default() })?) }

    /// Where the smallest element is, over all axes or along one.
    fn argmin[context](
        /// An array, a list or a number.
        a: Value,
        /// Along which axis; over all, counted in rows, if left out.
        axis: Option<Axes>,
        /// Does the axis stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take_whole("argmin", argument(context, Reduction::ArgMin, &a, How { axis, keepdims, split_every, ..How::default() })?) }

    /// Where the largest element is, over all axes or along one.
    fn argmax[context](
        /// An array, a list or a number.
        a: Value,
        /// Along which axis; over all, counted in rows, if left out.
        axis: Option<Axes>,
        /// Does the axis stay, with length 1?
        keepdims: Option<bool>,
        /// How many partial results become one at a time.
        split_every: Option<SplitEvery>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take_whole("argmax", argument(context, Reduction::ArgMax, &a, How { axis, keepdims, split_every, ..How::default() })?) }

    /// Largest less smallest element, over all axes or some.
    fn ptp[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
        /// Where the result goes.
        out: Out,
    ) -> Result<Value> { out.take_whole("ptp", spread(context, &a, axis, keepdims)?) }
}

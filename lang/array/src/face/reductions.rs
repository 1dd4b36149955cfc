//! Functions that make one value of many: `sum`, `mean`, `argmax`; as functions and as methods.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};
use rdk_syntax::tree::BinaryOp;

use super::deferred;
use super::operand::{Operand, answer};
use super::parameters::{Axes, Unsupported};
use crate::eager::DTypeArg;
use crate::kernel::Reduction;
use crate::plan::SplitEvery;

/// How to reduce, apart from what.
#[derive(Default)]
struct How {
    axis: Option<Axes>,
    dtype: Option<DTypeArg>,
    keepdims: Option<bool>,
    split_every: Option<SplitEvery>,
}

fn reduce(context: &Context, reduction: Reduction, a: &Value, how: How) -> Result<Value> {
    let chain = match reduction {
        Reduction::Sum => deferred::fold(context, BinaryOp::Add, a),
        Reduction::Prod => deferred::fold(context, BinaryOp::Mul, a),
        Reduction::Mean => deferred::fold(context, BinaryOp::Add, a).map(|sum| {
            let count = a.items().map_or(0, |items| items.len());
            rdk_runtime::operators::binary(context, BinaryOp::Div, &sum?, &Value::Int(count as i64))
        }),
        _ => None,
    };
    if let Some(answer) = chain.or_else(|| deferred::call(context, reduction.name(), std::slice::from_ref(a))) {
        return answer;
    }
    let a = Operand::try_from_value(a)?;
    let keepdims = how.keepdims.unwrap_or(false);
    let dtype = how.dtype.map(|dtype| dtype.0);
    let array = a.array()?.reduce(reduction, Axes::list(&how.axis), keepdims, dtype, how.split_every.as_ref())?;
    answer(context, array, a.is_lazy())
}

/// `argmin` and `argmax` are over one axis or over all.
fn argument(context: &Context, reduction: Reduction, a: &Value, how: How) -> Result<Value> {
    if how.axis.as_ref().is_some_and(|axes| axes.0.len() != 1) {
        bail!(TypeError: "`axis` of {}() is a single axis or None", reduction.name());
    }
    reduce(context, reduction, a, how)
}

/// Largest less smallest.
fn spread(context: &Context, a: &Value, axis: Option<Axes>, keepdims: Option<bool>) -> Result<Value> {
    let a = Operand::try_from_value(a)?;
    let array = a.array()?;
    let end = |reduction| array.reduce(reduction, Axes::list(&axis), keepdims.unwrap_or(false), None, None);
    let spread = end(Reduction::Max)?.binary(crate::kernel::BinaryFunc::Subtract, &end(Reduction::Min)?)?;
    answer(context, spread, a.is_lazy())
}

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::Sum, &a, How { axis, dtype, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::Prod, &a, How { axis, dtype, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::Mean, &a, How { axis, dtype, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::Std { ddof }, &a, How { axis, dtype, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::Var { ddof }, &a, How { axis, dtype, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::Min, &a, How { axis, dtype: None, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::Max, &a, How { axis, dtype: None, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::Any, &a, How { axis, dtype: None, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; reduce(context, Reduction::All, &a, How { axis, dtype: None, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; argument(context, Reduction::ArgMin, &a, How { axis, dtype: None, keepdims, split_every }) }

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
        /// Not supported.
        out: Unsupported,
    ) -> Result<Value> { let Unsupported = out; argument(context, Reduction::ArgMax, &a, How { axis, dtype: None, keepdims, split_every }) }

    /// Largest less smallest element, over all axes or some.
    fn ptp[context](
        /// An array, a list or a number.
        a: Value,
        /// Over which axis, or a tuple of them; all if left out.
        axis: Option<Axes>,
        /// Do the axes stay, with length 1?
        keepdims: Option<bool>,
    ) -> Result<Value> { spread(context, &a, axis, keepdims) }
}

/// Those that are functions only.
pub mod functions {
    use super::*;

    builtins! {
        /// The smallest element, over all axes or some; NaN if there is one.
        fn amin[context](
            /// An array, a list or a number.
            a: Value,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: Option<bool>,
        ) -> Result<Value> { reduce(context, Reduction::Min, &a, How { axis, keepdims, ..How::default() }) }

        /// The largest element, over all axes or some; NaN if there is one.
        fn amax[context](
            /// An array, a list or a number.
            a: Value,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: Option<bool>,
        ) -> Result<Value> { reduce(context, Reduction::Max, &a, How { axis, keepdims, ..How::default() }) }

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
        ) -> Result<Value> { reduce(context, Reduction::NanSum, &a, How { axis, dtype, keepdims, split_every }) }

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
        ) -> Result<Value> { reduce(context, Reduction::NanProd, &a, How { axis, dtype, keepdims, split_every }) }

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
        ) -> Result<Value> { reduce(context, Reduction::NanMean, &a, How { axis, dtype, keepdims, split_every }) }

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
        ) -> Result<Value> { reduce(context, Reduction::NanStd { ddof }, &a, How { axis, dtype, keepdims, split_every }) }

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
        ) -> Result<Value> { reduce(context, Reduction::NanVar { ddof }, &a, How { axis, dtype, keepdims, split_every }) }

        /// The smallest element that is not NaN.
        fn nanmin[context](
            /// An array, a list or a number.
            a: Value,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: Option<bool>,
        ) -> Result<Value> { reduce(context, Reduction::NanMin, &a, How { axis, keepdims, ..How::default() }) }

        /// The largest element that is not NaN.
        fn nanmax[context](
            /// An array, a list or a number.
            a: Value,
            /// Over which axis, or a tuple of them; all if left out.
            axis: Option<Axes>,
            /// Do the axes stay, with length 1?
            keepdims: Option<bool>,
        ) -> Result<Value> { reduce(context, Reduction::NanMax, &a, How { axis, keepdims, ..How::default() }) }

        /// Where the smallest element is that is not NaN.
        fn nanargmin[context](
            /// An array, a list or a number.
            a: Value,
            /// Along which axis; over all, counted in rows, if left out.
            axis: Option<Axes>,
        ) -> Result<Value> { argument(context, Reduction::NanArgMin, &a, How { axis, ..How::default() }) }

        /// Where the largest element is that is not NaN.
        fn nanargmax[context](
            /// An array, a list or a number.
            a: Value,
            /// Along which axis; over all, counted in rows, if left out.
            axis: Option<Axes>,
        ) -> Result<Value> { argument(context, Reduction::NanArgMax, &a, How { axis, ..How::default() }) }
    }
}

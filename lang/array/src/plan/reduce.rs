//! Reductions: what Dask calls their layers, and the tree in which partial results come together.

use std::sync::Arc;

use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use crate::array::{Array, Draft, Fold, Plan, capped};
use crate::chunks::{AxisChunks, Chunks};
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::{DType, Scalar, shape};

/// How many partial results become one at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum SplitEvery {
    /// So many in all, spread over the axes.
    InAll(usize),
    /// So many along each of these axes.
    ByAxis(Vec<(i64, usize)>),
}

/// Dask's default for [`SplitEvery::InAll`].
const DEFAULT_SPLIT: usize = 4;

impl Array {
    /// Values over axes become one; `axes` of `None` are all. With `dtype` the elements are cast to it first.
    pub fn reduce(
        &self,
        reduction: Reduction,
        axes: Option<&[i64]>,
        keepdims: bool,
        dtype: Option<DType>,
        split_every: Option<&SplitEvery>,
    ) -> Result<Array> {
        if let Some(dtype) = dtype
            && !(dtype.is_float() || dtype.is_complex())
            && let Some(whole) = self.reduce_whole(reduction, axes, keepdims, dtype)?
        {
            return Ok(whole);
        }
        let input = match dtype {
            Some(dtype) => self.cast(dtype),
            None => self.clone(),
        };
        let axes = shape::axes(axes, input.ndim())?;
        let lengths = axes.iter().map(|&axis| input.shape()[axis]);
        let kept = (0..input.ndim()).filter(|axis| !axes.contains(axis)).map(|axis| input.shape()[axis]);
        if reduction.needs_elements() && lengths.clone().any(|length| length == 0) && kept.clone().all(|n| n > 0) {
            refuse_empty(reduction)?;
        }
        if axes.is_empty() && input.ndim() > 0 {
            return input.reduce_nothing(reduction);
        }
        if axes.iter().any(|&axis| !input.chunks().0[axis].is_known()) {
            let how = Fold { reduction, split_every: input.split(&axes, split_every)?, axes, keepdims };
            return input.reduce_uncounted(how, dtype);
        }
        let split_every = input.split(&axes, split_every)?;
        let fold = Fold { reduction, axes, keepdims, split_every };
        let result = input.fold(fold);
        // A type that was asked for is the type of the result, also where sums of its like are kept in a wider one.
        Ok(match (dtype, reduction) {
            (Some(dtype), Reduction::Sum | Reduction::Prod | Reduction::NanSum | Reduction::NanProd) => {
                result.cast(dtype)
            }
            _ => result,
        })
    }

    /// Over axes whose lengths are not known: some results need the length as well, and have it counted in the same run.
    fn reduce_uncounted(&self, fold: Fold, dtype: Option<DType>) -> Result<Array> {
        let axes: Vec<i64> = fold.axes.iter().map(|&axis| axis as i64).collect();
        let (reduction, keepdims) = (fold.reduction, fold.keepdims);
        Ok(match reduction {
            // Where an element stands depends on what stands before it.
            Reduction::ArgMin | Reduction::ArgMax | Reduction::NanArgMin | Reduction::NanArgMax => {
                return self.sized()?.reduce(reduction, Some(&axes), keepdims, None, None);
            }
            Reduction::Mean => {
                let result = reduction.result(self.dtype());
                let wide = if result.is_complex() { DType::C128 } else { DType::F64 };
                let length = self.length_of(&fold.axes)?;
                let sum = self.cast(wide).fold(Fold { reduction: Reduction::Sum, ..fold });
                sum.binary(BinaryFunc::Divide, &length)?.cast(result).named("mean_agg-aggregate")
            }
            Reduction::Min | Reduction::NanMin => {
                let length = self.length_of(&fold.axes)?;
                self.fold(fold).if_not_empty(length, "minimum")
            }
            Reduction::Max | Reduction::NanMax => {
                let length = self.length_of(&fold.axes)?;
                self.fold(fold).if_not_empty(length, "maximum")
            }
            Reduction::Sum | Reduction::Prod | Reduction::NanSum | Reduction::NanProd => {
                let result = self.fold(fold);
                dtype.map_or(result.clone(), |dtype| result.cast(dtype))
            }
            Reduction::Any
            | Reduction::All
            | Reduction::Count
            | Reduction::Var { .. }
            | Reduction::Std { .. }
            | Reduction::NanMean
            | Reduction::NanVar { .. }
            | Reduction::NanStd { .. } => self.fold(fold),
        })
    }

    /// The smallest of all elements or the largest; the other end of all numbers if there are none.
    pub(crate) fn extreme(&self, largest: bool) -> Result<Array> {
        let axes = shape::axes(None, self.ndim())?;
        let reduction = if largest { Reduction::Max } else { Reduction::Min };
        Ok(self.fold(Fold { reduction, split_every: self.split(&axes, None)?, axes, keepdims: false }))
    }

    fn fold(&self, fold: Fold) -> Array {
        let (layer, counts) = (Layers::of(fold.reduction).aggregate, fold.counts(self.chunks()));
        let chunks = fold.result_chunks(self.chunks());
        // Dask takes the root in a layer of its own.
        let root = if Layers::of(fold.reduction).root { capped(chunks.count()) } else { 0 };
        let own_tasks = counts.iter().fold(root, |sum, &(_, count)| sum.saturating_add(count));
        let dtype = fold.reduction.result(self.dtype());
        let name = Arc::from(if root > 0 { "_sqrt" } else { layer });
        Array::make(Draft {
            plan: Plan::Reduce(fold),
            inputs: [self.clone()].into_iter().collect(),
            name,
            chunks,
            dtype,
            own_tasks,
        })
    }

    /// Means, variances and deviations in a type of whole numbers, as NumPy takes them: sums in this type, and each quotient without its
    /// fraction. `None` for other reductions.
    fn reduce_whole(
        &self,
        reduction: Reduction,
        axes: Option<&[i64]>,
        keepdims: bool,
        dtype: DType,
    ) -> Result<Option<Array>> {
        let skips = matches!(reduction, Reduction::NanMean | Reduction::NanVar { .. } | Reduction::NanStd { .. });
        if skips && (self.dtype().is_float() || self.dtype().is_complex()) {
            bail!(TypeError: "If a is inexact, then dtype must be inexact"; hint: "whole numbers have no NaN to leave out");
        }
        let counted = self.sized()?;
        let lengths = shape::axes(axes, counted.ndim())?;
        let n: f64 = lengths.iter().map(|&axis| counted.shape()[axis] as f64).product();
        let quotient = |sum: Array, count: f64| {
            Ok(sum.cast(DType::F64).binary(BinaryFunc::Divide, &Array::scalar(Scalar::F64(count)))?.cast(dtype))
        };
        let sum = |of: &Array, keepdims: bool| of.reduce(Reduction::Sum, axes, keepdims, Some(dtype), None);
        Ok(Some(match reduction {
            Reduction::Mean | Reduction::NanMean => quotient(sum(&counted, keepdims)?, n)?,
            Reduction::Var { ddof } | Reduction::NanVar { ddof } => {
                let away = counted.binary(BinaryFunc::Subtract, &quotient(sum(&counted, true)?, n)?)?;
                let squares = away.unary(UnaryFunc::Absolute)?.unary(UnaryFunc::Square)?;
                quotient(sum(&squares, keepdims)?, (n - ddof as f64).max(0.0))?
            }
            Reduction::Std { ddof } | Reduction::NanStd { ddof } => {
                let Some(variance) = self.reduce_whole(Reduction::Var { ddof }, axes, keepdims, dtype)? else {
                    return Ok(None);
                };
                variance.cast(DType::F64).unary(UnaryFunc::Sqrt)?.cast(dtype)
            }
            _ => return Ok(None),
        }))
    }

    /// Over no axis at all: every element is the result of itself.
    fn reduce_nothing(&self, reduction: Reduction) -> Result<Array> {
        let zero = || Array::scalar(Scalar::zero(self.dtype()));
        let inexact = self.dtype().is_float() || self.dtype().is_complex();
        let without_nan = |instead: f64| {
            let result = self.cast(reduction.result(self.dtype()));
            if !inexact {
                return Ok(result);
            }
            self.unary(UnaryFunc::IsNan)?.select(&Array::scalar(Scalar::F64(instead).cast(result.dtype())), &result)
        };
        match reduction {
            Reduction::Sum
            | Reduction::Prod
            | Reduction::Min
            | Reduction::Max
            | Reduction::Mean
            | Reduction::NanMin
            | Reduction::NanMax
            | Reduction::NanMean => Ok(self.cast(reduction.result(self.dtype()))),
            Reduction::NanSum => without_nan(0.0),
            Reduction::NanProd => without_nan(1.0),
            Reduction::Var { ddof } | Reduction::NanVar { ddof } => {
                // One number is no distance away from itself, unless there is no such distance.
                let own = self.cast(Reduction::Mean.result(self.dtype()));
                let away = own.binary(BinaryFunc::Subtract, &own)?.unary(UnaryFunc::Absolute)?;
                let count = Array::scalar(Scalar::F64((1 - ddof).max(0) as f64).cast(away.dtype()));
                away.binary(BinaryFunc::Divide, &count)
            }
            Reduction::Std { ddof } => self.reduce_nothing(Reduction::Var { ddof })?.unary(UnaryFunc::Sqrt),
            Reduction::NanStd { ddof } => self.reduce_nothing(Reduction::NanVar { ddof })?.unary(UnaryFunc::Sqrt),
            Reduction::Any | Reduction::All => self.compare(CompareFunc::NotEqual, &zero()),
            Reduction::Count => Ok(self.compare(CompareFunc::NotEqual, &zero())?.cast(DType::I64)),
            _ => bail!("`{}` needs at least one axis", reduction.name(); hint: "leave `axis` out for all axes"),
        }
    }

    /// How many partial results become one along each of these axes.
    pub(crate) fn split(&self, axes: &[usize], given: Option<&SplitEvery>) -> Result<SmallVec<[usize; 4]>> {
        let in_all = |n: usize| {
            let each = (n as f64).powf(1.0 / axes.len().max(1) as f64) as usize;
            SmallVec::from_elem(each.max(2), axes.len())
        };
        match given {
            None => Ok(in_all(DEFAULT_SPLIT)),
            Some(SplitEvery::InAll(n)) if *n < 2 => {
                bail!("`split_every` must be at least 2, got {n}"; hint: "it says how many partial results become one")
            }
            Some(SplitEvery::InAll(n)) => Ok(in_all(*n)),
            Some(SplitEvery::ByAxis(pairs)) => {
                let mut split: SmallVec<[usize; 4]> = in_all(DEFAULT_SPLIT);
                for &(axis, n) in pairs {
                    let axis = shape::axis(axis, self.ndim())?;
                    if n < 2 {
                        bail!("`split_every` must be at least 2, got {n} for axis {axis}");
                    }
                    if let Some(at) = axes.iter().position(|&other| other == axis) {
                        split[at] = n;
                    }
                }
                Ok(split)
            }
        }
    }
}

fn refuse_empty(reduction: Reduction) -> Result<()> {
    match reduction {
        Reduction::ArgMin | Reduction::ArgMax | Reduction::NanArgMin | Reduction::NanArgMax => {
            bail!("attempt to get {} of an empty sequence", reduction.name())
        }
        _ => {
            let name = if matches!(reduction, Reduction::Min | Reduction::NanMin) { "minimum" } else { "maximum" };
            bail!("zero-size array to reduction operation {name} which has no identity")
        }
    }
}

impl Fold {
    /// The grid of the result.
    pub(crate) fn result_chunks(&self, input: &Chunks) -> Chunks {
        let axes = input.0.iter().enumerate().filter_map(|(axis, chunks)| match self.axes.contains(&axis) {
            false => Some(chunks.clone()),
            true if self.keepdims => Some(AxisChunks::single(1)),
            true => None,
        });
        axes.collect()
    }

    /// How many partial results there are along each axis after each step, the chunks of the input being the first.
    pub(crate) fn levels(&self, input: &Chunks) -> Vec<shape::Shape> {
        let mut levels = vec![input.counts()];
        loop {
            let mut counts = levels[levels.len() - 1].clone();
            let mut done = true;
            for (&axis, &split) in self.axes.iter().zip(&self.split_every) {
                counts[axis] = counts[axis].div_ceil(split);
                done &= counts[axis] == 1;
            }
            levels.push(counts);
            if done {
                return levels;
            }
        }
    }

    /// The layers by Dask's names and how many tasks they have.
    pub(crate) fn counts(&self, input: &Chunks) -> Vec<(&'static str, u64)> {
        let layers = Layers::of(self.reduction);
        let levels = self.levels(input);
        let last = levels.len() - 1;
        let name = |level: usize| match level {
            0 => layers.chunk,
            level if level == last => layers.aggregate,
            _ => layers.partial,
        };
        levels.iter().enumerate().map(|(level, counts)| (name(level), capped(shape::size(counts)))).collect()
    }

    /// How many elements go into each result.
    pub(crate) fn count(&self, shape: &[usize]) -> u64 {
        let lengths: SmallVec<[usize; 4]> = self.axes.iter().map(|&axis| shape[axis]).collect();
        capped(shape::size(&lengths))
    }
}

/// What Dask calls the layers of a reduction.
pub(crate) struct Layers {
    pub chunk: &'static str,
    pub partial: &'static str,
    pub aggregate: &'static str,
    /// Is there a layer more for the square root?
    pub root: bool,
}

impl Layers {
    pub(crate) fn of(reduction: Reduction) -> Layers {
        let layers = |chunk, partial, aggregate| Layers { chunk, partial, aggregate, root: false };
        match reduction {
            Reduction::Sum => layers("sum", "sum-partial", "sum-aggregate"),
            Reduction::Prod => layers("prod", "prod-partial", "prod-aggregate"),
            Reduction::Min => layers("chunk_min", "chunk_min-partial", "min-aggregate"),
            Reduction::Max => layers("chunk_max", "chunk_max-partial", "max-aggregate"),
            Reduction::Any => layers("any", "any-partial", "any-aggregate"),
            Reduction::All => layers("all", "all-partial", "all-aggregate"),
            Reduction::Count => layers("count_nonzero", "sum-partial", "sum-aggregate"),
            Reduction::ArgMin | Reduction::ArgMax => layers("arg-reduce", "arg_combine-partial", "arg_agg-aggregate"),
            Reduction::Mean | Reduction::NanMean => layers("mean_chunk", "mean_combine-partial", "mean_agg-aggregate"),
            Reduction::Var { .. } => layers("var", "var-partial", "var-aggregate"),
            Reduction::Std { .. } => Layers { root: true, ..layers("var", "var-partial", "var-aggregate") },
            Reduction::NanSum => layers("nansum", "sum-partial", "sum-aggregate"),
            Reduction::NanProd => layers("nanprod", "prod-partial", "prod-aggregate"),
            Reduction::NanMin => layers("nanmin_skip", "_nanmin_skip-partial", "_nanmin_skip-aggregate"),
            Reduction::NanMax => layers("nanmax_skip", "_nanmax_skip-partial", "_nanmax_skip-aggregate"),
            Reduction::NanArgMin | Reduction::NanArgMax => {
                layers("arg-reduce", "nanarg_combine-partial", "nanarg_agg-aggregate")
            }
            Reduction::NanVar { .. } => layers("moment_chunk", "moment_combine-partial", "moment_agg-aggregate"),
            Reduction::NanStd { .. } => {
                Layers { root: true, ..layers("moment_chunk", "moment_combine-partial", "moment_agg-aggregate") }
            }
        }
    }
}

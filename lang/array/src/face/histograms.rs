//! How many elements lie in which bin: `histogram`, `histogram2d`, `histogramdd`.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::operand::{Loose, Operand, answer, eager_array};
use crate::array::Array;
use crate::dtype::DType;
use crate::scalar::Scalar;
use crate::statistics::{Binned, Bins, Rule, ends, spaced};
use crate::{Chunk, shape};

impl Bins {
    fn read(bins: &Value) -> Result<Bins> {
        if let Some(n) = i64::from_value(bins) {
            if n < 1 {
                bail!("`bins` must be positive, when an integer");
            }
            return Ok(Bins::Count(n as usize));
        }
        if let Value::Str(name) = bins {
            return Ok(Bins::ByRule(Rule::named(name)?));
        }
        let operand = Operand::try_from_value(bins)?;
        let edges = operand.array()?;
        match edges.ndim() {
            0 => bail!(TypeError: "`bins` must be an integer, a string, or an array"),
            1 if edges.size() < 2 => bail!("`bins` has at least two edges, when an array, got {}", edges.size()),
            1 => Ok(Bins::Edges(edges)),
            _ => bail!("`bins` must be 1d, when an array"),
        }
    }
}

/// The smallest and the largest number.
enum Range {
    Known(f64, f64),
    /// They are yet to be computed.
    Later(Array, Array),
}

/// A range that a user gave: two numbers, of which some may be lazy.
fn range_read(range: &Option<Value>) -> Result<Option<Range>> {
    let Some(range) = range.as_ref().filter(|range| !range.is_none()) else { return Ok(None) };
    let ends = match range.get::<Array>() {
        Some(both) if both.ndim() == 1 && both.size() == 2 => {
            let end = |at: i64| both.slice(&[crate::index::IndexItem::Int(at)]).map(Operand::Lazy);
            vec![end(0)?, end(1)?]
        }
        _ => range.items().unwrap_or_default().iter().filter_map(Operand::plain).collect(),
    };
    if let [low, high] = &ends[..]
        && (low.is_lazy() || high.is_lazy())
        && low.ndim() == 0
        && high.ndim() == 0
    {
        return Ok(Some(Range::Later(low.array()?.cast(DType::F64), high.array()?.cast(DType::F64))));
    }
    range_of(&Some(Vec::<f64>::try_from_value(range)?))
}

/// A range of numbers that was given.
fn range_of(range: &Option<Vec<f64>>) -> Result<Option<Range>> {
    let Some(range) = range else { return Ok(None) };
    let &[low, high] = &range[..] else {
        bail!("`range` is the smallest and the largest number, got {} numbers", range.len());
    };
    if low > high {
        bail!("max must be larger than min in range parameter.");
    }
    if !low.is_finite() || !high.is_finite() {
        bail!("supplied range of [{low}, {high}] is not finite");
    }
    Ok(Some(Range::Known(low, high)))
}

/// The edges, whether they are evenly spaced, and whether they are yet to be computed.
fn edges(context: &Context, x: &Array, lazy: bool, bins: &Bins, range: Option<Range>) -> Result<(Array, bool, bool)> {
    if let Bins::Edges(edges) = bins {
        let known = edges.compute_now(context)?;
        if known.to_vec::<f64>().windows(2).any(|pair| pair[0] > pair[1]) {
            bail!("`bins` must increase monotonically, when an array");
        }
        return Ok((eager_array(&known)?, false, false));
    }
    let number = |value: f64| Array::scalar(Scalar::F64(value));
    let by_rule = matches!(bins, Bins::ByRule(_));
    // Rules ask how many elements there are.
    let x = &if by_rule { x.sized()? } else { x.clone() };
    let dtype = x.dtype();
    let (low, high, open) = match &range {
        Some(Range::Known(low, high)) => (number(*low), number(*high), false),
        Some(Range::Later(low, high)) => (low.clone(), high.clone(), true),
        None => {
            let (low, high) = ends(x)?;
            if lazy && !by_rule {
                (low, high, true)
            } else {
                let value = |array: Array| -> Result<f64> {
                    Ok(array.compute_now(context)?.to_vec::<f64>().first().copied().unwrap_or(f64::NAN))
                };
                let (low, high) = (value(low)?, value(high)?);
                if !low.is_finite() || !high.is_finite() {
                    bail!("autodetected range of [{low}, {high}] is not finite"; hint: "give a `range`, or leave NaN and inf out");
                }
                (number(low), number(high), false)
            }
        }
    };
    let count = match bins {
        Bins::Count(count) => *count,
        Bins::ByRule(rule) => {
            let value = |array: &Array| -> Result<f64> {
                Ok(array.compute_now(context)?.to_vec::<f64>().first().copied().unwrap_or(f64::NAN))
            };
            let (low, high) = (value(&low)?, value(&high)?);
            let widened = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
            let kept = match range {
                None => x.clone(),
                Some(_) => {
                    // Rules look at what lies in the range.
                    let kept: Vec<f64> = x.compute_now(context)?.to_vec::<f64>();
                    let kept: Vec<f64> = kept.into_iter().filter(|x| (low..=high).contains(x)).collect();
                    eager_array(&Chunk::from_vec(&[kept.len()], kept))?.cast(dtype)
                }
            };
            rule.count(context, &kept, widened)?
        }
        Bins::Edges(_) => unreachable!("answered above"),
    };
    let edges = spaced(&low, &high, count, dtype)?;
    match open {
        true => Ok((edges, true, true)),
        // A row of numbers known now is shown as such.
        false => Ok((eager_array(&edges.compute_now(context)?)?, true, false)),
    }
}

fn histogram(
    context: &Context,
    a: &Operand,
    bins: &Value,
    range: &Option<Value>,
    weights: Option<&Operand>,
    density: bool,
) -> Result<Value> {
    let lazy = a.is_lazy() || weights.is_some_and(Operand::is_lazy);
    let mut x = a.array()?;
    if x.dtype().is_complex() {
        bail!(TypeError: "complex numbers lie in no order, and so in no bin");
    }
    let (bins, range) = (Bins::read(bins)?, range_read(range)?);
    let lazy = lazy || matches!(range, Some(Range::Later(..)));
    if matches!(bins, Bins::ByRule(_)) && weights.is_some() {
        bail!(TypeError: "Automated estimation of the number of bins is not supported for weighted data");
    }
    let (edges, even, open) = edges(context, &x, lazy, &bins, range)?;
    if x.ndim() == 0 {
        x = x.reshape(&[1])?;
    }
    let weights = weights.map(Operand::array).transpose()?;
    let binned = Binned { samples: vec![x], edges: vec![(edges.clone(), even)], weights, density };
    let counts = Array::histogram("histogram", &binned)?;
    Ok(Value::tuple([answer(context, counts, lazy)?, answer(context, edges, open)?]))
}

/// A list with one entry for each axis; a single one stands for all.
fn for_each_axis(value: Option<&Value>, n_axes: usize) -> Result<Vec<Option<Value>>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(vec![None; n_axes]) };
    match value.items() {
        Some(items) if items.len() == n_axes => {
            Ok(items.into_iter().map(|item| Some(item).filter(|item| !item.is_none())).collect())
        }
        Some(items) => {
            bail!("The dimension of bins must be equal to the dimension of the sample x."; hint: "expected {n_axes} entries, got {}", items.len())
        }
        None => Ok(vec![Some(value.clone()); n_axes]),
    }
}

/// How to count, apart from where.
struct Counting<'a> {
    /// What the function is called.
    name: &'a str,
    weights: Option<&'a Operand>,
    density: bool,
    lazy: bool,
}

/// Counts over several axes, and the edges along each.
fn counted(
    context: &Context,
    how: Counting<'_>,
    samples: Vec<Array>,
    bins: &[Option<Value>],
    ranges: &[Option<Value>],
) -> Result<(Value, Vec<Value>)> {
    let Counting { name, weights, density, lazy } = how;
    let lazy = lazy || weights.is_some_and(Operand::is_lazy);
    let ten = Value::Int(10);
    let mut all = Vec::with_capacity(samples.len());
    let mut shown = Vec::with_capacity(samples.len());
    for (at, sample) in samples.iter().enumerate() {
        if sample.dtype().is_complex() {
            bail!(TypeError: "complex numbers lie in no order, and so in no bin");
        }
        let bins = Bins::read(bins[at].as_ref().unwrap_or(&ten))?;
        let range = ranges[at].as_ref().map(Vec::<f64>::try_from_value).transpose()?;
        // Edges are of double precision here, whatever the samples are.
        let (edges, even, open) = edges(context, &sample.cast(DType::F64), lazy, &bins, range_of(&range)?)?;
        shown.push(answer(context, edges.clone(), open)?);
        all.push((edges, even));
    }
    let weights = weights.map(Operand::array).transpose()?.map(|weights| weights.cast(DType::F64));
    let binned = Binned { samples, edges: all, weights, density };
    let counts = Array::histogram(name, &binned)?.cast(DType::F64).named(name);
    Ok((answer(context, counts, lazy)?, shown))
}

/// `bins=` of two axes: a number, edges for both, or a pair of such.
fn two_bins(bins: &Value) -> Result<Vec<Option<Value>>> {
    let Some(items) = bins.items() else {
        let one = Some(bins.clone());
        return Ok(vec![one.clone(), one]);
    };
    if items.len() == 2 {
        return Ok(items.into_iter().map(Some).collect());
    }
    Ok(vec![Some(bins.clone()), Some(bins.clone())])
}

fn flat(operand: &Operand) -> Result<Array> {
    let array = operand.array()?;
    if array.ndim() == 1 { Ok(array) } else { array.reshape(&[-1]) }
}

/// The columns of a sample: of an array of two dimensions, or a list of rows.
fn columns(sample: &Value) -> Result<(Vec<Array>, bool)> {
    if let Value::Tuple(_) | Value::List(_) = sample
        && let Some(items) = sample.items()
        && items.iter().any(|item| Operand::plain(item).is_some_and(|operand| operand.ndim() > 0))
    {
        let operands = items.iter().map(Operand::loosely).collect::<Result<Vec<_>>>()?;
        let lazy = operands.iter().any(Operand::is_lazy);
        return Ok((operands.iter().map(flat).collect::<Result<_>>()?, lazy));
    }
    let operand = Operand::loosely(sample)?;
    let array = operand.array()?;
    // Lists are rows, one for each axis; an array has one row for each sample.
    let turned = match sample {
        Value::Tuple(_) | Value::List(_) => array,
        _ if array.ndim() == 2 => array.transpose(None)?,
        _ => array,
    };
    match turned.ndim() {
        1 => Ok((vec![turned], operand.is_lazy())),
        2 => {
            let column = |at: usize| turned.slice(&[crate::index::IndexItem::Int(at as i64)]);
            Ok(((0..turned.shape()[0]).map(column).collect::<Result<_>>()?, operand.is_lazy()))
        }
        _ => bail!("the sample has one row for each point, got shape {}", shape::show(turned.shape())),
    }
}

builtins! {
    /// How many elements lie in each of several bins; and the edges of the bins.
    ///
    /// ```rdk
    /// np.histogram([1, 2, 1], bins=[0, 1, 2, 3])
    /// #> (array([0, 2, 1]), array([0, 1, 2, 3]))
    /// h, edges = da.histogram(da.arange(10, chunks=4), bins=5, range=[0, 10])
    /// h.compute()
    /// #> array([2, 2, 2, 2, 2])
    /// ```
    fn histogram[context](
        /// The array.
        a: Loose,
        /// How many bins, their edges, or a rule such as "auto".
        bins: Value = 10,
        /// The smallest and the largest number, which may be lazy; those of the array if left out.
        range: Option<Value>,
        /// Shares of the whole for each unit of width, in place of counts?
        density: Option<bool>,
        /// What each element counts; 1 if left out.
        weights: Option<Loose>,
    ) -> Result<Value> { histogram(context, &a, &bins, &range, weights.as_deref(), density.unwrap_or(false)) }

    /// The edges of the bins that `histogram` would use.
    ///
    /// ```rdk
    /// np.histogram_bin_edges([0, 1, 4], bins=4)
    /// #> array([0., 1., 2., 3., 4.])
    /// ```
    fn histogram_bin_edges[context](
        /// The array.
        a: Loose,
        /// How many bins, their edges, or a rule such as "auto".
        bins: Value = 10,
        /// The smallest and the largest number; those of the array if left out.
        range: Option<Vec<f64>>,
        /// Has no effect.
        weights: Option<Loose>,
    ) -> Result<Value> {
        let _ = weights;
        let (edges, _, open) = edges(context, &a.array()?, a.is_lazy(), &Bins::read(&bins)?, range_of(&range)?)?;
        answer(context, edges, open)
    }

    /// How many points of a plane lie in each cell of a grid; and the grid's edges.
    ///
    /// ```rdk
    /// h, xedges, yedges = np.histogram2d([0, 1, 1], [0, 1, 1], bins=2)
    /// h
    /// #> array([[1., 0.],
    /// #>        [0., 2.]])
    /// ```
    fn histogram2d[context](
        /// Coordinates along the first axis.
        x: Loose,
        /// Coordinates along the second.
        y: Loose,
        /// How many bins or their edges, for both axes or a pair of such.
        bins: Value = 10,
        /// The smallest and the largest number, for each axis.
        range: Option<Value>,
        /// Shares of the whole for each unit of area, in place of counts?
        density: Option<bool>,
        /// What each point counts; 1 if left out.
        weights: Option<Loose>,
    ) -> Result<Value> {
        let ranges = for_each_axis(range.as_ref(), 2)?;
        let (samples, lazy) = (vec![flat(&x)?, flat(&y)?], x.is_lazy() || y.is_lazy());
        if samples[0].shape() != samples[1].shape() {
            bail!("x and y must have the same length.");
        }
        let density = density.unwrap_or(false);
        let (counts, edges) =
            counted(context, Counting { name: "histogram2d", weights: weights.as_deref(), density, lazy }, samples, &two_bins(&bins)?, &ranges)?;
        Ok(Value::tuple([counts].into_iter().chain(edges)))
    }

    /// How many points lie in each cell of a grid of any dimension; and the grid's edges.
    fn histogramdd[context](
        /// A row for each point; or a list of coordinates along each axis.
        sample: Value,
        /// How many bins or their edges, for all axes or one for each.
        bins: Value = 10,
        /// The smallest and the largest number, for each axis.
        range: Option<Value>,
        /// Shares of the whole for each unit of volume, in place of counts?
        density: Option<bool>,
        /// What each point counts; 1 if left out.
        weights: Option<Loose>,
    ) -> Result<Value> {
        let (samples, lazy) = columns(&sample)?;
        let (bins, ranges) = (for_each_axis(Some(&bins), samples.len())?, for_each_axis(range.as_ref(), samples.len())?);
        let density = density.unwrap_or(false);
        let (counts, edges) =
            counted(context, Counting { name: "histogramdd", weights: weights.as_deref(), density, lazy }, samples, &bins, &ranges)?;
        Ok(Value::tuple([counts, Value::list(edges)]))
    }
}

//! More functions of `numpy.ma`: comparisons of whole arrays, sets, covariances, rows and runs that are masked.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::members::{of_numpy, parts};
use super::object::{self, Masked};
use super::pair::{Given, Pair, answer, default_fill, either};
use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager::{self, NdArray, nested};
use crate::face::layout::close;
use crate::face::operand::{eager_array, together};
use crate::face::properties::lengths;
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;
use crate::shape;

/// The elements and the mask in memory.
fn in_memory(context: &Context, given: &Given) -> Result<(Chunk, Vec<bool>)> {
    let pair = given.pair()?;
    let mask = pair.mask_array()?.compute_now(context)?.to_vec::<bool>();
    Ok((pair.data.compute_now(context)?, mask))
}

/// Do all elements agree? Those that are masked in one of two arrays do, or do not.
fn agree(context: &Context, a: &Given, b: &Given, masked_agree: bool, flags: Array) -> Result<Value> {
    let mask = either(a.mask.as_ref(), b.mask.as_ref())?;
    let flags = match mask {
        None => flags,
        Some(mask) if masked_agree => flags.binary(BinaryFunc::LogicalOr, &mask)?,
        Some(mask) => flags.binary(BinaryFunc::LogicalAnd, &mask.unary(UnaryFunc::LogicalNot)?)?,
    };
    let all = flags.reduce(Reduction::All, None, false, None, None)?;
    crate::face::operand::answer(context, all, a.is_lazy() || b.is_lazy())
}

/// A row of elements, the last of which may be masked.
fn row(elements: Chunk, masked_last: bool) -> Value {
    let n = elements.len();
    let mask = masked_last.then(|| Chunk::from_vec(&[n], (0..n).map(|at| at + 1 == n).collect()));
    object::whole(elements, mask, None)
}

/// The different elements; all that are masked are one, which comes last.
struct Different {
    elements: Chunk,
    masked: Option<Scalar>,
}

impl Different {
    fn of(context: &Context, given: &Given) -> Result<Different> {
        let (data, mask) = in_memory(context, given)?;
        let there: Vec<usize> = (0..mask.len()).filter(|&at| !mask[at]).collect();
        let flat = data.reshape(&[data.len()]);
        let elements = eager_array(&eager::select::take(&flat, &[there.len()], &there))?.distinct(context)?.values;
        let masked = mask.iter().position(|&flag| flag).and_then(|at| flat.get(&[at]));
        Ok(Different { elements, masked })
    }

    fn value(&self) -> Result<Value> {
        let Some(masked) = self.masked else { return Ok(row(self.elements.clone(), false)) };
        let mut all: Vec<Scalar> = self.elements.scalars().collect();
        all.push(masked);
        let dtype = self.elements.dtype();
        let chunk = crate::element::with_dtype!(dtype, T => {
            Chunk::from_vec(&[all.len()], all.iter().map(|scalar| scalar.get::<T>()).collect())
        });
        Ok(row(chunk, true))
    }
}

/// A set of two arrays, by a function of `numpy` for what is not masked.
fn of_both(context: &Context, name: &str, a: &Given, b: &Given, masked: impl Fn(bool, bool) -> bool) -> Result<Value> {
    let (one, other) = (Different::of(context, a)?, Different::of(context, b)?);
    let array = |chunk: &Chunk| Value::object(NdArray::new(chunk.clone()));
    let set = of_numpy(context, name, [array(&one.elements), array(&other.elements)])?;
    let elements = nested::chunk(&set, None)?;
    let is_masked = masked(one.masked.is_some(), other.masked.is_some());
    let masked = one.masked.or(other.masked).filter(|_| is_masked).map(|scalar| scalar.cast(elements.dtype()));
    Different { elements, masked }.value()
}

/// Is each element among others? What is masked is among what is masked.
fn among(context: &Context, a: &Given, b: &Given, invert: bool) -> Result<Value> {
    let (data, mask) = in_memory(context, a)?;
    let others = Different::of(context, b)?;
    let found =
        eager_array(&data)?.is_in(&eager_array(&others.elements)?, false)?.compute_now(context)?.to_vec::<bool>();
    let flags = mask.iter().zip(&found).map(|(&masked, &found)| if masked { others.masked.is_some() } else { found });
    let flags: Vec<bool> = flags.map(|flag| flag != invert).collect();
    Ok(object::whole(Chunk::from_vec(data.shape(), flags), None, None))
}

/// Which rows and which columns of a table have something masked.
fn masked_lines(context: &Context, given: &Given, name: &str) -> Result<(Chunk, Vec<bool>, [Vec<bool>; 2])> {
    let (data, mask) = in_memory(context, given)?;
    let &[rows, columns] = data.shape() else {
        bail!(NotImplementedError: "{name} works for 2D arrays only."; hint: "got {} dimensions", data.ndim());
    };
    let row = |row: usize| mask[row * columns..(row + 1) * columns].contains(&true);
    let column = |column: usize| (0..rows).any(|row| mask[row * columns + column]);
    let lines = [(0..rows).map(row).collect(), (0..columns).map(column).collect()];
    Ok((data, mask, lines))
}

/// `axis=` of functions of lines: 0 rows, 1 columns, `None` both.
fn lines_of(axis: Option<i64>) -> Result<[bool; 2]> {
    match axis {
        None => Ok([true, true]),
        Some(axis) => Ok(if shape::axis(axis, 2)? == 0 { [true, false] } else { [false, true] }),
    }
}

/// A table without rows or columns that have something masked.
fn compressed(context: &Context, a: &Given, axis: Option<i64>, name: &str) -> Result<Value> {
    let (data, _, lines) = masked_lines(context, a, name)?;
    let which = lines_of(axis)?;
    let kept = |at: usize| (0..lines[at].len()).filter(|&line| !which[at] || !lines[at][line]).collect::<Vec<_>>();
    let (rows, columns, width) = (kept(0), kept(1), lines[1].len());
    let places: Vec<usize> =
        rows.iter().flat_map(|row| columns.iter().map(move |column| row * width + column)).collect();
    Ok(Value::object(NdArray::new(eager::select::take(&data, &[rows.len(), columns.len()], &places))))
}

/// A table in which whole rows or columns are masked where something in them is.
fn widened(context: &Context, a: &Given, axis: Option<i64>, name: &str) -> Result<Value> {
    let (data, mask, lines) = masked_lines(context, a, name)?;
    let (which, width) = (lines_of(axis)?, lines[1].len().max(1));
    let flag = |at: usize| mask[at] || which[0] && lines[0][at / width] || which[1] && lines[1][at % width];
    let flags = (0..mask.len()).map(flag).collect();
    let shape = data.shape().to_vec();
    Ok(object::whole(data, Some(Chunk::from_vec(&shape, flags)), a.fill))
}

/// Runs of elements of which this holds, as slices.
fn runs(flags: impl Iterator<Item = bool>) -> Vec<Value> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, flag) in flags.enumerate() {
        match runs.last_mut() {
            Some((_, end)) if flag && *end == at => *end += 1,
            _ if flag => runs.push((at, at + 1)),
            _ => {}
        }
    }
    let end = |at: usize| Value::Int(at as i64);
    let slice = |(start, stop)| rdk_runtime::Slice { start: end(start), stop: end(stop), step: Value::None };
    runs.into_iter().map(|run| Value::Slice(std::sync::Arc::new(slice(run)))).collect()
}

/// The flags of a row.
fn flags_of_row(context: &Context, a: &Given, name: &str) -> Result<Vec<bool>> {
    let (data, mask) = in_memory(context, a)?;
    if data.ndim() > 1 {
        bail!("{name}() takes one row, got an array of {} dimensions", data.ndim());
    }
    Ok(mask)
}

/// The first and the last place that is not masked.
fn edges(flags: &[bool]) -> Option<[usize; 2]> {
    Some([flags.iter().position(|&flag| !flag)?, flags.iter().rposition(|&flag| !flag)?])
}

/// Lines of a table along an axis, each by its places in C order.
fn lines(rows: usize, columns: usize, axis: usize) -> Vec<Vec<usize>> {
    match axis {
        0 => (0..columns).map(|column| (0..rows).map(|row| row * columns + column).collect()).collect(),
        _ => (0..rows).map(|row| (row * columns..(row + 1) * columns).collect()).collect(),
    }
}

/// Differences of neighbours: masked where one of the two is.
fn differences(a: &Given, n: usize, axis: i64) -> Result<Pair> {
    let mut pair = a.pair()?;
    let axis = shape::axis(axis, pair.data.ndim())?;
    for _ in 0..n.min(pair.data.shape()[axis]) {
        let of = |array: &Array, func: BinaryFunc| {
            let part = |start, stop| crate::face::arrange::part(array, axis, start, stop, None);
            part(Some(1), None)?.binary(func, &part(None, Some(-1))?)
        };
        let func = if pair.data.dtype() == DType::Bool { BinaryFunc::LogicalXor } else { BinaryFunc::Subtract };
        let mask = pair.mask.as_ref().map(|mask| of(mask, BinaryFunc::LogicalOr)).transpose()?;
        pair = Pair { data: of(&pair.data, func)?, mask, ..pair };
    }
    Ok(pair)
}

/// Covariances of rows, or correlations, of those pairs of elements of which neither is masked.
struct Covariance {
    rowvar: bool,
    ddof: f64,
    allow_masked: bool,
    correlation: bool,
}

impl Covariance {
    fn of(&self, context: &Context, x: &Given, y: Option<&Given>) -> Result<Value> {
        let table = |given: &Given| -> Result<(Array, Array)> {
            let pair = given.pair()?;
            let there = pair.mask_array()?.unary(UnaryFunc::LogicalNot)?;
            let turned = |array: Array| match array.ndim() {
                0 | 1 => array.reshape(&[1, -1]),
                2 if !self.rowvar => array.transpose(None),
                2 => Ok(array),
                n => bail!("m has more than 2 dimensions: {n}"),
            };
            Ok((turned(pair.data)?, turned(there)?))
        };
        let (mut data, mut there) = table(x)?;
        if let Some(y) = y {
            let (more, also) = table(y)?;
            let both = there.binary(BinaryFunc::LogicalAnd, &also)?;
            let dtype = data.dtype().promote(more.dtype());
            data = Array::concatenate(&[data.cast(dtype), more.cast(dtype)], 0)?;
            there = match both.shape() == there.shape() {
                // A pair of which one is masked takes no part.
                true => Array::concatenate(&[both.clone(), both], 0)?,
                false => Array::concatenate(&[there, also], 0)?,
            };
        }
        if !self.allow_masked {
            let all = there.reduce(Reduction::All, None, false, None, None)?.compute_now(context)?;
            if all.to_vec::<bool>().contains(&false) {
                bail!("Cannot process masked data."; hint: "`allow_masked=True` leaves it out");
            }
        }
        let float = data.dtype().promote(DType::F64);
        let (data, counts) = (data.cast(float), there.cast(DType::F64));
        let zero = Array::scalar(Scalar::zero(float));
        let known = there.select(&data, &zero)?;
        let n = counts.reduce(Reduction::Sum, Some(&[1]), true, None, None)?;
        let mean = known.reduce(Reduction::Sum, Some(&[1]), true, None, None)?.binary(BinaryFunc::Divide, &n)?;
        let centred = there.select(&data.binary(BinaryFunc::Subtract, &mean)?, &zero)?;
        let conjugate = if float.is_complex() { centred.unary(UnaryFunc::Conjugate)? } else { centred.clone() };
        let products = centred.dot(&conjugate.transpose(None)?)?;
        let pairs = counts.dot(&counts.transpose(None)?)?;
        let free = pairs.binary(BinaryFunc::Subtract, &Array::scalar(Scalar::F64(self.ddof)))?;
        let positive = free.compare(CompareFunc::Greater, &Array::scalar(Scalar::F64(0.0)))?;
        let mut covariance = products.binary(BinaryFunc::Divide, &free)?;
        if self.correlation {
            let spread = covariance.diagonal(0, 0, 1)?.unary(UnaryFunc::Sqrt)?;
            let scale = spread.reshape(&[-1, 1])?.binary(BinaryFunc::Multiply, &spread.reshape(&[1, -1])?)?;
            covariance = covariance.binary(BinaryFunc::Divide, &scale)?;
        }
        let mask = positive.unary(UnaryFunc::LogicalNot)?;
        let squeezed = |array: Array| array.squeeze(None);
        let pair = Pair { shrinks: true, ..Pair::under(squeezed(covariance)?, Some(squeezed(mask)?), None)? };
        answer(context, pair, x.is_lazy() || y.is_some_and(Given::is_lazy))
    }
}

builtins! {
    /// Are all elements equal? What is masked in one array is, unless `fill_value` is False.
    ///
    /// ```rdk
    /// np.ma.allequal(np.ma.array([1, 2], mask=[0, 1]), [1, 7])
    /// #> True
    /// ```
    fn allequal[context](/** One array. */ a: Given, /** The other. */ b: Given, /** Is what is masked equal? */ fill_value: bool = true) -> Result<Value> {
        let both = together(&[&a.data, &b.data])?;
        agree(context, &a, &b, fill_value, both[0].compare(CompareFunc::Equal, &both[1])?)
    }

    /// Are all elements equal, or nearly? What is masked in one array is, unless `masked_equal` is False.
    fn allclose[context](
        /// One array.
        a: Given,
        /// The other.
        b: Given,
        /// Is what is masked equal?
        masked_equal: bool = true,
        /// How much of `b` they may differ.
        rtol: f64 = 1e-05,
        /// How much they may differ in any case.
        atol: f64 = 1e-08,
    ) -> Result<Value> { agree(context, &a, &b, masked_equal, close(&a.data, &b.data, rtol, atol, false)?) }

    /// Rounded to so many decimals; halves go to the even neighbour.
    fn around[context](/** The array. */ a: Given, /** How many digits after the point stay. */ decimals: i64 = 0) -> Result<Value> {
        let pair = a.pair()?;
        answer(context, Pair { data: crate::face::layout::rounded(pair.data.clone(), decimals)?, ..pair }, a.is_lazy())
    }

    /// Length along each axis.
    fn shape(/** The array. */ obj: Given) -> Result<Value> { Ok(lengths(obj.data.array()?.shape())) }

    /// How many axes.
    fn ndim(/** The array. */ obj: Given) -> usize { obj.data.ndim() }

    /// How many elements there are, masked or not, in all or along an axis.
    fn size(/** The array. */ obj: Given, /** Along which axis. */ axis: Option<i64>) -> Result<usize> {
        let array = obj.data.array()?;
        Ok(match axis {
            Some(axis) => array.shape()[shape::axis(axis, array.ndim())?],
            None => array.shape().iter().product(),
        })
    }

    /// The different elements; all that are masked are one, which comes last.
    ///
    /// ```rdk
    /// np.ma.unique(np.ma.array([3, 1, 3, 2], mask=[0, 0, 0, 1]))
    /// #> masked_array(data=[1, 3, --],
    /// #>              mask=[False, False,  True],
    /// #>        fill_value=999999)
    /// ```
    fn unique[context](/** The array. */ ar1: Given) -> Result<Value> { Different::of(context, &ar1)?.value() }

    /// The different elements of two arrays.
    fn union1d[context](/** One array. */ ar1: Given, /** The other. */ ar2: Given) -> Result<Value> { of_both(context, "union1d", &ar1, &ar2, |a, b| a || b) }

    /// The different elements that two arrays have in common.
    fn intersect1d[context](/** One array. */ ar1: Given, /** The other. */ ar2: Given, /** Has no effect. */ assume_unique: bool = false) -> Result<Value> {
        let _ = assume_unique;
        of_both(context, "intersect1d", &ar1, &ar2, |a, b| a && b)
    }

    /// The different elements of one array that another does not have.
    fn setdiff1d[context](/** The one. */ ar1: Given, /** The other. */ ar2: Given, /** Has no effect. */ assume_unique: bool = false) -> Result<Value> {
        let _ = assume_unique;
        of_both(context, "setdiff1d", &ar1, &ar2, |a, b| a && !b)
    }

    /// The different elements that only one of two arrays has.
    fn setxor1d[context](/** One array. */ ar1: Given, /** The other. */ ar2: Given, /** Has no effect. */ assume_unique: bool = false) -> Result<Value> {
        let _ = assume_unique;
        of_both(context, "setxor1d", &ar1, &ar2, |a, b| a != b)
    }

    /// Is each element among others? What is masked is among what is masked.
    fn isin[context](
        /// The array.
        element: Given,
        /// The others.
        test_elements: Given,
        /// Has no effect.
        assume_unique: bool = false,
        /// Is it not?
        invert: bool = false,
    ) -> Result<Value> {
        let _ = assume_unique;
        among(context, &element, &test_elements, invert)
    }

    /// A table without rows that have something masked.
    fn compress_rows[context](/** The table. */ a: Given) -> Result<Value> { compressed(context, &a, Some(0), "compress_rows") }

    /// A table without columns that have something masked.
    fn compress_cols[context](/** The table. */ a: Given) -> Result<Value> { compressed(context, &a, Some(1), "compress_cols") }

    /// A table without rows or columns that have something masked.
    ///
    /// ```rdk
    /// x = np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]])
    /// np.ma.compress_rowcols(x, 0)
    /// #> array([[3, 4]])
    /// ```
    fn compress_rowcols[context](/** The table. */ x: Given, /** 0: rows; 1: columns; both if left out. */ axis: Option<i64>) -> Result<Value> { compressed(context, &x, axis, "compress_rowcols") }

    /// A table in which whole rows are masked where something in them is.
    fn mask_rows[context](/** The table. */ a: Given) -> Result<Value> { widened(context, &a, Some(0), "mask_rows") }

    /// A table in which whole columns are masked where something in them is.
    fn mask_cols[context](/** The table. */ a: Given) -> Result<Value> { widened(context, &a, Some(1), "mask_cols") }

    /// A table in which whole rows and columns are masked where something in them is.
    fn mask_rowcols[context](/** The table. */ a: Given, /** 0: rows; 1: columns; both if left out. */ axis: Option<i64>) -> Result<Value> { widened(context, &a, axis, "mask_rowcols") }

    /// Runs of elements that are masked, as slices.
    fn clump_masked[context](/** A row. */ a: Given) -> Result<Value> { Ok(Value::list(runs(flags_of_row(context, &a, "clump_masked")?.into_iter()))) }

    /// Runs of elements that are not masked, as slices.
    ///
    /// ```rdk
    /// np.ma.clump_unmasked(np.ma.array([1, 2, 3, 4], mask=[0, 1, 0, 0]))
    /// #> [slice(0, 1, None), slice(2, 4, None)]
    /// ```
    fn clump_unmasked[context](/** A row. */ a: Given) -> Result<Value> {
        Ok(Value::list(runs(flags_of_row(context, &a, "clump_unmasked")?.into_iter().map(|flag| !flag))))
    }

    /// Runs of elements that are not masked, in all elements as one row.
    fn flatnotmasked_contiguous[context](/** The array. */ a: Given) -> Result<Value> {
        Ok(Value::list(runs(in_memory(context, &a)?.1.into_iter().map(|flag| !flag))))
    }

    /// The first and the last place that is not masked, in all elements as one row; `None` if all are.
    fn flatnotmasked_edges[context](/** The array. */ a: Given) -> Result<Value> {
        let (_, mask) = in_memory(context, &a)?;
        let edges = edges(&mask).map(|[first, last]| Chunk::from_vec(&[2], vec![first as i64, last as i64]));
        Ok(edges.map_or(Value::None, |edges| Value::object(NdArray::new(edges))))
    }

    /// Runs of elements that are not masked along an axis of a table: a list for each line.
    fn notmasked_contiguous[context](/** The array. */ a: Given, /** Along which axis; all elements in one row if left out. */ axis: Option<i64>) -> Result<Value> {
        let (data, mask) = in_memory(context, &a)?;
        let (Some(axis), true) = (axis, data.ndim() > 1) else { return Ok(Value::list(runs(mask.into_iter().map(|flag| !flag)))) };
        let &[rows, columns] = data.shape() else { bail!(NotImplementedError: "Currently limited to at most 2D array.") };
        let line = |places: Vec<usize>| Value::list(runs(places.into_iter().map(|at| !mask[at])));
        Ok(Value::list(lines(rows, columns, shape::axis(axis, 2)?).into_iter().map(line)))
    }

    /// The first and the last places that are not masked along an axis of a table, by their coordinates.
    fn notmasked_edges[context](/** The array. */ a: Given, /** Along which axis; all elements in one row if left out. */ axis: Option<i64>) -> Result<Value> {
        let (data, mask) = in_memory(context, &a)?;
        let (Some(axis), true) = (axis, data.ndim() > 1) else {
            let edges = edges(&mask).map(|[first, last]| Chunk::from_vec(&[2], vec![first as i64, last as i64]));
            return Ok(edges.map_or(Value::None, |edges| Value::object(NdArray::new(edges))));
        };
        let &[rows, columns] = data.shape() else { bail!(NotImplementedError: "notmasked_edges() along an axis takes a table, got {} dimensions", data.ndim()) };
        let found: Vec<[usize; 2]> = lines(rows, columns, shape::axis(axis, 2)?)
            .into_iter()
            .filter_map(|places| {
                let flags: Vec<bool> = places.iter().map(|&at| mask[at]).collect();
                edges(&flags).map(|[first, last]| [places[first], places[last]])
            })
            .collect();
        let coordinates = |end: usize| {
            let row = |numbers: Vec<i64>| Value::object(NdArray::new(Chunk::from_vec(&[numbers.len()], numbers)));
            let rows = found.iter().map(|ends| (ends[end] / columns) as i64).collect();
            Value::tuple([row(rows), row(found.iter().map(|ends| (ends[end] % columns) as i64).collect())])
        };
        Ok(Value::list([coordinates(0), coordinates(1)]))
    }

    /// Differences of neighbours along an axis: masked where one of the two is.
    fn diff[context](/** The array. */ a: Given, /** How many times. */ n: usize = 1, /** Along which axis. */ axis: i64 = -1) -> Result<Value> {
        answer(context, differences(&a, n, axis)?, a.is_lazy())
    }

    /// All products of an element of one with an element of the other: masked where one of the two is.
    fn outer[context](/** One array. */ a: Given, /** The other. */ b: Given) -> Result<Value> {
        let (one, other) = (a.pair()?, b.pair()?);
        let zero = |pair: &Pair| pair.filled(Scalar::zero(pair.data.dtype()));
        let (left, right) = (zero(&one)?.reshape(&[-1, 1])?, zero(&other)?.reshape(&[1, -1])?);
        let data = left.binary(BinaryFunc::Multiply, &right)?;
        let mask = match (&one.mask, &other.mask) {
            (None, None) => None,
            _ => Some(one.mask_array()?.reshape(&[-1, 1])?.binary(BinaryFunc::LogicalOr, &other.mask_array()?.reshape(&[1, -1])?)?),
        };
        answer(context, Pair::under(data, mask, None)?, a.is_lazy() || b.is_lazy())
    }

    /// Covariances of rows, of those pairs of elements of which neither is masked.
    fn cov[context](
        /// A table: variables in rows, values in columns.
        x: Given,
        /// More variables.
        y: Option<Given>,
        /// Are variables in rows?
        rowvar: bool = true,
        /// Divide by the count itself?
        bias: bool = false,
        /// May something be masked?
        allow_masked: bool = true,
        /// What is taken from the count before dividing by it.
        ddof: Option<i64>,
    ) -> Result<Value> {
        let ddof = ddof.unwrap_or(if bias { 0 } else { 1 }) as f64;
        Covariance { rowvar, ddof, allow_masked, correlation: false }.of(context, &x, y.as_ref())
    }

    /// Correlations of rows, of those pairs of elements of which neither is masked.
    fn corrcoef[context](
        /// A table: variables in rows, values in columns.
        x: Given,
        /// More variables.
        y: Option<Given>,
        /// Are variables in rows?
        rowvar: bool = true,
        /// May something be masked?
        allow_masked: bool = true,
    ) -> Result<Value> { Covariance { rowvar, ddof: 1.0, allow_masked, correlation: true }.of(context, &x, y.as_ref()) }

    /// A masked array of the shape and type of another, of which all is masked.
    fn masked_all_like(/** The other array. */ arr: Given) -> Result<Value> {
        let (shape, dtype) = (arr.data.array()?.shape().to_vec(), arr.data.dtype());
        let mask = Chunk::full(&shape, Scalar::Bool(true));
        Ok(object::whole(Chunk::full(&shape, Scalar::zero(dtype)), Some(mask), None))
    }

    /// The fill value that two masked arrays have in common; `None` if they have none.
    fn common_fill_value(/** One array. */ a: Given, /** The other. */ b: Given) -> Value {
        let fill = |given: &Given| given.fill.unwrap_or_else(|| default_fill(given.data.dtype())).cast(given.data.dtype()).to_value();
        let (one, other) = (fill(&a), fill(&b));
        if one.as_f64() == other.as_f64() { one } else { Value::None }
    }

    /// From now on writing to a masked element of an array has no effect.
    fn harden_mask(/** The array. */ a: Value) -> Result<Value> { hardened(a, true) }

    /// From now on writing to a masked element of an array unmasks it.
    fn soften_mask(/** The array. */ a: Value) -> Result<Value> { hardened(a, false) }

    /// The polynomial of a degree that comes nearest to points; points that are masked take no part.
    fn polyfit[context](/** Where the points are. */ x: Given, /** Their values. */ y: Given, /** The highest power. */ deg: i64) -> Result<Value> {
        let ((places, without), (values, missing)) = (in_memory(context, &x)?, in_memory(context, &y)?);
        if places.ndim() != 1 || values.ndim() != 1 || places.len() != values.len() {
            bail!(TypeError: "expected two rows of the same length, got shapes {} and {}", shape::show(places.shape()), shape::show(values.shape()));
        }
        let kept: Vec<usize> = (0..places.len()).filter(|&at| !without[at] && !missing[at]).collect();
        let row = |chunk: &Chunk| Value::object(NdArray::new(eager::select::take(chunk, &[kept.len()], &kept)));
        of_numpy(context, "polyfit", [row(&places), row(&values), Value::Int(deg)])
    }

    /// Walks over all elements with their places; those that are masked are left out, or come as `masked`.
    fn ndenumerate[context](/** The array. */ a: Given, /** Are masked ones left out? */ compressed: bool = true) -> Result<Value> {
        let (data, mask) = in_memory(context, &a)?;
        let (shape, elements): (Vec<usize>, Vec<Scalar>) = (data.shape().to_vec(), data.scalars().collect());
        let mut at = 0;
        Ok(Value::iter("ndenumerate", move |_| {
            while compressed && mask.get(at).copied().unwrap_or(false) {
                at += 1;
            }
            let element = *elements.get(at)?;
            let place = Value::tuple(crate::lower::view::nth(&shape, at).iter().map(|&at| Value::Int(at.into())));
            let value = if mask[at] { object::constant() } else { eager::number(element) };
            at += 1;
            Some(Ok(Value::tuple([place, value])))
        }))
    }

    /// What stands along an axis where a condition holds, with its mask.
    fn compress[context](
        /// The condition: a row of truth values; masked ones do not hold.
        condition: Given,
        /// The array.
        a: Value,
        /// Along which axis; all elements in one row if left out.
        axis: Option<i64>,
    ) -> Result<Value> {
        let flags = condition.pair()?.filled(Scalar::Bool(false))?.compute_now(context)?;
        let flags = Value::object(NdArray::new(flags));
        let (data, mask, fill) = parts(&a)?;
        let call = |value: Value| of_numpy(context, "compress", [flags.clone(), value, axis.into()]);
        let mask = mask.map(call).transpose()?;
        super::members::joined(call(data)?, mask, fill)
    }
}

fn hardened(a: Value, hard: bool) -> Result<Value> {
    match a.get::<Masked>() {
        Some(masked) => masked.harden(hard),
        None => bail!(TypeError: "expected a masked array, got {}", rdk_runtime::convert::describe(&a)),
    }
    Ok(a)
}

/// Functions of `numpy` that are done with the elements and with the mask alike.
pub mod alike {
    use super::*;

    fn both(context: &Context, name: &str, a: &Value, rest: &[Value]) -> Result<Value> {
        super::super::functions::of_one(context, name, a, rest)
    }

    builtins! {
        /// At least one axis.
        fn atleast_1d[context](/** The array. */ a: Value) -> Result<Value> { both(context, "atleast_1d", &a, &[]) }

        /// At least two axes.
        fn atleast_2d[context](/** The array. */ a: Value) -> Result<Value> { both(context, "atleast_2d", &a, &[]) }

        /// At least three axes.
        fn atleast_3d[context](/** The array. */ a: Value) -> Result<Value> { both(context, "atleast_3d", &a, &[]) }

        /// A table with all elements on its diagonal.
        fn diagflat[context](/** The elements. */ v: Value, /** Which diagonal. */ k: i64 = 0) -> Result<Value> { both(context, "diagflat", &v, &[Value::Int(k)]) }

        /// The elements in another shape, over and over again if there are too few.
        fn resize[context](/** The array. */ x: Value, /** The shape. */ new_shape: Value) -> Result<Value> { both(context, "resize", &x, &[new_shape]) }

        /// Back to front along all axes, or some.
        fn flip[context](/** The array. */ m: Value, /** Along which axes. */ axis: Option<Value>) -> Result<Value> { both(context, "flip", &m, &[axis.unwrap_or_default()]) }

        /// The sum along a diagonal; what is masked takes no part.
        fn trace[context](/** The table. */ a: Value, /** Which diagonal. */ offset: i64 = 0) -> Result<Value> {
            let diagonal = both(context, "diagonal", &a, &[Value::Int(offset)])?;
            let given = Given::try_from_value(&diagonal)?;
            let pair = given.pair()?;
            // NumPy fills what is masked as a float.
            let float = if pair.mask.is_some() { pair.data.dtype().promote(DType::F64) } else { pair.data.dtype() };
            let sum = pair.filled(Scalar::zero(pair.data.dtype()))?.cast(float).reduce(Reduction::Sum, Some(&[-1]), false, None, None)?;
            crate::face::operand::answer(context, sum, given.is_lazy())
        }
    }
}

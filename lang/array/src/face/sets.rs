//! Arrays as sets: `unique`, `isin`, `union1d` and the like; and `bincount`.

use rdk_runtime::{Context, Result, Value, bail, builtins};

use super::operand::{Loose, Operand, answer, eager_array, lazy_value};
use crate::Chunk;
use crate::array::Array;
use crate::chunks::ChunksSpec;
use crate::dtype::{Casting, DType};
use crate::eager;
use crate::order::{Distinct, DistinctLazily, Side};
use crate::statistics;

/// A result that is in memory, as an array of the kind that went in.
fn known(chunk: Chunk, lazy: bool) -> Result<Value> {
    match lazy {
        true => Ok(Value::lazy(Array::from_chunk(chunk, &ChunksSpec::AUTO)?)),
        false => Ok(eager::value(chunk)),
    }
}

fn numbers(numbers: Vec<i64>) -> Chunk {
    Chunk::from_vec(&[numbers.len()], numbers)
}

/// What else `unique` is to give.
struct Wanted {
    index: bool,
    inverse: bool,
    counts: bool,
}

fn unique(context: &Context, ar: &Operand, wanted: &Wanted, axis: Option<i64>) -> Result<Value> {
    let array = ar.array()?;
    if let Some(axis) = axis
        && !(array.ndim() == 1 && (axis == 0 || axis == -1))
    {
        return unique_parts(context, &array, wanted, crate::shape::axis(axis, array.ndim())?, ar.is_lazy());
    }
    if ar.is_lazy() && array.size() > 1 {
        return unique_lazily(&array, wanted);
    }
    let Distinct { values, first, counts } = array.distinct(context)?;
    let mut answers = vec![known(values.clone(), ar.is_lazy())?];
    if wanted.index {
        answers.push(known(numbers(first), ar.is_lazy())?);
    }
    if wanted.inverse {
        let inverse = array.searched_in(&eager_array(&values)?, Side::Left)?;
        answers.push(answer(context, inverse, ar.is_lazy())?);
    }
    if wanted.counts {
        answers.push(known(numbers(counts), ar.is_lazy())?);
    }
    Ok(if answers.len() == 1 { answers.remove(0) } else { Value::tuple(answers) })
}

/// The same of a lazy array: how many there are is counted when somebody asks.
fn unique_lazily(array: &Array, wanted: &Wanted) -> Result<Value> {
    let DistinctLazily { values, first, counts } = array.distinct_lazily()?;
    let mut answers = vec![lazy_value(values.clone())];
    if wanted.index {
        answers.push(lazy_value(first));
    }
    if wanted.inverse {
        answers.push(lazy_value(array.searched_in(&values, Side::Left)?));
    }
    if wanted.counts {
        answers.push(lazy_value(counts));
    }
    Ok(if answers.len() == 1 { answers.remove(0) } else { Value::tuple(answers) })
}

/// Different parts along an axis, such as rows; they are compared element by element.
fn unique_parts(context: &Context, array: &Array, wanted: &Wanted, axis: usize, lazy: bool) -> Result<Value> {
    use crate::element::with_dtype;
    use crate::order::Ordered;
    let order: Vec<i64> =
        [axis].into_iter().chain((0..array.ndim()).filter(|&other| other != axis)).map(|a| a as i64).collect();
    let chunk = array.transpose(Some(&order))?.compute_now(context)?.contiguous();
    let n = chunk.shape()[0];
    let width = chunk.len() / n.max(1);
    let (places, groups) = with_dtype!(chunk.dtype(), T => {
        let keys: Vec<_> = chunk.to_vec::<T>().into_iter().map(T::level).collect();
        let row = |at: usize| &keys[at * width..(at + 1) * width];
        let mut places: Vec<usize> = (0..n).collect();
        places.sort_by(|&a, &b| row(a).cmp(row(b)));
        let mut groups: Vec<usize> = Vec::with_capacity(n);
        for at in 0..n {
            let rises = at > 0 && row(places[at]) != row(places[at - 1]);
            groups.push(groups.last().copied().unwrap_or(0) + usize::from(rises));
        }
        (places, groups)
    });
    let n_groups = groups.last().map_or(0, |last| last + 1);
    let (mut first, mut counts, mut inverse) = (vec![i64::MAX; n_groups], vec![0i64; n_groups], vec![0i64; n]);
    for (&place, &group) in places.iter().zip(&groups) {
        first[group] = first[group].min(place as i64);
        counts[group] += 1;
        inverse[place] = group as i64;
    }
    let taken: Vec<usize> = first.iter().flat_map(|&at| at as usize * width..(at as usize + 1) * width).collect();
    let mut shape = chunk.shape().to_vec();
    shape[0] = n_groups;
    let mut back: Vec<usize> = (1..=axis).collect();
    back.push(0);
    back.extend(axis + 1..array.ndim());
    let values = eager::select::take(&chunk, &shape, &taken).transpose(&back).contiguous();
    let mut answers = vec![known(values, lazy)?];
    let more = [(wanted.index, first), (wanted.inverse, inverse), (wanted.counts, counts)];
    for (is_wanted, found) in more {
        if is_wanted {
            answers.push(known(numbers(found), lazy)?);
        }
    }
    Ok(if answers.len() == 1 { answers.remove(0) } else { Value::tuple(answers) })
}

/// The different elements of both, in the type of both.
fn both(context: &Context, a: &Operand, b: &Operand) -> Result<(Distinct, Distinct)> {
    let dtype = a.dtype().promote(b.dtype());
    let distinct = |operand: &Operand| operand.array()?.cast(dtype).distinct(context);
    Ok((distinct(a)?, distinct(b)?))
}

/// Elements of `from` that are among `others`, or are not.
fn kept(context: &Context, from: &Chunk, others: &Chunk, invert: bool) -> Result<Vec<usize>> {
    let found = eager_array(from)?.is_in(&eager_array(others)?, invert)?.compute_now(context)?.to_vec::<bool>();
    Ok((0..found.len()).filter(|&at| found[at]).collect())
}

fn taken(chunk: &Chunk, places: &[usize]) -> Chunk {
    eager::select::take(chunk, &[places.len()], places)
}

fn joined(context: &Context, a: &Chunk, b: &Chunk) -> Result<Chunk> {
    let whole = Array::concatenate(&[eager_array(a)?.reshape(&[-1])?, eager_array(b)?.reshape(&[-1])?], 0)?;
    Ok(whole.distinct(context)?.values)
}

fn bincount(context: &Context, x: &Operand, weights: Option<&Operand>, minlength: i64) -> Result<Value> {
    let array = x.array()?;
    if array.ndim() != 1 {
        bail!("object of too small depth for desired array"; hint: "`bincount` takes one row, got {} dimensions", array.ndim());
    }
    if !array.dtype().can_cast(DType::I64, Casting::Safe) && array.size() > 0 {
        bail!(TypeError: "Cannot cast array data from dtype('{}') to dtype('int64') according to the rule 'safe'", array.dtype());
    }
    if minlength < 0 {
        bail!("'minlength' must not be negative");
    }
    let lazy = x.is_lazy() || weights.is_some_and(Operand::is_lazy);
    if x.is_lazy() && minlength == 0 && array.size() > 0 {
        let weights = weights.map(Operand::array).transpose()?;
        return Ok(lazy_value(statistics::counted_lazily(&array, weights.as_ref())?));
    }
    let mut length = minlength as usize;
    if array.size() > 0 {
        let end = |largest: bool| -> Result<i64> {
            let end = array.cast(DType::I64).extreme(largest)?.compute_now(context)?;
            Ok(end.to_vec::<i64>().first().copied().unwrap_or(0))
        };
        // Of lazy numbers `minlength` is how long the result is.
        if !x.is_lazy() {
            if end(false)? < 0 {
                bail!("'list' argument must have no negative elements");
            }
            length = length.max(usize::try_from(end(true)?.saturating_add(1)).unwrap_or(0));
        }
    }
    if length > isize::MAX as usize / 16 {
        bail!(MemoryError: "unable to allocate counts of {length} numbers");
    }
    let weights = weights.map(Operand::array).transpose()?;
    answer(context, statistics::counted_to(&array, length, weights.as_ref())?, lazy)
}

builtins! {
    /// The elements that there are, each once, in ascending order.
    ///
    /// ```rdk
    /// np.unique([3, 1, 3, 2], return_counts=True)
    /// #> (array([1, 2, 3]), array([1, 1, 2]))
    /// ```
    fn unique[context](
        /// The array.
        ar: Operand,
        /// Also where each stands first?
        return_index: bool = false,
        /// Also which of them each element is?
        return_inverse: bool = false,
        /// Also how often each occurs?
        return_counts: bool = false,
        /// Along which axis parts are compared; single elements if left out.
        axis: Option<i64>,
        /// Only True: all NaN are one.
        equal_nan: bool = true,
        /// Has no effect: they come in ascending order.
        sorted: bool = true,
    ) -> Result<Value> {
        let _ = sorted;
        if !equal_nan && (ar.dtype().is_float() || ar.dtype().is_complex()) {
            bail!(NotImplementedError: "unique() takes all NaN as one"; hint: "leave `equal_nan` out");
        }
        unique(context, &ar, &Wanted { index: return_index, inverse: return_inverse, counts: return_counts }, axis)
    }

    /// Is each element among others?
    ///
    /// ```rdk
    /// np.isin([1, 2, 3], [3, 5])
    /// #> array([False, False,  True])
    /// ```
    fn isin[context](
        /// The array.
        element: Operand,
        /// The others.
        test_elements: Operand,
        /// Has no effect.
        assume_unique: bool = false,
        /// Is it not?
        invert: bool = false,
        /// Has no effect.
        kind: Option<String>,
    ) -> Result<Value> {
        let _ = (assume_unique, kind);
        let lazy = element.is_lazy() || test_elements.is_lazy();
        super::arrange::answer_array(context, element.array()?.is_in(&test_elements.array()?, invert)?, lazy)
    }

    /// Is each element among others? All elements in one row.
    fn in1d[context](
        /// The array.
        ar1: Operand,
        /// The others.
        ar2: Operand,
        /// Has no effect.
        assume_unique: bool = false,
        /// Is it not?
        invert: bool = false,
    ) -> Result<Value> {
        let _ = assume_unique;
        answer(context, ar1.array()?.reshape(&[-1])?.is_in(&ar2.array()?, invert)?, ar1.is_lazy() || ar2.is_lazy())
    }

    /// What is in one or the other, in ascending order.
    ///
    /// ```rdk
    /// np.union1d([1, 3], [2, 3])
    /// #> array([1, 2, 3])
    /// ```
    fn union1d[context](/** The one. */ ar1: Operand, /** The other. */ ar2: Operand) -> Result<Value> {
        if ar1.is_lazy() || ar2.is_lazy() {
            let rows = [ar1.array()?.reshape(&[-1])?, ar2.array()?.reshape(&[-1])?];
            let both = Operand::Lazy(Array::concatenate(&rows, 0)?);
            return unique(context, &both, &Wanted { index: false, inverse: false, counts: false }, None);
        }
        let (a, b) = both(context, &ar1, &ar2)?;
        known(joined(context, &a.values, &b.values)?, false)
    }

    /// What is in both, in ascending order.
    fn intersect1d[context](
        /// The one.
        ar1: Operand,
        /// The other.
        ar2: Operand,
        /// Has no effect.
        assume_unique: bool = false,
        /// Also where each stands first in both?
        return_indices: bool = false,
    ) -> Result<Value> {
        let _ = assume_unique;
        let lazy = ar1.is_lazy() || ar2.is_lazy();
        let (a, b) = both(context, &ar1, &ar2)?;
        let in_a = kept(context, &a.values, &b.values, false)?;
        let values = taken(&a.values, &in_a);
        if !return_indices {
            return known(values, lazy);
        }
        let in_b = kept(context, &b.values, &a.values, false)?;
        let first = |distinct: &Distinct, places: &[usize]| numbers(places.iter().map(|&at| distinct.first[at]).collect());
        Ok(Value::tuple([known(values, lazy)?, known(first(&a, &in_a), lazy)?, known(first(&b, &in_b), lazy)?]))
    }

    /// What is in the first but not in the second, in ascending order.
    fn setdiff1d[context](
        /// The first.
        ar1: Operand,
        /// The second.
        ar2: Operand,
        /// Has no effect.
        assume_unique: bool = false,
    ) -> Result<Value> {
        let _ = assume_unique;
        let (a, b) = both(context, &ar1, &ar2)?;
        let values = taken(&a.values, &kept(context, &a.values, &b.values, true)?);
        known(values.cast(ar1.dtype()), ar1.is_lazy() || ar2.is_lazy())
    }

    /// What is in one but not in both, in ascending order.
    fn setxor1d[context](
        /// The one.
        ar1: Operand,
        /// The other.
        ar2: Operand,
        /// Has no effect.
        assume_unique: bool = false,
    ) -> Result<Value> {
        let _ = assume_unique;
        let (a, b) = both(context, &ar1, &ar2)?;
        let only_a = taken(&a.values, &kept(context, &a.values, &b.values, true)?);
        let only_b = taken(&b.values, &kept(context, &b.values, &a.values, true)?);
        known(joined(context, &only_a, &only_b)?, ar1.is_lazy() || ar2.is_lazy())
    }

    /// How often each of the numbers 0, 1, 2, … occurs.
    ///
    /// ```rdk
    /// np.bincount([0, 1, 1, 3])
    /// #> array([1, 2, 0, 1])
    /// ```
    fn bincount[context](
        /// Whole numbers of 0 or more.
        x: Loose,
        /// What each counts; 1 if left out.
        weights: Option<Loose>,
        /// How many counts there are at least.
        minlength: i64 = 0,
        /// Has no effect.
        split_every: Option<usize>,
    ) -> Result<Value> { let _ = split_every; bincount(context, &x, weights.as_deref(), minlength) }
}

/// Those of NumPy alone: results with names.
pub mod numpy {
    use super::*;
    use rdk_runtime::modules::named_tuple::NamedTuple;

    fn named(context: &Context, x: &Operand, wanted: &Wanted, name: &str, fields: &[&str]) -> Result<Value> {
        let parts = unique(context, x, wanted, None)?;
        Ok(NamedTuple::new(name, fields, parts.items().unwrap_or_default()))
    }

    builtins! {
        /// Different elements, with where each first is, which one each element is, and how many there are.
        ///
        /// ```rdk
        /// np.unique_all([3, 1, 3]).counts
        /// #> array([1, 2])
        /// ```
        fn unique_all[context](/** The array. */ x: Operand) -> Result<Value> {
            let wanted = Wanted { index: true, inverse: true, counts: true };
            named(context, &x, &wanted, "UniqueAllResult", &["values", "indices", "inverse_indices", "counts"])
        }

        /// Different elements, with how many there are of each.
        fn unique_counts[context](/** The array. */ x: Operand) -> Result<Value> {
            let wanted = Wanted { index: false, inverse: false, counts: true };
            named(context, &x, &wanted, "UniqueCountsResult", &["values", "counts"])
        }

        /// Different elements, with which one of them each element is.
        fn unique_inverse[context](/** The array. */ x: Operand) -> Result<Value> {
            let wanted = Wanted { index: false, inverse: true, counts: false };
            named(context, &x, &wanted, "UniqueInverseResult", &["values", "inverse_indices"])
        }

        /// Different elements.
        fn unique_values[context](/** The array. */ x: Operand) -> Result<Value> {
            unique(context, &x, &Wanted { index: false, inverse: false, counts: false }, None)
        }
    }
}

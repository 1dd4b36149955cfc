//! How arrays lie in memory: `copy`, `require`, and who shares memory with whom.

use rdk_runtime::{Context, FromValue, Result, Value, bail, builtins};

use super::operand::{Operand, lazy_value};
use super::seen::Seen;
use crate::eager::{DTypeArg, NdArray, Order};
use crate::kernel::{Reduction, UnaryFunc};
use crate::lower;

/// A copy with memory of its own; its axes lie as asked for.
pub fn copied(array: &NdArray, order: Order) -> Result<Value> {
    let axes = order.axes(Some(array), array.shape().len());
    if axes.is_sorted() {
        return Ok(Value::object(NdArray::new(lower::copied(&array.chunk())?)));
    }
    let mut back = vec![0; axes.len()];
    axes.iter().enumerate().for_each(|(place, &axis)| back[axis] = place);
    let copy = lower::copied(&array.chunk().transpose(&axes))?;
    Ok(Value::object(NdArray::new(copy).transpose(&back).owner()))
}

/// A reshaped array: in any case a copy, never one, or as it came.
pub fn own_or_shown(reshaped: NdArray, of: &NdArray, copy: Option<bool>) -> Result<Value> {
    match copy {
        Some(true) => Ok(Value::object(NdArray::new(reshaped.chunk().copy()))),
        Some(false) if !reshaped.is_of_same_memory(of) => {
            bail!("Unable to avoid creating a copy while reshaping."; hint: "leave `copy` out, and it is made where it has to be")
        }
        _ => Ok(Value::object(reshaped)),
    }
}

/// `requirements=` of `require`: letters or words.
struct Requirements(Vec<char>);

impl FromValue for Requirements {
    fn expected() -> &'static str {
        "letters such as \"C\" or \"CW\", or a list of them"
    }

    fn from_value(value: &Value) -> Option<Requirements> {
        let words: Vec<String> = match value {
            Value::Str(letters) => letters.chars().map(String::from).collect(),
            other => Vec::from_value(other)?,
        };
        let letter = |word: &String| match &word.to_uppercase()[..] {
            "C" | "C_CONTIGUOUS" | "CONTIGUOUS" => Some('C'),
            "F" | "F_CONTIGUOUS" | "FORTRAN" => Some('F'),
            "A" | "ALIGNED" => Some('A'),
            "W" | "WRITEABLE" => Some('W'),
            "O" | "OWNDATA" => Some('O'),
            "E" | "ENSUREARRAY" => Some('E'),
            _ => None,
        };
        words.iter().map(letter).collect::<Option<_>>().map(Requirements)
    }
}

fn two(a: &Value, b: &Value) -> Option<(NdArray, NdArray)> {
    Some((a.get::<NdArray>()?.clone(), b.get::<NdArray>()?.clone()))
}

/// Does it lie like a Fortran array, and not like one of C as well?
fn is_backwards(value: &Value) -> bool {
    value.get::<NdArray>().is_some_and(|array| array.is_run() == (false, true))
}

builtins! {
    /// A copy with memory of its own; of a lazy array the same array, which nothing writes to.
    ///
    /// ```rdk
    /// x = np.array([1, 2])
    /// y = np.copy(x)
    /// y[0] = 9
    /// x
    /// #> array([1, 2])
    /// ```
    fn copy(
        /// An array, a list or a number.
        a: Value,
        /// How its axes lie in memory: "C", "F", "A" or "K".
        order: Order = "K",
        /// Has no effect.
        subok: bool = false,
    ) -> Result<Value> {
        let _ = subok;
        match Operand::loosely(&a)? {
            Operand::Lazy(array) => Ok(lazy_value(array)),
            Operand::Eager(_) | Operand::Number(_) => match a.get::<NdArray>() {
                Some(array) => copied(array, order),
                None => copied(&NdArray::new(crate::eager::nested::chunk(&a, None)?), order),
            },
        }
    }

    /// An array of a type that lies in memory as required; copied only where it is not so already.
    ///
    /// ```rdk
    /// np.require(np.ones((2, 3)).T, requirements="C").flags.c_contiguous
    /// #> True
    /// ```
    fn require(
        /// An array, or what can become one.
        a: Value,
        /// The type of the elements; its own if left out.
        dtype: Option<DTypeArg>,
        /// "C" or "F": how its axes lie; "A", "W", "O" and "E" always hold.
        requirements: Option<Requirements>,
    ) -> Result<Value> {
        let letters = requirements.map_or(Vec::new(), |requirements| requirements.0);
        if letters.contains(&'C') && letters.contains(&'F') {
            bail!("Cannot specify both \"C\" and \"F\" order");
        }
        let operand = Operand::try_from_value(&a)?;
        if operand.is_lazy() {
            bail!(TypeError: "expected an array in memory, got a lazy one"; hint: "how chunks lie in memory is not for the user to say");
        }
        let wanted = dtype.map_or(operand.dtype(), |dtype| dtype.0);
        let own = operand.dtype() == wanted && a.get::<NdArray>().is_some();
        let array = if own { a } else { Value::object(NdArray::new(crate::eager::nested::chunk(&a, Some(wanted))?)) };
        let (rows, columns) = array.get::<NdArray>().map_or((true, true), NdArray::is_run);
        let turned = letters.contains(&'C') && !rows || letters.contains(&'F') && !columns;
        match turned {
            false => Ok(array),
            true => match array.get::<NdArray>() {
                Some(array) => copied(array, if letters.contains(&'C') { Order::C } else { Order::F }),
                None => Ok(array),
            },
        }
    }

    /// Do two arrays have an element in common, so that writing to one changes the other?
    ///
    /// ```rdk
    /// x = np.arange(6)
    /// np.shares_memory(x, x[::2]), np.shares_memory(x[::2], x[1::2])
    /// #> (True, False)
    /// ```
    fn shares_memory(
        /// One array.
        a: Value,
        /// The other.
        b: Value,
        /// Has no effect: the answer is always exact.
        max_work: Option<i64>,
    ) -> bool {
        let _ = max_work;
        two(&a, &b).is_some_and(|(a, b)| {
            a.is_of_same_memory(&b) && {
                let own: rustc_hash::FxHashSet<usize> = a.positions().into_iter().collect();
                b.positions().iter().any(|at| own.contains(at))
            }
        })
    }

    /// Do the stretches of memory in which two arrays lie overlap?
    fn may_share_memory(
        /// One array.
        a: Value,
        /// The other.
        b: Value,
        /// Has no effect.
        max_work: Option<i64>,
    ) -> bool {
        let _ = max_work;
        let ends = |array: &NdArray| {
            let at = array.positions();
            Some((at.iter().min().copied()?, at.iter().max().copied()?))
        };
        two(&a, &b).is_some_and(|(a, b)| {
            a.is_of_same_memory(&b)
                && ends(&a).zip(ends(&b)).is_some_and(|((first, last), (other, end))| first <= end && other <= last)
        })
    }

    /// Does an array lie in memory as Fortran's do, and not as those of C?
    fn isfortran(/** The array. */ a: Value) -> bool { is_backwards(&a) }

    /// An array, after a look whether there is NaN or infinity in it.
    ///
    /// ```rdk
    /// np.asarray_chkfinite([1, 2], dtype=float)
    /// #> array([1., 2.])
    /// ```
    fn asarray_chkfinite[context](
        /// An array, a list or a number.
        a: Seen,
        /// The type of the elements; their own if left out.
        dtype: Option<DTypeArg>,
        /// How its axes lie in memory: "C", "F", "A" or "K".
        order: Option<Order>,
    ) -> Result<Value> { finite(context, &a, dtype, order) }
}

fn finite(context: &Context, a: &Seen, dtype: Option<DTypeArg>, order: Option<Order>) -> Result<Value> {
    let array = a.array()?;
    let array = dtype.map_or(array.clone(), |dtype| array.cast(dtype.0));
    let chunk = array.compute_now(context)?;
    if chunk.dtype().is_float() || chunk.dtype().is_complex() {
        let all = super::operand::eager_array(&chunk)?.unary(UnaryFunc::IsFinite)?;
        let all = all.reduce(Reduction::All, None, false, None, None)?.compute_now(context)?;
        if !all.to_vec::<bool>().iter().all(|&flag| flag) {
            bail!("array must not contain infs or NaNs");
        }
    }
    let axes = order.unwrap_or(Order::K).axes(a.in_memory(), chunk.ndim());
    Ok(Value::object(NdArray::laid(chunk, &axes)))
}

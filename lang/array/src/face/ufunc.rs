//! What NumPy's functions of elements can do beside being called: `np.add.reduce`, `np.add.outer`, `np.add.accumulate`, `np.add.at`.

use std::any::Any;
use std::sync::LazyLock;

use rdk_runtime::{Args, Builtin, Class, ClassRef, Context, FromValue, Object, Result, Value, bail, builtins, error};

use super::arrange::{answer_array, part};
use super::masked;
use super::operand::{Operand, answer, together};
use super::parameters::Axes;
use crate::array::{Array, Func};
use crate::dtype::DType;
use crate::eager::{DTypeArg, NdArray, select};
use crate::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use crate::scalar::Scalar;
use crate::{place, shape};

/// Steps one after the other are a chain; longer ones than this would take longer to plan than to live without.
const LONGEST: usize = 4096;

static PART: LazyLock<ClassRef> = LazyLock::new(|| {
    ClassRef::new(Class::new("ufunc_method", "numpy", "Another way to apply a function of elements."))
});

/// `np.add.reduce`
struct Part {
    function: &'static str,
    part: &'static str,
}

/// The function of this name, by NumPy's other names, too.
fn function(name: &str) -> Option<Func> {
    let name = match name {
        "true_divide" => "divide",
        "mod" => "remainder",
        "pow" => "power",
        "atan2" => "arctan2",
        "bitwise_left_shift" => "left_shift",
        "bitwise_right_shift" => "right_shift",
        "abs" => "absolute",
        "conj" => "conjugate",
        "bitwise_not" | "bitwise_invert" => "invert",
        "degrees" => "rad2deg",
        "radians" => "deg2rad",
        other => other,
    };
    let binary = BinaryFunc::from_name(name).map(Func::Binary);
    let compare = || CompareFunc::from_name(name).map(Func::Compare);
    binary.or_else(compare).or_else(|| UnaryFunc::from_name(name).map(Func::Unary))
}

/// `np.add.reduce` and the like: an attribute of a function of elements.
pub fn attribute(builtin: &Builtin, name: &str) -> Option<Value> {
    let func = function(builtin.name)?;
    let n_inputs = if matches!(func, Func::Unary(_)) { 1 } else { 2 };
    Some(match name {
        "nin" => Value::Int(n_inputs),
        "nout" => Value::Int(1),
        "nargs" => Value::Int(n_inputs + 1),
        "identity" => match func {
            Func::Binary(func) => identity(func).map_or(Value::None, Scalar::to_value),
            _ => Value::None,
        },
        _ => {
            let part = PARTS.iter().copied().find(|&part| part == name)?;
            Value::object(Part { function: builtin.name, part })
        }
    })
}

const PARTS: [&str; 5] = ["reduce", "accumulate", "outer", "at", "reduceat"];

impl Object for Part {
    fn class(&self) -> ClassRef {
        PART.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<built-in method {} of numpy.ufunc '{}'>", self.part, self.function)
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, context: &Context, mut args: Args) -> Option<Result<Value>> {
        place::note(context);
        let builtin = builtins().into_iter().find(|builtin| builtin.name == self.part)?;
        let builtin = match self.part {
            "reduce" | "accumulate" | "reduceat" => builtin.otherwise(masked::unmasked_part),
            "outer" => builtin.otherwise(masked::outer),
            _ => builtin,
        };
        args.positional.insert(0, Value::str(self.function));
        Some(builtin.call(context, args))
    }
}

/// What the function makes of nothing.
fn identity(func: BinaryFunc) -> Option<Scalar> {
    Some(match func {
        BinaryFunc::Add | BinaryFunc::BitwiseOr | BinaryFunc::BitwiseXor | BinaryFunc::Gcd => Scalar::I64(0),
        BinaryFunc::Multiply => Scalar::I64(1),
        BinaryFunc::BitwiseAnd => Scalar::I64(-1),
        BinaryFunc::LogicalAnd => Scalar::Bool(true),
        BinaryFunc::LogicalOr | BinaryFunc::LogicalXor => Scalar::Bool(false),
        BinaryFunc::Hypot => Scalar::I64(0),
        BinaryFunc::Logaddexp | BinaryFunc::Logaddexp2 => Scalar::F64(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// May the elements be taken in any grouping?
fn groups(func: BinaryFunc) -> bool {
    use BinaryFunc::*;
    matches!(
        func,
        Add | Multiply
            | Maximum
            | Minimum
            | Fmax
            | Fmin
            | BitwiseAnd
            | BitwiseOr
            | BitwiseXor
            | LogicalAnd
            | LogicalOr
            | LogicalXor
            | Gcd
            | Lcm
            | Hypot
            | Logaddexp
            | Logaddexp2
    )
}

/// Along one axis, which stays with length 1.
fn reduced_along(func: BinaryFunc, array: &Array, axis: usize) -> Result<Array> {
    let n = array.shape()[axis];
    if n == 0 {
        let Some(identity) = identity(func) else {
            bail!("zero-size array to reduction operation {} which has no identity", func.name());
        };
        let mut shape = array.shape().to_vec();
        shape[axis] = 1;
        let dtype = func.result(array.dtype(), array.dtype()).map_or(array.dtype(), |(_, dtype)| dtype);
        return Array::full("full", &shape, identity.cast(dtype), &crate::ChunksSpec::AUTO);
    }
    if groups(func) {
        let mut array = array.clone();
        while array.shape()[axis] > 1 {
            let n = array.shape()[axis] as i64;
            let half = n / 2;
            let both = part(&array, axis, None, Some(half), None)?
                .binary(func, &part(&array, axis, Some(half), Some(2 * half), None)?)?;
            array = match n % 2 {
                0 => both,
                _ => Array::concatenate(&[both, part(&array, axis, Some(n - 1), None, None)?], axis as i64)?,
            };
        }
        return Ok(array);
    }
    check_length(func, n)?;
    let one = |at: usize| part(array, axis, Some(at as i64), Some(at as i64 + 1), None);
    (1..n).try_fold(one(0)?, |sum, at| sum.binary(func, &one(at)?))
}

fn check_length(func: BinaryFunc, n: usize) -> Result<()> {
    if n > LONGEST {
        bail!(NotImplementedError: "`{}` goes through at most {LONGEST} elements one after the other, got {n}", func.name());
    }
    Ok(())
}

fn binary(name: &str, what: &str) -> Result<BinaryFunc> {
    match function(name) {
        Some(Func::Binary(func)) => Ok(func),
        Some(Func::Compare(_)) => {
            bail!(NotImplementedError: "`{name}.{what}` is not supported"; hint: "`np.logical_and.{what}` takes truth values")
        }
        _ => bail!("{what} only supported for binary functions"),
    }
}

/// The reduction that does the same, if there is one.
fn reduction(func: BinaryFunc) -> Option<Reduction> {
    Some(match func {
        BinaryFunc::Add => Reduction::Sum,
        BinaryFunc::Multiply => Reduction::Prod,
        BinaryFunc::Maximum => Reduction::Max,
        BinaryFunc::Minimum => Reduction::Min,
        BinaryFunc::LogicalAnd => Reduction::All,
        BinaryFunc::LogicalOr => Reduction::Any,
        _ => return None,
    })
}

/// Over some axes or all, in the type that NumPy works in.
fn reduced(func: BinaryFunc, array: Array, axes: &[usize], keepdims: bool, dtype: Option<DType>) -> Result<Array> {
    let numbers: Vec<i64> = axes.iter().map(|&axis| axis as i64).collect();
    if let Some(reduction) = reduction(func) {
        return array.reduce(reduction, Some(&numbers), keepdims, dtype, None);
    }
    let mut array = dtype.map_or(array.clone(), |dtype| array.cast(dtype)).sized()?;
    for &axis in axes {
        array = reduced_along(func, &array, axis)?;
    }
    if keepdims { Ok(array) } else { array.squeeze(Some(&numbers)) }
}

/// Running results along an axis.
fn accumulated(func: BinaryFunc, array: &Array, axis: usize) -> Result<Array> {
    let n = array.shape()[axis];
    if groups(func) {
        let (mut array, mut step) = (array.clone(), 1);
        while step < n {
            let at = step as i64;
            let later = part(&array, axis, Some(at), None, None)?;
            let sums = part(&array, axis, None, Some(-at), None)?.binary(func, &later)?;
            array = Array::concatenate(&[part(&array, axis, None, Some(at), None)?, sums], axis as i64)?;
            step *= 2;
        }
        return Ok(array);
    }
    check_length(func, n)?;
    let one = |at: usize| part(array, axis, Some(at as i64), Some(at as i64 + 1), None);
    let mut parts: Vec<Array> = Vec::with_capacity(n);
    for at in 0..n {
        let next = match parts.last() {
            None => one(at)?,
            Some(sum) => sum.binary(func, &one(at)?)?,
        };
        parts.push(next);
    }
    if parts.is_empty() { Ok(array.clone()) } else { Array::concatenate(&parts, axis as i64) }
}

/// The type in which sums and products of whole numbers are kept.
fn wide(func: BinaryFunc, array: &Array, dtype: Option<DType>) -> Array {
    match (dtype, func) {
        (Some(dtype), _) => array.cast(dtype),
        (None, BinaryFunc::Add | BinaryFunc::Multiply) => array.cast(Reduction::Sum.result(array.dtype())),
        (None, _) => array.clone(),
    }
}

/// `np.add.at(a, indices, b)`: one by one, so that equal positions count each time.
fn at(function_name: &str, a: &Value, indices: &Value, b: Option<&Value>) -> Result<()> {
    let Some(array) = a.get::<NdArray>() else {
        bail!(TypeError: "first operand must be array"; hint: "`at` changes an array in memory");
    };
    array.check_writeable_as("operand array with iterator write flag set")?;
    let items: Vec<usize> = match select::select(indices, array.shape())? {
        select::Selection::Advanced { positions, .. } => positions,
        select::Selection::Basic(items) => {
            let numbers = crate::Chunk::from_vec(array.shape(), (0..array.size() as i64).collect());
            numbers.slice(&items).to_vec::<i64>().into_iter().map(|at| at as usize).collect()
        }
    };
    let n = items.len();
    let chunk = array.chunk().reshape(&[array.size()]);
    let values = match b {
        None => None,
        Some(b) => {
            let values = Operand::try_from_value(b)?.array()?;
            let flat = values.reshape(&[-1])?;
            Some(flat.broadcast_to(&[n])?)
        }
    };
    // Each round takes every position at most once.
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    let mut seen: rustc_hash::FxHashMap<usize, usize> = rustc_hash::FxHashMap::default();
    for (number, &item) in items.iter().enumerate() {
        let count = seen.entry(item).or_default();
        if rounds.len() == *count {
            rounds.push(Vec::new());
        }
        rounds[*count].push(number);
        *count += 1;
    }
    let Some(office) = place::office() else { bail!(RuntimeError: "this cannot be computed here") };
    let values = values.map(|values| values.compute_at(&office)).transpose()?;
    let mut current = chunk;
    for round in rounds {
        let places: Vec<usize> = round.iter().map(|&number| items[number]).collect();
        let own = super::operand::eager_array(&select::take(&current, &[places.len()], &places))?;
        let changed = match (function(function_name), &values) {
            (Some(Func::Unary(func)), _) => own.unary(func)?,
            (Some(Func::Binary(func)), Some(values)) => own.binary(
                func,
                &super::operand::eager_array(&select::take(values, &[round.len()], &round))?.cast(
                    if array.dtype().is_integer() && values.dtype().is_integer() {
                        array.dtype()
                    } else {
                        values.dtype()
                    },
                ),
            )?,
            _ => bail!("second operand needed for ufunc"),
        };
        let changed = changed.compute_at(&office)?.cast(array.dtype());
        array.write(places.into_iter(), changed.scalars().collect::<Vec<_>>().into_iter());
        current = array.chunk().reshape(&[array.size()]);
    }
    Ok(())
}

#[allow(non_snake_case)] // `outer` takes `A` and `B`.
mod parts {
    use super::*;

    builtins! {
        /// Elements over axes made one by the function.
        fn reduce[context](
            /// The function.
            ufunc: String,
            /// The array.
            array: Operand,
            /// Over which axis, or a tuple of them; `None` for all.
            axis: Option<Axes> = 0,
            /// In which type.
            dtype: Option<DTypeArg>,
            /// Where the result goes.
            out: crate::face::out::Out,
            /// Do the axes stay, with length 1?
            keepdims: bool = false,
            /// What to begin with.
            initial: Option<Operand>,
        ) -> Result<Value> {
            let func = binary(&ufunc, "reduce")?;
            let own = array.array()?;
            let axes = if own.ndim() == 0 { shape::axes(None, 0)? } else { shape::axes(Axes::list(&axis), own.ndim())? };
            let result = reduced(func, own, &axes, keepdims, dtype.map(|dtype| dtype.0))?;
            let result = match &initial {
                Some(initial) => result.binary(func, &initial.array()?.cast(result.dtype()))?,
                None => result,
            };
            out.take(&ufunc, answer(context, result, array.is_lazy())?)
        }

        /// Running results along an axis.
        fn accumulate[context](
            /// The function.
            ufunc: String,
            /// The array.
            array: Operand,
            /// Along which axis.
            axis: i64 = 0,
            /// In which type.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let func = binary(&ufunc, "accumulate")?;
            let own = wide(func, &array.array()?.sized()?, dtype.map(|dtype| dtype.0));
            if own.ndim() == 0 {
                return Err(error!(TypeError: "cannot accumulate on a scalar"));
            }
            let axis = shape::axis(axis, own.ndim())?;
            answer(context, accumulated(func, &own, axis)?, array.is_lazy())
        }

        /// The function of every element of one array with every element of another.
        fn outer[context](
            /// The function.
            ufunc: String,
            /// One array.
            A: Operand,
            /// Another.
            B: Operand,
        ) -> Result<Value> {
            let arrays = together(&[&A, &B])?;
            let (left, right) = (arrays[0].sized()?, arrays[1].sized()?);
            let new: Vec<i64> = (left.ndim() as i64..(left.ndim() + right.ndim()) as i64).collect();
            let left = left.expand_dims(&new)?;
            let result = match function(&ufunc) {
                Some(func @ (Func::Binary(_) | Func::Compare(_))) => Array::elementwise(func, &[left, right])?,
                _ => bail!("outer product only supported for binary functions"),
            };
            answer(context, result, A.is_lazy() || B.is_lazy())
        }

        /// Changes elements of an array in memory one by one: positions that are given twice count twice.
        fn at(
            /// The function.
            ufunc: String,
            /// The array.
            a: Value,
            /// The positions.
            indices: Value,
            /// The other operand, for functions of two.
            b: Option<Value>,
        ) -> Result<()> { super::at(&ufunc, &a, &indices, b.as_ref()) }

        /// Stretches along an axis made one each.
        fn reduceat[context](
            /// The function.
            ufunc: String,
            /// The array.
            array: Operand,
            /// Where each stretch begins.
            indices: Vec<i64>,
            /// Along which axis.
            axis: i64 = 0,
            /// In which type.
            dtype: Option<DTypeArg>,
        ) -> Result<Value> {
            let func = binary(&ufunc, "reduceat")?;
            let own = wide(func, &array.array()?.sized()?, dtype.map(|dtype| dtype.0));
            let axis = shape::axis(axis, own.ndim())?;
            let n = own.shape()[axis] as i64;
            if let Some(wrong) = indices.iter().find(|&&at| at < 0 || at >= n) {
                bail!(IndexError: "index {wrong} out-of-bounds in {ufunc}.reduceat [0, {n})");
            }
            let stretch = |(number, &start): (usize, &i64)| {
                let end = indices.get(number + 1).copied().unwrap_or(n).max(start + 1);
                reduced(func, part(&own, axis, Some(start), Some(end), None)?, &[axis], true, None)
            };
            let parts = indices.iter().enumerate().map(stretch).collect::<Result<Vec<_>>>()?;
            answer_array(context, Array::concatenate(&parts, axis as i64)?, array.is_lazy())
        }
    }
}

use parts::builtins;

//! What NumPy warns of: divisions by zero, overflow, results that are not a number; and what `np.errstate` makes of it.
//!
//! What is computed at once is looked at afterwards: a result that is not finite, beside what it was made of. Loops of lazy arrays
//! notice by themselves, and it is said when they have run.

use std::sync::atomic::{AtomicU8, Ordering};

use ndarray::{ArcArray, IxDyn};
use rdk_runtime::modules::warnings;
use rdk_runtime::{Context, Error, FromValue, Keywords, Kind, Result, Value, bail};
use rdk_syntax::Place;
use rdk_syntax::tree::BinaryOp;

use super::operand::Operand;
use super::operators::ufunc_name;
use crate::chunk::{Chunk, with_chunk};
use crate::dtype::DType;
use crate::eager::{NdArray, NumpyScalar};
use crate::element::Element;
use crate::kernel::Reduction;
use crate::kernel::faults::{Fault, all_finite, divides, fault, were_finite};
use crate::lower::fused::Remark;
use crate::scalar::Scalar;

/// The kinds of fault, by NumPy's names; underflow never happens to be noticed.
const NAMES: [&str; 4] = ["divide", "over", "under", "invalid"];
/// What can be done about them. Those that call back or write to a log are as `warn`.
const TREATMENTS: [&str; 6] = ["ignore", "warn", "raise", "call", "print", "log"];
const IGNORE: u8 = 0;
const WARN: u8 = 1;
const RAISE: u8 = 2;

/// What is done about each kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Treatments([u8; 4]);

/// What is done about each kind in a session.
struct InForce([AtomicU8; 4]);

impl Default for InForce {
    fn default() -> InForce {
        InForce([WARN, WARN, IGNORE, WARN].map(AtomicU8::new))
    }
}

impl Treatments {
    /// Those in force.
    pub fn current(context: &Context) -> Treatments {
        let InForce(kinds) = &*context.shared.note::<InForce>();
        Treatments([0, 1, 2, 3].map(|kind: usize| kinds[kind].load(Ordering::Relaxed)))
    }

    /// Puts these in force.
    pub fn set(self, context: &Context) {
        let InForce(kinds) = &*context.shared.note::<InForce>();
        kinds.iter().zip(self.0).for_each(|(current, new)| current.store(new, Ordering::Relaxed));
    }

    /// With the changes that `np.errstate(divide="ignore")` asks for.
    pub fn changed(mut self, keywords: Keywords) -> Result<Treatments> {
        for (name, value) in keywords.0 {
            if value.is_none() || &*name == "call" {
                continue;
            }
            let wanted = String::try_from_value(&value)?;
            let Some(treatment) = TREATMENTS.iter().position(|&treatment| treatment == wanted) else {
                bail!("\"{wanted}\" is not a valid error treatment"; hint: "one of {}", TREATMENTS.join(", "));
            };
            match NAMES.iter().position(|&kind| kind == &*name) {
                Some(kind) => self.0[kind] = treatment as u8,
                None if &*name == "all" => self.0 = [treatment as u8; 4],
                None => bail!(
                    TypeError: "errstate() got an unexpected keyword argument `{name}`";
                    hint: "it takes `all`, `divide`, `over`, `under` and `invalid`"
                ),
            }
        }
        Ok(self)
    }

    /// As a dict.
    pub fn to_value(self) -> Value {
        Value::dict(NAMES.into_iter().zip(self.0.map(|treatment| Value::str(TREATMENTS[usize::from(treatment)]))))
    }
}

/// What loops have noticed is said when the run is over.
pub fn say(context: &Context, remarks: Vec<Remark>) -> Result<()> {
    // In NumPy's order, whichever came first.
    for fault in [Fault::Divide, Fault::Over, Fault::Invalid] {
        for remark in remarks.iter().filter(|remark| remark.fault == fault) {
            notice_at(context, fault, remark.function, Some(&remark.place))?;
        }
    }
    Ok(())
}

/// The same of operators that NumPy would have done one after the other: what each has noticed is said before what the next one has.
pub fn say_in_turn(context: &Context, remarks: Vec<(usize, Remark)>) -> Result<()> {
    let mut rest = &remarks[..];
    while let Some((step, _)) = rest.first() {
        let (now, later) = rest.split_at(rest.iter().take_while(|(other, _)| other == step).count());
        say(context, now.iter().map(|(_, remark)| remark.clone()).collect())?;
        rest = later;
    }
    Ok(())
}

fn notice(context: &Context, fault: Fault, what: &str) -> Result<()> {
    notice_at(context, fault, what, context.place().as_ref())
}

fn notice_at(context: &Context, fault: Fault, what: &str, place: Option<&Place>) -> Result<()> {
    let words = match fault {
        Fault::Divide => "divide by zero",
        Fault::Over => "overflow",
        Fault::Invalid => "invalid value",
    };
    let text = || format!("{words} encountered in {what}");
    match Treatments::current(context).0[fault as usize] {
        IGNORE => Ok(()),
        RAISE => Err(Error::new(Kind::FloatingPointError, text())),
        _ => warnings::warn_at(context, Kind::RuntimeWarning, &text(), place),
    }
}

/// After an operator on two numbers; `exact` is what whole numbers would have given with room enough.
pub fn of_numbers(
    context: &Context,
    op: BinaryOp,
    left: f64,
    right: f64,
    exact: Option<i128>,
    result: &Value,
) -> Result<()> {
    let Some(scalar) = result.get::<NumpyScalar>().map(|scalar| scalar.0) else { return Ok(()) };
    let name = format!("scalar {}", ufunc_name(op));
    if scalar.dtype().is_integer() {
        let is_division = matches!(op, BinaryOp::FloorDiv | BinaryOp::Mod);
        if is_division && right == 0.0 {
            return notice(context, Fault::Divide, &name);
        }
        let wide = match scalar {
            crate::Scalar::U64(number) => i128::from(number),
            other => other.get::<i64>().into(),
        };
        return match exact {
            Some(exact) if exact != wide => notice(context, Fault::Over, &name),
            _ => Ok(()),
        };
    }
    let divides = divides(ufunc_name(op));
    match scalar.to_value().as_f64().and_then(|result| fault(&[left, right], result, divides)) {
        Some(fault) => notice(context, fault, &name),
        None => Ok(()),
    }
}

/// After a function of elements of arrays in memory: says once what happened in any of them. Where a condition does not hold nothing was
/// computed, and nothing can have happened.
pub fn of_arrays(
    context: &Context,
    function: &str,
    operands: &[&Operand],
    condition: Option<&Operand>,
    result: &Value,
) -> Result<()> {
    // The usual case without a look.
    if let Some(array) = result.get::<NdArray>()
        && array.dtype().is_float()
        && array.were_finite()
    {
        return Ok(());
    }
    let Some(chunk) = in_memory(result) else { return Ok(()) };
    // How far the next number is from infinity is no number, and nobody asks why.
    if function == "spacing" {
        return Ok(());
    }
    let whole = divides_whole(function, &chunk);
    if !whole && (!chunk.dtype().is_float() || came_finite(&chunk)) {
        return Ok(());
    }
    if whole && operands.last().is_some_and(|right| has_no_zero(right)) {
        return Ok(());
    }
    let stretched = |operand: &&Operand| match operand {
        Operand::Eager(own) => own.broadcast(chunk.shape()),
        Operand::Number(value) => Chunk::from_scalar(crate::Scalar::from_value(value)?.ok()?).broadcast(chunk.shape()),
        Operand::Lazy(_) => None,
    };
    let Some(seen) = operands.iter().map(stretched).collect::<Option<Vec<Chunk>>>() else { return Ok(()) };
    let everywhere = Operand::Number(Value::Bool(true));
    let Some(computed) = stretched(&condition.unwrap_or(&everywhere)) else { return Ok(()) };
    let mut computed = computed.scalars().map(|flag| flag.get::<bool>());
    if whole {
        let Some(right) = seen.last() else { return Ok(()) };
        let by_zero = right.scalars().zip(computed).any(|(right, computed)| computed && !right.get::<bool>());
        return if by_zero { notice(context, Fault::Divide, function) } else { Ok(()) };
    }
    let divides = divides(function);
    let mut walks: Vec<_> = seen.iter().map(Chunk::scalars).collect();
    let mut numbers = vec![0.0; walks.len()];
    let mut found: Vec<Fault> = Vec::new();
    for result in chunk.scalars() {
        let result = result.get::<f64>();
        if !computed.next().unwrap_or(true) || result.is_finite() {
            walks.iter_mut().for_each(|walk| {
                walk.next();
            });
            continue;
        }
        for (number, walk) in numbers.iter_mut().zip(&mut walks) {
            *number = walk.next().map_or(0.0, |scalar| scalar.get::<f64>());
        }
        if let Some(fault) = fault(&numbers, result, divides)
            && !found.contains(&fault)
        {
            found.push(fault);
            if found.len() == 3 {
                break;
            }
        }
    }
    // In NumPy's order, whichever came first.
    for fault in [Fault::Divide, Fault::Over, Fault::Invalid] {
        if found.contains(&fault) {
            notice(context, fault, function)?;
        }
    }
    Ok(())
}

/// Is there nothing to say after a function of elements, whatever these were?
pub fn says_nothing(function: &str, result: &Value) -> bool {
    let plain = |made: Chunk| !divides_whole(function, &made) && (!made.dtype().is_float() || is_finite(&made));
    in_memory(result).is_none_or(plain)
}

fn divides_whole(function: &str, made: &Chunk) -> bool {
    made.dtype().is_integer()
        && matches!(function, "floor_divide" | "divmod" | "remainder" | "mod" | "fmod" | "reciprocal")
}

/// After a reduction of an array in memory: what there was too little of. `n` is how many elements go into each result.
pub fn of_reduction(context: &Context, reduction: Reduction, n: u128, result: &Value) -> Result<()> {
    // Most have nothing to look at, and what is small is done before it has been looked at.
    let asks = match reduction {
        Reduction::Mean => n == 0,
        Reduction::Var { ddof } | Reduction::Std { ddof } => i128::try_from(n).is_ok_and(|n| n <= i128::from(ddof)),
        Reduction::NanMean
        | Reduction::NanVar { .. }
        | Reduction::NanStd { .. }
        | Reduction::NanMin
        | Reduction::NanMax => !is_finite_number(result),
        _ => false,
    };
    let (chunk, name) = match (result.get::<NdArray>(), result.get::<NumpyScalar>()) {
        _ if !asks => return Ok(()),
        (Some(array), _) => (array.chunk(), "divide"),
        (None, Some(scalar)) => (Chunk::from_scalar(scalar.0), "scalar divide"),
        (None, None) => return Ok(()),
    };
    let remark = |text: &str| warnings::warn(context, Kind::RuntimeWarning, text);
    let has_nan =
        || chunk.dtype().is_float() && !is_finite(&chunk) && chunk.scalars().any(|one| one.get::<f64>().is_nan());
    match reduction {
        Reduction::Mean if !chunk.is_empty() => {
            remark("Mean of empty slice")?;
            notice(context, Fault::Invalid, name)
        }
        Reduction::Var { .. } | Reduction::Std { .. } => {
            remark("Degrees of freedom <= 0 for slice")?;
            // The mean comes first.
            if n == 0 {
                notice(context, Fault::Invalid, "divide")?;
            }
            notice(context, if has_nan() { Fault::Invalid } else { Fault::Divide }, name)
        }
        Reduction::NanMean if has_nan() => remark("Mean of empty slice"),
        Reduction::NanVar { .. } | Reduction::NanStd { .. } if has_nan() => {
            remark("Degrees of freedom <= 0 for slice.")
        }
        Reduction::NanMin | Reduction::NanMax if has_nan() => {
            remark(if chunk.ndim() == 0 { "All-NaN axis encountered" } else { "All-NaN slice encountered" })
        }
        _ => Ok(()),
    }
}

/// After a sum or a product of an array in memory, or a running one: finite numbers that made an infinite one, numbers that made none.
pub fn of_sums(context: &Context, operand: &Operand, what: &str, result: &Value) -> Result<()> {
    if is_finite_number(result) {
        return Ok(());
    }
    let Some(made) = in_memory(result) else { return Ok(()) };
    let Operand::Eager(from) = operand else { return Ok(()) };
    if !made.dtype().is_float() || is_finite(&made) || !from.dtype().is_float() {
        return Ok(());
    }
    let any = |chunk: &Chunk, is: fn(f64) -> bool| chunk.scalars().any(|one| is(one.get::<f64>()));
    if is_finite(from) && any(&made, f64::is_infinite) {
        notice(context, Fault::Over, what)?;
    }
    match any(&made, f64::is_nan) && !any(from, f64::is_nan) {
        true => notice(context, Fault::Invalid, what),
        false => Ok(()),
    }
}

/// Is it a single number, and finite?
fn is_finite_number(result: &Value) -> bool {
    result.get::<NumpyScalar>().is_some_and(|scalar| !scalar.0.dtype().is_float() || scalar.0.get::<f64>().is_finite())
}

/// What came out, if it is in memory.
fn in_memory(result: &Value) -> Option<Chunk> {
    let number = || result.get::<NumpyScalar>().map(|scalar| Chunk::from_scalar(scalar.0));
    result.get::<NdArray>().map(NdArray::chunk).or_else(number)
}

/// After quantiles of what is not NaN: where there was nothing else they are NaN.
pub fn of_nan_quantiles(context: &Context, result: &Value) -> Result<()> {
    let is_nan = in_memory(result).is_some_and(|made| made.scalars().any(|one| one.get::<f64>().is_nan()));
    match is_nan {
        true => warnings::warn(context, Kind::RuntimeWarning, "All-NaN slice encountered"),
        false => Ok(()),
    }
}

/// Of so many observations a covariance with so many degrees less says nothing.
pub fn of_covariance(context: &Context, n: f64, ddof: f64, lazy: bool, result: &Value) -> Result<()> {
    if n > ddof {
        return Ok(());
    }
    warnings::warn(context, Kind::RuntimeWarning, "Degrees of freedom <= 0 for slice")?;
    if lazy {
        return Ok(());
    }
    notice(context, Fault::Divide, "divide")?;
    let Some(made) = in_memory(result) else { return Ok(()) };
    match made.scalars().any(|one| one.get::<f64>().is_nan()) {
        true => notice(context, Fault::Invalid, "multiply"),
        false => Ok(()),
    }
}

/// After a cast of what is in memory.
pub fn of_cast(context: &Context, operand: &Operand, to: DType, result: &Value) -> Result<()> {
    let Operand::Eager(chunk) = operand else { return Ok(()) };
    let from = chunk.dtype();
    if from.is_complex() && !to.is_complex() && to != DType::Bool {
        let text = "Casting complex values to real discards the imaginary part";
        return warnings::warn(context, Kind::ComplexWarning, text);
    }
    if !from.is_float() {
        return Ok(());
    }
    // Processors make narrow numbers of wide ones, and notice nothing of what is cut off there.
    let made = match to.size() {
        1 | 2 => DType::I32,
        4 if to == DType::U32 => DType::I64,
        _ => to,
    };
    if let (Some((low, high)), true) = (made.integer_range(), to.is_integer()) {
        // What is cut off behind the point may reach a little further than the type. NaN is in no range.
        let (low, high) = (low as f64, high as f64 + 1.0);
        let fits = |one: f64| (one >= low || one > low - 1.0) & (one < high);
        let all = match (chunk.array::<f64>(), chunk.array::<f32>()) {
            (Some(array), _) => all(array, |&one| fits(one)),
            (None, Some(array)) => all(array, |&one| fits(one.into())),
            (None, None) => true,
        };
        return if all { Ok(()) } else { notice(context, Fault::Invalid, "cast") };
    }
    // Only what is infinite afterwards can have become so.
    if to == DType::F32 && in_memory(result).is_none_or(|made| came_finite(&made)) {
        return Ok(());
    }
    let overflows = |one: &f64| one.is_finite() && (*one as f32).is_infinite();
    match chunk.array::<f64>() {
        Some(array) if matches!(to, DType::F32 | DType::C64) && !all(array, |one| !overflows(one)) => {
            notice(context, Fault::Over, "cast")
        }
        _ => Ok(()),
    }
}

/// After `-x` of a single whole number.
pub fn of_negative(context: &Context, number: Scalar) -> Result<()> {
    let overflows = match number.dtype().integer_range() {
        Some(_) if number.dtype() == DType::Bool => false,
        Some((0, _)) => number.get::<bool>(),
        Some((low, _)) => i128::from(number.get::<i64>()) == low,
        None => false,
    };
    if overflows { notice(context, Fault::Over, "scalar negative") } else { Ok(()) }
}

/// The same of what this call has had made: it may have been noticed on the way.
fn came_finite(chunk: &Chunk) -> bool {
    let noted = |of: Option<*const u8>| of.is_some_and(were_finite);
    let place = match (chunk.array::<f64>(), chunk.array::<f32>()) {
        (Some(array), _) => array.as_slice_memory_order().map(|elements| elements.as_ptr().cast()),
        (None, Some(array)) => array.as_slice_memory_order().map(|elements| elements.as_ptr().cast()),
        (None, None) => None,
    };
    noted(place) || is_finite(chunk)
}

fn is_finite(chunk: &Chunk) -> bool {
    match (chunk.array::<f64>(), chunk.array::<f32>()) {
        (Some(array), _) => finite_throughout(array),
        (None, Some(array)) => finite_throughout(array),
        (None, None) => true,
    }
}

/// Does it hold for all elements? Asked of many at a time, which processors are quicker at.
fn all<T: Element>(array: &ArcArray<T, IxDyn>, holds: impl Fn(&T) -> bool) -> bool {
    match array.as_slice_memory_order() {
        Some(elements) => elements.chunks(1024).all(|block| block.iter().fold(true, |all, one| all & holds(one))),
        None => array.iter().all(holds),
    }
}

/// Is there no zero among its elements?
fn has_no_zero(operand: &Operand) -> bool {
    match operand {
        Operand::Eager(chunk) => with_chunk!(chunk, array => all(array, |one| one.scalar().get::<bool>())),
        Operand::Number(value) => value.as_f64().is_some_and(|number| number != 0.0),
        Operand::Lazy(_) => false,
    }
}

fn finite_throughout<T: Element>(array: &ArcArray<T, IxDyn>) -> bool {
    match array.as_slice_memory_order() {
        Some(elements) => all_finite(elements),
        None => array.iter().all(|element| all_finite(&[*element])),
    }
}

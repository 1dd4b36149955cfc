//! Two arrays beside each other: where they differ, by how much, and how that is said.

use rdk_runtime::{Context, Error, FromValue, Result, Value, bail, error, show};

use crate::array::Array;
use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::eager;
use crate::face::layout::close;
use crate::face::operand::{Operand, eager_array};
use crate::kernel::{BinaryFunc, CompareFunc, UnaryFunc};
use crate::lower::view::nth;
use crate::scalar::Scalar;
use crate::shape;
use crate::show::{self as drawn, PrintOptions};

/// So many places where they differ are named.
const MOST_PLACES: usize = 5;

/// What two elements have to be to each other.
#[derive(Clone, Copy)]
pub enum Relation {
    /// The same.
    Equal,
    /// The first smaller.
    Less,
    /// `|a - b| <= atol + rtol * |b|`
    Close { rtol: f64, atol: f64 },
    /// Less than 1.5 of the last of so many decimals apart.
    Decimals(i64),
}

/// How two arrays are compared, apart from which.
pub struct Comparison {
    /// What elements have to be to each other.
    pub relation: Relation,
    /// What is said first.
    pub header: String,
    /// What the user says of it.
    pub remark: String,
    /// Are both arrays shown?
    pub verbose: bool,
    /// Is NaN the same as NaN?
    pub equal_nan: bool,
    /// Have shapes and types to be the same, too?
    pub strict: bool,
    /// What the two are called.
    pub names: [&'static str; 2],
}

impl Comparison {
    /// By this relation; NaN is the same as NaN.
    pub fn new(relation: Relation, header: impl Into<String>, remark: &str, verbose: bool) -> Comparison {
        Comparison {
            relation,
            header: header.into(),
            remark: remark.to_owned(),
            verbose,
            equal_nan: true,
            strict: false,
            names: ["ACTUAL", "DESIRED"],
        }
    }

    /// Fails where the two are not to each other what they should be.
    pub fn check(&self, context: &Context, actual: &Operand, desired: &Operand) -> Result<()> {
        let pair = [in_memory(context, actual)?, in_memory(context, desired)?];
        let [a, b] = &pair;
        let scalar = !self.strict && (a.ndim() == 0 || b.ndim() == 0);
        if a.shape() != b.shape() && !scalar {
            let reason = format!("(shapes {}, {} mismatch)", shape::show(a.shape()), shape::show(b.shape()));
            return Err(self.failed(&pair, &reason));
        }
        if self.strict && a.dtype() != b.dtype() {
            return Err(self.failed(&pair, &format!("(dtypes {}, {} mismatch)", a.dtype(), b.dtype())));
        }
        let common = shape::broadcast(&[a.shape(), b.shape()])?;
        let of = |chunk: &Chunk| eager_array(chunk)?.broadcast_to(&common);
        let two = Two { a: of(a)?, b: of(b)? };
        let settled = self.settled(context, &pair, &two)?;
        let right = flags(context, &two.related(self.relation)?)?;
        let wrong: Vec<usize> = (0..right.len()).filter(|&at| !right[at] && !settled[at]).collect();
        if wrong.is_empty() {
            return Ok(());
        }
        let percent = significant(100.0 * wrong.len() as f64 / right.len() as f64);
        let mut remarks = vec![format!("Mismatched elements: {} / {} ({percent}%)", wrong.len(), right.len())];
        if !common.is_empty() {
            remarks.push(self.places(&pair, &common, &wrong));
        }
        remarks.extend(two.distances(context, &wrong)?);
        Err(self.failed(&pair, &remarks.join("\n")))
    }

    /// Which elements need no comparison: those that are NaN, or the same infinity, in both.
    fn settled(&self, context: &Context, pair: &[Chunk; 2], two: &Two) -> Result<Vec<bool>> {
        let mut settled = vec![false; two.a.size() as usize];
        if self.equal_nan {
            let [a, b] = two.flags(context, UnaryFunc::IsNan)?;
            if a != b {
                return Err(self.failed(pair, "nan location mismatch:"));
            }
            settled = b;
        }
        if matches!(self.relation, Relation::Less) {
            return Ok(settled);
        }
        let [a, b] = two.flags(context, UnaryFunc::IsInf)?;
        let unlike = |at: usize| !settled[at] && a[at] != b[at];
        if (0..settled.len()).any(unlike) {
            return Err(self.failed(pair, "inf location mismatch:"));
        }
        let equal = flags(context, &two.a.compare(CompareFunc::Equal, &two.b)?)?;
        if (0..settled.len()).any(|at| !settled[at] && a[at] && !equal[at]) {
            return Err(self.failed(pair, "inf values mismatch:"));
        }
        Ok((0..settled.len()).map(|at| settled[at] || b[at]).collect())
    }

    /// The first places where they differ, with what stands there.
    fn places(&self, pair: &[Chunk; 2], common: &[usize], wrong: &[usize]) -> String {
        let element = |chunk: &Chunk, place: &[usize]| {
            let place = if chunk.ndim() == 0 { &[][..] } else { place };
            chunk.get(place).map_or(String::new(), |scalar| show::text(&eager::number(scalar)))
        };
        let line = |&at: &usize| {
            let place: Vec<usize> = nth(common, at).iter().map(|&at| at as usize).collect();
            let (a, b) = (element(&pair[0], &place), element(&pair[1], &place));
            format!(" {place:?}: {a} ({}), {b} ({})", self.names[0], self.names[1])
        };
        let head = match wrong.len() {
            1 => "Mismatch at index:".to_owned(),
            2..=MOST_PLACES => "Mismatch at indices:".to_owned(),
            _ => format!("First {MOST_PLACES} mismatches are at indices:"),
        };
        let lines = wrong.iter().take(MOST_PLACES).map(line);
        std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
    }

    fn failed(&self, pair: &[Chunk; 2], reason: &str) -> Error {
        let shown = pair.iter().map(|chunk| {
            let precision = match self.relation {
                Relation::Decimals(decimals) => decimals.clamp(0, 20) as usize,
                _ => 6,
            };
            array_text(chunk, precision)
        });
        failure(&self.header, &format!("{}\n{reason}", self.remark), self.verbose, shown.collect(), self.names)
    }
}

/// What is said when two things are not to each other what they should be.
pub fn failure(header: &str, remark: &str, verbose: bool, shown: Vec<String>, names: [&str; 2]) -> Error {
    let mut message = header.to_owned();
    if !remark.is_empty() {
        let short = !remark.contains('\n') && remark.len() + header.len() < 79;
        message.push(if short { ' ' } else { '\n' });
        message.push_str(remark);
    }
    if verbose {
        for (name, text) in names.iter().zip(shown) {
            let lines: Vec<&str> = text.lines().collect();
            let text = if lines.len() > 4 { lines[..3].join("\n") + "..." } else { text };
            message.push_str(&format!("\n {name}: {text}"));
        }
    }
    error!(AssertionError: "{message}")
}

/// An array as it is displayed, with so many decimals.
fn array_text(chunk: &Chunk, precision: usize) -> String {
    let options = PrintOptions { precision, ..PrintOptions::current() };
    let strides = shape::strides(chunk.shape());
    let element = |at: usize| {
        let place: Vec<usize> =
            chunk.shape().iter().zip(&strides).map(|(&length, &stride)| at / stride % length).collect();
        chunk.get(&place).map_or(drawn::Number::Int(0), Into::into)
    };
    drawn::repr(chunk.shape(), chunk.dtype().name(), &element, &options)
}

/// Two arrays of one shape.
struct Two {
    a: Array,
    b: Array,
}

impl Two {
    /// Where the relation holds.
    fn related(&self, relation: Relation) -> Result<Array> {
        let (a, b) = (&self.a, &self.b);
        match relation {
            Relation::Equal => a.compare(CompareFunc::Equal, b),
            Relation::Less => a.compare(CompareFunc::Less, b),
            Relation::Close { rtol, atol } => {
                close(&Operand::Lazy(a.clone()), &Operand::Lazy(b.clone()), rtol, atol, false)
            }
            Relation::Decimals(decimals) => {
                let most = 1.5 * 10f64.powi(-decimals.clamp(-400, 400) as i32);
                let float =
                    |array: &Array| if array.dtype().is_complex() { array.clone() } else { array.cast(DType::F64) };
                let distance = float(b).binary(BinaryFunc::Subtract, &float(a))?.unary(UnaryFunc::Absolute)?;
                distance.compare(CompareFunc::Less, &Array::scalar(Scalar::F64(most)))
            }
        }
    }

    fn flags(&self, context: &Context, func: UnaryFunc) -> Result<[Vec<bool>; 2]> {
        let of = |array: &Array| match array.dtype().is_float() || array.dtype().is_complex() {
            true => flags(context, &array.unary(func)?),
            false => Ok(vec![false; array.size() as usize]),
        };
        Ok([of(&self.a)?, of(&self.b)?])
    }

    /// The largest difference among those, absolute and relative; nothing for truth values, which have none.
    fn distances(&self, context: &Context, wrong: &[usize]) -> Result<Vec<String>> {
        if self.a.dtype() == DType::Bool && self.b.dtype() == DType::Bool {
            return Ok(Vec::new());
        }
        let (a, b) = (&self.a, &self.b);
        let mut distance = a.binary(BinaryFunc::Subtract, b)?.unary(UnaryFunc::Absolute)?;
        if distance.dtype().integer_range().is_some_and(|(least, _)| least == 0) {
            distance = distance.binary(BinaryFunc::Minimum, &b.binary(BinaryFunc::Subtract, a)?)?;
        }
        let distance = distance.compute_now(context)?;
        let sizes = b.unary(UnaryFunc::Absolute)?.cast(DType::F64).compute_now(context)?.to_vec::<f64>();
        let numbers = distance.cast(DType::F64).to_vec::<f64>();
        let Some(&largest) = wrong.iter().max_by(|&&a, &&b| numbers[a].total_cmp(&numbers[b])) else {
            return Ok(Vec::new());
        };
        let relative = wrong.iter().filter(|&&at| sizes[at] != 0.0).map(|&at| numbers[at] / sizes[at]);
        let relative = relative.max_by(f64::total_cmp).unwrap_or(f64::INFINITY);
        let absolute = distance.scalars().nth(largest).unwrap_or(Scalar::F64(0.0));
        let single = distance.dtype() == DType::F32;
        let relative = if single { Scalar::F32(relative as f32) } else { Scalar::F64(relative) };
        Ok(vec![
            format!("Max absolute difference among violations: {}", alone(absolute)),
            format!("Max relative difference among violations: {}", alone(relative)),
        ])
    }
}

/// A number as it stands in an array.
fn alone(number: Scalar) -> String {
    let text = drawn::str(&[1], &|_| number.into(), &PrintOptions::current());
    text.trim_matches(['[', ']']).to_owned()
}

/// With three digits, as `%.3g` gives it.
fn significant(number: f64) -> String {
    let decimals = if number >= 100.0 {
        0
    } else if number >= 10.0 {
        1
    } else {
        2
    };
    let decimals = if number > 0.0 && number < 1.0 { 2 - number.log10().floor() as i32 } else { decimals };
    let text = format!("{number:.*}", decimals.max(0) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn flags(context: &Context, array: &Array) -> Result<Vec<bool>> {
    Ok(array.compute_now(context)?.to_vec::<bool>())
}

fn in_memory(context: &Context, operand: &Operand) -> Result<Chunk> {
    operand.array()?.compute_now(context)
}

/// What is to be compared, as arrays.
pub fn operands(actual: &Value, desired: &Value) -> Result<(Operand, Operand)> {
    let of = |value: &Value| match Operand::try_from_value(value) {
        Ok(operand) => Ok(operand),
        Err(_) => bail!(
            TypeError: "expected an array, a number or a list of numbers, got {}", rdk_runtime::convert::describe(value);
            hint: "`np.testing.assert_equal` compares other things, too"
        ),
    };
    Ok((of(actual)?, of(desired)?))
}

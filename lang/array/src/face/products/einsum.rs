//! `einsum`: letters name the axes, and say which belong together.
//!
//! Operands are taken two by two, those first whose product is smallest, and each pair becomes one contraction: letters that nobody else needs are
//! summed over there, so that no array is larger than it has to be.

use rdk_runtime::{Context, FromValue, Keywords, Result, Value, bail};

use crate::array::{Array, Contraction};
use crate::eager::DTypeArg;
use crate::face::operand::{Operand, answer, together};
use crate::kernel::{BinaryFunc, Reduction};
use crate::{DType, shape};

/// An array with a letter for each axis.
#[derive(Clone)]
struct Lettered {
    array: Array,
    letters: Vec<char>,
}

/// What the letters say.
struct Subscripts {
    inputs: Vec<Vec<char>>,
    output: Vec<char>,
}

/// The axes of an ellipsis have letters of their own, the last one first.
fn hidden(from_end: usize) -> char {
    char::from_u32(0xE000 + from_end as u32).unwrap_or('\u{F8FF}')
}

/// Axes by number become letters.
fn letter(number: i64) -> Result<char> {
    match number {
        0..26 => Ok((b'A' + number as u8) as char),
        26..52 => Ok((b'a' + (number - 26) as u8) as char),
        _ => bail!("subscript is not within the valid range [0, 52)"),
    }
}

fn letters_of(value: &Value) -> Result<String> {
    let mut text = String::new();
    for item in value.items().unwrap_or_default() {
        match item {
            Value::Ellipsis => text.push_str("..."),
            other => text.push(letter(i64::try_from_value(&other)?)?),
        }
    }
    Ok(text)
}

/// The letters in one text, and the arrays.
fn spelled(operands: Vec<Value>) -> Result<(String, Vec<Value>)> {
    let Some(first) = operands.first() else {
        bail!("must specify the einstein sum subscripts string and at least one operand");
    };
    if let Some(text) = first.as_str() {
        return Ok((text.to_owned(), operands[1..].to_vec()));
    }
    let (mut terms, mut arrays) = (Vec::new(), Vec::new());
    let mut pairs = operands.chunks_exact(2);
    for pair in &mut pairs {
        arrays.push(pair[0].clone());
        terms.push(letters_of(&pair[1])?);
    }
    let mut text = terms.join(",");
    if let [output] = pairs.remainder() {
        text.push_str("->");
        text.push_str(&letters_of(output)?);
    }
    Ok((text, arrays))
}

/// One term as letters; `n` is how many axes its array has.
fn term(text: &str, n: usize, number: usize) -> Result<Vec<char>> {
    let (before, after) = match text.split_once("...") {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    };
    let named = |text: &str| -> Result<Vec<char>> {
        text.chars()
            .map(|c| match c {
                c if c.is_ascii_alphabetic() => Ok(c),
                '.' => bail!("einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') in operand {number}"),
                c => bail!("invalid subscript '{c}' in einstein sum subscripts string, subscripts must be letters"),
            })
            .collect()
    };
    let mut letters = named(before)?;
    if let Some(after) = after {
        let after = named(after)?;
        let Some(dots) = n.checked_sub(letters.len() + after.len()) else {
            bail!("einstein sum subscripts string contains too many subscripts for operand {number}");
        };
        letters.extend((0..dots).rev().map(hidden));
        letters.extend(after);
    }
    match letters.len().cmp(&n) {
        std::cmp::Ordering::Greater => {
            bail!("einstein sum subscripts string contains too many subscripts for operand {number}")
        }
        std::cmp::Ordering::Less => bail!(
            "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to broadcast the extra dimensions."
        ),
        std::cmp::Ordering::Equal => Ok(letters),
    }
}

impl Subscripts {
    fn read(text: &str, arrays: &[Array]) -> Result<Subscripts> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (left, right) = match text.split_once("->") {
            Some((left, right)) => (left, Some(right)),
            None if text.contains(['-', '>']) => {
                bail!("einstein sum subscript string does not contain proper '->' output specified")
            }
            None => (&text[..], None),
        };
        let terms: Vec<&str> = left.split(',').collect();
        if terms.len() > arrays.len() {
            bail!("fewer operands provided to einstein sum function than specified in the subscripts string");
        }
        if terms.len() < arrays.len() {
            bail!("more operands provided to einstein sum function than specified in the subscripts string");
        }
        let inputs = (0..terms.len()).map(|at| term(terms[at], arrays[at].ndim(), at)).collect::<Result<Vec<_>>>()?;
        let count = |letter: char| inputs.iter().flatten().filter(|&&other| other == letter).count();
        let dots = inputs
            .iter()
            .flatten()
            .filter(|c| !c.is_ascii_alphabetic())
            .map(|&c| c as u32 - 0xE000 + 1)
            .max()
            .unwrap_or(0);
        let output = match right {
            None => {
                // Those that stand once, in the order of the alphabet, after the axes of the ellipsis.
                let mut once: Vec<char> =
                    inputs.iter().flatten().copied().filter(|&c| c.is_ascii_alphabetic() && count(c) == 1).collect();
                once.sort_unstable();
                (0..dots as usize).rev().map(hidden).chain(once).collect()
            }
            Some(right) => {
                let named = right.replace("...", "").chars().count();
                let n = named + if right.contains("...") { dots as usize } else { 0 };
                let letters = term(right, n, terms.len())?;
                for (at, &letter) in letters.iter().enumerate() {
                    if letters[..at].contains(&letter) {
                        bail!("einstein sum subscripts string includes output subscript '{letter}' multiple times");
                    }
                    if count(letter) == 0 {
                        bail!(
                            "einstein sum subscripts string included output subscript '{letter}' which never appeared in an input"
                        );
                    }
                }
                if dots > 0 && !right.contains("...") {
                    bail!("output has fewer dimensions than the ellipsis of the operands"; hint: "write `...` in the output, too");
                }
                letters
            }
        };
        Ok(Subscripts { inputs, output })
    }
}

/// Added up over these letters.
fn summed(operand: Lettered, gone: impl Fn(char) -> bool) -> Result<Lettered> {
    let axes: Vec<i64> =
        (0..operand.letters.len()).filter(|&axis| gone(operand.letters[axis])).map(|axis| axis as i64).collect();
    if axes.is_empty() {
        return Ok(operand);
    }
    let letters = operand.letters.iter().copied().filter(|&letter| !gone(letter)).collect();
    let dtype = operand.array.dtype();
    let (reduction, dtype) = if dtype == DType::Bool { (Reduction::Any, None) } else { (Reduction::Sum, Some(dtype)) };
    Ok(Lettered { array: operand.array.reduce(reduction, Some(&axes), false, dtype, None)?, letters })
}

/// A letter that stands twice in one operand: only its diagonal counts.
fn without_repeats(mut operand: Lettered) -> Result<Lettered> {
    loop {
        let letters = &operand.letters;
        let again =
            (0..letters.len()).find_map(|at| Some((letters[..at].iter().position(|other| *other == letters[at])?, at)));
        let Some((first, second)) = again else { return Ok(operand) };
        let letter = letters[first];
        let (m, n) = (operand.array.shape()[first], operand.array.shape()[second]);
        if m != n {
            bail!("dimensions in operand for collapsing index '{letter}' don't match ({m} != {n})");
        }
        let mut kept: Vec<char> =
            (0..letters.len()).filter(|&at| at != first && at != second).map(|at| letters[at]).collect();
        kept.push(letter);
        operand = Lettered { array: operand.array.diagonal(0, first, second)?, letters: kept };
    }
}

/// Axes in the order of these letters; those that it does not have become new ones of length 1.
fn arranged(operand: &Lettered, letters: &[char]) -> Result<Array> {
    let order: Vec<i64> = letters
        .iter()
        .filter_map(|letter| operand.letters.iter().position(|other| other == letter))
        .map(|axis| axis as i64)
        .collect();
    let new: Vec<i64> =
        (0..letters.len()).filter(|&at| !operand.letters.contains(&letters[at])).map(|at| at as i64).collect();
    operand.array.transpose(Some(&order))?.expand_dims(&new)
}

/// Two operands as one; letters are summed over that nobody needs any more.
fn pair(a: Lettered, b: Lettered, needed: impl Fn(char) -> bool) -> Result<Lettered> {
    let (a_letters, b_letters) = (a.letters.clone(), b.letters.clone());
    let a = summed(a, |letter| !b_letters.contains(&letter) && !needed(letter))?;
    let b = summed(b, |letter| !a_letters.contains(&letter) && !needed(letter))?;
    let mut contraction = Contraction::default();
    let mut letters: Vec<char> = Vec::new();
    for (l, &letter) in a.letters.iter().enumerate() {
        match b.letters.iter().position(|&other| other == letter) {
            Some(r) if needed(letter) => {
                contraction.batch.push((l, r));
                letters.push(letter);
            }
            Some(r) => contraction.summed.push((l, r)),
            None => contraction.left.push(l),
        }
    }
    letters.extend(contraction.left.iter().map(|&axis| a.letters[axis]));
    contraction.right = (0..b.letters.len()).filter(|&axis| !a.letters.contains(&b.letters[axis])).collect();
    letters.extend(contraction.right.iter().map(|&axis| b.letters[axis]));
    let array = if contraction.summed.is_empty() {
        arranged(&a, &letters)?.binary(BinaryFunc::Multiply, &arranged(&b, &letters)?)?
    } else {
        a.array.contract("einsum", &b.array, contraction)?
    };
    Ok(Lettered { array, letters })
}

/// The two whose product has the fewest elements.
fn best_pair(operands: &[Lettered], length: impl Fn(char) -> u128, output: &[char]) -> (usize, usize) {
    let size = |i: usize, j: usize| {
        let others = |letter: char| {
            output.contains(&letter)
                || operands.iter().enumerate().any(|(at, other)| at != i && at != j && other.letters.contains(&letter))
        };
        let mut letters: Vec<char> = operands[i].letters.iter().chain(&operands[j].letters).copied().collect();
        letters.sort_unstable();
        letters.dedup();
        letters
            .into_iter()
            .filter(|&letter| others(letter))
            .fold(1u128, |size, letter| size.saturating_mul(length(letter)))
    };
    let pairs = (0..operands.len()).flat_map(|i| (i + 1..operands.len()).map(move |j| (i, j)));
    pairs.min_by_key(|&(i, j)| size(i, j)).unwrap_or((0, 1))
}

/// The whole.
pub fn einsum(context: &Context, operands: Vec<Value>, options: Keywords) -> Result<Value> {
    let mut wanted = None;
    for (name, value) in options.0 {
        match &*name {
            "dtype" => wanted = Option::<DTypeArg>::try_from_value(&value)?.map(|dtype| dtype.0),
            "optimize" | "order" | "casting" | "split_every" => {}
            "out" if value.is_none() => {}
            _ => {
                bail!(TypeError: "einsum() got an unexpected keyword argument `{name}`"; hint: "it takes `dtype` and `optimize`")
            }
        }
    }
    let (text, arrays) = spelled(operands)?;
    let operands = arrays.iter().map(Operand::try_from_value).collect::<Result<Vec<_>>>()?;
    if operands.is_empty() {
        bail!("must specify the einstein sum subscripts string and at least one operand");
    }
    let lazy = operands.iter().any(Operand::is_lazy);
    let arrays = together(&operands.iter().collect::<Vec<_>>())?;
    let dtype = wanted.or_else(|| arrays.iter().map(Array::dtype).reduce(DType::promote)).unwrap_or(DType::F64);
    let subscripts = Subscripts::read(&text, &arrays)?;
    let mut lettered = Vec::new();
    for (array, letters) in arrays.iter().zip(&subscripts.inputs) {
        lettered.push(without_repeats(Lettered { array: array.cast(dtype), letters: letters.clone() })?);
    }
    let result = contracted(lettered, &subscripts.output)?;
    answer(context, result.cast(dtype).named("einsum"), lazy)
}

/// All operands as one, with the letters of the output.
fn contracted(mut operands: Vec<Lettered>, output: &[char]) -> Result<Array> {
    let mut lengths: Vec<(char, usize)> = Vec::new();
    for operand in &operands {
        for (&letter, &length) in operand.letters.iter().zip(operand.array.shape()) {
            match lengths.iter_mut().find(|(other, _)| *other == letter) {
                None => lengths.push((letter, length)),
                Some((_, known)) if *known == length || length == 1 => {}
                Some((_, known)) if *known == 1 => *known = length,
                Some((_, known)) => {
                    let shapes: Vec<String> =
                        operands.iter().map(|operand| shape::show(operand.array.shape())).collect();
                    bail!(
                        "operands could not be broadcast together: index '{letter}' is {known} and {length} long";
                        hint: "shapes are {}", shapes.join(" and ")
                    );
                }
            }
        }
    }
    let length = |letter: char| lengths.iter().find(|(other, _)| *other == letter).map_or(1, |&(_, length)| length);
    // An axis of length 1 that is longer elsewhere is stretched: the same as not having it.
    for operand in &mut operands {
        let short: Vec<i64> = (0..operand.letters.len())
            .filter(|&axis| operand.array.shape()[axis] == 1 && length(operand.letters[axis]) != 1)
            .map(|axis| axis as i64)
            .collect();
        operand.array = operand.array.squeeze(Some(&short))?;
        let mut axis = 0;
        operand.letters.retain(|_| {
            axis += 1;
            !short.contains(&(axis - 1))
        });
    }
    while operands.len() > 1 {
        let (i, j) = best_pair(&operands, |letter| length(letter) as u128, output);
        let b = operands.remove(j);
        let a = operands.remove(i);
        let product = pair(a, b, |letter| {
            output.contains(&letter) || operands.iter().any(|other| other.letters.contains(&letter))
        })?;
        operands.push(product);
    }
    let last = operands.pop().expect("there is at least one operand");
    let last = summed(last, |letter| !output.contains(&letter))?;
    arranged(&last, output)
}

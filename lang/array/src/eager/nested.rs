//! Arrays from what a user wrote: numbers, nested lists, ranges, arrays within lists.

use rdk_runtime::convert::describe;
use rdk_runtime::{Result, Value, bail};

use super::{NdArray, NumpyScalar};
use crate::chunk::Chunk;
use crate::dtype::{DType, Weak};
use crate::element::{Element, with_dtype};
use crate::scalar::Scalar;

/// Lists nested deeper than this are not arrays.
const MAX_DEPTH: usize = 64;

/// The chunk of a value: an array's own, or one made from nested lists.
pub fn chunk(value: &Value, dtype: Option<DType>) -> Result<Chunk> {
    if let Some(array) = value.get::<NdArray>() {
        let chunk = array.chunk();
        return Ok(dtype.map_or(chunk.clone(), |dtype| chunk.cast(dtype)));
    }
    if let Some(held) = held(value) {
        return chunk_of_held(&held?, dtype);
    }
    let mut found = Found { shape: Vec::new(), leaves: Vec::new() };
    found.look(value, 0)?;
    let dtype = match dtype {
        Some(dtype) => dtype,
        None => found.dtype()?,
    };
    with_dtype!(dtype, T => found.elements::<T>())
}

/// What is written into an array of this type: numbers in lists have to fit it, arrays are cast without a word.
pub fn written(value: &Value, dtype: DType) -> Result<Chunk> {
    match value {
        Value::List(_) | Value::Tuple(_) | Value::Range(_) => chunk(value, Some(dtype)),
        _ if Scalar::weak(value).is_some() => chunk(value, Some(dtype)),
        _ => chunk(value, None),
    }
}

/// The array that a thing of another room holds.
pub fn held(value: &Value) -> Option<Result<Value>> {
    match value {
        Value::Object(object) => object.array(),
        _ => None,
    }
}

fn chunk_of_held(held: &Value, dtype: Option<DType>) -> Result<Chunk> {
    match held.get::<NdArray>() {
        Some(array) => Ok(dtype.map_or(array.chunk(), |dtype| array.chunk().cast(dtype))),
        None => bail!(TypeError: "an array holds numbers, got {}", describe(held)),
    }
}

/// A plain number as an element of this type; `None` if it is not a number.
pub fn element(value: &Value, dtype: DType) -> Option<Result<Scalar>> {
    if let Some(scalar) = value.get::<NumpyScalar>() {
        return Some(Ok(scalar.0.cast(dtype)));
    }
    if value.get::<NdArray>().is_some() {
        return None;
    }
    if let (Value::Float(number), true) = (value, dtype.is_integer()) {
        if number.is_nan() {
            return Some((|| bail!("cannot convert float NaN to integer"))());
        }
        if number.is_infinite() {
            return Some((|| bail!(OverflowError: "cannot convert float infinity to integer"))());
        }
    }
    if let (Value::Complex(_), false) = (value, dtype.is_complex() || dtype == DType::Bool) {
        let wanted = if dtype.is_float() { "float" } else { "int" };
        return Some((|| bail!(TypeError: "{wanted}() argument must be a real number, not 'complex'"))());
    }
    Scalar::from_value_as(value, dtype)
}

/// What is in nested lists: the shape they have, and the numbers and arrays at their ends.
struct Found {
    shape: Vec<usize>,
    leaves: Vec<Leaf>,
}

enum Leaf {
    Number(Value),
    Array(Chunk),
}

impl Found {
    fn look(&mut self, value: &Value, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            bail!("an array has at most {MAX_DEPTH} dimensions"; hint: "does the list contain itself?");
        }
        if let Some(items) = items(value) {
            self.level(items.len(), depth)?;
            for item in &items {
                self.look(item, depth + 1)?;
            }
            return Ok(());
        }
        if let Some(held) = held(value) {
            return self.look(&held?, depth);
        }
        if let Some(array) = value.get::<NdArray>() {
            let chunk = array.chunk();
            for (axis, &length) in chunk.shape().iter().enumerate() {
                self.level(length, depth + axis)?;
            }
            self.end(depth + chunk.ndim())?;
            self.leaves.push(Leaf::Array(chunk));
            return Ok(());
        }
        if Scalar::weak(value).is_none() && value.get::<NumpyScalar>().is_none() {
            bail!(TypeError: "an array holds numbers, got {}", describe(value));
        }
        self.end(depth)?;
        self.leaves.push(Leaf::Number(value.clone()));
        Ok(())
    }

    /// All lists of one depth are of one length.
    fn level(&mut self, length: usize, depth: usize) -> Result<()> {
        if depth == self.shape.len() && self.leaves.is_empty() && !self.shape.contains(&0) {
            self.shape.push(length);
        } else if self.shape.get(depth) != Some(&length) {
            return self.ragged(depth);
        }
        Ok(())
    }

    /// Numbers stand where the lists end.
    fn end(&mut self, depth: usize) -> Result<()> {
        if depth == self.shape.len() { Ok(()) } else { self.ragged(depth) }
    }

    fn ragged(&self, depth: usize) -> Result<()> {
        let depth = depth.min(self.shape.len());
        let shape = crate::show::text::shape_text(&self.shape[..depth]);
        bail!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape after {depth} dimensions. \
             The detected shape was {shape} + inhomogeneous part.";
            hint: "all lists of one depth must be of one length"
        )
    }

    /// The type that holds all of them.
    fn dtype(&self) -> Result<DType> {
        let mut strong: Option<DType> = None;
        let mut weak: Option<Weak> = None;
        let mut add = |dtype: DType| strong = Some(strong.map_or(dtype, |other| other.promote(dtype)));
        for leaf in &self.leaves {
            match leaf {
                Leaf::Array(chunk) => add(chunk.dtype()),
                Leaf::Number(value) => match (value, value.get::<NumpyScalar>()) {
                    (_, Some(scalar)) => add(scalar.0.dtype()),
                    (Value::BigInt(_), None) => {
                        if let Some(scalar) = Scalar::from_value(value) {
                            add(scalar?.dtype());
                        }
                    }
                    (_, None) => weak = weak.max(Scalar::weak(value)),
                },
            }
        }
        // Unlike operands of an operation, the numbers of a list count as what they would be alone.
        Ok(match (strong, weak.map(Weak::dtype)) {
            (Some(strong), Some(weak)) => strong.promote(weak),
            (Some(dtype), None) | (None, Some(dtype)) => dtype,
            (None, None) => DType::F64,
        })
    }

    fn elements<T: Element>(self) -> Result<Chunk> {
        let mut elements: Vec<T> = Vec::with_capacity(self.leaves.len());
        for leaf in &self.leaves {
            match leaf {
                Leaf::Array(chunk) => elements.extend(chunk.to_vec::<T>()),
                Leaf::Number(value) => {
                    let scalar = element(value, T::DTYPE).expect("leaves are numbers")?;
                    elements.push(scalar.get());
                }
            }
        }
        Ok(Chunk::from_vec(&self.shape, elements))
    }
}

/// The items of a list, tuple or range.
fn items(value: &Value) -> Option<Vec<Value>> {
    if let Value::Range(range) = value {
        let (start, stop, step) = (range.start as i128, range.stop as i128, range.step as i128);
        let distance = if step > 0 { stop - start } else { start - stop };
        let length = if distance <= 0 { 0 } else { (distance + step.abs() - 1) / step.abs() };
        return Some((0..length).map(|at| Value::Int((start + at * step) as i64)).collect());
    }
    value.items()
}

//! What labels mark: `label`, and sums, means, centres of what has one label.

use rdk_array::array::Array;
use rdk_array::eager::{self, NdArray};
use rdk_array::{Chunk, DType, Scalar, shape};
use rdk_runtime::{Context, Result, Value, bail};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Numbers the parts of an image that hang together: 1, 2, … in the order in which they begin. `alike`: only equal elements hang together.
pub fn label(image: &Chunk, structure: Option<&Chunk>, alike: bool) -> Result<(Chunk, usize)> {
    let lengths = image.shape().to_vec();
    let n = lengths.len();
    let offsets = neighbours(n, structure)?;
    let strides = shape::strides(&lengths);
    let flags = image.cast(DType::Bool).to_vec::<bool>();
    let numbers = if alike { image.to_vec::<f64>() } else { Vec::new() };
    let mut parents: Vec<u32> = vec![0];
    let mut labels = vec![0u32; flags.len()];
    fn root(parents: &mut [u32], mut at: u32) -> u32 {
        while parents[at as usize] != at {
            parents[at as usize] = parents[parents[at as usize] as usize];
            at = parents[at as usize];
        }
        at
    }
    let mut index = vec![0i64; n];
    for at in 0..flags.len() {
        if flags[at] {
            let mut own = 0;
            for offset in &offsets {
                let inside = (0..n).all(|axis| (0..lengths[axis] as i64).contains(&(index[axis] + offset[axis])));
                if !inside {
                    continue;
                }
                let step: i64 = (0..n).map(|axis| offset[axis] * strides[axis] as i64).sum();
                let there = (at as i64 + step) as usize;
                let other = labels[there];
                if other != 0 && (!alike || numbers[there] == numbers[at]) {
                    let other = root(&mut parents, other);
                    if own == 0 {
                        own = other;
                    } else if own != other {
                        let (low, high) = (own.min(other), own.max(other));
                        parents[high as usize] = low;
                        own = low;
                    }
                }
            }
            if own == 0 {
                own = parents.len() as u32;
                parents.push(own);
            }
            labels[at] = own;
        }
        for axis in (0..n).rev() {
            index[axis] += 1;
            if index[axis] < lengths[axis] as i64 {
                break;
            }
            index[axis] = 0;
        }
    }
    let mut numbers = vec![0i32; parents.len()];
    let mut count = 0;
    let named: Vec<i32> = labels
        .into_iter()
        .map(|label| {
            if label == 0 {
                return 0;
            }
            let root = root(&mut parents, label) as usize;
            if numbers[root] == 0 {
                count += 1;
                numbers[root] = count;
            }
            numbers[root]
        })
        .collect();
    Ok((Chunk::from_vec(&lengths, named), count as usize))
}

/// The neighbours that come before an element; along the axes if nothing else is said.
fn neighbours(n: usize, structure: Option<&Chunk>) -> Result<Vec<Vec<i64>>> {
    let mut all = Vec::new();
    let counts: Option<Vec<bool>> = match structure {
        Some(structure) => {
            if structure.ndim() != n || structure.shape().iter().any(|&length| length != 3) {
                bail!(RuntimeError: "structure and input must have equal rank, and structure must be of size 3 along each axis"; hint: "got a structure of shape {}", shape::show(structure.shape()));
            }
            Some(structure.to_vec())
        }
        None => None,
    };
    for number in 0..3usize.pow(n as u32) {
        let offset: Vec<i64> = (0..n).rev().map(|axis| (number / 3usize.pow(axis as u32) % 3) as i64 - 1).collect();
        let before = offset.iter().find(|&&step| step != 0).is_some_and(|&step| step < 0);
        let wanted = match &counts {
            Some(counts) => counts[number],
            None => offset.iter().filter(|&&step| step != 0).count() == 1,
        };
        if before && wanted {
            all.push(offset);
        }
    }
    Ok(all)
}

/// What is worked out of the elements of one label.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Measure {
    Sum,
    Mean,
    Variance,
    Deviation,
    Min,
    Max,
    Median,
    MinPosition,
    MaxPosition,
    Center,
    Area,
}

impl Measure {
    /// Is it a position, a number for each axis?
    pub fn is_place(self) -> bool {
        matches!(self, Measure::MinPosition | Measure::MaxPosition | Measure::Center)
    }

    /// The type of a row of them in `dask_image`.
    pub fn dtype(self, image: DType) -> DType {
        match self {
            Measure::Sum
            | Measure::Mean
            | Measure::Variance
            | Measure::Deviation
            | Measure::Median
            | Measure::Center => DType::F64,
            Measure::Min | Measure::Max => image,
            Measure::MinPosition | Measure::MaxPosition | Measure::Area => DType::I64,
        }
    }
}

/// One label, several, or everything.
pub enum Wanted {
    /// All elements; with labels those that have one.
    All,
    /// One label.
    One(i64),
    /// Several, in the shape that they were given in.
    Several(Vec<i64>, Vec<usize>),
}

/// Works it out for each label that is wanted.
pub fn measure(image: &Chunk, labels: Option<&Chunk>, wanted: &Wanted, measure: Measure) -> Result<Value> {
    let labels = match labels {
        Some(labels) => match labels.broadcast(image.shape()) {
            Some(labels) => Some(labels.to_vec::<i64>()),
            None => bail!(
                "could not broadcast labels of shape {} to {}",
                shape::show(labels.shape()),
                shape::show(image.shape())
            ),
        },
        None => None,
    };
    let numbers = image.to_vec::<f64>();
    // Looked through once, however many labels are wanted.
    let mut places: FxHashMap<i64, Vec<usize>> = FxHashMap::default();
    if let (Some(labels), Wanted::Several(several, _)) = (&labels, wanted) {
        places.extend(several.iter().map(|&label| (label, Vec::new())));
        for (at, label) in labels.iter().enumerate() {
            if let Some(places) = places.get_mut(label) {
                places.push(at);
            }
        }
    }
    let of = |label: Option<i64>| -> Vec<usize> {
        match (&labels, label) {
            (None, _) => (0..numbers.len()).collect(),
            (Some(labels), None) => (0..numbers.len()).filter(|&at| labels[at] > 0).collect(),
            (Some(labels), Some(label)) => (0..numbers.len()).filter(|&at| labels[at] == label).collect(),
        }
    };
    let one = |label: Option<i64>| worked_out(image, &numbers, &of(label), measure);
    // Among several labels one that is not there has 0; alone it has nothing that could be the smallest.
    let alone = |label: Option<i64>| {
        let what = match measure {
            Measure::Min | Measure::MinPosition => "minimum",
            Measure::Max | Measure::MaxPosition => "maximum",
            _ => return Ok(one(label)),
        };
        if of(label).is_empty() {
            bail!("zero-size array to reduction operation {what} which has no identity"; hint: "no element has that label");
        }
        Ok(one(label))
    };
    match wanted {
        Wanted::All => alone(None),
        Wanted::One(label) => alone(Some(*label)),
        Wanted::Several(several, lengths) => {
            let answer = |label: &i64| match (&labels, places.get(label)) {
                (Some(_), Some(places)) => worked_out(image, &numbers, places, measure),
                _ => one(Some(*label)),
            };
            let answers: Vec<Value> = several.iter().map(answer).collect();
            if measure.is_place() {
                return Ok(Value::list(answers));
            }
            let chunk = eager::nested::chunk(&Value::list(answers), None)?;
            // SciPy adds up several labels as floats, one label in its own type.
            let chunk = if measure == Measure::Sum { chunk.cast(DType::F64) } else { chunk };
            Ok(Value::object(NdArray::new(chunk.reshape(lengths))))
        }
    }
}

fn worked_out(image: &Chunk, numbers: &[f64], places: &[usize], measure: Measure) -> Value {
    let count = places.len() as f64;
    let values = || places.iter().map(|&at| numbers[at]);
    // The sum of nothing is 0, and not the -0.0 that a sum of floats begins with.
    let sum = || values().fold(0.0, |sum, value| sum + value);
    let float = |number: f64| eager::number(Scalar::F64(number));
    let own = |number: f64| eager::number(Scalar::F64(number).cast(image.dtype()));
    let strides = shape::strides(image.shape());
    let position = |at: usize| {
        Value::tuple(
            image
                .shape()
                .iter()
                .zip(&strides)
                .map(|(&length, &stride)| eager::number(Scalar::I64((at / stride % length) as i64))),
        )
    };
    let nowhere = || Value::tuple(image.shape().iter().map(|_| eager::number(Scalar::I64(0))));
    let best = |better: fn(f64, f64) -> bool| {
        places.iter().copied().reduce(|best, at| if better(numbers[at], numbers[best]) { at } else { best })
    };
    let variance = || {
        let mean = sum() / count;
        values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count
    };
    match measure {
        Measure::Sum if image.dtype().is_integer() || image.dtype() == DType::Bool => {
            let wide =
                if image.dtype().is_integer() && image.dtype().letter() == 'u' { DType::U64 } else { DType::I64 };
            eager::number(Scalar::F64(sum()).cast(wide))
        }
        Measure::Sum => {
            eager::number(Scalar::F64(sum()).cast(if image.dtype() == DType::F32 { DType::F32 } else { DType::F64 }))
        }
        Measure::Mean => float(sum() / count),
        Measure::Variance => float(variance()),
        Measure::Deviation => float(variance().sqrt()),
        Measure::Min => best(|a, b| a < b).map_or_else(|| own(0.0), |at| own(numbers[at])),
        Measure::Max => best(|a, b| a > b).map_or_else(|| own(0.0), |at| own(numbers[at])),
        Measure::MinPosition => best(|a, b| a < b).map_or_else(nowhere, position),
        Measure::MaxPosition => best(|a, b| a > b).map_or_else(nowhere, position),
        Measure::Median => {
            let mut sorted: Vec<f64> = values().collect();
            sorted.sort_by(f64::total_cmp);
            match sorted.len() {
                0 => float(f64::NAN),
                n if n % 2 == 1 => float(sorted[n / 2]),
                n => float((sorted[n / 2 - 1] + sorted[n / 2]) / 2.0),
            }
        }
        Measure::Area => eager::number(Scalar::I64(count as i64)),
        Measure::Center => {
            let total = sum();
            Value::tuple(image.shape().iter().zip(&strides).map(|(&length, &stride)| {
                let along: f64 = places.iter().map(|&at| numbers[at] * (at / stride % length) as f64).sum();
                float(along / total)
            }))
        }
    }
}

/// The array of a value in memory; a lazy one is computed.
pub fn now(context: &Context, value: &Value) -> Result<Chunk> {
    match value.get::<Array>() {
        Some(array) => array.compute_now(context),
        None => eager::nested::chunk(value, None),
    }
}

//! Arrays as sets: what is masked is one element more, behind all others.

use rdk_runtime::{Result, Value};

use super::{Asked, elements, is_masked, ways};
use crate::Chunk;
use crate::eager::{self, NdArray, nested};
use crate::face::masked::members::of_numpy;
use crate::face::masked::object::{self, Masked};

/// The different elements, and one that is masked if any is.
struct Different {
    values: Chunk,
    /// Where each stands first.
    first: Vec<i64>,
    /// Which of them each element is.
    inverse: Vec<i64>,
    counts: Vec<i64>,
    /// Is the last one masked?
    masked: bool,
}

fn different(asked: &Asked, masked: &Masked) -> Result<Different> {
    let chunk = masked.data.chunk();
    let flags = masked.mask().map_or_else(|| vec![false; chunk.len()], |mask| mask.chunk().to_vec::<bool>());
    let (hidden, shown): (Vec<usize>, Vec<usize>) = (0..flags.len()).partition(|&at| flags[at]);
    let yes = Value::Bool(true);
    let found = of_numpy(asked.context, "unique", [eager::value(masked.compressed()), yes.clone(), yes.clone(), yes])?;
    let found =
        found.items().unwrap_or_default().iter().map(|part| nested::chunk(part, None)).collect::<Result<Vec<_>>>()?;
    let [values, first, inverse, counts] = &found[..] else {
        rdk_runtime::bail!(RuntimeError: "numpy.unique is not at hand here");
    };
    let mut first: Vec<i64> = first.to_vec::<i64>().into_iter().map(|at| shown[at as usize] as i64).collect();
    let mut counts = counts.to_vec::<i64>();
    let mut whole = vec![values.len() as i64; chunk.len()];
    for (&at, number) in shown.iter().zip(inverse.to_vec::<i64>()) {
        whole[at] = number;
    }
    let mut places: Vec<usize> = first.iter().map(|&at| at as usize).collect();
    if let Some(&at) = hidden.first() {
        places.push(at);
        first.push(at as i64);
        counts.push(hidden.len() as i64);
    }
    let values = eager::select::take(&chunk, &[places.len()], &places);
    Ok(Different { values, first, inverse: whole, counts, masked: !hidden.is_empty() })
}

impl Different {
    /// The elements, under a mask if something was masked.
    fn array(&self, masked: &Masked) -> Value {
        let n = self.values.len();
        let mask = self.masked.then(|| Chunk::from_vec(&[n], (0..n).map(|at| at + 1 == n).collect()));
        object::whole(self.values.clone(), mask, masked.fill())
    }
}

/// The different elements, and what else is asked for.
pub fn unique(asked: &Asked) -> Result<Value> {
    let (Some(masked), None) =
        (asked.bound[0].as_ref().and_then(|array| array.get::<Masked>()), asked.argument("axis"))
    else {
        return asked.of_elements();
    };
    let found = different(asked, masked)?;
    let numbers = |shape: &[usize], numbers: &Vec<i64>| eager::value(Chunk::from_vec(shape, numbers.clone()));
    let mut answers = vec![found.array(masked)];
    if asked.says("return_index") {
        answers.push(numbers(&[found.first.len()], &found.first));
    }
    if asked.says("return_inverse") {
        answers.push(numbers(masked.data.shape(), &found.inverse));
    }
    if asked.says("return_counts") {
        answers.push(numbers(&[found.counts.len()], &found.counts));
    }
    Ok(if answers.len() == 1 { answers.remove(0) } else { Value::tuple(answers) })
}

/// What is masked stays if the element under the mask is not among the others.
pub fn difference(asked: &Asked) -> Result<Value> {
    let (Some(ar1), Some(ar2)) = (asked.argument("ar1"), asked.argument("ar2")) else { return asked.of_elements() };
    let Some(masked) = ar1.get::<Masked>() else { return asked.of_elements() };
    let found = different(asked, masked)?;
    let others = if is_masked(ar2) { elements(ar2)? } else { ar2.clone() };
    let kept = of_numpy(
        asked.context,
        "isin",
        [eager::value(found.values.clone()), others, Value::Bool(false), Value::Bool(true)],
    )?;
    let kept = nested::chunk(&kept, None)?.to_vec::<bool>();
    let places: Vec<usize> = (0..kept.len()).filter(|&at| kept[at]).collect();
    let last = found.values.len();
    let mask: Vec<bool> = places.iter().map(|&at| at + 1 == last).collect();
    let values = eager::select::take(&found.values, &[places.len()], &places);
    match found.masked {
        true => {
            let mask = NdArray::new(Chunk::from_vec(&[mask.len()], mask));
            Ok(Value::object(Masked::new(NdArray::new(values), Some(mask), masked.fill())))
        }
        false => ways::whole(eager::value(values)),
    }
}

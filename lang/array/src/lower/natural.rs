//! The grid in which a reduction reads its input.
//!
//! A sum does not mind how its input is cut. Where the chunks that there are would have to be put together anew, it takes them as
//! they are; only its result, which is small, is cut as it was asked for.

use rdk_graph::Token;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::fusion::is_border;
use crate::array::{Array, Fold, Plan};
use crate::chunks::{AxisChunks, Chunks, MAX_CHUNKS, common};
use crate::index::AxisIndex;

/// A grid of so many times as many chunks is still better than putting chunks together.
const FINER: u128 = 4;

/// What a reduction reads, and how it reduces that. All elements of an array are those of the array that it was reshaped from.
pub fn reduced(array: &Array, fold: &Fold, for_looks: bool) -> (Array, Fold) {
    let (mut input, mut fold) = (array.node().inputs[0].clone(), fold.clone());
    while let Plan::Reshape = input.node().plan
        && fold.axes.len() == input.ndim()
        && !(for_looks || fold.keepdims || fold.reduction.is_where())
    {
        let below = input.node().inputs[0].clone();
        // As many partial results become one as before.
        let in_all = fold.split_every.iter().product::<usize>() as f64;
        let each = (in_all.powf(1.0 / below.ndim().max(1) as f64) as usize).max(2);
        fold.axes = (0..below.ndim()).collect();
        fold.split_every = SmallVec::from_elem(each, below.ndim());
        input = below;
    }
    (input, fold)
}

/// For each axis the cuts of the chunks that there are; `None` where there are none, so that any would do.
type Natural = SmallVec<[Option<AxisChunks>; 4]>;

/// What is known of an array.
struct Known {
    natural: Natural,
    /// Chunks are cut anew inside the loop that makes it.
    recut: bool,
}

/// The grids for reductions among these arrays, inputs first, where they are better than the grids of what is reduced.
pub fn grids(order: &[Array]) -> FxHashMap<Token, Chunks> {
    let mut grids = FxHashMap::default();
    if !order.iter().any(|array| matches!(array.node().plan, Plan::Rechunk)) {
        return grids;
    }
    let mut known: FxHashMap<Token, Known> = FxHashMap::default();
    for array in order {
        let node = array.node();
        let inputs: Vec<&Known> = node.inputs.iter().map(|input| &known[&input.token()]).collect();
        let looked = !is_border(&node.plan) || matches!(node.plan, Plan::Concatenate(_) | Plan::Reduce(_));
        let recut = matches!(node.plan, Plan::Rechunk) || (looked && inputs.iter().any(|input| input.recut));
        let natural = match &node.plan {
            Plan::Reduce(fold) => {
                let (input, fold) = reduced(array, fold, false);
                let better = better(&input, &known[&input.token()]);
                let grid = fold.result_chunks(better.as_ref().unwrap_or(input.chunks()));
                grids.extend(better.map(|better| (array.token(), better)));
                grid.0.into_iter().map(Some).collect()
            }
            _ => of(array, &inputs),
        };
        known.insert(array.token(), Known { natural, recut });
    }
    grids
}

/// The grid in which this array is better reduced, if there is one.
fn better(array: &Array, known: &Known) -> Option<Chunks> {
    if !known.recut || known.natural.iter().all(Option::is_none) {
        return None;
    }
    let own = array.chunks();
    let axes = known.natural.iter().zip(&own.0);
    let grid: Chunks = axes.map(|(axis, own)| axis.clone().unwrap_or_else(|| own.clone())).collect();
    let limit = own.count().saturating_mul(FINER).max(1024).min(MAX_CHUNKS as u128);
    (grid != *own && grid.count() <= limit).then_some(grid)
}

fn of(array: &Array, inputs: &[&Known]) -> Natural {
    let node = array.node();
    match &node.plan {
        // A source is made in any grid, and what is in memory is read wherever it lies.
        Plan::Source(_) | Plan::Given(_) => SmallVec::from_elem(None, array.ndim()),
        Plan::Rechunk | Plan::Cast => inputs[0].natural.clone(),
        Plan::Elementwise(_) | Plan::BroadcastTo => {
            let n = array.ndim();
            let along = |axis: usize| {
                let along = inputs.iter().filter_map(move |input| {
                    let at = (axis + input.natural.len()).checked_sub(n)?;
                    input.natural[at].as_ref().filter(|cuts| cuts.length() == array.shape()[axis])
                });
                common(along)
            };
            (0..n).map(along).collect()
        }
        Plan::Transpose(order) => order.iter().map(|&axis| inputs[0].natural[usize::from(axis)].clone()).collect(),
        Plan::Slice(index) => {
            let mut axes = inputs[0].natural.iter();
            let mut natural = Natural::new();
            for item in index {
                match *item {
                    AxisIndex::At(_) => drop(axes.next()),
                    AxisIndex::New => natural.push(None),
                    AxisIndex::Range { start, step, length } => {
                        let cuts = axes.next().and_then(Option::as_ref);
                        natural.push(cuts.map(|cuts| cuts.sliced(start, step, length)));
                    }
                }
            }
            natural
        }
        Plan::Concatenate(axis) => {
            let along = |other: usize| match other == *axis {
                false => common(inputs.iter().filter_map(|input| input.natural[other].as_ref())),
                true => {
                    let own = |(input, part): (&&Known, &Array)| {
                        input.natural[other].clone().unwrap_or_else(|| part.chunks().0[other].clone())
                    };
                    let cuts: Vec<AxisChunks> = inputs.iter().zip(&node.inputs).map(own).collect();
                    Some(AxisChunks::listed(cuts.iter().flat_map(AxisChunks::sizes)))
                }
            };
            (0..array.ndim()).map(along).collect()
        }
        Plan::Persisted(_)
        | Plan::Delayed(_)
        | Plan::Look(_)
        | Plan::Reduce(_)
        | Plan::Reshape
        | Plan::Contract(_)
        | Plan::Step(_) => array.chunks().0.iter().cloned().map(Some).collect(),
    }
}

//! The tree in which partial results of a reduction come together.

use std::sync::Arc;

use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_syntax::Place;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::fused::{encoded, failure};
use crate::array::Fold;
use crate::kernel::{Reduction, Stop, combine, finish};
use crate::{Chunk, DType, Parts, Shape};

/// One step of the tree, shared by all its tasks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Combine {
    /// What events call it.
    pub name: Arc<str>,
    /// What is reduced to.
    pub reduction: Reduction,
    /// At the root of the tree.
    pub end: Option<End>,
    /// Where in the user's text it was asked for; stays at home.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// How partial results become results.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct End {
    /// The type of the elements that were reduced.
    pub dtype: DType,
    /// How many go into each result.
    pub count: u64,
    /// Axes that have length 1 now and go.
    pub squeezed: SmallVec<[usize; 4]>,
}

impl End {
    /// Of this reduction of an array of this shape and type.
    pub fn of(fold: &Fold, shape: &[usize], dtype: DType) -> End {
        let squeezed = if fold.keepdims { SmallVec::new() } else { fold.axes.clone() };
        End { dtype, count: fold.count(shape), squeezed }
    }

    /// The results.
    pub fn finish(&self, reduction: Reduction, parts: Parts) -> Result<Chunk, Stop> {
        let chunk = finish(reduction, parts, self.dtype, self.count)?;
        if self.squeezed.is_empty() {
            return Ok(chunk);
        }
        let kept = chunk.shape().iter().enumerate().filter(|(axis, _)| !self.squeezed.contains(axis));
        let shape: Shape = kept.map(|(_, &length)| length).collect();
        Ok(chunk.into_shape(&shape))
    }
}

impl Operation for Combine {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        let parts: Vec<&Parts> =
            call.inputs.iter().map(|input| input.get::<Parts>().expect("a tree is made of partial results")).collect();
        let parts = combine(self.reduction, &parts);
        match &self.end {
            None => Ok(Payload::new(parts)),
            Some(end) => match end.finish(self.reduction, parts) {
                Ok(chunk) => Ok(Payload::new(chunk)),
                Err(stop) => Err(failure(stop, self.place.as_ref())),
            },
        }
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.combine", encoded(self))
    }
}

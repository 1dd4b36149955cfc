//! Small tasks on single chunks: another shape, and what a delayed call gave as a chunk.

use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::payload::Plain;
use rdk_runtime::{Result, Trail, bail, error};
use rdk_syntax::Place;
use serde::{Deserialize, Serialize};

use super::fused::encoded;
use crate::chunks::Chunks;
use crate::{Chunk, DType, Shape, eager, shape};

/// Chunk for chunk in another shape.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reshaped {
    /// The grid of the result.
    pub chunks: Chunks,
}

impl Operation for Reshaped {
    fn name(&self) -> &str {
        "reshape"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let chunk = call.inputs[0].get::<Chunk>().expect("the input is a chunk").clone();
        Ok(Payload::new(chunk.into_shape(&self.chunks.chunk_shape(call.index))))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.reshape", encoded(self))
    }
}

/// The value that a delayed call gave, which was said to be an array of this shape and type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FromValue {
    /// What was promised.
    pub shape: Shape,
    /// What was promised.
    pub dtype: DType,
    /// Where in the user's text it was promised; stays at home.
    #[serde(skip)]
    pub place: Option<Place>,
}

impl FromValue {
    fn chunk(&self, input: &Payload) -> Result<Chunk> {
        let Some(Plain(value)) = input.get::<Plain>() else {
            bail!(TypeError: "expected the delayed call to give an array");
        };
        let chunk = eager::nested::chunk(value, Some(self.dtype))?;
        if chunk.shape() != &self.shape[..] {
            let (expected, got) = (shape::show(&self.shape), shape::show(chunk.shape()));
            return Err(error!("expected the delayed call to give an array of shape {expected}, got {got}"));
        }
        Ok(chunk)
    }
}

impl Operation for FromValue {
    fn name(&self) -> &str {
        "from-value"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let chunk = self.chunk(&call.inputs[0]);
        let chunk = match &self.place {
            Some(place) => chunk.at(|| place.clone()),
            None => chunk,
        };
        chunk.map(Payload::new).map_err(|error| Failure::Error(Box::new(error)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.from_value", encoded(self))
    }
}

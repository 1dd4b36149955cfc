//! Arrays made from nothing, from memory, and from delayed calls.

use std::sync::Arc;

use rdk_graph::{Payload, Token};
use rdk_runtime::{Lazy, Result, bail};
use smallvec::SmallVec;

use crate::array::{Array, Draft, Plan, capped};
use crate::chunks::{Chunks, ChunksSpec};
use crate::kernel::{Distribution, Source};
use crate::{Chunk, DType, Scalar};

impl Array {
    /// Elements that are made from their positions, under this name.
    pub fn source(name: &str, source: Source, shape: &[usize], chunks: &ChunksSpec) -> Result<Array> {
        let dtype = source.dtype();
        if !matches!(source, Source::Full(_)) {
            Array::check_size(shape, dtype)?;
        }
        let chunks = chunks.grid(shape, dtype.size())?;
        Ok(Array::source_on(name, source, chunks))
    }

    /// The same on a grid that is known.
    pub(crate) fn source_on(name: &str, source: Source, chunks: Chunks) -> Array {
        let (dtype, own_tasks) = (source.dtype(), capped(chunks.count()));
        let (plan, inputs) = (Plan::Source(source), SmallVec::new());
        Array::make(Draft { plan, inputs, name: Arc::from(name), chunks, dtype, own_tasks })
    }

    /// One value everywhere. Dask calls it `ones_like`, `zeros_like`, `full_like` or `empty_like`.
    pub fn full(name: &str, shape: &[usize], value: Scalar, chunks: &ChunksSpec) -> Result<Array> {
        Array::source(name, Source::Full(value), shape, chunks)
    }

    /// A single number, to be stretched to the shape of whatever it is used with.
    pub fn scalar(value: Scalar) -> Array {
        Array::source_on("scalar", Source::Full(value), Chunks::default()).counted(0)
    }

    /// `count` numbers from `start`, `step` apart; both have the type of the result.
    pub fn arange(start: Scalar, step: Scalar, count: usize, chunks: &ChunksSpec) -> Result<Array> {
        Array::source("arange", Source::Arange { start, step }, &[count], chunks)
    }

    /// `count` numbers from `start` to `stop`.
    pub fn linspace(
        start: f64,
        stop: f64,
        count: usize,
        endpoint: bool,
        dtype: DType,
        chunks: &ChunksSpec,
    ) -> Result<Array> {
        let source = Source::Linspace { start, stop, count: count as u64, endpoint, dtype };
        Array::source("linspace", source, &[count], chunks)
    }

    /// 1 on the `k`-th diagonal, else 0.
    pub fn eye(rows: usize, columns: usize, k: i64, dtype: DType, chunks: &ChunksSpec) -> Result<Array> {
        Array::source("eye", Source::Eye { k, dtype }, &[rows, columns], chunks)
    }

    /// Random numbers: those of the seed, or of a fresh one.
    pub fn random(
        name: &str,
        distribution: Distribution,
        seed: Option<u64>,
        shape: &[usize],
        chunks: &ChunksSpec,
    ) -> Result<Array> {
        let seed = seed.unwrap_or_else(|| {
            let Token([a, b]) = Token::fresh();
            a.rotate_left(32) ^ b
        });
        Array::source(name, Source::Random { seed, distribution }, shape, chunks)
    }

    /// An array in memory, cut into chunks; nothing is copied.
    pub fn from_chunk(chunk: Chunk, chunks: &ChunksSpec) -> Result<Array> {
        let (shape, dtype) = (chunk.shape().to_vec(), chunk.dtype());
        let chunks = chunks.grid(&shape, dtype.size())?;
        let own_tasks = capped(chunks.count());
        let (plan, inputs) = (Plan::Given(chunk), SmallVec::new());
        Ok(Array::make(Draft { plan, inputs, name: Arc::from("array"), chunks, dtype, own_tasks }))
    }

    /// What a delayed call will give: an array of this shape, or whatever can become one. It is one chunk.
    pub fn from_delayed(value: Arc<dyn Lazy>, shape: &[usize], dtype: DType) -> Array {
        let (plan, inputs, chunks) = (Plan::Delayed(value), SmallVec::new(), Chunks::single(shape));
        Array::make(Draft { plan, inputs, name: Arc::from("from-value"), chunks, dtype, own_tasks: 2 })
    }

    /// The same array with its chunks computed.
    pub fn with_results(&self, results: Vec<Payload>) -> Result<Array> {
        let assemble = crate::lower::Assemble { grid: self.chunks().clone(), dtype: self.dtype() };
        let results = assemble.whole_chunks(results);
        if results.len() as u128 != self.npartitions() {
            bail!(RuntimeError: "expected {} chunks, got {}", self.npartitions(), results.len());
        }
        let chunks =
            if self.is_sized() { self.chunks().clone() } else { crate::lower::counted(self.chunks(), &results) };
        let (plan, inputs) = (Plan::Persisted(results.into()), SmallVec::new());
        let own_tasks = capped(chunks.count());
        Ok(Array::make(Draft { plan, inputs, name: self.layer().clone(), chunks, dtype: self.dtype(), own_tasks }))
    }
}

//! From what a user writes for `chunks=` to a grid, with the results that Dask gives.

use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use super::{AxisChunks, AxisSpec, Chunks, ChunksSpec, auto, settings};
use crate::shape;

/// An axis is not cut into more chunks than this: they could not be listed, let alone computed.
pub const MAX_CHUNKS: usize = 10_000_000;

/// What a grid is made for.
pub struct Normalize<'a> {
    /// The shape of the array.
    pub shape: &'a [usize],
    /// Bytes of one element.
    pub item_size: usize,
    /// The grid that there was: for a rechunk.
    pub previous: Option<&'a Chunks>,
    /// How many bytes a chunk may have, if not Dask's default.
    pub limit: Option<u64>,
}

/// An axis on the way to its chunks.
#[derive(Clone, Debug)]
pub(super) enum Draft {
    Auto,
    Size(usize),
    Sizes(AxisChunks),
}

impl ChunksSpec {
    /// The grid for an array of this shape whose elements have this many bytes.
    pub fn grid(&self, shape: &[usize], item_size: usize) -> Result<Chunks> {
        self.normalize(&Normalize { shape, item_size, previous: None, limit: None })
    }

    /// The grid.
    pub fn normalize(&self, request: &Normalize) -> Result<Chunks> {
        let shape = request.shape;
        let specs = self.by_axis(request)?;
        let mut limit = request.limit;
        let mut drafts: SmallVec<[Draft; 4]> = SmallVec::with_capacity(specs.len());
        for (axis, spec) in specs.iter().enumerate() {
            let whole = || Draft::Size(shape.get(axis).copied().unwrap_or(1));
            drafts.push(match spec {
                AxisSpec::Auto => Draft::Auto,
                AxisSpec::Bytes(bytes) => {
                    if limit.is_some_and(|limit| limit != *bytes) {
                        bail!("`chunks` names two sizes in bytes, {} and {bytes}", limit.unwrap_or_default());
                    }
                    limit = Some(*bytes);
                    Draft::Auto
                }
                AxisSpec::Whole | AxisSpec::Keep => whole(),
                AxisSpec::Size(size) => Draft::Size(*size),
                AxisSpec::Sizes(sizes) => Draft::Sizes(sizes.clone()),
            });
        }
        drafts.truncate(shape.len());
        if drafts.iter().any(|draft| matches!(draft, Draft::Auto)) {
            auto::fill(&mut drafts, request, limit.map_or_else(settings::chunk_size, Ok)?.max(1))?;
        }
        let mut chunks = Chunks::default();
        for (axis, (draft, &length)) in drafts.into_iter().zip(shape).enumerate() {
            chunks.0.push(match draft {
                Draft::Size(size) if length.div_ceil(size.max(1)) > MAX_CHUNKS => bail!(
                    "chunks of {size} cut axis {axis} of length {length} into more than {MAX_CHUNKS} pieces";
                    hint: "larger chunks make fewer of them: `\"auto\"` finds a good size"
                ),
                Draft::Size(size) => AxisChunks::even(length, size),
                Draft::Sizes(sizes) if sizes.length() == length => sizes,
                Draft::Sizes(sizes) => bail!(
                    "chunks do not add up to shape: the sizes along axis {axis} make {}, expected {length}",
                    sizes.length();
                    hint: "chunks={self}, shape={}", shape::show(shape)
                ),
                Draft::Auto => AxisChunks::single(length),
            });
        }
        Ok(chunks)
    }

    /// One for each axis.
    fn by_axis(&self, request: &Normalize) -> Result<Vec<AxisSpec>> {
        let shape = request.shape;
        let kept = |axis: usize| match request.previous {
            Some(previous) => AxisSpec::Sizes(previous.0[axis].clone()),
            None => AxisSpec::Whole,
        };
        let specs = match self {
            ChunksSpec::Every(spec) => vec![spec.clone(); shape.len()],
            ChunksSpec::ByAxis(given) => {
                let mut specs: Vec<AxisSpec> = (0..shape.len()).map(kept).collect();
                for (axis, spec) in given {
                    specs[shape::axis(*axis, shape.len())?] = spec.clone();
                }
                specs
            }
            ChunksSpec::Axes(specs) if specs.is_empty() && shape.iter().all(|&length| length == 0) => {
                vec![AxisSpec::Whole; shape.len()]
            }
            ChunksSpec::Axes(specs) if shape.len() == 1 && specs.len() > 1 => match sizes(specs) {
                Some(sizes) => vec![AxisSpec::Sizes(sizes)],
                None => specs.clone(),
            },
            ChunksSpec::Axes(specs) => specs.clone(),
        };
        if specs.len() != shape.len() && !shape.is_empty() {
            bail!(
                "chunks and shape must be of the same length, got chunks={self} for shape={}", shape::show(shape);
                hint: "give one chunk size for each axis; -1 stands for the whole axis"
            );
        }
        Ok(specs
            .into_iter()
            .enumerate()
            .map(|(axis, spec)| if spec == AxisSpec::Keep && axis < shape.len() { kept(axis) } else { spec })
            .collect())
    }
}

/// For an array of one dimension `(3, 3, 1)` is the list of its sizes.
fn sizes(specs: &[AxisSpec]) -> Option<AxisChunks> {
    let sizes = specs.iter().map(|spec| match spec {
        AxisSpec::Size(size) => Some(*size),
        AxisSpec::Sizes(sizes) if sizes.length() == 0 && sizes.is_single() => Some(0),
        AxisSpec::Auto | AxisSpec::Bytes(_) | AxisSpec::Whole | AxisSpec::Keep | AxisSpec::Sizes(_) => None,
    });
    Some(AxisChunks::listed(sizes.collect::<Option<Vec<_>>>()?))
}

/// Nearly as many chunks, of sizes that differ as little as they can: `rechunk(balance=True)`.
pub fn balanced(chunks: &AxisChunks) -> AxisChunks {
    let mut sizes: Vec<usize> = chunks.sizes().collect();
    sizes.sort_unstable();
    let median = (auto::median(&sizes)) as usize;
    let mut count = sizes.len();
    if 2 * sizes[0] <= sizes[sizes.len() - 1] {
        count -= 1;
    }
    // The smallest size that makes so many chunks makes the least different ones.
    let length = chunks.length();
    let size = length.div_ceil(count.max(1)).max(median - median / 2).max(1);
    let even = AxisChunks::even(length, size);
    if size <= median + median / 2 && even.count() == count { even } else { chunks.clone() }
}

//! What a lazy array shows of itself: facts about the whole and about a chunk, and the boxes of its chunks.

use rdk_summary::{Card, Picture};

use super::bytes::format_bytes;

/// What the card tells. Lengths that are not known yet are `None`.
pub struct Facts<'a> {
    /// The name of the last operation: `add`, `mean_agg-aggregate`.
    pub operation: &'a str,
    /// Its length along each axis.
    pub shape: Vec<Option<u64>>,
    /// The lengths of the largest chunk.
    pub chunk_shape: Vec<Option<u64>>,
    /// How many chunks there are.
    pub n_chunks: u128,
    /// Along each axis the lengths of the chunks, if they are to be drawn.
    pub boxes: Option<Vec<Vec<Option<u64>>>>,
    /// Its dtype: `float64`.
    pub dtype: &'a str,
    /// Bytes of an element.
    pub item_size: usize,
    /// How many tasks would make it, where that is known.
    pub n_tasks: Option<u128>,
}

/// `dask.array<ones_like, shape=(1000, 4000), dtype=float64, chunksize=(1000, 1000), chunktype=numpy.ndarray>`
pub fn one_line(facts: &Facts) -> String {
    format!(
        "dask.array<{}, shape={}, dtype={}, chunksize={}, chunktype=numpy.ndarray>",
        facts.operation,
        tuple(&facts.shape),
        facts.dtype,
        tuple(&facts.chunk_shape),
    )
}

/// The facts in two columns, with the boxes.
pub fn card(facts: &Facts) -> Card {
    let (shape, chunk_shape) = (&facts.shape, &facts.chunk_shape);
    let tasks = facts.n_tasks.map(|n_tasks| counted(n_tasks, "task"));
    let drawable = !shape.is_empty() && shape.iter().all(|length| length.is_some_and(|length| length > 0));
    Card {
        title: one_line(facts),
        columns: vec!["Array".into(), "Chunk".into()],
        rows: vec![
            ("Bytes".into(), vec![bytes(shape, facts.item_size), bytes(chunk_shape, facts.item_size)]),
            ("Shape".into(), vec![tuple(shape), tuple(chunk_shape)]),
            ("Count".into(), tasks.into_iter().chain([counted(facts.n_chunks, "chunk")]).collect()),
            ("Data type".into(), vec![facts.dtype.into(), "numpy.ndarray".into()]),
        ],
        picture: facts.boxes.clone().filter(|_| drawable).map(Picture::Grid),
        footer: None,
    }
}

/// A tuple of lengths; `nan` is one that is not known.
fn tuple(lengths: &[Option<u64>]) -> String {
    let text = |length: &Option<u64>| length.map_or("nan".to_string(), |length| length.to_string());
    match lengths {
        [only] => format!("({},)", text(only)),
        _ => format!("({})", lengths.iter().map(text).collect::<Vec<_>>().join(", ")),
    }
}

fn bytes(shape: &[Option<u64>], item_size: usize) -> String {
    let size = shape.iter().try_fold(item_size as u128, |size, length| length.map(|n| size.saturating_mul(n.into())));
    size.map_or("unknown".into(), format_bytes)
}

fn counted(n: u128, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(chunks: &[&[Option<u64>]]) -> Facts<'static> {
        let longest = |axis: &&[Option<u64>]| if axis.contains(&None) { None } else { axis.iter().copied().max()? };
        Facts {
            operation: "ones_like",
            shape: chunks.iter().map(|axis| axis.iter().copied().sum()).collect(),
            chunk_shape: chunks.iter().map(longest).collect(),
            n_chunks: chunks.iter().map(|axis| axis.len() as u128).product(),
            boxes: Some(chunks.iter().map(|axis| axis.to_vec()).collect()),
            dtype: "float64",
            item_size: 8,
            n_tasks: Some(4),
        }
    }

    #[test]
    fn known_sizes() {
        let facts = facts(&[&[Some(1000)], &[Some(1000); 4]]);
        assert_eq!(
            one_line(&facts),
            "dask.array<ones_like, shape=(1000, 4000), dtype=float64, chunksize=(1000, 1000), chunktype=numpy.ndarray>"
        );
        let card = card(&facts);
        let row = |at: usize| (card.rows[at].0.as_str(), card.rows[at].1.join(" | "));
        assert_eq!(row(0), ("Bytes", "30.52 MiB | 7.63 MiB".into()));
        assert_eq!(row(1), ("Shape", "(1000, 4000) | (1000, 1000)".into()));
        assert_eq!(row(2), ("Count", "4 tasks | 4 chunks".into()));
        assert_eq!(row(3), ("Data type", "float64 | numpy.ndarray".into()));
        assert!(card.picture.is_some());
    }

    #[test]
    fn sizes_not_known_yet() {
        let facts = facts(&[&[None, None]]);
        assert_eq!(
            one_line(&facts),
            "dask.array<ones_like, shape=(nan,), dtype=float64, chunksize=(nan,), chunktype=numpy.ndarray>"
        );
        let card = card(&facts);
        assert_eq!(card.rows[0].1, ["unknown", "unknown"]);
        assert!(card.picture.is_none());
    }
}

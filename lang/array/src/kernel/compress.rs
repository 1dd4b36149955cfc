//! What a mask takes of a chunk, where it is true, and what is written there. Large chunks are cut into pieces: each is counted first, so that
//! it knows where what it takes belongs, whoever does it.

use std::borrow::Cow;
use std::mem::MaybeUninit;
use std::ops::Range;

use ndarray::ArrayD;
use rdk_graph::{Crew, Stopped};

use crate::chunk::{Chunk, with_chunk};
use crate::element::{Element, with_dtype};
use crate::kernel::pack;
use crate::kernel::run::Stop;
use crate::memory;
use crate::scalar::Scalar;
use crate::shape::{self, Shape};

/// Work on fewer bytes than this is done by one.
const SMALL: usize = 1 << 21;
/// So many pieces for each of the crew.
const PIECES_EACH: usize = 4;
/// Pieces begin at whole blocks of flags.
const BLOCK: usize = 64;

/// What stands along some axes of a chunk where a mask is true: the mask stands for as many axes as it has, from this one on, and they become
/// one. Their lengths are those of the mask.
///
/// # Errors
/// A stop that was asked for; a MemoryError.
pub fn compress(chunk: &Chunk, mask: &Chunk, axis: usize, crew: Crew<'_>) -> Result<Chunk, Stop> {
    let chunk = chunk.contiguous();
    let flags = flags(mask);
    let (before, behind) = (&chunk.shape()[..axis], &chunk.shape()[axis + mask.ndim()..]);
    let inner = behind.iter().product();
    let cut = Cut::of(&flags, before.iter().product(), chunk.n_bytes(), crew)?;
    let shape: Shape = before.iter().chain([&cut.total]).chain(behind).copied().collect();
    with_chunk!(&chunk, array => packed(array.as_slice().expect("contiguous"), &flags, &cut, inner, &shape, crew))
}

fn packed<T: Element>(
    from: &[T],
    flags: &[bool],
    cut: &Cut,
    inner: usize,
    shape: &[usize],
    crew: Crew<'_>,
) -> Result<Chunk, Stop> {
    let mut whole = memory::unwritten::<T>(shape)?;
    if !whole.is_empty() {
        let mut rest = whole.as_slice_mut().expect("it was made so");
        let mut pieces = Vec::new();
        for rows in from.chunks(cut.rows * flags.len() * inner) {
            let n_rows = rows.len() / (flags.len() * inner);
            for piece in &cut.pieces {
                let (to, behind) = rest.split_at_mut(n_rows * piece.count * inner);
                rest = behind;
                pieces.push((piece.part(rows, n_rows, inner), &flags[piece.flags.clone()], to));
            }
        }
        share(crew, pieces, |(from, flags, to): (&[T], &[bool], &mut [MaybeUninit<T>])| {
            let row = flags.len() * inner;
            let n_taken = to.len() / (from.len() / row);
            if n_taken == 0 {
                return;
            }
            for (from, to) in from.chunks_exact(row).zip(to.chunks_exact_mut(n_taken)) {
                match inner {
                    1 => pack::pack(from, flags, to),
                    _ => pack::pack_runs(from, inner, flags, to),
                }
            }
        })?;
    }
    // SAFETY: every piece has been written; zeros written first would cost as much as the packing.
    let whole = unsafe { whole.assume_init() };
    Ok(T::chunk(whole.into_shared()))
}

/// For each axis of a mask the positions of what is true, in C order.
///
/// # Errors
/// As [`compress`].
pub fn true_positions(mask: &Chunk, crew: Crew<'_>) -> Result<Vec<Chunk>, Stop> {
    let flags = flags(mask);
    let lengths = mask.shape();
    let Some((&last, outer)) = lengths.split_last() else { return Ok(Vec::new()) };
    let cut = Cut::of(&flags, 1, flags.len() * size_of::<i64>() * lengths.len(), crew)?;
    let mut axes: Vec<ArrayD<MaybeUninit<i64>>> =
        lengths.iter().map(|_| memory::unwritten::<i64>(&[cut.total])).collect::<rdk_runtime::Result<_>>()?;
    if cut.total > 0 {
        let mut rest: Vec<&mut [MaybeUninit<i64>]> =
            axes.iter_mut().map(|axis| axis.as_slice_mut().expect("it was made so")).collect();
        let mut pieces = Vec::with_capacity(cut.pieces.len());
        for piece in &cut.pieces {
            let mut own = Vec::with_capacity(rest.len());
            for all in &mut rest {
                let (to, behind) = std::mem::take(all).split_at_mut(piece.count);
                *all = behind;
                own.push(to);
            }
            pieces.push((piece.flags.clone(), own));
        }
        let strides = shape::strides(outer);
        share(crew, pieces, |(range, mut to): (Range<usize>, Vec<&mut [MaybeUninit<i64>]>)| {
            let mut at = range.start;
            // Row after row: within one only the position along the last axis differs.
            while at < range.end {
                let (row, first) = (at / last, at % last);
                let end = range.end.min(at + last - first);
                let own = &flags[at..end];
                let n = if outer.is_empty() { to[0].len() } else { pack::count(own) };
                for (axis, to) in to.iter_mut().enumerate() {
                    let (now, behind) = std::mem::take(to).split_at_mut(n);
                    *to = behind;
                    match strides.get(axis) {
                        Some(stride) => now.fill(MaybeUninit::new((row / stride % outer[axis]) as i64)),
                        None => pack::places(first as i64, own, now),
                    }
                }
                at = end;
            }
        })?;
    }
    // SAFETY: as in `packed`.
    Ok(axes.into_iter().map(|axis| i64::chunk(unsafe { axis.assume_init() }.into_shared())).collect())
}

/// How much of a mask is true.
pub fn count_true(mask: &Chunk) -> usize {
    pack::count(&flags(mask))
}

/// Writes one value to a run of elements, along some axes of the array that lies there, where a mask is true. There are so many elements for
/// each flag.
///
/// # Errors
/// A stop that was asked for.
pub fn fill(
    memory: &mut Chunk,
    range: Range<usize>,
    mask: &Chunk,
    inner: usize,
    value: Scalar,
    crew: Crew<'_>,
) -> Result<(), Stopped> {
    let flags = flags(mask);
    let row = flags.len() * inner;
    if row == 0 {
        return Ok(());
    }
    let rows = Rows::of(row * memory.dtype().size(), range.len() / row, crew);
    with_chunk!(memory, array => {
        let elements = &mut array.as_slice_mut().expect("memory is one run")[range];
        let value = value.get();
        let each = rows.flags(flags.len());
        let mut pieces = Vec::new();
        for rows in elements.chunks_mut(rows.together * row) {
            match each < flags.len() {
                true => pieces.extend(rows.chunks_mut(each * inner).zip(flags.chunks(each))),
                false => pieces.push((rows, &flags[..])),
            }
        }
        share(crew, pieces, |(to, flags)| to.chunks_mut(flags.len() * inner).for_each(|to| match inner {
            1 => pack::fill(value, flags, to),
            _ => pack::fill_runs(value, inner, flags, to),
        }))
    })
}

/// Writes values, one behind the other, there; they have the type of the memory, and there are as many as are true.
///
/// # Errors
/// A stop that was asked for.
pub fn put(
    memory: &mut Chunk,
    range: Range<usize>,
    mask: &Chunk,
    inner: usize,
    values: &Chunk,
    crew: Crew<'_>,
) -> Result<(), Stopped> {
    let flags = flags(mask);
    let row = flags.len() * inner;
    if row == 0 || values.is_empty() {
        return Ok(());
    }
    let values = values.contiguous();
    let cut = Cut::of(&flags, range.len() / row, range.len() * memory.dtype().size(), crew)?;
    with_dtype!(memory.dtype(), T => {
        let elements = T::array_mut(memory).and_then(|array| array.as_slice_mut()).expect("memory is one run");
        let mut values = T::array(&values).and_then(|array| array.as_slice()).expect("contiguous, and of one type");
        let mut pieces = Vec::new();
        for mut rows in elements[range].chunks_mut(cut.rows * row) {
            let n_rows = rows.len() / row;
            for piece in &cut.pieces {
                let (to, behind) = rows.split_at_mut(n_rows * piece.flags.len() * inner);
                let (own, later) = values.split_at(n_rows * piece.count * inner);
                (rows, values) = (behind, later);
                pieces.push((to, &flags[piece.flags.clone()], own));
            }
        }
        share(crew, pieces, |(to, flags, values): (&mut [T], &[bool], &[T])| {
            let row = flags.len() * inner;
            let n_taken = values.len() / (to.len() / row);
            if n_taken == 0 {
                return;
            }
            for (to, values) in to.chunks_exact_mut(row).zip(values.chunks_exact(n_taken)) {
                match inner {
                    1 => pack::unpack(values, flags, to),
                    _ => pack::unpack_runs(values, inner, flags, to),
                }
            }
        })
    })
}

/// The flags of a mask, in C order.
fn flags(mask: &Chunk) -> Cow<'_, [bool]> {
    match mask.array::<bool>().and_then(|array| array.as_slice()) {
        Some(flags) => Cow::Borrowed(flags),
        None => Cow::Owned(mask.to_vec()),
    }
}

/// How rows of flags are cut: many short rows go together, a long one is cut itself.
struct Rows {
    /// So many rows go together.
    together: usize,
    /// Into so many pieces a row is cut.
    pieces: usize,
}

impl Rows {
    /// For rows of so many bytes each.
    fn of(bytes: usize, n_rows: usize, crew: Crew<'_>) -> Rows {
        if bytes.saturating_mul(n_rows) < SMALL {
            return Rows { together: n_rows.max(1), pieces: 1 };
        }
        let n_pieces = crew.size() * PIECES_EACH;
        match bytes {
            0..SMALL => Rows { together: n_rows.div_ceil(n_pieces), pieces: 1 },
            _ => Rows { together: 1, pieces: n_pieces },
        }
    }

    /// How many flags of a row a piece has.
    fn flags(&self, length: usize) -> usize {
        match self.pieces {
            1 => length.max(1),
            pieces => length.div_ceil(pieces).next_multiple_of(BLOCK),
        }
    }
}

/// Flags in pieces, for one row or many.
struct Cut {
    pieces: Vec<Piece>,
    /// How many flags are set.
    total: usize,
    /// So many rows go together; more than one only where there is one piece.
    rows: usize,
}

struct Piece {
    flags: Range<usize>,
    /// How many of them are set.
    count: usize,
}

impl Piece {
    /// What stands there in rows: in many of them it is all.
    fn part<'a, T>(&self, rows: &'a [T], n_rows: usize, inner: usize) -> &'a [T] {
        match n_rows {
            1 => &rows[self.flags.start * inner..self.flags.end * inner],
            _ => rows,
        }
    }
}

impl Cut {
    /// For so many rows, of so many bytes together.
    fn of(flags: &[bool], n_rows: usize, bytes: usize, crew: Crew<'_>) -> Result<Cut, Stopped> {
        let rows = Rows::of(bytes / n_rows.max(1), n_rows, crew);
        let each = rows.flags(flags.len());
        let ranges: Vec<Range<usize>> =
            (0..flags.len()).step_by(each).map(|start| start..(start + each).min(flags.len())).collect();
        let count = |range: Range<usize>| Piece { count: pack::count(&flags[range.clone()]), flags: range };
        let pieces: Vec<Piece> = match ranges.len() {
            0 | 1 => ranges.into_iter().map(count).collect(),
            _ => crew.map(ranges, count)?,
        };
        let total = pieces.iter().map(|piece| piece.count).sum();
        Ok(Cut { pieces, total, rows: rows.together })
    }
}

/// One piece needs no help.
fn share<I: Send>(crew: Crew<'_>, pieces: Vec<I>, work: impl Fn(I) + Sync) -> Result<(), Stopped> {
    match pieces.len() {
        0 | 1 => {
            pieces.into_iter().for_each(work);
            Ok(())
        }
        _ => crew.share(pieces, work),
    }
}

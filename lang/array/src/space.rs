//! One piece of memory for all chunks of an array.
//!
//! `compute` of an array of many chunks gives one array in the end. Were the chunks made first and copied then, both would be held at
//! once: so each goes to its place when it is made, and operations that can do so write there straight away.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{ArrayD, ArrayViewMutD, Axis, IxDyn, Slice, SliceInfoElem};
use parking_lot::Mutex;
use rdk_graph::{Collect, Failure, Payload};
use smallvec::SmallVec;

use crate::chunks::Chunks;
use crate::element::{Element, with_dtype};
use crate::lower::fused::failure;
use crate::lower::view::nth;
use crate::{Chunk, DType, Shape, memory};

/// Less than this many bytes are copied together at the end as fast.
const LARGE: u128 = 32 << 20;

/// One piece of memory for all chunks of an array.
pub struct Space {
    grid: Chunks,
    counts: Vec<usize>,
    dtype: DType,
    /// Asked for with the first chunk.
    whole: Mutex<Option<Chunk>>,
    filled: Vec<AtomicBool>,
}

impl Space {
    /// For the chunks of this grid, in C order; `None` where it would bring nothing.
    pub fn of(grid: &Chunks, dtype: DType) -> Option<Space> {
        if !grid.is_known() {
            return None;
        }
        let counts: Vec<usize> = grid.counts().to_vec();
        let n = counts.iter().product();
        let bytes =
            grid.shape().iter().fold(dtype.size() as u128, |bytes, &length| bytes.saturating_mul(length as u128));
        if n < 2 || bytes < LARGE || !memory::is_there(bytes) {
            return None;
        }
        let filled = std::iter::repeat_with(AtomicBool::default).take(n).collect();
        Some(Space { grid: grid.clone(), counts, dtype, whole: Mutex::default(), filled })
    }

    /// How many chunks there are.
    pub fn n_chunks(&self) -> usize {
        self.filled.len()
    }

    /// The array of these results, which are its chunks. Nothing else holds it afterwards.
    ///
    /// # Errors
    /// The results, if none of them came here, or if they are no chunks.
    pub fn whole(&self, results: Vec<Payload>) -> Result<Chunk, Vec<Payload>> {
        let is_begun = self.whole.lock().is_some();
        let chunks = results.iter().enumerate().map(|(n, result)| self.fitting(n, result));
        let Some(chunks) = chunks.collect::<Option<Vec<&Chunk>>>().filter(|_| is_begun) else { return Err(results) };
        for (n, chunk) in chunks.into_iter().enumerate() {
            if !self.filled[n].load(Ordering::Acquire) {
                self.put(n, chunk).expect("the memory is there since the first chunk");
            }
        }
        let whole = self.whole.lock().take();
        whole.ok_or(results)
    }

    /// The chunk that this result is, if it is the one that belongs there.
    fn fitting<'a>(&self, n: usize, result: &'a Payload) -> Option<&'a Chunk> {
        let shape = self.grid.chunk_shape(&nth(&self.counts, n));
        result.get::<Chunk>().filter(|chunk| chunk.dtype() == self.dtype && *chunk.shape() == *shape)
    }

    /// The place of a chunk.
    fn part(&self, n: usize) -> rdk_runtime::Result<Chunk> {
        let mut taken = self.whole.lock();
        let whole = match &*taken {
            Some(whole) => whole.clone(),
            None => {
                let zeros =
                    with_dtype!(self.dtype, T => T::chunk(memory::zeros::<T>(&self.grid.shape())?.into_shared()));
                taken.insert(zeros).clone()
            }
        };
        drop(taken);
        let index = nth(&self.counts, n);
        let (start, shape) = (self.grid.chunk_start(&index), self.grid.chunk_shape(&index));
        let range = |(&start, &length): (&usize, &usize)| SliceInfoElem::from(Slice::from(start..start + length));
        Ok(whole.slice(&start.iter().zip(&shape).map(range).collect::<Vec<_>>()))
    }

    /// Copies a chunk to its place.
    fn put(&self, n: usize, chunk: &Chunk) -> rdk_runtime::Result<Chunk> {
        let part = self.part(n)?;
        if !is_same(&part, chunk) {
            with_dtype!(self.dtype, T => {
                let from = chunk.array::<T>().expect("chunks have the type");
                // SAFETY: the part belongs to this chunk alone, whose task is the only one to write there, and is held until the end.
                let room = unsafe { Room::of(&part) };
                let mut cursor = Cursor::at(&room);
                match from.as_slice() {
                    Some(elements) => cursor.extend(elements),
                    None => from.rows().into_iter().for_each(|row| match row.as_slice() {
                        Some(elements) => cursor.extend(elements),
                        None => row.iter().for_each(|&element| cursor.extend(&[element])),
                    }),
                }
            });
        }
        self.filled[n].store(true, Ordering::Release);
        Ok(part)
    }
}

impl Collect for Space {
    fn place(&self, output: usize) -> Option<Payload> {
        // Whose place is not to be had makes its chunk elsewhere, and hears of it in `take`.
        self.part(output).ok().map(Payload::new)
    }

    fn take(&self, output: usize, result: Payload) -> Result<Payload, Failure> {
        Ok(match self.fitting(output, &result) {
            Some(chunk) => Payload::new(self.put(output, chunk).map_err(|error| failure(error.into(), None))?),
            None => result,
        })
    }
}

/// Are these the same elements in memory?
fn is_same(left: &Chunk, right: &Chunk) -> bool {
    with_dtype!(left.dtype(), T => match (left.array::<T>(), right.array::<T>()) {
        (Some(left), Some(right)) => left.as_ptr() == right.as_ptr() && left.strides() == right.strides(),
        _ => false,
    })
}

/// A part of the memory of an array that is being made. Nobody else writes to it or reads from it meanwhile: it is the place of one
/// chunk, whose task is the only one to know it.
pub struct Room {
    start: *mut u8,
    dtype: DType,
    shape: Shape,
    /// In elements.
    strides: SmallVec<[isize; 4]>,
}

// SAFETY: it is a place in memory that one task at a time has to itself (see above).
unsafe impl Send for Room {}

impl Room {
    /// The place of a chunk of which this is the view.
    ///
    /// # Safety
    /// Nobody reads or writes the elements of the view before the room is gone, and the array stays as long.
    pub(crate) unsafe fn of(part: &Chunk) -> Room {
        let start = with_dtype!(part.dtype(), T => part.array::<T>().expect("of its type").as_ptr().cast_mut().cast());
        Room { start, dtype: part.dtype(), shape: part.shape().into(), strides: part.strides().into() }
    }

    /// All of an array.
    pub fn whole<T: Element>(whole: &mut ArrayD<T>) -> Room {
        let start = whole.as_mut_ptr().cast();
        Room { start, dtype: T::DTYPE, shape: whole.shape().into(), strides: whole.strides().into() }
    }

    /// All of an array without elements yet.
    pub fn unwritten<T: Element>(whole: &mut ArrayD<MaybeUninit<T>>) -> Room {
        let start = whole.as_mut_ptr().cast();
        Room { start, dtype: T::DTYPE, shape: whole.shape().into(), strides: whole.strides().into() }
    }

    /// The rooms of an array without elements yet, cut before each of these ends along an axis.
    pub fn rows<T: Element>(whole: &mut ArrayD<MaybeUninit<T>>, axis: usize, ends: &[usize]) -> Vec<Room> {
        let mut rest = whole.view_mut();
        let mut start = 0;
        let cut = |&end: &usize| {
            let (mut rows, behind) =
                std::mem::replace(&mut rest, ArrayViewMutD::from_shape(IxDyn(&[0]), &mut []).expect("no elements"))
                    .split_at(Axis(axis), end - start);
            (rest, start) = (behind, end);
            Room {
                start: rows.as_mut_ptr().cast(),
                dtype: T::DTYPE,
                shape: rows.shape().into(),
                strides: rows.strides().into(),
            }
        };
        ends.iter().map(cut).collect()
    }

    /// Does it take a chunk of this type and shape?
    pub fn takes(&self, dtype: DType, shape: &[usize]) -> bool {
        self.dtype == dtype && *self.shape == *shape
    }
}

/// Writes elements to a room, in C order.
pub struct Cursor<'a, T> {
    room: &'a Room,
    start: *mut T,
    /// So many elements lie one after the other.
    run: usize,
    /// Where the run lies that is being written, by axes before the run.
    index: SmallVec<[usize; 4]>,
    /// Elements from the beginning of the room to that of the run.
    at: isize,
    /// Elements of the run that are written.
    done: usize,
    left: usize,
}

impl<'a, T: Element> Cursor<'a, T> {
    /// At the first element.
    pub fn at(room: &'a Room) -> Cursor<'a, T> {
        assert_eq!(room.dtype, T::DTYPE, "elements have the type of the room");
        let (shape, strides) = (&room.shape, &room.strides);
        let (mut run, mut outer) = (1, shape.len());
        while outer > 0 && (strides[outer - 1] == run as isize || shape[outer - 1] == 1) {
            run *= shape[outer - 1];
            outer -= 1;
        }
        let index = SmallVec::from_elem(0, outer);
        Cursor { room, start: room.start.cast(), run, index, at: 0, done: 0, left: shape.iter().product() }
    }

    /// The next elements. More than there is room for are dropped.
    pub fn extend(&mut self, mut elements: &[T]) {
        while let Some((to, n)) = self.stretch(elements.len()) {
            let (now, later) = elements.split_at(n);
            // SAFETY: `stretch` lies inside of the room, which nobody else looks at (see there) and `elements` is no part of. Without it
            // `(x + 1).compute()` of 1.9 GB holds 3.8 GB for a while.
            unsafe { std::ptr::copy_nonoverlapping(now.as_ptr(), to, n) };
            elements = later;
        }
    }

    /// Where the next elements go, if so many go there one after the other.
    pub fn next(&self, n: usize) -> Option<*mut T> {
        let to = self.start.wrapping_offset(self.at).wrapping_add(self.done);
        (n <= self.run - self.done && n <= self.left).then_some(to)
    }

    /// The next elements, which go there one after the other, have been written there.
    pub fn pass(&mut self, n: usize) {
        self.stretch(n);
    }

    /// The next elements are all the same.
    pub fn fill(&mut self, value: T, mut count: usize) {
        while let Some((to, n)) = self.stretch(count) {
            // SAFETY: as in `extend`.
            unsafe { std::slice::from_raw_parts_mut(to, n) }.fill(value);
            count -= n;
        }
    }

    /// Where the next elements go, and how many of so many go there one after the other; counts them as written.
    fn stretch(&mut self, wanted: usize) -> Option<(*mut T, usize)> {
        let n = wanted.min(self.run - self.done).min(self.left);
        if n == 0 {
            return None;
        }
        let to = self.start.wrapping_offset(self.at).wrapping_add(self.done);
        self.done += n;
        self.left -= n;
        if self.done == self.run {
            self.done = 0;
            self.advance();
        }
        Some((to, n))
    }

    fn advance(&mut self) {
        for axis in (0..self.index.len()).rev() {
            let (length, stride) = (self.room.shape[axis], self.room.strides[axis]);
            if self.index[axis] + 1 < length {
                self.index[axis] += 1;
                self.at += stride;
                return;
            }
            self.at -= stride * self.index[axis] as isize;
            self.index[axis] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::ArrayD;

    use super::*;

    #[test]
    fn chunks_go_to_their_places() {
        let grid: Chunks =
            [crate::chunks::AxisChunks::listed([3000, 1, 999]), crate::chunks::AxisChunks::listed([500, 700, 1])]
                .into_iter()
                .collect();
        let space = Space::of(&grid, DType::F64).expect("large enough");
        let value = |row: usize, column: usize| (row * 1201 + column) as f64;
        for n in 0..9 {
            let index = nth(&[3, 3], n);
            let (start, shape) = (grid.chunk_start(&index), grid.chunk_shape(&index));
            let chunk = ArrayD::from_shape_fn(IxDyn(&shape), |at| value(start[0] + at[0], start[1] + at[1]));
            // Also where the chunk is not in C order.
            let chunk = if n % 2 == 0 { chunk } else { chunk.t().as_standard_layout().into_owned().reversed_axes() };
            let payload = space.take(n, Payload::new(f64::chunk(chunk.into_shared()))).expect("it is copied");
            assert_eq!(payload.get::<Chunk>().expect("a chunk").shape(), &*shape);
        }
        let whole = space.whole(Vec::new()).expect("chunks came");
        let expected = ArrayD::from_shape_fn(IxDyn(&[4000, 1201]), |at| value(at[0], at[1]));
        assert_eq!(whole, f64::chunk(expected.into_shared()));
        assert!(whole.is_contiguous());
    }

    #[test]
    fn what_came_from_elsewhere_is_put_in_at_the_end() {
        let grid: Chunks = [crate::chunks::AxisChunks::listed([3 << 20, 3 << 20])].into_iter().collect();
        let space = Space::of(&grid, DType::I64).expect("large enough");
        let half = |value: i64| Payload::new(Chunk::from_vec(&[3 << 20], vec![value; 3 << 20]));
        assert!(space.whole(vec![half(1), half(2)]).is_err(), "nothing came");
        let first = space.take(0, half(1)).expect("it is copied");
        let whole = space.whole(vec![first, half(2)]).expect("a chunk came");
        let elements = whole.to_vec::<i64>();
        assert!(
            elements[..3 << 20].iter().all(|&value| value == 1) && elements[3 << 20..].iter().all(|&value| value == 2)
        );
    }
}

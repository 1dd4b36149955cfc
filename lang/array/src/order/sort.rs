//! `sort` and `argsort` along any axis.
//!
//! Rows that fit one chunk are sorted as they are. One long row is sorted in runs which are then merged ([`super::spread`]).

use rdk_graph::Crew;
use rdk_runtime::Result;

use super::digits;
use super::key::Ordered;
use super::rows::RowWork;
use super::word::Placed;
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::kernel::Stop;
use crate::{Chunk, DType, memory, shape};

/// A row of more elements than this is not gathered into one chunk.
const LONG: usize = 1 << 21;
/// So many elements in rows are done by one worker.
const WORTH: usize = 1 << 16;

impl Array {
    /// In ascending order along an axis; `None`: all elements in one row.
    pub fn sort(&self, axis: Option<i64>) -> Result<Array> {
        self.ordered("sort", axis, RowWork::Sort, self.dtype())
    }

    /// The places of the elements in ascending order along an axis; equal elements stay as they were.
    pub fn argsort(&self, axis: Option<i64>) -> Result<Array> {
        self.ordered("argsort", axis, RowWork::ArgSort, DType::I64)
    }

    fn ordered(&self, name: &str, axis: Option<i64>, work: RowWork, dtype: DType) -> Result<Array> {
        let Some(axis) = axis else { return self.reshape(&[-1])?.ordered(name, Some(0), work, dtype) };
        let axis = shape::axis(axis, self.ndim())?;
        let places = matches!(work, RowWork::ArgSort);
        let long = self.shape()[axis] > LONG && !self.chunks().0[axis].is_single();
        if self.ndim() == 1 && long && !(places && self.dtype().is_complex()) {
            return self.spread_sort(name, places);
        }
        let lengths = AxisChunks::single(self.shape()[axis]);
        let sorted = self.rows(axis)?.each_row(name, work, lengths, dtype).last_to(axis)?;
        // The grid was the user's before it was ours.
        Ok(sorted.regridded(self.chunks().clone()))
    }
}

/// The elements of each row of `n` in ascending order.
pub(super) fn sorted_rows<T: Ordered>(chunk: &Chunk, n: usize, crew: Crew<'_>) -> std::result::Result<Chunk, Stop> {
    let contiguous = chunk.contiguous();
    let elements = T::array(&contiguous).and_then(|array| array.as_slice()).unwrap_or(&[]);
    if !T::WORDS {
        let mut sorted = elements.to_vec();
        let work =
            |rows: &mut [T]| rows.chunks_mut(n).for_each(|row| row.sort_unstable_by_key(|element| element.key()));
        crew.share(sorted.chunks_mut(together(n)).collect(), work)?;
        return Ok(Chunk::from_vec(chunk.shape(), sorted));
    }
    let mut sorted: Vec<T> = memory::zeroed(&[elements.len()])?;
    let words = as_words(&mut sorted);
    let finish = |words: &mut [T::Word]| words.iter_mut().for_each(|word| *word = T::of_word(*word).bits());
    if elements.len() == n {
        digits::sort_into(elements, &|_, element: T| element.word(), &finish, words, crew)?;
    } else {
        let rows = elements.chunks(together(n)).zip(words.chunks_mut(together(n))).collect();
        crew.share(rows, |(elements, words): (&[T], &mut [T::Word])| {
            let mut scratch = Vec::new();
            words.iter_mut().zip(elements).for_each(|(word, element)| *word = element.word());
            words.chunks_mut(n).for_each(|row| digits::sort(row, &mut scratch));
            finish(words);
        })?;
    }
    Ok(Chunk::from_vec(chunk.shape(), sorted))
}

/// The places of the elements of each row of `n` in ascending order; equal ones stay as they were.
pub(super) fn places_in_order<T: Ordered>(chunk: &Chunk, n: usize, crew: Crew<'_>) -> std::result::Result<Chunk, Stop> {
    let contiguous = chunk.contiguous();
    let elements = T::array(&contiguous).and_then(|array| array.as_slice()).unwrap_or(&[]);
    let mut places: Vec<i64> = memory::zeroed(&[elements.len()])?;
    if elements.len() == n && n > WORTH && T::WORDS && u32::try_from(n).is_ok() {
        let mut placed = Vec::with_capacity(n);
        memory::in_large_pages(&mut placed);
        placed.resize(n, Placed::default());
        let item = |at: usize, element: T| Placed { word: element.level_word(), place: at as u32 };
        digits::sort_into(elements, &item, &|_: &mut [_]| (), &mut placed, crew)?;
        let parts = placed.chunks(WORTH).zip(places.chunks_mut(WORTH)).collect();
        crew.share(parts, |(placed, places): (&[Placed<T::Word, u32>], &mut [i64])| {
            places.iter_mut().zip(placed).for_each(|(place, placed)| *place = i64::from(placed.place));
        })?;
        return Ok(Chunk::from_vec(chunk.shape(), places));
    }
    let rows = elements.chunks(together(n)).zip(places.chunks_mut(together(n))).collect();
    crew.share(rows, |(elements, places): (&[T], &mut [i64])| {
        let (mut placed, mut scratch) = (Vec::with_capacity(n), Vec::new());
        for (elements, places) in elements.chunks(n).zip(places.chunks_mut(n)) {
            if T::WORDS && u32::try_from(n).is_ok() {
                placed.clear();
                let item = |(at, element): (usize, &T)| Placed { word: element.level_word(), place: at as u32 };
                placed.extend(elements.iter().enumerate().map(item));
                digits::sort(&mut placed, &mut scratch);
                places.iter_mut().zip(&placed).for_each(|(place, placed)| *place = i64::from(placed.place));
            } else {
                places.iter_mut().zip(0..).for_each(|(place, at)| *place = at);
                places.sort_by_key(|&place| elements[place as usize].level());
            }
        }
    })?;
    Ok(Chunk::from_vec(chunk.shape(), places))
}

/// So many elements are whole rows, and enough work to be handed to somebody.
fn together(n: usize) -> usize {
    (WORTH / n.max(1)).max(1) * n.max(1)
}

/// The same memory as words.
fn as_words<T: Ordered>(elements: &mut [T]) -> &mut [T::Word] {
    assert!(
        size_of::<T>() == size_of::<T::Word>() && align_of::<T>() == align_of::<T::Word>(),
        "a word is as large as its element"
    );
    // SAFETY: the sizes are those of one slice; every pattern of bits is a word, and an element again: all but `bool` take any, and the words
    // of truth values are 0 and 1, as they are. Sorting in other memory and copying takes a fifth longer.
    unsafe { std::slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), elements.len()) }
}

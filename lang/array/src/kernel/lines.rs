//! Lines of elements in memory, all of them equally long and equally far apart: what accumulators are fed with.
//!
//! ```text
//! memory   . . a b c . d e f . g h i . .      first 2, length 3, pitch 4, 3 lines
//! ```

/// Lines of elements that lie side by side.
#[derive(Clone, Copy)]
pub struct Lines<'a, T> {
    /// All of the memory.
    pub memory: &'a [T],
    /// Where in it the first line begins.
    pub first: i64,
    /// From the beginning of a line to that of the next.
    pub pitch: i64,
    /// How many lines there are.
    pub n: usize,
    /// How many elements each has.
    pub length: usize,
}

/// The numbers of their elements among all that are reduced together. Who does not ask where an element stands does not look at them.
#[derive(Clone, Copy, Default)]
pub struct Numbers {
    /// That of the first element of the first line.
    pub first: i64,
    /// From one element to its neighbour.
    pub step: i64,
    /// From one line to the next.
    pub next: i64,
}

impl<'a, T> Lines<'a, T> {
    /// All of these as one line.
    pub fn one(elements: &'a [T]) -> Lines<'a, T> {
        Lines { memory: elements, first: 0, pitch: 0, n: 1, length: elements.len() }
    }

    /// All of these as lines of this length, one behind the other.
    pub fn packed(elements: &'a [T], length: usize) -> Lines<'a, T> {
        Lines { memory: elements, first: 0, pitch: length as i64, n: elements.len() / length.max(1), length }
    }

    /// The elements of one line.
    #[inline(always)]
    pub fn line(&self, number: usize) -> &'a [T] {
        let start = (self.first + number as i64 * self.pitch) as usize;
        &self.memory[start..start + self.length]
    }

    /// Those behind so many.
    pub fn after(self, number: usize) -> Lines<'a, T> {
        Lines { first: self.first + number as i64 * self.pitch, n: self.n - number, ..self }
    }
}

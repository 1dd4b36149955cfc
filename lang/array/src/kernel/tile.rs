//! Tiles: short runs of elements on which steps work, kept for reuse by each thread.

use std::any::Any;
use std::cell::RefCell;

use crate::element::Element;

/// Elements that a step handles at once; operands are read in blocks of so many.
pub const BLOCK: usize = 64;

/// Elements of a tile. Four tiles of float64 fit the nearest cache together.
pub const TILE: usize = 1024;

/// Memory for one tile.
pub struct Tile(Memory);

enum Memory {
    /// Aligned to a cache line, and one of a thread's store.
    Own(Box<dyn Any + Send>),
    /// Where a result is to lie; so many elements.
    There(*mut u8, usize),
}

struct Aligned<T> {
    memory: Vec<T>,
    first: usize,
}

thread_local! {
    static POOL: RefCell<Vec<Tile>> = const { RefCell::new(Vec::new()) };
}

impl Tile {
    /// A tile of this type, with any elements in it.
    pub fn take<T: Element>() -> Tile {
        let used = POOL.with_borrow_mut(|pool| {
            let is = |tile: &Tile| matches!(&tile.0, Memory::Own(memory) if memory.is::<Aligned<T>>());
            let at = pool.iter().rposition(is)?;
            Some(pool.swap_remove(at))
        });
        used.unwrap_or_else(|| {
            let padding = 64 / size_of::<T>();
            let memory = vec![T::default(); TILE + padding];
            let first = memory.as_ptr().align_offset(64).min(padding);
            Tile(Memory::Own(Box::new(Aligned { memory, first })))
        })
    }

    /// A tile where a result is to lie, of this many elements.
    ///
    /// # Safety
    /// There is memory for so many elements of the type that the tile is used with, which nobody else looks at as long as the tile is there.
    pub unsafe fn there(start: *mut u8, n: usize) -> Tile {
        Tile(Memory::There(start, n))
    }

    /// Does it lie where the result is to lie?
    pub fn is_there(&self) -> bool {
        matches!(self.0, Memory::There(..))
    }

    /// Back to the thread's store.
    pub fn give_back(self) {
        if self.is_there() {
            return;
        }
        POOL.with_borrow_mut(|pool| {
            if pool.len() < 64 {
                pool.push(self);
            }
        });
    }

    /// Its elements, `TILE` of them, or as many as it was made for.
    pub fn elements<T: Element>(&self) -> &[T] {
        match &self.0 {
            Memory::Own(memory) => {
                let aligned: &Aligned<T> = memory.downcast_ref().expect("a tile is used with its own type");
                &aligned.memory[aligned.first..aligned.first + TILE]
            }
            // SAFETY: whoever made the tile has promised it. Without it what is made in a tile is copied once more: a fifth of the time of
            // `a + b` in the nearest caches.
            Memory::There(start, n) => unsafe { std::slice::from_raw_parts(start.cast(), *n) },
        }
    }

    /// The same to be written to.
    pub fn elements_mut<T: Element>(&mut self) -> &mut [T] {
        match &mut self.0 {
            Memory::Own(memory) => {
                let aligned: &mut Aligned<T> = memory.downcast_mut().expect("a tile is used with its own type");
                &mut aligned.memory[aligned.first..aligned.first + TILE]
            }
            // SAFETY: as above.
            Memory::There(start, n) => unsafe { std::slice::from_raw_parts_mut(start.cast(), *n) },
        }
    }
}

/// What a step reads: a run of elements, or one block that stands for all.
#[derive(Clone, Copy)]
pub struct Operand<'a, T> {
    elements: &'a [T],
    constant: bool,
}

impl<'a, T: Element> Operand<'a, T> {
    /// A run of elements.
    pub fn run(elements: &'a [T]) -> Operand<'a, T> {
        Operand { elements, constant: false }
    }

    /// The same element everywhere; there is a block of them.
    pub fn constant(elements: &'a [T]) -> Operand<'a, T> {
        Operand { elements: &elements[..BLOCK], constant: true }
    }

    /// The one element, if it is the same everywhere.
    pub fn value(&self) -> Option<T> {
        self.constant.then(|| self.elements[0])
    }

    /// The elements there are; of a constant a block.
    pub fn elements(&self) -> &'a [T] {
        self.elements
    }

    /// The elements of this block.
    #[inline(always)]
    pub fn block(&self, number: usize) -> &'a [T; BLOCK] {
        let start = if self.constant { 0 } else { number * BLOCK };
        self.elements[start..].first_chunk().expect("the caller counts whole blocks")
    }

    /// A copy of the last block, which may be short; filled up with its first element.
    #[inline(never)]
    pub fn last_block(&self, number: usize, length: usize) -> [T; BLOCK] {
        if self.constant {
            return *self.block(0);
        }
        let rest = &self.elements[number * BLOCK..][..length];
        let mut block = [rest[0]; BLOCK];
        block[..length].copy_from_slice(rest);
        block
    }
}

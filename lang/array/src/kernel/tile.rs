//! Tiles: short runs of elements on which steps work, kept for reuse by each thread.

use std::any::Any;
use std::cell::RefCell;

use crate::element::Element;

/// Elements that a step handles at once; operands are read in blocks of so many.
pub const BLOCK: usize = 64;

/// Elements of a tile. Four tiles of float64 fit the nearest cache together.
pub const TILE: usize = 1024;

/// Memory for one tile, aligned to a cache line.
pub struct Tile(Box<dyn Any + Send>);

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
            let at = pool.iter().rposition(|tile| tile.0.is::<Aligned<T>>())?;
            Some(pool.swap_remove(at))
        });
        used.unwrap_or_else(|| {
            let padding = 64 / size_of::<T>();
            let memory = vec![T::default(); TILE + padding];
            let first = memory.as_ptr().align_offset(64).min(padding);
            Tile(Box::new(Aligned { memory, first }))
        })
    }

    /// Back to the thread's store.
    pub fn give_back(self) {
        POOL.with_borrow_mut(|pool| {
            if pool.len() < 64 {
                pool.push(self);
            }
        });
    }

    /// Its elements, `TILE` of them.
    pub fn elements<T: Element>(&self) -> &[T] {
        let aligned: &Aligned<T> = self.0.downcast_ref().expect("a tile is used with its own type");
        &aligned.memory[aligned.first..aligned.first + TILE]
    }

    /// The same to be written to.
    pub fn elements_mut<T: Element>(&mut self) -> &mut [T] {
        let aligned: &mut Aligned<T> = self.0.downcast_mut().expect("a tile is used with its own type");
        &mut aligned.memory[aligned.first..aligned.first + TILE]
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

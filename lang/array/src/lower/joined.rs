//! Arrays in memory put one behind the other, at once: each is written to where it lies in the result.

use std::mem::MaybeUninit;

use ndarray::ArrayD;
use parking_lot::Mutex;
use rdk_graph::{Cancel, Crew, Failure};

use super::direct::{PIECES_EACH, SMALL, Work, compiled, work_on};
use super::fused::failure;
use super::program::Compiled;
use crate::array::{Array, Plan};
use crate::element::{Element, with_dtype};
use crate::kernel::{Stop, Watch};
use crate::space::Room;
use crate::{Chunk, memory};

/// Parts of more nodes than this go the usual way.
const MOST_NODES: usize = 8;

impl Array {
    /// Its elements, if it is made of arrays in memory that stand one behind the other along this axis.
    pub(super) fn joined_directly(
        &self,
        axis: usize,
        crew: Crew<'_>,
        cancel: &Cancel,
    ) -> Option<Result<Chunk, Failure>> {
        let parts = &self.node().inputs;
        let is_in_memory = |array: &Array| match &array.node().plan {
            Plan::Given(_) | Plan::Source(_) | Plan::Cast | Plan::Slice(_) | Plan::Transpose(_) | Plan::Rechunk => true,
            Plan::Elementwise(_)
            | Plan::BroadcastTo
            | Plan::Look(_)
            | Plan::Persisted(_)
            | Plan::Delayed(_)
            | Plan::Reduce(_)
            | Plan::Reshape
            | Plan::Concatenate(_)
            | Plan::Contract(_)
            | Plan::Step(_) => false,
        };
        let is_simple = |part: &Array| {
            let nodes = part.walk();
            nodes.len() <= MOST_NODES && nodes.iter().all(is_in_memory)
        };
        if self.size() == 0 || !parts.iter().all(is_simple) {
            return None;
        }
        let compiled: Vec<Compiled> = parts.iter().map(|part| compiled(part, &part.walk())).collect();
        let works: Vec<Work<'_>> = (parts.iter().zip(&compiled))
            .map(|(part, compiled)| work_on(compiled, part.shape(), Watch::Little, cancel).in_order())
            .collect();
        let made = with_dtype!(self.dtype(), T => self.joined::<T>(axis, &works, crew));
        Some(made.map_err(|stop| failure(stop, self.node().place.as_ref())))
    }

    fn joined<T: Element>(&self, axis: usize, works: &[Work<'_>], crew: Crew<'_>) -> Result<Chunk, Stop> {
        let mut whole: ArrayD<MaybeUninit<T>> = memory::unwritten(self.shape())?;
        let n_bytes = whole.len() * size_of::<T>();
        let n_pieces = if n_bytes < SMALL { 1 } else { crew.size() * PIECES_EACH };
        let each = self.shape()[axis].div_ceil(n_pieces);
        // Where pieces end in the whole; and for each the part that it is of, where it begins in that, and how long it is.
        let (mut ends, mut pieces, mut first) = (Vec::new(), Vec::new(), 0);
        for (number, part) in self.node().inputs.iter().enumerate() {
            let length = part.shape()[axis];
            for start in (0..length).step_by(each) {
                let n = each.min(length - start);
                ends.push(first + start + n);
                pieces.push((number, start, n));
            }
            first += length;
        }
        let pieces: Vec<_> = pieces.into_iter().zip(Room::rows(&mut whole, axis, &ends)).collect();
        let stopped: Mutex<Option<Stop>> = Mutex::new(None);
        let make = |((number, start, n), room): ((usize, usize, usize), Room)| {
            let mut shape = works[number].shape.clone();
            shape[axis] = n;
            if let Err(stop) = works[number].piece(axis, start, &shape, &room) {
                stopped.lock().get_or_insert(stop);
            }
        };
        match n_pieces {
            1 => pieces.into_iter().for_each(make),
            _ => crew.share(pieces, make)?,
        }
        if let Some(stop) = stopped.into_inner() {
            return Err(stop);
        }
        // SAFETY: every piece has been written, or somebody has said that it was not.
        Ok(T::chunk(unsafe { whole.assume_init() }.into_shared()))
    }
}

//! The tasks of steps that go through arrays in pieces ([`Tallies`]): one for each chunk, which makes the elements of its inputs by itself.

use std::sync::Arc;

use rdk_graph::{Call, Cancel, Cost, Failure, Graph, Index, Key, Operation, Payload, Task, TaskId, Tokenizer};
use rdk_runtime::Result;
use rdk_syntax::Place;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::build::{Built, Note, bytes};
use super::fused::{Fused, LoopEnd, Seen, encoded, failure, seen};
use super::loops::{Looped, Prepared, TILE};
use super::view::{nth, number};
use crate::array::Array;
use crate::kernel::{Register, Stop, Walk, run_store};
use crate::plan::{Step, Tallies};
use crate::{Chunk, Shape, shape};

/// Elements that are made at once.
const PIECE: usize = 16 << 10;

/// How many of its inputs a step goes through in pieces. For the looks of the graph none: they are shown as what they are.
pub(super) fn counted(step: &dyn Step, for_looks: bool) -> usize {
    step.tallies().filter(|_| !for_looks).map_or(0, Tallies::n_counted)
}

/// A step and the loops that make what it goes through, shared by the tasks of all its chunks.
#[derive(Debug)]
pub struct TallyTask {
    name: Arc<str>,
    step: Arc<dyn Step>,
    /// One for each input that it goes through.
    pub loops: Vec<Fused>,
    /// Where in the user's text it was asked for; stays at home.
    place: Option<Place>,
}

/// What a loop reads for a chunk.
struct Reading<'a> {
    fused: &'a Fused,
    chunks: Vec<&'a Chunk>,
    walks: Vec<Walk>,
}

impl TallyTask {
    /// Which chunk of the loops a task goes through.
    pub fn index(&self, index: &[u32]) -> Index {
        nth(&self.loops[0].loops.counts(), index[0] as usize)
    }

    fn carry_out(&self, call: &mut Call<'_>) -> std::result::Result<Chunk, (Stop, usize)> {
        let tallies = self.step.tallies().expect("only what goes through arrays has such tasks");
        let index = self.index(call.index);
        let start = self.loops[0].loops.chunk_start(&index);
        let mut shape = self.loops[0].loops.chunk_shape(&index);
        let mut chunks = call.inputs.iter().map(|input| input.get::<Chunk>().expect("steps are made of chunks"));
        let mut readings = Vec::with_capacity(self.loops.len());
        for fused in &self.loops {
            let n_read = fused.leaves.iter().filter(|leaf| matches!(leaf, Seen::Read(..))).count();
            let chunks: Vec<&Chunk> = chunks.by_ref().take(n_read).collect();
            fused.count(&mut shape, &chunks);
            let walks = fused.leaves.iter().map(|leaf| fused.walk(leaf, &index, &start)).collect();
            readings.push(Reading { fused, chunks, walks });
        }
        let others: Vec<Chunk> = chunks.cloned().collect();
        let own = |stop| (stop, self.loops.len());
        let mut tally = tallies.begin(&others).map_err(own)?;
        pieces(&shape, |start, shape| {
            if call.cancel.requested() {
                return Err(own(Stop::Cancelled));
            }
            let made = readings
                .iter()
                .enumerate()
                .map(|(number, reading)| reading.piece(start, shape, call.cancel).map_err(|stop| (stop, number)));
            tally.add(&made.collect::<std::result::Result<Vec<_>, _>>()?).map_err(own)
        })?;
        Ok(tally.finish())
    }
}

impl Reading<'_> {
    /// The elements of a part of the chunk.
    fn piece(&self, start: &[usize], shape: &[usize], cancel: &Cancel) -> std::result::Result<Chunk, Stop> {
        let walks: Vec<Walk> = self.walks.iter().map(|walk| moved(walk, start)).collect();
        let program = &self.fused.program;
        if let (Register::Leaf(0), [leaf], [chunk]) = (program.result, &self.fused.leaves[..], &self.chunks[..])
            && leaf.is_part()
        {
            return Ok(seen(chunk, shape, &walks[0]));
        }
        Ok(run_store(program, shape, &self.chunks, &walks, cancel)?.0)
    }
}

/// The walk from an element of the loop on.
fn moved(walk: &Walk, start: &[usize]) -> Walk {
    let mut moved = walk.clone();
    for (along, &at) in walk.axes.iter().zip(start) {
        if let Some((axis, step)) = along {
            moved.start[usize::from(*axis)] += step * at as i64;
        }
    }
    moved
}

/// Visits the parts of a box in C order: as many of its last axes as fit in a piece, and as many steps along the one before.
fn pieces<E>(
    shape: &[usize],
    mut visit: impl FnMut(&[usize], &[usize]) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    if shape.contains(&0) {
        return Ok(());
    }
    let mut cut = shape.len();
    let mut row = 1;
    while cut > 0 && row * shape[cut - 1] <= PIECE {
        cut -= 1;
        row *= shape[cut];
    }
    let Some(axis) = cut.checked_sub(1) else {
        return visit(&SmallVec::<[usize; 4]>::from_elem(0, shape.len()), shape);
    };
    let steps = (PIECE / row).max(1);
    let mut part: Shape = (0..shape.len()).map(|at| if at < axis { 1 } else { shape[at] }).collect();
    let outer = &shape[..axis];
    for number in 0..outer.iter().product() {
        let mut start: Shape = nth(outer, number).iter().map(|&at| at as usize).collect();
        start.resize(shape.len(), 0);
        while start[axis] < shape[axis] {
            part[axis] = steps.min(shape[axis] - start[axis]);
            visit(&start, &part)?;
            start[axis] += steps;
        }
    }
    Ok(())
}

impl Operation for TallyTask {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        self.carry_out(call).map(Payload::new).map_err(|(stop, number)| {
            // A loop does the work of several operations: the one that failed is what to point at.
            let own = match &stop {
                Stop::At(step, _) => self.loops.get(number).and_then(|fused| fused.places.get(*step)?.as_ref()),
                Stop::Cancelled | Stop::Error(_) => None,
            };
            failure(stop, own.or(self.place.as_ref()))
        })
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.tally", encoded(&(self.step.encode(), &self.loops)))
    }

    fn advice(&self, index: &[u32], needed: u64, allowed: u64) -> Option<String> {
        super::advice::advice(&self.loops[0].loops, &self.index(index), needed, allowed)
    }
}

impl Note {
    /// The tasks of a step that goes through its inputs in pieces.
    pub(super) fn tallied(&mut self, array: &Array, step: &Arc<dyn Step>, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let (gone_through, others) = node.inputs.split_at(counted(&**step, self.for_looks));
        let mut loops: Vec<(Vec<Fused>, Prepared)> = Vec::with_capacity(gone_through.len());
        for (number, input) in gone_through.iter().enumerate() {
            let token = Tokenizer::new("tally").number(number as u64).token(node.token).finish();
            let looped = Looped {
                array: input,
                loops: input.chunks().clone(),
                stored: false,
                end: LoopEnd::Store,
                name: node.name.clone(),
                token,
            };
            loops.push(self.prepared(&looped, graph)?);
        }
        let others = others.iter().map(|input| self.pieces(input, graph)).collect::<Result<Vec<_>>>()?;
        let below: Vec<_> = node.inputs.iter().map(Array::numblocks).collect();
        let counts = node.chunks.counts();
        // Chunks whose loops are the same share them.
        let mut operations: FxHashMap<Vec<usize>, (Arc<TallyTask>, u64)> = FxHashMap::default();
        let mut tasks: Vec<TaskId> = Vec::with_capacity(counts.iter().product());
        for n in 0..counts.iter().product() {
            let index = nth(&counts, n);
            let chunk = index[0] as usize;
            let which: Vec<usize> = loops.iter().map(|(_, prepared)| prepared[chunk].2).collect();
            let (operation, working) = operations.entry(which).or_insert_with_key(|which| {
                let own: Vec<Fused> = loops.iter().zip(which).map(|((fused, _), &at)| fused[at].clone()).collect();
                let working = own.iter().map(working).sum();
                let task =
                    TallyTask { name: node.name.clone(), step: step.clone(), loops: own, place: node.place.clone() };
                (Arc::new(task), working)
            });
            let made = loops.iter().flat_map(|(_, prepared)| prepared[chunk].1.iter().copied());
            let needs = step.needs(&index, &node.inputs).into_iter().skip(loops.len());
            let needs = needs.map(|(input, at)| others[input - loops.len()][number(&below[input], &at)]);
            let inputs = made.chain(needs).collect();
            let output = bytes(&node.chunks.chunk_shape(&index), node.dtype);
            let cost = Cost { output, working: *working + step.working(&index, &node.inputs) };
            let key = Key { name: node.name.clone(), token: node.token, index };
            tasks.push(graph.add(Task { key, operation: operation.clone(), inputs, cost }));
        }
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }
}

/// Bytes that a loop holds: a tile for each of its registers, and the piece.
fn working(fused: &Fused) -> u64 {
    let registers = (fused.program.leaves.len() + fused.program.steps.len()) as u64;
    let piece = shape::size(&fused.loops.largest()).min(PIECE as u128) as usize * fused.program.result_dtype().size();
    registers.min(512) * TILE + piece as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_all_of_a_box_in_order() {
        for shape in
            [&[][..], &[1], &[3, 4], &[100_000], &[3, 50_000], &[40_000, 3], &[5, 7, 20_000], &[300, 300, 2], &[2, 0]]
        {
            let mut seen = Vec::new();
            pieces::<()>(shape, |start, part| {
                assert!(part.iter().product::<usize>() <= PIECE);
                for n in 0..part.iter().product() {
                    let at = nth(part, n);
                    let place = start
                        .iter()
                        .zip(&at)
                        .zip(shape)
                        .fold(0, |sum, ((start, at), n)| sum * n + start + *at as usize);
                    seen.push(place);
                }
                Ok(())
            })
            .unwrap();
            assert!(seen.iter().copied().eq(0..shape.iter().product()), "{shape:?}");
        }
    }
}

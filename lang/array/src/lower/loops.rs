//! Adds the tasks of fused loops: what they read is found or, where it is cut otherwise, put together first.

use std::sync::Arc;

use rdk_graph::{Cost, Graph, Index, Key, Shelf, Task, TaskId, Token, Tokenizer};
use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use super::build::{Built, Note, bytes, check_grid};
use super::fused::{Fused, LoopEnd, Seen};
use super::gather::Regrid;
use super::parts::{Choice, Paths};
use super::program::{Spot, compile};
use super::shelve::{Shelve, Table, Unshelve};
use super::stretch::{Ground, Stretch};
use super::view::{Along, View, nth, number};
use crate::DType;
use crate::array::{Array, Plan};
use crate::chunks::Chunks;
use crate::kernel::Leaf;
use crate::shape::Shape;

/// A tile of elements, as kernels cut them.
pub(super) const TILE: u64 = 32 << 10;

/// A loop over an array.
pub(super) struct Looped<'a> {
    /// The elements that it makes.
    pub array: &'a Array,
    /// Its chunks.
    pub loops: Chunks,
    /// Is it the loop that stores this array?
    pub stored: bool,
    /// What becomes of the elements.
    pub end: LoopEnd,
    /// What its tasks are called.
    pub name: Arc<str>,
    /// Their token.
    pub token: Token,
}

/// Loops that are one loop but for the parts that they read, and which chunks are whose: index, inputs, number of the loop.
pub(super) type Prepared = Vec<(Index, SmallVec<[TaskId; 4]>, usize)>;

/// A loop, and what it reads.
type Fed = (Fused, Vec<Feed>);

impl Note {
    /// The tasks that store an array.
    pub(super) fn stored(&mut self, array: &Array, graph: &mut Graph) -> Result<Built> {
        let node = array.node();
        let looped = Looped {
            array,
            loops: node.chunks.clone(),
            stored: true,
            end: LoopEnd::Store,
            name: node.name.clone(),
            token: node.token,
        };
        let (fused, prepared) = self.prepared(&looped, graph)?;
        let tasks = match &fused[..] {
            // A loop that would only hand on the chunks that it reads is no work at all.
            [one] if one.hands_on() => prepared.into_iter().map(|(_, inputs, _)| inputs[0]).collect(),
            _ => tasks(fused, node.token, prepared, node.dtype, graph),
        };
        Ok(Built { tasks: tasks.into(), grid: node.chunks.clone() })
    }

    /// One task of a loop for each of its chunks, in C order.
    pub(super) fn looped(&mut self, looped: &Looped<'_>, dtype: DType, graph: &mut Graph) -> Result<Vec<TaskId>> {
        let (fused, prepared) = self.prepared(looped, graph)?;
        Ok(tasks(fused, looped.token, prepared, dtype, graph))
    }

    /// The loops, and what each chunk reads.
    pub(super) fn prepared(&mut self, looped: &Looped<'_>, graph: &mut Graph) -> Result<(Vec<Fused>, Prepared)> {
        let counts = looped.loops.counts();
        let n_tasks: usize = counts.iter().product();
        let mut paths: Paths<(Fused, Vec<Feed>)> = Paths::default();
        let mut prepared = Vec::with_capacity(n_tasks);
        for n in 0..n_tasks {
            let index = nth(&counts, n);
            let at = paths.find(&looped.loops, &index, || self.loop_at(looped, &index, graph))?;
            let (_, feeds) = &mut paths.ends_mut()[at];
            let inputs = feeds.iter_mut().map(|feed| feed.task(&looped.loops, &index, graph)).collect();
            prepared.push((index, inputs, at));
        }
        Ok((paths.into_ends().into_iter().map(|(fused, _)| fused).collect(), prepared))
    }

    /// The loop as this chunk needs it.
    fn loop_at(&mut self, looped: &Looped<'_>, index: &[u32], graph: &mut Graph) -> Result<(Fed, Vec<Choice>)> {
        let Looped { array, loops, stored, end, name, token } = looped;
        let fusion = self.fusion.as_ref().expect("decided before anything is built");
        let compiled = compile(array, *stored, fusion, Spot { loops, index });
        let (mut leaves, mut feeds) = (Vec::new(), Vec::new());
        for (leaf, seen) in compiled.program.leaves.iter().zip(compiled.leaves) {
            let Some((of, view)) = seen else {
                leaves.push(Seen::Constant);
                continue;
            };
            if !matches!(leaf, Leaf::Chunk(_)) {
                leaves.push(Seen::Made(view));
                continue;
            }
            let built = self.read_by(&of, *token, graph)?;
            let feed = Feed::new(&of, view, loops, built, self.memory)?;
            leaves.push(feed.seen());
            feeds.push(feed);
        }
        let fused = Fused {
            name: name.clone(),
            program: compiled.program,
            loops: loops.clone(),
            leaves,
            end: end.clone(),
            place: array.node().place.clone(),
            places: compiled.places,
            noticed: self.noticed.clone(),
        };
        Ok(((fused, feeds), compiled.choices))
    }

    /// The chunks of an array for the loop of this token, which may have its own.
    fn read_by(&mut self, array: &Array, token: Token, graph: &mut Graph) -> Result<Built> {
        let fusion = self.fusion.as_ref().expect("decided before anything is built");
        if fusion.again.contains(&array.token())
            && let Plan::Step(step) = &array.node().plan
        {
            let own = Tokenizer::new("again").token(array.token()).token(token).finish();
            return self.stepped(array, step, own, graph);
        }
        match self.built.get(&array.token()) {
            Some(built) => Ok(built.clone()),
            None => bail!(RuntimeError: "`{}` was not lowered before it is read", array.layer()),
        }
    }
}

/// What a loop reads for one of its leaves.
pub(super) struct Feed {
    view: View,
    built: Built,
    counts: Shape,
    cut: Cut,
}

/// How the chunks that there are become those that a loop reads.
enum Cut {
    /// They fit.
    Fits,
    /// They are put together anew.
    Anew(Pieces),
    /// Those with windows over their borders read a stretch.
    Stretches { operation: Arc<Stretch>, token: Token, dimensions: SmallVec<[u8; 4]> },
}

/// Chunks that are put together, where those that there are do not fit.
struct Pieces {
    operation: Arc<Regrid>,
    token: Token,
    /// The dimensions of the loop that they have.
    dimensions: SmallVec<[u8; 4]>,
    /// Where those that there are would not be in memory together: how they go by way of the disk.
    shelves: Option<(Arc<Table>, Arc<Shelve>, Arc<Unshelve>)>,
}

impl Feed {
    /// For a loop of these chunks that sees this array so.
    pub(super) fn new(of: &Array, view: View, loops: &Chunks, built: Built, memory: u64) -> Result<Feed> {
        let counts = built.grid.counts();
        if view.fits(loops, &built.grid) {
            return Ok(Feed { view, built, counts, cut: Cut::Fits });
        }
        let (compact, dimensions) = view.compact();
        let grid: Chunks = dimensions.iter().map(|&dimension| loops.0[usize::from(dimension)].clone()).collect();
        if view.slides() {
            let token = Tokenizer::new("stretch").token(of.token()).data(&compact).data(&grid).finish();
            let (name, dtype, own) = (Arc::from("overlap"), of.dtype(), built.grid.clone());
            let operation = Arc::new(Stretch { name, loops: grid, view: compact, grid: own, dtype });
            return Ok(Feed { view, built, counts, cut: Cut::Stretches { operation, token, dimensions } });
        }
        check_grid(&grid, of.dtype())?;
        let token = Tokenizer::new("regrid").token(of.token()).data(&compact).data(&grid).finish();
        let regrid = Regrid {
            name: Arc::from("rechunk-merge"),
            loops: grid,
            view: compact,
            grid: built.grid.clone(),
            dtype: of.dtype(),
        };
        // The loop's own numbering of its dimensions again; they all move straight on.
        let straight = dimensions.iter().map(|&dimension| Along::moving(0, dimension, 1)).collect();
        let operation = Arc::new(regrid);
        let large = of.nbytes() > u128::from(memory / 3);
        let table = Some(()).filter(|()| large).and_then(|()| Table::of(&operation)).map(Arc::new);
        let shelves = table.filter(|table| table.peak(&operation) > memory / 3).map(|table| {
            let shelve = Shelve { regrid: operation.clone(), table: table.clone() };
            let unshelve = Unshelve { regrid: operation.clone(), table: table.clone() };
            (table, Arc::new(shelve), Arc::new(unshelve))
        });
        let cut = Cut::Anew(Pieces { operation, token, dimensions, shelves });
        Ok(Feed { view: View(straight), built, counts, cut })
    }

    /// How the loop walks over it.
    pub(super) fn seen(&self) -> Seen {
        let grid = match &self.cut {
            Cut::Anew(pieces) => &pieces.operation.loops,
            Cut::Fits | Cut::Stretches { .. } => &self.built.grid,
        };
        Seen::Read(self.view.clone(), grid.clone())
    }

    /// The task whose result this chunk of the loop reads.
    pub(super) fn task(&mut self, loops: &Chunks, index: &[u32], graph: &mut Graph) -> TaskId {
        let pieces = match &self.cut {
            Cut::Anew(pieces) => pieces,
            Cut::Fits => {
                let block = self.view.block(loops, index, &self.built.grid);
                return self.built.tasks[number(&self.counts, &block)];
            }
            Cut::Stretches { operation, token, dimensions } => {
                let ground = Ground::of(&self.view, loops, index, &self.built.grid);
                let task = |block: &[u32]| self.built.tasks[number(&self.counts, block)];
                if ground.is_one_chunk() {
                    return task(&ground.first);
                }
                let index = dimensions.iter().map(|&dimension| index[usize::from(dimension)]).collect();
                let key = Key { name: operation.name.clone(), token: *token, index };
                return graph.find(&key).unwrap_or_else(|| {
                    let inputs = ground.blocks().map(|block| task(&block)).collect();
                    let cost = Cost { output: bytes(&ground.shape, operation.dtype), working: 0 };
                    graph.add(Task { key, operation: operation.clone(), inputs, cost })
                });
            }
        };
        let index: Index = pieces.dimensions.iter().map(|&dimension| index[usize::from(dimension)]).collect();
        let regrid = &pieces.operation;
        let key = Key { name: regrid.name.clone(), token: pieces.token, index };
        if let Some(task) = graph.find(&key) {
            return task;
        }
        let output = bytes(&regrid.loops.chunk_shape(&key.index), regrid.dtype);
        if let Some((table, shelve, unshelve)) = &pieces.shelves {
            let target = number(&regrid.loops.counts(), &key.index);
            let token = Tokenizer::new("shelve").token(pieces.token).finish();
            let shelf = |&block: &u32| {
                let index = nth(&self.counts, block as usize);
                let n_pieces = table.goes_to[block as usize].len() as u64;
                let working = bytes(&regrid.grid.chunk_shape(&index), regrid.dtype) / n_pieces.max(1)
                    + 8 * n_pieces
                    + (192 << 10);
                let cost = Cost { output: Shelf::BYTES as u64, working };
                let key = Key { name: Arc::from("rechunk-split"), token, index };
                let inputs = [self.built.tasks[block as usize]].into_iter().collect();
                graph.add(Task { key, operation: shelve.clone(), inputs, cost })
            };
            let inputs = table.made_of[target].iter().map(shelf).collect();
            let cost = Cost { output, working: 2 * output / table.made_of[target].len().max(1) as u64 };
            return graph.add(Task { key, operation: unshelve.clone(), inputs, cost });
        }
        let parts = regrid.pieces(&key.index);
        let inputs = parts.iter().map(|piece| self.built.tasks[number(&self.counts, &piece.block)]).collect();
        let cost = Cost { output, working: 0 };
        graph.add(Task { key, operation: regrid.clone(), inputs, cost })
    }
}

/// Adds the tasks of loops.
pub(super) fn tasks(
    fused: Vec<Fused>,
    token: Token,
    prepared: Prepared,
    dtype: DType,
    graph: &mut Graph,
) -> Vec<TaskId> {
    let costing: Vec<(u64, Arc<Fused>)> = fused
        .into_iter()
        .map(|fused| {
            let registers = (fused.program.leaves.len() + fused.program.steps.len() + 1) as u64;
            (registers.min(512) * TILE, Arc::new(fused))
        })
        .collect();
    let add = |(index, inputs, at): (Index, SmallVec<[TaskId; 4]>, usize)| {
        let (working, fused) = &costing[at];
        let cost = Cost { output: fused.output(&index, dtype), working: *working };
        // The operation finds its chunk by the index of the loop, also where it reduces axes away.
        let key = Key { name: fused.name.clone(), token, index };
        graph.add(Task { key, operation: fused.clone(), inputs, cost })
    };
    prepared.into_iter().map(add).collect()
}

impl Fused {
    /// Is what comes out for each chunk the chunk that it reads?
    fn hands_on(&self) -> bool {
        let ([Seen::Read(view, grid)], []) = (&self.leaves[..], &self.program.steps[..]) else { return false };
        *grid == self.loops && view.is_identity(&grid.shape())
    }

    /// Bytes of what comes out for this chunk, whose elements have this type.
    fn output(&self, index: &[u32], dtype: DType) -> u64 {
        let shape = self.loops.chunk_shape(index);
        match &self.end {
            LoopEnd::Store => bytes(&shape, dtype),
            LoopEnd::Reduce { reduction, axes, .. } => {
                let kept: Shape =
                    (0..shape.len()).map(|axis| if axes.contains(&axis) { 1 } else { shape[axis] }).collect();
                let each: usize = reduction.parts(dtype).iter().map(|dtype| dtype.size()).sum();
                (each as u64).saturating_mul(bytes(&kept, DType::Bool))
            }
        }
    }
}

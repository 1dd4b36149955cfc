//! Which arrays are stored, and which are made inside the loops of those who use them.
//!
//! From the results backwards, every array hears who wants to see it: pairs of a loop and a [`View`]. What is wanted by one is made
//! there. What is wanted by several is stored if making it again costs more than storing it; ranges, constants and random numbers
//! never do. What windows slide over is stored, too, if making it again for each window costs more.
//!
//! What was put one behind the other is looked through where every chunk of a loop falls into one part ([`Cuts`]). What reads files may
//! be read again for each of its loops, where holding it would take the memory.

use rdk_graph::Token;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::parts::Cuts;
use super::view::{Along, View};
use super::{large, natural};
use crate::array::{Array, Func, Plan, walk};
use crate::chunks::Chunks;
use crate::index::{AxisIndex, whole};
use crate::kernel::{BinaryFunc, Distribution, Source, UnaryFunc};
use crate::shape;

/// Nanoseconds an element that storing it and reading it again costs; below, it is made again.
const STORING: f32 = 4.0;
/// Nanoseconds that reading an element takes.
const READING: f32 = 0.3;
/// The same as `STORING` for arrays that would fill the memory.
const STORING_MUCH: f32 = 60.0;
/// What counts as much, unless the memory is less than four times that.
const MUCH: u128 = 256 << 20;
/// A loop with more steps than this is cut in two: its intermediate results would no longer stay in the nearest cache.
const MAX_STEPS: u32 = 256;
/// So many chunks of an array are read at once for windows of it.
const FAR: u128 = 4;

/// What has been decided.
pub struct Fusion {
    /// Everything that is asked for is made of these; inputs first.
    pub order: Vec<Array>,
    /// These are stored.
    pub stored: FxHashSet<Token>,
    /// These are read where they are stored, not made again.
    pub read: FxHashSet<Token>,
    /// Loops look through these to their parts.
    pub open: FxHashMap<Token, Cuts>,
    /// Each loop that reads one of these makes it for itself.
    pub again: FxHashSet<Token>,
    /// The grids in which reductions read, where those are not the grids of their inputs.
    pub grids: FxHashMap<Token, Chunks>,
}

/// What is to be decided for.
#[derive(Clone, Copy)]
pub struct Aim {
    /// For the looks of the graph everything is stored that Dask has tasks for.
    pub for_looks: bool,
    /// Bytes that may be held.
    pub memory: u64,
}

/// Is it a task of its own, whoever uses it?
pub fn is_border(plan: &Plan) -> bool {
    match plan {
        Plan::Given(_)
        | Plan::Persisted(_)
        | Plan::Delayed(_)
        | Plan::Reduce(_)
        | Plan::Reshape
        | Plan::Concatenate(_)
        | Plan::Contract(_)
        | Plan::Step(_) => true,
        Plan::Source(_)
        | Plan::Elementwise(_)
        | Plan::Cast
        | Plan::Slice(_)
        | Plan::Look(_)
        | Plan::Transpose(_)
        | Plan::BroadcastTo
        | Plan::Rechunk => false,
    }
}

/// Views of the inputs of an array that is seen so; `None` for arrays that do not look through.
pub fn inputs_seen(array: &Array, view: &View) -> SmallVec<[(Array, View); 2]> {
    let node = array.node();
    let seen = |input: &Array| match &node.plan {
        Plan::Elementwise(_) | Plan::Cast | Plan::BroadcastTo => Some(view.through_broadcast(input.shape())),
        Plan::Slice(index) => Some(view.through_slice(index)),
        Plan::Look(look) => Some(view.through_look(look)),
        Plan::Transpose(order) => Some(view.through_transpose(order)),
        Plan::Rechunk => Some(view.clone()),
        Plan::Source(_)
        | Plan::Given(_)
        | Plan::Persisted(_)
        | Plan::Delayed(_)
        | Plan::Reduce(_)
        | Plan::Reshape
        | Plan::Concatenate(_)
        | Plan::Contract(_)
        | Plan::Step(_) => None,
    };
    node.inputs.iter().filter_map(|input| Some((input.clone(), seen(input)?))).collect()
}

/// The array whose chunks a product reads, and for each axis of the product's input which of its axes that is.
pub fn operand(array: &Array) -> (Array, SmallVec<[Option<usize>; 4]>) {
    let mut array = array.clone();
    let mut axes: SmallVec<[Option<usize>; 4]> = (0..array.ndim()).map(Some).collect();
    loop {
        let node = array.node();
        match &node.plan {
            Plan::Transpose(order) => {
                axes.iter_mut().flatten().for_each(|axis| *axis = usize::from(order[*axis]));
            }
            Plan::Slice(index) if only_ones(index, node.inputs[0].shape()) => {
                let mut map: SmallVec<[Option<usize>; 4]> = SmallVec::new();
                let mut old = 0;
                for item in index {
                    match item {
                        AxisIndex::At(_) => old += 1,
                        AxisIndex::New => map.push(None),
                        AxisIndex::Range { .. } => {
                            map.push(Some(old));
                            old += 1;
                        }
                    }
                }
                axes.iter_mut().for_each(|axis| *axis = axis.and_then(|axis| map[axis]));
            }
            _ => return (array, axes),
        }
        let input = node.inputs[0].clone();
        array = input;
    }
}

/// Do only axes of length 1 come and go?
fn only_ones(index: &[AxisIndex], shape: &[usize]) -> bool {
    let mut lengths = shape.iter();
    index.iter().all(|item| match item {
        AxisIndex::New => true,
        AxisIndex::At(_) => lengths.next() == Some(&1),
        AxisIndex::Range { .. } => lengths.next().is_some_and(|&length| *item == whole(length)),
    })
}

impl Fusion {
    /// Nothing is stored, and these are read.
    pub fn reading(read: impl Iterator<Item = Token>) -> Fusion {
        Fusion {
            order: Vec::new(),
            stored: FxHashSet::default(),
            read: read.collect(),
            open: FxHashMap::default(),
            again: FxHashSet::default(),
            grids: FxHashMap::default(),
        }
    }

    /// Decides for these arrays. What `is_built` already is left as it is.
    pub fn decide(roots: &[Array], is_built: impl Fn(Token) -> bool, aim: Aim) -> Fusion {
        let Aim { for_looks, memory } = aim;
        let order = walk(roots);
        let weights = weights(&order, READING);
        // What is only read again is near already.
        let making = match order.iter().any(|array| matches!(array.node().plan, Plan::Look(_))) {
            true => self::weights(&order, 0.0),
            false => FxHashMap::default(),
        };
        let much = MUCH.min(u128::from(memory / 4));
        let mut fusion = Fusion {
            order: Vec::new(),
            stored: FxHashSet::default(),
            read: FxHashSet::default(),
            open: FxHashMap::default(),
            again: FxHashSet::default(),
            grids: if for_looks { FxHashMap::default() } else { natural::grids(&order) },
        };
        let mut required: FxHashSet<Token> = roots.iter().map(Array::token).collect();
        if for_looks {
            required.extend(order.iter().filter(|array| array.node().own_tasks > 0).map(Array::token));
        }
        let mut wanted = Wanted::default();
        for array in order.iter().rev() {
            let (token, node) = (array.token(), array.node());
            let views = wanted.views.remove(&token).unwrap_or_default();
            if is_built(token) {
                fusion.read.insert(token);
                continue;
            }
            if views.is_empty() && !required.contains(&token) {
                continue;
            }
            let border = is_border(&node.plan);
            let again = weights[&token] * views.len().saturating_sub(1) as f32;
            let dear = match &node.plan {
                // What it shows is stored rather than it, unless that would be more.
                Plan::Look(look) => views.iter().any(|(at, view)| wanted.is_far(array, look, *at, view)),
                _ => {
                    let met = views.iter().map(|(at, view)| wanted.meets(*at, view)).fold(1.0, f32::max);
                    let much = array.nbytes() > much && !is_near(array, &views, u128::from(memory / 8));
                    let storing = if much { STORING_MUCH } else { STORING };
                    again > storing || (makes(&node.plan) && met > 1.0 && making[&token] * (met - 1.0) > storing)
                }
            };
            let source = matches!(node.plan, Plan::Source(_) | Plan::Look(_));
            let long = !source && views.iter().any(|(at, _)| wanted.loops[*at as usize].steps > MAX_STEPS);
            if !(dear || long || for_looks || required.contains(&token))
                && let Some(cuts) = Cuts::of(array)
                && views.iter().all(|(at, view)| cuts.fit(view, &wanted.loops[*at as usize].grid))
            {
                views.iter().for_each(|(at, view)| wanted.pass_to_parts(array, &cuts, *at, view));
                fusion.open.insert(token, cuts);
                continue;
            }
            if !for_looks && !required.contains(&token) && views.len() > 1 && is_read_again(array, views.len(), memory)
            {
                fusion.again.insert(token);
            }
            if border || dear || long || required.contains(&token) {
                fusion.stored.insert(token);
                match &node.plan {
                    Plan::Reduce(fold) => {
                        let grid = fusion.grids.get(&token).cloned();
                        wanted.start(&natural::reduced(array, fold, for_looks).0, grid);
                    }
                    Plan::Reshape | Plan::Concatenate(_) => required.extend(node.inputs.iter().map(Array::token)),
                    Plan::Step(step) => {
                        let counted = super::tally::counted(&**step, for_looks);
                        let (counted, others) = node.inputs.split_at(counted);
                        counted.iter().for_each(|input| wanted.start(input, None));
                        required.extend(others.iter().map(Array::token));
                    }
                    Plan::Contract(contraction) => {
                        match Some(()).filter(|()| !for_looks).and_then(|()| large::cut(array, contraction, memory)) {
                            Some(cut) => {
                                cut.bases.iter().for_each(|(base, grid)| wanted.start(base, Some(grid.clone())))
                            }
                            None => required.extend(node.inputs.iter().map(|input| operand(input).0.token())),
                        }
                    }
                    Plan::Given(_) | Plan::Persisted(_) | Plan::Delayed(_) => {}
                    Plan::Source(_)
                    | Plan::Elementwise(_)
                    | Plan::Cast
                    | Plan::Slice(_)
                    | Plan::Look(_)
                    | Plan::Transpose(_)
                    | Plan::BroadcastTo
                    | Plan::Rechunk => wanted.store(array),
                }
                // A stored array may still be cheaper to make than to wait for.
                if border || dear || long || for_looks || weights[&token] > STORING {
                    fusion.read.insert(token);
                    continue;
                }
            }
            for (at, view) in views {
                wanted.pass(array, at, &view);
            }
        }
        fusion.order = order;
        fusion
    }
}

/// Is it a step that is rather run again for each of so many loops than held? Only what is made of nothing in memory is.
fn is_read_again(array: &Array, times: usize, memory: u64) -> bool {
    let node = array.node();
    let Plan::Step(step) = &node.plan else { return false };
    let held_at_once = node.inputs.is_empty() && array.nbytes() > u128::from(memory / 3);
    held_at_once && step.again().is_some_and(|each| each * (times - 1) as f32 <= STORING_MUCH)
}

/// Do all who see an array see it in one loop and a little apart, as sums of neighbours and windows do, so that only the chunks beside are
/// held with a chunk? All of them, between two looks at the same chunk, have no more bytes than `most`.
fn is_near(array: &Array, views: &FxHashSet<(u32, View)>, most: u128) -> bool {
    let mut others = views.iter();
    let Some((at, first)) = others.next() else { return false };
    let largest = array.chunks().largest();
    let slides = |along: &Along| along.steps.len() > 1;
    let mut outermost = first.0.iter().position(slides).unwrap_or(array.ndim());
    for (other, view) in others {
        for (axis, (one, two)) in first.0.iter().zip(&view.0).enumerate() {
            let apart = one.start.abs_diff(two.start);
            if other != at || one.steps != two.steps || apart > largest[axis] as u64 {
                return false;
            }
            if apart > 0 {
                outermost = outermost.min(axis);
            }
        }
    }
    // Chunks are made in C order: two rows of them, where the outermost axis is that of rows.
    let length = |axis: usize| if axis <= outermost { largest[axis] } else { array.shape()[axis] };
    let held = (0..array.ndim()).fold(2 * array.dtype().size() as u128, |held, axis| held * length(axis) as u128);
    held <= most
}

/// Does it make elements, and not only move them about?
fn makes(plan: &Plan) -> bool {
    matches!(plan, Plan::Elementwise(_) | Plan::Cast | Plan::Source(_))
}

/// Who wants to see what.
#[derive(Default)]
struct Wanted {
    views: FxHashMap<Token, FxHashSet<(u32, View)>>,
    loops: Vec<Looping>,
    /// Of each loop the parts of it that lie in one part of what was put together.
    inner: FxHashMap<(u32, Along, usize, usize), u32>,
}

/// A loop.
struct Looping {
    /// How many steps it has so far.
    steps: u32,
    grid: Chunks,
}

impl Wanted {
    fn begin(&mut self, array: &Array, grid: Option<Chunks>) -> u32 {
        self.loops.push(Looping { steps: 0, grid: grid.unwrap_or_else(|| array.chunks().clone()) });
        self.loops.len() as u32 - 1
    }

    /// A loop over this array begins, in this grid or its own.
    fn start(&mut self, array: &Array, grid: Option<Chunks>) {
        let at = self.begin(array, grid);
        self.views.entry(array.token()).or_default().insert((at, View::identity(array.shape())));
    }

    /// A loop begins that stores this array.
    fn store(&mut self, array: &Array) {
        let at = self.begin(array, None);
        self.pass(array, at, &View::identity(array.shape()));
    }

    /// How often a loop meets the same element of what it sees so.
    fn meets(&self, at: u32, view: &View) -> f32 {
        if view.slides() { view.meets(&self.loops[at as usize].grid.shape()) } else { 1.0 }
    }

    /// Would a loop have to hold much more of what an array is a look at than its chunks have, or those of that array? Windows of which
    /// few are taken, by large chunks, are such.
    fn is_far(&self, array: &Array, look: &View, at: u32, view: &View) -> bool {
        let input = array.node().inputs[0].chunks();
        let largest = self.loops[at as usize].grid.largest();
        let chunk = shape::size(&largest).max(FAR.saturating_mul(shape::size(&input.largest())));
        let seen = view.through_look(look);
        let places = seen.0.iter().zip(&input.0).map(|(along, axis)| along.places(&largest).min(axis.length()));
        places.fold(1u128, |product, places| product.saturating_mul(places as u128)) > chunk
    }

    /// What a loop sees of an array, it sees of its inputs.
    fn pass(&mut self, array: &Array, at: u32, view: &View) {
        if makes(&array.node().plan) {
            self.loops[at as usize].steps += 1;
        }
        for (input, view) in inputs_seen(array, view) {
            self.views.entry(input.token()).or_default().insert((at, view));
        }
    }

    /// What a loop sees of an array, its parts see of the parts. Each is a loop of its own.
    fn pass_to_parts(&mut self, array: &Array, cuts: &Cuts, at: u32, view: &View) {
        let Looping { steps, grid } = &self.loops[at as usize];
        let (steps, grid) = (*steps, grid.clone());
        for part in cuts.met(view, &grid) {
            let (along, start, length) = cuts.stretch(view, part);
            let inner = *self.inner.entry((at, along, start, length)).or_insert_with(|| {
                self.loops.push(Looping { steps, grid: grid.clone() });
                self.loops.len() as u32 - 1
            });
            let input = array.node().inputs[part as usize].token();
            self.views.entry(input).or_default().insert((inner, cuts.seen(view, part)));
        }
    }
}

/// About how many nanoseconds an element takes in a fused loop, down to what is stored in any case, which takes so many to be read.
fn weights(order: &[Array], reading: f32) -> FxHashMap<Token, f32> {
    let mut weights: FxHashMap<Token, f32> = FxHashMap::default();
    for array in order {
        let node = array.node();
        let inputs: f32 = node.inputs.iter().map(|input| weights[&input.token()]).sum();
        let weight = match &node.plan {
            Plan::Source(source) => of_source(source),
            Plan::Elementwise(func) => inputs + of_func(*func),
            Plan::Cast => inputs + 0.2,
            Plan::Slice(_) | Plan::Look(_) | Plan::Transpose(_) | Plan::BroadcastTo | Plan::Rechunk => inputs,
            Plan::Concatenate(_) => node.inputs.iter().map(|input| weights[&input.token()]).fold(0.0, f32::max),
            Plan::Given(_)
            | Plan::Persisted(_)
            | Plan::Delayed(_)
            | Plan::Reduce(_)
            | Plan::Reshape
            | Plan::Contract(_)
            | Plan::Step(_) => reading,
        };
        weights.insert(array.token(), weight);
    }
    weights
}

/// Nanoseconds that making an element takes.
pub(super) fn of_source(source: &Source) -> f32 {
    match source {
        Source::Full(_) => 0.0,
        Source::Random { distribution, .. } => match distribution {
            Distribution::Uniform { .. } | Distribution::Integers { .. } => 0.6,
            Distribution::Normal { .. } | Distribution::Exponential { .. } => 2.5,
            Distribution::Order { .. } | Distribution::Lawful { .. } => 40.0,
        },
        Source::Arange { .. }
        | Source::Linspace { .. }
        | Source::Eye { .. }
        | Source::Tri { .. }
        | Source::Position { .. } => 0.3,
    }
}

/// Nanoseconds that a function of an element takes.
pub(super) fn of_func(func: Func) -> f32 {
    match func {
        Func::Unary(func) => match func {
            UnaryFunc::Negative
            | UnaryFunc::Positive
            | UnaryFunc::Absolute
            | UnaryFunc::Fabs
            | UnaryFunc::Sign
            | UnaryFunc::Square
            | UnaryFunc::Real
            | UnaryFunc::Imag
            | UnaryFunc::Conjugate
            | UnaryFunc::LogicalNot
            | UnaryFunc::Invert => 0.15,
            _ => 1.0,
        },
        Func::Binary(func) => match func {
            BinaryFunc::Add | BinaryFunc::Subtract | BinaryFunc::Multiply => 0.15,
            BinaryFunc::Power | BinaryFunc::FloatPower | BinaryFunc::Arctan2 => 4.0,
            _ => 0.6,
        },
        Func::Compare(_) | Func::Select => 0.2,
    }
}

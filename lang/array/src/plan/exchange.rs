//! Questions that any chunk of an array may have to answer, where its chunks do not find room in memory together: what stands at these
//! positions, where in a sorted row would these stand?
//!
//! ```text
//! questions ─ by whom they ask ─► on disk ─┬────────────────────┐
//! chunks of the array ─────────────────────┴─ answers ─► on disk ─┴─► as they were asked
//! ```
//!
//! A task holds one chunk of questions, one chunk of the array, or one chunk of answers; every question and every answer is written and
//! read once. Where there is room the step that wants the answers ([`Collect`] stands in for it by [`Step::by_disk`]) gets the whole array
//! instead, and nobody makes the other two.

use std::io;

use rdk_graph::{Cancel, Data, Index, Payload, Shelf};
use rdk_runtime::compute::not_put_aside;
use serde::{Deserialize, Serialize};
use smallvec::{SmallVec, smallvec};

use super::step::{Step, StepCall};
use super::take::{gathered, in_range, parameters};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks};
use crate::element::{Element, with_dtype};
use crate::kernel::Stop;
use crate::lower::view::{nth, number};
use crate::order::{Ordered, Side};
use crate::{Chunk, DType, memory};

/// Where a task gets more bytes of an array than this, it is worth having another way.
pub(crate) const WORTH: u128 = 8 << 20;
/// Chunks that are asked have so many bytes at most: as many as those that are cut automatically.
const LARGEST: u128 = 128 << 20;
/// Chunks of answers are of about so many bytes at most …
const LARGE: u128 = 16 << 20;
/// … and at least, and there are so many of them: pieces are as many as their square.
const SMALL: u128 = 1 << 20;
const MANY: usize = 256;

/// What is asked.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) enum Way {
    /// What stands at these positions along this axis?
    Take { axis: usize },
    /// How many elements of the sorted row stand before this one?
    Place { side: Side },
    /// Is it in the sorted row?
    Member { invert: bool },
}

/// Who asks whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Exchange {
    way: Way,
    /// The chunks that are asked, along their axis.
    from: AxisChunks,
    /// The grid of the questions.
    questions: Chunks,
}

/// Cuts a chunk of questions up by whom they are for.
#[derive(Debug, Serialize, Deserialize)]
struct Ask(Exchange);

/// What a chunk of the array answers to all that it is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Answer(Exchange);

/// Brings answers in the order in which they were asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Collect {
    exchange: Exchange,
    dtype: DType,
    /// Which of its inputs are the questions; the answers follow.
    at: usize,
}

/// The first element of each chunk of a sorted row, and how many elements stand before it; or all of the row.
#[derive(Debug, Serialize, Deserialize)]
enum Row {
    First,
    Length,
    Firsts,
    Starts,
    Whole,
}

impl Array {
    /// The questions and the answers, and the step that brings the answers in order; its inputs from number `at` on are those two.
    pub(crate) fn exchange(&self, way: Way, questions: &Array, at: usize) -> ([Array; 2], Collect) {
        let axis = match way {
            Way::Take { axis } => axis,
            Way::Place { .. } | Way::Member { .. } => 0,
        };
        let dtype = match way {
            Way::Take { .. } => self.dtype(),
            Way::Place { .. } => DType::I64,
            Way::Member { .. } => DType::Bool,
        };
        let exchange = Exchange { way, from: self.chunks().0[axis].clone(), questions: questions.chunks().clone() };
        let (mut asking, mut asked) = (vec![questions.clone()], vec![self.clone()]);
        if !matches!(way, Way::Take { .. }) {
            let [firsts, starts] = self.row_ends();
            asking.push(firsts);
            asked.push(starts);
        }
        let questions = questions.chunks().clone();
        let questions = Array::step("exchange-ask", Ask(exchange.clone()), asking, questions, DType::U32).counted(0);
        asked.insert(1, questions.clone());
        let answers = Answer(exchange.clone());
        let answers = Array::step("exchange-answer", answers, asked, self.chunks().clone(), dtype).counted(0);
        ([questions, answers], Collect { exchange, dtype, at })
    }

    /// Of a sorted row in chunks: their first elements, and how many stand before each.
    fn row_ends(&self) -> [Array; 2] {
        let n = self.numblocks()[0];
        let each = || Chunks(smallvec![AxisChunks::even(n, 1)]);
        let whole = || Chunks::single(&[n]);
        let first = Array::step("row-first", Row::First, [self.clone()], each(), self.dtype()).counted(0);
        let length = Array::step("row-length", Row::Length, [self.clone()], each(), DType::I64).counted(0);
        let firsts = Array::step("row-firsts", Row::Firsts, [first, length.clone()], whole(), self.dtype());
        [firsts.counted(0), Array::step("row-starts", Row::Starts, [length], whole(), DType::I64).counted(0)]
    }

    /// A row in chunks that are as long as they come out as one chunk, for steps alone.
    pub(crate) fn joined_row(&self) -> Array {
        Array::step("row", Row::Whole, [self.clone()], Chunks::single(self.shape()), self.dtype()).counted(0)
    }

    /// In chunks of which neither is too large, nor are there too many, for each to answer each.
    pub(crate) fn cut_for_exchange(&self, axis: usize) -> Array {
        let along = &self.chunks().0[axis];
        let others = |other: &usize| *other != axis;
        let width: usize = (0..self.ndim()).filter(others).map(|axis| self.chunks().0[axis].largest()).product();
        let each = (width * self.dtype().size()).max(1) as u128;
        let (size, few) = (exchange_size(along.length(), each), along.count() <= MANY);
        if few && along.largest() as u128 * each <= LARGEST {
            return self.clone();
        }
        let mut grid = self.chunks().clone();
        grid.0[axis] = AxisChunks::even(along.length(), size);
        self.regridded(grid)
    }
}

/// Are these chunks of answers, whose places take so many bytes each, neither too large nor too many?
pub(crate) fn can_be_exchanged(along: &AxisChunks, each: u128) -> bool {
    along.count() <= MANY && along.largest() as u128 * each <= LARGE
}

/// How long chunks are along an axis of this length whose places take so many bytes each.
pub(crate) fn exchange_size(length: usize, each: u128) -> usize {
    let bytes = (length as u128 * each / MANY as u128).clamp(SMALL, LARGE);
    ((bytes / each.max(1)) as usize).clamp(1, u32::MAX as usize)
}

impl Exchange {
    /// The chunk of questions to which a chunk of answers belongs.
    fn questions_of(&self, index: &[u32]) -> Index {
        match self.way {
            Way::Take { axis } => smallvec![index[axis]],
            Way::Place { .. } | Way::Member { .. } => index.into(),
        }
    }

    /// Where among those that are asked this chunk of the array stands.
    fn asked(&self, index: &[u32]) -> u32 {
        match self.way {
            Way::Take { axis } => index[axis],
            Way::Place { .. } | Way::Member { .. } => index[0],
        }
    }

    fn n_questions(&self) -> usize {
        self.questions.counts().iter().product()
    }

    fn most_questions(&self) -> usize {
        self.questions.largest().iter().product()
    }

    /// Whom each asks, and what of it: a place in it, or an element.
    fn asks(&self, chunk: &Chunk, firsts: Option<&Chunk>) -> std::result::Result<(Vec<u32>, Chunk), Stop> {
        let strict = match self.way {
            Way::Take { axis } => {
                let (mut whom, mut places) = (Vec::with_capacity(chunk.len()), Vec::with_capacity(chunk.len()));
                for position in chunk.to_vec::<i64>() {
                    let position = in_range(position, axis, self.from.length())?;
                    let block = self.from.find(position);
                    whom.push(block as u32);
                    places.push((position - self.from.start(block)) as u32);
                }
                return Ok((whom, Chunk::from_vec(&[places.len()], places)));
            }
            Way::Place { side } => side == Side::Left,
            Way::Member { .. } => false,
        };
        with_dtype!(chunk.dtype(), T => {
            let firsts = firsts.expect("sorted rows say how their chunks begin").to_vec::<T>();
            let firsts: Vec<_> = firsts.into_iter().map(T::level).collect();
            let whom = |element: &T| {
                let key = element.level();
                let begun = firsts.partition_point(|first| if strict { first.lt(&key) } else { *first <= key });
                begun.saturating_sub(1) as u32
            };
            let elements = chunk.to_vec::<T>();
            Ok((elements.iter().map(whom).collect(), Chunk::from_vec(&[elements.len()], elements)))
        })
    }
}

/// What a shelf says.
fn shelved(shelf: io::Result<Shelf>) -> std::result::Result<Shelf, Stop> {
    shelf.map_err(|problem| not_put_aside(format_args!("data cannot be put aside on disk: {problem}")).into())
}

/// The chunks of one piece.
fn read<const N: usize>(payload: Option<&Payload>, piece: usize) -> std::result::Result<[Chunk; N], Stop> {
    let shelf = payload.and_then(Payload::get::<Shelf>).expect("what is exchanged lies on a shelf");
    let chunks = || {
        let bytes = shelf.read(piece)?;
        let mut rest = &bytes[..];
        let chunks = (0..N).map(|_| Chunk::read_from(&mut rest)).collect::<io::Result<Vec<_>>>()?;
        chunks.try_into().map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))
    };
    chunks()
        .map_err(|problem| not_put_aside(format_args!("data put aside on disk cannot be read back: {problem}")).into())
}

impl Step for Ask {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.exchange_ask", parameters(self))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let firsts = (1..inputs.len()).map(|input| (input, smallvec![0]));
        [(0, index.into())].into_iter().chain(firsts).collect()
    }

    fn run(&self, _: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        unreachable!("questions go to disk as they are made")
    }

    fn straight_to_disk(&self, call: &mut StepCall<'_>) -> Option<std::result::Result<Shelf, Stop>> {
        let asks = || {
            let (whom, what) = self.0.asks(&call.inputs[0], call.inputs.get(1))?;
            let n_asked = self.0.from.count();
            let mut ends = vec![0usize; n_asked + 1];
            whom.iter().for_each(|&whom| ends[whom as usize + 1] += 1);
            (0..n_asked).for_each(|at| ends[at + 1] += ends[at]);
            // Those who ask the same are in the order in which they ask.
            let (mut next, mut order) = (ends.clone(), vec![0u32; whom.len()]);
            for (place, whom) in whom.into_iter().enumerate() {
                order[next[whom as usize]] = place as u32;
                next[whom as usize] += 1;
            }
            with_dtype!(what.dtype(), T => {
                let what = what.to_vec::<T>();
                shelved(Shelf::write(n_asked, |at, file| {
                    let places = &order[ends[at]..ends[at + 1]];
                    let what: Vec<T> = places.iter().map(|&place| what[place as usize]).collect();
                    Data::write(&Chunk::from_vec(&[places.len()], places.to_vec()), file)?;
                    Data::write(&Chunk::from_vec(&[what.len()], what), file)
                }))
            })
        };
        Some(asks())
    }

    fn gives(&self) -> Option<u64> {
        Some(self.0.from.count() as u64 * 8 + 1024)
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let n: usize = inputs[0].chunks().chunk_shape(index).iter().product();
        (n * (16 + 2 * inputs[0].dtype().size())) as u64
    }
}

impl Step for Answer {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.exchange_answer", parameters(self))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let counts = self.0.questions.counts();
        let asked = (0..self.0.n_questions()).map(|at| (1, nth(&counts, at)));
        let starts = (2..inputs.len()).map(|input| (input, smallvec![0]));
        [(0, index.into())].into_iter().chain(asked).chain(starts).collect()
    }

    fn run(&self, _: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        unreachable!("answers go to disk as they are made")
    }

    fn straight_to_disk(&self, call: &mut StepCall<'_>) -> Option<std::result::Result<Shelf, Stop>> {
        let own = self.0.asked(call.index) as usize;
        let source = call.inputs[0].contiguous();
        let asked = &call.aside[1..=self.0.n_questions()];
        Some(match self.0.way {
            Way::Take { axis } => answers(asked, own, call.cancel, |places| {
                let start = self.0.from.start(own);
                let positions: Vec<usize> =
                    places.to_vec::<u32>().iter().map(|&place| start + place as usize).collect();
                gathered(std::slice::from_ref(&source), &positions, &[own as u32], &self.0.from, axis, 1)
            }),
            Way::Place { side } => with_dtype!(source.dtype(), T => {
                let keys: Vec<_> = source.to_vec::<T>().into_iter().map(T::level).collect();
                let starts = call.inputs.last().expect("a sorted row says where its chunks begin").to_vec::<i64>();
                let start = starts[own];
                answers(asked, own, call.cancel, |wanted| {
                    let place = |element: T| {
                        let key = element.level();
                        let before = match side {
                            Side::Left => keys.partition_point(|other| other.lt(&key)),
                            Side::Right => keys.partition_point(|other| *other <= key),
                        };
                        start + before as i64
                    };
                    Chunk::from_vec(&[wanted.len()], wanted.to_vec::<T>().into_iter().map(place).collect())
                })
            }),
            Way::Member { invert } => with_dtype!(source.dtype(), T => {
                let keys: Vec<_> = source.to_vec::<T>().into_iter().map(T::level).collect();
                answers(asked, own, call.cancel, |wanted| {
                    let found = |element: T| !element.is_nothing() && keys.binary_search(&element.level()).is_ok();
                    let found = wanted.to_vec::<T>().into_iter().map(|element| found(element) != invert);
                    Chunk::from_vec(&[wanted.len()], found.collect())
                })
            }),
        })
    }

    fn gives(&self) -> Option<u64> {
        Some(self.0.n_questions() as u64 * 8 + 1024)
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let own = inputs[0].chunks().chunk_shape(index);
        let bytes = own.iter().product::<usize>() * inputs[0].dtype().size();
        // All questions of a chunk may be for this one.
        let most = self.0.most_questions();
        match self.0.way {
            Way::Take { axis } => {
                let width =
                    own.iter().enumerate().filter(|(other, _)| *other != axis).map(|(_, n)| n).product::<usize>();
                (most * (2 * width * inputs[0].dtype().size() + 32)) as u64
            }
            Way::Place { .. } | Way::Member { .. } => (2 * bytes + most * 40) as u64,
        }
    }
}

/// What is said to each chunk of questions.
fn answers(
    asked: &[Option<Payload>],
    own: usize,
    cancel: &Cancel,
    answer: impl Fn(&Chunk) -> Chunk,
) -> std::result::Result<Shelf, Stop> {
    let mut stopped = None;
    let shelf = Shelf::write(asked.len(), |at, file| {
        if cancel.requested() {
            stopped = Some(Stop::Cancelled);
            return Err(io::ErrorKind::Interrupted.into());
        }
        let [_, what] = read(asked[at].as_ref(), own).map_err(|stop| {
            stopped = Some(stop);
            io::Error::other("questions cannot be read")
        })?;
        Data::write(&answer(&what), file)
    });
    match stopped {
        Some(stop) => Err(stop),
        None => shelved(shelf),
    }
}

impl Collect {
    /// The same with the questions and answers elsewhere among the inputs of the step for which it stands in, if it is to: not all that the
    /// step would hold has room in so much memory.
    pub(crate) fn instead(&self, held: u128, memory: u64) -> Option<std::sync::Arc<dyn Step>> {
        (held > u128::from(memory / 3)).then(|| std::sync::Arc::new(self.clone()) as _)
    }

    fn collected<T: Element>(&self, call: &StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let questions = call.aside[0].as_ref();
        let index = self.exchange.questions_of(call.index);
        let piece = number(&self.exchange.questions.counts(), &index);
        let own = self.exchange.questions.chunk_shape(&index);
        let n: usize = own.iter().product();
        let axis = match self.exchange.way {
            Way::Take { axis } => axis,
            Way::Place { .. } | Way::Member { .. } => 0,
        };
        let (mut shape, mut all): (SmallVec<[usize; 4]>, Vec<T>) = (SmallVec::new(), Vec::new());
        for (at, answers) in call.aside[1..].iter().enumerate() {
            if call.cancel.requested() {
                return Err(Stop::Cancelled);
            }
            let [places, _] = read(questions, at)?;
            let [answers] = read(answers.as_ref(), piece)?;
            if at == 0 {
                shape = answers.shape().into();
                shape[axis] = n;
                all = memory::zeroed(&shape)?;
            }
            let (outer, inner): (usize, usize) = (shape[..axis].iter().product(), shape[axis + 1..].iter().product());
            let (places, answers) = (places.to_vec::<u32>(), answers.contiguous());
            let answers = T::array(&answers).and_then(|array| array.as_slice()).expect("answers are of one type");
            for row in 0..outer {
                for (from, &place) in places.iter().enumerate() {
                    let (from, to) = ((row * places.len() + from) * inner, (row * n + place as usize) * inner);
                    all[to..to + inner].copy_from_slice(&answers[from..from + inner]);
                }
            }
        }
        if !matches!(self.exchange.way, Way::Take { .. }) {
            shape = own.iter().copied().collect();
        }
        Ok(Chunk::from_vec(&shape, all))
    }
}

impl Step for Collect {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.exchange_collect", parameters(self))
    }

    fn needs(&self, index: &[u32], _: &[Array]) -> Vec<(usize, Index)> {
        let answer = |at: usize| -> (usize, Index) {
            let mut of: Index = smallvec![at as u32];
            if let Way::Take { axis } = self.exchange.way {
                of = index.into();
                of[axis] = at as u32;
            }
            (self.at + 1, of)
        };
        let questions = (self.at, self.exchange.questions_of(index));
        std::iter::once(questions).chain((0..self.exchange.from.count()).map(answer)).collect()
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        with_dtype!(self.dtype, T => self.collected::<T>(call))
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        // All answers may be of one chunk.
        let n: usize = self.exchange.questions.chunk_shape(&self.exchange.questions_of(index)).iter().product();
        let width = match self.exchange.way {
            Way::Take { axis } => {
                let mut own = inputs[self.at + 1].chunks().chunk_shape(&{
                    let mut own: Index = index.into();
                    own[axis] = 0;
                    own
                });
                own[axis] = 1;
                own.iter().product::<usize>()
            }
            Way::Place { .. } | Way::Member { .. } => 1,
        };
        (n * (width * self.dtype.size() * 2 + 12)) as u64
    }
}

impl Step for Row {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.row_ends", parameters(self))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        match self {
            Row::First | Row::Length => vec![(0, index.into())],
            Row::Firsts | Row::Starts | Row::Whole => {
                let of = |input: usize| (0..inputs[input].numblocks()[0] as u32).map(move |at| (input, smallvec![at]));
                (0..inputs.len()).flat_map(of).collect()
            }
        }
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let lengths = |chunks: &[Chunk]| chunks.iter().flat_map(|chunk| chunk.to_vec::<i64>()).collect::<Vec<_>>();
        let chunk = &call.inputs[0];
        Ok(match self {
            Row::Length => Chunk::from_vec(&[1], vec![chunk.len() as i64]),
            // What stands for no element is not looked at.
            Row::First if chunk.is_empty() => Chunk::full(&[1], crate::Scalar::zero(chunk.dtype())),
            Row::First => with_dtype!(chunk.dtype(), T => Chunk::from_vec(&[1], vec![chunk.to_vec::<T>()[0]])),
            Row::Whole => with_dtype!(chunk.dtype(), T => {
                let all: Vec<T> = call.inputs.iter().flat_map(Chunk::to_vec::<T>).collect();
                Chunk::from_vec(&[all.len()], all)
            }),
            Row::Starts => {
                let mut start = 0;
                let starts = lengths(&call.inputs).into_iter().map(|length| {
                    start += length;
                    start - length
                });
                let starts: Vec<i64> = starts.collect();
                Chunk::from_vec(&[starts.len()], starts)
            }
            Row::Firsts => {
                let (firsts, of_lengths) = call.inputs.split_at(call.inputs.len() / 2);
                let lengths = lengths(of_lengths);
                let end = lengths.iter().rposition(|&length| length > 0).map_or(0, |last| last + 1);
                with_dtype!(chunk.dtype(), T => {
                    let mut all: Vec<T> = firsts.iter().flat_map(Chunk::to_vec::<T>).take(end).collect();
                    // A chunk without elements begins where the next one does, and nobody asks it.
                    for at in (0..end.saturating_sub(1)).rev() {
                        if lengths[at] == 0 {
                            all[at] = all[at + 1];
                        }
                    }
                    Chunk::from_vec(&[all.len()], all)
                })
            }
        })
    }
}

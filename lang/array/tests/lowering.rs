//! What becomes of arrays when they are lowered: each line is an expression and its layers, with the number of tasks of each.

use std::sync::Arc;

use rdk_array::array::Array;
use rdk_array::chunks::ChunksSpec;
use rdk_array::index::IndexItem;
use rdk_array::kernel::{BinaryFunc, Distribution, Reduction, UnaryFunc};
use rdk_array::{Chunk, DType, Scalar};
use rdk_graph::{Payload, TaskId};
use rdk_runtime::Lazy;
use rdk_runtime::object::Lowering;

/// The layers of one graph for all of these, in the order in which they were made.
fn layers(arrays: &[&Array]) -> String {
    let mut lowering = Lowering::default();
    arrays.iter().for_each(|array| array.announce(&mut lowering).unwrap());
    arrays.iter().for_each(|array| drop(array.lower(&mut lowering).unwrap()));
    let mut layers: Vec<(Arc<str>, usize)> = Vec::new();
    for (at, task) in lowering.graph.tasks().iter().enumerate() {
        if lowering.graph.ready(TaskId(at as u32)).is_some() {
            continue;
        }
        match layers.last_mut() {
            Some((name, count)) if *name == task.key.name => *count += 1,
            _ => layers.push((task.key.name.clone(), 1)),
        }
    }
    layers.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn check(array: &Array, expected: &str) {
    assert_eq!(layers(&[array]), expected);
}

fn sizes(sizes: &[usize]) -> ChunksSpec {
    ChunksSpec::Axes(sizes.iter().map(|&size| rdk_array::chunks::AxisSpec::Size(size)).collect())
}

fn ones(shape: &[usize], chunks: &[usize]) -> Array {
    Array::full("ones_like", shape, Scalar::F64(1.0), &sizes(chunks)).unwrap()
}

fn random(shape: &[usize], chunks: &[usize]) -> Array {
    let uniform = Distribution::Uniform { low: 0.0, high: 1.0 };
    Array::random("random_sample", uniform, Some(1), shape, &sizes(chunks)).unwrap()
}

/// Chunks that have been computed: they can only be read.
fn kept(shape: &[usize], chunks: &[usize]) -> Array {
    let array = ones(shape, chunks);
    let payload = |n| {
        let index = rdk_array::lower::view::nth(&array.numblocks(), n);
        Payload::new(Chunk::full(&array.chunks().chunk_shape(&index), Scalar::F64(1.0)))
    };
    let payloads = (0..array.npartitions() as usize).map(payload).collect();
    array.with_results(payloads).unwrap()
}

fn total(array: &Array, reduction: Reduction) -> Array {
    array.reduce(reduction, None, false, None, None).unwrap()
}

fn reversed() -> IndexItem {
    IndexItem::Slice { start: None, stop: None, step: Some(-1) }
}

#[test]
fn loops_swallow_what_feeds_them() {
    let big = ones(&[200_000, 4000], &[1000, 1000]);
    let turned = big.slice(&[reversed(), reversed()]).unwrap();
    let product = big.binary(BinaryFunc::Multiply, &turned).unwrap();
    let tree = "mean_chunk 800, mean_combine-partial 301, mean_agg-aggregate 1";
    check(&total(&product, Reduction::Mean), tree);
    assert_eq!(total(&product, Reduction::Mean).n_tasks(), 3502);

    let squares = big.unary(UnaryFunc::Cos).unwrap();
    let squares = squares.binary(BinaryFunc::Power, &Array::scalar(Scalar::F64(2.0))).unwrap();
    let rows = squares.reduce(Reduction::Mean, Some(&[1]), false, None, None).unwrap();
    check(&rows, "mean_chunk 800, mean_agg-aggregate 200");
    assert_eq!(rows.n_tasks(), 3400);
}

#[test]
fn what_only_moves_elements_is_no_task() {
    let x = kept(&[6, 6], &[3, 3]);
    check(&x, "");
    check(&x.transpose(None).unwrap(), "transpose 4");
    check(&total(&x.transpose(None).unwrap(), Reduction::Sum), "sum 4, sum-aggregate 1");
    check(&total(&x.slice(&[IndexItem::Int(2)]).unwrap(), Reduction::Sum), "sum 2, sum-aggregate 1");
    check(&Array::concatenate(&[x.clone(), x.clone()], 0).unwrap(), "");
    check(&x.rechunk(&sizes(&[3, 3])).unwrap(), "");
    check(&x.rechunk(&sizes(&[3, 2])).unwrap().rechunk(&sizes(&[3, 3])).unwrap(), "");
    check(&x.reshape(&[1, 6, 6, 1]).unwrap().squeeze(None).unwrap(), "");
}

/// Windows of this length, in chunks as those of the array.
fn windows(array: &Array, length: usize) -> Array {
    let grid = ChunksSpec::from(array.chunksize()[0]).grid(&[array.shape()[0] + 1 - length], 8).unwrap();
    array.sliding(&[(0, length)], grid).unwrap()
}

#[test]
fn windows_are_no_task() {
    // Over the border of two chunks what they are made of is put together; in the last chunk, and in memory, it is read where it lies.
    let x = kept(&[12], &[4]);
    check(&along(&windows(&x, 3), Reduction::Sum, 1), "overlap 2, sum-aggregate 3");
    check(&total(&windows(&x, 3), Reduction::Sum), "overlap 2, sum 3, sum-partial 2, sum-aggregate 1");
    let given = Array::from_chunk(Chunk::full(&[12], Scalar::F64(1.0)), &ChunksSpec::from(4)).unwrap();
    check(&along(&windows(&given, 3), Reduction::Sum, 1), "sum-aggregate 3");
    // Several in one loop, and what is cheap below them.
    let (square, turned) = (x.unary(UnaryFunc::Square).unwrap(), x.slice(&[reversed()]).unwrap());
    let both = windows(&square, 3).binary(BinaryFunc::Add, &windows(&turned, 3)).unwrap();
    check(&along(&both, Reduction::Max, 1), "overlap 4, max-aggregate 3");
    check(&along(&windows(&ones(&[12], &[4]), 5), Reduction::Max, 1), "max-aggregate 2");
    // What is dear is made once, not for each window.
    let drawn = random(&[48], &[16]);
    check(&along(&windows(&drawn, 12), Reduction::Max, 1), "random_sample 3, overlap 2, max-aggregate 3");
    check(&along(&windows(&drawn, 3), Reduction::Max, 1), "max-aggregate 3");
    // Few of many are not read together with all that lies between them.
    let few = windows(&kept(&[100], &[5]), 3).slice(&[IndexItem::Slice { start: None, stop: None, step: Some(40) }]);
    let few = few.unwrap().rechunk(&sizes(&[3, 3])).unwrap();
    check(&few, "overlap 19, sliding_window_view 20, rechunk-merge 1");
    check(&along(&few, Reduction::Sum, 1), "sum-aggregate 3, rechunk-merge 2");
}

#[test]
fn pieces_are_put_together_only_where_grids_do_not_fit() {
    let even = kept(&[6], &[3]);
    let sum = |a: &Array, b: &Array| a.binary(BinaryFunc::Add, b).unwrap();
    check(&sum(&even, &even.slice(&[reversed()]).unwrap()), "add 2");
    check(&sum(&even, &kept(&[6], &[2])), "add 4");
    // Turned round, chunks of 4 and 2 are chunks of 2 and 4: all cuts of both are made, and no piece is moved.
    let uneven = kept(&[6], &[4]);
    check(&sum(&uneven, &uneven.slice(&[reversed()]).unwrap()), "add 3");
    check(&uneven.rechunk(&sizes(&[3])).unwrap(), "rechunk-merge 2");
    // A source takes any grid.
    check(&ones(&[6], &[4]).rechunk(&sizes(&[3])).unwrap(), "rechunk-merge 2");
    let columns = random(&[6, 6], &[1, 6]).rechunk(&sizes(&[6, 1])).unwrap();
    check(&columns.reduce(Reduction::Max, Some(&[0]), false, None, None).unwrap(), "max-aggregate 6");
}

fn along(array: &Array, reduction: Reduction, axis: i64) -> Array {
    array.reduce(reduction, Some(&[axis]), false, None, None).unwrap()
}

#[test]
fn a_reduction_takes_chunks_as_they_are() {
    let columns = kept(&[8, 8], &[8, 1]);
    let rows = columns.rechunk(&sizes(&[1, 8])).unwrap();
    // The sums are cut as the rows are; the columns are never put together.
    check(&along(&rows, Reduction::Sum, 1), "sum 8, sum-partial 2, sum-aggregate 1, rechunk-merge 8");
    check(
        &total(&along(&rows, Reduction::Sum, 1), Reduction::Max),
        "sum 8, sum-partial 2, sum-aggregate 1, max-aggregate 1",
    );
    check(&total(&rows, Reduction::Sum), "sum 8, sum-partial 6, sum-aggregate 1");
    check(
        &total(&rows.transpose(None).unwrap(), Reduction::Mean),
        "mean_chunk 8, mean_combine-partial 6, mean_agg-aggregate 1",
    );
    let more = rows.unary(UnaryFunc::Cos).unwrap().slice(&[IndexItem::ALL, reversed()]).unwrap();
    check(&total(&more, Reduction::Max), "chunk_max 8, chunk_max-partial 6, max-aggregate 1");
    // Two grids that have nothing in common would make too many pieces.
    let long = |chunk: &[usize]| kept(&[64, 64], chunk);
    let both = long(&[64, 1]).rechunk(&sizes(&[64, 64])).unwrap().binary(BinaryFunc::Add, &long(&[1, 64])).unwrap();
    check(&total(&both, Reduction::Sum), "rechunk-merge 64, sum 64, sum-partial 62, sum-aggregate 1");
    // What is made from nothing is made in the chunks that were asked for.
    let drawn = random(&[8, 8], &[8, 1]).rechunk(&sizes(&[1, 8])).unwrap();
    check(&along(&drawn, Reduction::Sum, 1), "sum-aggregate 8");
}

#[test]
fn loops_look_through_to_the_parts() {
    let plus = |a: &Array, b: &Array| a.binary(BinaryFunc::Add, b).unwrap();
    let one = Array::scalar(Scalar::F64(1.0));
    let part = |seed: f64| plus(&kept(&[4, 6], &[2, 6]), &Array::scalar(Scalar::F64(seed)));
    let parts: Vec<Array> = (0..3).map(|seed| part(f64::from(seed))).collect();
    let joined = Array::concatenate(&parts, 0).unwrap();
    // Each part is added to in the loop that needs it.
    check(&total(&joined, Reduction::Sum), "sum 6, sum-partial 5, sum-aggregate 1");
    check(&plus(&joined, &one), "add 6");
    check(&plus(&joined, &joined), "add 6");
    let other = Array::concatenate(&[part(5.0), part(6.0), part(7.0)], 0).unwrap();
    check(&total(&plus(&joined, &other), Reduction::Max), "chunk_max 6, chunk_max-partial 5, max-aggregate 1");
    let stacked = Array::stack(&parts, 0).unwrap();
    check(&along(&stacked, Reduction::Sum, 0), "sum 6, sum-aggregate 2");
    check(&along(&stacked, Reduction::Mean, -1), "mean_agg-aggregate 6");
    check(&along(&stacked.transpose(None).unwrap(), Reduction::Sum, 2), "sum 6, sum-aggregate 2");
    // A slice of one part is not a matter of the others.
    check(&stacked.slice(&[IndexItem::Int(1)]).unwrap(), "getitem 2");
    check(&joined.slice(&[IndexItem::Slice { start: Some(4), stop: Some(6), step: None }]).unwrap(), "getitem 1");
    // Chunks over the border of two parts are put together, unless it does not matter how they are cut.
    let cut = joined.rechunk(&sizes(&[3, 6])).unwrap();
    check(&plus(&cut, &one), "add 6, rechunk-merge 4, add 4");
    check(&total(&cut, Reduction::Sum), "sum 6, sum-partial 5, sum-aggregate 1");
    // In one run all elements are the same ones.
    let flat = kept(&[4, 6], &[2, 3]).reshape(&[-1]).unwrap();
    check(&total(&flat, Reduction::Sum), "sum 4, sum-aggregate 1");
    check(&total(&flat, Reduction::ArgMax), "rechunk-merge 4, reshape 4, arg-reduce 4, arg_agg-aggregate 1");
    // Inside each other.
    let twice = Array::concatenate(&[joined.clone(), plus(&joined, &one)], 1).unwrap();
    check(&along(&twice, Reduction::Sum, 1), "sum 12, sum-aggregate 6");
    // As a result it is the chunks of its parts.
    check(&joined, "add 6");
}

/// A line of numbers in a file of which parts can be read.
#[derive(Debug)]
struct Line {
    first: usize,
    grid: rdk_array::chunks::Chunks,
}

impl rdk_array::plan::Step for Line {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("test.line", format!("{}{:?}", self.first, self.grid).into_bytes())
    }

    fn run(&self, call: &mut rdk_array::plan::StepCall<'_>) -> Result<Chunk, rdk_array::kernel::Stop> {
        let (start, shape) = (self.grid.chunk_start(call.index), self.grid.chunk_shape(call.index));
        Ok(Chunk::from_vec(&shape, (0..shape[0]).map(|at| (self.first + start[0] + at) as f64).collect()))
    }

    fn sliced(
        &self,
        index: &[rdk_array::index::AxisIndex],
        chunks: &rdk_array::chunks::Chunks,
    ) -> Option<Arc<dyn rdk_array::plan::Step>> {
        match index {
            [rdk_array::index::AxisIndex::Range { start, step: 1, .. }] => {
                Some(Arc::new(Line { first: self.first + start, grid: chunks.clone() }))
            }
            _ => None,
        }
    }
}

#[test]
fn slices_reach_steps_that_can_make_a_part() {
    let grid = sizes(&[10]).grid(&[100], 8).unwrap();
    let line = Array::step("read", Line { first: 0, grid: grid.clone() }, [], grid, DType::F64);
    let part = |start, stop, step| line.slice(&[IndexItem::Slice { start, stop, step }]).unwrap();
    // Nothing is cut off what has been read: a part of it is read.
    let some = part(Some(15), Some(35), None);
    check(&some, "getitem 3");
    assert_eq!(some.n_tasks(), 13);
    check(&total(&some, Reduction::Sum), "getitem 3, sum 3, sum-aggregate 1");
    let mut lowering = Lowering::default();
    let tasks = some.lower(&mut lowering).unwrap();
    assert_eq!(tasks.iter().map(|task| lowering.graph.tasks()[task.0 as usize].cost.output).sum::<u64>(), 160);
    // Steps that it cannot take are taken of its chunks, of those that are needed.
    check(&part(None, Some(20), Some(2)), "read 10, getitem 2");
}

#[test]
fn equal_work_is_done_once_in_one_graph() {
    let plus = |a: &Array, b: &Array| a.binary(BinaryFunc::Add, b).unwrap();
    // Written twice, by somebody who does not know.
    let mean = || total(&random(&[6, 6], &[3, 3]).unary(UnaryFunc::Cos).unwrap(), Reduction::Mean);
    assert_eq!(layers(&[&mean(), &mean()]), "mean_chunk 4, mean_agg-aggregate 1");
    let x = random(&[6, 6], &[3, 3]);
    let centred = |x: &Array| x.binary(BinaryFunc::Subtract, &total(x, Reduction::Mean)).unwrap();
    // One mean, and one loop for each result.
    assert_eq!(
        layers(&[
            &total(&centred(&x), Reduction::Sum),
            &total(&centred(&x), Reduction::Max),
            &total(&x, Reduction::Mean)
        ]),
        "mean_chunk 4, mean_agg-aggregate 1, sum 4, sum-aggregate 1, chunk_max 4, max-aggregate 1"
    );
    let dear = (0..6).fold(x, |x, _| x.unary(UnaryFunc::Tan).unwrap());
    assert_eq!(layers(&[&plus(&dear, &dear), &dear]), "tan 4, add 4");
}

#[test]
fn what_is_dear_and_wanted_twice_is_stored() {
    let x = kept(&[6, 6], &[3, 3]);
    let plus = |a: &Array, b: &Array| a.binary(BinaryFunc::Add, b).unwrap();
    let cheap = plus(&x, &x);
    check(&plus(&cheap, &cheap.transpose(None).unwrap()), "add 4");
    let dear = (0..6).fold(x, |x, _| x.unary(UnaryFunc::Tan).unwrap());
    check(&plus(&dear, &dear.transpose(None).unwrap()), "tan 4, add 4");
    // In one loop, seen the same way, it is one value.
    check(&plus(&dear, &dear), "add 4");
    // Two results of one graph share it.
    assert_eq!(
        layers(&[&total(&dear, Reduction::Sum), &total(&dear, Reduction::Max)]),
        "tan 4, sum 4, sum-aggregate 1, chunk_max 4, max-aggregate 1"
    );
}

#[test]
fn products_read_transposed_chunks_as_they_are() {
    let x = random(&[6, 6], &[3, 3]);
    let turned = x.transpose(None).unwrap();
    check(&x.dot(&turned).unwrap(), "random_sample 4, tensordot 8");
    let sum = x.binary(BinaryFunc::Add, &turned).unwrap();
    check(&x.dot(&sum).unwrap(), "random_sample 4, add 4, tensordot 8");
}

#[test]
fn reshapes_reach_through_to_what_is_made_from_its_number() {
    let range = Array::arange(Scalar::I64(0), Scalar::I64(1), 24, &ChunksSpec::from(5)).unwrap();
    let twice = range.binary(BinaryFunc::Add, &range).unwrap().reshape(&[2, 3, 4]).unwrap();
    check(&twice, "reshape 6");
}

#[test]
fn errors_name_what_does_not_fit() {
    let check = |result: rdk_runtime::Result<Array>, expected: &str| {
        assert_eq!(result.map_or_else(|error| error.to_string(), |array| array.to_string()), expected);
    };
    let (a, b) = (ones(&[3], &[3]), ones(&[4], &[4]));
    check(a.binary(BinaryFunc::Add, &b), "ValueError: operands could not be broadcast together with shapes (3,) (4,)");
    check(a.dot(&b), "ValueError: shapes (3,) and (4,) not aligned: 3 (dim 0) != 4 (dim 0)");
    check(
        a.reduce(Reduction::Sum, Some(&[1]), false, None, None),
        "AxisError: axis 1 is out of bounds for an array of 1 dimension",
    );
    check(
        ones(&[0], &[1]).reduce(Reduction::Min, None, false, None, None),
        "ValueError: zero-size array to reduction operation minimum which has no identity",
    );
    let flags = a.cast(DType::Bool);
    check(
        flags.binary(BinaryFunc::Subtract, &flags),
        "TypeError: numpy boolean subtract, the `-` operator, is not supported",
    );
    let mut lowering = Lowering::default();
    let huge = ones(&[1_000_000_000, 1_000_000_000, 1_000_000_000], &[1000, 1000, 1000]);
    let message = |result: rdk_runtime::Result<Vec<TaskId>>| result.unwrap_err().to_string();
    assert!(message(huge.lower(&mut lowering)).starts_with("MemoryError: unable to allocate"));
    let many = total(&huge, Reduction::Sum).lower(&mut Lowering::default());
    assert_eq!(message(many), "MemoryError: an array of 1000000000000000000 chunks is too many to compute");
}

/// What `visualize` draws.
#[test]
fn for_looks_every_operation_has_its_tasks() {
    let looks = |array: &Array| {
        let mut lowering = Lowering::for_looks();
        array.lower(&mut lowering).unwrap();
        lowering.graph.tasks().iter().map(|task| task.key.name.to_string()).collect::<Vec<_>>().join(" ")
    };
    let line = ones(&[4], &[2]);
    assert_eq!(looks(&line), "ones_like ones_like");
    assert_eq!(looks(&total(&line, Reduction::Sum)), "ones_like ones_like sum sum sum-aggregate");
    let whole =
        ones(&[4], &[4]).slice(&[reversed()]).unwrap().binary(BinaryFunc::Add, &Array::scalar(Scalar::F64(1.0)));
    assert_eq!(looks(&total(&whole.unwrap(), Reduction::Sum)), "ones_like getitem add sum sum-aggregate");
}

/// Counts of tasks as Dask's `len(x.dask)` gives them for an array of 1000 × 4000 in chunks of 1000 × 1000.
#[test]
fn counts_are_those_of_dask() {
    let x = ones(&[1000, 4000], &[1000, 1000]);
    let check = |array: rdk_runtime::Result<Array>, expected: &str| {
        let array = array.unwrap();
        assert_eq!(format!("{} {}", array.layer(), array.n_tasks()), expected);
    };
    let one = Array::scalar(Scalar::F64(1.0));
    check(Ok(x.clone()), "ones_like 4");
    check(Ok(total(&x, Reduction::Sum)), "sum-aggregate 11");
    check(Ok(total(&x, Reduction::Std { ddof: 0 })), "_sqrt 12");
    check(Ok(total(&x, Reduction::ArgMax)), "arg_agg-aggregate 11");
    check(x.reduce(Reduction::Mean, Some(&[0]), false, None, None), "mean_agg-aggregate 12");
    check(x.reduce(Reduction::Std { ddof: 0 }, Some(&[1]), false, None, None), "_sqrt 10");
    check(x.transpose(None), "transpose 8");
    check(x.rechunk(&ChunksSpec::from(500)), "rechunk-merge 36");
    check(x.reshape(&[-1]), "reshape 28");
    check(Array::stack(&[x.clone(), x.clone()], 0), "stack 12");
    check(Array::concatenate(&[x.clone(), x.clone()], 0), "concatenate 12");
    check(x.dot(&x.transpose(None).unwrap()), "tensordot 17");
    check(Ok(x.cast(DType::F32)), "astype 8");
    check(x.slice(&[IndexItem::Int(0)]), "getitem 8");
    check(x.expand_dims(&[0]), "reshape 8");
    check(x.broadcast_to(&[2, 1000, 4000]), "broadcast_to 8");
    check(x.binary(BinaryFunc::Add, &one).map(|array| array.named("add")), "add 8");
    check(x.binary(BinaryFunc::Add, &ones(&[4000], &[1000])), "add 12");
}

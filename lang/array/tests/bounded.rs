//! Work on data of ten times the memory stays within it: what the engine counts never passes the budget, and what cannot be in it is
//! refused before anything runs.

use std::sync::LazyLock;

use parking_lot::Mutex;
use proptest::prelude::*;
use rdk_array::chunks::{AxisSpec, ChunksSpec};
use rdk_array::index::IndexItem;
use rdk_array::kernel::{BinaryFunc, Distribution, Reduction, Stop, UnaryFunc};
use rdk_array::plan::{Step, StepCall};
use rdk_array::{Array, Chunk, DType, Scalar};
use rdk_graph::{Cancel, Engine, Failure, Options, RunError, project};
use rdk_runtime::Lazy;
use rdk_runtime::object::Lowering;

const BUDGET: u64 = 4 << 20;

/// Peaks are those of an engine, so runs take turns.
static ONE: LazyLock<Mutex<()>> = LazyLock::new(Mutex::default);

/// Chunks that can only be read, such as those of a file.
#[derive(Debug)]
struct Read {
    shape: Vec<usize>,
    grid: rdk_array::chunks::Chunks,
    again: bool,
}

impl Step for Read {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("test.read", format!("{:?}{:?}{}", self.shape, self.grid, self.again).into_bytes())
    }

    fn run(&self, call: &mut StepCall<'_>) -> Result<Chunk, Stop> {
        let (start, shape) = (self.grid.chunk_start(call.index), self.grid.chunk_shape(call.index));
        let (first_row, first_column, columns) = (start[0], start[1], shape[1]);
        let row = |row: usize| (0..columns).map(move |column| value(first_row + row, first_column + column));
        Ok(Chunk::from_vec(&shape, (0..shape[0]).flat_map(row).collect::<Vec<f64>>()))
    }

    fn again(&self) -> Option<f32> {
        self.again.then_some(3.0)
    }
}

fn value(row: usize, column: usize) -> f64 {
    ((row * 31 + column * 17) % 64) as f64 - 31.5
}

fn sizes(sizes: &[usize]) -> ChunksSpec {
    ChunksSpec::Axes(sizes.iter().map(|&size| AxisSpec::Size(size)).collect())
}

fn read(shape: [usize; 2], chunks: [usize; 2], again: bool) -> Array {
    let grid = sizes(&chunks).grid(&shape, 8).unwrap();
    let step = Read { shape: shape.to_vec(), grid: grid.clone(), again };
    Array::step("read", step, [], grid, DType::F64)
}

struct Ran {
    result: Result<Chunk, RunError>,
    peak: u64,
    projected: u64,
    spilled: u64,
}

fn run(array: &Array, budget: u64) -> Ran {
    let _one = ONE.lock();
    let engine = Engine::with(Options { threads: 2, memory: Some(budget), ..Options::default() });
    let mut lowering = Lowering::within(budget);
    array.announce(&mut lowering).unwrap();
    let outputs = array.lower(&mut lowering).unwrap();
    let projection = project(&lowering.graph, &outputs, 2, budget);
    let result = engine.run(&lowering.graph, &outputs, &Cancel::new()).map(|mut results| {
        let assemble = rdk_array::lower::Assemble { grid: array.chunks().clone(), dtype: array.dtype() };
        assemble.assemble(&mut results, rdk_graph::Crew::alone(&Cancel::new())).unwrap()
    });
    assert_eq!(
        projection.refused.is_some(),
        matches!(&result, Err(error) if matches!(error.failure, Failure::Memory { .. }))
    );
    Ran { result, peak: engine.peak(), projected: projection.peak, spilled: projection.spilled }
}

fn total(array: &Array, reduction: Reduction, axes: Option<&[i64]>) -> Array {
    array.reduce(reduction, axes, false, None, None).unwrap()
}

/// To whole numbers: the rest depends on the order of a sum.
fn rounded_total(array: &Array) -> Array {
    total(array, Reduction::Sum, None).unary(UnaryFunc::Rint).unwrap()
}

#[track_caller]
fn check(array: &Array, expected: &[f64]) -> Ran {
    let ran = run(array, BUDGET);
    let result = ran.result.as_ref().unwrap().to_vec::<f64>();
    assert!(ran.peak <= BUDGET, "{} bytes were held", ran.peak);
    assert!(ran.projected <= BUDGET, "{} bytes were foreseen", ran.projected);
    for (got, expected) in result.iter().zip(expected) {
        assert!((got - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{got} is not {expected}");
    }
    assert_eq!(result.len(), expected.len());
    ran
}

#[test]
fn rechunking_goes_by_way_of_the_disk() {
    // 40 MB in columns, wanted in rows, for something that does not pass through.
    let columns = read([1000, 5000], [1000, 50], false);
    let rows = columns.rechunk(&sizes(&[10, 5000])).unwrap();
    let folded = rows.reshape(&[100, 50_000]).unwrap();
    let sums: Vec<f64> = (0..100)
        .map(|row| (0..10).map(|at| (0..5000).map(|column| value(row * 10 + at, column)).sum::<f64>()).sum())
        .collect();
    check(&total(&folded, Reduction::Sum, Some(&[1])), &sums);
    // The other way round, and transposed.
    let turned = rows.transpose(None).unwrap().rechunk(&sizes(&[5000, 10])).unwrap().reshape(&[50_000, 100]).unwrap();
    let all: f64 = sums.iter().sum();
    let ran = check(&total(&turned, Reduction::Sum, None), &[all]);
    assert_eq!(ran.spilled, 0, "what goes to shelves need not be put aside");
    let _one = ONE.lock();
    assert_eq!(rdk_graph::shelf::shelved(), 0);
}

#[test]
fn what_is_needed_twice_is_read_twice() {
    let x = read([1000, 5000], [100, 500], true);
    let centred = x.binary(BinaryFunc::Subtract, &total(&x, Reduction::Mean, None)).unwrap();
    let ran = check(&rounded_total(&centred), &[0.0]);
    assert_eq!(ran.spilled, 0);
    let by_column = x.binary(BinaryFunc::Subtract, &total(&x, Reduction::Mean, Some(&[0]))).unwrap();
    let ran = check(&rounded_total(&by_column), &[0.0]);
    assert_eq!(ran.spilled, 0);
    // What may not be read again is put aside.
    let y = read([1000, 5000], [100, 500], false);
    let centred = y.binary(BinaryFunc::Subtract, &total(&y, Reduction::Mean, None)).unwrap();
    let ran = check(&rounded_total(&centred), &[0.0]);
    assert!(ran.spilled > 0);
    // Random numbers are drawn again.
    let normal = Distribution::Normal { mean: 0.0, deviation: 1.0 };
    let z = Array::random("normal", normal, Some(1), &[1000, 5000], &sizes(&[100, 500])).unwrap();
    let centred = z.binary(BinaryFunc::Subtract, &total(&z, Reduction::Mean, None)).unwrap();
    let ran = check(&rounded_total(&centred), &[0.0]);
    assert_eq!(ran.spilled, 0);
}

#[test]
fn a_chunk_that_does_not_fit_is_refused_with_what_would() {
    let large = read([1000, 5000], [1000, 1000], false);
    let sum = total(&large.unary(UnaryFunc::Cos).unwrap(), Reduction::Sum, None);
    let ran = run(&sum, BUDGET);
    let error = ran.result.unwrap_err();
    assert_eq!(ran.peak, 0, "nothing ran");
    let mut lowering = Lowering::within(BUDGET);
    sum.lower(&mut lowering).unwrap();
    let task = &lowering.graph.tasks()[error.task.unwrap().0 as usize];
    let Failure::Memory { needed, allowed } = error.failure else { panic!("refused for want of memory") };
    let advice = task.operation.advice(&error.index, needed, allowed).unwrap();
    assert_eq!(advice, "chunks of (940, 500) would fit: `x.rechunk((940, 500))`");
    let smaller = read([1000, 5000], [940, 500], false);
    assert!(run(&total(&smaller, Reduction::Sum, None), BUDGET).result.is_ok());
}

/// One more operation; all of them keep the shape.
fn then(array: &Array, what: u8, a: usize) -> Array {
    let chunk = |n: usize| 50 + 25 * (n % 4);
    match what {
        0 => array.rechunk(&sizes(&[chunk(a), chunk(a + 1)])).unwrap(),
        1 => array.rechunk(&sizes(&[20, 1000])).unwrap(),
        2 => array.rechunk(&sizes(&[1000, 20])).unwrap(),
        3 => array.transpose(None).unwrap(),
        4 => array.binary(BinaryFunc::Add, &array.transpose(None).unwrap()).unwrap(),
        5 => array.slice(&[IndexItem::Slice { start: None, stop: None, step: Some(-1) }]).unwrap(),
        6 => array.binary(BinaryFunc::Subtract, &total(array, Reduction::Max, None)).unwrap(),
        7 => array.binary(BinaryFunc::Subtract, &total(array, Reduction::Min, Some(&[0]))).unwrap(),
        8 => array.reshape(&[500, 2000]).unwrap().reshape(&[1000, 1000]).unwrap(),
        9 => {
            let half = |start: Option<i64>, stop: Option<i64>| IndexItem::Slice { start, stop, step: None };
            let (low, high) =
                (array.slice(&[half(None, Some(300))]).unwrap(), array.slice(&[half(Some(300), None)]).unwrap());
            Array::concatenate(&[high, low], 0).unwrap()
        }
        10 => {
            // Extremes of windows, in chunks over the borders of which they reach.
            let (axis, mut shape) = (a % 2, [1000, 1000]);
            shape[axis] -= 4;
            let windows = array.sliding(&[(axis, 5)], sizes(&[chunk(a), 100]).grid(&shape, 8).unwrap()).unwrap();
            let mut items = vec![IndexItem::ALL; axis];
            items.push(IndexItem::Slice { start: Some(-4), stop: None, step: None });
            let parts = [total(&windows, Reduction::Max, Some(&[2])), array.slice(&items).unwrap()];
            Array::concatenate(&parts, axis as i64).unwrap()
        }
        _ => array.binary(BinaryFunc::Multiply, &Array::scalar(Scalar::F64(0.5))).unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn random_graphs_stay_within(steps in prop::collection::vec((0u8..12, 0usize..8), 1..6), again in any::<bool>()) {
        let budget = 1 << 20;
        let start = read([1000, 1000], [100, 100], again);
        let array = steps.into_iter().fold(start, |array, (what, a)| then(&array, what, a));
        let sum = total(&array, Reduction::Sum, None);
        let bounded = run(&sum, budget);
        let free = run(&sum, 1 << 30);
        prop_assert!(bounded.peak <= budget, "{} bytes were held", bounded.peak);
        let (bounded, free) = (bounded.result.unwrap().to_vec::<f64>(), free.result.unwrap().to_vec::<f64>());
        prop_assert!((bounded[0] - free[0]).abs() <= 1e-9 * free[0].abs().max(1.0), "{} is not {}", bounded[0], free[0]);
    }
}

#[test]
fn where_the_pieces_of_shelves_lie_takes_no_memory() {
    // 200 shelves of a thousand pieces: their places alone were more than the budget.
    let x = read([1000, 1000], [100, 100], false);
    let array = [8, 4, 8, 3].into_iter().fold(x, |array, what| then(&array, what, 0));
    let ran = run(&total(&array, Reduction::Sum, None), 1 << 20);
    assert!(ran.result.is_ok());
    assert!(ran.peak <= 1 << 20, "{} bytes were held", ran.peak);
}

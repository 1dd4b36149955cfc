//! What may be wanted of any chunk goes by way of the disk where the chunks do not fit: the same results as with room for all, within the
//! memory.

use std::collections::BTreeMap;

use rdk_array::chunks::{AxisSpec, ChunksSpec};
use rdk_array::order::Side;
use rdk_array::{Array, Chunk, DType, element::Element};
use rdk_graph::{Cancel, Crew, Engine, Failure, Options, RunError};
use rdk_runtime::Lazy;
use rdk_runtime::object::Lowering;

const MIB: u64 = 1 << 20;

/// All elements, made with an engine of so much memory, and the most that it held.
fn run(array: &Array, budget: u64) -> (Result<Chunk, RunError>, u64) {
    let engine = Engine::with(Options { threads: 2, memory: Some(budget), ..Options::default() });
    let mut lowering = Lowering::within(budget);
    array.announce(&mut lowering).unwrap();
    let outputs = array.lower(&mut lowering).unwrap();
    let result = engine.run(&lowering.graph, &outputs, &Cancel::new()).map(|mut results| {
        let assemble = rdk_array::lower::Assemble { grid: array.chunks().clone(), dtype: array.dtype() };
        assemble.assemble(&mut results, Crew::alone(&Cancel::new())).unwrap()
    });
    (result, engine.peak())
}

/// The same with little memory as with much, and as expected.
#[track_caller]
fn check<T: Element + PartialEq>(array: &Array, budget: u64, expected: &[T]) {
    let (little, peak) = run(array, budget);
    assert!(peak <= budget, "{peak} bytes were held");
    let bits = |elements: &[T]| rdk_array::bytes::of(elements).to_vec();
    let little = little.unwrap();
    assert_eq!(little.len(), expected.len());
    assert!(bits(&little.to_vec::<T>()) == bits(expected), "with little memory");
    let (much, _) = run(array, 4 << 30);
    assert!(bits(&much.unwrap().to_vec::<T>()) == bits(expected), "with much memory");
}

fn sizes(sizes: &[usize]) -> ChunksSpec {
    ChunksSpec::Axes(sizes.iter().map(|&size| AxisSpec::Size(size)).collect())
}

/// Numbers that look random, below `n`.
fn numbers(seed: u64, count: usize, n: i64) -> Vec<i64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (((state >> 33) as i64) * n) >> 31
    };
    (0..count).map(|_| next()).collect()
}

fn given<T: Element>(elements: &[T], shape: &[usize], chunks: &[usize]) -> Array {
    // Chunks that come one by one: what is in memory already is read as a whole.
    Array::from_chunk(Chunk::from_vec(shape, elements.to_vec()), &sizes(chunks)).unwrap()
}

#[test]
fn elements_at_lazy_positions() {
    let n = 1_500_000;
    let x: Vec<f64> = (0..n).map(|at| at as f64 * 0.5).collect();
    let row = given(&x, &[n], &[100_000]);
    let positions: Vec<i64> = numbers(1, 700_001, 2 * n as i64).into_iter().map(|at| at - n as i64).collect();
    let expected: Vec<f64> = positions.iter().map(|&at| x[at.rem_euclid(n as i64) as usize]).collect();
    for size in [50_000, 350_000, 1000] {
        let taken = row.take_lazily(&given(&positions, &[positions.len()], &[size]), 0).unwrap();
        check(&taken, 24 * MIB, &expected);
    }
    // All of one chunk.
    let same = vec![7i64; 200_000];
    check(&row.take_lazily(&given(&same, &[200_000], &[50_000]), 0).unwrap(), 24 * MIB, &vec![3.5; 200_000]);
    let none = given(&Vec::<i64>::new(), &[0], &[1]);
    check(&row.take_lazily(&none, 0).unwrap(), 24 * MIB, &Vec::<f64>::new());
}

#[test]
fn rows_and_columns_at_lazy_positions() {
    let (rows, columns) = (1000, 5000);
    let x: Vec<i32> = (0..(rows * columns) as i32).collect();
    let square = given(&x, &[rows, columns], &[500, 250]);
    let positions = numbers(2, 1234, columns as i64);
    let expected: Vec<i32> = (0..rows)
        .flat_map(|row| positions.iter().map(move |&at| (row * columns) as i32 + at as i32).collect::<Vec<_>>())
        .collect();
    let lazy = given(&positions, &[1234], &[100]);
    check(&square.take_lazily(&lazy, 1).unwrap(), 28 * MIB, &expected);
    let eager: Vec<usize> = positions.iter().map(|&at| at as usize).collect();
    check(&square.take(eager, 1).unwrap(), 28 * MIB, &expected);
    let tall = given(&x, &[columns, rows], &[250, 500]);
    let expected: Vec<i32> =
        positions.iter().flat_map(|&at| (0..rows as i32).map(move |to| at as i32 * rows as i32 + to)).collect();
    check(&tall.take_lazily(&lazy, 0).unwrap(), 28 * MIB, &expected);
}

#[test]
fn elements_at_many_points() {
    let (rows, columns) = (3000, 1000);
    let x: Vec<f64> = (0..rows * columns).map(|at| at as f64).collect();
    let square = given(&x, &[rows, columns], &[700, 300]);
    let along: [Vec<usize>; 2] = [(3, rows), (4, columns)]
        .map(|(seed, n)| numbers(seed, 400_000, n as i64).into_iter().map(|at| at as usize).collect());
    let expected: Vec<f64> =
        along[0].iter().zip(&along[1]).map(|(&row, &column)| (row * columns + column) as f64).collect();
    check(&square.pick(along.to_vec()).unwrap(), 40 * MIB, &expected);
}

#[test]
fn positions_out_of_range_are_named() {
    let row = given(&vec![0.0; 1_500_000], &[1_500_000], &[100_000]);
    let mut positions = numbers(5, 300_000, 1_500_000);
    positions[250_000] = 1_500_000;
    let (result, _) = run(&row.take_lazily(&given(&positions, &[300_000], &[50_000]), 0).unwrap(), 24 * MIB);
    let Err(RunError { failure: Failure::Error(error), .. }) = result else { panic!("it is out of range") };
    let error = error.downcast_ref::<rdk_runtime::Error>().unwrap().to_string();
    assert!(error.contains("index 1500000 is out of bounds for axis 0 with size 1500000"), "{error}");
}

#[test]
fn long_sorted_rows_are_looked_up() {
    // Ties, and what is no number at the end.
    let n = 1_500_000;
    let mut sorted: Vec<f64> = (0..n).map(|at| (at / 7) as f64).collect();
    sorted[n - 150_000..].fill(f64::NAN);
    let row = given(&sorted, &[n], &[100_000]);
    let mut wanted: Vec<f64> = numbers(6, 300_000, 250_000).into_iter().map(|at| at as f64 / 2.0 - 10.0).collect();
    wanted[5] = f64::NAN;
    wanted[6] = f64::INFINITY;
    let lazy = given(&wanted, &[600, 500], &[100, 300]);
    let end = n - 150_000;
    for (side, before) in [
        (Side::Left, &(|at: f64| sorted[..end].partition_point(|&other| other < at)) as &dyn Fn(f64) -> usize),
        (Side::Right, &|at: f64| sorted[..end].partition_point(|&other| other <= at)),
    ] {
        let place = |&at: &f64| if at.is_nan() { if side == Side::Left { end } else { n } } else { before(at) } as i64;
        let expected: Vec<i64> = wanted.iter().map(place).collect();
        check(&lazy.searched_in(&row, side).unwrap(), 48 * MIB, &expected);
    }
    let last = sorted[end - 1];
    for invert in [false, true] {
        let member = |&at: &f64| (at >= 0.0 && at <= last && at.fract() == 0.0) != invert;
        let expected: Vec<bool> = wanted.iter().map(member).collect();
        check(&lazy.is_in(&row, invert).unwrap(), 60 * MIB, &expected);
    }
}

#[test]
fn very_many_different_elements_come_in_piles() {
    let n = 5_000_000;
    for different in [3i64, 40_000, 1 << 31] {
        let elements: Vec<i64> = numbers(7, n, different).into_iter().map(|at| at - 2).collect();
        let mut found: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        for (at, &element) in elements.iter().enumerate() {
            found.entry(element).or_insert((at as i64, 0)).1 += 1;
        }
        let row = given(&elements, &[n], &[500_000]);
        let distinct = row.distinct_lazily().unwrap();
        let (values, first, counts): (Vec<i64>, Vec<i64>, Vec<i64>) =
            found.iter().map(|(&value, &(first, count))| (value, first, count)).collect::<Vec<_>>().into_iter().fold(
                Default::default(),
                |(mut values, mut first, mut counts): (Vec<i64>, Vec<i64>, Vec<i64>), (a, b, c)| {
                    values.push(a);
                    first.push(b);
                    counts.push(c);
                    (values, first, counts)
                },
            );
        for (array, expected) in [(distinct.values, &values), (distinct.first, &first), (distinct.counts, &counts)] {
            let (result, _) = chunks(&array, 100 * MIB);
            assert!(result == *expected, "{different}");
            let (result, _) = chunks(&array, 4 << 30);
            assert!(result == *expected, "{different}");
        }
    }
}

/// All elements of a row that is as long as it comes out.
fn chunks(array: &Array, budget: u64) -> (Vec<i64>, u64) {
    let engine = Engine::with(Options { threads: 2, memory: Some(budget), ..Options::default() });
    let mut lowering = Lowering::within(budget);
    array.announce(&mut lowering).unwrap();
    let outputs = array.lower(&mut lowering).unwrap();
    let results = engine.run(&lowering.graph, &outputs, &Cancel::new()).unwrap();
    assert_eq!(array.dtype(), DType::I64);
    (results.iter().flat_map(|result| result.get::<Chunk>().unwrap().to_vec::<i64>()).collect(), engine.peak())
}

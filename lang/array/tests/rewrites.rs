//! What is fused, looked through and read in other grids gives what every operation for itself gives.

use std::sync::LazyLock;

use proptest::prelude::*;
use rdk_array::chunks::{AxisSpec, ChunksSpec};
use rdk_array::index::IndexItem;
use rdk_array::kernel::{BinaryFunc, Reduction, UnaryFunc};
use rdk_array::{Array, Chunk, Scalar};
use rdk_graph::{Cancel, Engine, Options};
use rdk_runtime::Lazy;
use rdk_runtime::object::Lowering;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::with(Options { threads: 2, ..Options::default() }));

/// Its elements, by way of this lowering.
fn computed(array: &Array, mut lowering: Lowering) -> Chunk {
    array.announce(&mut lowering).unwrap();
    let outputs = array.lower(&mut lowering).unwrap();
    let mut results = ENGINE.run(&lowering.graph, &outputs, &Cancel::new()).unwrap();
    let assemble = rdk_array::lower::Assemble { grid: array.chunks().clone(), dtype: array.dtype() };
    assemble.assemble(&mut results, rdk_graph::Crew::alone(&Cancel::new())).unwrap()
}

fn sizes(sizes: &[usize]) -> ChunksSpec {
    ChunksSpec::Axes(sizes.iter().map(|&size| AxisSpec::Size(size)).collect())
}

/// Whole numbers, so that sums do not depend on their order.
fn given(rows: usize, columns: usize, chunks: [usize; 2]) -> Array {
    let elements: Vec<i64> = (0..rows * columns).map(|at| (at * 7919 % 101) as i64 - 50).collect();
    let array = Array::from_chunk(Chunk::from_vec(&[rows, columns], elements), &sizes(&chunks)).unwrap();
    // As chunks that somebody has computed.
    let mut lowering = Lowering::default();
    let outputs = array.lower(&mut lowering).unwrap();
    array.with_results(ENGINE.run(&lowering.graph, &outputs, &Cancel::new()).unwrap()).unwrap()
}

/// One more operation on what there is; operations that do not fit leave it as it is.
fn then(array: &Array, (what, a, b): (u8, usize, usize)) -> Array {
    let n = array.ndim();
    let length = |axis: usize| array.shape()[axis].max(1);
    let slice = |start: usize, step: i64, axis: usize| {
        let mut items = vec![IndexItem::ALL; n];
        let start = if step > 0 { Some((start % length(axis)) as i64) } else { None };
        items[axis] = IndexItem::Slice { start, stop: None, step: Some(step) };
        array.slice(&items).unwrap()
    };
    match what {
        _ if n == 0 => array.clone(),
        0 => array.rechunk(&sizes(&(0..n).map(|axis| 1 + (a + b * axis) % length(axis)).collect::<Vec<_>>())).unwrap(),
        1 => array.transpose(None).unwrap(),
        2 => slice(a, 1 + (b % 3) as i64, a % n),
        3 => slice(0, -1, b % n),
        4 => array.binary(BinaryFunc::Add, &Array::scalar(Scalar::I64(a as i64))).unwrap(),
        5 => Array::concatenate(&[array.clone(), array.unary(UnaryFunc::Negative).unwrap()], (a % n) as i64).unwrap(),
        6 if n < 4 => Array::stack(&[array.clone(), slice(0, -1, b % n), array.clone()], (a % (n + 1)) as i64).unwrap(),
        7 => array.binary(BinaryFunc::Multiply, &slice(0, -1, a % n)).unwrap(),
        8 => {
            let parts = [slice(a, 1, b % n), array.clone()];
            Array::concatenate(&parts, (b % n) as i64).unwrap()
        }
        9 if n > 1 => array.slice(&[IndexItem::Int((a % length(0)) as i64)]).unwrap(),
        10 => array.reduce(Reduction::Sum, Some(&[(a % n) as i64]), true, None, None).unwrap(),
        11 => {
            let mean = array.reduce(Reduction::Max, Some(&[(a % n) as i64]), true, None, None).unwrap();
            array.binary(BinaryFunc::Subtract, &mean).unwrap()
        }
        12 if n > 1 => array.reduce(Reduction::Sum, Some(&[(a % n) as i64]), false, None, None).unwrap(),
        13 => array.reshape(&[-1]).unwrap().rechunk(&sizes(&[1 + a])).unwrap(),
        14 if n < 4 => {
            let (axis, mut shape) = (a % n, array.shape().to_vec());
            let window = 1 + b % length(axis).min(4);
            shape[axis] = (shape[axis] + 1).saturating_sub(window);
            let grid = sizes(&shape.iter().map(|length| 1 + (a + b) % length.max(&1)).collect::<Vec<_>>());
            array.sliding(&[(axis, window)], grid.grid(&shape, 8).unwrap()).unwrap()
        }
        _ => array.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn rewritten_plans_give_the_same(
        rows in 1usize..9,
        columns in 1usize..9,
        chunks in [1usize..5, 1usize..5],
        steps in prop::collection::vec((0u8..15, 0usize..7, 0usize..7), 1..8),
        reduction in prop::sample::select(vec![Reduction::Sum, Reduction::Max, Reduction::ArgMin, Reduction::Count, Reduction::Mean]),
        axis in 0usize..3,
    ) {
        let start = given(rows, columns, chunks);
        let array = steps.into_iter().fold(start, |array, step| {
            let next = then(&array, step);
            if next.size() > 0 && next.size() < 20_000 { next } else { array }
        });
        let axes = (axis < array.ndim()).then(|| vec![axis as i64]);
        let reduced = array.reduce(reduction, axes.as_deref(), false, None, None).unwrap();
        let looks = computed(&array, Lowering::for_looks());
        prop_assert_eq!(computed(&array, Lowering::default()), looks);
        prop_assert_eq!(computed(&reduced, Lowering::default()), computed(&reduced, Lowering::for_looks()));
        prop_assert_eq!(computed(&reduced, Lowering::within(1 << 10)), computed(&reduced, Lowering::default()));
    }
}

#[test]
fn large_results_are_put_together_by_several_threads() {
    let range = |chunks: &[usize]| {
        let one = Scalar::I64(1);
        let line = Array::arange(Scalar::I64(0), one, 2100 * 2101, &ChunksSpec::AUTO).unwrap();
        line.reshape(&[2100, 2101]).unwrap().rechunk(&sizes(chunks)).unwrap()
    };
    let whole = computed(&range(&[2100, 2101]), Lowering::default());
    assert_eq!(whole.get(&[1234, 567]), Some(Scalar::I64(1234 * 2101 + 567)));
    for chunks in [[2100, 500], [700, 2101], [999, 333]] {
        assert_eq!(computed(&range(&chunks), Lowering::default()), whole);
    }
}

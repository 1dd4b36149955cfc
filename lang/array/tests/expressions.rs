//! Random expressions, chunked in random ways, beside the same expressions on plain ndarrays.
//!
//! A case is a list of numbers that a small machine reads its choices from, so that proptest can make it smaller. All elements are
//! small integers: sums are exact in whatever order they are done.

use ndarray::{ArrayD, Axis, IxDyn, Slice};
use proptest::prelude::*;
use rdk_array::array::{Array, Func};
use rdk_array::chunks::{AxisChunks, AxisSpec, ChunksSpec};
use rdk_array::index::IndexItem;
use rdk_array::kernel::{BinaryFunc, CompareFunc, Reduction, UnaryFunc};
use rdk_array::{Chunk, DType, Scalar};
use rdk_graph::{Cancel, Engine, Key, Payload, Task, TaskId, Token};
use rdk_runtime::Lazy;
use rdk_runtime::object::Lowering;

const MAX_SIZE: usize = 3000;

/// An array twice: to be checked, and to be trusted.
#[derive(Clone)]
struct Pair {
    lazy: Array,
    plain: ArrayD<f64>,
    story: String,
}

struct Choices<'a> {
    numbers: &'a [u32],
    at: usize,
}

impl Choices<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.at += 1;
        match self.numbers.get(self.at - 1) {
            Some(&number) => number as usize % n.max(1),
            None => 0,
        }
    }

    fn spec(&mut self, shape: &[usize]) -> ChunksSpec {
        let axis = |choices: &mut Self, length: usize| match choices.below(4) {
            0 => AxisSpec::Whole,
            1 => AxisSpec::Size(1 + choices.below(length)),
            _ => {
                let (mut sizes, mut left) = (Vec::new(), length);
                while left > 0 {
                    let size = if sizes.len() < 4 {
                        (choices.below(left + 2)).saturating_sub(1).max(choices.below(2))
                    } else {
                        left
                    };
                    sizes.push(size);
                    left -= size;
                }
                AxisSpec::Sizes(AxisChunks::listed(sizes))
            }
        };
        ChunksSpec::Axes(shape.iter().map(|&length| axis(self, length)).collect())
    }
}

fn start(choices: &mut Choices) -> Pair {
    let shape: Vec<usize> =
        (0..[2, 1, 3, 2, 3, 0][choices.below(6)]).map(|_| [5, 7, 3, 12, 1, 4, 9, 2, 6, 0][choices.below(10)]).collect();
    let size: usize = shape.iter().product();
    let spec = choices.spec(&shape);
    let story = format!("{shape:?} in {spec}");
    let plain = ArrayD::from_shape_vec(IxDyn(&shape), (0..size).map(|n| (n % 17) as f64 - 5.0).collect()).unwrap();
    let lazy = match choices.below(3) {
        0 => Array::from_chunk(Chunk::from_vec(&shape, plain.iter().copied().collect()), &spec).unwrap(),
        1 => {
            // The same numbers, made from their positions.
            let flat = Array::arange(Scalar::F64(0.0), Scalar::F64(1.0), size, &choices.spec(&[size])).unwrap();
            let turn = flat.binary(BinaryFunc::Remainder, &Array::scalar(Scalar::F64(17.0))).unwrap();
            let lengths: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
            let moved = turn.binary(BinaryFunc::Subtract, &Array::scalar(Scalar::F64(5.0))).unwrap();
            moved.reshape(&lengths).unwrap().rechunk(&spec).unwrap()
        }
        _ => {
            let given = Array::from_chunk(Chunk::from_vec(&shape, plain.iter().copied().collect()), &spec).unwrap();
            let results = run(std::slice::from_ref(&given), &Engine::new(1)).remove(0);
            given.with_results(results).unwrap()
        }
    };
    Pair { lazy, plain, story }
}

/// Keeps numbers small.
fn tame(pair: Pair) -> Pair {
    let (low, high) = (Array::scalar(Scalar::F64(-50.0)), Array::scalar(Scalar::F64(50.0)));
    let lazy = pair.lazy.binary(BinaryFunc::Maximum, &low).unwrap().binary(BinaryFunc::Minimum, &high).unwrap();
    Pair { lazy, plain: pair.plain.mapv(|x| x.clamp(-50.0, 50.0)), story: pair.story }
}

/// One more operation; `None` if it does not work on these.
fn step(pool: &[Pair], choices: &mut Choices) -> Option<Pair> {
    let mut a = pool[pool.len() - 1 - choices.below(pool.len().min(3))].clone();
    if a.plain.len() < 4 {
        // There is more to see in larger ones.
        a = pool[choices.below(pool.len())].clone();
    }
    let b = pool[choices.below(pool.len())].clone();
    let (x, y) = (&a.lazy, &b.lazy);
    let ndim = a.plain.ndim();
    let (lazy, plain, what): (Array, ArrayD<f64>, String) = match choices.below(16) {
        0..=2 => {
            let shape = rdk_array::shape::broadcast(&[a.plain.shape(), b.plain.shape()]).ok()?;
            if shape.iter().product::<usize>() > MAX_SIZE {
                return None;
            }
            let (p, q) = (a.plain.broadcast(IxDyn(&shape))?.to_owned(), b.plain.broadcast(IxDyn(&shape))?.to_owned());
            match choices.below(4) {
                0 => (x.binary(BinaryFunc::Add, y).ok()?, p + q, format!("+ {}", b.story)),
                1 => (x.binary(BinaryFunc::Multiply, y).ok()?, p * q, format!("* {}", b.story)),
                2 => (x.binary(BinaryFunc::Subtract, y).ok()?, p - q, format!("- {}", b.story)),
                _ => {
                    let less = x.compare(CompareFunc::Less, y).ok()?;
                    let lazy = Array::elementwise(Func::Select, &[less, x.clone(), y.clone()]).ok()?;
                    let mut plain = p;
                    plain.zip_mut_with(&q, |p, q| *p = if *p < *q { *p } else { *q });
                    (lazy, plain, format!("lesser of it and {}", b.story))
                }
            }
        }
        3 => match choices.below(3) {
            0 => (x.unary(UnaryFunc::Negative).ok()?, -a.plain.clone(), "negated".into()),
            1 => (x.unary(UnaryFunc::Square).ok()?, a.plain.mapv(|x| x * x), "squared".into()),
            _ => (x.unary(UnaryFunc::Absolute).ok()?, a.plain.mapv(f64::abs), "absolute".into()),
        },
        4 | 5 => {
            let mut items = Vec::new();
            let mut plain = a.plain.clone();
            let mut axis = 0;
            for _ in 0..ndim {
                let length = plain.shape()[axis];
                match choices.below(7) {
                    0 if length > 0 => {
                        let at = choices.below(length);
                        items.push(IndexItem::Int(if choices.below(2) == 0 {
                            at as i64
                        } else {
                            at as i64 - length as i64
                        }));
                        plain = plain.index_axis_move(Axis(axis), at);
                    }
                    1 => {
                        items.extend([IndexItem::NewAxis, IndexItem::ALL]);
                        plain = plain.insert_axis(Axis(axis));
                        axis += 2;
                    }
                    2 => {
                        items.push(IndexItem::ALL);
                        axis += 1;
                    }
                    _ => {
                        let (start, stop) = (choices.below(length + 1) / 3, length - choices.below(length + 1) / 3);
                        let step = [1, 2, 3, 5][choices.below(4)];
                        let (low, high) = (start.min(stop), start.max(stop));
                        if choices.below(2) == 0 {
                            items.push(IndexItem::Slice {
                                start: Some(low as i64),
                                stop: Some(high as i64),
                                step: Some(step),
                            });
                            plain.slice_axis_inplace(
                                Axis(axis),
                                Slice::new(low as isize, Some(high as isize), step as isize),
                            );
                        } else {
                            let from = high as i64 - 1;
                            let to = if low == 0 { None } else { Some(low as i64 - 1) };
                            // -1 would stand for the last one.
                            if from < 0 {
                                return None;
                            }
                            items.push(IndexItem::Slice { start: Some(from), stop: to, step: Some(-step) });
                            plain.slice_axis_inplace(
                                Axis(axis),
                                Slice::new(low as isize, Some(high as isize), -step as isize),
                            );
                        }
                        axis += 1;
                    }
                }
            }
            (x.slice(&items).ok()?, plain, format!("{items:?}"))
        }
        6 => {
            let mut order: Vec<usize> = (0..ndim).collect();
            for at in (1..ndim).rev() {
                order.swap(at, choices.below(at + 1));
            }
            let axes: Vec<i64> = order.iter().map(|&axis| axis as i64).collect();
            (
                x.transpose(Some(&axes)).ok()?,
                a.plain.clone().permuted_axes(order.clone()),
                format!("transposed {order:?}"),
            )
        }
        7 | 8 => {
            let mut axes: Vec<usize> = (0..ndim).filter(|_| choices.below(3) == 0).collect();
            if axes.is_empty() && ndim > 0 {
                axes.push(choices.below(ndim));
            }
            let keepdims = choices.below(2) == 0;
            let kinds = [
                Reduction::Sum,
                Reduction::Max,
                Reduction::Min,
                Reduction::Mean,
                Reduction::Any,
                Reduction::ArgMax,
                Reduction::Var { ddof: 0 },
            ];
            let kind = kinds[choices.below(kinds.len())];
            if kind == Reduction::ArgMax {
                axes.truncate(1);
            }
            let numbers: Vec<i64> = axes.iter().map(|&axis| axis as i64).collect();
            let lazy = x.reduce(kind, Some(&numbers), keepdims, None, None).ok()?;
            let n: usize = axes.iter().map(|&axis| a.plain.shape()[axis]).product();
            if n == 0 && matches!(kind, Reduction::Mean | Reduction::Var { .. }) {
                return None;
            }
            let mut plain = a.plain.clone();
            let mean = axes.iter().rev().fold(plain.clone(), |p, &axis| p.sum_axis(Axis(axis)).insert_axis(Axis(axis)))
                / n.max(1) as f64;
            if matches!(kind, Reduction::Var { .. }) {
                plain = (&plain - &mean).mapv(|x| x * x);
            }
            for &axis in axes.iter().rev() {
                plain = match kind {
                    Reduction::Sum | Reduction::Mean | Reduction::Var { .. } => plain.sum_axis(Axis(axis)),
                    Reduction::Max => plain.fold_axis(Axis(axis), f64::NEG_INFINITY, |m, x| m.max(*x)),
                    Reduction::Min => plain.fold_axis(Axis(axis), f64::INFINITY, |m, x| m.min(*x)),
                    Reduction::Any => plain.fold_axis(Axis(axis), 0.0, |m, x| if *x != 0.0 { 1.0 } else { *m }),
                    _ => plain.map_axis(Axis(axis), |lane| {
                        let mut best = 0;
                        lane.iter().enumerate().for_each(|(at, x)| {
                            if *x > lane[best] {
                                best = at
                            }
                        });
                        best as f64
                    }),
                };
                if keepdims {
                    plain = plain.insert_axis(Axis(axis));
                }
            }
            if ndim == 0 {
                plain = match kind {
                    Reduction::Any => plain.mapv(|x| f64::from(x != 0.0)),
                    Reduction::ArgMax | Reduction::Var { .. } => plain.mapv(|_| 0.0),
                    _ => plain,
                };
            }
            let lazy = lazy.cast(DType::F64);
            let what = format!("{} over {axes:?}, keepdims={keepdims}", kind.name());
            match kind {
                // Whole numbers again, away from where rounding could tip them.
                Reduction::Mean | Reduction::Var { .. } => {
                    let n = n as f64;
                    plain = plain.mapv(|x| (x / n + 1e-6).floor());
                    let small = Array::scalar(Scalar::F64(1e-6));
                    (lazy.binary(BinaryFunc::Add, &small).ok()?.unary(UnaryFunc::Floor).ok()?, plain, what)
                }
                _ => (lazy, plain, what),
            }
        }
        9 => {
            let mut factors = Vec::new();
            let mut left = a.plain.len();
            for prime in [2usize, 3, 5, 7, 11, 13] {
                while left > 0 && left.is_multiple_of(prime) {
                    factors.push(prime);
                    left /= prime;
                }
            }
            factors.push(left);
            let mut shape: Vec<usize> = vec![1; 1 + choices.below(4)];
            for factor in factors {
                let at = choices.below(shape.len());
                shape[at] *= factor;
            }
            let lengths: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
            let elements: Vec<f64> = a.plain.iter().copied().collect();
            (
                x.reshape(&lengths).ok()?,
                ArrayD::from_shape_vec(IxDyn(&shape), elements).ok()?,
                format!("reshaped {shape:?}"),
            )
        }
        10 => {
            let spec = choices.spec(a.plain.shape());
            (x.rechunk(&spec).unwrap(), a.plain.clone(), format!("rechunked {spec}"))
        }
        11 => {
            let axis = choices.below(ndim + 1);
            if choices.below(2) == 0 && ndim > 0 {
                let axis = axis % ndim;
                let other = if y.ndim() == ndim { b.clone() } else { a.clone() };
                let lazy = Array::concatenate(&[x.clone(), other.lazy.clone(), x.clone()], axis as i64).ok()?;
                let plain =
                    ndarray::concatenate(Axis(axis), &[a.plain.view(), other.plain.view(), a.plain.view()]).ok()?;
                (lazy, plain, format!("concatenated along {axis} with {}", other.story))
            } else {
                let lazy = Array::stack(&[x.clone(), x.clone()], axis as i64).ok()?;
                let plain = ndarray::stack(Axis(axis), &[a.plain.view(), a.plain.view()]).ok()?;
                (lazy, plain, format!("stacked along {axis}"))
            }
        }
        12 => {
            let mut shape = vec![1 + choices.below(3)];
            shape.extend(a.plain.shape().iter().map(|&length| if length == 1 { 3 } else { length }));
            let plain = a.plain.broadcast(IxDyn(&shape))?.to_owned();
            (x.broadcast_to(&shape).unwrap(), plain, format!("stretched to {shape:?}"))
        }
        13 | 14 => {
            let mut windows = Vec::new();
            let mut shape = a.plain.shape().to_vec();
            for _ in 0..if ndim > 0 { 1 + choices.below(2) } else { 0 } {
                let axis = choices.below(ndim);
                let length = 1 + choices.below(shape[axis].min(5));
                shape[axis] = (shape[axis] + 1).checked_sub(length)?;
                windows.push((axis, length));
            }
            let grid = choices.spec(&shape).grid(&shape, 8).unwrap();
            let lazy = x.sliding(&windows, grid.clone()).unwrap();
            shape.extend(windows.iter().map(|&(_, length)| length));
            let plain = ArrayD::from_shape_fn(IxDyn(&shape), |index| {
                let mut place: Vec<usize> = (0..ndim).map(|axis| index[axis]).collect();
                windows.iter().enumerate().for_each(|(within, &(axis, _))| place[axis] += index[ndim + within]);
                a.plain[IxDyn(&place)]
            });
            (lazy, plain, format!("windows {windows:?} in {:?}", grid.counts()))
        }
        _ => {
            if ndim != 2 {
                return None;
            }
            let turned = x.transpose(None).ok()?;
            let matrix = a.plain.clone().into_dimensionality::<ndarray::Ix2>().ok()?;
            (x.matmul(&turned).ok()?, matrix.dot(&matrix.t()).into_dyn(), "times its transpose".into())
        }
    };
    if plain.len() > MAX_SIZE || plain.ndim() > 6 {
        return None;
    }
    Some(tame(Pair { lazy, plain: plain.as_standard_layout().to_owned(), story: format!("({}) {what}", a.story) }))
}

/// The chunks of all these, from one graph.
fn run(arrays: &[Array], engine: &Engine) -> Vec<Vec<Payload>> {
    let mut lowering = Lowering::default();
    arrays.iter().for_each(|array| array.announce(&mut lowering).unwrap());
    let outputs: Vec<Vec<TaskId>> = arrays.iter().map(|array| array.lower(&mut lowering).unwrap()).collect();
    let all: Vec<TaskId> = outputs.iter().flatten().copied().collect();
    let mut results = engine.run(&lowering.graph, &all, &Cancel::new()).unwrap().into_iter();
    outputs.iter().map(|tasks| results.by_ref().take(tasks.len()).collect()).collect()
}

/// The whole arrays, put together by their own operations.
fn values(arrays: &[Array], engine: &Engine) -> Vec<Vec<f64>> {
    let mut lowering = Lowering::default();
    arrays.iter().for_each(|array| array.announce(&mut lowering).unwrap());
    let gather = |array: &Array| {
        let inputs = array.lower(&mut lowering).unwrap().into();
        let key = Key::single("gather", Token::fresh());
        lowering.graph.add(Task { key, operation: array.gather(), inputs, cost: Default::default() })
    };
    let outputs: Vec<TaskId> = arrays.iter().map(gather).collect();
    let results = engine.run(&lowering.graph, &outputs, &Cancel::new()).unwrap();
    results
        .iter()
        .map(|result| {
            let value = &result.get::<rdk_runtime::payload::Plain>().unwrap().0;
            rdk_array::eager::nested::chunk(value, None).unwrap().to_vec::<f64>()
        })
        .collect()
}

fn check(numbers: &[u32]) -> Result<(), TestCaseError> {
    let mut choices = Choices { numbers, at: 0 };
    let mut pool = vec![start(&mut choices), start(&mut choices)];
    while choices.at < numbers.len() {
        if let Some(pair) = step(&pool, &mut choices) {
            pool.push(pair);
        }
    }
    for pair in &pool {
        prop_assert_eq!(pair.lazy.shape(), pair.plain.shape(), "shape of {}", pair.story);
    }
    if std::env::var("SHOW").is_ok() {
        println!("{} {:?} {}", pool.len(), pool[pool.len() - 1].plain.shape(), pool[pool.len() - 1].story);
    }
    let last = &pool[pool.len().saturating_sub(3)..];
    let arrays: Vec<Array> = last.iter().map(|pair| pair.lazy.clone()).collect();
    for engine in [Engine::new(1), Engine::new(2)] {
        for (values, pair) in values(&arrays, &engine).iter().zip(last) {
            let expected: Vec<f64> = pair.plain.iter().copied().collect();
            prop_assert_eq!(values, &expected, "{}", pair.story);
        }
    }
    for (chunks, pair) in run(&arrays, &Engine::new(1)).iter().zip(last) {
        let counts = pair.lazy.numblocks();
        prop_assert_eq!(chunks.len(), counts.iter().product::<usize>());
        for (n, payload) in chunks.iter().enumerate() {
            let index = rdk_array::lower::view::nth(&counts, n);
            let shape = pair.lazy.chunks().chunk_shape(&index);
            prop_assert_eq!(payload.get::<Chunk>().unwrap().shape(), &shape[..], "a chunk of {}", pair.story);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunked_is_as_plain(numbers in prop::collection::vec(any::<u32>(), 4..120)) {
        check(&numbers)?;
    }
}

/// A hundred thousand operations are lowered and let go of without going as deep.
#[test]
fn long_chains_do_not_run_deep() {
    let one = Array::scalar(Scalar::F64(1.0));
    let mut array = Array::full("zeros_like", &[5], Scalar::F64(0.0), &ChunksSpec::from(2)).unwrap();
    for _ in 0..100_000 {
        array = array.binary(BinaryFunc::Add, &one).unwrap();
    }
    assert_eq!(values(&[array.clone()], &Engine::new(1)), [vec![100_000.0; 5]]);
    let doubled = (0..60).fold(array, |array, _| array.binary(BinaryFunc::Multiply, &array).unwrap());
    drop(doubled);
}

//! Fused kernels against plain loops: random shapes, walks, types and programs.

use proptest::prelude::*;
use rdk_array::kernel::{
    BinaryFunc, Leaf, Program, Reduction, Register, Source, Step, StepOp, Walk, Whole, combine, finish, run_reduce,
    run_store,
};
use rdk_array::{Chunk, DType, Parts, Scalar};
use rdk_graph::Cancel;
use smallvec::SmallVec;

/// A leaf with the chunk it reads, if it reads one.
#[derive(Debug, Clone)]
struct Input {
    leaf: Leaf,
    chunk: Option<Chunk>,
    walk: Walk,
}

#[derive(Debug, Clone)]
struct Case {
    shape: Vec<usize>,
    inputs: Vec<Input>,
    functions: Vec<(BinaryFunc, usize, usize)>,
    dtype: DType,
}

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        prop::collection::vec(0usize..6, 0..4),
        prop::collection::vec(1usize..40, 1..4),
        (1usize..4, 500usize..3000).prop_map(|(a, b)| vec![a, b]),
        (500usize..3000, 1usize..5).prop_map(|(a, b)| vec![a, b]),
        (1500usize..9000).prop_map(|a| vec![a]),
    ]
}

fn number(seed: u64, index: usize) -> i64 {
    let mixed = (seed ^ index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed >> 40) % 41) as i64 - 20
}

/// A leaf that the loop of this shape can walk over: axes permuted, reversed, stepped over, missing, one for all.
fn input(shape: Vec<usize>, dtype: DType) -> impl Strategy<Value = Input> {
    let n = shape.len();
    let axis = (prop::bool::weighted(0.8), -3i64..=3, 0usize..3, 0usize..3);
    let order = Just((0..n).collect::<Vec<usize>>()).prop_shuffle();
    let slides = prop::bool::weighted(0.25);
    (prop::collection::vec(axis, n), order, any::<u64>(), 0..10u8, any::<bool>(), any::<bool>(), slides).prop_map(
        move |(axes, order, seed, kind, in_order, straight, slides)| {
            let order = if in_order { (0..n).collect() } else { order };
            let mut walk = Walk { start: SmallVec::new(), axes: SmallVec::from_elem(None, n) };
            let mut leaf_shape = Vec::new();
            for &dimension in &order {
                let (moves, step, before, after) = axes[dimension];
                if !moves {
                    continue;
                }
                let (step, before, after) = if straight { (1, 0, 0) } else { (step, before, after) };
                let reach = step.unsigned_abs() as usize * shape[dimension].saturating_sub(1);
                // Windows: another dimension that moves along the same axis.
                if slides && let (Some(start), Some(length)) = (walk.start.last_mut(), leaf_shape.last_mut()) {
                    *start += if step < 0 { reach as i64 } else { 0 };
                    *length += reach;
                    walk.axes[dimension] = Some((leaf_shape.len() as u8 - 1, step));
                    continue;
                }
                walk.axes[dimension] = Some((leaf_shape.len() as u8, step));
                walk.start.push(if step < 0 { (before + reach) as i64 } else { before as i64 });
                leaf_shape.push(before + reach + 1 + after);
            }
            match kind {
                0 => Input {
                    leaf: Leaf::Constant(Scalar::I64(number(seed, 0)).cast(dtype)),
                    chunk: None,
                    walk: Walk::default(),
                },
                1 => Input {
                    leaf: Leaf::Source {
                        source: Source::Arange { start: Scalar::I64(-7).cast(dtype), step: Scalar::I64(3).cast(dtype) },
                        base_shape: leaf_shape.iter().map(|&length| length as u64).collect(),
                    },
                    chunk: None,
                    walk,
                },
                _ => {
                    let n_elements = leaf_shape.iter().product();
                    let elements: Vec<i64> = (0..n_elements).map(|index| number(seed, index)).collect();
                    let mut chunk = Chunk::from_vec(&leaf_shape, elements).cast(dtype);
                    if kind == 2 {
                        // The same elements, lying in memory in another order.
                        let axes: Vec<usize> = (0..leaf_shape.len()).rev().collect();
                        chunk = chunk.transpose(&axes).contiguous().transpose(&axes);
                    }
                    Input { leaf: Leaf::Chunk(dtype), chunk: Some(chunk), walk }
                }
            }
        },
    )
}

fn cases() -> impl Strategy<Value = Case> {
    let dtypes = prop::sample::select(vec![DType::F64, DType::I64, DType::I32, DType::U8, DType::F32, DType::C128]);
    (shapes(), dtypes, 1usize..4).prop_flat_map(|(shape, dtype, n_inputs)| {
        let functions = prop::sample::select(vec![BinaryFunc::Add, BinaryFunc::Multiply, BinaryFunc::Subtract]);
        (
            prop::collection::vec(input(shape.clone(), dtype), n_inputs),
            prop::collection::vec((functions, any::<usize>(), any::<usize>()), 0..4),
        )
            .prop_map(move |(inputs, functions)| Case { shape: shape.clone(), inputs, functions, dtype })
    })
}

impl Case {
    fn program(&self) -> Program {
        let n_leaves = self.inputs.len();
        let register = |choice: usize, n_steps: usize| {
            let at = choice % (n_leaves + n_steps);
            if at < n_leaves { Register::Leaf(at as u16) } else { Register::Step((at - n_leaves) as u16) }
        };
        let steps: Vec<Step> = (self.functions.iter().enumerate())
            .map(|(at, &(function, a, b))| Step {
                op: StepOp::Binary(function, register(a, at), register(b, at)),
                dtype: self.dtype,
            })
            .collect();
        let result = match steps.len() {
            0 => Register::Leaf(0),
            n => Register::Step(n as u16 - 1),
        };
        Program { leaves: self.inputs.iter().map(|input| input.leaf.clone()).collect(), steps, result }
    }

    fn chunks(&self) -> Vec<&Chunk> {
        self.inputs.iter().filter_map(|input| input.chunk.as_ref()).collect()
    }

    fn walks(&self) -> Vec<Walk> {
        self.inputs.iter().map(|input| input.walk.clone()).collect()
    }

    /// Element by element.
    fn plainly(&self) -> Vec<Scalar> {
        let program = self.program();
        indices(&self.shape)
            .map(|index| {
                let leaves: Vec<Scalar> = self.inputs.iter().map(|input| input.at(&index)).collect();
                let mut results: Vec<Scalar> = Vec::new();
                let mut last = leaves[0];
                for step in &program.steps {
                    let StepOp::Binary(function, a, b) = step.op else { unreachable!() };
                    let value = |register| match register {
                        Register::Leaf(leaf) => leaves[usize::from(leaf)],
                        Register::Step(step) => results[usize::from(step)],
                    };
                    last = apply(function, value(a), value(b));
                    results.push(last);
                }
                last
            })
            .collect()
    }
}

impl Input {
    fn at(&self, index: &[usize]) -> Scalar {
        if let Leaf::Constant(value) = self.leaf {
            return value;
        }
        let mut place: Vec<i64> = self.walk.start.to_vec();
        for (axis, &index) in self.walk.axes.iter().zip(index) {
            if let Some((axis, step)) = axis {
                place[usize::from(*axis)] += step * index as i64;
            }
        }
        let place: Vec<usize> = place.into_iter().map(|index| index as usize).collect();
        match &self.leaf {
            Leaf::Source { source: Source::Arange { start, step }, base_shape } => {
                let number =
                    place.iter().zip(base_shape).fold(0, |number, (&at, &length)| number * length as i64 + at as i64);
                let at = Scalar::I64(number).cast(start.dtype());
                apply(BinaryFunc::Add, *start, apply(BinaryFunc::Multiply, at, *step))
            }
            _ => self.chunk.as_ref().unwrap().get(&place).unwrap(),
        }
    }
}

fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let shape = shape.to_vec();
    (0..shape.iter().product()).map(move |mut number| {
        let mut index = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            index[axis] = number % shape[axis];
            number /= shape[axis];
        }
        index
    })
}

fn apply(function: BinaryFunc, a: Scalar, b: Scalar) -> Scalar {
    let dtype = a.dtype();
    if dtype.is_integer() {
        let (a, b) = (a.get::<i64>(), b.get::<i64>());
        let value = match function {
            BinaryFunc::Add => a.wrapping_add(b),
            BinaryFunc::Multiply => a.wrapping_mul(b),
            _ => a.wrapping_sub(b),
        };
        return Scalar::I64(value).cast(dtype);
    }
    let (a, b) = (a.get::<num_complex::Complex64>(), b.get::<num_complex::Complex64>());
    let value = match function {
        BinaryFunc::Add => a + b,
        BinaryFunc::Multiply => a * b,
        _ => a - b,
    };
    Scalar::C128(value).cast(dtype)
}

const REDUCTIONS: [Reduction; 15] = [
    Reduction::Sum,
    Reduction::Prod,
    Reduction::Min,
    Reduction::Max,
    Reduction::Any,
    Reduction::All,
    Reduction::Count,
    Reduction::ArgMin,
    Reduction::ArgMax,
    Reduction::Mean,
    Reduction::Var { ddof: 1 },
    Reduction::Std { ddof: 0 },
    Reduction::NanSum,
    Reduction::NanMean,
    Reduction::NanVar { ddof: 0 },
];

fn number_of(value: Scalar) -> f64 {
    value.get()
}

/// What the reduction of these elements is, and how exactly it must be hit.
fn reduce_plainly(reduction: Reduction, values: &[Scalar]) -> (f64, f64) {
    let dtype = values[0].dtype();
    let numbers: Vec<f64> = values.iter().map(|&value| number_of(value)).collect();
    let n = numbers.len() as f64;
    let exact = |value| (value, 0.0);
    let size: f64 = numbers.iter().map(|number| number.abs()).sum();
    let best = |better: fn(f64, f64) -> bool| {
        (0..numbers.len()).fold(0, |best, at| if better(numbers[at], numbers[best]) { at } else { best })
    };
    match reduction {
        Reduction::Sum | Reduction::NanSum if dtype.is_integer() => {
            let sum = values.iter().fold(0i64, |sum, value| sum.wrapping_add(value.get::<i64>()));
            exact(if dtype == DType::U8 { sum as u64 as f64 } else { sum as f64 })
        }
        Reduction::Prod if dtype.is_integer() => {
            let product = values.iter().fold(1i64, |product, value| product.wrapping_mul(value.get::<i64>()));
            exact(if dtype == DType::U8 { product as u64 as f64 } else { product as f64 })
        }
        Reduction::Sum | Reduction::NanSum => (numbers.iter().sum(), size * 1e-7),
        Reduction::Prod => {
            let product: f64 = numbers.iter().product();
            (product, product.abs() * 1e-6)
        }
        Reduction::Min => exact(numbers[best(|a, b| a < b)]),
        Reduction::Max => exact(numbers[best(|a, b| a > b)]),
        Reduction::ArgMin => exact(best(|a, b| a < b) as f64),
        Reduction::ArgMax => exact(best(|a, b| a > b) as f64),
        Reduction::Any => exact(f64::from(u8::from(numbers.iter().any(|&number| number != 0.0)))),
        Reduction::All => exact(f64::from(u8::from(numbers.iter().all(|&number| number != 0.0)))),
        Reduction::Count => exact(numbers.iter().filter(|&&number| number != 0.0).count() as f64),
        Reduction::Mean | Reduction::NanMean => (numbers.iter().sum::<f64>() / n, size / n * 1e-6),
        Reduction::Var { ddof } | Reduction::NanVar { ddof } | Reduction::Std { ddof } => {
            let mean = numbers.iter().sum::<f64>() / n;
            let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
            let variance = squares / (n - ddof as f64).max(0.0);
            let value = if matches!(reduction, Reduction::Std { .. }) { variance.sqrt() } else { variance };
            (value, value.abs() * 1e-5 + mean.abs() * 1e-6)
        }
        _ => unreachable!("not tried"),
    }
}

/// Windows over the rows of a chunk, or over rows and columns, and over which axes they are reduced.
fn windows() -> impl Strategy<Value = (Case, Vec<usize>)> {
    let dtypes = prop::sample::select(vec![DType::F64, DType::I64, DType::I32, DType::U8, DType::F32]);
    let lengths = prop_oneof![(1usize..200, 1usize..60), (900usize..2200, 2usize..6), (1usize..20, 500usize..530)];
    let axes = prop::sample::select(vec![vec![3], vec![2, 3], vec![0, 2, 3], vec![1, 3], vec![2], vec![1, 2, 3]]);
    (1usize..4, lengths, 1usize..4, dtypes, any::<u64>(), any::<bool>(), axes).prop_map(
        |(rows, (n, width), height, dtype, seed, squared, axes)| {
            let (shape, chunk_shape) = (vec![rows, n, height, width], [rows + height - 1, n + width + 1]);
            let elements: Vec<i64> = (0..chunk_shape.iter().product()).map(|index| number(seed, index)).collect();
            let axes_of = [0u8, 1, 0, 1].map(|axis| Some((axis, 1)));
            let walk = Walk { start: SmallVec::from_slice(&[0, 2]), axes: SmallVec::from_slice(&axes_of) };
            let chunk = Some(Chunk::from_vec(&chunk_shape, elements).cast(dtype));
            let functions = if squared { vec![(BinaryFunc::Multiply, 0, 0)] } else { Vec::new() };
            (Case { shape, inputs: vec![Input { leaf: Leaf::Chunk(dtype), chunk, walk }], functions, dtype }, axes)
        },
    )
}

/// A reduction of a case over these axes.
fn check(case: &Case, reduction: Reduction, axes: &[usize]) -> Result<(), TestCaseError> {
    let program = case.program();
    let origin = vec![0u64; case.shape.len()];
    let whole: Vec<u64> = case.shape.iter().map(|&length| length as u64).collect();
    let whole = Whole { origin: &origin, shape: &whole };
    let (parts, _) =
        run_reduce(&program, &case.shape, &case.chunks(), &case.walks(), reduction, axes, whole, &Cancel::new())
            .unwrap();
    let count: usize = axes.iter().map(|&axis| case.shape[axis]).product();
    let result = finish(reduction, parts, case.dtype, count as u64).unwrap();
    prop_assert_eq!(result.dtype(), reduction.result(case.dtype));

    let mut groups: std::collections::BTreeMap<Vec<usize>, Vec<Scalar>> = Default::default();
    for (mut index, value) in indices(&case.shape).zip(case.plainly()) {
        axes.iter().for_each(|&axis| index[axis] = 0);
        groups.entry(index).or_default().push(value);
    }
    for (index, values) in groups {
        let got = number_of(result.get(&index).unwrap());
        let (expected, slack) = reduce_plainly(reduction, &values);
        // A product that leaves the range on the way stays out of it, or meets a zero there: in which order is not said.
        let largest: f64 = values.iter().map(|&value| number_of(value).abs().max(1.0)).product();
        let end = if result.dtype() == DType::F32 { f32::MAX.into() } else { f64::MAX };
        // What is larger than the type of the result is infinite in it.
        let overflows =
            matches!(reduction, Reduction::Prod | Reduction::NanProd) && largest > end || expected.abs() > 0.999 * end;
        let close = got == expected
            || (got - expected).abs() <= slack
            || (got.is_nan() && expected.is_nan())
            || (overflows && !(got.is_finite() && expected.is_finite()));
        prop_assert!(close, "{:?} over {:?} at {:?}: {} is not {}", reduction, axes, index, got, expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn reductions_of_windows_are_those_of_a_plain_loop(
        (case, axes) in windows(),
        reduction in prop::sample::select(REDUCTIONS.to_vec()),
    ) {
        check(&case, reduction, &axes)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn stored_elements_are_those_of_a_plain_loop(case in cases()) {
        let program = case.program();
        let (chunk, _) = run_store(&program, &case.shape, &case.chunks(), &case.walks(), &Cancel::new()).unwrap();
        prop_assert_eq!(chunk.shape(), &case.shape[..]);
        let expected = case.plainly();
        let got: Vec<Scalar> = chunk.scalars().collect();
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn reductions_are_those_of_a_plain_loop(
        case in cases(),
        reduction in prop::sample::select(REDUCTIONS.to_vec()),
        flags in prop::collection::vec(any::<bool>(), 4),
    ) {
        prop_assume!(!case.dtype.is_complex() && !case.shape.contains(&0));
        let axes: Vec<usize> = (0..case.shape.len()).filter(|&axis| flags[axis]).collect();
        check(&case, reduction, &axes)?;
    }

    #[test]
    fn a_tree_gives_what_one_step_gives(
        rows in 1usize..9,
        columns in 1usize..50,
        cut in prop::collection::vec(any::<bool>(), 10),
        reduction in prop::sample::select(REDUCTIONS.to_vec()),
        seed: u64,
    ) {
        let elements: Vec<f64> = (0..rows * columns).map(|index| number(seed, index) as f64).collect();
        let chunk = Chunk::from_vec(&[rows, columns], elements);
        let program = Program { leaves: vec![Leaf::Chunk(DType::F64)], steps: vec![], result: Register::Leaf(0) };
        let shape = [rows as u64, columns as u64];
        let part = |from: usize, to: usize| {
            let walk = Walk { start: SmallVec::from_slice(&[from as i64, 0]), ..Walk::straight(2) };
            let origin = [from as u64, 0];
            let whole = Whole { origin: &origin, shape: &shape };
            run_reduce(&program, &[to - from, columns], &[&chunk], &[walk], reduction, &[0, 1], whole, &Cancel::new())
                .unwrap()
                .0
        };
        let mut parts: Vec<Parts> = Vec::new();
        let mut from = 0;
        let cuts = (1..rows).filter(|&row| cut[row]);
        for row in cuts.chain([rows]) {
            parts.push(part(from, row));
            from = row;
        }
        let parts: Vec<&Parts> = parts.iter().collect();
        let count = (rows * columns) as u64;
        let tree = finish(reduction, combine(reduction, &parts), DType::F64, count).unwrap();
        let at_once = finish(reduction, part(0, rows), DType::F64, count).unwrap();
        let (tree, at_once) = (number_of(tree.get(&[0, 0]).unwrap()), number_of(at_once.get(&[0, 0]).unwrap()));
        prop_assert!(
            (tree - at_once).abs() <= 1e-9 * (1.0 + at_once.abs()) || tree == at_once || (tree.is_nan() && at_once.is_nan()),
            "{} {}", tree, at_once
        );
    }
}

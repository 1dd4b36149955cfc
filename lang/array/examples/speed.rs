//! Prints what each kernel costs on one thread, in nanoseconds for an element: `cargo run --release --example speed`.

use std::time::Instant;

use rdk_array::kernel::{
    BinaryFunc, CompareFunc, Distribution, Leaf, Program, Reduction, Register, Source, Step, StepOp, UnaryFunc, Walk,
    Whole, matmul, run_reduce, run_store,
};
use rdk_array::{Chunk, DType, Scalar};
use rdk_graph::Cancel;
use smallvec::smallvec;

const SHAPE: [usize; 2] = [1000, 1000];

/// The best of several runs.
fn time(name: &str, mut work: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..15 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{name:40} {:8.3} ns", best * 1e9 / (SHAPE[0] * SHAPE[1]) as f64);
}

fn reduce(program: &Program, chunks: &[&Chunk], walks: &[Walk], reduction: Reduction, axes: &[usize]) {
    let whole = Whole { origin: &[0, 0], shape: &[1000, 1000] };
    let made = run_reduce(program, &SHAPE, chunks, walks, reduction, axes, whole, &Cancel::new()).unwrap();
    std::hint::black_box(made);
}

fn random(distribution: Distribution) -> Leaf {
    Leaf::Source { source: Source::Random { seed: 7, distribution }, base_shape: smallvec![1000, 1000] }
}

fn main() {
    let straight = Walk::straight(2);
    let reversed = Walk { start: smallvec![999, 999], axes: smallvec![Some((0, -1)), Some((1, -1))] };
    let transposed = Walk { start: smallvec![0, 0], axes: smallvec![Some((1, 1)), Some((0, 1))] };
    let uniform = |low, high| {
        let program = Program {
            leaves: vec![random(Distribution::Uniform { low, high })],
            steps: vec![],
            result: Register::Leaf(0),
        };
        run_store(&program, &SHAPE, &[], &[Walk::straight(2)], &Cancel::new()).unwrap().0
    };
    let signed = uniform(-100.0, 100.0);
    let positive = uniform(0.001, 50.0);
    let small = uniform(-0.99, 0.99);
    let leaf = || vec![Leaf::Chunk(DType::F64)];

    println!("into a sum, one chunk of 8 MB read:");
    let nothing = Program { leaves: leaf(), steps: vec![], result: Register::Leaf(0) };
    time("sum", || reduce(&nothing, &[&signed], std::slice::from_ref(&straight), Reduction::Sum, &[0, 1]));
    time("sum, axis 0", || reduce(&nothing, &[&signed], std::slice::from_ref(&straight), Reduction::Sum, &[0]));
    time("sum, axis 1", || reduce(&nothing, &[&signed], std::slice::from_ref(&straight), Reduction::Sum, &[1]));
    time("max", || reduce(&nothing, &[&signed], std::slice::from_ref(&straight), Reduction::Max, &[0, 1]));
    time("argmax", || reduce(&nothing, &[&signed], std::slice::from_ref(&straight), Reduction::ArgMax, &[0, 1]));
    let variance = Reduction::Var { ddof: 0 };
    time("var", || reduce(&nothing, &[&signed], std::slice::from_ref(&straight), variance, &[0, 1]));
    time("var, axis 0", || reduce(&nothing, &[&signed], std::slice::from_ref(&straight), variance, &[0]));
    for &function in UnaryFunc::ALL {
        if function.result(DType::F64) != Some((DType::F64, DType::F64)) {
            continue;
        }
        let input = match function {
            UnaryFunc::Arcsin | UnaryFunc::Arccos | UnaryFunc::Arctanh => &small,
            UnaryFunc::Log
            | UnaryFunc::Log2
            | UnaryFunc::Log10
            | UnaryFunc::Log1p
            | UnaryFunc::Sqrt
            | UnaryFunc::Arccosh => &positive,
            _ => &signed,
        };
        let steps = vec![Step { op: StepOp::Unary(function, Register::Leaf(0)), dtype: DType::F64 }];
        let program = Program { leaves: leaf(), steps, result: Register::Step(0) };
        time(function.name(), || reduce(&program, &[input], std::slice::from_ref(&straight), Reduction::Sum, &[0, 1]));
    }
    for &function in BinaryFunc::ALL {
        if function.result(DType::F64, DType::F64) != Some((DType::F64, DType::F64)) {
            continue;
        }
        let op = StepOp::Binary(function, Register::Leaf(0), Register::Leaf(1));
        let program = Program {
            leaves: vec![Leaf::Chunk(DType::F64), Leaf::Chunk(DType::F64)],
            steps: vec![Step { op, dtype: DType::F64 }],
            result: Register::Step(0),
        };
        time(function.name(), || {
            reduce(&program, &[&positive, &small], &[straight.clone(), straight.clone()], Reduction::Sum, &[0, 1])
        });
    }

    println!("random, summed and stored:");
    let distributions = [
        ("uniform", Distribution::Uniform { low: 0.0, high: 1.0 }),
        ("normal", Distribution::Normal { mean: 0.0, deviation: 1.0 }),
        ("integers 0..100", Distribution::Integers { low: 0, last: 99, dtype: DType::I64 }),
        ("integers 0..10^12", Distribution::Integers { low: 0, last: 1_000_000_000_000, dtype: DType::I64 }),
        ("exponential", Distribution::Exponential { scale: 1.0 }),
    ];
    for (name, distribution) in distributions {
        let program = Program { leaves: vec![random(distribution)], steps: vec![], result: Register::Leaf(0) };
        time(name, || reduce(&program, &[], std::slice::from_ref(&straight), Reduction::Mean, &[0, 1]));
        time(&format!("{name}, transposed"), || {
            reduce(&program, &[], std::slice::from_ref(&transposed), Reduction::Mean, &[0, 1])
        });
        time(&format!("{name}, stored"), || {
            std::hint::black_box(
                run_store(&program, &SHAPE, &[], std::slice::from_ref(&straight), &Cancel::new()).unwrap(),
            );
        });
    }

    println!("fused:");
    let multiply = |a, b| Step { op: StepOp::Binary(BinaryFunc::Multiply, a, b), dtype: DType::F64 };
    let mirrored = Program {
        leaves: vec![Leaf::Chunk(DType::F64), Leaf::Chunk(DType::F64)],
        steps: vec![multiply(Register::Leaf(0), Register::Leaf(1))],
        result: Register::Step(0),
    };
    let one = Chunk::full(&SHAPE, Scalar::F64(1.0));
    time("A1 (b*b[::-1,::-1]).mean(), from memory", || {
        reduce(&mirrored, &[&one, &one], &[straight.clone(), reversed.clone()], Reduction::Mean, &[0, 1])
    });
    let full = |value| Leaf::Source { source: Source::Full(Scalar::F64(value)), base_shape: smallvec![1000, 1000] };
    let ones = Program { leaves: vec![full(1.0), full(1.0)], ..mirrored.clone() };
    time("A1 as it is, of ones", || {
        reduce(&ones, &[], &[straight.clone(), reversed.clone()], Reduction::Mean, &[0, 1])
    });
    let cosine = Program {
        leaves: leaf(),
        steps: vec![
            Step { op: StepOp::Unary(UnaryFunc::Cos, Register::Leaf(0)), dtype: DType::F64 },
            Step { op: StepOp::Unary(UnaryFunc::Square, Register::Step(0)), dtype: DType::F64 },
        ],
        result: Register::Step(1),
    };
    time("A2 (cos(b)**2).mean(axis=1), from memory", || {
        reduce(&cosine, &[&signed], std::slice::from_ref(&straight), Reduction::Mean, &[1])
    });
    let add = Step { op: StepOp::Binary(BinaryFunc::Add, Register::Leaf(0), Register::Leaf(1)), dtype: DType::F64 };
    let turned = Program { steps: vec![add], ..mirrored.clone() };
    time("x + x.T, stored", || {
        let walks = [straight.clone(), transposed.clone()];
        std::hint::black_box(run_store(&turned, &SHAPE, &[&signed, &signed], &walks, &Cancel::new()).unwrap());
    });
    time("(x + x.T).sum(axis=0)", || {
        let walks = [straight.clone(), transposed.clone()];
        reduce(&turned, &[&signed, &signed], &walks, Reduction::Sum, &[0]);
    });
    let (a, b, c) = (Register::Leaf(0), Register::Leaf(1), Register::Leaf(2));
    let float = |function, a, b| Step { op: StepOp::Binary(function, a, b), dtype: DType::F64 };
    let rational = Program {
        leaves: vec![
            Leaf::Chunk(DType::F64),
            Leaf::Chunk(DType::F64),
            Leaf::Chunk(DType::F64),
            Leaf::Constant(Scalar::F64(1.0)),
        ],
        steps: vec![
            float(BinaryFunc::Multiply, a, b),
            float(BinaryFunc::Add, Register::Step(0), c),
            float(BinaryFunc::Add, a, Register::Leaf(3)),
            float(BinaryFunc::Divide, Register::Step(1), Register::Step(2)),
        ],
        result: Register::Step(3),
    };
    time("A8 ((a*b+c)/(a+1)).sum()", || {
        let walks = [straight.clone(), straight.clone(), straight.clone(), Walk::default()];
        reduce(&rational, &[&positive, &signed, &small], &walks, Reduction::Sum, &[0, 1]);
    });
    let narrow = Chunk::from_vec(&[1000, 1000], signed.to_vec::<f32>());
    let rows = Program { leaves: vec![Leaf::Chunk(DType::F32)], ..nothing.clone() };
    time("float32 sum", || reduce(&rows, &[&narrow], std::slice::from_ref(&straight), Reduction::Sum, &[0, 1]));
    let short = signed.reshape(&[1_000_000 / 4, 4]);
    let of_short = |name: &str, reduction, axes: &[usize]| {
        time(name, || {
            let whole = Whole { origin: &[0, 0], shape: &[250_000, 4] };
            let walk = [Walk::straight(2)];
            std::hint::black_box(
                run_reduce(&nothing, &[250_000, 4], &[&short], &walk, reduction, axes, whole, &Cancel::new()).unwrap(),
            );
        });
    };
    of_short("(250000, 4) sum, axis 1", Reduction::Sum, &[1]);
    of_short("(250000, 4) sum, axis 0", Reduction::Sum, &[0]);
    of_short("(250000, 4) var, axis 1", variance, &[1]);
    of_short("(250000, 4) var, axis 0", variance, &[0]);
    of_short("(250000, 4) argmax, axis 1", Reduction::ArgMax, &[1]);
    let whole = Chunk::from_vec(&SHAPE, signed.to_vec::<i64>());
    let integers = Program { leaves: vec![Leaf::Chunk(DType::I64)], ..nothing.clone() };
    for reduction in [Reduction::Sum, Reduction::Mean, Reduction::Max, Reduction::Count, variance] {
        time(&format!("int64 {}", reduction.name()), || {
            reduce(&integers, &[&whole], std::slice::from_ref(&straight), reduction, &[0, 1]);
        });
    }
    for function in [BinaryFunc::Add, BinaryFunc::Multiply, BinaryFunc::FloorDivide, BinaryFunc::Remainder] {
        let step = Step { op: StepOp::Binary(function, Register::Leaf(0), Register::Leaf(1)), dtype: DType::I64 };
        let program = Program {
            leaves: vec![Leaf::Chunk(DType::I64), Leaf::Constant(Scalar::I64(7))],
            steps: vec![step],
            result: Register::Step(0),
        };
        time(&format!("int64 {} with 7", function.name()), || {
            reduce(&program, &[&whole], &[straight.clone(), Walk::default()], Reduction::Sum, &[0, 1]);
        });
    }
    let mask = Program {
        leaves: vec![Leaf::Chunk(DType::F64), Leaf::Constant(Scalar::F64(10.0))],
        steps: vec![Step {
            op: StepOp::Compare(CompareFunc::Less, Register::Leaf(0), Register::Leaf(1)),
            dtype: DType::Bool,
        }],
        result: Register::Step(0),
    };
    time("(x < 10).sum()", || {
        reduce(&mask, &[&signed], &[straight.clone(), Walk::default()], Reduction::Sum, &[0, 1]);
    });
    time("(x < 10), stored", || {
        let walks = [straight.clone(), Walk::default()];
        std::hint::black_box(run_store(&mask, &SHAPE, &[&signed], &walks, &Cancel::new()).unwrap());
    });
    time("matmul, by element and row", || {
        let _ = std::hint::black_box(matmul(&signed, &signed, None, rdk_graph::Crew::alone(&rdk_graph::Cancel::new())));
    });
    time("(250000, 4) transposed, stored", || {
        let walk = Walk { start: smallvec![0, 0], axes: smallvec![Some((1, 1)), Some((0, 1))] };
        std::hint::black_box(run_store(&nothing, &[4, 250_000], &[&short], &[walk], &Cancel::new()).unwrap());
    });
    time("(250000, 4) doubled by a row, stored", || {
        let walk = Walk { start: smallvec![0], axes: smallvec![None, Some((0, 1))] };
        let row = Chunk::from_vec(&[4], vec![1.0, 2.0, 3.0, 4.0]);
        let walks = [straight.clone(), walk];
        std::hint::black_box(run_store(&mirrored, &[250_000, 4], &[&short, &row], &walks, &Cancel::new()).unwrap());
    });
}

//! Types, casts and element functions against NumPy: `tests/oracle/kernels.py` wrote what it says.

use num_complex::Complex64;
use rdk_array::kernel::{
    BinaryFunc, CompareFunc, Leaf, Program, Reduction, Register, Step, StepOp, UnaryFunc, Walk, run_store,
};
use rdk_array::{Casting, Chunk, DType, Scalar, Weak};
use rdk_graph::{Cancel, Data};
use serde_json::Value;

fn oracle() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracle/kernels.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn dtype(name: &Value) -> DType {
    DType::from_name(name.as_str().unwrap()).unwrap()
}

fn types(pair: &Value) -> Option<(DType, DType)> {
    pair.is_array().then(|| (dtype(&pair[0]), dtype(&pair[1])))
}

fn chunk(packed: &Value) -> Chunk {
    let dtype = dtype(&packed["dtype"]);
    let text = packed["bytes"].as_str().unwrap();
    let bytes: Vec<u8> =
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect();
    // What a chunk writes before its elements is all that is missing.
    let shape = [bytes.len() / dtype.size()];
    let mut written = Vec::new();
    Chunk::full(&shape, Scalar::zero(dtype)).write(&mut written).unwrap();
    written.truncate(written.len() - bytes.len());
    written.extend(bytes);
    let empty = Chunk::full(&[0], Scalar::zero(dtype));
    empty.reader()(&mut written.as_slice()).unwrap().get::<Chunk>().unwrap().clone()
}

fn run(op: StepOp, result: DType, inputs: &[&Chunk]) -> Chunk {
    let program = Program {
        leaves: inputs.iter().map(|input| Leaf::Chunk(input.dtype())).collect(),
        steps: vec![Step { op, dtype: result }],
        result: Register::Step(0),
    };
    let walks = vec![Walk::straight(1); inputs.len()];
    run_store(&program, inputs[0].shape(), inputs, &walks, &Cancel::new()).unwrap().0
}

/// Equal, or both NaN; with `rough` to a few last bits.
fn agree(got: Scalar, expected: Scalar, rough: bool) -> bool {
    let slack = if got.dtype() == DType::C64 { 4e-6 } else { 4e-7 };
    let (got, expected): (Complex64, Complex64) = (got.get(), expected.get());
    let close = |got: f64, expected: f64, size: f64| {
        got == expected
            || (got.is_nan() && expected.is_nan())
            || (rough && (got - expected).abs() <= slack * size.min(f64::MAX))
    };
    let size = expected.re.abs().max(expected.im.abs());
    close(got.re, expected.re, size) && close(got.im, expected.im, size)
}

#[test]
fn promotion() {
    let oracle = oracle();
    for (a, row) in DType::ALL.iter().zip(oracle["promote"].as_array().unwrap()) {
        for (b, expected) in DType::ALL.iter().zip(row.as_array().unwrap()) {
            assert_eq!(a.promote(*b), dtype(expected), "{a} and {b}");
        }
    }
    for (name, weak) in [("bool", Weak::Bool), ("int", Weak::Int), ("float", Weak::Float), ("complex", Weak::Complex)] {
        for (a, expected) in DType::ALL.iter().zip(oracle["weak"][name].as_array().unwrap()) {
            assert_eq!(a.promote_weak(weak), dtype(expected), "{a} and a Python {name}");
        }
    }
    let rules =
        [("no", Casting::No), ("safe", Casting::Safe), ("same_kind", Casting::SameKind), ("unsafe", Casting::Unsafe)];
    for (name, rule) in rules {
        for (a, row) in DType::ALL.iter().zip(oracle["can_cast"][name].as_array().unwrap()) {
            for (b, expected) in DType::ALL.iter().zip(row.as_array().unwrap()) {
                assert_eq!(a.can_cast(*b, rule), expected.as_bool().unwrap(), "{a} to {b}, {name}");
            }
        }
    }
}

#[test]
fn types_of_functions() {
    let oracle = oracle();
    for (name, row) in oracle["unary"].as_object().unwrap() {
        let function = UnaryFunc::from_name(name).unwrap();
        for (a, expected) in DType::ALL.iter().zip(row.as_array().unwrap()) {
            assert_eq!(function.result(*a), types(expected), "{name} of {a}");
        }
    }
    for (name, rows) in oracle["binary"].as_object().unwrap() {
        let function = BinaryFunc::from_name(name).unwrap();
        for (a, row) in DType::ALL.iter().zip(rows.as_array().unwrap()) {
            for (b, expected) in DType::ALL.iter().zip(row.as_array().unwrap()) {
                let (got, mut expected) = (function.result(*a, *b), types(expected));
                // NumPy asks different types for their truth one by one, with the same answer.
                if name.starts_with("logical") && a != b {
                    expected = Some((a.promote(*b), DType::Bool));
                }
                assert_eq!(got, expected, "{name} of {a} and {b}");
            }
        }
    }
}

#[test]
fn types_of_reductions() {
    let oracle = oracle();
    let reductions = [
        Reduction::Sum,
        Reduction::Prod,
        Reduction::Min,
        Reduction::Max,
        Reduction::Any,
        Reduction::All,
        Reduction::ArgMin,
        Reduction::ArgMax,
        Reduction::Mean,
        Reduction::Var { ddof: 0 },
        Reduction::Std { ddof: 0 },
        Reduction::NanSum,
        Reduction::NanMean,
        Reduction::NanVar { ddof: 0 },
    ];
    for reduction in reductions {
        let row = oracle["reductions"][reduction.name()].as_array().unwrap();
        for (a, expected) in DType::ALL.iter().zip(row) {
            assert_eq!(reduction.result(*a), dtype(expected), "{} of {a}", reduction.name());
        }
    }
}

#[test]
fn casts() {
    let mut wrong = Vec::new();
    for case in oracle()["casts"].as_array().unwrap() {
        let (input, expected) = (chunk(&case["input"]), chunk(&case["result"]));
        let step = run(StepOp::Cast(Register::Leaf(0)), expected.dtype(), &[&input]);
        for got in [&step, &input.cast(expected.dtype())] {
            for ((value, got), expected) in input.scalars().zip(got.scalars()).zip(expected.scalars()) {
                // Beyond its range C leaves the answer open for uint32, and NumPy's depends on the vector instructions.
                let number: f64 = value.get();
                if (value.dtype().is_float() || value.dtype().is_complex())
                    && got.dtype() == DType::U32
                    && !(-2147483648.0..4294967296.0).contains(&number)
                {
                    continue;
                }
                if !agree(got, expected, false) {
                    wrong.push(format!("{value:?} becomes {got:?}, not {expected:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn values_of_functions() {
    let oracle = oracle();
    let mut wrong = Vec::new();
    for case in oracle["values"].as_array().unwrap() {
        let name = case["function"].as_str().unwrap();
        let values = chunk(&oracle["inputs"][case["input"].as_str().unwrap()]);
        let rough = !case["exact"].as_bool().unwrap();
        let expected = chunk(&case["result"]);
        let n = values.len();
        let (a, b) = (Register::Leaf(0), Register::Leaf(1));
        let op = if let Some(function) = UnaryFunc::from_name(name) {
            StepOp::Unary(function, a)
        } else if let Some(function) = BinaryFunc::from_name(name) {
            StepOp::Binary(function, a, b)
        } else {
            StepOp::Compare(CompareFunc::from_name(name).unwrap(), a, b)
        };
        let inputs = if op.operands().len() == 1 {
            vec![values]
        } else {
            let row = values.reshape(&[1, n]).broadcast(&[n, n]).unwrap().reshape(&[n * n]);
            let column = values.reshape(&[n, 1]).broadcast(&[n, n]).unwrap().reshape(&[n * n]);
            let row = if name.contains("power") && values.dtype().is_integer() {
                let exponents: Vec<i64> = row.to_vec::<i64>().into_iter().map(|x| x.rem_euclid(16)).collect();
                Chunk::from_vec(row.shape(), exponents).cast(values.dtype())
            } else {
                row
            };
            vec![column, row]
        };
        let got = run(op, expected.dtype(), &inputs.iter().collect::<Vec<_>>());
        for (at, (got, expected)) in got.scalars().zip(expected.scalars()).enumerate() {
            if !agree(got, expected, rough) {
                let of: Vec<Scalar> = inputs.iter().map(|input| input.get(&[at]).unwrap()).collect();
                wrong.push(format!("{name} of {of:?} is {got:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong[..wrong.len().min(200)].join("\n"));
}

#[test]
fn whole_quotients_are_rounded_down() {
    let mut state = 1u64;
    let mut random = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        // Of all sizes.
        (state as i64) >> (state >> 58)
    };
    for dtype in DType::ALL.into_iter().filter(|dtype| dtype.is_integer()) {
        let mut draw = |n: usize| -> Chunk {
            let numbers: Vec<i64> = (0..n).map(|_| random()).collect();
            Chunk::from_vec(&[n], numbers).cast(dtype)
        };
        let (x, y) = (draw(20_000), draw(20_000));
        let op = |function| StepOp::Binary(function, Register::Leaf(0), Register::Leaf(1));
        let quotients = run(op(BinaryFunc::FloorDivide), dtype, &[&x, &y]);
        let rests = run(op(BinaryFunc::Remainder), dtype, &[&x, &y]);
        let wide = |scalar: Scalar| match scalar {
            Scalar::U64(number) => i128::from(number),
            other => i128::from(other.get::<i64>()),
        };
        for ((x, y), (quotient, rest)) in x.scalars().zip(y.scalars()).zip(quotients.scalars().zip(rests.scalars())) {
            let (a, b) = (wide(x), wide(y));
            if b == 0 {
                assert_eq!((wide(quotient), wide(rest)), (0, 0));
                continue;
            }
            let mut expected = a / b;
            if a % b != 0 && (a < 0) != (b < 0) {
                expected -= 1;
            }
            // The smallest number over -1 wraps.
            let fits = dtype.integer_range().unwrap().1 >= expected;
            assert!(!fits || wide(quotient) == expected, "{x:?} // {y:?} is {quotient:?}");
            assert_eq!(wide(rest), a - expected * b, "{x:?} % {y:?}");
        }
    }
}

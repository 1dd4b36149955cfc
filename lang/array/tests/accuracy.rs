//! The functions of floats against correctly rounded ones, over wide ranges and special values.

use rdk_array::kernel::{BinaryFunc, Leaf, Program, Register, Step, StepOp, UnaryFunc, Walk, run_store};
use rdk_array::{Chunk, DType};
use rdk_graph::Cancel;

/// Every number of this size up to that one, in both signs, evenly by exponent; and what is special.
fn numbers(smallest: f64, largest: f64, count: usize) -> Vec<f64> {
    let mut state = 0x1234_5678_9abc_def0u64;
    let mut random = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let (low, high) = (smallest.ln(), largest.ln());
    let mut numbers: Vec<f64> = (0..count)
        .map(|at| {
            let size = if at % 2 == 0 { (low + (high - low) * random()).exp() } else { largest * random() };
            if at % 4 < 2 { size } else { -size }
        })
        .collect();
    numbers.extend([
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        2.0,
        10.0,
        1000.0,
        0.1,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        -f64::MIN_POSITIVE,
        5e-324,
        -5e-324,
        1e-310,
        1.0 + f64::EPSILON,
        1.0 - f64::EPSILON / 2.0,
        709.78,
        709.79,
        710.0,
        -708.4,
        -745.1,
        -745.14,
        -746.0,
        1e9,
        1e22,
        1e300,
        std::f64::consts::PI,
        std::f64::consts::FRAC_PI_2,
        std::f64::consts::FRAC_PI_4,
        1e15,
        1e-20,
    ]);
    numbers
}

fn run(op: StepOp, inputs: &[&Chunk]) -> Vec<f64> {
    let dtype = inputs[0].dtype();
    let program = Program {
        leaves: inputs.iter().map(|_| Leaf::Chunk(dtype)).collect(),
        steps: vec![Step { op, dtype }],
        result: Register::Step(0),
    };
    let walks = vec![Walk::straight(1); inputs.len()];
    let (chunk, _) = run_store(&program, inputs[0].shape(), inputs, &walks, &Cancel::new()).unwrap();
    chunk.to_vec()
}

/// How many representable numbers lie between.
fn distance(a: f64, b: f64) -> u64 {
    if a == b || (a.is_nan() && b.is_nan()) {
        // Zeros must agree in their signs too.
        return if a == 0.0 && a.is_sign_negative() != b.is_sign_negative() { u64::MAX } else { 0 };
    }
    if a.is_nan() || b.is_nan() {
        return u64::MAX;
    }
    let order = |x: f64| {
        let bits = x.to_bits() as i64;
        if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits }
    };
    order(a).abs_diff(order(b))
}

fn check1(function: UnaryFunc, exact: fn(f64) -> f64, largest: f64, allowed: u64) {
    let numbers = numbers(1e-12, largest, 60_000);
    let got = run(StepOp::Unary(function, Register::Leaf(0)), &[&Chunk::from_vec(&[numbers.len()], numbers.clone())]);
    let worst =
        (numbers.iter().zip(&got)).map(|(&x, &got)| (distance(got, exact(x)), x, got)).max_by_key(|worst| worst.0);
    let (error, x, got) = worst.unwrap();
    assert!(error <= allowed, "{}({x:e}) is {got:e}, not {:e}: {error} ulp", function.name(), exact(x));
}

fn check2(function: BinaryFunc, exact: fn(f64, f64) -> f64, largest: f64, allowed: u64) {
    let numbers = numbers(1e-4, largest, 60_000);
    let mut others: Vec<f64> = numbers.iter().rev().copied().collect();
    others.rotate_left(17);
    let n = numbers.len();
    let special = numbers[n - 37..].to_vec();
    let (mut xs, mut ys) = (numbers, others);
    for &x in &special {
        for &y in &special {
            xs.push(x);
            ys.push(y);
        }
    }
    let shape = [xs.len()];
    let op = StepOp::Binary(function, Register::Leaf(0), Register::Leaf(1));
    let got = run(op, &[&Chunk::from_vec(&shape, xs.clone()), &Chunk::from_vec(&shape, ys.clone())]);
    let worst = (xs.iter().zip(&ys).zip(&got))
        .map(|((&x, &y), &got)| (distance(got, exact(x, y)), x, y, got))
        .max_by_key(|worst| worst.0);
    let (error, x, y, got) = worst.unwrap();
    assert!(error <= allowed, "{}({x:e}, {y:e}) is {got:e}, not {:e}: {error} ulp", function.name(), exact(x, y));
}

macro_rules! accuracy {
    ($($name:ident: $function:expr, $exact:path, up to $largest:expr, within $allowed:expr;)*) => {
        $(
            #[test]
            fn $name() {
                check1($function, $exact, $largest, $allowed);
            }
        )*
    };
}

accuracy! {
    exp: UnaryFunc::Exp, core_math::exp, up to 760.0, within 1;
    exp_near_zero: UnaryFunc::Exp, core_math::exp, up to 2.0, within 1;
    exp2: UnaryFunc::Exp2, core_math::exp2, up to 1100.0, within 1;
    expm1: UnaryFunc::Expm1, core_math::expm1, up to 720.0, within 1;
    expm1_near_zero: UnaryFunc::Expm1, core_math::expm1, up to 2.0, within 1;
    log: UnaryFunc::Log, core_math::log, up to 1e300, within 1;
    log_near_one: UnaryFunc::Log, core_math::log, up to 3.0, within 1;
    log2: UnaryFunc::Log2, core_math::log2, up to 1e300, within 1;
    log2_near_one: UnaryFunc::Log2, core_math::log2, up to 3.0, within 1;
    log10: UnaryFunc::Log10, core_math::log10, up to 1e300, within 1;
    log10_near_one: UnaryFunc::Log10, core_math::log10, up to 3.0, within 1;
    log1p: UnaryFunc::Log1p, core_math::log1p, up to 1e300, within 1;
    log1p_near_zero: UnaryFunc::Log1p, core_math::log1p, up to 1.0, within 1;
    sin: UnaryFunc::Sin, core_math::sin, up to 1e10, within 1;
    sin_small: UnaryFunc::Sin, core_math::sin, up to 20.0, within 1;
    cos: UnaryFunc::Cos, core_math::cos, up to 1e10, within 1;
    cos_small: UnaryFunc::Cos, core_math::cos, up to 20.0, within 1;
    tan: UnaryFunc::Tan, core_math::tan, up to 1e10, within 2;
    tan_small: UnaryFunc::Tan, core_math::tan, up to 20.0, within 2;
    arcsin: UnaryFunc::Arcsin, core_math::asin, up to 1.01, within 2;
    arccos: UnaryFunc::Arccos, core_math::acos, up to 1.01, within 1;
    arctan: UnaryFunc::Arctan, core_math::atan, up to 1e5, within 2;
    arctan_small: UnaryFunc::Arctan, core_math::atan, up to 3.0, within 2;
    sinh: UnaryFunc::Sinh, core_math::sinh, up to 720.0, within 2;
    sinh_small: UnaryFunc::Sinh, core_math::sinh, up to 2.0, within 2;
    cosh: UnaryFunc::Cosh, core_math::cosh, up to 720.0, within 2;
    cosh_small: UnaryFunc::Cosh, core_math::cosh, up to 2.0, within 2;
    tanh: UnaryFunc::Tanh, core_math::tanh, up to 30.0, within 2;
    tanh_small: UnaryFunc::Tanh, core_math::tanh, up to 1.0, within 2;
    arcsinh: UnaryFunc::Arcsinh, core_math::asinh, up to 1e5, within 3;
    arccosh: UnaryFunc::Arccosh, core_math::acosh, up to 1e5, within 3;
    arctanh: UnaryFunc::Arctanh, core_math::atanh, up to 1.0, within 3;
    cbrt: UnaryFunc::Cbrt, core_math::cbrt, up to 1e300, within 1;
}

#[test]
fn power() {
    check2(BinaryFunc::Power, core_math::pow, 100.0, 1);
}

#[test]
fn power_with_small_exponents() {
    check2(BinaryFunc::Power, core_math::pow, 4.0, 1);
}

#[test]
fn arctan2() {
    check2(BinaryFunc::Arctan2, core_math::atan2, 1e3, 2);
}

#[test]
fn hypot() {
    check2(BinaryFunc::Hypot, core_math::hypot, 1e200, 1);
}

#[test]
fn fmod() {
    check2(BinaryFunc::Fmod, |x, y| x % y, 1e5, 0);
}

#[test]
fn whole_powers_are_exact() {
    let bases: Vec<f64> = (-20..=20).map(f64::from).collect();
    for exponent in [3.0, 4.0, 5.0, 7.0] {
        let shape = [bases.len()];
        let exponents = Chunk::from_vec(&shape, vec![exponent; bases.len()]);
        let op = StepOp::Binary(BinaryFunc::Power, Register::Leaf(0), Register::Leaf(1));
        let got = run(op, &[&Chunk::from_vec(&shape, bases.clone()), &exponents]);
        let expected: Vec<f64> = bases.iter().map(|base| base.powi(exponent as i32)).collect();
        assert_eq!(got, expected);
    }
}

#[test]
fn powers_of_ten_and_two_have_whole_logarithms() {
    let tens: Vec<f64> = (-300..=300).map(|n| format!("1e{n}").parse().unwrap()).collect();
    let got = run(StepOp::Unary(UnaryFunc::Log10, Register::Leaf(0)), &[&Chunk::from_vec(&[601], tens)]);
    assert_eq!(got, (-300..=300).map(f64::from).collect::<Vec<f64>>());
    let twos: Vec<f64> = (-1000..=1000).map(|n| 2f64.powi(n)).collect();
    let got = run(StepOp::Unary(UnaryFunc::Log2, Register::Leaf(0)), &[&Chunk::from_vec(&[2001], twos)]);
    assert_eq!(got, (-1000..=1000).map(f64::from).collect::<Vec<f64>>());
}

#[test]
fn narrow_floats_go_through_wide_ones() {
    let numbers: Vec<f32> = numbers(1e-6, 50.0, 5000).into_iter().map(|x| x as f32).collect();
    let op = StepOp::Unary(UnaryFunc::Sin, Register::Leaf(0));
    let chunk = Chunk::from_vec(&[numbers.len()], numbers.clone());
    assert_eq!(chunk.dtype(), DType::F32);
    for (x, got) in numbers.into_iter().zip(run(op, &[&chunk])) {
        let exact = core_math::sinf(x);
        assert!(got as f32 == exact || (got.is_nan() && exact.is_nan()), "sin({x}) is {got}, not {exact}");
    }
}

//! Times whole lines on all cores, and the most memory that was held: `cargo run --release --example lines [NAME…]`.

use std::time::Instant;

use rdk_array::chunks::{AxisSpec, ChunksSpec};
use rdk_array::index::IndexItem;
use rdk_array::kernel::{BinaryFunc, Distribution, Reduction, UnaryFunc};
use rdk_array::{Array, DType, Scalar};
use rdk_graph::{Cancel, Engine, Key, Options, Task, Token};
use rdk_runtime::object::Lowering;
use rdk_runtime::{Lazy, Result};

const BACK: IndexItem = IndexItem::Slice { start: None, stop: None, step: Some(-1) };
const INTEGERS: Distribution = Distribution::Integers { low: 0, last: 99, dtype: DType::I64 };
const UNIFORM: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };
const NORMAL: Distribution = Distribution::Normal { mean: 0.0, deviation: 1.0 };

fn ones() -> Result<Array> {
    let chunks = ChunksSpec::Axes(vec![AxisSpec::Size(1000), AxisSpec::Size(1000)]);
    Array::full("ones_like", &[200_000, 4_000], Scalar::F64(1.0), &chunks)
}

fn drawn(distribution: Distribution, shape: &[usize]) -> Result<Array> {
    Array::random("random", distribution, Some(7), shape, &ChunksSpec::AUTO)
}

fn mean(array: &Array, axis: Option<&[i64]>) -> Result<Array> {
    array.reduce(Reduction::Mean, axis, false, None, None)
}

fn line(name: &str) -> Result<Array> {
    Ok(match name {
        "flip" => {
            let b = ones()?;
            mean(&b.binary(BinaryFunc::Multiply, &b.slice(&[BACK, BACK])?)?, None)?
        }
        "cos" => mean(&ones()?.unary(UnaryFunc::Cos)?.unary(UnaryFunc::Square)?, Some(&[1]))?,
        "randint" => mean(&drawn(INTEGERS, &[10_000, 1_000, 100])?, None)?,
        "random" => mean(&drawn(UNIFORM, &[10_000, 1_000, 100])?, None)?,
        "normal" => mean(&drawn(NORMAL, &[10_000, 1_000, 100])?, None)?,
        _ => {
            let x = drawn(UNIFORM, &[5_000, 5_000])?;
            x.dot(&x.binary(BinaryFunc::Add, &x.transpose(None)?)?)?
        }
    })
}

fn main() -> Result<()> {
    let engine = Engine::with(Options::default());
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    for name in ["flip", "cos", "randint", "random", "normal", "dot"] {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == name) {
            continue;
        }
        let start = Instant::now();
        let array = line(name)?;
        let mut lowering = Lowering::default();
        array.announce(&mut lowering)?;
        let inputs = array.lower(&mut lowering)?.into();
        let key = Key::single("gather", Token::fresh());
        let output = lowering.graph.add(Task { key, operation: array.gather(), inputs, cost: Default::default() });
        let result = engine.run(&lowering.graph, &[output], &Cancel::new());
        println!("{name:8} {:7.3} s  {} MB at most so far", start.elapsed().as_secs_f64(), peak());
        drop(result);
    }
    Ok(())
}

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

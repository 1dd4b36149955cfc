//! Elimination of matrices that are larger than a chunk, strip of columns by strip of columns.
//!
//! Rows are exchanged over the whole length of a matrix, so that the result is that of a matrix in one piece; therefore pieces are strips of
//! all rows. A strip is decomposed; those to its right get its exchanges of rows, their part of `u`, and what is left below:
//!
//! ```text
//! │ s₀ │ s₁ │ s₂ │        p₀ ─┬─► s₁' ─ p₁ ─┐                 x = b ─ p₀ ─ p₁ ─ p₂ (down) ─ p₂ ─ p₁ ─ p₀ (up)
//!                             └─► s₂' ──────┴─► s₂" ─ p₂
//! ```
//!
//! A decomposed strip (`p`) holds `u` on and above the diagonal, `l` below, and in one more column which of the rows came where.

use num_complex::Complex64;
use rdk_graph::{Crew, Index, Stopped};
use rdk_linear::{Failure, Matrix};
use rdk_runtime::Result;
use serde::Serialize;

use super::blocked::{Entry, chunk, rows, stop, wide, width};
use super::{Work, floating};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks, ChunksSpec};
use crate::index::IndexItem;
use crate::kernel::{BinaryFunc, Reduction, Stop, UnaryFunc, less_product};
use crate::order::elements;
use crate::plan::step::{Step, StepCall};
use crate::{Chunk, DType};

/// A strip has at most so many bytes.
const STRIP: usize = 16 << 20;

/// A decomposed matrix.
struct Factors {
    /// The decomposed strips.
    panels: Vec<Array>,
    /// What is to the right of a matrix with more columns than rows: more of `u`.
    rest: Option<Array>,
    rows: usize,
    /// How wide strips are.
    width: usize,
    /// All strips, and those that are decomposed.
    strips: AxisChunks,
    square: AxisChunks,
}

fn grid(rows: usize, columns: AxisChunks) -> Chunks {
    [AxisChunks::single(rows), columns].into_iter().collect()
}

fn factors(a: &Array, width: usize) -> Factors {
    let (m, n) = (a.shape()[0], a.shape()[1]);
    let size = m.min(n);
    let square = AxisChunks::even(size, width);
    let mut widths: Vec<usize> = square.sizes().collect();
    if n > size {
        widths.extend(AxisChunks::even(n - size, width).sizes());
    }
    let dtype = wide(a.dtype());
    let strips = AxisChunks::listed(widths.iter().copied());
    let mut rest = Some(a.cast(dtype).regridded(grid(m, strips.clone())));
    let mut panels = Vec::with_capacity(square.count());
    for (number, at) in (0..square.count()).map(|number| (number, square.start(number))) {
        let Some(open) = rest else { break };
        let own = grid(m, AxisChunks::single(widths[number] + 1));
        let panel = Array::step("lu-panel", LuStep::Panel { at }, [open.clone()], own, dtype);
        rest = (number + 1 < widths.len()).then(|| {
            let right = grid(m, AxisChunks::listed(widths[number + 1..].iter().copied()));
            Array::step("lu-update", LuStep::Down { at, skip: 1 }, [open, panel.clone()], right, dtype)
        });
        panels.push(panel);
    }
    Factors { panels, rest, rows: m, width, strips, square }
}

fn strip_width(a: &Array) -> usize {
    let bytes = a.shape()[0].saturating_mul(wide(a.dtype()).size());
    width(a).min(STRIP / bytes.max(1)).max(1)
}

/// `p`, `l`, `u`, on the grid of the matrix.
pub(super) fn lu(a: &Array) -> [Array; 3] {
    let [of_rows, of_columns] = [a.chunks().0[0].clone(), a.chunks().0[1].clone()];
    let size = a.shape()[0].min(a.shape()[1]);
    let shorter = |along: &AxisChunks| if along.length() == size { along.clone() } else { along.sliced(0, 1, size) };
    let [p, l, u] = lu_in(a, strip_width(a), of_rows.clone());
    let l = l.regridded([of_rows.clone(), shorter(&of_columns)].into_iter().collect());
    let u = u.regridded([shorter(&of_rows), of_columns].into_iter().collect());
    let dtype = floating(a.dtype());
    [p.cast(dtype.real()), l.cast(dtype), u.cast(dtype)]
}

fn lu_in(a: &Array, width: usize, of_rows: AxisChunks) -> [Array; 3] {
    let found = factors(a, width);
    let Factors { panels, rest, rows, width, strips, square } = found;
    let (dtype, size) = (wide(a.dtype()), square.length());
    let orders: Vec<Array> = (panels.iter().enumerate())
        .map(|(number, panel)| {
            let at = square.start(number);
            let length = [AxisChunks::single(rows - at)].into_iter().collect();
            Array::step("lu-order", LuStep::Order { at }, [panel.clone()], length, DType::I64)
        })
        .collect();
    let exchange = LuStep::Exchange { width, grid: of_rows.clone() };
    let both = [of_rows.clone(), of_rows].into_iter().collect();
    let p = Array::step("lu-p", exchange, orders.iter().cloned(), both, DType::F64);
    let lower = panels.iter().chain(&orders).cloned();
    let l = Array::step("lu-l", LuStep::Lower { width }, lower, grid(rows, square), dtype);
    let upper = panels.iter().cloned().chain(rest);
    let u = Array::step("lu-u", LuStep::Upper { width, size }, upper, grid(size, strips), dtype);
    [p, l, u]
}

/// The sign of the determinant, of size 1 or 0, and the logarithm of its size.
///
/// # Errors
/// None for a matrix that has a grid.
pub(super) fn sign_and_log(a: &Array) -> Result<[Array; 2]> {
    let [sign, log] = sign_and_log_in(a, strip_width(a))?;
    let dtype = floating(a.dtype());
    Ok([sign.cast(dtype).named("slogdet"), log.cast(dtype.real()).named("slogdet")])
}

/// The determinant: from its logarithm, as NumPy has it, so that a product of many pivots does not leave the range on its way.
///
/// # Errors
/// None for a matrix that has a grid.
pub(super) fn determinant(a: &Array) -> Result<Array> {
    let [sign, log] = sign_and_log_in(a, strip_width(a))?;
    // One that is out of range is inf, and that is all.
    let size = crate::place::nowhere(|| log.unary(UnaryFunc::Exp))?;
    Ok(sign.binary(BinaryFunc::Multiply, &size)?.cast(floating(a.dtype())).named("det"))
}

fn sign_and_log_in(a: &Array, width: usize) -> Result<[Array; 2]> {
    let (found, dtype) = (factors(a, width), wide(a.dtype()));
    let parts = found.panels.iter().enumerate().map(|(number, panel)| {
        let step = LuStep::Pivots { at: found.square.start(number) };
        Array::step("lu-pivots", step, [panel.clone()], grid(1, AxisChunks::single(2)), dtype)
    });
    let parts = Array::concatenate(&parts.collect::<Vec<_>>(), 0)?;
    let column = |at: i64| parts.slice(&[IndexItem::ALL, IndexItem::Int(at)]);
    let over_all = |array: Array, reduction| array.reduce(reduction, None, false, None, None);
    let logs = column(1)?;
    let logs = if dtype.is_complex() { logs.unary(UnaryFunc::Real)? } else { logs };
    Ok([over_all(column(0)?, Reduction::Prod)?, over_all(logs, Reduction::Sum)?])
}

/// `x` with `a · x = b`, on the grid of `b`.
pub(super) fn solve(a: &Array, b: &Array) -> Array {
    let x = solve_in(a, b, strip_width(a));
    x.regridded(b.chunks().clone()).cast(floating(a.dtype().promote(b.dtype())))
}

/// The inverse, on the grid of the matrix.
///
/// # Errors
/// None for a matrix that has a grid.
pub(super) fn inverse(a: &Array) -> Result<Array> {
    let n = a.shape()[0];
    let eye = Array::eye(n, n, 0, wide(a.dtype()), &ChunksSpec::AUTO)?;
    let x = solve_in(a, &eye, strip_width(a));
    Ok(x.regridded(a.chunks().clone()).cast(floating(a.dtype())))
}

fn solve_in(a: &Array, b: &Array, width: usize) -> Array {
    let dtype = wide(a.dtype().promote(b.dtype()));
    let found = factors(&a.cast(dtype), width);
    let (n, columns) = (found.rows, b.shape()[1]);
    let along = &b.chunks().0[1];
    let columns = if along.largest() > width { AxisChunks::even(columns, width) } else { along.clone() };
    let mut x = b.cast(dtype).regridded(grid(n, columns));
    let passed = |x: Array, number: usize, name: &str, step: LuStep| {
        let chunks = x.chunks().clone();
        Array::step(name, step, [x, found.panels[number].clone()], chunks, dtype)
    };
    for number in 0..found.panels.len() {
        x = passed(x, number, "solve-down", LuStep::Down { at: found.square.start(number), skip: 0 });
    }
    for number in (0..found.panels.len()).rev() {
        x = passed(x, number, "solve-up", LuStep::Up { at: found.square.start(number) });
    }
    x.named("solve")
}

/// One of the steps. `at` is the first row of the diagonal that a strip is decomposed on.
#[derive(Debug, Serialize)]
enum LuStep {
    /// Decomposes a strip.
    Panel { at: usize },
    /// What a decomposed strip makes of another one; so many of those before it are done with.
    Down { at: usize, skip: u32 },
    /// What is left to the rows above once those of this strip are solved for.
    Up { at: usize },
    /// Which row came where.
    Order { at: usize },
    /// The part of `p` in a chunk.
    Exchange { width: usize, grid: AxisChunks },
    /// The part of `l` in a strip.
    Lower { width: usize },
    /// The part of `u` in a strip.
    Upper { width: usize, size: usize },
    /// What a strip has to do with the determinant: its sign, and the logarithm of its size.
    Pivots { at: usize },
}

impl Step for LuStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.lu", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn needs(&self, index: &[u32], inputs: &[Array]) -> Vec<(usize, Index)> {
        let first = || Index::from_slice(&[0, 0]);
        let strip = |at: u32| Index::from_slice(&[0, at]);
        match *self {
            LuStep::Panel { .. } | LuStep::Order { .. } | LuStep::Pivots { .. } => vec![(0, first())],
            LuStep::Down { skip, .. } => vec![(0, strip(index[1] + skip)), (1, first())],
            LuStep::Up { .. } => vec![(0, strip(index[1])), (1, first())],
            LuStep::Exchange { .. } => (0..inputs.len()).map(|input| (input, Index::from_slice(&[0]))).collect(),
            LuStep::Lower { .. } => {
                let (own, count) = (index[1] as usize, inputs.len() / 2);
                let orders = (own + 1..count).map(|later| (count + later, Index::from_slice(&[0])));
                [(own, first())].into_iter().chain(orders).collect()
            }
            LuStep::Upper { width, size } => {
                let (own, count) = (index[1] as usize, size.div_ceil(width));
                vec![if own < count { (own, first()) } else { (count, strip((own - count) as u32)) }]
            }
        }
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        if call.cancel.requested() {
            return Err(Stop::Cancelled);
        }
        if let LuStep::Exchange { width, grid } = self {
            let orders = orders(&call.inputs, 0, *width);
            let [down, across] = [call.index[0] as usize, call.index[1] as usize];
            let (top, left) = (grid.start(down), grid.start(across));
            let shape = [grid.size(down), grid.size(across)];
            let mut elements = vec![0.0; shape[0] * shape[1]];
            for column in 0..shape[1] {
                let row = original(&orders, left + column).wrapping_sub(top);
                if row < shape[0] {
                    elements[row * shape[1] + column] = 1.0;
                }
            }
            return Ok(Chunk::from_vec(&shape, elements));
        }
        match call.inputs[0].dtype().is_complex() {
            true => self.work::<Complex64>(call),
            false => self.work::<f64>(call),
        }
    }

    fn is_round(&self) -> bool {
        true
    }

    fn working(&self, index: &[u32], inputs: &[Array]) -> u64 {
        let _ = index;
        match self {
            LuStep::Panel { .. } | LuStep::Down { .. } => 3 * super::chunk_bytes(&inputs[0]),
            LuStep::Up { .. } | LuStep::Upper { .. } | LuStep::Lower { .. } | LuStep::Order { .. } => {
                super::chunk_bytes(&inputs[0])
            }
            LuStep::Exchange { .. } | LuStep::Pivots { .. } => 0,
        }
    }
}

impl LuStep {
    fn work<T: Entry>(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let mut inputs = std::mem::take(&mut call.inputs);
        Ok(match *self {
            LuStep::Panel { at } => decomposed::<T>(inputs.remove(0), at),
            LuStep::Down { at, .. } => down::<T>(&inputs[0], &inputs[1], at, call.crew)?,
            LuStep::Up { at } => up::<T>(inputs.remove(0), &inputs[0], at, call.crew)?,
            LuStep::Order { at } => {
                let panel = &inputs[0];
                let order = order::<T>(panel, at);
                Chunk::from_vec(&[order.len()], order.into_iter().map(|row| row as i64).collect())
            }
            LuStep::Lower { width } => {
                let own = call.index[1] as usize;
                let (panel, at) = (super::blocked::matrix::<T>(&inputs[0]), own * width);
                let orders = orders(&inputs[1..], own + 1, width);
                chunk(Matrix::from_fn(panel.rows, panel.columns - 1, |row, column| match row.cmp(&(at + column)) {
                    std::cmp::Ordering::Less => T::default(),
                    std::cmp::Ordering::Equal => T::real_number(1.0),
                    std::cmp::Ordering::Greater => panel.get(original(&orders, row), column),
                }))
            }
            LuStep::Upper { width, size } => {
                let at = call.index[1] as usize * width;
                let strip = super::blocked::matrix::<T>(&inputs[0]);
                match at < size {
                    true => chunk(Matrix::from_fn(size, strip.columns - 1, |row, column| match row <= at + column {
                        true => strip.get(row, column),
                        false => T::default(),
                    })),
                    false => rows(&inputs[0], 0, size),
                }
            }
            LuStep::Pivots { at } => {
                let (sign, log) = pivots::<T>(&inputs[0], at);
                Chunk::from_vec(&[1, 2], vec![sign, T::real_number(log)])
            }
            LuStep::Exchange { .. } => unreachable!("made of whole numbers, by `run`"),
        })
    }
}

/// A decomposed strip: the rows above the diagonal block are left as they are.
fn decomposed<T: Entry>(strip: Chunk, at: usize) -> Chunk {
    let (m, width) = (strip.shape()[0], strip.shape()[1]);
    let mut all = elements::<T>(strip);
    let above: Vec<T> = all.drain(..at * width).collect();
    let found = rdk_linear::lu(&Matrix::new(m - at, width, all));
    let mut packed = Vec::with_capacity(m * (width + 1));
    for row in 0..m {
        match row.checked_sub(at) {
            None => packed.extend_from_slice(&above[row * width..(row + 1) * width]),
            Some(row) => packed.extend((0..width).map(|column| match row > column {
                true => found.lower.get(row, column),
                false => found.upper.get(row, column),
            })),
        }
        packed.push(T::real_number(row.checked_sub(at).map_or(row, |row| found.rows[row]) as f64));
    }
    Chunk::from_vec(&[m, width + 1], packed)
}

/// Which row below the diagonal block, counted from its first, each of them was.
fn order<T: Entry>(panel: &Chunk, at: usize) -> Vec<usize> {
    let (m, last) = (panel.shape()[0], panel.shape()[1] - 1);
    let last = rows(panel, at, m).index_axis(1, last).to_vec::<T>();
    last.into_iter().map(|row| row.complex().re as usize).collect()
}

/// The diagonal block of a decomposed strip.
fn diagonal<T: Entry>(panel: &Chunk, at: usize) -> Matrix<T> {
    let width = panel.shape()[1] - 1;
    super::blocked::matrix(&columns(&rows(panel, at, at + width)))
}

/// The product of the pivots of a decomposed strip, turned over with each exchange of two rows: its sign, and the logarithm of its size.
fn pivots<T: Entry>(panel: &Chunk, at: usize) -> (T, f64) {
    let block = diagonal::<T>(panel, at);
    let (mut sign, mut log) =
        (if is_odd(&order::<T>(panel, at)) { T::real_number(-1.0) } else { T::real_number(1.0) }, 0.0);
    for pivot in (0..block.rows).map(|at| block.get(at, at)) {
        let size = pivot.size();
        if size == 0.0 {
            return (T::real_number(0.0), f64::NEG_INFINITY);
        }
        sign = sign.times(pivot.over(T::real_number(size)));
        log += size.ln();
    }
    (sign, log)
}

/// Does it take an odd number of exchanges of two?
fn is_odd(order: &[usize]) -> bool {
    let (mut seen, mut odd) = (vec![false; order.len()], false);
    for start in 0..order.len() {
        let mut at = start;
        while !std::mem::replace(&mut seen[at], true) {
            at = order[at];
            odd ^= at != start;
        }
    }
    odd
}

/// A decomposed strip without its order.
fn columns(panel: &Chunk) -> Chunk {
    let width = panel.shape()[1] - 1;
    panel.slice(&[ndarray::Slice::from(..).into(), ndarray::Slice::from(0..width as isize).into()])
}

fn down<T: Entry>(strip: &Chunk, panel: &Chunk, at: usize, crew: Crew<'_>) -> std::result::Result<Chunk, Stopped> {
    let (m, n) = (strip.shape()[0], strip.shape()[1]);
    let strip = strip.contiguous();
    let all = T::array(&strip).and_then(|array| array.as_slice()).expect("a strip of this type, made contiguous");
    let mut out = Vec::with_capacity(m * n);
    out.extend_from_slice(&all[..at * n]);
    order::<T>(panel, at).into_iter().for_each(|row| out.extend_from_slice(&all[(at + row) * n..(at + row + 1) * n]));
    let block = diagonal::<T>(panel, at);
    let end = at + block.rows;
    let own = Matrix::new(block.rows, n, out[at * n..end * n].to_vec());
    // Its diagonal is taken for ones: there is nothing to go wrong.
    let own = rdk_linear::solve_triangular(&block, &own, true, true).unwrap_or(own);
    out[at * n..end * n].copy_from_slice(&own.elements);
    less_product::<T>(&mut out[end * n..], &rows(&columns(panel), end, m), &chunk(own), crew)?;
    Ok(Chunk::from_vec(&[m, n], out))
}

fn up<T: Entry>(x: Chunk, panel: &Chunk, at: usize, crew: Crew<'_>) -> std::result::Result<Chunk, Stop> {
    let (m, n) = (x.shape()[0], x.shape()[1]);
    let mut out = elements::<T>(x);
    let block = diagonal::<T>(panel, at);
    let end = at + block.rows;
    let own = Matrix::new(block.rows, n, out[at * n..end * n].to_vec());
    let own =
        rdk_linear::solve_triangular(&block, &own, false, false).map_err(|_| stop(Work::Solve, Failure::Singular))?;
    out[at * n..end * n].copy_from_slice(&own.elements);
    less_product::<T>(&mut out[..at * n], &rows(&columns(panel), 0, at), &chunk(own), crew)?;
    Ok(Chunk::from_vec(&[m, n], out))
}

/// Orders of rows, each with the first row that it is of; the first is that of this strip.
fn orders(chunks: &[Chunk], first: usize, width: usize) -> Vec<(usize, Vec<i64>)> {
    let numbered = chunks.iter().enumerate();
    numbered.map(|(number, order)| ((first + number) * width, order.to_vec::<i64>())).collect()
}

/// Which row this one was before these exchanges.
fn original(orders: &[(usize, Vec<i64>)], row: usize) -> usize {
    orders.iter().rev().fold(row, |row, (at, order)| match row.checked_sub(*at) {
        Some(below) => at + order[below] as usize,
        None => row,
    })
}

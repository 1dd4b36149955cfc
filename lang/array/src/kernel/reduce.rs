//! Reductions from beginning to end: a box to partial results, those to fewer, and the last to the result.

use std::any::Any;

use num_complex::{Complex32, Complex64};
use rdk_graph::Cancel;
use rdk_runtime::error;
use smallvec::SmallVec;

use crate::chunk::{Chunk, Parts};
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::doubling::run_windows;
use crate::kernel::faults::Flags;
use crate::kernel::fold::{Both, Fold, Monoid, Simple};
use crate::kernel::layout::{self, Layout, Line, Place, Strides};
use crate::kernel::lines::{Lines, Numbers};
use crate::kernel::machine::{self, Machine};
use crate::kernel::moments::{Centered, Moments, Where};
use crate::kernel::monoid::{Count, Extreme, Ordered, Product, Sum, Total, Truth};
use crate::kernel::program::{Leaf, Program, Register, StepOp, Walk};
use crate::kernel::reduction::Reduction;
use crate::kernel::run::{Stop, check};
use crate::kernel::straight::{Along, Straight};
use crate::kernel::tile::Tile;
use crate::kernel::turned::run_turned;

/// Where the loop box lies in the whole array: what `argmin` needs to number elements. Others do not look at it.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// The index of the box's first element.
    pub origin: &'a [u64],
    /// The shape of the whole array.
    pub shape: &'a [u64],
}

/// The type that elements are cast to before they are reduced, so that there is one loop for sums of all whole numbers, one
/// for all questions of truth, and so on.
pub(super) fn loop_dtype(reduction: Reduction, dtype: DType) -> DType {
    if reduction.keeps_element() {
        return dtype;
    }
    match reduction {
        Reduction::Any | Reduction::All | Reduction::Count => DType::Bool,
        // The usual types are summed as they are cast.
        Reduction::Sum if matches!(dtype, DType::Bool | DType::U8 | DType::I32 | DType::F32) => dtype,
        Reduction::Mean if matches!(dtype, DType::Bool | DType::I64 | DType::F32) => dtype,
        _ => reduction.parts(dtype)[usize::from(reduction.has_moments())],
    }
}

/// The accumulators of a reduction of elements of this type, which is its loop type.
pub(super) fn cells<T: Ordered>(reduction: Reduction, n: usize) -> Option<Box<dyn Fold<T>>> {
    let cells: Box<dyn Any> = match (reduction.without_nan(T::DTYPE), T::DTYPE) {
        (Reduction::Min, _) => return Some(Box::new(Simple::<T, Extreme<false, false>>::new(n))),
        (Reduction::Max, _) => return Some(Box::new(Simple::<T, Extreme<true, false>>::new(n))),
        (Reduction::ArgMin, _) => return Some(Box::new(Where::<T, false, false>::new(n))),
        (Reduction::ArgMax, _) => return Some(Box::new(Where::<T, true, false>::new(n))),
        (Reduction::NanMin, DType::F32) => boxed::<f32>(Simple::<f32, Extreme<false, true>>::new(n)),
        (Reduction::NanMin, DType::F64) => boxed::<f64>(Simple::<f64, Extreme<false, true>>::new(n)),
        (Reduction::NanMin, DType::C64) => boxed::<Complex32>(Simple::<Complex32, Extreme<false, true>>::new(n)),
        (Reduction::NanMin, DType::C128) => boxed::<Complex64>(Simple::<Complex64, Extreme<false, true>>::new(n)),
        (Reduction::NanMax, DType::F32) => boxed::<f32>(Simple::<f32, Extreme<true, true>>::new(n)),
        (Reduction::NanMax, DType::F64) => boxed::<f64>(Simple::<f64, Extreme<true, true>>::new(n)),
        (Reduction::NanMax, DType::C64) => boxed::<Complex32>(Simple::<Complex32, Extreme<true, true>>::new(n)),
        (Reduction::NanMax, DType::C128) => boxed::<Complex64>(Simple::<Complex64, Extreme<true, true>>::new(n)),
        (Reduction::NanArgMin, DType::F32) => boxed::<f32>(Where::<f32, false, true>::new(n)),
        (Reduction::NanArgMin, DType::F64) => boxed::<f64>(Where::<f64, false, true>::new(n)),
        (Reduction::NanArgMin, DType::C64) => boxed::<Complex32>(Where::<Complex32, false, true>::new(n)),
        (Reduction::NanArgMin, DType::C128) => boxed::<Complex64>(Where::<Complex64, false, true>::new(n)),
        (Reduction::NanArgMax, DType::F32) => boxed::<f32>(Where::<f32, true, true>::new(n)),
        (Reduction::NanArgMax, DType::F64) => boxed::<f64>(Where::<f64, true, true>::new(n)),
        (Reduction::NanArgMax, DType::C64) => boxed::<Complex32>(Where::<Complex32, true, true>::new(n)),
        (Reduction::NanArgMax, DType::C128) => boxed::<Complex64>(Where::<Complex64, true, true>::new(n)),
        (Reduction::Any, DType::Bool) => boxed::<bool>(Simple::<bool, Truth<false>>::new(n)),
        (Reduction::All, DType::Bool) => boxed::<bool>(Simple::<bool, Truth<true>>::new(n)),
        (Reduction::Count, DType::Bool) => boxed::<bool>(Simple::<bool, Count<false>>::new(n)),
        (Reduction::Sum, DType::Bool) => boxed::<bool>(Simple::<bool, Count<false>>::new(n)),
        (Reduction::Sum, DType::U8) => boxed::<u8>(Simple::<u8, Sum<u64, false>>::new(n)),
        (Reduction::Sum, DType::I32) => boxed::<i32>(Simple::<i32, Sum<i64, false>>::new(n)),
        (Reduction::Sum | Reduction::Mean, DType::F32) => boxed::<f32>(Simple::<f32, Sum<f64, false>>::new(n)),
        (Reduction::Mean, DType::Bool) => boxed::<bool>(Simple::<bool, Sum<f64, false>>::new(n)),
        (Reduction::Mean, DType::I64) => boxed::<i64>(Simple::<i64, Sum<f64, false>>::new(n)),
        (reduction, DType::I64) => whole_cells::<i64>(reduction, n)?,
        (reduction, DType::U64) => whole_cells::<u64>(reduction, n)?,
        (reduction, DType::F64) => real_cells::<f64>(reduction, n)?,
        (reduction, DType::C128) => real_cells::<Complex64>(reduction, n)?,
        _ => return None,
    };
    cells.downcast::<Box<dyn Fold<T>>>().ok().map(|cells| *cells)
}

/// Cells whose element type is known here, for a caller who knows it by another name.
fn boxed<T: 'static>(cells: impl Fold<T> + 'static) -> Box<dyn Any> {
    let cells: Box<dyn Fold<T>> = Box::new(cells);
    Box::new(cells)
}

fn whole_cells<T: Total>(reduction: Reduction, n: usize) -> Option<Box<dyn Any>> {
    Some(match reduction {
        Reduction::Sum => boxed::<T>(Simple::<T, Sum<T, false>>::new(n)),
        Reduction::Prod => boxed::<T>(Simple::<T, Product<T, false>>::new(n)),
        _ => return None,
    })
}

fn real_cells<T: Centered>(reduction: Reduction, n: usize) -> Option<Box<dyn Any>> {
    Some(match reduction {
        Reduction::Sum | Reduction::Mean => boxed::<T>(Simple::<T, Sum<T, false>>::new(n)),
        Reduction::NanSum => boxed::<T>(Simple::<T, Sum<T, true>>::new(n)),
        Reduction::Prod => boxed::<T>(Simple::<T, Product<T, false>>::new(n)),
        Reduction::NanProd => boxed::<T>(Simple::<T, Product<T, true>>::new(n)),
        Reduction::NanMean => boxed::<T>(Both(Simple::<T, Sum<T, true>>::new(n), Simple::<T, Count<true>>::new(n))),
        Reduction::Var { .. } | Reduction::Std { .. } => boxed::<T>(Moments::<T, false>::new(n)),
        Reduction::NanVar { .. } | Reduction::NanStd { .. } => boxed::<T>(Moments::<T, true>::new(n)),
        _ => return None,
    })
}

/// Runs a program over a box and reduces what comes out along these axes (none: each element by itself), which keep length 1.
/// Nothing but the partial results is stored.
#[allow(clippy::too_many_arguments)]
pub fn run_reduce(
    program: &Program,
    shape: &[usize],
    chunks: &[&Chunk],
    walks: &[Walk],
    reduction: Reduction,
    axes: &[usize],
    whole: Whole<'_>,
    cancel: &Cancel,
) -> Result<(Parts, Flags), Stop> {
    if let Some(done) = run_windows(program, shape, chunks, walks, reduction, axes, cancel)
        .or_else(|| run_turned(program, shape, chunks, walks, reduction, axes, cancel))
    {
        return done;
    }
    let reduced: SmallVec<[bool; 4]> = (0..shape.len()).map(|axis| axes.contains(&axis)).collect();
    let result_shape = result_shape(shape, &reduced);
    let n_cells = result_shape.iter().product();
    let dtype = loop_dtype(reduction, program.result_dtype());
    let program = &*program.in_type(dtype);
    let unknown = || unknown(reduction, dtype);
    if shape.contains(&0) {
        let parts = with_dtype!(dtype, T => {
            cells::<T>(reduction, n_cells).ok_or_else(unknown)?.parts(&result_shape)
        });
        return Ok((parts, Flags::default()));
    }
    let mut lines = machine::lines(program, chunks, walks, shape.len())?;
    check(program, shape, chunks, walks)?;
    let cell_line = lines.len();
    lines.push(cell_numbers(&result_shape, &reduced));
    lines.push(if reduction.is_where() { places(&reduced, whole)? } else { still(shape.len()) });
    if let ([Leaf::Chunk(_)], Register::Leaf(_), [chunk]) = (&*program.leaves, program.result, chunks)
        && let [memory, cells, numbers] = &*lines
        && let Some(straight) = straight(shape, &reduced, memory, cells, numbers)
    {
        return Ok((fold(chunk, &straight, reduction, &result_shape, cancel)?, Flags::default()));
    }
    let layout = Layout::new(shape, &reduced, lines);
    let mut machine = Machine::new(program, chunks, &layout)?;
    // Other steps may have something to say of elements that change nothing.
    let may_stop = program.steps.iter().all(|step| matches!(step.op, StepOp::Cast(_)));
    let parts = with_dtype!(dtype, T => {
        let mut cells = cells::<T>(reduction, n_cells).ok_or_else(unknown)?;
        let mut filled = None;
        let stopped = layout.tiles(|place| {
            if cancel.requested() {
                return Err(Some(Stop::Cancelled));
            }
            machine.run(&layout, place).map_err(Some)?;
            let result = machine.result::<T>();
            let elements = match result.value() {
                None => result.elements(),
                Some(value) => {
                    let (tile, present) = filled.get_or_insert_with(|| (Tile::take::<T>(), None));
                    if *present != Some(value) {
                        tile.elements_mut::<T>().fill(value);
                        *present = Some(value);
                    }
                    &tile.elements::<T>()[..place.n]
                }
            };
            feed(&mut *cells, elements, &layout, cell_line, place);
            if may_stop && cells.is_done() { Err(None) } else { Ok(()) }
        });
        if let Err(Some(stop)) = stopped {
            return Err(stop);
        }
        if let Some((tile, _)) = filled {
            tile.give_back();
        }
        cells.parts(&result_shape)
    });
    Ok((parts, std::mem::take(&mut machine.flags)))
}

/// Gives a tile's elements to their cells, in runs as long as can be.
pub(super) fn feed<T: Element>(
    cells: &mut dyn Fold<T>,
    elements: &[T],
    layout: &Layout,
    cell_line: usize,
    place: &Place<'_>,
) {
    let (cell_strides, place_strides) = (layout.tile_strides(cell_line), layout.tile_strides(cell_line + 1));
    let mut lengths: SmallVec<[usize; 4]> = SmallVec::new();
    let mut strides: [Strides; 2] = Default::default();
    for (axis, &length) in place.lengths.iter().enumerate() {
        if length == 1 && axis + 1 < place.lengths.len() {
            continue;
        }
        let here = [cell_strides[axis], place_strides[axis]];
        let even = !lengths.is_empty()
            && strides.iter().zip(here).all(|(strides, here)| strides.last() == Some(&(here * length as i64)));
        if even {
            *lengths.last_mut().expect("not empty") *= length;
            strides.iter_mut().zip(here).for_each(|(strides, here)| *strides.last_mut().expect("not empty") = here);
        } else {
            lengths.push(length);
            strides.iter_mut().zip(here).for_each(|(strides, here)| strides.push(here));
        }
    }
    let last = lengths.len() - 1;
    let (length, moves, step) = (lengths[last], strides[0][last] != 0, strides[1][last]);
    let (cell, number) = (place.positions[cell_line], place.positions[cell_line + 1]);
    // Many runs or rows: one call for as many as follow each other evenly.
    if last > 0 && moves == (strides[0][last - 1] == 0) {
        let (cell_step, next) = (strides[0][last - 1] as usize, strides[1][last - 1]);
        let (outer, row) = (&lengths[..last], length * lengths[last - 1]);
        layout::runs(outer, &[&strides[0][..last], &strides[1][..last]], |at, offsets| {
            let lines = Lines::packed(&elements[at * length..at * length + row], length);
            let numbers = Numbers { first: number + offsets[1], step, next };
            let cell = (cell + offsets[0]) as usize;
            if moves { cells.rows(cell, lines, numbers) } else { cells.runs(cell, cell_step, lines, numbers) }
        });
        return;
    }
    layout::runs(&lengths, &[&strides[0], &strides[1]], |at, offsets| {
        let elements = &elements[at..at + length];
        let (cell, number) = ((cell + offsets[0]) as usize, number + offsets[1]);
        if moves { cells.row(cell, elements, number, step) } else { cells.run(cell, elements, number, step) }
    });
}

/// The order in which a box is walked that these lines lead through; `None` where it cannot be read in place.
fn straight(shape: &[usize], reduced: &[bool], memory: &Line, cells: &Line, numbers: &Line) -> Option<Straight> {
    let along = |axis: usize| Along {
        length: shape[axis],
        stride: memory.strides[axis],
        cell: cells.strides[axis] as usize,
        number: numbers.strides[axis],
        reduced: reduced[axis],
    };
    Straight::new(memory.start, numbers.start, (0..shape.len()).map(along))
}

/// Partial results of a box of a chunk whose elements have the type in which they are reduced.
fn fold(
    chunk: &Chunk,
    straight: &Straight,
    reduction: Reduction,
    result_shape: &[usize],
    cancel: &Cancel,
) -> Result<Parts, Stop> {
    let dtype = chunk.dtype();
    with_dtype!(dtype, T => {
        let cells = cells::<T>(reduction, result_shape.iter().product());
        let mut cells = cells.ok_or_else(|| unknown(reduction, dtype))?;
        straight.feed(chunk, &mut *cells, cancel)?;
        Ok(cells.parts(result_shape))
    })
}

/// The same for all of a chunk over these of its axes; `None` where it needs a program's tiles.
pub fn reduce_in_place(
    chunk: &Chunk,
    reduction: Reduction,
    axes: &[usize],
    whole: Whole<'_>,
    cancel: &Cancel,
) -> Option<Result<Parts, Stop>> {
    if loop_dtype(reduction, chunk.dtype()) != chunk.dtype() || chunk.is_empty() {
        return None;
    }
    let shape = chunk.shape();
    let reduced: SmallVec<[bool; 4]> = (0..shape.len()).map(|axis| axes.contains(&axis)).collect();
    let result_shape = result_shape(shape, &reduced);
    let memory = Line { start: 0, strides: chunk.strides().iter().map(|&stride| stride as i64).collect() };
    let numbers = match reduction.is_where() {
        true => match places(&reduced, whole) {
            Ok(numbers) => numbers,
            Err(stop) => return Some(Err(stop)),
        },
        false => still(shape.len()),
    };
    let straight = straight(shape, &reduced, &memory, &cell_numbers(&result_shape, &reduced), &numbers)?;
    Some(fold(chunk, &straight, reduction, &result_shape, cancel))
}

fn unknown(reduction: Reduction, dtype: DType) -> Stop {
    Stop::Error(error!(TypeError: "`{}` cannot reduce {dtype}", reduction.name()))
}

/// Axes that are reduced keep length 1.
pub(super) fn result_shape(shape: &[usize], reduced: &[bool]) -> SmallVec<[usize; 4]> {
    shape.iter().zip(reduced).map(|(&length, &reduced)| if reduced { 1 } else { length }).collect()
}

fn still(n_axes: usize) -> Line {
    Line { start: 0, strides: Strides::from_elem(0, n_axes) }
}

/// Which cell an element goes to.
pub(super) fn cell_numbers(result_shape: &[usize], reduced: &[bool]) -> Line {
    let mut line = still(result_shape.len());
    let mut stride = 1;
    for axis in (0..result_shape.len()).rev() {
        if !reduced[axis] {
            line.strides[axis] = stride;
            stride *= result_shape[axis] as i64;
        }
    }
    line
}

/// The number of an element among those that are reduced with it, in C order over the whole array.
fn places(reduced: &[bool], whole: Whole<'_>) -> Result<Line, Stop> {
    if whole.origin.len() != reduced.len() || whole.shape.len() != reduced.len() {
        return Err(Stop::Error(error!(SystemError: "a fused kernel does not know where it is")));
    }
    let mut line = still(reduced.len());
    let mut stride = 1;
    for axis in (0..reduced.len()).rev() {
        if reduced[axis] {
            line.strides[axis] = stride;
            line.start += stride * whole.origin[axis] as i64;
            stride *= whole.shape[axis] as i64;
        }
    }
    Ok(line)
}

/// Merges partial results of the same shape, in order: the step in the middle of a tree. There is at least one.
pub fn combine(reduction: Reduction, parts: &[&Parts]) -> Parts {
    let column = |number: usize| -> Vec<&Chunk> { parts.iter().map(|parts| &parts.0[number]).collect() };
    match reduction {
        Reduction::Sum | Reduction::NanSum | Reduction::Mean => Parts(vec![join_sums(&column(0))]),
        Reduction::NanMean => Parts(vec![join_sums(&column(0)), join_sums(&column(1))]),
        Reduction::Count => Parts(vec![join_sums(&column(0))]),
        Reduction::Prod | Reduction::NanProd => match column(0)[0].dtype() {
            DType::I64 => join::<i64, Product<i64, false>>(&column(0)),
            DType::U64 => join::<u64, Product<u64, false>>(&column(0)),
            DType::C128 => join::<Complex64, Product<Complex64, false>>(&column(0)),
            _ => join::<f64, Product<f64, false>>(&column(0)),
        },
        Reduction::Any => join::<bool, Truth<false>>(&column(0)),
        Reduction::All => join::<bool, Truth<true>>(&column(0)),
        Reduction::Min => with_dtype!(column(0)[0].dtype(), T => join::<T, Extreme<false, false>>(&column(0))),
        Reduction::Max => with_dtype!(column(0)[0].dtype(), T => join::<T, Extreme<true, false>>(&column(0))),
        Reduction::NanMin => with_dtype!(column(0)[0].dtype(), T => join::<T, Extreme<false, true>>(&column(0))),
        Reduction::NanMax => with_dtype!(column(0)[0].dtype(), T => join::<T, Extreme<true, true>>(&column(0))),
        Reduction::ArgMin => with_dtype!(column(0)[0].dtype(), T => join_where::<T, false, false>(parts)),
        Reduction::ArgMax => with_dtype!(column(0)[0].dtype(), T => join_where::<T, true, false>(parts)),
        Reduction::NanArgMin => with_dtype!(column(0)[0].dtype(), T => join_where::<T, false, true>(parts)),
        Reduction::NanArgMax => with_dtype!(column(0)[0].dtype(), T => join_where::<T, true, true>(parts)),
        Reduction::Var { .. } | Reduction::Std { .. } | Reduction::NanVar { .. } | Reduction::NanStd { .. } => {
            match column(1)[0].dtype() {
                DType::C128 => join_moments::<Complex64>(parts),
                _ => join_moments::<f64>(parts),
            }
        }
    }
}

fn join<T: Element, M: Monoid<T, State = T>>(columns: &[&Chunk]) -> Parts {
    Parts(vec![join_column::<T, M>(columns)])
}

fn join_column<T: Element, M: Monoid<T, State = T>>(columns: &[&Chunk]) -> Chunk {
    let mut cells = Simple::<T, M>::new(columns[0].len());
    for column in columns {
        match column.array::<T>().and_then(|column| column.as_slice()) {
            Some(results) => cells.join_all(results),
            None => cells.join_all(&column.to_vec::<T>()),
        }
    }
    cells.finish(columns[0].shape())
}

fn join_sums(columns: &[&Chunk]) -> Chunk {
    match columns[0].dtype() {
        DType::I64 => join_column::<i64, Sum<i64, false>>(columns),
        DType::U64 => join_column::<u64, Sum<u64, false>>(columns),
        DType::C128 => join_column::<Complex64, Sum<Complex64, false>>(columns),
        _ => join_column::<f64, Sum<f64, false>>(columns),
    }
}

fn join_where<T: Ordered, const MAX: bool, const SKIP: bool>(parts: &[&Parts]) -> Parts {
    let mut cells = Box::new(Where::<T, MAX, SKIP>::new(parts[0].0[0].len()));
    for part in parts {
        let values = part.0[0].to_vec::<T>().into_iter().zip(part.0[1].to_vec::<i64>());
        values.enumerate().for_each(|(cell, (value, place))| cells.join(cell, value, place));
    }
    cells.parts(parts[0].0[0].shape())
}

fn join_moments<S: Centered>(parts: &[&Parts]) -> Parts {
    let mut cells = Moments::<S, false>::new(parts[0].0[0].len());
    for part in parts {
        let (counts, means, squares) = (part.0[0].to_vec(), part.0[1].to_vec(), part.0[2].to_vec());
        for (cell, ((count, mean), square)) in counts.into_iter().zip(means).zip(squares).enumerate() {
            cells.join(cell, count, mean, square);
        }
    }
    Fold::<S>::parts(Box::new(cells), parts[0].0[0].shape())
}

/// The result of a reduction of elements of this type, `count` for each result. Reduced axes keep their length 1.
pub fn finish(reduction: Reduction, parts: Parts, dtype: DType, count: u64) -> Result<Chunk, Stop> {
    let result = reduction.result(dtype);
    let first = &parts.0[0];
    Ok(match reduction {
        Reduction::Sum
        | Reduction::NanSum
        | Reduction::Prod
        | Reduction::NanProd
        | Reduction::Min
        | Reduction::Max
        | Reduction::NanMin
        | Reduction::NanMax
        | Reduction::Any
        | Reduction::All
        | Reduction::Count => first.cast(result),
        Reduction::ArgMin | Reduction::ArgMax => parts.0[1].clone(),
        Reduction::NanArgMin | Reduction::NanArgMax => {
            if parts.0[1].to_vec::<i64>().contains(&-1) {
                return Err(Stop::Error(error!("All-NaN slice encountered")));
            }
            parts.0[1].clone()
        }
        Reduction::Mean => divided(first, std::iter::repeat(count as f64)).cast(result),
        Reduction::NanMean => divided(first, parts.0[1].to_vec::<f64>().into_iter()).cast(result),
        Reduction::Var { ddof } | Reduction::NanVar { ddof } | Reduction::Std { ddof } | Reduction::NanStd { ddof } => {
            let skips = matches!(reduction, Reduction::NanVar { .. } | Reduction::NanStd { .. });
            let root = matches!(reduction, Reduction::Std { .. } | Reduction::NanStd { .. });
            let counts = first.to_vec::<i64>().into_iter();
            let variances = parts.0[2].to_vec::<f64>().into_iter().zip(counts).map(|(square, count)| {
                let freedom = (count as f64 - ddof as f64).max(0.0);
                let variance = if skips && freedom == 0.0 { f64::NAN } else { square / freedom };
                if root { variance.sqrt() } else { variance }
            });
            Chunk::from_vec(first.shape(), variances.collect::<Vec<f64>>()).cast(result)
        }
    })
}

fn divided(sums: &Chunk, counts: impl Iterator<Item = f64>) -> Chunk {
    match sums {
        Chunk::C128(_) => {
            let means = sums.to_vec::<Complex64>().into_iter().zip(counts).map(|(sum, count)| sum / count);
            Chunk::from_vec(sums.shape(), means.collect::<Vec<_>>())
        }
        _ => {
            let means = sums.to_vec::<f64>().into_iter().zip(counts).map(|(sum, count)| sum / count);
            Chunk::from_vec(sums.shape(), means.collect::<Vec<_>>())
        }
    }
}

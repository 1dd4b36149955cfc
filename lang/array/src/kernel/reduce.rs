//! Reductions from beginning to end: a box to partial results, those to fewer, and the last to the result.

use num_complex::{Complex32, Complex64};
use rdk_graph::Cancel;
use rdk_runtime::error;
use smallvec::SmallVec;

use crate::chunk::{Chunk, Parts};
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::fold::{Both, Fold, Monoid, Simple};
use crate::kernel::layout::{self, Layout, Line, Place, Strides};
use crate::kernel::machine::{self, Machine};
use crate::kernel::moments::{Centered, Moments, Where};
use crate::kernel::monoid::{Count, Extreme, Ordered, Product, Sum, Total, Truth};
use crate::kernel::program::{Program, Walk};
use crate::kernel::reduction::Reduction;
use crate::kernel::run::{Flags, Stop, check};
use crate::kernel::tile::Tile;

/// Where the loop box lies in the whole array: what `argmin` needs to number elements. Others do not look at it.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// The index of the box's first element.
    pub origin: &'a [u64],
    /// The shape of the whole array.
    pub shape: &'a [u64],
}

/// In what sums and means of a type are kept.
#[allow(missing_docs)]
pub trait Reducible: Ordered {
    type Sum: Total;
    type Mean: Centered;
}

macro_rules! reducible {
    ($($T:ident: $Sum:ident, $Mean:ident;)*) => {
        $(
            impl Reducible for $T {
                type Sum = $Sum;
                type Mean = $Mean;
            }
        )*
    };
}

reducible! {
    bool: i64, f64;
    i8: i64, f64;
    i16: i64, f64;
    i32: i64, f64;
    i64: i64, f64;
    u8: u64, f64;
    u16: u64, f64;
    u32: u64, f64;
    u64: u64, f64;
    f32: f64, f64;
    f64: f64, f64;
    Complex32: Complex64, Complex64;
    Complex64: Complex64, Complex64;
}

fn cells<T: Reducible>(reduction: Reduction, n: usize) -> Box<dyn Fold<T>> {
    match reduction {
        Reduction::Sum => Box::new(Simple::<T, Sum<T::Sum, false>>::new(n)),
        Reduction::NanSum => Box::new(Simple::<T, Sum<T::Sum, true>>::new(n)),
        Reduction::Prod => Box::new(Simple::<T, Product<T::Sum, false>>::new(n)),
        Reduction::NanProd => Box::new(Simple::<T, Product<T::Sum, true>>::new(n)),
        Reduction::Min => Box::new(Simple::<T, Extreme<false, false>>::new(n)),
        Reduction::Max => Box::new(Simple::<T, Extreme<true, false>>::new(n)),
        Reduction::NanMin => Box::new(Simple::<T, Extreme<false, true>>::new(n)),
        Reduction::NanMax => Box::new(Simple::<T, Extreme<true, true>>::new(n)),
        Reduction::Any => Box::new(Simple::<T, Truth<false>>::new(n)),
        Reduction::All => Box::new(Simple::<T, Truth<true>>::new(n)),
        Reduction::Count => Box::new(Simple::<T, Count<false>>::new(n)),
        Reduction::ArgMin => Box::new(Where::<T, false, false>::new(n)),
        Reduction::ArgMax => Box::new(Where::<T, true, false>::new(n)),
        Reduction::NanArgMin => Box::new(Where::<T, false, true>::new(n)),
        Reduction::NanArgMax => Box::new(Where::<T, true, true>::new(n)),
        Reduction::Mean => Box::new(Simple::<T, Sum<T::Mean, false>>::new(n)),
        Reduction::NanMean => Box::new(Both(Simple::<T, Sum<T::Mean, true>>::new(n), Simple::<T, Count<true>>::new(n))),
        Reduction::Var { .. } | Reduction::Std { .. } => Box::new(Moments::<T::Mean, false>::new(n)),
        Reduction::NanVar { .. } | Reduction::NanStd { .. } => Box::new(Moments::<T::Mean, true>::new(n)),
    }
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
    let reduced: SmallVec<[bool; 4]> = (0..shape.len()).map(|axis| axes.contains(&axis)).collect();
    let result_shape: SmallVec<[usize; 4]> =
        shape.iter().zip(&reduced).map(|(&length, &reduced)| if reduced { 1 } else { length }).collect();
    let n_cells = result_shape.iter().product();
    let dtype = program.result_dtype();
    if shape.contains(&0) {
        let parts = with_dtype!(dtype, T => cells::<T>(reduction, n_cells).parts(&result_shape));
        return Ok((parts, Flags::default()));
    }
    let mut lines = machine::lines(program, chunks, walks, shape.len())?;
    check(program, shape, chunks, walks)?;
    let cell_line = lines.len();
    lines.push(cell_numbers(&result_shape, &reduced));
    lines.push(if reduction.is_where() { places(&reduced, whole)? } else { still(shape.len()) });
    let layout = Layout::new(shape, &reduced, lines);
    let mut machine = Machine::new(program, chunks, &layout)?;
    let parts = with_dtype!(dtype, T => {
        let mut cells = cells::<T>(reduction, n_cells);
        let mut filled = None;
        layout.tiles(|place| {
            if cancel.requested() {
                return Err(Stop::Cancelled);
            }
            machine.run(&layout, place)?;
            let result = machine.result::<T>();
            let elements = match result.value() {
                None => result.elements(),
                Some(value) => {
                    let tile = filled.get_or_insert_with(Tile::take::<T>);
                    let elements = tile.elements_mut::<T>();
                    elements[..place.n].fill(value);
                    &tile.elements::<T>()[..place.n]
                }
            };
            feed(&mut *cells, elements, &layout, cell_line, place);
            Ok(())
        })?;
        if let Some(tile) = filled {
            tile.give_back();
        }
        cells.parts(&result_shape)
    });
    Ok((parts, machine.flags))
}

/// Gives a tile's elements to their cells, in runs as long as can be.
fn feed<T: Element>(cells: &mut dyn Fold<T>, elements: &[T], layout: &Layout, cell_line: usize, place: &Place<'_>) {
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
    layout::runs(&lengths, &[&strides[0], &strides[1]], |at, offsets| {
        let elements = &elements[at..at + length];
        let (cell, number) = ((cell + offsets[0]) as usize, number + offsets[1]);
        if moves { cells.row(cell, elements, number, step) } else { cells.run(cell, elements, number, step) }
    });
}

fn still(n_axes: usize) -> Line {
    Line { start: 0, strides: Strides::from_elem(0, n_axes) }
}

/// Which cell an element goes to.
fn cell_numbers(result_shape: &[usize], reduced: &[bool]) -> Line {
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
        for (cell, value) in column.to_vec::<T>().into_iter().enumerate() {
            cells.join(cell, value);
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

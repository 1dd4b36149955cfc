//! Runs the steps of a program on one tile after the other.

use smallvec::SmallVec;

use crate::chunk::Chunk;
use crate::dtype::DType;
use crate::element::{Element, with_dtype};
use crate::kernel::apply::{self, Cast, Castable};
use crate::kernel::faults::{self, Fault, Flags};
use crate::kernel::function::{BinaryFunc, UnaryFunc};
use crate::kernel::gather::{gather, memory};
use crate::kernel::layout::{Layout, Line, Place, Strides};
use crate::kernel::loops::{self, Arguments, Map1, Map2, MapBy};
use crate::kernel::program::{Leaf, Program, Register, StepOp, Walk};
use crate::kernel::run::Stop;
use crate::kernel::source::Source;
use crate::kernel::tile::{BLOCK, Operand, Tile};
use crate::scalar::Scalar;
use rdk_runtime::error;

/// A program with its inputs, ready to be run tile by tile.
pub struct Machine<'a> {
    program: &'a Program,
    leaves: SmallVec<[Input<'a>; 3]>,
    steps: SmallVec<[Slot; 3]>,
    /// Elements of the present tile.
    n: usize,
    /// Where the result of the present tile is to lie, if it can be made there: it has whole blocks of elements.
    place: Option<*mut u8>,
    /// The step that makes the result.
    last: Option<usize>,
    /// Is it that step which is being done?
    is_last: bool,
    /// Is every step looked at for what NumPy warns of, not only those that are likely to give cause?
    pub watches: bool,
    /// What was noticed so far.
    pub flags: Flags,
}

/// A leaf while the program runs.
struct Input<'a> {
    kind: InputKind<'a>,
    /// Its present elements, or a block of the one element.
    tile: Option<Tile>,
    /// Does its one element stand for the whole tile?
    constant: bool,
    /// Where the tile's first element is, and how many were brought.
    present: Option<(i64, usize)>,
}

enum InputKind<'a> {
    Constant,
    /// Read where it lies.
    Direct(&'a Chunk),
    Gathered(&'a Chunk),
    Made(&'a Source),
}

/// The result of a step while the program runs.
#[derive(Default)]
struct Slot {
    tile: Option<Tile>,
    /// Made once for all tiles, one block of it.
    constant: bool,
    /// Steps whose results are not needed after this one.
    frees: SmallVec<[u16; 2]>,
}

/// The places of a program's leaves: one line for each leaf, in their order.
pub fn lines(program: &Program, chunks: &[&Chunk], walks: &[Walk], n_dims: usize) -> Result<Vec<Line>, Stop> {
    let wrong = |what: &str| Stop::Error(error!(SystemError: "a fused kernel was given {what}"));
    if walks.len() != program.leaves.len() {
        return Err(wrong("another number of walks than of leaves"));
    }
    let mut chunks = chunks.iter();
    let mut lines = Vec::with_capacity(walks.len());
    for (leaf, walk) in program.leaves.iter().zip(walks) {
        let weights: SmallVec<[i64; 4]> = match leaf {
            Leaf::Constant(_) | Leaf::Source { source: Source::Full(_), .. } => {
                lines.push(Line { start: 0, strides: Strides::from_elem(0, n_dims) });
                continue;
            }
            Leaf::Chunk(dtype) => {
                let chunk = chunks.next().ok_or_else(|| wrong("too few chunks"))?;
                if chunk.dtype() != *dtype {
                    return Err(wrong("a chunk of another type"));
                }
                chunk.strides().iter().map(|&stride| stride as i64).collect()
            }
            Leaf::Source { source, base_shape } => source.weights(base_shape),
        };
        if walk.axes.len() != n_dims || walk.start.len() != weights.len() {
            return Err(wrong("a walk of other dimensions"));
        }
        // Numbers in an array of more than 2^63 elements wrap round, which random ones may.
        let steps = walk.start.iter().zip(&weights).map(|(&index, &weight)| index.wrapping_mul(weight));
        let start = steps.fold(0, i64::wrapping_add);
        let strides = walk
            .axes
            .iter()
            .map(|axis| match axis {
                Some((axis, step)) => weights.get(usize::from(*axis)).map(|weight| weight.wrapping_mul(*step)),
                None => Some(0),
            })
            .collect::<Option<Strides>>()
            .ok_or_else(|| wrong("a walk along an axis that is not there"))?;
        lines.push(Line { start, strides });
    }
    Ok(lines)
}

/// May the box of this shape be walked without leaving the leaf's chunk?
pub fn stays_inside(chunk: &Chunk, walk: &Walk, shape: &[usize]) -> bool {
    let mut low: SmallVec<[i64; 4]> = walk.start.clone();
    let mut high = low.clone();
    for (axis, &length) in walk.axes.iter().zip(shape) {
        if let Some((axis, step)) = axis {
            let reach = step * (length as i64 - 1);
            let axis = usize::from(*axis);
            low[axis] += reach.min(0);
            high[axis] += reach.max(0);
        }
    }
    chunk.shape().iter().zip(low.iter().zip(&high)).all(|(&length, (&low, &high))| low >= 0 && high < length as i64)
}

impl<'a> Machine<'a> {
    /// For a layout whose first lines are those of the leaves.
    pub fn new(program: &'a Program, chunks: &[&'a Chunk], layout: &Layout) -> Result<Machine<'a>, Stop> {
        let mut chunks = chunks.iter();
        let mut leaves: SmallVec<[Input<'a>; 3]> = SmallVec::with_capacity(program.leaves.len());
        for (number, leaf) in program.leaves.iter().enumerate() {
            let still = layout.is_still(number);
            let input = match leaf {
                Leaf::Constant(value) | Leaf::Source { source: Source::Full(value), .. } => Input {
                    kind: InputKind::Constant,
                    tile: Some(constant_tile(*value)),
                    constant: true,
                    present: None,
                },
                Leaf::Chunk(_) => {
                    let chunk = chunks.next().expect("counted when the lines were made");
                    let kind = if layout.is_direct(number) && !still {
                        InputKind::Direct(chunk)
                    } else {
                        InputKind::Gathered(chunk)
                    };
                    Input { kind, tile: None, constant: still, present: None }
                }
                Leaf::Source { source, .. } => {
                    Input { kind: InputKind::Made(source), tile: None, constant: still, present: None }
                }
            };
            leaves.push(input);
        }
        let mut steps: SmallVec<[Slot; 3]> = (0..program.steps.len()).map(|_| Slot::default()).collect();
        let mut last_use: SmallVec<[Option<usize>; 4]> = SmallVec::from_elem(None, program.steps.len());
        for (number, step) in program.steps.iter().enumerate() {
            let mut constant = true;
            for operand in step.op.operands() {
                match operand {
                    // A leaf that stands still in one tile may differ in the next.
                    Register::Leaf(leaf) => {
                        constant &= matches!(leaves[usize::from(leaf)].kind, InputKind::Constant);
                    }
                    Register::Step(operand) => {
                        constant &= steps[usize::from(operand)].constant;
                        last_use[usize::from(operand)] = Some(number);
                    }
                }
            }
            steps[number].constant = constant;
        }
        for (number, last) in last_use.into_iter().enumerate() {
            if let Some(last) = last
                && !steps[number].constant
                && program.result != Register::Step(number as u16)
            {
                steps[last].frees.push(number as u16);
            }
        }
        let last = match program.result {
            Register::Step(step) if !steps[usize::from(step)].constant => Some(usize::from(step)),
            Register::Step(_) | Register::Leaf(_) => None,
        };
        let mut machine = Machine {
            program,
            leaves,
            steps,
            n: BLOCK,
            place: None,
            last,
            is_last: false,
            watches: false,
            flags: Flags::default(),
        };
        for number in 0..program.steps.len() {
            if machine.steps[number].constant {
                machine.step(number)?;
            }
        }
        Ok(machine)
    }

    /// Runs the program on this tile.
    pub fn run(&mut self, layout: &Layout, place: &Place<'_>) -> Result<(), Stop> {
        self.n = place.n;
        for number in 0..self.leaves.len() {
            self.bring(number, layout, place);
        }
        for number in 0..self.program.steps.len() {
            if !self.steps[number].constant {
                self.step(number)?;
            }
        }
        Ok(())
    }

    /// The same, and its result is made where this points to, if it can be.
    ///
    /// # Safety
    /// There is memory for as many elements of the result's type as the tile has, which nobody else looks at before the next run.
    pub unsafe fn run_there(&mut self, layout: &Layout, place: &Place<'_>, there: Option<*mut u8>) -> Result<(), Stop> {
        self.place = there.filter(|_| place.n.is_multiple_of(BLOCK));
        let done = self.run(layout, place);
        self.place = None;
        done
    }

    /// Does the result lie where it was to lie?
    pub fn is_there(&self) -> bool {
        self.last.and_then(|step| self.steps[step].tile.as_ref()).is_some_and(Tile::is_there)
    }

    /// Memory for what a step makes.
    fn out<R: Element>(&self) -> Tile {
        match self.place {
            // SAFETY: whoever runs it there has promised that there is room; a tile of another type is on the way to the result.
            Some(place) if self.is_last && R::DTYPE == self.program.result_dtype() => unsafe {
                Tile::there(place, self.n)
            },
            _ => Tile::take::<R>(),
        }
    }

    /// What came out of the last run.
    pub fn result<T: Element>(&self) -> Operand<'_, T> {
        self.operand(self.program.result)
    }

    fn bring(&mut self, number: usize, layout: &Layout, place: &Place<'_>) {
        let input = &mut self.leaves[number];
        let position = place.positions[number];
        let wanted = Some((position, if input.constant { 1 } else { place.n }));
        if input.present == wanted {
            return;
        }
        let dtype = self.program.leaves[number].dtype();
        match input.kind {
            InputKind::Constant => return,
            InputKind::Direct(_) => {}
            InputKind::Gathered(chunk) => with_dtype!(dtype, T => {
                let (elements, first) = memory(chunk.array::<T>().expect("checked when the lines were made"));
                let out = input.tile.get_or_insert_with(Tile::take::<T>).elements_mut::<T>();
                if input.constant {
                    out[..BLOCK].fill(elements[(first + position) as usize]);
                } else {
                    gather(elements, first + position, place.lengths, layout.tile_strides(number), out);
                }
            }),
            InputKind::Made(source) => {
                let tile = input.tile.get_or_insert_with(|| with_dtype!(dtype, T => Tile::take::<T>()));
                if input.constant {
                    source.make(position, &[1], &[0], tile);
                    with_dtype!(dtype, T => {
                        let out = tile.elements_mut::<T>();
                        let one = out[0];
                        out[..BLOCK].fill(one);
                    });
                } else {
                    source.make(position, place.lengths, layout.tile_strides(number), tile);
                }
            }
        }
        input.present = wanted;
    }

    fn operand<T: Element>(&self, register: Register) -> Operand<'_, T> {
        match register {
            Register::Leaf(leaf) => {
                let input = &self.leaves[usize::from(leaf)];
                if let (InputKind::Direct(chunk), Some((position, n))) = (&input.kind, input.present) {
                    let array = chunk.array::<T>().expect("operands have the type of their step");
                    let (elements, first) = memory(array);
                    let start = (first + position) as usize;
                    return Operand::run(&elements[start..start + n]);
                }
                let elements = input.tile.as_ref().expect("brought before the steps run").elements();
                if input.constant { Operand::constant(elements) } else { Operand::run(&elements[..self.n]) }
            }
            Register::Step(step) => {
                let slot = &self.steps[usize::from(step)];
                let elements = slot.tile.as_ref().expect("steps use earlier ones").elements();
                if slot.constant { Operand::constant(elements) } else { Operand::run(&elements[..self.n]) }
            }
        }
    }

    fn is_constant(&self, register: Register) -> bool {
        match register {
            Register::Leaf(leaf) => self.leaves[usize::from(leaf)].constant,
            Register::Step(step) => self.steps[usize::from(step)].constant,
        }
    }

    fn step(&mut self, number: usize) -> Result<(), Stop> {
        self.is_last = self.last == Some(number);
        let step = &self.program.steps[number];
        let dtype = |register| self.program.dtype(register);
        let tile = match step.op {
            StepOp::Unary(function, a) => apply::unary(function, dtype(a), &Operands { machine: self, a, b: a }),
            StepOp::Binary(function, a, b) => match self.shortcut(function, b) {
                Some(function) => apply::unary(function, dtype(a), &Operands { machine: self, a, b: a }),
                None => {
                    self.look_at_divisor(number, function, b)?;
                    apply::binary(function, dtype(a), &Operands { machine: self, a, b })
                }
            },
            StepOp::Compare(function, a, b) => apply::compare(function, dtype(a), &Operands { machine: self, a, b }),
            StepOp::Cast(a) if dtype(a) == step.dtype => with_dtype!(step.dtype, T => {
                let mut out = self.out::<T>();
                let operand = self.operand::<T>(a);
                match operand.value() {
                    Some(value) => out.elements_mut()[..self.n].fill(value),
                    None => out.elements_mut()[..self.n].copy_from_slice(operand.elements()),
                }
                Some(out)
            }),
            StepOp::Cast(a) => {
                let casting = Casting { machine: self, register: a, tile: None };
                apply::cast(dtype(a), step.dtype, casting).tile
            }
            StepOp::Select(condition, yes, no) => with_dtype!(step.dtype, T => {
                let mut out = self.out::<T>();
                let condition = self.operand::<bool>(condition);
                loops::select(condition, self.operand::<T>(yes), self.operand(no), self.n, out.elements_mut());
                Some(out)
            }),
        };
        let Some(tile) = tile else {
            return Err(Stop::Error(error!(TypeError: "a fused kernel cannot do {:?} with {}", step.op, step.dtype)));
        };
        if let Some(old) = self.steps[number].tile.replace(tile) {
            old.give_back();
        }
        self.look_at_result(number);
        for place in 0..self.steps[number].frees.len() {
            let freed = usize::from(self.steps[number].frees[place]);
            if let Some(old) = self.steps[freed].tile.take() {
                old.give_back();
            }
        }
        Ok(())
    }

    /// What NumPy does instead for `x ** 2` and the like.
    fn shortcut(&self, function: BinaryFunc, b: Register) -> Option<UnaryFunc> {
        let dtype = self.program.dtype(b);
        if function != BinaryFunc::Power || !self.is_constant(b) || dtype.is_complex() {
            return None;
        }
        let exponent = with_dtype!(dtype, T => self.operand::<T>(b).value()?.cast::<f64>());
        match exponent {
            2.0 => Some(UnaryFunc::Square),
            1.0 => Some(UnaryFunc::Positive),
            0.5 => Some(UnaryFunc::Sqrt),
            -1.0 if dtype.is_float() => Some(UnaryFunc::Reciprocal),
            _ => None,
        }
    }

    /// What makes something infinite, or nothing at all, of plain numbers is noted.
    fn look_at_result(&mut self, number: usize) {
        let step = &self.program.steps[number];
        let (function, a, b) = match step.op {
            StepOp::Unary(function, a) if self.watches || faults::watches_unary(function) => (function.name(), a, a),
            StepOp::Binary(function, a, b) if self.watches || faults::watches_binary(function) => {
                (function.name(), a, b)
            }
            _ => return,
        };
        if self.flags.has(number) && !self.watches {
            return;
        }
        let mut flags = std::mem::take(&mut self.flags);
        match step.dtype {
            DType::F64 => self.look::<f64>(&mut flags, number, function, [a, b], |number| number.is_finite()),
            DType::F32 => self.look::<f32>(&mut flags, number, function, [a, b], |number| number.is_finite()),
            _ => {}
        }
        self.flags = flags;
    }

    fn look<T: Element>(
        &self,
        flags: &mut Flags,
        number: usize,
        function: &'static str,
        operands: [Register; 2],
        is_finite: impl Fn(&T) -> bool,
    ) {
        let made = self.operand::<T>(Register::Step(number as u16));
        flags.look(number, function, &operands.map(|register| self.operand::<T>(register)), made.elements(), is_finite);
    }

    /// Whole numbers have no infinity: what divides by zero is noted, and a negative exponent refused.
    fn look_at_divisor(&mut self, number: usize, function: BinaryFunc, b: Register) -> Result<(), Stop> {
        let dtype = self.program.dtype(b);
        if !dtype.is_integer() {
            return Ok(());
        }
        match function {
            BinaryFunc::FloorDivide | BinaryFunc::Remainder | BinaryFunc::Fmod => with_dtype!(dtype, T => {
                if self.operand::<T>(b).elements().contains(&T::default()) {
                    self.flags.add(number, Fault::Divide, function.name());
                }
            }),
            BinaryFunc::Power => with_dtype!(dtype, T => {
                if self.operand::<T>(b).elements().iter().any(|exponent| exponent.cast::<f64>() < 0.0) {
                    let error = error!(
                        "Integers to negative integer powers are not allowed.";
                        hint: "make one of them a float, as in `x ** -1.0`"
                    );
                    return Err(Stop::At(number, error));
                }
            }),
            _ => {}
        }
        Ok(())
    }
}

impl Drop for Machine<'_> {
    fn drop(&mut self) {
        let leaves = self.leaves.iter_mut().map(|input| input.tile.take());
        let steps = self.steps.iter_mut().map(|slot| slot.tile.take());
        leaves.chain(steps).flatten().for_each(Tile::give_back);
    }
}

fn constant_tile(value: Scalar) -> Tile {
    with_dtype!(value.dtype(), T => {
        let mut tile = Tile::take::<T>();
        tile.elements_mut::<T>()[..BLOCK].fill(value.get());
        tile
    })
}

/// The operands of one step.
struct Operands<'m, 'a> {
    machine: &'m Machine<'a>,
    a: Register,
    b: Register,
}

impl Operands<'_, '_> {
    /// The operand as float64, in a tile of its own if it is not.
    fn wide<T: Element>(&self, register: Register) -> Option<Tile> {
        if T::DTYPE == DType::F64 {
            return None;
        }
        let mut wide = Tile::take::<f64>();
        let operand = self.machine.operand::<T>(register);
        // A constant is one block.
        let n = if operand.value().is_some() { BLOCK } else { self.machine.n };
        loops::apply1::<T, f64, Cast<T, f64>>(operand, n, wide.elements_mut());
        Some(wide)
    }

    fn narrow<R: Element>(&self, wide: Tile) -> Tile {
        if R::DTYPE == DType::F64 {
            return wide;
        }
        let mut out = self.machine.out::<R>();
        let operand = Operand::run(&wide.elements::<f64>()[..self.machine.n]);
        loops::apply1::<f64, R, Cast<f64, R>>(operand, self.machine.n, out.elements_mut());
        wide.give_back();
        out
    }

    /// Memory for float64 that becomes this type.
    fn out_wide<T: Element>(&self) -> Tile {
        if T::DTYPE == DType::F64 { self.machine.out::<f64>() } else { Tile::take::<f64>() }
    }

    fn float<'t>(&'t self, register: Register, wide: &'t Option<Tile>) -> Operand<'t, f64> {
        match wide {
            None => self.machine.operand(register),
            Some(tile) if self.machine.is_constant(register) => Operand::constant(tile.elements()),
            Some(tile) => Operand::run(&tile.elements()[..self.machine.n]),
        }
    }
}

impl Arguments for Operands<'_, '_> {
    fn map1<T: Element, R: Element, F: Map1<T, R>>(&self) -> Tile {
        let mut out = self.machine.out::<R>();
        loops::apply1::<T, R, F>(self.machine.operand(self.a), self.machine.n, out.elements_mut());
        out
    }

    fn map2<T: Element, R: Element, F: Map2<T, R>>(&self) -> Tile {
        let mut out = self.machine.out::<R>();
        let (a, b) = (self.machine.operand(self.a), self.machine.operand(self.b));
        loops::apply2::<T, R, F>(a, b, self.machine.n, out.elements_mut());
        out
    }

    fn second<T: Element>(&self) -> Option<T> {
        self.machine.operand::<T>(self.b).value()
    }

    fn by<T: Element, F: MapBy<T>>(&self, by: F) -> Tile {
        let mut out = self.machine.out::<T>();
        loops::apply_by(self.machine.operand(self.a), by, self.machine.n, out.elements_mut());
        out
    }

    fn through1<T: Element, F: Map1<f64, f64>>(&self) -> Tile {
        let wide = self.wide::<T>(self.a);
        let mut out = self.out_wide::<T>();
        loops::apply1::<f64, f64, F>(self.float(self.a, &wide), self.machine.n, out.elements_mut());
        wide.into_iter().for_each(Tile::give_back);
        self.narrow::<T>(out)
    }

    fn through2<T: Element, F: Map2<f64, f64>>(&self) -> Tile {
        let (a, b) = (self.wide::<T>(self.a), self.wide::<T>(self.b));
        let mut out = self.out_wide::<T>();
        let operands = (self.float(self.a, &a), self.float(self.b, &b));
        loops::apply2::<f64, f64, F>(operands.0, operands.1, self.machine.n, out.elements_mut());
        a.into_iter().chain(b).for_each(Tile::give_back);
        self.narrow::<T>(out)
    }
}

/// A register on its way to another type.
struct Casting<'m, 'a> {
    machine: &'m Machine<'a>,
    register: Register,
    tile: Option<Tile>,
}

impl Castable for Casting<'_, '_> {
    fn step<T: Element, R: Element>(self) -> Self {
        let n = self.machine.n;
        let mut out = self.machine.out::<R>();
        match self.tile {
            None => {
                let operand = self.machine.operand::<T>(self.register);
                loops::apply1::<T, R, Cast<T, R>>(operand, n, out.elements_mut());
            }
            Some(tile) => {
                let operand = Operand::run(&tile.elements::<T>()[..n]);
                loops::apply1::<T, R, Cast<T, R>>(operand, n, out.elements_mut());
                tile.give_back();
            }
        }
        Casting { tile: Some(out), ..self }
    }
}

//! From a tree of arrays to one straight program: what a fused loop does for each element.

use rdk_graph::Token;
use rdk_syntax::Place;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::fusion::{Fusion, inputs_seen};
use super::parts::Choice;
use super::view::View;
use crate::array::{Array, Func, Plan};
use crate::chunks::Chunks;
use crate::kernel::{BinaryFunc, Leaf, Program, Register, Source, Step, StepOp, UnaryFunc};
use crate::{DType, Scalar};

/// A program, and for each of its leaves what it sees.
pub struct Compiled {
    /// What is done.
    pub program: Program,
    /// For each leaf the array and the view of it; constants have none.
    pub leaves: Vec<Option<(Array, View)>>,
    /// For each step where in the user's text it was asked for.
    pub places: Vec<Option<Place>>,
    /// What decided between the parts of what was put together, in the order in which it was met.
    pub choices: Vec<Choice>,
}

/// The chunk of a loop.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    /// All chunks.
    pub loops: &'a Chunks,
    /// Which one.
    pub index: &'a [u32],
}

/// The program of a loop over `array` for one of its chunks. With `stored` it is the loop that stores it; otherwise it may be read
/// itself.
pub fn compile(array: &Array, stored: bool, fusion: &Fusion, spot: Spot<'_>) -> Compiled {
    let program = Program { leaves: Vec::new(), steps: Vec::new(), result: Register::Leaf(0) };
    let compiled = Compiled { program, leaves: Vec::new(), places: Vec::new(), choices: Vec::new() };
    let mut compiler = Compiler { compiled, constants: Vec::new(), steps: FxHashMap::default(), here: None };
    let mut registers: FxHashMap<(Token, View), Register> = FxHashMap::default();
    let view = View::identity(array.shape());
    let top = (array.token(), view.clone());
    let mut open = vec![(array.clone(), view, false)];
    while let Some((array, view, ready)) = open.pop() {
        let key = (array.token(), view);
        if registers.contains_key(&key) {
            continue;
        }
        let is_leaf = fusion.read.contains(&key.0) && !(stored && key == top);
        let inputs = match fusion.open.get(&key.0) {
            _ if is_leaf => Default::default(),
            Some(cuts) => {
                let choice = cuts.choice(&key.1);
                let part = choice.part(spot.loops, spot.index);
                if !ready {
                    compiler.compiled.choices.push(choice);
                }
                let input = array.node().inputs[part as usize].clone();
                [(input, cuts.seen(&key.1, part))].into_iter().collect()
            }
            None => inputs_seen(&array, &key.1),
        };
        if inputs.is_empty() {
            let register = compiler.leaf(&array, &key.1, is_leaf);
            registers.insert(key, register);
        } else if ready {
            let operands: Vec<Register> =
                inputs.into_iter().map(|(input, view)| registers[&(input.token(), view)]).collect();
            let register = compiler.operation(&array, &operands);
            registers.insert(key, register);
        } else {
            open.push((array, key.1, true));
            // The first operand is looked at first: leaves are in the order in which a reader meets them.
            open.extend(inputs.into_iter().rev().map(|(input, view)| (input, view, false)));
        }
    }
    compiler.compiled.program.result = registers[&top];
    compiler.compiled
}

/// The program of one function of what lies in memory: chunks of these types, and numbers.
pub fn single(func: Func, operands: &[Leaf]) -> Program {
    let mut program = Program { leaves: operands.to_vec(), steps: Vec::with_capacity(3), result: Register::Leaf(0) };
    let registers: SmallVec<[Register; 3]> = (0..operands.len() as u16).map(Register::Leaf).collect();
    let (op, dtype) = operation(&mut program, func, &registers);
    program.then(op, dtype)
}

/// What operations are put together in.
trait Builder {
    /// The type of what a register holds.
    fn dtype(&self, register: Register) -> DType;

    /// The number that it holds, if it is one for all elements.
    fn value(&self, register: Register) -> Option<Scalar>;

    /// The same in another type.
    fn cast(&mut self, register: Register, dtype: DType) -> Register;
}

/// A program in which no operand stands twice.
impl Builder for Program {
    fn dtype(&self, register: Register) -> DType {
        Program::dtype(self, register)
    }

    fn value(&self, register: Register) -> Option<Scalar> {
        match register {
            Register::Leaf(leaf) => match self.leaves[usize::from(leaf)] {
                Leaf::Constant(value) => Some(value),
                Leaf::Chunk(_) | Leaf::Source { .. } => None,
            },
            Register::Step(_) => None,
        }
    }

    fn cast(&mut self, register: Register, dtype: DType) -> Register {
        if Program::dtype(self, register) == dtype {
            return register;
        }
        if let (Register::Leaf(leaf), Some(value)) = (register, Builder::value(self, register)) {
            self.leaves[usize::from(leaf)] = Leaf::Constant(value.cast(dtype));
            return register;
        }
        self.steps.push(Step { op: StepOp::Cast(register), dtype });
        Register::Step(self.steps.len() as u16 - 1)
    }
}

/// The step that a function of elements is, with its operands in the type in which it works, and the type of its result.
fn operation(builder: &mut impl Builder, func: Func, operands: &[Register]) -> (StepOp, DType) {
    let dtypes: SmallVec<[DType; 3]> = operands.iter().map(|operand| builder.dtype(*operand)).collect();
    let (inner, dtype) = func.types(&dtypes).expect("checked when the array was made");
    let op = match (func, operands) {
        (Func::Unary(func), &[a]) => StepOp::Unary(func, builder.cast(a, inner)),
        (Func::Binary(func), &[a, b]) => {
            let (a, b) = (builder.cast(a, inner), builder.cast(b, inner));
            match (func, builder.value(b)) {
                (BinaryFunc::Power, Some(power)) if is_two(power) => StepOp::Unary(UnaryFunc::Square, a),
                _ => StepOp::Binary(func, a, b),
            }
        }
        (Func::Compare(func), &[a, b]) => StepOp::Compare(func, builder.cast(a, inner), builder.cast(b, inner)),
        (Func::Select, &[condition, a, b]) => {
            StepOp::Select(builder.cast(condition, DType::Bool), builder.cast(a, inner), builder.cast(b, inner))
        }
        (Func::Unary(_) | Func::Binary(_) | Func::Compare(_) | Func::Select, _) => {
            unreachable!("a function has as many operands as it takes")
        }
    };
    (op, dtype)
}

struct Compiler {
    compiled: Compiled,
    constants: Vec<(Scalar, Register)>,
    /// What has been done already is not done twice.
    steps: FxHashMap<(StepOp, DType), Register>,
    /// What is being compiled was asked for here.
    here: Option<Place>,
}

impl Compiler {
    fn leaf(&mut self, array: &Array, view: &View, stored: bool) -> Register {
        let leaf = match &array.node().plan {
            Plan::Source(Source::Full(value)) if !stored => return self.constant(*value),
            Plan::Source(source) if !stored => {
                let base_shape = array.shape().iter().map(|&length| length as u64).collect();
                Leaf::Source { source: source.clone(), base_shape }
            }
            _ => Leaf::Chunk(array.dtype()),
        };
        self.push(leaf, Some((array.clone(), view.clone())))
    }

    fn push(&mut self, leaf: Leaf, seen: Option<(Array, View)>) -> Register {
        let register = Register::Leaf(self.compiled.leaves.len() as u16);
        self.compiled.program.leaves.push(leaf);
        self.compiled.leaves.push(seen);
        register
    }

    fn constant(&mut self, value: Scalar) -> Register {
        // Compared by their bytes: 0.0 and -0.0 are two constants, and a NaN is itself.
        let same = |other: &Scalar| postcard::to_stdvec(other).ok() == postcard::to_stdvec(&value).ok();
        if let Some((_, register)) = self.constants.iter().find(|(other, _)| same(other)) {
            return *register;
        }
        let register = self.push(Leaf::Constant(value), None);
        self.constants.push((value, register));
        register
    }

    fn step(&mut self, op: StepOp, dtype: DType) -> Register {
        if let Some(register) = self.steps.get(&(op, dtype)) {
            return *register;
        }
        let register = Register::Step(self.compiled.program.steps.len() as u16);
        self.compiled.program.steps.push(Step { op, dtype });
        self.compiled.places.push(self.here.clone());
        self.steps.insert((op, dtype), register);
        register
    }

    fn operation(&mut self, array: &Array, operands: &[Register]) -> Register {
        let node = array.node();
        self.here.clone_from(&node.place);
        let func = match node.plan {
            Plan::Elementwise(func) => func,
            Plan::Cast => return self.cast(operands[0], node.dtype),
            // All others only move elements about: the views have seen to it.
            _ => return operands[0],
        };
        self.apply(func, operands)
    }

    fn apply(&mut self, func: Func, operands: &[Register]) -> Register {
        let (op, dtype) = operation(self, func, operands);
        self.step(op, dtype)
    }
}

impl Builder for Compiler {
    fn dtype(&self, register: Register) -> DType {
        self.compiled.program.dtype(register)
    }

    fn value(&self, register: Register) -> Option<Scalar> {
        Builder::value(&self.compiled.program, register)
    }

    fn cast(&mut self, register: Register, dtype: DType) -> Register {
        match self.value(register) {
            _ if self.compiled.program.dtype(register) == dtype => register,
            Some(value) => self.constant(value.cast(dtype)),
            None => self.step(StepOp::Cast(register), dtype),
        }
    }
}

fn is_two(power: Scalar) -> bool {
    power == Scalar::I64(2).cast(power.dtype()) && power.dtype() != DType::Bool
}

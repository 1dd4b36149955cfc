//! Random numbers whose parameters are arrays, and those that come in rows.

use rdk_runtime::{Result, error};
use serde::Serialize;

use super::step::{Step, StepCall};
use crate::array::Array;
use crate::chunks::{AxisChunks, Chunks, ChunksSpec};
use crate::kernel::Stop;
use crate::kernel::law::{Draws, Law};
use crate::kernel::random::Generator;
use crate::{Chunk, DType, shape};

impl Array {
    /// Random numbers of a law whose parameters are arrays, stretched to this shape.
    ///
    /// # Errors
    /// Parameters that do not stretch to the shape.
    pub fn random_of(
        name: &str,
        law: Law,
        seed: u64,
        parameters: &[Array],
        shape: &[usize],
        chunks: &ChunksSpec,
    ) -> Result<Array> {
        Array::check_size(shape, law.dtype())?;
        let grid = chunks.grid(shape, law.dtype().size())?;
        let inputs =
            parameters.iter().map(|array| Ok(array.cast(DType::F64).broadcast_to(shape)?.regridded(grid.clone())));
        let inputs = inputs.collect::<Result<Vec<_>>>()?;
        let step = LawStep { law, seed, grid: grid.clone() };
        Ok(Array::step(name, step, inputs, grid, law.dtype()))
    }

    /// How often each of several outcomes came in `n` trials, along a new last axis.
    ///
    /// # Errors
    /// A shape that is too large.
    pub fn multinomial(seed: u64, n: i64, chances: &[f64], shape: &[usize], chunks: &ChunksSpec) -> Result<Array> {
        Array::check_size(shape, DType::I64)?;
        let mut grid = chunks.grid(shape, 8 * chances.len().max(1))?;
        grid.0.push(AxisChunks::single(chances.len()));
        let step = MultinomialStep { seed, n, chances: chances.to_vec(), grid: grid.clone() };
        Ok(Array::step("multinomial", step, [], grid, DType::I64))
    }
}

/// The numbers, in C order of the whole, of the elements of a chunk.
fn numbers(grid: &Chunks, index: &[u32]) -> impl Iterator<Item = u64> {
    let (whole, start, lengths) = (shape::strides(&grid.shape()), grid.chunk_start(index), grid.chunk_shape(index));
    let own = shape::strides(&lengths);
    let count: usize = lengths.iter().product();
    (0..count).map(move |at| {
        let axes = 0..lengths.len();
        axes.map(|axis| (start[axis] + at / own[axis] % lengths[axis].max(1)) as u64 * whole[axis] as u64).sum()
    })
}

#[derive(Debug, Serialize)]
struct LawStep {
    law: Law,
    seed: u64,
    grid: Chunks,
}

impl Step for LawStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.random", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let generator = Generator::new(self.seed);
        let parameters: Vec<Vec<f64>> = call.inputs.iter().map(Chunk::to_vec::<f64>).collect();
        let lengths = self.grid.chunk_shape(call.index);
        let mut out: Vec<f64> = Vec::with_capacity(lengths.iter().product());
        for (at, number) in numbers(&self.grid, call.index).enumerate() {
            if at % 4096 == 0 && call.cancel.requested() {
                return Err(Stop::Cancelled);
            }
            let mut own = [0.0; 3];
            parameters.iter().zip(&mut own).for_each(|(all, own)| *own = all[at]);
            if let Some((name, value, fault)) = self.law.fault(own) {
                return Err(Stop::Error(error!("{fault}"; hint: "`{name}` is {value}")));
            }
            out.push(self.law.draw(&mut Draws::new(generator, number), own));
        }
        Ok(Chunk::from_vec(&lengths, out).cast(self.law.dtype()))
    }
}

#[derive(Debug, Serialize)]
struct MultinomialStep {
    seed: u64,
    n: i64,
    chances: Vec<f64>,
    grid: Chunks,
}

impl Step for MultinomialStep {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("array.random.multinomial", postcard::to_stdvec(self).expect("plain data can be written"))
    }

    fn run(&self, call: &mut StepCall<'_>) -> std::result::Result<Chunk, Stop> {
        let generator = Generator::new(self.seed);
        let lengths = self.grid.chunk_shape(call.index);
        let k = self.chances.len();
        let mut out: Vec<i64> = Vec::with_capacity(lengths.iter().product());
        for (at, number) in numbers(&self.grid, call.index).enumerate() {
            if at % 4096 == 0 && call.cancel.requested() {
                return Err(Stop::Cancelled);
            }
            // The element of the first outcome draws for its whole row.
            if at % k.max(1) != 0 {
                continue;
            }
            let mut draws = Draws::new(generator, number);
            let (mut left, mut chance) = (self.n as f64, 1.0);
            for (outcome, own) in self.chances.iter().enumerate() {
                let share = if chance > 0.0 { (own / chance).min(1.0) } else { 0.0 };
                let count = if outcome + 1 == k { left } else { draws.binomial(left, share) };
                out.push(count as i64);
                left -= count;
                chance -= own;
            }
        }
        Ok(Chunk::from_vec(&lengths, out))
    }
}

//! Products of arrays that are summed: `dot`, `matmul`, `tensordot`, and what they have in common.

use std::sync::Arc;

use rdk_runtime::{Result, bail};
use smallvec::SmallVec;

use crate::array::{Array, Contraction, Draft, Plan, capped};
use crate::chunks::{AxisChunks, Chunks, common};
use crate::kernel::BinaryFunc;
use crate::shape;

/// Which axes `tensordot` sums over.
#[derive(Clone, Debug, PartialEq)]
pub enum Operands {
    /// The last so many of the first array, and as many first ones of the second.
    Last(usize),
    /// These, pairwise.
    Axes(Vec<i64>, Vec<i64>),
}

impl Array {
    /// `a @ b`: products of matrices, over stacks of them where there are more axes.
    pub fn matmul(&self, other: &Array) -> Result<Array> {
        let (a, b) = (&self.sized()?, &other.sized()?);
        if a.ndim() == 0 || b.ndim() == 0 {
            bail!("matmul: an operand is a single number, with shapes {}", both(a, b); hint: "use `*` to multiply by a number");
        }
        let (n_left, n_right) = (a.ndim().saturating_sub(2), b.ndim().saturating_sub(2));
        let summed = (a.ndim() - 1, b.ndim().saturating_sub(2));
        if a.shape()[summed.0] != b.shape()[summed.1] {
            bail!(
                "matmul: shapes {} do not fit together: {} (axis {}) != {} (axis {})",
                both(a, b), a.shape()[summed.0], summed.0, b.shape()[summed.1], summed.1;
                hint: "the last axis of the first and the last but one of the second are as long as each other"
            );
        }
        let stack = shape::broadcast(&[&a.shape()[..n_left], &b.shape()[..n_right]])?;
        // Both get all axes of the stack, with length 1 where they have none.
        let (a_new, b_new) = (stack.len() - n_left, stack.len() - n_right);
        let grown = |array: &Array, new: usize| array.expand_dims(&(0..new as i64).collect::<Vec<_>>());
        let contraction = Contraction {
            batch: (0..stack.len()).map(|axis| (axis, axis)).collect(),
            left: if a.ndim() > 1 { SmallVec::from_slice(&[a_new + n_left]) } else { SmallVec::new() },
            right: if b.ndim() > 1 { SmallVec::from_slice(&[b_new + n_right + 1]) } else { SmallVec::new() },
            summed: SmallVec::from_slice(&[(a_new + summed.0, b_new + summed.1)]),
        };
        grown(a, a_new)?.counted(0).contract("matmul", &grown(b, b_new)?.counted(0), contraction)
    }

    /// `dot(a, b)`: the last axis of the first with the last but one of the second; numbers multiply.
    pub fn dot(&self, other: &Array) -> Result<Array> {
        let (a, b) = (&self.sized()?, &other.sized()?);
        if a.ndim() == 0 || b.ndim() == 0 {
            return a.binary(BinaryFunc::Multiply, b);
        }
        let (left, right) = (a.ndim() - 1, b.ndim().saturating_sub(2));
        if a.shape()[left] != b.shape()[right] {
            bail!(
                "shapes {} not aligned: {} (dim {left}) != {} (dim {right})",
                both(a, b),
                a.shape()[left],
                b.shape()[right]
            );
        }
        a.tensordot(b, &Operands::Axes(vec![left as i64], vec![right as i64]))
    }

    /// Summed over pairs of axes.
    pub fn tensordot(&self, other: &Array, axes: &Operands) -> Result<Array> {
        let (a, b) = (&self.sized()?, &other.sized()?);
        let (left, right): (Vec<i64>, Vec<i64>) = match axes {
            Operands::Last(n) if *n > a.ndim() || *n > b.ndim() => {
                bail!(
                    "tensordot: {n} axes cannot be summed over for arrays of {} and {} dimensions",
                    a.ndim(),
                    b.ndim()
                )
            }
            Operands::Last(n) => (((a.ndim() - n) as i64..a.ndim() as i64).collect(), (0..*n as i64).collect()),
            Operands::Axes(left, right) => (left.clone(), right.clone()),
        };
        if left.len() != right.len() {
            bail!("tensordot: expected as many axes of both arrays, got {} and {}", left.len(), right.len());
        }
        let mut contraction = Contraction::default();
        for (&l, &r) in left.iter().zip(&right) {
            let (l, r) = (shape::axis(l, a.ndim())?, shape::axis(r, b.ndim())?);
            if contraction.summed.iter().any(|&(x, y)| x == l || y == r) {
                bail!("tensordot: an axis is given twice");
            }
            if a.shape()[l] != b.shape()[r] {
                bail!(
                    "shape-mismatch for sum: axis {l} of {} has {}, axis {r} of {} has {}",
                    shape::show(a.shape()),
                    a.shape()[l],
                    shape::show(b.shape()),
                    b.shape()[r]
                );
            }
            contraction.summed.push((l, r));
        }
        contraction.left = (0..a.ndim()).filter(|axis| contraction.summed.iter().all(|&(l, _)| l != *axis)).collect();
        contraction.right = (0..b.ndim()).filter(|axis| contraction.summed.iter().all(|&(_, r)| r != *axis)).collect();
        a.contract("tensordot", b, contraction)
    }

    /// The axes are in range, each in one place, and as long as their partners.
    pub(crate) fn contract(&self, name: &str, other: &Array, contraction: Contraction) -> Result<Array> {
        let dtype = self.dtype().promote(other.dtype());
        let (a, b) = (self.cast(dtype), other.cast(dtype));
        let (mut a_grid, mut b_grid) = (a.chunks().clone(), b.chunks().clone());
        let mut chunks = Chunks::default();
        for &(l, r) in &contraction.batch {
            let both = common([&a_grid.0[l], &b_grid.0[r]]).expect("two axes");
            for axis in [&mut a_grid.0[l], &mut b_grid.0[r]] {
                // The one of length 1 is stretched.
                *axis = if axis.length() == both.length() { both.clone() } else { AxisChunks::single(axis.length()) };
            }
            chunks.0.push(both);
        }
        for &(l, r) in &contraction.summed {
            let both = common([&a_grid.0[l], &b_grid.0[r]]).expect("two axes");
            (a_grid.0[l], b_grid.0[r]) = (both.clone(), both);
        }
        chunks.0.extend(contraction.left.iter().map(|&axis| a_grid.0[axis].clone()));
        chunks.0.extend(contraction.right.iter().map(|&axis| b_grid.0[axis].clone()));
        if chunks.0.len() > shape::MAX_DIMENSIONS {
            bail!("an array has at most {} dimensions, got {}", shape::MAX_DIMENSIONS, chunks.0.len());
        }
        // Dask shows one product for each pair of chunks, then a tree of sums.
        let steps = contraction.summed.iter().fold(1u128, |n, &(l, _)| n.saturating_mul(a_grid.0[l].count() as u128));
        let own_tasks = capped(chunks.count().saturating_mul(steps.saturating_mul(2).saturating_add(1)));
        let inputs = [a.regridded(a_grid), b.regridded(b_grid)].into_iter().collect();
        let (plan, name) = (Plan::Contract(contraction), Arc::from(name));
        Ok(Array::make(Draft { plan, inputs, name, chunks, dtype, own_tasks }))
    }
}

fn both(a: &Array, b: &Array) -> String {
    format!("{} and {}", shape::show(a.shape()), shape::show(b.shape()))
}

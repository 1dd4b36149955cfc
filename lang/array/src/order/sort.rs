//! `sort` and `argsort` along any axis.
//!
//! Rows that fit one chunk are sorted as they are. One long row is sorted in runs which are then merged ([`super::spread`]).

use rdk_runtime::Result;

use super::rows::RowWork;
use crate::array::Array;
use crate::chunks::AxisChunks;
use crate::{DType, shape};

/// A row of more elements than this is not gathered into one chunk.
const LONG: usize = 1 << 21;

impl Array {
    /// In ascending order along an axis; `None`: all elements in one row.
    pub fn sort(&self, axis: Option<i64>) -> Result<Array> {
        self.ordered("sort", axis, RowWork::Sort, self.dtype())
    }

    /// The places of the elements in ascending order along an axis; equal elements stay as they were.
    pub fn argsort(&self, axis: Option<i64>) -> Result<Array> {
        self.ordered("argsort", axis, RowWork::ArgSort, DType::I64)
    }

    fn ordered(&self, name: &str, axis: Option<i64>, work: RowWork, dtype: DType) -> Result<Array> {
        let Some(axis) = axis else { return self.reshape(&[-1])?.ordered(name, Some(0), work, dtype) };
        let axis = shape::axis(axis, self.ndim())?;
        let places = matches!(work, RowWork::ArgSort);
        let long = self.shape()[axis] > LONG && !self.chunks().0[axis].is_single();
        if self.ndim() == 1 && long && !(places && self.dtype().is_complex()) {
            return self.spread_sort(name, places);
        }
        let lengths = AxisChunks::single(self.shape()[axis]);
        let sorted = self.rows(axis)?.each_row(name, work, lengths, dtype).last_to(axis)?;
        // The grid was the user's before it was ours.
        Ok(sorted.regridded(self.chunks().clone()))
    }
}

//! Rows of two frames whose keys are equal, beside each other, in pandas' order.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int8Array, Int64Array, RecordBatch, RecordBatchOptions, UInt64Array};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::row::{RowConverter, Rows, SortField};
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::{Result, bail};
use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};

use super::{Work, pile};
use crate::batches::{Batches, Piles, arrow_error, as_key};

/// Where a column of the result comes from.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum From {
    /// A key of both sides.
    Key(usize),
    /// A column of the left side.
    Left(usize),
    /// A column of the right side.
    Right(usize),
    /// Where the row comes from: the left side only (0), the right side only (1), both (2).
    Side,
}

/// What the labels of the result are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MergedIndex {
    /// Numbers.
    Counted,
    /// The keys.
    Keys,
    /// The labels of the left side, which stand behind its columns.
    Left,
    /// Those of the right side.
    Right,
}

/// Two sides, each with its keys first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Merge {
    /// How many keys.
    pub n_keys: usize,
    /// How many columns the left side has besides.
    pub n_left: usize,
    /// Rows of both (0), all of the left (1), all of the right (2), all of either (3), of the left only (4), of the right only (5).
    pub how: u8,
    /// How many the right side has.
    pub n_right: usize,
    /// What the labels of the result are.
    pub index: MergedIndex,
    /// The columns of the result.
    pub columns: Vec<From>,
    /// Are whole numbers that may be missing floats even if nothing is missing?
    pub widen: bool,
    /// Are rows in the order of their keys?
    pub sort: bool,
}

/// Keys of both sides in a form in which they can be compared.
fn rows_of(a: &[ArrayRef], b: &[ArrayRef]) -> Result<(Rows, Rows)> {
    let wanted: Vec<DataType> = a
        .iter()
        .zip(b)
        .map(|(a, b)| match (a.data_type(), b.data_type()) {
            (a, b) if a == b => a.clone(),
            (a, b) if a.is_floating() || b.is_floating() => DataType::Float64,
            (a, b) if a.is_integer() && b.is_integer() => DataType::Int64,
            (a, _) => a.clone(),
        })
        .collect();
    let options = arrow::compute::SortOptions { descending: false, nulls_first: false };
    let fields = wanted.iter().map(|of| SortField::new_with_options(of.clone(), options)).collect();
    let converter = RowConverter::new(fields).map_err(arrow_error)?;
    let converted = |side: &[ArrayRef]| -> Result<Rows> {
        let column = |(column, of): (&ArrayRef, &DataType)| Ok(as_key(&cast(column, of).map_err(arrow_error)?));
        let columns = side.iter().zip(&wanted).map(column);
        converter.convert_columns(&columns.collect::<Result<Vec<_>>>()?).map_err(arrow_error)
    };
    Ok((converted(a)?, converted(b)?))
}

impl Work for Merge {
    const KIND: &'static str = "frame.merge";

    fn name(&self) -> &str {
        "merge"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let [left, right] = inputs else { bail!(RuntimeError: "internal error: two frames are merged") };
        let (left, right) = (left.whole()?, right.whole()?);
        let (a, b) = rows_of(&left.columns()[..self.n_keys], &right.columns()[..self.n_keys])?;
        let mut pairs: Vec<(Option<u64>, Option<u64>)> = Vec::new();
        // The rows of the other side stand in the order of the side that is walked.
        let (walked, looked_up, swapped) = if matches!(self.how, 2 | 5) { (&b, &a, true) } else { (&a, &b, false) };
        let mut places: FxHashMap<&[u8], Vec<u64>> = FxHashMap::default();
        for at in 0..looked_up.num_rows() {
            places.entry(looked_up.row(at).data()).or_default().push(at as u64);
        }
        let mut used = vec![false; looked_up.num_rows()];
        let mut push =
            |one: Option<u64>, other: Option<u64>| pairs.push(if swapped { (other, one) } else { (one, other) });
        for at in 0..walked.num_rows() {
            match places.get(walked.row(at).data()) {
                Some(_) if self.how >= 4 => {}
                Some(found) => {
                    for &place in found {
                        used[place as usize] = true;
                        push(Some(at as u64), Some(place));
                    }
                }
                None if self.how != 0 => push(Some(at as u64), None),
                None => {}
            }
        }
        if self.how == 3 {
            for (at, used) in used.iter().enumerate() {
                if !used {
                    push(None, Some(at as u64));
                }
            }
        }
        if self.how == 3 || self.sort {
            // The result of an outer merge is in the order of its keys; what is missing comes last.
            let key = |pair: &(Option<u64>, Option<u64>)| match *pair {
                (Some(at), _) => a.row(at as usize),
                (None, Some(at)) => b.row(at as usize),
                (None, None) => a.row(0),
            };
            pairs.sort_by(|x, y| key(x).cmp(&key(y)));
        }
        let lefts = UInt64Array::from(pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
        let rights = UInt64Array::from(pairs.iter().map(|pair| pair.1).collect::<Vec<_>>());
        let key = |at: usize| -> Result<ArrayRef> {
            let (x, y) = (left.column(at), right.column(at));
            let mine = take(x, &lefts, None).map_err(arrow_error)?;
            if lefts.null_count() == 0 {
                return Ok(mine);
            }
            let theirs = take(&cast(y, x.data_type()).map_err(arrow_error)?, &rights, None).map_err(arrow_error)?;
            let from_left = arrow::compute::is_not_null(&lefts).map_err(arrow_error)?;
            arrow::compute::kernels::zip::zip(&from_left, &mine, &theirs).map_err(arrow_error)
        };
        let mut columns: Vec<ArrayRef> = Vec::new();
        match self.index {
            MergedIndex::Counted => columns.push(Arc::new(Int64Array::from_iter_values(0..pairs.len() as i64))),
            MergedIndex::Keys => {
                for at in 0..self.n_keys {
                    columns.push(key(at)?);
                }
            }
            MergedIndex::Left => {
                for column in &left.columns()[self.n_keys + self.n_left..] {
                    columns.push(take(column, &lefts, None).map_err(arrow_error)?);
                }
            }
            MergedIndex::Right => {
                for column in &right.columns()[self.n_keys + self.n_right..] {
                    columns.push(take(column, &rights, None).map_err(arrow_error)?);
                }
            }
        }
        for from in &self.columns {
            let (column, weak) = match from {
                From::Key(at) => (key(*at)?, false),
                From::Side => {
                    let side = |pair: &(Option<u64>, Option<u64>)| match pair {
                        (Some(_), None) => 0i8,
                        (None, _) => 1,
                        (Some(_), Some(_)) => 2,
                    };
                    let sides: ArrayRef = Arc::new(Int8Array::from_iter_values(pairs.iter().map(side)));
                    (sides, false)
                }
                From::Left(at) => (
                    take(left.column(self.n_keys + at), &lefts, None).map_err(arrow_error)?,
                    matches!(self.how, 2 | 3 | 5),
                ),
                From::Right(at) => {
                    let column = take(right.column(self.n_keys + at), &rights, None).map_err(arrow_error)?;
                    (column, matches!(self.how, 1 | 3 | 4))
                }
            };
            let floats = column.data_type().is_integer() && weak && self.widen;
            columns.push(if floats { cast(&column, &DataType::Float64).map_err(arrow_error)? } else { column });
        }
        let fields = columns.iter().enumerate();
        let fields: Vec<Field> =
            fields.map(|(at, column)| Field::new(format!("m{at}"), column.data_type().clone(), true)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(pairs.len()));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(arrow_error)
    }
}

/// Splits the rows of a partition by a hash of their keys: rows of equal keys go into the same pile on both sides.
#[derive(Debug, Serialize, Deserialize)]
pub struct SplitByHash {
    /// How many columns stand before the keys.
    pub skip: usize,
    /// How many keys.
    pub n_keys: usize,
    /// How many piles.
    pub n: usize,
}

impl SplitByHash {
    fn piles(&self, batch: &RecordBatch) -> Result<Vec<Batches>> {
        let keys = &batch.columns()[self.skip..self.skip + self.n_keys];
        let places = scattered(keys, batch.num_rows(), self.n)?;
        places.into_iter().map(|places| pile(batch, places)).collect()
    }
}

/// The places of rows that go into each of `n` piles, by a hash of these keys.
pub fn scattered(keys: &[ArrayRef], n_rows: usize, n: usize) -> Result<Vec<Vec<u64>>> {
    use std::hash::Hasher;
    // Numbers of any type hash alike, so that both sides of a merge agree.
    let keys = keys.iter().map(|column| match column.data_type() {
        of if crate::dtype::is_number(of) => cast(column, &DataType::Float64).map_err(arrow_error),
        of if crate::cell::is_text(of) => cast(column, &DataType::Utf8View).map_err(arrow_error),
        _ => Ok(column.clone()),
    });
    let rows = comparable(&keys.collect::<Result<Vec<_>>>()?)?;
    let mut places: Vec<Vec<u64>> = vec![Vec::new(); n];
    for at in 0..n_rows {
        let mut hasher = FxHasher::default();
        hasher.write(rows.row(at).data());
        places[(hasher.finish() >> 7) as usize % n].push(at as u64);
    }
    Ok(places)
}

/// Keys in a form in which equal ones have equal bytes, and in their order.
pub fn comparable(keys: &[ArrayRef]) -> Result<Rows> {
    let options = arrow::compute::SortOptions { descending: false, nulls_first: false };
    let fields = keys.iter().map(|key| SortField::new_with_options(key.data_type().clone(), options)).collect();
    let converter = RowConverter::new(fields).map_err(arrow_error)?;
    let keys: Vec<ArrayRef> = keys.iter().map(as_key).collect();
    converter.convert_columns(&keys).map_err(arrow_error)
}

impl Operation for SplitByHash {
    fn name(&self) -> &str {
        "split"
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let failure = |error| Failure::Error(Box::new(error));
        let inputs = call.inputs.iter().map(Batches::of).collect::<Result<Vec<_>>>().map_err(failure)?;
        let batch = Batches::together(inputs).map_err(failure)?;
        Ok(Payload::new(Piles(self.piles(&batch).map_err(failure)?)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.split_by_hash", postcard::to_stdvec(self).unwrap_or_default())
    }
}

/// Frames of the same columns below each other.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stack;

impl Work for Stack {
    const KIND: &'static str = "frame.stack";

    fn name(&self) -> &str {
        "concat"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        Batches::together(inputs.iter().copied())
    }
}

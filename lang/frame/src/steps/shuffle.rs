//! Rows that go to the partition where they belong.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, RecordBatchOptions, UInt64Array};
use arrow::compute::take_record_batch;
use arrow::row::{RowConverter, SortField};
use rdk_graph::{Call, Failure, Operation, Payload};
use rdk_runtime::Result;

use super::shelved::pile_of;
use crate::batches::{Batches, Piles, arrow_error};

/// Splits the rows of a partition by where their first column lies between bounds.
#[derive(Debug)]
pub struct SplitByRange {
    /// Where each pile but the first begins: arrays of length 1.
    pub bounds: Vec<ArrayRef>,
}

impl SplitByRange {
    /// The same out of bytes.
    pub fn read(bytes: &[u8]) -> Result<SplitByRange> {
        let bounds: Vec<Vec<u8>> = crate::lower::read(bytes)?;
        let bounds = bounds.iter().map(|bytes| crate::batches::column_read(bytes));
        Ok(SplitByRange { bounds: bounds.collect::<Result<_>>()? })
    }

    fn piles(&self, batch: &RecordBatch) -> Result<Vec<Batches>> {
        let column = batch.column(0);
        let converter = RowConverter::new(vec![SortField::new_with_options(
            column.data_type().clone(),
            arrow::compute::SortOptions { descending: false, nulls_first: false },
        )])
        .map_err(arrow_error)?;
        let rows = converter.convert_columns(&[crate::batches::as_key(column)]).map_err(arrow_error)?;
        let bounds = self.bounds.iter().map(|bound| {
            let bound = arrow::compute::cast(bound, column.data_type()).map_err(arrow_error)?;
            converter.convert_columns(&[crate::batches::as_key(&bound)]).map_err(arrow_error)
        });
        let bounds = bounds.collect::<Result<Vec<_>>>()?;
        let mut places: Vec<Vec<u64>> = vec![Vec::new(); bounds.len() + 1];
        for at in 0..batch.num_rows() {
            let pile = bounds.partition_point(|bound| bound.row(0) <= rows.row(at));
            places[pile].push(at as u64);
        }
        places.into_iter().map(|places| pile(batch, places)).collect()
    }
}

/// These rows of a batch. Texts are copied: a pile that only pointed at them would hold those of all piles.
pub fn pile(batch: &RecordBatch, places: Vec<u64>) -> Result<Batches> {
    let taken = take_record_batch(batch, &UInt64Array::from(places)).map_err(arrow_error)?;
    let own = |column: &ArrayRef| match column.as_string_view_opt() {
        Some(texts) => Arc::new(texts.gc()) as ArrayRef,
        None => column.clone(),
    };
    let columns = taken.columns().iter().map(own).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(taken.num_rows()));
    let batch = RecordBatch::try_new_with_options(taken.schema(), columns, &options).map_err(arrow_error)?;
    Ok(Batches::one(batch))
}

impl Operation for SplitByRange {
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
        let bounds = self.bounds.iter().map(crate::batches::column_written).collect::<Result<Vec<_>>>();
        ("frame.split_by_range", bounds.ok().and_then(|bounds| postcard::to_stdvec(&bounds).ok()).unwrap_or_default())
    }
}

/// Takes the pile of its own number from each of its inputs, and does something with them.
#[derive(Debug)]
pub struct FromPiles {
    /// What.
    pub then: Arc<dyn Operation>,
}

impl Operation for FromPiles {
    fn name(&self) -> &str {
        self.then.name()
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let at = call.index.first().copied().unwrap_or(0) as usize;
        let mut piles = Vec::with_capacity(call.inputs.len());
        for input in call.inputs.iter() {
            if call.cancel.requested() {
                return Err(Failure::Cancelled);
            }
            piles.push(pile_of(input, at)?);
        }
        self.then.run(&mut Call {
            index: call.index,
            inputs: &mut piles,
            crew: call.crew,
            cancel: call.cancel,
            into: None,
        })
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        let (kind, bytes) = self.then.encode();
        ("frame.from_piles", postcard::to_stdvec(&(kind, bytes)).unwrap_or_default())
    }
}

//! Two frames beside each other, by the labels of their rows.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::{Field, Schema};
use arrow::row::{OwnedRow, RowConverter, SortField};
use rdk_runtime::{Result, bail};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::Work;
use crate::batches::{Batches, arrow_error, as_key};

/// Which labels the result has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Join {
    /// Those of either side, in order unless both are the same.
    Outer,
    /// Those of the left side.
    Left,
    /// Those that both sides have.
    Inner,
}

/// Two frames beside each other: the index of both comes first in each.
#[derive(Debug, Serialize, Deserialize)]
pub struct Align {
    /// How many levels the index has.
    pub n_index: usize,
    /// Which labels the result has.
    pub join: Join,
}

impl Work for Align {
    const KIND: &'static str = "frame.align";

    fn name(&self) -> &str {
        "align"
    }

    fn work(&self, inputs: &[&Batches]) -> Result<RecordBatch> {
        let [left, right] = inputs else { bail!(RuntimeError: "internal error: two frames are aligned") };
        let (left, right) = (left.whole()?, right.whole()?);
        let n = self.n_index;
        let (mut labels, others): (Vec<ArrayRef>, Vec<ArrayRef>) =
            (left.columns()[..n].to_vec(), right.columns()[..n].to_vec());
        let others = others.iter().zip(&labels);
        let others: Vec<ArrayRef> =
            others.map(|(other, label)| crate::objects::convert(other, label.data_type())).collect::<Result<_>>()?;
        let equal = left.num_rows() == right.num_rows() && labels.iter().zip(&others).all(|(a, b)| a == b);
        let (mut lefts, mut rights): (Vec<Option<u64>>, Vec<Option<u64>>) = (Vec::new(), Vec::new());
        if equal {
            lefts.extend((0..left.num_rows() as u64).map(Some));
            rights = lefts.clone();
        } else {
            let fields = labels.iter().map(|label| SortField::new(label.data_type().clone())).collect();
            let converter = RowConverter::new(fields).map_err(arrow_error)?;
            let a = converter.convert_columns(&labels.iter().map(as_key).collect::<Vec<_>>()).map_err(arrow_error)?;
            let b = converter.convert_columns(&others.iter().map(as_key).collect::<Vec<_>>()).map_err(arrow_error)?;
            let mut places: FxHashMap<OwnedRow, Vec<u64>> = FxHashMap::default();
            for (at, row) in b.iter().enumerate() {
                places.entry(row.owned()).or_default().push(at as u64);
            }
            let mut used = vec![false; b.num_rows()];
            let mut pairs: Vec<(OwnedRow, Option<u64>, Option<u64>)> = Vec::new();
            for (at, row) in a.iter().enumerate() {
                match places.get(&row.owned()) {
                    Some(found) => {
                        for &place in found {
                            used[place as usize] = true;
                            pairs.push((row.owned(), Some(at as u64), Some(place)));
                        }
                    }
                    None if self.join == Join::Inner => {}
                    None => pairs.push((row.owned(), Some(at as u64), None)),
                }
            }
            if self.join == Join::Outer {
                for (at, row) in b.iter().enumerate() {
                    if !used[at] {
                        pairs.push((row.owned(), None, Some(at as u64)));
                    }
                }
                pairs.sort_by(|x, y| x.0.row().cmp(&y.0.row()));
            }
            let rows = pairs.iter().map(|(row, _, _)| row.row());
            labels = converter.convert_rows(rows).map_err(arrow_error)?;
            for (_, a, b) in pairs {
                lefts.push(a);
                rights.push(b);
            }
        }
        let (lefts, rights) = (UInt64Array::from(lefts), UInt64Array::from(rights));
        let mut columns = labels;
        for column in &left.columns()[n..] {
            columns.push(take(column, &lefts, None).map_err(arrow_error)?);
        }
        for column in &right.columns()[n..] {
            columns.push(take(column, &rights, None).map_err(arrow_error)?);
        }
        let fields: Vec<Field> = columns
            .iter()
            .enumerate()
            .map(|(at, column)| Field::new(format!("c{at}"), column.data_type().clone(), true))
            .collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(arrow_error)?;
        Ok(batch)
    }
}

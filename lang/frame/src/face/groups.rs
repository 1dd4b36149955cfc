//! The rows of a groupby in memory: which row is in which group, and what is made of them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, UInt64Array};
use arrow::compute::{cast, concat, take, take_record_batch};
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use arrow::row::{RowConverter, SortField};
use rdk_runtime::{Context, Result};
use rustc_hash::FxHashMap;

use super::groupby::GroupBy;
use crate::batches::{arrow_error, as_key};
use crate::label::Label;
use crate::lower::{self, Gather};
use crate::plan::{Named, Shape, View};

/// Rows in memory, in groups.
pub struct Groups {
    /// The columns: of the index, of the keys, then the values.
    pub batch: RecordBatch,
    /// How many columns are the index.
    pub n_index: usize,
    /// How many columns are keys.
    pub n_keys: usize,
    /// The rows of each group; groups in the order of the result.
    pub rows: Vec<Vec<u64>>,
    /// For each group its place among all in the order in which they appear.
    pub appearance: Vec<usize>,
    /// The names of the keys.
    pub keys: Vec<Option<Label>>,
    /// The values.
    pub values: Vec<Named>,
    /// The names of the index.
    pub index: Vec<Option<Label>>,
    series: bool,
}

impl Groups {
    /// Works out which row belongs where.
    pub fn of(context: &Context, grouped: &GroupBy) -> Result<Groups> {
        let values: Vec<Named> = grouped.values().into_iter().cloned().collect();
        let columns = grouped.keys.iter().chain(&values).cloned().collect();
        let wide = grouped.view.with_columns(columns, Shape::Frame, "groupby");
        let batch = lower::in_memory(&lower::compute_now(context, &wide)?)?;
        let (n_index, n_keys) = (wide.index.len(), grouped.keys.len());
        let columns: Vec<ArrayRef> = batch.columns()[n_index..n_index + n_keys].iter().map(as_key).collect();
        // What is missing comes last, as a group of its own.
        let options = arrow::compute::SortOptions { descending: false, nulls_first: false };
        let fields = columns.iter().map(|key| SortField::new_with_options(key.data_type().clone(), options)).collect();
        let converter = RowConverter::new(fields).map_err(arrow_error)?;
        let encoded = converter.convert_columns(&columns).map_err(arrow_error)?;
        let mut found: FxHashMap<&[u8], usize> = FxHashMap::default();
        let mut rows: Vec<Vec<u64>> = Vec::new();
        for row in 0..batch.num_rows() {
            if grouped.dropna && columns.iter().any(|key| key.is_null(row)) {
                continue;
            }
            let group = *found.entry(encoded.row(row).data()).or_insert_with(|| {
                rows.push(Vec::new());
                rows.len() - 1
            });
            rows[group].push(row as u64);
        }
        let mut appearance: Vec<usize> = (0..rows.len()).collect();
        if grouped.sort {
            appearance.sort_by(|&a, &b| encoded.row(rows[a][0] as usize).cmp(&encoded.row(rows[b][0] as usize)));
        }
        let rows = appearance.iter().map(|&group| rows[group].clone()).collect();
        let index = wide.index.iter().map(|named| named.label.clone()).collect();
        let keys = grouped.keys.iter().map(|key| key.label.clone()).collect();
        drop(found);
        Ok(Groups { batch, n_index, n_keys, rows, appearance, keys, values, index, series: grouped.series })
    }

    /// A column of values.
    pub fn column(&self, at: usize) -> &ArrayRef {
        self.batch.column(self.n_index + self.n_keys + at)
    }

    /// The keys of the groups, a column each.
    pub fn key_columns(&self) -> Result<Vec<ArrayRef>> {
        let firsts: UInt64Array = self.rows.iter().map(|rows| rows[0]).collect();
        let keys = &self.batch.columns()[self.n_index..self.n_index + self.n_keys];
        keys.iter().map(|key| take(key, &firsts, None).map_err(arrow_error)).collect()
    }

    /// The key of a group as a value: of several a tuple.
    pub fn key(&self, group: usize, as_tuple: bool) -> rdk_runtime::Value {
        let row = self.rows[group][0] as usize;
        let cell = |at: usize| crate::cell::value(self.batch.column(self.n_index + at), row);
        match self.n_keys {
            1 if !as_tuple => cell(0),
            n => rdk_runtime::Value::tuple((0..n).map(cell)),
        }
    }

    /// A frame with a row for each group.
    pub fn result(&self, columns: Vec<(Option<Label>, ArrayRef)>, series: bool) -> Result<View> {
        let mut arrays = self.key_columns()?;
        let labels = columns.iter().map(|(label, _)| label.clone()).collect();
        arrays.extend(columns.into_iter().map(|(_, column)| column));
        let shape = if series { Shape::Series } else { Shape::Frame };
        let gather = Gather { index: self.keys.clone(), columns: labels, shape, counted: false, across: Vec::new() };
        gather.of_batch(&beside(arrays, self.rows.len())?)
    }

    /// A cell of each group, from these rows.
    pub fn picked(&self, column: &ArrayRef, one: impl Fn(&[u64]) -> Option<u64>) -> Result<ArrayRef> {
        let places: UInt64Array = self.rows.iter().map(|rows| one(rows)).collect();
        take(column, &places, None).map_err(arrow_error)
    }

    /// A number for each group, of those of its values that are there.
    pub fn numbers(&self, at: usize, one: impl Fn(&mut Vec<f64>) -> Option<f64>) -> Result<ArrayRef> {
        let column = cast(self.column(at), &DataType::Float64).map_err(arrow_error)?;
        let column = column.as_primitive::<Float64Type>();
        let number = |rows: &Vec<u64>| {
            let there = rows.iter().filter(|&&row| !column.is_null(row as usize));
            one(&mut there.map(|&row| column.value(row as usize)).collect())
        };
        Ok(Arc::new(self.rows.iter().map(number).collect::<Float64Array>()))
    }

    /// Pieces, one for each group with a value for each of its rows, as a column in the order of the rows.
    pub fn scattered(&self, pieces: &[ArrayRef]) -> Result<ArrayRef> {
        let refs: Vec<&dyn Array> = pieces.iter().map(|piece| &**piece).collect();
        let all = match refs.is_empty() {
            true => arrow::array::new_empty_array(&DataType::Float64),
            false => concat(&refs).map_err(arrow_error)?,
        };
        let mut places: Vec<Option<u64>> = vec![None; self.batch.num_rows()];
        for (place, &row) in self.rows.iter().flatten().enumerate() {
            places[row as usize] = Some(place as u64);
        }
        take(&all, &UInt64Array::from(places), None).map_err(arrow_error)
    }

    /// The values of one column in a group.
    pub fn piece(&self, at: usize, group: usize) -> Result<ArrayRef> {
        take(self.column(at), &UInt64Array::from(self.rows[group].clone()), None).map_err(arrow_error)
    }

    /// The rows of a group, with its values.
    pub fn group(&self, group: usize) -> Result<View> {
        self.part(group, None)
    }

    /// One column of a group.
    pub fn group_column(&self, group: usize, at: usize) -> Result<View> {
        self.part(group, Some(at))
    }

    fn part(&self, group: usize, at: Option<usize>) -> Result<View> {
        let first = self.n_index + self.n_keys;
        let mut places: Vec<usize> = (0..self.n_index).collect();
        let values: Vec<usize> = at.map_or((0..self.values.len()).collect(), |at| vec![at]);
        places.extend(values.iter().map(|at| first + at));
        let batch = self.batch.project(&places).map_err(arrow_error)?;
        let batch = take_record_batch(&batch, &UInt64Array::from(self.rows[group].clone())).map_err(arrow_error)?;
        let shape = if self.series || at.is_some() { Shape::Series } else { Shape::Frame };
        let columns = values.iter().map(|&at| self.values[at].label.clone()).collect();
        Gather { index: self.index.clone(), columns, shape, counted: false, across: Vec::new() }.of_batch(&batch)
    }
}

/// Columns as a batch; their names do not matter.
pub fn beside(columns: Vec<ArrayRef>, n_rows: usize) -> Result<RecordBatch> {
    let fields = columns.iter().enumerate();
    let fields: Vec<Field> =
        fields.map(|(at, column)| Field::new(format!("c{at}"), column.data_type().clone(), true)).collect();
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(n_rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(arrow_error)
}

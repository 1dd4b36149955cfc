//! Categories in Parquet files: text with few different values is written with a dictionary, which has the categories in order.
//!
//! What our own files hold besides, the types of columns with their categories, is read back as it was; of other files the
//! dictionaries of all row groups are looked at.

use std::fs::File;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rdk_runtime::Result;

use super::parquet::{damaged, open};
use crate::batches::arrow_error;
use crate::category;
use crate::cell;

/// What the name of a column of categories begins with among the facts of a file.
const FACT: &str = "rdk.category.";

/// Of more files the dictionaries are not looked at: their categories are not known.
const MOST_FILES: usize = 256;

/// A column of categories as a file has it, and the fact that goes with it.
pub fn to_file(name: &str, column: &ArrayRef) -> Result<(ArrayRef, Option<(String, String)>)> {
    let Some(known) = category::categories(column.data_type()) else { return Ok((column.clone(), None)) };
    let fact = Some((format!("{FACT}{name}"), category::type_text(column.data_type())));
    if cell::is_text(known.values.data_type()) {
        return Ok((category::dictionary(column)?, fact));
    }
    let plain = category::plain(column)?;
    match category::is_interval(plain.data_type()) {
        // A file has no intervals: their texts are in it.
        Some(_) => {
            let text = |row: usize| category::interval::text(&plain, row);
            let texts = (0..plain.len()).map(text).collect::<arrow::array::StringArray>();
            Ok((std::sync::Arc::new(texts), None))
        }
        None => Ok((plain, fact)),
    }
}

/// The types of the columns that hold categories in these files, by their names.
pub fn of_files(paths: &[String]) -> Result<Vec<(String, DataType)>> {
    let Some(first) = paths.first() else { return Ok(Vec::new()) };
    let builder = open(first)?;
    let mut found = Vec::new();
    for (root, field) in builder.schema().fields().iter().enumerate() {
        if let Some(of) = fact(&builder, field.name()) {
            found.push((field.name().clone(), of_all(paths, field.name(), of)?));
            continue;
        }
        let DataType::Dictionary(_, values) = field.data_type() else { continue };
        if values.is_numeric() {
            continue;
        }
        let ordered = field.dict_is_ordered().unwrap_or(false);
        let of = match (paths.len() <= MOST_FILES).then(|| dictionaries(paths, root)).transpose()?.flatten() {
            Some(values) if values.null_count() == 0 => category::known(&values, ordered)?,
            _ => category::unknown(&DataType::Utf8View, ordered),
        };
        found.push((field.name().clone(), of));
    }
    Ok(found)
}

/// The type of a column, if the file says that it holds categories.
fn fact(file: &ParquetRecordBatchReaderBuilder<File>, name: &str) -> Option<DataType> {
    let facts = file.metadata().file_metadata().key_value_metadata()?;
    let key = format!("{FACT}{name}");
    let text = facts.iter().find(|pair| pair.key == key)?.value.as_ref()?;
    category::type_of_text(text).ok().filter(category::is)
}

/// The type of a column in all files: partitions may have been written with categories of their own.
fn of_all(paths: &[String], name: &str, first: DataType) -> Result<DataType> {
    let mut types = vec![first];
    for path in &paths[1..] {
        match fact(&open(path)?, name) {
            Some(of) if types.contains(&of) => {}
            Some(of) => types.push(of),
            None => return Ok(category::unknown(&category::value_type(&types[0]), false)),
        }
    }
    match category::common(&types) {
        Ok(of) if category::is(&of) => Ok(of),
        Ok(_) | Err(_) => Ok(category::unknown(&category::value_type(&types[0]), false)),
    }
}

/// The words of the dictionaries of one column in all row groups of all files.
fn dictionaries(paths: &[String], root: usize) -> Result<Option<ArrayRef>> {
    let mut all = Vec::new();
    for path in paths {
        for group in 0..open(path)?.metadata().num_row_groups() {
            let builder = open(path)?;
            let mask = ProjectionMask::roots(builder.parquet_schema(), [root]);
            let reader = builder.with_projection(mask).with_row_groups(vec![group]).with_limit(1).build();
            let mut reader = reader.map_err(|error| damaged(path, &error.to_string()))?;
            let Some(batch) = reader.next() else { continue };
            let batch = batch.map_err(|error| damaged(path, &error.to_string()))?;
            let words = batch.columns().first().and_then(|column| column.as_any_dictionary_opt());
            let Some(words) = words.map(|dictionary| dictionary.values()) else {
                return Ok(None);
            };
            all.push(cast(words, &DataType::Utf8View).map_err(arrow_error)?);
        }
    }
    category::union(&all)
}

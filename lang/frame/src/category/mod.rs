//! Columns of categories: few values, of which each row has one.
//!
//! arrow's dictionaries know their values in the arrays only, batch by batch. Here the *type* of a column knows them, so that a
//! plan can say what they are before anything is computed, their order is that of the numbers in the column, and two columns have
//! the same categories if they have the same type:
//!
//! ```text
//! known     Struct { code: Int32 }     the field's metadata hold the categories, in order, and whether that order means something
//! unknown   Struct { value: Utf8View } what a lazy column is whose categories nobody has counted yet; rows hold the values
//! ```
//!
//! DataFusion and arrow group, sort, hash and take structs as they do their only field: by the code, that is in the order of the
//! categories. Files and printed tables have dictionaries instead ([`dictionary`]).

mod convert;
mod exprs;
pub mod interval;
mod merged;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, StructArray};
use arrow::buffer::NullBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields, Int32Type};
use rdk_runtime::Result;

pub use convert::{convert, dictionary, encode, lookup, plain, sorted_values, with_known};
pub use exprs::{all_of, codes_of, grouped, numbered, of_codes, to, type_of_text, type_text, ungrouped, values_of};
pub use interval::{Interval, is_interval};
pub use merged::{common, gathered, union};

use crate::batches::{arrow_error, column_read, column_written};

const CATEGORIES: &str = "categories";
const ORDERED: &str = "ordered";
const CODE: &str = "code";
const VALUE: &str = "value";

/// The categories of a column.
#[derive(Debug)]
pub struct Categories {
    /// Each once, in order; none is missing.
    pub values: ArrayRef,
    /// Does their order mean something: may they be compared by it?
    pub ordered: bool,
}

/// What the type of a column of categories says.
pub enum Kind {
    /// Which there are; the column holds their numbers.
    Known(Arc<Categories>),
    /// Only of what type they are; the column holds the values themselves.
    Unknown(DataType),
}

/// The type of a column of these categories.
pub fn known(values: &ArrayRef, ordered: bool) -> Result<DataType> {
    let plain = match crate::cell::is_text(values.data_type()) {
        true => cast(values, &DataType::Utf8).map_err(arrow_error)?,
        false => values.clone(),
    };
    // Each byte is a letter of its own: metadata are text.
    let written: String = column_written(&plain)?.into_iter().map(char::from).collect();
    let mut metadata = HashMap::from([(CATEGORIES.to_string(), written)]);
    if ordered {
        metadata.insert(ORDERED.to_string(), "true".to_string());
    }
    Ok(of_field(Field::new(CODE, DataType::Int32, true).with_metadata(metadata)))
}

/// The type of a column of categories of which only their type is known.
pub fn unknown(of: &DataType, ordered: bool) -> DataType {
    let mut metadata = HashMap::from([(CATEGORIES.to_string(), "unknown".to_string())]);
    if ordered {
        metadata.insert(ORDERED.to_string(), "true".to_string());
    }
    of_field(Field::new(VALUE, of.clone(), true).with_metadata(metadata))
}

fn of_field(field: Field) -> DataType {
    DataType::Struct(Fields::from(vec![field]))
}

/// Is it a column of categories?
pub fn is(of: &DataType) -> bool {
    field(of).is_some()
}

/// Is it one whose categories are not known yet?
pub fn is_unknown(of: &DataType) -> bool {
    field(of).is_some_and(|field| field.name() == VALUE)
}

/// Does the order of its categories mean something?
pub fn is_ordered(of: &DataType) -> bool {
    field(of).is_some_and(|field| field.metadata().contains_key(ORDERED))
}

fn field(of: &DataType) -> Option<&Field> {
    let DataType::Struct(fields) = of else { return None };
    match &fields[..] {
        [field] if field.metadata().contains_key(CATEGORIES) => Some(field),
        _ => None,
    }
}

/// What the type of a column says of its categories, if it has any.
pub fn kind(of: &DataType) -> Option<Kind> {
    let field = field(of)?;
    match field.name() == VALUE {
        true => Some(Kind::Unknown(field.data_type().clone())),
        false => categories(of).map(Kind::Known),
    }
}

thread_local! {
    /// Categories that were read last: the same type is asked for row after row.
    static READ: RefCell<Vec<(Fields, Arc<Categories>)>> = const { RefCell::new(Vec::new()) };
}

/// So many are remembered.
const REMEMBERED: usize = 8;

/// The categories that the type of a column knows.
pub fn categories(of: &DataType) -> Option<Arc<Categories>> {
    let DataType::Struct(fields) = of else { return None };
    let found = READ.with_borrow(|read| {
        let same = |(other, _): &&(Fields, Arc<Categories>)| std::ptr::eq(other.as_ptr(), fields.as_ptr());
        read.iter().find(same).map(|(_, categories)| categories.clone())
    });
    if found.is_some() {
        return found;
    }
    let field = field(of).filter(|field| field.name() == CODE)?;
    let bytes: Vec<u8> = field.metadata()[CATEGORIES].chars().map(|letter| letter as u8).collect();
    let values = column_read(&bytes).ok()?;
    let values = match crate::cell::is_text(values.data_type()) {
        true => cast(&values, &DataType::Utf8View).ok()?,
        false => values,
    };
    let categories = Arc::new(Categories { values, ordered: is_ordered(of) });
    READ.with_borrow_mut(|read| {
        read.truncate(REMEMBERED - 1);
        read.insert(0, (fields.clone(), categories.clone()));
    });
    Some(categories)
}

/// The type of the values of a column: of its categories, if it has any.
pub fn value_type(of: &DataType) -> DataType {
    match kind(of) {
        Some(Kind::Known(categories)) => categories.values.data_type().clone(),
        Some(Kind::Unknown(of)) => of,
        None => of.clone(),
    }
}

/// The numbers of the categories of each row; `None` for a column that knows none.
pub fn codes(column: &ArrayRef) -> Option<Int32Array> {
    field(column.data_type()).filter(|field| field.name() == CODE)?;
    let structs = column.as_struct();
    let inside = structs.column(0).as_primitive::<Int32Type>();
    let nulls = NullBuffer::union(structs.nulls(), inside.nulls());
    Some(Int32Array::new(inside.values().clone(), nulls))
}

/// A column of categories of this type out of their numbers.
pub fn from_codes(codes: Int32Array, of: &DataType) -> Result<ArrayRef> {
    wrapped(Arc::new(codes), of)
}

/// The only field of such a column around what it holds.
fn wrapped(inside: ArrayRef, of: &DataType) -> Result<ArrayRef> {
    let DataType::Struct(fields) = of else {
        rdk_runtime::bail!(RuntimeError: "internal error: {of} has no categories")
    };
    let nulls = inside.logical_nulls();
    let made = StructArray::try_new(fields.clone(), vec![inside], nulls);
    Ok(Arc::new(made.map_err(arrow_error)?))
}

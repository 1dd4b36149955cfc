//! Categories in expressions of plans.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, new_empty_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type};
use datafusion::logical_expr::Expr;
use rdk_runtime::{Result, bail};

use super::{Kind, convert, from_codes, is, kind, plain, value_type};
use crate::batches::{arrow_error, column_read, column_written};
use crate::functions::{ElementFunction, Elementwise};

/// A type as text: each byte is a letter of its own.
pub fn type_text(of: &DataType) -> String {
    let bytes = column_written(&new_empty_array(of)).unwrap_or_default();
    bytes.into_iter().map(char::from).collect()
}

/// The type that was written so.
pub fn type_of_text(text: &str) -> Result<DataType> {
    let bytes: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    Ok(column_read(&bytes)?.data_type().clone())
}

/// A type as the only parameter of an expression.
fn written(of: &DataType) -> Vec<String> {
    vec![type_text(of)]
}

/// The type that was written so.
fn read(parameters: &[String]) -> Result<DataType> {
    match parameters {
        [text] => type_of_text(text),
        _ => bail!(RuntimeError: "internal error: a type is not written whole"),
    }
}

/// The values of a column of categories; any other expression as it is.
pub fn values_of(expr: Expr, of: &DataType) -> Expr {
    if !is(of) {
        return expr;
    }
    let apply: ElementFunction = |column, _| plain(column);
    Elementwise { name: "category_values".into(), gives: value_type(of), apply, parameters: Vec::new() }.call(expr)
}

/// Any column as one of categories of this type; what is none of them, if they are known, is missing.
pub fn to(expr: Expr, wanted: &DataType) -> Expr {
    let apply: ElementFunction = |column, parameters| convert(column, &read(parameters)?);
    Elementwise { name: "category".into(), gives: wanted.clone(), apply, parameters: written(wanted) }.call(expr)
}

/// The same, where a value that is none of the categories is an error.
pub fn all_of(expr: Expr, wanted: &DataType) -> Expr {
    let apply: ElementFunction = |column, parameters| {
        let made = convert(column, &read(parameters)?)?;
        match (0..column.len()).find(|&row| made.is_null(row) && !column.is_null(row)) {
            None => Ok(made),
            Some(row) => bail!(
                "a file has the category {}, which the others have not", crate::cell::value(column, row).repr();
                hint: "read the files by themselves, or write all of them with the same categories"
            ),
        }
    };
    Elementwise { name: "category_of_file".into(), gives: wanted.clone(), apply, parameters: written(wanted) }
        .call(expr)
}

/// The numbers of known categories, missing where the value is.
pub fn codes_of(expr: Expr) -> Expr {
    let apply: ElementFunction = |column, _| match super::codes(column) {
        Some(codes) => Ok(Arc::new(codes)),
        None => bail!("these categories are not known yet"),
    };
    Elementwise { name: "category_codes".into(), gives: DataType::Int32, apply, parameters: Vec::new() }.call(expr)
}

/// Numbers of categories as these categories.
pub fn of_codes(expr: Expr, wanted: &DataType) -> Expr {
    let apply: ElementFunction = |column, parameters| {
        let codes = cast(column, &DataType::Int32).map_err(arrow_error)?;
        from_codes(codes.as_primitive::<Int32Type>().clone(), &read(parameters)?)
    };
    Elementwise { name: "categories_of".into(), gives: wanted.clone(), apply, parameters: written(wanted) }.call(expr)
}

/// What rows of a column are grouped by: of known categories their numbers, of others their values.
pub fn grouped(expr: Expr, of: &DataType) -> Expr {
    match kind(of) {
        Some(Kind::Known(_)) => codes_of(expr),
        Some(Kind::Unknown(_)) => values_of(expr, of),
        None => expr,
    }
}

/// What groups were made by as what they were made of.
pub fn ungrouped(expr: Expr, of: &DataType) -> Expr {
    match kind(of) {
        Some(Kind::Known(_)) => of_codes(expr, of),
        Some(Kind::Unknown(_)) => to(expr, of),
        None => expr,
    }
}

/// The numbers of known categories as pandas has them: as narrow as they can be, -1 for what is missing.
pub fn numbered(expr: Expr, n_categories: usize) -> Expr {
    let gives = match n_categories {
        n if n < 1 << 7 => DataType::Int8,
        n if n < 1 << 15 => DataType::Int16,
        _ => DataType::Int32,
    };
    let apply: ElementFunction = |column, parameters| {
        let Some(codes) = super::codes(column) else { bail!("these categories are not known yet") };
        let codes: ArrayRef = Arc::new(codes.iter().map(|code| code.or(Some(-1))).collect::<Int32Array>());
        debug_assert_eq!(codes.null_count(), 0);
        let wanted: DataType = parameters[0].parse().map_err(arrow_error)?;
        cast(&codes, &wanted).map_err(arrow_error)
    };
    Elementwise { name: "codes".into(), parameters: vec![gives.to_string()], gives, apply }.call(expr)
}

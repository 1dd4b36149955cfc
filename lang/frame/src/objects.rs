//! Columns of `object`: each cell has a type of its own.
//!
//! arrow has no such column, so a cell is written as bytes: a letter for its type, then its value. Cells of one type are in the
//! order of their bytes, and equal cells are equal bytes, so that rows are grouped, sorted and compared as those of any column.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, DurationMicrosecondArray, Float64Array, Int64Array,
    LargeBinaryBuilder, StringViewArray, TimestampMicrosecondArray, new_null_array,
};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, DurationMicrosecondType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use rdk_runtime::{Result, Value};

use crate::batches::arrow_error;
use crate::cell;

/// The type of such a column.
pub const TYPE: DataType = DataType::LargeBinary;

/// Is it the type of such a column?
pub fn is(of: &DataType) -> bool {
    *of == TYPE
}

/// A column as another type; any column can become one of `object`.
pub fn convert(column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef> {
    if crate::category::is(column.data_type()) || crate::category::is(wanted) {
        return crate::category::convert(column, wanted);
    }
    match (is(column.data_type()), is(wanted)) {
        (true, true) => Ok(column.clone()),
        (false, true) => of_column(column),
        (true, false) => {
            let plain = cell::column(&values(column), "of objects")?;
            cast(&plain, wanted).map_err(arrow_error)
        }
        (false, false) => cast(column, wanted).map_err(arrow_error),
    }
}

/// Any column as a column of `object`.
pub fn of_column(column: &ArrayRef) -> Result<ArrayRef> {
    let (letter, plain) = plain(column)?;
    let mut builder = LargeBinaryBuilder::new();
    for row in 0..plain.len() {
        if plain.is_null(row) {
            builder.append_null();
            continue;
        }
        let mut bytes = vec![letter];
        match letter {
            b'b' => bytes.push(plain.as_boolean().value(row).into()),
            b'i' => bytes.extend(whole(plain.as_primitive::<Int64Type>().value(row))),
            b'f' => bytes.extend(float(plain.as_primitive::<Float64Type>().value(row))),
            b't' => bytes.extend(whole(plain.as_primitive::<TimestampMicrosecondType>().value(row))),
            b'd' => bytes.extend(whole(plain.as_primitive::<Date32Type>().value(row).into())),
            b'p' => bytes.extend(whole(plain.as_primitive::<DurationMicrosecondType>().value(row))),
            b'y' => bytes.extend(plain.as_binary::<i64>().value(row)),
            _ => bytes.extend(cell::text(&plain, row).unwrap_or_default().as_bytes()),
        }
        builder.append_value(bytes);
    }
    Ok(Arc::new(builder.finish()))
}

/// Values as a column of `object`, whatever their types.
pub fn of_values(values: &[Value]) -> Result<ArrayRef> {
    let mut builder = LargeBinaryBuilder::new();
    for value in values {
        if let Value::Bytes(bytes) = value {
            builder.append_value([b"y", &bytes[..]].concat());
            continue;
        }
        let one = of_column(&cell::column(std::slice::from_ref(value), "of values")?)?;
        match one.is_null(0) {
            true => builder.append_null(),
            false => builder.append_value(one.as_binary::<i64>().value(0)),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// Bytes as a column.
pub fn of_bytes<'a>(cells: impl Iterator<Item = Option<&'a [u8]>>) -> ArrayRef {
    let mut builder = LargeBinaryBuilder::new();
    for cell in cells {
        builder.append_option(cell.map(|bytes| [b"y", bytes].concat()));
    }
    Arc::new(builder.finish())
}

/// A cell of such a column in an array of length 1, of its own type.
pub fn one(column: &ArrayRef, row: usize) -> ArrayRef {
    if column.is_null(row) {
        return new_null_array(&DataType::Float64, 1);
    }
    let bytes = column.as_binary::<i64>().value(row);
    let (letter, rest) = bytes.split_first().unwrap_or((&b'y', &[]));
    let number = || <[u8; 8]>::try_from(rest).map(|bytes| (u64::from_be_bytes(bytes) ^ (1 << 63)) as i64);
    match (letter, number()) {
        (b'b', _) => Arc::new(BooleanArray::from(vec![rest == [1]])),
        (b'i', Ok(number)) => Arc::new(Int64Array::from(vec![number])),
        (b't', Ok(number)) => Arc::new(TimestampMicrosecondArray::from(vec![number])),
        (b'd', Ok(number)) => Arc::new(Date32Array::from(vec![number as i32])),
        (b'p', Ok(number)) => Arc::new(DurationMicrosecondArray::from(vec![number])),
        (b'f', Ok(number)) => {
            let bits = number as u64;
            Arc::new(Float64Array::from(vec![f64::from_bits(if bits >> 63 == 1 { !(bits ^ (1 << 63)) } else { bits })]))
        }
        (b's', _) => Arc::new(StringViewArray::from(vec![String::from_utf8_lossy(rest).as_ref()])),
        (b'y', _) => Arc::new(arrow::array::BinaryArray::from(vec![rest])),
        _ => Arc::new(arrow::array::BinaryArray::from(vec![bytes])),
    }
}

/// The cells of such a column, each in an array of length 1.
pub fn cells(column: &ArrayRef) -> Vec<ArrayRef> {
    (0..column.len()).map(|row| one(column, row)).collect()
}

fn values(column: &ArrayRef) -> Vec<Value> {
    cells(column).iter().map(|one| cell::value(one, 0)).collect()
}

/// The letter of a type, and the column in the one form of it that is written.
fn plain(column: &ArrayRef) -> Result<(u8, ArrayRef)> {
    let of = |letter, wanted: &DataType| Ok((letter, cast(column, wanted).map_err(arrow_error)?));
    match column.data_type() {
        DataType::Boolean => Ok((b'b', column.clone())),
        of_whole if of_whole.is_integer() => of(b'i', &DataType::Int64),
        of_float if of_float.is_floating() => of(b'f', &DataType::Float64),
        DataType::Timestamp(..) => of(b't', &DataType::Timestamp(TimeUnit::Microsecond, None)),
        DataType::Date32 => Ok((b'd', column.clone())),
        DataType::Duration(_) => of(b'p', &DataType::Duration(TimeUnit::Microsecond)),
        of_categories if crate::category::is(of_categories) => plain(&crate::category::plain(column)?),
        DataType::Binary | DataType::BinaryView => of(b'y', &DataType::LargeBinary),
        of_text if cell::is_text(of_text) => Ok((b's', column.clone())),
        // Lists and the like are texts here.
        _ => {
            let text = |row| (!column.is_null(row)).then(|| cell::value(column, row).text());
            Ok((b's', Arc::new((0..column.len()).map(text).collect::<StringViewArray>())))
        }
    }
}

/// A whole number as bytes that are in its order.
fn whole(number: i64) -> [u8; 8] {
    ((number as u64) ^ (1 << 63)).to_be_bytes()
}

/// A float as bytes that are in its order.
fn float(number: f64) -> [u8; 8] {
    let bits = number.to_bits();
    (if bits >> 63 == 1 { !bits } else { bits ^ (1 << 63) }).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_were() {
        let numbers: ArrayRef = Arc::new(Float64Array::from(vec![Some(-1.5), Some(0.0), None, Some(2e300)]));
        let made = of_column(&numbers).expect("floats are known");
        let back: Vec<String> = values(&made).iter().map(Value::text).collect();
        assert_eq!(back, ["-1.5", "0.0", "nan", "2e+300"]);
        let bytes = made.as_binary::<i64>();
        assert!(bytes.value(0) < bytes.value(1) && bytes.value(1) < bytes.value(3));
        let mixed =
            of_values(&[Value::Int(-7), Value::str("ž"), Value::Bool(true), Value::None]).expect("all are known");
        let back: Vec<String> = values(&mixed).iter().map(Value::text).collect();
        assert_eq!(back, ["-7", "ž", "True", "nan"]);
    }
}

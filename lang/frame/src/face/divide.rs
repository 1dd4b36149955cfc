//! Where rows in memory are cut into partitions: of about equal length, and never between equal labels.

use arrow::array::ArrayRef;
use arrow::row::{RowConverter, SortField};
use rdk_runtime::Result;

use crate::batches::arrow_error;

/// How long partitions are to be.
#[derive(Clone, Copy)]
pub enum Length {
    /// So many partitions: the first ones get what is left over.
    Parts(usize),
    /// So many rows each.
    Rows(usize),
}

impl Length {
    /// The length of a partition by its number.
    fn of(self, n: usize, at: usize) -> usize {
        match self {
            Length::Parts(parts) => n / parts + usize::from(at < n % parts),
            Length::Rows(rows) => rows,
        }
    }
}

/// The rows at which partitions begin; labels are in order. Several partitions have at least one row each.
pub fn beginnings(labels: &ArrayRef, length: Length) -> Result<Vec<usize>> {
    let n = labels.len();
    let converter = RowConverter::new(vec![SortField::new(labels.data_type().clone())]).map_err(arrow_error)?;
    let rows = converter.convert_columns(&[crate::batches::as_key(labels)]).map_err(arrow_error)?;
    // Where each different label first stands.
    let firsts: Vec<usize> = (0..n).filter(|&at| at == 0 || rows.row(at - 1) != rows.row(at)).collect();
    let repeated = firsts.len() < n;
    let exact = match length {
        Length::Parts(parts) if repeated && firsts.len() >= parts => Some(parts),
        Length::Parts(_) | Length::Rows(_) => None,
    };
    let mut begins = vec![0];
    let mut at = length.of(n, 0).max(1);
    // How far the cuts lie behind those of equal lengths.
    let mut drift = 0i64;
    while at < n {
        let mut label = firsts.partition_point(|&first| first <= at) - 1;
        if let Some(parts) = exact {
            // So many labels are left as there are partitions to come, at least.
            label = label.min(firsts.len() - (parts - begins.len()).min(firsts.len()));
        }
        let last = begins[begins.len() - 1];
        while label < firsts.len() && firsts[label] <= last {
            label += 1;
        }
        let Some(&place) = firsts.get(label) else { break };
        if matches!(length, Length::Parts(_)) {
            drift += (place - last) as i64 - length.of(n, begins.len() - 1) as i64;
        }
        let step = length.of(n, begins.len()) as i64 - drift;
        at = place + step.max(1) as usize;
        begins.push(place);
        if exact.is_some_and(|parts| begins.len() >= parts) {
            break;
        }
    }
    Ok(begins)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;

    use super::*;

    fn check(labels: Vec<i64>, length: Length, expected: &[usize]) {
        let labels: ArrayRef = Arc::new(Int64Array::from(labels));
        assert_eq!(beginnings(&labels, length).expect("numbers have an order"), expected);
    }

    #[test]
    fn partitions_are_of_about_equal_length() {
        check((0..10).collect(), Length::Parts(3), &[0, 4, 7]);
        check((0..10).collect(), Length::Parts(8), &[0, 2, 4, 5, 6, 7, 8, 9]);
        check((0..5).collect(), Length::Parts(9), &[0, 1, 2, 3, 4]);
        check((0..5).collect(), Length::Rows(2), &[0, 2, 4]);
        check(vec![0, 0, 0, 1, 1, 2, 3, 3], Length::Parts(3), &[0, 3, 6]);
        check(vec![0, 0, 0, 1, 1, 2, 3, 3], Length::Parts(2), &[0, 3]);
    }
}

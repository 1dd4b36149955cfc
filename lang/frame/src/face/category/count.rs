//! `value_counts` of categories: also of those that no row has.

use rdk_runtime::{Context, Result};

use super::super::sorted_rows::{counts, ordered};
use super::observed::with_unobserved;
use crate::plan::View;
use crate::steps::{Fill, Key};

/// How often each category occurs: in their order, or the most frequent first.
pub fn counted(context: &Context, series: &View, sort: bool, ascending: bool, dropna: bool) -> Result<View> {
    let counts = with_unobserved(context, counts(series, dropna)?, vec![Fill::Zero])?;
    let by_category = Key { column: 0, descending: false, missing_first: false };
    let mut keys = vec![by_category];
    if sort {
        keys.insert(0, Key { column: 1, descending: !ascending, missing_first: false });
    }
    ordered(context, &counts, keys, None, "value-counts")
}

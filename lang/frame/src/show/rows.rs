//! Which rows of many are shown.

/// More rows are cut.
const MOST_ROWS: usize = 60;
/// How many of them are left on each side.
const KEPT_ROWS: usize = 5;

/// How many rows at either end are shown of so many; `None` if all of them are.
///
/// Who shows something large may hand over these rows only.
pub fn kept_rows(n_rows: usize) -> Option<usize> {
    (n_rows > MOST_ROWS).then_some(KEPT_ROWS)
}

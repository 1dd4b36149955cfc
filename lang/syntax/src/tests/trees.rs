//! What each construct becomes.

use super::check;

#[test]
fn expressions() {
    check("1 + 2 * x.y[3]", "(+ 1 (* 2 ([] (. x y) 3)))");
}

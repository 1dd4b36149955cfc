//! What Enter does at the prompt.

use crate::Completeness::{self, Complete, Incomplete, Invalid};
use crate::{indent_after, is_complete};

#[track_caller]
fn check(text: &str, expected: Completeness) {
    assert_eq!(is_complete(text), expected, "{text:?}");
}

fn more(indent: usize) -> Completeness {
    Incomplete { indent }
}

#[test]
fn a_line_that_is_a_statement_runs() {
    check("", Complete);
    check("   ", Complete);
    check("x = 1", Complete);
    check("x?", Complete);
    check("%time f()", Complete);
    check("!ls", Complete);
    check("# a comment", Complete);
    check("x = 1\ny = 2", Complete);
    check("[x for x in y]", Complete);
    check("f(\n  1)", Complete);
    check("'''a\nb'''", Complete);
    check("  x = 1", Complete);
}

#[test]
fn brackets_strings_and_backslashes_go_on() {
    check("f(1,", more(4));
    check("x = [", more(4));
    check("x = {\n    'a': [", more(8));
    check("'''abc", more(0));
    check("f\"\"\"abc {x}", more(0));
    check("x = 1 + \\", more(4));
}

#[test]
fn a_block_runs_after_an_empty_line() {
    check("if x:", more(4));
    check("for i in x:  # all", more(4));
    check("for i in x:\n    f(i)", more(4));
    check("for i in x:\n    f(i)\n", Complete);
    check("for i in x:\n    f(i)\n    ", Complete);
    check("def f(x):\n    return x", more(0));
    check("def f(x):\n    return x\n", Complete);
    check("if x:\n    if y:\n        pass", more(4));
    check("if x: y", more(0));
    check("if x: y\n", Complete);
    check("if x:\n    y\nelse:", more(4));
    check("try:\n    x", more(4));
    check("try:\n    x\nexcept E:", more(4));
    check("def f():\n    x\nf()", Complete);
    check("@delayed", more(0));
    check("@delayed\ndef f(x):", more(4));
    check("with f() as g:", more(4));
    check("lambda:", Invalid);
    check("x[1:", more(4));
}

#[test]
fn a_cell_magic_runs_after_an_empty_line() {
    check("%%time", more(0));
    check("%%time\nf()", more(0));
    check("%%time\nf()\n", Complete);
    check("%%time?", Complete);
}

#[test]
fn what_cannot_be_mended_is_told_at_once() {
    check("x = = 1", Invalid);
    check("f(1]", Invalid);
    check("x)", Invalid);
    check("'abc", Invalid);
    check("print x", Invalid);
    check("if x = 1:", Invalid);
    check("for i in x:\nf(i)", Invalid);
}

#[test]
fn the_next_line_is_indented() {
    assert_eq!(indent_after("x"), 0);
    assert_eq!(indent_after("if x:"), 4);
    assert_eq!(indent_after("if x:\n    y"), 4);
    assert_eq!(indent_after("if x:\n    return y"), 0);
    assert_eq!(indent_after("if x:\n    if y:\n        break"), 4);
    assert_eq!(indent_after("f("), 4);
    assert_eq!(indent_after("    f("), 8);
    assert_eq!(indent_after("x = {'a':"), 4);
}

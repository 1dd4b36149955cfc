//! Text that was pasted with prompts, indentation or both: the tree is right, and places are those of the source.

use super::{check, tree};
use crate::{Source, parse, parse_part};

#[test]
fn common_indentation_is_taken_off() {
    check("    x = 1\n    y = 2", "x = 1; y = 2");
    check("\n\n  for i in x:\n      f(i)\n", "for i in x {(f i)}");
    check("\tx\n\ty", "x; y");
    check("    # a comment\n    x", "x");
    check("# a comment\n    x\n    y", "x; y");
    check("  %%time\n  f()", "%%time( at 8) \"f()\" at 9");
    assert_eq!(tree("  x = 1\n  y = = 2").unwrap_err().span.start, 14);
    assert_eq!(tree("  x\n    y").unwrap_err().message, "unexpected indent");
}

#[test]
fn prompts_are_taken_off_and_output_is_left_out() {
    check(">>> x = 1\n>>> for i in x:\n...     f(i)\n...\n3\n>>> x", "x = 1; for i in x {(f i)}; x");
    check("    >>> x = 1\n    >>> y", "x = 1; y");
    check(
        "In [3]: x = 1\n\nIn [4]: for i in x:\n   ...:     f(i)\n   ...: \n1\n\nIn [5]: x\nOut[5]: 3\n",
        "x = 1; for i in x {(f i)}; x",
    );
    check(">>> x = (1,\n...      2)", "x = (, 1 2)");
    check(">>> x = 1\ny = 2", "x = 1; y = 2");
    check("In [1]: x = 1\ny = 2\n\nIn [2]: z\nOut[2]: 4\n", "x = 1; y = 2; z");
    check("In [30]: x = []\n          for f in y:\n              g(f)\n", "x = []; for f in y {(g f)}");
    check("In [4]: def f(x):\n    return x\nOut[4]: 1", "def f (x) slots x {return x.0}");
    check("In [24]: %%time\nx\n", "%%time( at 15) \"x\\n\" at 16");
    check(
        "In [8]: %time f()\nCPU times: user 1 s, sys: 0 s, total: 1 s\nWall time: 1 s\nOut[8]: 2\n",
        "%time(f() at 14)",
    );
    let error = tree(">>> x = 1\n>>> y = = 2").unwrap_err();
    assert_eq!(error.span.start, 18);
    // An ellipsis is no prompt.
    check("def f():\n    ...", "def f () {...}");
    check("...", "...");
}

/// Parses the body of a cell magic where it stands.
#[track_caller]
fn check_body(text: &str, expected: &str, place_of_last: &str) {
    let source = Source::new("test", text);
    let cell = parse(source.clone()).unwrap();
    let crate::tree::StmtKind::Magic(magic) = &cell.body[0].kind else { panic!("{text:?} is no magic") };
    let (_, start) = magic.body.as_ref().unwrap();
    let body = parse_part(source.clone(), crate::Span::new(*start, text.len() as u32)).unwrap();
    assert_eq!(super::print::cell(&body), expected, "{text:?}");
    assert_eq!(source.slice(body.body.last().unwrap().span), place_of_last, "{text:?}");
}

#[test]
fn the_body_of_a_magic_has_its_places_in_the_whole() {
    check_body("%%time\nx = 1\nf(é)", "x = 1; (f é)", "f(é)");
    check_body("\n  %%time\n  x = 1\n  f(x)\n", "x = 1; (f x)", "f(x)");
    check_body(">>> %%time\n... x = 1\n... f(x)\n", "x = 1; (f x)", "f(x)");
    check_body(
        "In [29]: %%time\n          a = []\n          for f in x:\n              a\n",
        "a = []; for f in x {a}",
        "for f in x",
    );
    check_body("%%time\n%%capture\nx", "%%capture( at 16) \"x\" at 17", "%%capture");
    check_body("%%time\n%time f(x);", "%time(f(x); at 13) | hushed", "%time f(x);");
    let source = Source::new("test", "%time f( x )");
    let part = parse_part(source.clone(), crate::Span::new(6, 12)).unwrap();
    assert_eq!(part.body[0].span, crate::Span::new(6, 12));
}

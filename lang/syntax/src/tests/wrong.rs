//! What wrong texts are told: `check(text, what is marked, message)`.

use super::tree;
use crate::SyntaxKind;

#[track_caller]
fn check(text: &str, marked: &str, message: &str) {
    match tree(text) {
        Ok(printed) => panic!("{text:?} is no error: {printed}"),
        Err(error) => {
            let found = &text[error.span.start as usize..error.span.end as usize];
            assert_eq!((found, &*error.message), (marked, message), "{text:?} at {:?}", error.span);
        }
    }
}

#[track_caller]
fn hints(text: &str, hint: &str) {
    assert_eq!(tree(text).unwrap_err().hints, [hint], "{text:?}");
}

#[test]
fn brackets_and_quotes() {
    check("f(1, 2", "(", "`(` was never closed");
    check("x = [1, 2\ny = 3", "[", "`[` was never closed");
    check("x = (1, 2]", "]", "`]` does not close the `(`");
    check("x = {\n'a': [1, 2,\n'b': 3}", "}", "`}` does not close the `[` of line 2");
    check("x = 1)", ")", "`)` closes nothing: no bracket is open here");
    check("print('hi)", "'hi)", "unterminated string");
    check("'''abc", "'''abc", "unterminated triple-quoted string");
    check("f\"abc", "f\"abc", "unterminated f-string");
    check("f'{}'", "}", "f-string: expected an expression between the braces");
    check("f'{x!z}'", "z", "f-string: invalid conversion");
    check("f'}'", "}", "f-string: a single `}` closes nothing");
    check("“x”", "“", "invalid character `“`");
    check("x\u{a0}= 1", "\u{a0}", "invalid invisible character U+00A0");
    check("a\0b", "\0", "invalid invisible character U+0000");
    check("'C:\\Users'", "'C:\\Users'", "invalid `\\x`, `\\u`, `\\U` or `\\N` escape in a string");
}

#[test]
fn blocks_and_indentation() {
    check("if x\n  pass", "", "expected `:`, got the end of the line");
    check("if x:\npass", "pass", "expected an indented block after the `if` statement");
    check("def f(x):\nreturn 1", "return", "expected an indented block after function definition");
    check("x = 1\n  y = 2", "  ", "unexpected indent");
    check("if x:\n    a\n  b", "  ", "unindent does not match any outer indentation level");
    check("else: pass", "else", "`else` belongs to nothing before it");
    check("while(x) { y }", "{", "expected `:`, got `{`");
    let kind = |text: &str| tree(text).unwrap_err().kind;
    assert_eq!(kind("x\n  y"), SyntaxKind::Indentation);
    assert_eq!(kind("if x:\n\ta\n        b"), SyntaxKind::Tab);
    assert_eq!(kind("if x:\npass"), SyntaxKind::Indentation);
    assert_eq!(kind("x ="), SyntaxKind::Syntax);
    hints("def f():\n    # to do\n\nf()", "a comment alone is no block: write `pass` below it");
    hints("def f():\n    # to do", "a comment alone is no block: write `pass` below it");
    hints("if x: pass\nelse if y: pass", "`else if` is written `elif`");
}

#[test]
fn other_languages_and_slips() {
    check("print x", "print x", "missing parentheses in call to `print`");
    hints("print 'a', b", "print('a', b)");
    check("if x = 3: pass", "=", "`=` cannot be used in a condition");
    hints("if x = 3: pass", "`==` compares, `:=` assigns");
    check("if x => 1: pass", "=", "`=>` is no operator");
    check("a && b", "&", "`&&` is no operator");
    check("x++", "", "`++` is no operator");
    check("foo bar", "bar", "expected the end of the line, got `bar`");
    hints("int x = 3", "a variable needs no declaration: `x = …`");
    hints("x = new A()", "leave `new` out: calling makes an object");
    check("[1 2]", "2", "expected `,` or `]`, got `2`");
    hints("[1 2]", "maybe a comma is missing");
    check("x = ", "", "expected an expression, got the end of the text");
    check("a.", "", "expected a name behind `.`, got the end of the text");
    check("1abc", "1abc", "invalid number");
    check("0777", "0777", "an integer cannot begin with 0");
    check("x.if", "if", "`if` is a keyword, not a name");
}

#[test]
fn targets() {
    check("1 = x", "1", "cannot assign to a literal");
    hints("f() = 1", "`==` compares");
    check("None = 1", "None", "cannot assign to `None`");
    check("[a, 1] = 2", "1", "cannot assign to a literal");
    check("for f() in x: pass", "f()", "cannot assign to a function call");
    check("*a, *b = x", "*b", "two starred names in one assignment");
    check("*a = x", "*a", "a starred name must be in a list or tuple");
    check("f(x) += 1", "f(x)", "`+=` cannot change a function call");
    check("a, b += 1", "+=", "`+=` cannot change a tuple");
    check("del f()", "f()", "cannot delete a function call");
    check("x = *a", "*a", "`*` cannot be used here");
    check("(1 := 2)", "1", "the target of `:=` must be a name, not a literal");
    check("[x := 1 for x in y]", "x", "`:=` cannot rebind `x`, the variable of the comprehension");
}

#[test]
fn functions_and_scopes() {
    check("return 1", "return 1", "`return` outside of a function");
    check("break", "break", "`break` outside of a loop");
    check("for i in x:\n  def f():\n    continue", "continue", "`continue` outside of a loop");
    check("def f(a, a): pass", "a", "duplicate parameter `a`");
    check("lambda a, *a: 1", "a", "duplicate parameter `a`");
    check("def f():\n  nonlocal x", "x", "no binding for nonlocal `x` found");
    check("x = 1\ndef f():\n  nonlocal x", "x", "no binding for nonlocal `x` found");
    check("def f(x):\n  global x", "x", "`x` is a parameter and global");
    check("def f():\n  x = 1\n  global x", "x", "`x` is assigned to before its global declaration");
    check("def f():\n  x\n  global x", "x", "`x` is used before its global declaration");
    check("nonlocal x", "x", "`nonlocal` outside of a function");
    check("f(a=1, a=2)", "a", "keyword argument repeated: `a`");
    check("f(a=1, 2)", "2", "positional argument follows keyword argument");
    check("def f(a=1, b): pass", "b", "a parameter without a default cannot follow one with a default");
    check("def f():\n  from a import *", "from a import *", "`import *` is only allowed at the top level");
    check("try: pass\nexcept: pass\nexcept A: pass", "except", "a bare `except:` must be the last one");
}

#[test]
fn what_rdk_does_not_have() {
    check("def f(): yield 1", "yield 1", "`yield` is not supported in rdk");
    check("match x:\n  case 1: pass", "match x", "`match` is not supported in rdk");
    check("async def f(): pass", "async", "`async` is not supported in rdk");
    check("await x", "await", "`await` is not supported in rdk");
    check("type X = int", "type X = int", "`type` statements are not supported in rdk");
    check("t'{x}'", "t'{x}'", "t-strings are not supported in rdk");
    check("from . import a", "from . import a", "relative imports are not supported in rdk");
    check("x\n%%time\ny", "%%time", "`%%time` must be the first line of its cell");
    check("; x", ";", "expected a statement, got `;`");
    check("%", "%", "expected a name behind `%`");
    check("!", "!", "expected a command behind `!`");
}

#[test]
fn an_expression_alone() {
    let read = |text: &str| crate::parse_expression(crate::Source::new("test", text));
    assert!(read("  x + 1").is_ok());
    assert!(read("x % y").is_ok());
    assert_eq!(read("x = 1").unwrap_err().message, "expected the end of the expression, got `=`");
    assert_eq!(read("").unwrap_err().message, "expected an expression");
    assert!(read("%time x").is_err());
}

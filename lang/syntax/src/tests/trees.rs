//! What each construct becomes.

use super::check;

#[test]
fn literals() {
    check("None; True; ...; 1; 1.5; 2j", "None; True; ...; 1; 1.5; 2.0j");
    check("9223372036854775807; 9223372036854775808", "9223372036854775807; big 9223372036854775808");
    check("0xffff_ffff_ffff_ffff_f; 0b11; 0o17", "big 295147905179352825855; 3; 15");
    check("18446744073709551615", "big 18446744073709551615");
    check(r#""a\n" 'b' r'\n'"#, r#""a\nb\\n""#);
    check(r"b'a\x00' b'b'", "b[97, 0, 98]");
    check("[1, *a]; (1,); (); {1, 2}; {1: 2, **d}; {}", "[1 *a]; (, 1); (, ); {1 2}; {: 1: 2 **d}; {: }");
    check("a, *b", "(, a *b)");
}

#[test]
fn format_strings() {
    check("f'a{x}b'", r#"f("a" {x} "b")"#);
    check("f'{x!r:>{n}}' 'c' f'd'", r#"f({x!r:">" {n}} "cd")"#);
    check("f'{x=}'", r#"f("x=" {x!r})"#);
    check("f'{x = :.2f}'", r#"f("x = " {x:".2f"})"#);
    check("f'{{}}'", r#"f("{}")"#);
    check(r#"f"{d["k"]}""#, r#"f({([] d "k")})"#);
}

#[test]
fn operators() {
    check("1 + 2 * x.y[3]", "(+ 1 (* 2 ([] (. x y) 3)))");
    check("a - b - c; a ** b ** c", "(- (- a b) c); (** a (** b c))");
    check("-a ** 2; not a == b; ~a; +a", "(- (** a 2)); (not (a == b)); (~ a); (+ a)");
    check("a < b <= c; a is not b; a not in b", "(a < b <= c); (a is not b); (a not in b)");
    check("a and b and c or d", "(or (and a b c) d)");
    check("a if b else c", "(if b a c)");
    check("a // b % c @ d << e >> f & g | h ^ i", "(| (& (>> (<< (@ (% (// a b) c) d) e) f) g) (^ h i))");
    check("(x := 1)", "(x := 1)");
}

#[test]
fn calls_and_items() {
    check("f(a, *b, k=c, **d)(e)", "((f a *b k=c **d) e)");
    check("f(k=1, *b)", "(f k=1 *b)");
    check("x[1:2, ::3, ..., None]", "([] x (, 1:2: ::3 ... None))");
    check("x[:]; x[a, b]", "([] x ::); ([] x (, a b))");
    check("x.y().z[1]", "([] (. ((. x y)) z) 1)");
}

#[test]
fn assignments() {
    check("a = b = c", "a = b = c");
    check("a, (b, *c), x.y, x[0] = d", "<a <b *c> (. x y) ([] x 0)> = d");
    check("[a, b] = c", "<a b> = c");
    check("a += 1; x[0] **= 2; x.y //= 3", "a += 1; ([] x 0) **= 2; (. x y) //= 3");
    check("a: int = 1; b: int", "a = 1; pass");
    check("del a, b[0], c.d, (e, f)", "del a ([] b 0) (. c d) <e f>");
}

#[test]
fn statements() {
    check("if a:\n  b\nelif c:\n  d\nelse:\n  e", "if a {b} else {if c {d} else {e}}");
    check("while a:\n  break\nelse:\n  b", "while a {break} else {b}");
    check("for a, b in c:\n  continue\nelse:\n  pass", "for <a b> in c {continue} else {pass}");
    check("with a as b, c:\n  d", "with a as b c {d}");
    check("with (a as b, c as d.e):\n  f", "with a as b c as (. d e) {f}");
    check(
        "try:\n  a\nexcept B as e:\n  c\nexcept (D, E):\n  d\nexcept:\n  f\nelse:\n  g\nfinally:\n  h",
        "try {a} except B as e {c} except (, D E) {d} except {f} else {g} finally {h}",
    );
    check("raise\nraise a; raise a from b", "raise; raise a; raise a from b");
    check("assert a, b", "assert a b");
    check("import a.b, c.d as e", "import a.b to a c.d as e");
    check("from a.b import c, d as e", "from a.b import c as c d as e");
    check("from a import *", "from a import *");
    check("from __future__ import annotations", "pass");
    check("", "");
    check("# only a comment", "");
}

#[test]
fn functions_and_their_scopes() {
    check("def f(a, /, b, *c, d=1, **e):\n  return a", "def f (/a b *c =d:1 **e) slots a,b,c,d,e {return a.0}");
    check("def f():\n  x = 1\n  y = g(x)", "def f () slots x,y globals g {x.0 = 1; y.1 = (g x.0)}");
    check("@a\n@b.c(1)\ndef f(): pass", "@a @((. b c) 1) def f () {pass}");
    check(
        "def f(x):\n  def g():\n    return x\n  return g",
        "def f (x) slots x,g cells [0] {def g.1 () captures x@0 {return x^0}; return g.1}",
    );
    check(
        "def f():\n  n = 0\n  def g():\n    nonlocal n\n    n += 1\n  g()",
        "def f () slots n,g cells [0] {n@0 = 0; def g.1 () captures n@0 {pass; n^0 += 1}; (g.1)}",
    );
    check(
        "def a(x):\n def b():\n  def c():\n   return x + y\n",
        "def a (x) slots x,b cells [0] globals y {def b.1 () slots c captures x@0 globals y \
         {def c.0 () captures x^0 globals y {return (+ x^0 y)}}}",
    );
    check("def f():\n  global x\n  x = x + 1", "def f () globals x {pass; x = (+ x 1)}");
    check("def f():\n  global x\n  x += 1", "def f () globals x {pass; x += 1}");
    check("def f(n):\n  return f(n - 1)", "def f (n) slots n globals f {return (f (- n.0 1))}");
    check("def f():\n  def g(): return g()", "def f () slots g cells [0] {def g@0 () captures g@0 {return (g^0)}}");
    check("lambda x, y=z: x + a", "(lambda (x y:z) slots x,y globals a => (+ x.0 a))");
    check("def f(x):\n  return lambda: x", "def f (x) slots x cells [0] {return (lambda () captures x@0 => x^0)}");
    check(
        "def f():\n  try:\n    g()\n  except E as e:\n    e",
        "def f () slots e globals g,E {try {(g)} except E as e.0 {e.0}}",
    );
    check(
        "def f():\n  import a.b\n  from c import d\n  with a as g: del g",
        "def f () slots a,d,g {import a.b to a.0; from c import d as d.1; with a.0 as g.2 {del g.2}}",
    );
    check("def f():\n  x: int\n  return x", "def f () slots x {pass; return x.0}");
    // A name that is bound anywhere in a function is local everywhere in it.
    check("def f():\n  g(x)\n  x = 1", "def f () slots x globals g {(g x.0); x.0 = 1}");
}

#[test]
fn comprehensions_and_their_scopes() {
    check("[x for x in y if x]", "[x.0 for x.0 in y if x.0] | 1 slots");
    check("x = [x for x in x]", "x = [x.0 for x.0 in x] | 1 slots");
    check("{x: y for x, y in z}", "{x.0: y.1 for <x.0 y.1> in z} | 2 slots");
    check("{a + b for a in c for b in a}", "{(+ a.0 b.1) for a.0 in c for b.1 in a.0} | 2 slots");
    check("[[b for b in a] for a in c]", "[[b.1 for b.1 in a.0] for a.0 in c] | 2 slots");
    check("[lambda: i for i in x]", "[(lambda () captures i@0 => i^0) for i@0 in x cells [0]] | 1 slots, cells [0]");
    check(
        "def f(x):\n  return [x + y for y in x if g(y)]",
        "def f (x) slots x,y globals g {return [(+ x.0 y.1) for y.1 in x.0 if (g y.1)]}",
    );
    check(
        "def f(x):\n  return [lambda: x + y for y in x]",
        "def f (x) slots x,y cells [0, 1] \
         {return [(lambda () captures x@0 y@1 => (+ x^0 y^1)) for y@1 in x@0 cells [1]]}",
    );
    check("[y := x for x in z]", "[(y := x.0) for x.0 in z] | 1 slots");
    check(
        "def f():\n  [y := x for x in z]\n  return y",
        "def f () slots y,x globals z {[(y.0 := x.1) for x.1 in z]; return y.0}",
    );
    check("sum(x for x in y)", "(sum (generator (/.0) slots .0,x => x.1 for x.1 in .0.0 over y))");
    check(
        "def f(a, b):\n  return (x + a for x in b for c in a)",
        "def f (a b) slots a,b cells [0] {return (generator (/.0) slots .0,x,c captures a@0 \
         => (+ x.1 a^0) for x.1 in .0.0 for c.2 in a^0 over b.1)}",
    );
    check(
        "def f():\n  any((y := x) for x in z)\n  return y",
        "def f () slots y cells [0] globals any,z {(any (generator (/.0) slots .0,x captures y@0 \
         => (y^0 := x.1) for x.1 in .0.0 over z)); return y@0}",
    );
}

#[test]
fn magics() {
    check("%time f(x)", "%time(f(x) at 6)");
    check("%matplotlib inline\nx", "%matplotlib(inline at 12); x");
    check("x = %time f()", "x = %time(f() at 10)");
    check("files = !ls *.h5", "files = !(ls *.h5 at 9)");
    check("files = !!ls", "files = !!(ls at 10)");
    check("!ls -l", "!(ls -l at 1)");
    check("!!ls", "!!(ls at 2)");
    check("!pip install dask[distributed]\nx", "!(pip install dask[distributed] at 1); x");
    check("%%time\nx = 1\n", "%%time( at 6) \"x = 1\\n\" at 7");
    check("\n \n  %%timeit -n 3\nx", "%%timeit(-n 3 at 14) \"x\" at 19");
    check("%%bash\necho 'don't\n", "%%bash( at 6) \"echo 'don't\\n\" at 7");
    check("%time", "%time( at 5)");
    check("%run a.rdk \\\n  -x", "%run(a.rdk   -x at 5)");
    check("for i in x:\n    !echo {i}\n    %time f(i)", "for i in x {!(echo {i} at 17); %time(f(i) at 36)}");
    check("x?", "help x");
    check("x.y??", "help x.y in detail");
    check("?x.y", "help x.y");
    check("??x", "help x in detail");
    check("np.*load*?", "help np.*load*");
    check("%time?", "help %time");
    check("%%time?", "help %%time");
    check("x = 1\nx?", "x = 1; help x");
    check("x = 1\n?x", "x = 1; help x");
    check("x % y", "(% x y)");
    check("x = y % z", "x = (% y z)");
}

#[test]
fn a_semicolon_at_the_end_hides() {
    check("x;", "x | hushed");
    check("x;  # quiet\n", "x | hushed");
    check("x; y", "x; y");
    check("x;\ny", "x; y");
    check("';'", "\";\"");
    check("%time f();", "%time(f(); at 6) | hushed");
}

#[test]
fn spans_are_of_the_source() {
    let span_of = |text: &str| {
        let source = crate::Source::new("test", text);
        let cell = crate::parse(source.clone()).unwrap();
        cell.body.iter().map(|stmt| source.slice(stmt.span).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(span_of("x = é + 1; y"), ["x = é + 1", "y"]);
    assert_eq!(span_of("@d\ndef f(a,\n  b) -> int:\n  pass"), ["def f(a,\n  b) -> int"]);
    assert_eq!(span_of("for i in x:\n  y\nelse:\n  z"), ["for i in x"]);
    assert_eq!(span_of("with a as b, c as d:\n  y"), ["with a as b, c as d"]);
    assert_eq!(span_of("try:\n  x\nfinally:\n  y"), ["try"]);
    assert_eq!(span_of("\u{feff}x"), ["x"]);
    assert_eq!(span_of("x\r\ny"), ["x", "y"]);
}

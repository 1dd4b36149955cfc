//! No text makes the parser panic or run out of stack, on the smallest stack that a thread of ours has.

use std::time::{Duration, Instant};

use super::tree;
use crate::{Source, parse, parse_expression};

/// Runs a test on a thread with 2 MB of stack.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn a_megabyte_of_anything_gives_an_error() {
    on_small_stack(|| {
        let units = [
            "(",
            "[",
            "{",
            "-",
            "~",
            "not ",
            "lambda: ",
            "lambda a, b: ",
            "f'{",
            "f\"{f'{",
            "f'{x:{",
            "if a: ",
            "if a, a: ",
            "for a in b: ",
            "while a: ",
            "x if y else ",
            "x if ",
            "a**",
            "a ** -",
            "*",
            "**",
            "(a, ",
            "[a for a in ",
            "a[",
            "f(",
            "f(x=",
            "{a: ",
            "a.b(",
            "!",
            "@",
            "else: ",
            "try: ",
            "def f(): ",
            "class A: ",
            "match x: case ",
            "await ",
            "yield ",
            "del (",
            "a = ",
            "a := ",
            "(a := ",
            "with a as (",
            "import a.",
            "from .",
            "global a, ",
            ";",
            ":",
            "\\\n",
            "\0",
            "\u{feff}",
            "é",
            "\u{a0}",
            "'",
            "\"\"\"",
            "b'",
            "#",
            "?",
            "%",
            "!x\n",
            "%%x\n",
            "x?\n",
            "1e",
            "0x",
            "1_",
            "a\n ",
            "if a:\n",
            "]",
            ")",
            "}",
            "async ",
            "t'{",
            "print a ",
            "raise a from ",
            "\t",
            " ",
            "\r",
            "\x0c",
            "`",
            "$",
            "a<b ",
            "a, *",
            "a;",
            "not in ",
            "is not ",
            "a and not ",
            "a if a else lambda: ",
            "{**",
            "[*",
            "f'{x!r:",
            "f'''{",
        ];
        for unit in units {
            let start = Instant::now();
            let text = unit.repeat((1 << 20) / unit.len());
            let _ = tree_only(&text);
            let took = start.elapsed();
            assert!(took < Duration::from_secs(20), "{unit:?} took {took:?}");
            eprintln!("{unit:?} {took:?}");
        }
    });
}

fn tree_only(text: &str) -> Result<(), crate::SyntaxError> {
    let _ = parse_expression(Source::new("test", text));
    parse(Source::new("test", text)).map(drop)
}

#[test]
fn long_chains_work() {
    on_small_stack(|| {
        for unit in ["a+", "a.b.", "a*a@", "f(1).", "a[0].", "a<b<", "a and ", "a or b or ", "a|", "'x' ", "-a,"] {
            let text = format!("{}a", unit.repeat(10_000));
            let text = if unit == "'x' " { unit.repeat(10_000) } else { text };
            if let Err(error) = tree_only(&text) {
                panic!("{unit:?}: {error}");
            }
        }
        let flat = "a + b\n".repeat(50_000);
        tree_only(&flat).unwrap();
        let list = format!("[{}]", "(-1, not x, a if b else c),\n".repeat(20_000));
        tree_only(&list).unwrap();
        let elifs = format!("if a:\n  b\n{}", "elif a:\n  b\n".repeat(900));
        tree_only(&elifs).unwrap();
        tree_only(&format!("{}{}", "a+".repeat(19_000), "a")).unwrap();
    });
}

#[test]
fn nesting_up_to_the_limit_works() {
    on_small_stack(|| {
        for (open, close, count) in [
            ("(", ")", 199),
            ("[", "]", 199),
            ("{a: ", "}", 199),
            ("f(", ")", 199),
            ("not ", "", 499),
            ("lambda: ", "", 499),
        ] {
            let text = format!("{}a{}", open.repeat(count), close.repeat(count));
            if let Err(error) = tree_only(&text) {
                panic!("{open:?}: {error}");
            }
        }
        let mut blocks = String::new();
        for depth in 0..99 {
            blocks += &format!("{}if a:\n", " ".repeat(depth));
        }
        blocks += &format!("{}b", " ".repeat(99));
        tree_only(&blocks).unwrap();
        let mut functions = String::new();
        for depth in 0..99 {
            functions += &format!("{}def f{depth}(x{depth}):\n", " ".repeat(depth));
        }
        functions += &format!("{}return x0 + x50", " ".repeat(99));
        tree_only(&functions).unwrap();
    });
}

/// A small generator of numbers, so that a failure can be repeated.
pub(super) struct Random(pub u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

const PIECES: [&str; 96] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "\"\"\"",
    "'''",
    "f'",
    "f\"",
    "f'''",
    "rf'",
    "b'",
    "{x",
    "}",
    "{{",
    ":",
    "::",
    ",",
    ";",
    "\n",
    "\n    ",
    "\n  ",
    "\n\t",
    "\\",
    "\\\n",
    "\r\n",
    "\r",
    " ",
    "#c",
    "=",
    "==",
    ":=",
    "+=",
    "+",
    "-",
    "*",
    "**",
    "/",
    "%",
    "%time ",
    "%%time\n",
    "!",
    "!ls",
    "?",
    "??",
    "@",
    ".",
    "...",
    "->",
    "<",
    "~",
    "x",
    "abc",
    "é",
    "1",
    "0x",
    "1e",
    "1.5",
    "1_0",
    "2j",
    "if ",
    "else",
    "elif ",
    "for ",
    " in ",
    "not ",
    "lambda ",
    "def f",
    "class ",
    "return ",
    "yield ",
    "import ",
    "from ",
    "as ",
    "with ",
    "try:",
    "except",
    "while ",
    "and ",
    "is ",
    "None",
    "global ",
    "nonlocal ",
    "await ",
    "async ",
    "match ",
    "case ",
    "type ",
    "del ",
    "\0",
    "\u{a0}",
    ">>> ",
    "In [1]: ",
];

/// A few pieces put together.
pub(super) fn garbage(random: &mut Random) -> String {
    let length = 1 + random.next(14);
    (0..length).map(|_| PIECES[random.next(PIECES.len())]).collect()
}

#[test]
fn garbage_gives_an_error_or_a_tree() {
    on_small_stack(|| {
        let mut random = Random(0x2545_f491_4f6c_dd1d);
        for round in 0..20_000 {
            let text = garbage(&mut random);
            if let Err(error) = tree(&text) {
                let valid = error.span.start <= error.span.end && error.span.end as usize <= text.len();
                assert!(valid, "span {:?} of {text:?}", error.span);
                assert!(text.is_char_boundary(error.span.start as usize), "{text:?}");
                assert!(text.is_char_boundary(error.span.end as usize), "{text:?}");
                assert!(!error.message.contains("gave up"), "round {round}: {text:?}");
            }
        }
    });
}

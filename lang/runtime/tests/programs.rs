//! Small programs, run by this room alone: what the language cannot reach from within, and a first look when all else is broken.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rdk_runtime::{Context, Error, Globals, Kind, Library, Output, Shared, Stream, Value, modules, show, travel};
use rdk_summary::Summary;
use rdk_syntax::Source;

/// Keeps what is printed.
#[derive(Default)]
struct Recorder(Mutex<String>);

impl Output for Recorder {
    fn write(&self, _: Stream, text: &str) {
        self.0.lock().push_str(text);
    }

    fn display(&self, summary: &Summary) {
        self.write(Stream::Out, &format!("{summary:?}\n"));
    }
}

fn session() -> (Context, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let mut library = Library::default();
    library.add(modules());
    let engine = Arc::new(rdk_runtime::graph::Engine::new(2));
    (Context::new(Arc::new(Shared::new(library, recorder.clone(), engine)), Globals::new()), recorder)
}

fn run(context: &Context, text: &str) -> Result<Value, Error> {
    let cell = rdk_syntax::parse(Source::new("test", text)).expect("the program is well formed");
    Ok(context.run_cell(&cell)?.unwrap_or_default())
}

fn check(text: &str, expected: &str) {
    let (context, recorder) = session();
    let value = match run(&context, text) {
        Ok(value) => show::repr(&value),
        Err(error) => error.to_string(),
    };
    assert_eq!(recorder.0.lock().clone() + &value, expected, "{text}");
}

#[test]
fn programs_run() {
    check("x = 1\nx + 1", "2");
    check("def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nf(15)", "610");
    check("print('a')\n[x * x for x in range(4) if x]", "a\n[1, 4, 9]");
    check("from dask import delayed\n(delayed(abs)(-3) + 1).compute()", "4");
    check("1 + None", "TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'");
}

#[test]
fn long_chains_and_deep_nesting_are_no_danger() {
    check(&format!("{}1", "1 + ".repeat(20_000)), "20001");
    check(&format!("{}1{}", "(-".repeat(150), ")".repeat(150)), "1");
    check("def f():\n    return f()\nf()", "RecursionError: maximum recursion depth exceeded");
    check("f = lambda n: [f(n + 1)]\nf(0)", "RecursionError: maximum recursion depth exceeded");
    check("x = []\nfor i in range(100000):\n    x = [x]\nlen(x)", "1");
}

#[test]
fn a_request_to_stop_is_obeyed_once() {
    let (context, recorder) = session();
    let cancel = context.shared.cancel.clone();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(30));
            cancel.request();
        });
        let text =
            "try:\n    while True:\n        pass\nexcept KeyboardInterrupt:\n    for i in range(3):\n        print(i)";
        run(&context, text).expect("it is handled");
    });
    assert_eq!(*recorder.0.lock(), "0\n1\n2\n");
    assert!(begun.elapsed() < Duration::from_secs(20));
    context.shared.cancel.request();
    let error = run(&context, "for i in range(10 ** 12): pass").err().expect("it is stopped");
    assert_eq!(error.0.kind, Kind::KeyboardInterrupt);
}

/// The value of the text is sent away and comes back; then it is shown, or the last line is run with it as `it`.
fn check_travel(text: &str, use_it: &str, expected: &str) {
    let (context, _) = session();
    let value = run(&context, text).expect("the program runs");
    let bytes = travel::pack(&value).expect("it can travel");
    let (other, _) = session();
    other.globals.set(&"it".into(), travel::unpack(&bytes).expect("it comes back"));
    assert_eq!(show::repr(&run(&other, use_it).expect("it can be used")), expected, "{text}");
}

#[test]
fn values_come_back_as_they_went() {
    let plain = "[None, True, 1, 10**30, -10**30, 1.5, 2j, 'é', b'b', (1, [2]), {'k': {1}}, range(3), ...]";
    check_travel(plain, &format!("it == {plain}"), "True");
    check_travel("x = [1]\nx.append(x)\n[x, x]", "it[0] is it[1], it[0][1] is it[0]", "(True, True)");
    check_travel("ValueError('no', 3)", "it.args", "('no', 3)");
    check_travel(
        "[len, str.upper, 'a'.upper, int, KeyError]",
        "it[0]('ab'), it[1]('a'), it[2](), it[3]('7')",
        "(2, 'A', 'A', 7)",
    );
}

#[test]
fn functions_travel_with_what_they_read() {
    check_travel("k = 5\ndef f(x, y=2):\n    return x + y + k\nf", "it(1)", "8");
    check_travel("def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nf", "it(5)", "120");
    check_travel("def outer(m):\n    def inner(x):\n        return x * m\n    return inner\nouter(3)", "it(5)", "15");
    check_travel(
        "def outer():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n        return n\n    return inc\nouter()",
        "it(), it()",
        "(1, 2)",
    );
    check_travel("(lambda m: lambda x: x + m)(2)", "it(1)", "3");
    check_travel("import math\nlambda x: math.floor(x)", "it(2.5)", "2");
}

#[test]
fn classes_travel_with_all_that_they_are() {
    check_travel(
        "k = 5\nclass A:\n    n = 1\n    def __init__(self, x): self.x = x\n    def get(self): return self.x + self.n + k\n\
         class B(A):\n    def get(self): return super().get() * 2\n    @property\n    def twice(self): return self.x * 2\n    \
         @staticmethod\n    def s(): return 's'\n[B(1), B, B(2).get]",
        "it[0].get(), it[1](3).twice, it[2](), it[1].s(), type(it[0]) is it[1], it[1].__name__",
        "(14, 6, 16, 's', True, 'B')",
    );
    check_travel(
        "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    x: int\n    tags: list = field(default_factory=list)\nP(1)",
        "it, type(it)(2) == type(it)(2), type(it)(3).tags",
        "(P(x=1, tags=[]), True, [])",
    );
    check_travel(
        "class E(ValueError):\n    def __init__(self, c):\n        super().__init__('no')\n        self.c = c\nE(4)",
        "it.c, it.args, isinstance(it, ValueError)",
        "(4, ('no',), True)",
    );
    check_travel("def f():\n    pass\nf.k = 3\nf.g = f\nf", "it.k", "3");
}

#[test]
fn what_cannot_travel_is_named() {
    let (context, _) = session();
    let value = run(&context, "g = (x for x in [1])\ndef f():\n    return g\nf").expect("the program runs");
    let error = travel::pack(&value).expect_err("a generator stays");
    assert_eq!(error.0.message, "`g`: a generator cannot be sent to another process");
}

#[test]
fn damaged_bytes_are_refused() {
    let (context, _) = session();
    let value = run(&context, "k = [1]\ndef f(x):\n    return k\n[f, {'a': (1, 2)}]").expect("the program runs");
    let bytes = travel::pack(&value).expect("it can travel");
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        let _ = travel::unpack(&damaged);
        let _ = travel::unpack(&bytes[..at]);
    }
}

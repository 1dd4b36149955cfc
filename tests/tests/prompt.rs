//! Conversations with the prompt on a real pseudo-terminal.

use rdk_tests::terminal::Terminal;

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_R: &str = "\x12";
const UP: &str = "\x1b[A";

fn open() -> Terminal {
    let terminal = Terminal::open("", &[]);
    terminal.wait_prompt(1);
    terminal
}

#[test]
fn a_value_is_shown_and_kept() {
    let mut terminal = open();
    terminal.send("1 + 1\r");
    terminal.wait_line("Out[1]: 2");
    terminal.wait_prompt(2);
    terminal.send("_ * 21, Out[1], _1\r");
    terminal.wait_line("Out[2]: (42, 2, 2)");
    terminal.wait_prompt(3);
    terminal.send("x = 3;\r");
    terminal.wait_prompt(4);
    terminal.send("x;\r");
    let lines = terminal.wait_prompt(5);
    assert!(!lines.iter().any(|line| line.starts_with("Out[4]")), "a semicolon hides: {lines:?}");
}

#[test]
fn a_block_is_indented_and_ends_with_a_blank_line() {
    let mut terminal = open();
    terminal.send("def f(x):\r");
    terminal.wait_text("def f(x):");
    terminal.send("if x:\rreturn 1\r");
    terminal.send("return 2\r\r");
    terminal.wait_prompt(2);
    terminal.send("f(1), f(0)\r");
    let lines = terminal.wait_line("Out[2]: (1, 2)");
    assert!(lines.iter().any(|line| line == "        return 1"), "{lines:?}");
}

#[test]
fn a_clause_dedents_itself() {
    let mut terminal = open();
    terminal.send("for x in (0, 1):\r");
    terminal.send("if x:\r");
    terminal.send("print('yes')\r");
    terminal.send("else:\r");
    terminal.send("print('no')\r\r");
    let lines = terminal.wait_prompt(2);
    assert!(lines.iter().any(|line| line == "    else:"), "{lines:?}");
    terminal.wait_line("no");
    terminal.wait_line("yes");
    terminal.send("try:\r1 / 0\rexcept ZeroDivisionError:\rprint('caught')\r\r");
    terminal.wait_line("caught");
}

#[test]
fn lines_typed_ahead_are_not_lost() {
    let mut terminal = open();
    terminal.send("a = 1\rb = 2\ra + b\r");
    terminal.wait_line("Out[3]: 3");
    terminal.wait_prompt(4);
    terminal.send("from time import sleep; sleep(0.5)\r");
    terminal.send("'typed' + ' ahead'\r1 + 1\r");
    terminal.wait_line("Out[5]: 'typed ahead'");
    terminal.wait_line("Out[6]: 2");
}

#[test]
fn ctrl_c_stops_one_long_builtin() {
    let mut terminal = open();
    let works = [
        "sum(range(10**14))",
        "'x' in map(str, range(10**12))",
        "max(range(10**13))",
        "list(zip(range(10**9)))",
        "any(iter(int, 1))",
        "import math; math.factorial(10**7)",
    ];
    for (at, work) in works.iter().enumerate() {
        terminal.send(&format!("print('run' + 'ning', {at}); {work};\r"));
        terminal.wait_line(&format!("running {at}"));
        terminal.send(CTRL_C);
        let lines = terminal.wait_prompt(at + 2);
        let mut answer = lines.iter().skip_while(|line| **line != format!("running {at}"));
        assert!(answer.any(|line| line.contains("KeyboardInterrupt")), "`{work}` was not stopped: {lines:?}");
    }
}

#[test]
fn a_pasted_block_is_one_cell() {
    let mut terminal = open();
    terminal.send("\x1b[200~def f(x):\n    return x + 1\n\nf(41)\x1b[201~");
    terminal.wait_text("f(41)");
    terminal.send("\r");
    terminal.wait_line("Out[1]: 42");
}

#[test]
fn an_error_is_reported_and_the_session_goes_on() {
    let mut terminal = open();
    terminal.send("ones = 1\r");
    terminal.wait_prompt(2);
    terminal.send("onse\r");
    terminal.wait_text("NameError");
    terminal.wait_text("did you mean");
    terminal.wait_prompt(3);
    terminal.send("ones\r");
    terminal.wait_line("Out[3]: 1");
}

#[test]
fn ctrl_c_stops_what_runs_and_keeps_variables() {
    let mut terminal = open();
    terminal.send("x = 7\r");
    terminal.wait_prompt(2);
    terminal.send("print('be' + 'gin'); [0 for _ in iter(int, 1)]\r");
    terminal.wait_line("begin");
    terminal.send(CTRL_C);
    terminal.wait_text("KeyboardInterrupt");
    terminal.wait_prompt(3);
    terminal.send("x\r");
    terminal.wait_line("Out[3]: 7");
}

#[test]
fn ctrl_c_stops_a_compute_and_a_sleep() {
    let mut terminal = open();
    terminal.send("da.random.random((10**5, 10**6), chunks=(1000, 1000)).mean().compute()\r");
    // The bar shows that it runs.
    terminal.wait_text("tasks ·");
    terminal.send(CTRL_C);
    terminal.wait_text("KeyboardInterrupt");
    terminal.wait_prompt(2);
    terminal.send("from time import sleep; print('a' + 'sleep'); sleep(1000)\r");
    terminal.wait_line("asleep");
    terminal.send(CTRL_C);
    terminal.wait_prompt(3);
}

#[test]
fn ctrl_c_at_the_prompt_drops_the_line() {
    let mut terminal = open();
    terminal.send("not finished");
    terminal.wait_text("not finished");
    terminal.send(CTRL_C);
    terminal.wait_text("KeyboardInterrupt");
    terminal.wait_prompt(1);
    terminal.send("2\r");
    terminal.wait_line("Out[1]: 2");
}

#[test]
fn ctrl_d_leaves() {
    let mut terminal = open();
    terminal.send(CTRL_D);
    assert_eq!(terminal.wait_end(), 0);
}

#[test]
fn tab_completes_names_attributes_keywords_and_magics() {
    let mut terminal = open();
    terminal.send("delaye\t");
    terminal.wait_text("In [1]: delayed");
    terminal.send(CTRL_C);
    terminal.wait_prompt(1);
    terminal.send("da.linsp\t");
    terminal.wait_text("da.linspace");
    terminal.send("(0, 1, 5, chun\t");
    terminal.wait_text("chunks=");
    terminal.send(CTRL_C);
    terminal.wait_prompt(1);
    terminal.send("%matpl\t");
    terminal.wait_text("%matplotlib");
    terminal.send(CTRL_C);
    terminal.wait_prompt(1);
    terminal.send("'a b'.spl\t");
    let lines = terminal.wait_text("splitlines");
    assert!(
        lines.iter().any(|line| line.contains("split ") && line.len() > 20),
        "with what it does beside it: {lines:?}"
    );
}

#[test]
fn history_lasts_over_sessions_and_is_searched() {
    let folder = std::env::temp_dir().join(format!("rdk-history-{}", std::process::id()));
    let path = folder.with_extension("txt");
    let path = path.to_str().expect("a temporary path is plain text");
    let mut terminal = Terminal::open(path, &[]);
    terminal.wait_prompt(1);
    terminal.send("first = 1\r");
    terminal.wait_prompt(2);
    terminal.send("second = 2\r");
    terminal.wait_prompt(3);
    terminal.send(CTRL_D);
    terminal.wait_end();
    let mut terminal = Terminal::open(path, &[]);
    terminal.wait_prompt(1);
    terminal.send(UP);
    terminal.wait_text("In [1]: second = 2");
    terminal.send(CTRL_C);
    terminal.wait_prompt(1);
    terminal.send(CTRL_R);
    terminal.send("fir");
    terminal.wait_text("first = 1");
    terminal.send("\r");
    terminal.wait_prompt(2);
    terminal.send("first\r");
    terminal.wait_line("Out[2]: 1");
    std::fs::remove_file(path).expect("the history was written");
}

#[test]
fn help_time_and_the_shell() {
    let mut terminal = open();
    terminal.send("da.ones?\r");
    terminal.wait_text("Signature:");
    terminal.wait_prompt(2);
    terminal.send("%time 1 + 1\r");
    terminal.wait_text("CPU times: user");
    terminal.wait_text("Wall time:");
    terminal.wait_line("Out[2]: 2");
    terminal.send("!echo from the shell\r");
    terminal.wait_line("from the shell");
    terminal.wait_prompt(4);
    terminal.send("%who\r");
    terminal.wait_prompt(5);
}

#[test]
fn colours_are_left_out_where_they_are_not_wanted() {
    let mut terminal = open();
    terminal.send("def f():");
    terminal.wait_text("def f():");
    assert_ne!(terminal.color_of("def f"), Some(vt100::Color::Default));
    for environment in [[("NO_COLOR", "1")], [("TERM", "dumb")]] {
        let mut terminal = Terminal::open("", &environment);
        terminal.wait_text("In [1]:");
        terminal.send("nothing_there\r");
        terminal.wait_text("NameError");
        assert_eq!(terminal.color_of("NameError"), Some(vt100::Color::Default), "{environment:?}");
    }
}

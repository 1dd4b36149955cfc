//! The program as other programs see it: arguments, streams, exit codes.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use rdk_tests::terminal::binary;

fn rdk(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(binary());
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("rdk starts");
    // It may end without reading everything.
    let _ = child.stdin.take().expect("it was piped").write_all(input);
    child.wait_with_output().expect("it ends")
}

fn check(arguments: &[&str], input: &str, code: i32, out: &str, err: &str) {
    let output = rdk(arguments, input.as_bytes());
    let (shown, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{shown}\n{errors}");
    assert_eq!(shown, out, "{arguments:?}\n{errors}");
    assert!(
        errors.contains(err) && (!err.is_empty() || errors.is_empty()),
        "{arguments:?}: expected `{err}` in\n{errors}"
    );
}

struct Script(std::path::PathBuf);

impl Script {
    fn new(name: &str, text: impl AsRef<[u8]>) -> Script {
        let path = std::env::temp_dir().join(format!("rdk-{}-{name}", std::process::id()));
        std::fs::write(&path, text).expect("the temporary folder can be written to");
        Script(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a temporary path is plain text")
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // Left behind at worst.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn values_of_bare_expressions_are_shown() {
    let script =
        Script::new("values.rdk", "#!/usr/bin/env rdk\nx = 2\nx\nx + 1\nNone\n'text'\n# %% next\n%%time\nx;\n");
    let output = rdk(&[script.path()], b"");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.starts_with("2\n3\n'text'\nCPU times: user"), "{shown}");
    check(&["-c", "1 + 1"], "", 0, "2\n", "");
    check(&[], "x = 20\nx + 1\n", 0, "21\n", "");
    check(&["-"], "'piped'", 0, "'piped'\n", "");
}

#[test]
fn a_failing_script_says_where_and_exits_with_1() {
    let script = Script::new("fails.rdk", "print('before')\n\n# %%\n1 / 0\nprint('never')\n");
    check(&[script.path()], "", 1, "before\n", "ZeroDivisionError");
    check(&[script.path()], "", 1, "before\n", "fails.rdk:4:1");
    check(&["-c", "x ="], "", 1, "", "SyntaxError");
    check(&["/no/such/script.rdk"], "", 1, "", "there is no such file");
    let script = Script::new("latin1.rdk", b"x = 1\ny = '\xe9'\n");
    check(&[script.path()], "", 1, "", "line 2 is not UTF-8 text");
}

#[test]
fn exit_codes_are_the_scripts_own() {
    check(&["-c", "import sys; sys.exit(3)"], "", 3, "", "");
    check(&["-c", "import sys; sys.exit()"], "", 0, "", "");
    check(&["-c", "raise SystemExit('gone')"], "", 1, "", "gone");
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [&["--no-such-option"][..], &["--threads", "none"], &["--memory", "lots"]] {
        assert_eq!(rdk(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
    let help = rdk(&["--help"], b"");
    assert!(String::from_utf8_lossy(&help.stdout).contains("rdk walk.rdk"));
    assert!(String::from_utf8_lossy(&rdk(&["--version"], b"").stdout).starts_with("rdk 0."));
}

#[test]
fn arguments_reach_the_script() {
    let script = Script::new("arguments.rdk", "import sys\nsys.argv[1:]\n");
    check(&[script.path(), "a", "--b"], "", 0, "['a', '--b']\n", "");
    check(&["-c", "import sys; sys.argv", "a", "b"], "", 0, "['-c', 'a', 'b']\n", "");
}

#[test]
fn garbage_is_an_error_and_never_a_crash() {
    let million = |text: &str| text.repeat(1_000_000 / text.len());
    for text in [
        million("("),
        million("["),
        million("{"),
        million("-"),
        million("not "),
        million("f'{"),
        million("a."),
        million("a+"),
        "\0\u{7}\u{feff}".to_string(),
    ] {
        let output = rdk(&["-"], text.as_bytes());
        assert_eq!(output.status.code(), Some(1), "{}…", &text[..text.len().min(10)]);
        assert!(!output.stderr.is_empty());
    }
    let output = rdk(&["-"], &[0xff, 0xfe, 0x00, 0x80]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn output_is_clean_when_it_is_not_a_terminal() {
    let output = rdk(&["-c", "da.ones((4, 4))\nnothing"], b"");
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
}

#[test]
fn frames_larger_than_the_budget_go_over_the_disk() {
    let script = Script::new(
        "large.rdk",
        "df = dask.datasets.timeseries('2000-01-01', '2000-01-16', freq='2s', partition_freq='6h', seed=1)\n\
         n, total = len(df), df.id.sum().compute()\n\
         s = df.sort_values('x')\n\
         print(len(s) == n, s.id.sum().compute() == total, s.x.diff().min().compute() >= 0)\n\
         s = df.set_index('y')\n\
         print(len(s) == n, s.id.sum().compute() == total, s.index.compute().is_monotonic_increasing)\n\
         many = df.assign(k=(df.x * 1e6).astype(int)).groupby('k').id.sum()\n\
         print(many.sum().compute() == total)\n\
         print(df.groupby('id').x.median().count().compute() == df.id.nunique().compute())\n\
         m = df.merge(df.groupby('name').id.count().reset_index().rename(columns={'id': 'n'}), on='name')\n\
         print(len(m) == n)\n",
    );
    let out = "True True True\nTrue True True\nTrue\nTrue\nTrue\n";
    check(&["--memory", "24MB", script.path()], "", 0, out, "");
}

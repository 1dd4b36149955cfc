//! `!command`, `%ls` and its kin, `%%bash`.

use rdk_runtime::{Result, Stream, Value, bail, error, show};
use rdk_syntax::tree::MagicForm;

use super::Run;
use crate::shell::{self, Ended};

/// `!command`, `%ls …`: shown as it comes.
pub(super) fn command(run: &Run) -> Result<Option<Value>> {
    let context = run.context;
    execute(run, &command_line(run)?, &mut |stream, text| context.shared.output.write(stream, text))?;
    Ok(None)
}

/// The output of a command as a list of lines.
pub(super) fn lines(run: &Run) -> Result<Option<Value>> {
    let mut text = String::new();
    execute(run, &interpolate(run, run.argument())?, &mut |_, piece| text.push_str(piece))?;
    Ok(Some(Value::list(text.lines().map(Value::str))))
}

/// `%%bash`
pub(super) fn script(run: &Run) -> Result<Option<Value>> {
    let body = run.magic.body.as_ref().map_or("", |(text, _)| text);
    let context = run.context;
    execute(run, body, &mut |stream, text| context.shared.output.write(stream, text))?;
    Ok(None)
}

fn command_line(run: &Run) -> Result<String> {
    let line = interpolate(run, &run.magic.argument)?;
    Ok(match run.magic.form {
        MagicForm::Shell | MagicForm::ShellCapture => line,
        MagicForm::Line | MagicForm::Cell => {
            let command = match &*run.magic.name {
                "ls" => "ls -F",
                "ll" => "ls -lF",
                other => other,
            };
            format!("{command} {line}")
        }
    })
}

fn execute(run: &Run, command: &str, show: &mut dyn FnMut(Stream, &str)) -> Result<()> {
    let cancel = &run.context.shared.cancel;
    let ended = rdk_graph::blocking(|| shell::run(command, cancel, show));
    match ended {
        Ok(Ended::Code(code)) => {
            run.context.globals.set(&"_exit_code".into(), Value::Int(code.into()));
            Ok(())
        }
        Ok(Ended::Cancelled) => Err(rdk_runtime::context::interrupted()),
        Err(error) => bail!(OSError: "the shell could not be started: {error}"),
    }
}

/// Puts the values of `{expression}` and `$name` into a command; `$NAME` that is no variable is left to the shell, `$$` is `$`.
fn interpolate(run: &Run, line: &str) -> Result<String> {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['{', '$']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("$$") {
            text.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('$') {
            let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
            match run.context.globals.get(&after[..end]).filter(|_| end > 0) {
                Some(value) => text.push_str(&show::text(&value)),
                None => text.push_str(&rest[..end + 1]),
            }
            rest = &after[end..];
        } else {
            // What is no expression, such as `{a,b}` of the shell or `${HOME}`, stays as it is.
            let Some(end) = rest.find('}') else { break };
            let inside = &rest[1..end];
            match evaluate(run, inside) {
                Ok(value) if !text.ends_with('$') => text.push_str(&show::text(&value)),
                _ => text.push_str(&rest[..=end]),
            }
            rest = &rest[end + 1..];
        }
    }
    text.push_str(rest);
    Ok(text)
}

fn evaluate(run: &Run, expression: &str) -> Result<Value> {
    let source = rdk_syntax::Source::new("!", expression);
    run.context.run_cell(&super::parse(&source)?)?.ok_or_else(|| error!(SyntaxError: "not an expression"))
}

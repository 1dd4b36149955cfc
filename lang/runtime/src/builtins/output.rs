//! `print`, `input`, `display`.

use crate::builtin::Rest;
use crate::context::{Context, Stream};
use crate::error::{Kind, Result};
use crate::types::raised;
use crate::value::Value;
use crate::{bail, builtins, error};

builtins! {
    /// Shows values as text, with spaces between them and a new line at the end.
    ///
    /// ```rdk
    /// print("a", 1, 2.5)
    /// #> a 1 2.5
    /// print("x", "y", sep="-", end="!\n")
    /// #> x-y!
    /// ```
    fn print[context](
        /// The values.
        args: Rest,
        /// What stands between them.
        sep: Option<String> = " ",
        /// What stands after the last one.
        end: Option<String> = "\n",
        /// Where it goes: an open file, `sys.stderr`; to the screen if not given.
        file: Option<Value>,
        /// Nothing is held back in any case.
        flush: bool = false,
    ) -> Result<()> {
        let _ = flush;
        print(context, &args.0, sep.as_deref().unwrap_or(" "), end.as_deref().unwrap_or("\n"), file)
    }

    /// Ends the program or the session.
    ///
    /// ```rdk
    /// exit(2)
    /// #! 1:1 SystemExit: 2
    /// ```
    fn exit(
        /// The exit code, or text for standard error and exit code 1.
        code: Option<Value>,
    ) -> Result<()> { Err(raised(Kind::SystemExit, code.into_iter().collect())) }

    /// Ends the program or the session, as `exit` does.
    fn quit(
        /// The exit code, or text for standard error and exit code 1.
        code: Option<Value>,
    ) -> Result<()> { Err(raised(Kind::SystemExit, code.into_iter().collect())) }

    /// A line from the person at the keyboard.
    fn input[context](
        /// What to show before.
        prompt: Value = "",
    ) -> Result<String> {
        read_line(context, &prompt.text())
    }

}

fn read_line(context: &Context, prompt: &str) -> Result<String> {
    let output = &context.shared.output;
    if !output.can_ask() {
        bail!(RuntimeError: "`input` was called where nobody can be asked"; hint: "run the cell in a notebook or at a prompt that takes input");
    }
    let line = output.read_line(prompt);
    // Whoever asks to stop while a line is waited for gives none.
    context.check()?;
    line.ok_or_else(|| error!(EOFError: "there is no more input"))
}

fn print(context: &Context, args: &[Value], sep: &str, end: &str, file: Option<Value>) -> Result<()> {
    let mut line = String::new();
    for (at, value) in args.iter().enumerate() {
        if at > 0 {
            line.push_str(sep);
        }
        match value {
            Value::Str(text) => line.push_str(text),
            other => line.push_str(&other.text()),
        }
    }
    line.push_str(end);
    match file {
        None => context.shared.output.write(Stream::Out, &line),
        Some(file) => write_to(context, &file, &line)?,
    }
    Ok(())
}

/// Writes text to anything that has a method `write`.
pub fn write_to(context: &Context, file: &Value, text: &str) -> Result<()> {
    match crate::operators::find(context, file, "write")? {
        Some(write) => context.call(&write, crate::Args::one(Value::str(text))).map(drop),
        None => {
            bail!(AttributeError: "'{}' object has no attribute 'write'", file.class().name; hint: "`open(path, \"w\")` gives a file")
        }
    }
}

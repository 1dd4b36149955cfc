//! Magic commands: `%time`, `%%timeit`, `!ls`, `%who`…

mod files;
mod session;
mod shell;
mod time;

use std::sync::Arc;

use parking_lot::Mutex;
use rdk_runtime::builtin::nearest;
use rdk_runtime::context::Magics;
use rdk_runtime::{Context, Result, Stream, Trail, Value, bail, error};
use rdk_syntax::tree::{Cell, Magic, MagicForm};
use rdk_syntax::{Place, Source, Span};

use crate::session::Showing;

/// What is known of a magic command.
pub struct Info {
    /// Its name, without `%`.
    pub name: &'static str,
    /// Can it be written `%name`?
    pub line: bool,
    /// Can it be written `%%name`?
    pub cell: bool,
    /// What it does, in a line.
    pub doc: &'static str,
    run: fn(&Run) -> Result<Option<Value>>,
}

/// One use of a magic command.
struct Run<'a> {
    session: &'a SessionMagics,
    context: &'a Context,
    magic: &'a Magic,
    place: &'a Place,
}

macro_rules! magics {
    ($($name:literal $form:ident $run:path: $doc:literal;)*) => {
        /// All magic commands, in order of their names.
        pub const MAGICS: &[Info] = &[$(Info {
            name: $name,
            line: !matches!(stringify!($form).as_bytes(), b"cell"),
            cell: !matches!(stringify!($form).as_bytes(), b"line"),
            doc: $doc,
            run: $run,
        }),*];
    };
}

magics! {
    "bash" cell shell::script: "Run the cell in the shell.";
    "cat" line shell::command: "Show a file.";
    "cd" line files::cd: "Change the folder; without an argument go home, `-` goes back.";
    "conda" line session::no_packages: "There is nothing to install: rdk brings its modules with it.";
    "config" line session::nothing: "Accepted for IPython's sake; does nothing.";
    "cp" line shell::command: "Copy files.";
    "env" line files::env: "Show or set environment variables.";
    "file" cell files::write: "Write the cell to a file.";
    "history" line session::history: "Show what was typed; `-n` with numbers.";
    "hist" line session::history: "Show what was typed; `-n` with numbers.";
    "ll" line shell::command: "List files with their sizes.";
    "load" line session::load: "Put a file's text at the next prompt.";
    "load_ext" line session::nothing: "Accepted for IPython's sake; does nothing.";
    "ls" line shell::command: "List files.";
    "lsmagic" line session::lsmagic: "List the magic commands.";
    "matplotlib" line session::nothing: "Accepted: plots are always shown inline.";
    "mkdir" line shell::command: "Make a folder.";
    "mv" line shell::command: "Move or rename files.";
    "pip" line session::no_packages: "There is nothing to install: rdk brings its modules with it.";
    "pwd" line files::pwd: "Where we are.";
    "reset" line session::reset: "Forget all variables.";
    "rm" line shell::command: "Remove files.";
    "rmdir" line shell::command: "Remove a folder.";
    "run" line session::run: "Run a script here: its variables stay.";
    "sh" cell shell::script: "Run the cell in the shell.";
    "sx" line shell::lines: "Run a shell command and give its output as a list of lines.";
    "system" line shell::lines: "Run a shell command and give its output as a list of lines.";
    "time" both time::time: "Time one statement, or the cell.";
    "timeit" both time::timeit: "Time a statement, or the cell, over many turns.";
    "who" line session::who: "Names of variables.";
    "who_ls" line session::who_ls: "Names of variables, as a list.";
    "whos" line session::whos: "Variables, what they are and what they hold.";
    "writefile" cell files::write: "Write the cell to a file.";
}

/// What magic commands keep between cells.
#[derive(Default)]
pub struct SessionMagics {
    /// What was typed, oldest first.
    inputs: Mutex<Vec<String>>,
    /// What `%load` wants to stand at the next prompt.
    next_input: Mutex<Option<String>>,
    /// Where `%cd -` goes.
    last_folder: Mutex<Option<std::path::PathBuf>>,
}

/// The session's magic commands as the evaluator knows them.
pub struct Door(pub Arc<SessionMagics>);

impl Magics for Door {
    fn run(&self, context: &Context, magic: &Magic, place: &Place) -> Result<Option<Value>> {
        let run = Run { session: &self.0, context, magic, place };
        match magic.form {
            MagicForm::Shell if run.is_assigned() => return shell::lines(&run),
            MagicForm::Shell => return shell::command(&run),
            MagicForm::ShellCapture => return shell::lines(&run),
            MagicForm::Line | MagicForm::Cell => {}
        }
        let cell = magic.form == MagicForm::Cell;
        let sign = if cell { "%%" } else { "%" };
        match MAGICS.iter().find(|info| info.name == &*magic.name) {
            Some(info) if cell && !info.cell => {
                bail!(UsageError: "`%{0}` is for one line, there is no `%%{0}`", info.name; hint: "{}", info.doc)
            }
            Some(info) if !cell && !info.line => {
                bail!(UsageError: "`%%{0}` is for a whole cell, there is no `%{0}`", info.name; hint: "{}", info.doc)
            }
            Some(info) => (info.run)(&run).at(|| place.clone()),
            None => {
                let error = error!(UsageError: "there is no magic command `{sign}{}`", magic.name);
                Err(match nearest(&magic.name, MAGICS.iter().map(|info| info.name)) {
                    Some(near) => error.hint(format!("did you mean `{sign}{near}`?")),
                    None => error.hint("`%lsmagic` lists them"),
                })
            }
        }
    }

    fn help(&self, context: &Context, object: &str, detail: bool, place: &Place) -> Result<()> {
        let text = crate::help::of_text(context, object, detail).at(|| place.clone())?;
        context.shared.output.page(&text);
        Ok(())
    }
}

impl SessionMagics {
    /// Keeps what was typed for `%history`.
    pub fn remember(&self, text: &str) {
        self.inputs.lock().push(text.to_string());
    }

    /// What `%load` wants to stand at the next prompt; once.
    pub fn take_next_input(&self) -> Option<String> {
        self.next_input.lock().take()
    }

    /// Runs a text; gives the value of its last expression when that is to be shown.
    pub fn run_source(&self, context: &Context, source: Arc<Source>, showing: Showing) -> Result<Option<Value>> {
        let cell = parse(&source)?;
        match showing {
            Showing::Last => Ok(context.run_cell(&cell)?.filter(|_| !cell.hushed)),
            Showing::Every => {
                context.run_cell_with(&cell, &mut |value| {
                    if !value.is_none() {
                        context.shared.output.display(&rdk_runtime::show::display::summary(&value));
                    }
                    Ok(())
                })?;
                Ok(None)
            }
        }
    }
}

/// A text as a tree; a mistake in it as an error with its place.
pub fn parse(source: &Arc<Source>) -> Result<Cell> {
    rdk_syntax::parse(source.clone()).map_err(|mistake| crate::report::syntax_error(mistake, source))
}

impl Run<'_> {
    fn print(&self, text: &str) {
        self.context.shared.output.write(Stream::Out, text);
    }

    /// Does its value go into a variable, as in `files = !ls`?
    fn is_assigned(&self) -> bool {
        let before = self.place.source.text.get(..self.place.span.start as usize).unwrap_or("");
        before.trim_end_matches([' ', '\t']).ends_with('=')
    }

    fn argument(&self) -> &str {
        self.magic.argument.trim()
    }

    /// What it is to work on: the cell below, or the rest of its line from this many bytes on.
    fn statement(&self, skip: usize) -> Result<Cell> {
        let source = &self.place.source;
        let (start, end) = match &self.magic.body {
            Some((text, start)) => (*start, *start + text.len() as u32),
            None => {
                let line = source.slice(self.place.span);
                let argument = line.rfind(self.magic.argument.as_str()).unwrap_or(line.len()) + skip;
                let start = self.place.span.start + argument as u32;
                (start, start + (self.magic.argument.len().saturating_sub(skip)) as u32)
            }
        };
        rdk_syntax::parse_part(source.clone(), Span::new(start, end))
            .map_err(|mistake| crate::report::syntax_error(mistake, source))
    }
}

//! The prompt: read a cell, run it, show its value.

use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;

use rdk::{Kind, Output, Session, Stream};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor, EventHandler, KeyEvent};

use crate::editor::{Assistant, Enter, Tab};
use crate::terminal::Terminal;

/// How many cells the history keeps.
const HISTORY_LENGTH: usize = 10_000;

/// Opens the prompt; returns when the person leaves.
pub fn open(session: Session, terminal: Arc<Terminal>) -> ExitCode {
    let session = Rc::new(RefCell::new(session));
    let mut editor = match editor(&session, &terminal) {
        Ok(editor) => editor,
        Err(error) => {
            terminal.write(Stream::Err, &format!("rdk: the terminal cannot be used: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    terminal.write(
        Stream::Out,
        &format!("rdk {} · `x?` helps, `%lsmagic` lists commands, Ctrl-D leaves\n\n", env!("CARGO_PKG_VERSION")),
    );
    // Without it what tasks print goes where the cursor is.
    if let Ok(printer) = editor.create_external_printer() {
        terminal.print_above(printer);
    }
    let history = rdk::place::history_file("");
    if let Some(path) = &history {
        // No history yet is the usual case on the first day.
        let _ = editor.load_history(path);
    }
    let mut initial = String::new();
    loop {
        let number = session.borrow().number();
        let raw = format!("In [{number}]: ");
        let styled = match terminal.color {
            true => format!("\x1b[32mIn [\x1b[1m{number}\x1b[0;32m]: \x1b[0m"),
            false => raw.clone(),
        };
        let given = std::mem::take(&mut initial);
        let line = terminal.reading(|| editor.readline_with_initial(&(raw, styled), (&given, "")));
        let text = match line {
            Ok(text) => text,
            Err(ReadlineError::Interrupted) => {
                terminal.write(Stream::Out, "KeyboardInterrupt\n\n");
                continue;
            }
            Err(ReadlineError::Eof) => return ExitCode::SUCCESS,
            Err(error) => {
                terminal.write(Stream::Err, &format!("rdk: the terminal is gone: {error}\n"));
                return ExitCode::FAILURE;
            }
        };
        if text.trim().is_empty() {
            continue;
        }
        // A full disk must not end the session: the history then stays in memory.
        let _ = editor.add_history_entry(text.trim_end());
        if let Some(path) = &history {
            let _ = editor.append_history(path);
        }
        if matches!(text.trim(), "exit" | "quit" | "exit()" | "quit()") {
            return ExitCode::SUCCESS;
        }
        let reply = session.borrow_mut().execute(&text);
        if let Some(error) = &reply.error {
            if error.0.kind == Kind::SystemExit {
                terminal.write(Stream::Err, &rdk::session::last_words(error));
                return rdk::session::exit_code(error).into();
            }
            terminal.report(error);
        }
        if let Some(summary) = &reply.value {
            let drawn = terminal.draw(summary);
            let label = match terminal.color {
                true => format!("\x1b[31mOut[\x1b[1m{number}\x1b[0;31m]: \x1b[0m"),
                false => format!("Out[{number}]: "),
            };
            let separator = if drawn.trim_end().contains('\n') { "\n" } else { "" };
            terminal.write(Stream::Out, &format!("{label}{separator}{}\n", drawn.trim_end_matches('\n')));
        }
        for picture in &reply.pictures {
            terminal.display(picture);
        }
        terminal.write(Stream::Out, "\n");
        initial = session.borrow().take_next_input().unwrap_or_default();
    }
}

fn editor(
    session: &Rc<RefCell<Session>>,
    terminal: &Arc<Terminal>,
) -> rustyline::Result<Editor<Assistant, FileHistory>> {
    let config = Config::builder()
        .max_history_size(HISTORY_LENGTH)?
        .history_ignore_dups(true)?
        .completion_type(rustyline::CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .tab_stop(4)
        .indent_size(4)
        .bracketed_paste(true)
        .build();
    let mut editor = Editor::with_config(config)?;
    let assistant = Assistant::new(session.clone(), terminal.color);
    let colon = assistant.colon();
    editor.set_helper(Some(assistant));
    editor.bind_sequence(KeyEvent::from('\r'), EventHandler::Conditional(Box::new(Enter)));
    editor.bind_sequence(KeyEvent::from('\n'), EventHandler::Conditional(Box::new(Enter)));
    editor.bind_sequence(KeyEvent::from(':'), EventHandler::Conditional(Box::new(colon)));
    editor.bind_sequence(KeyEvent::from('\t'), EventHandler::Conditional(Box::new(Tab)));
    Ok(editor)
}

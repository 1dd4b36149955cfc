//! Scripts: a file, a text on the command line, or standard input.

use std::io::Read;
use std::process::ExitCode;
use std::sync::Arc;

use rdk::{Kind, Output, Session, Showing, Stream};

use crate::signals;
use crate::terminal::Terminal;

/// A script to run.
pub struct Work {
    name: String,
    text: Result<String, String>,
}

impl Work {
    /// A text that is at hand.
    pub fn text(name: &str, text: &str) -> Work {
        Work { name: name.to_string(), text: Ok(text.to_string()) }
    }

    /// The text of a file.
    pub fn file(path: &str) -> Work {
        let text = match std::fs::read(path) {
            Ok(bytes) => decode(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err("there is no such file".to_string()),
            Err(error) => Err(error.to_string()),
        };
        Work { name: path.to_string(), text }
    }

    /// All of standard input.
    pub fn input() -> Work {
        let mut bytes = Vec::new();
        let text =
            std::io::stdin().read_to_end(&mut bytes).map_err(|error| error.to_string()).and_then(|_| decode(bytes));
        Work { name: "<stdin>".to_string(), text }
    }

    /// What a report calls it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn decode(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let line =
            error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8 text")
    })
}

/// Runs it, cell by cell; the values of bare expressions are shown.
pub fn run(session: &Session, work: Work, terminal: &Arc<Terminal>) -> ExitCode {
    let text = match work.text {
        Ok(text) => text,
        Err(message) => {
            terminal.write(Stream::Err, &format!("rdk: {}: {message}\n", work.name));
            return ExitCode::FAILURE;
        }
    };
    signals::in_script(true);
    let mut code = ExitCode::SUCCESS;
    for cell in rdk::session::script_cells(&work.name, &text) {
        if let Err(error) = session.run(cell, Showing::Every) {
            code = match error.0.kind {
                Kind::SystemExit => rdk::session::exit_code(&error).into(),
                Kind::KeyboardInterrupt => 130.into(),
                _ => 1.into(),
            };
            match error.0.kind {
                Kind::SystemExit => terminal.write(Stream::Err, &rdk::session::last_words(&error)),
                _ => terminal.report(&error),
            }
            break;
        }
    }
    signals::in_script(false);
    code
}

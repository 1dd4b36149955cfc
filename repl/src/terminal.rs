//! Where a session prints: standard output and standard error, with or without colours.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::bar::Bar;
use rdk::report::Look;
use rdk::summary::{Summary, text};
use rdk::{Error, Output, Stream};
use rustyline::ExternalPrinter;

/// The terminal, or the files that stand in its place.
pub struct Terminal {
    /// Standard output shows colours.
    pub color: bool,
    /// Standard error shows colours.
    pub error_color: bool,
    /// It can show more than ASCII.
    unicode: bool,
    /// Drawn below what is printed while something runs; whoever prints takes it away first.
    pub bar: Mutex<Bar>,
    /// A line is being typed: what tasks print meanwhile goes above it.
    reading: AtomicBool,
    above: Arc<Above>,
}

/// What is to be printed above the line that is being typed. A thread of its own does that: no task waits for the person.
#[derive(Default)]
struct Above {
    text: Mutex<String>,
    changed: Condvar,
}

impl Terminal {
    /// Looks at the environment once.
    pub fn new() -> Arc<Terminal> {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || dumb();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        // Only a locale that says otherwise takes the box characters away.
        let unicode = !dumb() && locale.is_none_or(|locale| !matches!(locale.as_str(), "C" | "POSIX"));
        Arc::new(Terminal {
            color: !plain && io::stdout().is_terminal(),
            error_color: !plain && io::stderr().is_terminal(),
            unicode,
            bar: Mutex::new(Bar::default()),
            reading: AtomicBool::new(false),
            above: Arc::default(),
        })
    }

    /// A value as text.
    pub fn draw(&self, summary: &Summary) -> String {
        text::draw(summary, &text::TextOptions { width: self.width(), color: self.color, unicode: self.unicode })
    }

    /// Prints with this what comes while a line is being typed.
    pub fn print_above(&self, mut printer: impl ExternalPrinter + Send + 'static) {
        let above = self.above.clone();
        std::thread::spawn(move || {
            loop {
                let mut text = above.text.lock().unwrap_or_else(PoisonError::into_inner);
                // Only whole lines: the line that is being typed begins on one of its own.
                let end = loop {
                    if let Some(end) = text.rfind('\n') {
                        break end + 1;
                    }
                    text = above.changed.wait(text).unwrap_or_else(PoisonError::into_inner);
                };
                let lines: String = text.drain(..end).collect();
                drop(text);
                if printer.print(lines).is_err() {
                    return;
                }
            }
        });
    }

    /// Has a line typed; whoever prints meanwhile prints above it, and no bar is drawn.
    pub fn reading<T>(&self, read: impl FnOnce() -> T) -> T {
        self.reading.store(true, Ordering::SeqCst);
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).hide();
        let line = read();
        self.reading.store(false, Ordering::SeqCst);
        let left = std::mem::take(&mut *self.above.text.lock().unwrap_or_else(PoisonError::into_inner));
        if !left.is_empty() {
            self.write(Stream::Out, &left);
        }
        line
    }

    /// Is a line being typed?
    pub fn is_reading(&self) -> bool {
        self.reading.load(Ordering::SeqCst)
    }

    /// Prints a report to standard error.
    pub fn report(&self, error: &Error) {
        let look = Look { color: self.error_color, width: self.width() };
        self.write(Stream::Err, &format!("{}\n", rdk::report::draw(error, look)));
    }
}

/// Does the terminal say that it knows no escape codes?
pub fn dumb() -> bool {
    std::env::var("TERM").is_ok_and(|term| term == "dumb")
}

impl Output for Terminal {
    fn write(&self, stream: Stream, text: &str) {
        if self.is_reading() {
            self.above.text.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
            self.above.changed.notify_one();
            return;
        }
        // A closed pipe (`rdk … | head`) is the reader's business: there is nobody left to tell.
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        bar.hide();
        let _ = match stream {
            Stream::Out => io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()),
            Stream::Err => io::stderr().write_all(text.as_bytes()),
        };
    }

    fn display(&self, summary: &Summary) {
        self.write(Stream::Out, &format!("{}\n", self.draw(summary).trim_end_matches('\n')));
    }

    fn read_line(&self, prompt: &str) -> Option<String> {
        self.write(Stream::Out, prompt);
        let mut line = String::new();
        match io::stdin().read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end_matches(['\n', '\r']).to_string()),
        }
    }

    fn width(&self) -> usize {
        columns().unwrap_or(80)
    }
}

/// How many columns the terminal has.
fn columns() -> Option<usize> {
    // SAFETY: `ioctl` with TIOCGWINSZ fills the struct that it is given; a zeroed one is a valid value of it.
    let size = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        (libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, &mut size) == 0).then_some(size)
    };
    size.map(|size| usize::from(size.ws_col)).filter(|&columns| columns > 0)
}

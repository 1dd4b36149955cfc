//! A live bar for what takes longer than half a second.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressDrawTarget, ProgressStyle};
use rdk::Session;

use crate::terminal::{self, Terminal};

/// Before this a bar would only flicker.
const PATIENCE: Duration = Duration::from_millis(500);

/// Looks at what runs, now and then, on a thread of its own.
pub fn watch(session: &Session, terminal: Arc<Terminal>) {
    if !std::io::IsTerminal::is_terminal(&std::io::stderr()) || terminal::dumb() {
        return;
    }
    let engine = session.engine();
    let style = ProgressStyle::with_template("{bar:30} {percent:>3} % · {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let style = style.progress_chars("█▉▊▋▌▍▎▏ ");
    std::thread::spawn(move || {
        let mut shown = false;
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let progress = engine.progress().filter(|progress| progress.elapsed() > PATIENCE);
            match progress {
                Some(progress) => {
                    if !shown {
                        terminal.bar.reset();
                        terminal.bar.set_style(style.clone());
                        terminal.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
                        shown = true;
                    }
                    terminal.bar.set_length(progress.total() as u64);
                    terminal.bar.set_position(progress.done() as u64);
                    terminal.bar.set_message(rdk::session::progress_line(&progress));
                }
                None if shown => {
                    terminal.bar.finish_and_clear();
                    terminal.bar.set_draw_target(ProgressDrawTarget::hidden());
                    shown = false;
                }
                None => {}
            }
        }
    });
}

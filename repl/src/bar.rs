//! A live bar for what takes longer than half a second.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rdk::Session;
use rdk::graph::progress::Progress;

use crate::terminal::{self, Terminal};

/// Before this a bar would only flicker.
const PATIENCE: Duration = Duration::from_millis(500);

/// Looks at what runs, now and then, on a thread of its own.
pub fn watch(session: &Session, terminal: Arc<Terminal>) {
    if !std::io::IsTerminal::is_terminal(&std::io::stderr()) || terminal::dumb() {
        return;
    }
    let engine = session.engine();
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let progress = engine.progress().filter(|progress| progress.elapsed() > PATIENCE);
            let mut bar = terminal.bar.lock().unwrap_or_else(PoisonError::into_inner);
            // Asked with the lock: the bar is gone before a line is typed, and does not come back meanwhile.
            match progress.filter(|_| !terminal.is_reading()) {
                Some(progress) => bar.show(&progress),
                None => bar.hide(),
            }
        }
    });
}

/// The bar, where it is on the screen.
#[derive(Default)]
pub struct Bar(Option<ProgressBar>);

impl Bar {
    /// Draws it as far as things have come.
    fn show(&mut self, progress: &Progress) {
        let bar = self.0.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            let style = ProgressStyle::with_template("{bar:30} {percent:>3} % · {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("█▉▊▋▌▍▎▏ "));
            bar
        });
        bar.set_length(progress.total() as u64);
        bar.set_position(progress.done() as u64);
        bar.set_message(rdk::session::progress_line(progress));
    }

    /// Takes it off the screen.
    pub fn hide(&mut self) {
        if let Some(bar) = self.0.take() {
            bar.finish_and_clear();
        }
    }
}

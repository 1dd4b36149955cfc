//! Live progress: a display under the cell, for what takes longer than half a second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jupyter_protocol::JupyterMessage;
use parking_lot::Mutex;
use rdk::graph::Engine;
use rdk::graph::progress::Progress;
use rdk::session::progress_bars;
use rdk::summary::{Media, Summary, bars};
use rdk::timing::format_time;
use serde_json::json;

use crate::iopub::Queue;
use crate::output::shown;

/// Before this bars would only flicker.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often it is looked, and how often the bars are drawn at most.
const TICK: Duration = Duration::from_millis(100);
const PAUSE: Duration = Duration::from_millis(200);

/// Looks at what the engine does for the cell that runs.
pub struct Live {
    queue: Arc<Queue>,
    engine: Arc<Engine>,
    turn: Mutex<Option<Turn>>,
}

/// The cell that runs.
struct Turn {
    parent: Arc<JupyterMessage>,
    /// The name of the display; there is one in each cell, for all of its runs.
    id: String,
    /// Has it been shown?
    begun: bool,
    /// The run whose bars are on the page, as it was last seen, and when that was.
    last: Option<(Progress, Instant)>,
    /// Tasks and seconds of runs before that.
    tasks: usize,
    seconds: f64,
}

impl Live {
    /// Of this engine.
    pub fn new(queue: Arc<Queue>, engine: Arc<Engine>) -> Arc<Live> {
        Arc::new(Live { queue, engine, turn: Mutex::new(None) })
    }

    /// A cell begins.
    pub fn begin(&self, parent: Arc<JupyterMessage>) {
        let id = format!("progress-{}", parent.header.msg_id);
        *self.turn.lock() = Some(Turn { parent, id, begun: false, last: None, tasks: 0, seconds: 0.0 });
    }

    /// The cell is over.
    pub fn end(&self, is_done: bool) {
        if let Some(mut turn) = self.turn.lock().take() {
            self.collapse(&mut turn, is_done);
        }
    }

    /// Looks now and then, for ever.
    pub async fn watch(self: Arc<Live>) {
        loop {
            tokio::time::sleep(TICK).await;
            let mut turn = self.turn.lock();
            if let Some(turn) = &mut *turn {
                self.look(turn);
            }
        }
    }

    fn look(&self, turn: &mut Turn) {
        let Some(progress) = self.engine.progress().filter(|progress| progress.elapsed() > PATIENCE) else {
            return self.collapse(turn, true);
        };
        match &turn.last {
            Some((last, _)) if last.run != progress.run => turn.add_up(),
            Some((_, at)) if at.elapsed() < PAUSE => return,
            _ => {}
        }
        self.show(turn, progress_bars(&progress).media());
        turn.last = Some((progress, Instant::now()));
    }

    /// One line takes the place of the bars.
    fn collapse(&self, turn: &mut Turn, is_done: bool) {
        let Some((last, _)) = &turn.last else { return };
        let (done, total) = (last.done(), last.total());
        turn.add_up();
        let seconds = format_time(turn.seconds);
        let line = match is_done {
            true => format!("{} tasks in {seconds}", turn.tasks),
            false => format!("stopped after {done} of {total} tasks, {seconds}"),
        };
        self.show(turn, bars::line(&line));
    }

    fn show(&self, turn: &mut Turn, media: Media) {
        let kind = if std::mem::replace(&mut turn.begun, true) { "update_display_data" } else { "display_data" };
        let mut content = shown(&Summary::Media(media), Some(&turn.id));
        // So that who compares notebooks can tell it from what a cell shows itself.
        content["metadata"] = json!({"rdk_progress": true});
        self.queue.say(kind, content, Some(&turn.parent));
    }
}

impl Turn {
    fn add_up(&mut self) {
        if let Some((last, _)) = self.last.take() {
            self.tasks += last.total();
            self.seconds += last.elapsed().as_secs_f64();
        }
    }
}

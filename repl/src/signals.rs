//! Ctrl-C while something runs.
//!
//! The first one asks what runs to stop; the prompt stays, with its variables. A second one within a script ends the process
//! at once, for when the first was not heard.

use std::sync::atomic::{AtomicBool, Ordering};

use rdk::graph::Cancel;

static IN_SCRIPT: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C.
pub fn install(cancel: Cancel) {
    let handler = move || {
        if cancel.requested() && IN_SCRIPT.load(Ordering::Relaxed) {
            // SAFETY: `_exit` may be called from a signal handler.
            unsafe { libc::_exit(130) };
        }
        cancel.request();
    };
    // SAFETY: the handler reads and sets flags only, which a signal handler may do.
    let installed = unsafe { signal_hook::low_level::register(signal_hook::consts::SIGINT, handler) };
    // Without it Ctrl-C ends the process, as it does for any program.
    drop(installed);
}

/// A script is running (or has ended).
pub fn in_script(running: bool) {
    IN_SCRIPT.store(running, Ordering::Relaxed);
}

//! A real pseudo-terminal with `rdk` at its other end, and the screen as a person sees it.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program, built as this test was.
pub fn binary() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().expect("a test knows its own path");
        let folder = test.parent().and_then(|deps| deps.parent()).expect("tests are built into target/<profile>/deps");
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "rdk-repl"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo runs").success(), "rdk does not build");
        folder.join("rdk")
    })
}

/// A terminal of 24 lines of 80 characters.
pub struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    // Closing it hangs up.
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    /// Opens the prompt with this history file and these further variables of the environment.
    pub fn open(history: &str, environment: &[(&str, &str)]) -> Terminal {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("there are pseudo-terminals");
        let mut command = CommandBuilder::new(binary());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("RDK_HISTORY", history);
        command.env_remove("NO_COLOR");
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        let child = pair.slave.spawn_command(command).expect("rdk starts");
        let mut reader = pair.master.try_clone_reader().expect("a terminal can be read");
        let writer = pair.master.take_writer().expect("a terminal can be written to");
        let side = |length: u16| std::num::NonZero::new(length).expect("a terminal has a size");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(side(24), side(80), 1000)));
        let seen = screen.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                seen.lock().process(&buffer[..n]);
            }
        });
        Terminal { screen, writer, child, _master: pair.master }
    }

    /// Types this.
    pub fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).and_then(|()| self.writer.flush()).expect("the terminal is open");
    }

    /// The screen's lines, without spaces at their ends.
    pub fn lines(&self) -> Vec<String> {
        self.screen.lock().screen().contents().lines().map(|line| line.trim_end().to_string()).collect()
    }

    /// Waits until the screen is as it should be; shows it when it never is.
    pub fn wait(&self, what: &str, fits: impl Fn(&[String]) -> bool) -> Vec<String> {
        let started = Instant::now();
        loop {
            let lines = self.lines();
            if fits(&lines) {
                return lines;
            }
            assert!(started.elapsed() < PATIENCE, "waited for {what}; the screen shows\n{}", lines.join("\n"));
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Waits for a line that reads like this.
    pub fn wait_line(&self, line: &str) -> Vec<String> {
        self.wait(&format!("the line `{line}`"), |lines| lines.iter().any(|other| other == line))
    }

    /// Waits for a text somewhere.
    pub fn wait_text(&self, text: &str) -> Vec<String> {
        self.wait(&format!("`{text}`"), |lines| lines.iter().any(|line| line.contains(text)))
    }

    /// Waits for an empty prompt of this number at the bottom of what is on the screen.
    pub fn wait_prompt(&self, number: usize) -> Vec<String> {
        let prompt = format!("In [{number}]:");
        self.wait(&prompt, |lines| lines.iter().rev().find(|line| !line.is_empty()).is_some_and(|line| *line == prompt))
    }

    /// The colour of the character where a text begins.
    pub fn color_of(&self, text: &str) -> Option<vt100::Color> {
        let parser = self.screen.lock();
        let screen = parser.screen();
        let row = screen.rows(0, 80).position(|row| row.contains(text))?;
        let column = screen.rows(0, 80).nth(row)?.find(text)?;
        Some(screen.cell(row as u16, column as u16)?.fgcolor())
    }

    /// Waits until the program ends; gives its exit code.
    pub fn wait_end(&mut self) -> u32 {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the program can be asked") {
                return status.exit_code();
            }
            assert!(started.elapsed() < PATIENCE, "it does not end; the screen shows\n{}", self.lines().join("\n"));
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
    }
}

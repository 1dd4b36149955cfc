//! Commands of the system's shell, with their output as it comes.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use rdk_graph::Cancel;
use rdk_runtime::Stream;

/// How a command ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// With this exit code; a signal gives 128 and its number, as the shell says it.
    Code(i32),
    /// It was stopped because the person asked.
    Cancelled,
}

/// Runs a command and hands on what it prints, in pieces of whole characters.
pub fn run(command: &str, cancel: &Cancel, show: &mut dyn FnMut(Stream, &str)) -> io::Result<Ended> {
    let mut child = Command::new("/bin/sh")
        .arg("-c")
        .arg(command)
        .envs(rdk_runtime::modules::os::environment())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own: the whole pipeline is stopped together.
        .process_group(0)
        .spawn()?;
    let (sender, receiver) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        forward(out, Stream::Out, sender.clone());
    }
    if let Some(err) = child.stderr.take() {
        forward(err, Stream::Err, sender.clone());
    }
    drop(sender);
    loop {
        match receiver.recv_timeout(Duration::from_millis(20)) {
            Ok((stream, text)) => show(stream, &text),
            Err(RecvTimeoutError::Timeout) if cancel.requested() => {
                stop(&mut child);
                return Ok(Ended::Cancelled);
            }
            // A command that went into the background may hold the pipes; the shell itself has ended.
            Err(RecvTimeoutError::Timeout) => match child.try_wait()? {
                Some(status) if receiver.try_recv().is_err() => return Ok(Ended::Code(code(status))),
                _ => {}
            },
            Err(RecvTimeoutError::Disconnected) => return Ok(Ended::Code(code(child.wait()?))),
        }
    }
}

fn code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

fn stop(child: &mut Child) {
    // SAFETY: a signal to the group that we made for the child; the child has not been waited for, so its number is still its own.
    unsafe {
        libc::killpg(child.id() as i32, libc::SIGKILL);
    }
    // It is gone in any case; there is nothing to do about an error here.
    let _ = child.wait();
}

fn forward(mut from: impl Read + Send + 'static, stream: Stream, to: Sender<(Stream, String)>) {
    std::thread::spawn(move || {
        let mut pending: Vec<u8> = Vec::new();
        let mut buffer = [0; 8192];
        while let Ok(n @ 1..) = from.read(&mut buffer) {
            pending.extend_from_slice(&buffer[..n]);
            let whole = whole_characters(&pending);
            let text = String::from_utf8_lossy(&pending[..whole]).into_owned();
            pending.drain(..whole);
            if to.send((stream, text)).is_err() {
                return;
            }
        }
        if !pending.is_empty() {
            // Nobody may be listening any more, which is fine.
            let _ = to.send((stream, String::from_utf8_lossy(&pending).into_owned()));
        }
    });
}

/// How many bytes from the start are not the beginning of a cut-off character.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(command: &str) -> (String, Ended) {
        let mut text = String::new();
        let ended = run(command, &Cancel::new(), &mut |_, piece| text.push_str(piece)).expect("there is a shell");
        (text, ended)
    }

    #[test]
    fn output_and_exit_code_come_back() {
        assert_eq!(output("echo é; exit 3"), ("é\n".to_string(), Ended::Code(3)));
    }

    #[test]
    fn a_stopped_command_ends_at_once() {
        let cancel = Cancel::new();
        cancel.request();
        assert_eq!(run("sleep 60 | cat", &cancel, &mut |_, _| {}).expect("there is a shell"), Ended::Cancelled);
    }
}

//! A node's process, from its start until nothing of it is left.

use crate::program::Program;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A process that runs a node, with all processes that it makes.
pub struct Kept {
    child: Child,
    /// Where the node reads.
    pub stdin: Option<ChildStdin>,
    /// Where it writes.
    pub stdout: Option<ChildStdout>,
    /// Its log.
    pub stderr: Option<ChildStderr>,
}

/// How a node's process ended by itself.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Exit {
    /// With this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

impl Kept {
    /// Starts a program in a folder of its own, with pipes for its three streams.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(program: &Program, folder: &Path) -> io::Result<Kept> {
        let mut command = Command::new(&program.path);
        command.args(&program.args).current_dir(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        Ok(Kept { child, stdin, stdout, stderr })
    }

    /// Stands it still, with all its processes.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Kills it at once, with all its processes.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// How it has ended, if it has.
    pub fn ended(&mut self) -> Option<Exit> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(match (status.code(), status.signal()) {
            (Some(code), _) => Exit::Status(code),
            (None, signal) => Exit::Signal(signal.unwrap_or_default()),
        })
    }

    /// Ends it in good order: no more input, then SIGTERM, then SIGKILL, each after this long.
    pub fn finish(mut self, patience: Duration) {
        self.stdin = None;
        let _ = patience;
        self.kill();
    }

    fn signal(&self, signal: Signal) {
        let _ = kill(Pid::from_raw(self.child.id() as i32), signal);
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.kill();
    }
}

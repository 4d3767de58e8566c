//! The pipes of one process: a line in, the lines that it writes upon it out.
//!
//! Nobody is ever waited for without end, and what is kept is bounded, whatever the process does.

use crate::kept::{Enclosure, Exit, Keeper, Kept};
use crate::log::StandardError;
use crate::program::Program;
use crate::stepped::broken::{Broken, Ending, shortened};
use crate::stepped::clock::Deadline;
use crate::wire::{Lines, MOST};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{self, ErrorKind, Read, Write};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::time::Duration;

/// So much may be written upon one line.
const MOST_AT_ONCE: usize = 4 * MOST;

/// How long the end of a process is waited for once it has closed its output.
const LAST_MOMENTS: Duration = Duration::from_millis(300);

/// The pipes of one process.
pub struct Pipes {
    process: Kept,
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: Option<ChildStderr>,
    lines: Lines,
    log: StandardError,
    buffer: Vec<u8>,
    /// How much has been read since the last line was given.
    read: usize,
}

impl Pipes {
    /// Starts a process.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn start(program: &Program, keeper: &Keeper, folder: &Path) -> Result<Pipes, Broken> {
        Pipes::start_inside(&Enclosure::none(), program, keeper, folder)
    }

    /// Starts a process that has something for itself.
    ///
    /// # Errors
    /// If it cannot be started so.
    pub fn start_inside(
        enclosure: &Enclosure,
        program: &Program,
        keeper: &Keeper,
        folder: &Path,
    ) -> Result<Pipes, Broken> {
        let mut process =
            Kept::start(program, keeper, folder, enclosure).map_err(Broken::NotStarted)?;
        let stdin = unblocked(process.stdin.take())?;
        let stdout = unblocked(process.stdout.take())?;
        let stderr = Some(unblocked(process.stderr.take())?);
        let (lines, log, buffer) = (Lines::default(), StandardError::default(), vec![0; 16 << 10]);
        Ok(Pipes { process, stdin, stdout, stderr, lines, log, buffer, read: 0 })
    }

    /// Gives a line, and hands on each line that comes until one is the last, after which nothing
    /// may come.
    ///
    /// # Errors
    /// If the last does not come within `limit`, or is not the last, or one of them is none.
    pub fn exchange(
        &mut self,
        line: &[u8],
        limit: Duration,
        each: impl FnMut(&[u8]) -> Result<ControlFlow<()>, Broken>,
    ) -> Result<(), Broken> {
        self.nothing_unasked()?;
        self.ask(line, limit, each)?;
        self.nothing_left()
    }

    /// Gives a line, and hands on each line that comes until one is enough.
    ///
    /// # Errors
    /// If that does not come within `limit`, or one of them is none.
    pub fn ask(
        &mut self,
        line: &[u8],
        limit: Duration,
        mut each: impl FnMut(&[u8]) -> Result<ControlFlow<()>, Broken>,
    ) -> Result<(), Broken> {
        self.read = 0;
        let deadline = Deadline::after(limit);
        let late = || Broken::Silent { to: shortened(line.trim_ascii_end()), within: limit };
        self.write(line, deadline, late)?;
        loop {
            while let Some(line) = self.lines.take() {
                if !line.trim_ascii().is_empty() && each(line)?.is_break() {
                    return Ok(());
                }
            }
            self.wait(deadline, false, late)?;
            self.fill()?;
        }
    }

    /// What it has written to its standard error at last.
    pub fn last_words(&mut self) -> String {
        self.drain_log();
        self.log.last_lines(5)
    }

    /// What it has written to its standard error, all told.
    pub fn log(&mut self) -> Vec<u8> {
        self.drain_log();
        self.log.bytes()
    }

    fn write(
        &mut self,
        mut line: &[u8],
        deadline: Deadline,
        late: impl Fn() -> Broken + Copy,
    ) -> Result<(), Broken> {
        while !line.is_empty() {
            match self.stdin.write(line) {
                Ok(count) => line = &line[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.wait(deadline, true, late)?;
                    self.fill()?;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Err(self.end()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Waits until something can be read, or written where that is wanted.
    fn wait(
        &mut self,
        deadline: Deadline,
        to_write: bool,
        late: impl Fn() -> Broken,
    ) -> Result<(), Broken> {
        let left = deadline.left().ok_or_else(&late)?;
        let mut watched = vec![PollFd::new(self.stdout.as_fd(), PollFlags::POLLIN)];
        watched.extend(self.stderr.as_ref().map(|log| PollFd::new(log.as_fd(), PollFlags::POLLIN)));
        if to_write {
            watched.push(PollFd::new(self.stdin.as_fd(), PollFlags::POLLOUT));
        }
        let patience = left + Duration::from_millis(1);
        match poll(&mut watched, PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX)) {
            Ok(0) => Err(late()),
            Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
            Err(errno) => Err(io::Error::from(errno).into()),
        }
    }

    /// Reads what is there, of both streams.
    fn fill(&mut self) -> Result<(), Broken> {
        self.drain_log();
        match self.stdout.read(&mut self.buffer) {
            Ok(0) => Err(self.end()),
            Ok(count) => {
                self.read += count;
                self.lines.push(&self.buffer[..count]);
                match self.read > MOST_AT_ONCE {
                    true => Err(Broken::Floods(MOST_AT_ONCE >> 20)),
                    false => Ok(()),
                }
            }
            Err(error) if is_transient(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads what has been written to standard error, but not for ever.
    fn drain_log(&mut self) {
        for _ in 0..16 {
            let Some(stderr) = &mut self.stderr else { return };
            match stderr.read(&mut self.buffer) {
                Ok(0) => self.stderr = None,
                Ok(count) => self.log.push(&self.buffer[..count]),
                Err(error) if is_transient(&error) => return,
                Err(_) => self.stderr = None,
            }
        }
    }

    /// After it has said that it is done, it must have written nothing more.
    fn nothing_left(&mut self) -> Result<(), Broken> {
        if let Some(line) = self.lines.take() {
            return Err(Broken::Unasked(shortened(line)));
        }
        match self.lines.rest() {
            b"" => Ok(()),
            rest => Err(Broken::Unasked(shortened(rest))),
        }
    }

    /// Nor may it write until it is given the next line.
    fn nothing_unasked(&mut self) -> Result<(), Broken> {
        match self.stdout.read(&mut self.buffer) {
            Ok(0) => Err(self.end()),
            Ok(count) => {
                self.lines.push(&self.buffer[..count]);
                self.nothing_left()
            }
            Err(error) if is_transient(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// How it has ended, or is just about to.
    fn end(&mut self) -> Broken {
        let deadline = Deadline::after(LAST_MOMENTS);
        let mut exit: Option<Exit> = self.process.ended();
        while exit.is_none() && deadline.left().is_some() {
            std::thread::sleep(Duration::from_millis(1));
            exit = self.process.ended();
        }
        Broken::Ended(Ending(exit))
    }
}

fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// Nobody waits for one pipe alone.
fn unblocked<P: AsFd>(pipe: Option<P>) -> Result<P, Broken> {
    let pipe = pipe.ok_or_else(|| Broken::NotStarted(ErrorKind::BrokenPipe.into()))?;
    fcntl(&pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(io::Error::from)?;
    Ok(pipe)
}

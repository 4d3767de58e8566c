//! A node's process, from its start until nothing of it is left.
//!
//! A node is started through a keeper: our own executable as `pepperland keep`, which is the
//! parent of the node, adopts whatever the node's processes leave behind, and kills all of them
//! when it is told to, when the node ends, and when the harness dies, also by SIGKILL.
//!
//! Without a keeper, and on other systems than Linux, the node is a child of the harness in a
//! process group of its own. Where /proc is not mounted, with a keeper or without, nothing but
//! that group is seen. A process that left its group there, or was orphaned without a keeper,
//! survives; so does any that only another user may kill, and a node whose first act is to kill its
//! keeper.
//!
//! A folder that a node runs in belongs to whoever made it: it stays when the harness is killed.

mod executable;
mod exit;
mod keep;
mod report;
mod tree;

pub use exit::Exit;
pub use keep::keep;

use crate::program::Program;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use report::{Listener, Word};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{
    Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio, id as own_id,
};
use std::time::Duration;
use tree::Process;

/// How long a keeper may take to start a node, and to end one.
const KEEPER_LIMIT: Duration = Duration::from_secs(10);

/// How often an end is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// Who starts nodes and cleans up after them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Keeper {
    path: Option<PathBuf>,
}

impl Keeper {
    /// An executable with the subcommand `keep`, by an absolute path: whoever runs the command
    /// line of Pepperland gives `std::env::current_exe()`.
    pub fn executable(path: PathBuf) -> Keeper {
        Keeper { path: Some(path) }
    }

    /// None: nodes are children of the harness, and survive it if it is killed by SIGKILL, unless
    /// they end when their standard input does.
    pub fn none() -> Keeper {
        Keeper::default()
    }
}

/// A process that runs a node, with all processes that it makes.
///
/// It may be started by any thread, and that thread may end.
#[derive(Debug)]
pub struct Kept {
    /// The keeper, or the node itself.
    child: Child,
    /// What the keeper says, if there is one.
    keeper: Option<Listener>,
    /// The node, whose id is its process group's too.
    node: Pid,
    exit: Option<Exit>,
    left_behind: usize,
    /// Where the node reads.
    pub stdin: Option<ChildStdin>,
    /// Where it writes.
    pub stdout: Option<ChildStdout>,
    /// Its log.
    pub stderr: Option<ChildStderr>,
}

impl Kept {
    /// Starts a program in a folder of its own, with pipes for its three streams. It has begun
    /// when this returns: some milliseconds with a keeper.
    ///
    /// A relative path of a program is found from the working directory of the harness, and one
    /// without a slash in PATH.
    ///
    /// # Errors
    /// If the program cannot be started: a sentence that says why, and what to do.
    pub fn start(program: &Program, keeper: &Keeper, folder: &Path) -> io::Result<Kept> {
        let executable = executable::found(&program.path)?;
        match &keeper.path {
            Some(path) if cfg!(target_os = "linux") => {
                Kept::start_by(path, &executable, program, folder)
            }
            _ => Kept::start_alone(&executable, program, folder),
        }
    }

    fn start_alone(executable: &Path, program: &Program, folder: &Path) -> io::Result<Kept> {
        let mut command = Command::new(executable);
        command.args(&program.args);
        let started = spawn(command, folder);
        let child = started.map_err(|error| executable::not_started(executable, folder, &error))?;
        let node = Pid::from_raw(child.id() as i32);
        Ok(Kept::of(child, None, node))
    }

    fn start_by(
        keeper: &Path,
        executable: &Path,
        program: &Program,
        folder: &Path,
    ) -> io::Result<Kept> {
        let place = tempfile::Builder::new().prefix("pepperland-keeper-").tempdir()?;
        let fifo = place.path().join("report");
        let mut listener = Listener::at(&fifo)?;
        let mut command = Command::new(keeper);
        command.arg("keep").arg("--harness").arg(own_id().to_string());
        command.arg("--report").arg(&fifo).arg("--").arg(executable).args(&program.args);
        let started = spawn(command, folder);
        let mut child = started.map_err(|error| executable::not_started(keeper, folder, &error))?;
        match first_word(&mut listener, &mut child) {
            Ok(Word::Started(node)) => Ok(Kept::of(child, Some(listener), Pid::from_raw(node))),
            Ok(Word::Failed(errno)) => {
                child.wait()?;
                let error = io::Error::from_raw_os_error(errno);
                Err(executable::not_started(executable, folder, &error))
            }
            Ok(Word::Ended { .. }) | Err(()) => {
                child.kill()?;
                let exit = Exit::from(child.wait()?);
                Err(io::Error::other(format!(
                    "the keeper `{}` has not started the node, and ended with {exit}: it must be \
                     an executable with the subcommand `keep`",
                    keeper.display()
                )))
            }
        }
    }

    fn of(mut child: Child, keeper: Option<Listener>, node: Pid) -> Kept {
        let stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        Kept { child, keeper, node, exit: None, left_behind: 0, stdin, stdout, stderr }
    }

    /// Stands it still, with all its processes: when this returns none of them runs.
    pub fn pause(&self) {
        self.signal_group(Signal::SIGSTOP);
        tree::stop(|| self.processes());
    }

    /// Lets it go on, with all its processes.
    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Kills it at once, with all its processes, also while it is paused: when this returns none
    /// of them is left.
    pub fn kill(&mut self) {
        if self.ended().is_some() {
            return;
        }
        if self.keeper.is_none() {
            self.kill_without_keeper();
            return;
        }
        let keeper = Pid::from_raw(self.child.id() as i32);
        let _ = kill(keeper, Signal::SIGTERM);
        let _ = kill(keeper, Signal::SIGCONT);
        if self.ended_within(KEEPER_LIMIT).is_none() {
            self.kill_without_keeper();
        }
    }

    /// How it has ended, if it has; nothing of it is left then.
    pub fn ended(&mut self) -> Option<Exit> {
        if self.exit.is_none() {
            let status = self.child.try_wait().ok().flatten()?;
            self.note_end(status);
        }
        self.exit
    }

    /// How it ends, if it does so within this time.
    pub fn ended_within(&mut self, limit: Duration) -> Option<Exit> {
        let mut left = limit;
        while self.ended().is_none() {
            left = left.checked_sub(LOOK_EVERY)?;
            std::thread::sleep(LOOK_EVERY);
        }
        self.exit
    }

    /// How many processes the node had left behind when it ended by itself, 100 ms later. They
    /// have been killed. Without a keeper nobody knows, and it is 0.
    pub fn left_behind(&self) -> usize {
        self.left_behind
    }

    /// Ends it in good order: no more input, then SIGTERM to all its processes, then SIGKILL, each
    /// after this long. Whoever took its streams reads them meanwhile, for a node that cannot
    /// write cannot end.
    pub fn finish(&mut self, patience: Duration) -> Exit {
        self.stdin = None;
        if let Some(exit) = self.ended_within(patience) {
            return exit;
        }
        self.signal(Signal::SIGTERM);
        self.resume();
        if let Some(exit) = self.ended_within(patience) {
            return exit;
        }
        self.kill();
        self.exit.unwrap_or(Exit::Signal(Signal::SIGKILL as i32))
    }

    /// What is done where there is no keeper, or it has been hindered.
    fn kill_without_keeper(&mut self) {
        self.pause();
        self.signal(Signal::SIGKILL);
        let _ = self.child.kill();
        if let Ok(status) = self.child.wait() {
            self.note_end(status);
        }
    }

    /// The keeper has reported all there is, unless it was killed itself; then, and without one,
    /// what is left of the node's group goes too.
    fn note_end(&mut self, status: ExitStatus) {
        let word = self.keeper.as_mut().and_then(Listener::last_word);
        if let Some(Word::Ended { exit, left_behind }) = word {
            self.exit = Some(exit);
            self.left_behind = left_behind;
            return;
        }
        self.exit = Some(Exit::from(status));
        if self.keeper.is_some() {
            let orphans = tree::descendants(self.node);
            orphans.iter().for_each(|process| process.signal(Signal::SIGKILL));
        }
        self.signal_group(Signal::SIGKILL);
    }

    /// All are looked up before the first of them is gone, and its children another's.
    fn signal(&self, signal: Signal) {
        let processes = self.processes();
        self.signal_group(signal);
        processes.iter().for_each(|process| process.signal(signal));
    }

    fn signal_group(&self, signal: Signal) {
        let _ = killpg(self.node, signal);
    }

    /// All its processes, as far as they are seen.
    fn processes(&self) -> Vec<Process> {
        let child = Pid::from_raw(self.child.id() as i32);
        let mut found = tree::descendants(child);
        if self.keeper.is_none() {
            found.extend(Process::of(child));
        }
        found
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.kill();
    }
}

/// In a process group of its own, so that a ^C at the terminal is for the harness alone.
fn spawn(mut command: Command, folder: &Path) -> io::Result<Child> {
    command.current_dir(folder).process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn()
}

/// What the keeper says first, unless it ends or does not come to it. The node may run already, and
/// may have stopped the keeper.
fn first_word(listener: &mut Listener, child: &mut Child) -> Result<Word, ()> {
    let mut left = KEEPER_LIMIT;
    loop {
        let over = !matches!(child.try_wait(), Ok(None));
        match listener.next_word(LOOK_EVERY) {
            Some(word) => return Ok(word),
            None if over => return Err(()),
            None => left = left.checked_sub(LOOK_EVERY).ok_or(())?,
        }
        let _ = kill(Pid::from_raw(child.id() as i32), Signal::SIGCONT);
    }
}

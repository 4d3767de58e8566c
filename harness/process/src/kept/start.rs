//! How a node's process begins.

use crate::kept::cgroups::Cgroup;
use crate::kept::enclosure::Order;
use crate::kept::report::{Listener, Word};
use crate::kept::{Enclosure, Exit, KEEPER_LIMIT, Keeper, Kept, LOOK_EVERY, executable};
use crate::program::Program;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio, id as own_id};

impl Kept {
    /// Starts a program in a folder of its own, with pipes for its three streams. It has begun
    /// when this returns: some milliseconds with a keeper.
    ///
    /// A relative path of a program is found from the working directory of the harness, and one
    /// without a slash in PATH.
    ///
    /// # Errors
    /// If the program cannot be started, or not so enclosed: a sentence that says why, and what to
    /// do.
    pub fn start(
        program: &Program,
        keeper: &Keeper,
        folder: &Path,
        enclosure: &Enclosure,
    ) -> io::Result<Kept> {
        let executable = executable::found(&program.path)?;
        let start = Start { executable: &executable, program, folder, enclosure };
        match &keeper.path {
            Some(path) if cfg!(target_os = "linux") => start.in_its_group(path),
            _ if enclosure.is_none() => start.alone(),
            _ => Err(io::Error::other(
                "a node can have something for itself only with a keeper, and on Linux: start it \
                 by the command line, or without an enclosure",
            )),
        }
    }

    fn of(mut child: Child, keeper: Option<Listener>, node: Pid, root: Pid) -> Kept {
        let cgroup = None;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        Kept {
            child,
            keeper,
            node,
            root,
            cgroup,
            exit: None,
            left_behind: 0,
            stdin,
            stdout,
            stderr,
        }
    }
}

/// What is started, and how.
struct Start<'a> {
    executable: &'a Path,
    program: &'a Program,
    folder: &'a Path,
    enclosure: &'a Enclosure,
}

impl Start<'_> {
    fn alone(&self) -> io::Result<Kept> {
        let mut command = Command::new(self.executable);
        command.args(&self.program.args);
        let started = spawn(command, self.folder);
        let child = started.map_err(|error| self.not_started(self.executable, &error))?;
        let node = Pid::from_raw(child.id() as i32);
        Ok(Kept::of(child, None, node, node))
    }

    fn in_its_group(&self, keeper: &Path) -> io::Result<Kept> {
        let cgroup = self.enclosure.limits.and_then(|_| Cgroup::make());
        let limited = match (&cgroup, self.enclosure.limits.unwrap_or_default()) {
            (Some(cgroup), limits) => cgroup.limit(limits),
            (None, limits) => limits.none_needed(),
        };
        match limited.and_then(|()| self.by(keeper, cgroup.as_ref())) {
            Ok(mut kept) => {
                kept.cgroup = cgroup;
                Ok(kept)
            }
            Err(error) => {
                cgroup.iter().for_each(Cgroup::remove);
                Err(error)
            }
        }
    }

    fn by(&self, keeper: &Path, cgroup: Option<&Cgroup>) -> io::Result<Kept> {
        let place = tempfile::Builder::new().prefix("pepperland-keeper-").tempdir()?;
        let fifo = place.path().join("report");
        let mut listener = Listener::at(&fifo)?;
        let started = spawn(self.command(keeper, &fifo, cgroup)?, self.folder);
        let mut child = started.map_err(|error| self.not_started(keeper, &error))?;
        match first_word(&mut listener, &mut child) {
            Ok(Word::Started { node, parent }) => {
                Ok(Kept::of(child, Some(listener), Pid::from_raw(node), Pid::from_raw(parent)))
            }
            Ok(Word::Failed(errno)) => {
                child.wait()?;
                Err(self.not_started(self.executable, &io::Error::from_raw_os_error(errno)))
            }
            Ok(Word::Refused(why)) => {
                child.wait()?;
                Err(io::Error::other(why))
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

    fn command(&self, keeper: &Path, fifo: &Path, cgroup: Option<&Cgroup>) -> io::Result<Command> {
        let arguments = &self.program.args;
        let mut command = Command::new(keeper);
        command.arg("keep").arg("--harness").arg(own_id().to_string());
        command.arg("--report").arg(fifo);
        let order = Order::of(self.enclosure, self.executable, arguments, self.folder, cgroup);
        if let Some(order) = order {
            command.arg("--enclosure").arg(order.written().map_err(io::Error::other)?);
        }
        command.arg("--").arg(self.executable).args(arguments);
        self.enclosure.prepare(&mut command);
        Ok(command)
    }

    fn not_started(&self, executable: &Path, error: &io::Error) -> io::Error {
        executable::not_started(executable, self.folder, error)
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

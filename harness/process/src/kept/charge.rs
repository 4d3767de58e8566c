//! What a keeper has in its charge: a node, or the first process of a node's own namespace.

use crate::kept::Exit;
use crate::kept::enclosure::{Order, Private};
use crate::kept::report::{Listener, Word};
use crate::kept::tree;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

/// How long the first process of a namespace may take to start the node.
const INIT_LIMIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// A child of the keeper, and the node: the child itself, or a child of that.
pub struct Charge {
    child: Pid,
    node: Pid,
    /// What the first process of the node's namespace tells, if there is one.
    init: Option<Listener>,
}

impl Charge {
    /// Starts the node as it is ordered. `report`: where the harness listens; what is needed for
    /// the start lies beside it.
    ///
    /// # Errors
    /// What is to be told to the harness.
    pub fn start(
        order: &Order,
        report: &Path,
        program: &OsStr,
        arguments: &[OsString],
    ) -> Result<Charge, Word> {
        match &order.private {
            Some(private) => Charge::enclosed(private, order, report, program, arguments),
            None => {
                let child = order.spawn(program, arguments)?;
                Ok(Charge { child, node: child, init: None })
            }
        }
    }

    fn enclosed(
        private: &Private,
        order: &Order,
        report: &Path,
        program: &OsStr,
        arguments: &[OsString],
    ) -> Result<Charge, Word> {
        let fifo = report.with_extension("init");
        let refused = |error: std::io::Error| {
            Word::refused(format!("the node's first process does not start: {error}"))
        };
        let mut listener = Listener::at(&fifo).map_err(refused)?;
        private.leave_namespaces().map_err(Word::refused)?;
        let mut command = init(&fifo, order, program, arguments)?;
        let mut child = command.spawn().map_err(refused)?;
        let id = Pid::from_raw(child.id() as i32);
        match first_word(&mut listener, &mut child) {
            Some(Word::Started { node, .. }) => {
                // A node that has ended and is buried has no id here any more.
                let node = tree::known_inside_as(id, node).unwrap_or(id);
                let _ = kill(id, Signal::SIGUSR1);
                Ok(Charge { child: id, node, init: Some(listener) })
            }
            word => {
                let _ = child.kill();
                let exit = child.wait().map(Exit::from).map_err(refused)?;
                let silent = || {
                    Word::refused(format!("the node's first process has ended with {exit} at once"))
                };
                Err(word.unwrap_or_else(silent))
            }
        }
    }

    /// The child of the keeper, a process group's leader.
    pub fn child(&self) -> Pid {
        self.child
    }

    /// The node.
    pub fn node(&self) -> Pid {
        self.node
    }

    /// The node's parent, if it is not the keeper.
    pub fn parent(&self) -> Option<Pid> {
        self.init.as_ref().map(|_| self.child)
    }

    /// How the node has ended, and how many it has left behind, if another has seen it.
    pub fn told_end(&mut self) -> Option<(Exit, usize)> {
        match self.init.as_mut()?.last_word()? {
            Word::Ended { exit, left_behind } => Some((exit, left_behind)),
            _ => None,
        }
    }
}

/// This very program again, as the first process of the namespaces that the keeper has made.
fn init(
    fifo: &Path,
    order: &Order,
    program: &OsStr,
    arguments: &[OsString],
) -> Result<Command, Word> {
    let mut command = Command::new("/proc/self/exe");
    command.arg0(std::env::args_os().next().unwrap_or_default());
    command.args(["keep", "--as-init", "--report"]).arg(fifo);
    command.arg("--enclosure").arg(order.written().map_err(Word::refused)?);
    command.arg("--").arg(program).args(arguments).process_group(0);
    // With this the system library forks. On Linux before 6.1 a process that has left its time
    // namespace can start none by vfork.
    command.gid(nix::unistd::getgid().as_raw());
    Ok(command)
}

/// What the child says first, unless it ends or does not come to it.
fn first_word(listener: &mut Listener, child: &mut Child) -> Option<Word> {
    let mut left = INIT_LIMIT;
    loop {
        let over = !matches!(child.try_wait(), Ok(None));
        match listener.next_word(LOOK_EVERY) {
            Some(word) => return Some(word),
            None if over => return None,
            None => left = left.checked_sub(LOOK_EVERY)?,
        }
    }
}

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
//! With an [`Enclosure`] a node has more for itself than its folder: a network, processes, mounts
//! and a name. The keeper then starts the node through a second process, the first of the node's
//! own namespace; when that ends, for whatever reason, the kernel lets nobody in there survive.
//!
//! A folder that a node runs in belongs to whoever made it: it stays when the harness is killed.

pub mod cgroups;
mod charge;
mod enclosure;
mod executable;
mod exit;
pub mod faketime;
mod family;
mod keep;
mod report;
mod start;
mod tree;

pub use cgroups::{Cgroup, Limits};
pub use enclosure::{Bind, Clocks, Enclosure, Placement, Private, init};
pub use exit::Exit;
pub use keep::keep;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use report::{Listener, Word};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus};
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
    /// Whose descendants all its processes are: the keeper, or the first process of its own
    /// namespace. Without a keeper the node is its own.
    root: Pid,
    /// Its control group, if it has one.
    cgroup: Option<Cgroup>,
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
    /// The process id of the node, as the harness sees it: through /proc it leads to its namespaces.
    pub fn id(&self) -> i32 {
        self.node.as_raw()
    }

    /// Its control group, whose limits may be changed at any time; none if it has none.
    pub fn cgroup(&self) -> Option<&Cgroup> {
        self.cgroup.as_ref()
    }

    /// Stands it still, with all its processes: when this returns none of them runs. In a control
    /// group that freezes they do not even notice; otherwise SIGSTOP stops them.
    pub fn pause(&self) {
        if self.cgroup.as_ref().is_none_or(|cgroup| cgroup.freeze().is_err()) {
            self.signal_group(Signal::SIGSTOP);
        }
        tree::stop(|| self.unfrozen());
    }

    /// Lets it go on, with all its processes.
    pub fn resume(&self) {
        let unfrozen = self.unfrozen();
        match self.frozen() {
            Some(cgroup) => {
                unfrozen.iter().for_each(|process| process.signal(Signal::SIGCONT));
                cgroup.thaw();
            }
            None => self.signal(Signal::SIGCONT),
        }
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
        self.cgroup.iter().for_each(Cgroup::remove);
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
            // A namespace whose first process dies with the keeper leaves none.
            let orphans = tree::descendants(self.node);
            orphans.iter().for_each(|process| process.signal(Signal::SIGKILL));
        }
        self.signal_group(Signal::SIGKILL);
        self.cgroup.iter().for_each(Cgroup::remove);
    }

    /// Its control group, if that is frozen.
    fn frozen(&self) -> Option<&Cgroup> {
        self.cgroup.as_ref().filter(|cgroup| cgroup.is_frozen())
    }

    /// Its processes but those that are frozen: a node that may write control groups can put some
    /// elsewhere.
    fn unfrozen(&self) -> Vec<Process> {
        let frozen = self.frozen().map(Cgroup::processes).unwrap_or_default();
        self.processes().into_iter().filter(|process| !frozen.contains(&process.id())).collect()
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
        let mut found = tree::descendants(self.root);
        if self.keeper.is_none() {
            found.extend(Process::of(self.root));
        }
        found
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.kill();
    }
}

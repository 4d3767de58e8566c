//! The keeper: the parent of a node, which lets nothing of it survive.
//!
//! It has one thread. Signals are caught rather than blocked, so that the node begins with none
//! blocked and with the system's dispositions, whatever the harness was started with.

use crate::kept::report::{Teller, Word};
use crate::kept::{Exit, tree};
use nix::sys::signal::{SigSet, Signal, killpg};
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout, getpid, getppid};
use rustix::process::{WaitOptions, WaitStatus, wait};
use signal_hook::consts::signal::{
    SIGALRM, SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2,
};
use signal_hook::iterator::Signals;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// Kill everything.
const ORDERS: [i32; 3] = [SIGTERM, SIGINT, SIGQUIT];

/// The thread that started the keeper has ended, and the harness perhaps with it.
const PARENT_ENDED: Signal = Signal::SIGHUP;

/// What an ignorant parent may have had ignored, and the node would inherit.
const HARMLESS: [i32; 6] = [SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2];

/// How often the kernel is asked whether what was killed is gone: 4 s in all for a process that
/// does not die, because it is another user's or waits for a device.
const KILLS: usize = 10_000;
const BETWEEN_KILLS: Duration = Duration::from_micros(400);

/// How long the children of a node that has ended have to end by themselves.
const GRACE_LOOKS: usize = 50;
const BETWEEN_GRACE_LOOKS: Duration = Duration::from_millis(2);

/// Starts a program in the working directory, with the caller's three streams, and returns when
/// neither it nor any process that it made is left: when it has ended, when SIGTERM is received, or
/// when the harness, the process that started this one, has ended. What happened is told through
/// the FIFO `report`. Must be called by a process that has one thread and no child.
///
/// # Errors
/// If the harness has ended already, or does not listen, or the system is no Linux.
pub fn keep(
    harness: u32,
    report: &Path,
    program: &OsStr,
    arguments: &[OsString],
) -> io::Result<Exit> {
    let mut signals =
        Signals::new(ORDERS.iter().chain(&HARMLESS).chain(&[SIGCHLD, PARENT_ENDED as i32]))?;
    SigSet::empty().thread_set_mask()?;
    become_the_parent_of_orphans()?;
    let harness = Pid::from_raw(harness as i32);
    if getppid() != harness {
        return Err(io::Error::other("the harness has ended"));
    }
    let mut teller = Teller::at(report)?;
    let started = Command::new(program).args(arguments).process_group(0).spawn();
    let node = started.inspect_err(|error| {
        teller.tell(Word::Failed(error.raw_os_error().unwrap_or_default()));
    })?;
    let mut family = Family { node: Pid::from_raw(node.id() as i32), exit: None };
    teller.tell(Word::Started(family.node.as_raw()));
    // Whoever holds the node's pipes hides from the harness that the node has closed them.
    let left_behind = match release_streams() {
        Ok(()) => family.await_end(&mut signals, harness),
        Err(_) => 0,
    };
    family.kill();
    let exit = family.exit.unwrap_or(Exit::Signal(Signal::SIGKILL as i32));
    teller.tell(Word::Ended { exit, left_behind });
    Ok(exit)
}

/// The node and all that descends from it.
struct Family {
    node: Pid,
    exit: Option<Exit>,
}

impl Family {
    /// Waits until there is a reason to kill; how many the node has left behind if it is its end.
    fn await_end(&mut self, signals: &mut Signals, harness: Pid) -> usize {
        loop {
            self.bury();
            if self.exit.is_some() {
                return self.left_behind();
            }
            let ordered = signals.wait().any(|signal| ORDERS.contains(&signal));
            if ordered || getppid() != harness {
                return 0;
            }
        }
    }

    /// How many are left when those that were about to end have done so.
    fn left_behind(&mut self) -> usize {
        for _ in 0..GRACE_LOOKS {
            if self.bury() == Left::Nobody {
                return 0;
            }
            sleep(BETWEEN_GRACE_LOOKS);
        }
        tree::descendants(getpid()).iter().filter(|process| process.lives()).count()
    }

    /// Kills until nobody is left. A process may fork while it is being killed, and its child
    /// becomes ours when it is dead: who has no child has no descendant.
    fn kill(&mut self) {
        for _ in 0..KILLS {
            if self.exit.is_none() {
                let _ = killpg(self.node, Signal::SIGKILL);
            }
            let descendants = tree::descendants(getpid());
            descendants.iter().for_each(|process| process.signal(Signal::SIGKILL));
            if self.bury() == Left::Nobody {
                return;
            }
            sleep(BETWEEN_KILLS);
        }
    }

    /// Takes note of all children that have ended.
    fn bury(&mut self) -> Left {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((id, status))) if id.as_raw_nonzero().get() == self.node.as_raw() => {
                    self.exit = Some(exit(status));
                }
                Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
                Ok(None) => return Left::Somebody,
                Err(_) => return Left::Nobody,
            }
        }
    }
}

#[derive(Copy, Clone, Eq, PartialEq)]
enum Left {
    Nobody,
    Somebody,
}

fn exit(status: WaitStatus) -> Exit {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Exit::Status(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    }
}

/// Orphans of the node become children of this process, and it is told when its parent ends. The
/// system means by that the thread which started it: `getppid` tells whether it was all of them.
#[cfg(target_os = "linux")]
fn become_the_parent_of_orphans() -> io::Result<()> {
    nix::sys::prctl::set_child_subreaper(true)?;
    nix::sys::prctl::set_pdeathsig(PARENT_ENDED)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn become_the_parent_of_orphans() -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "nodes are kept on Linux only"))
}

fn release_streams() -> io::Result<()> {
    let nothing = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&nothing)?;
    dup2_stdout(&nothing)?;
    dup2_stderr(&nothing)?;
    Ok(())
}

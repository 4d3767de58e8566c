//! A node and all that descends from it, as the process sees them whose children they are.

use crate::kept::cgroups::Cgroup;
use crate::kept::{Exit, tree};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getpid};
use rustix::process::{WaitOptions, WaitStatus, wait};
use signal_hook::iterator::Signals;
use std::thread::sleep;
use std::time::Duration;

/// How often the kernel is asked whether what was killed is gone: 4 s in all for a process that
/// does not die, because it is another user's or waits for a device.
const KILLS: usize = 10_000;
const BETWEEN_KILLS: Duration = Duration::from_micros(400);

/// How long the children of a node that has ended have to end by themselves.
const GRACE_LOOKS: usize = 50;
const BETWEEN_GRACE_LOOKS: Duration = Duration::from_millis(2);

/// A child, the leader of a process group, and all that descends from it. Orphans among them must
/// become children of this process too.
pub struct Family {
    child: Pid,
    exit: Option<Exit>,
}

impl Family {
    /// The family of a child that has just been started.
    pub fn of(child: Pid) -> Family {
        Family { child, exit: None }
    }

    /// How the child has ended; by SIGKILL if nobody has seen it.
    pub fn exit(&self) -> Exit {
        self.exit.unwrap_or(Exit::Signal(Signal::SIGKILL as i32))
    }

    /// Waits until the child ends, and tells how many it has left behind; or until one of the
    /// signals is an order to kill, and tells 0.
    pub fn await_end(&mut self, signals: &mut Signals, orders: impl Fn(i32) -> bool) -> usize {
        loop {
            self.bury();
            if self.exit.is_some() {
                return self.left_behind();
            }
            if signals.wait().any(&orders) {
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
    /// becomes ours when it is dead: who has no child has no descendant. Who is frozen in the
    /// control group is let go when it has been killed, so that it can die.
    pub fn kill(&mut self, cgroup: Option<&Cgroup>) {
        for _ in 0..KILLS {
            if self.exit.is_none() {
                let _ = killpg(self.child, Signal::SIGKILL);
            }
            let descendants = tree::descendants(getpid());
            descendants.iter().for_each(|process| process.signal(Signal::SIGKILL));
            cgroup.into_iter().for_each(Cgroup::thaw);
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
                Ok(Some((id, status))) if id.as_raw_nonzero().get() == self.child.as_raw() => {
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

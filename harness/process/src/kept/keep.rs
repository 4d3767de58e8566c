//! The keeper: the parent of a node, which lets nothing of it survive.
//!
//! It has one thread. Signals are caught rather than blocked, so that the node begins with none
//! blocked and with the system's dispositions, whatever the harness was started with.

use crate::kept::Exit;
use crate::kept::cgroups::Cgroup;
use crate::kept::charge::Charge;
use crate::kept::enclosure::Order;
use crate::kept::family::Family;
use crate::kept::report::{Teller, Word};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout, getpid, getppid};
use signal_hook::consts::signal::{
    SIGALRM, SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2,
};
use signal_hook::iterator::Signals;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::Path;

/// Kill everything.
const ORDERS: [i32; 3] = [SIGTERM, SIGINT, SIGQUIT];

/// The thread that started the keeper has ended, and the harness perhaps with it.
const PARENT_ENDED: Signal = Signal::SIGHUP;

/// What an ignorant parent may have had ignored, and the node would inherit.
const HARMLESS: [i32; 6] = [SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2];

/// Starts a program in the working directory, with the caller's three streams, and returns when
/// neither it nor any process that it made is left: when it has ended, when SIGTERM is received, or
/// when the harness, the process that started this one, has ended. What happened is told through
/// the FIFO `report`. `enclosure` is what the harness has written of what the node has for itself.
/// Must be called by a process that has one thread and no child.
///
/// # Errors
/// If the harness has ended already, or does not listen, or the system is no Linux.
pub fn keep(
    harness: u32,
    report: &Path,
    enclosure: Option<&str>,
    program: &OsStr,
    arguments: &[OsString],
) -> io::Result<Exit> {
    let order = Order::read(enclosure)?;
    let kept = keep_as_ordered(harness, report, &order, program, arguments);
    order.cgroup.iter().for_each(Cgroup::remove);
    let (mut teller, exit, left_behind) = kept?;
    teller.tell(&Word::Ended { exit, left_behind });
    Ok(exit)
}

fn keep_as_ordered(
    harness: u32,
    report: &Path,
    order: &Order,
    program: &OsStr,
    arguments: &[OsString],
) -> io::Result<(Teller, Exit, usize)> {
    let mut signals =
        Signals::new(ORDERS.iter().chain(&HARMLESS).chain(&[SIGCHLD, PARENT_ENDED as i32]))?;
    SigSet::empty().thread_set_mask()?;
    become_the_parent_of_orphans()?;
    let harness = Pid::from_raw(harness as i32);
    if getppid() != harness {
        return Err(io::Error::other("the harness has ended"));
    }
    let mut teller = Teller::at(report)?;
    let charge = Charge::start(order, report, program, arguments);
    let mut charge = charge.inspect_err(|why| teller.tell(why)).map_err(io::Error::from)?;
    let mut family = Family::of(charge.child());
    let parent = charge.parent().unwrap_or(getpid()).as_raw();
    teller.tell(&Word::Started { node: charge.node().as_raw(), parent });
    // Whoever holds the node's pipes hides from the harness that the node has closed them.
    let left_behind = match release_streams() {
        Ok(()) => family
            .await_end(&mut signals, |signal| ORDERS.contains(&signal) || getppid() != harness),
        Err(_) => 0,
    };
    family.kill(order.cgroup.as_ref());
    let (exit, left_behind) = charge.told_end().unwrap_or((family.exit(), left_behind));
    Ok((teller, exit, left_behind))
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

/// From now on the three streams of the node are its own.
pub fn release_streams() -> io::Result<()> {
    let nothing = File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&nothing)?;
    dup2_stdout(&nothing)?;
    dup2_stderr(&nothing)?;
    Ok(())
}

//! The first process of a node's own namespace: the parent of the node and of all orphans in there.
//!
//! It ends when the node does, or by SIGKILL when the keeper does, and with it the kernel ends
//! whatever else lives in the namespace.

use crate::kept::Exit;
use crate::kept::enclosure::mounts::arrange;
use crate::kept::enclosure::{Order, folder};
use crate::kept::family::Family;
use crate::kept::keep::release_streams;
use crate::kept::report::{Teller, Word};
use nix::sys::signal::Signal;
use signal_hook::consts::signal::{SIGCHLD, SIGUSR1};
use signal_hook::iterator::Signals;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

/// Starts a program as the second process of the namespace that the keeper has made, and returns
/// when it has ended. What happens is told through the FIFO `report`, where the keeper listens.
///
/// # Errors
/// If the keeper has ended, or the node cannot have what it is to have, or cannot be started.
pub fn init(
    report: &Path,
    enclosure: Option<&str>,
    program: &OsStr,
    arguments: &[OsString],
) -> io::Result<Exit> {
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
    // If the keeper has ended before that, nobody listens.
    let mut teller = Teller::at(report)?;
    // Signals from inside reach this process only if it asks for them.
    let mut signals = Signals::new([SIGCHLD, SIGUSR1])?;
    let order = Order::read(enclosure)?;
    let started = enclose(&order).and_then(|()| order.spawn(program, arguments));
    let node = started.inspect_err(|why| teller.tell(why)).map_err(io::Error::from)?;
    teller.tell(&Word::Started { node: node.as_raw(), parent: 1 });
    // The keeper looks up which of its descendants the node is: until then it is not buried.
    while !signals.wait().any(|signal| signal == SIGUSR1) {}
    let mut family = Family::of(node);
    let left_behind = match release_streams() {
        Ok(()) => family.await_end(&mut signals, |_| false),
        Err(_) => 0,
    };
    teller.tell(&Word::Ended { exit: family.exit(), left_behind });
    Ok(family.exit())
}

/// Everything that the node has for itself, step by step.
fn enclose(order: &Order) -> Result<(), Word> {
    let Some(private) = &order.private else { return Ok(()) };
    let disk = folder::call(private).map_err(Word::refused)?;
    private.leave_the_others().map_err(Word::refused)?;
    arrange(private, &order.folder, &order.named).map_err(Word::refused)?;
    let mount = |server| folder::mount_at(&order.folder, server);
    disk.map_or(Ok(()), mount).map_err(Word::refused)
}

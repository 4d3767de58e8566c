//! A hold on a namespace, to put processes and threads into it.

use super::drops;
use super::netlink::Netlink;
use crate::errors::at;
use nix::sched::{CloneFlags, setns, unshare};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::panic::resume_unwind;
use std::process::Command;
use std::sync::Arc;

/// A namespace, held open: cheap to clone, from any thread. The namespace lasts until the last
/// handle, and the last process in it, is gone.
#[derive(Clone, Debug)]
pub struct Handle {
    held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    namespace: OwnedFd,
    netlink: Netlink,
}

impl Handle {
    /// A hold on a new namespace, in which the calling thread stays: with a down `lo`, and nothing
    /// else.
    pub(super) fn make() -> io::Result<Handle> {
        unshare(CloneFlags::CLONE_NEWNET)
            .map_err(|error| at("making a network namespace (needs root)", error))?;
        // Not /proc/self: that is the main thread's.
        let place = "/proc/thread-self/ns/net";
        let namespace = File::open(place).map_err(|error| at(place, error))?.into();
        Ok(Handle { held: Arc::new(Held { namespace, netlink: Netlink::open()? }) })
    }

    /// The configuration of the namespace.
    pub(super) fn netlink(&self) -> &Netlink {
        &self.held.netlink
    }

    /// Has the process that the command starts begin in the namespace.
    #[expect(unsafe_code, reason = "the only way to change a child's namespace before it begins")]
    pub fn place(&self, command: &mut Command) {
        let held = Arc::clone(&self.held);
        let enter = move || enter(held.namespace.as_fd()).map_err(io::Error::from);
        // SAFETY: the closure makes one system call, and turns an error number into an error
        // without allocating: both are allowed between fork and exec. The descriptor is open, for
        // the closure owns it.
        unsafe { command.pre_exec(enter) };
    }

    /// Runs a function in a thread within the namespace, and waits for it. Sockets that it opens
    /// stay there, and may be handed out. A panic of it goes on here.
    ///
    /// # Errors
    /// If the thread cannot be made, or may not enter.
    #[expect(clippy::disallowed_methods, reason = "a thread has one network namespace for life")]
    pub fn run<T: Send>(&self, f: impl FnOnce() -> T + Send) -> io::Result<T> {
        let within = || {
            enter(self.fd()).map_err(|error| at("entering a network namespace", error))?;
            Ok(f())
        };
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("in-namespace".to_owned());
            thread.spawn_scoped(scope, within)?.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    /// How many frames of the node the kernel has dropped because the switch was too slow to take
    /// them. None while the switch runs in time: these are losses that no seed decided.
    ///
    /// # Errors
    /// If the card is gone, since somebody within has deleted it.
    pub fn kernel_drops(&self) -> io::Result<u64> {
        drops::of_card(&self.held.netlink)
    }

    /// The number of the namespace, as in `readlink /proc/PID/ns/net`.
    ///
    /// # Errors
    /// Of the system; none is known.
    pub fn inode(&self) -> io::Result<u64> {
        Ok(rustix::fs::fstat(&self.held.namespace)?.st_ino)
    }

    /// Its descriptor: `nsenter --net=/proc/PID/fd/N` of the harness's process enters it.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.held.namespace.as_fd()
    }
}

/// Moves the calling thread.
fn enter(namespace: BorrowedFd<'_>) -> nix::Result<()> {
    setns(namespace, CloneFlags::CLONE_NEWNET)
}

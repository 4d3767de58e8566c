//! The steps from a plain user to a network of its own.

use crate::namespace::tap;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};
use rustix::fs::{Mode, OFlags};
use std::fmt;
use std::io;
use std::os::fd::OwnedFd;

/// One step, each of which the system may refuse by itself.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// `unshare(CLONE_NEWUSER)`.
    User,
    /// To be root there: the maps of users and groups.
    Identity,
    /// `unshare(CLONE_NEWNET)`.
    Network,
    /// Opening /dev/net/tun: after the namespace, for the file belongs to the one in which it was
    /// opened.
    OpenTun,
    /// Making a TAP device with it.
    MakeTap,
}

impl Step {
    /// Those that change who one is.
    pub(super) const TO_BE_ROOT: [Step; 2] = [Step::User, Step::Identity];
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::User => "make a user namespace",
            Step::Identity => "become root in a user namespace",
            Step::Network => "make a network namespace",
            Step::OpenTun => "open /dev/net/tun",
            Step::MakeTap => "make a TAP device",
        })
    }
}

/// What taking the steps needs, all of it prepared: between fork and exec nothing may allocate.
#[derive(Debug)]
pub struct Steps {
    uid_map: String,
    gid_map: String,
    tun: Option<OwnedFd>,
}

impl Steps {
    pub fn prepare() -> Steps {
        let uid_map = format!("0 {} 1", geteuid());
        let gid_map = format!("0 {} 1", getegid());
        Steps { uid_map, gid_map, tun: None }
    }

    /// Takes one, without allocating.
    pub fn take(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::User => unshare(CloneFlags::CLONE_NEWUSER)?,
            Step::Identity => self.become_root()?,
            Step::Network => unshare(CloneFlags::CLONE_NEWNET)?,
            Step::OpenTun => self.tun = Some(tap::open()?),
            Step::MakeTap => self.tun.as_ref().map_or(Ok(()), tap::attach)?,
        }
        Ok(())
    }

    /// A group map may be written by a user only once groups cannot be dropped any more, by which
    /// somebody could gain what is refused to a group (`man 7 user_namespaces`).
    fn become_root(&self) -> rustix::io::Result<()> {
        write("/proc/self/setgroups", "deny")?;
        write("/proc/self/uid_map", &self.uid_map)?;
        write("/proc/self/gid_map", &self.gid_map)
    }
}

fn write(path: &str, text: &str) -> rustix::io::Result<()> {
    let file = rustix::fs::open(path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::io::write(file, text.as_bytes()).map(drop)
}

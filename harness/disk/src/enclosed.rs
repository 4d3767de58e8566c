//! A program that sees a mounted disk and nobody else does: for the probe, and for tests.

use crate::mount::mount;
use crate::pass::{receive_fd, send_fd};
use rustix::mount::{MountPropagationFlags, mount_change};
use rustix::process::{getegid, geteuid};
use rustix::thread::{UnshareFlags, unshare_unsafe};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// How a program gets a mount namespace of its own.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Enclosure {
    /// As root of this user namespace.
    AsRoot,
    /// In a user namespace of its own, in which it is root: for everybody, where the system allows
    /// it.
    InUserNamespace,
}

/// Starts a program in a mount namespace of its own, with a disk mounted at this folder: the
/// program, and the descriptor to serve. The mount ends with the program and what it has started.
///
/// # Errors
/// If the program does not start, or the folder cannot be mounted: a sentence that says what to do.
pub fn enclosed(mut command: Command, at: &Path, how: Enclosure) -> io::Result<(Child, OwnedFd)> {
    let (mut ours, theirs) = UnixStream::pair()?;
    mount_before_it_starts(&mut command, at.to_owned(), how, theirs);
    let started = command.spawn();
    // The command has their side of the socket.
    drop(command);
    match started {
        Ok(child) => Ok((child, receive_fd(&ours)?)),
        Err(error) => {
            let mut sentence = String::new();
            let _ = ours.read_to_string(&mut sentence);
            let told = io::Error::new(error.kind(), sentence.clone());
            Err(if sentence.is_empty() { error } else { told })
        }
    }
}

#[expect(unsafe_code, reason = "only a process between fork and exec leaves its namespaces alone")]
fn mount_before_it_starts(
    command: &mut Command,
    at: PathBuf,
    how: Enclosure,
    mut socket: UnixStream,
) {
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    let prepare = move || {
        let done = mount_apart(&at, how, (uid, gid)).and_then(|fd| send_fd(&socket, fd));
        // What start returns is but a number.
        done.inspect_err(|error| drop(write!(socket, "{error}")))
    };
    // SAFETY: the closure runs in the child of a fork, before exec. It makes system calls, and
    // allocates little: the allocators of glibc and musl may be used there, for they hold their
    // locks over a fork. It takes no other lock.
    unsafe {
        command.pre_exec(prepare);
    }
}

fn mount_apart(at: &Path, how: Enclosure, (uid, gid): (u32, u32)) -> io::Result<OwnedFd> {
    leave_namespaces(how).map_err(|error| {
        let text = format!("failed to leave the namespaces of the harness: {error}");
        io::Error::new(error.kind(), text)
    })?;
    if how == Enclosure::InUserNamespace {
        become_root(uid, gid)?;
    }
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    mount(at)
}

#[expect(unsafe_code, reason = "rustix has it unsafe for the sake of descriptors")]
fn leave_namespaces(how: Enclosure) -> io::Result<()> {
    let flags = match how {
        Enclosure::AsRoot => UnshareFlags::NEWNS,
        Enclosure::InUserNamespace => UnshareFlags::NEWNS | UnshareFlags::NEWUSER,
    };
    // SAFETY: unsafe is only UnshareFlags::FILES, which is not among the flags.
    let left = unsafe { unshare_unsafe(flags) };
    Ok(left?)
}

fn become_root(uid: u32, gid: u32) -> io::Result<()> {
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("0 {uid} 1"))?;
    std::fs::write("/proc/self/gid_map", format!("0 {gid} 1"))
}

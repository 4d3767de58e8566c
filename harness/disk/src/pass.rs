//! A descriptor passed from one process to another, over a socket between them.

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// A descriptor must come with at least one byte.
const MARK: [u8; 1] = *b"d";

/// Passes a descriptor on, with one byte beside it. The sender keeps its own copy.
///
/// # Errors
/// If the other side has closed the socket.
pub fn send_fd(socket: &UnixStream, fd: impl AsFd) -> io::Result<()> {
    let fds = [fd.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    beside.push(SendAncillaryMessage::ScmRights(&fds));
    let sent = sendmsg(socket, &[IoSlice::new(&MARK)], &mut beside, SendFlags::NOSIGNAL);
    sent.map_err(|errno| named("pass a descriptor on", errno.into()))?;
    Ok(())
}

/// Waits for a descriptor. It is closed in programs that this process starts.
///
/// # Errors
/// If the other side ends before it has sent one, or sends something else.
pub fn receive_fd(socket: &UnixStream) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let mut mark = MARK;
    let mut into = [IoSliceMut::new(&mut mark)];
    let got = recvmsg(socket, &mut into, &mut beside, RecvFlags::CMSG_CLOEXEC);
    let got = got.map_err(|errno| named("receive a descriptor", errno.into()))?;
    if got.bytes == 0 {
        let ended = "failed to receive a descriptor: the other side ended before it sent one";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, ended));
    }
    let fds = beside.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    fds.ok_or_else(|| {
        let other = "failed to receive a descriptor: the other side sent something else";
        io::Error::new(io::ErrorKind::InvalidData, other)
    })
}

fn named(what: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("failed to {what}: {error}"))
}

//! Requests to the kernel's network configuration (rtnetlink, RFC 3549 and `man 7 rtnetlink`).
//!
//! Twenty kinds of messages would be a case for a library; here are five, and bytes need no
//! unsafe code, while `ioctl` would, and refuses some of them in a user namespace.

use nix::libc;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use std::io;
use std::os::fd::OwnedFd;

/// Length of `struct nlmsghdr`.
const HEADER: usize = 16;

/// The longest answer: a card with its counters has some 2000 bytes.
const LONGEST: usize = 8192;

/// One request, under construction.
pub struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// A request of this kind (`RTM_…`) with these flags (`NLM_F_…`) and fixed part.
    pub fn new(kind: u16, flags: i32, fixed: &[u8]) -> Message {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&kind.to_ne_bytes());
        bytes.extend_from_slice(&((flags | libc::NLM_F_REQUEST) as u16).to_ne_bytes());
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(fixed);
        Message { bytes }
    }

    /// Adds an attribute, padded to four bytes.
    pub fn with(mut self, kind: u16, value: &[u8]) -> Message {
        self.bytes.extend_from_slice(&((4 + value.len()) as u16).to_ne_bytes());
        self.bytes.extend_from_slice(&kind.to_ne_bytes());
        self.bytes.extend_from_slice(value);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self
    }

    fn finished(mut self) -> Vec<u8> {
        let length = self.bytes.len() as u32;
        self.bytes[..4].copy_from_slice(&length.to_ne_bytes());
        self.bytes
    }
}

/// A socket to the configuration of the namespace in which it was opened; usable from any thread.
#[derive(Debug)]
pub struct Netlink {
    socket: OwnedFd,
}

impl Netlink {
    /// Opens it for the namespace of the calling thread.
    pub fn open() -> io::Result<Netlink> {
        let flags = SocketFlags::CLOEXEC;
        let family = AddressFamily::NETLINK;
        // NETLINK_ROUTE is protocol 0, the default.
        let socket = rustix::net::socket_with(family, SocketType::RAW, flags, None)?;
        Ok(Netlink { socket })
    }

    /// The index of an interface by its name.
    pub fn index_of(&self, name: &str) -> io::Result<u32> {
        Ok(rustix::net::netdevice::name_to_index(&self.socket, name)?)
    }

    /// Does what the message says; its flags must have `NLM_F_ACK`, so that there is an answer.
    pub fn request(&self, message: Message) -> io::Result<()> {
        self.ask(message).map(drop)
    }

    /// The kernel's answer: what follows its header. An acknowledgement is empty.
    pub fn ask(&self, message: Message) -> io::Result<Vec<u8>> {
        rustix::net::send(&self.socket, &message.finished(), SendFlags::empty())?;
        let mut buffer = [0; LONGEST];
        let (length, _) = rustix::net::recv(&self.socket, &mut buffer[..], RecvFlags::empty())?;
        let answer = &buffer[..length];
        let kind = answer.get(4..6).map(|kind| u16::from_ne_bytes([kind[0], kind[1]]));
        if kind != Some(libc::NLMSG_ERROR as u16) {
            return Ok(answer.get(HEADER..).unwrap_or_default().to_vec());
        }
        match answer.get(HEADER..).and_then(word) {
            Some(0) => Ok(Vec::new()),
            Some(errno) => Err(io::Error::from_raw_os_error(-(errno as i32))),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// The value of an attribute, in a list of them.
pub fn attribute(mut list: &[u8], wanted: u16) -> Option<&[u8]> {
    while let [a, b, c, d, ..] = *list {
        let length = usize::from(u16::from_ne_bytes([a, b]));
        if u16::from_ne_bytes([c, d]) == wanted {
            return list.get(4..length);
        }
        list = list.get(length.next_multiple_of(4).max(4)..)?;
    }
    None
}

fn word(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_behind_others_of_odd_length() {
        let message = Message::new(0, 0, &[]).with(7, &[1, 2, 3]).with(9, &[4]).finished();
        let list = &message[HEADER..];
        assert_eq!(attribute(list, 7), Some(&[1, 2, 3][..]));
        assert_eq!(attribute(list, 9), Some(&[4][..]));
        assert_eq!(attribute(list, 8), None);
    }

    #[test]
    fn broken_lists_of_attributes_end() {
        assert_eq!(attribute(&[0, 0, 1, 0, 0, 0, 1, 0], 9), None);
        assert_eq!(attribute(&[200, 0, 9, 0, 1], 9), None);
        assert_eq!(attribute(&[1, 2, 3], 9), None);
    }
}

//! Calling another node: a connection, and the greeting over it.

use crate::node::sockets::streams::broken::{Broken, is_passing};
use crate::node::sockets::streams::greeting::{Hello, Welcome};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags};
use pepperland_core::time::{Span, Time};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::os::fd::AsFd;

/// How long calls wait for an answer, one after the other and then again. Short ones end soon after
/// a cut; a long one reaches a node that is far away. TCP repeats its call after a second, so that
/// there is never more than that between two.
const PATIENCE: [Span; 3] = [Span::millis(400), Span::millis(400), Span::seconds(2)];

/// A call that has not been answered yet.
#[derive(Debug)]
pub struct Call {
    stream: TcpStream,
    limit: Time,
    hello: [u8; Hello::LENGTH],
    said: usize,
    /// When that much of it was said.
    said_at: Time,
    welcome: [u8; Welcome::LENGTH],
    heard: usize,
}

/// What has become of a call.
#[derive(Debug)]
pub enum Called {
    /// Nobody has answered yet.
    Waiting(Call),
    /// The other node has.
    Answered {
        /// The connection.
        stream: TcpStream,
        /// What it said.
        welcome: Welcome,
        /// When it was greeted, at the earliest.
        greeted: Time,
    },
}

impl Call {
    /// Begins to call, after so many calls without an answer.
    ///
    /// # Errors
    /// If the other's machine says at once that it is not there.
    pub fn begin(
        (from, to): (Ipv4Addr, SocketAddrV4),
        hello: Hello,
        failures: u32,
        now: Time,
    ) -> io::Result<Call> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        // The other node knows this one by its address.
        socket.bind(&SocketAddrV4::new(from, 0).into())?;
        match socket.connect(&to.into()) {
            Ok(()) => {}
            Err(error) if error.raw_os_error() == Some(Errno::EINPROGRESS as i32) => {}
            Err(error) => return Err(error),
        }
        Ok(Call {
            stream: socket.into(),
            limit: now + PATIENCE[failures as usize % PATIENCE.len()],
            hello: hello.write(),
            said: 0,
            said_at: now,
            welcome: [0; Welcome::LENGTH],
            heard: 0,
        })
    }

    /// What is to be waited for.
    pub fn watch(&self) -> PollFd<'_> {
        let flags = match self.said < Hello::LENGTH {
            true => PollFlags::POLLOUT,
            false => PollFlags::POLLIN,
        };
        PollFd::new(self.stream.as_fd(), flags)
    }

    /// When it is given up.
    pub fn limit(&self) -> Time {
        self.limit
    }

    /// Greets, and hears the answer.
    ///
    /// # Errors
    /// If nobody answers, or somebody who is no node.
    pub fn tend(mut self, now: Time) -> Result<Called, Broken> {
        if self.said < Hello::LENGTH {
            let count = moved(self.stream.write(&self.hello[self.said..]))?;
            self.said += count;
            self.said_at = now;
        } else {
            self.heard += moved(self.stream.read(&mut self.welcome[self.heard..]))?;
        }
        if self.heard == Welcome::LENGTH {
            let welcome = Welcome::read(&self.welcome).ok_or(Broken::Garbled)?;
            return Ok(Called::Answered { stream: self.stream, welcome, greeted: self.said_at });
        }
        match now < self.limit {
            true => Ok(Called::Waiting(self)),
            false => Err(Broken::Stalled),
        }
    }
}

/// How many bytes were moved; none if the connection is not there yet.
fn moved(result: io::Result<usize>) -> Result<usize, Broken> {
    match result {
        Ok(0) => Err(Broken::Ended),
        Ok(count) => Ok(count),
        Err(error) if is_passing(&error) || error.kind() == ErrorKind::NotConnected => Ok(0),
        Err(error) => Err(error.into()),
    }
}

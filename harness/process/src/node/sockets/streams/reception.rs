//! The receiving side: who has called, in which life, and what has come from it.

use crate::node::Stopped;
use crate::node::sockets::directory::Directory;
use crate::node::sockets::inbox::Inbox;
use crate::node::sockets::streams::broken::Broken;
use crate::node::sockets::streams::greeting::{Hello, Welcome};
use crate::node::sockets::streams::incoming::Incoming;
use nix::poll::{PollFd, PollFlags};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsFd;

/// So many connections of one node are kept: that of its present life, those of earlier ones from
/// which something may still come, and calls that it gave up.
const FROM_EACH: usize = 8;

/// So many calls wait to be taken, and are taken at a time.
const CALLS: usize = 128;

/// The receiving side of a node.
#[derive(Debug)]
pub struct Reception {
    listener: TcpListener,
    incarnation: u32,
    /// When this node began to live.
    since: Time,
    callers: Vec<Caller>,
    connections: Vec<Incoming>,
    buffer: Vec<u8>,
}

/// What is remembered of a node, whether it is connected or not.
#[derive(Debug, Default)]
struct Caller {
    /// Its last greeting.
    last: Option<Hello>,
    /// The number of the last frame received from that life of it.
    received: u64,
}

impl Reception {
    /// Listens at an address, for so many nodes.
    ///
    /// # Errors
    /// If it cannot be listened at.
    pub fn open(
        address: SocketAddrV4,
        nodes: usize,
        incarnation: u32,
        since: Time,
    ) -> Result<Reception, Stopped> {
        let listener = listen(address).map_err(|error| Stopped::Socket { address, error })?;
        Ok(Reception {
            listener,
            incarnation,
            since,
            callers: std::iter::repeat_with(Caller::default).take(nodes).collect(),
            connections: Vec::new(),
            buffer: vec![0; 64 << 10],
        })
    }

    /// What is to be waited for.
    pub fn watch<'a>(&'a self, watched: &mut Vec<PollFd<'a>>) {
        watched.push(PollFd::new(self.listener.as_fd(), PollFlags::POLLIN));
        watched.extend(self.connections.iter().map(Incoming::watch));
    }

    /// Takes calls, and what has come over connections.
    pub fn tend(&mut self, directory: &Directory, inbox: &mut Inbox, now: Time) {
        self.take_calls(directory, inbox);
        let mut connections = std::mem::take(&mut self.connections);
        for connection in &mut connections {
            connection.read(&mut self.buffer);
        }
        for mut connection in connections {
            match self.hear(&mut connection, inbox, now) {
                Ok(()) => self.connections.push(connection),
                Err(Broken::Garbled) => inbox.garbled(connection.from),
                Err(Broken::Ended | Broken::Stalled) => {}
            }
        }
    }

    fn take_calls(&mut self, directory: &Directory, inbox: &mut Inbox) {
        for _ in 0..CALLS {
            let Ok((stream, from)) = self.listener.accept() else { return };
            let SocketAddr::V4(address) = from else { continue };
            match directory.node(*address.ip()) {
                Some(from) => self.admit(from, stream),
                None => {
                    let text = format!("a connection from {from} was closed: no node is there");
                    inbox.remark_once("stranger", text);
                }
            }
        }
    }

    fn admit(&mut self, from: NodeId, stream: TcpStream) {
        if stream.set_nonblocking(true).is_err() || stream.set_nodelay(true).is_err() {
            return;
        }
        let of_same = self.connections.iter().filter(|other| other.from == from);
        if of_same.count() >= FROM_EACH {
            let oldest = self.connections.iter().position(|other| other.from == from);
            oldest.map(|place| self.connections.remove(place));
        }
        self.connections.push(Incoming::new(from, stream));
    }

    /// Takes what has come over one connection, and says that it did.
    fn hear(
        &mut self,
        connection: &mut Incoming,
        inbox: &mut Inbox,
        now: Time,
    ) -> Result<(), Broken> {
        if let Some(hello) = connection.hear_hello()? {
            self.greet(connection, hello, now)?;
        }
        let caller = &mut self.callers[connection.from.index()];
        if caller.has_called_again_since(connection) {
            return Err(Broken::Ended);
        }
        let taken = take_frames(connection, inbox);
        if caller.last == connection.hello() {
            caller.received = connection.received;
        }
        taken?;
        connection.reply()
    }

    /// A node has greeted: its present life has one connection, the newest.
    fn greet(&mut self, connection: &mut Incoming, hello: Hello, now: Time) -> Result<(), Broken> {
        let (from, age) = (connection.from, now.since(self.since));
        let caller = &mut self.callers[from.index()];
        let received = caller.greet(hello)?;
        self.connections
            .retain(|old| old.from != from || old.incarnation() != Some(hello.incarnation));
        connection.welcome(Welcome { incarnation: self.incarnation, age, received });
        Ok(())
    }
}

impl Caller {
    /// It has greeted; the number of the last frame that was received from this life of it.
    fn greet(&mut self, hello: Hello) -> Result<u64, Broken> {
        match self.last {
            // A call that it gave up long ago, or of a life that is over.
            Some(last) if (hello.incarnation, hello.call) <= (last.incarnation, last.call) => {
                return Err(Broken::Ended);
            }
            Some(last) if last.incarnation == hello.incarnation => {}
            _ => self.received = 0,
        }
        self.last = Some(hello);
        Ok(self.received)
    }

    /// Whether the same life of it has another connection by now.
    fn has_called_again_since(&self, connection: &Incoming) -> bool {
        let (Some(last), Some(hello)) = (self.last, connection.hello()) else { return false };
        last.incarnation == hello.incarnation && last.call != hello.call
    }
}

fn take_frames(connection: &mut Incoming, inbox: &mut Inbox) -> Result<(), Broken> {
    let from = connection.from;
    while let Some((network, frame)) = connection.take()? {
        inbox.frame(from, network, frame);
    }
    Ok(())
}

fn listen(address: SocketAddrV4) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    // The connections of an earlier life may still be ending.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(CALLS as i32)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

//! Frames as datagrams: a byte that says over which network, and the frame.
//!
//! Nothing is added that would make UDP better than it is: what is lost, doubled, overtaken or
//! corrupted on the way reaches the protocol so, as it does in the simulator.

use crate::node::Stopped;
use crate::node::sockets::directory::Directory;
use crate::node::sockets::groups;
use crate::node::sockets::inbox::Inbox;
use crate::node::sockets::wire::Wire;
use nix::poll::{PollFd, PollFlags};
use pepperland_core::contract::Host;
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::time::Time;
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::AsFd;

/// How long a frame may be: what a datagram carries over IPv4, but for the network's byte.
const CAPACITY: usize = 65_507 - 1;

/// So many datagrams are read from a socket at a time, so that a flood drowns nobody else.
const AT_A_TIME: usize = 64;

/// How many bytes may wait in the kernel, if it allows so many. Its own choice holds three frames of
/// 60 kB.
const WAITING: usize = 4 << 20;

/// A node's datagram sockets.
#[derive(Debug)]
pub struct Datagrams {
    directory: Directory,
    /// At the node's own address: all that is sent goes through it, and it gets what is for this
    /// node alone.
    own: UdpSocket,
    address: SocketAddrV4,
    groups: Vec<UdpSocket>,
    buffer: Vec<u8>,
}

impl Datagrams {
    /// Opens the sockets of a node, and joins its groups.
    ///
    /// # Errors
    /// If a socket cannot be opened.
    pub fn open(directory: Directory, host: &Host) -> Result<Datagrams, Stopped> {
        let nowhere = || Stopped::Senseless(format!("{} has no address", host.me));
        let address = directory.address(host.me).ok_or_else(nowhere)?;
        let own = open(address).map_err(|error| Stopped::Socket { address, error })?;
        let groups = groups::join(&host.groups, host.me, *address.ip())?;
        Ok(Datagrams { directory, own, address, groups, buffer: vec![0; 1 << 16] })
    }

    fn send(&mut self, to: SocketAddrV4, network: NetworkId, frame: &[u8], inbox: &mut Inbox) {
        self.buffer[0] = network.0;
        self.buffer[1..=frame.len()].copy_from_slice(frame);
        if let Err(error) = self.own.send_to(&self.buffer[..=frame.len()], to) {
            let text = format!("a datagram to {to} was lost at once: {error}");
            inbox.remark_once(&error.kind().to_string(), text);
        }
    }
}

impl Wire for Datagrams {
    fn put(&mut self, to: NodeId, network: NetworkId, frame: &[u8], inbox: &mut Inbox, _: Time) {
        if let Some(address) = self.directory.address(to) {
            self.send(address, network, frame, inbox);
        }
    }

    fn put_for(
        &mut self,
        (group, _): (GroupId, &[NodeId]),
        network: NetworkId,
        frame: &[u8],
        inbox: &mut Inbox,
        _: Time,
    ) {
        self.send(groups::address(group), network, frame, inbox);
    }

    fn capacity(&self) -> (usize, &'static str) {
        (CAPACITY, "a datagram")
    }

    fn watch<'a>(&'a self, watched: &mut Vec<PollFd<'a>>) {
        let sockets = self.groups.iter().chain([&self.own]);
        watched.extend(sockets.map(|socket| PollFd::new(socket.as_fd(), PollFlags::POLLIN)));
    }

    fn due(&self) -> Option<Time> {
        None
    }

    fn pump(&mut self, inbox: &mut Inbox, _: Time) {
        let Datagrams { directory, own, address, groups, buffer } = self;
        for socket in groups.iter().chain([&*own]) {
            for _ in 0..AT_A_TIME {
                match socket.recv_from(buffer) {
                    // On a loopback interface a node hears its own group sends; its copy is in the
                    // inbox already.
                    Ok((_, from)) if from == SocketAddr::V4(*address) => {}
                    Ok((length, from)) => accept(&buffer[..length], from, directory, inbox),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    // Of an earlier datagram that did not arrive: the socket is as good as before.
                    Err(_) => {}
                }
            }
        }
    }
}

/// Takes a datagram, if it is a node's. Who sent it is told by where it came from.
fn accept(bytes: &[u8], from: SocketAddr, directory: &Directory, inbox: &mut Inbox) {
    let Some(node) = sender(from, directory) else {
        let text = format!("a datagram from {from} was dropped: no node is there");
        return inbox.remark_once("stranger", text);
    };
    match bytes.split_first() {
        Some((network, frame)) => inbox.frame(node, NetworkId(*network), frame),
        None => inbox.garbled(node),
    }
}

fn sender(from: SocketAddr, directory: &Directory) -> Option<NodeId> {
    let SocketAddr::V4(from) = from else { return None };
    let node = directory.node(*from.ip())?;
    (directory.address(node) == Some(from)).then_some(node)
}

fn open(address: SocketAddrV4) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.bind(&address.into())?;
    socket.set_multicast_if_v4(address.ip())?;
    // A copy to the sender itself needs no socket.
    socket.set_multicast_loop_v4(false)?;
    // As much as the kernel allows: less only loses more.
    let _ = socket.set_recv_buffer_size(WAITING);
    let _ = socket.set_send_buffer_size(WAITING);
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

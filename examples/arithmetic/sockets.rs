//! A node's datagrams: to one other node, and to a group by IP multicast.
//!
//! Nodes are known by their ports, and are found where they were last heard from. So nobody has to
//! be told where the others are: on one machine, or on any of a network that carries multicast.

use nix::poll::{PollFd, PollFlags, poll};
use pepperland::prelude::*;
use socket2::{Domain, Socket, Type};
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::os::fd::AsFd;
use std::time::Duration;

/// Where a cluster is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The address of this machine on the network that multicast goes over.
    pub interface: Ipv4Addr,
    /// The port of the groups. Node `n` of the cluster has the port `port + n`.
    pub port: u16,
}

/// A node's sockets.
pub struct Sockets {
    place: Place,
    nodes: usize,
    /// For what is sent, and what comes for this node alone.
    own: UdpSocket,
    /// One for each group that the node is in.
    groups: Vec<UdpSocket>,
    found: BTreeMap<NodeId, SocketAddrV4>,
}

impl Sockets {
    /// Opens the sockets of a node, and joins these groups.
    ///
    /// # Errors
    /// Its port is taken, or the interface is none of this machine.
    pub fn open(
        place: Place,
        me: NodeId,
        nodes: usize,
        groups: impl Iterator<Item = GroupId>,
    ) -> Result<Sockets> {
        let own = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
        own.bind(&place.of(me)?.into())?;
        own.set_multicast_if_v4(&place.interface)?;
        own.set_nonblocking(true)?;
        let groups = groups.map(|group| place.join(group)).collect::<Result<_>>()?;
        Ok(Sockets { place, nodes, own: own.into(), groups, found: BTreeMap::new() })
    }

    /// Sends to one node. If it is not there it does not get it, as it is with datagrams.
    pub fn send(&self, to: NodeId, frame: &[u8]) {
        let address = self.found.get(&to).copied().or_else(|| self.place.of(to).ok());
        if let Some(address) = address {
            let _ = self.own.send_to(frame, address);
        }
    }

    /// Sends one datagram to all that have joined the group.
    pub fn multicast(&self, group: GroupId, frame: &[u8]) {
        let _ = self.own.send_to(frame, self.place.of_group(group));
    }

    /// Waits so long for datagrams, and receives some. Strangers are not listened to.
    ///
    /// # Errors
    /// The sockets are of no use any more.
    pub fn receive(&mut self, patience: Duration) -> Result<Vec<(NodeId, Vec<u8>)>> {
        self.wait(patience)?;
        let mut frames = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        for socket in self.groups.iter().chain([&self.own]) {
            let (length, from) = match socket.recv_from(&mut buffer) {
                Ok((length, SocketAddr::V4(from))) => (length, from),
                Err(error) if !is_passing(&error) => return Err(error),
                _ => continue,
            };
            if let Some(node) = self.place.node(from.port()).filter(|n| n.index() < self.nodes) {
                self.found.insert(node, from);
                frames.push((node, buffer[..length].to_vec()));
            }
        }
        Ok(frames)
    }

    fn wait(&self, patience: Duration) -> Result<()> {
        let sockets = self.groups.iter().chain([&self.own]);
        let watched = sockets.map(|socket| PollFd::new(socket.as_fd(), PollFlags::POLLIN));
        // To wait for no time at all would be to spin.
        let patience = u16::try_from(patience.as_millis()).unwrap_or(u16::MAX).max(1);
        match poll(&mut watched.collect::<Vec<_>>(), patience) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }
}

impl Place {
    /// Where a node is, if it is on this machine.
    fn of(self, node: NodeId) -> Result<SocketAddrV4> {
        let number = u16::try_from(node.0).ok().and_then(|index| index.checked_add(1));
        let port = number.and_then(|number| self.port.checked_add(number));
        let no_port = || Error::new(ErrorKind::InvalidInput, "there is no such port");
        Ok(SocketAddrV4::new(self.interface, port.ok_or_else(no_port)?))
    }

    /// Whose port it is.
    fn node(self, port: u16) -> Option<NodeId> {
        port.checked_sub(self.port)?.checked_sub(1).map(|index| NodeId(index.into()))
    }

    /// The address of a group: 239.77.0.1 for the first.
    fn of_group(self, group: GroupId) -> SocketAddrV4 {
        let [.., high, low] = (group.0 + 1).to_be_bytes();
        SocketAddrV4::new(Ipv4Addr::new(239, 77, high, low), self.port)
    }

    /// A socket that gets what is sent to a group, as others on this machine may do too.
    fn join(self, group: GroupId) -> Result<UdpSocket> {
        let address = self.of_group(group);
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.join_multicast_v4(address.ip(), &self.interface)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    }
}

/// Whether the socket is as good as before: nothing is there, or somebody who was sent to is not.
fn is_passing(error: &Error) -> bool {
    use ErrorKind::{ConnectionRefused, ConnectionReset, Interrupted, WouldBlock};
    [WouldBlock, Interrupted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

//! Frames as datagrams: a byte that says how many labels follow, the labels, the frame.
//!
//! A group send is one datagram to a multicast address, with a label for each copy that is on its
//! way; whoever receives it takes the copies that are its own.

use crate::flights::Label;
use crate::wire::{LABEL, Wire, read_label, write_label};
use crate::world::World;
use pepperland_core::id::{GroupId, NodeId};
use std::cell::RefCell;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use turmoil::net::UdpSocket;

/// The port that every node listens on.
pub const PORT: u16 = 7000;

/// How many bytes a datagram carries over IPv4.
pub const DATAGRAM: usize = 65_507;

/// A datagram has at most this many labels; a group send with more is several datagrams. Labels
/// are the harness's own, so that a frame's length is limited as if it had one alone.
const MOST_LABELS: usize = 255;

/// A node's datagram socket.
pub struct Udp {
    me: NodeId,
    socket: UdpSocket,
    addresses: Vec<SocketAddr>,
    out: Vec<u8>,
    buffer: Vec<u8>,
}

impl Udp {
    /// Binds the socket of the host that runs this, and joins the groups of its node.
    pub async fn open(world: &RefCell<World>, me: NodeId) -> io::Result<Udp> {
        let socket = UdpSocket::bind((IpAddr::from(Ipv4Addr::UNSPECIFIED), PORT)).await?;
        // A copy to the sender itself needs no socket.
        socket.set_multicast_loop_v4(false)?;
        let world = world.borrow();
        let groups = &world.nodes[me.index()].host.groups;
        for (group, members) in (0..).map(GroupId).zip(&**groups) {
            if members.contains(&me) {
                socket.join_multicast_v4(multicast_address(group), Ipv4Addr::UNSPECIFIED)?;
            }
        }
        let addresses = addresses(world.nodes.len());
        let buffer = vec![0; DATAGRAM + MOST_LABELS * LABEL];
        Ok(Udp { me, socket, addresses, out: Vec::new(), buffer })
    }

    /// Waits until a datagram has come.
    pub async fn arrival(&self) {
        self.socket.readable().await.expect("a bound socket becomes readable");
    }

    /// Lands every frame that has come.
    pub fn drain(&mut self, world: &RefCell<World>) {
        while let Ok((length, _)) = self.socket.try_recv_from(&mut self.buffer) {
            if let Some((labels, frame)) = read_datagram(&self.buffer[..length]) {
                labels.for_each(|label| world.borrow_mut().land(self.me, label, frame));
            }
        }
    }

    fn send(&mut self, to: SocketAddr, labels: impl Iterator<Item = Label>, frame: &[u8]) {
        self.out.clear();
        self.out.push(0);
        for label in labels {
            self.out[0] += 1;
            write_label(label, &mut self.out);
        }
        self.out.extend_from_slice(frame);
        let sent = self.socket.try_send_to(&self.out, to);
        sent.expect("turmoil takes every datagram for a known host and for a group");
    }
}

impl Wire for Udp {
    fn put(&mut self, to: NodeId, label: Label, frame: &[u8]) {
        self.send(self.addresses[to.index()], std::iter::once(label), frame);
    }

    fn put_for(&mut self, group: GroupId, copies: &[(NodeId, Label)], frame: &[u8]) {
        let address = SocketAddr::new(multicast_address(group).into(), PORT);
        for copies in copies.chunks(MOST_LABELS) {
            self.send(address, copies.iter().map(|(_, label)| *label), frame);
        }
    }

    fn capacity(&self) -> usize {
        DATAGRAM - 1 - LABEL
    }
}

/// The address of a group, from the block for use within one organisation (RFC 2365).
fn multicast_address(group: GroupId) -> Ipv4Addr {
    let [_, high, middle, low] = group.0.to_be_bytes();
    Ipv4Addr::new(239, high, middle, low)
}

/// The labels of a datagram, and its frame.
fn read_datagram(bytes: &[u8]) -> Option<(impl Iterator<Item = Label>, &[u8])> {
    let (count, rest) = bytes.split_first()?;
    let (labels, frame) = rest.split_at_checked(usize::from(*count) * LABEL)?;
    let label = |bytes| read_label(bytes).expect("a label has its length").0;
    Some((labels.chunks_exact(LABEL).map(label), frame))
}

/// The address of every node.
pub fn addresses(nodes: usize) -> Vec<SocketAddr> {
    NodeId::first(nodes).map(|n| SocketAddr::new(turmoil::lookup(n.to_string()), PORT)).collect()
}

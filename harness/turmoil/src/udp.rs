//! Frames as datagrams.

use crate::flights::Label;
use crate::wire::{LABEL, Wire, read_label, write_label};
use crate::world::World;
use pepperland_core::id::NodeId;
use std::cell::RefCell;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use turmoil::net::UdpSocket;

/// The port that every node listens on.
pub const PORT: u16 = 7000;

/// How many bytes a datagram carries over IPv4.
pub const DATAGRAM: usize = 65_507;

/// A node's datagram socket.
pub struct Udp {
    socket: UdpSocket,
    addresses: Vec<SocketAddr>,
    out: Vec<u8>,
    buffer: Vec<u8>,
}

impl Udp {
    /// Binds the socket of the host that runs this.
    pub async fn open(nodes: usize) -> io::Result<Udp> {
        let socket = UdpSocket::bind((IpAddr::from(Ipv4Addr::UNSPECIFIED), PORT)).await?;
        let addresses = addresses(nodes);
        Ok(Udp { socket, addresses, out: Vec::new(), buffer: vec![0; DATAGRAM] })
    }

    /// Waits until a datagram has come.
    pub async fn arrival(&self) {
        self.socket.readable().await.expect("a bound socket becomes readable");
    }

    /// Lands every datagram that has come.
    pub fn drain(&mut self, world: &RefCell<World>) {
        while let Ok((length, _)) = self.socket.try_recv_from(&mut self.buffer) {
            if let Some((label, frame)) = read_label(&self.buffer[..length]) {
                world.borrow_mut().land(label, frame);
            }
        }
    }
}

impl Wire for Udp {
    fn put(&mut self, to: NodeId, label: Label, frame: &[u8]) {
        self.out.clear();
        write_label(label, &mut self.out);
        self.out.extend_from_slice(frame);
        let sent = self.socket.try_send_to(&self.out, self.addresses[to.index()]);
        sent.expect("turmoil takes every datagram for a known host");
    }

    fn capacity(&self) -> usize {
        DATAGRAM - LABEL
    }
}

/// The address of every node.
pub fn addresses(nodes: usize) -> Vec<SocketAddr> {
    NodeId::first(nodes).map(|n| SocketAddr::new(turmoil::lookup(n.to_string()), PORT)).collect()
}

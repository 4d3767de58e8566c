//! Frames over streams: one connection for each ordered pair of nodes, opened by the sender, and
//! opened again after either end restarted.

use crate::flights::Label;
use crate::udp::{PORT, addresses};
use crate::wire::{LABEL, Wire, read_label, write_label};
use crate::world::World;
use pepperland_core::id::NodeId;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncReadExt, AsyncWrite};
use tokio::sync::Notify;
use tokio::task::spawn_local;
use turmoil::net::TcpListener;
use turmoil::net::TcpStream;
use turmoil::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// The sending side of one connection.
#[derive(Default)]
struct Outgoing {
    stream: Option<OwnedWriteHalf>,
    /// What waits for the connection.
    waiting: VecDeque<Vec<u8>>,
}

type Peers = Rc<Vec<RefCell<Outgoing>>>;

/// A node's connections.
pub struct Tcp {
    peers: Peers,
    connected: Rc<Notify>,
    me: NodeId,
}

impl Tcp {
    /// Listens, and connects to every other node.
    pub async fn open(world: Rc<RefCell<World>>, me: NodeId, nodes: usize) -> io::Result<Tcp> {
        let listener = TcpListener::bind((IpAddr::from(Ipv4Addr::UNSPECIFIED), PORT)).await?;
        spawn_local(accept(listener, world, me));
        let peers: Peers = Rc::new((0..nodes).map(|_| RefCell::default()).collect());
        let connected = Rc::new(Notify::new());
        for (peer, address) in addresses(nodes).into_iter().enumerate() {
            if peer != me.index() {
                spawn_local(keep_connected(peers.clone(), peer, address, connected.clone()));
            }
        }
        Ok(Tcp { peers, connected, me })
    }

    /// Waits until it is connected to every other node.
    pub async fn all_connected(&self) {
        let missing = |(peer, out): (usize, &RefCell<Outgoing>)| {
            peer != self.me.index() && out.borrow().stream.is_none()
        };
        while self.peers.iter().enumerate().any(missing) {
            self.connected.notified().await;
        }
    }
}

impl Wire for Tcp {
    fn put(&mut self, to: NodeId, label: Label, frame: &[u8]) {
        let length = (LABEL + frame.len()) as u32;
        let mut bytes = length.to_le_bytes().to_vec();
        write_label(label, &mut bytes);
        bytes.extend_from_slice(frame);
        self.peers[to.index()].borrow_mut().put(bytes);
    }

    fn capacity(&self) -> usize {
        u32::MAX as usize - LABEL
    }
}

impl Outgoing {
    /// Writes the bytes, or keeps them until there is a connection.
    fn put(&mut self, bytes: Vec<u8>) {
        self.waiting.push_back(bytes);
        self.flush();
    }

    fn flush(&mut self) {
        while let (Some(stream), Some(bytes)) = (&mut self.stream, self.waiting.front()) {
            let mut context = Context::from_waker(Waker::noop());
            match Pin::new(stream).poll_write(&mut context, bytes) {
                // turmoil takes a whole buffer as one segment, or nothing of it.
                Poll::Ready(Ok(_)) => drop(self.waiting.pop_front()),
                Poll::Ready(Err(_)) => self.stream = None,
                Poll::Pending => return,
            }
        }
    }
}

/// Connects, writes what has waited, and does so again whenever the connection breaks. A refused
/// attempt has taken at least a tick, so that this does not spin.
async fn keep_connected(peers: Peers, peer: usize, address: SocketAddr, connected: Rc<Notify>) {
    loop {
        let Ok(stream) = TcpStream::connect(address).await else { continue };
        let (mut read, write) = stream.into_split();
        {
            let mut outgoing = peers[peer].borrow_mut();
            outgoing.stream = Some(write);
            outgoing.flush();
        }
        connected.notify_one();
        // Nothing is ever sent back: a read returns when the connection breaks.
        let _ = read.read_u8().await;
        peers[peer].borrow_mut().stream = None;
    }
}

async fn accept(listener: TcpListener, world: Rc<RefCell<World>>, me: NodeId) {
    while let Ok((stream, _)) = listener.accept().await {
        let (read, write) = stream.into_split();
        spawn_local(receive(read, write, world.clone(), me));
    }
}

/// Lands what one peer sends. The other half is kept: dropping it would end the connection.
async fn receive(
    mut read: OwnedReadHalf,
    _write: OwnedWriteHalf,
    world: Rc<RefCell<World>>,
    me: NodeId,
) {
    let mut bytes = Vec::new();
    while let Ok(length) = read.read_u32_le().await {
        bytes.resize(length as usize, 0);
        if read.read_exact(&mut bytes).await.is_err() {
            return;
        }
        let Some((label, frame)) = read_label(&bytes) else { return };
        let mut world = world.borrow_mut();
        world.land(me, label, frame);
        world.nodes[me.index()].own.bell.notify_one();
    }
}

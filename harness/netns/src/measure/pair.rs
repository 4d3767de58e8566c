//! Two nodes that something joins.

use crate::namespace::address::ip;
use crate::{Handle, Namespace, Options, Switch};
use rustix::net::sockopt::set_socket_recv_buffer_size_force;
use std::any::Any;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// Two nodes that are not joined by then never will be.
const PATIENCE: Duration = Duration::from_secs(10);

/// So long is waited for the answer to one greeting.
const PAUSE: Duration = Duration::from_millis(10);

/// A receiver that is not run for a while must not lose what has arrived.
const RECEIVE_BUFFER: usize = 64 << 20;

/// Two nodes that something joins: 10.77.0.1 and 10.77.0.2.
pub struct Pair {
    pub nodes: [Handle; 2],
    /// What joins them: it must not be dropped before.
    pub _joint: Box<dyn Any>,
}

impl Pair {
    /// By a switch that disturbs nothing.
    pub fn by_switch() -> io::Result<Pair> {
        let switch = Switch::start(Namespace::make_all(2)?, Options::of(0))?;
        Ok(Pair { nodes: [switch.handle(0), switch.handle(1)], _joint: Box::new(switch) })
    }

    /// A sender at the one, connected to a receiver at the other.
    pub fn datagrams(&self) -> io::Result<(UdpSocket, UdpSocket)> {
        let any_port = |node: usize| SocketAddr::from((ip(node), 0));
        let receiver = self.nodes[1].run(|| UdpSocket::bind(any_port(1)))??;
        // Only root of the whole machine may.
        let _ = set_socket_recv_buffer_size_force(&receiver, RECEIVE_BUFFER);
        let sender = self.nodes[0].run(|| UdpSocket::bind(any_port(0)))??;
        sender.connect(receiver.local_addr()?)?;
        Ok((sender, receiver))
    }

    /// Waits until datagrams cross: a new card of the kernel may take a second.
    pub fn wait_until_joined(&self) -> io::Result<()> {
        let (sender, receiver) = self.datagrams()?;
        receiver.set_read_timeout(Some(PAUSE))?;
        let greet = || sender.send(b"?").and_then(|_| receiver.recv(&mut [0; 8])).is_ok();
        let attempts = PATIENCE.as_millis() / PAUSE.as_millis();
        (0..attempts)
            .any(|_| greet())
            .then_some(())
            .ok_or_else(|| io::Error::other(format!("no datagram crossed within {PATIENCE:?}")))
    }
}

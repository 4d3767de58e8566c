//! Two nodes and a datagram between them.

use crate::namespace::address::ip;
use crate::{Namespace, Options, Switch};
use std::io;
use std::net::UdpSocket;
use std::time::Duration;

/// How long a datagram may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends a datagram from one node to another, and back; what was seen.
pub fn there_and_back() -> io::Result<String> {
    let switch = Switch::start(Namespace::make_all(2)?, Options::of(0))?;
    let [near, far] = [socket(&switch, 0)?, socket(&switch, 1)?];
    let mut word = [0; 4];
    near.send_to(b"ping", far.local_addr()?)?;
    let (_, from) = far.recv_from(&mut word)?;
    far.send_to(b"pong", from)?;
    near.recv(&mut word)?;
    let carried = switch.stop()?.counters.total().carried;
    Ok(format!("two nodes joined by a switch, {carried} datagrams carried"))
}

fn socket(switch: &Switch, node: usize) -> io::Result<UdpSocket> {
    let socket = switch.handle(node).run(|| UdpSocket::bind((ip(node), 0)))??;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket)
}

//! Multicast addresses: a group send is one datagram, and whoever has joined the group gets it.

use crate::node::Stopped;
use crate::node::sockets::PORT;
use pepperland_core::id::{GroupId, NodeId};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

/// The address of a group, from the block for use within one organisation (RFC 2365): `g1` has
/// 239.77.0.1.
pub fn address(group: GroupId) -> SocketAddrV4 {
    let [.., high, low] = (group.0 + 1).to_be_bytes();
    SocketAddrV4::new(Ipv4Addr::new(239, 77, high, low), PORT)
}

/// How many groups there are addresses for.
const MOST: usize = 65_535;

/// A socket for each group that a node is in. It has the group's own address, so that it gets
/// nothing else, and so that nodes on one machine can share the port.
///
/// # Errors
/// If there are more groups than addresses, or a socket cannot be opened.
pub fn join(
    groups: &[impl AsRef<[NodeId]>],
    me: NodeId,
    at: Ipv4Addr,
) -> Result<Vec<UdpSocket>, Stopped> {
    if groups.len() > MOST {
        return Err(Stopped::Senseless(format!("no more than {MOST} groups have addresses")));
    }
    let mine = (0..).map(GroupId).zip(groups).filter(|(_, all)| all.as_ref().contains(&me));
    let open = |(group, _)| {
        let address = address(group);
        open(address, at).map_err(|error| Stopped::Socket { address, error })
    };
    mine.map(open).collect()
}

fn open(address: SocketAddrV4, at: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.join_multicast_v4(address.ip(), &at)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_an_address_of_its_own() {
        let text = |group| address(GroupId(group)).to_string();
        assert_eq!(text(0), "239.77.0.1:7700");
        assert_eq!(text(255), "239.77.1.0:7700");
        assert_eq!(text(MOST as u32 - 1), "239.77.255.255:7700");
    }
}

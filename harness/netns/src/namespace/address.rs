//! The names of a node on the network, all from its number: nothing is asked, nothing is learnt.

use std::net::Ipv4Addr;

/// How many nodes have an address: 10.77.0.1 to 10.77.255.254, without those that end in 0 or 255,
/// which some programs take for a network or a broadcast.
pub const MOST_NODES: usize = 254 * 256;

/// How many bits of an address belong to the network.
pub const PREFIX: u8 = 16;

/// The address of a node, counted from 0: the first is 10.77.0.1.
pub fn ip(node: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, (node / 254) as u8, (node % 254) as u8 + 1)
}

/// The hardware address of a node, counted from 0: the first is 02:00:00:00:00:01, locally
/// administered.
pub fn mac(node: usize) -> [u8; 6] {
    let [high, low] = ((node + 1) as u16).to_be_bytes();
    [0x02, 0, 0, 0, high, low]
}

/// Whose hardware address it is, if it is of our making.
pub fn node_of(mac: &[u8]) -> Option<usize> {
    match *mac {
        [0x02, 0, 0, 0, high, low] => usize::from(u16::from_be_bytes([high, low])).checked_sub(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_found_again_by_its_hardware_address() {
        for node in [0, 1, 253, 254, 255, 256, 1000, MOST_NODES - 1] {
            assert_eq!(node_of(&mac(node)), Some(node));
        }
    }

    #[test]
    fn addresses_of_others_are_of_nobody() {
        assert_eq!(node_of(&[0x02, 0, 0, 0, 0, 0]), None);
        assert_eq!(node_of(&[0x02, 0, 0, 1, 0, 1]), None);
        assert_eq!(node_of(&[]), None);
    }

    #[test]
    fn no_address_looks_like_a_network_or_a_broadcast() {
        assert_eq!(ip(0), Ipv4Addr::new(10, 77, 0, 1));
        assert_eq!(ip(253), Ipv4Addr::new(10, 77, 0, 254));
        assert_eq!(ip(254), Ipv4Addr::new(10, 77, 1, 1));
        assert_eq!(ip(MOST_NODES - 1), Ipv4Addr::new(10, 77, 255, 254));
    }
}

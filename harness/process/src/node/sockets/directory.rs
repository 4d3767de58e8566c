//! Who is where.

use crate::node::Stopped;
use crate::node::sockets::PORT;
use crate::words::Init;
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};

/// The address of each node, and the node of each address.
#[derive(Debug)]
pub struct Directory {
    addresses: Vec<Ipv4Addr>,
    nodes: BTreeMap<Ipv4Addr, NodeId>,
}

impl Directory {
    /// Reads the addresses of all nodes.
    ///
    /// # Errors
    /// If a node has none, or the same as another.
    pub fn of(init: &Init) -> Result<Directory, Stopped> {
        let senseless = |text| Err(Stopped::Senseless(text));
        let mut directory = Directory { addresses: Vec::new(), nodes: BTreeMap::new() };
        for (place, name) in (0..).map(NodeId).zip(&init.node_ids) {
            let Some(address) = init.addresses.get(name).copied() else {
                return senseless(format!("\"addresses\" names none for {name}"));
            };
            if let Some(other) = directory.nodes.insert(address, place) {
                return senseless(format!("\"addresses\" gives {address} to {other} and {name}"));
            }
            directory.addresses.push(address);
        }
        Ok(directory)
    }

    /// Where a node listens, if there is such a node.
    pub fn address(&self, node: NodeId) -> Option<SocketAddrV4> {
        let address = self.addresses.get(node.index())?;
        Some(SocketAddrV4::new(*address, PORT))
    }

    /// Where all nodes listen, in order.
    pub fn all(&self) -> impl Iterator<Item = SocketAddrV4> {
        self.addresses.iter().map(|address| SocketAddrV4::new(*address, PORT))
    }

    /// Who is at an address.
    pub fn node(&self, address: Ipv4Addr) -> Option<NodeId> {
        self.nodes.get(&address).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn init(addresses: &[(&str, [u8; 4])]) -> Init {
        let addresses = addresses.iter().map(|(name, bytes)| ((*name).to_owned(), (*bytes).into()));
        Init {
            node_ids: vec!["n1".to_owned(), "n2".to_owned()],
            addresses: addresses.collect(),
            ..Init::default()
        }
    }

    #[test]
    fn every_node_is_found_by_its_address_and_no_stranger_is() {
        let directory = Directory::of(&init(&[("n2", [10, 0, 0, 2]), ("n1", [10, 0, 0, 1])]));
        let directory = directory.unwrap();
        let second = Ipv4Addr::new(10, 0, 0, 2);
        assert_eq!(directory.node(second), Some(NodeId(1)));
        assert_eq!(directory.address(NodeId(1)), Some(SocketAddrV4::new(second, PORT)));
        assert_eq!(directory.node(Ipv4Addr::new(10, 0, 0, 3)), None);
        assert_eq!(directory.address(NodeId(2)), None);
    }

    #[test]
    fn a_node_without_an_address_and_two_at_the_same_are_refused_by_name() {
        let refused = |init: &Init| Directory::of(init).unwrap_err().to_string();
        let without = refused(&init(&[("n1", [10, 0, 0, 1])]));
        assert!(without.contains("none for n2"), "{without}");
        let twice = refused(&init(&[("n1", [10, 0, 0, 1]), ("n2", [10, 0, 0, 1])]));
        assert!(twice.contains("10.0.0.1 to n1 and n2"), "{twice}");
    }
}

//! Registers as one log: whoever writes appends to it.
//!
//! ```text
//! To write v:                    group-send v over the controlled network
//! On receive v from w:           deliver (w, v)
//! ```
//!
//! The controlled network brings every write to every server, the writer too, in one order, each
//! within a bound; whose it is, the network says itself. A register's values are typed: what is no
//! `V` is no frame of it, and goes nowhere.
//!
//! Departs from the source, which reads the last value of a register, so that of two quick writes a
//! server may see the second alone; here each is seen.

use pepperland_core::contract::{Cx, Delivery, Memory, Network, Protocol, Value};
use pepperland_core::id::{GroupId, NetworkId, NodeId};

/// The registers of a group of servers. To multicast to the group is to write one's own.
pub struct Registers<V> {
    network: Network<V>,
}

impl<V: Value> Registers<V> {
    /// Those on the controlled network.
    pub fn new() -> Registers<V> {
        Registers { network: Network::on(NetworkId::CONTROLLED) }
    }
}

impl<V: Value> Default for Registers<V> {
    fn default() -> Registers<V> {
        Registers::new()
    }
}

impl<V: Value> Protocol for Registers<V> {
    type Payload = V;
    type Lower = Network<V>;

    const OPENS: bool = true;

    fn lower(&mut self) -> &mut Network<V> {
        &mut self.network
    }

    fn multicast(&mut self, servers: GroupId, v: V, cx: &mut Cx<'_, V>) {
        self.multicast_below(servers, v, cx);
    }

    fn open(&self, written: Delivery<V>, _: NodeId) -> Option<Delivery<V>> {
        Some(written)
    }

    fn recall(&mut self, _: &mut Memory) {}
}

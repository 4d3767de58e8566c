//! Who is what in a run of clients and servers.

use pepperland_core::contract::Cx;
use pepperland_core::id::{GroupId, NodeId};
use std::rc::Rc;

/// The clients, who are the first group.
pub const CLIENTS: GroupId = GroupId(0);

/// The servers, who are the second.
const SERVERS: GroupId = GroupId(1);

/// Who is what, how many servers may be faulty, and the group to which registers are written. Where
/// there is one group alone, each of its nodes is both.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Those who multicast, and to whom messages are delivered.
    pub clients: Rc<[NodeId]>,
    /// Those who order.
    pub servers: Rc<[NodeId]>,
    /// How many servers may be faulty: the greatest minority.
    pub f: usize,
    /// The group of the servers.
    pub registers: GroupId,
}

impl Cast {
    /// As the groups of the run have it.
    pub fn of<M>(cx: &Cx<'_, M>) -> Cast {
        let (clients, servers) = (cx.members(CLIENTS), cx.members(SERVERS));
        match servers.is_empty() {
            true => Cast::new(clients.clone(), clients, CLIENTS),
            false => Cast::new(clients, servers, SERVERS),
        }
    }

    /// These clients and these servers.
    pub fn new(clients: Rc<[NodeId]>, servers: Rc<[NodeId]>, registers: GroupId) -> Cast {
        let f = servers.len().saturating_sub(1) / 2;
        Cast { clients, servers, f, registers }
    }

    /// The place of a node among the servers.
    pub fn place(&self, node: NodeId) -> Option<usize> {
        self.servers.iter().position(|server| *server == node)
    }

    /// Whether the node is a client.
    pub fn is_client(&self, node: NodeId) -> bool {
        self.clients.contains(&node)
    }
}

//! The parts of the service, each by itself: n1 to n4 are clients, n5 to n7 servers; one of each
//! may lie.

mod clients;
mod servers;
mod votes;

use crate::byzantine::cast::Cast;
use crate::byzantine::keys::KeyRing;
use crate::byzantine::ordering::Times;
use crate::byzantine::pieri::messages::Proposal;
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Span;
use std::rc::Rc;

const NODES: usize = 7;

fn cast() -> Cast {
    let nodes: Vec<NodeId> = NodeId::first(NODES).collect();
    Cast::new(nodes[..4].into(), nodes[4..].into(), GroupId(1))
}

fn keys(node: NodeId) -> Rc<KeyRing> {
    let (max_latency, register_latency) = (Span::millis(50), Span::millis(5));
    let setup = Setup { node, nodes: NODES, flaw: None, max_latency, register_latency };
    Rc::new(KeyRing::of(&setup))
}

fn times() -> Times {
    Times::of(Span::millis(50), Span::millis(5))
}

/// The client at this place.
fn client(place: u32) -> NodeId {
    NodeId(place)
}

/// The server at this place.
fn server(place: u32) -> NodeId {
    NodeId(4 + place)
}

/// A message of the first client.
fn message(number: u32, says: &str) -> Message {
    let id = MessageId { origin: client(0), incarnation: 0, number };
    Message { id, body: Body::new(says.as_bytes()) }
}

/// That the client at this place proposes it.
fn proposal(by: u32, m: &Message) -> Proposal {
    Proposal::sealed(m.clone(), &cast().servers, &keys(client(by)))
}

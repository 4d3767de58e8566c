//! Explicit multi-unicast: a datagram carries the list of those it is for, and no router keeps any
//! state of groups (Boivie et al., *Explicit Multicast (Xcast) Concepts and Options*, RFC 5058,
//! 2007).
//!
//! ```text
//! To send m to the nodes in D:   transmit (D, m) once
//! At a router:                   for each next hop: forward (those in D whose way it is, m)
//! On receive (D, m) at p:        if p is in D then deliver m
//! ```
//!
//! Best effort, as IP multicast: only that what is delivered is what was sent. There is nothing to
//! join or to leave; whom a datagram is for is the sender's business, and a list for each datagram
//! suits many small groups, not large ones.
//!
//! Departs from the source: there are no nodes that are routers; one group send stands for their
//! work, and whoever is not in the list drops its copy.

use crate::changed::{HARMLESS, changed};
use crate::links::FAIR_LOSS_AND_RESTARTS;
use crate::links::ip_multicast::{NO_CHECKSUM, UNCHANGED};
use crate::links::sealed::Sealed;
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Cost, Implementation, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};

/// L2 without groups.
pub const ENTRY: Implementation = Implementation {
    name: "xcast",
    number: "L2",
    statement: "explicit multi-unicast: one datagram with the list of those it is for",
    source: "Boivie et al. 2007 (RFC 5058)",
    claims: &[UNCHANGED],
    model: FAIR_LOSS_AND_RESTARTS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[NO_CHECKSUM],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| {
        changed(
            setup,
            Stack::node(Xcast::over(Network::<Sealed<Listed<Message>>>::payload(), setup)),
        )
    },
};

/// What travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listed<M> {
    /// D.
    destinations: Vec<NodeId>,
    group: GroupId,
    m: M,
}

/// Explicit multi-unicast, as a host sees it.
pub struct Xcast<L> {
    network: L,
    no_checksum: bool,
}

impl<L> Xcast<L> {
    /// Explicit multi-unicast on this network.
    pub fn over(network: L, setup: &Setup<'_>) -> Xcast<L> {
        Xcast { network, no_checksum: setup.flawed("no-checksum") }
    }
}

impl<M: Value, L: Layer<Payload = Sealed<Listed<M>>>> Protocol for Xcast<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.network
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let listed = Listed { destinations: cx.members(group).to_vec(), group, m };
        self.multicast_below(group, Sealed::new(listed), cx);
    }

    fn send_each(&mut self, to: &[NodeId], m: M, cx: &mut Cx<'_, M>) {
        let listed = Listed { destinations: to.to_vec(), group: GroupId::ALL, m };
        self.multicast_below(GroupId::ALL, Sealed::new(listed), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Sealed<Listed<M>>>, cx: &mut Cx<'_, M>) {
        let listed = match self.no_checksum {
            true => Some(received.message.unchecked().clone()),
            false => received.message.clone().open(),
        };
        let Some(Listed { destinations, group, m }) = listed else { return };
        if destinations.contains(&cx.me()) {
            cx.deliver(Delivery { from: received.from, group, message: m, slot: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::contract::{Effect, Host, Request};
    use pepperland_core::seed::Seed;
    use pepperland_core::time::Span;
    use std::rc::Rc;

    #[test]
    fn a_datagram_is_delivered_by_those_that_it_names() {
        let setup = Setup {
            node: NodeId(0),
            nodes: 3,
            flaw: None,
            max_latency: Span::ZERO,
            register_latency: Setup::REGISTER_LATENCY,
        };
        let all: Rc<[NodeId]> = NodeId::first(3).collect();
        let host = |node| Host::new(NodeId(node), Rc::new([all.clone()]), Seed(1).stream(""));
        let (mut node, mut at_sender) = ((ENTRY.build)(&setup), host(0));
        let two: Rc<[NodeId]> = [NodeId(0), NodeId(2)].into();
        node.request(Request::SendEach(two, Message::default()), &mut at_sender);
        let [Effect::GroupSend { frame, .. }] = &at_sender.effects.list[..] else { panic!("one") };
        let frame = at_sender.effects.frame(frame);
        let delivers = |me: u32| {
            let mut host = host(me);
            node.receive(NodeId(0), frame, &mut host).expect("a datagram");
            !host.effects.list.is_empty()
        };
        assert_eq!([0, 1, 2].map(delivers), [true, false, true]);
    }
}

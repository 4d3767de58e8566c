//! Sequencers that are no members of the group whose messages they order.

use pepperland_core::contract::{Effect, Host, Indication, Node, Request};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::message::{Body, Message};
use pepperland_core::seed::Seed;
use pepperland_core::time::Span;
use pepperland_impls::order::{sequencer, sequencer_relay};
use std::collections::VecDeque;
use std::rc::Rc;

/// The group of n2 and n3; n1, the sequencer, is outside, and so is n4.
const GROUP: GroupId = GroupId(1);

/// Four nodes, and what is on its way between them.
struct Four {
    nodes: Vec<(Box<dyn Node>, Host)>,
    waiting: VecDeque<(NodeId, NodeId, Vec<u8>)>,
    /// What each node delivers, with its place in the order.
    delivered: Vec<Vec<(String, Option<u64>)>>,
}

impl Four {
    fn of(implementation: &Implementation) -> Four {
        let everyone: Rc<[NodeId]> = NodeId::first(4).collect();
        let groups: Rc<[Rc<[NodeId]>]> = [everyone, [NodeId(1), NodeId(2)].into()].into();
        let node = |node: NodeId| {
            let setup = Setup {
                node,
                nodes: 4,
                flaw: None,
                max_latency: Span::millis(50),
                register_latency: Setup::REGISTER_LATENCY,
            };
            let stream = Seed(1).child("node", node.0.into()).stream("");
            ((implementation.build)(&setup), Host::new(node, groups.clone(), stream))
        };
        let nodes = NodeId::first(4).map(node).collect();
        Four { nodes, waiting: VecDeque::new(), delivered: vec![Vec::new(); 4] }
    }

    fn handle(&mut self, id: NodeId, step: impl FnOnce(&mut dyn Node, &mut Host)) {
        let (node, host) = &mut self.nodes[id.index()];
        step(&mut **node, host);
        let effects = std::mem::take(&mut host.effects);
        for effect in &effects.list {
            match effect {
                Effect::Send { to, frame, .. } => {
                    self.waiting.push_back((id, *to, effects.frame(frame).to_vec()));
                }
                Effect::Indicate(Indication::Deliver(delivery)) => {
                    let body = String::from_utf8_lossy(&delivery.message.body.0).into_owned();
                    self.delivered[id.index()].push((body, delivery.slot));
                }
                other => panic!("{id}: {other:?}"),
            }
        }
    }

    fn multicast(&mut self, id: NodeId, number: u32, body: &str) {
        let id_of = MessageId { origin: id, incarnation: 0, number };
        let message = Message { id: id_of, body: Body::new(body.as_bytes()) };
        self.handle(id, |node, host| node.request(Request::Multicast(GROUP, message), host));
    }

    /// Everything arrives, but what goes from n4 to the members.
    fn settle(&mut self, sender_crashes: bool) {
        while let Some((from, to, frame)) = self.waiting.pop_front() {
            if sender_crashes && from == NodeId(3) && to != NodeId(0) {
                continue;
            }
            self.handle(to, |node, host| {
                node.receive(from, &frame, host).expect("the frame is one of the protocol");
            });
        }
    }
}

#[test]
fn a_sequencer_and_a_sender_outside_the_group_order_for_its_members_alone() {
    for implementation in [&sequencer::ENTRY, &sequencer_relay::ENTRY] {
        let mut four = Four::of(implementation);
        four.multicast(NodeId(1), 1, "a");
        four.multicast(NodeId(3), 1, "b");
        four.multicast(NodeId(2), 1, "c");
        four.settle(false);
        let [one, two, three, other] = &four.delivered[..] else { unreachable!("four nodes") };
        assert_eq!(two.len(), 3, "{}: {two:?}", implementation.name);
        assert_eq!(two, three, "{}", implementation.name);
        assert!(one.is_empty() && other.is_empty(), "{}", implementation.name);
    }
}

#[test]
fn a_sender_that_reaches_the_sequencer_alone_leaves_no_gap() {
    for implementation in [&sequencer::ENTRY, &sequencer_relay::ENTRY] {
        let mut four = Four::of(implementation);
        four.multicast(NodeId(3), 1, "a");
        four.settle(true);
        four.multicast(NodeId(1), 1, "b");
        four.settle(false);
        let expected = vec![("a".to_owned(), Some(0)), ("b".to_owned(), Some(1))];
        assert_eq!(four.delivered[1], expected, "{}", implementation.name);
        assert_eq!(four.delivered[2], expected, "{}", implementation.name);
    }
}

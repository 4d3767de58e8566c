//! A crash loses what was not yet on the disk, and nothing else.

use crate::cluster::host;
use pepperland_core::contract::{
    Cx, Delivery, Effect, Host, Layer, Network, Protocol, Request, Stack,
};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::message::Message;

/// Counts multicasts on stable storage, under the same name in whichever layer it is.
struct Counter<L> {
    lower: L,
    step: u64,
}

impl<L: Layer<Payload = Message>> Protocol for Counter<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        let count: u64 = cx.load("count").unwrap_or_default();
        cx.store("count", &(count + self.step));
        assert_eq!(cx.load::<u64>("count"), Some(count + self.step), "a write is seen at once");
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, _: Delivery<Message>, _: &mut Cx<'_, Message>) {}

    fn upon_recover(&mut self, cx: &mut Cx<'_, Message>) {
        let count: u64 = cx.load("count").unwrap_or_default();
        cx.note(format!("incarnation {}: {count}", cx.incarnation()));
    }
}

/// Performs the first `stores` writes of the handler, and then the node crashes and restarts.
fn crash_after(stores: usize, host: &mut Host) {
    let list = std::mem::take(&mut host.effects.list);
    let write = |effect| match effect {
        Effect::Store(key, bytes) => Some((key, bytes)),
        _ => None,
    };
    let writes: Vec<_> = list.into_iter().filter_map(write).collect();
    writes.into_iter().take(stores).for_each(|(key, bytes)| host.stable.perform(key, bytes));
    host.restart();
}

/// What the layers find after three multicasts, of which the last got so far.
fn found(stores: usize) -> Vec<String> {
    let stack = || {
        let lower = Counter { lower: Network::payload(), step: 1 };
        Stack::node(Counter { lower, step: 10 })
    };
    let (mut node, mut host) = (stack(), host(0, 1));
    let multicast = || Request::Multicast(GroupId::ALL, Message::default());
    for _ in 0..2 {
        node.request(multicast(), &mut host);
        crash_after(2, &mut host);
        node = stack();
    }
    node.request(multicast(), &mut host);
    crash_after(stores, &mut host);
    stack().recover(&mut host);
    let note = |effect: &Effect| match effect {
        Effect::Note(text) => Some(text.clone()),
        _ => None,
    };
    host.effects.list.iter().filter_map(note).collect()
}

#[test]
fn a_restarted_node_finds_the_writes_that_were_performed() {
    assert_eq!(found(2), ["incarnation 3: 3", "incarnation 3: 30"]);
}

#[test]
fn a_crash_between_two_writes_keeps_the_first() {
    assert_eq!(found(1), ["incarnation 3: 2", "incarnation 3: 30"]);
    assert_eq!(found(0), ["incarnation 3: 2", "incarnation 3: 20"]);
}

#[test]
fn effects_and_bytes_do_not_survive_a_restart() {
    let mut host = host(0, 2);
    let mut node = Stack::node(Counter { lower: Network::payload(), step: 1 });
    node.request(Request::Multicast(GroupId::ALL, Message::default()), &mut host);
    assert!(!host.effects.list.is_empty() && !host.effects.bytes.is_empty());
    host.restart();
    assert!(host.effects.list.is_empty() && host.effects.bytes.is_empty());
    assert_eq!((host.me, host.incarnation), (NodeId(0), 1));
    assert!(host.stable.is_empty(), "the write was never performed");
}

//! Effects stand in the order of what the layers did: what is done on a report from below comes
//! before whatever the layer below did after it.

use crate::cluster::{host, message, multicast};
use pepperland_core::contract::{
    Cx, Delivery, Effect, Host, Indication, Layer, Network, Protocol, Stack,
};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Reliable broadcast that either delivers and then relays, or the other way round.
struct Relay<L> {
    lower: L,
    delivers_first: bool,
    seen: BTreeSet<String>,
}

impl<P, L> Protocol for Relay<L>
where
    P: pepperland_core::contract::Value,
    L: Layer<Payload = P>,
{
    type Payload = P;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: P, cx: &mut Cx<'_, P>) {
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<P>, cx: &mut Cx<'_, P>) {
        if !self.seen.insert(format!("{:?}", delivery.message)) {
            return;
        }
        if self.delivers_first {
            cx.deliver(delivery.clone());
        }
        self.multicast_below(delivery.group, delivery.message.clone(), cx);
        if !self.delivers_first {
            cx.deliver(delivery);
        }
    }

    fn send(&mut self, to: NodeId, m: P, cx: &mut Cx<'_, P>) {
        self.send_below(to, m, cx);
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Answered {
    Data(Message),
    Ack,
}

/// Notes and answers each message, then delivers it.
struct Answering<L> {
    lower: L,
}

impl<L: Layer<Payload = Answered>> Protocol for Answering<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, Answered::Data(m), cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Answered>, cx: &mut Cx<'_, Message>) {
        let Answered::Data(m) = &delivery.message else { return };
        cx.note("answering");
        self.send_below(delivery.from, Answered::Ack, cx);
        cx.deliver(delivery.with(m.clone()));
    }
}

/// One word an effect.
fn shown(host: &Host) -> Vec<String> {
    let what = |frame: &std::ops::Range<u32>| {
        let wire: Answered = postcard::from_bytes(host.effects.frame(frame)).unwrap();
        if matches!(wire, Answered::Ack) { "ack" } else { "relay" }
    };
    let word = |effect: &Effect| match effect {
        Effect::Send { to, frame, .. } => format!("{} to {to}", what(frame)),
        Effect::GroupSend { frame, .. } => format!("{} to all", what(frame)),
        Effect::Indicate(Indication::Deliver(delivery)) => {
            format!("deliver {}", delivery.message.id)
        }
        Effect::Note(text) => text.clone(),
        other => format!("{other:?}"),
    };
    host.effects.list.iter().map(word).collect()
}

/// What n2 of two nodes does on the first message of n1.
fn effects(delivers_first: bool) -> Vec<String> {
    let relay = Relay { lower: Network::payload(), delivers_first, seen: BTreeSet::new() };
    let mut node = Stack::node(Answering { lower: relay });
    let mut host = host(1, 2);
    let frame = postcard::to_stdvec(&Answered::Data(message(0, 1))).unwrap();
    node.receive(NodeId(0), &frame, &mut host).unwrap();
    shown(&host)
}

#[test]
fn a_delivery_before_the_relay_has_its_effects_before_the_sends() {
    let wanted = ["answering", "ack to n1", "deliver n1:0:1", "relay to all"];
    assert_eq!(effects(true), wanted);
}

#[test]
fn a_delivery_after_the_relay_has_its_effects_after_the_sends() {
    let wanted = ["relay to all", "answering", "ack to n1", "deliver n1:0:1"];
    assert_eq!(effects(false), wanted);
}

/// A layer that reports twice with a remark before, between and after.
struct Twice {
    lower: Network<Message>,
}

impl Protocol for Twice {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        for (number, remark) in [(1, "before"), (2, "between")] {
            cx.note(remark);
            let message = message(m.id.origin.0, number);
            cx.deliver(Delivery { from: cx.me(), group, message, slot: None });
        }
        cx.note("after");
    }

    fn upon_deliver(&mut self, _: Delivery<Message>, _: &mut Cx<'_, Message>) {}
}

/// Remarks on each delivery, before and after handing it on.
struct Remarking<L> {
    lower: L,
}

impl<L: Layer<Payload = Message>> Protocol for Remarking<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        cx.note("<");
        cx.deliver(delivery);
        cx.note(">");
    }
}

#[test]
fn several_reports_each_keep_their_place_through_several_layers() {
    let stack = Remarking { lower: Remarking { lower: Twice { lower: Network::payload() } } };
    let mut node = Stack::node(stack);
    let mut host = host(0, 1);
    node.request(multicast(message(0, 9)), &mut host);
    let around = |delivery: &'static str| ["<", "<", delivery, ">", ">"];
    let wanted = [
        &["before"][..],
        &around("deliver n1:0:1"),
        &["between"],
        &around("deliver n1:0:2"),
        &["after"],
    ];
    assert_eq!(shown(&host), wanted.concat());
}

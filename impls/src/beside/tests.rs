//! A protocol that says everything over both of its networks, and delivers what comes by either.

use super::*;
use pepperland_core::contract::{Delivery, Effect, Host, Indication, Network, Protocol, Stack};
use pepperland_core::id::{GroupId, MessageId, NetworkId};
use pepperland_core::message::{Body, Message};
use pepperland_core::seed::Seed;
use pepperland_core::time::Span;
use std::rc::Rc;

/// A layer that sets its timer once asked for something, and reports when it runs out.
struct Slow(Network<Message>);

impl Protocol for Slow {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, m, cx);
        cx.set_timer(3, Span::millis(1));
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        cx.deliver(delivery);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, Message>) {
        cx.indicate(Indication::Suspect(NodeId(1)));
    }
}

type Below = Beside<Network<Message>, Slow>;

struct Both(Below);

impl Protocol for Both {
    type Payload = Message;
    type Lower = Below;

    fn lower(&mut self) -> &mut Below {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, Side::First(m.clone()), cx);
        self.multicast_below(group, Side::Second(m), cx);
    }

    fn upon_deliver(
        &mut self,
        delivery: Delivery<Side<Message, Message>>,
        cx: &mut Cx<'_, Message>,
    ) {
        let (slot, message) = match delivery.message.clone() {
            Side::First(m) => (0, m),
            Side::Second(m) => (1, m),
        };
        cx.deliver(Delivery { slot: Some(slot), ..delivery.with(message) });
    }
}

const NARROW: NetworkId = NetworkId(1);

fn host() -> Host {
    let all: Rc<[NodeId]> = NodeId::first(2).collect();
    Host::new(NodeId(0), Rc::new([all]), Seed(7).stream("node"))
}

fn both() -> Box<dyn pepperland_core::contract::Node> {
    let narrow = Slow(Network::on(NARROW));
    Stack::node(Both(Beside::new(Network::payload(), narrow)))
}

fn message() -> Message {
    let id = MessageId { origin: NodeId(0), incarnation: 0, number: 1 };
    Message { id, body: Body::new(b"m") }
}

/// The frames of a multicast, with their networks; and the timer that was set.
fn multicast(host: &mut Host) -> (Vec<(NetworkId, Vec<u8>)>, Timer) {
    both().request(Request::Multicast(GroupId::ALL, message()), host);
    let frames = host.effects.list.iter().filter_map(|effect| match effect {
        Effect::GroupSend { network, frame, .. } => {
            Some((*network, host.effects.frame(frame).to_vec()))
        }
        _ => None,
    });
    let timer = host.effects.list.iter().find_map(|effect| match effect {
        Effect::SetTimer(timer, _) => Some(*timer),
        _ => None,
    });
    (frames.collect(), timer.expect("the second layer has set its timer"))
}

/// What is delivered of a frame, by which side.
fn sides(over: NetworkId, frame: &[u8]) -> Vec<Option<u64>> {
    let mut host = host();
    host.arrived_over = over;
    both().receive(NodeId(1), frame, &mut host).expect("the frame is one of this stack");
    let delivered = host.effects.list.iter().filter_map(|effect| match effect {
        Effect::Indicate(Indication::Deliver(delivery)) => Some(delivery.slot),
        _ => None,
    });
    delivered.collect()
}

#[test]
fn each_side_says_its_own_over_its_own_network() {
    let (frames, _) = multicast(&mut host());
    let networks: Vec<NetworkId> = frames.iter().map(|(network, _)| *network).collect();
    assert_eq!(networks, [NetworkId::PAYLOAD, NARROW]);
    assert_eq!(sides(NetworkId::PAYLOAD, &frames[0].1), [Some(0)]);
    assert_eq!(sides(NARROW, &frames[1].1), [Some(1)]);
}

#[test]
fn what_comes_over_the_network_of_the_other_side_is_not_believed() {
    let (frames, _) = multicast(&mut host());
    assert_eq!(sides(NARROW, &frames[0].1), []);
    assert_eq!(sides(NetworkId::PAYLOAD, &frames[1].1), []);
}

#[test]
fn a_timer_is_that_of_the_layer_that_set_it_and_its_report_comes_up() {
    let (_, timer) = multicast(&mut host());
    let mut host = host();
    both().timeout(timer, &mut host);
    let suspects = |effect: &Effect| matches!(effect, Effect::Indicate(Indication::Suspect(_)));
    assert!(host.effects.list.iter().any(suspects));
}

#[test]
fn what_is_of_neither_side_is_refused() {
    let mut host = host();
    both().request(Request::Join(GroupId::ALL), &mut host);
    assert!(matches!(host.effects.list[..], [Effect::Refuse("join")]));
}

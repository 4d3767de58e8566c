//! A protocol that lives on two networks: payloads travel on a wide one that may lose and corrupt,
//! announcements on a narrow one that does not.
//!
//! ```text
//! to broadcast m:          on the wide network m; on the narrow one (name, digest)
//! on (name, digest):       wait for the payload; after a while ask its origin for it
//! on m, announced so:      deliver
//! ```

use crate::cluster::{Cluster, message, multicast};
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Network, Request, Stack, Timer};
use pepperland_core::id::{GroupId, MessageId, NetworkId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Control {
    Announced(MessageId, u64),
    Wanted(MessageId),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Wire {
    Wide(Message),
    Narrow(Control),
}

const NARROW: NetworkId = NetworkId(1);

struct Announcing {
    wide: Network<Message>,
    narrow: Network<Control>,
    announced: BTreeMap<MessageId, u64>,
    arrived: BTreeMap<MessageId, Message>,
    sent: BTreeMap<MessageId, Message>,
    delivered: BTreeSet<MessageId>,
}

impl Announcing {
    fn new() -> Announcing {
        Announcing {
            wide: Network::payload(),
            narrow: Network::on(NARROW),
            announced: BTreeMap::new(),
            arrived: BTreeMap::new(),
            sent: BTreeMap::new(),
            delivered: BTreeSet::new(),
        }
    }

    fn wide(
        &mut self,
        cx: &mut Cx<'_, Message>,
        run: impl FnOnce(&mut Network<Message>, &mut Cx<'_, Message>),
    ) {
        cx.branch(0, &mut self.wide, run).hand_up(cx, |report, cx| {
            if let Indication::Deliver(delivery) = report {
                self.upon_payload(delivery.message, cx);
            }
        });
    }

    fn narrow(
        &mut self,
        cx: &mut Cx<'_, Message>,
        run: impl FnOnce(&mut Network<Control>, &mut Cx<'_, Control>),
    ) {
        cx.branch(1, &mut self.narrow, run).hand_up(cx, |report, cx| {
            if let Indication::Deliver(delivery) = report {
                self.upon_control(delivery.from, delivery.message, cx);
            }
        });
    }

    fn upon_payload(&mut self, m: Message, cx: &mut Cx<'_, Message>) {
        if self.announced.get(&m.id).is_none_or(|digest| *digest == m.digest()) {
            self.arrived.insert(m.id, m);
        }
        self.deliver(cx);
    }

    fn upon_control(&mut self, from: NodeId, control: Control, cx: &mut Cx<'_, Message>) {
        match control {
            Control::Announced(id, digest) => {
                self.announced.insert(id, digest);
                self.arrived.retain(|of, m| *of != id || m.digest() == digest);
                self.deliver(cx);
                cx.set_timer(0, Span::millis(10));
            }
            Control::Wanted(id) => {
                let again = self.sent[&id].clone();
                self.wide(cx, |wide, cx| wide.request(Request::Send(from, again), cx));
            }
        }
    }

    /// Delivers what has been announced and has arrived.
    fn deliver(&mut self, cx: &mut Cx<'_, Message>) {
        for (id, message) in &self.arrived {
            if self.announced.contains_key(id) && self.delivered.insert(*id) {
                let (from, message) = (id.origin, message.clone());
                cx.deliver(Delivery { from, group: GroupId::ALL, message, slot: None });
            }
        }
    }

    fn ask_for_missing(&mut self, cx: &mut Cx<'_, Message>) {
        let missing: Vec<MessageId> =
            self.announced.keys().filter(|id| !self.delivered.contains(id)).copied().collect();
        for id in missing {
            let ask = Request::Send(id.origin, Control::Wanted(id));
            self.narrow(cx, |narrow, cx| narrow.request(ask, cx));
            cx.set_timer(0, Span::millis(10));
        }
    }
}

impl Layer for Announcing {
    type Payload = Message;
    type Wire = Wire;

    fn start(&mut self, _: &mut Cx<'_, Message>) {}

    fn request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        let Request::Multicast(group, m) = request else { return cx.refuse(request.name()) };
        self.sent.insert(m.id, m.clone());
        let announced = Control::Announced(m.id, m.digest());
        self.wide(cx, |wide, cx| wide.request(Request::Multicast(group, m), cx));
        self.narrow(cx, |narrow, cx| narrow.request(Request::Multicast(group, announced), cx));
    }

    fn receive(&mut self, from: NodeId, wire: Wire, cx: &mut Cx<'_, Message>) {
        match wire {
            Wire::Wide(m) => self.wide(cx, |wide, cx| wide.receive(from, m, cx)),
            Wire::Narrow(c) => self.narrow(cx, |narrow, cx| narrow.receive(from, c, cx)),
        }
    }

    fn timeout(&mut self, timer: Timer, cx: &mut Cx<'_, Message>) {
        if cx.owns(timer) {
            self.ask_for_missing(cx);
        }
    }

    fn recover(&mut self, _: &mut Cx<'_, Message>) {}
}

fn cluster(seed: u64) -> Cluster {
    let mut cluster = Cluster::new(3, seed, |_| Stack::node(Announcing::new()));
    cluster.request(NodeId(0), multicast(message(0, 1)));
    cluster
}

fn on(network: NetworkId, cluster: &Cluster) -> usize {
    cluster.under_way.iter().filter(|frame| frame.network == network).count()
}

#[test]
fn each_network_carries_its_own() {
    let mut cluster = cluster(1);
    assert_eq!((on(NetworkId::PAYLOAD, &cluster), on(NARROW, &cluster)), (3, 3));
    cluster.settle();
    assert!((0..3).all(|node| cluster.delivered(node) == [message(0, 1).id]));
}

#[test]
fn an_announcement_brings_back_what_the_wide_network_lost() {
    let mut cluster = cluster(2);
    cluster.under_way.retain(|frame| frame.network == NARROW);
    cluster.settle();
    assert!((0..3).all(|node| cluster.delivered(node).is_empty()));
    cluster.time_out();
    assert_eq!((on(NetworkId::PAYLOAD, &cluster), on(NARROW, &cluster)), (0, 3));
    cluster.settle();
    assert!((0..3).all(|node| cluster.delivered(node) == [message(0, 1).id]));
}

#[test]
fn what_the_wide_network_corrupts_is_not_delivered() {
    for seed in 0..20 {
        let mut cluster = cluster(seed);
        let wide = |frame: &&mut crate::cluster::Frame| frame.network == NetworkId::PAYLOAD;
        for frame in cluster.under_way.iter_mut().filter(wide) {
            *frame.bytes.last_mut().unwrap() ^= 1;
        }
        cluster.settle();
        assert!((0..3).all(|node| cluster.delivered(node).is_empty()), "seed {seed}");
    }
}

#[test]
fn a_frame_of_the_narrow_network_that_came_over_the_wide_one_is_not_believed() {
    let mut cluster = cluster(3);
    cluster.under_way.retain(|frame| frame.network == NARROW);
    cluster.under_way.iter_mut().for_each(|frame| frame.network = NetworkId::PAYLOAD);
    cluster.settle();
    cluster.time_out();
    assert_eq!(cluster.under_way.len(), 0, "nobody asks for what was announced by a forgery");
}

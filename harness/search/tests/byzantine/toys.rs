//! Three broadcasts among nodes that may lie: one trusts whoever it hears a message from, one
//! trusts a vector of authenticators, and one waits for echoes (Bracha, *Asynchronous Byzantine
//! agreement protocols*, 1987).

use pepperland_core::contract::{Cx, Delivery, Network, Node, Protocol, Stack};
use pepperland_core::fault::Fault;
use pepperland_core::history::{Channel, FailureModel};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Implementation, Model, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const fn toy(name: &'static str, build: fn(&Setup<'_>) -> Box<dyn Node>) -> Implementation {
    Implementation {
        name,
        number: "T",
        statement: "a toy",
        source: "this test",
        claims: &[],
        model: Model {
            failures: FailureModel::Byzantine,
            channel: Channel::Perfect,
            tolerates: &[Fault::Byzantine, Fault::Delay, Fault::Reorder, Fault::Duplication],
            ..Model::ASYNCHRONOUS
        },
        nodes: 4,
        budget: |nodes| (nodes - 1) / 3,
        flaws: &[],
        controls: &[],
        breaks: &[],
        cost: None,
        build,
    }
}

/// Delivers the first that it hears under a name.
pub const TRUSTS: Implementation = toy("trusts", |_| {
    Stack::node(Trusts { lower: Network::payload(), delivered: BTreeSet::new() })
});

struct Trusts {
    lower: Network<Message>,
    delivered: BTreeSet<MessageId>,
}

impl Protocol for Trusts {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.send_each_below(cx.members(group), m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        if self.delivered.insert(delivery.message.id) {
            cx.deliver(delivery);
        }
    }
}

/// Delivers what it can authenticate, and relays it with the authenticators that it came with.
pub const SIGNS: Implementation = toy("signs", |setup| {
    let (me, delivered) = (setup.node, BTreeSet::new());
    Stack::node(Signs { lower: Network::payload(), me, delivered })
});

struct Signs {
    lower: Network<Signed>,
    me: NodeId,
    delivered: BTreeSet<MessageId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Signed {
    message: Message,
    /// One for each node, in hexadecimal digits.
    macs: Vec<String>,
}

/// No cryptography: liars here do not forge, they spoil.
fn mac(message: &Message, node: NodeId) -> String {
    let fold = |sum: u32, byte: &u8| sum.rotate_left(5) ^ u32::from(*byte);
    format!("{:08x}", message.body.0.iter().fold(node.0 + 77, fold))
}

impl Protocol for Signs {
    type Payload = Message;
    type Lower = Network<Signed>;

    fn lower(&mut self) -> &mut Network<Signed> {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, message: Message, cx: &mut Cx<'_, Message>) {
        let members = cx.members(group);
        let macs = members.iter().map(|node| mac(&message, *node)).collect();
        self.send_each_below(members, Signed { message, macs }, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Signed>, cx: &mut Cx<'_, Message>) {
        let Signed { message, macs } = delivery.message;
        let is_valid = macs.get(self.me.index()) == Some(&mac(&message, self.me));
        if is_valid && self.delivered.insert(message.id) {
            let (group, from, slot) = (delivery.group, delivery.from, delivery.slot);
            cx.deliver(Delivery { group, from, slot, message });
        }
    }
}

/// Bracha's broadcast, one instance for each name:
///
/// ```text
/// to broadcast m:                       send (Initial, m) to all
/// on (Initial, m) from its origin:      once, send (Echo, m) to all
/// on (Echo, m) from 2f + 1:             once, send (Ready, m) to all
/// on (Ready, m) from f + 1:             once, send (Ready, m) to all
/// on (Ready, m) from 2f + 1:            once, deliver m
/// ```
pub const ECHOES: Implementation = toy("echoes", |setup| {
    let faults = (setup.nodes - 1) / 3;
    Stack::node(Echoes { lower: Network::payload(), faults, instances: BTreeMap::new() })
});

struct Echoes {
    lower: Network<Vote>,
    faults: usize,
    instances: BTreeMap<MessageId, Instance>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Vote {
    Initial(Message),
    Echo(Message),
    Ready(Message),
}

#[derive(Default)]
struct Instance {
    echoed: bool,
    is_ready: bool,
    is_delivered: bool,
    echoes: BTreeMap<Vec<u8>, BTreeSet<NodeId>>,
    readies: BTreeMap<Vec<u8>, BTreeSet<NodeId>>,
}

impl Protocol for Echoes {
    type Payload = Message;
    type Lower = Network<Vote>;

    fn lower(&mut self) -> &mut Network<Vote> {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.send_each_below(cx.members(group), Vote::Initial(m), cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Vote>, cx: &mut Cx<'_, Message>) {
        let (from, group, quorum) = (delivery.from, delivery.group, 2 * self.faults + 1);
        let (Vote::Initial(m) | Vote::Echo(m) | Vote::Ready(m)) = &delivery.message;
        let (m, body) = (m.clone(), m.body.0.to_vec());
        let instance = self.instances.entry(m.id).or_default();
        let mut says = Vec::new();
        match delivery.message {
            Vote::Initial(_) if from == m.id.origin && !instance.echoed => {
                instance.echoed = true;
                says.push(Vote::Echo(m.clone()));
            }
            Vote::Initial(_) => {}
            Vote::Echo(_) => drop(instance.echoes.entry(body.clone()).or_default().insert(from)),
            Vote::Ready(_) => drop(instance.readies.entry(body.clone()).or_default().insert(from)),
        }
        let count =
            |votes: &BTreeMap<Vec<u8>, BTreeSet<NodeId>>| votes.get(&body).map_or(0, BTreeSet::len);
        let (echoes, readies) = (count(&instance.echoes), count(&instance.readies));
        if !instance.is_ready && (echoes >= quorum || readies > self.faults) {
            instance.is_ready = true;
            says.push(Vote::Ready(m.clone()));
        }
        if !instance.is_delivered && readies >= quorum {
            instance.is_delivered = true;
            let from = m.id.origin;
            cx.deliver(Delivery { group, from, slot: None, message: m });
        }
        for vote in says {
            self.send_each_below(cx.members(group), vote, cx);
        }
    }
}

//! A few nodes in one process, and a network that hands on whatever frame the seed says next.

use pepperland_core::contract::{Effect, Host, Indication, Node, Request, Timer};
use pepperland_core::id::{GroupId, MessageId, NetworkId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::seed::{Seed, Stream};
use std::rc::Rc;

/// A frame under way.
#[derive(Clone, Debug)]
pub struct Frame {
    pub from: NodeId,
    pub to: NodeId,
    pub network: NetworkId,
    pub bytes: Vec<u8>,
}

pub struct Cluster {
    nodes: Vec<(Box<dyn Node>, Host)>,
    pub under_way: Vec<Frame>,
    pub timers: Vec<(NodeId, Timer)>,
    /// What each application was told.
    pub told: Vec<Vec<Indication<Message>>>,
    choices: Stream,
}

/// The surroundings of one of `n` nodes.
pub fn host(me: u32, n: usize) -> Host {
    let all: Rc<[NodeId]> = NodeId::first(n).collect();
    Host::new(NodeId(me), Rc::new([all]), Seed(7).stream("node"))
}

/// The `number`-th message of a node.
pub fn message(origin: u32, number: u32) -> Message {
    let id = MessageId { origin: NodeId(origin), incarnation: 0, number };
    Message { id, body: Body::new(id.to_string().as_bytes()) }
}

/// To multicast a message to all.
pub fn multicast(message: Message) -> Request<Message> {
    Request::Multicast(GroupId::ALL, message)
}

impl Cluster {
    pub fn new(n: usize, seed: u64, node: impl Fn(NodeId) -> Box<dyn Node>) -> Cluster {
        let nodes = NodeId::first(n).map(|id| (node(id), host(id.0, n))).collect();
        let mut cluster = Cluster {
            nodes,
            under_way: Vec::new(),
            timers: Vec::new(),
            told: vec![Vec::new(); n],
            choices: Seed(seed).stream("choices"),
        };
        for id in NodeId::first(n) {
            cluster.at(id, |node, host| node.start(host));
        }
        cluster
    }

    pub fn request(&mut self, id: NodeId, request: Request<Message>) {
        self.at(id, |node, host| node.request(request, host));
    }

    /// Hands on one frame, whichever; says whether there was one.
    pub fn step(&mut self) -> bool {
        if self.under_way.is_empty() {
            return false;
        }
        let next = self.choices.below(self.under_way.len() as u64) as usize;
        let Frame { from, to, network, bytes, .. } = self.under_way.swap_remove(next);
        self.at(to, |node, host| {
            host.arrived_over = network;
            node.receive(from, &bytes, host).expect("the frame is one of this stack");
        });
        true
    }

    /// Hands on frames until there are none.
    pub fn settle(&mut self) {
        while self.step() {}
    }

    /// Runs every timer out that is set now.
    pub fn time_out(&mut self) {
        for (id, timer) in std::mem::take(&mut self.timers) {
            self.at(id, |node, host| node.timeout(timer, host));
        }
    }

    /// The messages that a node delivered.
    pub fn delivered(&self, id: usize) -> Vec<MessageId> {
        let delivery = |told: &Indication<Message>| match told {
            Indication::Deliver(delivery) => Some(delivery.message.id),
            _ => None,
        };
        self.told[id].iter().filter_map(delivery).collect()
    }

    fn at(&mut self, id: NodeId, run: impl FnOnce(&mut dyn Node, &mut Host)) {
        let (node, host) = &mut self.nodes[id.index()];
        run(node.as_mut(), host);
        for effect in std::mem::take(&mut host.effects.list) {
            match effect {
                Effect::Send { to, network, frame } => {
                    let bytes = host.effects.frame(&frame).to_vec();
                    self.under_way.push(Frame { from: id, to, network, bytes });
                }
                Effect::GroupSend { group, network, frame } => {
                    let frame = host.effects.frame(&frame);
                    self.under_way.extend(host.members(group).iter().map(|to| {
                        let (to, bytes) = (*to, frame.to_vec());
                        Frame { from: id, to, network, bytes }
                    }));
                }
                Effect::Indicate(indication) => self.told[id.index()].push(indication),
                Effect::SetTimer(timer, _) => self.timers.push((id, timer)),
                Effect::CancelTimer(timer) => self.timers.retain(|set| *set != (id, timer)),
                Effect::Store(key, bytes) => host.stable.perform(key, bytes),
                Effect::Refuse(request) => panic!("{id} refused to {request}"),
                Effect::Note(_) | Effect::Breach(_, _) => {}
            }
        }
        host.effects.clear();
    }
}

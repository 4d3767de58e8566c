//! A group of nodes and a mailbox between them: no runtime, no time, and every message in the hands
//! of the test.

#![allow(dead_code, reason = "each test file uses its part")]

use pepperland_core::contract::{Effect, Host, Indication, Node, Request, Timer, ViewId};
use pepperland_core::id::{GroupId, MessageId, NetworkId, NodeId};
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::message::{Body, Message};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use serde_json::Value;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A directed link.
pub type Link = (NodeId, NodeId);

/// A group of nodes, and what is on its way between them. Time passes only when the test says so.
pub struct Post {
    implementation: &'static Implementation,
    flaw: Option<&'static str>,
    members: Vec<Member>,
    now: Time,
    /// What waits on each link, by its number on the link from 1.
    waiting: BTreeMap<Link, BTreeMap<u32, Frame>>,
    sent: BTreeMap<Link, u32>,
}

/// A frame on its way, and over which network.
#[derive(Clone)]
pub struct Frame {
    pub network: NetworkId,
    pub bytes: Vec<u8>,
}

struct Member {
    node: Box<dyn Node>,
    host: Host,
    up: bool,
    /// A crash within the next handler with more effects than this.
    doomed: Option<usize>,
    asked: u32,
    /// How far its clock is ahead.
    ahead: Span,
    timers: BTreeMap<Timer, Time>,
}

/// There is no such message, or no such node.
#[derive(Debug)]
pub struct Nothing(pub String);

impl Post {
    /// So many nodes, perhaps with a flaw.
    pub fn new(
        implementation: &'static Implementation,
        nodes: usize,
        flaw: Option<&'static str>,
    ) -> Post {
        let everyone: Rc<[NodeId]> = NodeId::first(nodes).collect();
        let groups: Rc<[Rc<[NodeId]>]> = [everyone].into();
        let member = |node: NodeId| {
            let stream = Seed(1).child("node", node.0.into()).stream("");
            let host = Host::new(node, groups.clone(), stream);
            let node = build(implementation, node, nodes, flaw);
            let (ahead, timers) = (Span::ZERO, BTreeMap::new());
            Member { node, host, up: true, doomed: None, asked: 0, ahead, timers }
        };
        let members = NodeId::first(nodes).map(member).collect();
        let (waiting, sent, now) = (BTreeMap::new(), BTreeMap::new(), Time::ZERO);
        let mut post = Post { implementation, flaw, members, now, waiting, sent };
        for node in NodeId::first(nodes) {
            post.handle(node, |node, host| node.start(host));
        }
        post
    }

    /// The nodes are in these groups, from the first, in place of one of all.
    pub fn set_groups(&mut self, groups: Vec<Vec<NodeId>>) {
        let groups: Rc<[Rc<[NodeId]>]> = groups.into_iter().map(Rc::from).collect();
        for member in &mut self.members {
            member.host.groups = groups.clone();
        }
    }

    /// A node does something, and what it does is performed; told in lines.
    fn handle(&mut self, node: NodeId, step: impl FnOnce(&mut dyn Node, &mut Host)) -> Vec<String> {
        let member = &mut self.members[node.index()];
        if !member.up {
            return Vec::new();
        }
        member.host.now = self.now + member.ahead;
        step(&mut *member.node, &mut member.host);
        self.perform(node)
    }

    /// So much time passes, and the timers that run out do; what the nodes do, in lines.
    pub fn wait(&mut self, span: Span) -> Vec<String> {
        let until = self.now + span;
        let mut lines = Vec::new();
        while let Some((at, node, timer)) = self.next_timer().filter(|(at, ..)| *at <= until) {
            self.now = at;
            self.members[node.index()].timers.remove(&timer);
            lines.extend(self.handle(node, |node, host| node.timeout(timer, host)));
        }
        self.now = until;
        lines
    }

    fn next_timer(&self) -> Option<(Time, NodeId, Timer)> {
        let timers = NodeId::first(self.members.len()).flat_map(|node| {
            let member = &self.members[node.index()];
            let set = member.timers.iter().filter(|_| member.up);
            set.map(move |(timer, at)| (*at, node, *timer))
        });
        timers.min()
    }

    /// The node's clock is so far ahead from now on.
    pub fn set_ahead(&mut self, node: NodeId, ahead: Span) {
        self.members[node.index()].ahead = ahead;
    }

    /// A client of the node asks for something; what it does, in lines.
    pub fn invoke(&mut self, node: NodeId, operation: u64, body: &str) -> Vec<String> {
        let id = MessageId { origin: node, incarnation: 0, number: operation as u32 };
        let value = Message { id, body: Body::new(body.as_bytes()) };
        self.handle(node, |node, host| node.request(Request::Invoke { operation, value }, host))
    }

    /// The node restarts with its stable storage; what it does, in lines.
    pub fn recover(&mut self, node: NodeId) -> Vec<String> {
        let nodes = self.members.len();
        let member = &mut self.members[node.index()];
        member.node = build(self.implementation, node, nodes, self.flaw);
        member.host.restart();
        (member.up, member.doomed, member.asked) = (true, None, 0);
        member.timers.clear();
        self.handle(node, |node, host| node.recover(host))
    }

    /// The application of a node proposes to an instance of consensus; what it does, in lines.
    pub fn propose(&mut self, node: NodeId, instance: u64, body: &str) -> Vec<String> {
        let id = MessageId { origin: node, incarnation: 0, number: 0 };
        let value = Message { id, body: Body::new(body.as_bytes()) };
        self.handle(node, |node, host| node.request(Request::Propose { instance, value }, host))
    }

    /// A node multicasts; what it does, in lines.
    pub fn multicast(&mut self, node: NodeId, body: &str) -> Vec<String> {
        self.multicast_to(GroupId::ALL, node, body)
    }

    /// A node multicasts to a group; what it does, in lines.
    pub fn multicast_to(&mut self, group: GroupId, node: NodeId, body: &str) -> Vec<String> {
        let member = &mut self.members[node.index()];
        member.asked += 1;
        let incarnation = member.host.incarnation;
        let id = MessageId { origin: node, incarnation, number: member.asked };
        let message = Message { id, body: Body::new(body.as_bytes()) };
        let request = Request::Multicast(group, message);
        self.handle(node, |node, host| node.request(request, host))
    }

    /// The receiver of a message takes it; what it does, in lines.
    pub fn deliver(&mut self, link: Link, number: u32) -> Result<Vec<String>, Nothing> {
        let frame = self.take(link, number)?;
        Ok(self.receive(link, &frame))
    }

    /// The receiver takes a copy of a message, which goes on waiting.
    pub fn repeat(&mut self, link: Link, number: u32) -> Result<Vec<String>, Nothing> {
        let frame = self.take(link, number)?;
        self.waiting.entry(link).or_default().insert(number, frame.clone());
        Ok(self.receive(link, &frame))
    }

    /// A node and its surroundings.
    pub fn node(&mut self, node: NodeId) -> (&mut dyn Node, &mut Host) {
        let member = &mut self.members[node.index()];
        (&mut *member.node, &mut member.host)
    }

    /// A message is lost.
    pub fn take(&mut self, link: Link, number: u32) -> Result<Frame, Nothing> {
        let found = self.waiting.get_mut(&link).and_then(|link| link.remove(&number));
        found.ok_or_else(|| Nothing(format!("no message {} #{number} is waiting", shown(link))))
    }

    /// The node stops.
    pub fn crash(&mut self, node: NodeId) {
        self.members[node.index()].up = false;
        self.members[node.index()].host.forget_effects();
    }

    /// The node stops within its next handler that has more effects than this.
    pub fn crash_after(&mut self, node: NodeId, effects: usize) {
        self.members[node.index()].doomed = Some(effects);
    }

    /// Delivers whatever waits, link by link and in order, until nothing does. What each node
    /// delivers to its application meanwhile, in lines, and then what nodes decide.
    pub fn settle(&mut self) -> Vec<String> {
        let mut decided: Vec<String> = Vec::new();
        let mut delivered: BTreeMap<NodeId, Vec<String>> = BTreeMap::new();
        while let Some((link, number)) = self.first_waiting() {
            let lines = self.deliver(link, number).expect("it is waiting");
            let told = lines.iter().filter_map(|line| line.split_once(" delivers "));
            let bodies = told.map(|(_, body)| body.to_owned());
            delivered.entry(link.1).or_default().extend(bodies);
            decided.extend(lines.into_iter().filter(|line| line.contains(" decides ")));
        }
        delivered.retain(|_, bodies| !bodies.is_empty());
        let line =
            |(node, bodies): (_, &Vec<String>)| format!("{node} delivers {}", bodies.join(" "));
        delivered.iter().map(line).chain(decided).collect()
    }

    /// The first message that waits.
    pub fn first_waiting(&self) -> Option<(Link, u32)> {
        let mut links = self.waiting.iter();
        links.find_map(|(link, waiting)| Some((*link, *waiting.first_key_value()?.0)))
    }

    /// The application at a node says that it has stopped multicasting in this view.
    pub fn stopped(&mut self, node: NodeId, view: ViewId) -> Vec<String> {
        self.handle(node, |node, host| node.request(Request::BlockOk(GroupId::ALL, view), host))
    }

    /// What waits on each link.
    pub fn show(&self) -> Vec<String> {
        let frames = self.waiting.iter().flat_map(|(link, frames)| {
            frames.iter().map(move |(number, frame)| (*link, *number, frame))
        });
        let line = |(link, number, frame): (Link, u32, &Frame)| {
            format!("{} #{number}: {}", shown(link), self.words(link.0, &frame.bytes))
        };
        frames.map(line).collect()
    }

    fn receive(&mut self, (from, to): Link, frame: &Frame) -> Vec<String> {
        self.handle(to, |node, host| {
            host.arrived_over = frame.network;
            node.receive(from, &frame.bytes, host).expect("the frame is one of the protocol");
        })
    }

    /// Performs the effects of the handler that has run, and tells of them. Sends of one frame to
    /// several nodes are one line.
    fn perform(&mut self, node: NodeId) -> Vec<String> {
        let member = &mut self.members[node.index()];
        let effects = std::mem::take(&mut member.host.effects);
        let fatal = member.doomed.filter(|after| effects.list.len() > *after);
        let mut lines: Vec<(String, String)> = Vec::new();
        for effect in effects.list.iter().take(fatal.unwrap_or(usize::MAX)) {
            let told = self.perform_one(node, effect, &effects.bytes);
            let Some((head, tail)) = told else { continue };
            match lines.last_mut() {
                Some((heads, same)) if *same == tail && head.contains('#') => {
                    heads.push_str(&format!(" {head}"));
                }
                _ => lines.push((format!("{node} {head}"), tail)),
            }
        }
        if fatal.is_some() {
            self.crash(node);
            lines.push((format!("{node} crashes"), String::new()));
        }
        lines.into_iter().map(|(head, tail)| format!("{head}{tail}")).collect()
    }

    /// Performs one effect. Timers are not worth a line.
    fn perform_one(
        &mut self,
        from: NodeId,
        effect: &Effect,
        bytes: &[u8],
    ) -> Option<(String, String)> {
        let member = &mut self.members[from.index()];
        let alone = |text: String| Some((text, String::new()));
        match effect {
            Effect::Send { to, network, frame } => {
                let frame = &bytes[frame.start as usize..frame.end as usize];
                let number = self.put((from, *to), *network, frame);
                Some((format!("->{to} #{number}"), format!(": {}", self.words(from, frame))))
            }
            Effect::GroupSend { group, network, frame } => {
                let frame = &bytes[frame.start as usize..frame.end as usize];
                let members = self.members[from.index()].host.members(*group);
                let copies = members.iter().map(|to| (to, self.put((from, *to), *network, frame)));
                let copies = copies.map(|(to, number)| format!("{to} #{number}"));
                let heads = copies.collect::<Vec<_>>().join(" ");
                Some((format!("=>{heads}"), format!(": {}", self.words(from, frame))))
            }
            Effect::Indicate(Indication::Deliver(delivery)) => {
                let body = String::from_utf8_lossy(&delivery.message.body.0).into_owned();
                let slot = delivery.slot.map(|slot| format!("@{slot}")).unwrap_or_default();
                alone(format!("delivers {body}{slot}"))
            }
            Effect::Indicate(Indication::Discard(message)) => {
                alone(format!("discards {}", String::from_utf8_lossy(&message.body.0)))
            }
            Effect::Indicate(Indication::Suspect(node)) => alone(format!("suspects {node}")),
            Effect::Indicate(Indication::Trust(node)) => alone(format!("trusts {node}")),
            Effect::Indicate(Indication::Lead { epoch }) => {
                alone(format!("lead{}", of_epoch(*epoch)))
            }
            Effect::Indicate(Indication::Unlead { epoch }) => {
                alone(format!("unlead{}", of_epoch(*epoch)))
            }
            Effect::Indicate(Indication::Token { turn, epoch }) => {
                alone(format!("token: {} {epoch}", turn.word()))
            }
            Effect::Indicate(Indication::Decide { instance, value }) => {
                let body = String::from_utf8_lossy(&value.body.0);
                alone(format!("decides {body} in {instance}"))
            }
            Effect::Indicate(Indication::Respond { operation, value }) => {
                let body = String::from_utf8_lossy(&value.body.0);
                alone(format!("responds to {operation}: {body}"))
            }
            Effect::Indicate(Indication::Apply(applied)) => {
                let body = String::from_utf8_lossy(&applied.result.body.0);
                alone(format!("executes {} of {}: {body}", applied.operation, applied.client))
            }
            Effect::SetTimer(timer, span) => {
                member.timers.insert(*timer, self.now + *span);
                None
            }
            Effect::CancelTimer(timer) => {
                member.timers.remove(timer);
                None
            }
            Effect::Store(key, value) => {
                member.host.stable.perform(*key, value.clone());
                alone(format!("stores {}", key.1))
            }
            Effect::Note(text) | Effect::Breach(_, text) => alone(format!("notes: {text}")),
            other => alone(format!("{other:?}")),
        }
    }

    /// A frame waits on a link from now on; its number.
    fn put(&mut self, (from, to): Link, network: NetworkId, frame: &[u8]) -> u32 {
        let number = self.sent.entry((from, to)).or_default();
        *number += 1;
        let number = *number;
        let frame = Frame { network, bytes: frame.to_vec() };
        self.waiting.entry((from, to)).or_default().insert(number, frame);
        number
    }

    fn words(&self, reader: NodeId, frame: &[u8]) -> String {
        let described = self.members[reader.index()].node.describe(frame);
        words(&described.expect("the frame is one of the protocol"))
    }
}

fn build(
    implementation: &Implementation,
    node: NodeId,
    nodes: usize,
    flaw: Option<&str>,
) -> Box<dyn Node> {
    let max_latency = Span::millis(50);
    let register_latency = Setup::REGISTER_LATENCY;
    (implementation.build)(&Setup { node, nodes, flaw, max_latency, register_latency })
}

fn shown((from, to): Link) -> String {
    format!("{from}->{to}")
}

/// A frame in few words: the application's message by its body, everything else by its name.
fn words(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::Object(fields) if fields.contains_key("body") => body(&fields["body"]),
        Value::Object(fields) if fields.contains_key("origin") => {
            let part = |key: &str| fields[key].as_u64().expect("a number");
            format!("n{}:{}:{}", part("origin") + 1, part("incarnation"), part("number"))
        }
        Value::Object(fields) => {
            let shown =
                fields.iter().filter(|(key, _)| !["group", "checksum"].contains(&key.as_str()));
            shown.map(|(key, value)| field(key, value)).collect::<Vec<_>>().join(" ")
        }
        Value::String(text) if is_code(text) => format!("{}…", &text[..4]),
        other => other.to_string(),
    }
}

/// Whether the text is an authenticator or a digest: so many digits that nobody reads them.
fn is_code(text: &str) -> bool {
    text.len() >= 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn field(key: &str, value: &Value) -> String {
    match key {
        "m" => words(value),
        variant if variant.starts_with(char::is_uppercase) => format!("{key}({})", words(value)),
        _ => format!("{key}={}", words(value)),
    }
}

fn body(bytes: &Value) -> String {
    let bytes = bytes.as_array().expect("bytes are an array").iter();
    bytes.map(|byte| char::from(byte.as_u64().expect("a byte") as u8)).collect()
}

/// The epoch of a leader, after a space, if it has one.
fn of_epoch(epoch: Option<u64>) -> String {
    epoch.map(|epoch| format!(" {epoch}")).unwrap_or_default()
}

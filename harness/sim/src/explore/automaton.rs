//! Each node as an automaton: its states by number, and what it does in each upon each input. The
//! real node works a move out when it is first made.

use crate::explore::Scope;
use crate::explore::event::Input;
use crate::explore::frames::{Content, FrameId, Frames};
use crate::explore::moves::{CutShort, Move};
use pepperland_core::collections::Map;
use pepperland_core::contract::{Effect, Host, Indication, Memory, Node, Request};
use pepperland_core::history::DeliveryContract;
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::{Body, Message};
use pepperland_core::runtime::{Guarded, seed_of};
use std::rc::Rc;
use xxhash_rust::xxh3::xxh3_128;

/// A state of one node.
struct Local {
    /// The state and input that led here first; none at the start.
    before: Option<(u32, Input)>,
    /// Hash of what the node has told its application, in order.
    told: u128,
    /// How many messages it has multicast.
    minted: u32,
}

/// What a node has done up to some effect.
#[derive(Copy, Clone, Eq, PartialEq)]
struct SoFar {
    sends: usize,
    delivers: usize,
    told: u128,
}

/// The automata of all nodes.
pub struct Automata<'a> {
    scope: Scope<'a>,
    groups: Rc<[Rc<[NodeId]>]>,
    pub frames: Frames,
    /// All states of all nodes, by number.
    locals: Vec<Local>,
    known: Map<u128, u32>,
    moves: Vec<Move>,
    made: Map<(u32, u32), u32>,
}

impl<'a> Automata<'a> {
    pub fn new(scope: &Scope<'a>) -> Automata<'a> {
        Automata {
            scope: scope.clone(),
            groups: scope.header.members().into_iter().map(Rc::from).collect(),
            frames: Frames::default(),
            locals: Vec::new(),
            known: Map::default(),
            moves: Vec::new(),
            made: Map::default(),
        }
    }

    /// How many states the nodes have, together.
    pub fn len(&self) -> usize {
        self.locals.len()
    }

    /// What the node in this state has told its application, as a hash.
    pub fn told(&self, local: u32) -> u128 {
        self.locals[local as usize].told
    }

    /// The message that the node in this state multicasts next.
    pub fn message(&self, node: NodeId, local: u32) -> Message {
        let number = self.locals[local as usize].minted + 1;
        let id = MessageId { origin: node, incarnation: 0, number };
        Message { id, body: Body::new(body(id).as_bytes()) }
    }

    /// The node starts.
    pub fn start(&mut self, node: NodeId) -> Move {
        let (mut machine, mut host) = self.build(node);
        machine.start(&mut host);
        let told = told(0, &format!("{node} starts"));
        let step = Step { node, before: None, minted: 0, told, cuts_from: u32::MAX };
        self.settle(&step, &mut machine, &mut host)
    }

    /// What the node in this state does upon an input.
    pub fn make(&mut self, node: NodeId, local: u32, input: Input) -> u32 {
        let key = (local, input.pack());
        if let Some(made) = self.made.get(&key) {
            return *made;
        }
        let made = self.work_out(node, local, input);
        self.moves.push(made);
        let index = self.moves.len() as u32 - 1;
        self.made.insert(key, index);
        index
    }

    pub fn get(&self, index: u32) -> &Move {
        &self.moves[index as usize]
    }

    fn work_out(&mut self, node: NodeId, local: u32, input: Input) -> Move {
        let (mut machine, mut host) = self.revive(node, local);
        let Local { told: before, minted, .. } = self.locals[local as usize];
        self.handle(local, input, &mut machine, &mut host);
        let (told, minted, cuts_from) = match input {
            // Whoever crashes before the first effect has multicast all the same.
            Input::Multicast(_) => (told(before, "multicasts"), minted + 1, 0),
            Input::Arrive(_) => (before, minted, 1),
        };
        let step = Step { node, before: Some((local, input)), minted, told, cuts_from };
        self.settle(&step, &mut machine, &mut host)
    }

    /// A node in its first state, before it starts.
    fn build(&self, node: NodeId) -> (Box<Guarded>, Host) {
        let header = self.scope.header;
        let setup = Setup {
            node,
            nodes: header.nodes as usize,
            flaw: header.flaw.as_deref(),
            max_latency: header.network.promised_latency(),
            register_latency: header.register_latency(),
        };
        let stream = seed_of(header.seed, node, 0).stream("");
        let host = Host::new(node, self.groups.clone(), stream);
        (Guarded::new(self.scope.build, &setup), host)
    }

    /// The node in one of its states: it goes once more through what led there first.
    fn revive(&self, node: NodeId, local: u32) -> (Box<Guarded>, Host) {
        let before = |local: &u32| self.locals[*local as usize].before.map(|(before, _)| before);
        let mut way: Vec<u32> = std::iter::successors(Some(local), before).collect();
        way.reverse();
        let (mut machine, mut host) = self.build(node);
        machine.start(&mut host);
        perform_stores(&mut host);
        for step in way {
            let Some((before, input)) = self.locals[step as usize].before else { continue };
            self.handle(before, input, &mut machine, &mut host);
            perform_stores(&mut host);
        }
        (machine, host)
    }

    fn handle(&self, local: u32, input: Input, machine: &mut Guarded, host: &mut Host) {
        match input {
            Input::Multicast(node) => {
                let message = self.message(node, local);
                machine.request(Request::Multicast(GroupId::ALL, message), host);
            }
            Input::Arrive(frame) => {
                let Content { from, network, bytes, .. } = self.frames.get(frame);
                host.arrived_over = *network;
                // What cannot be read changes nothing.
                let _ = machine.receive(*from, bytes, host);
            }
        }
    }

    /// Goes through the effects of a handler, and names the states it may end in.
    fn settle(&mut self, step: &Step, machine: &mut Guarded, host: &mut Host) -> Move {
        let effects = std::mem::take(&mut host.effects.list);
        let mut made = Move::default();
        let mut far = SoFar { sends: 0, delivers: 0, told: step.told };
        let mut points = vec![far];
        for effect in &effects {
            match effect {
                Effect::Send { .. } | Effect::GroupSend { .. } => {
                    made.sends.extend(self.sent(host, effect));
                }
                Effect::Indicate(indication) => {
                    far.told = told(far.told, &format!("{indication:?}"));
                    if let Indication::Deliver(delivery) = indication {
                        made.delivers.push(delivery.message.id);
                    }
                }
                Effect::SetTimer(..) => made.sets_timer = true,
                Effect::Store(key, value) => host.stable.perform(*key, value.clone()),
                Effect::CancelTimer(_)
                | Effect::Refuse(_)
                | Effect::Note(_)
                | Effect::Breach(..) => {}
            }
            far = SoFar { sends: made.sends.len(), delivers: made.delivers.len(), ..far };
            points.push(far);
        }
        host.effects.clear();
        made.next = self.state_after(step, far.told, machine, host);
        made.cuts = self.cuts(step, &points, &effects);
        made
    }

    /// The crashes that cut a handler short, but for those that come to the same as a crash before
    /// it, after it or after fewer effects.
    fn cuts(&mut self, step: &Step, points: &[SoFar], effects: &[Effect]) -> Vec<CutShort> {
        let last = points[points.len() - 1];
        let mut cuts = Vec::new();
        for (after, point) in (0..).zip(points).skip(step.cuts_from as usize) {
            let repeats = after > 0 && points[after as usize - 1] == *point;
            if *point == last || repeats || self.logs(effects, after as usize) {
                continue;
            }
            let next = self.crashed(step, point.told);
            cuts.push(CutShort { after, next, sends: point.sends, delivers: point.delivers });
        }
        cuts
    }

    /// Whether the log is what delivers, and a crash would fall between it and the delivery.
    fn logs(&self, effects: &[Effect], after: usize) -> bool {
        let around = after.checked_sub(1).and_then(|before| effects.get(before..=after));
        let logs =
            matches!(around, Some([Effect::Store(..), Effect::Indicate(Indication::Deliver(_))]));
        logs && self.scope.delivery == DeliveryContract::Logged
    }

    /// The frames that a send puts on the network; those to nodes that there are not, nowhere.
    fn sent(&mut self, host: &Host, effect: &Effect) -> Vec<FrameId> {
        let (to, network, frame): (&[NodeId], _, _) = match effect {
            Effect::Send { to, network, frame } => (&[*to], *network, frame),
            Effect::GroupSend { group, network, frame } => (&host.members(*group), *network, frame),
            _ => return Vec::new(),
        };
        let bytes: Rc<[u8]> = host.effects.frame(frame).into();
        let exists = |to: &&NodeId| to.0 < self.scope.header.nodes;
        let content =
            |to: &NodeId| Content { from: host.me, to: *to, network, bytes: bytes.clone() };
        let contents: Vec<Content> = to.iter().filter(exists).map(content).collect();
        contents.into_iter().map(|content| self.frames.number(content)).collect()
    }

    /// The number of the state that a node is in after a whole handler.
    fn state_after(&mut self, step: &Step, told: u128, node: &mut Guarded, host: &Host) -> u32 {
        let mut memory = Memory::default();
        node.recall(&mut memory);
        let remembered = match memory.fingerprint() {
            Some(fingerprint) => format!("remembers {fingerprint:x}"),
            None => format!("handled {:?}", step.before),
        };
        let disk: Vec<_> = host.stable.entries().collect();
        let rest = (step.node, told, step.minted, disk, &host.stream);
        self.intern(&format!("{remembered} {rest:?}"), step, told)
    }

    fn crashed(&mut self, step: &Step, told: u128) -> u32 {
        self.intern(&format!("crashed {} {told:x}", step.node), step, told)
    }

    fn intern(&mut self, key: &str, step: &Step, told: u128) -> u32 {
        let fresh = self.locals.len() as u32;
        let local = *self.known.entry(xxh3_128(key.as_bytes())).or_insert(fresh);
        if local == fresh {
            self.locals.push(Local { before: step.before, told, minted: step.minted });
        }
        local
    }
}

/// One step of a node while it is worked out.
struct Step {
    node: NodeId,
    before: Option<(u32, Input)>,
    minted: u32,
    /// What the node has told before its first effect.
    told: u128,
    /// After how many effects a crash is first looked at.
    cuts_from: u32,
}

/// What the body of a message says.
pub fn body(id: MessageId) -> String {
    format!("{} of {}", id.number, id.origin)
}

fn told(before: u128, what: &str) -> u128 {
    xxh3_128(format!("{before:x} {what}").as_bytes())
}

/// What a handler has written reaches the disk.
fn perform_stores(host: &mut Host) {
    for effect in std::mem::take(&mut host.effects.list) {
        if let Effect::Store(key, value) = effect {
            host.stable.perform(key, value);
        }
    }
    host.effects.clear();
}

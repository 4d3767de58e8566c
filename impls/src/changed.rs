//! Changes to a whole node, switched on by name as flaws are. The harmless ones are controls: a
//! network may do all of it, so that whoever accuses a node so changed judges wrongly. The others
//! are liars that no protocol is, planted to see that somebody notices.
//!
//! Frames of the controlled network are left alone: it is no network that may do any of it.
//!
//! A change stands around the node and sees what goes in and what comes out. A node that is not
//! changed is not wrapped, and pays nothing.

use pepperland_core::collections::Set;
use pepperland_core::contract::{Effect, Garbled, Host, Indication, Node, Request, Timer};
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::implementation::{Control, Flaw, Setup};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// Controls for whoever lives with reordering.
pub const HARMLESS_WITHOUT_DUPLICATES: &[Control] = &[DELAYS_RECEIPTS, SHUFFLES_SENDS];

/// Controls for whoever measures time, and lives with reordering and duplication.
pub const HARMLESS_IN_TIME: &[Control] = &[SHUFFLES_SENDS, DOUBLES_FRAMES];

/// Controls for whoever lives with reordering and duplication.
pub const HARMLESS: &[Control] = &[DELAYS_RECEIPTS, SHUFFLES_SENDS, DOUBLES_FRAMES];

/// Frames wait before they are seen.
pub const DELAYS_RECEIPTS: Control = Control {
    name: "delays-receipts",
    number: "Z6",
    statement: "each frame that arrives waits up to 20 ms before the node sees it",
};

/// Sends to several nodes go out in another order.
pub const SHUFFLES_SENDS: Control = Control {
    name: "shuffles-sends",
    number: "Z6",
    statement: "what is sent to several nodes at once is sent to them in another order",
};

/// The network seems to duplicate.
pub const DOUBLES_FRAMES: Control = Control {
    name: "doubles-frames",
    number: "Z6",
    statement: "each frame to another node is sent twice",
};

/// The network's faults kill it.
pub const DIES_OF_A_FAULT: Flaw = Flaw {
    name: "dies-of-a-fault",
    number: "Z4",
    statement: "a second copy of a frame is not borne: the node panics",
    breaks: "validity-all",
    keeps: &["no-creation", "no-duplication"],
    faults: "duplicate",
    workload: "steady",
    killer: include_str!("../killers/dies-of-a-fault.jsonl"),
};

/// The right messages say something else.
pub const WRONG_PAYLOAD: Flaw = Flaw {
    name: "wrong-payload",
    number: "Z5",
    statement: "the last byte of a message is changed when it is delivered",
    breaks: "payload-integrity",
    keeps: &["no-duplication", "validity-self", "validity-all", "validity-some"],
    faults: "none",
    workload: "steady",
    killer: include_str!("../killers/wrong-payload.jsonl"),
};

/// Whoever hears of messages and of views by two threads hears of them in another order than they
/// are in.
pub const UPCALLS_ON_TWO_THREADS: Flaw = Flaw {
    name: "upcalls-on-two-threads",
    number: "V12",
    statement: "messages are handed up by a thread of their own, which views overtake",
    breaks: "sending-view-delivery",
    keeps: &["no-creation", "no-duplication", "fifo-order", "view-agreement"],
    faults: "none",
    workload: "joining",
    killer: include_str!("../killers/upcalls-on-two-threads.jsonl"),
};

/// The node with the change that its setup names, if it names one of these.
pub fn changed(setup: &Setup<'_>, node: Box<dyn Node>) -> Box<dyn Node> {
    match setup.flaw.and_then(Change::named) {
        Some(change) => Box::new(Changed { node, change }),
        None => node,
    }
}

enum Change {
    DelaysReceipts(Waiting),
    ShufflesSends,
    DoublesFrames,
    /// With what was received already.
    DiesOfAFault(Set<(NodeId, Vec<u8>)>),
    WrongPayload,
    UpcallsOnTwoThreads(Upcalls),
}

impl Change {
    fn named(name: &str) -> Option<Change> {
        Some(match name {
            _ if name == DELAYS_RECEIPTS.name => Change::DelaysReceipts(Waiting::default()),
            _ if name == SHUFFLES_SENDS.name => Change::ShufflesSends,
            _ if name == DOUBLES_FRAMES.name => Change::DoublesFrames,
            _ if name == DIES_OF_A_FAULT.name => Change::DiesOfAFault(Set::default()),
            _ if name == WRONG_PAYLOAD.name => Change::WrongPayload,
            _ if name == UPCALLS_ON_TWO_THREADS.name => {
                Change::UpcallsOnTwoThreads(Upcalls::default())
            }
            _ => return None,
        })
    }
}

/// Frames that have arrived and that the node has not seen.
#[derive(Default)]
struct Waiting {
    arrived: u32,
    frames: BTreeMap<u32, (NodeId, NetworkId, Vec<u8>)>,
}

/// The place of the timers for which frames or deliveries wait: no layer of a stack stands there.
const WAITING: u32 = u32::MAX;

/// How long they wait at most.
const LONGEST: Span = Span::millis(20);

impl Waiting {
    fn put(&mut self, from: NodeId, frame: &[u8], host: &mut Host) {
        self.arrived += 1;
        self.frames.insert(self.arrived, (from, host.arrived_over, frame.to_vec()));
        let timer = Timer { place: WAITING, tag: self.arrived };
        let span = Span(host.stream.below(LONGEST.0 + 1));
        host.effects.list.push(Effect::SetTimer(timer, span));
    }
}

/// Deliveries on their way up, in order.
#[derive(Default)]
struct Upcalls {
    count: u32,
    queue: VecDeque<Effect>,
}

impl Upcalls {
    /// Puts off what is delivered; whichever timer fires first hands up the oldest.
    fn hold(&mut self, host: &mut Host) {
        for effect in std::mem::take(&mut host.effects.list) {
            if !matches!(effect, Effect::Indicate(Indication::Deliver(_))) {
                host.effects.list.push(effect);
                continue;
            }
            self.count += 1;
            self.queue.push_back(effect);
            let timer = Timer { place: WAITING, tag: self.count };
            let span = Span::millis(host.stream.below(LONGEST.0 / Span::millis(1).0 + 1));
            host.effects.list.push(Effect::SetTimer(timer, span));
        }
    }
}

/// A node and what is changed about it.
struct Changed {
    node: Box<dyn Node>,
    change: Change,
}

impl Changed {
    /// Runs a handler of the node, and changes what it does.
    fn run(&mut self, host: &mut Host, handler: impl FnOnce(&mut dyn Node, &mut Host)) {
        handler(&mut *self.node, host);
        match &mut self.change {
            Change::ShufflesSends => shuffle(host),
            Change::DoublesFrames => double(host),
            Change::WrongPayload => host.effects.list.iter_mut().for_each(garble),
            Change::UpcallsOnTwoThreads(upcalls) => upcalls.hold(host),
            Change::DelaysReceipts(_) | Change::DiesOfAFault(_) => {}
        }
    }
}

impl Node for Changed {
    fn start(&mut self, host: &mut Host) {
        self.run(host, |node, host| node.start(host));
    }

    fn request(&mut self, request: Request<Message>, host: &mut Host) {
        self.run(host, |node, host| node.request(request, host));
    }

    fn receive(&mut self, from: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled> {
        match &mut self.change {
            Change::DelaysReceipts(waiting) if host.arrived_over != NetworkId::CONTROLLED => {
                self.node.describe(frame)?;
                waiting.put(from, frame, host);
                return Ok(());
            }
            Change::DiesOfAFault(seen) => {
                let first = seen.insert((from, frame.to_vec()));
                assert!(first, "{from} sent this before");
            }
            _ => {}
        }
        let mut read = Ok(());
        self.run(host, |node, host| read = node.receive(from, frame, host));
        read
    }

    fn timeout(&mut self, timer: Timer, host: &mut Host) {
        if timer.place != WAITING {
            return self.run(host, |node, host| node.timeout(timer, host));
        }
        match &mut self.change {
            Change::DelaysReceipts(waiting) => {
                let Some((from, over, frame)) = waiting.frames.remove(&timer.tag) else { return };
                host.arrived_over = over;
                // That it can be read was seen when it arrived.
                let _ = self.node.receive(from, &frame, host);
            }
            Change::UpcallsOnTwoThreads(upcalls) => {
                host.effects.list.extend(upcalls.queue.pop_front());
            }
            _ => {}
        }
    }

    fn recover(&mut self, host: &mut Host) {
        self.run(host, |node, host| node.recover(host));
    }

    fn describe(&self, frame: &[u8]) -> Result<Value, Garbled> {
        self.node.describe(frame)
    }

    fn frame(&self, described: Value) -> Result<Vec<u8>, Garbled> {
        self.node.frame(described)
    }

    fn reseal(&self, to: NodeId, frame: &[u8]) -> Option<Vec<u8>> {
        self.node.reseal(to, frame)
    }
}

/// Puts the receivers of each unbroken run of sends in another order. What one of them is sent
/// stays in order.
fn shuffle(host: &mut Host) {
    let (effects, stream) = (&mut host.effects.list, &mut host.stream);
    for run in effects.chunk_by_mut(|one, next| receiver(one).is_some() == receiver(next).is_some())
    {
        let mut receivers: Vec<NodeId> = run.iter().filter_map(receiver).collect();
        receivers.sort_unstable();
        receivers.dedup();
        stream.shuffle(&mut receivers);
        run.sort_by_key(|send| receivers.iter().position(|to| Some(*to) == receiver(send)));
    }
}

fn receiver(effect: &Effect) -> Option<NodeId> {
    match effect {
        Effect::Send { to, .. } => Some(*to),
        _ => None,
    }
}

/// Sends each frame to another node twice. Messages to oneself cross no network.
fn double(host: &mut Host) {
    for effect in std::mem::take(&mut host.effects.list) {
        let (members, network, frame) = match &effect {
            Effect::Send { to, network, frame } => ([*to].into(), *network, frame.clone()),
            Effect::GroupSend { group, network, frame } if *network != NetworkId::CONTROLLED => {
                (host.members(*group), *network, frame.clone())
            }
            _ => (Rc::default(), NetworkId::PAYLOAD, 0..0),
        };
        host.effects.list.push(effect);
        let others = members.iter().filter(|to| **to != host.me);
        let copy = |to: &NodeId| Effect::Send { to: *to, network, frame: frame.clone() };
        host.effects.list.extend(others.map(copy));
    }
}

fn garble(effect: &mut Effect) {
    if let Effect::Indicate(Indication::Deliver(delivery)) = effect
        && let Some(last) = delivery.message.body.0.last_mut()
    {
        *last ^= 1;
    }
}

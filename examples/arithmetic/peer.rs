//! A node of any stack on real UDP sockets and the real clock, by the contract that simulators
//! keep too: frames and timers in, effects out.

use crate::sockets::{Place, Sockets};
use pepperland::core::contract::{Effect, Host, Node, Timer};
use pepperland::prelude::*;
use std::collections::BTreeMap;
use std::io::Result;
use std::time::Duration;

/// A node with its sockets, its clock and its timers.
pub struct Peer {
    node: Box<dyn Node>,
    host: Host,
    sockets: Sockets,
    clock: Clock,
    timers: BTreeMap<Timer, Time>,
}

/// What a node tells the person in front of it.
pub enum Told {
    /// Something that its stack reports.
    Report(Indication<Message>),
    /// A remark.
    Note(String),
}

impl Peer {
    /// Starts a node. What it tells at once comes with the first [`wait`](Peer::wait).
    ///
    /// # Errors
    /// Its port is taken, or the interface is none of this machine.
    pub fn start(node: Box<dyn Node>, host: Host, place: Place) -> Result<Peer> {
        let nodes = host.members(GroupId::ALL).len();
        let mine = (0..).map(GroupId).zip(&*host.groups).filter(|(_, all)| all.contains(&host.me));
        let sockets = Sockets::open(place, host.me, nodes, mine.map(|(group, _)| group))?;
        let mut peer = Peer { node, host, sockets, clock: Clock::start(), timers: BTreeMap::new() };
        peer.node.start(&mut peer.host);
        Ok(peer)
    }

    /// The application asks the node for something.
    pub fn request(&mut self, request: Request<Message>) {
        self.host.now = self.clock.now();
        self.node.request(request, &mut self.host);
    }

    /// Does what is to be done, and waits so long for more: frames, or a timer that runs out.
    ///
    /// # Errors
    /// The sockets are of no use any more.
    pub fn wait(&mut self, patience: Duration) -> Result<Vec<Told>> {
        let mut told = self.perform();
        let next = self.timers.values().min().copied().unwrap_or(Time::NEVER);
        let left = Duration::from_nanos(next.since(self.clock.now()).0);
        for (from, frame) in self.sockets.receive(patience.min(left))? {
            self.host.now = self.clock.now();
            // Those who say what means nothing are not listened to.
            let _ = self.node.receive(from, &frame, &mut self.host);
        }
        self.run_out();
        told.extend(self.perform());
        Ok(told)
    }

    fn run_out(&mut self) {
        self.host.now = self.clock.now();
        let now = self.host.now;
        for (timer, _) in self.timers.extract_if(.., |_, at| *at <= now).collect::<Vec<_>>() {
            self.node.timeout(timer, &mut self.host);
        }
    }

    /// Performs what the node has done, in order.
    fn perform(&mut self) -> Vec<Told> {
        let effects = std::mem::take(&mut self.host.effects);
        let mut told = Vec::new();
        for effect in &effects.list {
            match effect {
                Effect::Send { to, frame, .. } => self.sockets.send(*to, effects.frame(frame)),
                Effect::GroupSend { group, frame, .. } => {
                    self.sockets.multicast(*group, effects.frame(frame));
                }
                Effect::SetTimer(timer, span) => {
                    self.timers.insert(*timer, self.clock.now() + *span);
                }
                Effect::CancelTimer(timer) => drop(self.timers.remove(timer)),
                Effect::Store(key, bytes) => self.host.stable.perform(*key, bytes.clone()),
                Effect::Indicate(report) => told.push(Told::Report(report.clone())),
                Effect::Note(text) | Effect::Breach(_, text) => told.push(Told::Note(text.clone())),
                Effect::Refuse(word) => {
                    told.push(Told::Note(format!("no layer offers \"{word}\"")))
                }
            }
        }
        told
    }
}

#[expect(clippy::disallowed_types, reason = "this node lives in real time")]
struct Clock(std::time::Instant);

#[expect(clippy::disallowed_types, reason = "this node lives in real time")]
impl Clock {
    fn start() -> Clock {
        Clock(std::time::Instant::now())
    }

    fn now(&self) -> Time {
        Time(self.0.elapsed().as_nanos() as u64)
    }
}

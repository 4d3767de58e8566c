//! What happens to a frame between two nodes: the decision about it is taken, and carried out.

use super::address::{Destination, destination};
use super::change::{Changer, Made};
use super::cleanliness::{Cleanliness, Lateness};
use super::counters::Counters;
use super::on_the_way::{OnTheWay, Travelling};
use super::port::Port;
use super::recording::Recording;
use super::{Options, Report};
use crate::clock;
use crate::decide::{Arrival, Change, Decision, Disturbances, Fate, nanoseconds};
use std::io;
use std::time::Duration;

/// All that lies between the nodes.
pub struct Crossing {
    pub ports: Vec<Port>,
    pub disturbances: Disturbances,
    pub counters: Counters,
    pub recording: Recording,
    on_the_way: OnTheWay,
    changer: Changer,
    lateness: Lateness,
}

impl Crossing {
    pub fn new(ports: Vec<Port>, options: Options) -> io::Result<Crossing> {
        let nodes = ports.len();
        Ok(Crossing {
            ports,
            disturbances: Disturbances::none(options.seed, nodes),
            counters: Counters::new(nodes),
            recording: Recording::into(options.capture.as_deref(), nodes)?,
            on_the_way: OnTheWay::default(),
            changer: Changer { rewriter: options.rewriter },
            lateness: Lateness { bound: options.lateness_bound, ..Lateness::default() },
        })
    }

    /// When the next of the delayed frames arrives.
    pub fn next_arrival(&self) -> Option<u64> {
        self.on_the_way.next()
    }

    /// Has a frame that a node sent go where it should.
    pub fn route(&mut self, from: usize, frame: &[u8]) {
        let nodes = self.ports.len();
        match destination(frame, from, nodes) {
            Destination::One(to) => self.carry(from, to, frame),
            Destination::Others => {
                for to in (0..nodes).filter(|to| *to != from) {
                    self.carry(from, to, frame);
                }
            }
            Destination::Nobody => self.counters.strays += 1,
        }
    }

    fn carry(&mut self, from: usize, to: usize, frame: &[u8]) {
        if self.is_unplugged(from, to) {
            let counters = self.counters.link_mut(from, to);
            counters.taken += 1;
            counters.unplugged += 1;
            self.recording.unplugged(from, to, frame);
            return;
        }
        let exempt = is_exempt(frame);
        let arrival = Arrival { exempt, length: frame.len(), now: clock::now() };
        let decision = self.disturbances.decide(from, to, arrival);
        self.counters.link_mut(from, to).note(&decision);
        decision.touched.iter().for_each(|id| self.disturbances.touch(*id));
        if decision.fate == Fate::Carried && !decision.is_plain() {
            self.send(from, to, frame, &decision, arrival.now);
            return;
        }
        self.recording.sent(from, to, frame, &decision, &[]);
        if decision.fate == Fate::Carried {
            self.give(from, to, frame);
        }
    }

    /// Sends a frame with what was decided about it.
    fn send(&mut self, from: usize, to: usize, frame: &[u8], decision: &Decision, now: u64) {
        let (changed, made) = self.changed(from, to, frame, decision);
        self.recording.sent(from, to, frame, decision, &made);
        let at = |delay: Duration| now.saturating_add(nanoseconds(delay));
        for copy in &decision.copies {
            let frame = changed.clone();
            self.on_the_way
                .send(at(decision.delay.saturating_add(*copy)), Travelling { from, to, frame });
        }
        if decision.delay.is_zero() {
            self.recording.arrived(from, to, &changed, "arrived");
            self.give(from, to, &changed);
        } else {
            let frame = changed;
            self.on_the_way.send(at(decision.delay), Travelling { from, to, frame });
        }
    }

    /// The frame as its changes leave it, and those that could be made.
    fn changed(
        &mut self,
        from: usize,
        to: usize,
        frame: &[u8],
        decision: &Decision,
    ) -> (Vec<u8>, Vec<(Change, Made)>) {
        let (mut frame, mut all) = (frame.to_vec(), Vec::new());
        for (id, change) in &decision.changes {
            if let Some(made) = self.changer.make(&mut frame, *change) {
                self.disturbances.touch(*id);
                self.counters.link_mut(from, to).note_change(*change);
                all.push((*change, made));
            }
        }
        (frame, all)
    }

    /// Hands over the delayed frames whose time has come.
    pub fn hand_over_what_has_arrived(&mut self) {
        if self.on_the_way.len() == 0 {
            return;
        }
        let now = clock::now();
        while let Some((at, Travelling { from, to, frame })) = self.on_the_way.arrived(now) {
            self.lateness.note(Duration::from_nanos(now - at));
            if self.is_unplugged(from, to) {
                self.counters.link_mut(from, to).unplugged += 1;
                self.recording.arrived(from, to, &frame, "cable pulled meanwhile");
            } else if let Some(id) = self.disturbances.cut_by(from, to) {
                self.disturbances.touch(id);
                self.counters.link_mut(from, to).cut += 1;
                self.recording.arrived(from, to, &frame, "cut on its way");
            } else {
                self.recording.arrived(from, to, &frame, "arrived");
                self.give(from, to, &frame);
            }
        }
    }

    fn is_unplugged(&self, from: usize, to: usize) -> bool {
        self.ports[from].unplugged || self.ports[to].unplugged
    }

    fn give(&mut self, from: usize, to: usize, frame: &[u8]) {
        if self.ports[to].give(frame) {
            self.counters.link_mut(from, to).carried += 1;
        }
    }

    /// What there is to say at the end.
    pub fn report(self) -> Report {
        let drops = |port: &Port| port.handle.kernel_drops().unwrap_or(0);
        let lost = self.ports.iter().enumerate().filter(|(_, port)| port.lost);
        let cleanliness = Cleanliness {
            kernel_drops: self.ports.iter().map(drops).collect(),
            failed_writes: self.ports.iter().map(|port| port.failed_writes).collect(),
            lost_cards: lost.map(|(node, _)| node).collect(),
            lateness: self.lateness,
        };
        Report {
            counters: self.counters,
            undelivered: self.on_the_way.len(),
            cleanliness,
            capture: self.recording.finish(),
        }
    }
}

/// Whether it is traffic of the network's own, rather than of the system under test. IPv6 is, for
/// it is off wherever it can be.
fn is_exempt(frame: &[u8]) -> bool {
    const IPV4: &[u8] = &[0x08, 0x00];
    frame.get(12..14) != Some(IPV4) || crate::frame::is_exempt(frame)
}

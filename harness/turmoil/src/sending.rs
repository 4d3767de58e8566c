//! Putting frames on their way: what the network and the disturbances at work make of each.

use crate::flights::{Label, Passage};
use crate::nodes::Happening;
use crate::wire::Wire;
use crate::world::World;
use pepperland_core::contract::Node;
use pepperland_core::history::{Channel, EventId, Kind, Transmission};
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::runtime::{Detail, Outcome, Saying, garbled_length};
use pepperland_core::schedule::{Harm, Transit};
use pepperland_core::time::Span;
use smallvec::SmallVec;

/// The labels of one frame's copies on one link: more than one only where it is doubled.
type Labels = SmallVec<[Label; 2]>;

impl World {
    /// Puts a frame on its way to one node.
    pub fn send(
        &mut self,
        (from, to, network): (NodeId, NodeId, NetworkId),
        frame: &[u8],
        cause: Option<EventId>,
        wire: &mut dyn Wire,
    ) {
        for label in self.set_off((from, to, network), frame, cause, wire.capacity()) {
            wire.put(to, label, frame);
        }
    }

    /// Puts a frame on its way to every member of a group. What goes to a node whose socket is not
    /// open yet, and has joined nothing, goes by itself.
    pub fn group_send(
        &mut self,
        (from, group, network): (NodeId, GroupId, NetworkId),
        frame: &[u8],
        cause: Option<EventId>,
        wire: &mut dyn Wire,
    ) {
        let mut copies: SmallVec<[(NodeId, Label); 8]> = SmallVec::new();
        for to in self.nodes[from.index()].host.members(group).iter().copied() {
            for label in self.set_off((from, to, network), frame, cause, wire.capacity()) {
                match self.nodes[to.index()].own.ready {
                    true => copies.push((to, label)),
                    false => wire.put(to, label, frame),
                }
            }
        }
        if !copies.is_empty() {
            wire.put_for(group, &copies, frame);
        }
    }

    /// A copy of a frame sets off on one link, as the network and the disturbances at work will
    /// have it. Returns the labels of what is to cross the socket.
    fn set_off(
        &mut self,
        (from, to, network): (NodeId, NodeId, NetworkId),
        frame: &[u8],
        cause: Option<EventId>,
        capacity: usize,
    ) -> Labels {
        if to.index() >= self.nodes.len() {
            self.note(from, &format!("sent to {to}, which does not exist"), cause);
            return Labels::new();
        }
        if frame.len() > capacity {
            let text = format!("a frame of {} bytes is too long for a datagram", frame.len());
            self.note(from, &text, cause);
            return Labels::new();
        }
        self.frames_sent += 1;
        let transit = self.transit(from, to);
        let mut passage = Passage {
            from,
            to,
            network,
            from_incarnation: self.nodes[from.index()].host.incarnation,
            to_incarnation: self.nodes[to.index()].host.incarnation,
            id: self.frames_sent,
            number: transit.number,
            cause,
        };
        let told = self.record_sending(&mut passage, frame);
        let tongue = &*self.nodes[from.index()].node;
        self.lies.hear(&Saying { transit, frame, tongue });
        let latency = self.schedule.latency(&transit, self.now);
        if from == to {
            // One to the sender itself needs no socket.
            let late = self.lateness_of_own(&transit);
            let label = self.launch(passage, (None, told), latency + late);
            self.land(to, label, frame);
            return Labels::new();
        }
        match self.disturbances.at_work() {
            true => self.set_off_through_harm((passage, frame), told, latency),
            false => Labels::from_iter([self.launch(passage, (None, told), latency)]),
        }
    }

    /// How late strikes make a message to the sender itself, which is not disturbed otherwise.
    fn lateness_of_own(&mut self, transit: &Transit) -> Span {
        if !self.disturbances.at_work() {
            return Span::ZERO;
        }
        let schedule = self.schedule();
        let mut late = Span::ZERO;
        for (index, harm) in self.disturbances.harm(&schedule, transit, self.now) {
            if let Harm::Late(by) = harm {
                self.recorder.harm(self.now, &schedule, index);
                late = late + by;
            }
        }
        late
    }

    fn transit(&mut self, from: NodeId, to: NodeId) -> Transit {
        let count = &mut self.carried[from.index() * self.nodes.len() + to.index()];
        *count += 1;
        Transit::of_payload(from, to, *count)
    }

    fn set_off_through_harm(
        &mut self,
        (passage, frame): (Passage, &[u8]),
        told: Option<Transmission>,
        mut latency: Span,
    ) -> Labels {
        let schedule = self.schedule();
        let (mut labels, mut instead, mut besides) = (Labels::new(), None, Vec::new());
        let Passage { from, to, number, .. } = passage;
        let transit = Transit::of_payload(from, to, number);
        for (index, harm) in self.disturbances.harm(&schedule, &transit, self.now) {
            let sender = &self.nodes[from.index()].node;
            let now = instead.as_deref().unwrap_or(frame);
            match harm {
                Harm::Lost => {
                    self.recorder.harm(self.now, &schedule, index);
                    self.record_loss(&passage, told, "loss");
                    return labels;
                }
                Harm::Late(by) => latency = latency + by,
                Harm::Doubled(by) => {
                    let what = (instead.clone(), told.clone());
                    labels.push(self.launch(passage, what, latency + by));
                }
                Harm::Corrupted(bit) => instead = Some(sender.corrupt(now, bit)),
                Harm::Garbled(draw) => {
                    instead = Some(now[..garbled_length(now.len(), draw)].to_vec());
                }
                Harm::Lied(draw) => {
                    let saying = Saying { transit, frame: now, tongue: &**sender };
                    let Some(lie) = self.lies.tell(&schedule, index, draw, &saying) else {
                        self.disturbances.spare(index);
                        continue;
                    };
                    let (now, detail) = (self.now, self.detail);
                    self.recorder.lie(now, (&schedule, index), detail, &transit, &lie);
                    match lie.outcome {
                        Outcome::Instead(said) => instead = Some(said),
                        Outcome::Besides(said) => besides.push(said),
                        Outcome::Late(by) => latency = latency + by,
                        Outcome::Nothing => {
                            self.record_loss(&passage, told, "withheld");
                            return labels;
                        }
                    }
                    continue;
                }
            }
            self.recorder.harm(self.now, &schedule, index);
        }
        for said in besides {
            labels.push(self.launch(passage, (Some(said), told.clone()), latency));
        }
        let Some(cut) = self.disturbances.cut(&schedule, passage.from, passage.to) else {
            labels.push(self.launch(passage, (instead, told), latency));
            return labels;
        };
        cut.touched += 1;
        if schedule.header.network.channel != Channel::Perfect {
            self.record_loss(&passage, told, "cut");
            return labels;
        }
        let label = self.flights.add(passage, instead, told);
        cut.held.push(label.place);
        labels.push(label);
        labels
    }

    /// A frame is to arrive after this latency.
    fn launch(
        &mut self,
        passage: Passage,
        (instead, told): (Option<Vec<u8>>, Option<Transmission>),
        latency: Span,
    ) -> Label {
        let label = self.flights.add(passage, instead, told);
        self.plan(passage.to, self.now + latency, Happening::Arrive(label.place));
        label
    }

    pub fn record_sending(&mut self, passage: &mut Passage, frame: &[u8]) -> Option<Transmission> {
        if self.detail != Detail::Network {
            return None;
        }
        let Passage { from, to, network, id, cause, .. } = *passage;
        let mut told = self.recorder.describe(&*self.nodes[from.index()].node, to, id, frame);
        if self.schedule.header.controls(network) {
            told.network = network;
        }
        let now = self.now;
        let event = self.recorder.transmission(now, from, Kind::Send, told.clone(), cause);
        passage.cause = Some(event);
        Some(told)
    }
}

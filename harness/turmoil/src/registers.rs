//! Writes to registers, as the simulator has them: they cross no socket, for nothing that befalls
//! sockets reaches them.

use crate::flights::Passage;
use crate::nodes::Happening;
use crate::wire::Wire;
use crate::world::World;
use pepperland_core::history::{EventId, Transmission};
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::runtime::{OneOrder, Outcome, Saying};
use pepperland_core::schedule::{Harm, Transit};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// The registers of a run.
#[derive(Default)]
pub struct Registers {
    /// How often each node has written.
    written: BTreeMap<NodeId, u32>,
    /// What is on its way to each reader, by its place among the flights.
    order: OneOrder<u32>,
    /// What liars write later than they should, by when they do.
    late: BTreeMap<(Time, u32), Write>,
}

/// A write, with a copy for each reader.
#[derive(Clone)]
struct Write {
    transit: Transit,
    frame: Vec<u8>,
    copies: Vec<(Passage, Option<Transmission>)>,
}

impl Registers {
    /// The next write of a node.
    fn next(&mut self, writer: NodeId) -> Transit {
        let number = self.written.entry(writer).or_default();
        *number += 1;
        Transit { from: writer, to: writer, network: NetworkId::CONTROLLED, number: *number }
    }

    /// Whether no write is still to be made.
    pub fn are_at_rest(&self) -> bool {
        self.late.is_empty()
    }
}

impl World {
    /// A node writes: every member of the group reads it, the writer too if it is one.
    pub fn write(&mut self, from: NodeId, group: GroupId, frame: &[u8], cause: Option<EventId>) {
        let readers = self.nodes[from.index()].host.members(group);
        if readers.is_empty() {
            return self.note(from, &format!("wrote to {group}, which has no members"), cause);
        }
        let transit = self.registers.next(from);
        let tongue = &*self.nodes[from.index()].node;
        self.lies.hear(&Saying { transit, frame, tongue });
        let copies = readers.iter().map(|to| self.copy(&transit, *to, frame, cause)).collect();
        let write = Write { transit, frame: frame.to_vec(), copies };
        match self.disturbances.at_work() {
            true => self.write_through_lies(write),
            false => self.enter(write),
        }
    }

    fn copy(
        &mut self,
        transit: &Transit,
        to: NodeId,
        frame: &[u8],
        cause: Option<EventId>,
    ) -> (Passage, Option<Transmission>) {
        self.frames_sent += 1;
        let Transit { from, network, number, .. } = *transit;
        let mut passage = Passage {
            from,
            to,
            network,
            from_incarnation: self.nodes[from.index()].host.incarnation,
            to_incarnation: self.nodes[to.index()].host.incarnation,
            id: self.frames_sent,
            number,
            cause,
        };
        let told = self.record_sending(&mut passage, frame);
        (passage, told)
    }

    /// The write as its writer makes it, if that lies.
    fn write_through_lies(&mut self, mut write: Write) {
        let schedule = self.schedule();
        let (transit, mut late, mut besides) = (write.transit, Span::ZERO, Vec::new());
        for (index, harm) in self.disturbances.harm(&schedule, &transit, self.now) {
            let Harm::Lied(draw) = harm else { continue };
            let tongue = &*self.nodes[transit.from.index()].node;
            let saying = Saying { transit, frame: &write.frame, tongue };
            let Some(lie) = self.lies.tell(&schedule, index, draw, &saying) else {
                self.disturbances.spare(index);
                continue;
            };
            let (now, detail) = (self.now, self.detail);
            self.recorder.lie(now, (&schedule, index), detail, &transit, &lie);
            match lie.outcome {
                Outcome::Instead(frame) => write.frame = frame,
                Outcome::Besides(frame) => besides.push(frame),
                Outcome::Late(by) => late = late + by,
                Outcome::Nothing => {
                    for (passage, told) in write.copies {
                        self.record_loss(&passage, told, "withheld");
                    }
                    return;
                }
            }
        }
        let besides: Vec<Write> =
            besides.into_iter().map(|frame| Write { frame, ..write.clone() }).collect();
        [write].into_iter().chain(besides).for_each(|write| self.enter_after(late, write));
    }

    /// The write enters the order of all writes this much later.
    fn enter_after(&mut self, late: Span, write: Write) {
        if late == Span::ZERO {
            return self.enter(write);
        }
        let turn = self.turn();
        self.registers.late.insert((self.now + late, turn), write);
    }

    /// Writes that were late until now enter the order of all writes.
    pub fn enter_late(&mut self) {
        while let Some(first) = self.registers.late.first_entry() {
            if first.key().0 > self.now {
                return;
            }
            let write = first.remove();
            self.last_happening = self.now;
            self.enter(write);
        }
    }

    /// The write enters the order of all writes, and sets out for every reader.
    fn enter(&mut self, write: Write) {
        let schedule = self.schedule();
        for (mut passage, told) in write.copies {
            let to = passage.to;
            passage.to_incarnation = self.nodes[to.index()].host.incarnation;
            let transit = Transit { to, ..write.transit };
            let late = self.lateness_at_reader(&transit);
            let label = self.flights.add(passage, None, told);
            self.land(to, label, &write.frame);
            let (now, order) = ((self.now, late), &mut self.registers.order);
            let at = order.launch(&schedule, (&transit, to), now, label.place);
            self.plan(to, at, Happening::Read);
            self.nodes[to.index()].own.bell.notify_one();
        }
    }

    /// How late strikes make one reader's copy. A reader's own writes are not struck.
    fn lateness_at_reader(&mut self, transit: &Transit) -> Span {
        if transit.is_write() || !self.disturbances.at_work() {
            return Span::ZERO;
        }
        let (schedule, mut late) = (self.schedule(), Span::ZERO);
        for (index, harm) in self.disturbances.harm(&schedule, transit, self.now) {
            if let Harm::Late(by) = harm {
                self.recorder.harm(self.now, &schedule, index);
                late = late + by;
            }
        }
        late
    }

    /// A node reads what was written first of what is on its way there, unless it has crashed since
    /// that was written.
    pub fn read(&mut self, to: NodeId, wire: &mut dyn Wire) {
        let Some(place) = self.registers.order.next(to) else { return };
        match self.flights.at(place).passage.to_incarnation
            == self.nodes[to.index()].host.incarnation
        {
            true => self.receive(place, wire),
            false => self.lose(place, "receiver down"),
        }
    }

    /// Something was to be read at a node that is down.
    pub fn read_by_nobody(&mut self, to: NodeId) {
        let place = self.registers.order.next(to);
        place.into_iter().for_each(|place| self.lose(place, "receiver down"));
    }
}

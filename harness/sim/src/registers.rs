//! Writes to registers: read by all in one order, whatever befalls links and writers. What a liar
//! makes of a write it makes of it once, so that all read the same.

use crate::flights::Flight;
use crate::nodes::State;
use crate::queue::Happening;
use crate::world::World;
use pepperland_core::history::EventId;
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::runtime::{OneOrder, Outcome, Saying};
use pepperland_core::schedule::{Harm, Transit};
use pepperland_core::time::Span;
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// The bytes of a write.
type Frame = SmallVec<[u8; 48]>;

/// The registers of a run.
#[derive(Default)]
pub struct Registers {
    /// How often each node has written.
    written: BTreeMap<NodeId, u32>,
    /// What is on its way to each reader.
    order: OneOrder<Flight>,
    /// What liars write later than they should, by slot.
    late: Vec<Option<Write>>,
}

/// A write, with a copy for each reader.
#[derive(Clone)]
struct Write {
    transit: Transit,
    copies: Vec<Flight>,
}

impl Write {
    /// The same write, of something else.
    fn saying(mut self, frame: &[u8]) -> Write {
        self.copies.iter_mut().for_each(|copy| copy.frame = Frame::from_slice(frame));
        self
    }
}

impl Registers {
    /// The next write of a node.
    fn next(&mut self, writer: NodeId) -> Transit {
        let number = self.written.entry(writer).or_default();
        *number += 1;
        Transit { from: writer, to: writer, network: NetworkId::CONTROLLED, number: *number }
    }
}

impl World<'_> {
    /// A node writes: every member of the group reads it, the writer too if it is one.
    pub fn write(&mut self, from: NodeId, group: GroupId, frame: Frame, cause: Option<EventId>) {
        let readers = self.readers(from, group);
        if readers.is_empty() {
            return self.note(from, &format!("wrote to {group}, which has no members"), cause);
        }
        let transit = self.registers.next(self.name(from));
        let tongue = &*self.nodes[from.index()].node;
        self.lies.hear(&Saying { transit, frame: &frame, tongue });
        let copies = readers.into_iter().map(|to| {
            let mut copy = self.copy((from, to), transit.number, frame.clone(), cause);
            self.record_sending(&mut copy);
            copy
        });
        let write = Write { transit, copies: copies.collect() };
        match self.disturbances.at_work() {
            true => self.write_through_lies(from, write),
            false => self.enter(write),
        }
    }

    /// The places at which what is written to the group is read: both copies of a node read it.
    fn readers(&self, from: NodeId, group: GroupId) -> Vec<NodeId> {
        let members = self.nodes[from.index()].host.members(group);
        members.iter().flat_map(|to| [Some(*to), self.second(*to)]).flatten().collect()
    }

    fn copy(
        &mut self,
        (from, to): (NodeId, NodeId),
        number: u32,
        frame: Frame,
        cause: Option<EventId>,
    ) -> Flight {
        self.frames_sent += 1;
        Flight {
            from,
            to,
            network: NetworkId::CONTROLLED,
            from_incarnation: self.nodes[from.index()].host.incarnation,
            to_incarnation: self.nodes[to.index()].host.incarnation,
            id: self.frames_sent,
            number,
            doubled: false,
            cause,
            frame,
        }
    }

    /// The write as its writer makes it, if that lies.
    fn write_through_lies(&mut self, from: NodeId, mut write: Write) {
        let (transit, mut late, mut besides) = (write.transit, Span::ZERO, Vec::new());
        for (index, harm) in self.disturbances.harm(self.schedule, &transit, self.now) {
            let Harm::Lied(draw) = harm else { continue };
            let tongue = &*self.nodes[from.index()].node;
            let saying = Saying { transit, frame: &write.copies[0].frame, tongue };
            let Some(lie) = self.lies.tell(self.schedule, index, draw, &saying) else {
                self.disturbances.spare(index);
                continue;
            };
            self.record_lie(index, &transit, &lie);
            match lie.outcome {
                Outcome::Instead(frame) => write = write.saying(&frame),
                Outcome::Besides(frame) => besides.push(frame),
                Outcome::Late(by) => late = late + by,
                Outcome::Nothing => {
                    return write.copies.iter().for_each(|copy| self.record_loss(copy, "withheld"));
                }
            }
        }
        let besides: Vec<Write> = besides.iter().map(|frame| write.clone().saying(frame)).collect();
        [write].into_iter().chain(besides).for_each(|write| self.enter_after(late, write));
    }

    /// The write enters the order of all writes this much later.
    fn enter_after(&mut self, late: Span, write: Write) {
        if late == Span::ZERO {
            return self.enter(write);
        }
        let slot = self.registers.late.len() as u32;
        self.registers.late.push(Some(write));
        self.queue.plan(self.now + late, Happening::Enter(slot));
    }

    /// A write that was late enters the order of all writes.
    pub fn enter_late(&mut self, slot: u32) {
        let write = self.registers.late[slot as usize].take();
        write.into_iter().for_each(|write| self.enter(write));
    }

    /// The write enters the order of all writes, and sets out for every reader.
    fn enter(&mut self, write: Write) {
        for mut copy in write.copies {
            let (place, to) = (copy.to, self.name(copy.to));
            copy.to_incarnation = self.nodes[place.index()].host.incarnation;
            let transit = Transit { to, ..write.transit };
            let late =
                self.lateness_at_reader(&transit) + self.carriage(transit.is_write(), &copy.frame);
            let (now, order) = ((self.now, late), &mut self.registers.order);
            let at = order.launch(self.schedule, (&transit, place), now, copy);
            self.queue.plan(at, Happening::Read(place.0));
        }
    }

    /// How late strikes make one reader's copy. A reader's own writes are not struck.
    fn lateness_at_reader(&mut self, transit: &Transit) -> Span {
        if transit.is_write() || !self.disturbances.at_work() {
            return Span::ZERO;
        }
        let mut late = Span::ZERO;
        for (index, harm) in self.disturbances.harm(self.schedule, transit, self.now) {
            if let Harm::Late(by) = harm {
                self.record_harm(index);
                late = late + by;
            }
        }
        late
    }

    /// What waited for the node at this place to go on, and was to be read by it, is lost with it.
    pub fn forget_reads(&mut self, place: NodeId, waiting: &[Happening]) {
        let reads = waiting.iter().filter(|what| matches!(what, Happening::Read(_)));
        reads.for_each(|_| drop(self.registers.order.next(place)));
    }

    /// The node at this place reads what was written first of what is on its way there.
    pub fn read(&mut self, place: NodeId) {
        let Some(copy) = self.registers.order.next(place) else { return };
        let reader = &self.nodes[place.index()];
        let lives = reader.host.incarnation == copy.to_incarnation;
        match reader.state == State::Down || !lives {
            true => self.record_loss(&copy, "receiver down"),
            false => self.receive(copy),
        }
    }
}

//! Writes to registers: lines that every reader gets, all of them in one order, within the bound
//! of the controlled network. No disturbance of links reaches them. What a liar makes of a write it
//! makes of it once, so that all read the same.

use crate::live::agenda::Happening;
use crate::live::json::text;
use crate::live::send::Parcel;
use crate::live::world::World;
use crate::wire::{Envelope, Head, may_write};
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::runtime::{OneOrder, Outcome, Saying};
use pepperland_core::schedule::{Harm, Schedule, Transit};
use pepperland_core::time::Span;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The registers of a run.
#[derive(Default)]
pub struct Registers {
    /// Who reads them: the servers, or everybody.
    readers: Vec<NodeId>,
    /// How often each node has written.
    written: BTreeMap<NodeId, u32>,
    /// What is on its way to each reader.
    order: OneOrder<Parcel>,
}

/// A write, with a copy for each reader.
#[derive(Clone, Debug)]
pub struct Write {
    transit: Transit,
    copies: Vec<Parcel>,
}

impl Registers {
    /// Those of a schedule.
    pub fn of(schedule: &Schedule) -> Registers {
        let readers = schedule.header.members().pop().unwrap_or_default();
        Registers { readers, ..Registers::default() }
    }

    /// The next write of a node.
    fn next(&mut self, writer: NodeId) -> Transit {
        let number = self.written.entry(writer).or_default();
        *number += 1;
        Transit { from: writer, to: writer, network: NetworkId::CONTROLLED, number: *number }
    }
}

impl World<'_> {
    /// A node writes to the registers: every server reads it, the writer too if it is one.
    pub fn write_to_registers(&mut self, from: NodeId, envelope: &Envelope<'_>, head: &Head<'_>) {
        if let Err((breach, why)) = may_write(self.nodes[from.index()].features, envelope) {
            return self.breach(from, breach, why);
        }
        let transit = self.registers.next(from);
        let tongue = self.tongues.of(from, transit.network);
        let frame = envelope.body.get().as_bytes();
        self.lies.hear(&Saying { transit, frame, tongue: &*tongue });
        drop(tongue);
        let write = self.copied(transit, envelope, head);
        if let Some((late, writes)) = self.through_lies(write) {
            writes.into_iter().for_each(|write| self.enter_after(late, write));
        }
    }

    /// A copy for each reader, in the writer's name, whatever name the line has.
    fn copied(&mut self, transit: Transit, envelope: &Envelope<'_>, head: &Head<'_>) -> Write {
        let writer: Arc<str> = transit.from.to_string().into();
        let readers = self.registers.readers.clone();
        let copy = |to| {
            let copy = self.parcel(Transit { to, ..transit }, envelope, head);
            let mut copy = Parcel { src: writer.clone(), ..copy };
            self.record_sending(&mut copy);
            copy
        };
        Write { transit, copies: readers.into_iter().map(copy).collect() }
    }

    /// The write as its writer makes it, if that lies, what it writes besides, and how late. Nothing,
    /// if it writes nothing.
    fn through_lies(&mut self, mut write: Write) -> Option<(Span, Vec<Write>)> {
        let (transit, mut late, mut besides) = (write.transit, Span::ZERO, Vec::new());
        for (index, harm) in self.disturbances.harm(self.schedule, &transit, self.now) {
            let Harm::Lied(draw) = harm else { continue };
            let tongue = self.tongues.of(transit.from, transit.network);
            let Some(said) = write.copies.first().map(|copy| copy.body.clone()) else { continue };
            let saying = Saying { transit, frame: said.get().as_bytes(), tongue: &*tongue };
            let Some(lie) = self.lies.tell(self.schedule, index, draw, &saying) else {
                self.disturbances.spare(index);
                continue;
            };
            drop(tongue);
            let (now, detail) = (self.now, self.detail);
            self.recorder.lie(now, (self.schedule, index), detail, &transit, &lie);
            match lie.outcome {
                Outcome::Instead(said) => write = self.rewritten(write, text(said)),
                Outcome::Besides(said) => besides.push(text(said)),
                Outcome::Late(by) => late = late + by,
                Outcome::Nothing => {
                    write.copies.iter().for_each(|copy| self.record_loss(copy, "withheld"));
                    return None;
                }
            }
        }
        let besides = besides.into_iter().map(|body| self.rewritten(write.clone(), body));
        let besides: Vec<Write> = besides.collect();
        Some((late, [write].into_iter().chain(besides).collect()))
    }

    /// The same write, of something else.
    fn rewritten(&mut self, mut write: Write, body: Arc<RawValue>) -> Write {
        let contents = self.contents(&body);
        for copy in &mut write.copies {
            (copy.body, copy.contents) = (body.clone(), contents.clone());
        }
        write
    }

    /// The write enters the order of all writes this much later.
    fn enter_after(&mut self, late: Span, write: Write) {
        write.copies.iter().for_each(|copy| self.count(copy));
        match late {
            Span::ZERO => self.enter(write),
            late => self.agenda.plan(self.now + late, Happening::Enter(write)),
        }
    }

    /// The write enters the order of all writes, and sets out for every reader.
    pub fn enter(&mut self, write: Write) {
        for mut copy in write.copies {
            let (to, transit) = (copy.to, copy.transit());
            copy.to_incarnation = self.nodes[to.index()].incarnation;
            let late = self.lateness_at_reader(&transit);
            let (now, order) = ((self.now, late), &mut self.registers.order);
            let at = order.launch(self.schedule, (&transit, to), now, copy);
            self.agenda.plan(at, Happening::Read(to));
        }
    }

    /// How late strikes make one reader's copy. A reader's own writes are not struck.
    fn lateness_at_reader(&mut self, transit: &Transit) -> Span {
        if transit.is_write() {
            return Span::ZERO;
        }
        let mut late = Span::ZERO;
        for (index, harm) in self.disturbances.harm(self.schedule, transit, self.now) {
            if let Harm::Late(by) = harm {
                self.recorder.harm(self.now, self.schedule, index);
                late = late + by;
            }
        }
        late
    }

    /// A node reads what was written first of what is on its way to it.
    pub fn read_register(&mut self, node: NodeId) {
        let Some(copy) = self.registers.order.next(node) else { return };
        self.discount(&copy);
        let reader = &self.nodes[node.index()];
        if !reader.lives() || reader.incarnation != copy.to_incarnation {
            return self.record_loss(&copy, "receiver down");
        }
        self.record_receipt(&copy);
        self.hand_over(&copy);
    }
}

//! Multicast with negative acknowledgements that anybody answers: the lectures' reliable multicast
//! by negative acknowledgements, in the spirit of PGM (RFC 3208).
//!
//! ```text
//! The sender sends m, numbered, to each receiver.
//! A receiver that notes a gap in a sequence sends a Nack to all, and again until it is closed;
//!     it leaves it at that for once if another has just asked for the same.
//! On a Nack:       whoever has the message waits a random time, then sends it to all, unless it
//!                  has heard somebody else do so meanwhile
//! Now and then:    everybody tells all how many messages of each sender it has received
//! On such a tale:  whoever has fewer notes a gap;
//!                  what all members have received is stable, and leaves the buffer
//! ```
//!
//! Assumes that messages may be lost, yet not for ever, and crash-stop failures. A crashed member
//! tells nothing any more, so that nothing sent later is ever stable: buffers are bounded only
//! while nobody crashes. Departs from the lectures: a gap is given a moment before the first Nack,
//! as the message may only have been overtaken; receivers spare Nacks as holders spare repairs.

mod record;

pub use record::ENTRY;

use crate::for_group::ForGroup;
use crate::multicast::streams::{Name, Streams};
use crate::patience::{Patience, between};
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What travels, to all members.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said<M> {
    /// A message with its sender's count.
    Data(u64, M),
    /// These messages are missing.
    Nack(Vec<Name>),
    /// A message that was asked for.
    Repair(Name, M),
    /// How many messages of each member the sender of this has received.
    Session(Vec<(NodeId, u64)>),
}

/// Multicast with negative acknowledgements.
pub struct Nack<M, L> {
    lower: L,
    groups: BTreeMap<GroupId, Group<M>>,
    max_latency: Span,
    gaps_only_by_next_message: bool,
    collect_before_stable: bool,
    cancel_on_nack: bool,
    no_suppression: bool,
}

/// The state of one group.
struct Group<M> {
    sent: u64,
    /// The hold-back queue, and the buffer of what was received.
    streams: Streams<M>,
    /// Until the next Nack.
    gaps: Patience,
    /// Until the next tale of what is here.
    tales: Patience,
    /// Whether the timer of the next Nack runs.
    seeking: bool,
    /// What others have asked for since the last Nack was due.
    asked_by_others: BTreeSet<Name>,
    /// What will be repaired unless somebody else does.
    repairs: BTreeSet<Name>,
    /// How many messages of a member (second) another (first) has received.
    has: BTreeMap<(NodeId, NodeId), u64>,
}

/// The timers of a group.
#[derive(Copy, Clone)]
enum Alarm {
    Session = 0,
    Nack = 1,
    Repair = 2,
}

impl Alarm {
    fn tag(self, group: GroupId) -> u32 {
        group.0 * 3 + self as u32
    }
}

impl<M: Value, L: Layer<Payload = ForGroup<Said<M>>>> Nack<M, L> {
    /// Multicast with negative acknowledgements over this network.
    pub fn over(lower: L, setup: &Setup<'_>) -> Nack<M, L> {
        Nack {
            lower,
            groups: BTreeMap::new(),
            max_latency: setup.max_latency,
            gaps_only_by_next_message: setup.flawed("gaps-only-by-next-message"),
            collect_before_stable: setup.flawed("collect-before-stable"),
            cancel_on_nack: setup.flawed("cancel-on-nack"),
            no_suppression: setup.flawed("no-suppression"),
        }
    }

    fn tell(&mut self, group: GroupId, said: Said<M>, cx: &mut Cx<'_, M>) {
        self.multicast_below(group, ForGroup { group, m: said }, cx);
    }

    fn group(&mut self, group: GroupId, cx: &mut Cx<'_, M>) -> &mut Group<M> {
        let members = cx.members(group);
        let fresh = !self.groups.contains_key(&group) && members.contains(&cx.me());
        let new = || Group::new(&members, self.max_latency);
        let state = self.groups.entry(group).or_insert_with(new);
        if fresh {
            let wait = state.tales.wait_at_random(cx.random());
            cx.set_timer(Alarm::Session.tag(group), wait);
        }
        state
    }

    fn receive(&mut self, group: GroupId, name: Name, m: M, cx: &mut Cx<'_, M>) {
        let (q, _) = name;
        let state = self.group(group, cx);
        state.streams.put(name, m);
        while let Some(m) = state.streams.deliver_next(q) {
            cx.deliver(Delivery { from: q, group, message: m, slot: None });
            state.tales.reset();
        }
        if self.collect_before_stable {
            self.discard(group, q, u64::MAX, cx);
        }
        self.note_gaps(group, cx);
    }

    fn note_gaps(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let state = self.group(group, cx);
        if !state.seeking && !state.streams.missing().is_empty() {
            state.seeking = true;
            let wait = state.gaps.wait_at_random(cx.random());
            cx.set_timer(Alarm::Nack.tag(group), wait);
        }
    }

    fn ask(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let cancel_on_nack = self.cancel_on_nack;
        let state = self.group(group, cx);
        let mut missing = state.streams.missing();
        if missing.is_empty() {
            state.seeking = false;
            return state.gaps.reset();
        }
        missing.retain(|name| !state.asked_by_others.contains(name));
        if !cancel_on_nack {
            state.asked_by_others.clear();
        }
        let wait = state.gaps.wait_at_random(cx.random());
        cx.set_timer(Alarm::Nack.tag(group), wait);
        if !missing.is_empty() {
            self.tell(group, Said::Nack(missing), cx);
        }
    }

    fn upon_nack(&mut self, group: GroupId, missing: Vec<Name>, cx: &mut Cx<'_, M>) {
        let wait = between(Span::ZERO, Span(4 * self.max_latency.0), cx.random());
        let state = self.group(group, cx);
        let idle = state.repairs.is_empty();
        for name in missing {
            match state.streams.get(name) {
                Some(_) => state.repairs.insert(name),
                None => state.asked_by_others.insert(name),
            };
        }
        if idle && !state.repairs.is_empty() {
            cx.set_timer(Alarm::Repair.tag(group), wait);
        }
    }

    fn repair(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        for name in std::mem::take(&mut self.group(group, cx).repairs) {
            if let Some(m) = self.group(group, cx).streams.get(name).cloned() {
                self.tell(group, Said::Repair(name, m), cx);
            }
        }
    }

    fn tell_what_is_here(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let state = self.group(group, cx);
        let have = state.streams.delivered().collect();
        let wait = state.tales.wait_at_random(cx.random());
        cx.set_timer(Alarm::Session.tag(group), wait);
        self.tell(group, Said::Session(have), cx);
    }

    fn upon_session(
        &mut self,
        group: GroupId,
        p: NodeId,
        have: Vec<(NodeId, u64)>,
        cx: &mut Cx<'_, M>,
    ) {
        let gaps_only_by_next_message = self.gaps_only_by_next_message;
        let state = self.group(group, cx);
        for (q, count) in have {
            if !gaps_only_by_next_message {
                state.streams.hear(q, count);
            }
            let has = state.has.entry((p, q)).or_default();
            *has = count.max(*has);
        }
        self.collect(group, cx);
        self.note_gaps(group, cx);
    }

    /// What every member has received leaves the buffer.
    fn collect(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let members = cx.members(group);
        for q in members.iter() {
            let state = self.group(group, cx);
            let has = |p: &NodeId| state.has.get(&(*p, *q)).copied().unwrap_or(0);
            let stable = members.iter().map(has).min().unwrap_or(0);
            self.discard(group, *q, stable, cx);
        }
    }

    /// The first messages of q, so many of those that are delivered, leave the buffer.
    fn discard(&mut self, group: GroupId, q: NodeId, first: u64, cx: &mut Cx<'_, M>) {
        let discarded = self.group(group, cx).streams.discard(q, first);
        discarded.for_each(|m| cx.indicate(Indication::Discard(m)));
    }
}

impl<M: Value, L: Layer<Payload = ForGroup<Said<M>>>> Protocol for Nack<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let state = self.group(group, cx);
        let number = state.sent;
        state.sent += 1;
        self.tell(group, Said::Data(number, m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<ForGroup<Said<M>>>, cx: &mut Cx<'_, M>) {
        let (from, ForGroup { group, m: said }) = (received.from, received.message);
        match said {
            Said::Data(number, m) => self.receive(group, (from, number), m, cx),
            Said::Nack(missing) if from != cx.me() => self.upon_nack(group, missing, cx),
            Said::Nack(_) => {}
            Said::Repair(name, m) => {
                if !self.no_suppression {
                    self.group(group, cx).repairs.remove(&name);
                }
                self.receive(group, name, m, cx);
            }
            Said::Session(have) => self.upon_session(group, from, have, cx),
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, M>) {
        let group = GroupId(tag / 3);
        match tag % 3 {
            0 => self.tell_what_is_here(group, cx),
            1 => self.ask(group, cx),
            _ => self.repair(group, cx),
        }
    }
}

impl<M: Value> Group<M> {
    fn new(members: &[NodeId], max_latency: Span) -> Group<M> {
        Group {
            sent: 0,
            streams: Streams::of(members),
            gaps: Patience::new(max_latency),
            tales: Patience::new(Span(2 * max_latency.0)),
            seeking: false,
            asked_by_others: BTreeSet::new(),
            repairs: BTreeSet::new(),
            has: BTreeMap::new(),
        }
    }
}

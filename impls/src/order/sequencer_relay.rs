//! Total order by a fixed sequencer that relays: a message goes to the sequencer alone, which
//! numbers it and passes it on to the group (lecture slides on group communication, "sequencer that
//! relays the message (Tandem)"; Kaashoek and Tanenbaum 1991 call it the PB method).
//!
//! ```text
//! Member p.      On initialization:          r := 0
//! To TO-multicast m to group g:              send (m, i) to sequencer(g)
//! On deliver((m, i, S)):                     place (m, i, S) in hold-back queue
//!                                            while (m, i, r) in hold-back queue:
//!                                                TO-deliver m;  r := r + 1
//! Sequencer.     On initialization:          s := 0
//! On receive((m, i)):                        multicast(g, (m, i, s));  s := s + 1
//! ```
//!
//! Assumes reliable multicast below, and a sequencer (node n1) that does not crash: when it does,
//! nothing is delivered any more that it has not relayed, and the messages sent to it are lost.
//! Departs from the source: a message that reaches the sequencer twice is relayed once. The senders
//! and the sequencer need not be members of the group.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, INTEGRITY, ORDER};
use crate::for_group::ForGroup;
use crate::multicast::reliable::reliable;
use crate::naming::Naming;
use crate::order::hold_back::{HoldBack, Numbers, Switches};
use crate::order::sequencer::{SEQUENCER, VALIDITY_WHILE_THE_SEQUENCER_LIVES};
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId};
use pepperland_core::implementation::{Break, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O4.
pub const ENTRY: Implementation = Implementation {
    name: "sequencer-relay",
    number: "O4",
    statement: "total order by a fixed sequencer that numbers messages and relays them",
    source: "lecture slides; Kaashoek & Tanenbaum 1991",
    claims: &[INTEGRITY, VALIDITY_WHILE_THE_SEQUENCER_LIVES, AGREEMENT, ORDER],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "number-gap",
        number: "PL11",
        statement: "a message that reaches the sequencer again uses up a number",
        breaks: "validity-all",
        keeps: &["no-creation", "no-duplication", "agreement", "prefix-order"],
        faults: "duplicate",
        workload: "steady",
        killer: include_str!("../../killers/number-gap.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "sequencer-crashes",
        property: "validity-all",
        statement: "a message sent to a sequencer that has crashed is never relayed",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/relay-sequencer-crashes.jsonl"),
    }],
    cost: Some(Cost { formula: "n² + 1", messages: |n| n * n + 1.0, steps: 2, note: "" }),
    build: |setup| {
        let below = reliable::<ForGroup<Sent<Message>>>(setup);
        changed(setup, Stack::node(SequencerRelay::over(below, setup)))
    },
};

/// What travels below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Sent<M> {
    /// `(m, i)`, to the sequencer.
    Request(MessageId, M),
    /// `(m, i, S)`, to the group.
    Relayed(u64, MessageId, M),
}

/// Total order by a fixed sequencer that relays.
pub struct SequencerRelay<M, L> {
    lower: L,
    naming: Naming,
    /// r and the hold-back queue.
    held_back: BTreeMap<GroupId, HoldBack<M>>,
    /// s, at the sequencer.
    numbers: BTreeMap<GroupId, Numbers>,
    switches: Switches,
    number_gap: bool,
}

impl<M, L> SequencerRelay<M, L> {
    /// Total order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> SequencerRelay<M, L> {
        SequencerRelay {
            lower,
            naming: Naming::default(),
            held_back: BTreeMap::new(),
            numbers: BTreeMap::new(),
            switches: Switches::of(setup),
            number_gap: setup.flawed("number-gap"),
        }
    }
}

impl<M: Value, L: Layer<Payload = ForGroup<Sent<M>>>> SequencerRelay<M, L> {
    /// On receive((m, i)) at the sequencer.
    fn relay(&mut self, group: GroupId, (i, m): (MessageId, M), cx: &mut Cx<'_, M>) {
        let numbers = self.numbers.entry(group).or_default();
        match numbers.give(i) {
            Some(s) => {
                self.multicast_below(group, ForGroup { group, m: Sent::Relayed(s, i, m) }, cx);
            }
            None if self.number_gap => _ = numbers.take(1),
            None => {}
        }
    }

    fn deliver(&mut self, group: GroupId, (s, i, m): (u64, MessageId, M), cx: &mut Cx<'_, M>) {
        let switches = self.switches;
        let queue = self.held_back.entry(group).or_insert_with(|| HoldBack::new(switches));
        queue.place(i, m);
        queue.order(i, s);
        while let Some((s, i, m)) = queue.take_ready() {
            cx.deliver(Delivery { from: i.origin, group, message: m, slot: Some(s) });
        }
    }
}

impl<M: Value, L: Layer<Payload = ForGroup<Sent<M>>>> Protocol for SequencerRelay<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let i = self.naming.next(cx);
        self.send_below(SEQUENCER, ForGroup { group, m: Sent::Request(i, m) }, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<ForGroup<Sent<M>>>, cx: &mut Cx<'_, M>) {
        let ForGroup { group, m } = received.message;
        match m {
            Sent::Request(i, m) => self.relay(group, (i, m), cx),
            Sent::Relayed(s, i, m) => self.deliver(group, (s, i, m), cx),
        }
    }
}

//! Total order by a fixed sequencer that announces the order of each message (Kaashoek's and
//! Chang and Maxemchuk's idea in the form of Coulouris et al., *Distributed Systems*, 5th ed.,
//! section 15.4.3).
//!
//! ```text
//! Member p.      On initialization:                r := 0
//! To TO-multicast m to group g:                    multicast(g + {sequencer(g)}, (m, i))
//! On deliver((m, i)):                              place (m, i) in hold-back queue
//! On deliver(("order", i, S)):                     wait until (m, i) in hold-back queue and S = r
//!                                                  TO-deliver m;  r := S + 1
//! Sequencer.     On initialization:                s := 0
//! On deliver((m, i)):                              multicast(g, ("order", i, s));  s := s + 1
//! ```
//!
//! Assumes reliable multicast below, and a sequencer (node n1) that does not crash: when it does,
//! nothing is ordered any more, yet what was ordered stays agreed. The sequencer need not be a
//! member of g. Reliable multicast to g + {sequencer(g)} is then done by hand: the sender sends
//! (m, i) to the sequencer as well, which relays it to g before it announces its order, for the
//! sender may have crashed and the members have nothing.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, INTEGRITY, ORDER};
use crate::for_group::ForGroup;
use crate::multicast::reliable::reliable;
use crate::naming::Naming;
use crate::order::hold_back::{
    HoldBack, IGNORE_SEQUENCE_NUMBERS, Numbers, ORDER_BEFORE_DATA, SKIP_WAIT, Switches,
};
use pepperland_core::contract::{Cx, Delivery, Layer, Memory, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{
    Break, Claim, Cost, Flaw, Implementation, Model, Proviso, Setup,
};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The node that gives out the numbers.
pub const SEQUENCER: NodeId = NodeId(0);

/// What correct nodes multicast is delivered while the sequencer lives.
pub const VALIDITY_WHILE_THE_SEQUENCER_LIVES: &[Claim] = &[
    Claim::only("validity-self", Proviso::Lives(SEQUENCER)),
    Claim::only("validity-all", Proviso::Lives(SEQUENCER)),
    Claim::only("validity-some", Proviso::Lives(SEQUENCER)),
];

/// O5.
pub const ENTRY: Implementation = Implementation {
    name: "sequencer",
    number: "O5",
    statement: "total order by a fixed sequencer that announces the order",
    source: "Coulouris et al. 2011, 15.4.3",
    claims: &[INTEGRITY, VALIDITY_WHILE_THE_SEQUENCER_LIVES, AGREEMENT, ORDER],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "basic-order",
            number: "T1",
            statement: "the order is sent by basic multicast, which nobody relays",
            breaks: "agreement",
            keeps: &["no-creation", "no-duplication", "uniform-total-order", "prefix-order"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/basic-order.jsonl"),
        },
        IGNORE_SEQUENCE_NUMBERS,
        ORDER_BEFORE_DATA,
        SKIP_WAIT,
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "sequencer-crashes",
        property: "validity-all",
        statement: "once the sequencer has crashed, nothing is ordered any more",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/sequencer-crashes.jsonl"),
    }],
    cost: Some(Cost { formula: "2n²", messages: |n| 2.0 * n * n, steps: 2, note: "" }),
    build: |setup| {
        let below = reliable::<ForGroup<Ordered<Message>>>(setup);
        changed(setup, Stack::node(Sequencer::over(below, setup)))
    },
};

/// What is multicast below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ordered<M> {
    /// `(m, i)`.
    Data(MessageId, M),
    /// `(m, i)`, to a sequencer outside the group.
    Outside(MessageId, M),
    /// `("order", i, S)`.
    Order(MessageId, u64),
}

/// Total order by a fixed sequencer.
pub struct Sequencer<M, L> {
    lower: L,
    naming: Naming,
    /// r and the hold-back queue.
    held_back: BTreeMap<GroupId, HoldBack<M>>,
    /// s, at the sequencer.
    numbers: BTreeMap<GroupId, Numbers>,
    switches: Switches,
    basic_order: bool,
}

impl<M, L> Sequencer<M, L> {
    /// Total order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> Sequencer<M, L> {
        Sequencer {
            lower,
            naming: Naming::default(),
            held_back: BTreeMap::new(),
            numbers: BTreeMap::new(),
            switches: Switches::of(setup),
            basic_order: setup.flawed("basic-order"),
        }
    }

    fn queue(&mut self, group: GroupId) -> &mut HoldBack<M> {
        let switches = self.switches;
        self.held_back.entry(group).or_insert_with(|| HoldBack::new(switches))
    }
}

impl<M: Value, L: Layer<Payload = ForGroup<Ordered<M>>>> Sequencer<M, L> {
    fn place(&mut self, group: GroupId, (i, m): (MessageId, M), cx: &mut Cx<'_, M>) {
        self.queue(group).place(i, m);
        if cx.me() == SEQUENCER {
            self.order(group, i, cx);
        }
    }

    /// On deliver((m, i)) at a sequencer outside the group.
    fn relay(&mut self, group: GroupId, (i, m): (MessageId, M), cx: &mut Cx<'_, M>) {
        self.multicast_below(group, ForGroup { group, m: Ordered::Data(i, m) }, cx);
        self.order(group, i, cx);
    }

    /// On deliver((m, i)) at the sequencer.
    fn order(&mut self, group: GroupId, i: MessageId, cx: &mut Cx<'_, M>) {
        let Some(s) = self.numbers.entry(group).or_default().give(i) else { return };
        let order = ForGroup { group, m: Ordered::Order(i, s) };
        if !self.basic_order {
            return self.multicast_below(group, order, cx);
        }
        self.send_each_below(cx.members(group), order, cx);
    }
}

impl<M: Value, L: Layer<Payload = ForGroup<Ordered<M>>>> Protocol for Sequencer<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let i = self.naming.next(cx);
        let data = Ordered::Data(i, m.clone());
        self.multicast_below(group, ForGroup { group, m: data }, cx);
        if !cx.members(group).contains(&SEQUENCER) {
            let data = Ordered::Outside(i, m);
            self.send_below(SEQUENCER, ForGroup { group, m: data }, cx);
        }
    }

    fn upon_deliver(&mut self, received: Delivery<ForGroup<Ordered<M>>>, cx: &mut Cx<'_, M>) {
        let ForGroup { group, m } = received.message;
        match m {
            Ordered::Data(i, m) => self.place(group, (i, m), cx),
            Ordered::Outside(i, m) => return self.relay(group, (i, m), cx),
            Ordered::Order(i, number) => self.queue(group).order(i, number),
        }
        while let Some((number, i, m)) = self.queue(group).take_ready() {
            cx.deliver(Delivery { from: i.origin, group, message: m, slot: Some(number) });
        }
    }

    fn recall(&mut self, memory: &mut Memory) {
        memory.holds(&(&self.naming, &self.held_back));
        for (group, numbers) in &self.numbers {
            memory.holds(group);
            numbers.recall(memory);
        }
    }
}

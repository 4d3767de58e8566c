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
//! nothing is ordered any more, yet what was ordered stays agreed.

use crate::changed::{HARMLESS, changed};
use crate::claims::INTEGRITY;
use crate::multicast::reliable::reliable;
use crate::naming::Naming;
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Claim, Cost, Flaw, Implementation, Model, Proviso, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The node that gives out the numbers.
const SEQUENCER: NodeId = NodeId(0);

/// O5.
pub const ENTRY: Implementation = Implementation {
    name: "sequencer",
    number: "O5",
    statement: "total order by a fixed sequencer that announces the order",
    source: "Coulouris et al. 2011, 15.4.3",
    claims: &[
        INTEGRITY,
        &[
            Claim::only("validity-self", Proviso::Lives(SEQUENCER)),
            Claim::only("validity-all", Proviso::Lives(SEQUENCER)),
            Claim::only("validity-some", Proviso::Lives(SEQUENCER)),
            Claim::always("agreement"),
            Claim::always("total-order"),
            Claim::always("uniform-total-order"),
            Claim::always("prefix-order"),
        ],
    ],
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
        Flaw {
            name: "ignore-sequence-numbers",
            number: "T2",
            statement: "orders are followed as they arrive, whatever their numbers",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "agreement"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/ignore-sequence-numbers.jsonl"),
        },
    ],
    controls: HARMLESS,
    breaks: &[],
    cost: Some(Cost { formula: "2n²", messages: |n| 2.0 * n * n, steps: 2 }),
    build: |setup| {
        let sequencer = Sequencer::over(reliable::<Ordered<Message>>(setup), setup);
        changed(setup, Stack::node(sequencer))
    },
};

/// What is multicast below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ordered<M> {
    /// `(m, i)`.
    Data(MessageId, M),
    /// `("order", i, S)`.
    Order(MessageId, u64),
}

/// Total order by a fixed sequencer.
pub struct Sequencer<M, L> {
    lower: L,
    naming: Naming,
    groups: BTreeMap<GroupId, Group<M>>,
    basic_order: bool,
    ignore_sequence_numbers: bool,
}

/// The state of one group.
struct Group<M> {
    /// r: the number of the next message to deliver.
    next: u64,
    /// s: the number of the next message to order; used by the sequencer alone.
    ordered: u64,
    held_back: BTreeMap<MessageId, M>,
    orders: BTreeMap<u64, MessageId>,
}

impl<M, L> Sequencer<M, L> {
    /// Total order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> Sequencer<M, L> {
        Sequencer {
            lower,
            naming: Naming::default(),
            groups: BTreeMap::new(),
            basic_order: setup.flawed("basic-order"),
            ignore_sequence_numbers: setup.flawed("ignore-sequence-numbers"),
        }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        self.groups.entry(group).or_insert_with(Group::new)
    }
}

impl<M: Value, L: Layer<Payload = Ordered<M>>> Sequencer<M, L> {
    /// On deliver((m, i)) at the sequencer.
    fn order(&mut self, group: GroupId, i: MessageId, cx: &mut Cx<'_, M>) {
        let state = self.group(group);
        let order = Ordered::Order(i, state.ordered);
        state.ordered += 1;
        if !self.basic_order {
            return self.multicast_below(group, order, cx);
        }
        self.send_each_below(cx.members(group), order, cx);
    }

    /// TO-delivers whatever is ordered, in the hold-back queue, and next.
    fn deliver_ready(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let any_order = self.ignore_sequence_numbers;
        let state = self.group(group);
        while let Some((slot, m)) = state.take_ready(any_order) {
            cx.deliver(Delivery { from: m.0.origin, group, message: m.1, slot: Some(slot) });
        }
    }
}

impl<M: Value, L: Layer<Payload = Ordered<M>>> Protocol for Sequencer<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let i = self.naming.next(cx);
        self.multicast_below(group, Ordered::Data(i, m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Ordered<M>>, cx: &mut Cx<'_, M>) {
        // An order sent to each member singly says nothing of its group: it is for all.
        let group = if self.basic_order { GroupId::ALL } else { received.group };
        match received.message {
            Ordered::Data(i, m) => {
                self.group(group).held_back.insert(i, m);
                if cx.me() == SEQUENCER {
                    self.order(group, i, cx);
                }
            }
            Ordered::Order(i, number) => {
                self.group(group).orders.insert(number, i);
            }
        }
        self.deliver_ready(group, cx);
    }
}

impl<M> Group<M> {
    fn new() -> Group<M> {
        Group { next: 0, ordered: 0, held_back: BTreeMap::new(), orders: BTreeMap::new() }
    }

    /// The next message to deliver, if it is here, with its number.
    fn take_ready(&mut self, any_order: bool) -> Option<(u64, (MessageId, M))> {
        let ready = |number: &u64| any_order || *number == self.next;
        let here = |i: &MessageId| self.held_back.contains_key(i);
        let next = self.orders.iter().find(|(number, i)| ready(number) && here(i));
        let (number, i) = next.map(|(number, i)| (*number, *i))?;
        self.orders.remove(&number);
        self.next = number + 1;
        self.held_back.remove(&i).map(|m| (number, (i, m)))
    }
}

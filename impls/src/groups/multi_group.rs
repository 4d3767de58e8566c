//! Total order over several, overlapping groups: Skeen's algorithm with the group's members alone
//! (Birman and Joseph, *Reliable Communication in the Presence of Failures*, TOCS 5(1), 1987;
//! Guerraoui and Schiper, *Genuine Atomic Multicast in Asynchronous Distributed Systems*, TCS
//! 254, 2001).
//!
//! ```text
//! On initialization:                  LC := 0;  pending := {}
//! To TO-multicast m to group g:       if this process may multicast to g:  multicast(g, (m, i))
//! On deliver((m, i)) to g:            LC := LC + 1;  ts(i) := LC;  pending += (m, i)
//!                                     multicast(g, ("propose", i, LC))
//! On deliver(("propose", i, t)):      proposals(i) += t
//!     when each member of g has proposed:
//!                                     ts(i) := max proposals(i);  LC := max(LC, ts(i));  i is final
//! TO-deliver m when i is final and (ts(i), i) is the least of all pending, whatever their groups
//! ```
//!
//! One clock and one set of pending messages serve all groups of a node: timestamps of different
//! groups can be compared, and what nodes deliver in their order lies in the order of the final
//! timestamps, which has no cycle. Nobody but the sender and the members takes part.
//!
//! Assumes FIFO multicast below (here: over basic multicast) and, to make progress, that nobody
//! crashes: a crashed member never proposes, and the messages behind wait for ever; those that are
//! delivered are in order all the same. Departs from Birman and Joseph, where the sender collects
//! the proposals and announces the greatest: here members exchange them, a step less, and a sender
//! outside the group need hear of nothing.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY_WHILE_NOBODY_CRASHES};
use crate::naming::Naming;
use crate::order::fifo::fifo_basic;
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{
    Claim, Cost, Flaw, Groups, Implementation, Model, Proviso, Setup,
};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O13.
pub const ENTRY: Implementation = Implementation {
    name: "multi-group",
    number: "O13",
    statement: "total order over overlapping groups: the greatest of the members' timestamps",
    source: "Birman & Joseph 1987; Guerraoui & Schiper 2001",
    claims: &[
        INTEGRITY,
        VALIDITY_WHILE_NOBODY_CRASHES,
        &[
            Claim::only("agreement", Proviso::NobodyCrashes),
            Claim::always("fifo"),
            Claim::always("causal"),
            Claim::always("total-order"),
            Claim::always("uniform-total-order"),
            Claim::always("prefix-order"),
            Claim::always("acyclic-order"),
            Claim::only("local-total-order", Proviso::SeveralGroups),
            Claim::only("uniform-local-total-order", Proviso::SeveralGroups),
            Claim::only("pairwise-total-order", Proviso::SeveralGroups),
            Claim::only("uniform-pairwise-total-order", Proviso::SeveralGroups),
            Claim::only("uniform-prefix-order", Proviso::SeveralGroups),
            Claim::only("genuineness", Proviso::SeveralGroups),
            Claim::only("closed-group", Proviso::SeveralGroups),
        ],
    ],
    model: Model { groups: Groups::Open, ..Model::ASYNCHRONOUS },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "per-group-order-only",
            number: "T27",
            statement: "each group has a clock and pending messages of its own",
            breaks: "acyclic-order",
            keeps: &[
                "no-creation",
                "no-duplication",
                "validity-all",
                "agreement",
                "fifo",
                "causal",
                "prefix-order",
                "uniform-pairwise-total-order",
                "genuineness",
            ],
            faults: "none",
            workload: "overlapping",
            killer: include_str!("../../killers/per-group-order-only.jsonl"),
        },
        Flaw {
            name: "asks-all-groups",
            number: "T28",
            statement: "the members of every group are asked for their timestamps",
            breaks: "genuineness",
            keeps: &[
                "no-creation",
                "no-duplication",
                "validity-all",
                "agreement",
                "fifo",
                "causal",
                "uniform-total-order",
                "prefix-order",
                "acyclic-order",
                "uniform-pairwise-total-order",
                "uniform-prefix-order",
            ],
            faults: "none",
            workload: "overlapping",
            killer: include_str!("../../killers/asks-all-groups.jsonl"),
        },
        Flaw {
            name: "lets-outsiders-in",
            number: "PL17",
            statement: "whoever multicasts to a closed group need not be a member",
            breaks: "closed-group",
            keeps: &[
                "no-creation",
                "no-duplication",
                "validity-all",
                "agreement",
                "uniform-total-order",
                "prefix-order",
                "acyclic-order",
                "genuineness",
            ],
            faults: "none",
            workload: "trespassers",
            killer: include_str!("../../killers/lets-outsiders-in.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "n² + n", messages: |n| n * n + n, steps: 2, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(MultiGroup::over(fifo_basic::<Skeen<Message>>(setup), setup)))
    },
};

/// What is multicast below. The group is the one that m is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Skeen<M> {
    /// `(m, i)`.
    Data(GroupId, MessageId, M),
    /// `("propose", i, t)`.
    Propose(GroupId, MessageId, u64),
}

/// Total order over several groups.
pub struct MultiGroup<M, L> {
    lower: L,
    naming: Naming,
    /// LC and pending: one for all groups.
    orders: BTreeMap<GroupId, Order<M>>,
    /// What this node has proposed a timestamp for: it is asked but once.
    asked: Set<MessageId>,
    per_group_order_only: bool,
    asks_all_groups: bool,
    lets_outsiders_in: bool,
}

struct Order<M> {
    /// LC.
    clock: u64,
    pending: BTreeMap<MessageId, Pending<M>>,
}

/// What is known of a message that is not delivered yet.
struct Pending<M> {
    group: GroupId,
    /// m and ts(i), once the message is here.
    received: Option<(M, u64)>,
    proposals: BTreeMap<NodeId, u64>,
    is_final: bool,
}

impl<M, L> MultiGroup<M, L> {
    /// Total order over this FIFO multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> MultiGroup<M, L> {
        MultiGroup {
            lower,
            naming: Naming::default(),
            orders: BTreeMap::new(),
            asked: Set::default(),
            per_group_order_only: setup.flawed("per-group-order-only"),
            asks_all_groups: setup.flawed("asks-all-groups"),
            lets_outsiders_in: setup.flawed("lets-outsiders-in"),
        }
    }

    /// The clock and the pending messages that the group goes by.
    fn order(&mut self, group: GroupId) -> &mut Order<M> {
        let all = if self.per_group_order_only { group } else { GroupId::ALL };
        self.orders.entry(all).or_insert_with(Order::new)
    }

    /// Whose members propose a timestamp for a message to the group.
    fn asked_groups(&self, group: GroupId, cx: &Cx<'_, M>) -> Vec<GroupId> {
        if self.asks_all_groups { cx.groups().collect() } else { vec![group] }
    }
}

impl<M: Value, L: Layer<Payload = Skeen<M>>> MultiGroup<M, L> {
    /// On deliver((m, i)).
    fn propose(&mut self, group: GroupId, i: MessageId, m: M, cx: &mut Cx<'_, M>) {
        if !self.asked.insert(i) {
            return;
        }
        let is_member = cx.members(group).contains(&cx.me());
        let order = self.order(group);
        order.clock += 1;
        let ts = order.clock;
        if is_member {
            order.pending(i, group).received = Some((m, ts));
        }
        self.multicast_below(group, Skeen::Propose(group, i, ts), cx);
    }

    /// When each member has proposed.
    fn decide(&mut self, group: GroupId, i: MessageId, cx: &Cx<'_, M>) {
        let groups = self.asked_groups(group, cx);
        let order = self.order(group);
        let Some(pending) = order.pending.get_mut(&i) else { return };
        let has_proposed = |p: &NodeId| pending.proposals.contains_key(p);
        let all = groups.iter().all(|group| cx.members(*group).iter().all(has_proposed));
        let (Some((_, ts)), true) = (&mut pending.received, all) else { return };
        *ts = pending.proposals.values().copied().max().unwrap_or(*ts);
        pending.is_final = true;
        order.clock = order.clock.max(*ts);
    }

    /// TO-delivers whatever is final and least.
    fn deliver_ready(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let order = self.order(group);
        while let Some((i, group, message)) = order.take_ready() {
            cx.deliver(Delivery { from: i.origin, group, message, slot: None });
        }
    }
}

impl<M: Value, L: Layer<Payload = Skeen<M>>> Protocol for MultiGroup<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        if !cx.may_multicast(group) && !self.lets_outsiders_in {
            return cx.refuse("multicast from outside the group");
        }
        let i = self.naming.next(cx);
        for asked in self.asked_groups(group, cx) {
            self.multicast_below(asked, Skeen::Data(group, i, m.clone()), cx);
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Skeen<M>>, cx: &mut Cx<'_, M>) {
        let (group, i) = match received.message {
            Skeen::Data(group, i, m) => {
                self.propose(group, i, m, cx);
                (group, i)
            }
            Skeen::Propose(group, i, ts) => {
                self.order(group).pending(i, group).proposals.insert(received.from, ts);
                (group, i)
            }
        };
        self.decide(group, i, cx);
        self.deliver_ready(group, cx);
    }
}

impl<M> Order<M> {
    fn new() -> Order<M> {
        Order { clock: 0, pending: BTreeMap::new() }
    }

    fn pending(&mut self, i: MessageId, group: GroupId) -> &mut Pending<M> {
        self.pending.entry(i).or_insert_with(|| Pending {
            group,
            received: None,
            proposals: BTreeMap::new(),
            is_final: false,
        })
    }

    /// The pending message with the least timestamp, if that is final.
    fn take_ready(&mut self) -> Option<(MessageId, GroupId, M)> {
        let ts = |(i, pending): (&MessageId, &Pending<M>)| {
            pending.received.as_ref().map(|(_, ts)| (*ts, *i))
        };
        let (_, i) = self.pending.iter().filter_map(ts).min()?;
        if !self.pending[&i].is_final {
            return None;
        }
        let pending = self.pending.remove(&i)?;
        let (m, _) = pending.received?;
        Some((i, pending.group, m))
    }
}

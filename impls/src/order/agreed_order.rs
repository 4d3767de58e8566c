//! Total order by agreement at the destinations: every receiver proposes a priority, the sender
//! announces the highest (Skeen's idea; Birman and Joseph, *Reliable Communication in the Presence
//! of Failures*, ACM TOCS 5(1), 1987, as ABCAST of ISIS; in the form of Coulouris et al.,
//! *Distributed Systems*, 5th ed., section 15.4.3).
//!
//! ```text
//! A: the largest agreed priority seen; P: the largest priority proposed by this process
//! To TO-multicast m:             B-multicast (m, i)
//! On B-deliver (m, i) at q:      P := max(A, P) + 1
//!                                put (m, i) with P into the hold-back queue, not deliverable
//!                                send ("propose", i, P) to the sender of m
//! On receive ("propose", i, P) from all members:
//!                                a := the largest P;  B-multicast ("agree", i, a)
//! On B-deliver ("agree", i, a):  A := max(A, a);  give m the priority a and mark it deliverable
//!                                sort the hold-back queue
//! While the front of the hold-back queue is deliverable: TO-deliver it
//! ```
//!
//! A priority is a number with the process that proposed it, which breaks ties: no process proposes
//! a number twice. Assumes a perfect channel and that nobody crashes: a crashed receiver never
//! proposes, a crashed sender never announces, and what waits for them holds up all that is behind
//! it. ISIS has its membership service end such messages; here there is none.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY_WHILE_NOBODY_CRASHES};
use crate::multicast::basic::basic;
use crate::naming::Naming;
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{
    Break, Claim, Cost, Flaw, Implementation, Model, Proviso, Setup,
};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O10.
pub const ENTRY: Implementation = Implementation {
    name: "agreed-order",
    number: "O10",
    statement: "total order by agreement: receivers propose priorities, the highest counts",
    source: "Birman & Joseph 1987; Coulouris et al. 2011, 15.4.3",
    claims: &[
        INTEGRITY,
        VALIDITY_WHILE_NOBODY_CRASHES,
        &[
            Claim::only("agreement", Proviso::NobodyCrashes),
            Claim::always("local-order"),
            Claim::always("uniform-local-order"),
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
            name: "tie-break-missing",
            number: "T13",
            statement: "of two messages with one priority, the first to arrive is delivered first",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/tie-break-missing.jsonl"),
        },
        Flaw {
            name: "final-does-not-raise",
            number: "T14",
            statement: "an agreed priority does not raise what is proposed afterwards",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "replies",
            killer: include_str!("../../killers/final-does-not-raise.jsonl"),
        },
        Flaw {
            name: "no-resort",
            number: "T15",
            statement: "a message keeps its place in the queue when its priority is agreed",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/no-resort.jsonl"),
        },
        Flaw {
            name: "forget-proposal",
            number: "PL15",
            statement: "a receiver does not remember what it proposed, and proposes it again",
            breaks: "uniform-total-order",
            keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/forget-proposal.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[
        Break {
            name: "origin-crash",
            property: "agreement",
            statement: "the sender crashes when one member alone has the agreed priority: the \
                        others wait for it, and hold back all that is behind it",
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/origin-crash.jsonl"),
        },
        Break {
            name: "receiver-crash",
            property: "validity-all",
            statement: "a crashed member never proposes, and no priority is agreed again",
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/receiver-crash.jsonl"),
        },
    ],
    cost: Some(Cost { formula: "3n", messages: |n| 3.0 * n, steps: 3, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(AgreedOrder::over(basic::<Agreeing<Message>>(setup), setup)))
    },
};

/// What is multicast below; a proposal is sent to one node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Agreeing<M> {
    /// `(m, i)`.
    Data(MessageId, M),
    /// `("propose", i, P)`, for a message to this group.
    Propose(GroupId, MessageId, u64),
    /// `("agree", i, a)`; a is a number and who proposed it.
    Agree(MessageId, (u64, NodeId)),
}

/// Total order by agreed priorities.
pub struct AgreedOrder<M, L> {
    lower: L,
    naming: Naming,
    groups: BTreeMap<GroupId, Group<M>>,
    tie_break_missing: bool,
    final_does_not_raise: bool,
    no_resort: bool,
    forget_proposal: bool,
}

/// The state of one group.
struct Group<M> {
    /// A.
    agreed: u64,
    /// P.
    proposed: u64,
    /// The hold-back queue.
    queue: BTreeMap<Rank, Waiting<M>>,
    /// Where a message stands in the queue.
    ranks: BTreeMap<MessageId, Rank>,
    /// What has ever been received.
    received: Set<MessageId>,
    /// The proposals for this node's own messages.
    proposals: BTreeMap<MessageId, BTreeMap<NodeId, u64>>,
}

/// A priority, and the how-manieth arrival the message is, which decides nothing: no two messages
/// have one priority.
type Rank = (u64, NodeId, usize);

/// A message in the hold-back queue.
struct Waiting<M> {
    delivery: Delivery<M>,
    deliverable: bool,
}

impl<M, L> AgreedOrder<M, L> {
    /// Total order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> AgreedOrder<M, L> {
        AgreedOrder {
            lower,
            naming: Naming::default(),
            groups: BTreeMap::new(),
            tie_break_missing: setup.flawed("tie-break-missing"),
            final_does_not_raise: setup.flawed("final-does-not-raise"),
            no_resort: setup.flawed("no-resort"),
            forget_proposal: setup.flawed("forget-proposal"),
        }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        self.groups.entry(group).or_insert_with(Group::new)
    }
}

impl<M: Value, L: Layer<Payload = Agreeing<M>>> AgreedOrder<M, L> {
    /// On B-deliver (m, i).
    fn propose(&mut self, i: MessageId, delivery: Delivery<M>, cx: &mut Cx<'_, M>) {
        let (from, group) = (delivery.from, delivery.group);
        let (forget, no_tie_break) = (self.forget_proposal, self.tie_break_missing);
        let state = self.group(group);
        if !state.received.insert(i) {
            return;
        }
        let proposal = state.agreed.max(state.proposed).saturating_add(1);
        if !forget {
            state.proposed = proposal;
        }
        let proposer = if no_tie_break { NodeId(0) } else { cx.me() };
        let rank = (proposal, proposer, state.received.len());
        state.ranks.insert(i, rank);
        state.queue.insert(rank, Waiting { delivery, deliverable: false });
        self.send_below(from, Agreeing::Propose(group, i, proposal), cx);
    }

    /// On receive ("propose", i, P).
    fn collect(
        &mut self,
        (group, i): (GroupId, MessageId),
        (q, p): (NodeId, u64),
        cx: &mut Cx<'_, M>,
    ) {
        let members = cx.members(group);
        let Some(proposals) = self.group(group).proposals.get_mut(&i) else { return };
        proposals.insert(q, p);
        if !members.iter().all(|member| proposals.contains_key(member)) {
            return;
        }
        let highest = proposals.iter().map(|(q, p)| (*p, *q)).max();
        self.group(group).proposals.remove(&i);
        if let Some(a) = highest {
            self.multicast_below(group, Agreeing::Agree(i, a), cx);
        }
    }

    /// On B-deliver ("agree", i, a).
    fn agree(
        &mut self,
        group: GroupId,
        i: MessageId,
        (a, proposer): (u64, NodeId),
        cx: &mut Cx<'_, M>,
    ) {
        let (no_raise, no_resort) = (self.final_does_not_raise, self.no_resort);
        let proposer = if self.tie_break_missing { NodeId(0) } else { proposer };
        let state = self.group(group);
        if !no_raise {
            state.agreed = state.agreed.max(a);
        }
        let Some(provisional) = state.ranks.remove(&i) else { return };
        let Some(mut waiting) = state.queue.remove(&provisional) else { return };
        waiting.deliverable = true;
        let rank = if no_resort { provisional } else { (a, proposer, provisional.2) };
        state.queue.insert(rank, waiting);
        while let Some(front) = state.queue.first_entry().filter(|front| front.get().deliverable) {
            cx.deliver(front.remove().delivery);
        }
    }
}

impl<M: Value, L: Layer<Payload = Agreeing<M>>> Protocol for AgreedOrder<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let i = self.naming.next(cx);
        self.group(group).proposals.insert(i, BTreeMap::new());
        self.multicast_below(group, Agreeing::Data(i, m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Agreeing<M>>, cx: &mut Cx<'_, M>) {
        let (from, group) = (received.from, received.group);
        match &received.message {
            Agreeing::Data(i, m) => self.propose(*i, received.with(m.clone()), cx),
            Agreeing::Propose(group, i, p) => self.collect((*group, *i), (from, *p), cx),
            Agreeing::Agree(i, a) => self.agree(group, *i, *a, cx),
        }
    }
}

impl<M> Group<M> {
    fn new() -> Group<M> {
        Group {
            agreed: 0,
            proposed: 0,
            queue: BTreeMap::new(),
            ranks: BTreeMap::new(),
            received: Set::default(),
            proposals: BTreeMap::new(),
        }
    }
}

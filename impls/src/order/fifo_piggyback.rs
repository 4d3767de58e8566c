//! FIFO multicast over links that lose messages, without a hold-back queue: each message carries
//! its sender's earlier ones along until everybody has them, as the broadcasts of Hadzilacos and
//! Toueg 1994 carry the messages that a new one depends on.
//!
//! ```text
//! Unstable at p: p's messages that some member may lack, in order; First: the number of the first
//! R(q) at p:     the number of the next message from q that p delivers
//! To FO-multicast(g, m):        Unstable := Unstable + m;  B-multicast(g, (First, Unstable, R))
//! On B-deliver((F, U, R')) from q:
//!     for each m in U, in order, with the number S = F, F + 1, ...
//!         if S >= R(q) then FO-deliver m;  R(q) := S + 1
//!     what q has of p's is R'(p): discard from Unstable what every member has
//! ```
//!
//! Assumes fair-lossy links and crash-stop failures. A gap is never waited for: whatever comes
//! carries all that the receiver may lack. It is found by the sender's next message alone, so that
//! the last one is lost if the sender falls silent. A crashed member never has anything new, and
//! nothing is discarded from then on.

use crate::changed::{HARMLESS, changed};
use crate::claims::{FIFO, INTEGRITY};
use crate::multicast::FAIR_LOSS;
use crate::multicast::basic::basic;
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Proviso, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// O1 over M1 on lossy links.
pub const ENTRY: Implementation = Implementation {
    name: "fifo-piggyback",
    number: "O1",
    statement: "FIFO order on lossy links: a message carries its sender's earlier ones along",
    source: "after Hadzilacos & Toueg 1994",
    claims: &[
        INTEGRITY,
        &[
            Claim::always("validity-self"),
            Claim::always("validity-some"),
            Claim::only("validity-all", Proviso::KeepsSending),
        ],
        FIFO,
    ],
    model: FAIR_LOSS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "collect-before-stable",
        number: "R13",
        statement: "a message is discarded as soon as one other member has it",
        breaks: "fifo",
        keeps: &["no-creation", "no-duplication", "validity-self"],
        faults: "loss",
        workload: "steady",
        killer: include_str!("../../killers/collect-before-stable-carrying.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "silence",
        property: "validity-all",
        statement: "the last message of all is lost, and no later one carries it along",
        faults: "loss",
        workload: "steady",
        killer: include_str!("../../killers/silence-carrying.jsonl"),
    }],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| {
        let lower = basic::<Carrying<Message>>(setup);
        changed(setup, Stack::node(FifoPiggyback::over(lower, setup)))
    },
};

/// `(First, Unstable, R)`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Carrying<M> {
    first: u64,
    unstable: VecDeque<M>,
    /// R, the nodes in order; 0 for those beyond its end.
    next: Vec<u64>,
}

/// FIFO multicast without a hold-back queue.
pub struct FifoPiggyback<M, L> {
    lower: L,
    nodes: usize,
    groups: BTreeMap<GroupId, Group<M>>,
    collect_before_stable: bool,
}

/// The state of one group.
struct Group<M> {
    first: u64,
    unstable: VecDeque<M>,
    /// R, by node.
    next: Vec<u64>,
    /// What each member last said of its R for this node's messages.
    has: BTreeMap<NodeId, u64>,
}

impl<M, L> FifoPiggyback<M, L> {
    /// FIFO order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> FifoPiggyback<M, L> {
        FifoPiggyback {
            lower,
            nodes: setup.nodes,
            groups: BTreeMap::new(),
            collect_before_stable: setup.flawed("collect-before-stable"),
        }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        self.groups.entry(group).or_insert_with(|| Group::new(self.nodes))
    }
}

impl<M: Value, L: Layer<Payload = Carrying<M>>> Protocol for FifoPiggyback<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let state = self.group(group);
        state.unstable.push_back(m);
        let (unstable, next) = (state.unstable.clone(), state.next.clone());
        let carrying = Carrying { first: state.first, unstable, next };
        self.multicast_below(group, carrying, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Carrying<M>>, cx: &mut Cx<'_, M>) {
        let (group, q) = (received.group, received.from);
        let (members, impatient) = (cx.members(group), self.collect_before_stable);
        let state = self.group(group);
        let Carrying { first, unstable, next } = &received.message;
        for (place, m) in unstable.iter().enumerate() {
            if state.is_new(q, first.saturating_add(place as u64)) {
                cx.deliver(received.with(m.clone()));
            }
        }
        let p = cx.me();
        let has = next.get(p.index()).copied().unwrap_or(0);
        state.has.entry(q).and_modify(|before| *before = has.max(*before)).or_insert(has);
        state.discard(|state, number| match impatient {
            true => members.iter().any(|member| *member != p && state.has(*member, number)),
            false => members.iter().all(|member| state.has(*member, number)),
        });
    }
}

impl<M> Group<M> {
    fn new(nodes: usize) -> Group<M> {
        let (unstable, has) = (VecDeque::new(), BTreeMap::new());
        Group { first: 0, unstable, next: vec![0; nodes], has }
    }

    /// `S >= R(q)`; and then `R(q) := S + 1`.
    fn is_new(&mut self, q: NodeId, number: u64) -> bool {
        let next = &mut self.next[q.index()];
        let new = number >= *next;
        *next = if new { number.saturating_add(1) } else { *next };
        new
    }

    fn has(&self, member: NodeId, number: u64) -> bool {
        self.has.get(&member).is_some_and(|next| *next > number)
    }

    /// Discards from the front what is stable.
    fn discard(&mut self, stable: impl Fn(&Group<M>, u64) -> bool) {
        while !self.unstable.is_empty() && stable(self, self.first) {
            self.unstable.pop_front();
            self.first += 1;
        }
    }
}

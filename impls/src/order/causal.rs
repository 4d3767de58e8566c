//! Causal multicast by vectors of counts (Birman, Schiper and Stephenson 1991, in the form of
//! Coulouris et al., *Distributed Systems*, 5th ed., section 15.4.3, figure 15.15).
//!
//! ```text
//! Algorithm for group member p_i (i = 1, 2..., N)
//! On initialization
//!     V_i[j] := 0 (j = 1, 2..., N);
//! To CO-multicast message m to group g
//!     V_i[i] := V_i[i] + 1;
//!     B-multicast(g, <V_i, m>);
//! On B-deliver(<V_j, m>) from p_j (j != i), with g = group(m)
//!     place <V_j, m> in hold-back queue;
//!     wait until V_j[j] = V_i[j] + 1 and V_j[k] <= V_i[k] (k != j);
//!     CO-deliver m;       // after removing it from the hold-back queue
//!     V_i[j] := V_i[j] + 1;
//! ```
//!
//! Assumes reliable channels, crash-stop failures, and senders that are members. A message whose
//! cause was lost with its sender waits for ever. Over reliable multicast only a message that no
//! correct node delivers can wait so; over basic multicast a correct node may have delivered the
//! cause, and what it multicasts then never reaches the others.
//! Departs from the source, which leaves both open: a node delivers its own message as soon as it
//! is sent, and a second copy, which would wait for ever, is dropped. Nobody joins.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, CAUSALITY, INTEGRITY, VALIDITY};
use crate::multicast::basic::basic;
use crate::multicast::reliable::reliable;
use pepperland_core::contract::{Cx, Delivery, Layer, Memory, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{
    Break, Claim, Cost, Flaw, Implementation, Model, Proviso, Setup,
};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O2 over M2.
pub const OVER_RELIABLE: Implementation = Implementation {
    name: "causal",
    number: "O2",
    statement: "reliable causal multicast: vectors of counts and a hold-back queue",
    source: "Birman, Schiper & Stephenson 1991; Coulouris et al. 2011, 15.4.3",
    claims: &[INTEGRITY, VALIDITY, AGREEMENT, CAUSALITY],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        OWN_SEND_NOT_COUNTED,
        ONLY_THE_SENDERS_COMPONENT,
        Flaw {
            name: "at-least-instead-of-next",
            number: "F2",
            statement: "V_j[j] >= V_i[j] + 1 lets a message pass, not = alone",
            breaks: "fifo",
            keeps: &["no-creation", "no-duplication", "validity-self"],
            faults: "none",
            workload: "burst",
            killer: include_str!("../../killers/at-least-instead-of-next.jsonl"),
        },
        MERGE_ON_RECEIVE,
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "two-orders",
        property: "total-order",
        statement: "two posts of which neither causes the other are read in two orders",
        faults: "none",
        workload: "bulletin-board",
        killer: include_str!("../../killers/two-orders.jsonl"),
    }],
    cost: Some(Cost { formula: "n²", messages: |n| n * n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(causal::<Message>(setup))),
};

/// O2 over M1.
pub const OVER_BASIC: Implementation = Implementation {
    name: "causal-basic",
    number: "O2",
    statement: "causal order over basic multicast",
    source: "Coulouris et al. 2011, 15.4.3",
    claims: &[
        INTEGRITY,
        &[
            Claim::always("validity-self"),
            Claim::always("validity-some"),
            Claim::only("validity-all", Proviso::NobodyCrashes),
            Claim::only("agreement", Proviso::NobodyCrashes),
        ],
        CAUSALITY,
    ],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        OWN_SEND_NOT_COUNTED,
        ONLY_THE_SENDERS_COMPONENT,
        Flaw {
            name: "at-most-instead-of-next",
            number: "C3",
            statement: "V_j[j] <= V_i[j] + 1 lets a message pass, not = alone",
            breaks: "no-duplication",
            keeps: &["no-creation", "validity-self"],
            faults: "duplicate",
            workload: "steady",
            killer: include_str!("../../killers/at-most-instead-of-next.jsonl"),
        },
        MERGE_ON_RECEIVE,
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "cause-lost",
        property: "validity-all",
        statement: "a sender crashes when one member has its message: the answer waits for ever",
        faults: "crash",
        workload: "replies",
        killer: include_str!("../../killers/cause-lost.jsonl"),
    }],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(Causal::over(basic::<Stamped<Message>>(setup), setup)))
    },
};

const OWN_SEND_NOT_COUNTED: Flaw = Flaw {
    name: "own-send-not-counted",
    number: "C1",
    statement: "V_i[i] is not raised on a multicast",
    breaks: "validity-all",
    keeps: &["no-creation", "no-duplication", "validity-self", "causal"],
    faults: "none",
    workload: "steady",
    killer: include_str!("../../killers/own-send-not-counted.jsonl"),
};

const ONLY_THE_SENDERS_COMPONENT: Flaw = Flaw {
    name: "only-the-senders-component",
    number: "C2",
    statement: "V_j[k] <= V_i[k] is not waited for: what is left is FIFO order",
    breaks: "causal",
    keeps: &["no-creation", "no-duplication", "validity-all", "fifo"],
    faults: "none",
    workload: "replies",
    killer: include_str!("../../killers/only-the-senders-component.jsonl"),
};

const MERGE_ON_RECEIVE: Flaw = Flaw {
    name: "merge-on-receive",
    number: "C4",
    statement: "what a received vector tells of other senders counts as delivered at once",
    breaks: "causal",
    keeps: &["no-creation", "no-duplication", "validity-self"],
    faults: "none",
    workload: "replies",
    killer: include_str!("../../killers/merge-on-receive.jsonl"),
};

/// Causal order over reliable multicast.
pub fn causal<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Causal::over(reliable::<Stamped<M>>(setup), setup)
}

/// `<V_j, m>`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stamped<M> {
    v: Vector,
    m: M,
}

/// How many messages of each node, the nodes in order; of those beyond its end, none.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Vector(Vec<u64>);

/// Causal multicast.
pub struct Causal<M, L> {
    lower: L,
    nodes: usize,
    groups: BTreeMap<GroupId, Group<M>>,
    flaws: Flaws,
}

/// The state of one group.
#[derive(Debug)]
struct Group<M> {
    /// V_i: how many messages of each node are delivered, its own as soon as they are multicast.
    v: Vector,
    /// By sender and V_j\[j\].
    held_back: BTreeMap<(NodeId, u64), Stamped<M>>,
}

#[derive(Copy, Clone)]
struct Flaws {
    own_send_not_counted: bool,
    only_the_senders_component: bool,
    at_least: bool,
    at_most: bool,
    merge_on_receive: bool,
}

impl<M, L> Causal<M, L> {
    /// Causal order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> Causal<M, L> {
        let flaws = Flaws {
            own_send_not_counted: setup.flawed("own-send-not-counted"),
            only_the_senders_component: setup.flawed("only-the-senders-component"),
            at_least: setup.flawed("at-least-instead-of-next"),
            at_most: setup.flawed("at-most-instead-of-next"),
            merge_on_receive: setup.flawed("merge-on-receive"),
        };
        Causal { lower, nodes: setup.nodes, groups: BTreeMap::new(), flaws }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        let none = || Group { v: Vector(vec![0; self.nodes]), held_back: BTreeMap::new() };
        self.groups.entry(group).or_insert_with(none)
    }
}

impl<M: Value, L: Layer<Payload = Stamped<M>>> Protocol for Causal<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let (i, counted) = (cx.me(), !self.flaws.own_send_not_counted);
        let state = self.group(group);
        if counted {
            state.v.raise(i);
        }
        let v = state.v.clone();
        self.multicast_below(group, Stamped { v, m: m.clone() }, cx);
        cx.deliver(Delivery { from: i, group, message: m, slot: None });
    }

    fn upon_deliver(&mut self, received: Delivery<Stamped<M>>, cx: &mut Cx<'_, M>) {
        let Delivery { from: j, group, message: stamped, .. } = received;
        if j == cx.me() {
            return;
        }
        let flaws = self.flaws;
        let state = self.group(group);
        if flaws.merge_on_receive {
            state.v.merge_others(&stamped.v, j);
        }
        if stamped.v.of(j) > state.v.of(j) || flaws.at_most {
            state.held_back.insert((j, stamped.v.of(j)), stamped);
        }
        while let Some((j, m)) = state.take_deliverable(flaws) {
            cx.deliver(Delivery { from: j, group, message: m, slot: None });
            state.v.raise(j);
        }
    }

    fn recall(&mut self, memory: &mut Memory) {
        memory.holds(&self.groups);
    }
}

impl<M> Group<M> {
    /// Takes a message out of the hold-back queue for which the wait is over.
    fn take_deliverable(&mut self, flaws: Flaws) -> Option<(NodeId, M)> {
        let over = |((j, _), stamped): &(&(NodeId, u64), &Stamped<M>)| {
            self.is_next(*j, &stamped.v, flaws)
                && (self.has_all_causes(*j, &stamped.v) || flaws.only_the_senders_component)
        };
        let place = *self.held_back.iter().find(over)?.0;
        self.held_back.remove(&place).map(|stamped| (place.0, stamped.m))
    }

    /// `V_j[j] = V_i[j] + 1`.
    fn is_next(&self, j: NodeId, v: &Vector, flaws: Flaws) -> bool {
        let next = self.v.of(j) + 1;
        v.of(j) == next || flaws.at_least && v.of(j) > next || flaws.at_most && v.of(j) < next
    }

    /// `V_j[k] <= V_i[k] (k != j)`.
    fn has_all_causes(&self, j: NodeId, v: &Vector) -> bool {
        v.others(j).all(|(k, count)| count <= self.v.of(k))
    }
}

impl Vector {
    fn of(&self, j: NodeId) -> u64 {
        self.0.get(j.index()).copied().unwrap_or(0)
    }

    /// Every place but j's.
    fn others(&self, j: NodeId) -> impl Iterator<Item = (NodeId, u64)> + '_ {
        NodeId::first(self.0.len()).zip(self.0.iter().copied()).filter(move |(k, _)| *k != j)
    }

    /// Raises a place by one; a frame may name a node that there is not.
    fn raise(&mut self, j: NodeId) {
        if let Some(count) = self.0.get_mut(j.index()) {
            *count += 1;
        }
    }

    /// Takes the maximum in every place but j's.
    fn merge_others(&mut self, other: &Vector, j: NodeId) {
        for (k, count) in NodeId::first(self.0.len()).zip(&mut self.0).filter(|(k, _)| *k != j) {
            *count = other.of(k).max(*count);
        }
    }
}

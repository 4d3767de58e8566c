//! Causal order inside views by vectors of counts that begin anew in each view (Birman, Schiper &
//! Stephenson 1991: CBCAST, whose vectors are reset when a view is installed).
//!
//! ```text
//! V[k]: how many messages of member k were delivered here in this view;  S: how many I have sent
//! To multicast m:               multicast((V with S in my place, m));  S := S + 1
//! On deliver((V', m)) from j:   hold it back until  V'[j] = V[j]  and  V'[k] <= V[k] (k != j)
//!                               deliver m;  V[j] := V[j] + 1;  look into the queue again
//! On view v:                    drop what is held back;  V := 0;  S := 0;  install v
//! ```
//!
//! Assumes virtual synchrony below: who goes from this view to the next together has got the same
//! messages in it, and so delivers the same and drops the same. What is dropped has a cause that
//! none of them has got, and that was delivered by somebody who did not come along.
//! Departs from the source: vectors are written out in full, and no message leaves its group.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::INTEGRITY;
use crate::groups::inside_views::CAUSAL_ORDER;
use crate::groups::views::virtual_synchrony::virtual_synchrony;
use crate::groups::views::{IN_GOOD_TIME, MODEL, OF_FLUSHES, OF_LAST_VIEWS, OF_VIEWS};
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack, Value, View};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Flaw, Implementation, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// V2 with causal order.
pub const ENTRY: Implementation = Implementation {
    name: "virtual-synchrony-causal",
    number: "V2",
    statement: "virtual synchrony with causal order: vectors that begin anew in each view",
    source: "Birman, Schiper & Stephenson 1991",
    claims: &[INTEGRITY, OF_VIEWS, OF_LAST_VIEWS, OF_FLUSHES, IN_GOOD_TIME, CAUSAL_ORDER],
    model: MODEL,
    nodes: 4,
    budget: |n| n - 1,
    flaws: &[VECTOR_NOT_RESET, ONLY_THE_SENDERS_COUNT],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| {
        let below = virtual_synchrony::<Stamped<Message>>(setup);
        changed(setup, Stack::node(CausalInViews::over(below, setup)))
    },
};

const VECTOR_NOT_RESET: Flaw = Flaw {
    name: "vector-not-reset",
    number: "C5",
    statement: "the vector counts on when a view is installed: a joiner's does not fit the others'",
    breaks: "virtual-synchrony",
    keeps: &["no-creation", "no-duplication", "self-delivery", "causal-order"],
    faults: "none",
    workload: "joining",
    killer: include_str!("../../../killers/vector-not-reset.jsonl"),
};

const ONLY_THE_SENDERS_COUNT: Flaw = Flaw {
    name: "only-the-senders-count",
    number: "C2",
    statement: "V'[k] <= V[k] is not waited for: what is left is FIFO order",
    breaks: "causal-order",
    keeps: &["no-creation", "no-duplication", "view-agreement", "sending-view-delivery"],
    faults: "none",
    workload: "replies",
    killer: include_str!("../../../killers/only-the-senders-count.jsonl"),
};

/// `(V', m)`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stamped<M> {
    v: Vec<u64>,
    m: M,
}

/// Causal order inside views.
pub struct CausalInViews<M, L> {
    lower: L,
    /// V, the nodes in order.
    v: Vec<u64>,
    /// S.
    sent: u64,
    /// By sender and its count.
    held_back: BTreeMap<(NodeId, u64), Stamped<M>>,
    vector_not_reset: bool,
    only_the_senders_count: bool,
}

impl<M, L> CausalInViews<M, L> {
    /// Causal order over this virtually synchronous multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> CausalInViews<M, L> {
        CausalInViews {
            lower,
            v: vec![0; setup.nodes],
            sent: 0,
            held_back: BTreeMap::new(),
            vector_not_reset: setup.flawed(VECTOR_NOT_RESET.name),
            only_the_senders_count: setup.flawed(ONLY_THE_SENDERS_COUNT.name),
        }
    }

    /// Takes a message out of the queue for which the wait is over.
    fn take_deliverable(&mut self) -> Option<(NodeId, M)> {
        let over = |((j, _), stamped): &(&(NodeId, u64), &Stamped<M>)| {
            self.is_next(*j, &stamped.v)
                && (self.has_all_causes(*j, &stamped.v) || self.only_the_senders_count)
        };
        let place = *self.held_back.iter().find(over)?.0;
        self.held_back.remove(&place).map(|stamped| (place.0, stamped.m))
    }

    /// `V'[j] = V[j]`.
    fn is_next(&self, j: NodeId, v: &[u64]) -> bool {
        of(v, j) == of(&self.v, j)
    }

    /// `V'[k] <= V[k] (k != j)`.
    fn has_all_causes(&self, j: NodeId, v: &[u64]) -> bool {
        let others = NodeId::first(v.len()).filter(|k| *k != j);
        others.into_iter().all(|k| of(v, k) <= of(&self.v, k))
    }
}

/// A place of a vector; beyond its end, 0.
fn of(v: &[u64], k: NodeId) -> u64 {
    v.get(k.index()).copied().unwrap_or(0)
}

impl<M: Value, L: Layer<Payload = Stamped<M>>> Protocol for CausalInViews<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let mut v = self.v.clone();
        v[cx.me().index()] = self.sent;
        self.sent += 1;
        self.multicast_below(group, Stamped { v, m }, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Stamped<M>>, cx: &mut Cx<'_, M>) {
        let Delivery { from: j, group, message: stamped, .. } = received;
        self.held_back.insert((j, of(&stamped.v, j)), stamped);
        while let Some((j, message)) = self.take_deliverable() {
            cx.deliver(Delivery { from: j, group, message, slot: None });
            // A frame may name a node that there is not.
            self.v.get_mut(j.index()).into_iter().for_each(|count| *count += 1);
        }
    }

    fn upon_view(&mut self, view: View, cx: &mut Cx<'_, M>) {
        self.held_back.clear();
        if !self.vector_not_reset {
            self.v.fill(0);
            self.sent = 0;
        }
        cx.indicate(Indication::View(view));
    }
}

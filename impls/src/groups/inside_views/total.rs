//! Total order inside views: the least member orders, and what it has not ordered when the view
//! ends is ordered by rule (Birman, Schiper & Stephenson 1991: ABCAST, with the least member as the
//! holder of the token; Birman & Joseph 1987 for what virtual synchrony is worth here).
//!
//! ```text
//! To multicast m:                   multicast(m)
//! On deliver(m) from q:             pending := pending + (q, m);  if I am the least member of the
//!                                   view and it is not ending, multicast(next of q)
//! On deliver(next of q) from the least member:   orders := orders + q
//! While the first of orders has a message pending:   take its first one, deliver it
//! On view v:                        deliver what is pending, by sender and in each one's order;
//!                                   forget all orders;  install v
//! ```
//!
//! Messages have no numbers: below, each sender's come in its order and to all, so that `next of q`
//! means the same everywhere. Assumes virtual synchrony below: whoever goes to the next view
//! together has got the same messages and the same orders, and so delivers the same sequence. An
//! order whose message nobody of them has got is void for all of them.
//! Departs from the source: the token does not move before the view ends. Places in the order are
//! not told to whoever joins: to count them is left to the layer above, which transfers the state.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::INTEGRITY;
use crate::groups::views::virtual_synchrony::virtual_synchrony;
use crate::groups::views::{IN_GOOD_TIME, MODEL, OF_FLUSHES, OF_LAST_VIEWS, OF_VIEWS};
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack, Value, View};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Claim, Flaw, Implementation, Proviso, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// V2 with total order.
pub const ENTRY: Implementation = Implementation {
    name: "virtual-synchrony-total",
    number: "V2",
    statement: "virtual synchrony with total order: the least member of the view orders",
    source: "Birman, Schiper & Stephenson 1991",
    claims: &[INTEGRITY, OF_VIEWS, OF_LAST_VIEWS, OF_FLUSHES, IN_GOOD_TIME, TOTAL_ORDER],
    model: MODEL,
    nodes: 4,
    budget: |n| n - 1,
    flaws: &[PENDING_AS_THEY_CAME, PENDING_CARRIED_OVER],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[],
    cost: None,
    build: |setup| {
        let below = virtual_synchrony::<Ordered<Message>>(setup);
        changed(setup, Stack::node(TotalInViews::over(below, setup)))
    },
};

/// The order of those who change views together; of all, while nobody is excluded that lives.
const TOTAL_ORDER: &[Claim] =
    &[Claim::always("total-order-within-views"), Claim::only("total-order", Proviso::InTime)];

const PENDING_AS_THEY_CAME: Flaw = Flaw {
    name: "pending-as-they-came",
    number: "T29",
    statement: "what is not ordered when the view ends is delivered as it came, here so, there so",
    breaks: "total-order-within-views",
    keeps: &["no-creation", "no-duplication", "virtual-synchrony", "sending-view-delivery"],
    faults: "crash",
    workload: "burst",
    killer: include_str!("../../../killers/pending-as-they-came.jsonl"),
};

const PENDING_CARRIED_OVER: Flaw = Flaw {
    name: "pending-carried-over",
    number: "PL60",
    statement: "what is not ordered when the view ends is left to whoever orders the next one",
    breaks: "sending-view-delivery",
    keeps: &["no-creation", "no-duplication", "view-agreement", "flush-shape"],
    faults: "crash",
    workload: "burst",
    killer: include_str!("../../../killers/pending-carried-over.jsonl"),
};

/// What goes through the layer below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ordered<M> {
    /// A message.
    Data(M),
    /// The next message of this sender is the next of all.
    NextOf(NodeId),
}

/// Total order inside views.
pub struct TotalInViews<M, L> {
    lower: L,
    members: Vec<NodeId>,
    /// The view is ending: what is ordered now may not reach everybody in it.
    ending: bool,
    /// Messages as they came, with their senders.
    pending: Vec<(NodeId, M)>,
    orders: VecDeque<NodeId>,
    pending_as_they_came: bool,
    pending_carried_over: bool,
}

impl<M: Value, L: Layer<Payload = Ordered<M>>> TotalInViews<M, L> {
    /// Total order over this virtually synchronous multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> TotalInViews<M, L> {
        TotalInViews {
            lower,
            members: Vec::new(),
            ending: false,
            pending: Vec::new(),
            orders: VecDeque::new(),
            pending_as_they_came: setup.flawed(PENDING_AS_THEY_CAME.name),
            pending_carried_over: setup.flawed(PENDING_CARRIED_OVER.name),
        }
    }

    fn least(&self) -> Option<NodeId> {
        self.members.iter().min().copied()
    }

    fn order(&mut self, q: NodeId, cx: &mut Cx<'_, M>) {
        if self.least() == Some(cx.me()) && !self.ending {
            self.multicast_below(GroupId::ALL, Ordered::NextOf(q), cx);
        }
    }

    fn deliver_ordered(&mut self, cx: &mut Cx<'_, M>) {
        while let Some(q) = self.orders.front() {
            let Some(first) = self.pending.iter().position(|(p, _)| p == q) else { return };
            self.orders.pop_front();
            let (from, m) = self.pending.remove(first);
            deliver(from, m, cx);
        }
    }

    /// Delivers what the view leaves, without orders.
    fn deliver_pending(&mut self, cx: &mut Cx<'_, M>) {
        if !self.pending_as_they_came {
            // A stable sort: each sender's stay in their order.
            self.pending.sort_by_key(|(q, _)| *q);
        }
        self.pending.drain(..).for_each(|(from, m)| deliver(from, m, cx));
    }

    /// Follows the orders that are left, but for those whose message nobody has got.
    fn follow_orders(&mut self, cx: &mut Cx<'_, M>) {
        while !self.orders.is_empty() {
            self.deliver_ordered(cx);
            self.orders.pop_front();
        }
    }
}

fn deliver<M>(from: NodeId, message: M, cx: &mut Cx<'_, M>) {
    cx.deliver(Delivery { from, group: GroupId::ALL, message, slot: None });
}

impl<M: Value, L: Layer<Payload = Ordered<M>>> Protocol for TotalInViews<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        self.multicast_below(group, Ordered::Data(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Ordered<M>>, cx: &mut Cx<'_, M>) {
        let from = received.from;
        match received.message {
            Ordered::Data(m) => {
                self.pending.push((from, m));
                self.order(from, cx);
            }
            Ordered::NextOf(q) if self.least() == Some(from) => self.orders.push_back(q),
            Ordered::NextOf(_) => {}
        }
        self.deliver_ordered(cx);
    }

    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        self.ending |= matches!(indication, Indication::Block(..));
        cx.indicate(indication);
    }

    fn upon_view(&mut self, view: View, cx: &mut Cx<'_, M>) {
        self.follow_orders(cx);
        if !self.pending_carried_over {
            self.deliver_pending(cx);
        }
        self.members = view.members.clone();
        self.ending = false;
        cx.indicate(Indication::View(view));
        let carried_over: Vec<NodeId> = self.pending.iter().map(|(q, _)| *q).collect();
        carried_over.into_iter().for_each(|q| self.order(q, cx));
    }
}

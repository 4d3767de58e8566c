//! Basic multicast: one unicast to each member (Coulouris et al., *Distributed Systems*, 5th ed.,
//! section 15.4.1).
//!
//! ```text
//! To B-multicast(g, m):   for each process p in g, send(p, m)
//! On receive(m) at p:     B-deliver(m) at p
//! ```
//!
//! Assumes a perfect channel and crash-stop failures. A sender that crashes between two of its
//! sends leaves some members without the message: agreement is not claimed.

use crate::changed::{HARMLESS_WITHOUT_DUPLICATES, WRONG_PAYLOAD, changed};
use crate::claims::{INTEGRITY, VALIDITY};
use crate::for_group::ForGroup;
use pepperland_core::contract::{Cx, Delivery, Layer, Memory, Network, Protocol, Stack, Value};
use pepperland_core::fault::Fault;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{
    Break, Claim, Cost, Flaw, Groups, Implementation, Model, Setup,
};
use pepperland_core::message::Message;

/// M1.
pub const ENTRY: Implementation = Implementation {
    name: "basic",
    number: "M1",
    statement: "basic multicast: one unicast to each member",
    source: "Coulouris et al. 2011, 15.4.1",
    claims: &[INTEGRITY, VALIDITY, &[Claim::always("payload-integrity")]],
    model: Model {
        tolerates: &[Fault::Crash, Fault::Delay, Fault::Reorder, Fault::Partition, Fault::Pause],
        groups: Groups::Open,
        ..Model::ASYNCHRONOUS
    },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "never-deliver",
            number: "Z1",
            statement: "a received message is not delivered",
            breaks: "validity-self",
            keeps: &["no-creation", "no-duplication"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/never-deliver.jsonl"),
        },
        Flaw {
            name: "self-only",
            number: "Z3",
            statement: "only a node's own messages are delivered",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "validity-self", "validity-some"],
            faults: "none",
            workload: "steady",
            killer: include_str!("../../killers/self-only.jsonl"),
        },
        WRONG_PAYLOAD,
    ],
    controls: &[HARMLESS_WITHOUT_DUPLICATES],
    breaks: &[Break {
        name: "sender-crashes",
        property: "agreement",
        statement: "a sender crashes between two of its sends: some have the message, some never will",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/sender-crashes.jsonl"),
    }],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(basic::<Message>(setup))),
};

/// The layer on a network of the scenario.
pub fn basic<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Basic::over(Network::<ForGroup<M>>::payload(), setup)
}

/// The group of a message that is sent to one node only.
const NO_GROUP: GroupId = GroupId(u32::MAX);

/// Basic multicast over point-to-point links.
pub struct Basic<L> {
    links: L,
    never_deliver: bool,
    self_only: bool,
}

impl<L> Basic<L> {
    /// Basic multicast over these links.
    pub fn over(links: L, setup: &Setup<'_>) -> Basic<L> {
        Basic {
            links,
            never_deliver: setup.flawed("never-deliver"),
            self_only: setup.flawed("self-only"),
        }
    }
}

impl<M: Value, L: Layer<Payload = ForGroup<M>>> Protocol for Basic<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.links
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        self.send_each_below(cx.members(group), ForGroup { group, m }, cx);
    }

    fn send(&mut self, to: NodeId, m: M, cx: &mut Cx<'_, M>) {
        self.send_below(to, ForGroup { group: NO_GROUP, m }, cx);
    }

    fn send_each(&mut self, to: &[NodeId], m: M, cx: &mut Cx<'_, M>) {
        self.send_each_below(to.into(), ForGroup { group: NO_GROUP, m }, cx);
    }

    const OPENS: bool = true;

    fn open(&self, received: Delivery<ForGroup<M>>, me: NodeId) -> Option<Delivery<M>> {
        if self.never_deliver || self.self_only && received.from != me {
            return None;
        }
        let ForGroup { group, m } = received.message;
        Some(Delivery { from: received.from, group, message: m, slot: None })
    }

    fn recall(&mut self, _: &mut Memory) {}
}

//! Consensus by a rotating coordinator, for any detector that is right in the end (Chandra & Toueg,
//! *Unreliable Failure Detectors for Reliable Distributed Systems*, JACM 43(2), 1996, §6.2).
//!
//! ```text
//! To propose v to instance i:        propose v to the engine of i
//! On deliver ("round", i, said) from p:   hand it to the engine of i
//! On suspect p:                      p is suspected;  every engine reconsiders its round
//! On trust p:                        p is suspected no longer
//! Whatever the engine of i says:     send ("round", i, said) to whom it says
//! When the engine of i decides v:    decide (i, v)
//! ```
//!
//! The engine is `rotating`, one for each instance from its first message on. Assumes crash-stop
//! failures, a majority that lives, a perfect channel, and that every member proposes; of time only
//! that suspicions are right in the end. Messages of the layer above pass: this layer decides and
//! looks at nothing else. Departs from the source as the engine does.

use crate::agreement::rotating::{Outcome, Planted, Rotating, Round, Say};
use crate::changed::{HARMLESS, changed};
use crate::detectors::keepalive_adaptive::keepalive_adaptive;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Request, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Break, Claim, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// C1.
pub const ENTRY: Implementation = Implementation {
    name: "consensus",
    number: "C1",
    statement: "consensus by a rotating coordinator, with a majority and a detector that may err",
    source: "Chandra & Toueg 1996, 6.2",
    claims: &[&[
        Claim::always("consensus-termination-if-all-propose"),
        Claim::always("consensus-agreement"),
        Claim::always("consensus-uniform-agreement"),
        Claim::always("consensus-validity"),
        Claim::always("consensus-integrity"),
    ]],
    model: MODEL,
    nodes: 5,
    budget: |n| (n - 1) / 2,
    flaws: &[
        Flaw {
            name: "lock-ignored",
            number: "PL91",
            statement: "a coordinator takes the oldest estimate, not the one that is locked",
            breaks: "consensus-uniform-agreement",
            keeps: &["consensus-validity", "consensus-integrity"],
            faults: "crash,partition:isolate",
            workload: "proposals",
            killer: include_str!("../../killers/lock-ignored.jsonl"),
        },
        Flaw {
            name: "minority-quorum",
            number: "PL92",
            statement: "half of the members are taken for a majority",
            breaks: "consensus-agreement",
            keeps: &["consensus-validity", "consensus-integrity"],
            faults: "partition",
            workload: "proposals",
            killer: include_str!("../../killers/consensus-minority-quorum.jsonl"),
        },
        Flaw {
            name: "decides-untold",
            number: "PL95",
            statement: "who hears of a decision does not tell the others",
            breaks: "consensus-termination-if-all-propose",
            keeps: &["consensus-agreement", "consensus-validity"],
            faults: "crash",
            workload: "proposals",
            killer: include_str!("../../killers/decides-untold.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "majority-crashes",
        property: "consensus-termination",
        statement: "two of three crash, and the one that is left waits for a majority for ever",
        faults: "crash",
        workload: "proposals",
        killer: include_str!("../../killers/majority-crashes.jsonl"),
    }],
    cost: None,
    build: |setup| {
        let below = keepalive_adaptive::<Said<Message>>(setup);
        changed(setup, Stack::node(Consensus::over(below, setup)))
    },
};

/// Suspicions are right in the end, and nothing else is assumed of time.
const MODEL: Model =
    Model { timing: "partially synchronous", workload: Some("proposals"), ..Model::ASYNCHRONOUS };

/// What travels below consensus.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said<V> {
    /// `("round", i, said)`.
    Round(u64, Round<V>),
    /// A message of the layer above, which consensus does not look at.
    Own(V),
}

/// Consensus, instance by instance.
pub struct Consensus<V, L> {
    lower: L,
    instances: BTreeMap<u64, Rotating<V>>,
    suspected: BTreeSet<NodeId>,
    planted: Planted,
}

impl<V, L> Consensus<V, L> {
    /// Consensus over a multicast with a failure detector.
    pub fn over(lower: L, setup: &Setup<'_>) -> Consensus<V, L> {
        let planted = Planted::of(setup);
        Consensus { lower, instances: BTreeMap::new(), suspected: BTreeSet::new(), planted }
    }
}

impl<V: Value, L: Layer<Payload = Said<V>>> Consensus<V, L> {
    /// Something happens to an instance.
    fn act(
        &mut self,
        instance: u64,
        act: impl FnOnce(&mut Rotating<V>, &BTreeSet<NodeId>) -> Outcome<V>,
        cx: &mut Cx<'_, V>,
    ) {
        let (members, planted) = (cx.members(GroupId::ALL), self.planted);
        let new = || Rotating::new(members.clone(), planted);
        let engine = self.instances.entry(instance).or_insert_with(new);
        let Outcome { say, decided } = act(engine, &self.suspected);
        for said in say {
            match said {
                Say::To(p, said) => self.send_below(p, Said::Round(instance, said), cx),
                Say::ToAll(said) => {
                    self.send_each_below(members.clone(), Said::Round(instance, said), cx);
                }
            }
        }
        if let Some(value) = decided {
            cx.indicate(Indication::Decide { instance, value });
        }
    }
}

impl<V: Value, L: Layer<Payload = Said<V>>> Protocol for Consensus<V, L> {
    type Payload = V;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: V, cx: &mut Cx<'_, V>) {
        self.multicast_below(group, Said::Own(m), cx);
    }

    fn upon_request(&mut self, request: Request<V>, cx: &mut Cx<'_, V>) {
        match request {
            Request::Propose { instance, value } => {
                self.act(instance, |engine, suspected| engine.propose(value, suspected), cx);
            }
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Said<V>>, cx: &mut Cx<'_, V>) {
        let Delivery { from, group, message, slot } = received;
        match message {
            Said::Round(instance, said) => {
                self.act(instance, |engine, suspected| engine.upon(from, said, suspected), cx);
            }
            Said::Own(message) => cx.deliver(Delivery { from, group, message, slot }),
        }
    }

    fn upon_indication(&mut self, indication: Indication<V>, cx: &mut Cx<'_, V>) {
        match indication {
            Indication::Suspect(p) => drop(self.suspected.insert(p)),
            Indication::Trust(p) => drop(self.suspected.remove(&p)),
            _ => {}
        }
        let is_opinion = matches!(indication, Indication::Suspect(_) | Indication::Trust(_));
        cx.indicate(indication);
        if is_opinion {
            let open = self.instances.iter().filter(|(_, engine)| !engine.has_decided());
            for instance in open.map(|(instance, _)| *instance).collect::<Vec<_>>() {
                self.act(instance, Rotating::reconsider, cx);
            }
        }
    }
}

//! Lazy reliable multicast: a message is relayed only when its sender is suspected (Cachin, Guerraoui
//! & Rodrigues 2011, 3.3: *Lazy Reliable Broadcast*). N messages while nobody crashes.
//!
//! ```text
//! On initialization:               correct := all members;  for all p: from[p] := {}
//! To R-multicast m:                multicast (data, self, m)
//! On deliver (data, s, m):         if m not in from[s] then
//!                                      R-deliver m
//!                                      from[s] := from[s] + {m}
//!                                      if s not in correct then multicast (data, s, m)
//! On crash (p):                    correct := correct - {p}
//!                                  for all m in from[p]: multicast (data, p, m)
//! ```
//!
//! Assumes a perfect channel and a failure detector that is complete; accuracy only saves messages.
//! So keepalives do on any network, late or not: whoever crashes is suspected in the end, and
//! whoever is suspected by mistake is relayed for. Trust is not taken note of, as with a perfect
//! detector, which never gives it back; it could be, for a sender that crashes after all is
//! suspected once more. A message is delivered before anybody relays it, so agreement is not
//! uniform.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, VALIDITY};
use crate::detectors::keepalive::keepalive;
use crate::multicast::reliable::Relayed;
use crate::naming::Naming;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{
    Break, Claim, Control, Cost, Flaw, Implementation, Model, Setup,
};
use pepperland_core::message::Message;
use std::collections::{BTreeMap, BTreeSet};

/// M2 with a failure detector.
pub const ENTRY: Implementation = Implementation {
    name: "reliable-lazy",
    number: "M2",
    statement: "lazy reliable multicast: relay only what a suspected sender has sent",
    source: "Cachin, Guerraoui & Rodrigues 2011, 3.3",
    claims: &[INTEGRITY, VALIDITY, &[Claim::always("agreement")]],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "relay-only-after-suspicion",
        number: "R4",
        statement: "what was received before its sender was suspected is not relayed",
        breaks: "agreement",
        keeps: &["no-creation", "no-duplication", "validity-self", "validity-all"],
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/relay-only-after-suspicion.jsonl"),
    }],
    controls: &[
        HARMLESS,
        &[Control {
            name: "forgets-suspicion",
            number: "R5",
            statement: "a suspected sender that is heard of again counts as correct again",
        }],
    ],
    breaks: &[Break {
        name: "delivers-before-it-relays",
        property: "uniform-agreement",
        statement: "a node that delivers and crashes before it suspects the sender relays nothing",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/delivers-before-it-relays.jsonl"),
    }],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(reliable_lazy::<Message>(setup))),
};

/// The layer over basic multicast and keepalives.
pub fn reliable_lazy<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Lazy::over(keepalive::<Relayed<M>>(setup), setup)
}

/// Lazy reliable multicast.
pub struct Lazy<M, L> {
    lower: L,
    naming: Naming,
    /// Who is not in `correct`.
    suspected: BTreeSet<NodeId>,
    /// By sender, what was received, and for which group.
    from: BTreeMap<NodeId, BTreeMap<MessageId, (GroupId, M)>>,
    relay_only_after_suspicion: bool,
    forgets_suspicion: bool,
}

impl<M, L> Lazy<M, L> {
    /// Lazy reliable multicast over a basic one with a failure detector.
    pub fn over(lower: L, setup: &Setup<'_>) -> Lazy<M, L> {
        Lazy {
            lower,
            naming: Naming::default(),
            suspected: BTreeSet::new(),
            from: BTreeMap::new(),
            relay_only_after_suspicion: setup.flawed("relay-only-after-suspicion"),
            forgets_suspicion: setup.flawed("forgets-suspicion"),
        }
    }
}

impl<M: Value, L: Layer<Payload = Relayed<M>>> Lazy<M, L> {
    fn upon_crash(&mut self, p: NodeId, cx: &mut Cx<'_, M>) {
        self.suspected.insert(p);
        if self.relay_only_after_suspicion {
            return;
        }
        for (name, (group, m)) in self.from.get(&p).cloned().unwrap_or_default() {
            self.multicast_below(group, Relayed::Multicast { name, m }, cx);
        }
    }
}

impl<M: Value, L: Layer<Payload = Relayed<M>>> Protocol for Lazy<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let name = self.naming.next(cx);
        self.multicast_below(group, Relayed::Multicast { name, m }, cx);
    }

    fn send(&mut self, to: NodeId, m: M, cx: &mut Cx<'_, M>) {
        self.send_below(to, Relayed::Single(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Relayed<M>>, cx: &mut Cx<'_, M>) {
        let Some((name, delivery)) = Relayed::open(&received, cx) else { return };
        let delivery = delivery.cloned();
        let (s, group, m) = (name.origin, delivery.group, delivery.message.clone());
        if self.from.entry(s).or_default().insert(name, (group, m)).is_some() {
            return;
        }
        cx.deliver(delivery);
        if self.suspected.contains(&s) {
            self.multicast_below(group, received.message, cx);
        }
    }

    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        cx.indicate(indication.clone());
        match indication {
            Indication::Suspect(p) => self.upon_crash(p, cx),
            Indication::Trust(p) if self.forgets_suspicion => {
                self.suspected.remove(&p);
            }
            _ => {}
        }
    }
}

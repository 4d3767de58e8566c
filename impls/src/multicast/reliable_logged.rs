//! Logged uniform reliable multicast, for nodes that crash and come back: what a node has promised
//! to know it writes to stable storage before it says so (Cachin, Guerraoui & Rodrigues 2011, 3.7:
//! *Logged Majority-Ack Uniform Reliable Broadcast*; Boichat & Guerraoui 2005).
//!
//! ```text
//! On initialization:               delivered := {};  pending := {};  for all m: ack[m] := {}
//! On recovery:                     retrieve (pending, delivered)
//!                                  for all (s, m) in pending: send (data, s, m) to all
//! To multicast m:                  pending := pending + {(self, m)};  store (pending)
//!                                  send (data, self, m) to all
//! On deliver (data, s, m) from p:  if (s, m) not in pending then
//!                                      pending := pending + {(s, m)};  store (pending)
//!                                      send (data, s, m) to all
//!                                  if p not in ack[m] then
//!                                      ack[m] := ack[m] + {p}
//!                                      if |ack[m]| > N/2 and m not in delivered then
//!                                          delivered := delivered + {m};  store (delivered)
//!                                          deliver m
//! ```
//!
//! Assumes a channel that loses no message for ever that is sent again and again, and that a
//! majority is correct: up in the end, however often it has crashed; all may be down at one time.
//! Departs from the source: there, links repeat everything for ever; here a node repeats a message
//! to those that it has not heard to have it, ever more slowly, and answers what it knows already
//! by an acknowledgement, so that this ends. It counts itself as soon as it has stored the message.
//! The log of deliveries is the delivery: the report to the application comes once, not with all
//! that was delivered before after each restart.

use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, UNIFORM_AGREEMENT, VALIDITY};
use crate::multicast::basic::basic;
use crate::naming::Naming;
use crate::patience::{FIRST, Patience};
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::fault::Fault;
use pepperland_core::history::{Channel, DeliveryContract, FailureModel};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Claim, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// M6 for nodes that come back.
pub const ENTRY: Implementation = Implementation {
    name: "reliable-logged",
    number: "M6",
    statement: "uniform reliable multicast that survives restarts: log, acknowledge, repeat",
    source: "Cachin, Guerraoui & Rodrigues 2011, 3.7; Boichat & Guerraoui 2005",
    claims: &[INTEGRITY, RESTARTS, VALIDITY, UNIFORM_AGREEMENT],
    model: Model {
        failures: FailureModel::CrashRecovery,
        channel: Channel::FairLoss,
        tolerates: &[
            Fault::Crash,
            Fault::Recovery,
            Fault::Loss,
            Fault::Delay,
            Fault::Reorder,
            Fault::Duplication,
            Fault::Partition,
            Fault::Pause,
        ],
        delivery: DeliveryContract::Logged,
        ..Model::ASYNCHRONOUS
    },
    nodes: 3,
    budget: |n| (n - 1) / 2,
    flaws: &[
        Flaw {
            name: "log-after-delivery",
            number: "R16",
            statement: "a delivery is logged after it is made",
            breaks: "no-duplication",
            keeps: &["no-creation", "validity-all", "uniform-agreement"],
            faults: "crash-recovery",
            workload: "burst",
            killer: include_str!("../../killers/log-after-delivery.jsonl"),
        },
        Flaw {
            name: "ack-before-log",
            number: "R17",
            statement: "a message is relayed, and so acknowledged, without being on the log",
            breaks: "uniform-agreement",
            keeps: &["no-creation", "no-duplication"],
            faults: "crash-recovery:all",
            workload: "steady",
            killer: include_str!("../../killers/ack-before-log.jsonl"),
        },
        Flaw {
            name: "no-incarnation",
            number: "R6",
            statement: "a message's name does not say which incarnation of its sender sent it",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication"],
            faults: "crash-recovery",
            workload: "steady",
            killer: include_str!("../../killers/no-incarnation.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost {
        formula: "n²",
        messages: |n| n * n,
        steps: 2,
        note: "(n − 1)(2n − 1): none to oneself, and whoever knows the message acknowledges it",
    }),
    build: |setup| changed(setup, Stack::node(reliable_logged::<Message>(setup))),
};

/// Nothing twice, restarts or not.
const RESTARTS: &[Claim] = &[Claim::always("no-duplication-across-incarnations")];

/// The layer over basic multicast.
pub fn reliable_logged<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Logged::over(basic::<Repeated<M>>(setup), setup)
}

/// What is sent below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Repeated<M> {
    /// `(data, s, m)`; whoever sends it has the message on its log.
    Data {
        /// The message's name, which says s.
        name: MessageId,
        /// The group it is for.
        group: GroupId,
        /// The message.
        m: M,
    },
    /// The sender has the message of this name on its log.
    Ack(MessageId),
}

/// The timer after which messages are sent again.
const REPEAT: u32 = 0;

/// Logged uniform reliable multicast.
pub struct Logged<M, L> {
    lower: L,
    naming: Naming,
    /// On stable storage.
    delivered: BTreeSet<MessageId>,
    /// On stable storage.
    pending: BTreeMap<MessageId, (GroupId, M)>,
    /// Lost in a crash.
    ack: BTreeMap<MessageId, BTreeSet<NodeId>>,
    patience: Patience,
    /// Whether the timer runs for the first wait.
    soon: bool,
    log_after_delivery: bool,
    ack_before_log: bool,
    no_incarnation: bool,
}

impl<M, L> Logged<M, L> {
    /// Logged multicast over links that may lose messages.
    pub fn over(lower: L, setup: &Setup<'_>) -> Logged<M, L> {
        Logged {
            lower,
            naming: Naming::default(),
            delivered: BTreeSet::new(),
            pending: BTreeMap::new(),
            ack: BTreeMap::new(),
            patience: Patience::new(FIRST),
            soon: false,
            log_after_delivery: setup.flawed("log-after-delivery"),
            ack_before_log: setup.flawed("ack-before-log"),
            no_incarnation: setup.flawed("no-incarnation"),
        }
    }
}

impl<M: Value, L: Layer<Payload = Repeated<M>>> Logged<M, L> {
    /// `pending := pending + {(s, m)};  store (pending);  send (data, s, m) to all`
    fn put_in_pending(&mut self, name: MessageId, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        if self.pending.insert(name, (group, m)).is_some() {
            return;
        }
        if !self.ack_before_log {
            cx.store("pending", &self.pending);
        }
        self.send_to_those_without(name, cx);
        self.repeat_soon(cx);
        self.acknowledge(name, cx.me(), cx);
    }

    /// Sends a message to whoever is not known to have it. Whether there was anybody.
    fn send_to_those_without(&mut self, name: MessageId, cx: &mut Cx<'_, M>) -> bool {
        let Some((group, m)) = self.pending.get(&name).cloned() else { return false };
        let has = |p: &NodeId| self.ack.get(&name).is_some_and(|ack| ack.contains(p));
        let members = cx.members(group);
        let others = members.iter().filter(|p| **p != cx.me() && !has(p)).copied();
        let others: Rc<[NodeId]> = others.collect();
        let anybody = !others.is_empty();
        self.send_each_below(others, Repeated::Data { name, group, m }, cx);
        anybody
    }

    fn repeat_soon(&mut self, cx: &mut Cx<'_, M>) {
        if !self.soon {
            self.soon = true;
            self.patience.reset();
            cx.set_timer(REPEAT, self.patience.wait());
        }
    }

    /// `ack[m] := ack[m] + {p}`, and what follows from it.
    fn acknowledge(&mut self, name: MessageId, p: NodeId, cx: &mut Cx<'_, M>) {
        let Some((group, m)) = self.pending.get(&name) else { return };
        let ack = self.ack.entry(name).or_default();
        ack.insert(p);
        if ack.len() > cx.members(*group).len() / 2 && self.delivered.insert(name) {
            let (from, group, message) = (name.origin, *group, m.clone());
            let delivery = Delivery { from, group, message, slot: None };
            if self.log_after_delivery {
                cx.deliver(delivery.clone());
            }
            cx.store("delivered", &self.delivered);
            if !self.log_after_delivery {
                cx.deliver(delivery);
            }
        }
    }
}

impl<M: Value, L: Layer<Payload = Repeated<M>>> Protocol for Logged<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_recover(&mut self, cx: &mut Cx<'_, M>) {
        self.pending = cx.load("pending").unwrap_or_default();
        self.delivered = cx.load("delivered").unwrap_or_default();
        for name in self.pending.keys().copied().collect::<Vec<_>>() {
            self.acknowledge(name, cx.me(), cx);
            self.send_to_those_without(name, cx);
        }
        self.repeat_soon(cx);
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let mut name = self.naming.next(cx);
        if self.no_incarnation {
            name.incarnation = 0;
        }
        self.put_in_pending(name, group, m, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Repeated<M>>, cx: &mut Cx<'_, M>) {
        let p = received.from;
        match received.message {
            Repeated::Data { name, .. } if self.pending.contains_key(&name) => {
                self.send_below(p, Repeated::Ack(name), cx);
                self.acknowledge(name, p, cx);
            }
            Repeated::Data { name, group, m } => {
                self.put_in_pending(name, group, m, cx);
                self.acknowledge(name, p, cx);
            }
            Repeated::Ack(name) => self.acknowledge(name, p, cx),
        }
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        let mut anybody = false;
        for name in self.pending.keys().copied().collect::<Vec<_>>() {
            anybody |= self.send_to_those_without(name, cx);
        }
        self.soon = false;
        if anybody {
            cx.set_timer(REPEAT, self.patience.wait());
        }
    }
}

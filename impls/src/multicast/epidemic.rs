//! Probabilistic multicast: a message spreads as a disease does (Eugster, Guerraoui, Kermarrec and
//! Massoulié, *Epidemic Information Dissemination in Distributed Systems*, IEEE Computer 37(5),
//! 2004).
//!
//! ```text
//! On initialization:        all messages are susceptible
//! To multicast m:           send m to oneself, and to f others chosen at random
//! On receive m for the first time:
//!     deliver m;  m is infectious: in each of the next t rounds, send m to f others chosen at random
//! After t rounds:           m is removed: it is neither sent nor delivered again
//! ```
//!
//! Assumes nothing of the network and claims little: whether all get a message is a matter of
//! chance, and of one run nothing can be said. With t · f = ln n + c sends of each node about
//! e^(−e^(−c)) of the messages reach all n (Kermarrec, Massoulié and Ganesh 2003). The variant
//! `epidemic-half` is the lectures': one round, to half of the others, about n²/2 messages; the
//! more nodes there are, the nearer is its coverage to 100 %.

use crate::changed::{HARMLESS, changed};
use crate::claims::INTEGRITY;
use crate::multicast::FAIR_LOSS;
use crate::naming::Naming;
use pepperland_core::collections::Set;
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Break, Claim, Control, Cost, Flaw, Implementation, Setup};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// M7.
pub const ENTRY: Implementation = Implementation {
    name: "epidemic",
    number: "M7",
    statement: "probabilistic multicast: push gossip to a few others, for a few rounds",
    source: "Eugster et al. 2004",
    claims: &[INTEGRITY, &[Claim::always("validity-self"), Claim::always("validity-some")]],
    model: FAIR_LOSS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[FORGETS_THE_REMOVED],
    controls: &[
        HARMLESS,
        &[Control {
            name: "fan-out-one",
            number: "PL10",
            statement: "each round reaches one other node, which is enough for what each run must keep",
        }],
    ],
    breaks: &[Break {
        killer: include_str!("../../killers/left-susceptible.jsonl"),
        ..LEFT_SUSCEPTIBLE
    }],
    cost: Some(Cost {
        formula: "n·t·f + 1",
        messages: |n| n * f64::from(rounds(n as usize)) * FAN_OUT as f64 + 1.0,
        steps: 3,
        note: "t = 2, and 3 for n ≥ 8; f = 2; who is chosen is chance, and so are the steps",
    }),
    build: |setup| {
        let fan_out = if setup.flawed("fan-out-one") { 1 } else { FAN_OUT };
        let course = Course { fan_out, rounds: rounds(setup.nodes) };
        changed(setup, Stack::node(Epidemic::<Message, _>::over(Network::payload(), course, setup)))
    },
};

/// M7, the lectures' variant.
pub const HALF: Implementation = Implementation {
    name: "epidemic-half",
    number: "M7",
    statement: "probabilistic multicast: each node relays once, to half of the others",
    source: "Eugster et al. 2004, simplified",
    flaws: &[],
    controls: &[HARMLESS],
    breaks: &[Break {
        killer: include_str!("../../killers/left-susceptible-by-half.jsonl"),
        ..LEFT_SUSCEPTIBLE
    }],
    cost: Some(Cost {
        formula: "n²/2",
        messages: |n| n * n / 2.0,
        steps: 2,
        note: "n/2 is rounded down, and whom nobody has chosen sends nothing; one goes to oneself",
    }),
    build: |setup| {
        let course = Course { fan_out: setup.nodes / 2, rounds: 1 };
        changed(setup, Stack::node(Epidemic::<Message, _>::over(Network::payload(), course, setup)))
    },
    ..ENTRY
};

const FORGETS_THE_REMOVED: Flaw = Flaw {
    name: "forgets-the-removed",
    number: "R7",
    statement: "a message that is no longer sent is forgotten, and susceptible again",
    breaks: "no-duplication",
    keeps: &["no-creation", "validity-self", "validity-some"],
    faults: "none",
    workload: "steady",
    killer: include_str!("../../killers/forgets-the-removed.jsonl"),
};

const LEFT_SUSCEPTIBLE: Break = Break {
    name: "left-susceptible",
    property: "agreement",
    statement: "nobody happens to choose a node before all others stop sending",
    faults: "none",
    workload: "steady",
    killer: "",
};

/// f: to how many others a node sends in one round.
const FAN_OUT: usize = 2;

/// t: for how many rounds, so that t · f is about ln n + 2.
fn rounds(nodes: usize) -> u32 {
    2 + nodes.max(1).ilog2() / 3
}

/// The course of a disease.
#[derive(Copy, Clone, Debug)]
pub struct Course {
    /// f.
    pub fan_out: usize,
    /// t.
    pub rounds: u32,
}

/// What travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rumor<M> {
    name: MessageId,
    group: GroupId,
    m: M,
}

/// Probabilistic multicast.
pub struct Epidemic<M, L> {
    lower: L,
    naming: Naming,
    course: Course,
    round: Span,
    received: Set<MessageId>,
    /// What is infectious here, and for how many rounds more.
    infectious: BTreeMap<MessageId, (u32, Rumor<M>)>,
    forgets_the_removed: bool,
}

/// The timer of the next round.
const ROUND: u32 = 0;

impl<M: Value, L: Layer<Payload = Rumor<M>>> Epidemic<M, L> {
    /// Probabilistic multicast over this network.
    pub fn over(lower: L, course: Course, setup: &Setup<'_>) -> Epidemic<M, L> {
        Epidemic {
            lower,
            naming: Naming::default(),
            course,
            round: setup.max_latency,
            received: Set::default(),
            infectious: BTreeMap::new(),
            forgets_the_removed: setup.flawed("forgets-the-removed"),
        }
    }

    /// The first round of a message, and the others if there are any.
    fn infect(&mut self, rumor: Rumor<M>, cx: &mut Cx<'_, M>) {
        self.push(&rumor, cx);
        if self.infectious.is_empty() {
            cx.set_timer(ROUND, self.round);
        }
        self.infectious.insert(rumor.name, (self.course.rounds - 1, rumor));
    }

    /// Sends a message to some others, chosen at random.
    fn push(&mut self, rumor: &Rumor<M>, cx: &mut Cx<'_, M>) {
        let mut others: Vec<NodeId> =
            cx.members(rumor.group).iter().filter(|p| **p != cx.me()).copied().collect();
        cx.random().shuffle(&mut others);
        others.truncate(self.course.fan_out);
        self.send_each_below(others.into(), rumor.clone(), cx);
    }
}

impl<M: Value, L: Layer<Payload = Rumor<M>>> Protocol for Epidemic<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let rumor = Rumor { name: self.naming.next(cx), group, m };
        self.send_below(cx.me(), rumor.clone(), cx);
        self.infect(rumor, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Rumor<M>>, cx: &mut Cx<'_, M>) {
        let rumor = received.message;
        let (origin, group) = (rumor.name.origin, rumor.group);
        if !self.received.insert(rumor.name) {
            return;
        }
        cx.deliver(Delivery { from: origin, group, message: rumor.m.clone(), slot: None });
        if origin != cx.me() {
            self.infect(rumor, cx);
        }
    }

    /// The next round.
    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        let infectious = std::mem::take(&mut self.infectious);
        for (name, (rounds, rumor)) in infectious {
            if rounds > 0 {
                self.push(&rumor, cx);
                self.infectious.insert(name, (rounds - 1, rumor));
            } else if self.forgets_the_removed {
                self.received.remove(&name);
            }
        }
        if !self.infectious.is_empty() {
            cx.set_timer(ROUND, self.round);
        }
    }
}

//! Coordinated attack over messengers that may be caught (Gray, *Notes on Data Base Operating
//! Systems*, 1978; before him Akkoyunlu, Ekanadham & Huber 1975; Lynch, *Distributed Algorithms*,
//! 1996, ch. 5): two armies win if both attack, and either loses if it attacks alone.
//!
//! ```text
//! k messengers, the first from n1 to n2, then back, and so on;  threshold: a of n1, b of n2
//! To propose v to instance i:        at n1, if v = attack: send (i, 1) to n2
//!                                    after (k + 1) * L: the time is up
//! On receive (i, j), v proposed:     received += {j}
//!                                    if j < k and v = attack: send (i, j + 1) back
//! When the time is up:               if v = attack and |received| >= threshold: decide attack
//!                                    else, unless v = attack and the army is patient:
//!                                        decide retreat
//! ```
//!
//! It is a family of 176 protocols: one to six messengers, each threshold from 0 to one that is out
//! of reach, and armies that retreat in time or wait for ever. The number of an instance says which
//! one it runs. No protocol solves the problem where every message may be lost, and each of these
//! shows why in some run of its own: `demonstration` finds it. What arrives before v is proposed
//! is kept until it is. Rounds are synchronous, so that loss is the only enemy.

pub mod demonstration;
pub mod family;
pub mod synchronous;

use crate::agreement::coordinated_attack::family::Family;
use crate::changed::{HARMLESS_IN_TIME, changed};
use pepperland_core::contract::{Cx, Delivery, Indication, Network, Protocol, Request, Stack};
use pepperland_core::fault::Fault;
use pepperland_core::history::Channel;
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Break, Claim, Implementation, Model, Setup};
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// C2.
pub const ENTRY: Implementation = Implementation {
    name: "coordinated-attack",
    number: "C2",
    statement: "two armies agree on an attack by messengers that may be caught, which cannot be",
    source: "Gray 1978; Akkoyunlu, Ekanadham & Huber 1975; Lynch 1996, 5",
    claims: &[&[Claim::always("consensus-integrity")]],
    model: Model {
        channel: Channel::Lossy,
        tolerates: &[Fault::Loss, Fault::Partition],
        timing: "synchronous",
        latency_bound: Some(Span::millis(50)),
        ..Model::ASYNCHRONOUS
    },
    nodes: 2,
    budget: |_| 0,
    flaws: &[],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[
        Break {
            name: "last-messenger",
            property: "consensus-agreement",
            statement: "the last messenger is caught: who sent it attacks, and who waits for it \
                        retreats",
            faults: "loss",
            workload: "attack",
            killer: include_str!("../../killers/last-messenger.jsonl"),
        },
        Break {
            name: "patient-armies",
            property: "consensus-termination",
            statement: "the last messenger is caught, and who waits for it waits for ever",
            faults: "loss",
            workload: "attack",
            killer: include_str!("../../killers/patient-armies.jsonl"),
        },
        Break {
            name: "nobody-attacks",
            property: "consensus-non-triviality",
            statement: "armies that never have heard enough never disagree: they never attack",
            faults: "none",
            workload: "attack",
            killer: include_str!("../../killers/nobody-attacks.jsonl"),
        },
    ],
    cost: None,
    build: |setup| changed(setup, Stack::node(CoordinatedAttack::over(Network::payload(), setup))),
};

/// The value of a general who wants to attack.
pub const ATTACK: &str = "attack";

/// What is decided otherwise.
pub const RETREAT: &str = "retreat";

/// What travels between the armies.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Sent {
    /// `(i, j)`.
    Messenger {
        /// The instance.
        i: u64,
        /// The how-manieth messenger it is.
        j: u32,
    },
}

/// One of the two armies.
pub struct CoordinatedAttack {
    network: Network<Sent>,
    battles: BTreeMap<u64, Battle>,
    /// Whose time is up when this timer runs out.
    timers: BTreeMap<u32, u64>,
    max_latency: Span,
}

/// One instance at one army.
#[derive(Default)]
struct Battle {
    /// Whether this army wants to attack; none before it has proposed.
    wants: Option<bool>,
    received: BTreeSet<u32>,
    time_is_up: bool,
    has_decided: bool,
}

impl CoordinatedAttack {
    /// An army with messengers on this network.
    pub fn over(network: Network<Sent>, setup: &Setup<'_>) -> CoordinatedAttack {
        let (battles, timers) = (BTreeMap::new(), BTreeMap::new());
        CoordinatedAttack { network, battles, timers, max_latency: setup.max_latency }
    }

    fn propose(&mut self, i: u64, v: &Message, cx: &mut Cx<'_, Message>) {
        let family = Family::of(i);
        let Some((army, _)) = armies(cx) else { return cx.refuse("propose") };
        let battle = self.battles.entry(i).or_default();
        if battle.wants.is_some() {
            return;
        }
        let wants = v.body.0.as_slice() == ATTACK.as_bytes();
        battle.wants = Some(wants);
        let kept: Vec<u32> = battle.received.iter().copied().collect();
        let first = (army == 0 && wants && family.messengers > 0).then_some(0);
        for j in first.into_iter().chain(kept) {
            self.go_on(i, j, cx);
        }
        let timer = self.timers.len() as u32;
        self.timers.insert(timer, i);
        cx.set_timer(timer, Span(self.max_latency.0 * u64::from(family.messengers + 1)));
    }

    /// Sends the messenger after this one, if there is to be one.
    fn go_on(&mut self, i: u64, j: u32, cx: &mut Cx<'_, Message>) {
        let wants = self.battles.get(&i).is_some_and(|battle| battle.wants == Some(true));
        let Some((_, Some(other))) = armies(cx) else { return };
        if wants && j < Family::of(i).messengers {
            self.send_below(other, Sent::Messenger { i, j: j + 1 }, cx);
        }
    }

    /// Decides what there is to decide, once the time is up.
    fn decide(&mut self, i: u64, cx: &mut Cx<'_, Message>) {
        let (family, Some((army, _))) = (Family::of(i), armies(cx)) else { return };
        let Some(battle) = self.battles.get_mut(&i) else { return };
        if !battle.time_is_up || battle.has_decided {
            return;
        }
        let wants = battle.wants == Some(true);
        let attacks = wants && battle.received.len() as u32 >= family.thresholds[army];
        if !attacks && wants && family.patient {
            return;
        }
        battle.has_decided = true;
        let value = word(if attacks { ATTACK } else { RETREAT });
        cx.indicate(Indication::Decide { instance: i, value });
    }
}

impl Protocol for CoordinatedAttack {
    type Payload = Message;
    type Lower = Network<Sent>;

    fn lower(&mut self) -> &mut Network<Sent> {
        &mut self.network
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        match request {
            Request::Propose { instance, value } => self.propose(instance, &value, cx),
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Sent>, cx: &mut Cx<'_, Message>) {
        let Sent::Messenger { i, j } = received.message;
        if self.battles.entry(i).or_default().received.insert(j) {
            self.go_on(i, j, cx);
            self.decide(i, cx);
        }
    }

    fn upon_timeout(&mut self, timer: u32, cx: &mut Cx<'_, Message>) {
        let Some(i) = self.timers.get(&timer).copied() else { return };
        self.battles.entry(i).or_default().time_is_up = true;
        self.decide(i, cx);
    }
}

/// Which army this node is, 0 or 1, and the other one; none if it is neither.
fn armies<M>(cx: &Cx<'_, M>) -> Option<(usize, Option<NodeId>)> {
    let members = cx.members(GroupId::ALL);
    let army = members.iter().take(2).position(|node| *node == cx.me())?;
    Some((army, members.get(1 - army).copied()))
}

/// A decision.
fn word(text: &str) -> Message {
    Message { id: MessageId::default(), body: Body::new(text.as_bytes()) }
}

//! Failure detection by heartbeats: every node tells every other again and again that it is alive,
//! and suspects those that it has not heard of for long (Chandra & Toueg 1996; Cachin, Guerraoui &
//! Rodrigues 2011, 2.6.2, whose detector asks for the heartbeats instead).
//!
//! ```text
//! On initialization:             countdown[p] := patience for each node p other than self;  beat
//! Every period:                  countdown[p] := countdown[p] - 1 for each p not suspected
//!                                if countdown[p] = 0 then suspect p
//!                                beat
//! To beat:                       number := number + 1;  send(p, (alive, number)) to each p
//! On receive((alive, n)) from p, n greater than any before:
//!                                if p is suspected then trust p
//!                                countdown[p] := patience
//! ```
//!
//! Assumes crash-stop failures, clocks that run right, and a channel that loses nothing and takes
//! `max_latency` at most. Then nobody alive is suspected, and whoever is suspected has crashed and
//! everything it had sent has arrived: the detector is perfect. For let it have beaten last at `t`.
//! That beat or a later one is received by `t + max_latency`, and the countdown runs out more than
//! `(patience - 1) * period` after the newest receipt. By then the next beat of somebody alive,
//! sent at `t + period`, has arrived, and so has whatever was sent before a crash, which falls at
//! `t + period` at the latest, if
//!
//! ```text
//! (patience - 1) * period  >  period + max_latency
//! ```
//!
//! Where messages are late for a while, or nodes stand still, it is eventually perfect: it suspects
//! who is up, and trusts again. Departs from the source: beats are numbered, so that a copy that
//! comes late is no sign of life.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::VALIDITY;
use crate::multicast::basic::basic;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack, Value};
use pepperland_core::fault::Fault;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::rc::Rc;

/// D1, as the layer that others stand on: perfect in a synchronous network.
pub const ENTRY: Implementation = Implementation {
    name: "heartbeat",
    number: "D1",
    statement: "failure detection by heartbeats: whoever is not heard of for long is suspected",
    source: "Chandra & Toueg 1996; Cachin, Guerraoui & Rodrigues 2011, 2.6.2",
    claims: &[
        &[Claim::always("no-creation")],
        VALIDITY,
        &[
            Claim::always("detector-completeness"),
            Claim::always("detector-weak-completeness"),
            Claim::always("detector-accuracy"),
            Claim::always("detector-weak-accuracy"),
            Claim::always("suspicion-monotonicity"),
        ],
    ],
    model: SYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "countdown-not-reset",
            number: "PL19",
            statement: "a heartbeat does not set the countdown back",
            breaks: "detector-accuracy",
            keeps: &["no-creation", "validity-all", "detector-completeness"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/countdown-not-reset.jsonl"),
        },
        Flaw {
            name: "any-message-refreshes-all",
            number: "H3",
            statement: "a heartbeat of one node sets the countdown of all back",
            breaks: "detector-completeness",
            keeps: &["no-creation", "validity-all", "detector-accuracy"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/any-message-refreshes-all.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "late-heartbeats",
        property: "detector-accuracy",
        statement: "a node whose heartbeats are later than assumed is suspected while it is up",
        faults: "delay",
        workload: "steady",
        killer: include_str!("../../killers/late-heartbeats.jsonl"),
    }],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(heartbeat::<Message>(setup))),
};

/// Crash-stop failures in a network that is as fast as the detector assumes.
pub const SYNCHRONOUS: Model = Model {
    tolerates: &[Fault::Crash, Fault::Duplication],
    timing: "synchronous",
    latency_bound: Some(Span::millis(50)),
    ..Model::ASYNCHRONOUS
};

/// How long after one heartbeat the next is sent.
const PERIOD: Span = Span::millis(20);

/// The timer of the next heartbeat.
const BEAT: u32 = 0;

/// The layer over basic multicast.
pub fn heartbeat<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    Heartbeat::over(basic::<Beating<M>>(setup), setup)
}

/// What is sent below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Beating<M> {
    /// The sender is alive.
    Alive(Beat),
    /// A message of the layer above, which the detector does not look at.
    Message(M),
}

/// Which heartbeat of a node it is. Later ones are greater.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub struct Beat {
    incarnation: u32,
    number: u32,
}

/// The failure detector.
pub struct Heartbeat<L> {
    lower: L,
    nodes: usize,
    number: u32,
    watched: BTreeMap<NodeId, Watched>,
    patience: u32,
    countdown_not_reset: bool,
    any_message_refreshes_all: bool,
}

/// What a node knows of another.
struct Watched {
    /// The newest heartbeat.
    heard: Beat,
    /// How many periods may pass until the next; at 0 the node is suspected.
    countdown: u32,
}

impl<L> Heartbeat<L> {
    /// A failure detector over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> Heartbeat<L> {
        Heartbeat {
            lower,
            nodes: setup.nodes,
            number: 0,
            watched: BTreeMap::new(),
            patience: patience(setup.max_latency),
            countdown_not_reset: setup.flawed("countdown-not-reset"),
            any_message_refreshes_all: setup.flawed("any-message-refreshes-all"),
        }
    }

    fn hear<M>(&mut self, p: NodeId, beat: Beat, cx: &mut Cx<'_, M>) {
        let (patience, keeps_on) = (self.patience, self.countdown_not_reset);
        let Some(watched) = self.watched.get_mut(&p).filter(|w| w.heard < beat) else { return };
        watched.heard = beat;
        let suspected = watched.countdown == 0;
        if suspected {
            cx.indicate(Indication::Trust(p));
        }
        if suspected || !keeps_on {
            watched.countdown = patience;
        }
        if self.any_message_refreshes_all {
            let trusted = self.watched.values_mut().filter(|watched| watched.countdown > 0);
            trusted.for_each(|watched| watched.countdown = patience);
        }
    }

    fn count_down<M>(&mut self, cx: &mut Cx<'_, M>) {
        for (p, watched) in self.watched.iter_mut().filter(|(_, watched)| watched.countdown > 0) {
            watched.countdown -= 1;
            if watched.countdown == 0 {
                cx.indicate(Indication::Suspect(*p));
            }
        }
    }
}

/// The least that is enough: `(patience - 1) * PERIOD > PERIOD + max_latency`.
fn patience(max_latency: Span) -> u32 {
    (max_latency.0 / PERIOD.0) as u32 + 3
}

impl<M: Value, L: Layer<Payload = Beating<M>>> Heartbeat<L> {
    fn beat(&mut self, cx: &mut Cx<'_, M>) {
        self.number += 1;
        let beat = Beat { incarnation: cx.incarnation(), number: self.number };
        let others: Rc<[NodeId]> = self.watched.keys().copied().collect();
        self.send_each_below(others, Beating::Alive(beat), cx);
        cx.set_timer(BEAT, PERIOD);
    }
}

impl<M: Value, L: Layer<Payload = Beating<M>>> Protocol for Heartbeat<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        let unheard = || Watched { heard: Beat::default(), countdown: self.patience };
        let others = NodeId::first(self.nodes).filter(|p| *p != cx.me());
        self.watched = others.map(|p| (p, unheard())).collect();
        self.beat(cx);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        self.count_down(cx);
        self.beat(cx);
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        self.multicast_below(group, Beating::Message(m), cx);
    }

    fn send(&mut self, to: NodeId, m: M, cx: &mut Cx<'_, M>) {
        self.send_below(to, Beating::Message(m), cx);
    }

    fn send_each(&mut self, to: &[NodeId], m: M, cx: &mut Cx<'_, M>) {
        self.send_each_below(to.into(), Beating::Message(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Beating<M>>, cx: &mut Cx<'_, M>) {
        match &received.message {
            Beating::Alive(beat) => self.hear(received.from, *beat, cx),
            Beating::Message(m) => cx.deliver(received.with(m.clone())),
        }
    }
}

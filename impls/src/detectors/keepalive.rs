//! Failure detection by keepalives: every node tells every other again and again that it is alive,
//! and suspects those that it has not heard of for long (Chandra & Toueg 1996; Cachin, Guerraoui &
//! Rodrigues 2011, 2.6.2, whose detector asks instead: see the time-out detector).
//!
//! ```text
//! On initialization:             countdown[p] := patience[p] for each node p other than self;  beat
//! Every period:                  countdown[p] := countdown[p] - 1 for each p not suspected
//!                                if countdown[p] = 0 then suspect p
//!                                beat
//! To beat:                       number := number + 1;  send(p, (alive, number)) to each p
//! On receive((alive, n)) from p, n greater than any before:
//!                                if p is suspected then trust p
//!                                countdown[p] := patience[p]
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
//! Who crashes is suspected within `max_latency + patience * period`. Where messages are late for a
//! while, or nodes stand still, it is eventually perfect: it suspects who is up, and trusts again;
//! so it does with who comes back after a crash. Departs from the source: beats are numbered, so
//! that a copy that comes late is no sign of life.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::VALIDITY;
use crate::detectors::beat::Beat;
use crate::detectors::{PERFECT, SYNCHRONOUS};
use crate::multicast::basic::basic;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{
    Bound, Break, Claim, Cost, Flaw, Implementation, Model, Setup,
};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::rc::Rc;

/// D2 by keepalives, as the layer that others stand on: perfect in a synchronous network.
pub const ENTRY: Implementation = Implementation {
    name: "keepalive-detector",
    number: "D2",
    statement: "failure detection by keepalives: whoever is not heard of for long is suspected",
    source: "Chandra & Toueg 1996; lecture slides",
    claims: &[&[Claim::always("no-creation")], VALIDITY, PERFECT],
    model: Model {
        bounds: &[Bound::detection(|max_latency| {
            max_latency.0 + u64::from(patience(max_latency)) * PERIOD.0
        })],
        ..SYNCHRONOUS
    },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "countdown-not-reset",
            number: "PL19",
            statement: "a keepalive does not set the countdown back",
            breaks: "detector-accuracy",
            keeps: &["no-creation", "validity-all", "detector-completeness"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/countdown-not-reset.jsonl"),
        },
        Flaw {
            name: "any-message-refreshes-all",
            number: "H3",
            statement: "a keepalive of one node sets the countdown of all back",
            breaks: "detector-completeness",
            keeps: &["no-creation", "validity-all", "detector-accuracy"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/any-message-refreshes-all.jsonl"),
        },
        Flaw {
            name: "counts-on-own-sends",
            number: "H2",
            statement: "what counts down runs after the node's own sends: a multicast puts it off",
            breaks: "detector-detection-time",
            keeps: &["no-creation", "validity-all", "detector-completeness", "detector-accuracy"],
            faults: "crash",
            workload: "single-sender",
            killer: include_str!("../../killers/counts-on-own-sends.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "late-keepalives",
        property: "detector-accuracy",
        statement: "a node whose keepalives are later than assumed is suspected while it is up",
        faults: "delay",
        workload: "steady",
        killer: include_str!("../../killers/late-keepalives.jsonl"),
    }],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(keepalive::<Message>(setup))),
};

/// How long after one keepalive the next is sent.
pub(super) const PERIOD: Span = Span::millis(20);

/// The least that is enough: `(patience - 1) * PERIOD > PERIOD + max_latency`.
fn patience(max_latency: Span) -> u32 {
    (max_latency.0 / PERIOD.0) as u32 + 3
}

/// The timer of the next keepalive.
const BEAT: u32 = 0;

/// Flaw: the timer of the next count, which runs after the node's own sends.
const COUNT: u32 = 1;

/// The layer over basic multicast.
pub fn keepalive<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    let patience = patience(setup.max_latency);
    Keepalive::over(basic::<Beating<M>>(setup), TimeOut::Fixed(patience), setup)
}

/// For how many periods a node may be silent.
#[derive(Copy, Clone, Debug)]
pub enum TimeOut {
    /// For so many.
    Fixed(u32),
    /// For so many at first, and for twice as many after each mistake.
    Raised(u32),
}

/// What is sent below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Beating<M> {
    /// The sender is alive.
    Alive(Beat),
    /// A message of the layer above, which the detector does not look at.
    Message(M),
}

/// The failure detector.
pub struct Keepalive<L> {
    lower: L,
    nodes: usize,
    beat: Beat,
    watched: BTreeMap<NodeId, Watched>,
    time_out: TimeOut,
    countdown_not_reset: bool,
    any_message_refreshes_all: bool,
    counts_on_own_sends: bool,
    suspicion_forgotten: bool,
}

/// What a node knows of another.
struct Watched {
    /// The newest keepalive.
    heard: Beat,
    /// How many periods it may be silent.
    patience: u32,
    /// How many periods may pass until the next; none if it is suspected.
    countdown: Option<u32>,
}

impl<L> Keepalive<L> {
    /// A failure detector over this multicast.
    pub fn over(lower: L, time_out: TimeOut, setup: &Setup<'_>) -> Keepalive<L> {
        Keepalive {
            lower,
            nodes: setup.nodes,
            beat: Beat::default(),
            watched: BTreeMap::new(),
            time_out,
            countdown_not_reset: setup.flawed("countdown-not-reset"),
            any_message_refreshes_all: setup.flawed("any-message-refreshes-all"),
            counts_on_own_sends: setup.flawed("counts-on-own-sends"),
            suspicion_forgotten: setup.flawed("suspicion-forgotten"),
        }
    }

    fn hear<M>(&mut self, p: NodeId, beat: Beat, cx: &mut Cx<'_, M>) {
        let Some(watched) = self.watched.get_mut(&p).filter(|w| w.heard < beat) else { return };
        let was_up = watched.heard.incarnation == beat.incarnation;
        watched.heard = beat;
        let suspected = watched.countdown.is_none();
        if suspected {
            cx.indicate(Indication::Trust(p));
            watched.patience = match self.time_out {
                _ if self.suspicion_forgotten => u32::MAX,
                TimeOut::Raised(_) if was_up => watched.patience.saturating_mul(2),
                _ => watched.patience,
            };
        }
        if suspected || !self.countdown_not_reset {
            watched.countdown = Some(watched.patience);
        }
        if self.any_message_refreshes_all {
            let trusted = self.watched.values_mut().filter(|watched| watched.countdown.is_some());
            trusted.for_each(|watched| watched.countdown = Some(watched.patience));
        }
    }

    fn count_down<M>(&mut self, cx: &mut Cx<'_, M>) {
        for (p, watched) in &mut self.watched {
            let Some(countdown) = watched.countdown else { continue };
            watched.countdown = Some(countdown - 1).filter(|left| *left > 0);
            if watched.countdown.is_none() {
                cx.indicate(Indication::Suspect(*p));
            }
        }
    }
}

impl<M: Value, L: Layer<Payload = Beating<M>>> Keepalive<L> {
    fn beat(&mut self, cx: &mut Cx<'_, M>) {
        self.beat = self.beat.next(cx);
        let others: Rc<[NodeId]> = self.watched.keys().copied().collect();
        self.send_each_below(others, Beating::Alive(self.beat), cx);
        cx.set_timer(BEAT, PERIOD);
    }

    fn put_counting_off(&mut self, cx: &mut Cx<'_, M>) {
        if self.counts_on_own_sends {
            cx.set_timer(COUNT, PERIOD);
        }
    }
}

impl<M: Value, L: Layer<Payload = Beating<M>>> Protocol for Keepalive<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        let (TimeOut::Fixed(patience) | TimeOut::Raised(patience)) = self.time_out;
        let heard = Beat::default();
        let unheard = || Watched { heard, patience, countdown: Some(patience) };
        let others = NodeId::first(self.nodes).filter(|p| *p != cx.me());
        self.watched = others.map(|p| (p, unheard())).collect();
        self.put_counting_off(cx);
        self.beat(cx);
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, M>) {
        if (tag == COUNT) == self.counts_on_own_sends {
            self.count_down(cx);
        }
        match tag {
            BEAT => self.beat(cx),
            _ => self.put_counting_off(cx),
        }
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        self.put_counting_off(cx);
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

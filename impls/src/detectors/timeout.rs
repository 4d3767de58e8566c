//! Failure detection by time-outs: every node asks every other again and again, and suspects those
//! that have not answered when it asks anew (Cachin, Guerraoui & Rodrigues 2011, 2.6.2: *Exclude on
//! Timeout*).
//!
//! ```text
//! On initialization:             alive := {};  ask
//! Upon time-out:                 suspect each p not in alive
//!                                alive := {};  ask
//! To ask:                        round := round + 1;  send(p, (question, round)) to each p
//!                                start the timer for delay
//! On receive((question, r)) from q:   send(q, (answer, r))
//! On receive((answer, r)) from p:     if r = round then alive := alive + {p}
//!                                     if r = round and p is suspected then trust p
//! ```
//!
//! Assumes crash-stop failures, clocks that run right, and a channel that loses nothing and takes
//! `max_latency` at most. Then it is perfect if
//!
//! ```text
//! delay  >  2 * max_latency
//! ```
//!
//! and who crashes is suspected within `2 * delay`: it may have answered the question of the round
//! in which it crashes, and does not answer the next.
//!
//! Departs from the source: rounds are numbered, so that an answer that comes late, or a copy of
//! one, is none; and nobody asks himself.

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

/// D2 by time-outs: perfect in a synchronous network.
pub const ENTRY: Implementation = Implementation {
    name: "timeout-detector",
    number: "D2",
    statement: "failure detection by time-outs: whoever does not answer in time is suspected",
    source: "Cachin, Guerraoui & Rodrigues 2011, 2.6.2",
    claims: &[&[Claim::always("no-creation")], VALIDITY, PERFECT],
    model: Model {
        bounds: &[Bound::detection(|max_latency| 2 * delay(max_latency).0)],
        ..SYNCHRONOUS
    },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "late-answers-count",
            number: "PL40",
            statement: "an answer to an earlier question counts as one to this question",
            breaks: "detector-detection-time",
            keeps: &["no-creation", "validity-all", "detector-accuracy"],
            faults: "crash,duplicate",
            workload: "steady",
            killer: include_str!("../../killers/late-answers-count.jsonl"),
        },
        Flaw {
            name: "waits-one-way",
            number: "PL41",
            statement: "the time-out is long enough for the question alone, not for the answer too",
            breaks: "detector-accuracy",
            keeps: &["no-creation", "validity-all", "detector-completeness"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/waits-one-way.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "late-answers",
        property: "detector-accuracy",
        statement: "a node whose answers are later than assumed is suspected while it is up",
        faults: "delay",
        workload: "steady",
        killer: include_str!("../../killers/late-answers.jsonl"),
    }],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| changed(setup, Stack::node(timeout::<Message>(setup))),
};

/// More than a question and its answer take: `delay > 2 * max_latency`.
fn delay(max_latency: Span) -> Span {
    Span(2 * max_latency.0) + Span::millis(10)
}

/// The timer of the next question.
const ASK: u32 = 0;

/// The layer over basic multicast.
pub fn timeout<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    let delay = match setup.flawed("waits-one-way") {
        true => setup.max_latency,
        false => delay(setup.max_latency),
    };
    Timeout::over(basic::<Asking<M>>(setup), Raise::Never, delay, setup)
}

/// Whether the time-out grows.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Raise {
    /// It stays as it is.
    Never,
    /// It doubles in each round in which somebody answers an earlier question.
    WhenLate,
}

/// What is sent below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Asking<M> {
    /// Is the receiver alive?
    Question(Beat),
    /// It is.
    Answer(Beat),
    /// A message of the layer above, which the detector does not look at.
    Message(M),
}

/// The failure detector.
pub struct Timeout<L> {
    lower: L,
    round: Beat,
    delay: Span,
    raise: Raise,
    /// Somebody has answered an earlier question in this round.
    late: bool,
    watched: BTreeMap<NodeId, Watched>,
    late_answers_count: bool,
}

/// What a node knows of another.
#[derive(Default)]
struct Watched {
    /// The newest question that it has answered.
    answered: Beat,
    alive: bool,
    suspected: bool,
}

impl<L> Timeout<L> {
    /// A failure detector over this multicast, with this time-out at first.
    pub fn over(lower: L, raise: Raise, delay: Span, setup: &Setup<'_>) -> Timeout<L> {
        Timeout {
            lower,
            round: Beat::default(),
            delay,
            raise: if setup.flawed("time-out-never-raised") { Raise::Never } else { raise },
            late: false,
            watched: BTreeMap::new(),
            late_answers_count: setup.flawed("late-answers-count"),
        }
    }

    fn suspect_the_silent<M>(&mut self, cx: &mut Cx<'_, M>) {
        for (p, watched) in &mut self.watched {
            if !watched.alive && !watched.suspected {
                watched.suspected = true;
                cx.indicate(Indication::Suspect(*p));
            }
            watched.alive = false;
        }
    }

    /// On receive((answer, r)) from p.
    fn hear<M>(&mut self, p: NodeId, r: Beat, cx: &mut Cx<'_, M>) {
        let Some(watched) = self.watched.get_mut(&p) else { return };
        if r == self.round || self.late_answers_count {
            watched.alive = true;
            if std::mem::take(&mut watched.suspected) {
                cx.indicate(Indication::Trust(p));
            }
        } else if r > watched.answered && r.incarnation == self.round.incarnation {
            self.late = true;
        }
        watched.answered = watched.answered.max(r);
    }

    fn raise_if_late(&mut self) {
        if std::mem::take(&mut self.late) && self.raise == Raise::WhenLate {
            self.delay = self.delay + self.delay;
        }
    }
}

impl<M: Value, L: Layer<Payload = Asking<M>>> Timeout<L> {
    fn ask(&mut self, cx: &mut Cx<'_, M>) {
        self.round = self.round.next(cx);
        let others: Rc<[NodeId]> = self.watched.keys().copied().collect();
        self.send_each_below(others, Asking::Question(self.round), cx);
        cx.set_timer(ASK, self.delay);
    }
}

impl<M: Value, L: Layer<Payload = Asking<M>>> Protocol for Timeout<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        let members = cx.members(GroupId::ALL);
        let others = members.iter().filter(|p| **p != cx.me());
        self.watched = others.map(|p| (*p, Watched::default())).collect();
        self.ask(cx);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        self.suspect_the_silent(cx);
        self.raise_if_late();
        self.ask(cx);
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        self.multicast_below(group, Asking::Message(m), cx);
    }

    fn send(&mut self, to: NodeId, m: M, cx: &mut Cx<'_, M>) {
        self.send_below(to, Asking::Message(m), cx);
    }

    fn send_each(&mut self, to: &[NodeId], m: M, cx: &mut Cx<'_, M>) {
        self.send_each_below(to.into(), Asking::Message(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Asking<M>>, cx: &mut Cx<'_, M>) {
        let from = received.from;
        match &received.message {
            Asking::Question(round) => self.send_below(from, Asking::Answer(*round), cx),
            Asking::Answer(round) => self.hear(from, *round, cx),
            Asking::Message(m) => cx.deliver(received.with(m.clone())),
        }
    }
}

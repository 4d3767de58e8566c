//! The heartbeat detector of a cluster of servers that share a multicast group (a student project:
//! *Multicast: desenvolvimento de aplicação tolerante a falhas*).
//!
//! ```text
//! On initialization:             all servers are Disconnected, also the own;  send
//! Every second:                  send
//! To send:                       multicast the own index to the group
//!                                count down the TTL of all servers, also the own
//! On receive (index):            index is Active
//! ```
//!
//! A server hears itself: its own state says whether it can speak to the group. Without
//! confirmations a server becomes Awaiting confirmation, then Unresponsive (more than 2 ticks),
//! then Disconnected. Every 20 ticks the table of all is shown, in a remark.
//!
//! Assumes IP multicast, which may lose datagrams, and servers that may restart with nothing. While
//! nothing is late, nobody who is up is Unresponsive if
//!
//! ```text
//! period + max_latency  <  unresponsive * period - period
//! ```
//!
//! for three own ticks without a confirmation take two periods at least; and who crashes is
//! Unresponsive within `max_latency + unresponsive * period`, as long as the *monitor* sends in
//! time: ticks are own sends, so that a server whose routine is slow also detects slowly.
//!
//! Departs from the source: a second is 100 ms here, as all times are a parameter. A passage to
//! Unresponsive is reported as a suspicion, one back to Active as trust; what is not known at the
//! start is suspected.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::detectors::state_table::{Passage, State, StateTable, Thresholds};
use crate::links::ip_multicast::any_source;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack, Value};
use pepperland_core::fault::Fault;
use pepperland_core::history::{Channel, FailureModel};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{
    Bound, Break, Claim, Cost, Flaw, Implementation, Model, Proviso, Setup,
};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};

/// D1.
pub const ENTRY: Implementation = Implementation {
    name: "heartbeat",
    number: "D1",
    statement: "servers tell their group that they are up; each counts down all at its own sends",
    source: "student project, five servers in a multicast group",
    claims: &[
        &[Claim::always("no-creation"), Claim::always("payload-integrity")],
        super::EVENTUALLY_PERFECT,
        &[Claim::only("detector-detection-time", Proviso::InTime)],
    ],
    model: Model {
        failures: FailureModel::CrashRecovery,
        channel: Channel::FairLoss,
        tolerates: &[
            Fault::Crash,
            Fault::Recovery,
            Fault::Loss,
            Fault::Delay,
            Fault::Reorder,
            Fault::Corruption,
            Fault::Partition,
            Fault::Pause,
        ],
        timing: "synchronous in the end",
        latency_bound: Some(Span::millis(50)),
        bounds: &[Bound::detection(|max_latency| {
            let Pace { period, thresholds, .. } = Pace::TENTH;
            max_latency.0 + u64::from(thresholds.unresponsive) * period.0
        })],
        ..Model::ASYNCHRONOUS
    },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "countdown-not-reset",
            number: "PL19",
            statement: "a confirmation makes Active only who was never heard of",
            breaks: "detector-eventual-strong-accuracy",
            keeps: &["no-creation", "payload-integrity", "detector-completeness"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/heartbeat-countdown-not-reset.jsonl"),
        },
        Flaw {
            name: "any-message-refreshes-all",
            number: "H3",
            statement: "a confirmation of one server counts as one of all that were heard of",
            breaks: "detector-completeness",
            keeps: &["no-creation", "payload-integrity", "detector-eventual-strong-accuracy"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/heartbeat-any-message-refreshes-all.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[
        Break {
            name: "slow-monitor",
            property: "detector-detection-time",
            statement: "ticks are own sends: a server that sends slowly detects slowly",
            faults: "crash,clock",
            workload: "steady",
            killer: include_str!("../../killers/heartbeat-slow-monitor.jsonl"),
        },
        Break {
            name: "old-copies",
            property: "detector-detection-time",
            statement: "a confirmation has no number: an old copy makes a crashed server Active",
            faults: "crash,duplicate",
            workload: "steady",
            killer: include_str!("../../killers/heartbeat-old-copies.jsonl"),
        },
    ],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| {
        let servers = Heartbeat::over(any_source::<Confirming<Message>>(setup), Pace::TENTH, setup);
        changed(setup, Stack::node(servers))
    },
};

/// How often a server sends, and what it makes of silence.
#[derive(Copy, Clone, Debug)]
pub struct Pace {
    /// From one send to the next.
    pub period: Span,
    /// From how many ticks without a confirmation a server is in which state.
    pub thresholds: Thresholds,
    /// After how many ticks the table is shown again.
    pub shown_every: u32,
}

impl Pace {
    /// That of the source.
    pub const SECOND: Pace =
        Pace { period: Span::seconds(1), thresholds: Thresholds::SOURCE, shown_every: 20 };

    /// Ten times as fast.
    pub const TENTH: Pace = Pace { period: Span::millis(100), ..Pace::SECOND };
}

/// The timer of the next send.
const SEND: u32 = 0;

/// What is multicast below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Confirming<M> {
    /// The server with this index is connected and active.
    Confirmation(NodeId),
    /// A message of the layer above, which the detector does not look at.
    Message(M),
}

/// The failure detector.
pub struct Heartbeat<L> {
    lower: L,
    pace: Pace,
    table: StateTable,
    ticks: u32,
    countdown_not_reset: bool,
    any_message_refreshes_all: bool,
}

impl<L> Heartbeat<L> {
    /// A failure detector over this multicast.
    pub fn over(lower: L, pace: Pace, setup: &Setup<'_>) -> Heartbeat<L> {
        Heartbeat {
            lower,
            pace,
            table: StateTable::new([], pace.thresholds),
            ticks: 0,
            countdown_not_reset: setup.flawed("countdown-not-reset"),
            any_message_refreshes_all: setup.flawed("any-message-refreshes-all"),
        }
    }

    /// What the server believes of all.
    pub fn table(&self) -> &StateTable {
        &self.table
    }

    fn count_down<M>(&mut self, cx: &mut Cx<'_, M>) {
        self.ticks += 1;
        if self.ticks.is_multiple_of(self.pace.shown_every) {
            cx.note(self.table.to_string());
        }
        for passage in self.table.tick() {
            report(passage, cx);
        }
    }

    fn confirm<M>(&mut self, server: NodeId, cx: &mut Cx<'_, M>) {
        if self.countdown_not_reset && self.table.was_heard(server) {
            return;
        }
        if let Some(passage) = self.table.confirm(server) {
            report(passage, cx);
        }
        if self.any_message_refreshes_all {
            for other in self.table.able().collect::<Vec<_>>() {
                self.table.confirm(other);
            }
        }
    }
}

/// Tells the layer above of a passage to Unresponsive, and of one back to Active.
fn report<M>(passage: Passage, cx: &mut Cx<'_, M>) {
    let server = passage.server;
    match passage.to {
        _ if server == cx.me() => {}
        State::Unresponsive => cx.indicate(Indication::Suspect(server)),
        State::Active if !passage.from.may_answer() => cx.indicate(Indication::Trust(server)),
        _ => {}
    }
}

impl<M: Value, L: Layer<Payload = Confirming<M>>> Heartbeat<L> {
    fn send_confirmation(&mut self, cx: &mut Cx<'_, M>) {
        self.multicast_below(GroupId::ALL, Confirming::Confirmation(cx.me()), cx);
        self.count_down(cx);
        cx.set_timer(SEND, self.pace.period);
    }
}

impl<M: Value, L: Layer<Payload = Confirming<M>>> Protocol for Heartbeat<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        let servers = cx.members(GroupId::ALL);
        self.table = StateTable::new(servers.iter().copied(), self.pace.thresholds);
        let me = cx.me();
        let others = servers.iter().filter(|server| **server != me);
        others.for_each(|server| cx.indicate(Indication::Suspect(*server)));
        self.send_confirmation(cx);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        self.send_confirmation(cx);
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        self.multicast_below(group, Confirming::Message(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Confirming<M>>, cx: &mut Cx<'_, M>) {
        match &received.message {
            Confirming::Confirmation(index) => self.confirm(*index, cx),
            Confirming::Message(m) => cx.deliver(received.with(m.clone())),
        }
    }
}

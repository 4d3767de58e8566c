//! A new token when a node of the ring has crashed, which may have held the old one.
//!
//! ```text
//! On suspect q:                 C := C + {q};  if self is the first of the ring without C, reform
//! Reform:                       e := a new epoch;  reports := {};  send ("reform", e, C) to all
//!                               without C
//! On receive ("reform", e, C') from c, e greater than any before:
//!                               C := C + C';  use no token of an epoch below e
//!                               send ("report", e, seen) to c
//! On receive ("report", e, seen) from all without C, e the epoch of the last reform:
//!                               V := places before the last seen that nobody has seen
//!                               R-multicast ("void", V)
//!                               hold a new token of epoch e, next := after the last seen
//! On R-deliver ("void", V):     r passes over the places in V
//! ```
//!
//! The detector must be perfect, and must not suspect a node before all that it sent has come. Then
//! the old token is used no more when the new one is made, for everybody has reported, and the
//! rest have crashed; and a place that nobody has reported will never be filled. An epoch is the
//! number of crashes and its maker, so that no two makers choose one, and later ones are greater.

use super::{Place, Ring, Token, TokenRing, turn};
use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::{AGREEMENT, INTEGRITY, VALIDITY};
use crate::detectors::SYNCHRONOUS;
use crate::detectors::keepalive::keepalive;
use crate::multicast::reliable::{Relayed, Reliable};
use pepperland_core::contract::{Cx, Layer, Protocol, Stack, TokenTurn, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Proviso, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// O7 over D1.
pub const ENTRY: Implementation = Implementation {
    name: "token-ring-regenerating",
    number: "O7",
    statement: "total order by a token that is replaced when a node of the ring crashes",
    source: "Défago, Schiper & Urbán 2004: privilege-based; Chang & Maxemchuk 1984: reformation",
    claims: &[
        INTEGRITY,
        VALIDITY,
        AGREEMENT,
        &[
            Claim::only("fifo", Proviso::SendsSurvive),
            Claim::only("causal", Proviso::SendsSurvive),
            Claim::always("uniform-causal-order"),
            Claim::always("total-order"),
            Claim::always("uniform-total-order"),
            Claim::only("prefix-order", Proviso::SendsSurvive),
            Claim::only("consecutive-slots", Proviso::SendsSurvive),
            Claim::always("token-conservation"),
        ],
    ],
    model: SYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "two-tokens-after-regeneration",
            number: "T17",
            statement: "the old token is used though a new one has been made",
            breaks: "prefix-order",
            keeps: &["no-creation", "no-duplication", "token-conservation"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/two-tokens-after-regeneration.jsonl"),
        },
        Flaw {
            name: "never-regenerated",
            number: "T18",
            statement: "a crash is not followed by a new token",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "agreement", "prefix-order"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/never-regenerated.jsonl"),
        },
        Flaw {
            name: "regenerated-from-own-delivered",
            number: "T19",
            statement: "the new token starts with what its maker has delivered, whatever others \
                        have seen",
            breaks: "prefix-order",
            keeps: &["no-creation", "no-duplication", "token-conservation"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../../killers/regenerated-from-own-delivered.jsonl"),
        },
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "lost-in-flight",
        property: "fifo",
        statement: "the first of two messages is lost with its sender, for nobody waits for \
                    receipts before going on: its place is void, and the second is delivered",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../../killers/lost-in-flight.jsonl"),
    }],
    cost: Some(Cost {
        formula: "n²",
        messages: |n| n * n,
        steps: 1,
        note: "before the message comes the token, which goes round anyway and is not counted",
    }),
    build: |setup| {
        let detected = keepalive::<Relayed<Ring<Message>>>(setup);
        changed(setup, Stack::node(TokenRing::over(Reliable::over(detected, setup), setup)))
    },
};

/// Places in the order of a group, from the first up to the last and without it.
pub type Stretch = (GroupId, u64, u64);

/// What a node has seen of the order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// r, for each group: everything before was delivered.
    next: BTreeMap<GroupId, u64>,
    /// What was seen after that.
    beyond: Vec<Stretch>,
}

/// The state of the regeneration.
pub struct Regeneration {
    /// C.
    pub crashed: BTreeSet<NodeId>,
    /// The newest epoch heard of.
    epoch: u64,
    /// The epoch of the token that this node makes, if it does, and the reports for it.
    making: Option<(u64, BTreeMap<NodeId, Report>)>,
    /// The places that this node has given to its own messages.
    pub given: BTreeSet<Place>,
    /// V: where a stretch without messages begins, and where it ends.
    pub void: BTreeMap<Place, u64>,
    two_tokens: bool,
    never_regenerated: bool,
    from_own_delivered: bool,
}

impl Regeneration {
    /// Nobody has crashed yet.
    pub fn new(setup: &Setup<'_>) -> Regeneration {
        Regeneration {
            crashed: BTreeSet::new(),
            epoch: 0,
            making: None,
            given: BTreeSet::new(),
            void: BTreeMap::new(),
            two_tokens: setup.flawed("two-tokens-after-regeneration"),
            never_regenerated: setup.flawed("never-regenerated"),
            from_own_delivered: setup.flawed("regenerated-from-own-delivered"),
        }
    }
}

impl<M: Value, L: Layer<Payload = Ring<M>>> TokenRing<M, L> {
    /// Whether a newer token is made or going to be.
    pub(super) fn is_void(&self, token: &Token) -> bool {
        token.epoch < self.regeneration.epoch && !self.regeneration.two_tokens
    }

    /// On suspect q.
    pub(super) fn suspect(&mut self, q: NodeId, cx: &mut Cx<'_, M>) {
        let is_new = self.regeneration.crashed.insert(q);
        let is_first = self.alive(cx).first() == Some(&cx.me());
        if is_new && is_first && !self.regeneration.never_regenerated {
            self.reform(cx);
        }
    }

    fn reform(&mut self, cx: &mut Cx<'_, M>) {
        let ring = cx.members(GroupId::ALL).len() as u64;
        let crashed = self.regeneration.crashed.clone();
        let epoch = crashed.len() as u64 * ring + u64::from(cx.me().0);
        self.regeneration.making = Some((epoch, BTreeMap::new()));
        self.send_each_below(self.alive(cx), Ring::Reform(epoch, crashed), cx);
    }

    /// On receive ("reform", e, C').
    pub(super) fn report(
        &mut self,
        c: NodeId,
        epoch: u64,
        crashed: BTreeSet<NodeId>,
        cx: &mut Cx<'_, M>,
    ) {
        if epoch <= self.regeneration.epoch {
            return;
        }
        self.regeneration.epoch = epoch;
        self.regeneration.crashed.extend(crashed);
        if let Some(token) = self.token.take_if(|_| !self.regeneration.two_tokens) {
            turn(TokenTurn::Lost, &token, cx);
        }
        let report = Ring::Report(epoch, self.seen());
        self.send_below(c, report, cx);
    }

    /// r, for each group.
    fn delivered(&self) -> BTreeMap<GroupId, u64> {
        self.held_back.iter().map(|(group, queue)| (*group, queue.next())).collect()
    }

    /// What this node has received, has sent, or knows to be void.
    fn seen(&self) -> Report {
        let Regeneration { given, void, .. } = &self.regeneration;
        let held_back = self.held_back.iter();
        let held_back =
            held_back.flat_map(|(group, q)| q.held_back().map(|number| (*group, number)));
        let known = held_back.chain(given.iter().copied());
        let known = known.map(|(group, number)| (group, number, number.saturating_add(1)));
        let void = void.iter().map(|((group, from), to)| (*group, *from, *to));
        Report { next: self.delivered(), beyond: known.chain(void).collect() }
    }

    /// On receive ("report", e, seen).
    pub(super) fn collect(&mut self, p: NodeId, e: u64, seen: Report, cx: &mut Cx<'_, M>) {
        let alive = self.alive(cx);
        let Some((epoch, reports)) = &mut self.regeneration.making else { return };
        if e != *epoch {
            return;
        }
        reports.insert(p, seen);
        if !alive.iter().all(|p| reports.contains_key(p)) {
            return;
        }
        let (mut next, void) = after_the_last_seen(reports.values());
        self.regeneration.making = None;
        if self.regeneration.from_own_delivered {
            next = self.delivered();
        }
        if !void.is_empty() {
            self.multicast_below(GroupId::ALL, Ring::Void(void), cx);
        }
        let token = Token { epoch: e, passed: 0, next };
        turn(TokenTurn::New, &token, cx);
        self.hold(token, cx);
    }

    /// On R-deliver ("void", V).
    pub(super) fn pass_over(&mut self, void: Vec<Stretch>, cx: &mut Cx<'_, M>) {
        for (group, from, to) in void {
            self.regeneration.void.insert((group, from), to);
            self.deliver_ready(group, cx);
        }
    }
}

/// The place after the last that was reported, for each group, and the stretches before it that
/// were not.
fn after_the_last_seen<'a>(
    reports: impl Iterator<Item = &'a Report> + Clone,
) -> (BTreeMap<GroupId, u64>, Vec<Stretch>) {
    let mut next: BTreeMap<GroupId, u64> = BTreeMap::new();
    for (group, delivered) in reports.clone().flat_map(|report| &report.next) {
        let next = next.entry(*group).or_default();
        *next = (*delivered).max(*next);
    }
    let mut void = Vec::new();
    let beyond: BTreeSet<&Stretch> = reports.flat_map(|report| &report.beyond).collect();
    for (group, from, to) in beyond {
        let next = next.entry(*group).or_default();
        if from > next {
            void.push((*group, *next, *from));
        }
        *next = (*to).max(*next);
    }
    (next, void)
}

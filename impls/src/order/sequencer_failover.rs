//! FIFO-total order by a sequencer that relays, with another in its place when it crashes (lecture
//! slides on group communication: one alone is a single point of failure; JGroups, SEQUENCER).
//!
//! ```text
//! On initialization:                  e := the epoch of the first member;  backlog := {};  k := 0
//! To TO-multicast m to group g:       backlog += (m, i)
//!                                     unless a later epoch than e was promised in the log of g:
//!                                         send ("forward", e, k, m, i) to the beginner of e
//!                                         k := k + 1
//! On receive(("forward", e, k, m, i)) from p at the sequencer of e, k next from p in e:
//!                                     if i is not in the log:
//!                                         append (m, i) to the log of g as number s;  s := s + 1
//! On delivery of (m, i) as number S by the log of g:
//!                                     TO-deliver m;  backlog -= (m, i)
//! On suspicion of the sequencer at the first member that is not suspected:
//!                                     begin another epoch in the log of g
//! When an epoch e begins in the log of g:
//!                                     k := 0;  forward each of backlog, in order
//!                                     at the beginner of e: s := number of entries in the log
//! ```
//!
//! The log is the agreed log, which says how an entry is delivered and how an epoch begins. Assumes
//! crash-stop failures, and a network that is as fast as the failure detector assumes, which is
//! perfect then. Where it is not, two sequencers may number, each for those that trust it.

use crate::changed::{HARMLESS_IN_TIME, changed};
use crate::claims::{FIFO_TOTAL, INTEGRITY, ORDER, UNIFORM_AGREEMENT, VALIDITY};
use crate::detectors::SYNCHRONOUS;
use crate::detectors::keepalive::keepalive;
use crate::for_group::ForGroup;
use crate::in_order::InOrder;
use crate::naming::Naming;
use crate::order::agreed_log::{AgreedLog, Rules};
use crate::order::log_messages::{Entry, Epoch, Quorum};
use crate::order::on_log::{OnLog, Said, groups_of_me};
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Break, Cost, Flaw, Implementation, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// O4 with failover.
pub const ENTRY: Implementation = Implementation {
    name: "sequencer-failover",
    number: "O4",
    statement: "FIFO-total order by a sequencer that is replaced when it crashes",
    source: "lecture slides; Birman & Joseph 1987; JGroups SEQUENCER",
    claims: &[INTEGRITY, VALIDITY, UNIFORM_AGREEMENT, ORDER, FIFO_TOTAL],
    model: SYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "restarts-at-own-next",
            number: "T3",
            statement: "a new sequencer asks nobody, and goes on from what it has delivered",
            breaks: "prefix-order",
            keeps: &["no-creation"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/restarts-at-own-next.jsonl"),
        },
        Flaw {
            name: "failover-reuses-numbers",
            number: "PL12",
            statement: "a new sequencer numbers from 0 again",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "prefix-order"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/failover-reuses-numbers.jsonl"),
        },
        Flaw {
            name: "resends-without-dedup",
            number: "T4",
            statement: "a new sequencer numbers what is resent though the log has it",
            breaks: "no-duplication",
            keeps: &["no-creation", "validity-all", "agreement", "prefix-order"],
            faults: "crash",
            workload: "steady",
            killer: include_str!("../../killers/resends-without-dedup.jsonl"),
        },
        Flaw {
            name: "resent-after-new",
            number: "T5",
            statement: "what was forwarded to the old sequencer is resent after what was not",
            breaks: "fifo",
            keeps: &["no-creation", "no-duplication", "agreement", "prefix-order"],
            faults: "crash",
            workload: "single-sender",
            killer: include_str!("../../killers/resent-after-new.jsonl"),
        },
        NO_EPOCH,
    ],
    controls: &[HARMLESS_IN_TIME],
    breaks: &[Break {
        name: "two-sequencers",
        property: "prefix-order",
        statement: "either side of a partition suspects the other, and has a sequencer",
        faults: "partition",
        workload: "steady",
        killer: include_str!("../../killers/two-sequencers.jsonl"),
    }],
    cost: Some(Cost { formula: "n² + n + 1", messages: |n| n * n + n + 1.0, steps: 3, note: "" }),
    build: |setup| {
        let below = keepalive::<Sent<Message>>(setup);
        changed(setup, Stack::node(SequencerFailover::over(below, Quorum::AllTrusted, setup)))
    },
};

/// An epoch is taken for another.
pub const NO_EPOCH: Flaw = Flaw {
    name: "no-epoch",
    number: "T7",
    statement: "an entry is taken for one of the epoch that it finds, whatever its own",
    breaks: "validity-all",
    keeps: &["no-creation", "no-duplication", "uniform-agreement", "prefix-order"],
    faults: "crash",
    workload: "steady",
    killer: include_str!("../../killers/no-epoch.jsonl"),
};

/// `("forward", e, k, m, i)`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Forward<M> {
    e: Epoch,
    k: u64,
    entry: Entry<M>,
}

/// What travels below.
pub type Sent<M> = ForGroup<Said<M, Forward<M>>>;

/// FIFO-total order by a sequencer that is replaced when it crashes.
pub struct SequencerFailover<M, L> {
    lower: L,
    suspected: BTreeSet<NodeId>,
    groups: BTreeMap<GroupId, Group<M>>,
    quorum: Quorum,
    rules: Rules,
    failover_reuses_numbers: bool,
    resends_without_dedup: bool,
    resent_after_new: bool,
}

/// The state of one group.
struct Group<M> {
    log: AgreedLog<M>,
    naming: Naming,
    /// With each message, whether it was forwarded to some sequencer before.
    backlog: BTreeMap<MessageId, (M, bool)>,
    /// k.
    forwarded: u64,
    /// s.
    numbered: u64,
    /// What came from each member in each epoch.
    forwards: BTreeMap<(Epoch, NodeId), InOrder<Entry<M>>>,
}

impl<M: Value, L> SequencerFailover<M, L> {
    /// FIFO-total order over basic multicast with a failure detector.
    pub fn over(lower: L, quorum: Quorum, setup: &Setup<'_>) -> SequencerFailover<M, L> {
        SequencerFailover {
            lower,
            suspected: BTreeSet::new(),
            groups: BTreeMap::new(),
            quorum,
            rules: Rules::of(quorum, setup),
            failover_reuses_numbers: setup.flawed("failover-reuses-numbers"),
            resends_without_dedup: setup.flawed("resends-without-dedup"),
            resent_after_new: setup.flawed("resent-after-new"),
        }
    }

    /// The state of a group, and who is suspected.
    fn at(&mut self, group: GroupId, cx: &Cx<'_, M>) -> (&mut Group<M>, &BTreeSet<NodeId>) {
        let rules = self.rules;
        let first = || cx.members(group).first().copied().unwrap_or_default();
        let new = || Group::new(AgreedLog::new(first(), rules));
        let state = self.groups.entry(group).or_insert_with(new);
        (state, &self.suspected)
    }
}

impl<M: Value, L: Layer<Payload = Sent<M>>> SequencerFailover<M, L> {
    /// Forwards a message of this node, unless another epoch was promised.
    fn forward(&mut self, group: GroupId, i: MessageId, cx: &mut Cx<'_, M>) {
        let (state, _) = self.at(group, cx);
        let e = state.log.epoch();
        if !state.log.is_open() {
            return;
        }
        let Some((m, forwarded)) = state.backlog.get_mut(&i) else { return };
        *forwarded = true;
        let forward = Forward { e, k: state.forwarded, entry: (i, m.clone()) };
        state.forwarded += 1;
        self.send_below(e.by, ForGroup { group, m: Said::Own(forward) }, cx);
    }

    /// Numbers whatever p has forwarded in the epoch of this sequencer and is next.
    fn number(&mut self, group: GroupId, p: NodeId, cx: &mut Cx<'_, M>) {
        let again = self.resends_without_dedup;
        let (state, _) = self.at(group, cx);
        let epoch = state.log.epoch();
        let Some(forwards) = state.forwards.get_mut(&(epoch, p)) else { return };
        if !state.log.is_open() {
            return;
        }
        let mut appended = Vec::new();
        while let Some(entry) = forwards.take_next() {
            if !state.log.contains(entry.0) || again {
                appended.push(state.log.append(state.numbered, entry));
                state.numbered += 1;
            }
        }
        self.append(group, appended, cx);
    }
}

impl<M: Value, L: Layer<Payload = Sent<M>>> OnLog<Forward<M>> for SequencerFailover<M, L> {
    fn log(&mut self, group: GroupId, cx: &Cx<'_, M>) -> (&mut AgreedLog<M>, &BTreeSet<NodeId>) {
        let (state, suspected) = self.at(group, cx);
        (&mut state.log, suspected)
    }

    fn delivered(&mut self, group: GroupId, i: MessageId) {
        if let Some(state) = self.groups.get_mut(&group) {
            state.backlog.remove(&i);
        }
    }

    /// When an epoch begins.
    fn begin(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let (reuses_numbers, after_new) = (self.failover_reuses_numbers, self.resent_after_new);
        let (state, _) = self.at(group, cx);
        let epoch = state.log.epoch();
        state.forwarded = 0;
        state.numbered = if reuses_numbers { 0 } else { state.log.have() };
        state.forwards.retain(|(of, _), _| *of >= epoch);
        let mut backlog: Vec<(MessageId, bool)> =
            state.backlog.iter().map(|(i, (_, forwarded))| (*i, *forwarded)).collect();
        if after_new {
            backlog.sort_by_key(|(_, forwarded)| *forwarded);
        }
        for (i, _) in backlog {
            self.forward(group, i, cx);
        }
        for p in cx.members(group).iter() {
            self.number(group, *p, cx);
        }
    }
}

impl<M: Value, L: Layer<Payload = Sent<M>>> Protocol for SequencerFailover<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let (state, _) = self.at(group, cx);
        let i = state.naming.next(cx);
        state.backlog.insert(i, (m, false));
        self.forward(group, i, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Sent<M>>, cx: &mut Cx<'_, M>) {
        let p = received.from;
        let ForGroup { group, m } = received.message;
        match m {
            Said::Own(Forward { e, k, entry }) => {
                let (state, _) = self.at(group, cx);
                state.forwards.entry((e, p)).or_default().place(k, entry);
                self.number(group, p, cx);
            }
            Said::Log(said) => self.upon_log(group, (p, said), cx),
        }
    }

    /// On suspicion, which is for good where the detector is perfect, and on trust.
    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        _ = match indication {
            Indication::Suspect(q) => self.suspected.insert(q),
            Indication::Trust(q) if self.quorum == Quorum::Majority => self.suspected.remove(&q),
            _ => return,
        };
        for group in groups_of_me(cx) {
            self.reconsider(group, false, cx);
        }
    }
}

impl<M> Group<M> {
    fn new(log: AgreedLog<M>) -> Group<M> {
        let (backlog, forwards) = (BTreeMap::new(), BTreeMap::new());
        let naming = Naming::default();
        Group { log, naming, backlog, forwarded: 0, numbered: 0, forwards }
    }
}

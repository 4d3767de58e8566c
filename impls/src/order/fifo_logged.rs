//! FIFO multicast for nodes that come back after a crash: a log on stable storage, and what a
//! member lacks sent again until it says that it has it (Cachin, Guerraoui and Rodrigues 2011:
//! stubborn links and logged broadcast).
//!
//! ```text
//! Log at p:      what p has multicast to g, in order; on stable storage
//! R(q) at p:     the number of the next message from q that p delivers
//! Has(q) at p:   the incarnation of q and the R(p) that it last told
//! To FO-multicast(g, m):          Log := Log + m;  store Log
//!                                 send (|Log| - 1, [m]) to each member of g
//! On receive (F, U) from q:       for each m in U, in order, with the number S = F, F + 1, ...
//!                                     if S = R(q) then FO-deliver m;  R(q) := S + 1
//!                                 send ("has", incarnation, R(q)) to q
//! On receive ("has", i, r) from q:    Has(q) := max(Has(q), (i, r))
//! On recovery:                    load Log;  R := 0;  send ("restarted", incarnation) to each node
//! On receive ("restarted", i) from q: Has(q) := max(Has(q), (i, 0))
//! Every T, for each q in g with Has(q) = (i, r) and r < |Log|: send (r, Log from r on) to q
//! ```
//!
//! Assumes a perfect channel between nodes that are up; what reaches a node that is down is lost.
//! A restarted node has lost what it delivered and delivers all of it again. The log grows for
//! ever. What a sender that never comes back had not sent to everybody some members lack.

use crate::changed::{HARMLESS, changed};
use crate::claims::{FIFO, INTEGRITY, VALIDITY};
use crate::patience::{FIRST, Patience};
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Stack, Value};
use pepperland_core::fault::Fault;
use pepperland_core::history::FailureModel;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Claim, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// O1 where nodes come back.
pub const ENTRY: Implementation = Implementation {
    name: "fifo-logged",
    number: "O1",
    statement: "FIFO order for nodes that come back: a log on stable storage, sent until received",
    source: "after Cachin, Guerraoui & Rodrigues 2011",
    claims: &[INTEGRITY, VALIDITY, FIFO, &[Claim::always("fifo-across-incarnations")]],
    model: Model {
        failures: FailureModel::CrashRecovery,
        tolerates: &[
            Fault::Crash,
            Fault::Recovery,
            Fault::Delay,
            Fault::Reorder,
            Fault::Duplication,
            Fault::Partition,
            Fault::Pause,
        ],
        ..Model::ASYNCHRONOUS
    },
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "reset-sequence-after-restart",
            number: "R6",
            statement: "a restarted sender does not read its log, and counts from 0 again",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication"],
            faults: "crash-recovery",
            workload: "steady",
            killer: include_str!("../../killers/reset-sequence-after-restart.jsonl"),
        },
        Flaw {
            name: "store-after-send",
            number: "R17",
            statement: "the log is written after the message is sent: a number is given out twice",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication"],
            faults: "crash-recovery",
            workload: "steady",
            killer: include_str!("../../killers/store-after-send.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[],
    cost: Some(Cost { formula: "2n", messages: |n| 2.0 * n, steps: 1, note: "" }),
    build: |setup| {
        let links = Network::<Frame<Message>>::payload();
        changed(setup, Stack::node(FifoLogged::over(links, setup)))
    },
};

/// What travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Frame<M> {
    /// `(F, U)`.
    Log(GroupId, u64, Vec<M>),
    /// `("has", i, r)`.
    Has(GroupId, u32, u64),
    /// `("restarted", i)`.
    Restarted(u32),
}

/// FIFO multicast from logs.
pub struct FifoLogged<M, L> {
    links: L,
    groups: BTreeMap<GroupId, Group<M>>,
    reset_sequence_after_restart: bool,
    store_after_send: bool,
}

/// The state of one group.
struct Group<M> {
    log: Vec<M>,
    /// R.
    next: BTreeMap<NodeId, u64>,
    has: BTreeMap<NodeId, (u32, u64)>,
    /// T, while it runs.
    patience: Option<Patience>,
}

impl<M: Value, L: Layer<Payload = Frame<M>>> FifoLogged<M, L> {
    /// FIFO order over these links.
    pub fn over(links: L, setup: &Setup<'_>) -> FifoLogged<M, L> {
        FifoLogged {
            links,
            groups: BTreeMap::new(),
            reset_sequence_after_restart: setup.flawed("reset-sequence-after-restart"),
            store_after_send: setup.flawed("store-after-send"),
        }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        self.groups.entry(group).or_insert_with(|| Group::of(Vec::new()))
    }

    fn store(&self, cx: &mut Cx<'_, M>) {
        let logs = self.groups.iter().map(|(group, state)| (*group, state.log.clone()));
        cx.store("logs", &logs.collect::<BTreeMap<_, _>>());
    }

    /// Starts T in a group, unless it runs.
    fn watch(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let state = self.group(group);
        if state.patience.is_none() {
            let patience = state.patience.insert(Patience::new(FIRST));
            cx.set_timer(group.0, patience.wait());
        }
    }

    fn upon_log(&mut self, from: (NodeId, GroupId), log: (u64, Vec<M>), cx: &mut Cx<'_, M>) {
        let ((q, group), (first, messages)) = (from, log);
        let next = self.group(group).next.entry(q).or_default();
        for (place, m) in messages.into_iter().enumerate() {
            if first.checked_add(place as u64) == Some(*next) {
                *next += 1;
                cx.deliver(Delivery { from: q, group, message: m, slot: None });
            }
        }
        let has = Frame::Has(group, cx.incarnation(), *next);
        self.send_below(q, has, cx);
    }
}

impl<M: Value, L: Layer<Payload = Frame<M>>> Protocol for FifoLogged<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.links
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let state = self.group(group);
        let number = state.log.len() as u64;
        state.log.push(m.clone());
        if !self.store_after_send {
            self.store(cx);
        }
        self.send_each_below(cx.members(group), Frame::Log(group, number, vec![m]), cx);
        if self.store_after_send {
            self.store(cx);
        }
        self.watch(group, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Frame<M>>, cx: &mut Cx<'_, M>) {
        let q = received.from;
        match received.message {
            Frame::Log(group, first, messages) => self.upon_log((q, group), (first, messages), cx),
            Frame::Has(group, i, r) => self.group(group).hear(q, (i, r)),
            Frame::Restarted(i) => {
                self.groups.values_mut().for_each(|state| state.hear(q, (i, 0)));
                let groups: Vec<GroupId> = self.groups.keys().copied().collect();
                groups.into_iter().for_each(|group| self.watch(group, cx));
            }
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, M>) {
        let group = GroupId(tag);
        let members = cx.members(group);
        let state = self.group(group);
        let lacking = members.iter().filter_map(|q| Some((*q, state.lacked_by(*q, group)?)));
        let lacking: Vec<(NodeId, Frame<M>)> = lacking.collect();
        state.patience.take_if(|_| lacking.is_empty());
        if let Some(patience) = &mut state.patience {
            cx.set_timer(tag, patience.wait());
        }
        lacking.into_iter().for_each(|(q, log)| self.send_below(q, log, cx));
    }

    fn upon_recover(&mut self, cx: &mut Cx<'_, M>) {
        let logs = cx.load::<BTreeMap<GroupId, Vec<M>>>("logs").unwrap_or_default();
        if !self.reset_sequence_after_restart {
            self.groups = logs.into_iter().map(|(group, log)| (group, Group::of(log))).collect();
        }
        let groups: Vec<GroupId> = self.groups.keys().copied().collect();
        groups.into_iter().for_each(|group| self.watch(group, cx));
        let restarted = Frame::Restarted(cx.incarnation());
        self.send_each_below(cx.members(GroupId::ALL), restarted, cx);
    }
}

impl<M: Clone> Group<M> {
    fn of(log: Vec<M>) -> Group<M> {
        Group { log, next: BTreeMap::new(), has: BTreeMap::new(), patience: None }
    }

    /// `Has(q) := max(Has(q), (i, r))`: what an earlier incarnation had is lost.
    fn hear(&mut self, q: NodeId, told: (u32, u64)) {
        let has = self.has.entry(q).or_default();
        *has = told.max(*has);
    }

    /// What q does not have of the log.
    fn lacked_by(&self, q: NodeId, group: GroupId) -> Option<Frame<M>> {
        let r = self.has.get(&q).map_or(0, |(_, r)| *r);
        let lacked = self.log.get(r as usize..).filter(|lacked| !lacked.is_empty())?;
        Some(Frame::Log(group, r, lacked.to_vec()))
    }
}

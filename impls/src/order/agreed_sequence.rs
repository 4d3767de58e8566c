//! One sequence of messages for all nodes that there are, which outlives the crashes of a minority
//! and takes those in again that come back: an agreed log on stable storage, written by a sequencer
//! that may be replaced (Oki and Liskov 1988, viewstamped replication; Cachin, Guerraoui & Rodrigues
//! 2011, 5.5, logging). Groups that are some of the nodes, and not always the same, stand on it.
//!
//! ```text
//! To TO-multicast m:                  backlog += (m, i);  forward (m, i)
//! To forward (m, i):                  unless a later epoch than e was promised:
//!                                         send ("forward", m, i) to the beginner of e
//! On receive(("forward", m, i)):      forwards += (m, i)
//! At the beginner of e, for (m, i) in forwards that is not in the log, and either is the first of
//! its sender or comes after one in the log:
//!                                     append (m, i) to the log
//! On delivery of (m, i) by the log:   TO-deliver m;  backlog -= (m, i)
//! When an epoch begins:               forward each of backlog, in order
//! Before "collect", "state", "begin" and "have" are said:
//!                                     store what was promised, and the log
//! On recovery:                        load the log;  promise a later epoch;  begin a still later one
//! Until an epoch begins at the restarted node:
//!     once it is told of a later one, and then after twice as long each time:
//!                                     begin a still later one
//! ```
//!
//! Assumes a majority that never crashes at once and a perfect channel between nodes that are up;
//! of time, that suspicions are right in the end. A restarted node delivers the sequence from its
//! beginning again. It gives way to whoever else begins an epoch for longer and longer: where links
//! are fast one way and slow the other, two that answer each other with later epochs would never end
//! (as rival proposers; Lamport, *The Part-Time Parliament*, 1998). Suspicions are handed up, and what is sent to one node goes there as it is.

use crate::detectors::keepalive::keepalive;
use crate::for_group::ForGroup;
use crate::naming::Naming;
use crate::order::agreed_log::{AgreedLog, Kept, Rules};
use crate::order::log_messages::{Entry, LogMessage, Quorum, Say};
use crate::order::on_log::{OnLog, Said};
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The layer over heartbeats.
pub fn agreed_sequence<M: Value>(setup: &Setup<'_>) -> impl Layer<Payload = M> + use<M> {
    AgreedSequence::over(keepalive::<Sent<M>>(setup), setup)
}

/// What is sent to one node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Told<M> {
    /// `("forward", m, i)`.
    Forward(Entry<M>),
    /// A message in no order.
    Aside(M),
}

/// What travels below.
pub type Sent<M> = ForGroup<Said<M, Told<M>>>;

/// One sequence for all nodes.
pub struct AgreedSequence<M, L> {
    lower: L,
    everybody: Rc<[NodeId]>,
    suspected: BTreeSet<NodeId>,
    log: AgreedLog<M>,
    naming: Naming,
    backlog: BTreeMap<MessageId, M>,
    forwards: BTreeMap<MessageId, M>,
    /// While a restarted node waits for an epoch.
    trying: Option<Trying>,
    /// How long it takes to begin an epoch that nobody contests.
    uncontested: Span,
}

/// What a restarted node has done to begin an epoch.
#[derive(Copy, Clone, Debug, Default)]
struct Trying {
    /// The number of the last that it tried to begin.
    number: u32,
    /// How many times it has tried.
    times: u32,
}

/// The timer of the next try.
const TRY: u32 = 0;

/// How many times it tries without waiting: what it has stored may be behind what others have
/// promised, and of that it is told.
const AT_ONCE: u32 = 2;

/// How many times the wait is doubled at most.
const MOST_DOUBLINGS: u32 = 6;

/// There is one log. Nobody below looks at the group.
const LOG: GroupId = GroupId::ALL;

/// The name of the log on stable storage.
const KEPT: &str = "log";

impl<M: Value, L> AgreedSequence<M, L> {
    /// The sequence over a failure detector that watches all nodes.
    pub fn over(lower: L, setup: &Setup<'_>) -> AgreedSequence<M, L> {
        let everybody: Rc<[NodeId]> = NodeId::first(setup.nodes).collect();
        AgreedSequence {
            lower,
            log: AgreedLog::new(everybody[0], Rules::of(Quorum::Majority, setup)),
            everybody,
            suspected: BTreeSet::new(),
            naming: Naming::default(),
            backlog: BTreeMap::new(),
            forwards: BTreeMap::new(),
            trying: None,
            uncontested: Span(setup.max_latency.0.saturating_mul(4)),
        }
    }

    /// The first message in `forwards` whose turn in the log it is.
    fn next_forward(&self) -> Option<MessageId> {
        let follows = |i: &&MessageId| {
            i.number <= 1 || self.log.contains(MessageId { number: i.number - 1, ..**i })
        };
        self.forwards.keys().find(follows).copied()
    }
}

impl<M: Value, L: Layer<Payload = Sent<M>>> AgreedSequence<M, L> {
    fn forward(&mut self, i: MessageId, cx: &mut Cx<'_, M>) {
        let Some(m) = self.backlog.get(&i).filter(|_| self.log.is_open()) else { return };
        let m = Said::Own(Told::Forward((i, m.clone())));
        self.send_below(self.log.epoch().by, ForGroup { group: LOG, m }, cx);
    }

    /// Appends whatever was forwarded and has its turn.
    fn write(&mut self, cx: &mut Cx<'_, M>) {
        if !self.log.is_open() || self.log.epoch().by != cx.me() {
            return;
        }
        self.forwards.retain(|i, _| !self.log.contains(*i));
        while let Some(i) = self.next_forward() {
            let Some(m) = self.forwards.remove(&i) else { return };
            let appended = self.log.append(self.log.have(), (i, m));
            self.append(LOG, vec![appended], cx);
        }
    }

    /// A restarted node begins an epoch later than all that it hears of.
    fn try_to_begin(&mut self, cx: &mut Cx<'_, M>) {
        let latest = self.log.latest().number;
        let Some(trying) = self.trying.as_mut().filter(|trying| latest > trying.number) else {
            return;
        };
        *trying = Trying { number: latest + 1, times: trying.times + 1 };
        let doublings = trying.times.min(MOST_DOUBLINGS);
        cx.set_timer(TRY, Span(self.uncontested.0.saturating_mul(1 << doublings)));
        let collect = self.log.collect(cx.me());
        self.say(LOG, collect.map(Say::ToAll), cx);
    }
}

impl<M: Value, L: Layer<Payload = Sent<M>>> OnLog<Told<M>> for AgreedSequence<M, L> {
    fn log(&mut self, _: GroupId, _: &Cx<'_, M>) -> (&mut AgreedLog<M>, &BTreeSet<NodeId>) {
        (&mut self.log, &self.suspected)
    }

    fn agreeing(&self, _: GroupId, _: &Cx<'_, M>) -> Rc<[NodeId]> {
        self.everybody.clone()
    }

    fn delivered(&mut self, _: GroupId, i: MessageId) {
        self.backlog.remove(&i);
    }

    fn begin(&mut self, _: GroupId, cx: &mut Cx<'_, M>) {
        self.trying = None;
        let backlog: Vec<MessageId> = self.backlog.keys().copied().collect();
        backlog.into_iter().for_each(|i| self.forward(i, cx));
        self.write(cx);
    }

    fn say(&mut self, group: GroupId, said: Option<Say<M>>, cx: &mut Cx<'_, M>) {
        let (to, m): (Rc<[NodeId]>, LogMessage<M>) = match said {
            Some(Say::To(p, m)) => ([p].into(), m),
            Some(Say::ToAll(m)) => (self.everybody.clone(), m),
            None => return,
        };
        if let Some(kept) = self.log.kept_before(&m) {
            cx.store(KEPT, &kept);
        }
        self.send_each_below(to, ForGroup { group, m: Said::Log(m) }, cx);
    }
}

impl<M: Value, L: Layer<Payload = Sent<M>>> Protocol for AgreedSequence<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_recover(&mut self, cx: &mut Cx<'_, M>) {
        self.log.restore(cx.load::<Kept<M>>(KEPT), cx.me());
        self.trying = Some(Trying::default());
        self.try_to_begin(cx);
    }

    fn multicast(&mut self, _: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let i = self.naming.next(cx);
        self.backlog.insert(i, m);
        self.forward(i, cx);
    }

    fn send(&mut self, to: NodeId, m: M, cx: &mut Cx<'_, M>) {
        self.send_below(to, ForGroup { group: LOG, m: Said::Own(Told::Aside(m)) }, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Sent<M>>, cx: &mut Cx<'_, M>) {
        match received.message.m.clone() {
            Said::Own(Told::Aside(m)) => cx.deliver(received.with(m)),
            Said::Own(Told::Forward((i, m))) => {
                self.forwards.insert(i, m);
                self.write(cx);
            }
            Said::Log(said) => {
                self.upon_log(LOG, (received.from, said), cx);
                if self.trying.is_some_and(|trying| trying.times < AT_ONCE) {
                    self.try_to_begin(cx);
                }
            }
        }
    }

    /// It is time for a restarted node to try again, or to wait on if it has heard of no later
    /// epoch than its own.
    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        if self.trying.is_some() {
            cx.set_timer(TRY, self.uncontested);
            self.try_to_begin(cx);
        }
    }

    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        _ = match indication {
            Indication::Suspect(q) => self.suspected.insert(q),
            Indication::Trust(q) => self.suspected.remove(&q),
            _ => return,
        };
        cx.indicate(indication);
        self.reconsider(LOG, false, cx);
    }
}

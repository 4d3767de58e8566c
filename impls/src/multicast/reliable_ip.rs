//! Reliable multicast over IP multicast: acknowledgements travel with the messages, gaps are asked
//! for by negative acknowledgements (Coulouris et al., *Distributed Systems*, 5th ed., section
//! 15.4.2, "Implementing reliable multicast over IP multicast").
//!
//! ```text
//! On initialization at p:    S(p, g) := 0;  R(q, g) := −1 for each q in g
//! To R-multicast m to g:     IP-multicast(g, (m, S(p, g), {<q, R(q, g)>}));  S(p, g) := S(p, g) + 1
//! On receive (m, S, acks) from p:
//!     if S = R(p, g) + 1     R-deliver m;  R(p, g) := R(p, g) + 1;  look into the hold-back queue
//!     if S <= R(p, g)        m was delivered before: drop it
//!     if S > R(p, g) + 1     put m in the hold-back queue
//!     if S > R(p, g) + 1, or R > R(q, g) for some <q, R> in acks:  messages are missing: ask for
//!                            them by a negative acknowledgement, their sender or whoever has them
//! ```
//!
//! Assumes that messages may be lost, yet not for ever, and crash-stop failures. The last message
//! is safe only while everybody keeps sending, and everything is kept for ever, as the source says.
//!
//! Departs from the source, which does not say when and whom to ask: a gap is given a moment, as
//! the message may only have been overtaken; then its sender is asked, and after it one member
//! after the other, since the sender may have crashed and negative acknowledgements may be lost.

use crate::changed::{HARMLESS, changed};
use crate::claims::INTEGRITY;
use crate::for_group::ForGroup;
use crate::multicast::FAIR_LOSS;
use crate::multicast::streams::{Name, Streams};
use crate::patience::Patience;
use pepperland_core::contract::{Cx, Delivery, Layer, Network, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Proviso, Setup};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// M3.
pub const ENTRY: Implementation = Implementation {
    name: "reliable-ip",
    number: "M3",
    statement: "reliable multicast over IP multicast: piggybacked and negative acknowledgements",
    source: "Coulouris et al. 2011, 15.4.2",
    claims: &[
        INTEGRITY,
        &[
            Claim::always("validity-self"),
            Claim::only("validity-all", Proviso::KeepsSending),
            Claim::always("validity-some"),
            Claim::only("agreement", Proviso::KeepsSending),
            Claim::always("fifo"),
        ],
    ],
    model: FAIR_LOSS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[
        Flaw {
            name: "ignore-piggybacked-acks",
            number: "R12",
            statement: "a gap is seen only by the next message of the same sender",
            breaks: "agreement",
            keeps: &["no-creation", "no-duplication", "validity-self", "validity-all", "fifo"],
            faults: "crash,loss",
            workload: "steady",
            killer: include_str!("../../killers/ignore-piggybacked-acks.jsonl"),
        },
        Flaw {
            name: "no-nack",
            number: "PL8",
            statement: "a gap is seen and not asked for",
            breaks: "validity-all",
            keeps: &["no-creation", "no-duplication", "validity-self", "fifo"],
            faults: "loss",
            workload: "steady",
            killer: include_str!("../../killers/no-nack.jsonl"),
        },
    ],
    controls: &[HARMLESS],
    breaks: &[
        Break {
            name: "silence-after-the-last",
            property: "agreement",
            statement: "a lost message is missed only when somebody speaks again",
            faults: "loss",
            workload: "steady",
            killer: include_str!("../../killers/silence-after-the-last.jsonl"),
        },
        Break {
            name: "delivered-by-the-crashed-alone",
            property: "uniform-agreement",
            statement: "a node delivers its own message, crashes, and nobody else has received it",
            faults: "crash,loss",
            workload: "steady",
            killer: include_str!("../../killers/delivered-by-the-crashed-alone.jsonl"),
        },
    ],
    cost: Some(Cost { formula: "n", messages: |n| n, steps: 1, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(ReliableIp::<Message, _>::over(Network::payload(), setup)))
    },
};

/// What travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said<M> {
    /// `(m, S, {<q, R>})`; without those of whom nothing is delivered.
    Data {
        /// S.
        number: u64,
        /// Each `<q, R>`.
        acks: Vec<(NodeId, u64)>,
        /// m.
        m: M,
    },
    /// These messages are missing.
    Nack(Vec<Name>),
    /// A message that was asked for.
    Repair(Name, M),
}

/// Reliable multicast over IP multicast.
pub struct ReliableIp<M, L> {
    lower: L,
    groups: BTreeMap<GroupId, Group<M>>,
    overtaking: Span,
    ignore_piggybacked_acks: bool,
    no_nack: bool,
}

/// The state of one group.
struct Group<M> {
    /// S.
    sent: u64,
    /// R, the hold-back queue, and all that was delivered.
    streams: Streams<M>,
    patience: Patience,
    /// How often has been asked since something is missing; none if nothing is.
    asked: Option<usize>,
}

impl<M: Value, L: Layer<Payload = ForGroup<Said<M>>>> ReliableIp<M, L> {
    /// Reliable multicast over this network.
    pub fn over(lower: L, setup: &Setup<'_>) -> ReliableIp<M, L> {
        ReliableIp {
            lower,
            groups: BTreeMap::new(),
            overtaking: setup.max_latency,
            ignore_piggybacked_acks: setup.flawed("ignore-piggybacked-acks"),
            no_nack: setup.flawed("no-nack"),
        }
    }

    fn group(&mut self, group: GroupId, cx: &Cx<'_, M>) -> &mut Group<M> {
        let first = self.overtaking;
        self.groups.entry(group).or_insert_with(|| Group {
            sent: 0,
            streams: Streams::of(&cx.members(group)),
            patience: Patience::new(first),
            asked: None,
        })
    }

    /// A message of q has come, from q or from whoever had it.
    fn receive(&mut self, group: GroupId, name: Name, m: M, cx: &mut Cx<'_, M>) {
        let (q, _) = name;
        let state = self.group(group, cx);
        state.streams.put(name, m);
        while let Some(m) = state.streams.deliver_next(q) {
            cx.deliver(Delivery { from: q, group, message: m, slot: None });
        }
        self.look_for_gaps(group, cx);
    }

    /// If messages are missing, they will be asked for.
    fn look_for_gaps(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let no_nack = self.no_nack;
        let state = self.group(group, cx);
        if state.asked.is_none() && !no_nack && !state.streams.missing().is_empty() {
            state.asked = Some(0);
            let wait = state.patience.wait_at_random(cx.random());
            cx.set_timer(group.0, wait);
        }
    }

    /// Asks for what is missing: the sender first, then the members after it in turn.
    fn ask_again(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let state = self.group(group, cx);
        let missing = state.streams.missing();
        let Some(asked) = state.asked.filter(|_| !missing.is_empty()) else {
            state.asked = None;
            return state.patience.reset();
        };
        state.asked = Some(asked + 1);
        let wait = state.patience.wait_at_random(cx.random());
        cx.set_timer(group.0, wait);
        let others: Vec<NodeId> =
            cx.members(group).iter().filter(|p| **p != cx.me()).copied().collect();
        let mut requests: BTreeMap<NodeId, Vec<Name>> = BTreeMap::new();
        for name in missing {
            let sender = others.iter().position(|p| *p == name.0).unwrap_or(0);
            let whom = others.get((sender + asked) % others.len().max(1));
            requests.entry(*whom.unwrap_or(&name.0)).or_default().push(name);
        }
        for (whom, missing) in requests {
            self.send_below(whom, ForGroup { group, m: Said::Nack(missing) }, cx);
        }
    }

    /// Whoever has more than this node knows of messages that are missing here.
    fn upon_acks(&mut self, group: GroupId, acks: Vec<(NodeId, u64)>, cx: &mut Cx<'_, M>) {
        if !self.ignore_piggybacked_acks {
            let state = self.group(group, cx);
            acks.iter().for_each(|(q, last)| state.streams.hear(*q, last.saturating_add(1)));
        }
    }

    /// Sends whoever asks what is here of what it misses.
    fn upon_nack(&mut self, group: GroupId, from: NodeId, missing: Vec<Name>, cx: &mut Cx<'_, M>) {
        for name in missing {
            if let Some(m) = self.group(group, cx).streams.get(name).cloned() {
                self.send_below(from, ForGroup { group, m: Said::Repair(name, m) }, cx);
            }
        }
    }
}

impl<M: Value, L: Layer<Payload = ForGroup<Said<M>>>> Protocol for ReliableIp<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let state = self.group(group, cx);
        let delivered = state.streams.delivered();
        let acks = delivered.filter_map(|(q, count)| Some((q, count.checked_sub(1)?))).collect();
        let number = state.sent;
        state.sent += 1;
        let m = Said::Data { number, acks, m };
        self.multicast_below(group, ForGroup { group, m }, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<ForGroup<Said<M>>>, cx: &mut Cx<'_, M>) {
        let (from, ForGroup { group, m: said }) = (received.from, received.message);
        match said {
            Said::Data { number, acks, m } => {
                self.upon_acks(group, acks, cx);
                self.receive(group, (from, number), m, cx);
            }
            Said::Nack(missing) => self.upon_nack(group, from, missing, cx),
            Said::Repair(name, m) => self.receive(group, name, m, cx),
        }
    }

    fn upon_timeout(&mut self, group: u32, cx: &mut Cx<'_, M>) {
        self.ask_again(GroupId(group), cx);
    }
}

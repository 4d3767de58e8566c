//! Total order by vote: every receiver proposes which message comes next, and what a majority
//! proposes does (the lecture that the catalogue follows, slide 127: agreement at the
//! destinations, by majority vote).
//!
//! ```text
//! On initialization:              s := 0;  pending := ()
//! To TO-multicast m:              R-multicast (m, i)
//! On R-deliver (m, i):            append (m, i) to pending
//! When no vote cast for s and pending is not empty:
//!                                 R-multicast ("vote", s, i), i the first of pending
//! On R-deliver ("vote", s', i) from q:   votes(s', q) := i
//! When i is elected for s and (m, i) in pending:
//!                                 TO-deliver m;  pending -= (m, i);  s := s + 1
//! i is elected for s:  more than half of the members vote for it; or all have voted, none has a
//!                      majority, i has the most votes, and of those the least name
//! ```
//!
//! Assumes reliable multicast below and crash-stop failures. The lecture has the majority only and
//! does not say what becomes of split votes, which would hold up everything for ever. Here they are
//! counted out when all votes are in, which everybody does alike. After a crash they may never be:
//! termination is claimed only while nobody crashes, order always.

use crate::changed::{HARMLESS, changed};
use crate::claims::{AGREEMENT, INTEGRITY, VALIDITY_WHILE_NOBODY_CRASHES};
use crate::multicast::reliable::reliable;
use crate::naming::Naming;
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Stack, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Break, Claim, Cost, Flaw, Implementation, Model, Setup};
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// O10, by vote.
pub const ENTRY: Implementation = Implementation {
    name: "voted-order",
    number: "O10",
    statement: "total order by vote: what most receivers want next comes next",
    source: "Défago, Schiper & Urbán 2004: destinations agreement",
    claims: &[
        INTEGRITY,
        VALIDITY_WHILE_NOBODY_CRASHES,
        AGREEMENT,
        &[
            Claim::always("local-order"),
            Claim::always("uniform-local-order"),
            Claim::always("total-order"),
            Claim::always("uniform-total-order"),
            Claim::always("prefix-order"),
            Claim::always("consecutive-slots"),
        ],
    ],
    model: Model::ASYNCHRONOUS,
    nodes: 5,
    budget: |n| n - 1,
    flaws: &[Flaw {
        name: "plurality",
        number: "T25",
        statement: "when a majority has voted, the most votes elect, whoever has voted",
        breaks: "prefix-order",
        keeps: &["no-creation", "no-duplication"],
        faults: "none",
        workload: "steady",
        killer: include_str!("../../killers/plurality.jsonl"),
    }],
    controls: &[HARMLESS],
    breaks: &[Break {
        name: "split-votes",
        property: "validity-all",
        statement: "one member crashes, the votes of the others are split, and nothing is elected \
                    any more",
        faults: "crash",
        workload: "steady",
        killer: include_str!("../../killers/split-votes.jsonl"),
    }],
    cost: Some(Cost { formula: "n³ + n²", messages: |n| n * n * n + n * n, steps: 2, note: "" }),
    build: |setup| {
        changed(setup, Stack::node(VotedOrder::over(reliable::<Voting<Message>>(setup), setup)))
    },
};

/// What is multicast below.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Voting<M> {
    /// `(m, i)`.
    Data(MessageId, M),
    /// `("vote", s, i)`.
    Vote(u64, MessageId),
}

/// Total order by vote.
pub struct VotedOrder<M, L> {
    lower: L,
    naming: Naming,
    groups: BTreeMap<GroupId, Group<M>>,
    plurality: bool,
}

/// The state of one group.
struct Group<M> {
    /// s: the place in the order that is voted about.
    place: u64,
    /// Whether this node has voted about it.
    voted: bool,
    /// In the order of arrival.
    pending: Vec<(MessageId, M)>,
    /// What each member wants, for each place not yet decided.
    votes: BTreeMap<u64, BTreeMap<NodeId, MessageId>>,
}

impl<M, L> VotedOrder<M, L> {
    /// Total order over this multicast.
    pub fn over(lower: L, setup: &Setup<'_>) -> VotedOrder<M, L> {
        VotedOrder {
            lower,
            naming: Naming::default(),
            groups: BTreeMap::new(),
            plurality: setup.flawed("plurality"),
        }
    }

    fn group(&mut self, group: GroupId) -> &mut Group<M> {
        self.groups.entry(group).or_insert_with(Group::new)
    }
}

impl<M: Value, L: Layer<Payload = Voting<M>>> VotedOrder<M, L> {
    /// Votes and delivers as far as it goes.
    fn proceed(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let (members, plurality) = (cx.members(group).len(), self.plurality);
        loop {
            self.vote(group, cx);
            let state = self.group(group);
            let Some((slot, (i, m))) = state.take_elected(members, plurality) else { return };
            cx.deliver(Delivery { from: i.origin, group, message: m, slot: Some(slot) });
        }
    }

    fn vote(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let state = self.group(group);
        let Some(i) = state.pending.first().map(|(i, _)| *i).filter(|_| !state.voted) else {
            return;
        };
        state.voted = true;
        let vote = Voting::Vote(state.place, i);
        self.multicast_below(group, vote, cx);
    }
}

impl<M: Value, L: Layer<Payload = Voting<M>>> Protocol for VotedOrder<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let i = self.naming.next(cx);
        self.multicast_below(group, Voting::Data(i, m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Voting<M>>, cx: &mut Cx<'_, M>) {
        let (group, q) = (received.group, received.from);
        let state = self.group(group);
        match received.message {
            Voting::Data(i, m) => state.pending.push((i, m)),
            // One for a place that is decided changes nothing.
            Voting::Vote(place, _) if place < state.place => {}
            Voting::Vote(place, i) => {
                state.votes.entry(place).or_default().insert(q, i);
            }
        }
        self.proceed(group, cx);
    }
}

impl<M> Group<M> {
    fn new() -> Group<M> {
        Group { place: 0, voted: false, pending: Vec::new(), votes: BTreeMap::new() }
    }

    /// Who is elected for s, among so many members.
    fn elected(&self, members: usize, plurality: bool) -> Option<MessageId> {
        let votes = self.votes.get(&self.place)?;
        let mut count: BTreeMap<MessageId, usize> = BTreeMap::new();
        votes.values().for_each(|i| *count.entry(*i).or_default() += 1);
        let (i, most) = count.into_iter().max_by_key(|(i, count)| (*count, Reverse(*i)))?;
        let majority = |count: usize| 2 * count > members;
        let all_have_voted = votes.len() == members;
        let enough = majority(most) || all_have_voted || plurality && majority(votes.len());
        enough.then_some(i)
    }

    /// The elected message, if it is here, with its place; the next place is voted about then.
    fn take_elected(&mut self, members: usize, plurality: bool) -> Option<(u64, (MessageId, M))> {
        let i = self.elected(members, plurality)?;
        let at = self.pending.iter().position(|(pending, _)| *pending == i)?;
        let place = self.place;
        self.votes.remove(&place);
        self.place += 1;
        self.voted = false;
        Some((place, self.pending.remove(at)))
    }
}

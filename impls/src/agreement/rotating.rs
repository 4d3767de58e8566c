//! One instance of consensus by a rotating coordinator (Chandra & Toueg, *Unreliable Failure
//! Detectors for Reliable Distributed Systems*, JACM 43(2), 1996, §6.2), as an engine: what is said
//! goes in, what is to be said comes out, and nothing else. Consensus for applications, and atomic
//! multicast by consensus, stand on it.
//!
//! ```text
//! coordinator(r) = member number (r - 1) mod n;  majority = ⌊n/2⌋ + 1
//! To propose v:                       estimate := v;  ts := 0;  enter round 1
//! To enter round r:                   send ("estimate", r, estimate, ts) to coordinator(r)
//! On a majority of ("estimate", r) at coordinator(r):
//!                                     c := an estimate with the greatest ts, of the least sender
//!                                     send ("proposal", r, c) to all
//! On ("proposal", r, c) in round r:   estimate := c;  ts := r;  send ("answer", r, ack)
//! On suspicion of coordinator(r) in round r:
//!                                     unless answered: send ("answer", r, nack)
//!                                     enter round r + 1
//! On a majority of ("answer", r) at coordinator(r):
//!                                     if all are acks: send ("decide", c) to all
//!                                     else: send ("abandoned", r) to all
//! On ("abandoned", r) in round r:     enter round r + 1
//! On the first ("decide", c):         send ("decide", c) to all;  decide c
//! ```
//!
//! Assumes a perfect channel, a majority that lives, that every member proposes, and a failure
//! detector that suspects whoever has crashed and in the end trusts somebody correct. What a
//! majority has acknowledged is locked: each later coordinator hears of it from one of them, with a
//! greater `ts` than of anything else.
//!
//! Departs from the source: there, who has answered goes on to the next round at once, and all run
//! through rounds until a decision reaches them. Here they wait for the outcome of the round, which
//! costs the message "abandoned" where a round fails, and nothing where none does. Nobody suspects
//! itself, so that nobody goes through more rounds than there are members without a message. What
//! is said of rounds to come is kept; a member that has not proposed keeps it until it does, and
//! coordinates meanwhile.

#[cfg(test)]
mod tests;

use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What members say to each other about one instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Round<V> {
    /// `("estimate", r, estimate, ts)`.
    Estimate {
        /// The round.
        r: u32,
        /// What the sender thinks will be decided.
        estimate: V,
        /// Since which round it thinks so.
        ts: u32,
    },
    /// `("proposal", r, c)`.
    Proposal {
        /// The round.
        r: u32,
        /// What its coordinator has chosen.
        estimate: V,
    },
    /// `("answer", r, ack)`.
    Answer {
        /// The round.
        r: u32,
        /// Whether the sender has taken over what the coordinator has chosen.
        ack: bool,
    },
    /// `("abandoned", r)`.
    Abandoned {
        /// The round.
        r: u32,
    },
    /// `("decide", c)`.
    Decide(V),
}

/// What is to be said, and to whom.
#[derive(Clone, Debug)]
pub enum Say<V> {
    /// To one member.
    To(NodeId, Round<V>),
    /// To every member.
    ToAll(Round<V>),
}

/// What a member does on something: it says this, and then it decides.
#[derive(Clone, Debug)]
pub struct Outcome<V> {
    /// What is to be said, in order.
    pub say: Vec<Say<V>>,
    /// What is decided, if it is now.
    pub decided: Option<V>,
}

/// Planted flaws of the rounds.
#[derive(Copy, Clone, Debug, Default)]
pub struct Planted {
    /// A coordinator takes the estimate with the least `ts`.
    pub lock_ignored: bool,
    /// Half of the members are taken for a majority.
    pub minority_quorum: bool,
    /// Who hears of a decision does not tell the others.
    pub decides_untold: bool,
}

impl Planted {
    /// Those that the setup switches on.
    pub fn of(setup: &Setup<'_>) -> Planted {
        Planted {
            lock_ignored: setup.flawed("lock-ignored"),
            minority_quorum: setup.flawed("minority-quorum"),
            decides_untold: setup.flawed("decides-untold"),
        }
    }
}

/// One instance at one member.
#[derive(Debug)]
pub struct Rotating<V> {
    members: Rc<[NodeId]>,
    planted: Planted,
    /// What this member stands for in its round; none before it has proposed.
    standing: Option<Standing<V>>,
    /// What coordinators have proposed, of this round and of later ones.
    proposals: BTreeMap<u32, V>,
    /// Which rounds are abandoned, of this one and of later ones.
    abandoned: BTreeSet<u32>,
    /// The rounds that this member coordinates.
    led: BTreeMap<u32, Led<V>>,
    stage: Stage,
}

/// What a member stands for.
#[derive(Debug)]
struct Standing<V> {
    /// r.
    round: u32,
    estimate: V,
    ts: u32,
    /// Whether it has answered in this round.
    answered: bool,
}

/// A round at its coordinator.
#[derive(Debug)]
struct Led<V> {
    /// The estimates in the order in which they came.
    estimates: Vec<(NodeId, u32, V)>,
    /// c.
    chosen: Option<V>,
    /// The answers in the order in which they came.
    answers: Vec<(NodeId, bool)>,
    is_over: bool,
}

/// How far a member knows of the decision.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Stage {
    /// There is none that it knows of.
    Open,
    /// It has told all members, itself too.
    Told,
    Decided,
}

impl<V: Clone> Rotating<V> {
    /// An instance to which nobody has proposed.
    pub fn new(members: Rc<[NodeId]>, planted: Planted) -> Rotating<V> {
        Rotating {
            members,
            planted,
            standing: None,
            proposals: BTreeMap::new(),
            abandoned: BTreeSet::new(),
            led: BTreeMap::new(),
            stage: Stage::Open,
        }
    }

    /// Whether this member has decided: it says nothing more.
    pub fn has_decided(&self) -> bool {
        self.stage == Stage::Decided
    }

    /// To propose v. A member proposes once, and where nobody is a member nobody hears of it.
    pub fn propose(&mut self, v: V, suspected: &BTreeSet<NodeId>) -> Outcome<V> {
        let mut outcome = Outcome::nothing();
        if self.has_decided() || self.standing.is_some() || self.members.is_empty() {
            return outcome;
        }
        self.enter(1, (v, 0), &mut outcome);
        self.proceed(suspected, &mut outcome);
        outcome
    }

    /// On something that a member said.
    pub fn upon(
        &mut self,
        from: NodeId,
        said: Round<V>,
        suspected: &BTreeSet<NodeId>,
    ) -> Outcome<V> {
        let mut outcome = Outcome::nothing();
        if self.has_decided() {
            return outcome;
        }
        match said {
            Round::Estimate { r, estimate, ts } => {
                let led = self.led(r);
                if led.estimates.iter().all(|(p, ..)| *p != from) {
                    led.estimates.push((from, ts, estimate));
                }
                self.lead(r, &mut outcome);
            }
            Round::Answer { r, ack } => {
                let led = self.led(r);
                if led.answers.iter().all(|(p, _)| *p != from) {
                    led.answers.push((from, ack));
                }
                self.lead(r, &mut outcome);
            }
            Round::Proposal { r, estimate } => drop(self.proposals.insert(r, estimate)),
            Round::Abandoned { r } => drop(self.abandoned.insert(r)),
            Round::Decide(v) => self.decide(v, &mut outcome),
        }
        self.proceed(suspected, &mut outcome);
        outcome
    }

    /// Once somebody is suspected, or no longer.
    pub fn reconsider(&mut self, suspected: &BTreeSet<NodeId>) -> Outcome<V> {
        let mut outcome = Outcome::nothing();
        self.proceed(suspected, &mut outcome);
        outcome
    }

    fn coordinator(&self, round: u32) -> NodeId {
        self.members[(round as usize).wrapping_sub(1) % self.members.len()]
    }

    /// How many are a majority.
    fn majority(&self) -> usize {
        let half = self.members.len() / 2;
        if self.planted.minority_quorum { half.max(1) } else { half + 1 }
    }

    fn led(&mut self, round: u32) -> &mut Led<V> {
        self.led.entry(round).or_insert_with(Led::new)
    }

    fn enter(&mut self, round: u32, (estimate, ts): (V, u32), outcome: &mut Outcome<V>) {
        let said = Round::Estimate { r: round, estimate: estimate.clone(), ts };
        outcome.say.push(Say::To(self.coordinator(round), said));
        self.proposals = self.proposals.split_off(&round);
        self.abandoned = self.abandoned.split_off(&round);
        self.standing = Some(Standing { round, estimate, ts, answered: false });
    }

    /// Takes over what the coordinator of the round proposes, and goes on to the next round once
    /// this one is over or its coordinator suspected; unless all are, as who is outside of the group
    /// may find: then no round is better than this one.
    fn proceed(&mut self, suspected: &BTreeSet<NodeId>, outcome: &mut Outcome<V>) {
        let nobody_is_left = self.members.iter().all(|member| suspected.contains(member));
        while !self.has_decided()
            && let Some(mut here) = self.standing.take()
        {
            let round = here.round;
            let coordinator = self.coordinator(round);
            let answer = |ack| Say::To(coordinator, Round::Answer { r: round, ack });
            if let Some(chosen) = self.proposals.remove(&round).filter(|_| !here.answered) {
                (here.estimate, here.ts, here.answered) = (chosen, round, true);
                outcome.say.push(answer(true));
            }
            let fails = suspected.contains(&coordinator) && !nobody_is_left;
            if !fails && !self.abandoned.contains(&round) {
                self.standing = Some(here);
                return;
            }
            if !here.answered && fails {
                outcome.say.push(answer(false));
            }
            self.enter(round + 1, (here.estimate, here.ts), outcome);
        }
    }

    /// As the coordinator: chooses once a majority has estimated, and ends the round once a
    /// majority has answered.
    fn lead(&mut self, round: u32, outcome: &mut Outcome<V>) {
        let (majority, planted) = (self.majority(), self.planted);
        let led = self.led(round);
        if led.chosen.is_none() && led.estimates.len() >= majority {
            let chosen = led.choose(planted.lock_ignored);
            led.chosen.clone_from(&chosen);
            let proposal = chosen.map(|estimate| Round::Proposal { r: round, estimate });
            outcome.say.extend(proposal.map(Say::ToAll));
        }
        let Some(chosen) = led.chosen.clone() else { return };
        if led.is_over || led.answers.len() < majority {
            return;
        }
        led.is_over = true;
        let is_locked = led.answers.iter().all(|(_, ack)| *ack);
        let end = if is_locked { Round::Decide(chosen) } else { Round::Abandoned { r: round } };
        if is_locked {
            self.stage = Stage::Told;
        }
        outcome.say.push(Say::ToAll(end));
    }

    /// On the first ("decide", v). Its coordinator has told all members already.
    fn decide(&mut self, v: V, outcome: &mut Outcome<V>) {
        if self.stage == Stage::Open && !self.planted.decides_untold {
            outcome.say.push(Say::ToAll(Round::Decide(v.clone())));
        }
        self.stage = Stage::Decided;
        self.standing = None;
        self.proposals.clear();
        self.abandoned.clear();
        self.led.clear();
        outcome.decided = Some(v);
    }
}

impl<V> Outcome<V> {
    fn nothing() -> Outcome<V> {
        Outcome { say: Vec::new(), decided: None }
    }
}

impl<V: Clone> Led<V> {
    fn new() -> Led<V> {
        Led { estimates: Vec::new(), chosen: None, answers: Vec::new(), is_over: false }
    }

    /// The estimate with the greatest ts, of the least sender; flaw: with the least.
    fn choose(&self, lock_ignored: bool) -> Option<V> {
        let estimates = self.estimates.iter();
        let chosen = match lock_ignored {
            true => estimates.min_by_key(|(from, ts, _)| (*ts, *from)),
            false => estimates.max_by_key(|(from, ts, _)| (*ts, Reverse(*from))),
        };
        chosen.map(|(.., estimate)| estimate.clone())
    }
}

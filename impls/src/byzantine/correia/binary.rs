//! Binary consensus among liars, as an engine (Bracha 1984, after Ben-Or, *Another advantage of free
//! choice*, PODC 1983).
//!
//! ```text
//! x := proposal;  for round = 1, 2, …
//!    step 1   R-broadcast (round, 1, x); wait for q valid ones;  x := what most of them are (ties: 0)
//!    step 2   R-broadcast (round, 2, x); wait for q valid ones;
//!             if some v in more than n/2 of them: x := D(v)
//!    step 3   R-broadcast (round, 3, x); wait for q valid ones;
//!             if 2f + 1 of them are D(v): decide v;  x := v
//!             else if f + 1 of them are D(v): x := v;  else x := coin()
//! ```
//!
//! q = n − f. Assumes n > 3f, reliable broadcast, and a coin that each node tosses by itself: it
//! ends with probability 1, soon with few nodes. After a decision of one node all that do not lie
//! begin the next round with the same value and decide in it: whoever has decided takes part in one
//! more round, and halts.

use crate::byzantine::correia::reliable::Placed;
use crate::byzantine::correia::valid_steps::{At, ValidSteps, Vote, after};
use crate::byzantine::correia::{Agreement, Outcome, Rules};
use pepperland_core::id::NodeId;
use pepperland_core::seed::Stream;
use serde::{Deserialize, Serialize};

/// What a node says in a step.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The round, from 1.
    pub round: u32,
    /// The step, from 1 to 3.
    pub step: u8,
    /// The value.
    pub bit: bool,
    /// Whether it is D of the value.
    pub locked: bool,
}

impl Placed for Step {
    type Place = At;

    fn place(&self, _: NodeId) -> Option<At> {
        let exists = self.round > 0 && (1..=3).contains(&self.step);
        (exists && (self.step == 3 || !self.locked)).then_some((self.round, self.step))
    }
}

/// One binary consensus.
pub struct Binary {
    rules: Rules,
    steps: ValidSteps,
    /// The step at which this node waits for others; none before it proposes and after it halts.
    at: Option<At>,
    has_proposed: bool,
    x: Vote,
    /// The round in which it decided.
    decided: Option<u32>,
}

impl Agreement for Binary {
    type Value = bool;
    type Part = Step;
    type Decision = bool;

    fn new(rules: Rules) -> Binary {
        let (steps, x) = (ValidSteps::new(rules), plain(false));
        Binary { rules, steps, at: None, has_proposed: false, x, decided: None }
    }

    fn propose(&mut self, bit: bool, coin: &mut Stream) -> Outcome<Step, bool> {
        let mut outcome = Outcome::default();
        if std::mem::replace(&mut self.has_proposed, true) {
            return outcome;
        }
        self.x = plain(bit);
        self.enter((1, 1), &mut outcome);
        self.advance(coin, &mut outcome);
        outcome
    }

    fn upon(&mut self, origin: NodeId, said: Step, coin: &mut Stream) -> Outcome<Step, bool> {
        let mut outcome = Outcome::default();
        let vote = Vote { bit: said.bit, locked: said.locked };
        self.steps.take(origin, (said.round, said.step), vote);
        self.advance(coin, &mut outcome);
        outcome
    }
}

impl Binary {
    fn enter(&mut self, at: At, outcome: &mut Outcome<Step, bool>) {
        self.at = Some(at);
        let Vote { bit, locked } = self.x;
        outcome.say.push(Step { round: at.0, step: at.1, bit, locked });
    }

    /// Goes from step to step as far as enough was heard.
    fn advance(&mut self, coin: &mut Stream, outcome: &mut Outcome<Step, bool>) {
        while let Some(at) = self.at {
            let Some(votes) = self.steps.first(at) else { return };
            self.x = match at.1 {
                1 => self.majority(votes),
                2 => self.lock(votes),
                _ => {
                    let (x, decided) = self.conclude(votes, coin);
                    if decided && self.decided.is_none() {
                        self.decided = Some(at.0);
                        outcome.decided = Some(x.bit);
                    }
                    x
                }
            };
            if at.1 == 3 && self.is_over(at.0) {
                self.at = None;
                return;
            }
            self.enter(after(at), outcome);
        }
    }

    /// Whether nobody needs this node after such a round.
    fn is_over(&self, round: u32) -> bool {
        self.decided.is_some_and(|decided| self.rules.planted.halts_at_once || decided < round)
    }

    fn majority(&self, votes: &[Vote]) -> Vote {
        plain(2 * count(votes, plain(true)) > votes.len())
    }

    fn lock(&self, votes: &[Vote]) -> Vote {
        let locked =
            [false, true].into_iter().find(|bit| 2 * count(votes, plain(*bit)) > self.rules.n);
        locked.map_or(self.x, |bit| Vote { bit, locked: true })
    }

    /// The value to go on with, and whether it is decided.
    fn conclude(&self, votes: &[Vote], coin: &mut Stream) -> (Vote, bool) {
        let locked = |bit| count(votes, Vote { bit, locked: true });
        let bit = locked(true) > locked(false);
        match locked(bit) {
            most if most > 2 * self.rules.f => (plain(bit), true),
            most if most > self.rules.f => (plain(bit), false),
            _ => (plain(coin.below(2) == 1), false),
        }
    }
}

fn plain(bit: bool) -> Vote {
    Vote { bit, locked: false }
}

fn count(votes: &[Vote], vote: Vote) -> usize {
    votes.iter().filter(|other| **other == vote).count()
}

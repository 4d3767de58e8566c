//! Validity of steps: a value counts once it is one that its sender can have come to by the
//! values of the step before (Bracha 1984, section 3: *correctness enforcement*).
//!
//! ```text
//! With q = n − f, and of the valid values of the step before c0, c1 plain ones, d0, d1 locked ones,
//! q in all at least:
//! (1, 1, v):      always
//! (r, 2, v):      more than half of some q are v: 2·c1 > q for v = 1, 2·c0 ≥ q for v = 0
//! (r, 3, D(v)):   2·c_v > n
//! (r, 3, v):      (r, 2, v) is valid, and of some q no value makes more than n/2:
//!                 min(c0, ⌊n/2⌋) + min(c1, ⌊n/2⌋) ≥ q
//! (r + 1, 1, v):  d_v ≥ f + 1, or some q leave it to the coin: c0 + c1 + min(d0, f) + min(d1, f) ≥ q
//! ```
//!
//! What is not valid yet waits. Counts only grow, and all nodes that do not lie hear the same
//! values in the end: what is valid for one of them will be for all.

use crate::byzantine::correia::Rules;
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// A step of a round: rounds from 1, steps 1 to 3.
pub type At = (u32, u8);

/// A value: a bit, and in step 3 perhaps locked, which is the D(v) of the paper.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Vote {
    /// 0 or 1.
    pub bit: bool,
    /// Whether more than half of all nodes had it.
    pub locked: bool,
}

/// What was heard of each step.
pub struct ValidSteps {
    rules: Rules,
    steps: BTreeMap<At, Heard>,
}

#[derive(Default)]
struct Heard {
    /// In the order in which they became valid.
    valid: Vec<Vote>,
    waiting: BTreeMap<NodeId, Vote>,
}

/// How many valid values there are of each kind, by their bit.
#[derive(Copy, Clone, Debug, Default)]
struct Counts {
    plain: [usize; 2],
    locked: [usize; 2],
}

impl Counts {
    fn of(votes: &[Vote]) -> Counts {
        let mut counts = Counts::default();
        for vote in votes {
            let of = if vote.locked { &mut counts.locked } else { &mut counts.plain };
            of[usize::from(vote.bit)] += 1;
        }
        counts
    }

    fn total(&self) -> usize {
        self.plain.iter().chain(&self.locked).sum()
    }
}

impl ValidSteps {
    /// Nothing was heard.
    pub fn new(rules: Rules) -> ValidSteps {
        ValidSteps { rules, steps: BTreeMap::new() }
    }

    /// Takes the value of a node in a step, the only one that it has there.
    pub fn take(&mut self, origin: NodeId, at: At, vote: Vote) {
        self.steps.entry(at).or_default().waiting.insert(origin, vote);
        let mut next = Some(at);
        while let Some(at) = next {
            next = self.admit(at).then(|| after(at));
        }
    }

    /// The first values of a step, as many as can be waited for, once there are so many.
    pub fn first(&self, at: At) -> Option<&[Vote]> {
        self.steps.get(&at)?.valid.get(..self.rules.heard())
    }

    /// Looks at what waits in a step; whether anything became valid.
    fn admit(&mut self, at: At) -> bool {
        let Some(heard) = self.steps.get(&at) else { return false };
        let (valid, waiting): (Vec<_>, Vec<_>) =
            heard.waiting.iter().partition(|(_, vote)| self.is_valid(at, **vote));
        let valid: Vec<Vote> = valid.into_iter().map(|(_, vote)| *vote).collect();
        let waiting = waiting.into_iter().map(|(origin, vote)| (*origin, *vote)).collect();
        let any = !valid.is_empty();
        let heard = self.steps.entry(at).or_default();
        heard.valid.extend(valid);
        heard.waiting = waiting;
        any
    }

    fn counts(&self, at: At) -> Counts {
        self.steps.get(&at).map_or_else(Counts::default, |heard| Counts::of(&heard.valid))
    }

    fn is_valid(&self, at: At, vote: Vote) -> bool {
        if self.rules.planted.unvalidated_steps || at == (1, 1) {
            return true;
        }
        let before = self.counts(before(at));
        before.total() >= self.rules.heard()
            && match at.1 {
                1 => self.begins_a_round(&before, vote.bit),
                2 => self.is_majority(&before, vote.bit),
                _ if vote.locked => 2 * before.plain[usize::from(vote.bit)] > self.rules.n,
                _ => self.stays(at, &before, vote.bit),
            }
    }

    /// Whether it is what most of some q values are, of the step before.
    fn is_majority(&self, before: &Counts, bit: bool) -> bool {
        match bit {
            true => 2 * before.plain[1] > self.rules.heard(),
            false => 2 * before.plain[0] >= self.rules.heard(),
        }
    }

    /// Whether it may be the sender's value of step 2 still, as no value was there often enough.
    fn stays(&self, at: At, before: &Counts, bit: bool) -> bool {
        let half = self.rules.n / 2;
        let most: usize = before.plain.iter().map(|count| half.min(*count)).sum();
        most >= self.rules.heard() && self.is_valid((at.0, 2), Vote { bit, locked: false })
    }

    /// Whether it was locked often enough, or the coin may have shown it.
    fn begins_a_round(&self, before: &Counts, bit: bool) -> bool {
        let f = self.rules.f;
        let plain: usize = before.plain.iter().sum();
        let tossed = plain + before.locked.iter().map(|count| f.min(*count)).sum::<usize>();
        before.locked[usize::from(bit)] > f || tossed >= self.rules.heard()
    }
}

/// The step after this one.
pub fn after((round, step): At) -> At {
    if step == 3 { (round + 1, 1) } else { (round, step + 1) }
}

/// The step before this one, which is not the first.
fn before((round, step): At) -> At {
    if step == 1 { (round - 1, 3) } else { (round, step - 1) }
}

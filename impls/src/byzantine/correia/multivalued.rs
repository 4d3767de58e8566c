//! Multivalued consensus among liars, as an engine (Correia, Neves & Veríssimo 2006, section 4).
//!
//! ```text
//! R-broadcast (init, v);  wait for n − f of them: V, with ⊥ for all others
//! w := the value that is in V n − 2f times, or ⊥
//! R-broadcast (vect, w, V);  wait for n − f valid ones
//!    (vect, w', V') is valid once each of its n − f values was R-delivered here too as (init, …)
//!    of that node, and w' follows from V' by the rule
//! b := 1 if no two of the w' differ, ⊥ apart, and one comes n − 2f times;  else 0
//! c := binary consensus on b
//! c = 0: decide ⊥;  c = 1: wait for n − 2f valid (vect, w, …) with one w other than ⊥; decide w
//! ```
//!
//! Assumes n > 3f and reliable broadcast. If c = 1, a node that does not lie has proposed 1 and seen
//! n − 2f choices of w, and no other value can be chosen so often. If all that do not lie propose v,
//! each choice is v or ⊥, and ⊥ in V too seldom: v is decided. A V has n − f values, no more, as two
//! values can be n − 2f times among n.

use crate::byzantine::correia::binary::{Binary, Step};
use crate::byzantine::correia::reliable::Placed;
use crate::byzantine::correia::valid_steps::At;
use crate::byzantine::correia::{Agreement, Outcome, Rules};
use pepperland_core::id::NodeId;
use pepperland_core::seed::Stream;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is broadcast.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Part<V> {
    /// What a node proposes.
    Init(V),
    /// What it chose, and why.
    Vect {
        /// The choice; none is ⊥.
        choice: Option<V>,
        /// What it had heard of each node.
        seen: Vec<Option<V>>,
    },
    /// A step of the binary consensus.
    Step(Step),
}

/// Where a part belongs.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Place {
    /// The proposal.
    Init,
    /// The choice.
    Vect,
    /// A step of the binary consensus.
    Step(At),
}

impl<V: Clone + Eq> Placed for Part<V> {
    type Place = Place;

    fn place(&self, origin: NodeId) -> Option<Place> {
        match self {
            Part::Init(_) => Some(Place::Init),
            Part::Vect { .. } => Some(Place::Vect),
            Part::Step(step) => step.place(origin).map(Place::Step),
        }
    }
}

/// A choice and its reasons.
struct Choice<V> {
    choice: Option<V>,
    seen: Vec<Option<V>>,
}

/// One multivalued consensus. It decides a value or ⊥, which is none.
pub struct Multivalued<V> {
    rules: Rules,
    binary: Binary,
    /// Who proposed what, in the order in which it was heard.
    inits: Vec<(NodeId, V)>,
    /// What is not justified yet.
    waiting: BTreeMap<NodeId, Choice<V>>,
    /// The justified choices, in the order in which they became so.
    choices: Vec<Option<V>>,
    has_proposed: bool,
    has_chosen: bool,
    /// What the binary consensus decided.
    has_value: Option<bool>,
    is_decided: bool,
}

/// What an engine for such values does.
type Does<V> = Outcome<Part<V>, Option<V>>;

impl<V: Clone + Eq> Agreement for Multivalued<V> {
    type Value = V;
    type Part = Part<V>;
    type Decision = Option<V>;

    fn new(rules: Rules) -> Multivalued<V> {
        Multivalued {
            rules,
            binary: Binary::new(rules),
            inits: Vec::new(),
            waiting: BTreeMap::new(),
            choices: Vec::new(),
            has_proposed: false,
            has_chosen: false,
            has_value: None,
            is_decided: false,
        }
    }

    fn propose(&mut self, value: V, coin: &mut Stream) -> Does<V> {
        let mut does = Does::default();
        if !std::mem::replace(&mut self.has_proposed, true) {
            does.say.push(Part::Init(value));
            self.advance(coin, &mut does);
        }
        does
    }

    fn upon(&mut self, origin: NodeId, part: Part<V>, coin: &mut Stream) -> Does<V> {
        let mut does = Does::default();
        match part {
            Part::Init(value) => self.inits.push((origin, value)),
            Part::Vect { choice, seen } => {
                self.waiting.insert(origin, Choice { choice, seen });
            }
            Part::Step(step) => {
                let outcome = self.binary.upon(origin, step, coin);
                self.take(outcome, &mut does);
            }
        }
        self.admit();
        self.advance(coin, &mut does);
        does
    }
}

impl<V: Clone + Eq> Multivalued<V> {
    fn take(&mut self, outcome: Outcome<Step, bool>, does: &mut Does<V>) {
        does.say.extend(outcome.say.into_iter().map(Part::Step));
        self.has_value = self.has_value.or(outcome.decided);
    }

    fn advance(&mut self, coin: &mut Stream, does: &mut Does<V>) {
        self.choose(does);
        if self.has_chosen
            && let Some(choices) = self.choices.get(..self.rules.heard())
        {
            let outcome = self.binary.propose(self.agree(choices), coin);
            self.take(outcome, does);
        }
        self.decide(does);
    }

    /// Chooses among the first n − f proposals.
    fn choose(&mut self, does: &mut Does<V>) {
        let Some(first) = self.inits.get(..self.rules.heard()) else { return };
        if !self.has_proposed || self.has_chosen {
            return;
        }
        let mut seen = vec![None; self.rules.n];
        for (origin, value) in first {
            seen[origin.index()] = Some(value.clone());
        }
        let choice = frequent(&seen, self.rules.honest()).cloned();
        self.has_chosen = true;
        does.say.push(Part::Vect { choice, seen });
    }

    /// Takes in the choices that are justified by now.
    fn admit(&mut self) {
        let all = std::mem::take(&mut self.waiting);
        for (origin, waiting) in all {
            match self.is_justified(&waiting) {
                true => self.choices.push(waiting.choice),
                false => drop(self.waiting.insert(origin, waiting)),
            }
        }
    }

    fn is_justified(&self, Choice { choice, seen }: &Choice<V>) -> bool {
        if self.rules.planted.unjustified_choices {
            return true;
        }
        let heard = |(node, value): (usize, &Option<V>)| {
            let same = |(p, init): &(NodeId, V)| p.index() == node && Some(init) == value.as_ref();
            value.is_none() || self.inits.iter().any(same)
        };
        seen.len() == self.rules.n
            && seen.iter().flatten().count() == self.rules.heard()
            && seen.iter().enumerate().all(heard)
            && frequent(seen, self.rules.honest()) == choice.as_ref()
    }

    /// Whether one value was chosen often enough and no other at all.
    fn agree(&self, choices: &[Option<V>]) -> bool {
        let mut chosen = choices.iter().flatten();
        let all_same = chosen.next().is_none_or(|first| chosen.all(|other| other == first));
        all_same && frequent(choices, self.rules.honest()).is_some()
    }

    fn decide(&mut self, does: &mut Does<V>) {
        let decided = match self.has_value {
            Some(false) => None,
            Some(true) => match frequent(&self.choices, self.rules.honest()) {
                Some(value) => Some(value.clone()),
                None => return,
            },
            None => return,
        };
        if !std::mem::replace(&mut self.is_decided, true) {
            does.decided = Some(decided);
        }
    }
}

/// The first value that comes so often.
fn frequent<V: Eq>(values: &[Option<V>], often: usize) -> Option<&V> {
    let often =
        |value: &&V| values.iter().flatten().filter(|other| other == value).count() >= often;
    values.iter().flatten().find(often)
}

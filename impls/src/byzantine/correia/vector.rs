//! Vector consensus among liars, as an engine (Correia, Neves & Veríssimo 2006, section 5; after
//! Doudou & Schiper 1998).
//!
//! ```text
//! r := 0;  R-broadcast (init, v)
//! repeat   wait for n − f + r of them: W, with ⊥ for all others
//!          V := multivalued consensus r on W;  r := r + 1
//! until    V is not ⊥;  decide V
//! ```
//!
//! Assumes n > 3f and reliable broadcast. A vector that is decided was proposed by a node that does
//! not lie: n − f of its entries are proposals, n − 2f of them of nodes that do not lie, and none is
//! forged. If n − f + k nodes propose in the end, all that do not lie propose the same in turn k at
//! the latest: r never passes f.

use crate::byzantine::correia::multivalued::{self, Multivalued};
use crate::byzantine::correia::reliable::Placed;
use crate::byzantine::correia::{Agreement, Outcome, Rules};
use pepperland_core::id::NodeId;
use pepperland_core::seed::Stream;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An entry for each node; none is ⊥.
pub type Entries<V> = Vec<Option<V>>;

/// What is broadcast.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Part<V> {
    /// What a node proposes.
    Init(V),
    /// Of the consensus on what was heard.
    Agree {
        /// Which one: r.
        turn: u32,
        /// The part.
        part: multivalued::Part<Entries<V>>,
    },
}

impl<V: Clone + Eq> Placed for Part<V> {
    type Place = Option<(u32, multivalued::Place)>;

    fn place(&self, origin: NodeId) -> Option<Self::Place> {
        match self {
            Part::Init(_) => Some(None),
            Part::Agree { turn, part } => Some(Some((*turn, part.place(origin)?))),
        }
    }
}

/// One vector consensus.
pub struct Vector<V> {
    rules: Rules,
    inits: Entries<V>,
    turns: BTreeMap<u32, Multivalued<Entries<V>>>,
    /// What the turns decided.
    outcomes: BTreeMap<u32, Option<Entries<V>>>,
    /// The turn to which this node proposes next, or has proposed.
    turn: u32,
    has_proposed: bool,
    is_decided: bool,
}

/// What an engine for such values does.
type Does<V> = Outcome<Part<V>, Entries<V>>;

impl<V: Clone + Eq> Agreement for Vector<V> {
    type Value = V;
    type Part = Part<V>;
    type Decision = Entries<V>;

    fn new(rules: Rules) -> Vector<V> {
        Vector {
            rules,
            inits: vec![None; rules.n],
            turns: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            turn: 0,
            has_proposed: false,
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
            Part::Init(value) => self.inits[origin.index()] = Some(value),
            // Nobody who does not lie comes to a later turn.
            Part::Agree { turn, .. } if turn as usize > self.rules.f => {}
            Part::Agree { turn, part } => {
                let outcome = self.turn(turn).upon(origin, part, coin);
                self.take(turn, outcome, &mut does);
            }
        }
        self.advance(coin, &mut does);
        does
    }
}

impl<V: Clone + Eq> Vector<V> {
    /// How many turns it took so far.
    pub fn turns(&self) -> u32 {
        self.turn + 1
    }

    fn turn(&mut self, turn: u32) -> &mut Multivalued<Entries<V>> {
        let rules = self.rules;
        self.turns.entry(turn).or_insert_with(|| Multivalued::new(rules))
    }

    fn take(
        &mut self,
        turn: u32,
        outcome: Outcome<multivalued::Part<Entries<V>>, Option<Entries<V>>>,
        does: &mut Does<V>,
    ) {
        does.say.extend(outcome.say.into_iter().map(|part| Part::Agree { turn, part }));
        if let Some(decided) = outcome.decided {
            self.outcomes.insert(turn, decided);
        }
    }

    /// Proposes what was heard, turn by turn, until one of them decides a vector.
    fn advance(&mut self, coin: &mut Stream, does: &mut Does<V>) {
        while self.has_proposed && !self.is_decided && self.has_heard_enough() {
            let (turn, heard) = (self.turn, self.inits.clone());
            let outcome = self.turn(turn).propose(heard, coin);
            self.take(turn, outcome, does);
            match self.outcomes.get(&turn) {
                None => return,
                Some(None) => self.turn += 1,
                Some(Some(vector)) => {
                    does.decided = Some(vector.clone());
                    self.is_decided = true;
                }
            }
        }
    }

    fn has_heard_enough(&self) -> bool {
        let fewer = usize::from(self.rules.planted.short_vectors);
        let needed = self.rules.heard() - fewer + self.turn as usize;
        self.inits.iter().flatten().count() >= needed
    }
}

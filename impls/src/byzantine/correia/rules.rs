//! What the engines share: how many nodes there are and may lie, and how an engine is spoken with.

use crate::byzantine::correia::planted::Planted;
use crate::byzantine::correia::reliable::Placed;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use pepperland_core::seed::Stream;

/// How many nodes there are, how many of them may lie, and which flaw is planted.
#[derive(Copy, Clone, Debug)]
pub struct Rules {
    /// How many nodes there are: the first ones.
    pub n: usize,
    /// How many of them may lie: fewer than a third.
    pub f: usize,
    /// The planted flaw.
    pub planted: Planted,
}

impl Rules {
    /// For so many nodes.
    pub fn new(n: usize, planted: Planted) -> Rules {
        Rules { n, f: n.saturating_sub(1) / 3, planted }
    }

    /// For the nodes of a run.
    pub fn of(setup: &Setup<'_>) -> Rules {
        Rules::new(setup.nodes, Planted::of(setup))
    }

    /// How many nodes can be waited for: all that do not lie, if as many lie as may.
    pub fn heard(self) -> usize {
        self.n - self.f
    }

    /// How many of those that can be waited for do not lie.
    pub fn honest(self) -> usize {
        self.n - 2 * self.f
    }

    /// Whether there is a node of this name.
    pub fn knows(self, node: NodeId) -> bool {
        node.index() < self.n
    }
}

/// What an engine does on what it hears.
#[derive(Clone, Debug)]
pub struct Outcome<P, D> {
    /// What it broadcasts, in order.
    pub say: Vec<P>,
    /// What it decides.
    pub decided: Option<D>,
}

impl<P, D> Default for Outcome<P, D> {
    fn default() -> Outcome<P, D> {
        Outcome { say: Vec::new(), decided: None }
    }
}

/// One instance of agreement by reliable broadcasts. It may hear of others before it proposes.
pub trait Agreement {
    /// What is proposed.
    type Value;
    /// What is broadcast.
    type Part: Placed;
    /// What is decided.
    type Decision;

    /// An instance of which nothing is known.
    fn new(rules: Rules) -> Self;

    /// Proposes a value; a second proposal changes nothing.
    fn propose(
        &mut self,
        value: Self::Value,
        coin: &mut Stream,
    ) -> Outcome<Self::Part, Self::Decision>;

    /// On R-deliver of a part from its origin.
    fn upon(
        &mut self,
        origin: NodeId,
        part: Self::Part,
        coin: &mut Stream,
    ) -> Outcome<Self::Part, Self::Decision>;
}

//! The record of a fault profile: parameters and a seed become timed disturbances.

use crate::implementation::Implementation;
use crate::schedule::{Disturbance, Step};
use crate::seed::Stream;
use crate::time::Time;

/// A fault profile, as a file of `harness/faults` declares it.
pub struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    /// One sentence.
    pub statement: &'static str,
    /// Where the fault is described.
    pub source: &'static str,
    /// Its variants, `partition:halves`; the first is the default. Empty: it has none.
    pub variants: &'static [&'static str],
    /// What it does to a run, so that it can be held against an implementation's model.
    pub needs: &'static [Fault],
    /// Plans the disturbances of one run.
    pub plan: fn(&Ground<'_>, variant: &str, &mut Stream) -> Vec<Disturbance>,
}

/// The faults that a model allows or not.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub enum Fault {
    /// Nodes stop for good.
    Crash,
    /// Nodes stop and come back.
    Recovery,
    /// Messages are lost.
    Loss,
    /// Messages are late.
    Delay,
    /// Messages overtake each other.
    Reorder,
    /// Messages arrive more than once.
    Duplication,
    /// Messages arrive changed.
    Corruption,
    /// Links are cut for a while.
    Partition,
    /// Nodes stand still for a while.
    Pause,
    /// Clocks run wrong.
    Clock,
    /// Nodes lie.
    Byzantine,
}

impl Fault {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Fault::Crash => "crash",
            Fault::Recovery => "recovery",
            Fault::Loss => "loss",
            Fault::Delay => "delay",
            Fault::Reorder => "reordering",
            Fault::Duplication => "duplication",
            Fault::Corruption => "corruption",
            Fault::Partition => "partition",
            Fault::Pause => "pause",
            Fault::Clock => "clock",
            Fault::Byzantine => "byzantine",
        }
    }
}

/// What a fault planner can see: the run as planned so far.
pub struct Ground<'a> {
    /// How many nodes there are.
    pub nodes: usize,
    /// When faults end.
    pub heal_at: Time,
    /// What clients will do.
    pub requests: &'a [Step],
    /// The implementation under test, with its model and fault budget.
    pub implementation: &'a Implementation,
    /// Every profile, for those that combine others.
    pub profiles: &'a [&'static Profile],
}

impl Ground<'_> {
    /// How many nodes may fail.
    pub fn budget(&self) -> usize {
        (self.implementation.budget)(self.nodes)
    }
}

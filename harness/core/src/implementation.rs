//! The record of an implementation under test: its claims, its model, its planted flaws.

use crate::contract::Node;
use crate::fault::Fault;
use crate::history::{Channel, FailureModel};
use crate::id::NodeId;

/// An implementation under test, as a file of `impls/` declares it.
pub struct Implementation {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its row in the catalogue of systems: `M2`.
    pub number: &'static str,
    /// One sentence.
    pub statement: &'static str,
    /// The paper, book or lecture it comes from.
    pub source: &'static str,
    /// The properties it claims, and while what is true.
    pub claims: &'static [Claim],
    /// Under which faults and on which channel.
    pub model: Model,
    /// How many nodes it runs with unless told otherwise.
    pub nodes: usize,
    /// How many of `n` nodes may fail.
    pub budget: fn(usize) -> usize,
    /// Its planted flaws.
    pub flaws: &'static [Flaw],
    /// Builds one node.
    pub build: fn(&Setup<'_>) -> Box<dyn Node>,
}

/// A property that an implementation claims.
#[derive(Copy, Clone, Debug)]
pub struct Claim {
    /// The property's name.
    pub property: &'static str,
    /// While what is true of the run.
    pub proviso: Proviso,
}

impl Claim {
    /// A claim without a proviso.
    pub const fn always(property: &'static str) -> Claim {
        Claim { property, proviso: Proviso::Always }
    }

    /// A claim while something is true of the run.
    pub const fn only(property: &'static str, proviso: Proviso) -> Claim {
        Claim { property, proviso }
    }
}

/// What must be true of a run for a claim to bind.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Proviso {
    /// Nothing.
    Always,
    /// This node never crashes: a sequencer, a coordinator.
    Lives(NodeId),
    /// No node ever crashes.
    NobodyCrashes,
    /// What a node has sent arrives even if the node crashes.
    SendsSurvive,
    /// There is one group.
    OneGroup,
    /// There are several groups.
    SeveralGroups,
}

/// What an implementation assumes of the world.
#[derive(Copy, Clone, Debug)]
pub struct Model {
    /// How nodes may fail.
    pub failures: FailureModel,
    /// What the network promises.
    pub channel: Channel,
    /// The faults it claims to live with.
    pub tolerates: &'static [Fault],
    /// The groups it can handle.
    pub groups: Groups,
    /// What it assumes of time: `asynchronous`, `synchronous`, `partially synchronous`.
    pub timing: &'static str,
}

/// The groups that an implementation can handle, from the least to the most.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Groups {
    /// One group of all nodes.
    One,
    /// Any groups, overlapping ones too; only members multicast to them.
    Several,
    /// Any groups, to which outsiders multicast as well.
    Open,
}

impl Groups {
    /// What is asked of whoever handles them.
    pub fn words(self) -> &'static str {
        match self {
            Groups::One => "one group of all nodes",
            Groups::Several => "groups of some nodes",
            Groups::Open => "multicasts from outside the group",
        }
    }
}

/// A planted flaw: one load-bearing line switched off by name.
pub struct Flaw {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its number in the bug zoo: `R1`.
    pub number: &'static str,
    /// What is switched off, in a sentence.
    pub statement: &'static str,
    /// The property that breaks.
    pub breaks: &'static str,
    /// The neighbouring properties that still hold.
    pub keeps: &'static [&'static str],
    /// The fault profile that brings it out, `none` if none is needed.
    pub faults: &'static str,
    /// A hand-written schedule that kills it, as the text of a schedule file.
    pub killer: &'static str,
}

/// What a node is built from.
#[derive(Copy, Clone, Debug)]
pub struct Setup<'a> {
    /// Which node.
    pub node: NodeId,
    /// How many there are.
    pub nodes: usize,
    /// The planted flaw that is switched on, if any.
    pub flaw: Option<&'a str>,
}

impl Setup<'_> {
    /// Whether the flaw of this name is switched on.
    pub fn flawed(&self, name: &str) -> bool {
        self.flaw == Some(name)
    }
}

impl Implementation {
    /// The flaw of this name.
    pub fn flaw(&self, name: &str) -> Option<&'static Flaw> {
        self.flaws.iter().find(|flaw| flaw.name == name)
    }

    /// Whether it can handle groups like these.
    pub fn handles(&self, groups: Groups) -> bool {
        groups <= self.model.groups
    }

    /// The faults among `needs` that are outside the model.
    pub fn outside_model(&self, needs: &[Fault]) -> Vec<Fault> {
        needs.iter().filter(|fault| !self.model.tolerates.contains(fault)).copied().collect()
    }
}

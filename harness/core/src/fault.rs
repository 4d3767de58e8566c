//! The record of a fault profile: parameters and a seed become timed disturbances.

mod choice;

pub use choice::{Choice, Named, Parameter, Persistence, Unit, Variant};

use crate::history::History;
use crate::id::NodeId;
use crate::implementation::{Class, Implementation};
use crate::schedule::{Ask, Disturbance, Step};
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
    /// Its variants, `partition:halves`. Empty: it has none.
    pub variants: &'static [Variant],
    /// The numbers that it can be given, `loss:rate=30%`.
    pub parameters: &'static [Parameter],
    /// Whether it can be asked for by how long it lasts, `loss:transient`.
    pub persists: bool,
    /// What it does to a run, so that it can be held against an implementation's model.
    pub needs: &'static [Fault],
    /// Plans the disturbances of one run.
    pub plan: fn(&Ground<'_>, &Choice, &mut Stream) -> Vec<Disturbance>,
    /// Plans what clients ask for besides, where that is the fault: to leave, and to come back.
    pub ask: fn(&Ground<'_>, &Choice, &mut Stream) -> Vec<Request>,
    /// Plans more of them, from what happened in the run with the planned ones alone.
    pub foresee: Option<Foresee>,
    /// Whether it does so where this was chosen.
    pub looks_ahead: fn(&Choice) -> bool,
    /// Whether more nodes may fail than the budget allows, where this was chosen: such a run is
    /// outside of the model.
    pub exceeds: fn(&Choice) -> bool,
}

/// What a client asks for, when and at which node.
pub type Request = (Time, NodeId, Ask);

/// A planner that looks for its moments in a run of what is planned so far.
pub type Foresee = fn(&Ground<'_>, &Choice, &History, &mut Stream) -> Vec<Disturbance>;

impl Profile {
    /// A profile that does nothing, for others to say how they differ.
    pub const PLAIN: Profile = Profile {
        name: "",
        statement: "",
        source: "",
        variants: &[],
        parameters: &[],
        persists: false,
        needs: &[],
        plan: |_, _, _| Vec::new(),
        ask: |_, _, _| Vec::new(),
        foresee: None,
        looks_ahead: |_| true,
        exceeds: |_| false,
    };

    /// Its planner that looks at a run first, if it has one and that is what was chosen.
    pub fn foresight(&self, choice: &Choice) -> Option<Foresee> {
        self.foresee.filter(|_| (self.looks_ahead)(choice))
    }
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
    /// Two copies of a node run under one name. Whoever lives with liars lives with it.
    Twin,
    /// Time-outs of a liar come too soon. Whoever lives with liars lives with it.
    Haste,
    /// Disks lose what they have taken.
    Disk,
    /// A node gets little of its machine. Whoever lives with pauses lives with it.
    Starvation,
    /// Members leave their group and come back. Groups with views live with it.
    Leave,
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
            Fault::Twin => "twin",
            Fault::Haste => "haste",
            Fault::Disk => "disk",
            Fault::Starvation => "starvation",
            Fault::Leave => "leaving",
        }
    }
}

/// What a fault planner can see: the run as planned so far.
pub struct Ground<'a> {
    /// How many nodes there are.
    pub nodes: usize,
    /// When faults end.
    pub heal_at: Time,
    /// The members that each group begins with, where members come and go; empty elsewhere.
    pub changing: &'a [Vec<NodeId>],
    /// What clients will do.
    pub requests: &'a [Step],
    /// The implementation under test, with its model and fault budget.
    pub implementation: &'a Implementation,
    /// Every profile, for those that combine others.
    pub profiles: &'a [&'static Profile],
    /// What the runtime cannot bring about, for profiles of several variants.
    pub lacks: &'a [Fault],
}

impl Ground<'_> {
    /// How many nodes may fail.
    pub fn budget(&self) -> usize {
        match self.implementation.clients(self.nodes) {
            0 => (self.implementation.budget)(self.nodes),
            _ => self.classes().iter().map(|class| class.most).sum(),
        }
    }

    /// How many nodes may fail in this way, of those that need not all fail.
    pub fn most(&self, fault: Fault) -> usize {
        self.classes().iter().map(|class| class.most(fault)).sum()
    }

    /// Those whom this fault may befall, in random order, as many of each class as may fail.
    pub fn victims(&self, fault: Fault, stream: &mut Stream) -> Vec<NodeId> {
        let mut nodes: Vec<NodeId> = NodeId::first(self.nodes).collect();
        stream.shuffle(&mut nodes);
        let chosen = |class: &Class| -> Vec<NodeId> {
            let of_class = nodes.iter().copied().filter(|node| class.holds(*node));
            of_class.take(class.most(fault)).collect()
        };
        let chosen: Vec<NodeId> = self.classes().iter().flat_map(chosen).collect();
        nodes.retain(|node| chosen.contains(node));
        nodes
    }

    /// Those who may lie at all, in random order: first as many of each class as the budget allows,
    /// then the others.
    pub fn able_to_lie(&self, stream: &mut Stream) -> Vec<NodeId> {
        let mut nodes = self.victims(Fault::Byzantine, stream);
        let able = self.classes().into_iter().filter(|class| class.may_lie);
        let able = able.flat_map(|class| class.nodes.map(NodeId));
        let mut others: Vec<NodeId> = able.filter(|node| !nodes.contains(node)).collect();
        stream.shuffle(&mut others);
        nodes.extend(others);
        nodes
    }

    /// Those who serve: everybody, where there are no clients among the nodes.
    pub fn servers(&self) -> impl Iterator<Item = NodeId> + use<> {
        NodeId::first(self.nodes).skip(self.implementation.clients(self.nodes))
    }

    /// Whether this fault may befall the node.
    pub fn may_befall(&self, fault: Fault, node: NodeId) -> bool {
        self.classes().iter().any(|class| class.holds(node) && class.most(fault) > 0)
    }

    fn classes(&self) -> Vec<Class> {
        self.implementation.classes(self.nodes)
    }
}

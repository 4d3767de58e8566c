//! The record of an implementation under test: its claims, its model, its planted flaws.

use crate::contract::Node;
use crate::fault::Fault;
use crate::history::{Channel, DeliveryContract, FailureModel, PartitionContract};
use crate::id::NodeId;
use crate::time::Span;
use std::fmt;
use std::ops::Range;

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
    /// The properties it claims, and while what is true: lists that implementations share, one
    /// after the other.
    pub claims: &'static [&'static [Claim]],
    /// Under which faults and on which channel.
    pub model: Model,
    /// How many nodes it runs with unless told otherwise.
    pub nodes: usize,
    /// How many of `n` nodes may fail.
    pub budget: fn(usize) -> usize,
    /// Its planted flaws.
    pub flaws: &'static [Flaw],
    /// Harmless changes, by which nothing must break: lists that implementations share, as claims.
    pub controls: &'static [&'static [Control]],
    /// What the design does not keep, and is expected to break.
    pub breaks: &'static [Break],
    /// What one multicast costs without faults; none if nobody says.
    pub cost: Option<Cost>,
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

/// `agreement (while nobody crashes)`.
impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.proviso {
            Proviso::Always => f.write_str(self.property),
            proviso => write!(f, "{} ({proviso})", self.property),
        }
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
    /// Every correct node multicasts again after the faults have ended, and so does somebody who
    /// has delivered what a crashed node sent: gaps are found by what comes later.
    KeepsSending,
    /// Nothing is late beyond the network's own latency: no link is slow, cut or lossy, no node
    /// stands still, no clock is wrong. Time-outs are then a perfect failure detector.
    InTime,
    /// Nothing is late but what liars send. Time-outs are then right about whoever does not lie.
    HonestInTime,
    /// The same, and nobody crashes.
    Calm,
    /// A request is at its node once it is made. Between an application and a process there is a
    /// pipe, and the node may change its view while a request waits there.
    AskedAtOnce,
}

/// In words that go on from a claim.
impl fmt::Display for Proviso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Proviso::Always => "always",
            Proviso::Lives(node) => return write!(f, "while {node} lives"),
            Proviso::NobodyCrashes => "while nobody crashes",
            Proviso::KeepsSending => "while everybody keeps sending",
            Proviso::InTime => "while nothing is late",
            Proviso::HonestInTime => "while nothing is late but what liars send",
            Proviso::Calm => "while nobody crashes and nothing is late but what liars send",
            Proviso::SendsSurvive => "where sends survive a crash",
            Proviso::AskedAtOnce => "where requests reach their node at once",
            Proviso::OneGroup => "in one group",
            Proviso::SeveralGroups => "in several groups",
        })
    }
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
    /// Whether its groups have views: nodes join and leave them, and applications multicast only
    /// in a view.
    pub views: bool,
    /// What it assumes of time: `asynchronous`, `synchronous`, `partially synchronous`.
    pub timing: &'static str,
    /// The greatest latency that it assumes of the network, if it assumes one.
    pub latency_bound: Option<Span>,
    /// What it promises in numbers.
    pub bounds: &'static [Bound],
    /// Which of the parts of a partitioned group are to go on.
    pub partition: PartitionContract,
    /// What a restart means for "at most once".
    pub delivery: DeliveryContract,
    /// The service that clients see, by the name that histories and its workload have for it; none
    /// if it is multicast alone.
    pub service: Option<&'static str>,
    /// How many of its nodes are clients and servers; none if every node is the same.
    pub roles: Option<Roles>,
    /// The greatest latency of the controlled network, where it needs one.
    pub controlled: Option<Span>,
    /// Its usual workload, where that is another than its service's.
    pub workload: Option<&'static str>,
    /// Whether histories state how many nodes may fail (`about.bounds.faults`).
    pub states_faults: bool,
    /// The label of the messages by which it orders, for the fault load of wrong orders.
    pub orders: Option<&'static str>,
}

/// Nodes that fail by one budget.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Class {
    /// What they are.
    pub what: &'static str,
    /// Which ones.
    pub nodes: Range<u32>,
    /// How many of them may fail, of whom one is always spared.
    pub most: usize,
    /// Whether no number of them is too many to crash.
    pub all_may_crash: bool,
    /// Whether they may lie.
    pub may_lie: bool,
}

impl Class {
    /// Whether the node is one of them.
    pub fn holds(&self, node: NodeId) -> bool {
        self.nodes.contains(&node.0)
    }

    /// How many of them may fail in this way.
    pub fn most(&self, fault: Fault) -> usize {
        let lies = matches!(fault, Fault::Byzantine | Fault::Twin | Fault::Haste);
        let may = self.may_lie || !lies;
        if may { self.most } else { 0 }
    }
}

/// Clients and servers in one run.
#[derive(Copy, Clone, Debug)]
pub struct Roles {
    /// How many of so many nodes are clients; they are the first.
    pub clients: fn(nodes: usize) -> usize,
    /// How many of so many clients may crash, or lie if they may.
    pub failing_clients: fn(clients: usize) -> usize,
    /// How many of so many servers may crash or lie.
    pub failing_servers: fn(servers: usize) -> usize,
    /// Whether clients may lie.
    pub clients_may_lie: bool,
}

impl Model {
    /// Crash-stop failures on a perfect channel, and nothing of time: what the lectures assume.
    pub const ASYNCHRONOUS: Model = Model {
        failures: FailureModel::CrashStop,
        channel: Channel::Perfect,
        tolerates: &[
            Fault::Crash,
            Fault::Delay,
            Fault::Reorder,
            Fault::Duplication,
            Fault::Partition,
            Fault::Pause,
        ],
        groups: Groups::One,
        views: false,
        timing: "asynchronous",
        latency_bound: None,
        bounds: &[],
        partition: PartitionContract::Primary,
        delivery: DeliveryContract::Volatile,
        service: None,
        roles: None,
        controlled: None,
        workload: None,
        states_faults: false,
        orders: None,
    };

    /// Nodes that restart with nothing; a network and nodes that are in time in the end, though
    /// nobody knows how fast that is (Dwork, Lynch & Stockmeyer 1988).
    pub const PARTIALLY_SYNCHRONOUS: Model = Model {
        failures: FailureModel::CrashRecovery,
        tolerates: &[
            Fault::Crash,
            Fault::Recovery,
            Fault::Delay,
            Fault::Reorder,
            Fault::Duplication,
            Fault::Partition,
            Fault::Pause,
        ],
        timing: "partially synchronous",
        ..Model::ASYNCHRONOUS
    };

    /// Whether it promises a number of this name.
    pub fn bounds(&self, name: &str) -> bool {
        self.bounds.iter().any(|bound| bound.name == name)
    }
}

/// A promise in numbers, as the header of a history states it.
#[derive(Copy, Clone, Debug)]
pub struct Bound {
    /// Its key in `about.bounds`.
    pub name: &'static str,
    /// The most that is promised, in a network of this greatest latency: a number of messages, or a
    /// time in ns.
    pub most: fn(max_latency: Span) -> u64,
}

impl Bound {
    /// How many messages a node keeps for others in the end.
    pub const fn buffer(most: fn(max_latency: Span) -> u64) -> Bound {
        Bound { name: "buffer", most }
    }

    /// How long views take to come to rest after the last trouble.
    pub const fn settling(most: fn(max_latency: Span) -> u64) -> Bound {
        Bound { name: "settling", most }
    }

    /// How long an application is kept from multicasting for a new view.
    pub const fn blocking(most: fn(max_latency: Span) -> u64) -> Bound {
        Bound { name: "blocking", most }
    }

    /// How long after a crash everybody suspects the node.
    pub const fn detection(most: fn(max_latency: Span) -> u64) -> Bound {
        Bound { name: "detection", most }
    }

    /// How long after a fault two servers may answer a request, or none.
    pub const fn takeover(most: fn(max_latency: Span) -> u64) -> Bound {
        Bound { name: "takeover", most }
    }
}

/// The groups that an implementation can handle, from the least to the most.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Groups {
    /// One group of all nodes.
    One,
    /// Any groups, overlapping ones too; it refuses what outsiders multicast to them.
    Several,
    /// Any groups, to which outsiders multicast as well.
    Open,
    /// A group that nodes join and leave.
    Changing,
    /// Several such groups, which come and go.
    Dynamic,
    /// The same, to which outsiders multicast as well.
    DynamicOpen,
    /// A group of clients and one of servers.
    Roles,
}

impl Groups {
    /// What is asked of whoever handles them.
    pub fn words(self) -> &'static str {
        match self {
            Groups::One => "one group of all nodes",
            Groups::Several => "groups of some nodes",
            Groups::Open => "multicasts from outside the group",
            Groups::Changing => "groups that nodes join and leave",
            Groups::Dynamic => "several groups that come and go",
            Groups::DynamicOpen => "groups that come and go, and multicasts from outside",
            Groups::Roles => "clients and servers",
        }
    }
}

/// A planted flaw: one load-bearing line switched off by name.
pub struct Flaw {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its number in the bug zoo: `R1`; `PL1` and so on are those that the zoo lacks.
    pub number: &'static str,
    /// What is switched off, in a sentence.
    pub statement: &'static str,
    /// The property that breaks.
    pub breaks: &'static str,
    /// The neighbouring properties that still hold.
    pub keeps: &'static [&'static str],
    /// The fault profile that brings it out, `none` if none is needed.
    pub faults: &'static str,
    /// The workload that brings it out.
    pub workload: &'static str,
    /// A hand-written schedule that kills it, as the text of a schedule file.
    pub killer: &'static str,
}

/// A harmless change, switched on by name as a flaw is: whoever accuses it judges wrongly.
pub struct Control {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its number, as a flaw has one: `Z6`.
    pub number: &'static str,
    /// What is changed, in a sentence.
    pub statement: &'static str,
}

/// A property that a design does not keep, and the run that shows it: why the next design exists.
pub struct Break {
    /// Its name in the tutorial: `sender-crashes`.
    pub name: &'static str,
    /// The property that breaks.
    pub property: &'static str,
    /// Why, in a sentence.
    pub statement: &'static str,
    /// The fault profile that brings it out, `none` if none is needed; it may be beyond the model.
    pub faults: &'static str,
    /// The workload that brings it out.
    pub workload: &'static str,
    /// A hand-written schedule that shows it, as the text of a schedule file.
    pub killer: &'static str,
}

/// What one multicast costs in a run without faults, as the source has it.
pub struct Cost {
    /// The formula, for a group of n: `n²`.
    pub formula: &'static str,
    /// How many messages it comes to; those to oneself count.
    pub messages: fn(n: f64) -> f64,
    /// Communication steps from the multicast until the last member delivers.
    pub steps: u32,
    /// Why a run comes to something else; empty if it does not.
    pub note: &'static str,
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
    /// The greatest latency of the network while nothing delays a message.
    pub max_latency: Span,
    /// The greatest latency of a write to a register.
    pub register_latency: Span,
}

impl Setup<'_> {
    /// The greatest latency of a write that nodes are told where there is no controlled network.
    pub const REGISTER_LATENCY: Span = Span::millis(5);

    /// Whether the flaw of this name is switched on.
    pub fn flawed(&self, name: &str) -> bool {
        self.flaw == Some(name)
    }
}

impl Implementation {
    /// The properties it claims.
    pub fn claims(&self) -> impl Iterator<Item = &'static Claim> + use<> {
        self.claims.iter().copied().flatten()
    }

    /// Its claim of this property.
    pub fn claim(&self, property: &str) -> Option<&'static Claim> {
        self.claims().find(|claim| claim.property == property)
    }

    /// Its harmless changes.
    pub fn controls(&self) -> impl Iterator<Item = &'static Control> + use<> {
        self.controls.iter().copied().flatten()
    }

    /// Whether a flaw or a harmless change has this name.
    pub fn can_be_built_with(&self, name: &str) -> bool {
        self.flaw(name).is_some() || self.controls().any(|control| control.name == name)
    }

    /// The flaw of this name.
    pub fn flaw(&self, name: &str) -> Option<&'static Flaw> {
        self.flaws.iter().find(|flaw| flaw.name == name)
    }

    /// Whether it can handle groups like these.
    pub fn handles(&self, groups: Groups) -> bool {
        match groups {
            Groups::Changing => self.model.views,
            Groups::Dynamic => self.model.views && self.handles(Groups::Several),
            Groups::DynamicOpen => self.model.views && self.handles(Groups::Open),
            Groups::Roles => self.model.roles.is_some(),
            fixed => fixed <= self.model.groups,
        }
    }

    /// How many of so many nodes are clients; none where every node is the same, or there is but
    /// one.
    pub fn clients(&self, nodes: usize) -> usize {
        let roles = self.model.roles.filter(|_| nodes > 1);
        roles.map_or(0, |roles| (roles.clients)(nodes).clamp(1, nodes - 1))
    }

    /// The nodes by what they are, each class with its own budget of those that may fail; one of
    /// each at least does not.
    pub fn classes(&self, nodes: usize) -> Vec<Class> {
        let class = |what, (first, end): (usize, usize), most: usize, may_lie| Class {
            what,
            nodes: first as u32..end as u32,
            most: most.min((end - first).saturating_sub(1)),
            all_may_crash: most >= end - first || end - first > 1 && most + 1 == end - first,
            may_lie,
        };
        let (clients, roles) = (self.clients(nodes), self.model.roles);
        match roles.filter(|_| clients > 0) {
            None => vec![class("nodes", (0, nodes), (self.budget)(nodes), true)],
            Some(roles) => vec![
                class(
                    "clients",
                    (0, clients),
                    (roles.failing_clients)(clients),
                    roles.clients_may_lie,
                ),
                class("servers", (clients, nodes), (roles.failing_servers)(nodes - clients), true),
            ],
        }
    }

    /// The faults among `needs` that are outside the model.
    pub fn outside_model(&self, needs: &[Fault]) -> Vec<Fault> {
        let lives_with = |fault: &Fault| match fault {
            Fault::Leave => self.model.views,
            Fault::Starvation => self.model.tolerates.contains(&Fault::Pause),
            Fault::Twin | Fault::Haste => self.model.tolerates.contains(&Fault::Byzantine),
            other => self.model.tolerates.contains(other),
        };
        needs.iter().filter(|fault| !lives_with(fault)).copied().collect()
    }
}

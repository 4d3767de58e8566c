//! The record of a workload: what clients do.

use crate::id::NodeId;
use crate::implementation::Groups;
use crate::schedule::{Ask, Step};
use crate::seed::Stream;
use crate::time::Time;

/// A workload, as a file of `workloads/` declares it.
pub struct Workload {
    /// Its name on the command line.
    pub name: &'static str,
    /// One sentence.
    pub statement: &'static str,
    /// Where it comes from, if not from here.
    pub source: &'static str,
    /// Which groups there are.
    pub layout: Layout,
    /// Plans the requests of one run.
    pub plan: fn(&Stage, &mut Stream) -> Vec<Step>,
    /// What is asked after the faults have ended.
    pub last: Last,
    /// The properties that its operations are judged by; with none, the claims of the
    /// implementation say.
    pub judged: &'static [&'static str],
}

/// What is asked after the faults have ended, so that what must hold in the end is judged on
/// something.
#[derive(Copy, Clone, Debug)]
pub enum Last {
    /// A multicast to each group by each node that may.
    Probes,
    /// These operations at each node, by bodies; runtimes in real time ask them again and again
    /// until they have had enough.
    Operations(&'static [&'static str]),
    /// The same, of operations that depend on what was planned, such as reads of the keys in use.
    Planned(fn(&Stage) -> Vec<String>),
    /// These requests, one after the other, of whatever kind.
    Asks(fn(&Stage) -> Vec<(NodeId, Ask)>),
}

impl Last {
    /// The bodies of the operations that each node is asked for, if it is any.
    pub fn operations(self, stage: &Stage) -> Option<Vec<String>> {
        match self {
            Last::Probes | Last::Asks(_) => None,
            Last::Operations(bodies) => {
                Some(bodies.iter().map(|body| (*body).to_owned()).collect())
            }
            Last::Planned(bodies) => Some(bodies(stage)),
        }
    }

    /// What is asked for, and where; none if it is the probes that the schedule's groups say.
    pub fn asks(self, stage: &Stage) -> Option<Vec<(NodeId, Ask)>> {
        if let Last::Asks(asks) = self {
            return Some(asks(stage));
        }
        let invoke = |node, body: &String| (node, Ask::Invoke { body: body.clone() });
        let everywhere = |body: &String| {
            let each = NodeId::first(stage.nodes).map(|node| invoke(node, body));
            each.collect::<Vec<_>>()
        };
        Some(self.operations(stage)?.iter().flat_map(everywhere).collect())
    }
}

/// Which groups a run has, and who multicasts to them.
#[derive(Copy, Clone, Debug)]
pub enum Layout {
    /// One group of all nodes.
    Everybody,
    /// These groups of so many nodes; only members multicast.
    Closed(fn(nodes: usize) -> Vec<Vec<NodeId>>),
    /// These groups of so many nodes; anybody multicasts.
    Open(fn(nodes: usize) -> Vec<Vec<NodeId>>),
    /// A group that begins with these members; others join, and members leave.
    Changing(fn(nodes: usize) -> Vec<Vec<NodeId>>),
    /// Several such groups, empty ones too, which come and go.
    Dynamic(fn(nodes: usize) -> Vec<Vec<NodeId>>),
    /// The same; whoever is outside a group multicasts to it as well.
    DynamicOpen(fn(nodes: usize) -> Vec<Vec<NodeId>>),
}

impl Layout {
    /// The groups of so many nodes: their members, in order.
    pub fn groups(self, nodes: usize) -> Vec<Vec<NodeId>> {
        match self {
            Layout::Everybody => vec![NodeId::first(nodes).collect()],
            Layout::Closed(groups)
            | Layout::Open(groups)
            | Layout::Changing(groups)
            | Layout::Dynamic(groups)
            | Layout::DynamicOpen(groups) => groups(nodes),
        }
    }

    /// Which groups an implementation must handle.
    pub fn needs(self) -> Groups {
        match self {
            Layout::Everybody => Groups::One,
            Layout::Closed(_) => Groups::Several,
            Layout::Open(_) => Groups::Open,
            Layout::Changing(_) => Groups::Changing,
            Layout::Dynamic(_) => Groups::Dynamic,
            Layout::DynamicOpen(_) => Groups::DynamicOpen,
        }
    }

    /// Whether nodes multicast to groups that they are not in.
    pub fn is_open(self) -> bool {
        matches!(self, Layout::Open(_) | Layout::DynamicOpen(_))
    }

    /// Whether nodes join and leave the groups.
    pub fn is_changing(self) -> bool {
        matches!(self, Layout::Changing(_) | Layout::Dynamic(_) | Layout::DynamicOpen(_))
    }
}

/// What a workload fills with requests.
#[derive(Clone, Debug)]
pub struct Stage {
    /// How many nodes there are.
    pub nodes: usize,
    /// The members of each group.
    pub groups: Vec<Vec<NodeId>>,
    /// How many multicasts to ask for.
    pub broadcasts: usize,
    /// Requests fall between the start and this instant.
    pub until: Time,
}

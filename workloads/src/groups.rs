//! Several groups, and messages to any of them: at once, and in answer to each other.

use crate::steps::multicast_to;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// Groups that overlap pairwise: the three pairs of a triangle, whose messages make the shortest
/// cycle that no two nodes see, and what else there is of nodes in a fourth group with one of them.
pub const OVERLAPPING: Workload = Workload {
    name: "overlapping",
    statement: "members multicast to groups that overlap: the three pairs of a triangle, and more",
    source: "Hadzilacos & Toueg 1994",
    layout: Layout::Closed(triangle),
    plan,
    last: Last::Probes,
    judged: &[],
};

/// Groups that nobody shares.
pub const DISJOINT: Workload = Workload {
    name: "disjoint",
    statement: "members multicast to groups that have no member in common",
    source: "",
    layout: Layout::Closed(halves),
    plan,
    last: Last::Probes,
    judged: &[],
};

/// A group of some nodes, to which all multicast.
pub const OPEN_GROUP: Workload = Workload {
    name: "open-group",
    statement: "members and outsiders multicast to a group of some nodes",
    source: "Défago, Schiper & Urbán 2004",
    layout: Layout::Open(most),
    plan: from_everywhere,
    last: Last::Probes,
    judged: &[],
};

/// A group of some nodes, to which others try to multicast though it is closed.
pub const TRESPASSERS: Workload = Workload {
    name: "trespassers",
    statement: "members multicast to a closed group of some nodes, and outsiders try to",
    source: "Défago, Schiper & Urbán 2004",
    layout: Layout::Closed(most_and_all),
    plan: from_everywhere,
    last: Last::Probes,
    judged: &[],
};

fn triangle(nodes: usize) -> Vec<Vec<NodeId>> {
    let pairs = [[0, 1], [1, 2], [0, 2]].map(|pair| pair.map(NodeId));
    let exist = |pair: &[NodeId; 2]| pair.iter().all(|node| node.index() < nodes);
    let mut groups: Vec<Vec<NodeId>> =
        pairs.iter().filter(|pair| exist(pair)).map(|pair| pair.to_vec()).collect();
    if nodes == 1 || nodes > 3 {
        let rest = NodeId::first(nodes).skip(3);
        groups.push(std::iter::once(NodeId(0)).chain(rest).collect());
    }
    groups
}

fn halves(nodes: usize) -> Vec<Vec<NodeId>> {
    let (first, second): (Vec<_>, Vec<_>) =
        NodeId::first(nodes).partition(|node| node.index() < nodes.div_ceil(2));
    [first, second].into_iter().filter(|half| !half.is_empty()).collect()
}

fn most(nodes: usize) -> Vec<Vec<NodeId>> {
    vec![NodeId::first(nodes.saturating_sub(nodes.div_ceil(3)).max(1)).collect()]
}

/// The same, and a group of all besides.
fn most_and_all(nodes: usize) -> Vec<Vec<NodeId>> {
    most(nodes).into_iter().chain([NodeId::first(nodes).collect()]).collect()
}

/// Members of the groups, each multicast to any of them with equal chance.
fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    conversations(stage, stream, |group, stream| *stream.pick(&stage.groups[group.index()]))
}

fn from_everywhere(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    conversations(stage, stream, |_, stream| NodeId(stream.below(stage.nodes as u64) as u32))
}

/// How many of the messages answer another.
const ANSWERS: PerMillion = PerMillion::percent(40);

/// Multicasts to any group at any instant, or in answer to an earlier one.
fn conversations(
    stage: &Stage,
    stream: &mut Stream,
    sender: impl Fn(GroupId, &mut Stream) -> NodeId,
) -> Vec<Step> {
    let mut meant: Vec<GroupId> = Vec::with_capacity(stage.broadcasts);
    let mut steps = Vec::with_capacity(stage.broadcasts);
    for id in 0..stage.broadcasts as u32 {
        let group = GroupId(stream.below(stage.groups.len() as u64) as u32);
        let node = sender(group, stream);
        let reads = |of: &u32| stage.groups[meant[*of as usize].index()].contains(&node);
        let asked = (0..id).rev().find(reads).filter(|_| stream.chance(ANSWERS));
        let when = match asked {
            Some(of) => When::Upon { of, after: Span(stream.below(Span::millis(5).0)) },
            None => When::At(Time(stream.below(stage.until.0.max(1)))),
        };
        meant.push(group);
        steps.push(multicast_to(group, id, when, node));
    }
    steps
}

//! What a property needs of a history besides events of certain kinds.

use crate::history::{
    Channel, Clock, GroupContract, History, Kind, NONE, PartitionContract, ViewInstall,
};
use crate::id::NodeId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Something that a history must tell before a property can be judged.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Given {
    /// The header names this workload.
    Workload(&'static str),
    /// The header names one of these workloads.
    OneOfWorkloads(&'static [&'static str]),
    /// The header names some workload.
    SomeWorkload,
    /// The header states this number under `about.bounds`.
    Bound(&'static str),
    /// Deliveries state their place in the order.
    Slots,
    /// There are several groups.
    Groups,
    /// Groups are closed.
    Closed,
    /// At most one component is to go on.
    Primary,
    /// A group has more than one view, or begins to change it.
    ViewChanges,
    /// A view leaves out a node that never crashed.
    WrongExclusions,
    /// No node is Byzantine.
    NoLiars,
    /// The network promised this, or more.
    Channel(Channel),
    /// The lines are one true order.
    OneOrder,
    /// Some group does not hold every node.
    Outsiders,
    /// There are events of one of these kinds.
    AnyOf(&'static [Kind]),
    /// Deliveries state digests of their payloads.
    Digests,
    /// Clients ask for this operation.
    Operation(&'static str),
    /// The nodes speak the line protocol, and whoever reads it notes what is wrong.
    Lines,
}

impl Given {
    /// Whether the history tells it.
    pub fn is_met(self, history: &History) -> bool {
        let header = &history.header;
        match self {
            Given::Workload(name) => header.workload.as_deref() == Some(name),
            Given::OneOfWorkloads(names) => {
                header.workload.as_deref().is_some_and(|workload| names.contains(&workload))
            }
            Given::SomeWorkload => header.workload.is_some(),
            Given::Bound(name) => bound(history, name).is_some(),
            Given::Slots => history.has_slots(),
            Given::Groups => history.groups().len() > 1,
            Given::Closed => header.contract.group == GroupContract::Closed,
            Given::Primary => header.contract.partition == PartitionContract::Primary,
            Given::ViewChanges => has_view_changes(history),
            Given::WrongExclusions => excludes_wrongly(history),
            Given::NoLiars => header.byzantine.is_empty(),
            Given::Channel(least) => header.contract.channel.is_some_and(|c| c <= least),
            Given::OneOrder => header.clock == Clock::Virtual,
            Given::Outsiders => has_outsiders(history),
            Given::AnyOf(kinds) => kinds.iter().any(|kind| history.has(*kind)),
            Given::Digests => {
                let mut events = history.kinds().iter().zip(history.digests());
                events.any(|(kind, digest)| *kind == Kind::Deliver && *digest != NONE)
            }
            Given::Operation(name) => asks_for(history, name),
            Given::Lines => header.about.get("protocol").is_some_and(|p| p == "lines"),
        }
    }
}

/// The installs of views, of each node in each group.
fn installs(history: &History) -> BTreeMap<(NodeId, Option<u32>), Vec<&ViewInstall>> {
    let mut installs: BTreeMap<_, Vec<&ViewInstall>> = BTreeMap::new();
    for event in history.events().filter(|event| event.kind() == Kind::View) {
        if let (Some(node), Some(view)) = (event.node(), event.view()) {
            installs.entry((node, view.group)).or_default().push(view);
        }
    }
    installs
}

fn has_view_changes(history: &History) -> bool {
    let installs = installs(history);
    let differ = installs.iter().any(|((_, group), views)| {
        let others = installs.iter().filter(|((_, other), _)| other == group);
        let first = |views: &[&ViewInstall]| views.first().map(|view| view.view.clone());
        views.len() > 1 || others.into_iter().any(|(_, more)| first(more) != first(views))
    });
    differ || history.has(Kind::Block)
}

fn excludes_wrongly(history: &History) -> bool {
    let gone = |kind| matches!(kind, Kind::Crash | Kind::Leave);
    let events = history.events().filter(|event| gone(event.kind()));
    let went: BTreeSet<NodeId> = events.filter_map(|event| event.node()).collect();
    let excludes = |two: &[&ViewInstall]| {
        let mut lost = two[0].members.iter().filter(|member| !two[1].members.contains(member));
        lost.any(|member| !went.contains(member))
    };
    history.has(Kind::View)
        && installs(history).values().any(|views| views.windows(2).any(excludes))
}

fn asks_for(history: &History, operation: &str) -> bool {
    let mut invokes = history.events().filter(|event| event.kind() == Kind::Invoke);
    let name = |op: &Value| op.get("f").and_then(Value::as_str).map(str::to_owned);
    invokes.any(|event| event.field("op").and_then(name).as_deref() == Some(operation))
}

fn has_outsiders(history: &History) -> bool {
    let lacks = |members: &[NodeId]| {
        let mut is_member = vec![false; history.node_count()];
        members.iter().for_each(|m| is_member[m.index()] = true);
        is_member.contains(&false)
    };
    history.groups().iter().any(|(_, members)| lacks(members))
}

/// A bound that the header states under `about.bounds`: what was assumed or promised, as a number.
pub fn bound(history: &History, name: &str) -> Option<u64> {
    history.header.about.get("bounds")?.get(name).and_then(Value::as_u64)
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Given::Workload(name) => write!(f, "workload {name}"),
            Given::OneOfWorkloads(names) => write!(f, "workload {}", names.join(" or ")),
            Given::SomeWorkload => write!(f, "a workload"),
            Given::Bound(name) => write!(f, "about.bounds.{name}"),
            Given::Slots => write!(f, "slots"),
            Given::Groups => write!(f, "several groups"),
            Given::Closed => write!(f, "contract.group closed"),
            Given::Primary => write!(f, "contract.partition primary"),
            Given::Channel(Channel::Perfect) => write!(f, "contract.channel perfect"),
            Given::Channel(Channel::FairLoss) => write!(f, "contract.channel fair-loss or perfect"),
            Given::Channel(Channel::Lossy) => write!(f, "contract.channel"),
            Given::OneOrder => write!(f, "clock virtual"),
            Given::Outsiders => write!(f, "a group that not every node is in"),
            Given::AnyOf(kinds) => {
                let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
                write!(f, "{}", words.join(" or "))
            }
            Given::Digests => write!(f, "digests of deliveries"),
            Given::Operation(name) => write!(f, "operation {name}"),
            Given::Lines => write!(f, "about.protocol lines"),
            Given::ViewChanges => write!(f, "a change of views"),
            Given::NoLiars => write!(f, "a run without Byzantine nodes"),
            Given::WrongExclusions => write!(f, "a view without a node that never crashed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::lanes::lanes;

    #[test]
    fn a_stronger_channel_keeps_the_promise_of_a_weaker_one() {
        let mut history = lanes("n1: !a");
        let all = [Channel::Perfect, Channel::FairLoss, Channel::Lossy].map(Given::Channel);
        let mut met = |channel| {
            history.header.contract.channel = channel;
            all.map(|given| given.is_met(&history))
        };
        assert_eq!(met(None), [false, false, false]);
        assert_eq!(met(Some(Channel::Lossy)), [false, false, true]);
        assert_eq!(met(Some(Channel::FairLoss)), [false, true, true]);
        assert_eq!(met(Some(Channel::Perfect)), [true, true, true]);
    }

    #[test]
    fn views_change_if_a_group_has_two_or_begins_to() {
        let met = |picture| Given::ViewChanges.is_met(&lanes(picture));
        assert!(!met("n1: {1,2} !a a\nn2: {1,2}    a"));
        assert!(met("n1: {1,2} {1}\nn2: {1,2}"));
        assert!(met("n1: {1}\nn2:    {2}"), "nobody installed two, yet there are two");
        assert!(!met("n1: !a a"));
    }

    #[test]
    fn an_exclusion_is_wrong_if_the_node_never_crashed() {
        let met = |picture| Given::WrongExclusions.is_met(&lanes(picture));
        assert!(met("n1: {1,2} {1}\nn2: {1,2}"));
        assert!(!met("n1: {1,2}   {1}\nn2: {1,2} #"));
        assert!(!met("n1: {1} {1,2}\nn2:     {1,2}"));
    }
}

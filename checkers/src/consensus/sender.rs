//! Terminating reliable broadcast: instances to which only their sender proposes.
//!
//! A decision of null stands for the sender's fault.

use crate::consensus::instances::{Act, Instance, Instances};

/// The proposal of the instance's sender, if it alone proposed, and one thing, which is not null.
pub fn broadcast<'i>(instances: &Instances<'_, '_>, instance: &'i Instance) -> Option<&'i Act> {
    let first = instance.proposals.first()?;
    let same = |act: &Act| act.node == first.node && act.value == first.value;
    let alone = instance.proposals.iter().all(same) && !instances.value(first).is_null();
    alone.then_some(first)
}

/// Whether the instance's proposals are all of one node, or there are none.
pub fn is_alone(instance: &Instance) -> bool {
    instance.proposals.windows(2).all(|pair| pair[0].node == pair[1].node)
}

/// Whether the sender of an act is correct, and was never down.
pub fn is_always_up(instances: &Instances<'_, '_>, act: &Act) -> bool {
    instances.scene.case.correct[act.node as usize] && !instances.ever_crashed(act.node)
}

/// Whether decisions of null are part of the history: the mark of this problem. Where there are
/// none, a single proposer may be one of consensus, which owes nothing if it crashes.
pub fn is_spoken_of(instances: &Instances<'_, '_>) -> bool {
    let stated = instances.scene.history.header.workload.as_deref();
    let mut decisions = instances.all.values().flat_map(|instance| &instance.decisions);
    stated == Some("terminating-broadcast") || decisions.any(|act| instances.value(act).is_null())
}

//! Crash: nodes stop, between handlers or in the middle of one, for good or for a while (the
//! crash fault of the classical taxonomy; Cristian 1991).

use crate::draw;
use pepperland_core::fault::{Fault, Ground, Profile};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Step, Trouble, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;

/// Nodes stop for good.
pub const STOP: Profile = Profile {
    name: "crash",
    statement: "nodes stop for good, also between two sends of one multicast",
    source: "Cristian 1991",
    variants: &[],
    needs: &[Fault::Crash],
    plan: |ground, _, stream| crashes(ground, stream, |_, _| None),
};

/// Nodes stop and come back with their stable storage.
pub const RECOVERY: Profile = Profile {
    name: "crash-recovery",
    statement: "nodes stop and come back with what was on stable storage",
    source: "Aguilera, Chen, Toueg 2000",
    variants: &[],
    needs: &[Fault::Crash, Fault::Recovery],
    plan: |ground, _, stream| crashes(ground, stream, restart),
};

fn crashes(
    ground: &Ground<'_>,
    stream: &mut Stream,
    until: impl Fn(Time, (&Ground<'_>, &mut Stream)) -> Option<Time>,
) -> Vec<Disturbance> {
    let most = ground.budget().min(ground.nodes.saturating_sub(1));
    if most == 0 {
        return Vec::new();
    }
    // One victim is enough for most bugs, and leaves the most correct nodes to be judged.
    let victims =
        if stream.chance(PerMillion::percent(60)) { 1 } else { stream.between(1, most as u64) };
    draw::shuffled(ground, stream)
        .into_iter()
        .take(victims as usize)
        .map(|node| {
            let (at, effects) = moment(ground, node, stream);
            let until = until(at, (ground, stream));
            Disturbance { at, until, trouble: Trouble::Crash { node, effects } }
        })
        .collect()
}

/// Half of the crashes fall anywhere; the others just as the node acts on a request of its own or
/// of somebody else, in the middle of what it then does.
fn moment(ground: &Ground<'_>, node: NodeId, stream: &mut Stream) -> (Time, Option<u32>) {
    let anywhere = Time(stream.below(ground.heal_at.0.max(1)));
    if stream.chance(PerMillion::percent(30)) {
        return (anywhere, None);
    }
    let effects = Some(stream.below(ground.nodes as u64) as u32);
    let own: Vec<Time> = ground.requests.iter().filter_map(|step| instant(step, node)).collect();
    match own.is_empty() || stream.chance(PerMillion::percent(40)) {
        true => (anywhere, effects),
        false => (*stream.pick(&own), effects),
    }
}

fn instant(step: &Step, node: NodeId) -> Option<Time> {
    match step.when {
        When::At(at) if step.node == node => Some(at),
        _ => None,
    }
}

fn restart(at: Time, (ground, stream): (&Ground<'_>, &mut Stream)) -> Option<Time> {
    Some(Time(stream.between(at.0, ground.heal_at.0.max(at.0))))
}

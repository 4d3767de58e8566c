//! Crash: nodes stop, between handlers or in the middle of one, for good or for a while (the
//! crash fault of the classical taxonomy; Cristian 1991).

use crate::draw;
use pepperland_core::fault::{Fault, Ground, Profile, Variant};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Step, Trouble, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};

/// Nodes stop for good.
pub const STOP: Profile = Profile {
    name: "crash",
    statement: "nodes stop for good, also between two sends of one multicast",
    source: "Cristian 1991",
    needs: &[Fault::Crash],
    plan: |ground, _, stream| crashes(ground, stream, |_, _| None),
    ..Profile::PLAIN
};

/// Nodes stop and come back with their stable storage.
pub const RECOVERY: Profile = Profile {
    name: "crash-recovery",
    statement: "nodes stop and come back with what was on stable storage",
    source: "Aguilera, Chen, Toueg 2000",
    variants: &[
        Variant { name: "some", statement: "as many as may fail", needs: None },
        Variant { name: "all", statement: "the whole group, as in a power cut", needs: None },
    ],
    needs: &[Fault::Crash, Fault::Recovery],
    plan: |ground, choice, stream| match choice.variant {
        "all" => everybody(ground, stream),
        _ => restarting(ground, stream),
    },
    ..Profile::PLAIN
};

/// How far apart the crashes of a whole group are at most.
const TOGETHER: Span = Span::millis(5);

/// The whole group goes down, as in a power cut: what was in nobody's stable storage is gone. Then
/// everybody comes back.
fn everybody(ground: &Ground<'_>, stream: &mut Stream) -> Vec<Disturbance> {
    if ground.budget() == 0 {
        return Vec::new();
    }
    let last = ground.heal_at.0.saturating_sub(1);
    let begin = stream.between(0, last);
    let down = (begin + TOGETHER.0).min(last);
    let crash = |node| {
        let at = Time(stream.between(begin, down));
        let until = Time(stream.between(down, ground.heal_at.0));
        Disturbance::during(at, until, Trouble::Crash { node, effects: None })
    };
    NodeId::first(ground.nodes).map(crash).collect()
}

/// Crashes from which nodes come back.
pub fn restarting(ground: &Ground<'_>, stream: &mut Stream) -> Vec<Disturbance> {
    crashes(ground, stream, restart)
}

fn crashes(
    ground: &Ground<'_>,
    stream: &mut Stream,
    until: impl Fn(Time, (&Ground<'_>, &mut Stream)) -> Option<Time>,
) -> Vec<Disturbance> {
    let most = ground.most(Fault::Crash) as u64;
    if most == 0 {
        return Vec::new();
    }
    let victims = match stream.below(10) {
        // One victim is enough for most bugs, and leaves the most correct nodes to be judged.
        0..5 => one_by_one(ground, 1, stream),
        5..8 if most >= 2 => chain(ground, most, stream),
        _ => one_by_one(ground, stream.between(1, most), stream),
    };
    victims
        .into_iter()
        .map(|(node, at, effects)| {
            let until = until(at, (ground, stream));
            Disturbance { at, until, trouble: Trouble::Crash { node, effects } }
        })
        .collect()
}

/// Who crashes, when, and after how many effects of a handler.
type Victim = (NodeId, Time, Option<u32>);

fn one_by_one(ground: &Ground<'_>, victims: u64, stream: &mut Stream) -> Vec<Victim> {
    let nodes = ground.victims(Fault::Crash, stream).into_iter().take(victims as usize);
    nodes.map(|node| moment(ground, node, stream)).collect()
}

/// A chain: a node crashes in the middle of a multicast, and those who have its message crash as
/// they handle it. What only they delivered is lost, if they delivered too early.
fn chain(ground: &Ground<'_>, most: u64, stream: &mut Stream) -> Vec<Victim> {
    let first = draw::node(ground, stream);
    let (_, at, _) = moment(ground, first, stream);
    let others = stream.between(1, (most - 1).min(2)) as u32;
    let reached = NodeId::first(ground.nodes).filter(|node| *node != first).take(others as usize);
    // Members are sent to in order, the sender among them.
    let sends = others + u32::from(first.0 < others);
    let mut victims = vec![(first, at, Some(sends))];
    victims.extend(reached.map(|node| (node, at, Some(stream.below(ground.nodes as u64) as u32))));
    victims
}

/// Some crashes fall anywhere; the others just as the node acts on a request of its own or of
/// somebody else, in the middle of what it then does.
fn moment(ground: &Ground<'_>, node: NodeId, stream: &mut Stream) -> Victim {
    let anywhere = Time(stream.below(ground.heal_at.0.max(1)));
    if stream.chance(PerMillion::percent(30)) {
        return (node, anywhere, None);
    }
    let effects = Some(stream.below(ground.nodes as u64) as u32);
    let own: Vec<Time> = ground.requests.iter().filter_map(|step| instant(step, node)).collect();
    match own.is_empty() || stream.chance(PerMillion::percent(40)) {
        true => (node, anywhere, effects),
        false => (node, *stream.pick(&own), effects),
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

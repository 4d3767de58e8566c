//! Swizzle: a random subset of nodes is cut off one by one, and comes back one by one in another
//! order (swizzle-clogging; Zhou et al., *FoundationDB*, SIGMOD 2021, on simulation testing). Nodes
//! stand still in the same way where the plan pauses them.

use crate::planner::{Strategy, Turn};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Links, Schedule, Trouble};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;

/// The record.
pub const ENTRY: Strategy = Strategy {
    name: "swizzle",
    statement: "nodes are cut off or stand still one by one, and come back in another order",
    source: "Zhou et al. 2021",
    orders: false,
    learns: false,
    plan,
};

fn plan(turn: &mut Turn<'_, '_>) -> Schedule {
    swizzled(turn.planned(), &mut turn.stream)
}

/// The schedule with its cuts, or else its pauses, one by one; as it is if it has neither.
fn swizzled(mut schedule: Schedule, stream: &mut Stream) -> Schedule {
    let nodes = schedule.header.nodes;
    let cuts = |d: &Disturbance| matches!(d.trouble, Trouble::Cut { .. });
    let pauses = |d: &Disturbance| matches!(d.trouble, Trouble::Pause { .. });
    let (is_staggered, most): (fn(&Disturbance) -> bool, u32) =
        match schedule.disturbances.iter().any(cuts) {
            true => (cuts, nodes.saturating_sub(1)),
            false => (pauses, nodes / 2),
        };
    let before = schedule.disturbances.len();
    schedule.disturbances.retain(|d| !is_staggered(d));
    if schedule.disturbances.len() == before || most == 0 {
        return schedule;
    }
    let mut all: Vec<NodeId> = NodeId::first(nodes as usize).collect();
    stream.shuffle(&mut all);
    all.truncate(stream.between(1, most.into()) as usize);
    let rest = |node: NodeId| NodeId::first(nodes as usize).filter(move |n| *n != node).collect();
    let trouble = |node| match most == nodes.saturating_sub(1) {
        true => Trouble::Cut { links: Links::between(vec![node], rest(node)) },
        false => Trouble::Pause { node },
    };
    let windows = windows(all.len(), schedule.header.heal_at, stream);
    let staggered = all.into_iter().zip(windows);
    schedule
        .disturbances
        .extend(staggered.map(|(node, (at, until))| Disturbance::during(at, until, trouble(node))));
    schedule
}

/// So many windows that all begin before any ends, and end in another order than they begin.
fn windows(many: usize, heal_at: Time, stream: &mut Stream) -> Vec<(Time, Time)> {
    let middle = stream.between(0, heal_at.0.max(1) - 1);
    let mut begins: Vec<u64> = (0..many).map(|_| stream.between(0, middle)).collect();
    begins.sort_unstable();
    let ends = (0..many).map(|_| stream.between(middle, heal_at.0));
    begins.into_iter().zip(ends).map(|(at, until)| (Time(at), Time(until))).collect()
}

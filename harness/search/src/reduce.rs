//! Reductions of a schedule: without some steps, a node or a group, simpler in its numbers.

#[cfg(test)]
mod tests;

use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Disturbance, Fate, Links, Schedule, Step, Trouble, Way, When};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeSet;

/// The schedule with these steps alone; a step that waits for one that is gone goes as well.
pub fn with_steps(schedule: &Schedule, steps: &[Step]) -> Schedule {
    let mut kept = steps.to_vec();
    loop {
        let ids: BTreeSet<u32> = kept.iter().map(|step| step.id).collect();
        let before = kept.len();
        kept.retain(|step| match step.when {
            When::At(_) => true,
            When::Upon { of, .. } => ids.contains(&of),
        });
        if kept.len() == before {
            return Schedule { steps: kept, ..schedule.clone() };
        }
    }
}

/// The schedule with these disturbances alone.
pub fn with_disturbances(schedule: &Schedule, disturbances: &[Disturbance]) -> Schedule {
    Schedule { disturbances: disturbances.to_vec(), ..schedule.clone() }
}

/// The schedule without a node; those after it move up by one. Of clients and servers, only clients
/// can be left out, and not the last: how many servers may fail depends on how many there are.
pub fn without_node(schedule: &Schedule, gone: NodeId) -> Option<Schedule> {
    if schedule.header.nodes <= 1 {
        return None;
    }
    let clients = schedule.header.clients;
    let is_needed = |client: NodeId| client.0 >= clients || clients == 1;
    if clients > 0 && is_needed(gone) {
        return None;
    }
    let rename = |node: NodeId| match node.cmp(&gone) {
        std::cmp::Ordering::Less => Some(node),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(NodeId(node.0 - 1)),
    };
    let stay = |step: &Step| rename(step.node).map(|node| Step { node, ..step.clone() });
    let steps: Vec<Step> = schedule.steps.iter().filter_map(stay).collect();
    let mut reduced = with_steps(schedule, &steps);
    reduced.header.nodes -= 1;
    reduced.header.clients = clients.saturating_sub(1);
    reduced.disturbances =
        schedule.disturbances.iter().filter_map(|d| renamed(d, &rename)).collect();
    for members in &mut reduced.header.groups {
        *members = members.iter().filter_map(|member| rename(*member)).collect();
    }
    while let Some(empty) = reduced.header.groups.iter().position(Vec::is_empty) {
        reduced = without_group(&reduced, GroupId(empty as u32))?;
    }
    Some(reduced)
}

/// The schedule without a group; those after it move up by one.
pub fn without_group(schedule: &Schedule, gone: GroupId) -> Option<Schedule> {
    if schedule.header.groups.len() <= 1 || schedule.header.clients > 0 {
        return None;
    }
    let stays = |step: &&Step| step.ask.group() != Some(gone);
    let steps: Vec<Step> = schedule.steps.iter().filter(stays).cloned().collect();
    let mut reduced = with_steps(schedule, &steps);
    reduced.header.groups.remove(gone.index());
    for group in reduced.steps.iter_mut().filter_map(|step| step.ask.group_mut()) {
        *group = GroupId(group.0 - u32::from(*group > gone));
    }
    Some(reduced)
}

/// The schedule with each crash in the middle of a handler one effect sooner.
pub fn crashing_sooner(schedule: &Schedule) -> Schedule {
    let mut sooner = schedule.clone();
    for disturbance in &mut sooner.disturbances {
        if let Trouble::Crash { effects: Some(after), .. } = &mut disturbance.trouble {
            *after = after.saturating_sub(1);
        }
    }
    sooner
}

/// The disturbance with its nodes renamed; nothing if it is about none that is left.
pub fn renamed(
    disturbance: &Disturbance,
    rename: &impl Fn(NodeId) -> Option<NodeId>,
) -> Option<Disturbance> {
    let mut trouble = disturbance.trouble.clone();
    match &mut trouble {
        Trouble::Strike { from, to, fate, .. } => {
            *from = rename(*from)?;
            *to = rename(*to)?;
            if let Fate::Earlier { meant_for, .. } | Fate::Replay { meant_for, .. } = fate {
                *meant_for = rename(*meant_for)?;
            }
        }
        Trouble::Crash { node, .. }
        | Trouble::Pause { node }
        | Trouble::Skew { node, .. }
        | Trouble::Starve { node, .. }
        | Trouble::Disk { node, .. } => {
            *node = rename(*node)?;
        }
        Trouble::Lie { node, how, .. } => {
            *node = rename(*node)?;
            rename_some(&mut how.to, rename)?;
        }
        Trouble::Twin { node, first, second } => {
            *node = rename(*node)?;
            // A copy that talks with nobody is left one.
            rename_some(first, rename);
            rename_some(second, rename);
        }
        Trouble::Cut { links }
        | Trouble::Lose { links, .. }
        | Trouble::Delay { links, .. }
        | Trouble::Duplicate { links, .. }
        | Trouble::Corrupt { links, .. }
        | Trouble::Omit { links, .. }
        | Trouble::Garble { links, .. }
        | Trouble::Throttle { links, .. } => rename_links(links, rename)?,
    }
    Some(Disturbance { trouble, ..disturbance.clone() })
}

/// Nothing if a side that was named is empty now.
fn rename_links(links: &mut Links, rename: &impl Fn(NodeId) -> Option<NodeId>) -> Option<()> {
    rename_some(&mut links.from, rename)?;
    rename_some(&mut links.to, rename)
}

/// Nothing if some were named and none is left.
fn rename_some(
    nodes: &mut Option<Vec<NodeId>>,
    rename: &impl Fn(NodeId) -> Option<NodeId>,
) -> Option<()> {
    let Some(nodes) = nodes else { return Some(()) };
    *nodes = nodes.iter().filter_map(|node| rename(*node)).collect();
    (!nodes.is_empty()).then_some(())
}

/// Small draws name the changes of a message one by one: so many are tried instead of a large one.
const SIMPLE_LIES: u32 = 48;

/// Simpler forms of one disturbance, the simplest first.
pub fn simpler(disturbance: &Disturbance) -> Vec<Disturbance> {
    let mut forms = Vec::new();
    let mut add = |trouble: Trouble| forms.push(Disturbance { trouble, ..disturbance.clone() });
    match &disturbance.trouble {
        Trouble::Crash { node, effects: Some(after) } => {
            add(Trouble::Crash { node: *node, effects: None });
            (0..*after).for_each(|k| add(Trouble::Crash { node: *node, effects: Some(k) }));
        }
        Trouble::Strike { from, to, network, number, fate } => {
            let (from, to, network, number) = (*from, *to, *network, *number);
            let simpler = simpler_fates(*fate).into_iter();
            simpler.for_each(|fate| add(Trouble::Strike { from, to, network, number, fate }));
        }
        Trouble::Twin { node, first, second } => {
            let twin = |first, second| Trouble::Twin { node: *node, first, second };
            add(twin(None, None));
            let fewer = |side: &Option<Vec<NodeId>>| [None].into_iter().chain(fewer(side));
            fewer(first).for_each(|first| add(twin(first, second.clone())));
            fewer(second).for_each(|second| add(twin(first.clone(), second)));
        }
        Trouble::Cut { links } => {
            smaller_sides(links).into_iter().for_each(|links| add(Trouble::Cut { links }));
        }
        Trouble::Omit { links, rate, degree } => {
            let (links, rate) = (links.clone(), *rate);
            (1..*degree)
                .for_each(|degree| add(Trouble::Omit { links: links.clone(), rate, degree }));
        }
        _ => {}
    }
    if disturbance.until.is_some() && !matches!(disturbance.trouble, Trouble::Strike { .. }) {
        forms.push(Disturbance { until: None, ..disturbance.clone() });
    }
    forms.retain(|form| form != disturbance);
    forms
}

/// Other lies in the place of one: a message that does not come is simpler than one that comes
/// changed, and a small change than one out of the past.
fn simpler_fates(fate: Fate) -> Vec<Fate> {
    let lies = |below: u32| (0..SIMPLE_LIES.min(below)).map(|draw| Fate::Lie { draw });
    match fate {
        Fate::Lie { draw } => lies(draw).collect(),
        Fate::Replay { meant_for, earlier, besides: true } => {
            vec![Fate::Withhold, Fate::Replay { meant_for, earlier, besides: false }]
        }
        Fate::Earlier { .. } | Fate::Replay { .. } => {
            [Fate::Withhold].into_iter().chain(lies(SIMPLE_LIES)).collect()
        }
        Fate::Stall { .. } => vec![Fate::Withhold],
        Fate::Spoil { entries } => {
            let one = (0..32).map(|node| 1 << node).filter(|one| entries & one != 0);
            one.filter(|one| *one != entries).map(|entries| Fate::Spoil { entries }).collect()
        }
        _ => Vec::new(),
    }
}

/// The nodes of a side but one, for each of them.
fn fewer(side: &Option<Vec<NodeId>>) -> Vec<Option<Vec<NodeId>>> {
    let nodes = side.as_deref().unwrap_or_default();
    let without = |i: usize| nodes.iter().enumerate().filter(move |(j, _)| *j != i);
    let pick = |i: usize| Some(without(i).map(|(_, node)| *node).collect());
    (0..if nodes.len() > 1 { nodes.len() } else { 0 }).map(pick).collect()
}

fn smaller_sides(links: &Links) -> Vec<Links> {
    let mut smaller = Vec::new();
    if links.both_ways {
        smaller.push(Links { both_ways: false, ..links.clone() });
        let (from, to) = (links.to.clone(), links.from.clone());
        smaller.push(Links { from, to, both_ways: false });
    }
    smaller.extend(fewer(&links.from).into_iter().map(|from| Links { from, ..links.clone() }));
    smaller.extend(fewer(&links.to).into_iter().map(|to| Links { to, ..links.clone() }));
    smaller
}

/// The schedule with every instant rounded down to a multiple of `unit`.
pub fn rounded(schedule: &Schedule, unit: Span) -> Schedule {
    let round = |at: Time| Time(at.0 / unit.0 * unit.0);
    let mut rounded = schedule.clone();
    rounded.header.heal_at = round(rounded.header.heal_at);
    for step in &mut rounded.steps {
        step.when = match step.when {
            When::At(at) => When::At(round(at)),
            When::Upon { of, after } => When::Upon { of, after: Span(after.0 / unit.0 * unit.0) },
        };
    }
    for disturbance in &mut rounded.disturbances {
        disturbance.at = round(disturbance.at);
        disturbance.until = disturbance.until.map(round);
    }
    rounded
}

/// The schedule with its whole course moved to an earlier beginning.
pub fn earlier(schedule: &Schedule) -> Schedule {
    let instants = schedule.steps.iter().filter_map(|step| match step.when {
        When::At(at) => Some(at),
        When::Upon { .. } => None,
    });
    let struck = |d: &&Disturbance| !matches!(d.trouble, Trouble::Strike { .. });
    let begins = schedule.disturbances.iter().filter(struck).map(|d| d.at);
    let Some(first) = instants.chain(begins).min() else { return schedule.clone() };
    let back = |at: Time| Time(at.0 - first.0.min(at.0));
    let mut moved = schedule.clone();
    for step in &mut moved.steps {
        if let When::At(at) = step.when {
            step.when = When::At(back(at));
        }
    }
    for disturbance in &mut moved.disturbances {
        disturbance.at = back(disturbance.at);
        disturbance.until = disturbance.until.map(back);
    }
    moved.header.heal_at = back(moved.header.heal_at);
    moved
}

/// Whether the network draws anything in this run.
pub fn draws(schedule: &Schedule) -> bool {
    let network = &schedule.header.network;
    let rated = |d: &Disturbance| match &d.trouble {
        Trouble::Cut { .. } | Trouble::Throttle { .. } => false,
        Trouble::Lie { how, .. } => how.way != Way::Hasty,
        Trouble::Strike { fate, .. } => matches!(fate, Fate::Corrupt | Fate::Garble),
        other => other.links().is_some(),
    };
    network.min_latency != network.max_latency || schedule.disturbances.iter().any(rated)
}

/// The schedule with a latency that can be seen in a diagram.
pub fn slower(schedule: &Schedule) -> Schedule {
    let mut slower = schedule.clone();
    if !draws(schedule) {
        slower.header.network.min_latency = Span::millis(10);
        slower.header.network.max_latency = Span::millis(10);
    }
    slower
}

/// Gives a strike another span; false if it has none.
pub fn retimed(disturbance: &mut Disturbance, span: Span) -> bool {
    match &mut disturbance.trouble {
        Trouble::Strike {
            fate: Fate::Delay { by } | Fate::Duplicate { by } | Fate::Stall { by },
            ..
        } => {
            *by = span;
            true
        }
        _ => false,
    }
}

//! Mutation: a run that went where none had gone before is tried again with its faults moved to
//! where something happened, stretched, at other nodes, or with another order of arrival (greybox
//! fuzzing of schedules; Gulcan, Ozkan, Majumdar & Nagendra, *Model-guided Fuzzing of Distributed
//! Systems*, OOPSLA 2025; Meng et al., CCS 2023). The network's own choices stay the same up to the
//! fault, so that what it was moved to is what it meets.
//!
//! Nothing is added that the plan could not have drawn: no other kind of fault, no more victims, and
//! clients fail for clients, servers for servers.

use crate::planner::corpus::Lesson;
use crate::planner::moments::{self, Moment};
use crate::planner::{Strategy, Turn, orders};
use crate::reduce::renamed;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Class;
use pepperland_core::schedule::{Disturbance, Schedule, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeSet;

/// The record.
pub const ENTRY: Strategy = Strategy {
    name: "mutation",
    statement: "runs that showed something new are tried again with their faults moved",
    source: "Gulcan et al. 2025",
    orders: false,
    learns: true,
    plan,
};

/// How many of the runs of an epoch are not mutated, of four.
const FRESH: u64 = 1;

fn plan(turn: &mut Turn<'_, '_>) -> Schedule {
    let fresh = turn.run % 4 < FRESH;
    match turn.corpus.pick(&mut turn.stream) {
        Some(lesson) if !fresh => mutated(turn, lesson),
        _ => turn.planned(),
    }
}

/// The schedule of a lesson, changed in one to three ways.
pub fn mutated(turn: &mut Turn<'_, '_>, lesson: &Lesson) -> Schedule {
    let mut schedule = lesson.schedule.clone();
    for _ in 0..turn.stream.between(1, 3) {
        change(&mut schedule, lesson, turn);
    }
    let stream = &mut turn.stream;
    if turn.trial.runtime.orders() && stream.chance(PerMillion::percent(25)) {
        schedule.header.order = orders::any(stream);
    }
    schedule
}

fn change(schedule: &mut Schedule, lesson: &Lesson, turn: &mut Turn<'_, '_>) {
    let classes = turn.trial.plan.implementation.classes(schedule.header.nodes as usize);
    let stream = &mut turn.stream;
    let faults = schedule.disturbances.len() as u64;
    if faults == 0 {
        schedule.header.seed = schedule.header.seed.child("mutation", stream.bits());
        return;
    }
    let chosen = stream.below(faults) as usize;
    match stream.below(16) {
        0..7 => meet(schedule, chosen, (lesson, &classes), stream),
        7..9 => stretch(schedule, chosen, stream),
        9..12 => gather(schedule, chosen, stream),
        12..14 => fail_another(schedule, chosen, &classes),
        14 => schedule.header.seed = schedule.header.seed.child("mutation", stream.bits()),
        _ => effects(schedule, chosen, stream),
    }
}

/// Moves a fault to where something happens, with all that begin when it does.
fn meet(
    schedule: &mut Schedule,
    chosen: usize,
    (lesson, classes): (&Lesson, &[Class]),
    stream: &mut Stream,
) {
    let heal_at = schedule.header.heal_at;
    let Some(moment) = moments::pick(&lesson.history, heal_at, stream) else { return };
    let old = schedule.disturbances[chosen].clone();
    if let Some(node) = of_node(&old.trouble) {
        if classes.iter().any(|class| class.holds(node) && class.holds(moment.node)) {
            exchange(schedule, node, moment.node);
        }
        return move_to(&mut schedule.disturbances[chosen], moment, heal_at, stream);
    }
    let together = |d: &&mut Disturbance| (d.at, d.until) == (old.at, old.until);
    for d in schedule.disturbances.iter_mut().filter(together) {
        move_to(d, moment, heal_at, stream);
    }
}

fn move_to(d: &mut Disturbance, moment: Moment, heal_at: Time, stream: &mut Stream) {
    let lasts = d.until.map(|until| until.since(d.at));
    d.at = moment.at;
    d.until = lasts.map(|lasts| (d.at + lasts).min(heal_at).max(d.at));
    if let Trouble::Crash { effects, .. } = &mut d.trouble {
        // Just before the event or just after it; timers and stores are not on record.
        let amid = stream.chance(PerMillion::percent(80));
        let hidden = if stream.chance(PerMillion::percent(50)) { 2 } else { 6 };
        *effects = amid.then(|| moment.effects + stream.below(hidden) as u32);
    }
}

/// A fault that lasts begins at once, or lasts as long as faults do, or ends soon.
fn stretch(schedule: &mut Schedule, chosen: usize, stream: &mut Stream) {
    let heal_at = schedule.header.heal_at;
    let old = schedule.disturbances[chosen].clone();
    let (begin, soon) = (stream.chance(PerMillion::percent(50)), stream.below(20));
    for d in &mut schedule.disturbances {
        if (d.at, d.until) != (old.at, old.until) || d.until.is_none() {
            continue;
        }
        match soon {
            0..4 => d.until = Some((d.at + Span::millis(1 + soon * soon)).min(heal_at).max(d.at)),
            _ => {
                d.until = Some(heal_at.max(d.at));
                d.at = if begin { Time::ZERO } else { d.at };
            }
        }
    }
}

/// Two nodes change places in all faults, which keeps the number of victims.
pub fn exchange(schedule: &mut Schedule, one: NodeId, other: NodeId) {
    let rename = |node: NodeId| match node {
        node if node == one => Some(other),
        node if node == other => Some(one),
        node => Some(node),
    };
    let faults = schedule.disturbances.iter().filter_map(|d| renamed(d, &rename));
    schedule.disturbances = faults.collect();
}

/// The faults of nodes fall together, or within a few milliseconds.
fn gather(schedule: &mut Schedule, chosen: usize, stream: &mut Stream) {
    let heal_at = schedule.header.heal_at;
    let begin = schedule.disturbances[chosen].at;
    let apart = *stream.pick(&[0, 1, 10, 50]);
    for d in schedule.disturbances.iter_mut().filter(|d| of_node(&d.trouble).is_some()) {
        let lasts = d.until.map(|until| until.since(d.at));
        let after = Span(stream.between(0, Span::millis(apart).0));
        d.at = (begin + after).min(heal_at);
        d.until = lasts.map(|lasts| (d.at + lasts).min(heal_at).max(d.at));
    }
}

/// One more node of a class fails as another does, the first in order that is well: it often has a
/// part of its own to play.
fn fail_another(schedule: &mut Schedule, chosen: usize, classes: &[Class]) {
    let old = schedule.disturbances[chosen].clone();
    let Some(one) = of_node(&old.trouble) else { return };
    let Some(class) = classes.iter().find(|class| class.holds(one)) else { return };
    let failing = |d: &Disturbance| of_node(&d.trouble).filter(|node| class.holds(*node));
    let victims: BTreeSet<NodeId> = schedule.disturbances.iter().filter_map(failing).collect();
    let well = class.nodes.clone().map(NodeId).find(|node| !victims.contains(node));
    let Some(other) = well else { return };
    if victims.len() >= class.most {
        return exchange(schedule, one, other);
    }
    let rename = |node: NodeId| Some(if node == one { other } else { node });
    schedule.disturbances.extend(renamed(&old, &rename));
}

/// A crash falls between other effects.
fn effects(schedule: &mut Schedule, chosen: usize, stream: &mut Stream) {
    let most = 2 * u64::from(schedule.header.nodes);
    if let Trouble::Crash { effects, .. } = &mut schedule.disturbances[chosen].trouble {
        *effects = Some(stream.below(most) as u32);
    }
}

fn of_node(trouble: &Trouble) -> Option<NodeId> {
    match trouble {
        Trouble::Crash { node, .. }
        | Trouble::Pause { node }
        | Trouble::Skew { node, .. }
        | Trouble::Lie { node, .. }
        | Trouble::Twin { node, .. } => Some(*node),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"{"format":"pepperland.schedule","version":1,"impl":"any","nodes":7,"clients":2,"groups":{"g1":["n1","n2"],"g2":["n3","n4","n5","n6","n7"]},"seed":"0x1","network":{"min_latency":1,"max_latency":1,"channel":"perfect","in_flight":"kept"},"heal_at":9,"end":9}"#;

    fn classes() -> [Class; 2] {
        let class =
            |what, nodes, most| Class { what, nodes, most, all_may_crash: false, may_lie: true };
        [class("clients", 0..2, 1), class("servers", 2..7, 2)]
    }

    #[test]
    fn of_no_class_more_fail_than_may() {
        let first = r#"{"at":1,"fault":"crash","n":"n4"}"#;
        let mut schedule =
            Schedule::from_text(&format!("{HEADER}\n{first}\n")).expect("a schedule");
        for round in 0..8 {
            let chosen = round % schedule.disturbances.len();
            fail_another(&mut schedule, chosen, &classes());
        }
        let failing: BTreeSet<NodeId> =
            schedule.disturbances.iter().filter_map(|d| of_node(&d.trouble)).collect();
        assert_eq!(failing.len(), 2, "{failing:?}");
        assert!(failing.iter().all(|node| classes()[1].holds(*node)), "{failing:?}");
    }
}

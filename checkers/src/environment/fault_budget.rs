//! Fault budget: no more nodes are faulty at once than was assumed.
//!
//! # Definition
//! At any time at most `about.bounds.faults` nodes are down or Byzantine; a Byzantine node that is
//! down counts once. A node that is back up is no longer faulty, unless the failure model is
//! crash-stop, where it cannot come back. On a real clock two nodes are down at once only if that
//! is so whatever the clock's error.
//! # Cost
//! O(events + crashes · log(crashes)).
//! # Witness
//! The crashes of the nodes that are down when the bound is passed.

use crate::environment::unbounded;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, FailureModel, Kind};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fault-budget",
    number: "ENV3",
    statement: "no more nodes are faulty at once than was assumed",
    source: "Lamport, Shostak & Pease 1982",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(events + crashes · log(crashes))",
    needs: &[],
    given: &[Given::Bound("faults")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(most) = bound(case.history, "faults") else { return unbounded("faults") };
    let scene = Scene::of(case);
    let liars = case.byzantine.iter().filter(|lies| **lies).count() as u64;
    let end = scene.history.end();
    let mut tally = Tally::of(&scene);
    (0..liars).for_each(|_| tally.count(Time::ZERO, end));
    let mut witness = (liars > most).then(|| too_many(&scene, &BTreeMap::new(), most));
    let mut down: BTreeMap<u32, u32> = BTreeMap::new();
    for (_, turn) in turns(&scene) {
        match turn {
            Turn::Up(node) => drop(down.remove(&node)),
            Turn::Down(node, crash) => {
                tally.count(scene.time(crash), scene.time(crash));
                down.insert(node, crash);
                if liars + down.len() as u64 > most && witness.is_none() {
                    witness = Some(too_many(&scene, &down, most));
                }
            }
        }
    }
    tally.verdict(witness, "nobody failed")
}

/// A node that does not lie goes down at an event, or comes up again. At one instant, up first.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
enum Turn {
    Up(u32),
    Down(u32, u32),
}

/// The turns in the order of time: a crash is taken as late as the clock's error allows.
fn turns(scene: &Scene<'_>) -> Vec<(u64, Turn)> {
    let history = scene.history;
    let comes_back = history.header.failure_model != FailureModel::CrashStop;
    let mut turns = Vec::new();
    let mut since: Vec<Option<u32>> = vec![None; history.node_count()];
    for (event, kind) in history.kinds().iter().enumerate() {
        let (event, node) = (event as u32, history.nodes()[event]);
        if scene.case.byzantine.get(node as usize) != Some(&false) {
            continue;
        }
        let since = &mut since[node as usize];
        match kind {
            Kind::Crash if since.is_none() => *since = Some(event),
            Kind::Recover if comes_back => {
                let crash = since.take();
                turns.extend(crash.map(|crash| (crash, Some(event), node)));
            }
            _ => {}
        }
    }
    let for_good = (0..).zip(since).filter_map(|(node, crash)| Some((crash?, None, node)));
    turns.extend(for_good);
    let mut sorted = Vec::new();
    for (crash, back, node) in turns {
        let (down, up) = (scene.start_key(crash), back.map(|back| scene.key(back)));
        if up.is_none_or(|up| down < up) {
            sorted.push((down, Turn::Down(node, crash)));
            sorted.extend(up.map(|up| (up, Turn::Up(node))));
        }
    }
    sorted.sort_unstable();
    sorted
}

fn too_many(scene: &Scene<'_>, down: &BTreeMap<u32, u32>, most: u64) -> Witness {
    let nodes = 0..scene.history.node_count() as u32;
    let lies = |node: u32| scene.case.byzantine[node as usize];
    let faulty: Vec<&str> = nodes
        .filter(|node| lies(*node) || down.contains_key(node))
        .map(|node| scene.node_name(node))
        .collect();
    let (count, names) = (faulty.len(), faulty.join(", "));
    Proof::default()
        .yes(format!("{names} are faulty at once"), down.values().map(|crash| EventId(*crash)))
        .no(format!("at most {most} nodes are"), [])
        .because(format!("{count} nodes are faulty at once ({names}); the bound is {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::parse;
    use pepperland_core::history::{Clock, Header, History};
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn bounded(model: FailureModel, liar: &[&str], picture: &str) -> History {
        let mut header = Header::new(Vec::new());
        header.failure_model = model;
        header.clock = Clock::Virtual;
        header.byzantine = liar.iter().map(|name| (*name).to_owned()).collect();
        header.about.insert("bounds".into(), json!({"faults": 1}));
        parse(picture, header).unwrap()
    }

    #[test]
    fn those_that_are_down_at_once_are_counted() {
        let (stop, recovery) = (FailureModel::CrashStop, FailureModel::CrashRecovery);
        let (overlap, turns) = ("n1: #  ^\nn2:  # ^", "n1: # ^\nn2:     # ^");
        let told = "2 nodes are faulty at once (n1, n2); the bound is 1";
        assert_eq!(because(&ENTRY, &bounded(recovery, &[], overlap)), told);
        assert_eq!(ruling(&ENTRY, &bounded(recovery, &[], turns)), Ruling::Held);
        assert_eq!(because(&ENTRY, &bounded(stop, &[], turns)), told);
        assert_eq!(ruling(&ENTRY, &bounded(stop, &["n1"], "n1: #\nn2:")), Ruling::Held);
        assert_eq!(because(&ENTRY, &bounded(stop, &["n1"], "n1: #\nn2: #")), told);
        assert_eq!(undecided(&ENTRY, &bounded(stop, &[], "n1: !a")), "nobody failed");
    }

    #[test]
    fn a_real_clock_may_be_wrong() {
        let mut history = bounded(FailureModel::CrashRecovery, &[], "n1: #  ^\nn2:  # ^");
        history.header.clock = Clock::Real;
        assert_eq!(ruling(&ENTRY, &history), Ruling::Violated);
        history.header.clock_error = Some(2);
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }
}

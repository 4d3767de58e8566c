//! Weak accuracy: some correct node is never suspected.
//!
//! # Definition
//! Some correct node is never suspected (Chandra & Toueg 1996: *Weak Accuracy*), by any node but
//! Byzantine ones. A suspicion counts if it is a mistake as in strong accuracy: that of a node
//! that was down, and restarted, does not. Nodes that left are not looked for.
//! # Cost
//! O(events · log events).
//! # Witness
//! For each correct node a suspicion; and the last trust before it, if an earlier crash would
//! excuse it otherwise.

use crate::detectors::watch::{Mistake, Watch};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-weak-accuracy",
    number: "FD4",
    statement: "some correct node is never suspected",
    source: "Chandra & Toueg 1996",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log events)",
    needs: &[Kind::Suspect],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let mut tally = Tally::of(&scene);
    let mut first: Map<u32, (u32, Mistake)> = Map::default();
    for pair in watch.turns.keys() {
        if let Some(mistake) = watch.mistakes(*pair).first() {
            first.entry(pair.1).or_insert((pair.0, *mistake));
        }
    }
    let nodes = 0..scene.history.node_count() as u32;
    let correct: Vec<u32> = nodes.filter(|node| watch.stays(*node)).collect();
    for _ in correct.iter().filter(|_| !watch.turns.is_empty()) {
        tally.count(scene.history.times()[0], watch.end);
    }
    let mistakes: Option<Vec<(u32, u32, Mistake)>> = correct
        .iter()
        .map(|target| first.get(target).map(|(monitor, mistake)| (*monitor, *target, *mistake)))
        .collect();
    let mistakes = mistakes.filter(|all| !all.is_empty());
    let witness = mistakes.map(|all| everybody(&watch, &all));
    tally.verdict(witness, "no detector said anything of correct nodes")
}

fn everybody(watch: &Watch<'_, '_>, all: &[(u32, u32, Mistake)]) -> Witness {
    let told = |(monitor, target, _): &(u32, u32, Mistake)| {
        format!("{} suspected {}", watch.name(*monitor), watch.name(*target))
    };
    let clause = |proof: Proof, one: &(u32, u32, Mistake)| proof.yes(told(one), one.2.events());
    let told: Vec<String> = all.iter().map(told).collect();
    all.iter()
        .fold(Proof::default(), clause)
        .no("some correct node is never suspected", [])
        .because(format!("every correct node was suspected: {}", told.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn one_node_above_suspicion_is_enough() {
        let two = "n1 suspect n2; n2 suspect n1";
        assert_eq!(ruling(&ENTRY, &spoken(&json!({}), two)), Ruling::Held);
        let history = spoken(&json!({}), &format!("{two}; n3 crash"));
        let told = "every correct node was suspected: n2 suspected n1, n1 suspected n2";
        assert_eq!(because(&ENTRY, &history), told);
        assert!(undecided(&ENTRY, &spoken(&json!({}), "n1 crash")).starts_with("no detector"));
    }
}

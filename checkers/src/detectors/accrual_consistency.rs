//! Accrual: the level of suspicion of a crashed node does not fall.
//!
//! # Definition
//! If a node crashes, the suspicion level that a correct node states for it never falls from some
//! time on (Défago, Urbán, Hayashibara & Katayama 2005: *Accruement*). A level is the number in
//! the `state` of a suspicion or trust; "from some time on" is the last stretch of the run: see
//! [`Stretch`]. Levels of nodes that are up are not bound.
//! # Cost
//! O(events · log pairs).
//! # Witness
//! The crash and the two levels.

use crate::detectors::watch::{Stretch, Turn, Watch};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "accrual-consistency",
    number: "FD9",
    statement: "in the end the suspicion level of a crashed node does not fall",
    source: "Défago, Urbán, Hayashibara & Katayama 2005",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log pairs)",
    needs: &[Kind::Crash, Kind::Suspect],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let stretch = match Stretch::of(&watch, case) {
        Ok(stretch) => stretch,
        Err(reason) => return Verdict::undecided(reason),
    };
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for ((monitor, target), turns) in &watch.turns {
        let Some(crash) = watch.last_crash(*target).filter(|_| watch.stays(*monitor)) else {
            continue;
        };
        let late = turns.iter().filter(|turn| watch.time(turn.event) >= stretch.from);
        let stated: Vec<(&Turn, f64)> =
            late.filter_map(|turn| turn.level.map(|level| (turn, level))).collect();
        for pair in stated.windows(2) {
            tally.count(watch.time(pair[0].0.event), watch.time(pair[1].0.event));
            if witness.is_none() && pair[1].1 < pair[0].1 {
                witness = Some(fell(&watch, (*monitor, *target), crash, pair));
            }
        }
    }
    tally.verdict(witness, "no correct node stated two levels for a crashed one near the end")
}

fn fell(
    watch: &Watch<'_, '_>,
    (monitor, target): (u32, u32),
    crash: u32,
    pair: &[(&Turn, f64)],
) -> Witness {
    let (m, t) = (watch.name(monitor), watch.name(target));
    let (from, to) = (pair[0].1, pair[1].1);
    let events = [pair[0].0.event, pair[1].0.event].map(EventId);
    Proof::default()
        .yes(format!("{t} crashed"), [EventId(crash)])
        .yes(format!("{m} stated level {from}"), [events[0]])
        .no("its next level is no lower", events)
        .because(format!("{t} crashed; {m}'s level for it fell from {from} to {to}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    const LONG: &str = "@90 - note";

    #[test]
    fn the_level_of_a_crashed_node_does_not_fall() {
        let of = |levels: &str| {
            let words = format!("n2 crash; n1 suspect n2 state=\"9\"; {levels}; {LONG}");
            spoken(&json!({}), &words)
        };
        let told = "n2 crashed; n1's level for it fell from 3.5 to 2";
        let falls = "@60 n1 suspect n2 state=\"3.5\"; @70 n1 suspect n2 state=\"2\"";
        assert_eq!(because(&ENTRY, &of(falls)), told);
        let rises = "@60 n1 suspect n2 state=\"3.5\"; @70 n1 suspect n2 state=\"4\"";
        assert_eq!(ruling(&ENTRY, &of(rises)), Ruling::Held);
        assert!(undecided(&ENTRY, &of("n3 crash")).starts_with("no correct node stated"));
    }
}

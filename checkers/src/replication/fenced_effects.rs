//! Fenced effects: what a deposed primary still sends has no effect any more.
//!
//! # Definition
//! A replica that has executed an operation of epoch `e` executes none of a lower epoch afterwards
//! (Budhiraja, Marzullo, Schneider & Toueg 1993 make one primary of several by this; Gray &
//! Cheriton 1989 fence a lease in the same way). The epoch is the key `epoch` of the execution;
//! where it is missing nothing is judged. A snapshot, and a restart that forgot, begin anew: an
//! older log may be played again from its start. Binds every node that is not Byzantine.
//! # Cost
//! O(events).
//! # Witness
//! The execution with the higher epoch, and the later one with the lower.

use crate::replication::applied::{Applied, applied};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::number;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fenced-effects",
    number: "RP2",
    statement: "what a replica executes is never of a lower epoch than what it executed before",
    source: "Gray & Cheriton 1989; Budhiraja, Marzullo, Schneider & Toueg 1993",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Apply],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let (scene, history) = (Scene::of(case), case.history);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut highest: Map<u32, (u64, u32)> = Map::default();
    for apply in applied(case).iter() {
        let Some(epoch) = number(apply.of(history), "epoch") else { continue };
        let seen = highest.entry(apply.lineage).or_insert((epoch, apply.event));
        tally.count(scene.time(seen.1), scene.time(apply.event));
        if epoch < seen.0 && witness.is_none() {
            witness = Some(told(case, apply, epoch, *seen));
        }
        if epoch > seen.0 {
            *seen = (epoch, apply.event);
        }
    }
    tally.verdict(witness, "no replica executed anything that states its epoch")
}

fn told(case: &Case<'_>, apply: &Applied, epoch: u64, (higher, before): (u64, u32)) -> Witness {
    let who = apply.who(case.history);
    Proof::default()
        .yes(format!("{who} executed an operation of epoch {higher}"), [EventId(before)])
        .no(format!("{who} executed none of epoch {epoch} after that"), [apply.id()])
        .because(format!(
            "{who} executed an operation of epoch {epoch} after one of epoch {higher}"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn of(node: &str, epoch: u64) -> String {
        format!(r#"{{"t":1,"n":"{node}","k":"apply","epoch":{epoch}}}"#)
    }

    #[test]
    fn a_deposed_primary_that_is_heard_is_told() {
        let history = history(&[], &[&of("n1", 2), &of("n1", 1)]);
        assert_eq!(
            because(&ENTRY, &history),
            "n1 executed an operation of epoch 1 after one of epoch 2"
        );
    }

    #[test]
    fn epochs_rise_at_each_replica_by_itself() {
        let rising = [of("n1", 1), of("n1", 2), of("n2", 1), of("n1", 2)];
        let rising: Vec<&str> = rising.iter().map(String::as_str).collect();
        assert_eq!(ruling(&ENTRY, &history(&[], &rising)), Ruling::Held);
    }

    #[test]
    fn without_epochs_nothing_is_judged() {
        let plain = r#"{"t":1,"n":"n1","k":"apply"}"#;
        let reason = "no replica executed anything that states its epoch";
        assert_eq!(undecided(&ENTRY, &history(&[], &[plain])), reason);
    }
}

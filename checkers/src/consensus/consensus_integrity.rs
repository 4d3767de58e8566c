//! Integrity: a node decides an instance once.
//!
//! # Definition
//! No node decides twice in one instance (Cachin, Guerraoui & Rodrigues 2011: *Integrity*). A node
//! that restarts may decide again, but the same: a decision is for ever, whatever a crash makes it
//! forget. It binds every node but Byzantine ones.
//! # Cost
//! O(events · log instances).
//! # Witness
//! Two decisions.

use crate::consensus::instances::{Act, Instances, Name};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-integrity",
    number: "CO5",
    statement: "a node decides an instance once, and after a restart it decides the same",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log instances)",
    needs: &[Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let mut last: Map<u32, &Act> = Map::default();
        for act in &instance.decisions {
            tally.count(instances.time(act), instances.time(act));
            let Some(before) = last.insert(act.node, act).filter(|_| witness.is_none()) else {
                continue;
            };
            let again = before.incarnation == act.incarnation || before.value != act.value;
            witness = again.then(|| twice(&instances, *name, before, act));
        }
    }
    tally.verdict(witness, "no node that does not lie decided anything")
}

fn twice(instances: &Instances<'_, '_>, name: Name, before: &Act, act: &Act) -> Witness {
    let (says, second) = (instances.decided(name, before), instances.told(act));
    let because = match (before.value == act.value, before.incarnation == act.incarnation) {
        (true, _) => format!("{says} twice"),
        (false, true) => format!("{says}, and then {second}"),
        (false, false) => format!("{says}, and then {second} after a restart"),
    };
    Proof::default()
        .yes(says, [before.id()])
        .no("it decided nothing else after that", [before.id(), act.id()])
        .because(because)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_second_decision_is_told() {
        let of = |words| because(&ENTRY, &spoken(&json!({}), words));
        assert_eq!(of("n1 decide 1 a; n1 decide 1 a"), "n1 decided a in instance 1 twice");
        assert_eq!(of("n1 decide 1 a; n1 decide 1 b"), "n1 decided a in instance 1, and then b");
    }

    #[test]
    fn after_a_restart_it_may_decide_the_same_again() {
        let header = json!({"failure_model": "crash-recovery"});
        let again = "n1 decide 1 a; n1 crash; n1 recover; n1 decide 1 a";
        assert_eq!(ruling(&ENTRY, &spoken(&header, again)), Ruling::Held);
        let other = "n1 decide 1 a; n1 crash; n1 recover; n1 decide 1 b";
        let told = "n1 decided a in instance 1, and then b after a restart";
        assert_eq!(because(&ENTRY, &spoken(&header, other)), told);
    }

    #[test]
    fn a_liar_decides_as_often_as_it_likes() {
        let words = "n1 decide 1 a; n1 decide 1 b";
        let history = spoken(&json!({"byzantine": ["n1"]}), words);
        assert!(undecided(&ENTRY, &history).starts_with("no node"));
    }
}

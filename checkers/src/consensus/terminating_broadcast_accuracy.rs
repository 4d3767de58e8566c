//! Terminating broadcast, accuracy: the sender's fault is delivered only if it is at fault.
//!
//! # Definition
//! If a correct node delivers the sender's fault, the sender is faulty (it follows from *Validity*
//! and *Agreement* of terminating reliable broadcast, Hadzilacos & Toueg 1994, and here it can be
//! seen at once). The fault is a decision of null in an instance to which one node alone proposed
//! something; a sender that ever crashed is at fault. Where a restart forgets, it binds the last
//! life of a correct node.
//! # Cost
//! O(events · log instances).
//! # Witness
//! The broadcast and the decision.

use crate::consensus::instances::Instances;
use crate::consensus::sender;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "terminating-broadcast-accuracy",
    number: "RB8",
    statement: "a correct node delivers the sender's fault only if the sender is faulty",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances)",
    needs: &[Kind::Propose, Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let Some(sent) = sender::broadcast(&instances, instance) else { continue };
        let null = |act: &&_| instances.is_correct(act) && instances.value(act).is_null();
        for act in instance.decisions.iter().filter(null) {
            let from = instances.time(sent).min(instances.time(act));
            tally.count(from, instances.time(act));
            if witness.is_none() && sender::is_always_up(&instances, sent) {
                let (says, who) = (instances.decided(*name, act), instances.who(sent));
                let proof = Proof::default()
                    .yes(instances.proposed(*name, sent), [sent.id()])
                    .yes(says.clone(), [act.id()])
                    .no(format!("{who} is faulty"), []);
                witness = Some(proof.because(format!("{says}, though {who} is correct")));
            }
        }
    }
    tally.verdict(witness, "no correct node delivered a sender's fault")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_fault_needs_somebody_at_fault() {
        let of = |words| spoken(&json!({}), words);
        let told = "n2 decided null in instance 1, though n1 is correct";
        assert_eq!(because(&ENTRY, &of("n1 propose 1 a; n2 decide 1 null")), told);
        let crashed = of("n1 propose 1 a; n1 crash; n2 decide 1 null");
        assert_eq!(ruling(&ENTRY, &crashed), Ruling::Held);
        let plain = of("n1 propose 1 a; n2 decide 1 a");
        assert!(undecided(&ENTRY, &plain).starts_with("no correct node delivered"));
    }
}

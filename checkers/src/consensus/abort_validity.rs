//! Abort validity: nobody aborts without a reason.
//!
//! # Definition
//! A node decides to abort only if some node proposed to abort, or some node crashed (Cachin,
//! Guerraoui & Rodrigues 2011: *Abort-Validity* of non-blocking atomic commit). A crash at any
//! time of the run excuses, and so does a member that may lie. It binds every node but Byzantine
//! ones; the words are those of commit validity.
//! # Cost
//! O(events · log instances + instances · nodes).
//! # Witness
//! The decision.

use crate::consensus::instances::Instances;
use crate::consensus::votes;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "abort-validity",
    number: "CO12",
    statement: "a node decides to abort only if some node voted to abort or crashed",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events · log instances + instances · nodes)",
    needs: &[Kind::Propose, Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let is_reason = |node| instances.ever_crashed(node) || case.byzantine[node as usize];
        let excused = instances.members(*name).any(is_reason);
        let votes: Vec<Option<bool>> =
            instance.proposals.iter().map(|act| votes::vote(instances.value(act))).collect();
        let strange = votes.contains(&None);
        let reason = excused || votes.contains(&Some(false));
        let aborts = |act: &&_| votes::outcome(instances.value(act)) == Some(false);
        for act in instance.decisions.iter().filter(aborts).filter(|_| !strange) {
            tally.count(instances.time(act), instances.time(act));
            if witness.is_none() && !reason {
                let says = instances.decided(*name, act);
                let proof = Proof::default()
                    .yes(says.clone(), [act.id()])
                    .no("some node voted to abort or crashed", []);
                let because = format!("{says}, though nobody voted to abort and nobody crashed");
                witness = Some(proof.because(because));
            }
        }
    }
    tally.verdict(witness, "nobody decided to abort what was voted on")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn to_abort_takes_a_reason() {
        let of = |words| spoken(&json!({}), words);
        let told =
            "n3 decided abort in instance 1, though nobody voted to abort and nobody crashed";
        assert_eq!(because(&ENTRY, &of("n1 propose 1 yes; n3 decide 1 abort")), told);
        let voted = of("n1 propose 1 yes; n2 propose 1 no; n3 decide 1 abort");
        assert_eq!(ruling(&ENTRY, &voted), Ruling::Held);
        let crashed = of("n1 propose 1 yes; n2 crash; n3 decide 1 abort");
        assert_eq!(ruling(&ENTRY, &crashed), Ruling::Held);
        let other = of("n1 propose 1 a; n3 decide 1 abort");
        assert!(undecided(&ENTRY, &other).starts_with("nobody decided to abort"));
    }
}

//! Commit validity: nobody commits what somebody voted against.
//!
//! # Definition
//! A node decides to commit only if no node proposed to abort (Cachin, Guerraoui & Rodrigues 2011:
//! *Commit-Validity* of non-blocking atomic commit). It binds every node, whether it crashes or
//! not; votes of nodes that lie are void. The words: proposals are true, `yes` or `commit`, and
//! false, `no` or `abort`; decisions are `commit` and `abort`. That all decide the same, and that
//! they do decide, are agreement and termination of consensus.
//! # Cost
//! O(events · log instances).
//! # Witness
//! The vote and the decision.

use crate::consensus::instances::Instances;
use crate::consensus::votes;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "commit-validity",
    number: "CO12",
    statement: "a node decides to commit only if no node voted to abort",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Safety,
    binds: Binds::Uniform,
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
        let votes = |yes| {
            let mut acts = instance.proposals.iter();
            acts.find(|act| votes::vote(instances.value(act)) == Some(yes))
        };
        let (against, any) = (votes(false), votes(false).or(votes(true)));
        let commits = |act: &&_| votes::outcome(instances.value(act)) == Some(true);
        for act in instance.decisions.iter().filter(commits).filter(|_| any.is_some()) {
            tally.count(instances.time(act), instances.time(act));
            let Some(vote) = against.filter(|_| witness.is_none()) else { continue };
            let (says, but) = (instances.decided(*name, act), instances.who(vote));
            let proof = Proof::default()
                .yes(says.clone(), [act.id()])
                .no("no node voted to abort", [vote.id()]);
            witness = Some(proof.because(format!("{says}; {but} voted {}", instances.told(vote))));
        }
    }
    tally.verdict(witness, "nobody decided to commit what was voted on")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_vote_against_is_a_veto() {
        let words = "n1 propose 1 yes; n2 propose 1 no; n3 decide 1 commit";
        let told = "n3 decided commit in instance 1; n2 voted no";
        assert_eq!(because(&ENTRY, &spoken(&json!({}), words)), told);
        let held = spoken(&json!({}), "n1 propose 1 true; n2 propose 1 true; n3 decide 1 commit");
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
    }

    #[test]
    fn what_nobody_voted_on_is_no_commitment() {
        let history = spoken(&json!({}), "n1 propose 1 a; n3 decide 1 commit");
        assert!(undecided(&ENTRY, &history).starts_with("nobody decided to commit"));
    }
}

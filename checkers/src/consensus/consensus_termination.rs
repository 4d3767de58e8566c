//! Termination: every correct node decides.
//!
//! # Definition
//! Every correct node decides each instance that a correct node proposed to (Chandra & Toueg 1996:
//! *Termination*). The definition has every node propose; here one correct proposer is enough, as
//! where a leader proposes for all. Its proposal counts if it did not crash afterwards. A node
//! discharges its debt in any incarnation; a node whose last life starts late, after the first
//! such proposal, owes nothing.
//! # Cost
//! O(events · log instances + instances · nodes).
//! # Witness
//! The proposal; that the decision never came cannot be shown by an event.

use crate::consensus::deciding;
use crate::consensus::instances::{Instance, Instances};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-termination",
    number: "CO1",
    statement: "every correct node decides each instance that a correct node proposed to",
    source: "Chandra & Toueg 1996",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances + instances · nodes)",
    needs: &[Kind::Propose],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let nothing = "no correct node proposed anything that somebody correct must decide";
    let premise = |instances: &Instances<'_, '_>, _, instance: &Instance| {
        let standing = instance.proposals.iter().filter(|act| instances.stands(act));
        let first = standing.min_by_key(|act| instances.scene.key(act.event));
        first.copied().into_iter().collect()
    };
    deciding::judge(case, premise, nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn every_correct_node_decides() {
        let words = "n1 propose 1 a; n1 decide 1 a; n2 decide 1 a";
        let told = "n1 proposed a to instance 1; n3, which is correct, never decided";
        assert_eq!(because(&ENTRY, &spoken(&json!({}), words)), told);
        let held = spoken(&json!({}), "n1 propose 1 a; n1 decide 1 a; n2 decide 1 a; n3 crash");
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
    }

    #[test]
    fn nothing_is_owed_before_the_end_or_to_the_dead() {
        let history = spoken(&json!({"complete": false}), "n1 propose 1 a");
        assert!(undecided(&ENTRY, &history).contains("not complete"));
        let history = spoken(&json!({}), "n1 propose 1 a; n1 crash");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Undecided);
    }

    #[test]
    fn who_forgot_the_instance_owes_nothing() {
        let header = json!({"failure_model": "crash-recovery"});
        let words = "n1 propose 1 a; n1 decide 1 a; n2 decide 1 a; n3 crash; n3 recover";
        assert_eq!(ruling(&ENTRY, &spoken(&header, words)), Ruling::Held);
    }

    #[test]
    fn at_the_same_instant_of_a_real_clock_the_proposal_may_have_come_first() {
        let header = json!({"failure_model": "crash-recovery", "clock": "real"});
        let of = |at: u64| {
            let words = format!("@1 n3 crash; @5 n3 recover; @{at} n1 propose 1 a");
            let all = format!("{words}; @9 n1 decide 1 a; @9 n2 decide 1 a");
            ruling(&ENTRY, &spoken(&header, &all))
        };
        assert_eq!([of(5), of(6)], [Ruling::Held, Ruling::Violated]);
    }
}

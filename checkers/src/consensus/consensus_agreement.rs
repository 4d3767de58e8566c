//! Agreement: correct nodes decide the same.
//!
//! # Definition
//! No two correct nodes decide differently in one instance (Chandra & Toueg 1996: *Agreement*).
//! Where a restart forgets, it binds the last life of a correct node: an incarnation that crashed
//! is as free as any faulty node. What one node decides twice is a matter of integrity.
//! # Cost
//! O(events · log instances).
//! # Witness
//! Two decisions.

use crate::consensus::differing::{self, Whose};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-agreement",
    number: "CO2",
    statement: "no two correct nodes decide differently in one instance",
    source: "Chandra & Toueg 1996",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances)",
    needs: &[Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    differing::judge(case, Whose::Correct)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::history::EventId;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn two_that_differ_are_told() {
        let history = spoken(&json!({}), "n1 decide 1 a; n3 decide 2 b; n2 decide 1 b");
        assert_eq!(because(&ENTRY, &history), "n1 decided a in instance 1; n2 decided b");
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [0, 2].map(EventId));
        let history = spoken(&json!({}), "n1 decide 1 a; n2 decide 1 a; n3 decide 2 b");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }

    #[test]
    fn a_crashed_node_and_a_liar_are_free() {
        let crashed = spoken(&json!({}), "n1 decide 1 a; n2 decide 1 b; n1 crash");
        assert!(undecided(&ENTRY, &crashed).starts_with("no two nodes"));
        let words = "n1 decide 1 a; n2 decide 1 b";
        let liar = spoken(&json!({"byzantine": ["n2"]}), words);
        assert_eq!(ruling(&ENTRY, &liar), Ruling::Undecided);
    }

    #[test]
    fn a_restart_that_forgot_binds_only_what_it_decides_then() {
        let words = "n1 decide 1 a; n1 crash; n1 recover; n2 decide 1 b; n3 decide 1 b";
        let volatile = json!({"failure_model": "crash-recovery"});
        assert_eq!(ruling(&ENTRY, &spoken(&volatile, words)), Ruling::Held);
        let logged = json!({"failure_model": "crash-recovery", "contract": {"delivery": "logged"}});
        assert_eq!(ruling(&ENTRY, &spoken(&logged, words)), Ruling::Violated);
    }

    #[test]
    fn groups_decide_each_for_itself() {
        let header = json!({"groups": {"g": ["n1", "n2"], "h": ["n2", "n3"]}});
        let apart = spoken(&header, "n1 decide 1 a g=g; n3 decide 1 b g=h");
        assert_eq!(ruling(&ENTRY, &apart), Ruling::Undecided);
        let together = spoken(&header, "n2 decide 1 a g=h; n3 decide 1 b g=h");
        assert_eq!(because(&ENTRY, &together), "n2 decided a in instance 1 of h; n3 decided b");
    }
}

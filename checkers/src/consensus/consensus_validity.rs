//! Validity: what is decided was proposed.
//!
//! # Definition
//! If a node decides `v` in an instance, some node proposed `v` to it (Chandra & Toueg 1996:
//! *Uniform Validity*). It binds every node, whether it crashes or not. The proposal may stand
//! anywhere in the history. Where nodes may lie, any value may be one of theirs: nothing is
//! judged. Decisions that stand for something else than a proposal are not judged here: null,
//! a list where no list was proposed (a vector), commit and abort where votes were proposed.
//! # Cost
//! O(events · log instances).
//! # Witness
//! The decision.

use crate::consensus::proposed;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-validity",
    number: "CO4",
    statement: "what a node decides in an instance, some node proposed to it",
    source: "Chandra & Toueg 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events · log instances)",
    needs: &[Kind::Propose, Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if case.byzantine.contains(&true) {
        return Verdict::undecided("a node that lies may have proposed anything");
    }
    proposed::judge(case, |_, _| true, "nobody decided anything that must be a proposal")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn an_invention_is_told() {
        let words = "n1 propose 1 a; n2 propose 2 b; n3 decide 1 b; n3 crash";
        let told = "n3 decided b in instance 1, which nobody proposed";
        assert_eq!(because(&ENTRY, &spoken(&json!({}), words)), told);
        let held = spoken(&json!({}), "n1 propose 1 a; n1 crash; n3 decide 1 a");
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
    }

    #[test]
    fn a_liar_may_have_proposed_anything() {
        let history = spoken(&json!({"byzantine": ["n1"]}), "n2 propose 1 a; n3 decide 1 b");
        assert!(undecided(&ENTRY, &history).contains("lies"));
    }

    #[test]
    fn decisions_of_other_problems_are_left_alone() {
        let of = |words| ruling(&ENTRY, &spoken(&json!({}), words));
        assert_eq!(of("n1 propose 1 a; n2 decide 1 null"), Ruling::Undecided);
        assert_eq!(of("n1 propose 1 a; n2 decide 1 [\"a\",null]"), Ruling::Undecided);
        assert_eq!(of("n1 propose 1 [\"a\"]; n2 decide 1 [\"b\"]"), Ruling::Violated);
        assert_eq!(of("n1 propose 1 yes; n2 decide 1 commit"), Ruling::Undecided);
        assert_eq!(of("n1 propose 1 a; n2 decide 1 commit"), Ruling::Violated);
    }
}

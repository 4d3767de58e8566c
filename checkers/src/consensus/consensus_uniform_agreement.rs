//! Uniform agreement: no two nodes decide differently, even if one crashes later.
//!
//! # Definition
//! No two nodes decide differently in one instance, whether they are correct or not (Chandra &
//! Toueg 1996: *Uniform Agreement*). It binds every incarnation of every node but Byzantine ones.
//! What one node decides twice is a matter of integrity.
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
    property: "consensus-uniform-agreement",
    number: "CO3",
    statement: "no two nodes decide differently in one instance, even if one of them crashes",
    source: "Chandra & Toueg 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log instances)",
    needs: &[Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    differing::judge(case, Whose::Anybody)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn a_crashed_node_is_bound_and_a_liar_is_not() {
        let words = "n1 decide 1 a; n1 crash; n2 decide 1 b";
        let told = "n1 decided a in instance 1; n2 decided b";
        assert_eq!(because(&ENTRY, &spoken(&json!({}), words)), told);
        let liar = spoken(&json!({"byzantine": ["n1"]}), words);
        assert_eq!(ruling(&ENTRY, &liar), Ruling::Undecided);
        let held = spoken(&json!({}), "n1 decide 1 a; n1 crash; n2 decide 1 a");
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
    }
}

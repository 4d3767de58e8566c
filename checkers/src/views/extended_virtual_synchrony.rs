//! Extended virtual synchrony: nodes of one transitional configuration deliver the same messages in
//! the view they leave.
//!
//! # Definition
//! If `p` and `q` both install `V'` directly after `V`, with the same transitional set, and both
//! are in it, then `p` delivers `m` in `V` iff `q` does (Moser, Amir, Melliar-Smith & Agarwal 1994,
//! *Failure Atomicity*: a transitional configuration is those who go on from one regular
//! configuration to the next together). What is delivered in the transitional configuration is
//! recorded in `V`. Virtual synchrony implies it: this form does not compare nodes that do not know
//! of each other. Installations that do not tell their transitional set are left out.
//! # Cost
//! O(events).
//! # Witness
//! The delivery, and both nodes' installations of both views.

use crate::scene::Scene;
use crate::views::atomic::{Rules, judge, movers};
use crate::views::installs::{Install, Installs, along};
use crate::views::virtual_synchrony::witness;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "extended-virtual-synchrony",
    number: "VS17",
    statement: "nodes of one transitional configuration deliver the same in the view they leave",
    source: "Moser, Amir, Melliar-Smith & Agarwal 1994",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[Given::ViewChanges],
    check,
};

const NOTHING: &str =
    "no two nodes of one transitional configuration left a view in which one of them delivered";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let rules = Rules::of(&scene, &installs);
    let mut made = Vec::new();
    for ((from, _), steps) in installs.together() {
        let mut configurations: BTreeMap<Vec<u32>, Vec<&Install>> = BTreeMap::new();
        for step in steps {
            let along = along(case, step).filter(|a| a.binary_search(&step.node).is_ok());
            along.into_iter().for_each(|a| configurations.entry(a).or_default().push(step));
        }
        for steps in configurations.into_values().filter(|steps| steps.len() > 1) {
            let movers: Vec<(u32, u32)> = movers(&installs, &steps).collect();
            let oblige = movers.iter().map(|(life, _)| *life);
            made.push(rules.rule(from, oblige, movers.iter().copied(), movers[0].1));
        }
    }
    let (tally, missing) = judge(&scene, &installs, &made);
    tally.verdict(missing.map(|missing| witness(&scene, &installs, &missing)), NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::along as told_along;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    const BROKEN: &str = "n1: {1,2} !a a {2,1}\nn2: {1,2}      {2,1}";

    #[test]
    fn one_configuration_delivers_the_same() {
        let told = "n1 delivered n1:0:1 in view 1, n2 did not; both went on to view 2";
        let together =
            told_along(&lanes(BROKEN), &[(0, &[]), (1, &[]), (4, &[1, 2]), (5, &[1, 2])]);
        assert_eq!(because(&ENTRY, &together), told);
        let kept = lanes("n1: {1,2} !a a {2,1}\nn2: {1,2}    a {2,1}");
        let together = told_along(&kept, &[(5, &[1, 2]), (6, &[1, 2])]);
        assert_eq!(ruling(&ENTRY, &together), Ruling::Held);
    }

    #[test]
    fn who_does_not_know_of_the_other_is_not_compared() {
        let apart = told_along(&lanes(BROKEN), &[(4, &[1]), (5, &[2])]);
        assert_eq!(undecided(&ENTRY, &apart), NOTHING);
        assert_eq!(undecided(&ENTRY, &lanes(BROKEN)), NOTHING);
    }
}

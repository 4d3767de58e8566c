//! View monotonicity: the views that a node installs grow.
//!
//! # Definition
//! If `p` installs `V'` after `V` in one group, then the id of `V'` is not that of `V` and its
//! number is not less (Chockler, Keidar & Vitenberg 2001, *Local Monotonicity*). Ids are ordered by
//! their numbers; two of one number and different creators are unordered, and may come one after
//! the other, though not a third time the first. It binds across restarts too: a node that comes
//! back must not go back. So no view is installed twice.
//! # Cost
//! O(v log v) in installations.
//! # Witness
//! Two installations at one node.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::Installs;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "view-monotonicity",
    number: "VS2",
    statement: "a node installs views in the order of their ids, and none twice",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(v log v) in installations",
    needs: &[Kind::View],
    given: &[Given::ViewChanges],
    check,
};

const NOTHING: &str = "no node installed two views of a group";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    // For each node and group the highest so far; and for each node and view its installation.
    let mut highest: Map<(u32, u32), usize> = Map::default();
    let mut known: Map<(u32, u32), usize> = Map::default();
    for (i, install) in installs.all.iter().enumerate() {
        let top = *highest.entry((install.node, installs.group(install))).or_insert(i);
        let same = *known.entry((install.node, install.view)).or_insert(i);
        if top == i {
            continue;
        }
        let (before, now) = (&installs.all[top], installs.number(install.view));
        tally.count(scene.time(before.event), scene.time(install.event));
        let falls = now < installs.number(before.view);
        if witness.is_none() && (same != i || falls) {
            witness = Some(told(&scene, &installs, if same != i { same } else { top }, i));
        }
        if !falls {
            highest.insert((install.node, installs.group(install)), i);
        }
    }
    tally.verdict(witness, NOTHING)
}

fn told(scene: &Scene<'_>, installs: &Installs, first: usize, second: usize) -> Witness {
    let (first, second) = (&installs.all[first], &installs.all[second]);
    let (v, w) = (installs.name(first.view), installs.name(second.view));
    let who = scene.node_name(first.node);
    let because = match first.view == second.view {
        true => format!("{who} installed view {v} twice"),
        false => format!("{who} installed view {w} after view {v}"),
    };
    Proof::default()
        .yes(format!("{who} installed view {v}"), [first.id()])
        .no(format!("view {w}, which it installed after that, is a later one"), [second.id()])
        .because(because)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::views;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_node_never_goes_back() {
        let back = lanes("n1: {1,2}   {1} {1,2}\nn2: {1,2}");
        assert_eq!(because(&ENTRY, &back), "n1 installed view 1 twice");
        assert_eq!(because(&ENTRY, &views("1@5 1@3")), "n1 installed view 3 after view 5");
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2}   {1}\nn2: {1,2}")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lanes("n1: {1}")), NOTHING);
    }

    #[test]
    fn a_restart_does_not_lead_back_either() {
        assert_eq!(because(&ENTRY, &lanes("n1: {1} # ^ {1}")), "n1 installed view 1 twice");
    }

    #[test]
    fn equal_numbers_of_different_creators_are_unordered() {
        assert_eq!(ruling(&ENTRY, &views("1@7.n1 1@7.n2")), Ruling::Held);
        let told = "n1 installed view 7.n1 twice";
        assert_eq!(because(&ENTRY, &views("1@7.n1 1@7.n2 1@7.n1")), told);
    }
}

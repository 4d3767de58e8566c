//! Self-inclusion: whoever installs a view is in it.
//!
//! # Definition
//! If `p` installs `V`, then `p` is a member of `V` (Chockler, Keidar & Vitenberg 2001, *Self
//! Inclusion*). It binds every node that is not Byzantine, in every life.
//! # Cost
//! O(installations and their members).
//! # Witness
//! The installation.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::Installs;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "self-inclusion",
    number: "VS1",
    statement: "a node is a member of every view that it installs",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(installations)",
    needs: &[Kind::View],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for install in &installs.all {
        let at = scene.time(install.event);
        tally.count(at, at);
        if witness.is_none() && !install.has(install.node) {
            let (who, v) = (scene.who(install.life), installs.name(install.view));
            let members = installs.set(&scene, &install.members);
            let proof = Proof::default()
                .yes(format!("{who} installed view {v} {members}"), [install.id()])
                .no(format!("{who} is in {members}"), []);
            witness =
                Some(proof.because(format!("{who} installed view {v} {members} without itself")));
        }
    }
    tally.verdict(witness, "nobody installed a view")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn whoever_installs_a_view_is_in_it() {
        let told = "n2 installed view 1 {n1} without itself";
        assert_eq!(because(&ENTRY, &lanes("n1: {1}\nn2: {1}")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1}\nn2: {2}")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lanes("n1: !a a")), "nobody installed a view");
    }
}

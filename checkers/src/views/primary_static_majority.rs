//! Primary static majority: each primary view has a majority of all who may join.
//!
//! # Definition
//! More than half of the group's universe, as the header has it, are members of each primary view
//! (Gifford 1979; Birman 1996). Members from outside the universe do not count. It binds every node
//! that is not Byzantine.
//! # Cost
//! O(installations and their members).
//! # Witness
//! One installation.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::Installs;
use crate::views::primaries::{PARTITIONABLE, is_primary, primaries, words};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "primary-static-majority",
    number: "VS6-static",
    statement: "each primary view holds a majority of all nodes of the group",
    source: "Gifford 1979",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(installations)",
    needs: &[Kind::View],
    given: &[Given::Primary],
    check,
};

const NOTHING: &str = "nobody installed a primary view";

fn check(case: &Case<'_>) -> Verdict {
    if !is_primary(case) {
        return Verdict::undecided(PARTITIONABLE);
    }
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let nodes = scene.history.node_count() as u32;
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for ((group, _), views) in primaries(&installs) {
        let universe = (0..nodes).filter(|n| scene.is_member(group, *n)).count();
        for view in views {
            let at = scene.time(view.event);
            tally.count(at, at);
            let within = |n: &&u32| **n < nodes && scene.is_member(group, **n);
            let here = view.members.iter().filter(within).count();
            if witness.is_none() && 2 * here <= universe {
                let v = words(&scene, &installs, view);
                let proof = Proof::default()
                    .yes(format!("{v} was installed"), [view.id()])
                    .no(format!("more than half of the {universe} nodes are in it"), []);
                let because = format!("{v} holds {here} of the {universe} nodes of its group");
                witness = Some(proof.because(because));
            }
        }
    }
    tally.verdict(witness, NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::views;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_primary_view_needs_more_than_half() {
        let told = "primary view 2 {n1, n2} holds 2 of the 4 nodes of its group";
        assert_eq!(because(&ENTRY, &views("1234@1 12@2")), told);
        assert_eq!(ruling(&ENTRY, &views("1234@1 124@2 12@3-")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &views("12@1-")), NOTHING);
    }
}

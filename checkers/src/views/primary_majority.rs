//! Primary majority: each primary view has a majority of the one before.
//!
//! # Definition
//! Let `V` and `V'` be consecutive primary views of a group. Then more than half of the members of
//! `V` are members of `V'` (dynamic voting; Jajodia & Mutchler 1990, Birman 1996: the primary
//! partition). A number between the two that no view of the history has may be that of a primary
//! view which nobody lived to install; then nothing is said.
//! # Cost
//! O(v log v) in installations and their members.
//! # Witness
//! An installation of each.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::Installs;
use crate::views::primaries::{PARTITIONABLE, is_primary, successions, words};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;
use std::collections::BTreeSet;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "primary-majority",
    number: "VS6-dynamic",
    statement: "each primary view holds a majority of the members of the one before",
    source: "Jajodia & Mutchler 1990",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(v log v) in installations",
    needs: &[Kind::View],
    given: &[Given::Primary, Given::ViewChanges],
    check,
};

const NOTHING: &str = "no two primary views are known to follow one another";

fn check(case: &Case<'_>) -> Verdict {
    if !is_primary(case) {
        return Verdict::undecided(PARTITIONABLE);
    }
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let numbers: BTreeSet<(u32, u64)> =
        installs.all.iter().map(|i| (installs.group(i), installs.number(i.view))).collect();
    let numbers: Vec<(u32, u64)> = numbers.into_iter().collect();
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for (before, after) in successions(&installs) {
        let group = installs.group(before);
        let (low, high) = (installs.number(before.view), installs.number(after.view));
        let place = |number| numbers.partition_point(|known| *known < (group, number)) as u64;
        if place(high) - place(low) != high - low {
            continue;
        }
        let (from, to) = (scene.time(before.event), scene.time(after.event));
        tally.count(from.min(to), from.max(to));
        let shared = before.shared(after).count();
        if witness.is_none() && 2 * shared <= before.members.len() {
            let (v, w) = (words(&scene, &installs, before), words(&scene, &installs, after));
            let all = before.members.len();
            let proof = Proof::default()
                .yes(format!("{v} was installed"), [before.id()])
                .yes(format!("{w} is the next one"), [after.id()])
                .no(format!("more than half of {all} members are in both"), []);
            witness = Some(proof.because(format!("{w} has {shared} of the {all} members of {v}")));
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
    fn half_is_no_majority() {
        let told =
            "primary view 2 {n1, n2} has 2 of the 4 members of primary view 1 {n1, n2, n3, n4}";
        assert_eq!(because(&ENTRY, &views("1234@1 12@2")), told);
        assert_eq!(ruling(&ENTRY, &views("123@1 12@2 14@3-")), Ruling::Held);
    }

    #[test]
    fn a_number_that_nobody_reports_may_be_a_primary_view() {
        assert_eq!(undecided(&ENTRY, &views("1234@1 12@3")), NOTHING);
        assert_eq!(ruling(&ENTRY, &views("1234@1 3@2- 12@3")), Ruling::Violated);
    }
}

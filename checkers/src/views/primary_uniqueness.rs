//! Primary uniqueness: there is one primary view of each ordinal.
//!
//! # Definition
//! Primary views are totally ordered: two that are installed as primary in one group, by whomever,
//! have different numbers, or are the same view with the same members (Chockler, Keidar & Vitenberg
//! 2001, *Primary Component Membership*). It is judged where the contract is that only the primary
//! component goes on, and binds every node that is not Byzantine, also one that crashed or was left
//! behind.
//! # Cost
//! O(installations and their members).
//! # Witness
//! Two installations.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use crate::views::primaries::{NOTHING, PARTITIONABLE, is_primary, words};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "primary-uniqueness",
    number: "VS5",
    statement: "of each ordinal there is at most one primary view",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(installations)",
    needs: &[Kind::View],
    given: &[Given::Primary],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !is_primary(case) {
        return Verdict::undecided(PARTITIONABLE);
    }
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let mut tally = Tally::of(&scene);
    let (mut last, mut first) =
        (Map::<u32, u32>::default(), Map::<(u32, u64), &Install>::default());
    let mut witness = None;
    for install in installs.all.iter().filter(|i| i.primary) {
        let (group, at) = (installs.group(install), install.event);
        if let Some(last) = last.insert(group, at) {
            let (from, to) = (scene.time(last), scene.time(at));
            tally.count(from.min(to), from.max(to));
        }
        let first = *first.entry((group, installs.number(install.view))).or_insert(install);
        let same = first.view == install.view && first.members == install.members;
        if witness.is_none() && !same {
            witness = Some(told(&scene, &installs, first, install));
        }
    }
    tally.verdict(witness, NOTHING)
}

fn told(scene: &Scene<'_>, installs: &Installs, one: &Install, other: &Install) -> Witness {
    let says =
        |i: &Install| format!("{} installed {}", scene.who(i.life), words(scene, installs, i));
    let (first, second) = (says(one), says(other));
    Proof::default()
        .yes(first.clone(), [one.id()])
        .yes(second.clone(), [other.id()])
        .no("these have different ordinals or are one view", [])
        .because(format!("{first}; {second}, which has the same ordinal"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::{under, views};
    use pepperland_core::history::{Header, PartitionContract};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_ordinal_has_one_primary_view() {
        let told = "n1 installed primary view 2.n1 {n1, n2}; \
            n3 installed primary view 2.n3 {n3}, which has the same ordinal";
        assert_eq!(because(&ENTRY, &views("123@1 12@2.n1 3@2.n3")), told);
        assert_eq!(ruling(&ENTRY, &views("12@2 3@2")), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &views("123@1 12@2.n1 3@2.n3-")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &views("123@1")), NOTHING);
    }

    #[test]
    fn partitionable_groups_have_no_primary() {
        let mut header = Header::new(Vec::new());
        header.contract.partition = PartitionContract::Partitionable;
        assert_eq!(undecided(&ENTRY, &under(header, "12@2 3@2")), PARTITIONABLE);
    }
}

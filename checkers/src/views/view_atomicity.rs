//! View atomicity: what a correct node delivers in a view, every correct node of the view delivers
//! in it.
//!
//! # Definition
//! If a node that never crashes delivers `m` in `V`, then every node that never crashes and
//! installs `V` delivers `m` in `V`. This is the second rule of virtual synchrony as textbooks have
//! it, taken at its word (Birman 1996): a node that is excluded by mistake, or cut off, is correct
//! all the same, and so a service that lives through partitions cannot have this property, and one
//! that suspects wrongly will break it. Virtual-synchrony is the form for those. It is judged in
//! complete histories in which only the primary component is to go on. What a snapshot stands for
//! need not be delivered.
//! # Cost
//! O(events).
//! # Witness
//! The delivery, and the other node's installation.

use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::views::atomic::{Missing, Rules, judge};
use crate::views::installs::{Install, Installs};
use crate::views::primaries::{PARTITIONABLE, is_primary};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "view-atomicity",
    number: "VS9b",
    statement: "what a correct node delivers in a view, all its correct nodes deliver in it",
    source: "Birman 1996",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[Given::Primary],
    check,
};

const NOTHING: &str = "in no view with another correct node did a correct node deliver anything";

fn check(case: &Case<'_>) -> Verdict {
    if !is_primary(case) {
        return Verdict::undecided(PARTITIONABLE);
    }
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let steady = steady(case);
    let mut inside: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for install in installs.all.iter().filter(|i| steady[i.node as usize]) {
        inside.entry(install.view).or_default().insert(install.life);
    }
    let rules = Rules::of(&scene, &installs);
    let made = inside.iter().filter(|(_, lives)| lives.len() > 1).map(|(view, lives)| {
        rules.rule(*view, lives.iter().copied(), lives.iter().map(|l| (*l, NONE)), NONE)
    });
    let made: Vec<_> = made.collect();
    let (tally, missing) = judge(&scene, &installs, &made);
    tally.verdict(missing.map(|missing| witness(&scene, &installs, &missing)), NOTHING)
}

/// The nodes that never crash nor lie.
fn steady(case: &Case<'_>) -> Vec<bool> {
    let mut steady: Vec<bool> = case.byzantine.iter().map(|lies| !lies).collect();
    for (event, kind) in case.history.kinds().iter().enumerate() {
        if matches!(kind, Kind::Crash | Kind::Recover) {
            let node = case.history.nodes()[event] as usize;
            steady.get_mut(node).into_iter().for_each(|steady| *steady = false);
        }
    }
    steady
}

fn witness(scene: &Scene<'_>, installs: &Installs, missing: &Missing<'_>) -> Witness {
    let (p, q) = (scene.who(missing.has), scene.who(missing.lacks));
    let (m, v) = (scene.name(missing.row), installs.name(missing.rule.view));
    let inside = |life: u32| {
        let here = |i: &&Install| i.view == missing.rule.view && i.life == life;
        installs.all.iter().find(here).map(Install::id)
    };
    let delivery: Option<EventId> = scene.first(missing.has, missing.row);
    Proof::default()
        .yes(
            format!("{p} delivered {m} in view {v}"),
            inside(missing.has).into_iter().chain(delivery),
        )
        .yes(format!("{q} is correct and installed view {v}"), inside(missing.lacks))
        .no(format!("{q} delivered {m} in view {v}"), [])
        .because(format!("{p} delivered {m} in view {v}; {q}, which is correct, did not"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::find;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{Clock, Header};
    use pepperland_core::verdict::Ruling;

    const APART: &str = "n1: {1,2} !a a {1}\nn2: {1,2}      {2}";

    #[test]
    fn rule_two_at_its_word() {
        let told = "n1 delivered n1:0:1 in view 1; n2, which is correct, did not";
        assert_eq!(because(&ENTRY, &lanes(APART)), told);
        assert_ne!(ruling(find("virtual-synchrony").unwrap(), &lanes(APART)), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2} !a a {1}\nn2: {1,2}    a")), Ruling::Held);
    }

    #[test]
    fn the_crashed_are_not_bound_and_nothing_is_owed_before_the_end() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: {1,2} !a a {1}\nn2: {1,2}   #")), NOTHING);
        let mut header = Header::new(Vec::new());
        header.clock = Clock::Virtual;
        assert_eq!(undecided(&ENTRY, &parse(APART, header).unwrap()), INCOMPLETE);
    }
}

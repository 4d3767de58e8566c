//! View agreement: a view has the same members wherever it is installed.
//!
//! # Definition
//! If `p` and `q` install views of one id in one group, then these have the same members and are
//! both primary or both not. A view is an id *and* a set of members (Chockler, Keidar & Vitenberg
//! 2001); ids of one number and different creators are different. The order of members does not
//! matter. It binds every node that is not Byzantine; a node that contradicts itself in the members
//! is a fault of the record, not of the run, but one that does so in the flag breaks this property.
//! # Cost
//! O(installations and their members).
//! # Witness
//! Two installations.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "view-agreement",
    number: "VS4",
    statement: "a view has the same members, and is primary or not, wherever it is installed",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(installations)",
    needs: &[Kind::View],
    given: &[],
    check,
};

const NOTHING: &str = "no view was installed twice";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for install in &installs.all {
        let Some(first) = installs.first(install.view).filter(|f| f.event != install.event) else {
            continue;
        };
        let (one, other) = (scene.time(first.event), scene.time(install.event));
        tally.count(one.min(other), one.max(other));
        let agree = first.members == install.members && first.primary == install.primary;
        if witness.is_none() && !agree {
            witness = Some(told(&scene, &installs, first, install));
        }
    }
    tally.verdict(witness, NOTHING)
}

fn told(scene: &Scene<'_>, installs: &Installs, first: &Install, second: &Install) -> Witness {
    let v = installs.name(first.view);
    let as_what = |install: &Install| {
        let flag = if install.primary { "primary" } else { "not primary" };
        match first.members == second.members {
            true => flag.to_owned(),
            false => installs.set(scene, &install.members),
        }
    };
    let (p, q) = (scene.who(first.life), scene.who(second.life));
    let (one, other) = (as_what(first), as_what(second));
    Proof::default()
        .yes(format!("{p} installed view {v} as {one}"), [first.id()])
        .no(format!("{q} installed view {v} as {one}"), [second.id()])
        .because(format!("{p} installed view {v} as {one}, {q} as {other}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::views;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn one_id_is_one_view() {
        let told = "n1 installed view 1 as {n1, n2}, n2 as {n2}";
        assert_eq!(because(&ENTRY, &views("12@1 2@1")), told);
        let told = "n1 installed view 1 as primary, n2 as not primary";
        assert_eq!(because(&ENTRY, &views("12@1 21@1-")), told);
        assert_eq!(ruling(&ENTRY, &views("12@1 21@1")), Ruling::Held);
    }

    #[test]
    fn different_creators_make_different_views() {
        assert_eq!(undecided(&ENTRY, &views("1@1.n1 2@1.n2")), NOTHING);
    }
}

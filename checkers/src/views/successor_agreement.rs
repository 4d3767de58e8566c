//! Successor agreement: members of a view that come to the next one came from the same view.
//!
//! # Definition
//! If `p` installs `V'` directly after `V`, and `q`, a member of both, installs `V'` too, then `q`
//! installs it directly after `V` as well (Chockler, Keidar & Vitenberg 2001, *Agreement on
//! Successors*). A `q` whose first view `V'` is, as after a restart, came from nowhere and is not
//! bound; nor is one that came to `V'` several times and once from `V`. The members of `V` and
//! `V'` are those that `p` names.
//! # Cost
//! O(installations and their members).
//! # Witness
//! The steps of both nodes.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use crate::views::origins::{Came, Origins};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "successor-agreement",
    number: "VS13",
    statement: "members of a view that come to the next one come to it from that view",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: BENIGN,
    cost: "O(installations)",
    needs: &[Kind::View],
    given: &[Given::ViewChanges],
    check,
};

const NOTHING: &str = "no two members of a view both came to another";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let origins = Origins::of(&installs);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for (from, to) in installs.steps() {
        for q in from.shared(to).filter(|q| *q != to.node) {
            let Some(Came::From(view, step)) = origins.came(to.view, q) else { continue };
            tally.count(scene.time(from.event), scene.time(to.event));
            if witness.is_none() && view != from.view {
                witness = Some(told(&scene, &installs, (from, to), step));
            }
        }
    }
    tally.verdict(witness, NOTHING)
}

fn told(
    scene: &Scene<'_>,
    installs: &Installs,
    (from, to): (&Install, &Install),
    step: u32,
) -> Witness {
    let other = installs.get(step);
    let (p, q) = (scene.who(to.life), scene.who(other.life));
    let (v, w) = (installs.name(from.view), installs.name(to.view));
    let came = installs.before(other);
    let u = came.map_or("?".to_owned(), |came| installs.name(came.view));
    let theirs = came.map(Install::id).into_iter().chain([other.id()]);
    Proof::default()
        .yes(format!("{p} installed view {w} directly after view {v}"), [from.id(), to.id()])
        .yes(format!("{q} is in both"), [])
        .no(format!("{q} installed view {w} directly after view {v}"), theirs)
        .because(format!(
            "{p} came to view {w} from view {v}; {q}, a member of both, from view {u}"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::views;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn members_of_both_go_the_same_way() {
        let told = "n1 came to view 3 from view 1; n2, a member of both, from view 2";
        assert_eq!(because(&ENTRY, &views("12@1 2@2 12@3 21@3")), told);
        assert_eq!(ruling(&ENTRY, &views("12@1 21@1 3@2 123@3 213@3 312@3")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &views("12@1 1@2 21@1 2@3")), NOTHING);
    }

    #[test]
    fn who_came_from_nowhere_is_not_bound() {
        assert_eq!(undecided(&ENTRY, &views("12@1 12@2 21@2")), NOTHING);
    }

    #[test]
    fn who_came_now_from_here_and_now_from_there_is_not_bound() {
        let both = views("12@1 2@2 12@3 21@3 21@1 21@3");
        assert_eq!(ruling(&ENTRY, &both), Ruling::Held);
    }
}

//! Transitional set: it holds just those who came along.
//!
//! # Definition
//! Let `p` install `V'` directly after `V` and say that `T` came along. Then every node in `T` is
//! in both `V` and `V'`; and a `q` that installs `V'` too is in `T` iff it came from `V` (Chockler,
//! Keidar & Vitenberg 2001, *Transitional Set*). That `p` counts itself is not asked for. A `q`
//! whose first view `V'` is came from nowhere and says nothing; nor does one that came to `V'`
//! several times, now from `V` and now from elsewhere. The members are those that `p` names.
//! # Cost
//! O(installations and their members).
//! # Witness
//! The steps of both nodes.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs, along};
use crate::views::origins::{Came, Origins};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "transitional-set",
    number: "VS12",
    statement: "the transitional set of a view is just those who came to it from the same view",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: BENIGN,
    cost: "O(installations)",
    needs: &[Kind::View],
    given: &[Given::ViewChanges],
    check,
};

const NOTHING: &str = "nobody who came from another view said who came along";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let origins = Origins::of(&installs);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for (from, to) in installs.steps() {
        let Some(set) = along(case, to) else { continue };
        tally.count(scene.time(from.event), scene.time(to.event));
        if witness.is_none() {
            witness = breach(&scene, &installs, &origins, (from, to), &set);
        }
    }
    tally.verdict(witness, NOTHING)
}

fn breach(
    scene: &Scene<'_>,
    installs: &Installs,
    origins: &Origins,
    (from, to): (&Install, &Install),
    set: &[u32],
) -> Option<Witness> {
    let stranger = set.iter().find(|q| !from.has(**q) || !to.has(**q));
    let came = |q: u32| origins.came(to.view, q);
    let elsewhere = |q: &u32| matches!(came(*q), Some(Came::From(v, _)) if v != from.view);
    let others = set.iter().filter(|q| **q != to.node);
    let wrong = others.clone().copied().find(elsewhere);
    let known = others.filter(|q| origins.came_from(to.view, **q, from.view)).count();
    let owed = origins.count(to.view, from.view);
    let own = usize::from(origins.came_from(to.view, to.node, from.view));
    let says = |q: u32, what: &str, event: Option<u32>| {
        let (p, who) = (scene.who(to.life), scene.node_name(q));
        let (v, w) = (installs.name(from.view), installs.name(to.view));
        Proof::default()
            .yes(format!("{p} installed view {w} after view {v}"), [from.id(), to.id()])
            .no(
                format!("the set it told is of members of both that came from view {v}"),
                event.map(|at| installs.get(at).id()),
            )
            .because(format!("{p} came to view {w} from view {v} and {what} {who}"))
    };
    if let Some(q) = stranger {
        return Some(says(*q, "counts among those along, outside of one of them,", None));
    }
    if let Some(q) = wrong {
        return Some(says(q, "counts among those along, wrongly,", origins.event(to.view, q)));
    }
    if known + own == owed {
        return None;
    }
    let left_out = |q: &u32| *q != to.node && set.binary_search(q).is_err();
    let missing = origins.from(to.view, from.view).find(left_out)?;
    Some(says(missing, "leaves out", origins.event(to.view, missing)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::{along as told_along, views};
    use pepperland_core::verdict::Ruling;

    /// n1 and n2 come from view 1, n3 from view 2.
    fn history(sets: &[(usize, &[u32])]) -> pepperland_core::history::History {
        told_along(&views("12@1 21@1 3@2 123@3 213@3 312@3"), sets)
    }

    #[test]
    fn just_those_who_came_along() {
        assert_eq!(
            ruling(&ENTRY, &history(&[(3, &[1, 2]), (4, &[1, 2]), (5, &[3])])),
            Ruling::Held
        );
        let told = "n1 came to view 3 from view 1 and leaves out n2";
        assert_eq!(because(&ENTRY, &history(&[(3, &[1])])), told);
        let told = "n2 came to view 3 from view 1 and \
            counts among those along, outside of one of them, n3";
        assert_eq!(because(&ENTRY, &history(&[(4, &[1, 2, 3])])), told);
        assert_eq!(undecided(&ENTRY, &history(&[])), NOTHING);
    }

    #[test]
    fn who_was_named_but_came_from_elsewhere_was_not_along() {
        let skipped = views("123@1 3@2 213@1 123@3 312@3");
        let told = "n1 came to view 3 from view 1 and counts among those along, wrongly, n3";
        assert_eq!(because(&ENTRY, &told_along(&skipped, &[(3, &[1, 3])])), told);
    }
}

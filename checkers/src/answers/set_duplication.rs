//! No duplication in a set: no list shows an element twice.
//!
//! # Definition
//! The list that a read of a set answers holds each element once (Jepsen's checker `set-full`
//! counts as *duplicated* what some read shows twice). Equal are equal JSON values, as in
//! [`echo`](super::echo); that an element was added twice is no excuse, for it is a set. Binds
//! every node that is not Byzantine.
//! # Cost
//! O(n) in what was shown.
//! # Witness
//! The read.

use crate::answers::sets::{Sets, WORKLOADS};
use crate::linearizability::values::Datum;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Set;
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "set-duplication",
    number: "MW6",
    statement: "no read of a set shows an element twice",
    source: "Kingsbury, Jepsen, checker set-full",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n) in what was shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let sets = Sets::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for read in sets.contents.reads.iter().filter(|read| !read.shown.is_empty()) {
        let request = sets.request(read.request);
        tally.count(sets.requests.began_at(request), sets.requests.ended_at(request));
        let Some(element) = twice(&read.shown) else { continue };
        tally.breach(&mut witness, || {
            let (whose, element) = (sets.reader(read), sets.text(element));
            Proof::default()
                .no(format!("{whose} shows {element} once"), sets.requests.events(request))
                .because(format!("{whose} shows {element} twice"))
        });
    }
    tally.verdict(witness, "no read shows anything")
}

fn twice(shown: &[Datum]) -> Option<Datum> {
    let mut met = Set::default();
    shown.iter().copied().find(|element| !met.insert(*element))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn an_element_shown_twice_is_told() {
        let lines = "c1@n1 read -> ok messages=[1,2,1.0]";
        let told = "c1's read at n1 shows 1 twice";
        assert_eq!(because(&ENTRY, &said("broadcast", &json!({}), lines)), told);
    }

    #[test]
    fn two_reads_may_show_it_and_nothing_shows_nothing() {
        let lines = "c1@n1 read -> ok value=[1,\"1\"]; c1@n1 read -> ok value=[1]";
        assert_eq!(ruling(&ENTRY, &said("g-set", &json!({}), lines)), Ruling::Held);
        let nothing = "c1@n1 read -> ok value=[]; c1@n1 read -> unknown value=[1,1]";
        let reason = "no read shows anything";
        assert_eq!(undecided(&ENTRY, &said("g-set", &json!({}), nothing)), reason);
    }
}

//! Agreement on a set: in the end all nodes show the same elements.
//!
//! # Definition
//! At the end of a complete history all [final reads](super::finals) of a set show the same
//! elements, whatever their order and however often each: the agreement of reliable broadcast
//! (Hadzilacos & Toueg 1994), or strong eventual consistency (Shapiro et al. 2011), of what clients
//! see. An element of which it is not known whether it was added, and one that nobody added, must
//! be everywhere or nowhere too. Where components go on by themselves they need not agree and
//! nothing is judged. Binds correct nodes.
//! # Cost
//! O(n) in what was shown.
//! # Witness
//! Two final reads.

use crate::answers::finals::NO_READ;
use crate::answers::sets::{Read, Sets, WORKLOADS};
use crate::linearizability::values::Datum;
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Set;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "set-agreement",
    number: "MW7",
    statement: "all final reads show the same elements",
    source: "Hadzilacos & Toueg 1994; Shapiro et al. 2011",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n) in what was shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS), Given::Primary],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let sets = Sets::of(&scene);
    let finals = sets.finals();
    let Some((first, others)) = finals.split_first() else {
        return Verdict::undecided(NO_READ);
    };
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let expected = first.elements();
    for other in others {
        let began = [*first, *other].map(|read| sets.requests.began_at(sets.request(read.request)));
        tally.count(began[0].min(began[1]), case.history.end());
        if let Some((element, with, without)) = difference(first, &expected, other) {
            tally.breach(&mut witness, || told(&sets, element, with, without));
        }
    }
    tally.verdict(witness, "only one node showed what it has in the end")
}

/// An element that one read shows and the other lacks: the first shown.
fn difference<'r>(
    first: &'r Read,
    expected: &Set<Datum>,
    other: &'r Read,
) -> Option<(Datum, &'r Read, &'r Read)> {
    let found = other.elements();
    let lacking = first.shown.iter().find(|element| !found.contains(element));
    let extra = other.shown.iter().find(|element| !expected.contains(element));
    let lacks = lacking.map(|element| (*element, first, other));
    lacks.or_else(|| extra.map(|element| (*element, other, first)))
}

fn told(sets: &Sets<'_, '_>, element: Datum, with: &Read, without: &Read) -> Witness {
    let element = sets.text(element);
    let events = |read: &Read| sets.requests.events(sets.request(read.request));
    let [has, lacks] = [with, without].map(|read| sets.reader(read));
    Proof::default()
        .yes(format!("{has}, the last one, shows {element}"), events(with))
        .no(format!("{lacks}, the last one, shows it too"), events(without))
        .because(format!("{has} shows {element}, which {lacks} lacks, both the last ones"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    const APART: &str = "c3@n1 add element=1 -> ?; c1@n1 read -> ok value=[1]; \
                         c2@n2 read -> ok value=[]";

    #[test]
    fn nodes_that_end_apart_are_told() {
        let told = "c1's read at n1 shows 1, which c2's read at n2 lacks, both the last ones";
        assert_eq!(because(&ENTRY, &said("g-set", &json!({}), APART)), told);
        let back = APART.replace("n1", "n3");
        let told = "c1's read at n3 shows 1, which c2's read at n2 lacks, both the last ones";
        assert_eq!(because(&ENTRY, &said("g-set", &json!({}), &back)), told);
    }

    #[test]
    fn order_and_repetition_do_not_count() {
        let lines = "c1@n1 read -> ok messages=[1,2]; c2@n2 read -> ok messages=[2,1,2]";
        assert_eq!(ruling(&ENTRY, &said("broadcast", &json!({}), lines)), Ruling::Held);
    }

    #[test]
    fn the_last_read_of_two_nodes_is_needed() {
        let judge = |lines: &str| undecided(&ENTRY, &said("g-set", &json!({}), lines));
        let alone = "only one node showed what it has in the end";
        assert_eq!(judge("c1@n1 read -> ok value=[1]; c2@n1 read -> ok value=[]"), alone);
        assert_eq!(judge(&format!("{APART}; n2 crash")), alone);
        assert_eq!(judge("c1@n1 add element=1 -> ok"), NO_READ);
    }
}

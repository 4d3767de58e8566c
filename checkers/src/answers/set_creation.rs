//! No creation in a set: what a read shows, somebody asked to add.
//!
//! # Definition
//! For every element that a read shows, somebody had asked to add it before the read ended, and was
//! not refused: a `fail` says that the addition did not and will not happen, so that an element
//! whose additions all failed is created too; an `unknown` may have happened at any time after it
//! was asked for. What the header's `initial` lists was there from the start. Binds every node that
//! is not Byzantine; where there are Byzantine nodes nothing is judged, for they may have made up
//! any element and sent it to the others.
//! # Cost
//! O(n) in what was added and shown.
//! # Witness
//! The read; and the addition that was refused or asked for too late.

use crate::answers::origins::{MADE_UP, Origins, told};
use crate::answers::sets::{Sets, WORKLOADS};
use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "set-creation",
    number: "MW5",
    statement: "what a read of a set shows was asked for before and not refused",
    source: "Cachin, Guerraoui & Rodrigues 2011, no creation",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(n) in what was added and shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if case.byzantine.contains(&true) {
        return Verdict::undecided(MADE_UP);
    }
    let scene = Scene::of(case);
    let sets = Sets::of(&scene);
    let mut origins = Origins::default();
    sets.contents.initial.iter().for_each(|element| origins.start_with(*element));
    for add in &sets.contents.adds {
        origins.ask(&sets.requests, add.request, add.element);
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for read in sets.contents.reads.iter().filter(|read| !read.shown.is_empty()) {
        let request = sets.request(read.request);
        tally.count(sets.requests.began_at(request), sets.requests.ended_at(request));
        let end = sets.requests.end(request);
        let origin = |element: &u64| Some((*element, origins.created(*element, end)?));
        if let Some((element, origin)) = read.shown.iter().find_map(origin) {
            tally.breach(&mut witness, || {
                let shows = format!("{} shows {}", sets.reader(read), sets.text(element));
                told(&sets.requests, read.request, &shows, "addition", origin)
            });
        }
    }
    tally.verdict(witness, "no read shows anything")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn told(lines: &str) -> String {
        because(&ENTRY, &said("broadcast", &json!({}), lines))
    }

    #[test]
    fn what_nobody_added_or_was_refused_or_came_later_is_told() {
        let stranger = "c1@n1 broadcast message=1 -> ok; c1@n1 read -> ok messages=[1,7]";
        assert_eq!(told(stranger), "c1's read at n1 shows 7, which nobody had asked for");
        let refused = "c1@n1 broadcast message=1 -> fail; c2@n2 read -> ok messages=[1]";
        let sentence = "c2's read at n2 shows 1, but c1's addition at n1 was refused";
        assert_eq!(told(refused), sentence);
        assert_eq!(told(&refused.replace("fail", "ok f=\"error\" code=11")), sentence);
        let later = "c2@n2 read -> ok messages=[1]; c1@n1 broadcast message=1 -> ok";
        let sentence = "c2's read at n2 shows 1, before c1's addition at n1 began";
        assert_eq!(told(later), sentence);
    }

    #[test]
    fn what_may_have_been_added_may_be_shown() {
        for answer in ["ok", "unknown", "?"] {
            let lines = format!(
                "c1@n1 add element=1 -> fail; c2@n1 add element=1 -> {answer}; \
                 c3@n1 read -> ok value=[0,1]"
            );
            let history = said("g-set", &json!({"initial": [0]}), &lines);
            assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
        }
        let during = "c2@n1 read; c1@n1 add element=1 -> ok; c2@n1 -> ok value=[1]";
        assert_eq!(ruling(&ENTRY, &said("g-set", &json!({}), during)), Ruling::Held);
    }

    #[test]
    fn a_liar_may_have_made_it_up() {
        let history = said("g-set", &json!({"byzantine": ["n2"]}), "c1@n1 read -> ok value=[1]");
        assert_eq!(undecided(&ENTRY, &history), MADE_UP);
    }
}

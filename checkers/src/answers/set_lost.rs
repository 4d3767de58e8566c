//! Lost elements: what was acknowledged is there in the end.
//!
//! # Definition
//! At the end of a complete history every [final read](super::finals) of a set shows every element
//! whose addition was acknowledged (Jepsen's checker `set-full`: an element is *lost* if it is
//! known and the last reads lack it). An element that was only seen is not owed here: see
//! `set-stale` and `set-agreement`.
//!
//! Acknowledged is owed, whoever acknowledged it. Only where the header says that nodes crash for
//! good (`crash-stop`), what faulty nodes alone acknowledged and no correct node ever showed is
//! excused, as validity binds correct senders only (Hadzilacos & Toueg 1994). Where it is not known
//! which node acknowledged, it may have been a faulty one if there is any.
//! # Cost
//! O(n) in what was added and shown.
//! # Witness
//! The addition, and the final reads that lack the element.

use crate::answers::finals::NO_READ;
use crate::answers::requests::Place;
use crate::answers::sets::{Add, Read, Sets, WORKLOADS};
use crate::linearizability::values::Datum;
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{FailureModel, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "set-lost",
    number: "MW3",
    statement: "every final read shows every element whose addition was acknowledged",
    source: "Kingsbury, Jepsen, checker set-full",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n) in what was added and shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let sets = Sets::of(&scene);
    let finals = sets.finals();
    if finals.is_empty() {
        return Verdict::undecided(NO_READ);
    }
    let mut shown: Map<Datum, usize> = Map::default();
    for element in finals.iter().flat_map(|read| read.elements()) {
        *shown.entry(element).or_default() += 1;
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for add in owed(&sets) {
        tally.count(sets.requests.began_at(sets.request(add.request)), case.history.end());
        let shown = shown.get(&add.element).copied().unwrap_or(0);
        if shown < finals.len() {
            tally.breach(&mut witness, || told(&sets, add, &finals));
        }
    }
    tally.verdict(witness, "no addition was acknowledged that somebody owes")
}

/// The first acknowledged addition that counts of each element.
fn owed<'t>(sets: &'t Sets<'_, '_>) -> Vec<&'t Add> {
    let seen = shown_by_correct(sets);
    let mut met = Set::default();
    let counts =
        |add: &&Add| sets.is_done(add) && (seen.contains(&add.element) || binds(sets, add));
    let adds = sets.contents.adds.iter().filter(counts);
    adds.filter(|add| met.insert(add.element)).collect()
}

/// Whether the node that acknowledged the addition is certainly one whose word counts.
fn binds(sets: &Sets<'_, '_>, add: &Add) -> bool {
    let case = sets.requests.scene.case;
    let for_good = case.history.header.failure_model == FailureModel::CrashStop;
    !for_good || is_correct(sets, sets.request(add.request).place)
}

/// Whether it is certain that the node is correct.
fn is_correct(sets: &Sets<'_, '_>, place: Place) -> bool {
    let correct = &sets.requests.scene.case.correct;
    match place {
        Place::Node(node) => correct[node as usize],
        Place::Client(_) => !correct.contains(&false),
    }
}

fn shown_by_correct(sets: &Sets<'_, '_>) -> Set<Datum> {
    let counts = |read: &&Read| is_correct(sets, sets.request(read.request).place);
    let reads = sets.contents.reads.iter().filter(counts);
    reads.flat_map(|read| read.shown.iter().copied()).collect()
}

fn told(sets: &Sets<'_, '_>, add: &Add, finals: &[&Read]) -> Witness {
    let (request, element) = (sets.request(add.request), sets.text(add.element));
    let whose = sets.requests.whose(request, "addition");
    let (with, without): (Vec<&Read>, Vec<&Read>) =
        finals.iter().copied().partition(|read| read.shown.contains(&add.element));
    let lacking = without.iter().flat_map(|r| sets.requests.events(sets.request(r.request)));
    let lacks = match with.first() {
        None => format!("no final read shows {element}"),
        Some(with) => {
            let (has, last) = (sets.reader(with), sets.reader(without[0]));
            format!("{last}, the last one, lacks {element}, which {has} shows")
        }
    };
    Proof::default()
        .yes(format!("{whose} of {element} was acknowledged"), sets.requests.events(request))
        .no(format!("every final read shows {element}"), lacking)
        .because(format!("{lacks}, though {whose} was acknowledged"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::{Value, json};

    fn judge(header: &Value, lines: &str) -> Ruling {
        ruling(&ENTRY, &said("g-set", header, lines))
    }

    const ADDED: &str = "c1@n1 add element=5 -> ok";

    #[test]
    fn what_no_final_read_shows_and_what_one_lacks_are_told() {
        let lines = "c1@n1 broadcast message=5 -> ok; c1@n1 read -> ok messages=[]";
        let told = "no final read shows 5, though c1's addition at n1 was acknowledged";
        assert_eq!(because(&ENTRY, &said("broadcast", &json!({}), lines)), told);
        let lines = format!("{ADDED}; c1@n1 read -> ok value=[5]; c2@n2 read -> ok value=[]");
        let told = "c2's read at n2, the last one, lacks 5, which c1's read at n1 shows, \
                    though c1's addition at n1 was acknowledged";
        assert_eq!(because(&ENTRY, &said("g-set", &json!({}), &lines)), told);
    }

    #[test]
    fn only_the_last_read_of_each_node_is_final() {
        let lines = format!("{ADDED}; c2@n2 read -> ok value=[]; c3@n2 read -> ok value=[5.0]");
        assert_eq!(judge(&json!({}), &lines), Ruling::Held);
        let swapped = format!("{ADDED}; c2@n2 read -> ok value=[5]; c3@n2 read -> ok value=[]");
        assert_eq!(judge(&json!({}), &swapped), Ruling::Violated);
        let early = format!("c2@n2 read -> ok value=[]; {ADDED}; c3@n1 read -> ok value=[5]");
        assert_eq!(judge(&json!({}), &early), Ruling::Held);
        let lines = format!("{ADDED}; c2@n2 read -> ok value=[]");
        assert_eq!(judge(&json!({"heal_at": 2}), &lines), Ruling::Violated);
        assert_eq!(judge(&json!({"heal_at": 3}), &lines), Ruling::Undecided);
        assert_eq!(judge(&json!({"complete": false}), &lines), Ruling::Undecided);
    }

    #[test]
    fn what_was_not_acknowledged_is_not_owed() {
        for answer in ["fail", "unknown", "?", "ok f=\"error\" code=0"] {
            let lines = format!("c1@n1 add element=5 -> {answer}; c2@n1 read -> ok value=[]");
            let reason = "no addition was acknowledged that somebody owes";
            assert_eq!(undecided(&ENTRY, &said("g-set", &json!({}), &lines)), reason);
        }
    }

    #[test]
    fn what_only_a_node_that_crashed_for_good_had_is_excused() {
        let lines = format!("{ADDED}; n1 crash; c2@n2 read -> ok value=[]");
        assert_eq!(judge(&json!({}), &lines), Ruling::Undecided);
        let recovery = json!({"failure_model": "crash-recovery"});
        assert_eq!(judge(&recovery, &lines), Ruling::Violated);
        let seen = format!(
            "{ADDED}; c2@n2 read -> ok value=[5]; n1 crash; c2@n2 read -> ok value=[5]; \
             c3@n3 read -> ok value=[]"
        );
        assert_eq!(judge(&json!({}), &seen), Ruling::Violated);
        let nobody_knows = "c1 add element=5 -> ok; n1 crash; c2 read -> ok value=[]";
        assert_eq!(judge(&json!({}), nobody_knows), Ruling::Undecided);
        assert_eq!(judge(&json!({}), &nobody_knows.replace("n1 crash; ", "")), Ruling::Violated);
    }

    #[test]
    fn a_node_that_is_down_owes_nothing_and_one_that_is_back_does() {
        let recovery = json!({"failure_model": "crash-recovery"});
        let down =
            format!("{ADDED}; c2@n2 read -> ok value=[]; c1@n1 read -> ok value=[5]; n2 crash");
        assert_eq!(judge(&recovery, &down), Ruling::Held);
        assert_eq!(judge(&recovery, &format!("{down}; n2 recover")), Ruling::Violated);
    }
}

//! Bounds of a counter: what is read in the end is a sum of what was added.
//!
//! # Definition
//! At the end of a complete history every [final read](super::finals) of a counter shows the
//! first value (the header's `initial`, or 0), plus every delta that was acknowledged, plus the
//! deltas of any of the additions of which nothing is known; those that failed count for nothing
//! (Maelstrom's workloads `g-counter` and `pn-counter`). Deltas may be negative. Reads need not
//! agree on which of the unknown additions happened. What is no whole number is no such sum; a
//! read without a value is none. Binds correct nodes.
//! # Cost
//! O(n log n) and O(stretches) for each addition of which nothing is known, where sums without a
//! gap between them make one stretch. Where there are more than 4,096 stretches, anything from the
//! least to the greatest sum passes, so that nothing is accused wrongly; the sentence says so.
//! # Witness
//! The read; and the additions that are known, if they are not more than 16.

use crate::answers::finals::{NO_READ, finals, settled};
use crate::answers::requests::{Request, Requests};
use crate::answers::sums::Sums;
use crate::reliability::owed::INCOMPLETE;
use crate::replication::operations::{Status, short};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "counter-bounds",
    number: "MW8",
    statement: "every final read shows the sum of what was added, give or take what is unknown",
    source: "Maelstrom, workloads g-counter and pn-counter",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n log n), and O(sums) for each addition of which nothing is known",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(&["g-counter", "pn-counter"])],
    check,
};

/// The events of no more additions than this are named.
const NAMED: usize = 16;

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let requests = Requests::of(&scene);
    let additions: Vec<&Request> = of(&requests, "add").map(|(_, request)| request).collect();
    let sums = match sums(&requests, &additions) {
        Ok(sums) => sums,
        Err(reason) => return Verdict::undecided(reason),
    };
    let shown =
        |request: &Request| requests.told(request, "value").filter(|value| !value.is_null());
    let reads = of(&requests, "read").filter(|(_, request)| shown(request).is_some());
    let finals = finals(&requests, reads, settled(&requests, additions.iter().copied()));
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for read in finals.into_iter().map(|read| requests.at(read)) {
        tally.count(requests.began_at(read), case.history.end());
        let value = shown(read).unwrap_or(&Value::Null);
        if !whole(value).is_some_and(|sum| sums.contains(sum)) {
            tally.breach(&mut witness, || told(&requests, read, value, &additions, &sums));
        }
    }
    tally.verdict(witness, NO_READ)
}

/// The requests for this.
fn of<'r>(
    requests: &'r Requests<'_, '_>,
    f: &'static str,
) -> impl Iterator<Item = (usize, &'r Request)> {
    requests.all().filter(move |(_, request)| requests.f(request) == f)
}

fn sums(requests: &Requests<'_, '_>, additions: &[&Request]) -> Result<Sums, String> {
    let initial = requests.scene.history.header.initial.as_ref().filter(|v| !v.is_null());
    let initial = initial.map_or(Some(0), whole).ok_or("the initial state is no whole number")?;
    let (mut certain, mut unknown) = (initial, Vec::new());
    for addition in additions {
        let delta = requests.asked(addition, "delta").and_then(whole);
        match (addition.operation.status, delta) {
            (Status::Fail, _) => {}
            (Status::Ok, Some(delta)) => certain += delta,
            (Status::Unknown, Some(delta)) => unknown.push(delta),
            (_, None) => {
                let event = addition.operation.invoke;
                return Err(format!("event {event} adds no whole number"));
            }
        }
    }
    Ok(Sums::of(certain, unknown))
}

/// A whole number, also where it is written with a point.
fn whole(value: &Value) -> Option<i128> {
    let integer = value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    let exact = |float: f64| (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i128);
    integer.or_else(|| value.as_f64().and_then(exact))
}

fn told(
    requests: &Requests<'_, '_>,
    read: &Request,
    value: &Value,
    additions: &[&Request],
    sums: &Sums,
) -> Witness {
    let known = additions.iter().filter(|add| add.operation.status == Status::Ok);
    let known: Vec<&&Request> = known.collect();
    let named = known.iter().filter(|_| known.len() <= NAMED);
    let named = named.flat_map(|add| requests.events(add));
    let (whose, value) = (requests.whose(read, "read"), short(value));
    let bounds = if sums.is_exact { "" } else { "the bounds of " };
    let because = format!("{whose}, the last one, shows {value}, not {bounds}{}", sums.text());
    Proof::default()
        .yes(format!("{bounds}what was added makes {}", sums.text()), named)
        .no(format!("{whose}, the last one, shows such a sum"), requests.events(read))
        .because(because)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(lines: &str) -> History {
        said("pn-counter", &json!({}), lines)
    }

    const ADDED: &str = "c1@n1 add delta=5 -> ok; c1@n1 add delta=-2 -> ok; \
                         c2@n2 add delta=10 -> unknown; c3@n2 add delta=100 -> fail";

    #[test]
    fn what_no_subset_makes_is_told() {
        let read = |value: &str| format!("{ADDED}; c4@n3 read -> ok value={value}");
        for held in ["3", "13", "13.0"] {
            assert_eq!(ruling(&ENTRY, &of(&read(held))), Ruling::Held);
        }
        for wrong in ["5", "-2", "103", "3.5", "\"3\""] {
            let told = format!("c4's read at n3, the last one, shows {wrong}, not 3, 13");
            assert_eq!(because(&ENTRY, &of(&read(wrong))), told);
        }
    }

    #[test]
    fn only_final_reads_of_correct_nodes_are_bound() {
        let early = format!("c4@n3 read -> ok value=7; {ADDED}; c4@n3 read -> ok value=3");
        assert_eq!(ruling(&ENTRY, &of(&early)), Ruling::Held);
        let late = format!("{ADDED}; c4@n3 read -> ok value=3; c4@n3 read -> ok value=7");
        assert_eq!(ruling(&ENTRY, &of(&late)), Ruling::Violated);
        assert_eq!(undecided(&ENTRY, &of(&format!("{late}; n3 crash"))), NO_READ);
        let nothing = format!("{ADDED}; c4@n3 read -> ok value=null; c4@n3 read -> unknown");
        assert_eq!(undecided(&ENTRY, &of(&nothing)), NO_READ);
        let open = format!("{late}; c5@n1 add delta=1");
        assert_eq!(undecided(&ENTRY, &of(&open)), NO_READ, "a read must follow every addition");
    }

    #[test]
    fn the_first_value_counts() {
        let lines = "c1 add delta=1 -> ok; c1 read -> ok value=8";
        let counter = |header| said("g-counter", &header, lines);
        assert_eq!(ruling(&ENTRY, &counter(json!({"initial": 7}))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &counter(json!({"initial": null}))), Ruling::Violated);
        let reason = "the initial state is no whole number";
        assert_eq!(undecided(&ENTRY, &counter(json!({"initial": "7"}))), reason);
        let odd = "c1 add delta=\"1\" -> ok; c1 read -> ok value=1";
        assert_eq!(undecided(&ENTRY, &of(odd)), "event 0 adds no whole number");
    }
}

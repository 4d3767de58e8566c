//! Unique ids: no id is given twice.
//!
//! # Definition
//! No two answers to `generate` carry the same `id` (Maelstrom's workload `unique-ids`). Ids are
//! any JSON values; equal ones are equal as in [`echo`](super::echo). An id that was given in an
//! answer that never came binds nobody, for nobody has it; what Byzantine nodes give is void.
//! # Cost
//! O(n) in the ids.
//! # Witness
//! The two operations.

use crate::answers::requests::{Request, Requests};
use crate::linearizability::values::{Datum, Values};
use crate::replication::operations::short;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "unique-ids",
    number: "MW2",
    statement: "no id is given twice",
    source: "Maelstrom, workload unique-ids",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n) in the ids",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::Workload("unique-ids")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let requests = Requests::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut values = Values::default();
    let mut given: Map<Datum, usize> = Map::default();
    for (number, request) in requests.all().filter(|(_, r)| requests.f(r) == "generate") {
        let Some(id) = requests.told(request, "id") else { continue };
        tally.count(requests.began_at(request), requests.ended_at(request));
        let first = *given.entry(values.number(id)).or_insert(number);
        if first != number {
            let pair = [requests.at(first), request];
            tally.breach(&mut witness, || told(&requests, pair, id));
        }
    }
    tally.verdict(witness, "no id was given")
}

fn told(requests: &Requests<'_, '_>, pair: [&Request; 2], id: &Value) -> Witness {
    let [first, again] = pair.map(|request| requests.whose(request, "request"));
    let id = short(id);
    Proof::default()
        .yes(format!("{first} was given {id}"), requests.events(pair[0]))
        .no(format!("{again} was given another id"), requests.events(pair[1]))
        .because(format!("{again} was given the id {id}, which {first} had been given"))
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
        said("unique-ids", &json!({}), lines)
    }

    #[test]
    fn an_id_given_again_is_told() {
        let lines =
            "c1@n1 generate -> ok id=[1]; c2 generate -> ok id=2; c3@n2 generate -> ok id=[1.0]";
        let told = "c3's request at n2 was given the id [1.0], \
                    which c1's request at n1 had been given";
        assert_eq!(because(&ENTRY, &of(lines)), told);
    }

    #[test]
    fn ids_of_different_kinds_are_different() {
        let lines = "c1 generate -> ok id=1; c1 generate -> ok id=\"1\"; c1 generate -> ok id=null";
        assert_eq!(ruling(&ENTRY, &of(lines)), Ruling::Held);
    }

    #[test]
    fn what_nobody_was_given_is_not_an_id() {
        let lines = "c1 generate -> ok; c1 generate -> fail id=1; c1 generate -> unknown id=1";
        assert_eq!(undecided(&ENTRY, &of(lines)), "no id was given");
        let lines = "c1@n3 generate -> ok id=1; c2@n1 generate -> ok id=1";
        let liar = said("unique-ids", &json!({"byzantine": ["n3"]}), lines);
        assert_eq!(ruling(&ENTRY, &liar), Ruling::Held);
    }
}

//! Bounded outages: the service fails its clients a few times at most, and not for long.
//!
//! # Definition
//! A service is `(k, Δ)`-*bofo* if the instants at which it failed a request fit into `k` intervals
//! of length `Δ` (Budhiraja, Marzullo, Schneider & Toueg 1993: *Pb4*). It failed a request that was
//! made at an instant and never had an answer, be it yes or no, by the end of a complete history.
//! `k` is `about.bounds.outages`, `Δ` is `about.bounds.outage` in nanoseconds. On a real clock its
//! error is added to `Δ`.
//! # Cost
//! O(n log n) in operations.
//! # Witness
//! `k + 1` failed requests, no two of which fit into one interval.

use crate::reliability::owed::INCOMPLETE;
use crate::replication::operations::{Operation, Operations, Status};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::time::Span;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "bounded-outages",
    number: "RP4",
    statement: "requests without an answer fit into the intervals that are allowed",
    source: "Budhiraja, Marzullo, Schneider & Toueg 1993",
    class: Class::Liveness,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke],
    given: &[Given::Bound("outages"), Given::Bound("outage")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let limits = (bound(case.history, "outages"), bound(case.history, "outage"));
    let (Some(outages), Some(length)) = limits else {
        return Verdict::undecided("about.bounds states no outages and no outage");
    };
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let error = if scene.is_virtual() { 0 } else { case.history.header.clock_error.unwrap_or(0) };
    let length = Span(length.saturating_add(error));
    let operations = Operations::of(case);
    let mut tally = Tally::of(&scene);
    for operation in &operations.all {
        let end = operation.response.map_or(case.history.end(), |r| scene.time(r));
        tally.count(scene.time(operation.invoke), end.max(scene.time(operation.invoke)));
    }
    let apart = apart(&scene, &operations.all, length);
    let witness =
        (apart.len() as u64 > outages).then(|| told(&apart[..=outages as usize], outages, length));
    tally.verdict(witness, "no client asked for anything")
}

/// Failed requests, as many as possible, of which no two fit into one interval.
fn apart(scene: &Scene<'_>, operations: &[Operation], length: Span) -> Vec<u32> {
    let failed = operations.iter().filter(|o| o.status == Status::Unknown);
    let mut failed: Vec<u32> = failed.map(|operation| operation.invoke).collect();
    failed.sort_by_key(|invoke| (scene.time(*invoke), *invoke));
    let mut apart: Vec<u32> = Vec::new();
    for invoke in failed {
        let fits = |last: &u32| scene.time(invoke).since(scene.time(*last)) <= length;
        if !apart.last().is_some_and(fits) {
            apart.push(invoke);
        }
    }
    apart
}

fn told(apart: &[u32], outages: u64, length: Span) -> Witness {
    let (count, events) = (apart.len(), apart.iter().copied().map(EventId));
    Proof::default()
        .yes(format!("{count} requests got no answer"), events)
        .no(format!("two of them were made within {length} ms"), [])
        .because(format!(
            "{count} requests got no answer, each more than {length} ms from the others; {outages} \
             outages of that length are allowed"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const BOUNDS: &str = r#""complete":true,"about":{"bounds":{"outages":1,"outage":1000000}}"#;

    fn asked(client: &str, at: u64) -> String {
        format!(r#"{{"t":{at},"k":"invoke","client":"{client}","op":{{"f":"read"}}}}"#)
    }

    #[test]
    fn one_outage_too_many_is_told() {
        let history = history(&[BOUNDS], &[&asked("a", 0), &asked("b", 9), &asked("c", 2_000_000)]);
        let told = "2 requests got no answer, each more than 1 ms from the others; 1 outages of \
                    that length are allowed";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn a_short_outage_is_allowed() {
        let history = history(&[BOUNDS], &[&asked("a", 0), &asked("b", 1_000_000)]);
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }

    #[test]
    fn answers_may_still_come() {
        let open = BOUNDS.replace("true", "false");
        assert_eq!(undecided(&ENTRY, &history(&[&open], &[&asked("a", 0)])), INCOMPLETE);
    }
}

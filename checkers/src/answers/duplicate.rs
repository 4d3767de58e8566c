//! No duplicate in a log: a message stands at one offset, and an offset holds one message.
//!
//! # Definition
//! No two answers, of sends or polls, put one message at two offsets of a key (Jepsen's
//! `jepsen.tests.kafka`: *duplicate*) or two messages at one offset (there: *inconsistent
//! offsets*). Messages are told by their values: one that was sent by two requests that were not
//! refused may well stand at two offsets, and is not judged. What Byzantine nodes answer is void.
//! # Cost
//! O(n log n) in what was sent and shown.
//! # Witness
//! The one or two operations that say so.

use crate::answers::logs::{Log, Logs, WORKLOAD, name};
use crate::linearizability::values::Datum;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "duplicate",
    number: "MW15",
    statement: "in a log each message stands at one offset, and each offset holds one message",
    source: "Kingsbury, Jepsen, workload kafka",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n) in what was sent and shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::Workload(WORKLOAD)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let logs = Logs::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (key, log) in &logs.contents.all {
        let mut places = Places { repeated: log.repeated(), ..Places::default() };
        for (request, shown) in answers(log) {
            let asked = logs.request(request);
            tally.count(logs.requests.began_at(asked), logs.requests.ended_at(asked));
            if let Some(clash) = places.add(request, shown) {
                tally.breach(&mut witness, || told(&logs, key, &clash));
            }
        }
    }
    tally.verdict(witness, "no answer tells the offset of a message")
}

/// The answers that tell offsets, in the order of their requests.
fn answers(log: &Log) -> BTreeMap<usize, Vec<(i64, Datum)>> {
    let sends = log.sends.iter().filter_map(|s| Some((s.request, vec![(s.offset?, s.value)])));
    let polls = log.polls.iter().filter(|poll| !poll.shown.is_empty());
    sends.chain(polls.map(|poll| (poll.request, poll.shown.clone()))).collect()
}

/// Two answers, or one, that put messages where they cannot be.
struct Clash {
    requests: [usize; 2],
    offsets: [i64; 2],
    values: [Datum; 2],
}

/// What is known of where messages stand, each with the request that told it first.
#[derive(Default)]
struct Places {
    repeated: Set<Datum>,
    value_at: Map<i64, (usize, Datum)>,
    offset_of: Map<Datum, (usize, i64)>,
}

impl Places {
    /// Learns what an answer tells; the first clash in itself, else with an earlier answer.
    fn add(&mut self, request: usize, shown: Vec<(i64, Datum)>) -> Option<Clash> {
        let mut alone =
            Places { repeated: std::mem::take(&mut self.repeated), ..Places::default() };
        let pairs = || shown.iter().copied();
        let within = pairs().filter_map(|pair| alone.learn(request, pair)).next();
        self.repeated = alone.repeated;
        let mut clashes = pairs().filter_map(|pair| self.learn(request, pair));
        let first = clashes.next();
        clashes.for_each(drop);
        within.or(first)
    }

    fn learn(&mut self, request: usize, (offset, value): (i64, Datum)) -> Option<Clash> {
        let held = *self.value_at.entry(offset).or_insert((request, value));
        if held.1 != value {
            let (requests, values) = ([held.0, request], [held.1, value]);
            return Some(Clash { requests, offsets: [offset; 2], values });
        }
        if self.repeated.contains(&value) {
            return None;
        }
        let stood = *self.offset_of.entry(value).or_insert((request, offset));
        let (requests, offsets) = ([stood.0, request], [stood.1, offset]);
        (stood.1 != offset).then_some(Clash { requests, offsets, values: [value; 2] })
    }
}

fn told(logs: &Logs<'_, '_>, key: &str, clash: &Clash) -> Witness {
    let [one, other] = clash.requests.map(|request| logs.whose(request));
    let [first, second] = clash.values.map(|value| logs.text(value));
    let [from, to] = clash.offsets;
    let events = clash.requests.map(|request| logs.requests.events(logs.request(request)));
    let [before, after] = events;
    let of = name(key);
    let because = if from == to {
        format!("offset {from} of {of} held {first} by {one} and {second} by {other}")
    } else {
        format!("{first} stood at offset {from} of {of} by {one} and at offset {to} by {other}")
    };
    Proof::default()
        .yes(format!("{first} stood at offset {from} of {of} by {one}"), before)
        .no(format!("{other} puts {second} where both can be"), after)
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
        said("kafka", &json!({}), lines)
    }

    const SENT: &str = "c1@n1 send key=\"k\" msg=7 -> ok offset=3";

    #[test]
    fn a_message_at_two_offsets_is_told() {
        let lines =
            format!("{SENT}; c2@n2 poll offsets={{\"k\":0}} -> ok msgs={{\"k\":[[3,7],[5,7]]}}");
        let told = "7 stood at offset 3 of key k by c2's poll at n2 and at offset 5 by \
                    c2's poll at n2";
        assert_eq!(because(&ENTRY, &of(&lines)), told);
        let lines = format!("{SENT}; c2@n2 poll offsets={{\"k\":0}} -> ok msgs={{\"k\":[[2,7]]}}");
        let told = "7 stood at offset 3 of key k by c1's send at n1 and at offset 2 by \
                    c2's poll at n2";
        assert_eq!(because(&ENTRY, &of(&lines)), told);
    }

    #[test]
    fn two_messages_at_one_offset_are_told() {
        let lines = format!("{SENT}; c2@n2 send key=\"k\" msg=8 -> ok offset=3");
        let told = "offset 3 of key k held 7 by c1's send at n1 and 8 by c2's send at n2";
        assert_eq!(because(&ENTRY, &of(&lines)), told);
    }

    #[test]
    fn other_keys_and_messages_sent_twice_do_not_count() {
        let lines = format!("{SENT}; c2@n2 send key=\"l\" msg=7 -> ok offset=4");
        assert_eq!(ruling(&ENTRY, &of(&lines)), Ruling::Held);
        let lines = lines.replace("\"l\"", "\"k\"");
        assert_eq!(ruling(&ENTRY, &of(&lines)), Ruling::Held);
        let refused = format!("c3@n1 send key=\"k\" msg=7 -> fail; {SENT}");
        let twice = format!("{refused}; c2 poll offsets={{\"k\":0}} -> ok msgs={{\"k\":[[4,7]]}}");
        assert_eq!(ruling(&ENTRY, &of(&twice)), Ruling::Violated);
    }

    #[test]
    fn without_an_offset_nothing_is_known() {
        let lines = "c1 send key=1 msg=7 -> unknown; c2 poll offsets={\"1\":0} -> ok msgs={}";
        assert_eq!(undecided(&ENTRY, &of(lines)), "no answer tells the offset of a message");
    }
}

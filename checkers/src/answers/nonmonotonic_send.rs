//! Sends go forward: what a client sends later to a key stands later in it.
//!
//! # Definition
//! Of two messages that one client sends to one key, one after the other, the second gets the
//! larger offset (Jepsen's `jepsen.tests.kafka`: *nonmonotonic send*; the *internal* kind, within
//! one transaction, cannot come up where a request sends one message). The offset is that of the
//! answer; of a send without an answer it is that of the first poll that shows the message, unless
//! another request sent the same. A send that failed is none. Binds every node that is not
//! Byzantine.
//! # Cost
//! O(n log n) in what was sent and shown.
//! # Witness
//! The two sends, and the polls that tell where they stand.

use crate::answers::logs::{Log, Logs, Send, WORKLOAD, name};
use crate::linearizability::values::Datum;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "nonmonotonic-send",
    number: "MW14",
    statement: "what a client sends to a key gets a larger offset than what it sent before",
    source: "Kingsbury, Jepsen, workload kafka",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n) in what was sent and shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::Workload(WORKLOAD)],
    check,
};

/// A message in its place.
#[derive(Copy, Clone)]
struct Placed {
    send: Send,
    offset: i64,
    /// The poll that tells the place, if the answer does not.
    poll: Option<usize>,
}

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let logs = Logs::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (key, log) in &logs.contents.all {
        let mut last: Map<u32, Placed> = Map::default();
        for placed in placed(log) {
            let request = logs.request(placed.send.request);
            let Some(before) = last.insert(request.operation.client, placed) else { continue };
            let began = logs.requests.began_at(logs.request(before.send.request));
            tally.count(began, logs.requests.ended_at(request).max(began));
            if placed.offset <= before.offset {
                tally.breach(&mut witness, || told(&logs, key, [before, placed]));
            }
        }
    }
    tally.verdict(witness, "no client sent twice to one key and was told where")
}

/// The sends whose places are known, in the order of their requests.
fn placed(log: &Log) -> impl Iterator<Item = Placed> {
    let mut polled: Map<Datum, (i64, usize)> = Map::default();
    for poll in &log.polls {
        for (offset, value) in &poll.shown {
            polled.entry(*value).or_insert((*offset, poll.request));
        }
    }
    let repeated = log.repeated();
    log.sends.iter().filter_map(move |send| {
        let shown = polled.get(&send.value).filter(|_| !repeated.contains(&send.value));
        match send.offset {
            Some(offset) => Some(Placed { send: *send, offset, poll: None }),
            None => shown.map(|(offset, poll)| Placed {
                send: *send,
                offset: *offset,
                poll: Some(*poll),
            }),
        }
    })
}

fn told(logs: &Logs<'_, '_>, key: &str, [before, after]: [Placed; 2]) -> Witness {
    let [first, second] = [before, after].map(|placed| {
        let (whose, value) = (logs.whose(placed.send.request), logs.text(placed.send.value));
        let by = placed.poll.map(|poll| format!(", as {} shows", logs.whose(poll)));
        let by = by.unwrap_or_default();
        format!("{whose} put {value} at offset {}{by}", placed.offset)
    });
    let of = name(key);
    Proof::default()
        .yes(format!("{first} of {of}"), events(logs, before))
        .no("what it sent next got a larger offset", events(logs, after))
        .because(format!("{first} of {of}; later {second}"))
}

/// The send and its answer, or else the poll that tells where the message stands.
fn events(logs: &Logs<'_, '_>, placed: Placed) -> Vec<EventId> {
    let send = logs.request(placed.send.request);
    match placed.poll {
        None => logs.requests.events(send).collect(),
        Some(poll) => {
            let told = logs.requests.events(logs.request(poll));
            std::iter::once(EventId(send.operation.invoke)).chain(told).collect()
        }
    }
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

    const FIRST: &str = "c1@n1 send key=\"k\" msg=7 -> ok offset=3";

    #[test]
    fn going_back_and_standing_still_are_told() {
        for offset in [2, 3] {
            let lines = format!("{FIRST}; c1@n2 send key=\"k\" msg=8 -> ok offset={offset}");
            let told = format!(
                "c1's send at n1 put 7 at offset 3 of key k; \
                 later c1's send at n2 put 8 at offset {offset}"
            );
            assert_eq!(because(&ENTRY, &of(&lines)), told);
        }
    }

    #[test]
    fn a_send_without_an_answer_stands_where_it_is_polled() {
        let lines = format!(
            "{FIRST}; c1@n2 send key=\"k\" msg=8 -> unknown; \
             c2 poll offsets={{\"k\":0}} -> ok msgs={{\"k\":[[1,8]]}}"
        );
        let told = "c1's send at n1 put 7 at offset 3 of key k; \
                    later c1's send at n2 put 8 at offset 1, as c2's poll shows";
        assert_eq!(because(&ENTRY, &of(&lines)), told);
        let again = format!("c3 send key=\"k\" msg=8 -> ok offset=1; {lines}");
        assert_eq!(ruling(&ENTRY, &of(&again)), Ruling::Undecided, "it may be the other one");
    }

    #[test]
    fn other_clients_and_keys_are_free() {
        let other = format!("{FIRST}; c2 send key=\"k\" msg=8 -> ok offset=2");
        let nothing = "no client sent twice to one key and was told where";
        assert_eq!(undecided(&ENTRY, &of(&other)), nothing);
        let forward = format!(
            "{FIRST}; c1 send key=\"l\" msg=8 -> ok offset=0; \
             c1 send key=\"k\" msg=9 -> ok offset=9"
        );
        assert_eq!(ruling(&ENTRY, &of(&forward)), Ruling::Held);
    }
}

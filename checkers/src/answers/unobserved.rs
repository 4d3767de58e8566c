//! Unobserved messages: what was acknowledged is read in the end.
//!
//! # Definition
//! At the end of a complete history, a message whose send was acknowledged with an offset was
//! shown by some poll, or no client was told that the log ends at or before that offset (Jepsen's
//! `jepsen.tests.kafka`: *unseen*, where every acknowledged message that no poll shows counts).
//! A client is told so if its last poll of the key, begun after faults had stopped and every send
//! to the key had been answered or, without an answer, asked for, shows nothing from where it
//! asked. (A node that is down in the end tells nothing.) Before that there is no haste: a service
//! may acknowledge long before it shows. What somebody has read past is for `lost-write` to judge,
//! and does not count here.
//! # Cost
//! O(n log n) in what was sent and shown.
//! # Witness
//! The send and the poll that shows nothing.

use crate::answers::courses::{Passages, end, polled};
use crate::answers::logs::{Logs, Poll, Send, WORKLOAD, name};
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "unobserved",
    number: "MW11",
    statement: "no final poll ends before a message that was acknowledged and that no poll shows",
    source: "Kingsbury, Jepsen, workload kafka",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(n log n) in what was sent and shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::Workload(WORKLOAD)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let logs = Logs::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (key, log) in &logs.contents.all {
        let (passages, polled, end) = (Passages::of(&logs, log), polled(log), end(&logs, log));
        for send in &log.sends {
            let Some(offset) = send.offset else { continue };
            let is_read = polled.contains(&send.value);
            let denied = end.filter(|(from, _)| *from <= offset && passages.over(offset).is_none());
            if !is_read && denied.is_none() {
                continue;
            }
            let began = logs.requests.began_at(logs.request(send.request));
            tally.count(began, case.history.end());
            if let Some((from, poll)) = denied.filter(|_| !is_read) {
                tally.breach(&mut witness, || told(&logs, key, (send, offset), (poll, from)));
            }
        }
    }
    tally.verdict(witness, "no message that was acknowledged was read or denied in the end")
}

fn told(
    logs: &Logs<'_, '_>,
    key: &str,
    (send, offset): (&Send, i64),
    (poll, from): (&Poll, i64),
) -> Witness {
    let (whose, last) = (logs.whose(send.request), logs.whose(poll.request));
    let events = |request| logs.requests.events(logs.request(request));
    let (value, of) = (logs.text(send.value), name(key));
    let put = format!("{whose} put {value} at offset {offset} of {of}");
    let nothing = format!("{last}, its last, from offset {from} on shows nothing");
    Proof::default()
        .yes(put.clone(), events(send.request))
        .yes(nothing.clone(), events(poll.request))
        .no(format!("some poll shows {value}"), [])
        .because(format!("{put}, but no poll shows {value}, and {nothing}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::{Value, json};

    const SENT: &str = "c1@n1 send key=\"k\" msg=7 -> ok offset=3";
    const EMPTY: &str = "c2@n2 poll offsets={\"k\":2} -> ok msgs={}";

    fn judge(header: &Value, polls: &str) -> Ruling {
        ruling(&ENTRY, &said("kafka", header, &format!("{SENT}; {polls}")))
    }

    #[test]
    fn a_log_that_ends_too_early_is_told() {
        let told = "c1's send at n1 put 7 at offset 3 of key k, but no poll shows 7, and \
                    c2's poll at n2, its last, from offset 2 on shows nothing";
        let history = said("kafka", &json!({}), &format!("{SENT}; {EMPTY}"));
        assert_eq!(because(&ENTRY, &history), told);
        let read = format!("{EMPTY}; c3 poll offsets={{\"k\":0}} -> ok msgs={{\"k\":[[3,7]]}}");
        assert_eq!(judge(&json!({}), &read), Ruling::Held);
    }

    #[test]
    fn only_a_final_poll_that_could_show_it_counts() {
        let none = Ruling::Undecided;
        let nothing = json!({});
        assert_eq!(judge(&nothing, &EMPTY.replace(":2}", ":4}")), none);
        assert_eq!(judge(&nothing, &EMPTY.replace("\"k\"", "\"l\"")), none);
        assert_eq!(judge(&nothing, &EMPTY.replace("-> ok", "-> unknown")), none);
        let goes_on = "c2@n2 poll offsets={\"k\":0} -> ok msgs={\"k\":[[2,6]]}";
        assert_eq!(judge(&nothing, &format!("{EMPTY}; {goes_on}")), none, "it may go on");
        assert_eq!(judge(&nothing, &format!("{EMPTY}; c4 send key=\"k\" msg=9 -> unknown")), none);
        assert_eq!(judge(&nothing, &format!("{EMPTY}; n2 crash")), none);
        assert_eq!(judge(&json!({"heal_at": 3}), EMPTY), none);
        assert_eq!(judge(&json!({"heal_at": 2}), EMPTY), Ruling::Violated);
        let open = said("kafka", &json!({"complete": false}), &format!("{SENT}; {EMPTY}"));
        assert_eq!(undecided(&ENTRY, &open), INCOMPLETE);
    }

    #[test]
    fn what_was_read_past_is_a_lost_write() {
        let past = format!("c3 poll offsets={{\"k\":0}} -> ok msgs={{\"k\":[[4,8]]}}; {EMPTY}");
        assert_eq!(judge(&json!({}), &past), Ruling::Undecided);
    }
}

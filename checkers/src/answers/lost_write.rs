//! Lost writes: nobody reads past a message that nobody has read.
//!
//! # Definition
//! At the end of a complete history, a message whose send was acknowledged with an offset, and
//! beyond which some client has [read](super::courses), was shown by some poll (Jepsen's
//! `jepsen.tests.kafka`: *lost write*, where any poll of a larger offset counts; here only that of
//! a client that did not leave the message out on purpose). The message is told by its value, at
//! whatever offset: another one is for `duplicate` to judge. What nobody has passed is for
//! `unobserved` to judge. A send without an answer or without an offset is not owed. Acknowledged
//! is owed, whether or not the node crashed that acknowledged it.
//! # Cost
//! O(n log n) in what was sent and shown.
//! # Witness
//! The send, and the poll that shows a message beyond.

use crate::answers::courses::{Passage, Passages, polled};
use crate::answers::logs::{Logs, Send, WORKLOAD, name};
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "lost-write",
    number: "MW10",
    statement: "a message that was acknowledged, and that some client read past, was read by some",
    source: "Kingsbury, Jepsen, workload kafka",
    class: Class::Liveness,
    binds: Binds::Uniform,
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
        let (passages, polled) = (Passages::of(&logs, log), polled(log));
        for send in &log.sends {
            let Some(offset) = send.offset else { continue };
            let Some(passage) = passages.over(offset) else { continue };
            let began = logs.requests.began_at(logs.request(send.request));
            tally.count(began, case.history.end());
            if !polled.contains(&send.value) {
                tally.breach(&mut witness, || told(&logs, key, send, offset, passage));
            }
        }
    }
    tally.verdict(witness, "no client read past a message that was acknowledged")
}

fn told(logs: &Logs<'_, '_>, key: &str, send: &Send, offset: i64, passage: &Passage) -> Witness {
    let (whose, past) = (logs.whose(send.request), logs.whose(passage.poll));
    let events = |request| logs.requests.events(logs.request(request));
    let (value, of) = (logs.text(send.value), name(key));
    let put = format!("{whose} put {value} at offset {offset} of {of}");
    let beyond = format!("{past} came to offset {}", passage.shown);
    Proof::default()
        .yes(put.clone(), events(send.request))
        .yes(beyond.clone(), events(passage.poll))
        .no(format!("some poll shows {value}"), [])
        .because(format!("{put}, {beyond}, and no poll shows {value}"))
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

    fn judge(polls: &str) -> Ruling {
        ruling(&ENTRY, &of(&format!("{SENT}; {polls}")))
    }

    const SENT: &str = "c1@n1 send key=\"k\" msg=7 -> ok offset=3";
    const PAST: &str = "c2@n2 poll offsets={\"k\":0} -> ok msgs={\"k\":[[1,5],[4,8]]}";

    #[test]
    fn what_is_read_past_and_never_read_is_told() {
        let told = "c1's send at n1 put 7 at offset 3 of key k, c2's poll at n2 came to offset 4, \
                    and no poll shows 7";
        assert_eq!(because(&ENTRY, &of(&format!("{SENT}; {PAST}"))), told);
        let read = format!("{PAST}; c3 poll offsets={{\"k\":3}} -> ok msgs={{\"k\":[[3,7]]}}");
        assert_eq!(judge(&read), Ruling::Held);
        let open = said("kafka", &json!({"complete": false}), &format!("{SENT}; {PAST}"));
        assert_eq!(undecided(&ENTRY, &open), INCOMPLETE);
    }

    #[test]
    fn what_a_client_left_out_on_purpose_is_not_passed() {
        let jump = "c2 poll offsets={\"k\":0} -> ok msgs={\"k\":[[1,5]]}; \
                    c2 poll offsets={\"k\":4} -> ok msgs={\"k\":[[4,8]]}";
        let reason = "no client read past a message that was acknowledged";
        assert_eq!(undecided(&ENTRY, &of(&format!("{SENT}; {jump}"))), reason);
        assert_eq!(judge(&jump.replace("\"k\":4}", "\"k\":2}")), Ruling::Violated);
        let again = jump.replace("\"k\":0}", "\"k\":9}").replace("[[1,5]]", "[[9,5]]");
        assert_eq!(judge(&again), Ruling::Undecided);
    }

    #[test]
    fn where_the_service_says_where_to_start_the_rest_counts_as_read() {
        let poll = "c2 poll offsets={\"k\":4} -> ok msgs={\"k\":[[4,8]]}";
        assert_eq!(judge(poll), Ruling::Undecided);
        let list = "c2 list_committed_offsets keys=[\"k\"] -> ok offsets={\"k\":4}";
        assert_eq!(judge(&format!("{list}; {poll}")), Ruling::Violated);
        assert_eq!(judge(&format!("{poll}; {list}")), Ruling::Undecided);
        assert_eq!(
            judge(&format!("{}; {poll}", list.replace("[\"k\"]", "[\"l\"]"))),
            Ruling::Undecided
        );
        assert_eq!(judge("c2 poll -> ok msgs={\"k\":[[4,8]]}"), Ruling::Violated);
    }

    #[test]
    fn what_was_not_acknowledged_is_not_owed() {
        for answer in ["unknown", "?", "fail offset=3", "ok"] {
            let lines = format!("c1 send key=\"k\" msg=7 -> {answer}; {PAST}");
            assert_eq!(ruling(&ENTRY, &of(&lines)), Ruling::Undecided);
        }
    }
}

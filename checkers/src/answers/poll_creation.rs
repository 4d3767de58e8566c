//! No creation in a log: what a poll shows, somebody sent.
//!
//! # Definition
//! For every message that a poll shows of a key, somebody had asked to send it to that key before
//! the poll ended, and was not refused: one whose sends all failed is created too (Jepsen's
//! `jepsen.tests.kafka` finds the latter as *aborted read*, G1a). A send of which nothing is known
//! may have happened at any time after it was asked for. Binds every node that is not Byzantine;
//! where there are Byzantine nodes nothing is judged, for they may have made up any message.
//! # Cost
//! O(n) in what was sent and shown.
//! # Witness
//! The poll; and the send that was refused or asked for too late.

use crate::answers::logs::{Logs, WORKLOAD, name};
use crate::answers::origins::{MADE_UP, Origins, told};
use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "poll-creation",
    number: "MW16",
    statement: "what a poll shows was sent to its key before and not refused",
    source: "Kingsbury, Jepsen, workload kafka",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(n) in what was sent and shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::Workload(WORKLOAD)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if case.byzantine.contains(&true) {
        return Verdict::undecided(MADE_UP);
    }
    let scene = Scene::of(case);
    let logs = Logs::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (key, log) in &logs.contents.all {
        let mut origins = Origins::default();
        for send in log.sends.iter().chain(&log.refused) {
            origins.ask(&logs.requests, send.request, send.value);
        }
        for poll in log.polls.iter().filter(|poll| !poll.shown.is_empty()) {
            let request = logs.request(poll.request);
            tally.count(logs.requests.began_at(request), logs.requests.ended_at(request));
            let end = logs.requests.end(request);
            let origin = |(_, value): &(i64, u64)| Some((*value, origins.created(*value, end)?));
            if let Some((value, origin)) = poll.shown.iter().find_map(origin) {
                tally.breach(&mut witness, || {
                    let (whose, value) = (logs.whose(poll.request), logs.text(value));
                    let shows = format!("{whose} shows {value} of {}", name(key));
                    told(&logs.requests, poll.request, &shows, "send", origin)
                });
            }
        }
    }
    tally.verdict(witness, "no poll shows anything")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    const POLL: &str = "c2@n2 poll offsets={\"k\":0} -> ok msgs={\"k\":[[0,7]]}";

    #[test]
    fn what_nobody_sent_or_was_refused_or_came_later_is_told() {
        let told = |lines: &str| because(&ENTRY, &said("kafka", &json!({}), lines));
        let elsewhere = format!("c1@n1 send key=\"l\" msg=7 -> ok offset=0; {POLL}");
        let sentence = "c2's poll at n2 shows 7 of key k, which nobody had asked for";
        assert_eq!(told(&elsewhere), sentence);
        let refused = format!("c1@n1 send key=\"k\" msg=7 -> fail; {POLL}");
        let sentence = "c2's poll at n2 shows 7 of key k, but c1's send at n1 was refused";
        assert_eq!(told(&refused), sentence);
        let later = format!("{POLL}; c1@n1 send key=\"k\" msg=7 -> ok offset=0");
        let sentence = "c2's poll at n2 shows 7 of key k, before c1's send at n1 began";
        assert_eq!(told(&later), sentence);
    }

    #[test]
    fn what_may_have_been_sent_may_be_shown() {
        for answer in ["ok offset=5", "unknown", "?"] {
            let lines = format!("c1@n1 send key=\"k\" msg=7 -> {answer}; {POLL}");
            assert_eq!(ruling(&ENTRY, &said("kafka", &json!({}), &lines)), Ruling::Held);
        }
        let liar = said("kafka", &json!({"byzantine": ["n3"]}), POLL);
        assert_eq!(undecided(&ENTRY, &liar), MADE_UP);
    }
}

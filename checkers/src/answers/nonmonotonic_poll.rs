//! Polls go forward: what a poll shows of a key comes in the order of offsets, from where it asked.
//!
//! # Definition
//! The offsets that a poll shows of a key grow (Jepsen's `jepsen.tests.kafka`: *internal
//! nonmonotonic poll* if they do not), and none is smaller than the offset that the poll asked for;
//! where it named none, the first is larger than the last one that its client's poll of the key
//! before had shown (*external*). A client that asks for an earlier offset than it has seen wants
//! to read again; that is no fault, while a comparison of its polls alone would take it for one.
//! Binds every node that is not Byzantine.
//! # Cost
//! O(n log n) in what was shown.
//! # Witness
//! The poll; and the one before, if it told where to go on.

use crate::answers::logs::{Log, Logs, Poll, Start, WORKLOAD, name};
use crate::answers::polls::each_poll;
use crate::scene::proof::Proof;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "nonmonotonic-poll",
    number: "MW13",
    statement: "a poll shows growing offsets of a key, from the one that it asked for",
    source: "Kingsbury, Jepsen, workload kafka",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n) in what was shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::Workload(WORKLOAD)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    each_poll(case, back, told)
}

/// An offset that came too late.
struct Back {
    offset: i64,
    why: String,
    /// The poll that told where to go on.
    before: Option<usize>,
}

fn back(log: &Log, poll: &Poll) -> Option<Back> {
    let mut pairs = poll.shown.iter().zip(poll.shown.iter().skip(1));
    if let Some(((before, _), (offset, _))) =
        pairs.find(|((before, _), (offset, _))| offset <= before)
    {
        let why = format!("after offset {before}");
        return Some(Back { offset: *offset, why, before: None });
    }
    let position = log.position(poll)?;
    let (first, _) = *poll.shown.first()?;
    let (why, before) = match poll.start {
        Start::After(before) => {
            let before = log.polls[before].request;
            (format!("though the poll before had come to offset {}", position - 1), Some(before))
        }
        _ => (format!("though it asked from offset {position} on"), None),
    };
    (first < position).then_some(Back { offset: first, why, before })
}

fn told(logs: &Logs<'_, '_>, key: &str, poll: &Poll, back: &Back) -> Witness {
    let whose = logs.whose(poll.request);
    let events = |request| logs.requests.events(logs.request(request));
    let before: Vec<EventId> = back.before.into_iter().flat_map(events).collect();
    let shows = format!("{whose} shows offset {} of {}", back.offset, name(key));
    Proof::default()
        .yes(format!("{shows} {}", back.why), before)
        .no("it shows growing offsets from where it starts", events(poll.request))
        .because(format!("{shows} {}", back.why))
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

    #[test]
    fn what_goes_back_within_a_poll_is_told() {
        let lines = "c1@n1 poll offsets={\"k\":0} -> ok msgs={\"k\":[[1,7],[4,8],[4,9]]}";
        let told = "c1's poll at n1 shows offset 4 of key k after offset 4";
        assert_eq!(because(&ENTRY, &of(lines)), told);
    }

    #[test]
    fn what_goes_back_between_polls_is_told() {
        let first = "c1@n1 poll -> ok msgs={\"k\":[[1,7],[4,8]]}";
        let lines =
            format!("{first}; c1@n1 poll -> ok msgs={{}}; c1@n2 poll -> ok msgs={{\"k\":[[4,8]]}}");
        let told = "c1's poll at n2 shows offset 4 of key k \
                    though the poll before had come to offset 4";
        assert_eq!(because(&ENTRY, &of(&lines)), told);
        assert_eq!(ruling(&ENTRY, &of(&lines.replace("; c1@n2", "; c2@n2"))), Ruling::Held);
        let asked = "c1@n1 poll offsets={\"k\":5} -> ok msgs={\"k\":[[4,8],[5,9]]}";
        let told = "c1's poll at n1 shows offset 4 of key k though it asked from offset 5 on";
        assert_eq!(because(&ENTRY, &of(asked)), told);
    }

    #[test]
    fn a_client_may_read_again() {
        let lines = "c1 poll offsets={\"k\":0} -> ok msgs={\"k\":[[1,7],[4,8]]}; \
                     c1 poll offsets={\"k\":1} -> ok msgs={\"k\":[[1,7]]}";
        assert_eq!(ruling(&ENTRY, &of(lines)), Ruling::Held);
        let nothing = "c1 poll offsets={\"k\":0} -> ok msgs={\"k\":[]}";
        assert_eq!(undecided(&ENTRY, &of(nothing)), "no poll shows anything");
    }
}

//! Polls leave nothing out: between two messages of a key that a client reads in a row, none stands
//! that it was not shown.
//!
//! # Definition
//! A poll shows every known offset of a key between two that it shows (Jepsen's
//! `jepsen.tests.kafka`: *internal poll skip*), and from where it starts to the first that it shows
//! (*poll skip*). It starts at the offset that it asked for; where it named none, after the last
//! offset that its client's poll of the key before had shown; else anywhere. Offsets may have gaps:
//! known is an offset that some answer tells, at any time, for a log only grows at its end
//! and who has passed a place will not come back to it. Binds every node that is not Byzantine.
//! # Cost
//! O(n log n) in what was sent and shown.
//! # Witness
//! The poll, the operation that tells the offset, and the poll before if it told where to start.

use crate::answers::logs::{Log, Logs, Poll, Start, WORKLOAD, name};
use crate::answers::polls::each_poll;
use crate::scene::proof::Proof;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "poll-skip",
    number: "MW12",
    statement: "a poll leaves out no known offset between where it starts and the last it shows",
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
    each_poll(case, skip, told)
}

/// A known offset that was left out.
struct Skip {
    offset: i64,
    /// The request that tells it.
    known_by: usize,
    /// What came before it.
    after: String,
    /// What came after it.
    next: i64,
    /// The poll that told where to start.
    before: Option<usize>,
}

fn skip(log: &Log, poll: &Poll) -> Option<Skip> {
    let mut shown: Vec<i64> = poll.shown.iter().map(|(offset, _)| *offset).collect();
    shown.sort_unstable();
    let within = shown.iter().zip(shown.iter().skip(1)).find_map(|(before, next)| {
        let (offset, known_by) = known(log, before.saturating_add(1), *next)?;
        let after = format!("offset {before}");
        Some(Skip { offset, known_by, after, next: *next, before: None })
    });
    within.or_else(|| {
        let (position, first) = (log.position(poll)?, *shown.first()?);
        let (offset, known_by) = known(log, position, first)?;
        let (after, before) = match poll.start {
            Start::After(before) => {
                let after = format!("the poll before had come to offset {}", position - 1);
                (after, Some(log.polls[before].request))
            }
            _ => (format!("it had asked from offset {position} on"), None),
        };
        Some(Skip { offset, known_by, after, next: first, before })
    })
}

/// The first known offset from one on, below another.
fn known(log: &Log, from: i64, below: i64) -> Option<(i64, usize)> {
    let mut known = log.known.range(from..below.max(from));
    known.next().map(|(offset, request)| (*offset, *request))
}

fn told(logs: &Logs<'_, '_>, key: &str, poll: &Poll, skip: &Skip) -> Witness {
    let (whose, of) = (logs.whose(poll.request), name(key));
    let events = |request| logs.requests.events(logs.request(request));
    let before: Vec<EventId> = skip.before.into_iter().flat_map(events).collect();
    let (known, tells) = (skip.offset, logs.whose(skip.known_by));
    let shows = format!("{whose} shows offset {} of {of} after {}", skip.next, skip.after);
    Proof::default()
        .yes(format!("{tells} tells offset {known} of {of}"), events(skip.known_by))
        .yes(shows.clone(), before)
        .no(format!("it shows offset {known} between"), events(poll.request))
        .because(format!("{shows}, without offset {known}, which {tells} tells"))
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
    fn what_a_poll_leaves_out_is_told() {
        let lines =
            format!("c2@n2 poll offsets={{\"k\":0}} -> ok msgs={{\"k\":[[1,5],[4,8]]}}; {SENT}");
        let told = "c2's poll at n2 shows offset 4 of key k after offset 1, without offset 3, \
                    which c1's send at n1 tells";
        assert_eq!(because(&ENTRY, &of(&lines)), told);
        let lines = lines.replace("[1,5],", "");
        let told = "c2's poll at n2 shows offset 4 of key k after it had asked from offset 0 on, \
                    without offset 3, which c1's send at n1 tells";
        assert_eq!(because(&ENTRY, &of(&lines)), told);
    }

    #[test]
    fn what_is_left_out_between_polls_is_told() {
        let lines = format!(
            "{SENT}; c2@n2 poll -> ok msgs={{\"k\":[[2,6]]}}; \
             c2@n2 poll -> ok msgs={{\"k\":[[4,8]]}}"
        );
        let told = "c2's poll at n2 shows offset 4 of key k after the poll before had come to \
                    offset 2, without offset 3, which c1's send at n1 tells";
        assert_eq!(because(&ENTRY, &of(&lines)), told);
        assert_eq!(ruling(&ENTRY, &of(&lines.replacen("c2", "c3", 1))), Ruling::Held);
    }

    #[test]
    fn gaps_jumps_on_purpose_and_disorder_are_no_skips() {
        for polled in [
            "offsets={\"k\":0} -> ok msgs={\"k\":[[1,5],[3,7],[9,9]]}",
            "offsets={\"k\":4} -> ok msgs={\"k\":[[4,5]]}",
            "offsets={\"k\":3} -> ok msgs={\"k\":[[4,8],[3,7]]}",
        ] {
            assert_eq!(ruling(&ENTRY, &of(&format!("{SENT}; c2 poll {polled}"))), Ruling::Held);
        }
        let nothing = format!("{SENT}; c2 poll offsets={{\"k\":0}} -> ok msgs={{}}");
        assert_eq!(undecided(&ENTRY, &of(&nothing)), "no poll shows anything");
    }
}

//! Linearizability: every operation seems to happen at one instant between its call and its answer.
//!
//! # Definition
//! There is an order of the operations that are known to have happened, and of some of those of
//! which it is not known, such that each answer is what the object, used by one client alone, would
//! give in that order, and no operation stands before one that had ended when it began (Herlihy &
//! Wing 1990). The header's `workload` names the object and `initial` its first state: `register`
//! and `lin-kv` (read, write, cas; of the latter one for each key), `counter` (add, read), `set`
//! (add, read), `queue` (enqueue, dequeue), `stack` (push, pop).
//!
//! An operation that failed did not happen and tells nothing, not even why. One whose answer is
//! unknown or missing may have happened at any time after its call, or never. What is recorded at a
//! Byzantine node is void, though what it asked for may have happened at any time. On a real clock
//! an operation stands before another if its answer is older than the other's call by more than the
//! clock's error, or if both are one client's and it stands first in the file.
//! # Cost
//! O(n log n) for registers to which no value is written twice, whatever is read and swapped
//! (Gibbons & Korach 1997), for sets to which no element is added twice, for queues into which no
//! item is put twice (Henzinger, Sezgin & Vafeiadis 2013), and where answers tell their slots (a
//! `slot` of their own or of the execution among their causes) and the order of the slots is one.
//! Each key by itself (Horn & Kroening 2015). Elsewhere a search (Wing & Gong 1993; Lowe 2017),
//! undecided when it gives up after 4,000,000 steps, or as many as the header states under
//! `about.bounds.search-steps`.
//! # Witness
//! The fewest operations found that cannot be put in order, without the answers that do not matter.

use crate::linearizability::models::WORKLOADS;
use crate::linearizability::verdict::linearizable;
use pepperland_core::checker::{Binds, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "linearizability",
    number: "RP9",
    statement: "every operation takes effect at one instant between its call and its answer",
    source: "Herlihy & Wing 1990",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n) for registers, sets and queues with unique values; else a bounded search",
    needs: &[Kind::Invoke],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check: linearizable,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::linearizability::pictures::{of, picture};
    use pepperland_core::checker::Case;
    use pepperland_core::history::{Clock, EventId, Header, History};
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn judge(workload: &str, lanes: &str) -> Ruling {
        ruling(&ENTRY, &picture(workload, lanes))
    }

    fn told(workload: &str, lanes: &str) -> String {
        because(&ENTRY, &picture(workload, lanes))
    }

    const STALE: &str = concat!(
        r#"{"format":"pepperland.history","version":1,"nodes":["n1"],"complete":true,"#,
        r#""clock":"real","workload":"lin-kv"}"#,
        r#"
{"t":1,"k":"invoke","client":"c1","op":{"f":"write","key":1,"value":5}}
{"t":2,"k":"response","client":"c1","result":{"f":"write_ok"},"status":"ok"}
{"t":3,"k":"invoke","client":"c2","op":{"f":"read","key":1}}
{"t":4,"k":"response","client":"c2","result":{"f":"read_ok","value":null},"status":"ok"}
"#
    );

    #[test]
    fn a_stale_read_is_told() {
        let history = History::read(STALE.as_bytes()).unwrap();
        let told = "c2 read nothing of key 1 after c1's write of 5 had returned";
        assert_eq!(because(&ENTRY, &history), told);
        let verdict = (ENTRY.check)(&Case::new(&history));
        assert_eq!(verdict.witness().unwrap().events, [0, 1, 2, 3].map(EventId));
        let at_once = History::read(STALE.replace("\"t\":3", "\"t\":2").as_bytes()).unwrap();
        assert_eq!(ruling(&ENTRY, &at_once), Ruling::Held);
        let unsure = STALE.replace("\"clock\":", "\"clock_error\":2,\"clock\":");
        assert_eq!(ruling(&ENTRY, &History::read(unsure.as_bytes()).unwrap()), Ruling::Held);
    }

    #[test]
    fn registers_are_judged_by_what_is_read() {
        assert_eq!(judge("register", "c1: (w1   )\nc2:    (r    )1"), Ruling::Held);
        let overwritten = "c1: (w1 ) (w2 )\nc2:              (r )1\nc3:    (r )2";
        let sentence = "c2 read 1 after c1's write of 2, which followed c1's write of 1, \
                        had returned";
        assert_eq!(told("register", overwritten), sentence);
        assert_eq!(
            told("register", "c1:      (w1 )\nc2: (r )1"),
            "c2 read 1 before c1 began to write it"
        );
        assert_eq!(told("register", "c1: (w1 )\nc2: (r )2"), "c2 read 2, which nobody had written");
        let back = "c1: (w1        )\nc2:   (r )1\nc3:          (r )-";
        let sentence = "no order in real time explains that c1 wrote 1 (unanswered), c2 read 1 \
                        and c3 read nothing";
        assert_eq!(told("register", back), sentence);
    }

    #[test]
    fn swaps_find_what_is_there() {
        assert_eq!(judge("register", "c1: (w1 ) (c1>2 )\nc2:   (c2>3       )"), Ruling::Held);
        let twice = "c1: (w1 ) (c1>2 )\nc2:       (c1>3   )";
        let sentence = "no order in real time explains that c1 wrote 1 (unanswered), \
                        c1 replaced 1 by 2 and c2 replaced 1 by 3";
        assert_eq!(told("register", twice), sentence);
        assert_eq!(judge("register", "c1: (w1 ) (c1>2 )!\nc2:       (r )1"), Ruling::Held);
    }

    #[test]
    fn what_is_unknown_may_have_happened_late_or_never() {
        for read in ["-", "1"] {
            let lanes = format!("c1: (w1 )?\nc2:         (r ){read} (r ){read}");
            assert_eq!(judge("register", &lanes), Ruling::Held);
        }
        let both = "c1: (w1 )?\nc2:         (r )1 (r )-";
        assert_eq!(judge("register", both), Ruling::Violated);
        assert_eq!(judge("register", "c1: (w1 )!\nc2:  (r   )1"), Ruling::Violated);
    }

    #[test]
    fn each_key_is_judged_by_itself() {
        let lanes = "c1: (w1@a )\nc2:          (r@b )-";
        assert_eq!(judge("lin-kv", lanes), Ruling::Held);
        assert_eq!(judge("lin-kv", &lanes.replace('b', "a")), Ruling::Violated);
    }

    #[test]
    fn other_objects_are_searched() {
        assert_eq!(judge("counter", "c1: (+2 )\nc2:  (+3 )\nc3:      (r )5"), Ruling::Held);
        let sentence = "no order in real time explains that c1 added 2 and c3 read 0";
        assert_eq!(told("counter", "c1: (+2 )\nc3:      (r )0"), sentence);
        let sentence = "no order in real time explains that c1 added 1 and c2 read {}";
        assert_eq!(told("set", "c1: (+1 )\nc2:      (r ){}"), sentence);
        let sentence = "no order in real time explains that c1 enqueued 1, \
                        c1 enqueued 2 (unanswered) and c2 dequeued 2";
        assert_eq!(told("queue", "c1: (e1 ) (e2 )\nc2:            (d )2 (d )1"), sentence);
        assert_eq!(judge("stack", "c1: (p1 ) (p2 )\nc2:            (o )2 (o )1"), Ruling::Held);
    }

    #[test]
    fn the_first_state_is_the_header_s() {
        let mut header = Header::new(vec!["n1".to_owned()]);
        header.workload = Some("lin-kv".to_owned());
        header.clock = Clock::Virtual;
        header.initial = Some(json!({"a": 7}));
        assert_eq!(ruling(&ENTRY, &of(header.clone(), "c1: (r@a )7 (r@b )-")), Ruling::Held);
        header.initial = Some(json!(3));
        assert_eq!(ruling(&ENTRY, &of(header.clone(), "c1: (r@a )3")), Ruling::Held);
        header.workload = Some("queue".to_owned());
        assert_eq!(undecided(&ENTRY, &of(header, "c1: (d )3")), "the initial state is no list");
    }

    #[test]
    fn without_an_answer_or_a_model_nothing_is_decided() {
        let nothing = "no answer tells anything of the state";
        assert_eq!(undecided(&ENTRY, &picture("register", "c1: (w1 ) (r")), nothing);
        let reason = "no sequential object stands for workload broadcast";
        assert_eq!(undecided(&ENTRY, &picture("broadcast", "c1: (r )1")), reason);
        let reason = "the answer in event 1 cannot be understood";
        assert_eq!(undecided(&ENTRY, &picture("register", "c1: (r )")), reason);
        let reason = "event 0 asks for nothing that the workload knows";
        assert_eq!(undecided(&ENTRY, &picture("register", "c1: (d )1")), reason);
    }

    #[test]
    fn a_search_gives_up_in_the_end() {
        let mut header = Header::new(vec!["n1".to_owned()]);
        header.workload = Some("register".to_owned());
        header.clock = Clock::Virtual;
        header.about.insert("bounds".to_owned(), json!({"search-steps": 3}));
        let lanes = "c1: (w1 )\nc2: (w1 )\nc3: (w2 )\nc4:        (r )2 (r )1 (r )2";
        let reason = "the search gave up after 3 steps";
        assert_eq!(undecided(&ENTRY, &of(header.clone(), lanes)), reason);
        header.about.clear();
        assert_eq!(ruling(&ENTRY, &of(header, lanes)), Ruling::Violated);
    }

    #[test]
    fn the_order_of_the_slots_needs_no_search() {
        let mut header = Header::new(vec!["n1".to_owned()]);
        header.workload = Some("register".to_owned());
        header.clock = Clock::Virtual;
        header.about.insert("bounds".to_owned(), json!({"search-steps": 0}));
        let judge = |lanes: &str| ruling(&ENTRY, &of(header.clone(), lanes));
        let lanes = "c1: (w1 )#2\nc2: (w1 )#1\nc3:         (r )1#3";
        assert_eq!(judge(lanes), Ruling::Held);
        assert_eq!(
            judge(&lanes.replace("1#3", "1")),
            Ruling::Undecided,
            "an answer without a slot"
        );
        assert_eq!(judge(&lanes.replace("#3", "#0")), Ruling::Undecided, "wrong in that order");
        let late = "c1: (w1 )#1\nc2:           (w1 )#2\nc3: (w2 )#3 (r )2#4";
        assert_eq!(judge(late), Ruling::Undecided, "that order is not one of real time");
    }
}

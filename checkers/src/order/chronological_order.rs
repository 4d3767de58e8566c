//! Chronological order: messages are delivered in the order of the instants of their broadcasts.
//!
//! # Definition
//! If `m` was broadcast earlier than `m'`, by more than clocks can err, then no correct node of
//! their group delivers `m'` before it delivers `m` (Lamport 1978's anomalous behaviour is what
//! breaks it). It is said only of a node that delivers both, and judged group by group. The
//! instants are the times of the broadcasts; on a real clock they must differ by more than the
//! `clock_error` of the history, and on none do equal ones decide anything.
//! # Cost
//! O(events); a bit for each receiver and message where the fast pass does not vouch.
//! # Witness
//! Both broadcasts and both deliveries.

use crate::order::intervals::{self, Interval, Intervals};
use crate::scene::Scene;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "chronological-order",
    number: "OR13",
    statement: "if m is broadcast at an earlier instant than m', no correct node delivers m' \
                before m",
    source: "Lamport 1978",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let error = scene.clock_error();
    let interval = |row: u32| match scene.broadcast(row).filter(|_| scene.is_broadcast(row)) {
        Some(broadcast) => {
            let begin = scene.time(broadcast.0).0;
            Interval { begin, end: begin.saturating_add(error) }
        }
        None => Interval::NEVER,
    };
    let rows = 0..scene.table.len() as u32;
    let of: Vec<Interval> = rows.map(interval).collect();
    let over = vec![None; of.len()];
    intervals::judge(
        &scene,
        &Intervals { of, over, how: "was broadcast at an earlier instant than" },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{Clock, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_inversion_is_told_though_all_agree_on_it() {
        let history = lanes("n1: !a     b a\nn2:    !b  b a");
        let told =
            "n1 delivered n2:0:1 before n1:0:1, which was broadcast at an earlier instant than it";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("total-order").unwrap(), &history), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a     a b\nn2:    !b  a b")), Ruling::Held);
    }

    #[test]
    fn instants_that_cannot_be_told_apart_say_nothing() {
        undecided(&ENTRY, &lanes("n1: !a b a\nn2: !b"));
        let mut header = Header::new(Vec::new());
        (header.clock, header.clock_error) = (Clock::Real, Some(3));
        let judge = |picture| ruling(&ENTRY, &parse(picture, header.clone()).unwrap());
        assert_eq!(judge("n1: !a     b a\nn2:    !b"), Ruling::Undecided);
        assert_eq!(judge("n1: !a     b a\nn2:     !b"), Ruling::Violated);
    }
}

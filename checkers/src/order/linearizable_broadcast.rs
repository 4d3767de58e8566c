//! Linearizable broadcast: a broadcast that returned comes before one that began afterwards.
//!
//! # Definition
//! If the call that broadcast `m` returned before the call that broadcast `m'` was made, in real
//! time, then no correct node of their group delivers `m'` before it delivers `m` (the real-time
//! order of Herlihy & Wing, of broadcasts). It is weaker than chronological-order: of calls that
//! overlap nothing is said, nor of one that never returned. It is said only of a node that delivers
//! both, and judged group by group. On a virtual clock the lines are the order of time; on a real
//! one return and call must be further apart than the `clock_error` of the history.
//! # Cost
//! O(events); a bit for each receiver and message where the fast pass does not vouch.
//! # Witness
//! Both broadcasts, the return of the first, and both deliveries.

use crate::order::intervals::{self, Interval, Intervals};
use crate::scene::Scene;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "linearizable-broadcast",
    number: "OR13, real time",
    statement: "if the broadcast of m returns before that of m' begins, no correct node \
                delivers m' before m",
    source: "Herlihy & Wing 1990",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver, Kind::BroadcastReturn],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let over = returns(&scene);
    let interval = |(row, over): (u32, &Option<EventId>)| {
        let broadcast = scene.broadcast(row).filter(|_| scene.is_broadcast(row));
        let end = |over: &EventId| scene.start_key(over.0);
        match broadcast {
            Some(broadcast) => {
                Interval { begin: scene.key(broadcast.0), end: over.as_ref().map_or(u64::MAX, end) }
            }
            None => Interval::NEVER,
        }
    };
    let of: Vec<Interval> = (0..).zip(&over).map(interval).collect();
    intervals::judge(&scene, &Intervals { of, over, how: "had been broadcast before" })
}

/// The first return of each broadcast at its node.
fn returns(scene: &Scene<'_>) -> Vec<Option<EventId>> {
    let mut over = vec![None; scene.table.len()];
    let (nodes, rows) = (scene.history.nodes(), scene.history.messages());
    for (event, kind) in scene.history.kinds().iter().enumerate() {
        if *kind != Kind::BroadcastReturn {
            continue;
        }
        let row = rows[event] as usize;
        let broadcast = scene.table.broadcasts().get(row).map(|b| *b as usize);
        let own = broadcast.is_some_and(|b| b < event && nodes[b] == nodes[event]);
        if let Some(over) = over.get_mut(row).filter(|over| own && over.is_none()) {
            *over = Some(EventId(event as u32));
        }
    }
    over
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::order::small::run;
    use pepperland_core::verdict::Ruling;

    const CALLS: &str = r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n1","k":"broadcast_return","m":"n1:0:1"}
{"t":3,"n":"n2","k":"broadcast","m":"n2:0:1"}
"#;
    const FIRST: &str = r#"{"t":4,"n":"n3","k":"deliver","m":"n1:0:1"}"#;
    const SECOND: &str = r#"{"t":4,"n":"n3","k":"deliver","m":"n2:0:1"}"#;

    #[test]
    fn a_broadcast_that_returned_comes_first() {
        let told = "n3 delivered n2:0:1 before n1:0:1, which had been broadcast before it";
        assert_eq!(because(&ENTRY, &run(&format!("{CALLS}{SECOND}\n{FIRST}"))), told);
        assert_eq!(ruling(&ENTRY, &run(&format!("{CALLS}{FIRST}\n{SECOND}"))), Ruling::Held);
    }

    #[test]
    fn calls_that_overlap_are_free() {
        let calls: Vec<&str> = CALLS.lines().collect();
        let overlapping = format!("{}\n{}\n", calls[0], calls[2]);
        undecided(&ENTRY, &run(&format!("{overlapping}{SECOND}\n{FIRST}")));
    }
}

//! Bounded drift: clocks run nearly as fast as true time.
//!
//! # Definition
//! Between two consecutive readings of a node's clock, what it shows advances as true time does,
//! give or take `about.bounds.drift` parts per million (Lamport & Melliar-Smith 1985). True time is
//! the reading's `true`, else, where the clock of the history is virtual, the instant of the event.
//! Two readings bind if no restart lies between them and both come after the instant from which
//! times are promised (`about.bounds.gst`, else when the faults stopped). Whole nanoseconds allow
//! an error of one at each reading, and a real clock its error.
//! # Cost
//! O(events).
//! # Witness
//! The two readings.

use crate::environment::{frames, unbounded};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, History, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "drift-bound",
    number: "ENV4-drift",
    statement: "clocks run as fast as true time, give or take the bound",
    source: "Lamport & Melliar-Smith 1985",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Clock],
    given: &[Given::Bound("drift")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let history = case.history;
    let Some(most) = bound(history, "drift") else { return unbounded("drift") };
    let scene = Scene::of(case);
    let stable = i128::from(frames::stable_from(history).0);
    let slack = 2_000_000 * (1 + i128::from(frames::clock_error(history)));
    let mut last: Vec<Option<Reading>> = vec![None; history.node_count()];
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (event, kind) in history.kinds().iter().enumerate() {
        let node = history.nodes()[event] as usize;
        if case.byzantine.get(node) != Some(&false) {
            continue;
        }
        match kind {
            Kind::Crash | Kind::Recover => last[node] = None,
            Kind::Clock => {
                let now = reading(&scene, event as u32).filter(|now| now.truth >= stable);
                let before = std::mem::replace(&mut last[node], now);
                let (Some(before), Some(now)) = (before, now) else { continue };
                let (shown, passed) = (now.local - before.local, now.truth - before.truth);
                if passed < 0 {
                    continue;
                }
                tally.count(scene.time(before.event), scene.time(now.event));
                let allowed = i128::from(most) * passed + slack;
                if (shown - passed).abs() * 1_000_000 > allowed && witness.is_none() {
                    witness = Some(told(history, node as u32, &before, &now, most));
                }
            }
            _ => {}
        }
    }
    tally.verdict(witness, "no clock was read twice")
}

/// One reading of a clock.
#[derive(Copy, Clone)]
struct Reading {
    event: u32,
    local: i128,
    truth: i128,
}

fn reading(scene: &Scene<'_>, event: u32) -> Option<Reading> {
    let clock = scene.history.event(EventId(event));
    let whole = |value: &Value| {
        let signed = value.as_i64().map(i128::from);
        signed.or_else(|| value.as_u64().map(i128::from))
    };
    let local = whole(clock.field("local")?)?;
    let truth = match clock.field("true") {
        Some(truth) => whole(truth)?,
        None if scene.is_virtual() => i128::from(scene.time(event).0),
        None => return None,
    };
    Some(Reading { event, local, truth })
}

fn told(history: &History, node: u32, before: &Reading, now: &Reading, most: u64) -> Witness {
    let who = frames::name(history, node);
    let (shown, passed) = (now.local - before.local, now.truth - before.truth);
    Proof::default()
        .yes(format!("{who} read its clock twice"), frames::events([before.event, now.event]))
        .no(format!("it ran as fast as true time, give or take {most} ppm"), [])
        .because(format!(
            "the clock of {who} advanced by {shown} ns in {passed} ns; the bound is {most} ppm"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const BOUND: &str = r#""clock":"virtual","about":{"bounds":{"drift":1000}}"#;
    const FIRST: &str = r#"{"t":0,"n":"n1","k":"clock","local":50}"#;

    fn second(local: i64) -> String {
        format!(r#"{{"t":1000000,"n":"n1","k":"clock","local":{local}}}"#)
    }

    #[test]
    fn a_clock_keeps_pace() {
        let judged = |local| file(BOUND, &[FIRST, &second(local)]);
        assert_eq!(ruling(&ENTRY, &judged(1_001_052)), Ruling::Held);
        let told = "the clock of n1 advanced by 1001003 ns in 1000000 ns; the bound is 1000 ppm";
        assert_eq!(because(&ENTRY, &judged(1_001_053)), told);
        assert_eq!(ruling(&ENTRY, &judged(-1)), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &file(BOUND, &[FIRST])), Ruling::Undecided);
        assert!(undecided(&ENTRY, &file("\"end\":9", &[])).contains("about.bounds.drift"));
    }

    #[test]
    fn a_restart_or_the_end_of_faults_begins_anew() {
        let healed = BOUND.to_owned() + ",\"heal_at\":1";
        assert_eq!(ruling(&ENTRY, &file(&healed, &[FIRST, &second(0)])), Ruling::Undecided);
        let (crash, recover) =
            (r#"{"t":1,"n":"n1","k":"crash"}"#, r#"{"t":2,"n":"n1","k":"recover"}"#);
        let events = [FIRST, crash, recover, &second(0)];
        assert_eq!(ruling(&ENTRY, &file(BOUND, &events)), Ruling::Undecided);
    }
}

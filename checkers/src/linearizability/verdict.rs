//! From a decision to a verdict.

use crate::linearizability::calls::Calls;
use crate::linearizability::decide::{Decision, decide, decide_sequential};
use crate::linearizability::shrink::{Trial, shrink};
use crate::linearizability::tell::witness;
use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Case, bound};
use pepperland_core::history::EventId;
use pepperland_core::verdict::{Verdict, Witness};

const NOTHING: &str = "no answer tells anything of the state";

/// How many steps a search takes before it gives up, if the header states no other bound.
const STEPS: u64 = 4_000_000;

/// What is worked out once of a case: its operations, and whether they are linearizable.
pub struct Linear {
    /// The operations, or why they cannot be judged.
    pub calls: Result<Calls, String>,
    /// What was decided.
    pub decision: Decision,
}

/// What is worked out once of a case.
pub fn linear(case: &Case<'_>) -> std::sync::Arc<Linear> {
    case.once(|| {
        let calls = Calls::read(case.history, None);
        let judge = |calls: &Calls| decide(calls, &mut steps(case));
        let decision = calls.as_ref().map_or(Decision::GaveUp, judge);
        Linear { calls, decision }
    })
}

fn steps(case: &Case<'_>) -> u64 {
    bound(case.history, "search-steps").unwrap_or(STEPS)
}

/// Whether the operations are linearizable.
pub fn linearizable(case: &Case<'_>) -> Verdict {
    let linear = linear(case);
    let calls = match &linear.calls {
        Ok(calls) => calls,
        Err(reason) => return Verdict::undecided(reason),
    };
    rule(case, calls, &linear.decision, true)
}

/// Whether the operations are sequentially consistent.
pub fn sequential(case: &Case<'_>) -> Verdict {
    let linear = linear(case);
    let calls = match &linear.calls {
        Ok(calls) => calls,
        Err(reason) => return Verdict::undecided(reason),
    };
    if linear.decision == Decision::Order {
        return rule(case, calls, &Decision::Order, false);
    }
    let Some(timeless) = timeless(case, None) else {
        return Verdict::undecided(NOTHING);
    };
    rule(case, calls, &decide_sequential(&timeless, &mut steps(case)), false)
}

fn timeless(case: &Case<'_>, events: Option<&[EventId]>) -> Option<Calls> {
    let mut calls = Calls::read(case.history, events).ok()?;
    calls.forget_time();
    Some(calls)
}

fn rule(case: &Case<'_>, calls: &Calls, decision: &Decision, timed: bool) -> Verdict {
    let mut tally = Tally::of(&Scene::of(case));
    for call in calls.all.iter().filter(|call| call.is_done() && call.action.tells()) {
        if tally.is_watching() {
            let time = |event: u32| case.history.times()[event as usize];
            tally.count(time(call.invoke), time(call.response));
        } else {
            tally.obligations += 1;
        }
    }
    match decision {
        Decision::Order => tally.held(NOTHING),
        Decision::None(ids) => tally.violated(proof(case, calls, ids, timed)),
        Decision::GaveUp if tally.obligations == 0 => Verdict::undecided(NOTHING),
        Decision::GaveUp => {
            Verdict::undecided(format!("the search gave up after {} steps", steps(case)))
        }
    }
}

/// The fewest of these operations that cannot be put in order.
fn proof(case: &Case<'_>, calls: &Calls, ids: &[u32], timed: bool) -> Witness {
    let read = |events: &[EventId]| match timed {
        true => Calls::read(case.history, Some(events)).ok(),
        false => timeless(case, Some(events)),
    };
    let is_broken = |calls: &Calls| {
        let mut steps = steps(case);
        let decision = match timed {
            true => decide(calls, &mut steps),
            false => decide_sequential(calls, &mut steps),
        };
        matches!(decision, Decision::None(_))
    };
    let events = ids.iter().flat_map(|id| {
        let call = &calls.all[*id as usize];
        [EventId(call.invoke), EventId(call.response)]
    });
    let mut events: Vec<EventId> = events.filter(|e| e.index() < case.history.len()).collect();
    events.sort_unstable();
    let Some(few) = read(&events) else { return witness(case.history, calls, timed) };
    let (_, few) = shrink(few, &Trial { read: &read, is_broken: &is_broken, timed });
    witness(case.history, &few, timed)
}

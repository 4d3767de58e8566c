//! The nearest run that passes: of all that differ from a failing one in a single small thing, the
//! one that differs least.

use super::given_time;
use super::words::{ask_in_words, in_words, step_in_words};
use crate::reduce::with_steps;
use crate::trial::Trial;
use pepperland_core::checker::{Case, Checker};
use pepperland_core::finding::Passing;
use pepperland_core::runtime::Repeats;
use pepperland_core::schedule::{Disturbance, Fate, Schedule, Step, Trouble, When};
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::Ruling;

/// A schedule beside another.
struct Neighbour {
    /// Lower is nearer: one effect, then so many ns, then a whole piece.
    distance: (u8, u64),
    /// What is different, after "if".
    change: String,
    schedule: Schedule,
}

const EFFECT: u8 = 0;
const TIME: u8 = 1;
const PIECE: u8 = 2;

/// By how much something is moved.
const MOVES: [Span; 6] = [
    Span::millis(1),
    Span::millis(2),
    Span::millis(5),
    Span::millis(10),
    Span::millis(20),
    Span::millis(50),
];

/// The nearest schedule whose run keeps the property, if any single change leads to one. Nothing
/// where runs do not repeat, or once time is up.
pub fn nearest_passing(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    time_is_up: &dyn Fn() -> bool,
) -> Option<Passing> {
    if trial.runtime.repeats() != Repeats::Exactly {
        return None;
    }
    let mut neighbours = neighbours(&given_time(trial, schedule));
    neighbours.sort_by_key(|neighbour| neighbour.distance);
    let in_time = neighbours.into_iter().take_while(|_| !time_is_up());
    let mut passing = in_time.filter(|neighbour| passes(trial, checker, &neighbour.schedule));
    passing.next().map(|Neighbour { change, schedule, .. }| Passing { change, schedule })
}

fn passes(trial: &Trial<'_>, checker: &'static Checker, schedule: &Schedule) -> bool {
    let history = trial.run_for(checker, schedule, trial.detail());
    history.is_ok_and(|history| {
        let verdict = trial.judge_one(checker, schedule, &Case::new(&history));
        verdict.ruling() == Ruling::Held
    })
}

fn neighbours(schedule: &Schedule) -> Vec<Neighbour> {
    let steps = (0..schedule.steps.len()).flat_map(|index| beside_step(schedule, index));
    let faults = 0..schedule.disturbances.len();
    steps.chain(faults.flat_map(|index| beside_disturbance(schedule, index))).collect()
}

/// A request made later or sooner, or never.
fn beside_step(schedule: &Schedule, index: usize) -> Vec<Neighbour> {
    let step = &schedule.steps[index];
    let mut found = vec![without_step(schedule, index)];
    for (by, later) in moves() {
        let Some(when) = moved(step.when, by, later) else { continue };
        let mut schedule = schedule.clone();
        schedule.steps[index].when = when;
        let (node, what) = (step.node, ask_in_words(&step.ask));
        let change = format!("{node} {what} {by} ms {}", word(later));
        found.push(Neighbour { distance: (TIME, by.0), change, schedule });
    }
    found
}

fn without_step(schedule: &Schedule, index: usize) -> Neighbour {
    let gone = &schedule.steps[index];
    let rest: Vec<Step> =
        schedule.steps.iter().filter(|step| step.id != gone.id).cloned().collect();
    let change = format!("this is left out: {}", step_in_words(gone));
    Neighbour { distance: (PIECE, 0), change, schedule: with_steps(schedule, &rest) }
}

/// A fault that falls later or sooner, is smaller or greater, or does not happen.
fn beside_disturbance(schedule: &Schedule, index: usize) -> Vec<Neighbour> {
    let disturbance = &schedule.disturbances[index];
    let mut found = Vec::new();
    let mut add = |distance, change, disturbance: Option<Disturbance>| {
        let mut schedule = schedule.clone();
        schedule.disturbances.splice(index..=index, disturbance);
        found.push(Neighbour { distance, change, schedule });
    };
    let gone = format!("this is left out: {}", in_words(disturbance));
    add((PIECE, 0), gone, None);
    let with = |trouble| Some(Disturbance { trouble, ..disturbance.clone() });
    match disturbance.trouble {
        Trouble::Crash { node, effects: Some(after) } => {
            for other in [after.checked_sub(1), after.checked_add(1)].into_iter().flatten() {
                let change = format!("{node} crashes after {other} effects, not {after}");
                let trouble = Trouble::Crash { node, effects: Some(other) };
                add((EFFECT, 1), change, with(trouble));
            }
        }
        Trouble::Strike { from, to, network, number, fate: Fate::Delay { by } } => {
            let half = Span(by.0 / 2);
            let change =
                format!("message {number} from {from} to {to} is {half} ms late, not {by}");
            let fate = Fate::Delay { by: half };
            let trouble = Trouble::Strike { from, to, network, number, fate };
            add((TIME, half.0), change, with(trouble));
        }
        Trouble::Strike { .. } => {}
        _ => {
            for (by, later) in moves() {
                let Some(at) = moved_instant(disturbance.at, by, later) else { continue };
                let until = disturbance.until.map(|until| until.max(at));
                let change =
                    format!("this happens {by} ms {}: {}", word(later), in_words(disturbance));
                add((TIME, by.0), change, Some(Disturbance { at, until, ..disturbance.clone() }));
            }
        }
    }
    found
}

fn moves() -> impl Iterator<Item = (Span, bool)> {
    MOVES.into_iter().flat_map(|by| [(by, true), (by, false)])
}

fn word(later: bool) -> &'static str {
    if later { "later" } else { "sooner" }
}

fn moved(when: When, by: Span, later: bool) -> Option<When> {
    match when {
        When::At(at) => moved_instant(at, by, later).map(When::At),
        When::Upon { of, after } => moved_instant(Time(after.0), by, later)
            .map(|after| When::Upon { of, after: Span(after.0) }),
    }
}

/// Nothing is sooner than the start.
fn moved_instant(at: Time, by: Span, later: bool) -> Option<Time> {
    if later { Some(at + by) } else { at.0.checked_sub(by.0).map(Time) }
}

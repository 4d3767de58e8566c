//! Shrinking: the smallest schedule that violates the same property in the same way.
//!
//! In this order: when the run may end; what comes from outside (requests, faults, nodes, groups);
//! what faults are like; which messages are out of the ordinary (the three stages of Scott et al.,
//! *Minimizing Faulty Executions of Distributed Systems*, NSDI 2016).

mod arguments;
mod deliveries;
mod ending;
mod pieces;
mod tries;

use crate::trial::Trial;
use crate::violation::Violation;
pub use ending::ending_with;
use pepperland_core::checker::Checker;
use pepperland_core::history::History;
use pepperland_core::runtime::{Detail, Repeats};
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::Witness;
use tries::Shrinker;

/// What shrinking arrived at.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The smallest schedule found.
    pub schedule: Schedule,
    /// Its run, with the network's side of every frame.
    pub history: History,
    /// What proves the violation there.
    pub witness: Witness,
    /// Whether the limit on replays was reached.
    pub unfinished: bool,
    /// How many replays it took.
    pub replays: u32,
}

impl Shrunk {
    /// Its violation alone.
    pub fn violation(&self) -> Violation {
        Violation { history: self.history.clone(), witness: self.witness.clone() }
    }
}

/// How much may be spent on shrinking.
pub struct Effort<'a> {
    /// How many replays.
    pub replays: u32,
    /// Whether time is up.
    pub time_is_up: &'a dyn Fn() -> bool,
}

/// Shrinks a schedule that violates the checker's property: fewer requests, disturbances, nodes
/// and messages out of the ordinary, rounder numbers. A reduction counts only if the same property
/// fails with a witness of the same shape, and the claim of the property binds the run if it did at
/// first. `limit` bounds the replays.
///
/// Unless that limit was reached, no single request or disturbance of the result can be taken away:
/// with the same seed, the run then no longer fails so. The same schedule always comes to the same.
///
/// Nothing if the schedule does not violate the property.
pub fn shrink(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    limit: u32,
) -> Option<Shrunk> {
    let violation = Violation::of(trial, checker, schedule, Detail::Network)?;
    let effort = Effort { replays: limit, time_is_up: &|| false };
    Some(shrink_from(trial, checker, schedule, &violation, &effort))
}

/// Shrinks a schedule that was seen to fail. Where runs come out at a rate, a reduction counts if
/// most of its tries fail; then the run shown is one of those that did.
pub fn shrink_from(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    violation: &Violation,
    effort: &Effort<'_>,
) -> Shrunk {
    let mut shrinker = Shrinker::of(trial, checker, schedule, violation, effort);
    shrinker.end_soon();
    shrinker.leave_order();
    // Where a try takes seconds, time runs out amid the requests, and a fault that has nothing to do
    // with the violation would be left to be blamed for it.
    if trial.runtime.repeats() == Repeats::AtARate {
        shrinker.drop_disturbances();
    }
    shrinker.reduce_until_stable();
    shrinker.make_choices_explicit();
    shrinker.reduce_until_stable();
    shrinker.tidy();
    shrinker.reduce_until_stable();
    shrinker.end_at_once();
    let (replays, unfinished) = (shrinker.replays, shrinker.is_spent());
    let schedule = shrinker.best;
    let again = match trial.runtime.repeats() {
        Repeats::Exactly => Violation::of(trial, checker, &schedule, Detail::Network),
        Repeats::IfTheProgramDoes | Repeats::AtARate => None,
    };
    let Violation { history, witness } = again.unwrap_or(shrinker.shown);
    Shrunk { schedule, history, witness, unfinished, replays }
}

impl Shrinker<'_, '_> {
    /// Until no piece can go and nothing can be simpler.
    fn reduce_until_stable(&mut self) {
        loop {
            let before = self.best.clone();
            self.drop_steps();
            self.drop_disturbances();
            self.drop_nodes();
            self.drop_groups();
            self.simplify_disturbances();
            self.crash_instead_of_strikes();
            self.end_soon();
            if self.best == before {
                return;
            }
        }
    }
}
